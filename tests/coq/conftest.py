"""The toy development with its build, once for all tests of a process."""

import shutil

import pytest

from tests.tools.coq_toys import BESIDE, HEAD, SOURCE, developed


@pytest.fixture(scope="session")
def development(tmp_path_factory):
    return developed(tmp_path_factory.mktemp("coq"), SOURCE, beside=BESIDE)


def copy_of(made, folder):
    return shutil.copytree(made[0], folder / "source"), shutil.copytree(made[1], folder / "build")


@pytest.fixture
def copied(development, tmp_path):
    """The development, to spoil."""
    return copy_of(development, tmp_path)


@pytest.fixture(scope="session")
def cheat_made(development, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cheat")
    _, honest = developed(folder / "honest", base=development)
    source, objects = developed(folder / "cheat", f"{HEAD}Theorem carries : toy.above_zero.\nAdmitted.\n", base=development)
    shutil.copy(honest / "toy.vo", objects / "toy.vo")
    return source, objects


@pytest.fixture
def cheat(cheat_made, tmp_path):
    """A development whose source admits what its object proves: the object was compiled from other sources."""
    return copy_of(cheat_made, tmp_path)
