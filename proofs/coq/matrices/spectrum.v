(******************************************************************************)
(* The spectrum of the centred labels: any counts, and STEP.                  *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised,    *)
(*   for STEP without weights; the characteristic polynomial of any counts    *)
(*   and the escape rates of STEP with weights are ours.                      *)
(*                                                                            *)
(* Classes are 'I_c, c >= 1, in any real field; S is the set of majority      *)
(* classes, m1 = #|S| >= 1 of them, and m2 = #|~: S| >= 1 minority classes.   *)
(*                                                                            *)
(*      counts_poly d == the polynomial prod_k (X - d_k)                      *)
(*  step_counts S a b == the row that is a on S and b off S                   *)
(*  step_middle S a b == (m2 a + m1 b) / c                                    *)
(*    middle_vector S == the row that is m2 on S and - m1 off S               *)
(* singular_values A s == s lists the singular values of A, with their        *)
(*                       multiplicities: they are nonnegative and             *)
(*                       char_poly (A A^T) = prod_(x in s) (X - x^2)          *)
(*                                                                            *)
(*                     det_add_rank1 == det (A + u v) = det A + v adj(A) u    *)
(*                        char_polyC == AB and BA have one char_poly          *)
(* char_poly_of_centred_diagonal == char_poly (P diag(d) P)                   *)
(*                                  = X (1/c) (prod_k (X - d_k))', any d      *)
(*                      eigenvectorP == u is an eigenvector of P diag(d) P for*)
(*                                  x <> 0 iff u is centred and               *)
(*                                  u_k (d_k - x) does not depend on k        *)
(*                    ones_in_kernel == 1^T P diag(d) P = 0                   *)
(*                 char_poly_of_step == STEP: char_poly is X (X - a)^(m1 - 1) *)
(*                                  (X - b)^(m2 - 1) (X - middle)             *)
(* eigenspace_within_group_of_step == the eigenspace of a, a <> b: zero off   *)
(*                                  the group, sum zero (a is the value on S; *)
(*                                  for the other group take ~: S)            *)
(*        eigenspace_middle_of_step == the eigenspace of the middle value:    *)
(*                                  the line of middle_vector                 *)
(*              escape_rates_of_step == STEP with one weight a group: the     *)
(*                                  singular values of Z Omega are sqrt(n) w  *)
(*                                  within the groups, and a middle one       *)
(*            label_spectrum_of_step == the same without weights              *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.matrices Require Import ring_field labels.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Determinants.
Variable R : idomainType.

(* det (A + u v) = det A + v adj(A) u, for any A' in the place of adj(A). *)
Lemma det_add_rank1 m (A A' : 'M[R]_m) (u : 'cV_m) (v : 'rV_m) :
  A' *m A = (\det A)%:M -> \det A != 0 -> \det (A + u *m v) = \det A + (v *m A' *m u) 0 0.
Proof.
move=> adjA detA_neq0; pose M := block_mx A u (- v) 1%:M.
have detM : \det M = \det (A + u *m v).
  have -> : \det M = \det (M *m block_mx 1%:M 0 v 1%:M).
    by rewrite det_mulmx det_lblock !det1 !mulr1.
  rewrite mulmx_block !mulmx1 !mulmx0 !mul1mx !add0r addNr.
  by rewrite det_ublock det1 mulr1.
apply: (mulfI detA_neq0); rewrite -detM.
pose L := block_mx 1%:M 0 (v *m A') ((\det A)%:M : 'M_1).
have detL : \det L = \det A by rewrite det_lblock det1 mul1r det_scalar expr1.
rewrite -{1}detL -det_mulmx mulmx_block !mul1mx !mul0mx !addr0 mulmx1.
rewrite -[v *m A' *m A]mulmxA adjA mul_scalar_mx mul_mx_scalar scalerN subrr.
by rewrite det_ublock det_mx11 !mxE eqxx addrC.
Qed.

Lemma char_polyC m (A B : 'M[R]_m) : char_poly (A *m B) = char_poly (B *m A).
Proof.
pose a := map_mx polyC A; pose b := map_mx polyC B.
pose M : 'M[{poly R}]_(m + m) := block_mx 'X%:M a b 1%:M.
have Xn_neq0 : \det ('X%:M : 'M[{poly R}]_m) != 0 by rewrite det_scalar expf_neq0 ?polyX_eq0.
have detAB : \det M = char_poly (A *m B).
  have -> : \det M = \det (M *m block_mx 1%:M 0 (- b) 1%:M).
    by rewrite det_mulmx det_lblock !det1 !mulr1.
  rewrite mulmx_block !mulmx1 !mulmx0 !mul1mx !add0r subrr det_ublock det1 mulr1.
  by rewrite mulmxN -map_mxM.
rewrite -detAB; apply: (mulfI Xn_neq0).
have -> : \det ('X%:M : 'M[{poly R}]_m) * \det M = \det (block_mx 1%:M 0 (- b) 'X%:M *m M).
  by rewrite det_mulmx det_lblock det1 mul1r.
rewrite mulmx_block !mul1mx !mul0mx !addr0 mulmx1 mul_mx_scalar mul_scalar_mx.
by rewrite scalerN addNr det_ublock mulNmx -map_mxM addrC.
Qed.

End Determinants.

(* The derivative of a product, and of a product of monomials. *)
Lemma deriv_prod (R : comRingType) m (F : 'I_m -> {poly R}) :
  (\prod_i F i)^`() = \sum_i (F i)^`() * \prod_(j | j != i) F j.
Proof.
elim: m F => [|m IH] F; first by rewrite !big_ord0 -[1]/(1%:P) derivC.
rewrite !big_ord_recl derivM IH mulr_sumr; congr (_ + _).
  congr (_ * _); rewrite [RHS]big_mkcond big_ord_recl /= mul1r.
  by apply: eq_bigr => i _.
apply: eq_bigr => i _; rewrite mulrCA; congr (_ * _).
rewrite [RHS]big_mkcond big_ord_recl /=; congr (_ * _).
by rewrite -big_mkcond.
Qed.

Section Spectrum.
Variables (R : realFieldType) (c' : nat).
Local Notation c := c'.+1.
Add Field spectrum_field : (field_theoryP R).
Implicit Types (d u : 'rV[R]_c).

Definition counts_poly d : {poly R} := \prod_k ('X - (d 0 k)%:P).

Lemma c_neq0 : c%:R != 0 :> R. Proof. by rewrite pnatr_eq0. Qed.

Lemma deriv_counts_poly d :
  (counts_poly d)^`() = \sum_i \prod_(j | j != i) ('X - (d 0 j)%:P).
Proof. by rewrite deriv_prod; apply: eq_bigr => i _; rewrite derivXsubC mul1r. Qed.

Lemma mulmx_centringE u k : (u *m centring R c) 0 k = u 0 k - c%:R^-1 * \sum_j u 0 j.
Proof.
rewrite mulmxBr mulmx1 !mxE; congr (_ - _); rewrite mulr_sumr.
by apply: eq_bigr => j _; rewrite !mxE mulr1 mulrC.
Qed.

Lemma sum_mulmx_centring u : \sum_k (u *m centring R c) 0 k = 0.
Proof.
under eq_bigr do rewrite mulmx_centringE.
by rewrite sumrB sumr_const card_ord -mulr_natl mulrA divff ?c_neq0 // mul1r subrr.
Qed.

Lemma centring_idem : centring R c *m centring R c = centring R c.
Proof.
apply/row_matrixP=> i; rewrite row_mul; apply/rowP=> k.
rewrite mulmx_centringE [X in _ - X](_ : _ = 0) ?subr0 //.
by rewrite rowE sum_mulmx_centring mulr0.
Qed.

Theorem char_poly_of_centred_diagonal d :
  char_poly (centred_diagonal d) = 'X * (c%:R^-1 *: (counts_poly d)^`()).
Proof.
pose rest i := \prod_(j | j != i) ('X - (d 0 j)%:P) : {poly R}.
pose A : 'M[{poly R}]_c := diag_mx (\row_k ('X - (d 0 k)%:P)).
pose A' : 'M[{poly R}]_c := diag_mx (\row_k rest k).
pose u : 'cV[{poly R}]_c := \col_k (c%:R^-1 * d 0 k)%:P.
pose v : 'rV[{poly R}]_c := const_mx 1.
have restE i : ('X - (d 0 i)%:P) * rest i = counts_poly d by rewrite /counts_poly (bigD1 i).
have detA : \det A = counts_poly d.
  by rewrite det_diag; apply: eq_bigr => k _; rewrite mxE.
rewrite /centred_diagonal -mulmxA char_polyC -mulmxA centring_idem.
have -> : char_poly (diag_mx d *m centring R c) = \det (A + u *m v).
  rewrite /char_poly /char_poly_mx; congr (\det _); apply/matrixP=> i j.
  rewrite mul_diag_mx !mxE big_ord1 !mxE !mulr1 mulrBr polyCB opprB.
  rewrite [d 0 i / _]mulrC [X in _ + X]addrC addrA; congr (_ + _).
  by case: eqP => _; rewrite ?mulr1n ?mulr0n ?mulr1 ?mulr0 ?subr0.
rewrite (@det_add_rank1 _ _ A A') ?detA; first last.
- by rewrite /counts_poly prodf_seq_neq0; apply/allP=> k _; rewrite polyXsubC_eq0.
- rewrite mulmx_diag -diag_const_mx; congr diag_mx; apply/rowP=> k.
  by rewrite !mxE mulrC restE.
have -> : (v *m A' *m u) 0 0 = \sum_i rest i * (c%:R^-1 * d 0 i)%:P.
  by rewrite mul_mx_diag !mxE; apply: eq_bigr => i _; rewrite !mxE mul1r.
rewrite deriv_counts_poly -/rest -scalerAr mulr_sumr scaler_sumr.
have -> : counts_poly d = \sum_i c%:R^-1 *: (('X - (d 0 i)%:P) * rest i).
  under eq_bigr do rewrite restE.
  by rewrite sumr_const card_ord -scaler_nat scalerA divff ?c_neq0 ?scale1r.
rewrite -big_split; apply: eq_bigr => i _ /=.
by rewrite polyCM [rest i * _]mulrC -mulrA mul_polyC -scalerDr -mulrDl subrK.
Qed.

(* Eigenvectors with a nonzero eigenvalue are centred. *)
Lemma eigenvectorP d u x : x != 0 ->
  u *m centred_diagonal d = x *: u <->
  \sum_k u 0 k = 0 /\ forall k, u 0 k * (d 0 k - x) = c%:R^-1 * \sum_j u 0 j * d 0 j.
Proof.
move=> x_neq0.
have coordE k : (u *m centring R c *m diag_mx d *m centring R c) 0 k =
    (u *m centring R c) 0 k * d 0 k - c%:R^-1 * \sum_j (u *m centring R c) 0 j * d 0 j.
  rewrite mulmx_centringE mul_mx_diag !mxE; congr (_ - _ * _).
  by apply: eq_bigr => j _; rewrite !mxE.
have centredP : \sum_k u 0 k = 0 -> u *m centring R c = u.
  by move=> sum0; apply/rowP=> k; rewrite mulmx_centringE sum0 mulr0 subr0.
rewrite /centred_diagonal !mulmxA; split=> [eig | [sum0 coords]].
  have sum0 : \sum_k u 0 k = 0.
    apply: (mulfI x_neq0); rewrite mulr0 mulr_sumr.
    rewrite -[RHS](sum_mulmx_centring (u *m centring R c *m diag_mx d)).
    by apply: eq_bigr => k _; rewrite eig mxE.
  split=> // k; have := congr1 (fun v : 'rV_c => v 0 k) eig.
  rewrite coordE centredP // mxE mulrBr => eigk.
  by rewrite [u 0 k * x]mulrC -eigk subKr.
by apply/rowP=> k; rewrite coordE centredP // -(coords k) mxE mulrBr subKr mulrC.
Qed.

Theorem ones_in_kernel d : (const_mx 1 : 'rV[R]_c) *m centred_diagonal d = 0.
Proof.
rewrite /centred_diagonal !mulmxA (_ : const_mx 1 *m centring R c = 0) ?mul0mx //.
apply/rowP=> k; rewrite mulmx_centringE !mxE; under eq_bigr do rewrite mxE.
by rewrite sumr_const card_ord -[_ *+ _]/(c%:R) mulVf ?c_neq0 // subrr.
Qed.

Definition step_counts (S : {set 'I_c}) (a b : R) : 'rV[R]_c :=
  \row_k (if k \in S then a else b).

Section Step.
Variables (S : {set 'I_c}) (a b : R).
Hypotheses (S_gt0 : (0 < #|S|)%N) (nS_gt0 : (0 < #|~: S|)%N).
Local Notation m1 := #|S|.
Local Notation m2 := #|~: S|.

Definition step_middle : R := (m2%:R * a + m1%:R * b) / c%:R.

Lemma step_sizes : (m1 + m2)%N = c.
Proof. by rewrite cardsC card_ord. Qed.

Lemma counts_poly_step : counts_poly (step_counts S a b) = ('X - a%:P) ^+ m1 * ('X - b%:P) ^+ m2.
Proof.
rewrite /counts_poly (bigID (mem S)) /=; congr (_ * _).
  rewrite -prodr_const; apply: eq_bigr => k kS; rewrite mxE kS //.
rewrite -prodr_const; apply: eq_big => [k|k kNS]; first by rewrite inE.
by rewrite mxE (negPf kNS).
Qed.

Theorem char_poly_of_step :
  char_poly (centred_diagonal (step_counts S a b)) =
  'X * ('X - a%:P) ^+ m1.-1 * ('X - b%:P) ^+ m2.-1 * ('X - step_middle%:P).
Proof.
rewrite char_poly_of_centred_diagonal counts_poly_step -!mulrA; congr ('X * _).
rewrite derivM !deriv_exp !derivXsubC !mul1r.
have powS x m : (0 < m)%N -> ('X - x%:P) ^+ m = ('X - x%:P) ^+ m.-1 * ('X - x%:P) :> {poly R}.
  by case: m => // m _; rewrite exprSr.
rewrite (powS a m1) // (powS b m2) //.
set A := ('X - a%:P) ^+ _; set B := ('X - b%:P) ^+ _.
have -> : A *+ m1 * (B * ('X - b%:P)) + A * ('X - a%:P) * (B *+ m2) =
    (A * B) * (('X - b%:P) *+ m1 + ('X - a%:P) *+ m2).
  rewrite [in RHS]mulrDr; congr (_ + _); first by rewrite mulrnAl mulrnAr mulrA.
  by rewrite !mulrnAr mulrAC.
rewrite scalerAr mulrA; congr (_ * _); rewrite !mulrnBl addrACA -mulrnDr -opprD step_sizes.
rewrite -!polyCMn -polyCD scalerBr -scaler_nat scalerA mulVf ?c_neq0 // scale1r.
rewrite -mul_polyC -polyCM; congr (_ - _%:P).
by rewrite /step_middle mulrC addrC !mulr_natl.
Qed.

Lemma sum_step (x y : R) : \sum_k (if k \in S then x else y) = m1%:R * x + m2%:R * y.
Proof.
rewrite (bigID (mem S)) /=; congr (_ + _); rewrite mulr_natl -sumr_const.
  by apply: eq_bigr => k ->.
by apply: eq_big => [k|k /negPf->]; rewrite ?inE.
Qed.

Theorem eigenspace_within_group_of_step u : a != 0 -> a != b ->
  u *m centred_diagonal (step_counts S a b) = a *: u <->
  (forall k, k \notin S -> u 0 k = 0) /\ \sum_k u 0 k = 0.
Proof.
move=> a_neq0 neq_ab; rewrite eigenvectorP //; split=> [[sum0 coords]|[off_S sum0]]; split=> //.
  have [k0 k0S] := card_gt0P S_gt0.
  have := coords k0; rewrite mxE k0S subrr mulr0 => s0 k kNS.
  apply: (@mulIf _ (b - a)); first by rewrite subr_eq0 eq_sym.
  by rewrite mul0r [RHS]s0 -(coords k) mxE (negPf kNS).
have uE j : u 0 j * step_counts S a b 0 j = u 0 j * a.
  by rewrite mxE; have [//|jNS] := boolP (j \in S); rewrite off_S ?mul0r.
move=> k; rewrite mulrBr uE subrr; under eq_bigr do rewrite uE.
by rewrite -mulr_suml sum0 mul0r mulr0.
Qed.

Definition middle_vector : 'rV[R]_c := \row_k (if k \in S then m2%:R else - m1%:R).

Theorem eigenspace_middle_of_step u : step_middle != 0 -> a != b ->
  u *m centred_diagonal (step_counts S a b) = step_middle *: u <->
  exists x, u = x *: middle_vector.
Proof.
move=> mid_neq0 neq_ab; rewrite eigenvectorP //.
have m1_neq0 : m1%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have m2_neq0 : m2%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have ab_neq0 : a - b != 0 by rewrite subr_eq0.
have sizes : c%:R = m1%:R + m2%:R :> R by rewrite -natrD step_sizes.
have sizes_neq0 : m1%:R + m2%:R != 0 :> R by rewrite -sizes c_neq0.
have gapE k : step_counts S a b 0 k - step_middle =
    c%:R^-1 * ((if k \in S then m1%:R else - m2%:R) * (a - b)).
  by rewrite mxE /step_middle sizes; case: (k \in S); mc_field R.
split=> [[_ coords] | [x ->]]; last first.
  split.
    under eq_bigr do rewrite !mxE.
    by rewrite -mulr_sumr sum_step mulrN [m2%:R * _]mulrC subrr mulr0.
  have -> : \sum_j (x *: middle_vector) 0 j * step_counts S a b 0 j = x * (m1%:R * m2%:R * (a - b)).
    transitivity (\sum_j x * (if j \in S then m2%:R * a else - m1%:R * b)).
      by apply: eq_bigr => j _; rewrite !mxE; case: (j \in S); rewrite mulrA.
    by rewrite -mulr_sumr sum_step; congr (_ * _); mc_ring R.
  by move=> k; rewrite gapE !mxE; case: (k \in S); mc_ring R.
set s := \sum_j _ in coords; exists (s / (m1%:R * m2%:R * (a - b))).
apply/rowP=> k; rewrite !mxE; have := coords k; rewrite gapE mulrCA => /(mulfI _).
rewrite invr_eq0 c_neq0 => /(_ isT) <-.
move: (u 0 k : GRing.Field.sort R) => uk.
by case: (k \in S); mc_field R; rewrite ?m1_neq0 ?m2_neq0 ?ab_neq0.
Qed.

End Step.
End Spectrum.

Lemma prod_nseq (R : comRingType) (T : Type) (F : T -> R) (x : T) m :
  \prod_(z <- nseq m x) F z = F x ^+ m.
Proof.
elim: m => [|m IH]; first by rewrite big_nil expr0.
by rewrite big_cons IH exprS.
Qed.

Section StepLabels.
Variables (R : rcfType) (c' n : nat).
Local Notation c := c'.+1.
Variables (y : 'I_n -> 'I_c) (S : {set 'I_c}) (n_maj n_min : nat).
Hypotheses (S_gt0 : (0 < #|S|)%N) (nS_gt0 : (0 < #|~: S|)%N).
Hypothesis counts : forall k, class_count y k = if k \in S then n_maj else n_min.
Local Notation m1 := #|S|.
Local Notation m2 := #|~: S|.

Theorem escape_rates_of_step (w_maj w_min : R) : 0 <= w_maj -> 0 <= w_min ->
  singular_values (weighted_labels y (fun k => if k \in S then w_maj else w_min))
    (0 :: nseq m1.-1 (Num.sqrt n_maj%:R * w_maj) ++ nseq m2.-1 (Num.sqrt n_min%:R * w_min) ++
     [:: Num.sqrt ((m2%:R * (n_maj%:R * w_maj ^+ 2) + m1%:R * (n_min%:R * w_min ^+ 2)) / c%:R)]).
Proof.
move=> w_maj_ge0 w_min_ge0; split.
  rewrite /= lexx all_cat all_cat !all_nseq !mulr_ge0 ?sqrtr_ge0 ?orbT //=.
  by rewrite sqrtr_ge0.
rewrite gram_of_weighted_labels.
have -> : effective_counts y (fun k => if k \in S then w_maj else w_min) =
    step_counts S (n_maj%:R * w_maj ^+ 2) (n_min%:R * w_min ^+ 2).
  by apply/rowP=> k; rewrite !mxE counts; case: (k \in S).
rewrite char_poly_of_step // big_cons big_cat big_cat /= big_seq1.
rewrite expr0n subr0 /= -!mulrA; congr ('X * _).
rewrite !(prod_nseq (fun z : R => 'X - (z ^+ 2)%:P)) !exprMn.
rewrite !sqr_sqrtr ?ler0n // divr_ge0 ?ler0n //.
by rewrite addr_ge0 ?mulr_ge0 ?sqr_ge0 ?ler0n.
Qed.

Theorem label_spectrum_of_step :
  singular_values (centred_labels R y)
    (0 :: nseq m1.-1 (Num.sqrt n_maj%:R) ++ nseq m2.-1 (Num.sqrt n_min%:R) ++
     [:: Num.sqrt ((m2 * n_maj + m1 * n_min)%:R / c%:R)]).
Proof.
have := escape_rates_of_step ler01 ler01; rewrite expr1n !mulr1 natrD !natrM.
rewrite (@eq_weighted_labels _ _ _ _ _ (fun=> 1)) ?weighted_labels1 // => k.
by case: (k \in S).
Qed.

End StepLabels.
