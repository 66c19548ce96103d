(******************************************************************************)
(* Cross-entropy at small logits, one order beyond the squared loss.          *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* linear_term_on_the_modes == the derivative of minus the gradient at zero   *)
(*                             logits is - L / c                              *)
(*           rate_of_a_mode == ds/dt = 2 s (sigma - s / c)                    *)
(*      difference_of_times == of the two logistic equations, delta -> oo     *)
(* difference_at_first_order == its slope in the level                        *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements losses.powers dynamics.learning_time.

Local Open Scope R_scope.

Theorem linear_term_on_the_modes : cross_entropy_second_order.linear_term_on_the_modes.
Proof. gradient. Qed.

Theorem rate_of_a_mode : cross_entropy_second_order.rate_of_a_mode.
Proof. red; intros. split; [lra | field; lra]. Qed.

Theorem difference_at_first_order : cross_entropy_second_order.difference_at_first_order.
Proof. red; intros. unfold Rdiv. rewrite !Rmult_0_l, !Rminus_0_r. repeat split; try lra. field. lra. Qed.

Lemma level_time s l E : 0 < l < s -> 1 < s * E ->
  0 < - (l * (s * E - 1) / (s * (l / s - 1))) /\
  ln (- (l * (s * E - 1) / (s * (l / s - 1)))) = ln (l / (s - l)) + ln (s * E - 1).
Proof.
  intros Hl HE. replace (- (l * (s * E - 1) / (s * (l / s - 1)))) with (l / (s - l) * (s * E - 1)) by (field; lra).
  assert (0 < l / (s - l)) by (apply Rdiv_lt_0_compat; lra).
  split; [apply Rmult_lt_0_compat; lra | apply ln_mult; lra].
Qed.

Theorem difference_of_times : cross_entropy_second_order.difference_of_times.
Proof.
  red; intros c l s Hc _ Hl Hs Hls Hc2. assert (Hsc : s < s * c) by nra. assert (Hlc : l / c < l).
  { apply Rmult_lt_reg_r with c; [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. }
  assert (Hbelow : l / s < 1) by (apply Rmult_lt_reg_r with s; [lra |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra).
  assert (Hbelow' : l / (s * c) < 1) by (apply Rmult_lt_reg_r with (s * c); [lra |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra).
  assert (Hlarge : forall d, Rmax 0 (- ln s) < d -> 1 < s * exp (2 * d) /\ 1 < s * c * exp (2 * d)).
  { intros d Hd. pose proof (scale_above_1 s d Hs Hd). split; [assumption |]. pose proof (exp_pos (2 * d)). nra. }
  split.
  - apply defined_near_infinity with (Rmax 0 (- ln s)). intros d Hd Hpos. destruct (Hlarge d Hd) as [H1 H2].
    destruct (level_time s l (exp (2 * d)) ltac:(lra) H1) as [P1 _].
    destruct (level_time (s * c) l (exp (2 * d)) ltac:(lra) H2) as [P2 _].
    replace (- 1 + l / (s * c)) with (l / (s * c) - 1) by ring.
    repeat split; try lra. apply Rlt_gt, Rdiv_lt_0_compat; lra.
  - apply limit_of_is_lim.
    apply is_lim_ext_loc with (f := fun d => / s * ((- d + ln (s * c * exp (2 * d) - 1) / 2) - (- d + ln (s * exp (2 * d) - 1) / 2)) +
      (ln (l / (s * c - l)) - ln (l / (s - l))) / (2 * s)).
    { exists (Rmax 0 (- ln s)). intros d Hd. destruct (Hlarge d Hd) as [H1 H2].
      destruct (level_time s l (exp (2 * d)) ltac:(lra) H1) as [_ E1].
      destruct (level_time (s * c) l (exp (2 * d)) ltac:(lra) H2) as [_ E2].
      replace (- 1 + l / (s * c)) with (l / (s * c) - 1) by ring.
      rewrite E1, E2. field. lra. }
    evar_last.
    + apply is_lim_plus'; [| apply is_lim_const].
      apply (is_lim_scal_l _ (/ s) p_infty (Finite (ln (s * c) / 2 - ln s / 2))).
      apply is_lim_minus'; apply half_logarithm_offset; lra.
    + cbn. f_equal.
      replace ((- l + s) / (s - l / c)) with (c * ((l / (s * c - l)) / (l / (s - l)))) by (field; repeat split; lra).
      assert (0 < l / (s * c - l)) by (apply Rdiv_lt_0_compat; lra). assert (0 < l / (s - l)) by (apply Rdiv_lt_0_compat; lra).
      assert (0 < l / (s * c - l) / (l / (s - l))) by (now apply Rdiv_lt_0_compat).
      rewrite (ln_mult s c), (ln_mult c), (ln_div (l / (s * c - l))) by (assumption || lra). field. lra.
Qed.
