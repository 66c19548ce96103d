"""`ufm mnist`: the network check, the document that describes it, and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from numerics.networks import measure
from numerics.networks.measure import History
from proofs import cache, engines, network_runs
from proofs.claims.networks import CLAIMS
from proofs.dependencies import versions
from proofs.kernel import judge
from proofs.report.tables import ledger_document

CHECKPOINTS = "networks"  # the folder of unfinished experiments, inside the cache folder


def run(quick: bool, dataset: str, device: str, folder: Path | None, advance: Callable[[int], None]) -> History:
    """Train, or continue what was interrupted.

    Raises: InvalidInput as `network_runs.trained`.
    """
    return network_runs.trained(quick, dataset, device, folder, cache.folder() / CHECKPOINTS, advance)


def seed_steps(quick: bool) -> int:
    """How much there is to do: the total of what `advance` is told.

    Raises: InvalidInput without torch.
    """
    network_runs.require_torch()
    plan = network_runs.plan(quick)
    return len(plan.seeds) * plan.steps


def judged(history: History) -> list[judge.Row]:
    """The network claims, judged on this run in place of the quick one on MNIST."""
    with network_runs.judged_on(history):
        return [judge.judge(claim, engines.decide, engines.recheck) for claim in CLAIMS]


def document(history: History, verdicts: Sequence[judge.Row], quick: bool) -> dict[str, Any]:
    """The JSON document: the setting, a row a loss and exponent, the statistics that the claims are about, and the claims."""
    plan = history.plan
    rows = [_row(history, k, g) for k in range(len(plan.losses)) for g in range(len(plan.exponents))]
    command = f"ufm mnist{' --quick' if quick else ''} --dataset {plan.dataset}"
    return {"command": command, "dataset": plan.dataset, "quick": quick,
            "counts": list(plan.counts.per_class), "normalization": plan.normalization,
            "seeds": list(plan.seeds), "steps": plan.steps, "batch": plan.batch, "init_scale": plan.init_scale,
            "step_sizes": dict(zip(plan.losses, plan.step_sizes, strict=True)), "accuracy_level": plan.level,
            "logged_steps": history.steps.tolist(), "runs": rows, "statistics": statistics(history),
            "claims": [claim | {"replay": command} for claim in ledger_document(CLAIMS, verdicts)["claims"]],
            "device": history.device, "arithmetic": history.arithmetic, "seconds": history.seconds,
            "continued": history.continued, "versions": versions()}


def statistics(history: History) -> list[dict[str, Any]]:
    """What the rows of the ledger estimate, by name, a loss each: mean over seeds and its interval.

    The intervals of one history hold together: each has its share of the error.
    """
    by_name = {
        f"ln steps to minority accuracy {history.plan.level:g}, γ = 1/2 over γ = 0": network_runs.earliness(history, 0.5),
        "minority accuracy at the end, γ = 1/2 less γ = 0": network_runs.advantage(history, 0.5, "end"),
        "minority accuracy at the peak, γ = 1/2 less γ = 0": network_runs.advantage(history, 0.5, "peak"),
        "ln T_middle/T_majority, γ = 0": network_runs.mode_gap(history, 0, "middle", "majority"),
        "ln T_minority/T_majority, γ = 0": network_runs.mode_gap(history, 0, "minority", "majority"),
        "ln T_minority/T_majority, γ = 1/2": network_runs.mode_gap(history, 0.5, "minority", "majority"),
        "exponent of equal learning times": network_runs.best_exponent(history),
    }
    found = []
    for k, loss in enumerate(history.plan.losses):
        for name, values in by_name.items():
            estimate = network_runs.estimate(values[:, k], network_runs.ERROR / (len(by_name) * len(history.plan.losses)))
            found.append({"loss": loss, "statistic": name, "mean": estimate.mean, "low": estimate.low, "high": estimate.high,
                          "pairs": estimate.pairs})
    return found


def _row(history: History, loss: int, gamma: int) -> dict[str, Any]:
    """Means over seeds for one loss and exponent; a time that some seed does not reach is a lower bound."""
    def mean(values: np.ndarray) -> list[float]:
        return [float(value) for value in values[:, loss, gamma].mean(axis=0)]

    test = measure.by_group(history, measure.accuracies(history.test_confusion))[-1]
    train = measure.by_group(history, measure.accuracies(history.train_confusion))[-1]
    return {"loss": history.plan.losses[loss], "weight_exponent": str(history.plan.exponents[gamma]),
            "test_accuracy": dict(zip(("majority", "minority"), mean(test), strict=True)),
            "balanced_accuracy": float(measure.accuracies(history.test_confusion)[-1, :, loss, gamma].mean()),
            "train_accuracy": dict(zip(("majority", "minority"), mean(train), strict=True)),
            "interpolated": float(measure.interpolated(history)[-1, :, loss, gamma].mean()),
            "class_learning_steps": mean(measure.class_times(history)),
            "mode_learning_steps": mean(measure.mode_times(history)),
            "minority_accuracy_steps": mean(measure.accuracy_times(history, history.plan.level))[1],
            "final_loss": float(history.loss[-1, :, loss, gamma].mean())}
