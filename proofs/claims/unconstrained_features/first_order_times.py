"""Learning times of classes under cross-entropy: which weights make them equal in scaled time."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from proofs.claims.common import HALF, identity
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.targets import (
    AT_HALF,
    CROSS_ENTROPY_RATES,
    DIFFERENCES,
    FLAT,
    POINT,
    WITHIN,
    middle_part,
    stated_flat_parts,
    theorems,
    within_parts,
)
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Measurement, Statement
from theory.losses import loss_named
from theory.symbols import gamma


def _equal_times_parts(said: SimpleNamespace) -> tuple[Statement, ...]:
    """Equal escape rates are derived; that the full flow keeps their order of time is seen on runs alone."""
    return (
        *within_parts("cross-entropy", said),
        middle_part("cross-entropy", said),
        *stated_flat_parts(said),
        identity("rates-at-that-exponent", "at that exponent they are 1", said.rates[0], said.level, sp.Eq(gamma, said.exponent)),
        Agrees(
            id="slope-of-the-learning-times",
            says="dT/dδ of every class on full runs, δ = 8 and 12",
            uses=("exponent", "slope"),
            measure=lambda: equal_times_error("cross-entropy", said.exponent, said.slope),
            bound=SLOPE_TOLERANCE,
        ),
    )


# How it is run ----------------------------------------------------------------------------

SLOPE_TOLERANCE = 1e-2  # of dT/dδ from δ = 8 and 12: what still depends on δ decays like e^(−2δ) times powers of δ


def equal_times_error(name: str, exponent: sp.Expr, slope: sp.Expr) -> Measurement:
    """dT/dδ of every class at ω = n^(−exponent), from δ = 8 and 12, against the stated slope."""
    gamma, expected = float(exponent), float(slope)

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in ((2, 2, 9, 1), (2, 2, 25, 1)):
            counts = settings.grouped_counts(sizes)
            weights = tuple(float(n) ** -gamma for n in counts.per_class)
            early, late = (
                np.array(
                    measure.class_learning_times(simulate(Experiment(counts, weights, loss_named(name), delta), time=2.5 * delta)),
                    dtype=float,
                )
                for delta in (8.0, 12.0)
            )
            yield f"{counts.per_class}", settings.relative((late - early) / 4, np.full(counts.c, expected))

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="scaled-times-equalise-under-cross-entropy",
        says="Cross-entropy, STEP, weights n^(−γ), n_maj > n_min and c ≥ 3: all escape rates are equal, and then equal to 1, exactly "
        "when γ = 1/2; and in full runs from spectral init at γ = 1/2 (two classes in each group, R = 9 and 25, weights raw) the "
        "flow time T at which a class reaches the margin 1/2 has dT/dδ = 1 within 1 % between δ = 8 and 12, for every class.",
        source=OURS,
        stated={"exponent": HALF, "slope": sp.Integer(1), "level": sp.Integer(1), "rates": CROSS_ENTROPY_RATES},
        witnesses=(POINT, AT_HALF),
        parts=_equal_times_parts,
        near_misses=(
            NearMiss("γ = 0.4", {"exponent": sp.Rational(2, 5)}),
            NearMiss("half the slope", {"slope": HALF}),
            NearMiss("rates of 2", {"level": sp.Integer(2)}),
            NearMiss(
                "the rates of strengths, twice as large, within the groups",
                {"rates": (*(2 * rate for rate in CROSS_ENTROPY_RATES[:2]), CROSS_ENTROPY_RATES[2])},
            ),
            NearMiss(
                "a middle rate as large as both others together",
                {"rates": (*CROSS_ENTROPY_RATES[:2], CROSS_ENTROPY_RATES[0] + CROSS_ENTROPY_RATES[1])},
            ),
        ),
        measured_because="the rates are proved; that the full run of cross-entropy, whose logits grow on, follows them to a margin of 1/2 "
        "is measured",
        coq=theorems("cross_entropy", *WITHIN, "middle-rate", *FLAT, *DIFFERENCES, "rates-at-that-exponent"),
    ),
)
