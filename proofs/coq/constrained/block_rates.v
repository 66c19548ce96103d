(******************************************************************************)
(* Rates of STEP with a block Gram matrix: contrasts and the middle mode are  *)
(* eigenvectors, for every number of classes.                                 *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(* majority_contrasts, minority_contrasts == the Gram matrix takes a contrast *)
(*                                           to e times it                    *)
(*                            middle_mode == and the groups against each      *)
(*                                           other to mu^2 times that         *)
(*                       ones_do_not_grow == the ones to 0                    *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning generated.statements.

Local Open Scope R_scope.

Theorem majority_contrasts : block_rates_step.majority_contrasts.
Proof.
  red; intros m_maj m_min n_maj n_min omega_maj omega_min rho theta; intros.
  assert (0 < m_maj + m_min) by lra. repeat split; try lra; field; repeat split; lra.
Qed.

Theorem minority_contrasts : block_rates_step.minority_contrasts.
Proof.
  red; intros m_maj m_min n_maj n_min omega_maj omega_min rho theta; intros.
  assert (0 < m_maj + m_min) by lra. repeat split; try lra; field; repeat split; lra.
Qed.

Theorem middle_mode : block_rates_step.middle_mode.
Proof.
  red; intros m_maj m_min n_maj n_min omega_maj omega_min rho theta; intros.
  assert (0 < m_maj + m_min) by lra. repeat split; try lra; field; repeat split; lra.
Qed.

Theorem ones_do_not_grow : block_rates_step.ones_do_not_grow.
Proof.
  red; intros m_maj m_min n_maj n_min omega_maj omega_min rho theta; intros.
  assert (0 < m_maj + m_min) by lra. repeat split; try lra; field; repeat split; lra.
Qed.
