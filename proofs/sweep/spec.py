"""The specification of a sweep: a TOML file of grids and lists, read into the points that are run, in order."""

from __future__ import annotations

import functools
import itertools
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from numerics.unconstrained_features.flow import Level
from numerics.unconstrained_features.measure import require_fraction
from proofs.sweep import rules
from proofs.sweep.points import Point
from proofs.sweep.together import require_together
from theory.data import counts as class_counts
from theory.data.counts import ClassCounts
from theory.data.weights import class_weights
from theory.exact import InvalidInput, exact, meant
from theory.losses.checks import check
from theory.losses.loss import Loss

MOST_RUNS = 200_000  # a row with its lists takes some 7 kB of memory
LARGEST_WHOLE = 2**63 - 1  # what a column of whole numbers of a table can hold
MOST_DIGITS = 400  # before the point and after it
MOST_BYTES = 20_000_000  # of a file: a list of a hundred thousand points is some ten
COUNTS: dict[str, Callable[..., ClassCounts]] = {
    "counts": lambda *each: class_counts.explicit(each),
    "step": class_counts.step,
    "long_tailed": class_counts.long_tailed,
}
WEIGHTS = ("weight_exponent", "class_weight")
LISTED = (*COUNTS, "class_weight")  # keys of which one value may itself be a list
DEFAULTS: dict[str, Any] = {
    "normalization": "raw",
    "loss": "squared",
    "init": "spectral",
    "delta": 8,
    "seed": 0,
    "width": None,
    "rule": "flow",
    "level": None,
    "time": None,
    "fraction": "1/2",
    "margin": "1/2",
    "step_size": None,
    "inertia": None,
    "draw": None,
    "depth": None,
    "features": None,
}
KEYS = (*COUNTS, *WEIGHTS, *DEFAULTS)
TABLES = ("grid", "list")
EXAMPLE = "see examples/sweep.toml"


def read_points(path: Path) -> list[Point]:
    """The runs of a TOML file; raises InvalidInput, one line, for a file that cannot be read, and as `points` does."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"file {str(path)!r} is larger than {MOST_BYTES} bytes: split it")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InvalidInput(f"file {str(path)!r} cannot be read ({reason}): give a TOML file of [[grid]] and [[list]] tables") from None
    try:
        return points(tomllib.loads(text, parse_float=Decimal))  # a decimal is exact: it is the number that was written
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"file {str(path)!r} is not TOML ({' '.join(str(error).split())}): mend that line") from None


def points(spec: Mapping[str, Any]) -> list[Point]:
    """The runs of a specification, in order: of each grid all combinations, the last key the fastest, then of each list each place.

    Arguments: `spec`, a mapping of keys; `grid` and `list` are tables, of which `list` has its values side by side. The keys
    beside them hold for every table that does not give its own; without tables they are one grid.
    Raises: InvalidInput, one line, for a key or a value that is none, an empty list, lists side by side of different lengths, and
    more than MOST_RUNS runs.
    """
    common = {key: value for key, value in spec.items() if key not in TABLES}
    tables = [(name, number, table) for name in TABLES for number, table in enumerate(_tables(spec, name), 1)]
    asked = [(f"[[{name}]] {number}: ", name, _merged(common, table, f"[[{name}]] {number}: ")) for name, number, table in tables]
    if not asked:
        asked = [("", "grid", _merged({}, common, ""))]
    total = sum(_size(where, name, values) for where, name, values in asked)
    if total > MOST_RUNS:
        raise InvalidInput(f"the sweep has {total} runs, and at most {MOST_RUNS} are made: split it")
    return [_told(where, setting) for where, name, values in asked for setting in _settings(name, values)]


def _tables(spec: Mapping[str, Any], name: str) -> list[Any]:
    found = spec.get(name, [])
    if not isinstance(found, list) or (name in spec and not found):
        raise InvalidInput(f"{name} must be one or more tables, each under [[{name}]]: {EXAMPLE}")
    return found


def _merged(common: Mapping[str, Any], table: Any, where: str) -> dict[str, list[Any]]:
    """The values of each key of a table as a list, those of the whole file first."""
    if not isinstance(table, Mapping):
        raise InvalidInput(f"{where}this is no table: {EXAMPLE}")
    for key in (*common, *table):
        if key not in KEYS:
            raise InvalidInput(f"{where if key in table else ''}{key!r} is no key of a sweep{meant(key, KEYS)}: use {', '.join(KEYS)}")
    for group, most in ((tuple(COUNTS), "exactly"), (WEIGHTS, "at most")):
        own = [key for key in group if key in table]
        if own:
            common = {key: value for key, value in common.items() if key not in group}
        given = own or [key for key in group if key in common]
        if len(given) > 1 or (most == "exactly" and not given):
            raise InvalidInput(f"{where}{' and '.join(given) or 'no key'} given, and {most} one of {', '.join(group)} is needed")
    return {key: _values(key, value, where) for key, value in {**common, **table}.items()}


def _values(key: str, value: Any, where: str) -> list[Any]:
    """What a key runs through."""
    if key == "seed" and isinstance(value, str):
        first, dots, last = value.partition("..")
        if not (dots and first.isdecimal() and last.isdecimal() and int(first) <= int(last) < int(first) + MOST_RUNS):
            raise InvalidInput(f'{where}seed={value!r} must be a whole number, a list of them, or a range such as "0..99"')
        return list(range(int(first), int(last) + 1))
    if not isinstance(value, list):
        return [value]
    if not value:
        raise InvalidInput(f"{where}{key} is an empty list, which leaves nothing to run: give it a value, or leave it out")
    one = key in LISTED and not any(isinstance(each, list) for each in value) and (key in COUNTS or not isinstance(value[0], str))
    return [value] if one else value


def _size(where: str, name: str, values: Mapping[str, list[Any]]) -> int:
    lengths = {key: len(each) for key, each in values.items()}
    if name == "grid":
        return math.prod(lengths.values())
    longer = {key: length for key, length in lengths.items() if length > 1}
    if len(set(longer.values())) > 1:
        told = ", ".join(f"{key} has {length}" for key, length in longer.items())
        raise InvalidInput(f"{where}the values of a list stand side by side, and {told}: give as many of each, or one")
    return max(lengths.values())


def _settings(name: str, values: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """The values of each run."""
    length = max(map(len, values.values()))
    each = itertools.product(*values.values()) if name == "grid" else zip(*(v * (length // len(v)) for v in values.values()), strict=True)
    for combination in each:
        yield dict(zip(values, combination, strict=True))


def _told(where: str, setting: Mapping[str, Any]) -> Point:
    """The point of a setting; what is wrong with it is told with the table that it is of."""
    try:
        return _point(setting)
    except InvalidInput as error:
        raise InvalidInput(f"{where}{error}") from None


def _point(given: Mapping[str, Any]) -> Point:
    setting = {**DEFAULTS, **given}
    (source,) = (key for key in COUNTS if key in setting)
    counts = setting[source] if isinstance(setting[source], list) else [setting[source]]
    choice = next((setting[key] for key in WEIGHTS if key in setting), "none")
    for value in (*counts, *(choice if isinstance(choice, list) else [choice])):
        if isinstance(value, list | Mapping):
            raise InvalidInput(f"{value} must be one number, or a text: {EXAMPLE}")
    per_class, weights = _weighted(source, tuple(map(_text, counts)), _chosen(choice), _word("normalization", setting["normalization"]))
    point = Point(
        counts=per_class,
        weighting=_written(choice),
        normalization=setting["normalization"],
        weights=weights,
        loss=_word("loss", setting["loss"]),
        delta=_number("delta", setting["delta"]),
        init=_word("init", setting["init"]),  # type: ignore[arg-type]
        seed=_whole("seed", setting["seed"], 0),
        width=None if setting["width"] is None else _whole("width", setting["width"], 1),
        rule=_word("rule", setting["rule"]),
        level=setting["level"],
        time=_given(_number, "time", setting),
        fraction=_number("fraction", setting["fraction"]),
        margin=_number("margin", setting["margin"]),
        step_size=_given(_number, "step_size", setting),
        inertia=_given(_number, "inertia", setting),
        draw=_given(_word, "draw", setting),
        depth=setting["depth"],
        features=setting["features"],
    )
    _require(point)
    require_together({key: value for key, value in vars(point).items() if key in given and value is not None})
    return point


def _given(read: Callable[[str, Any], Any], name: str, setting: Mapping[str, Any]) -> Any:
    """The value of a key as it is read, None where the key is left out."""
    return None if setting[name] is None else read(name, setting[name])


def _require(point: Point) -> None:
    """Raises InvalidInput for what is wrong whatever the run: the run itself may be refused later, and then its row says so."""
    loss = point.experiment().loss
    if isinstance(loss, Loss):
        check(loss)
    if sum(point.counts) > LARGEST_WHOLE:
        raise InvalidInput(f"samples={sum(point.counts)} must be at most {LARGEST_WHOLE}: give fewer classes or samples")
    rules.rule_named(point.rule)
    require_fraction(point.fraction)
    if point.level not in (None, *get_args(Level)):
        raise InvalidInput(f"level={point.level!r} must be one of {', '.join(get_args(Level))}")
    if point.time is not None and point.time <= 0:
        raise InvalidInput(f"time={point.time:g} must be > 0: it is the horizon in flow time")


@functools.lru_cache(maxsize=4096)  # a grid has the same counts and weights again and again
def _weighted(source: str, given: tuple[Any, ...], choice: Any, normalization: Any) -> tuple[tuple[int, ...], tuple[float, ...]]:
    if source != "counts" and not 2 <= len(given) <= 2 + (source == "step"):
        raise InvalidInput(f"{source}={list(given)} must be the number of classes and R{', and p' * (source == 'step')}: write [10, 100]")
    counts = COUNTS[source](*given)
    return counts.per_class, tuple(float(weight) for weight in class_weights(counts, choice, normalization))


def _text(value: Any) -> Any:
    """A decimal as the text that was written, which is read exactly; anything else as it is."""
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) > MOST_DIGITS:
        raise InvalidInput(f"{value} must have at most {MOST_DIGITS} digits before and after the point: no float holds it")
    return str(value) if isinstance(value, Decimal) else value


def _chosen(choice: Any) -> Any:
    return tuple(map(_text, choice)) if isinstance(choice, list) else _text(choice)


def _written(choice: Any) -> str:
    return ",".join(map(str, choice)) if isinstance(choice, list) else str(choice)


def _word(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{name}={value} must be a text: write it in quotes")
    return value


def _number(name: str, value: Any) -> float:
    if isinstance(value, float) and math.isfinite(value):  # from Python: what is measured need not be exact
        return value
    number = float(exact(_text(value), name))
    if not math.isfinite(number):
        raise InvalidInput(f"{name}={value} must be a number that a float can hold: give a smaller one")
    return number


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LARGEST_WHOLE:
        raise InvalidInput(f"{name}={value} must be a whole number from {least} to {LARGEST_WHOLE}")
    return value
