(******************************************************************************)
(* LDAM under STEP: margins act as weights of the samples at first order, and *)
(* no one exponent makes up for them.                                         *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* ldam_gradient == tactic: epsilon = 0 put in, the exponential of the margin *)
(*                  as an unknown                                             *)
(*    ldam_rates == tactic: the same for rates                                *)
(*   ln_quotient == ln (x / y)                                                *)
(*    ln_at_most == ln x <= x - 1                                             *)
(*   ln_at_least == 1 - 1/x <= ln x                                           *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers.

Local Open Scope R_scope.

Ltac ldam_gradient :=
  at_zero; change (IZR (- 15)) with (- (15)) in *;
  match goal with |- context [exp (30 * 0 * ?x - ?y)] =>
    replace (30 * 0 * x - y) with (- y) by ring; pose proof (exp_pos (- y)); set (E := exp (- y)) in *; clearbody E
  end;
  known_powers; rational.

Ltac ldam_rates :=
  red; intros; whole_numbers; change (IZR (- 15)) with (- (15)) in *;
  rewrite ?mass_as_power by assumption;
  match goal with |- context [?a + ?b - 1 + exp (- ?y)] =>
    match goal with |- context [exp ?z] => replace z with (y + y) by lra end;
    rewrite exp_plus, exp_Ropp; pose proof (exp_pos y); set (E := exp y) in *; clearbody E;
    assert (0 < (a + b - 1) * E) by (apply Rmult_lt_0_compat; lra);
    assert (0 < / E) by now apply Rinv_0_lt_compat
  end;
  known_powers; repeat split; try signs; field; repeat split; nra.

Theorem gradient_majority_label : ldam_acts_as_weights_at_first_order.gradient_majority_label.
Proof. ldam_gradient. Qed.

Theorem gradient_minority_label : ldam_acts_as_weights_at_first_order.gradient_minority_label.
Proof. ldam_gradient. Qed.

Theorem within_majority_rate : ldam_acts_as_weights_at_first_order.within_majority_rate.
Proof. ldam_rates. Qed.

Theorem within_minority_rate : ldam_acts_as_weights_at_first_order.within_minority_rate.
Proof. ldam_rates. Qed.

Lemma ln_quotient x y : 0 < x -> 0 < y -> ln (x / y) = ln x - ln y.
Proof. intros. unfold Rdiv. rewrite ln_mult, ln_Rinv; [ring | assumption.. | now apply Rinv_0_lt_compat]. Qed.

(** The ratio of the squared rates is an exponential. *)
Theorem logarithm_of_the_rates : ldam_acts_as_weights_at_first_order.logarithm_of_the_rates.
Proof.
  red; intros gamma m1 m2 a b Hm1 Hi1 Hm2 Hi2 Ha Hb Hab. whole_numbers.
  set (Y := m1 + m2 - 1 + exp (- (15 * Rpower b (1 / 4) / Rpower a (1 / 4)))).
  set (X := m1 + m2 - 1 + exp (- 15)).
  assert (HX : 0 < X) by (pose proof (exp_pos (- 15)); unfold X; lra).
  assert (HY : 0 < Y) by (pose proof (exp_pos (- (15 * Rpower b (1 / 4) / Rpower a (1 / 4)))); unfold Y; lra).
  assert (Hln : 0 < ln (a / b)) by (rewrite ln_quotient by assumption; pose proof (ln_increasing b a Hb Hab); lra).
  assert (HXY : 0 < X / Y) by now apply Rdiv_lt_0_compat.
  assert (Hratio : Rpower a (1 - 2 * gamma) * Rpower b (2 * gamma - 1) * X ^ 2 / Y ^ 2
                   = exp ((1 - 2 * gamma) * ln (a / b) + 2 * ln (X / Y))).
  { replace ((1 - 2 * gamma) * ln (a / b) + 2 * ln (X / Y))
      with ((1 - 2 * gamma) * ln a + (2 * gamma - 1) * ln b + ln (X / Y) + ln (X / Y))
      by (rewrite (ln_quotient a b) by assumption; ring).
    rewrite !exp_plus, !exp_ln by assumption. unfold Rpower. field. lra. }
  rewrite Hratio, ln_exp. pose proof (exp_pos ((1 - 2 * gamma) * ln (a / b) + 2 * ln (X / Y))).
  repeat split; try lra; [now apply Rdiv_lt_0_compat |]. field. lra.
Qed.

Lemma ln_at_most x : 0 < x -> ln x <= x - 1.
Proof. intro Hx. pose proof (exp_ineq1_le (ln x)). rewrite exp_ln in * by assumption. lra. Qed.

Lemma ln_at_least x : 0 < x -> 1 - / x <= ln x.
Proof.
  intro Hx. pose proof (ln_at_most (/ x) ltac:(now apply Rinv_0_lt_compat)). rewrite ln_Rinv in * by assumption. lra.
Qed.

(** ln 10000 < 4 ln 16, and the logarithms above them differ by a factor of more than 4. *)
Theorem exponent_falls_with_the_ratio : ldam_acts_as_weights_at_first_order.exponent_falls_with_the_ratio.
Proof.
  red. set (large := exp (- (3 / 2))). set (small := exp (- (15 / 2))). set (least := exp (- 15)).
  assert (Hlarge : 0 < large < 2 / 5).
  { split; [apply exp_pos |]. unfold large. rewrite exp_Ropp. replace (2 / 5) with (/ (5 / 2)) by field.
    pose proof (exp_ineq1 (3 / 2) ltac:(lra)). apply Rinv_lt_contravar; lra. }
  assert (Hleast : 0 < least < small) by (split; [apply exp_pos | apply exp_increasing; lra]).
  assert (Hsmall : small <= 16 / 625 * large).
  { replace small with (large * large * large * large * large)
      by (unfold small, large; rewrite <- !exp_plus; f_equal; field).
    apply Rmult_le_compat_r; [lra |]. assert (0 <= large * large <= 4 / 25) by nra. nra. }
  assert (Hlog : 0 < ln 16) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (Hfour : 0 < ln 10000 < 4 * ln 16).
  { split; [rewrite <- ln_1; apply ln_increasing; lra |].
    replace (4 * ln 16) with (ln (16 ^ 4)) by (rewrite ln_pow by lra; cbn; ring). apply ln_increasing; lra. }
  pose proof (ln_at_most ((least + 9) / (large + 9)) ltac:(apply Rdiv_lt_0_compat; lra)).
  pose proof (ln_at_least ((least + 9) / (small + 9)) ltac:(apply Rdiv_lt_0_compat; lra)).
  set (first := ln ((least + 9) / (large + 9))) in *. set (second := ln ((least + 9) / (small + 9))) in *.
  assert (Hfirst : first <= - (large / 10)).
  { apply Rle_trans with (1 := H). apply Rmult_le_reg_r with (large + 9); [lra |].
    replace (((least + 9) / (large + 9) - 1) * (large + 9)) with (least - large) by (field; lra). nra. }
  assert (Hsecond : - (large / 50) <= second).
  { apply Rle_trans with (2 := H0). apply Rmult_le_reg_r with (least + 9); [lra |].
    replace ((1 - / ((least + 9) / (small + 9))) * (least + 9)) with (least - small) by (field; lra). nra. }
  apply Rplus_lt_compat_r. apply Rmult_lt_reg_r with (ln 10000 * ln 16); [nra |].
  replace (first / ln 10000 * (ln 10000 * ln 16)) with (first * ln 16) by (field; lra).
  replace (second / ln 16 * (ln 10000 * ln 16)) with (second * ln 10000) by (field; lra).
  nra.
Qed.
