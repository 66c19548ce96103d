"""What the claims on other losses share: STEP, the targets of the losses, and how a target is held against the derivative of a loss.

What is stated of a target G is held against the derivative of the loss as it comes, along every direction of the logits at
once.
"""

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace

import sympy as sp

from proofs.claims.common import HALF, identity
from proofs.kernel.statements import Holds
from theory.algebra.partition import BlockMatrix
from theory.data.counts import symbolic_step
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


def theorems(file: str, *parts: str) -> Mapping[str, tuple[str, ...]]:
    """The theorems of parts, which have their names, in a file of proofs/coq/losses."""
    return {part: (f"losses.{file}.{part.replace('-', '_')}",) for part in parts}


def stated_entries(said: SimpleNamespace) -> Entries:
    """diag(row)(Y − π1ᵀ) diag(column): for row group h and label group g, another class and the own one."""
    row = getattr(said, "row", (sp.Integer(1),) * 2)
    prior = getattr(said, "prior", (1 / C,) * 2)
    column = getattr(said, "column", (sp.Integer(1),) * 2)
    return {(h, g, own): row[h] * column[g] * (int(own) - prior[h]) for h, g in BINARY for own in ((False, True) if h == g else (False,))}


def _against(entries: Entries, g: int) -> sp.Expr:
    """⟨column of a label of group g, (x, u)⟩."""
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
