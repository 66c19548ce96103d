"""The rules by which the runs of a sweep move. A new rule is one function here and one line in `RULES`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TypeAlias

from numerics.constrained_features import class_level
from numerics.trained_bias import free_features
from numerics.unconstrained_features import flow, measure
from numerics.unconstrained_features.experiment import Experiment
from proofs.sweep import stepped
from proofs.sweep.reading import Outcome, Reading
from theory.exact import InvalidInput, exact, meant
from theory.losses import read_name

Rule: TypeAlias = Callable[[Experiment, Reading], Outcome]


def gradient_flow(experiment: Experiment, reading: Reading, decays: tuple[float, float] | None = None) -> Outcome:
    """The gradient flow; raises as `flow.simulate` does."""
    run = flow.simulate(experiment, level=reading.level, time=reading.time, fraction=reading.fraction, margin=reading.margin, decay=decays)
    return Outcome(
        end=run.end,
        level=run.level,
        time=float(run.t[-1]),
        loss_final=float(measure.weighted_loss(run, run.t[-1])),
        modes=measure.modes_of(experiment),
        mode_times=measure.mode_learning_times(run, reading.fraction),
        class_times=measure.class_learning_times(run, reading.margin),
    )


def decayed(experiment: Experiment, reading: Reading, *, W: float, H: float) -> Outcome:
    """The gradient flow with weight decay W on W and H on H; raises as `flow.simulate` does."""
    return gradient_flow(experiment, reading, (W, H))


def with_bias(experiment: Experiment, reading: Reading) -> Outcome:
    """The gradient flow of L = WH + b1ᵀ, b from 0, from a spectral start of the least width; raises as `free_features.simulate`."""
    run = free_features.simulate(experiment, experiment.delta, time=reading.time, fraction=reading.fraction, margin=reading.margin)
    mode_times, class_times = class_level.mode_learning_times(run, reading.fraction), measure.class_learning_times(run, reading.margin)
    return Outcome(
        end="learned" if None not in (*mode_times, *class_times) else run.end,
        level="class",
        time=float(run.t[-1]),
        loss_final=float(run.at(run.t[-1], run.system.total_loss)),
        modes=measure.modes_of(experiment),
        mode_times=mode_times,
        class_times=class_times,
    )


RULES: dict[str, Callable[..., Outcome]] = {
    "flow": gradient_flow,
    "decay": decayed,
    "bias": with_bias,
    **{name: functools.partial(stepped.run, name) for name in stepped.IN_STEPS},
}


@functools.cache
def rule_named(text: str) -> Rule:
    """The rule of that name, with its parameters if it is written `name,parameter=value,…`, such as decay,W=0.4,H=0.4.

    Raises: InvalidInput, one line, for an unknown name, and for parameters that are not those of the rule.
    """
    name, parameters = read_name(text)
    if name not in RULES:
        raise InvalidInput(f"rule={text!r} is not known{meant(name, RULES)}: choose one of {', '.join(RULES)}")
    known = [each.name for each in inspect.signature(RULES[name]).parameters.values() if each.kind is each.KEYWORD_ONLY]
    if sorted(parameters) != sorted(known):
        wanted = ",".join([name, *(f"{each}=1/2" for each in known)])
        raise InvalidInput(f"rule={text!r} has the parameters {', '.join(parameters) or 'none'}: write it as {wanted}")
    numbers = {each: float(exact(value, f"{each} of rule {name}")) for each, value in parameters.items()}
    return functools.partial(RULES[name], **numbers)
