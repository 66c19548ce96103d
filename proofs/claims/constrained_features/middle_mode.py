"""The middle mode of the flow from a spectral start: three scalars for all time, and when it decouples as contrasts do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from scipy.integrate import solve_ivp

from numerics.constrained_features.inputs import block_gram, inputs_of
from numerics.constrained_features.runs import linear_features_run, mode_shares, spectral_start
from numerics.problem import Problem
from proofs.claims.common import HALF, at, identities, identity
from proofs.claims.constrained_features.blocks import (
    ARGUMENTS,
    COUNTS,
    EXCESS,
    KAPPA,
    MASS,
    MEANS,
    POINT,
    SETTINGS,
    SIZES,
    WEIGHTS,
    along,
    block_cases,
    directions,
    majority_of,
    numbers_of,
    setting_of,
    spectral_run,
)
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.algebra.partition import BlockMatrix
from theory.constrained_features import exact_flows as flows
from theory.constrained_features import rates
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.models.linear_features import MODEL, V, W, X
from theory.models.model import squared_descent
from theory.models.reduction import S
from theory.symbols import (
    delta,
    m_majority,
    m_minority,
    n_majority,
    n_minority,
    signal,
    similarity_within,
    w_majority,
    w_minority,
    within_classifiers,
    within_features,
)
from theory.unconstrained_features import modes
from theory.unconstrained_features.middle import classifier_of, features_of

CROSS = sp.symbols("B_maj B_mid B_min", real=True)  # inner products of class means of two classes, by their groups
ANY = BlockMatrix(SIZES, EXCESS, sp.ImmutableMatrix([CROSS[:2], CROSS[1:]]))
a, b, e = flows.MIDDLE
STATED_MIDDLE = flows.middle_rates(ANY, MASS)
STATED_WITHIN = tuple(
    (x * beta * (1 - alpha * beta), x * d * alpha * (1 - alpha * beta))
    for x, d, alpha, beta in zip(MASS, EXCESS, within_classifiers, within_features, strict=True)
)
GAP = flows.decoupling_gap(SIZES, MASS, EXCESS, KAPPA)
WITNESS = {**POINT, similarity_within: HALF, KAPPA: sp.Integer(0), signal: sp.Integer(1), **dict.fromkeys((a, b, e), sp.Integer(1))}
ALONE = {KAPPA: sp.Integer(0)}
# Counts 6, 6, 1, 1, ρ = 0 and κ = −1/9: the means of all classes together, minority classes counted twice, are zero.
NUMBERS = {
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(2),
    EXCESS[0]: sp.Rational(5, 18),
    EXCESS[1]: sp.Rational(10, 9),
    KAPPA: -sp.Rational(1, 9),
}
SINGULAR = {**WITNESS, **NUMBERS, similarity_within: sp.Integer(0), MASS[0]: sp.Integer(6), MASS[1]: sp.Integer(1)}
ON_GROUPS = [d / m + KAPPA for d, m in zip(EXCESS, SIZES, strict=True)]  # the diagonal of B on what is constant on groups
SEMIDEFINITE = {
    "K ⪰ 0": sp.And(
        similarity_within <= 1, EXCESS[0] >= 0, EXCESS[1] >= 0, ON_GROUPS[0] + ON_GROUPS[1] >= 0, ON_GROUPS[0] * ON_GROUPS[1] >= KAPPA**2
    )
}


def _middle_parts(said):
    dC, dF = flows.flow_on_frame(*flows.embedded(SIZES), ANY, MASS)
    classifiers, features = zip(*said.within, strict=True)
    moved, *pulled = said.middle
    slope = sp.Add(*(sp.diff(moved, f) * sp.diff(rate, a) for f, rate in zip((b, e), pulled, strict=True)))
    return (
        identities(
            "classifier-stays-on-the-ansatz",
            "dW/dt is what the stated rates make of the ansatz, entry by entry, for any B of block symmetry",
            zip(dC.entries(), classifier_of(SIZES, moved, classifiers).entries(), strict=True),
        ),
        identities(
            "features-stay-on-the-ansatz",
            "dh/dt is what the stated rates make of the ansatz, entry by entry, for any B of block symmetry",
            zip(dF.entries(), features_of(SIZES, pulled, features).entries(), strict=True),
        ),
        identity(
            "leaves-zero-at-the-middle-rate",
            "at zero the squared rate of the three scalars is the middle eigenvalue of P diag(a) B diag(a) P",
            slope.subs(dict.fromkeys(flows.MIDDLE, 0)),
            said.square(rates.centred_gram(ANY, MASS).quotient().trace()),
        ),
        identities(
            "fitted-state-is-a-fixed-point",
            "nothing moves where ab = ae = 1",
            [(rate, sp.Integer(0)) for rate in said.middle],
            sp.Ne(a, 0),
            *(sp.Eq(feature, 1 / a) for feature in said.fitted),
        ),
    )


def _row_moved(row):
    """A row that is constant on groups, one number a group, times diag(a) B, as the sums that it is."""
    masses = [m * x * y for m, x, y in zip(SIZES, MASS, row, strict=True)]
    return [sp.Mul(y, x, d) + KAPPA * masses[0] + KAPPA * masses[1] for y, x, d in zip(row, MASS, EXCESS, strict=True)]


def _rows():
    """The middle row v = z diag(a)B of the features, up to scale, and v diag(a)B."""
    once = _row_moved((1 / m_majority, -1 / m_minority))
    return once, _row_moved(once)


def _singular_parts(said):
    once, twice = _rows()
    turned = (once[0] * twice[1] - once[1] * twice[0]).subs(NUMBERS, simultaneous=True)
    return (
        Holds(
            id="parallel-only-if-the-gap-is-zero",
            says="counts 6, 6, 1, 1, ρ = 0, κ = −1/9, any weights: the middle features turn, or the two sides are equal",
            condition=sp.Or(sp.Ne(turned, 0), sp.Eq(GAP.subs(NUMBERS, simultaneous=True), 0), evaluate=False),
        ),
    )


def _iff_parts(said):
    once, twice = _rows()
    determinant = sp.Matrix([_row_moved(unit) for unit in ((1, 0), (0, 1))]).det()
    return (
        _frames_part(said),
        identity(
            "features-stay-parallel-iff",
            "v × v diag(a)B is the gap a_maj (β_maj + (c − 1)κ) − a_min (β_min + (c − 1)κ) times the determinant of diag(a)B on "
            "groups, over m_maj m_min",
            once[0] * twice[1] - once[1] * twice[0],
            said.factor * said.gap * determinant / (m_majority * m_minority),
        ),
        Holds(
            id="regular-without-negative-similarity",
            says="this determinant is positive where κ ≥ 0",
            condition=said.sign * determinant > 0,
            where=(said.least <= KAPPA,),
        ),
        *_gap_parts(said),
    )


def _gap_parts(said):
    """The gap of unit inputs, with ρ and κ."""
    mass = [n * w for n, w in zip(COUNTS, WEIGHTS, strict=True)]
    gap = flows.decoupling_gap(SIZES, mass, [similarity_within + (1 - similarity_within) / n - KAPPA for n in COUNTS], KAPPA)
    return (
        identity(
            "gap-without-common-mean",
            "κ = 0: the gap is (1 − ρ) times that of ω(1 + θn), 0 iff the weights are lazy-flat",
            at(gap, ALONE),
            (1 - similarity_within) * said.flat(*(w * (1 + signal * n) for w, n in zip(WEIGHTS, COUNTS, strict=True))),
            sp.Eq(signal * (1 - similarity_within), similarity_within),
        ),
        identity(
            "free-features-decouple-without-weights",
            "ρ = κ = 0: the gap is that of the weights, 0 iff γ = 0",
            at(gap, {**ALONE, similarity_within: sp.Integer(0)}),
            said.free(w_majority, w_minority, *COUNTS),
        ),
        identity(
            "identical-samples-decouple-at-inverse-frequency",
            "ρ = 1, κ = 0: the gap is that of nω, 0 iff γ = 1",
            at(gap, {**ALONE, similarity_within: sp.Integer(1)}),
            said.identical(w_majority, w_minority, *COUNTS),
        ),
        Holds(
            id="not-at-the-rich-flat-weights",
            says="κ = 0, R > 1, 0 ≤ ρ < 1: not at the weights (n(1 + θn))^(−1/2) that make the contrasts' rich rates equal",
            condition=sp.Ne(said.flat(*(sp.sqrt(1 + signal * n) / sp.sqrt(n) for n in COUNTS)), 0),
            where=(said.imbalance, signal >= 0),
        ),
    )


def _frames_part(said):
    """Weights absorbed into samples: Z = U S Rᵀ and X = L k Rᵀ, so ZXᵀ = U (S k) Lᵀ has right singular vectors that are those of XXᵀ."""
    L, frame = sp.MatrixSymbol("L", X.shape[0], modes.U.shape[1]), modes.V
    k, x, y = (sp.MatrixSymbol(name, *S.shape) for name in "kxy")
    unweighted = sp.Identity(X.shape[1])
    point = {MODEL.target: modes.U * S * frame.T, X: L * k * frame.T, W: modes.U * x * modes.Q.T, V: modes.Q * y * L.T}
    return MatrixIdentity(
        id="modes-of-the-input-covariance-decouple",
        says="in general: where the right singular vectors of ZΩXᵀ are eigenvectors of XΩXᵀ, dW/dt stays of the form U ẋ Qᵀ",
        left=squared_descent(MODEL)[W].xreplace({**point, MODEL.weights: unweighted}),
        right=modes.U * (S - x * y * said.length(k)) * k * y * modes.Q.T,
        orthonormal=(modes.U, frame, modes.Q, L),
        diagonal=(S, k, x, y),
    )


# How it is run ----------------------------------------------------------------------------

MIDDLE_TOLERANCE = 1e-8  # relative, two integrations of one flow
TURN_TOLERANCE = 1e-8  # relative, of a ratio along a whole run
DELTA, HORIZON = 3.0, 8.0


def middle_run_error(middle: tuple[sp.Expr, ...]) -> Measurement:
    """The middle mode's share along runs at sample level, relative, against the stated three scalars, integrated."""
    velocity = settings.compiled(sp.Matrix(middle), *flows.MIDDLE, *SIZES, *MASS, *EXCESS, *CROSS)
    start = settings.compiled(sp.Matrix(flows.middle_start(MEANS, MASS)), *ARGUMENTS, delta)
    share = settings.compiled(flows.middle_share(SIZES, COUNTS), *flows.MIDDLE, *SIZES, *COUNTS)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, within, between, exponent in block_cases((0.5, 1.0)):
            run = spectral_run(counts, within, between, exponent, DELTA, HORIZON)
            read = mode_shares(setting_of(counts, exponent), directions(counts)[:, 1:2])
            numbers = numbers_of(counts, within, between, exponent)
            times, fixed = np.linspace(0, HORIZON, 40), (*numbers[:6], *[between] * 3)
            path = solve_ivp(
                lambda _, state, fixed=fixed: velocity(*state, *fixed).ravel(),
                (0, HORIZON),
                np.ravel(start(*numbers, DELTA)).astype(float),
                method="DOP853",
                t_eval=times,
                rtol=1e-12,
                atol=1e-15,
            ).y
            found = along(run, read, times)[:, 0]
            yield name, settings.relative(found, share(*path, *numbers[:2], counts.per_class[0], counts.per_class[-1]))

    return settings.worst(errors())


def decoupled_error(gap: sp.Expr) -> Measurement:
    """How far the middle row of the logits turns along runs at sample level, at weights where the stated gap is 0."""
    stated = settings.compiled(sp.solve(gap, MASS[1])[0], *SIZES, MASS[0], *EXCESS, KAPPA)

    def errors() -> Iterator[tuple[str, float]]:
        for counts, within, between in SETTINGS:
            m, k, *_, d, less, _ = numbers_of(counts, within, between, 0.0)
            lighter = float(stated(m, k, counts.per_class[0], d, less, between)) / counts.per_class[-1]
            yield f"{counts.per_class}, ρ={within}, κ={between}", _turn(counts, within, between, lighter)

    return settings.worst(errors())


def _turn(counts: ClassCounts, within: float, between: float, lighter: float) -> float:
    """The relative change of the ratio of majority to minority in uᵀL, u the middle direction; weights 1 and `lighter`."""
    heavy = majority_of(counts)
    setting = Problem(counts, (1.0,) * heavy + (lighter,) * (counts.c - heavy), loss_named("squared"))
    X, u = inputs_of(block_gram(counts, within, between)), directions(counts)[:, 1]
    run = linear_features_run(setting, X, *spectral_start(setting, X, DELTA), HORIZON / 2)
    rows = run.path.at(np.linspace(0, HORIZON / 2, 20), lambda state: u @ run.logits(state))
    ratio = rows[:, 0] / rows[:, -1]
    return float(np.abs(ratio / ratio[0] - 1).max())


CLAIMS = (
    Claim(
        id="middle-mode-ode",
        says="STEP, B of block symmetry, squared loss, spectral start, features alike inside a class: the middle mode is three scalars. "
        "With z the unit middle contrast and h_g = z_g times b (majority) and e (minority), da/dt = Σ m_g a_g (z_g − a h_g) h_g and "
        "dh_g/dt = a Σ_k B̄_gk m_k a_k (z_k − a h_k), B̄ the mean of B over each block of classes. They leave zero at the middle rate "
        "of the class-mean law and rest where ab = ae = 1.",
        source=OURS,
        stated={"middle": STATED_MIDDLE, "within": STATED_WITHIN, "square": lambda x: x, "fitted": (b, e)},
        witnesses=(WITNESS,),
        parts=_middle_parts,
        runs=lambda said: (
            Agrees(
                id="middle-mode-along-runs",
                says="the middle mode's share along runs at sample level against the three scalars, integrated",
                uses=("middle",),
                measure=lambda: middle_run_error(said.middle),
                bound=MIDDLE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss(
                "features move by their own class alone",
                {"middle": (STATED_MIDDLE[0], MASS[0] * a * (1 - a * b), MASS[1] * a * (1 - a * e))},
            ),
            NearMiss(
                "both groups pull the classifier alike",
                {"middle": (HALF * (MASS[0] * b * (1 - a * b) + MASS[1] * e * (1 - a * e)), *STATED_MIDDLE[1:])},
            ),
            NearMiss("contrasts feel κ as well", {"within": tuple((x, y + KAPPA) for x, y in STATED_WITHIN)}),
            NearMiss("at the square of that rate", {"square": lambda x: x**2}),
            NearMiss("at rest where one group is fitted", {"fitted": (b,)}),
        ),
    ),
    Claim(
        id="decouples-entirely-iff-for-every-input",
        says="STEP, block K ⪰ 0: the middle mode decouples, its features keeping to one direction, only if "
        "a_maj (β_maj + (c − 1)κ) = a_min (β_min + (c − 1)κ).",
        source="ours: decouples-entirely-iff, read for class means that may be linearly dependent",
        hypotheses=SEMIDEFINITE,
        witnesses=(SINGULAR,),
        parts=_singular_parts,
        repaired_by="decouples-entirely-iff",
    ),
    Claim(
        id="decouples-entirely-iff",
        says="STEP, block K, spectral start, B regular on what is constant on groups, as it is where κ ≥ 0: the middle mode decouples too, "
        "its features keeping to one direction for all time, iff a_maj (β_maj + (c − 1)κ) = a_min (β_min + (c − 1)κ). For κ = 0 these are "
        "the lazy-flat weights, ω ∝ 1/(1 + θn), never the rich-flat ones where R > 1: γ = 0 for free features, γ = 1 for identical "
        "samples. In general modes decouple where the right singular vectors of ZΩXᵀ are eigenvectors of XΩXᵀ.",
        source="ours; the condition in general: Saxe et al., arXiv 1312.6120",
        stated={
            "gap": GAP,
            "factor": sp.Integer(1),
            "sign": 1,
            "least": sp.Integer(0),
            "flat": lambda x, y: x - y,
            "free": lambda w, v, n, less: w - v,
            "identical": lambda w, v, n, less: n * w - less * v,
            "imbalance": n_majority > n_minority,
            "length": lambda k: k,
        },
        hypotheses={"κ ≥ 0": KAPPA >= 0, "R > 1": n_majority > n_minority},
        witnesses=(WITNESS,),
        parts=_iff_parts,
        runs=lambda said: (
            Agrees(
                id="features-keep-their-direction",
                says="how far the middle row of the logits turns along runs at weights where the gap is 0",
                uses=("gap",),
                measure=lambda: decoupled_error(said.gap),
                bound=TURN_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("(c + 1)κ in place of (c − 1)κ", {"gap": GAP + 2 * KAPPA * (MASS[0] - MASS[1])}),
            NearMiss("twice the gap", {"factor": sp.Integer(2)}),
            NearMiss("the determinant is negative", {"sign": -1}),
            NearMiss("positive where κ ≥ −1", {"least": sp.Integer(-1)}),
            NearMiss("κ = 0: at weights ω² ∝ 1/(1 + θn)²", {"flat": lambda x, y: x**2 - y**2}),
            NearMiss("free features decouple at γ = 1/2", {"free": lambda w, v, n, less: sp.sqrt(n) * w - sp.sqrt(less) * v}),
            NearMiss("identical samples decouple at γ = 1/2", {"identical": lambda w, v, n, less: sp.sqrt(n) * w - sp.sqrt(less) * v}),
            NearMiss("never at the rich-flat weights of equal counts", {"imbalance": n_majority >= n_minority}),
            NearMiss("the logits feel the inputs' length squared", {"length": lambda k: k * k}),
        ),
    ),
)
