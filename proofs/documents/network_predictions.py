"""Predicted before, measured after: trained networks against the theory of constrained features.

    python -m proofs.documents.network_predictions predict
    python -m proofs.documents.network_predictions run [NAME…]

The first writes proofs/evidence/predictions.json from kernels at the start, without training; it is committed before the second
trains the networks that judge it, an experiment at a time, into proofs/evidence/measured.json. After an interrupt `run`
continues where it was; it trains nothing for predictions that differ from those that are kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numerics.networks import data, measure
from numerics.networks.measure import History
from numerics.networks.plan import LOSSES
from proofs import engines
from proofs.claims.networks import kept, predictions
from proofs.claims.networks import predicted_networks as claims
from proofs.claims.networks import runs as network_runs
from proofs.commands import mnist as networks
from proofs.kernel import judge
from proofs.kernel.verdict import HELD
from proofs.report.files import written_whole
from proofs.store import cache
from proofs.store.dependencies import versions
from theory.exact import InvalidInput

COMMAND = "python -m proofs.documents.network_predictions"


def predict(path: Path) -> None:
    """Write the predictions for every experiment, from kernels at the start alone."""
    found = {}
    for name in predictions.EXPERIMENTS:
        print(name, file=sys.stderr)
        found[name] = predictions.predicted(name)
    _write(path, {"command": f"{COMMAND} predict", "versions": versions(), "experiments": found})


def run(names: Sequence[str], path: Path, device: str = "cpu") -> None:
    """Train the named experiments, and put what is measured beside what the file holds of others.

    Raises: InvalidInput for a name that is not one of an experiment, and where the predictions are not written.
    """
    from numerics.networks import training

    network_runs.require_torch()
    for name in names:
        if name not in predictions.EXPERIMENTS:
            raise InvalidInput(f"experiment {name!r} must be one of: {'; '.join(predictions.EXPERIMENTS)}")
    for name in names:
        print(name, file=sys.stderr)
        plan = predictions.EXPERIMENTS[name]
        chosen = training.device_named(device)
        keep(path, name, training.train(plan, data.load(plan.dataset), chosen, cache.folder() / networks.CHECKPOINTS))


def keep(path: Path, name: str, history: History) -> None:
    """Put a run beside what the file holds of other experiments, with the digest of the predictions that are kept."""
    document = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"experiments": {}}
    document |= {"command": f"{COMMAND} run", "versions": versions(), "predictions": kept.digest(kept.PREDICTIONS)}
    document["experiments"][name] = measured(name, history)
    _write(path, document)


def measured(name: str, history: History) -> dict[str, Any]:
    """What is kept of a run: steps to half strength of the three groups of modes, seeds × exponents × 3 for each loss."""
    times = measure.mode_times(history)
    found: dict[str, Any] = {
        "seeds": list(history.plan.seeds),
        "steps": history.plan.steps,
        "device": history.device,
        "arithmetic": history.arithmetic,
        "mode_times": {loss: times[:, k].round(2).tolist() for k, loss in enumerate(history.plan.losses)},
    }
    if name in predictions.TWO_LAYERS:
        found["first_rates"] = predictions.measured_rates(history).round(6).tolist()
    return found


def table() -> str:
    """Predicted before, measured after: exponents and jumps by experiment and loss, and the claims with their verdicts."""
    _, measured = kept.read()
    lines = [
        "| images | loss | exponent, predicted | exponent, measured | jump of the middle mode, predicted | largest rise, measured |",
        "|---|---|---|---|---|---|",
    ]
    for name in claims.BRACKETED:
        low, high = (claims.ends(name, "tangent", end).mean() for end in ("lazy", "rich"))
        for loss in LOSSES:
            found = network_runs.estimate(claims.equal_exponent(name, loss), claims.table_error(claims.BRACKETED))
            exponents = f"{low:.2f} … {high:.2f} | {found.mean:.2f} ({found.low:.2f} … {found.high:.2f})"
            jumps = " | ".join(" to ".join(jump(name, loss)) for jump in (claims.predicted_jump, claims.measured_jump))
            lines.append(f"| {name} | {loss} | {exponents} | {jumps} |")
    lines += ["", "| claim | verdict | parts | not as predicted |", "|---|---|---|---|"]
    for claim in claims.CLAIMS:
        row = judge.judge(claim, engines.decide, engines.recheck)
        parts = [(judge.part_verdict(finding), finding) for finding in row.findings.parts]
        missed = [f"{finding.says}: {finding.evidence.number} ({verdict})" for verdict, finding in parts if verdict not in HELD]
        held = sum(verdict in HELD for verdict, _ in parts)
        missed += [
            f"{mean.says}: {found.mean:.3g} in [{found.low:.3g}, {found.high:.3g}] (left open)"
            for claim_id, mean, found in claims.open_intervals()
            if claim_id == claim.id
        ]
        lines.append(f"| `{claim.id}` | {row.verdict} | {held} of {len(parts)} hold | {'; '.join(missed) or '–'} |")
    seeds = measured["experiments"][claims.BRACKETED[0]]["seeds"]
    lines += [
        "",
        f"`{COMMAND}`, torch {measured['versions']['torch']}, seeds {seeds[0]} to {seeds[-1]}; exponents are means over seeds with "
        "bootstrap intervals that hold together, at 95 %; those of the claims are a family of their own.",
    ]
    return "\n".join(lines)


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    with written_whole(path) as draft:
        draft.write_text(kept.text(document), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["predict"]:
        predict(kept.PREDICTIONS)
    elif sys.argv[1:2] == ["run"]:
        run(sys.argv[2:] or list(predictions.EXPERIMENTS), kept.MEASURED)
    else:
        sys.exit(f"{COMMAND} takes predict, or run with names of experiments")
