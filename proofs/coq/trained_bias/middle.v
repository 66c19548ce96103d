(******************************************************************************)
(* The lead of the middle mode after a trained bias, at gamma = 1/2.          *)
(*                                                                            *)
(* Source: ours. It is the window of the effective singular values at         *)
(*   minority share 1 - p, whose proofs are used here.                        *)
(*                                                                            *)
(*     as_window == the middle rate in the words of windows/bound.v           *)
(* lead_positive == the denominator is positive                               *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements windows.bound.

Local Open Scope R_scope.

Lemma as_window p ratio : sqrt (ratio * (1 - p) + p) / (sqrt ratio * (1 - p) + p) =
  sqrt (ratio * (1 - p) - (1 - p) + 1) / ((1 - p) * sqrt ratio - (1 - p) + 1).
Proof. f_equal; [f_equal; ring | ring]. Qed.

Lemma lead_positive p ratio : 0 < p -> p < 1 -> 0 < sqrt ratio * (1 - p) + p.
Proof. intros. pose proof (sqrt_pos ratio). nra. Qed.

Theorem middle_is_first : biased_flat_weights.middle_is_first.
Proof.
  red; intros ratio p Hr Hp Hratio Hp1. pose proof (lead_positive p ratio Hp Hp1). repeat split; try nra.
  rewrite as_window.
  pose proof (window_increases (1 - p) ltac:(lra) ltac:(lra) 1 ratio ltac:(lra) ltac:(lra)) as Hup.
  rewrite sqrt_1 in Hup. replace (1 * (1 - p) - (1 - p) + 1) with 1 in Hup by ring.
  replace ((1 - p) * 1 - (1 - p) + 1) with 1 in Hup by ring. rewrite sqrt_1 in Hup. lra.
Qed.

Theorem lead_increases : biased_flat_weights.lead_increases.
Proof.
  red; intros p Hp Hp1. split.
  - intros ratio [Hr Hratio]. pose proof (lead_positive p ratio Hp Hp1). repeat split; nra.
  - intros x y [Hx Hx1] [Hy Hy1] Hxy. rewrite !as_window.
    pose proof (window_increases (1 - p) ltac:(lra) ltac:(lra) x y ltac:(lra) Hxy). lra.
Qed.

Theorem lead_below_its_supremum : biased_flat_weights.lead_below_its_supremum.
Proof.
  red; intros ratio p Hr Hp Hratio Hp1. pose proof (lead_positive p ratio Hp Hp1). repeat split; try nra.
  rewrite as_window. pose proof (root_of_mean_below_bound (1 - p) ltac:(lra) ltac:(lra) ratio ltac:(lra)). lra.
Qed.

Theorem lead_tends_to_its_supremum : biased_flat_weights.lead_tends_to_its_supremum.
Proof.
  red; intros p Hp Hp1. split.
  - apply defined_near_of_all. intros ratio Hr. pose proof (lead_positive p ratio Hp Hp1). repeat split; nra.
  - apply limit_of_is_lim. apply (limit_through (fun u => - 1 + u) _ _ (/ sqrt (1 - p))).
    + auto_derive. exact I.
    + reflexivity.
    + apply is_lim_ext with (2 := window_tends_to_bound (1 - p) ltac:(lra) ltac:(lra)).
      intro ratio. symmetry. apply as_window.
Qed.

Theorem equal_halves : biased_flat_weights.equal_halves.
Proof.
  red; intros ratio Hr Hratio. pose proof (sqrt_pos ratio). repeat split; try lra.
  replace (2 * ratio + 2) with (2 * 2 * (ratio / 2 + 1 / 2)) by field.
  rewrite sqrt_mult_alt by lra. rewrite sqrt_square by lra. field. lra.
Qed.

Theorem equal_halves_below_root_two : biased_flat_weights.equal_halves_below_root_two.
Proof.
  red; intros ratio Hr Hratio. pose proof (sqrt_pos ratio). repeat split; try lra.
  pose proof (square_of_root ratio Hr). assert (1 <= sqrt ratio) by (rewrite <- sqrt_1; apply sqrt_le_1_alt; lra).
  apply Rmult_lt_reg_r with (sqrt ratio + 1); [lra |].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  replace (2 * ratio + 2) with (2 * (ratio + 1)) by ring. rewrite sqrt_mult_alt by lra.
  apply Rmult_lt_compat_l; [apply sqrt_lt_R0; lra |].
  rewrite <- (sqrt_square (sqrt ratio + 1)) by lra. apply sqrt_lt_1_alt. nra.
Qed.
