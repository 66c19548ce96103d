"""A batch of 300 statements on one core and on two, by the clock on the wall: on two it is to be at least 1.8 times as fast.

Run it by `python -m pytest tests/benchmarks/test_batch.py --benchmark-only`, on a machine that does nothing else.
"""

import json
import os
import subprocess
import sys

import pytest

from proofs.store.dependencies import ROOT
from tests.tools.corpus_files import claims

STATEMENTS = 300
SECONDS = 10  # of processor time, for each statement: few of these need more than one


def batch() -> str:
    """The first statements of the corpus as one derivation file."""
    tables = []
    for number, claim in enumerate([claim for claim in claims("true") if not claim.needs()][:STATEMENTS]):
        lets = ", ".join(f"{name} = {json.dumps(text)}" for name, text in claim.let.items())
        said = f"where = {json.dumps(claim.where)}\nlet = {{ {lets} }}\nstatement = {json.dumps(claim.statement)}\n"
        tables.append(f'[[claim]]\nid = "s{number}"\n{said}')
    return "\n".join(tables)


def check(path, cores):
    """Judge the file on these cores; none of it is wrong or refuted."""
    command = [sys.executable, "-m", "proofs", "check", "--file", str(path), "--timeout", str(SECONDS), "--json"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=lambda: os.sched_setaffinity(0, set(cores))
    )
    assert done.returncode in (0, 3), done.stderr
    assert len(json.loads(done.stdout)["claims"]) == STATEMENTS


@pytest.mark.benchmark(group="a batch of 300 statements: one core against two (aim: 1.8 times as fast)")
@pytest.mark.parametrize("count", [1, 2])
def test_batch_of_statements(benchmark, tmp_path, count):
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < count:
        pytest.skip(f"there are not {count} cores")
    path = tmp_path / "batch.toml"
    path.write_text(batch(), encoding="utf-8")
    benchmark.pedantic(check, (path, cores[:count]), rounds=1)
