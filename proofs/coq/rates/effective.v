(******************************************************************************)
(* Effective weights and effective singular values under STEP.                *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(*                           majority_weight, minority_weight == lambda       *)
(*                                              within the groups             *)
(*            middle_weight_is_weighted_mean == the middle entry of Lambda    *)
(* middle_effective_value_for_every_exponent == sigma lambda, any gamma       *)
(*   middle_effective_value_of_equal_halves == the case p = gamma = 1/2       *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements rates.step windows.bound windows.unbounded.

Local Open Scope R_scope.

(* p c minority classes and (1 - p) c majority classes are c classes. *)
Ltac classes p c := replace (p * c + c * (1 - p)) with c by ring.

Theorem majority_weight : effective_weights_diagonal.weight_within_majority.
Proof.
  red; intros ratio c n w p. intros. classes p c. split; [lra |].
  value_of_fraction (ratio * n * w) (ratio * n); [nra | field; lra].
Qed.

Theorem minority_weight : effective_weights_diagonal.weight_within_minority.
Proof.
  red; intros ratio c n w p. intros. classes p c. split; [lra |].
  value_of_fraction (n * w) n; [lra | field; lra].
Qed.

Theorem middle_weight_is_weighted_mean : effective_weights_diagonal.weight_of_middle.
Proof.
  red; intros ratio c n w_maj w_min p. intros. classes p c. assert (0 < ratio * p - p + 1) by nra.
  assert (0 < n * (ratio * p - p + 1) / (c * p * (1 - p))) by (apply Rdiv_lt_0_compat; repeat apply Rmult_lt_0_compat; lra).
  repeat split; try lra.
  - match goal with |- ?e <> 0 => has_value e (n * (ratio * p - p + 1) / (c * p * (1 - p))) end. lra.
  - match goal with |- ?a / ?b = _ => has_value a (n * (ratio * p * w_maj + w_min * (1 - p)) / (c * p * (1 - p)));
      has_value b (n * (ratio * p - p + 1) / (c * p * (1 - p))) end.
    field. repeat split; lra.
Qed.

Theorem majority_effective_value_is_a_power : effective_singular_values.value_within_majority.
Proof.
  red; intros ratio c gamma p. intros. classes p c. repeat split; try lra.
  - match goal with |- ?e > 0 => has_value e ratio end. lra.
  - match goal with |- ?a / sqrt ?b = _ => has_value a (ratio * Rpower ratio (- gamma)); has_value b ratio end.
    rewrite <- root_times_power by assumption. pose proof (sqrt_lt_R0 ratio ltac:(assumption)).
    replace ratio with (sqrt ratio * sqrt ratio) at 1 by (apply sqrt_sqrt; lra). field. lra.
Qed.

(* The square of the middle singular value, over the length of the middle vector. *)
Theorem middle_effective_value_for_every_exponent : effective_singular_values.value_of_middle.
Proof.
  red; intros ratio c gamma p Hr Hc _ Hp Hr1 Hp1. classes p c.
  assert (Hm : 0 < ratio * p - p + 1) by nra. pose proof (sqrt_lt_R0 _ Hm).
  assert (0 < p * c) by nra. assert (0 < c * (1 - p)) by nra.
  assert (0 < 1 / (c * (1 - p)) + 1 / (p * c)) by (apply Rplus_lt_0_compat; apply Rdiv_lt_0_compat; lra).
  repeat split; try lra.
  - match goal with |- ?e > 0 => has_value e (ratio * p - p + 1) end. lra.
  - match goal with |- ?a / (sqrt ?b * _) = _ =>
      has_value a ((ratio * Rpower ratio (- gamma) * p - p + 1) / (c * p * (1 - p))); has_value b (ratio * p - p + 1) end.
    replace (1 - gamma) with (1 + - gamma) by ring. rewrite Rpower_plus, Rpower_1 by assumption. field. repeat split; lra.
Qed.

Theorem middle_effective_value_of_equal_halves : effective_singular_values.equal_halves_at_half.
Proof. exact middle_rate_of_equal_halves. Qed.

Theorem middle_singular_value_of_equal_halves : label_spectrum_step.middle_of_equal_halves.
Proof.
  red; intros ratio m Hr Hm _. repeat split; try nra.
  replace (ratio * m + m) with (2 * m * (ratio / 2 + 1 / 2)) by field. rewrite !sqrt_mult by nra.
  pose proof (sqrt_lt_R0 m Hm). assert (H2 : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
  transitivity (sqrt 2 * sqrt 2 / 2 * sqrt (ratio / 2 + 1 / 2)); [field; lra | rewrite H2; field].
Qed.
