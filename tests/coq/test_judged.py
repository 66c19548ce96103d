"""How the judge joins the answer of Coq's kernel with that of the engines."""

from __future__ import annotations

import dataclasses

import pytest

from proofs.kernel import judge
from proofs.kernel.claim import NearMiss
from proofs.kernel.verdict import Evidence, Outcome, Strength, Verdict
from tests.tools.coq_toys import PART, toy, x
from tests.tools.toys import guarded

DERIVED = Evidence(road="exact", engine="toy", outcome=Outcome.HOLDS, strength=Strength.DERIVED)
REFUTED = Evidence(road="exact", engine="toy", outcome=Outcome.FAILS, witness={"x": "1"})
OPEN = Evidence(road="exact", engine="toy", outcome=Outcome.UNSETTLED)


def coq(outcome, strength=None):
    return Evidence(road="coq", engine="kernel", outcome=outcome, strength=strength, note="why")


PROVED = coq(Outcome.HOLDS, Strength.CERTIFIED)


def guarded_toy(*theorems, **fields):
    return guarded(toy(*theorems, **fields))


def row(claim, engine, kernel):
    def decide(statement, seconds):
        return REFUTED if statement.condition == judge.FALSEHOOD else engine

    return judge.judge(claim, decide, lambda statement, evidence: True, kernel=kernel and (lambda *part: kernel))


@pytest.mark.parametrize(
    ("engine", "kernel", "verdict"),
    [
        (DERIVED, PROVED, Verdict.PROVED),
        (OPEN, PROVED, Verdict.PROVED),
        (DERIVED, coq(Outcome.ABSENT), Verdict.DERIVED),
        (OPEN, coq(Outcome.ABSENT), Verdict.UNDECIDED),
        (DERIVED, None, Verdict.DERIVED),
        (DERIVED, coq(Outcome.HOLDS), Verdict.DERIVED),  # without a strength it is no proof
        (OPEN, coq(Outcome.FAILS), Verdict.REFUTED),
        (REFUTED, coq(Outcome.FAILS), Verdict.REFUTED),
        (DERIVED, coq(Outcome.UNSETTLED), Verdict.UNDECIDED),  # a named theorem that is refused breaks the claim
    ],
)
def test_the_verdict_of_a_part_is_the_stronger_of_engines_and_kernel(engine, kernel, verdict):
    assert row(guarded_toy("toy.carries"), engine, kernel).verdict is verdict


def test_a_refused_theorem_is_told():
    open_kernel = row(guarded_toy("toy.carries"), DERIVED, coq(Outcome.UNSETTLED))
    assert open_kernel.problems == ("Coq's kernel does not carry 'x² − x + 1 > 0': why",)


def test_a_theorem_beside_a_counterexample_stops_everything():
    with pytest.raises(judge.Conflict, match="both PROVED and REFUTED"):
        row(guarded_toy("toy.carries"), REFUTED, PROVED)


def test_the_kernel_carries_its_part_and_no_other():
    two = guarded_toy("toy.carries", parts=lambda said: (PART, dataclasses.replace(PART, id="another")))
    assert row(two, DERIVED, PROVED).verdict is Verdict.DERIVED


@pytest.mark.parametrize("parts", [(), (PART, PART), (dataclasses.replace(PART, id="another", says="another"),)])
def test_a_theorem_for_what_is_not_one_part_is_an_error(parts):
    with pytest.raises(ValueError, match="claim toy"):
        row(guarded_toy("toy.carries", parts=lambda said: parts), DERIVED, PROVED)


def test_a_near_miss_never_carries_the_theorem():
    near_missed = toy(
        "toy.carries",
        stated={"bound": 0},
        near_misses=(NearMiss("5", {"bound": 5}),),
        parts=lambda said: (dataclasses.replace(PART, condition=x**2 - x + 1 > said.bound),),
    )
    missed = row(near_missed, DERIVED, PROVED)
    assert missed.verdict is Verdict.UNDECIDED
    assert missed.findings.near_misses[0].passed_by == ("exact",)
