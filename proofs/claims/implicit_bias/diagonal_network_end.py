"""The end of a diagonal linear network on weighted least squares: the one of least Q_α, for every choice of weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp
from scipy.optimize import root

from numerics.implicit_bias.diagonal import diagonal_flow
from proofs.claims.common import identity, product
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.implicit_bias import diagonal
from theory.implicit_bias.diagonal import ALPHA, GRADIENT, SLOPE, Omega, U, V, X, b, y

other = sp.Symbol("eta", real=True)
decay = sp.Symbol("lambda", positive=True)
POINT = {U: sp.Integer(1), V: sp.Integer(1), ALPHA: sp.Integer(1), SLOPE: sp.Integer(0), other: sp.Integer(1), GRADIENT: sp.Integer(1)}


def _parts(said):
    by_u, by_v = diagonal.velocity(said.decay)
    return (
        identity(
            "product-is-conserved", "d(uv)/dt = 0 in every entry", product(sp.Matrix([[by_u, U]]), sp.Matrix([V, by_v]))[0], sp.Integer(0)
        ),
        identity(
            "quotient-moves-with-gradient",
            "d ln(u/v)/dt = −4g",
            product(sp.Matrix([[by_u, by_v]]), sp.Matrix([1 / U, -1 / V]))[0],
            said.rate * GRADIENT,
        ),
        MatrixIdentity(
            id="gradient-in-span",
            says="g = Xᵀ · 2Ω(Xβ − y) is in the span of the data whatever Ω, and so is ln(u/v), which is 0 at the start",
            left=diagonal.loss_gradient(),
            right=X.T * said.residual,
            diagonal=(Omega,),
        ),
        Holds(
            id="entries-of-the-end",
            says="uv = α² and ln(u/v) = θ: β = u² − v² is 2α² sinh θ",
            condition=sp.Eq(U**2 - V**2, said.end(SLOPE), evaluate=False),
            where=(sp.Eq(U, ALPHA * sp.exp(SLOPE / 2)), sp.Eq(V, ALPHA * sp.exp(-SLOPE / 2))),
        ),
        Holds(
            id="one-end-only",
            says="(θ − η)(β_θ − β_η) > 0 where θ ≠ η; over the entries of two ends it sums to (ν − ν')ᵀ(y − y) = 0: they are one",
            condition=(SLOPE - other) * (said.end(SLOPE) - said.end(other)) > 0,
            where=(sp.Ne(SLOPE, other),),
        ),
        identity(
            "root-in-the-penalty",
            "Q_α sums α²(2 − √(4 + z²) + z arcsinh(z/2)), z = β/α²: the square under the root is that of 2 cosh θ",
            4 + (said.end(SLOPE) / ALPHA**2) ** 2,
            (2 * sp.cosh(SLOPE)) ** 2,
        ),
        identity(
            "gradient-of-the-penalty",
            "Q_α is the integral of θ dβ: at the end its gradient is Xᵀν, as at the least of it, which is convex, where Xβ = y",
            diagonal.penalty(),
            said.penalty(SLOPE),
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

END_TOLERANCE = 1e-7  # the integrator's 1e-11 a step over a few thousand steps
TIME = 400.0
FEW = (np.array([[1, 2, -1, 0.5], [0.3, -1, 1, 2]]), np.array([1, -0.5]))
MANY = (np.array([[1.0], [2.0], [1.0]]), np.array([1.0, -0.5, 2.0]))  # no β fits these


def stated_end(data: np.ndarray, labels: np.ndarray, start: float, end: Callable[[float, np.ndarray], np.ndarray]) -> np.ndarray:
    """β = end(α, Xᵀν) with ν such that Xβ is as near to y as may be."""
    with np.errstate(over="ignore", invalid="ignore"):  # of near misses
        found = root(lambda nu: data @ end(start, data.T @ nu) - labels, np.zeros(len(labels)), method="lm", tol=1e-14)
        return end(start, data.T @ found.x)


@cache
def _ends(time: float, few: bool, pull: float) -> tuple[tuple[str, float, np.ndarray], ...]:
    """(name, α, β at the time) under four random weights each."""
    data, labels = FEW if few else MANY
    generator, found = np.random.default_rng(plain.SEED), []
    for start in (0.03, 0.3, 3.0):
        for case in range(4):
            weights = np.exp(generator.uniform(-1, 1, len(labels)))
            found.append((f"α={start}, weights {case}", start, diagonal_flow(data, labels, weights, start=start, time=time, decay=pull)))
    return tuple(found)


def end_error(end: Callable, time: float, few: bool, pull: float) -> Measurement:
    """The largest difference of an entry of β between runs and what is stated."""
    stated = plain.compiled(end(SLOPE), ALPHA, SLOPE)

    def errors() -> Iterator[tuple[str, float]]:
        for name, start, found in _ends(time, few, pull):
            yield name, float(np.abs(found - stated_end(*(FEW if few else MANY), start, stated)).max())

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="diagonal-network-end",
        says="β = u² − v² with u(0) = v(0) = α under the gradient flow of Σ ω_i(x_iᵀβ − y_i)²: if the loss tends to 0 along a run and β "
        "converges, as runs show, the end is the one β = 2α² sinh(Xᵀν) with Xβ = y, the least of Q_α where Xβ = y, whatever the positive "
        "weights.",
        source="Woodworth et al., arXiv 2002.09277 (2020), for Q_α; that weights do not matter, ours",
        stated={
            "decay": sp.Integer(0),
            "rate": sp.Integer(-4),
            "residual": 2 * Omega * (X * b - y),
            "end": lambda slope: 2 * ALPHA**2 * sp.sinh(slope),
            "penalty": lambda slope: ALPHA**2 * (2 - 2 * sp.cosh(slope) + 2 * slope * sp.sinh(slope)),
            "time": TIME,
            "few": True,
            "pull": 0.0,
        },
        witnesses=(POINT,),
        parts=_parts,
        runs=lambda said: (
            Agrees(
                id="ends-of-diagonal-networks",
                says="β at the end of flows of u and v with random weights, three sizes of start",
                uses=("end", "time", "few", "pull"),
                measure=lambda: end_error(said.end, said.time, said.few, said.pull),
                bound=END_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("with weight decay", {"decay": decay, "pull": 0.01}),
            NearMiss("stopped early", {"time": 0.3}),
            NearMiss("data that no β fits", {"few": False}),
            NearMiss("ln(u/v) at −2g", {"rate": sp.Integer(-2)}),
            NearMiss("the gradient without weights in place of with them", {"residual": 2 * (X * b - y)}),
            NearMiss("α² sinh θ", {"end": lambda slope: ALPHA**2 * sp.sinh(slope)}),
            NearMiss("2α² cosh θ", {"end": lambda slope: 2 * ALPHA**2 * sp.cosh(slope)}),
            NearMiss("half of Q_α", {"penalty": lambda slope: ALPHA**2 * (1 - sp.cosh(slope) + slope * sp.sinh(slope))}),
        ),
        plain="where the loss of a diagonal linear network from equal u and v goes to zero, its end does not know the positive weights of "
        "the samples, at any size of the start",
    ),
)
