"""A common mean of all inputs: with it no weights make all rates equal, and the middle mode leads where contrasts are flat."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from scipy.optimize import minimize

from numerics.constrained_features.inputs import block_gram, inputs_of
from proofs.claims.common import HALF, at, identities, identity, product
from proofs.claims.constrained_features.settings import (
    COUNTS,
    GROUPS,
    KAPPA,
    MASSES,
    MEETING_TOLERANCE,
    POINT,
    RHO,
    SIZES,
    WEIGHTS,
    C,
    mean_squares,
    sample_drive,
)
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory.algebra.partition import BlockMatrix
from theory.constrained_features.rates import centred_gram, masses, step_squares
from theory.data import inputs
from theory.data.counts import ClassCounts, Group
from theory.symbols import m_majority, m_minority, n_majority, n_minority, w_majority, w_minority

A = sp.symbols("a_1:5", positive=True)
BETA = sp.symbols("beta_1:5", positive=True)
a, a_odd, beta, beta_odd, x, n, n_odd, common = sp.symbols("a a_1 beta beta_1 x n n_1 lambda", positive=True)
rest = sp.Symbol("m", positive=True, integer=True)
RHO_BELOW_ONE, COMMON_MEAN = RHO < 1, sp.Ne(KAPPA, 0)


def _gram(sizes, mass, own):
    """P diag(a) B diag(a) P for class means of squared length β and inner product κ, not simplified."""
    g = len(sizes)
    means = BlockMatrix(tuple(sizes), tuple(value - KAPPA for value in own), (KAPPA * sp.ones(g, g)).as_immutable())
    return centred_gram(means, mass)


def _no_weights_parts(said):
    return (*_four_classes(said), *_like_classes(said), *_odd_class(said), _step_part(said))


def _four_classes(said):
    """One common rate λ makes the Gram matrix λP: its form is 0 on two contrasts that share no class."""
    one = sp.Integer(1)
    gram = _gram((one,) * 4 + (rest,), (*A, a), (*BETA, beta)).quotient()
    first, second = (sp.Matrix([1, -1, 0, 0, 0]), sp.Matrix([0, 0, 1, -1, 0]))
    differ = [sp.Ne((A[i] - A[j]) * (A[k] - A[h]), 0) for i, j, k, h in said.disjoint]
    return (
        identity(
            "form-on-two-contrasts",
            "on the contrasts of classes 1, 2 and of classes 3, 4 the Gram matrix has the form κ(a_1 − a_2)(a_3 − a_4), for every number "
            "of classes",
            product(first.T, product(gram, second))[0],
            said.form(*A),
        ),
        Holds(
            id="form-vanishes-only-with-a-difference",
            says="κ ≠ 0, a_1 ≠ a_2 and a_3 ≠ a_4: it is not 0, so where all rates are equal (a_1 − a_2)(a_3 − a_4) = 0",
            condition=sp.Ne(said.form(*A), 0, evaluate=False),
            where=(sp.Ne(A[0], A[1]), sp.Ne(A[2], A[3]), *said.common_mean),
        ),
        Holds(
            id="one-class-differs-from-two-others",
            says="of any four classes: if one has another a than two of the others, these and the fourth have one a, or some form is not 0",
            condition=sp.Or(*differ, sp.And(sp.Eq(A[1], A[3]), sp.Eq(A[2], A[3]))),
            where=(sp.Ne(A[0], A[1]), sp.Ne(A[0], A[2])),
        ),
        Holds(
            id="one-class-differs-from-one-other",
            says="and if it has the a of the third and another than the second, the fourth has the a of the third: so among all classes "
            "at most one has another a than the rest",
            condition=sp.Or(*differ, sp.Eq(A[3], A[0])),
            where=(sp.Ne(A[0], A[1]), sp.Eq(A[0], A[2])),
        ),
    )


def _like_classes(said):
    """Three classes or more of one a: equal rates of their contrasts make their counts equal."""
    one = sp.Integer(1)
    gram = _gram((one, one, rest), (a, a, a_odd), (BETA[0], BETA[1], beta_odd)).quotient()
    contrast = sp.Matrix([1, -1, 0])
    own = [inputs.own_mean(sp.Symbol(f"n_{k}", positive=True)) for k in (2, 3)]
    return (
        identity(
            "form-on-like-classes",
            "the form on the contrast of two classes of one a is a²(β_i + β_j − 2κ), for every number of classes",
            product(contrast.T, product(gram, contrast))[0],
            said.like * (BETA[0] + BETA[1] - 2 * KAPPA),
        ),
        Holds(
            id="equal-forms-make-means-equal",
            says="one value of a²(β_i + β_j − 2κ) for the pairs of three classes: their β are equal",
            condition=sp.And(sp.Eq(BETA[0], BETA[1]), sp.Eq(BETA[1], BETA[2])),
            where=tuple(sp.Eq(a**2 * (BETA[i] + BETA[j] - 2 * KAPPA), 2 * common) for i, j in said.pairs),
        ),
        Holds(
            id="equal-means-make-counts-equal",
            says="ρ < 1: β = ρ + (1 − ρ)/n is different for different counts",
            condition=sp.Ne(own[0], own[1]),
            where=(sp.Ne(*sp.symbols("n_2 n_3", positive=True)), *said.scatter),
        ),
    )


def _odd_class(said):
    """One class of mass xa and m of mass a: two kinds of rates, and the quadratic that makes them equal."""
    gram = _gram((sp.Integer(1), rest), (x * a, a), (beta_odd, beta))
    between = sp.Matrix([1, -1 / rest])
    image = product(gram.quotient(), between)
    level = a**2 * (beta - KAPPA)
    excess = rest / (rest + 1) * a**2 * said.quadratic
    return (
        identities(
            "rate-of-the-odd-class",
            "one class of mass xa and m of mass a: the squared rate of the one against the others less a²(β − κ), that of a contrast of "
            "the others, is m/(m + 1) a²(β_1x² − 2κx + 2κ − β)",
            zip(image, ((level + excess) * between), strict=True),
        ),
        identity(
            "equal-counts-are-flat",
            "equal counts: at equal weights, x = 1, the quadratic is 0",
            said.quadratic,
            sp.Integer(0),
            sp.Eq(x, said.equal),
            sp.Eq(beta_odd, beta),
        ),
    )


def _step_part(said):
    """STEP: weights of one group may differ; two majority and two minority classes are four classes as above."""
    own = [inputs.own_mean(count) for count in (n_odd, n)]
    return Holds(
        id="step-has-two-odd-classes",
        says="two classes of each of two counts: whichever three of the four have one a, two of them have different β and the form on "
        "contrasts a²(β_i + β_j − 2κ) takes two values, so no weights make all rates equal",
        condition=sp.Ne(a**2 * (own[0] + own[1] - 2 * KAPPA), a**2 * (2 * own[1] - 2 * KAPPA)),
        where=(sp.Ne(n_odd, n), *said.scatter),
    )


# Three classes: another way ---------------------------------------------------------------------------------------------------


def _three_parts(said):
    """Three classes of different counts; the Gram matrix has the eigenvalue 0 at the ones, and the two squared rates."""
    one = sp.Integer(1)
    counts = [sp.Integer(k) for k in (8, 4, 2)]
    weights = [sp.Rational(3, 8), sp.Rational(2, 3), one]
    groups = [Group(one, count) for count in counts]
    gram = centred_gram(inputs.class_mean_gram(groups), masses(groups, weights)).quotient()
    minors = sp.Add(*(gram[i, i] * gram[j, j] - gram[i, j] * gram[j, i] for i in range(3) for j in range(i)))
    return (
        Holds(
            id="two-rates-differ",
            says="counts 8, 4, 2 and weights 3/8, 2/3, 1: the squared difference of the two squared rates, by trace and minors of the Gram "
            "matrix, is positive whatever ρ and κ are",
            condition=gram.trace() ** 2 - 4 * minors > 0,
            where=(KAPPA > 0, RHO > KAPPA, RHO_BELOW_ONE),
        ),
    )


# The middle mode --------------------------------------------------------------------------------------------------------------


def _leading_parts(said):
    """The weights that make contrasts flat are put in, so that no premise says so."""
    found = step_squares(inputs.class_mean_gram(GROUPS), MASSES)
    at_flat = {w_majority: said.heavy}
    distances = (inputs.own_mean(count) - KAPPA > 0 for count in COUNTS)
    where = (*distances, RHO_BELOW_ONE, n_majority > n_minority)
    majority, middle = (value.subs(at_flat) for value in (found.majority, found.middle))
    return (
        identity(
            "contrasts-are-flat-there",
            "e_maj = e_min at ω_maj = ω_min (n_min/n_maj) √((β_min − κ)/(β_maj − κ))",
            at(found.majority, at_flat),
            at(found.minority, at_flat),
            *where,
        ),
        identity(
            "middle-rate-where-contrasts-are-flat",
            "μ² is (m_min e_maj + m_maj e_min)/c, at e_maj = e_min = e that e, and κ m_maj m_min (a_maj − a_min)²/c",
            found.middle,
            (m_minority * found.majority + m_majority * found.minority) / (m_majority + m_minority) + said.excess,
        ),
        Holds(id="middle-leads", says="κ > 0, ρ < 1, R > 1: μ² > e", condition=middle > majority, where=(*where, *said.common_mean)),
    )


# How it is run ----------------------------------------------------------------------------------------------------------------

LEAST_TOLERANCE = 1e-6  # relative: a smooth minimum is found to the root of the search's 1e-14
ODD_TOLERANCE = 1e-9  # of a spread that is 0
SPREAD_CASE = ClassCounts((8, 8, 2, 2))


def squared_rates(counts: ClassCounts, weights: np.ndarray, within: float, between: float) -> np.ndarray:
    """The c − 1 squared singular values of ZΩXᵀ at sample level, rising."""
    drive = sample_drive(counts, weights, inputs_of(block_gram(counts, within, between)))
    return np.asarray(np.linalg.svd(drive, compute_uv=False)[: counts.c - 1][::-1] ** 2)


def least_spread(counts: ClassCounts, within: float, between: float, starts: int = 6) -> float:
    """The least ln(max/min) of the squared rates over all weights, by searches from random weights."""
    X = inputs_of(block_gram(counts, within, between))
    generator = np.random.default_rng(plain.SEED)

    def spread(logs: np.ndarray) -> float:
        drive = sample_drive(counts, np.exp(np.append(logs, 0.0)), X)
        rates = np.linalg.svd(drive, compute_uv=False)[: counts.c - 1]
        return float(2 * np.log(rates[0] / rates[-1]))

    best = np.inf
    for _ in range(starts):
        at = generator.normal(size=counts.c - 1)
        for _ in range(4):  # a simplex that has shrunk on a ridge goes on when it is made anew
            at = minimize(spread, at, method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-14, "maxiter": 4000}).x
        best = min(best, spread(at))
    return best


def odd_class_error(quadratic: sp.Expr) -> Measurement:
    """Spread of the rates at sample level of one class of n_1 and m of n, at the weights that a root of the quadratic gives."""
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(40):
            odd, many, number = (int(k) for k in generator.integers(1, 9, 3))
            counts = ClassCounts((odd,) + (many,) * (number + 2))
            within = generator.uniform(0.2, 0.8)
            between = within * generator.uniform(0.1, 1)
            own = {beta_odd: within + (1 - within) / odd, beta: within + (1 - within) / many, KAPPA: between}
            roots = np.roots([float(k) for k in sp.Poly(quadratic.subs(own), x).all_coeffs()])
            for root in roots[(roots.imag == 0) & (roots.real > 0)].real:
                weights = np.array([root * many / odd] + [1.0] * (number + 2))
                rates = squared_rates(counts, weights, within, between)
                yield f"counts {odd}, {many}×{number + 2}, ρ={within:.2f}, κ={between:.2f}", float(rates[-1] / rates[0] - 1)

    return plain.worst(errors())


def least_spread_error(excess: sp.Expr) -> Measurement:
    """The least spread of the rates of counts 8, 8, 2, 2 over all weights against ln(μ²/e) where contrasts are flat."""
    within, between = 0.3, 0.2
    flat = float(np.sqrt((0.3 + 0.7 / 2 - between) / (0.3 + 0.7 / 8 - between)) * 2 / 8)  # ω_maj/ω_min with e_maj = e_min
    value = plain.compiled(excess, *SIZES, n_majority, n_minority, *WEIGHTS, KAPPA)
    level = (2 * 1.0) ** 2 * (within + (1 - within) / 2 - between)
    expected = float(np.log1p(value(2, 2, 8, 2, flat, 1.0, between) / level))
    found = least_spread(SPREAD_CASE, within, between)
    return Measurement(abs(found / expected - 1), 1, f"least spread {found:.9f}, stated {expected:.9f}")


def leading_error(excess: sp.Expr) -> Measurement:
    """The squared rate of the middle mode at sample level, where contrasts are flat, against e and the stated excess, relative."""
    value = plain.compiled(excess, *SIZES, n_majority, n_minority, *WEIGHTS, KAPPA)
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(40):
            big, small, few = (int(k) for k in generator.integers(2, 4, 3))
            many = few * int(generator.integers(2, 8))
            within = generator.uniform(0.1, 0.8)
            between = within * generator.uniform(0.1, 1)
            counts = ClassCounts((many,) * big + (few,) * small)
            X = inputs_of(block_gram(counts, within, between))
            unit = sample_drive(counts, np.ones(counts.c), X)
            heavy = np.sqrt(mean_squares(unit, big, big + small) / mean_squares(unit, 0, big))
            drive = sample_drive(counts, np.array([heavy] * big + [1.0] * small), X)
            middle = np.array([1 / big] * big + [-1 / small] * small)
            found = float(((middle @ drive) ** 2).sum() / (middle**2).sum())
            stated = mean_squares(drive, 0, big) + float(value(big, small, many, few, heavy, 1.0, between))
            yield f"m={big},{small}, n={many},{few}, ρ={within:.2f}, κ={between:.2f}", abs(found / stated - 1)

    return plain.worst(errors())


EXCESS = KAPPA * m_majority * m_minority * (MASSES[0] - MASSES[1]) ** 2 / C
HEAVY = (
    w_minority * n_minority / n_majority * sp.sqrt((inputs.own_mean(n_minority) - KAPPA) / (inputs.own_mean(n_majority) - KAPPA))
)  # ω_maj that makes contrasts flat
QUADRATIC = beta_odd * x**2 - 2 * KAPPA * x + 2 * KAPPA - beta
# Contrasts are flat here: 16(β_maj − κ)ω² = β_min − κ at ω = 2/5.
FLAT_POINT = {
    **POINT,
    n_majority: sp.Integer(4),
    n_minority: sp.Integer(1),
    w_majority: sp.Rational(2, 5),
    w_minority: sp.Integer(1),
    RHO: sp.Rational(7, 20),
    KAPPA: sp.Rational(1, 5),
}
# Four classes of which the first, or the second, has another a than the rest; and two of each.
ODD_POINTS = tuple(
    {
        **POINT,
        **dict(zip(A, map(sp.Integer, values), strict=True)),
        **dict.fromkeys((*BETA, beta, beta_odd), sp.Rational(1, 2)),
        **dict.fromkeys((a, x, n, sp.Symbol("n_2", positive=True)), sp.Integer(1)),
        **dict.fromkeys((n_odd, sp.Symbol("n_3", positive=True)), sp.Integer(2)),
        common: sp.Rational(2, 5),
        KAPPA: sp.Rational(1, 10),
    }
    for values in ((2, 1, 1, 1), (1, 2, 1, 1), (1, 2, 1, 2))
)


CLAIMS = (
    Claim(
        id="no-weights-flatten-a-common-mean",
        says="Block Gram matrix, ρ < 1, κ ≠ 0, c ≥ 4: some positive weights make all c − 1 rates at a small start equal iff all counts are "
        "equal, or all but one are (n_1; n, …, n) and β_1x² − 2κx + 2κ − β = 0 has a positive root x = a_1/a. So none do for STEP with "
        "two classes or more in each group and R > 1.",
        source=OURS,
        stated={
            "form": lambda a1, a2, a3, a4: KAPPA * (a1 - a2) * (a3 - a4),
            "common_mean": (COMMON_MEAN,),
            "disjoint": ((0, 1, 2, 3), (0, 2, 1, 3)),
            "like": a**2,
            "pairs": ((0, 1), (0, 2), (1, 2)),
            "scatter": (RHO_BELOW_ONE,),
            "quadratic": QUADRATIC,
            "equal": sp.Integer(1),
            "excess": EXCESS,
        },
        witnesses=ODD_POINTS,
        parts=_no_weights_parts,
        runs=lambda said: (
            Agrees(
                id="spread-with-one-odd-class",
                says="spread of the rates at sample level of one class of another count, at the weights of a root of the quadratic",
                uses=("quadratic",),
                measure=lambda: odd_class_error(said.quadratic),
                bound=ODD_TOLERANCE,
            ),
            Agrees(
                id="least-spread-of-counts-8-8-2-2",
                says="the least spread over all weights, ρ = 0.3, κ = 0.2, counts 8, 8, 2, 2, is above 0: that of flat contrasts",
                uses=("excess",),
                measure=lambda: least_spread_error(said.excess),
                bound=LEAST_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the form of other pairs", {"form": lambda a1, a2, a3, a4: KAPPA * (a1 - a3) * (a2 - a4)}),
            NearMiss("κ = 0 as well", {"common_mean": ()}),
            NearMiss("one choice of two pairs of four classes is enough", {"disjoint": ((0, 2, 1, 3),)}),
            NearMiss("contrasts weigh a", {"like": a}),
            NearMiss("two pairs of three classes are enough", {"pairs": ((0, 1), (0, 2))}),
            NearMiss("ρ = 1 as well", {"scatter": ()}),
            NearMiss("the quadratic without a common mean", {"quadratic": beta_odd * x**2 - beta}),
            NearMiss("equal counts are flat at other weights too", {"equal": sp.Integer(2)}),
            NearMiss("half the excess", {"excess": EXCESS / 2}),
        ),
        coq={
            "form-on-two-contrasts": ("constrained.no_weights.form_on_two_contrasts",),
            "form-vanishes-only-with-a-difference": ("constrained.no_weights.form_vanishes_only_with_a_difference",),
            "one-class-differs-from-two-others": ("constrained.no_weights.one_class_differs_from_two_others",),
            "one-class-differs-from-one-other": (
                "constrained.no_weights.one_class_differs_from_one_other",
                "constrained.common_mean.flat_leaves_one_odd_class",
            ),
            "form-on-like-classes": ("constrained.no_weights.form_on_like_classes",),
            "equal-forms-make-means-equal": ("constrained.no_weights.equal_forms_make_means_equal",),
            "rate-of-the-odd-class": ("constrained.no_weights.rate_of_the_odd_class",),
            "equal-counts-are-flat": ("constrained.no_weights.equal_counts_are_flat",),
        },
    ),
    Claim(
        id="no-weights-flatten-a-common-mean-of-three-classes",
        says="Block Gram matrix, 0 < κ < ρ < 1, three classes of three different counts: no positive weights make both rates at a small "
        "start equal.",
        source="ours: what is true of four classes or more, read for three",
        witnesses=({RHO: HALF, KAPPA: sp.Rational(1, 4)},),
        parts=_three_parts,
        repaired_by="no-weights-flatten-a-common-mean",
    ),
    Claim(
        id="middle-leads-where-contrasts-are-flat",
        says="STEP, block Gram matrix with β > κ, weights with e_maj = e_min = e: the squared rate of the middle mode is "
        "e + κ m_maj m_min (a_maj − a_min)²/c, and it is > e for κ > 0, ρ < 1 and R > 1.",
        source=OURS,
        stated={"excess": EXCESS, "common_mean": (KAPPA > 0,), "heavy": HEAVY},
        witnesses=(FLAT_POINT,),
        parts=_leading_parts,
        runs=lambda said: (
            Agrees(
                id="middle-rates-of-samples",
                says="the middle rate at sample level with weights that make contrasts flat there, random STEP settings",
                uses=("excess",),
                measure=lambda: leading_error(said.excess),
                bound=MEETING_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("half the excess", {"excess": EXCESS / 2}),
            NearMiss("contrasts are flat at equal masses", {"heavy": w_minority * n_minority / n_majority}),
            NearMiss("for κ ≥ 0", {"common_mean": (KAPPA >= 0,)}),
        ),
    ),
)
