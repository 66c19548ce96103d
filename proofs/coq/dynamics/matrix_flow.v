(******************************************************************************)
(* Matrix identities of the flow: gradient, balance, decoupling, terminal     *)
(* geometry, for matrices of any sizes.                                       *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(*                     words == tactic: sums of products, transposes on the   *)
(*                              factors                                       *)
(*             frame_cancels == X U^T U = X for orthonormal columns           *)
(*      flow_in_W, flow_in_H == the weighted flow, expanded                   *)
(*     balance_rate_vanishes == d/dt (W^T W - H H^T) = 0 under any G          *)
(*  decoupled_W, decoupled_H == from the spectral ansatz the flow stays on it *)
(* square_of_classifier_gram == (W W^T)^2 = Z Z^T at balance                  *)
(******************************************************************************)

Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Warnings "notation-overridden,ambiguous-paths".
From UFM Require Import generated.matrix_statements.

Import GRing.Theory.
Local Open Scope ring_scope.

Ltac words := rewrite ?mulmx1 ?trmx_mul ?trmxK ?tr_diag_mx ?(mulmxDl, mulmxDr, mulmxN, mulNmx, mulmxA).

Lemma frame_cancels (R : realFieldType) m n k (X : 'M[R]_(m, k)) (U : 'M[R]_(n, k)) :
  U^T *m U = 1%:M -> X *m U^T *m U = X.
Proof. by move=> orthU; rewrite -mulmxA orthU mulmx1. Qed.

Theorem flow_in_W : flow_follows_from_loss.dw_over_dt_any_sizes.
Proof. by move=> R c d n H Omega W Z; words; rewrite addrC. Qed.

Theorem flow_in_H : flow_follows_from_loss.dh_over_dt_any_sizes.
Proof. by move=> R c d n H Omega W Z; words; rewrite addrC. Qed.

Theorem flow_in_W_by_chain_rule : flow_follows_from_loss.dw_over_dt_by_the_chain_rule_through_the_logits.
Proof. by []. Qed.

Theorem flow_in_H_by_chain_rule : flow_follows_from_loss.dh_over_dt_by_the_chain_rule_through_the_logits.
Proof. by move=> R c d n H Omega W Z; rewrite mulmxA. Qed.

Theorem balance_rate_vanishes : balance_conserved.d_over_dt_of_wtw_minus_hht_under_any_gradient_g_in_the_logits.
Proof. by move=> R c d n G H W; rewrite addrK addrN. Qed.

Theorem decoupled_W : modes_decouple_vanilla.dw_over_dt_stays_of_the_form_u_a_qt.
Proof.
move=> R c d k n Q S U V a orthU orthV orthQ; words.
by rewrite !(frame_cancels _ _ _ _ _ _ orthQ) !(frame_cancels _ _ _ _ _ _ orthV) addrC.
Qed.

Theorem decoupled_H : modes_decouple_vanilla.dh_over_dt_stays_of_the_form_q_a_vt_with_the_same_a.
Proof.
move=> R c d k n Q S U V a orthU orthV orthQ; words.
rewrite !(frame_cancels _ _ _ _ _ _ orthQ) !(frame_cancels _ _ _ _ _ _ orthU) addrC.
by congr (_ + _ *m _); rewrite -!mulmxA; congr (_ *m _); apply: diag_mxC.
Qed.

Theorem squared_error_on_modes :
  loss_staircase.on_the_modes_the_squared_error_z_minus_wh_t_z_minus_wh_is_v_s_minus_a2_2_vt_with_trace_sigma_sigma_minus_s_2.
Proof.
move=> R c d k n Q S U V a orthU orthV orthQ; words.
rewrite !(frame_cancels _ _ _ _ _ _ orthQ) !(frame_cancels _ _ _ _ _ _ orthU).
by rewrite opprD !opprK [in RHS]addrC [in RHS]addrACA [in RHS]addrC.
Qed.

Theorem square_of_classifier_gram : terminal_geometry_equivalence.wwt_2_is_zzt_where_wh_is_z_and_the_balance_is_zero.
Proof. by move=> R c d n H W; words; rewrite subrK. Qed.

Theorem square_of_feature_gram : terminal_geometry_equivalence.hth_2_is_ztz_where_wh_is_z_and_the_balance_is_zero.
Proof. by move=> R c d n H W; words; rewrite opprD opprK addrC addNKr. Qed.
