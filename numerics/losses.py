"""The losses that can be run: those of `theory.losses`, and torch criteria, which are run and not derived."""

from __future__ import annotations

import inspect
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from numerics.compiled import NumericLoss
from theory import losses
from theory.exact import InvalidInput
from theory.losses import LOSSES
from theory.losses.loss import Loss

if TYPE_CHECKING:
    from numerics.torch_criterion import TorchLoss

__all__ = ["LOSSES", "Loss", "NumericLoss", "from_torch", "loss_named"]


def from_torch(criterion: Any) -> TorchLoss:
    """A torch criterion of logits (B × c) and labels (B) as a loss for `simulate` and `first_order`.

    Formula: criterion(logits, labels) = Σ_i ℓ(l_i, y_i)/D. The run is that of Σ_i ω_(y_i) ℓ(l_i, y_i), where ℓ holds the
    criterion's own class weights, and ω are those of the experiment besides.
    Arguments: `criterion`, a module or a function; its `reduction` may be none, sum or mean. A mean, plain or weighted, has
    a denominator D that changes the scale of time alone: `flow_time_of_a_step(counts, lr)` of the loss converts.
    Returns: the loss of a sample, traced by float64 autograd; see `numerics.torch_criterion.TorchLoss`.
    Raises: InvalidInput, one line, without torch and for what is not callable; when it is first run for whatever else is
    wrong with it.
    """
    try:
        from numerics.torch_criterion import TorchLoss
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise InvalidInput("torch is not installed, and a criterion is traced with it: pip install 'ufm-verifier[networks]'") from None
    return TorchLoss(criterion)


def loss_named(name: str) -> Loss | NumericLoss:
    """The loss of that name: a registered one or your own, as `theory.losses.loss_named` reads it, or a torch criterion.

    Arguments: `name`, also `module:Class` of a torch module with its parameters, such as
    `torch.nn:CrossEntropyLoss,label_smoothing=1/10`, or `module:function` of logits and labels.
    Raises: InvalidInput, one line, for an unknown name, class or parameter.
    """
    head, parameters = losses.read_name(name)
    if ":" in head:
        found = losses.imported(head)
        if inspect.isfunction(found) and not parameters:
            return from_torch(found)
        if _is_torch_module(found):
            try:
                return from_torch(found(**{key: _number(value) for key, value in parameters.items()}))
            except (TypeError, ValueError) as error:
                raise InvalidInput(
                    f"loss={name!r} cannot be made ({' '.join(str(error).split())}): give numbers as name,parameter=value"
                ) from None
    return losses.loss_named(name)


def _is_torch_module(found: Any) -> bool:
    torch = sys.modules.get("torch")  # whoever wrote a torch module has imported torch
    return torch is not None and isinstance(found, type) and issubclass(found, torch.nn.Module)


def _number(text: str) -> Any:
    """A parameter as it is written: a whole number, a fraction, or else the word."""
    try:
        number = Fraction(text)
    except ValueError:
        return text
    return int(number) if number.denominator == 1 else float(number)
