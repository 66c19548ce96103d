"""What the claims on other losses share: STEP, the targets of the losses, and how a target is held against the derivative of a loss.

What is stated of a target G is held against the unsimplified derivative of the loss, along every direction of the logits at
once.
"""

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace

import sympy as sp

from proofs.claims.common import HALF, identity
from proofs.kernel.statements import Holds
from theory.algebra.partition import BlockMatrix, block_diagonal
from theory.data.counts import symbolic_step
from theory.data.weights import exponent_weights
from theory.losses import grouped, loss_named
from theory.losses.loss import Loss
from theory.symbols import R, gamma, m_majority, m_minority, n_majority, n_minority
from theory.unconstrained_features import first_order
from theory.unconstrained_features.first_order import SCALE

SIZES, NUMBERS = (m_majority, m_minority), (n_majority, n_minority)
STEP = symbolic_step()
C = m_majority + m_minority
N = m_majority * n_majority + m_minority * n_minority
POINT = {
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(3),
    n_majority: sp.Integer(9),
    n_minority: sp.Integer(1),
    R: sp.Integer(9),
    gamma: sp.Rational(1, 4),
    SCALE: sp.Integer(0),
}
AT_HALF = {**POINT, gamma: HALF}
BINARY = ((0, 0), (0, 1), (1, 0), (1, 1))
GROUPS = ("majority", "minority")
AT_ZERO = sp.Eq(SCALE, 0)
ANY = sp.Matrix([sp.symbols("xi_maj xi_min", real=True)])  # a row vector, one entry a group: what holds along it holds in both groups
MORE_SAMPLES = n_majority > n_minority
TWO_CLASSES = (m_majority >= 2, m_minority >= 2)

Entries = Mapping[tuple[int, int, bool], sp.Expr]


@cache
def loss_of(name: str) -> Loss:
    return loss_named(name)


@cache
def target_of(name: str) -> first_order.Target:
    return first_order.step_target(loss_of(name))


GRADIENTS = tuple(f"gradient-{group}-label" for group in GROUPS)
WITHIN = tuple(f"within-{group}-rate" for group in GROUPS)
FLAT = ("within-group-rates-meet", "within-group-rates-differ-elsewhere")
DIFFERENCES = ("majority-less-middle", "middle-less-minority")


def theorems(file: str, *parts: str) -> dict[str, tuple[str, ...]]:
    """The theorems of parts, which have their names, in a file of proofs/coq/losses."""
    return {part: (f"losses.{file}.{part.replace('-', '_')}",) for part in parts}


def stated_entries(said: SimpleNamespace) -> Entries:
    """diag(row)(Y − π1ᵀ) diag(column): for row group h and label group g, another class and the own one."""
    row = getattr(said, "row", (sp.Integer(1),) * 2)
    prior = getattr(said, "prior", (1 / C,) * 2)
    column = getattr(said, "column", (sp.Integer(1),) * 2)
    return {(h, g, own): row[h] * column[g] * (int(own) - prior[h]) for h, g in BINARY for own in ((False, True) if h == g else (False,))}


def _against(entries: Entries, g: int) -> sp.Expr:
    """The inner product of the column of a label of group g with the logits (x, u)."""
    others = ((size - int(h == g)) * entries[h, g, False] * u for h, (size, u) in enumerate(zip(SIZES, grouped.OTHERS, strict=True)))
    return entries[g, g, True] * grouped.OWN + sp.Add(*others)


def gradient_parts(
    name: str, said: SimpleNamespace, place: str = "at zero logits", where: tuple[sp.Basic, ...] = (AT_ZERO,)
) -> tuple[Holds, ...]:
    entries = stated_entries(said)
    return tuple(
        identity(
            f"gradient-{GROUPS[g]}-label",
            f"minus the derivative of the loss {place} is G along every direction, {GROUPS[g]} label",
            first_order.descent_along(grouped.with_symbolic_sizes(loss_of(name), g)),
            _against(entries, g),
            *where,
        )
        for g in range(2)
    )


def quotient_part(part_id: str, says: str, gram: BlockMatrix, vector: sp.Matrix, image: sp.Matrix, *where: sp.Basic) -> Holds:
    """G Gᵀ takes a vector that is constant on groups to its image: along every row vector at once."""
    return identity(part_id, says, (ANY * gram.quotient() * vector)[0], (ANY * image)[0], *where)


def gram(target: first_order.Target) -> BlockMatrix:
    """G Gᵀ at ω = n^(−γ), not simplified."""
    masses = [group.count * weight**2 for group, weight in zip(target.groups, exponent_weights(target.groups, gamma), strict=True)]
    return target.columns @ block_diagonal(target.columns.sizes, masses) @ target.columns.T


def within_parts(name: str, said: SimpleNamespace) -> tuple[Holds, ...]:
    return tuple(
        identity(f"within-{group}-rate", f"G Gᵀ acts within the {group} by the square of the stated rate", found, stated**2)
        for group, found, stated in zip(GROUPS, gram(target_of(name)).diagonal, said.rates[:2], strict=True)
    )


def middle_part(name: str, said: SimpleNamespace) -> Holds:
    return along_contrast(gram(target_of(name)), said, said.rates[2] ** 2)


def along_contrast(gram: BlockMatrix, said: SimpleNamespace, square: sp.Expr, *where: sp.Basic) -> Holds:
    """The rate of the one direction constant on groups that is left, because the image of G is orthogonal to 1/row."""
    row = getattr(said, "row", (sp.Integer(1),) * 2)
    vector = sp.Matrix([row[0] / m_majority, -row[1] / m_minority])
    return quotient_part(
        "middle-rate",
        "G Gᵀ acts on majority classes against minority classes by the square of the middle rate",
        gram,
        vector,
        square * vector,
        *where,
    )


def weighted_rates(factor: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """The escape rates of factor · ZΩ at ω = n^(−γ): within the majority, within the minority, and middle."""
    within = [factor * n ** (HALF - gamma) for n in NUMBERS]
    masses = [n ** (1 - 2 * gamma) for n in NUMBERS]
    return within[0], within[1], factor * sp.sqrt((m_minority * masses[0] + m_majority * masses[1]) / C)


def flat_parts(majority: sp.Expr, minority: sp.Expr, exponent: sp.Expr) -> tuple[Holds, ...]:
    """The squares of the rates within the groups are equal at the exponent, and differ elsewhere."""
    return (
        identity(
            "within-group-rates-meet", "the within-group rates are equal at that exponent", majority, minority, sp.Eq(gamma, exponent)
        ),
        Holds(
            id="within-group-rates-differ-elsewhere",
            says="below that exponent the rate within the majority is the larger one, above it the smaller one",
            condition=(exponent - gamma) * (majority / minority - 1) > 0,
            where=(MORE_SAMPLES, sp.Ne(gamma, exponent)),
        ),
    )


def middle_difference_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """The middle rate differs from a within-group one exactly where these differ from each other."""
    majority, minority, between = (rate**2 for rate in said.rates)
    return (
        identity(
            "majority-less-middle",
            "the squares: the majority's less the middle one is m_maj/c of the majority's less the minority's",
            majority - between,
            m_majority / C * (majority - minority),
        ),
        identity(
            "middle-less-minority",
            "and the middle one less the minority's is m_min/c of it",
            between - minority,
            m_minority / C * (majority - minority),
        ),
    )


def stated_flat_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """Where c ≥ 3 there is a rate within some group beside the middle one, so that all are equal where the squares above are."""
    flat = flat_parts(said.rates[0] ** 2, said.rates[1] ** 2, said.exponent)
    return (*flat, *middle_difference_parts(said)) if len(said.rates) == 3 else flat


CROSS_ENTROPY_RATES = weighted_rates(sp.Integer(1))
