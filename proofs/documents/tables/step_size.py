"""Reference values of step sizes: curvatures at the balanced end and at the flattest minimum, and what weights cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import mpmath
import sympy as sp
from scipy.optimize import minimize_scalar

from proofs.documents.tables import Table
from theory.data.counts import ClassCounts, Group, explicit, step
from theory.data.weights import exponent_weights
from theory.step_size import curvature, descent

RATIOS = (10, 100, 1000)
DISTINCT = explicit((10, 4, 1))
EXPONENTS = ("1/2", "1/4")
DIGITS = 30
SEARCHED = 1e-14  # of a, relative, by golden section: the least may be at a kink


def flattest(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> float:
    """The least over a of the largest eigenvalue at the spread minimum, by golden section from σ_1 on."""
    matrix = sp.lambdify(curvature.SPREAD, curvature.spread_curvature(groups, weights).explicit(), "mpmath")
    top = float(max(sp.sqrt(group.count) for group in groups))

    def at(a: float) -> float:
        with mpmath.workdps(DIGITS):
            return float(max(mpmath.eigsy(matrix(mpmath.mpf(a)), eigvals_only=True)))

    near = float(minimize_scalar(at, bounds=(top / 1000, top), method="bounded").x)
    return float(minimize_scalar(at, bracket=(0.9 * near, near, 1.1 * near), method="golden", tol=SEARCHED).fun)


def balanced(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> mpmath.mpf:
    """The largest eigenvalue at the balanced end, in class order: N^(1/2) P N^(1/2) and its root, explicitly."""
    with mpmath.workdps(DIGITS):
        square = mpmath.matrix(sp.N(curvature.label_square(groups).explicit(), DIGITS).tolist())
        values, vectors = mpmath.eigsy(square)
        roots = [mpmath.sqrt(value) if value > mpmath.mpf(10) ** (3 - DIGITS) else mpmath.mpf(0) for value in values]
        inner = vectors * mpmath.diag(roots) * vectors.T + max(roots) * mpmath.eye(len(values))
        w = [mpmath.sqrt(mpmath.mpf(str(sp.N(w, DIGITS)))) for g, w in zip(groups, weights, strict=True) for _ in range(int(g.size))]
        return max(mpmath.eigsy(mpmath.diag(w) * inner * mpmath.diag(w), eigvals_only=True))


def _cases(counts: ClassCounts, exponent: str) -> tuple[Sequence[Group], tuple[sp.Expr, ...]]:
    groups = counts.groups()
    return groups, exponent_weights(groups, exponent)


def _step_rows() -> Iterator[tuple[sp.Expr | float, ...]]:
    for ratio in RATIOS:
        cases = {exponent: _cases(step(4, ratio), exponent) for exponent in ("0", "1/2", "1")}
        ends = {exponent: balanced(*case) for exponent, case in cases.items()}
        least = {exponent: flattest(*case) for exponent, case in cases.items()}
        costs = [least["0"] * float(descent.mean_weight(*cases[exponent])) / least[exponent] for exponent in ("1/2", "1")]
        yield sp.Integer(ratio), *map(float, (ends["0"], ends["1/2"], ends["1"])), least["0"], least["1/2"], least["1"], *costs


def _distinct_rows() -> Iterator[tuple[str | float, ...]]:
    for exponent in EXPONENTS:
        case = _cases(DISTINCT, exponent)
        yield exponent, flattest(*case), float(balanced(*case))


TABLES = (
    Table(
        "Curvature of ends under STEP",
        "Largest eigenvalues of the Hessian at the balanced end and at the flattest minimum, ω = n^(−γ), two majority classes with "
        "R samples and two minority classes with one; and the largest step with weights of mean one over that without.",
        ("R", "balanced, γ = 0", "balanced, 1/2", "balanced, 1", "λ*, 0", "λ*, 1/2", "λ*, 1", "cost, 1/2", "cost, 1"),
        _step_rows,
    ),
    Table("Curvature of ends at distinct counts", "The same for the counts (10, 4, 1).", ("γ", "λ*", "balanced"), _distinct_rows),
)
