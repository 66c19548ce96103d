(******************************************************************************)
(* A field of several numbers that changes by at most K times what its place  *)
(* does has a flow for all time.                                              *)
(*                                                                            *)
(* Source: Picard's iteration, with distances divided by e^(2 K t).           *)
(*                                                                            *)
(*         iterate == the successive approximations                           *)
(*        solution == their limit                                             *)
(*           flows == there is a curve whose derivative at every time from    *)
(*                   zero on is the field at its place                        *)
(*    stays_inside == a curve that is small wherever it has stayed inside so  *)
(*                   far stays inside                                         *)
(******************************************************************************)

From Coq Require Import Reals Lra Lia Psatz Classical.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools dynamics.channels.

Local Open Scope R_scope.

Lemma integral_is_derive (f : R -> R) t : (forall s, continuous f s) -> is_derive (fun x => RInt f 0 x) t (f t).
Proof.
  intro Hf. apply (is_derive_RInt f _ 0 t); [| apply Hf]. exists (mkposreal 1 Rlt_0_1). intros y _.
  apply (@RInt_correct R_CompleteNormedModule), (@ex_RInt_continuous R_CompleteNormedModule). intros z _. apply Hf.
Qed.

Lemma grows_less (g g' : R -> R) c k t : 0 <= t -> 0 < k -> 0 <= c -> g 0 = 0 ->
  (forall s, 0 <= s <= t -> is_derive g s (g' s)) -> (forall s, 0 <= s <= t -> Rabs (g' s) <= c * exp (k * s)) ->
  Rabs (g t) <= c / k * exp (k * t).
Proof.
  intros Ht Hk Hc H0 Dg Hb. assert (Hck : 0 <= c / k) by (apply Rmult_le_pos; [lra | apply Rlt_le; now apply Rinv_0_lt_compat]).
  assert (Hone : forall h h' : R -> R, h 0 = 0 -> (forall s, 0 <= s <= t -> is_derive h s (h' s)) ->
    (forall s, 0 <= s <= t -> h' s <= c * exp (k * s)) -> h t <= c / k * exp (k * t)).
  { intros h h' Hh0 Dh Hh. pose proof (falls (fun s => h s - c / k * exp (k * s)) (fun s => h' s - c * exp (k * s)) t Ht) as H.
    cbn beta in H. rewrite Hh0, Rmult_0_r, exp_0 in H. assert (h t - c / k * exp (k * t) <= 0 - c / k * 1); [apply H | lra].
    - intros s Hs. evar_last; [apply (is_derive_minus h); [now apply Dh | auto_derive; [trivial | reflexivity]] |].
      unfold minus, plus, opp; cbn. field. lra.
    - intros s Hs. pose proof (Hh s Hs). lra. }
  apply Rabs_le. split.
  - apply Ropp_le_cancel. rewrite Ropp_involutive. apply (Hone (fun s => - g s) (fun s => - g' s)); [lra | |].
    + intros s Hs. evar_last; [apply (is_derive_opp g), Dg, Hs | reflexivity].
    + intros s Hs. pose proof (Hb s Hs) as H. apply Rabs_le_between in H. lra.
  - apply (Hone g g'); trivial. intros s Hs. pose proof (Hb s Hs) as H. apply Rabs_le_between in H. lra.
Qed.

Section Picard.

Variables (I : Type) (F : (I -> R) -> I -> R) (start : I -> R) (K M : R).
Hypotheses (HK : 0 < K) (HM : 0 <= M).
Hypothesis finite : forall (P : I -> R -> Prop) t, (forall i, locally t (P i)) -> locally t (fun s => forall i, P i s).
Hypothesis lipschitz : forall x y d, (forall i, Rabs (x i - y i) <= d) -> forall i, Rabs (F x i - F y i) <= K * d.
Hypothesis first : forall i, Rabs (F start i) <= M.

Lemma same x y : (forall i, x i = y i) -> forall i, F x i = F y i.
Proof.
  intros Hxy i. apply Rminus_diag_uniq, Rabs_eq_0, Rle_antisym; [| apply Rabs_pos].
  replace 0 with (K * 0) by ring. apply lipschitz. intro j. rewrite Hxy, Rminus_eq_0, Rabs_R0. lra.
Qed.

Lemma along (u : I -> R -> R) : (forall i t, continuous (u i) t) -> forall i t, continuous (fun s => F (fun j => u j s) i) t.
Proof.
  intros Hu i t. apply filterlim_locally. intro eps.
  assert (Hd : 0 < eps / (2 * K)) by (apply Rdiv_lt_0_compat; [apply cond_pos | lra]).
  apply (filter_imp (fun s => forall j, Rabs (u j s - u j t) <= eps / (2 * K))).
  - intros s Hs. pose proof (lipschitz (fun j => u j s) (fun j => u j t) _ Hs i) as H.
    apply Rle_lt_trans with (1 := H). replace (K * (eps / (2 * K))) with (eps / 2) by (field; lra). pose proof (cond_pos eps). lra.
  - apply finite. intro j. pose proof (proj1 (filterlim_locally _ _) (Hu j t) (mkposreal _ Hd)) as H.
    apply filter_imp with (2 := H). intros s Hs. apply Rlt_le. exact Hs.
Qed.

Lemma folded (u : I -> R -> R) : (forall i t, continuous (u i) t) -> forall i t, continuous (fun s => u i (Rabs s)) t.
Proof. intros Hu i t. apply (continuous_comp Rabs (u i)); [apply continuous_Rabs | apply Hu]. Qed.

Fixpoint iterate (n : nat) (i : I) (t : R) : R :=
  match n with
  | O => start i
  | S m => start i + RInt (fun s => F (fun j => iterate m j (Rabs s)) i) 0 t
  end.

Lemma shifted_integral (f : R -> R) c t : (forall s, continuous f s) -> is_derive (fun x => c + RInt f 0 x) t (f t).
Proof.
  intro Hf. evar_last; [apply (is_derive_plus (fun _ => c)); [apply is_derive_const | now apply integral_is_derive] |].
  apply plus_zero_l.
Qed.

Lemma iterate_continuous n : forall i t, continuous (iterate n i) t.
Proof.
  induction n as [| n IH]; intros i t; [apply continuous_const |]. apply (@ex_derive_continuous R_AbsRing R_NormedModule). eexists.
  apply shifted_integral. intro s. now apply (along (fun j x => iterate n j (Rabs x))); apply folded.
Qed.

Lemma iterate_is_derive n i t : is_derive (iterate (S n) i) t (F (fun j => iterate n j (Rabs t)) i).
Proof.
  apply (shifted_integral (fun s => F (fun j => iterate n j (Rabs s)) i)). intro s.
  apply (along (fun j x => iterate n j (Rabs x))), folded, iterate_continuous.
Qed.

Lemma iterate_starts n i : iterate n i 0 = start i.
Proof.
  destruct n as [| n]; [reflexivity |]. change (start i + RInt (fun s => F (fun j => iterate n j (Rabs s)) i) 0 0 = start i).
  rewrite RInt_point. apply Rplus_0_r.
Qed.

Definition bound (n : nat) (t : R) : R := M / K * (/ 2) ^ n * exp (2 * K * t).

Lemma bound_nonneg n t : 0 <= bound n t.
Proof.
  unfold bound. apply Rmult_le_pos; [| apply Rlt_le, exp_pos]. apply Rmult_le_pos; [| apply pow_le; lra].
  apply Rmult_le_pos; [assumption | apply Rlt_le; now apply Rinv_0_lt_compat].
Qed.

Lemma steps n : forall i t, 0 <= t -> Rabs (iterate (S n) i t - iterate n i t) <= bound n t.
Proof.
  induction n as [| n IH]; intros i t Ht.
  - apply Rle_trans with (M / (2 * K) * exp (2 * K * t)).
    + apply (grows_less (fun s => iterate 1 i s - iterate 0 i s) (fun s => F (fun j => iterate 0 j (Rabs s)) i)); trivial; try lra.
      * now rewrite iterate_starts, Rminus_eq_0.
      * intros s _. evar_last; [apply (is_derive_minus (iterate 1 i)); [apply iterate_is_derive | apply is_derive_const] |].
        unfold minus, plus, opp, zero; cbn. ring.
      * intros s Hs. apply Rle_trans with M; [apply first |]. rewrite <- (Rmult_1_r M) at 1. apply Rmult_le_compat_l; [assumption |].
        rewrite <- exp_0. assert (0 <= 2 * K * s) as [Hlt | <-] by (apply Rmult_le_pos; lra); [apply Rlt_le, exp_increasing, Hlt | lra].
    + unfold bound. cbn. rewrite Rmult_1_r. apply Rmult_le_compat_r; [apply Rlt_le, exp_pos |].
      apply Rmult_le_compat_l; [assumption |]. apply Rinv_le_contravar; lra.
  - replace (bound (S n) t) with (M * (/ 2) ^ n / (2 * K) * exp (2 * K * t)) by (unfold bound; cbn; field; lra).
    apply (grows_less (fun s => iterate (S (S n)) i s - iterate (S n) i s)
      (fun s => F (fun j => iterate (S n) j (Rabs s)) i - F (fun j => iterate n j (Rabs s)) i)); trivial; try lra.
    + apply Rmult_le_pos; [assumption | apply pow_le; lra].
    + now rewrite !iterate_starts, Rminus_eq_0.
    + intros s _. apply (is_derive_minus (iterate (S (S n)) i)); apply iterate_is_derive.
    + intros s Hs. rewrite (Rabs_pos_eq s) by lra.
      apply Rle_trans with (K * bound n s); [apply lipschitz; intro j; apply IH; lra |]. unfold bound. apply Req_le. field. lra.
Qed.

Lemma far n m i t : 0 <= t -> Rabs (iterate (n + m) i t - iterate n i t) <= 2 * bound n t - 2 * bound (n + m) t.
Proof.
  intro Ht. induction m as [| m IH].
  - rewrite <- plus_n_O, Rminus_eq_0, Rabs_R0. lra.
  - rewrite <- plus_n_Sm. pose proof (steps (n + m) i t Ht) as Hs.
    assert (Hhalf : bound (n + m) t = 2 * bound (S (n + m)) t) by (unfold bound; rewrite <- tech_pow_Rmult; field; lra).
    replace (iterate (S (n + m)) i t - iterate n i t) with
      (iterate (S (n + m)) i t - iterate (n + m) i t + (iterate (n + m) i t - iterate n i t)) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). lra.
Qed.

Lemma bound_vanishes t eps : 0 < eps -> exists n, forall m, (n <= m)%nat -> bound m t < eps.
Proof.
  intro Heps. set (c := M / K * exp (2 * K * t)).
  assert (Hc : 0 <= c).
  { apply Rmult_le_pos; [| apply Rlt_le, exp_pos]. apply Rmult_le_pos; [assumption | apply Rlt_le; now apply Rinv_0_lt_compat]. }
  assert (Hr : 0 < eps / (c + 1)) by (apply Rdiv_lt_0_compat; lra).
  destruct (pow_lt_1_zero (/ 2) ltac:(rewrite Rabs_pos_eq; lra) _ Hr) as (n & Hn). exists n. intros m Hm.
  specialize (Hn m Hm). pose proof (pow_lt (/ 2) m ltac:(lra)) as Hp. rewrite Rabs_pos_eq in Hn by lra.
  replace (bound m t) with (c * (/ 2) ^ m) by (unfold bound, c; ring).
  apply Rle_lt_trans with ((c + 1) * (/ 2) ^ m); [apply Rmult_le_compat_r; lra |].
  apply (Rmult_lt_compat_l (c + 1)) in Hn; [| lra]. replace ((c + 1) * (eps / (c + 1))) with eps in Hn by (field; lra). exact Hn.
Qed.

Definition solution (i : I) (t : R) : R := real (Lim_seq (fun n => iterate n i t)).

Lemma iterate_tends i t : 0 <= t -> is_lim_seq (fun n => iterate n i t) (solution i t).
Proof.
  intro Ht. apply Lim_seq_correct', ex_lim_seq_cauchy_corr. intro eps.
  destruct (bound_vanishes t (eps / 4) ltac:(pose proof (cond_pos eps); lra)) as (N & HN). exists N.
  assert (Hall : forall n, (N <= n)%nat -> Rabs (iterate n i t - iterate N i t) < eps / 2).
  { intros n Hn. replace n with (N + (n - N))%nat by lia. pose proof (far N (n - N) i t Ht). pose proof (HN N (le_n N)).
    pose proof (bound_nonneg (N + (n - N)) t). lra. }
  intros n m Hn Hm. pose proof (Hall n Hn). pose proof (Hall m Hm) as Hm'. rewrite Rabs_minus_sym in Hm'.
  replace (iterate n i t - iterate m i t) with (iterate n i t - iterate N i t + (iterate N i t - iterate m i t)) by ring.
  apply Rle_lt_trans with (1 := Rabs_triang _ _). lra.
Qed.

Lemma near n i t : 0 <= t -> Rabs (solution i t - iterate n i t) <= 2 * bound n t.
Proof.
  intro Ht. apply le_epsilon. intros eps Heps.
  destruct (proj2 (is_lim_seq_spec _ _) (iterate_tends i t Ht) (mkposreal eps Heps)) as (N & HN). cbn in HN.
  specialize (HN (n + N)%nat ltac:(lia)). pose proof (far n N i t Ht). pose proof (bound_nonneg (n + N) t).
  rewrite Rabs_minus_sym in HN.
  replace (solution i t - iterate n i t) with (solution i t - iterate (n + N) i t + (iterate (n + N) i t - iterate n i t)) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). lra.
Qed.

Lemma bound_grows n s t : s <= t -> bound n s <= bound n t.
Proof.
  intro Hst. unfold bound. apply Rmult_le_compat_l.
  - pose proof (bound_nonneg n 0) as H. unfold bound in H. rewrite Rmult_0_r, exp_0, Rmult_1_r in H. exact H.
  - assert (2 * K * s <= 2 * K * t) as [Hlt | ->] by (apply Rmult_le_compat_l; lra); [apply Rlt_le, exp_increasing, Hlt | lra].
Qed.

Lemma solution_continuous i t : continuous (fun s => solution i (Rabs s)) t.
Proof.
  apply filterlim_locally. intro eps. pose proof (cond_pos eps).
  destruct (bound_vanishes (Rabs t + 1) (eps / 8) ltac:(lra)) as (n & Hn). specialize (Hn n (le_n n)).
  pose proof (proj1 (filterlim_locally _ _) (folded _ (iterate_continuous n) i t) (mkposreal (eps / 4) ltac:(lra))) as Hit.
  assert (Hclose : locally t (fun s => Rabs s <= Rabs t + 1)).
  { exists (mkposreal 1 Rlt_0_1). intros s Hs. assert (Hst : Rabs (s - t) < 1) by exact Hs.
    pose proof (Rabs_triang_inv s t). lra. }
  apply filter_imp with (2 := filter_and _ _ Hit Hclose). intros s [Hs Hs1].
  assert (Hit' : Rabs (iterate n i (Rabs s) - iterate n i (Rabs t)) < eps / 4) by exact Hs.
  change (Rabs (solution i (Rabs s) - solution i (Rabs t)) < eps).
  pose proof (near n i (Rabs s) (Rabs_pos s)) as N1. pose proof (near n i (Rabs t) (Rabs_pos t)) as N2.
  pose proof (bound_grows n _ _ Hs1). pose proof (bound_grows n (Rabs t) (Rabs t + 1) ltac:(lra)).
  rewrite Rabs_minus_sym in N2.
  replace (solution i (Rabs s) - solution i (Rabs t)) with ((solution i (Rabs s) - iterate n i (Rabs s)) +
    ((iterate n i (Rabs s) - iterate n i (Rabs t)) + (iterate n i (Rabs t) - solution i (Rabs t)))) by ring.
  apply Rle_lt_trans with (1 := Rabs_triang _ _).
  pose proof (Rabs_triang (iterate n i (Rabs s) - iterate n i (Rabs t)) (iterate n i (Rabs t) - solution i (Rabs t))). lra.
Qed.

Theorem flows : exists y : I -> R -> R, (forall i, y i 0 = start i) /\
  forall i t, 0 <= t -> is_derive (y i) t (F (fun j => y j t) i).
Proof.
  set (G := fun i s => F (fun j => solution j (Rabs s)) i). set (y := fun i t => start i + RInt (G i) 0 t).
  assert (HG : forall i s, continuous (G i) s) by (intros i s; apply (along (fun j x => solution j (Rabs x))), solution_continuous).
  assert (Dy : forall i t, is_derive (y i) t (G i t)) by (intros i t; apply shifted_integral, HG).
  assert (Hy0 : forall i, y i 0 = start i) by (intro i; unfold y; rewrite RInt_point; apply Rplus_0_r).
  assert (Hy : forall i t, 0 <= t -> y i t = solution i t).
  { intros i t Ht. apply Rminus_diag_uniq, Rabs_eq_0, Rle_antisym; [| apply Rabs_pos]. apply le_epsilon. intros eps Heps.
    destruct (bound_vanishes t (eps / 4) ltac:(lra)) as (n & Hn). pose proof (Hn n (le_n n)). pose proof (Hn (S n) (le_S _ _ (le_n n))).
    pose proof (near (S n) i t Ht) as N1.
    assert (Hd : Rabs (y i t - iterate (S n) i t) <= 2 * M * (/ 2) ^ n / (2 * K) * exp (2 * K * t)).
    { apply (grows_less (fun s => y i s - iterate (S n) i s) (fun s => G i s - F (fun j => iterate n j (Rabs s)) i)); trivial; try lra.
      - apply Rmult_le_pos; [lra | apply pow_le; lra].
      - now rewrite Hy0, iterate_starts, Rminus_eq_0.
      - intros s _. apply (is_derive_minus (y i)); [apply Dy | apply iterate_is_derive].
      - intros s Hs. unfold G. rewrite (Rabs_pos_eq s) by lra.
        apply Rle_trans with (K * (2 * bound n s)); [apply lipschitz; intro j; apply near; lra |]. unfold bound. apply Req_le. field. lra. }
    replace (2 * M * (/ 2) ^ n / (2 * K) * exp (2 * K * t)) with (bound n t) in Hd by (unfold bound; field; lra).
    rewrite Rabs_minus_sym in N1.
    replace (y i t - solution i t) with (y i t - iterate (S n) i t + (iterate (S n) i t - solution i t)) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). lra. }
  exists y. split; [exact Hy0 |]. intros i t Ht. evar_last; [apply Dy |]. apply same. intro j. rewrite Rabs_pos_eq by assumption.
  symmetry. now apply Hy.
Qed.

End Picard.

(** A curve that is small as long as it was small before. *)
Lemma stays_inside (I : Type) (y : I -> R -> R) (small large : R) :
  (forall (P : I -> R -> Prop) t, (forall i, locally t (P i)) -> locally t (fun s => forall i, P i s)) ->
  small < large -> (forall i, Rabs (y i 0) <= large) -> (forall i t, 0 <= t -> continuous (y i) t) ->
  (forall t, 0 <= t -> (forall s, 0 <= s <= t -> forall i, Rabs (y i s) <= large) -> forall i, Rabs (y i t) <= small) ->
  forall t, 0 <= t -> forall i, Rabs (y i t) <= large.
Proof.
  intros finite Hsl H0 Hy Hin.
  set (E := fun t => 0 <= t /\ forall s, 0 <= s <= t -> forall i, Rabs (y i s) <= large).
  assert (E0 : E 0) by (split; [lra | intros s Hs; replace s with 0 by lra; exact H0]).
  intros T HT. apply NNPP. intro Hno.
  assert (Habove : is_upper_bound E T).
  { intros t [Ht Hall]. apply Rnot_lt_le. intro Hlt. apply Hno, Hall. lra. }
  destruct (completeness E (ex_intro _ T Habove) (ex_intro _ 0 E0)) as (L & Hup & Hleast).
  assert (HL : 0 <= L) by (now apply Hup).
  assert (Hbelow : forall t, 0 <= t < L -> forall i, Rabs (y i t) <= small).
  { intros t Ht. apply Hin; [lra |]. intros s Hs. apply NNPP. intro Hbad. assert (L <= t); [| lra]. apply Hleast. intros r [_ Hr].
    apply Rnot_lt_le. intro Hlt. apply Hbad, Hr. lra. }
  assert (Hnear : forall i eps, 0 < eps -> locally L (fun s => Rabs (y i s - y i L) < eps)).
  { intros i eps Heps. exact (proj1 (filterlim_locally _ _) (Hy i L HL) (mkposreal eps Heps)). }
  assert (Hat : forall i, Rabs (y i L) <= small).
  { destruct HL as [HL | <-]; [| apply Hin; [lra | apply E0]]. intro i. apply Rnot_lt_le. intro Hlt.
    destruct (Hnear i (Rabs (y i L) - small) ltac:(lra)) as (d & Hd). pose proof (cond_pos d).
    set (t := Rmax 0 (L - d / 2)). assert (Ht : 0 <= t < L /\ L - d / 2 <= t).
    { unfold t. pose proof (Rmax_l 0 (L - d / 2)). pose proof (Rmax_r 0 (L - d / 2)).
      split; [split; [lra | apply Rmax_lub_lt; lra] | lra]. }
    assert (Hball : Rabs (y i t - y i L) < Rabs (y i L) - small).
    { apply Hd. change (Rabs (t - L) < d). rewrite Rabs_left1; lra. }
    pose proof (Hbelow t (proj1 Ht) i). pose proof (Rabs_triang_inv (y i L) (y i t)) as Htri. rewrite Rabs_minus_sym in Hball. lra. }
  assert (Hafter : locally L (fun s => forall i, Rabs (y i s) <= large)).
  { apply finite. intro i. apply filter_imp with (2 := Hnear i (large - small) ltac:(lra)). intros s Hs.
    pose proof (Rabs_triang_inv (y i s) (y i L)). pose proof (Hat i). lra. }
  destruct Hafter as (d & Hd). pose proof (cond_pos d).
  assert (L + d / 2 <= L); [| lra]. apply Hup. split; [lra |]. intros s Hs i. destruct (Rlt_le_dec s L) as [Hlt | Hge].
  - pose proof (Hbelow s ltac:(lra) i). lra.
  - apply Hd. change (Rabs (s - L) < d). rewrite Rabs_pos_eq; lra.
Qed.
