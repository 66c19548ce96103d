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
(*          time == T at f and e^(2 delta) of a mode of singular value s      *)
(*          small == the premises: s e^(2 delta) >= 2 and ln X > 2            *)
(*          faster_mode_is_earlier == T falls where the slower mode is small  *)
(*          order_of_step == the three modes of STEP, where the slowest is    *)
(*                           small                                            *)
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

Theorem logarithm_above_ratio_of_scale : majority_first_of_small_initialisation.slope_is_positive.
Proof.
  red; intros a l Ha Hl Ha2 Hl2. split; [lra |].
  apply Rmult_lt_reg_r with (a - 1); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; nra.
Qed.

Section Order.

Variables delta f : R.
Hypotheses (f_positive : 0 < f) (f_below_1 : f < 1).

Let scale := exp (2 * delta).
Let odds s := f * (s * scale - 1) / (1 - f).
Let time s := ln (odds s) / (2 * s).
Let small s := s * scale >= 2 /\ ln (odds s) > 2.

Lemma odds_as_derived s : - (f * (s * scale - 1) / (f - 1)) = odds s.
Proof. unfold odds. field. lra. Qed.

Lemma odds_of_scale s : 1 < s * scale -> 0 < odds s.
Proof. intro H. unfold odds. apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra. Qed.

Lemma odds_grow slow fast : slow < fast -> odds slow < odds fast.
Proof.
  intro H. assert (0 < scale) by apply exp_pos. unfold odds.
  apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat; lra |]. apply Rmult_lt_compat_l; [lra |]. nra.
Qed.

Lemma small_passes_upwards slow fast : slow < fast -> small slow -> small fast.
Proof.
  intros H [Hscale Hodds]. assert (0 < scale) by apply exp_pos. split; [nra |].
  apply Rgt_trans with (2 := Hodds). apply ln_increasing; [apply odds_of_scale; lra | now apply odds_grow].
Qed.

Lemma logarithm_below_line u : 0 < u -> ln (1 + u) <= u.
Proof.
  intro Hu. rewrite <- (ln_exp u) at 2. left. apply ln_increasing; [lra | apply exp_ineq1; lra].
Qed.

(** ln X of the faster mode exceeds that of the slower one by 2 (fast - slow) / slow at most. *)
Lemma logarithm_of_faster slow fast : 0 < slow -> slow < fast -> small slow ->
  slow * ln (odds fast) <= slow * ln (odds slow) + 2 * (fast - slow).
Proof.
  intros Hslow Hlt [Hscale _]. assert (0 < scale) by apply exp_pos.
  set (u := (fast - slow) * scale / (slow * scale - 1)).
  assert (Hu : 0 < u) by (unfold u; apply Rdiv_lt_0_compat; nra).
  assert (Hsplit : odds fast = odds slow * (1 + u)) by (unfold odds, u; field; lra).
  assert (Hpositive : 0 < odds slow) by (apply odds_of_scale; lra).
  rewrite Hsplit, ln_mult by lra. pose proof (logarithm_below_line u Hu).
  assert (Hbound : slow * u <= 2 * (fast - slow)).
  { unfold u. apply Rmult_le_reg_r with (slow * scale - 1); [lra |].
    replace (slow * ((fast - slow) * scale / (slow * scale - 1)) * (slow * scale - 1))
      with (slow * scale * (fast - slow)) by (field; lra). nra. }
  nra.
Qed.

Theorem faster_mode_is_earlier slow fast : 0 < slow -> slow < fast -> small slow -> time fast < time slow.
Proof.
  intros Hslow Hlt Hsmall. pose proof (logarithm_of_faster slow fast Hslow Hlt Hsmall). destruct Hsmall as [_ Hodds].
  assert (Hcross : slow * ln (odds fast) < fast * ln (odds slow)) by nra.
  unfold time. apply Rmult_lt_reg_r with (2 * (slow * fast)); [nra |].
  replace (ln (odds fast) / (2 * fast) * (2 * (slow * fast))) with (slow * ln (odds fast)) by (field; lra).
  replace (ln (odds slow) / (2 * slow) * (2 * (slow * fast))) with (fast * ln (odds slow)) by (field; lra).
  assumption.
Qed.

Theorem order_of_step m_maj m_min n_maj n_min : 0 < m_maj -> 0 < m_min -> 0 < n_min -> n_min < n_maj -> small (sqrt n_min) ->
  time (sqrt n_maj) < time (sqrt ((n_min * m_maj + n_maj * m_min) / (m_maj + m_min))) < time (sqrt n_min).
Proof.
  intros Hm Hm' Hn Hlt Hsmall.
  pose proof (middle_below_majority m_maj m_min n_maj n_min Hm Hm' Hlt).
  pose proof (middle_above_minority m_maj m_min n_maj n_min Hm Hm' Hlt).
  set (middle := (n_min * m_maj + n_maj * m_min) / (m_maj + m_min)) in *.
  pose proof (sqrt_lt_R0 n_min Hn).
  assert (Hlow : sqrt n_min < sqrt middle) by (apply sqrt_lt_1_alt; lra).
  assert (Hhigh : sqrt middle < sqrt n_maj) by (apply sqrt_lt_1_alt; lra).
  split; apply faster_mode_is_earlier; try assumption; try lra.
  now apply small_passes_upwards with (sqrt n_min).
Qed.

End Order.

Ltac as_derived Hf1 := rewrite !(odds_as_derived _ _ Hf1).

Theorem middle_meets_premises_of_minority : majority_first_of_small_initialisation.middle_meets_what_minority_meets.
Proof.
  red; intros delta f middle minority Hdelta Hf Hmid Hmin Hlt Hf1 Hscale Hodds.
  destruct (small_passes_upwards delta f Hf Hf1 minority middle Hlt (conj Hscale Hodds)) as [Hscale' Hodds'].
  repeat split; try lra. apply odds_of_scale; lra.
Qed.

Lemma times_in_order delta f slow fast : 0 < f -> f < 1 -> 0 < slow -> slow < fast -> slow * exp (2 * delta) >= 2 ->
  ln (f * (slow * exp (2 * delta) - 1) / (1 - f)) > 2 ->
  0 < - (f * (fast * exp (2 * delta) - 1) / (f - 1)) /\ 0 < - (f * (slow * exp (2 * delta) - 1) / (f - 1)) /\
  ln (- (f * (fast * exp (2 * delta) - 1) / (f - 1))) / (2 * fast)
    < ln (- (f * (slow * exp (2 * delta) - 1) / (f - 1))) / (2 * slow).
Proof.
  intros Hf Hf1 Hslow Hlt Hscale Hodds. pose proof (exp_pos (2 * delta)). as_derived Hf1. repeat split.
  - apply odds_of_scale; nra.
  - apply odds_of_scale; lra.
  - now apply faster_mode_is_earlier.
Qed.

Theorem majority_learned_before_middle : majority_first_of_small_initialisation.majority_before_middle.
Proof.
  red; intros delta f majority middle Hdelta Hf Hmaj Hmid Hlt Hf1 Hscale Hodds.
  destruct (times_in_order delta f middle majority) as (? & ? & ?); trivial. repeat split; lra.
Qed.

Theorem middle_learned_before_minority : majority_first_of_small_initialisation.middle_before_minority.
Proof.
  red; intros delta f middle minority Hdelta Hf Hmid Hmin Hlt Hf1 Hscale Hodds.
  destruct (times_in_order delta f minority middle) as (? & ? & ?); trivial. repeat split; lra.
Qed.

Theorem majority_learned_before_minority : majority_first_of_small_initialisation.majority_before_minority.
Proof.
  red; intros delta f n_maj n_min Hdelta Hf Hmaj Hmin Hlt Hf1 Hscale Hodds.
  pose proof (sqrt_lt_R0 n_min Hmin). assert (sqrt n_min < sqrt n_maj) by (apply sqrt_lt_1_alt; lra).
  destruct (times_in_order delta f (sqrt n_min) (sqrt n_maj)) as (? & ? & ?); trivial. repeat split; lra.
Qed.
