"""When each mode and each class of a run is learned, as every document of `ufm simulate` tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from numerics.unconstrained_features.measure import ModeGroup


def entries(
    modes: Iterable[ModeGroup],
    mode_times: Iterable[float | None],
    counts: Sequence[int],
    weights: Sequence[float],
    class_times: Iterable[float | None],
) -> dict[str, list[dict[str, Any]]]:
    """The entries `modes`, one a distinct singular value, and `classes` of a document; a time that is not reached is None."""
    return {
        "modes": [
            {"singular_value": mode.singular_value, "multiplicity": mode.multiplicity, "learning_time": reached}
            for mode, reached in zip(modes, mode_times, strict=True)
        ],
        "classes": [
            {"count": count, "weight": weight, "learning_time": reached}
            for count, weight, reached in zip(counts, weights, class_times, strict=True)
        ],
    }
