"""The registered losses. A new loss is one file here and one line below."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import os
import sys
from typing import Any

from theory.exact import InvalidInput, meant
from theory.losses.binary_cross_entropy import BinaryCrossEntropy
from theory.losses.cross_entropy import CrossEntropy
from theory.losses.focal import Focal
from theory.losses.label_smoothing import LabelSmoothing
from theory.losses.ldam import LDAM
from theory.losses.logit_adjusted import LogitAdjusted
from theory.losses.loss import Loss
from theory.losses.squared import Squared
from theory.losses.squared_one_hot import SquaredOneHot
from theory.losses.squentropy import Squentropy
from theory.losses.unhinged import Unhinged
from theory.losses.vs import VectorScaling
from theory.losses.weighted_label_smoothing import WeightedLabelSmoothing

LOSSES: tuple[type[Loss], ...] = (
    Squared,
    SquaredOneHot,
    CrossEntropy,
    BinaryCrossEntropy,
    LabelSmoothing,
    WeightedLabelSmoothing,
    LogitAdjusted,
    LDAM,
    VectorScaling,
    Focal,
    Squentropy,
    Unhinged,
)
ENTRY_POINTS = "ufm.losses"  # the group in which installed packages name their losses


def loss_named(name: str) -> Loss:
    """The loss of that name, with parameters if it is written `name,parameter=value,…`.

    Arguments: `name`, one of `LOSSES`, an installed one (entry-point group `ufm.losses`), or `module:Class`;
    the current directory is searched for the module.
    Raises: InvalidInput, one line, for an unknown name, class or parameter.
    """
    head, parameters = read_name(name)
    loss = _loss_class(head)
    known = list(inspect.signature(loss).parameters)
    for parameter in parameters:
        if parameter not in known:
            which = f"its parameters are {', '.join(known)}" if known else "it takes none"
            raise InvalidInput(f"loss={name!r} has no parameter {parameter!r}{meant(parameter, known)}: {which}")
    try:
        return loss(**parameters)
    except TypeError as error:
        raise InvalidInput(
            f"loss={name!r} cannot be made ({error}): give its parameters as name,parameter=value with a default for each"
        ) from None


def read_name(name: str) -> tuple[str, dict[str, str]]:
    """The part of `name,parameter=value,…` before the first comma, and the parameters as text.

    Raises: InvalidInput for a parameter that is not written so.
    """
    head, *settings = (part.strip() for part in name.split(","))
    parameters = {}
    for setting in settings:
        parameter, equals, value = setting.partition("=")
        if not equals:
            raise InvalidInput(f"loss={name!r}: {setting!r} must be written parameter=value, such as focal,focusing=1")
        parameters[parameter.strip()] = value.strip()
    return head, parameters


def _loss_class(name: str) -> type[Loss]:
    for loss in LOSSES:
        if loss.name == name:
            return loss
    if ":" in name:
        return _a_loss(imported(name), name)
    installed = importlib.metadata.entry_points(group=ENTRY_POINTS)
    if name in installed.names:
        return _a_loss(installed[name].load(), name)
    known = [*(loss.name for loss in LOSSES), *sorted(installed.names)]
    raise InvalidInput(
        f"loss={name!r} is not registered{meant(name, known)}: choose one of {', '.join(known)}, or give your own as module:Class"
    )


def imported(name: str) -> Any:
    """The object that `module:name` names; the current directory is searched for the module.

    Raises: InvalidInput, one line, where it cannot be imported.
    """
    module, _, attribute = name.partition(":")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return getattr(importlib.import_module(module), attribute)
    except Exception as error:  # noqa: BLE001 - a user's module may raise anything, and the user is told what
        raise InvalidInput(
            f"loss={name!r} cannot be imported ({type(error).__name__}: {' '.join(str(error).split())}): give module:Class "
            "with the module in the current directory or installed"
        ) from None


def _a_loss(found: Any, name: str) -> type[Loss]:
    if isinstance(found, type) and any(base.__module__.partition(".")[0] == "torch" for base in found.__mro__):
        raise InvalidInput(
            f"loss={name!r} is a torch criterion, which can be run and not derived: give it to `simulate`, or write its formula "
            "as a subclass of theory.losses.loss.Loss"
        )
    if not (isinstance(found, type) and issubclass(found, Loss)):
        raise InvalidInput(f"loss={name!r} is a {type(found).__name__} and must be a subclass of theory.losses.loss.Loss")
    return found
