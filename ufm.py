"""The public face: what `import ufm` gives. Each name is loaded when it is asked for; everything else in this project is private.

    import ufm
    imbalance = ufm.counts.step(10, 100)
    ufm.check("(sqrt(R) + 1)/sqrt(2*(R + 1)) <= 1", ["R >= 1"])["verdict"]
    ufm.derive("cross-entropy").target

The command line of the same name is `proofs.cli`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for type checkers and editors; what runs is `__getattr__`
    from numerics import losses as losses
    from numerics.networks import tracking as torch
    from numerics.unconstrained_features import measure as measure
    from numerics.unconstrained_features.descent import descend as descend
    from numerics.unconstrained_features.experiment import Experiment as Experiment
    from numerics.unconstrained_features.first_order import first_order as first_order
    from numerics.unconstrained_features.flow import simulate as simulate
    from proofs import laws as laws
    from proofs import strategies as strategies
    from proofs.advise.advice import Advice as Advice
    from proofs.advise.advice import advise as advise
    from proofs.advise.advice import compute_class_weight as compute_class_weight
    from proofs.advise.advice import compute_sample_weight as compute_sample_weight
    from proofs.commands.derive import derive as derive
    from proofs.notebook import check as check
    from proofs.notebook import check_file as check_file
    from proofs.notebook import claims as claims
    from proofs.notebook import verify as verify
    from proofs.notebook import window as window
    from proofs.sweep.run import sweep as sweep
    from theory.data import counts as counts
    from theory.data import weights as weights
    from theory.exact import InvalidInput as InvalidInput
    from theory.losses.loss import Loss as Loss

PLACES = {
    "Advice": "proofs.advise.advice:Advice",
    "Experiment": "numerics.unconstrained_features.experiment:Experiment",
    "InvalidInput": "theory.exact:InvalidInput",
    "Loss": "theory.losses.loss:Loss",
    "advise": "proofs.advise.advice:advise",
    "compute_class_weight": "proofs.advise.advice:compute_class_weight",
    "compute_sample_weight": "proofs.advise.advice:compute_sample_weight",
    "check": "proofs.notebook:check",
    "check_file": "proofs.notebook:check_file",
    "claims": "proofs.notebook:claims",
    "counts": "theory.data.counts",
    "derive": "proofs.commands.derive:derive",
    "descend": "numerics.unconstrained_features.descent:descend",
    "first_order": "numerics.unconstrained_features.first_order:first_order",
    "laws": "proofs.laws",
    "losses": "numerics.losses",
    "measure": "numerics.unconstrained_features.measure",
    "simulate": "numerics.unconstrained_features.flow:simulate",
    "strategies": "proofs.strategies",
    "sweep": "proofs.sweep.run:sweep",
    "torch": "numerics.networks.tracking",
    "verify": "proofs.notebook:verify",
    "weights": "theory.data.weights",
    "window": "proofs.notebook:window",
}
__all__ = [*PLACES]


def __getattr__(name: str) -> Any:
    if name not in PLACES:
        raise AttributeError(f"ufm has no {name!r}: it has {', '.join(PLACES)}")
    module, _, attribute = PLACES[name].partition(":")
    found = importlib.import_module(module)
    return getattr(found, attribute) if attribute else found


def __dir__() -> list[str]:
    return [*PLACES]
