(******************************************************************************)
(* The label spectrum interlaces the counts.                                  *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* Classes are 'I_c, c = c'.+1; d is the row of the counts n_k, or of the     *)
(* effective counts n_k w_k^2.                                                *)
(*                                                                            *)
(*               upper j, lower j == classes j and j + 1, for j < c - 1       *)
(*                                                                            *)
(*     eigenvalues_between_counts == any counts, real field: an eigenvalue    *)
(*                                   x <> 0 of P diag(d) P lies between every *)
(*                                   lower and upper bound of the counts      *)
(*     eigenvalue_in_every_gap_of_distinct_counts == d strictly decreasing,   *)
(*                                   real closed field: the derivative of the *)
(*                                   counts polynomial has a root strictly    *)
(*                                   between d_(j+1) and d_j, for every j     *)
(*     spectrum_interlaces_distinct_counts == then P diag(d) P has the        *)
(*                                   eigenvalues 0 and s_0, ..., s_(c-2), with*)
(*                                   d_(j+1) < s_j < d_j, and no others       *)
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

Section Bound.
Variables (R : realFieldType) (c' : nat).
Local Notation c := c'.+1.
Implicit Types (d u : 'rV[R]_c) (x : R).

Lemma eigenvector_rayleigh d u x : x != 0 -> u *m centred_diagonal d = x *: u ->
  \sum_k u 0 k ^+ 2 * (d 0 k - x) = 0.
Proof.
move=> x_neq0 /(eigenvectorP _ _ x_neq0) [sum0 coords].
under eq_bigr do rewrite expr2 -mulrA coords.
by rewrite -mulr_suml sum0 mul0r.
Qed.

Theorem eigenvalues_between_counts d u x (low high : R) :
  (forall k, low <= d 0 k <= high) -> u != 0 -> x != 0 ->
  u *m centred_diagonal d = x *: u -> low <= x <= high.
Proof.
move=> bounds u_neq0 x_neq0 eig; have sum0 := eigenvector_rayleigh x_neq0 eig.
have absurd (gap : 'I_c -> R) : (forall k, 0 < gap k) -> \sum_k u 0 k ^+ 2 * gap k = 0 -> False.
  move=> gap_gt0 /psumr_eq0P zero; case/eqP: u_neq0; apply/rowP=> k; rewrite mxE.
  have /eqP := zero (fun l _ => mulr_ge0 (sqr_ge0 _) (ltW (gap_gt0 l))) k isT.
  by rewrite mulf_eq0 (gt_eqF (gap_gt0 k)) orbF sqrf_eq0 => /eqP.
rewrite !leNgt; apply/andP; split; apply/negP=> x_out.
  apply: (absurd (fun k => d 0 k - x)) => // k; rewrite subr_gt0.
  by have /andP[low_k _] := bounds k; apply: lt_le_trans low_k.
apply: (absurd (fun k => x - d 0 k)) => [k|].
  by rewrite subr_gt0; have /andP[_ k_high] := bounds k; apply: le_lt_trans x_out.
transitivity (- (\sum_k u 0 k ^+ 2 * (d 0 k - x))); last by rewrite sum0 oppr0.
rewrite -sumrN; apply: eq_bigr => k _.
by rewrite -mulrN opprB.
Qed.

End Bound.

Section Interlacing.
Variables (R : rcfType) (c' : nat).
Local Notation c := c'.+1.
Variable d : 'rV[R]_c.
Hypothesis decreasing : forall i j : 'I_c, (i < j)%N -> d 0 j < d 0 i.

Definition upper (j : 'I_c') : 'I_c := widen_ord (leqnSn c') j.
Definition lower (j : 'I_c') : 'I_c := lift ord0 j.

Lemma root_between (p : {poly R}) a b : a < b -> p.[a] * p.[b] < 0 ->
  exists x, (a < x < b) && root p x.
Proof.
wlog a_lt0 : p / p.[a] < 0 => [wlog_|].
  move=> lt_ab sign; case: (ltgtP p.[a] 0) => [|pa_gt0|pa0]; first by move/wlog_; apply.
    have [| |x] := wlog_ (- p) _ lt_ab; rewrite ?hornerN ?oppr_lt0 ?mulrNN //.
    by rewrite rootN; exists x.
  by move: sign; rewrite pa0 mul0r ltxx.
move=> lt_ab; rewrite nmulr_rlt0 // => b_gt0.
have [||x /andP[a_x x_b] root_x] := @poly_ivt R p a b; first exact: ltW.
  by rewrite !ltW.
exists x; rewrite root_x andbT !lt_neqAle a_x x_b !andbT; apply/andP; split.
  by apply: contraTneq root_x => <-; rewrite rootE lt_eqF.
by apply: contraTneq root_x => ->; rewrite rootE gt_eqF.
Qed.

Lemma deriv_counts_polyE k : (counts_poly d)^`().[d 0 k] = \prod_(i | i != k) (d 0 k - d 0 i).
Proof.
rewrite deriv_counts_poly horner_sum (bigD1 k) //= [X in _ + X]big1 ?addr0 => [|i neq_ik].
  by rewrite horner_prod; apply: eq_bigr => i _; rewrite hornerXsubC.
by rewrite horner_prod (bigD1 k) 1?eq_sym //= hornerXsubC subrr mul0r.
Qed.

Theorem eigenvalue_in_every_gap_of_distinct_counts j :
  exists x, (d 0 (lower j) < x < d 0 (upper j)) && root (counts_poly d)^`() x.
Proof.
have lt_ul : (upper j < lower j)%N by rewrite /= /bump leq0n.
have lt_d := decreasing lt_ul.
have neq_ul : upper j != lower j by rewrite -val_eqE ltn_eqF.
apply: root_between => //; rewrite !deriv_counts_polyE.
rewrite (bigD1 (upper j)) //= [X in _ * X](bigD1 (lower j)) 1?eq_sym //=.
rewrite [X in _ * (_ * X)](eq_bigl (fun i => (i != lower j) && (i != upper j))); last first.
  by move=> i; rewrite andbC.
rewrite mulrACA -big_split /= pmulr_llt0 ?nmulr_rlt0 ?subr_lt0 ?subr_gt0 //.
apply: prodr_gt0 => i /andP[neq_il neq_iu].
have [lt_iu|le_ui] := ltnP i (upper j).
  rewrite nmulr_rgt0 subr_lt0 decreasing // (ltn_trans lt_iu) //.
have lt_li : (lower j < i)%N.
  rewrite ltn_neqAle eq_sym val_eqE neq_il /= /bump leq0n add1n.
  by rewrite ltn_neqAle le_ui andbT eq_sym (val_eqE i (upper j)).
by rewrite mulr_gt0 // subr_gt0 decreasing // (ltn_trans lt_ul).
Qed.

Theorem spectrum_interlaces_distinct_counts : exists s : 'I_c' -> R,
  (forall j, d 0 (lower j) < s j < d 0 (upper j)) /\
  char_poly (centred_diagonal d) = 'X * \prod_j ('X - (s j)%:P).
Proof.
have [s s_in] := fin_all_exists eigenvalue_in_every_gap_of_distinct_counts.
exists s; split=> [j|]; first by have /andP[] := s_in j.
have s_lt (i j : 'I_c') : (i < j)%N -> s j < s i.
  move=> lt_ij; have /andP[/andP[_ s_j] _] := s_in j; have /andP[/andP[s_i _] _] := s_in i.
  apply: lt_trans s_j _; apply: le_lt_trans s_i.
  have [eq_ij|] := eqVneq (lower i) (upper j); first by rewrite eq_ij.
  rewrite -val_eqE => neq_ij; apply/ltW/decreasing.
  by rewrite ltn_neqAle neq_ij /= /bump leq0n.
have s_inj : injective s.
  move=> i j eq_s; apply/val_inj; case: (ltngtP i j) => // /s_lt; by rewrite eq_s ltxx.
have factor := char_poly_of_centred_diagonal d.
have := char_poly_monic (centred_diagonal d); have := size_char_poly (centred_diagonal d).
rewrite factor; set q := _ *: _ => size_Xq monic_Xq; congr ('X * _).
have monic_q : q \is monic by move: monic_Xq; rewrite monicMl ?monicX.
have size_q : size q = c by move: size_Xq; rewrite mulrC size_mulX ?monic_neq0 // => -[].
have q_prod := @all_roots_prod_XsubC _ q (codom s); rewrite [LHS]q_prod.
- by rewrite (monicP monic_q) scale1r codomE big_map big_enum.
- by rewrite size_q size_codom card_ord.
- apply/allP=> _ /codomP[j ->]; rewrite /q rootZ ?invr_eq0 ?c_neq0 //.
  by have /andP[] := s_in j.
- by rewrite uniq_rootsE; apply/injectiveP.
Qed.

End Interlacing.
