"""A toy claim with a small Coq development of it: true theorems, and everything that only looks like one."""

from __future__ import annotations

import shutil

import pytest
import sympy as sp

from proofs.coq import audit, build, statements
from proofs.kernel.claim import Claim
from proofs.kernel.statements import Holds, Limit

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
From UFM Require Import generated.statements.
From UFM Require FloatAxioms Classical_Prop decoy.statements.
From UFM.Coq Require Floats.FloatAxioms.
Local Open Scope R_scope.

{CARRIES}
Theorem says_something_else : forall x : R, x ^ 2 - x + 1 > -1.
Proof. intro x. assert (0 <= (x - 1 / 2) * (x - 1 / 2)) by apply Rle_0_sqr. lra. Qed.

Theorem closed : 1%nat = 1%nat.
Proof. reflexivity. Qed.

Theorem again : toy.above_zero.
Proof. exact carries. Qed.

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
BY_INTERVAL = f"""
From Interval Require Import Tactic.
{HEAD}
Theorem carries : toy.above_zero.
Proof. assert (sqrt 2 < 3 / 2) by interval. {PROOF.removeprefix("Proof. ")}
"""
BESIDE = {
    "by_interval.v": BY_INTERVAL,  # on its own: Coq's libraries of machine numbers are read where they are asked about
    "other.v": HEAD + CARRIES,
    "FloatAxioms.v": f"{HEAD}Axiom add_spec : toy.above_zero.\n",
    "Coq/Floats/FloatAxioms.v": f"{HEAD}Axiom mul_spec : toy.above_zero.\n",
    "Classical_Prop.v": "Axiom classic : forall P : Prop, P \\/ ~ P.\n",
    "decoy/statements.v": "Module toy. Definition above_zero : Prop := True. End toy.\n",
}
GENERATED = printed()
MEANING = (statements.FOLDER / "meaning.v").read_text(encoding="utf-8")


def developed(folder, source=HEAD + CARRIES, generated=None, beside=(), base=None):
    """A small development with its build.

    Arguments: `base`, a development whose objects are taken along: those of other sources are built again all the same.
    """
    if base is not None:
        shutil.copytree(base[1], folder / "build")
    for name, text in {"generated/statements.v": generated or GENERATED, "toy.v": source, "meaning.v": MEANING, **dict(beside)}.items():
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "source" / name).write_text(text)
    build.ensure(folder / "build", folder / "source")
    return folder / "source", folder / "build"


def audited(development, *theorems, part=PART, fresh=False):
    source, objects = development
    return audit.run([toy(*theorems, part=part)], fresh, build=objects, folder=source)


def found(development, *theorems, part=PART, fresh=False):
    return audit.evidence(audited(development, *theorems, part=part, fresh=fresh), "toy", part, theorems)
