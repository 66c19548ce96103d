(******************************************************************************)
(* The weights 1/(n - d/2), under which both classes of a last layer give up  *)
(* half of its d features.                                                    *)
(*                                                                            *)
(* Source: ours, of the setting of Stromberg, Thrampoulidis and Sankar        *)
(* (2025).                                                                    *)
(*                                                                            *)
(*  taken_half == n x / (x + 1) = h says x (n - h) = h                        *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem half_for_each : equalising_weights.half_for_each.
Proof.
  red; intros d n m Hd Hn Hm H K. set (h := d / 2) in *. assert (0 < h) by (unfold h; lra).
  assert (forall x, x > h -> h / (- h + x) + 1 <> 0 /\ h * x / ((h / (- h + x) + 1) * (- h + x)) = h) as each.
  { intros x Hx. assert (E : h / (- h + x) + 1 = x / (- h + x)) by (field; lra). rewrite E. split.
    - apply Rgt_not_eq, Rdiv_lt_0_compat; lra.
    - field; lra. }
  destruct (each n H), (each m K). repeat split; try assumption; lra.
Qed.

Lemma taken_half x n h : 0 < x -> x * n / (x + 1) = h -> x * (n - h) = h.
Proof. intros Hx H. assert (E : x * n = h * (x + 1)) by (rewrite <- H; field; lra). lra. Qed.

Theorem only_these_halve : equalising_weights.only_these_halve.
Proof.
  red; intros x d n w Hx Hd Hn Hw H Hn'. set (h := d / 2) in *.
  assert (0 < x * w) by now apply Rmult_lt_0_compat.
  assert (A : x * w * (n - h) = h) by (apply taken_half; [assumption |]; rewrite <- H; f_equal; ring).
  repeat split; try lra.
  apply Rmult_eq_reg_r with (x * (n - h)); [| apply Rmult_integral_contrapositive; lra].
  replace (w * (x * (n - h))) with h by lra. unfold h in *. field; lra.
Qed.

Theorem none_from_twice_the_minority_on : equalising_weights.none_from_twice_the_minority_on.
Proof.
  red; intros x d m v Hx Hd Hm Hv H. assert (0 < x * v) by now apply Rmult_lt_0_compat. split; [lra |].
  apply Rmult_lt_reg_r with (x * v + 1); [lra |]. replace (x * m * v / (x * v + 1) * (x * v + 1)) with (x * v * m) by (field; lra).
  assert (x * v * m <= x * v * (d / 2)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Theorem beyond_inverse_frequency : equalising_weights.beyond_inverse_frequency.
Proof.
  red; intros d n m Hd Hn Hm H K. repeat split; try lra. red.
  assert (E : (- (d / 2) + n) / (- (d / 2) + m) - n / m = d / 2 * (n - m) / ((- (d / 2) + m) * m)) by (field; lra).
  assert (0 < d / 2 * (n - m) / ((- (d / 2) + m) * m)); [| lra].
  apply Rdiv_lt_0_compat; apply Rmult_lt_0_compat; lra.
Qed.
