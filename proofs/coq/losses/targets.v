(******************************************************************************)
(* First-order targets and escape rates of other losses under STEP.           *)
(*                                                                            *)
(* Source: ours; class-balanced weights: Cui et al., CVPR 2019.               *)
(*                                                                            *)
(*         whole_at_least_1 == a positive whole number is at least 1          *)
(*             known_powers == tactic: powers as positive unknowns            *)
(*                 rational == tactic: then an identity of rational functions *)
(*    focal_factor_positive == c - 1 and c + 2 ln c - 1, c >= 2               *)
(*        ldam_denominators == the denominators under margins                 *)
(* effective_number_factors == (1 - b^10) / (1 - b) in factors                *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz Lia.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma whole_at_least_1 x : 0 < x -> is_integer x -> 1 <= x.
Proof. intros Hx [n ->]. apply IZR_le. apply lt_IZR in Hx. lia. Qed.

(** Powers as positive unknowns; then the identity is one of rational functions. *)

Ltac known_powers :=
  rewrite ?Rpower_Ropp;
  repeat match goal with
  | |- context [Rpower ?x ?y] =>
      let P := fresh "P" in let HP := fresh "HP" in
      pose proof (exp_pos (y * ln x)) as HP; change (exp (y * ln x)) with (Rpower x y) in HP;
      set (P := Rpower x y) in *; clearbody P
  end.

Ltac whole_numbers :=
  repeat match goal with
  | Hx : 0 < ?x, Hi : is_integer ?x |- _ => pose proof (whole_at_least_1 x Hx Hi); clear Hi
  end.

Ltac rational := red; intros; whole_numbers; known_powers; repeat split; try signs; field; repeat split; signs.

Theorem cross_entropy_own_entry_of_majority :
  cross_entropy_flat_iff_inverse_square_root.g_the_own_entry_majority_label.
Proof. rational. Qed.

Theorem cross_entropy_own_entry_of_minority :
  cross_entropy_flat_iff_inverse_square_root.g_the_own_entry_minority_label.
Proof. rational. Qed.

Theorem cross_entropy_middle_flat_at_half : cross_entropy_flat_iff_inverse_square_root.and_so_are_the_others.
Proof. rational. Qed.

Theorem cross_entropy_middle_escape_rate :
  cross_entropy_flat_iff_inverse_square_root.the_square_of_the_escape_rate_of_the_middle_mode_over_that_of_the_factor.
Proof. rational. Qed.

Theorem label_smoothing_own_entry_of_majority :
  label_smoothing_flat_iff_inverse_square_root.g_the_own_entry_majority_label.
Proof. rational. Qed.

Theorem label_smoothing_own_entry_of_minority :
  label_smoothing_flat_iff_inverse_square_root.g_the_own_entry_minority_label.
Proof. rational. Qed.

Theorem label_smoothing_middle_flat_at_half : label_smoothing_flat_iff_inverse_square_root.and_so_are_the_others.
Proof. rational. Qed.

Theorem label_smoothing_middle_escape_rate :
  label_smoothing_flat_iff_inverse_square_root.the_square_of_the_escape_rate_of_the_middle_mode_over_that_of_the_factor.
Proof. rational. Qed.

Theorem squentropy_own_entry_of_majority : squentropy_flat_iff_inverse_square_root.g_the_own_entry_majority_label.
Proof. rational. Qed.

Theorem squentropy_own_entry_of_minority : squentropy_flat_iff_inverse_square_root.g_the_own_entry_minority_label.
Proof. rational. Qed.

Theorem squentropy_middle_flat_at_half : squentropy_flat_iff_inverse_square_root.and_so_are_the_others.
Proof. rational. Qed.

Theorem squentropy_middle_escape_rate :
  squentropy_flat_iff_inverse_square_root.the_square_of_the_escape_rate_of_the_middle_mode_over_that_of_the_factor.
Proof. rational. Qed.

Theorem unhinged_own_entry_of_majority : unhinged_flat_iff_inverse_square_root.g_the_own_entry_majority_label.
Proof. rational. Qed.

Theorem unhinged_own_entry_of_minority : unhinged_flat_iff_inverse_square_root.g_the_own_entry_minority_label.
Proof. rational. Qed.

Theorem unhinged_middle_flat_at_half : unhinged_flat_iff_inverse_square_root.and_so_are_the_others.
Proof. rational. Qed.

Theorem unhinged_middle_escape_rate :
  unhinged_flat_iff_inverse_square_root.the_square_of_the_escape_rate_of_the_middle_mode_over_that_of_the_factor.
Proof. rational. Qed.

Theorem cross_entropy_equal_times_middle : scaled_times_equalise_under_cross_entropy.and_so_are_the_others.
Proof. rational. Qed.

(** Focal, g = 2: the factor has a logarithm of the number of classes, at least ln 2. *)

Lemma focal_factor_positive c : 2 <= c -> 0 < c - 1 /\ 0 < c + 2 * ln c - 1.
Proof. intro Hc. assert (ln 1 < ln c) by (apply ln_increasing; lra). rewrite ln_1 in *. lra. Qed.

Ltac focal :=
  red; intros; whole_numbers;
  match goal with H : 1 <= ?a, H' : 1 <= ?b |- context [ln (?a + ?b)] =>
    destruct (focal_factor_positive (a + b) ltac:(lra));
    set (L := ln (a + b)) in *; clearbody L
  end;
  known_powers; repeat split; try signs; field; repeat split; signs.

Theorem focal_own_entry_of_majority : focal_flat_iff_inverse_square_root.g_the_own_entry_majority_label.
Proof. focal. Qed.

Theorem focal_own_entry_of_minority : focal_flat_iff_inverse_square_root.g_the_own_entry_minority_label.
Proof. focal. Qed.

Theorem focal_middle_flat_at_half : focal_flat_iff_inverse_square_root.and_so_are_the_others.
Proof. focal. Qed.

Theorem focal_middle_escape_rate :
  focal_flat_iff_inverse_square_root.the_square_of_the_escape_rate_of_the_middle_mode_over_that_of_the_factor.
Proof. focal. Qed.

(** Priors: logit adjustment and VS. *)

Theorem logit_adjusted_own_entry_of_majority : logit_adjusted_target_has_the_prior.g_the_own_entry_majority_label.
Proof. rational. Qed.

Theorem logit_adjusted_own_entry_of_minority : logit_adjusted_target_has_the_prior.g_the_own_entry_minority_label.
Proof. rational. Qed.

Lemma mass_as_power n k : 0 < n -> Rpower n (1 - k) = n * Rpower n (- k).
Proof. intro Hn. unfold Rminus. now rewrite Rpower_plus, Rpower_1. Qed.

Theorem logit_adjusted_rate_within_majority :
  logit_adjusted_target_has_the_prior.the_square_of_the_rate_within_the_majority.
Proof. red; intros. split; [lra | now apply mass_as_power]. Qed.

Theorem logit_adjusted_rate_within_minority :
  logit_adjusted_target_has_the_prior.the_square_of_the_rate_within_the_minority.
Proof. red; intros. split; [lra | now apply mass_as_power]. Qed.

Theorem logit_adjusted_middle_rate : logit_adjusted_target_has_the_prior.the_square_of_the_rate_of_the_middle_mode.
Proof. rational. Qed.

Theorem prior_middle_rate_exceeds_1 : no_exponent_flattens_logit_adjustment.which_exceeds_theirs_for_r_above_1.
Proof.
  red; intros ratio m_maj m_min Hr Hm _ Hm' _ Hr1. assert (0 < ratio * m_maj + m_min) by nra. split; [lra |].
  apply Rmult_gt_reg_l with ((ratio * m_maj + m_min) ^ 2); [nra |].
  replace ((ratio * m_maj + m_min) ^ 2 * (_ / _)) with ((m_maj + m_min) * (m_maj * ratio ^ 2 + m_min)) by (field; lra).
  assert (0 < m_maj * m_min * ((ratio - 1) * (ratio - 1))) by (repeat apply Rmult_lt_0_compat; lra). nra.
Qed.

Theorem vs_own_entry_of_majority : vs_target_scales_the_rows.g_the_own_entry_majority_label.
Proof. rational. Qed.

Theorem vs_own_entry_of_minority : vs_target_scales_the_rows.g_the_own_entry_minority_label.
Proof. rational. Qed.

Theorem vs_rate_within_majority : vs_target_scales_the_rows.the_square_of_the_rate_within_the_majority.
Proof. red; intros. split; [lra | now apply mass_as_power]. Qed.

Theorem vs_rate_within_minority : vs_target_scales_the_rows.the_square_of_the_rate_within_the_minority.
Proof. red; intros. repeat split; try lra. unfold Rminus. now rewrite Rpower_plus. Qed.

Lemma power_of_eight_fifths n : 0 < n -> Rpower n (8 / 5) = n * Rpower n (3 / 5).
Proof. intro Hn. replace (8 / 5) with (1 + 3 / 5) by field. now rewrite Rpower_plus, Rpower_1. Qed.

Lemma power_of_thirteen_fifths n : 0 < n -> Rpower n (13 / 5) = n * n * Rpower n (3 / 5).
Proof. intro Hn. replace (13 / 5) with (1 + 1 + 3 / 5) by field. now rewrite !Rpower_plus, Rpower_1. Qed.

Theorem vs_middle_rate : vs_target_scales_the_rows.the_square_of_the_rate_of_the_middle_mode.
Proof.
  red; intros. whole_numbers. rewrite !power_of_eight_fifths, !power_of_thirteen_fifths by assumption.
  known_powers. repeat split; try signs. field. repeat split; signs.
Qed.

(** LDAM: margins under an exponential. *)

Lemma ldam_denominators a b y : 1 <= a -> 1 <= b ->
  0 < a * exp y + b * exp y - exp y + 1 /\ 0 < a + b - 1 + exp (- y).
Proof. intros. pose proof (exp_pos y). pose proof (exp_pos (- y)). split; nra. Qed.

Ltac ldam :=
  red; intros; whole_numbers; change (IZR (-15)) with (Ropp (IZR 15)) in *;
  match goal with H : 1 <= ?a, H' : 1 <= ?b |- context [?a + ?b - 1 + exp (- ?y)] =>
    destruct (ldam_denominators a b y H H');
    rewrite exp_Ropp in *;
    pose proof (exp_pos y); set (E := exp y) in *; clearbody E
  end;
  repeat split; try signs; field; repeat split; try signs; nra.

Theorem ldam_entry_of_majority_class_majority_label :
  ldam_acts_as_weights_at_first_order.g_entry_of_another_majority_class_majority_label.
Proof. ldam. Qed.

Theorem ldam_own_entry_of_majority : ldam_acts_as_weights_at_first_order.g_the_own_entry_majority_label.
Proof. ldam. Qed.

Theorem ldam_entry_of_majority_class_minority_label :
  ldam_acts_as_weights_at_first_order.g_entry_of_another_majority_class_minority_label.
Proof. ldam. Qed.

Theorem ldam_entry_of_minority_class_majority_label :
  ldam_acts_as_weights_at_first_order.g_entry_of_another_minority_class_majority_label.
Proof. ldam. Qed.

Theorem ldam_entry_of_minority_class_minority_label :
  ldam_acts_as_weights_at_first_order.g_entry_of_another_minority_class_minority_label.
Proof. ldam. Qed.

Theorem ldam_own_entry_of_minority : ldam_acts_as_weights_at_first_order.g_the_own_entry_minority_label.
Proof. ldam. Qed.

(** Cross-entropy at zero logits. *)

Theorem nothing_leaks_at_zero_logits_entry_0 :
  cross_entropy_decouples_to_first_order_only.at_zero_logits_nothing_leaks_entry_0_every_size.
Proof. rational. Qed.

Theorem nothing_leaks_at_zero_logits_entry_1 :
  cross_entropy_decouples_to_first_order_only.at_zero_logits_nothing_leaks_entry_1_every_size.
Proof. rational. Qed.

Theorem nothing_leaks_at_zero_logits_entry_2 :
  cross_entropy_decouples_to_first_order_only.at_zero_logits_nothing_leaks_entry_2_every_size.
Proof. rational. Qed.

(** Class-balanced weights: ten samples against one. *)

Lemma effective_number_factors beta : 0 < beta ->
  0 < beta + 1 /\ 0 < beta ^ 4 + beta ^ 3 + beta ^ 2 + beta + 1 /\ 0 < beta ^ 4 - beta ^ 3 + beta ^ 2 - beta + 1.
Proof.
  intro Hb. split; [lra |]. split; [signs |].
  assert (0 <= (beta * beta - beta / 2) * (beta * beta - beta / 2)) by apply Rle_0_sqr.
  assert (0 <= (beta - 2 / 3) * (beta - 2 / 3)) by apply Rle_0_sqr.
  nra.
Qed.

Lemma effective_number_defined beta : 0 < beta /\ beta < 1 ->
  beta + 1 <> 0 /\ beta ^ 4 + beta ^ 3 + beta ^ 2 + beta + 1 <> 0 /\ beta ^ 4 - beta ^ 3 + beta ^ 2 - beta + 1 <> 0.
Proof. intros [Hb _]. destruct (effective_number_factors beta Hb) as [H1 [H2 H3]]. repeat split; lra. Qed.

Theorem effective_number_weights_start_at_none :
  effective_number_weights_run_from_none_to_inverse_frequency.beta_to_0_no_weights.
Proof.
  red; split; [apply defined_near_of_all; exact effective_number_defined |].
  apply limit_of_is_lim.
  apply (limit_through (fun b => 1 / ((b + 1) * (b ^ 4 + b ^ 3 + b ^ 2 + b + 1) * (b ^ 4 - b ^ 3 + b ^ 2 - b + 1)))
           (fun b => b) _ 0); [auto_derive; lra | field | apply is_lim_id].
Qed.

Theorem effective_number_weights_end_at_inverse_frequency :
  effective_number_weights_run_from_none_to_inverse_frequency.beta_to_1_inverse_frequency.
Proof.
  red; split; [apply defined_near_of_all; exact effective_number_defined |].
  apply limit_of_is_lim.
  apply (limit_through (fun b => 1 / ((b + 1) * (b ^ 4 + b ^ 3 + b ^ 2 + b + 1) * (b ^ 4 - b ^ 3 + b ^ 2 - b + 1)))
           (fun b => b) _ 1); [auto_derive; lra | field | apply is_lim_id].
Qed.

Lemma powers_below_1 b k : 0 < b -> b < 1 -> (0 < k)%nat -> 0 < b ^ k < 1.
Proof. intros. split; [now apply pow_lt |]. apply pow_lt_1_compat; [lra | assumption]. Qed.

Theorem effective_number_weights_stay_between :
  effective_number_weights_run_from_none_to_inverse_frequency.between_them_for_every_beta_in_0_1.
Proof.
  red; intros b Hb Hb1. destruct (effective_number_factors b Hb) as [H1 [H2 H3]].
  set (D := (b + 1) * (b ^ 4 + b ^ 3 + b ^ 2 + b + 1) * (b ^ 4 - b ^ 3 + b ^ 2 - b + 1)).
  assert (HD : D = 1 + b + b ^ 2 + b ^ 3 + b ^ 4 + b ^ 5 + b ^ 6 + b ^ 7 + b ^ 8 + b ^ 9) by (unfold D; ring).
  pose proof (powers_below_1 b 2 Hb Hb1 ltac:(lia)). pose proof (powers_below_1 b 3 Hb Hb1 ltac:(lia)).
  pose proof (powers_below_1 b 4 Hb Hb1 ltac:(lia)). pose proof (powers_below_1 b 5 Hb Hb1 ltac:(lia)).
  pose proof (powers_below_1 b 6 Hb Hb1 ltac:(lia)). pose proof (powers_below_1 b 7 Hb Hb1 ltac:(lia)).
  pose proof (powers_below_1 b 8 Hb Hb1 ltac:(lia)). pose proof (powers_below_1 b 9 Hb Hb1 ltac:(lia)).
  assert (1 < D < 10) by lra. clearbody D. repeat split; try lra.
  - apply Rlt_gt. unfold Rdiv. rewrite !Rmult_1_l. apply Rinv_lt_contravar; lra.
  - unfold Rdiv. rewrite Rmult_1_l, <- Rinv_1 at 1. apply Rinv_lt_contravar; lra.
Qed.
