(******************************************************************************)
(* Logit adjustment, tau = 1, under STEP: the target of first order has the   *)
(* prior, and so have its escape rates.                                       *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*     all_samples == the sum of the counts, one class of them apart          *)
(* prior_sums_to_1 == and so of the prior                                     *)
(*   prior_at_zero == tactic: epsilon = 0 put in, and the prior sums to 1     *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers.

Local Open Scope R_scope.

Lemma all_samples n m k l : n * m + k * (l - 1) + k = n * m + k * l.
Proof. ring. Qed.

Lemma prior_sums_to_1 n m k l : n * m + k * l <> 0 ->
  n * m * 1 / (n * m + k * l) + k * (l - 1) * 1 / (n * m + k * l) + k * 1 / (n * m + k * l) = 1.
Proof. intro. field. assumption. Qed.

Ltac prior_at_zero :=
  at_zero;
  match goal with |- context [?n * ?m + ?k * (?l - 1) + ?k] =>
    assert (0 < n * m) by signs; assert (0 < k * l) by signs;
    rewrite !(all_samples n m k l), !(prior_sums_to_1 n m k l) by lra
  end.

Theorem gradient_majority_label : logit_adjusted_target_has_the_prior.gradient_majority_label.
Proof. prior_at_zero; rational. Qed.

Theorem gradient_minority_label : logit_adjusted_target_has_the_prior.gradient_minority_label.
Proof. prior_at_zero; rational. Qed.

Theorem within_majority_rate : logit_adjusted_target_has_the_prior.within_majority_rate.
Proof. rates. Qed.

Theorem within_minority_rate : logit_adjusted_target_has_the_prior.within_minority_rate.
Proof. rates. Qed.

Theorem middle_rate : logit_adjusted_target_has_the_prior.middle_rate.
Proof. rates. Qed.
