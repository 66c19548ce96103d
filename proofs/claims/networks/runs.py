"""The statistics of the network claims: stated here, before the runs, and paired over seeds.

Every statistic is one number a seed, of runs that share subset, start and order of batches. Logarithms are natural,
times are steps, a time that is not reached counts as the last step.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import sympy as sp

from numerics.basis import mode_basis
from numerics.networks import data, measure
from numerics.networks.measure import History
from numerics.networks.plan import Plan
from proofs.kernel.statements import Estimate, ToolMissing
from theory import symbols
from theory.data.weights import class_weights
from theory.exact import InvalidInput
from theory.unconstrained_features import modes

ERROR = 0.05  # probability of an error in any of the intervals of one experiment
RESAMPLES = 9999
SEED = 20260112
NO_CLOSED_FORM = "a trained network has no closed form; what is said of it is said of runs, and judged by intervals over seeds"
Place = TypeVar("Place", bound=Hashable)  # the name of a statement in its family
EXPLORED = tuple(range(10))  # the seeds on which levels, margins and repaired rows were chosen
JUDGED = tuple(range(10, 20))  # seeds that nobody had looked at when those were fixed


def plan(quick: bool = True, dataset: str = "mnist") -> Plan:
    """The fixed experiments: a small full-batch one for two cores, and the full one in mini-batches for a GPU.

    With the step sizes of the quick experiment all its runs descend, without lasting swings. Those of the full experiment are
    smaller, because its network is larger. One seed of it was run to the end on the CPU (36 minutes of one busy core): its ten
    runs descend, and late rises are the noise of mini-batches, at losses below 0.1.
    """
    if quick:
        return Plan(
            dataset, data.step_counts(4, 10), steps=600, step_sizes=(0.3, 0.5), seeds=JUDGED, level=0.25, pixels=14, test_per_class=100
        )
    return Plan(
        dataset, data.step_counts(500, 10), steps=3000, step_sizes=(0.1, 0.2), seeds=JUDGED, level=0.5, channels=(8, 16, 32), batch=500
    )


def trained(
    quick: bool,
    dataset: str,
    device: str,
    folder: Path | None,
    checkpoints: Path | None = None,
    advance: Callable[[int], None] = lambda steps: None,
) -> History:
    """The history of a fixed experiment.

    Raises: InvalidInput, one line, without torch, without the data, and for a device that is not there.
    """
    from numerics.networks import training

    chosen = training.device_named(device)
    return training.train(plan(quick, dataset), data.load(dataset, folder), chosen, checkpoints, advance)


def require_torch() -> None:
    """Raises: InvalidInput where torch is not installed."""
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError:
        raise InvalidInput("torch is not installed, and networks are trained with it: pip install 'ufm-verifier[networks]'") from None


@cache
def quick_run() -> History:
    """The quick experiment on MNIST, on the CPU, once a process.

    Raises: ToolMissing where torch is not installed or the data are not given; nothing is fetched for a verdict.
    """
    try:
        require_torch()
        if data.given_folder() is None:
            raise ToolMissing("the data are not given: set UFM_DATA to the folder that holds mnist/")
        return trained(True, "mnist", "cpu", None)
    except InvalidInput as problem:
        raise ToolMissing(str(problem)) from None


_judged_run: ContextVar[History | None] = ContextVar("judged_run", default=None)


@contextmanager
def judged_on(history: History) -> Iterator[None]:
    """In this block claims are judged on this run in place of the quick one."""
    token = _judged_run.set(history)
    try:
        yield
    finally:
        _judged_run.reset(token)


# One number a seed and loss: seeds × losses -----------------------------------------------------------------------


def earliness(history: History, gamma: float) -> np.ndarray:
    """ln of the steps to the plan's level of minority test accuracy with n^(−γ) over those without: < 0 is earlier."""
    times = measure.accuracy_times(history, history.plan.level)[..., 1]
    return np.log(times[..., _place(history, gamma)] / times[..., _place(history, 0)])


def advantage(history: History, gamma: float, moment: str) -> np.ndarray:
    """Minority test accuracy with n^(−γ) less that without weights, at the `end` or at its `peak` (of the mean)."""
    minority = measure.by_group(history, measure.accuracies(history.test_confusion))[..., 1]
    difference = minority[..., _place(history, gamma)] - minority[..., _place(history, 0)]
    if moment == "end":
        return difference[-1]
    peak = difference.mean(axis=1).argmax(axis=0)
    return np.stack([difference[peak[k], :, k] for k in range(difference.shape[2])], axis=1)


def mode_gap(history: History, gamma: float, late: str, early: str) -> np.ndarray:
    """ln of the learning time of one group of modes over that of another, with n^(−γ): > 0 where `late` is later."""
    times = measure.mode_times(history)[..., _place(history, gamma), :]
    names = ("majority", "middle", "minority")
    return np.log(times[..., names.index(late)] / times[..., names.index(early)])


def class_gaps(history: History) -> np.ndarray:
    """ln of the minority's mean learning time over the majority's: seeds × losses × exponents."""
    times = measure.by_group(history, measure.class_times(history))
    return np.log(times[..., 1] / times[..., 0])


def best_exponent(history: History) -> np.ndarray:
    """The γ at which majority and minority classes are learned together: `crossing` of the gap of their times."""
    return crossing(class_gaps(history), [float(gamma) for gamma in history.plan.exponents])


def crossing(gaps: np.ndarray, gammas: Sequence[float]) -> np.ndarray:
    """The γ at which a gap (… × exponents) first is 0, linear between the exponents.

    The first or the last of them where the gap has one sign on them all: a bound.
    """
    best = np.where(gaps[..., 0] <= 0, gammas[0], gammas[-1])
    for k in reversed(range(len(gammas) - 1)):
        early, late = gaps[..., k], gaps[..., k + 1]
        crosses = (early > 0) & (late <= 0)
        share = np.divide(early, early - late, out=np.zeros_like(early), where=crosses)
        best = np.where(crosses, gammas[k] + share * (gammas[k + 1] - gammas[k]), best)
    return best


def closed_form(history: History, loss: int, gamma: int) -> np.ndarray:
    """s/σ of the closed form at the logged steps, steps × groups of modes, with rates σλ.

    Its two constants, flow time a step and δ, are read off the run: from the steps at which the majority modes of the
    same loss without weights reach a tenth and a half of their σ (median over seeds); NaN where they do not
    reach them. The other curves have no freedom.
    """
    sigma = measure.singular_values(history)
    majority = np.median(measure.strengths(history)[:, :, loss, _place(history, 0), 0], axis=1)
    tenth, half = (float(measure.first_reached(history.steps, majority, fraction)) for fraction in (0.1, 0.5))
    if half <= tenth:
        return np.full((len(history.steps), len(sigma)), np.nan)
    unit = np.log(9) / (2 * sigma[0] * (half - tenth))  # the logistic takes ln 9/2σ from 1/10 to 1/2
    delta = np.log((1 + np.exp(2 * sigma[0] * unit * half)) / sigma[0]) / 2
    weights = class_weights(history.plan.counts, history.plan.exponents[gamma], "mass")
    basis = mode_basis(history.plan.counts, tuple(float(weight) for weight in weights))
    rates = np.array([np.diagonal(basis.Omega)[columns].mean() for columns in basis.groups])
    strength = sp.lambdify((symbols.t, symbols.sigma, symbols.rate, symbols.delta), modes.solve_strength(), "numpy")
    return strength(unit * history.steps[:, None], sigma, rates, delta) / sigma


def _place(history: History, gamma: float) -> int:
    return [float(exponent) for exponent in history.plan.exponents].index(gamma)


# Means with their intervals ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bounds:
    """A statistic for one loss, and between what its mean is said to lie."""

    statistic: Callable[[History], np.ndarray]
    loss: str
    least: float
    greatest: float


def estimate(values: np.ndarray, error: float = ERROR, trusts: tuple[str, ...] = ()) -> Estimate:
    """The mean of one number a seed, with its bias-corrected and accelerated bootstrap interval at confidence 1 − error."""
    values = np.asarray(values, dtype=float)
    if not np.isfinite(values).all():
        raise ValueError("a run gave a number that is not finite")
    mean = float(values.mean())
    if len(values) < 2 or np.ptp(values) == 0:  # nothing to resample
        return Estimate(mean, mean, mean, len(values), trusts)
    from scipy.stats import bootstrap  # it takes long to load, and what is kept needs none

    interval = bootstrap(
        (values,), np.mean, n_resamples=0, bootstrap_result=_resampled(tuple(values)), confidence_level=1 - error
    ).confidence_interval
    return Estimate(mean, float(interval.low), float(interval.high), len(values), trusts)


@lru_cache(maxsize=100)  # Holm's procedure asks for intervals of the same values at many levels
def _resampled(values: tuple[float, ...]) -> Any:
    """SciPy's bootstrap of the mean: always the same resamples of the same values, whatever level is read off them."""
    from scipy.stats import bootstrap

    return bootstrap((np.array(values),), np.mean, n_resamples=RESAMPLES, rng=np.random.default_rng(SEED))


def levels(history: History, family: Mapping[Place, Bounds], error: float = ERROR) -> dict[Place, float]:
    """The error of each interval of one run, such that they are corrected together (`corrected`)."""
    found = {place: bounds.statistic(history)[:, history.plan.losses.index(bounds.loss)] for place, bounds in family.items()}
    return corrected(found, {place: (bounds.least, bounds.greatest) for place, bounds in family.items()}, error)


def corrected(found: Mapping[Place, np.ndarray], bounds: Mapping[Place, tuple[float, float]], error: float = ERROR) -> dict[Place, float]:
    """The error of the interval of each statistic, such that all are corrected together.

    Holm's step-down is taken twice: once over what intervals support by lying inside their bounds, once over what they
    refute by lying outside. The chance that any statement of the family is wrongly supported is at most `error`, and so is
    the chance that any is wrongly refuted (as far as the bootstrap's intervals cover what they say). An interval that
    decides nothing is shown at the smaller of the two errors that it was left with.
    Arguments: `found`, one number a seed for each statement; `bounds`, between what its mean is said to lie.
    """

    def inside(place: Place, level: float) -> bool:
        interval = estimate(found[place], level)
        return bounds[place][0] <= interval.low and interval.high <= bounds[place][1]

    def outside(place: Place, level: float) -> bool:
        interval = estimate(found[place], level)
        return interval.high < bounds[place][0] or interval.low > bounds[place][1]

    supported, refuted = (holm(list(found), decides, error) for decides in (inside, outside))
    return {
        place: refuted[place]
        if outside(place, refuted[place])
        else supported[place]
        if inside(place, supported[place])
        else min(supported[place], refuted[place])
        for place in found
    }


def holm(family: Sequence[Place], decides: Callable[[Place, float], bool], error: float) -> dict[Place, float]:
    """The error that each statement is tested at by Holm's step-down procedure.

    With k statements open, those that are decided at error/k are closed; this is repeated until none is. Source: Holm,
    A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).
    Arguments: `decides`, whether a statement is decided at an error; where it is at one, it must be at every larger one.
    """
    found: dict[Place, float] = {}
    still_open = list(family)
    while still_open:
        level = error / len(still_open)
        closed = [place for place in still_open if decides(place, level)]
        found |= dict.fromkeys(closed or still_open, level)
        still_open = [place for place in still_open if place not in found]
    return found


def measured(statistic: Callable[[History], np.ndarray], loss: str, error: Callable[[History], float]) -> Estimate:
    """The estimate of a statistic (seeds × losses) for one loss of the run that is judged, at the error that it has there."""
    import importlib.metadata

    history = _judged_run.get() or quick_run()
    plan, level = history.plan, error(history)
    return estimate(
        statistic(history)[:, plan.losses.index(loss)],
        level,
        (
            f"{plan.dataset}, {plan.counts.n} images a run, seeds {plan.seeds[0]} to {plan.seeds[-1]}",
            f"torch {importlib.metadata.version('torch')} on {history.device}, {history.arithmetic}",
            f"a bootstrap interval at {100 * (1 - level):.2f} %, corrected with the others of its run (Holm)",
        ),
    )
