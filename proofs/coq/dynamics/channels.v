(******************************************************************************)
(* Two channels of the flow that share a classifier: nothing leaves the box   *)
(* they live in, and their loss decays exponentially.                         *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*       below x == (min x 0)^2, with the derivative 2 min x 0                *)
(*      gronwall == f' <= k f implies f t <= f 0 e^(k t); _from a later time  *)
(*  stays_above == f' >= 0 wherever f < level, and f 0 >= level, imply        *)
(*                  f t >= level                                              *)
(*  Section Channels == two channels b, e that share a: of numbers N, M of    *)
(*                  samples and of weights v, w                               *)
(*  channels_stay_nonnegative, channels_keep_balance, channels_stay_away,     *)
(*  channels_decay == a, b, e >= 0; a^2 = N b^2 + M e^2; a >= least; and      *)
(*                  the loss decays at 2 least^2 times the least weight       *)
(*  Section Ends == the same with what follows: bounds, and limits where      *)
(*                  the flow exists for all time                              *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars.
Import reviewed.

Local Open Scope R_scope.

Definition below (x : R) : R := Rmin x 0 * Rmin x 0.

Lemma below_is_derive x : is_derive below x (2 * Rmin x 0).
Proof.
  destruct (Rtotal_order x 0) as [H | [-> | H]].
  - apply is_derive_ext_loc with (f := fun y => y * y).
    + exists (mkposreal (- x) ltac:(lra)). intros y Hy. unfold ball in Hy; cbn in Hy.
      unfold AbsRing_ball, abs, minus, plus, opp in Hy; cbn in Hy. apply Rabs_def2 in Hy.
      unfold below. rewrite Rmin_left by lra. reflexivity.
    + rewrite Rmin_left by lra. auto_derive; [trivial | ring].
  - rewrite Rmin_left, Rmult_0_r by lra. apply is_derive_Reals. intros eps Heps.
    exists (mkposreal eps Heps). intros h Hh Hsmall. unfold below. rewrite Rplus_0_l, (Rmin_left 0 0) by lra.
    replace ((Rmin h 0 * Rmin h 0 - 0 * 0) / h - 0) with (Rmin h 0 * (Rmin h 0 / h)) by (field; assumption).
    unfold Rmin. destruct (Rle_dec h 0).
    + replace (h * (h / h)) with h by (field; assumption). exact Hsmall.
    + rewrite Rmult_0_l, Rabs_R0. exact Heps.
  - apply is_derive_ext_loc with (f := fun _ => 0).
    + exists (mkposreal x H). intros y Hy. unfold ball in Hy; cbn in Hy.
      unfold AbsRing_ball, abs, minus, plus, opp in Hy; cbn in Hy. apply Rabs_def2 in Hy.
      unfold below. rewrite Rmin_right by lra. now rewrite Rmult_0_l.
    + rewrite Rmin_right, Rmult_0_r by lra. auto_derive; [trivial | reflexivity].
Qed.

Lemma below_along f f' x : is_derive f x f' -> is_derive (fun y => below (f y)) x (2 * Rmin (f x) 0 * f').
Proof.
  intro H. evar_last; [apply (is_derive_comp below f x); [apply below_is_derive | exact H] |].
  unfold scal; cbn; unfold mult; cbn. ring.
Qed.

Lemma below_nonneg x : 0 <= below x.
Proof. unfold below. nra. Qed.

Lemma below_is_0 x : below x <= 0 -> 0 <= x.
Proof. unfold below, Rmin. destruct (Rle_dec x 0); nra. Qed.

Lemma falls (f f' : R -> R) t : 0 <= t -> (forall x, 0 <= x <= t -> is_derive f x (f' x)) ->
  (forall x, 0 <= x <= t -> f' x <= 0) -> f t <= f 0.
Proof.
  intros Ht Hf Hf'. destruct (MVT_gen f 0 t f') as (c & Hc & Heq).
  - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. apply Hf. lra.
  - intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. apply derivable_continuous_pt.
    exists (f' x). apply is_derive_Reals, Hf. lra.
  - rewrite Rmin_left, Rmax_right in Hc by lra. pose proof (Hf' c Hc). nra.
Qed.

Lemma gronwall (f f' : R -> R) k t : 0 <= t -> (forall x, 0 <= x <= t -> is_derive f x (f' x)) ->
  (forall x, 0 <= x <= t -> f' x <= k * f x) -> f t <= f 0 * exp (k * t).
Proof.
  intros Ht Hf Hf'.
  assert (Hfall : f t * exp (- (k * t)) <= f 0 * exp (- (k * 0))).
  { apply (falls (fun x => f x * exp (- (k * x))) (fun x => (f' x - k * f x) * exp (- (k * x)))); [assumption | |].
    - intros x Hx. pose proof (Hf x Hx). evar_last.
      + apply (is_derive_mult f (fun x => exp (- (k * x)))); [eassumption | auto_derive; [trivial | reflexivity] |].
        intros; apply Rmult_comm.
      + unfold plus, mult; cbn. ring.
    - intros x Hx. pose proof (Hf' x Hx). pose proof (exp_pos (- (k * x))). nra. }
  rewrite Rmult_0_r, Ropp_0, exp_0, Rmult_1_r in Hfall.
  apply Rmult_le_reg_r with (exp (- (k * t))); [apply exp_pos |].
  rewrite Rmult_assoc, <- exp_plus. replace (k * t + - (k * t)) with 0 by ring. rewrite exp_0. lra.
Qed.

Lemma gronwall_from (f f' : R -> R) k t1 t : t1 <= t -> (forall x, t1 <= x <= t -> is_derive f x (f' x)) ->
  (forall x, t1 <= x <= t -> f' x <= k * f x) -> f t <= f t1 * exp (k * (t - t1)).
Proof.
  intros Ht Hf Hf'. pose proof (gronwall (fun y => f (t1 + y)) (fun y => f' (t1 + y)) k (t - t1) ltac:(lra)) as H.
  cbn beta in H. rewrite Rplus_0_r, Rplus_minus in H. apply H; intros y Hy; [| apply Hf'; lra].
  evar_last; [apply (is_derive_comp f (fun y => t1 + y)); [apply Hf; lra | auto_derive; [trivial | reflexivity]] |].
  unfold scal; cbn; unfold mult; cbn. ring.
Qed.

Lemma stays_above (f f' : R -> R) level t : 0 <= t -> (forall x, 0 <= x <= t -> is_derive f x (f' x)) ->
  (forall x, 0 <= x <= t -> f x < level -> 0 <= f' x) -> level <= f 0 -> level <= f t.
Proof.
  intros Ht Hf Hf' H0.
  assert (H : below (f t - level) <= below (f 0 - level)).
  { apply (falls (fun x => below (f x - level)) (fun x => 2 * Rmin (f x - level) 0 * f' x)); [assumption | |].
    - intros x Hx. apply (below_along (fun y => f y - level)). evar_last.
      + apply (is_derive_minus f (fun _ => level)); [now apply Hf | apply is_derive_const].
      + unfold minus, plus, opp, zero; cbn. ring.
    - intros x Hx. destruct (Rlt_dec (f x) level) as [Hlt | Hge].
      + pose proof (Hf' x Hx Hlt). rewrite Rmin_left by lra. nra.
      + rewrite Rmin_right by lra. lra. }
  assert (Hz : below (f 0 - level) = 0) by (unfold below; rewrite Rmin_right by lra; ring).
  rewrite Hz in H. apply below_is_0 in H. lra.
Qed.

Definition channel_loss (N M v w : R) (a b e : R -> R) (x : R) : R :=
  N * v * (1 - a x * b x) ^ 2 + M * w * (1 - a x * e x) ^ 2.

Lemma channel_loss_is_derive N M v w (a b e : R -> R) x :
  is_derive a x (N * v * b x * (1 - a x * b x) + M * w * e x * (1 - a x * e x)) ->
  is_derive b x (v * a x * (1 - a x * b x)) -> is_derive e x (w * a x * (1 - a x * e x)) ->
  is_derive (channel_loss N M v w a b e) x (- 2 * ((N * v * b x * (1 - a x * b x) + M * w * e x * (1 - a x * e x)) ^ 2
    + a x ^ 2 * (N * v * v * (1 - a x * b x) ^ 2 + M * w * w * (1 - a x * e x) ^ 2))).
Proof.
  intros Da Db De. unfold channel_loss.
  assert (Dfit : forall f f', is_derive f x f' -> is_derive (fun y => (1 - a y * f y) ^ 2) x
    (2 * (- ((N * v * b x * (1 - a x * b x) + M * w * e x * (1 - a x * e x)) * f x + a x * f')) * (1 - a x * f x))).
  { intros f f' Df. evar_last.
    - apply is_derive_pow. apply (is_derive_minus (fun _ => 1) (fun y => a y * f y)); [apply is_derive_const |].
      apply (is_derive_mult a f); [exact Da | exact Df | intros; apply Rmult_comm].
    - unfold minus, plus, opp, mult, zero; cbn. ring. }
  evar_last.
  - apply (is_derive_plus (fun y => N * v * (1 - a y * b y) ^ 2)); apply is_derive_scal, Dfit; [exact Db | exact De].
  - unfold plus; cbn. ring.
Qed.

Lemma dissipation_bound N M v w slow least x b e : 0 <= N -> 0 <= M -> 0 < v -> 0 < w -> 0 < slow -> slow <= v ->
  slow <= w -> 0 <= least -> least <= x ->
  - 2 * ((N * v * b * (1 - x * b) + M * w * e * (1 - x * e)) ^ 2 + x ^ 2 * (N * v * v * (1 - x * b) ^ 2 + M * w * w *
    (1 - x * e) ^ 2))
  <= - (2 * slow * least ^ 2) * (N * v * (1 - x * b) ^ 2 + M * w * (1 - x * e) ^ 2).
Proof.
  intros HN HM Hv Hw Hs Hsv Hsw Hl Hx. set (r := 1 - x * b). set (q := 1 - x * e).
  set (da := N * v * b * r + M * w * e * q).
  pose proof (pow2_ge_0 da). assert (Ha2 : least ^ 2 <= x ^ 2) by (apply pow_incr; lra).
  assert (0 <= N * v * r ^ 2) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply pow2_ge_0]).
  assert (0 <= M * w * q ^ 2) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply pow2_ge_0]).
  assert (D1 : slow * (N * v * r ^ 2) <= v * (N * v * r ^ 2)) by (apply Rmult_le_compat_r; assumption).
  assert (D2 : slow * (M * w * q ^ 2) <= w * (M * w * q ^ 2)) by (apply Rmult_le_compat_r; assumption).
  assert (D3 : least ^ 2 * (slow * (N * v * r ^ 2 + M * w * q ^ 2)) <= x ^ 2 * (v * (N * v * r ^ 2) + w * (M * w * q
    ^ 2))).
  { apply Rmult_le_compat; [apply pow2_ge_0 | apply Rmult_le_pos; lra | assumption | lra]. }
  replace (N * v * v * r ^ 2 + M * w * w * q ^ 2) with (v * (N * v * r ^ 2) + w * (M * w * q ^ 2)) by ring. lra.
Qed.

Section Channels.

Variables N M v w least t : R.
Variables a b e : R -> R.
Hypotheses (HN : 0 <= N) (HM : 0 <= M) (Hv : 0 < v) (Hw : 0 < w) (Ht : 0 <= t) (Hleast : 0 < least).
Hypothesis small_N : N = 0 \/ least ^ 4 <= N.
Hypothesis small_M : M = 0 \/ least ^ 4 <= M.
Hypothesis moves : forall x, 0 <= x <= t -> middle_flow N M v w a b e x.
Hypotheses (Ha0 : least <= a 0) (Hb0 : 0 <= b 0) (He0 : 0 <= e 0).
Hypothesis balanced : a 0 ^ 2 = N * b 0 ^ 2 + M * e 0 ^ 2.

Lemma negative_part x : Rmin x 0 * x = below x.
Proof. unfold below, Rmin. destruct (Rle_dec x 0); ring. Qed.

Theorem channels_stay_nonnegative x : 0 <= x <= t -> 0 <= a x /\ 0 <= b x /\ 0 <= e x.
Proof.
  intro Hx. pose proof (below_nonneg (a x)). pose proof (below_nonneg (b x)). pose proof (below_nonneg (e x)).
  set (E := fun y => below (a y) + below (b y) + below (e y)).
  assert (HE : E x <= E 0 * exp ((N * v + M * w + v + w) * x)).
  { apply (gronwall E (fun y => 2 * Rmin (a y) 0 * (N * v * b y * (1 - a y * b y) + M * w * e y * (1 - a y * e y))
        + 2 * Rmin (b y) 0 * (v * a y * (1 - a y * b y)) + 2 * Rmin (e y) 0 * (w * a y * (1 - a y * e y)))); [lra |
          |].
    - intros y Hy. destruct (moves y ltac:(lra)) as (Da & Db & De). unfold E.
      apply (is_derive_plus (fun y => below (a y) + below (b y))); [apply (is_derive_plus (fun y => below (a y))) |];
        now apply below_along.
    - intros y Hy. unfold E.
      assert (Hcross : forall p q, 2 * (Rmin p 0 * q) <= below p + below q).
      { intros p q. pose proof (Rle_0_sqr (p - q)). pose proof (Rle_0_sqr p). pose proof (Rle_0_sqr q). unfold Rsqr
        in *.
        unfold below, Rmin. destruct (Rle_dec p 0) as [Hp | Hp], (Rle_dec q 0) as [Hq | Hq]; try lra.
        assert (p * q <= 0) by (apply Rmult_le_0_r; lra). lra. }
      assert (Hcross' : forall p q, 2 * (Rmin q 0 * p) <= below p + below q).
      { intros p q. pose proof (Hcross q p). lra. }
      pose proof (Hcross (a y) (b y)) as C1. pose proof (Hcross (a y) (e y)) as C2.
      pose proof (Hcross' (a y) (b y)) as C3. pose proof (Hcross' (a y) (e y)) as C4.
      pose proof (negative_part (a y)) as Na. pose proof (negative_part (b y)) as Nb. pose proof (negative_part (e
        y)) as Ne.
      pose proof (below_nonneg (a y)). pose proof (below_nonneg (b y)). pose proof (below_nonneg (e y)).
      set (A := a y) in *. set (B := b y) in *. set (F := e y) in *.
      set (pa := below A) in *. set (pb := below B) in *. set (pe := below F) in *.
      set (ma := Rmin A 0) in *. set (mb := Rmin B 0) in *. set (me := Rmin F 0) in *.
      replace (2 * ma * (N * v * B * (1 - A * B) + M * w * F * (1 - A * F)) + 2 * mb * (v * A * (1 - A * B)) + 2 * me
        * (w * A * (1 - A * F)))
        with (N * v * (2 * (ma * B)) + M * w * (2 * (ma * F)) + v * (2 * (mb * A)) + w * (2 * (me * A))
          - 2 * (N * v * (B * B) + M * w * (F * F)) * (ma * A) - 2 * v * (A * A) * (mb * B) - 2 * w * (A * A) * (me *
            F)) by ring.
      rewrite Na, Nb, Ne.
      assert (0 <= N * v) by (apply Rmult_le_pos; lra). assert (0 <= M * w) by (apply Rmult_le_pos; lra).
      assert (0 <= N * v * (B * B) + M * w * (F * F)) by (apply Rplus_le_le_0_compat; apply Rmult_le_pos; try
        assumption; apply Rle_0_sqr).
      assert (0 <= A * A) by (pose proof (Rle_0_sqr A); unfold Rsqr in *; lra).
      assert (0 <= 2 * (N * v * (B * B) + M * w * (F * F)) * pa) by (apply Rmult_le_pos; lra).
      assert (0 <= 2 * v * (A * A) * pb) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | assumption]).
      assert (0 <= 2 * w * (A * A) * pe) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | assumption]).
      assert (N * v * (2 * (ma * B)) <= N * v * (pa + pb)) by (apply Rmult_le_compat_l; lra).
      assert (M * w * (2 * (ma * F)) <= M * w * (pa + pe)) by (apply Rmult_le_compat_l; lra).
      assert (v * (2 * (mb * A)) <= v * (pa + pb)) by (apply Rmult_le_compat_l; lra).
      assert (w * (2 * (me * A)) <= w * (pa + pe)) by (apply Rmult_le_compat_l; lra).
      assert (0 <= N * v * pe) by (apply Rmult_le_pos; lra). assert (0 <= M * w * pb) by (apply Rmult_le_pos; lra).
      assert (0 <= v * pe) by (apply Rmult_le_pos; lra). assert (0 <= w * pb) by (apply Rmult_le_pos; lra).
      lra. }
  assert (HE0 : E 0 = 0).
  { unfold E, below. rewrite !Rmin_right by lra. ring. }
  rewrite HE0, Rmult_0_l in HE. unfold E in HE.
  repeat split; apply below_is_0; lra.
Qed.

Theorem channels_keep_balance x : 0 <= x <= t -> a x ^ 2 = N * b x ^ 2 + M * e x ^ 2.
Proof.
  intro Hx.
  assert (Hd : forall y, 0 <= y <= x -> is_derive (fun y => a y ^ 2 - (N * b y ^ 2 + M * e y ^ 2)) y 0).
  { intros y Hy. destruct (moves y ltac:(lra)) as (Da & Db & De).
    evar_last.
    - apply (is_derive_minus (fun y => a y ^ 2) (fun y => N * b y ^ 2 + M * e y ^ 2)).
      + apply is_derive_pow, Da.
      + apply (is_derive_plus (fun y => N * b y ^ 2)); apply is_derive_scal, is_derive_pow; [apply Db | apply De].
    - unfold minus, plus, opp; cbn. ring. }
  pose proof (falls _ (fun _ => 0) x ltac:(lra) Hd ltac:(intros; lra)) as H1.
  assert (Hd' : forall y, 0 <= y <= x -> is_derive (fun y => - (a y ^ 2 - (N * b y ^ 2 + M * e y ^ 2))) y 0).
  { intros y Hy. evar_last; [apply (is_derive_opp (fun y => a y ^ 2 - (N * b y ^ 2 + M * e y ^ 2))); now apply Hd |].
    unfold opp; cbn; ring. }
  pose proof (falls _ (fun _ => 0) x ltac:(lra) Hd' ltac:(intros; lra)) as H2. cbn beta in *. lra.
Qed.

(** Below the level a channel is not yet fitted, so a grows. *)
Lemma channel_unfitted K x y : 0 <= x -> 0 <= y -> x < least -> K * y ^ 2 <= x ^ 2 -> K = 0 \/ least ^ 4 <= K -> 0 <=
  K * (1 - x * y).
Proof.
  intros Hx Hy Hlt Hbal [-> | HK]; [lra |].
  assert (Hl4 : 0 < least ^ 4) by (apply pow_lt; assumption). apply Rmult_le_pos; [lra |].
  apply Rnot_lt_le. intro Hgt.
  assert (Hxy : 1 < x * y) by lra.
  assert (H1 : 1 < (x * y) ^ 2) by nra.
  assert (Hx2 : x ^ 2 < least ^ 2) by nra.
  assert (Hy2 : least ^ 4 * y ^ 2 <= x ^ 2) by (pose proof (pow2_ge_0 y); nra).
  assert (H2 : least ^ 4 * (x * y) ^ 2 <= x ^ 2 * x ^ 2) by (replace (least ^ 4 * (x * y) ^ 2) with (x ^ 2 * (least ^
    4 * y ^ 2)) by ring;
    apply Rmult_le_compat_l; [apply pow2_ge_0 | assumption]).
  assert (H3 : x ^ 2 * x ^ 2 <= least ^ 2 * least ^ 2) by (pose proof (pow2_ge_0 x); nra).
  replace (least ^ 2 * least ^ 2) with (least ^ 4) in H3 by ring. nra.
Qed.

Theorem channels_stay_away x : 0 <= x <= t -> least <= a x.
Proof.
  intro Hx. apply (stays_above a (fun y => N * v * b y * (1 - a y * b y) + M * w * e y * (1 - a y * e y)) least x);
    [lra | | | assumption].
  - intros y Hy. apply moves. lra.
  - intros y Hy Hlt. destruct (channels_stay_nonnegative y ltac:(lra)) as (Pa & Pb & Pe).
    pose proof (channels_keep_balance y ltac:(lra)) as Hbal.
    pose proof (pow2_ge_0 (b y)). pose proof (pow2_ge_0 (e y)).
    assert (0 <= N * b y ^ 2) by (apply Rmult_le_pos; lra). assert (0 <= M * e y ^ 2) by (apply Rmult_le_pos; lra).
    assert (Fit1 : 0 <= N * (1 - a y * b y)) by (apply channel_unfitted; try assumption; lra).
    assert (Fit2 : 0 <= M * (1 - a y * e y)) by (apply channel_unfitted; try assumption; lra).
    replace (N * v * b y * (1 - a y * b y)) with (v * b y * (N * (1 - a y * b y))) by ring.
    replace (M * w * e y * (1 - a y * e y)) with (w * e y * (M * (1 - a y * e y))) by ring.
    assert (0 <= v * b y) by (apply Rmult_le_pos; lra). assert (0 <= w * e y) by (apply Rmult_le_pos; lra).
    apply Rplus_le_le_0_compat; now apply Rmult_le_pos.
Qed.

Theorem channels_decay slow : 0 < slow -> slow <= v -> slow <= w ->
  channel_loss N M v w a b e t <= channel_loss N M v w a b e 0 * exp (- (2 * slow * least ^ 2) * t).
Proof.
  intros Hs Hsv Hsw.
  apply (gronwall (channel_loss N M v w a b e) (fun x => - 2 * ((N * v * b x * (1 - a x * b x) + M * w * e x * (1 - a
    x * e x)) ^ 2
    + a x ^ 2 * (N * v * v * (1 - a x * b x) ^ 2 + M * w * w * (1 - a x * e x) ^ 2)))); [assumption | |].
  - intros x Hx. destruct (moves x Hx) as (Da & Db & De). now apply channel_loss_is_derive.
  - intros x Hx. unfold channel_loss. apply dissipation_bound; try assumption; try lra. now apply channels_stay_away.
Qed.

End Channels.

(** Bounds and limits of the channels. *)

Lemma square_bounds x k : x ^ 2 <= k -> Rabs x <= 1 + k.
Proof. intro H. apply Rabs_le. pose proof (pow2_ge_0 x). split; nra. Qed.

Section Ends.

Variables N M v w least slow K : R.
Variables a b e : R -> R.
Hypotheses (HN : 0 < N) (HM : 0 <= M) (Hv : 0 < v) (Hw : 0 < w) (Hleast : 0 < least).
Hypotheses (Hs : 0 < slow) (Hsv : slow <= v) (Hsw : slow <= w).
Hypothesis small_N : least ^ 4 <= N.
Hypothesis small_M : M = 0 \/ least ^ 4 <= M.
Hypotheses (Ha0 : least <= a 0) (Hb0 : 0 <= b 0) (He0 : 0 <= e 0).
Hypothesis balanced : a 0 ^ 2 = N * b 0 ^ 2 + M * e 0 ^ 2.
Hypothesis starts : channel_loss N M v w a b e 0 = K.

Definition moves_until t := 0 <= t /\ forall x, 0 <= x <= t -> middle_flow N M v w a b e x.

Lemma ends_nonnegative t : moves_until t -> 0 <= a t /\ 0 <= b t /\ 0 <= e t.
Proof.
  intros [Ht Hm]. apply (channels_stay_nonnegative N M v w least t a b e); try assumption; lra.
Qed.

Lemma ends_balance t : moves_until t -> a t ^ 2 = N * b t ^ 2 + M * e t ^ 2.
Proof. intros [Ht Hm]. apply (channels_keep_balance N M v w t a b e); try assumption; lra. Qed.

Lemma ends_away t : moves_until t -> least <= a t.
Proof.
  intros [Ht Hm]. apply (channels_stay_away N M v w least t a b e); try assumption; try lra; now right.
Qed.

Lemma ends_decay t : moves_until t -> channel_loss N M v w a b e t <= K * exp (- (2 * slow * least ^ 2) * t).
Proof.
  intros [Ht Hm]. rewrite <- starts. apply channels_decay; try assumption; try lra; now right.
Qed.

Lemma K_nonneg : 0 <= K.
Proof.
  rewrite <- starts. unfold channel_loss. apply Rplus_le_le_0_compat; apply Rmult_le_pos; try apply pow2_ge_0; apply
    Rmult_le_pos; lra.
Qed.

Lemma decay_le_1 k t : 0 <= k -> 0 <= t -> exp (- k * t) <= 1.
Proof.
  intros Hk Ht. rewrite <- exp_0. destruct (Rle_lt_or_eq_dec 0 (k * t)) as [H | H]; [now apply Rmult_le_pos | |].
  - apply Rlt_le, exp_increasing. lra.
  - replace (- k * t) with 0 by lra. lra.
Qed.

Lemma channel_fits t : moves_until t ->
  N * v * (1 - a t * b t) ^ 2 <= K * exp (- (2 * slow * least ^ 2) * t) /\
  M * w * (1 - a t * e t) ^ 2 <= K * exp (- (2 * slow * least ^ 2) * t).
Proof.
  intro Hm. pose proof (ends_decay t Hm) as Hd. unfold channel_loss in Hd.
  assert (0 <= N * v * (1 - a t * b t) ^ 2) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply pow2_ge_0]).
  assert (0 <= M * w * (1 - a t * e t) ^ 2) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply pow2_ge_0]). lra.
Qed.

Lemma fourth_power t : moves_until t -> a t ^ 4 = N * (a t * b t) ^ 2 + M * (a t * e t) ^ 2.
Proof.
  intro Hm. pose proof (ends_balance t Hm) as Hb.
  replace (a t ^ 4) with (a t ^ 2 * a t ^ 2) by ring. rewrite Hb at 2. ring.
Qed.

Definition product_bound : R := 2 + K / (N * v).
Definition product_bound' : R := 2 + K / (M * w).
Definition fourth_bound : R := N * product_bound ^ 2 + M * product_bound' ^ 2.

Lemma product_below t : moves_until t -> a t * b t <= product_bound.
Proof.
  intro Hm. pose proof (channel_fits t Hm) as [H1 _]. pose proof K_nonneg.
  pose proof (decay_le_1 (2 * slow * least ^ 2) t ltac:(pose proof (pow_lt least 2 Hleast); nra) (proj1 Hm)).
  assert (0 < N * v) by (now apply Rmult_lt_0_compat).
  assert (H3 : (1 - a t * b t) ^ 2 <= K / (N * v)).
  { apply Rmult_le_reg_l with (N * v); [assumption |]. replace (N * v * (K / (N * v))) with K by (field; lra). nra. }
  apply square_bounds, Rabs_le_between in H3. unfold product_bound. lra.
Qed.

Lemma product_below' t : 0 < M -> moves_until t -> a t * e t <= product_bound'.
Proof.
  intros HM' Hm. pose proof (channel_fits t Hm) as [_ H1]. pose proof K_nonneg.
  pose proof (decay_le_1 (2 * slow * least ^ 2) t ltac:(pose proof (pow_lt least 2 Hleast); nra) (proj1 Hm)).
  assert (0 < M * w) by (now apply Rmult_lt_0_compat).
  assert (H3 : (1 - a t * e t) ^ 2 <= K / (M * w)).
  { apply Rmult_le_reg_l with (M * w); [assumption |]. replace (M * w * (K / (M * w))) with K by (field; lra). nra. }
  apply square_bounds, Rabs_le_between in H3. unfold product_bound'. lra.
Qed.

Lemma classifier_below t : moves_until t -> a t <= 1 + fourth_bound.
Proof.
  intro Hm. destruct (ends_nonnegative t Hm) as (Pa & Pb & Pe). pose proof (fourth_power t Hm) as H4.
  pose proof (product_below t Hm). assert (0 <= a t * b t) by (now apply Rmult_le_pos). assert (0 <= a t * e t) by
    (now apply Rmult_le_pos).
  assert (Hab : N * (a t * b t) ^ 2 <= N * product_bound ^ 2) by (apply Rmult_le_compat_l; [lra | apply pow_incr;
    lra]).
  assert (Hae : M * (a t * e t) ^ 2 <= M * product_bound' ^ 2).
  { destruct HM as [HM' | <-]; [| lra]. pose proof (product_below' t HM' Hm). apply Rmult_le_compat_l; [lra | apply
    pow_incr; lra]. }
  assert (H5 : a t ^ 4 <= fourth_bound) by (unfold fourth_bound; lra).
  apply Rnot_lt_le. intro Hgt. pose proof (pow2_ge_0 (a t)).
  assert (0 <= fourth_bound) by (assert (0 <= a t ^ 4) by (replace (a t ^ 4) with ((a t ^ 2) ^ 2) by ring; apply
    pow2_ge_0); lra).
  assert (1 < a t) by lra. assert (a t <= a t ^ 2) by nra. assert (a t ^ 2 <= a t ^ 4) by (replace (a t ^ 4) with (a
    t ^ 2 * a t ^ 2) by ring; nra).
  lra.
Qed.

Lemma feature_below t : moves_until t -> b t <= 1 + (1 + fourth_bound) ^ 2 / N.
Proof.
  intro Hm. destruct (ends_nonnegative t Hm) as (Pa & Pb & Pe). pose proof (ends_balance t Hm) as Hb.
  pose proof (classifier_below t Hm). assert (H1 : a t ^ 2 <= (1 + fourth_bound) ^ 2) by (apply pow_incr; lra).
  assert (0 <= M * e t ^ 2) by (apply Rmult_le_pos; [assumption | apply pow2_ge_0]).
  assert (H2 : b t ^ 2 <= (1 + fourth_bound) ^ 2 / N).
  { apply Rmult_le_reg_l with N; [assumption |]. replace (N * ((1 + fourth_bound) ^ 2 / N)) with ((1 + fourth_bound)
    ^ 2) by (field; lra). lra. }
  apply square_bounds, Rabs_le_between in H2. lra.
Qed.

Lemma feature_below' t : 0 < M -> moves_until t -> e t <= 1 + (1 + fourth_bound) ^ 2 / M.
Proof.
  intros HM' Hm. destruct (ends_nonnegative t Hm) as (Pa & Pb & Pe). pose proof (ends_balance t Hm) as Hb.
  pose proof (classifier_below t Hm). assert (H1 : a t ^ 2 <= (1 + fourth_bound) ^ 2) by (apply pow_incr; lra).
  assert (0 <= N * b t ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  assert (H2 : e t ^ 2 <= (1 + fourth_bound) ^ 2 / M).
  { apply Rmult_le_reg_l with M; [assumption |]. replace (M * ((1 + fourth_bound) ^ 2 / M)) with ((1 + fourth_bound)
    ^ 2) by (field; lra). lra. }
  apply square_bounds, Rabs_le_between in H2. lra.
Qed.

(** Where the flow exists for all time. *)
Hypothesis forever : forall x, 0 <= x -> middle_flow N M v w a b e x.

Lemma always t : 0 <= t -> moves_until t.
Proof. intro Ht. split; [assumption |]. intros x Hx. apply forever. lra. Qed.

Lemma tends_of_decay (f : R -> R) l C k : 0 < k -> (forall t, 0 <= t -> (f t - l) ^ 2 <= C * exp (- k * t)) -> is_lim
  f p_infty l.
Proof.
  intros Hk Hf. assert (HE : is_lim (fun t => C * exp (- (k * t))) p_infty 0).
  { evar_last; [apply is_lim_scal_l, exp_decays, Hk | cbn; f_equal; ring]. }
  intros P [eps Heps]. assert (He : 0 < eps ^ 2) by (apply pow_lt, cond_pos).
  destruct (HE (fun y => y < eps ^ 2)) as [m Hm].
  { exists (mkposreal _ He). intros y Hy. unfold ball in Hy; cbn in Hy.
    unfold AbsRing_ball, abs, minus, plus, opp in Hy; cbn in Hy. apply Rabs_def2 in Hy. lra. }
  exists (Rmax m 0). intros t Ht. pose proof (Rmax_l m 0). pose proof (Rmax_r m 0). apply Heps.
  unfold ball; cbn; unfold AbsRing_ball, abs, minus, plus, opp; cbn.
  pose proof (Hf t ltac:(lra)) as H1. pose proof (Hm t ltac:(lra)) as H2. cbn beta in H2.
  replace (- k * t) with (- (k * t)) in H1 by ring. pose proof (cond_pos eps).
  apply Rabs_def1; apply Rnot_le_lt; intro; nra.
Qed.

Lemma rate_positive : 0 < 2 * slow * least ^ 2.
Proof. pose proof (pow_lt least 2 Hleast). nra. Qed.

Lemma product_tends (f : R -> R) C : 0 < C -> (forall t, 0 <= t -> C * (1 - f t) ^ 2 <= K * exp (- (2 * slow * least
  ^ 2) * t)) ->
  is_lim f p_infty 1.
Proof.
  intros HC Hf. apply (tends_of_decay f 1 (K / C) (2 * slow * least ^ 2) rate_positive). intros t Ht. pose proof (Hf
    t Ht).
  apply Rmult_le_reg_l with C; [assumption |].
  replace (C * (K / C * exp (- (2 * slow * least ^ 2) * t))) with (K * exp (- (2 * slow * least ^ 2) * t)) by (field;
    lra).
  replace ((f t - 1) ^ 2) with ((1 - f t) ^ 2) by ring. assumption.
Qed.

Lemma majority_product_tends : is_lim (fun t => a t * b t) p_infty 1.
Proof.
  apply (product_tends _ (N * v)); [now apply Rmult_lt_0_compat |]. intros t Ht. apply (channel_fits t (always t Ht)).
Qed.

Lemma minority_product_tends : 0 < M -> is_lim (fun t => a t * e t) p_infty 1.
Proof.
  intro HM'. apply (product_tends _ (M * w)); [now apply Rmult_lt_0_compat |]. intros t Ht. apply (channel_fits t
    (always t Ht)).
Qed.

Lemma fourth_power_tends : is_lim (fun t => a t ^ 4) p_infty (N + M).
Proof.
  apply is_lim_ext_loc with (f := fun t => N * (a t * b t) ^ 2 + M * (a t * e t) ^ 2).
  { exists 0. intros t Ht. symmetry. apply fourth_power, always. lra. }
  apply is_lim_plus'.
  - apply (limit_through (fun x => N * x ^ 2) _ _ 1); [auto_derive; trivial | ring | apply majority_product_tends].
  - destruct HM as [HM' | <-].
    + apply (limit_through (fun x => M * x ^ 2) _ _ 1); [auto_derive; trivial | ring | now apply
      minority_product_tends].
    + apply is_lim_ext with (f := fun _ => 0); [intro; ring | apply is_lim_const].
Qed.

Lemma root_positive : 0 < sqrt (sqrt (N + M)).
Proof. apply sqrt_lt_R0, sqrt_lt_R0. lra. Qed.

Theorem classifier_tends : is_lim a p_infty (sqrt (sqrt (N + M))).
Proof.
  apply is_lim_ext_loc with (f := fun t => sqrt (sqrt (a t ^ 4))).
  { exists 0. intros t Ht. destruct (ends_nonnegative t (always t ltac:(lra))) as (Pa & _).
    replace (a t ^ 4) with ((a t ^ 2) ^ 2) by ring. rewrite !sqrt_pow2; trivial. apply pow2_ge_0. }
  apply (limit_through (fun x => sqrt (sqrt x)) _ _ (N + M)); [| reflexivity | apply fourth_power_tends].
  pose proof (sqrt_lt_R0 (N + M) ltac:(lra)). auto_derive. lra.
Qed.

Theorem feature_tends (f : R -> R) : is_lim (fun t => a t * f t) p_infty 1 -> is_lim f p_infty (/ sqrt (sqrt (N +
  M))).
Proof.
  intro Hf. pose proof root_positive.
  apply is_lim_ext_loc with (f := fun t => a t * f t * / a t).
  { exists 0. intros t Ht. pose proof (ends_away t (always t ltac:(lra))). field. lra. }
  evar_last.
  - apply is_lim_mult with (lf := Finite 1) (lg := Finite (/ sqrt (sqrt (N + M)))); [exact Hf | | exact I].
    apply (limit_through (fun x => / x) _ _ (sqrt (sqrt (N + M)))); [auto_derive; lra | reflexivity | apply
      classifier_tends].
  - cbn. f_equal. ring.
Qed.

End Ends.
