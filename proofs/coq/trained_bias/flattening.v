(******************************************************************************)
(* No class weights flatten the escape rates after a trained bias: what equal *)
(* entries of the Gram matrix between all pairs of classes make of them.      *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* y_k, r_k == 1/pi and n omega^2/pi of class k; flat rates make              *)
(*             r_i + r_j - Q = k y_i y_j for all pairs                        *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem two_pairs_of_a_class : no_weights_flatten_with_bias.two_pairs_of_a_class.
Proof. red; intros. nra. Qed.

Theorem four_classes_pair_up : no_weights_flatten_with_bias.four_classes_pair_up.
Proof.
  red; intros k y1 y2 y3 y4 Hk _ _ _ _ H. apply Rmult_eq_reg_l with k; [| lra].
  rewrite Rmult_0_r. replace (k * ((y1 - y4) * (y2 - y3))) with (k * y1 * (y2 - y3) - k * y4 * (y2 - y3)) by ring. lra.
Qed.

Theorem the_other_two_are_alike : no_weights_flatten_with_bias.the_other_two_are_alike.
Proof. red; intros y1 y2 y3 y4 _ _ _ _ H Hprod. apply Rmult_integral in Hprod. destruct Hprod; lra. Qed.

Theorem a_class_differs_from_two_or_none : no_weights_flatten_with_bias.a_class_differs_from_two_or_none.
Proof. red; intros y1 y2 y3 _ _ _ H. destruct (Req_dec y1 y3) as [E | E]; [right; congruence | now left]. Qed.

Theorem classes_alike_in_prior_weigh_alike : no_weights_flatten_with_bias.classes_alike_in_prior_weigh_alike.
Proof. red; intros. split; lra. Qed.

Theorem r_is_the_weight : no_weights_flatten_with_bias.r_is_the_weight.
Proof. red; intros S n omega q HS Hn Hw Hq ->. field. lra. Qed.

Theorem their_counts_are_equal : no_weights_flatten_with_bias.their_counts_are_equal.
Proof. red; intros S n omega q r HS Hn Hw Hq Hr -> ->. split; [nra | field; lra]. Qed.
