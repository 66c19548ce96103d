(******************************************************************************)
(* When the middle mode of STEP with a block Gram matrix is first.            *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* With c = m_maj + m_min, mu^2 - e_maj is m_maj/c, and mu^2 - e_min is       *)
(* m_min/c, times what the condition says is positive.                        *)
(*                                                                            *)
(*  above_by_positive_share == x > y where x = y + share * excess             *)
(*         least_similarity == the kappa above which the middle mode is first *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.

Lemma above_by_positive_share (x y share excess : R) : x = y + share * excess -> 0 < share -> excess > 0 -> x > y.
Proof. intros -> Hs He. assert (0 < share * excess) by now apply Rmult_lt_0_compat. lra. Qed.

Lemma below_by_positive_share (x y share excess : R) : x = y + share * excess -> 0 < share -> excess <= 0 -> x <= y.
Proof. intros -> Hs He. assert (share * excess <= 0) by nra. lra. Qed.

Theorem first_where_majority_leads : middle_first_iff.middle_first_where_majority_leads.
Proof.
  red; intros a_maj a_min beta_maj beta_min kappa m_maj m_min Ha Ha' Hb Hb' Hm _ Hm' _ Htwo Hlead Hexcess.
  assert (Hc : 0 < m_maj + m_min) by lra. repeat split; try lra.
  eapply above_by_positive_share with (share := m_maj / (m_maj + m_min)) (3 := Hexcess).
  - field; lra.
  - now apply Rdiv_lt_0_compat.
Qed.

Theorem not_first_where_majority_leads : middle_first_iff.middle_not_first_where_majority_leads.
Proof.
  red; intros a_maj a_min beta_maj beta_min kappa m_maj m_min Ha Ha' Hb Hb' Hm _ Hm' _ Htwo Hlead Hexcess.
  assert (Hc : 0 < m_maj + m_min) by lra. repeat split; try lra.
  eapply below_by_positive_share with (share := m_maj / (m_maj + m_min)) (3 := Hexcess).
  - field; lra.
  - now apply Rdiv_lt_0_compat.
Qed.

Theorem first_where_minority_leads : middle_first_iff.middle_first_where_minority_leads.
Proof.
  red; intros a_maj a_min beta_maj beta_min kappa m_maj m_min Ha Ha' Hb Hb' Hm _ Hm' _ Htwo Hlead Hexcess.
  assert (Hc : 0 < m_maj + m_min) by lra. repeat split; try lra.
  eapply above_by_positive_share with (share := m_min / (m_maj + m_min)) (3 := Hexcess).
  - field; lra.
  - now apply Rdiv_lt_0_compat.
Qed.

Theorem not_first_where_minority_leads : middle_first_iff.middle_not_first_where_minority_leads.
Proof.
  red; intros a_maj a_min beta_maj beta_min kappa m_maj m_min Ha Ha' Hb Hb' Hm _ Hm' _ Htwo Hlead Hexcess.
  assert (Hc : 0 < m_maj + m_min) by lra. repeat split; try lra.
  eapply below_by_positive_share with (share := m_min / (m_maj + m_min)) (3 := Hexcess).
  - field; lra.
  - now apply Rdiv_lt_0_compat.
Qed.

Theorem least_similarity : middle_first_iff.least_similarity.
Proof.
  red; intros a_maj a_min beta_maj beta_min kappa m_maj m_min Ha Ha' Hb Hb' Hm _ Hm' _ Hheavy.
  assert (Hc : 0 < m_maj + m_min) by lra.
  assert (Hden : 0 < a_maj ^ 2 - a_min ^ 2 + m_min * (a_maj - a_min) ^ 2).
  { assert (0 < (a_maj - a_min) * (a_maj + a_min)) by (apply Rmult_lt_0_compat; lra).
    assert (0 < (a_maj - a_min) ^ 2) by (apply pow_lt; lra).
    assert (0 < m_min * (a_maj - a_min) ^ 2) by now apply Rmult_lt_0_compat. nra. }
  repeat split; try lra. field. repeat split; lra.
Qed.
