(******************************************************************************)
(* The escape rates of STEP, and that they are all 1 at gamma = 1/2.          *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*            middle_rate == the square of the middle mode's                  *)
(*    rates_within_groups == the squares within the groups                    *)
(* rates_at_that_exponent == n_min = 1 and w = n^(-1/2)                       *)
(******************************************************************************)

From Coq Require Import Reals Lra.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem middle_rate : modes_of_step_learned_by_delta_over_rate.middle_rate.
Proof. red; intros. split; [lra | field; lra]. Qed.

Theorem rates_within_groups : modes_of_step_learned_by_delta_over_rate.rates_within_groups.
Proof. red; intros. split; [lra | split; field; lra]. Qed.

Theorem rates_at_that_exponent : modes_of_step_learned_by_delta_over_rate.rates_at_that_exponent.
Proof.
  red; intros r m1 m2 Hr Hm1 _ Hm2 _. pose proof (sqrt_lt_R0 r Hr). pose proof (sqrt_lt_R0 (m1 + m2) ltac:(lra)).
  replace (2 / 2) with 1 by field. replace (1 / 2 - 1 / 2) with 0 by ring. rewrite Rpower_1, Rpower_O by assumption.
  assert (0 < m1 * r) by (now apply Rmult_lt_0_compat). assert (0 < r * m2) by (now apply Rmult_lt_0_compat).
  repeat split; try lra.
  replace (1 / 2) with (/ 2) by field. rewrite Rpower_Ropp, Rpower_sqrt by assumption.
  replace (m1 * r + r * m2) with (r * (m1 + m2)) by ring. rewrite sqrt_mult by lra. field. lra.
Qed.
