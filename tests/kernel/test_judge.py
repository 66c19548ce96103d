"""Sceptics: everything that stops checking, or checks nothing, must end in a no."""

import dataclasses
import hashlib
import hmac
import itertools
import json
import math
import secrets

import pytest
import sympy as sp

from proofs.claims import registry
from proofs.kernel import judge
from proofs.kernel.claim import Claim, NearMiss, Question
from proofs.kernel.judge import FALSEHOOD, Findings, Row, mint
from proofs.kernel.statements import (
    Agrees,
    Estimate,
    Estimated,
    Holds,
    Increasing,
    Limit,
    MatrixIdentity,
    Measurement,
    Statement,
    Supremum,
    ToolMissing,
)
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength, Verdict
from proofs.ledger import ledger
from proofs.store import cache
from tests.tools.toys import guarded

x = sp.Symbol("x", real=True)
TRUE_PART = Holds(id="square", says="x² ≥ 0", condition=x**2 + x >= 0, where=(x > 0,))
AGAIN = dataclasses.replace(TRUE_PART, id="again", says="again")


def evidence(outcome, strength=None, **fields):
    return Evidence(road="exact", engine="toy", outcome=outcome, strength=strength, **fields)


CERTIFIED = evidence(Outcome.HOLDS, Strength.CERTIFIED, certificate={})
DERIVED = evidence(Outcome.HOLDS, Strength.DERIVED)
REFUTED = evidence(Outcome.FAILS, witness={"x": "1"})


def bare(**fields):
    """A claim that nothing guards."""
    plain = {"id": "toy", "says": "toy", "source": "test", "parts": lambda said: (TRUE_PART,), "witnesses": ({x: 1},)}
    return Claim(**{**plain, **fields})


def claim(**fields):
    """The same with every part and every run guarded."""
    return guarded(bare(**fields))


def verdict(toy, answers, recheck=True):
    """The verdict on a claim when an engine gives these answers, by what the statement says; falsehood is refuted."""

    def decide(statement, seconds):
        if statement.condition == FALSEHOOD:
            return REFUTED
        return answers if isinstance(answers, Evidence) else answers[statement.says]

    return judge.judge(toy, decide, lambda statement, found: recheck)


def run(error, cases=3, bound=1e-6, uses=()):
    return Agrees(id="run", says="run", uses=uses, bound=bound, measure=lambda: Measurement(error, cases, "somewhere"))


def test_verdicts_follow_the_strength_of_the_weakest_part():
    two = claim(parts=lambda said: (TRUE_PART, AGAIN))
    assert verdict(claim(), CERTIFIED).verdict is Verdict.PROVED
    assert verdict(claim(), DERIVED).verdict is Verdict.DERIVED
    assert verdict(two, {"x² ≥ 0": CERTIFIED, "again": DERIVED}).verdict is Verdict.DERIVED
    assert verdict(two, {"x² ≥ 0": CERTIFIED, "again": evidence(Outcome.UNSETTLED)}).verdict is Verdict.UNDECIDED
    assert verdict(two, {"x² ≥ 0": CERTIFIED, "again": evidence(Outcome.ABSENT)}).verdict is Verdict.NOT_CHECKED
    assert verdict(two, {"x² ≥ 0": CERTIFIED, "again": REFUTED}).verdict is Verdict.REFUTED
    assert verdict(claim(parts=lambda said: (), runs=lambda said: (run(1e-9),)), CERTIFIED).verdict is Verdict.SUPPORTED


def test_a_certificate_or_witness_that_fails_its_recheck_settles_nothing():
    assert verdict(claim(), CERTIFIED, recheck=False).verdict is Verdict.UNDECIDED
    assert verdict(claim(), REFUTED, recheck=False).verdict is Verdict.UNDECIDED
    assert verdict(claim(), evidence(Outcome.FAILS)).verdict is Verdict.UNDECIDED  # a refutation without a witness


def test_holding_without_a_strength_is_not_a_pass():
    assert verdict(claim(), evidence(Outcome.HOLDS)).verdict is Verdict.UNDECIDED


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


def estimated(low, high, pairs=10, least=0.0, greatest=1.0, uses=(), mean=None):
    return Estimated(
        id="mean",
        says="mean",
        uses=uses,
        least=least,
        greatest=greatest,
        measure=lambda: Estimate((low + high) / 2 if mean is None else mean, low, high, pairs),
    )


LOW = 0.25


def missing():
    raise ToolMissing("no torch")


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


def test_rows_without_their_tool_never_count_as_held():
    held = verdict(claim(id="label-spectrum-step"), CERTIFIED)
    absent = verdict(
        claim(id="minority-earlier", parts=lambda said: (Estimated(id="mean", says="mean", least=0, greatest=1, measure=missing),)),
        CERTIFIED,
    )
    undecided = verdict(claim(id="window-bound"), evidence(Outcome.UNSETTLED))
    assert ledger.exit_status([held, absent], optional=True) == 0
    assert ledger.exit_status([held, absent]) == 3
    assert ledger.exit_status([absent], optional=True) == 3
    assert ledger.exit_status([held, absent, undecided], optional=True) == 3
    assert ledger.exit_status([], optional=True) == 3


def test_nothing_checked_is_undecided():
    assert verdict(claim(parts=lambda said: ()), CERTIFIED).verdict is Verdict.UNDECIDED


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


def test_a_claim_whose_witness_breaks_its_hypothesis_is_vacuous():
    row = verdict(claim(hypotheses={"x > 2": x > 2}), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED
    assert row.problems == ("no witness satisfies: x > 2",)


def test_a_claim_without_a_witness_for_its_premises_is_vacuous():
    assert verdict(claim(witnesses=()), CERTIFIED).verdict is Verdict.UNDECIDED
    assert verdict(claim(witnesses=({x: -1},)), CERTIFIED).verdict is Verdict.UNDECIDED


def test_a_refutation_under_premises_that_nothing_satisfies_is_not_a_refutation():
    assert verdict(claim(witnesses=({x: -1},)), REFUTED).verdict is Verdict.UNDECIDED


def with_near_miss(run_error=1.0, uses=("bound",)):
    """A claim x² ≥ bound whose near miss raises the bound; the run's error is `run_error` for the near miss."""
    return bare(
        stated={"bound": sp.Integer(0)},
        parts=lambda said: (Holds(id="square", says=f"x² ≥ {said.bound}", condition=sp.Ge(x**2 + 1, said.bound, evaluate=False)),),
        runs=lambda said: (run(0.0 if said.bound == 0 else run_error, uses=uses),),
        near_misses=(NearMiss("bound 5", {"bound": sp.Integer(5)}),),
    )


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


def findings_of(*parts, runs=(), near_misses=()):
    return Findings(vacuous=(), parts=parts, runs=runs, near_misses=near_misses, seconds=0)


def found(evidence, rechecked, part_id="s", arrived_settled=False):
    return judge.Finding(part_id=part_id, says="s", evidence=evidence, rechecked=rechecked, arrived_settled=arrived_settled)


def rejects(*ids):
    return judge.NearMissFinding(says="miss", touched=ids, rejected=ids, rejected_by=("exact",), passed_by=())


def test_proved_and_refuted_on_one_statement_stops_everything():
    proved, refuted, derived = found(CERTIFIED, True), found(REFUTED, True), found(DERIVED, False)
    settled = found(CERTIFIED, True, arrived_settled=True)
    for parts in ((proved, refuted), (proved, refuted, derived), (derived, refuted), (settled, refuted)):
        with pytest.raises(judge.Conflict, match="both PROVED and REFUTED"):
            mint(bare(), findings_of(*parts))


def expected_of(outcome, strength, rechecked, witness, arrived_settled=False):
    """The verdict on one finding, case by case, as the README has it."""
    if outcome is Outcome.ABSENT:
        return Verdict.NOT_CHECKED
    if (outcome, rechecked, witness) == (Outcome.FAILS, True, True):
        return Verdict.REFUTED
    if outcome is not Outcome.HOLDS or strength is None:
        return Verdict.UNDECIDED
    if strength is Strength.CERTIFIED and rechecked:
        return Verdict.DERIVED if arrived_settled else Verdict.PROVED
    if strength is Strength.CERTIFIED:
        return Verdict.UNDECIDED
    return {Strength.DERIVED: Verdict.DERIVED, Strength.MEASURED: Verdict.SUPPORTED}[strength]


def test_a_kernel_alone_judges_nothing():
    for outcome, strength, rechecked in itertools.product(Outcome, [*Strength, None], [True, False]):
        by_kernel = Evidence(road="coq", engine="coq", outcome=outcome, strength=strength)
        row = mint(bare(), findings_of(found(by_kernel, rechecked), near_misses=(rejects("s"),)))
        assert row.verdict is Verdict.UNDECIDED
        assert "nothing was checked" in row.problems


@pytest.mark.parametrize("road", ["symbolic", "exact", "ledger"])
def test_every_combination_of_findings_has_its_verdict(road):
    for outcome, strength, rechecked, witness, settled in itertools.product(Outcome, [*Strength, None], *([[True, False]] * 3)):
        given = Evidence(road=road, engine="toy", outcome=outcome, strength=strength, witness={"x": "1"} if witness else None)
        row = mint(bare(), findings_of(found(given, rechecked, arrived_settled=settled), near_misses=(rejects("s"),)))
        assert row.verdict is expected_of(outcome, strength, rechecked, witness, settled), (outcome, strength, rechecked, witness)
        assert row.problems == ()  # nothing but a run is told as one that disagrees


def test_only_a_certificate_or_a_refutation_is_rechecked():
    asked = []

    def recheck(statement, found):
        asked.append((found.outcome, found.strength))
        return True

    for outcome, strength in itertools.product(Outcome, [*Strength, None]):
        judge.judge(bare(), lambda statement, seconds, o=outcome, s=strength: evidence(o, s, witness={"x": "1"}), recheck)
    assert set(asked) == {
        *((outcome, Strength.CERTIFIED) for outcome in Outcome),
        *((Outcome.FAILS, strength) for strength in [*Strength, None]),
    }


def test_hypotheses_that_a_witness_satisfies_leave_the_verdict_and_without_a_witness_they_are_vacuous():
    assert verdict(claim(hypotheses={"x > 0": x > 0}), CERTIFIED).verdict is Verdict.PROVED
    without = claim(parts=lambda said: (dataclasses.replace(TRUE_PART, where=()),), hypotheses={"x > 0": x > 0}, witnesses=())
    assert verdict(without, CERTIFIED).problems == ("no witness satisfies: x > 0",)


def test_one_run_within_its_bound_is_agreement_and_exactly_at_the_bound_too():
    for measured in (run(1e-9, cases=1), run(1e-6)):
        assert verdict(claim(runs=lambda said, m=measured: (m,)), CERTIFIED).verdict is Verdict.PROVED


def test_seconds_are_the_difference_of_two_looks_at_the_clock(monkeypatch):
    looks = itertools.count()
    monkeypatch.setattr(judge.time, "perf_counter", lambda: 3.0 ** next(looks))
    findings = verdict(bare(parts=lambda said: (TRUE_PART, estimated(0.2, 0.8)), runs=lambda said: (run(0.0),)), CERTIFIED).findings
    assert [finding.evidence.seconds for finding in (*findings.parts, *findings.runs)] == [9 - 3, 81 - 27, 729 - 243]
    assert findings.seconds == 2187 - 1


def test_what_was_only_measured_was_not_rechecked():
    findings = verdict(claim(parts=lambda said: (estimated(0.2, 0.8),), runs=lambda said: (run(0.0),)), CERTIFIED).findings
    assert [finding.rechecked for finding in (*findings.parts, *findings.runs)] == [False, False]


RECORDS = (
    judge.Finding,
    judge.NearMissFinding,
    Findings,
    Evidence,
    Claim,
    NearMiss,
    Statement,
    Holds,
    Limit,
    Supremum,
    Increasing,
    Measurement,
    Agrees,
    Estimate,
    Estimated,
    MatrixIdentity,
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_records_cannot_be_changed_and_are_made_by_name(record):
    assert vars(record)["__dataclass_params__"].frozen  # its own: those of a base say nothing of its fields
    by_place = {NearMiss, Measurement, Estimate}  # a few fields that no one mixes up
    assert all(entry.kw_only for entry in dataclasses.fields(record)) == (record not in by_place)


def test_findings_are_kept_in_a_folder_that_is_made_for_them(monkeypatch, tmp_path):
    monkeypatch.setenv("UFM_CACHE", str(tmp_path / "new" / "folder"))
    for seconds in range(2):  # the second time it is there
        findings = Findings(vacuous=(), parts=(), runs=(), near_misses=(), seconds=seconds)
        cache.store("toy", "key", findings)
        assert cache.load("toy", "key") == findings
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["toy.json"]


def test_the_premises_of_a_claim_are_its_hypotheses():
    assert claim(hypotheses={"x > 2": x > 2, "x < 3": x < 3}).premises == (x > 2, x < 3)


def test_a_witness_is_put_in_for_all_names_at_once():
    y = sp.Symbol("y", real=True)
    crossed = claim(
        parts=lambda said: (dataclasses.replace(TRUE_PART, where=()),), hypotheses={"x < y": x < y}, witnesses=({x: y - 1, y: x + 3},)
    )  # one by one: x + 2 < x + 3
    assert verdict(crossed, CERTIFIED).problems == ("no witness satisfies: x < y",)


def test_evidence_takes_no_time_until_it_is_measured():
    assert CERTIFIED.seconds == 0


def test_the_cache_stands_in_the_users_cache_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("UFM_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "ufm-verifier"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(cache.Path, "home", lambda: tmp_path)
    assert cache.folder() == tmp_path / ".cache" / "ufm-verifier"


def test_only_the_judge_makes_a_row():
    findings = Findings(vacuous=(), parts=(), runs=(), near_misses=(), seconds=0)

    class EqualToAll:
        __hash__ = None

        def __eq__(self, other):
            return True

    for token in (object(), EqualToAll()):
        with pytest.raises(TypeError, match=r"judge\.mint"):
            Row(token, "toy", Verdict.PROVED, (), findings)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("UFM_CACHE", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    findings = verdict(with_near_miss(), {"x² ≥ 0": CERTIFIED, "x² ≥ 5": REFUTED}).findings
    cache.store("toy", "key", findings)
    return tmp_path / "toy.json", findings


def test_kept_findings_come_back_unchanged_and_mint_the_same_verdict(kept):
    _, findings = kept
    again = cache.load("toy", "key")
    assert again == findings
    assert mint(with_near_miss(), again).verdict is Verdict.PROVED


def test_kept_findings_of_other_code_or_another_claim_are_not_believed(kept):
    path, _ = kept
    assert cache.load("toy", "another key") is None
    path.rename(path.with_name("other.json"))
    assert cache.load("other", "key") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: "null",
        lambda text: text.replace("unsettled", "holds").replace('"certified"', '"derived"'),
        lambda text: text.replace('"rejected_by": ["exact", "run"]', '"rejected_by": ["exact"]'),
        lambda text: text.replace('"rejected": ["square", "run"]', '"rejected": ["square"]'),
        lambda text: text.replace('"arrived_settled": false', '"arrived_settled": true'),
        lambda text: text.replace('"part_id": "square"', '"part_id": "other"'),
        lambda text: text.replace("x\\u00b2", "x"),
    ],
)
def test_a_damaged_cache_is_ignored(kept, damage):
    path, _ = kept
    text = path.read_text()
    assert damage(text) != text
    path.write_text(damage(text))
    assert cache.load("toy", "key") is None


def sealed(path, claim_id, key, findings, secret):
    """A kept file as one writes it who knows all but the user's secret."""
    text = json.dumps([claim_id, key, findings], sort_keys=True).encode()
    seals = [hmac.new(secret, text, hashlib.sha256).hexdigest(), hashlib.sha256(text).hexdigest()]
    for seal in seals:
        path.write_text(json.dumps({"seal": seal, "checksum": seal, "findings": findings}))
        yield cache.load(claim_id, key)


def test_a_forged_file_of_the_cache_is_not_believed(kept):
    path, _ = kept
    findings = json.loads(path.read_text())["findings"]
    assert next(sealed(path, "toy", "key", findings, cache.secret())) is not None  # so this is how a true one is sealed
    findings["seconds"] = 0.0
    for secret in (b"", b"0" * 32, b"ufm-verifier"):
        assert list(sealed(path, "toy", "key", findings, secret)) == [None, None]
    for seal in (None, 1, [], "", "é"):
        path.write_text(json.dumps({"seal": seal, "findings": findings}))
        assert cache.load("toy", "key") is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.chmod(0o644),
        lambda path: path.chmod(0o640),
        lambda path: path.chmod(0o602),
        lambda path: path.write_bytes(b"short"),
        lambda path: path.write_bytes(b""),
        lambda path: (path.rename(path.with_name("elsewhere")), path.symlink_to(path.with_name("elsewhere"))),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: path.write_bytes(secrets.token_bytes(32)),
    ],
    ids=["all read it", "a group reads it", "all write it", "short", "empty", "a link", "a folder", "another"],
)
def test_nothing_kept_is_believed_where_others_could_have_the_secret_or_it_is_another(kept, spoil):
    assert cache.load("toy", "key") is not None
    spoil(cache.secret_file())
    assert cache.load("toy", "key") is None


def test_a_secret_of_another_user_is_none(kept, monkeypatch):
    monkeypatch.setattr(cache.os, "getuid", lambda: 4711)
    assert cache.secret() is None
    assert cache.load("toy", "key") is None


def test_the_secret_is_made_once_and_for_this_user_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    first = cache.secret()
    assert len(first) == 32
    assert cache.secret() == first
    assert cache.secret_file().stat().st_mode & 0o777 == 0o600
    assert [path.name for path in cache.secret_file().parent.iterdir()] == ["secret"]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert cache.secret() != first
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(cache.Path, "home", lambda: tmp_path)
    assert cache.secret_file() == tmp_path / ".local" / "state" / "ufm-verifier" / "secret"


def test_of_two_processes_that_make_the_secret_the_first_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    first = cache.secret()
    cache._make_secret(cache.secret_file())
    assert cache.secret() == first


def test_without_a_place_for_the_secret_nothing_is_kept_and_nothing_stops(monkeypatch, tmp_path, kept):
    blocker = tmp_path / "no folder"
    blocker.write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocker))
    kept[0].unlink()
    cache.store("toy", "key", kept[1])
    assert not kept[0].exists()
    assert cache.load("toy", "key") is None


def test_a_cache_that_is_not_text_or_not_readable_is_ignored(kept):
    path, _ = kept
    path.write_bytes(b"\xff\xfe\x00")
    assert cache.load("toy", "key") is None
    path.unlink()
    path.mkdir()
    assert cache.load("toy", "key") is None


def test_a_cache_folder_that_cannot_be_written_stops_nothing(tmp_path, monkeypatch, kept):
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("UFM_CACHE", str(blocker))
    cache.store("toy", "key", kept[1])
    assert cache.load("toy", "key") is None


def test_two_parts_that_say_the_same_are_each_judged():
    open_one, proved = found(evidence(Outcome.UNSETTLED), False, "one"), found(CERTIFIED, True, "two")
    for parts in ((open_one, proved), (proved, open_one)):
        assert mint(bare(), findings_of(*parts, near_misses=(rejects("one", "two"),))).verdict is Verdict.UNDECIDED


def test_a_near_miss_for_which_the_tool_is_missing_is_not_rejected():
    def toy(said):
        near = said.least > 1
        return (dataclasses.replace(estimated(0.2, 0.8, least=said.least, uses=("least",)), **({"measure": missing} if near else {})),)

    row = verdict(bare(stated={"least": 0.0}, near_misses=(NearMiss("more", {"least": 2.0}),), parts=toy), CERTIFIED)
    assert row.findings.near_misses[0].rejected_by == ()
    assert row.verdict is Verdict.UNDECIDED


KERNEL = Evidence(road="coq", engine="coq", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED)


def by_kernel(toy, answers):
    return judge.judge(
        toy,
        lambda statement, seconds: REFUTED if statement.condition == FALSEHOOD else answers,
        lambda statement, found: True,
        kernel=lambda claim_id, part, theorems: KERNEL,
    )


@pytest.mark.parametrize("part_id", ["", "Square", "two words", "a" * 61, "again"])
def test_each_part_and_each_run_has_an_id_of_its_own(part_id):
    for toy in (
        bare(parts=lambda said: (dataclasses.replace(TRUE_PART, id=part_id), AGAIN)),
        bare(parts=lambda said: (AGAIN,), runs=lambda said: (dataclasses.replace(run(0.0), id=part_id),)),
    ):
        with pytest.raises(ValueError, match=rf"\['{part_id}'.*\] must be ids"):
            verdict(toy, CERTIFIED)


@pytest.mark.parametrize("says", ["x² ≥ 0", "zzz"])
def test_a_theorem_is_of_the_part_with_its_id_whatever_is_said(says):
    toy = claim(parts=lambda said: (TRUE_PART, dataclasses.replace(AGAIN, says=says)), coq={"square": ("theorem",)})
    row = by_kernel(toy, DERIVED)
    assert [finding.part_id for finding in row.findings.parts] == ["square", "again", "square"]
    assert row.verdict is Verdict.DERIVED
    assert by_kernel(dataclasses.replace(toy, coq={"square": ("a",), "again": ("b",)}), DERIVED).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    "wrong",
    [
        {"coq": {"sqare": ("theorem",)}},
        {"without_near_miss": {"sqare": "none exists"}},
        {"without_near_miss": {"square": " "}},
        {"coq": {"run": ("theorem",)}, "runs": lambda said: (run(0.0),)},
        {"parts": lambda said: (TRUE_PART, TRUE_PART)},
        {"runs": lambda said: (run(0.0), run(0.0))},
        {"runs": lambda said: (dataclasses.replace(run(0.0), id="square"),)},
        *({"parts": lambda said, i=i: (dataclasses.replace(TRUE_PART, id=i),)} for i in ("Square", "x²", "a b", "-a", "a" * 61, "a\n")),
    ],
)
def test_ids_that_are_none_or_twice_or_of_no_part_are_an_error(wrong):
    with pytest.raises(ValueError, match="claim toy"):
        by_kernel(bare(**wrong), CERTIFIED)


# What a claim must have to be PROVED.


def test_without_a_near_miss_nothing_is_proved():
    row = verdict(bare(), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED
    assert row.problems == ("there is no near miss, so nothing shows that the checks can say no",)
    assert verdict(bare(without_near_miss={"square": "there is none"}), CERTIFIED).verdict is Verdict.UNDECIDED
    assert verdict(bare(), DERIVED).verdict is Verdict.UNDECIDED
    assert verdict(bare(parts=lambda said: (run(0.0),)), CERTIFIED).verdict is Verdict.UNDECIDED


GRAND = "everything that was ever said of imbalance is so"
ZERO = sp.Integer(0)
SETTLED = [
    *(
        Holds(id="square", says=GRAND, condition=condition)
        for condition in (
            sp.true,
            sp.Eq(ZERO, ZERO, evaluate=False),
            sp.Eq(x, x, evaluate=False),
            sp.Ge(x, x, evaluate=False),
            sp.And(*[sp.Eq(a, a, evaluate=False) for a in (ZERO, x)], evaluate=False),
            sp.Or(sp.Eq(x, x, evaluate=False), x > 1, evaluate=False),
        )
    ),
    Limit(id="square", says=GRAND, expr=ZERO, variable=x, point=sp.oo, value=ZERO),
    Supremum(id="square", says=GRAND, expr=x, variable=sp.Symbol("z"), start=ZERO, end=sp.oo, value=x),
    MatrixIdentity(id="square", says=GRAND, left=sp.MatrixSymbol("A", 2, 2), right=sp.MatrixSymbol("A", 2, 2)),
]
OPEN = [
    Holds(id="square", says=GRAND, condition=condition)
    for condition in (
        sp.Eq(x, ZERO),
        x > ZERO,
        sp.Gt(x, x, evaluate=False),
        sp.Ne(x, x, evaluate=False),
        sp.false,
        sp.And(sp.Eq(x, x, evaluate=False), x > 1, evaluate=False),
    )
]


@pytest.mark.parametrize("statement", SETTLED, ids=str)
def test_nothing_equal_to_itself_is_proved_under_a_grand_name(statement):
    """0 = 0 is derived at best, whatever the engine says; by a theorem of Coq's it may be more."""
    toy = bare(
        stated={"part": statement},
        parts=lambda said: (said.part,),
        coq={"square": ("theorem",)},
        near_misses=(NearMiss("false", {"part": Holds(id="square", says=GRAND, condition=FALSEHOOD)}),),
    )

    def answer(part, seconds):
        return REFUTED if part != statement else CERTIFIED

    row = judge.judge(toy, answer, lambda part, evidence: True)
    assert (row.verdict, row.problems) == (Verdict.DERIVED, ())
    assert row.findings.parts[0].arrived_settled
    kernel = judge.judge(toy, answer, lambda part, evidence: True, kernel=lambda claim_id, part, theorems: KERNEL)
    assert kernel.verdict is Verdict.PROVED
    assert judge.judge(toy, answer, lambda part, evidence: False).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("statement", OPEN, ids=str)
def test_what_something_must_decide_did_not_arrive_settled(statement):
    row = judge.judge(bare(parts=lambda said: (statement,)), lambda part, seconds: CERTIFIED, lambda part, evidence: True)
    assert not row.findings.parts[0].arrived_settled


def two_parts(**fields):
    """Two parts of which a near miss changes one alone."""
    return bare(
        stated={"least": ZERO},
        near_misses=(NearMiss("5", {"least": sp.Integer(5)}),),
        parts=lambda said: (Holds(id="square", says=f"x² ≥ {said.least}", condition=sp.Ge(x**2 + 1, said.least, evaluate=False)), AGAIN),
        **fields,
    )


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


# A user's own question has no near miss, and the ledger cannot take its place by accident.


def question(*parts):
    return Question(id="toy", says="toy", parts=lambda said: parts)


SATISFIED = Holds(id="premises", says="the premises", condition=FALSEHOOD, where=TRUE_PART.where)


def test_a_question_is_proved_without_near_misses_where_something_satisfies_its_premises():
    assert verdict(question(TRUE_PART), CERTIFIED).verdict is Verdict.PROVED
    assert verdict(question(dataclasses.replace(TRUE_PART, where=())), CERTIFIED).verdict is Verdict.PROVED
    assert verdict(question(TRUE_PART, AGAIN), {"x² ≥ 0": CERTIFIED, "again": DERIVED}).verdict is Verdict.DERIVED


@pytest.mark.parametrize(
    "doubt",
    [
        CERTIFIED,
        DERIVED,
        evidence(Outcome.UNSETTLED),
        evidence(Outcome.FAILS),
        evidence(Outcome.UNSETTLED, reason=Reason.CONTRADICTORY_PREMISES),
    ],
)
def test_a_question_whose_premises_nothing_is_seen_to_satisfy_is_not_proved(doubt):
    row = judge.judge(question(TRUE_PART), lambda statement, seconds: doubt if statement == SATISFIED else CERTIFIED, lambda *_: True)
    assert row.verdict is Verdict.UNDECIDED
    assert row.findings.vacuous == ("the premises",)
    assert row.findings.parts[-1].evidence.reason is doubt.reason


def test_nothing_is_asked_after_a_part_of_a_question_that_is_refuted():
    asked = []

    def decide(statement, seconds):
        asked.append(statement.says)
        return REFUTED if statement.says == "again" else evidence(Outcome.UNSETTLED)

    last = dataclasses.replace(TRUE_PART, id="last", says="last")
    row = judge.judge(question(TRUE_PART, AGAIN, last), decide, lambda *_: True)
    assert (row.verdict, asked) == (Verdict.REFUTED, ["x² ≥ 0", "again"])


def test_the_ledger_takes_no_question_and_no_claim_can_do_without_near_misses(monkeypatch):
    class Module:
        CLAIMS = (question(TRUE_PART),)

    registry._modules.cache_clear()
    monkeypatch.setattr(registry.importlib, "import_module", lambda name: Module)
    try:
        with pytest.raises(TypeError, match="the ledger takes claims alone"):
            ledger.claims()
    finally:
        registry._modules.cache_clear()
    fields = {field.name for field in dataclasses.fields(Question)}
    assert fields == {field.name for field in dataclasses.fields(Claim)}  # its kind alone makes it one: no field can
