"""The registered losses. A new loss is one file here and one line below."""

from __future__ import annotations

from theory.exact import InvalidInput
from theory.losses.cross_entropy import CrossEntropy
from theory.losses.loss import Loss
from theory.losses.squared import Squared

LOSSES: tuple[type[Loss], ...] = (
    Squared,
    CrossEntropy,
)


def loss_named(name: str) -> Loss:
    """The registered loss of that name.

    Raises: InvalidInput, listing the names, for an unknown one.
    """
    for loss in LOSSES:
        if loss.name == name:
            return loss()
    raise InvalidInput(f"loss={name!r} is not registered: choose one of {', '.join(loss.name for loss in LOSSES)}")
