(******************************************************************************)
(* Statements by hand about numbers and functions of time.                    *)
(*                                                                            *)
(* Source: ours. What cannot be printed from the ledger is stated here, once, *)
(* and proved elsewhere; the audit holds each theorem against it. A change of *)
(* this file is a change of what is proved: PINNED in statements.py.          *)
(*                                                                            *)
(* strength, scalar_rate, learning_time == those of generated/formulas.v,     *)
(*                                         printed from `theory`              *)
(******************************************************************************)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From UFM Require Import generated.formulas.

Local Open Scope R_scope.

Module reviewed.

Module mode_closed_form.

(* s(0) = e^(-2 delta). *)
Definition strength_starts_at_scale : Prop :=
  forall lambda sigma delta : R,
  0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta) ->
  strength lambda sigma delta 0 = exp (- (2 * delta)).

(* s solves ds/dt = 2 lambda s (sigma - s). *)
Definition strength_solves_its_equation : Prop :=
  forall lambda sigma delta : R,
  0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta) ->
  forall t : R, is_derive (strength lambda sigma delta) t (scalar_rate lambda sigma (strength lambda sigma delta t)).

(* No other positive function with this start does. *)
Definition solution_is_unique : Prop :=
  forall lambda sigma delta : R,
  0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta) ->
  forall u : R -> R,
  (forall t, 0 < u t) -> (forall t, is_derive u t (scalar_rate lambda sigma (u t))) -> u 0 = exp (- (2 * delta)) ->
  forall t, u t = strength lambda sigma delta t.

End mode_closed_form.

Module learning_time.

(* s(T) = f sigma. *)
Definition strength_at_learning_time : Prop :=
  forall lambda sigma delta : R,
  0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta) ->
  forall f : R, 0 < f < 1 -> strength lambda sigma delta (learning_time lambda sigma delta f) = f * sigma.

(* T / delta -> 1 / (lambda sigma). *)
Definition learning_time_over_delta : Prop :=
  forall lambda sigma f : R,
  0 < lambda -> 0 < sigma -> 0 < f < 1 ->
  is_lim (fun delta => learning_time lambda sigma delta f / delta) p_infty (/ (lambda * sigma)).

End learning_time.

End reviewed.
