(******************************************************************************)
(* balanced-end-whatever-the-step is false: a step at which the flattest      *)
(* minimum is stable leaves the balanced end unstable.                        *)
(*                                                                            *)
(* The intuition: the flow forgets the weights, and so does the end of        *)
(* descent, at any step that is not too large for all ends.                   *)
(*                                                                            *)
(* The witness: STEP with counts 16 and 1, weights n^(-1/2), step 1/2. The    *)
(* flattest minimum has the curvature 2 + 1/2, and 5/4 <= 2; the balanced end *)
(* has 1 + 4, and 5/2 > 2.                                                    *)
(*                                                                            *)
(* balanced_end_not_stable_wherever_one_is == the part is false               *)
(******************************************************************************)

From Coq Require Import Reals Lra.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.

Theorem balanced_end_not_stable_wherever_one_is : ~ balanced_end_whatever_the_step.balanced_end_stable_wherever_one_is.
Proof.
  intro H. assert (1 / 2 * (2 ^ 2 + 1) <= 2); [| lra].
  apply H; try lra. now exists 2%Z.
Qed.
