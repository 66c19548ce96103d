(******************************************************************************)
(* escape-rate-dominates is false as stated: equal counts do not make the     *)
(* escape rate and the effective rate of the middle mode equal.               *)
(*                                                                            *)
(* The intuition: Cauchy-Schwarz between weights and counts is an equality    *)
(* when either of them is constant.                                           *)
(*                                                                            *)
(* The witness: two classes of one sample, weights 2 and 1. The squares of    *)
(* the rates are 5/2 and 9/4: only the weights' spread counts.                *)
(*                                                                            *)
(* equal_counts_do_not_equalise_rates == the part is false                    *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem equal_counts_do_not_equalise_rates : ~ statements.escape_rate_dominates.they_are_equal_where_the_counts_are.
Proof.
  intro H. assert (Hone : is_integer 1) by now exists 1%Z.
  destruct (H 1 1 1 2 1 ltac:(lra) Hone ltac:(lra) Hone ltac:(lra) ltac:(lra) ltac:(lra)) as [_ [_ Heq]]. lra.
Qed.
