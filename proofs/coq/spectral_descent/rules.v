(******************************************************************************)
(* Rules that act on each mode by itself: when both gradients of spectral     *)
(* descent are positive on a mode, what an increasing growth leaves equal,    *)
(* and how a step of ascent before descent slows the escape.                  *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*   difference == s_1 (1 - r s_1) - s_2 (1 - r s_2) as a product             *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem while_it_is_not_learned : spectral_descent_mode_law.while_it_is_not_learned.
Proof.
  red; intros a s Ha Hs H. replace (- a ^ 3 + a * s) with (a * (s - a ^ 2)) by ring. apply Rlt_gt, Rmult_lt_0_compat; lra.
Qed.

Theorem majority_sign : spectral_descent_ignores_weights_within_groups.majority_sign.
Proof. red; intros a n w Ha Hn Hw H. split; [lra |]. apply Rlt_gt. repeat apply Rmult_lt_0_compat; lra. Qed.

Theorem minority_sign : spectral_descent_ignores_weights_within_groups.minority_sign.
Proof. red; intros a n w Ha Hn Hw H. split; [lra |]. apply Rlt_gt. repeat apply Rmult_lt_0_compat; lra. Qed.

Theorem equal_growth_equal_rates : increasing_growth_is_flat_at_one_half_alone.equal_growth_equal_rates.
Proof. red; intros g1 g2 s1 s2 _ _ [[] | [[] | []]]; [left | right | right]; split; lra. Qed.

Theorem flat_rates_make_classes_alike : increasing_growth_is_flat_at_one_half_alone.flat_rates_make_classes_alike.
Proof. red; intros; split; lra. Qed.

Theorem heavy_ball_characteristic : increasing_growth_is_flat_at_one_half_alone.heavy_ball_characteristic.
Proof. red; intros mu s x Hmu Hs. split; [lra | field; lra]. Qed.

Theorem characteristic : ascent_before_descent_slows_escape.characteristic.
Proof. red; intros; ring. Qed.

Theorem slower : ascent_before_descent_slows_escape.slower.
Proof. red; intros r s Hr Hs. assert (0 < s * (r * s)) by (repeat apply Rmult_lt_0_compat; assumption). lra. Qed.

Theorem attracts : ascent_before_descent_slows_escape.attracts.
Proof. red; intros r s Hr Hs H. assert (0 < s * (r * s - 1)) by (apply Rmult_lt_0_compat; lra). lra. Qed.

Theorem escapes : ascent_before_descent_slows_escape.escapes.
Proof. red; intros r s Hr Hs H. apply Rlt_gt, Rmult_lt_0_compat; lra. Qed.

Theorem alike_at : ascent_before_descent_slows_escape.alike_at.
Proof. red; intros x y Hx Hy. split; [lra | field; lra]. Qed.

Lemma difference r x y : x * (- (r * x) + 1) - y * (- (r * y) + 1) = (x - y) * (1 - r * (x + y)).
Proof. ring. Qed.

Theorem alike_nowhere_else : ascent_before_descent_slows_escape.alike_nowhere_else.
Proof.
  red; intros r x y Hr Hx Hy Hne Hrad H. assert (Hz : (x - y) * (1 - r * (x + y)) = 0) by (rewrite <- difference; lra).
  apply Rmult_integral in Hz as [Hz | Hz]; [lra |]. apply Hrad.
  apply Rmult_eq_reg_r with (x + y); [| lra]. rewrite Rinv_l by lra. lra.
Qed.
