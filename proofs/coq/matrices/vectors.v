(******************************************************************************)
(* Which feature is which mode: the singular vectors of the labels of STEP.   *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* singular_rows_of_step == n_maj <> n_min: contrasts within the majority at  *)
(*                          n_maj, within the minority at n_min, majority     *)
(*                          against minority in the middle, and no others;    *)
(*                          u Z is u at the label of the sample               *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.matrices Require Import labels spectrum modes.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Theorem singular_rows_of_step : reviewed.singular_vectors_step.singular_rows_of_step.
Proof.
move=> R c' n y S n_maj n_min u S_gt0 nS_gt0 maj_gt0 min_gt0 neq counts gram.
have neq_n : n_maj%:R != n_min%:R :> R by rewrite eqr_nat; apply/eqP.
have maj_neq0 : n_maj%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have min_neq0 : n_min%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have gramE : gram = centred_diagonal (step_counts S n_maj%:R n_min%:R).
  by rewrite /gram gram_of_labels; congr centred_diagonal; apply/rowP=> k; rewrite !mxE counts; case: (k \in S).
have gramE' : gram = centred_diagonal (step_counts (~: S) n_min%:R n_maj%:R).
  by rewrite gramE; congr centred_diagonal; apply/rowP=> k; rewrite !mxE inE; case: (k \in S).
have middleE : (#|~: S| * n_maj + #|S| * n_min)%:R / c'.+1%:R = step_middle S n_maj%:R n_min%:R :> R.
  by rewrite /step_middle natrD !natrM.
split.
- by rewrite gramE; apply: eigenspace_within_group_of_step.
- have nnS_gt0 : (0 < #|~: ~: S|)%N by rewrite setCK.
  rewrite gramE' eigenspace_within_group_of_step //; last by rewrite eq_sym.
  by split=> -[off sum0]; split=> // k kS; apply: off; move: kS; rewrite inE ?negbK.
- rewrite middleE gramE; apply: eigenspace_middle_of_step => //.
  by rewrite -middleE mulf_neq0 ?invr_eq0 ?pnatr_eq0 // addn_eq0 muln_eq0 !negb_and !negb_or -!lt0n nS_gt0 maj_gt0.
- by move=> sum0 l; rewrite mul_centred_labelsE centred_mul_centring.
Qed.
