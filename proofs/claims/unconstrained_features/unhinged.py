"""The unhinged loss: its flow is linear, and solved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import Trajectory, simulate
from proofs.claims.common import HALF, identity
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.targets import ANY, GRADIENTS, GROUPS, NUMBERS, STEP, C, gradient_parts, target_of, theorems
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory import symbols
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.symbols import delta as scale_exponent
from theory.symbols import growth, m_majority, m_minority, overlap, sigma, t, w_majority, w_minority
from theory.unconstrained_features import linear_flow, middle

# e^δ uᵀWq, e^δ qᵀH on a sample of weight ω in units of its target, and uᵀLv, of a mode of rate μ and overlap ρ.
OMEGA = sp.Symbol("omega", positive=True)
COSH, SINH = sp.cosh(growth * t), sp.sinh(growth * t)
CLASSIFIER = COSH + overlap * SINH
FEATURE = 1 / sigma + OMEGA * (SINH + overlap * (COSH - 1)) / growth
STRENGTH = sp.exp(-2 * scale_exponent) * CLASSIFIER * (1 - overlap**2 + overlap**2 * COSH + overlap * SINH)
WEIGHTS = (w_majority, w_minority)
SHARES = (m_minority / C, m_majority / C)  # squared norms of u on a class of each group, times the classes of both


def _weighted(power: int) -> sp.Expr:
    """uᵀZΩ^k Zᵀu of the middle mode."""
    return sp.Add(*(share * n * w**power for share, n, w in zip(SHARES, NUMBERS, WEIGHTS, strict=True)))


def _unhinged_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """The equations come from the loss's gradient; stated are their solution, and the strength that it gives."""
    return (
        *gradient_parts("unhinged", said, place="at any logits", where=()),
        *_middle_flow_parts(said),
        *(part for g in range(2) for part in _within_flow_parts(said, g)),
        identity(
            "strength-without-weights",
            "without weights, ρ = 1, it is e^(2μt − 2δ)",
            said.strength.subs(overlap, 1),
            sp.exp(2 * growth * t - 2 * scale_exponent),
        ),
    )


def _middle_flow_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    columns, y = target_of("unhinged").columns, linear_flow.pattern(STEP)
    place = {sigma: sp.sqrt(_weighted(0)), growth: sp.sqrt(_weighted(2)), overlap: _weighted(1) / sp.sqrt(_weighted(0) * _weighted(2))}
    classifier = said.classifier.subs(place)
    features = [said.feature.subs({**place, OMEGA: w}) for w in WEIGHTS]
    start = middle.spectral_start(STEP)
    reached = dict(zip(middle.STATE, (classifier, *features), strict=True))
    return (
        identity(
            "middle-classifier-velocity",
            "dW/dt = GHᵀ on the middle mode, along any row vector",
            (ANY * sp.diff(classifier, t) * y)[0],
            (ANY * linear_flow.classifier_velocity(columns, STEP, WEIGHTS, features))[0],
        ),
        identity(
            "middle-feature-velocity",
            "dH/dt = WᵀG on the middle mode, along any row vector",
            (ANY * sp.diag(*(sp.diff(feature, t) for feature in features)) * y)[0],
            (ANY * linear_flow.feature_velocity(columns, STEP, WEIGHTS, classifier))[0],
        ),
        *(
            identity(
                f"middle-{name}-start",
                f"spectral init: the {name} of the middle mode at t = 0",
                value * sp.exp(-scale_exponent),
                at_start,
                sp.Eq(t, 0),
            )
            for name, value, at_start in zip(
                ("classifier", "majority-feature", "minority-feature"), (classifier, *features), start, strict=True
            )
        ),
        identity(
            "middle-strength",
            "the strength of the middle mode",
            sp.exp(-2 * scale_exponent) * middle.mode_strength(STEP).subs(reached),
            said.strength.subs(place),
        ),
    )


def _within_flow_parts(said: SimpleNamespace, g: int) -> tuple[Holds, ...]:
    """ρ = 1 and μ = √n ω."""
    n, w, group = NUMBERS[g], WEIGHTS[g], GROUPS[g]
    place = {sigma: sp.sqrt(n), growth: sp.sqrt(n) * w, overlap: sp.Integer(1), OMEGA: w}
    classifier, feature = said.classifier.subs(place), said.feature.subs(place)
    velocities = linear_flow.within_velocity(target_of("unhinged").columns, g, n, w, classifier, feature)
    return (
        identity(
            f"within-{group}-velocity",
            f"dW/dt = GHᵀ and dH/dt = WᵀG within the {group}, along any row vector",
            (ANY * sp.Matrix([sp.diff(classifier, t), sp.diff(feature, t)]))[0],
            (ANY * sp.Matrix(velocities))[0],
        ),
        identity(
            f"within-{group}-start",
            f"spectral init within the {group}: a = 1 and b = 1/√n at t = 0, along any row vector",
            (ANY * sp.Matrix([classifier, feature]))[0],
            (ANY * sp.Matrix([1, 1 / sp.sqrt(n)]))[0],
            sp.Eq(t, 0),
        ),
        identity(
            f"within-{group}-strength",
            f"the strength within the {group}",
            sp.exp(-2 * scale_exponent) * classifier * sp.sqrt(n) * feature,
            said.strength.subs(place),
        ),
    )


# How it is run ----------------------------------------------------------------------------

LINEAR_TOLERANCE = 1e-8  # relative, over the whole path, as for the closed form of the squared loss


def linear_flow_error(strength: sp.Expr, gamma_cases: Sequence[Fraction]) -> Measurement:
    """Mode strengths of the unhinged loss over whole runs under STEP, against the stated s(t).

    The stated s(t) takes the rate μ, the overlap ρ = uᵀZΩv/μ of the mode with its growing direction, δ and t.
    """
    stated = settings.compiled(strength, symbols.growth, symbols.overlap, symbols.delta, symbols.t)

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in ((2, 2, 9, 1), (3, 2, 4, 1)):
            counts = settings.grouped_counts(sizes)
            for gamma in gamma_cases:
                weights = np.array([float(n) ** -float(gamma) for n in counts.per_class])
                run = simulate(Experiment(counts, tuple(weights), loss_named("unhinged"), 3.0), time=1.5)
                times = np.linspace(0, run.t[-1], 40)
                found = measure.group_strengths(run, times)
                for k, (rate, aligned) in enumerate(_rates_and_overlaps(counts, weights, run)):
                    yield (f"{counts.per_class}, γ={gamma}, mode {k}", settings.relative(found[:, k], stated(rate, aligned, 3.0, times)))

    return settings.worst(errors())


def _rates_and_overlaps(counts: ClassCounts, weights: np.ndarray, run: Trajectory) -> Iterator[tuple[float, float]]:
    """μ = ‖uᵀZΩ‖ and ρ = uᵀZΩv/μ for one mode of each singular value, from floating-point vectors."""
    Z = np.eye(counts.c)[:, list(counts.labels)] - 1 / counts.c
    for group in measure.mode_groups(run):
        u = _left_vector(counts, group.singular_value)
        v = Z.T @ u / group.singular_value
        row = (u @ Z) * weights[list(counts.labels)]
        yield float(np.linalg.norm(row)), float(row @ v / np.linalg.norm(row))


def _left_vector(counts: ClassCounts, sigma: float) -> np.ndarray:
    """A unit left singular vector of Z with that singular value."""
    Z = np.eye(counts.c)[:, list(counts.labels)] - 1 / counts.c
    values, vectors = np.linalg.eigh(Z @ Z.T)
    vector: np.ndarray = vectors[:, int(np.argmin(np.abs(values - sigma**2)))]
    return vector


CLAIMS = (
    Claim(
        id="unhinged-flow-closed-form",
        says="The unhinged loss, STEP, any positive weights, one a group, from spectral init W = e^(−δ)UQᵀ, H = e^(−δ)QVᵀ: its flow is "
        "linear, and a mode of rate μ = ‖uᵀZΩ‖ and overlap ρ = uᵀZΩv/μ has s(t) = e^(−2δ)(cosh μt + ρ sinh μt)"
        "(1 − ρ² + ρ² cosh μt + ρ sinh μt) for all time, which is e^(2σt − 2δ) without weights.",
        source=OURS,
        stated={"column": (sp.Integer(1),) * 2, "classifier": CLASSIFIER, "feature": FEATURE, "strength": STRENGTH},
        witnesses=({t: sp.Integer(0)},),
        parts=_unhinged_parts,
        runs=lambda said: (
            Agrees(
                id="strengths-of-runs",
                says="strengths over whole runs, γ = 0, 1/2 and 1, the middle mode among them",
                uses=("strength",),
                measure=lambda: linear_flow_error(said.strength, (Fraction(0), Fraction(1, 2), Fraction(1))),
                bound=LINEAR_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("ρ = 1 in every mode", {"strength": sp.exp(2 * growth * t - 2 * scale_exponent)}),
            NearMiss("half the rate", {"strength": STRENGTH.subs(growth, growth / 2)}),
            NearMiss("ρ left out of the feature", {"strength": sp.exp(-2 * scale_exponent) * CLASSIFIER**2}),
            NearMiss("the classifier starts at ρ", {"classifier": overlap * COSH + SINH}),
            NearMiss("features twice as large", {"feature": 2 * FEATURE}),
            NearMiss("half the gradient", {"column": (HALF, HALF)}),
        ),
        coq=theorems(
            "linear_flow",
            *GRADIENTS,
            "middle-classifier-velocity",
            "middle-feature-velocity",
            *(f"middle-{name}-start" for name in ("classifier", "majority-feature", "minority-feature")),
            *(f"within-{group}-{what}" for group in GROUPS for what in ("velocity", "start")),
            "strength-without-weights",
        )
        | {
            part: (f"losses.linear_flow.{part.replace('-', '_')}", "losses.closed_linear_flow.every_solution_is_the_closed_form")
            for part in ("middle-strength", *(f"within-{group}-strength" for group in GROUPS))
        },
    ),
)
