(******************************************************************************)
(* The modes of STEP from the entries of Gram matrices, as the products write *)
(* them.                                                                      *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised;    *)
(*   that nothing leaks within the groups is ours.                            *)
(*                                                                            *)
(*       trace_is_sum_of_squares == the trace of Z Z^T leaves 0 for the last  *)
(*                                  eigenvalue                                *)
(*                 square_within == sigma^2 within a group, from the entries  *)
(*        weight_within_majority == v' Omega v = omega_maj                    *)
(* second_moment_within_majority == v' Omega^2 v = omega_maj^2: Omega v is a  *)
(*                                  multiple of v                             *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem difference_of_majority_classes : label_spectrum_step.within_majority.
Proof. red; intros. split; [lra |]. field. lra. Qed.

Theorem difference_of_minority_classes : label_spectrum_step.within_minority.
Proof. red; intros. split; [lra |]. field. lra. Qed.

Theorem middle_vector_on_majority : label_spectrum_step.middle_on_majority.
Proof. red; intros. repeat split; try lra. field. lra. Qed.

Theorem middle_vector_on_minority : label_spectrum_step.middle_on_minority.
Proof. red; intros. repeat split; try lra. field. lra. Qed.

Theorem trace_is_sum_of_squares : label_spectrum_step.trace.
Proof. red; intros. split; [lra |]. field. lra. Qed.

(** The square of a singular value, as the Gram matrix has it. *)
Lemma square_within m n size : size <> 0 ->
  n * (1 - / size) ^ 2 + 2 * n * (1 - / size) / size - n * (m - 2) / size ^ 2 + n * (m - 1) / size ^ 2 = n.
Proof. intro. field. assumption. Qed.

Lemma square_within_ratio m ratio n size : size <> 0 ->
  ratio * n * (1 - / size) ^ 2 + 2 * ratio * n * (1 - / size) / size - ratio * n * (m - 2) / size ^ 2
    + ratio * n * (m - 1) / size ^ 2 = ratio * n.
Proof. intro. field. assumption. Qed.

Theorem weight_within_majority : modes_decouple_weighted_within_groups.weight_within_majority.
Proof. red; intros. rewrite !square_within by lra. repeat split; try lra. field. lra. Qed.

Theorem weight_within_minority : modes_decouple_weighted_within_groups.weight_within_minority.
Proof. red; intros. rewrite !square_within by lra. repeat split; try lra. field. lra. Qed.

Theorem second_moment_within_majority : modes_decouple_weighted_within_groups.nothing_leaks_within_majority.
Proof. red; intros. rewrite !square_within by lra. repeat split; try lra. field. lra. Qed.

Theorem second_moment_within_minority : modes_decouple_weighted_within_groups.nothing_leaks_within_minority.
Proof. red; intros. rewrite !square_within by lra. repeat split; try lra. field. lra. Qed.

Theorem majority_contrast_against_middle : effective_weights_diagonal.majority_contrast_against_middle.
Proof. red; intros. ring. Qed.

Theorem minority_contrast_against_middle : effective_weights_diagonal.minority_contrast_against_middle.
Proof. red; intros. ring. Qed.

Theorem two_majority_contrasts : effective_weights_diagonal.majority_contrasts.
Proof. red; intros. ring. Qed.

Theorem two_minority_contrasts : effective_weights_diagonal.minority_contrasts.
Proof. red; intros. ring. Qed.
