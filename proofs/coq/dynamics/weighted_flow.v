(******************************************************************************)
(* What the weighted flow does: what leaks from the paper's modes, what it    *)
(* conserves, how it relaxes, and where it ends.                              *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* leak_of_middle_mode_is_variance_of_weights == leak^2 under v_mid^2         *)
(*         middle_mode_invariant_is_conserved == a^2 - p n_maj b^2 - (1 - p)  *)
(*                                               n_min e^2                    *)
(*                sample_error_below_its_loss == |z - l|^2 <= 2 loss /        *)
(*                                               w_least                      *)
(*    root_of_gram_squares_back_entry_2 ... 5 == the block root of Z Z^T      *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem scalar_equation_without_weights : modes_decouple_vanilla.scalar_equation.
Proof. red; intros. ring. Qed.

Theorem scalar_equation_within_groups : modes_decouple_weighted_within_groups.scalar_equation.
Proof. red; intros. ring. Qed.

Lemma middle_mass_positive m_maj m_min n_maj n_min : 0 < m_maj -> 0 < m_min -> 0 < n_maj -> 0 < n_min ->
  0 < n_min * m_maj + n_maj * m_min.
Proof. intros. assert (0 < n_min * m_maj) by nra. assert (0 < n_maj * m_min) by nra. lra. Qed.

Theorem leak_of_middle_mode_is_variance_of_weights :
  weighted_ansatz_leaks.leak2_of_the_middle_mode_is_the_variance_of_omega_under_v_mid2.
Proof.
  red; intros m_maj m_min n_maj n_min w_maj w_min Hm _ Hm' _ Hn Hn' Hw Hw'.
  pose proof (middle_mass_positive m_maj m_min n_maj n_min Hm Hm' Hn Hn'). split; [lra |]. field. lra.
Qed.

Theorem leak_positive_where_weights_differ : weighted_ansatz_leaks.it_is_positive_where_the_weights_differ.
Proof.
  red; intros m_maj m_min n_maj n_min w_maj w_min Hm _ Hm' _ Hn Hn' Hw Hw' Hne.
  pose proof (middle_mass_positive m_maj m_min n_maj n_min Hm Hm' Hn Hn'). split; [lra |].
  assert (0 < (w_maj - w_min) ^ 2) by (assert (w_maj - w_min <> 0) by (now apply Rminus_eq_contra); nra).
  apply Rdiv_lt_0_compat; [| apply pow_lt; lra].
  apply Rmult_lt_0_compat; [repeat apply Rmult_lt_0_compat; lra | assumption].
Qed.

Theorem secular_vector_solves_eigenvalue_equation :
  no_mode_exact_of_distinct_counts.u_j_is_1_over_n_j_minus_x_solves_n_j_u_j_minus_1_is_x_u_j_so_p_diag_n_p_u_is_x_u_where_sigma_u_j_is_0.
Proof. red; intros n x Hn Hx Hne. split; [lra |]. field. lra. Qed.

Theorem larger_count_has_smaller_weight :
  no_mode_exact_of_distinct_counts.gamma_above_0_a_larger_count_has_a_smaller_weight_so_every_term_is_negative.
Proof.
  red; intros gamma n x Hn Hx Hnx Hg. repeat split; try lra.
  apply exp_increasing. pose proof (ln_increasing x n Hx Hnx). nra.
Qed.

Theorem middle_mode_invariant_is_conserved :
  middle_mode_reduces_to_three_scalars.a2_minus_p_n_maj_b2_minus_1_minus_p_n_min_e2_is_conserved.
Proof. red; intros. ring. Qed.

Theorem relaxation_rates_have_stated_product :
  middle_mode_reduces_to_three_scalars.the_relaxation_rates_multiply_to_2sigma2omega_maj_omega_min.
Proof.
  red; intros m_maj m_min n_maj n_min w_maj w_min Hm _ Hm' _ Hn Hn' Hw Hw'.
  pose proof (middle_mass_positive m_maj m_min n_maj n_min Hm Hm' Hn Hn').
  assert (Heq : n_min * m_maj ^ 2 + n_maj * m_maj * m_min + n_min * m_maj * m_min + n_maj * m_min ^ 2 =
                (m_maj + m_min) * (n_min * m_maj + n_maj * m_min)) by ring.
  assert (0 < (m_maj + m_min) * (n_min * m_maj + n_maj * m_min)) by nra.
  repeat split; try lra. field. repeat split; lra.
Qed.

Theorem late_growth_is_that_of_majority_part :
  middle_offset_grows_as_root_p.late_s_is_ab_is_a2_of_the_majority_part_alone_ds_over_dt_is_2_root_p_s_1_minus_s_over_root_p_in_units_of_root_r.
Proof.
  red; intros a p Hp Hp1. pose proof (sqrt_lt_R0 p Hp). repeat split; try lra. field. lra.
Qed.

Theorem sample_error_below_its_loss :
  terminal_equivalence.sample_error_below_its_loss.
Proof.
  red; intros e w w_least He Hw _ Hpos Hle. split; [lra |].
  apply Rmult_le_reg_r with w_least; [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; nra.
Qed.

Theorem error_vanishes_with_loss :
  terminal_equivalence.error_vanishes_with_loss.
Proof.
  red; intros w _ Hpos. split; [apply defined_near_of_all; intros; lra |].
  apply limit_of_is_lim. apply (limit_through (fun x => 2 * x / w) _ _ 0); [auto_derive; lra | field; lra |].
  apply is_lim_id.
Qed.

(** The square root of the Gram matrix in the block algebra: rational identities in the roots of its eigenvalues. *)

Section Roots.

Variables m_maj m_min n_maj n_min : R.
Hypotheses (Hm : 0 < m_maj) (Hm' : 0 < m_min) (Hn : 0 < n_maj) (Hn' : 0 < n_min).

Lemma majority_factor :
  - (m_maj * (n_maj * m_maj + 2 * n_maj * m_min - n_min * m_min) / (m_maj + m_min) ^ 2) + n_maj
  = m_min * (n_min * m_maj + n_maj * m_min) / (m_maj + m_min) ^ 2.
Proof. field. lra. Qed.

Lemma minority_factor :
  m_min * (n_maj * m_maj - 2 * n_min * m_maj - n_min * m_min) / (m_maj + m_min) ^ 2 + n_min
  = m_maj * (n_min * m_maj + n_maj * m_min) / (m_maj + m_min) ^ 2.
Proof. field. lra. Qed.

End Roots.

Ltac block_root :=
  red; intros m_maj m_min n_maj n_min Hm _ Hm' _ Hn Hn';
  pose proof (middle_mass_positive m_maj m_min n_maj n_min Hm Hm' Hn Hn') as HM;
  repeat split; try lra;
  rewrite ?majority_factor, ?minority_factor by lra;
  pose proof (sqrt_lt_R0 _ HM) as Hr; pose proof (sqrt_lt_R0 (m_maj + m_min) ltac:(lra)) as Hc;
  pose proof (sqrt_lt_R0 n_maj Hn) as Hx; pose proof (sqrt_lt_R0 n_min Hn') as Hy;
  pose proof (sqrt_sqrt (n_min * m_maj + n_maj * m_min) ltac:(lra)) as HrM;
  pose proof (sqrt_sqrt (m_maj + m_min) ltac:(lra)) as HcC;
  pose proof (sqrt_sqrt n_maj ltac:(lra)) as HxN; pose proof (sqrt_sqrt n_min ltac:(lra)) as HyN.

Theorem root_of_gram_squares_back_entry_3 :
  terminal_geometry_equivalence.step_the_square_root_of_zzt_in_the_block_algebra_squares_back_entry_3.
Proof.
  block_root.
  set (r := sqrt (n_min * m_maj + n_maj * m_min)) in *. set (c := sqrt (m_maj + m_min)) in *.
  rewrite <- !HrM, <- !HcC.
  replace m_min with (c * c - m_maj) by lra. field. lra.
Qed.

Theorem root_of_gram_squares_back_entry_4 :
  terminal_geometry_equivalence.step_the_square_root_of_zzt_in_the_block_algebra_squares_back_entry_4.
Proof. exact root_of_gram_squares_back_entry_3. Qed.

Theorem root_of_gram_squares_back_entry_2 :
  terminal_geometry_equivalence.step_the_square_root_of_zzt_in_the_block_algebra_squares_back_entry_2.
Proof.
  block_root.
  set (r := sqrt (n_min * m_maj + n_maj * m_min)) in *. set (c := sqrt (m_maj + m_min)) in *.
  set (x := sqrt n_maj) in *. clearbody r c x.
  assert (Hy' : n_min = (r * r - x * x * m_min) / m_maj) by (rewrite HrM, HxN; field; lra).
  rewrite <- !HrM. rewrite Hy', <- HxN, <- !HcC. replace m_min with (c * c - m_maj) by lra. field. lra.
Qed.

Theorem root_of_gram_squares_back_entry_5 :
  terminal_geometry_equivalence.step_the_square_root_of_zzt_in_the_block_algebra_squares_back_entry_5.
Proof.
  block_root.
  set (r := sqrt (n_min * m_maj + n_maj * m_min)) in *. set (c := sqrt (m_maj + m_min)) in *.
  set (y := sqrt n_min) in *. clearbody r c y.
  assert (Hx' : n_maj = (r * r - y * y * m_maj) / m_min) by (rewrite HrM, HyN; field; lra).
  rewrite <- !HrM. rewrite Hx', <- HyN, <- !HcC. replace m_maj with (c * c - m_min) by lra. field. lra.
Qed.
