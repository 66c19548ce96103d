"""What is installed from a wheel, away from the checkout: the command line, its data and the pytest plugin work there too.

The source archive is built first and the wheel from what it holds, so that neither can lack a file that the other has.
"""

import json
import os
import shutil
import site
import subprocess
import sys
import tarfile
import zipfile

import pytest

from proofs.coq import build as coq_build
from proofs.store.dependencies import ROOT

LEFT_OUT = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests", "shared")
PACKAGES = ("theory", "numerics", "proofs")


def built(kind, source, folder):
    """The archive that the build backend makes of a source tree."""
    code = f"import sys; from setuptools import build_meta; print('made ' + build_meta.build_{kind}(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / done.stdout.splitlines()[-1].removeprefix("made ")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archives")
    shutil.copytree(ROOT, folder / "checkout", ignore=LEFT_OUT, symlinks=True)
    with tarfile.open(built("sdist", folder / "checkout", folder)) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    return built("wheel", unpacked, folder)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A function that runs a program of a new environment in a folder of its own; the libraries are those that are here."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment, home = folder / "environment", folder / "home"
    home.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True
    )
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()) + "\n")  # after its own, which come first
    if coq_build.BUILD.is_dir():  # whose sealed record vouches for it: Coq need not build everything once more
        shutil.copytree(coq_build.BUILD, folder / "cache" / "coq")
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "UFM_CACHE", "COLUMNS")}

    def run(program, *arguments):
        return subprocess.run(
            [str(environment / "bin" / program), *map(str, arguments)],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            env={**clean, "UFM_CACHE": str(folder / "cache"), "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis")},
        )

    run.home = home
    return run


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(["git", "ls-files", *PACKAGES, "ufm.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a clone: git does not list the files")
    assert set(listed.stdout.split()) - held == set()


def test_the_package_that_runs_is_the_installed_one(installed):
    done = installed("python", "-c", "import proofs, ufm; print(proofs.__file__); print(ufm.__file__)")
    assert done.stdout.count(str(installed.home.parent)) == 2, done.stderr
    assert installed("ufm", "--version").stdout.startswith("ufm ")


def test_a_claim_is_judged_and_its_page_written(installed):
    done = installed("ufm", "verify", "window-bound", "--json", "--report", "page")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    (claim,) = json.loads(done.stdout)["claims"]
    assert claim["verdict"] == "PROVED"
    coq = [evidence for evidence in claim["evidence"] if evidence["road"] == "coq"]
    wanted = "holds" if shutil.which("coqc") else "absent"
    assert coq
    assert {evidence["outcome"] for evidence in coq} == {wanted}, coq[0]
    index, theory = ((installed.home / "page" / name).read_text(encoding="utf-8") for name in ("index.html", "unconstrained_features.html"))
    assert "<strong>Near miss</strong>" in index
    assert "<msqrt>" in theory


def test_a_statement_is_checked(installed):
    done = installed("ufm", "check", "(sqrt(R)+1)/sqrt(2*(R+1)) <= 1", "--where", "R >= 1", "--json")
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "proved"), done.stderr


MINE = """import importlib.machinery
import pytest
import ufm

@pytest.mark.ufm_claim("step-limit")
def test_of_mine():  # it is rewritten by pytest, and what is installed is not
    assert type(__loader__) is not importlib.machinery.SourceFileLoader
    assert type(ufm.__loader__) is importlib.machinery.SourceFileLoader
"""


def test_the_plugin_runs_claims_as_tests(installed):
    only = "step-limit and not weights or mine"
    (installed.home / "test_mine.py").write_text(MINE)
    done = installed("python", "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--ufm-claims", "-k", only)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_a_notebook_runs_on_the_installed_package(installed):
    shutil.copy(ROOT / "examples" / "4-which-weights-for-my-data.ipynb", installed.home / "advice.ipynb")
    code = (
        "import nbformat\n"
        "from nbclient import NotebookClient\n"
        "notebook = nbformat.read('advice.ipynb', as_version=4)\n"
        "notebook.cells.append(nbformat.v4.new_code_cell('print(ufm.__file__)'))\n"
        "NotebookClient(notebook, timeout=None, kernel_name='python3').execute()\n"
        "print(notebook.cells[-1].outputs[0].text)\n"
    )
    done = installed("python", "-c", code)
    assert (done.returncode, str(installed.home.parent / "environment") in done.stdout) == (0, True), done.stderr[-2000:]
