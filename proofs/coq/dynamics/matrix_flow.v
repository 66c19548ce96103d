(******************************************************************************)
(* Matrix identities of the flow: gradient, balance, decoupling, terminal     *)
(* geometry, for matrices of any sizes.                                       *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(*                     words == tactic: sums of products, transposes on the   *)
(*                              factors                                       *)
(*             frame_cancels == X U^T U = X for orthonormal columns           *)
(*                    sums R == tactic: additive identities of products       *)
(* loss_changes_with_W, _H   == to first order the loss changes by the flow   *)
(*      flow_in_W, flow_in_H == the weighted flow, expanded                   *)
(*     balance_rate_vanishes == d/dt (W^T W - H H^T) = 0 under any G          *)
(*  decoupled_W, decoupled_H == from the spectral ansatz the flow stays on it *)
(* square_of_classifier_gram == (W W^T)^2 = Z Z^T at balance                  *)
(******************************************************************************)

Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Warnings "notation-overridden,ambiguous-paths".
From UFM Require Import generated.matrix_statements matrices.ring_field.

Import GRing.Theory.
Local Open Scope ring_scope.

Ltac words := rewrite ?mulmx1 ?trmx_mul ?trmxK ?tr_diag_mx ?(mulmxDl, mulmxDr, mulmxN, mulNmx, mulmxA).

Lemma frame_cancels (R : realFieldType) m n k (X : 'M[R]_(m, k)) (U : 'M[R]_(n, k)) :
  U^T *m U = 1%:M -> X *m U^T *m U = X.
Proof. by move=> orthU; rewrite -mulmxA orthU mulmx1. Qed.

Theorem flow_in_W : flow_follows_from_loss.flow_in_w_by_trace_rule.
Proof. by move=> R c d n H Omega W Z; words; rewrite addrC. Qed.

Theorem flow_in_H : flow_follows_from_loss.flow_in_h_by_trace_rule.
Proof. by move=> R c d n H Omega W Z; words; rewrite addrC. Qed.

(* Sums of one set of products: an identity of the entries, each product one variable. *)
Ltac sums R :=
  words; repeat match goal with |- context [?A *m ?B] => generalize (A *m B); intro end;
  apply/matrixP; let i := fresh "i" in let j := fresh "j" in intros i j; rewrite !mxE;
  repeat match goal with |- context [fun_of_matrix ?A i j] => generalize (fun_of_matrix A i j); intro end;
  mc_ring R.

Section Loss.
Variable R : realFieldType.
Add Field matrix_flow_field : (field_theoryP R).

Lemma change_with_W (c d n : nat) (E : 'M[R]_(c, d)) (H : 'M[R]_(d, n)) (D : 'M[R]_n) (W : 'M[R]_(c, d)) (Z : 'M[R]_(c, n)) :
  (- (E *m H) + - (W *m H) + Z) *m D *m (- (H^T *m E^T) + - (H^T *m W^T) + Z^T) =
  (- (W *m H) + Z) *m D *m (- (H^T *m W^T) + Z^T) + - ((- (W *m H) + Z) *m D *m H^T *m E^T) +
  - (E *m H *m D *m (- (H^T *m W^T) + Z^T)) + E *m H *m D *m H^T *m E^T.
Proof. sums R. Qed.

Lemma change_with_H (c d n : nat) (F H : 'M[R]_(d, n)) (D : 'M[R]_n) (W : 'M[R]_(c, d)) (Z : 'M[R]_(c, n)) :
  D *m (- (F^T *m W^T) + - (H^T *m W^T) + Z^T) *m (- (W *m F) + - (W *m H) + Z) *m D =
  D *m (- (H^T *m W^T) + Z^T) *m (- (W *m H) + Z) *m D + - (D *m (- (H^T *m W^T) + Z^T) *m W *m F *m D) +
  - (D *m F^T *m W^T *m (- (W *m H) + Z) *m D) + D *m F^T *m W^T *m W *m F *m D.
Proof. sums R. Qed.

End Loss.

Theorem loss_changes_with_W : flow_follows_from_loss.change_of_loss_with_w.
Proof. by move=> R c d n E H Omega W Z; rewrite tr_diag_mx; apply: change_with_W. Qed.

Theorem loss_changes_with_H : flow_follows_from_loss.change_of_loss_with_h.
Proof. by move=> R c d n F H Omega W Z; rewrite tr_diag_mx; apply: change_with_H. Qed.

Theorem balance_rate_vanishes : balance_conserved.rate_of_balance_vanishes.
Proof. by move=> R c d n G H W; rewrite addrK addrN. Qed.

Theorem decoupled_W : modes_decouple_vanilla.flow_in_w_stays_on_modes.
Proof.
move=> R c d k n Q S U V a orthU orthV orthQ; words.
by rewrite !(frame_cancels _ _ _ _ _ _ orthQ) !(frame_cancels _ _ _ _ _ _ orthV) addrC.
Qed.

Theorem decoupled_H : modes_decouple_vanilla.flow_in_h_stays_on_modes.
Proof.
move=> R c d k n Q S U V a orthU orthV orthQ; words.
rewrite !(frame_cancels _ _ _ _ _ _ orthQ) !(frame_cancels _ _ _ _ _ _ orthU) addrC.
by congr (_ + _ *m _); rewrite -!mulmxA; congr (_ *m _); apply: diag_mxC.
Qed.

Theorem squared_error_on_modes :
  loss_staircase.squared_error_on_modes.
Proof.
move=> R c d k n Q S U V a orthU orthV orthQ; words.
rewrite !(frame_cancels _ _ _ _ _ _ orthQ) !(frame_cancels _ _ _ _ _ _ orthU).
by rewrite opprD !opprK [in RHS]addrC [in RHS]addrACA [in RHS]addrC.
Qed.

Theorem square_of_classifier_gram : terminal_geometry_equivalence.wwt_2_is_zzt_where_wh_is_z_and_the_balance_is_zero.
Proof. by move=> R c d n H W; words; rewrite subrK. Qed.

Theorem square_of_feature_gram : terminal_geometry_equivalence.hth_2_is_ztz_where_wh_is_z_and_the_balance_is_zero.
Proof. by move=> R c d n H W; words; rewrite opprD opprK addrC addNKr. Qed.
