"""Words of matrices: polynomials in matrix symbols of any size, their derivatives, and their normal form.

A word is a product of matrix symbols and their transposes, which do not commute. SymPy's own derivative of a sum of
traces by a MatrixSymbol is silently 0 (sympy#27406) and is not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import sympy as sp

from theory.exact import InvalidInput


def matrix_terms(expression: sp.MatrixExpr) -> list[tuple[sp.Expr, list[sp.MatrixExpr]]]:
    """The terms of a matrix polynomial multiplied out, each as (scalar, factors in order); like terms stand apart.

    Raises: InvalidInput for a power that is not a whole number ≥ 1.
    """
    if isinstance(expression, sp.MatAdd):
        return [term for part in expression.args for term in matrix_terms(part)]
    if isinstance(expression, sp.MatPow):
        if not (expression.exp.is_Integer and expression.exp >= 1):
            raise InvalidInput(f"{expression} is no polynomial in matrices: give a whole power ≥ 1")
        return _product([expression.base] * int(expression.exp))
    if isinstance(expression, sp.MatMul):
        scale, factors = expression.as_coeff_matrices()
        return [(scale * coefficient, word) for coefficient, word in _product(factors)]
    if isinstance(expression, sp.Transpose) and not isinstance(expression.arg, sp.MatrixSymbol):
        return [(scale, [factor.T for factor in reversed(word)]) for scale, word in matrix_terms(expression.arg)]
    return [] if expression.is_ZeroMatrix else [(sp.Integer(1), [expression])]


def _product(factors: Sequence[sp.MatrixExpr]) -> list[tuple[sp.Expr, list[sp.MatrixExpr]]]:
    terms: list[tuple[sp.Expr, list[sp.MatrixExpr]]] = [(sp.Integer(1), [])]
    for factor in factors:
        terms = [(scale * other, word + more) for scale, word in terms for other, more in matrix_terms(factor)]
    return terms


def trace_gradient(expression: sp.MatrixExpr, variable: sp.MatrixSymbol, symmetric: Sequence[sp.MatrixSymbol] = ()) -> sp.MatrixExpr:
    """The gradient of tr(expression) by `variable`, for symbolic sizes.

    Formula: every occurrence in a product gives tr(A X B) → (BA)ᵀ and tr(A Xᵀ B) → BA.
    Arguments: `expression`, a square matrix expression, polynomial in the variable and its transpose;
    `symmetric`, matrices that equal their transposes.
    """
    return _trace_gradient(expression, variable, tuple(symmetric))


@lru_cache(maxsize=1024)  # a claim and its near misses derive the same flow
def _trace_gradient(expression: sp.MatrixExpr, variable: sp.MatrixSymbol, symmetric: tuple[sp.MatrixSymbol, ...]) -> sp.MatrixExpr:
    gradient: sp.MatrixExpr = sp.ZeroMatrix(*variable.shape)
    for scale, factors in matrix_terms(expression):
        for position, factor in enumerate(factors):
            rest = factors[position + 1 :] + factors[:position]
            if factor == variable:
                gradient += scale * sp.MatMul(*(f.T for f in reversed(rest)))
            elif factor == sp.Transpose(variable):
                gradient += scale * sp.MatMul(*rest)
    return gradient.doit().subs({sp.Transpose(matrix): matrix for matrix in symmetric})


def rate_along(expression: sp.MatrixExpr, velocity: Mapping[sp.MatrixSymbol, sp.MatrixExpr]) -> sp.MatrixExpr:
    """d/dt of a matrix polynomial, where each matrix of `velocity` moves with the velocity given, and all others are constant.

    Terms that cancel are not removed: a checker has to establish that they cancel.
    """
    changes = dict(velocity) | {sp.Transpose(X): dX.T for X, dX in velocity.items()}
    return matrix_sum(
        (
            scale * sp.MatMul(*factors[:position], changes[factor], *factors[position + 1 :])
            for scale, factors in matrix_terms(expression)
            for position, factor in enumerate(factors)
            if factor in changes
        ),
        expression.shape,
    )


def reduced_word(
    factors: Sequence[sp.MatrixExpr], orthonormal: Sequence[sp.MatrixSymbol], diagonal: Sequence[sp.MatrixSymbol]
) -> list[sp.MatrixExpr]:
    """The factors of a product with XᵀX = I for orthonormal X, Dᵀ = D for diagonal D, and identities dropped."""
    word: list[sp.MatrixExpr] = []
    for factor in factors:
        letter = factor.arg if isinstance(factor, sp.Transpose) and factor.arg in diagonal else factor
        if word and letter in orthonormal and word[-1] == sp.Transpose(letter):
            word.pop()
        elif not isinstance(letter, sp.Identity):
            word.append(letter)
    return word


def collected(
    expression: sp.MatrixExpr, orthonormal: Sequence[sp.MatrixSymbol] = (), diagonal: Sequence[sp.MatrixSymbol] = ()
) -> sp.MatrixExpr:
    """The normal form of a matrix polynomial: each reduced word once, neighbouring diagonal matrices in the order of
    their names; the zero matrix exactly where the polynomial is zero."""
    found: dict[tuple[sp.MatrixExpr, ...], sp.Expr] = {}
    for scale, factors in matrix_terms(expression):
        word = tuple(_sorted_diagonals(reduced_word(factors, orthonormal, diagonal), diagonal))
        found[word] = found.get(word, sp.Integer(0)) + scale
    return matrix_sum(
        (sp.expand(scale) * (sp.MatMul(*word) if word else sp.Identity(expression.shape[0])) for word, scale in found.items()),
        expression.shape,
    ).doit()


def _sorted_diagonals(word: Sequence[sp.MatrixExpr], diagonal: Sequence[sp.MatrixSymbol]) -> list[sp.MatrixExpr]:
    """The word with each run of diagonal matrices, which commute, in the order of their names."""
    found: list[sp.MatrixExpr] = []
    run: list[sp.MatrixSymbol] = []
    for letter in (*word, None):
        if letter is not None and letter in diagonal:
            run.append(letter)
        else:
            found += [*sorted(run, key=str), *([] if letter is None else [letter])]
            run = []
    return found


def entry(expression: sp.MatrixExpr, entries: Mapping[sp.MatrixExpr, sp.Expr]) -> sp.Expr:
    """One diagonal entry of a polynomial in diagonal matrices, from one diagonal entry of each.

    Arguments: `entries`, for each diagonal matrix (a symbol, or a product such as VᵀΩV) one of its diagonal entries.
    Raises: InvalidInput for a matrix without an entry.
    """
    words = {tuple(word): value for matrix, value in entries.items() for _, word in matrix_terms(matrix)}
    total = sp.Integer(0)
    for scale, factors in matrix_terms(expression):
        while factors:
            length, value = _known_start(factors, words)
            if not length:
                raise InvalidInput(
                    f"{factors[0]} stands in {expression} and is not among the diagonal matrices {[*map(str, entries)]}: "
                    "reduce the expression first, or give its entry"
                )
            scale, factors = scale * value, factors[length:]
        total += scale
    return total


def _known_start(factors: Sequence[sp.MatrixExpr], words: Mapping[tuple[sp.MatrixExpr, ...], sp.Expr]) -> tuple[int, sp.Expr]:
    """How many of the first factors form a diagonal matrix whose entry is known, and that entry; (0, 0) where none do."""
    if isinstance(factors[0], sp.Identity):
        return 1, sp.Integer(1)
    for length in range(1, len(factors) + 1):
        word = tuple(factors[:length])
        for known in (word, tuple(factor.T for factor in reversed(word))):
            if known in words:
                return length, words[known]
    return 0, sp.Integer(0)


def matrix_sum(terms: Iterable[sp.MatrixExpr], shape: tuple[sp.Expr, sp.Expr]) -> sp.MatrixExpr:
    """The sum of matrix terms, not simplified; the zero matrix of this shape where there are none."""
    found = tuple(terms)
    return sp.MatAdd(*found) if found else sp.ZeroMatrix(*shape)
