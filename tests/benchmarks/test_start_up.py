"""Processor time of whole commands, each beside what it would take to load its libraries alone: `make bench` prints the ratios."""

import resource
import subprocess
import sys

import pytest

LIBRARIES = "import sympy, scipy.integrate, scipy.optimize, typer, rich.table"
COMMANDS = {
    "--help": ["-m", "proofs", "--help"],
    "check": ["-m", "proofs", "check", "1 < 2"],
    "window": ["-m", "proofs", "window", "--step", "10,100"],
    "window of a million classes": ["-m", "proofs", "window", "--step", "1000000,100"],
    "window of 10,000 distinct counts": ["-m", "proofs", "window", "--long-tailed", "10000,1000000000000"],
    "window of 100,000 counts": ["-m", "proofs", "window", "--long-tailed", "100000,1000000000000000"],
    "simulate": ["-m", "proofs", "simulate", "--step", "10,100"],
    "SymPy, SciPy, typer and rich alone": ["-c", LIBRARIES],
}


def processor_seconds() -> float:
    """What all processes that this one started and waited for have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.benchmark(group="whole commands, processor seconds", timer=processor_seconds)
@pytest.mark.parametrize("what", COMMANDS)
def test_whole_commands(benchmark, what):
    started = ([sys.executable, *COMMANDS[what]],)
    benchmark.pedantic(subprocess.run, started, {"check": True, "stdout": subprocess.DEVNULL}, rounds=3, warmup_rounds=1)


@pytest.mark.benchmark(group="the kept ledger, processor seconds", timer=processor_seconds)
@pytest.mark.parametrize("what", ["verify", "SymPy, SciPy, typer and rich alone"])
def test_the_kept_ledger(benchmark, what, ledger_environment):
    """Without Coq; a first run judges what no benchmark before it has judged."""
    arguments = ["-m", "proofs", "verify"] if what == "verify" else ["-c", LIBRARIES]
    how = {"check": True, "stdout": subprocess.DEVNULL, "env": ledger_environment}
    benchmark.pedantic(subprocess.run, ([sys.executable, *arguments],), how, rounds=3, warmup_rounds=1)
