"""Each registered loss against an independent definition, other parameters included."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from theory.losses import LOSSES, loss_named
from theory.losses.loss import logit_symbols

torch = pytest.importorskip("torch", reason="the independent definitions are torch's")

VARIANTS = (
    "label-smoothing,smoothing=1/3",
    "weighted-label-smoothing,smoothing=1/3,weight_exponent=1",
    "binary-cross-entropy,positive_exponent=1/2",
    "logit-adjusted,tau=1/2",
    "ldam,scale=2,largest_margin=3/4",
    "vs,multiplicative=1/2,additive=1/4",
    "vs,multiplicative=0",
    "focal,focusing=1",
    "focal,focusing=1/2",
)
NAMES = (*(loss.name for loss in LOSSES), *VARIANTS)
ROUNDING = 1e-12  # of some ten operations on numbers up to 100


@pytest.mark.parametrize("name", NAMES)
def test_loss_is_its_independent_definition(name):
    from tests.tools.loss_references import REFERENCES

    head, *settings = name.split(",")
    parameters = dict(setting.split("=") for setting in settings)
    rng = np.random.default_rng(7)
    for counts in ((100, 10, 10, 1), (7, 3)):
        logits = logit_symbols(len(counts))
        for label in range(len(counts)):
            value = sp.lambdify(logits, loss_named(name).sample_loss(logits, label, tuple(map(sp.Integer, counts))), "numpy")
            for _ in range(4):
                point = rng.normal(size=len(counts))
                expected = REFERENCES[head](
                    torch.tensor(point), torch.tensor(label), torch.tensor(counts, dtype=torch.float64), **parameters
                )
                assert float(value(*point)) == pytest.approx(float(expected), rel=ROUNDING, abs=ROUNDING)


def test_every_registered_loss_has_an_independent_definition():
    from tests.tools.loss_references import REFERENCES

    assert set(REFERENCES) == {loss.name for loss in LOSSES}


def test_parameters_recover_the_losses_they_generalise():
    logits, counts = logit_symbols(3), tuple(map(sp.Integer, (9, 3, 1)))
    for special, general in (
        ("logit-adjusted,tau=0", "cross-entropy"),
        ("vs,multiplicative=0", "logit-adjusted"),
        ("focal,focusing=0", "cross-entropy"),
        ("label-smoothing,smoothing=0", "cross-entropy"),
        ("weighted-label-smoothing,weight_exponent=0", "label-smoothing"),
        ("ldam,scale=1,largest_margin=0", "cross-entropy"),
    ):
        for label in range(3):
            gap = loss_named(special).sample_loss(logits, label, counts) - loss_named(general).sample_loss(logits, label, counts)
            point = dict(zip(logits, map(sp.Rational, ("1/3", "-2/5", "7/4")), strict=True))
            assert abs(gap.subs(point).evalf(30)) < 1e-25
