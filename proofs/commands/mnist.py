"""`ufm mnist`: the network check, the document that describes it, and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from numerics.networks import measure
from numerics.networks.measure import History
from proofs import engines
from proofs.claims.networks import runs as network_runs
from proofs.claims.networks.trained_networks import CLAIMS
from proofs.commands import options
from proofs.commands.application import Interrupted
from proofs.commands.options import JsonOption
from proofs.kernel import judge
from proofs.report import progress, tables
from proofs.store import cache
from proofs.store.dependencies import versions

CHECKPOINTS = "networks"  # the folder of unfinished experiments, inside the cache folder


def seed_steps(quick: bool) -> int:
    """The number of steps of all seeds together: the total of what `advance` is told.

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
    return {
        "command": command,
        "dataset": plan.dataset,
        "quick": quick,
        "counts": list(plan.counts.per_class),
        "normalization": plan.normalization,
        "seeds": list(plan.seeds),
        "steps": plan.steps,
        "batch": plan.batch,
        "init_scale": plan.init_scale,
        "step_sizes": dict(zip(plan.losses, plan.step_sizes, strict=True)),
        "accuracy_level": plan.level,
        "logged_steps": history.steps.tolist(),
        "runs": rows,
        "statistics": statistics(history),
        "claims": [claim | {"replay": command} for claim in tables.ledger_document(CLAIMS, verdicts)["claims"]],
        "device": history.device,
        "arithmetic": history.arithmetic,
        "seconds": history.seconds,
        "continued": history.continued,
        "versions": versions(),
    }


def statistics(history: History) -> list[dict[str, Any]]:
    """The estimates of the ledger's rows, by name, one for each loss: the mean over seeds and its interval.

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
            found.append(
                {
                    "loss": loss,
                    "statistic": name,
                    "mean": estimate.mean,
                    "low": estimate.low,
                    "high": estimate.high,
                    "pairs": estimate.pairs,
                }
            )
    return found


def _row(history: History, loss: int, gamma: int) -> dict[str, Any]:
    """Means over seeds for one loss and exponent; a time that some seed does not reach is a lower bound."""

    def mean(values: np.ndarray) -> list[float]:
        return [float(value) for value in values[:, loss, gamma].mean(axis=0)]

    test = measure.by_group(history, measure.accuracies(history.test_confusion))[-1]
    train = measure.by_group(history, measure.accuracies(history.train_confusion))[-1]
    return {
        "loss": history.plan.losses[loss],
        "weight_exponent": str(history.plan.exponents[gamma]),
        "test_accuracy": dict(zip(("majority", "minority"), mean(test), strict=True)),
        "balanced_accuracy": float(measure.accuracies(history.test_confusion)[-1, :, loss, gamma].mean()),
        "train_accuracy": dict(zip(("majority", "minority"), mean(train), strict=True)),
        "interpolated": float(measure.interpolated(history)[-1, :, loss, gamma].mean()),
        "class_learning_steps": mean(measure.class_times(history)),
        "mode_learning_steps": mean(measure.mode_times(history)),
        "minority_accuracy_steps": mean(measure.accuracy_times(history, history.plan.level))[1],
        "final_loss": float(history.loss[-1, :, loss, gamma].mean()),
    }


def command(
    quick: Annotated[bool, typer.Option("--quick", help="A small fixed subset, for two cores.")] = False,
    dataset: Annotated[str, typer.Option("--dataset", metavar="mnist|fashion-mnist", help="Which images.")] = "mnist",
    device: Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda", help="Where the networks are trained.")] = "auto",
    folder: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", help="Holds mnist/ or fashion-mnist/ (default: $UFM_DATA, else fetched once).", show_default=False
        ),
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="DIR", help="Write the pictures into DIR.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Train networks on imbalanced images, with and without weights, and compare with the theory of free features.

    2 losses × 7 exponents × 10 seeds, trained together; needs the extra 'networks' (torch). An interrupted experiment
    continues where it was. The network claims of the ledger are judged on this run; ufm verify judges them on --quick.
    """
    options.writable(plot, folder=True)
    with progress.steps("training", seed_steps(quick)) as advance:
        history = experiment(quick, dataset, device, folder, advance)
    rows = judged(history)
    found = document(history, rows, quick)
    if plot:
        from proofs.report import network_figures

        network_figures.write(plot, history)
    if as_json:
        tables.print_json(found)
    else:
        print_table(found)
        tables.print_ledger(CLAIMS, rows)
    return 0


def experiment(quick: bool, dataset: str, device: str, folder: Path | None, advance: Callable[[int], None]) -> History:
    """The history of the experiment.

    Raises: Interrupted, which says whether the experiment can continue where it was.
    """
    checkpoints = cache.folder() / CHECKPOINTS
    before = _as_they_are(checkpoints)
    try:
        return network_runs.trained(quick, dataset, device, folder, checkpoints, advance)
    except KeyboardInterrupt:
        kept = _as_they_are(checkpoints) != before
        raise Interrupted("the same command continues where it was last kept" if kept else "nothing was kept") from None


def _as_they_are(checkpoints: Path) -> dict[str, int]:
    """When each kept experiment was last written."""
    return {file.name: file.stat().st_mtime_ns for file in checkpoints.glob("*")}


def print_table(document: dict[str, Any]) -> None:
    """Prints accuracies and learning times for each loss and exponent, then the paired statistics."""
    console = tables.console()
    batch = document["batch"] or "all"
    console.print(
        f"{document['dataset']}, counts {','.join(map(str, document['counts']))}; ω = n^(−γ), {document['normalization']}; "
        f"{len(document['seeds'])} seeds, {document['steps']} steps of {batch} images; {document['device']}, "
        f"{document['arithmetic']}, {document['seconds']:.0f} s" + (" after a run that was kept" if document["continued"] else ""),
        highlight=False,
        soft_wrap=True,
    )
    table = Table(
        "loss",
        "γ",
        "test maj.",
        "test min.",
        f"steps to min. {document['accuracy_level']:.0%}",
        "T_maj",
        "T_mid",
        "T_min",
        "interpolates",
        box=None,
        title="means over seeds; T: steps to half strength of the modes",
        title_justify="left",
    )
    for row in document["runs"]:
        table.add_row(
            row["loss"],
            row["weight_exponent"],
            *(f"{row['test_accuracy'][g]:.1%}" for g in ("majority", "minority")),
            f"{row['minority_accuracy_steps']:.0f}",
            *(f"{value:.0f}" for value in row["mode_learning_steps"]),
            f"{row['interpolated']:.0%}",
        )
    tables.show(table)
    estimates = Table("loss", "statistic, paired over seeds", "mean", "95 % interval", box=None)
    for item in document["statistics"]:
        estimates.add_row(item["loss"], item["statistic"], f"{item['mean']:.3f}", f"{item['low']:.3f} … {item['high']:.3f}")
    tables.show(estimates)
