(******************************************************************************)
(* Statements by hand about matrices that move, and their words.              *)
(*                                                                            *)
(* Source: ours. What cannot be printed from the ledger is stated here, once, *)
(* and proved elsewhere; the audit holds each theorem against it. A change of *)
(* this file is a change of what is proved: PINNED in statements.py.          *)
(*                                                                            *)
(* Matrices are functions of their indices with values in the reals of Coq,   *)
(* of any sizes; derivatives are Coquelicot's, entry by entry.                *)
(*                                                                            *)
(*            matrix m n == the m x n matrices                                *)
(*           \rsum_i F i == the sum of F over the indices 'I_n                *)
(* mul A B, tr A, sub A B == product, transpose and difference                *)
(*        framed U x V i l == sum_k U i k x_k V l k: U diag(x) V^T            *)
(*        orthonormal U == U^T U = I                                          *)
(*       solves_at f f' t == f has the derivative f' at t, entry by entry     *)
(*           balance W H == W^T W - H H^T                                     *)
(*   dW Z W H, dH Z W H == (Z - W H) H^T and W^T (Z - W H), the flow of the   *)
(*                         unweighted squared loss                            *)
(*          weighted A w == A Omega, with the weight w l of sample l          *)
(*    squared_loss Z w P == sum_l w_l |z_l - p_l|^2 / 2 of the logits P       *)
(*    with_entry A i j x == A with x in the place of its entry i, j           *)
(*             inner A B == sum_(i, j) A i j B i j                            *)
(*            along u A v == u^T A v                                          *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect.
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Notation "\rsum_ i F" := (\big[Rplus/0]_i F)
  (at level 41, F at level 41, i at level 0, format "'[' \rsum_ i '/  ' F ']'") : R_scope.

Definition matrix (m n : nat) := 'I_m -> 'I_n -> R.

Definition mul m n p (A : matrix m n) (B : matrix n p) : matrix m p :=
  fun i l => \rsum_k (A i k * B k l).
Definition tr m n (A : matrix m n) : matrix n m := fun i j => A j i.
Definition sub m n (A B : matrix m n) : matrix m n := fun i j => A i j - B i j.

Definition framed m n r (U : matrix m r) (x : 'I_r -> R) (V : matrix n r) : matrix m n :=
  fun i l => \rsum_k (U i k * x k * V l k).

Definition orthonormal m r (U : matrix m r) : Prop :=
  forall j k, mul (tr U) U j k = if j == k then 1 else 0.

Definition solves_at m n (f : R -> matrix m n) (f' : matrix m n) (t : R) : Prop :=
  forall i j, is_derive (fun x => f x i j) t (f' i j).

Definition balance c d n (W : matrix c d) (H : matrix d n) : matrix d d :=
  sub (mul (tr W) W) (mul H (tr H)).

Definition dW c d n (Z : matrix c n) (W : matrix c d) (H : matrix d n) : matrix c d :=
  mul (sub Z (mul W H)) (tr H).
Definition dH c d n (Z : matrix c n) (W : matrix c d) (H : matrix d n) : matrix d n :=
  mul (tr W) (sub Z (mul W H)).

Definition weighted c n (A : matrix c n) (w : 'I_n -> R) : matrix c n := fun k l => A k l * w l.

Definition squared_loss c n (Z : matrix c n) (w : 'I_n -> R) (P : matrix c n) : R :=
  \rsum_l (w l / 2 * (\rsum_k ((Z k l - P k l) * (Z k l - P k l)))).

Definition with_entry m n (A : matrix m n) i j (x : R) : matrix m n :=
  fun k l => if (k == i) && (l == j) then x else A k l.

Definition inner m n (A B : matrix m n) : R := \rsum_i \rsum_j (A i j * B i j).

Definition along m n (u : 'I_m -> R) (A : matrix m n) (v : 'I_n -> R) : R := \rsum_i \rsum_j (u i * A i j * v j).

Module reviewed.

Module flow_follows_from_loss.

(* The derivative of the loss in the entry i, j of W is minus that entry of (Z - W H) Omega H^T. *)
Definition gradient_in_W : Prop :=
  forall (c d n : nat) (Z : matrix c n) (w : 'I_n -> R) (W : matrix c d) (H : matrix d n) i j,
  is_derive (fun x => squared_loss Z w (mul (with_entry W i j x) H)) (W i j)
    (- mul (weighted (sub Z (mul W H)) w) (tr H) i j).

(* The same in H, of W^T (Z - W H) Omega. *)
Definition gradient_in_H : Prop :=
  forall (c d n : nat) (Z : matrix c n) (w : 'I_n -> R) (W : matrix c d) (H : matrix d n) i j,
  is_derive (fun x => squared_loss Z w (mul W (with_entry H i j x))) (H i j)
    (- mul (tr W) (weighted (sub Z (mul W H)) w) i j).

End flow_follows_from_loss.

Module balance_conserved.

(* W' = G H^T and H' = W^T G on an interval, for any G whatever (minus the gradient in the logits
   of any loss, with any weights), imply that W^T W - H H^T has one value there. *)
Definition balance_conserved : Prop :=
  forall c d n (W : R -> matrix c d) (H : R -> matrix d n) (G : R -> matrix c n) (a b : R),
  (forall t, a <= t <= b -> solves_at W (mul (G t) (tr (H t))) t) ->
  (forall t, a <= t <= b -> solves_at H (mul (tr (W t)) (G t)) t) ->
  forall t, a <= t <= b -> forall j k, balance (W t) (H t) j k = balance (W a) (H a) j k.

End balance_conserved.

Module modes_decouple_vanilla.

(* Z = U diag(sigma) V^T with orthonormal U, V, Q, and s_i > 0 with s_i' = 2 s_i (sigma_i - s_i),
   imply that W = U diag(sqrt s) Q^T and H = Q diag(sqrt s) V^T solve the flow, with
   W H = U diag(s) V^T. *)
Definition decoupled_curve_solves_flow : Prop :=
  forall (c d n r : nat) (U : matrix c r) (Q : matrix d r) (V : matrix n r) (sigma : 'I_r -> R),
  orthonormal U -> orthonormal Q -> orthonormal V ->
  forall (s : R -> 'I_r -> R) (t : R),
  (forall k, 0 < s t k) ->
  (forall k, is_derive (fun x => s x k) t (2 * s t k * (sigma k - s t k))) ->
  let Z := framed U sigma V in
  let W x := framed U (fun k => sqrt (s x k)) Q in
  let H x := framed Q (fun k => sqrt (s x k)) V in
  [/\ solves_at W (dW Z (W t) (H t)) t, solves_at H (dH Z (W t) (H t)) t &
      forall i l, mul (W t) (H t) i l = framed U (s t) V i l].

(* Conversely, a solution of the form W = U diag(a) Q^T, H = Q diag(a) V^T has
   s_i' = 2 s_i (sigma_i - s_i) for s = a^2. *)
Definition strength_rate_of_decoupled_flow : Prop :=
  forall (c d n r : nat) (U : matrix c r) (Q : matrix d r) (V : matrix n r) (sigma : 'I_r -> R),
  orthonormal U -> orthonormal Q -> orthonormal V ->
  forall (a : R -> 'I_r -> R) (t : R),
  let Z := framed U sigma V in
  solves_at (fun x => framed U (a x) Q) (dW Z (framed U (a t) Q) (framed Q (a t) V)) t ->
  forall k, is_derive (fun x => a x k * a x k) t (2 * (a t k * a t k) * (sigma k - a t k * a t k)).

End modes_decouple_vanilla.

Module escape_rates.

(* W' = G H^T and H' = W^T G with G = U diag(s) V^T imply that U^T W + V^T H^T grows as e^(s t) and that
   U^T W - V^T H^T fades as e^(-s t), row by row. *)
Definition linear_flow_is_exponential : Prop :=
  forall (c d n r : nat) (U : matrix c r) (V : matrix n r) (s : 'I_r -> R) (W : R -> matrix c d) (H : R -> matrix d n),
  orthonormal U -> orthonormal V ->
  (forall x, solves_at W (mul (framed U s V) (tr (H x))) x) ->
  (forall x, solves_at H (mul (tr (W x)) (framed U s V)) x) ->
  forall t k j,
  mul (tr U) (W t) k j + mul (tr V) (tr (H t)) k j =
    exp (s k * t) * (mul (tr U) (W 0) k j + mul (tr V) (tr (H 0)) k j) /\
  mul (tr U) (W t) k j - mul (tr V) (tr (H t)) k j =
    exp (- (s k * t)) * (mul (tr U) (W 0) k j - mul (tr V) (tr (H 0)) k j).

End escape_rates.

Module no_mode_learned_before_delta_over_rate.

(* Any sizes and any start of squared size e^(-2 delta) size, any loss of the logits that is convex with the gradient
   - G: where the bilinear form of G 0 is at most s, a strength u^T L v with unit vectors u, v that has reached a level
   > 0 at time t has t >= delta / s - ln(size / (2 level)) / (2 s). *)
Definition escape_takes_time : Prop :=
  forall (c d n : nat) (loss : matrix c n -> R) (G : matrix c n -> matrix c n) (W : R -> matrix c d)
    (H : R -> matrix d n) (u : 'I_c -> R) (v : 'I_n -> R) (s t delta size level : R),
  (forall L L', loss L - inner (G L) (sub L' L) <= loss L') ->
  (forall p q, along p (G (fun _ _ => 0)) q <= s * ((\rsum_i (p i * p i)) + \rsum_j (q j * q j)) / 2) ->
  0 <= t ->
  (forall x, 0 <= x <= t -> solves_at W (mul (G (mul (W x) (H x))) (tr (H x))) x) ->
  (forall x, 0 <= x <= t -> solves_at H (mul (tr (W x)) (G (mul (W x) (H x)))) x) ->
  \rsum_i (u i * u i) = 1 -> \rsum_j (v j * v j) = 1 ->
  0 < s -> 0 < size -> 0 < level ->
  inner (W 0) (W 0) + inner (H 0) (H 0) = exp (- (2 * delta)) * size ->
  level <= along u (mul (W t) (H t)) v ->
  delta / s - ln (size / (2 * level)) / (2 * s) <= t.

End no_mode_learned_before_delta_over_rate.

End reviewed.
