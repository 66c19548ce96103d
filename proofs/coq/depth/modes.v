(******************************************************************************)
(* A mode of N linear layers without weights.                                 *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*   Hsquare, Htwice, Hlaw == powers of the amplitude as products             *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements.

Local Open Scope R_scope.

Theorem layer_among_others : depth_mode_law.layer_among_others.
Proof. red; intros. repeat split; ring. Qed.

Theorem strength_law : depth_mode_law.strength_law.
Proof.
  red; intros N sigma x HN Hs Hx. repeat split; try lra.
  assert (Hsquare : forall y, Rpower x (y + 2) = Rpower x y * (x * x)).
  { intro y. rewrite Rpower_plus. f_equal. replace 2 with (INR 2) by (simpl; lra). rewrite Rpower_pow by assumption. ring. }
  assert (HNe : Rpower x N = Rpower x (N - 2) * (x * x)) by (rewrite <- Hsquare; f_equal; ring).
  assert (Htwice : Rpower x (2 * N - 4) = Rpower x (N - 2) * Rpower x (N - 2)) by (rewrite <- Rpower_plus; f_equal; ring).
  assert (Hlaw : Rpower x (N * (2 - 2 / N)) = Rpower x (N - 2) * Rpower x (N - 2) * (x * x)).
  { replace (N * (2 - 2 / N)) with (2 * N - 4 + 2) by (field; lra). rewrite Hsquare, Htwice. reflexivity. }
  rewrite Hlaw, Htwice, HNe. field. lra.
Qed.

Theorem time_of_four_layers : depth_mode_law.time_of_four_layers.
Proof.
  red; intros sigma u Hs Hu H. pose proof (sqrt_lt_R0 sigma Hs) as Hr.
  assert (Hsq : sqrt sigma * sqrt sigma = sigma) by (apply sqrt_sqrt; lra).
  assert (Hdiff : 0 < sqrt sigma - u) by nra.
  repeat split; try lra. set (r := sqrt sigma) in *. replace sigma with (r * r) by assumption.
  field. repeat split; nra.
Qed.
