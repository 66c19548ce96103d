"""Cross-entropy on one fixed orthonormal feature a class: the margin for all time under the flow, and under sign descent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp
from scipy.optimize import brentq

from numerics.constrained_features.runs import Run, class_margins
from numerics.fixed_features.runs import fixed_features_run, sign_descent
from numerics.problem import Problem
from proofs.claims.common import HALF, RATIO, at, identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement
from theory.data.counts import ClassCounts
from theory.fixed_features import softmax
from theory.fixed_features.softmax import MARGIN, MASS, NAMED, OTHERS, OWN
from theory.losses import loss_named
from theory.symbols import R, c, gamma, t

CLASSES = {"c ≥ 2": c >= 2}
SOURCE = "Kunstner et al. (2024) for the orders; the closed form: ours"
POINT = {
    c: sp.Integer(4),
    MASS: sp.Integer(1),
    MARGIN: sp.Integer(1),
    t: sp.Integer(1),
    R: sp.Integer(4),
    gamma: HALF,
    **dict.fromkeys((OWN, NAMED, OTHERS), sp.Integer(0)),
}


def _flow_parts(said):
    where = tuple(CLASSES.values())
    _, named, others = softmax.downhill()
    rate, grown = softmax.margin_rate(), said.grown(MARGIN)
    yield identities(
        "margin-rate",
        "equal other logits all move alike, so that they stay equal; z is the own logit less another: dz/dt = c n ω/(e^z + c − 1)",
        [(others, said.remaining * named), (rate, said.rate)],
        *where,
    )
    yield identities(
        "closed-form",
        "e^z + (c − 1)z grows at c n ω for all time, from 1 at z = 0",
        [(sp.diff(grown, MARGIN) * rate, said.speed), (at(grown, {MARGIN: sp.Integer(0)}), sp.Integer(1))],
        *where,
    )
    yield Increasing(
        id="margin-from-time",
        says="and it increases in z, so that n ω t and z give each other",
        expr=said.order(grown),
        variable=MARGIN,
        where=where,
    )
    yield identity("loss-of-margin", "the loss is ln(1 + (c − 1)e^(−z))", softmax.at_margin(softmax.loss()), said.loss, *where)
    clock = (grown - 1) / said.speed  # t at the margin z
    yield Limit(
        id="loss-at-late-times",
        says="as t → ∞, with z, the loss times c n ω t/(c − 1) tends to 1",
        expr=said.loss * said.speed * clock / (c - 1),
        variable=MARGIN,
        point=sp.oo,
        value=said.late,
        where=where,
    )
    masses = [sp.Mul(count, count**-gamma, evaluate=False) for count in (R, sp.Integer(1))]
    majority, minority = (at(clock, {MASS: mass}) for mass in masses)
    for name, early, late, premise in (("below", majority, minority, gamma <= 1), ("above", minority, majority, gamma >= 1)):
        with sp.evaluate(False):
            relative = late / early - 1
        yield identity(
            f"window-{name}-one",
            f"γ {name} 1, counts R and 1: the last time to a margin over the first, less 1, is the stated power of R less 1",
            relative,
            said.window[name],
            *where,
            *RATIO.values(),
            premise,
            MARGIN > 0,
        )


def _sign_parts(said):
    own, named, _ = softmax.downhill()
    where = (*CLASSES.values(), MARGIN >= 0)
    yield Holds(
        id="signs-of-the-gradient",
        says="minus the gradient is positive in the own logit and negative in every other one, whatever n ω: they move at 1 and −1",
        condition=sp.And(softmax.at_margin(own) > said.floor, softmax.at_margin(named) < 0, evaluate=False),
        where=where,
    )
    yield identity("margin", "so from 0 it is t − (−t) = 2t", sp.Add(t, sp.Mul(-1, -t, evaluate=False), evaluate=False), said.margin)
    yield Limit(
        id="loss-at-late-times",
        says="as t → ∞ the loss over (c − 1)e^(−2t) tends to 1",
        expr=softmax.at_margin(softmax.loss()).subs(MARGIN, 2 * t) / said.late,
        variable=t,
        point=sp.oo,
        value=sp.Integer(1),
        where=tuple(CLASSES.values()),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

MARGIN_TOLERANCE = 1e-9  # of margins along a path that is integrated to 1e-12 a step
STEP_TOLERANCE = 1e-10  # rounding of a few thousand steps
COUNTS = ((7, 3, 2, 1), (5, 1), (4, 4, 1, 1, 1))
TIMES = (0.05, 0.5, 3.0)


@cache
def _problems() -> tuple[Problem, ...]:
    """These counts under random weights."""
    generator = np.random.default_rng(plain.SEED)
    weights = (tuple(float(w) for w in np.exp(generator.uniform(-1, 1, len(counts)))) for counts in COUNTS)
    return tuple(Problem(ClassCounts(counts), w, loss_named("cross-entropy")) for counts, w in zip(COUNTS, weights, strict=True))


@cache
def _run(problem: Problem) -> Run:
    return fixed_features_run(problem, max(TIMES))


def margin_error(grown: Callable[[sp.Expr], sp.Expr], speed: sp.Expr) -> Measurement:
    """Margins along flows at sample level against the root of the stated equation."""
    left, pace = plain.compiled(grown(MARGIN), MARGIN, c), plain.compiled(speed, MASS, c)

    def errors() -> Iterator[tuple[str, float]]:
        for problem in _problems():
            run, read, classes = _run(problem), class_margins(problem), problem.counts.c
            for time in TIMES:
                found = read(run.path.at(time, run.logits))
                for count, weight, margin in zip(problem.counts.per_class, problem.weights, found, strict=True):
                    level = 1 + pace(count * weight, classes) * time
                    stated = brentq(lambda z, k, level: left(z, k) - level, 0, 50, args=(classes, level), xtol=1e-14)
                    yield f"{problem.counts.per_class}, t={time}", abs(margin - stated)

    return plain.worst(errors())


def sign_error(margin: sp.Expr) -> Measurement:
    """Margins of sign descent at sample level against the stated one, any counts and weights."""
    stated = plain.compiled(margin, t, c)

    def errors() -> Iterator[tuple[str, float]]:
        for problem in _problems():
            run = sign_descent(problem, 1e-3, 2000)
            yield f"{problem.counts.per_class}", float(np.abs(run.margins.T - stated(run.times, problem.counts.c)).max())

    return plain.worst(errors())


def _grown(z: sp.Expr, linear: sp.Expr = c - 1) -> sp.Expr:
    return sp.exp(z) + linear * z


CLAIMS = (
    Claim(
        id="linear-softmax-closed-form",
        says="Logits V e_y, one orthonormal feature a class, V(0) = 0, cross-entropy, c ≥ 2 classes, any counts and weights, gradient "
        "flow: the margin z of class j, its own logit less any other, obeys e^z + (c − 1)z = 1 + c n_jω_j t for all t ≥ 0, and its loss "
        "is ln(1 + (c − 1)e^(−z)) ~ (c − 1)/(c n_jω_j t). So two classes agree at a t > 0 iff they agree at all t iff n_jω_j is equal, γ "
        "= 1 for ω = n^(−γ), and at counts R ≥ 1 and 1 the window of times to a margin is R^|1−γ| − 1.",
        source=SOURCE,
        stated={
            "remaining": c - 2,
            "rate": c * MASS / (sp.exp(MARGIN) + c - 1),
            "grown": _grown,
            "order": lambda grown: grown,
            "speed": c * MASS,
            "loss": sp.log(1 + (c - 1) * sp.exp(-MARGIN)),
            "late": sp.Integer(1),
            "window": {"below": R ** (1 - gamma) - 1, "above": R ** (gamma - 1) - 1},
        },
        hypotheses={**CLASSES, **RATIO},
        witnesses=(POINT, {**POINT, gamma: sp.Integer(2)}),
        parts=lambda said: tuple(_flow_parts(said)),
        runs=lambda said: (
            Agrees(
                id="margins-of-runs",
                says="margins of every class along flows at sample level, random weights",
                uses=("grown", "speed"),
                measure=lambda: margin_error(said.grown, said.speed),
                bound=MARGIN_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("one remaining class more", {"remaining": c - 1}),
            NearMiss("e^z + cz", {"grown": lambda z: _grown(z, c)}),
            NearMiss("it decreases", {"order": lambda grown: -grown}),
            NearMiss("c (nω)²", {"rate": c * MASS**2 / (sp.exp(MARGIN) + c - 1), "speed": c * MASS**2}),
            NearMiss("the loss of two classes", {"loss": sp.log(1 + sp.exp(-MARGIN))}),
            NearMiss("half of it at late times", {"late": HALF}),
            NearMiss("flat at one half", {"window": {"below": R ** (HALF - gamma) - 1, "above": R ** (gamma - HALF) - 1}}),
        ),
        plain="with fixed class features the exponent that makes all classes learn together is 1, at all times",
        coq={
            "margin-rate": ("fixed_features.softmax.margin_rate",),
            "closed-form": ("fixed_features.softmax.closed_form",),
            "margin-from-time": ("fixed_features.softmax.margin_from_time",),
            "loss-of-margin": ("fixed_features.softmax.loss_of_margin",),
        },
    ),
    Claim(
        id="sign-descent-count-free",
        says="The same logits, loss and start, c ≥ 2, under sign descent, the flow by the signs of minus the gradient: the margin of "
        "every class is 2t, for any counts, any weights and any number of classes, and its loss is ~ (c − 1)e^(−2t).",
        source="Kunstner et al. (2024) for the order; the constant: ours",
        stated={"floor": sp.Integer(0), "margin": 2 * t, "late": (c - 1) * sp.exp(-2 * t)},
        hypotheses=CLASSES,
        witnesses=(POINT,),
        parts=lambda said: tuple(_sign_parts(said)),
        runs=lambda said: (
            Agrees(
                id="margins-of-sign-descent",
                says="margins of every class along steps of sign descent at sample level, random weights",
                uses=("margin",),
                measure=lambda: sign_error(said.margin),
                bound=STEP_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("a push above 1/2", {"floor": HALF}),
            NearMiss("the margin is t", {"margin": t}),
            NearMiss("the margin is ct", {"margin": c * t}),
            NearMiss("e^(−t)", {"late": (c - 1) * sp.exp(-t)}),
        ),
    ),
)
