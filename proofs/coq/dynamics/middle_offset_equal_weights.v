(******************************************************************************)
(* Where the two weights of STEP are one number, the flow from spectral init  *)
(* is there for all time, in closed form, and its middle mode's offset has    *)
(* the limit of a logistic curve.                                             *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*            curve_of == the logistic curve of a mode                        *)
(*                root == its square root, a classifier's strength            *)
(*               curve == the seven scalars by these roots                    *)
(*    curve_first_time == they are a flow for all time, and first reach       *)
(*                        f sigma at the time of the closed form              *)
(* limit_of_first_times == a limit of the offset is that of these times       *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.formulas generated.statements reviewed.scalars dynamics.learning_time.
From UFM Require Import dynamics.scalar_flow dynamics.convergence dynamics.middle_offset_limit.
Import reviewed.

Local Open Scope R_scope.

Notation curve_of := formulas.strength.

Definition root (weight sigma delta x : R) : R := sqrt (curve_of weight sigma delta x).

Section Root.

Variables weight sigma delta : R.
Hypothesis is_mode : mode weight sigma delta.

Lemma root_squared x : root weight sigma delta x * root weight sigma delta x = curve_of weight sigma delta x.
Proof. apply sqrt_sqrt, Rlt_le. now destruct (strength_stays_below weight sigma delta is_mode x). Qed.

Lemma root_starts : root weight sigma delta 0 = exp (- delta).
Proof.
  unfold root. rewrite (strength_starts_at_scale weight sigma delta is_mode).
  replace (- (2 * delta)) with (- delta + - delta) by ring. rewrite exp_plus. apply sqrt_square, Rlt_le, exp_pos.
Qed.

Lemma root_is_derive x :
  let r := root weight sigma delta in is_derive r x (weight * r x * (sigma - r x * r x)).
Proof.
  intro r. destruct (strength_stays_below weight sigma delta is_mode x) as [Hpos _]. unfold r.
  pose proof (sqrt_lt_R0 _ Hpos) as Hroot. rewrite root_squared. evar_last.
  - apply (is_derive_sqrt (curve_of weight sigma delta)); [now apply strength_solves_its_equation | exact Hpos].
  - unfold scalar_rate. fold (root weight sigma delta x) in *. rewrite <- (root_squared x). field. lra.
Qed.

Lemma root_within n x : sigma * sigma = n ->
  within_flow n weight (root weight sigma delta) (fun y => root weight sigma delta y / sigma) x.
Proof.
  intros <-. destruct is_mode as (_ & Hs & _). pose proof (root_is_derive x) as D. cbv zeta in D.
  set (r := root weight sigma delta) in *. clearbody r. split; [evar_last; [exact D | field; lra] |].
  apply (is_derive_ext (fun y => / sigma * r y)); [intro; apply Rmult_comm |]. evar_last; [apply is_derive_scal, D | field; lra].
Qed.

End Root.

Section EqualWeights.

Variables (P : step_problem) (f : R).
Hypotheses (real : possible P) (same : w_maj P = w_min P) (Hf : 0 < f < 1).
Notation w := (w_maj P).
Notation sigma := (sqrt (N_maj P + N_min P)).
Notation rho := (modes_of_step_learned_by_delta_over_rate.middle_rate P).

Definition curve (delta : R) : step_curve :=
  let middle := root w sigma delta in
  let maj := root w (sqrt (n_maj P)) delta in
  let min := root w (sqrt (n_min P)) delta in
  ((middle, (fun x => middle x / sigma, fun x => middle x / sigma)),
   ((maj, fun x => maj x / sqrt (n_maj P)), (min, fun x => min x / sqrt (n_min P)))).

Definition least_scale : R :=
  Rmax (Rmax (Rmax 0 (- ln (f * sigma))) (- ln sigma)) (Rmax (- ln (sqrt (n_maj P))) (- ln (sqrt (n_min P)))) + 1.

Lemma numbers : 0 < w /\ 0 < sigma /\ sigma * sigma = N_maj P + N_min P /\ 0 < sqrt (n_maj P) /\ 0 < sqrt (n_min P) /\
  sqrt (n_maj P) * sqrt (n_maj P) = n_maj P /\ sqrt (n_min P) * sqrt (n_min P) = n_min P /\ rho = w * sigma.
Proof.
  destruct (counts_positive P real) as (HN & HM & _). destruct real as (_ & _ & Hn & Hm & Hw & _).
  repeat split; try assumption; try (apply sqrt_lt_R0; lra); try (apply sqrt_sqrt; lra).
  unfold modes_of_step_learned_by_delta_over_rate.middle_rate. rewrite <- same.
  replace (N_maj P * w ^ 2 + N_min P * w ^ 2) with (w ^ 2 * (N_maj P + N_min P)) by ring.
  rewrite sqrt_mult by (try lra; apply pow2_ge_0). now rewrite sqrt_pow2 by lra.
Qed.

Lemma scales delta : least_scale <= delta ->
  0 <= delta /\ 1 < f * sigma * exp (2 * delta) /\ mode w sigma delta /\ mode w (sqrt (n_maj P)) delta /\ mode w (sqrt (n_min P)) delta.
Proof.
  intro Hd. destruct numbers as (Hw & Hs & _ & Hn & Hm & _). unfold least_scale in Hd.
  set (first := Rmax (Rmax 0 (- ln (f * sigma))) (- ln sigma)) in *. set (last := Rmax _ (- ln (sqrt (n_min P)))) in *.
  pose proof (Rmax_l first last). pose proof (Rmax_r first last). pose proof (Rmax_l (Rmax 0 (- ln (f * sigma))) (- ln sigma)) as Hfirst1.
  pose proof (Rmax_r (Rmax 0 (- ln (f * sigma))) (- ln sigma)) as Hfirst2. fold first in Hfirst1, Hfirst2.
  pose proof (Rmax_l 0 (- ln (f * sigma))). pose proof (Rmax_r 0 (- ln (f * sigma))).
  pose proof (Rmax_l (- ln (sqrt (n_maj P))) (- ln (sqrt (n_min P)))) as Hlast1.
  pose proof (Rmax_r (- ln (sqrt (n_maj P))) (- ln (sqrt (n_min P)))) as Hlast2. fold last in Hlast1, Hlast2.
  assert (Habove : forall s, 0 < s -> - ln s < delta -> 1 < s * exp (2 * delta)).
  { intros s Hpos Hlate. apply scale_above_1; [assumption | apply Rmax_lub_lt; lra]. }
  split; [lra |]. split; [apply Habove; [apply Rmult_lt_0_compat |]; lra |].
  repeat split; trivial; apply Habove; lra.
Qed.

Lemma curve_starts delta : least_scale <= delta -> spectral_start P delta (curve delta).
Proof.
  intro Hd. destruct (scales delta Hd) as (_ & _ & M1 & M2 & M3).
  unfold spectral_start, curve, a, b, e, alpha_maj, beta_maj, alpha_min, beta_min; cbn [fst snd]. rewrite !root_starts by assumption.
  tauto.
Qed.

Lemma curve_flows delta x : least_scale <= delta -> follows_flow P (curve delta) x.
Proof.
  intro Hd. destruct (scales delta Hd) as (_ & _ & M1 & M2 & M3). destruct numbers as (Hw & Hs & Hs2 & Hn & Hm & Hn2 & Hm2 & _).
  pose proof (root_within w sigma delta M1 (N_maj P + N_min P) x Hs2) as [D1 D2].
  unfold follows_flow, middle_flow, curve, a, b, e, alpha_maj, beta_maj, alpha_min, beta_min; cbn [fst snd]. rewrite <- same.
  split; [| split; now apply root_within]. split; [evar_last; [exact D1 | ring] |]. now split.
Qed.

Lemma curve_strength delta x : least_scale <= delta ->
  a (curve delta) x * (N_maj P * b (curve delta) x + N_min P * e (curve delta) x) / sigma = curve_of w sigma delta x.
Proof.
  intro Hd. destruct (scales delta Hd) as (_ & _ & M1 & _). destruct numbers as (_ & Hs & Hs2 & _).
  unfold curve, a, b, e; cbn [fst snd]. rewrite <- (root_squared w sigma delta M1 x). set (r := root w sigma delta x).
  clearbody r. set (sg := sigma) in *. clearbody sg.
  replace (r * (N_maj P * (r / sg) + N_min P * (r / sg)) / sg) with (r * r * (N_maj P + N_min P) / (sg * sg))
    by (field; lra).
  rewrite <- Hs2. field. lra.
Qed.

Lemma strength_rises delta x y : mode w sigma delta -> x < y -> curve_of w sigma delta x < curve_of w sigma delta y.
Proof.
  intros M Hlt. rewrite !strength_is_sigma_over_slowness by assumption. pose proof (slowness_above_1 w sigma delta M y) as Hy.
  destruct M as (Hw & Hs & Hd). assert (slowness w sigma delta y < slowness w sigma delta x).
  { unfold slowness. assert (exp (- (2 * y * w * sigma)) < exp (- (2 * x * w * sigma))).
    { apply exp_increasing. assert (0 < w * sigma) by (now apply Rmult_lt_0_compat). nra. }
    assert ((sigma * exp (2 * delta) - 1) * exp (- (2 * y * w * sigma)) < (sigma * exp (2 * delta) - 1) * exp (- (2 * x * w * sigma)))
      by (apply Rmult_lt_compat_l; lra). lra. }
  apply Rmult_lt_compat_l; [assumption |]. apply Rinv_lt_contravar; [apply Rmult_lt_0_compat |]; lra.
Qed.

Lemma curve_first_time delta : least_scale <= delta -> first_time P f delta (curve delta) (learning_time w sigma delta f).
Proof.
  intro Hd. unfold first_time. cbv zeta. destruct (scales delta Hd) as (_ & Hlate & M & _). destruct numbers as (Hw & Hs & _).
  assert (Hat : curve_of w sigma delta (learning_time w sigma delta f) = f * sigma).
  { now apply (strength_at_learning_time w sigma delta M). }
  split; [now apply curve_starts |]. split; [intros x _; now apply curve_flows |]. split; [| split].
  - apply Rnot_lt_le. intro Hneg. pose proof (strength_rises delta _ _ M Hneg) as Hr.
    rewrite Hat, (strength_starts_at_scale w sigma delta M) in Hr.
    assert (exp (2 * delta) * exp (- (2 * delta)) = 1) by (rewrite <- exp_plus, <- exp_0; f_equal; ring).
    pose proof (exp_pos (2 * delta)). nra.
  - rewrite curve_strength, Hat by assumption. apply Rle_refl.
  - intros x Hx. rewrite curve_strength, <- Hat by assumption. now apply strength_rises.
Qed.

Lemma time_tends :
  is_lim (fun d => learning_time w sigma d f - d / rho) p_infty (ln (sigma * (f / (1 - f))) / (2 * w * sigma)).
Proof.
  destruct numbers as (Hw & Hs & _ & _ & _ & _ & _ & ->). assert (Hodds : 0 < f / (1 - f)) by (apply Rdiv_lt_0_compat; lra).
  apply is_lim_ext_loc with (f := fun d => (ln (f / (1 - f)) + ln (sigma - exp (- (2 * d)))) / (2 * w * sigma)).
  - exists (Rmax 0 (- ln sigma)). intros d Hm. pose proof (scale_above_1 sigma d Hs Hm) as Hd. unfold learning_time.
    destruct (odds_of_learning_time w sigma d ltac:(now repeat split) f Hf) as [-> _].
    rewrite ln_mult by lra. rewrite (logarithm_of_scale sigma d Hd). field. lra.
  - apply (limit_through (fun x => (ln (f / (1 - f)) + x) / (2 * w * sigma)) _ _ (ln sigma));
      [auto_derive; trivial | | now apply remainder_tends].
    rewrite ln_mult by lra. f_equal. now rewrite Rplus_comm.
Qed.

(** Whatever number the offset tends to, the times of these curves less delta / rho tend to it. *)
Lemma limit_of_first_times late : offset_tends_to P rho f late -> late = ln (sigma * (f / (1 - f))) / (2 * w * sigma).
Proof.
  intro Hlate. set (stated := ln _ / _). destruct numbers as (Hw & Hs & _ & _ & _ & _ & _ & Hrho).
  assert (Hpos : 0 < rho) by (rewrite Hrho; now apply Rmult_lt_0_compat).
  assert (Hnear : forall eps, 0 < eps -> Rabs (late - stated) <= eps + eps).
  { intros eps Heps. destruct (Hlate eps Heps) as (least & Hl).
    destruct (proj2 (is_lim_spec _ _ _) time_tends (mkposreal eps Heps)) as (from & Hfrom). cbn in Hfrom. fold stated in Hfrom.
    set (d := Rmax (Rmax least least_scale) (Rmax (from + 1) (- (rho * (late + eps))))).
    assert (Hd : least <= d /\ least_scale <= d /\ from + 1 <= d /\ - (rho * (late + eps)) <= d).
    { unfold d. pose proof (Rmax_l (Rmax least least_scale) (Rmax (from + 1) (- (rho * (late + eps))))).
      pose proof (Rmax_r (Rmax least least_scale) (Rmax (from + 1) (- (rho * (late + eps))))).
      pose proof (Rmax_l least least_scale). pose proof (Rmax_r least least_scale).
      pose proof (Rmax_l (from + 1) (- (rho * (late + eps)))). pose proof (Rmax_r (from + 1) (- (rho * (late + eps)))). lra. }
    clearbody d. destruct Hd as (D1 & D2 & D3 & D4). destruct (curve_first_time d D2) as (Hstart & Hflow & HT & Hat & Hbefore).
    specialize (Hfrom d ltac:(lra)). apply Rabs_lt_between in Hfrom. apply Rabs_le.
    destruct (Hl d (curve d) (learning_time w sigma d f) D1 Hstart HT (fun x Hx => Hflow x (proj1 Hx))) as [L1 _].
    specialize (L1 Hat). split; [| lra]. apply Rnot_lt_le. intro Hlt.
    assert (Ht : 0 <= d / rho + late + eps).
    { apply Rmult_le_reg_l with rho; [assumption |]. replace (rho * (d / rho + late + eps)) with (d + rho * (late + eps)) by (field; lra).
      lra. }
    destruct (Hl d (curve d) (d / rho + late + eps) D1 Hstart Ht (fun x Hx => Hflow x (proj1 Hx))) as [_ L2].
    destruct (L2 (Rle_refl _)) as (x & Hx & Hs'). pose proof (Hbefore x ltac:(lra)). lra. }
  apply Rminus_diag_uniq. apply Rabs_eq_0. apply Rle_antisym; [| apply Rabs_pos]. apply le_epsilon. intros eps Heps.
  pose proof (Hnear (eps / 2) ltac:(lra)). lra.
Qed.

End EqualWeights.

Theorem limit_for_every_flow : middle_offset_without_weights.limit_for_every_flow.
Proof.
  intros P f real same Hf. cbv zeta. destruct (offset_tends P f real Hf) as (late & Hlate).
  now rewrite <- (limit_of_first_times P f real same Hf late Hlate).
Qed.

(** At n_min = 1 and without weights, as printed. *)

Lemma singular_value_squared ratio p : 0 < p -> p < 1 -> ratio >= 1 -> ratio * p - p + 1 > 0 /\
  0 < sqrt (ratio * p - p + 1) /\ ratio * p - p + 1 = sqrt (ratio * p - p + 1) * sqrt (ratio * p - p + 1).
Proof.
  intros Hp Hp1 Hratio. assert (ratio * p - p + 1 > 0) by nra.
  split; [assumption |]. split; [apply sqrt_lt_R0; lra | symmetry; apply sqrt_sqrt; lra].
Qed.

Theorem start_and_flow_on_the_ray : statements.middle_offset_without_weights.start_and_flow_on_the_ray.
Proof.
  red. intros ratio b delta p _ _ Hp Hp1 Hratio. destruct (singular_value_squared ratio p Hp Hp1 Hratio) as (Hpos & Hs & Hs2).
  split; [lra |]. split; [lra |]. set (s := sqrt _) in *. clearbody s.
  assert (Hq : ratio = (s * s + p - 1) / p) by (rewrite <- Hs2; field; lra). rewrite Hq. repeat split; field; lra.
Qed.

Theorem logistic_on_the_ray : statements.middle_offset_without_weights.logistic_on_the_ray.
Proof.
  red. intros ratio b p _ Hp Hp1 Hratio. destruct (singular_value_squared ratio p Hp Hp1 Hratio) as (Hpos & Hs & Hs2).
  split; [assumption |]. split; [lra |]. set (s := sqrt _) in *. clearbody s.
  assert (Hq : ratio = (s * s + p - 1) / p) by (rewrite <- Hs2; field; lra). rewrite Hq. field. lra.
Qed.

Theorem limit_of_the_offset : statements.middle_offset_without_weights.limit_of_the_offset.
Proof.
  red. intros ratio f p _ Hf Hp Hp1 Hratio Hf1. destruct (singular_value_squared ratio p Hp Hp1 Hratio) as (Hpos & Hs & _).
  set (s := sqrt _) in *. clearbody s. assert (Hodds : 0 < f / (1 - f)) by (apply Rdiv_lt_0_compat; lra). split.
  - apply defined_near_infinity with (Rmax 0 (- ln s)). intros d Hm _. pose proof (scale_above_1 s d Hs Hm).
    replace (- (f * (s * exp (2 * d) - 1) / (f - 1))) with (f / (1 - f) * (s * exp (2 * d) - 1)) by (field; lra).
    replace (f * s / (1 - f)) with (f / (1 - f) * s) by (field; lra).
    repeat split; try lra; apply Rmult_lt_0_compat; lra.
  - apply limit_of_is_lim.
    apply is_lim_ext_loc with (f := fun d => (ln (f / (1 - f)) + ln (s - exp (- (2 * d)))) / (2 * s)).
    + exists (Rmax 0 (- ln s)). intros d Hm. pose proof (scale_above_1 s d Hs Hm) as Hd.
      replace (- (f * (s * exp (2 * d) - 1) / (f - 1))) with (f / (1 - f) * (s * exp (2 * d) - 1)) by (field; lra).
      rewrite ln_mult by lra. rewrite (logarithm_of_scale s d Hd). field. lra.
    + apply (limit_through (fun x => (ln (f / (1 - f)) + x) / (2 * s)) _ _ (ln s));
        [auto_derive; trivial | | now apply remainder_tends].
      replace (f * s / (1 - f)) with (f / (1 - f) * s) by (field; lra). now rewrite ln_mult by lra.
Qed.
