"""The end under smoothed labels: a multiple of Z that knows of the share and the number of classes, and not of the weights."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics import descent
from numerics.basis import centred_labels
from numerics.unconstrained_features.descent import SampleFlow
from numerics.unconstrained_features.experiment import Experiment
from proofs.claims.common import identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory.data.counts import ClassCounts
from theory.implicit_bias import smoothing
from theory.implicit_bias.smoothing import SHARE
from theory.losses.label_smoothing import LabelSmoothing
from theory.symbols import c

SMOOTHED = {"0 < ε < 1": SHARE < 1, "c ≥ 2": c >= 2}
x = sp.Symbol("x", positive=True)  # p/q of a class
POINT = {SHARE: sp.Rational(1, 10), c: sp.Integer(4), x: sp.Integer(2)}
POINT |= dict.fromkeys((smoothing.OWN, smoothing.NAMED, smoothing.OTHERS), sp.Integer(0))


def _parts(said):
    where = tuple(SMOOTHED.values())
    by_own, by_other = smoothing.gradient()
    own, other = smoothing.softmax()
    return (
        identity("gradient-of-own-logit", "∂ℓ/∂l_y = p_y − q_y, p the softmax, for every c", by_own, own - said.labels[0], *where),
        identity("gradient-of-other-logit", "∂ℓ/∂l_k = p_k − ε/c for every other class", by_other, other - said.labels[1], *where),
        identity(
            "labels-sum-to-one",
            "q sums to 1 as p does: so the gradient sums to 0 over the classes, and 1ᵀW stays what it was",
            said.labels[0] + (c - 1) * said.labels[1],
            sp.Integer(1),
            *where,
        ),
        identities(
            "quotient-of-labels",
            "p = q exactly where l_y − l_k is the logarithm of q_y/q_k for every k ≠ y, the same number: that of κZ",
            [(said.labels[0] / said.labels[1], sp.exp(said.gain))],
            *where,
        ),
        Holds(
            id="least-where-equal",
            says="ℓ − min ℓ is the sum of q ln(q/p) over the classes, above q − p but at p = q, as −ln x > 1 − x; q − p sums to 0",
            condition=sp.Or(sp.Eq(x, 1), -sp.log(x) > said.slope * (1 - x)),
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

END_TOLERANCE = 1e-6  # the error decays at least by e^(−25) from where it is below 1
STEP_SIZE, STEPS = 0.2, 4000


@cache
def _ends() -> tuple[tuple[str, float, int, np.ndarray, np.ndarray], ...]:
    """(name, ε, c, PL at the end, Z) of descents at sample level from small random starts, with random weights."""
    generator, found = np.random.default_rng(plain.SEED), []
    for share, counts in (("1/10", (4, 2, 1, 1)), ("1/5", (3, 3, 1)), ("1/10", (2, 1))):
        for case in range(2):
            weights = tuple(float(w) for w in np.exp(generator.uniform(-0.7, 0.7, len(counts))))
            experiment = Experiment(ClassCounts(counts), weights, LabelSmoothing(share), 3.0, "random", len(counts), case)
            flow = SampleFlow(experiment)
            L = descent.descend(flow, step_size=STEP_SIZE, steps=STEPS, read=flow.logits)[-1]
            target = centred_labels(experiment.counts)
            found.append((f"{counts}, ε={share}, weights {case}", float(sp.Rational(share)), len(counts), L - L.mean(axis=0), target))
    return tuple(found)


def end_error(gain: sp.Expr) -> Measurement:
    """The centred logits at the end of runs against κZ."""
    stated = plain.compiled(gain, SHARE, c)

    def errors() -> Iterator[tuple[str, float]]:
        for name, share, classes, L, Z in _ends():
            yield name, float(np.abs(L - float(stated(share, classes)) * Z).max())

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="label-smoothing-end",
        says="Cross-entropy with labels smoothed by ε, each sample's loss times a weight of its class: if the loss tends to its least "
        "value along a run, as runs show, the centred logits tend to ln(1 + c(1 − ε)/ε) Z, for any counts and any positive weights.",
        source=OURS,
        stated={"labels": (1 - SHARE + SHARE / c, SHARE / c), "gain": sp.log(1 + c * (1 - SHARE) / SHARE), "slope": sp.Integer(1)},
        hypotheses=SMOOTHED,
        witnesses=(POINT,),
        parts=_parts,
        runs=lambda said: (
            Agrees(
                id="ends-of-smoothed-runs",
                says="centred logits at the end of gradient descent at sample level from small random starts, random weights",
                uses=("gain",),
                measure=lambda: end_error(said.gain),
                bound=END_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("without the share of the own class", {"labels": (1 - SHARE, SHARE / c)}),
            NearMiss("ε over the other classes alone", {"labels": (1 - SHARE, SHARE / (c - 1))}),
            NearMiss("ln(c(1 − ε)/ε)", {"gain": sp.log(c * (1 - SHARE) / SHARE)}),
            NearMiss("above 2(q − p)", {"slope": sp.Integer(2)}),
        ),
    ),
)
