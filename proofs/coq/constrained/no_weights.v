(******************************************************************************)
(* Why no weights make all rates equal where the inputs have a common mean:   *)
(* the steps, for any four classes; constrained/common_mean.v joins them for  *)
(* every number of classes.                                                   *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*         form_on_two_contrasts == kappa (a_1 - a_2)(a_3 - a_4)              *)
(*          form_on_like_classes == a^2 (beta_i + beta_j - 2 kappa)           *)
(*         rate_of_the_odd_class == what the quadratic in x = a_1/a says      *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.

Theorem form_on_two_contrasts : no_weights_flatten_a_common_mean.form_on_two_contrasts.
Proof. red; intros. split; [lra |]. field. lra. Qed.

Theorem form_vanishes_only_with_a_difference : no_weights_flatten_a_common_mean.form_vanishes_only_with_a_difference.
Proof. red; intros. repeat apply Rmult_integral_contrapositive_currified; lra. Qed.

Theorem one_class_differs_from_two_others : no_weights_flatten_a_common_mean.one_class_differs_from_two_others.
Proof.
  red; intros a_1 a_2 a_3 a_4 _ _ _ _ H2 H3.
  destruct (Req_dec a_3 a_4) as [E34 | N34]; [| right; left; apply Rmult_integral_contrapositive_currified; lra].
  destruct (Req_dec a_2 a_4) as [E24 | N24]; [now left |].
  right; right. apply Rmult_integral_contrapositive_currified; lra.
Qed.

Theorem one_class_differs_from_one_other : no_weights_flatten_a_common_mean.one_class_differs_from_one_other.
Proof.
  red; intros a_1 a_2 a_3 a_4 _ _ _ _ H2 H3.
  destruct (Req_dec a_4 a_1) as [E | N]; [now left |].
  right; left. apply Rmult_integral_contrapositive_currified; lra.
Qed.

Theorem form_on_like_classes : no_weights_flatten_a_common_mean.form_on_like_classes.
Proof. red; intros. split; [lra |]. field. lra. Qed.

Theorem equal_forms_make_means_equal : no_weights_flatten_a_common_mean.equal_forms_make_means_equal.
Proof.
  red; intros a beta_1 beta_2 beta_3 kappa lambda Ha _ _ _ _ H12 H13 H23.
  assert (Hsquare : a ^ 2 <> 0) by (apply pow_nonzero; lra).
  split; apply (Rmult_eq_reg_l (a ^ 2)); try assumption; lra.
Qed.

Theorem rate_of_the_odd_class : no_weights_flatten_a_common_mean.rate_of_the_odd_class.
Proof. red; intros. repeat split; try lra; field; lra. Qed.

Theorem equal_counts_are_flat : no_weights_flatten_a_common_mean.equal_counts_are_flat.
Proof. red; intros beta beta_1 kappa x _ _ _ -> ->. ring. Qed.
