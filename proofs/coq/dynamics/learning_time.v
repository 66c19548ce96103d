(******************************************************************************)
(* When a mode reaches a fraction f, and its time over delta.                 *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised;    *)
(*   the offsets at gamma = 1/2 are ours.                                     *)
(*                                                                            *)
(*                learning_time_is_positive == T > 0 where e^(-2d) < f sigma  *)
(*                       logarithm_of_scale == ln (sigma e^(2d) - 1) = 2d +   *)
(*                                             ln (sigma - e^(-2d))           *)
(* scaled_learning_time_tends_to_reciprocal == T / delta -> 1 / sigma, for    *)
(*                                             every f                        *)
(*                    half_logarithm_offset == ln (sigma e^(2d) - 1) / 2 - d  *)
(*                                             -> ln sigma / 2                *)
(*   majority_offset_is_a_quarter_logarithm == T_maj - delta -> ln R / 4      *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements dynamics.closed_form.

Local Open Scope R_scope.

Lemma odds_positive sigma delta f : 0 < f -> f < 1 -> sigma * exp (2 * delta) > 1 ->
  0 < f * (sigma * exp (2 * delta) - 1) / (1 - f).
Proof. intros. apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra. Qed.

Theorem mode_reaches_its_fraction_at_learning_time : learning_time.reaches_its_fraction.
Proof.
  red; intros delta f sigma Hdelta Hf Hsigma Hf1 Hbelow.
  pose proof (odds_positive sigma delta f Hf Hf1 Hbelow) as Hodds.
  assert (Hexp : exp (- (2 * (ln (f * (sigma * exp (2 * delta) - 1) / (1 - f)) / (2 * sigma)) * sigma))
                 = (1 - f) / (f * (sigma * exp (2 * delta) - 1))).
  { set (odds := f * (sigma * exp (2 * delta) - 1) / (1 - f)) in *.
    replace (- (2 * (ln odds / (2 * sigma)) * sigma)) with (- ln odds) by (field; lra).
    rewrite exp_Ropp, exp_ln by assumption. unfold odds. field. repeat split; lra. }
  rewrite Hexp.
  assert (Heq : exp (2 * delta) * ((1 - f) / (f * (sigma * exp (2 * delta) - 1))) + / sigma
                - (1 - f) / (f * (sigma * exp (2 * delta) - 1)) / sigma = / (f * sigma)) by (field; repeat split; lra).
  rewrite Heq. repeat split; try lra.
  - apply Rgt_not_eq. apply Rinv_0_lt_compat. nra.
  - field. lra.
Qed.

Theorem learning_time_is_positive : learning_time.time_is_positive.
Proof.
  red; intros delta f sigma Hdelta Hf Hsigma Hf1 Hstart. pose proof (exp_pos (2 * delta)).
  assert (Hone : exp (2 * delta) * exp (- (2 * delta)) = 1) by (rewrite <- exp_plus, <- exp_0; f_equal; ring).
  assert (Hlevel : 1 < f * sigma * exp (2 * delta)).
  { rewrite <- Hone, Rmult_comm. apply Rmult_lt_compat_r; assumption. }
  assert (Hodds : 1 < f * (sigma * exp (2 * delta) - 1) / (1 - f)).
  { apply Rmult_lt_reg_r with (1 - f); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. lra. }
  repeat split; try lra.
  red. apply Rdiv_lt_0_compat; [rewrite <- ln_1; apply ln_increasing; lra | lra].
Qed.

Theorem strength_increases_to_its_level : learning_time.not_reached_before.
Proof.
  red; intros delta sigma Hdelta Hsigma Hbelow.
  assert (Heq : forall t, exp (2 * delta) * exp (- (2 * t * sigma)) + / sigma - exp (- (2 * t * sigma)) / sigma
                          = ((sigma * exp (2 * delta) - 1) * exp (- (2 * t * sigma)) + 1) / sigma) by (intro; field; lra).
  split.
  - intros t _. split; [lra |]. rewrite Heq. pose proof (denominator_above_1 sigma delta Hbelow t) as Hd. cbv beta in Hd.
    apply Rgt_not_eq. apply Rdiv_lt_0_compat; lra.
  - intros s t _ _ Hst. rewrite !Heq.
    pose proof (denominator_above_1 sigma delta Hbelow t).
    pose proof (denominator_decreases sigma delta Hsigma Hbelow s t Hst). cbv beta in *.
    apply Rinv_lt_contravar.
    + apply Rmult_lt_0_compat; apply Rdiv_lt_0_compat; lra.
    + apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat; assumption | assumption].
Qed.

Theorem learning_time_is_the_derived_time : learning_time.is_derived_time.
Proof.
  red; intros delta f sigma Hdelta Hf Hsigma Hf1 Hbelow.
  assert (Heq : - (f * (sigma * exp (2 * delta) - 1) / (f - 1)) = f * (sigma * exp (2 * delta) - 1) / (1 - f))
    by (field; lra).
  rewrite Heq. pose proof (odds_positive sigma delta f Hf Hf1 Hbelow). repeat split; lra.
Qed.

(** The logarithm of the odds: linear in [delta] up to what tends to a constant. *)

Lemma scale_above_1 sigma delta : 0 < sigma -> Rmax 0 (- ln sigma) < delta -> 1 < sigma * exp (2 * delta).
Proof.
  intros Hs Hm. pose proof (Rmax_l 0 (- ln sigma)). pose proof (Rmax_r 0 (- ln sigma)).
  rewrite (is_exp_ln sigma Hs), <- exp_plus, <- exp_0. apply exp_increasing. lra.
Qed.

Lemma remainder_positive sigma delta : 1 < sigma * exp (2 * delta) -> 0 < sigma - exp (- (2 * delta)).
Proof.
  intro H. assert (exp (2 * delta) * exp (- (2 * delta)) = 1) by (rewrite <- exp_plus, <- exp_0; f_equal; ring).
  pose proof (exp_pos (- (2 * delta))). nra.
Qed.

Lemma logarithm_of_scale sigma delta : 1 < sigma * exp (2 * delta) ->
  ln (sigma * exp (2 * delta) - 1) = 2 * delta + ln (sigma - exp (- (2 * delta))).
Proof.
  intro H. pose proof (remainder_positive sigma delta H).
  assert (exp (2 * delta) * exp (- (2 * delta)) = 1) by (rewrite <- exp_plus, <- exp_0; f_equal; ring).
  rewrite <- (ln_exp (2 * delta)) at 2. rewrite <- ln_mult; [| apply exp_pos | assumption].
  f_equal. nra.
Qed.

Lemma remainder_tends sigma : 0 < sigma -> is_lim (fun delta => ln (sigma - exp (- (2 * delta)))) p_infty (ln sigma).
Proof.
  intro Hs. apply (limit_through (fun x => ln (sigma - x)) _ _ 0).
  - auto_derive. lra.
  - f_equal. ring.
  - apply exp_decays. lra.
Qed.

Theorem scaled_learning_time_tends_to_reciprocal : learning_time.scaled_time_tends_to_reciprocal.
Proof.
  red; intros f sigma Hf Hs Hf1. split.
  - apply defined_near_infinity with (Rmax 0 (- ln sigma)); intros d Hm Hd.
    pose proof (scale_above_1 sigma d Hs Hm). repeat split; try lra.
    apply Rdiv_lt_0_compat; nra.
  - apply limit_of_is_lim.
    apply is_lim_ext_loc with
      (f := fun d => / sigma + (ln (f / (1 - f)) + ln (sigma - exp (- (2 * d)))) / (2 * sigma) * / d).
    { exists (Rmax 0 (- ln sigma)); intros d Hm. pose proof (Rmax_l 0 (- ln sigma)).
      pose proof (scale_above_1 sigma d Hs Hm) as Hd.
      replace (f * (sigma * exp (2 * d) - 1) / (1 - f)) with (f / (1 - f) * (sigma * exp (2 * d) - 1)) by (field; lra).
      rewrite ln_mult; [| apply Rdiv_lt_0_compat; lra | lra].
      rewrite (logarithm_of_scale sigma d Hd). field. lra. }
    evar_last.
    + apply is_lim_plus'; [apply is_lim_const |].
      apply is_lim_mult with (lf := Finite ((ln (f / (1 - f)) + ln sigma) / (2 * sigma))) (lg := Finite 0).
      * apply (limit_through (fun x => (ln (f / (1 - f)) + x) / (2 * sigma)) _ _ (ln sigma));
          [auto_derive; lra | reflexivity | now apply remainder_tends].
      * apply reciprocal_decays.
      * exact I.
    + cbn. f_equal. ring.
Qed.

(** Offsets of the within-group modes at gamma = 1/2, where every escape rate is 1. *)

Lemma half_logarithm_offset sigma : 0 < sigma ->
  is_lim (fun delta => - delta + ln (sigma * exp (2 * delta) - 1) / 2) p_infty (ln sigma / 2).
Proof.
  intro Hs. apply is_lim_ext_loc with (f := fun d => ln (sigma - exp (- (2 * d))) / 2).
  - exists (Rmax 0 (- ln sigma)); intros d Hm.
    rewrite (logarithm_of_scale sigma d (scale_above_1 sigma d Hs Hm)). field.
  - apply (limit_through (fun x => x / 2) _ _ (ln sigma));
      [auto_derive; trivial | reflexivity | now apply remainder_tends].
Qed.

Theorem minority_offset_vanishes : finite_init_offset.t_min_minus_delta_to_0_n_min_is_1_raw_weights.
Proof.
  red; split.
  - apply defined_near_of_all; intros d Hd. assert (exp 0 < exp (2 * d)) by (apply exp_increasing; lra).
    rewrite exp_0 in *. lra.
  - apply limit_of_is_lim. apply is_lim_ext with (f := fun d => - d + ln (1 * exp (2 * d) - 1) / 2).
    { intro d. now rewrite Rmult_1_l. }
    replace 0 with (ln 1 / 2) by (rewrite ln_1; field). apply half_logarithm_offset. lra.
Qed.

Theorem majority_offset_is_a_quarter_logarithm : finite_init_offset.t_maj_minus_delta_to_quarter_ln_r.
Proof.
  red; intros ratio Hpos Hratio. pose proof (sqrt_lt_R0 ratio Hpos) as Hroot. split.
  - apply defined_near_infinity with (Rmax 0 (- ln (sqrt ratio))); intros d Hm Hd.
    pose proof (scale_above_1 (sqrt ratio) d Hroot Hm). repeat split; lra.
  - apply limit_of_is_lim.
    replace (ln ratio / 4) with (ln (sqrt ratio) / 2).
    + now apply half_logarithm_offset.
    + rewrite (root_is_power ratio Hpos), ln_exp. field.
Qed.
