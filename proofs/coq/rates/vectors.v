(******************************************************************************)
(* The singular vectors of the labels of STEP: identities of their entries.   *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*  *_on_samples == Z^T u is u at the label of the sample                     *)
(*   *_is_a_mode == Z Z^T u is n times u, or the middle square times u        *)
(*       lengths == of the middle u and of its Z^T u                          *)
(******************************************************************************)

From Coq Require Import Reals Lra.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.

Ltac entry := red; intros; repeat split; try lra; field; lra.

Theorem majority_contrast_on_samples : singular_vectors_step.majority_contrast_on_samples.
Proof. entry. Qed.

Theorem majority_contrast_is_a_mode : singular_vectors_step.majority_contrast_is_a_mode.
Proof. entry. Qed.

Theorem minority_contrast_on_samples : singular_vectors_step.minority_contrast_on_samples.
Proof. entry. Qed.

Theorem minority_contrast_is_a_mode : singular_vectors_step.minority_contrast_is_a_mode.
Proof. entry. Qed.

Theorem middle_on_samples : singular_vectors_step.middle_on_samples.
Proof. entry. Qed.

Theorem middle_is_a_mode : singular_vectors_step.middle_is_a_mode.
Proof. entry. Qed.

Theorem lengths : singular_vectors_step.lengths.
Proof. entry. Qed.
