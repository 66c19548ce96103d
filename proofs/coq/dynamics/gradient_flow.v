(******************************************************************************)
(* The gradient of the weighted squared loss, entry by entry, at small sizes. *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(* entries == tactic: a conjunction of polynomial identities                  *)
(* entries_of_flow_cC_dD_nN == at C classes, D features, N examples, each     *)
(*                             entry of the gradient is that of the flow      *)
(******************************************************************************)

From Coq Require Import Reals.
From UFM Require Import generated.statements.

Local Open Scope R_scope.

Ltac entries := red; intros; repeat split; field.

Theorem entries_of_flow_c2_d1_n2 :
  flow_follows_from_loss.entries_c2_d1_n2.
Proof. entries. Qed.

Theorem entries_of_flow_c2_d2_n3 :
  flow_follows_from_loss.entries_c2_d2_n3.
Proof. entries. Qed.

Theorem entries_of_flow_c3_d2_n4 :
  flow_follows_from_loss.entries_c3_d2_n4.
Proof. entries. Qed.
