(******************************************************************************)
(* Signs and limits that the theorems share.                                  *)
(*                                                                            *)
(* Reference: Coquelicot's Hierarchy.v, Rbar.v and ElemFct.v.                 *)
(*                                                                            *)
(*                signs == tactic: 0 < e, 0 <= e, e <> 0 by the form of e     *)
(*      limit_of_is_lim == Coquelicot's limit is a limit among any points     *)
(*        limit_through == a differentiable function of what tends to a       *)
(*                         number                                             *)
(*       limit_composed == a limit at infinity, of what grows without bound   *)
(* limit_composed_grows == the same, and it grows without bound               *)
(*          grows_above == what lies above what grows without bound does too  *)
(*           exp_decays == e^(-kt) tends to 0                                 *)
(*            exp_grows == e^(kt) grows without bound                         *)
(*    supremum_of_limit == what lies below its limit at infinity has it as    *)
(*                         its supremum, and no maximum                       *)
(******************************************************************************)

From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From UFM Require Import meaning.

Local Open Scope R_scope.

Ltac signs :=
  first
    [ assumption
    | lra
    | match goal with
      | |- _ <> 0 => apply Rgt_not_eq; signs
      | |- _ > 0 => red; signs
      | |- _ >= 0 => apply Rle_ge; signs
      | |- 0 < exp _ => apply exp_pos
      | |- 0 < Rpower _ _ => apply exp_pos
      | |- 0 < sqrt _ => apply sqrt_lt_R0; signs
      | |- 0 <= sqrt _ => apply sqrt_pos
      | |- 0 < _ ^ _ => apply pow_lt; signs
      | |- 0 <= _ ^ _ => apply pow_le; signs
      | |- 0 < / _ => apply Rinv_0_lt_compat; signs
      | |- 0 < _ / _ => apply Rdiv_lt_0_compat; signs
      | |- 0 < _ * _ => apply Rmult_lt_0_compat; signs
      | |- 0 <= _ * _ => apply Rmult_le_pos; signs
      | |- 0 < _ + _ =>
          first [ apply Rplus_lt_0_compat; signs
                | apply Rplus_lt_le_0_compat; signs
                | apply Rplus_le_lt_0_compat; signs ]
      | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; signs
      | |- 0 <= _ => apply Rlt_le; signs
      end
    | nra ].

Lemma root_is_power x : 0 < x -> sqrt x = exp (/ 2 * ln x).
Proof. intro Hx. rewrite <- (Rpower_sqrt x Hx). reflexivity. Qed.

Lemma is_exp_ln x : 0 < x -> x = exp (ln x).
Proof. intro Hx. symmetry. now apply exp_ln. Qed.

Lemma limit_of_is_lim f P x l : is_lim f x l -> limit_is f P x l.
Proof.
  intro Hf. apply filterlim_filter_le_1 with (2 := Hf). apply filter_le_within.
Qed.

Lemma defined_near_of_all x (P D : R -> Prop) : (forall y, P y -> D y) -> defined_near x P D.
Proof. intro H. unfold defined_near, within. now apply filter_forall. Qed.

Lemma defined_near_infinity (m : R) (P D : R -> Prop) :
  (forall y, m < y -> P y -> D y) -> defined_near p_infty P D.
Proof. intro H. exists m. exact H. Qed.

Lemma limit_through (g f : R -> R) x (l v : R) :
  ex_derive g l -> g l = v -> is_lim f x l -> is_lim (fun t => g (f t)) x v.
Proof.
  intros Hg <- Hf. apply filterlim_comp with (1 := Hf). now apply (ex_derive_continuous g l).
Qed.

Lemma limit_composed (g f : R -> R) x (l : R) :
  is_lim f x p_infty -> is_lim g p_infty l -> is_lim (fun t => g (f t)) x l.
Proof. intros Hf Hg. now apply filterlim_comp with (1 := Hf). Qed.

Lemma grows_scaled (f : R -> R) x k : 0 < k -> is_lim f x p_infty -> is_lim (fun t => k * f t) x p_infty.
Proof.
  intros Hk Hf. evar_last.
  - apply (is_lim_scal_l _ _ _ _ Hf).
  - cbn. case Rle_dec; intro H; [| exfalso; lra].
    case Rle_lt_or_eq_dec; intro H'; [reflexivity | exfalso; lra].
Qed.

Lemma grows_above (m : R) (f g : R -> R) :
  (forall y, m < y -> f y <= g y) -> is_lim f p_infty p_infty -> is_lim g p_infty p_infty.
Proof. intros H Hf. apply is_lim_le_p_loc with (2 := Hf). now exists m. Qed.

Lemma line_grows k : 0 < k -> is_lim (fun t => k * t) p_infty p_infty.
Proof. intro Hk. apply grows_scaled; [assumption | apply is_lim_id]. Qed.

Lemma exp_grows k : 0 < k -> is_lim (fun t => exp (k * t)) p_infty p_infty.
Proof.
  intro Hk. apply filterlim_comp with (1 := line_grows k Hk). apply is_lim_exp_p.
Qed.

Lemma exp_decays k : 0 < k -> is_lim (fun t => exp (- (k * t))) p_infty 0.
Proof.
  intro Hk. apply filterlim_comp with (G := Rbar_locally m_infty).
  - apply (is_lim_opp _ _ _ (line_grows k Hk)).
  - apply is_lim_exp_m.
Qed.

Lemma reciprocal_decays : is_lim (fun x => / x) p_infty 0.
Proof. evar_last. { apply is_lim_inv; [apply is_lim_id | discriminate]. } reflexivity. Qed.

Lemma limit_composed_grows (g f : R -> R) x :
  is_lim f x p_infty -> is_lim g p_infty p_infty -> is_lim (fun t => g (f t)) x p_infty.
Proof. intros Hf Hg. now apply filterlim_comp with (1 := Hf). Qed.

Lemma line_shifted : is_lim (fun y => y - 1) p_infty p_infty.
Proof. intros P [m Hm]. exists (m + 1). intros y Hy. apply Hm. lra. Qed.

Lemma supremum_of_limit (f : R -> R) (P : R -> Prop) (v : R) :
  (forall x, P x -> f x < v) -> is_lim f p_infty (Finite v) -> (exists m, forall x, m < x -> P x) ->
  supremum_is f P v /\ ~ maximum_on f P.
Proof.
  intros Hbelow Hlim [m Hm].
  assert (Hnear : forall b, b < v -> exists x, P x /\ b < f x).
  { intros b Hb. destruct (Hlim (fun y => b < y)) as [m' Hm'].
    - exists (mkposreal (v - b) ltac:(lra)); intros y Hy. unfold ball in Hy; cbn in Hy.
      unfold AbsRing_ball, abs, minus, plus, opp in Hy; cbn in Hy. apply Rabs_def2 in Hy. lra.
    - exists (Rmax m m' + 1). pose proof (Rmax_l m m'). pose proof (Rmax_r m m').
      split; [apply Hm; lra | apply Hm'; lra]. }
  split; [split |].
  - intros y [x [Hx ->]]. cbn. apply Rlt_le. now apply Hbelow.
  - intros [b | |] Hb; cbn; [| exact I |].
    + apply Rnot_lt_le; intro Hlt. destruct (Hnear b Hlt) as [x [Hx Hfx]].
      assert (Rbar_le (f x) b) by (apply Hb; now exists x). cbn in *. lra.
    + assert (Rbar_le (f (m + 1)) m_infty) by (apply Hb; exists (m + 1); split; [apply Hm; lra | reflexivity]).
      exact H.
  - intros [x [Hx Hmax]]. destruct (Hnear (f x) (Hbelow x Hx)) as [y [Hy Hfy]]. specialize (Hmax y Hy). lra.
Qed.
