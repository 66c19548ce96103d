(******************************************************************************)
(* The middle mode's learning time less delta over its escape rate has a      *)
(* limit as delta grows: STEP of any split, any positive weights, any         *)
(* fraction, spectral init.                                                   *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*    orbit_of_flow == the flow of STEP in the units of middle_limit.v        *)
(*  early_unlearned == nothing is learned before delta / rho + r_0            *)
(*           before r == from some delta on, nothing is learned before        *)
(*                       delta / rho + r; the limit is the largest such r     *)
(*  limit_within_the_constant == at gamma = 1/2 the limit is as near to       *)
(*                       ln R / (4 sqrt p) as the learning times are          *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz Classical.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels dynamics.convergence dynamics.upper_times.
From UFM Require Import dynamics.middle_rise dynamics.middle_limit dynamics.middle_offset.
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

(** Where some orbit from a smaller scale has learned by delta2 / rho + r, one from e^(-delta) has by delta / rho + r + eps. *)
Lemma learned_like_later top eps : 0 <= top -> 0 < eps -> exists least, forall delta delta2 X X2 t t2 r, least <= delta <= delta2 ->
  spectral_start P delta X -> moves X t -> spectral_start P delta2 X2 -> moves X2 t2 -> r <= top ->
  t2 <= delta2 / rho + r -> f * (al ^ 2 + be ^ 2) <= strength X2 t2 -> delta / rho + r + eps <= t ->
  exists x, 0 <= x <= t /\ f * (al ^ 2 + be ^ 2) <= strength X x.
Proof.
  intros Htop Heps. destruct early_unlearned as (r0 & Hearly).
  destruct step_numbers as (Hal & Hbe & Hv & Hw & Hrho & Ha2 & Hb2 & Hrate & Hs & Hs2).
  pose proof (pow_lt al 2 Hal). pose proof (pow_lt be 2 Hbe).
  assert (Hlevel : 0 < f * (al ^ 2 + be ^ 2)) by (apply Rmult_lt_0_compat; lra).
  set (level := f * (al ^ 2 + be ^ 2)) in *. set (k := rising al be v w f).
  assert (Hk : 0 < k) by (now apply rising_positive). set (g := gap al be v w rho (rho * top)).
  assert (Hg : 0 <= g).
  { unfold g, gap. apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply Rlt_le, exp_pos] | apply sqrt_pos]. }
  assert (Hke : 0 < k * eps) by (now apply Rmult_lt_0_compat).
  set (small := level * (k * eps) / ((g + 1) * (1 + k * eps))).
  assert (Hsmall : 0 < small) by (apply Rdiv_lt_0_compat; apply Rmult_lt_0_compat; lra).
  exists (Rmax (Rmax 0 (- ln sigma)) (Rmax (- (3 * rho * r0)) (- (2 * ln small)))).
  intros delta delta2 X X2 t t2 r Hd HX HXm HY HYm Hr Ht2 Hlearned Ht.
  assert (Hd0 : 0 <= delta /\ - ln sigma <= delta /\ - (3 * rho * r0) <= delta /\ - (2 * ln small) <= delta).
  { destruct Hd as [Hd _]. pose proof (Rmax_l (Rmax 0 (- ln sigma)) (Rmax (- (3 * rho * r0)) (- (2 * ln small)))).
    pose proof (Rmax_r (Rmax 0 (- ln sigma)) (Rmax (- (3 * rho * r0)) (- (2 * ln small)))).
    pose proof (Rmax_l 0 (- ln sigma)). pose proof (Rmax_r 0 (- ln sigma)).
    pose proof (Rmax_l (- (3 * rho * r0)) (- (2 * ln small))). pose proof (Rmax_r (- (3 * rho * r0)) (- (2 * ln small))). lra. }
  destruct Hd0 as (D0 & D1 & D2 & D3). assert (Hexp : forall y z, y <= z -> exp y <= exp z).
  { intros y z [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]. }
  assert (Hnot : delta2 / rho + r0 < t2).
  { apply Rnot_le_lt. intro Hle. pose proof (Hearly delta2 X2 t2 HY HYm Hle). lra. }
  set (s := (delta2 - delta) / rho). set (x := t2 - s).
  assert (Hx : rho * x = rho * t2 - delta2 + delta) by (unfold x, s; field; lra).
  apply (Rmult_lt_compat_l rho) in Hnot; [| assumption].
  replace (rho * (delta2 / rho + r0)) with (delta2 + rho * r0) in Hnot by (field; lra).
  apply (Rmult_le_compat_l rho) in Ht2; [| lra].
  replace (rho * (delta2 / rho + r)) with (delta2 + rho * r) in Ht2 by (field; lra).
  assert (Hrt : rho * r <= rho * top) by (apply Rmult_le_compat_l; lra).
  assert (Hx1 : 2 * delta / (3 * rho) <= x).
  { apply Rmult_le_reg_l with rho; [assumption |]. replace (rho * (2 * delta / (3 * rho))) with (2 * delta / 3) by (field; lra). lra. }
  assert (Hx0 : 0 <= x) by (apply Rle_trans with (2 := Hx1); apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]).
  assert (Hxt : x <= delta / rho + r).
  { apply Rmult_le_reg_l with rho; [assumption |]. replace (rho * (delta / rho + r)) with (delta + rho * r) by (field; lra). lra. }
  assert (HXx : moves X x) by (destruct HXm as [_ HXm]; split; [assumption | intros y Hy; apply HXm; lra]).
  assert (Hend : x + s = t2) by (unfold x; ring).
  pose proof (strength_follows al be v w rho Hal Hbe Hv Hw Hrho Hrate delta delta2 x _ _ _ _ _ _ D0 (proj2 Hd)
    (orbit_of_flow delta X x HX HXx) ltac:(fold s; rewrite Hend; exact (orbit_of_flow delta2 X2 t2 HY HYm)) (rho * top) x
    ltac:(apply Rmult_le_pos; lra) ltac:(lra) ltac:(lra)) as Hfollow.
  fold s in Hfollow. rewrite Hend, (strength_in_units X2 t2), (strength_in_units X x) in Hfollow. fold g in Hfollow.
  assert (He : exp (- (delta / 2)) <= small) by (rewrite <- (exp_ln small) by assumption; apply Hexp; lra).
  pose proof (exp_pos (- (delta / 2))) as Hep. set (short := g * exp (- (delta / 2))) in *.
  assert (Hsh : short * (1 + k * eps) <= level * (k * eps)).
  { assert (H1 : short <= (g + 1) * small) by (unfold short; apply Rmult_le_compat; lra).
    apply (Rmult_le_compat_r (1 + k * eps)) in H1; [| lra].
    replace ((g + 1) * small * (1 + k * eps)) with (level * (k * eps)) in H1 by (unfold small; field; lra). exact H1. }
  assert (Hsh0 : 0 <= short) by (apply Rmult_le_pos; lra).
  apply (learned_soon delta X t x short HX HXm D0); [| lra | assumption | fold level; lra |].
  - rewrite <- (exp_ln sigma) by assumption. apply Hexp. lra.
  - fold level k. assert (Hkk : k * eps <= k * (t - x)) by (apply Rmult_le_compat_l; lra).
    assert (short <= level).
    { apply Rmult_le_reg_r with (k * eps); [assumption |]. lra. }
    assert ((level - short) * (k * eps) <= (level - short) * (k * (t - x))) by (apply Rmult_le_compat_l; lra). lra.
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
    destruct (learned_like_later top (eps / 2) ltac:(unfold top; lra) ltac:(lra)) as (least2 & Hlike).
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
        destruct (Hlike delta delta2 X X2 t t2 (late + eps / 2) ltac:(lra) HX HXt HY HYm Hle Ht2 Hs ltac:(lra)) as (x & Hx & Hx').
        exists x. split; [assumption |]. now apply learned_is_strong.
      * exists t. split; [lra |]. apply (L delta X t ltac:(lra) HX HXm). unfold top in Hle. lra.
Qed.

End OfStep.

Theorem offset_tends_to_a_limit : middle_offset_has_a_limit.offset_tends_to_a_limit.
Proof. intros P f real Hf. now apply offset_tends. Qed.

Theorem learning_times_tend_to_a_limit : middle_offset_has_a_limit.learning_times_tend_to_a_limit.
Proof.
  intros P f real Hf. destruct (offset_tends P f real Hf) as (late & Hlate). exists late. intros X T least HX sigma s HT.
  destruct (step_numbers P real) as (_ & _ & _ & _ & Hrho & _).
  set (rho := modes_of_step_learned_by_delta_over_rate.middle_rate P) in *.
  apply is_lim_spec. intros [eps Heps]. destruct (Hlate (eps / 2) ltac:(lra)) as (least' & Hl). cbn.
  exists (Rmax (Rmax least least') (- (rho * late))). intros delta Hd.
  pose proof (Rmax_l (Rmax least least') (- (rho * late))). pose proof (Rmax_r (Rmax least least') (- (rho * late))) as Hpos.
  pose proof (Rmax_l least least'). pose proof (Rmax_r least least').
  destruct (HX delta ltac:(lra)) as [Hstart Hflow]. destruct (HT delta ltac:(lra)) as (HT0 & Hat & Hbefore).
  destruct (Hl delta (X delta) (T delta) ltac:(lra) Hstart HT0 (fun x Hx => Hflow x (proj1 Hx))) as [L1 _]. specialize (L1 Hat).
  apply Rabs_def1; [| lra]. apply Rnot_le_lt. intro Hle. set (t := delta / rho + late + eps / 2).
  assert (Hlater : t < T delta) by (unfold t; lra).
  assert (Ht : 0 <= t).
  { assert (0 <= delta / rho + late); [| unfold t; lra]. apply Rmult_le_reg_l with rho; [assumption |].
    replace (rho * (delta / rho + late)) with (delta + rho * late) by (field; lra). lra. }
  destruct (Hl delta (X delta) t ltac:(lra) Hstart Ht (fun x Hx => Hflow x (proj1 Hx))) as [_ L2].
  destruct (L2 (Rle_refl t)) as (x & Hx & Hs). pose proof (Hbefore x ltac:(lra)) as Hlt.
  unfold s in Hlt. fold sigma in Hs. lra.
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

(** A limit of what stays within a constant does too: it is moved to the nearer end where no orbit tells where it is. *)
Lemma limit_within_the_constant p f late : 0 < f < 1 -> offset_within_constant_of p f late -> offset_limit_within_constant_of p f late.
Proof.
  intros Hf (C & least & H). exists (Rabs C), least. intros m1 m2 ratio H1 H2 Hp Hratio Hleast.
  destruct (rate_at_half m1 m2 ratio H1 H2 Hratio) as [real Hrate].
  destruct (offset_tends _ f real Hf) as (limit & Hlimit). rewrite Hrate in Hlimit. pose proof (Rle_abs C) as HC.
  set (low := late ratio - Rabs C). set (high := late ratio + Rabs C). pose proof (Rabs_pos C).
  exists (Rmax low (Rmin limit high)). split.
  2: { apply Rabs_le. pose proof (Rmax_l low (Rmin limit high)). pose proof (Rmin_r limit high).
       assert (Rmax low (Rmin limit high) <= high) by (apply Rmax_lub; [unfold low, high; lra | assumption]).
       unfold low, high in *. lra. }
  intros eps Heps. destruct (Hlimit eps Heps) as (least' & Hl). exists (Rmax 0 least'). intros delta X t Hd HX Ht Hflow sigma s.
  pose proof (Rmax_l 0 least'). pose proof (Rmax_r 0 least').
  destruct (Hl delta X t ltac:(lra) HX Ht Hflow) as [L1 L2]. pose proof HX as (Sa & Sb & Se & _).
  assert (HN : N_maj ((m1, m2), (ratio, 1), (/ sqrt ratio, 1)) = p * ratio) by (rewrite <- Hp; reflexivity).
  assert (HM : N_min ((m1, m2), (ratio, 1), (/ sqrt ratio, 1)) = 1 - p).
  { rewrite <- Hp. unfold N_min, m_maj, m_min, n_min. cbn. field. lra. }
  pose proof (H ratio delta (a X) (b X) (e X) t Hratio Hleast ltac:(lra) Ht) as G. cbv zeta in G.
  fold sigma in L1, L2. rewrite <- HN, <- HM in G. fold sigma in G.
  destruct (G Sa Sb Se (fun x Hx => proj1 (Hflow x Hx))) as [G1 G2]. unfold s. split.
  - intro Hs. specialize (L1 Hs). specialize (G1 Hs). pose proof (Rmin_l limit high).
    assert (Rmax low (Rmin limit high) <= t - delta + eps); [| lra]. apply Rmax_lub; unfold low in *; lra.
  - intro Htime. pose proof (Rmax_r low (Rmin limit high)) as Hr. destruct (Rle_dec limit high) as [Hle | Hgt].
    + apply L2. assert (limit <= Rmin limit high) by (apply Rmin_glb; lra). lra.
    + apply G2. assert (high <= Rmin limit high) by (apply Rmin_glb; lra). unfold high in *. lra.
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
