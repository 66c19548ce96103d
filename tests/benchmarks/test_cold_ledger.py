"""Processor time of judging each theory with nothing kept, without Coq and networks: `make bench` prints it."""

import os
import subprocess
import sys

import pytest

from proofs.claims import CHAPTERS, registry
from tests.benchmarks.test_start_up import processor_seconds

# Jobs are children of a fork server, which nobody waits for: they are counted where they become children of this process.
WITH_ALL_THAT_IT_STARTS = """
import ctypes, os, subprocess, sys
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
"""


THEORIES = [theory for theory in CHAPTERS if theory != "networks"]
ALL = "all in one command"  # imports, the fork server and the index of sources are paid for once


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a process the children that others leave")
@pytest.mark.benchmark(group="the cold ledger by theory, processor seconds (all in one command: at most 90)", timer=processor_seconds)
@pytest.mark.parametrize("theory", [*THEORIES, ALL])
def test_cold_theory(benchmark, theory, tmp_path):
    command = [
        sys.executable,
        "-m",
        "proofs",
        "verify",
        *(claim for each in THEORIES if theory in (each, ALL) for claim in registry.of_theory(each)),
    ]
    environment = {**os.environ, "PATH": os.path.dirname(sys.executable), "UFM_CACHE": str(tmp_path)}
    benchmark.pedantic(
        subprocess.run,
        ([sys.executable, "-c", WITH_ALL_THAT_IT_STARTS, *command],),
        {"check": True, "env": environment, "stderr": subprocess.DEVNULL},
        rounds=1,
    )
