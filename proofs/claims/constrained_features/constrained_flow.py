"""The gradient flow of features that are linear in constant inputs, what it conserves, and when it is that of free features."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from numerics.compiled import compile_loss
from numerics.constrained_features.runs import Run, linear_features_run, sample_weights
from numerics.integrate import integrate
from numerics.model_run import ModelFlow
from numerics.problem import Problem
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.algebra import words
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.losses.squared import Squared
from theory.models.decay_and_bias import bias, ones
from theory.models.laws import balance
from theory.models.linear_features import MODEL, WITH_BIAS, V, W, X
from theory.models.model import Model, descent, squared_descent
from theory.models.reduction import modes
from theory.unconstrained_features import flow

H = V * X
Z, Omega, G = MODEL.target, MODEL.weights, MODEL.residual
RESIDUAL = (Z - W * V * X) * Omega
# Small sizes (c, d, d₀, labels) at which the loss is written out: every class occurs; fewer inputs than samples, and more.
SIZES = ((2, 1, 1, (0, 1)), (2, 2, 3, (0, 0)), (3, 1, 2, (0, 1, 2)))
CHANGE = sp.MatrixSymbol("E", *W.shape)  # any change of W
LEFT, RIGHT = sp.MatrixSymbol("A", X.shape[0], modes), sp.MatrixSymbol("B", X.shape[1], modes)  # frames of inputs with K² = K
STEP = sp.Symbol("x", real=True)  # the loss is quadratic in each entry: its symmetric difference quotient is its derivative


@cache  # a near miss that changes none of the three velocities is held against the same statement
def _entrywise(velocities, c, d, inputs, labels):
    """For every entry of W, V and b the loss, written out, with the entry x larger and x smaller, against the stated entry."""
    shapes = {W: (c, d), V: (d, inputs), bias: (c, 1), X: (inputs, len(labels))}
    point = {
        matrix: sp.ImmutableMatrix(*shape, lambda i, j, name=matrix.name: sp.Symbol(f"{name}_{i}{j}", real=True))
        for matrix, shape in shapes.items()
    }
    weights = [sp.Symbol(f"omega_{j}", positive=True) for j in range(c)]
    logits = WITH_BIAS.logits.xreplace({**point, ones: sp.ones(len(labels), 1).as_immutable()}).doit()
    loss = flow.weighted_loss(Squared(), logits, labels, weights, [sp.Integer(labels.count(j)) for j in range(c)])
    given = {
        **point,
        ones: sp.ones(len(labels), 1).as_immutable(),
        Z: sp.ImmutableMatrix(c, len(labels), lambda k, i: sp.Integer(labels[i] == k) - sp.Rational(1, c)),
        Omega: sp.ImmutableMatrix(sp.diag(*(weights[label] for label in labels))),
    }
    error = WITH_BIAS.target - WITH_BIAS.logits
    moves = [
        (entry, velocity)
        for matrix, stated in zip((W, V, bias), velocities, strict=True)
        for entry, velocity in zip(point[matrix], stated(error * Omega).xreplace(given).doit(), strict=True)
    ]
    return Holds(
        id=f"entries-c{c}-d{d}-n{len(labels)}",
        says="with an output bias every entry of W, V and b moves by minus the symmetric difference quotient of the loss written "
        f"out, at every step x: c={c}, d={d}, d₀={inputs}, n={len(labels)}",
        condition=sp.And(
            *(
                sp.Eq(loss.xreplace({entry: entry - STEP}) - loss.xreplace({entry: entry + STEP}), 2 * STEP * velocity, evaluate=False)
                for entry, velocity in moves
            ),
            evaluate=False,
        ),
    )


def _by_trace_rule(said):
    """Minus the gradient of the squared loss, by the trace rule, with the bias and without."""
    found = []
    for name, model in (("", MODEL), ("-with-bias", WITH_BIAS)):
        velocity = squared_descent(model)
        residual = (model.target - model.logits) * Omega
        stated = {"w": (W, said.dW), "v": (V, said.dV)} | ({"b": (bias, said.db)} if name else {})
        found += [
            MatrixIdentity(
                id=f"flow-in-{letter}-by-trace-rule{name}",
                says=f"minus the gradient in {matrix} that the trace rule gives, multiplied out{', with an output bias' if name else ''}",
                left=velocity[matrix],
                right=moves(residual),
                diagonal=(Omega,),
            )
            for letter, (matrix, moves) in stated.items()
        ]
    return found


def _flow_parts(said):
    before, after, second = Z - W * H, Z - (W + CHANGE) * H, CHANGE * H
    first = CHANGE * said.dW(RESIDUAL).T + said.dW(RESIDUAL) * CHANGE.T
    moves = descent(MODEL)
    return (
        MatrixIdentity(
            id="change-of-loss-with-w",
            diagonal=(Omega,),
            says="W → W + E, any sizes: (Z − WVX)Ω(Z − WVX)ᵀ, whose trace is twice the squared loss, changes by "
            "−E(dW/dt)ᵀ − (dW/dt)Eᵀ and a term of second order in E",
            left=after * Omega * after.T,
            right=before * Omega * before.T - first + second * Omega * second.T,
        ),
        *_by_trace_rule(said),
        *(_entrywise((said.dW, said.dV, said.db), *sizes) for sizes in SIZES),
        MatrixIdentity(
            id="features-move-through-the-gram-matrix",
            says="the features H = VX of any loss with residual G move by WᵀGK, K = XᵀX",
            left=words.rate_along(H, moves),
            right=W.T * G * said.gram,
        ),
        MatrixIdentity(
            id="rate-of-balance-vanishes",
            says="d/dt of WᵀW − VVᵀ vanishes under any residual G, so for any loss",
            left=words.rate_along(said.conserved, moves),
            right=sp.ZeroMatrix(W.shape[1], W.shape[1]),
        ),
        *_balance_of_features(said),
    )


def _balance_of_features(said):
    """WᵀW − HHᵀ, which free features conserve: X(I − K) is what moves it."""
    rate = words.rate_along(W.T * W - H * H.T, descent(MODEL))
    excess = sp.Identity(X.shape[1]) - said.gram
    A, B = (sp.MatrixSymbol(name, X.shape[0], X.shape[0]) for name in "AB")
    square = Model("as many classes and features as inputs", (A, B), A * B * X)
    at_unit = {A: sp.Identity(X.shape[0]), B: sp.Identity(X.shape[0]), square.residual: X * (sp.Identity(X.shape[1]) - X.T * X)}
    return (
        MatrixIdentity(
            id="rate-of-balance-of-features",
            says="WᵀW − HHᵀ moves by WᵀG(I − K)Hᵀ and its transpose",
            left=rate,
            right=W.T * G * excess * H.T + H * excess * G.T * W,
        ),
        MatrixIdentity(
            id="balance-of-features-under-a-projection",
            says="it does not move where K² = K: then X = ABᵀ with orthonormal columns in A and in B",
            left=rate.xreplace({X: said.projection}).doit(),
            right=sp.ZeroMatrix(*rate.shape),
            orthonormal=(LEFT, RIGHT),
        ),
        MatrixIdentity(
            id="balance-of-features-under-no-projection",
            says="at W = V = I and a loss with the residual G = X(I − K) it moves by 2X(I − K)(X(I − K))ᵀ, which is 0 only where "
            "X(I − K) = 0, so K² = K",
            left=words.rate_along(A.T * A - B * X * X.T * B.T, descent(square)).xreplace(at_unit),
            right=2 * X * excess * (X * excess).T,
        ),
    )


def _free_parts(said):
    """Inputs with XᵀX = I: W and H = VX move as W and H of free features, under one residual, a function of WH alone."""
    free = descent(flow.MODEL)
    moved = words.rate_along(H, descent(MODEL))
    inputs = {X: said.inputs}
    return (
        MatrixIdentity(
            id="features-move-as-if-free",
            says="d(VX)/dt is WᵀG, that of free features, for every residual G",
            left=moved.xreplace(inputs),
            right=free[flow.H],
            orthonormal=(X,),
        ),
        MatrixIdentity(
            id="classifier-moves-as-if-free",
            says="dW/dt is GHᵀ at H = VX",
            left=said.classifier.xreplace(inputs),
            right=free[flow.W].xreplace({flow.H: H.xreplace(inputs)}),
            orthonormal=(X,),
        ),
        MatrixIdentity(
            id="every-start-of-free-features-is-one",
            says="V = HXᵀ has VX = H, so that every start of free features is met",
            left=(flow.H * X.T) * said.inputs,
            right=flow.H,
            orthonormal=(X,),
        ),
    )


# How it is run ----------------------------------------------------------------------------

DIFFERENCE_TOLERANCE = 1e-7  # of central differences of a quartic at step 1e-5: rounding is 1e-11/1e-5, and a decade is to spare
DRIFT_TOLERANCE = 1e-9  # the integrator's 1e-12 a step over some thousand steps
SAME_LOGITS = 1e-9  # two runs of one flow in other coordinates, each within some hundred times 1e-12


def gradient_error(stated: Sequence[Callable[[sp.MatrixExpr], sp.MatrixExpr]]) -> Measurement:
    """The stated velocities of W, V and b against minus central differences of the squared loss, at random points."""
    error = WITH_BIAS.target - WITH_BIAS.logits
    symbols = (W, V, bias, X, ones, WITH_BIAS.target, Omega)
    sides = [sp.lambdify(symbols, moves(error * Omega), "numpy") for moves in stated]
    generator, size = np.random.default_rng(settings.SEED), 1e-5

    def errors() -> Iterator[tuple[str, float]]:
        for case in range(20):
            c, d, inputs, n = (int(k) for k in generator.integers(2, 6, 4))
            point = [generator.normal(size=shape) for shape in ((c, d), (d, inputs), (c, 1))]
            x, one, z = generator.normal(size=(inputs, n)), np.ones((n, 1)), generator.normal(size=(c, n))
            omega = generator.uniform(0.2, 2, n)

            def loss(w: Any, v: Any, b: Any, x: Any = x, z: Any = z, omega: Any = omega) -> float:
                return float((omega * (z - w @ v @ x - b) ** 2).sum() / 2)

            for place, side in enumerate(sides):
                along = [generator.normal(size=part.shape) * (k == place) for k, part in enumerate(point)]
                ahead, behind = (loss(*(part + sign * size * move for part, move in zip(point, along, strict=True))) for sign in (1, -1))
                slope = -(ahead - behind) / (2 * size)
                found = float((np.asarray(side(*point, x, one, z, np.diag(omega))) * along[place]).sum())
                yield f"case {case}", abs(slope - found) / (1 + abs(slope))

    return settings.worst(errors())


@cache
def random_runs() -> tuple[tuple[str, Run, np.ndarray, int], ...]:
    """Runs from random starts with random inputs: a name, the run, the inputs and the width, for both losses."""
    generator, found = np.random.default_rng(settings.SEED), []
    for loss in ("squared", "cross-entropy"):
        for per_class in ((4, 2, 1), (3, 3, 2, 2)):
            counts = ClassCounts(per_class)
            problem = Problem(counts, tuple(float(n) ** -0.5 for n in per_class), loss_named(loss))
            width, x = counts.c, generator.normal(size=(counts.n + 1, counts.n)) / np.sqrt(counts.n)
            w, v = 0.3 * generator.normal(size=(counts.c, width)), 0.3 * generator.normal(size=(width, counts.n + 1))
            found.append((f"{loss}, {per_class}", linear_features_run(problem, x, w, v, 6.0), x, width))
    return tuple(found)


def conservation_drift(conserved: sp.MatrixExpr) -> Measurement:
    """How far the stated matrix moves along runs at sample level, relative to the largest entry of WᵀW."""
    value = sp.lambdify((W, V, X), conserved, "numpy")

    def errors() -> Iterator[tuple[str, float]]:
        for name, run, x, width in random_runs():

            def parts(state: np.ndarray, width: int = width, inputs: int = len(x)) -> tuple[np.ndarray, np.ndarray]:
                return state[: -width * inputs].reshape(-1, width), state[-width * inputs :].reshape(width, inputs)

            def read(state: np.ndarray, x: np.ndarray = x, parts: Callable = parts) -> np.ndarray:
                return np.asarray(value(*parts(state), x))

            def largest(state: np.ndarray, parts: Callable = parts) -> float:
                return float(np.abs(parts(state)[0].T @ parts(state)[0]).max())

            times = np.linspace(0, run.path.t[-1], 20)
            moved, size = run.path.at(times, read), run.path.at(times, largest).max()
            yield name, float(np.abs(moved - moved[0]).max() / size)

    return settings.worst(errors())


def free_feature_error(inputs: sp.MatrixExpr) -> Measurement:
    """Logits of runs with the stated inputs, a function of a random orthonormal X, against those of free features from H = VX.

    Both at sample level, over the whole run, for both losses.
    """
    value, generator = sp.lambdify(X, inputs, "numpy"), np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for loss in ("squared", "cross-entropy"):
            for per_class in ((4, 2, 1), (3, 3, 2, 2)):
                counts = ClassCounts(per_class)
                problem = Problem(counts, tuple(float(n) ** -0.5 for n in per_class), loss_named(loss))
                x = value(np.linalg.qr(generator.normal(size=(counts.n + 2, counts.n)))[0])
                w, v = (0.3 * generator.normal(size=shape) for shape in ((counts.c, counts.c), (counts.c, len(x))))
                run = linear_features_run(problem, x, w, v, 6.0)
                losses = compile_loss(problem.loss, counts, counts.labels)
                free = ModelFlow(flow.MODEL, descent(flow.MODEL), losses, sample_weights(problem), {flow.W: w, flow.H: v @ x}, {})
                path, times = integrate(free, 6.0, "free features"), np.linspace(0, 6.0, 20)
                found = np.abs(run.path.at(times, run.logits) - path.at(times, free.logits)).max()
                yield f"{loss}, {per_class}", float(found)

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="constrained-flow",
        says="Features H = VX that are linear in constant inputs X, logits L = WH (+ b1ᵀ), any sizes, weights and loss with residual "
        "E = −∂ℓ/∂L Ω, (Z − L)Ω for the squared loss: dW/dt = EHᵀ, dV/dt = WᵀEXᵀ, db/dt = E1 is minus the gradient, so "
        "dH/dt = WᵀEK with K = XᵀX. WᵀW − VVᵀ is conserved; WᵀW − HHᵀ is conserved for every loss and start iff K² = K, so for "
        "invertible K iff K = I.",
        source=OURS,
        stated={
            "dW": lambda residual: residual * H.T,
            "dV": lambda residual: W.T * residual * X.T,
            "db": lambda residual: residual * ones,
            "gram": X.T * X,
            "conserved": balance((W, V)),
            "projection": LEFT * RIGHT.T,
        },
        parts=_flow_parts,
        runs=lambda said: (
            Agrees(
                id="central-differences",
                says="central differences of the squared loss at random points, in W, V and b",
                uses=("dW", "dV", "db"),
                measure=lambda: gradient_error((said.dW, said.dV, said.db)),
                bound=DIFFERENCE_TOLERANCE,
            ),
            Agrees(
                id="drift-along-runs",
                says="drift along integrated flows with random inputs and starts, squared loss and cross-entropy",
                uses=("conserved",),
                measure=lambda: conservation_drift(said.conserved),
                bound=DRIFT_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("WᵀW − HHᵀ is conserved, as for free features", {"conserved": W.T * W - H * H.T}),
            NearMiss("features move as if they were free", {"gram": sp.Identity(X.shape[1])}),
            NearMiss("WᵀW − HHᵀ is conserved for K² = 4K as well", {"projection": 2 * LEFT * RIGHT.T}),
            NearMiss("the sign of the velocity of W", {"dW": lambda residual: -residual * H.T}),
            NearMiss("V moves by half its gradient", {"dV": lambda residual: W.T * residual * X.T / 2}),
            NearMiss("the bias moves twice as fast", {"db": lambda residual: 2 * residual * ones}),
        ),
    ),
    Claim(
        id="free-features-are-orthonormal-inputs",
        says="Inputs with XᵀX = I, any sizes, weights and loss: W and H = VX move exactly as the classifier and the features of the "
        "unconstrained features model, for all time, and every start of that model is met.",
        source=OURS,
        stated={"inputs": X, "classifier": G * X.T * V.T},
        parts=_free_parts,
        runs=lambda said: (
            Agrees(
                id="logits-of-both-models",
                says="logits over whole runs of both models at sample level, random orthonormal inputs and starts, two losses",
                uses=("inputs",),
                measure=lambda: free_feature_error(said.inputs),
                bound=SAME_LOGITS,
            ),
        ),
        near_misses=(
            NearMiss("inputs of length 2 as well", {"inputs": 2 * X}),
            NearMiss("W moves twice as fast", {"classifier": 2 * G * X.T * V.T}),
        ),
    ),
)
