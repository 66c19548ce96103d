"""Hostile statements: written by hand with the right answers, and random ones that an independent oracle looks at.

`make deep` goes on with 100,000 random statements on all cores: python -m tests.tools.campaign.
"""

from __future__ import annotations

import pytest

from tests.tools import attack_corpus, campaign, oracle

SECONDS = 1.0  # of processor time, asked of the engines for each statement of the corpus
GROUPS = 12
SHARE = 0.9  # of the statements that are not open must be settled, in that time
FEW_SECONDS = 0.4
RANDOM = 25  # seeds a test
STATEMENTS = attack_corpus.statements()
CHAINS = attack_corpus.chains()
CASES = (*STATEMENTS, *CHAINS)


def test_the_corpus_is_large():
    assert len({str(case) for case in CASES}) == len(CASES) >= 400


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_verdict_on_the_corpus_is_wrong_and_most_are_settled(group):
    cases = CASES[group::GROUPS]
    verdicts = [attack_corpus.judged(case, SECONDS)["verdict"] for case in cases]
    assert [f"{v}: {c}" for c, v in zip(cases, verdicts, strict=True) if c.is_wrong(v)] == []
    settled = [v != "undecided" for c, v in zip(cases, verdicts, strict=True) if c.weak]
    assert sum(settled) >= SHARE * len(settled), [str(c) for c, v in zip(cases, verdicts, strict=True) if c.weak and v == "undecided"]


@pytest.mark.parametrize("group", range(GROUPS))
def test_the_oracle_agrees_with_the_right_answers(group):
    missed = []
    cases = [c for c in STATEMENTS[group::GROUPS] if "error" not in c.right]
    for case in cases:
        found = oracle.counterexample(case.claim, 60)
        if case.right <= {"proved", "derived"}:
            assert found is None, f"{case}: {found}"
        elif "proved" not in case.right and found is None:
            missed.append(str(case))
    assert len(missed) <= 0.15 * len(cases), missed


@pytest.mark.parametrize("first", range(0, 300, RANDOM))
def test_no_verdict_on_a_random_statement_meets_an_objection(first):
    found = campaign.block(first, RANDOM, FEW_SECONDS)
    assert found.checked >= RANDOM
    assert [campaign.describe(wrong) for wrong in found.wrong] == []
    assert found.crashes == {}


def test_the_random_statements_are_of_every_kind():
    found = campaign.Tally()
    for seed in range(1_000_000, 1_000_080):
        found.add(campaign.judge(campaign.statement(seed), seed, FEW_SECONDS / 2))
    for verdict in ("proved", "refuted", "undecided"):
        assert found.verdicts[verdict] + (found.verdicts["derived"] if verdict == "proved" else 0) >= 8, found.verdicts
