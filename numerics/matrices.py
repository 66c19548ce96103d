"""Matrix expressions as functions of arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from operator import add, matmul
from typing import Any, TypeAlias

import numpy as np
import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from numerics import Array
from theory.exact import InvalidInput
from theory.models.rules import Polar

VANISHING = 1e-13  # singular values below this share of the largest are rounding of 0
Values: TypeAlias = Mapping[sp.Basic, Any]  # an array for each matrix symbol, a number for each symbol or size
Function: TypeAlias = Callable[[Values], Any]


def random_factors(c: int, width: int, n: int, scale: float, seed: int) -> tuple[Array, Array]:
    """W, c × d, and H, d × n: independent normal entries of this deviation, those of W drawn first."""
    generator = np.random.default_rng(seed)
    return scale * generator.standard_normal((c, width)), scale * generator.standard_normal((width, n))


def compiled(expression: sp.Basic) -> Function:
    """A matrix or scalar expression as a function of the values of its symbols, the sizes among them.

    Raises: InvalidInput for an expression of a kind that is not known here.
    """
    if isinstance(expression, sp.MatrixSymbol):
        name = the_one(expression)
        return lambda values: values[name]
    if isinstance(expression, sp.Transpose):
        inner = compiled(expression.arg)
        return lambda values: inner(values).T
    if isinstance(expression, sp.MatAdd):
        return _joined(add, list(map(compiled, expression.args)))
    if isinstance(expression, sp.MatMul):
        scale, factors = expression.as_coeff_matrices()
        number, product = compiled(scale), _joined(matmul, list(map(compiled, factors)))
        return product if scale == 1 else lambda values: number(values) * product(values)
    if isinstance(expression, sp.MatPow) and expression.exp.is_Integer and expression.exp >= 1:
        return _joined(matmul, [compiled(expression.base)] * int(expression.exp))
    if isinstance(expression, sp.Identity):
        return lambda values: np.eye(int(expression.shape[0].xreplace(values)))
    if isinstance(expression, sp.ZeroMatrix):
        return lambda values: np.zeros([int(size.xreplace(values)) for size in expression.shape])
    return _compiled_function(expression)


@lru_cache(maxsize=1024)
def the_one(symbol: sp.Basic) -> sp.Basic:
    """The same object for equal symbols: a dictionary that has it as a key need not compare the two part by part, at each step of a run."""
    return symbol


def _joined(join: Callable[[Any, Any], Any], functions: list[Function]) -> Function:
    """What the functions give, joined from the left; one call after another, for a run asks for it at each step."""
    return reduce(lambda left, right: lambda values: join(left(values), right(values)), functions)


def _compiled_function(expression: sp.Basic) -> Function:
    """The function of an entrywise function, a polar factor, a trace, or a scalar expression."""
    if isinstance(expression, ElementwiseApplyFunction):
        function, inner = sp.lambdify(*expression.function.args, "numpy"), compiled(expression.expr)
        return lambda values: function(inner(values))
    if isinstance(expression, Polar):
        matrix = compiled(expression.args[0])
        return lambda values: polar(matrix(values))
    if isinstance(expression, sp.Trace):
        square = compiled(expression.arg)
        return lambda values: np.trace(square(values))
    if isinstance(expression, sp.Expr) and not isinstance(expression, sp.MatrixExpr):
        traces = {trace: sp.Dummy() for trace in expression.atoms(sp.Trace)}
        scalar = expression.xreplace(traces)
        names = list(map(the_one, sorted(scalar.free_symbols - set(traces.values()), key=str)))
        number = sp.lambdify([*names, *traces.values()], scalar, "numpy")
        inside = [compiled(trace) for trace in traces]
        return lambda values: number(*(values[name] for name in names), *(trace(values) for trace in inside))
    raise InvalidInput(
        f"{type(expression).__name__} is no kind of matrix expression that is run: write it with sums, products, "
        "powers and transposes of matrix symbols"
    )


def polar(matrix: Array) -> Array:
    """The polar factor UVᵀ, of each of a stack, from the singular vectors whose singular values are not rounding of 0."""
    U, singular, Vt = np.linalg.svd(matrix, full_matrices=False)
    kept = singular > VANISHING * singular[..., :1]
    found: Array = (U * kept[..., None, :]) @ Vt
    return found
