(******************************************************************************)
(* What drives small W and V of L = W V X: class means alone.                 *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* The words are those of reviewed/matrices.v.                                *)
(*                                                                            *)
(* drive_by_class_means == Z Omega X^T = P diag(n_k w_k) M^T, any labels,     *)
(*                         weights, inputs X and their class means M          *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From UFM.reviewed Require Export matrices.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Theorem drive_by_class_means : reviewed.class_mean_law.drive_by_class_means.
Proof.
move=> R c d n y w X counted; rewrite /weighted_labels /centred_labels -!mulmxA; congr (_ *m _).
apply/matrixP=> k i; rewrite mul_diag_mx !mxE.
have nz : (class_count y k)%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite mulrACA mulfV // mul1r mulr_sumr [RHS]big_mkcond /=.
apply: eq_bigr => l _; rewrite mul_diag_mx !mxE.
by have [->|_] := eqVneq (y l) k; rewrite ?mul1r ?mul0r.
Qed.
