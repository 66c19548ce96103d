"""Growth rates under STEP with a block Gram matrix, and which mode is first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from numerics.constrained_features.inputs import block_gram, inputs_of
from numerics.problem import Problem
from proofs.claims.common import identities, identity, product
from proofs.claims.constrained_features.settings import (
    COUNTS,
    GROUPS,
    GROWTH_TOLERANCE,
    KAPPA,
    MASSES,
    POINT,
    RHO,
    SAME_SIGNAL,
    SIZES,
    SPREAD,
    THETA,
    TWO_A_GROUP,
    WEIGHTS,
    C,
    drive_at_zero,
    growth_rates,
    named_two,
)
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory.algebra.partition import BlockMatrix
from theory.constrained_features.rates import centred_gram, masses, one_hot_gram, step_squares
from theory.data import inputs
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.symbols import m_majority, m_minority

XI = sp.Matrix(sp.symbols("xi_maj xi_min", real=True))


def contrast_rate(count, weight):
    """e = nω²(1 − ρ)(1 + θn), the squared rate of a contrast."""
    return count * weight**2 * (1 - RHO) * (1 + THETA * count)


def middle_rate(squares, mass, between=KAPPA):
    """μ² of the middle mode from the squared rates of the contrasts."""
    mean = (m_minority * squares[0] + m_majority * squares[1]) / C
    return mean + between * m_majority * m_minority * (mass[0] - mass[1]) ** 2 / C


RATES = tuple(contrast_rate(n, w) for n, w in zip(COUNTS, WEIGHTS, strict=True))


def _contrast_parts(said, gram: Callable):
    """Two classes of a group, its rest and the other group: the Gram matrix takes their contrast to a multiple of it."""
    for g, name in enumerate(("majority", "minority")):
        groups, contrast = named_two(GROUPS, g)
        weights = (WEIGHTS[g],) * 2 + WEIGHTS
        found = gram(inputs.class_mean_gram(groups, RHO, SAME_SIGNAL), masses(groups, weights))
        yield identities(
            f"{name}-contrasts",
            f"the Gram matrix takes the contrast of two {name} classes to e_{name[:3]} times it, for every number of classes",
            zip(product(found.quotient(), contrast), said.within[g] * contrast, strict=True),
        )


def _step_parts(said):
    found = centred_gram(inputs.class_mean_gram(GROUPS, RHO, SAME_SIGNAL), MASSES).quotient()
    middle = sp.Matrix([m_minority, -m_majority])
    return (
        *_contrast_parts(said, centred_gram),
        identities(
            "middle-mode",
            "it takes the majority against the minority, m_min and −m_maj, to μ² times it",
            zip(product(found, middle), said.middle.subs(KAPPA, SAME_SIGNAL) * middle, strict=True),
        ),
        identities(
            "ones-do-not-grow",
            "it takes the vector of ones to 0, so that m_maj − 1 and m_min − 1 contrasts and one middle mode are all that grow",
            zip(product(found, sp.Matrix(said.still)), (sp.Integer(0),) * 2, strict=True),
        ),
    )


def _one_hot_parts(said):
    found = one_hot_gram(inputs.class_mean_gram(GROUPS, RHO, SAME_SIGNAL), MASSES)
    unit = sp.diag(*(1 / sp.sqrt(size) for size in SIZES))  # columns: unit vectors that are constant on a group
    stated = said.quotient.subs(KAPPA, SAME_SIGNAL)
    return (
        *_contrast_parts(said, one_hot_gram),
        identities(
            "quotient-on-unit-vectors",
            "on unit vectors that are constant on groups it acts by diag(e) + κqqᵀ with q = √m a",
            zip(product(found.quotient(), product(unit, XI)), product(unit, product(stated, XI)), strict=True),
        ),
        Holds(
            id="no-middle-mode-without-a-common-mean",
            says="its entry between the groups is 0 iff κ = 0: then every mode lives in one group",
            condition=sp.Or(
                sp.And(sp.Eq(KAPPA, said.decoupled), sp.Eq(said.quotient[0, 1], 0, evaluate=False)),
                sp.And(sp.Ne(KAPPA, said.decoupled), sp.Ne(said.quotient[0, 1], 0, evaluate=False)),
            ),
        ),
    )


# Who is first ------------------------------------------------------------------------------------------

A = sp.symbols("a_maj a_min", positive=True)
BETA = sp.symbols("beta_maj beta_min", positive=True)
# Masses and own means at which the majority's contrasts lead, and those of the minority; the middle mode first, or not.
FIRST_POINTS = tuple(
    {**POINT, **dict(zip((*A, *BETA, KAPPA), map(sp.Rational, values), strict=True))}
    for values in ((3, 1, "1/2", "1/2", "2/5"), (3, 1, "1/2", "1/2", "1/10"), (1, 3, "1/2", "1/2", "2/5"), (1, 3, "1/2", "1/2", "1/10"))
)


def _first_parts(said):
    means = BlockMatrix(SIZES, tuple(beta - KAPPA for beta in BETA), (KAPPA * sp.ones(2, 2)).as_immutable())
    found = step_squares(means, A)
    parts = []
    for fast, (name, own, other) in enumerate((("majority", found.majority, found.minority), ("minority", found.minority, found.majority))):
        ahead = own - other
        excess = said.needed(SIZES[1 - fast], A[fast] - A[1 - fast]) - ahead
        parts += [
            Holds(
                id=f"middle-first-where-{name}-leads",
                says=f"e of the {name} at least that of the other group: the middle mode is strictly first where the condition holds",
                condition=found.middle > own,
                where=(*said.where, ahead >= 0, excess > 0),
            ),
            Holds(
                id=f"middle-not-first-where-{name}-leads",
                says="and it is not where the condition fails",
                condition=found.middle <= own,
                where=(*said.where, ahead >= 0, excess <= 0),
            ),
        ]
    return (
        *parts,
        identity(
            "least-similarity",
            "a_maj > a_min: μ² − e_maj is a positive multiple of κ less its least value",
            found.middle - found.majority,
            m_majority / C * (m_minority * (A[0] - A[1]) ** 2 + A[0] ** 2 - A[1] ** 2) * (KAPPA - said.least),
            A[0] > A[1],
        ),
    )


# How it is run ------------------------------------------------------------------------------------------

STEP_CASES = (
    ((2, 2, 6, 2), 0.35, 0.15),
    ((3, 1, 5, 2), 0.3, 0.3),
    ((1, 3, 4, 2), 0.5, 0.1),
    ((2, 2, 6, 2), 0.1, 0.12),
    ((2, 2, 3, 2), 0.4, 0.05),
    ((2, 1, 4, 3), 0.3, -0.05),
)


def step_error(loss: str, stated: Callable[..., np.ndarray]) -> Measurement:
    """Growth rates of STEP runs with a block Gram matrix against the square roots of the stated squares, in falling order."""

    def errors() -> Iterator[tuple[str, float]]:
        for case, ((big, small, many, few), within, between) in enumerate(STEP_CASES):
            class_counts = ClassCounts((many,) * big + (few,) * small)
            for exponent in (0.0, 0.5, 1.0):
                weights = tuple(float(n) ** -exponent for n in class_counts.per_class)
                problem = Problem(class_counts, weights, loss_named(loss))
                x = inputs_of(block_gram(class_counts, within, between))
                values = stated(big, small, many, few, weights[0], weights[-1], within, between)
                rates = np.sqrt(np.abs(np.sort(values)[::-1]))
                singular = np.linalg.svd(drive_at_zero(problem, x), compute_uv=False)
                if singular[0] > SPREAD * singular[len(rates) - 1]:
                    continue
                found = growth_rates(problem, x, case, len(rates))
                yield f"m={big},{small}, n={many},{few}, ρ={within}, κ={between}, γ={exponent}", plain.relative(found, rates)

    return plain.worst(errors())


def _numeric(expression: sp.Expr) -> Callable[..., np.ndarray]:
    """A formula in ρ, θ and κ as a function of sizes, counts, weights, ρ and κ."""
    value = plain.compiled(expression.subs(THETA, (RHO - KAPPA) / (1 - RHO)), *SIZES, *COUNTS, *WEIGHTS, RHO, KAPPA)
    return lambda *point: np.asarray(value(*point), dtype=float)


def step_squares_of(said: SimpleNamespace) -> Callable[..., np.ndarray]:
    """The c − 1 stated squares."""
    majority, minority, middle = map(_numeric, (*said.within, said.middle))
    return lambda big, small, *rest: np.array(
        [majority(big, small, *rest)] * (big - 1) + [minority(big, small, *rest)] * (small - 1) + [middle(big, small, *rest)]
    )


def one_hot_squares_of(said: SimpleNamespace) -> Callable[..., np.ndarray]:
    """The c stated squares of one-hot labels."""
    majority, minority, quotient = map(_numeric, (*said.within, said.quotient))
    return lambda big, small, *rest: np.array(
        [majority(big, small, *rest)] * (big - 1)
        + [minority(big, small, *rest)] * (small - 1)
        + [*np.linalg.eigvalsh(quotient(big, small, *rest))]
    )


def first_mode_error(needed: Callable) -> Measurement:
    """How often singular values at sample level put the middle mode elsewhere than the condition says, over random STEP settings."""
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(200):
            big, small = (int(k) for k in generator.integers(2, 4, 2))
            few = int(generator.integers(1, 4))
            many = few * int(generator.integers(2, 6))
            within, share, exponent = generator.uniform(0.05, 0.9), generator.uniform(0, 1), generator.uniform(-0.5, 2)
            between = within * share**2
            class_counts = ClassCounts((many,) * big + (few,) * small)
            omega = np.array(class_counts.per_class, dtype=float) ** -exponent
            x = inputs_of(block_gram(class_counts, within, between))
            drive = centred_labels(class_counts) * omega[list(class_counts.labels)] @ x.T
            contrasts = [np.eye(class_counts.c)[j] - np.eye(class_counts.c)[j + 1] for j in (0, big)]
            middle = np.array([1 / big] * big + [-1 / small] * small)
            e_maj, e_min, mid = (np.sum((v @ drive) ** 2) / np.sum(v**2) for v in (*contrasts, middle))
            a_maj, a_min = many * omega[0], few * omega[-1]
            size = small if e_maj >= e_min else big
            said_first = needed(size, a_maj - a_min, between) > abs(e_maj - e_min)
            yield (
                f"m={big},{small}, n={many},{few}, ρ={within:.2f}, κ={between:.2f}, γ={exponent:.2f}",
                float(said_first != (mid > max(e_maj, e_min))),
            )

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="block-rates-step",
        says="STEP, unit inputs with inner products ρ ≠ 1 inside a class and κ between classes, one weight a group, centred labels: the "
        "squared growth rates are e_g = n_gω_g²(1 − ρ)(1 + θn_g) of m_g − 1 contrasts inside group g, θ = (ρ − κ)/(1 − ρ), and "
        "μ² = (m_min e_maj + m_maj e_min)/c + κ m_maj m_min (a_maj − a_min)²/c of the middle mode, a = nω.",
        source=OURS,
        stated={"within": RATES, "middle": middle_rate(RATES, MASSES), "still": (sp.Integer(1),) * 2},
        parts=_step_parts,
        runs=lambda said: (
            Agrees(
                id="growth-rates-of-step",
                says="growth rates of runs at sample level, STEP with block Gram matrices",
                uses=("within", "middle"),
                measure=lambda: step_error("squared", step_squares_of(said)),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("contrasts as of free features", {"within": tuple(n * w**2 for n, w in zip(COUNTS, WEIGHTS, strict=True))}),
            NearMiss("the groups of the mean exchanged", {"middle": middle_rate(RATES[::-1], MASSES)}),
            NearMiss("the middle mode feels no common mean", {"middle": middle_rate(RATES, MASSES, sp.Integer(0))}),
            NearMiss("a vector of other entries does not grow", {"still": (sp.Integer(1), sp.Integer(2))}),
        ),
        coq={
            "majority-contrasts": ("constrained.block_rates.majority_contrasts",),
            "minority-contrasts": ("constrained.block_rates.minority_contrasts",),
            "middle-mode": ("constrained.block_rates.middle_mode",),
            "ones-do-not-grow": ("constrained.block_rates.ones_do_not_grow",),
        },
    ),
    Claim(
        id="block-rates-one-hot",
        says="The same with one-hot labels and the squared loss, whose Gram matrix is diag(a) B diag(a): the contrasts are unchanged; "
        "on vectors that are constant on groups two squared rates, the eigenvalues of diag(e) + κqqᵀ with q = √m a. They are e_g iff "
        "κ = 0, and then no mode stands between the groups.",
        source=OURS,
        stated={
            "within": RATES,
            "quotient": sp.ImmutableMatrix(
                2, 2, lambda g, h: (RATES[g] if g == h else 0) + KAPPA * sp.sqrt(SIZES[g] * SIZES[h]) * MASSES[g] * MASSES[h]
            ),
            "decoupled": sp.Integer(0),
        },
        parts=_one_hot_parts,
        runs=lambda said: (
            Agrees(
                id="growth-rates-of-one-hot-labels",
                says="growth rates of runs at sample level with one-hot labels",
                uses=("within", "quotient"),
                measure=lambda: step_error("squared-one-hot", one_hot_squares_of(said)),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("contrasts as of free features", {"within": tuple(n * w**2 for n, w in zip(COUNTS, WEIGHTS, strict=True))}),
            NearMiss(
                "q = a without the group sizes",
                {"quotient": sp.ImmutableMatrix(2, 2, lambda g, h: (RATES[g] if g == h else 0) + KAPPA * MASSES[g] * MASSES[h])},
            ),
            NearMiss("no mode between the groups at κ = ρ", {"decoupled": RHO}),
        ),
    ),
    Claim(
        id="middle-first-iff",
        says="STEP, two classes or more in each group, block Gram matrix with class means of squared length β and inner product κ: "
        "where e_maj ≥ e_min the middle mode is strictly first iff κ m_min (a_maj − a_min)² > e_maj − e_min, and where "
        "e_min ≥ e_maj iff κ m_maj (a_maj − a_min)² > e_min − e_maj. For a_maj > a_min and e_maj ≥ e_min this says κ > "
        "(a_maj²β_maj − a_min²β_min)/(m_min (a_maj − a_min)² + a_maj² − a_min²).",
        source=OURS,
        stated={
            "needed": lambda size, difference, between=KAPPA: between * size * difference**2,
            "least": (A[0] ** 2 * BETA[0] - A[1] ** 2 * BETA[1]) / (m_minority * (A[0] - A[1]) ** 2 + A[0] ** 2 - A[1] ** 2),
            "where": tuple(TWO_A_GROUP.values()),
        },
        hypotheses=TWO_A_GROUP,
        witnesses=FIRST_POINTS,
        parts=_first_parts,
        runs=lambda said: (
            Agrees(
                id="order-of-singular-values",
                says="random STEP settings whose modes at sample level stand in another order",
                uses=("needed",),
                measure=lambda: first_mode_error(said.needed),
                bound=0,
            ),
        ),
        near_misses=(
            NearMiss("for every κ > 0", {"needed": lambda size, difference, between=KAPPA: 10**9 * between * size * difference**2}),
            NearMiss("for no κ", {"needed": lambda size, difference, between=KAPPA: 0 * between}),
            NearMiss("without the group's size", {"needed": lambda size, difference, between=KAPPA: between * difference**2}),
            NearMiss("a least κ for free features", {"least": sp.Integer(0)}),
        ),
        coq={
            "middle-first-where-majority-leads": ("constrained.middle_first.first_where_majority_leads",),
            "middle-not-first-where-majority-leads": ("constrained.middle_first.not_first_where_majority_leads",),
            "middle-first-where-minority-leads": ("constrained.middle_first.first_where_minority_leads",),
            "middle-not-first-where-minority-leads": ("constrained.middle_first.not_first_where_minority_leads",),
            "least-similarity": ("constrained.middle_first.least_similarity",),
        },
    ),
)
