"""The first-order target of any loss: what small W and H feel, its escape rates, and what flattens them.

At zero logits the flow is dW/dt = GHᵀ, dH/dt = WᵀG with G = −∂(weighted loss)/∂L, so that modes grow at the
singular values of G. All samples of a class share a column of G: it is carried by its class columns, and its
Gram matrix is G Gᵀ = B diag(n_j ω_j²) Bᵀ with column j of B the negative gradient for label j.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, eigenvalues
from theory.data.counts import ClassCounts, Group
from theory.losses import grouped
from theory.losses.at_zero import slope_at_zero
from theory.losses.loss import Loss, logit_symbols
from theory.shown import Sheet, Shown

DIGITS = 30
SCALE = sp.Symbol("epsilon", real=True)  # how far along a direction the logits lie
SMALL = sp.Rational(1, 10**20)  # values that agree to this, with thirty digits, are taken to be equal; algebra then has to show it


@dataclass(frozen=True, repr=False)
class Target(Shown):
    """The class columns B in blocks of groups: the entry of a class of group h in the column of a label of group g, and what
    is added to it in the entry of the label itself."""

    groups: tuple[Group, ...]
    columns: BlockMatrix

    def gram(self, weights: Sequence[sp.Expr]) -> BlockMatrix:
        """G Gᵀ for one weight a group."""
        factors = [group.count * w**2 for group, w in zip(self.groups, weights, strict=True)]
        gram = self.columns @ block_diagonal(self.columns.sizes, factors) @ self.columns.T
        return BlockMatrix(gram.sizes, tuple(map(_factored, gram.diagonal)), gram.blocks.applyfunc(_factored))

    def in_units_of_the_last(self) -> Target:
        """The target divided by what the own entry of its last column adds; the target itself where that is zero."""
        unit = self.columns.diagonal[-1]
        if is_zero(unit):
            return self
        columns = BlockMatrix(
            self.columns.sizes,
            tuple(_tidy(d / unit) for d in self.columns.diagonal),
            self.columns.blocks.applyfunc(lambda entry: _tidy(entry / unit)),
        )
        return Target(self.groups, columns)

    def at(self, groups: Sequence[Group]) -> Target:
        """The target at other sizes and counts in place of its symbols."""
        values = {
            getattr(old, name): getattr(new, name) for old, new in zip(self.groups, groups, strict=True) for name in ("size", "count")
        }
        sizes = tuple(group.size for group in groups)
        diagonal = tuple(d.subs(values, simultaneous=True) for d in self.columns.diagonal)
        return Target(tuple(groups), BlockMatrix(sizes, diagonal, self.columns.blocks.subs(values, simultaneous=True)))

    def brief(self) -> str:
        """The groups of the target."""
        return ", ".join(f"{group.size} classes of {group.count}" for group in self.groups)

    def shown(self) -> Sheet:
        """The entries of the class columns B, by the group of the class and of the label; G is BΩ, with
        one copy of a column for each sample.
        """
        places = range(len(self.groups))
        rows = [[f"of group {g + 1}", *(self.entry(g, h) for h in places), self.own(g)] for g in places]
        columns = ["class", *(f"label of group {h + 1}" for h in places), "its own label"]
        return Sheet(f"first-order target: {self.brief()}", columns=columns, rows=rows)

    def entry(self, row: int, column: int) -> sp.Expr:
        """The entry of another class of group `row` for a label of group `column`."""
        return self.columns.blocks[row, column]

    def own(self, g: int) -> sp.Expr:
        """The entry of the label itself."""
        return sp.factor(self.columns.diagonal[g] + self.columns.blocks[g, g])


def target_of_values(values: Sequence[sp.Expr], groups: Sequence[Group], at: Sequence[sp.Expr] | None = None) -> Target:
    """The target from the loss of a sample of each group, as `theory.losses.grouped` gives it.

    Formula: own entry −∂ℓ/∂x; of another class of group h, −∂ℓ/∂u_h over how many classes share u_h.
    Arguments: `at`, for each group a mapping of x and u to the logits of its samples; None for zero logits,
    where entries are brought to normal form.
    """
    tidy = _tidy if at is None else sp.sympify
    g, others = len(groups), grouped.group_logits(len(groups))
    variables = (grouped.OWN, *others)
    diagonal, blocks = [], sp.zeros(g, g)

    def slope_of(value: sp.Expr, column: int, logit: sp.Symbol) -> sp.Expr:
        point = {} if at is None else at[column]
        return sp.diff(value, logit).xreplace(point) if any(point.values()) else slope_at_zero(value, variables, logit)

    for column, value in enumerate(values):
        own = -slope_of(value, column, grouped.OWN)
        for row, group in enumerate(groups):
            sharing = group.size - int(row == column)
            blocks[row, column] = sp.Integer(0) if sharing == 0 else tidy(-slope_of(value, column, others[row]) / sharing)
        diagonal.append(tidy(own - blocks[column, column]))
    sizes = tuple(group.size for group in groups)
    return Target(tuple(groups), BlockMatrix(sizes, tuple(diagonal), blocks.as_immutable()))


@cache
def descent_along(value: sp.Expr) -> sp.Expr:
    """−dℓ/dε at the logits ε(x, u): at ε = 0 it is ⟨G, (x, u)⟩ of an unweighted sample, all of its column of G at once.

    Arguments: `value`, the loss of a sample as `theory.losses.grouped` gives it. The derivative is not simplified.
    """
    scaled = {logit: SCALE * logit for logit in (grouped.OWN, *grouped.OTHERS)}
    return -sp.diff(value.subs(scaled, simultaneous=True), SCALE)


def step_target(loss: Loss) -> Target:
    """The target under STEP, derived with symbolic sizes and counts.

    Raises: theory.losses.grouped.WrittenOut where the loss is written out over explicit classes.
    """
    groups = tuple(Group(size, count) for size, count in zip(grouped.SIZES, grouped.COUNTS, strict=True))
    return target_of_values([grouped.with_symbolic_sizes(loss, own) for own in range(2)], groups)


def explicit_target(loss: Loss, groups: Sequence[Group]) -> Target:
    """The target at explicit sizes and counts, for a loss whose classes of equal count are interchangeable."""
    sizes, numbers = [int(group.size) for group in groups], [group.count for group in groups]
    return target_of_values([grouped.at_sizes(loss, sizes, numbers, own) for own in range(len(groups))], groups)


def class_columns(loss: Loss, counts: ClassCounts) -> sp.Matrix:
    """B, c × c, for any loss: column j is −∂ℓ/∂l at zero logits for label j."""
    logits, exact_counts = logit_symbols(counts.c), tuple(map(sp.Integer, counts.per_class))
    values = [loss.sample_loss(logits, label, exact_counts) for label in range(counts.c)]
    return sp.Matrix(counts.c, counts.c, lambda k, label: -slope_at_zero(values[label], logits, logits[k]))


def escape_rates(target: Target, weights: Sequence[sp.Expr]) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """The non-zero escape rates with multiplicities: within groups first, then the quotient's.

    A direction in which the loss has no gradient at zero does not grow: it is left out.
    Raises: InvalidInput where the quotient of three or more groups has no closed form.
    """
    scaled = target.in_units_of_the_last()
    unit = sp.sqrt(target.columns.diagonal[-1] ** 2) if scaled is not target else sp.Integer(1)
    within = [(d, multiplicity) for _, d, multiplicity in scaled.gram(weights).within()]
    found = [*within, *((value, sp.Integer(m)) for value, m in quotient_squares(scaled, weights))]
    return tuple((unit * sp.sqrt(value), multiplicity) for value, multiplicity in found if value != 0)


def quotient_squares(target: Target, weights: Sequence[sp.Expr]) -> list[tuple[sp.Expr, int]]:
    """Eigenvalues of the Gram matrix on vectors that are constant on groups, with multiplicities.

    Two groups: the roots of the quadratic; one of them is 0 exactly when the columns are singular there.
    """
    gram = target.gram(weights)
    quotient = gram.quotient()
    if quotient.shape != (2, 2):
        return [(value, int(m)) for value, m in eigenvalues(quotient)]
    trace, singular = _factored(quotient.trace()), target.columns.quotient().det()
    if is_zero(singular):
        return [(sp.Integer(0), 1), (trace, 1)]
    root = sp.sqrt(_factored(trace**2 - 4 * quotient.det()))
    return [(_factored((trace + root) / 2), 1), (_factored((trace - root) / 2), 1)]


def is_zero(expression: sp.Expr) -> bool:
    """Whether an exact expression is zero for all values of its positive symbols.

    One value that thirty digits tell from zero decides that it is not; only algebra decides that it is.
    Raises: ArithmeticError for an expression that looks like zero and cannot be shown to be.
    """
    names = sorted(expression.free_symbols, key=str)
    point = {name: sp.Integer(2 + k * k + 3 * k) for k, name in enumerate(names)}
    if abs(sp.N(expression.subs(point, simultaneous=True), DIGITS)) > SMALL:
        return False
    if sp.expand(expression) == 0 or sp.simplify(expression) == 0:
        return True
    raise ArithmeticError(f"{expression} looks like zero and could not be shown to be")


@dataclass(frozen=True)
class Flattening:
    """The weight exponent that makes all escape rates of STEP equal, for every size and ratio; or why there is none.

    `exponent` is None where there is none; `within` is the exponent that makes the two within-group rates equal,
    which may depend on sizes and counts; `reason` says why in words.
    """

    exponent: sp.Expr | None
    within: sp.Expr
    reason: str


def flattening(target: Target) -> Flattening:
    """Solve for the exponent, under STEP with at least two classes in each group.

    The within-group rates a_g √n_g n_g^(−γ) are equal for one γ at most: γ = 1/2 + ln(a_maj/a_min)/ln(n_maj/n_min).
    It is an answer if it does not depend on sizes and counts, and if the other rates equal these too.
    """
    target = target.in_units_of_the_last()  # a common factor has no part in which exponent flattens
    n_maj, n_min = (group.count for group in target.groups)
    if any(is_zero(d) for d in target.columns.diagonal):
        return Flattening(None, sp.nan, "the loss does not tell the classes of a group apart at first order")
    ratio = target.columns.diagonal[0] ** 2
    within = sp.Rational(1, 2) + sp.log(ratio) / (2 * sp.log(n_maj / n_min))
    slope = n_maj * sp.diff(sp.log(ratio), n_maj)  # k, where the ratio is (n_maj/n_min)^k
    power = slope.subs(dict(zip((*target.columns.sizes, n_maj, n_min), (2, 2, 9, 1), strict=True)))
    if not (power.is_Rational and is_zero(slope - power) and is_zero(ratio * (n_maj / n_min) ** -power - 1)):
        return Flattening(None, within, "no exponent makes the two within-group rates equal for every R")
    exponent = (1 + power) / 2
    weights = [group.count**-exponent for group in target.groups]
    level = target.gram(weights).within()[0][1]
    if all(is_zero(value / level - 1) for value, _ in quotient_squares(target, weights) if value != 0):
        return Flattening(exponent, exponent, "all escape rates are equal")
    return Flattening(None, exponent, f"γ = {exponent} makes the within-group rates equal, and leaves the middle rate apart")


def _factored(entry: sp.Expr) -> sp.Expr:
    """Factored normal form; exponentials and logarithms of numbers are left alone, because factoring them need not end."""
    return entry if entry.has(sp.exp, sp.log) else sp.factor(entry)


def _tidy(entry: sp.Expr) -> sp.Expr:
    return sp.factor(sp.powsimp(sp.cancel(sp.together(entry))))
