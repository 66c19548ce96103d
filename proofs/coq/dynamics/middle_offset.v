(******************************************************************************)
(* The middle mode of STEP at gamma = 1/2 is late by ln R / (4 sqrt p), up to *)
(* a constant, from spectral init.                                            *)
(*                                                                            *)
(* Source: ours. al, be, k, B and E are those of middle_growth.v.             *)
(*                                                                            *)
(*    classifier_low == a is larger than a constant from delta on             *)
(*     strength_late, strength_reached == the learning time lies between      *)
(*                      delta + ln k / (2 al) less and plus a constant        *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz Classical_Prop.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels dynamics.upper_times dynamics.middle_growth.
Import reviewed.

Local Open Scope R_scope.

(** The three scalars of STEP, in these units. *)
Section OfStep.

Variables al be k delta t : R.
Hypotheses (Hal : 0 < al) (Hbe : 0 < be) (unit : al ^ 2 + be ^ 2 = 1) (Hk : 1 <= k) (Hdelta : 0 <= delta) (Ht : 0 <= t).
Variables a b e : R -> R.
Notation N := (al ^ 2 * k ^ 2).
Notation M := (be ^ 2).
Notation sigma := (sqrt (N + M)).
Hypothesis moves : forall x, 0 <= x <= t -> middle_flow N M (/ k) 1 a b e x.
Hypotheses (start_a : a 0 = exp (- delta)) (start_b : b 0 = exp (- delta) / sigma) (start_e : e 0 = exp (- delta) / sigma).

Let B x := al * k * b x.
Let E x := be * e x.

Lemma numbers_positive : 0 < N /\ 0 < M /\ 0 < sigma /\ sigma ^ 2 = N + M /\ sigma <= k.
Proof.
  assert (0 < al ^ 2) by (now apply pow_lt). assert (0 < M) by (now apply pow_lt).
  assert (1 <= k ^ 2) by (rewrite <- (pow1 2); apply pow_incr; lra).
  assert (0 < N) by (apply Rmult_lt_0_compat; lra). assert (Hs : 0 < sigma) by (apply sqrt_lt_R0; lra).
  assert (Hs2 : sigma ^ 2 = N + M) by (apply pow2_sqrt; lra). repeat split; try assumption.
  apply Rnot_lt_le. intro Hlt. assert (k ^ 2 < sigma ^ 2) by nra.
  assert (M * 1 <= M * k ^ 2) by (apply Rmult_le_compat_l; lra).
  assert (k ^ 2 = N + M * k ^ 2) by (rewrite <- Rmult_plus_distr_r, unit; ring). lra.
Qed.

Lemma features_start : 0 <= b 0 /\ 0 <= e 0 /\ a 0 ^ 2 = N * b 0 ^ 2 + M * e 0 ^ 2.
Proof.
  destruct numbers_positive as (HN & HM & Hs & Hs2 & _). pose proof (exp_pos (- delta)).
  assert (0 <= exp (- delta) / sigma) by (apply Rlt_le, Rdiv_lt_0_compat; lra).
  rewrite start_a, start_b, start_e. repeat split; trivial.
  clear - Hs Hs2. set (s := sigma) in *. clearbody s.
  replace (N * (exp (- delta) / s) ^ 2 + M * (exp (- delta) / s) ^ 2) with ((N + M) * (exp (- delta) / s) ^ 2) by ring.
  rewrite <- Hs2. field. lra.
Qed.

Lemma small_start : exp (- delta) <= 1.
Proof.
  rewrite <- exp_0. destruct Hdelta as [Hd | <-]; [apply Rlt_le, exp_increasing; lra | rewrite Ropp_0; lra].
Qed.

Lemma root_below : 0 < al * be < 1 /\ (al * be) ^ 2 <= N /\ (al * be) ^ 2 <= M.
Proof.
  assert (al < 1 /\ be < 1) as [H1 H2] by (split; nra). assert (0 < al * be) by (now apply Rmult_lt_0_compat).
  assert (0 < al ^ 2) by (now apply pow_lt). assert (0 < M) by (now apply pow_lt).
  assert (1 <= k ^ 2) by (rewrite <- (pow1 2); apply pow_incr; lra). rewrite Rpow_mult_distr. repeat split; nra.
Qed.

Lemma scalars_positive x : 0 <= x <= t -> 0 < a x /\ 0 <= b x /\ 0 <= e x.
Proof.
  intro Hx. destruct numbers_positive as (HN & HM & Hs & Hs2 & _). destruct features_start as (Pb & Pe & Hbal).
  destruct root_below as (Hh & HhN & HhM). pose proof (exp_pos (- delta)) as Hexp. pose proof small_start.
  assert (Hik : 0 < / k) by (apply Rinv_0_lt_compat; lra).
  set (least := exp (- delta) * (al * be)). assert (Hl : 0 < least) by (apply Rmult_lt_0_compat; lra).
  assert (Hl0 : least <= a 0) by (rewrite start_a; unfold least; nra).
  assert (Hlh : least <= al * be) by (unfold least; nra).
  assert (Hl4 : least ^ 4 <= (al * be) ^ 2).
  { apply Rle_trans with ((al * be) ^ 4); [apply pow_incr; lra |].
    replace ((al * be) ^ 4) with ((al * be) ^ 2 * (al * be) ^ 2) by ring.
    assert ((al * be) ^ 2 <= 1) by nra. pose proof (pow2_ge_0 (al * be)). nra. }
  assert (Hm : moves_until N M (/ k) 1 a b e x) by (split; [lra | intros y Hy; apply moves; lra]).
  pose proof (ends_nonnegative N M (/ k) 1 least a b e HN (Rlt_le _ _ HM) Hik Rlt_0_1 Hl Hl0 Pb Pe x Hm) as (_ & Qb & Qe).
  pose proof (ends_away N M (/ k) 1 least a b e HN (Rlt_le _ _ HM) Hik Rlt_0_1 Hl ltac:(lra) ltac:(right; lra) Hl0 Pb Pe
    Hbal x Hm).
  lra.
Qed.

Lemma scalars_balance x : 0 <= x <= t -> a x ^ 2 = N * b x ^ 2 + M * e x ^ 2.
Proof.
  intro Hx. destruct features_start as (_ & _ & Hbal).
  apply (ends_balance N M (/ k) 1 a b e Hbal). split; [lra | intros y Hy; apply moves; lra].
Qed.

Lemma parts_positive x : 0 <= x <= t -> 0 < a x /\ 0 <= B x /\ 0 <= E x.
Proof.
  intro Hx. destruct (scalars_positive x Hx) as (Pa & Pb & Pe). unfold B, E.
  repeat split; trivial; repeat apply Rmult_le_pos; lra.
Qed.

Lemma parts_balance x : 0 <= x <= t -> a x ^ 2 = B x ^ 2 + E x ^ 2.
Proof. intro Hx. rewrite (scalars_balance x Hx). unfold B, E. ring. Qed.

Lemma classifier_is_derive x : 0 <= x <= t -> is_derive a x (al * B x + be * E x - a x * (B x ^ 2 / k + E x ^ 2)).
Proof. intro Hx. destruct (moves x Hx) as (Da & _). evar_last; [exact Da |]. unfold B, E. field. lra. Qed.

Lemma majority_is_derive x : 0 <= x <= t -> is_derive B x (a x * (al - a x * B x / k)).
Proof.
  intro Hx. destruct (moves x Hx) as (_ & Db & _). evar_last; [apply is_derive_scal, Db |]. unfold B. field. lra.
Qed.

Lemma minority_is_derive x : 0 <= x <= t -> is_derive E x (a x * (be - a x * E x)).
Proof.
  intro Hx. destruct (moves x Hx) as (_ & _ & De). evar_last; [apply is_derive_scal, De |]. unfold E. ring.
Qed.

Definition low : R := large 1 (al * be) (al + be).

Lemma classifier_low x : delta <= x <= t -> low <= a x.
Proof.
  intro Hx. destruct numbers_positive as (HN & HM & _). destruct root_below as (Hh & HhN & HhM).
  assert (Hik : 0 < / k) by (apply Rinv_0_lt_compat; lra).
  assert (Hrate : 1 ^ 2 = N * (/ k) ^ 2 + M * 1 ^ 2).
  { replace (N * (/ k) ^ 2 + M * 1 ^ 2) with (al ^ 2 + M) by (field; lra). rewrite unit. ring. }
  assert (Hfit : forall y, 0 <= y <= t -> (a y * b y <= a y ^ 2 / (al * be) /\ N * b y <= sqrt N * a y) /\
    (a y * e y <= a y ^ 2 / (al * be) /\ M * e y <= sqrt M * a y)).
  { intros y Hy. destruct (scalars_positive y Hy) as (Pa & Pb & Pe). pose proof (scalars_balance y Hy).
    pose proof (pow2_ge_0 (b y)). pose proof (pow2_ge_0 (e y)).
    assert (0 <= N * b y ^ 2) by (apply Rmult_le_pos; lra). assert (0 <= M * e y ^ 2) by (apply Rmult_le_pos; lra).
    split; apply feature_of_balance; lra. }
  apply (classifier_large N M (/ k) 1 1 (al * be) (al + be) HN (Rlt_le _ _ HM) Hik Rlt_0_1 Rlt_0_1 (proj1 Hh) ltac:(lra)
    Hrate delta t a b e moves scalars_positive).
  - intros y Hy. destruct (Hfit y Hy) as [[H1 _] [H2 _]]. now split.
  - intros y Hy. destruct (Hfit y Hy) as [[_ H1] [_ H2]].
    replace N with ((al * k) ^ 2) in H1 at 2 by ring. rewrite sqrt_pow2 in H1 by nra. rewrite sqrt_pow2 in H2 by lra.
    apply (Rmult_le_compat_l (/ k)) in H1; [| lra].
    replace (/ k * (al * k * a y)) with (al * a y) in H1 by (field; lra).
    replace (N * / k * b y) with (/ k * (N * b y)) by ring. lra.
  - exact start_a.
  - lra.
  - rewrite Rmax_left; [lra |].
    assert (ln (al * be) < 0) by (rewrite <- ln_1; apply ln_increasing; lra). lra.
Qed.

Lemma majority_start : al / 2 * a 0 <= B 0.
Proof.
  destruct numbers_positive as (_ & _ & Hs & _ & Hsk). unfold B. rewrite start_a, start_b.
  pose proof (exp_pos (- delta)). apply Rmult_le_reg_r with sigma; [assumption |].
  replace (al * k * (exp (- delta) / sigma) * sigma) with (al * exp (- delta) * k) by (field; lra).
  replace (al / 2 * exp (- delta) * sigma) with (al * exp (- delta) * (sigma / 2)) by field.
  apply Rmult_le_compat_l; [apply Rmult_le_pos |]; lra.
Qed.

Lemma strength_is_learned f x :
  f * sigma <= a x * (N * b x + M * e x) / sigma <-> learned al be k a B E f x.
Proof.
  destruct numbers_positive as (_ & _ & Hs & Hs2 & _). unfold learned. set (s := sigma) in *. clearbody s.
  rewrite <- Hs2. assert (Heq : a x * (al * k * B x + be * E x) = a x * (N * b x + M * e x) / s * s) by (unfold B, E; field; lra).
  rewrite Heq. replace (f * s ^ 2) with (f * s * s) by ring.
  split; intro H; [apply Rmult_le_compat_r | apply Rmult_le_reg_r with s]; lra.
Qed.

Lemma strength_late f : 0 < f -> 1 < f * (al * k) -> f * sigma <= a t * (N * b t + M * e t) / sigma ->
  delta + ln (f * (al * k)) / (2 * al) - ln 2 / al <= t.
Proof.
  intros Hf Hlarge Hl. apply strength_is_learned in Hl.
  exact (late_at_least al be k delta t Hal Hbe unit Hk Hdelta a B E classifier_is_derive majority_is_derive
    minority_is_derive parts_positive parts_balance start_a f Hf Ht Hlarge Hl).
Qed.

Lemma strength_reached f C : 0 < f < 1 -> 3 <= f * (1 - f) * (al * k) -> 0 <= C ->
  al / (al / 2 * low) ^ 2 * exp (/ (2 * al) - al * C) <= / ((1 + 2 * f) / 3) - / ((2 + f) / 3) ->
  delta + ln k / (2 * al) + C <= t -> exists x, 0 <= x <= t /\ f * sigma <= a x * (N * b x + M * e x) / sigma.
Proof.
  intros Hf Hbig HC Hsmall Hlate.
  destruct (classic (exists x, 0 <= x <= t /\ f * sigma <= a x * (N * b x + M * e x) / sigma)) as [H | Hno]; [exact H |].
  exfalso. destruct root_below as (Hh & _).
  apply (late_at_most al be k delta t Hal Hbe unit Hk Hdelta a B E classifier_is_derive majority_is_derive
    minority_is_derive parts_positive parts_balance start_a f low C Hf Hbig majority_start
    (large_positive 1 (al * be) (al + be) Rlt_0_1 (proj1 Hh) ltac:(lra)) classifier_low HC Hsmall Hlate).
  intros x Hx Hl. apply Hno. exists x. split; [assumption |]. now apply strength_is_learned.
Qed.

End OfStep.

Theorem offset_within_a_constant : middle_offset_within_constant_of_logarithm.offset_within_a_constant.
Proof.
  intros p f Hp Hf. set (al := sqrt p). set (be := sqrt (1 - p)).
  assert (Hal : 0 < al) by (apply sqrt_lt_R0; lra). assert (Hbe : 0 < be) by (apply sqrt_lt_R0; lra).
  assert (Hal2 : al ^ 2 = p) by (apply pow2_sqrt; lra). assert (Hbe2 : be ^ 2 = 1 - p) by (apply pow2_sqrt; lra).
  assert (unit : al ^ 2 + be ^ 2 = 1) by lra.
  assert (Hab : 0 < al * be) by (now apply Rmult_lt_0_compat).
  set (lo := low al be). assert (Hlo : 0 < lo) by (apply large_positive; lra).
  set (gap := / ((1 + 2 * f) / 3) - / ((2 + f) / 3)).
  assert (Hgap : 0 < gap).
  { unfold gap. assert (/ ((2 + f) / 3) < / ((1 + 2 * f) / 3)); [| lra].
    apply Rinv_lt_contravar; [apply Rmult_lt_0_compat |]; lra. }
  set (b2 := (al / 2 * lo) ^ 2). assert (Hb2 : 0 < b2) by (apply pow_lt, Rmult_lt_0_compat; lra).
  set (X := gap * b2 / al). assert (HX : 0 < X) by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | assumption]).
  set (C1 := ln 2 / al - ln (f * al) / (2 * al)). set (C2 := Rmax 0 ((/ (2 * al) - ln X) / al)).
  assert (Hff : 0 < f * (1 - f)) by (apply Rmult_lt_0_compat; lra).
  assert (Hffa : 0 < f * (1 - f) * al) by (now apply Rmult_lt_0_compat).
  exists (Rmax C1 C2), ((3 / (f * (1 - f) * al)) ^ 2). intros ratio delta a b e t H1 Hlarge Hd Ht. set (k := sqrt ratio).
  assert (Hk2 : k ^ 2 = ratio) by (apply pow2_sqrt; lra).
  assert (Hk : 1 <= k) by (rewrite <- sqrt_1; now apply sqrt_le_1_alt).
  assert (H3 : 0 < 3 / (f * (1 - f) * al)) by (apply Rdiv_lt_0_compat; lra).
  assert (Hbig : 3 <= f * (1 - f) * (al * k)).
  { assert (Hle : 3 / (f * (1 - f) * al) <= k) by (rewrite <- (sqrt_pow2 (3 / (f * (1 - f) * al))) by lra; now apply
      sqrt_le_1_alt).
    apply (Rmult_le_compat_l (f * (1 - f) * al)) in Hle; [| lra].
    replace (f * (1 - f) * al * (3 / (f * (1 - f) * al))) with 3 in Hle by (field; lra). lra. }
  assert (Hlog : ln ratio = 2 * ln k).
  { rewrite <- Hk2. replace (k ^ 2) with (k * k) by ring. rewrite ln_mult; lra. }
  replace (p * ratio) with (al ^ 2 * k ^ 2) by (rewrite Hal2, Hk2; ring). rewrite <- Hbe2. intros N M sigma s Sa Sb Se Hmoves.
  rewrite Hlog. replace (2 * ln k / (4 * al)) with (ln k / (2 * al)) by (field; lra).
  pose proof (Rmax_l C1 C2) as HC1. pose proof (Rmax_r C1 C2) as HC2.
  set (C := Rmax C1 C2) in *. split.
  - intro Hl. assert (Hfk : 1 < f * (al * k)).
    { assert (0 < f * (al * k)) by (apply Rmult_lt_0_compat; [lra | apply Rmult_lt_0_compat; lra]).
      replace (f * (1 - f) * (al * k)) with ((1 - f) * (f * (al * k))) in Hbig by ring. nra. }
    pose proof (strength_late al be k delta t Hal Hbe unit Hk Hd Ht a b e Hmoves Sa Sb Se f (proj1 Hf) Hfk Hl) as H.
    replace (f * (al * k)) with (f * al * k) in H by ring.
    rewrite ln_mult in H by (try lra; apply Rmult_lt_0_compat; lra).
    replace ((ln (f * al) + ln k) / (2 * al)) with (ln (f * al) / (2 * al) + ln k / (2 * al)) in H by (field; lra).
    unfold C1 in HC1. lra.
  - intro Hlate. apply (strength_reached al be k delta t Hal Hbe unit Hk Hd a b e Hmoves Sa Sb Se f C2 Hf Hbig); [apply
      Rmax_l | | lra].
    fold lo b2 gap. pose proof (Rmax_r 0 ((/ (2 * al) - ln X) / al)) as HC. fold C2 in HC.
    apply (Rmult_le_compat_l al) in HC; [| lra].
    replace (al * ((/ (2 * al) - ln X) / al)) with (/ (2 * al) - ln X) in HC by (field; lra).
    assert (Hexp : exp (/ (2 * al) - al * C2) <= X).
    { rewrite <- (exp_ln X) by assumption. assert (Hle : / (2 * al) - al * C2 <= ln X) by lra.
      destruct Hle as [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]. }
    apply Rle_trans with (al / b2 * X); [| unfold X; apply Req_le; field; lra].
    apply Rmult_le_compat_l; [apply Rlt_le, Rdiv_lt_0_compat |]; assumption.
Qed.

Lemma offset_within_the_same p f late late' : (forall ratio, late ratio = late' ratio) ->
  offset_within_constant_of p f late -> offset_within_constant_of p f late'.
Proof.
  intros Heq (C & least & H). exists C, least. intros ratio. rewrite <- (Heq ratio). apply H.
Qed.
