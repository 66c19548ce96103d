"""The judge under false evidence: what checks nothing, or fails its re-check, gets no positive verdict."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
import sympy as sp

from proofs.kernel import judge
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.judge import Findings, Row, mint
from proofs.kernel.statements import Agrees, Estimate, Estimated, Holds, Increasing, Limit, MatrixIdentity, Measurement, Statement, Supremum
from proofs.kernel.verdict import Evidence, Outcome, Strength, Verdict
from proofs.ledger import ledger
from tests.tools.toys import AGAIN, CERTIFIED, DERIVED, REFUTED, TRUE_PART, bare, claim, estimated, evidence, missing, run, verdict

x = sp.Symbol("x", real=True)


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


def test_a_claim_whose_witness_breaks_its_hypothesis_is_vacuous():
    row = verdict(claim(hypotheses={"x > 2": x > 2}), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED
    assert row.problems == ("no witness satisfies: x > 2",)


def test_a_claim_without_a_witness_for_its_premises_is_vacuous():
    assert verdict(claim(witnesses=()), CERTIFIED).verdict is Verdict.UNDECIDED
    assert verdict(claim(witnesses=({x: -1},)), CERTIFIED).verdict is Verdict.UNDECIDED


def test_a_refutation_under_premises_that_nothing_satisfies_is_not_a_refutation():
    assert verdict(claim(witnesses=({x: -1},)), REFUTED).verdict is Verdict.UNDECIDED


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


def test_seconds_are_the_difference_of_two_looks_at_the_clock(monkeypatch):
    looks = itertools.count()
    monkeypatch.setattr(judge.time, "perf_counter", lambda: 3.0 ** next(looks))
    findings = verdict(bare(parts=lambda said: (TRUE_PART, estimated(0.2, 0.8)), runs=lambda said: (run(0.0),)), CERTIFIED).findings
    assert [finding.evidence.seconds for finding in (*findings.parts, *findings.runs)] == [9 - 3, 81 - 27, 729 - 243]
    assert findings.seconds == 2187 - 1


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


def test_only_the_judge_makes_a_row():
    findings = Findings(vacuous=(), parts=(), runs=(), near_misses=(), seconds=0)

    class EqualToAll:
        __hash__ = None

        def __eq__(self, other):
            return True

    for token in (object(), EqualToAll()):
        with pytest.raises(TypeError, match=r"judge\.mint"):
            Row(token, "toy", Verdict.PROVED, (), findings)


def test_two_parts_that_say_the_same_are_each_judged():
    open_one, proved = found(evidence(Outcome.UNSETTLED), False, "one"), found(CERTIFIED, True, "two")
    for parts in ((open_one, proved), (proved, open_one)):
        assert mint(bare(), findings_of(*parts, near_misses=(rejects("one", "two"),))).verdict is Verdict.UNDECIDED
