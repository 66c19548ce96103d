(******************************************************************************)
(* No row of the ledger: for any split, with one minority class, the window   *)
(* of the effective singular values is bounded at gamma = 0.                  *)
(*                                                                            *)
(* The intuition: off gamma = 1/2 the rates within the groups are 1 and a     *)
(* nonzero power of R.                                                        *)
(*                                                                            *)
(* The witness: gamma = 0, three classes, one of them minority. The rate      *)
(* within the minority belongs to no mode; the middle one grows with R.       *)
(*                                                                            *)
(*       window_of_one_minority_class_bounded == for three classes it is at   *)
(*                                               most 1                       *)
(* window_of_one_minority_class_not_unbounded == it does not grow unboundedly *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma window_of_one_minority_class_bounded ratio : 0 < ratio -> sqrt ratio * sqrt 3 / sqrt (ratio + 3 - 1) - 1 <= 1.
Proof.
  intro H. pose proof (sqrt_lt_R0 (ratio + 3 - 1) ltac:(lra)). pose proof (sqrt_pos ratio). pose proof (sqrt_pos 3).
  assert (sqrt ratio <= sqrt (ratio + 3 - 1)) by (apply sqrt_le_1_alt; lra).
  assert (sqrt 3 <= 2) by (rewrite <- (sqrt_square 2) by lra; apply sqrt_le_1_alt; lra).
  assert (Hle : sqrt ratio * sqrt 3 / sqrt (ratio + 3 - 1) <= 2).
  { apply Rmult_le_reg_r with (sqrt (ratio + 3 - 1)); [assumption |].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. nra. }
  lra.
Qed.

Theorem window_of_one_minority_class_not_unbounded :
  ~ limit_is (fun ratio => sqrt ratio * sqrt 3 / sqrt (ratio + 3 - 1) - 1) (fun ratio => 0 < ratio) p_infty p_infty.
Proof.
  intro Hgrows.
  destruct (Hgrows (fun y => 1 < y)) as [m Hm]; [now exists 1 |].
  set (ratio := Rmax m 0 + 1). pose proof (Rmax_l m 0). pose proof (Rmax_r m 0).
  pose proof (Hm ratio ltac:(unfold ratio; lra) ltac:(unfold ratio; lra)).
  pose proof (window_of_one_minority_class_bounded ratio ltac:(unfold ratio; lra)). lra.
Qed.
