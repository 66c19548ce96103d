(******************************************************************************)
(* How late the middle mode is beyond delta over its escape rate has a limit  *)
(* as delta grows.                                                            *)
(*                                                                            *)
(* Source: ours. Units as in middle_rise.v; two orbits, one from the scale    *)
(* e^(-delta), the other from e^(-delta2), are compared at times that differ  *)
(* by (delta2 - delta) / rho.                                                 *)
(*                                                                            *)
(*          forced == a linear equation with a small force stays near its     *)
(*                    solution without                                        *)
(*     early_parts == up to 2 delta / (3 rho) an orbit is near the growing    *)
(*                    direction, by an error of order e^(-delta)              *)
(*   distance_speed == the distance of two orbits grows at the rate rho, but  *)
(*                    for what the size of the orbits adds                    *)
(*  strength_follows == an orbit's strength is that of one from a smaller     *)
(*                    scale, up to e^(-delta / 2) times a constant            *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz Classical_Prop.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels dynamics.convergence dynamics.upper_times.
From UFM Require Import dynamics.middle_rise.

Local Open Scope R_scope.

Lemma forced (f g : R -> R) k rho K delta x : 0 <= x -> 0 <= K -> 0 < 3 * rho - k ->
  (forall y, 0 <= y <= x -> is_derive f y (k * f y + g y)) ->
  (forall y, 0 <= y <= x -> g y <= K * exp (3 * (rho * y - delta))) ->
  f x <= f 0 * exp (k * x) + K / (3 * rho - k) * exp (3 * (rho * x - delta)).
Proof.
  intros Hx HK Hk Df Hg. set (c := K / (3 * rho - k)).
  assert (Hc : 0 <= c) by (apply Rmult_le_pos; [assumption | apply Rlt_le; now apply Rinv_0_lt_compat]).
  assert (Hfall : f x * exp (- (k * x)) - c * exp ((3 * rho - k) * x - 3 * delta) <=
    f 0 * exp (- (k * 0)) - c * exp ((3 * rho - k) * 0 - 3 * delta)).
  { apply (falls (fun y => f y * exp (- (k * y)) - c * exp ((3 * rho - k) * y - 3 * delta))
      (fun y => g y * exp (- (k * y)) - K * exp ((3 * rho - k) * y - 3 * delta))); [assumption | |].
    - intros y Hy. evar_last.
      + apply (is_derive_minus (fun z => f z * exp (- (k * z))) (fun z => c * exp ((3 * rho - k) * z - 3 * delta)));
          [apply product_is_derive; [now apply Df |] |]; auto_derive; trivial.
      + unfold minus, plus, opp; cbn. unfold c, Rminus. field. lra.
    - intros y Hy. pose proof (Hg y Hy) as H. apply (Rmult_le_compat_r (exp (- (k * y)))) in H; [| apply Rlt_le, exp_pos].
      rewrite Rmult_assoc, <- exp_plus in H.
      replace (3 * (rho * y - delta) + - (k * y)) with ((3 * rho - k) * y - 3 * delta) in H by ring. lra. }
  rewrite Rmult_0_r, Ropp_0, exp_0, Rmult_1_r in Hfall. pose proof (exp_pos ((3 * rho - k) * 0 - 3 * delta)).
  assert (0 <= c * exp ((3 * rho - k) * 0 - 3 * delta)) by (apply Rmult_le_pos; lra).
  assert (H1 : f x * exp (- (k * x)) <= f 0 + c * exp ((3 * rho - k) * x - 3 * delta)) by lra.
  apply (Rmult_le_compat_r (exp (k * x))) in H1; [| apply Rlt_le, exp_pos].
  rewrite Rmult_assoc, <- exp_plus, Rmult_plus_distr_r, (Rmult_assoc c), <- exp_plus in H1.
  replace (- (k * x) + k * x) with 0 in H1 by ring. rewrite exp_0 in H1.
  replace ((3 * rho - k) * x - 3 * delta + k * x) with (3 * (rho * x - delta)) in H1 by ring. lra.
Qed.

Lemma forced_abs (f g : R -> R) k rho K delta x : 0 <= x -> 0 <= K -> 0 < 3 * rho - k ->
  (forall y, 0 <= y <= x -> is_derive f y (k * f y + g y)) ->
  (forall y, 0 <= y <= x -> Rabs (g y) <= K * exp (3 * (rho * y - delta))) ->
  Rabs (f x - f 0 * exp (k * x)) <= K / (3 * rho - k) * exp (3 * (rho * x - delta)).
Proof.
  intros Hx HK Hk Df Hg.
  pose proof (forced f g k rho K delta x Hx HK Hk Df) as H1.
  pose proof (forced (fun y => - f y) (fun y => - g y) k rho K delta x Hx HK Hk) as H2. cbn beta in H2.
  assert (Rle1 : forall y, 0 <= y <= x -> - (K * exp (3 * (rho * y - delta))) <= g y <= K * exp (3 * (rho * y - delta))).
  { intros y Hy. now apply Rabs_le_between, Hg. }
  apply Rabs_le. split; [| apply Rle_minus_l; rewrite Rplus_comm; apply H1; intros y Hy; apply Rle1; assumption].
  assert (H3 : - f x <= - f 0 * exp (k * x) + K / (3 * rho - k) * exp (3 * (rho * x - delta))); [| lra].
  apply H2.
  - intros y Hy. evar_last; [apply (is_derive_opp f), Df, Hy |]. unfold opp; cbn. ring.
  - intros y Hy. pose proof (Rle1 y Hy). lra.
Qed.

Lemma product_bound x y p q : Rabs x <= p -> Rabs y <= q -> Rabs (x * y) <= p * q.
Proof. intros Hx Hy. rewrite Rabs_mult. apply Rmult_le_compat; trivial; apply Rabs_pos. Qed.

(** One orbit. *)
Section Early.

Variables al be v w rho : R.
Hypotheses (Hal : 0 < al) (Hbe : 0 < be) (Hv : 0 < v) (Hw : 0 < w) (Hrho : 0 < rho).
Hypothesis rate : rho ^ 2 = (v * al) ^ 2 + (w * be) ^ 2.

Variables delta t : R.
Variables A B E : R -> R.
Hypothesis moves : forall x, 0 <= x <= t -> balanced_flow al be v w A B E x.
Hypothesis positive : forall x, 0 <= x <= t -> 0 < A x /\ 0 <= B x /\ 0 <= E x.
Hypothesis balance : forall x, 0 <= x <= t -> A x ^ 2 = B x ^ 2 + E x ^ 2.
Hypothesis start : A 0 = exp (- delta).

Definition onward x := v * al * B x + w * be * E x.
Definition growing x := A x + onward x / rho.
Definition fading x := A x - onward x / rho.
Definition neutral x := w * be * B x - v * al * E x.
Definition force := 2 * (v + w) + v * w * (al + be).

Lemma parts_below x : 0 <= x <= t -> B x <= A x /\ E x <= A x.
Proof. intro Hx. destruct (positive x Hx) as (PA & PB & PE). pose proof (balance x Hx). split; nra. Qed.

Lemma onward_bound x : 0 <= x <= t -> 0 <= onward x <= rho * A x.
Proof.
  intro Hx. destruct (positive x Hx) as (PA & PB & PE). unfold onward.
  assert (0 <= v * al * B x) by (repeat apply Rmult_le_pos; lra). assert (0 <= w * be * E x) by (repeat apply Rmult_le_pos; lra).
  split; [lra |]. apply Rnot_lt_le. intro Hlt.
  assert (Hsq : (v * al * B x + w * be * E x) ^ 2 + (v * al * E x - w * be * B x) ^ 2 = (rho * A x) ^ 2).
  { rewrite Rpow_mult_distr, rate, (balance x Hx). ring. }
  pose proof (pow2_ge_0 (v * al * E x - w * be * B x)). assert (0 < rho * A x) by (now apply Rmult_lt_0_compat). nra.
Qed.

Lemma onward_is_derive x : 0 <= x <= t -> is_derive onward x (A x * rho ^ 2 - A x ^ 2 * (v ^ 2 * al * B x + w ^ 2 * be * E x)).
Proof.
  intro Hx. destruct (moves x Hx) as (_ & DB & DE). evar_last; [unfold onward; apply sum_is_derive; eassumption |].
  rewrite rate. ring.
Qed.

Lemma classifier_bound x : 0 <= x <= t -> A x <= exp (rho * x - delta).
Proof.
  intro Hx. replace (exp (rho * x - delta)) with (A 0 * exp (rho * x)) by (rewrite start, <- exp_plus; f_equal; ring).
  apply (gronwall A (fun x => v * al * B x + w * be * E x - A x * (v * B x ^ 2 + w * E x ^ 2))); [lra | |].
  - intros y Hy. apply moves. lra.
  - intros y Hy. destruct (positive y ltac:(lra)) as (PA & PB & PE). pose proof (onward_bound y ltac:(lra)) as [_ Ho].
    unfold onward in Ho. assert (0 <= A y * (v * B y ^ 2 + w * E y ^ 2)); [| lra].
    apply Rmult_le_pos; [lra |]. apply Rplus_le_le_0_compat; apply Rmult_le_pos; try lra; apply pow2_ge_0.
Qed.

Lemma cube_bound x : 0 <= x <= t -> A x ^ 3 <= exp (3 * (rho * x - delta)).
Proof.
  intro Hx. destruct (positive x Hx) as (PA & _). pose proof (classifier_bound x Hx).
  replace (exp (3 * (rho * x - delta))) with (exp (rho * x - delta) ^ 3).
  - apply pow_incr. lra.
  - cbn. rewrite Rmult_1_r, <- !exp_plus. f_equal. ring.
Qed.

Lemma force_positive : 0 < force.
Proof. unfold force. apply Rplus_lt_0_compat; repeat apply Rmult_lt_0_compat; lra. Qed.

(** The cubic terms of the equations of A and of onward / rho. *)
Lemma cubic_bounds x : 0 <= x <= t -> 0 <= A x * (v * B x ^ 2 + w * E x ^ 2) <= (v + w) * A x ^ 3 /\
  0 <= A x ^ 2 * (v ^ 2 * al * B x + w ^ 2 * be * E x) / rho <= (v + w) * A x ^ 3.
Proof.
  intro Hx. destruct (positive x Hx) as (PA & PB & PE). pose proof (balance x Hx) as Hb. pose proof (onward_bound x Hx) as [_ Ho].
  pose proof (pow2_ge_0 (A x)). pose proof (pow2_ge_0 (B x)). pose proof (pow2_ge_0 (E x)).
  assert (0 <= v * B x ^ 2) by (apply Rmult_le_pos; lra). assert (0 <= w * E x ^ 2) by (apply Rmult_le_pos; lra).
  assert (0 <= v * E x ^ 2) by (apply Rmult_le_pos; lra). assert (0 <= w * B x ^ 2) by (apply Rmult_le_pos; lra).
  split; split.
  - apply Rmult_le_pos; lra.
  - replace ((v + w) * A x ^ 3) with (A x * ((v + w) * A x ^ 2)) by ring. apply Rmult_le_compat_l; [lra |]. rewrite Hb. lra.
  - unfold onward in Ho.
    assert (0 <= v ^ 2 * al * B x) by (apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | lra] | assumption]).
    assert (0 <= w ^ 2 * be * E x) by (apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | lra] | assumption]).
    apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply Rlt_le; now apply Rinv_0_lt_compat].
  - apply Rmult_le_reg_r with rho; [assumption |].
    replace (A x ^ 2 * (v ^ 2 * al * B x + w ^ 2 * be * E x) / rho * rho) with (A x ^ 2 * (v ^ 2 * al * B x + w ^ 2 * be * E x))
      by (field; lra).
    replace ((v + w) * A x ^ 3 * rho) with (A x ^ 2 * ((v + w) * (rho * A x))) by ring. apply Rmult_le_compat_l; [assumption |].
    apply Rle_trans with ((v + w) * onward x); [unfold onward | apply Rmult_le_compat_l; lra].
    assert (0 <= v * (w * be * E x)) by (repeat apply Rmult_le_pos; lra).
    assert (0 <= w * (v * al * B x)) by (repeat apply Rmult_le_pos; lra). lra.
Qed.

Lemma within_force c x : 0 <= x <= t -> Rabs c <= force * A x ^ 3 -> Rabs c <= force * exp (3 * (rho * x - delta)).
Proof.
  intros Hx Hc. apply Rle_trans with (1 := Hc). apply Rmult_le_compat_l; [apply Rlt_le, force_positive | now apply cube_bound].
Qed.

Lemma cube_positive x : 0 <= x <= t -> 0 < A x ^ 3 /\ 2 * ((v + w) * A x ^ 3) <= force * A x ^ 3.
Proof.
  intro Hx. destruct (positive x Hx) as (PA & _). pose proof (pow_lt (A x) 3 PA). split; [assumption |]. unfold force.
  assert (0 <= v * w * (al + be) * A x ^ 3) by (repeat apply Rmult_le_pos; lra). lra.
Qed.

Lemma growing_near x : 0 <= x <= t ->
  Rabs (growing x - growing 0 * exp (rho * x)) <= force / (2 * rho) * exp (3 * (rho * x - delta)).
Proof.
  intro Hx. replace (2 * rho) with (3 * rho - rho) by ring.
  apply (forced_abs growing (fun y => - (A y * (v * B y ^ 2 + w * E y ^ 2) + A y ^ 2 * (v ^ 2 * al * B y + w ^ 2 * be * E y) / rho)));
    [lra | apply Rlt_le, force_positive | lra | |].
  - intros y Hy. destruct (moves y ltac:(lra)) as (DA & _). unfold growing. evar_last.
    + apply (is_derive_plus A (fun z => onward z / rho)); [exact DA |].
      apply (is_derive_ext (fun z => / rho * onward z)); [intro; apply Rmult_comm |]. apply is_derive_scal, onward_is_derive. lra.
    + unfold plus; cbn. unfold onward. field. lra.
  - intros y Hy. apply within_force; [lra |]. destruct (cubic_bounds y ltac:(lra)) as [C1 C2].
    destruct (cube_positive y ltac:(lra)). apply Rabs_le. lra.
Qed.

Lemma fading_near x : 0 <= x <= t ->
  Rabs (fading x - fading 0 * exp (- rho * x)) <= force / (2 * rho) * exp (3 * (rho * x - delta)).
Proof.
  intro Hx. apply Rle_trans with (force / (3 * rho - - rho) * exp (3 * (rho * x - delta))).
  2: { apply Rmult_le_compat_r; [apply Rlt_le, exp_pos |]. apply Rmult_le_compat_l; [apply Rlt_le, force_positive |].
       apply Rinv_le_contravar; lra. }
  apply (forced_abs fading (fun y => - (A y * (v * B y ^ 2 + w * E y ^ 2)) + A y ^ 2 * (v ^ 2 * al * B y + w ^ 2 * be * E y) / rho));
    [lra | apply Rlt_le, force_positive | lra | |].
  - intros y Hy. destruct (moves y ltac:(lra)) as (DA & _). unfold fading. evar_last.
    + apply (is_derive_minus A (fun z => onward z / rho)); [exact DA |].
      apply (is_derive_ext (fun z => / rho * onward z)); [intro; apply Rmult_comm |]. apply is_derive_scal, onward_is_derive. lra.
    + unfold minus, plus, opp; cbn. unfold onward. field. lra.
  - intros y Hy. apply within_force; [lra |]. destruct (cubic_bounds y ltac:(lra)) as [C1 C2].
    destruct (cube_positive y ltac:(lra)). apply Rabs_le. lra.
Qed.

Lemma neutral_near x : 0 <= x <= t -> Rabs (neutral x - neutral 0) <= force / (2 * rho) * exp (3 * (rho * x - delta)).
Proof.
  intro Hx. replace (neutral x - neutral 0) with (neutral x - neutral 0 * exp (0 * x)) by (rewrite Rmult_0_l, exp_0; ring).
  apply Rle_trans with (force / (3 * rho - 0) * exp (3 * (rho * x - delta))).
  2: { apply Rmult_le_compat_r; [apply Rlt_le, exp_pos |]. apply Rmult_le_compat_l; [apply Rlt_le, force_positive |].
       apply Rinv_le_contravar; lra. }
  apply (forced_abs neutral (fun y => v * w * A y ^ 2 * (al * E y - be * B y))); [lra | apply Rlt_le, force_positive | lra | |].
  - intros y Hy. destruct (moves y ltac:(lra)) as (_ & DB & DE). evar_last.
    + apply (is_derive_minus (fun z => w * be * B z) (fun z => v * al * E z)); apply is_derive_scal; eassumption.
    + unfold minus, plus, opp; cbn. ring.
  - intros y Hy. apply within_force; [lra |]. destruct (positive y ltac:(lra)) as (PA & PB & PE).
    destruct (parts_below y ltac:(lra)) as [HB HE]. destruct (cube_positive y ltac:(lra)).
    assert (Hvw : 0 < v * w * A y ^ 2) by (apply Rmult_lt_0_compat; [now apply Rmult_lt_0_compat | now apply pow_lt]).
    assert (Hd : Rabs (al * E y - be * B y) <= (al + be) * A y).
    { assert (0 <= al * E y <= al * A y) by (split; [apply Rmult_le_pos | apply Rmult_le_compat_l]; lra).
      assert (0 <= be * B y <= be * A y) by (split; [apply Rmult_le_pos | apply Rmult_le_compat_l]; lra). apply Rabs_le. lra. }
    rewrite Rabs_mult, (Rabs_pos_eq (v * w * A y ^ 2)) by lra.
    apply Rle_trans with (v * w * A y ^ 2 * ((al + be) * A y)); [apply Rmult_le_compat_l; lra |]. unfold force.
    assert (0 <= 2 * (v + w) * A y ^ 3) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma fading_bound x : 0 <= x <= t -> Rabs (fading x) <= exp (- delta) + force / (2 * rho) * exp (3 * (rho * x - delta)).
Proof.
  intro Hx. pose proof (fading_near x Hx) as H. pose proof (onward_bound 0 ltac:(lra)) as Ho. pose proof (exp_pos (- delta)).
  assert (0 <= fading 0 <= exp (- delta)).
  { unfold fading. rewrite start in *. assert (0 <= onward 0 / rho <= exp (- delta)); [| lra]. split.
    - apply Rmult_le_pos; [lra | apply Rlt_le; now apply Rinv_0_lt_compat].
    - apply Rmult_le_reg_r with rho; [assumption |]. replace (onward 0 / rho * rho) with (onward 0) by (field; lra). lra. }
  assert (exp (- rho * x) <= 1).
  { rewrite <- exp_0. destruct (Req_dec x 0) as [-> | Hne]; [rewrite Rmult_0_r; lra |]. apply Rlt_le, exp_increasing.
    assert (0 < rho * x) by (apply Rmult_lt_0_compat; lra). lra. }
  pose proof (exp_pos (- rho * x)). assert (0 <= fading 0 * exp (- rho * x) <= exp (- delta)) by nra.
  apply Rabs_le_between in H. apply Rabs_le. lra.
Qed.

Lemma neutral_bound x : 0 <= x <= t ->
  Rabs (neutral x) <= (w * be + v * al) * exp (- delta) + force / (2 * rho) * exp (3 * (rho * x - delta)).
Proof.
  intro Hx. pose proof (neutral_near x Hx) as H. destruct (positive 0 ltac:(lra)) as (PA & PB & PE).
  destruct (parts_below 0 ltac:(lra)) as [HB HE]. rewrite start in HB, HE. pose proof (exp_pos (- delta)).
  assert (0 < w * be) by (now apply Rmult_lt_0_compat). assert (0 < v * al) by (now apply Rmult_lt_0_compat).
  assert (- ((w * be + v * al) * exp (- delta)) <= neutral 0 <= (w * be + v * al) * exp (- delta)).
  { unfold neutral.
    assert (0 <= w * be * B 0 <= w * be * exp (- delta)) by (split; [apply Rmult_le_pos | apply Rmult_le_compat_l]; lra).
    assert (0 <= v * al * E 0 <= v * al * exp (- delta)) by (split; [apply Rmult_le_pos | apply Rmult_le_compat_l]; lra). lra. }
  apply Rabs_le_between in H. apply Rabs_le. lra.
Qed.

End Early.

(** How fast the distance of two states grows. *)
Lemma pair_speed v m a b a2 b2 : 0 < v -> 0 <= a <= m -> 0 <= b <= m -> 0 <= a2 <= m -> 0 <= b2 <= m ->
  - (2 * v * ((a - a2) * (a * b ^ 2 - a2 * b2 ^ 2) + (b - b2) * (a ^ 2 * b - a2 ^ 2 * b2))) <=
  4 * v * m ^ 2 * ((a - a2) ^ 2 + (b - b2) ^ 2).
Proof.
  intros Hv Ha Hb Ha2 Hb2. set (p := a2 * (b + b2) + b2 * (a + a2)).
  assert (Hp : 0 <= p <= 4 * m ^ 2).
  { unfold p. split; [apply Rplus_le_le_0_compat; apply Rmult_le_pos; lra |].
    assert (a2 * (b + b2) <= m * (2 * m)) by (apply Rmult_le_compat; lra).
    assert (b2 * (a + a2) <= m * (2 * m)) by (apply Rmult_le_compat; lra). lra. }
  replace ((a - a2) * (a * b ^ 2 - a2 * b2 ^ 2) + (b - b2) * (a ^ 2 * b - a2 ^ 2 * b2)) with
    (((a - a2) * b) ^ 2 + ((b - b2) * a) ^ 2 + (a - a2) * (b - b2) * p) by (unfold p; ring).
  pose proof (pow2_ge_0 ((a - a2) * b)). pose proof (pow2_ge_0 ((b - b2) * a)).
  set (x := a - a2) in *. set (y := b - b2) in *. pose proof (pow2_ge_0 (x + y)). pose proof (pow2_ge_0 x). pose proof (pow2_ge_0 y).
  assert (Hxy : - (x * y * p) <= 2 * m ^ 2 * (x ^ 2 + y ^ 2)).
  { apply Rle_trans with ((x ^ 2 + y ^ 2) / 2 * p).
    - replace (- (x * y * p)) with (- (x * y) * p) by ring. apply Rmult_le_compat_r; lra.
    - replace (2 * m ^ 2 * (x ^ 2 + y ^ 2)) with ((x ^ 2 + y ^ 2) / 2 * (4 * m ^ 2)) by field. apply Rmult_le_compat_l; lra. }
  apply Rle_trans with (2 * v * - (x * y * p)).
  - apply Rle_trans with (2 * v * (- (x * b) ^ 2 - (y * a) ^ 2 - x * y * p)); [apply Req_le; ring | apply Rmult_le_compat_l; lra].
  - replace (4 * v * m ^ 2 * (x ^ 2 + y ^ 2)) with (2 * v * (2 * m ^ 2 * (x ^ 2 + y ^ 2))) by ring. apply Rmult_le_compat_l; lra.
Qed.

Lemma distance_slope al be v w rho m a b e a2 b2 e2 : 0 < v -> 0 < w -> 0 < rho -> rho ^ 2 = (v * al) ^ 2 + (w * be) ^ 2 ->
  0 <= a <= m -> 0 <= b <= m -> 0 <= e <= m -> 0 <= a2 <= m -> 0 <= b2 <= m -> 0 <= e2 <= m ->
  2 * ((a - a2) * (v * al * b + w * be * e - a * (v * b ^ 2 + w * e ^ 2) - (v * al * b2 + w * be * e2 - a2 * (v * b2 ^ 2 + w * e2 ^ 2))) +
    (b - b2) * (v * a * (al - a * b) - v * a2 * (al - a2 * b2)) + (e - e2) * (w * a * (be - a * e) - w * a2 * (be - a2 * e2))) <=
  (2 * rho + 4 * (v + w) * m ^ 2) * ((a - a2) ^ 2 + (b - b2) ^ 2 + (e - e2) ^ 2).
Proof.
  intros Hv Hw Hrho rate Ha Hb He Ha2 Hb2 He2.
  pose proof (pair_speed v m a b a2 b2 Hv Ha Hb Ha2 Hb2) as Sb. pose proof (pair_speed w m a e a2 e2 Hw Ha He Ha2 He2) as Se.
  set (x := a - a2) in *. set (y := b - b2) in *. set (z := e - e2) in *.
  assert (Hlin : 4 * (x * (v * al * y + w * be * z)) <= 2 * rho * (x ^ 2 + y ^ 2 + z ^ 2)).
  { apply Rmult_le_reg_l with rho; [assumption |]. set (g := v * al * y + w * be * z).
    assert (Hg : g ^ 2 + (v * al * z - w * be * y) ^ 2 = rho ^ 2 * (y ^ 2 + z ^ 2)) by (rewrite rate; unfold g; ring).
    pose proof (pow2_ge_0 (v * al * z - w * be * y)). pose proof (pow2_ge_0 (rho * x - g)). lra. }
  pose proof (pow2_ge_0 x). pose proof (pow2_ge_0 y). pose proof (pow2_ge_0 z). pose proof (pow2_ge_0 m).
  assert (0 <= v * m ^ 2 * z ^ 2) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
  assert (0 <= w * m ^ 2 * y ^ 2) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
  replace (2 * (x * (v * al * b + w * be * e - a * (v * b ^ 2 + w * e ^ 2) - (v * al * b2 + w * be * e2 - a2 * (v * b2 ^ 2 + w * e2 ^ 2)))
    + y * (v * a * (al - a * b) - v * a2 * (al - a2 * b2)) + z * (w * a * (be - a * e) - w * a2 * (be - a2 * e2)))) with
    (4 * (x * (v * al * y + w * be * z)) - 2 * v * (x * (a * b ^ 2 - a2 * b2 ^ 2) + y * (a ^ 2 * b - a2 ^ 2 * b2))
     - 2 * w * (x * (a * e ^ 2 - a2 * e2 ^ 2) + z * (a ^ 2 * e - a2 ^ 2 * e2))) by (unfold x, y, z; ring).
  replace ((2 * rho + 4 * (v + w) * m ^ 2) * (x ^ 2 + y ^ 2 + z ^ 2)) with
    (2 * rho * (x ^ 2 + y ^ 2 + z ^ 2) + 4 * v * m ^ 2 * (x ^ 2 + y ^ 2) + 4 * w * m ^ 2 * (x ^ 2 + z ^ 2) +
     4 * (v * m ^ 2 * z ^ 2) + 4 * (w * m ^ 2 * y ^ 2)) by ring.
  lra.
Qed.

Lemma falls_from (f f' : R -> R) t1 t : t1 <= t -> (forall x, t1 <= x <= t -> is_derive f x (f' x)) ->
  (forall x, t1 <= x <= t -> f' x <= 0) -> f t <= f t1.
Proof.
  intros Ht Hf Hf'. pose proof (gronwall_from f f' 0 t1 t Ht Hf) as H. rewrite Rmult_0_l, exp_0, Rmult_1_r in H. apply H.
  intros x Hx. rewrite Rmult_0_l. now apply Hf'.
Qed.

(** Two orbits. *)
Section Pair.

Variables al be v w rho : R.
Hypotheses (Hal : 0 < al) (Hbe : 0 < be) (Hv : 0 < v) (Hw : 0 < w) (Hrho : 0 < rho).
Hypothesis rate : rho ^ 2 = (v * al) ^ 2 + (w * be) ^ 2.

Definition orbit (delta t : R) (A B E : R -> R) : Prop :=
  (forall x, 0 <= x <= t -> balanced_flow al be v w A B E x) /\
  (forall x, 0 <= x <= t -> 0 < A x /\ 0 <= B x /\ 0 <= E x) /\
  (forall x, 0 <= x <= t -> A x ^ 2 = B x ^ 2 + E x ^ 2) /\ A 0 = exp (- delta) /\
  growing al be v w rho A B E 0 = exp (- delta) * (1 + (v * al ^ 2 + w * be ^ 2) / (rho * sqrt (al ^ 2 + be ^ 2))).

Variables delta delta2 t : R.
Variables A B E A2 B2 E2 : R -> R.
Hypotheses (Hdelta : 0 <= delta) (Hlater : delta <= delta2).
Let s := (delta2 - delta) / rho.
Hypotheses (X : orbit delta t A B E) (Y : orbit delta2 (t + s) A2 B2 E2).

Lemma shift_nonneg : 0 <= s.
Proof. apply Rmult_le_pos; [lra | apply Rlt_le; now apply Rinv_0_lt_compat]. Qed.

Lemma shift_time x : rho * (x + s) - delta2 = rho * x - delta.
Proof. unfold s. field. lra. Qed.

Let dA x := A x - A2 (x + s).
Let dB x := B x - B2 (x + s).
Let dE x := E x - E2 (x + s).
Let V x := dA x ^ 2 + dB x ^ 2 + dE x ^ 2.
Let size x := exp (rho * x - delta).
Let K := force al be v w.

Lemma sizes x : 0 <= x <= t -> (0 <= A x <= size x /\ 0 <= B x <= size x /\ 0 <= E x <= size x) /\
  (0 <= A2 (x + s) <= size x /\ 0 <= B2 (x + s) <= size x /\ 0 <= E2 (x + s) <= size x).
Proof.
  intro Hx. pose proof shift_nonneg. destruct X as (XM & XP & XB & XS & _). destruct Y as (YM & YP & YB & YS & _). split.
  - pose proof (classifier_bound al be v w rho Hal Hbe Hv Hw Hrho rate delta t A B E XM XP XB XS x Hx) as Hc.
    destruct (parts_below t A B E XP XB x Hx). destruct (XP x Hx) as (P1 & P2 & P3). unfold size. lra.
  - pose proof (classifier_bound al be v w rho Hal Hbe Hv Hw Hrho rate delta2 (t + s) A2 B2 E2 YM YP YB YS (x + s) ltac:(lra)) as Hc.
    rewrite shift_time in Hc. destruct (parts_below (t + s) A2 B2 E2 YP YB (x + s) ltac:(lra)).
    destruct (YP (x + s) ltac:(lra)) as (P1 & P2 & P3). unfold size. lra.
Qed.

Lemma shifted_is_derive (f : R -> R) f' x : is_derive f (x + s) f' -> is_derive (fun y => f (y + s)) x f'.
Proof.
  intro Df. evar_last; [apply (is_derive_comp f (fun y => y + s)); [exact Df | auto_derive; [trivial | reflexivity]] |].
  unfold scal; cbn; unfold mult; cbn. ring.
Qed.

Lemma square_is_derive (f g : R -> R) f' g' x : is_derive f x f' -> is_derive g x g' ->
  is_derive (fun y => (f y - g y) ^ 2) x (2 * ((f x - g x) * (f' - g'))).
Proof.
  intros Df Dg. evar_last; [apply is_derive_pow, (is_derive_minus f g); eassumption |].
  unfold minus, plus, opp; cbn. ring.
Qed.

Lemma distance_falls t1 x : 0 <= t1 -> t1 <= x <= t ->
  V x <= V t1 * exp (2 * rho * (x - t1) + 2 * (v + w) / rho * exp (2 * (rho * x - delta))).
Proof.
  intros Ht1 Hx. set (c := 2 * (v + w) / rho). set (W := fun y => exp (- (2 * rho * y + c * exp (2 * (rho * y - delta))))).
  pose proof shift_nonneg. destruct X as (XM & _). destruct Y as (YM & _).
  assert (Hfall : V x * W x <= V t1 * W t1).
  { refine (falls_from (fun y => V y * W y) (fun y => _ * W y + V y * (- (2 * rho + 4 * (v + w) * size y ^ 2) * W y)) t1 x _ _ _);
      [lra | |].
    - intros y Hy. apply product_is_derive.
      + destruct (XM y ltac:(lra)) as (XA & XB & XE). destruct (YM (y + s) ltac:(lra)) as (YA & YB & YE).
        apply shifted_is_derive in YA, YB, YE. unfold V, dA, dB, dE.
        apply (is_derive_plus (fun z => (A z - A2 (z + s)) ^ 2 + (B z - B2 (z + s)) ^ 2));
          [apply (is_derive_plus (fun z => (A z - A2 (z + s)) ^ 2)) |]; apply square_is_derive; eassumption.
      + replace (size y ^ 2) with (exp (2 * (rho * y - delta))).
        * unfold W. evar_last; [auto_derive; [trivial | reflexivity] |]. unfold c, Rminus. field. lra.
        * unfold size. cbn. rewrite Rmult_1_r, <- exp_plus. f_equal. ring.
    - intros y Hy. destruct (sizes y ltac:(lra)) as ((S1 & S2 & S3) & (S4 & S5 & S6)).
      pose proof (distance_slope al be v w rho (size y) _ _ _ _ _ _ Hv Hw Hrho rate S1 S2 S3 S4 S5 S6) as Hd.
      assert (HW : 0 < W y) by apply exp_pos. unfold plus; cbn. unfold V, dA, dB, dE in *.
      apply (Rmult_le_compat_r (W y)) in Hd; [| lra]. cbn in Hd |- *. lra. }
  assert (HWx : 0 < W x) by apply exp_pos. apply Rmult_le_reg_r with (W x); [assumption |]. apply Rle_trans with (1 := Hfall).
  rewrite Rmult_assoc. unfold W. rewrite <- exp_plus. apply Rmult_le_compat_l.
  - unfold V. pose proof (pow2_ge_0 (dA t1)). pose proof (pow2_ge_0 (dB t1)). pose proof (pow2_ge_0 (dE t1)). lra.
  - assert (Hc : 0 <= c * exp (2 * (rho * t1 - delta))).
    { apply Rmult_le_pos; [| apply Rlt_le, exp_pos]. unfold c. apply Rmult_le_pos; [lra | apply Rlt_le; now apply Rinv_0_lt_compat]. }
    assert (Hle : - (2 * rho * t1 + c * exp (2 * (rho * t1 - delta))) <=
      2 * rho * (x - t1) + c * exp (2 * (rho * x - delta)) + - (2 * rho * x + c * exp (2 * (rho * x - delta)))) by lra.
    destruct Hle as [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | apply Rle_refl].
Qed.

Definition near : R := (2 + 2 * (w * be + v * al) + force al be v w / rho) ^ 2 * (1 + / rho ^ 2).

Lemma exp_later : exp (- delta2) <= exp (- delta).
Proof. destruct Hlater as [Hlt | ->]; [apply Rlt_le, exp_increasing; lra | apply Rle_refl]. Qed.

Lemma early_parts x : 0 <= x <= t -> 3 * (rho * x - delta) = - delta ->
  let r := (2 + 2 * (w * be + v * al) + force al be v w / rho) * exp (- delta) in
  Rabs (growing al be v w rho A B E x - growing al be v w rho A2 B2 E2 (x + s)) <= r /\
  Rabs (fading al be v w rho A B E x - fading al be v w rho A2 B2 E2 (x + s)) <= r /\
  Rabs (neutral al be v w B E x - neutral al be v w B2 E2 (x + s)) <= r.
Proof.
  intros Hx Hearly r. pose proof shift_nonneg. pose proof exp_later. pose proof (exp_pos (- delta)).
  destruct X as (XM & XP & XB & XS & XG). destruct Y as (YM & YP & YB & YS & YG).
  assert (Hx2 : 0 <= x + s <= t + s) by lra. pose proof (shift_time x) as Hs.
  pose proof (growing_near al be v w rho Hal Hbe Hv Hw Hrho rate delta t A B E XM XP XB XS x Hx) as G1.
  pose proof (growing_near al be v w rho Hal Hbe Hv Hw Hrho rate delta2 (t + s) A2 B2 E2 YM YP YB YS (x + s) Hx2) as G2.
  pose proof (fading_bound al be v w rho Hal Hbe Hv Hw Hrho rate delta t A B E XM XP XB XS x Hx) as F1.
  pose proof (fading_bound al be v w rho Hal Hbe Hv Hw Hrho rate delta2 (t + s) A2 B2 E2 YM YP YB YS (x + s) Hx2) as F2.
  pose proof (neutral_bound al be v w rho Hal Hbe Hv Hw Hrho rate delta t A B E XM XP XB XS x Hx) as N1.
  pose proof (neutral_bound al be v w rho Hal Hbe Hv Hw Hrho rate delta2 (t + s) A2 B2 E2 YM YP YB YS (x + s) Hx2) as N2.
  rewrite Hs in G2, F2, N2. rewrite Hearly in *.
  assert (Hsame : growing al be v w rho A2 B2 E2 0 * exp (rho * (x + s)) = growing al be v w rho A B E 0 * exp (rho * x)).
  { rewrite XG, YG. set (g := 1 + _).
    replace (exp (- delta2) * g * exp (rho * (x + s))) with (g * (exp (- delta2) * exp (rho * (x + s)))) by ring.
    replace (exp (- delta) * g * exp (rho * x)) with (g * (exp (- delta) * exp (rho * x))) by ring.
    rewrite <- !exp_plus. do 2 f_equal. lra. }
  rewrite Hsame in G2. assert (HK : 0 < force al be v w) by (now apply force_positive).
  set (q := force al be v w / (2 * rho)) in *. assert (Hq : force al be v w / rho = 2 * q) by (unfold q; field; lra).
  assert (0 < q) by (apply Rdiv_lt_0_compat; lra). assert (0 < q * exp (- delta)) by (now apply Rmult_lt_0_compat).
  assert (0 < w * be) by (now apply Rmult_lt_0_compat). assert (0 < v * al) by (now apply Rmult_lt_0_compat).
  set (c := w * be + v * al) in *. assert (0 < c) by (unfold c; lra).
  assert (c * exp (- delta2) <= c * exp (- delta)) by (apply Rmult_le_compat_l; lra).
  assert (0 <= c * exp (- delta)) by (apply Rmult_le_pos; lra).
  assert (Hr : r = 2 * exp (- delta) + 2 * (c * exp (- delta)) + 2 * (q * exp (- delta))) by (unfold r; rewrite Hq; ring).
  apply Rabs_le_between in G1, G2, F1, F2, N1, N2. repeat split; apply Rabs_le; lra.
Qed.

Lemma close_early x : 0 <= x <= t -> 3 * (rho * x - delta) = - delta -> V x <= near * exp (- (2 * delta)).
Proof.
  intros Hx Hearly. destruct (early_parts x Hx Hearly) as (Hu & Hm & Hn).
  set (r := (2 + 2 * (w * be + v * al) + force al be v w / rho) * exp (- delta)) in *.
  apply (fun H => pow_maj_Rabs _ _ 2 H) in Hu, Hm, Hn.
  set (u := growing al be v w rho A B E x - growing al be v w rho A2 B2 E2 (x + s)) in *.
  set (m := fading al be v w rho A B E x - fading al be v w rho A2 B2 E2 (x + s)) in *.
  set (n := neutral al be v w B E x - neutral al be v w B2 E2 (x + s)) in *.
  assert (Hr2 : 0 < rho ^ 2) by (now apply pow_lt).
  assert (HV : V x = (u ^ 2 + m ^ 2) / 2 + n ^ 2 / rho ^ 2).
  { assert (Hn2 : n ^ 2 = rho ^ 2 * (dB x ^ 2 + dE x ^ 2) - (v * al * dB x + w * be * dE x) ^ 2).
    { rewrite rate. unfold n, neutral, dB, dE. ring. }
    rewrite Hn2. unfold u, m, growing, fading, onward, V, dA, dB, dE. field. lra. }
  rewrite HV. assert (Hnear : near * exp (- (2 * delta)) = r ^ 2 + r ^ 2 / rho ^ 2).
  { replace (exp (- (2 * delta))) with (exp (- delta) * exp (- delta)) by (rewrite <- exp_plus; f_equal; ring).
    unfold near, r. field. lra. }
  rewrite Hnear. apply Rplus_le_compat; [lra |]. apply Rmult_le_compat_r; [apply Rlt_le; now apply Rinv_0_lt_compat | assumption].
Qed.

Definition spread (k : R) : R := near * exp (2 * k + 2 * (v + w) / rho * exp (2 * k)).

Lemma near_nonneg : 0 <= near.
Proof.
  unfold near. apply Rmult_le_pos; [apply pow2_ge_0 |]. assert (0 < / rho ^ 2) by (apply Rinv_0_lt_compat; now apply pow_lt). lra.
Qed.

Lemma close_late k x : 0 <= k -> 2 * delta / (3 * rho) <= x <= t -> rho * x <= delta + k -> V x <= spread k * exp (- delta).
Proof.
  intros Hk Hx Hlate. set (t1 := 2 * delta / (3 * rho)) in *.
  assert (Ht1 : 0 <= t1) by (apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]).
  assert (Hrt : rho * t1 = 2 * delta / 3) by (unfold t1; field; lra).
  pose proof (distance_falls t1 x Ht1 Hx) as Hd. pose proof (close_early t1 ltac:(lra) ltac:(lra)) as He. pose proof near_nonneg as Hn.
  set (c := 2 * (v + w) / rho) in *.
  assert (Hc : 0 <= c) by (apply Rmult_le_pos; [lra | apply Rlt_le; now apply Rinv_0_lt_compat]).
  assert (Hexp : forall y z, y <= z -> exp y <= exp z) by (intros y z [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]).
  assert (Hce : c * exp (2 * (rho * x - delta)) <= c * exp (2 * k)) by (apply Rmult_le_compat_l; [assumption | apply Hexp; lra]).
  apply Rle_trans with (1 := Hd).
  apply Rle_trans with (near * exp (- (2 * delta)) * exp (2 * rho * (x - t1) + c * exp (2 * (rho * x - delta)))).
  - apply Rmult_le_compat_r; [apply Rlt_le, exp_pos | assumption].
  - unfold spread. fold c. rewrite !Rmult_assoc, <- !exp_plus. apply Rmult_le_compat_l; [assumption |]. apply Hexp. lra.
Qed.

Definition gap (k : R) : R := 2 * (al + be) * exp k * sqrt (spread k).

Lemma strength_follows k x : 0 <= k -> 2 * delta / (3 * rho) <= x <= t -> rho * x <= delta + k ->
  Rabs (A x * (al * B x + be * E x) - A2 (x + s) * (al * B2 (x + s) + be * E2 (x + s))) <= gap k * exp (- (delta / 2)).
Proof.
  intros Hk Hx Hlate. assert (Ht1 : 0 <= 2 * delta / (3 * rho)).
  { apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]. }
  pose proof (close_late k x Hk Hx Hlate) as HV. destruct (sizes x ltac:(lra)) as ((S1 & S2 & S3) & (S4 & S5 & S6)).
  assert (Hsp : 0 <= spread k) by (apply Rmult_le_pos; [apply near_nonneg | apply Rlt_le, exp_pos]).
  set (q := sqrt (spread k) * exp (- (delta / 2))).
  assert (Hq0 : 0 <= q) by (apply Rmult_le_pos; [apply sqrt_pos | apply Rlt_le, exp_pos]).
  assert (Hq : q ^ 2 = spread k * exp (- delta)).
  { unfold q. rewrite Rpow_mult_distr, pow2_sqrt by assumption. f_equal. cbn. rewrite Rmult_1_r, <- exp_plus. f_equal. field. }
  rewrite <- Hq in HV. unfold V in HV. pose proof (pow2_ge_0 (dA x)). pose proof (pow2_ge_0 (dB x)). pose proof (pow2_ge_0 (dE x)).
  assert (Hm : size x <= exp k).
  { unfold size. destruct (Req_dec (rho * x - delta) k) as [-> | Hne]; [lra | apply Rlt_le, exp_increasing; lra]. }
  assert (Hone : forall p d c, 0 <= p <= exp k -> d ^ 2 <= q ^ 2 -> 0 < c -> - (c * (q * exp k)) <= c * (d * p) <= c * (q * exp k)).
  { intros p d c Hp Hd Hc. assert (Hdp : Rabs (d * p) <= q * exp k).
    { apply product_bound; apply Rabs_le; [split; nra | lra]. }
    apply Rabs_le_between in Hdp. split; [rewrite Ropp_mult_distr_r |]; apply Rmult_le_compat_l; lra. }
  pose proof (Hone (B x) (dA x) al ltac:(lra) ltac:(lra) Hal). pose proof (Hone (E x) (dA x) be ltac:(lra) ltac:(lra) Hbe).
  pose proof (Hone (A2 (x + s)) (dB x) al ltac:(lra) ltac:(lra) Hal).
  pose proof (Hone (A2 (x + s)) (dE x) be ltac:(lra) ltac:(lra) Hbe).
  replace (gap k * exp (- (delta / 2))) with (2 * (al * (q * exp k)) + 2 * (be * (q * exp k))) by (unfold gap, q; ring).
  replace (A x * (al * B x + be * E x) - A2 (x + s) * (al * B2 (x + s) + be * E2 (x + s))) with
    (al * (dA x * B x) + be * (dA x * E x) + al * (dB x * A2 (x + s)) + be * (dE x * A2 (x + s))) by (unfold dA, dB, dE; ring).
  apply Rabs_le. lra.
Qed.

End Pair.
