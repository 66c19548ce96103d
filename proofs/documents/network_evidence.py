"""Which assumption of the theory breaks in the network: the quick experiment with one thing changed at a time.

    python -m proofs.documents.network_evidence

writes proofs/evidence/networks.json, from which the README's table is made. It takes about half an hour
of two cores; after an interrupt it continues where it was.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from numerics.networks import data
from numerics.networks.plan import LOSSES, Plan
from proofs.claims.networks import runs as network_runs
from proofs.commands import mnist as networks
from proofs.report.files import written_whole
from proofs.store import cache
from proofs.store.dependencies import ROOT, versions

COMMAND = "python -m proofs.documents.network_evidence"
EVIDENCE = ROOT / "proofs" / "evidence" / "networks.json"


def variants() -> dict[str, Plan]:
    """The plans by name; steps are as many as the slowest modes need."""
    quick = network_runs.plan()
    return {
        "as judged": quick,
        "the seeds of the choices": dataclasses.replace(quick, seeds=network_runs.EXPLORED),
        "digits 5 to 9 the majority": dataclasses.replace(quick, counts=data.step_counts(4, 10, range(5, 10))),
        "Fashion-MNIST": dataclasses.replace(quick, dataset="fashion-mnist"),
        "start half as large": dataclasses.replace(quick, init_scale=0.5, steps=1200),
        "mini-batches of 44": dataclasses.replace(quick, batch=44),
        "every image its own noise": dataclasses.replace(quick, noise=True, steps=800),
    }


def generate(path: Path) -> None:
    """Train every variant on the CPU and write what was found."""
    from numerics.networks import training

    network_runs.require_torch()
    found: list[dict[str, Any]] = []
    for name, plan in variants().items():
        print(name, file=sys.stderr)
        history = training.train(plan, data.load(plan.dataset), training.device_named("cpu"), cache.folder() / networks.CHECKPOINTS)
        found.append(
            {
                "variant": name,
                "dataset": plan.dataset,
                "seeds": list(plan.seeds),
                "steps": plan.steps,
                "batch": plan.batch,
                "init_scale": plan.init_scale,
                "noise": plan.noise,
                "device": history.device,
                "arithmetic": history.arithmetic,
                "statistics": networks.statistics(history),
            }
        )
    document = {"command": COMMAND, "counts": list(network_runs.plan().counts.per_class), "versions": versions(), "variants": found}
    path.parent.mkdir(exist_ok=True)
    with written_whole(path) as draft:
        draft.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def table(path: Path = EVIDENCE) -> str:
    """The kept evidence as a table: exponent of equal learning times and gaps of the modes, with their intervals."""
    document = json.loads(path.read_text(encoding="utf-8"))
    lines = [
        "| what is changed | loss | exponent of equal times | ln T_min/T_maj, γ = 0 | γ = 1/2 | ln T_mid/T_maj, γ = 0 |",
        "|---|---|---|---|---|---|",
    ]
    for variant in document["variants"]:
        for loss in LOSSES:
            by_name = {item["statistic"]: item for item in variant["statistics"] if item["loss"] == loss}
            cells = (
                f"{by_name[name]['mean']:.2f} ({by_name[name]['low']:.2f} … {by_name[name]['high']:.2f})"
                for name in (
                    "exponent of equal learning times",
                    "ln T_minority/T_majority, γ = 0",
                    "ln T_minority/T_majority, γ = 1/2",
                    "ln T_middle/T_majority, γ = 0",
                )
            )
            lines.append(f"| {variant['variant']} | {loss} | {' | '.join(cells)} |")
    first = document["variants"][0]
    lines += [
        "",
        f"`{COMMAND}`, torch {document['versions']['torch']}, {first['device']}, {first['arithmetic']}, "
        f"{len(first['seeds'])} seeds; means over seeds; the bootstrap intervals of one experiment hold together, at 95 %.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    generate(EVIDENCE)
