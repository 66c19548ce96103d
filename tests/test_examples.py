"""The notebooks of examples/ run from top to bottom, in a kernel of their own, and hold what they say."""

import os
import re
import signal

import nbformat
import pytest
from nbclient import NotebookClient

from proofs.store.dependencies import ROOT

NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
# What each must print or show: its findings, not its prose.
FINDS = {
    "1-the-paper-in-ten-cells": ("effective 0.292061, escape 0", "proved: sqrt", "modes-decouple-weighted"),
    "2-your-own-derivation-checked": ("refuted: sqrt", "proved: sup", "3 claims"),
    "3-your-own-loss": ("exponent 0: majority", "exponent=1/2"),
    "4-which-weights-for-my-data": ("differs until step", "cat < dog < fox < owl", "owl < fox < dog < cat"),
    "5-your-own-simulator-under-the-laws": ("replicas-speed-up", "no law is broken"),
}


def test_there_are_five_and_each_says_what_it_finds():
    assert [path.stem for path in NOTEBOOKS] == sorted(FINDS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


@pytest.fixture
def interrupts():
    """The handler of interrupts as it was: the client of notebooks sets that of Python at its end, whatever was there before."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    told = " ".join(output.get("text") or re.sub(r"\s+", " ", str(output.get("data"))) for output in outputs)
    for finding in FINDS[path.stem]:
        assert finding in told
