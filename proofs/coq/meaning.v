(******************************************************************************)
(* What the words of a printed statement mean.                                *)
(*                                                                            *)
(* proofs/coq/printer.py prints statements of the ledger with these words.    *)
(* Reference: Boldo, Lelay and Melquiond, Coquelicot (2015), for filters.     *)
(*                                                                            *)
(*        is_integer x == x is a whole number                                 *)
(*   limit_is f P x0 l == f x tends to l as x tends to x0 (finite or not), x  *)
(*                        <> x0, among the x that satisfy P                   *)
(* defined_near x0 P D == D holds of all x near x0 that satisfy P             *)
(*      defined_on P D == D holds of all x that satisfy P                     *)
(*   increasing_on f P == f is strictly increasing among the x of P           *)
(*   supremum_is f P v == v, finite or not, is the supremum of f on P         *)
(*      maximum_on f P == f has a maximum on P                                *)
(******************************************************************************)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.

Local Open Scope R_scope.

Definition is_integer (x : R) : Prop := exists n : Z, x = IZR n.

Definition limit_is (f : R -> R) (P : R -> Prop) (x0 l : Rbar) : Prop :=
  filterlim f (within P (Rbar_locally' x0)) (Rbar_locally l).

Definition defined_near (x0 : Rbar) (P D : R -> Prop) : Prop :=
  within P (Rbar_locally' x0) D.

Definition defined_on (P D : R -> Prop) : Prop := forall x, P x -> D x.

Definition increasing_on (f : R -> R) (P : R -> Prop) : Prop :=
  forall x y, P x -> P y -> x < y -> f x < f y.

Definition supremum_is (f : R -> R) (P : R -> Prop) (v : Rbar) : Prop :=
  is_lub_Rbar (fun y => exists x, P x /\ y = f x) v.

Definition maximum_on (f : R -> R) (P : R -> Prop) : Prop :=
  exists x, P x /\ forall y, P y -> f y <= f x.
