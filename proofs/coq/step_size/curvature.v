(******************************************************************************)
(* The curvature of ends: at the balanced end, and the least over a of the    *)
(* larger of omega_g (a + n_g/a), with r = n^(1/4).                           *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*           square_over == a + x^2/a >= 2 x, from (a - x)^2 >= 0             *)
(*   no_flatter_half == with b = r_maj r_min: a >= b makes the minority's     *)
(*                      term large, a <= b the majority's                     *)
(*                      r_maj/r_min + r_min/r_maj is R^(1/4) + R^(-1/4)       *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem largest_row : sharpness_formula.largest_row.
Proof. red; intros. nra. Qed.

Theorem root_keeps_the_order : sharpness_at_balanced_end.root_keeps_the_order.
Proof. red; intros x y H Hx Hy. destruct (Rle_lt_dec x y); [lra |]. assert (0 < (x - y) * (x + y)) by (apply Rmult_lt_0_compat; lra). nra. Qed.

Theorem rest_of_one_class : sharpness_at_balanced_end.rest_of_one_class.
Proof. red; intros n w s Hn Hw Hs. split; [lra |]. pose proof (sqrt_lt_R0 n Hn). nra. Qed.

Theorem larger_term_none : sharpness_at_balanced_end.larger_term_none.
Proof. red; intros. split; [reflexivity | nra]. Qed.

Lemma ratio_at_least_one x y : 0 < y -> y <= x -> 1 <= x / y.
Proof. intros Hy H. apply Rmult_le_reg_r with y; [assumption |]. replace (x / y * y) with x by (field; lra). lra. Qed.

Theorem larger_term_half : sharpness_at_balanced_end.larger_term_half.
Proof.
  red; intros x y Hx Hy H. assert (0 < y ^ 2) by (apply pow_lt; lra).
  repeat split; [lra | | field; lra].
  enough (1 <= x ^ 2 / y ^ 2) by lra. apply ratio_at_least_one; [assumption | nra].
Qed.

Theorem larger_term_inverse : sharpness_at_balanced_end.larger_term_inverse.
Proof.
  red; intros x y Hx Hy H. assert (Hx2 : 0 < x ^ 2) by (apply pow_lt; lra). assert (Hy2 : 0 < y ^ 2) by (apply pow_lt; lra).
  assert (Hy4 : 0 < y ^ 4) by (apply pow_lt; lra). assert (Hle : y ^ 2 <= x ^ 2) by nra.
  repeat split; try lra. apply Rmult_le_reg_r with (x ^ 2 * y ^ 4); [now apply Rmult_lt_0_compat |].
  replace (2 / x ^ 2 * (x ^ 2 * y ^ 4)) with (2 * (y ^ 2 * y ^ 2)) by (field; lra).
  replace ((x ^ 2 + y ^ 2) / y ^ 4 * (x ^ 2 * y ^ 4)) with ((x ^ 2 + y ^ 2) * x ^ 2) by (field; lra).
  assert (y ^ 2 * y ^ 2 <= x ^ 2 * x ^ 2) by (apply Rmult_le_compat; lra).
  assert (y ^ 2 * y ^ 2 <= y ^ 2 * x ^ 2) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma square_over a x : 0 < a -> 2 * x <= a + x ^ 2 / a.
Proof.
  intro Ha. apply Rmult_le_reg_r with a; [assumption |]. replace ((a + x ^ 2 / a) * a) with (a ^ 2 + x ^ 2) by (field; lra).
  assert (0 <= (a - x) ^ 2) by apply pow2_ge_0. nra.
Qed.

Theorem no_flatter_none : flattest_minimum.no_flatter_none.
Proof.
  red; intros a x y Ha Hx Hy _. split; [lra | left]. pose proof (square_over a (x ^ 2) Ha) as H.
  replace ((x ^ 2) ^ 2) with (x ^ 4) in H by ring. lra.
Qed.

Theorem attained_none : flattest_minimum.attained_none.
Proof.
  red; intros x y Hx Hy H. assert (Hx2 : 0 < x ^ 2) by (apply pow_lt; lra). repeat split; [lra | |].
  - enough (y ^ 4 / x ^ 2 <= x ^ 2) by lra. apply Rmult_le_reg_r with (x ^ 2); [assumption |].
    replace (y ^ 4 / x ^ 2 * x ^ 2) with (y ^ 2 * y ^ 2) by (field; lra).
    assert (0 <= y ^ 2) by (apply pow_le; lra). assert (y ^ 2 <= x ^ 2) by nra. apply Rmult_le_compat; lra.
  - right. field. lra.
Qed.

Lemma fractions_at_one x y a : 0 < x -> 0 < y -> 0 < a ->
  (x * y) * (a / y ^ 2 + y ^ 2 / a - (x / y + y / x)) = (a - x * y) * (x * a - y ^ 3) / (y * a).
Proof. intros. field. lra. Qed.

Theorem no_flatter_half : flattest_minimum.no_flatter_half.
Proof.
  red; intros a x y Ha Hx Hy Hle. assert (Hxy : 0 < x * y) by now apply Rmult_lt_0_compat.
  repeat split; try lra. destruct (Rle_lt_dec (x * y) a) as [Hbig | Hsmall]; [right | left]; apply Rle_ge.
  - enough (0 <= (a - x * y) * (x * a - y ^ 3) / (y * a)).
    { apply Rmult_le_reg_l with (x * y); [assumption |]. rewrite <- (fractions_at_one x y a Hx Hy Ha) in H. lra. }
    assert (y ^ 3 <= x * a). { assert (x * (x * y) <= x * a) by (apply Rmult_le_compat_l; lra). assert (y * y <= x * x) by nra. nra. }
    apply Rmult_le_pos; [apply Rmult_le_pos; lra | left; apply Rinv_0_lt_compat; now apply Rmult_lt_0_compat].
  - enough (0 <= (x * y - a) * (x ^ 3 - y * a) / (x * a)).
    { apply Rmult_le_reg_l with (x * y); [assumption |]. pose proof (fractions_at_one y x a Hy Hx Ha).
      replace ((a - y * x) * (y * a - x ^ 3)) with ((x * y - a) * (x ^ 3 - y * a)) in H0 by ring. nra. }
    assert (y * a <= x ^ 3). { assert (y * a <= y * (x * y)) by (apply Rmult_le_compat_l; lra). assert (y * y <= x * x) by nra. nra. }
    apply Rmult_le_pos; [apply Rmult_le_pos; lra | left; apply Rinv_0_lt_compat; now apply Rmult_lt_0_compat].
Qed.

Theorem attained_half : flattest_minimum.attained_half.
Proof.
  red; intros x y Hx Hy H. assert (0 < x * y) by now apply Rmult_lt_0_compat.
  repeat split; try lra; right; field; lra.
Qed.

Theorem no_flatter_inverse : flattest_minimum.no_flatter_inverse.
Proof.
  red; intros a x y Ha Hx Hy _. repeat split; try lra. right. assert (Hy4 : 0 < y ^ 4) by (apply pow_lt; lra).
  pose proof (square_over a (y ^ 2) Ha) as H. apply Rle_ge, Rmult_le_reg_r with (y ^ 4); [assumption |].
  replace (2 / y ^ 2 * y ^ 4) with (2 * y ^ 2) by (field; lra).
  replace ((a / y ^ 4 + / a) * y ^ 4) with (a + (y ^ 2) ^ 2 / a) by (field; lra). assumption.
Qed.

Theorem attained_inverse : flattest_minimum.attained_inverse.
Proof.
  red; intros x y Hx Hy H. assert (Hy2 : 0 < y ^ 2) by (apply pow_lt; lra). assert (Hx4 : 0 < x ^ 4) by (apply pow_lt; lra).
  repeat split; try lra.
  - enough (y ^ 2 / x ^ 4 <= / y ^ 2) by (unfold Rdiv; lra).
    apply Rmult_le_reg_r with (x ^ 4 * y ^ 2); [now apply Rmult_lt_0_compat |].
    replace (y ^ 2 / x ^ 4 * (x ^ 4 * y ^ 2)) with (y ^ 2 * y ^ 2) by (field; lra).
    replace (/ y ^ 2 * (x ^ 4 * y ^ 2)) with (x ^ 2 * x ^ 2) by (field; lra).
    assert (y ^ 2 <= x ^ 2) by nra. apply Rmult_le_compat; lra.
  - right. field. lra.
Qed.

Theorem majority_term_never_less : balanced_end_flattest_iff.majority_term_never_less.
Proof.
  red; intros a n m v w Ha Hn Hm Hv Hw Hle _. repeat split; try lra.
  pose proof (square_over a (sqrt n) Ha) as H. replace (sqrt n ^ 2) with n in H by (simpl; rewrite Rmult_1_r, sqrt_sqrt; lra).
  replace (a * v + n * v / a) with (v * (a + n / a)) by (field; lra). apply Rle_ge.
  replace (2 * v * sqrt n) with (v * (2 * sqrt n)) by ring. apply Rmult_le_compat_l; lra.
Qed.

Theorem flatter_at_root_of_majority : balanced_end_flattest_iff.flatter_at_root_of_majority.
Proof.
  red; intros n m v w Hn Hm Hv Hw Hlt H. pose proof (sqrt_lt_R0 n Hn) as Hrn. pose proof (sqrt_lt_R0 m Hm) as Hrm.
  assert (Hroot : sqrt m < sqrt n) by (apply sqrt_lt_1_alt; lra). assert (Hsq : sqrt m * sqrt m = m) by (apply sqrt_sqrt; lra).
  repeat split; try lra. enough (m * w / sqrt n < w * sqrt m) by lra.
  apply Rmult_lt_reg_r with (sqrt n); [assumption |]. replace (m * w / sqrt n * sqrt n) with (w * m) by (field; lra).
  rewrite <- Hsq at 1. replace (w * sqrt m * sqrt n) with (w * (sqrt m * sqrt n)) by ring.
  apply Rmult_lt_compat_l; [assumption |]. apply Rmult_lt_compat_l; assumption.
Qed.
