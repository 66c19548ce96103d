(******************************************************************************)
(* Cross-entropy without weights under STEP: nothing leaves the modes to      *)
(* first order in the logits, and from spectral init something does.          *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* other_of_majority == e^logit of another majority class for a majority      *)
(*                      label, relative to a minority class                   *)
(*   own_of_majority == that of the own class                                 *)
(* other_of_minority == of another minority class for a minority label,       *)
(*                      relative to a majority class                          *)
(*   own_of_minority == that of the own class                                 *)
(*      exponentials == tactic: these as positive unknowns                    *)
(*        root_below == roots are in the order of their squares               *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers.

Local Open Scope R_scope.

Theorem nothing_leaves_at_zero_logits_0 : cross_entropy_decouples_to_first_order_only.nothing_leaves_at_zero_logits_0.
Proof. red; intros. rational. Qed.

Theorem nothing_leaves_at_zero_logits_1 : cross_entropy_decouples_to_first_order_only.nothing_leaves_at_zero_logits_1.
Proof. red; intros. rational. Qed.

Theorem nothing_leaves_at_zero_logits_2 : cross_entropy_decouples_to_first_order_only.nothing_leaves_at_zero_logits_2.
Proof. red; intros. rational. Qed.

Theorem nothing_leaves_at_first_order_0 : cross_entropy_decouples_to_first_order_only.nothing_leaves_at_first_order_0.
Proof. gradient. Qed.

Theorem nothing_leaves_at_first_order_1 : cross_entropy_decouples_to_first_order_only.nothing_leaves_at_first_order_1.
Proof. gradient. Qed.

Theorem nothing_leaves_at_first_order_2 : cross_entropy_decouples_to_first_order_only.nothing_leaves_at_first_order_2.
Proof. gradient. Qed.

Lemma other_of_majority d k a b : a <> 0 -> b <> 0 ->
  exp ((- d + k * (a + b) / (a * b)) / a) = exp (- (d / a) + k / a ^ 2) * exp (k / (a * b)).
Proof. intros. rewrite <- exp_plus. f_equal. field. lra. Qed.

Lemma own_of_majority d k a b : a <> 0 -> b <> 0 ->
  exp (d + (- d + k * (a + b) / (a * b)) / a) = exp (d - d / a + k / a ^ 2) * exp (k / (a * b)).
Proof. intros. rewrite <- exp_plus. f_equal. field. lra. Qed.

Lemma other_of_minority d k a b : a <> 0 -> b <> 0 ->
  exp (- ((d - k * (a + b) / (a * b)) / b)) = exp (- (d / b) + k / b ^ 2) * exp (k / (a * b)).
Proof. intros. rewrite <- exp_plus. f_equal. field. lra. Qed.

Lemma own_of_minority d k a b : a <> 0 -> b <> 0 ->
  exp (k * (a + b) / (a * b) + (b - 1) * (d - k * (a + b) / (a * b)) / b)
  = exp (d - d / b + k / b ^ 2) * exp (k / (a * b)).
Proof. intros. rewrite <- exp_plus. f_equal. field. lra. Qed.

Ltac exponentials :=
  repeat match goal with
  | |- context [exp ?x] =>
      let E := fresh "E" in let HE := fresh "HE" in pose proof (exp_pos x) as HE; set (E := exp x) in *; clearbody E
  end.

Theorem what_leaves : cross_entropy_decouples_to_first_order_only.what_leaves.
Proof.
  red; intros. whole_numbers.
  rewrite other_of_majority, own_of_majority, other_of_minority, own_of_minority, exp_Ropp by lra.
  exponentials. rational.
Qed.

Theorem something_leaves : cross_entropy_decouples_to_first_order_only.something_leaves.
Proof.
  red; intros d1 d2 k a b Ha Hia Hb Hib Hmin Hmaj Ha2 Hb2.
  destruct (what_leaves d1 d2 k a b Ha Hia Hb Hib Ha2 Hb2) as (H1 & H2 & H3 & H4 & H5 & H6 & Heq).
  repeat (split; [assumption |]). rewrite Heq. clear Heq.
  exponentials. apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; nra |]. apply Rmult_lt_0_compat; signs.
Qed.

Theorem start_of_the_middle_mode : cross_entropy_decouples_to_first_order_only.start_of_the_middle_mode.
Proof.
  red; intros a b n1 n2 s x y Ha Hia Hb Hib Hn1 Hn2 Hs. whole_numbers.
  assert (Hweighted : 0 < n2 * a + n1 * b) by signs.
  assert (H1 : sqrt n1 ^ 2 = n1) by (apply pow2_sqrt; lra). assert (H2 : sqrt n2 ^ 2 = n2) by (apply pow2_sqrt; lra).
  assert (H3 : sqrt (a + b) ^ 2 = a + b) by (apply pow2_sqrt; lra).
  assert (H4 : sqrt (n2 * a + n1 * b) ^ 2 = n2 * a + n1 * b) by (apply pow2_sqrt; lra).
  assert (0 < sqrt n1) by signs. assert (0 < sqrt n2) by signs. assert (0 < sqrt (a + b)) by signs.
  assert (0 < sqrt (n2 * a + n1 * b)) by signs.
  repeat split; try lra.
  field [H1 H2 H3 H4]; repeat split; lra.
Qed.

Lemma root_below x y : 0 < x -> x < y -> sqrt x < sqrt y.
Proof. intros. apply sqrt_lt_1; lra. Qed.

Theorem start_offsets_of_a_majority_label :
  cross_entropy_decouples_to_first_order_only.start_offsets_of_a_majority_label.
Proof.
  red; intros a b n1 n2 s Ha _ Hb _ Hn1 Hn2 Hs Hn. assert (Hform : 0 < n2 * a + n1 * b) by signs.
  repeat split; try lra.
  assert (Hroots : sqrt (n2 * a + n1 * b) < sqrt (a + b) * sqrt n1).
  { rewrite <- sqrt_mult by lra. apply root_below; [assumption | nra]. }
  assert (0 < sqrt n1) by signs. assert (0 < sqrt (n2 * a + n1 * b)) by signs.
  apply Rmult_lt_reg_r with (sqrt n1 * sqrt (n2 * a + n1 * b)); [signs |].
  replace (s / sqrt n1 * (sqrt n1 * sqrt (n2 * a + n1 * b))) with (s * sqrt (n2 * a + n1 * b)) by (field; lra).
  replace (s * sqrt (a + b) / sqrt (n2 * a + n1 * b) * (sqrt n1 * sqrt (n2 * a + n1 * b)))
    with (s * (sqrt (a + b) * sqrt n1)) by (field; lra).
  now apply Rmult_lt_compat_l.
Qed.

Theorem start_offsets_of_a_minority_label :
  cross_entropy_decouples_to_first_order_only.start_offsets_of_a_minority_label.
Proof.
  red; intros a b n1 n2 s Ha _ Hb _ Hn1 Hn2 Hs Hn. assert (Hform : 0 < n2 * a + n1 * b) by signs.
  repeat split; try lra.
  assert (Hroots : sqrt (a + b) * sqrt n2 < sqrt (n2 * a + n1 * b)).
  { rewrite <- sqrt_mult by lra. apply root_below; [signs | nra]. }
  assert (0 < sqrt n2) by signs. assert (0 < sqrt (n2 * a + n1 * b)) by signs.
  apply Rmult_lt_reg_r with (sqrt n2 * sqrt (n2 * a + n1 * b)); [signs |].
  replace (s / sqrt n2 * (sqrt n2 * sqrt (n2 * a + n1 * b))) with (s * sqrt (n2 * a + n1 * b)) by (field; lra).
  replace (s * sqrt (a + b) / sqrt (n2 * a + n1 * b) * (sqrt n2 * sqrt (n2 * a + n1 * b)))
    with (s * (sqrt (a + b) * sqrt n2)) by (field; lra).
  now apply Rmult_lt_compat_l.
Qed.

(** e^x is above 1 + x: the sums move as the exponents do. *)
Theorem sum_of_a_minority_label : cross_entropy_decouples_to_first_order_only.sum_of_a_minority_label.
Proof.
  red; intros S beta a b HS Hbeta Ha _ Hb _ Hb2. rewrite exp_plus.
  pose proof (exp_ineq1_le (- beta)). pose proof (exp_ineq1_le (beta * (b - 1))). pose proof (exp_ineq1 S ltac:(lra)).
  assert (0 < beta * (b - 1)) by signs.
  assert (exp S * (1 + beta * (b - 1)) <= exp S * exp (beta * (b - 1))) by (apply Rmult_le_compat_l; lra).
  assert ((b - 1) * (1 + - beta) <= (b - 1) * exp (- beta)) by (apply Rmult_le_compat_l; lra).
  assert (1 * (beta * (b - 1)) < exp S * (beta * (b - 1))) by (apply Rmult_lt_compat_r; lra).
  lra.
Qed.

Theorem sum_of_a_majority_label : cross_entropy_decouples_to_first_order_only.sum_of_a_majority_label.
Proof.
  red; intros D alpha a b HD Halpha Ha _ Hb _ Ha2.
  replace (D + alpha * a) with (D + (alpha + alpha * (a - 1))) by ring. rewrite !exp_plus.
  set (A := exp alpha). set (P := exp (alpha * (a - 1))).
  assert (HP : 1 + alpha * (a - 1) <= P) by apply exp_ineq1_le. assert (HA : 0 < A) by apply exp_pos.
  assert (HA1 : A - 1 <= alpha * A).
  { pose proof (exp_ineq1_le (- alpha)) as Hle. rewrite exp_Ropp in Hle. fold A in Hle.
    assert (A * (1 + - alpha) <= A * / A) by (apply Rmult_le_compat_l; lra). rewrite Rinv_r in * by lra. lra. }
  pose proof (exp_ineq1 D ltac:(lra)). assert (0 < alpha * (a - 1)) by signs.
  assert (A * (1 + alpha * (a - 1)) <= A * P) by (apply Rmult_le_compat_l; lra).
  assert ((a - 1) * (A - 1) <= (a - 1) * (alpha * A)) by (apply Rmult_le_compat_l; lra).
  assert (0 < A * (alpha * (a - 1))) by signs.
  assert (1 * (A * P - A) < exp D * (A * P - A)) by (apply Rmult_lt_compat_r; lra).
  lra.
Qed.
