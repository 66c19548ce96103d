"""What is read off a run: mode strengths, class margins, learning times, balance drift, loss."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from numerics import Array, first_time
from numerics.problem import Problem
from numerics.unconstrained_features.cells import ModeGroup, cells
from numerics.unconstrained_features.flow import Trajectory
from theory.exact import InvalidInput


class Margins(Protocol):
    """Coordinates in which class margins are read."""

    kinds: NDArray[np.int_]

    def class_margins(self, state: Array) -> Array:
        """The margins of each of the `kinds` of classes."""


class MarginRun(Protocol):
    """A run of which class margins can be read, whatever moved."""

    @property
    def system(self) -> Margins:
        """Its coordinates."""

    @property
    def t(self) -> Array:
        """The accepted steps, flow time."""

    def at(self, times: float | Array, read: Callable[[Array], Array | float]) -> Array:
        """`read` of the state at a time, or at each of k times."""


def modes_of(problem: Problem) -> tuple[ModeGroup, ...]:
    """The distinct singular values of Z, descending, with multiplicities."""
    return cells(problem.counts, problem.weights).groups


def mode_groups(trajectory: Trajectory) -> tuple[ModeGroup, ...]:
    """The modes of the problem that is run, see `modes_of`."""
    return trajectory.system.groups


def strengths(trajectory: Trajectory, times: float | Array) -> Array:
    """Mode strengths.

    Formula: s_i = u_iᵀ L v_i.
    Returns: c − 1 numbers in logit units, singular values descending; k × (c − 1) for k times.
    Valid when: among tied singular values the basis is one of many; see `group_strengths`.
    """
    return trajectory.at(times, trajectory.system.strengths)


def group_strengths(trajectory: Trajectory, times: float | Array) -> Array:
    """Mean strength of the modes of each distinct singular value, whatever their basis.

    Formula: tr(U_gᵀ L V_g)/multiplicity.
    Returns: one number a group, in the order of `mode_groups`; k × groups for k times.
    """
    each = strengths(trajectory, times)
    return np.stack([each[..., group.columns].mean(axis=-1) for group in mode_groups(trajectory)], axis=-1)


def margins(trajectory: MarginRun, times: float | Array) -> Array:
    """Class margins.

    Formula: min over samples of class j of L_yy − max_(k≠y) L_ky.
    Returns: c numbers in logit units; k × c for k times.
    """
    system = trajectory.system
    return trajectory.at(times, lambda y: system.class_margins(y)[system.kinds])


def mode_learning_times(trajectory: Trajectory, fraction: float = 0.5) -> tuple[float | None, ...]:
    """First times at which the mean strength of each group of modes reaches a fraction of its singular value.

    Arguments: `fraction` f in (0, 1).
    Returns: flow times in the order of `mode_groups`; 0.0 where it is so at the start, None where it is not
    reached on the run.
    Raises: InvalidInput for f outside (0, 1).
    """
    require_fraction(fraction)
    return trajectory.first_times(fraction=fraction).modes


def require_fraction(fraction: float) -> None:
    """Raises InvalidInput for a fraction f outside (0, 1)."""
    if not 0 < fraction < 1:
        raise InvalidInput(f"fraction={fraction} must lie strictly between 0 and 1: a mode is learned at that share of its singular value")


def class_learning_times(trajectory: MarginRun, margin: float = 0.5) -> tuple[float | None, ...]:
    """First times at which each class margin reaches `margin`, in logit units.

    Returns: flow times in class order; 0.0 and None as in `mode_learning_times`.
    Raises: InvalidInput for a margin that is not finite.
    """
    if not math.isfinite(margin):
        raise InvalidInput(f"margin={margin} must be finite: it is a difference of logits")
    system = trajectory.system
    if isinstance(trajectory, Trajectory):
        reached = trajectory.first_times(margin=margin).kinds
    else:
        reached = first_time.on_path(trajectory.t, lambda times: trajectory.at(times, system.class_margins) - margin)
    return tuple(reached[kind] for kind in system.kinds)


def balance_drift(trajectory: Trajectory) -> float:
    """How far WᵀW − HHᵀ moves over the run, relative to the size of WᵀW.

    Formula: max_t ‖(WᵀW − HHᵀ)(t) − (WᵀW − HHᵀ)(0)‖_F / max_t ‖WᵀW(t)‖_F over the accepted steps.
    """
    system = trajectory.system
    start = trajectory.at(0.0, system.imbalance)
    drift, size = trajectory.at(trajectory.t, lambda y: np.array([_norm(system.imbalance(y) - start), _norm(system.gram(y))])).max(axis=0)
    return float(drift / size)


def _norm(matrix: Array) -> float:
    """The Frobenius norm; a linear loss grows without bound, and squares of squares would overflow."""
    scale = np.abs(matrix).max()
    return float(scale * np.linalg.norm(matrix / scale)) if scale else 0.0


def weighted_loss(trajectory: Trajectory, times: float | Array) -> Array:
    """Σ_i ω_(y_i) ℓ(l_i, y_i), a plain sum over samples, at a time or at k times."""
    return trajectory.at(times, trajectory.system.weighted_loss)
