(******************************************************************************)
(* The loss of the flow of STEP: what it is on the seven scalars of the       *)
(* reduced flow, and how fast it falls.                                       *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*     loss_of_the_ansatz == the trace of the squared, weighted error         *)
(*             loss_falls == its slope along the flow is minus a sum of       *)
(*                           squares                                          *)
(*          rate_at_least == on the middle mode, 2 w_least a_*^2 of the loss  *)
(*  unfitted_below_level == a b <= 1 where a < a_*                            *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements dynamics.channels.

Local Open Scope R_scope.

Theorem loss_falls : flow_converges.loss_falls.
Proof. red; intros. field. Qed.

Theorem rate_at_least : flow_converges.rate_at_least.
Proof.
  red; intros a least n1 n2 slow w1 w2 p x1 x2 Hl Hn1 Hn2 Hs Hw1 Hw2 Hp Hp1 Ha Hs1 Hs2.
  assert (Ha2 : least ^ 2 <= a ^ 2) by (apply pow_incr; lra).
  assert (P1 : 0 <= n1 * p * w1 * x1 ^ 2) by (apply Rmult_le_pos; [repeat apply Rmult_le_pos; lra | apply pow2_ge_0]).
  assert (P2 : 0 <= n2 * (1 - p) * w2 * x2 ^ 2) by (apply Rmult_le_pos; [repeat apply Rmult_le_pos; lra | apply pow2_ge_0]).
  assert (D1 : slow * (n1 * p * w1 * x1 ^ 2) <= w1 * (n1 * p * w1 * x1 ^ 2)) by (now apply Rmult_le_compat_r).
  assert (D2 : slow * (n2 * (1 - p) * w2 * x2 ^ 2) <= w2 * (n2 * (1 - p) * w2 * x2 ^ 2)) by (now apply Rmult_le_compat_r).
  assert (D3 : least ^ 2 * (slow * (n1 * p * w1 * x1 ^ 2 + n2 * (1 - p) * w2 * x2 ^ 2)) <=
    a ^ 2 * (w1 * (n1 * p * w1 * x1 ^ 2) + w2 * (n2 * (1 - p) * w2 * x2 ^ 2))).
  { apply Rmult_le_compat; [apply pow2_ge_0 | apply Rmult_le_pos; lra | assumption | lra]. }
  lra.
Qed.

Theorem unfitted_below_level : flow_converges.unfitted_below_level.
Proof.
  red; intros N a least b HN Hl Ha Hb Hlt Hbal HN4.
  pose proof (channel_unfitted least Hl N a b (Rge_le _ _ Ha) (Rge_le _ _ Hb) Hlt Hbal (or_intror HN4)) as H.
  apply Rmult_le_reg_l with N; [assumption | lra].
Qed.

Theorem loss_of_the_ansatz : flow_converges.loss_of_the_ansatz.
Proof.
  red; intros a alpha_maj alpha_min b beta_maj beta_min c e n1 n2 w1 w2 p Hc _ Hn1 Hn2 Hw1 Hw2 Hp Hp1.
  replace (p * c + c * (1 - p)) with c by ring. repeat split; try lra.
  replace (a * (1 - p) / c - a * (p - 1) / (p * c) - alpha_min / c - alpha_min / (p * c) -
     p * c * (- (a * (p - 1) / (p * c)) - alpha_min / (p * c)) / c) with ((a * (1 - p) - alpha_min) / (p * c)) by (field; lra).
  replace (a * (1 - p) / c - a / c - alpha_min / c -
     p * c * (- (a * (p - 1) / (p * c)) - alpha_min / (p * c)) / c) with (- a / c) by (field; lra).
  replace (a * p / c - a / c - alpha_maj / c - c * (1 - p) * (- (a * p / (c * (p - 1))) - alpha_maj / (c * (1 - p))) / c)
    with (- a / c) by (field; lra).
  replace (a * p / c - a * p / (c * (p - 1)) - alpha_maj / c - alpha_maj / (c * (1 - p)) -
    c * (1 - p) * (- (a * p / (c * (p - 1))) - alpha_maj / (c * (1 - p))) / c) with ((a * p - alpha_maj) / (c * (1 - p))) by (field; lra).
  field; lra.
Qed.
