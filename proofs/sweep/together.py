"""Which of the values that say how a run starts and moves go together: `ufm simulate` and `ufm sweep` refuse the others by one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numerics.sampling.one_sample import require_draw
from proofs.sweep.stepped import HEAVY_BALL, IN_STEPS, ONE_SAMPLE
from theory.exact import InvalidInput
from theory.losses import read_name

START = frozenset({"init", "delta", "seed", "width"})
# What each way to run takes of all that says how a run starts, moves and is kept; what is not among these every run takes.
TAKES: dict[str, frozenset[str]] = {
    "flow": START | {"level", "decay", "switch", "plot", "save"},
    "decay": START | {"level"},
    "bias": frozenset({"delta"}),
    "depth": frozenset({"delta"}),
    "features": frozenset(),
    **{name: START | {"step_size"} for name in IN_STEPS},
    HEAVY_BALL: START | {"step_size", "inertia"},
    ONE_SAMPLE: START | {"step_size", "draw"},
}
OWNERS = {"step_size": "a rule that goes in steps", "inertia": f"rule {HEAVY_BALL}", "draw": f"rule {ONE_SAMPLE}"}
OTHERS = frozenset().union(*TAKES.values(), {"bias", "depth", "features"})
REASONS = {
    "bias": "a run with a bias starts spectrally and runs by class",
    "depth": "layers start spectrally and run by the flow, at sample level",
    "features": "a run with fixed features starts at V = 0 and runs by the flow, at sample level",
}


def require_together(given: Mapping[str, Any]) -> None:
    """Raises InvalidInput for values that do not go together, and for a depth, features or draws that there are not.

    Arguments: `given`, the values that were given, by name; what is left to its default is not there. A rule may have its parameters.
    """
    rule = read_name(given.get("rule", "flow"))[0]
    way = next((each for each in ("bias", "depth", "features") if rule in ("flow", "bias") and each in {*given, rule}), rule)
    _require_values(given)
    takes = TAKES.get(way, TAKES["flow"])
    for name in given:
        agrees = name in takes or name == way or name not in OTHERS
        if agrees or (name == "init" and given[name] == "spectral" and way in ("bias", "depth")):
            continue
        if name in OWNERS:
            raise InvalidInput(f"{_words(name)} belongs to {OWNERS[name]}, and the rule is {rule}: leave it out")
        told = way if way in REASONS else f"rule {way}"
        raise InvalidInput(
            f"{told} and {_words(name)} do not go together: {REASONS.get(way, 'only the flow has it')}; leave out one of them"
        )
    if rule == "sign" and given.get("init", "spectral") == "spectral":
        raise InvalidInput("rule sign has no sense at a spectral start, where entries of the gradient are 0: give init random")


def _require_values(given: Mapping[str, Any]) -> None:
    depth, features = given.get("depth"), given.get("features", "fixed")
    if "depth" in given and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 2):
        raise InvalidInput(f"depth={depth} must be a whole number ≥ 2: two layers are the free features of every other run")
    if features != "fixed":
        raise InvalidInput(f"features={features!r} must be 'fixed', one orthonormal feature a class; without it features are free")
    if "draw" in given:
        require_draw(given["draw"])
    for name in ("step_size", "inertia"):
        if name in given and not given[name] > 0:
            raise InvalidInput(f"{_words(name)}={given[name]:g} must be > 0: it is in flow time")


def require_used_seed(given: Mapping[str, Any]) -> None:
    """Raises InvalidInput for a seed of which nothing depends; a sweep, whose grids go over starts and seeds, does not ask this."""
    if "seed" in given and given.get("init", "spectral") == "spectral" and given.get("rule") != ONE_SAMPLE:
        raise InvalidInput(f"seed={given['seed']} has no effect from a spectral start: give init random, or leave it out")


def _words(name: str) -> str:
    return name.replace("_", " ")
