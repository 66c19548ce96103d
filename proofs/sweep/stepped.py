"""Descent in steps by another rule than the gradient flow, sample by sample: the run, and which steps it is not true for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from numerics import Array
from numerics.integrate import MOST_STEPS
from numerics.sampling.one_sample import Draw, descend_by_samples, probabilities
from numerics.unconstrained_features import descent, measure
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.spectrum import spectrum
from proofs.sweep.reading import Outcome, Reading
from theory.exact import InvalidInput
from theory.losses.squared import Squared

HEAVY_BALL, ONE_SAMPLE = "heavy-ball", "sgd"
FULL_BATCH = {
    "sign": descent.sign,
    "per-class-normalised": descent.class_normalised,
    "spectral": descent.spectral,
    HEAVY_BALL: descent.gradient,
}
IN_STEPS = (*FULL_BATCH, ONE_SAMPLE)
STEP_SIZE = 1e-3  # of a rule whose speed does not depend on the gradient's size
SHARE_OF_A_START = 0.25  # of e^(−δ) a step of such a rule from a random start: larger ones jump over where both factors come to agree
SHARE = 0.01  # of 1/s_1 a step of a heavy ball, s_1 the largest escape rate
SHARE_OF_INERTIA = 0.5  # the most of μ by default: the velocity settles at the rate 1/μ, and steps above μ swing about it
SHARE_OF_A_SAMPLE = 0.1  # of 1/(ω/q · σ_1) a step of one sample, with σ_1 the size of W and H at the end, by which a sample's loss bends
INERTIA = 1.0
LEAST_STEPS = 10  # before anything is learned: a time is read off between two steps
MOST_ENTRIES = 200_000  # of the logits: steps are many, and each goes through all samples


def run(rule: str, experiment: Experiment, reading: Reading) -> Outcome:
    """The descent by a rule of IN_STEPS, until all is learned, or up to the time of the reading.

    Raises: InvalidInput for more than MOST_ENTRIES logits, for steps that are too many, too large or unstable, and where the run diverges.
    """
    entries = experiment.counts.c * experiment.counts.n
    if entries > MOST_ENTRIES:
        raise InvalidInput(
            f"{experiment.counts.c} classes × {experiment.counts.n} samples are more than {MOST_ENTRIES} logits, and rule {rule} runs "
            "sample by sample: give fewer samples, or take the flow"
        )
    inertia = (reading.inertia or INERTIA) if rule == HEAVY_BALL else 0.0
    draw: Draw = reading.draw or "weights"
    step_size = reading.step_size or _default_step(rule, experiment, inertia, draw)
    if not step_size > 0:
        raise InvalidInput(f"delta={experiment.delta:g}: the default step is 0 but for rounding: give a step size, or a smaller delta")
    _require_small(rule, experiment, step_size, inertia, draw)
    steps = MOST_STEPS if reading.time is None else _steps(reading.time, step_size)
    until = reading.fraction, reading.margin
    used: dict[str, Any] = {"step_size": step_size}
    if rule == ONE_SAMPLE:
        used["draw"] = draw
        # The next seed: that of a random start would give draws that repeat its numbers.
        found = descend_by_samples(experiment, step_size=step_size, steps=steps, seed=experiment.seed + 1, draw=draw, until=until)
    else:
        used |= {"inertia": inertia} if inertia else {}
        found = descent.descend(experiment, step_size=step_size, steps=steps, rule=FULL_BATCH[rule], inertia=inertia, until=until)
    return _read(experiment, found, reading, used)


def _read(experiment: Experiment, found: descent.Descent, reading: Reading, used: dict[str, Any]) -> Outcome:
    """Raises InvalidInput where something is learned so early that its time would say more about the step than about the rule."""
    mode_steps, class_steps = found.mode_learning_steps(reading.fraction), found.class_learning_steps(reading.margin)
    reached = np.concatenate([mode_steps, class_steps])
    early = reached[(reached > 0) & (reached < LEAST_STEPS)]
    if len(early):
        raise InvalidInput(
            f"step size={found.step_size:g} is too large: a mode or class is learned after {early.min():.2g} steps, and at least "
            f"{LEAST_STEPS} are needed to tell when: give a smaller step size"
        )
    return Outcome(
        end="horizon" if np.isnan(reached).any() else "learned",
        level="sample",
        time=found.step_size * (len(found.losses) - 1),
        loss_final=float(found.losses[-1]),
        modes=measure.modes_of(experiment),
        mode_times=_times(found, mode_steps),
        class_times=_times(found, class_steps),
        used=used,
    )


def _times(found: descent.Descent, steps: Array) -> tuple[float | None, ...]:
    """Flow times of steps; None for one that is not reached."""
    return tuple(None if np.isnan(step) else float(found.step_size * step) for step in steps)


def _steps(horizon: float, step_size: float) -> int:
    """How many steps make this time; raises InvalidInput for one that is not > 0, and for more than MOST_STEPS."""
    if not horizon > 0:
        raise InvalidInput(f"time={horizon:g} must be > 0: it is the horizon in flow time")
    steps = horizon / step_size
    if not steps < MOST_STEPS + 1:
        raise InvalidInput(
            f"time={horizon:g} is {steps:.10g} steps of {step_size:g}, and at most {MOST_STEPS} are taken: give a larger step size"
        )
    return max(1, round(steps))


def _default_step(rule: str, experiment: Experiment, inertia: float, draw: Draw) -> float:
    if rule == ONE_SAMPLE:
        return SHARE_OF_A_SAMPLE / (_largest_factor(experiment, draw) * _largest_value(experiment))
    if rule == HEAVY_BALL:
        largest = max(rate.value for rate in spectrum(experiment.counts, list(experiment.weights)).escape_rates)
        return min(SHARE / largest, SHARE_OF_INERTIA * inertia)
    return STEP_SIZE if experiment.init == "spectral" else min(STEP_SIZE, _beside_a_random_start(experiment))


def _beside_a_random_start(experiment: Experiment) -> float:
    """The largest step of a rule whose speed does not depend on the gradient's size."""
    return SHARE_OF_A_START * math.exp(-experiment.delta)


def _require_small(rule: str, experiment: Experiment, step_size: float, inertia: float, draw: Draw) -> None:
    """Raises InvalidInput for steps from which the rule is unstable, or leaves modes of a random start behind."""
    if inertia and step_size > inertia:
        raise InvalidInput(f"step size={step_size:g} must be at most the inertia {inertia:g}, or the velocity swings: give a smaller one")
    if rule not in (HEAVY_BALL, ONE_SAMPLE) and experiment.init != "spectral" and step_size > _beside_a_random_start(experiment):
        raise InvalidInput(
            f"step size={step_size:g} must be at most {_beside_a_random_start(experiment):.4g}, {SHARE_OF_A_START:g} of the random start: "
            "larger steps leave modes behind; give a smaller one, or a smaller delta"
        )
    if rule in (HEAVY_BALL, ONE_SAMPLE) and isinstance(experiment.loss, Squared):
        stable = _stable_step(rule, experiment, draw)
        if step_size > stable:
            raise InvalidInput(
                f"step size={step_size:g} must be at most {stable:.4g}, or the end of a run may be unstable: give a smaller one"
            )


def _stable_step(rule: str, experiment: Experiment, draw: Draw) -> float:
    """A step at which the balanced end WH = Z of the squared loss is stable.

    Formula: a sample's loss bends there by (ω/q)(‖W‖² + ‖h‖²) ≤ (ω/q)(σ_1 + 1), and a step of it is stable below 2 over that. The whole
    loss bends by at most Λ = max_j ω_j(σ_1 + √n_j); μẌ + Ẋ = −ΛX in steps η ≤ μ, X and Ẋ both from the old values, is stable where
    |1 + ηλ| < 1 for both λ with μλ² + λ + Λ = 0: for η < 1/Λ where they are complex, and always where they are real.
    """
    if rule == ONE_SAMPLE:
        return 2 / (_largest_factor(experiment, draw) * (_largest_value(experiment) + 1))
    roots = np.sqrt(np.array(experiment.counts.per_class, dtype=float))
    return 1 / float((np.array(experiment.weights) * (_largest_value(experiment) + roots)).max())


def _largest_factor(experiment: Experiment, draw: Draw) -> float:
    """The largest ω/q, by which the gradient of one sample's loss is multiplied."""
    weights = np.repeat(experiment.weights, experiment.counts.per_class)
    return float((weights / probabilities(weights, draw)).max())


def _largest_value(experiment: Experiment) -> float:
    """σ_1, the largest singular value of the target."""
    return float(measure.modes_of(experiment)[0].singular_value)
