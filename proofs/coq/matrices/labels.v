(******************************************************************************)
(* Centred one-hot labels, and the Gram matrix of any weighting of them.      *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised,    *)
(*   for the simplex-encoded labels Z = P Y; the Gram matrix is ours.         *)
(*                                                                            *)
(* R is any real field, c the number of classes, n the number of samples.     *)
(*                                                                            *)
(* The words are those of reviewed/matrices.v.                                *)
(*                                                                            *)
(*             gram_of_weighted_labels == Z Omega (Z Omega)^T                 *)
(*                                        = P diag(n_k w_k^2) P               *)
(*                      gram_of_labels == Z Z^T = P diag(n_k) P               *)
(* gram_of_weights_is_gram_of_effective_counts ==                             *)
(*                   labels y' with n'_k = n_k w_k^2 samples in class k have, *)
(*                   unweighted, the Gram matrix of the labels y weighted by  *)
(*                   w                                                        *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.reviewed Require Export matrices.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Weights.
Variables (R : realFieldType) (c n : nat).
Implicit Types (y : 'I_n -> 'I_c) (w : 'I_c -> R) (d : 'rV[R]_c).

Lemma tr_centring : (centring R c)^T = centring R c.
Proof. by rewrite /centring linearB linearZ /= trmx1 trmx_const. Qed.

Lemma centringE i j : centring R c i j = (i == j)%:R - (c%:R)^-1.
Proof. by rewrite !mxE mulr1. Qed.

Lemma one_hot_gram y (x : 'I_c -> R) :
  one_hot R y *m diag_mx (\row_l x (y l)) *m (one_hot R y)^T =
  diag_mx (\row_k ((class_count y k)%:R * x k)).
Proof.
apply/matrixP=> i j; rewrite !mxE.
under eq_bigr do rewrite mul_mx_diag !mxE.
have [<-{j}|neq_ij] := eqVneq i j; last first.
  apply: big1 => l _; have [yl_i|] := eqVneq (y l) i; last by rewrite !mul0r.
  by rewrite yl_i (negPf neq_ij) mulr0.
rewrite mulr1n /class_count -sum1_card natr_sum mulr_suml [RHS]big_mkcond /=.
apply: eq_bigr => l _; rewrite inE.
by have [->|] := eqVneq (y l) i; rewrite ?mul1r ?mulr1 ?mul0r.
Qed.

Theorem gram_of_weighted_labels y w :
  weighted_labels y w *m (weighted_labels y w)^T = centred_diagonal (effective_counts y w).
Proof.
rewrite /weighted_labels /centred_labels /centred_diagonal !trmx_mul tr_centring.
rewrite /sample_weights tr_diag_mx -!mulmxA; congr (_ *m _); rewrite !mulmxA.
congr (_ *m _); rewrite -one_hot_gram -(mulmxA (one_hot R y)) mulmx_diag.
by do 2!congr (_ *m _); congr diag_mx; apply/rowP=> l; rewrite !mxE expr2.
Qed.

Lemma eq_weighted_labels y w w' : w =1 w' -> weighted_labels y w = weighted_labels y w'.
Proof.
move=> eq_w; rewrite /weighted_labels /sample_weights; congr (_ *m diag_mx _).
by apply/rowP=> l; rewrite !mxE eq_w.
Qed.

Lemma weighted_labels1 y : weighted_labels y (fun=> 1) = centred_labels R y.
Proof.
rewrite /weighted_labels -[RHS]mulmx1; congr (_ *m _); apply/matrixP=> i j.
by rewrite !mxE; case: eqP => // _; rewrite mulr1n.
Qed.

Theorem gram_of_labels y :
  centred_labels R y *m (centred_labels R y)^T = centred_diagonal (\row_k (class_count y k)%:R).
Proof.
rewrite -weighted_labels1 gram_of_weighted_labels; congr centred_diagonal.
by apply/rowP=> k; rewrite !mxE expr1n mulr1.
Qed.

End Weights.

Theorem gram_of_weights_is_gram_of_effective_counts (R : realFieldType) (c n n' : nat)
    (y : 'I_n -> 'I_c) (w : 'I_c -> R) (y' : 'I_n' -> 'I_c) :
  (forall k, (class_count y' k)%:R = (class_count y k)%:R * w k ^+ 2) ->
  centred_labels R y' *m (centred_labels R y')^T =
  weighted_labels y w *m (weighted_labels y w)^T.
Proof.
move=> counts; rewrite gram_of_labels gram_of_weighted_labels; congr centred_diagonal.
by apply/rowP=> k; rewrite !mxE counts.
Qed.
