"""What is said of the inputs: how alike samples are, or the features themselves; and the Gram matrix of the class means that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

from numerics import Array
from numerics.constrained_features import inputs
from theory.data.counts import ClassCounts, Group
from theory.data.inputs import class_mean_gram
from theory.exact import InvalidInput, exact

MOST_CLASSES = 2000  # B is a dense matrix, and its eigenvalues take seconds


@dataclass(frozen=True)
class Inputs:
    """The Gram matrix B of the class means of the inputs, c × c.

    Arguments: `described`, in words; `similarity`, (ρ, κ) where B was made of these: inner products of two unit inputs of
    one class, and of two classes.
    """

    gram: Array
    described: str
    similarity: tuple[sp.Rational, sp.Rational] | None = None


def gram_of(counts: ClassCounts, inputs: Inputs | None) -> Array:
    """The Gram matrix of the class means of the inputs; free features, None, have orthonormal inputs, one a sample: diag(1/n_j)."""
    return np.diag(1 / np.array(counts.per_class, dtype=float)) if inputs is None else inputs.gram


def inputs_given(similarity: Any, features: Any, labels: Any, counts: ClassCounts) -> Inputs | None:
    """What constrains the features, from at most one of the two; None for free features.

    Raises: InvalidInput for both, and as `of_similarity` and `of_features` do.
    """
    if similarity is not None and features is not None:
        raise InvalidInput("the inputs are given by similarity and by features, and one of them is enough: drop the other")
    if similarity is not None:
        return of_similarity(similarity, counts)
    return None if features is None else of_features(features, labels, counts)


def of_similarity(similarity: Any, counts: ClassCounts) -> Inputs:
    """Inputs of which two of one class have the inner product ρ, and two of different classes κ, all of length 1.

    Arguments: `similarity`, ρ or (ρ, κ), exact; κ is 0 where it is not given.
    Raises: InvalidInput for other numbers, and for a Gram matrix that no inputs have.
    """
    _require_few(counts)
    given = [similarity] if isinstance(similarity, str) or not isinstance(similarity, Sequence) else list(similarity)
    if not 1 <= len(given) <= 2:
        raise InvalidInput(f"similarity has {len(given)} values, and one or two are needed: give ρ or ρ,κ, such as 0.3,0.1")
    within, between = (exact(value, "similarity") for value in (*given, 0)[:2])
    if not (within.is_Rational and between.is_Rational and within <= 1):
        raise InvalidInput(f"similarity={within},{between} must be numbers, the first at most 1: they are inner products of unit vectors")
    classes = [Group(sp.Integer(1), sp.Integer(n)) for n in counts.per_class]
    gram = np.array(class_mean_gram(classes, within, between).explicit(), dtype=float)
    try:
        inputs.inputs_of(gram)
    except InvalidInput as error:
        raise InvalidInput(f"similarity={within},{between} at these counts: {error}; make the second smaller or the first larger") from None
    return Inputs(gram, f"inputs of similarity {within} within a class and {between} between classes", (within, between))


def of_features(features: Any, labels: Any, counts: ClassCounts) -> Inputs:
    """Inputs that are given: n × d₀, one row a sample.

    Arguments: `features`, an array or the path of a NumPy file, which is read in parts; `labels`, one for each row, or None for
    rows in class order.
    Raises: InvalidInput for a file that cannot be read, and as `numerics.constrained_features.inputs.means_of` does.
    """
    _require_few(counts)
    read = mapped(Path(features)) if isinstance(features, str | Path) else np.asarray(features)
    members = np.repeat(np.arange(counts.c), counts.per_class) if labels is None else np.asarray(labels)
    means = inputs.means_of(read, members, counts.c)
    return Inputs(means @ means.T, f"features of {len(read)} samples, {means.shape[1]} numbers each")


def mapped(path: Path) -> Any:
    """The array in a NumPy file, which is read in parts; raises InvalidInput where it cannot be read."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidInput(f"features {str(path)!r} cannot be read ({why}): give a NumPy file X.npy with a row for each sample") from None


def _require_few(counts: ClassCounts) -> None:
    if counts.c > MOST_CLASSES:
        raise InvalidInput(f"{counts.c} classes are too many for the Gram matrix of their means: give at most {MOST_CLASSES}")
