"""What the claims of this theory share: STEP with a block Gram matrix, and growth rates of runs at sample level.

ρ is the inner product of two unit inputs of one class, κ that of two classes, θ = (ρ − κ)/(1 − ρ), a = nω what a class weighs
as a whole, β = ρ + (1 − ρ)/n the squared length of the mean of a class.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from numerics.compiled import compile_loss
from numerics.constrained_features.runs import linear_features_run, sample_weights
from numerics.problem import Problem
from proofs.claims.common import STEP_WITNESS
from theory.algebra.partition import BlockMatrix, block_diagonal
from theory.data.counts import ClassCounts, Group, symbolic_step
from theory.symbols import (
    R,
    gamma,
    m_majority,
    m_minority,
    n_majority,
    n_minority,
    signal,
    similarity_between,
    similarity_within,
    w_majority,
    w_minority,
)

RHO, KAPPA, THETA = similarity_within, similarity_between, signal
SIZES, COUNTS, WEIGHTS = (m_majority, m_minority), (n_majority, n_minority), (w_majority, w_minority)
C = m_majority + m_minority
GROUPS = symbolic_step()
MASSES = tuple(n * w for n, w in zip(COUNTS, WEIGHTS, strict=True))
SAME_SIGNAL = RHO - THETA * (1 - RHO)  # κ, in terms of ρ and θ
TWO_A_GROUP = {"two classes or more in each group": sp.And(m_majority >= 2, m_minority >= 2)}
POINT = {
    **STEP_WITNESS,
    w_majority: sp.Integer(1),
    w_minority: sp.Integer(2),
    RHO: sp.Rational(3, 10),
    KAPPA: sp.Rational(1, 10),
    THETA: sp.Rational(2, 7),
    R: sp.Integer(4),
    gamma: sp.Rational(1, 2),
}
SPREAD = 2.0  # the fastest rate of a run over the slowest: at its end the fastest mode is e^(12 − 25), the slowest e^(6 − 25)
GROWTH_TOLERANCE = 1e-7  # what is left out is cubic, e^(−39) of the slowest mode's e^(−19), and the integrator's 1e-12 a step is seen

MEETING_TOLERANCE = 1e-9  # LAPACK's rounding through a root of K, whose small eigenvalues it does not resolve


def named_two(groups: Sequence[Group], g: int) -> tuple[tuple[Group, ...], sp.Matrix]:
    """The groups with two classes of group g on their own, first, and the contrast of the two."""
    group = groups[g]
    one = Group(sp.Integer(1), group.count)
    rest = [Group(other.size - 2 * (other is group), other.count) for other in groups]
    return (one, one, *rest), sp.Matrix([1, -1, *[0] * len(groups)])


def weighted_means(means: BlockMatrix, masses: Sequence[sp.Expr]) -> BlockMatrix:
    """diag(a) B diag(a), not simplified."""
    a = block_diagonal(means.sizes, masses)
    return a @ means @ a


def drive_at_zero(problem: Problem, X: np.ndarray) -> np.ndarray:
    """Minus the gradient of the loss in WV at zero logits, c × d₀, from the compiled loss of each sample."""
    counts = problem.counts
    losses = compile_loss(problem.loss, counts, counts.labels)
    drive: np.ndarray = -(losses.gradient(np.zeros((counts.c, counts.n))) * sample_weights(problem)) @ X.T
    return drive


def growth_rates(problem: Problem, X: np.ndarray, seed: int, modes: int) -> np.ndarray:
    """Growth rates of uᵀW + tᵀVᵀ along the singular vectors u, t of what drives them at zero logits, fastest first.

    A run at sample level from a random start of scale e^(−25), whose width is the number of classes.
    Valid when: the fastest is at most SPREAD times the slowest of the modes; the fastest has then not saturated at the end.
    """
    return _growth_rates(problem, tuple(map(tuple, X.tolist())), seed, modes)


@cache
def _growth_rates(problem: Problem, inputs: tuple[tuple[float, ...], ...], seed: int, modes: int) -> np.ndarray:
    c, X = problem.counts.c, np.array(inputs)
    U, rates, Tt = np.linalg.svd(drive_at_zero(problem, X), full_matrices=False)
    generator = np.random.default_rng(seed)
    W, V = (np.exp(-25.0) * generator.normal(size=shape) for shape in ((c, c), (c, len(X))))
    run = linear_features_run(problem, X, W, V, 6.0 / float(rates[modes - 1]))

    found = []
    for u, rate, t in zip(U.T[:modes], rates[:modes], Tt[:modes], strict=True):

        def growing(state: np.ndarray, u: np.ndarray = u, t: np.ndarray = t) -> float:
            return float(np.linalg.norm(u @ state[: c**2].reshape(c, c) + state[c**2 :].reshape(c, -1) @ t))

        early, late = (run.path.at(time / rate, growing) for time in (2.0, 6.0))
        found.append(np.log(late / early) * rate / 4)
    return np.array(found)


def sample_drive(counts: ClassCounts, weights: np.ndarray, X: np.ndarray) -> np.ndarray:
    """ZΩXᵀ, c × d₀, summed over samples."""
    drive: np.ndarray = (centred_labels(counts) * weights[list(counts.labels)]) @ X.T
    return drive


def mean_squares(drive: np.ndarray, start: int, stop: int) -> float:
    """The mean of |vᵀ drive|² over the contrasts v of the classes from start to stop."""
    rows = drive[start:stop]
    return float(((rows - rows.mean(axis=0)) ** 2).sum() / (stop - start - 1))
