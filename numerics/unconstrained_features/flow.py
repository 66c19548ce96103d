"""Adaptive integration of the gradient flow, per sample or per class."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from numerics import Array, first_time
from numerics.integrate import MOST_STEPS, TooLarge, one_thread
from numerics.path import Readable
from numerics.symmetric import CellLoss, cell_loss
from numerics.unconstrained_features.cells import cells
from numerics.unconstrained_features.decayed import DecayedSystem, Decays, growth_exponents
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.grouped import GroupedSystem
from numerics.unconstrained_features.systems import PlainSystem, System, WithinSystem, require_features
from theory.exact import InvalidInput
from theory.losses import LOSSES
from theory.losses.checks import check
from theory.losses.loss import Loss, LossKind, declared_kind
from theory.shown import Sheet, Shown

Level = Literal["sample", "class", "within"]
End = Literal["learned", "settled", "horizon"]

MOST_SHOWN = 10  # a notebook shows the logits of at most so many classes
LONGEST_STEP = 1.5  # in units of 1/fastest rate; at the stability limit, 3, dense output is only good to 1e-6
LARGEST_LOGARITHM = 690  # of a logit: e^709 is the largest floating-point number
STABLE_STEP = 6.0  # in units of 1/decay rate: DOP853's longest stable step, to a factor 2 at imbalances up to 10^8
MOST_NUMBERS = 500_000  # numbers in the state, of which DOP853 keeps some 30 copies and the path a few: twice as many took 740 MB
MOST_BESIDE = 1_000_000  # numbers in a matrix beside the state: c = 1000 in few kinds takes 200 MB
MOST_CLASSES = 10_000
LARGEST_UNSCALED = 300.0  # δ, where W and H are integrated as they are
MOST_FURTHER = 10_000_000  # a run without a given horizon is prolonged only while its steps took fewer numbers than this: some 20 s
MOST_DOUBLINGS = 20  # of the horizon of such a run
NUMBERS_OF_A_STEP = 1000  # what a step costs at least, in numbers of the state
SETTLED = 1e-4  # relative change over half a run: what approaches its limit exponentially is then within the square of this
VANISHING = 1e-12  # growth rates below this share of the largest are rounding of 0


@dataclass(frozen=True)
class Learned:
    """The first flow times at which modes have a `fraction` of their σ and classes a `margin`; None for what a run does not reach.

    Arguments: `modes`, one for each distinct σ, descending; `kinds`, one for each of the kinds of classes of a `System`, and none where
    no margin is asked for.
    """

    fraction: float
    margin: float | None
    modes: tuple[float | None, ...]
    kinds: tuple[float | None, ...]


@dataclass(frozen=True, repr=False)
class Trajectory(Shown):
    """A solved run.

    Arguments: `experiment`; `level`, how it was integrated; `t`, the accepted steps, from 0 to the horizon,
    flow time; `system` and `path`, the coordinates and the states in them; `end`, why it ends where it does: every mode
    and class is learned, or those that are not learned have settled, or the horizon came before either; `learned`, the first times
    that were found on the way.
    The methods take a time or an array of k times in [0, t[-1]]; for an array the k results are stacked
    along a new first axis.
    """

    experiment: Experiment
    level: Level
    t: Array
    system: System
    path: Readable
    end: End
    learned: Learned

    def brief(self) -> str:
        """What was run, and how far."""
        return f"{self.experiment.brief()}; level {self.level}, {len(self.t) - 1} steps to t = {self.t[-1]:.6g}"

    def shown(self) -> Sheet:
        """What was run, and the logits of the class means at the end."""
        end = self.class_logits(self.t[-1])
        rows = [(k, *(float(value) for value in row)) for k, row in enumerate(end)] if len(end) <= MOST_SHOWN else ()
        columns = ("logit", *(f"class {j}" for j in range(len(end))))
        return Sheet(f"run: {self.brief()}", {"mean logits by class": f"at t = {self.t[-1]:.6g}"}, columns, rows)

    @one_thread
    def at(self, times: float | Array, read: Callable[[Array], Array | float]) -> Array:
        """`read` of the state at each time; raises InvalidInput outside the run."""
        return self.path.at(times, read)

    def first_times(self, fraction: float | None = None, margin: float | None = None) -> Learned:
        """When modes and classes are learned, at a fraction and a margin: what was found on the way, or else read off the path."""
        held = self.learned
        fraction, margin = held.fraction if fraction is None else fraction, held.margin if margin is None else margin
        if (fraction, margin) == (held.fraction, held.margin):
            return held
        reading = _Learning(self.system, fraction, margin)
        reading.see(self.path.t, lambda times: np.array(list(self.path.states(times))))
        return reading.learned(float(self.path.t[-1]))

    def W(self, times: float | Array) -> Array:
        """W, c × d."""
        return self.at(times, self.system.W)

    def H(self, times: float | Array) -> Array:
        """H, d × n, samples ordered by class."""
        return self.at(times, self.system.H)

    def M(self, times: float | Array) -> Array:
        """Class means of the features, d × c."""
        return self.at(times, self.system.M)

    def logits(self, times: float | Array) -> Array:
        """L = WH, c × n."""
        return self.at(times, lambda y: self.system.W(y) @ self.system.H(y))

    def class_logits(self, times: float | Array) -> Array:
        """WM, c × c: column j is the mean logit vector of class j."""
        return self.at(times, lambda y: self.system.W(y) @ self.system.M(y))


@one_thread
def simulate(
    experiment: Experiment,
    *,
    level: Level | None = None,
    time: float | None = None,
    fraction: float = 0.5,
    margin: float | None = 0.5,
    decay: Decays | None = None,
    until_learned: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Trajectory:
    """Integrates the gradient flow dW/dt = GHᵀ, dH/dt = WᵀG with G = −∂ℓ/∂L Ω.

    Arguments: `level`, "sample" (H is d × n), "class" (class means; features of a class start equal) or
    "within" (class means and the spread around them; squared loss); None for the cheapest that is exact.
    `time`, the horizon, flow time; None for `default_horizon`, which is doubled until every mode has the `fraction` of its
    singular value and every class the `margin` (None: classes are not looked at), or until what does not has settled.
    `decay`, λ_W and λ_H > 0: −λ_W W and −λ_H H are added to the flow. `until_learned`, whether nothing is asked of the run but
    its first times: it may then end before the horizon, where the last of them is found. `progress` is called with the share
    that is run.
    Returns: a Trajectory on [0, horizon].
    Valid when: level "class" or "within" with the squared loss, for the relative accuracy of every mode
    strength at every time. Otherwise strengths below 1e-16 of the largest are noise until they grow.
    Raises: InvalidInput for a loss that `theory.losses.checks.check` refuses, a horizon that is not > 0, a level on which
    the flow does not close, a loss with no gradient at zero logits, or a δ so large that rounding would swamp the slow
    modes; TooLarge for more than MOST_NUMBERS or MOST_BESIDE numbers, MOST_FEATURES features or MOST_STEPS steps;
    IntegrationFailed if the integrator stops; FloatingPointError if the gradient of the loss is not finite on the way.
    """
    if isinstance(experiment.loss, Loss) and not _is_known(experiment.loss):  # a `NumericLoss` makes its own checks
        check(experiment.loss)
    level = _closed_level(experiment, level, decay is not None)
    loss = _cell_loss(experiment, level, decay)
    _require_memory(experiment, level, grouped=decay is None and _is_grouped(experiment, level, loss))
    return _run(experiment, level, _system(experiment, level, decay, loss), time, fraction, margin, progress, decay, until_learned)


def _is_known(loss: Loss) -> bool:
    """Whether a registered loss declares a formula that passes every check, so that SymPy need not look at it again."""
    return type(loss) in LOSSES and declared_kind(loss) in (LossKind.SQUARED, LossKind.LINEAR)


def continued(
    trajectory: Trajectory, weights: tuple[float, ...], *, at: float, time: float | None = None, fraction: float = 0.5, margin: float = 0.5
) -> Trajectory:
    """The run that goes on from where another was at a time, under other class weights: deferred re-weighting.

    Arguments: `trajectory`, at level "class"; `weights`, one a class; `at`, flow time of that run; the others as `simulate`
    takes them. The times of the new run start from 0.
    Valid when: logits of the modes that are still small are above 1e-16 of the largest.
    Raises: InvalidInput for another level, a time outside the run, and as `simulate` does.
    """
    if trajectory.level != "class":
        raise InvalidInput(
            f"level={trajectory.level!r} must be 'class' for a run to go on from: give features that start equal inside a class"
        )
    experiment = replace(trajectory.experiment, weights=weights)
    system = PlainSystem(experiment, by_class=True)
    system.initial_state = system.state_of(trajectory.W(at), trajectory.M(at))
    return _run(experiment, "class", system, time, fraction, margin)


def _run(
    experiment: Experiment,
    level: Level,
    system: System,
    time: float | None,
    fraction: float,
    margin: float | None,
    progress: Callable[[float], None] = lambda share: None,
    decay: Decays | None = None,
    until_learned: bool = False,
) -> Trajectory:
    """Integrates a system up to a horizon, or until all is learned or settled; raises as `simulate` says."""
    fastest, rates = _growth_rates(experiment, system, decay)
    horizon = default_horizon(experiment, rates) if time is None else time
    if not (math.isfinite(horizon) and horizon > 0):
        raise InvalidInput(f"time={time} must be finite and > 0: it is the horizon in flow time")
    logarithm = 2 * (rates[0] * horizon - experiment.delta)
    if experiment.kind.is_affine and logarithm > LARGEST_LOGARITHM:
        raise InvalidInput(
            f"loss={experiment.loss.name} has no minimum, and by the horizon {horizon:.6g} its logits "
            f"pass e^{LARGEST_LOGARITHM}: give a shorter time, or a smaller delta or imbalance"
        )
    stiff = 0.0 if decay is None else max(decay) * horizon / STABLE_STEP
    steps = max(expected_steps(experiment, rates, horizon), stiff)
    if system.explicit and steps > MOST_STEPS:
        raise TooLarge(
            f"time={horizon:.6g} is about {steps:.3g} steps, and at most {MOST_STEPS} are run: give a shorter time, "
            f"or a smaller imbalance{'' if decay is None else ', decay'} or delta"
        )
    grows = decay is None or fastest > math.sqrt(decay[0]) * math.sqrt(decay[1])
    reading = _Learning(system, fraction, margin)
    slowest = _slowest(system, rates) if decay is None else float(rates[-1])
    least = 1 / slowest if grows else 0.0
    furthest = horizon * 2**MOST_DOUBLINGS

    def further(path: Readable) -> float | None:
        if path.t[-1] < horizon:
            return None if reading.end(path, decay is not None, least) == "learned" else horizon
        later = 2 * float(path.t[-1])
        taken = len(path.t) * max(NUMBERS_OF_A_STEP, len(system.initial_state))
        too_long = taken > MOST_FURTHER or later > furthest or 2 * (rates[0] * later - experiment.delta) > LARGEST_LOGARITHM * affine
        return None if time is not None or too_long or reading.end(path, decay is not None, least) != "horizon" else later

    def seen(steps: Array, states: Callable[[Array], Array]) -> bool:
        reading.see(steps, states)
        return until_learned and reading.is_complete

    affine = 1 if experiment.kind.is_affine else math.inf
    first = horizon / 2 if until_learned and time is None else horizon  # half of it is often enough
    path = system.run(first, f"loss={experiment.loss.name}", LONGEST_STEP / fastest, progress, further, seen)
    learned = reading.learned(float(path.t[-1]))
    return Trajectory(experiment, level, path.t, system, path, reading.end(path, decay is not None, least), learned)


def _slowest(system: System, rates: Array) -> float:
    """The smallest growth rate, one that vanishes beside the largest included where the system knows it.

    Under the squared loss a class of small weight comes to rest at ω√n or faster, and may do so long after its modes began to grow.
    """
    one, slowest = system.experiment, float(system.rates.min(where=system.rates > 0, initial=rates[-1]))
    if one.kind is not LossKind.SQUARED:
        return slowest
    return min(slowest, *(weight * math.sqrt(n) for weight, n in zip(one.weights, one.counts.per_class, strict=True)))


class _Learning:
    """How far a run has learned: strengths of the mode groups and margins, and when each reached the level asked for."""

    def __init__(self, system: System, fraction: float, margin: float | None) -> None:
        self._system, self._fraction, self._margin = system, fraction, margin
        self._modes = len(system.groups)
        strengths, kinds = [fraction * group.singular_value for group in system.groups], int(system.kinds.max()) + 1
        self._asked = np.array([*strengths, *([] if margin is None else [margin] * kinds)])
        self._columns = np.arange(self._modes + kinds) < len(self._asked)
        self._watch = first_time.Watch()

    def see(self, steps: Array, states: Callable[[Array], Array]) -> None:
        """Look for first times on some steps of the run, which follow those seen before."""
        self._watch.see(steps, lambda times, asked: self._read(states(times), asked) - self._asked)

    def _read(self, states: Array, asked: NDArray[np.bool_] | None = None) -> Array:
        """The numbers that are watched, or those of them that are asked for, of k states."""
        wanted = np.tile(self._columns, (len(states), 1))
        if asked is not None:
            wanted[:, : len(self._asked)] = asked
        margin = -math.inf if self._margin is None or asked is None else self._margin
        return self._system.learning(states, wanted, margin)[:, : len(self._asked)]

    @property
    def is_complete(self) -> bool:
        """Whether every first time is found."""
        return None not in self._watch.times

    def learned(self, end: float) -> Learned:
        """What is found, on a run that ends at a time."""
        found = list(self._watch.times)
        for place, time in self._system.closed_times(self._fraction).items():
            found[place] = time if time <= end else None
        return Learned(self._fraction, self._margin, tuple(found[: self._modes]), tuple(found[self._modes :]))

    def end(self, path: Readable, decays: bool, least: float) -> End:
        """Why a run could end here. One shorter than `least` has not settled: what grows has not had the time to be seen to grow."""
        last = float(path.t[-1])
        end = self._at(path, last)
        if (end >= self._asked).all():
            return "learned"
        half = self._at(path, last / 2)
        at_rest = np.abs(end - half) <= SETTLED * np.abs(end)
        if decays:  # what decay takes away falls for ever, and is as good as settled
            at_rest |= np.abs(end) <= np.minimum(np.abs(half), SETTLED * np.abs(self._asked))
        return "settled" if at_rest.all() and last >= least else "horizon"

    def _at(self, path: Readable, time: float) -> Array:
        return self._read(np.array(list(path.states(np.array([time])))))[0]


def expected_steps(experiment: Experiment, rates: Array, horizon: float) -> float:
    """About how many steps the run takes.

    While modes grow a step is at most LONGEST_STEP/μ, μ the largest growth rate. Once all are learned, under the squared
    loss, errors in a class of weight ω decay at rates up to ωσ, σ the largest singular value, and stability holds the
    step at some 6/(ωσ); weights make that far shorter than 1/μ. For other losses the end is not known beforehand.
    """
    growing = float(rates[0]) * horizon / LONGEST_STEP
    if experiment.kind is not LossKind.SQUARED:
        return growing
    sigma = cells(experiment.counts, experiment.weights).groups[0].singular_value
    settled = max(0.0, horizon - experiment.delta / float(rates[-1]))
    return max(growing, max(experiment.weights) * sigma * settled / STABLE_STEP)


def _require_memory(experiment: Experiment, level: Level, *, grouped: bool) -> None:
    """Raises TooLarge where the largest array of the run would be too large, before there is any.

    The basis of the modes is c × c, W is c × d, and the frame of the features is d × d; on cells of interchangeable classes
    all of these are as large as the number of cells.
    """
    counts, d = experiment.counts, experiment.d
    c, width = counts.c, experiment.width
    g = len(cells(counts, experiment.weights).count) if c <= MOST_CLASSES else c
    if c > MOST_CLASSES or (not grouped and c**2 > MOST_BESIDE):
        most = MOST_CLASSES if c > MOST_CLASSES else math.isqrt(MOST_BESIDE)
        raise TooLarge(
            f"c={c} classes have a basis of c² numbers, and at most {MOST_BESIDE} are run, in 500 MB: give at most {most} classes"
            f"{', or a spectral start and a loss that treats classes alike, where they are run by groups' * (c <= MOST_CLASSES)}"
        )
    if level != "class":
        require_features(counts.n, d)
    if grouped:
        state, beside = 2 * g * g, g * g
    elif level == "within":
        spread = Counter[float]()
        for n, weight in zip(counts.per_class, experiment.weights, strict=True):
            spread[weight] += n - 1
        state, beside = 2 * c * d + d * sum(min(rank, d) for rank in spread.values()), c * d
    elif level == "sample":
        state, beside = c * d + d * counts.n, d * d
    else:
        state, beside = 2 * c * d, d * d
    for largest, most in ((state, MOST_NUMBERS), (beside, MOST_BESIDE)):
        if largest > most:
            raise TooLarge(
                f"c={c} classes of width {d}{'' if width else ' (the least)'} at level {level!r} take {largest} "
                f"numbers at a time, and at most {most} are run, in 500 MB: give fewer classes"
                f"{', distinct weights' * (level == 'within')} or samples, or a smaller width"
            )


def _system(experiment: Experiment, level: Level, decay: Decays | None, loss: CellLoss | None) -> System:
    """The coordinates that suit the loss and the level; with decay there is one kind."""
    if decay is None and _is_grouped(experiment, level, loss):
        return GroupedSystem(experiment, loss)
    if experiment.delta > LARGEST_UNSCALED:
        raise InvalidInput(
            f"delta={experiment.delta} must be ≤ {LARGEST_UNSCALED} for this loss, start and level: e^(−2δ), the first size of a "
            "logit, must be a normal number. A spectral start at level 'class' has no such limit"
        )
    if decay is not None:
        return DecayedSystem(experiment, decay, by_class=level == "class")
    return WithinSystem(experiment) if level == "within" else PlainSystem(experiment, by_class=level == "class")


def _is_grouped(experiment: Experiment, level: Level, loss: CellLoss | None) -> bool:
    return level == "class" and (loss is not None or experiment.kind in (LossKind.SQUARED, LossKind.LINEAR))


def _cell_loss(experiment: Experiment, level: Level, decay: Decays | None) -> CellLoss | None:
    """The loss of cells of interchangeable classes, where a run needs one and there is one."""
    if level != "class" or decay is not None or experiment.kind is not LossKind.GENERAL or not isinstance(experiment.loss, Loss):
        return None
    held = cells(experiment.counts, experiment.weights)
    return cell_loss(experiment.loss, held.size, held.count)


def default_horizon(experiment: Experiment, rates: Array) -> float:
    """A flow time by which every mode and class is usually learned, with margin.

    Formula: (3δ/2 + ln R + 5)/μ, μ the smallest growth rate at small initialisation.
    Arguments: `rates`, the positive growth rates, descending, per flow time.
    A mode that grows by itself takes δ/μ; the rest of the formula is margin. Weights may leave a mode half learned, or make
    a large class slow at the end: then the run goes on. A linear loss lets every mode grow for ever at its rate, and is
    stopped at (δ + 3)/μ.
    """
    if experiment.kind.is_affine:
        return float((experiment.delta + 3) / rates[-1])
    return float((1.5 * experiment.delta + math.log(experiment.counts.imbalance_ratio) + 5) / rates[-1])


def _growth_rates(experiment: Experiment, system: System, decay: Decays | None) -> tuple[float, Array]:
    """The largest rate without decay, and the positive growth rates at small initialisation, descending; raises as `simulate` says.

    Where decay leaves none positive, how fast all of them fall stands for them.
    """
    rates: Array = np.asarray(np.linalg.svd(system.first_order_target(), compute_uv=False), dtype=float)
    rates = rates[rates > VANISHING * rates[0]]
    if not len(rates):
        raise InvalidInput(
            f"loss={experiment.loss.name} has no gradient at zero logits, so that small W and H never grow: take another loss"
        )
    fastest = float(rates[0])
    if decay is not None:
        exponents = growth_exponents(rates, decay)
        rates = exponents[exponents > 0] if exponents[0] > 0 else np.sort(np.abs(exponents))[::-1]
    gap = 1 - rates[-1] / rates[0]
    if experiment.delta * gap > system.largest_gap:
        raise InvalidInput(
            f"delta={experiment.delta} must be ≤ {system.largest_gap / gap:.4g} for this "
            "loss, these counts and this level: beyond, rounding of the first modes learned "
            "swamps the last"
        )
    return fastest, rates


def _closed_level(experiment: Experiment, level: Level | None, decays: bool) -> Level:
    """The level asked for, if the flow closes on it; else the cheapest on which it does."""
    if level is None:
        if experiment.init == "spectral":
            return "class"
        return "within" if experiment.kind is LossKind.SQUARED and not decays else "sample"
    if level not in get_args(Level):
        raise InvalidInput(f"level={level!r} must be one of {', '.join(get_args(Level))}")
    if level == "class" and experiment.init == "random":
        raise InvalidInput(
            "level='class' needs features that start equal inside a class, and init='random' "
            "draws each sample's own: take level='sample', or 'within' for the squared loss"
        )
    if level == "within" and decays:
        raise InvalidInput("level='within' has no weight decay: take level='sample', or leave the decay out")
    if level == "within" and experiment.kind is not LossKind.SQUARED:
        raise InvalidInput(
            f"level='within' needs the squared loss, and loss={experiment.loss.name} does not close on covariances: take level='sample'"
        )
    return level
