"""A loss at logits that are constant on groups of classes, with the group sizes as symbols.

STEP has two groups of interchangeable classes. For a sample of one of them, let its own logit be x, and let
every other class of group h have logit u_h: the loss is then a function of three logits, whatever c is.

How this function is known for every c: a loss written with `theory.losses.classes` is called with the group sizes as
symbols, and its formula is derived (`with_symbolic_sizes`). A loss that is written out over explicit classes is
called for explicit group sizes (`FITTED_SIZES`), with x, u and the counts as symbols (`read_off`). The
expressions that come back must be one and the same but for rational numbers in them; each number is solved for
as a rational function of the two sizes, of degree one or two, with fewer unknowns than sizes; and the result
must reproduce the loss at `HELD_OUT_SIZES`, groups of one class among them. The result is exact at every size tried;
at the others it is read off and not proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.polys.matrices import DomainMatrix

from theory import symbols
from theory.exact import InvalidInput
from theory.losses.checks import sample_value
from theory.losses.classes import OWN_LABEL, Grouped
from theory.losses.loss import Loss, logit_symbols

OWN = sp.Symbol("x", real=True)  # the logit of the sample's own class
OTHERS = sp.symbols("u_maj u_min", real=True)  # the logit of every other class of the group
SIZES = (symbols.m_majority, symbols.m_minority)
COUNTS = (symbols.n_majority, symbols.n_minority)
FITTED_SIZES = tuple((a, b) for a in range(3, 7) for b in range(3, 7))
HELD_OUT_SIZES = ((1, 1), (1, 4), (5, 1), (2, 9), (11, 2))
SYMMETRY_SIZE = 3  # classes in each group where interchangeability is checked


class WrittenOut(Exception):
    """The loss is written out over explicit classes: it cannot be called with their number as a symbol."""


class NoPattern(Exception):
    """The loss at different sizes is not one formula: it is known for explicit classes only."""


@dataclass(frozen=True)
class Symmetry:
    """What may be exchanged without changing the loss: classes of one group; any two classes."""

    within_groups: bool
    all_labels: bool


def symmetry(loss: Loss) -> Symmetry:
    """Which exchanges of logits leave the loss structurally the same, tried on two groups of three classes with symbolic counts."""
    c = 2 * SYMMETRY_SIZE
    logits, counts = logit_symbols(c), [COUNTS[k // SYMMETRY_SIZE] for k in range(c)]
    values = [_resolved(sample_value(loss, logits, label, counts)) for label in range(c)]

    def exchangeable(i: int, j: int) -> bool:
        swap = {logits[i]: logits[j], logits[j]: logits[i]}
        image = {i: j, j: i}
        return all(value.xreplace(swap) == values[image.get(label, label)] for label, value in enumerate(values))

    pairs = {(i, i + 1) for i in range(c - 1)}
    border = (SYMMETRY_SIZE - 1, SYMMETRY_SIZE)
    within = all(exchangeable(*pair) for pair in pairs - {border})
    return Symmetry(within, within and exchangeable(*border) and not any(value.free_symbols & set(COUNTS) for value in values))


def at_sizes(loss: Loss, sizes: Sequence[int], counts: Sequence[sp.Expr], own: int) -> sp.Expr:
    """ℓ of a sample of group `own` at logits x and u_0, u_1, …, for explicit group sizes.

    Arguments: `sizes` and `counts`, one a group. The symbols are `OWN` and `group_logits(number of groups)`.
    """
    others = group_logits(len(sizes))
    group_of = [g for g, size in enumerate(sizes) for _ in range(size)]
    label = group_of.index(own)
    logits = [OWN if k == label else others[g] for k, g in enumerate(group_of)]
    return _resolved(sample_value(loss, logits, label, [counts[g] for g in group_of]))


def group_logits(groups: int) -> tuple[sp.Symbol, ...]:
    """The symbol u of each group; for two groups the symbols of STEP."""
    return OTHERS if groups == 2 else sp.symbols(f"u_0:{groups}", real=True)


def with_symbolic_sizes(loss: Loss, own: int) -> sp.Expr:
    """ℓ of a sample of group `own` of STEP at logits x, u_maj, u_min, derived with symbolic sizes and counts.

    Raises: WrittenOut where `sample_loss` needs the number of classes as a number.
    """
    multiplicities = (sp.Integer(1), *(size - int(g == own) for g, size in enumerate(SIZES)))
    logits, counts = (Grouped((kinds[0], *kinds[1]), multiplicities) for kinds in ((OWN, OTHERS), (COUNTS[own], COUNTS)))
    try:
        return _resolved(sample_value(loss, logits, OWN_LABEL, counts))
    except InvalidInput as error:
        raise WrittenOut(str(error)) from None


def read_off(loss: Loss, own: int) -> sp.Expr:
    """As `with_symbolic_sizes`, for a loss that is written out: solved for at explicit sizes, and reproduced at others.

    Raises: NoPattern where the expressions at explicit sizes are not one formula.
    """
    found = _common([at_sizes(loss, sizes, COUNTS, own) for sizes in FITTED_SIZES])
    for sizes in HELD_OUT_SIZES:
        if sizes[own] < 1:
            continue
        gap = found.subs(dict(zip(SIZES, sizes, strict=True)), simultaneous=True) - at_sizes(loss, sizes, COUNTS, own)
        if gap != 0 and sp.simplify(gap) != 0:
            raise NoPattern(f"the formula for every size fails at group sizes {sizes}")
    return found


def _resolved(value: sp.Expr) -> sp.Expr:
    """The expression with maxima and minima over the counts decided by n_maj ≥ n_min, which STEP has by definition."""
    excess = sp.Symbol("excess", positive=True)

    def decided(node: sp.Expr) -> sp.Expr:
        shifted = node.subs(COUNTS[0], COUNTS[1] + excess)
        return node if isinstance(shifted, (sp.Max, sp.Min)) else shifted.subs(excess, COUNTS[0] - COUNTS[1])

    return value.replace(lambda node: isinstance(node, (sp.Max, sp.Min)), decided)


def _common(trees: Sequence[sp.Expr]) -> sp.Expr:
    """The one expression in the sizes behind expressions at `FITTED_SIZES` that differ in rational numbers only."""
    first = trees[0]
    if all(tree == first for tree in trees):
        return first
    if all(tree.is_Rational for tree in trees):
        return _rational_function(trees)
    coefficients, rests = zip(*(tree.as_coeff_Mul() for tree in trees), strict=True)
    if any(coefficient != 1 for coefficient in coefficients):
        return _common(coefficients) * _common(rests)
    if len({(tree.func, len(tree.args)) for tree in trees}) != 1 or not first.args:
        raise NoPattern("the loss is built differently for different numbers of classes")
    rows = [sorted(tree.args, key=_skeleton) if first.is_Add or first.is_Mul else tree.args for tree in trees]
    return first.func(*(_common(column) for column in zip(*rows, strict=True)))


def _skeleton(tree: sp.Expr) -> str:
    """The expression with its rational numbers and coefficients left out."""
    if tree.is_Rational:
        return "#"
    rest = tree.as_coeff_Mul()[1]
    if not rest.args:
        return str(rest)
    inner = [_skeleton(arg) for arg in rest.args]
    return f"{rest.func.__name__}({','.join(sorted(inner) if rest.is_Add or rest.is_Mul else inner)})"


def _rational_function(values: Sequence[sp.Rational]) -> sp.Expr:
    """The quotient p/q of polynomials in the sizes that takes all values: affine over affine, else quadratic over quadratic."""
    a, b = SIZES
    for monomials in ([sp.Integer(1), a, b], [sp.Integer(1), a, b, a * b, a**2, b**2]):
        at = [[monomial.subs({a: x, b: y}) for monomial in monomials] for x, y in FITTED_SIZES]
        rows = [[*row, *(-value * entry for entry in row)] for row, value in zip(at, values, strict=True)]
        for vector in DomainMatrix.from_list_sympy(len(rows), len(rows[0]), rows).to_field().nullspace().to_Matrix().tolist():
            top, bottom = (
                sp.Add(*(k * monomial for k, monomial in zip(part, monomials, strict=True)))
                for part in (vector[: len(monomials)], vector[len(monomials) :])
            )
            if bottom != 0 and all(bottom.subs({a: x, b: y}) != 0 for x, y in FITTED_SIZES):
                return sp.factor(top / bottom)
    raise NoPattern(f"the numbers {', '.join(map(str, values[:4]))}, … are no rational function of the group sizes")
