(******************************************************************************)
(* The linear flow of the unhinged loss under STEP: no other solution.        *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*  exponential_solution == f' = k f implies f t = e^(k t) f 0                *)
(*              constant == f' = 0 implies f t = f 0                          *)
(*  every_solution_is_the_closed_form == a mode with two weights, from        *)
(*                          spectral init, and its strength                   *)
(******************************************************************************)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From UFM Require Import reviewed.scalars.
Import reviewed.

Local Open Scope R_scope.

Lemma constant (f : R -> R) : (forall x, is_derive f x 0) -> forall t, f t = f 0.
Proof.
  intros Hf t. destruct (Rtotal_order t 0) as [H | [-> | H]]; [| reflexivity | symmetry];
    apply (eq_is_derive f); trivial; intros; apply Hf.
Qed.

Lemma exponential_solution (f : R -> R) k : (forall x, is_derive f x (k * f x)) -> forall t, f t = exp (k * t) * f 0.
Proof.
  intros Hf t.
  assert (Hc : f t * exp (- (k * t)) = f 0 * exp (- (k * 0))).
  { apply (constant (fun x => f x * exp (- (k * x)))). intro x. pose proof (Hf x). evar_last.
    - apply (is_derive_mult f (fun x => exp (- (k * x)))); [eassumption | auto_derive; [trivial | reflexivity] |].
      intros; apply Rmult_comm.
    - unfold plus, mult, zero; cbn. ring. }
  rewrite Rmult_0_r, Ropp_0, exp_0, Rmult_1_r in Hc. rewrite <- Hc, exp_Ropp.
  pose proof (exp_pos (k * t)). field. lra.
Qed.

Ltac real :=
  match goal with
  | |- plus ?x ?y = ?z => change (x + y = z)
  | |- minus ?x ?y = ?z => change (x - y = z)
  end.

Theorem every_solution_is_the_closed_form : unhinged_flow_closed_form.every_solution_is_the_closed_form.
Proof.
  intros N M v w delta a b e HN HM Hv Hw sigma mu rho Da Db De Sa Sb Se t.
  assert (Hs : 0 < sigma) by (apply sqrt_lt_R0; lra).
  assert (Hmm : 0 < N * v ^ 2 + M * w ^ 2).
  { assert (0 < N * v ^ 2) by (apply Rmult_lt_0_compat; [assumption | now apply pow_lt]).
    assert (0 <= M * w ^ 2) by (apply Rmult_le_pos; [assumption | apply pow2_ge_0]). lra. }
  assert (Hm : 0 < mu) by (now apply sqrt_lt_R0).
  assert (Hs2 : sigma ^ 2 = N + M) by (unfold sigma; rewrite pow2_sqrt; lra).
  assert (Hm2 : mu ^ 2 = N * v ^ 2 + M * w ^ 2) by (unfold mu; rewrite pow2_sqrt; lra).
  assert (Hr : N * v + M * w = rho * sigma * mu) by (unfold rho; field; lra).
  clearbody sigma mu rho. set (z := fun x => N * v * b x + M * w * e x).
  assert (Dz : forall x, is_derive z x (mu ^ 2 * a x)).
  { intro x. evar_last.
    - apply (is_derive_plus (fun x => N * v * b x)); apply is_derive_scal; [apply Db | apply De].
    - real. rewrite Hm2. ring. }
  assert (Hgrow : mu * a t + z t = exp (mu * t) * (mu * a 0 + z 0)).
  { apply (exponential_solution (fun x => mu * a x + z x)). intro x. evar_last.
    - apply (is_derive_plus (fun x => mu * a x)); [apply is_derive_scal, Da | apply Dz].
    - real. unfold z. ring. }
  assert (Hfade : mu * a t - z t = exp (- mu * t) * (mu * a 0 - z 0)).
  { apply (exponential_solution (fun x => mu * a x - z x)). intro x. evar_last.
    - apply (is_derive_minus (fun x => mu * a x)); [apply is_derive_scal, Da | apply Dz].
    - real. unfold z. ring. }
  assert (Hkeep : forall u f, (forall x, is_derive f x (u * a x)) -> f t = f 0 + u / mu ^ 2 * (z t - z 0)).
  { intros u f Df. enough (f t - u / mu ^ 2 * z t = f 0 - u / mu ^ 2 * z 0) by lra.
    apply (constant (fun x => f x - u / mu ^ 2 * z x)). intro x. evar_last.
    - apply (is_derive_minus f); [apply Df | apply is_derive_scal, Dz].
    - real. unfold zero; cbn. field. lra. }
  pose proof (Hkeep v b Db) as Hb. pose proof (Hkeep w e De) as He.
  assert (Hz0 : z 0 = exp (- delta) * rho * mu).
  { unfold z. rewrite Sb, Se. replace (N * v * (exp (- delta) / sigma) + M * w * (exp (- delta) / sigma))
      with ((N * v + M * w) * exp (- delta) / sigma) by (field; lra). rewrite Hr. field. lra. }
  assert (Hc : cosh (mu * t) = (exp (mu * t) + exp (- mu * t)) / 2) by (unfold cosh; do 3 f_equal; ring).
  assert (Hh : sinh (mu * t) = (exp (mu * t) - exp (- mu * t)) / 2) by (unfold sinh; do 3 f_equal; ring).
  rewrite Hc, Hh. set (E := exp (mu * t)) in *. set (F := exp (- mu * t)) in *. set (d := exp (- delta)) in *.
  rewrite Sa, Hz0 in Hgrow, Hfade.
  assert (Ha : a t = d * ((E + F) / 2 + rho * ((E - F) / 2))).
  { apply Rmult_eq_reg_l with (2 * mu); [| lra].
    replace (2 * mu * a t) with (E * (mu * d + d * rho * mu) + F * (mu * d - d * rho * mu)) by lra. field. }
  assert (Hz : z t = mu * d * ((E - F) / 2 + rho * ((E + F) / 2))) by lra.
  assert (Bt : b t = d * (/ sigma + v * ((E - F) / 2 + rho * ((E + F) / 2 - 1)) / mu)).
  { rewrite Hb, Sb, Hz, Hz0. field. lra. }
  assert (Et : e t = d * (/ sigma + w * ((E - F) / 2 + rho * ((E + F) / 2 - 1)) / mu)).
  { rewrite He, Se, Hz, Hz0. field. lra. }
  repeat split; [exact Ha | exact Bt | exact Et |].
  assert (Hsum : N * b t + M * e t = d * (sigma + rho * sigma * ((E - F) / 2 + rho * ((E + F) / 2 - 1)))).
  { rewrite Bt, Et.
    replace (N * (d * (/ sigma + v * ((E - F) / 2 + rho * ((E + F) / 2 - 1)) / mu)) +
      M * (d * (/ sigma + w * ((E - F) / 2 + rho * ((E + F) / 2 - 1)) / mu)))
      with (d * ((N + M) / sigma + (N * v + M * w) * ((E - F) / 2 + rho * ((E + F) / 2 - 1)) / mu)) by (field; lra).
    rewrite Hr, <- Hs2. field. lra. }
  rewrite Hsum, Ha. replace (- (2 * delta)) with (- delta + - delta) by ring. rewrite exp_plus. fold d. field. lra.
Qed.
