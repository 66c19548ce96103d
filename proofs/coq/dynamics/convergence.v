(******************************************************************************)
(* The flow of STEP from spectral init ends at the labels, exponentially.     *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*           counts_positive, least_bounds == what the hypotheses give        *)
(*               loss_decays == the weighted loss of all modes together       *)
(*     scalars_stay_bounded == one bound for all time, so the flow goes on    *)
(*     logits_tend_to_labels == |Z - L|^2 -> 0                                *)
(*  strengths_tend_to_roots == the classifier's and features' strengths tend  *)
(*                             to the roots of the singular values, and to    *)
(*                             these over the singular values                 *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels.
Import reviewed.

Local Open Scope R_scope.

(** STEP: the middle mode and the modes within both groups. *)

Section OfStep.

Variables (P : step_problem) (delta : R) (X : step_curve).
Hypothesis real : possible P.
Hypothesis start : spectral_start P delta X.

Lemma counts_positive : 0 < N_maj P /\ 0 < N_min P /\ N_maj P <= n_maj P /\ N_min P <= n_min P.
Proof.
  destruct real as (H1 & H2 & H3 & H4 & _ & _). unfold N_maj, N_min.
  assert (forall k m, 1 <= k -> 1 <= m -> 0 < k / (m + k) < 1).
  { intros k m Hk Hm. split; [apply Rdiv_lt_0_compat; lra |]. apply Rmult_lt_reg_r with (m + k); [lra |].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  pose proof (H (m_min P) (m_maj P) H2 H1). pose proof (H (m_maj P) (m_min P) H1 H2).
  rewrite Rplus_comm in H5. repeat split; nra.
Qed.

Notation least := (least_classifier P delta).
Notation slow := (Rmin (w_maj P) (w_min P)).

Lemma slow_bounds : 0 < slow /\ slow <= w_maj P /\ slow <= w_min P /\ 0 < w_maj P /\ 0 < w_min P.
Proof.
  destruct real as (_ & _ & _ & _ & H1 & H2). repeat split; trivial; [now apply Rmin_glb_lt | apply Rmin_l | apply
    Rmin_r].
Qed.

Lemma least_bounds : 0 < least /\ least <= exp (- delta) /\ least ^ 4 <= N_maj P /\ least ^ 4 <= N_min P.
Proof.
  destruct counts_positive as (H1 & H2 & _ & _). unfold least_classifier. set (m := Rmin (N_maj P) (N_min P)).
  assert (Hm : 0 < m) by (now apply Rmin_glb_lt). pose proof (sqrt_lt_R0 m Hm) as Hr. pose proof (sqrt_lt_R0 _ Hr) as
    Hrr.
  pose proof (exp_pos (- delta)). pose proof (Rmin_l (exp (- delta)) (sqrt (sqrt m))). pose proof (Rmin_r (exp (-
    delta)) (sqrt (sqrt m))) as Hle.
  assert (Hpos : 0 < Rmin (exp (- delta)) (sqrt (sqrt m))) by (now apply Rmin_glb_lt).
  assert (H4 : Rmin (exp (- delta)) (sqrt (sqrt m)) ^ 4 <= m).
  { replace m with (sqrt (sqrt m) ^ 4) at 2; [apply pow_incr; lra |].
    replace (sqrt (sqrt m) ^ 4) with ((sqrt (sqrt m) ^ 2) ^ 2) by ring. rewrite !pow2_sqrt; lra. }
  assert (m <= N_maj P) by apply Rmin_l. assert (m <= N_min P) by apply Rmin_r. repeat split; lra.
Qed.

Lemma start_of_pair x y n : 0 < n -> x = exp (- delta) -> y = exp (- delta) / sqrt n -> 0 <= y /\ x ^ 2 = n * y ^ 2.
Proof.
  intros Hn -> ->. pose proof (sqrt_lt_R0 n Hn). pose proof (exp_pos (- delta)).
  split; [apply Rlt_le, Rdiv_lt_0_compat; lra |].
  rewrite <- (pow2_sqrt n) at 1 by lra. field. lra.
Qed.

Lemma within_is_middle n w (f g : R -> R) t : within_flow n w f g t -> middle_flow n 0 w w f g g t.
Proof.
  intros [Df Dg]. split; [| split; exact Dg]. evar_last; [exact Df |]. ring.
Qed.

Lemma within_decays n w (f g : R -> R) t : 0 < n -> 0 < w -> slow <= w -> least ^ 4 <= n ->
  f 0 = exp (- delta) -> g 0 = exp (- delta) / sqrt n -> 0 <= t -> (forall x, 0 <= x <= t -> within_flow n w f g x) ->
  n * w * (1 - f t * g t) ^ 2 <= n * w * (1 - f 0 * g 0) ^ 2 * exp (- (2 * slow * least ^ 2) * t).
Proof.
  intros Hn Hw Hsw H4 Hf Hg Ht Hflow. destruct least_bounds as (Hl & Hle & _). destruct slow_bounds as (Hs & _).
  destruct (start_of_pair (f 0) (g 0) n Hn Hf Hg) as [Pg Hb].
  pose proof (ends_decay n 0 w w least slow (channel_loss n 0 w w f g g 0) f g g Hn (Rle_refl 0) Hw Hw Hl Hs Hsw Hsw
    H4 (or_introl eq_refl)
    ltac:(lra) Pg Pg ltac:(lra) eq_refl t) as H.
  unfold channel_loss in H. lapply H.
  - rewrite !Rmult_0_l, !Rplus_0_r. trivial.
  - split; [assumption |]. intros x Hx. now apply within_is_middle, Hflow.
Qed.

Lemma middle_start : 0 <= b X 0 /\ 0 <= e X 0 /\ a X 0 ^ 2 = N_maj P * b X 0 ^ 2 + N_min P * e X 0 ^ 2.
Proof.
  destruct counts_positive as (H1 & H2 & _ & _). destruct start as (Sa & Sb & Se & _).
  destruct (start_of_pair (a X 0) (b X 0) (N_maj P + N_min P) ltac:(lra) Sa Sb) as [Hb Heq].
  rewrite Se, <- Sb. repeat split; trivial. rewrite Heq. ring.
Qed.

End OfStep.

Theorem loss_decays : flow_converges.loss_decays.
Proof.
  intros P delta X t real start Ht Hflow.
  pose proof (counts_positive P real) as (HN & HM & HNn & HMn). pose proof (least_bounds P delta real) as (Hl & Hle &
    HlN & HlM).
  pose proof (slow_bounds P real) as (Hs & Hs1 & Hs2 & Hw1 & Hw2). pose proof (middle_start P delta X real start) as
    (Hb & He & Hbal).
  pose proof start as (Sa & _ & _ & S1 & S2 & S3 & S4). pose proof real as (Hm1 & Hm2 & Hn1 & Hn2 & _ & _).
  assert (Hmid := ends_decay (N_maj P) (N_min P) (w_maj P) (w_min P) (least_classifier P delta) (Rmin (w_maj P)
    (w_min P)) _
    (a X) (b X) (e X) HN (Rlt_le _ _ HM) Hw1 Hw2 Hl Hs Hs1 Hs2 HlN (or_intror HlM) ltac:(lra) Hb He Hbal eq_refl t
    (conj Ht (fun x Hx => proj1 (Hflow x Hx)))).
  assert (Hmaj := within_decays P delta real (n_maj P) (w_maj P) _ _ t Hn1 Hw1 Hs1 ltac:(lra) S1 S2 Ht
    (fun x Hx => proj1 (proj2 (Hflow x Hx)))).
  assert (Hmin := within_decays P delta real (n_min P) (w_min P) _ _ t Hn2 Hw2 Hs2 ltac:(lra) S3 S4 Ht
    (fun x Hx => proj2 (proj2 (Hflow x Hx)))).
  unfold weighted_loss, distance, decay_rate. unfold channel_loss in Hmid.
  replace (- (2 * Rmin (w_maj P) (w_min P) * least_classifier P delta ^ 2 * t))
    with (- (2 * Rmin (w_maj P) (w_min P) * least_classifier P delta ^ 2) * t) by ring.
  apply (Rmult_le_compat_l (m_maj P - 1)) in Hmaj; [| lra]. apply (Rmult_le_compat_l (m_min P - 1)) in Hmin; [| lra].
  lra.
Qed.

Theorem scalars_stay_bounded : flow_converges.scalars_stay_bounded.
Proof.
  intros P delta real.
  pose proof (counts_positive P real) as (HN & HM & HNn & HMn). pose proof (least_bounds P delta real) as (Hl & Hle &
    HlN & HlM).
  pose proof (slow_bounds P real) as (Hs & Hs1 & Hs2 & Hw1 & Hw2). pose proof real as (Hm1 & Hm2 & Hn1 & Hn2 & _ & _).
  set (fit n := 1 - exp (- delta) * (exp (- delta) / sqrt n)).
  set (Kmid := N_maj P * w_maj P * fit (N_maj P + N_min P) ^ 2 + N_min P * w_min P * fit (N_maj P + N_min P) ^ 2).
  set (K n w := n * w * fit n ^ 2 + 0 * w * fit n ^ 2).
  set (F := fourth_bound (N_maj P) (N_min P) (w_maj P) (w_min P) Kmid).
  set (G n w := fourth_bound n 0 w w (K n w)).
  exists (Rmax (Rmax (1 + F) (Rmax (1 + (1 + F) ^ 2 / N_maj P) (1 + (1 + F) ^ 2 / N_min P)))
    (Rmax (Rmax (1 + G (n_maj P) (w_maj P)) (1 + (1 + G (n_maj P) (w_maj P)) ^ 2 / n_maj P))
      (Rmax (1 + G (n_min P) (w_min P)) (1 + (1 + G (n_min P) (w_min P)) ^ 2 / n_min P)))).
  intros X t start Ht Hflow. pose proof (middle_start P delta X real start) as (Hb & He & Hbal).
  pose proof start as (Sa & Sb & Se & S1 & S2 & S3 & S4).
  assert (Hmoves : moves_until (N_maj P) (N_min P) (w_maj P) (w_min P) (a X) (b X) (e X) t) by (split; [assumption |
    intros x Hx; apply Hflow, Hx]).
  assert (HK : channel_loss (N_maj P) (N_min P) (w_maj P) (w_min P) (a X) (b X) (e X) 0 = Kmid).
  { unfold channel_loss, Kmid, fit. rewrite Sa, Sb, Se. reflexivity. }
  assert (Ha0 : least_classifier P delta <= a X 0) by lra.
  pose proof (ends_nonnegative (N_maj P) (N_min P) (w_maj P) (w_min P) (least_classifier P delta) (a X) (b X) (e X)
    HN (Rlt_le _ _ HM) Hw1 Hw2 Hl Ha0 Hb He t Hmoves) as (Pa & Pb & Pe).
  pose proof (classifier_below (N_maj P) (N_min P) (w_maj P) (w_min P) (least_classifier P delta) (Rmin (w_maj P)
    (w_min P)) Kmid
    (a X) (b X) (e X) HN (Rlt_le _ _ HM) Hw1 Hw2 Hl Hs Hs1 Hs2 HlN (or_intror HlM) Ha0 Hb He Hbal HK t Hmoves) as Ba.
  pose proof (feature_below (N_maj P) (N_min P) (w_maj P) (w_min P) (least_classifier P delta) (Rmin (w_maj P) (w_min
    P)) Kmid
    (a X) (b X) (e X) HN (Rlt_le _ _ HM) Hw1 Hw2 Hl Hs Hs1 Hs2 HlN (or_intror HlM) Ha0 Hb He Hbal HK t Hmoves) as Bb.
  pose proof (feature_below' (N_maj P) (N_min P) (w_maj P) (w_min P) (least_classifier P delta) (Rmin (w_maj P)
    (w_min P)) Kmid
    (a X) (b X) (e X) HN (Rlt_le _ _ HM) Hw1 Hw2 Hl Hs Hs1 Hs2 HlN (or_intror HlM) Ha0 Hb He Hbal HK t HM Hmoves) as
      Be.
  fold F in Ba, Bb, Be.
  assert (Hpair : forall n w f g, 0 < n -> 0 < w -> Rmin (w_maj P) (w_min P) <= w -> least_classifier P delta ^ 4 <=
    n ->
    f 0 = exp (- delta) -> g 0 = exp (- delta) / sqrt n -> (forall x, 0 <= x <= t -> within_flow n w f g x) ->
    0 <= f t <= 1 + G n w /\ 0 <= g t <= 1 + (1 + G n w) ^ 2 / n).
  { intros n w f g Hn Hw Hsw H4 Hf Hg Hfl. destruct (start_of_pair delta (f 0) (g 0) n Hn Hf Hg) as [Pg Hbal'].
    assert (Hmv : moves_until n 0 w w f g g t) by (split; [assumption | intros x Hx; now apply within_is_middle,
      Hfl]).
    assert (HK' : channel_loss n 0 w w f g g 0 = K n w) by (unfold channel_loss, K, fit; now rewrite Hf, Hg).
    assert (Hf0 : least_classifier P delta <= f 0) by lra. assert (Hb' : f 0 ^ 2 = n * g 0 ^ 2 + 0 * g 0 ^ 2) by lra.
    pose proof (ends_nonnegative n 0 w w (least_classifier P delta) f g g Hn (Rle_refl 0) Hw Hw Hl Hf0 Pg Pg t Hmv)
      as (Qf & Qg & _).
    pose proof (classifier_below n 0 w w (least_classifier P delta) (Rmin (w_maj P) (w_min P)) (K n w) f g g Hn
      (Rle_refl 0) Hw Hw Hl Hs Hsw Hsw
      H4 (or_introl eq_refl) Hf0 Pg Pg Hb' HK' t Hmv) as B1.
    pose proof (feature_below n 0 w w (least_classifier P delta) (Rmin (w_maj P) (w_min P)) (K n w) f g g Hn
      (Rle_refl 0) Hw Hw Hl Hs Hsw Hsw
      H4 (or_introl eq_refl) Hf0 Pg Pg Hb' HK' t Hmv) as B2.
    unfold G. repeat split; assumption. }
  pose proof (Hpair (n_maj P) (w_maj P) (alpha_maj X) (beta_maj X) Hn1 Hw1 Hs1 ltac:(lra) S1 S2 (fun x Hx => proj1
    (proj2 (Hflow x Hx)))) as [B1 B2].
  pose proof (Hpair (n_min P) (w_min P) (alpha_min X) (beta_min X) Hn2 Hw2 Hs2 ltac:(lra) S3 S4 (fun x Hx => proj2
    (proj2 (Hflow x Hx)))) as [B3 B4].
  clear Hpair.
  repeat match goal with |- context [Rmax ?p ?q] =>
    lazymatch p with context [Rmax _ _] => fail | _ => lazymatch q with context [Rmax _ _] => fail | _ =>
      pose proof (Rmax_l p q); pose proof (Rmax_r p q); set (Rmax p q) in * end end end.
  repeat split; lra.
Qed.

Lemma scaled_decay_tends (f : R -> R) k : is_lim f p_infty 1 -> is_lim (fun t => k * (1 - f t) ^ 2) p_infty 0.
Proof. intro Hf. apply (limit_through (fun x => k * (1 - x) ^ 2) _ _ 1); [auto_derive; trivial | ring | exact Hf].
  Qed.

Section Ending.

Variables (P : step_problem) (delta : R) (X : step_curve).
Hypothesis real : possible P.
Hypothesis start : spectral_start P delta X.
Hypothesis forever : forall x, 0 <= x -> follows_flow P X x.

Let root := sqrt (sqrt (N_maj P + N_min P)).

Lemma middle_ends : is_lim (fun t => a X t * b X t) p_infty 1 /\ is_lim (fun t => a X t * e X t) p_infty 1 /\
  is_lim (a X) p_infty root /\ is_lim (b X) p_infty (/ root) /\ is_lim (e X) p_infty (/ root).
Proof.
  pose proof (counts_positive P real) as (HN & HM & _). pose proof (least_bounds P delta real) as (Hl & Hle & HlN &
    HlM).
  pose proof (slow_bounds P real) as (Hs & Hs1 & Hs2 & Hw1 & Hw2). pose proof (middle_start P delta X real start) as
    (Hb & He & Hbal).
  pose proof start as (Sa & _). assert (Ha0 : least_classifier P delta <= a X 0) by lra.
  assert (Hfor : forall x, 0 <= x -> middle_flow (N_maj P) (N_min P) (w_maj P) (w_min P) (a X) (b X) (e X) x) by
    (intros x Hx; now apply forever).
  pose proof (majority_product_tends (N_maj P) (N_min P) (w_maj P) (w_min P) _ _ _ (a X) (b X) (e X) HN (Rlt_le _ _
    HM) Hw1 Hw2 Hl Hs Hs1 Hs2 HlN
    (or_intror HlM) Ha0 Hb He Hbal eq_refl Hfor) as L1.
  pose proof (minority_product_tends (N_maj P) (N_min P) (w_maj P) (w_min P) _ _ _ (a X) (b X) (e X) HN (Rlt_le _ _
    HM) Hw1 Hw2 Hl Hs Hs1 Hs2 HlN
    (or_intror HlM) Ha0 Hb He Hbal eq_refl Hfor HM) as L2.
  pose proof (classifier_tends (N_maj P) (N_min P) (w_maj P) (w_min P) _ _ _ (a X) (b X) (e X) HN (Rlt_le _ _ HM) Hw1
    Hw2 Hl Hs Hs1 Hs2 HlN
    (or_intror HlM) Ha0 Hb He Hbal eq_refl Hfor) as L3.
  pose proof (fun f => feature_tends (N_maj P) (N_min P) (w_maj P) (w_min P) _ _ _ (a X) (b X) (e X) HN (Rlt_le _ _
    HM) Hw1 Hw2 Hl Hs Hs1 Hs2 HlN
    (or_intror HlM) Ha0 Hb He Hbal eq_refl Hfor f) as L4.
  repeat split; auto.
Qed.

Lemma within_ends n w f g : 0 < n -> 0 < w -> Rmin (w_maj P) (w_min P) <= w -> least_classifier P delta ^ 4 <= n ->
  f 0 = exp (- delta) -> g 0 = exp (- delta) / sqrt n -> (forall x, 0 <= x -> within_flow n w f g x) ->
  is_lim (fun t => f t * g t) p_infty 1 /\ is_lim f p_infty (sqrt (sqrt n)) /\ is_lim g p_infty (/ sqrt (sqrt n)).
Proof.
  intros Hn Hw Hsw H4 Hf Hg Hfl. destruct (start_of_pair delta (f 0) (g 0) n Hn Hf Hg) as [Pg Hbal'].
  pose proof (least_bounds P delta real) as (Hl & Hle & _). pose proof (slow_bounds P real) as (Hs & _).
  assert (Hfor : forall x, 0 <= x -> middle_flow n 0 w w f g g x) by (intros x Hx; now apply within_is_middle, Hfl).
  assert (Hf0 : least_classifier P delta <= f 0) by lra. assert (Hb' : f 0 ^ 2 = n * g 0 ^ 2 + 0 * g 0 ^ 2) by lra.
  pose proof (majority_product_tends n 0 w w _ _ _ f g g Hn (Rle_refl 0) Hw Hw Hl Hs Hsw Hsw H4 (or_introl eq_refl)
    Hf0 Pg Pg Hb' eq_refl Hfor) as L1.
  pose proof (classifier_tends n 0 w w _ _ _ f g g Hn (Rle_refl 0) Hw Hw Hl Hs Hsw Hsw H4 (or_introl eq_refl) Hf0 Pg
    Pg Hb' eq_refl Hfor) as L3.
  pose proof (feature_tends n 0 w w _ _ _ f g g Hn (Rle_refl 0) Hw Hw Hl Hs Hsw Hsw H4 (or_introl eq_refl) Hf0 Pg Pg
    Hb' eq_refl Hfor g L1) as L4.
  rewrite Rplus_0_r in *. auto.
Qed.

Lemma majority_ends : is_lim (fun t => alpha_maj X t * beta_maj X t) p_infty 1 /\
  is_lim (alpha_maj X) p_infty (sqrt (sqrt (n_maj P))) /\ is_lim (beta_maj X) p_infty (/ sqrt (sqrt (n_maj P))).
Proof.
  pose proof (counts_positive P real) as (HN & HM & HNn & HMn). pose proof (least_bounds P delta real) as (_ & _ &
    HlN & HlM).
  pose proof (slow_bounds P real) as (Hs & Hs1 & Hs2 & Hw1 & Hw2). pose proof real as (_ & _ & Hn1 & Hn2 & _).
  pose proof start as (_ & _ & _ & S1 & S2 & S3 & S4).
  apply (within_ends (n_maj P) (w_maj P)); try assumption; try lra. intros x Hx. apply forever, Hx.
Qed.

Lemma minority_ends : is_lim (fun t => alpha_min X t * beta_min X t) p_infty 1 /\
  is_lim (alpha_min X) p_infty (sqrt (sqrt (n_min P))) /\ is_lim (beta_min X) p_infty (/ sqrt (sqrt (n_min P))).
Proof.
  pose proof (counts_positive P real) as (HN & HM & HNn & HMn). pose proof (least_bounds P delta real) as (_ & _ &
    HlN & HlM).
  pose proof (slow_bounds P real) as (Hs & Hs1 & Hs2 & Hw1 & Hw2). pose proof real as (_ & _ & Hn1 & Hn2 & _).
  pose proof start as (_ & _ & _ & S1 & S2 & S3 & S4).
  apply (within_ends (n_min P) (w_min P)); try assumption; try lra. intros x Hx. apply forever, Hx.
Qed.

End Ending.

Theorem logits_tend_to_labels : terminal_equivalence.logits_tend_to_labels.
Proof.
  intros P delta X real start forever.
  destruct (middle_ends P delta X real start forever) as (L1 & L2 & _). destruct (majority_ends P delta X real start
    forever) as (L3 & _).
  destruct (minority_ends P delta X real start forever) as (L4 & _). unfold distance.
  evar_last; [repeat (apply is_lim_plus'; [| apply scaled_decay_tends; eassumption]); apply scaled_decay_tends;
    eassumption |].
  cbn. f_equal. ring.
Qed.

Theorem strengths_tend_to_roots : terminal_geometry_equivalence.strengths_tend_to_roots.
Proof.
  intros P delta X real start forever.
  destruct (middle_ends P delta X real start forever) as (_ & _ & L1 & L2 & L3).
  destruct (majority_ends P delta X real start forever) as (_ & L4 & L5).
  destruct (minority_ends P delta X real start forever) as (_ & L6 & L7).
  cbv zeta. repeat split; assumption.
Qed.
