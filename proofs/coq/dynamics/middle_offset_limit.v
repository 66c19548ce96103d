(******************************************************************************)
(* The middle mode's learning time less delta over its escape rate has a      *)
(* limit as delta grows: STEP of any split, any positive weights, any         *)
(* fraction, spectral init.                                                   *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*    orbit_of_flow == the flow of STEP in the units of middle_limit.v        *)
(*  early_unlearned == nothing is learned before delta / rho + r_0            *)
(*    strengths_near == orbits of two scales have strengths that differ by    *)
(*                       e^(-delta / 2) times a constant                      *)
(*      both_learned == and so they are learned at times that differ as much  *)
(*           before r == from some delta on, nothing is learned before        *)
(*                       delta / rho + r; the limit is the largest such r     *)
(* first_time_of_some_flow == there is a flow, and a first time               *)
(*  limit_within_the_constant == at gamma = 1/2 the limit is as near to       *)
(*                       ln R / (4 sqrt p) as the learning times are          *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz Classical.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels dynamics.convergence dynamics.upper_times.
From UFM Require Import dynamics.step_exists dynamics.middle_rise dynamics.middle_limit dynamics.middle_offset.
Import reviewed.

Local Open Scope R_scope.

Section OfStep.

Variables (P : step_problem) (f : R).
Hypotheses (real : possible P) (Hf : 0 < f < 1).
Notation N := (N_maj P).
Notation M := (N_min P).
Notation v := (w_maj P).
Notation w := (w_min P).
Notation al := (sqrt (N_maj P)).
Notation be := (sqrt (N_min P)).
Notation rho := (modes_of_step_learned_by_delta_over_rate.middle_rate P).
Notation sigma := (sqrt (N_maj P + N_min P)).

Definition strength (X : step_curve) x := a X x * (N * b X x + M * e X x).
Definition moves (X : step_curve) t := 0 <= t /\ forall x, 0 <= x <= t -> follows_flow P X x.

Lemma step_numbers : 0 < al /\ 0 < be /\ 0 < v /\ 0 < w /\ 0 < rho /\ al ^ 2 = N /\ be ^ 2 = M /\
  rho ^ 2 = (v * al) ^ 2 + (w * be) ^ 2 /\ 0 < sigma /\ sigma ^ 2 = N + M.
Proof.
  destruct (counts_positive P real) as (HN & HM & _). destruct (slow_bounds P real) as (_ & _ & _ & Hv & Hw).
  pose proof (pow_lt _ 2 Hv). pose proof (pow_lt _ 2 Hw). pose proof (Rmult_lt_0_compat _ _ HN H).
  pose proof (Rmult_lt_0_compat _ _ HM H0). unfold modes_of_step_learned_by_delta_over_rate.middle_rate.
  rewrite !Rpow_mult_distr, !pow2_sqrt by lra. repeat split; trivial; try (apply sqrt_lt_R0; lra). ring.
Qed.

Lemma strength_in_units X x : a X x * (al * (al * b X x) + be * (be * e X x)) = strength X x.
Proof.
  destruct step_numbers as (_ & _ & _ & _ & _ & Ha & Hb & _). unfold strength.
  replace (a X x * (al * (al * b X x) + be * (be * e X x))) with (a X x * (al ^ 2 * b X x + be ^ 2 * e X x)) by ring.
  now rewrite Ha, Hb.
Qed.

Lemma learned_is_strong X x : f * sigma <= a X x * (N * b X x + M * e X x) / sigma <-> f * (al ^ 2 + be ^ 2) <= strength X x.
Proof.
  destruct step_numbers as (_ & _ & _ & _ & _ & Ha & Hb & _ & Hs & Hs2).
  replace (al ^ 2 + be ^ 2) with (sigma ^ 2) by lra. unfold strength.
  set (s := sigma) in *. clearbody s. set (q := a X x * _). assert (Heq : q = q / s * s) by (field; lra).
  replace (f * s ^ 2) with (f * s * s) by ring. split; intro H.
  - rewrite Heq. apply Rmult_le_compat_r; [lra | exact H].
  - apply Rmult_le_reg_r with s; [assumption |]. now rewrite <- Heq.
Qed.

Lemma orbit_of_flow delta X t : spectral_start P delta X -> moves X t ->
  orbit al be v w rho delta t (a X) (fun x => al * b X x) (fun x => be * e X x).
Proof.
  intros Hstart [Ht Hmoves]. destruct step_numbers as (Hal & Hbe & Hv & Hw & Hrho & Ha2 & Hb2 & _ & Hs & Hs2).
  destruct (counts_positive P real) as (HN & HM & _). destruct (middle_start P delta X real Hstart) as (Pb & Pe & Hbal).
  destruct (least_bounds P delta real) as (Hl & Hle & HlN & HlM). pose proof Hstart as (Sa & Sb & Se & _).
  assert (Huntil : forall x, 0 <= x <= t -> moves_until N M v w (a X) (b X) (e X) x).
  { intros x Hx. split; [lra | intros y Hy; apply Hmoves; lra]. }
  split; [| split; [| split; [| split]]].
  - intros x Hx. destruct (Hmoves x Hx) as ((Da & Db & De) & _). split; [| split].
    + evar_last; [exact Da |]. transitivity (al ^ 2 * v * b X x * (1 - a X x * b X x) + be ^ 2 * w * e X x * (1 - a X x * e X x));
        [now rewrite Ha2, Hb2 | ring].
    + evar_last; [apply is_derive_scal, Db |]. ring.
    + evar_last; [apply is_derive_scal, De |]. ring.
  - intros x Hx. pose proof (ends_nonnegative N M v w (least_classifier P delta) (a X) (b X) (e X) HN (Rlt_le _ _ HM) Hv Hw Hl
      ltac:(lra) Pb Pe x (Huntil x Hx)) as (_ & Qb & Qe).
    pose proof (ends_away N M v w (least_classifier P delta) (a X) (b X) (e X) HN (Rlt_le _ _ HM) Hv Hw Hl HlN (or_intror HlM)
      ltac:(lra) Pb Pe Hbal x (Huntil x Hx)). repeat split; [lra | |]; apply Rmult_le_pos; lra.
  - intros x Hx. transitivity (al ^ 2 * b X x ^ 2 + be ^ 2 * e X x ^ 2); [| ring].
    rewrite Ha2, Hb2. exact (ends_balance N M v w (a X) (b X) (e X) Hbal x (Huntil x Hx)).
  - exact Sa.
  - unfold growing, onward. rewrite Sa, Sb, Se. replace (al ^ 2 + be ^ 2) with (N + M) by lra. field. lra.
Qed.

Lemma early_unlearned : exists r0, forall delta X t, spectral_start P delta X -> moves X t -> t <= delta / rho + r0 ->
  strength X t < f * (al ^ 2 + be ^ 2).
Proof.
  destruct step_numbers as (Hal & Hbe & Hv & Hw & Hrho & Ha2 & Hb2 & Hrate & _).
  pose proof (pow_lt al 2 Hal). pose proof (pow_lt be 2 Hbe).
  assert (Hlevel : 0 < f * (al ^ 2 + be ^ 2)) by (apply Rmult_lt_0_compat; lra).
  set (q := f * (al ^ 2 + be ^ 2) / (2 * (al + be))). assert (Hq : 0 < q) by (apply Rdiv_lt_0_compat; lra).
  exists (ln q / (2 * rho)). intros delta X t Hstart Hmoves Hlate.
  destruct (orbit_of_flow delta X t Hstart Hmoves) as (OM & OP & OB & OS & _). destruct Hmoves as [Ht _].
  pose proof (classifier_bound al be v w rho Hal Hbe Hv Hw Hrho Hrate delta t _ _ _ OM OP OB OS t ltac:(lra)) as Hc.
  destruct (parts_below t _ _ _ OP OB t ltac:(lra)) as [HB HE]. destruct (OP t ltac:(lra)) as (PA & PB & PE).
  rewrite <- strength_in_units. set (B := al * b X t) in *. set (E := be * e X t) in *.
  assert (Hs : a X t * (al * B + be * E) <= (al + be) * a X t ^ 2).
  { replace ((al + be) * a X t ^ 2) with (a X t * (al * a X t + be * a X t)) by ring. apply Rmult_le_compat_l; [lra |].
    apply Rplus_le_compat; apply Rmult_le_compat_l; lra. }
  assert (Hsq : a X t ^ 2 <= q).
  { apply Rle_trans with (exp (rho * t - delta) ^ 2); [apply pow_incr; lra |]. cbn. rewrite Rmult_1_r, <- exp_plus.
    rewrite <- (exp_ln q) by assumption. apply (Rmult_le_compat_l (2 * rho)) in Hlate; [| lra].
    replace (2 * rho * (delta / rho + ln q / (2 * rho))) with (2 * delta + ln q) in Hlate by (field; lra).
    assert (Hx : rho * t - delta + (rho * t - delta) <= ln q) by lra.
    destruct Hx as [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]. }
  apply (Rmult_le_compat_l (al + be)) in Hsq; [| lra].
  assert ((al + be) * q = f * (al ^ 2 + be ^ 2) / 2) by (unfold q; field; lra). lra.
Qed.

(** From a time on at which the strength is nearly enough, it is enough soon. *)
Lemma learned_soon delta X t t1 short : spectral_start P delta X -> moves X t -> 0 <= delta -> exp (- delta) <= sigma ->
  0 <= t1 <= t -> 0 <= short -> f * (al ^ 2 + be ^ 2) - short <= strength X t1 ->
  short * (1 + rising al be v w f * (t - t1)) <= f * (al ^ 2 + be ^ 2) * (rising al be v w f * (t - t1)) ->
  exists x, 0 <= x <= t /\ f * (al ^ 2 + be ^ 2) <= strength X x.
Proof.
  intros Hstart Hmoves Hdelta Hsmall Ht1 Hshort Hnear Hroom.
  destruct (classic (exists x, 0 <= x <= t /\ f * (al ^ 2 + be ^ 2) <= strength X x)) as [H | Hno]; [exact H | exfalso].
  destruct step_numbers as (Hal & Hbe & Hv & Hw & _ & _ & _ & _ & Hs & _).
  destruct (orbit_of_flow delta X t Hstart Hmoves) as (OM & OP & OB & OS & _).
  pose proof Hstart as (Sa & Sb & Se & _). pose proof (exp_pos (- delta)).
  assert (Hr : exp (- delta) <= 1).
  { rewrite <- exp_0. destruct Hdelta as [Hlt | <-]; [apply Rlt_le, exp_increasing; lra | rewrite Ropp_0; lra]. }
  assert (Hfit : forall c, 0 < c -> exp (- delta) * (c * (exp (- delta) / sigma)) <= c).
  { intros c Hc. apply Rmult_le_reg_r with sigma; [assumption |].
    replace (exp (- delta) * (c * (exp (- delta) / sigma)) * sigma) with (c * (exp (- delta) * exp (- delta))) by (field; lra).
    apply Rmult_le_compat_l; [lra |]. nra. }
  assert (Hun : forall x, 0 <= x <= t -> a X x * (al * (al * b X x) + be * (be * e X x)) < f * (al ^ 2 + be ^ 2)).
  { intros x Hx. rewrite strength_in_units. apply Rnot_le_lt. intro Hle. apply Hno. now exists x. }
  pose proof (strength_grows al be v w f t (a X) (fun x => al * b X x) (fun x => be * e X x) t1 Hal Hbe Hv Hw Hf OM OP) as Hg.
  cbn beta in Hg. rewrite Sa, Sb, Se in Hg. specialize (Hg ltac:(ring) (Hfit al Hal) (Hfit be Hbe) Hun OB Ht1).
  pose proof (Hun t ltac:(lra)) as Hend. rewrite strength_in_units in Hend. rewrite (strength_in_units X t1), (strength_in_units X t) in Hg.
  pose proof (rising_positive al be v w f Hal Hbe Hv Hw Hf) as Hk. set (k := rising al be v w f) in *.
  assert (Hkt : 0 <= k * (t - t1)) by (apply Rmult_le_pos; lra). pose proof (exp_ineq1_le (k * (t - t1))) as Hexp.
  assert (0 <= strength X t1).
  { rewrite <- strength_in_units. destruct (OP t1 Ht1) as (PA & PB & PE).
    apply Rmult_le_pos; [lra |]. apply Rplus_le_le_0_compat; (apply Rmult_le_pos; [lra | assumption]). }
  assert (strength X t1 * (1 + k * (t - t1)) <= strength X t1 * exp (k * (t - t1))) by (apply Rmult_le_compat_l; lra).
  set (level := f * (al ^ 2 + be ^ 2)) in *. set (y := k * (t - t1)) in *. clearbody level y.
  assert ((level - short) * (1 + y) <= strength X t1 * (1 + y)) by (apply Rmult_le_compat_r; lra). lra.
Qed.

Definition before (top r : R) : Prop := r <= top /\ exists least, forall delta X t, least <= delta -> spectral_start P delta X ->
  moves X t -> t <= delta / rho + r -> strength X t < f * (al ^ 2 + be ^ 2).

(** Orbits of two scales have about the same strength, at times that differ by what the scales do. *)
Lemma strengths_near top : 0 <= top -> exists g least, 0 <= g /\ forall delta delta2 X X2 x, least <= delta <= delta2 ->
  spectral_start P delta X -> moves X x -> spectral_start P delta2 X2 -> moves X2 (x + (delta2 - delta) / rho) ->
  2 * delta / (3 * rho) <= x <= delta / rho + top ->
  Rabs (strength X x - strength X2 (x + (delta2 - delta) / rho)) <= g * exp (- (delta / 2)).
Proof.
  intro Htop. destruct step_numbers as (Hal & Hbe & Hv & Hw & Hrho & Ha2 & Hb2 & Hrate & Hs & Hs2).
  exists (gap al be v w rho (rho * top)), 0. split.
  { unfold gap. apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply Rlt_le, exp_pos] | apply sqrt_pos]. }
  intros delta delta2 X X2 x Hd HX HXm HY HYm Hx.
  assert (Hx' : rho * x <= delta + rho * top).
  { apply Rle_trans with (rho * (delta / rho + top)); [apply Rmult_le_compat_l; lra | apply Req_le; field; lra]. }
  pose proof (strength_follows al be v w rho Hal Hbe Hv Hw Hrho Hrate delta delta2 x _ _ _ _ _ _ (proj1 Hd) (proj2 Hd)
    (orbit_of_flow delta X x HX HXm) (orbit_of_flow delta2 X2 _ HY HYm) (rho * top) x ltac:(apply Rmult_le_pos; lra) ltac:(lra)
    Hx') as H.
  now rewrite strength_in_units, strength_in_units in H.
Qed.

(** An orbit that is near one that has learned has learned soon after. *)
Lemma soon_after g : 0 <= g -> exists c least, 0 <= c /\ forall delta delta' X t t1 s eps, least <= delta -> delta <= delta' ->
  spectral_start P delta' X -> moves X t -> 0 <= t1 -> f * (al ^ 2 + be ^ 2) <= s ->
  Rabs (strength X t1 - s) <= g * exp (- (delta / 2)) -> c * exp (- (delta / 2)) <= eps -> 0 <= eps -> t1 + eps <= t ->
  exists x, 0 <= x <= t /\ f * (al ^ 2 + be ^ 2) <= strength X x.
Proof.
  intro Hg. destruct step_numbers as (Hal & Hbe & Hv & Hw & _ & _ & _ & _ & Hs & _).
  pose proof (pow_lt al 2 Hal). pose proof (pow_lt be 2 Hbe).
  assert (Hlevel : 0 < f * (al ^ 2 + be ^ 2)) by (apply Rmult_lt_0_compat; lra). pose proof (rising_positive al be v w f Hal Hbe Hv
    Hw Hf) as Hk. set (level := f * (al ^ 2 + be ^ 2)) in *. set (k := rising al be v w f) in *.
  set (small := level / (2 * (g + 1))). assert (Hsmall : 0 < small) by (apply Rdiv_lt_0_compat; lra).
  exists (2 * g / (level * k)), (Rmax (Rmax 0 (- ln sigma)) (- (2 * ln small))). split.
  { apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; now apply Rmult_lt_0_compat]. }
  intros delta delta' X t t1 s eps Hd Hd' HX HXm Ht1 Hlearned Hnear Heps Heps0 Ht.
  pose proof (Rmax_l (Rmax 0 (- ln sigma)) (- (2 * ln small))). pose proof (Rmax_r (Rmax 0 (- ln sigma)) (- (2 * ln small))).
  pose proof (Rmax_l 0 (- ln sigma)). pose proof (Rmax_r 0 (- ln sigma)).
  assert (Hexp : forall y z, y <= z -> exp y <= exp z) by (intros y z [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]).
  assert (He : exp (- (delta / 2)) <= small) by (rewrite <- (exp_ln small) by assumption; apply Hexp; lra).
  pose proof (exp_pos (- (delta / 2))) as Hep. set (short := g * exp (- (delta / 2))) in *.
  assert (Hsh0 : 0 <= short) by (apply Rmult_le_pos; lra).
  assert (Hhalf : short <= level / 2).
  { apply Rle_trans with ((g + 1) * small); [unfold short; apply Rmult_le_compat; lra | apply Req_le; unfold small; field; lra]. }
  assert (Hroom : short <= level / 2 * (k * eps)).
  { apply (Rmult_le_compat_l (level * k / 2)) in Heps; [| apply Rlt_le, Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra]].
    replace (level * k / 2 * (2 * g / (level * k) * exp (- (delta / 2)))) with short in Heps by (unfold short; field; lra). lra. }
  apply (learned_soon delta' X t t1 short HX HXm ltac:(lra)); [| lra | assumption | |].
  - rewrite <- (exp_ln sigma) by assumption. apply Hexp. lra.
  - fold level. apply Rabs_le_between in Hnear. lra.
  - fold level k. assert (Hkk : k * eps <= k * (t - t1)) by (apply Rmult_le_compat_l; lra).
    assert (0 <= k * (t - t1)) by (apply Rmult_le_pos; lra).
    assert (level / 2 * (k * eps) <= level / 2 * (k * (t - t1))) by (apply Rmult_le_compat_l; lra).
    assert (short * (k * (t - t1)) <= level / 2 * (k * (t - t1))) by (apply Rmult_le_compat_r; lra). lra.
Qed.

(** Where one of two orbits has learned by delta / rho + r, the other has by delta / rho + r + c e^(-delta / 2), each for its own
    delta; the last exponent is of the larger scale. *)
Lemma both_learned top : 0 <= top -> exists c least, 0 <= c /\ forall delta delta2 X X2 t t2 eps, least <= delta <= delta2 ->
  spectral_start P delta X -> moves X t -> spectral_start P delta2 X2 -> moves X2 t2 -> c * exp (- (delta / 2)) <= eps -> 0 <= eps ->
  (t2 <= delta2 / rho + top -> f * (al ^ 2 + be ^ 2) <= strength X2 t2 -> t2 - (delta2 - delta) / rho + eps <= t ->
   exists x, 0 <= x <= t /\ f * (al ^ 2 + be ^ 2) <= strength X x) /\
  (t <= delta / rho + top -> f * (al ^ 2 + be ^ 2) <= strength X t -> t + (delta2 - delta) / rho + eps <= t2 ->
   exists x, 0 <= x <= t2 /\ f * (al ^ 2 + be ^ 2) <= strength X2 x).
Proof.
  intro Htop. destruct early_unlearned as (r0 & Hearly). destruct (strengths_near top Htop) as (g & least1 & Hg & Hnear).
  destruct (soon_after g Hg) as (c & least2 & Hc & Hsoon). destruct step_numbers as (_ & _ & _ & _ & Hrho & _).
  exists c, (Rmax (Rmax least1 least2) (Rmax 0 (- (3 * rho * r0)))). split; [assumption |].
  intros delta delta2 X X2 t t2 eps Hd HX HXm HY HYm Heps Heps0.
  pose proof (Rmax_l (Rmax least1 least2) (Rmax 0 (- (3 * rho * r0)))). pose proof (Rmax_r (Rmax least1 least2) (Rmax 0 (- (3 * rho *
    r0)))). pose proof (Rmax_l least1 least2). pose proof (Rmax_r least1 least2). pose proof (Rmax_l 0 (- (3 * rho * r0))).
  pose proof (Rmax_r 0 (- (3 * rho * r0))). set (s := (delta2 - delta) / rho).
  assert (Hs0 : 0 <= s) by (apply Rmult_le_pos; [lra | apply Rlt_le; now apply Rinv_0_lt_compat]).
  assert (Hlow : forall x, delta / rho + r0 < x -> 0 <= x /\ 2 * delta / (3 * rho) <= x).
  { intros x Hx. assert (Hq2 : 2 * delta / (3 * rho) <= x).
    { apply Rmult_le_reg_l with rho; [assumption |]. apply (Rmult_lt_compat_l rho) in Hx; [| assumption].
      replace (rho * (2 * delta / (3 * rho))) with (2 * delta / 3) by (field; lra).
      replace (rho * (delta / rho + r0)) with (delta + rho * r0) in Hx by (field; lra). lra. }
    split; [apply Rle_trans with (2 := Hq2); apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra] | assumption]. }
  assert (Hshift : delta2 / rho = delta / rho + s) by (unfold s; field; lra).
  assert (Hpart : forall Z u x, moves Z u -> 0 <= x <= u -> moves Z x).
  { intros Z u x [_ HZ] Hx. split; [lra | intros y Hy; apply HZ; lra]. }
  split; intros Htime Hlearned Ht.
  - assert (Hafter : delta2 / rho + r0 < t2).
    { apply Rnot_le_lt. intro Hle. pose proof (Hearly delta2 X2 t2 HY HYm Hle). lra. }
    destruct (Hlow (t2 - s) ltac:(lra)) as [Hq1 Hq2].
    apply (Hsoon delta delta X t (t2 - s) (strength X2 t2) eps ltac:(lra) ltac:(lra) HX HXm Hq1 Hlearned); trivial.
    pose proof (Hnear delta delta2 X X2 (t2 - s) ltac:(lra) HX (Hpart X t (t2 - s) HXm ltac:(lra)) HY) as Hq3.
    fold s in Hq3. replace (t2 - s + s) with t2 in Hq3 by ring. apply Hq3; [assumption | lra].
  - assert (Hafter : delta / rho + r0 < t).
    { apply Rnot_le_lt. intro Hle. pose proof (Hearly delta X t HX HXm Hle). lra. }
    destruct (Hlow t Hafter) as [Hq1 Hq2].
    apply (Hsoon delta delta2 X2 t2 (t + s) (strength X t) eps ltac:(lra) ltac:(lra) HY HYm ltac:(lra) Hlearned); trivial.
    rewrite Rabs_minus_sym. apply (Hnear delta delta2 X X2 t ltac:(lra) HX HXm HY); [| lra].
    fold s. apply (Hpart X2 t2 (t + s) HYm). lra.
Qed.

Lemma scale_small c eps delta : 0 <= c -> 0 < eps -> - (2 * ln (eps / (2 * (c + 1)))) <= delta -> c * exp (- (delta / 2)) <= eps / 2.
Proof.
  intros Hc Heps Hd. assert (Hpos : 0 < eps / (2 * (c + 1))) by (apply Rdiv_lt_0_compat; lra).
  assert (He : exp (- (delta / 2)) <= eps / (2 * (c + 1))).
  { rewrite <- (exp_ln (eps / (2 * (c + 1)))) by assumption.
    assert (Hle : - (delta / 2) <= ln (eps / (2 * (c + 1)))) by lra.
    destruct Hle as [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]. }
  pose proof (exp_pos (- (delta / 2))). apply Rle_trans with ((c + 1) * (eps / (2 * (c + 1)))); [apply Rmult_le_compat; lra |].
  apply Req_le. field. lra.
Qed.

Theorem offset_tends : exists late, offset_tends_to P rho f late.
Proof.
  destruct (learned_from_delta_over_rate P f real Hf) as (C & HC & L). destruct early_unlearned as (r0 & Hearly).
  set (top := C + 1). destruct (completeness (before top)) as [late Hlate].
  - exists top. intros r [Hr _]. exact Hr.
  - exists (Rmin top r0). split; [apply Rmin_l |]. exists 0. intros delta X t _ HX HXm Ht.
    apply (Hearly delta X t HX HXm). pose proof (Rmin_r top r0). lra.
  - destruct Hlate as [Habove Hleast]. exists late. intros eps Heps.
    assert (Hbelow : exists r, before top r /\ late - eps < r).
    { apply NNPP. intro Hno. assert (late <= late - eps); [| lra]. apply Hleast. intros r Hr. apply Rnot_lt_le. intro Hlt.
      apply Hno. now exists r. }
    destruct Hbelow as (r & [_ [least1 Hr]] & Hgt).
    destruct (both_learned top ltac:(unfold top; lra)) as (c & least2' & Hc & Hlike).
    set (least2 := Rmax least2' (- (2 * ln (eps / (2 * (c + 1)))))).
    exists (Rmax 0 (Rmax least1 least2)). intros delta X t Hd HX Ht HXm sigma s.
    pose proof (Rmax_l 0 (Rmax least1 least2)). pose proof (Rmax_r 0 (Rmax least1 least2)).
    pose proof (Rmax_l least1 least2). pose proof (Rmax_r least1 least2). assert (HXt : moves X t) by (now split). split.
    + intro Hl. apply learned_is_strong in Hl. apply Rnot_lt_le. intro Hlt.
      pose proof (Hr delta X t ltac:(lra) HX HXt ltac:(lra)). lra.
    + intro Htime. destruct (Rle_dec (late + eps / 2) top) as [Hle | Hle].
      * assert (Hno : ~ before top (late + eps / 2)) by (intro Hb; pose proof (Habove _ Hb); lra).
        assert (Hex : exists delta2 X2 t2, delta <= delta2 /\ spectral_start P delta2 X2 /\ moves X2 t2 /\
          t2 <= delta2 / rho + (late + eps / 2) /\ f * (al ^ 2 + be ^ 2) <= strength X2 t2).
        { apply NNPP. intro Hnone. apply Hno. split; [assumption |]. exists delta. intros delta2 X2 t2 Hd2 HY HYm Ht2.
          apply Rnot_le_lt. intro Hs. apply Hnone. now exists delta2, X2, t2. }
        destruct Hex as (delta2 & X2 & t2 & Hd2 & HY & HYm & Ht2 & Hs).
        pose proof (Rmax_l least2' (- (2 * ln (eps / (2 * (c + 1)))))). pose proof (Rmax_r least2' (- (2 * ln (eps / (2 * (c + 1)))))).
        assert (Hsmall : c * exp (- (delta / 2)) <= eps / 2) by (apply scale_small; unfold least2 in *; lra).
        destruct (Hlike delta delta2 X X2 t t2 (eps / 2) ltac:(unfold least2 in *; lra) HX HXt HY HYm Hsmall ltac:(lra)) as [Hfirst _].
        assert (Hshift : delta2 / rho = delta / rho + (delta2 - delta) / rho) by (field; pose proof step_numbers; lra).
        destruct (Hfirst ltac:(lra) Hs ltac:(lra)) as (x & Hx & Hx').
        exists x. split; [assumption |]. now apply learned_is_strong.
      * exists t. split; [lra |]. apply (L delta X t ltac:(lra) HX HXm). unfold top in Hle. lra.
Qed.

End OfStep.

Theorem offset_tends_to_a_limit : middle_offset_has_a_limit.offset_tends_to_a_limit.
Proof. intros P f real Hf. now apply offset_tends. Qed.

(** Some flow from each scale has learned at a first time. *)
Lemma first_time_of_some_flow P f delta : possible P -> 0 < f < 1 -> 0 <= delta -> exists X T, first_time P f delta X T.
Proof.
  intros real Hf Hd. destruct (flow_exists_for_all_time P delta real) as (X & Hstart & Hflow).
  destruct (step_numbers P real) as (_ & _ & _ & _ & Hrho & _). destruct (learned_from_delta_over_rate P f real Hf) as (C & HC & L).
  set (rho := modes_of_step_learned_by_delta_over_rate.middle_rate P) in *. set (sigma := sqrt (N_maj P + N_min P)).
  set (s := fun x => a X x * (N_maj P * b X x + N_min P * e X x) / sigma).
  assert (Htop : 0 <= delta / rho + C).
  { apply Rplus_le_le_0_compat; [apply Rmult_le_pos; [assumption | apply Rlt_le; now apply Rinv_0_lt_compat] | assumption]. }
  destruct (L delta X (delta / rho + C) Hd Hstart (fun x Hx => Hflow x (proj1 Hx))) as [Hl _]. specialize (Hl (Rle_refl _)).
  destruct (first_time_exists s (f * sigma) (delta / rho + C) Htop) as (T & HT & Hat & Hbefore); [| exact Hl |].
  - intros x Hx. destruct (Hflow x (proj1 Hx)) as ((Da & Db & De) & _).
    apply (@ex_derive_continuous R_AbsRing R_NormedModule). eexists.
    apply (is_derive_ext (fun y => / sigma * (a X y * (N_maj P * b X y + N_min P * e X y)))); [intro; apply Rmult_comm |].
    apply is_derive_scal, (product_is_derive (a X) (fun y => N_maj P * b X y + N_min P * e X y)); [exact Da |].
    apply sum_is_derive; eassumption.
  - exists X, T. split; [exact Hstart |]. split; [exact Hflow |]. split; [lra |]. now split.
Qed.

Theorem first_time_near_its_limit : middle_offset_has_a_limit.first_time_near_its_limit.
Proof.
  intros P f real Hf. destruct (offset_tends P f real Hf) as (late & Hlate). destruct (step_numbers P real) as (_ & _ & _ & _ & Hrho & _).
  destruct (learned_from_delta_over_rate P f real Hf) as (C & HC & L). destruct (early_unlearned P f real Hf) as (r0 & Hearly).
  destruct (both_learned P f real Hf C HC) as (c & least1 & Hc & Hboth).
  set (rho := modes_of_step_learned_by_delta_over_rate.middle_rate P) in *.
  exists late, c, (Rmax (Rmax 0 least1) (- (rho * r0))). split; [exact Hlate |]. intros delta Henough.
  pose proof (Rmax_l (Rmax 0 least1) (- (rho * r0))). pose proof (Rmax_r (Rmax 0 least1) (- (rho * r0))).
  pose proof (Rmax_l 0 least1). pose proof (Rmax_r 0 least1).
  split; [apply first_time_of_some_flow; trivial; lra |]. intros X T HX.
  assert (Hfirst : forall d Y U, 0 <= d -> first_time P f d Y U -> spectral_start P d Y /\ (forall t, 0 <= t -> moves P Y t) /\ 0 <= U /\
    U <= d / rho + C /\ d / rho + r0 < U /\ f * (sqrt (N_maj P) ^ 2 + sqrt (N_min P) ^ 2) <= strength P Y U /\
    forall x, 0 <= x <= U -> f * (sqrt (N_maj P) ^ 2 + sqrt (N_min P) ^ 2) <= strength P Y x -> x = U).
  { intros d Y U Hd0 HY. destruct HY as (Hstart & Hflow & HT0 & Hat & Hbefore).
    assert (Hm : forall t, 0 <= t -> moves P Y t) by (intros t Ht; split; [assumption | intros x Hx; apply Hflow; lra]).
    assert (Hat' := proj1 (learned_is_strong P f real Y U) Hat).
    assert (Hone : forall x, 0 <= x <= U -> f * (sqrt (N_maj P) ^ 2 + sqrt (N_min P) ^ 2) <= strength P Y x -> x = U).
    { intros x Hx Hs. apply Rle_antisym; [lra |]. apply Rnot_lt_le. intro Hlt. pose proof (Hbefore x ltac:(lra)) as Hb.
      apply (learned_is_strong P f real) in Hs. lra. }
    split; [exact Hstart |]. split; [exact Hm |]. split; [exact HT0 |]. split; [| split; [| split; [exact Hat' | exact Hone]]].
    - apply Rnot_lt_le. intro Hlt. assert (Hy : 0 <= d / rho + C).
      { apply Rplus_le_le_0_compat; [apply Rmult_le_pos; [assumption | apply Rlt_le; now apply Rinv_0_lt_compat] | assumption]. }
      destruct (L d Y (d / rho + C) Hd0 Hstart (fun x Hx => Hflow x (proj1 Hx))) as [Hl _]. specialize (Hl (Rle_refl _)).
      pose proof (Hbefore (d / rho + C) ltac:(lra)). lra.
    - apply Rnot_le_lt. intro Hle. pose proof (Hearly d Y U Hstart (Hm _ HT0) Hle). lra. }
  destruct (Hfirst delta X T ltac:(lra) HX) as (S1 & M1 & T1 & U1 & V1 & W1 & O1).
  apply le_epsilon. intros eta Heta. destruct (Hlate eta Heta) as (least' & Hl). set (delta2 := Rmax delta least').
  pose proof (Rmax_l delta least') as Hd2. pose proof (Rmax_r delta least') as Hd2'. fold delta2 in Hd2, Hd2'.
  destruct (first_time_of_some_flow P f delta2 real Hf ltac:(lra)) as (X2 & L2 & HX2).
  destruct (Hfirst delta2 X2 L2 ltac:(lra) HX2) as (S2 & M2 & T2 & U2 & V2 & W2 & O2).
  assert (Hlimit : Rabs (L2 - delta2 / rho - late) <= eta).
  { destruct HX2 as (_ & Hflow & _ & Hat & _). apply Rabs_le. split.
    - destruct (Hl delta2 X2 L2 Hd2' S2 T2 (fun x Hx => Hflow x (proj1 Hx))) as [Q1 _]. specialize (Q1 Hat). lra.
    - apply Rnot_lt_le. intro Hlt. set (t := Rmax 0 (delta2 / rho + late + eta)).
      assert (Ht : 0 <= t /\ delta2 / rho + late + eta <= t) by (split; [apply Rmax_l | apply Rmax_r]).
      assert (Ht2 : t < L2).
      { apply Rmax_lub_lt; [| lra]. assert (0 <= delta2 / rho + r0); [| lra]. apply Rmult_le_reg_l with rho; [assumption |].
        replace (rho * (delta2 / rho + r0)) with (delta2 + rho * r0) by (field; lra). lra. }
      destruct (Hl delta2 X2 t Hd2' S2 (proj1 Ht) (fun x Hx => Hflow x (proj1 Hx))) as [_ Q2].
      destruct (Q2 (proj2 Ht)) as (x & Hx & Hs). apply (learned_is_strong P f real) in Hs.
      pose proof (O2 x ltac:(lra) Hs). lra. }
  set (eps := c * exp (- (delta / 2))) in *. pose proof (exp_pos (- (delta / 2))).
  assert (Heps0 : 0 <= eps) by (apply Rmult_le_pos; lra). set (s := (delta2 - delta) / rho).
  assert (Hshift : delta2 / rho = delta / rho + s) by (unfold s; field; lra).
  assert (Hs0 : 0 <= s) by (apply Rmult_le_pos; [lra | apply Rlt_le; now apply Rinv_0_lt_compat]).
  assert (Hr0 : 0 <= delta / rho + r0).
  { apply Rmult_le_reg_l with rho; [assumption |]. replace (rho * (delta / rho + r0)) with (delta + rho * r0) by (field; lra). lra. }
  assert (Habove : T <= L2 - s + eps).
  { apply Rnot_lt_le. intro Hlt. destruct (Hboth delta delta2 X X2 (L2 - s + eps) L2 eps ltac:(lra) S1
      (M1 (L2 - s + eps) ltac:(lra)) S2 (M2 _ T2) (Rle_refl eps) Heps0) as [B1 _].
    destruct (B1 U2 W2 (Rle_refl _)) as (x & Hx & Hs). pose proof (O1 x ltac:(lra) Hs). lra. }
  assert (Hbelow : L2 <= T + s + eps).
  { apply Rnot_lt_le. intro Hlt. destruct (Hboth delta delta2 X X2 T (T + s + eps) eps ltac:(lra) S1
      (M1 _ T1) S2 (M2 (T + s + eps) ltac:(lra)) (Rle_refl eps) Heps0) as [_ B2].
    destruct (B2 U1 W1 (Rle_refl _)) as (x & Hx & Hs). pose proof (O2 x ltac:(lra) Hs). lra. }
  apply Rabs_le_between in Hlimit. apply Rabs_le. lra.
Qed.

(** At gamma = 1/2 and n_min = 1 the rate is 1. *)
Lemma rate_at_half m1 m2 ratio : 1 <= m1 -> 1 <= m2 -> 1 <= ratio -> let P := ((m1, m2), (ratio, 1), (/ sqrt ratio, 1)) in
  possible P /\ modes_of_step_learned_by_delta_over_rate.middle_rate P = 1.
Proof.
  intros H1 H2 Hratio P. assert (Hroot : 0 < sqrt ratio) by (apply sqrt_lt_R0; lra). pose proof (Rinv_0_lt_compat _ Hroot). split.
  - unfold possible, P, m_maj, m_min, n_maj, n_min, w_maj, w_min; cbn; lra.
  - unfold modes_of_step_learned_by_delta_over_rate.middle_rate. rewrite <- sqrt_1. f_equal.
    unfold N_maj, N_min, P, m_maj, m_min, n_maj, n_min, w_maj, w_min. cbn [fst snd].
    rewrite pow_inv, pow2_sqrt by lra. field. lra.
Qed.

Theorem middle_offset_tends_to_a_limit : finite_init_offset.middle_offset_tends_to_a_limit.
Proof.
  intros m ratio Hm Hratio. destruct (rate_at_half m m ratio ltac:(lra) ltac:(lra) ltac:(lra)) as [real Hrate].
  destruct (offset_tends _ (/ 2) real ltac:(lra)) as (late & Hlate). exists late. now rewrite Hrate in Hlate.
Qed.

(** A limit of what stays within a constant does too. *)
Lemma limit_within_the_constant p f late : 0 < f < 1 -> offset_within_constant_of p f late -> offset_limit_within_constant_of p f late.
Proof.
  intros Hf (C & least & H). exists (Rabs C), least. intros m1 m2 ratio H1 H2 Hp Hratio Hleast.
  destruct (rate_at_half m1 m2 ratio H1 H2 Hratio) as [real Hrate]. set (P := ((m1, m2), (ratio, 1), (/ sqrt ratio, 1))) in *.
  destruct (first_time_near_its_limit P f real Hf) as (limit & c & enough & Hlimit & Hnear). rewrite Hrate in Hlimit, Hnear.
  exists limit. split; [exact Hlimit |]. pose proof (Rle_abs C) as HC. pose proof (Rabs_pos c). pose proof (Rle_abs c).
  apply le_epsilon. intros eps Heps. set (tiny := - (2 * ln (eps / (2 * (Rabs c + 1))))).
  set (delta := Rmax (Rmax 0 enough) (Rmax (Rabs C - late ratio) tiny)).
  assert (Hdelta : 0 <= delta /\ enough <= delta /\ Rabs C - late ratio <= delta /\ tiny <= delta).
  { unfold delta. pose proof (Rmax_l (Rmax 0 enough) (Rmax (Rabs C - late ratio) tiny)). pose proof (Rmax_l 0 enough).
    pose proof (Rmax_r (Rmax 0 enough) (Rmax (Rabs C - late ratio) tiny)). pose proof (Rmax_r 0 enough).
    pose proof (Rmax_l (Rabs C - late ratio) tiny). pose proof (Rmax_r (Rabs C - late ratio) tiny). lra. }
  clearbody delta. destruct Hdelta as (D0 & D1 & D3 & D2). pose proof (scale_small f Hf (Rabs c) eps delta ltac:(lra) Heps D2) as Hsmall.
  destruct (Hnear delta ltac:(lra)) as ((X & T & HX) & Hall). specialize (Hall X T HX). pose proof (exp_pos (- (delta / 2))).
  assert (Hc : c * exp (- (delta / 2)) <= Rabs c * exp (- (delta / 2))) by (apply Rmult_le_compat_r; lra).
  destruct HX as ((Sa & Sb & Se & _) & Hflow & HT & Hat & Hbefore).
  assert (HN : N_maj P = p * ratio) by (rewrite <- Hp; reflexivity).
  assert (HM : N_min P = 1 - p).
  { rewrite <- Hp. unfold N_min, P, m_maj, m_min, n_min. cbn. field. lra. }
  assert (Hends : forall t, 0 <= t -> _) by
    (intros t Ht; exact (H ratio delta (a X) (b X) (e X) t Hratio Hleast ltac:(lra) Ht)).
  cbv zeta in Hends. rewrite <- HN, <- HM in Hends.
  assert (Hlow : delta + late ratio - C <= T).
  { destruct (Hends T HT Sa Sb Se (fun x Hx => proj1 (Hflow x (proj1 Hx)))) as [G1 _]. now apply G1. }
  assert (Hhigh : T <= delta + late ratio + Rabs C).
  { apply Rnot_lt_le. intro Hlt. assert (- C <= Rabs C) by (rewrite <- Rabs_Ropp; apply Rle_abs).
    destruct (Hends (delta + late ratio + C) ltac:(lra) Sa Sb Se (fun x Hx => proj1 (Hflow x (proj1 Hx)))) as [_ G2].
    destruct (G2 (Rle_refl _)) as (x & Hx & Hs). pose proof (Hbefore x ltac:(lra)). lra. }
  apply Rabs_le_between in Hall. apply Rabs_le. lra.
Qed.

Lemma both p late : offset_within_constant_of p (/ 2) late ->
  offset_within_constant_of p (/ 2) late /\ offset_limit_within_constant_of p (/ 2) late.
Proof. intro H. split; [exact H | apply limit_within_the_constant; [lra | exact H]]. Qed.

Theorem growth_at_several_splits : middle_offset_grows_as_root_p.growth_at_several_splits.
Proof.
  intros p Hp. pose proof (sqrt_lt_R0 p (proj1 Hp)). apply both.
  apply (offset_within_the_same p (/ 2) (fun ratio => ln ratio / (4 * sqrt p))); [intro ratio; field; lra |].
  apply offset_within_a_constant; lra.
Qed.

Theorem growth_of_middle_offset : finite_init_offset.growth_of_middle_offset.
Proof.
  pose proof (sqrt_lt_R0 2 ltac:(lra)). apply both.
  apply (offset_within_the_same (/ 2) (/ 2) (fun ratio => ln ratio / (4 * sqrt (/ 2)))); [intro ratio; rewrite sqrt_inv; field; lra |].
  apply offset_within_a_constant; lra.
Qed.
