(******************************************************************************)
(* modes-decouple-weighted is false: the middle mode leaks.                   *)
(*                                                                            *)
(* The intuition: without weights every mode obeys its own scalar equation,   *)
(* and weights only rescale its rate by v' Omega v.                           *)
(*                                                                            *)
(* The witness: equal halves of two classes, R = 4, gamma = 1/2. The middle   *)
(* mode's leak^2 is 1/25, and at s = 1/10, below its singular value, its      *)
(* second derivative is not that of the scalar equation.                      *)
(*                                                                            *)
(*                            whole_2 == 2 is a whole number                  *)
(*                          root_of_4 == sqrt 4 = 2                           *)
(*                  middle_mode_leaks == the first part is false              *)
(* middle_mode_leaves_scalar_equation == the second part is false             *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma whole_2 : is_integer 2.
Proof. now exists 2%Z. Qed.

Lemma root_of_4 : sqrt 4 = 2.
Proof. replace 4 with (2 * 2) by ring. apply sqrt_square. lra. Qed.

Theorem middle_mode_leaks : ~ statements.modes_decouple_weighted.nothing_leaks_from_middle_mode.
Proof.
  intro H. destruct (H 4 2 ltac:(lra) ltac:(lra) whole_2 ltac:(lra) ltac:(lra)) as (_ & _ & Heq).
  rewrite root_of_4 in Heq. lra.
Qed.

Lemma middle_above_1 : 1 < sqrt 2 * sqrt (4 + 1) / 2.
Proof.
  assert (1 < sqrt 2) by (rewrite <- sqrt_1 at 1; apply sqrt_lt_1_alt; lra).
  assert (2 < sqrt (4 + 1)) by (rewrite <- root_of_4 at 1; apply sqrt_lt_1_alt; lra). nra.
Qed.

Theorem middle_mode_leaves_scalar_equation :
  ~ statements.modes_decouple_weighted.middle_mode_accelerates_as_scalar_equation.
Proof.
  intro H. pose proof middle_above_1 as Hmiddle.
  destruct (H 4 2 (1 / 10) ltac:(lra) ltac:(lra) whole_2 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as (_ & _ & _ & Heq).
  rewrite root_of_4 in Heq. set (middle := sqrt 2 * sqrt (4 + 1) / 2) in *.
  assert (0 < (middle - 1 / 10) * (middle - 3 * (1 / 10))) by (apply Rmult_lt_0_compat; lra). nra.
Qed.
