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
TWO = {"weights": "equalising-weights", "law": "leverage-law", "worst_class": "equalising-is-worst-class-optimal-iff"}
MANY = {"weights": "equalising-weights-of-many-classes"}
BOTH = {"images": "equalising-weights-on-images"}
RESTS_ON = {2: TWO | BOTH}  # by the number of classes; else that of many
OF_THE_MODEL = (
    "The weights equalise on Gaussian classes of one covariance as features and samples grow together, for least squares with an "
    "intercept; "
    "on other features they are a guess, to be compared with others on held-out samples."
)
OF_MANY = "With more than two classes they equalise intercepts and mean scores, and not the errors: rare classes still err somewhat more."


@dataclass(frozen=True)
class LastLayer:
    """Advice on a last layer. `counts`, samples of each class; `rank`, d, that of the features less their mean; `separation`, for two
    classes an estimate of ρ, half the distance of the class means in units of the noise, None where there are too few samples."""

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
                else "a smaller weight of the rarer class lowers the errors of both"
            )
            notes.append(
                f"ρ is estimated as {self.separation:.3g}: d((1 + ρ²)/n_min + (1 − ρ²)/n_maj) = {found:.3g} is {side} 4, so that {then}."
            )
        return notes

    @property
    def rests_on(self) -> dict[str, dict[str, str]]:
        """What rests on a claim of the ledger, with that claim's verdict when this release was made."""
        named = RESTS_ON.get(self.counts.c, MANY | {"law": TWO["law"]})
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
    means = inputs.means_of(read, members, counts.c)
    if read.size > MOST_NUMBERS:
        raise InvalidInput(f"features of shape {read.shape} are more than {MOST_NUMBERS} numbers: give fewer rows or fewer columns")
    within = np.asarray(read, dtype=float) - means[members]
    rank = int(np.linalg.matrix_rank(np.asarray(read, dtype=float) - np.mean(read, axis=0, dtype=float)))
    least = min(counts.per_class)
    if rank >= counts.c * least:
        raise InvalidInput(
            f"features of rank {rank} must have a rank below {counts.c} × {least}, classes times samples of the rarest: no class weights "
            "equalise the classes beyond; give fewer features, or more samples of that class"
        )
    return LastLayer(counts, read.shape[1], rank, separation(within, means, counts, rank) if counts.c == 2 else None)


def separation(within: Array, means: Array, counts: ClassCounts, rank: int) -> float | None:
    """An estimate of ρ of two classes: half the distance of their means, in units of the noise about them.

    Formula: 4ρ² is (n − d − 3)/(n − 2) times the squared Mahalanobis distance of the means with the pooled covariance, less d n/(n_1 n_2),
    which has no bias for Gaussian classes; 0 where that is negative.
    Arguments: `within`, features less their class means, n × columns; `means`, 2 × columns.
    Returns: ρ, or None where n ≤ d + 3.
    """
    n, (first, second) = counts.n, counts.per_class
    if n <= rank + 3:
        return None
    apart = means[0] - means[1]
    square = float(apart @ np.linalg.pinv(within.T @ within / (n - 2), hermitian=True) @ apart)
    return float(np.sqrt(max(0.0, square * (n - rank - 3) / (n - 2) - rank * n / (first * second))) / 2)
