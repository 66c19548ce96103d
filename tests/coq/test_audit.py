"""Sceptics of the Coq road: an admitted proof, a new axiom, another statement under the same name, objects of other sources."""

import dataclasses
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import sympy as sp

from proofs.coq import audit, axioms, build, statements
from proofs.coq.audit import Audit
from proofs.coq.axioms import Refused
from proofs.kernel import judge
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Holds, Limit
from proofs.kernel.verdict import Evidence, Outcome, Strength, Verdict
from proofs.ledger import ledger
from proofs.store import cache
from tests.tools.toys import guarded

x = sp.Symbol("x", real=True)
PART = Holds(id="above-zero", says="x² − x + 1 > 0", condition=x**2 - x + 1 > 0)
FALSE = Limit(id="tends-to-one", says="1/x tends to 1", expr=1 / x, variable=x, point=sp.oo, value=sp.Integer(1), where=(x > 0,))
needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


def toy(*theorems, part=PART, **fields):
    return Claim(**{"id": "toy", "says": "toy", "source": "test", "parts": lambda said: (part,), "coq": {part.id: theorems}, **fields})


def printed(part=PART):
    """The generated file of the toy claim."""
    return statements.generated([toy("toy.carries", part=part)])[statements.FILE]


HEAD = """
From Coq Require Import Reals Lra.
From UFM Require Import generated.statements.
Local Open Scope R_scope.
"""
PROOF = "Proof. red. intro x. assert (0 <= (x - 1 / 2) * (x - 1 / 2)) by apply Rle_0_sqr. lra. Qed.\n"
CARRIES = f"Theorem carries : toy.above_zero.\n{PROOF}"
SOURCE = f"""
From Coq Require Import Reals Lra.
From Interval Require Import Tactic.
From UFM Require Import generated.statements.
From UFM Require FloatAxioms Classical_Prop decoy.statements.
From UFM.Coq Require Floats.FloatAxioms.
Local Open Scope R_scope.

{CARRIES}
Theorem says_something_else : forall x : R, x ^ 2 - x + 1 > -1.
Proof. intro x. assert (0 <= (x - 1 / 2) * (x - 1 / 2)) by apply Rle_0_sqr. lra. Qed.

Theorem closed : 1%nat = 1%nat.
Proof. reflexivity. Qed.

Theorem by_interval : toy.above_zero.
Proof. assert (sqrt 2 < 3 / 2) by interval. {PROOF.removeprefix("Proof. ")}
Theorem admitted : toy.above_zero.
Admitted.

Axiom convenient : forall x : R, x ^ 2 - x + 1 > 0.
Theorem by_axiom : toy.above_zero.
Proof. exact convenient. Qed.

Theorem classic : toy.above_zero.
Admitted.
Theorem by_a_name_that_sounds_right : toy.above_zero.
Proof. exact classic. Qed.

Theorem by_a_file_that_sounds_primitive : toy.above_zero.
Proof. exact UFM.FloatAxioms.add_spec. Qed.
Theorem by_a_path_that_sounds_primitive : toy.above_zero.
Proof. exact UFM.Coq.Floats.FloatAxioms.mul_spec. Qed.
Theorem by_an_axiom_of_the_same_name_and_type : toy.above_zero.
Proof. intro x. destruct (UFM.Classical_Prop.classic (x ^ 2 - x + 1 > 0)) as [H | H]; [exact H |].
exfalso; apply H; revert x H; intros x _; assert (0 <= (x - 1 / 2) * (x - 1 / 2)) by apply Rle_0_sqr; lra. Qed.

Theorem of_a_decoy_file : UFM.decoy.statements.toy.above_zero.
Proof. exact I. Qed.

Definition wrapped : Prop := True.
Theorem by_a_coercion : wrapped.
Proof. exact I. Qed.
Definition coerced (_ : wrapped) : toy.above_zero := convenient.
Coercion coerced : wrapped >-> toy.above_zero.

Unset Guard Checking.
Fixpoint loop (n : nat) : False := loop n.
Set Guard Checking.
Theorem by_a_loop : toy.above_zero.
Proof. destruct (loop 0). Qed.
"""
BESIDE = {
    "FloatAxioms.v": f"{HEAD}Axiom add_spec : toy.above_zero.\n",
    "Coq/Floats/FloatAxioms.v": f"{HEAD}Axiom mul_spec : toy.above_zero.\n",
    "Classical_Prop.v": "Axiom classic : forall P : Prop, P \\/ ~ P.\n",
    "decoy/statements.v": "Module toy. Definition above_zero : Prop := True. End toy.\n",
}


def developed(folder, source=HEAD + CARRIES, generated=None, beside=()):
    """A small development with its build."""
    for name, text in {"generated/statements.v": generated or GENERATED, "toy.v": source, "meaning.v": MEANING, **dict(beside)}.items():
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "source" / name).write_text(text)
    build.ensure(folder / "build", folder / "source")
    return folder / "source", folder / "build"


GENERATED = printed()
MEANING = (statements.FOLDER / "meaning.v").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def development(tmp_path_factory):
    return developed(tmp_path_factory.mktemp("coq"), SOURCE, beside=BESIDE)


@pytest.fixture
def copied(development, tmp_path):
    """The development, to spoil."""
    return shutil.copytree(development[0], tmp_path / "source"), shutil.copytree(development[1], tmp_path / "build")


def audited(development, *theorems, part=PART, fresh=False):
    source, objects = development
    return audit.run([toy(*theorems, part=part)], fresh, build=objects, folder=source)


def found(development, *theorems, part=PART, fresh=False):
    return audit.evidence(audited(development, *theorems, part=part, fresh=fresh), "toy", part, theorems)


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
    result = audited(development, "toy.by_interval").theorems["toy.by_interval"]
    assert result.tier == "interval"
    assert {"Coq.Floats.FloatAxioms.add_spec", "Coq.Numbers.Cyclic.Int63.PrimInt63.add"} <= set(result.axioms)
    assert set(result.axioms) <= {*axioms.REALS, *axioms.PRIMITIVES}
    assert axioms.tier(()) == "none"
    assert axioms.tier(tuple(axioms.REALS)) == "core"


@needs_coq
@pytest.mark.parametrize(
    ("theorem", "why"),
    [
        ("toy.admitted", "rests on toy.admitted"),
        ("toy.by_axiom", "rests on toy.convenient"),
        ("toy.classic", "rests on toy.classic"),
        ("toy.by_a_name_that_sounds_right", "rests on toy.classic"),
        ("toy.by_a_file_that_sounds_primitive", "rests on FloatAxioms.add_spec"),
        ("toy.by_a_path_that_sounds_primitive", "FloatAxioms.mul_spec"),
        ("toy.by_an_axiom_of_the_same_name_and_type", "rests on Classical_Prop.classic"),
        ("toy.by_a_coercion", "has type"),
        ("toy.by_a_loop", "of its assumptions"),
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
    result = audit.run([toy("toy.carries"), toy("toy.admitted"), toy("toy.by_interval")], build=objects, folder=source)
    assert {theorem for theorem, found in result.theorems.items() if found.refused} == {"toy.admitted"}
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


# The statement is that of the claim, whatever the sources call by its name.

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
def test_a_statement_that_only_looks_like_that_of_the_claim_carries_nothing(tmp_path, generated):
    assert generated[1] != GENERATED
    evidence = found(developed(tmp_path, HEAD + TRUE, generated[1]), "toy.carries")
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


def test_a_sentence_cannot_end_its_comment():
    text = statements.definition(dataclasses.replace(PART, says='a *) Axiom bad : False. (* "b'))
    assert text.splitlines()[0] == "  (* a * ) Axiom bad : False. ( * 'b *)"


@pytest.mark.parametrize(("part_id", "said"), [("middle-rate-at-most-1", "middle_rate_at_most_1"), ("in", "in_")])
def test_names_are_made_of_ids(part_id, said):
    assert statements.name(dataclasses.replace(PART, id=part_id)) == said


@pytest.mark.parametrize("part_id", ["1-rate", "Rate", "rate_at", "a" * 61])
def test_an_id_that_makes_no_name_is_an_error(part_id):
    with pytest.raises(ValueError, match="makes no name in Coq"):
        statements.name(dataclasses.replace(PART, id=part_id))


def test_two_parts_of_one_name_are_an_error(monkeypatch):
    monkeypatch.setattr(statements, "name", lambda part: "one")
    two = toy(parts=lambda said: (PART, dataclasses.replace(PART, id="b")), coq={PART.id: ("toy.a",), "b": ("toy.b",)})
    with pytest.raises(ValueError, match="one name in Coq"):
        statements.generated([two])


# Statements by hand.

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
def test_theorems_of_statements_by_hand_say_exactly_these(tmp_path, reviewed, more, outcome):
    square = "Proof. intro x. pose proof (Rle_0_sqr (x - 1 / 2)) as H. unfold Rsqr in H. lra. Qed.\n"
    source = (
        f"From Coq Require Import Reals Lra.\nLocal Open Scope R_scope.\nTheorem carries : forall x : R, x * x - x + 1 > 0.\n{square}"
        f"Theorem more : forall x : R, {more}.\n{square}"
    )
    evidence = found(developed(tmp_path, source), "toy.carries", "toy.more", part=SETTLED)
    assert evidence.outcome is outcome
    assert ("by hand in proofs/coq/reviewed/scalars.v" if outcome is Outcome.HOLDS else "has type") in evidence.note


@needs_coq
def test_a_part_without_any_statement_is_carried_by_nothing(development):
    evidence = found(development, "toy.carries", part=SETTLED)
    assert evidence.outcome is Outcome.UNSETTLED
    assert "no statement of it is printed or reviewed" in evidence.note


# Objects are those of the sources.


@needs_coq
@pytest.mark.parametrize("change", ["source", "copy", "object", "record", "seal", "removed", "planted"])
def test_a_stale_build_is_seen_by_content_whatever_the_times_say(copied, change):
    source, objects = copied
    assert build.stale(objects, source) is None
    record = objects / build.RECORD
    if change in ("source", "copy"):
        path = (source if change == "source" else objects) / "toy.v"
        path.write_text(path.read_text().replace("3 / 2", "2"))
    elif change == "object":
        with (objects / "toy.vo").open("ab") as file:
            file.write(b"x")
    elif change == "record":
        record.write_text(record.read_text().replace(build.version(), "8.16.0"))
    elif change == "seal":
        record.write_text(json.dumps({**json.loads(record.read_text()), "seal": "0" * 64}))
    elif change == "planted":
        shutil.copy(objects / "toy.vo", objects / "another.vo")
    else:
        (objects / "toy.vo").unlink()
    assert "make coq" in build.stale(objects, source)


@needs_coq
def test_a_record_of_another_user_is_not_believed(copied, tmp_path, monkeypatch):
    source, objects = copied
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    assert "not by this user" in build.stale(objects, source)
    assert cache.secret() is not None


def _admitted_with_the_object_of_a_proof(folder):
    """The source admits what the object proves: compiled from other sources."""
    _, honest = developed(folder / "honest")
    source, objects = developed(folder / "cheat", f"{HEAD}Theorem carries : toy.above_zero.\nAdmitted.\n")
    shutil.copy(honest / "toy.vo", objects / "toy.vo")
    return source, objects


def _forged(objects, source, seal=lambda made: "0" * 64):
    keys = {name: made["from"] for name, made in json.loads((objects / build.RECORD).read_text())["record"]["objects"].items()}
    made = build._state(objects, build.sources(source), keys)
    (objects / build.RECORD).write_text(json.dumps({"record": made, "seal": seal(made)}))


@needs_coq
@pytest.mark.parametrize("record", ["as it was", "forged", "removed"])
def test_an_object_of_other_sources_is_built_again(tmp_path, record):
    source, objects = _admitted_with_the_object_of_a_proof(tmp_path)
    if record == "forged":
        _forged(objects, source)
    elif record == "removed":
        (objects / build.RECORD).unlink()
    evidence = found((source, objects), "toy.carries")
    assert evidence.outcome is Outcome.UNSETTLED
    assert "rests on toy.carries" in evidence.note


@needs_coq
def test_a_fresh_audit_believes_nothing_that_lies_there(tmp_path):
    source, objects = _admitted_with_the_object_of_a_proof(tmp_path)
    _forged(objects, source, build._seal)  # by who can read the secret
    assert found((source, objects), "toy.carries").outcome is Outcome.HOLDS  # which is not kept out
    evidence = found((source, objects), "toy.carries", fresh=True)
    assert evidence.outcome is Outcome.UNSETTLED
    assert "rests on toy.carries" in evidence.note


@needs_coq
def test_without_a_secret_everything_is_built_anew(tmp_path, monkeypatch):
    source, objects = _admitted_with_the_object_of_a_proof(tmp_path)
    _forged(objects, source, build._seal)
    monkeypatch.setattr(build, "secret", lambda: None)
    assert found((source, objects), "toy.carries").outcome is Outcome.UNSETTLED


@needs_coq
def test_what_is_vouched_for_is_not_built_again(copied, monkeypatch):
    source, objects = copied
    (source / "toy.v").write_text(HEAD + CARRIES)
    built = []
    one = build._one
    monkeypatch.setattr(build, "_one", lambda folder, name, kept: (built.append(name) if not kept else None, one(folder, name, kept)))
    build.ensure(objects, source)
    assert built == ["toy.v"]
    assert build.stale(objects, source) is None


@needs_coq
def test_a_source_that_no_longer_proves_is_built_again_and_refused(copied):
    source, objects = copied
    (source / "toy.v").write_text(SOURCE.replace("Proof. red.", "Proof. exact I."))
    evidence = found((source, objects), "toy.carries")
    assert evidence.outcome is Outcome.UNSETTLED
    assert "coqc failed on toy.v" in evidence.note


@needs_coq
def test_sources_that_need_each_other_are_refused(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / "source").mkdir(exist_ok=True)
        (tmp_path / "source" / f"{name}.v").write_text(f"From UFM Require {other}.\n")
    with pytest.raises(build.Broken):
        build.ensure(tmp_path / "build", tmp_path / "source")


# What Coq prints.


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


# What the judge makes of it.

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


# The ledger's own theorems.

BOX = f"({'*' * 78})"


def test_the_generated_files_are_those_of_the_claims():
    for path, text in statements.generated(ledger.claims()).items():
        assert path.read_text(encoding="utf-8") == text, "python -m proofs.coq.generate writes the files anew"


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
