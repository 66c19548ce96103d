(******************************************************************************)
(* By delta over its escape rate, up to a constant, every mode of STEP is     *)
(* learned, from spectral init.                                               *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*  escape x == s a + N v b + M w e, with s^2 = N v^2 + M w^2; it grows       *)
(*              faster than z' = s z (1 - z^2 / (s^2 h))                      *)
(*  inverse_square_falls == 1 / escape^2 <= 1 / (s^2 h) +                     *)
(*              e^(2 delta - 2 s t) / s^2                                     *)
(*  classifier_large == a is larger than a constant from delta / s + C on     *)
(*  decay_from == the loss decays from a time on at which a is large          *)
(*  channel_learned == the loss is below any eta from delta / s + C on        *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels dynamics.convergence.
Import reviewed.

Local Open Scope R_scope.

Section Escape.

Variables N M v w s h kappa slow : R.
Hypotheses (HN : 0 < N) (HM : 0 <= M) (Hv : 0 < v) (Hw : 0 < w) (Hs : 0 < s) (Hh : 0 < h) (Hk : 0 <= kappa).
Hypothesis rate : s ^ 2 = N * v ^ 2 + M * w ^ 2.
Hypotheses (Hslow : 0 < slow) (Hslow1 : slow <= v) (Hslow2 : slow <= w).

Variables delta t : R.
Variables a b e : R -> R.
Hypothesis moves : forall x, 0 <= x <= t -> middle_flow N M v w a b e x.
Hypothesis positive : forall x, 0 <= x <= t -> 0 < a x /\ 0 <= b x /\ 0 <= e x.
Hypothesis fitted : forall x, 0 <= x <= t -> a x * b x <= a x ^ 2 / h /\ a x * e x <= a x ^ 2 / h.
Hypothesis features : forall x, 0 <= x <= t -> N * v * b x + M * w * e x <= kappa * a x.
Hypothesis start : a 0 = exp (- delta).

Definition escape x := s * a x + (N * v * b x + M * w * e x).
Definition speed x := s * (N * v * b x * (1 - a x * b x) + M * w * e x * (1 - a x * e x)) +
  (N * v * (v * a x * (1 - a x * b x)) + M * w * (w * a x * (1 - a x * e x))).

Lemma escape_is_derive x : 0 <= x <= t -> is_derive escape x (speed x).
Proof.
  intro Hx. destruct (moves x Hx) as (Da & Db & De). unfold escape, speed.
  apply (is_derive_plus (fun x => s * a x)); [now apply is_derive_scal |].
  apply (is_derive_plus (fun x => N * v * b x)); now apply is_derive_scal.
Qed.

Lemma escape_positive x : 0 <= x <= t -> 0 < escape x /\ s * a x <= escape x.
Proof.
  intro Hx. destruct (positive x Hx) as (Pa & Pb & Pe). unfold escape.
  assert (0 <= N * v * b x) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | assumption]).
  assert (0 <= M * w * e x) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | assumption]).
  assert (0 < s * a x) by (now apply Rmult_lt_0_compat). lra.
Qed.

Lemma escape_speed x : 0 <= x <= t -> s * escape x * (1 - escape x ^ 2 / (s ^ 2 * h)) <= speed x.
Proof.
  intro Hx. destruct (positive x Hx) as (Pa & Pb & Pe). destruct (fitted x Hx) as (F1 & F2).
  destruct (escape_positive x Hx) as (Pz & Hza).
  assert (Hth : a x ^ 2 / h <= escape x ^ 2 / (s ^ 2 * h)).
  { apply Rmult_le_reg_r with (s ^ 2 * h); [apply Rmult_lt_0_compat; [now apply pow_lt | assumption] |].
    replace (a x ^ 2 / h * (s ^ 2 * h)) with ((s * a x) ^ 2) by (field; lra).
    replace (escape x ^ 2 / (s ^ 2 * h) * (s ^ 2 * h)) with (escape x ^ 2) by (field; lra).
    apply pow_incr. split; [apply Rlt_le; now apply Rmult_lt_0_compat | assumption]. }
  set (th := escape x ^ 2 / (s ^ 2 * h)) in *.
  assert (G1 : N * v * b x * (1 - th) <= N * v * b x * (1 - a x * b x)) by (apply Rmult_le_compat_l; [apply
    Rmult_le_pos; [apply Rmult_le_pos; lra | assumption] | lra]).
  assert (G2 : M * w * e x * (1 - th) <= M * w * e x * (1 - a x * e x)) by (apply Rmult_le_compat_l; [apply
    Rmult_le_pos; [apply Rmult_le_pos; lra | assumption] | lra]).
  assert (G3 : N * v * v * a x * (1 - th) <= N * v * v * a x * (1 - a x * b x)) by (apply Rmult_le_compat_l; [repeat
    apply Rmult_le_pos; lra | lra]).
  assert (G4 : M * w * w * a x * (1 - th) <= M * w * w * a x * (1 - a x * e x)) by (apply Rmult_le_compat_l; [repeat
    apply Rmult_le_pos; lra | lra]).
  apply (Rmult_le_compat_l s) in G1; [| lra]. apply (Rmult_le_compat_l s) in G2; [| lra].
  unfold speed. replace (s * escape x * (1 - th)) with
    (s * (N * v * b x * (1 - th)) + s * (M * w * e x * (1 - th)) + s ^ 2 * a x * (1 - th)) by (unfold escape; ring).
  rewrite rate.
  replace ((N * v ^ 2 + M * w ^ 2) * a x * (1 - th)) with (N * v * v * a x * (1 - th) + M * w * w * a x * (1 - th))
    by ring.
  lra.
Qed.

Lemma inverse_square_falls x : 0 <= x <= t -> / escape x ^ 2 <= / (s ^ 2 * h) + exp (2 * delta - 2 * s * x) / s ^ 2.
Proof.
  intro Hx. assert (Hs2 : 0 < s ^ 2) by (now apply pow_lt). assert (Hsh : 0 < s ^ 2 * h) by (now apply
    Rmult_lt_0_compat).
  assert (Hg : / escape x ^ 2 - / (s ^ 2 * h) <= (/ escape 0 ^ 2 - / (s ^ 2 * h)) * exp (- (2 * s) * x)).
  { apply (gronwall (fun y => / escape y ^ 2 - / (s ^ 2 * h)) (fun y => - (2 * escape y * speed y) / (escape y ^ 2) ^
    2) (- (2 * s)) x); [lra | |].
    - intros y Hy. destruct (escape_positive y ltac:(lra)) as (Pz & _).
      evar_last.
      + apply (is_derive_minus (fun y => / escape y ^ 2) (fun _ => / (s ^ 2 * h))); [| apply is_derive_const].
        apply (is_derive_inv (fun y => escape y ^ 2)); [apply is_derive_pow, escape_is_derive; lra |].
        apply Rgt_not_eq, pow_lt, Pz.
      + unfold minus, plus, opp, zero; cbn. field. lra.
    - intros y Hy. destruct (escape_positive y ltac:(lra)) as (Pz & _). pose proof (escape_speed y ltac:(lra)) as Hsp.
      set (z := escape y) in *. set (q := speed y) in *.
      apply Rmult_le_reg_r with (z ^ 3); [now apply pow_lt |].
      replace (- (2 * z * q) / (z ^ 2) ^ 2 * z ^ 3) with (- (2 * q)) by (field; lra).
      replace (- (2 * s) * (/ z ^ 2 - / (s ^ 2 * h)) * z ^ 3) with (- (2 * (s * z * (1 - z ^ 2 / (s ^ 2 * h))))) by
        (field; lra).
      lra. }
  assert (Hexp : exp (2 * delta - 2 * s * x) = exp (2 * delta) * exp (- (2 * s) * x)).
  { rewrite <- exp_plus. f_equal. ring. }
  assert (Hz0 : / escape 0 ^ 2 <= exp (2 * delta) / s ^ 2).
  { destruct (escape_positive 0 ltac:(lra)) as (Pz & Hza). rewrite start in Hza.
    assert (0 < s * exp (- delta)) by (apply Rmult_lt_0_compat; [assumption | apply exp_pos]).
    replace (exp (2 * delta) / s ^ 2) with (/ (s * exp (- delta)) ^ 2).
    - apply Rinv_le_contravar; [now apply pow_lt |]. apply pow_incr. lra.
    - assert (Hd : exp (2 * delta) = / (exp (- delta) * exp (- delta))) by (rewrite <- exp_plus, <- exp_Ropp;
      f_equal; ring).
      rewrite Hd. pose proof (exp_pos (- delta)). field. lra. }
  rewrite Hexp. pose proof (exp_pos (- (2 * s) * x)). pose proof (Rinv_0_lt_compat _ Hsh).
  apply (Rmult_le_compat_r (exp (- (2 * s) * x))) in Hz0; [| lra].
  assert (0 <= / (s ^ 2 * h) * exp (- (2 * s) * x)) by (apply Rmult_le_pos; lra).
  replace (exp (2 * delta) * exp (- (2 * s) * x) / s ^ 2) with (exp (2 * delta) / s ^ 2 * exp (- (2 * s) * x)) by
    (field; lra).
  lra.
Qed.

Definition large : R := s * sqrt (h / 2) / (s + kappa).

Lemma large_positive : 0 < large.
Proof. unfold large. apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; [lra | apply sqrt_lt_R0; lra] | lra]. Qed.

Lemma classifier_large x : 0 <= x <= t -> delta / s + Rmax 0 (ln h / (2 * s)) <= x -> large <= a x.
Proof.
  intros Hx Hlate. pose proof (inverse_square_falls x Hx) as Hq. destruct (escape_positive x Hx) as (Pz & _).
  assert (Hs2 : 0 < s ^ 2) by (now apply pow_lt). assert (Hsh : 0 < s ^ 2 * h) by (now apply Rmult_lt_0_compat).
  assert (Hexp : exp (2 * delta - 2 * s * x) <= / h).
  { rewrite <- (exp_ln (/ h)) by (now apply Rinv_0_lt_compat). rewrite ln_Rinv by assumption.
    assert (Hle : 2 * delta - 2 * s * x <= - ln h).
    { pose proof (Rmax_r 0 (ln h / (2 * s))). assert (Hx' : delta / s + ln h / (2 * s) <= x) by lra.
      apply (Rmult_le_compat_l (2 * s)) in Hx'; [| lra].
      replace (2 * s * (delta / s + ln h / (2 * s))) with (2 * delta + ln h) in Hx' by (field; lra). lra. }
    destruct Hle as [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]. }
  assert (Hq2 : / escape x ^ 2 <= 2 / (s ^ 2 * h)).
  { apply (Rmult_le_compat_r (/ s ^ 2)) in Hexp; [| apply Rlt_le; now apply Rinv_0_lt_compat].
    replace (2 / (s ^ 2 * h)) with (/ (s ^ 2 * h) + / h * / s ^ 2) by (field; lra). unfold Rdiv in Hq. lra. }
  assert (Hz : s * sqrt (h / 2) <= escape x).
  { apply Rnot_lt_le. intro Hlt. pose proof (sqrt_lt_R0 (h / 2) ltac:(lra)) as Hr.
    assert (Hsq : escape x ^ 2 < s ^ 2 * h / 2).
    { replace (s ^ 2 * h / 2) with ((s * sqrt (h / 2)) ^ 2) by (rewrite Rpow_mult_distr, pow2_sqrt by lra; field).
      assert (0 < s * sqrt (h / 2)) by lra. nra. }
    assert (2 / (s ^ 2 * h) < / escape x ^ 2).
    { replace (2 / (s ^ 2 * h)) with (/ (s ^ 2 * h / 2)) by (field; lra).
      apply Rinv_lt_contravar; [| assumption]. apply Rmult_lt_0_compat; [now apply pow_lt | lra]. }
    lra. }
  pose proof (features x Hx) as Hf. unfold large. apply Rmult_le_reg_r with (s + kappa); [lra |].
  replace (s * sqrt (h / 2) / (s + kappa) * (s + kappa)) with (s * sqrt (h / 2)) by (field; lra).
  unfold escape in Hz. lra.
Qed.

(** From then on the loss decays. *)
Lemma loss_is_derive x : 0 <= x <= t -> is_derive (channel_loss N M v w a b e) x
  (- 2 * ((N * v * b x * (1 - a x * b x) + M * w * e x * (1 - a x * e x)) ^ 2
    + a x ^ 2 * (N * v * v * (1 - a x * b x) ^ 2 + M * w * w * (1 - a x * e x) ^ 2))).
Proof.
  intro Hx. destruct (moves x Hx) as (Da & Db & De). exact (channel_loss_is_derive N M v w a b e x Da Db De).
Qed.

Lemma decay_from t1 least : 0 <= t1 <= t -> 0 <= least -> (forall x, t1 <= x <= t -> least <= a x) ->
  channel_loss N M v w a b e t <= channel_loss N M v w a b e t1 * exp (- (2 * slow * least ^ 2) * (t - t1)).
Proof.
  intros Ht1 Hl Hlarge.
  apply (gronwall_from (channel_loss N M v w a b e) (fun x =>
    - 2 * ((N * v * b x * (1 - a x * b x) + M * w * e x * (1 - a x * e x)) ^ 2
    + a x ^ 2 * (N * v * v * (1 - a x * b x) ^ 2 + M * w * w * (1 - a x * e x) ^ 2)))); [lra | |].
  - intros x Hx. apply loss_is_derive. lra.
  - intros x Hx. unfold channel_loss. apply dissipation_bound; try assumption; try lra. now apply Hlarge.
Qed.

End Escape.

Lemma feature_of_balance N x y h : 0 < h -> h ^ 2 <= N -> 0 <= x -> 0 <= y -> N * y ^ 2 <= x ^ 2 -> x * y <= x ^ 2 /
  h /\ N * y <= sqrt N * x.
Proof.
  intros Hh HN Hx Hy Hbal. assert (HN' : 0 < N) by (pose proof (pow_lt h 2 Hh); lra). pose proof (sqrt_lt_R0 N HN')
    as Hr.
  assert (Hle : sqrt N * y <= x).
  { apply Rnot_lt_le. intro Hlt. assert ((sqrt N * y) ^ 2 <= x ^ 2) by (rewrite Rpow_mult_distr, pow2_sqrt; lra).
    assert (0 <= sqrt N * y) by (apply Rmult_le_pos; lra). nra. }
  assert (Hhr : h <= sqrt N) by (rewrite <- (sqrt_pow2 h) by lra; now apply sqrt_le_1_alt).
  split.
  - apply Rmult_le_reg_r with h; [assumption |]. replace (x ^ 2 / h * h) with (x * x) by (field; lra).
    assert (h * y <= x) by nra. nra.
  - rewrite <- (sqrt_sqrt N) at 1 by lra. nra.
Qed.

Section Learned.

Variables N M v w s h slow K eta : R.
Hypotheses (HN : 0 < N) (HM : 0 <= M) (Hv : 0 < v) (Hw : 0 < w) (Hs : 0 < s) (Hh : 0 < h).
Hypothesis rate : s ^ 2 = N * v ^ 2 + M * w ^ 2.
Hypotheses (Hslow : 0 < slow) (Hslow1 : slow <= v) (Hslow2 : slow <= w).
Hypotheses (large_N : h ^ 2 <= N) (HK : 0 <= K) (Heta : 0 < eta).

Let kappa := v * sqrt N + w * sqrt M.
Let fast := 2 * slow * large s h kappa ^ 2.

Lemma kappa_nonneg : 0 <= kappa.
Proof. unfold kappa. pose proof (sqrt_pos N). pose proof (sqrt_pos M). assert (0 <= v * sqrt N) by (apply
  Rmult_le_pos; lra).
  assert (0 <= w * sqrt M) by (apply Rmult_le_pos; lra). lra. Qed.

Lemma fast_positive : 0 < fast.
Proof. unfold fast. pose proof (large_positive s h kappa Hs Hh kappa_nonneg) as Hl. apply (pow_lt _ 2) in Hl. nra.
  Qed.

Definition delay : R := Rmax 0 (ln h / (2 * s)) + K / (eta * fast).

Lemma delay_nonneg : 0 <= delay.
Proof.
  unfold delay. pose proof (Rmax_l 0 (ln h / (2 * s))). pose proof fast_positive.
  assert (0 <= K / (eta * fast)) by (apply Rmult_le_pos; [assumption | apply Rlt_le, Rinv_0_lt_compat; now apply
    Rmult_lt_0_compat]). lra.
Qed.

Theorem channel_learned delta t least (a b e : R -> R) :
  M = 0 /\ (forall x, e x = b x) \/ h ^ 2 <= M -> 0 <= delta -> 0 < least -> least ^ 4 <= N -> M = 0 \/ least ^ 4 <=
    M ->
  least <= a 0 -> 0 <= b 0 -> 0 <= e 0 -> a 0 ^ 2 = N * b 0 ^ 2 + M * e 0 ^ 2 -> a 0 = exp (- delta) ->
  channel_loss N M v w a b e 0 <= K -> (forall x, 0 <= x <= t -> middle_flow N M v w a b e x) ->
  delta / s + delay <= t -> channel_loss N M v w a b e t <= eta.
Proof.
  intros Hother Hdelta Hleast Hl1 Hl2 Ha0 Hb0 He0 Hbal Hstart HK0 Hmoves Hlate.
  pose proof delay_nonneg as Hdelay. assert (Hd : 0 <= delta / s) by (apply Rmult_le_pos; [assumption | apply Rlt_le;
    now apply Rinv_0_lt_compat]).
  assert (Huntil : forall x, 0 <= x <= t -> moves_until N M v w a b e x) by (intros x Hx; split; [lra | intros y Hy;
    apply Hmoves; lra]).
  assert (Hpos : forall x, 0 <= x <= t -> 0 < a x /\ 0 <= b x /\ 0 <= e x).
  { intros x Hx. pose proof (ends_nonnegative N M v w least a b e HN HM Hv Hw Hleast Ha0 Hb0 He0 x (Huntil x Hx)).
    pose proof (ends_away N M v w least a b e HN HM Hv Hw Hleast Hl1 Hl2 Ha0 Hb0 He0 Hbal x (Huntil x Hx)). lra. }
  assert (Hkeep : forall x, 0 <= x <= t -> N * b x ^ 2 <= a x ^ 2 /\ M * e x ^ 2 <= a x ^ 2).
  { intros x Hx. pose proof (ends_balance N M v w a b e Hbal x (Huntil x Hx)) as Hb.
    assert (0 <= N * b x ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
    assert (0 <= M * e x ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]). lra. }
  assert (Hfit : forall x, 0 <= x <= t -> a x * b x <= a x ^ 2 / h /\ a x * e x <= a x ^ 2 / h).
  { intros x Hx. destruct (Hpos x Hx) as (Pa & Pb & Pe). destruct (Hkeep x Hx) as (K1 & K2).
    destruct (feature_of_balance N (a x) (b x) h Hh large_N ltac:(lra) Pb K1) as [F1 _]. split; [assumption |].
    destruct Hother as [[_ Heq] | HhM]; [now rewrite Heq |]. apply (feature_of_balance M (a x) (e x) h Hh HhM
      ltac:(lra) Pe K2). }
  assert (Hfeat : forall x, 0 <= x <= t -> N * v * b x + M * w * e x <= kappa * a x).
  { intros x Hx. destruct (Hpos x Hx) as (Pa & Pb & Pe). destruct (Hkeep x Hx) as (K1 & K2).
    destruct (feature_of_balance N (a x) (b x) h Hh large_N ltac:(lra) Pb K1) as [_ F1].
    apply (Rmult_le_compat_l v) in F1; [| lra]. unfold kappa.
    assert (F2 : M * w * e x <= w * (sqrt M * a x)).
    { destruct Hother as [[HM0 _] | HhM].
      - replace (M * w * e x) with 0 by (rewrite HM0; ring). pose proof (sqrt_pos M). apply Rmult_le_pos; [lra |
        apply Rmult_le_pos; lra].
      - destruct (feature_of_balance M (a x) (e x) h Hh HhM ltac:(lra) Pe K2) as [_ F2]. apply (Rmult_le_compat_l w)
        in F2; lra. }
    lra. }
  set (t1 := delta / s + Rmax 0 (ln h / (2 * s))). pose proof (Rmax_l 0 (ln h / (2 * s))). pose proof fast_positive
    as Hfast.
  assert (Hgap : K / (eta * fast) <= t - t1) by (unfold t1; unfold delay in Hlate; lra).
  assert (HKq : 0 <= K / (eta * fast)) by (apply Rmult_le_pos; [assumption | apply Rlt_le, Rinv_0_lt_compat; now
    apply Rmult_lt_0_compat]).
  assert (Ht1 : 0 <= t1 <= t) by (split; [unfold t1; lra | lra]).
  assert (Hlarge : forall x, t1 <= x <= t -> large s h kappa <= a x).
  { intros x Hx. apply (classifier_large N M v w s h kappa HN HM Hv Hw Hs Hh kappa_nonneg rate delta t a b e Hmoves
    Hpos Hfit Hfeat Hstart x); [lra | exact (proj1 Hx)]. }
  assert (Hafter := decay_from N M v w slow HN HM Hv Hw Hslow Hslow1 Hslow2 t a b e Hmoves t1 (large s h kappa)
    Ht1 (Rlt_le _ _ (large_positive s h kappa Hs Hh kappa_nonneg)) Hlarge). fold fast in Hafter.
  assert (Hbefore : channel_loss N M v w a b e t1 <= K).
  { pose proof (decay_from N M v w slow HN HM Hv Hw Hslow Hslow1 Hslow2 t1 a b e ltac:(intros; apply Hmoves; lra) 0 0
      ltac:(lra) ltac:(lra) ltac:(intros x Hx; destruct (Hpos x ltac:(lra)); lra)) as Hz.
    replace (- (2 * slow * 0 ^ 2) * (t1 - 0)) with 0 in Hz by ring. rewrite exp_0 in Hz. lra. }
  set (E := exp (- fast * (t - t1))) in *. assert (HE : 0 < E) by apply exp_pos.
  apply Rle_trans with (K * E); [apply Rle_trans with (1 := Hafter); apply Rmult_le_compat_r; lra |].
  assert (Hprod : fast * (K / (eta * fast)) <= fast * (t - t1)) by (apply Rmult_le_compat_l; lra).
  replace (fast * (K / (eta * fast))) with (K / eta) in Hprod by (field; lra).
  assert (Hexp : K / eta * E <= 1).
  { assert (Hinv : E = / exp (fast * (t - t1))) by (unfold E; rewrite <- exp_Ropp; f_equal; ring).
    rewrite Hinv. apply Rmult_le_reg_r with (exp (fast * (t - t1))); [apply exp_pos |].
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by (apply Rgt_not_eq, exp_pos).
    pose proof (exp_ineq1_le (fast * (t - t1))). lra. }
  apply Rmult_le_reg_l with (/ eta); [now apply Rinv_0_lt_compat |]. rewrite Rinv_l by lra. unfold Rdiv in Hexp. lra.
Qed.

End Learned.

Lemma fit_of_start delta n : 0 <= delta -> 0 < n -> (1 - exp (- delta) * (exp (- delta) / sqrt n)) ^ 2 <= (1 + / sqrt
  n) ^ 2.
Proof.
  intros Hd Hn. pose proof (sqrt_lt_R0 n Hn) as Hr. pose proof (exp_pos (- delta)).
  assert (exp (- delta) <= 1) by (rewrite <- exp_0; destruct (Req_dec delta 0) as [-> | Hne]; [rewrite Ropp_0; lra |
    apply Rlt_le, exp_increasing; lra]).
  pose proof (Rinv_0_lt_compat _ Hr). unfold Rdiv.
  assert (0 <= exp (- delta) * (exp (- delta) * / sqrt n) <= / sqrt n).
  { split; [apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra] |]. rewrite <- Rmult_assoc. rewrite <- (Rmult_1_l (/
    sqrt n)) at 2.
    apply Rmult_le_compat_r; nra. }
  nra.
Qed.

Section OfStep.

Variables (P : step_problem) (eta : R).
Hypotheses (real : possible P) (Heta : 0 < eta).
Notation slow := (Rmin (w_maj P) (w_min P)).
Notation rate := modes_of_step_learned_by_delta_over_rate.middle_rate.

Lemma pair_learned n w : 0 < n -> 0 < w -> slow <= w -> N_maj P <= n \/ N_min P <= n -> exists C, 0 <= C /\
  forall delta f g t, 0 <= delta -> f 0 = exp (- delta) -> g 0 = exp (- delta) / sqrt n ->
  (forall x, 0 <= x <= t -> within_flow n w f g x) -> delta / (sqrt n * w) + C <= t -> n * (1 - f t * g t) ^ 2 <= eta.
Proof.
  intros Hn Hw Hsw Hlarge. pose proof (sqrt_lt_R0 n Hn) as Hr. destruct (slow_bounds P real) as (Hs & _).
  set (K := n * w * (1 + / sqrt n) ^ 2).
  assert (HK : 0 <= K) by (unfold K; apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply pow2_ge_0]).
  assert (Hsn : 0 < sqrt n * w) by (now apply Rmult_lt_0_compat).
  assert (Heq : (sqrt n * w) ^ 2 = n * w ^ 2 + 0 * w ^ 2) by (rewrite Rpow_mult_distr, pow2_sqrt; lra).
  assert (Hsq : sqrt n ^ 2 <= n) by (rewrite pow2_sqrt; lra).
  assert (Hew : 0 < eta * w) by (now apply Rmult_lt_0_compat).
  exists (delay n 0 w w (sqrt n * w) (sqrt n) slow K (eta * w)).
  split; [now apply delay_nonneg |].
  intros delta f g t Hd Hf Hg Hflow Hlate. destruct (start_of_pair delta (f 0) (g 0) n Hn Hf Hg) as [Pg Hbal].
  destruct (least_bounds P delta real) as (Hl & Hle & HlN & HlM).
  pose proof (channel_learned n 0 w w (sqrt n * w) (sqrt n) slow K (eta * w) Hn (Rle_refl 0) Hw Hw Hsn Hr Heq Hs Hsw
    Hsw Hsq HK Hew
    delta t (least_classifier P delta) f g g (or_introl (conj eq_refl (fun x => eq_refl))) Hd Hl ltac:(destruct
      Hlarge; lra) (or_introl eq_refl)
    ltac:(lra) Pg Pg ltac:(lra) Hf) as H.
  assert (H1 : channel_loss n 0 w w f g g t <= eta * w).
  { apply H; [| intros x Hx; now apply within_is_middle, Hflow | exact Hlate].
    unfold channel_loss, K. rewrite Hf, Hg. pose proof (fit_of_start delta n Hd Hn).
    assert (0 <= n * w) by (apply Rmult_le_pos; lra). nra. }
  unfold channel_loss in H1. apply Rmult_le_reg_r with w; [assumption |]. lra.
Qed.

Lemma middle_learned : exists C, 0 <= C /\
  forall delta X t, 0 <= delta -> spectral_start P delta X -> (forall x, 0 <= x <= t -> follows_flow P X x) ->
  delta / rate P + C <= t -> N_maj P * (1 - a X t * b X t) ^ 2 + N_min P * (1 - a X t * e X t) ^ 2 <= eta.
Proof.
  destruct (counts_positive P real) as (HN & HM & _). destruct (slow_bounds P real) as (Hs & Hs1 & Hs2 & Hw1 & Hw2).
  set (n := N_maj P + N_min P). assert (Hn : 0 < n) by (unfold n; lra).
  set (h := sqrt (Rmin (N_maj P) (N_min P))). assert (Hmin : 0 < Rmin (N_maj P) (N_min P)) by (now apply Rmin_glb_lt).
  assert (Hh : 0 < h) by (now apply sqrt_lt_R0). assert (Hh2 : h ^ 2 = Rmin (N_maj P) (N_min P)) by (unfold h;
    rewrite pow2_sqrt; lra).
  assert (HhN : h ^ 2 <= N_maj P) by (rewrite Hh2; apply Rmin_l). assert (HhM : h ^ 2 <= N_min P) by (rewrite Hh2;
    apply Rmin_r).
  set (K := (N_maj P * w_maj P + N_min P * w_min P) * (1 + / sqrt n) ^ 2).
  assert (Hp1 : 0 < N_maj P * w_maj P) by (now apply Rmult_lt_0_compat). assert (Hp2 : 0 < N_min P * w_min P) by (now
    apply Rmult_lt_0_compat).
  assert (HK : 0 <= K) by (unfold K; apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  assert (Hsum : 0 < N_maj P * w_maj P ^ 2 + N_min P * w_min P ^ 2).
  { pose proof (pow_lt _ 2 Hw1). pose proof (pow_lt _ 2 Hw2). apply Rplus_lt_0_compat; now apply Rmult_lt_0_compat. }
  assert (Hrate : 0 < rate P) by (now apply sqrt_lt_R0).
  assert (Heq : rate P ^ 2 = N_maj P * w_maj P ^ 2 + N_min P * w_min P ^ 2).
  { unfold modes_of_step_learned_by_delta_over_rate.middle_rate. rewrite pow2_sqrt; lra. }
  assert (Hes : 0 < eta * slow) by (now apply Rmult_lt_0_compat).
  exists (delay (N_maj P) (N_min P) (w_maj P) (w_min P) (rate P) h slow K (eta * slow)).
  split; [apply delay_nonneg; trivial; lra |].
  intros delta X t Hd Hstart Hflow Hlate. destruct (middle_start P delta X real Hstart) as (Pb & Pe & Hbal).
  pose proof Hstart as (Sa & Sb & Se & _). destruct (least_bounds P delta real) as (Hl & Hle & HlN & HlM).
  assert (H1 : channel_loss (N_maj P) (N_min P) (w_maj P) (w_min P) (a X) (b X) (e X) t <= eta * slow).
  { apply (channel_learned (N_maj P) (N_min P) (w_maj P) (w_min P) (rate P) h slow K (eta * slow) HN (Rlt_le _ _ HM)
    Hw1 Hw2 Hrate Hh Heq Hs Hs1 Hs2 HhN HK Hes
      delta t (least_classifier P delta) (a X) (b X) (e X) (or_intror HhM) Hd Hl HlN (or_intror HlM) ltac:(lra) Pb Pe
        Hbal Sa).
    - unfold channel_loss, K. rewrite Sa, Sb, Se. pose proof (fit_of_start delta n Hd Hn). fold n. nra.
    - intros x Hx. apply Hflow, Hx.
    - exact Hlate. }
  unfold channel_loss in H1. apply Rmult_le_reg_r with slow; [assumption |].
  assert (N_maj P * (1 - a X t * b X t) ^ 2 * slow <= N_maj P * (1 - a X t * b X t) ^ 2 * w_maj P)
    by (apply Rmult_le_compat_l; [apply Rmult_le_pos; [lra | apply pow2_ge_0] | assumption]).
  assert (N_min P * (1 - a X t * e X t) ^ 2 * slow <= N_min P * (1 - a X t * e X t) ^ 2 * w_min P)
    by (apply Rmult_le_compat_l; [apply Rmult_le_pos; [lra | apply pow2_ge_0] | assumption]).
  lra.
Qed.

End OfStep.

Theorem errors_small_from_delta_over_rate :
  modes_of_step_learned_by_delta_over_rate.errors_small_from_delta_over_rate.
Proof.
  intros P eta real Heta. destruct (counts_positive P real) as (_ & _ & H1 & H2). destruct (slow_bounds P real) as (_
    & Hs1 & Hs2 & Hw1 & Hw2).
  pose proof real as (_ & _ & Hn1 & Hn2 & _).
  destruct (middle_learned P eta real Heta) as (C0 & P0 & L0).
  destruct (pair_learned P eta real Heta (n_maj P) (w_maj P) Hn1 Hw1 Hs1 (or_introl H1)) as (C1 & P1 & L1).
  destruct (pair_learned P eta real Heta (n_min P) (w_min P) Hn2 Hw2 Hs2 (or_intror H2)) as (C2 & P2 & L2).
  exists (C0 + C1 + C2). split; [lra |]. intros delta X t Hd Hstart Hflow. pose proof Hstart as (_ & _ & _ & S1 & S2
    & S3 & S4).
  repeat split; intro Hlate.
  - apply (L0 delta); trivial. lra.
  - apply (L1 delta); trivial; [intros x Hx; apply Hflow, Hx | lra].
  - apply (L2 delta); trivial; [intros x Hx; apply Hflow, Hx | lra].
Qed.

Lemma fraction_of_error n x y f : 0 < n -> f < 1 -> n * (1 - x * y) ^ 2 <= n * (1 - f) ^ 2 -> f <= x * y.
Proof.
  intros Hn Hf H. apply Rnot_lt_le. intro Hlt. apply Rmult_le_reg_l in H; [| assumption]. nra.
Qed.

Theorem learned_from_delta_over_rate : modes_of_step_learned_by_delta_over_rate.learned_from_delta_over_rate.
Proof.
  intros P f real Hf. destruct (counts_positive P real) as (HN & HM & HNn & HMn). pose proof real as (_ & _ & Hn1 &
    Hn2 & _).
  assert (Hf2 : 0 < (1 - f) ^ 2) by (apply pow_lt; lra).
  set (eta := Rmin (N_maj P) (N_min P) * (1 - f) ^ 2).
  assert (Hmin : 0 < Rmin (N_maj P) (N_min P)) by (now apply Rmin_glb_lt).
  assert (Heta : 0 < eta) by (now apply Rmult_lt_0_compat).
  assert (E1 : eta <= N_maj P * (1 - f) ^ 2) by (apply Rmult_le_compat_r; [lra | apply Rmin_l]).
  assert (E2 : eta <= N_min P * (1 - f) ^ 2) by (apply Rmult_le_compat_r; [lra | apply Rmin_r]).
  destruct (errors_small_from_delta_over_rate P eta real Heta) as (C & HC & L). exists C. split; [assumption |].
  intros delta X t Hd Hstart Hflow. destruct (L delta X t Hd Hstart Hflow) as (L0 & L1 & L2). repeat split; intro
    Hlate.
  - specialize (L0 Hlate). set (q := sqrt (N_maj P + N_min P)). assert (Hq : 0 < q) by (apply sqrt_lt_R0; lra).
    assert (Hq2 : q * q = N_maj P + N_min P) by (apply sqrt_sqrt; lra).
    assert (0 <= N_maj P * (1 - a X t * b X t) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
    assert (0 <= N_min P * (1 - a X t * e X t) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
    assert (F1 : f <= a X t * b X t) by (apply (fraction_of_error (N_maj P)); lra).
    assert (F2 : f <= a X t * e X t) by (apply (fraction_of_error (N_min P)); lra).
    apply Rmult_le_reg_r with q; [assumption |].
    replace (a X t * (N_maj P * b X t + N_min P * e X t) / q * q) with (N_maj P * (a X t * b X t) + N_min P * (a X t
      * e X t)) by (field; lra).
    replace (f * q * q) with (f * (q * q)) by ring. rewrite Hq2. nra.
  - specialize (L1 Hlate). rewrite Rmult_comm. apply Rmult_le_compat_l; [apply sqrt_pos |].
    apply (fraction_of_error (n_maj P)); [assumption | lra |]. apply Rle_trans with (1 := L1). nra.
  - specialize (L2 Hlate). rewrite Rmult_comm. apply Rmult_le_compat_l; [apply sqrt_pos |].
    apply (fraction_of_error (n_min P)); [assumption | lra |]. apply Rle_trans with (1 := L2). nra.
Qed.
