"""`import ufm`: every name is there, typed, and loaded only when it is asked for."""

import ast
import subprocess
import sys
from importlib.resources import files

import pytest

import ufm
from proofs.store.dependencies import ROOT


@pytest.mark.parametrize("name", ufm.__all__)
def test_each_name_is_what_its_place_says(name):
    found = getattr(ufm, name)
    module, _, attribute = ufm.PLACES[name].partition(":")
    assert getattr(found, "__module__", getattr(found, "__name__", "")).split(".")[0] in ("theory", "numerics", "proofs")
    assert (found.__name__ == module) if not attribute else (found.__name__ == attribute)


def test_type_checkers_see_the_same_names_at_the_same_places():
    typed = {}
    for node in ast.walk(ast.parse((ROOT / "ufm.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module not in ("__future__", "typing"):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                typed[alias.asname or alias.name] = full
    assert typed.keys() == ufm.PLACES.keys()
    assert {name: place.replace(":", ".") for name, place in ufm.PLACES.items()} == typed
    assert all(files(package).joinpath("py.typed").is_file() for package in ("theory", "numerics", "proofs"))


def test_importing_it_loads_nothing():
    script = "import sys, ufm; dir(ufm); print({'sympy', 'numpy', 'theory', 'proofs'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert loaded.stdout.strip() == "set()"


def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(AttributeError, match=r"ufm has no 'simulat'.*simulate"):
        ufm.simulat  # noqa: B018 - the lookup is what is tested


def test_the_example_of_its_docstring():
    assert ufm.check("(sqrt(R) + 1)/sqrt(2*(R + 1)) <= 1", ["R >= 1"])["verdict"] == "proved"
    assert ufm.derive("cross-entropy").target is not None
    found = ufm.window(ufm.counts.step(10, 100), "balanced")
    assert found["window"]["escape"]["relative"] > 0
