(******************************************************************************)
(* The Gram matrices of STEP on vectors that are constant within the groups,  *)
(* or contrasts within one: by entries, class by class.                       *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(*                   has_value e v == tactic: e, a rational function, is v    *)
(*        value_of_fraction n d v == tactic: a quotient with the value v, of  *)
(*                                    a numerator n and a denominator d       *)
(*  difference_of_majority_classes ... == the eigenvalue of a contrast        *)
(*      middle_vector_on_majority ... == that of the middle vector            *)
(*          trace_is_sum_of_squares == no other eigenvalue is left            *)
(*           weight_within_majority ... == v' Omega v, and v' Omega^2 v       *)
(*          two_majority_contrasts ... == Lambda is diagonal                  *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Ltac has_value e v := replace e with v by (field; repeat split; lra).

(* The goal: the denominator is not zero, and the quotient has its value. *)
Ltac value_of_fraction n d :=
  split; [match goal with |- ?e <> 0 => has_value e d end | match goal with |- ?a / ?b = _ => has_value a n; has_value b d end].

Theorem difference_of_majority_classes : label_spectrum_step.within_majority.
Proof. red; intros. split; [lra | field; lra]. Qed.

Theorem difference_of_minority_classes : label_spectrum_step.within_minority.
Proof. red; intros. split; [lra | field; lra]. Qed.

Theorem middle_vector_on_majority : label_spectrum_step.middle_on_majority.
Proof. red; intros. repeat split; try lra. field. lra. Qed.

Theorem middle_vector_on_minority : label_spectrum_step.middle_on_minority.
Proof. red; intros. repeat split; try lra. field. lra. Qed.

Theorem trace_is_sum_of_squares : label_spectrum_step.trace.
Proof. red; intros. split; [lra | field; lra]. Qed.

Theorem weight_within_majority : modes_decouple_weighted_within_groups.weight_within_majority.
Proof. red; intros. split; [lra |]. value_of_fraction (n_maj * omega_maj) n_maj; [lra | field; lra]. Qed.

Theorem weight_within_minority : modes_decouple_weighted_within_groups.weight_within_minority.
Proof. red; intros. split; [lra |]. value_of_fraction (n_min * omega_min) n_min; [lra | field; lra]. Qed.

Theorem second_moment_within_majority : modes_decouple_weighted_within_groups.nothing_leaks_within_majority.
Proof. red; intros. split; [lra |]. value_of_fraction (n_maj * omega_maj ^ 2) n_maj; [lra | field; lra]. Qed.

Theorem second_moment_within_minority : modes_decouple_weighted_within_groups.nothing_leaks_within_minority.
Proof. red; intros. split; [lra |]. value_of_fraction (n_min * omega_min ^ 2) n_min; [lra | field; lra]. Qed.

Theorem majority_contrast_against_middle : effective_weights_diagonal.majority_contrast_against_middle.
Proof. red; intros. ring. Qed.

Theorem minority_contrast_against_middle : effective_weights_diagonal.minority_contrast_against_middle.
Proof. red; intros. ring. Qed.

Theorem two_majority_contrasts : effective_weights_diagonal.majority_contrasts.
Proof. red; intros. ring. Qed.

Theorem two_minority_contrasts : effective_weights_diagonal.minority_contrasts.
Proof. red; intros. ring. Qed.
