(******************************************************************************)
(* The squared loss on one-hot labels under STEP: the target of first order,  *)
(* its escape rates, and the exponent of the weights that makes them equal.   *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*               gradient_* == minus the derivative of the loss is the target *)
(*                             G, along any direction of a label's logits     *)
(*            within_*_rate == G G^T within a group                           *)
(* constant_on_groups_rates == on any vector that is constant on groups       *)
(*     within_group_rates_* == the squares of the rates are equal at gamma =  *)
(*                             1/2 alone                                      *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers.

Local Open Scope R_scope.

Theorem gradient_majority_label : squared_one_hot_flat_iff_inverse_square_root.gradient_majority_label.
Proof. gradient. Qed.

Theorem gradient_minority_label : squared_one_hot_flat_iff_inverse_square_root.gradient_minority_label.
Proof. gradient. Qed.

Theorem within_majority_rate : squared_one_hot_flat_iff_inverse_square_root.within_majority_rate.
Proof. rates. Qed.

Theorem within_minority_rate : squared_one_hot_flat_iff_inverse_square_root.within_minority_rate.
Proof. rates. Qed.

Theorem constant_on_groups_rates : squared_one_hot_flat_iff_inverse_square_root.constant_on_groups_rates.
Proof. rates. Qed.

Theorem within_group_rates_meet : squared_one_hot_flat_iff_inverse_square_root.within_group_rates_meet.
Proof. red; intros. repeat split; try assumption. now apply powers_at_zero. Qed.

Theorem within_group_rates_differ_elsewhere :
  squared_one_hot_flat_iff_inverse_square_root.within_group_rates_differ_elsewhere.
Proof. red; intros. repeat split; try assumption. now apply powers_differ_elsewhere. Qed.
