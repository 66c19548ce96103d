"""Plateaus of the weighted flow: what grows beside them, when the second stage ends, and inverse frequencies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.stages.runs import Stages
from numerics.step_size.samples import Samples
from numerics.unconstrained_features import flow, measure
from numerics.unconstrained_features.experiment import Experiment
from proofs.claims.common import HALF, identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.algebra.partition import centring
from theory.data.counts import ClassCounts, Group, symbolic_step
from theory.data.labels import gram_product
from theory.losses import loss_named
from theory.models.reduction import modes
from theory.stages import passage
from theory.symbols import m_majority, m_minority, n_majority, n_minority, w_majority, w_minority
from theory.unconstrained_features.flow import rows, samples

SOURCE = "Chen, Luo and Wang, arXiv 2410.20119 (2024), have three stages in two-layer networks; the times are ours"
s1, s2, later = sp.symbols("s_1 s_2 s_later", positive=True)
share = sp.Symbol("x", nonnegative=True)  # cos² in the plane of the first two left singular vectors
K = sp.MatrixSymbol("K", rows, modes)
V = sp.MatrixSymbol("V", samples, modes)
S = sp.MatrixSymbol("S", modes, modes)  # diagonal
E = sp.MatrixSymbol("E", rows, samples)
Q = passage.Q
ONE, NEXT = sp.MatrixSymbol("e", rows, 1), sp.MatrixSymbol("u", rows, 1)
ROOTS = sp.symbols("r_1:4", positive=True, integer=True)  # fourth roots of the counts of three classes
HESSIAN_TOLERANCE = 1e-6  # differences of the gradient, a cubic, over steps of 1e-4
COUNT = sp.Symbol("n", positive=True)  # of a named class, which stands beside two groups of others
NAMED = (Group(sp.Integer(1), COUNT), *symbolic_step())
NUMBER = 1 + m_majority + m_minority
RANK = sp.Symbol("k", nonnegative=True, integer=True)
POINT = {
    **dict.fromkeys((COUNT, n_minority, m_majority, m_minority, w_minority, s2), sp.Integer(1)),
    n_majority: sp.Integer(4),
    w_majority: HALF,
    s1: sp.Integer(3),
    later: sp.Integer(2),
    share: HALF,
    RANK: sp.Integer(1),
    **dict(zip(ROOTS, map(sp.Integer, (4, 2, 1)), strict=True)),
}

# Beside a plateau ---------------------------------------------------------------------------------------------------------


def whole(scale: sp.Expr = sp.S.One) -> sp.MatrixExpr:
    """KSVᵀ and `scale` times a rest that meets K and V in neither rows nor columns."""
    return K * S * V.T + scale * (sp.Identity(rows) - K * K.T) * E * (sp.Identity(samples) - V * V.T)


def _growth_parts(said):
    unit, weighted = sp.Identity(rows), whole()
    classifier, features = said.share * K * Q.T, Q * K.T * weighted
    error = weighted - classifier * features
    frames = {"orthonormal": (K, V, Q), "diagonal": (S,)}
    by_W, by_H = passage.deviation_rates()
    return (
        MatrixIdentity(
            id="no-force-on-the-classifier",
            says="ZΩ^(1/2) = KSVᵀ and a rest that meets K and V in neither rows nor columns, W = KQᵀ, HΩ^(1/2) = QKᵀZΩ^(1/2): GHᵀ = 0",
            left=error * features.T,
            right=sp.ZeroMatrix(*(error * features.T).shape),
            **frames,
        ),
        MatrixIdentity(
            id="no-force-on-the-features",
            says="and WᵀGΩ^(−1/2) = 0",
            left=classifier.T * error,
            right=sp.ZeroMatrix(*(classifier.T * error).shape),
            **frames,
        ),
        MatrixIdentity(
            id="what-is-left-is-projected",
            says="and G = (I − KKᵀ)ZΩ, here times Ω^(−1/2)",
            left=error,
            right=(unit - K * K.T) * weighted,
            **frames,
        ),
        MatrixIdentity(
            id="unused-directions-of-the-classifier",
            says="beside W = XQᵀ, H = QF, deviations U of W and V of H in feature directions B = (I − QQᵀ)R: W' changes by GVᵀBᵀ alone",
            left=by_W,
            right=said.growth * passage.residual() * passage.FEATURE_DEVIATION.T * passage.unused().T,
            orthonormal=(Q,),
            diagonal=(passage.Omega,),
        ),
        MatrixIdentity(
            id="unused-directions-of-the-features",
            says="and H' by BUᵀG: they grow at the singular values of G, as small W and H do at those of ZΩ",
            left=by_H,
            right=said.growth * passage.unused() * passage.DEVIATION.T * passage.residual(),
            orthonormal=(Q,),
            diagonal=(passage.Omega,),
        ),
    )


def growth_error(scale: float) -> Measurement:
    """Growth beside the first plateau: the largest eigenvalue of minus the Hessian of the loss, by differences, against `scale` times s'.

    The plateau is that of the best weighted fit of rank one, at sample level, in width two.
    """

    def errors() -> Iterator[tuple[str, float]]:
        for counts, power in (((5, 3, 1), 0.25), ((4, 2, 1, 1), 0.5), ((6, 2, 1), 1.0)):
            weights = tuple(float(n) ** -power for n in counts)
            loss = Samples(ClassCounts(counts), weights)
            omega = np.array(weights)[list(loss.counts.labels)]
            p = np.linalg.svd(loss.target * np.sqrt(omega))[0][:, :1]
            fit = p.T @ loss.target
            scale_of_features = np.linalg.norm(fit) ** 0.5
            W = np.hstack([p * scale_of_features, 0 * p])
            H = np.vstack([fit / scale_of_features, 0 * fit])
            expected = np.linalg.norm((loss.target - p @ fit) * omega, 2)
            yield f"{counts}, γ={power}", plain.relative(_most_negative(loss, W, H), scale * expected)

    return plain.worst(errors())


def _most_negative(loss: Samples, W: np.ndarray, H: np.ndarray) -> float:
    """Minus the smallest eigenvalue of the Hessian, from central differences of the gradient."""
    state, size, step = np.concatenate([W.ravel(), H.ravel()]), W.size, 1e-4

    def gradient(x: np.ndarray) -> np.ndarray:
        return np.concatenate([part.ravel() for part in loss.gradient(x[:size].reshape(W.shape), x[size:].reshape(H.shape))])

    hessian = np.array([(gradient(state + step * unit) - gradient(state - step * unit)) / (2 * step) for unit in np.eye(len(state))])
    return float(-np.linalg.eigvalsh((hessian + hessian.T) / 2)[0])


# The second stage ---------------------------------------------------------------------------------------------------------


def _no_later_parts(said):
    groups, weights = symbolic_step(), (w_majority, w_minority)
    first, second = (gram_product(groups, [w**power for w in weights]) for power in (1, said.power))
    return (
        Holds(
            id="no-smaller-rate",
            says="the plane of the first two left singular vectors of ZΩ holds a unit vector u that is orthogonal to p, and ‖uᵀZΩ‖² = "
            "x s_1² + (1 − x) s_2² with x in [0, 1] is at least s_2²: so s' ≥ s_2",
            condition=share * s1**2 + (1 - share) * s2**2 >= said.least**2,
            where=(share <= 1, s1 >= s2),
        ),
        Holds(
            id="no-later",
            says="s' ≥ s_2: the second stage ends at 1/s_2 or before",
            condition=said.time(s1, s2, later) <= 1 / s2,
            where=(s1 >= s2, later >= s2),
        ),
        Holds(
            id="earlier",
            says="s' > s_2 and s_1 > s_2: it ends before",
            condition=said.time(s1, s2, later) < 1 / s2,
            where=(s1 > s2, later > s2),
        ),
        identity("equal-where-the-rate-stays", "s' = s_2: it ends at 1/s_2", said.time(s1, s2, said.stays * s2), 1 / s2),
        identity(
            "equal-where-rates-are",
            "s_1 = s_2, as at γ = 1/2: it ends at 1/s_2",
            said.time(s1, s2, later),
            1 / s2,
            sp.Eq(s1, said.stays * s2),
        ),
        MatrixIdentity(
            id="no-weights-keep-the-rest",
            says="K the first left singular vectors of Z or of ZΩ: (I − KKᵀ) leaves of it all but their modes, so that s' = s_2",
            left=(sp.Identity(rows) - K * K.T) * whole(said.stays),
            right=(sp.Identity(rows) - K * K.T) * E * (sp.Identity(samples) - V * V.T),
            orthonormal=(K, V),
            diagonal=(S,),
        ),
        identities(
            "step-keeps-its-modes",
            "STEP: ZΩZᵀ and ZΩ²Zᵀ commute, so that a first left singular vector of ZΩ is an eigenvector of ZΩZᵀ where s_1 > s_2",
            zip((first @ second).entries(), (second @ first).entries(), strict=True),
        ),
    )


def _equal_parts(said):
    found = passage.three_classes(tuple(r**4 for r in ROOTS), tuple(1 / sp.sympify(r) for r in ROOTS))
    first, second, beside = (sp.sqrt(value) for value in (found.first, found.second, found.later))
    return (
        Holds(
            id="second-stage-at-the-inverse-rate",
            says="three classes with counts r⁴ and weights 1/r: 1/s_1 + (1 − s_2/s_1)/s' is the stated time",
            condition=sp.Eq(passage.passage_time(first, second, beside), said.time(first, second), evaluate=False),
            where=(ROOTS[0] > ROOTS[1], ROOTS[1] > ROOTS[2]),
        ),
    )


# How it is run ------------------------------------------------------------------------------------------------------------

EARLY, LATE = 100.0, 110.0  # δ: the slope of the time between them; beyond, the second mode is below the rounding of the first
AT_QUARTER, AT_ONE = (40.0, 60.0), (60.0, 70.0)
CASES = (
    ((1000, 30, 1), 0.25, AT_QUARTER, 1e-6),
    ((100, 10, 1), 0.25, AT_QUARTER, 1e-6),
    ((60, 20, 5, 1), 0.25, AT_QUARTER, 1e-6),
    ((100, 10, 1), 1.0, AT_ONE, 1e-6),
    ((100, 10, 1), 0.75, (EARLY, LATE), 2e-3),
    ((1000, 30, 1), 0.75, (EARLY, LATE), 2e-3),
)  # counts, γ, two δ and the relative error that is left there; at γ = 3/4 the flow takes long to land
LANDING = 30.0  # δ of the flow of rank one
SIMULATED = 2e-6  # relative: slopes of the learning times of a random start between δ = 20 and 50, sample by sample


def _stages(counts: tuple[int, ...], power: float) -> Stages:
    return Stages(ClassCounts(counts), tuple(float(n) ** -power for n in counts))


@cache
def _slopes() -> tuple[tuple[str, float, np.ndarray, float, float], ...]:
    """(name, slope of the second time, escape rates, the rate where the flow of rank one lands, tolerance)."""
    found = []
    for counts, power, (early, late), tolerance in CASES:
        stages = _stages(counts, power)
        slope = (stages.second_time(late) - stages.second_time(early)) / (late - early)
        found.append((f"{counts}, γ={power}", slope, stages.escape_rates, stages.later_rate(LANDING), tolerance))
    return tuple(found)


def second_stage_error(time: Callable[..., sp.Expr]) -> Measurement:
    """Slopes against the stated time, in units of the tolerance of each case."""
    stated = plain.compiled(time(s1, s2, later), s1, s2, later)
    return plain.worst(
        (name, plain.relative(slope, stated(rates[0], rates[1], landed)) / tolerance) for name, slope, rates, landed, tolerance in _slopes()
    )


@cache
def _simulated(delta: float) -> float:
    """When the second mode of Z is half learned: random start, sample by sample, counts (60, 8, 1), γ = 1/4."""
    counts = (60, 8, 1)
    experiment = Experiment(ClassCounts(counts), tuple(float(n) ** -0.25 for n in counts), loss_named("squared"), delta, "random", None, 1)
    return float(measure.mode_learning_times(flow.simulate(experiment, level="sample"), 0.5)[1])  # type: ignore[arg-type]


def simulated_error(time: Callable[..., sp.Expr]) -> Measurement:
    """The slope of that time between δ = 20 and 50 against the stated one."""
    stages, stated = _stages((60, 8, 1), 0.25), plain.compiled(time(s1, s2, later), s1, s2, later)
    slope = (_simulated(50.0) - _simulated(20.0)) / 30
    expected = stated(*stages.escape_rates[:2], stages.later_rate(LANDING))
    return plain.worst([("(60, 8, 1)", plain.relative(slope, expected))])


# Inverse frequencies ------------------------------------------------------------------------------------------------------


def _inverse_parts(said):
    flat = gram_product(NAMED, [group.count**-said.exponent for group in NAMED])
    unit = sp.Identity(rows)
    centred = unit - ONE * ONE.T
    return (
        identities(
            "gram-is-the-centring-matrix",
            "γ = 1, any counts: ZΩZᵀ = I − 11ᵀ/c",
            zip(flat.entries(), centring(flat.sizes).entries(), strict=True),
        ),
        MatrixIdentity(
            id="every-space-stays",
            says="for every K: (I − KKᵀ)(I − eeᵀ)K = −(I − KKᵀ)e eᵀK, e the unit vector of ones, 0 where the columns of K sum to zero: "
            "there is no force on W",
            left=(unit - K * K.T) * centred * K,
            right=-said.gone * (unit - K * K.T) * ONE * ONE.T * K,
            orthonormal=(K,),
        ),
        MatrixIdentity(
            id="a-step-of-one-half",
            says="one more unit column u that sums to zero takes half of uᵀ(I − eeᵀ)u = 1 − (eᵀu)² = 1 from the loss",
            left=NEXT.T * centred * NEXT,
            right=said.gain * NEXT.T * NEXT - (ONE.T * NEXT).T * ONE.T * NEXT,
        ),
        identity(
            "loss-by-rank",
            "the loss at zero logits is half of the trace of ZΩZᵀ; k such columns leave (c − 1 − k)/2 of it",
            flat.trace() / 2 - RANK * said.gain / 2,
            said.loss(NUMBER, RANK),
        ),
    )


FIT_TOLERANCE = 1e-11  # rounding of a least-squares fit


def plateau_error(exponent: sp.Expr, loss: Callable[..., sp.Expr]) -> Measurement:
    """The loss of the best weighted fit with a random column space, sample by sample, against the stated one."""
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for counts in ((9, 4, 1), (7, 3, 3, 1), (12, 6, 5, 2, 1)):
            c = len(counts)
            samples_of = Samples(ClassCounts(counts), tuple(float(n) ** -float(exponent) for n in counts))
            for rank in range(c):
                W = (np.eye(c) - 1 / c) @ generator.standard_normal((c, rank))
                H = np.linalg.pinv(W) @ samples_of.target if rank else np.zeros((0, samples_of.counts.n))
                yield f"{counts}, rank {rank}", abs(samples_of.loss(W, H) - float(loss(sp.Integer(c), sp.Integer(rank))))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="growth-beside-a-plateau",
        says="Squared loss, any counts and weights, K with orthonormal columns that span eigenvectors of ZΩZᵀ: W = KQᵀ, H = QKᵀZ is a "
        "fixed point. To first order small deviations in feature directions that it does not use grow at the singular values of "
        "G = (I − KKᵀ)ZΩ, as small W and H do at those of ZΩ.",
        source=OURS,
        stated={"share": sp.Integer(1), "growth": sp.Integer(1), "scale": 1.0},
        witnesses=(POINT,),
        parts=_growth_parts,
        runs=lambda said: (
            Agrees(
                id="hessians-at-plateaus",
                says="the most negative eigenvalue of the Hessian by differences at the best weighted fit of rank one",
                uses=("scale",),
                measure=lambda: growth_error(said.scale),
                bound=HESSIAN_TOLERANCE,
            ),
        ),
        near_misses=(NearMiss("half of the fit", {"share": HALF}), NearMiss("twice as fast", {"growth": sp.Integer(2), "scale": 2.0})),
    ),
    Claim(
        id="second-stage-never-later",
        says="Three classes or more, s_1 ≥ s_2 the largest singular values of ZΩ, s' that of (I − ppᵀ)ZΩ for a unit vector p: the number "
        "1/s_1 + (1 − s_2/s_1)/s', the second time over δ of a flow that passes a plateau on p, is at most 1/s_2 for any counts, weights "
        "and p, and less where s' > s_2 and s_1 > s_2. It is 1/s_2 where s_1 = s_2, as at γ = 1/2, and where s' = s_2, as for p the first "
        "left singular vector of ZΩ, which spans a plateau without weights and under STEP. That a flow takes this time is not said here.",
        source=SOURCE,
        stated={"least": s2, "time": passage.passage_time, "stays": sp.Integer(1), "power": 2},
        witnesses=(POINT, {**POINT, s1: sp.Integer(1)}),
        parts=_no_later_parts,
        near_misses=(
            NearMiss("s' ≥ s_1", {"least": s1}),
            NearMiss("1/s_1 + 1/s'", {"time": lambda first, second, beside: 1 / first + 1 / beside}),
            NearMiss("1/s_1 + (1 − s_2/s_1)/s_2", {"time": lambda first, second, beside: 1 / first + (1 - second / first) / second}),
            NearMiss("twice the rate stays", {"stays": sp.Integer(2)}),
        ),
        without_near_miss={"step-keeps-its-modes": "it states no formula: what commutes is derived"},
        plain="the second stage of the flow, where its passage by the first plateau says, ends no later than its escape rate says",
        coq={
            part: (f"stages.passage.{part.replace('-', '_')}",)
            for part in ("no-smaller-rate", "no-later", "earlier", "equal-where-the-rate-stays", "equal-where-rates-are")
        },
    ),
    Claim(
        id="stages-at-inverse-escape-rates",
        says="ω = n^(−1/4), any counts: by the passage of the first plateau, the best weighted fit of rank one, the second stage ends at "
        "T_2/δ = 1/s_1 + (1 − s_2/s_1)/s' = 1/s_2.",
        source=OURS,
        stated={"time": lambda first, second: 1 / second},
        hypotheses={"distinct counts": sp.And(ROOTS[0] > ROOTS[1], ROOTS[1] > ROOTS[2])},
        witnesses=(POINT,),
        parts=_equal_parts,
        repaired_by="second-stage-never-later",
        near_misses=(NearMiss("1/s_1", {"time": lambda first, second: 1 / first}),),
    ),
    Claim(
        id="second-stage-time",
        says="Flow of the weighted squared loss from small starts, three and four classes of distinct counts: T_2/δ tends to "
        "1/s_1 + (1 − s_2/s_1)/s', s' the largest singular value of (I − ppᵀ)ZΩ where the flow of rank one from the mode that grows first "
        "ends on p; at γ = 1/4, 3/4 and 1.",
        source=SOURCE,
        stated={"time": passage.passage_time},
        parts=lambda said: (
            Agrees(
                id="slopes-of-second-times",
                says="dT_2/dδ at class level from starts on two modes, in units of the tolerance of each case",
                uses=("time",),
                measure=lambda: second_stage_error(said.time),
                bound=1.0,
            ),
            Agrees(
                id="slopes-sample-by-sample",
                says="the slope of the learning time of the second mode, random start, sample by sample, counts (60, 8, 1), γ = 1/4",
                uses=("time",),
                measure=lambda: simulated_error(said.time),
                bound=SIMULATED,
            ),
        ),
        near_misses=(
            NearMiss("1/s_2", {"time": lambda first, second, beside: 1 / second}),
            NearMiss("1/s_1 + 1/s'", {"time": lambda first, second, beside: 1 / first + 1 / beside}),
        ),
        measured_because="growth beside the plateau is proved for the linearised flow; that the whole flow passes by the plateau, and how "
        "close, is measured",
        plain="the second stage of the weighted flow ends when its passage by the first plateau says, in every run",
    ),
    Claim(
        id="inverse-frequency-plateaus",
        says="γ = 1, any counts: ZΩZᵀ = I − 11ᵀ/c, so that every column space of dimension k of vectors that sum to zero is one of a fixed "
        "point, and the weighted loss of the best fit with it is (c − 1 − k)/2: equal steps of 1/2.",
        source=OURS,
        stated={
            "exponent": sp.Integer(1),
            "loss": lambda number, rank: (number - 1 - rank) / 2,
            "gone": sp.Integer(1),
            "gain": sp.Integer(1),
        },
        witnesses=(POINT,),
        parts=_inverse_parts,
        runs=lambda said: (
            Agrees(
                id="fits-of-random-spaces",
                says="the loss of the best weighted fit with random column spaces of every rank, sample by sample",
                uses=("exponent", "loss"),
                measure=lambda: plateau_error(said.exponent, said.loss),
                bound=FIT_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("γ = 1/2", {"exponent": HALF}),
            NearMiss("(c − k)/2", {"loss": lambda number, rank: (number - rank) / 2}),
            NearMiss("c − 1 − k", {"loss": lambda number, rank: number - 1 - rank}),
            NearMiss("the vector of ones twice", {"gone": sp.Integer(2)}),
            NearMiss("steps of 1", {"gain": sp.Integer(2)}),
        ),
        plain="with inverse-frequency weights the loss of the plateaus falls in equal steps, whichever classes come first",
    ),
)
