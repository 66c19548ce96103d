(******************************************************************************)
(* modes-decouple-weighted is false: the middle mode leaks.                   *)
(*                                                                            *)
(* The intuition: without weights every mode obeys its own scalar equation,   *)
(* and weights only rescale its rate by v' Omega v.                           *)
(*                                                                            *)
(* The witness: four classes, R = 4, gamma = 1/2. The middle mode's leak^2 is *)
(* 1/25, and at s = 1/10 its second derivative is not that of the scalar      *)
(* equation.                                                                  *)
(*                                                                            *)
(*                            whole_2 == 2 is a whole number                  *)
(*                            root_4 == sqrt 4 = 2                            *)
(*                      middle_value == 1 <= sqrt 2 sqrt 5 / 2, the middle    *)
(*                                      singular value                        *)
(*                  middle_mode_leaks == the first part is false              *)
(* middle_mode_leaves_scalar_equation == the second part is false             *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma whole_2 : is_integer 2.
Proof. now exists 2%Z. Qed.

Lemma root_4 : sqrt 4 = 2.
Proof. replace 4 with (2 * 2) by ring. rewrite sqrt_square; lra. Qed.

Lemma middle_value : 1 <= sqrt 2 * sqrt (4 + 1) / 2.
Proof.
  rewrite <- sqrt_mult by lra. pose proof (sqrt_pos (2 * (4 + 1))). pose proof (sqrt_sqrt (2 * (4 + 1)) ltac:(lra)). nra.
Qed.

Theorem middle_mode_leaks : ~ statements.modes_decouple_weighted.nothing_leaks_from_middle_mode.
Proof.
  intro H. destruct (H 4 2 ltac:(lra) ltac:(lra) whole_2 ltac:(lra) ltac:(lra)) as [_ [_ Heq]].
  rewrite root_4 in Heq. lra.
Qed.

Theorem middle_mode_leaves_scalar_equation :
  ~ statements.modes_decouple_weighted.middle_mode_accelerates_as_scalar_equation.
Proof.
  intro H. pose proof middle_value.
  destruct (H 4 2 (1 / 10) ltac:(lra) ltac:(lra) whole_2 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as [_ [_ [_ Heq]]].
  rewrite root_4 in Heq. set (s := sqrt 2 * sqrt (4 + 1) / 2) in *. nra.
Qed.
