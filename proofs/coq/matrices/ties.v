(******************************************************************************)
(* The label spectrum interlaces the counts, ties among them included.        *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*          with_roots d == prod_(x in d) (X - x)                             *)
(*   dvdp_of_multiplicities == with_roots s divides q where (X - z)^m does,   *)
(*                          for every z that occurs m times in s              *)
(*              gap_root == where a > b are roots and no root lies between    *)
(*                          them, the derivative has a root between them      *)
(* derivative_interlaces == d falling: the derivative of with_roots d is, up  *)
(*                          to a factor, with_roots s with                    *)
(*                          d_(j+1) <= s_j <= d_j                             *)
(* spectrum_interlaces_counts == any counts                                   *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.matrices Require Import labels spectrum interlacing.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition with_roots (R : ringType) (d : seq R) : {poly R} := \prod_(x <- d) ('X - x%:P).

Lemma count_sub_in (T : eqType) (p q : pred T) s :
  {in s, forall x, p x -> q x} -> (count p s <= count q s)%N.
Proof.
elim: s => //= x s IH sub; apply: leq_add; last by apply: IH => y in_s; apply: sub; rewrite inE in_s orbT.
by have := sub x (mem_head x s); case: (p x) => // ->.
Qed.

Section Field.
Variable R : fieldType.
Implicit Types (d s : seq R) (q : {poly R}).

Lemma dvdp_of_multiplicities s q :
  (forall z, ('X - z%:P) ^+ count_mem z s %| q) -> with_roots s %| q.
Proof.
elim: s q => [|z s IH] q mult; first by rewrite /with_roots big_nil dvd1p.
rewrite /with_roots big_cons -/(with_roots s).
have /dvdpP[r qE] : 'X - z%:P %| q.
  by apply: dvdp_trans (mult z); rewrite /= eqxx exprS dvdp_mulr.
rewrite qE mulrC dvdp_mul2r ?polyXsubC_eq0 //; apply: IH => w.
have := mult w; rewrite qE /=; have [->|neq_zw] := eqVneq z w.
  by rewrite exprSr dvdp_mul2r ?polyXsubC_eq0.
rewrite add0n Gauss_dvdpl //; apply: coprimep_expl.
by rewrite coprimep_XsubC root_XsubC.
Qed.

Lemma with_roots_split d z :
  with_roots d = ('X - z%:P) ^+ count_mem z d * \prod_(x <- d | x != z) ('X - x%:P).
Proof.
rewrite /with_roots (bigID (pred1 z)) /=; congr (_ * _).
rewrite (eq_bigr (fun=> 'X - z%:P)) => [|x /eqP->//].
by rewrite big_const_seq -Monoid.iteropE.
Qed.

Lemma dvdp_derivative d z : ('X - z%:P) ^+ (count_mem z d).-1 %| (with_roots d)^`().
Proof.
rewrite (with_roots_split d z); case: (count_mem z d) => [|m] /=; first by rewrite expr0 dvd1p.
rewrite derivM deriv_exp derivXsubC mul1r /=; apply: dvdp_add.
  by rewrite mulrnAl -mulrnAr dvdp_mulr.
by rewrite exprSr -mulrA dvdp_mulr.
Qed.

End Field.

Section Gaps.
Variable R : rcfType.
Implicit Types d : seq R.

Lemma derivative_of_powers (A B r : {poly R}) m k : A^`() = 1 -> B^`() = 1 ->
  (A ^+ m.+1 * (B ^+ k.+1 * r))^`() =
  A ^+ m * B ^+ k * (B * r *+ m.+1 + (A * r *+ k.+1 + A * B * r^`())).
Proof.
move=> dA dB; rewrite !derivM !deriv_exp dA dB !mul1r /= !mulrDr; congr (_ + (_ + _)).
- by rewrite mulrnAl mulrnAr exprSr -!mulrA.
- by rewrite mulrnAl !mulrnAr; congr (_ *+ _); rewrite exprSr -!mulrA; congr (_ * _); rewrite mulrCA.
- by rewrite !exprSr -!mulrA; congr (_ * _); rewrite mulrCA.
Qed.

Lemma gap_root d a b : b < a -> a \in d -> b \in d -> (forall x, x \in d -> (x <= b) || (a <= x)) ->
  exists2 z, b < z < a & root (with_roots d)^`() z.
Proof.
move=> lt_ba in_a in_b outside.
pose r := \prod_(x <- d | (x != a) && (x != b)) ('X - x%:P).
have [m' mE] : exists m', count_mem a d = m'.+1.
  by exists (count_mem a d).-1; rewrite prednK // -has_count has_pred1.
have [k' kE] : exists k', count_mem b d = k'.+1.
  by exists (count_mem b d).-1; rewrite prednK // -has_count has_pred1.
pose A := 'X - a%:P; pose B := 'X - b%:P.
have pE : with_roots d = A ^+ m'.+1 * (B ^+ k'.+1 * r).
  rewrite (with_roots_split d a) mE -kE; congr (_ * _).
  rewrite (bigID (pred1 b)) /=; congr (_ * _).
  rewrite (eq_bigl (pred1 b)) => [|x]; last first.
    by rewrite /=; have [->|_] := eqVneq x b; rewrite ?andbF // andbT lt_eqF.
  rewrite (eq_bigr (fun=> B)) => [|x /eqP->//].
  by rewrite big_const_seq -Monoid.iteropE.
pose g := B * r *+ m'.+1 + (A * r *+ k'.+1 + A * B * r^`()).
have dE : (with_roots d)^`() = A ^+ m' * B ^+ k' * g by rewrite pE derivative_of_powers ?derivXsubC.
have r_sign : 0 < r.[a] * r.[b].
  rewrite /r !horner_prod -big_split /= big_seq_cond; apply: prodr_gt0 => x /andP[in_x /andP[neq_a neq_b]].
  rewrite !hornerXsubC; case/orP: (outside x in_x) => [le_xb|le_ax].
    have lt_xb : x < b by rewrite lt_neqAle neq_b.
    by rewrite mulr_gt0 ?subr_gt0 // (lt_trans lt_xb).
  have lt_ax : a < x by rewrite lt_neqAle eq_sym neq_a.
  by rewrite nmulr_rgt0 subr_lt0 // (lt_trans lt_ba).
have ga : g.[a] = (a - b) * r.[a] *+ m'.+1.
  by rewrite /g /A /B !(hornerXsubC, hornerD, hornerM, hornerMn) subrr !mul0r mul0rn !addr0.
have gb : g.[b] = (b - a) * r.[b] *+ k'.+1.
  by rewrite /g /A /B !(hornerXsubC, hornerD, hornerM, hornerMn) subrr !mul0r mul0rn add0r mulr0 mul0r addr0.
have g_sign : g.[b] * g.[a] < 0.
  rewrite ga gb mulrnAl mulrnAr !pmulrn_llt0 //.
  have -> : (b - a) * r.[b] * ((a - b) * r.[a]) = (b - a) * ((a - b) * (r.[a] * r.[b])).
    by rewrite -!mulrA; congr (_ * _); rewrite mulrCA; congr (_ * _); rewrite mulrC.
  by rewrite nmulr_rlt0 ?subr_lt0 // pmulr_rgt0 ?subr_gt0.
have [z /andP[z_in root_z]] := root_between lt_ba g_sign.
by exists z => //; rewrite dE rootM root_z orbT.
Qed.

End Gaps.


Section Sequences.
Variable R : rcfType.
Implicit Types (d s : seq R).
Local Notation falling := (sorted (fun x z : R => z <= x)).

Lemma falling_nth d i j : falling d -> (i <= j < size d)%N -> nth 0 d j <= nth 0 d i.
Proof.
move=> sorted_d /andP[le_ij lt_j].
have trans : transitive (fun x z : R => z <= x) by move=> x u v le_xu le_vx; apply: le_trans le_vx le_xu.
have refl : reflexive (fun x z : R => z <= x) by move=> x; apply: lexx.
by apply: (sorted_leq_nth trans refl 0 sorted_d) => //; rewrite inE // (leq_ltn_trans le_ij).
Qed.

(* The value z stands in d once more than it is both of two neighbours. *)
Lemma equal_neighbours d z : falling d ->
  count (fun j => (nth 0 d j == z) && (nth 0 d j.+1 == z)) (iota 0 (size d).-1) = (count_mem z d).-1.
Proof.
elim: d => [|x [|x' d] IH] //= sorted_d; first by case: eqP.
have /andP[le_x sorted_d'] := sorted_d.
rewrite -[1%N]addn0 iotaDl count_map -[X in (_ + X)%N]/(count _ (iota 0 (size (x' :: d)).-1)).
rewrite (eq_count (a2 := fun j => (nth 0 (x' :: d) j == z) && (nth 0 (x' :: d) j.+1 == z))) // IH //=.
have [eq_xz|neq_xz] /= := eqVneq x z; last by [].
have [eq_x'|neq_x'] /= := eqVneq x' z; first by rewrite !add1n.
rewrite !add0n; suff -> : count_mem z d = 0%N by [].
apply/eqP; rewrite -leqn0 leqNgt -has_count has_pred1; apply/negP=> in_d.
have trans : transitive (fun x z : R => z <= x) by move=> u v w le_uv le_wu; apply: le_trans le_wu le_uv.
have := order_path_min trans sorted_d'; move/allP/(_ z in_d) => le_zx'.
by move: neq_x'; rewrite eq_le le_zx' -eq_xz le_x.
Qed.

Lemma choose_seq (P : nat -> R -> Prop) k : (forall j, (j < k)%N -> exists z, P j z) ->
  exists2 s, size s = k & forall j, (j < k)%N -> P j (nth 0 s j).
Proof.
elim: k => [|k IH] some; first by exists [::].
have [j lt_jk|s size_s s_in] := IH; first exact/some/ltnW.
have [z z_in] := some k (ltnSn k); exists (rcons s z); first by rewrite size_rcons size_s.
move=> j; rewrite ltnS leq_eqVlt nth_rcons size_s => /orP[/eqP->|lt_jk]; first by rewrite ltnn eqxx.
by rewrite lt_jk; apply: s_in.
Qed.

Lemma count_nth (s : seq R) z : count_mem z s = count (fun j => nth 0 s j == z) (iota 0 (size s)).
Proof. by rewrite -{1}(mkseq_nth 0 s) count_map; apply: eq_count. Qed.

Theorem derivative_interlaces d : (0 < size d)%N -> falling d -> exists s,
  [/\ size s = (size d).-1, falling s, (with_roots d)^`() = (size d)%:R *: with_roots s &
      forall j, (j < (size d).-1)%N -> nth 0 d j.+1 <= nth 0 s j <= nth 0 d j].
Proof.
move=> d_gt0 falls; set k := (size d).-1.
have size_d : size d = k.+1 by rewrite prednK.
have below i j : (i <= j <= k)%N -> nth 0 d j <= nth 0 d i.
  by move=> ij; apply: falling_nth => //; rewrite size_d ltnS.
pose P j z := if nth 0 d j.+1 == nth 0 d j then z = nth 0 d j
  else (nth 0 d j.+1 < z < nth 0 d j) && root (with_roots d)^`() z.
have [j lt_jk|s size_s s_in] := @choose_seq P k; rewrite /P.
  have [eq_d|neq_d] := eqVneq; first by exists (nth 0 d j).
  have lt_d : nth 0 d j.+1 < nth 0 d j by rewrite lt_neqAle neq_d below // leqnSn.
  have [||x /(nthP 0)[i lt_i <-]|z z_in root_z] := @gap_root _ d _ _ lt_d; last by exists z; rewrite z_in.
  - by rewrite mem_nth // size_d ltnS ltnW.
  - by rewrite mem_nth // size_d ltnS.
  have [le_ij|lt_ji] := leqP i j; first by rewrite (below i j) ?orbT // le_ij ltnW.
  by rewrite (below j.+1 i) // lt_ji -ltnS -size_d.
have between j : (j < k)%N -> nth 0 d j.+1 <= nth 0 s j <= nth 0 d j.
  move=> lt_jk; have := s_in j lt_jk; rewrite /P; case: eqP => [-> ->|_ /andP[/andP[lt1 lt2] _]].
    by rewrite lexx.
  by rewrite !ltW.
exists s; rewrite size_s; split=> //.
  apply/(sortedP 0) => j; rewrite size_s => lt_jk; have /andP[le1 _] := between j (ltnW lt_jk).
  by have /andP[_ le2] := between j.+1 lt_jk; apply: le_trans le2 le1.
have size_p : size (with_roots d) = k.+2 by rewrite /with_roots size_prod_XsubC size_d.
have monic_p : with_roots d \is monic by apply: monic_prod_XsubC.
have monic_s : with_roots s \is monic by apply: monic_prod_XsubC.
have lead_p : (with_roots d)^`()`_k = k.+1%:R.
  by rewrite coef_deriv; have := monicP monic_p; rewrite lead_coefE size_p /= => ->.
have size_p' : size (with_roots d)^`() = k.+1.
  apply/eqP; rewrite eqn_leq -ltnS -size_p lt_size_deriv ?monic_neq0 //=.
  by rewrite ltnNge; apply/negP=> /leq_sizeP/(_ k (leqnn k)); rewrite lead_p => /eqP; rewrite pnatr_eq0.
have divides : with_roots s %| (with_roots d)^`().
  apply: dvdp_of_multiplicities => z; have [z_in_d|z_notin_d] := boolP (z \in d).
    apply: dvdp_trans (dvdp_derivative d z); apply: dvdp_exp2l.
    rewrite -(equal_neighbours z falls) count_nth size_s -/k.
    apply: count_sub_in => j; rewrite mem_iota add0n /= => lt_jk /eqP s_j.
    have := s_in j lt_jk; rewrite /P; case: eqP => [-> <-|_]; first by rewrite s_j eqxx.
    rewrite s_j => /andP[/andP[lt1 lt2] _]; have /(nthP 0)[i lt_i d_i] := z_in_d.
    have [le_ij|lt_ji] := leqP i j.
      by have := below i j; rewrite le_ij ltnW //= d_i leNgt lt2 => /(_ isT).
    by have := below j.+1 i; rewrite lt_ji -ltnS -size_d lt_i /= d_i leNgt lt1 => /(_ isT).
  have strict j : (j < k)%N -> nth 0 s j == z ->
      [/\ nth 0 d j.+1 < z, z < nth 0 d j & root (with_roots d)^`() z].
    move=> lt_jk /eqP s_j; have := s_in j lt_jk; rewrite /P s_j.
    case: eqP => [_ d_j|_ /andP[/andP[lt1 lt2] ?]] //.
    by case/negP: z_notin_d; rewrite d_j mem_nth // size_d ltnS ltnW.
  rewrite count_nth size_s; have [/hasP[j j_in s_j]|] := boolP (has (fun j => nth 0 s j == z) (iota 0 k)); last first.
    by rewrite has_count -leqNgt leqn0 => /eqP ->; rewrite expr0 dvd1p.
  have lt_jk : (j < k)%N by move: j_in; rewrite mem_iota.
  have [lt1 lt2 root_z] := strict j lt_jk s_j.
  apply: (@dvdp_trans _ ('X - z%:P)); last by rewrite dvdp_XsubCl.
  rewrite -[X in _ %| X]expr1; apply: dvdp_exp2l.
  apply: (@leq_trans (count_mem j (iota 0 k))); last by rewrite count_uniq_mem ?iota_uniq // leq_b1.
  apply: count_sub_in => i; rewrite mem_iota add0n /= => lt_ik s_i; have [lt3 lt4 _] := strict i lt_ik s_i.
  case: (ltngtP i j) => // [lt_ij|lt_ji].
    have := below i.+1 j; rewrite lt_ij ltnW //= => /(_ isT) le_d.
    by have := lt_le_trans lt2 le_d; rewrite ltNge ltW.
  have := below j.+1 i; rewrite lt_ji ltnW //= => /(_ isT) le_d.
  by have := lt_le_trans lt4 le_d; rewrite ltNge ltW.
have scaled : k.+1%:R^-1 *: (with_roots d)^`() \is monic.
  by rewrite monicE lead_coefZ lead_coefE size_p' /= lead_p mulVf // pnatr_eq0.
have : with_roots s %= k.+1%:R^-1 *: (with_roots d)^`().
  rewrite -dvdp_size_eqp; last by rewrite dvdpZr ?invr_eq0 ?pnatr_eq0.
  by rewrite size_scale ?invr_eq0 ?pnatr_eq0 // size_p' /with_roots size_prod_XsubC size_s.
by rewrite eqp_monic // => /eqP ->; rewrite size_d scalerA divff ?scale1r ?pnatr_eq0.
Qed.


End Sequences.

Import reviewed.label_spectrum_interlaces_counts.

Theorem spectrum_interlaces_counts : reviewed.label_spectrum_interlaces_counts.spectrum_interlaces_counts.
Proof.
move=> R c' n y; pose N := sorted_counts y; pose d : seq R := [seq k%:R | k <- N].
have size_d : size d = c'.+1 by rewrite size_map size_sort size_map size_enum_ord.
have falls : sorted (fun x z : R => z <= x) d.
  have total : total geq by move=> i j; apply: leq_total.
  rewrite sorted_map; apply: sub_sorted (sort_sorted total _) => i j le_ji.
  by rewrite /= ler_nat.
have nth_d j : (j < c'.+1)%N -> nth 0 d j = (nth 0%N N j)%:R.
  by move=> lt_j; rewrite (nth_map 0%N) // -(size_map (fun k => k%:R : R)) size_d.
have [|q [size_q falls_q derivE between]] := derivative_interlaces _ falls; first by rewrite size_d.
rewrite size_d /= in size_q derivE between.
have q_ge0 : all (fun x => 0 <= x) q.
  apply/(all_nthP 0) => j; rewrite size_q => lt_j; have /andP[le_q _] := between j lt_j.
  by apply: le_trans le_q; rewrite nth_d // ler0n.
exists [seq Num.sqrt x | x <- q]; split.
- by rewrite size_map.
- by rewrite sorted_map; apply: sub_sorted falls_q => x z /= le_zx; apply: ler_wsqrtr.
- split; first by rewrite /= lexx; apply/allP=> _ /mapP[x _ ->]; apply: sqrtr_ge0.
  rewrite gram_of_labels char_poly_of_centred_diagonal big_cons expr0n /= subr0; congr (_ * _).
  have -> : counts_poly (\row_k (class_count y k)%:R) = with_roots d.
    rewrite /counts_poly /with_roots /d big_map /N /sorted_counts (perm_big _ (permEl (perm_sort _ _))).
    by rewrite big_map big_enum; apply: eq_bigr => k _; rewrite mxE.
  rewrite derivE scalerA mulVf ?pnatr_eq0 // scale1r big_map /with_roots.
  by apply: eq_big_seq => x /(allP q_ge0) x_ge0; rewrite sqr_sqrtr.
- move=> j lt_j; rewrite (nth_map 0) ?size_q // sqr_sqrtr; last by apply: (allP q_ge0); rewrite mem_nth ?size_q.
  by have := between j lt_j; rewrite !nth_d // ltnW.
Qed.
