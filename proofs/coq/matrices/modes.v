(******************************************************************************)
(* Which modes of the labels the weights leave alone.                         *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* A mode is a left singular row u of Z with its right singular row, which is *)
(* u Z up to its length; the rows z Z are the span of the right singular      *)
(* vectors. A mode leaks where u Z Omega is not such a row.                   *)
(*                                                                            *)
(*          within_group_modes_are_exact == one weight a group: a centred u   *)
(*                               that is zero off the group S has             *)
(*                               u Z Omega = w_S u Z, so nothing leaks        *)
(*   middle_mass, middle_weight == m2 n_maj / (m2 n_maj + m1 n_min), the part *)
(*                               of v_mid^2 on the majority, and the mean of  *)
(*                               the weights under it                         *)
(*      middle_leak_orthogonal_to_labels == STEP, v = u Z for the middle u:   *)
(*                               v Omega - middle_weight v is orthogonal to   *)
(*                               every row z Z, so it is the part of v Omega  *)
(*                               outside their span                           *)
(*      middle_leak_is_variance == its squared length is the variance of the  *)
(*                               weights under middle_mass times that of v    *)
(*      middle_leak_variance_gt0 == positive where the weights differ         *)
(*          every_mode_leaks_of_distinct_counts == counts positive and        *)
(*                               distinct, w_k = f n_k with f strictly        *)
(*                               decreasing: for every eigenvector u of Z Z^T *)
(*                               with an eigenvalue x <> 0, u Z Omega is not  *)
(*                               of the form z Z                              *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.matrices Require Import ring_field labels spectrum.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Modes.
Variables (R : realFieldType) (c' n : nat).
Local Notation c := c'.+1.
Add Field modes_field : (field_theoryP R).
Variable y : 'I_n -> 'I_c.
Implicit Types (u z : 'rV[R]_c) (w : 'I_c -> R).

Lemma mul_centred_labelsE u l : (u *m centred_labels R y) 0 l = (u *m centring R c) 0 (y l).
Proof.
rewrite /centred_labels mulmxA; move: (u *m _) => v; rewrite mxE (bigD1 (y l)) //= mxE eqxx mulr1.
by rewrite big1 ?addr0 // => k /negPf neq_k; rewrite mxE eq_sym neq_k mulr0.
Qed.

Lemma mul_weighted_labelsE u w l :
  (u *m weighted_labels y w) 0 l = (u *m centring R c) 0 (y l) * w (y l).
Proof. by rewrite /weighted_labels mulmxA mul_mx_diag mxE mul_centred_labelsE [X in _ * X]mxE. Qed.

Lemma centred_mul_centring u : \sum_k u 0 k = 0 -> u *m centring R c = u.
Proof. by move=> sum0; apply/rowP=> k; rewrite mulmx_centringE sum0 mulr0 subr0. Qed.

Theorem within_group_modes_are_exact (S : {set 'I_c}) u (w_in w_out : R) :
  (forall k, k \notin S -> u 0 k = 0) -> \sum_k u 0 k = 0 ->
  u *m weighted_labels y (fun k => if k \in S then w_in else w_out) =
  w_in *: (u *m centred_labels R y).
Proof.
move=> off_S sum0; apply/rowP=> l; rewrite mul_weighted_labelsE [RHS]mxE mul_centred_labelsE.
rewrite centred_mul_centring //; have [_|/off_S->] := boolP (y l \in S); first exact: mulrC.
by rewrite mul0r mulr0.
Qed.

Theorem every_mode_leaks_of_distinct_counts (f : R -> R) u (x : R) :
  (forall k, 0 < class_count y k)%N -> injective (class_count y) ->
  (forall a b, a < b -> f b < f a) -> u != 0 -> x != 0 ->
  u *m (centred_labels R y *m (centred_labels R y)^T) = x *: u ->
  forall z, u *m weighted_labels y (fun k => f (class_count y k)%:R) <> z *m centred_labels R y.
Proof.
move=> n_gt0 distinct f_decr u_neq0 x_neq0; rewrite gram_of_labels.
move/(eigenvectorP _ _ x_neq0); set e := _ * _ => -[sum0 coords] z leak.
have {}coords k : u 0 k * ((class_count y k)%:R - x) = e by rewrite -(coords k) mxE.
have gap_neq0 k : (class_count y k)%:R - x != 0.
  apply/negP=> /eqP gap0; case/eqP: u_neq0.
  have e0 : e = 0 by rewrite -(coords k) gap0 mulr0.
  have off_k j : j != k -> u 0 j = 0.
    move=> neq_jk; have /eqP := coords j; rewrite e0 mulf_eq0 => /orP[/eqP//|].
    move: gap0 => /eqP; rewrite !subr_eq0 => /eqP <-; rewrite eqr_nat => /eqP /distinct eq_jk.
    by rewrite eq_jk eqxx in neq_jk.
  apply/rowP=> j; rewrite mxE; have [->|/off_k//] := eqVneq j k.
  by move: sum0; rewrite (bigD1 k) //= big1 ?addr0 // => i /off_k.
have e_neq0 : e != 0.
  apply: contraNneq u_neq0 => e0; apply/eqP/rowP=> k; rewrite mxE.
  by have /eqP := coords k; rewrite e0 mulf_eq0 (negPf (gap_neq0 k)) orbF => /eqP.
have weighted_sum0 : \sum_k u 0 k * f (class_count y k)%:R = 0.
  rewrite -[RHS](sum_mulmx_centring z); apply: eq_bigr => k _.
  have /card_gt0P[l] := n_gt0 k; rewrite inE => /eqP y_l.
  have := congr1 (fun r : 'rV_n => r 0 l) leak.
  by rewrite mul_weighted_labelsE mul_centred_labelsE y_l centred_mul_centring.
pose term k := (f x - f (class_count y k)%:R) / ((class_count y k)%:R - x).
have term_gt0 k : 0 < term k.
  rewrite /term; have [lt_n|gt_n|eq_n] := ltgtP (class_count y k)%:R x.
  - by rewrite nmulr_lgt0 ?invr_lt0 ?subr_lt0 // f_decr.
  - by rewrite mulr_gt0 ?invr_gt0 ?subr_gt0 // f_decr.
  - by case/negP: (gap_neq0 k); rewrite subr_eq0 eq_n.
have : e * (\sum_k term k) = 0.
  transitivity (\sum_k (f x * u 0 k - u 0 k * f (class_count y k)%:R)); last first.
    by rewrite sumrB -mulr_sumr sum0 mulr0 weighted_sum0 subrr.
  rewrite mulr_sumr; apply: eq_bigr => k _; rewrite -(coords k) /term mulrCA mulrA.
  by rewrite mulrA (mulfK (gap_neq0 k)) mulrBl [X in _ - X]mulrC.
move/eqP; rewrite mulf_eq0 (negPf e_neq0) /= => /eqP sum_term0.
have : 0 < \sum_k term k.
  by rewrite (bigD1 ord0) //= ltr_paddr // sumr_ge0 // => k _; apply: ltW.
by rewrite sum_term0 ltxx.
Qed.

Lemma sum_over_samples (g : 'I_c -> R) : \sum_l g (y l) = \sum_k (class_count y k)%:R * g k.
Proof.
rewrite (partition_big y xpredT) //=; apply: eq_bigr => k _.
rewrite (eq_bigr (fun=> g k)) => [|l /eqP->//].
by rewrite sumr_const mulr_natl.
Qed.

Section Middle.
Variables (S : {set 'I_c}) (n_maj n_min : nat) (w_maj w_min : R).
Hypotheses (S_gt0 : (0 < #|S|)%N) (nS_gt0 : (0 < #|~: S|)%N).
Hypotheses (n_maj_gt0 : (0 < n_maj)%N) (n_min_gt0 : (0 < n_min)%N).
Hypothesis counts : forall k, class_count y k = if k \in S then n_maj else n_min.
Local Notation m1 := (#|S|%:R : R).
Local Notation m2 := (#|~: S|%:R : R).

Definition middle_mass : R := m2 * n_maj%:R / (m2 * n_maj%:R + m1 * n_min%:R).
Definition middle_weight : R := middle_mass * w_maj + (1 - middle_mass) * w_min.

Let w k := if k \in S then w_maj else w_min.
Let v : 'rV[R]_n := middle_vector R S *m centred_labels R y.
Let leak : 'rV[R]_n := middle_vector R S *m weighted_labels y w - middle_weight *: v.

Lemma middle_total_neq0 : m2 * n_maj%:R + m1 * n_min%:R != 0.
Proof. by rewrite gt_eqF // addr_gt0 ?mulr_gt0 ?ltr0n. Qed.

Lemma middle_centred : middle_vector R S *m centring R c = middle_vector R S.
Proof.
apply: centred_mul_centring; under eq_bigr do rewrite mxE.
by rewrite sum_step mulrN [m2 * _]mulrC subrr.
Qed.

Lemma leakE l :
  leak 0 l = middle_vector R S 0 (y l) * (w (y l) - middle_weight).
Proof.
have -> : leak 0 l = (middle_vector R S *m weighted_labels y w) 0 l - middle_weight * v 0 l.
  by rewrite [LHS]mxE; congr (_ + _); rewrite [LHS]mxE; congr (- _); rewrite [LHS]mxE.
rewrite mul_weighted_labelsE mul_centred_labelsE middle_centred.
by rewrite mulrBr [middle_weight * _]mulrC.
Qed.

Theorem middle_leak_orthogonal_to_labels : leak *m (centred_labels R y)^T = 0.
Proof.
have [e tE] : exists e, forall k, (leak *m (one_hot R y)^T) 0 k = e.
  exists (n_maj%:R * n_min%:R * m1 * m2 * (w_maj - w_min) / (m2 * n_maj%:R + m1 * n_min%:R)) => k.
  rewrite mxE; under eq_bigr do rewrite leakE !mxE.
  pose g k' := middle_vector R S 0 k' * (w k' - middle_weight) * (k' == k)%:R.
  rewrite (eq_bigr (fun l => g (y l))) => [|l _]; last by rewrite /g mxE.
  rewrite sum_over_samples (bigD1 k) //= big1 ?addr0 => [|k' /negPf neq_k]; last first.
    by rewrite /g neq_k !mulr0.
  rewrite /g eqxx mulr1 mxE /w counts /middle_weight /middle_mass.
  case: (k \in S) => //; move: middle_total_neq0.
    move: m1 m2 (n_maj%:R : R) (n_min%:R : R) => a b p q total_neq0.
    by mc_field R.
  move: m1 m2 (n_maj%:R : R) (n_min%:R : R) => a b p q total_neq0.
  by mc_field R.
rewrite /centred_labels trmx_mul tr_centring mulmxA; apply/rowP=> k; rewrite mulmx_centringE.
under eq_bigr do rewrite tE.
by rewrite tE sumr_const card_ord -[e *+ _]mulr_natl mulKf ?c_neq0 // subrr mxE.
Qed.

Theorem middle_leak_is_variance :
  (leak *m leak^T) 0 0 =
  (middle_mass * (w_maj - middle_weight) ^+ 2 + (1 - middle_mass) * (w_min - middle_weight) ^+ 2) *
  (v *m v^T) 0 0.
Proof.
have normE (r : 'rV[R]_n) (g : 'I_c -> R) : (forall l, r 0 l = g (y l)) ->
    (r *m r^T) 0 0 = \sum_k (class_count y k)%:R * (g k * g k).
  move=> rE; rewrite mxE -(sum_over_samples (fun k => g k * g k)).
  by apply: eq_bigr => l _; rewrite [X in _ * X]mxE rE.
have stepE (g : 'I_c -> R) (x z : R) : (forall k, g k = if k \in S then x else z) ->
    \sum_k (class_count y k)%:R * (g k * g k) =
    m1 * (n_maj%:R * (x * x)) + m2 * (n_min%:R * (z * z)).
  move=> gE; rewrite -sum_step; apply: eq_bigr => k _; rewrite gE counts.
  by case: (k \in S).
have -> : (leak *m leak^T) 0 0 =
    m1 * (n_maj%:R * ((m2 * (w_maj - middle_weight)) * (m2 * (w_maj - middle_weight)))) +
    m2 * (n_min%:R * ((- m1 * (w_min - middle_weight)) * (- m1 * (w_min - middle_weight)))).
  apply: (etrans (normE leak (fun k => middle_vector R S 0 k * (w k - middle_weight)) leakE)).
  by apply: stepE => k; rewrite mxE /w; case: (k \in S).
have -> : (v *m v^T) 0 0 = m1 * (n_maj%:R * (m2 * m2)) + m2 * (n_min%:R * (- m1 * - m1)).
  have vE l : v 0 l = middle_vector R S 0 (y l) by rewrite mul_centred_labelsE middle_centred.
  by apply: (etrans (normE v (middle_vector R S 0) vE)); apply: stepE => k; rewrite mxE.
have restE : 1 - middle_mass = m1 * n_min%:R / (m2 * n_maj%:R + m1 * n_min%:R).
  by rewrite /middle_mass -{1}(divff middle_total_neq0) -mulrBl addrAC subrr add0r.
rewrite restE {1}/middle_mass !expr2; move: (w_maj - _) (w_min - _) middle_total_neq0.
move: m1 m2 (n_maj%:R : R) (n_min%:R : R) => a b p q x z total_neq0.
by mc_field R.
Qed.

Theorem middle_leak_variance_gt0 : w_maj != w_min ->
  0 < middle_mass * (w_maj - middle_weight) ^+ 2 + (1 - middle_mass) * (w_min - middle_weight) ^+ 2.
Proof.
move=> neq_w; have total_gt0 : 0 < m2 * n_maj%:R + m1 * n_min%:R.
  by rewrite addr_gt0 ?mulr_gt0 ?ltr0n.
have -> :
    middle_mass * (w_maj - middle_weight) ^+ 2 + (1 - middle_mass) * (w_min - middle_weight) ^+ 2 =
    (m2 * n_maj%:R) * (m1 * n_min%:R) / (m2 * n_maj%:R + m1 * n_min%:R) ^+ 2 * (w_maj - w_min) ^+ 2.
  rewrite /middle_weight /middle_mass !expr2; move: middle_total_neq0.
  move: m1 m2 (n_maj%:R : R) (n_min%:R : R) => a b p q total_neq0.
  by mc_field R.
apply: mulr_gt0; last by rewrite exprn_even_gt0 //= subr_eq0.
by rewrite divr_gt0 ?exprn_gt0 // !mulr_gt0 ?ltr0n.
Qed.

End Middle.
End Modes.
