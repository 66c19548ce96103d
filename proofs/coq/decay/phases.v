(******************************************************************************)
(* Weight decay under STEP: thresholds and gains of the groups, the middle    *)
(* threshold, and which group collapses first; the scalars of the rank bound. *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*                            mu == sqrt(lambda_W lambda_H)                   *)
(*   minority_first_below_one_half == n_min^(1/2 - gamma) is the smaller      *)
(*                                    threshold iff gamma < 1/2, with         *)
(*                                    majority_first_above_one_half           *)
(*       equal_gains_at_one_half == 1 - mu/(omega sqrt n) is 1 - mu there     *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.

Section Group.
Variables mu n omega : R.
Hypotheses (Hmu : 0 < mu) (Hn : 0 < n) (Homega : 0 < omega).

Lemma root_positive : 0 < sqrt n.
Proof. now apply sqrt_lt_R0. Qed.

Lemma residual_of_a_group : (n >= 0) /\ (omega <> 0) /\ omega * (sqrt n - (- (mu / omega) + sqrt n)) = mu.
Proof. repeat split; [lra | lra | field; lra]. Qed.

Lemma value_of_a_group : omega * sqrt n > mu ->
  (n >= 0) /\ (omega <> 0) /\ (omega * sqrt n > mu) /\ - (mu / omega) + sqrt n > 0.
Proof.
  intro H. repeat split; try lra. apply Rlt_gt, Rmult_lt_reg_l with omega; [lra |].
  replace (omega * (- (mu / omega) + sqrt n)) with (omega * sqrt n - mu) by (field; lra). lra.
Qed.

Lemma gain_of_a_group :
  (n >= 0) /\ (omega <> 0) /\ (n > 0) /\ (- (mu / omega) + sqrt n) / sqrt n = - (mu / (sqrt n * omega)) + 1.
Proof. pose proof root_positive. repeat split; try lra. field. split; lra. Qed.

End Group.

Theorem majority_residual : step_phase_diagram.majority_residual.
Proof. red; intros; now apply residual_of_a_group. Qed.

Theorem minority_residual : step_phase_diagram.minority_residual.
Proof. red; intros; now apply residual_of_a_group. Qed.

Theorem majority_collapses_from_its_threshold_on : step_phase_diagram.majority_collapses_from_its_threshold_on.
Proof. red; intros; split; lra. Qed.

Theorem minority_collapses_from_its_threshold_on : step_phase_diagram.minority_collapses_from_its_threshold_on.
Proof. red; intros; split; lra. Qed.

Theorem majority_is_separated_below : step_phase_diagram.majority_is_separated_below.
Proof. red; intros; now apply value_of_a_group. Qed.

Theorem minority_is_separated_below : step_phase_diagram.minority_is_separated_below.
Proof. red; intros; now apply value_of_a_group. Qed.

Theorem majority_gain : step_phase_diagram.majority_gain.
Proof. red; intros; now apply gain_of_a_group. Qed.

Theorem minority_gain : step_phase_diagram.minority_gain.
Proof. red; intros; now apply gain_of_a_group. Qed.

Section Middle.
Variables m_maj m_min mu n_maj n_min omega_maj omega_min : R.
Hypotheses (Hmaj : 0 < m_maj) (Hmin : 0 < m_min) (Hmu : 0 < mu).

Let edge := n_min * m_maj * omega_min ^ 2 / (m_maj + m_min) + n_maj * m_min * omega_maj ^ 2 / (m_maj + m_min).
Let norm := (n_min * omega_min ^ 2 / (mu ^ 2 * m_min) + n_maj * omega_maj ^ 2 / (mu ^ 2 * m_maj)) / (/ m_min + / m_maj).

Lemma sizes_are_defined : (m_maj <> 0) /\ (m_min <> 0) /\ (/ m_min + / m_maj <> 0) /\ (mu <> 0).
Proof.
  assert (0 < / m_min) by now apply Rinv_0_lt_compat. assert (0 < / m_maj) by now apply Rinv_0_lt_compat.
  repeat split; lra.
Qed.

Lemma norm_is_edge : norm * mu ^ 2 = edge.
Proof. unfold norm, edge. field. repeat split; lra. Qed.

Lemma square_positive : 0 < mu ^ 2.
Proof. apply pow_lt; lra. Qed.

Lemma norm_at_most_one : edge <= mu ^ 2 -> norm <= 1.
Proof. intro H. pose proof square_positive. apply Rmult_le_reg_r with (mu ^ 2); [lra |]. rewrite norm_is_edge. lra. Qed.

Lemma norm_above_one : edge > mu ^ 2 -> norm > 1.
Proof. intro H. pose proof square_positive. apply Rlt_gt, Rmult_lt_reg_r with (mu ^ 2); [lra |]. rewrite norm_is_edge. lra. Qed.

End Middle.

Theorem middle_collapses_from_its_threshold_on : step_phase_diagram.middle_collapses_from_its_threshold_on.
Proof.
  red; intros m_maj m_min mu n_maj n_min omega_maj omega_min; intros.
  destruct (sizes_are_defined m_maj m_min mu) as [D1 [D2 [D3 D4]]]; try assumption.
  repeat split; try assumption. now apply norm_at_most_one.
Qed.

Theorem middle_is_separated_below : step_phase_diagram.middle_is_separated_below.
Proof.
  red; intros m_maj m_min mu n_maj n_min omega_maj omega_min; intros.
  destruct (sizes_are_defined m_maj m_min mu) as [D1 [D2 [D3 D4]]]; try assumption.
  repeat split; try assumption. now apply norm_above_one.
Qed.

(* Which group collapses first. *)

Lemma threshold_of_powers gamma n : 0 < n -> Rpower n (- gamma) * sqrt n = Rpower n (1 / 2 - gamma).
Proof.
  intro Hn. rewrite <- Rpower_sqrt by assumption. rewrite <- Rpower_plus. f_equal. field.
Qed.

Theorem thresholds_of_powers : minority_collapse.thresholds_of_powers.
Proof.
  red; intros gamma n_maj n_min omega_maj omega_min Hmaj Hmin _ _ [-> ->].
  repeat split; try lra; now apply threshold_of_powers.
Qed.

Lemma log_grows ratio n : 1 < ratio -> 0 < n -> ln n < ln (ratio * n).
Proof. intros. apply ln_increasing; [assumption | nra]. Qed.

Theorem minority_first_below_one_half : minority_collapse.minority_first_below_one_half.
Proof.
  red; intros ratio gamma n _ Hn Hratio Hgamma. repeat split; [lra | nra |].
  pose proof (log_grows ratio n Hratio Hn). unfold Rpower. apply exp_increasing. nra.
Qed.

Theorem majority_first_above_one_half : minority_collapse.majority_first_above_one_half.
Proof.
  red; intros ratio gamma n _ Hn Hratio Hgamma. repeat split; [lra | nra |].
  pose proof (log_grows ratio n Hratio Hn). unfold Rpower. apply exp_increasing. nra.
Qed.

Theorem together_at_one_half : minority_collapse.together_at_one_half.
Proof.
  red; intros ratio n Hratio Hn. repeat split; [lra | nra |].
  unfold Rpower. replace (1 / 2 - 1 / 2) with 0 by field. now rewrite !Rmult_0_l.
Qed.

Theorem equal_gains_at_one_half : minority_collapse.equal_gains_at_one_half.
Proof.
  red; intros mu n_maj n_min _ Hmaj Hmin.
  pose proof (sqrt_lt_R0 _ Hmaj) as Rmaj. pose proof (sqrt_lt_R0 _ Hmin) as Rmin.
  pose proof (Rinv_0_lt_compat _ Rmaj). pose proof (Rinv_0_lt_compat _ Rmin).
  repeat split; try lra. now rewrite !Rinv_r by lra.
Qed.

(* The rank bound. *)

Theorem it_sees_no_more_than_decay : rank_at_least_escape_count.it_sees_no_more_than_decay.
Proof. red; intros g mu z; intros. subst z. nra. Qed.

Theorem fast_modes_see_more : rank_at_least_escape_count.fast_modes_see_more.
Proof. red; intros mu sigma x; intros. apply Rmult_gt_compat_l; nra. Qed.
