(******************************************************************************)
(* escape-window-of-any-split is false: one minority class has no mode within *)
(* its group.                                                                 *)
(*                                                                            *)
(* The intuition: the slowest and the fastest escape rate are those within    *)
(* the groups, so the window is their ratio less 1, R^|1/2 - gamma| - 1.      *)
(*                                                                            *)
(* The witness: three classes, one of them minority, R = 2, gamma = 0. The    *)
(* slowest mode is the middle one, and the window sqrt 6 / 2 - 1.             *)
(*                                                                            *)
(* window_of_one_minority_class_differs == the part is false                  *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem window_of_one_minority_class_differs :
  ~ statements.escape_window_of_any_split.window_of_one_minority_class.
Proof.
  intro H. destruct (H 2 3 ltac:(lra) ltac:(lra) (ex_intro _ 3%Z eq_refl) ltac:(lra) ltac:(lra)) as [_ [_ [_ Heq]]].
  replace (2 + 3 - 1) with (2 * 2) in Heq by ring. rewrite sqrt_square in Heq by lra.
  pose proof (sqrt_lt_R0 2 ltac:(lra)). pose proof (sqrt_sqrt 3 ltac:(lra)). nra.
Qed.
