"""The toy development with its build, once for all tests of a process."""

import shutil

import pytest

from tests.tools.coq_toys import BESIDE, SOURCE, developed


@pytest.fixture(scope="session")
def development(tmp_path_factory):
    return developed(tmp_path_factory.mktemp("coq"), SOURCE, beside=BESIDE)


@pytest.fixture
def copied(development, tmp_path):
    """The development, to spoil."""
    return shutil.copytree(development[0], tmp_path / "source"), shutil.copytree(development[1], tmp_path / "build")
