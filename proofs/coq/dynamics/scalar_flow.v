(******************************************************************************)
(* The scalar equation of a mode, its solution and its learning time.         *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(* The functions are those of generated/formulas.v, printed from `theory`.    *)
(*                                                                            *)
(*                         mode == hypotheses: lambda, sigma > 0 and sigma    *)
(*                                 e^(2 delta) > 1                            *)
(*                  mode_exists == a mode that satisfies them                 *)
(* strength_solves_its_equation == ds/dt = 2 lambda s (sigma - s)             *)
(*     strength_starts_at_scale == s(0) = e^(-2 delta)                        *)
(*         strength_stays_below == 0 < s(t) < sigma                           *)
(*           solution_is_unique == no other positive function solves the      *)
(*                                 equation                                   *)
(*    strength_at_learning_time == s(T) = f sigma                             *)
(*     learning_time_over_delta == T / delta -> 1 / (lambda sigma)            *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.formulas dynamics.learning_time.

Local Open Scope R_scope.

Definition mode (lambda sigma delta : R) : Prop := 0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta).

Example mode_exists : mode 1 2 1.
Proof. repeat split; try lra. pose proof (exp_ineq1 (2 * 1) ltac:(lra)). lra. Qed.

Section Mode.

Variables lambda sigma delta : R.
Hypothesis is_mode : mode lambda sigma delta.

(** Sigma over the derived solution. *)
Definition slowness t := (sigma * exp (2 * delta) - 1) * exp (- (2 * t * lambda * sigma)) + 1.

Lemma slowness_above_1 t : 1 < slowness t.
Proof.
  destruct is_mode as (weight_positive & value_positive & starts_below). unfold slowness. pose proof (exp_pos (- (2 * t * lambda * sigma))).
  assert (0 < (sigma * exp (2 * delta) - 1) * exp (- (2 * t * lambda * sigma))) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

Lemma strength_is_sigma_over_slowness t : strength lambda sigma delta t = sigma / slowness t.
Proof.
  pose proof (slowness_above_1 t) as Hd. destruct is_mode as (weight_positive & value_positive & starts_below). unfold strength, slowness in *.
  set (E := exp (- (2 * t * lambda * sigma))) in *.
  replace (exp (2 * delta) * E + / sigma - E / sigma) with (((sigma * exp (2 * delta) - 1) * E + 1) / sigma) by (field; lra).
  field. lra.
Qed.

Theorem strength_stays_below t : 0 < strength lambda sigma delta t < sigma.
Proof.
  rewrite strength_is_sigma_over_slowness. pose proof (slowness_above_1 t). destruct is_mode as (weight_positive & value_positive & starts_below). split.
  - apply Rdiv_lt_0_compat; lra.
  - apply Rmult_lt_reg_r with (slowness t); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; nra.
Qed.

Theorem strength_starts_at_scale : strength lambda sigma delta 0 = exp (- (2 * delta)).
Proof.
  rewrite strength_is_sigma_over_slowness, exp_Ropp. unfold slowness. destruct is_mode as (weight_positive & value_positive & starts_below).
  replace (- (2 * 0 * lambda * sigma)) with 0 by ring. rewrite exp_0. pose proof (exp_pos (2 * delta)). field. split; nra.
Qed.

Theorem strength_solves_its_equation t :
  is_derive (strength lambda sigma delta) t (scalar_rate lambda sigma (strength lambda sigma delta t)).
Proof.
  pose proof (slowness_above_1 t) as Hd.
  apply is_derive_ext with (f := fun u => sigma / slowness u).
  { intro u. symmetry. apply strength_is_sigma_over_slowness. }
  rewrite strength_is_sigma_over_slowness. unfold slowness, scalar_rate in *. destruct is_mode as (weight_positive & value_positive & starts_below).
  auto_derive; [lra | field; lra].
Qed.

(** The reciprocal obeys a linear equation: [gap u] is constant along every solution. *)
Definition gap (u : R -> R) t := (/ u t - / sigma) * exp (2 * lambda * sigma * t).

Lemma gap_is_constant u : (forall t, 0 < u t) -> (forall t, is_derive u t (scalar_rate lambda sigma (u t))) ->
  forall t, is_derive (gap u) t 0.
Proof.
  intros Hu Hflow t. unfold gap. destruct is_mode as (weight_positive & value_positive & starts_below). evar_last.
  - apply (is_derive_mult (fun s => / u s - / sigma) (fun s => exp (2 * lambda * sigma * s)));
      [| auto_derive; [trivial | reflexivity] | intros; apply Rmult_comm].
    apply (is_derive_minus (fun s => / u s) (fun _ => / sigma)); [| apply is_derive_const].
    apply is_derive_inv; [apply Hflow | apply Rgt_not_eq, Hu].
  - unfold plus, mult, minus, opp, zero, scalar_rate; cbn. pose proof (Hu t). field. split; lra.
Qed.

Lemma gap_keeps_its_value u : (forall t, is_derive (gap u) t 0) -> forall t, gap u t = gap u 0.
Proof.
  intros Hgap t. destruct (Rtotal_order t 0) as [H | [-> | H]]; [| reflexivity |].
  - now apply (eq_is_derive (gap u)).
  - symmetry. now apply (eq_is_derive (gap u)).
Qed.

Theorem solution_is_unique u : (forall t, 0 < u t) -> (forall t, is_derive u t (scalar_rate lambda sigma (u t))) ->
  u 0 = exp (- (2 * delta)) -> forall t, u t = strength lambda sigma delta t.
Proof.
  intros Hu Hflow Hstart t.
  assert (Hgap : gap u t = gap (strength lambda sigma delta) t).
  { rewrite (gap_keeps_its_value u) by now apply gap_is_constant.
    rewrite (gap_keeps_its_value (strength lambda sigma delta)).
    - unfold gap. now rewrite Hstart, strength_starts_at_scale.
    - apply gap_is_constant; intro s; [apply strength_stays_below | apply strength_solves_its_equation]. }
  unfold gap in Hgap. apply Rmult_eq_reg_r in Hgap; [| apply Rgt_not_eq, exp_pos].
  assert (Hinv : / u t = / strength lambda sigma delta t) by lra.
  rewrite <- (Rinv_inv (u t)), Hinv. apply Rinv_inv.
Qed.

Lemma odds_of_learning_time f : 0 < f < 1 ->
  - (f * (sigma * exp (2 * delta) - 1) / (f - 1)) = f / (1 - f) * (sigma * exp (2 * delta) - 1) /\
  0 < f / (1 - f) * (sigma * exp (2 * delta) - 1).
Proof.
  intro Hf. destruct is_mode as (weight_positive & value_positive & starts_below). split; [field; lra |]. apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat |]; lra.
Qed.

Theorem strength_at_learning_time f : 0 < f < 1 ->
  strength lambda sigma delta (learning_time lambda sigma delta f) = f * sigma.
Proof.
  intro Hf. rewrite strength_is_sigma_over_slowness. unfold slowness, learning_time.
  destruct (odds_of_learning_time f Hf) as [-> Hodds]. destruct is_mode as (weight_positive & value_positive & starts_below).
  set (odds := f / (1 - f) * (sigma * exp (2 * delta) - 1)) in *.
  replace (- (2 * (ln odds / (2 * lambda * sigma)) * lambda * sigma)) with (- ln odds) by (field; lra).
  rewrite exp_Ropp, exp_ln by assumption. unfold odds. field. lra.
Qed.

Theorem learning_time_starts_late f : 0 < f < 1 -> 1 < f / (1 - f) * (sigma * exp (2 * delta) - 1) ->
  0 < learning_time lambda sigma delta f.
Proof.
  intros Hf Hlate. unfold learning_time. destruct (odds_of_learning_time f Hf) as [-> _]. destruct is_mode as (weight_positive & value_positive & starts_below).
  apply Rdiv_lt_0_compat; [rewrite <- ln_1; apply ln_increasing; lra | nra].
Qed.

End Mode.

Theorem learning_time_over_delta lambda sigma f : 0 < lambda -> 0 < sigma -> 0 < f < 1 ->
  is_lim (fun delta => learning_time lambda sigma delta f / delta) p_infty (/ (lambda * sigma)).
Proof.
  intros Hl Hs Hf.
  apply is_lim_ext_loc with
    (f := fun d => / (lambda * sigma) + (ln (f / (1 - f)) + ln (sigma - exp (- (2 * d)))) / (2 * lambda * sigma) * / d).
  { exists (Rmax 0 (- ln sigma)); intros d Hm. pose proof (Rmax_l 0 (- ln sigma)).
    pose proof (scale_above_1 sigma d Hs Hm) as Hd. unfold learning_time.
    destruct (odds_of_learning_time lambda sigma d ltac:(now repeat split) f Hf) as [-> _].
    rewrite ln_mult; [| apply Rdiv_lt_0_compat; lra | lra].
    rewrite (logarithm_of_scale sigma d Hd). field. repeat split; lra. }
  evar_last.
  - apply is_lim_plus'; [apply is_lim_const |].
    apply is_lim_mult with (lf := Finite ((ln (f / (1 - f)) + ln sigma) / (2 * lambda * sigma))) (lg := Finite 0).
    + apply (limit_through (fun x => (ln (f / (1 - f)) + x) / (2 * lambda * sigma)) _ _ (ln sigma));
        [auto_derive; trivial | reflexivity | now apply remainder_tends].
    + apply reciprocal_decays.
    + exact I.
  - cbn. f_equal. ring.
Qed.
