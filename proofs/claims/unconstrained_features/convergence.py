"""Where the flow of STEP ends from spectral init, at which rate, and how long a mode takes at least and at most."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.unconstrained_features import measure
from proofs.claims.common import identity
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.weighted_flow import COUNTS, POINT, SHARES, WEIGHTS, a, b, e
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement, Statement
from theory.algebra.partition import block_diagonal, centring
from theory.data.counts import ClassCounts, step
from theory.data.weights import class_weights
from theory.symbols import c, n_majority, n_minority, p, w_majority, w_minority, within_classifiers, within_features
from theory.unconstrained_features import middle

LEAST, SLOW = sp.symbols("a_least omega_least", positive=True)  # a_* and the least weight
NUMBER = sp.Symbol("N", positive=True)  # p n_maj or (1 − p) n_min
GAPS = sp.symbols("x_maj x_min", real=True)  # 1 − ab and 1 − ae
MASSES = (p * n_majority, (1 - p) * n_minority)
MIDDLE_GAPS = (1 - a * b, 1 - a * e)
WITHIN_GAPS = tuple(1 - alpha * beta for alpha, beta in zip(within_classifiers, within_features, strict=True))
TIMES = ((1 - p) * c - 1, p * c - 1)  # modes within each group
MIDDLE_LOSS = sp.Add(*(mass * w * gap**2 for mass, w, gap in zip(MASSES, WEIGHTS, MIDDLE_GAPS, strict=True))) / 2
LOSS = MIDDLE_LOSS + sp.Add(*(times * n * w * gap**2 for times, n, w, gap in zip(TIMES, COUNTS, WEIGHTS, WITHIN_GAPS, strict=True))) / 2
MIDDLE_RATE = sp.Add(*(mass * w * x * gap for mass, w, x, gap in zip(MASSES, WEIGHTS, (b, e), MIDDLE_GAPS, strict=True)))
DISSIPATION = sp.Add(
    MIDDLE_RATE**2,
    a**2 * sp.Add(*(mass * w**2 * gap**2 for mass, w, gap in zip(MASSES, WEIGHTS, MIDDLE_GAPS, strict=True))),
    *(
        times * (n**2 * w**2 * beta**2 + n * w**2 * alpha**2) * gap**2
        for times, n, w, alpha, beta, gap in zip(TIMES, COUNTS, WEIGHTS, within_classifiers, within_features, WITHIN_GAPS, strict=True)
    ),
)


def _least(start, masses):
    """a_* of a start of this scale: no classifier falls below it."""
    return min(start, *(float(mass) ** 0.25 for mass in masses))


def _converging_parts(said: SimpleNamespace) -> tuple[Statement, ...]:
    """The loss on the seven scalars, its rate, and the two inequalities; what follows for functions of time is the kernel's."""
    velocity = middle.reduce_flow(SHARES, WEIGHTS).velocity
    slope = sp.Add(
        *(sp.diff(said.loss, variable) * velocity[variable] for variable in (*middle.STATE, *within_classifiers, *within_features))
    )
    kept = sp.Add(*(mass * w * gap**2 for mass, w, gap in zip(MASSES, WEIGHTS, GAPS, strict=True)))
    lost = sp.Add(*(mass * w**2 * gap**2 for mass, w, gap in zip(MASSES, WEIGHTS, GAPS, strict=True)))
    slower = (said.slow <= w_majority, said.slow <= w_minority)
    return (
        identity(
            "loss-of-the-ansatz",
            "the weighted squared loss of the logits on the ansatz, summed over all samples",
            _loss_on_ansatz(),
            said.loss,
            p < 1,
        ),
        identity("loss-falls", "along the flow it falls at the stated rate, a sum of squares", slope, -said.dissipation, p < 1),
        Holds(
            id="rate-at-least",
            says="where a ≥ a_*, half of what is lost on the middle mode is at least ω_least a_*² times its loss",
            condition=2 * a**2 * lost >= said.rate * kept,
            where=(p < 1, a >= LEAST, *slower),
        ),
        Holds(
            id="unfitted-below-level",
            says="a channel of N samples is not fitted where a < a_*, so that a grows there: b a ≤ 1",
            condition=a * b <= 1,
            where=(a >= 0, b >= 0, a < LEAST, NUMBER * b**2 <= a**2, said.level <= NUMBER),
        ),
        Agrees(
            id="loss-decays",
            says="runs from spectral init of nine splits, weights and scales: ln of loss over its start, above the stated bound",
            uses=("exponent", "start"),
            measure=lambda: decay_excess(said.exponent, said.start),
            bound=DECAY_ROUNDING,
        ),
    )


def _loss_on_ansatz() -> sp.Expr:
    """½ tr(E diag(nω) Eᵀ) with E = P − A P B, not simplified."""
    sizes = [group.size for group in SHARES]
    A = middle.classifier_of(sizes, a, within_classifiers)
    B = middle.features_of(sizes, (b, e), within_features)
    P = centring(sizes)
    error = P - A @ P @ B
    return (error @ block_diagonal(sizes, [n * w for n, w in zip(COUNTS, WEIGHTS, strict=True)]) @ error.T).trace() / 2


# How it is run ----------------------------------------------------------------------------

DECAY_ROUNDING = 1e-9  # of a logarithm: the integrator's 1e-12 a step over some thousand steps


def _settings_of_runs() -> Iterator[tuple[str, ClassCounts, Fraction, float]]:
    for c_, ratio, share in ((4, 10, Fraction(1, 2)), (4, 10, Fraction(1, 4)), (10, 100, Fraction(1, 5))):
        for gamma, scale in ((Fraction(0), 0.5), (Fraction(1, 2), 1.0), (Fraction(1), 4.0)):
            yield f"STEP({c_}, {ratio}, {share}), γ={gamma}, δ={scale}", step(c_, ratio, share), gamma, scale


def decay_excess(exponent: sp.Expr, start: Callable[[float], float]) -> Measurement:
    """The largest of ln(loss/its start) + rate · t, or 0, over forty times of each run, with the stated rate."""
    rate = settings.compiled(exponent, LEAST, SLOW)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, gamma, scale in _settings_of_runs():
            run = settings.trajectory(counts, gamma, scale)
            times = np.linspace(0, run.t[-1], 40)
            losses = measure.weighted_loss(run, times)
            weights = [float(w) for w in class_weights(counts, gamma, "raw")]
            share = counts.per_class.count(min(counts.per_class)) / counts.c
            masses = share * max(counts.per_class), (1 - share) * min(counts.per_class)
            stated = float(rate(_least(start(scale), masses), min(weights)))
            yield name, max(0.0, float(np.max(np.log(losses / losses[0]) + stated * times)))

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="flow-converges",
        says="Squared loss, STEP of any split, any positive weights, one a group, spectral init of any scale e^(−δ): as long as the flow "
        "exists its loss is at most its start times e^(−2 ω_least a_*² t), where a_* > 0 is the least of e^(−δ), (p n_maj)^(1/4) and "
        "((1 − p) n_min)^(1/4); and it stays bounded, exists for all time, and L → Z exponentially. (The kernel's theorems are about "
        "the seven scalars of middle-mode-reduces-to-three-scalars, and one says that they have a flow for all time; that the flow of W "
        "and H is theirs is the uniqueness of solutions, by the theorem of Picard and Lindelöf, which is cited. Nothing is said of random "
        "starts or other counts.)",
        source=f"{PAPER}, which says that the loss reaches zero; the proof and the rate: ours",
        stated={
            "loss": LOSS,
            "dissipation": DISSIPATION,
            "rate": 2 * SLOW * LEAST**2,
            "exponent": 2 * SLOW * LEAST**2,
            "slow": SLOW,
            "level": LEAST**4,
            "start": lambda scale: math.exp(-scale),
        },
        hypotheses={"p < 1": p < 1},
        witnesses=(
            {**POINT, LEAST: sp.Integer(1), SLOW: sp.Integer(1), NUMBER: sp.Integer(1)},
            {**POINT, LEAST: sp.Integer(2), SLOW: sp.Integer(1), NUMBER: sp.Integer(16), b: sp.Rational(1, 4)},
        ),
        parts=_converging_parts,
        near_misses=(
            NearMiss("the modes within groups left out of the loss", {"loss": MIDDLE_LOSS}),
            NearMiss("the classifier's own motion left out of the fall", {"dissipation": DISSIPATION - MIDDLE_RATE**2}),
            NearMiss("twice the rate", {"rate": 4 * SLOW * LEAST**2}),
            NearMiss("the weights leave the rate alone", {"rate": 2 * LEAST**2}),
            NearMiss("the least weight is not the least", {"slow": SLOW / 2}),
            NearMiss("(p n_maj)^(1/2) in place of (p n_maj)^(1/4)", {"level": LEAST**2}),
            NearMiss("the scale of the start left out of a_*", {"start": lambda scale: math.inf}),
            NearMiss("four times the rate", {"exponent": 8 * SLOW * LEAST**2}),
        ),
        plain="STEP from a spectral start: the loss goes to zero exponentially, at a proved rate, whatever the weights of the groups",
        coq={
            "loss-of-the-ansatz": ("dynamics.decay.loss_of_the_ansatz",),
            "loss-falls": ("dynamics.decay.loss_falls",),
            "rate-at-least": ("dynamics.decay.rate_at_least",),
            "unfitted-below-level": ("dynamics.decay.unfitted_below_level",),
            "loss-decays": (
                "dynamics.convergence.loss_decays",
                "dynamics.convergence.scalars_stay_bounded",
                "dynamics.step_exists.flow_exists_for_all_time",
            ),
        },
    ),
)
