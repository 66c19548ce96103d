(******************************************************************************)
(* modes-decouple-weighted is false: the middle mode leaks.                   *)
(*                                                                            *)
(* The intuition: without weights every mode obeys its own scalar equation,   *)
(* and weights only rescale its rate by v' Omega v.                           *)
(*                                                                            *)
(* The witness: two classes, R = 2, gamma = 1. The middle mode's leak^2 is    *)
(* 1/18, and at s = 1/10, sigma = 1 its second derivative is not that of the  *)
(* scalar equation.                                                           *)
(*                                                                            *)
(*                            whole_1 == 1 is a whole number                  *)
(*                  middle_mode_leaks == the first part is false              *)
(* middle_mode_leaves_scalar_equation == the second part is false             *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma whole_1 : is_integer 1.
Proof. now exists 1%Z. Qed.

Lemma weight_positive : 0 < Rpower 2 (- (2 * 1)).
Proof. apply exp_pos. Qed.

Theorem middle_mode_leaks : ~ statements.modes_decouple_weighted.nothing_leaks_from_the_middle_mode_i_minus_vvt_omegav_is_0.
Proof.
  intro H. destruct (H 2 1 1 1 ltac:(lra) ltac:(lra) whole_1 ltac:(lra) whole_1 ltac:(lra) ltac:(lra)) as [_ [_ Heq]].
  rewrite Rpower_1 in Heq by lra. pose proof weight_positive. lra.
Qed.

Theorem middle_mode_leaves_scalar_equation :
  ~ statements.modes_decouple_weighted.the_middle_mode_s_d2s_over_dt2_is_that_of_the_scalar_equation.
Proof.
  intro H. destruct (H 2 1 1 1 (1 / 10) 1 ltac:(lra) ltac:(lra) whole_1 ltac:(lra) whole_1 ltac:(lra) ltac:(lra) ltac:(lra)
    ltac:(lra) ltac:(lra)) as [_ [_ Heq]].
  rewrite Rpower_1 in Heq by lra. pose proof weight_positive. lra.
Qed.
