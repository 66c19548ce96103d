"""What is read off a run: mode strengths, class margins, learning times, balance drift, loss."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from numerics.basis import Array, mode_basis
from numerics.flow import Trajectory
from numerics.systems import RotatedLinearSystem
from theory.exact import InvalidInput

READS_PER_STEP = 4  # a level is looked for at these many points of each step: a crossing there and back shows


@dataclass(frozen=True)
class ModeGroup:
    """The modes of one singular value: the value, how many, and where they stand among the c − 1."""

    singular_value: float
    multiplicity: int
    columns: slice


def mode_groups(trajectory: Trajectory) -> tuple[ModeGroup, ...]:
    """The distinct singular values of Z, descending, with multiplicities."""
    basis = mode_basis(trajectory.experiment.counts, trajectory.experiment.weights)
    return tuple(ModeGroup(float(basis.sigma[columns.start]), columns.stop - columns.start, columns)
                 for columns in basis.groups)


def strengths(trajectory: Trajectory, times: float | Array) -> Array:
    """Mode strengths.

    Formula: s_i = u_iᵀ L v_i.
    Returns: c − 1 numbers in logit units, singular values descending; k × (c − 1) for k times.
    Valid when: among tied singular values the basis is one of many; see `group_strengths`.
    """
    return trajectory.at(times, lambda y: np.diagonal(trajectory.system.mode_logits(y)))


def group_strengths(trajectory: Trajectory, times: float | Array) -> Array:
    """Mean strength of the modes of each distinct singular value, whatever their basis.

    Formula: tr(U_gᵀ L V_g)/multiplicity.
    Returns: one number a group, in the order of `mode_groups`; k × groups for k times.
    """
    each = strengths(trajectory, times)
    return np.stack([each[..., group.columns].mean(axis=-1) for group in mode_groups(trajectory)], axis=-1)


def margins(trajectory: Trajectory, times: float | Array) -> Array:
    """Class margins.

    Formula: min over samples of class j of L_yy − max_(k≠y) L_ky.
    Returns: c numbers in logit units; k × c for k times.
    """
    system, counts = trajectory.system, trajectory.experiment.counts
    labels = np.array(counts.labels)
    starts = np.flatnonzero(np.diff(labels, prepend=-1))

    def read(state: Array) -> Array:
        if isinstance(system, RotatedLinearSystem):
            return system.class_margins(state)
        if trajectory.level == "class":
            return _sample_margins(system.W(state) @ system.M(state), np.arange(counts.c))
        return np.minimum.reduceat(_sample_margins(system.W(state) @ system.H(state), labels), starts)

    return trajectory.at(times, read)


def _sample_margins(L: Array, labels: NDArray[np.int_]) -> Array:
    """L_yy − max_(k≠y) L_ky of each column."""
    columns = np.arange(L.shape[1])
    others = L.copy()
    others[labels, columns] = -np.inf
    return L[labels, columns] - others.max(axis=0)


def mode_learning_times(trajectory: Trajectory, fraction: float = 0.5) -> tuple[float | None, ...]:
    """First times at which the mean strength of each group of modes reaches a fraction of its singular value.

    Arguments: `fraction` f in (0, 1).
    Returns: flow times in the order of `mode_groups`; 0.0 where it is so at the start, None where it is not
    reached on the run.
    Raises: InvalidInput for f outside (0, 1).
    """
    if not 0 < fraction < 1:
        raise InvalidInput(f"fraction={fraction} must lie strictly between 0 and 1: a mode is learned at "
                           "that share of its singular value")
    sigma = np.array([group.singular_value for group in mode_groups(trajectory)])
    return _first_reached(trajectory, lambda times: group_strengths(trajectory, times) / sigma - fraction)


def class_learning_times(trajectory: Trajectory, margin: float = 0.5) -> tuple[float | None, ...]:
    """First times at which each class margin reaches `margin`, in logit units.

    Returns: flow times in class order; 0.0 and None as in `mode_learning_times`.
    Raises: InvalidInput for a margin that is not finite.
    """
    if not math.isfinite(margin):
        raise InvalidInput(f"margin={margin} must be finite: it is a difference of logits")
    return _first_reached(trajectory, lambda times: margins(trajectory, times) - margin)


def _first_reached(trajectory: Trajectory,
                   excess: Callable[[float | Array], Array]) -> tuple[float | None, ...]:
    """The first time each entry of `excess` is ≥ 0: bracketed on a grid, then a root of the dense output."""
    steps = trajectory.t
    grid = np.append((steps[:-1, None] + np.diff(steps)[:, None] * np.arange(READS_PER_STEP) / READS_PER_STEP
                      ).ravel(), steps[-1])
    reached = excess(grid) >= 0
    times: list[float | None] = []
    for i, column in enumerate(reached.T):
        first = int(np.argmax(column))
        if not column[first]:
            times.append(None)
        elif first == 0:
            times.append(0.0)
        else:
            times.append(float(brentq(lambda t, i=i: float(excess(t)[i]), grid[first - 1], grid[first])))
    return tuple(times)


def balance_drift(trajectory: Trajectory) -> float:
    """How far WᵀW − HHᵀ moves over the run, relative to the size of WᵀW.

    Formula: max_t ‖(WᵀW − HHᵀ)(t) − (WᵀW − HHᵀ)(0)‖_F / max_t ‖WᵀW(t)‖_F over the accepted steps.
    """
    imbalance, W = trajectory.at(trajectory.t, trajectory.system.imbalance), trajectory.W(trajectory.t)
    scale = np.abs(W).max()  # a linear loss grows without bound, and squares of squares would overflow
    imbalance, W = imbalance / scale**2, W / scale
    drift = np.linalg.norm(imbalance - imbalance[0], axis=(1, 2))
    return float(drift.max() / np.linalg.norm(W.transpose(0, 2, 1) @ W, axis=(1, 2)).max())


def weighted_loss(trajectory: Trajectory, times: float | Array) -> Array:
    """Σ_i ω_(y_i) ℓ(l_i, y_i), a plain sum over samples, at a time or at k times."""
    return trajectory.at(times, trajectory.system.weighted_loss)
