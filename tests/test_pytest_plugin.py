"""The pytest plugin, as a stranger's project meets it: real runs of pytest in a folder of its own."""

import os
import subprocess
import sys

import pytest

from proofs.claims import registry
from tests.tools import limits

MARKED = """import pytest

@pytest.mark.ufm_claim("{ids}")
def test_of_mine():
    pass
"""


@pytest.fixture
def pytest_in(tmp_path):
    """Runs pytest in a folder with one marked test; gives exit status and output."""

    def run(*arguments, ids="balance-conserved", conftest=""):
        (tmp_path / "test_mine.py").write_text(MARKED.format(ids=ids))
        (tmp_path / "conftest.py").write_text(conftest)
        done = limits.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments],
            cwd=tmp_path,
            env={**os.environ, "UFM_CACHE": str(tmp_path / "cache")},
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_claims_run_as_tests_beside_the_others_and_k_chooses_among_them(pytest_in):
    status, out = pytest_in("--ufm-claims", "-v", "-k", "mine or majority-first")
    assert status == 0
    assert "3 passed" in out
    everything = len(registry.claims()) + 1
    assert f"collected {everything} items / {everything - 3} deselected / 3 selected" in out
    for line in ("ufm-claims::majority-first PASSED", "ufm-claims::majority-first-of-small-initialisation PASSED"):
        assert line in out


def test_without_the_option_no_claim_is_run(pytest_in):
    status, out = pytest_in("-v")
    assert (status, "1 passed" in out, "ufm-claims" in out) == (0, True, False)


REFUSING = """
import proofs.ledger.ledger
from proofs.claims import registry
from proofs.kernel.judge import Finding, Findings, mint
from proofs.kernel.verdict import Evidence, Outcome

def judged(ids, **_):
    evidence = Evidence(road="run", engine="runs", outcome=Outcome.FAILS, number="1", bound="0")
    for claim in registry.claims(ids):
        yield mint(claim, Findings(vacuous=(), parts=(), near_misses=(), seconds=0,
                                   runs=(Finding(part_id="agrees", says="it agrees", evidence=evidence, rechecked=False),)))
proofs.ledger.ledger.judged = judged
"""


def test_a_claim_that_does_not_hold_is_a_failed_test_with_its_verdict(pytest_in):
    status, out = pytest_in("--ufm-claims", "-k", "step-limit", conftest=REFUSING)
    assert status == 1
    assert "step-limit: UNDECIDED\n  a run disagrees: it agrees: 1 against 0" in out
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ("no-such-claim", "claim 'no-such-claim' is not in the ledger"),
        ('step-limit", "no-such-claim', "claim 'no-such-claim' is not in the ledger"),
    ],
)
def test_a_marker_with_an_unknown_id_is_a_usage_error(pytest_in, ids, message):
    status, out = pytest_in(ids=ids)
    assert status == pytest.ExitCode.USAGE_ERROR
    assert message in out
    assert "Traceback" not in out


def test_a_marker_with_something_else_than_ids_is_a_usage_error(pytest_in):
    status, out = pytest_in(ids='step-limit", name="x')
    assert status == pytest.ExitCode.USAGE_ERROR
    assert "ufm_claim takes claim ids" in out


def test_guards_lists_every_claim_with_its_tests_and_runs_nothing(pytest_in):
    status, out = pytest_in("--ufm-guards", ids='balance-conserved", "step-limit')
    assert status == 0
    lines = out.splitlines()
    for guarded in ("balance-conserved", "step-limit"):
        assert lines[lines.index(f"{guarded}: 1 test(s)") + 1] == "  test_mine.py::test_of_mine"
    assert "label-spectrum-step: no test guards it" in lines
    assert "passed" not in out


def test_guards_of_files_that_cannot_be_collected_are_no_success(pytest_in):
    status, _ = pytest_in("--ufm-guards", ids='" + 1 + "')
    assert status != 0


def test_guards_are_not_listed_where_another_process_collects(pytest_in):
    status, out = pytest_in("--ufm-guards", "-n", "1")
    assert (status, "drop -n" in out) == (pytest.ExitCode.USAGE_ERROR, True)


def test_the_plugin_imports_nothing_of_ours_before_it_is_asked():
    heavy = "import proofs.pytest_plugin, sys; print([m for m in ('sympy', 'numpy', 'theory', 'hypothesis') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True).stdout == "[]\n"
