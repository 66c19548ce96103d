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
(*                  faster_learned_before == of two modes, where the slower   *)
(*                                           meets the premises               *)
(*                          order_of_step == T_maj < T_mid < T_min            *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.formulas generated.statements.

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

Theorem majority_modes_faster_than_middle : majority_first_of_small_initialisation.majority_value_above_middle.
Proof. red; intros. split; [lra | now apply middle_below_majority]. Qed.

Theorem middle_mode_faster_than_minority : majority_first_of_small_initialisation.middle_value_above_minority.
Proof. red; intros. split; [lra | now apply middle_above_minority]. Qed.

Theorem slope_of_learning_time_is_that_of_odds :
  majority_first_of_small_initialisation.slope_of_time.
Proof.
  red; intros delta f sigma Hdelta Hf Hsigma Hf1 Hscale Hodds.
  assert (Heq : - (f * (sigma * exp (2 * delta) - 1) / (f - 1)) = f * (sigma * exp (2 * delta) - 1) / (1 - f))
    by (field; lra).
  rewrite Heq. assert (0 < f * (sigma * exp (2 * delta) - 1) / (1 - f)) by (apply Rdiv_lt_0_compat; nra).
  repeat split; try lra. field. split; lra.
Qed.

Theorem logarithm_above_ratio_of_scale :
  majority_first_of_small_initialisation.slope_is_positive.
Proof.
  red; intros a l Ha Hl Ha2 Hl2. split; [lra |].
  apply Rmult_lt_reg_r with (a - 1); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; nra.
Qed.

(** The odds of the learning time, as the premises and as the times write them. *)

Lemma odds_as_derived a f : f < 1 -> - (f * (a - 1) / (f - 1)) = f * (a - 1) / (1 - f).
Proof. intro. field. lra. Qed.

Lemma odds_above_0 a f : 1 < a -> 0 < f -> f < 1 -> 0 < f * (a - 1) / (1 - f).
Proof. intros. apply Rdiv_lt_0_compat; nra. Qed.

Lemma logarithm_below x : 0 < x -> ln x <= x - 1.
Proof.
  intro Hx. destruct (Rle_lt_dec (ln x) (x - 1)) as [| Hlt]; [assumption |].
  apply exp_increasing in Hlt. rewrite exp_ln in Hlt by assumption.
  pose proof (exp_ineq1_le (x - 1)). lra.
Qed.

(** The slower mode, of odds [X] and scale [a = sigma E], meets the premises: ln X > 2 >= a / (a - 1). *)

Lemma faster_learned_before slow fast E f : 0 < slow -> slow < fast -> 0 < f -> f < 1 ->
  slow * E >= 2 -> ln (f * (slow * E - 1) / (1 - f)) > 2 ->
  ln (f * (fast * E - 1) / (1 - f)) / (2 * fast) < ln (f * (slow * E - 1) / (1 - f)) / (2 * slow).
Proof.
  intros Hs Hsf Hf Hf1 Hscale Hodds.
  assert (HE : 0 < E) by nra. assert (Hfast : slow * E < fast * E) by nra.
  pose proof (odds_above_0 (slow * E) f ltac:(lra) Hf Hf1) as HX.
  set (L := ln (f * (slow * E - 1) / (1 - f))) in *.
  assert (Hquotient : 0 < (fast * E - 1) / (slow * E - 1)) by (apply Rdiv_lt_0_compat; lra).
  assert (Hsum : ln (f * (fast * E - 1) / (1 - f)) = L + ln ((fast * E - 1) / (slow * E - 1))).
  { unfold L. rewrite <- ln_mult by assumption. f_equal. field. lra. }
  pose proof (logarithm_below _ Hquotient) as Hbelow.
  assert (Hstep : (fast * E - 1) / (slow * E - 1) - 1 <= (fast - slow) * E).
  { replace ((fast * E - 1) / (slow * E - 1) - 1) with ((fast - slow) * E / (slow * E - 1)) by (field; lra).
    apply Rmult_le_reg_r with (slow * E - 1); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. nra. }
  assert (Hratio : slow * ((fast * E - 1) / (slow * E - 1) - 1) <= 2 * (fast - slow)).
  { replace (slow * ((fast * E - 1) / (slow * E - 1) - 1)) with ((fast - slow) * (slow * E / (slow * E - 1))) by (field; lra).
    rewrite (Rmult_comm 2). apply Rmult_le_compat_l; [lra |].
    apply Rmult_le_reg_r with (slow * E - 1); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; lra. }
  rewrite Hsum. apply Rmult_lt_reg_r with (2 * fast * slow); [nra |].
  replace ((L + _) / (2 * fast) * (2 * fast * slow)) with (slow * L + slow * ln ((fast * E - 1) / (slow * E - 1))) by (field; lra).
  replace (L / (2 * slow) * (2 * fast * slow)) with (fast * L) by (field; lra). nra.
Qed.

Theorem middle_meets_premises_of_minority : majority_first_of_small_initialisation.middle_meets_what_minority_meets.
Proof.
  red; intros delta f middle minority Hd Hf Hmid Hmin Hlt Hf1 Hscale Hodds. pose proof (exp_pos (2 * delta)) as HE.
  set (E := exp (2 * delta)) in *. assert (minority * E < middle * E) by nra.
  pose proof (odds_above_0 (minority * E) f ltac:(lra) Hf Hf1). pose proof (odds_above_0 (middle * E) f ltac:(lra) Hf Hf1).
  repeat split; try lra. apply Rlt_trans with (1 := Hodds). apply ln_increasing; [assumption |].
  apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat |]; nra.
Qed.

Ltac learned_before fast slow E f :=
  rewrite !odds_as_derived by assumption; assert (slow * E < fast * E) by nra;
  pose proof (odds_above_0 (slow * E) f ltac:(lra) ltac:(assumption) ltac:(assumption));
  pose proof (odds_above_0 (fast * E) f ltac:(lra) ltac:(assumption) ltac:(assumption));
  repeat split; try lra; apply faster_learned_before; assumption.

Theorem majority_learned_before_middle : majority_first_of_small_initialisation.majority_before_middle.
Proof.
  red; intros delta f fast slow Hd Hf Hfast Hslow Hlt Hf1 Hscale Hodds. pose proof (exp_pos (2 * delta)).
  set (E := exp (2 * delta)) in *. learned_before fast slow E f.
Qed.

Theorem middle_learned_before_minority : majority_first_of_small_initialisation.middle_before_minority.
Proof.
  red; intros delta f fast slow Hd Hf Hfast Hslow Hlt Hf1 Hscale Hodds. pose proof (exp_pos (2 * delta)).
  set (E := exp (2 * delta)) in *. learned_before fast slow E f.
Qed.

Theorem majority_learned_before_minority : majority_first_of_small_initialisation.majority_before_minority.
Proof.
  red; intros delta f n_maj n_min Hd Hf Hmaj Hmin Hlt Hf1 Hscale Hodds. pose proof (exp_pos (2 * delta)).
  pose proof (sqrt_lt_R0 n_min Hmin). assert (sqrt n_min < sqrt n_maj) by (apply sqrt_lt_1_alt; lra).
  set (E := exp (2 * delta)) in *. set (slow := sqrt n_min) in *. set (fast := sqrt n_maj) in *.
  learned_before fast slow E f.
Qed.

(** The three times of STEP, where the slowest mode meets the premises. *)

Theorem order_of_step m_maj m_min n_maj n_min delta f :
  0 < m_maj -> 0 < m_min -> 0 < n_min -> n_min < n_maj -> 0 < f < 1 ->
  2 <= sqrt n_min * exp (2 * delta) -> 2 < ln (f * (sqrt n_min * exp (2 * delta) - 1) / (1 - f)) ->
  let middle := sqrt ((n_min * m_maj + n_maj * m_min) / (m_maj + m_min)) in
  learning_time 1 (sqrt n_maj) delta f < learning_time 1 middle delta f < learning_time 1 (sqrt n_min) delta f.
Proof.
  intros Hm Hm' Hn Hlt [Hf Hf1] Hscale Hodds middle.
  pose proof (middle_below_majority m_maj m_min n_maj n_min Hm Hm' Hlt) as Hbelow.
  pose proof (middle_above_minority m_maj m_min n_maj n_min Hm Hm' Hlt) as Habove.
  pose proof (sqrt_lt_R0 n_min Hn). assert (sqrt n_min < middle) by (apply sqrt_lt_1_alt; lra).
  assert (middle < sqrt n_maj) by (apply sqrt_lt_1_alt; lra).
  pose proof (exp_pos (2 * delta)) as HE. unfold learning_time. rewrite !odds_as_derived, !Rmult_1_r by assumption.
  set (E := exp (2 * delta)) in *. set (slow := sqrt n_min) in *. assert (slow * E < middle * E) by nra.
  split; [| apply faster_learned_before; lra].
  apply faster_learned_before; try lra.
  apply Rlt_trans with (1 := Hodds). apply ln_increasing; [apply odds_above_0; lra |].
  apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat |]; nra.
Qed.
