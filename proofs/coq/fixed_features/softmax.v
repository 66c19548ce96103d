(******************************************************************************)
(* Cross-entropy on one fixed orthonormal feature a class, in closed form.    *)
(*                                                                            *)
(* Source: Kunstner et al. (2024) for the orders; the closed form: ours.      *)
(*                                                                            *)
(*     others_weigh == the sum of exponentials of logits is positive          *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma others_weigh c z : c >= 2 -> 0 < c + exp z - 1.
Proof. intro Hc. pose proof (exp_pos z). lra. Qed.

Theorem margin_rate : linear_softmax_closed_form.margin_rate.
Proof.
  red; intros a c u x z Ha Hc0 Hi Hz Hc. pose proof (others_weigh c z Hc).
  assert (0 < (c - 2) * exp u + exp u + exp x).
  { pose proof (exp_pos u). pose proof (exp_pos x). assert (0 <= (c - 2) * exp u) by (apply Rmult_le_pos; lra). lra. }
  repeat split; try lra. field. lra.
Qed.

Theorem closed_form : linear_softmax_closed_form.closed_form.
Proof.
  red; intros a c z Ha Hc0 Hi Hz Hc. pose proof (others_weigh c z Hc).
  repeat split; [lra | rewrite exp_0; ring | field; lra].
Qed.

Theorem margin_from_time : linear_softmax_closed_form.margin_from_time.
Proof.
  red; intros c Hc0 Hi Hc x y Hx Hy H. pose proof (exp_increasing x y H).
  assert (x * (c - 1) < y * (c - 1)) by (apply Rmult_lt_compat_r; lra). lra.
Qed.

Theorem loss_of_margin : linear_softmax_closed_form.loss_of_margin.
Proof.
  red; intros c z Hc0 Hi Hz Hc. pose proof (others_weigh c z Hc) as Hpos. pose proof (exp_pos (- z)) as He.
  assert (Hone : exp z * exp (- z) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  assert (0 < (c - 1) * exp (- z)) by (apply Rmult_lt_0_compat; lra). repeat split; try lra.
  replace ((c - 1) * exp (- z) + 1) with (exp (- z) * (c + exp z - 1)) by (rewrite <- Hone; ring).
  rewrite ln_mult by assumption. rewrite ln_exp. reflexivity.
Qed.
