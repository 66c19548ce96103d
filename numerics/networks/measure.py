"""What is read off a training history: accuracies, mode strengths, learning times. Nothing here imports torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics import Array, first_time
from numerics.basis import mode_basis
from numerics.networks.plan import Plan
from theory.data.counts import ClassCounts

RECORDS = ("mean_logits", "margins", "least_margins", "train_confusion", "test_confusion", "loss")


@dataclass(frozen=True)
class History:
    """What a training run recorded: the first axes are logged steps × seeds × losses × exponents.

    `mean_logits`, … × c × c: mean logits (rows) of the training samples of a class (columns); `margins` and
    `least_margins`, … × c: mean and least over a class's training samples of L_yy − max_(k≠y) L_ky;
    `train_confusion`, `test_confusion`, … × c × c: samples of a class (rows) called each class (columns);
    `loss`: weighted mean training loss, as it is descended. `seconds` are those of this call alone, where the run was
    `continued` from a checkpoint.
    """

    plan: Plan
    steps: NDArray[np.int_]
    device: str
    arithmetic: str
    seconds: float
    continued: bool
    mean_logits: Array
    margins: Array
    least_margins: Array
    train_confusion: NDArray[np.int_]
    test_confusion: NDArray[np.int_]
    loss: Array

    @property
    def majority(self) -> NDArray[np.bool_]:
        """Whether each class is one of the majority."""
        return majority(self.plan.counts)


def majority(counts: ClassCounts) -> NDArray[np.bool_]:
    """Classes with more samples than the geometric mean of the largest and the smallest count."""
    each = np.array(counts.per_class)
    found: NDArray[np.bool_] = each > np.sqrt(each.max() * each.min())
    return found


def accuracies(confusion: NDArray[np.int_]) -> Array:
    """Share of each class's samples that are called by their class, … × c."""
    return np.diagonal(confusion, axis1=-2, axis2=-1) / confusion.sum(axis=-1)


def by_group(history: History, values: Array) -> Array:
    """Means over majority and minority classes of … × c values: … × 2. The mean over all classes is the balanced one."""
    return np.stack([values[..., history.majority].mean(axis=-1), values[..., ~history.majority].mean(axis=-1)], axis=-1)


def interpolated(history: History) -> NDArray[np.bool_]:
    """Whether every training sample is called by its class."""
    return np.diagonal(history.train_confusion, axis1=-2, axis2=-1).sum(axis=-1) == history.plan.counts.n


def singular_values(history: History) -> Array:
    """The distinct singular values of Z, descending."""
    basis = mode_basis(history.plan.counts, (1.0,) * history.plan.counts.c)
    return np.array([basis.sigma[columns.start] for columns in basis.groups])


def strengths(history: History) -> Array:
    """The mean strength of the modes of each distinct singular value, as a share of that value.

    Formula: tr(U_gᵀ L V_g)/(multiplicity · σ_g), with L the logits of the training samples.
    Returns: … × groups, σ descending.
    """
    return mean_strengths(history.plan.counts, history.mean_logits)


def mean_strengths(counts: ClassCounts, mean_logits: Array) -> Array:
    """`strengths` of mean logits (rows) of the samples of a class (columns), … × c × c."""
    basis = mode_basis(counts, (1.0,) * counts.c)
    L = mean_logits * np.sqrt(counts.per_class)  # V holds class coordinates, see `numerics.basis`
    each = np.einsum("lk,...ln,nk->...k", basis.U, L, basis.V)
    return np.stack([each[..., columns].mean(axis=-1) / basis.sigma[columns.start] for columns in basis.groups], axis=-1)


def first_reached(steps: NDArray[np.int_], values: Array, level: float) -> Array:
    """The step at which values (steps × …) first are ≥ level, linear between logged steps.

    Returns: at least 1; where the level is not reached, the last step, which is then a lower bound.
    """
    excess = values - level
    excess[0] = np.minimum(excess[0], -np.finfo(float).tiny)  # an untrained network may call everything by one class
    times = first_time.of_record(steps, excess)
    return np.where(np.isnan(times), steps[-1], np.maximum(times, 1))


def class_times(history: History, margin: float = 0.5) -> Array:
    """Steps to a mean margin of `margin`, by class: seeds × losses × exponents × c."""
    return first_reached(history.steps, history.margins, margin)


def mode_times(history: History, fraction: float = 0.5) -> Array:
    """Steps to `fraction` of σ, by group of modes: seeds × losses × exponents × groups."""
    return first_reached(history.steps, strengths(history), fraction)


def accuracy_times(history: History, level: float) -> Array:
    """Steps until majority and minority reach a test accuracy: seeds × losses × exponents × 2."""
    return first_reached(history.steps, by_group(history, accuracies(history.test_confusion)), level)
