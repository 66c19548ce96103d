(******************************************************************************)
(* The flow at small start and its width: identities of matrices of any size. *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*  *_flow_near_zero == the weighted flow is that of Z Omega and a cubic term *)
(*     growing_*, fading_* == with Z Omega = U S V^T the combinations         *)
(*                         U^T W +- V^T H^T move at the rates +-S             *)
(*  *_effective_counts, *_without_weights == H = F Omega                      *)
(*        width_drops_out_* == W = A (Q U^T)^T and M = Q U^T B                *)
(******************************************************************************)

Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Warnings "notation-overridden,ambiguous-paths".
From UFM Require Import generated.matrix_statements dynamics.matrix_flow.

Import GRing.Theory.
Local Open Scope ring_scope.

Theorem classifier_flow_near_zero : escape_rates.classifier_flow_near_zero.
Proof. by move=> R c d n H Omega W Z; words; rewrite addrC. Qed.

Theorem feature_flow_near_zero : escape_rates.feature_flow_near_zero.
Proof. by move=> R c d n H Omega W Z; words; rewrite addrC. Qed.

Theorem growing_combination : escape_rates.growing_combination.
Proof.
by move=> R c d k n H S U V W orthU orthV; rewrite orthU orthV !mul1mx tr_diag_mx mulmxDr !mulmxA addrC.
Qed.

Theorem fading_combination : escape_rates.fading_combination.
Proof.
move=> R c d k n H S U V W orthU orthV; rewrite orthU orthV !mul1mx tr_diag_mx mulmxDr mulmxN opprD opprK.
by rewrite !mulmxA addrC.
Qed.

Theorem classifier_moves_as_under_effective_counts : effective_counts.classifier_moves_as_under_effective_counts.
Proof. by move=> R c d n F Omega W Z; words; rewrite addrC. Qed.

Theorem features_move_as_without_weights : effective_counts.features_move_as_without_weights.
Proof. by move=> R c d n F Omega W Z; words; rewrite addrC. Qed.

Theorem width_drops_out_of_classifier_flow : middle_mode_reduces_to_three_scalars.width_drops_out_of_classifier_flow.
Proof.
move=> R c d k A B N Q U omega orthU orthQ.
by rewrite (frame_cancels _ _ _ _ (A *m U) Q orthQ) (frame_cancels _ _ _ _ _ U orthU).
Qed.

Theorem width_drops_out_of_feature_flow : middle_mode_reduces_to_three_scalars.width_drops_out_of_feature_flow.
Proof.
by move=> R c d k A B Q U omega orthU orthQ; rewrite (frame_cancels _ _ _ _ (A *m U) Q orthQ).
Qed.
