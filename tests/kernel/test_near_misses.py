"""Near misses: a claim whose near miss passes, or touches nothing, is void."""

from __future__ import annotations

import dataclasses
import math

import pytest
import sympy as sp

from proofs.kernel import judge
from proofs.kernel.claim import NearMiss
from proofs.kernel.statements import Agrees, Estimated, Holds, Measurement
from proofs.kernel.verdict import Outcome, Verdict
from tests.tools.toys import (
    AGAIN,
    CERTIFIED,
    DERIVED,
    REFUTED,
    TRUE_PART,
    bare,
    claim,
    estimated,
    evidence,
    missing,
    run,
    two_parts,
    verdict,
    with_near_miss,
)

x = sp.Symbol("x", real=True)


def test_a_near_miss_rejected_by_every_road_it_touches_leaves_the_verdict():
    row = verdict(with_near_miss(), {"x² ≥ 0": CERTIFIED, "x² ≥ 5": REFUTED})
    assert row.verdict is Verdict.PROVED
    assert row.findings.near_misses[0].rejected_by == ("exact", "run")


def test_a_near_miss_that_an_engine_lets_pass_voids_the_claim():
    row = verdict(with_near_miss(), {"x² ≥ 0": CERTIFIED, "x² ≥ 5": CERTIFIED})
    assert row.verdict is Verdict.UNDECIDED
    assert "was not rejected by exact" in row.problems[0]


def test_a_near_miss_that_an_engine_cannot_refute_voids_the_claim():
    row = verdict(with_near_miss(), {"x² ≥ 0": CERTIFIED, "x² ≥ 5": evidence(Outcome.UNSETTLED)})
    assert row.verdict is Verdict.UNDECIDED


def test_a_near_miss_that_the_runs_tolerance_swallows_voids_the_claim():
    row = verdict(with_near_miss(run_error=1e-9), {"x² ≥ 0": CERTIFIED, "x² ≥ 5": REFUTED})
    assert row.verdict is Verdict.UNDECIDED
    assert "was not rejected by run" in row.problems[0]


def test_a_near_miss_that_touches_nothing_voids_the_claim():
    toy = claim(stated={"unused": 1}, near_misses=(NearMiss("nothing", {"unused": 2}),))
    assert verdict(toy, CERTIFIED).verdict is Verdict.UNDECIDED


def test_a_near_miss_that_changes_the_words_alone_touches_nothing():
    toy = bare(
        stated={"word": "so"},
        near_misses=(NearMiss("others", {"word": "not"}),),
        parts=lambda said: (dataclasses.replace(TRUE_PART, says=said.word),),
    )
    row = verdict(toy, {"so": CERTIFIED, "not": REFUTED})
    assert (row.verdict, row.findings.near_misses[0].touched) == (Verdict.UNDECIDED, ())


def test_a_run_that_does_not_use_what_a_near_miss_changes_rejects_nothing():
    """Its disagreement is no sign that the change was seen."""
    toy = claim(
        stated={"bound": 0, "other": 0},
        near_misses=(NearMiss("5", {"bound": 5}),),
        runs=lambda said: (run(float(said.bound), uses=("other",)),),
    )
    assert verdict(toy, CERTIFIED).findings.near_misses[0].rejected_by == ()


def test_a_statistic_that_does_not_use_what_a_near_miss_changes_rejects_nothing():
    toy = claim(
        stated={"least": 0.0, "other": 0},
        near_misses=(NearMiss("more", {"least": 2.0}),),
        parts=lambda said: (estimated(0.2, 0.8, least=said.least, greatest=math.inf, uses=("other",)),),
    )
    assert verdict(toy, CERTIFIED).findings.near_misses[0].rejected_by == ()


def test_a_part_that_is_written_anew_and_says_the_same_is_not_touched_by_a_near_miss():
    toy = claim(
        stated={"unused": 1}, near_misses=(NearMiss("nothing", {"unused": 2}),), parts=lambda said: (dataclasses.replace(TRUE_PART),)
    )
    miss = verdict(toy, CERTIFIED).findings.near_misses[0]
    assert (miss.rejected_by, miss.passed_by) == ((), ())


def test_a_near_miss_that_changes_how_many_parts_there_are_is_an_error():
    toy = claim(stated={"parts": 2}, near_misses=(NearMiss("one", {"parts": 1}),), parts=lambda said: (TRUE_PART, AGAIN)[: said.parts])
    with pytest.raises(ValueError, match="shorter"):
        verdict(toy, CERTIFIED)


def test_a_near_miss_of_a_formula_that_the_claim_does_not_state_is_an_error():
    with pytest.raises(ValueError, match="does not state"):
        verdict(claim(near_misses=(NearMiss("typo", {"bund": 1}),)), CERTIFIED)


def found(evidence, rechecked, part_id="s", arrived_settled=False):
    return judge.Finding(part_id=part_id, says="s", evidence=evidence, rechecked=rechecked, arrived_settled=arrived_settled)


def test_a_near_miss_for_which_the_tool_is_missing_is_not_rejected():
    def toy(said):
        near = said.least > 1
        return (dataclasses.replace(estimated(0.2, 0.8, least=said.least, uses=("least",)), **({"measure": missing} if near else {})),)

    row = verdict(bare(stated={"least": 0.0}, near_misses=(NearMiss("more", {"least": 2.0}),), parts=toy), CERTIFIED)
    assert row.findings.near_misses[0].rejected_by == ()
    assert row.verdict is Verdict.UNDECIDED


def test_without_a_near_miss_nothing_is_proved():
    row = verdict(bare(), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED
    assert row.problems == ("there is no near miss, so nothing shows that the checks can say no",)
    assert verdict(bare(without_near_miss={"square": "there is none"}), CERTIFIED).verdict is Verdict.UNDECIDED
    assert verdict(bare(), DERIVED).verdict is Verdict.UNDECIDED
    assert verdict(bare(parts=lambda said: (run(0.0),)), CERTIFIED).verdict is Verdict.UNDECIDED


ZERO = sp.Integer(0)
ANSWERS = {"x² ≥ 0": CERTIFIED, "x² ≥ 5": REFUTED, "again": CERTIFIED}


def test_a_part_that_no_near_miss_changes_keeps_the_claim_from_being_proved():
    row = verdict(two_parts(), ANSWERS)
    assert row.verdict is Verdict.UNDECIDED
    assert row.problems == ("no near miss changes these parts and sees them rejected: again",)
    assert verdict(two_parts(without_near_miss={"again": "it has no constant that could be another"}), ANSWERS).verdict is Verdict.PROVED


def test_a_part_that_a_near_miss_changes_may_not_be_said_to_have_none():
    with pytest.raises(ValueError, match=r"says that \['square'\] have no near miss, and '5' changes them"):
        verdict(two_parts(without_near_miss={"square": "none", "again": "none"}), ANSWERS)


@pytest.mark.parametrize("other", [CERTIFIED, evidence(Outcome.UNSETTLED), evidence(Outcome.FAILS), DERIVED])
def test_a_part_that_a_near_miss_changes_and_that_passes_is_not_guarded_by_the_others_rejection(other):
    toy = bare(
        stated={"least": ZERO},
        near_misses=(NearMiss("5", {"least": sp.Integer(5)}),),
        parts=lambda said: tuple(
            Holds(id=name, says=f"{name} {said.least}", condition=sp.Ge(x + k, said.least, evaluate=False)) for k, name in enumerate("ab")
        ),
    )
    row = verdict(toy, {"a 0": CERTIFIED, "b 0": CERTIFIED, "a 5": REFUTED, "b 5": other})
    miss = row.findings.near_misses[0]
    assert (miss.touched, miss.rejected, miss.rejected_by, miss.passed_by) == (("a", "b"), ("a",), ("exact",), ())
    assert row.verdict is Verdict.UNDECIDED
    assert row.problems == ("no near miss changes these parts and sees them rejected: b",)


def test_only_what_is_not_guarded_yet_is_asked_beyond_the_first_rejection():
    asked = []
    toy = bare(
        stated={"k": 0, "m": 0},
        near_misses=(NearMiss("1", {"k": 1}), NearMiss("2", {"m": 1}), NearMiss("3", {"k": 2})),
        parts=lambda said: tuple(
            Holds(id=name, says=f"{name}{said.k}{said.m}", condition=x > said.k + (10 * said.m if name != "a" else 0)) for name in "abc"
        ),
    )

    def decide(statement, seconds):
        asked.append(statement.says)
        refuted = statement.says in ("a10", "b10", "b01", "c01", "a20", "b20", "c20")
        return CERTIFIED if statement.says.endswith("00") else REFUTED if refuted else evidence(Outcome.UNSETTLED)

    row = judge.judge(toy, decide, lambda statement, found: True)
    assert row.verdict is Verdict.PROVED
    assert asked == [
        "a00",
        "b00",
        "c00",  # the claim
        "a10",
        "b10",
        "c10",  # all are bare: all are asked, and c passes
        "c01",  # c is bare and is asked first; then b need not be
        "a20",
    ]  # none is bare: one rejection is enough


def test_a_run_or_a_statistic_that_no_near_miss_changes_keeps_the_claim_from_holding():
    for statement in (run(0.0), estimated(0.2, 0.8)):
        for fields in ({"runs": lambda said, s=statement: (s,)}, {"parts": lambda said, s=statement: (TRUE_PART, s)}):
            if isinstance(statement, Estimated) and "runs" in fields:
                continue
            toy = claim(**fields)
            loose = dataclasses.replace(
                toy,
                parts=lambda said, t=toy: tuple(dropped(each) for each in t.parts(said)),
                runs=lambda said, t=toy: tuple(dropped(each) for each in t.runs(said)),
            )
            assert verdict(toy, CERTIFIED).verdict in (Verdict.PROVED, Verdict.SUPPORTED)
            row = verdict(loose, CERTIFIED)
            assert row.verdict is Verdict.UNDECIDED
            assert row.problems == (f"no near miss changes these parts and sees them rejected: {statement.id}",)


def dropped(statement):
    """A run or a statistic that says that it uses nothing."""
    return dataclasses.replace(statement, uses=()) if isinstance(statement, Agrees | Estimated) else statement


def test_a_run_of_a_near_miss_that_settles_nothing_rejects_nothing():
    for measured in (Measurement(math.nan, 3, ""), Measurement(1.0, 0, ""), Measurement(-1.0, 3, "")):
        toy = bare(
            stated={"k": 0},
            near_misses=(NearMiss("1", {"k": 1}),),
            parts=lambda said, m=measured: (
                Agrees(id="run", says="run", uses=("k",), bound=0.5, measure=lambda: m if said.k else Measurement(0.0, 3, "")),
            ),
        )
        assert verdict(toy, CERTIFIED).findings.near_misses[0].rejected == ()


def test_a_refutation_needs_no_near_miss():
    assert verdict(bare(), REFUTED).verdict is Verdict.REFUTED
    assert verdict(bare(parts=lambda said: (estimated(2.0, 3.0),)), CERTIFIED).verdict is Verdict.REFUTED
