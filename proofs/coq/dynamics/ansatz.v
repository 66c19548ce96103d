(******************************************************************************)
(* The flow of STEP keeps the form of its spectral start: seven scalars.      *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*                    entries == tactic: the entries of P B as one fraction   *)
(*                               each, before the field tactic                *)
(*  classifier_stays_on_the_ansatz, features_stay_on_the_ansatz ==            *)
(*                               dW/dt and dM/dt, entry by entry              *)
(*  escape_rate_is_that_of_weighted_labels == at zero, squared                *)
(*   fitted_state_is_a_fixed_point == nothing moves where a b = a e = 1       *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Ltac entries b e beta_maj beta_min p c :=
  replace (p * c + c * (1 - p)) with c by ring; repeat split; try lra;
  replace (b * p / c - b * p / (c * (p - 1)) - beta_maj / c - beta_maj / (c * (1 - p)) -
    c * (1 - p) * (- (b * p / (c * (p - 1))) - beta_maj / (c * (1 - p))) / c)
    with ((b * p - beta_maj) / (c * (1 - p))) by (field; lra);
  replace (b * p / c - b / c - beta_maj / c - c * (1 - p) * (- (b * p / (c * (p - 1))) - beta_maj / (c * (1 - p))) / c)
    with (- b / c) by (field; lra);
  replace (- (beta_min / c) - p * c * (- (beta_min / (p * c)) - e * (p - 1) / (p * c)) / c + e * (1 - p) / c - e / c)
    with (- e / c) by (field; lra);
  replace (- (beta_min / c) - beta_min / (p * c) - p * c * (- (beta_min / (p * c)) - e * (p - 1) / (p * c)) / c +
    e * (1 - p) / c - e * (p - 1) / (p * c)) with ((e * (1 - p) - beta_min) / (p * c)) by (field; lra);
  field; lra.

Theorem classifier_stays_on_the_ansatz : middle_mode_reduces_to_three_scalars.classifier_stays_on_the_ansatz.
Proof.
  red; intros a alpha_maj alpha_min b beta_maj beta_min c e n1 n2 w1 w2 p Hc _ Hn1 Hn2 Hw1 Hw2 Hp Hp1.
  entries b e beta_maj beta_min p c.
Qed.

Theorem features_stay_on_the_ansatz : middle_mode_reduces_to_three_scalars.features_stay_on_the_ansatz.
Proof.
  red; intros a alpha_maj alpha_min b beta_maj beta_min c e w1 w2 p Hc _ Hw1 Hw2 Hp Hp1.
  entries b e beta_maj beta_min p c.
Qed.

Theorem escape_rate_is_that_of_weighted_labels :
  middle_mode_reduces_to_three_scalars.escape_rate_is_that_of_weighted_labels.
Proof. red; intros. split; [lra | field; lra]. Qed.

Theorem fitted_state_is_a_fixed_point : middle_mode_reduces_to_three_scalars.fitted_state_is_a_fixed_point.
Proof. red; intros. subst. repeat split; field; assumption. Qed.
