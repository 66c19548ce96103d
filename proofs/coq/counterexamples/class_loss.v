(******************************************************************************)
(* class-normalised-never-raises-a-loss is false with three classes.          *)
(*                                                                            *)
(* The intuition: each class's gradient has the same length, so that no class *)
(* is outvoted.                                                               *)
(*                                                                            *)
(* The witness: three classes of one sample each, W = [0 b] with b the unit   *)
(* contrast of classes 2 and 3, features (10, 0) and (10, +-1/sqrt 2). The    *)
(* residual of class 1 is z_1, that of each other -z_1/2: both of them drive  *)
(* W against class 1, with cosines close to -1.                               *)
(*                                                                            *)
(*   class_loss_rises == the part is false                                    *)
(******************************************************************************)

From Coq Require Import Reals Lra.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.
Theorem class_loss_rises : ~ class_normalised_never_raises_a_loss.no_class_loss_rises.
Proof.
  intro H. assert (H3 : 0 < 3) by lra. assert (Hint : is_integer 3) by now exists 3%Z. assert (Hge : 3 >= 3) by lra.
  destruct (H 3 H3 Hint Hge) as (_ & _ & _ & _ & Hle). clear H H3 Hint Hge. revert Hle.
  replace ((1 - / 3) ^ 2 + (3 - 1) / 3 ^ 2) with (2 / 3) by field.
  replace ((101 - / (3 - 1)) * ((/ (3 - 1) - / 3) ^ 2 * (3 - 1) + / 3 ^ 2)) with (67 / 4) by field.
  assert (Hsmall : sqrt (2 / 3) < 1) by (rewrite <- sqrt_1; apply sqrt_lt_1_alt; lra).
  assert (Hpos : 0 < sqrt (67 / 4)) by (apply sqrt_lt_R0; lra).
  assert (Hroot : sqrt (67 / 4) < 5) by (replace 5 with (sqrt (5 * 5)) by (apply sqrt_square; lra); apply sqrt_lt_1_alt; lra).
  assert (Hinv : / 5 < / sqrt (67 / 4)) by (apply Rinv_lt_contravar; [apply Rmult_lt_0_compat; lra | assumption]).
  unfold Rdiv in *. set (root := sqrt (67 * / 4)) in *. set (small := sqrt (2 * / 3)) in *. set (inv := / root) in *. lra.
Qed.
