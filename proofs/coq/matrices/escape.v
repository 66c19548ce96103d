(******************************************************************************)
(* How small starts escape: the linear flow, and a least time of any flow.    *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* linear_flow_is_exponential == the rows of U^T W +- V^T H^T                 *)
(*     size_grows_at_most == |W|^2 + |H|^2 <= its start times e^(2 s t), for  *)
(*                           a loss that is convex                            *)
(*      strength_by_size == u^T W H v <= (|W|^2 + |H|^2) / 2                  *)
(*     escape_takes_time == t >= delta / s - ln(size / (2 level)) / (2 s)     *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect.
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From UFM.reviewed Require Import curves.
From UFM.matrices Require Import flow.
From UFM.dynamics Require Import channels.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Local Open Scope R_scope.

Lemma exponential (f : R -> R) k : (forall x, is_derive f x (k * f x)) -> forall t, f t = exp (k * t) * f 0.
Proof.
move=> der t; pose g x := f x * exp (- (k * x)).
have derg x : is_derive g x 0.
  evar_last; first (apply: (is_derive_mult f (fun x => exp (- (k * x))) x _ _ (der x));
    [by auto_derive; [|reflexivity] | exact: Rmult_comm]).
  by rewrite /plus /mult /=; ring.
have {derg} const : g t = g 0.
  by case: (Rtotal_order t 0) => [lt|[->//|gt]]; [|symmetry]; apply: (eq_is_derive g) => // x _; exact: derg.
move: const; rewrite /g Rmult_0_r Ropp_0 exp_0 Rmult_1_r => <-.
rewrite Rmult_comm Rmult_assoc -exp_plus; have -> : - (k * t) + k * t = 0 by ring.
by rewrite exp_0 Rmult_1_r.
Qed.

Lemma mul_assoc m n p q (A : matrix m n) (B : matrix n p) (C : matrix p q) i l :
  mul (mul A B) C i l = mul A (mul B C) i l.
Proof.
rewrite /mul; under eq_bigr do rewrite big_distrl; rewrite exchange_big /=; apply: eq_bigr => k _.
by rewrite big_distrr /=; apply: eq_bigr => j _; ring.
Qed.

Lemma tr_mul m n p (A : matrix m n) (B : matrix n p) i l : tr (mul A B) i l = mul (tr B) (tr A) i l.
Proof. by apply: eq_bigr => k _; rewrite /tr Rmult_comm. Qed.

Section Linear.
Variables (c n r : nat) (U : matrix c r) (V : matrix n r) (s : 'I_r -> R).
Hypotheses (orthU : orthonormal U) (orthV : orthonormal V).

Lemma frame_row k l : mul (tr U) (framed U s V) k l = s k * tr V k l.
Proof.
rewrite /mul /framed /tr; under eq_bigr do rewrite big_distrr; rewrite exchange_big /= (bigD1 k) //=.
rewrite [X in _ + X]big1 => [|k' /negPf neq_k]; rewrite ?Rplus_0_r.
  transitivity (mul (tr U) U k k * (s k * V l k)); last by rewrite orthU eqxx; ring.
  by rewrite /mul /tr big_distrl /=; apply: eq_bigr => i _; ring.
transitivity (mul (tr U) U k k' * (s k' * V l k')); last by rewrite orthU eq_sym neq_k; ring.
by rewrite /mul /tr big_distrl /=; apply: eq_bigr => i _; ring.
Qed.

Lemma frame_column i k : mul (framed U s V) V i k = s k * U i k.
Proof.
rewrite /mul /framed; under eq_bigr do rewrite big_distrl; rewrite exchange_big /= (bigD1 k) //=.
rewrite [X in _ + X]big1 => [|k' /negPf neq_k]; rewrite ?Rplus_0_r.
  transitivity (mul (tr V) V k k * (s k * U i k)); last by rewrite orthV eqxx; ring.
  by rewrite /mul /tr big_distrl /=; apply: eq_bigr => j _; ring.
transitivity (mul (tr V) V k' k * (s k' * U i k')); last by rewrite orthV neq_k; ring.
by rewrite /mul /tr big_distrl /=; apply: eq_bigr => j _; ring.
Qed.

End Linear.

Lemma is_derive_left m n p (A : matrix p m) (X : R -> matrix m n) X' t :
  solves_at X X' t -> solves_at (fun x => mul A (X x)) (mul A X') t.
Proof. by move=> der i l; apply: is_derive_sum => k; apply: is_derive_scal; apply: der. Qed.

Theorem linear_flow_is_exponential : reviewed.escape_rates.linear_flow_is_exponential.
Proof.
move=> c d n r U V s W H orthU orthV derW derH t k j.
pose p x := mul (tr U) (W x) k j; pose q x := mul (tr V) (tr (H x)) k j.
have derp x : is_derive p x (s k * q x).
  evar_last; first exact: (is_derive_left (tr U) (derW x) k j).
  rewrite -mul_assoc /q; transitivity (mul (fun k l => s k * tr V k l) (tr (H x)) k j).
    by apply: eq_mul => // k' l; apply: frame_row.
  by rewrite /mul big_distrr /=; apply: eq_bigr => l _; ring.
have derq x : is_derive q x (s k * p x).
  have derHt : solves_at (fun x => tr (H x)) (tr (mul (tr (W x)) (framed U s V))) x by move=> i l; apply: derH.
  evar_last; first exact: (is_derive_left (tr V) derHt k j).
  transitivity (\rsum_i (mul (framed U s V) V i k * W x i j)).
    rewrite /mul /tr; under eq_bigr do rewrite big_distrr; rewrite exchange_big /=.
    by apply: eq_bigr => i _; rewrite big_distrl /=; apply: eq_bigr => l _; ring.
  by rewrite /p /mul big_distrr /=; apply: eq_bigr => i _; rewrite -/(mul (framed U s V) V i k) frame_column // /tr;
    ring.
split.
  apply: (exponential (f := fun x => p x + q x)) => x.
  evar_last; first exact: (is_derive_plus p q x _ _ (derp x) (derq x)).
  by rewrite /plus /=; ring.
rewrite Ropp_mult_distr_l; apply: (exponential (f := fun x => p x - q x)) => x.
evar_last; first exact: (is_derive_minus p q x _ _ (derp x) (derq x)).
by rewrite /minus /plus /opp /=; ring.
Qed.

Lemma sum_le n (F G : 'I_n -> R) : (forall i, F i <= G i) -> \rsum_i F i <= \rsum_i G i.
Proof. by move=> le_FG; apply: (big_ind2 Rle) => [|x1 x2 y1 y2|i _]; [exact: Rle_refl | exact: Rplus_le_compat |
  apply: le_FG]. Qed.

Lemma sum_ge0 n (F : 'I_n -> R) : (forall i, 0 <= F i) -> 0 <= \rsum_i F i.
Proof. by move=> F_ge0; apply: (big_ind (Rle 0)) => [|x y|i _]; [exact: Rle_refl | exact: Rplus_le_le_0_compat |
  apply: F_ge0]. Qed.

Lemma sum_scal n (F : 'I_n -> R) a : \rsum_i (a * F i) = a * \rsum_i F i.
Proof. by rewrite big_distrr. Qed.

(* The coordinate of x along a unit vector is at most as long as x. *)
Lemma coordinate_below n (u x : 'I_n -> R) : \rsum_i (u i * u i) = 1 ->
  (\rsum_i (u i * x i)) * (\rsum_i (u i * x i)) <= \rsum_i (x i * x i).
Proof.
move=> unit_u; have [m mE] : exists m, \rsum_i (u i * x i) = m by eexists.
rewrite mE.
have : 0 <= \rsum_i ((x i - m * u i) * (x i - m * u i)) by apply: sum_ge0 => i; exact: Rle_0_sqr.
have -> : \rsum_i ((x i - m * u i) * (x i - m * u i)) =
    (\rsum_i (x i * x i)) + (- (2 * m) * (\rsum_i (u i * x i)) + m * m * \rsum_i (u i * u i)).
  by rewrite -!sum_scal -!big_split; apply: eq_bigr => i _ /=; ring.
by rewrite unit_u mE; lra.
Qed.

Section Growth.
Variables (c d n : nat).
Implicit Types (A B : matrix c n).

Lemma inner_classifier (G : matrix c n) (W : matrix c d) (H : matrix d n) :
  inner W (mul G (tr H)) = inner G (mul W H).
Proof.
rewrite /inner /mul /tr; apply: eq_bigr => i _.
under eq_bigr do rewrite big_distrr; rewrite exchange_big /=; apply: eq_bigr => l _.
by rewrite big_distrr /=; apply: eq_bigr => k _; ring.
Qed.

Lemma inner_features (G : matrix c n) (W : matrix c d) (H : matrix d n) :
  inner H (mul (tr W) G) = inner G (mul W H).
Proof.
rewrite /inner /mul /tr; under eq_bigr => k do under eq_bigr do rewrite big_distrr.
rewrite exchange_big /= [RHS]exchange_big /=; apply: eq_bigr => l _; rewrite exchange_big /=.
by apply: eq_bigr => i _; rewrite big_distrr /=; apply: eq_bigr => k _; ring.
Qed.

Lemma is_derive_square m p (X : R -> matrix m p) X' t :
  solves_at X X' t -> is_derive (fun x => inner (X x) (X x)) t (2 * inner (X t) X').
Proof.
move=> der; evar_last.
  apply: is_derive_sum => i; apply: is_derive_sum => j.
  by apply: (is_derive_mult (fun x => X x i j) (fun x => X x i j) t _ _ (der i j) (der i j)); exact: Rmult_comm.
rewrite /inner -sum_scal; apply: eq_bigr => i _; rewrite -sum_scal; apply: eq_bigr => j _.
by rewrite /plus /mult /=; ring.
Qed.

Lemma inner_along_columns (G : matrix c n) (W : matrix c d) (H : matrix d n) :
  inner G (mul W H) = \rsum_k along (fun i => W i k) G (H k).
Proof.
rewrite /inner /mul /along exchange_big /=; under [RHS]eq_bigr do rewrite exchange_big.
rewrite [RHS]exchange_big /=; apply: eq_bigr => l _.
under [RHS]eq_bigr do under eq_bigr do rewrite /=.
rewrite [RHS]exchange_big /=; apply: eq_bigr => i _.
by rewrite big_distrr /=; apply: eq_bigr => k _; ring.
Qed.

Lemma size_by_columns (W : matrix c d) (H : matrix d n) :
  \rsum_k ((\rsum_i (W i k * W i k)) + \rsum_l (H k l * H k l)) = inner W W + inner H H.
Proof. by rewrite big_split /= /inner [X in X + _]exchange_big. Qed.

Lemma strength_by_size (u : 'I_c -> R) (v : 'I_n -> R) (W : matrix c d) (H : matrix d n) :
  \rsum_i (u i * u i) = 1 -> \rsum_l (v l * v l) = 1 ->
  along u (mul W H) v <= (inner W W + inner H H) / 2.
Proof.
move=> unit_u unit_v; rewrite -size_by_columns.
have -> : along u (mul W H) v = \rsum_k ((\rsum_i (u i * W i k)) * (\rsum_l (v l * H k l))).
  rewrite /along /mul; under [RHS]eq_bigr do rewrite big_distrl; rewrite [RHS]exchange_big /=.
  apply: eq_bigr => i _; under [RHS]eq_bigr do rewrite big_distrr; rewrite [RHS]exchange_big /=.
  by apply: eq_bigr => l _; rewrite big_distrr big_distrl /=; apply: eq_bigr => k _; ring.
rewrite /Rdiv Rmult_comm -sum_scal; apply: sum_le => k.
have := coordinate_below (fun i => W i k) unit_u; have := coordinate_below (H k) unit_v.
set p := \rsum_i (u i * W i k); set q := \rsum_l (v l * H k l); have := Rle_0_sqr (p - q).
by rewrite /Rsqr; lra.
Qed.

Variables (loss : matrix c n -> R) (G : matrix c n -> matrix c n) (s : R).
Hypothesis convex : forall L L', loss L - inner (G L) (sub L' L) <= loss L'.
Hypothesis top : forall p q,
  along p (G (fun _ _ => 0)) q <= s * ((\rsum_i (p i * p i)) + \rsum_j (q j * q j)) / 2.

Lemma drive_falls L : inner (G L) L <= inner (G (fun _ _ => 0)) L.
Proof.
pose zero : matrix c n := fun _ _ => 0.
have := convex L zero; have := convex zero L; rewrite -/zero.
have -> : inner (G zero) (sub L zero) = inner (G zero) L.
  by apply: eq_bigr => i _; apply: eq_bigr => l _; rewrite /sub /zero; ring.
have -> : inner (G L) (sub zero L) = - inner (G L) L.
  by rewrite /inner -sum_opp; apply: eq_bigr => i _; rewrite -sum_opp; apply: eq_bigr => l _; rewrite /sub /zero;
    ring.
lra.
Qed.

Lemma size_grows_at_most (W : R -> matrix c d) (H : R -> matrix d n) t : 0 <= t ->
  (forall x, 0 <= x <= t -> solves_at W (mul (G (mul (W x) (H x))) (tr (H x))) x) ->
  (forall x, 0 <= x <= t -> solves_at H (mul (tr (W x)) (G (mul (W x) (H x)))) x) ->
  inner (W t) (W t) + inner (H t) (H t) <= (inner (W 0) (W 0) + inner (H 0) (H 0)) * exp (2 * s * t).
Proof.
move=> t_ge0 derW derH.
apply: (gronwall (fun x => inner (W x) (W x) + inner (H x) (H x))
  (fun x => 4 * inner (G (mul (W x) (H x))) (mul (W x) (H x))) (2 * s)) => // x x_in.
  evar_last; first exact: (is_derive_plus (fun x => inner (W x) (W x)) (fun x => inner (H x) (H x)) x _ _
    (is_derive_square (derW x x_in)) (is_derive_square (derH x x_in))).
  by rewrite inner_classifier inner_features /plus /=; ring.
have := drive_falls (mul (W x) (H x)); rewrite [X in _ <= X -> _]inner_along_columns -size_by_columns => below.
have : \rsum_k along ((W x)^~ k) (G (fun _ _ => 0)) (H x k) <=
    s / 2 * \rsum_k ((\rsum_i (W x i k * W x i k)) + \rsum_l (H x k l * H x k l)).
  by rewrite -sum_scal; apply: sum_le => k; have := top ((W x)^~ k) (H x k); lra.
lra.
Qed.

End Growth.

Theorem escape_takes_time : reviewed.no_mode_learned_before_delta_over_rate.escape_takes_time.
Proof.
move=> c d n loss G W H u v s t delta size level convex top t_ge0 derW derH unit_u unit_v s_gt0 size_gt0 level_gt0
  start reached.
have := size_grows_at_most convex top t_ge0 derW derH; rewrite start => grown.
have := strength_by_size (W t) (H t) unit_u unit_v => strength.
have below : 2 * level / size <= exp (2 * s * t - 2 * delta).
  rewrite /Rminus exp_plus -[- (2 * delta)]/(- (2 * delta)); apply: (Rmult_le_reg_r size) => //.
  have -> : 2 * level / size * size = 2 * level by field; lra.
  lra.
have ratio_gt0 : 0 < 2 * level / size by apply: Rdiv_lt_0_compat; lra.
have logs : ln (2 * level / size) <= 2 * s * t - 2 * delta.
  by rewrite -(ln_exp (2 * s * t - 2 * delta)); apply: ln_le.
have -> : ln (size / (2 * level)) = - ln (2 * level / size).
  by rewrite -ln_Rinv //; congr ln; field; lra.
apply: (Rmult_le_reg_r (2 * s)); first lra.
have -> : (delta / s - - ln (2 * level / size) / (2 * s)) * (2 * s) = 2 * delta + ln (2 * level / size) by field; lra.
lra.
Qed.
