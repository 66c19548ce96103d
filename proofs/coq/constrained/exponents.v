(******************************************************************************)
(* The exponent that flattens a small start: 1/2 + ln q / (2 ln R) with       *)
(* q = (1 + theta n_maj)/(1 + theta n_min), n_maj = R n_min.                  *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* ratio_of_contrast_rates == ln (e_maj/e_min) is linear in gamma, with its   *)
(*                            root there                                      *)
(*   above_one_half, below_one == theta > 0                                   *)
(* one_half_without_signal, one_half_only_without_signal == 1/2 iff theta = 0 *)
(* below_one_half_where_less_alike == theta < 0                               *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Section Signal.
Variables (ratio n theta : R).
Hypotheses (Hn : 0 < n) (Hratio : ratio > 1) (Hsignal : theta * ratio * n + 1 > 0).

Lemma own_signal_positive : 0 < theta * n + 1.
Proof. destruct (Rle_or_lt 0 theta) as [H | H]; [nra |]. assert (0 < n * (ratio - 1)) by nra. nra. Qed.

Lemma log_ratio_positive : 0 < ln ratio.
Proof. rewrite <- ln_1. apply ln_increasing; lra. Qed.

Lemma gain_defined :
  ratio > 0 /\ ln ratio <> 0 /\ theta * n + 1 <> 0 /\ (theta * ratio * n + 1) / (theta * n + 1) > 0.
Proof.
  pose proof own_signal_positive. pose proof log_ratio_positive.
  repeat split; try lra. apply Rdiv_lt_0_compat; lra.
Qed.

Lemma gain_of_signal : theta > 0 -> 0 < ln ((theta * ratio * n + 1) / (theta * n + 1)) < ln ratio.
Proof.
  intro Htheta. pose proof own_signal_positive as Hown. assert (0 < theta * n) by nra. split.
  - rewrite <- ln_1. apply ln_increasing; [lra |]. apply (Rmult_lt_reg_r (theta * n + 1)); [lra |]. field_simplify; [nra | lra].
  - apply ln_increasing; [apply Rdiv_lt_0_compat; lra |].
    apply (Rmult_lt_reg_r (theta * n + 1)); [lra |]. field_simplify; [nra | lra].
Qed.

Lemma loss_of_signal : theta < 0 -> ln ((theta * ratio * n + 1) / (theta * n + 1)) < 0.
Proof.
  intro Htheta. pose proof own_signal_positive as Hown. assert (theta * n < 0) by nra.
  rewrite <- ln_1. apply ln_increasing; [apply Rdiv_lt_0_compat; lra |].
  apply (Rmult_lt_reg_r (theta * n + 1)); [lra |]. field_simplify; [nra | lra].
Qed.

End Signal.

Lemma signal_positive ratio n theta : 0 < n -> ratio > 1 -> theta > 0 -> theta * ratio * n + 1 > 0.
Proof. intros. assert (0 < theta * ratio * n) by (repeat apply Rmult_lt_0_compat; lra). lra. Qed.

Theorem above_one_half : flattening_exponent_rich.above_one_half.
Proof.
  red; intros ratio n theta _ Hn Hratio Htheta. pose proof (signal_positive _ _ _ Hn Hratio Htheta) as Hsignal.
  destruct (gain_defined _ _ _ Hn Hratio Hsignal) as [H1 [H2 [H3 H4]]]. repeat split; try assumption.
  pose proof (gain_of_signal _ _ _ Hn Hratio Hsignal Htheta). pose proof (log_ratio_positive _ Hratio).
  assert (0 < ln ((theta * ratio * n + 1) / (theta * n + 1)) / (2 * ln ratio)) by (apply Rdiv_lt_0_compat; lra). lra.
Qed.

Theorem below_one : flattening_exponent_rich.below_one.
Proof.
  red; intros ratio n theta _ Hn Hratio Htheta. pose proof (signal_positive _ _ _ Hn Hratio Htheta) as Hsignal.
  destruct (gain_defined _ _ _ Hn Hratio Hsignal) as [H1 [H2 [H3 H4]]]. repeat split; try assumption.
  pose proof (gain_of_signal _ _ _ Hn Hratio Hsignal Htheta). pose proof (log_ratio_positive _ Hratio).
  assert (ln ((theta * ratio * n + 1) / (theta * n + 1)) / (2 * ln ratio) < 1 / 2); [| lra].
  apply (Rmult_lt_reg_r (2 * ln ratio)); [lra |]. field_simplify; lra.
Qed.

Theorem one_half_without_signal : flattening_exponent_rich.one_half_without_signal.
Proof.
  red; intros ratio n theta _ Hn Hratio ->. assert (Hsignal : 0 * ratio * n + 1 > 0) by lra.
  destruct (gain_defined _ _ _ Hn Hratio Hsignal) as [H1 [H2 [H3 H4]]]. repeat split; try assumption.
  replace ((0 * ratio * n + 1) / (0 * n + 1)) with 1 by (field; lra). rewrite ln_1. field. lra.
Qed.

Theorem below_one_half_where_less_alike : flattening_exponent_rich.below_one_half_where_less_alike.
Proof.
  red; intros ratio n theta _ Hn Hratio Hsignal Htheta.
  destruct (gain_defined _ _ _ Hn Hratio Hsignal) as [H1 [H2 [H3 H4]]]. repeat split; try assumption.
  pose proof (loss_of_signal _ _ _ Hn Hratio Hsignal Htheta). pose proof (log_ratio_positive _ Hratio).
  assert (ln ((theta * ratio * n + 1) / (theta * n + 1)) / (2 * ln ratio) < 0); [| lra].
  apply (Rmult_lt_reg_r (2 * ln ratio)); [lra |]. field_simplify; lra.
Qed.

Theorem one_half_only_without_signal : flattening_exponent_rich.one_half_only_without_signal.
Proof.
  red; intros ratio n theta Hr Hn Hratio Hsignal Htheta.
  destruct (gain_defined _ _ _ Hn Hratio Hsignal) as [H1 [H2 [H3 H4]]]. repeat split; try assumption.
  destruct (Rtotal_order theta 0) as [H | [H | H]]; [| contradiction |].
  - pose proof (below_one_half_where_less_alike ratio n theta Hr Hn Hratio Hsignal H). lra.
  - pose proof (above_one_half ratio n theta Hr Hn Hratio H). lra.
Qed.

Theorem ratio_of_contrast_rates : flattening_exponent_rich.ratio_of_contrast_rates.
Proof.
  red; intros ratio gamma n rho theta Hr Hn Hratio Hsignal Hrho.
  destruct (gain_defined _ _ _ Hn Hratio Hsignal) as [H1 [H2 [H3 H4]]]. pose proof (own_signal_positive _ _ _ Hn Hratio Hsignal) as Hown.
  assert (Hcount : 0 < ratio * n) by (apply Rmult_lt_0_compat; lra).
  assert (Hdistance : theta * (1 - rho) + (1 - rho) / n = (1 - rho) * (theta * n + 1) / n) by (field; lra).
  assert (Hbelow : 0 < (1 - rho) * (theta * n + 1) / n) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra).
  assert (Hpowers : Rpower n (2 * gamma) * Rpower (ratio * n) (- (2 * gamma)) = Rpower ratio (- (2 * gamma))).
  { rewrite <- Rpower_mult_distr by lra.
    replace (Rpower n (2 * gamma) * (Rpower ratio (- (2 * gamma)) * Rpower n (- (2 * gamma))))
      with (Rpower ratio (- (2 * gamma)) * (Rpower n (2 * gamma) * Rpower n (- (2 * gamma)))) by ring.
    rewrite <- Rpower_plus, Rplus_opp_r, Rpower_O by assumption. ring. }
  match goal with |- _ /\ _ /\ _ /\ _ /\ _ /\ ?form > 0 /\ _ =>
    assert (Hform : form = Rpower ratio (- (2 * gamma)) * (ratio * ((theta * ratio * n + 1) / (theta * n + 1)))) end.
  { rewrite <- Hpowers. field. repeat split; nra. }
  assert (Hpower : 0 < Rpower ratio (- (2 * gamma))) by apply exp_pos.
  assert (Hrest : 0 < ratio * ((theta * ratio * n + 1) / (theta * n + 1))) by (apply Rmult_lt_0_compat; lra).
  assert (Hwhole : 0 < Rpower ratio (- (2 * gamma)) * (ratio * ((theta * ratio * n + 1) / (theta * n + 1))))
    by now apply Rmult_lt_0_compat.
  rewrite Hform, Hdistance. repeat split; try assumption; try lra.
  rewrite ln_mult, (ln_mult ratio) by lra. unfold Rpower at 1. rewrite ln_exp. field. assumption.
Qed.
