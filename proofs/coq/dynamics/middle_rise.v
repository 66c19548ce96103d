(******************************************************************************)
(* The middle mode's strength rises as long as it is not learned.             *)
(*                                                                            *)
(* Source: ours. al = sqrt (p n_maj), be = sqrt ((1 - p) n_min); B and E are  *)
(* the features of the two groups times these, v and w their weights.         *)
(*                                                                            *)
(*  balanced_flow == the flow of the middle mode in these units               *)
(*  room_of_lighter == what the group of the smaller weight has not fitted is *)
(*                  positive                                                  *)
(*  classifier_rises == a' >= 0                                               *)
(*  strength_speed == s' >= k s, with a number k > 0 of al, be, v, w and f    *)
(*  strength_grows == the same over a time, whichever weight is the larger    *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels.

Local Open Scope R_scope.

Definition balanced_flow (al be v w : R) (A B E : R -> R) (x : R) : Prop :=
  is_derive A x (v * al * B x + w * be * E x - A x * (v * B x ^ 2 + w * E x ^ 2)) /\
  is_derive B x (v * A x * (al - A x * B x)) /\ is_derive E x (w * A x * (be - A x * E x)).

Lemma balanced_flow_swapped al be v w A B E x : balanced_flow al be v w A B E x -> balanced_flow be al w v A E B x.
Proof. intros (DA & DB & DE). split; [evar_last; [exact DA | ring] | now split]. Qed.

Lemma product_is_derive (f g : R -> R) f' g' x : is_derive f x f' -> is_derive g x g' ->
  is_derive (fun y => f y * g y) x (f' * g x + f x * g').
Proof.
  intros Df Dg. evar_last; [apply (is_derive_mult f g); [exact Df | exact Dg | intros; apply Rmult_comm] |].
  unfold plus, mult; cbn. ring.
Qed.

Lemma sum_is_derive (f g : R -> R) c d f' g' x : is_derive f x f' -> is_derive g x g' ->
  is_derive (fun y => c * f y + d * g y) x (c * f' + d * g').
Proof.
  intros Df Dg. evar_last; [apply (is_derive_plus (fun y => c * f y) (fun y => d * g y)); apply is_derive_scal; eassumption |].
  reflexivity.
Qed.

Lemma room_is_derive (f g : R -> R) c f' g' x : is_derive f x f' -> is_derive g x g' ->
  is_derive (fun y => c - f y * g y) x (- (f' * g x + f x * g')).
Proof.
  intros Df Dg. evar_last.
  - apply (is_derive_minus (fun _ => c)); [apply is_derive_const | apply product_is_derive; eassumption].
  - unfold minus, plus, opp, zero; cbn. ring.
Qed.

Definition rise (al v f : R) : R := v * (1 - f) ^ 2 * al ^ 2.

Section Rise.

Variables al be v w f t : R.
Hypotheses (Hal : 0 < al) (Hbe : 0 < be) (Hv : 0 < v) (Hvw : v <= w) (Hf : 0 < f < 1).
Variables A B E : R -> R.
Hypothesis moves : forall x, 0 <= x <= t -> balanced_flow al be v w A B E x.
Hypothesis positive : forall x, 0 <= x <= t -> 0 < A x /\ 0 <= B x /\ 0 <= E x.
Hypotheses (ray : al * E 0 = be * B 0) (room_B : A 0 * B 0 <= al) (room_E : A 0 * E 0 <= be).
Hypothesis unlearned : forall x, 0 <= x <= t -> A x * (al * B x + be * E x) < f * (al ^ 2 + be ^ 2).

Let P x := al - A x * B x.
Let Q x := be - A x * E x.
Let Z x := v * B x * P x + w * E x * Q x.

Lemma rooms x : 0 <= x <= t -> (1 - f) * (al ^ 2 + be ^ 2) < al * P x + be * Q x.
Proof. intro Hx. pose proof (unlearned x Hx). unfold P, Q. lra. Qed.

Lemma rooms_positive x : 0 <= x <= t -> 0 < al * P x + be * Q x.
Proof.
  intro Hx. pose proof (rooms x Hx). pose proof (pow_lt al 2 Hal). pose proof (pow_lt be 2 Hbe).
  assert (0 <= (1 - f) * (al ^ 2 + be ^ 2)) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma minority_ahead x : 0 <= x <= t -> 0 <= al * E x - be * B x.
Proof.
  intro Hx. apply (stays_above (fun y => al * E y - be * B y) (fun y => al * (w * A y * (be - A y * E y)) - be * (v * A y * (al -
    A y * B y))) 0 x); [lra | | | lra].
  - intros y Hy. destruct (moves y ltac:(lra)) as (_ & DB & DE).
    apply (is_derive_minus (fun z => al * E z)); now apply is_derive_scal.
  - intros y Hy Hlt. destruct (positive y ltac:(lra)) as (PA & PB & PE). pose proof (rooms_positive y ltac:(lra)) as Hr.
    fold (P y) (Q y). assert (Hgap : be * P y < al * Q y) by (unfold P, Q; nra).
    assert (0 < Q y) by nra.
    assert (Hle : v * (be * P y) <= w * (al * Q y)).
    { assert (0 <= al * Q y) by (apply Rmult_le_pos; lra).
      apply Rle_trans with (v * (al * Q y)); [apply Rmult_le_compat_l; lra | apply Rmult_le_compat_r; lra]. }
    replace (al * (w * A y * Q y) - be * (v * A y * P y)) with (A y * (w * (al * Q y) - v * (be * P y))) by ring.
    apply Rmult_le_pos; lra.
Qed.

Lemma room_of_lighter x : 0 <= x <= t -> 0 < P x.
Proof.
  intro Hx. destruct (positive x Hx) as (PA & PB & PE). pose proof (rooms_positive x Hx). pose proof (minority_ahead x Hx).
  apply Rnot_le_lt. intro Hle. assert (be * P x >= al * Q x) by (unfold P, Q; nra). nra.
Qed.

Lemma classifier_is_derive x : 0 <= x <= t -> is_derive A x (Z x).
Proof. intro Hx. destruct (moves x Hx) as (DA & _). evar_last; [exact DA |]. unfold Z, P, Q. ring. Qed.

Lemma rooms_are_derive x : 0 <= x <= t -> is_derive P x (- (Z x * B x + A x * (v * A x * P x))) /\
  is_derive Q x (- (Z x * E x + A x * (w * A x * Q x))).
Proof.
  intro Hx. destruct (moves x Hx) as (_ & DB & DE). pose proof (classifier_is_derive x Hx) as DA.
  split; now apply room_is_derive.
Qed.

Lemma classifier_rises x : 0 <= x <= t -> 0 <= Z x.
Proof.
  intro Hx. apply (stays_above Z (fun y => v * (v * A y * P y * P y + B y * (- (Z y * B y + A y * (v * A y * P y)))) +
    w * (w * A y * Q y * Q y + E y * (- (Z y * E y + A y * (w * A y * Q y))))) 0 x); [lra | | |].
  - intros y Hy. destruct (rooms_are_derive y ltac:(lra)) as (DP & DQ). destruct (moves y ltac:(lra)) as (_ & DB & DE).
    apply (is_derive_ext (fun z => v * (B z * P z) + w * (E z * Q z))).
    { intro z. change (v * (B z * P z) + w * (E z * Q z) = v * B z * P z + w * E z * Q z). ring. }
    apply sum_is_derive; now apply product_is_derive.
  - intros y Hy Hlt. destruct (positive y ltac:(lra)) as (PA & PB & PE). pose proof (room_of_lighter y ltac:(lra)) as HP.
    assert (H0 : v * B y * P y + w * E y * Q y = Z y) by reflexivity.
    set (z := Z y) in *. set (pp := P y) in *. set (q := Q y) in *. clearbody z pp q.
    assert (HBP : 0 <= v * B y * pp) by (repeat apply Rmult_le_pos; lra).
    assert (HEQ : w * (E y * q) <= 0) by lra.
    replace (v * (v * A y * pp * pp + B y * - (z * B y + A y * (v * A y * pp))) +
      w * (w * A y * q * q + E y * - (z * E y + A y * (w * A y * q)))) with
      (A y * ((v * pp) ^ 2 + (w * q) ^ 2) + - z * (v * B y ^ 2 + w * E y ^ 2) - A y ^ 2 * (v * (v * B y * pp + w * E y * q) +
       (w - v) * (w * (E y * q)))) by ring.
    rewrite H0. pose proof (pow2_ge_0 (v * pp)). pose proof (pow2_ge_0 (w * q)). pose proof (pow2_ge_0 (A y)).
    assert (0 <= A y * ((v * pp) ^ 2 + (w * q) ^ 2)) by (apply Rmult_le_pos; lra).
    assert (0 <= - z * (v * B y ^ 2 + w * E y ^ 2)).
    { apply Rmult_le_pos; [lra |]. apply Rplus_le_le_0_compat; apply Rmult_le_pos; try lra; apply pow2_ge_0. }
    assert (0 <= (w - v) * - (w * (E y * q))) by (apply Rmult_le_pos; lra).
    assert (0 <= v * - z) by (apply Rmult_le_pos; lra).
    assert (0 <= A y ^ 2 * - (v * z + (w - v) * (w * (E y * q)))) by (apply Rmult_le_pos; lra). lra.
  - destruct (Rle_dec 0 t) as [Ht |]; [| lra]. destruct (positive 0 ltac:(lra)) as (PA & PB & PE).
    unfold Z, P, Q. apply Rplus_le_le_0_compat; repeat apply Rmult_le_pos; lra.
Qed.

Definition strength_rate x := Z x * (al * B x + be * E x) + A x * (al * (v * A x * P x) + be * (w * A x * Q x)).

Lemma strength_is_derive x : 0 <= x <= t -> is_derive (fun y => A y * (al * B y + be * E y)) x (strength_rate x).
Proof.
  intro Hx. destruct (moves x Hx) as (_ & DB & DE). pose proof (classifier_is_derive x Hx) as DA.
  apply (product_is_derive A (fun y => al * B y + be * E y)); [assumption | now apply sum_is_derive].
Qed.

Lemma mixed_speed x : 0 <= x <= t -> rise al v f <= v * (al * P x) + w * (be * Q x).
Proof.
  intro Hx. destruct (positive x Hx) as (PA & PB & PE). pose proof (room_of_lighter x Hx) as HP. pose proof (rooms x Hx) as Hr.
  pose proof (classifier_rises x Hx) as HZ. pose proof (minority_ahead x Hx) as Hahead.
  pose proof (pow_lt al 2 Hal). pose proof (pow_lt be 2 Hbe). unfold rise.
  destruct (Rle_dec 0 (Q x)) as [HQ | HQ].
  - assert (v * (be * Q x) <= w * (be * Q x)) by (apply Rmult_le_compat_r; [apply Rmult_le_pos |]; lra).
    assert (v * ((1 - f) ^ 2 * al ^ 2) <= v * (al * P x + be * Q x)); [| lra].
    apply Rmult_le_compat_l; [lra |]. assert ((1 - f) ^ 2 <= 1 - f) by nra.
    assert ((1 - f) ^ 2 * al ^ 2 <= (1 - f) * al ^ 2) by (apply Rmult_le_compat_r; lra).
    assert (0 <= (1 - f) * be ^ 2) by (apply Rmult_le_pos; lra). lra.
  - assert (HE : 0 < E x) by (unfold Q in HQ; nra).
    assert (HPal : (1 - f) * al <= P x).
    { apply Rmult_le_reg_l with al; [assumption |]. assert (0 <= (1 - f) * be ^ 2) by (apply Rmult_le_pos; lra).
      assert (be * Q x <= 0) by nra. lra. }
    assert (Hsq : (1 - f) ^ 2 * al ^ 2 <= P x ^ 2).
    { rewrite <- Rpow_mult_distr. apply pow_incr. split; [apply Rmult_le_pos; lra | assumption]. }
    assert (Hlt : be * (A x * B x) <= al * (A x * E x)) by nra.
    assert (HAB : be * B x <= E x * (al - P x) + E x * P x) by (unfold P; nra).
    (* w be |Q| <= v P be B / E, and be B <= E (A B) since be < A E. *)
    assert (HbB : be * B x <= E x * (al - P x)).
    { unfold P. replace (al - (al - A x * B x)) with (A x * B x) by ring. unfold Q in HQ.
      replace (E x * (A x * B x)) with (A x * E x * B x) by ring. apply Rmult_le_compat_r; lra. }
    assert (Hz : E x * (w * (be * - Q x)) <= E x * (v * P x * (al - P x))).
    { apply Rle_trans with (be * (v * B x * P x)); [unfold Z in HZ; nra |].
      replace (be * (v * B x * P x)) with (v * P x * (be * B x)) by ring.
      replace (E x * (v * P x * (al - P x))) with (v * P x * (E x * (al - P x))) by ring.
      apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | assumption]. }
    apply Rmult_le_reg_l in Hz; [| assumption].
    assert (v * ((1 - f) ^ 2 * al ^ 2) <= v * P x ^ 2) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Hypothesis balance : forall x, 0 <= x <= t -> A x ^ 2 = B x ^ 2 + E x ^ 2.

Lemma strength_speed x : 0 <= x <= t -> rise al v f / (al + be) * (A x * (al * B x + be * E x)) <= strength_rate x.
Proof.
  intro Hx. destruct (positive x Hx) as (PA & PB & PE). pose proof (classifier_rises x Hx) as HZ. pose proof (balance x Hx).
  pose proof (mixed_speed x Hx) as Hm. unfold strength_rate.
  assert (0 <= Z x * (al * B x + be * E x)) by (apply Rmult_le_pos; [assumption | apply Rplus_le_le_0_compat; apply
    Rmult_le_pos; lra]).
  assert (Hr : 0 <= rise al v f) by (unfold rise; repeat apply Rmult_le_pos; try lra; apply pow2_ge_0).
  assert (B x <= A x) by nra. assert (E x <= A x) by nra.
  assert (Hs : A x * (al * B x + be * E x) <= (al + be) * A x ^ 2).
  { replace ((al + be) * A x ^ 2) with (A x * (al * A x + be * A x)) by ring. apply Rmult_le_compat_l; [lra |].
    apply Rplus_le_compat; apply Rmult_le_compat_l; lra. }
  assert (rise al v f / (al + be) * (A x * (al * B x + be * E x)) <= rise al v f * A x ^ 2).
  { replace (rise al v f * A x ^ 2) with (rise al v f / (al + be) * ((al + be) * A x ^ 2)) by (field; lra).
    apply Rmult_le_compat_l; [apply Rmult_le_pos; [assumption | apply Rlt_le, Rinv_0_lt_compat; lra] | assumption]. }
  assert (rise al v f * A x ^ 2 <= A x ^ 2 * (v * (al * P x) + w * (be * Q x))).
  { rewrite Rmult_comm. apply Rmult_le_compat_l; [apply pow2_ge_0 | assumption]. }
  replace (A x * (al * (v * A x * P x) + be * (w * A x * Q x))) with (A x ^ 2 * (v * (al * P x) + w * (be * Q x))) by ring.
  lra.
Qed.

Lemma strength_grows_ordered t1 : 0 <= t1 <= t -> A t1 * (al * B t1 + be * E t1) * exp (rise al v f / (al + be) * (t - t1)) <=
  A t * (al * B t + be * E t).
Proof.
  intro Ht. pose proof (gronwall_from (fun x => - (A x * (al * B x + be * E x))) (fun x => - strength_rate x)
    (rise al v f / (al + be)) t1 t ltac:(lra)) as H. cbn beta in H.
  assert (Hfall : - (A t * (al * B t + be * E t)) <=
    - (A t1 * (al * B t1 + be * E t1)) * exp (rise al v f / (al + be) * (t - t1))); [| lra].
  apply H.
  - intros x Hx. apply (is_derive_opp (fun y => A y * (al * B y + be * E y))), strength_is_derive. lra.
  - intros x Hx. pose proof (strength_speed x ltac:(lra)). lra.
Qed.

End Rise.

Definition rising (al be v w f : R) : R := Rmin (rise al v f) (rise be w f) / (al + be).

Lemma rising_positive al be v w f : 0 < al -> 0 < be -> 0 < v -> 0 < w -> 0 < f < 1 -> 0 < rising al be v w f.
Proof.
  intros Hal Hbe Hv Hw Hf. unfold rising, rise. apply Rdiv_lt_0_compat; [| lra].
  apply Rmin_glb_lt; (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [assumption |] |]; apply pow_lt; lra).
Qed.

Lemma strength_grows al be v w f t (A B E : R -> R) t1 : 0 < al -> 0 < be -> 0 < v -> 0 < w -> 0 < f < 1 ->
  (forall x, 0 <= x <= t -> balanced_flow al be v w A B E x) ->
  (forall x, 0 <= x <= t -> 0 < A x /\ 0 <= B x /\ 0 <= E x) -> al * E 0 = be * B 0 -> A 0 * B 0 <= al -> A 0 * E 0 <= be ->
  (forall x, 0 <= x <= t -> A x * (al * B x + be * E x) < f * (al ^ 2 + be ^ 2)) ->
  (forall x, 0 <= x <= t -> A x ^ 2 = B x ^ 2 + E x ^ 2) -> 0 <= t1 <= t ->
  A t1 * (al * B t1 + be * E t1) * exp (rising al be v w f * (t - t1)) <= A t * (al * B t + be * E t).
Proof.
  intros Hal Hbe Hv Hw Hf Hm Hp Hray HB HE Hun Hbal Ht.
  assert (Hk : forall k, rising al be v w f <= k -> A t1 * (al * B t1 + be * E t1) * exp (rising al be v w f * (t - t1)) <=
    A t1 * (al * B t1 + be * E t1) * exp (k * (t - t1))).
  { intros k Hle. destruct (Hp t1 Ht) as (P1 & P2 & P3). apply Rmult_le_compat_l.
    - apply Rmult_le_pos; [lra | apply Rplus_le_le_0_compat; apply Rmult_le_pos; lra].
    - assert (Hx : rising al be v w f * (t - t1) <= k * (t - t1)) by (apply Rmult_le_compat_r; lra).
      destruct Hx as [Hlt | ->]; [apply Rlt_le, exp_increasing, Hlt | lra]. }
  assert (Hinv : 0 <= / (al + be)) by (apply Rlt_le, Rinv_0_lt_compat; lra).
  destruct (Rle_dec v w) as [Hvw | Hvw].
  - apply Rle_trans with (1 := Hk (rise al v f / (al + be)) ltac:(apply Rmult_le_compat_r; [assumption | apply Rmin_l])).
    now apply (strength_grows_ordered al be v w f t Hal Hbe Hv Hvw Hf A B E Hm Hp Hray HB HE Hun Hbal).
  - apply Rle_trans with (1 := Hk (rise be w f / (al + be)) ltac:(apply Rmult_le_compat_r; [assumption | apply Rmin_r])).
    pose proof (strength_grows_ordered be al w v f t Hbe Hal Hw ltac:(lra) Hf A E B
      (fun x Hx => balanced_flow_swapped _ _ _ _ _ _ _ _ (Hm x Hx))) as H.
    rewrite (Rplus_comm (al * B t1)), (Rplus_comm (al * B t)), (Rplus_comm al be). apply H; trivial.
    + intros x Hx. destruct (Hp x Hx). tauto.
    + lra.
    + intros x Hx. rewrite (Rplus_comm (be * E x)), (Rplus_comm (be ^ 2)). now apply Hun.
    + intros x Hx. rewrite (Hbal x Hx). ring.
Qed.
