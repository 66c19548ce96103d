(******************************************************************************)
(* With a common mean of the inputs no weights make all rates equal, unless   *)
(* all classes but one are alike.                                             *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* The words are those of reviewed/matrices.v.                                *)
(*                                                                            *)
(*                 flat_forms == P A P = x P: what A and x P do to contrasts  *)
(*          flat_pairs_differ == on two contrasts that share no class: 0      *)
(*  flat_leaves_one_odd_class == c >= 4, kappa <> 0: all a, and all beta, are *)
(*                               equal but those of one class                 *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.reviewed Require Export matrices.
From UFM.matrices Require Import ring_field.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Lemma one_more n (s : seq 'I_n) : (size s < n)%N -> exists k, k \notin s.
Proof.
move=> lt_sn; have : (0 < #|[predC s]|)%N.
  by rewrite -(ltn_add2l #|s|) addn0 cardC card_ord (leq_ltn_trans (card_size s)).
by case/card_gt0P=> k; rewrite inE; exists k.
Qed.

Section Flat.
Variables (R : realFieldType) (c' : nat).
Local Notation c := c'.+1.
Implicit Types (A : 'M[R]_c) (x : R).

Definition contrast (i j : 'I_c) : 'rV[R]_c := delta_mx 0 i - delta_mx 0 j.

Lemma contrast_centred i j : contrast i j *m centring R c = contrast i j.
Proof.
rewrite /centring mulmxBr mulmx1 -scalemxAr mulmxBl.
have ones k : delta_mx 0 k *m const_mx 1 = const_mx 1 :> 'rV[R]_c.
  by rewrite -rowE; apply/rowP=> l; rewrite !mxE.
by rewrite !ones subrr scaler0 subr0.
Qed.

Lemma tr_centring : (centring R c)^T = centring R c.
Proof. by rewrite /centring linearB linearZ /= trmx1 trmx_const. Qed.

Lemma contrast_form A i j k l :
  (contrast i j *m A *m (contrast k l)^T) 0 0 = A i k - A j k - (A i l - A j l).
Proof.
rewrite /contrast linearB /= !trmx_delta mulmxBr mulmxBl -!rowE !mulmxBl -!colE !mxE.
by [].
Qed.

Lemma flat_forms A x i j k l : centring R c *m A *m centring R c = x *: centring R c ->
  A i k - A j k - (A i l - A j l) =
  x * ((i == k)%:R - (j == k)%:R - ((i == l)%:R - (j == l)%:R)).
Proof.
have centred_tr : centring R c *m (contrast k l)^T = (contrast k l)^T.
  by rewrite -{1}tr_centring -trmx_mul contrast_centred.
move=> flat; have := congr1 (fun B => (contrast i j *m B *m (contrast k l)^T) 0 0) flat.
rewrite !mulmxA contrast_centred -(mulmxA _ (centring R c)) centred_tr contrast_form => ->.
rewrite -scalemxAr contrast_centred -scalemxAl mxE; congr (_ * _).
by rewrite -[contrast i j]mulmx1 contrast_form !mxE.
Qed.

End Flat.

Section Common_mean.
Variables (R : realFieldType) (c' : nat) (a beta : 'I_c'.+1 -> R) (kappa x : R).
Local Notation c := c'.+1.
Add Field common_mean_field : (field_theoryP R).
Hypotheses (c_gt3 : (3 < c)%N) (kappa_neq0 : kappa != 0) (a_gt0 : forall k, 0 < a k).
Let A : 'M[R]_c := \matrix_(j, k) (a j * a k * (if j == k then beta k else kappa)).
Hypothesis flat : centring R c *m A *m centring R c = x *: centring R c.

Lemma flat_pairs_differ i j k l :
  i != k -> i != l -> j != k -> j != l -> (a i - a j) * (a k - a l) = 0.
Proof.
move=> ik il jk jl; have := flat_forms i j k l flat.
rewrite !mxE (negPf ik) (negPf il) (negPf jk) (negPf jl) !subrr mulr0 => form.
apply: (mulfI kappa_neq0); rewrite mulr0 -[RHS]form; mc_ring R.
Qed.

Lemma flat_pair i j : i != j -> a i * a i * beta i + a j * a j * beta j = x + x + (a i * a j * kappa + a i * a j * kappa).
Proof.
move=> ij; have ji : j != i by rewrite eq_sym.
have := flat_forms i j i j flat; rewrite !mxE !eqxx (negPf ij) (negPf ji) !mulr1n !mulr0n => form.
have -> : x + x = x * (1 - 0 - (0 - 1)) by mc_ring R.
rewrite -form; mc_ring R.
Qed.

(* Where j and k differ in a, all others have one a. *)
Lemma others_alike j k l m : a j != a k -> j != l -> k != l -> j != m -> k != m -> a l = a m.
Proof.
move=> jk jl kl jm km; have /eqP := flat_pairs_differ jl jm kl km.
by rewrite mulf_eq0 !subr_eq0 (negPf jk) => /eqP.
Qed.

(* One class alone has another a than the rest. *)
Lemma one_odd_class : exists i, forall j k, j != i -> k != i -> a j = a k.
Proof.
have [/forallP alike | /forallPn[j]] := boolP [forall j, a j == a ord0].
  by exists ord0 => j k _ _; rewrite (eqP (alike j)) (eqP (alike k)).
move=> a_j; have [l] : exists l, l \notin [:: j; ord0] by apply: one_more; apply: leq_trans c_gt3.
rewrite !inE negb_or => /andP[lj l0]; rewrite eq_sym in lj; rewrite eq_sym in l0.
have [m] : exists m, m \notin [:: j; ord0; l] by apply: one_more.
rewrite !inE !negb_or => /and3P[mj m0 ml]; rewrite eq_sym in mj; rewrite eq_sym in m0; rewrite eq_sym in ml.
have alike k : j != k -> ord0 != k -> a k = a l by move=> jk k0; apply: (others_alike a_j).
have j0 : j != ord0 by apply: contraNneq a_j => ->.
(* a_j = a_l or a_0 = a_m, where j, l and 0, m share no class *)
have := @flat_pairs_differ j l ord0 m j0 mj _ ml; rewrite eq_sym l0 => /(_ isT)/eqP.
rewrite mulf_eq0 !subr_eq0 => /orP[/eqP a_jl | /eqP a_0m].
- exists ord0 => k n; rewrite ![_ == ord0]eq_sym => k0 n0.
  have same p : ord0 != p -> a p = a l by have [<- // | /alike same /same] := eqVneq j p.
  by rewrite !same.
- exists j => k n; rewrite ![_ == j]eq_sym => kj nj.
  have same p : j != p -> a p = a l.
    by have [<- _ | p0 /alike -> //] := eqVneq ord0 p; rewrite a_0m alike.
  by rewrite !same.
Qed.

End Common_mean.

Theorem flat_leaves_one_odd_class : reviewed.no_weights_flatten_a_common_mean.flat_leaves_one_odd_class.
Proof.
move=> R c' a beta kappa x c_gt3 kappa_neq0 a_gt0 flat.
have [i alike] := one_odd_class c_gt3 kappa_neq0 flat; exists i => j k ji ki; split; first exact: alike.
have [-> // | jk] := eqVneq j k.
have [l] : exists l, l \notin [:: i; j; k] by apply: one_more.
rewrite !inE !negb_or => /and3P[li lj lk].
have := @flat_pair _ _ _ _ _ _ flat j l; have := @flat_pair _ _ _ _ _ _ flat k l.
rewrite eq_sym lk eq_sym lj (alike j l ji li) (alike k l ki li) => /(_ isT) pair_k /(_ isT) pair_j.
apply: (mulfI (lt0r_neq0 (mulr_gt0 (a_gt0 l) (a_gt0 l)))).
by apply: (addIr (a l * a l * beta l)); rewrite pair_j.
Qed.
