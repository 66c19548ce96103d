"""Cross-entropy at small logits, one order beyond the squared loss: how far learning times differ at a small level."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from proofs.claims.common import HALF, at, identities, identity
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.targets import AT_ZERO, POINT, SIZES, STEP, C, loss_of
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Limit, Measurement, Statement
from theory.losses import loss_named
from theory.symbols import c, delta, fraction, rate, sigma, strength
from theory.unconstrained_features import decoupling, timing
from theory.unconstrained_features.first_order import SCALE

LEVEL = sp.Symbol("l", positive=True)  # a level of the strength, below σ
AMPLITUDE = sp.Symbol("a", positive=True)
PULL = sp.Integer(1)  # the linear term of minus the gradient is −PULL/c times the logits
DIFFERENCE = sp.log((sigma - LEVEL) / (sigma - LEVEL / c)) / (2 * sigma)
EARLIER = -(1 - 1 / c) / (2 * sigma**2)


def _second_order_parts(said: SimpleNamespace) -> tuple[Statement, ...]:
    """The linear term comes from the loss; the times from the closed form of the scalar equation, with σ and with cσ as the end."""
    logits = decoupling.logit_columns(SIZES, decoupling.WITHIN, decoupling.MIDDLE)
    moved = decoupling.on_ansatz(loss_of("cross-entropy"), STEP, [SCALE * d for d in decoupling.WITHIN], SCALE * decoupling.MIDDLE)
    slopes = [sp.diff(entry, SCALE) for entry in (*moved.columns.diagonal, *moved.columns.blocks)]
    stated = [-said.pull / C * entry for entry in (*logits.diagonal, *logits.blocks)]
    squared, curved = (_time_to_level(end) for end in (sigma, c * sigma))
    return (
        identities(
            "linear-term-on-the-modes",
            "at zero logits the derivative of minus the gradient along L = U S Vᵀ is −L/c, entry by entry",
            zip(slopes, stated, strict=True),
            AT_ZERO,
        ),
        identity(
            "rate-of-a-mode",
            "s = a² and da/dt = a (σ − a²/c) give the stated ds/dt",
            2 * AMPLITUDE**2 * (sigma - AMPLITUDE**2 / c),
            sp.expand(said.rate.subs(strength, AMPLITUDE**2)),
        ),
        Limit(
            id="difference-of-times",
            says="the logistic equation with end cσ and rate σ reaches a level later than that with end σ by, δ → ∞",
            expr=curved - squared,
            variable=delta,
            point=sp.oo,
            value=said.difference,
            where=(sigma > LEVEL, c >= 2),
        ),
        identity(
            "difference-at-first-order",
            "the slope of that difference in the level, at level 0",
            at(sp.diff(said.difference, LEVEL), {LEVEL: sp.Integer(0)}),
            said.earlier,
            c >= 2,
        ),
    )


def _time_to_level(end: sp.Expr) -> sp.Expr:
    """When ds/dt = 2σ s (1 − s/end) from e^(−2δ) reaches the level: the derived learning time, with λ = σ/end and f = level/end."""
    return timing.learning_time().subs({rate: sigma / end, sigma: end, fraction: LEVEL / end}, simultaneous=True)


# How it is run ----------------------------------------------------------------------------

SECOND_ORDER_TOLERANCE = 5e-2  # relative, at levels of σ/10 and σ/20: what is left out is one order smaller than what is stated


def small_level_error(earlier: sp.Expr) -> Measurement:
    """(T of cross-entropy − T of the squared loss)/level, extrapolated from σ/10 and σ/20 to level 0, against the stated slope."""
    stated = settings.compiled(earlier, sigma, c)

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in ((2, 2, 4, 1), (3, 2, 9, 1)):
            counts = settings.grouped_counts(sizes)
            runs = [
                simulate(Experiment(counts, (1.0,) * counts.c, loss_named(name), 9.0), time=14.0) for name in ("cross-entropy", "squared")
            ]
            values = np.array([group.singular_value for group in measure.mode_groups(runs[0])])
            found = []
            for share in (0.1, 0.05):
                late, early = (np.array(measure.mode_learning_times(run, share), dtype=float) for run in runs)
                found.append(((late - early) / (share * values))[:1])  # the mode that moves first feels no other
            yield f"{counts.per_class}", settings.relative(2 * found[1] - found[0], np.array(stated(values, counts.c))[:1])

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="cross-entropy-second-order",
        says="Cross-entropy without weights, STEP: where L lies on the modes of Z, alike within a group, minus its gradient is Z − L/c + "
        "O(‖L‖²), so that with equal amplitudes of W and H a mode's strength has ds/dt = 2s(σ − s/c + O(‖L‖²)), where the squared "
        "loss has 2s(σ − s). Without the O(‖L‖²) a level l < σ is reached (1/2σ) ln((σ − l)/(σ − l/c)) later as δ → ∞, which is "
        "negative: by (1 − 1/c) l/(2σ²) earlier to first order in l.",
        source=OURS,
        stated={"pull": PULL, "rate": 2 * strength * (sigma - strength / c), "difference": DIFFERENCE, "earlier": EARLIER},
        witnesses=(
            {
                **POINT,
                c: sp.Integer(5),
                sigma: sp.Integer(2),
                delta: sp.Integer(3),
                LEVEL: HALF,
                **dict(zip(decoupling.WITHIN, (sp.Integer(1), sp.Integer(2)), strict=True)),
                decoupling.MIDDLE: sp.Integer(1),
            },
        ),
        parts=_second_order_parts,
        runs=lambda said: (
            Agrees(
                id="difference-at-small-levels",
                says="relative error of (T − T of the squared loss)/level at small levels, the first mode of full runs",
                uses=("earlier",),
                measure=lambda: small_level_error(said.earlier),
                bound=SECOND_ORDER_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the linear term of the squared loss", {"pull": C}),
            NearMiss("σ − s/c² in place of σ − s/c", {"rate": 2 * strength * (sigma - strength / c**2)}),
            NearMiss("both losses alike", {"difference": sp.Integer(0)}),
            NearMiss("as if the linear term were 0: 1/(2σ²)", {"earlier": -1 / (2 * sigma**2)}),
        ),
        coq={
            "linear-term-on-the-modes": ("losses.second_order.linear_term_on_the_modes",),
            "rate-of-a-mode": ("losses.second_order.rate_of_a_mode",),
            "difference-of-times": ("losses.second_order.difference_of_times",),
            "difference-at-first-order": ("losses.second_order.difference_at_first_order",),
        },
    ),
)
