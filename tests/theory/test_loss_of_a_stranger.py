"""A user's own losses in a module of theirs, and badly written ones."""

from __future__ import annotations

import importlib.metadata
import json
import math
import sys

import pytest

from proofs.cli import main
from proofs.store.dependencies import ROOT
from theory.exact import InvalidInput
from theory.losses import loss_named

MODULE = '''
import math
import sympy as sp
from theory.exact import exact
from theory.losses.loss import Loss


class Distances(Loss):
    """Half the squares of the distances between the own logit and the others, less a width."""

    name, source = "distances", "a stranger"

    def __init__(self, width=1):
        self.width = exact(width, "width")

    def sample_loss(self, logits, label, counts):
        return sum((logits[label] - l - self.width) ** 2 for k, l in enumerate(logits) if k != label) / 2


class RarerIsDearer(Loss):
    """Cross-entropy times the square root of n/n_y: it depends on the class through its count."""

    name, source = "rarer-is-dearer", "a stranger"

    def sample_loss(self, logits, label, counts):
        surprise = sp.log(sum(sp.exp(l) for l in logits)) - logits[label]
        return sp.sqrt(sum(counts) / counts[label]) * surprise


class Favourite(Loss):
    """Class 0 counts twice, whatever its count: no two classes can be exchanged with it."""

    name, source = "favourite", "a stranger"

    def sample_loss(self, logits, label, counts):
        return (2 if label == 0 else 1) * (sp.log(sum(sp.exp(l) for l in logits)) - logits[label])


class Written(Loss):
    name, source = "written", "a stranger"
    value = staticmethod(lambda logits, label: logits[label])

    def sample_loss(self, logits, label, counts):
        return type(self).value(logits, label)


class NoLabel(Written):
    value = staticmethod(lambda l, y: sum(x**2 for x in l))


class Kink(Written):
    value = staticmethod(lambda l, y: sp.Abs(l[y]))


class Cusp(Written):
    value = staticmethod(lambda l, y: sp.sqrt(sum(x**2 for x in l)) - l[y])


class Maximum(Written):
    value = staticmethod(lambda l, y: sp.Max(*l) - l[y])


class Vector(Written):
    value = staticmethod(lambda l, y: [x**2 for x in l])


class Column(Written):
    value = staticmethod(lambda l, y: sp.Matrix(l) * l[y])


class Float(Written):
    value = staticmethod(lambda l, y: 0.5 * l[y])


class NotANumber(Written):
    value = staticmethod(lambda l, y: sum(l) / l[y])


class Infinite(Written):
    value = staticmethod(lambda l, y: -sp.log(l[y]))


class Nothing(Written):
    value = staticmethod(lambda l, y: None)


class PythonsMath(Written):
    value = staticmethod(lambda l, y: math.exp(l[y]))


class Free(Written):
    value = staticmethod(lambda l, y: sp.Symbol("beta") * l[y])


class Flat(Written):
    value = staticmethod(lambda l, y: l[y] ** 4)


class Demanding(Written):
    def __init__(self, width):
        self.width = width


class NotALoss:
    pass
'''


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    (tmp_path / "strangers_module.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield "strangers_module"
    sys.modules.pop("strangers_module", None)


def derive(capsys, *arguments):
    assert main(["derive", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_strangers_loss_gets_a_full_page(stranger, capsys):
    page = derive(capsys, f"{stranger}:Distances,width=1/2", "--step", "6,9")
    assert page["loss"] == "distances"
    assert page["parameters"] == {"width": "1/2"}
    assert page["first_order_target"] == "G = (c/2) ZΩ"
    assert (page["decoupling"], page["flattening_exponent"], page["smooth_at_zero"]) == ("first-order", "1/2", True)
    assert page["convex_in_logits"] is True
    rates = page["step"]["escape_rates"]
    assert [(rate["value"], rate["multiplicity"]) for rate in rates] == [(9.0, 2), (pytest.approx(3 * math.sqrt(5)), 1), (3.0, 2)]
    assert page["step"]["escape_window"] == {"absolute": pytest.approx(2 / 9), "relative": 2.0, "relative_exact": "2"}


def test_a_strangers_class_dependent_loss_gets_a_full_page(stranger, capsys):
    """√(n/n_y) acts as the weight n^(−1/2): already flat without weights, with exponent 0."""
    page = derive(capsys, f"{stranger}:RarerIsDearer", "--step", "6,9")
    assert page["flattening_exponent"] == "0"
    assert page["decoupling"] == "none"
    assert page["holds_for"].startswith("every number of classes")
    (rate,) = page["step"]["escape_rates"]
    assert (rate["value"], rate["multiplicity"]) == (pytest.approx(math.sqrt(30)), 5)
    assert main(["derive", f"{stranger}:RarerIsDearer"]) == 0
    text = capsys.readouterr().out
    for heading in ("flow", "gradient", "Hessian", "convex", "first-order target", "flattening exponent", "decouples"):
        assert heading in text
    assert main(["derive", f"{stranger}:RarerIsDearer", "--latex"]) == 0
    assert r"\dot W" in capsys.readouterr().out


def test_a_loss_that_prefers_a_class_is_derived_class_by_class(stranger, capsys):
    page = derive(capsys, f"{stranger}:Favourite", "--counts", "4,2,1")
    assert page["holds_for"] == "explicit counts"
    assert (page["flattening_exponent"], page["decoupling"]) == (None, "none")
    squares = sum(rate["multiplicity"] * rate["value"] ** 2 for rate in page["step"]["escape_rates"])
    assert squares == pytest.approx((4 * 4 + 2 + 1) * 2 / 3)  # the trace of GGᵀ: each column of Z has square 1 − 1/c


def test_a_strangers_loss_runs_in_the_simulator(stranger, capsys):
    assert main(["simulate", "--step", "4,4", "--loss", f"{stranger}:RarerIsDearer", "--delta", "4", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["loss"] == "rarer-is-dearer"
    assert all(item["learning_time"] is not None for item in document["classes"])


def test_an_installed_loss_is_found_by_its_entry_point(stranger, monkeypatch):
    entry = importlib.metadata.EntryPoint("installed-loss", f"{stranger}:Distances", "ufm.losses")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: importlib.metadata.EntryPoints([entry]))
    sys.path.insert(0, ".")
    assert loss_named("installed-loss").name == "distances"
    with pytest.raises(InvalidInput, match="installed-loss, or give your own as module:Class"):
        loss_named("nowhere")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("NoLabel", "must depend on the label"),
        ("Kink", "not differentiable at zero logits along l_0"),
        ("Cusp", "not differentiable at zero logits"),
        ("Maximum", "not differentiable at zero logits"),
        ("Vector", "returns a list, and one SymPy expression is needed"),
        ("Column", "returns a MutableDenseMatrix, and one SymPy expression is needed"),
        ("Float", "holds the floating-point number 0.5"),
        ("NotANumber", "is nan at zero logits"),
        ("Infinite", "is zoo at zero logits"),
        ("Nothing", "returns a NoneType"),
        ("PythonsMath", "sample_loss stopped with TypeError"),
        ("Free", "holds beta, which is neither a logit nor a count"),
        ("Flat", "no gradient at zero logits"),
        ("Demanding", "with a default for each"),
        ("NotALoss", "must be a subclass"),
        ("Missing", "cannot be imported"),
        ("Distances,width", "must be written parameter=value"),
        ("Distances,height=2", "has no parameter 'height'"),
        ("Distances,width=x", "width='x' must be an exact number"),
    ],
)
def test_a_badly_written_loss_gets_one_clear_line(stranger, capsys, name, message):
    assert main(["derive", f"{stranger}:{name}", "--step", "4,4"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert message in line


def test_the_worked_example_of_the_readme_is_short_and_derived(tmp_path, monkeypatch, capsys):
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## A new loss")[1]
    code = section.split("```python\n")[1].split("```")[0]
    assert code.count("\n") <= 20
    (tmp_path / "readme_mine.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    page = derive(capsys, "readme_mine:Exponential")
    assert (page["first_order_target"], page["flattening_exponent"]) == ("G = c·ZΩ", "1/2")
    assert page["how"] == "derived with the group sizes as symbols"
