"""Sceptics of the Coq road: an admitted proof, a new axiom, a missing name, a stale build, a theorem about something else."""

import dataclasses
import json
import shutil

import pytest
import sympy as sp

from proofs import ledger
from proofs.coq import audit, build, statements
from proofs.coq.audit import Audit, Refused, Theorem
from proofs.kernel import judge
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Holds
from proofs.kernel.verdict import Evidence, Outcome, Strength, Verdict
from tests.toys import guarded

x = sp.Symbol("x", real=True)
PART = Holds(says="x² − x + 1 > 0", condition=x**2 - x + 1 > 0)
needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")

STATEMENTS = statements.HEADER.replace("From UFM Require Import meaning.\n", "") + f"""
Module toy.

{statements.definition(PART)}
End toy.
"""
SOURCE = """
From Coq Require Import Reals Lra.
From Interval Require Import Tactic.
From UFM Require Import generated.statements.
Local Open Scope R_scope.

Theorem carries : toy.x2_minus_x_plus_1_above_0.
Proof. red. intro x. assert (0 <= (x - 1 / 2) * (x - 1 / 2)) by apply Rle_0_sqr. lra. Qed.

Theorem says_something_else : forall x : R, x ^ 2 - x + 1 > -1.
Proof. intro x. assert (0 <= (x - 1 / 2) * (x - 1 / 2)) by apply Rle_0_sqr. lra. Qed.

Theorem closed : 1%nat = 1%nat.
Proof. reflexivity. Qed.

Theorem by_interval : sqrt 2 < 3 / 2.
Proof. interval. Qed.

Theorem admitted : toy.x2_minus_x_plus_1_above_0.
Admitted.

Axiom convenient : forall x : R, x ^ 2 - x + 1 > 0.
Theorem by_axiom : toy.x2_minus_x_plus_1_above_0.
Proof. exact convenient. Qed.

Theorem classic : toy.x2_minus_x_plus_1_above_0.
Admitted.
Theorem by_a_name_that_sounds_right : toy.x2_minus_x_plus_1_above_0.
Proof. exact classic. Qed.
"""


@pytest.fixture(scope="module")
def development(tmp_path_factory):
    """A small development with its build."""
    folder = tmp_path_factory.mktemp("coq")
    source = folder / "source"
    (source / "generated").mkdir(parents=True)
    (source / "generated" / "statements.v").write_text(STATEMENTS)
    (source / "toy.v").write_text(SOURCE)
    shutil.copy(build.SOURCES / "_CoqProject", source)
    build.ensure(folder / "build", source)
    return source, folder / "build"


def audited(development, *theorems):
    source, objects = development
    return audit.run([("toy", PART.says, theorems)], build=objects, folder=source)


def found(development, *theorems):
    return audit.evidence(audited(development, *theorems), "toy", PART, theorems, folder=development[0])


@needs_coq
def test_a_theorem_of_the_printed_statement_carries_its_part(development):
    evidence = found(development, "toy.carries")
    assert (evidence.road, evidence.outcome, evidence.strength) == ("coq", Outcome.HOLDS, Strength.CERTIFIED)
    assert "core" in evidence.bound
    assert evidence.trusts[0] == f"Coq {build.version()}"
    assert set(evidence.trusts[1:]) <= set(audit.REALS)


@needs_coq
def test_tiers_are_the_least_that_allow_the_axioms(development):
    found = audited(development, "toy.carries", "toy.closed", "toy.by_interval").theorems
    assert found["toy.by_interval"].tier == "interval"
    assert audited(development, "toy.carries", "toy.closed").theorems["toy.closed"].tier == "core"  # asked together
    assert len(found["toy.by_interval"].axioms) > len(audit.REALS)


@needs_coq
@pytest.mark.parametrize(("theorem", "why"), [
    ("toy.admitted", "rests on"),
    ("toy.by_axiom", "rests on"),
    ("toy.classic", "rests on"),
    ("toy.by_a_name_that_sounds_right", "rests on"),
    ("toy.says_something_else", "has type"),
    ("toy.closed", "has type"),
    ("toy.missing", "not found"),
])
def test_what_is_not_proved_is_refused(development, theorem, why):
    evidence = found(development, theorem)
    assert evidence.outcome is Outcome.UNSETTLED
    assert why in evidence.note


@needs_coq
def test_one_refused_theorem_takes_nothing_from_the_others_and_the_part_with_it(development):
    result = audited(development, "toy.carries", "toy.admitted")
    assert not result.theorems["toy.carries"].refused
    assert result.theorems["toy.admitted"].refused
    assert found(development, "toy.carries", "toy.admitted").outcome is Outcome.UNSETTLED


def test_nothing_audited_is_a_failure():
    with pytest.raises(Refused, match="nothing was audited"):
        audit.run([])
    with pytest.raises(Refused, match="nothing was audited"):
        audit.run([("toy", PART.says, ())])
    accepted = Audit(coq="8.16.1")
    assert audit.evidence(accepted, "toy", PART, ()).outcome is Outcome.UNSETTLED
    assert audit.evidence(accepted, "toy", PART, ("toy.carries",)).outcome is Outcome.UNSETTLED


@needs_coq
def test_a_name_that_is_no_name_is_refused(development):
    with pytest.raises(Refused, match="no name of a theorem"):
        audited(development, "toy.carries, I). Axiom more : False. Definition y := (I")


@needs_coq
@pytest.mark.parametrize("change", ["source", "object", "record", "removed"])
def test_a_stale_build_is_seen_by_content_whatever_the_times_say(development, tmp_path, change):
    source, objects = shutil.copytree(development[0], tmp_path / "source"), shutil.copytree(development[1], tmp_path / "build")
    assert build.stale(objects, source) is None
    if change == "source":
        text = (source / "toy.v").read_text()
        (source / "toy.v").write_text(text.replace("3 / 2", "2"))
    elif change == "object":
        with (objects / "toy.vo").open("ab") as file:
            file.write(b"x")
    elif change == "record":
        record = json.loads((objects / "built.json").read_text())
        (objects / "built.json").write_text(json.dumps({**record, "coq": "8.15.0"}))
    else:
        (objects / "toy.vo").unlink()
    assert "not those that were built" in build.stale(objects, source)


@needs_coq
def test_a_source_that_no_longer_proves_is_built_again_and_refused(development, tmp_path):
    source, objects = shutil.copytree(development[0], tmp_path / "source"), shutil.copytree(development[1], tmp_path / "build")
    (source / "toy.v").write_text(SOURCE.replace("Proof. red.", "Proof. exact I."))
    evidence = found((source, objects), "toy.carries")
    assert evidence.outcome is Outcome.UNSETTLED
    assert "failed" in evidence.note


@needs_coq
def test_a_statement_that_drifted_from_the_claim_carries_nothing(development):
    accepted = audited(development, "toy.carries")
    drifted = dataclasses.replace(PART, condition=x**2 - x + 1 > -5)
    evidence = audit.evidence(accepted, "toy", drifted, ("toy.carries",), folder=development[0])
    assert evidence.outcome is Outcome.UNSETTLED
    assert "does not say what the claim says" in evidence.note


@pytest.mark.parametrize("printed", [
    "", "Axioms:", "Axioms:\nfoo", "Axioms:\nfoo is assumed to be positive.", "foo relies on an unsafe hierarchy.",
    "Fetching opaque proofs from disk for UFM.toy",
])
def test_assumptions_of_an_unknown_form_are_refused(printed):
    with pytest.raises(Refused):
        audit.tier(audit.axioms_of(printed))


def test_an_axiom_of_a_known_name_and_another_type_is_refused():
    with pytest.raises(Refused, match="no axiom of the tiers"):
        audit.tier({"Classical_Prop.classic": "forall P : Prop, P"})


def test_without_coq_the_road_is_absent_and_names_the_packages(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    build.version.cache_clear()
    try:
        result = audit.run([("toy", PART.says, ("toy.carries",))])
    finally:
        build.version.cache_clear()
    assert result.absent == f"coqc is not installed: apt-get install {build.PACKAGES}"
    assert audit.evidence(result, "toy", PART, ("toy.carries",)).outcome is Outcome.ABSENT


# What the judge makes of it.

DERIVED = Evidence(road="exact", engine="toy", outcome=Outcome.HOLDS, strength=Strength.DERIVED)
REFUTED = Evidence(road="exact", engine="toy", outcome=Outcome.FAILS, witness={"x": "1"})
OPEN = Evidence(road="exact", engine="toy", outcome=Outcome.UNSETTLED)
ACCEPTED = Audit(coq="8.16.1", theorems={"toy.carries": Theorem(tier="core", axioms=("Classical_Prop.classic",))})


def coq(outcome, strength=None):
    return Evidence(road="coq", engine="kernel", outcome=outcome, strength=strength, note="why")


PROVED = coq(Outcome.HOLDS, Strength.CERTIFIED)


def toy(**fields):
    return guarded(Claim(**{"id": "toy", "says": "toy", "source": "test", "parts": lambda said: (PART,),
                            "coq": {PART.id: ("toy.carries",)}, **fields}))


def row(claim, engine, kernel):
    def decide(statement, seconds):
        return REFUTED if statement.condition == judge.FALSEHOOD else engine
    return judge.judge(claim, decide, lambda statement, evidence: True, kernel=kernel and (lambda *part: kernel))


@pytest.mark.parametrize(("engine", "kernel", "verdict"), [
    (DERIVED, PROVED, Verdict.PROVED),
    (OPEN, PROVED, Verdict.PROVED),
    (DERIVED, coq(Outcome.ABSENT), Verdict.DERIVED),
    (OPEN, coq(Outcome.ABSENT), Verdict.UNDECIDED),
    (DERIVED, None, Verdict.DERIVED),
    (DERIVED, coq(Outcome.HOLDS), Verdict.DERIVED),  # without a strength it is no proof
    (OPEN, coq(Outcome.FAILS), Verdict.REFUTED),
    (REFUTED, coq(Outcome.FAILS), Verdict.REFUTED),
    (DERIVED, coq(Outcome.UNSETTLED), Verdict.UNDECIDED),  # a named theorem that is refused breaks the claim
])
def test_the_verdict_of_a_part_is_the_stronger_of_engines_and_kernel(engine, kernel, verdict):
    assert row(toy(), engine, kernel).verdict is verdict


def test_a_refused_theorem_is_told():
    assert row(toy(), DERIVED, coq(Outcome.UNSETTLED)).problems == ("Coq's kernel does not carry 'x² − x + 1 > 0': why",)


def test_a_theorem_beside_a_counterexample_stops_everything():
    with pytest.raises(judge.Conflict, match="both PROVED and REFUTED"):
        row(toy(), REFUTED, PROVED)


def test_the_kernel_carries_its_part_and_no_other():
    two = toy(parts=lambda said: (PART, dataclasses.replace(PART, id="another")))
    assert row(two, DERIVED, PROVED).verdict is Verdict.DERIVED


@pytest.mark.parametrize("parts", [(), (PART, PART), (dataclasses.replace(PART, id="another", says="another"),)])
def test_a_theorem_for_what_is_not_one_part_is_an_error(parts):
    with pytest.raises(ValueError, match="claim toy"):
        row(toy(parts=lambda said: parts), DERIVED, PROVED)


def test_a_near_miss_never_carries_the_theorem():
    near_missed = toy(stated={"bound": 0}, near_misses=(NearMiss("5", {"bound": 5}),),
                      parts=lambda said: (dataclasses.replace(PART, condition=x**2 - x + 1 > said.bound),))
    missed = row(near_missed, DERIVED, PROVED)
    assert missed.verdict is Verdict.UNDECIDED
    assert missed.findings.near_misses[0].passed_by == ("exact",)


# The ledger's own theorems.

BOX = f"({'*' * 78})"


def test_the_generated_statements_are_those_of_the_claims():
    for path, text in statements.texts(ledger.claims()).items():
        assert path.read_text(encoding="utf-8") == text, "python -m proofs.coq.generate writes the files anew"


def test_the_generated_formulas_are_those_of_theory():
    assert statements.FORMULAS_FILE.read_text(encoding="utf-8") == statements.formulas(), (
        "python -m proofs.coq.generate writes the file anew")


@needs_coq
def test_every_theorem_that_the_ledger_names_is_accepted():
    result = ledger.audited(ledger.claims())
    assert (result.absent, result.broken) == ("", "")
    assert {name: theorem.refused for name, theorem in result.theorems.items() if theorem.refused} == {}
    assert {theorem.tier for theorem in result.theorems.values()} <= {"none", "core"}
    assert sum(bool(claim.coq) for claim in ledger.claims()) >= 25


def test_findings_are_kept_under_the_coq_sources_too(monkeypatch):
    keys = []
    for fingerprint in ("one", "two"):
        monkeypatch.setattr(build, "fingerprint", lambda text=fingerprint: text)
        ledger._kernel_key.cache_clear()
        keys.append((ledger.key("window-bound"), ledger.key("label-spectrum-interlaces-counts")))
    ledger._kernel_key.cache_clear()
    assert keys[0][0] != keys[1][0]
    assert keys[0][1] == keys[1][1]  # it names no theorem


@pytest.mark.parametrize("path", sorted(build.SOURCES.rglob("*.v")), ids=lambda path: str(path.relative_to(build.SOURCES)))
def test_every_source_opens_with_its_header_and_admits_nothing(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    end = next(place for place, line in enumerate(lines) if place and line == BOX)
    assert lines[0] == BOX
    assert all(len(line) == len(BOX) and line.startswith("(*") and line.endswith("*)") for line in lines[1:end])
    assert any("==" in line for line in lines[1:end])
    assert not any(word in text for word in ("Admitted", "admit.", "Axiom ", "Parameter ", "Conjecture "))
