(******************************************************************************)
(* The integral I_N(theta) that says how late the middle mode of N layers is. *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*         acute == sine and cosine of an angle between 0 and pi/2            *)
(*   root_remains == 1 - s^2 e is positive, and above the square of the       *)
(*                   cosine, for e in (0, 1)                                  *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma acute x : x > 0 -> PI / 2 > x -> 0 < sin x /\ 0 < cos x /\ (sin x) ^ 2 + (cos x) ^ 2 = 1.
Proof.
  intros Hx H. repeat split.
  - apply sin_gt_0; lra.
  - apply cos_gt_0; lra.
  - pose proof (sin2_cos2 x) as E. unfold Rsqr in E. lra.
Qed.

Theorem integral_of_3_layers : depth_delays_the_middle_mode.integral_of_3_layers.
Proof.
  red; intros phi theta Hp _ Ht H Hlt. destruct (acute theta Ht H) as [Hsin _].
  repeat split; lra.
Qed.

Theorem integral_of_4_layers : depth_delays_the_middle_mode.integral_of_4_layers.
Proof.
  red; intros phi theta Hp _ Ht H Hlt. destruct (acute theta Ht H) as [Hsin [Hcos E]].
  repeat split; try lra.
  - rewrite cos_0. unfold Rdiv. ring.
  - replace ((sin theta) ^ 2) with ((1 - cos theta) * (cos theta + 1)) by nra.
    assert (cos theta < 1) by nra. field. split; lra.
Qed.

Lemma root_remains s k e : s ^ 2 + k ^ 2 = 1 -> 0 < s -> 0 < k -> 0 < e -> e < 1 -> 0 < k ^ 2 < 1 - s ^ 2 * e.
Proof. intros E Hs Hk He H1. assert (0 < s ^ 2) by (apply pow_lt; lra). split; [apply pow_lt; lra | nra]. Qed.

Lemma exp_below_one x : 0 < x -> 0 < exp (- x) < 1.
Proof. intro Hx. split; [apply exp_pos | rewrite <- exp_0; apply exp_increasing; lra]. Qed.

Theorem increases_with_depth : depth_delays_the_middle_mode.increases_with_depth.
Proof.
  red; intros theta y _ Hy Ht H. destruct (acute theta Ht H) as [Hsin [Hcos E]].
  assert (Hpos : forall N, N > 2 -> 0 < 2 * y / (N - 2)) by (intros N HN; apply Rdiv_lt_0_compat; lra).
  split.
  - intros N [_ HN]. destruct (exp_below_one _ (Hpos N HN)) as [He H1].
    destruct (root_remains _ _ _ E Hsin Hcos He H1). split; lra.
  - intros N M [_ HN] [_ HM] Hlt. destruct (exp_below_one _ (Hpos N HN)) as [HeN H1N]. destruct (exp_below_one _ (Hpos M HM)) as [HeM H1M].
    destruct (root_remains _ _ _ E Hsin Hcos HeN H1N) as [_ HrN]. destruct (root_remains _ _ _ E Hsin Hcos HeM H1M) as [Hk HrM].
    assert (Hexp : exp (- (2 * y / (N - 2))) < exp (- (2 * y / (M - 2)))).
    { apply exp_increasing, Ropp_lt_contravar. unfold Rdiv. apply Rmult_lt_compat_l; [lra |]. apply Rinv_lt_contravar; nra. }
    assert (0 < (sin theta) ^ 2) by (apply pow_lt; lra).
    unfold Rdiv. apply Rmult_lt_compat_l; [apply exp_pos |]. apply Rinv_lt_contravar.
    + apply Rmult_lt_0_compat; apply sqrt_lt_R0; nra.
    + apply sqrt_lt_1_alt. nra.
Qed.

Theorem below_its_limit : depth_delays_the_middle_mode.below_its_limit.
Proof.
  red; intros N theta y _ _ Hy Ht H HN. destruct (acute theta Ht H) as [Hsin [Hcos E]].
  assert (Hpos : 0 < 2 * y / (N - 2)) by (apply Rdiv_lt_0_compat; lra).
  destruct (exp_below_one _ Hpos) as [He H1]. destruct (root_remains _ _ _ E Hsin Hcos He H1) as [Hk Hr].
  repeat split; try lra. apply Rinv_lt_contravar.
  - apply Rmult_lt_0_compat; [assumption | apply sqrt_lt_R0; nra].
  - rewrite <- (sqrt_pow2 (cos theta)) at 1 by lra. apply sqrt_lt_1_alt. lra.
Qed.

Theorem lower_bound_at_great_depth : depth_delays_the_middle_mode.lower_bound_at_great_depth.
Proof.
  red; intros q theta Hq _ Ht H H1. destruct (acute theta Ht H) as [Hsin [Hcos E]].
  assert (Hr : 0 < - (q ^ 2 * (sin theta) ^ 2) + 1) by (assert (q ^ 2 < 1) by nra; assert (0 < q ^ 2) by (apply pow_lt; lra); nra).
  split.
  - apply defined_near_of_all. intros; repeat split; lra.
  - apply limit_of_is_lim. set (r := sqrt (- (q ^ 2 * (sin theta) ^ 2) + 1)). assert (0 < r) by (apply sqrt_lt_R0; lra).
    assert (Hln : ln q < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
    apply is_lim_ext with (fun N => (1 - Rpower q (-2) * exp (- (- ln q * N))) / r).
    { intro N. replace (Rpower q (N - 2)) with (Rpower q (-2) * exp (- (- ln q * N))); [reflexivity |].
      unfold Rpower. rewrite <- exp_plus. f_equal. ring. }
    evar_last.
    + apply (limit_through (fun e => (1 - Rpower q (-2) * e) / r) (fun N => exp (- (- ln q * N))) p_infty 0).
      * auto_derive. lra.
      * reflexivity.
      * apply exp_decays. lra.
    + f_equal. field. lra.
Qed.

Theorem limit_at_great_depth : depth_delays_the_middle_mode.limit_at_great_depth.
Proof.
  red; intros theta _ Ht H. destruct (acute theta Ht H) as [Hsin [Hcos E]].
  assert (Hr : forall q, 0 < q -> q < 1 -> 0 < - (q ^ 2 * (sin theta) ^ 2) + 1).
  { intros q Hq H1. assert (q ^ 2 < 1) by nra. assert (0 < q ^ 2) by (apply pow_lt; lra). nra. }
  split.
  - apply defined_near_of_all. intros q [Hq H1]. pose proof (Hr q Hq H1). split; lra.
  - apply limit_of_is_lim, (limit_through (fun q => / sqrt (- (q ^ 2 * (sin theta) ^ 2) + 1)) (fun q => q) 1 1 (/ cos theta)).
    + assert (0 < - (1 ^ 2 * (sin theta) ^ 2) + 1) by nra. auto_derive. repeat split; [nra |].
      apply Rgt_not_eq, sqrt_lt_R0. nra.
    + replace (- (1 ^ 2 * (sin theta) ^ 2) + 1) with ((cos theta) ^ 2) by lra. now rewrite sqrt_pow2 by lra.
    + apply is_lim_id.
Qed.
