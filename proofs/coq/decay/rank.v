(******************************************************************************)
(* Weight decay keeps at least as many modes as have an escape rate above mu. *)
(*                                                                            *)
(* Source: ours. Matrices of any size, over any real field.                   *)
(*                                                                            *)
(*   kernel_of_the_minimiser_sees_the_labels == U^T (Z - L) Omega is          *)
(*                                       U^T Z Omega where U^T L = 0          *)
(*              rank_at_least_the_fast_modes == (Z - L) Omega = mu G with a   *)
(*                                       contraction G bounds the rank of L   *)
(*                                       from below: a vector of the span of  *)
(*                                       the fast modes that L does not see   *)
(*                                       would see no more than mu            *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.reviewed Require Import matrices.
From UFM.generated Require matrix_statements.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Theorem kernel_of_the_minimiser_sees_the_labels :
  matrix_statements.rank_at_least_escape_count.kernel_of_the_minimiser_sees_the_labels.
Proof.
move=> R c k n L Omega U Z orthU; congr (_ *m _).
by rewrite !mulmxDr mulmxN !mulmxA orthU mul1mx addNr add0r.
Qed.

Lemma squared_lengthZ (R : realFieldType) n (a : R) (x : 'rV[R]_n) :
  reviewed.rank_at_least_escape_count.squared_length (a *: x) =
  a ^+ 2 * reviewed.rank_at_least_escape_count.squared_length x.
Proof.
by rewrite /reviewed.rank_at_least_escape_count.squared_length linearZ /= -scalemxAl -scalemxAr scalerA mxE expr2.
Qed.

(* Where the rank of L is below that of E, some vector of E's span is not seen by L. *)
Lemma unseen_direction (F : fieldType) c n k (L : 'M[F]_(c, n)) (E : 'M[F]_(k, c)) :
  (\rank L < k)%N -> exists2 x : 'rV[F]_k, x != 0 & x *m E *m L = 0.
Proof.
move=> small; have : kermx (E *m L) != 0.
  rewrite -mxrank_eq0 mxrank_ker subn_eq0 -ltnNge.
  exact: leq_ltn_trans (mxrankM_maxr E L) small.
case/rowV0Pn=> x /sub_kermxP xEL x_neq0; exists x => //.
by rewrite -mulmxA.
Qed.

Theorem rank_at_least_the_fast_modes : reviewed.rank_at_least_escape_count.rank_at_least_the_fast_modes.
Proof.
move=> R c n k Z G L Omega mu E residual contracts fast.
rewrite leqNgt; apply/negP=> /(unseen_direction E) [x x_neq0 unseen].
have := fast x x_neq0; apply/negP; rewrite -leNgt.
have -> : x *m E *m Z *m diag_mx Omega = mu *: (x *m E *m G).
  by rewrite scalemxAr -residual mulmxA mulmxBr unseen subr0.
by rewrite squared_lengthZ ler_wpmul2l ?sqr_ge0 ?contracts.
Qed.
