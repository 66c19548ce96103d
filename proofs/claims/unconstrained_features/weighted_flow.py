"""What the full weighted flow does: what leaks from the paper's modes, how modes escape, and where they end."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from proofs.claims.common import HALF, RATIO, STEP_WITNESS, identities, identity, product
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory import symbols
from theory.algebra import partition, words
from theory.data import counts, labels, weights
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.models.model import descent
from theory.models.reduction import S
from theory.symbols import R, c, gamma, m_majority, m_minority, n_majority, n_minority, p, w_majority, w_minority
from theory.unconstrained_features import flow, middle, modes

GROUPS = counts.symbolic_step()
SHARES = counts.symbolic_step(m_majority=(1 - p) * c, m_minority=p * c)
WEIGHTS = (w_majority, w_minority)
COUNTS = (n_majority, n_minority)
MASS = m_minority * n_majority / (m_minority * n_majority + m_majority * n_minority)  # share of v_mid² on the majority
a, b, e = middle.STATE
DIFFERENT = {"the weights differ": sp.Ne(w_majority, w_minority)}
TWO_A_GROUP = {"two classes or more in each group": sp.And(m_majority >= 2, m_minority >= 2)}
x1, x2, x3, common, count, other, factor = sp.symbols("x_1 x_2 x_3 rho_squared n_j x k", positive=True)
POINT = {
    **STEP_WITNESS,
    w_majority: sp.Integer(1),
    w_minority: sp.Integer(2),
    R: sp.Integer(4),
    p: sp.Rational(1, 4),
    gamma: HALF,
    c: sp.Integer(4),
    flow.width: sp.Integer(3),
    x1: sp.Integer(1),
    x2: sp.Integer(1),
    x3: sp.Integer(1),
    common: sp.Integer(1),
    count: sp.Integer(9),
    other: sp.Integer(4),
    factor: sp.Integer(1),
    a: sp.Integer(1),
    b: sp.Integer(1),
    e: sp.Integer(1),
}


def at_exponent(exponent):
    """The witness with the weights of this exponent."""
    return {**POINT, gamma: sp.sympify(exponent), w_majority: sp.Integer(4) ** -sp.sympify(exponent), w_minority: sp.Integer(1)}


def power_weights(exponent):
    """ω = n^(−exponent) as premises, so that rates are derived for weights that are only symbols."""
    return tuple(sp.Eq(w, n**-exponent) for w, n in zip(WEIGHTS, COUNTS, strict=True))


def escape_rates_of(groups, class_weights):
    """Escape rates of STEP, within-group first: singular values of ZΩ."""
    values = labels.mode_values(labels.weighted_gram(groups, [w**2 for w in class_weights]))
    return tuple(sp.sqrt(value) for value, _ in values)


def step_escape_rates(exponent, **sizes):
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), **sizes)
    return escape_rates_of(groups, weights.exponent_weights(groups, exponent))


def _same_gram(part_id, says, effective):
    """The Gram matrix of ZΩ, multiplied out in the block algebra, against P diag(x) P summed over classes, entry by entry."""
    multiplied = labels.gram_product(GROUPS, [w**2 for w in WEIGHTS])
    summed = labels.gram_entries([counts.Group(group.size, x) for group, x in zip(GROUPS, effective, strict=True)], [sp.Integer(1)] * 2)
    return identities(part_id, says, zip(multiplied.entries(), (*summed.own, *itertools.chain(*summed.other)), strict=True))


def _within_contrast(said, g):
    """Two classes of group g, its rest, the other group. Ωv for v = Zᵀ(e_i − e_j), and Zᵀ of a multiple of e_i − e_j."""
    rest, others = GROUPS[g].size - 2, GROUPS[1 - g].size
    P = partition.centring((sp.Integer(1), sp.Integer(1), rest, others)).quotient()
    contrast = sp.Matrix([1, -1, 0, 0])
    omega = sp.diag(*[WEIGHTS[g]] * 3, WEIGHTS[1 - g])
    return zip(product(omega, product(P, contrast)), product(P, said.within[g] * contrast), strict=True)


def _leak_parts(said):
    *_, mid = modes.step_modes(GROUPS, WEIGHTS)
    mean = said.mass * w_majority + (1 - said.mass) * w_minority
    variance = said.mass * (w_majority - mean) ** 2 + (1 - said.mass) * (w_minority - mean) ** 2
    return (
        identities(
            "majority-modes-leak-nothing", "Ωv is Zᵀz for a contrast of two majority classes: it stays in span V", _within_contrast(said, 0)
        ),
        identities(
            "minority-modes-leak-nothing", "Ωv is Zᵀz for a contrast of two minority classes: it stays in span V", _within_contrast(said, 1)
        ),
        identity("middle-leak-is-variance", "leak² of the middle mode is the variance of ω under v_mid²", mid.leak_squared, variance),
        Holds(
            id="middle-leak-positive", says="it is positive where the weights differ", condition=mid.leak_squared > 0, where=said.premise
        ),
    )


def _distinct_counts_parts(said):
    """u_j ∝ 1/(n_j − σ²) with Σ u_j = 0; Ωv stays in span V iff Σ ω_j u_j = 0, and then Σ (ω_j − κ) u_j = 0 for every κ.

    Take κ = σ^(−2γ): every term (n_j^(−γ) − x^(−γ))/(n_j − x) at x = σ² has the sign of −γ, so the sum is not 0.
    """
    return (
        identity(
            "secular-vector-is-a-mode",
            "u_j = 1/(n_j − x) solves n_j u_j − 1 = x u_j, so P diag(n) P u = x u where Σ u_j = 0",
            count * said.vector - 1,
            other * said.vector,
            sp.Ne(count, other),
        ),
        Holds(
            id="larger-count-has-smaller-weight",
            says="γ > 0: a larger count has a smaller weight, so every term is negative",
            condition=count**-gamma < other**-gamma,
            where=(count > other, said.decreasing),
        ),
    )


def _escape_parts(said):
    downhill = descent(flow.MODEL)
    chain_W, chain_H = downhill.values()
    residual = (flow.Z - flow.W * flow.H) * flow.Omega
    cubic_W, cubic_H = -flow.W * flow.H * flow.Omega * flow.H.T, -flow.W.T * flow.W * flow.H * flow.Omega
    decomposed = modes.U * S * modes.V.T
    linear = {X: moved.xreplace({flow.G: decomposed}) for X, moved in downhill.items()}
    growing, fading = (modes.U.T * flow.W + sign * modes.V.T * flow.H.T for sign in (1, -1))
    frames = {"orthonormal": (modes.U, modes.V), "diagonal": (S,)}
    return (
        MatrixIdentity(
            id="classifier-flow-near-zero",
            says="dW/dt is ZΩHᵀ and a cubic term",
            left=chain_W.xreplace({flow.G: residual}),
            right=said.drive * flow.H.T + cubic_W,
            diagonal=(flow.Omega,),
        ),
        MatrixIdentity(
            id="feature-flow-near-zero",
            says="dH/dt is WᵀZΩ and a cubic term",
            left=chain_H.xreplace({flow.G: residual}),
            right=flow.W.T * said.drive + cubic_H,
            diagonal=(flow.Omega,),
        ),
        MatrixIdentity(
            id="growing-combination",
            says="ZΩ = USVᵀ: along the linear flow d/dt (UᵀW + VᵀHᵀ) is S times it",
            left=words.rate_along(growing, linear),
            right=said.rates * growing,
            **frames,
        ),
        MatrixIdentity(
            id="fading-combination",
            says="ZΩ = USVᵀ: along the linear flow d/dt (UᵀW − VᵀHᵀ) is −S times it",
            left=words.rate_along(fading, linear),
            right=-said.rates * fading,
            **frames,
        ),
        _same_gram("gram-under-step", "the Gram matrix of ZΩ is P diag(nω²) P under STEP", said.effective_counts),
        _explicit_gram(said.power),
    )


def _explicit_gram(power):
    """ZΩ(ZΩ)ᵀ entry by entry at explicit distinct counts, summed over samples, with symbolic weights."""
    class_counts = counts.explicit([3, 2, 1])
    omega = sp.symbols("omega_0:3", positive=True)
    scaled = labels.centred_labels(class_counts) * sp.diag(*(omega[j] for j in class_counts.labels))
    P = labels.centring_matrix(3)
    effective = sp.diag(*(n * w**power for n, w in zip(class_counts.per_class, omega, strict=True)))
    return identities(
        "gram-at-counts-3-2-1",
        "the Gram matrix of ZΩ is P diag(nω²) P for counts 3, 2, 1 and any weights",
        zip(product(scaled, scaled.T), product(product(P, effective), P), strict=True),
    )


def _effective_counts_parts(said):
    """With H = FΩ the flow of W and F near zero is the flow without weights in which each sample counts ω² times."""
    F = sp.MatrixSymbol("F", flow.width, flow.samples)
    residual = (flow.Z - flow.W * flow.H) * flow.Omega
    dW, dH = (side.xreplace({flow.G: residual}).xreplace({flow.H: F * said.unit}) for side in descent(flow.MODEL).values())
    cubic = flow.W * F * flow.Omega
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1))
    majority, minority = (group.count * w**2 for group, w in zip(groups, weights.exponent_weights(groups, gamma), strict=True))
    return (
        MatrixIdentity(
            id="classifier-moves-as-under-effective-counts",
            says="H = FΩ: dW/dt is ZΩ²Fᵀ and a cubic term: each sample counts ω² times",
            left=dW,
            right=flow.Z * said.multiplicity * F.T - cubic * flow.Omega * flow.Omega * F.T,
            diagonal=(flow.Omega,),
        ),
        MatrixIdentity(
            id="features-move-as-without-weights",
            says="H = FΩ: dH/dt is (dF/dt)Ω with dF/dt = WᵀZ and a cubic term: F feels no weights",
            left=dH,
            right=(flow.W.T * flow.Z - flow.W.T * cubic) * said.unit,
            diagonal=(flow.Omega,),
        ),
        _same_gram(
            "gram-is-that-of-effective-counts",
            "STEP: the Gram matrix of ZΩ is that of unweighted labels with counts nω²",
            [n * w**said.power for n, w in zip(COUNTS, WEIGHTS, strict=True)],
        ),
        identity(
            "effective-imbalance-ratio", "the effective imbalance ratio of ω = n^(−γ)", majority / minority, said.ratio, *RATIO.values()
        ),
    )


# How it is run ----------------------------------------------------------------------------

GROWTH_TOLERANCE = 1e-5  # the decaying half of a mode's amplitude is e^(−14) of the whole where its growth is read


def _sample_weights(counts: ClassCounts, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    return np.array(weights)[list(counts.labels)]


def _leaks(counts: ClassCounts, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """‖(I − VVᵀ)Ωv_i‖² for the right singular vectors of Z, singular values descending."""
    _, _, Vt = np.linalg.svd(centred_labels(counts), full_matrices=False)
    V = Vt[: counts.c - 1].T
    moved = _sample_weights(counts, weights)[:, None] * V
    return ((moved - V @ (V.T @ moved)) ** 2).sum(axis=0)


def leak_error(mass: sp.Expr) -> Measurement:
    """Leaks² against 0 within groups and, for the middle mode, against the variance of ω where v_mid² has the stated share on
    the majority.
    """
    value = settings.compiled(mass, symbols.m_majority, symbols.m_minority, symbols.n_majority, symbols.n_minority)
    generator = np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(60):
            big, small = (int(k) for k in generator.integers(1, 5, 2))
            ratio, (heavy, light) = int(generator.integers(2, 50)), generator.uniform(0.1, 3, 2)
            counts = ClassCounts((ratio,) * big + (1,) * small)
            share = float(value(big, small, ratio, 1))
            expected = np.zeros(counts.c - 1)
            expected[big - 1] = share * (1 - share) * (heavy - light) ** 2
            found = _leaks(counts, [heavy] * big + [light] * small)
            yield f"m={big},{small}, R={ratio}", float(np.abs(found - expected).max())

    return settings.worst(errors())


def exact_modes(exponents: sp.Basic) -> Measurement:
    """How many modes do not leak, over random distinct counts and random exponents, and 0, where the stated condition admits it."""
    generator = np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for case in range(200):
            c, gamma = int(generator.integers(2, 9)), float(generator.uniform(0.1, 1.5)) if case else 0.0
            if not exponents.subs(symbols.gamma, sp.Rational(str(gamma))):
                continue
            counts = ClassCounts(tuple(int(n) for n in generator.choice(np.arange(1, 100), c, replace=False)))
            weights = settings.power_weights(counts, gamma)
            yield f"{counts.per_class}, γ={gamma:.3f}", float((_leaks(counts, weights) < 1e-18).sum())

    return settings.worst(errors())


def growth_rate_error(power: int) -> Measurement:
    """Growth rates of W along the left singular vectors of ZΩ, small random starts, against √eig P diag(n ω^power) P."""
    generator = np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for seed in range(20):
            c, gamma = int(generator.integers(2, 5)), float(generator.choice([0.25, 0.5, 0.75]))
            counts = ClassCounts(tuple(int(n) for n in generator.integers(1, 9, c)))
            weights = settings.power_weights(counts, gamma)
            Z = centred_labels(counts)
            gram = (Z * _sample_weights(counts, weights**power)) @ Z.T
            stated = np.sqrt(np.linalg.eigvalsh(gram)[::-1][: c - 1])
            yield f"{counts.per_class}, γ={gamma}", settings.relative(_growth_rates(counts, tuple(weights), seed), stated)

    return settings.worst(errors(), GROWTH_TOLERANCE)


@cache
def _growth_rates(counts: ClassCounts, weights: tuple[float, ...], seed: int) -> np.ndarray:
    """Growth rates of W along the left singular vectors of ZΩ, fastest first, from a random start of scale e^(−25)."""
    U, rates, _ = np.linalg.svd(centred_labels(counts) * _sample_weights(counts, np.array(weights)), full_matrices=False)
    run = simulate(Experiment(counts, weights, loss_named("squared"), 25.0, "random", None, seed), time=9.5 / float(rates[counts.c - 2]))
    found = []
    for u, rate in zip(U.T, rates[: counts.c - 1], strict=False):
        early, late = (np.linalg.norm(u @ run.W(t / rate)) for t in (7.0, 9.0))
        found.append(np.log(late / early) * rate / 2)
    return np.array(found)


def effective_counts_error(power: int) -> Measurement:
    """Growth rates of weighted runs against those of unweighted runs with counts n ω^power, whole because n = mk², ω = 1/k."""
    generator = np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for seed in range(20):
            c = int(generator.integers(2, 5))
            m, k = (generator.integers(1, 4, c) for _ in range(2))
            counts = ClassCounts(tuple(int(n) for n in m * k**2))
            effective = ClassCounts(tuple(int(n) for n in m * k ** (2 - power)))
            weighted, plain = _growth_rates(counts, tuple(1 / k), seed), _growth_rates(effective, (1.0,) * c, seed)
            yield f"{counts.per_class}, ω = 1/{tuple(map(int, k))}", settings.relative(weighted, plain)

    return settings.worst(errors(), GROWTH_TOLERANCE)


CLAIMS = (
    Claim(
        id="weighted-ansatz-leaks",
        says="STEP, one weight a group: (I − VVᵀ)Ωv vanishes for the modes within a group; for the middle mode its norm is the "
        "standard deviation of ω under the probability weights v_mid², positive where the weights differ.",
        source=OURS,
        stated={"within": WEIGHTS, "mass": MASS, "premise": tuple(DIFFERENT.values())},
        hypotheses=DIFFERENT,
        witnesses=(POINT,),
        parts=_leak_parts,
        runs=lambda said: (
            Agrees(
                id="leaks-of-all-modes",
                says="‖(I − VVᵀ)Ωv‖² of every mode in floating point, many sizes and weights",
                uses=("mass",),
                measure=lambda: leak_error(said.mass),
                bound=settings.SVD_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("all of v_mid² on the majority", {"mass": sp.Integer(1)}),
            NearMiss("one half on each group", {"mass": HALF}),
            NearMiss("Ωv is Zᵀz with the other group's weight", {"within": WEIGHTS[::-1]}),
            NearMiss("positive for equal weights as well", {"premise": ()}),
        ),
        coq={
            "majority-modes-leak-nothing": ("rates.escape.majority_contrast_leaks_nothing", "matrices.modes.within_group_modes_are_exact"),
            "minority-modes-leak-nothing": ("rates.escape.minority_contrast_leaks_nothing", "matrices.modes.within_group_modes_are_exact"),
            "middle-leak-is-variance": ("dynamics.weighted_flow.leak_of_middle_mode_is_variance_of_weights",),
            "middle-leak-positive": ("dynamics.weighted_flow.leak_positive_where_weights_differ",),
        },
    ),
    Claim(
        id="no-mode-exact-of-distinct-counts",
        says="With all counts distinct and ω = n^(−γ), γ > 0 (or any strictly decreasing function of the count), every mode of the "
        "weighted flow leaks: Ωv is not in span V for any right singular vector v of Z.",
        source=OURS,
        stated={"vector": 1 / (count - other), "decreasing": gamma > 0},
        hypotheses={"γ > 0": gamma > 0},
        witnesses=(POINT,),
        parts=_distinct_counts_parts,
        runs=lambda said: (
            Agrees(
                id="modes-that-do-not-leak",
                says="random distinct counts and exponents with a mode that does not leak",
                uses=("decreasing",),
                measure=lambda: exact_modes(said.decreasing),
                bound=0,
            ),
        ),
        near_misses=(
            NearMiss("γ = 0 as well", {"decreasing": gamma >= 0}),
            NearMiss("1/(n_j + x) in place of 1/(n_j − x)", {"vector": 1 / (count + other)}),
        ),
        coq={
            "secular-vector-is-a-mode": ("dynamics.weighted_flow.secular_vector_solves_eigenvalue_equation",),
            "larger-count-has-smaller-weight": (
                "dynamics.weighted_flow.larger_count_has_smaller_weight",
                "matrices.modes.every_mode_leaks_of_distinct_counts",
            ),
        },
    ),
    Claim(
        id="escape-rates",
        says="To first order in W and H the weighted flow of the squared loss is dW/dt = ZΩHᵀ, dH/dt = WᵀZΩ, and what is left out "
        "is cubic: with ZΩ = USVᵀ the combinations UᵀW ± VᵀHᵀ move as e^(±St), so modes grow at the singular values of ZΩ, "
        "whose Gram matrix is P diag(n_j ω_j²) P.",
        source=OURS,
        stated={
            "drive": flow.Z * flow.Omega,
            "rates": S,
            "power": 2,
            "effective_counts": (n_majority * w_majority**2, n_minority * w_minority**2),
        },
        witnesses=(POINT,),
        parts=_escape_parts,
        runs=lambda said: (
            Agrees(
                id="growth-rates-of-runs",
                says="growth rates of runs at small scale against singular values of P diag(√n ω^(power/2))",
                uses=("power",),
                measure=lambda: growth_rate_error(said.power),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss(
                "nω in place of nω²: the projected weights",
                {"effective_counts": (n_majority * w_majority, n_minority * w_minority), "power": 1},
            ),
            NearMiss("Z in place of ZΩ: the start forgets the weights", {"drive": flow.Z}),
            NearMiss("the squares of the singular values", {"rates": S * S}),
        ),
        coq={
            "classifier-flow-near-zero": ("dynamics.small_start.classifier_flow_near_zero",),
            "feature-flow-near-zero": ("dynamics.small_start.feature_flow_near_zero",),
            "growing-combination": ("dynamics.small_start.growing_combination", "matrices.escape.linear_flow_is_exponential"),
            "fading-combination": ("dynamics.small_start.fading_combination", "matrices.escape.linear_flow_is_exponential"),
            "gram-under-step": ("rates.escape.gram_of_weighted_labels_under_step", "matrices.labels.gram_of_weighted_labels"),
            "gram-at-counts-3-2-1": ("rates.escape.gram_of_weighted_labels_at_counts_3_2_1", "matrices.labels.gram_of_weighted_labels"),
        },
    ),
    Claim(
        id="effective-counts",
        says="To first order in W and H the flow of the squared loss with counts n_j and weights ω_j is, with H = FΩ, the flow of W "
        "and F with counts n_j ω_j² and no weights: W and the escape rates are the same, features and logits of class j are ω_j "
        "times those. For ω = n^(−γ) the effective imbalance ratio is R^(1−2γ).",
        source=OURS,
        stated={"multiplicity": flow.Omega * flow.Omega, "unit": flow.Omega, "power": 2, "ratio": R ** (1 - 2 * gamma)},
        hypotheses=RATIO,
        witnesses=(POINT,),
        parts=_effective_counts_parts,
        runs=lambda said: (
            Agrees(
                id="growth-rates-with-and-without-weights",
                says="growth rates of W in weighted runs against those in unweighted runs with counts nω²",
                uses=("power",),
                measure=lambda: effective_counts_error(said.power),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("R^(1−γ)", {"ratio": R ** (1 - gamma)}),
            NearMiss("R^(2γ−1)", {"ratio": R ** (2 * gamma - 1)}),
            NearMiss("counts nω", {"multiplicity": flow.Omega, "power": 1}),
            NearMiss("features are the same", {"unit": sp.Identity(flow.samples)}),
        ),
        coq={
            "classifier-moves-as-under-effective-counts": ("dynamics.small_start.classifier_moves_as_under_effective_counts",),
            "features-move-as-without-weights": ("dynamics.small_start.features_move_as_without_weights",),
            "gram-is-that-of-effective-counts": (
                "rates.escape.gram_is_that_of_effective_counts",
                "matrices.labels.gram_of_weights_is_gram_of_effective_counts",
            ),
            "effective-imbalance-ratio": ("rates.escape.escape_ratio_is_a_power",),
        },
    ),
)
