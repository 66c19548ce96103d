"""The shared options of the command line, read into exact counts and weights."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from inspect import Parameter
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import typer

from theory.data import counts as class_counts
from theory.data import weights as class_weights
from theory.exact import InvalidInput, exact

if TYPE_CHECKING:  # most settings have neither labels nor inputs, and these take longer to load than the rest of a command
    import numpy as np
    from numpy.typing import NDArray

    from proofs.advise.inputs import Inputs

Command: TypeAlias = Callable[..., int]
V = TypeVar("V")
KEYWORD = Parameter.KEYWORD_ONLY
MOST_DECAY = 1e6  # a stable step is some 6 over the decay, and at most 100,000 steps are made
CountsOption = Annotated[str | None, typer.Option("--counts", metavar="N,N,…", help="Samples in each class.")]
StepOption = Annotated[
    str | None, typer.Option("--step", metavar="C,R[,P]", help="STEP imbalance: C classes, ratio R, minority share P (default 1/2).")
]
LongTailedOption = Annotated[str | None, typer.Option("--long-tailed", metavar="C,R", help="n_j = round(R^(1 − j/(C−1))).")]
LabelsOption = Annotated[
    str | None, typer.Option("--labels", metavar="FILE", help="Labels of the samples: y.npy, or y.csv:column.", show_default=False)
]
SimilarityOption = Annotated[
    str | None,
    typer.Option(
        "--similarity",
        metavar="ρ[,κ]",
        help="The data constrain the features: inner products of two unit inputs of one class, and of two classes (default 0).",
        show_default=False,
    ),
]
FeaturesOption = Annotated[
    str | None,
    typer.Option(
        "--features",
        metavar="X.npy",
        help="The data constrain the features: one row of numbers a sample, in the order of --labels, else in class order.",
        show_default=False,
    ),
]
ExponentOption = Annotated[str | None, typer.Option("--weight-exponent", metavar="G", help="Weights n^(−G), such as 1/2.")]
ClassWeightOption = Annotated[
    str | None,
    typer.Option(
        "--class-weight",
        metavar="none|sqrt|balanced|effective-number:B|W,W,…",
        help="Weights by name (balanced: n/(c·n_j)), or one a class.",
    ),
]
NormalizationOption = Annotated[
    str,
    typer.Option(
        "--normalization", metavar="raw|mean|mass", help="raw: as they are; mean: Σω = c; mass: Σnω = n, torch's reduction='mean'."
    ),
]
BiasOption = Annotated[bool, typer.Option("--bias", help="An output bias is trained besides, from 0: L = WH + b1ᵀ.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else there.")]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Class counts, how they were given, and what was given beside them."""

    counts: class_counts.ClassCounts
    described: str = ""  # the counts, in words
    step: tuple[str, ...] | None = None  # (C, R[, P]) where they came from --step
    labels: NDArray[np.int_] | None = None  # where they came from --labels


@dataclass(frozen=True, kw_only=True)
class Setting(Counted):
    """The values of the shared options: counts, exact weights in class order, and their normalisation."""

    weights: tuple  # SymPy numbers
    normalization: str
    weighting: str = ""  # the weights, in words
    choice: str | Sequence[Any]  # the weights, as `class_weights` takes them
    inputs: Inputs | None = None  # what constrains the features; None for free ones
    bias: bool = False  # whether an output bias is trained

    @cached_property
    def members(self) -> dict[tuple[int, Any], tuple[int, ...]]:
        """The classes of each pair of count and weight."""
        return class_counts.interchangeable(self.counts, self.weights)

    @cached_property
    def floats(self) -> list[float]:
        """The weights as floats, one a class."""
        return self.by_class(float)

    def by_class(self, read: Callable[[Any], V]) -> list[V]:
        """What is read off each weight, once a weight, one entry a class."""
        values = {weight: read(weight) for weight in {weight for _, weight in self.members}}
        found = [next(iter(values.values()))] * self.counts.c
        for (_, weight), classes in self.members.items():
            value = values[weight]
            for j in classes:
                found[j] = value
        return found

    def as_json(self) -> dict:
        """The part of a JSON document that says what was asked."""
        return ({"bias": True} if self.bias else {}) | {
            "counts": list(self.counts.per_class),
            "weights": self.floats,
            "weights_exact": self.by_class(str),
            "normalization": self.normalization,
        }


def read_counts(counts: str | None, step: str | None, long_tailed: str | None, labels: str | None) -> Counted:
    """Counts from exactly one of the four options.

    Raises: InvalidInput, one line, for none or more of them, and for a value that is no counts.
    """
    options = {"--counts": counts, "--step": step, "--long-tailed": long_tailed, "--labels": labels}
    given = [name for name, value in options.items() if value is not None]
    if len(given) != 1:
        raise InvalidInput(
            f"counts are given by {' and '.join(given) or 'no option'}, and exactly one is needed: "
            "use --counts, --step, --long-tailed or --labels"
        )
    if labels is not None:
        from proofs.advise.labels import counts_of, read_labels

        each = read_labels(labels)
        return Counted(counts=counts_of(each), described=f"labels {labels}", labels=each)
    if counts is not None:
        return Counted(counts=class_counts.explicit(counts.split(",")), described=f"counts {counts}")
    if step is not None:
        parts = _parts(step, "--step", (2, 3))
        share = parts[2] if len(parts) == 3 else "1/2"
        stepped = class_counts.step(parts[0], parts[1], share)
        return Counted(counts=stepped, described=f"STEP({', '.join(parts)})", step=tuple(step.split(",")))
    parts = _parts(long_tailed or "", "--long-tailed", (2,))
    return Counted(counts=class_counts.long_tailed(*parts), described=f"long-tailed({', '.join(parts)})")


def read_setting(
    counted: Counted, exponent: str | None, class_weight: str | None, normalization: str, inputs: Inputs | None = None
) -> Setting:
    """A setting of counts, with weights from at most one of the two options.

    Raises: InvalidInput, one line, for both, and for a value that is no weights.
    """
    if exponent is not None and class_weight is not None:
        raise InvalidInput("weights are given by --weight-exponent and --class-weight, and one of them is enough: drop the other")
    choice = _weight_choice(exponent, class_weight)
    weights = class_weights.class_weights(counted.counts, choice, normalization)  # type: ignore[arg-type]
    named = f"ω = n^(−{exponent})" if exponent is not None else f"class weight {class_weight or 'none'}"
    return Setting(
        **vars(counted), weights=weights, normalization=normalization, weighting=f"{named}, {normalization}", choice=choice, inputs=inputs
    )


def _parts(text: str, option: str, lengths: tuple[int, ...]) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in lengths:
        raise InvalidInput(
            f"{option}={text!r} has {len(parts)} value(s), and {' or '.join(map(str, lengths))} are needed: write {option} 10,100"
        )
    return parts


def _weight_choice(exponent: str | None, class_weight: str | None) -> str | list[str]:
    if exponent is not None:
        exact(exponent, "weight exponent")
        return exponent
    if class_weight is None or class_weight[:1].isalpha():
        return class_weight or "none"
    return class_weight.split(",")


def as_one(parameter: str, read: Callable[..., Any], shared: Mapping[str, tuple[Any, Any]]) -> Callable[[Command], Command]:
    """A decorator of commands: shared options stand where the command has one parameter, which is what `read` makes of them.

    Arguments: `shared`, the annotation and the default of each option by its name in `read`.
    """

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        options = [Parameter(name, KEYWORD, default=default, annotation=annotation) for name, (annotation, default) in shared.items()]
        places = [options if name == parameter else [each.replace(kind=KEYWORD)] for name, each in signature.parameters.items()]

        @functools.wraps(command)
        def given(**values: Any) -> int:
            asked = {name: values.pop(name) for name in shared}
            return command(**values, **{parameter: read(**asked)})

        # Typer reads the options off the signature and the annotations.
        given.__signature__ = signature.replace(parameters=list(chain.from_iterable(places)))  # type: ignore[attr-defined]
        given.__annotations__ = {each.name: each.annotation for each in chain.from_iterable(places)}
        return given

    return decorate


def read_given(
    weight_exponent: str | None,
    class_weight: str | None,
    normalization: str,
    similarity: str | None = None,
    features: str | None = None,
    bias: bool = False,
    **counts: str | None,
) -> Setting:
    """The setting of all shared options; raises InvalidInput, one line, for values that do not go together."""
    counted = read_counts(**counts)
    inputs = None
    if similarity is not None or features is not None:
        from proofs.advise.inputs import inputs_given

        inputs = inputs_given(None if similarity is None else similarity.split(","), features, counted.labels, counted.counts)
    return replace(read_setting(counted, weight_exponent, class_weight, normalization, inputs), bias=bias)


COUNTS = {
    "counts": (CountsOption, None),
    "step": (StepOption, None),
    "long_tailed": (LongTailedOption, None),
    "labels": (LabelsOption, None),
}
WEIGHTS = {
    "weight_exponent": (ExponentOption, None),
    "class_weight": (ClassWeightOption, None),
    "normalization": (NormalizationOption, "raw"),
}
BIAS = {"bias": (BiasOption, False)}
INPUTS = {"similarity": (SimilarityOption, None), "features": (FeaturesOption, None)}
with_counts = as_one("counted", read_counts, COUNTS)
with_setting = as_one("setting", read_given, {**COUNTS, **WEIGHTS, **BIAS})
with_inputs = as_one("setting", read_given, {**COUNTS, **WEIGHTS, **INPUTS, **BIAS})


def read_number(text: str, name: str) -> float:
    """A finite real number as a float, from a text such as 8, 0.5 or 1/2.

    Raises: InvalidInput for anything else, NaN and infinity included.
    """
    try:
        return float(Fraction(text.strip()))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InvalidInput(f"{name}={text!r} must be a finite number: write it as 8, 0.5 or 1/2") from None


def read_switch(text: str) -> tuple[float, str]:
    """When weights change, and to which, from a text such as 500:balanced; raises InvalidInput for anything else."""
    when, _, choice = text.partition(":")
    try:
        if choice:
            return float(Fraction(when)), choice
    except (ValueError, ZeroDivisionError):
        pass
    raise InvalidInput(f"switch {text!r} must say when and which weights, such as 500:balanced")


def read_decay(text: str) -> tuple[float, float]:
    """λ_W and λ_H from a text such as 0.5, for both, or 0.2,0.8.

    Raises: InvalidInput for what is no number > 0, for one beyond MOST_DECAY, and for more than two.
    """
    parts = text.split(",")
    numbers = [read_number(part, "decay") for part in parts]
    if len(numbers) > 2 or min(numbers) <= 0:
        raise InvalidInput(f"decay={text!r} must be one number > 0 for W and H, or two: write it as 0.5 or 0.2,0.8, or leave it out")
    if max(numbers) > MOST_DECAY:
        raise InvalidInput(
            f"decay={text!r} must be at most {MOST_DECAY:g}: a run of flow time 1 then takes more steps than are made; give a smaller one"
        )
    return numbers[0], numbers[-1]


def writable(path: Path | None, folder: bool = False) -> Path | None:
    """The path, checked before the work is done rather than after.

    Raises: InvalidInput where it cannot be written.
    """
    if path is None:
        return None
    from tempfile import TemporaryFile  # loaded where it is asked for

    try:
        if folder:
            path.mkdir(parents=True, exist_ok=True)
        elif path.exists() and not path.is_file():
            raise IsADirectoryError(f"{path} is {'a folder' if path.is_dir() else 'no plain file'}")
        with TemporaryFile(dir=path if folder else path.parent):
            pass
    except OSError as error:
        raise InvalidInput(
            f"output {str(path)!r} cannot be written ({error.strerror or error}): give a path in a folder that exists and is yours"
        ) from None
    return path


def picture(path: Path | None) -> Path | None:
    """The path of a picture, checked before the work is done rather than after.

    Raises: InvalidInput where it cannot be written, or its suffix names no format of Matplotlib.
    """
    if path is None:
        return None
    writable(path)
    from matplotlib.figure import Figure

    known = Figure().canvas.get_supported_filetypes()
    if path.suffix.lstrip(".").lower() not in known:
        raise InvalidInput(
            f"plot {str(path)!r} has a suffix that names no picture format: use one of "
            f"{', '.join('.' + suffix for suffix in sorted(known))}"
        )
    return path
