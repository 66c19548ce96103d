(******************************************************************************)
(* Class-balanced weights of ten samples against one run from none to inverse *)
(* frequency.                                                                 *)
(*                                                                            *)
(* Source: ours; the weights: Cui et al., CVPR 2019.                          *)
(*                                                                            *)
(* effective_number_factors == 1 + b + ... + b^9 in factors, which are        *)
(*                             positive                                       *)
(* effective_number_defined == and so not zero                                *)
(*         effective_number == their product                                  *)
(*           powers_below_1 == those of 0 < b < 1                             *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz Lia.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma effective_number_factors beta : 0 < beta ->
  0 < beta + 1 /\ 0 < beta ^ 4 + beta ^ 3 + beta ^ 2 + beta + 1 /\ 0 < beta ^ 4 - beta ^ 3 + beta ^ 2 - beta + 1.
Proof.
  intro Hb. split; [lra |]. split; [signs |].
  assert (0 <= (beta * beta - beta / 2) * (beta * beta - beta / 2)) by apply Rle_0_sqr.
  assert (0 <= (beta - 2 / 3) * (beta - 2 / 3)) by apply Rle_0_sqr.
  nra.
Qed.

Lemma effective_number_defined beta : 0 < beta /\ beta < 1 ->
  beta + 1 <> 0 /\ beta ^ 4 + beta ^ 3 + beta ^ 2 + beta + 1 <> 0 /\ beta ^ 4 - beta ^ 3 + beta ^ 2 - beta + 1 <> 0.
Proof. intros [Hb _]. destruct (effective_number_factors beta Hb) as [H1 [H2 H3]]. repeat split; lra. Qed.

Definition effective_number beta :=
  (beta + 1) * (beta ^ 4 + beta ^ 3 + beta ^ 2 + beta + 1) * (beta ^ 4 - beta ^ 3 + beta ^ 2 - beta + 1).

Lemma powers_below_1 b k : 0 < b -> b < 1 -> (0 < k)%nat -> 0 < b ^ k < 1.
Proof. intros. split; [now apply pow_lt |]. apply pow_lt_1_compat; [lra | assumption]. Qed.

Theorem ratio_of_the_weights : effective_number_weights_run_from_none_to_inverse_frequency.ratio_of_the_weights.
Proof.
  red; intros beta Hb Hb1. destruct (effective_number_factors beta Hb) as [H1 [H2 H3]].
  pose proof (powers_below_1 beta 10 Hb Hb1 ltac:(lia)). repeat split; try lra. field. repeat split; lra.
Qed.

Theorem starts_at_no_weights : effective_number_weights_run_from_none_to_inverse_frequency.starts_at_no_weights.
Proof.
  red; split; [apply defined_near_of_all; exact effective_number_defined |]. apply limit_of_is_lim.
  apply (limit_through (fun b => 1 / effective_number b) (fun b => b) _ 0); unfold effective_number;
    [auto_derive; lra | field | apply is_lim_id].
Qed.

Theorem ends_at_inverse_frequency :
  effective_number_weights_run_from_none_to_inverse_frequency.ends_at_inverse_frequency.
Proof.
  red; split; [apply defined_near_of_all; exact effective_number_defined |]. apply limit_of_is_lim.
  apply (limit_through (fun b => 1 / effective_number b) (fun b => b) _ 1); unfold effective_number;
    [auto_derive; lra | field | apply is_lim_id].
Qed.

Theorem stays_between : effective_number_weights_run_from_none_to_inverse_frequency.stays_between.
Proof.
  red; intros b Hb Hb1. destruct (effective_number_factors b Hb) as [H1 [H2 H3]]. fold (effective_number b).
  assert (effective_number b = 1 + b + b ^ 2 + b ^ 3 + b ^ 4 + b ^ 5 + b ^ 6 + b ^ 7 + b ^ 8 + b ^ 9)
    by (unfold effective_number; ring).
  pose proof (powers_below_1 b 2 Hb Hb1 ltac:(lia)). pose proof (powers_below_1 b 3 Hb Hb1 ltac:(lia)).
  pose proof (powers_below_1 b 4 Hb Hb1 ltac:(lia)). pose proof (powers_below_1 b 5 Hb Hb1 ltac:(lia)).
  pose proof (powers_below_1 b 6 Hb Hb1 ltac:(lia)). pose proof (powers_below_1 b 7 Hb Hb1 ltac:(lia)).
  pose proof (powers_below_1 b 8 Hb Hb1 ltac:(lia)). pose proof (powers_below_1 b 9 Hb Hb1 ltac:(lia)).
  assert (1 < effective_number b < 10) by lra. repeat split; try lra.
  - apply Rlt_gt. unfold Rdiv. rewrite !Rmult_1_l. apply Rinv_lt_contravar; lra.
  - unfold Rdiv. rewrite Rmult_1_l, <- Rinv_1 at 1. apply Rinv_lt_contravar; lra.
Qed.
