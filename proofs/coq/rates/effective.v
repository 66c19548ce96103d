(******************************************************************************)
(* Effective weights and effective singular values under STEP.                *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(*               squares_commute_entry_3, _4 == Lambda commutes with Sigma^2  *)
(*            middle_weight_is_weighted_mean == the middle entry of Lambda    *)
(* middle_effective_value_for_every_exponent == sigma lambda, any gamma       *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements windows.unbounded.

Local Open Scope R_scope.

Ltac two_groups := red; intros; repeat split; try signs; try lra.

Theorem squares_commute_entry_3 : effective_weights_diagonal.lambda_commutes_with_sigma2_entry_3.
Proof. two_groups. field. lra. Qed.

Theorem squares_commute_entry_4 : effective_weights_diagonal.lambda_commutes_with_sigma2_entry_4.
Proof. two_groups. field. lra. Qed.

Theorem middle_weight_is_weighted_mean : effective_weights_diagonal.lambda_of_the_middle_mode.
Proof.
  red; intros ratio w_maj w_min p Hr Hw Hw' Hp Hr1 Hp1. assert (0 < ratio * p - p + 1) by nra.
  split; [lra |]. field. lra.
Qed.

Theorem majority_effective_value_is_a_power : effective_singular_values.sigmalambda_within_the_majority_group.
Proof. red; intros ratio gamma p Hr Hp Hr1 Hp1. repeat split; try lra. now apply root_times_power. Qed.

Theorem middle_effective_value_for_every_exponent : effective_singular_values.sigmalambda_of_the_middle_mode.
Proof.
  red; intros ratio gamma p Hr Hp Hr1 Hp1. assert (Hm : 0 < ratio * p - p + 1) by nra.
  pose proof (sqrt_lt_R0 _ Hm). repeat split; try lra.
  replace (1 - gamma) with (1 + - gamma) by ring. rewrite Rpower_plus, Rpower_1, Rpower_Ropp by assumption.
  assert (0 < Rpower ratio gamma) by apply exp_pos. field. lra.
Qed.

Theorem middle_effective_value_of_equal_halves : effective_singular_values.equal_halves_at_gamma_is_1_over_2.
Proof.
  red; intros ratio Hr Hr1. repeat split; try lra.
  replace (2 * ratio + 2) with (2 * 2 * (ratio / 2 + 1 / 2)) by field. rewrite sqrt_mult, sqrt_square by lra.
  pose proof (sqrt_lt_R0 ratio Hr). pose proof (sqrt_lt_R0 (ratio / 2 + 1 / 2) ltac:(lra)).
  assert (Hs : sqrt ratio * sqrt ratio = ratio) by (apply sqrt_sqrt; lra).
  replace (sqrt ratio / 2 + ratio / 2) with (sqrt ratio * (1 + sqrt ratio) / 2) by (rewrite Rmult_plus_distr_l, Rmult_1_r, Hs; field).
  field. lra.
Qed.

Theorem middle_singular_value_of_equal_halves : label_spectrum_step.sigma_of_the_middle_mode_for_equal_halves.
Proof.
  red; intros ratio m Hr Hm _. repeat split; try nra.
  replace (ratio * m + m) with (2 * m * (ratio / 2 + 1 / 2)) by field. rewrite !sqrt_mult by nra.
  pose proof (sqrt_lt_R0 m Hm). assert (H2 : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
  transitivity (sqrt 2 * sqrt 2 / 2 * sqrt (ratio / 2 + 1 / 2)); [field; lra | rewrite H2; field].
Qed.
