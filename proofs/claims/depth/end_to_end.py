"""The flow of N balanced layers end to end, and what it is on the modes of Z without weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp
from scipy.integrate import quad

from numerics.compiled import compile_loss
from numerics.constrained_features.runs import sample_weights
from numerics.depth.layers import balanced_layers, layers_run
from numerics.problem import Problem
from proofs.claims.common import identities, identity
from proofs.claims.depth import settings
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity, Measurement
from theory.algebra.words import rate_along
from theory.data.counts import ClassCounts
from theory.depth import layers
from theory.depth.layers import AMPLITUDE, AMPLITUDES, EQUAL, FRAMES, SCALARS, N
from theory.losses import loss_named
from theory.models import deep_linear, laws
from theory.models.model import descent
from theory.symbols import sigma, strength

NUMBERS = (2, 3, 4, 5)
ROOT = sp.Symbol("u", positive=True)  # √s
POINT = {
    N: sp.Integer(3),
    AMPLITUDE: sp.Rational(1, 2),
    sigma: sp.Integer(2),
    strength: sp.Integer(1),
    ROOT: sp.Integer(1),
    **dict.fromkeys(SCALARS, sp.Integer(1)),
}


def _root(frame: sp.MatrixSymbol, power: int) -> sp.MatrixExpr:
    """U D^power Uᵀ, where power 0 is the identity of every vector and not of the frame alone."""
    return sp.Identity(frame.shape[0]) if power == 0 else frame * EQUAL**power * frame.T


def _end_to_end_parts(said):
    for number in NUMBERS:
        frames, residual = layers.frames_of(number), deep_linear.layers(number).residual
        powers = [said.powers(number, j) for j in range(1, number + 1)]
        yield MatrixIdentity(
            id=f"flow-of-{number}-layers",
            says=f"{number} balanced layers W_j = U D Uᵀ: dL/dt is the sum over layers of U D^(2(N−j)) Uᵀ G V D^(2(j−1)) Vᵀ",
            left=layers.end_to_end(number),
            right=sp.MatAdd(*(_root(frames[0], left) * residual * _root(frames[-1], right) for left, right in powers)),
            orthonormal=frames,
            diagonal=(EQUAL,),
        )
        L = deep_linear.layers(number).logits.xreplace(layers.balanced(number))
        for place, name, square in (("left", "LLᵀ", said.square(L, L.T)), ("right", "LᵀL", said.square(L.T, L))):
            frame = frames[0] if place == "left" else frames[-1]
            yield MatrixIdentity(
                id=f"{place}-root-for-{number}-layers",
                says=f"U D² Uᵀ is the root of order {number} of {name}: its power {number} is {name}",
                left=(frame * EQUAL**2 * frame.T) ** number,
                right=square,
                orthonormal=frames,
                diagonal=(EQUAL,),
            )
        yield from _balance_parts(said.balance, number)


@cache
def _balance_parts(balance: Callable[..., sp.MatrixExpr], number: int) -> tuple[MatrixIdentity, ...]:
    model = deep_linear.layers(number)
    rates = [(A, B, rate_along(balance(A, B), descent(model))) for A, B in laws.neighbours(model)]
    return tuple(
        MatrixIdentity(
            id=f"balance-{place}-of-{number}-layers",
            says=f"{number} layers, any loss: d/dt of {A}ᵀ{A} − {B}{B}ᵀ is zero, so that layers that start balanced stay so",
            left=rate,
            right=sp.ZeroMatrix(*rate.shape),
        )
        for place, (A, B, rate) in enumerate(rates, 1)
    )


def _others(said, k: int) -> sp.MatrixExpr:
    return said.others(sp.MatMul(*(x for x in AMPLITUDES if x != AMPLITUDES[k])), AMPLITUDES[k])


def _law_parts(said):
    product, amplitudes, rest = layers.product_of_two()
    derived = layers.mode_rate()
    by_strength = sp.diff(AMPLITUDE**N, AMPLITUDE) * derived
    clock = sp.diff(said.time(ROOT), ROOT) / (2 * ROOT)  # dT/ds at s = u²
    return (
        MatrixIdentity(
            id="product-of-two-layers",
            says="layers with modes and a rest beside them: so is their product, with the products of amplitudes",
            left=product,
            right=FRAMES[0] * said.product(amplitudes, AMPLITUDES[0]) * FRAMES[2].T + layers.beside(rest, FRAMES[0], FRAMES[2]),
            orthonormal=FRAMES[:3],
            diagonal=AMPLITUDES[:2],
        ),
        *(
            MatrixIdentity(
                id=f"layer-{3 - k}-keeps-its-frames",
                says=f"three layers on the singular vectors of Z: dW_{3 - k}/dt is on them too, the product of the others times "
                "S − x_3x_2x_1",
                left=velocity,
                right=FRAMES[k] * _others(said, k) * (layers.S - sp.MatMul(*AMPLITUDES)) * FRAMES[k + 1].T,
                orthonormal=FRAMES,
                diagonal=(*AMPLITUDES, layers.S),
            )
            for k, velocity in enumerate(layers.mode_velocity())
        ),
        identities(
            "layer-among-others",
            "a layer's amplitude moves by the product of the others: dx_j/dt = Π_(i≠j) x_i (σ − Π x_i)",
            [
                (rate, said.others(sp.Mul(*(x for x in SCALARS if x != own)), own) * (sigma - sp.Mul(*SCALARS)))
                for rate, own in zip(layers.amplitude_rates(), SCALARS, strict=True)
            ],
        ),
        identity("strength-law", "N equal amplitudes x, s = x^N: ds/dt = N s^(2−2/N)(σ − s)", by_strength, said.rate(AMPLITUDE**N)),
        identity(
            "time-of-four-layers",
            "N = 4: the stated time has dT/ds · ds/dt = 1, s = u²",
            clock * said.rate(ROOT**2).subs(N, 4),
            sp.Integer(1),
            sigma > ROOT**2,
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

SLOPE_TOLERANCE = 1e-6  # of central differences of step 1e-4 along a path that is integrated to 1e-12 a step
TIME_TOLERANCE = 1e-7  # relative, of first times on such paths
DIFFERENCE = 1e-4


@cache
def _slopes() -> tuple[tuple[str, int, np.ndarray, np.ndarray, np.ndarray], ...]:
    """(name, N, L, its residual G, dL/dt by differences) along runs from random balanced starts under random weights."""
    generator, found = np.random.default_rng(plain.SEED), []
    counts = ClassCounts((3, 2, 1))
    for number in NUMBERS[:3]:
        for loss in ("squared", "cross-entropy"):
            problem = Problem(counts, tuple(float(w) for w in np.exp(generator.uniform(-1, 1, counts.c))), loss_named(loss))
            losses = compile_loss(problem.loss, counts, counts.labels)
            run = layers_run(problem, balanced_layers(problem, number, 0.5, number), 1.0)
            for time in (0.1, 0.9):
                before, L, after = (run.path.at(moment, run.logits) for moment in (time - DIFFERENCE, time, time + DIFFERENCE))
                residual = -losses.gradient(L) * sample_weights(problem)
                found.append((f"N={number}, {loss}, t={time}", number, L, residual, (after - before) / (2 * DIFFERENCE)))
    return tuple(found)


def slope_error(powers: Callable[[int, int], tuple[int, int]]) -> Measurement:
    """dL/dt along runs against the stated powers of LLᵀ and LᵀL, from the singular values of L."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, number, L, residual, slope in _slopes():
            U, s, Vt = np.linalg.svd(L, full_matrices=False)

            def root(frame: np.ndarray, power: int, s: np.ndarray = s, number: int = number) -> np.ndarray:
                return np.eye(len(frame)) if power == 0 else frame * s ** (power / number) @ frame.T

            stated = sum(root(U, left) @ residual @ root(Vt.T, right) for left, right in (powers(number, j) for j in range(1, number + 1)))
            yield name, float(np.abs(stated - slope).max() / np.abs(slope).max())

    return plain.worst(errors())


STARTS = ((2, 1e-3), (3, 0.05), (4, 0.1), (5, 0.2))


def law_error(rate: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """Half times of runs without weights against the integral of 1 over the stated ds/dt."""
    pace = plain.compiled(1 / rate(strength), strength, N, sigma)

    def errors() -> Iterator[tuple[str, float]]:
        for number, start in STARTS:
            found = settings.learning_times(4, 0.0, number, start)
            for value, time in ((2.0, found[0]), (1.0, found[2])):
                expected = quad(
                    lambda log, v=value, k=number: np.exp(log) * pace(np.exp(log), k, v), number * np.log(start), np.log(value / 2)
                )
                yield f"N={number}, σ={value}", plain.relative(time, expected[0])

    return plain.worst(errors())


def time_error(time: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """Half times of runs of four layers without weights against the stated time, from u = ε² to u = √(σ/2)."""
    stated = plain.compiled(time(ROOT), ROOT, sigma)

    def errors() -> Iterator[tuple[str, float]]:
        for start in (0.1, 0.2):
            found = settings.learning_times(4, 0.0, 4, start)
            for value, seen in ((2.0, found[0]), (1.0, found[2])):
                yield f"ε={start}, σ={value}", plain.relative(seen, stated(np.sqrt(value / 2), value) - stated(start**2, value))

    return plain.worst(errors())


def four_layers(u: sp.Expr, scale: sp.Expr = 2 * sigma, slow: sp.Expr = -1 / ROOT) -> sp.Expr:
    """(−1/u + artanh(u/√σ)/√σ)/(2σ), with the logarithm that artanh is."""
    artanh = sp.log((sp.sqrt(sigma) + ROOT) / (sp.sqrt(sigma) - ROOT)) / 2
    return ((slow + artanh / sp.sqrt(sigma)) / scale).subs(ROOT, u)


CLAIMS = (
    Claim(
        id="end-to-end-flow",
        says="N = 2, …, 5 linear layers, any loss and any weights, with residual G = −∂ℓ/∂L Ω, which is (Z − L)Ω for the squared loss: for "
        "layers W_j = U_j D U_(j−1)ᵀ with orthonormal columns and one diagonal D > 0, dL/dt is the sum over j = 1, …, N of "
        "(LLᵀ)^((N−j)/N) G (LᵀL)^((j−1)/N), with power 0 the identity. Layers that start balanced, W_(j+1)ᵀW_(j+1) = W_jW_jᵀ, stay so.",
        source="Arora, Cohen and Hazan, arXiv 1802.06509 (2018); the weights: ours",
        stated={
            "powers": lambda number, j: (2 * (number - j), 2 * (j - 1)),
            "square": lambda one, other: one * other,
            "balance": lambda A, B: A.T * A - B * B.T,
        },
        parts=lambda said: tuple(_end_to_end_parts(said)),
        runs=lambda said: (
            Agrees(
                id="slopes-of-runs",
                says="dL/dt by differences along runs from random balanced starts, random weights, two losses",
                uses=("powers",),
                measure=lambda: slope_error(said.powers),
                bound=SLOPE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("(N − j + 1)/N", {"powers": lambda number, j: (2 * (number - j) + 2, 2 * (j - 1))}),
            NearMiss("half of the powers", {"powers": lambda number, j: (number - j, j - 1)}),
            NearMiss("the root of LLᵀLLᵀ", {"square": lambda one, other: one * other * one * other}),
            NearMiss("the sum of the two in place of the difference", {"balance": lambda A, B: A.T * A + B * B.T}),
        ),
    ),
    Claim(
        id="depth-mode-law",
        says="Squared loss without weights, N ≥ 2 layers of width c − 1 or more from equal amplitudes along the singular vectors of Z: the "
        "layers keep them, and a mode's strength s obeys ds/dt = N s^(2−2/N)(σ − s). For N = 4 the time from s_0 to s_1, where 0 < s_0 < "
        "s_1 < σ, is the difference of (−1/u + artanh(u/√σ)/√σ)/(2σ) at u = √s.",
        source=OURS,
        stated={
            "product": lambda product, first: product,
            "others": lambda others, own: others,
            "rate": lambda s: N * s ** (2 - 2 / N) * (sigma - s),
            "time": four_layers,
        },
        witnesses=(POINT,),
        parts=_law_parts,
        runs=lambda said: (
            Agrees(
                id="half-times-of-runs",
                says="half times of 2 to 5 layers at sample level against the integral of the stated law",
                uses=("rate",),
                measure=lambda: law_error(said.rate),
                bound=TIME_TOLERANCE,
            ),
            Agrees(
                id="half-times-of-four-layers",
                says="half times of four layers at sample level against the stated time",
                uses=("time",),
                measure=lambda: time_error(said.time),
                bound=TIME_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the square of one amplitude", {"product": lambda product, first: first * first}),
            NearMiss("by its own amplitude", {"others": lambda others, own: others * own}),
            NearMiss("s^(2−1/N)", {"rate": lambda s: N * s ** (2 - 1 / N) * (sigma - s)}),
            NearMiss("2 in place of N", {"rate": lambda s: 2 * s ** (2 - 2 / N) * (sigma - s)}),
            NearMiss("over σ in place of 2σ", {"time": lambda u: four_layers(u, scale=sigma)}),
            NearMiss("−1/u² in place of −1/u", {"time": lambda u: four_layers(u, slow=-1 / ROOT**2)}),
        ),
        coq={
            "layer-among-others": ("depth.modes.layer_among_others",),
            "strength-law": ("depth.modes.strength_law",),
            "time-of-four-layers": ("depth.modes.time_of_four_layers",),
        },
    ),
)
