(******************************************************************************)
(* majority-first is false: without small initialisation a mode with a larger *)
(* singular value can be learned later, in either place of the order.         *)
(*                                                                            *)
(* The intuition: a mode grows at the rate 2 sigma, so a larger sigma reaches *)
(* its fraction first, whatever the initial scale.                            *)
(*                                                                            *)
(* The witness: counts 4 and 1 of equal halves, e^(2 delta) = 2.1, f = 1/2.   *)
(* The minority modes, of sigma = 1, start at 1/2.1, almost at their level    *)
(* 1/2; the middle mode, of sigma^2 = 5/2, and the majority modes do not.     *)
(*                                                                            *)
(*                  scale_of_delta == e^(2 delta) = 21/10                     *)
(*                    middle_value == 3/2 <= sqrt 2 sqrt 5 / 2 <= 1.585       *)
(*     majority_not_before_middle == the first part is false                  *)
(*     middle_not_before_minority == the second part is false                 *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Definition delta := ln (21 / 10) / 2.

Lemma delta_positive : 0 < delta.
Proof. unfold delta. assert (ln 1 < ln (21 / 10)) by (apply ln_increasing; lra). rewrite ln_1 in *. lra. Qed.

Lemma scale_of_delta : exp (2 * delta) = 21 / 10.
Proof. unfold delta. replace (2 * (ln (21 / 10) / 2)) with (ln (21 / 10)) by field. apply exp_ln. lra. Qed.

Lemma start_below_level : exp (- (2 * delta)) < 1 / 2.
Proof. rewrite exp_Ropp, scale_of_delta. lra. Qed.

Lemma odds_at_half X : - (1 / 2 * X / (1 / 2 - 1)) = X.
Proof. field. Qed.

Lemma middle_value : 3 / 2 <= sqrt 2 * sqrt (4 + 1) / 2 <= 317 / 200.
Proof.
  rewrite <- sqrt_mult by lra. pose proof (sqrt_pos (2 * (4 + 1))).
  pose proof (sqrt_sqrt (2 * (4 + 1)) ltac:(lra)). split; nra.
Qed.

Lemma time_of_middle x : sqrt 2 * x / (2 * sqrt (4 + 1)) = x / (2 * (sqrt 2 * sqrt (4 + 1) / 2)).
Proof.
  pose proof (sqrt_lt_R0 2 ltac:(lra)). pose proof (sqrt_lt_R0 (4 + 1) ltac:(lra)). pose proof (sqrt_sqrt 2 ltac:(lra)).
  replace (sqrt 2 * x / (2 * sqrt (4 + 1))) with (sqrt 2 * sqrt 2 * x / (2 * sqrt 2 * sqrt (4 + 1))) by (field; lra).
  rewrite H1. field. lra.
Qed.

Lemma scaled_middle : sqrt 2 * sqrt (4 + 1) * (21 / 10) / 2 - 1 = sqrt 2 * sqrt (4 + 1) / 2 * (21 / 10) - 1.
Proof. field. Qed.

Theorem majority_not_before_middle : ~ statements.majority_first.majority_before_middle.
Proof.
  intro H. destruct (H 4 delta (1 / 2) ltac:(lra) delta_positive ltac:(lra) ltac:(lra) ltac:(lra) start_below_level)
    as [_ [_ [_ [_ [_ [_ [_ Hlt]]]]]]].
  rewrite scale_of_delta, !odds_at_half, time_of_middle, scaled_middle in Hlt.
  replace (sqrt 4) with 2 in Hlt by (replace 4 with (2 * 2) by ring; rewrite sqrt_square; lra).
  pose proof middle_value as [Hlow Hhigh]. set (s := sqrt 2 * sqrt (4 + 1) / 2) in *.
  assert (Hmid : ln (s * (21 / 10) - 1) <= ln (233 / 100)) by (apply ln_le; lra).
  assert (Hpow : 4 * ln (233 / 100) < 3 * ln (32 / 10)).
  { replace 4 with (INR 4) by (cbn; ring). replace 3 with (INR 3) by (cbn; ring).
    rewrite <- !ln_pow by lra. apply ln_increasing; cbn; lra. }
  assert (0 < ln (233 / 100)) by (rewrite <- ln_1; apply ln_increasing; lra).
  replace (2 * (21 / 10) - 1) with (32 / 10) in Hlt by field.
  apply (Rmult_lt_compat_r (4 * s)) in Hlt; [| lra].
  replace (ln (32 / 10) / (2 * 2) * (4 * s)) with (ln (32 / 10) * s) in Hlt by field.
  replace (ln (s * (21 / 10) - 1) / (2 * s) * (4 * s)) with (2 * ln (s * (21 / 10) - 1)) in Hlt by (field; lra).
  nra.
Qed.

Theorem middle_not_before_minority : ~ statements.majority_first.middle_before_minority.
Proof.
  intro H. destruct (H 4 delta (1 / 2) ltac:(lra) delta_positive ltac:(lra) ltac:(lra) ltac:(lra) start_below_level)
    as [_ [_ [_ [_ [_ Hlt]]]]].
  rewrite scale_of_delta, !odds_at_half, time_of_middle, scaled_middle in Hlt.
  pose proof middle_value as [Hlow Hhigh]. set (s := sqrt 2 * sqrt (4 + 1) / 2) in *.
  assert (Hmid : ln 2 <= ln (s * (21 / 10) - 1)) by (apply ln_le; lra).
  assert (Hpow : 2 * ln (11 / 10) < ln 2).
  { replace 2 with (INR 2) at 1 by (cbn; ring). rewrite <- ln_pow by lra. apply ln_increasing; cbn; lra. }
  assert (0 < ln (11 / 10)) by (rewrite <- ln_1; apply ln_increasing; lra).
  replace (21 / 10 - 1) with (11 / 10) in Hlt by field.
  apply (Rmult_lt_compat_r (2 * s)) in Hlt; [| lra].
  replace (ln (s * (21 / 10) - 1) / (2 * s) * (2 * s)) with (ln (s * (21 / 10) - 1)) in Hlt by (field; lra).
  nra.
Qed.
