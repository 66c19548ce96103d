(******************************************************************************)
(* majority-first is false: a larger singular value need not be learned       *)
(* earlier.                                                                   *)
(*                                                                            *)
(* The intuition: a mode grows at the rate 2 sigma, so a larger sigma reaches *)
(* its fraction first, whatever the initial scale.                            *)
(*                                                                            *)
(* The witness: delta = 1/2, f = 1/2, sigma = 1/2 and 1. The start e^(-1) is  *)
(* so close to sigma = 1/2 that this mode begins above its fraction: its time *)
(* is negative, ln (e/2 - 1), and that of sigma = 1 is positive, ln (e - 1) / *)
(* 2.                                                                         *)
(*                                                                            *)
(*                         e_between == 2 < e < 4                             *)
(* larger_singular_value_not_earlier == the part is false                     *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma e_between : 2 < exp 1 < 4.
Proof. split; [apply (exp_ineq1 1); lra | pose proof exp_le_3; lra]. Qed.

Lemma odds_at_half X : - (1 / 2 * X / (1 / 2 - 1)) = X.
Proof. field. Qed.

Theorem larger_singular_value_not_earlier :
  ~ statements.majority_first.a_larger_sigma_is_learned_earlier_minus_t_increases_in_sigma.
Proof.
  intro H. destruct (H (1 / 2) (1 / 2) ltac:(lra) ltac:(lra) ltac:(lra)) as [_ Hincreasing].
  pose proof e_between.
  assert (He : exp (2 * (1 / 2)) = exp 1) by (f_equal; field).
  assert (Hlt := Hincreasing (1 / 2) 1). cbv beta in Hlt. rewrite He, !odds_at_half in Hlt.
  specialize (Hlt ltac:(lra) ltac:(lra) ltac:(lra)).
  assert (ln (1 / 2 * exp 1 - 1) < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (0 < ln (1 * exp 1 - 1)) by (rewrite <- ln_1; apply ln_increasing; lra).
  lra.
Qed.
