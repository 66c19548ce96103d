(******************************************************************************)
(* What a trained bias learns first: its path under the squared loss, the     *)
(* pull to its rest under cross-entropy, and what classes lose meanwhile.     *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* a_j, a_maj, a_min == n omega of a class, and of two groups of others       *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma whole_positive a b c m k : 0 < a -> 0 < b -> 0 < c -> 0 < m -> 0 < k -> 0 < a + b * m + c * k.
Proof. intros. assert (0 < b * m) by now apply Rmult_lt_0_compat. assert (0 < c * k) by now apply Rmult_lt_0_compat. lra. Qed.

Theorem stated_path_solves : bias_learns_weighted_prior.stated_path_solves.
Proof.
  red; intros a b c m k t Ha Hb Hc Hm _ Hk _. pose proof (whole_positive a b c m k Ha Hb Hc Hm Hk).
  set (E := exp _). repeat split; try lra; field; lra.
Qed.

Theorem path_starts_at_zero : bias_learns_weighted_prior.path_starts_at_zero.
Proof.
  red; intros a b c m k Ha Hb Hc Hm _ Hk _. pose proof (whole_positive a b c m k Ha Hb Hc Hm Hk).
  rewrite Rmult_0_l, exp_0. repeat split; try lra; ring.
Qed.

Theorem pairs_are_positive : bias_learns_weighted_prior.pairs_are_positive.
Proof.
  red; intros q r u v Hq Hr Huv. assert (0 < q * r) by now apply Rmult_lt_0_compat.
  assert (0 < (u - v) * (exp u - exp v)).
  { destruct (Rtotal_order u v) as [H' | [H' | H']]; [| contradiction |].
    - pose proof (exp_increasing u v H'). nra.
    - pose proof (exp_increasing v u H'). nra. }
  rewrite Rmult_assoc. now apply Rmult_lt_0_compat.
Qed.

Theorem lightest_class_rises : minority_initial_drop.lightest_class_rises.
Proof.
  red; intros a b c m k Ha Hb Hc Hm _ Hk _ Hab Hac Hsome. split; [lra |].
  match goal with |- ?e > 0 => replace e with ((m * (b - a) + k * (c - a)) / (m + k + 1)) by (field; lra) end.
  apply Rdiv_lt_0_compat; [| lra].
  destruct Hsome as [H | H]; [assert (0 < m * (b - a)) by (apply Rmult_lt_0_compat; lra) | assert (0 < k * (c - a)) by
    (apply Rmult_lt_0_compat; lra)]; assert (0 <= m * (b - a)) by (apply Rmult_le_pos; lra);
    assert (0 <= k * (c - a)) by (apply Rmult_le_pos; lra); lra.
Qed.

Theorem squared_plateau : minority_initial_drop.squared_plateau.
Proof.
  red; intros a b c m k Ha Hb Hc Hm _ Hk _. pose proof (whole_positive a b c m k Ha Hb Hc Hm Hk).
  repeat split; try lra; field; lra.
Qed.

Theorem cross_entropy_plateau : minority_initial_drop.cross_entropy_plateau.
Proof.
  red; intros a b c m k Ha Hb Hc Hm _ Hk _. pose proof (whole_positive a b c m k Ha Hb Hc Hm Hk) as Hs.
  set (s := a + b * m + c * k) in *.
  assert (E1 : a / s + b * m / s + c * k / s = 1) by (unfold s; field; fold s; lra).
  assert (E2 : a / s + b * (m - 1) / s + b / s + c * k / s = 1) by (unfold s; field; fold s; lra).
  assert (E3 : a / s + b * m / s + c * (k - 1) / s + c / s = 1) by (unfold s; field; fold s; lra).
  rewrite E1, E2, E3, ln_1. repeat split; try lra; apply Rdiv_lt_0_compat; lra.
Qed.
