"""The first-order target of any loss: what small W and H feel, its escape rates, and what flattens them.

At zero logits the flow is dW/dt = GHᵀ, dH/dt = WᵀG with G = −∂(weighted loss)/∂L, so that modes grow at the
singular values of G. All samples of a class share a column of G: it is carried by its class columns, and its
Gram matrix is G Gᵀ = B diag(n_j ω_j²) Bᵀ with column j of B the negative gradient for label j.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from theory import grouped
from theory.counts import ClassCounts, Group
from theory.exact import InvalidInput
from theory.losses.loss import Loss, logit_symbols
from theory.partition import BlockMatrix, block_diagonal, eigenvalues

TEST_POINTS = ({0: 2, 1: 2, 2: 9, 3: 1}, {0: 3, 1: 2, 2: 16, 3: 3}, {0: 2, 1: 5, 2: 100, 3: 7})  # m_maj, m_min, n_maj, n_min


@dataclass(frozen=True)
class Target:
    """B in group blocks: entry of group h in the column of a label of group g, and what the own entry adds."""

    groups: tuple[Group, ...]
    columns: BlockMatrix

    def gram(self, weights: Sequence[sp.Expr]) -> BlockMatrix:
        """G Gᵀ for one weight a group."""
        factors = [group.count * w**2 for group, w in zip(self.groups, weights, strict=True)]
        return (self.columns @ block_diagonal(self.columns.sizes, factors) @ self.columns.T).simplify()

    def in_units_of_the_last(self) -> Target:
        """The target over what its last column's own entry adds; the target itself where that is zero."""
        unit = self.columns.diagonal[-1]
        if sp.simplify(unit) == 0:
            return self
        columns = BlockMatrix(self.columns.sizes, tuple(_tidy(d / unit) for d in self.columns.diagonal),
                              self.columns.blocks.applyfunc(lambda entry: _tidy(entry / unit)))
        return Target(self.groups, columns)

    def entry(self, row: int, column: int) -> sp.Expr:
        """The entry of another class of group `row` for a label of group `column`."""
        return self.columns.blocks[row, column]

    def own(self, g: int) -> sp.Expr:
        """The entry of the label itself."""
        return sp.factor(self.columns.diagonal[g] + self.columns.blocks[g, g])


def target_of_values(values: Sequence[sp.Expr], groups: Sequence[Group], at: Sequence[sp.Expr] | None = None) -> Target:
    """The target from the loss of a sample of each group, as `theory.grouped` gives it.

    Formula: own entry −∂ℓ/∂x; of another class of group h, −∂ℓ/∂u_h over how many classes share u_h.
    Arguments: `at`, for each group a mapping of x and u to the logits of its samples; None for zero logits,
    where entries are brought to normal form.
    """
    tidy = _tidy if at is None else sp.sympify
    g, others = len(groups), grouped.group_logits(len(groups))
    zero = dict.fromkeys((grouped.OWN, *others), sp.Integer(0))
    diagonal, blocks = [], sp.zeros(g, g)
    for column, value in enumerate(values):
        point = zero if at is None else at[column]
        own = -sp.diff(value, grouped.OWN).subs(point, simultaneous=True)
        for row, group in enumerate(groups):
            sharing = group.size - int(row == column)
            slope = -sp.diff(value, others[row]).subs(point, simultaneous=True)
            blocks[row, column] = sp.Integer(0) if sharing == 0 else tidy(slope / sharing)
        diagonal.append(tidy(own - blocks[column, column]))
    sizes = tuple(group.size for group in groups)
    return Target(tuple(groups), BlockMatrix(sizes, tuple(diagonal), blocks.as_immutable()))


def step_target(loss: Loss) -> Target:
    """The target under STEP with symbolic sizes and counts.

    Raises: theory.grouped.NoPattern where the loss is known for explicit classes only.
    """
    groups = tuple(Group(size, count) for size, count in zip(grouped.SIZES, grouped.COUNTS, strict=True))
    return target_of_values([grouped.every_size(loss, own) for own in range(2)], groups)


def explicit_target(loss: Loss, groups: Sequence[Group]) -> Target:
    """The target at explicit sizes and counts, for a loss whose classes of equal count are interchangeable."""
    sizes, numbers = [int(group.size) for group in groups], [group.count for group in groups]
    return target_of_values([grouped.at_sizes(loss, sizes, numbers, own) for own in range(len(groups))], groups)


def class_columns(loss: Loss, counts: ClassCounts) -> sp.Matrix:
    """B, c × c, for any loss: column j is −∂ℓ/∂l at zero logits for label j."""
    logits, exact_counts = logit_symbols(counts.c), tuple(map(sp.Integer, counts.per_class))
    zero = dict.fromkeys(logits, sp.Integer(0))
    return sp.Matrix.hstack(*(sp.Matrix([-entry.subs(zero, simultaneous=True) for entry in loss.gradient(logits, j, exact_counts)])
                              for j in range(counts.c)))


def escape_squares(gram: BlockMatrix) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """Squares of the non-zero escape rates with multiplicities: within groups first, then the quotient's.

    A direction in which the loss has no gradient at zero does not grow: it is left out.
    Raises: InvalidInput where the quotient of three or more groups has no closed form.
    """
    within = [(sp.factor(d), multiplicity) for _, d, multiplicity in gram.within()]
    found = [*within, *((value, sp.Integer(m)) for value, m in _quotient_values(gram))]
    kept = tuple((value, multiplicity) for value, multiplicity in found if value != 0)
    if not kept:
        raise InvalidInput("the loss has no gradient at zero logits, so that small W and H never grow: take another loss")
    return kept


def _quotient_values(gram: BlockMatrix) -> list[tuple[sp.Expr, int]]:
    quotient = gram.quotient()
    if quotient.shape != (2, 2):
        return [(value, int(m)) for value, m in eigenvalues(quotient)]
    trace, determinant = sp.factor(quotient.trace()), sp.factor(sp.simplify(quotient.det()))
    if determinant == 0:
        return [(sp.Integer(0), 1), (trace, 1)]
    root = sp.sqrt(sp.factor(trace**2 - 4 * determinant))
    return [((trace + root) / 2, 1), ((trace - root) / 2, 1)]


@dataclass(frozen=True)
class Flattening:
    """The weight exponent that makes all escape rates of STEP equal, for every size and ratio; or why there is none.

    `exponent` None where there is none; `within`, the exponent that makes the two within-group rates equal,
    which may depend on sizes and counts; `reason`, in words.
    """

    exponent: sp.Expr | None
    within: sp.Expr
    reason: str


def flattening(target: Target) -> Flattening:
    """Solve for the exponent, under STEP with at least two classes in each group.

    The within-group rates a_g √n_g n_g^(−γ) are equal for one γ at most: γ = 1/2 + ln(a_maj/a_min)/ln(n_maj/n_min).
    It is an answer if it does not depend on sizes and counts, and if the other rates equal these too.
    """
    target = target.in_units_of_the_last()  # a common factor, transcendental or not, flattens nothing
    n_maj, n_min = (group.count for group in target.groups)
    if any(sp.simplify(d) == 0 for d in target.columns.diagonal):
        return Flattening(None, sp.nan, "the loss does not tell the classes of a group apart at first order")
    ratio = sp.powsimp(sp.simplify((target.columns.diagonal[0] / target.columns.diagonal[1]) ** 2))
    within = sp.Rational(1, 2) + sp.log(ratio) / (2 * sp.log(n_maj / n_min))
    power = sp.simplify(n_maj * sp.diff(sp.log(ratio), n_maj))
    if power.free_symbols or sp.simplify(sp.powsimp(ratio * (n_maj / n_min) ** -power, force=False)) != 1:
        if _constant_at_points(within, target):
            raise ArithmeticError("the within-group exponent looks constant and could not be shown to be")
        return Flattening(None, within, "no exponent makes the two within-group rates equal for every R")
    exponent = (1 + power) / 2
    weights = [group.count**-exponent for group in target.groups]
    gram = target.gram(weights)
    level = sp.simplify(gram.within()[0][1])
    rest = [sp.simplify(value / level - 1) for value, _ in _quotient_values(gram) if value != 0]
    if all(gap == 0 for gap in rest):
        return Flattening(exponent, exponent, "all escape rates are equal")
    if all(_zero_at_points(gap, target) for gap in rest):
        raise ArithmeticError("the middle rate looks equal to the others and could not be shown to be")
    return Flattening(None, exponent, f"γ = {exponent} makes the within-group rates equal, and leaves the middle rate apart")


def _tidy(entry: sp.Expr) -> sp.Expr:
    return sp.factor(sp.powsimp(sp.cancel(sp.together(entry))))


def _values_at_points(expression: sp.Expr, target: Target) -> list[sp.Expr]:
    names = [*(group.size for group in target.groups), *(group.count for group in target.groups)]
    return [expression.subs({names[k]: v for k, v in point.items()}, simultaneous=True).evalf(30) for point in TEST_POINTS]


def _constant_at_points(expression: sp.Expr, target: Target) -> bool:
    values = _values_at_points(expression, target)
    return all(abs(value - values[0]) < sp.Rational(1, 10**20) for value in values)


def _zero_at_points(expression: sp.Expr, target: Target) -> bool:
    return all(abs(value) < sp.Rational(1, 10**20) for value in _values_at_points(expression, target))
