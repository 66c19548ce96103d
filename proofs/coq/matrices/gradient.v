(******************************************************************************)
(* The flow is minus the gradient of the weighted squared loss, at every size.*)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(* Matrices, of any sizes, and the words about them are those of              *)
(* reviewed/curves.v.                                                         *)
(*                                                                            *)
(* gradient_in_W, gradient_in_H == the derivative of the loss in one entry is *)
(*                         minus the entry of the weighted flow               *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect.
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From UFM.reviewed Require Import curves.
From UFM.matrices Require Import flow.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

(* A sum in which one summand alone moves. *)
Lemma derive_one_of_sum n (f : 'I_n -> R -> R) (f' : R) (j : 'I_n) t :
  is_derive (f j) t f' -> (forall k, k != j -> is_derive (f k) t 0) -> is_derive (fun x => \rsum_k f k x) t f'.
Proof.
move=> der_j der_k.
have -> : f' = \rsum_k (if k == j then f' else 0).
  by rewrite (bigD1 j) //= eqxx big1 ?Rplus_0_r // => k /negPf ->.
by apply: is_derive_sum => k; have [->|] := eqVneq k j; [| apply: der_k].
Qed.

Section Gradient.
Variables (c d n : nat) (Z : matrix c n) (w : 'I_n -> R) (W : matrix c d) (H : matrix d n).

Lemma with_entry_same m p (A : matrix m p) i j : with_entry A i j (A i j) =2 A.
Proof. by move=> k l; rewrite /with_entry; have [/andP[/eqP-> /eqP->]|] := boolP (_ && _). Qed.

Lemma derive_logit_in_W i j k l :
  is_derive (fun x => mul (with_entry W i j x) H k l) (W i j) (if k == i then H j l else 0).
Proof.
have [->|/negPf neq_ki] := eqVneq k i; last first.
  have -> : 0 = \big[Rplus/0]_(m < d) 0 by rewrite big1.
  apply: is_derive_sum => m; rewrite /with_entry neq_ki /=; exact: is_derive_const.
apply: (@derive_one_of_sum _ _ _ j) => [|m /negPf neq_mj]; rewrite /with_entry eqxx ?neq_mj /= ?eqxx.
  by evar_last; [exact: (is_derive_scal_l _ _ _ (H j l) (is_derive_id _)) | rewrite /scal /= /mult /one /=; ring].
exact: is_derive_const.
Qed.

Lemma derive_logit_in_H i j k l :
  is_derive (fun x => mul W (with_entry H i j x) k l) (H i j) (if l == j then W k i else 0).
Proof.
have [->|/negPf neq_lj] := eqVneq l j; last first.
  have -> : 0 = \big[Rplus/0]_(m < d) 0 by rewrite big1.
  apply: is_derive_sum => m; rewrite /with_entry neq_lj andbF /=; exact: is_derive_const.
apply: (@derive_one_of_sum _ _ _ i) => [|m /negPf neq_mi]; rewrite /with_entry ?eqxx ?neq_mi /=.
  by evar_last; [exact: (is_derive_scal _ _ (W k i) _ (is_derive_id _)) | rewrite /scal /= /mult /one /=; ring].
exact: is_derive_const.
Qed.

(* The derivative of the loss along a curve of logits. *)
Lemma derive_loss (P : R -> matrix c n) (P' : matrix c n) t :
  solves_at P P' t ->
  is_derive (fun x => squared_loss Z w (P x)) t (- \rsum_l (w l * \rsum_k ((Z k l - P t k l) * P' k l))).
Proof.
move=> derP; rewrite /squared_loss -sum_opp.
apply: is_derive_sum => l.
have inner : is_derive (fun x => \rsum_k ((Z k l - P x k l) * (Z k l - P x k l))) t
    (\rsum_k (- (2 * ((Z k l - P t k l) * P' k l)))).
  apply: is_derive_sum => k.
  evar_last; first (apply: is_derive_mult; [apply: is_derive_minus; [exact: is_derive_const | exact: derP]
    | apply: is_derive_minus; [exact: is_derive_const | exact: derP] | exact: Rmult_comm]).
  by rewrite /minus /plus /mult /opp /zero /=; ring.
evar_last; first exact: (is_derive_scal _ _ (w l / 2) _ inner).
have -> : \rsum_k - (2 * ((Z k l - P t k l) * P' k l)) = - (2 * \rsum_k ((Z k l - P t k l) * P' k l)).
  by rewrite sum_opp big_distrr.
rewrite /scal /= /mult /=; field.
Qed.

Theorem gradient_in_W i j :
  is_derive (fun x => squared_loss Z w (mul (with_entry W i j x) H)) (W i j)
    (- mul (weighted (sub Z (mul W H)) w) (tr H) i j).
Proof.
evar_last; first (apply: derive_loss => k l; exact: derive_logit_in_W).
congr (- _); rewrite /mul /weighted /tr /sub; apply: eq_bigr => l _.
rewrite (bigD1 i) //= eqxx [X in _ * (_ + X)]big1 => [|k /negPf->]; last by rewrite Rmult_0_r.
rewrite Rplus_0_r; under [in LHS]eq_bigr do rewrite with_entry_same; ring.
Qed.

Theorem gradient_in_H i j :
  is_derive (fun x => squared_loss Z w (mul W (with_entry H i j x))) (H i j)
    (- mul (tr W) (weighted (sub Z (mul W H)) w) i j).
Proof.
evar_last; first (apply: derive_loss => k l; exact: derive_logit_in_H).
congr (- _); rewrite /mul /weighted /tr /sub (bigD1 j) //= [X in _ + X]big1 => [|l /negPf neq_lj]; last first.
  by rewrite big1 ?Rmult_0_r // => k _; rewrite neq_lj Rmult_0_r.
rewrite Rplus_0_r big_distrr; apply: eq_bigr => k _; rewrite eqxx /=.
under [in LHS]eq_bigr do rewrite with_entry_same; ring.
Qed.

End Gradient.
