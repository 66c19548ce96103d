"""Class weights for a last layer that is trained anew, by weighted least squares with an intercept, on given features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

from numerics import Array
from numerics.constrained_features import inputs
from proofs.advise.advice import verdicts
from proofs.advise.inputs import mapped
from theory.data.counts import ClassCounts
from theory.data.weights import normalize
from theory.exact import InvalidInput
from theory.last_layer import law

MOST_NUMBERS = 200_000_000  # of the features: a rank takes minutes and gigabytes beyond
WORST_CLASS = 4  # up to which the equalising weights are the best for the worse class
TWO = {
    "weights": "equalising-weights",
    "law": "leverage-law",
    "worst_class": "equalising-is-worst-class-optimal-iff",
    "images": "equalising-weights-on-images",
}
MANY = {"weights": "equalising-weights-of-many-classes"}
OF_THE_MODEL = (
    "The weights equalise on Gaussian classes of one covariance as features and samples grow together, for least squares with an "
    "intercept; "
    "on other features they are a guess, to be compared with others on held-out samples."
)
OF_MANY = (
    "With more than two classes they equalise intercepts and mean scores, and not the errors: scores are noisier in rare classes, "
    "which may still err more."
)


@dataclass(frozen=True)
class LastLayer:
    """Advice on a last layer. `counts`, samples of each class; `rank`, d, that of the features less their mean; `separation`, for two
    classes an estimate of ρ, half the distance of the class means in units of the noise, None where there are too few samples, or no noise
    in some direction."""

    counts: ClassCounts
    columns: int
    rank: int
    separation: float | None

    @cached_property
    def exact(self) -> tuple[sp.Expr, ...]:
        """ω_j ∝ 1/(n_j − d/c), of mean one over the samples."""
        n = [sp.Integer(count) for count in self.counts.per_class]
        raw = [law.weight_of_share(count, sp.Rational(1, self.counts.c)).subs(law.FEATURES, self.rank) for count in n]
        return normalize(raw, [1] * self.counts.c, n, "mass")

    @property
    def worst_class(self) -> float | None:
        """d((1 + ρ²)/n_min + (1 − ρ²)/n_maj) at the estimated ρ; at most 4 where equal errors are the least for the worse class."""
        if self.separation is None:
            return None
        least, most = min(self.counts.per_class), max(self.counts.per_class)
        return self.rank * ((1 + self.separation**2) / least + (1 - self.separation**2) / most)

    @property
    def notes(self) -> list[str]:
        """The caveats that belong beside the weights."""
        notes = [OF_THE_MODEL]
        if self.counts.c > 2:
            notes.append(OF_MANY)
        if (found := self.worst_class) is not None:
            side = "at most" if found <= WORST_CLASS else "more than"
            then = (
                "no other weights have a smaller error of the worse class"
                if found <= WORST_CLASS
                else "a somewhat smaller weight of the rarer class lowers the errors of both"
            )
            notes.append(
                f"ρ is estimated as {self.separation:.3g}: d((1 + ρ²)/n_min + (1 − ρ²)/n_maj) = {found:.3g} is {side} 4, so that "
                f"on such Gaussian classes {then}."
            )
        return notes

    @property
    def rests_on(self) -> dict[str, dict[str, str]]:
        """What rests on a claim of the ledger, with that claim's verdict when this release was made."""
        named = TWO if self.counts.c == 2 else MANY
        return {what: {"claim": claim, "verdict": verdicts()[claim]} for what, claim in named.items() if claim in verdicts()}

    def as_json(self) -> dict[str, Any]:
        """The document of `ufm advise --last-layer --json`."""
        return {
            "counts": list(self.counts.per_class),
            "features": self.columns,
            "rank": self.rank,
            "features_per_sample": self.rank / self.counts.n,
            "weights": [float(weight) for weight in self.exact],
            "weights_exact": [str(weight) for weight in self.exact],
            "separation": self.separation,
            "worst_class_condition": self.worst_class,
            "rests_on": self.rests_on,
            "notes": self.notes,
        }


def last_layer(features: Any, counts: ClassCounts, labels: Any = None) -> LastLayer:
    """The equalising weights for these features.

    Formula: ω_j ∝ 1/(n_j − d/c), d the rank of the features less their mean.
    Arguments: `features`, n × columns, an array or the path of a NumPy file; `labels`, one for each row, or None for rows in class order.
    Raises: InvalidInput, one line, for features that cannot be read or are not n rows of finite numbers, for one class, and for
    d ≥ c n_min, where no weights equalise.
    Source: `equalising-weights` and `equalising-weights-of-many-classes` of the ledger.
    """
    read = mapped(Path(features)) if isinstance(features, str | Path) else np.asarray(features)
    members = np.repeat(np.arange(counts.c), counts.per_class) if labels is None else np.asarray(labels)
    if counts.c < 2:
        raise InvalidInput("labels are of one class, and weights of classes need two or more: give labels of all classes")
    if np.size(read) > MOST_NUMBERS:
        raise InvalidInput(f"features of shape {np.shape(read)} are more than {MOST_NUMBERS} numbers: give fewer rows or fewer columns")
    inputs.means_of(read, members, counts.c)  # raises for what is no table of numbers
    scaled = comparable(read)
    if not scaled.size:
        raise InvalidInput("features are the same in all samples, and a last layer learns nothing from them: give features that vary")
    means = inputs.means_of(scaled, members, counts.c)
    rank = int(np.linalg.matrix_rank(scaled - scaled.mean(axis=0)))
    least = min(counts.per_class)
    if rank >= counts.c * least:
        raise InvalidInput(
            f"features of rank {rank} must have a rank below {counts.c} × {least}, classes times samples of the rarest: beyond, no class "
            "weights give all classes a like share of the features; give fewer features, or more samples of that class"
        )
    rho = separation(scaled - means[members], means, counts, rank) if counts.c == 2 else None
    return LastLayer(counts, read.shape[1], rank, rho)


def comparable(features: Any) -> Array:
    """The columns that are not constant, less their first row, over their largest size: of the same rank and ρ, in every unit."""
    columns = np.asarray(features, dtype=float)
    sizes = np.abs(columns).max(axis=0)
    columns = columns / np.where(sizes > 0, sizes, 1)  # so that a difference of the largest numbers is finite
    columns -= columns[0].copy()
    sizes = np.abs(columns).max(axis=0)
    return np.asarray(columns[:, sizes > 0] / sizes[sizes > 0])


def separation(within: Array, means: Array, counts: ClassCounts, rank: int) -> float | None:
    """An estimate of ρ of two classes: half the distance of their means, in units of the noise about them.

    Formula: 4ρ² is (n − d − 3)/(n − 2) times the squared Mahalanobis distance of the means with the pooled covariance, less d n/(n_1 n_2),
    which has no bias for Gaussian classes; 0 where that is negative.
    Arguments: `within`, features less their class means, n × columns; `means`, 2 × columns.
    Returns: ρ, or None where n ≤ d + 3, and where the features about their class means have a smaller rank than d: the classes then
    differ in a direction without noise.
    """
    n, (first, second) = counts.n, counts.per_class
    _, sizes, directions = np.linalg.svd(within, full_matrices=False)
    kept = sizes > sizes.max() * max(within.shape) * np.finfo(float).eps  # as of a rank
    if n <= rank + 3 or kept.sum() < rank:
        return None
    square = float((n - 2) * np.sum((directions[kept] @ (means[0] - means[1]) / sizes[kept]) ** 2))
    return float(np.sqrt(max(0.0, square * (n - rank - 3) / (n - 2) - rank * n / (first * second))) / 2)
