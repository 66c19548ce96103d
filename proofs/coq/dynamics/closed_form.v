(******************************************************************************)
(* The closed form of a mode's strength, its step limit, the loss staircase.  *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised;    *)
(*   the staircase is ours.                                                   *)
(*                                                                            *)
(*               scaled_exponent == at t = delta tau the exponentials join    *)
(*      scaled_strength_vanishes == s(delta tau) -> 0 before 1 / sigma        *)
(*       scaled_strength_settles == s(delta tau) -> sigma after it            *)
(* strength_increases_from_below == s increases where sigma e^(2 delta) > 1   *)
(* unlearned_mode_keeps_its_loss == a mode with tau < 1 / sigma contributes   *)
(*                                  sigma^2 / 2                               *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Section Mode.

Variables sigma delta : R.
Hypothesis sigma_positive : 0 < sigma.
Hypothesis starts_below : 1 < sigma * exp (2 * delta).

Let denominator t := (sigma * exp (2 * delta) - 1) * exp (- (2 * t * sigma)) + 1.

Lemma denominator_above_1 t : 1 < denominator t.
Proof.
  unfold denominator. pose proof (exp_pos (- (2 * t * sigma))).
  assert (0 < (sigma * exp (2 * delta) - 1) * exp (- (2 * t * sigma))) by (apply Rmult_lt_0_compat; lra).
  lra.
Qed.

Lemma denominator_decreases s t : s < t -> denominator t < denominator s.
Proof.
  intro Hst. unfold denominator.
  assert (exp (- (2 * t * sigma)) < exp (- (2 * s * sigma))) by (apply exp_increasing; nra).
  nra.
Qed.

Lemma denominator_tends_to_1 : is_lim denominator p_infty 1.
Proof.
  apply (limit_through (fun x => (sigma * exp (2 * delta) - 1) * x + 1) _ _ 0); [auto_derive; trivial | ring |].
  apply is_lim_ext with (f := fun t => exp (- (2 * sigma * t))).
  - intro t. f_equal. ring.
  - apply exp_decays. lra.
Qed.

End Mode.

Theorem strength_solves_scalar_equation : mode_closed_form.solves_scalar_equation.
Proof.
  red; intros delta sigma t Hdelta Hsigma Hbelow Ht.
  pose proof (denominator_above_1 sigma delta Hbelow t) as Hd. cbv beta in Hd.
  split; [lra |]. field. lra.
Qed.

Theorem strength_starts_at_scale : mode_closed_form.starts_at_scale.
Proof.
  red; intros delta sigma Hdelta Hsigma Hbelow. replace (- (2 * 0 * sigma)) with 0 by ring. rewrite exp_0, exp_Ropp.
  pose proof (exp_pos (2 * delta)). split; [lra |]. field. split; lra.
Qed.

Theorem strength_is_the_derived_solution : mode_closed_form.is_derived_solution.
Proof.
  red; intros delta sigma t Hdelta Hsigma Hbelow Ht.
  pose proof (denominator_above_1 sigma delta Hbelow t) as Hd. cbv beta in Hd.
  assert (Heq : exp (2 * delta) * exp (- (2 * t * sigma)) + / sigma - exp (- (2 * t * sigma)) / sigma
                = ((sigma * exp (2 * delta) - 1) * exp (- (2 * t * sigma)) + 1) / sigma) by (field; lra).
  rewrite Heq. repeat split.
  - lra.
  - lra.
  - apply Rgt_not_eq. apply Rdiv_lt_0_compat; lra.
  - field. split; lra.
Qed.

Theorem strength_increases_from_below : mode_closed_form.increases.
Proof.
  red; intros delta sigma Hdelta Hsigma Hbelow. split.
  - intros t _. pose proof (denominator_above_1 sigma delta Hbelow t). cbv beta in *. lra.
  - intros s t _ _ Hst.
    pose proof (denominator_above_1 sigma delta Hbelow t).
    pose proof (denominator_decreases sigma delta Hsigma Hbelow s t Hst). cbv beta in *.
    apply Rmult_lt_compat_l; [lra |]. apply Rinv_lt_contravar; nra.
Qed.

Theorem strength_tends_to_singular_value : mode_closed_form.tends_to_singular_value.
Proof.
  red; intros delta sigma Hdelta Hsigma Hbelow. split.
  - apply defined_near_of_all; intros t _. pose proof (denominator_above_1 sigma delta Hbelow t). cbv beta in *. lra.
  - apply limit_of_is_lim.
    apply (limit_through (fun x => sigma / x) _ _ 1); [auto_derive; lra | field |].
    now apply denominator_tends_to_1.
Qed.

(** The scaled time [tau] against the threshold [1 / sigma]. *)

Lemma scaled_exponent sigma tau delta :
  (sigma * exp (2 * delta) - 1) * exp (- (2 * delta * sigma * tau)) =
  sigma * exp (2 * (1 - sigma * tau) * delta) - exp (- (2 * sigma * tau * delta)).
Proof.
  replace (2 * (1 - sigma * tau) * delta) with (2 * delta + - (2 * delta * sigma * tau)) by ring.
  rewrite exp_plus. replace (2 * sigma * tau * delta) with (2 * delta * sigma * tau) by ring. ring.
Qed.

Lemma scaled_denominator_grows sigma tau : 0 < sigma -> 0 < tau -> tau < / sigma ->
  is_lim (fun delta => (sigma * exp (2 * delta) - 1) * exp (- (2 * delta * sigma * tau)) + 1) p_infty p_infty.
Proof.
  intros Hs Ht Hst.
  assert (sigma * tau < 1) by (apply Rmult_lt_reg_l with (/ sigma); [apply Rinv_0_lt_compat; lra |];
    rewrite <- Rmult_assoc, Rinv_l, Rmult_1_l, Rmult_1_r; lra).
  apply is_lim_ext with (f := fun d => sigma * exp (2 * (1 - sigma * tau) * d) + (1 - exp (- (2 * sigma * tau * d)))).
  { intro d. rewrite scaled_exponent. ring. }
  apply grows_above with (m := 0) (f := fun d => sigma * exp (2 * (1 - sigma * tau) * d)).
  - intros d Hd. assert (exp (- (2 * sigma * tau * d)) < exp 0) by (apply exp_increasing; assert (0 < sigma * tau) by nra; nra).
    rewrite exp_0 in *. lra.
  - apply grows_scaled; [assumption |]. apply exp_grows. lra.
Qed.

Lemma scaled_denominator_settles sigma tau : 0 < sigma -> 0 < tau -> tau > / sigma ->
  is_lim (fun delta => (sigma * exp (2 * delta) - 1) * exp (- (2 * delta * sigma * tau)) + 1) p_infty 1.
Proof.
  intros Hs Ht Hst.
  assert (1 < sigma * tau) by (apply Rmult_lt_reg_l with (/ sigma); [apply Rinv_0_lt_compat; lra |];
    rewrite <- Rmult_assoc, Rinv_l, Rmult_1_l, Rmult_1_r; lra).
  apply is_lim_ext with (f := fun d => sigma * exp (- (2 * (sigma * tau - 1) * d)) - exp (- (2 * sigma * tau * d)) + 1).
  { intro d. rewrite scaled_exponent. f_equal. f_equal. f_equal. f_equal. ring. }
  evar_last.
  - apply is_lim_plus'; [| apply is_lim_const].
    apply is_lim_minus'; [| apply exp_decays; nra].
    apply (limit_through (fun x => sigma * x) _ _ 0 0); [auto_derive; trivial | ring | apply exp_decays; lra].
  - cbn. f_equal. ring.
Qed.

Lemma scaled_denominator_positive sigma tau delta : 0 < sigma -> 0 < delta -> Rmax 0 (- ln sigma) < delta ->
  (sigma * exp (2 * delta) - 1) * exp (- (2 * delta * sigma * tau)) + 1 <> 0.
Proof.
  intros Hs Hd Hm. pose proof (Rmax_r 0 (- ln sigma)).
  assert (1 < sigma * exp (2 * delta)).
  { rewrite (is_exp_ln sigma Hs), <- exp_plus. rewrite <- exp_0. apply exp_increasing. lra. }
  pose proof (exp_pos (- (2 * delta * sigma * tau))). nra.
Qed.

Lemma scaled_strength_defined sigma tau : 0 < sigma ->
  defined_near p_infty (fun delta => 0 < delta)
    (fun delta => (sigma * exp (2 * delta) - 1) * exp (- (2 * delta * sigma * tau)) + 1 <> 0).
Proof.
  intro Hs. apply defined_near_infinity with (Rmax 0 (- ln sigma)); intros d Hm Hd.
  now apply scaled_denominator_positive.
Qed.

Lemma scaled_strength_vanishes sigma tau : 0 < sigma -> 0 < tau -> tau < / sigma ->
  is_lim (fun delta => sigma / ((sigma * exp (2 * delta) - 1) * exp (- (2 * delta * sigma * tau)) + 1)) p_infty 0.
Proof.
  intros Hs Ht Hst. apply (limit_through (fun x => sigma * x) _ _ 0); [auto_derive; trivial | ring |].
  apply (limit_composed (fun x => / x) _ p_infty 0); [now apply scaled_denominator_grows | apply reciprocal_decays].
Qed.

Lemma scaled_strength_settles sigma tau : 0 < sigma -> 0 < tau -> tau > / sigma ->
  is_lim (fun delta => sigma / ((sigma * exp (2 * delta) - 1) * exp (- (2 * delta * sigma * tau)) + 1)) p_infty sigma.
Proof.
  intros Hs Ht Hst.
  apply (limit_through (fun x => sigma / x) _ _ 1); [auto_derive; lra | field |].
  now apply scaled_denominator_settles.
Qed.

Theorem strength_vanishes_before_threshold : step_limit.vanishes_before_threshold.
Proof.
  red; intros sigma tau Hs Ht Hst. split; [now apply scaled_strength_defined |].
  apply limit_of_is_lim. now apply scaled_strength_vanishes.
Qed.

Theorem strength_complete_after_threshold : step_limit.complete_after_threshold.
Proof.
  red; intros sigma tau Hs Ht Hst. split; [now apply scaled_strength_defined |].
  apply limit_of_is_lim. now apply scaled_strength_settles.
Qed.

Theorem unlearned_mode_keeps_its_loss : loss_staircase.unlearned_mode_keeps_its_loss.
Proof.
  red; intros sigma tau Hs Ht Hst. split; [now apply scaled_strength_defined |].
  apply limit_of_is_lim.
  apply (limit_through (fun x => (sigma - x) ^ 2 / 2) _ _ 0); [auto_derive; trivial | field |].
  now apply scaled_strength_vanishes.
Qed.

Theorem learned_mode_has_no_loss : loss_staircase.learned_mode_has_no_loss.
Proof.
  red; intros sigma tau Hs Ht Hst. split; [now apply scaled_strength_defined |].
  apply limit_of_is_lim.
  apply (limit_through (fun x => (sigma - x) ^ 2 / 2) _ _ sigma); [auto_derive; trivial | field |].
  now apply scaled_strength_settles.
Qed.
