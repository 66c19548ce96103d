(******************************************************************************)
(* STEP from spectral init: the flow is there for all time, whatever the      *)
(* split, the counts and the weights of the groups.                           *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*          clamp == the nearest number of size at most m                     *)
(*          field == the flow of the seven scalars at a place                 *)
(*        clamped == the field at clamped places; its flow is that of the     *)
(*                   field, since it stays where nothing is clamped           *)
(*  first_time_exists == what is continuous and learned has a first time      *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz Classical.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning tools reviewed.scalars dynamics.channels dynamics.picard dynamics.convergence.
Import reviewed.

Local Open Scope R_scope.

Definition clamp (m x : R) : R := Rmax (- m) (Rmin m x).

Lemma clamp_small m x : 0 <= m -> Rabs (clamp m x) <= m.
Proof. intro Hm. unfold clamp. apply Rabs_le. unfold Rmax, Rmin. repeat destruct Rle_dec; lra. Qed.

Lemma clamp_inside m x : Rabs x <= m -> clamp m x = x.
Proof. intro Hx. apply Rabs_le_between in Hx. unfold clamp, Rmax, Rmin. repeat destruct Rle_dec; lra. Qed.

Lemma clamp_lipschitz m x y d : 0 <= m -> Rabs (x - y) <= d -> Rabs (clamp m x - clamp m y) <= d.
Proof. intros Hm Hd. apply Rabs_le_between in Hd. apply Rabs_le. unfold clamp, Rmax, Rmin. repeat destruct Rle_dec; lra. Qed.

(** The places of the seven scalars. *)
Inductive place : Type := middle | ahead | behind | maj_left | maj_right | min_left | min_right.

Lemma places_finite (P : place -> R -> Prop) t : (forall i, locally t (P i)) -> locally t (fun s => forall i, P i s).
Proof.
  intro H. apply filter_imp with (2 := filter_and _ _ (H middle) (filter_and _ _ (H ahead) (filter_and _ _ (H behind)
    (filter_and _ _ (H maj_left) (filter_and _ _ (H maj_right) (filter_and _ _ (H min_left) (H min_right))))))).
  intros s (H1 & H2 & H3 & H4 & H5 & H6 & H7) i. now destruct i.
Qed.

Section Field.

Variables (P : step_problem) (m : R).
Hypotheses (real : possible P) (Hm : 0 < m).
Notation N := (N_maj P).
Notation M := (N_min P).
Notation v := (w_maj P).
Notation w := (w_min P).

Definition room (x y z : R) : R := y * (1 - x * z).

Definition field (x : place -> R) (i : place) : R :=
  match i with
  | middle => N * v * room (x middle) (x ahead) (x ahead) + M * w * room (x middle) (x behind) (x behind)
  | ahead => v * room (x middle) (x middle) (x ahead)
  | behind => w * room (x middle) (x middle) (x behind)
  | maj_left => n_maj P * v * room (x maj_left) (x maj_right) (x maj_right)
  | maj_right => v * room (x maj_left) (x maj_left) (x maj_right)
  | min_left => n_min P * w * room (x min_left) (x min_right) (x min_right)
  | min_right => w * room (x min_left) (x min_left) (x min_right)
  end.

Definition clamped (x : place -> R) : place -> R := field (fun i => clamp m (x i)).

Definition speed : R := (N * v + M * w + v + w + n_maj P * v + n_min P * w) * (1 + 3 * m ^ 2).

Lemma factors : 0 < N * v /\ 0 < M * w /\ 0 < v /\ 0 < w /\ 0 < n_maj P * v /\ 0 < n_min P * w.
Proof.
  destruct (counts_positive P real) as (HN & HM & _). destruct real as (_ & _ & Hn1 & Hn2 & Hv & Hw).
  repeat split; trivial; now apply Rmult_lt_0_compat.
Qed.

Lemma times_near x y x' y' p q d e : Rabs x <= p -> Rabs y' <= q -> Rabs (x - x') <= d -> Rabs (y - y') <= e ->
  Rabs (x * y - x' * y') <= p * e + q * d.
Proof.
  intros Hx Hy Hd He. replace (x * y - x' * y') with (x * (y - y') + (x - x') * y') by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult, (Rmult_comm q).
  apply Rplus_le_compat; apply Rmult_le_compat; trivial; apply Rabs_pos.
Qed.

Lemma room_near x y z x' y' z' d : Rabs x <= m -> Rabs y <= m -> Rabs z <= m -> Rabs x' <= m -> Rabs y' <= m -> Rabs z' <= m ->
  Rabs (x - x') <= d -> Rabs (y - y') <= d -> Rabs (z - z') <= d -> Rabs (room x y z - room x' y' z') <= (1 + 3 * m ^ 2) * d.
Proof.
  intros Hx Hy Hz Hx' Hy' Hz' Dx Dy Dz.
  pose proof (times_near x z x' z' m m d d Hx Hz' Dx Dz) as H1.
  assert (Hp : Rabs (x' * z') <= m * m) by (rewrite Rabs_mult; apply Rmult_le_compat; trivial; apply Rabs_pos).
  pose proof (times_near y (x * z) y' (x' * z') m (m * m) d _ Hy Hp Dy H1) as H2. unfold room.
  replace (y * (1 - x * z) - y' * (1 - x' * z')) with (y - y' + - (y * (x * z) - y' * (x' * z'))) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rabs_Ropp. lra.
Qed.

Lemma speed_positive : 0 < speed.
Proof. destruct factors as (F1 & F2 & F3 & F4 & F5 & F6). pose proof (pow_lt m 2 Hm). apply Rmult_lt_0_compat; lra. Qed.

Lemma clamped_lipschitz x y d : (forall i, Rabs (x i - y i) <= d) -> forall i, Rabs (clamped x i - clamped y i) <= speed * d.
Proof.
  intros Hd i. assert (Hd0 : 0 <= d) by (apply Rle_trans with (2 := Hd i), Rabs_pos).
  assert (Hs : forall z, Rabs (clamp m z) <= m) by (intro z; apply clamp_small; lra).
  assert (Hc : forall j, Rabs (clamp m (x j) - clamp m (y j)) <= d) by (intro j; apply clamp_lipschitz; [lra | apply Hd]).
  pose proof (pow_lt m 2 Hm) as Hm2. destruct factors as (F1 & F2 & F3 & F4 & F5 & F6).
  set (q := (1 + 3 * m ^ 2) * d). assert (Hq : 0 <= q) by (apply Rmult_le_pos; lra).
  assert (Hroom : forall j k l, Rabs (room (clamp m (x j)) (clamp m (x k)) (clamp m (x l)) -
    room (clamp m (y j)) (clamp m (y k)) (clamp m (y l))) <= q) by (intros; now apply room_near).
  replace (speed * d) with ((N * v + M * w + v + w + n_maj P * v + n_min P * w) * q) by (unfold speed, q; ring).
  assert (Hscaled : forall c j k l, 0 < c -> - (c * q) <= c * room (clamp m (x j)) (clamp m (x k)) (clamp m (x l)) -
    c * room (clamp m (y j)) (clamp m (y k)) (clamp m (y l)) <= c * q).
  { intros c j k l Hc0. pose proof (Hroom j k l) as H. apply Rabs_le_between in H. rewrite <- Rmult_minus_distr_l.
    split; [rewrite Ropp_mult_distr_r |]; apply Rmult_le_compat_l; lra. }
  pose proof (Rmult_le_pos _ _ (Rlt_le _ _ F1) Hq). pose proof (Rmult_le_pos _ _ (Rlt_le _ _ F2) Hq).
  pose proof (Rmult_le_pos _ _ (Rlt_le _ _ F3) Hq). pose proof (Rmult_le_pos _ _ (Rlt_le _ _ F4) Hq).
  pose proof (Rmult_le_pos _ _ (Rlt_le _ _ F5) Hq). pose proof (Rmult_le_pos _ _ (Rlt_le _ _ F6) Hq).
  unfold clamped. destruct i; unfold field; apply Rabs_le.
  - pose proof (Hscaled _ middle ahead ahead F1). pose proof (Hscaled _ middle behind behind F2). lra.
  - pose proof (Hscaled _ middle middle ahead F3). lra.
  - pose proof (Hscaled _ middle middle behind F4). lra.
  - pose proof (Hscaled _ maj_left maj_right maj_right F5). lra.
  - pose proof (Hscaled _ maj_left maj_left maj_right F3). lra.
  - pose proof (Hscaled _ min_left min_right min_right F6). lra.
  - pose proof (Hscaled _ min_left min_left min_right F4). lra.
Qed.

Definition curve_of_places (y : place -> R -> R) : step_curve :=
  ((y middle, (y ahead, y behind)), ((y maj_left, y maj_right), (y min_left, y min_right))).

Lemma places_flow y x : (forall i, is_derive (y i) x (field (fun j => y j x) i)) -> follows_flow P (curve_of_places y) x.
Proof.
  intro Dy. pose proof (Dy middle) as D1. pose proof (Dy ahead) as D2. pose proof (Dy behind) as D3. pose proof (Dy maj_left) as D4.
  pose proof (Dy maj_right) as D5. pose proof (Dy min_left) as D6. pose proof (Dy min_right) as D7.
  unfold field, room in D1, D2, D3, D4, D5, D6, D7.
  unfold follows_flow, middle_flow, within_flow, curve_of_places, a, b, e, alpha_maj, beta_maj, alpha_min, beta_min; cbn [fst snd].
  split; [split; [| split] | split; split].
  - evar_last; [exact D1 | ring].
  - evar_last; [exact D2 | ring].
  - evar_last; [exact D3 | ring].
  - evar_last; [exact D4 | ring].
  - evar_last; [exact D5 | ring].
  - evar_last; [exact D6 | ring].
  - evar_last; [exact D7 | ring].
Qed.

End Field.

Theorem flow_exists_for_all_time : flow_converges.flow_exists_for_all_time.
Proof.
  intros P delta real. destruct (counts_positive P real) as (HN & HM & _). pose proof real as (_ & _ & Hn & Hm & _).
  destruct (scalars_stay_bounded P delta real) as (bound & Hbound). set (scale := exp (- delta)).
  set (start := fun i => match i with
    | middle | maj_left | min_left => scale
    | ahead | behind => scale / sqrt (N_maj P + N_min P)
    | maj_right => scale / sqrt (n_maj P)
    | min_right => scale / sqrt (n_min P) end).
  assert (He : 0 < scale) by apply exp_pos.
  assert (Hover : forall x, 0 < x -> 0 < scale / sqrt x) by (intros x Hx; apply Rdiv_lt_0_compat; [assumption | now apply sqrt_lt_R0]).
  pose proof (Hover (N_maj P + N_min P) ltac:(lra)). pose proof (Hover _ Hn). pose proof (Hover _ Hm).
  set (small := Rabs bound + scale + scale / sqrt (N_maj P + N_min P) + scale / sqrt (n_maj P) + scale / sqrt (n_min P)).
  pose proof (Rabs_pos bound). pose proof (Rle_abs bound). set (large := small + 1).
  assert (Hl : 0 < large) by (unfold large, small; lra). set (F := clamped P large).
  set (most := Rabs (F start middle) + Rabs (F start ahead) + Rabs (F start behind) + Rabs (F start maj_left) +
    Rabs (F start maj_right) + Rabs (F start min_left) + Rabs (F start min_right)).
  assert (Hmost : 0 <= most /\ forall i, Rabs (F start i) <= most).
  { pose proof (Rabs_pos (F start middle)). pose proof (Rabs_pos (F start ahead)). pose proof (Rabs_pos (F start behind)).
    pose proof (Rabs_pos (F start maj_left)). pose proof (Rabs_pos (F start maj_right)). pose proof (Rabs_pos (F start min_left)).
    pose proof (Rabs_pos (F start min_right)). unfold most. split; [lra | intro i; destruct i; lra]. }
  destruct (flows place F start (speed P large) most (speed_positive P large real Hl) (proj1 Hmost) places_finite
    (clamped_lipschitz P large real Hl) (proj2 Hmost)) as (y & Hy0 & Hy).
  assert (Hstart : forall i, 0 <= start i <= small) by (intro i; unfold small; destruct i; cbn; lra).
  assert (Hreal : forall t, 0 <= t -> (forall i, Rabs (y i t) <= large) -> forall i, is_derive (y i) t (field P (fun j => y j t) i)).
  { intros t Ht Hin i. evar_last; [now apply Hy |]. unfold F, clamped, field. destruct i; now rewrite !clamp_inside by apply Hin. }
  assert (Hinit : spectral_start P delta (curve_of_places y)).
  { unfold spectral_start, curve_of_places, a, b, e, alpha_maj, beta_maj, alpha_min, beta_min; cbn [fst snd]. rewrite !Hy0.
    unfold start. fold scale. tauto. }
  assert (Hinside : forall t, 0 <= t -> forall i, Rabs (y i t) <= large).
  { apply (stays_inside place y small large places_finite); [unfold large; lra | | |].
    - intro i. rewrite Hy0. destruct (Hstart i). rewrite Rabs_pos_eq by assumption. unfold large. lra.
    - intros i t Ht. apply (@ex_derive_continuous R_AbsRing R_NormedModule). eexists. now apply Hy.
    - intros t Ht Hin i. destruct (Hbound (curve_of_places y) t Hinit Ht) as (B1 & B2 & B3 & B4 & B5 & B6 & B7).
      + intros x Hx. apply places_flow, Hreal; [lra |]. now apply Hin.
      + unfold curve_of_places, a, b, e, alpha_maj, beta_maj, alpha_min, beta_min in *; cbn [fst snd] in *.
        unfold small. apply Rabs_le. destruct i; lra. }
  exists (curve_of_places y). split; [exact Hinit |]. intros x Hx. apply places_flow, Hreal; [assumption | now apply Hinside].
Qed.

(** The first time at which a strength that is there at some time is at a level. *)
Lemma first_time_exists (s : R -> R) level top : 0 <= top -> (forall x, 0 <= x <= top -> continuous s x) -> level <= s top ->
  exists T, 0 <= T <= top /\ level <= s T /\ forall x, 0 <= x < T -> s x < level.
Proof.
  intros Htop Hs Hlearned. set (E := fun t => 0 <= t <= top /\ forall x, 0 <= x < t -> s x < level).
  assert (E0 : E 0) by (split; [lra | intros x Hx; lra]).
  destruct (completeness E (ex_intro _ top (fun t (Ht : E t) => proj2 (proj1 Ht))) (ex_intro _ 0 E0)) as (T & Hup & Hleast).
  assert (HT : 0 <= T <= top) by (split; [now apply Hup | apply Hleast; intros t Ht; apply Ht]).
  assert (Hbefore : forall x, 0 <= x < T -> s x < level).
  { intros x Hx. apply NNPP. intro Hbad. assert (T <= x); [| lra]. apply Hleast. intros t [_ Ht]. apply Rnot_lt_le. intro Hlt.
    apply Hbad, Ht. lra. }
  exists T. split; [assumption |]. split; [| exact Hbefore]. apply Rnot_lt_le. intro Hlow.
  assert (Hlt : T < top).
  { destruct (proj2 HT) as [Hlt | Heq]; [exact Hlt |]. rewrite Heq in Hlow. lra. }
  destruct (proj1 (filterlim_locally _ _) (Hs T HT) (mkposreal (level - s T) ltac:(lra))) as (d & Hd). pose proof (cond_pos d).
  set (t := Rmin top (T + d / 2)). assert (Ht : T < t <= top /\ t <= T + d / 2).
  { unfold t. pose proof (Rmin_l top (T + d / 2)). pose proof (Rmin_r top (T + d / 2)).
    split; [split; [apply Rmin_glb_lt; lra | lra] | lra]. }
  assert (t <= T); [| lra]. apply Hup. split; [lra |]. intros x Hx. destruct (Rlt_le_dec x T) as [Hl | Hr]; [apply Hbefore; lra |].
  assert (Hball : Rabs (s x - s T) < level - s T) by (apply Hd; change (Rabs (x - T) < d); rewrite Rabs_pos_eq; lra).
  apply Rabs_lt_between in Hball. lra.
Qed.
