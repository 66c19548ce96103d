"""Runs, statistics and missing tools: a run that does not agree, measures nothing or crashes does not pass."""

from __future__ import annotations

import dataclasses
import math

import pytest
import sympy as sp

from proofs.kernel import judge
from proofs.kernel.claim import NearMiss
from proofs.kernel.statements import Agrees, Estimated, Holds, Measurement
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength, Verdict
from tests.tools.toys import CERTIFIED, TRUE_PART, bare, claim, estimated, missing, run, verdict

x = sp.Symbol("x", real=True)


def test_a_part_that_only_runs_settle_holds_the_claim_to_supported():
    mixed = claim(parts=lambda said: (TRUE_PART, run(1e-9)))
    assert verdict(mixed, CERTIFIED).verdict is Verdict.SUPPORTED
    row = verdict(claim(parts=lambda said: (TRUE_PART, run(1e-3))), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED
    assert "a run disagrees" in row.problems[0]


def test_a_run_among_the_parts_must_reject_the_near_misses_that_it_uses():
    def toy(error):
        return claim(
            stated={"bound": 0},
            near_misses=(NearMiss("5", {"bound": 5}),),
            parts=lambda said: (TRUE_PART, run(0.0 if said.bound == 0 else error, uses=("bound",))),
        )

    assert verdict(toy(1.0), CERTIFIED).verdict is Verdict.SUPPORTED
    assert verdict(toy(1e-9), CERTIFIED).verdict is Verdict.UNDECIDED


LOW = 0.25


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.2, 0.8, Verdict.SUPPORTED),
        (0.0, 1.0, Verdict.SUPPORTED),
        (0.8, 1.2, Verdict.UNDECIDED),
        (-1.0, 2.0, Verdict.UNDECIDED),
        (1.1, 1.2, Verdict.REFUTED),
        (-0.2, -0.1, Verdict.REFUTED),
        (1.0, 1.2, Verdict.UNDECIDED),
        (-0.2, 0.0, Verdict.UNDECIDED),
        (math.nan, 0.5, Verdict.UNDECIDED),
        (0.2, math.inf, Verdict.UNDECIDED),
    ],
)
def test_a_statistic_is_judged_by_where_its_whole_interval_lies(low, high, expected):
    row = verdict(claim(parts=lambda said: (estimated(low, high),)), CERTIFIED)
    assert row.verdict is expected
    assert row.findings.parts[0].evidence.strength is (Strength.MEASURED if expected is Verdict.SUPPORTED else None)


@pytest.mark.parametrize(
    "unsound",
    [
        estimated(0.2, 0.8, pairs=9),
        estimated(1.1, 1.2, pairs=9),
        estimated(0.2, 0.8, pairs=0),
        estimated(0.2, 0.8, mean=math.nan),
        estimated(0.2, 0.8, mean=0.9),
        estimated(0.2, 0.8, mean=0.1),
        estimated(0.8, 0.2),
    ],
)
def test_too_few_pairs_or_an_interval_without_its_mean_settle_nothing(unsound):
    assert verdict(claim(parts=lambda said: (unsound,)), CERTIFIED).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("sound", [estimated(0.2, 0.8, pairs=1000), estimated(LOW, 0.8, mean=LOW), estimated(0.2, LOW, mean=LOW)])
def test_more_pairs_and_a_mean_at_an_end_of_the_interval_are_sound(sound):
    assert verdict(claim(parts=lambda said: (sound,)), CERTIFIED).verdict is Verdict.SUPPORTED


def test_a_statistic_holds_a_claim_to_supported_and_its_refutation_outweighs_a_proof_of_another_part():
    assert verdict(claim(parts=lambda said: (TRUE_PART, estimated(0.2, 0.8))), CERTIFIED).verdict is Verdict.SUPPORTED
    assert verdict(claim(parts=lambda said: (TRUE_PART, estimated(2.0, 3.0))), CERTIFIED).verdict is Verdict.REFUTED


def test_a_statistic_must_reject_the_near_misses_that_it_uses():
    def toy(least):
        return claim(
            stated={"least": 0.0},
            near_misses=(NearMiss("more", {"least": least}),),
            parts=lambda said: (estimated(0.2, 0.8, least=said.least, greatest=math.inf, uses=("least",)),),
        )

    assert verdict(toy(0.9), CERTIFIED).verdict is Verdict.SUPPORTED
    for not_rejected in (0.1, 0.5):  # held by the same interval, or not settled by it
        row = verdict(toy(not_rejected), CERTIFIED)
        assert row.verdict is Verdict.UNDECIDED
        assert "was not rejected by statistics" in row.problems[0]


def test_a_missing_tool_is_not_checked_and_neither_pass_nor_problem():
    toy = claim(
        stated={"least": 0.0},
        near_misses=(NearMiss("more", {"least": 2.0}),),
        parts=lambda said: (TRUE_PART, Estimated(id="mean", says="mean", uses=("least",), least=said.least, greatest=1, measure=missing)),
    )
    row = verdict(toy, CERTIFIED)
    assert (row.verdict, row.problems, row.findings.near_misses) == (Verdict.NOT_CHECKED, (), ())
    assert row.findings.parts[1].evidence.note == "no torch"


def test_near_misses_are_asked_where_only_coq_is_missing():
    """A near miss that passes voids the claim, whether the kernel is there or not."""
    toy = bare(
        stated={"bound": sp.Integer(0)},
        near_misses=(NearMiss("also true", {"bound": sp.Integer(-1)}),),
        parts=lambda said: (Holds(id="above", says="x ≥ bound", condition=x >= said.bound, where=(x > 0,)),),
        coq={"above": ("positive_is_nonnegative",)},
    )
    without_coq = Evidence(road="coq", engine="coq", outcome=Outcome.ABSENT, note="coqc is not installed")
    row = judge.judge(toy, lambda statement, seconds: CERTIFIED, lambda statement, found: True, kernel=lambda *part: without_coq)
    assert [miss.passed_by for miss in row.findings.near_misses] == [("exact",)]
    assert row.verdict is Verdict.UNDECIDED


def test_a_statistic_that_crashes_is_undecided_not_absent():
    def crash():
        raise ValueError("bad")

    toy = claim(parts=lambda said: (Estimated(id="mean", says="mean", least=0, greatest=1, measure=crash),))
    assert verdict(toy, CERTIFIED).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("measured", "found"),
    [
        (run(math.inf), "disagrees"),
        (run(1e-3), "disagrees"),
        (run(math.nan), "settles nothing"),
        (run(1e-9, cases=0), "settles nothing"),
        (run(1e-9, cases=-1), "settles nothing"),
        (run(-1e-9), "settles nothing"),
        (run(-math.inf), "settles nothing"),
        (run(1.0, bound=math.inf), "settles nothing"),
        (run(0.0, bound=math.nan), "settles nothing"),
        (run(0.0, bound=-1.0), "settles nothing"),
        (run(-2.0, bound=-1.0), "settles nothing"),
    ],
)
def test_a_run_that_disagrees_or_is_empty_or_no_error_or_has_a_bound_that_is_none_takes_the_proof_back(measured, found):
    for toy in (claim(runs=lambda said: (measured,)), claim(parts=lambda said: (measured,))):
        row = verdict(toy, CERTIFIED)
        assert row.verdict is Verdict.UNDECIDED
        assert any(problem.startswith(f"a run {found}") for problem in row.problems)


@pytest.mark.parametrize(
    "bounds", [(-math.inf, math.inf), (math.inf, math.inf), (math.nan, 1.0), (0.0, math.nan), (1.0, 0.0), (math.inf, 0.0), (2.0, 0.5)]
)
def test_bounds_that_allow_any_mean_or_none_settle_nothing(bounds):
    statement = dataclasses.replace(estimated(0.2, 0.8), least=bounds[0], greatest=bounds[1])
    assert verdict(bare(parts=lambda said: (statement,)), CERTIFIED).verdict is Verdict.UNDECIDED


class Odd(Exception):
    """An exception of nobody's."""


ERRORS = [
    RuntimeError("died"),
    ValueError("bad"),
    ZeroDivisionError("0"),
    KeyError("k"),
    IndexError(),
    AttributeError("a"),
    TypeError("t"),
    AssertionError("no"),
    MemoryError(),
    RecursionError(),
    OSError("disk"),
    StopIteration(),
    Odd("odd"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_oracle_that_crashes_is_no_agreement_whatever_it_raises(error):
    def crash():
        raise error

    row = verdict(claim(runs=lambda said: (Agrees(id="run", says="run", bound=1, measure=crash),)), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED
    assert "the run failed" in row.problems[0]
    statistic = Estimated(id="mean", says="mean", least=0, greatest=1, measure=crash)
    as_part = verdict(claim(parts=lambda said: (TRUE_PART, statistic)), CERTIFIED)
    assert (as_part.verdict, as_part.findings.parts[1].evidence.reason) == (Verdict.UNDECIDED, Reason.DIED)


@pytest.mark.parametrize("measured", [None, "0.0", Measurement("small", 3, ""), Measurement(0.0, None, "")])
def test_a_measurement_that_is_none_is_no_agreement(measured):
    row = verdict(claim(runs=lambda said: (Agrees(id="run", says="run", bound=1, measure=lambda: measured),)), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED


def test_a_run_whose_tool_is_missing_is_not_checked():
    for toy in (
        claim(runs=lambda said: (Agrees(id="run", says="run", bound=1, measure=missing),)),
        claim(parts=lambda said: (TRUE_PART, Agrees(id="run", says="run", bound=1, measure=missing))),
    ):
        row = verdict(toy, CERTIFIED)
        assert (row.verdict, row.problems, row.findings.near_misses) == (Verdict.NOT_CHECKED, (), ())


def found(evidence, rechecked, part_id="s", arrived_settled=False):
    return judge.Finding(part_id=part_id, says="s", evidence=evidence, rechecked=rechecked, arrived_settled=arrived_settled)


def test_one_run_within_its_bound_is_agreement_and_exactly_at_the_bound_too():
    for measured in (run(1e-9, cases=1), run(1e-6)):
        assert verdict(claim(runs=lambda said, m=measured: (m,)), CERTIFIED).verdict is Verdict.PROVED


def test_what_was_only_measured_was_not_rechecked():
    findings = verdict(claim(parts=lambda said: (estimated(0.2, 0.8),), runs=lambda said: (run(0.0),)), CERTIFIED).findings
    assert [finding.rechecked for finding in (*findings.parts, *findings.runs)] == [False, False]
