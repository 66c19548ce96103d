"""N linear layers at sample level, under any loss: their starts, and their runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from numerics import Array
from numerics.basis import centred_labels
from numerics.compiled import compile_loss
from numerics.constrained_features.runs import Run, sample_weights
from numerics.integrate import integrate
from numerics.model_run import ModelFlow
from numerics.problem import Problem
from theory.exact import InvalidInput
from theory.models.deep_linear import layers
from theory.models.model import descent


def spectral_layers(problem: Problem, number: int, scales: Array, weighted: bool = False) -> list[Array]:
    """W_N(0) = Ua, a, …, a, W_1(0) = aVᵀ with Z = USVᵀ, or ZΩ = USVᵀ, and a the diagonal matrix of the scales, one a mode, σ descending.

    Raises: InvalidInput for fewer than two layers, and for another number of scales than c − 1.
    """
    modes = problem.counts.c - 1
    if number < 2 or len(scales) != modes:
        raise InvalidInput(f"layers={number} and {len(scales)} scales must be at least 2 and {modes}, one scale a mode")
    target = centred_labels(problem.counts) * (sample_weights(problem) if weighted else 1.0)
    U, _, Vt = np.linalg.svd(target, full_matrices=False)
    return [U[:, :modes] * scales, *[np.diag(scales)] * (number - 2), scales[:, None] * Vt[:modes]]


def balanced_layers(problem: Problem, number: int, scale: float, seed: int) -> list[Array]:
    """Random balanced layers of width c: one diagonal matrix of amplitudes between random orthonormal frames.

    Raises: InvalidInput for fewer than two layers, and for fewer samples than classes.
    """
    c, n = problem.counts.c, problem.counts.n
    if number < 2 or n < c:
        raise InvalidInput(f"layers={number} must be at least 2, and samples={n} at least the {c} classes")
    rng = np.random.default_rng(seed)
    frames = [np.linalg.qr(rng.standard_normal((rows, c)))[0] for rows in (*[c] * number, n)]
    amplitudes = scale * (1 + rng.random(c))
    return [left * amplitudes @ right.T for left, right in pairwise(frames)]


def layers_run(problem: Problem, start: Sequence[Array], horizon: float, enough: Callable[[Array], bool] = lambda logits: False) -> Run:
    """The gradient flow of L = W_N ⋯ W_1 from W_N(0), …, W_1(0), up to a horizon in flow time or the first step with enough learned.

    Raises: as `numerics.integrate.integrate`.
    """
    model = layers(len(start))
    losses = compile_loss(problem.loss, problem.counts, problem.counts.labels)
    flow = ModelFlow(model, descent(model), losses, sample_weights(problem), dict(zip(model.parameters, start, strict=True)), {})

    def accepted(steps: Array, states: Callable[[Array], Array]) -> bool:
        return enough(flow.logits(states(steps[-1:])[0]))

    return Run(integrate(flow, horizon, model.name, accepted=accepted), flow.logits)
