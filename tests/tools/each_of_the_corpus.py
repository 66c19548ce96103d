"""The corpus as one test a statement, in this process: for the mutants of the code, which need tests they can choose from.

The suite judges the same statements in parallel, in tests/check/test_corpus.py.
"""

from __future__ import annotations

import pytest

from proofs.check import check_statement
from proofs.check.judging import HELD
from tests.tools.corpus_files import SECONDS, claims

EXPECTED = {"true": HELD, "false": {"refuted"}}


@pytest.mark.parametrize(
    ("truth", "claim"), [pytest.param(truth, claim, id=f"{truth}-{claim.id}") for truth in EXPECTED for claim in claims(truth)]
)
def test_a_statement_of_the_corpus_has_its_verdict(truth, claim):
    assert check_statement(claim.statement, claim.where, claim.let, SECONDS)["verdict"] in EXPECTED[truth]
