(******************************************************************************)
(* The window of the effective singular values at gamma = 1/2.                *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised for *)
(*   equal halves; any minority share p is ours.                              *)
(*                                                                            *)
(* mean_of_roots_at_most_root_of_mean == Jensen, for the root                 *)
(*              polynomial_of_windows == monotonicity, with roots as          *)
(*                                       variables                            *)
(*                   window_increases == the window increases in R            *)
(*              window_tends_to_bound == 1 / middle rate -> 1 / sqrt p        *)
(*                      halves_window == equal halves are the case p = 1/2    *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

(** The middle effective singular value at gamma = 1/2 is [low / top]. *)

Section Split.

Variable p : R.
Hypothesis p_positive : 0 < p.
Hypothesis p_below_1 : p < 1.

Lemma mean_of_roots_positive ratio : 0 < p * sqrt ratio - p + 1.
Proof. pose proof (sqrt_pos ratio). nra. Qed.

Lemma mean_positive ratio : 0 < ratio -> 0 < ratio * p - p + 1.
Proof. nra. Qed.

Lemma root_of_at_least_1 ratio : 1 <= ratio -> 1 <= sqrt ratio.
Proof. intro H. rewrite <- sqrt_1. now apply sqrt_le_1_alt. Qed.

Lemma square_of_root ratio : 0 < ratio -> sqrt ratio * sqrt ratio = ratio.
Proof. intro H. apply sqrt_sqrt. lra. Qed.

Lemma mean_of_roots_at_most_root_of_mean ratio : 1 <= ratio -> p * sqrt ratio - p + 1 <= sqrt (ratio * p - p + 1).
Proof.
  intro H. pose proof (mean_of_roots_positive ratio). pose proof (root_of_at_least_1 ratio H).
  rewrite <- (sqrt_square (p * sqrt ratio - p + 1)) by lra. apply sqrt_le_1_alt.
  pose proof (square_of_root ratio ltac:(lra)) as Hr. set (u := sqrt ratio) in *. rewrite <- Hr.
  assert (0 <= p * (1 - p) * ((u - 1) * (u - 1))) by (apply Rmult_le_pos; nra). nra.
Qed.

Lemma root_of_mean_below_bound ratio : 1 <= ratio -> sqrt (ratio * p - p + 1) / (p * sqrt ratio - p + 1) < / sqrt p.
Proof.
  intro H. pose proof (mean_of_roots_positive ratio). pose proof (root_of_at_least_1 ratio H).
  pose proof (sqrt_lt_R0 p p_positive) as Hp. pose proof (mean_positive ratio ltac:(lra)).
  assert (Hlt : sqrt (ratio * p - p + 1) * sqrt p < p * sqrt ratio - p + 1).
  { rewrite <- sqrt_mult by lra. rewrite <- (sqrt_square (p * sqrt ratio - p + 1)) by lra. apply sqrt_lt_1_alt.
    pose proof (square_of_root ratio ltac:(lra)) as Hr. set (u := sqrt ratio) in *. rewrite <- Hr.
    split; [nra |]. assert (0 < (1 - p) * (2 * p * u + (1 - p) - p)) by (apply Rmult_lt_0_compat; nra). nra. }
  apply Rmult_lt_reg_r with (p * sqrt ratio - p + 1); [lra |].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r; [| lra].
  apply Rmult_lt_reg_r with (sqrt p); [lra |].
  rewrite (Rmult_comm (/ sqrt p)), Rmult_assoc, Rinv_l, Rmult_1_r; lra.
Qed.

Lemma polynomial_of_windows u v : 1 <= u -> u < v ->
  (u * u * p - p + 1) * ((p * v - p + 1) * (p * v - p + 1)) < (v * v * p - p + 1) * ((p * u - p + 1) * (p * u - p + 1)).
Proof.
  intros Hu Huv.
  assert (0 < p * (1 - p)) by nra.
  assert (0 < u * (v - 1) + v * (u - 1)) by nra.
  assert (0 < p * (u * (v - 1) + v * (u - 1)) + (1 - p) * (u + v - 2)) by nra.
  assert (0 < p * (1 - p) * (v - u) * (p * (u * (v - 1) + v * (u - 1)) + (1 - p) * (u + v - 2)))
    by (repeat apply Rmult_lt_0_compat; lra).
  apply Rminus_gt_0_lt. replace (_ - _) with
    (p * (1 - p) * (v - u) * (p * (u * (v - 1) + v * (u - 1)) + (1 - p) * (u + v - 2))) by ring. assumption.
Qed.

Lemma window_increases x y : 1 <= x -> x < y ->
  sqrt (x * p - p + 1) / (p * sqrt x - p + 1) < sqrt (y * p - p + 1) / (p * sqrt y - p + 1).
Proof.
  intros Hx Hxy. pose proof (mean_of_roots_positive x). pose proof (mean_of_roots_positive y).
  pose proof (root_of_at_least_1 x Hx).
  assert (sqrt x < sqrt y) by (apply sqrt_lt_1_alt; lra).
  apply Rmult_lt_reg_r with ((p * sqrt x - p + 1) * (p * sqrt y - p + 1)); [nra |].
  replace (sqrt (x * p - p + 1) / _ * _) with (sqrt (x * p - p + 1) * (p * sqrt y - p + 1)) by (field; lra).
  replace (sqrt (y * p - p + 1) / _ * _) with (sqrt (y * p - p + 1) * (p * sqrt x - p + 1)) by (field; lra).
  rewrite <- (sqrt_square (p * sqrt y - p + 1)), <- (sqrt_square (p * sqrt x - p + 1)) by lra.
  pose proof (mean_positive x ltac:(lra)). pose proof (mean_positive y ltac:(lra)).
  rewrite <- !sqrt_mult by nra. apply sqrt_lt_1_alt. split; [apply Rmult_le_pos; nra |].
  pose proof (polynomial_of_windows (sqrt x) (sqrt y) ltac:(lra) ltac:(lra)) as Hp.
  rewrite !square_of_root in Hp by lra. exact Hp.
Qed.

Lemma window_tends_to_bound :
  is_lim (fun ratio => sqrt (ratio * p - p + 1) / (p * sqrt ratio - p + 1)) p_infty (/ sqrt p).
Proof.
  pose proof (sqrt_lt_R0 p p_positive) as Hp.
  apply is_lim_ext_loc with (f := fun ratio => (fun u => sqrt (p + (1 - p) * (u * u)) / (p + (1 - p) * u)) (/ sqrt ratio)).
  - exists 0; intros x Hx. pose proof (sqrt_lt_R0 x Hx) as Hu. pose proof (square_of_root x Hx) as Hr.
    pose proof (mean_of_roots_positive x).
    replace (x * p - p + 1) with (x * (p + (1 - p) * (/ sqrt x * / sqrt x)))
      by (rewrite <- Rinv_mult, Hr; field; lra).
    rewrite sqrt_mult_alt by lra. field. repeat split; lra.
  - apply (limit_through (fun u => sqrt (p + (1 - p) * (u * u)) / (p + (1 - p) * u)) (fun x => / sqrt x) _ 0).
    + auto_derive. repeat split; lra.
    + replace (p + (1 - p) * (0 * 0)) with p by ring. replace (p + (1 - p) * 0) with (sqrt p * sqrt p)
        by (rewrite sqrt_sqrt; lra). field. lra.
    + apply (limit_composed (fun x => / x) sqrt _ 0); [apply filterlim_sqrt_p | apply reciprocal_decays].
Qed.

End Split.

(** The square of the middle singular value in the entries of the Gram matrix, and the same with the weights. *)
Theorem middle_rate_of_any_split : window_bound_any_split.middle_rate.
Proof.
  red; intros ratio c p Hpos Hc _ Hp Hratio Hp1.
  pose proof (mean_positive p Hp Hp1 ratio Hpos) as Hmean. pose proof (sqrt_lt_R0 _ Hmean).
  assert (Hmaj : 0 < c * (1 - p)) by (apply Rmult_lt_0_compat; lra). assert (Hmin : 0 < p * c) by (apply Rmult_lt_0_compat; lra).
  assert (Hparts : 0 < 1 / (c * (1 - p)) + 1 / (p * c))
    by (apply Rplus_lt_0_compat; apply Rdiv_lt_0_compat; lra).
  match goal with |- _ /\ _ /\ _ /\ _ /\ _ /\ ?square > 0 /\ _ /\ _ /\ ?weighted / (_ * ?parts) = _ =>
    assert (Hsquare : square = ratio * p - p + 1) by (field; repeat split; lra);
    assert (Hweighted : weighted = (p * sqrt ratio - p + 1) * parts) by (field; repeat split; lra);
    rewrite Hweighted, Hsquare end.
  repeat split; try lra. field. repeat split; try lra.
Qed.

Theorem no_window_at_balance_of_any_split : window_bound_any_split.no_window_at_balance.
Proof.
  red; intros p Hp Hp1. rewrite sqrt_1. replace (- p + p + 1) with 1 by ring. rewrite sqrt_1. repeat split; try lra. field. lra.
Qed.

Theorem middle_rate_at_most_1_of_any_split : window_bound_any_split.middle_rate_at_most_one.
Proof.
  red; intros ratio p Hpos Hp Hratio Hp1.
  pose proof (mean_positive p Hp Hp1 ratio Hpos). pose proof (sqrt_lt_R0 _ H).
  repeat split; try lra. apply Rmult_le_reg_r with (sqrt (ratio * p - p + 1)); [assumption |].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
  apply mean_of_roots_at_most_root_of_mean; lra.
Qed.

Theorem window_below_bound_of_any_split : window_bound_any_split.window_below_bound.
Proof.
  red; intros ratio p Hpos Hp Hratio Hp1.
  pose proof (mean_positive p Hp Hp1 ratio Hpos). pose proof (mean_of_roots_positive p Hp Hp1 ratio).
  repeat split; try lra. apply Rplus_lt_compat_l. apply root_of_mean_below_bound; lra.
Qed.

Lemma window_defined p ratio : 0 < p -> p < 1 -> 0 < ratio ->
  ratio * p - p + 1 >= 0 /\ ratio >= 0 /\ p * sqrt ratio - p + 1 <> 0.
Proof.
  intros Hp Hp1 Hpos. pose proof (mean_positive p Hp Hp1 ratio Hpos). pose proof (mean_of_roots_positive p Hp Hp1 ratio).
  repeat split; lra.
Qed.

Theorem window_increases_in_ratio_of_any_split : window_bound_any_split.window_increases.
Proof.
  red; intros p Hp Hp1. split.
  - intros ratio [Hpos _]. now apply window_defined.
  - intros x y [_ Hx] _ Hxy. apply Rplus_lt_compat_l. apply window_increases; lra.
Qed.

Theorem bound_is_supremum_not_attained_of_any_split :
  window_bound_any_split.bound_is_supremum.
Proof.
  red; intros p Hp Hp1. split.
  - intros ratio [Hpos _]. destruct (window_defined p ratio Hp Hp1 Hpos) as [H1 [H2 H3]]. repeat split; lra.
  - apply supremum_of_limit.
    + intros x [_ Hx]. apply Rplus_lt_compat_l. now apply root_of_mean_below_bound.
    + apply (limit_through (fun x => - 1 + x) _ _ (/ sqrt p)); [auto_derive; trivial | reflexivity |].
      now apply window_tends_to_bound.
    + exists 1; intros; lra.
Qed.

(** Equal halves: the case p = 1/2. *)

Lemma halves_window ratio : 0 < ratio ->
  sqrt (2 * ratio + 2) / (sqrt ratio + 1) = sqrt (ratio * (1 / 2) - 1 / 2 + 1) / (1 / 2 * sqrt ratio - 1 / 2 + 1).
Proof.
  intro H. pose proof (sqrt_pos ratio).
  replace (2 * ratio + 2) with (2 * 2 * (ratio * (1 / 2) - 1 / 2 + 1)) by field.
  rewrite sqrt_mult, sqrt_square by lra. field. lra.
Qed.

Lemma halves_bound : sqrt 2 = / sqrt (1 / 2).
Proof. replace (1 / 2) with (/ 2) by field. rewrite sqrt_inv, Rinv_inv. reflexivity. Qed.

Lemma halves_defined ratio : 0 < ratio -> ratio >= 0 /\ sqrt ratio + 1 <> 0 /\ 2 * ratio + 2 >= 0.
Proof. intro H. pose proof (sqrt_pos ratio). repeat split; lra. Qed.

(** The square of the middle singular value in the entries of the Gram matrix, and the same with the weights. *)
Theorem middle_rate_of_equal_halves : window_bound.middle_rate.
Proof.
  red; intros ratio c Hpos Hc _ Hratio.
  match goal with |- _ /\ _ /\ ?square > 0 /\ _ /\ _ /\ sqrt c * ?weighted / _ = _ =>
    assert (Hsquare : square = (2 * ratio + 2) / c) by (field; lra);
    assert (Hweighted : weighted = 2 * (sqrt ratio + 1) / (sqrt c * sqrt c)) by (rewrite sqrt_sqrt by lra; field; lra);
    rewrite Hweighted, Hsquare end.
  pose proof (sqrt_lt_R0 c Hc). pose proof (sqrt_lt_R0 (2 * ratio + 2) ltac:(lra)).
  repeat split; try lra.
  - red. apply Rdiv_lt_0_compat; lra.
  - rewrite sqrt_div_alt by assumption. field. lra.
Qed.

Theorem no_window_at_balance_of_equal_halves : window_bound.no_window_at_balance.
Proof.
  red. rewrite sqrt_1. replace (2 + 2) with (2 * 2) by ring. rewrite sqrt_square by lra. field.
Qed.

Theorem middle_rate_at_most_1_of_equal_halves : window_bound.middle_rate_at_most_one.
Proof.
  red; intros ratio Hpos Hratio. repeat split; try lra.
  apply Rmult_le_reg_r with (sqrt (2 * ratio + 2)); [apply sqrt_lt_R0; lra |].
  pose proof (sqrt_lt_R0 (2 * ratio + 2) ltac:(lra)).
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
  pose proof (mean_of_roots_at_most_root_of_mean (1 / 2) ltac:(lra) ltac:(lra) ratio ltac:(lra)).
  replace (2 * ratio + 2) with (2 * 2 * (ratio * (1 / 2) - 1 / 2 + 1)) by field.
  rewrite sqrt_mult, sqrt_square by lra. lra.
Qed.

Theorem window_below_bound_of_equal_halves : window_bound.window_below_bound.
Proof.
  red; intros ratio Hpos Hratio. pose proof (sqrt_pos ratio). repeat split; try lra.
  rewrite halves_window, halves_bound by assumption. apply Rplus_lt_compat_l. apply root_of_mean_below_bound; lra.
Qed.

Theorem window_increases_in_ratio_of_equal_halves : window_bound.window_increases.
Proof.
  red; split.
  - intros ratio [Hpos _]. now apply halves_defined.
  - intros x y [Hx0 Hx] [Hy0 _] Hxy. rewrite !halves_window by assumption.
    apply Rplus_lt_compat_l. apply window_increases; lra.
Qed.

Theorem bound_is_supremum_not_attained_of_equal_halves : window_bound.bound_is_supremum.
Proof.
  red; split.
  - intros ratio [Hpos _]. now apply halves_defined.
  - apply supremum_of_limit.
    + intros x [Hx0 Hx]. rewrite halves_window, halves_bound by assumption.
      apply Rplus_lt_compat_l. apply root_of_mean_below_bound; lra.
    + apply (limit_through (fun x => - 1 + x) _ _ (sqrt 2)); [auto_derive; trivial | reflexivity |].
      rewrite halves_bound.
      apply is_lim_ext_loc with (f := fun ratio => sqrt (ratio * (1 / 2) - 1 / 2 + 1) / (1 / 2 * sqrt ratio - 1 / 2 + 1)).
      * exists 0; intros x Hx. now rewrite halves_window.
      * apply window_tends_to_bound; lra.
    + exists 1; intros; lra.
Qed.
