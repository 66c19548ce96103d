(******************************************************************************)
(* The gradient flow of matrices: the balance law and the decoupled curve.    *)
(*                                                                            *)
(* Source: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised.    *)
(*                                                                            *)
(* Matrices, of any sizes, and the words about them are those of              *)
(* reviewed/curves.v.                                                         *)
(*                                                                            *)
(*              balance_conserved == W' = G H^T and H' = W^T G on an interval,*)
(*                                for any G whatever (minus the gradient in   *)
(*                                the logits of any loss, with any weights)   *)
(*                                imply that the balance has one value there  *)
(* decoupled_curve_solves_flow == Z = U diag(sigma) V^T with orthonormal U, V,*)
(*                                Q, and s_i > 0 with                         *)
(*                                s_i' = 2 s_i (sigma_i - s_i), imply that    *)
(*                                W = U diag(sqrt s) Q^T, H = Q diag(sqrt s)  *)
(*                                V^T solve W' = (Z - W H) H^T,               *)
(*                                H' = W^T (Z - W H), with W H = U diag(s) V^T*)
(*   strength_rate_of_decoupled_flow == conversely, a solution of the form    *)
(*                                W = U diag(a) Q^T, H = Q diag(a) V^T has    *)
(*                                s_i' = 2 s_i (sigma_i - s_i) for s = a^2    *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect.
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From UFM.reviewed Require Import curves.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Canonical Rplus_monoid := Monoid.Law (fun x y z => esym (Rplus_assoc x y z)) Rplus_0_l Rplus_0_r.
Canonical Rplus_comoid := Monoid.ComLaw Rplus_comm.
Canonical Rmult_monoid := Monoid.Law (fun x y z => esym (Rmult_assoc x y z)) Rmult_1_l Rmult_1_r.
Canonical Rmult_mul := Monoid.MulLaw Rmult_0_l Rmult_0_r.
Canonical Rplus_add := Monoid.AddLaw Rmult_plus_distr_r Rmult_plus_distr_l.

Lemma is_derive_sum n (f : 'I_n -> R -> R) (f' : 'I_n -> R) t :
  (forall k, is_derive (f k) t (f' k)) -> is_derive (fun x => \rsum_k f k x) t (\rsum_k f' k).
Proof.
move=> der; rewrite unlock /=.
elim: (index_enum _) => [|k s IH] /=; first exact: is_derive_const.
exact: (@is_derive_plus _ _ (f k)).
Qed.

Lemma sum_opp n (F : 'I_n -> R) : \rsum_k - F k = - \rsum_k F k.
Proof. by rewrite (big_morph Ropp Ropp_plus_distr Ropp_0). Qed.

Lemma is_derive_mul m n p (A : R -> matrix m n) (B : R -> matrix n p) A' B' t :
  solves_at A A' t -> solves_at B B' t ->
  solves_at (fun x => mul (A x) (B x)) (fun i l => mul A' (B t) i l + mul (A t) B' i l) t.
Proof.
move=> derA derB i l; rewrite /mul -big_split /=; apply: is_derive_sum => k.
exact: (is_derive_mult (fun x => A x i k) (fun x => B x k l) t _ _ (derA i k) (derB k l)
  Rmult_comm).
Qed.

Theorem balance_conserved c d n (W : R -> matrix c d) (H : R -> matrix d n)
    (G : R -> matrix c n) (a b : R) :
  (forall t, a <= t <= b -> solves_at W (mul (G t) (tr (H t))) t) ->
  (forall t, a <= t <= b -> solves_at H (mul (tr (W t)) (G t)) t) ->
  forall t, a <= t <= b -> forall j k, balance (W t) (H t) j k = balance (W a) (H a) j k.
Proof.
move=> derW derH t [at_ tb] j k; case: at_ => [a_lt_t|<-//].
symmetry; apply: (eq_is_derive (fun x => balance (W x) (H x) j k)) a_lt_t => x [ax xt].
have x_in : a <= x <= b by lra.
have {derW} dW := derW x x_in; have {derH} dH := derH x x_in.
have dWt : solves_at (fun x => tr (W x)) (tr (mul (G x) (tr (H x)))) x by move=> i l; apply: dW.
have dHt : solves_at (fun x => tr (H x)) (tr (mul (tr (W x)) (G x))) x by move=> i l; apply: dH.
evar_last; first exact:
  (is_derive_minus _ _ _ _ _ (is_derive_mul dWt dW j k) (is_derive_mul dH dHt j k)).
rewrite /minus /plus /opp /zero /= /mul /tr.
have -> : \rsum_i ((\rsum_l (G x i l * H x j l)) * W x i k) =
    \rsum_l (H x j l * (\rsum_i (W x i k * G x i l))).
  under eq_bigr do rewrite big_distrl; under [RHS]eq_bigr do rewrite big_distrr.
  by rewrite exchange_big; apply: eq_bigr => l _; apply: eq_bigr => i _ /=; ring.
have -> : \rsum_i (W x i j * (\rsum_l (G x i l * H x k l))) =
    \rsum_l ((\rsum_i (W x i j * G x i l)) * H x k l).
  under eq_bigr do rewrite big_distrr; under [RHS]eq_bigr do rewrite big_distrl.
  by rewrite exchange_big; apply: eq_bigr => l _; apply: eq_bigr => i _ /=; ring.
ring.
Qed.

(* U diag(x) V^T times V diag(y) Q^T is U diag(x y) Q^T where V^T V = I. *)
Lemma mul_framed m n p r (U : matrix m r) x (V : matrix n r) y (Q : matrix p r) i l :
  orthonormal V -> mul (framed U x V) (framed V y Q) i l = framed U (fun k => x k * y k) Q i l.
Proof.
move=> orthV; rewrite /mul /framed.
under eq_bigr do rewrite big_distrl; rewrite exchange_big /=; apply: eq_bigr => k _.
under eq_bigr do rewrite big_distrr; rewrite exchange_big /=.
have inner k' : \rsum_j (U i k * x k * V j k * (V j k' * y k' * Q l k')) =
    U i k * x k * y k' * Q l k' * (if k == k' then 1 else 0).
  rewrite -orthV /mul /tr big_distrr /=; apply: eq_bigr => j _; ring.
under eq_bigr do rewrite inner; rewrite (bigD1 k) //= eqxx big1 => [|k' /negPf k'k].
  by rewrite Rplus_0_r; ring.
by rewrite eq_sym k'k Rmult_0_r.
Qed.

Lemma eq_mul m n p (A A' : matrix m n) (B B' : matrix n p) i l :
  (forall i j, A i j = A' i j) -> (forall i j, B i j = B' i j) -> mul A B i l = mul A' B' i l.
Proof. by move=> eqA eqB; apply: eq_bigr => k _; rewrite eqA eqB. Qed.

Lemma eq_framed m n r (U : matrix m r) x y (V : matrix n r) i l :
  (forall k, x k = y k) -> framed U x V i l = framed U y V i l.
Proof. by move=> eq_xy; apply: eq_bigr => k _; rewrite eq_xy. Qed.

Lemma tr_framed m n r (U : matrix m r) x (V : matrix n r) i l :
  tr (framed U x V) i l = framed V x U i l.
Proof. by apply: eq_bigr => k _ /=; ring. Qed.

Lemma sub_framed m n r (U : matrix m r) x y (V : matrix n r) i l :
  sub (framed U x V) (framed U y V) i l = framed U (fun k => x k - y k) V i l.
Proof.
rewrite /sub /framed /Rminus -sum_opp -big_split /=.
by apply: eq_bigr => k _; ring.
Qed.

Lemma is_derive_framed m n r (U : matrix m r) (a : R -> 'I_r -> R) a' (V : matrix n r) t :
  (forall k, is_derive (fun x => a x k) t (a' k)) ->
  solves_at (fun x => framed U (a x) V) (framed U a' V) t.
Proof.
move=> der i l; apply: is_derive_sum => k.
evar_last; first (apply: is_derive_mult;
  [apply: is_derive_mult; [exact: is_derive_const | exact: der |] | exact: is_derive_const |]);
  try exact: Rmult_comm.
rewrite /plus /mult /zero /=; ring.
Qed.

Section Decoupled.
Variables (c d n r : nat) (U : matrix c r) (Q : matrix d r) (V : matrix n r) (sigma : 'I_r -> R).
Hypotheses (orthU : orthonormal U) (orthQ : orthonormal Q) (orthV : orthonormal V).
Let Z : matrix c n := framed U sigma V.

Local Notation dW := (curves.dW Z).
Local Notation dH := (curves.dH Z).

Lemma framed_residual a i l :
  sub Z (mul (framed U a Q) (framed Q a V)) i l = framed U (fun k => sigma k - a k * a k) V i l.
Proof. by rewrite -sub_framed /sub (mul_framed _ _ _ _ _ _ orthQ). Qed.

Lemma dW_framed a i j :
  dW (framed U a Q) (framed Q a V) i j = framed U (fun k => a k * (sigma k - a k * a k)) Q i j.
Proof.
rewrite /curves.dW (eq_mul _ _ (framed_residual a) (tr_framed Q a V)) (mul_framed _ _ _ _ _ _ orthV).
by apply: eq_framed => k; ring.
Qed.

Lemma dH_framed a j l :
  dH (framed U a Q) (framed Q a V) j l = framed Q (fun k => a k * (sigma k - a k * a k)) V j l.
Proof.
by rewrite /curves.dH (eq_mul _ _ (tr_framed U a Q) (framed_residual a)) (mul_framed _ _ _ _ _ _ orthU).
Qed.

Theorem decoupled_curve_solves_flow (s : R -> 'I_r -> R) t :
  (forall k, 0 < s t k) ->
  (forall k, is_derive (fun x => s x k) t (2 * s t k * (sigma k - s t k))) ->
  let W x := framed U (fun k => sqrt (s x k)) Q in
  let H x := framed Q (fun k => sqrt (s x k)) V in
  [/\ solves_at W (dW (W t) (H t)) t, solves_at H (dH (W t) (H t)) t &
      forall i l, mul (W t) (H t) i l = framed U (s t) V i l].
Proof.
move=> s_gt0 der W H.
have sqr k : sqrt (s t k) * sqrt (s t k) = s t k by apply: sqrt_sqrt; apply: Rlt_le.
have dera k : is_derive (fun x => sqrt (s x k)) t
    (sqrt (s t k) * (sigma k - sqrt (s t k) * sqrt (s t k))).
  evar_last; first exact: (is_derive_sqrt (fun x => s x k) t _ (der k) (s_gt0 k)).
  have root_gt0 := sqrt_lt_R0 _ (s_gt0 k); have := sqr k.
  by move: (sqrt (s t k)) root_gt0 => q q_gt0 <-; field; lra.
split=> [i j|j l|i l].
- by rewrite dW_framed; apply: (is_derive_framed U Q dera).
- by rewrite dH_framed; apply: (is_derive_framed Q V dera).
- by rewrite /W /H (mul_framed _ _ _ _ _ _ orthQ); apply: eq_framed.
Qed.

(* The amplitude is read off by the frames: a_k = u_k^T W q_k. *)
Lemma unframe m p (A : matrix m r) (x : 'I_r -> R) (B : matrix p r) k :
  orthonormal A -> orthonormal B ->
  \rsum_i (A i k * (\rsum_j (framed A x B i j * B j k))) = x k.
Proof.
move=> orthA orthB.
have inner i : \rsum_j (framed A x B i j * B j k) = A i k * x k.
  rewrite /framed; under eq_bigr do rewrite big_distrl; rewrite exchange_big /=.
  rewrite (bigD1 k) //= [X in _ + X]big1 => [|k' /negPf k'k].
    rewrite Rplus_0_r -[RHS]Rmult_1_r; have := orthB k k; rewrite eqxx => <-.
    by rewrite /mul /tr big_distrr /=; apply: eq_bigr => j _; ring.
  transitivity (A i k' * x k' * mul (tr B) B k' k).
    by rewrite /mul /tr big_distrr /=; apply: eq_bigr => j _; ring.
  by rewrite orthB k'k Rmult_0_r.
under eq_bigr do rewrite inner.
transitivity (mul (tr A) A k k * x k); last by rewrite orthA eqxx Rmult_1_l.
by rewrite /mul /tr big_distrl /=; apply: eq_bigr => i _; ring.
Qed.

Theorem strength_rate_of_decoupled_flow (a : R -> 'I_r -> R) t :
  solves_at (fun x => framed U (a x) Q) (dW (framed U (a t) Q) (framed Q (a t) V)) t ->
  forall k, is_derive (fun x => a x k * a x k) t (2 * (a t k * a t k) * (sigma k - a t k * a t k)).
Proof.
move=> der k.
have dera : is_derive (fun x => a x k) t (a t k * (sigma k - a t k * a t k)).
  pose rate k := a t k * (sigma k - a t k * a t k).
  apply: (is_derive_ext
    (fun x => \rsum_i (U i k * (\rsum_j (framed U (a x) Q i j * Q j k))))) => [x|].
    exact: unframe.
  rewrite -/(rate k) -(@unframe _ _ U rate Q k) //.
  apply: is_derive_sum => i; apply: is_derive_scal; apply: is_derive_sum => j.
  evar_last; first exact: (is_derive_mult _ _ _ _ _ (der i j) (is_derive_const _ _) Rmult_comm).
  by rewrite dW_framed /plus /mult /zero /= Rmult_0_r Rplus_0_r.
evar_last; first exact: (is_derive_mult _ _ _ _ _ dera dera Rmult_comm).
rewrite /plus /mult /=; ring.
Qed.

End Decoupled.
