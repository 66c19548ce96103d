"""Hypothesis profiles, the cache folder of the tests, and STRICT=1.

HYPOTHESIS_PROFILE names a profile: `ci`, the same examples at every run (the default where CI is set); `dev`, new ones
at every run; `deep`, 20,000 of them for each property. None has a deadline: no test depends on the speed of the machine.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", derandomize=True, database=None, deadline=None, max_examples=50, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("dev", deadline=None, max_examples=50, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", deadline=None, max_examples=20_000, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


def pytest_configure(config):
    config.addinivalue_line("markers", "not_in_ci: needs a library that CI does not install, such as Lightning")


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory):
    """The user's kept findings are not written by tests, and read by `tests/tools/rows.py` alone; the build of Coq is used, and so
    the secret that seals it."""
    os.environ["UFM_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """With STRICT=1 a skip, which says that a tool is missing, is a failure, but for a library that CI does not install."""
    report = (yield).get_result()
    if (
        report.skipped
        and item.get_closest_marker("not_in_ci") is None
        and os.environ.get("STRICT") == "1"
        and not hasattr(report, "wasxfail")
    ):
        report.outcome = "failed"
        report.longrepr = f"STRICT=1: {item.nodeid} was skipped: {report.longrepr[2]}"
