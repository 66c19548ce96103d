"""The flow of N linear layers L = W_N ⋯ W_1: end to end, and mode by mode with one layer among the products of the others.

Every formula for any N rests on three layers: the middle one stands for a layer, the outer ones for the products of those before and
after it, which are of the same form (`product_of_two`).
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from theory.algebra.words import rate_along
from theory.models.deep_linear import layers
from theory.models.model import descent, squared_descent
from theory.models.reduction import S, modes, on_modes
from theory.symbols import sigma

N = sp.Symbol("N", positive=True)  # the number of layers; what is shown holds of any number N, not of whole ones alone
AMPLITUDE = sp.Symbol("x", positive=True)  # of a mode in every layer, s = x^N
THREE = layers(3)
FACTORS = THREE.parameters  # W_3, W_2, W_1
SIZES = (*(X.shape[0] for X in FACTORS), THREE.logits.shape[1])
FRAMES = tuple(sp.MatrixSymbol(f"U_{k}", size, modes) for k, size in enumerate(SIZES))  # orthonormal; the last one is of samples
SCALARS = sp.symbols("x_3 x_2 x_1", positive=True)  # one mode's amplitudes
AMPLITUDES = tuple(sp.MatrixSymbol(name, modes, modes) for name in ("x_3", "x_2", "x_1"))  # diagonal
EQUAL = sp.MatrixSymbol("D", modes, modes)  # diagonal: the amplitudes of every layer
RATES = sp.MatrixSymbol("Lambda", modes, modes)  # diagonal: ΩV = VΛ
RESTS = tuple(sp.MatrixSymbol(f"Y_{3 - k}", SIZES[k], SIZES[k + 1]) for k in range(3))  # what layers hold beside the modes, any matrices
OTHER_TARGET = sp.MatrixSymbol("T", SIZES[0], SIZES[3])
OTHER_WEIGHTS = sp.MatrixSymbol("Theta", SIZES[3], SIZES[3])


def frames_of(number: int) -> tuple[sp.MatrixSymbol, ...]:
    """Orthonormal U_0, …, U_N between that many layers."""
    model = layers(number)
    sizes = (*(X.shape[0] for X in model.parameters), model.logits.shape[1])
    return tuple(sp.MatrixSymbol(f"U_{k}", size, modes) for k, size in enumerate(sizes))


def balanced(number: int) -> dict[sp.MatrixSymbol, sp.MatrixExpr]:
    """Every layer with the same amplitudes D on these frames, as balanced layers have them."""
    frames = frames_of(number)
    return {X: frames[k] * EQUAL * frames[k + 1].T for k, X in enumerate(layers(number).parameters)}


def end_to_end(number: int) -> sp.MatrixExpr:
    """dL/dt of that many balanced layers under any loss with residual G, a sum over the layers."""
    model = layers(number)
    return rate_along(model.logits, descent(model)).xreplace(balanced(number))


@cache
def amplitude_rates() -> sp.Matrix:
    """d/dt of the amplitudes of one mode in W_3, W_2, W_1, without weights: the velocity of three layers on the modes of Z."""
    reduction = on_modes(THREE, squared_descent(THREE))
    return reduction.entries({**dict(zip(reduction.state, SCALARS, strict=True)), S: sigma})


@cache
def mode_rate() -> sp.Expr:
    """dx/dt of a mode's amplitude x in each of N layers: the middle one of three, of which an outer one is the product of N − 2."""
    outer, own, last = SCALARS
    return amplitude_rates()[1].subs({outer: AMPLITUDE ** (N - 2), own: AMPLITUDE, last: AMPLITUDE}, simultaneous=True)


@cache
def product_of_two() -> tuple[sp.MatrixExpr, sp.MatrixExpr, sp.MatrixExpr]:
    """The product of two layers that have modes and a rest beside them; and the amplitudes and the rest that it has."""
    first, second = (_with_rest(k) for k in (0, 1))
    return first * second, AMPLITUDES[0] * AMPLITUDES[1], RESTS[0] * _beside(FRAMES[1]) * RESTS[1]


def _beside(frame: sp.MatrixSymbol) -> sp.MatrixExpr:
    return sp.Identity(frame.shape[0]) - frame * frame.T


def beside(rest: sp.MatrixExpr, left: sp.MatrixSymbol, right: sp.MatrixSymbol) -> sp.MatrixExpr:
    """The part of a matrix that neither frame sees: (I − UUᵀ) Y (I − VVᵀ)."""
    return _beside(left) * rest * _beside(right)


def _with_rest(k: int) -> sp.MatrixExpr:
    left, right = FRAMES[k], FRAMES[k + 1]
    return left * AMPLITUDES[k] * right.T + beside(RESTS[k], left, right)


@cache
def weighted_velocity() -> tuple[sp.MatrixExpr, ...]:
    """dW_3/dt, dW_2/dt, dW_1/dt of the weighted squared loss where layers, target and weights have modes and a rest beside them.

    The modes are those with ΩV = VΛ: Z = USVᵀ + a rest, Ω = VΛVᵀ + a rest.
    """
    U, V = FRAMES[0], FRAMES[3]
    point: dict[sp.MatrixSymbol, sp.MatrixExpr] = {factor: _with_rest(k) for k, factor in enumerate(FACTORS)}
    point[THREE.target] = U * S * V.T + beside(OTHER_TARGET, U, V)
    point[THREE.weights] = V * RATES * V.T + beside(OTHER_WEIGHTS, V, V)
    return tuple(velocity.xreplace(point) for velocity in squared_descent(THREE).values())


@cache
def mode_velocity() -> tuple[sp.MatrixExpr, ...]:
    """dW_3/dt, dW_2/dt, dW_1/dt of the squared loss without weights from layers on the singular vectors of Z = USVᵀ."""
    reduction = on_modes(THREE, squared_descent(THREE))
    names = dict(zip(reduction.state, AMPLITUDES, strict=True))
    point = {factor: sp.sympify(placed).xreplace(names) for factor, placed in reduction.embedding.items()}
    point[THREE.target] = FRAMES[0] * S * FRAMES[3].T
    point[THREE.weights] = sp.Identity(SIZES[3])
    return tuple(velocity.xreplace(point) for velocity in squared_descent(THREE).values())


@cache
def small_velocity() -> tuple[sp.MatrixExpr, ...]:
    """dW_3/dt, dW_2/dt, dW_1/dt with the residual held at U S Vᵀ, where W_1 = U_2 x_1 Vᵀ + Y(I − VVᵀ) has a part that V does not see."""
    U, V = FRAMES[0], FRAMES[3]
    point: dict[sp.MatrixSymbol, sp.MatrixExpr] = {factor: FRAMES[k] * AMPLITUDES[k] * FRAMES[k + 1].T for k, factor in enumerate(FACTORS)}
    point[FACTORS[2]] += RESTS[2] * _beside(V)
    point[THREE.residual] = U * S * V.T
    return tuple(velocity.xreplace(point) for velocity in descent(THREE).values())
