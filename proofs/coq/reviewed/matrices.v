(******************************************************************************)
(* Statements by hand about matrices over a field, and their words.           *)
(*                                                                            *)
(* Source: ours. What cannot be printed from the ledger is stated here, once, *)
(* and proved elsewhere; the audit holds each theorem against it. A change of *)
(* this file is a change of what is proved: PINNED in statements.py.          *)
(*                                                                            *)
(* R is any real field, or real closed where roots are taken; c classes, n    *)
(* samples.                                                                   *)
(*                                                                            *)
(*         centring R c == P = I - 1 1^T / c                                  *)
(*          one_hot R y == Y, the c x n matrix with Y k l = 1 iff y l = k     *)
(*   centred_labels R y == Z = P Y                                            *)
(*      class_count y k == n_k, the number of samples with label k            *)
(*   sample_weights y w == Omega, the diagonal matrix of the weights w (y l)  *)
(*  weighted_labels y w == Z Omega, the first-order target of the flow        *)
(*   centred_diagonal d == P diag(d) P                                        *)
(* effective_counts y w == the row n_k w_k^2                                  *)
(*  singular_values A s == s lists the singular values of A, with their       *)
(*                         multiplicities: they are nonnegative and           *)
(*                         char_poly (A A^T) = prod_(x in s) (X - x^2)        *)
(*      flat_spectrum d == char_poly (P diag(d) P) = X (X - lambda)^(c - 1)   *)
(*                         for some lambda                                    *)
(*                psd A == A is symmetric and x A x^T >= 0 for every row x    *)
(******************************************************************************)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Warnings "notation-overridden,ambiguous-paths".

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition centring (R : realFieldType) (c : nat) : 'M[R]_c :=
  1%:M - (c%:R)^-1 *: const_mx 1.

Definition one_hot (R : realFieldType) (c n : nat) (y : 'I_n -> 'I_c) : 'M[R]_(c, n) :=
  \matrix_(k, l) (y l == k)%:R.

Definition centred_labels (R : realFieldType) (c n : nat) (y : 'I_n -> 'I_c) : 'M[R]_(c, n) :=
  centring R c *m one_hot R y.

Definition class_count (c n : nat) (y : 'I_n -> 'I_c) (k : 'I_c) : nat :=
  #|[pred l | y l == k]|.

Section Weights.
Variables (R : realFieldType) (c n : nat).
Implicit Types (y : 'I_n -> 'I_c) (w : 'I_c -> R) (d : 'rV[R]_c).

Definition sample_weights y w : 'M[R]_n := diag_mx (\row_l w (y l)).

Definition weighted_labels y w : 'M[R]_(c, n) := centred_labels R y *m sample_weights y w.

Definition centred_diagonal d : 'M[R]_c := centring R c *m diag_mx d *m centring R c.

Definition effective_counts y w : 'rV[R]_c := \row_k ((class_count y k)%:R * w k ^+ 2).

End Weights.

Definition singular_values (R : rcfType) m n (A : 'M[R]_(m, n)) (s : seq R) : Prop :=
  all (fun x => 0 <= x) s /\ char_poly (A *m A^T) = \prod_(x <- s) ('X - (x ^+ 2)%:P).

Definition flat_spectrum (R : realFieldType) (c' : nat) (d : 'rV[R]_c'.+1) : Prop :=
  exists x, char_poly (centred_diagonal d) = 'X * ('X - x%:P) ^+ c'.

Definition psd (R : realFieldType) n (A : 'M[R]_n) : Prop :=
  A^T = A /\ forall x : 'rV[R]_n, 0 <= (x *m A *m x^T) 0 0.

Module reviewed.

(* STEP: n_maj samples in each class of S, n_min in each other class. *)
Definition spectrum_of_step : Prop :=
  forall (R : rcfType) (c' n : nat) (y : 'I_n -> 'I_c'.+1) (S : {set 'I_c'.+1}) (n_maj n_min : nat),
  (0 < #|S|)%N -> (0 < #|~: S|)%N ->
  (forall k, class_count y k = if k \in S then n_maj else n_min) ->
  singular_values (centred_labels R y)
    (0 :: nseq #|S|.-1 (Num.sqrt n_maj%:R) ++ nseq #|~: S|.-1 (Num.sqrt n_min%:R) ++
     [:: Num.sqrt ((#|~: S| * n_maj + #|S| * n_min)%:R / c'.+1%:R)]).

(* One weight a group: the right singular vector v = u Z of a mode within the group S is an
   eigenvector of Omega. So nothing leaks from it, and its effective weight is that of S. *)
Definition within_group_mode_is_exact : Prop :=
  forall (R : realFieldType) (c' n : nat) (y : 'I_n -> 'I_c'.+1) (S : {set 'I_c'.+1}) (u : 'rV[R]_c'.+1)
    (w_in w_out : R),
  (forall k, k \notin S -> u 0 k = 0) -> \sum_k u 0 k = 0 ->
  u *m weighted_labels y (fun k => if k \in S then w_in else w_out) =
  w_in *: (u *m centred_labels R y).

Definition gram_of_weighted_labels : Prop :=
  forall (R : realFieldType) (c n : nat) (y : 'I_n -> 'I_c) (w : 'I_c -> R),
  weighted_labels y w *m (weighted_labels y w)^T = centred_diagonal (effective_counts y w).

(* The same centred modes: v Omega v^T = w v v^T for v = u Z, so that the effective weight of the
   mode, v Omega v^T of the unit vector, is the weight of its group. *)
Definition within_group_effective_weight : Prop :=
  forall (R : realFieldType) (c' n : nat) (y : 'I_n -> 'I_c'.+1) (S : {set 'I_c'.+1}) (u : 'rV[R]_c'.+1)
    (w_in w_out : R),
  (forall k, k \notin S -> u 0 k = 0) -> \sum_k u 0 k = 0 ->
  let v := u *m centred_labels R y in
  v *m sample_weights y (fun k => if k \in S then w_in else w_out) *m v^T = w_in *: (v *m v^T).

(* Labels y' with n'_k = n_k w_k^2 samples in class k have, unweighted, the Gram matrix of the
   labels y weighted by w. *)
Definition gram_of_effective_counts : Prop :=
  forall (R : realFieldType) (c n n' : nat) (y : 'I_n -> 'I_c) (w : 'I_c -> R) (y' : 'I_n' -> 'I_c),
  (forall k, (class_count y' k)%:R = (class_count y k)%:R * w k ^+ 2) ->
  centred_labels R y' *m (centred_labels R y')^T = weighted_labels y w *m (weighted_labels y w)^T.

Module no_mode_exact_of_distinct_counts.

(* Counts positive and distinct, w_k = f n_k with f strictly decreasing: for every eigenvector u of
   Z Z^T with an eigenvalue x <> 0, u Z Omega is not of the form z Z. *)
Definition every_mode_leaks_of_distinct_counts : Prop :=
  forall (R : realFieldType) (c' n : nat) (y : 'I_n -> 'I_c'.+1) (f : R -> R) (u : 'rV[R]_c'.+1) (x : R),
  (forall k, 0 < class_count y k)%N -> injective (class_count y) ->
  (forall a b, a < b -> f b < f a) -> u != 0 -> x != 0 ->
  u *m (centred_labels R y *m (centred_labels R y)^T) = x *: u ->
  forall z, u *m weighted_labels y (fun k => f (class_count y k)%:R) <> z *m centred_labels R y.

End no_mode_exact_of_distinct_counts.

Module flat_iff_inverse_square_root.

(* Three classes or more: the spectrum of the weighted labels is flat iff w_k = x / sqrt(n_k) for
   one x > 0. *)
Definition flat_spectrum_iff_inverse_square_root : Prop :=
  forall (R : rcfType) (c' n : nat) (y : 'I_n -> 'I_c'.+1) (w : 'I_c'.+1 -> R),
  (2 < c'.+1)%N -> (forall k, (0 < class_count y k)%N) -> (forall k, 0 < w k) ->
  flat_spectrum (effective_counts y w) <->
  exists2 x, 0 < x & forall k, w k = x / Num.sqrt (class_count y k)%:R.

End flat_iff_inverse_square_root.

Module terminal_geometry_equivalence.

Definition psd_square_root_unique : Prop :=
  forall (R : realFieldType) n (A B : 'M[R]_n), psd A -> psd B -> A *m A = B *m B -> A = B.

(* Balance and W H = Z: both Gram matrices are psd, with the squares Z Z^T and Z^T Z. *)
Definition terminal_geometry_of_balance : Prop :=
  forall (R : realFieldType) c d n (W : 'M[R]_(c, d)) (H : 'M[R]_(d, n)) (Z : 'M[R]_(c, n)),
  W^T *m W = H *m H^T -> W *m H = Z ->
  [/\ psd (W *m W^T), psd (H^T *m H),
      (W *m W^T) *m (W *m W^T) = Z *m Z^T & (H^T *m H) *m (H^T *m H) = Z^T *m Z].

(* Two balanced pairs, of any widths, with one product W H have the same W W^T and H^T H. *)
Definition terminal_geometry_forgets_weights : Prop :=
  forall (R : realFieldType) c d d' n
    (W : 'M[R]_(c, d)) (H : 'M[R]_(d, n)) (W' : 'M[R]_(c, d')) (H' : 'M[R]_(d', n)),
  W^T *m W = H *m H^T -> W'^T *m W' = H' *m H'^T -> W *m H = W' *m H' ->
  W *m W^T = W' *m W'^T /\ H^T *m H = H'^T *m H'.

End terminal_geometry_equivalence.

Module effective_weights_diagonal.

Definition within_group_modes_are_exact : Prop := within_group_mode_is_exact.

End effective_weights_diagonal.

Module label_spectrum_step.

Definition label_spectrum_of_step : Prop := spectrum_of_step.

End label_spectrum_step.

Module modes_decouple_weighted_within_groups.

Definition within_group_modes_are_exact : Prop := within_group_mode_is_exact.

End modes_decouple_weighted_within_groups.

Module weighted_ansatz_leaks.

Definition within_group_modes_are_exact : Prop := within_group_mode_is_exact.

End weighted_ansatz_leaks.

Module escape_rates.

Definition gram_of_weighted_labels : Prop := gram_of_weighted_labels.

End escape_rates.

Module effective_counts.

Definition gram_of_weights_is_gram_of_effective_counts : Prop := gram_of_effective_counts.

End effective_counts.

Module class_mean_law.

(* Any labels, weights and inputs X, one column a sample: Z Omega X^T is P diag(n_k w_k) M^T, where column k
   of M is the mean of the inputs of class k. *)
Definition drive_by_class_means : Prop :=
  forall (R : realFieldType) (c d n : nat) (y : 'I_n -> 'I_c) (w : 'I_c -> R) (X : 'M[R]_(d, n)),
  (forall k, 0 < class_count y k)%N ->
  weighted_labels y w *m X^T =
  centring R c *m diag_mx (\row_k ((class_count y k)%:R * w k)) *m
    (\matrix_(i, k) ((class_count y k)%:R^-1 * \sum_(l | y l == k) X i l))^T.

End class_mean_law.

Module no_weights_flatten_a_common_mean.

(* Four classes or more, masses a_k, class means of squared length beta_k and inner product kappa <> 0: where all rates
   are equal, so that the Gram matrix is x P, all classes but one have one a and one beta. *)
Definition flat_leaves_one_odd_class : Prop :=
  forall (R : realFieldType) (c' : nat) (a beta : 'I_c'.+1 -> R) (kappa x : R),
  (3 < c'.+1)%N -> kappa != 0 -> (forall k, 0 < a k) ->
  centring R c'.+1 *m (\matrix_(j, k) (a j * a k * (if j == k then beta k else kappa))) *m centring R c'.+1 =
  x *: centring R c'.+1 ->
  exists i, forall j k, j != i -> k != i -> a j = a k /\ beta j = beta k.

End no_weights_flatten_a_common_mean.

Module label_spectrum_interlaces_counts.

(* Any labels of c = c'.+1 classes, ties among the counts too: Z has the singular values 0 and s_0 >= ... >= s_(c-2), and
   n_(j) >= s_j^2 >= n_(j+1), where n_(0) >= ... >= n_(c-1) are the counts in falling order. *)
Definition sorted_counts (c n : nat) (y : 'I_n -> 'I_c) : seq nat := sort geq [seq class_count y k | k <- enum 'I_c].

Definition spectrum_interlaces_counts : Prop :=
  forall (R : rcfType) (c' n : nat) (y : 'I_n -> 'I_c'.+1),
  exists s : seq R,
  [/\ size s = c', sorted (fun x z => z <= x) s, singular_values (centred_labels R y) (0 :: s) &
      forall j, (j < c')%N ->
      (nth 0%N (sorted_counts y) j.+1)%:R <= nth 0 s j ^+ 2 <= (nth 0%N (sorted_counts y) j)%:R].

End label_spectrum_interlaces_counts.

Module singular_vectors_step.

(* STEP with n_maj <> n_min: the left singular rows u of Z, of each singular value all of them, and u Z on a sample. *)
Definition singular_rows_of_step : Prop :=
  forall (R : rcfType) (c' n : nat) (y : 'I_n -> 'I_c'.+1) (S : {set 'I_c'.+1}) (n_maj n_min : nat) (u : 'rV[R]_c'.+1),
  (0 < #|S|)%N -> (0 < #|~: S|)%N -> (0 < n_maj)%N -> (0 < n_min)%N -> n_maj <> n_min ->
  (forall k, class_count y k = if k \in S then n_maj else n_min) ->
  let gram := centred_labels R y *m (centred_labels R y)^T in
  [/\ u *m gram = n_maj%:R *: u <-> (forall k, k \notin S -> u 0 k = 0) /\ \sum_k u 0 k = 0,
      u *m gram = n_min%:R *: u <-> (forall k, k \in S -> u 0 k = 0) /\ \sum_k u 0 k = 0,
      u *m gram = ((#|~: S| * n_maj + #|S| * n_min)%:R / c'.+1%:R) *: u <->
        exists x, u = x *: \row_k (if k \in S then #|~: S|%:R else - #|S|%:R) &
      \sum_k u 0 k = 0 -> forall l, (u *m centred_labels R y) 0 l = u 0 (y l)].

End singular_vectors_step.

Module rank_at_least_escape_count.

Definition squared_length (R : realFieldType) n (x : 'rV[R]_n) : R := (x *m x^T) 0 0.

(* Any Z, weights Omega and mu, (Z - L) Omega = mu G with a G that makes no row longer: where Z Omega makes every row of the
   span of the k rows of E longer than mu times it, the rank of L is at least k. *)
Definition rank_at_least_the_fast_modes : Prop :=
  forall (R : realFieldType) (c n k : nat) (Z G L : 'M[R]_(c, n)) (Omega : 'rV[R]_n) (mu : R) (E : 'M[R]_(k, c)),
  (Z - L) *m diag_mx Omega = mu *: G ->
  (forall x : 'rV[R]_c, squared_length (x *m G) <= squared_length x) ->
  (forall x : 'rV[R]_k, x != 0 -> mu ^+ 2 * squared_length (x *m E) < squared_length (x *m E *m Z *m diag_mx Omega)) ->
  (k <= \rank L)%N.

End rank_at_least_escape_count.

End reviewed.
