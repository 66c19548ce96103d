(******************************************************************************)
(* sampling-varies-less-than-weights is false: where the heavy sample has a   *)
(* short gradient, weights vary less.                                         *)
(*                                                                            *)
(* The intuition: a sample that counts four times is better drawn four times  *)
(* as often than scaled by four, as is true where gradients are equally long. *)
(*                                                                            *)
(* The witness: weights 1, 1, 1, 4 and squared lengths 1, 1, 1, 1/100. The    *)
(* mean square of a step is 12.64 with weights and 21.28 with sampling.       *)
(*                                                                            *)
(* sampling_is_not_quieter == the part is false                               *)
(******************************************************************************)

From Coq Require Import Reals Lra.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.

Theorem sampling_is_not_quieter : ~ sampling_varies_less_than_weights.sampling_is_quieter.
Proof. intro H. assert (K := H 4 (1 / 100)). lra. Qed.
