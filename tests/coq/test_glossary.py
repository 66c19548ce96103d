"""A theory brings its names and functions to the printed Coq files with a file beside its claims, and edits no shared one."""

import pytest

from proofs import claims
from proofs.claims.registry import claims as ledger_claims
from proofs.coq import statements
from proofs.ledger import ledger
from proofs.store import dependencies

OTHER_RULES = ("normalised_descent", "spectral_descent", "stages")
GLOSSARY = """
import sympy as sp

NUMBERS = "rho == a rate of the toy theory\\n"
FORMULAS = (("toy_rate", (sp.Symbol("rho", positive=True),), 2 * sp.Symbol("rho", positive=True)),)
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A theory of one glossary, found beside the others."""
    folder = tmp_path / "toy_theory"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "glossary.py").write_text(GLOSSARY, encoding="utf-8")
    monkeypatch.setattr(claims, "__path__", [*claims.__path__, str(tmp_path)])
    monkeypatch.setitem(statements.CHAPTERS, "toy_theory", ())


def test_a_new_theory_is_printed_after_the_others(toy):
    before = statements.header(statements.NUMBERS, [], statements.NUMBER_LIBRARIES)
    head = statements.head(statements.Setting.SCALARS)
    assert "(* rho == a rate of the toy theory" + " " * 44 + "*)\n" in head
    assert head.index("the imbalance ratio R") < head.index("a rate of the toy theory")
    assert "toy theory" not in before
    assert statements.formulas().endswith("Definition toy_rate (rho : R) : R :=\n  2 * rho.\n")
    assert "Definition learning_time" in statements.formulas()
    assert "rho" not in statements.head(statements.Setting.MATRICES)


def test_a_theory_without_a_glossary_is_none():
    theories = (
        "unconstrained_features",
        "constrained_features",
        "weight_decay",
        "trained_bias",
        "step_size",
        "fixed_features",
        "depth",
        "last_layer",
        "sampling",
        *OTHER_RULES,
    )
    assert statements.glossaries() == [f"proofs.claims.{theory}.glossary" for theory in theories]
    assert "networks" in claims.CHAPTERS


def test_findings_of_coq_depend_on_the_glossaries(monkeypatch):
    """What the functions of time are decides what a theorem says."""
    proved = next(claim for claim in ledger_claims() if claim.coq)
    asked = []
    monkeypatch.setattr(ledger, "fingerprint", lambda *modules: asked.extend(modules) or "key")
    ledger.key(proved.id)
    assert set(statements.glossaries()) <= set(asked)
    assert all(dependencies.module_file(module) for module in statements.glossaries())
