(******************************************************************************)
(* Effective weights and effective singular values under STEP.                *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(*            middle_weight_is_weighted_mean == the middle entry of Lambda    *)
(* middle_effective_value_for_every_exponent == sigma lambda, any gamma       *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements windows.bound windows.unbounded rates.step.

Local Open Scope R_scope.

Theorem majority_weight : effective_weights_diagonal.weight_within_majority.
Proof.
  red; intros ratio c n w p Hr Hc _ Hn Hw Hp Hr1 Hp1.
  assert (Hsize : 0 < p * c + c * (1 - p)) by (replace (p * c + c * (1 - p)) with c by ring; assumption).
  assert (0 < ratio * n) by (apply Rmult_lt_0_compat; assumption).
  rewrite !square_within_ratio by lra. repeat split; try lra. field. repeat split; lra.
Qed.

Theorem minority_weight : effective_weights_diagonal.weight_within_minority.
Proof.
  red; intros ratio c n w p Hr Hc _ Hn Hw Hp Hr1 Hp1.
  assert (Hsize : 0 < p * c + c * (1 - p)) by (replace (p * c + c * (1 - p)) with c by ring; assumption).
  rewrite !square_within by lra. repeat split; try lra. field. repeat split; lra.
Qed.

Theorem middle_weight_is_weighted_mean : effective_weights_diagonal.weight_of_middle.
Proof.
  red; intros ratio c n w_maj w_min p Hr Hc _ Hn Hw Hw' Hp Hr1 Hp1.
  assert (Hmean : 0 < ratio * p - p + 1) by nra.
  assert (Hmaj : 0 < c * (1 - p)) by (apply Rmult_lt_0_compat; lra). assert (Hmin : 0 < p * c) by (apply Rmult_lt_0_compat; lra).
  match goal with |- _ /\ _ /\ _ /\ _ /\ ?form <> 0 /\ _ /\ ?weighted / _ = _ =>
    assert (Hform : form = n * (ratio * p - p + 1) / (c * (p * (1 - p)))) by (field; repeat split; lra);
    assert (Hweighted : weighted = n * (ratio * w_maj * p + w_min * (1 - p)) / (c * (p * (1 - p)))) by (field; repeat split; lra);
    rewrite Hweighted, Hform end.
  assert (0 < c * (p * (1 - p))) by (repeat apply Rmult_lt_0_compat; lra).
  assert (0 < n * (ratio * p - p + 1)) by (apply Rmult_lt_0_compat; assumption).
  repeat split; try lra.
  - apply Rgt_not_eq. now apply Rdiv_lt_0_compat.
  - field. repeat split; lra.
Qed.

Theorem majority_effective_value_is_a_power : effective_singular_values.value_within_majority.
Proof.
  red; intros ratio c gamma p Hr Hc _ Hp Hr1 Hp1.
  assert (Hsize : 0 < p * c + c * (1 - p)) by (replace (p * c + c * (1 - p)) with c by ring; assumption).
  rewrite square_within by lra.
  match goal with |- _ /\ _ /\ _ /\ ?weighted / _ = _ =>
    assert (Hweighted : weighted = ratio * Rpower ratio (- gamma)) by (field; lra); rewrite Hweighted end.
  pose proof (sqrt_lt_R0 ratio Hr). repeat split; try lra.
  rewrite <- root_times_power by assumption. rewrite <- (sqrt_sqrt ratio) at 1 by lra. field. lra.
Qed.

Theorem minority_effective_value_is_1 : effective_singular_values.value_within_minority.
Proof.
  red; intros ratio c p Hr Hc _ Hp Hr1 Hp1.
  assert (Hsize : 0 < p * c + c * (1 - p)) by (replace (p * c + c * (1 - p)) with c by ring; assumption).
  match goal with |- _ /\ ?square >= 0 /\ _ => assert (Hsquare : square = 1) by (field; lra); rewrite Hsquare end.
  repeat split; try lra. apply sqrt_1.
Qed.

Theorem majority_effective_value_is_1_at_half : effective_singular_values.majority_at_half.
Proof.
  red; intros ratio c p Hr Hc _ Hp Hr1 Hp1.
  assert (Hsize : 0 < p * c + c * (1 - p)) by (replace (p * c + c * (1 - p)) with c by ring; assumption).
  rewrite !square_within by lra. pose proof (sqrt_lt_R0 ratio Hr). repeat split; try lra. field. lra.
Qed.

Theorem middle_effective_value_for_every_exponent : effective_singular_values.value_of_middle.
Proof.
  red; intros ratio c gamma p Hr Hc _ Hp Hr1 Hp1.
  assert (Hm : 0 < ratio * p - p + 1) by nra. pose proof (sqrt_lt_R0 _ Hm).
  assert (Hmaj : 0 < c * (1 - p)) by (apply Rmult_lt_0_compat; lra). assert (Hmin : 0 < p * c) by (apply Rmult_lt_0_compat; lra).
  assert (Hparts : 0 < 1 / (c * (1 - p)) + 1 / (p * c)) by (apply Rplus_lt_0_compat; apply Rdiv_lt_0_compat; lra).
  match goal with |- _ /\ _ /\ _ /\ _ /\ _ /\ ?square > 0 /\ _ /\ _ /\ ?weighted / (_ * ?parts) = _ =>
    assert (Hsquare : square = ratio * p - p + 1) by (field; repeat split; lra);
    assert (Hweighted : weighted = (p * (ratio * Rpower ratio (- gamma)) - p + 1) * parts) by (field; repeat split; lra);
    rewrite Hweighted, Hsquare end.
  replace (1 - gamma) with (1 + - gamma) by ring. rewrite Rpower_plus, Rpower_1 by assumption.
  repeat split; try lra. field. repeat split; lra.
Qed.

Theorem middle_effective_value_of_equal_halves : effective_singular_values.equal_halves_at_half.
Proof. exact middle_rate_of_equal_halves. Qed.

Theorem middle_singular_value_of_equal_halves : label_spectrum_step.middle_of_equal_halves.
Proof.
  red; intros ratio m Hr Hm _. repeat split; try nra.
  replace (ratio * m + m) with (2 * m * (ratio / 2 + 1 / 2)) by field. rewrite !sqrt_mult by nra.
  pose proof (sqrt_lt_R0 m Hm). assert (H2 : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
  transitivity (sqrt 2 * sqrt 2 / 2 * sqrt (ratio / 2 + 1 / 2)); [field; lra | rewrite H2; field].
Qed.
