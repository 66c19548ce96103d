(******************************************************************************)
(* Logit adjustment, tau = 1, under STEP: the exponent 1/2 alone makes the    *)
(* rates within the groups equal, and there the middle one exceeds them.      *)
(*                                                                            *)
(* Source: ours.                                                              *)
(*                                                                            *)
(*           within_group_rates_* == the squares of the rates are equal at    *)
(*                                   gamma = 1/2 alone                        *)
(*                    middle_rate == that of the middle one there             *)
(* middle_rate_exceeds_the_others == is above 1 for R > 1                     *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From UFM Require Import meaning tools generated.statements losses.powers.

Local Open Scope R_scope.

Theorem within_group_rates_meet : no_exponent_flattens_logit_adjustment.within_group_rates_meet.
Proof.
  red; intros. repeat split; try assumption. rewrite <- !mass_as_power by assumption. now apply powers_at_zero.
Qed.

Theorem within_group_rates_differ_elsewhere :
  no_exponent_flattens_logit_adjustment.within_group_rates_differ_elsewhere.
Proof.
  red; intros gamma a b Ha Hb Hab Hgamma. repeat split; try lra.
  replace (a * Rpower a (- (2 * gamma)) * Rpower b (2 * gamma) / b)
    with (Rpower a (1 - 2 * gamma) * Rpower b (2 * gamma - 1)).
  - now apply powers_differ_elsewhere.
  - rewrite mass_as_power by assumption. unfold Rminus.
    rewrite (Rpower_plus (2 * gamma)), (Rpower_Ropp b), Rpower_1 by assumption. field. lra.
Qed.

Theorem middle_rate : no_exponent_flattens_logit_adjustment.middle_rate.
Proof.
  red; intros; whole_numbers; subst. replace (- (2 * (1 / 2))) with (- (1)) by field.
  rewrite Rpower_Ropp, Rpower_1 by assumption. rational.
Qed.

Theorem middle_rate_exceeds_the_others : no_exponent_flattens_logit_adjustment.middle_rate_exceeds_the_others.
Proof.
  red; intros ratio m_maj m_min Hr Hm _ Hm' _ Hr1. assert (0 < ratio * m_maj + m_min) by nra. split; [lra |].
  apply Rmult_gt_reg_l with ((ratio * m_maj + m_min) ^ 2); [nra |].
  replace ((ratio * m_maj + m_min) ^ 2 * (_ / _)) with ((m_maj + m_min) * (m_maj * ratio ^ 2 + m_min)) by (field; lra).
  assert (0 < m_maj * m_min * ((ratio - 1) * (ratio - 1))) by (repeat apply Rmult_lt_0_compat; lra). nra.
Qed.
