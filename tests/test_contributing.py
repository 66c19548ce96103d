"""The examples of CONTRIBUTING.md are run."""

import re
import subprocess
import sys

import pytest

from proofs.store.dependencies import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (?:A|An) ([\w ]+), in four steps\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))


def test_there_are_four_steps_to_each_of_five_things():
    assert list(SECTIONS) == ["claim", "loss", "model", "rule of the checker", "command"]
    assert all(re.findall(r"^(\d)\. ", section, re.MULTILINE) == ["1", "2", "3", "4"] for section in SECTIONS.values())


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_of_each_runs(name):
    (code,) = re.findall(r"```python\n(.*?)```", SECTIONS[name], re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_the_files_that_are_named_are_there():
    for path in re.findall(r"`((?:proofs|theory|numerics|tests)/[\w/.]+\.py)`", TEXT):
        assert (ROOT / path).is_file(), path
    for path in re.findall(r"\]\((docs/[\w.]+)\)", TEXT):
        assert (ROOT / path).is_file(), path
