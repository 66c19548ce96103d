"""The pytest plugin: the ledger as tests, and which tests guard which claim.

- `pytest --ufm-claims` judges every claim as one more test, beside the others.
- `@pytest.mark.ufm_claim("balance-conserved")` says that a test guards a claim; several ids may be named.
- `pytest --ufm-guards` runs nothing and lists every claim with the tests that guard it.

An installed plugin is loaded in every pytest run: nothing of this project is imported before it is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

MARKER = "ufm_claim"
GUARDS = pytest.StashKey[dict[str, list[str]]]()  # claim id → the tests that are marked with it
PACKAGES = ("ufm", "theory", "numerics", "proofs")


class AsWritten(MetaPathFinder):
    """Finds the modules of this project before pytest does, and loads them as they are.

    pytest rewrites the assertions of every distribution that brings a plugin. None here is a test, and each module would be
    compiled once more, for pytest alone.
    """

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where a module of this project is; None for any other, which pytest may rewrite."""
        return PathFinder.find_spec(fullname, path, target) if fullname.partition(".")[0] in PACKAGES else None


@pytest.hookimpl(tryfirst=True)  # a conftest file may import this project
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Modules of this project are loaded as they are, as long as this run of pytest lasts."""
    finder = AsWritten()
    sys.meta_path.insert(0, finder)
    early_config.add_cleanup(lambda: sys.meta_path.remove(finder))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options `--ufm-claims` and `--ufm-guards`."""
    group = parser.getgroup("ufm", "the ledger of ufm-verifier")
    group.addoption("--ufm-claims", action="store_true", help="judge every claim of the ledger, one test a claim")
    group.addoption("--ufm-guards", action="store_true", help="run nothing; list the claims and the tests that guard them")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, so that --strict-markers knows it.

    Raises: pytest.UsageError for `--ufm-guards` with pytest-xdist, whose parent process collects no tests.
    """
    config.addinivalue_line("markers", f"{MARKER}(id, ...): this test guards these claims of the ledger")
    if config.getoption("--ufm-guards") and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--ufm-guards lists what one process collects: drop -n")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """With `--ufm-claims` the claims are collected beside the test files."""
    report = yield
    if isinstance(collector, pytest.Session) and collector.config.getoption("--ufm-claims"):
        report.result.append(Claims.from_parent(collector, name="ufm-claims", nodeid="ufm-claims"))
    return report


@pytest.hookimpl(tryfirst=True)  # this runs before -k and -m choose among the tests
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Look up the claim ids that markers name.

    Raises: pytest.UsageError for a marker with an id that is not in the ledger, or with none.
    """
    config.stash[GUARDS] = _guards(items)


def _guards(items: Iterable[pytest.Item]) -> dict[str, list[str]]:
    """Claim id → the tests that are marked with it."""
    found: dict[str, list[str]] = {}
    for item in items:
        for marker in item.iter_markers(MARKER):
            if not marker.args or marker.kwargs or not all(isinstance(claim_id, str) for claim_id in marker.args):
                raise pytest.UsageError(f"{item.nodeid}: {MARKER} takes claim ids, such as {MARKER}('balance-conserved')")
            for claim_id in marker.args:
                found.setdefault(claim_id, []).append(item.nodeid)
    if found:
        from proofs.claims import registry

        known = {claim.id for claim in registry.claims()}
        for claim_id, tests in found.items():
            if claim_id not in known:
                raise pytest.UsageError(f"{tests[0]}: claim {claim_id!r} is not in the ledger: 'ufm verify --list' lists the names")
    return found


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """With `--ufm-guards` nothing is run."""
    return True if session.config.getoption("--ufm-guards") and not session.testsfailed else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """With `--ufm-guards` print every claim, and the tests that guard it."""
    if not config.getoption("--ufm-guards"):
        return
    from proofs.claims import registry

    guards = config.stash.get(GUARDS, {})
    for claim in registry.claims():
        tests = guards.get(claim.id, [])
        terminalreporter.write_line(f"{claim.id}: {len(tests)} test(s)" if tests else f"{claim.id}: no test guards it")
        for test in tests:
            terminalreporter.write_line(f"  {test}")


class Claims(pytest.Collector):
    """All claims of the ledger, as one collector of tests."""

    def collect(self) -> list[pytest.Item]:
        """One test a claim, in ledger order."""
        from proofs.claims import registry

        return [ClaimItem.from_parent(self, name=claim.id) for claim in registry.claims()]


class ClaimItem(pytest.Item):
    """One claim as a test: it passes where `ufm verify` of the claim, beside the row that repairs it, exits with 0."""

    def runtest(self) -> None:
        """Judge the claim; what was kept from an earlier run of unchanged code is taken."""
        from proofs.claims import registry
        from proofs.ledger import ledger

        (claim,) = registry.claims([self.name])
        rows = list(ledger.judged([claim.id, *([claim.repaired_by] if claim.repaired_by else [])]))
        if ledger.exit_status(rows) != 0:
            raise ClaimFailed(
                "\n".join(f"{row.claim_id}: {row.verdict}" + "".join(f"\n  {problem}" for problem in row.problems) for row in rows)
            )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | Any:
        """The verdict and its problems, without this module's own trace."""
        if isinstance(excinfo.value, ClaimFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where pytest says the test stands."""
        return Path("ufm-claims"), None, self.name


class ClaimFailed(Exception):
    """The claim is refuted, undecided or not checked."""
