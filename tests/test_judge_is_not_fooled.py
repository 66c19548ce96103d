"""Sceptics: everything that stops checking, or checks nothing, must end in a no."""

import dataclasses
import itertools
import math
import time

import pytest
import sympy as sp

from proofs import cache, ledger
from proofs.kernel import judge
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.judge import Findings, Row, mint
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
from proofs.kernel.verdict import Evidence, Outcome, Strength, Verdict

x = sp.Symbol("x", real=True)
TRUE_PART = Holds(says="x² ≥ 0", condition=x**2 >= 0, where=(x > 0,))


def evidence(outcome, strength=None, **fields):
    return Evidence(road="exact", engine="toy", outcome=outcome, strength=strength, **fields)


CERTIFIED = evidence(Outcome.HOLDS, Strength.CERTIFIED, certificate={})
DERIVED = evidence(Outcome.HOLDS, Strength.DERIVED)
REFUTED = evidence(Outcome.FAILS, witness={"x": "1"})


def claim(**fields):
    plain = {"id": "toy", "says": "toy", "source": "test", "parts": lambda said: (TRUE_PART,), "witnesses": ({x: 1},)}
    return Claim(**{**plain, **fields})


def verdict(toy, answers, recheck=True):
    """The verdict on a claim when an engine gives these answers, by what the statement says."""
    def decide(statement, seconds):
        return answers if isinstance(answers, Evidence) else answers[statement.says]
    return judge.judge(toy, decide, lambda statement, found: recheck)


def run(error, cases=3, bound=1e-6, uses=()):
    return Agrees(says="run", uses=uses, bound=bound, measure=lambda: Measurement(error, cases, "somewhere"))


def test_verdicts_follow_the_strength_of_the_weakest_part():
    two = claim(parts=lambda said: (TRUE_PART, dataclasses.replace(TRUE_PART, says="again")))
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
        return claim(stated={"bound": 0}, near_misses=(NearMiss("5", {"bound": 5}),), parts=lambda said: (
            TRUE_PART, run(0.0 if said.bound == 0 else error, uses=("bound",))))
    assert verdict(toy(1.0), CERTIFIED).verdict is Verdict.SUPPORTED
    assert verdict(toy(1e-9), CERTIFIED).verdict is Verdict.UNDECIDED


def estimated(low, high, pairs=10, least=0.0, greatest=1.0, uses=(), mean=None):
    return Estimated(says="mean", uses=uses, least=least, greatest=greatest,
                     measure=lambda: Estimate((low + high) / 2 if mean is None else mean, low, high, pairs))


LOW = 0.25


def missing():
    raise ToolMissing("no torch")


@pytest.mark.parametrize(("low", "high", "expected"), [
    (0.2, 0.8, Verdict.SUPPORTED), (0.0, 1.0, Verdict.SUPPORTED), (0.8, 1.2, Verdict.UNDECIDED), (-1.0, 2.0, Verdict.UNDECIDED),
    (1.1, 1.2, Verdict.REFUTED), (-0.2, -0.1, Verdict.REFUTED), (1.0, 1.2, Verdict.UNDECIDED), (-0.2, 0.0, Verdict.UNDECIDED),
    (math.nan, 0.5, Verdict.UNDECIDED), (0.2, math.inf, Verdict.UNDECIDED)])
def test_a_statistic_is_judged_by_where_its_whole_interval_lies(low, high, expected):
    row = verdict(claim(parts=lambda said: (estimated(low, high),)), CERTIFIED)
    assert row.verdict is expected
    assert row.findings.parts[0].evidence.strength is (Strength.MEASURED if expected is Verdict.SUPPORTED else None)


@pytest.mark.parametrize("unsound", [estimated(0.2, 0.8, pairs=9), estimated(1.1, 1.2, pairs=9), estimated(0.2, 0.8, pairs=0),
                                     estimated(0.2, 0.8, mean=math.nan), estimated(0.2, 0.8, mean=0.9), estimated(0.2, 0.8, mean=0.1),
                                     estimated(0.8, 0.2)])
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
        return claim(stated={"least": 0.0}, near_misses=(NearMiss("more", {"least": least}),), parts=lambda said: (
            estimated(0.2, 0.8, least=said.least, greatest=math.inf, uses=("least",)),))
    assert verdict(toy(0.9), CERTIFIED).verdict is Verdict.SUPPORTED
    for not_rejected in (0.1, 0.5):  # held by the same interval, or not settled by it
        row = verdict(toy(not_rejected), CERTIFIED)
        assert row.verdict is Verdict.UNDECIDED
        assert "was not rejected by statistics" in row.problems[0]


def test_a_missing_tool_is_not_checked_and_neither_pass_nor_problem():
    toy = claim(stated={"least": 0.0}, near_misses=(NearMiss("more", {"least": 2.0}),), parts=lambda said: (
        TRUE_PART, Estimated(says="mean", uses=("least",), least=said.least, greatest=1, measure=missing)))
    row = verdict(toy, CERTIFIED)
    assert (row.verdict, row.problems, row.findings.near_misses) == (Verdict.NOT_CHECKED, (), ())
    assert row.findings.parts[1].evidence.note == "no torch"


def test_near_misses_are_asked_where_only_coq_is_missing():
    """A near miss that passes voids the claim, whether the kernel is there or not."""
    toy = claim(stated={"bound": sp.Integer(0)}, near_misses=(NearMiss("also true", {"bound": sp.Integer(-1)}),),
                parts=lambda said: (Holds(says="x ≥ bound", condition=x >= said.bound, where=(x > 0,)),),
                coq={"x ≥ bound": ("positive_is_nonnegative",)})
    without_coq = Evidence(road="coq", engine="coq", outcome=Outcome.ABSENT, note="coqc is not installed")
    row = judge.judge(toy, lambda statement, seconds: CERTIFIED, lambda statement, found: True, kernel=lambda *part: without_coq)
    assert [miss.passed_by for miss in row.findings.near_misses] == [("exact",)]
    assert row.verdict is Verdict.UNDECIDED


def test_a_statistic_that_crashes_is_undecided_not_absent():
    def crash():
        raise ValueError("bad")
    toy = claim(parts=lambda said: (Estimated(says="mean", least=0, greatest=1, measure=crash),))
    assert verdict(toy, CERTIFIED).verdict is Verdict.UNDECIDED


def test_rows_without_their_tool_never_count_as_held():
    held = mint("label-spectrum-step", verdict(claim(), CERTIFIED).findings)
    absent = mint("minority-earlier", verdict(claim(parts=lambda said: (
        Estimated(says="mean", least=0, greatest=1, measure=missing),)), CERTIFIED).findings)
    undecided = mint("window-bound", verdict(claim(), evidence(Outcome.UNSETTLED)).findings)
    assert ledger.exit_status([held, absent], optional=True) == 0
    assert ledger.exit_status([held, absent]) == 3
    assert ledger.exit_status([absent], optional=True) == 3
    assert ledger.exit_status([held, absent, undecided], optional=True) == 3
    assert ledger.exit_status([], optional=True) == 3


def test_nothing_checked_is_undecided():
    assert verdict(claim(parts=lambda said: ()), CERTIFIED).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("measured", [run(math.nan), run(math.inf), run(1e-3), run(1e-9, cases=0), run(1e-9, cases=-1)])
def test_a_run_that_disagrees_or_is_empty_or_nan_takes_the_proof_back(measured):
    row = verdict(claim(runs=lambda said: (measured,)), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED
    assert "a run disagrees" in row.problems[0]


@pytest.mark.parametrize("error", [RuntimeError("died"), ValueError("bad"), ZeroDivisionError("0")])
def test_an_oracle_that_crashes_is_no_agreement(error):
    def crash():
        raise error
    row = verdict(claim(runs=lambda said: (Agrees(says="run", bound=1, measure=crash),)), CERTIFIED)
    assert row.verdict is Verdict.UNDECIDED
    assert "the run failed" in row.problems[0]


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
    return claim(
        stated={"bound": sp.Integer(0)},
        parts=lambda said: (Holds(says=f"x² ≥ {said.bound}", condition=x**2 >= said.bound),),
        runs=lambda said: (run(0.0 if said.bound == 0 else run_error, uses=uses),),
        near_misses=(NearMiss("bound 5", {"bound": sp.Integer(5)}),))


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


def test_a_run_that_does_not_use_what_a_near_miss_changes_rejects_nothing():
    """Its disagreement is no sign that the change was seen."""
    toy = claim(stated={"bound": 0, "other": 0}, near_misses=(NearMiss("5", {"bound": 5}),),
                runs=lambda said: (run(float(said.bound), uses=("other",)),))
    assert verdict(toy, CERTIFIED).findings.near_misses[0].rejected_by == ()


def test_a_statistic_that_does_not_use_what_a_near_miss_changes_rejects_nothing():
    toy = claim(stated={"least": 0.0, "other": 0}, near_misses=(NearMiss("more", {"least": 2.0}),), parts=lambda said: (
        estimated(0.2, 0.8, least=said.least, greatest=math.inf, uses=("other",)),))
    assert verdict(toy, CERTIFIED).findings.near_misses[0].rejected_by == ()


def test_a_part_that_is_written_anew_and_says_the_same_is_not_touched_by_a_near_miss():
    toy = claim(stated={"unused": 1}, near_misses=(NearMiss("nothing", {"unused": 2}),),
                parts=lambda said: (dataclasses.replace(TRUE_PART),))
    miss = verdict(toy, CERTIFIED).findings.near_misses[0]
    assert (miss.rejected_by, miss.passed_by) == ((), ())


def test_a_near_miss_that_changes_how_many_parts_there_are_is_an_error():
    toy = claim(stated={"parts": 2}, near_misses=(NearMiss("one", {"parts": 1}),), parts=lambda said: (TRUE_PART,) * said.parts)
    with pytest.raises(ValueError, match="shorter"):
        verdict(toy, CERTIFIED)


def test_a_near_miss_of_a_formula_that_the_claim_does_not_state_is_an_error():
    with pytest.raises(ValueError, match="does not state"):
        verdict(claim(near_misses=(NearMiss("typo", {"bund": 1}),)), CERTIFIED)


def test_proved_and_refuted_on_one_statement_stops_everything():
    finding = judge.Finding(says="s", evidence=CERTIFIED, rechecked=True)
    other = judge.Finding(says="s", evidence=REFUTED, rechecked=True)
    third = judge.Finding(says="s", evidence=DERIVED, rechecked=False)
    for parts in ((finding, other), (finding, other, third)):
        with pytest.raises(judge.Conflict, match="both PROVED and REFUTED"):
            mint("toy", Findings(vacuous=(), parts=parts, runs=(), near_misses=(), seconds=0))


def expected_of(outcome, strength, rechecked, witness):
    """The verdict on one finding, case by case, as design.md has it."""
    if outcome is Outcome.ABSENT:
        return Verdict.NOT_CHECKED
    if (outcome, rechecked, witness) == (Outcome.FAILS, True, True):
        return Verdict.REFUTED
    if outcome is not Outcome.HOLDS or strength is None:
        return Verdict.UNDECIDED
    if strength is Strength.CERTIFIED:
        return Verdict.PROVED if rechecked else Verdict.UNDECIDED
    return {Strength.DERIVED: Verdict.DERIVED, Strength.MEASURED: Verdict.SUPPORTED}[strength]


def test_a_kernel_alone_judges_nothing():
    for outcome, strength, rechecked in itertools.product(Outcome, [*Strength, None], [True, False]):
        found = Evidence(road="coq", engine="coq", outcome=outcome, strength=strength)
        finding = judge.Finding(says="s", evidence=found, rechecked=rechecked)
        row = mint("toy", Findings(vacuous=(), parts=(finding,), runs=(), near_misses=(), seconds=0))
        assert row.verdict is Verdict.UNDECIDED
        assert "nothing was checked" in row.problems


@pytest.mark.parametrize("road", ["symbolic", "exact", "ledger"])
def test_every_combination_of_findings_has_its_verdict(road):
    for outcome, strength, rechecked, witness in itertools.product(Outcome, [*Strength, None], [True, False], [True, False]):
        found = Evidence(road=road, engine="toy", outcome=outcome, strength=strength, witness={"x": "1"} if witness else None)
        finding = judge.Finding(says="s", evidence=found, rechecked=rechecked)
        row = mint("toy", Findings(vacuous=(), parts=(finding,), runs=(), near_misses=(), seconds=0))
        assert row.verdict is expected_of(outcome, strength, rechecked, witness), (outcome, strength, rechecked, witness)
        assert row.problems == ()  # nothing but a run is told as one that disagrees


def test_only_a_certificate_or_a_refutation_is_rechecked():
    asked = []

    def recheck(statement, found):
        asked.append((found.outcome, found.strength))
        return True

    for outcome, strength in itertools.product(Outcome, [*Strength, None]):
        judge.judge(claim(), lambda statement, seconds, o=outcome, s=strength: evidence(o, s, witness={"x": "1"}), recheck)
    assert set(asked) == {*((outcome, Strength.CERTIFIED) for outcome in Outcome),
                          *((Outcome.FAILS, strength) for strength in [*Strength, None])}


def test_hypotheses_that_a_witness_satisfies_leave_the_verdict_and_without_a_witness_they_are_vacuous():
    assert verdict(claim(hypotheses={"x > 0": x > 0}), CERTIFIED).verdict is Verdict.PROVED
    bare = claim(parts=lambda said: (dataclasses.replace(TRUE_PART, where=()),), hypotheses={"x > 0": x > 0}, witnesses=())
    assert verdict(bare, CERTIFIED).problems == ("no witness satisfies: x > 0",)


def test_one_run_within_its_bound_is_agreement_and_exactly_at_the_bound_too():
    for measured in (run(1e-9, cases=1), run(1e-6)):
        assert verdict(claim(runs=lambda said, m=measured: (m,)), CERTIFIED).verdict is Verdict.PROVED


def test_seconds_are_those_that_passed():
    start = time.perf_counter()

    def slow(statement, seconds):
        time.sleep(0.05)
        return CERTIFIED

    def measure():
        time.sleep(0.05)
        return Measurement(0.0, 1, "")

    row = judge.judge(claim(runs=lambda said: (Agrees(says="run", bound=1, measure=measure),)), slow, lambda *_: True)
    passed = time.perf_counter() - start
    for seconds in (row.findings.parts[0].evidence.seconds, row.findings.runs[0].evidence.seconds):
        assert 0.05 <= seconds <= passed
    assert 0.1 <= row.findings.seconds <= passed


def test_seconds_are_the_difference_of_two_looks_at_the_clock(monkeypatch):
    looks = itertools.count()
    monkeypatch.setattr(judge.time, "perf_counter", lambda: 3.0 ** next(looks))
    findings = verdict(claim(parts=lambda said: (TRUE_PART, estimated(0.2, 0.8)), runs=lambda said: (run(0.0),)), CERTIFIED).findings
    assert [finding.evidence.seconds for finding in (*findings.parts, *findings.runs)] == [9 - 3, 81 - 27, 729 - 243]
    assert findings.seconds == 2187 - 1


def test_what_was_only_measured_was_not_rechecked():
    findings = verdict(claim(parts=lambda said: (estimated(0.2, 0.8),), runs=lambda said: (run(0.0),)), CERTIFIED).findings
    assert [finding.rechecked for finding in (*findings.parts, *findings.runs)] == [False, False]


RECORDS = (judge.Finding, judge.NearMissFinding, Findings, Evidence, Claim, NearMiss, Statement, Holds, Limit, Supremum,
           Increasing, Measurement, Agrees, Estimate, Estimated, MatrixIdentity)


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
    crossed = claim(parts=lambda said: (dataclasses.replace(TRUE_PART, where=()),), hypotheses={"x < y": x < y},
                    witnesses=({x: y - 1, y: x + 3},))  # one by one: x + 2 < x + 3
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
    findings = verdict(with_near_miss(), {"x² ≥ 0": CERTIFIED, "x² ≥ 5": REFUTED}).findings
    cache.store("toy", "key", findings)
    return tmp_path / "toy.json", findings


def test_kept_findings_come_back_unchanged_and_mint_the_same_verdict(kept):
    _, findings = kept
    again = cache.load("toy", "key")
    assert again == findings
    assert mint("toy", again).verdict is Verdict.PROVED


def test_kept_findings_of_other_code_or_another_claim_are_not_believed(kept):
    path, _ = kept
    assert cache.load("toy", "another key") is None
    path.rename(path.with_name("other.json"))
    assert cache.load("other", "key") is None


@pytest.mark.parametrize("damage", [
    lambda text: text[: len(text) // 2],
    lambda text: "",
    lambda text: "[]",
    lambda text: "null",
    lambda text: text.replace("unsettled", "holds").replace('"certified"', '"derived"'),
    lambda text: text.replace('"rejected_by": ["exact", "run"]', '"rejected_by": ["exact"]'),
    lambda text: text.replace("x\\u00b2", "x"),
])
def test_a_damaged_cache_is_ignored(kept, damage):
    path, _ = kept
    text = path.read_text()
    assert damage(text) != text
    path.write_text(damage(text))
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
    open_one = judge.Finding(says="s", evidence=evidence(Outcome.UNSETTLED), rechecked=False)
    proved = judge.Finding(says="s", evidence=CERTIFIED, rechecked=True)
    for parts in ((open_one, proved), (proved, open_one)):
        row = mint("toy", Findings(vacuous=(), parts=parts, runs=(), near_misses=(), seconds=0))
        assert row.verdict is Verdict.UNDECIDED


def test_a_near_miss_for_which_the_tool_is_missing_is_not_rejected():
    def toy(said):
        near = said.least > 1
        return (dataclasses.replace(estimated(0.2, 0.8, least=said.least, uses=("least",)), **({"measure": missing} if near else {})),)
    row = verdict(claim(stated={"least": 0.0}, near_misses=(NearMiss("more", {"least": 2.0}),), parts=toy), CERTIFIED)
    assert row.findings.near_misses[0].rejected_by == ()
    assert row.verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("says", ["another", "zzz"])
def test_a_theorem_is_of_the_part_that_says_so_whatever_else_is_said(says):
    theorem = "".join(["x² ", "≥ 0"])  # equal, not the same object
    toy = claim(parts=lambda said: (TRUE_PART, dataclasses.replace(TRUE_PART, says=says)), coq={theorem: ("square",)})
    kernel = Evidence(road="coq", engine="coq", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED)
    row = judge.judge(toy, lambda statement, seconds: DERIVED, lambda statement, found: True, kernel=lambda *part: kernel)
    assert [finding.says for finding in row.findings.parts] == ["x² ≥ 0", says, "x² ≥ 0"]
    assert row.verdict is Verdict.DERIVED
