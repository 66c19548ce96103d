"""What the audit of Coq's proofs must refuse: an admitted proof, a new axiom, another statement under the same name."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import sympy as sp

from proofs.coq import audit, axioms, build, statements
from proofs.coq.audit import Audit
from proofs.coq.axioms import Refused
from proofs.kernel.verdict import Outcome, Strength
from tests.tools.coq_toys import FALSE, GENERATED, HEAD, MEANING, PART, audited, developed, found, needs_coq, printed, toy, x


@needs_coq
def test_a_theorem_of_the_printed_statement_carries_its_part(development):
    evidence = found(development, "toy.carries")
    assert (evidence.road, evidence.outcome, evidence.strength) == ("coq", Outcome.HOLDS, Strength.CERTIFIED)
    assert evidence.bound == "tier core"
    assert evidence.trusts[0] == f"Coq {build.version()}"
    assert 0 < len(evidence.trusts[1:]) == len(set(evidence.trusts[1:]) & set(axioms.REALS))
    assert evidence.note == "the statement is printed from the claim"


@needs_coq
def test_tiers_are_the_least_that_allow_the_axioms(development):
    result = audited(development, "by_interval.carries").theorems["by_interval.carries"]
    assert result.tier == "interval"
    assert {"Coq.Floats.FloatAxioms.add_spec", "Coq.Numbers.Cyclic.Int63.PrimInt63.add"} <= set(result.axioms)
    assert set(result.axioms) <= {*axioms.REALS, *axioms.PRIMITIVES}
    assert axioms.tier(()) == "none"
    assert axioms.tier(tuple(axioms.REALS)) == "core"


RESTS = {  # theorems that Coq accepts, and why each is refused all the same
    "toy.admitted": "rests on toy.admitted",
    "toy.by_axiom": "rests on toy.convenient",
    "toy.classic": "rests on toy.classic",
    "toy.by_a_name_that_sounds_right": "rests on toy.classic",
    "toy.by_a_file_that_sounds_primitive": "rests on FloatAxioms.add_spec",
    "toy.by_a_path_that_sounds_primitive": "FloatAxioms.mul_spec",
    "toy.by_an_axiom_of_the_same_name_and_type": "rests on Classical_Prop.classic",
    "toy.by_a_loop": "of its assumptions",
}


@needs_coq
def test_what_rests_on_more_than_the_axioms_of_the_tiers_is_refused(development):
    """Each on its own account, and none of them takes the theorem beside them along."""
    source, objects = development
    result = audit.run([toy("toy.carries"), *map(toy, RESTS)], build=objects, folder=source)
    assert audit.evidence(result, "toy", PART, ("toy.carries",)).outcome is Outcome.HOLDS
    for theorem, why in RESTS.items():
        evidence = audit.evidence(result, "toy", PART, (theorem,))
        assert evidence.outcome is Outcome.UNSETTLED, theorem
        assert why in evidence.note, theorem


@needs_coq
@pytest.mark.parametrize(
    ("theorem", "why"),
    [
        ("toy.by_a_coercion", "has type"),
        ("toy.of_a_decoy_file", "has type"),
        ("toy.says_something_else", "has type"),
        ("toy.closed", "has type"),
        ("toy.missing", "not found"),
        ("nowhere.missing", "not found"),
    ],
)
def test_what_is_not_proved_is_refused(development, theorem, why):
    evidence = found(development, theorem)
    assert evidence.outcome is Outcome.UNSETTLED
    assert why in evidence.note


@needs_coq
def test_one_refused_theorem_takes_nothing_from_the_others_and_the_part_with_it(development):
    source, objects = development
    claims = [toy(f"toy.{name}") for name in ("carries", "closed", "admitted", "again")] + [toy("other.carries")]
    result = audit.run(claims, build=objects, folder=source)
    assert {theorem for theorem, found in result.theorems.items() if found.refused} == {"toy.admitted", "toy.closed"}
    assert "has type" in result.theorems["toy.closed"].refused
    assert "rests on toy.admitted" in result.theorems["toy.admitted"].refused
    assert audit.evidence(result, "toy", PART, ("toy.carries",)).outcome is Outcome.HOLDS
    assert audit.evidence(result, "toy", PART, ("toy.carries", "toy.admitted")).outcome is Outcome.UNSETTLED


@needs_coq
def test_a_further_theorem_without_a_statement_of_its_own_is_refused(development):
    evidence = found(development, "toy.carries", "toy.closed")
    assert evidence.outcome is Outcome.UNSETTLED
    assert "no statement of it is printed or reviewed" in evidence.note


def test_nothing_audited_is_a_failure():
    with pytest.raises(Refused, match="nothing was audited"):
        audit.run([])
    with pytest.raises(Refused, match="nothing was audited"):
        audit.run([toy()])
    accepted = Audit(coq="8.16.1")
    assert audit.evidence(accepted, "toy", PART, ()).outcome is Outcome.UNSETTLED
    assert audit.evidence(accepted, "toy", PART, ("toy.carries",)).outcome is Outcome.UNSETTLED


@needs_coq
def test_a_name_that_is_no_name_is_refused(development):
    with pytest.raises(Refused, match="no name of a theorem"):
        audited(development, "toy.carries, I). Axiom more : False. Definition y := (I")


DEFINITION = statements.definition(PART)
TRUE = "Theorem carries : toy.above_zero.\nProof. red; intros; first [exact I | left; exact I]. Qed.\n"


@needs_coq
@pytest.mark.parametrize(
    "generated",
    {
        "in a comment": GENERATED.replace(DEFINITION, f"(*\n{DEFINITION}*)\n  Definition above_zero : Prop := True.\n"),
        "in another module": GENERATED.replace("Module toy.", "Module hidden.\nModule toy.").replace("End toy.", "End toy.\nEnd hidden.")
        + "\nModule toy.\n  Definition above_zero : Prop := True.\nEnd toy.\n",
        "under a notation": GENERATED.replace(
            "Local Open Scope R_scope.\n",
            'Local Open Scope R_scope.\nLocal Notation "a > b" := (True \\/ Rgt a b) (at level 70, only parsing).\n',
        ),
        "replaced": GENERATED.replace(DEFINITION, "  Definition above_zero : Prop :=\n    True.\n"),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_a_statement_that_only_looks_like_that_of_the_claim_carries_nothing(development, tmp_path, generated):
    assert generated[1] != GENERATED
    evidence = found(developed(tmp_path, HEAD + TRUE, generated[1], base=development), "toy.carries")
    assert evidence.outcome is Outcome.UNSETTLED
    assert "has type" in evidence.note or "does not say what the claim says" in evidence.note


@needs_coq
def test_a_word_with_another_meaning_carries_nothing(tmp_path):
    meaning = re.sub(r"(Definition limit_is .*: Prop :=\n)(.*)\.\n", r"\1  True.\n", MEANING)
    assert meaning != MEANING
    source = (
        HEAD + "From Coquelicot Require Import Coquelicot.\nFrom UFM Require Import meaning.\nTheorem carries : toy.tends_to_one.\n"
        "Proof. split; [| exact I]. exists 0. intros y Hy _. apply Rgt_not_eq. exact Hy. Qed.\n"
    )
    evidence = found(developed(tmp_path, source, printed(FALSE), {"meaning.v": meaning}), "toy.carries", part=FALSE)
    assert evidence.outcome is Outcome.UNSETTLED
    assert "has type" in evidence.note


@pytest.mark.parametrize("file", statements.PINNED)
def test_a_change_of_a_file_that_gives_statements_their_meaning_needs_another_pin(tmp_path, monkeypatch, file):
    source = shutil.copytree(statements.FOLDER, tmp_path / "source", ignore=shutil.ignore_patterns("*.py"))
    monkeypatch.setattr(statements, "FOLDER", source)
    text = statements.pinned.__wrapped__(file)
    (source / file).write_text(text.replace("Prop :=", "Prop := True \\/", 1), encoding="utf-8")
    with pytest.raises(statements.Changed, match="is not the file that was reviewed"):
        statements.pinned.__wrapped__(file)


@needs_coq
def test_without_the_reviewed_files_nothing_is_believed(development, monkeypatch):
    monkeypatch.setitem(statements.PINNED, "meaning.v", hashlib.sha256(b"").hexdigest())
    statements.pinned.cache_clear()
    try:
        evidence = found(development, "toy.carries")
    finally:
        statements.pinned.cache_clear()
    assert evidence.outcome is Outcome.UNSETTLED
    assert "meaning.v is not the file that was reviewed" in evidence.note


@needs_coq
def test_a_statement_that_drifted_from_the_claim_carries_nothing(development):
    drifted = dataclasses.replace(PART, condition=x**2 - x + 1 > -5)
    evidence = audit.evidence(audited(development, "toy.carries"), "toy", drifted, ("toy.carries",))
    assert evidence.outcome is Outcome.UNSETTLED
    assert "held against another statement" in evidence.note
    evidence = found(development, "toy.carries", part=drifted)
    assert evidence.outcome is Outcome.UNSETTLED
    assert "does not say what the claim says" in evidence.note


BY_HAND = """
From Coq Require Import Reals.
Local Open Scope R_scope.
Module reviewed.
Module toy.
Definition above_zero : Prop := forall x : R, x * x - x + 1 > 0.
Definition more : Prop := forall x : R, x * x - x + 2 > 0.
End toy.
End reviewed.
"""
SETTLED = dataclasses.replace(PART, condition=sp.true)  # nothing is printed of it


@pytest.fixture
def reviewed(monkeypatch, tmp_path):
    """A file by hand, pinned."""
    folder = tmp_path / "by_hand"
    for file in statements.PINNED:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(BY_HAND if file == "reviewed/scalars.v" else statements.pinned(file), encoding="utf-8")
        monkeypatch.setitem(statements.PINNED, file, hashlib.sha256((folder / file).read_bytes()).hexdigest())
    monkeypatch.setattr(statements, "FOLDER", folder)
    statements.pinned.cache_clear()
    yield
    statements.pinned.cache_clear()


@needs_coq
@pytest.mark.parametrize(("more", "outcome"), [("x * x - x + 2 > 0", Outcome.HOLDS), ("x * x - x + 2 >= 0", Outcome.UNSETTLED)])
def test_theorems_of_statements_by_hand_say_exactly_these(development, tmp_path, reviewed, more, outcome):
    square = "Proof. intro x. pose proof (Rle_0_sqr (x - 1 / 2)) as H. unfold Rsqr in H. lra. Qed.\n"
    source = (
        f"From Coq Require Import Reals Lra.\nLocal Open Scope R_scope.\nTheorem carries : forall x : R, x * x - x + 1 > 0.\n{square}"
        f"Theorem more : forall x : R, {more}.\n{square}"
    )
    evidence = found(developed(tmp_path, source, base=development), "toy.carries", "toy.more", part=SETTLED)
    assert evidence.outcome is outcome
    assert ("by hand in proofs/coq/reviewed/scalars.v" if outcome is Outcome.HOLDS else "has type") in evidence.note


@needs_coq
def test_a_part_without_any_statement_is_carried_by_nothing(development):
    evidence = found(development, "toy.carries", part=SETTLED)
    assert evidence.outcome is Outcome.UNSETTLED
    assert "no statement of it is printed or reviewed" in evidence.note


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "Axioms:",
        "Axioms:\nfoo",
        "Axioms:\nfoo is assumed to be positive.",
        "foo relies on an unsafe hierarchy.",
        "Fetching opaque proofs from disk for UFM.toy",
        "Theory:\nSet is impredicative",
    ],
)
def test_assumptions_of_an_unknown_form_are_refused(printed):
    with pytest.raises(Refused):
        axioms.assumptions(printed)


CLASSIC = "Coq.Logic.Classical_Prop.classic"
SHORTER = "(shorter name to refer to it in current context is Classical_Prop.classic)"


def test_an_axiom_counts_by_its_path_and_type():
    printed = axioms.assumptions("Axioms:\nClassical_Prop.classic : forall P : Prop,\n  P \\/ ~ P\n")
    assert axioms.allowed(printed, {"Classical_Prop.classic": CLASSIC}) == (CLASSIC,)
    with pytest.raises(Refused, match="no axiom of the tiers"):
        axioms.allowed({"Classical_Prop.classic": "forall P : Prop, P"}, {"Classical_Prop.classic": CLASSIC})
    with pytest.raises(Refused, match="no axiom of the tiers"):
        axioms.allowed(printed, {"Logic.Classical_Prop.classic": CLASSIC})


@pytest.mark.parametrize(
    ("located", "short"),
    [
        (f"Constant {CLASSIC}\n  {SHORTER}\n", "Classical_Prop.classic"),
        (f"Constant UFM.{CLASSIC}\n  {SHORTER}\nConstant {CLASSIC}\n", CLASSIC),
        (f"Constant UFM.{CLASSIC}\n", None),
        (f"No object of suffix {CLASSIC}\n", None),
    ],
)
def test_a_short_name_is_that_of_the_path(located, short):
    assert axioms.shown(located, CLASSIC) == short


@needs_coq
def test_the_primitives_are_those_of_coq_s_own_sources():
    library = Path(subprocess.run(["coqc", "-where"], capture_output=True, text=True, check=True).stdout.strip(), "theories")
    declared = set()
    for name in axioms.PRIMITIVES:
        path = name.split(".")[1:-1]
        text = library.joinpath(*path).with_suffix(".v").read_text(encoding="utf-8")
        declared |= {".".join(("Coq", *path, each)) for each in re.findall(r"^ *(?:Primitive|Axiom) (\w+)", text, re.MULTILINE)}
    assert declared == axioms.PRIMITIVES


def test_without_coq_the_road_is_absent_and_names_the_packages(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    build.version.cache_clear()
    try:
        result = audit.run([toy("toy.carries")])
    finally:
        build.version.cache_clear()
    assert result.absent == f"coqc is not installed: apt-get install {build.PACKAGES}"
    assert audit.evidence(result, "toy", PART, ("toy.carries",)).outcome is Outcome.ABSENT
