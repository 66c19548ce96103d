"""Hostile statements: some are written by hand with the right answers, others are random and examined by an independent oracle.

`make deep` examines 100,000 random statements more, on all cores: python -m tests.tools.campaign.
"""

from __future__ import annotations

import pytest

from proofs.checker.rules import RULES
from tests.tools import attack_corpus, campaign, certificates, constructors, objections, sequents

SECONDS = 0.6  # of processor time, asked of the engines for each statement of the corpus that is to be settled
OPEN_SECONDS = 0.15  # for each that is not
GROUPS = 12
SHARE = 0.85  # of the statements that are not open must be settled, in that time
FEW_SECONDS = 0.25
RANDOM = 60  # seeds
SEQUENTS = {"squares": 120, "solver": 25}  # random sequents a rule, where not MOST
MOST = 50
TEXTS = 100  # random texts, each of an expression, a condition and a form
TAMPERED = 15  # random statements whose evidence is tampered with
STATEMENTS = attack_corpus.statements()
CHAINS = attack_corpus.chains()
CASES = (*STATEMENTS, *CHAINS)


def test_the_corpus_is_large():
    assert len({str(case) for case in CASES}) == len(CASES) >= 400


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_verdict_on_the_corpus_is_wrong_and_most_are_settled(group):
    cases = CASES[group::GROUPS]
    verdicts = [attack_corpus.judged(case, SECONDS if case.weak else OPEN_SECONDS)["verdict"] for case in cases]
    assert [f"{v}: {c}" for c, v in zip(cases, verdicts, strict=True) if c.is_wrong(v)] == []
    settled = [v != "undecided" for c, v in zip(cases, verdicts, strict=True) if c.weak]
    assert sum(settled) >= SHARE * len(settled), [str(c) for c, v in zip(cases, verdicts, strict=True) if c.weak and v == "undecided"]


@pytest.mark.parametrize("group", range(GROUPS))
def test_the_oracle_agrees_with_the_right_answers(group):
    missed = []
    cases = [c for c in STATEMENTS[group::GROUPS] if "error" not in c.right]
    for case in cases:
        found = objections.counterexample(case.claim, 60)
        if case.right <= {"proved", "derived"}:
            assert found is None, f"{case}: {found}"
        elif "proved" not in case.right and found is None:
            missed.append(str(case))
    assert len(missed) <= 0.15 * len(cases), missed


def test_no_verdict_on_a_random_statement_meets_an_objection_and_there_are_verdicts_of_every_kind():
    found = campaign.block(0, RANDOM, FEW_SECONDS)
    assert found.checked >= RANDOM
    assert [campaign.describe(wrong) for wrong in found.wrong] == []
    assert found.crashes == {}
    verdicts = found.verdicts
    assert min(verdicts["proved"] + verdicts["derived"], verdicts["refuted"], verdicts["undecided"]) >= 5, verdicts


def test_every_rule_has_sequents():
    assert set(sequents.GENERATORS) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_gives_nothing_that_holds_for_a_sequent_that_is_false_at_a_point(rule):
    found = sequents.attack(rule, range(SEQUENTS.get(rule, MOST)))
    assert found.made >= 10
    assert found.applied >= 5 or rule in sequents.LEAVES
    assert found.wrong == ()


@pytest.mark.parametrize("rule", sequents.LEAVES)
def test_a_sequent_that_a_rule_closes_has_no_counterexample(rule):
    found = sequents.attack(rule, range(SEQUENTS.get(rule, MOST)), known=False)
    assert found.applied >= 3
    assert found.wrong == ()


def test_every_function_and_comparison_has_texts():
    constructors.check_all_are_covered()


@pytest.mark.parametrize("part", range(2))
def test_texts_have_their_values_their_domain_and_their_truth_wherever_the_tool_takes_them(part):
    found = constructors.attack(range(part * TEXTS, (part + 1) * TEXTS))
    assert found.wrong == []
    assert min(found.compared.values()) >= TEXTS
    for what, count in found.open.items():
        assert count <= 0.1 * found.compared.get(what, 10 * TEXTS), (what, count)


def test_evidence_that_was_tampered_with_passes_only_for_what_is_so():
    found = certificates.attack(range(TAMPERED), FEW_SECONDS / 2)
    assert found.made >= 50
    assert found.wrong == ()
