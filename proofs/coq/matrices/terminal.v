(******************************************************************************)
(* Balance and W H = Z fix the whole terminal geometry.                       *)
(*                                                                            *)
(* Source: ours. Hence nothing of the geometry remembers the weights.         *)
(*                                                                            *)
(* Matrices over any real field; W is c x d, H is d x n, Z is c x n.          *)
(*                                                                            *)
(*                 psd A == A is symmetric and x A x^T >= 0 for every row x   *)
(*  psd_square_root_unique == psd A, psd B and A^2 = B^2 imply A = B          *)
(* terminal_geometry_of_balance == W^T W = H H^T and W H = Z imply that W W^T *)
(*                          and H^T H are psd, (W W^T)^2 = Z Z^T and          *)
(*                          (H^T H)^2 = Z^T Z                                 *)
(* terminal_geometry_forgets_weights == two balanced pairs, of any widths,    *)
(*                          with one product W H have the same W W^T and the  *)
(*                          same H^T H                                        *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.reviewed Require Import matrices.
From UFM.matrices Require Import ring_field.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Psd.
Variable R : realFieldType.
Add Field terminal_field : (field_theoryP R).

Lemma mxtrace_gram m n (X : 'M[R]_(m, n)) : \tr (X *m X^T) = \sum_i \sum_j X i j ^+ 2.
Proof. by apply: eq_bigr => i _; rewrite mxE; apply: eq_bigr => j _; rewrite mxE expr2. Qed.

Lemma gram_eq0 m n (X : 'M[R]_(m, n)) : \tr (X *m X^T) = 0 -> X = 0.
Proof.
rewrite mxtrace_gram => tr0; apply/matrixP=> i j; rewrite mxE.
have row_ge0 k : 0 <= \sum_l X k l ^+ 2 by apply: sumr_ge0 => l _; apply: sqr_ge0.
have /psumr_eq0P rows0 := tr0; have {rows0} := rows0 (fun k _ => row_ge0 k) i isT.
move/psumr_eq0P => entries0; apply/eqP; rewrite -sqrf_eq0; apply/eqP.
by apply: entries0 => // l _; apply: sqr_ge0.
Qed.

Lemma psd_gram m n (X : 'M[R]_(m, n)) : psd (X *m X^T).
Proof.
split=> [|x]; first by rewrite trmx_mul trmxK.
rewrite mulmxA -(mulmxA (x *m X)) -trmx_mul mxE.
by apply: sumr_ge0 => k _; rewrite [X in _ * X]mxE -expr2 sqr_ge0.
Qed.

Lemma psdD n (A B : 'M[R]_n) : psd A -> psd B -> psd (A + B).
Proof.
move=> [symA posA] [symB posB]; split=> [|x]; first by rewrite linearD /= symA symB.
by rewrite mulmxDr mulmxDl mxE addr_ge0.
Qed.

(* A psd matrix vanishes on the vectors whose form vanishes. *)
Lemma psd_form_eq0 n (A : 'M[R]_n) (x : 'rV_n) : psd A -> (x *m A *m x^T) 0 0 = 0 -> x *m A = 0.
Proof.
move=> [symA posA] form0; pose y := x *m A; pose q := (y *m y^T) 0 0.
pose r := (y *m A *m y^T) 0 0.
have trE t : (x - t *: y)^T = x^T - t *: y^T by rewrite linearB linearZ.
have yAx : y *m A *m x^T = y *m y^T by rewrite -mulmxA -{1}symA -trmx_mul.
have form_ge0 t : 0 <= t * (t * r - q *+ 2).
  have := posA (x - t *: y); rewrite trE mulmxBl -scalemxAl -/y mulmxBl !mulmxBr.
  rewrite -!scalemxAl -!scalemxAr yAx.
  rewrite /q /r -/y in form0 *; move: (y *m x^T) form0 (y *m y^T) (y *m A *m y^T) => F F0 G K.
  rewrite !mxE F0 mulr2n; move: (G 0 0) (K 0 0) => g k.
  by rewrite (_ : _ - _ - _ = t * (t * k - (g + g))) //; mc_ring R.
have r_ge0 : 0 <= r by apply: posA.
have r1_gt0 : 0 < r + 1 := ltr_paddl r_ge0 ltr01.
have q_ge0 : 0 <= q.
  by rewrite /q mxE; apply: sumr_ge0 => k _; rewrite [X in _ * X]mxE -expr2 sqr_ge0.
have q_eq0 : q = 0.
  apply/eqP; case: ltgtP q_ge0 => // q_gt0 _.
  have := form_ge0 (q / (r + 1)); rewrite pmulr_rge0 ?divr_gt0 // subr_ge0 leNgt => /negP[].
  rewrite mulrAC ltr_pdivr_mulr // mulr2n -subr_gt0.
  rewrite (_ : _ - _ = q * r + (q + q)) ?ltr_paddl ?mulr_ge0 ?addr_gt0 ?(ltW q_gt0) //.
  by move: (q : GRing.Field.sort R) (r : GRing.Field.sort R) => q0 r0; mc_ring R.
apply: gram_eq0; rewrite -/y -[RHS]q_eq0 /q.
by rewrite [LHS]/mxtrace big_ord1.
Qed.

Theorem psd_square_root_unique n (A B : 'M[R]_n) : psd A -> psd B -> A *m A = B *m B -> A = B.
Proof.
move=> psdA psdB sqAB; have [[symA _] [symB _]] := (psdA, psdB).
pose X := A - B; pose C := A + B; have [symC posC] : psd C := psdD psdA psdB.
have symX : X^T = X by rewrite linearB /= symA symB.
have anti : X *m C + C *m X = 0.
  rewrite /X /C [(A - B) *m _]mulmxBl [(A + B) *m (A - B)]mulmxDl !mulmxDr !mulmxN sqAB.
  move: (A *m B) (B *m A) (B *m B) => p q s; apply/matrixP=> i j; rewrite !mxE.
  by move: (p i j) (q i j) (s i j) => p0 q0 s0; mc_ring R.
have tr0 : \tr (X *m C *m X^T) = 0.
  suff /eqP : \tr (X *m C *m X^T) + \tr (X *m C *m X^T) = 0.
    by rewrite -mulr2n mulrn_eq0 => /eqP.
  rewrite symX {1}(mxtrace_mulC (X *m C)) -mxtraceD !mulmxA.
  have -> : X *m X *m C + X *m C *m X = X *m (X *m C + C *m X) by rewrite mulmxDr !mulmxA.
  by rewrite anti mulmx0 mxtrace0.
have rowE M i : (row i X *m M *m (row i X)^T) 0 0 = (X *m M *m X^T) i i.
  by rewrite -row_mul !mxE; apply: eq_bigr => k _; rewrite !mxE.
have diag0 i : (X *m C *m X^T) i i = 0.
  by apply: (psumr_eq0P _ tr0) => // k _; rewrite -rowE.
have kill M N : psd M -> psd N -> M + N = C -> X *m M = 0.
  move=> psdM psdN MN; apply/row_matrixP=> i; rewrite row0 row_mul.
  apply: (psd_form_eq0 psdM); apply/eqP; rewrite eq_le psdM.2 andbT.
  rewrite -(diag0 i) -rowE -MN mulmxDr mulmxDl [X in _ <= X]mxE ler_addl; exact: psdN.2.
apply/eqP; rewrite -subr_eq0 -/X; apply/eqP; apply: gram_eq0.
by rewrite symX /X mulmxBr (kill A B) // (kill B A) ?[B + A]addrC // subrr mxtrace0.
Qed.

Theorem terminal_geometry_of_balance c d n
    (W : 'M[R]_(c, d)) (H : 'M[R]_(d, n)) (Z : 'M[R]_(c, n)) :
  W^T *m W = H *m H^T -> W *m H = Z ->
  [/\ psd (W *m W^T), psd (H^T *m H),
      (W *m W^T) *m (W *m W^T) = Z *m Z^T & (H^T *m H) *m (H^T *m H) = Z^T *m Z].
Proof.
move=> balance <-; split; first exact: psd_gram.
- by rewrite -{2}[H]trmxK; apply: psd_gram.
- by rewrite trmx_mul !mulmxA -(mulmxA W W^T W) balance !mulmxA.
- by rewrite trmx_mul !mulmxA -(mulmxA H^T H H^T) -balance !mulmxA.
Qed.

Theorem terminal_geometry_forgets_weights c d d' n
    (W : 'M[R]_(c, d)) (H : 'M[R]_(d, n)) (W' : 'M[R]_(c, d')) (H' : 'M[R]_(d', n)) :
  W^T *m W = H *m H^T -> W'^T *m W' = H' *m H'^T -> W *m H = W' *m H' ->
  W *m W^T = W' *m W'^T /\ H^T *m H = H'^T *m H'.
Proof.
move=> balance balance' eqZ.
have [psdW psdH sqW sqH] := terminal_geometry_of_balance balance eqZ.
have [psdW' psdH' sqW' sqH'] := terminal_geometry_of_balance balance' erefl.
by split; apply: psd_square_root_unique => //; rewrite ?sqW ?sqH.
Qed.

End Psd.
