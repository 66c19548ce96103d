(******************************************************************************)
(* The variances of a step from one sample: drawing by weights and weighting. *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*     two_samples == the difference of two samples is that of their pair     *)
(* one_sample_more == another sample adds its pairs with all that are there   *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem two_samples : variance_difference_is_a_covariance.two_samples.
Proof. red; intros. ring. Qed.

Theorem one_sample_more : variance_difference_is_a_covariance.one_sample_more.
Proof. red; intros. ring. Qed.

Theorem equal_lengths : variance_difference_is_a_covariance.equal_lengths.
Proof.
  red; intros w x v Hw Hx Hv H. replace ((w - x) * (w * v - x * v)) with (v * (w - x) ^ 2) by ring.
  apply Rmult_lt_0_compat; [assumption |]. rewrite <- Rsqr_pow2. apply Rsqr_pos_lt. lra.
Qed.

Theorem opposite_order : variance_difference_is_a_covariance.opposite_order.
Proof. red; intros w x v u Hw Hx Hv Hu H K. nra. Qed.
