"""Training in steps of a network with a hidden layer, a fixed offset inside the cross-entropy, and an output bias or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics import Array

Parameters = tuple[Array, Array, Array]  # hidden layer d × d₀, output layer c × d, bias c × 1
Rule = Callable[[list[Array], int], Array]  # the step of a parameter from its gradients so far and the number of steps


@dataclass(frozen=True)
class Data:
    """Inputs X (d₀ × n), labels, and the weight of each sample."""

    X: Array
    labels: NDArray[np.int_]
    weights: Array


def gradient_descent(size: float = 0.05) -> Rule:
    """The last gradient times a step size."""
    return lambda gradients, step: size * gradients[-1]


def momentum(size: float = 0.02, inertia: float = 0.9) -> Rule:
    """The gradients so far, each weighed down by the inertia for every step since."""
    return lambda gradients, step: size * sum(inertia ** (step - k) * g for k, g in enumerate(gradients))  # type: ignore[return-value]


def adam(size: float = 0.02, first: float = 0.9, second: float = 0.999) -> Rule:
    """Adam with the means of gradients and of their squares as sums over all steps, corrected for their start."""

    def rule(gradients: list[Array], step: int) -> Array:
        ages = step - np.arange(step + 1)
        mean = sum((1 - first) * first**age * g for age, g in zip(ages, gradients, strict=True)) / (1 - first ** (step + 1))
        square = sum((1 - second) * second**age * g**2 for age, g in zip(ages, gradients, strict=True)) / (1 - second ** (step + 1))
        moved: Array = size * mean / (np.sqrt(square) + 1e-8)
        return moved

    return rule


def path(
    data: Data, start: Parameters, offset: Array, rule: Rule, steps: int, decay: float = 0.0, train_bias: bool = True
) -> list[Parameters]:
    """The parameters after each step on the weighted cross-entropy of the logits V tanh(UX) + b1ᵀ + τ1ᵀ.

    Arguments: `offset` τ, c × 1; `decay`, λ of λ/2 ‖b‖² beside the loss; `train_bias`, whether b moves.
    """
    U, V, b = start
    one_hot = np.eye(len(b))[:, data.labels]
    history: tuple[list[Array], ...] = ([], [], [])
    found = [start]
    for step in range(steps):
        H = np.tanh(U @ data.X)
        L = V @ H + b + offset
        softmax = np.exp(L - L.max(axis=0))
        error = (softmax / softmax.sum(axis=0) - one_hot) * data.weights
        for kept, gradient in zip(
            history, ((V.T @ error * (1 - H**2)) @ data.X.T, error @ H.T, error.sum(axis=1, keepdims=True) + decay * b), strict=True
        ):
            kept.append(gradient)
        U, V = U - rule(history[0], step), V - rule(history[1], step)
        b = b - rule(history[2], step) if train_bias else b
        found.append((U, V, b))
    return found
