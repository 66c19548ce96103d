(******************************************************************************)
(* Squentropy under STEP: the target of first order, its escape rates, and    *)
(* the exponent of the weights that makes them equal.                         *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*           gradient_* == minus the derivative of the loss is the target G,  *)
(*                         along any direction of a label's logits            *)
(*        within_*_rate == G G^T within a group                               *)
(*          middle_rate == on majority classes against minority classes       *)
(* within_group_rates_* == the squares of the rates are equal at gamma = 1/2  *)
(*                         alone                                              *)
(* majority_less_middle == the majority's square less the middle one's is     *)
(*                         m_maj/c of the majority's less the minority's      *)
(* middle_less_minority == the middle one's less the minority's, m_min/c      *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers.

Local Open Scope R_scope.

Theorem gradient_majority_label : squentropy_flat_iff_inverse_square_root.gradient_majority_label.
Proof. gradient. Qed.

Theorem gradient_minority_label : squentropy_flat_iff_inverse_square_root.gradient_minority_label.
Proof. gradient. Qed.

Theorem within_majority_rate : squentropy_flat_iff_inverse_square_root.within_majority_rate.
Proof. rates. Qed.

Theorem within_minority_rate : squentropy_flat_iff_inverse_square_root.within_minority_rate.
Proof. rates. Qed.

Theorem middle_rate : squentropy_flat_iff_inverse_square_root.middle_rate.
Proof. rates. Qed.

Theorem within_group_rates_meet : squentropy_flat_iff_inverse_square_root.within_group_rates_meet.
Proof. red; intros. repeat split; try assumption. now apply powers_at_zero. Qed.

Theorem within_group_rates_differ_elsewhere :
  squentropy_flat_iff_inverse_square_root.within_group_rates_differ_elsewhere.
Proof. red; intros. repeat split; try assumption. now apply powers_differ_elsewhere. Qed.

Theorem majority_less_middle : squentropy_flat_iff_inverse_square_root.majority_less_middle.
Proof. rates. Qed.

Theorem middle_less_minority : squentropy_flat_iff_inverse_square_root.middle_less_minority.
Proof. rates. Qed.
