(******************************************************************************)
(* Matrix identities of the flow: gradient, balance, decoupling, terminal     *)
(* geometry, for matrices of any sizes.                                       *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(*                     words == tactic: sums of products, transposes on the   *)
(*                              factors                                       *)
(*             frame_cancels == X U^T U = X for orthonormal columns           *)
(*      flow_in_W, flow_in_H == the weighted flow, expanded                   *)
(*       loss_changes_with_W == the loss at W + E: the flow is what is of     *)
(*                              first order in E                              *)
(*       loss_changes_with_H == the same at H + F                             *)
(*     balance_rate_vanishes == d/dt (W^T W - H H^T) = 0 under any G          *)
(*  decoupled_W, decoupled_H == from the spectral ansatz the flow stays on it *)
(* square_of_classifier_gram == (W W^T)^2 = Z Z^T at balance                  *)
(******************************************************************************)

Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Warnings "notation-overridden,ambiguous-paths".
From UFM Require Import generated.matrix_statements.

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

(** Two factors that move by [X] and [Y]: what is of first order, and what is of second. *)
Lemma product_of_moved (R : realFieldType) k l m n p (C : 'M[R]_(k, l)) (A X : 'M[R]_(l, m)) (D : 'M[R]_(m, n))
    (B Y : 'M[R]_(n, p)) :
  C *m (- X + A) *m D *m (- Y + B) =
  C *m A *m D *m B + - (C *m A *m D *m Y) + - (C *m X *m D *m B) + C *m X *m D *m Y.
Proof.
rewrite !(mulmxDr, mulmxDl, mulmxN, mulNmx) opprD opprK [- _ + C *m A *m D *m B]addrC addrACA.
by rewrite addrC [C *m X *m D *m Y + _]addrC !addrA; congr (_ + _); rewrite addrC addrA.
Qed.

Theorem loss_changes_with_W : flow_follows_from_loss.change_of_loss_with_w.
Proof.
move=> R c d n E H Omega W Z; rewrite tr_diag_mx -(addrA (- (E *m H))) -(addrA (- (H^T *m E^T))).
by have := product_of_moved R _ _ _ _ _ 1%:M (- (W *m H) + Z) (E *m H) (diag_mx Omega) (- (H^T *m W^T) + Z^T) (H^T *m E^T);
   rewrite !mul1mx !mulmxA.
Qed.

Theorem loss_changes_with_H : flow_follows_from_loss.change_of_loss_with_h.
Proof.
move=> R c d n F H Omega W Z; rewrite tr_diag_mx -(addrA (- (F^T *m W^T))) -(addrA (- (W *m F))).
have := product_of_moved R _ _ _ _ _ (diag_mx Omega) (- (H^T *m W^T) + Z^T) (F^T *m W^T) 1%:M (- (W *m H) + Z) (W *m F).
by rewrite !mulmx1 => ->; rewrite !mulmxDl !mulNmx !mulmxA.
Qed.

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
