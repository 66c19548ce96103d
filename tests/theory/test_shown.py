"""How objects show themselves: in one line, as escaped HTML with mathematics, and as LaTeX."""

import re

import pytest
import sympy as sp

import ufm
from theory.losses import LOSSES
from theory.shown import MOST_ROWS, Sheet, Shown, as_html
from theory.unconstrained_features import flow, modes, timing


def objects():
    step = ufm.counts.step(4, 10)
    experiment = ufm.Experiment(step, (1.0,) * 4, ufm.losses.loss_named("squared"), 4.0)
    return {
        "loss": ufm.losses.loss_named("focal"),
        "model": flow.MODEL,
        "mode": modes.step_modes(step.groups(), (sp.Integer(1),) * 2)[0],
        "window": timing.window(sp.Integer(1), sp.sqrt(10)),
        "target": ufm.derive("squared").target,
        "derivation": ufm.derive("cross-entropy"),
        "experiment": experiment,
        "run": ufm.simulate(experiment),
        "descent": ufm.descend(experiment, step_size=0.05, steps=40),
        "windows": ufm.window(step, "1/2", delta=6.0),
        "answer": ufm.check("x**2 < 0"),
        "claim": ufm.claims("window-bound")[0],
        "claims": ufm.claims(),
    }


SHOWS = {
    "loss": "focusing",
    "model": "dH/dt",
    "mode": r"\sqrt{10}",
    "window": r"-1 + \sqrt{10}",
    "target": "m_{maj}",
    "derivation": r"\frac{1}{2}",
    "experiment": "spectral",
    "run": "class 3",
    "descent": "3.16228",
    "windows": "predicted time",
    "answer": "at x =",
    "claim": r"\sqrt{2}",
    "claims": "balance-conserved",
}


@pytest.fixture(scope="module")
def shown():
    return objects()


@pytest.mark.parametrize("name", SHOWS)
def test_each_object_shows_what_it_is(shown, name):
    one = shown[name]
    assert isinstance(one, Shown)
    line, page = repr(one), one._repr_html_()
    assert line.startswith(type(one).__name__ + "(")
    assert "\n" not in line
    assert len(line) < 200
    assert SHOWS[name] in page
    assert not re.search(r"<(?!/?(?:p|b|table|tr|td|th)\b)", page), "whatever is not the sheet's own is escaped"
    assert page.count("$") % 2 == 0


def test_a_formula_is_latex_and_what_has_none_gives_nothing(shown):
    assert shown["model"]._repr_latex_() == r"$\displaystyle W H$"
    assert shown["windows"]._repr_latex_() is None


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_loss_shows_its_formula_and_its_parameters(loss):
    one = loss()
    assert "l_{0}" in one._repr_latex_()
    assert all(f"{name}={value}" in repr(one) for name, value in one.parameters.items())


def test_texts_are_escaped_and_long_tables_are_cut_with_a_word():
    page = as_html(Sheet("<b>", {"a & b": "x < y"}, ("n",), [(k,) for k in range(MOST_ROWS + 3)]))
    assert "&lt;b&gt;" in page
    assert "a &amp; b" in page
    assert "x &lt; y" in page
    assert "and 3 more" in page


def test_the_documents_are_still_documents(shown):
    assert shown["answer"]["verdict"] == "refuted"
    assert shown["windows"]["window"]["escape"]["relative"] == 0
