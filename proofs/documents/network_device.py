"""What a CUDA device was asked and answered, kept: speed, the full experiment, and the predictions' experiments once more.

    python -m proofs.documents.network_device FOLDER

reads what `make gpu` wrote into FOLDER and writes proofs/evidence/cuda.json, from which docs/networks.md has its table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from numerics.networks.plan import LOSSES
from proofs import engines
from proofs.claims.networks import kept, predicted_networks
from proofs.kernel import judge
from proofs.report.files import written_whole
from proofs.store.dependencies import ROOT

COMMAND = "python -m proofs.documents.network_device"
EVIDENCE = ROOT / "proofs" / "evidence" / "cuda.json"
EXPONENT = "exponent of equal learning times"


def keep(folder: Path, path: Path) -> None:
    """Put the numbers of a session into one file: its stages, the full experiment's statistics and verdicts, and the predictions'.

    Raises: FileNotFoundError where the session was not finished; KeyError where a stage failed.
    """
    stages = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    full = json.loads((folder / "full" / "full.json").read_text(encoding="utf-8"))
    document = {
        "command": "make gpu",
        **stages["machine"]["found"],
        "stages": {name: stages[name]["found"] for name in ("together or alone", "replayed or launched", "cpu against device")},
        "full": {key: full[key] for key in ("dataset", "counts", "steps", "batch", "seeds", "seconds", "arithmetic", "statistics")}
        | {"verdicts": {claim["id"]: claim["verdict"] for claim in full["claims"]}},
        "predictions": of_predictions(folder / "measured.json"),
    }
    with written_whole(path) as draft:
        draft.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def of_predictions(measured: Path) -> dict[str, Any]:
    """Verdicts of the claims on predicted networks, and the exponents of equal times, from measurements in a file of that form."""
    with predicted_networks.measured_in(measured):
        verdicts = {claim.id: str(judge.judge(claim, engines.decide, engines.recheck).verdict) for claim in predicted_networks.CLAIMS}
        exponents = {
            f"{name}, {loss}": round(float(predicted_networks.equal_exponent(name, loss).mean()), 4)
            for name in predicted_networks.BRACKETED
            for loss in LOSSES
        }
    return {"verdicts": verdicts, "exponents": exponents}


def table() -> str:
    """The kept numbers: what is asked, and what the device answers."""
    document = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    stages, full = document["stages"], document["full"]
    alone, replay, apart = (stages[name] for name in ("together or alone", "replayed or launched", "cpu against device"))
    here, there = of_predictions(kept.MEASURED), document["predictions"]
    same = sum(here["verdicts"][claim] == verdict for claim, verdict in there["verdicts"].items())
    furthest = max(abs(here["exponents"][name] - value) for name, value in there["exponents"].items())
    exponents = {row["loss"]: row for row in full["statistics"] if row["statistic"] == EXPONENT}
    rows = [
        (
            f"a step of one of {alone['networks']} networks, batches of {full['batch']}",
            f"{alone['together_ms']:.2f} ms together, {alone['alone_ms']:.2f} ms in a plain loop: {alone['ratio']:.1f} times as fast",
        ),
        (
            "a step of all of them, replayed as a CUDA graph",
            f"{replay['large']['replayed_ms']:.1f} ms, and {replay['large']['launched_ms']:.1f} ms launched kernel by kernel; "
            f"logits differ by {replay['large']['largest_difference_of_mean_logits']:g}",
        ),
        (
            "the quick experiment",
            f"{apart['seconds_on_device']:.1f} s, and {apart['seconds_on_cpu']:.1f} s on the machine's CPU; class times lie at most "
            f"{apart['logged_steps_apart']['class_times']} logged steps apart, mode times {apart['logged_steps_apart']['mode_times']}",
        ),
        (
            f"the full experiment, {sum(full['counts'])} images, {full['steps']} steps",
            f"{full['seconds']:.0f} s; {EXPONENT}: "
            + ", ".join(f"{row['mean']:.2f} ({row['low']:.2f} … {row['high']:.2f}) with {loss}" for loss, row in exponents.items()),
        ),
        (
            "the claims on networks, by the full experiment",
            ", ".join(f"`{claim}` {verdict}" for claim, verdict in full["verdicts"].items()),
        ),
        (
            "the claims on predicted networks, with the device's runs",
            f"{same} of {len(there['verdicts'])} verdicts as on the CPU; exponents of equal times within {furthest:.2f} of those",
        ),
    ]
    lines = ["| question | answer |", "|---|---|", *(f"| {question} | {answer} |" for question, answer in rows)]
    return "\n".join([*lines, "", f"`make gpu`, {document['device']}, torch {document['versions']['torch']}, {full['arithmetic']}."])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"{COMMAND} takes the folder that make gpu wrote")
    keep(Path(sys.argv[1]), EVIDENCE)
