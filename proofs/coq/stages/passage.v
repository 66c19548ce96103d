(******************************************************************************)
(* When the second stage of the weighted flow ends, by the passage of its     *)
(* first plateau, against what the second escape rate says.                   *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*   gap == / s_2 less the time is a product over s_1 s_2 s_later             *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem no_smaller_rate : second_stage_never_later.no_smaller_rate.
Proof.
  red; intros s1 s2 x H1 H2 Hx Hx1 Hle. assert (s2 ^ 2 <= s1 ^ 2) by (apply pow_incr; lra).
  assert (0 <= x * (s1 ^ 2 - s2 ^ 2)) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma gap s1 s2 l : 0 < s1 -> 0 < s2 -> 0 < l ->
  / s2 - ((1 - s2 / s1) / l + / s1) = (s1 - s2) * (l - s2) / (s1 * s2 * l).
Proof. intros. field. lra. Qed.

Lemma product_positive s1 s2 l : 0 < s1 -> 0 < s2 -> 0 < l -> 0 < s1 * s2 * l.
Proof. intros. repeat apply Rmult_lt_0_compat; assumption. Qed.

Theorem no_later : second_stage_never_later.no_later.
Proof.
  red; intros s1 s2 l H1 H2 Hl Hle Hge. repeat split; try lra. pose proof (gap s1 s2 l H1 H2 Hl) as Hgap.
  assert (0 <= (s1 - s2) * (l - s2) / (s1 * s2 * l)); [| lra].
  apply Rmult_le_pos; [apply Rmult_le_pos; lra | left; now apply Rinv_0_lt_compat, product_positive].
Qed.

Theorem earlier : second_stage_never_later.earlier.
Proof.
  red; intros s1 s2 l H1 H2 Hl Hlt Hgt. repeat split; try lra. pose proof (gap s1 s2 l H1 H2 Hl) as Hgap.
  assert (0 < (s1 - s2) * (l - s2) / (s1 * s2 * l)); [| lra].
  apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; lra | now apply Rinv_0_lt_compat, product_positive].
Qed.

Theorem equal_where_the_rate_stays : second_stage_never_later.equal_where_the_rate_stays.
Proof. red; intros s1 s2 H1 H2. repeat split; try lra. field. lra. Qed.

Theorem equal_where_rates_are : second_stage_never_later.equal_where_rates_are.
Proof. red; intros s1 s2 l H1 H2 Hl ->. repeat split; try lra. field. lra. Qed.
