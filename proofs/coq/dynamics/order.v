(******************************************************************************)
(* The order in which the groups are learned without weights.                 *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised;    *)
(*   the premises of small initialisation are ours.                           *)
(*                                                                            *)
(*                  middle_below_majority == sigma_mid^2 < n_maj where n_min  *)
(*                                           < n_maj                          *)
(*                  middle_above_minority == n_min < sigma_mid^2 there        *)
(* slope_of_learning_time_is_that_of_odds == the slope of -T in sigma         *)
(*         logarithm_above_ratio_of_scale == it is positive: ln X > a / (a -  *)
(*                                           1)                               *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma middle_below_majority m_maj m_min n_maj n_min : 0 < m_maj -> 0 < m_min -> n_min < n_maj ->
  (n_min * m_maj + n_maj * m_min) / (m_maj + m_min) < n_maj.
Proof.
  intros. apply Rmult_lt_reg_r with (m_maj + m_min); [lra |].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; [nra | lra].
Qed.

Lemma middle_above_minority m_maj m_min n_maj n_min : 0 < m_maj -> 0 < m_min -> n_min < n_maj ->
  n_min < (n_min * m_maj + n_maj * m_min) / (m_maj + m_min).
Proof.
  intros. apply Rmult_lt_reg_r with (m_maj + m_min); [lra |].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; [nra | lra].
Qed.

Theorem majority_modes_faster_than_middle : majority_first.the_majority_modes_are_faster_than_the_middle_mode.
Proof. red; intros. split; [lra | now apply middle_below_majority]. Qed.

Theorem middle_mode_faster_than_minority : majority_first.the_middle_mode_is_faster_than_the_minority_modes.
Proof. red; intros. split; [lra | now apply middle_above_minority]. Qed.

Theorem majority_modes_faster_than_middle_of_small_initialisation :
  majority_first_of_small_initialisation.the_majority_modes_are_faster_than_the_middle_mode.
Proof. exact majority_modes_faster_than_middle. Qed.

Theorem middle_mode_faster_than_minority_of_small_initialisation :
  majority_first_of_small_initialisation.the_middle_mode_is_faster_than_the_minority_modes.
Proof. exact middle_mode_faster_than_minority. Qed.

Theorem slope_of_learning_time_is_that_of_odds :
  majority_first_of_small_initialisation.the_slope_of_minus_t_in_sigma_is_ln_x_minus_a_over_a_minus_1_over_2sigma2.
Proof.
  red; intros delta f sigma Hdelta Hf Hsigma Hf1 Hscale Hodds.
  assert (Heq : - (f * (sigma * exp (2 * delta) - 1) / (f - 1)) = f * (sigma * exp (2 * delta) - 1) / (1 - f))
    by (field; lra).
  rewrite Heq. assert (0 < f * (sigma * exp (2 * delta) - 1) / (1 - f)) by (apply Rdiv_lt_0_compat; nra).
  repeat split; try lra. field. split; lra.
Qed.

Theorem logarithm_above_2_above_square_of_e : majority_first_of_small_initialisation.ln_x_above_2_where_x_above_e2.
Proof.
  red; intros X HX He. split; [lra |]. rewrite <- (ln_exp 2) at 1. apply ln_increasing; [apply exp_pos | assumption].
Qed.

Theorem logarithm_above_ratio_of_scale :
  majority_first_of_small_initialisation.ln_x_above_a_over_a_minus_1_where_a_at_least_2_and_ln_x_above_2.
Proof.
  red; intros a l Ha Hl Ha2 Hl2. split; [lra |].
  apply Rmult_lt_reg_r with (a - 1); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; nra.
Qed.

Theorem odds_grow_with_singular_value : majority_first_of_small_initialisation.x_grows_with_sigma.
Proof.
  red; intros delta f Hd Hf Hf1. split.
  - intros s _. lra.
  - intros x y _ _ Hxy. pose proof (exp_pos (2 * delta)).
    apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat; lra |].
    apply Rmult_lt_compat_l; [lra |]. nra.
Qed.
