"""Class-balanced weights: from no weights to inverse frequency."""

from types import SimpleNamespace

import sympy as sp

from proofs.claims.common import HALF, identity
from proofs.claims.unconstrained_features.targets import theorems
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Holds, Limit, Statement
from theory.data.weights import effective_number_weights

BETA = sp.Symbol("beta", positive=True)
# The weight 1/(1 + β + … + β⁹), with its denominator in factors.
WEIGHT_RATIO = 1 / ((BETA + 1) * (BETA**4 - BETA**3 + BETA**2 - BETA + 1) * (BETA**4 + BETA**3 + BETA**2 + BETA + 1))


def _effective_number_parts(said: SimpleNamespace) -> tuple[Statement, ...]:
    majority, minority = effective_number_weights((sp.Integer(10), sp.Integer(1)), BETA)
    below = (BETA < 1,)
    return (
        identity("ratio-of-the-weights", "the ratio of the weights is 1/(1 + β + … + β⁹)", majority / minority, said.ratio, *below),
        Limit(
            id="starts-at-no-weights",
            says="β → 0: no weights",
            expr=said.ratio,
            variable=BETA,
            point=sp.Integer(0),
            value=said.start,
            where=below,
        ),
        Limit(
            id="ends-at-inverse-frequency",
            says="β → 1: inverse frequency",
            expr=said.ratio,
            variable=BETA,
            point=sp.Integer(1),
            value=said.end,
            where=below,
        ),
        Holds(
            id="stays-between",
            says="between them for every β in (0, 1)",
            condition=sp.And(said.ratio < said.start, said.ratio > said.end),
            where=below,
        ),
    )


CLAIMS = (
    Claim(
        id="effective-number-weights-run-from-none-to-inverse-frequency",
        says="Class-balanced weights (1 − β)/(1 − β^n), ten samples against one, 0 < β < 1: the weight ratio runs from 1 at β → 0 to "
        "1/10 at β → 1 and stays between.",
        source="ours; the weights: Cui et al., CVPR 2019",
        stated={"ratio": WEIGHT_RATIO, "start": sp.Integer(1), "end": sp.Rational(1, 10)},
        hypotheses={"β < 1": BETA < 1},
        witnesses=({BETA: HALF},),
        parts=_effective_number_parts,
        near_misses=(
            NearMiss("1/100 in the end", {"end": sp.Rational(1, 100)}),
            NearMiss("1/2 at the start", {"start": HALF}),
            NearMiss("eleven powers in the ratio", {"ratio": WEIGHT_RATIO / (1 + BETA)}),
        ),
        coq=theorems("effective_numbers", "ratio-of-the-weights", "starts-at-no-weights", "ends-at-inverse-frequency", "stays-between"),
    ),
)
