"""What a command loads, and how often what is kept is derived again: not how long it takes, which `make bench` measures."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

AFTER = "; print('\\n'.join(sorted(sys.modules)), file=sys.stderr)"
# Of each command, modules that it does not need: they take from a tenth of a second to a second.
NEEDLESS = {
    ("--help",): {"sympy", "numpy", "scipy", "proofs.kernel", "proofs.claims"},
    ("check", "1 < 2"): {"scipy", "matplotlib", "proofs.advise", "proofs.claims", "numerics.unconstrained_features"},
    ("window", "--step", "10,100"): {"matplotlib", "scipy.stats", "proofs.advise", "proofs.claims", "numerics.constrained_features"},
    ("simulate", "--step", "10,100"): {"matplotlib", "scipy.stats", "proofs.advise", "proofs.claims", "numerics.constrained_features"},
    ("verify", "--list"): {"matplotlib", "scipy.stats", "torch", "jinja2", "proofs.report.page"},
}


def run(code, **environment):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment})


@pytest.mark.parametrize("arguments", NEEDLESS, ids=" ".join)
def test_a_command_loads_nothing_that_it_does_not_need(arguments):
    loaded = set(run(f"import sys; from proofs.cli import main; main({[*arguments]!r}){AFTER}").stderr.split())
    assert "proofs.commands.application" in loaded
    assert NEEDLESS[arguments] & loaded == set()


def test_the_ledger_is_loaded_without_a_derivation_of_what_is_written_down():
    code = (
        "from proofs.claims import registry; registry.claims()\n"
        "from theory.unconstrained_features import modes, timing\n"
        "print(modes.solve_strength.cache_info().misses, timing.learning_time.cache_info().misses)"
    )
    assert run(code).stdout.split() == ["0", "0"]


def test_sources_are_parsed_once_for_all_runs(tmp_path):
    """The fingerprint of a second process is that of the first, without a look at the syntax of any source."""
    code = (
        "import ast\nparsed, parse = [], ast.parse\n"
        "ast.parse = lambda text, *given: parsed.append(text) or parse(text, *given)\n"
        "from proofs.store.dependencies import fingerprint\n"
        "print(fingerprint('proofs.kernel.judge', 'proofs.checker.rules'), len(parsed))"
    )
    first, second = (run(code, UFM_CACHE=str(tmp_path)).stdout.split() for _ in range(2))
    assert first[0] == second[0]
    assert int(first[1]) > 5
    assert second[1] == "0"


def test_an_index_of_sources_that_was_edited_is_not_believed(tmp_path):
    code = "from proofs.store.dependencies import fingerprint; print(fingerprint('proofs.kernel.judge'))"
    before = run(code, UFM_CACHE=str(tmp_path)).stdout
    (index,) = tmp_path.glob("*.json")
    index.write_text(index.read_text(encoding="utf-8").replace("theory.exact", "theory.losses"), encoding="utf-8")
    assert run(code, UFM_CACHE=str(tmp_path)).stdout == before


@pytest.mark.parametrize("module", ["proofs", "proofs.cli"])
def test_a_module_that_is_run_is_the_program(module):
    """One that did nothing and ended with 0 would be taken for a verdict."""
    done = subprocess.run([sys.executable, "-m", module, "verify", "no-such-claim"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no-such-claim" in done.stderr
