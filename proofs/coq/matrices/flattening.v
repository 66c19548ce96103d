(******************************************************************************)
(* Weights flatten the escape spectrum iff they are the inverse square roots. *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* The escape rates are the singular values of Z Omega, their squares the     *)
(* eigenvalues of P diag(n_k w_k^2) P other than that of the ones.            *)
(*                                                                            *)
(*                flat d == P diag(d) P = lambda P for some lambda            *)
(*       flat_spectrum d == char_poly (P diag(d) P) = X (X - lambda)^(c - 1)  *)
(*                          for some lambda                                   *)
(*                                                                            *)
(*          flat_of_equal_counts == d constant implies flat, any c            *)
(*         flat_iff_equal_counts == c >= 3: flat d iff d is constant          *)
(* flat_spectrum_iff_equal_counts == c >= 3: flat_spectrum d iff d is constant*)
(* flat_spectrum_iff_inverse_square_root == c >= 3, n_k > 0, w_k > 0:         *)
(*                          the spectrum of the weighted labels is flat iff   *)
(*                          w_k = x / sqrt(n_k) for one x > 0                 *)
(*           flat_of_two_classes == c = 2: flat, whatever d is                *)
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

Section Flat.
Variables (R : realFieldType) (c' : nat).
Local Notation c := c'.+1.
Add Field flat_field : (field_theoryP R).
Implicit Types (d : 'rV[R]_c) (x : R).

Definition flat d : Prop := exists x, centred_diagonal d = x *: centring R c.

Lemma flat_of_equal_counts d x : (forall k, d 0 k = x) -> centred_diagonal d = x *: centring R c.
Proof.
move=> dx; have -> : d = const_mx x by apply/rowP=> k; rewrite mxE dx.
by rewrite /centred_diagonal diag_const_mx mul_mx_scalar -scalemxAl centring_idem.
Qed.

(* Two classes with one count d_i = d_j make it a root of the derivative. *)
Lemma root_of_equal_counts d i j : i != j -> d 0 i = d 0 j -> root (counts_poly d)^`() (d 0 i).
Proof.
move=> neq_ij eq_d.
have [q ->] : exists q, counts_poly d = ('X - (d 0 i)%:P) * (('X - (d 0 i)%:P) * q).
  by rewrite /counts_poly (bigD1 i) //= (bigD1 j) ?[j == i]eq_sym //= -eq_d; eexists.
by rewrite rootE derivM derivXsubC mul1r hornerD !hornerM hornerXsubC subrr !mul0r addr0.
Qed.

Lemma deriv_eq_const (p q : {poly R}) : p^`() = q^`() -> exists x, p = q + x%:P.
Proof.
move=> eq_dp; exists (p`_0 - q`_0); apply/polyP=> [[|i]]; rewrite coefD coefC /= ?subrKC //.
  by rewrite addrC subrK.
have := congr1 (fun r : {poly R} => r`_i) eq_dp; rewrite !coef_deriv addr0.
by move/eqP; rewrite eqr_pmuln2r // => /eqP.
Qed.

Lemma centred_diagonalE d i j :
  centred_diagonal d i j =
  ((i == j)%:R - c%:R^-1) * d 0 j - c%:R^-1 * (d 0 i - c%:R^-1 * \sum_k d 0 k).
Proof.
pose u := row i (centring R c *m diag_mx d).
have uE k : u 0 k = ((i == k)%:R - c%:R^-1) * d 0 k by rewrite mxE mul_mx_diag mxE centringE.
rewrite /centred_diagonal (_ : _ i j = (u *m centring R c) 0 j); last first.
  by rewrite /u -row_mul [RHS]mxE.
rewrite mulmx_centringE uE; congr (_ - _ * _); under eq_bigr do rewrite uE mulrBl.
rewrite sumrB -mulr_sumr (bigD1 i) //= eqxx mul1r big1 ?addr0 // => k /negPf ki.
by rewrite eq_sym ki mul0r.
Qed.

Lemma third_class (i j : 'I_c) : (2 < c)%N -> i != j -> exists k, (k != i) && (k != j).
Proof.
move=> c_gt2 neq_ij; have /card_gt0P[k] : (0 < #|~: [set i; j]|)%N.
  by rewrite -(ltn_add2l #|[set i; j]|) cardsC addn0 cards2 card_ord neq_ij.
by rewrite !inE negb_or => k_ij; exists k.
Qed.

Theorem flat_iff_equal_counts d : (2 < c)%N ->
  flat d <-> forall i j, d 0 i = d 0 j.
Proof.
move=> c_gt2; split=> [[x flat_x]|eq_d]; last by exists (d 0 0); apply: flat_of_equal_counts.
have pair i j : i != j -> d 0 i + d 0 j = c%:R^-1 * (\sum_k d 0 k) + x.
  move=> /negPf neq_ij; have := congr1 (fun M : 'M_c => M i j) flat_x.
  rewrite centred_diagonalE mxE centringE neq_ij !sub0r => entry.
  apply: (@mulfI _ (- c%:R^-1)); first by rewrite oppr_eq0 invr_eq0 c_neq0.
  rewrite [RHS]mulrDr [X in _ = _ + X]mulrC -entry.
  move: (\sum_k _) (d 0 i) (d 0 j) (c%:R^-1) => s di dj e.
  by mc_ring R.
move=> i j; have [->//|neq_ij] := eqVneq i j.
have [k /andP[neq_ki neq_kj]] := third_class c_gt2 neq_ij.
by apply: (@addrI _ (d 0 k)); rewrite !pair.
Qed.

Theorem flat_spectrum_iff_equal_counts d : (2 < c)%N ->
  flat_spectrum d <-> forall i j, d 0 i = d 0 j.
Proof.
move=> c_gt2; split=> [[x]|eq_d]; last first.
  exists (d 0 0); rewrite char_poly_of_centred_diagonal; congr ('X * _).
  have -> : counts_poly d = ('X - (d 0 0)%:P) ^+ c.
    rewrite /counts_poly (eq_bigr (fun=> 'X - (d 0 0)%:P)) ?prodr_const ?card_ord // => k _.
    by rewrite (eq_d k 0).
  by rewrite deriv_exp derivXsubC mul1r -scaler_nat scalerA mulVf ?c_neq0 // scale1r.
rewrite char_poly_of_centred_diagonal => /(mulfI _); rewrite polyX_eq0 => /(_ isT) scaledE.
have derivE : (counts_poly d)^`() = (('X - x%:P) ^+ c)^`().
  rewrite deriv_exp derivXsubC mul1r -scaledE -scaler_nat scalerA divff ?c_neq0 //.
  by rewrite scale1r.
have [e polyE] := deriv_eq_const derivE.
have powE k : (d 0 k - x) ^+ c = - e.
  have : (counts_poly d).[d 0 k] = 0.
    by rewrite /counts_poly (bigD1 k) //= hornerM hornerXsubC subrr mul0r.
  by rewrite polyE hornerD hornerC horner_exp hornerXsubC => /eqP; rewrite addr_eq0 => /eqP.
have collide i j : i != j -> (0 <= d 0 i - x) = (0 <= d 0 j - x) -> d 0 i = x.
  move=> neq_ij same; have eq_pow : (d 0 i - x) ^+ c = (d 0 j - x) ^+ c by rewrite !powE.
  have eq_d : d 0 i = d 0 j.
    apply: (@addIr _ (- x)); move: same eq_pow; have [j_ge0|j_lt0] := boolP (0 <= d 0 j - x).
      by move=> i_ge0 /eqP; rewrite eqr_expn2 // => /eqP.
    move=> i_lt0 eq_pow; apply: oppr_inj; apply/eqP; rewrite -(@eqr_expn2 _ c) //.
    - by rewrite exprNn eq_pow -exprNn.
    - by rewrite oppr_ge0 ltW // ltNge i_lt0.
    - by rewrite oppr_ge0 ltW // ltNge.
  have := root_of_equal_counts neq_ij eq_d; rewrite derivE rootE deriv_exp derivXsubC mul1r.
  by rewrite hornerMn horner_exp hornerXsubC mulrn_eq0 expf_eq0 subr_eq0 => /andP[_ /eqP].
suff [k dk] : exists k, d 0 k = x.
  have e0 : e = 0 by apply: oppr_inj; rewrite -(powE k) dk subrr expr0n oppr0.
  have dx l : d 0 l = x.
    by have /eqP := powE l; rewrite e0 oppr0 expf_eq0 subr_eq0 => /andP[_ /eqP].
  by move=> i j; rewrite !dx.
have neq01 : (ord0 : 'I_c) != Ordinal (ltnW c_gt2) by [].
have [k /andP[neq_k0 neq_k1]] := third_class c_gt2 neq01.
case: (boolP ((0 <= d 0 ord0 - x) == (0 <= d 0 (Ordinal (ltnW c_gt2)) - x))) => [/eqP|] same01.
  by exists ord0; apply: collide same01.
case: (boolP ((0 <= d 0 k - x) == (0 <= d 0 ord0 - x))) => [/eqP|] samek0.
  by exists k; apply: collide samek0.
exists k; apply: collide neq_k1 _; move: samek0 same01.
by do 3!case: (0 <= _).
Qed.

End Flat.

Section TwoClasses.
Variable R : realFieldType.
Add Field two_classes_field : (field_theoryP R).

Theorem flat_of_two_classes (d : 'rV[R]_2) : flat d.
Proof.
pose a := d 0 ord0; pose b := d 0 (lift ord0 ord0).
have two : (2%:R : R) = 1 + 1 by rewrite mulr2n.
have two_neq0 : (1 + 1 : R) != 0 by rewrite -two pnatr_eq0.
have classes (k : 'I_2) : k = ord0 \/ k = lift ord0 ord0.
  by case: k => [[|[|//]] k_lt]; [left | right]; apply/val_inj.
exists ((a + b) / 2%:R); apply/matrixP=> i j; rewrite centred_diagonalE [RHS]mxE centringE.
rewrite !big_ord_recl big_ord0 addr0 -/a -/b two.
have neq01 : (ord0 == lift ord0 ord0 :> 'I_2) = false by [].
have neq10 : (lift ord0 ord0 == ord0 :> 'I_2) = false by [].
have [->|->] := classes i; have [->|->] := classes j; rewrite ?eqxx ?neq01 ?neq10 -?/a -?/b;
  rewrite ?mulr1n ?mulr0n; clearbody a b; clear neq01 neq10 two.
- by mc_field R.
- by mc_field R.
- by mc_field R.
- by mc_field R.
Qed.

End TwoClasses.

Section Weights.
Variables (R : rcfType) (c' n : nat) (y : 'I_n -> 'I_c'.+1) (w : 'I_c'.+1 -> R).

Theorem flat_spectrum_iff_inverse_square_root :
  (2 < c'.+1)%N -> (forall k, (0 < class_count y k)%N) -> (forall k, 0 < w k) ->
  flat_spectrum (effective_counts y w) <->
  exists2 x, 0 < x & forall k, w k = x / Num.sqrt (class_count y k)%:R.
Proof.
move=> c_gt2 n_gt0 w_gt0; rewrite flat_spectrum_iff_equal_counts //.
have root_gt0 k : 0 < Num.sqrt (class_count y k)%:R :> R by rewrite sqrtr_gt0 ltr0n.
have countE k : effective_counts y w 0 k = (Num.sqrt (class_count y k)%:R * w k) ^+ 2.
  by rewrite mxE exprMn sqr_sqrtr ?ler0n.
have scaledE (x : R) k : Num.sqrt (class_count y k)%:R * (x / Num.sqrt (class_count y k)%:R) = x.
  rewrite mulrC divfK //; exact: lt0r_neq0 (root_gt0 k).
split=> [eq_d | [x x_gt0 wE] i j]; last by rewrite !countE !wE !scaledE.
exists (Num.sqrt (class_count y 0)%:R * w 0) => [|k]; first exact: mulr_gt0.
apply: (@mulfI _ (Num.sqrt (class_count y k)%:R)); first exact: lt0r_neq0 (root_gt0 k).
rewrite scaledE; have := eq_d k 0; rewrite !countE => /eqP.
by rewrite eqr_expn2 ?mulr_ge0 // ?ltW // => /eqP.
Qed.

End Weights.
