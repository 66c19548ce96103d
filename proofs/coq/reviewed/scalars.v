(******************************************************************************)
(* Statements by hand about numbers and functions of time.                    *)
(*                                                                            *)
(* Source: ours. What cannot be printed from the ledger is stated here, once, *)
(* and proved elsewhere; the audit holds each theorem against it. A change of *)
(* this file is a change of what is proved: PINNED in statements.py.          *)
(*                                                                            *)
(* strength, scalar_rate, learning_time == those of generated/formulas.v,     *)
(*                                         printed from `theory`              *)
(******************************************************************************)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From UFM Require Import generated.formulas.

Local Open Scope R_scope.

(* The flow of the middle mode of STEP under weights v and w: N and M are p n_maj and (1 - p) n_min; a is the
   classifier, b and e are the features of the two groups in units of their targets. *)
Definition middle_flow (N M v w : R) (a b e : R -> R) (t : R) : Prop :=
  is_derive a t (N * v * b t * (1 - a t * b t) + M * w * e t * (1 - a t * e t)) /\
  is_derive b t (v * a t * (1 - a t * b t)) /\
  is_derive e t (w * a t * (1 - a t * e t)).

(* The flow within a group of n samples a class, of weight w. *)
Definition within_flow (n w : R) (alpha beta : R -> R) (t : R) : Prop :=
  is_derive alpha t (n * w * beta t * (1 - alpha t * beta t)) /\
  is_derive beta t (w * alpha t * (1 - alpha t * beta t)).

(* STEP: numbers of classes, samples a class, weights. (Pairs and not records: a record would be another type in each file.) *)
Definition step_problem : Type := ((R * R) * (R * R) * (R * R))%type.
Definition m_maj (P : step_problem) : R := fst (fst (fst P)).
Definition m_min (P : step_problem) : R := snd (fst (fst P)).
Definition n_maj (P : step_problem) : R := fst (snd (fst P)).
Definition n_min (P : step_problem) : R := snd (snd (fst P)).
Definition w_maj (P : step_problem) : R := fst (snd P).
Definition w_min (P : step_problem) : R := snd (snd P).

Definition possible (P : step_problem) : Prop :=
  1 <= m_maj P /\ 1 <= m_min P /\ 0 < n_maj P /\ 0 < n_min P /\ 0 < w_maj P /\ 0 < w_min P.

(* p n_maj and (1 - p) n_min, with the share p = m_min / c of minority classes. *)
Definition N_maj (P : step_problem) : R := m_min P / (m_maj P + m_min P) * n_maj P.
Definition N_min (P : step_problem) : R := m_maj P / (m_maj P + m_min P) * n_min P.

(* The seven scalars of the flow from spectral init, as functions of time. *)
Definition step_curve : Type := ((R -> R) * ((R -> R) * (R -> R)) * (((R -> R) * (R -> R)) * ((R -> R) * (R -> R))))%type.
Definition a (X : step_curve) : R -> R := fst (fst X).
Definition b (X : step_curve) : R -> R := fst (snd (fst X)).
Definition e (X : step_curve) : R -> R := snd (snd (fst X)).
Definition alpha_maj (X : step_curve) : R -> R := fst (fst (snd X)).
Definition beta_maj (X : step_curve) : R -> R := snd (fst (snd X)).
Definition alpha_min (X : step_curve) : R -> R := fst (snd (snd X)).
Definition beta_min (X : step_curve) : R -> R := snd (snd (snd X)).

Definition follows_flow (P : step_problem) (X : step_curve) (t : R) : Prop :=
  middle_flow (N_maj P) (N_min P) (w_maj P) (w_min P) (a X) (b X) (e X) t /\
  within_flow (n_maj P) (w_maj P) (alpha_maj X) (beta_maj X) t /\
  within_flow (n_min P) (w_min P) (alpha_min X) (beta_min X) t.

(* W = e^(-delta) U Q^T and H = e^(-delta) Q V^T. *)
Definition spectral_start (P : step_problem) (delta : R) (X : step_curve) : Prop :=
  a X 0 = exp (- delta) /\ b X 0 = exp (- delta) / sqrt (N_maj P + N_min P) /\
  e X 0 = exp (- delta) / sqrt (N_maj P + N_min P) /\
  alpha_maj X 0 = exp (- delta) /\ beta_maj X 0 = exp (- delta) / sqrt (n_maj P) /\
  alpha_min X 0 = exp (- delta) /\ beta_min X 0 = exp (- delta) / sqrt (n_min P).

(* |Z - L|^2, a weight x of the majority's samples and y of the minority's. *)
Definition distance (P : step_problem) (x y : R) (X : step_curve) (t : R) : R :=
  N_maj P * x * (1 - a X t * b X t) ^ 2 + N_min P * y * (1 - a X t * e X t) ^ 2 +
  (m_maj P - 1) * n_maj P * x * (1 - alpha_maj X t * beta_maj X t) ^ 2 +
  (m_min P - 1) * n_min P * y * (1 - alpha_min X t * beta_min X t) ^ 2.

Definition weighted_loss (P : step_problem) (X : step_curve) (t : R) : R := distance P (w_maj P) (w_min P) X t / 2.

(* a_* = min(e^(-delta), (p n_maj)^(1/4), ((1 - p) n_min)^(1/4)), and the rate 2 w_least a_*^2. *)
Definition least_classifier (P : step_problem) (delta : R) : R :=
  Rmin (exp (- delta)) (sqrt (sqrt (Rmin (N_maj P) (N_min P)))).
Definition decay_rate (P : step_problem) (delta : R) : R :=
  2 * Rmin (w_maj P) (w_min P) * least_classifier P delta ^ 2.

(* STEP with minority share p, n_min = 1, n_maj = ratio and the weights n^(-1/2): N = p ratio, M = 1 - p, and s is the
   middle mode's strength. There are C and least, the same for all ratios from `least` on and all delta >= 0: s is not
   f sigma or more before delta + late ratio - C, and has been at a time up to delta + late ratio + C. *)
Definition offset_within_constant_of (p f : R) (late : R -> R) : Prop :=
  exists C least : R,
  forall (ratio delta : R) (a b e : R -> R) (t : R), 1 <= ratio -> least <= ratio -> 0 <= delta -> 0 <= t ->
  let N := p * ratio in let M := 1 - p in let sigma := sqrt (N + M) in
  let s := fun x => a x * (N * b x + M * e x) / sigma in
  a 0 = exp (- delta) -> b 0 = exp (- delta) / sigma -> e 0 = exp (- delta) / sigma ->
  (forall x, 0 <= x <= t -> middle_flow N M (/ sqrt ratio) 1 a b e x) ->
  (f * sigma <= s t -> delta + late ratio - C <= t) /\
  (delta + late ratio + C <= t -> exists x, 0 <= x <= t /\ f * sigma <= s x).

(* The middle mode's learning time at fraction f, less delta / rate, tends to `late` as delta grows: from every scale delta >=
   least, its strength is not f sigma or more before delta / rate + late - eps, and has been by delta / rate + late + eps. *)
Definition offset_tends_to (P : step_problem) (rate f late : R) : Prop :=
  forall eps : R, 0 < eps -> exists least : R,
  forall (delta : R) (X : step_curve) (t : R), least <= delta -> spectral_start P delta X -> 0 <= t ->
  (forall x, 0 <= x <= t -> follows_flow P X x) ->
  let sigma := sqrt (N_maj P + N_min P) in
  let s := fun x => a X x * (N_maj P * b X x + N_min P * e X x) / sigma in
  (f * sigma <= s t -> delta / rate + late - eps <= t) /\
  (delta / rate + late + eps <= t -> exists x, 0 <= x <= t /\ f * sigma <= s x).

(* A flow for all time from the scale delta, and the first time T at which its strength is f sigma. *)
Definition first_time (P : step_problem) (f delta : R) (X : step_curve) (T : R) : Prop :=
  let sigma := sqrt (N_maj P + N_min P) in
  let s := fun x => a X x * (N_maj P * b X x + N_min P * e X x) / sigma in
  spectral_start P delta X /\ (forall x, 0 <= x -> follows_flow P X x) /\ 0 <= T /\
  f * sigma <= s T /\ (forall x, 0 <= x < T -> s x < f * sigma).

(* offset_within_constant_of as a statement of the limit: some limit is within C of `late`. m_maj and m_min are the numbers of
   classes. (Since there are flows from every scale, it is the only limit.) *)
Definition offset_limit_within_constant_of (p f : R) (late : R -> R) : Prop :=
  exists C least : R,
  forall m_maj m_min ratio : R, 1 <= m_maj -> 1 <= m_min -> m_min / (m_maj + m_min) = p -> 1 <= ratio -> least <= ratio ->
  exists limit, offset_tends_to ((m_maj, m_min), (ratio, 1), (/ sqrt ratio, 1)) 1 f limit /\ Rabs (limit - late ratio) <= C.

Module reviewed.

Module mode_closed_form.

(* s(0) = e^(-2 delta). *)
Definition strength_starts_at_scale : Prop :=
  forall lambda sigma delta : R,
  0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta) ->
  strength lambda sigma delta 0 = exp (- (2 * delta)).

(* s solves ds/dt = 2 lambda s (sigma - s). *)
Definition strength_solves_its_equation : Prop :=
  forall lambda sigma delta : R,
  0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta) ->
  forall t : R, is_derive (strength lambda sigma delta) t (scalar_rate lambda sigma (strength lambda sigma delta t)).

(* No other positive function with this start does. *)
Definition solution_is_unique : Prop :=
  forall lambda sigma delta : R,
  0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta) ->
  forall u : R -> R,
  (forall t, 0 < u t) -> (forall t, is_derive u t (scalar_rate lambda sigma (u t))) -> u 0 = exp (- (2 * delta)) ->
  forall t, u t = strength lambda sigma delta t.

End mode_closed_form.

Module learning_time.

(* s(T) = f sigma. *)
Definition strength_at_learning_time : Prop :=
  forall lambda sigma delta : R,
  0 < lambda /\ 0 < sigma /\ 1 < sigma * exp (2 * delta) ->
  forall f : R, 0 < f < 1 -> strength lambda sigma delta (learning_time lambda sigma delta f) = f * sigma.

(* T / delta -> 1 / (lambda sigma). *)
Definition learning_time_over_delta : Prop :=
  forall lambda sigma f : R,
  0 < lambda -> 0 < sigma -> 0 < f < 1 ->
  is_lim (fun delta => learning_time lambda sigma delta f / delta) p_infty (/ (lambda * sigma)).

End learning_time.

Module flow_converges.

(* As long as the flow from spectral init exists, its loss decays at the stated rate. *)
Definition loss_decays : Prop :=
  forall (P : step_problem) (delta : R) (X : step_curve) (t : R),
  possible P -> spectral_start P delta X -> 0 <= t -> (forall x, 0 <= x <= t -> follows_flow P X x) ->
  weighted_loss P X t <= weighted_loss P X 0 * exp (- (decay_rate P delta * t)).

(* And every scalar stays in a bounded set. *)
Definition scalars_stay_bounded : Prop :=
  forall (P : step_problem) (delta : R), possible P -> exists bound, forall (X : step_curve) (t : R),
  spectral_start P delta X -> 0 <= t -> (forall x, 0 <= x <= t -> follows_flow P X x) ->
  0 <= a X t <= bound /\ 0 <= b X t <= bound /\ 0 <= e X t <= bound /\ 0 <= alpha_maj X t <= bound /\
  0 <= beta_maj X t <= bound /\ 0 <= alpha_min X t <= bound /\ 0 <= beta_min X t <= bound.

(* There is a flow from spectral init for all time. *)
Definition flow_exists_for_all_time : Prop :=
  forall (P : step_problem) (delta : R), possible P ->
  exists X : step_curve, spectral_start P delta X /\ forall x, 0 <= x -> follows_flow P X x.

End flow_converges.

Module terminal_equivalence.

(* Where the flow from spectral init exists for all time, |Z - L|^2 tends to zero. *)
Definition logits_tend_to_labels : Prop :=
  forall (P : step_problem) (delta : R) (X : step_curve),
  possible P -> spectral_start P delta X -> (forall x, 0 <= x -> follows_flow P X x) ->
  is_lim (distance P 1 1 X) p_infty 0.

End terminal_equivalence.

Module terminal_geometry_equivalence.

(* There the classifier's strengths tend to the square roots of the singular values of Z, and so do those of the
   features, in units of the targets: W W^T -> (Z Z^T)^(1/2) and H^T H -> (Z^T Z)^(1/2). *)
Definition strengths_tend_to_roots : Prop :=
  forall (P : step_problem) (delta : R) (X : step_curve),
  possible P -> spectral_start P delta X -> (forall x, 0 <= x -> follows_flow P X x) ->
  let root := sqrt (sqrt (N_maj P + N_min P)) in
  is_lim (a X) p_infty root /\ is_lim (b X) p_infty (/ root) /\ is_lim (e X) p_infty (/ root) /\
  is_lim (alpha_maj X) p_infty (sqrt (sqrt (n_maj P))) /\ is_lim (beta_maj X) p_infty (/ sqrt (sqrt (n_maj P))) /\
  is_lim (alpha_min X) p_infty (sqrt (sqrt (n_min P))) /\ is_lim (beta_min X) p_infty (/ sqrt (sqrt (n_min P))).

End terminal_geometry_equivalence.

Module modes_of_step_learned_by_delta_over_rate.

(* The singular value of Z Omega on the middle mode. *)
Definition middle_rate (P : step_problem) : R := sqrt (N_maj P * w_maj P ^ 2 + N_min P * w_min P ^ 2).

(* A constant C that does not depend on delta: from delta / rate + C on, each mode is as close to its target as wanted. *)
Definition errors_small_from_delta_over_rate : Prop :=
  forall (P : step_problem) (eta : R), possible P -> 0 < eta -> exists C, 0 <= C /\
  forall (delta : R) (X : step_curve) (t : R), 0 <= delta -> spectral_start P delta X ->
  (forall x, 0 <= x <= t -> follows_flow P X x) ->
  (delta / middle_rate P + C <= t -> N_maj P * (1 - a X t * b X t) ^ 2 + N_min P * (1 - a X t * e X t) ^ 2 <= eta) /\
  (delta / (sqrt (n_maj P) * w_maj P) + C <= t -> n_maj P * (1 - alpha_maj X t * beta_maj X t) ^ 2 <= eta) /\
  (delta / (sqrt (n_min P) * w_min P) + C <= t -> n_min P * (1 - alpha_min X t * beta_min X t) ^ 2 <= eta).

(* In particular each mode has learned any fraction f < 1 of its singular value by then. *)
Definition learned_from_delta_over_rate : Prop :=
  forall (P : step_problem) (f : R), possible P -> 0 < f < 1 -> exists C, 0 <= C /\
  forall (delta : R) (X : step_curve) (t : R), 0 <= delta -> spectral_start P delta X ->
  (forall x, 0 <= x <= t -> follows_flow P X x) ->
  (delta / middle_rate P + C <= t ->
   f * sqrt (N_maj P + N_min P) <= a X t * (N_maj P * b X t + N_min P * e X t) / sqrt (N_maj P + N_min P)) /\
  (delta / (sqrt (n_maj P) * w_maj P) + C <= t -> f * sqrt (n_maj P) <= sqrt (n_maj P) * (alpha_maj X t * beta_maj X t)) /\
  (delta / (sqrt (n_min P) * w_min P) + C <= t -> f * sqrt (n_min P) <= sqrt (n_min P) * (alpha_min X t * beta_min X t)).

End modes_of_step_learned_by_delta_over_rate.

Module middle_offset_has_a_limit.

Definition offset_tends_to_a_limit : Prop :=
  forall (P : step_problem) (f : R), possible P -> 0 < f < 1 ->
  exists late, offset_tends_to P (modes_of_step_learned_by_delta_over_rate.middle_rate P) f late.

(* From some delta on there is such a first time, and whatever flow it is of, it is within C e^(-delta / 2) of
   delta / rate + late, with such a late. *)
Definition first_time_near_its_limit : Prop :=
  forall (P : step_problem) (f : R), possible P -> 0 < f < 1 -> exists late C enough : R,
  offset_tends_to P (modes_of_step_learned_by_delta_over_rate.middle_rate P) f late /\
  forall delta : R, enough <= delta ->
  (exists (X : step_curve) (T : R), first_time P f delta X T) /\
  forall (X : step_curve) (T : R), first_time P f delta X T ->
  Rabs (T - delta / modes_of_step_learned_by_delta_over_rate.middle_rate P - late) <= C * exp (- (delta / 2)).

End middle_offset_has_a_limit.

Module middle_offset_without_weights.

(* Where the two weights are one number, the limit of the learning time less delta / rate is the stated one. *)
Definition limit_for_every_flow : Prop :=
  forall (P : step_problem) (f : R), possible P -> w_maj P = w_min P -> 0 < f < 1 ->
  let sigma := sqrt (N_maj P + N_min P) in
  offset_tends_to P (modes_of_step_learned_by_delta_over_rate.middle_rate P) f (ln (sigma * (f / (1 - f))) / (2 * w_maj P * sigma)).

End middle_offset_without_weights.

Module middle_offset_within_constant_of_logarithm.

Definition offset_within_a_constant : Prop :=
  forall p f : R, 0 < p < 1 -> 0 < f < 1 -> offset_within_constant_of p f (fun ratio => ln ratio / (4 * sqrt p)).

End middle_offset_within_constant_of_logarithm.

Module finite_init_offset.

(* m classes a group, n_maj = ratio and n_min = 1, weights n^(-1/2). *)
Definition middle_offset_tends_to_a_limit : Prop :=
  forall m ratio : R, 2 <= m -> 1 < ratio ->
  exists late, offset_tends_to ((m, m), (ratio, 1), (/ sqrt ratio, 1)) 1 (/ 2) late.

Definition growth_of_middle_offset : Prop :=
  offset_within_constant_of (/ 2) (/ 2) (fun ratio => sqrt 2 / 4 * ln ratio) /\
  offset_limit_within_constant_of (/ 2) (/ 2) (fun ratio => sqrt 2 / 4 * ln ratio).

End finite_init_offset.

Module middle_offset_grows_as_root_p.

Definition growth_at_several_splits : Prop :=
  forall p : R, 0 < p < 1 -> offset_within_constant_of p (/ 2) (fun ratio => / (4 * sqrt p) * ln ratio) /\
  offset_limit_within_constant_of p (/ 2) (fun ratio => / (4 * sqrt p) * ln ratio).

End middle_offset_grows_as_root_p.

Module unhinged_flow_closed_form.

(* A mode of the linear flow with target Z Omega: numbers N, M of samples of two weights v, w (a mode within a group has
   N = n and M = 0, the middle one N = p n_maj and M = (1 - p) n_min), sigma^2 = N + M, mu^2 = N v^2 + M w^2,
   rho = (N v + M w) / (sigma mu). Every solution from spectral init is the stated one. *)
Definition every_solution_is_the_closed_form : Prop :=
  forall (N M v w delta : R) (a b e : R -> R),
  0 < N -> 0 <= M -> 0 < v -> 0 < w ->
  let sigma := sqrt (N + M) in let mu := sqrt (N * v ^ 2 + M * w ^ 2) in
  let rho := (N * v + M * w) / (sigma * mu) in
  (forall x, is_derive a x (N * v * b x + M * w * e x)) -> (forall x, is_derive b x (v * a x)) ->
  (forall x, is_derive e x (w * a x)) ->
  a 0 = exp (- delta) -> b 0 = exp (- delta) / sigma -> e 0 = exp (- delta) / sigma ->
  forall t, a t = exp (- delta) * (cosh (mu * t) + rho * sinh (mu * t)) /\
  b t = exp (- delta) * (/ sigma + v * (sinh (mu * t) + rho * (cosh (mu * t) - 1)) / mu) /\
  e t = exp (- delta) * (/ sigma + w * (sinh (mu * t) + rho * (cosh (mu * t) - 1)) / mu) /\
  a t * (N * b t + M * e t) / sigma =
    exp (- (2 * delta)) * (cosh (mu * t) + rho * sinh (mu * t)) *
    (1 - rho ^ 2 + rho ^ 2 * cosh (mu * t) + rho * sinh (mu * t)).

End unhinged_flow_closed_form.

End reviewed.
