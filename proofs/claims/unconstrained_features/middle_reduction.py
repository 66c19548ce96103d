"""The middle mode of the weighted flow: three scalars that are exact, and where the flow ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import sympy as sp
from scipy.integrate import solve_ivp

from numerics.basis import centred_labels
from numerics.unconstrained_features import measure
from proofs.claims.common import HALF, identities, identity
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.weighted_flow import COUNTS, GROUPS, POINT, SHARES, WEIGHTS, a, b, e, escape_rates_of
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity, Measurement
from theory import symbols
from theory.data import labels
from theory.data.counts import ClassCounts, step
from theory.symbols import c, m_majority, m_minority, n_majority, n_minority, p, w_majority, w_minority, within_classifiers, within_features
from theory.unconstrained_features import flow, middle, modes

STATED_CLASSIFIER = p * n_majority * w_majority * b * (1 - a * b) + (1 - p) * n_minority * w_minority * e * (1 - a * e)
STATED_FEATURES = (w_majority * a * (1 - a * b), w_minority * a * (1 - a * e))
STATED_WITHIN = tuple(
    (n * w * beta * (1 - alpha * beta), w * alpha * (1 - alpha * beta))
    for n, w, alpha, beta in zip(COUNTS, WEIGHTS, within_classifiers, within_features, strict=True)
)
UNWEIGHTED_WITHIN = tuple(
    (n * beta * (1 - alpha * beta), alpha * (1 - alpha * beta))
    for n, alpha, beta in zip(COUNTS, within_classifiers, within_features, strict=True)
)
INVARIANT = a**2 - p * n_majority * b**2 - (1 - p) * n_minority * e**2


def _reduction_parts(said):
    sizes = [group.size for group in SHARES]
    dW, dM = middle.flow_on_ansatz(SHARES, WEIGHTS)
    classifiers, features = zip(*said.within, strict=True)
    rates = (said.classifier, *said.features)
    slope = sp.Add(*(sp.diff(said.invariant, symbol) * rate for symbol, rate in zip(middle.STATE, rates, strict=True)))
    escape = sp.Add(
        *(sp.diff(said.classifier, feature) * sp.diff(rate, a) for feature, rate in zip((b, e), said.features, strict=True))
    ).subs(dict.fromkeys(middle.STATE, 0))
    slow, fast = middle.relaxation_rates(GROUPS, WEIGHTS)
    return (
        *_width_parts(said),
        identities(
            "classifier-stays-on-the-ansatz",
            "dW/dt is what the stated rates make of the ansatz, entry by entry",
            zip(dW.entries(), middle.classifier_of(sizes, said.classifier, classifiers).entries(), strict=True),
            p < 1,
        ),
        identities(
            "features-stay-on-the-ansatz",
            "dM/dt is what the stated rates make of the ansatz, entry by entry",
            zip(dM.entries(), middle.features_of(sizes, said.features, features).entries(), strict=True),
            p < 1,
        ),
        identity("invariant-is-conserved", "a² − p n_maj b² − (1 − p) n_min e² is conserved", slope, sp.Integer(0)),
        identity(
            "escape-rate-is-that-of-weighted-labels",
            "at zero the squared rate of the reduced flow is the middle eigenvalue of the Gram matrix of ZΩ",
            escape.subs(p, m_minority / (m_majority + m_minority)),
            escape_rates_of(GROUPS, WEIGHTS)[-1] ** 2,
        ),
        identities(
            "fitted-state-is-a-fixed-point",
            "nothing moves where ab = 1 and ae = 1",
            [(rate, sp.Integer(0)) for rate in rates],
            sp.Ne(a, 0),
            *(sp.Eq(feature, 1 / a) for feature in said.fitted),
        ),
        identity(
            "product-of-relaxation-rates",
            "the relaxation rates multiply to 2σ²ω_maj ω_min",
            sp.expand(slow * fast),
            said.product * middle.singular_value(GROUPS) ** 2,
        ),
    )


def _width_parts(said):
    """W = A(QUᵀ)ᵀ and M = QUᵀB with P = UUᵀ, U c × (c − 1) and Q d × (c − 1): the flow is that of A and PB at d = c."""
    A, B = (sp.MatrixSymbol(name, flow.rows, flow.rows) for name in "AB")
    N, omega = (sp.MatrixSymbol(name, flow.rows, flow.rows) for name in ("N", "omega"))
    P, channel = modes.U * modes.U.T, modes.Q * modes.U.T
    W, M = A * channel.T, channel * B
    error = P - W * M
    given = {"orthonormal": (modes.U, modes.Q), "diagonal": (N, omega)}
    return (
        MatrixIdentity(
            id="width-drops-out-of-classifier-flow",
            says="dW/dt at any width d ≥ c − 1 is that at d = c, times Qᵀ",
            left=error * N * omega * M.T,
            right=said.error(P, A, B) * N * omega * (P * B).T * channel.T,
            **given,
        ),
        MatrixIdentity(
            id="width-drops-out-of-feature-flow",
            says="dM/dt at any width d ≥ c − 1 is Q times that at d = c",
            left=W.T * error * omega,
            right=channel * A.T * said.error(P, A, B) * omega,
            **given,
        ),
    )


def _terminal_parts(said):
    unbalance = flow.W.T * flow.W - flow.H * flow.H.T
    Z = flow.W * flow.H
    gram = labels.label_gram(GROUPS)
    root = gram.apply(said.root)
    squared = root @ root
    return (
        MatrixIdentity(
            id="square-of-classifier-gram",
            says="(WWᵀ)² = ZZᵀ where WH = Z and the balance is zero",
            left=(flow.W * flow.W.T) ** said.power,
            right=Z * Z.T + flow.W * unbalance * flow.W.T,
        ),
        MatrixIdentity(
            id="square-of-feature-gram",
            says="(HᵀH)² = ZᵀZ where WH = Z and the balance is zero",
            left=(flow.H.T * flow.H) ** said.power,
            right=Z.T * Z - flow.H.T * unbalance * flow.H,
        ),
        *(
            identity(
                f"root-squares-back-within-{name}",
                f"STEP: the square root of ZZᵀ squares back within the {name} group",
                sp.Mul(value, value, evaluate=False),
                stated,
            )
            for name, value, stated in zip(("majority", "minority"), root.diagonal, gram.diagonal, strict=True)
        ),
        *(
            identity(
                f"root-squares-back-in-block-{k}",
                f"STEP: the square root of ZZᵀ in the block algebra squares back: entry {k}",
                entry,
                sp.Integer(0),
            )
            for k, entry in enumerate((squared - gram).blocks, 2)
        ),
    )


# How it is run ----------------------------------------------------------------------------

REDUCTION_TOLERANCE = 1e-8  # relative, between the reduced system and the full flow


def reduction_error(classifier: sp.Expr, features: Sequence[sp.Expr]) -> Measurement:
    """Strength of the middle mode along class-level runs, relative, against the stated (da, db, de)/dt, integrated."""
    velocity = settings.compiled(
        sp.Matrix([classifier, *features]),
        *middle.STATE,
        symbols.p,
        symbols.n_majority,
        symbols.n_minority,
        symbols.w_majority,
        symbols.w_minority,
    )

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in settings.step_cases(ratios=(10, 100)):
            share, ratio = counts.per_class.count(1) / counts.c, float(counts.imbalance_ratio)
            for gamma in (Fraction(1, 4), Fraction(1, 2), Fraction(1)):
                run = settings.trajectory(counts, gamma, 8.0)
                group = next(k for k, mode in enumerate(measure.mode_groups(run)) if not _within_group(mode.singular_value, counts))
                sigma, times = measure.mode_groups(run)[group].singular_value, np.linspace(0, run.t[-1], 40)
                numbers = (share, ratio, 1.0, ratio ** -float(gamma), 1.0)
                # Spectral init: (a, b, e)(0) = e^(−δ) (1, 1/σ, 1/σ), as v is Zᵀu/σ.
                path = solve_ivp(
                    lambda _, state, numbers=numbers: velocity(*state, *numbers).ravel(),
                    (0, times[-1]),
                    np.exp(-8.0) * np.array([1, 1 / sigma, 1 / sigma]),
                    method="DOP853",
                    t_eval=times,
                    rtol=1e-12,
                    atol=1e-16,
                ).y
                strength = path[0] * (share * ratio * path[1] + (1 - share) * path[2]) / sigma
                yield f"{name}, γ={gamma}", settings.relative(strength, measure.group_strengths(run, times)[:, group])

    return settings.worst(errors())


def _within_group(singular_value: float, counts: ClassCounts) -> bool:
    return any(np.isclose(singular_value**2, n) for n in set(counts.per_class))


def geometry_error(power: int) -> Measurement:
    """‖(WWᵀ)^power − ZZᵀ‖/‖ZZᵀ‖ at the end of weighted runs from spectral starts."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in (("STEP(4, 10)", step(4, 10)), ("counts 7,4,2", ClassCounts((7, 4, 2))), ("counts 9,1", ClassCounts((9, 1)))):
            for gamma in (Fraction(0), Fraction(1, 2), Fraction(1)):
                first = settings.trajectory(counts, gamma, 6.0)
                run = settings.trajectory(counts, gamma, 6.0, time=4 * float(first.t[-1]))
                W, Z = run.W(run.t[-1]), centred_labels(counts)
                gap = np.linalg.matrix_power(W @ W.T, power) - Z @ Z.T
                yield f"{name}, γ={gamma}", float(np.linalg.norm(gap) / np.linalg.norm(Z @ Z.T))

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="middle-mode-reduces-to-three-scalars",
        says="STEP, any split, one weight a group, squared loss, width d ≥ c − 1, features alike inside a class: from "
        "W = (a uuᵀ + Σ α_g Π_g)Qᵀ and features Q(uuᵀ diag(b, e) + Σ β_g Π_g) of the classes, QᵀQ = P, the flow keeps this form "
        "and closes on a, b, e and one pair α_g, β_g a group. It conserves a² − p n_maj b² − (1 − p) n_min e², leaves zero at the "
        "middle singular value of ZΩ, rests where ab = ae = 1, and relaxes to that at two rates with product 2σ²ω_maj ω_min.",
        source=OURS,
        stated={
            "error": lambda P, A, B: P - A * P * B,
            "classifier": STATED_CLASSIFIER,
            "features": STATED_FEATURES,
            "within": STATED_WITHIN,
            "invariant": INVARIANT,
            "fitted": (b, e),
            "product": 2 * w_majority * w_minority,
        },
        hypotheses={"d ≥ c − 1": flow.width >= c - 1, "p < 1": p < 1},
        witnesses=(POINT,),
        parts=_reduction_parts,
        runs=lambda said: (
            Agrees(
                id="strength-along-class-level-runs",
                says="strength of the middle mode along class-level runs against the stated rates, integrated",
                uses=("classifier", "features"),
                measure=lambda: reduction_error(said.classifier, said.features),
                bound=REDUCTION_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the width matters: P − AB in place of P − APB", {"error": lambda P, A, B: P - A * B}),
            NearMiss("both groups weigh alike in da/dt", {"classifier": STATED_CLASSIFIER.subs(p, HALF)}),
            NearMiss("the features of both groups move alike, as in the spectral ansatz", {"features": STATED_FEATURES[:1] * 2}),
            NearMiss("modes within a group feel no weight", {"within": UNWEIGHTED_WITHIN}),
            NearMiss("2a² in place of a²", {"invariant": a**2 + INVARIANT}),
            NearMiss("at rest where one group is fitted", {"fitted": (b,)}),
            NearMiss("relaxation rates multiply to σ²ω_maj ω_min", {"product": w_majority * w_minority}),
        ),
        coq={
            "width-drops-out-of-classifier-flow": ("dynamics.small_start.width_drops_out_of_classifier_flow",),
            "width-drops-out-of-feature-flow": ("dynamics.small_start.width_drops_out_of_feature_flow",),
            "classifier-stays-on-the-ansatz": ("dynamics.ansatz.classifier_stays_on_the_ansatz",),
            "features-stay-on-the-ansatz": ("dynamics.ansatz.features_stay_on_the_ansatz",),
            "escape-rate-is-that-of-weighted-labels": ("dynamics.ansatz.escape_rate_is_that_of_weighted_labels",),
            "fitted-state-is-a-fixed-point": ("dynamics.ansatz.fitted_state_is_a_fixed_point",),
            "invariant-is-conserved": ("dynamics.weighted_flow.middle_mode_invariant_is_conserved",),
            "product-of-relaxation-rates": ("dynamics.weighted_flow.relaxation_rates_have_stated_product",),
        },
    ),
    Claim(
        id="terminal-geometry-equivalence",
        says="WᵀW = HHᵀ and WH = Z force WWᵀ = (ZZᵀ)^{1/2} and HᵀH = (ZᵀZ)^{1/2} (the positive square root is unique): the whole "
        "terminal geometry forgets the weights. Under STEP from spectral init both hold in the limit t → ∞, for any positive weights, one "
        "a group (balance-conserved, flow-converges), and the strengths of W and H tend to the roots of those of Z.",
        source=OURS,
        stated={"power": 2, "root": sp.sqrt},
        witnesses=(POINT,),
        parts=_terminal_parts,
        runs=lambda said: (
            Agrees(
                id="geometry-at-the-end-of-runs",
                says="WWᵀ at the end of weighted runs against the root of ZZᵀ",
                uses=("power",),
                measure=lambda: geometry_error(said.power),
                bound=settings.TERMINAL_TOLERANCE,
            ),
        ),
        near_misses=(NearMiss("ZZᵀ in place of its square root", {"power": 1, "root": lambda value: value}),),
        plain="at the end of training the weights are forgotten: logits, classifier and features",
        coq={
            "root-squares-back-within-majority": ("dynamics.weighted_flow.root_of_gram_squares_back_within_majority",),
            "root-squares-back-within-minority": ("dynamics.weighted_flow.root_of_gram_squares_back_within_minority",),
            **{f"root-squares-back-in-block-{k}": (f"dynamics.weighted_flow.root_of_gram_squares_back_entry_{k}",) for k in (2, 3, 4, 5)},
            "square-of-classifier-gram": (
                "dynamics.matrix_flow.square_of_classifier_gram",
                "matrices.terminal.terminal_geometry_of_balance",
                "dynamics.convergence.strengths_tend_to_roots",
                "matrices.terminal.psd_square_root_unique",
            ),
            "square-of-feature-gram": (
                "dynamics.matrix_flow.square_of_feature_gram",
                "matrices.terminal.terminal_geometry_forgets_weights",
            ),
        },
    ),
)
