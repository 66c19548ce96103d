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
(*          every_mode_leaks_of_distinct_counts == counts positive and        *)
(*                               distinct, w_k = f n_k with f strictly        *)
(*                               decreasing: for every eigenvector u of Z Z^T *)
(*                               with an eigenvalue x <> 0, u Z Omega is not  *)
(*                               of the form z Z                              *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.matrices Require Import labels spectrum.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Modes.
Variables (R : realFieldType) (c' n : nat).
Local Notation c := c'.+1.
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

End Modes.
