(******************************************************************************)
(* The focal loss, g = 2, under STEP: the target of first order, its escape   *)
(* rates, and the exponent of the weights that makes them equal.              *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* unknown_logarithm == tactic: ln c, of which the factor is made, as an      *)
(*                      unknown                                               *)
(*    focal_gradient == tactic: epsilon = 0 put in, then an identity of       *)
(*                      rational functions                                    *)
(*       focal_rates == tactic: one in powers                                 *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers.

Local Open Scope R_scope.

Ltac unknown_logarithm :=
  match goal with |- context [?a + ?b + 2 * ln (?a + ?b) - 1] => set (L := ln (a + b)) in *; clearbody L end.

Ltac focal_gradient :=
  at_zero;
  match goal with |- context [?a + ?b + 2 * ln (?a + ?b) - 1] =>
    match goal with |- context [ln (?x + (?y - 1) * 1 + 1)] => replace (x + (y - 1) * 1 + 1) with (a + b) by ring end
  end;
  unknown_logarithm; rational.

Ltac focal_rates :=
  red; intros; whole_numbers; unknown_logarithm; rewrite ?mass_as_power by assumption; known_powers; rational.

Theorem gradient_majority_label : focal_flat_iff_inverse_square_root.gradient_majority_label.
Proof. focal_gradient. Qed.

Theorem gradient_minority_label : focal_flat_iff_inverse_square_root.gradient_minority_label.
Proof. focal_gradient. Qed.

Theorem within_majority_rate : focal_flat_iff_inverse_square_root.within_majority_rate.
Proof. focal_rates. Qed.

Theorem within_minority_rate : focal_flat_iff_inverse_square_root.within_minority_rate.
Proof. focal_rates. Qed.

Theorem middle_rate : focal_flat_iff_inverse_square_root.middle_rate.
Proof. focal_rates. Qed.

Theorem within_group_rates_meet : focal_flat_iff_inverse_square_root.within_group_rates_meet.
Proof. red; intros. repeat split; try lra. now rewrite (powers_at_zero n_maj n_min). Qed.

Theorem within_group_rates_differ_elsewhere :
  focal_flat_iff_inverse_square_root.within_group_rates_differ_elsewhere.
Proof. red; intros. repeat split; try assumption. now apply powers_differ_elsewhere. Qed.

Theorem majority_less_middle : focal_flat_iff_inverse_square_root.majority_less_middle.
Proof. focal_rates. Qed.

Theorem middle_less_minority : focal_flat_iff_inverse_square_root.middle_less_minority.
Proof. focal_rates. Qed.
