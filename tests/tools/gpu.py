"""What a CUDA device is asked, within ten minutes: is it right, how fast is it, and what does it say of the predictions.

Usage: python -m tests.tools.gpu DIR [--seconds S] [--device auto|cpu|cuda] [--data DIR] [--tiny]

In this order: runs trained together are timed against a plain loop, on the full experiment, and their step replayed from its
recording against its launches, which must give the same; the quick experiment on the CPU is
held against the device; the experiments of the predictions are run; and the full experiment, as far as the time goes. DIR holds
results.json, rewritten whole after each of these, measured.json with the predictions' experiments in the form of
proofs/evidence/measured.json, the documents and the pictures of finished experiments, and checkpoints, from which the
same command continues. What fails is noted in results.json, and the rest is done. `--tiny` does all of it in miniature.

Exit status: 0, or 1 where something failed; running out of time is no failure.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch

from numerics.networks import data, measure, training
from numerics.networks.measure import History
from numerics.networks.plan import Plan
from proofs.claims.networks import predictions
from proofs.claims.networks import runs as network_runs
from proofs.commands import mnist
from proofs.documents import network_predictions
from proofs.report import network_figures
from proofs.report.files import written_whole
from proofs.store.dependencies import versions
from tests.tools.one_network import trained_alone

SECONDS = 570.0  # of ten minutes, with half a minute for what is written at the end
TIMED_STEPS = {True: 2, False: 50}  # by whether all is in miniature
TIMING_SECONDS, CPU_SECONDS = 90.0, 180.0  # at most so long a timing takes, and the CPU is waited for


class OutOfTime(Exception):
    """The time for this is over; what was trained is in the checkpoints."""


@dataclass
class Session:
    """What all stages need, and what they found."""

    folder: Path
    device: torch.device
    data_folder: Path | None
    tiny: bool
    end: float
    results: dict[str, Any] = field(default_factory=dict)
    failed: bool = False

    def plan(self, plan: Plan) -> Plan:
        """The plan, or its miniature."""
        if not self.tiny:
            return plan
        small = {
            "counts": data.step_counts(1, 3),
            "seeds": plan.seeds[:2],
            "steps": 6,
            "pixels": 14,
            "test_per_class": 2,
            "channels": (2, 2, 2),
        }
        return dataclasses.replace(plan, **small, batch=plan.batch and 4)

    def until(self, end: float) -> Callable[[int], None]:
        """What `training.train` is to call after each step: it raises OutOfTime after `end`, and after that of the session."""

        def advance(steps: int) -> None:
            if time.monotonic() > min(end, self.end):
                raise OutOfTime

        return advance

    def train(self, plan: Plan, device: torch.device, end: float = np.inf) -> History:
        """Train as far as the time goes, from where the checkpoints are.

        Raises: OutOfTime.
        """
        return training.train(plan, data.load(plan.dataset, self.data_folder), device, self.folder / "checkpoints", self.until(end))

    def stage(self, name: str, what: Callable[[], Any]) -> None:
        """Do one thing and write what was found of it, or how it failed; the next things are done in any case."""
        print(f"{name} …", file=sys.stderr, flush=True)
        start = time.monotonic()
        try:
            found = what()
        except OutOfTime:
            found = {"out of time": True}
        except Exception:  # noqa: BLE001 - the device is there once: whatever fails, the other numbers are wanted
            found, self.failed = {"failed": traceback.format_exc()}, True
            print(found["failed"], file=sys.stderr)
        self.results[name] = {"seconds": round(time.monotonic() - start, 2), "found": found}
        with written_whole(self.folder / "results.json") as draft:
            draft.write_text(json.dumps(self.results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def machine(session: Session) -> dict[str, Any]:
    """What the numbers are of."""
    on_cuda = session.device.type == "cuda"
    return {"device": torch.cuda.get_device_name(session.device) if on_cuda else "cpu", "cuda": torch.version.cuda, "versions": versions()}


def together_or_alone(session: Session) -> dict[str, float]:
    """Milliseconds a step and network, with the networks and batches of the full experiment: all together, and in a plain loop."""
    plan, images = _timed_plan(session)
    advance = session.until(time.monotonic() + TIMING_SECONDS)

    def together(more: Plan) -> object:
        return training.train(more, images, session.device, advance=advance)

    def alone(more: Plan) -> object:
        return trained_alone(more, images, more.losses[0], more.exponents[0], more.seeds[0], session.device)

    networks = len(plan.seeds) * len(plan.losses) * len(plan.exponents)
    each = {"together_ms": _of_step(session, together, plan) / networks, "alone_ms": _of_step(session, alone, plan)}
    return {"networks": networks, **each, "ratio": each["alone_ms"] / each["together_ms"]}


def replayed_or_launched(session: Session) -> dict[str, Any]:
    """Milliseconds a step of all networks together, replayed and launched, and that their logits are the same at the end.

    Small is the quick experiment, large the full one. On the CPU, which only launches, there is nothing to compare.
    """
    if session.device.type != "cuda":
        return {"nothing to replay on": session.device.type}
    large, images = _timed_plan(session)
    found = {}
    for name, plan in {"small": session.plan(network_runs.plan()), "large": large}.items():
        logits, each = [], {}
        for how in (training.replayed, training.launched):
            with mock.patch.object(training, "replayed", how):
                each[f"{how.__name__}_ms"] = _of_step(session, lambda more: training.train(more, images, session.device), plan)
                logits.append(
                    training.train(dataclasses.replace(plan, steps=TIMED_STEPS[session.tiny]), images, session.device).mean_logits
                )
        found[name] = {**each, "largest_difference_of_mean_logits": float(np.abs(logits[0] - logits[1]).max())}
    if any(each["largest_difference_of_mean_logits"] for each in found.values()):
        raise ArithmeticError(f"the replayed step is not the launched one: {found}")
    return found


def _timed_plan(session: Session) -> tuple[Plan, tuple[data.Images, data.Images]]:
    """The full experiment with fewer images, for they are not what is timed, and its images."""
    plan = dataclasses.replace(network_runs.plan(quick=False), counts=data.step_counts(50, 10), test_per_class=10)
    return session.plan(plan), data.load(plan.dataset, session.data_folder)


def _of_step(session: Session, run: Callable[[Plan], object], plan: Plan) -> float:
    """Milliseconds of a step: by what a run of twice as many steps takes longer."""
    steps = TIMED_STEPS[session.tiny]

    def timed(steps: int) -> float:
        start = time.perf_counter()
        run(dataclasses.replace(plan, steps=steps))
        if session.device.type == "cuda":
            torch.cuda.synchronize(session.device)
        return time.perf_counter() - start

    timed(steps)  # kernels are chosen, and memory is taken, the first time
    short = timed(steps)
    return 1000 * (timed(2 * steps) - short) / steps


def cpu_against_device(session: Session) -> dict[str, Any]:
    """The quick experiment on both: by how many logged steps learning times differ at most, and the largest difference of logits."""
    plan = session.plan(network_runs.plan())
    on_device = session.train(plan, session.device)
    _keep(session, "quick", on_device)
    on_cpu = session.train(plan, torch.device("cpu"), time.monotonic() + CPU_SECONDS)
    apart = {
        times.__name__: int(np.abs(np.searchsorted(on_cpu.steps, times(on_cpu)) - np.searchsorted(on_cpu.steps, times(on_device))).max())
        for times in (measure.class_times, measure.mode_times)
    }
    return {
        "seconds_on_device": on_device.seconds,
        "seconds_on_cpu": on_cpu.seconds,
        "logged_steps_apart": apart,
        "largest_difference_of_mean_logits": float(np.abs(on_cpu.mean_logits - on_device.mean_logits).max()),
    }


def prediction(session: Session, name: str) -> dict[str, Any]:
    """One experiment of the predictions, put into measured.json."""
    history = session.train(session.plan(predictions.EXPERIMENTS[name]), session.device)
    network_predictions.keep(session.folder / "measured.json", name, history)
    return {"seconds_of_training": history.seconds, "continued": history.continued}


def full(session: Session) -> dict[str, Any]:
    """The full experiment: its document, its verdicts and its pictures."""
    history = session.train(session.plan(network_runs.plan(quick=False)), session.device)
    return _keep(session, "full", history)


def _keep(session: Session, name: str, history: History) -> dict[str, Any]:
    folder = session.folder / name
    folder.mkdir(exist_ok=True)
    found = mnist.document(history, mnist.judged(history), name == "quick")
    with written_whole(folder / f"{name}.json") as draft:
        draft.write_text(json.dumps(found, ensure_ascii=False) + "\n", encoding="utf-8")
    network_figures.write(folder, history)
    return {"seconds_of_training": history.seconds, "continued": history.continued}


def main(arguments: list[str]) -> int:
    """All stages in their order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--tiny", action="store_true")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + given.seconds
    session = Session(given.folder, training.device_named(given.device), given.data, given.tiny, end)
    session.stage("machine", lambda: machine(session))
    session.stage("together or alone", lambda: together_or_alone(session))
    session.stage("replayed or launched", lambda: replayed_or_launched(session))
    session.stage("cpu against device", lambda: cpu_against_device(session))
    for name in predictions.EXPERIMENTS:
        session.stage(name, lambda name=name: prediction(session, name))  # type: ignore[misc]
    session.stage("full experiment", lambda: full(session))
    return int(session.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
