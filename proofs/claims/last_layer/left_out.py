"""The identity of left-out residuals, exact on any data: what a trained intercept balances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.last_layer.least_squares import left_out_residuals, leverages
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity, Measurement
from theory.last_layer import left_out
from theory.last_layer.left_out import ALL, INPUT, OMEGA, OTHERS, TARGET, THETA, WEIGHT, A
from theory.models.reduction import modes

Q = sp.MatrixSymbol("Q", left_out.SAMPLES, modes)  # orthonormal columns that span those of Ω^(1/2) times the inputs
T = sp.MatrixSymbol("T", modes, modes)


def _parts(said):
    gain = sp.Identity(1) + said.gain * INPUT.T * A  # 1 + ωxᵀa
    fit = THETA - said.move * A * left_out.residual(THETA)
    return (
        MatrixIdentity(
            id="intercept-balances-residuals",
            says="the derivative of ½ Σ ω r² by the intercept is −Σ ω_i r_i, 0 at the fit",
            left=left_out.intercept_gradient(),
            right=-left_out.ONES.T * said.weights * left_out.all_residuals(),
            diagonal=(OMEGA,),
        ),
        MatrixIdentity(
            id="fit-without-a-sample",
            says="x = Ka: θ' = θ − ω a r solves the normal equations without the sample, Kθ' = (K + ωxxᵀ)θ − ωxy",
            left=OTHERS * fit,
            right=ALL * THETA - WEIGHT * INPUT * TARGET,
        ),
        MatrixIdentity(
            id="residual-without-a-sample",
            says="and its residual at the sample is (1 + ωxᵀa) r",
            left=left_out.residual(fit),
            right=gain * left_out.residual(THETA),
        ),
        MatrixIdentity(
            id="leverage",
            says="(K + ωxxᵀ)a = x(1 + ωxᵀa), so that h = ωxᵀ(K + ωxxᵀ)⁻¹x has 1 − h = 1/(1 + ωxᵀa): ω(1 − h) times the left-out residual "
            "is ωr",
            left=ALL * A,
            right=INPUT * gain,
        ),
        MatrixIdentity(
            id="hat-matrix-fits",
            says="Ω^(1/2)X = QT, T invertible: what the matrix QQᵀ leaves of any targets meets the normal equations, so that it has "
            "h_i on its diagonal",
            left=(Q * T).T * said.hat,
            right=(Q * T).T,
            orthonormal=(Q,),
        ),
        MatrixIdentity(
            id="hat-matrix-keeps-the-columns",
            says="it takes QT, d + 1 independent columns, to itself",
            left=said.hat * (Q * T),
            right=Q * T,
            orthonormal=(Q,),
        ),
        MatrixIdentity(
            id="hat-matrix-ends-the-rest",
            says="and what is orthogonal to them, the columns of I − QQᵀ, to 0: its trace is d + 1",
            left=said.hat * (sp.Identity(left_out.SAMPLES) - Q * Q.T),
            right=sp.ZeroMatrix(left_out.SAMPLES, left_out.SAMPLES),
            orthonormal=(Q,),
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

ROUNDING = 1e-9  # fits of condition numbers up to 1e3, relative to the largest term


@cache
def _fits() -> tuple[tuple[str, int, np.ndarray, np.ndarray, np.ndarray], ...]:
    """(name, d, ω, h, left-out residuals) of data of three kinds, none of them Gaussian classes, with random weights."""
    generator, found = np.random.default_rng(plain.SEED), []
    for n, d in ((12, 3), (30, 11), (40, 36)):
        features = generator.standard_t(3, (n, d)) @ generator.standard_normal((d, d)) + np.arange(n)[:, None] / n
        targets, weights = generator.exponential(size=n), np.exp(generator.uniform(-2, 2, n))
        found.append((f"n={n}, d={d}", d, weights, leverages(features, weights), left_out_residuals(features, targets, weights)))
    return tuple(found)


def identity_error(balance: Callable) -> Measurement:
    """|Σ of the stated terms| over the sum of their sizes."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, _, w, h, r in _fits():
            terms = balance(w, h, r)
            yield name, float(abs(terms.sum()) / np.abs(terms).sum())

    return plain.worst(errors())


def trace_error(more: int) -> Measurement:
    """Σ h against d and the stated number of parameters more."""
    return plain.worst((name, float(abs(h.sum() - d - more) / (d + more))) for name, d, _, h, _ in _fits())


CLAIMS = (
    Claim(
        id="left-out-identity",
        says="Weighted least squares with an intercept, any data of any size with d features of full rank beside the intercept, any "
        "weights "
        "ω_i > 0 and no leverage h_i of 1: Σ ω_i(1 − h_i) r_i = 0 over the residuals r_i of the fits that leave sample i out, and Σ h_i "
        "= d + 1.",
        source=OURS,
        stated={"weights": OMEGA, "move": WEIGHT, "gain": WEIGHT, "hat": Q * Q.T, "balance": lambda w, h, r: w * (1 - h) * r, "more": 1},
        parts=_parts,
        runs=lambda said: (
            Agrees(
                id="left-out-residuals",
                says="the sum of the terms over that of their sizes, by as many fits as samples",
                uses=("balance",),
                measure=lambda: identity_error(said.balance),
                bound=ROUNDING,
            ),
            Agrees(
                id="sum-of-leverages",
                says="Σ h against d + 1, relative",
                uses=("more",),
                measure=lambda: trace_error(said.more),
                bound=ROUNDING,
            ),
        ),
        near_misses=(
            NearMiss("Σ r_i without weights", {"weights": sp.Identity(left_out.SAMPLES)}),
            NearMiss("a move of 2ω a r", {"move": 2 * WEIGHT}),
            NearMiss("1 − ωxᵀa", {"gain": -WEIGHT}),
            NearMiss("a hat matrix of twice QQᵀ", {"hat": 2 * Q * Q.T}),
            NearMiss("the unit matrix as hat matrix", {"hat": sp.Identity(left_out.SAMPLES)}),
            NearMiss("Σ ω r of the left-out residuals", {"balance": lambda w, h, r: w * r}),
            NearMiss("Σ h = d", {"more": 0}),
        ),
        plain="whatever the data, the residuals that a last layer has without a sample, times its weight and one less its leverage, sum "
        "to 0: "
        "this is what class weights balance",
    ),
)
