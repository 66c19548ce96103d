(******************************************************************************)
(* Which steps leave an end stable, what weights cost of the largest step,    *)
(* and one mode in steps.                                                     *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*             at_most_two == 2/x >= y says x y <= 2                          *)
(* square_root_gains_below == 2 v^3 > v^4 + 1 as v - 1 and 1 + v + v^2 - v^3  *)
(*                            are positive                                    *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma at_most_two x y : 0 < x -> 2 / x >= y -> x * y <= 2.
Proof. intros Hx H. replace 2 with (x * (2 / x)) by (field; lra). apply Rmult_le_compat_l; lra. Qed.

Theorem stable_up_to_the_limit : largest_step.stable_up_to_the_limit.
Proof.
  red; intros L e x HL He Hx Hle Hstep. pose proof (at_most_two _ _ HL Hstep).
  assert (0 < e * x) by now apply Rmult_lt_0_compat. assert (e * x <= L * e) by nra. nra.
Qed.

Theorem unstable_beyond : largest_step.unstable_beyond.
Proof.
  red; intros L e HL He H. assert (2 < L * e); [| nra].
  replace 2 with (L * (2 / L)) by (field; lra). now apply Rmult_lt_compat_l.
Qed.

Theorem window_of_steps_half : largest_step.window_of_steps_half.
Proof.
  red; intros x y Hx Hy H. set (q := x / y). assert (Hq : 1 < q).
  { apply Rmult_lt_reg_r with y; [assumption |]. unfold q. replace (x / y * y) with x by (field; lra). lra. }
  replace (x ^ 2 / y ^ 2) with (q ^ 2) by (unfold q; field; lra). replace (y / x) with (/ q) by (unfold q; field; lra).
  assert (0 < / q) by (apply Rinv_0_lt_compat; lra). assert (/ q < 1) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
  repeat split; try nra. unfold Rdiv. apply Rmult_lt_compat_l; [lra |]. apply Rinv_lt_contravar; nra.
Qed.

Theorem window_of_steps_inverse : largest_step.window_of_steps_inverse.
Proof.
  red; intros x y Hx Hy H. assert (Hy2 : 0 < y ^ 2) by (apply pow_lt; lra). assert (y ^ 2 < x ^ 2) by nra.
  split; [lra |]. apply Rmult_lt_reg_r with (x ^ 2 + y ^ 2); [lra |].
  replace (2 * y ^ 4 / (x ^ 2 + y ^ 2) * (x ^ 2 + y ^ 2)) with (y ^ 2 * (2 * y ^ 2)) by (field; lra).
  apply Rmult_lt_compat_l; lra.
Qed.

Theorem cost_half : cost_at_mean_weight_one.cost_half.
Proof.
  red; intros n v Hn Hv. pose proof (sqrt_lt_R0 n Hn). assert (0 < v ^ 4) by (apply pow_lt; lra).
  assert (0 < / v) by now apply Rinv_0_lt_compat. assert (0 < v ^ 2) by (apply pow_lt; lra).
  repeat split; try nra. field. repeat split; nra.
Qed.

Theorem cost_inverse : cost_at_mean_weight_one.cost_inverse.
Proof. red; intros n v Hn Hv. assert (0 < v ^ 4) by (apply pow_lt; lra). repeat split; try nra. field. repeat split; nra. Qed.

Lemma below_one x y : 0 < y -> x < y -> x / y < 1.
Proof. intros Hy H. apply Rmult_lt_reg_r with y; [assumption |]. replace (x / y * y) with x by (field; lra). lra. Qed.

Lemma above_one x y : 0 < y -> y < x -> x / y > 1.
Proof. intros Hy H. red. apply Rmult_lt_reg_r with y; [assumption |]. replace (x / y * y) with x by (field; lra). lra. Qed.

Theorem square_root_gains_below : cost_at_mean_weight_one.square_root_gains_below.
Proof.
  red; intros v _ Hone H. assert (0 < v ^ 4) by (apply pow_lt; lra). split; [lra |]. apply above_one; [lra |].
  assert (0 < (v - 1) * (1 + v + v ^ 2 - v ^ 3)) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

Theorem square_root_costs_beyond : cost_at_mean_weight_one.square_root_costs_beyond.
Proof.
  red; intros v _ Hone H. assert (0 < v ^ 4) by (apply pow_lt; lra). split; [lra |]. apply below_one; [lra |].
  assert (0 < (v - 1) * (v ^ 3 - v ^ 2 - v - 1)) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

Theorem inverse_always_costs : cost_at_mean_weight_one.inverse_always_costs.
Proof.
  red; intros v _ Hone. assert (0 < v ^ 4) by (apply pow_lt; lra). split; [lra |]. apply below_one; [lra |].
  assert (0 < (v ^ 2 - 1) ^ 2) by (apply pow_lt; nra). nra.
Qed.

Theorem mode_in_steps : per_mode_limit.mode_in_steps.
Proof. red; intros. ring. Qed.

Theorem stable_below : per_mode_limit.stable_below.
Proof. red; intros e s He Hs H. assert (0 < e * s) by now apply Rmult_lt_0_compat. nra. Qed.

Theorem unstable_above : per_mode_limit.unstable_above.
Proof. red; intros e s He Hs H. nra. Qed.

Theorem growth_between : per_mode_limit.growth_between.
Proof.
  red; intros a e f s Ha He Hf Hs Hle Hone. assert (0 < a * e) by now apply Rmult_lt_0_compat. assert (0 <= a ^ 2) by (apply pow_le; lra).
  split.
  - replace (a + e * (- a ^ 3 + a * s)) with (a * (e * s + 1) - a * e * a ^ 2) by ring. nra.
  - replace (a + e * (- a ^ 3 + a * s)) with (a * (e * s + 1) - a * e * a ^ 2) by ring.
    replace (a * (e * s * (1 - f) + 1)) with (a * (e * s + 1) - a * e * (f * s)) by ring. nra.
Qed.
