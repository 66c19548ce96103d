(******************************************************************************)
(* majority-first is false: a mode that starts just below its level reaches   *)
(* it first, and that is the slowest mode.                                    *)
(*                                                                            *)
(* The intuition: a mode grows at the rate 2 sigma, so a larger sigma reaches *)
(* its fraction first, whatever the initial scale.                            *)
(*                                                                            *)
(* The witness: STEP with counts 4 and 1, equal halves, e^(2 delta) = 21/10,  *)
(* f = 1/2. All three modes start below their levels, 10/21 < 1/2. With the   *)
(* middle singular value s = sqrt (5/2) the times are T_min = ln (11/10) / 2, *)
(* T_mid = ln (21 s / 10 - 1) / 2s and T_maj = ln (16/5) / 4: the order is    *)
(* reversed.                                                                  *)
(*                                                                            *)
(*             middle_bounds == 1.58 < s < 1.5812                             *)
(*   logarithm_below_power == x^4 < y^3 bounds ln x by 3/4 ln y               *)
(* majority_not_before_middle == the first part is false                      *)
(* middle_not_before_minority == the second part is false                     *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Definition delta := ln (21 / 10) / 2.

Lemma delta_positive : 0 < delta.
Proof. unfold delta. assert (0 < ln (21 / 10)) by (rewrite <- ln_1; apply ln_increasing; lra). lra. Qed.

Lemma scale : exp (2 * delta) = 21 / 10.
Proof. unfold delta. replace (2 * (ln (21 / 10) / 2)) with (ln (21 / 10)) by field. apply exp_ln. lra. Qed.

Lemma start : exp (- (2 * delta)) < 1 / 2.
Proof. rewrite exp_Ropp, scale. lra. Qed.

Lemma odds_at_half X : - (1 / 2 * X / (1 / 2 - 1)) = X.
Proof. field. Qed.

Lemma root_of_4 : sqrt 4 = 2.
Proof. replace 4 with (2 * 2) by ring. apply sqrt_square. lra. Qed.

(** The middle singular value, as it is printed. *)
Definition middle := sqrt 2 * sqrt (4 + 1) / 2.

Lemma middle_bounds : 158 / 100 < middle < 15812 / 10000.
Proof.
  unfold middle. pose proof (sqrt_sqrt 2 ltac:(lra)) as H2. pose proof (sqrt_sqrt (4 + 1) ltac:(lra)) as H5.
  pose proof (sqrt_lt_R0 2 ltac:(lra)). pose proof (sqrt_lt_R0 (4 + 1) ltac:(lra)).
  assert (Hsquare : (sqrt 2 * sqrt (4 + 1) / 2) * (sqrt 2 * sqrt (4 + 1) / 2) = 5 / 2).
  { replace (sqrt 2 * sqrt (4 + 1) / 2 * (sqrt 2 * sqrt (4 + 1) / 2))
      with ((sqrt 2 * sqrt 2) * (sqrt (4 + 1) * sqrt (4 + 1)) / 4) by field. rewrite H2, H5. field. }
  assert (0 < sqrt 2 * sqrt (4 + 1) / 2) by nra. split; nra.
Qed.

Lemma scaled_middle x : sqrt 2 * sqrt (4 + 1) * x / 2 = middle * x.
Proof. unfold middle. field. Qed.

Lemma time_of_middle X : sqrt 2 * X / (2 * sqrt (4 + 1)) = X / (2 * middle).
Proof.
  unfold middle. pose proof (sqrt_sqrt 2 ltac:(lra)) as H2. pose proof (sqrt_lt_R0 2 ltac:(lra)).
  pose proof (sqrt_lt_R0 (4 + 1) ltac:(lra)). replace (2 * sqrt (4 + 1)) with (sqrt 2 * sqrt 2 * sqrt (4 + 1)) by (rewrite H2; ring).
  field. lra.
Qed.

Lemma pow_lt_compat u v : 0 < u -> u < v -> u ^ 4 < v ^ 4.
Proof.
  intros Hu Huv. assert (Hsquare : u * u < v * v) by (apply Rmult_le_0_lt_compat; lra).
  replace (u ^ 4) with ((u * u) * (u * u)) by ring. replace (v ^ 4) with ((v * v) * (v * v)) by ring.
  apply Rmult_le_0_lt_compat; nra.
Qed.

Lemma logarithm_below_power x y : 0 < x -> 0 < y -> x ^ 4 < y ^ 3 -> ln x < 3 / 4 * ln y.
Proof.
  intros Hx Hy H. assert (Hln : ln (x ^ 4) < ln (y ^ 3)) by (apply ln_increasing; [now apply pow_lt | assumption]).
  rewrite !ln_pow in Hln by assumption. cbn in Hln. lra.
Qed.

Theorem majority_not_before_middle : ~ statements.majority_first.majority_before_middle.
Proof.
  intro H. pose proof start as Hstart. pose proof middle_bounds as [Hlow Hhigh].
  destruct (H 4 delta (1 / 2) ltac:(lra) delta_positive ltac:(lra) ltac:(lra) ltac:(lra) Hstart)
    as (_ & _ & _ & _ & _ & _ & _ & Hlt).
  rewrite !odds_at_half, time_of_middle, scale, root_of_4 in Hlt. rewrite scaled_middle in Hlt.
  assert (Hpower : ln (middle * (21 / 10) - 1) < 3 / 4 * ln (2 * (21 / 10) - 1)).
  { apply logarithm_below_power; [lra | lra |].
    apply Rlt_trans with ((15812 / 10000 * (21 / 10) - 1) ^ 4); [| lra].
    apply pow_lt_compat; lra. }
  assert (0 < ln (2 * (21 / 10) - 1)) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (ln (middle * (21 / 10) - 1) / (2 * middle) < ln (2 * (21 / 10) - 1) / (2 * 2)); [| lra].
  apply Rmult_lt_reg_r with (2 * middle); [lra |].
  replace (ln (2 * (21 / 10) - 1) / (2 * 2) * (2 * middle)) with (ln (2 * (21 / 10) - 1) * (middle / 2)) by field.
  replace (ln (middle * (21 / 10) - 1) / (2 * middle) * (2 * middle)) with (ln (middle * (21 / 10) - 1)) by (field; lra). nra.
Qed.

Theorem middle_not_before_minority : ~ statements.majority_first.middle_before_minority.
Proof.
  intro H. pose proof start as Hstart. pose proof middle_bounds as [Hlow Hhigh].
  destruct (H 4 delta (1 / 2) ltac:(lra) delta_positive ltac:(lra) ltac:(lra) ltac:(lra) Hstart) as (_ & _ & _ & _ & _ & Hlt).
  rewrite !odds_at_half, time_of_middle, scale in Hlt. rewrite scaled_middle in Hlt.
  assert (Hpower : 2 * ln (21 / 10 - 1) < ln (middle * (21 / 10) - 1)).
  { replace (2 * ln (21 / 10 - 1)) with (ln ((21 / 10 - 1) ^ 2)) by (rewrite ln_pow by lra; cbn; lra).
    apply ln_increasing; [apply pow_lt; lra | lra]. }
  assert (0 < ln (21 / 10 - 1)) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (ln (21 / 10 - 1) / 2 < ln (middle * (21 / 10) - 1) / (2 * middle)); [| lra].
  apply Rmult_lt_reg_r with (2 * middle); [lra |].
  replace (ln (middle * (21 / 10) - 1) / (2 * middle) * (2 * middle)) with (ln (middle * (21 / 10) - 1)) by (field; lra). nra.
Qed.
