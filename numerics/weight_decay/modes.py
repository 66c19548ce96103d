"""What weight decay leaves of each mode of the labels: the singular value of the minimiser whose left vector lies nearest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from numerics.basis import centred_svd
from numerics.unconstrained_features.spectrum import nearest_values
from numerics.weight_decay import minimiser
from theory.data.counts import ClassCounts, interchangeable
from theory.exact import InvalidInput

MOST_KINDS = 200  # kinds of classes: the minimiser takes some seconds


@dataclass(frozen=True)
class Left:
    """What is left of the modes of Z in the order of `spectrum`, singular values descending, and the rank of the minimiser.

    A value is None where classes of one count have different weights, so that the modes of that singular value end differently.
    """

    values: tuple[float | None, ...]
    rank: int


def left_of_modes(counts: ClassCounts, weights: list[float], mu: float) -> Left:
    """The singular values of the minimiser by the modes of Z.

    Raises: InvalidInput for more than MOST_KINDS distinct pairs of count and weight, and as `minimiser.minimise` does.
    """
    groups = Counter({pair: len(classes) for pair, classes in interchangeable(counts, weights).items()})
    if len(groups) > MOST_KINDS:
        raise InvalidInput(
            f"counts and weights make {len(groups)} groups of interchangeable classes, and with decay at most {MOST_KINDS} are taken: "
            "round the counts to fewer distinct ones"
        )
    found = minimiser.spectrum(counts, weights, mu)
    distinct = sorted({count for count, _ in groups}, reverse=True)
    sizes = np.array([sum(size for (count, _), size in groups.items() if count == one) for one in distinct])
    vectors, sigma, _ = centred_svd(sizes, np.array(distinct, dtype=float))
    between = nearest_values(groups, distinct, vectors[:, :-1], found.left, found.between)
    values: list[tuple[float, float | None]] = [(float(s), float(value)) for s, value in zip(sigma[:-1], between, strict=True)]
    for count, size in zip(distinct, sizes, strict=True):
        alike = [pair for pair in groups if pair[0] == count]
        if size > 1:
            values.append((float(np.sqrt(count)), found.within[alike[0]].value if len(alike) == 1 else None))
    return Left(tuple(value for _, value in sorted(values, key=lambda pair: -pair[0])), found.rank)
