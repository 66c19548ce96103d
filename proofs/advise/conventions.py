"""What a training library makes of class weights: how much flow time one step is, and the code that sets the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from theory.data.counts import ClassCounts
from theory.exact import InvalidInput


@dataclass(frozen=True)
class Convention:
    """How a library averages a weighted loss.

    `name`, what users call it; `says`, what it computes; `divisor`, by which it divides Σ ωℓ of the whole
    data, a function of counts and weights; `per_batch`, whether a step takes the plain sum over its batch instead;
    `scale`, the normalisation in which the weights are handed over; `emit`, a function that writes the code that sets them.
    """

    name: str
    says: str
    divisor: Callable[[np.ndarray, np.ndarray], float]
    per_batch: bool
    scale: str
    emit: Callable[[Sequence[float]], str]

    def flow_time(self, counts: ClassCounts, weights: Sequence[float], learning_rate: float, batch: int | None) -> float:
        """Flow time of the summed loss that one step takes, in expectation over batches.

        Formula: η/divisor for a mean, η·B/n for a sum over batches of B.
        """
        n = np.array(counts.per_class, dtype=float)
        if self.per_batch:
            return learning_rate * (1.0 if batch is None else batch / counts.n)
        return learning_rate / self.divisor(n, np.array(weights))


def _torch(weights: Sequence[float]) -> str:
    return f"import torch\n\nweight = torch.tensor({_listed(weights)})\ncriterion = torch.nn.CrossEntropyLoss(weight=weight)\n"


def _torch_sum(weights: Sequence[float]) -> str:
    return _torch(weights).replace("weight=weight)", 'weight=weight, reduction="sum")')


def _sklearn(weights: Sequence[float]) -> str:
    return f"class_weight = {_mapped(weights)}\n# such as: sklearn.linear_model.LogisticRegression(class_weight=class_weight)\n"


def _keras(weights: Sequence[float]) -> str:
    return f"class_weight = {_mapped(weights)}\n# model.fit(x, y, class_weight=class_weight)\n"


def _hf(weights: Sequence[float]) -> str:
    return (
        "import torch\nfrom transformers import Trainer\n\n"
        f"WEIGHT = torch.tensor({_listed(weights)})\n\n\n"
        "class WeightedTrainer(Trainer):\n"
        "    def compute_loss(self, model, inputs, return_outputs=False, **unused):\n"
        '        labels = inputs.pop("labels")\n'
        "        outputs = model(**inputs)\n"
        "        criterion = torch.nn.CrossEntropyLoss(weight=WEIGHT.to(outputs.logits.device))\n"
        "        loss = criterion(outputs.logits, labels)\n"
        "        return (loss, outputs) if return_outputs else loss\n"
    )


def _listed(weights: Sequence[float]) -> str:
    return "[" + ", ".join(map(_number, weights)) + "]"


def _number(weight: float) -> str:
    """The weight with six digits, as a floating-point number also where it is whole."""
    return repr(float(f"{weight:.6g}"))


def _mapped(weights: Sequence[float]) -> str:
    return "{" + ", ".join(f"{j}: {_number(weight)}" for j, weight in enumerate(weights)) + "}"


def _all_samples(counts: np.ndarray, weights: np.ndarray) -> float:
    return float(counts.sum())


def _all_weights(counts: np.ndarray, weights: np.ndarray) -> float:
    return float(counts @ weights)


CONVENTIONS: Mapping[str, Convention] = {
    "torch-mean": Convention(
        "torch-mean", "Σ ωℓ / Σ ω over the batch: the scale of the weights drops out", _all_weights, False, "mean", _torch
    ),
    "torch-sum": Convention("torch-sum", "Σ ωℓ over the batch", _all_samples, True, "mass", _torch_sum),
    "keras": Convention("keras", "Σ ωℓ / B over a batch of B", _all_samples, False, "mass", _keras),
    "sklearn": Convention("sklearn", "Σ ωℓ / n over the data", _all_samples, False, "mass", _sklearn),
}
EMITTERS: Mapping[str, Callable[[Sequence[float]], str]] = {"torch": _torch, "sklearn": _sklearn, "keras": _keras, "hf": _hf}


def convention(name: str) -> Convention:
    """The convention of that name; raises InvalidInput for another."""
    if name not in CONVENTIONS:
        raise InvalidInput(f"reduction={name!r} must be one of {', '.join(CONVENTIONS)}: it says by what a step divides the weighted loss")
    return CONVENTIONS[name]
