(******************************************************************************)
(* The exponent that flattens the lazy flow, and the rich one half-way        *)
(* between it and 1.                                                          *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*     log_of_quotient == ln (x/y) = ln x - ln y                              *)
(*        log_of_ratio == R > 1 has a positive logarithm                      *)
(*    signal_of_smaller == 1 + theta n > 0 holds for n_min where it does for  *)
(*                        n_maj                                               *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma log_of_quotient x y : 0 < x -> 0 < y -> ln (x / y) = ln x - ln y.
Proof. intros Hx Hy. unfold Rdiv. rewrite ln_mult, ln_Rinv by (try apply Rinv_0_lt_compat; assumption). ring. Qed.

Lemma log_of_square x : 0 < x -> ln (x ^ 2) = 2 * ln x.
Proof. intro Hx. replace (x ^ 2) with (x * x) by ring. rewrite ln_mult by assumption. ring. Qed.

Lemma log_of_power x y : ln (Rpower x y) = y * ln x.
Proof. unfold Rpower. apply ln_exp. Qed.

Lemma log_of_ratio n n' : 0 < n' -> n > n' -> ln n' < ln n.
Proof. intros. now apply ln_increasing. Qed.

Lemma quotient_positive x y : 0 < x -> 0 < y -> x / y > 0.
Proof. intros. now apply Rdiv_lt_0_compat. Qed.

Lemma scaled_power_positive d x y : 0 < d -> d * Rpower x y > 0.
Proof. intro. apply Rmult_lt_0_compat; [assumption | apply exp_pos]. Qed.

Ltac positive :=
  repeat match goal with |- _ /\ _ => split end;
  try lra; try (apply quotient_positive; nra); try (apply scaled_power_positive; lra);
  try (rewrite log_of_quotient by lra; lra).

Theorem rich_exponent_by_distances : rich_is_halfway.rich_exponent_by_distances.
Proof.
  red; intros D D' gamma n n' HD HD' Hn Hn' Hlt. pose proof (log_of_ratio n n' Hn' Hlt).
  positive. rewrite !ln_mult by (try apply exp_pos; assumption). rewrite !log_of_power, !log_of_quotient by lra. field. lra.
Qed.

Theorem lazy_exponent_by_distances : rich_is_halfway.lazy_exponent_by_distances.
Proof.
  red; intros D D' gamma n n' HD HD' Hn Hn' Hlt. pose proof (log_of_ratio n n' Hn' Hlt).
  positive. rewrite !ln_mult by (try apply exp_pos; assumption). rewrite !log_of_power, !log_of_quotient by lra. field. lra.
Qed.

Theorem rich_is_halfway_by_distances : rich_is_halfway.rich_is_halfway_by_distances.
Proof.
  red; intros D D' n n' HD HD' Hn Hn' Hlt. pose proof (log_of_ratio n n' Hn' Hlt).
  assert (0 < n ^ 2) by now apply pow_lt. assert (0 < n' ^ 2) by now apply pow_lt.
  assert (0 < D * n ^ 2) by now apply Rmult_lt_0_compat. assert (0 < D' * n' ^ 2) by now apply Rmult_lt_0_compat.
  assert (0 < D * n) by now apply Rmult_lt_0_compat. assert (0 < D' * n') by now apply Rmult_lt_0_compat.
  positive. rewrite !log_of_quotient, !ln_mult, !log_of_square by lra. field. lra.
Qed.

Theorem rich_is_halfway_for_block_matrices : rich_is_halfway.rich_is_halfway_for_block_matrices.
Proof.
  red; intros n n' theta Hn Hn' Hlt Ht Ht'. pose proof (log_of_ratio n n' Hn' Hlt).
  assert (0 < n * (theta * n + 1)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < n' * (theta * n' + 1)) by (apply Rmult_lt_0_compat; lra).
  positive. rewrite !log_of_quotient, !ln_mult by lra. field. lra.
Qed.

Theorem no_exponent_flattens_both : rich_is_halfway.no_exponent_flattens_both.
Proof.
  red; intros n n' rho theta Hn Hn' Hlt Hrho. repeat split; try lra. intro Heq.
  assert (/ n < / n') by (apply Rinv_lt_contravar; [now apply Rmult_lt_0_compat | assumption]). nra.
Qed.

Lemma signal_of_smaller n n' theta : 0 < n' -> n > n' -> theta * n + 1 > 0 -> theta * n' + 1 > 0.
Proof. intros. destruct (Rle_or_lt 0 theta); nra. Qed.

Theorem equal_rates_at_this_exponent : lazy_exponent.equal_rates_at_this_exponent.
Proof.
  red; intros d d' gamma n n' rho theta Hd Hd' Hn Hn' Hlt Hrho Ht Ht' Heq Heq'. pose proof (log_of_ratio n n' Hn' Hlt).
  positive. rewrite !ln_mult by (try apply exp_pos; assumption). rewrite !log_of_power, !log_of_quotient by lra.
  assert (Hself : d = (1 - rho) * (theta * n + 1) * / n) by (rewrite Heq; field; lra).
  assert (Hself' : d' = (1 - rho) * (theta * n' + 1) * / n') by (rewrite Heq'; field; lra).
  assert (0 < / n) by now apply Rinv_0_lt_compat. assert (0 < / n') by now apply Rinv_0_lt_compat.
  assert (0 < (1 - rho) * (theta * n + 1)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < (1 - rho) * (theta * n' + 1)) by (apply Rmult_lt_0_compat; lra).
  assert (ln d = ln (1 - rho) + ln (theta * n + 1) - ln n) as -> by (rewrite Hself, !ln_mult, ln_Rinv by lra; ring).
  assert (ln d' = ln (1 - rho) + ln (theta * n' + 1) - ln n') as -> by (rewrite Hself', !ln_mult, ln_Rinv by lra; ring).
  field. lra.
Qed.

Theorem zero_without_signal : lazy_exponent.zero_without_signal.
Proof.
  red; intros n n' Hn Hn' Hlt. pose proof (log_of_ratio n n' Hn' Hlt).
  positive. replace ((0 * n + 1) / (0 * n' + 1)) with 1 by (field; lra). rewrite ln_1. unfold Rdiv. ring.
Qed.

Theorem between_zero_and_one : lazy_exponent.between_zero_and_one.
Proof.
  red; intros n n' theta Hn Hn' Hlt Ht. pose proof (log_of_ratio n n' Hn' Hlt).
  assert (0 < theta * n) by now apply Rmult_lt_0_compat. assert (0 < theta * n') by now apply Rmult_lt_0_compat.
  assert (ln (theta * n' + 1) < ln (theta * n + 1)) by (apply ln_increasing; nra).
  assert (ln ((theta * n + 1) * n') < ln ((theta * n' + 1) * n)) by (apply ln_increasing; nra).
  rewrite !ln_mult in * by lra. positive.
  - rewrite !log_of_quotient by lra. apply Rdiv_lt_0_compat; lra.
  - rewrite !log_of_quotient by lra. apply Rmult_lt_reg_r with (ln n - ln n'); [lra |]. unfold Rdiv.
    rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Theorem below_zero_for_negative_signal : lazy_exponent.below_zero_for_negative_signal.
Proof.
  red; intros n n' theta Hn Hn' Hlt Ht Hpositive. pose proof (signal_of_smaller n n' theta Hn' Hlt Hpositive).
  positive. rewrite log_of_quotient by lra. assert (ln (theta * n + 1) < ln (theta * n' + 1)) by (apply ln_increasing; nra). lra.
Qed.
