(******************************************************************************)
(* Powers, and exponentials at zero, in the statements about losses.          *)
(*                                                                            *)
(* Reference: Coq's Rpower.v.                                                 *)
(*                                                                            *)
(*        whole_at_least_1 == a positive whole number is at least 1           *)
(*           whole_numbers == tactic: so is every one of the premises         *)
(*           mass_as_power == n^(1 - k) = n n^(-k)                            *)
(*            known_powers == tactic: powers as positive unknowns             *)
(*                rational == tactic: an identity of rational functions       *)
(*                 at_zero == tactic: epsilon = 0 put in, and e^0 = 1         *)
(*                gradient == tactic: after which the identity is rational    *)
(*                   rates == tactic: an identity in powers n^(1 - k) and     *)
(*                            n^(-k)                                          *)
(*          powers_at_zero == a^(1 - 2 gamma) = b^(1 - 2 gamma) at gamma =    *)
(*                            1/2                                             *)
(* powers_differ_elsewhere == for a > b the first is the larger one below     *)
(*                            gamma = 1/2, and the smaller one above          *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz Lia.
From UFM Require Import meaning tools.

Local Open Scope R_scope.

Lemma whole_at_least_1 x : 0 < x -> is_integer x -> 1 <= x.
Proof. intros Hx [n ->]. apply IZR_le. apply lt_IZR in Hx. lia. Qed.

Ltac whole_numbers :=
  repeat match goal with
  | Hx : 0 < ?x, Hi : is_integer ?x |- _ => pose proof (whole_at_least_1 x Hx Hi); clear Hi
  end.

Lemma mass_as_power n k : 0 < n -> Rpower n (1 - k) = n * Rpower n (- k).
Proof. intro Hn. unfold Rminus. now rewrite Rpower_plus, Rpower_1. Qed.

Ltac known_powers :=
  repeat match goal with
  | |- context [Rpower ?x ?y] =>
      let P := fresh "P" in let HP := fresh "HP" in
      assert (HP : 0 < Rpower x y) by apply exp_pos; set (P := Rpower x y) in *; clearbody P
  end.

Ltac rational := repeat split; try signs; field; repeat split; signs.

Ltac at_zero :=
  red; intros; whole_numbers; subst;
  repeat match goal with |- context [exp ?e] => progress replace e with 0 by (unfold Rdiv; ring) end;
  rewrite ?exp_0.

Ltac gradient := at_zero; rational.

Ltac rates := red; intros; whole_numbers; rewrite ?mass_as_power by assumption; known_powers; rational.

Lemma powers_at_zero a b gamma : gamma = 1 / 2 -> 0 < a -> 0 < b -> Rpower a (1 - 2 * gamma) = Rpower b (1 - 2 * gamma).
Proof. intros -> Ha Hb. replace (1 - 2 * (1 / 2)) with 0 by field. now rewrite !Rpower_O. Qed.

Lemma powers_differ_elsewhere a b gamma : 0 < a -> 0 < b -> a > b -> gamma <> 1 / 2 ->
  (1 / 2 - gamma) * (Rpower a (1 - 2 * gamma) * Rpower b (2 * gamma - 1) - 1) > 0.
Proof.
  intros Ha Hb Hab Hgamma.
  replace (Rpower a (1 - 2 * gamma) * Rpower b (2 * gamma - 1)) with (exp ((1 - 2 * gamma) * (ln a - ln b)))
    by (unfold Rpower; rewrite <- exp_plus; f_equal; ring).
  assert (Hln : 0 < ln a - ln b) by (pose proof (ln_increasing b a Hb Hab); lra).
  destruct (Rdichotomy _ _ Hgamma) as [Hlt | Hgt].
  - assert (exp 0 < exp ((1 - 2 * gamma) * (ln a - ln b))) by (apply exp_increasing, Rmult_lt_0_compat; lra).
    rewrite exp_0 in *. apply Rmult_gt_0_compat; lra.
  - assert (exp ((1 - 2 * gamma) * (ln a - ln b)) < exp 0) by (apply exp_increasing; nra).
    rewrite exp_0 in *. nra.
Qed.
