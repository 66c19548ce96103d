(******************************************************************************)
(* Escape rates under STEP: between the groups, reversed, and dominating.     *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*             middle_escape_square == rho_mid^2 is a mean of the other       *)
(*                                     squares                                *)
(*                     mean_between == a mean lies between                    *)
(*                     gap_of_rates == rho_mid^2 - (sigma lambda)^2 is a      *)
(*                                     square: the equality case of Cauchy-   *)
(*                                     Schwarz                                *)
(* flat_rates_make_all_masses_equal == x_i + x_j = 2 rho^2 for three indices  *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

(** Sums over classes in the numbers of them: every entry is a rational function whose denominator is c. *)

Ltac sums_over_classes :=
  red; intros; match goal with Hm : 0 < ?m, Hm' : 0 < ?m' |- (?m + ?m' <> 0) /\ _ => idtac end;
  repeat split; try lra; field; lra.

Theorem majority_contrast_leaks_nothing : weighted_ansatz_leaks.majority_modes_leak_nothing.
Proof. sums_over_classes. Qed.

Theorem minority_contrast_leaks_nothing : weighted_ansatz_leaks.minority_modes_leak_nothing.
Proof. sums_over_classes. Qed.

Theorem gram_of_weighted_labels_under_step : escape_rates.gram_under_step.
Proof. sums_over_classes. Qed.

Theorem gram_is_that_of_effective_counts : effective_counts.gram_is_that_of_effective_counts.
Proof. sums_over_classes. Qed.

Theorem gram_of_weighted_labels_at_counts_3_2_1 : escape_rates.gram_at_counts_3_2_1.
Proof. red; intros. repeat split; field. Qed.

Theorem two_classes_are_flat : flat_iff_inverse_square_root.two_classes_are_flat.
Proof. red; intros. repeat split; field. Qed.

Theorem escape_ratio_is_a_power :
  effective_counts.effective_imbalance_ratio.
Proof.
  red; intros ratio gamma Hr Hr1. split; [lra |].
  replace (1 - 2 * gamma) with (1 + - (2 * gamma)) by ring. now rewrite Rpower_plus, Rpower_1.
Qed.

Theorem flat_rates_make_all_masses_equal :
  flat_iff_inverse_square_root.flat_makes_effective_counts_equal.
Proof. red; intros. lra. Qed.

(** The square of the middle escape rate is the mean of the squares of the others, each with the other's size. *)

Lemma middle_escape_square ratio gamma m_maj m_min : 0 < ratio -> 0 < m_maj -> 0 < m_min ->
  Rpower ratio (- (2 * gamma)) * (ratio * m_min + m_maj * Rpower ratio (2 * gamma)) / (m_maj + m_min) =
  (m_min * Rpower ratio (1 - 2 * gamma) + m_maj) / (m_maj + m_min).
Proof.
  intros Hr Hm Hm'. replace (1 - 2 * gamma) with (1 + - (2 * gamma)) by ring.
  rewrite Rpower_plus, Rpower_1, Rpower_Ropp by assumption.
  assert (0 < Rpower ratio (2 * gamma)) by apply exp_pos. field. lra.
Qed.

Lemma mean_between x m_maj m_min : 0 < m_maj -> 0 < m_min ->
  (1 <= x -> 1 <= (m_min * x + m_maj) / (m_maj + m_min) <= x) /\
  (x <= 1 -> x <= (m_min * x + m_maj) / (m_maj + m_min) <= 1).
Proof.
  intros Hm Hm'.
  assert (Heq : (m_min * x + m_maj) / (m_maj + m_min) * (m_maj + m_min) = m_min * x + m_maj) by (field; lra).
  split; intro Hx; split; apply Rmult_le_reg_r with (m_maj + m_min); try lra; rewrite Heq; nra.
Qed.

Lemma power_at_least_1 x k : 1 <= x -> 0 <= k -> 1 <= Rpower x k.
Proof.
  intros Hx Hk. rewrite <- (Rpower_O x) by lra. destruct (Req_dec x 1) as [-> | Hne].
  - unfold Rpower. rewrite ln_1, !Rmult_0_r. lra.
  - apply Rle_Rpower; lra.
Qed.

Lemma power_at_most_1 x k : 1 <= x -> k <= 0 -> Rpower x k <= 1.
Proof.
  intros Hx Hk. rewrite <- (Rpower_O x) by lra. destruct (Req_dec x 1) as [-> | Hne].
  - unfold Rpower. rewrite ln_1, !Rmult_0_r. lra.
  - apply Rle_Rpower; lra.
Qed.

Theorem middle_escapes_between_below_half :
  escape_window.middle_between_up_to_one_half.
Proof.
  red; intros ratio gamma m_maj m_min Hr Hm _ Hm' _ Hr1 Hg. rewrite middle_escape_square by assumption.
  destruct (mean_between (Rpower ratio (1 - 2 * gamma)) m_maj m_min Hm Hm') as [H _].
  pose proof (power_at_least_1 ratio (1 - 2 * gamma) ltac:(lra) ltac:(lra)). repeat split; lra.
Qed.

Theorem middle_escapes_between_above_half :
  escape_window.middle_between_from_one_half.
Proof.
  red; intros ratio gamma m_maj m_min Hr Hm _ Hm' _ Hr1 Hg. rewrite middle_escape_square by assumption.
  destruct (mean_between (Rpower ratio (1 - 2 * gamma)) m_maj m_min Hm Hm') as [_ H].
  pose proof (power_at_most_1 ratio (1 - 2 * gamma) ltac:(lra) ltac:(lra)). repeat split; lra.
Qed.

Theorem minority_escapes_before_middle_under_inverse_frequency :
  inverse_frequency_reverses_the_order.minority_before_middle.
Proof.
  red; intros ratio m_maj m_min Hr Hm _ Hm' _ Hr1. repeat split; try lra.
  apply Rmult_lt_reg_r with (ratio * (m_maj + m_min)); [nra |]. unfold Rdiv.
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r; nra.
Qed.

Theorem middle_escapes_before_majority_under_inverse_frequency :
  inverse_frequency_reverses_the_order.middle_before_majority.
Proof.
  red; intros ratio m_maj m_min Hr Hm _ Hm' _ Hr1. repeat split; try lra.
  apply Rmult_lt_reg_r with (ratio * (m_maj + m_min)); [nra |]. unfold Rdiv.
  rewrite (Rmult_assoc (_ + _) (/ _)), Rinv_l, Rmult_1_r by nra.
  rewrite <- Rmult_assoc, Rinv_l by lra. nra.
Qed.

(** Cauchy-Schwarz between escape and effective rate on the middle mode: the gap is a square. *)

Lemma gap_of_rates m_maj m_min n_maj n_min w_maj w_min : 0 < m_maj -> 0 < m_min -> 0 < n_maj -> 0 < n_min ->
  (n_min * m_maj * w_min ^ 2 + n_maj * m_min * w_maj ^ 2) / (m_maj + m_min)
  - (n_min * w_min * m_maj + n_maj * w_maj * m_min) ^ 2 / ((m_maj + m_min) * (n_min * m_maj + n_maj * m_min))
  = n_maj * n_min * m_maj * m_min * (w_maj - w_min) ^ 2 / ((m_maj + m_min) * (n_min * m_maj + n_maj * m_min)).
Proof. intros. field. split; [| lra]. assert (0 < n_min * m_maj) by nra. assert (0 < n_maj * m_min) by nra. lra. Qed.

Lemma gap_unit_positive m_maj m_min n_maj n_min : 0 < m_maj -> 0 < m_min -> 0 < n_maj -> 0 < n_min ->
  0 < n_min * m_maj + n_maj * m_min /\ 0 < n_maj * n_min * m_maj * m_min / ((m_maj + m_min) * (n_min * m_maj + n_maj * m_min)).
Proof.
  intros. assert (0 < n_min * m_maj) by nra. assert (0 < n_maj * m_min) by nra. split; [lra |].
  apply Rdiv_lt_0_compat; [repeat apply Rmult_lt_0_compat; lra | apply Rmult_lt_0_compat; lra].
Qed.

Lemma gap_positive m_maj m_min n_maj n_min w_maj w_min : 0 < m_maj -> 0 < m_min -> 0 < n_maj -> 0 < n_min ->
  w_maj <> w_min ->
  0 < n_maj * n_min * m_maj * m_min * (w_maj - w_min) ^ 2 / ((m_maj + m_min) * (n_min * m_maj + n_maj * m_min)).
Proof.
  intros Hm Hm' Hn Hn' Hw. destruct (gap_unit_positive m_maj m_min n_maj n_min Hm Hm' Hn Hn') as [_ H].
  replace (n_maj * n_min * m_maj * m_min * (w_maj - w_min) ^ 2 / _) with
    (n_maj * n_min * m_maj * m_min / ((m_maj + m_min) * (n_min * m_maj + n_maj * m_min)) * (w_maj - w_min) ^ 2)
    by (unfold Rdiv; ring).
  apply Rmult_lt_0_compat; [assumption |]. assert (w_maj - w_min <> 0) by lra. nra.
Qed.

Theorem escape_rate_dominates_effective_rate :
  escape_rate_dominates.escape_at_least_effective_rate.
Proof.
  red; intros m_maj m_min n_maj n_min w_maj w_min Hm _ Hm' _ Hn Hn' Hw Hw'.
  destruct (gap_unit_positive m_maj m_min n_maj n_min Hm Hm' Hn Hn') as [Hpos _]. repeat split; try lra.
  pose proof (gap_of_rates m_maj m_min n_maj n_min w_maj w_min Hm Hm' Hn Hn') as Hgap.
  destruct (Req_dec w_maj w_min) as [-> | Hne].
  - replace (w_min - w_min) with 0 in Hgap by ring. unfold Rdiv in *. lra.
  - pose proof (gap_positive m_maj m_min n_maj n_min w_maj w_min Hm Hm' Hn Hn' Hne). lra.
Qed.

Theorem rates_equal_where_weights_are :
  escape_rate_dominates.rates_equal_where_weights_are.
Proof.
  red; intros m_maj m_min n_maj n_min w Hm _ Hm' _ Hn Hn' Hw.
  destruct (gap_unit_positive m_maj m_min n_maj n_min Hm Hm' Hn Hn') as [Hpos _]. repeat split; try lra. field. lra.
Qed.

Theorem rates_equal_only_where_weights_are :
  escape_rate_dominates.rates_equal_only_where_weights_are.
Proof.
  red; intros m_maj m_min n_maj n_min w_maj w_min Hm _ Hm' _ Hn Hn' Hw Hw' Hne.
  destruct (gap_unit_positive m_maj m_min n_maj n_min Hm Hm' Hn Hn') as [Hpos _]. repeat split; try lra.
  pose proof (gap_of_rates m_maj m_min n_maj n_min w_maj w_min Hm Hm' Hn Hn').
  pose proof (gap_positive m_maj m_min n_maj n_min w_maj w_min Hm Hm' Hn Hn' Hne). lra.
Qed.
