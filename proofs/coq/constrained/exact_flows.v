(******************************************************************************)
(* A contrast of two classes of one group, from a spectral start at every     *)
(* time: d = beta - kappa, r = a sqrt d.                                      *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*     root_squared == d = (sqrt d)^2, for identities that are polynomials    *)
(*                     in the root                                            *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Lemma root_squared d : 0 < d -> exists s, 0 < s /\ sqrt d = s /\ d = s * s.
Proof.
  intro Hd. exists (sqrt d). repeat split; [now apply sqrt_lt_R0 |]. now rewrite sqrt_def by lra.
Qed.

Theorem start_on_a_contrast : contrasts_decouple.start_on_a_contrast.
Proof.
  red; intros a d r Ha Hd Hr Heq. destruct (root_squared d Hd) as [s [Hs [Hroot Hsquare]]].
  repeat split; try lra. rewrite Heq, Hroot, Hsquare. field. lra.
Qed.

Theorem start_is_kept : contrasts_decouple.start_is_kept.
Proof.
  red; intros a alpha d Ha Hd. destruct (root_squared d Hd) as [s [Hs [Hroot Hsquare]]].
  split; [lra |]. rewrite Hroot, Hsquare. ring.
Qed.

Theorem share_equation : contrasts_decouple.share_equation.
Proof.
  red; intros a alpha d Ha Hd. destruct (root_squared d Hd) as [s [Hs [Hroot Hsquare]]].
  split; [lra |]. rewrite Hroot, Hsquare. ring.
Qed.

Theorem path_solves_it : contrasts_decouple.path_solves_it.
Proof.
  red; intros d delta r t Hd Hdelta Hr Hstart Ht.
  set (odds := - 1 + exp (2 * delta) / sqrt d) in *. set (decay := exp (- (2 * t * r))).
  assert (0 < odds * decay) by (apply Rmult_lt_0_compat; [unfold odds; lra | apply exp_pos]).
  repeat split; try lra. field. lra.
Qed.

Theorem path_starts_right : contrasts_decouple.path_starts_right.
Proof.
  red; intros d delta r Hd Hdelta Hr Hstart. destruct (root_squared d Hd) as [s [Hs [Hroot Hsquare]]].
  replace (exp (- (2 * 0 * r))) with 1 by (rewrite <- exp_0; f_equal; ring).
  pose proof (exp_pos (2 * delta)). repeat split; try lra.
  rewrite exp_Ropp, Hroot. field. split; lra.
Qed.

Theorem reaches_its_share : contrasts_decouple.reaches_its_share.
Proof.
  red; intros d delta f r Hd Hdelta Hf Hr Hstart Hf1.
  set (odds := - 1 + exp (2 * delta) / sqrt d) in *. assert (Hodds : 0 < odds) by (unfold odds; lra).
  assert (Hratio : 0 < f * odds / (1 - f)) by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat | lra]).
  replace (exp (- (2 * (ln (f * odds / (1 - f)) / (2 * r)) * r))) with (/ (f * odds / (1 - f)))
    by (replace (- (2 * (ln (f * odds / (1 - f)) / (2 * r)) * r)) with (- ln (f * odds / (1 - f))) by (field; lra);
        now rewrite exp_Ropp, exp_ln).
  assert (Hvalue : odds * / (f * odds / (1 - f)) + 1 = / f) by (field; repeat split; lra).
  assert (0 < / f) by now apply Rinv_0_lt_compat.
  rewrite Hvalue. repeat split; try lra. now rewrite Rinv_inv.
Qed.
