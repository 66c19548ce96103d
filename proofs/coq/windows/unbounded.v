(******************************************************************************)
(* Windows that grow without bound, and the one that does not.                *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised;    *)
(*   off gamma = 1/2, and which of the two windows is unbounded: ours.        *)
(*                                                                            *)
(*                                power_grows == R^k grows without bound for  *)
(*                                               k > 0                        *)
(*                           root_times_power == sqrt R R^(-a) = R^(1/2 - a)  *)
(* window_of_last_has_supremum_1_not_attained == 1 - 1 / sqrt R               *)
(*        window_of_first_grows_without_bound == sqrt R - 1                   *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements windows.bound rates.step.

Local Open Scope R_scope.

Lemma power_grows k : 0 < k -> is_lim (fun x => Rpower x k) p_infty p_infty.
Proof.
  intro Hk. apply (limit_composed_grows (fun y => exp (k * y)) ln); [apply is_lim_ln_p | now apply exp_grows].
Qed.

Lemma root_times_power x a : 0 < x -> sqrt x * Rpower x (- a) = Rpower x (1 / 2 - a).
Proof.
  intro Hx. rewrite <- Rpower_sqrt by assumption. rewrite <- Rpower_plus. f_equal. field.
Qed.

(** The middle value lies between those within the groups. *)

Theorem middle_value_at_most_majority : vanilla_window_unbounded.middle_mode_not_before_majority.
Proof.
  red; intros ratio m m' n Hr Hm _ Hm' _ Hn Hr1 Hm2 Hm2'.
  assert (Hparts : 0 < / m' + / m) by (apply Rplus_lt_0_compat; apply Rinv_0_lt_compat; assumption).
  match goal with |- _ /\ _ /\ _ /\ _ /\ ?square <= _ =>
    assert (Hsquare : square = n * (m' * ratio + m) / (m + m')) by (field; repeat split; lra); rewrite Hsquare end.
  assert (0 <= (ratio - 1) * (n * m)) by (apply Rmult_le_pos; nra).
  repeat split; try lra. apply Rmult_le_reg_r with (m + m'); [lra |].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. nra.
Qed.

Theorem middle_value_at_least_minority : vanilla_window_unbounded.middle_mode_not_after_minority.
Proof.
  red; intros ratio m m' n Hr Hm _ Hm' _ Hn Hr1 Hm2 Hm2'.
  assert (Hparts : 0 < / m' + / m) by (apply Rplus_lt_0_compat; apply Rinv_0_lt_compat; assumption).
  match goal with |- _ /\ _ /\ _ /\ _ /\ ?square >= _ =>
    assert (Hsquare : square = n * (m' * ratio + m) / (m + m')) by (field; repeat split; lra); rewrite Hsquare end.
  assert (0 <= (ratio - 1) * (n * m')) by (apply Rmult_le_pos; nra).
  repeat split; try lra. apply Rle_ge. apply Rmult_le_reg_r with (m + m'); [lra |].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. nra.
Qed.

Theorem window_of_last_of_step : vanilla_window_unbounded.window_of_last.
Proof.
  red; intros ratio m m' n Hr Hm _ Hm' _ Hn Hr1 Hm2 Hm2'. rewrite !square_within, !square_within_ratio by lra.
  pose proof (sqrt_lt_R0 n Hn). pose proof (sqrt_lt_R0 ratio Hr).
  repeat split; try nra. rewrite sqrt_mult by lra. field. lra.
Qed.

Theorem window_of_first_of_step : vanilla_window_unbounded.window_of_first.
Proof.
  red; intros ratio m m' n Hr Hm _ Hm' _ Hn Hr1 Hm2 Hm2'. rewrite !square_within, !square_within_ratio by lra.
  pose proof (sqrt_lt_R0 n Hn). pose proof (sqrt_lt_R0 ratio Hr).
  repeat split; try nra. rewrite sqrt_mult by lra. field. lra.
Qed.

Theorem window_of_last_has_supremum_1_not_attained :
  vanilla_window_unbounded.window_of_last_below_1.
Proof.
  red; split.
  - intros x [Hx _]. lra.
  - apply supremum_of_limit.
    + intros x [Hx _]. pose proof (Rinv_0_lt_compat _ (sqrt_lt_R0 x Hx)). lra.
    + apply (limit_through (fun y => 1 - y) _ _ 0); [auto_derive; trivial | ring |].
      apply (limit_composed (fun x => / x) sqrt _ 0); [apply filterlim_sqrt_p | apply reciprocal_decays].
    + exists 1; intros; lra.
Qed.

Theorem window_of_first_grows_without_bound :
  vanilla_window_unbounded.window_of_first_unbounded.
Proof.
  red; split.
  - apply defined_near_of_all. intros x Hx. lra.
  - apply limit_of_is_lim. apply (limit_composed_grows (fun y => y - 1) sqrt); [apply filterlim_sqrt_p | apply line_shifted].
Qed.

Theorem majority_rate_is_a_power :
  window_unbounded_off_half.majority_rate.
Proof. red; intros ratio gamma Hr. repeat split; try lra. now apply root_times_power. Qed.

Theorem window_unbounded_below_half :
  window_unbounded_off_half.unbounded_below_half.
Proof.
  red; intros gamma Hg. split.
  - apply defined_near_of_all. intros x Hx. lra.
  - apply limit_of_is_lim. apply is_lim_ext_loc with (f := fun x => Rpower x (1 / 2 - gamma) - 1).
    + exists 0; intros x Hx. now rewrite root_times_power.
    + apply (limit_composed_grows (fun y => y - 1) (fun x => Rpower x (1 / 2 - gamma)));
        [apply power_grows; lra | apply line_shifted].
Qed.

Theorem window_unbounded_above_half :
  window_unbounded_off_half.unbounded_above_half.
Proof.
  red; intros gamma Hg. split.
  - apply defined_near_of_all. intros x Hx. lra.
  - apply limit_of_is_lim. apply is_lim_ext_loc with (f := fun x => Rpower x (gamma - 1 / 2) - 1).
    + exists 0; intros x Hx. rewrite <- (Rpower_sqrt x Hx).
      replace (gamma - 1 / 2) with (gamma + - / 2) by field.
      rewrite Rpower_plus, Rpower_Ropp. unfold Rdiv. ring.
    + apply (limit_composed_grows (fun y => y - 1) (fun x => Rpower x (gamma - 1 / 2)));
        [apply power_grows; lra | apply line_shifted].
Qed.
