(******************************************************************************)
(* Descent that divides the gradient of each class's loss by its norm: what   *)
(* class weights do, which class losses can rise, and the weights at the      *)
(* start.                                                                     *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*   root_below, root_above == sqrt x against y, from x against y^2           *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma root_below x y : 0 <= x -> 0 <= y -> x < y ^ 2 -> sqrt x < y.
Proof. intros Hx Hy H. rewrite <- (sqrt_pow2 y Hy). apply sqrt_lt_1_alt. lra. Qed.

Lemma root_above x y : 0 <= y -> y ^ 2 < x -> y < sqrt x.
Proof. intros Hy H. rewrite <- (sqrt_pow2 y Hy). apply sqrt_lt_1_alt. split; [apply pow_le |]; assumption. Qed.

Theorem weight_cancels : class_normalised_forgets_weights.weight_cancels.
Proof.
  red; intros g w x Hw Hx H. replace (g ^ 2 * w ^ 2 + x * w ^ 2) with (w ^ 2 * (g ^ 2 + x)) by ring.
  assert (Hw2 : 0 < w ^ 2) by (apply pow_lt; lra).
  repeat split; [now apply Rlt_gt, Rmult_lt_0_compat | assumption |].
  rewrite sqrt_mult_alt by lra. rewrite sqrt_pow2 by lra. pose proof (sqrt_lt_R0 _ H). field. lra.
Qed.

Theorem loss_rate : class_normalised_loss_rate.loss_rate.
Proof. red; intros m u Hu. split; [lra | field; lra]. Qed.

Theorem two_classes_never_rise : class_normalised_loss_rate.two_classes_never_rise.
Proof.
  red; intros u v y Hu Hv H. split; [lra |]. assert (Huv : 0 < u * v) by now apply Rmult_lt_0_compat.
  enough (- u <= y / v) by lra. apply Rmult_le_reg_r with v; [assumption |].
  replace (y / v * v) with y by (field; lra). nra.
Qed.

Lemma family_positive K c : 0 < K -> 3 <= c -> 0 < K ^ 2 + (c - 2) / (c - 1).
Proof.
  intros HK Hc. assert (0 < K ^ 2) by (apply pow_lt; lra).
  assert (0 < (c - 2) / (c - 1)) by (apply Rdiv_lt_0_compat; lra). lra.
Qed.

Theorem first_class_rises_beyond : class_normalised_loss_rate.first_class_rises_beyond.
Proof.
  red; intros K c HK _ _ Hc H. apply Rge_le in Hc. pose proof (family_positive K c HK Hc) as Hin.
  repeat split; [lra | assumption |]. pose proof (sqrt_lt_R0 _ Hin) as Hroot.
  enough (sqrt (K ^ 2 + (c - 2) / (c - 1)) < K * (c - 1)).
  { apply Rlt_gt, Rlt_Rminus. apply Rmult_lt_reg_r with (sqrt (K ^ 2 + (c - 2) / (c - 1))); [assumption |].
    unfold Rdiv at 2. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l; [assumption | lra]. }
  apply root_below; [lra | nra |]. apply Rmult_lt_reg_r with (c - 1); [lra |].
  replace ((K ^ 2 + (c - 2) / (c - 1)) * (c - 1)) with (K ^ 2 * (c - 1) + (c - 2)) by (field; lra).
  assert (0 < (c - 2) * (c * K ^ 2 * (c - 1) - 1)) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

Theorem first_class_falls_below : class_normalised_loss_rate.first_class_falls_below.
Proof.
  red; intros K c HK _ _ Hc H. apply Rge_le in Hc. pose proof (family_positive K c HK Hc) as Hin.
  repeat split; [lra | assumption |]. pose proof (sqrt_lt_R0 _ Hin) as Hroot.
  enough (K * (c - 1) < sqrt (K ^ 2 + (c - 2) / (c - 1))).
  { apply Rlt_minus. apply Rmult_lt_reg_r with (sqrt (K ^ 2 + (c - 2) / (c - 1))); [assumption |].
    unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l; [assumption | lra]. }
  apply root_above; [nra |]. apply Rmult_lt_reg_r with (c - 1); [lra |].
  replace ((K ^ 2 + (c - 2) / (c - 1)) * (c - 1)) with (K ^ 2 * (c - 1) + (c - 2)) by (field; lra).
  assert (0 < (c - 2) * (1 - c * K ^ 2 * (c - 1))) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

Theorem no_loss_rises : class_normalised_raises_none_at_small_logits.no_loss_rises.
Proof.
  red; intros c m u _ _ Hu Hc H. enough (0 <= m * (c - 1) + 1) by nra.
  apply Rge_le in H. apply Rmult_le_compat_r with (r := c - 1) in H; [| lra].
  replace (- (1 / (c - 1)) * (c - 1)) with (-1) in H by (field; lra). lra.
Qed.

Theorem effective_counts_between : class_normalised_starts_nearly_at_one_half.effective_counts_between.
Proof.
  red; intros r H0 H1. repeat split; [lra | |].
  - apply Rlt_gt. unfold Rdiv. rewrite Rmult_1_l. apply Rinv_lt_contravar; nra.
  - rewrite <- Rinv_1. apply Rinv_lt_contravar; nra.
Qed.

Theorem window_at_the_start : class_normalised_starts_nearly_at_one_half.window_at_the_start.
Proof.
  red; intros x y Hx Hy Hx1 Hy2. repeat split; [lra | lra |].
  pose proof (sqrt_lt_R0 y Hy) as Hroot. enough (sqrt x / sqrt y < sqrt 2) by lra.
  apply Rmult_lt_reg_r with (sqrt y); [assumption |]. replace (sqrt x / sqrt y * sqrt y) with (sqrt x) by (field; lra).
  rewrite <- sqrt_mult by lra. apply sqrt_lt_1_alt. lra.
Qed.
