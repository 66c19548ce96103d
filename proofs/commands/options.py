"""The shared options of the command line, read into exact counts and weights."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from theory.data import counts as class_counts
from theory.data import weights as class_weights
from theory.exact import InvalidInput, exact

CountsOption = Annotated[str | None, typer.Option("--counts", metavar="N,N,…", help="Samples in each class.")]
StepOption = Annotated[
    str | None, typer.Option("--step", metavar="C,R[,P]", help="STEP imbalance: C classes, ratio R, minority share P (default 1/2).")
]
LongTailedOption = Annotated[str | None, typer.Option("--long-tailed", metavar="C,R", help="n_j = round(R^(1 − j/(C−1))).")]
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
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else there.")]


@dataclass(frozen=True)
class Setting:
    """The values of the shared options: counts, exact weights in class order, and their normalisation."""

    counts: class_counts.ClassCounts
    weights: tuple  # SymPy numbers
    normalization: str
    described: str  # the counts, in words
    weighting: str  # the weights, in words
    choice: str | list[str]  # the weights, as `class_weights` takes them
    step: tuple[str, ...] | None  # (C, R[, P]) where the counts came from --step

    def as_json(self) -> dict:
        """The part of a JSON document that says what was asked."""
        return {
            "counts": list(self.counts.per_class),
            "weights": [float(w) for w in self.weights],
            "weights_exact": [str(w) for w in self.weights],
            "normalization": self.normalization,
        }


def read_setting(
    counts: str | None, step: str | None, long_tailed: str | None, exponent: str | None, class_weight: str | None, normalization: str
) -> Setting:
    """Counts from exactly one of the three options, weights from at most one of the two.

    Raises: InvalidInput, one line, for anything else.
    """
    given = [name for name, value in (("--counts", counts), ("--step", step), ("--long-tailed", long_tailed)) if value is not None]
    if len(given) != 1:
        raise InvalidInput(
            f"counts are given by {' and '.join(given) or 'no option'}, and exactly one is needed: use --counts, --step or --long-tailed"
        )
    if exponent is not None and class_weight is not None:
        raise InvalidInput("weights are given by --weight-exponent and --class-weight, and one of them is enough: drop the other")
    if counts is not None:
        found, described = class_counts.explicit(counts.split(",")), f"counts {counts}"
    elif step is not None:
        parts = _parts(step, "--step", (2, 3))
        share = parts[2] if len(parts) == 3 else "1/2"
        found, described = class_counts.step(parts[0], parts[1], share), f"STEP({', '.join(parts)})"
    else:
        parts = _parts(long_tailed or "", "--long-tailed", (2,))
        found, described = class_counts.long_tailed(*parts), f"long-tailed({', '.join(parts)})"
    choice = _weight_choice(exponent, class_weight)
    weights = class_weights.class_weights(found, choice, normalization)  # type: ignore[arg-type]
    named = f"ω = n^(−{exponent})" if exponent is not None else f"class weight {class_weight or 'none'}"
    return Setting(found, weights, normalization, described, f"{named}, {normalization}", choice, tuple(step.split(",")) if step else None)


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


def read_number(text: str, name: str) -> float:
    """A finite real number as a float, from a text such as 8, 0.5 or 1/2.

    Raises: InvalidInput for anything else, NaN and infinity included.
    """
    try:
        return float(Fraction(text.strip()))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InvalidInput(f"{name}={text!r} must be a finite number: write it as 8, 0.5 or 1/2") from None


def writable(path: Path | None, folder: bool = False) -> Path | None:
    """The path, checked before the work is done rather than after.

    Raises: InvalidInput where it cannot be written.
    """
    if path is None:
        return None
    try:
        if folder:
            path.mkdir(parents=True, exist_ok=True)
            probe = path / ".ufm-probe"
        else:
            probe = path.with_name(path.name + ".part")
        probe.touch()
        probe.unlink()
        if not folder and path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
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
