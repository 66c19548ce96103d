(******************************************************************************)
(* The unhinged loss under STEP, with class weights, from spectral init: its  *)
(* linear flow.                                                               *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*          share == n is q (m_maj + m_min) over a number of classes          *)
(*        moments == tactic: by such shares q the sums over the samples are   *)
(*                   polynomials, and the squares of their roots are known    *)
(*      hyperbola == tactic: cosh and sinh as unknowns                        *)
(*         within == tactic: the square of the root of the count is known     *)
(* sinh_plus_cosh == their sum is e^x                                         *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers.

Local Open Scope R_scope.

Theorem gradient_majority_label : unhinged_flow_closed_form.gradient_majority_label.
Proof. red; intros. rational. Qed.

Theorem gradient_minority_label : unhinged_flow_closed_form.gradient_minority_label.
Proof. red; intros. rational. Qed.

Lemma share n size whole : 0 < n -> 0 < size -> 0 < whole -> exists q, 0 < q /\ n = q * whole / size.
Proof.
  intros. exists (n * size / whole). split; [| field; lra].
  apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | assumption].
Qed.

Ltac moments a b n1 n2 w1 w2 :=
  let q1 := fresh "q1" in let q2 := fresh "q2" in let H1 := fresh "H1" in let H2 := fresh "H2" in
  assert (0 < a + b) by lra;
  destruct (share n1 b (a + b)) as (q1 & ? & H1); [assumption.. |];
  destruct (share n2 a (a + b)) as (q2 & ? & H2); [assumption.. |];
  replace (n2 * a / (a + b) + n1 * b / (a + b)) with (q2 + q1) by (subst; field; lra);
  replace (n2 * w2 * a / (a + b) + n1 * w1 * b / (a + b)) with (q2 * w2 + q1 * w1) by (subst; field; lra);
  replace (n2 * a * w2 ^ 2 / (a + b) + n1 * b * w1 ^ 2 / (a + b)) with (q2 * w2 ^ 2 + q1 * w1 ^ 2)
    by (subst; field; lra);
  replace (n2 * a + n1 * b) with ((a + b) * (q2 + q1)) by (subst; field; lra);
  subst n1 n2;
  assert (0 < q2 + q1) by lra;
  assert (0 < q2 * w2 ^ 2 + q1 * w1 ^ 2) by signs;
  rewrite ?(sqrt_mult (a + b)) by lra;
  pose proof (pow2_sqrt (q2 + q1) ltac:(lra)) as zeroth;
  pose proof (pow2_sqrt (q2 * w2 ^ 2 + q1 * w1 ^ 2) ltac:(lra)) as second;
  assert (0 < sqrt (a + b)) by signs; assert (0 < sqrt (q2 + q1)) by signs;
  assert (0 < sqrt (q2 * w2 ^ 2 + q1 * w1 ^ 2)) by signs;
  repeat split; try signs;
  set (root0 := sqrt (q2 + q1)) in *; set (root2 := sqrt (q2 * w2 ^ 2 + q1 * w1 ^ 2)) in *; clearbody root0 root2.

Ltac hyperbola :=
  repeat match goal with
  | |- context [cosh ?x] => let C := fresh "C" in set (C := cosh x); clearbody C
  | |- context [sinh ?x] => let S := fresh "S" in set (S := sinh x); clearbody S
  end.

Theorem middle_classifier_velocity : unhinged_flow_closed_form.middle_classifier_velocity.
Proof.
  red; intros a b n1 n2 w1 w2 t x y Ha Hia Hb Hib Hn1 Hn2 Hw1 Hw2. moments a b n1 n2 w1 w2.
  hyperbola. field [second]. repeat split; lra.
Qed.

Theorem middle_feature_velocity : unhinged_flow_closed_form.middle_feature_velocity.
Proof.
  red; intros a b n1 n2 w1 w2 t x y Ha Hia Hb Hib Hn1 Hn2 Hw1 Hw2. moments a b n1 n2 w1 w2.
  hyperbola. field. repeat split; lra.
Qed.

Theorem middle_classifier_start : unhinged_flow_closed_form.middle_classifier_start.
Proof.
  red; intros delta a b n1 n2 w1 w2 t Hd Ha Hia Hb Hib Hn1 Hn2 Hw1 Hw2 ->. moments a b n1 n2 w1 w2.
  rewrite Rmult_0_l, cosh_0, sinh_0. field. repeat split; lra.
Qed.

Theorem middle_majority_feature_start : unhinged_flow_closed_form.middle_majority_feature_start.
Proof.
  red; intros delta a b n1 n2 w1 w2 t Hd Ha Hia Hb Hib Hn1 Hn2 Hw1 Hw2 ->. moments a b n1 n2 w1 w2.
  rewrite Rmult_0_l, cosh_0, sinh_0. field. repeat split; lra.
Qed.

Theorem middle_minority_feature_start : unhinged_flow_closed_form.middle_minority_feature_start.
Proof.
  red; intros delta a b n1 n2 w1 w2 t Hd Ha Hia Hb Hib Hn1 Hn2 Hw1 Hw2 ->. moments a b n1 n2 w1 w2.
  rewrite Rmult_0_l, cosh_0, sinh_0. field. repeat split; lra.
Qed.

Theorem middle_strength : unhinged_flow_closed_form.middle_strength.
Proof.
  red; intros delta a b n1 n2 w1 w2 t Hd Ha Hia Hb Hib Hn1 Hn2 Hw1 Hw2. moments a b n1 n2 w1 w2.
  hyperbola. rewrite <- zeroth, <- second. field [zeroth second]. repeat split; lra.
Qed.

Ltac within :=
  red; intros;
  match goal with |- context [sqrt ?n] =>
    assert (0 < sqrt n) by signs; pose proof (pow2_sqrt n ltac:(lra)) as square; repeat split; try lra; subst
  end.

Theorem within_majority_velocity : unhinged_flow_closed_form.within_majority_velocity.
Proof. within. hyperbola. field [square]. lra. Qed.

Theorem within_majority_start : unhinged_flow_closed_form.within_majority_start.
Proof. within. rewrite !Rmult_0_l, cosh_0, sinh_0. field. lra. Qed.

Theorem within_majority_strength : unhinged_flow_closed_form.within_majority_strength.
Proof. within. hyperbola. field. lra. Qed.

Theorem within_minority_velocity : unhinged_flow_closed_form.within_minority_velocity.
Proof. within. hyperbola. field [square]. lra. Qed.

Theorem within_minority_start : unhinged_flow_closed_form.within_minority_start.
Proof. within. rewrite !Rmult_0_l, cosh_0, sinh_0. field. lra. Qed.

Theorem within_minority_strength : unhinged_flow_closed_form.within_minority_strength.
Proof. within. hyperbola. field. lra. Qed.

Lemma sinh_plus_cosh x : sinh x + cosh x = exp x.
Proof. unfold sinh, cosh. field. Qed.

Theorem strength_without_weights : unhinged_flow_closed_form.strength_without_weights.
Proof.
  red; intros delta mu t Hdelta Hmu. rewrite sinh_plus_cosh.
  replace (- (2 * delta) + 2 * t * mu) with (t * mu + t * mu + - (2 * delta)) by ring. rewrite !exp_plus. ring.
Qed.
