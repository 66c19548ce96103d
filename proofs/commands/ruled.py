"""`ufm simulate --rule`: descent in steps by another rule than the gradient flow, and the document that describes it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics import Array
from numerics.integrate import MOST_STEPS
from numerics.sampling.one_sample import Draw, descend_by_samples, probabilities, require_draw
from numerics.unconstrained_features import descent, measure
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.spectrum import spectrum
from proofs.commands import limits
from proofs.commands.learned import entries
from proofs.commands.options import Setting, read_number
from theory.exact import InvalidInput, meant
from theory.losses.checks import check
from theory.losses.loss import Loss

FLOW = "flow"
RULES = {
    "sign": descent.sign,
    "per-class-normalised": descent.class_normalised,
    "spectral": descent.spectral,
    "heavy-ball": descent.gradient,
}
ONE_SAMPLE = "sgd"
NAMES = (FLOW, *RULES, ONE_SAMPLE)
STEP_SIZE = 1e-3  # of a rule whose speed does not depend on the gradient's size
SHARE_OF_A_START = 0.25  # of e^(−δ) a step of such a rule from a random start: larger ones jump over where both factors come to agree
SHARE = 0.01  # of 1/s_1 a step of a heavy ball, s_1 the largest escape rate
SHARE_OF_INERTIA = 0.5  # the most of μ by default: the velocity settles at the rate 1/μ, and steps above μ swing about it
SHARE_OF_A_SAMPLE = 0.1  # of 1/(ω/q · σ_1) a step of one sample, with σ_1 the size of W and H at the end, by which a sample's loss bends
INERTIA = 1.0
LEAST_STEPS = 10  # before anything is learned: a time is read off between two steps
MOST_ENTRIES = 200_000  # of the logits: steps are many, and each goes through all samples


@dataclass(frozen=True)
class Asked:
    """A rule by its name, the step in flow time, the inertia and how samples are drawn; None for the default."""

    rule: str = FLOW
    step_size: float | None = None
    inertia: float | None = None
    draw: Draw | None = None


def read(rule: str, step_size: str | None, inertia: str | None, draw: str | None, beside: Iterable[str]) -> Asked:
    """The rule that is asked for; `beside`, other options that were given and that only the flow has.

    Raises: InvalidInput for an unknown rule, for a number that is not > 0, and for options that do not go together.
    """
    if rule not in NAMES:
        raise InvalidInput(f"rule={rule!r} must be one of {', '.join(NAMES)}{meant(rule, NAMES)}")
    if rule == FLOW and step_size is not None:
        raise InvalidInput("--step-size belongs to a rule that goes in steps: give --rule too, or leave it out")
    if rule != "heavy-ball" and inertia is not None:
        raise InvalidInput(f"--inertia belongs to --rule heavy-ball, and the rule is {rule}: leave it out")
    if draw is not None and rule != ONE_SAMPLE:
        raise InvalidInput(f"--draw belongs to --rule {ONE_SAMPLE}, and the rule is {rule}: leave it out")
    if draw is not None:
        require_draw(draw)
    if rule != FLOW:
        for name in beside:
            raise InvalidInput(f"--rule {rule} and {name} do not go together: only the flow has it; leave out one of them")
    return Asked(rule, _positive(step_size, "step size"), _positive(inertia, "inertia"), draw)  # type: ignore[arg-type]


def _positive(text: str | None, name: str) -> float | None:
    if text is None:
        return None
    number = read_number(text, name)
    if not number > 0:
        raise InvalidInput(f"{name}={text} must be > 0: it is in flow time")
    return number


def document(
    asked: Asked, setting: Setting, experiment: Experiment, horizon: float | None, fraction: float, margin: float
) -> dict[str, Any]:
    """The JSON document of `ufm simulate --rule`: that of a flow, with the rule, the step and the inertia.

    Raises: InvalidInput for more than MOST_ENTRIES logits, for a rule that has no sense at this start, for a horizon that is not > 0,
    for steps that are too large, and where the run diverges.
    """
    _require_sense(asked.rule, experiment)
    with limits.of_a_loss(experiment.loss.name):
        if isinstance(experiment.loss, Loss):
            check(experiment.loss)
    inertia = (asked.inertia or INERTIA) if asked.rule == "heavy-ball" else 0.0
    step_size = asked.step_size or _default_step(asked, experiment, inertia)
    if not step_size > 0:
        raise InvalidInput(f"delta={experiment.delta:g}: the default step is 0 but for rounding: give --step-size, or a smaller --delta")
    if inertia and step_size > inertia:
        raise InvalidInput(f"step size={step_size:g} must be at most the inertia {inertia:g}, or the velocity swings: give a smaller one")
    steps = MOST_STEPS if horizon is None else _steps(horizon, step_size)
    start = time.perf_counter()
    until = fraction, margin
    own: dict[str, Any] = {"rule": asked.rule, "step_size": step_size}
    if asked.rule == ONE_SAMPLE:
        draw: Draw = asked.draw or "weights"
        own["draw"] = draw
        # The next seed: that of a random start would give draws that repeat its numbers.
        run = descend_by_samples(experiment, step_size=step_size, steps=steps, seed=experiment.seed + 1, draw=draw, until=until)
    else:
        run = descent.descend(experiment, step_size=step_size, steps=steps, rule=RULES[asked.rule], inertia=inertia, until=until)
    own |= {"inertia": inertia} if inertia else {}
    _require_resolved(run, fraction, margin)
    return _told(setting, experiment, run, fraction, margin) | own | {"seconds": time.perf_counter() - start}


def _require_sense(rule: str, experiment: Experiment) -> None:
    """Raises InvalidInput for too many logits, and for signs of entries that are zero but for rounding."""
    if experiment.counts.c * experiment.counts.n > MOST_ENTRIES:
        raise InvalidInput(
            f"{experiment.counts.c} classes × {experiment.counts.n} samples are more than {MOST_ENTRIES} logits, and --rule {rule} runs "
            "sample by sample: give fewer samples, or leave out --rule"
        )
    if rule == "sign" and experiment.init == "spectral":
        raise InvalidInput("--rule sign has no sense at a spectral start, where entries of the gradient are 0: give --init random")


def _steps(horizon: float, step_size: float) -> int:
    """How many steps make this time; raises InvalidInput for one that is not > 0, and for more than MOST_STEPS."""
    if not horizon > 0:
        raise InvalidInput(f"time={horizon:g} must be > 0: it is the horizon in flow time")
    steps = horizon / step_size
    if not steps < MOST_STEPS + 1:
        raise InvalidInput(
            f"time={horizon:g} is {steps:.10g} steps of {step_size:g}, and at most {MOST_STEPS} are taken: give a larger --step-size"
        )
    return max(1, round(steps))


def _require_resolved(run: descent.Descent, fraction: float, margin: float) -> None:
    """Raises InvalidInput where something is learned so early that its time would say more about the step than about the rule."""
    reached = np.concatenate([run.mode_learning_steps(fraction), run.class_learning_steps(margin)])
    early = reached[(reached > 0) & (reached < LEAST_STEPS)]
    if len(early):
        raise InvalidInput(
            f"step size={run.step_size:g} is too large: a mode or class is learned after {early.min():.2g} steps, and at least "
            f"{LEAST_STEPS} are needed to tell when: give a smaller --step-size"
        )


def _default_step(asked: Asked, experiment: Experiment, inertia: float) -> float:
    if asked.rule == ONE_SAMPLE:
        weights = np.repeat(experiment.weights, experiment.counts.per_class)
        largest = float((weights / probabilities(weights, asked.draw or "weights")).max())
        return SHARE_OF_A_SAMPLE / (largest * measure.modes_of(experiment)[0].singular_value)
    if asked.rule == "heavy-ball":
        largest = max(rate.value for rate in spectrum(experiment.counts, list(experiment.weights)).escape_rates)
        return min(SHARE / largest, SHARE_OF_INERTIA * inertia)
    return STEP_SIZE if experiment.init == "spectral" else min(STEP_SIZE, SHARE_OF_A_START * math.exp(-experiment.delta))


def _told(setting: Setting, experiment: Experiment, run: descent.Descent, fraction: float, margin: float) -> dict[str, Any]:
    mode_times, class_times = _times(run, run.mode_learning_steps(fraction)), _times(run, run.class_learning_steps(margin))
    return {
        "loss": experiment.loss.name,
        **setting.as_json(),
        "delta": experiment.delta,
        "init": experiment.init,
        "level": "sample",
        "reduction": f"steps of {run.step_size:g}, sample by sample: {len(run.losses) - 1} of them",
        "time": run.step_size * (len(run.losses) - 1),
        "switched_at": None,
        "ends": "horizon" if None in (*mode_times, *class_times) else "learned",
        "time_needed": None,
        "fraction": fraction,
        "margin": margin,
        **entries(measure.modes_of(experiment), mode_times, setting.counts.per_class, experiment.weights, class_times),
        "loss_final": float(run.losses[-1]),
        "balance_drift": None,
    }


def _times(run: descent.Descent, steps: Array) -> tuple[float | None, ...]:
    """Flow times of steps; None for one that is not reached."""
    return tuple(None if np.isnan(step) else float(run.step_size * step) for step in steps)
