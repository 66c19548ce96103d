"""What `ufm derive` shows people: formulas in the notation of the prose, each said once, and a LaTeX document."""

import json
import re

import pytest
import sympy as sp
from matplotlib.mathtext import MathTextParser

from proofs.cli import main
from proofs.report.formulas import in_classes, readable, shared
from theory.losses import LOSSES, grouped

x, y = sp.symbols("x y", real=True)
m_maj, m_min = grouped.SIZES
NAMES = [loss.name for loss in LOSSES]


def run(capsys, *arguments):
    capsys.readouterr()
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (sp.sqrt(202) / 11 - 1, "√202/11 − 1"),
        (sp.sqrt(x + 1) / y**2, "√(x + 1)/y^2"),
        (x ** sp.Rational(1, 4) * sp.exp(-2 * x), "x^(1/4)·e^(−2·x)"),
        (sp.log(x) ** 2, "ln(x)^2"),
        (sp.Symbol("omega_maj") * sp.Symbol("delta"), "δ·ω_maj"),
        (sp.Piecewise((x, x >= 0), (-x, True)), "[x where x ≥ 0; −x otherwise]"),
        (sp.KroneckerDelta(sp.Symbol("i"), sp.Symbol("j")), "[1 where i = j; 0 otherwise]"),
        (sp.Max(x, y) - sp.Abs(x), "max(x, y) − |x|"),
        ((sp.Symbol("a") ** sp.Symbol("b")) ** sp.Symbol("k"), "(a^b)^k"),
    ],
)
def test_formulas_read_as_the_prose_writes_them(expression, text):
    assert readable(expression) == text


def test_numbers_of_classes_become_c_where_that_leaves_none_of_them():
    c, n = sp.symbols("c n", positive=True)
    n_maj, n_min = grouped.COUNTS
    assert in_classes((m_maj + m_min - 1) / (m_maj + m_min)) == (c - 1) / c
    assert in_classes(m_maj / m_min) == m_maj / m_min
    assert in_classes(n_maj / (m_maj * n_maj + m_min * n_min)) == n_maj / n
    assert in_classes(sp.exp(x) / (m_maj * sp.exp(x) + m_min * sp.exp(x) + 1)) == sp.exp(x) / (c * sp.exp(x) + 1)


def test_long_entries_have_names_for_what_they_share_and_mean_the_same():
    entries = [sp.exp(x + y) ** 2 * sp.log(1 + sp.exp(x + y)) * (k + sp.sqrt(1 + sp.exp(x + y))) for k in range(6)]
    names, short = shared(entries)
    assert sum(map(len, map(readable, short))) < sum(map(len, map(readable, entries)))
    for name, value in reversed(names):
        short = [entry.subs(name, value) for entry in short]
    assert [sp.simplify(new - old) for new, old in zip(short, entries, strict=True)] == [0] * 6
    assert shared([x, y]) == ([], [x, y])


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_a_loss_has_no_text_of_sympy(capsys, name):
    out = run(capsys, "derive", name, "--step", "4,9")
    assert not re.search(r"\*\*|\bsqrt\(|\bexp\(|\blog\(|Piecewise|KroneckerDelta|m_maj \+ m_min - |\d\*", out)
    assert re.search(r"∂ℓ/∂l_2 = ", out)


def test_the_page_says_what_c_stands_for_where_it_is_used(capsys):
    target = re.compile(r"^first-order target: (.*)$", re.MULTILINE)
    focal = target.search(run(capsys, "derive", "focal"))[1]
    assert focal == "G = ((c − 1)·(c + 2·ln(c) − 1)/c^2) ZΩ, with c = m_maj + m_min"
    assert target.search(run(capsys, "derive", "squared"))[1] == "G = ZΩ"


@pytest.mark.parametrize("name", NAMES)
def test_latex_is_a_document_with_rates_and_exponent_and_mathtext_reads_every_formula(capsys, name):
    """No LaTeX is installed where the tests run; Matplotlib's parser reads the part of it that formulas need."""
    text = run(capsys, "derive", name, "--step", "4,9", "--latex")
    assert text.startswith("\\documentclass{article}\n")
    opened, closed = re.findall(r"\\begin\{(\w+\*?)\}", text), re.findall(r"\\end\{(\w+\*?)\}", text)
    assert sorted(opened) == sorted(closed)
    assert text.rstrip().endswith(r"\end{document}")
    assert text.count(r"\[") == text.count(r"\]") == len(displays(text))
    assert re.search(r"Escape rates, .*:\n\\\[ .*\\times \d+\) \\\]", text)
    assert re.search(r"equal( at \$\\gamma = .*\$)?: ", text)
    outside = re.sub(r"\\\[.*?\\\]|\$.*?\$", "", text)
    assert outside.isascii()  # pdflatex stops at a letter that it does not know
    assert not re.search(r"(?<!\\)[_&#^]", outside)

    found = displays(text)
    assert len(found) >= 6
    for formula in found:
        # What LaTeX has and mathtext has under another name, or not: matrices and cases are left to their balance.
        formula = re.sub(r"\\text\{([^}]*)\}", lambda words: r"\mathrm{" + words[1].replace(" ", r"\ ") + "}", formula)
        formula = formula.replace(r"\qquad", r"\quad").replace(r"\mathbf{1}", "1").replace(r"\operatorname{diag}", r"\mathrm{diag}")
        if r"\begin" not in formula:
            MathTextParser("agg").parse(f"${formula}$")


def displays(text):
    return re.findall(r"\\\[ (.*?) \\\]", text)


def test_json_and_latex_together_give_both(capsys):
    both = json.loads(run(capsys, "derive", "squared", "--json", "--latex"))
    alone = json.loads(run(capsys, "derive", "squared", "--json"))
    assert both.pop("latex") == run(capsys, "derive", "squared", "--latex").rstrip("\n")
    assert both.keys() == alone.keys()


def test_an_entry_that_stands_in_many_places_is_said_once(capsys):
    text = run(capsys, "derive", "cross-entropy", "--latex")
    assert text.count(r"\text{own entries} = \frac{c - 1}{c}") == 1
    assert text.count(r"\text{entries of other classes} = - \frac{1}{c}") == 1
    assert "m_{maj}" not in text
