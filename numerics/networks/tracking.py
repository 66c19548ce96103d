"""A training run beside the theory: mode strengths, margins and recalls of each epoch, and when each is expected.

Nothing here imports torch, and a library of training is imported only where its callback is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics import Array, first_time
from numerics.basis import mode_basis
from numerics.compiled import NumericLoss
from numerics.losses import from_torch, loss_named
from numerics.networks.measure import mean_strengths
from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses.loss import Loss

REDUCTIONS = ("mean", "weighted-mean", "sum")


@dataclass(frozen=True)
class Epoch:
    """What the logits of an epoch show.

    `step`, optimiser steps done at its end; `middle`, the step that its logits stand for, since each batch is from the
    parameters of its own step; `strengths`, u_iᵀLv_i/σ_i, one a distinct singular value, descending, NaN where a class did not
    occur; `margins`, `least_margins` and `recalls`, one a class: mean and least L_yy − max_(k≠y) L_ky, and the share of its
    samples that are called by it; NaN for a class that did not occur.
    """

    step: int
    middle: float
    strengths: Array
    margins: Array
    least_margins: Array
    recalls: Array

    def as_dict(self) -> dict[str, float]:
        """The numbers by name, as loggers take them: `strength/0`, …, `margin/0`, …, `recall/0`, …"""
        parts = {"strength": self.strengths, "margin": self.margins, "recall": self.recalls}
        return {f"{name}/{k}": float(value) for name, values in parts.items() for k, value in enumerate(values)}


@dataclass(frozen=True)
class Milestone:
    """What is learned, at which step it was (None: not yet), and at which the theory expects it (None: not asked, or never)."""

    what: str
    reached: float | None
    expected: float | None


class Tracker:
    """Follows a classifier in training: call `update` for each batch and `end_epoch` after each epoch.

        tracker = ufm.torch.Tracker(y, lr=0.1, delta=4.0)
        for epoch in range(epochs):
            for images, labels in batches:
                logits = model(images)
                ...
                tracker.update(logits, labels)
            print(tracker.end_epoch().as_dict())
        print(tracker.table())

    Arguments: `y`, the labels of the training set, whole numbers from 0, each class at least once. For the expected steps also
    `lr`, the learning rate of plain gradient descent, and `delta`, with e^(−δ) the size of W and of H at the start; `criterion`, a
    loss by name, of `theory.losses`, or a torch criterion, whose own reduction is taken; `class_weight`, ω, one a class, where they
    are not inside the criterion; `reduction`, "mean" (divided by the batch), "weighted-mean" (by Σ ω of the batch) or "sum";
    `batch`, samples a step, needed for "sum" (default: all). A mode is learned at `fraction` of its singular value, a class at
    a mean margin of `margin`.
    Valid when: the expected steps are those of free features, where W and H move alone. In trained networks the order is
    often that of the theory and the steps are not: compare ratios before steps.
    Raises: InvalidInput, one line, for labels, logits or settings that do not fit.
    """

    def __init__(
        self,
        y: Any,
        *,
        lr: float | None = None,
        delta: float | None = None,
        criterion: Any = "cross-entropy",
        class_weight: Sequence[float] | None = None,
        reduction: str = "mean",
        batch: int | None = None,
        fraction: float = 0.5,
        margin: float = 0.5,
    ) -> None:
        self.counts = ClassCounts(tuple(int(n) for n in np.bincount(_labels(y))))
        self._loss = criterion if isinstance(criterion, Loss | NumericLoss) else _loss(criterion)
        self._weights = (1.0,) * self.counts.c if class_weight is None else tuple(map(float, class_weight))
        if reduction not in REDUCTIONS:
            raise InvalidInput(f"reduction={reduction!r} must be one of {', '.join(REDUCTIONS)}")
        for name, value in (("lr", lr), ("delta", delta)):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise InvalidInput(f"{name}={value} must be finite and > 0")
        measure.require_fraction(fraction)
        self._lr, self._delta, self._reduction, self._batch = lr, delta, reduction, batch
        self._fraction, self._margin = fraction, margin
        self.epochs: list[Epoch] = []
        self.steps = 0
        self._clear()

    def _clear(self) -> None:
        c = self.counts.c
        self._seen, self._right, self._margins = np.zeros(c, dtype=int), np.zeros(c, dtype=int), np.zeros(c)
        self._least, self._logits, self._begun = np.full(c, np.inf), np.zeros((c, c)), self.steps

    def update(self, logits: Any, labels: Any) -> None:
        """Take the logits (B × c) of a batch and its labels (B), torch tensors or arrays; each call counts as one step."""
        L, y, c = _array(logits), _labels(labels), self.counts.c
        largest = y.max(initial=0)
        if L.shape != (len(y), c) or largest >= c:
            raise InvalidInput(f"logits of shape {L.shape} with {len(y)} labels up to {largest} do not fit {c} classes: give B × {c}")
        own = np.arange(c) == y[:, None]
        gaps = L[own] - np.where(own, -np.inf, L).max(axis=1)
        np.add.at(self._seen, y, 1)
        np.add.at(self._right, y, L.argmax(axis=1) == y)
        np.add.at(self._margins, y, gaps)
        np.minimum.at(self._least, y, gaps)
        np.add.at(self._logits.T, y, L)
        self.steps += 1

    def end_epoch(self, step: int | None = None) -> Epoch:
        """Close the epoch and return what it shows.

        Arguments: `step`, optimiser steps done so far, where they are not the calls of `update`.
        Raises: InvalidInput where there was no batch.
        """
        if not self._seen.any():
            raise InvalidInput("end_epoch was called and update was not: give the logits and labels of each batch")
        self.steps = self.steps if step is None else step
        with np.errstate(invalid="ignore", divide="ignore"):
            means, margins, recalls = self._logits / self._seen, self._margins / self._seen, self._right / self._seen
        least = np.where(self._seen > 0, self._least, np.nan)
        epoch = Epoch(self.steps, (self._begun + self.steps) / 2, mean_strengths(self.counts, means), margins, least, recalls)
        self.epochs.append(epoch)
        self._clear()
        return epoch

    def milestones(self) -> list[Milestone]:
        """Each mode and each class: at which step it was learned, linear between epochs, and at which the theory expects it."""
        basis = mode_basis(self.counts, (1.0,) * self.counts.c)
        names = [f"mode σ = {basis.sigma[columns.start]:.4g} (× {columns.stop - columns.start})" for columns in basis.groups]
        names += [f"class {j} (n = {n})" for j, n in enumerate(self.counts.per_class)]
        expected = self.expected_steps or (None,) * len(names)
        return [Milestone(*row) for row in zip(names, self._reached(len(names)), expected, strict=True)]

    def _reached(self, number: int) -> Iterator[float | None]:
        if not self.epochs:
            return iter([None] * number)
        excess = np.array([np.append(epoch.strengths - self._fraction, epoch.margins - self._margin) for epoch in self.epochs])
        steps = first_time.of_record(np.array([epoch.middle for epoch in self.epochs]), excess)
        return (None if math.isnan(step) else float(step) for step in steps)

    @cached_property
    def expected_steps(self) -> tuple[float | None, ...] | None:
        """The steps at which the theory expects each mode and each class; None without `lr` and `delta`.

        Formula: steps are flow times of the summed loss over the flow time of a step, η/n for a mean over the batch,
        η/Σ_i ω_(y_i) for a weighted mean and ηB/n for a sum, of the batch's expected gradient.
        """
        if self._lr is None or self._delta is None:
            return None
        run = simulate(Experiment(self.counts, self._weights, self._loss, self._delta), fraction=self._fraction, margin=self._margin)
        times = measure.mode_learning_times(run, self._fraction) + measure.class_learning_times(run, self._margin)
        return tuple(None if time is None else time / self._flow_time_of_a_step() for time in times)

    def _flow_time_of_a_step(self) -> float:
        assert self._lr is not None
        n = self.counts.n
        reduction, shares = self._reduction, np.array(self._weights)
        if isinstance(self._loss, NumericLoss) and hasattr(self._loss, "reduction"):
            found = self._loss.reduction(self.counts.c)
            if found == "mean":  # measured: it is the criterion's own, with its own weights
                return float(self._lr / np.dot(self.counts.per_class, self._loss.own_weights(self.counts.c)))  # type: ignore[attr-defined]
            reduction = "sum" if found == "sum" else reduction
        if reduction == "sum":
            return self._lr * (self._batch or n) / n
        return self._lr / (n if reduction == "mean" else float(np.dot(self.counts.per_class, shares)))

    def table(self) -> str:
        """The milestones as text, one in each line."""
        rows: list[tuple[str, ...]] = [("", "learned at step", "expected at step")]
        rows += [(row.what, *("–" if step is None else f"{step:.0f}" for step in (row.reached, row.expected))) for row in self.milestones()]
        widths = [max(len(row[k]) for row in rows) for k in range(3)]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def lightning_callback(tracker: Tracker) -> Any:
    """A Lightning callback that feeds the tracker and logs each epoch.

    `training_step` must return a dictionary with `loss`, and beside it `logits` (B × c) and `labels` (B). What the epoch shows is
    logged with `log_dict`, so that any logger has it.
    Raises: InvalidInput, one line, without Lightning, and for a step that returns no logits.
    """
    try:
        from lightning.pytorch import Callback
    except ModuleNotFoundError:
        try:
            from pytorch_lightning import Callback
        except ModuleNotFoundError:
            raise InvalidInput("Lightning is not installed, and its callback is asked for: pip install lightning") from None

    class TrackerCallback(Callback):
        def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
            if not (isinstance(outputs, dict) and {"logits", "labels"} <= outputs.keys()):
                raise InvalidInput("training_step returns no logits and labels: return {'loss': loss, 'logits': logits, 'labels': labels}")
            tracker.update(outputs["logits"], outputs["labels"])

        def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
            module.log_dict(tracker.end_epoch(step=trainer.global_step).as_dict())

    return TrackerCallback()


def trainer_callback(tracker: Tracker) -> Any:
    """A callback of Hugging Face's Trainer that feeds the tracker from the model's own training passes.

    A hook on the model reads `logits` of its output and `labels` of its arguments while it is in training mode. Each epoch is put
    into the log history.
    Raises: InvalidInput, one line, without transformers.
    """
    try:
        from transformers import TrainerCallback
    except ModuleNotFoundError:
        raise InvalidInput("transformers is not installed, and its callback is asked for: pip install transformers") from None

    class Callback(TrainerCallback):
        hook: Any = None

        def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **others: Any) -> None:
            self.hook = model.register_forward_hook(self.read, with_kwargs=True)

        def read(self, model: Any, args: Any, kwargs: Any, output: Any) -> None:
            if model.training:
                tracker.update(output["logits"] if isinstance(output, dict) else output.logits, kwargs["labels"])

        def on_epoch_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            epoch = tracker.end_epoch(step=state.global_step)
            state.log_history.append({"step": epoch.step, "epoch": state.epoch, **epoch.as_dict()})

        def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            self.hook.remove()

    return Callback()


def _loss(criterion: Any) -> Loss | NumericLoss:
    return loss_named(criterion) if isinstance(criterion, str) else from_torch(criterion)


def _array(given: Any) -> Array:
    """A torch tensor, wherever it is and whatever its precision, or anything that NumPy takes."""
    if hasattr(given, "detach"):
        given = given.detach().cpu().double().numpy()
    return np.asarray(given, dtype=float)


def _labels(given: Any) -> NDArray[np.int_]:
    found = np.asarray(given.detach().cpu().numpy() if hasattr(given, "detach") else given)
    if found.ndim != 1 or not len(found) or not np.issubdtype(found.dtype, np.integer) or found.min() < 0:
        raise InvalidInput(
            f"labels of shape {found.shape} and type {found.dtype} must be a list of whole numbers from 0: give the class of each sample"
        )
    return found.astype(int)
