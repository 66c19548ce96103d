"""One row of advice: what one weighting does to the order and the speed in which classes are learned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from numerics import Array
from numerics.constrained_features import class_level
from numerics.constrained_features.class_level import ClassLevelRun
from numerics.constrained_features.inputs import inputs_of
from numerics.integrate import MOST_STEPS, IntegrationFailed, TooLarge
from numerics.problem import Problem
from numerics.stability import largest_curvature
from numerics.trained_bias import settled
from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import STABLE_STEP, VANISHING, Trajectory, continued, simulate
from proofs.advise.conventions import Convention
from proofs.advise.inputs import Inputs, gram_of
from proofs.advise.steps import curvatures
from theory.data.counts import ClassCounts
from theory.data.weights import class_weights, normalize
from theory.exact import InvalidInput
from theory.losses.cross_entropy import CrossEntropy
from theory.losses.squared import Squared

Run: TypeAlias = Trajectory | ClassLevelRun
MARGIN = 0.5  # logit units: a class is learned where its margin reaches it
GRID = 2000  # steps at which weighted and unweighted runs are compared
MOST_READINGS = 12  # states of a run whose curvature is measured
SAME = 1e-9  # times that are relatively this near are one time: a run is as exact as that
MOST_STIFF = 50_000.0  # steps that a run with a bias is foreseen to take: these are half a minute
COARSEST = 1e9  # beyond it, rounding of what moves the bias is as large as what moves the slowest mode, and steps shrink to nothing


@dataclass(frozen=True)
class Setting:
    """What all rows share.

    Arguments: `counts`, as they are learned, copies included; `loss`; `delta`, the start is at e^(−δ); `convention` and
    `learning_rate`, by which flow time becomes steps; `batch`, samples a step, None for all; `differ`, the margin by which
    a weighted and an unweighted run differ; `inputs`, which constrain the features, None for free ones; `with_bias`, whether an
    output bias is trained; `decay`, the weight decay of a step, in units of the loss as the convention divides it.
    Raises: InvalidInput, one line, for a number out of its range.
    """

    counts: ClassCounts
    loss: Any
    delta: float
    convention: Convention
    learning_rate: float
    batch: int | None
    differ: float
    inputs: Inputs | None = None
    with_bias: bool = False
    decay: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("lr", self.learning_rate), ("differ", self.differ), ("delta", self.delta)):
            if not (isinstance(value, (int, float)) and math.isfinite(value) and value > 0):
                raise InvalidInput(f"{name}={value} must be a finite number > 0")
        if not (isinstance(self.decay, (int, float)) and math.isfinite(self.decay) and self.decay >= 0):
            raise InvalidInput(f"decay={self.decay} must be a finite number ≥ 0, such as 1e-4: it is the optimiser's weight decay")
        if not self.decay * self.learning_rate < 1:
            raise InvalidInput(
                f"decay={self.decay:g} times lr={self.learning_rate:g} must be below 1: a step would take more than the whole of each "
                "weight away; give a smaller decay or lr"
            )
        if self.batch is not None and not (isinstance(self.batch, int) and 1 <= self.batch <= self.counts.n):
            raise InvalidInput(f"batch={self.batch} must be a whole number from 1 to the number of samples, {self.counts.n}")

    @property
    def is_free(self) -> bool:
        """Whether features are free, and nothing but the loss moves them."""
        return self.inputs is None and not self.with_bias and not self.decay

    def run(self, weights: Sequence[float], time: float | None = None) -> Run:
        """The run under these weights, up to a flow time or until all is learned that will be."""
        self.require_short(weights)
        with self.kept_finite():
            if self.is_free:
                return simulate(Experiment(self.counts, tuple(weights), self.loss, self.delta), time=time, margin=MARGIN)
            decay = self.decay * self.learning_rate / self.flow_time(weights)  # a step subtracts learning rate × decay × parameter
            problem = Problem(self.counts, tuple(weights), self.loss)
            setting = class_level.Setting(problem, gram_of(self.counts, self.inputs), self.delta, self.with_bias, decay)
            return class_level.simulate(setting, time=time, margin=MARGIN)

    @property
    def given(self) -> str:
        """What decides how hard a run is, in words for a message."""
        n = self.counts.per_class
        return f"counts from {min(n)} to {max(n)}, delta={self.delta:g}, decay={self.decay:g}, loss={self.loss.name}"

    @contextmanager
    def kept_finite(self) -> Iterator[None]:
        """The block runs; a run that breaks down or is too long is told as wrong input: InvalidInput, one line."""
        try:
            yield
        except TooLarge:
            raise TooLarge(
                f"{self.given}: a run must take at most {MOST_STEPS} steps and 500 MB, and this one takes more: give counts that "
                "differ less, fewer classes or a smaller delta"
            ) from None
        except (IntegrationFailed, FloatingPointError) as error:
            reason = str(error).partition(":")[0]  # what follows is how to mend a run of one's own
            raise InvalidInput(
                f"{self.given}: the run must stay finite and did not ({reason}): give counts that differ less, or a smaller delta or decay"
            ) from None

    def settled_target(self, weights: Sequence[float]) -> Array:
        """What drives small features by class once the bias has settled as under squared loss and cross-entropy; the rates are its singular
        values."""
        target: Array = settled.drive(self.counts, weights) @ inputs_of(gram_of(self.counts, self.inputs)).T
        return target

    def require_short(self, weights: Sequence[float]) -> None:
        """Raises TooLarge where the bias relaxes so much faster than features grow that a run would take minutes or not end at all.

        Formula: T S/6 steps, T = (1.5 δ + 5)/slowest rate; S = Σ n_jω_j, under cross-entropy 2 max_j π_j(1 − π_j) times that.
        """
        if not self.with_bias:
            return
        rates = np.linalg.svd(self.settled_target(weights), compute_uv=False)
        mass, slowest = float(np.dot(self.counts.per_class, weights)), float(rates[rates > VANISHING * rates[0]][-1])
        shares = np.array(self.counts.per_class) * np.array(weights) / mass
        bend = 2 * float((shares * (1 - shares)).max()) if self.loss == CrossEntropy() else 1.0
        if mass > COARSEST * slowest or (1.5 * self.delta + 5) / slowest * mass * bend / STABLE_STEP > MOST_STIFF:
            raise TooLarge(
                f"{self.given}: a trained bias must relax less fast beside the slowest growth, for a run that is done in half a minute: "
                "give counts that differ less, or leave out the bias"
            )

    def flow_time(self, weights: Sequence[float]) -> float:
        """Flow time of the summed loss that a step takes under these weights."""
        return self.convention.flow_time(self.counts, weights, self.learning_rate, self.batch)


@dataclass(frozen=True)
class Row:
    """A weighting, and what follows from it; a step is None where a class is not learned.

    Arguments: `choice`, its name; `exact`, the weights as they are stated, one a class.
    """

    setting: Setting
    choice: str
    exact: tuple[Any, ...]
    repeats: tuple[float, ...]  # copies of each sample, which act as a weight each

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """The weights as the convention takes them, one a class: of mean 1, or of mean 1 over the samples."""
        counts = self.setting.counts
        return tuple(float(w) for w in normalize(self.exact, [1] * counts.c, counts.per_class, self.setting.convention.scale))  # type: ignore[arg-type]

    @cached_property
    def effective(self) -> tuple[float, ...]:
        """The weights that the flow feels: those handed over, times the copies of each sample."""
        return tuple(w * k for w, k in zip(self.weights, self.repeats, strict=True))

    @cached_property
    def step(self) -> float:
        """Flow time of a step."""
        return self.setting.flow_time(self.effective)

    @cached_property
    def escape_rates(self) -> tuple[float, float] | None:
        """The fastest and the slowest growth rate at small start, per step: singular values of the first-order target less the decay.

        With a bias they are those after it has settled; None for a loss of which it is not known where that is.
        """
        if not self.setting.with_bias:
            driven: Array = self.run.system.first_order_target()
        elif self.setting.loss in (Squared(), CrossEntropy()):
            driven = self.setting.settled_target(self.effective)
        else:
            return None
        rates = np.linalg.svd(driven, compute_uv=False)
        decay = self.setting.decay * self.setting.learning_rate
        return float(rates[0]) * self.step - decay, float(rates[rates > VANISHING * rates[0]][-1]) * self.step - decay

    @cached_property
    def run(self) -> Run:
        """The run, in flow time."""
        return self.setting.run(self.effective)

    @property
    def last_step(self) -> float:
        """The length of the run in steps."""
        return float(self.run.t[-1]) / self.step

    @cached_property
    def class_steps(self) -> tuple[float | None, ...]:
        """Steps after which each class is learned, in class order."""
        return tuple(None if time is None else time / self.step for time in measure.class_learning_times(self.run, MARGIN))

    @property
    def order(self) -> tuple[int, ...]:
        """The classes in the order in which they are learned, in class order where that is at one time; those that are not come last."""
        times = [math.inf if step is None else step for step in self.class_steps]
        found = sorted(range(len(times)), key=lambda j: times[j])
        place = dict.fromkeys(found[:1], 0)
        for before, j in pairwise(found):
            place[j] = place[before] + (times[j] > times[before] * (1 + SAME))
        return tuple(sorted(place, key=lambda j: (place[j], j)))

    def steps_of(self, classes: Sequence[int]) -> float | None:
        """Steps after which all of these classes are learned."""
        found = [self.class_steps[j] for j in classes]
        return None if None in found else max(step for step in found if step is not None)

    @cached_property
    def largest_learning_rate(self) -> float | None:
        """The learning rate beyond which steps are unstable somewhere on the run: 2 over the largest curvature met.

        None where no curvature is positive, or one could not be found.
        """
        times = np.linspace(0, self.run.t[-1], MOST_READINGS)
        curvature = float(np.max([largest_curvature(self.run.system, state) for state in self.run.path.states(times)]))
        return self.setting.learning_rate * 2 / (curvature * self.step) if curvature > 0 else None  # NaN is not > 0

    @cached_property
    def stable_ends(self) -> tuple[float, float] | None:
        """The learning rates beyond which the end of the flow, and beyond which every end, is unstable; None but for free features
        and the squared loss, of whose minima the ledger speaks."""
        if not (self.setting.is_free and self.setting.loss == Squared()):
            return None
        found = curvatures(self.setting.counts, self.effective)
        unit = self.setting.learning_rate * 2 / self.step
        return unit / found.balanced, unit / found.flattest

    def differs_from(self, other: Row) -> tuple[float, float] | None:
        """The first and the last step at which some class margin, up to where a class is learned, differs by `differ` or more."""
        last = max(self.last_step, other.last_step)
        steps = np.concatenate([[0.0], np.geomspace(last / 1e5, last, GRID)])
        apart = np.flatnonzero(np.abs(self._margins(steps) - other._margins(steps)).max(axis=1) >= self.setting.differ)
        return (float(steps[apart[0]]), float(steps[apart[-1]])) if len(apart) else None

    def _margins(self, steps: Array) -> Array:
        """Class margins after these steps, cut off at MARGIN; after the end of the run they are those at its end."""
        return np.minimum(measure.margins(self.run, np.minimum(steps * self.step, self.run.t[-1])), MARGIN)


@dataclass(frozen=True)
class SwitchedRow(Row):
    """A weighting that is switched on at a step, after a row without it: deferred re-weighting."""

    earlier: Row
    at: float  # the step of the switch

    @cached_property
    def _before(self) -> Run:
        """The run up to the switch."""
        return self.setting.run(self.earlier.effective, self.at * self.earlier.step)

    @cached_property
    def run(self) -> Run:
        """The run from the switch on, in flow time."""
        before, at = self._before, float(self._before.t[-1])
        self.setting.require_short(self.effective)
        with self.setting.kept_finite():
            if isinstance(before, Trajectory):
                return continued(before, self.effective, at=at, margin=MARGIN)
            decay = self.setting.decay * self.setting.learning_rate / self.step
            return class_level.continued(before, self.effective, decay, at=at, margin=MARGIN)

    @property
    def last_step(self) -> float:
        return self.at + float(self.run.t[-1]) / self.step

    @property
    def escape_rates(self) -> tuple[float, float] | None:
        """The fastest and the slowest growth rate at the start, before the switch."""
        return self.earlier.escape_rates

    @cached_property
    def class_steps(self) -> tuple[float | None, ...]:
        before = measure.class_learning_times(self._before, MARGIN)
        after = measure.class_learning_times(self.run, MARGIN)
        return tuple(
            early / self.earlier.step if early is not None else None if late is None else self.at + late / self.step
            for early, late in zip(before, after, strict=True)
        )

    def _margins(self, steps: Array) -> Array:
        before = measure.margins(self._before, np.minimum(steps, self.at) / self.at * self._before.t[-1])
        after = measure.margins(self.run, np.clip((steps - self.at) * self.step, 0, self.run.t[-1]))
        return np.minimum(np.where(steps[:, None] <= self.at, before, after), MARGIN)


def switched(earlier: Row, choice: str, at: float) -> SwitchedRow:
    """The row of a weighting that takes the place of another's at a step; raises InvalidInput as `row` does."""
    later = row(earlier.setting, choice, earlier.repeats)
    return SwitchedRow(earlier.setting, f"{earlier.choice}, {choice} from step {at:g}", later.exact, earlier.repeats, earlier, at)


def row(setting: Setting, choice: str, repeats: tuple[float, ...]) -> Row:
    """The row of a weighting as `theory.data.weights.class_weights` names it; raises InvalidInput as that does."""
    words: Any = choice.split(",") if "," in choice else choice
    return Row(setting, choice, class_weights(setting.counts, words, "raw"), repeats)
