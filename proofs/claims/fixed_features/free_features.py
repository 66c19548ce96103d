"""Sign descent with free features: how long its path knows no counts, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.fixed_features.runs import SignRun, sign_descent
from numerics.problem import Problem
from proofs.claims.common import HALF, at, identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory.data.counts import ClassCounts
from theory.fixed_features import signs
from theory.fixed_features.signs import D_NAMED, D_OWN, D_REST, SPREAD, TIME
from theory.fixed_features.softmax import MARGIN
from theory.losses import loss_named
from theory.symbols import R, c

START = sp.Symbol("epsilon", positive=True)
LEVEL = sp.Symbol("m", positive=True)  # a margin
TOTAL = D_OWN + D_NAMED + D_REST
EXCESS = sp.Symbol("D", real=True)  # D − c d_i − 2d_k
ON_PATH = {"x = ε + 2t": sp.Eq(SPREAD, START + 2 * TIME)}
THREE = {"c ≥ 2, and d_r = 0 for c = 2": sp.And(c >= 2, sp.Or(c >= 3, sp.Eq(D_REST, 0)))}
POINT = {
    c: sp.Integer(4),
    D_OWN: sp.Integer(1),
    D_NAMED: sp.Integer(1),
    D_REST: sp.Integer(1),
    START: sp.Integer(1),
    TIME: sp.Integer(1),
    SPREAD: sp.Integer(3),
    MARGIN: sp.Integer(9),
    LEVEL: sp.Integer(4),
    R: sp.Rational(3, 2),
    EXCESS: sp.Integer(1),
}


def _path_parts(said):
    where = (*THREE.values(), *ON_PATH.values())
    own_logit, other_logit = signs.logits()
    yield identity("margin-on-the-path", "own less other entry of WM is (ε + 2t)²", own_logit - other_logit, said.margin, *where)
    yield identities(
        "residual-on-the-path",
        "e_k − softmax has c − 1 and −1 times q = 1/(e^z + c − 1) > 0 as entries, at every margin z of equal other logits",
        [(entry, said.shape * shape / (sp.exp(MARGIN) + c - 1)) for entry, shape in zip(signs.residual(), signs.SHAPE, strict=True)],
        c >= 2,
    )
    own, other = signs.feature_push()
    yield Holds(
        id="features-move-as-on-the-path",
        says="in a feature, over q, minus the gradient is positive in the own entry and negative in the others, at every t",
        condition=sp.And(own > said.floor, other < 0, evaluate=False),
        where=where,
    )
    own, other = signs.classifier_push()
    yield Holds(id="own-entries-of-the-classifier", says="and in W_ii it is positive at every t", condition=own > said.floor, where=where)
    yield identity(
        "other-entries-of-the-classifier",
        "and in W_ik it is t(D − c d_i − 2d_k) − ε d_k, D = Σ d_j: negative iff t(D − c d_i − 2d_k) < ε d_k",
        other,
        TIME * (TOTAL - said.classes * D_OWN - said.twice * D_NAMED) - said.end * START * D_NAMED,
        *where,
    )


def _ending_parts(said):
    before = TIME * EXCESS < START * D_NAMED
    ended = said.end * START * D_NAMED / EXCESS
    yield Holds(
        id="ends-where-large",
        says="D − c d_i − 2d_k > 0: up to t = ε d_k/(D − c d_i − 2d_k)",
        condition=sp.Or(sp.And(before, ended > TIME), sp.And(sp.Not(before), ended <= TIME)),
        where=(EXCESS > 0,),
    )
    yield Holds(
        id="never-ends-where-small",
        says="D − c d_i − 2d_k ≤ 0: at all t ≥ 0",
        condition=said.end * START * D_NAMED > TIME * EXCESS,
        where=(said.least >= EXCESS,),
    )
    small = said.ratio >= R
    for name, own, named in (("two-minorities", 1, 1), ("other-pairs", 1, R), ("pairs-of-other-order", R, 1), ("two-majorities", R, R)):
        needs = c * (R + 1) / 2 <= said.classes * own + said.twice * named
        first = name == "two-minorities"
        yield Holds(
            id=f"equal-halves-{name}",
            says="equal halves of two classes or more, no weights: for two minority classes the condition is R ≤ 1 + 4/c"
            if first
            else f"and then it holds for all other pairs too: {name.replace('-', ' ')}",
            condition=sp.Or(sp.And(needs, small), sp.And(sp.Not(needs), sp.Not(small))) if first else needs,
            where=(c >= 4, R >= 1) if first else (c >= 4, R >= 1, small),
        )


def _equal_parts(said):
    """n_jω_j equal: the path for all time, and when it reaches a margin."""
    yield Holds(
        id="equal-masses-never-end",
        says="n_jω_j equal, γ = 1: D = c d ≤ c d + 2d, so that the path holds for all time and all margins are equal",
        condition=said.classes * D_OWN + said.twice * D_NAMED >= TOTAL,
        where=(c >= 2, sp.Eq(D_NAMED, D_OWN), sp.Eq(D_REST, (c - 2) * D_OWN)),
    )
    yield Holds(
        id="time-to-a-margin",
        says="the margin (ε + 2t)² is m at t = (√m − ε)/2",
        condition=sp.Eq(at(said.margin, {SPREAD: START + 2 * said.time}), LEVEL, evaluate=False),
        where=(START**2 <= LEVEL,),
    )


def _count_free_parts(said):
    return (
        Holds(
            id="on-the-path-for-all-counts",
            says="at every t and for all n_jω_j the other entries of W go on falling: t(D − c d_i − 2d_k) < ε d_k, by the row that "
            "repairs this",
            condition=TIME * (TOTAL - c * D_OWN - 2 * D_NAMED) < START * D_NAMED,
            where=tuple(THREE.values()),
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

STEP = 2e-4
END_TOLERANCE = 3 * STEP  # the path's end and the times are read off steps
FROM = 0.2
CASES = (((10, 10, 1, 1), 0.0), ((5, 5, 1, 1), 0.0), ((4, 2, 1), 0.0), ((3, 3, 2, 2), 0.0), ((10, 10, 1, 1), 1.0), ((9, 9, 1, 1), 0.5))


@cache
def _run(counts: tuple[int, ...], gamma: float, scale: float, time: float) -> SignRun:
    weights = tuple(float(n) ** -gamma for n in counts)
    return sign_descent(Problem(ClassCounts(counts), weights, loss_named("cross-entropy")), STEP, round(time / STEP), scale)


def end_error(classes: sp.Expr, twice: sp.Expr, end: sp.Expr) -> Measurement:
    """The first time at which W leaves the path along sign descent at sample level, against the least stated end; 0.4 for none before."""
    stated = plain.compiled(sp.sympify(classes), c)

    def errors() -> Iterator[tuple[str, float]]:
        for counts, gamma in CASES:
            run, classes_ = _run(counts, gamma, FROM, 0.4), len(counts)
            mass = [n ** (1 - gamma) for n in counts]
            path = run.times[:, None, None] * (2 * np.eye(classes_) - 1) + FROM * np.eye(classes_)
            left = np.abs(run.layers - path).max(axis=(1, 2)) > STEP / 2
            found = run.times[np.argmax(left)] if left.any() else 0.4
            pairs = [(i, k) for i in range(classes_) for k in range(classes_) if i != k]
            excess = {(i, k): sum(mass) - float(stated(classes_)) * mass[i] - float(twice) * mass[k] for i, k in pairs}
            ends = [float(end) * FROM * mass[k] / value for (_, k), value in excess.items() if value > 1e-12]
            yield f"{counts}, γ={gamma}", abs(found - min([*ends, 0.4]))

    return plain.worst(errors())


def time_error(time: sp.Expr) -> Measurement:
    """First times of margin 1/2 from ε = 0.01: of every class at γ = 1; of the majority without weights, the minority later than 0.6."""
    stated = float(time.subs({LEVEL: HALF, START: sp.Rational(1, 100)}))

    def errors() -> Iterator[tuple[str, float]]:
        for gamma in (0.0, 1.0):
            run = _run((10, 10, 1, 1), gamma, 0.01, 0.6)
            reached = np.where((run.margins >= 0.5).any(axis=0), run.times[np.argmax(run.margins >= 0.5, axis=0)], np.inf)
            yield f"γ={gamma}, majority", float(np.abs(reached[:2] - stated).max())
            if gamma == 1:
                yield "γ=1, minority", float(np.abs(reached[2:] - stated).max())
            else:
                yield "γ=0, minority not reached", float(np.isfinite(reached[2:]).any())

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="sign-descent-not-count-free-with-features",
        says="L = WH with free features, d = c ≥ 2, cross-entropy, sign descent from W = εI and all features of class j at εe_j, d_j = "
        "n_jω_j, D = Σ d_j. The path W = M = (ε + t)I − t(J − I), M of one feature a class and J of ones, which knows no counts and has "
        "all class margins equal to (ε + 2t)², obeys it as long as t(D − c d_i − 2d_k) < ε d_k for all i ≠ k: for all time iff D ≤ c d_i "
        "+ 2d_k for all i ≠ k, and else up to the least positive ε d_k/(D − c d_i − 2d_k). Equal halves of two classes or more, counts R "
        "≥ 1 and 1, without weights: for all time iff R ≤ 1 + 4/c. With γ = 1 always, with margin m ≥ ε² at (√m − ε)/2. In a run from ε "
        "= 1/100 at counts 10, 10, 1, 1 without weights the majority has margin 1/2 at that time and the minority not by t = 0.6.",
        source=OURS,
        stated={
            "margin": SPREAD**2,
            "shape": sp.Integer(1),
            "floor": sp.Integer(0),
            "classes": c,
            "twice": sp.Integer(2),
            "end": sp.Integer(1),
            "least": sp.Integer(0),
            "ratio": 1 + 4 / c,
            "time": (sp.sqrt(LEVEL) - START) / 2,
        },
        hypotheses={**THREE, **ON_PATH},
        witnesses=(POINT, {**POINT, D_REST: sp.Integer(2), EXCESS: sp.Integer(-1)}),
        parts=lambda said: (*_path_parts(said), *_ending_parts(said), *_equal_parts(said)),
        runs=lambda said: (
            Agrees(
                id="ends-of-the-path",
                says="when steps of sign descent at sample level leave the path, six settings",
                uses=("classes", "twice", "end"),
                measure=lambda: end_error(said.classes, said.twice, said.end),
                bound=END_TOLERANCE,
            ),
            Agrees(
                id="times-of-margins",
                says="first times of margin 1/2 from ε = 1/100 along sign descent at sample level",
                uses=("time",),
                measure=lambda: time_error(said.time),
                bound=END_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the margin ε + 2t", {"margin": SPREAD}),
            NearMiss("a residual of twice the size", {"shape": sp.Integer(2)}),
            NearMiss("a push above 1", {"floor": sp.Integer(1)}),
            NearMiss("c d_i/4", {"classes": c / 4}),
            NearMiss("(c − 1) d_i", {"classes": c - 1}),
            NearMiss("c d_i + d_k", {"twice": sp.Integer(1)}),
            NearMiss("at twice the time", {"end": sp.Integer(2)}),
            NearMiss("at half the time", {"end": HALF}),
            NearMiss("for all time where D ≤ c d_i + 2d_k + 1", {"least": sp.Integer(1)}),
            NearMiss("R ≤ 1 + 5/c", {"ratio": 1 + 5 / c}),
            NearMiss("(√m − ε)", {"time": sp.sqrt(LEVEL) - START}),
        ),
        plain="sign descent forgets the class counts with fixed features, and with free ones only while no class weighs too much",
    ),
    Claim(
        id="sign-descent-count-free-with-features",
        says="Sign descent is free of the counts with free features as it is with fixed ones: from W = εI and features εe_j it keeps the "
        "path that knows no counts, whatever they are.",
        source="ours, of what is told of sign descent and Adam",
        hypotheses=THREE,
        witnesses=(POINT,),
        parts=_count_free_parts,
        repaired_by="sign-descent-not-count-free-with-features",
    ),
)
