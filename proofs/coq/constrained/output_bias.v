(******************************************************************************)
(* Where the output bias alone learns half of the middle mode: R = 3 + 2 sqrt *)
(* 2 without weights, and at R = 10 the exponents to five digits.             *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*       share_without_weights == the share is ((R - 1)/(R + 1))^2            *)
(*           share_of_squared == at R = 10 it is 9 (10 x - 1)/(11 (10 x + 1)) *)
(*                                with x = 10^(-gamma)                        *)
(*      share_of_cross_entropy == and 45 (1 - gamma) ln 10 / 11               *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Interval Require Import Tactic.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma share_without_weights ratio m : 0 < ratio -> 0 < m ->
  (ratio - 1) * (ratio / (ratio * m + m) - / (ratio * m + m)) / (ratio / m + / m) = (ratio - 1) ^ 2 / (ratio + 1) ^ 2.
Proof. intros. field. repeat split; nra. Qed.

Lemma share_is_defined ratio m : 0 < ratio -> 0 < m -> m <> 0 /\ ratio / m + / m <> 0 /\ ratio * m + m <> 0.
Proof.
  intros Hr Hm. assert (0 < / m) by now apply Rinv_0_lt_compat. assert (0 < ratio / m) by now apply Rdiv_lt_0_compat.
  repeat split; nra.
Qed.

Theorem half_from_this_ratio : bias_share_of_the_middle.half_from_this_ratio.
Proof.
  red; intros ratio m Hr Hm _ Hleast. destruct (share_is_defined ratio m Hr Hm) as [H1 [H2 H3]].
  repeat split; try assumption. rewrite share_without_weights by assumption.
  assert (Hroot : sqrt 2 * sqrt 2 = 2) by (apply sqrt_def; lra). pose proof (sqrt_pos 2).
  apply Rle_ge, Rmult_le_reg_r with ((ratio + 1) ^ 2); [nra |].
  replace ((ratio - 1) ^ 2 / (ratio + 1) ^ 2 * (ratio + 1) ^ 2) with ((ratio - 1) ^ 2) by (field; lra). nra.
Qed.

Theorem less_than_half_below_it : bias_share_of_the_middle.less_than_half_below_it.
Proof.
  red; intros ratio m Hr Hm _ Hone Hleast. destruct (share_is_defined ratio m Hr Hm) as [H1 [H2 H3]].
  repeat split; try assumption. rewrite share_without_weights by assumption.
  assert (Hroot : sqrt 2 * sqrt 2 = 2) by (apply sqrt_def; lra). pose proof (sqrt_pos 2).
  assert (1 < sqrt 2) by (rewrite <- sqrt_1 at 1; apply sqrt_lt_1_alt; lra).
  apply Rmult_lt_reg_r with ((ratio + 1) ^ 2); [nra |].
  replace ((ratio - 1) ^ 2 / (ratio + 1) ^ 2 * (ratio + 1) ^ 2) with ((ratio - 1) ^ 2) by (field; lra).
  assert (0 < (2 * sqrt 2 + 3 - ratio) * (ratio + 2 * sqrt 2 - 3)) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

Section Exponents.
Variable gamma : R.

Let x := Rpower 10 (- gamma).

Lemma power_positive : 0 < x.
Proof. apply exp_pos. Qed.

Lemma share_of_squared : - (45 / (11 * (5 + 50 * x))) + 450 * x / (11 * (5 + 50 * x)) = 9 * (10 * x - 1) / (11 * (10 * x + 1)).
Proof. pose proof power_positive. field. lra. Qed.

Lemma log_of_power : ln x = - gamma * ln 10.
Proof. unfold x, Rpower. now rewrite ln_exp. Qed.

Lemma share_of_cross_entropy :
  45 * ln (10 * x / (5 + 50 * x)) / 11 - 45 * ln (/ (5 + 50 * x)) / 11 = 45 * ((1 - gamma) * ln 10) / 11.
Proof.
  pose proof power_positive. unfold Rdiv at 2. rewrite ln_mult, ln_mult; try lra.
  - rewrite log_of_power. field.
  - apply Rinv_0_lt_compat. lra.
Qed.

End Exponents.

Lemma power_decreases gamma bound : gamma <= bound -> Rpower 10 (- bound) <= Rpower 10 (- gamma).
Proof. intro H. apply Rle_Rpower; lra. Qed.

Theorem digits_squared : bias_share_of_the_middle.digits_squared.
Proof.
  red; intros gamma Hgamma. pose proof (power_positive gamma). split; [lra |]. rewrite share_of_squared.
  pose proof (power_decreases _ _ Hgamma). assert (29 / 70 <= Rpower 10 (- (3827 / 10000))) by (unfold Rpower; interval).
  set (x := Rpower 10 (- gamma)) in *. apply Rle_ge, Rmult_le_reg_r with (11 * (10 * x + 1)); [lra |].
  replace (9 * (10 * x - 1) / (11 * (10 * x + 1)) * (11 * (10 * x + 1))) with (9 * (10 * x - 1)) by (field; lra). lra.
Qed.

Theorem next_digits_squared : bias_share_of_the_middle.next_digits_squared.
Proof.
  red; intros gamma Hgamma. pose proof (power_positive gamma). split; [lra |]. rewrite share_of_squared.
  pose proof (power_decreases (38271 / 100000) gamma (Rge_le _ _ Hgamma)).
  assert (Rpower 10 (- (38271 / 100000)) < 29 / 70) by (unfold Rpower; interval).
  set (x := Rpower 10 (- gamma)) in *. apply Rmult_lt_reg_r with (11 * (10 * x + 1)); [lra |].
  replace (9 * (10 * x - 1) / (11 * (10 * x + 1)) * (11 * (10 * x + 1))) with (9 * (10 * x - 1)) by (field; lra). lra.
Qed.

Lemma margin_is_defined gamma : 5 + 50 * Rpower 10 (- gamma) <> 0 /\ / (5 + 50 * Rpower 10 (- gamma)) > 0 /\
  10 * Rpower 10 (- gamma) / (5 + 50 * Rpower 10 (- gamma)) > 0.
Proof.
  pose proof (power_positive gamma). repeat split; [lra | apply Rinv_0_lt_compat; lra | apply Rdiv_lt_0_compat; lra].
Qed.

Theorem digits_cross_entropy : bias_share_of_the_middle.digits_cross_entropy.
Proof.
  red; intros gamma Hgamma. destruct (margin_is_defined gamma) as [H1 [H2 H3]]. repeat split; try assumption.
  rewrite share_of_cross_entropy. assert (Hlog : 2302480 / 1000000 <= ln 10) by interval.
  assert (5309 / 100000 * (2302480 / 1000000) <= (1 - gamma) * ln 10) by (apply Rmult_le_compat; lra). lra.
Qed.

Theorem next_digits_cross_entropy : bias_share_of_the_middle.next_digits_cross_entropy.
Proof.
  red; intros gamma Hgamma. destruct (margin_is_defined gamma) as [H1 [H2 H3]]. repeat split; try assumption.
  rewrite share_of_cross_entropy. assert (0 < ln 10) by interval. assert (ln 10 < 2302590 / 1000000) by interval.
  assert ((1 - gamma) * ln 10 <= 5308 / 100000 * ln 10) by (apply Rmult_le_compat_r; lra). lra.
Qed.
