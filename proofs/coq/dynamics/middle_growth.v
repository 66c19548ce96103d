(******************************************************************************)
(* Between what the middle mode's learning time lies at gamma = 1/2: the      *)
(* inequalities of its flow from spectral init.                               *)
(*                                                                            *)
(* Source: ours. al = sqrt p, be = sqrt (1 - p), k = sqrt R; B and E are the  *)
(* features of the two groups times the roots of p R and of 1 - p.            *)
(*                                                                            *)
(*  classifier_bound == a <= e^(t - delta)                                    *)
(*    minority_bound == E <= 1                                                *)
(*     late_at_least == B + 1 grows at the rate al at most, from delta on     *)
(*  majority_present == B is larger than a constant at delta                  *)
(*      late_at_most == while the mode is not learned, B grows faster than a  *)
(*                      logistic curve of rate al - 1 / (2 k)                 *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels.

Local Open Scope R_scope.

Section Scalars.

Variables al be k delta t : R.
Hypotheses (Hal : 0 < al) (Hbe : 0 < be) (unit : al ^ 2 + be ^ 2 = 1) (Hk : 1 <= k) (Hdelta : 0 <= delta).
Variables a B E : R -> R.
Hypothesis Da : forall x, 0 <= x <= t -> is_derive a x (al * B x + be * E x - a x * (B x ^ 2 / k + E x ^ 2)).
Hypothesis DB : forall x, 0 <= x <= t -> is_derive B x (a x * (al - a x * B x / k)).
Hypothesis DE : forall x, 0 <= x <= t -> is_derive E x (a x * (be - a x * E x)).
Hypothesis positive : forall x, 0 <= x <= t -> 0 < a x /\ 0 <= B x /\ 0 <= E x.
Hypothesis balance : forall x, 0 <= x <= t -> a x ^ 2 = B x ^ 2 + E x ^ 2.
Hypothesis start : a 0 = exp (- delta).

Lemma al_below_1 : al < 1 /\ be < 1.
Proof. split; nra. Qed.

Lemma cauchy_schwarz x y u v c : 0 <= c -> c ^ 2 = u ^ 2 + v ^ 2 -> x ^ 2 + y ^ 2 = 1 -> x * u + y * v <= c.
Proof.
  intros Hc Heq H1. apply Rnot_lt_le. intro Hlt. pose proof (pow2_ge_0 (x * v - y * u)).
  assert ((x * u + y * v) ^ 2 + (x * v - y * u) ^ 2 = c ^ 2).
  { replace ((x * u + y * v) ^ 2 + (x * v - y * u) ^ 2) with ((x ^ 2 + y ^ 2) * (u ^ 2 + v ^ 2)) by ring.
    rewrite H1, Heq. ring. }
  nra.
Qed.

Lemma classifier_speed x : 0 <= x <= t -> al * B x + be * E x - a x * (B x ^ 2 / k + E x ^ 2) <= a x.
Proof.
  intro Hx. destruct (positive x Hx) as (Pa & PB & PE).
  pose proof (cauchy_schwarz al be (B x) (E x) (a x) ltac:(lra) (balance x Hx) unit).
  assert (0 <= a x * (B x ^ 2 / k + E x ^ 2)).
  { apply Rmult_le_pos; [lra |]. apply Rplus_le_le_0_compat; [| apply pow2_ge_0].
    apply Rmult_le_pos; [apply pow2_ge_0 | apply Rlt_le, Rinv_0_lt_compat; lra]. }
  lra.
Qed.

Lemma classifier_bound x : 0 <= x <= t -> a x <= exp (x - delta).
Proof.
  intro Hx. replace (exp (x - delta)) with (a 0 * exp (1 * x)) by (rewrite start, <- exp_plus; f_equal; ring).
  apply (gronwall a (fun x => al * B x + be * E x - a x * (B x ^ 2 / k + E x ^ 2))); [lra | |].
  - intros y Hy. apply Da. lra.
  - intros y Hy. rewrite Rmult_1_l. apply classifier_speed. lra.
Qed.

Lemma classifier_early x : 0 <= x <= t -> x <= delta -> a x <= 1.
Proof.
  intros Hx Hle. apply Rle_trans with (1 := classifier_bound x Hx). rewrite <- exp_0.
  destruct Hle as [Hlt | ->]; [apply Rlt_le, exp_increasing; lra | rewrite Rminus_diag_eq by reflexivity; lra].
Qed.

Lemma part_below_classifier x : 0 <= x <= t -> B x <= a x /\ E x <= a x.
Proof. intro Hx. destruct (positive x Hx) as (Pa & PB & PE). pose proof (balance x Hx). split; nra. Qed.

Lemma minority_bound x : 0 <= x <= t -> E x <= 1.
Proof.
  intro Hx. destruct al_below_1 as [_ Hb1]. assert (H : - 1 <= - E x); [| lra].
  apply (stays_above (fun y => - E y) (fun y => - (a y * (be - a y * E y))) (- 1) x); [lra | | |].
  - intros y Hy. apply (is_derive_opp E). apply DE. lra.
  - intros y Hy Hlt. destruct (positive y ltac:(lra)) as (Pa & PB & PE).
    destruct (part_below_classifier y ltac:(lra)). assert (1 <= a y * E y) by nra. nra.
  - destruct (part_below_classifier 0 ltac:(lra)). pose proof (classifier_early 0 ltac:(lra) Hdelta). lra.
Qed.

(** The mode is not learned before. *)
Definition learned (f x : R) : Prop := f * (al ^ 2 * k ^ 2 + be ^ 2) <= a x * (al * k * B x + be * E x).

Lemma learned_needs f x : 0 < f -> 0 <= x <= t -> learned f x -> f * (al * k) <= a x ^ 2.
Proof.
  intros Hf Hx Hl. destruct (positive x Hx) as (Pa & PB & PE). unfold learned in Hl.
  set (s := sqrt (al ^ 2 * k ^ 2 + be ^ 2)).
  assert (Hak : 0 < al * k) by nra.
  assert (Hs2 : s ^ 2 = al ^ 2 * k ^ 2 + be ^ 2) by (unfold s; apply pow2_sqrt; nra).
  assert (Hs0 : 0 <= s) by apply sqrt_pos.
  assert (Hs : al * k <= s) by nra.
  assert (Hcs : al * k * B x + be * E x <= s * a x).
  { assert (Hs' : 0 < s) by lra.
    apply Rmult_le_reg_l with (/ s); [now apply Rinv_0_lt_compat |].
    replace (/ s * (s * a x)) with (a x) by (field; lra).
    replace (/ s * (al * k * B x + be * E x)) with (al * k / s * B x + be / s * E x) by (field; lra).
    apply cauchy_schwarz; [lra | now apply balance |].
    replace ((al * k / s) ^ 2 + (be / s) ^ 2) with ((al ^ 2 * k ^ 2 + be ^ 2) / s ^ 2) by (field; lra).
    rewrite <- Hs2. field. lra. }
  rewrite <- Hs2 in Hl. assert (Hle : f * s ^ 2 <= s * a x ^ 2).
  { apply Rle_trans with (1 := Hl). replace (s * a x ^ 2) with (a x * (s * a x)) by ring.
    apply Rmult_le_compat_l; lra. }
  assert (f * s <= a x ^ 2) by (apply Rmult_le_reg_l with s; [lra | lra]).
  assert (f * (al * k) <= f * s) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma late_at_least f : 0 < f -> 0 <= t -> 1 < f * (al * k) -> learned f t ->
  delta + ln (f * (al * k)) / (2 * al) - ln 2 / al <= t.
Proof.
  intros Hf Ht Hlarge Hl. pose proof (learned_needs f t Hf ltac:(lra) Hl) as Ha.
  destruct (positive t ltac:(lra)) as (Pa & PB & PE).
  destruct (Rle_lt_dec t delta) as [Hle | Hlt].
  { pose proof (classifier_early t ltac:(lra) Hle). nra. }
  assert (Hg : B t + 1 <= (B delta + 1) * exp (al * (t - delta))).
  { apply (gronwall_from (fun x => B x + 1) (fun x => a x * (al - a x * B x / k))); [lra | |].
    - intros x Hx. evar_last.
      + apply (is_derive_plus B (fun _ => 1)); [apply DB; lra | apply is_derive_const].
      + unfold plus, zero; cbn. ring.
    - intros x Hx. destruct (positive x ltac:(lra)) as (Qa & QB & QE).
      pose proof (minority_bound x ltac:(lra)). pose proof (balance x ltac:(lra)).
      assert (a x <= B x + 1) by nra.
      assert (0 <= a x * B x / k) by (apply Rmult_le_pos; [nra | apply Rlt_le, Rinv_0_lt_compat; lra]). nra. }
  pose proof (part_below_classifier delta ltac:(lra)) as [HBa _].
  pose proof (classifier_early delta ltac:(lra) (Rle_refl delta)) as Ha1.
  pose proof (exp_pos (al * (t - delta))) as Hexp.
  assert (Hg2 : B t + 1 <= 2 * exp (al * (t - delta))) by nra.
  pose proof (minority_bound t ltac:(lra)). pose proof (balance t ltac:(lra)).
  assert (Hsq : f * (al * k) <= 4 * exp (2 * al * (t - delta))).
  { replace (exp (2 * al * (t - delta))) with (exp (al * (t - delta)) * exp (al * (t - delta)))
      by (rewrite <- exp_plus; f_equal; ring).
    assert (a t ^ 2 <= (B t + 1) ^ 2) by nra.
    assert ((B t + 1) ^ 2 <= (2 * exp (al * (t - delta))) ^ 2) by (apply pow_incr; lra). lra. }
  assert (Hln : ln (f * (al * k)) <= 2 * ln 2 + 2 * al * (t - delta)).
  { rewrite <- (ln_exp (2 * al * (t - delta))). replace (2 * ln 2) with (ln 4).
    - rewrite <- ln_mult by (try apply exp_pos; lra).
      destruct Hsq as [Hs | ->]; [apply Rlt_le, ln_increasing; lra | lra].
    - replace 4 with (2 * 2) by lra. rewrite ln_mult; lra. }
  apply Rmult_le_reg_l with (2 * al); [lra |].
  replace (2 * al * (delta + ln (f * (al * k)) / (2 * al) - ln 2 / al)) with
    (2 * al * delta + ln (f * (al * k)) - 2 * ln 2) by (field; lra). lra.
Qed.

(** The mode is learned by then. *)
Lemma majority_present x : 2 <= al * k -> al / 2 * a 0 <= B 0 -> 0 <= x <= t -> x <= delta -> al / 2 * a x <= B x.
Proof.
  intros Hlarge H0 Hx Hle. assert (H : 0 <= B x - al / 2 * a x); [| lra].
  apply (stays_above (fun y => B y - al / 2 * a y) (fun y => a y * (al - a y * B y / k) -
    al / 2 * (al * B y + be * E y - a y * (B y ^ 2 / k + E y ^ 2))) 0 x); [lra | | | lra].
  - intros y Hy. apply (is_derive_minus B (fun y => al / 2 * a y)); [apply DB; lra |].
    apply is_derive_scal, Da. lra.
  - intros y Hy _. destruct (positive y ltac:(lra)) as (Pa & PB & PE).
    pose proof (classifier_speed y ltac:(lra)) as Hsp. pose proof (classifier_early y ltac:(lra) ltac:(lra)).
    destruct (part_below_classifier y ltac:(lra)).
    assert (Hab : a y * B y / k <= al / 2).
    { apply Rmult_le_reg_r with k; [lra |]. replace (a y * B y / k * k) with (a y * B y) by (field; lra). nra. }
    assert (a y * (al / 2) <= a y * (al - a y * B y / k)) by (apply Rmult_le_compat_l; lra).
    apply (Rmult_le_compat_l (al / 2)) in Hsp; lra.
Qed.

Lemma majority_room f x : 0 < f < 1 -> 0 <= x <= t -> f * be ^ 2 <= (1 - f) * (al * k) ^ 2 -> ~ learned f x ->
  0 <= al - a x * B x / k.
Proof.
  intros Hf Hx Hlarge Hnot. destruct (positive x Hx) as (Pa & PB & PE). unfold learned in Hnot.
  apply Rnot_le_lt in Hnot. assert (Hak : 0 < al * k) by nra.
  assert (0 <= a x * (be * E x)) by (apply Rmult_le_pos; nra).
  assert (Hlt : al * k * (a x * B x) <= al * k * (al * k)) by nra.
  apply Rmult_le_reg_l in Hlt; [| assumption].
  apply Rmult_le_reg_r with k; [lra |]. replace ((al - a x * B x / k) * k) with (al * k - a x * B x) by (field; lra).
  lra.
Qed.

Lemma majority_speed f x : 0 < f < 1 -> 0 <= x <= t -> f * be ^ 2 <= (1 - f) * (al * k) ^ 2 -> ~ learned f x ->
  B x * (al - / (2 * k) - B x ^ 2 / k) <= a x * (al - a x * B x / k).
Proof.
  intros Hf Hx Hlarge Hnot. destruct (positive x Hx) as (Pa & PB & PE).
  pose proof (minority_bound x Hx) as HE. pose proof (balance x Hx).
  destruct (part_below_classifier x Hx) as [HBa _]. assert (Hik : 0 < / k) by (apply Rinv_0_lt_compat; lra).
  pose proof (majority_room f x Hf Hx Hlarge Hnot) as Hroom.
  assert (Hprod : a x * B x <= B x ^ 2 + / 2) by nra.
  assert (Hle : al - / (2 * k) - B x ^ 2 / k <= al - a x * B x / k).
  { replace (/ (2 * k)) with (/ 2 * / k) by (field; lra). unfold Rdiv. nra. }
  apply Rle_trans with (B x * (al - a x * B x / k)); [now apply Rmult_le_compat_l | now apply Rmult_le_compat_r].
Qed.

Lemma majority_stays f x : 0 < f < 1 -> delta <= x <= t -> f * be ^ 2 <= (1 - f) * (al * k) ^ 2 ->
  (forall y, 0 <= y <= t -> ~ learned f y) -> B delta <= B x.
Proof.
  intros Hf Hx Hlarge Hnot.
  pose proof (gronwall_from (fun y => - B y) (fun y => - (a y * (al - a y * B y / k))) 0 delta x ltac:(lra)) as H.
  cbn beta in H. rewrite Rmult_0_l, exp_0, Rmult_1_r in H. apply Ropp_le_cancel, H.
  - intros y Hy. apply (is_derive_opp B), DB. lra.
  - intros y Hy. destruct (positive y ltac:(lra)) as (Pa & _).
    pose proof (majority_room f y Hf ltac:(lra) Hlarge (Hnot y ltac:(lra))) as Hroom.
    pose proof (Rmult_le_pos _ _ (Rlt_le _ _ Pa) Hroom). lra.
Qed.

Lemma majority_grows f b1 : 0 < f < 1 -> delta <= t -> f * be ^ 2 <= (1 - f) * (al * k) ^ 2 -> 1 < 2 * al * k ->
  (forall x, 0 <= x <= t -> ~ learned f x) -> 0 < b1 -> (forall x, delta <= x <= t -> b1 <= B x) ->
  / B t ^ 2 <= / (k * (al - / (2 * k))) + / b1 ^ 2 * exp (- (2 * (al - / (2 * k))) * (t - delta)).
Proof.
  intros Hf Hlate Hlarge Hrate Hnot Hb1 Hb. set (rho := al - / (2 * k)).
  assert (Hrho : 0 < rho).
  { unfold rho. apply Rmult_lt_reg_r with (2 * k); [lra |].
    replace ((al - / (2 * k)) * (2 * k)) with (2 * al * k - 1) by (field; lra). lra. }
  assert (Hkr : 0 < / (k * rho)) by (apply Rinv_0_lt_compat; nra).
  pose proof (gronwall_from (fun x => / B x ^ 2 - / (k * rho))
    (fun x => - (2 * B x * (a x * (al - a x * B x / k))) / (B x ^ 2) ^ 2) (- (2 * rho)) delta t Hlate) as Hg.
  cbn beta in Hg.
  assert (Hle : / B t ^ 2 - / (k * rho) <= (/ B delta ^ 2 - / (k * rho)) * exp (- (2 * rho) * (t - delta))).
  { apply Hg.
    - intros x Hx. pose proof (Hb x Hx). evar_last.
      + apply (is_derive_minus (fun y => / B y ^ 2) (fun _ => / (k * rho))); [| apply is_derive_const].
        apply (is_derive_inv (fun y => B y ^ 2)); [apply is_derive_pow, DB; lra |]. apply Rgt_not_eq, pow_lt. lra.
      + unfold minus, plus, opp, zero; cbn. field. lra.
    - intros x Hx. pose proof (Hb x Hx). pose proof (majority_speed f x Hf ltac:(lra) Hlarge (Hnot x ltac:(lra))) as Hsp.
      fold rho in Hsp. set (z := B x) in *. set (q := a x * (al - a x * z / k)) in *.
      apply Rmult_le_reg_r with (z ^ 3); [apply pow_lt; lra |].
      replace (- (2 * z * q) / (z ^ 2) ^ 2 * z ^ 3) with (- (2 * q)) by (field; lra).
      replace (- (2 * rho) * (/ z ^ 2 - / (k * rho)) * z ^ 3) with (- (2 * (z * (rho - z ^ 2 / k)))) by (field; lra).
      lra. }
  pose proof (exp_pos (- (2 * rho) * (t - delta))) as Hexp.
  assert (/ B delta ^ 2 <= / b1 ^ 2).
  { apply Rinv_le_contravar; [now apply pow_lt |]. apply pow_incr. split; [lra | apply Hb; lra]. }
  nra.
Qed.

Lemma late_at_most f low C : 0 < f < 1 -> 3 <= f * (1 - f) * (al * k) -> al / 2 * a 0 <= B 0 -> 0 < low ->
  (forall x, delta <= x <= t -> low <= a x) -> 0 <= C ->
  al / (al / 2 * low) ^ 2 * exp (/ (2 * al) - al * C) <= / ((1 + 2 * f) / 3) - / ((2 + f) / 3) ->
  delta + ln k / (2 * al) + C <= t -> ~ (forall x, 0 <= x <= t -> ~ learned f x).
Proof.
  intros Hf Hbig H0 Hlow Ha HC Hsmall Ht Hnot. set (b1 := al / 2 * low) in *.
  assert (Hb1 : 0 < b1) by (unfold b1; apply Rmult_lt_0_compat; lra).
  set (K := al * k) in *. assert (HK0 : 0 < K) by (unfold K; apply Rmult_lt_0_compat; lra).
  assert (Hq : f * (1 - f) <= / 4) by (pose proof (pow2_ge_0 (f - / 2)); lra).
  assert (HK : 12 <= K) by (apply (Rmult_le_compat_r K) in Hq; lra). destruct al_below_1 as [Hal1 Hbe1].
  assert (Hlnk : 0 <= ln k) by (rewrite <- ln_1; destruct Hk as [Hlt | <-]; [apply Rlt_le, ln_increasing; lra | lra]).
  assert (Hlnal : 0 <= ln k / (2 * al)) by (apply Rmult_le_pos; [assumption | apply Rlt_le, Rinv_0_lt_compat; lra]).
  assert (Hlarge : f * be ^ 2 <= (1 - f) / 3 * K ^ 2).
  { assert (3 <= (1 - f) * K) by nra. assert (be ^ 2 <= 1) by nra. nra. }
  assert (Hlarge' : f * be ^ 2 <= (1 - f) * K ^ 2) by nra.
  assert (Hb : forall x, delta <= x <= t -> b1 <= B x).
  { intros x Hx. apply Rle_trans with (B delta); [| apply (majority_stays f); assumption].
    apply Rle_trans with (al / 2 * a delta); [unfold b1; apply Rmult_le_compat_l; [lra | apply Ha; lra] |].
    apply majority_present; fold K; lra. }
  assert (Hrate : 1 < 2 * al * k) by (unfold K in HK; lra).
  pose proof (majority_grows f b1 Hf ltac:(lra) Hlarge' Hrate Hnot Hb1 Hb) as Hg.
  set (rho := al - / (2 * k)) in *.
  assert (Hrho : rho = al * (1 - / (2 * K))) by (unfold rho, K; field; lra).
  assert (HiK : 0 < / (2 * K) <= f * (1 - f) / 6).
  { split; [apply Rinv_0_lt_compat; lra |]. apply Rmult_le_reg_l with (2 * K); [lra |]. rewrite Rinv_r by lra. nra. }
  assert (Hf2 : (2 + f) / 3 <= 1 - / (2 * K)) by nra.
  assert (Hpos : 0 < 1 - / (2 * K)) by lra.
  (* what is left of the start *)
  assert (Hexp : exp (- (2 * rho) * (t - delta)) <= / k * exp (/ (2 * al) - al * C)).
  { rewrite <- (exp_ln (/ k)) by (apply Rinv_0_lt_compat; lra). rewrite <- exp_plus, ln_Rinv by lra.
    assert (Hle : - (2 * rho) * (t - delta) <= - ln k + (/ (2 * al) - al * C)).
    { assert (Hln : ln k <= k).
      { pose proof (exp_ineq1_le (ln k)). rewrite exp_ln in H by lra. lra. }
      assert (Hmul : 2 * rho * (ln k / (2 * al) + C) <= 2 * rho * (t - delta)) by (apply Rmult_le_compat_l; [nra | lra]).
      replace (2 * rho * (ln k / (2 * al) + C)) with (ln k - ln k * / (2 * K) + 2 * rho * C) in Hmul
        by (rewrite Hrho; unfold K; field; lra).
      assert (Hl1 : ln k * / (2 * K) <= / (2 * al)).
      { replace (/ (2 * al)) with (k * / (2 * K)) by (unfold K; field; lra). apply Rmult_le_compat_r; lra. }
      assert (Hl2 : al * C <= 2 * rho * C) by (apply Rmult_le_compat_r; [lra | nra]). lra. }
    destruct Hle as [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]. }
  assert (HKb : K * / B t ^ 2 <= / ((1 + 2 * f) / 3)).
  { apply Rle_trans with (K * (/ (k * rho) + / b1 ^ 2 * (/ k * exp (/ (2 * al) - al * C)))).
    - apply Rmult_le_compat_l; [lra |]. apply Rle_trans with (1 := Hg). apply Rplus_le_compat_l, Rmult_le_compat_l;
        [apply Rlt_le, Rinv_0_lt_compat; now apply pow_lt | exact Hexp].
    - replace (K * (/ (k * rho) + / b1 ^ 2 * (/ k * exp (/ (2 * al) - al * C)))) with
        (/ (1 - / (2 * K)) + al / b1 ^ 2 * exp (/ (2 * al) - al * C)).
      + assert (/ (1 - / (2 * K)) <= / ((2 + f) / 3)) by (apply Rinv_le_contravar; lra). lra.
      + rewrite Hrho. set (y := 1 - / (2 * K)) in *. unfold K. field. repeat split; lra. }
  (* but the mode is not learned at t *)
  destruct (positive t ltac:(lra)) as (Pa & PB & PE). destruct (part_below_classifier t ltac:(lra)) as [HBa _].
  pose proof (Hb t ltac:(lra)) as HBt. pose proof (Hnot t ltac:(lra)) as Hn. unfold learned in Hn. apply Rnot_le_lt in Hn.
  assert (HE : 0 <= a t * (be * E t)) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]).
  assert (HB2 : K * B t ^ 2 <= K * (a t * B t)) by (apply Rmult_le_compat_l; nra).
  assert (Hn' : K * B t ^ 2 < (1 + 2 * f) / 3 * K ^ 2).
  { unfold K in *. nra. }
  assert (Hb2 : 0 < B t ^ 2) by (apply pow_lt; lra).
  assert (Hlt : B t ^ 2 < (1 + 2 * f) / 3 * K) by (apply Rmult_lt_reg_l with K; [lra | nra]).
  apply (Rmult_le_compat_r (B t ^ 2)) in HKb; [| lra].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r in HKb by lra.
  apply (Rmult_le_compat_l ((1 + 2 * f) / 3)) in HKb; [| lra].
  rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l in HKb by lra. lra.
Qed.

End Scalars.
