"""Identities between matrix expressions of symbolic sizes: as words in letters that do not commute, and at explicit matrices.

The words are expanded here anew, on purpose: the derivation has its own code for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import sympy as sp

from proofs.kernel.statements import MatrixIdentity, Statement
from proofs.kernel.verdict import Evidence, Outcome

Letter = tuple[str, bool]  # a matrix symbol, and whether it is transposed
Words = dict[tuple[Letter, ...], sp.Expr]  # the coefficient of each word; the empty word is the identity
MAX_WORDS = 20_000


def equal_as_words(statement: MatrixIdentity) -> bool:
    """Whether both sides are one polynomial in their letters, by XᵀX = I for orthonormal X, Dᵀ = D and DE = ED for diagonal ones."""
    left, right = words(statement, statement.left), words(statement, statement.right)
    return all(sp.expand(left.get(word, 0) - right.get(word, 0)) == 0 for word in {*left, *right})


def words(statement: MatrixIdentity, expr: sp.Basic) -> Words:
    """The expression as a sum of words in its matrices, by the constraints of the statement.

    Raises: TypeError for what is no polynomial in matrices, ValueError for too many words.
    """
    if isinstance(expr, sp.MatrixSymbol):
        return {((expr.name, False),): sp.Integer(1)}
    if isinstance(expr, sp.Identity):
        return {(): sp.Integer(1)}
    if isinstance(expr, sp.ZeroMatrix):
        return {}
    if isinstance(expr, sp.Transpose):
        inner = words(statement, expr.arg)
        return _collected(statement, [(tuple((name, not turned) for name, turned in reversed(word)), c) for word, c in inner.items()])
    if isinstance(expr, sp.MatAdd):
        return _collected(statement, [item for arg in expr.args for item in words(statement, arg).items()])
    if isinstance(expr, sp.MatPow) and expr.exp.is_Integer and expr.exp >= 1:
        return _product(statement, [words(statement, expr.base)] * int(expr.exp))
    if isinstance(expr, sp.MatMul):
        return _product(statement, [words(statement, arg) if isinstance(arg, sp.MatrixExpr) else {(): arg} for arg in expr.args])
    raise TypeError(f"{type(expr).__name__} is no matrix polynomial")


def _product(statement: MatrixIdentity, factors: list[Words]) -> Words:
    total: Words = {(): sp.Integer(1)}
    for factor in factors:
        if len(total) * len(factor) > MAX_WORDS:
            raise ValueError("too many words")
        total = _collected(statement, [((*a, *b), c * d) for (a, c), (b, d) in product(total.items(), factor.items())])
    return total


def _collected(statement: MatrixIdentity, terms: list[tuple[tuple[Letter, ...], sp.Expr]]) -> Words:
    """The terms by their reduced words."""
    orthonormal, diagonal = ({X.name for X in symbols} for symbols in (statement.orthonormal, statement.diagonal))
    found: Words = {}
    for letters, coefficient in terms:
        word: list[Letter] = []
        for name, turned in letters:
            letter = (name, turned and name not in diagonal)
            if word and name in orthonormal and not turned and word[-1] == (name, True):
                word.pop()
                continue
            word.append(letter)
            place = len(word) - 1
            while name in diagonal and place and word[place - 1][0] in diagonal and word[place - 1] > word[place]:
                word[place - 1], word[place], place = word[place], word[place - 1], place - 1
        found[tuple(word)] = found.get(tuple(word), sp.Integer(0)) + coefficient
    return found


def letters(statement: MatrixIdentity) -> list[sp.MatrixSymbol]:
    """The matrix symbols of both sides, by name."""
    return sorted(statement.left.atoms(sp.MatrixSymbol) | statement.right.atoms(sp.MatrixSymbol), key=lambda X: X.name)


def equal_at(statement: MatrixIdentity, point: Mapping[str, sp.Matrix]) -> bool:
    """Whether both sides agree at explicit matrices, as polynomials in the symbols that their coefficients have."""
    return all(entry == 0 for entry in _difference(statement, point))


def _difference(statement: MatrixIdentity, point: Mapping[str, sp.Matrix]) -> sp.Matrix:
    values = {X: point[X.name] for X in letters(statement)}
    return (_evaluate(statement.left, values) - _evaluate(statement.right, values)).applyfunc(sp.expand)


def _evaluate(expr: sp.MatrixExpr, values: Mapping[sp.MatrixSymbol, sp.Matrix]) -> sp.Matrix:
    """The explicit matrix behind an expression of sums, products, powers and transposes."""
    if isinstance(expr, sp.MatrixSymbol):
        return values[expr]
    if isinstance(expr, sp.Transpose):
        return _evaluate(expr.arg, values).T
    if isinstance(expr, sp.MatAdd):
        first, *rest = (_evaluate(term, values) for term in expr.args)
        return sum(rest, first)
    if isinstance(expr, sp.MatPow):
        return _evaluate(expr.base, values) ** int(expr.exp)
    if isinstance(expr, sp.MatMul):
        scale, matrices = expr.as_coeff_matrices()
        result = scale * _evaluate(matrices[0], values)
        for factor in matrices[1:]:
            result = result * _evaluate(factor, values)
        return result
    sizes = {size: n for X, value in values.items() for size, n in zip(X.shape, value.shape, strict=True)}
    shape = tuple(int(sizes.get(size, size)) for size in expr.shape)
    if isinstance(expr, sp.Identity):
        return sp.eye(shape[0])
    if expr.is_ZeroMatrix:
        return sp.zeros(*shape)
    raise TypeError(f"{type(expr).__name__} is no matrix polynomial")


def recheck(statement: Statement, evidence: Evidence) -> bool:
    """HOLDS: whether the words agree. FAILS: whether the witness keeps the constraints and gives two different sides."""
    if not isinstance(statement, MatrixIdentity):
        return False
    if evidence.outcome is Outcome.HOLDS:
        return equal_as_words(statement)
    point = {name: sp.Matrix(_read(value)) for name, value in (evidence.witness or {}).items()}
    kept = all((point[X.name].T * point[X.name]).is_Identity for X in letters(statement) if X in statement.orthonormal) and all(
        point[D.name].is_diagonal() for D in letters(statement) if D in statement.diagonal
    )
    return evidence.outcome is Outcome.FAILS and bool(kept) and _sizes_agree(statement, point) and _differ(statement, point)


def _differ(statement: MatrixIdentity, point: Mapping[str, sp.Matrix]) -> bool:
    """Whether some entry of the difference, multiplied out, is a polynomial with rational coefficients other than 0: it has no
    other form in which it is 0, and its symbols have values, whatever their signs, at which it is not."""
    return any(entry != 0 and _is_rational_polynomial(entry) for entry in _difference(statement, point))


def _is_rational_polynomial(entry: sp.Expr) -> bool:
    names = sorted(entry.free_symbols, key=str)
    return bool(entry.is_Rational or (names and entry.is_polynomial(*names) and sp.Poly(entry, *names).domain in (sp.ZZ, sp.QQ)))


def _sizes_agree(statement: MatrixIdentity, point: Mapping[str, sp.Matrix]) -> bool:
    """Whether each size has one value, and a size that is a number that one."""
    pairs = {(size, n) for X in letters(statement) for size, n in zip(X.shape, point[X.name].shape, strict=True)}
    return len({size for size, _ in pairs}) == len(pairs) and all(size == n for size, n in pairs if size.is_Integer)


def _read(text: str) -> list[list[sp.Rational]]:
    """Rows of rationals, as `str(Matrix.tolist())` prints them."""
    return [[sp.Rational(entry) for entry in row.split(", ")] for row in text[2:-2].split("], [")]
