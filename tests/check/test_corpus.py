"""The corpus: nothing false is proved, nothing true is refuted, nearly everything is settled."""

from __future__ import annotations

import re

import pytest

from proofs.check.judging import HELD
from tests.tools.corpus_files import claims, results
from tests.tools.objections import counterexample
from tests.tools.oracle import Claim

SHARE = 0.95  # of each half of the corpus must be settled


@pytest.mark.parametrize("truth", ["true", "false"])
def test_corpus_is_large(truth):
    assert len(claims(truth)) >= 150
    assert len({(c.statement, tuple(c.where)) for c in claims(truth)}) == len(claims(truth))


FORM = re.compile(r"(not )?(limit|sup|inf|attained|increasing)\(")


def test_no_true_statement_is_refuted_nearly_all_hold_and_none_of_these_has_a_counterexample_by_other_means():
    verdicts = [r["verdict"] for r in results("true")]
    assert "refuted" not in verdicts
    assert "error" not in verdicts
    assert sum(verdict in HELD for verdict in verdicts) >= SHARE * len(verdicts), _unsettled("true")
    for result in results("true"):
        if result["verdict"] in HELD and not FORM.match(result["statement"]):  # of forms samples can only doubt
            assert counterexample(Claim(result["statement"], tuple(result["where"])), 60) is None, result["statement"]


def test_no_false_statement_holds_and_nearly_all_are_refuted():
    verdicts = [r["verdict"] for r in results("false")]
    assert not HELD & set(verdicts)
    assert "error" not in verdicts
    assert verdicts.count("refuted") >= SHARE * len(verdicts), _unsettled("false")


def _unsettled(truth: str) -> list[str]:
    return [f"{r['statement']} where {r['where']}: {r['reason']}" for r in results(truth) if r["verdict"] == "undecided"]
