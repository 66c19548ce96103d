"""Speed, each figure beside its alternative in the same run: `make bench` prints both and their ratio."""

import subprocess
import sys
from pathlib import Path

import pytest

from numerics.unconstrained_features import flow
from numerics.unconstrained_features.experiment import Experiment
from theory.data.counts import step
from theory.data.weights import class_weights
from theory.losses import loss_named

COUNTS = step(10, 100)
WEIGHTS = tuple(float(w) for w in class_weights(COUNTS, "1/2", "raw"))
EXPERIMENT = Experiment(COUNTS, WEIGHTS, loss_named("squared"), 8.0)


@pytest.mark.benchmark(group="one run, c = 10, R = 100, δ = 8: class means against every sample")
@pytest.mark.parametrize("level", ["class", "sample"])
def test_levels(benchmark, level):
    benchmark.pedantic(flow.simulate, (EXPERIMENT,), {"level": level, "time": 20.0}, rounds=3, warmup_rounds=1)


@pytest.mark.benchmark(group="whole commands: simulate (issue: under 2 s) against importing SymPy and SciPy alone")
@pytest.mark.parametrize("what", ["simulate", "imports"])
def test_start_up(benchmark, what, tmp_path):
    arguments = {
        "simulate": ["-m", "proofs", "simulate", "--step", "10,100", "--delta", "8", "--json"],
        "imports": ["-c", "import sympy, scipy.integrate, scipy.optimize, typer"],
    }[what]
    benchmark.pedantic(
        subprocess.run, ([sys.executable, *arguments],), {"check": True, "stdout": subprocess.DEVNULL}, rounds=5, warmup_rounds=1
    )


@pytest.mark.benchmark(group="the whole ledger without Coq: from nothing (issue: under 60 s) against nothing changed (under 3 s)")
@pytest.mark.parametrize("kept", ["fresh", "kept"])
def test_ledger(benchmark, kept, ledger_environment):
    """What the first judges the second finds kept; alone, the second judges it before."""
    command = [sys.executable, "-m", "proofs", "verify", "--json"]
    how = {"check": True, "stdout": subprocess.DEVNULL, "env": ledger_environment}
    if kept == "kept" and not any(Path(ledger_environment["UFM_CACHE"]).iterdir()):
        subprocess.run(command, **how)
    benchmark.pedantic(subprocess.run, (command,), how, rounds=1)
