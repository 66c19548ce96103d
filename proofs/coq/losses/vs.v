(******************************************************************************)
(* VS, kappa = 3/10 and tau = 1, under STEP: the multipliers scale the rows   *)
(* of the target, and so its escape rates.                                    *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* power_over_root == n^(k + 3 l/10) = n^k (n^(3/10))^l                       *)
(* power_less_root == n^(k - 3 l/10) = n^k / (n^(3/10))^l                     *)
(*          tenths == tactic: powers in tenths by n and n^(3/10)              *)
(*        vs_rates == tactic: after which the identity is rational            *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers losses.logit_adjusted.

Local Open Scope R_scope.

Lemma power_over_root n k l q : 0 < n -> q = INR k + INR l * (3 / 10) -> Rpower n q = n ^ k * Rpower n (3 / 10) ^ l.
Proof.
  intros Hn ->. pose proof (exp_pos (3 / 10 * ln n)).
  now rewrite Rpower_plus, (Rmult_comm (INR l)), <- Rpower_mult, !Rpower_pow.
Qed.

Lemma power_less_root n k l q : 0 < n -> q = INR k - INR l * (3 / 10) -> Rpower n q = n ^ k / Rpower n (3 / 10) ^ l.
Proof.
  intros Hn ->. pose proof (exp_pos (3 / 10 * ln n)). unfold Rminus.
  now rewrite Rpower_plus, Rpower_Ropp, (Rmult_comm (INR l)), <- Rpower_mult, !Rpower_pow.
Qed.

Ltac tenths :=
  repeat first
    [ rewrite (power_over_root _ 0 2 (3 / 5)) by (assumption || (cbn; field))
    | rewrite (power_over_root _ 1 1 (13 / 10)) by (assumption || (cbn; field))
    | rewrite (power_over_root _ 1 2 (8 / 5)) by (assumption || (cbn; field))
    | rewrite (power_over_root _ 2 1 (23 / 10)) by (assumption || (cbn; field))
    | rewrite (power_over_root _ 2 2 (13 / 5)) by (assumption || (cbn; field))
    | rewrite (power_over_root _ 3 2 (18 / 5)) by (assumption || (cbn; field))
    | rewrite (power_less_root _ 1 1 (7 / 10)) by (assumption || (cbn; field))
    | rewrite (power_less_root _ 1 2 (2 / 5)) by (assumption || (cbn; field))
    | rewrite (power_less_root _ 2 1 (17 / 10)) by (assumption || (cbn; field)) ].

Ltac vs_rates := red; intros; whole_numbers; tenths; rewrite ?mass_as_power by assumption; known_powers; rational.

Theorem gradient_majority_label : vs_target_scales_the_rows.gradient_majority_label.
Proof. prior_at_zero; tenths; known_powers; rational. Qed.

Theorem gradient_minority_label : vs_target_scales_the_rows.gradient_minority_label.
Proof. prior_at_zero; tenths; known_powers; rational. Qed.

Theorem within_majority_rate : vs_target_scales_the_rows.within_majority_rate.
Proof. vs_rates. Qed.

Theorem within_minority_rate : vs_target_scales_the_rows.within_minority_rate.
Proof. vs_rates. Qed.

Theorem middle_rate : vs_target_scales_the_rows.middle_rate.
Proof. vs_rates. Qed.
