(******************************************************************************)
(* The ring and field tactics of Coq for the fields of MathComp.              *)
(*                                                                            *)
(* Source: ours. MathComp 1.15 has no ring tactic; Coq's matches operators by *)
(*   their names, so the operations of a field F get names of their own.      *)
(*                                                                            *)
(*  field_add F ... field_inv F == +, *, -, /, 0 and 1 of the field F         *)
(*             field_theoryP F == F with these names is a field in Coq's sense*)
(*    Add Field name : (field_theoryP F) ==                                   *)
(*                                what a section says once for its field F    *)
(*             mc_ring F, mc_field F == ring and field on a goal in F: numbers*)
(*                                n%:R are atoms, powers are to be unfolded   *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Warnings "notation-overridden,ambiguous-paths".
From Coq Require Export Field.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section FieldTheory.
Variable F : fieldType.

Definition field_zero : F := 0.
Definition field_one : F := 1.
Definition field_add (x y : F) : F := x + y.
Definition field_mul (x y : F) : F := x * y.
Definition field_sub (x y : F) : F := x - y.
Definition field_opp (x : F) : F := - x.
Definition field_inv (x : F) : F := x^-1.
Definition field_div (x y : F) : F := x / y.

Lemma field_theoryP :
  Field_theory.field_theory field_zero field_one field_add field_mul field_sub field_opp
    field_div field_inv eq.
Proof.
split=> //; last by move=> x /eqP x_neq0; apply: mulVf.
  split=> //; first exact: add0r.
  - exact: addrC.
  - exact: addrA.
  - exact: mul1r.
  - exact: mulrC.
  - exact: mulrA.
  - exact: mulrDl.
  - exact: subrr.
exact/eqP/oner_neq0.
Qed.

End FieldTheory.

Ltac name_operations F :=
  match goal with |- @eq _ ?x ?y => change (@eq (GRing.Field.sort F) x y) end;
  repeat match goal with
  | |- context [@GRing.zero ?Z] => change (@GRing.zero Z) with (@field_zero F)
  | |- context [@GRing.one ?Z] => change (@GRing.one Z) with (@field_one F)
  | |- context [@GRing.add ?Z ?x ?y] => change (@GRing.add Z x y) with (@field_add F x y)
  | |- context [@GRing.opp ?Z ?x] => change (@GRing.opp Z x) with (@field_opp F x)
  | |- context [@GRing.mul ?Z ?x ?y] => change (@GRing.mul Z x y) with (@field_mul F x y)
  | |- context [@GRing.inv ?Z ?x] => change (@GRing.inv Z x) with (@field_inv F x)
  end.

Ltac mc_ring F := name_operations F; ring.

Ltac mc_field F := name_operations F; field; repeat split; apply/eqP.
