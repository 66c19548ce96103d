(******************************************************************************)
(* What drives small W and V of L = W V X, at three classes of 3, 2 and 1     *)
(* samples, any inputs and weights: constrained/class_means.v has it for all  *)
(* counts.                                                                    *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*   drive_at_counts_3_2_1 == Z Omega X^T = P diag(a) M^T, M the class means  *)
(* scatter_at_counts_3_2_1 == inputs moved inside their classes have the same *)
(******************************************************************************)

From Coq Require Import Reals.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.

Theorem drive_at_counts_3_2_1 : class_mean_law.drive_by_class_means_at_counts_3_2_1.
Proof. red; intros; repeat split; field. Qed.

Theorem scatter_at_counts_3_2_1 : class_mean_law.scatter_drops_out_at_counts_3_2_1.
Proof. red; intros; repeat split; field. Qed.
