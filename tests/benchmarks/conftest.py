"""What benchmarks share: the ledger is judged with nothing kept once for all that ask for it whole."""

import os
import sys

import pytest


@pytest.fixture(scope="session")
def ledger_environment(tmp_path_factory):
    """The environment of a ledger without Coq, whose findings are kept in one folder for the session."""
    return {**os.environ, "PATH": os.path.dirname(sys.executable), "UFM_CACHE": str(tmp_path_factory.mktemp("ledger"))}
