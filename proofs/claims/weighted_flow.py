"""What the full weighted flow does: what leaks from the paper's modes, how modes escape, and where they end."""

import sympy as sp

from proofs import runs, weighted_runs
from proofs.claims.common import HALF, RATIO, STEP_WITNESS, STRICT_RATIO, equal
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity
from theory import counts, flow, labels, middle, modes, partition, timing, weights
from theory.symbols import (
    R,
    c,
    gamma,
    m_majority,
    m_minority,
    n_majority,
    n_minority,
    p,
    w_majority,
    w_minority,
)

GROUPS = counts.symbolic_step()
WEIGHTS = (w_majority, w_minority)
MASS = m_minority * n_majority / (m_minority * n_majority + m_majority * n_minority)  # of v_mid² on the majority
a, b, e = middle.STATE
INVARIANT = a**2 - p * n_majority * b**2 - (1 - p) * n_minority * e**2
DIFFERENT = {"the weights differ": sp.Ne(w_majority, w_minority)}
x1, x2, x3, common, count, other = sp.symbols("x_1 x_2 x_3 rho_squared n_j x", positive=True)
POINT = {**STEP_WITNESS, w_majority: sp.Integer(1), w_minority: sp.Integer(2), R: sp.Integer(4), p: sp.Rational(1, 4),
         gamma: HALF, c: sp.Integer(4), x1: sp.Integer(1), x2: sp.Integer(1), x3: sp.Integer(1), common: sp.Integer(1),
         count: sp.Integer(9), other: sp.Integer(4)}


def _escape(groups, class_weights):
    """Escape rates of STEP, within-group first: singular values of ZΩ."""
    values = labels.mode_values(labels.weighted_gram(groups, [w**2 for w in class_weights]))
    return tuple(sp.sqrt(value) for value, _ in values)


def _step_escape(exponent, **sizes):
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), **sizes)
    return _escape(groups, weights.exponent_weights(groups, exponent))


def _leak_parts(said):
    majority, minority, mid = modes.step_modes(GROUPS, WEIGHTS)
    mean = said.mass * w_majority + (1 - said.mass) * w_minority
    variance = said.mass * (w_majority - mean) ** 2 + (1 - said.mass) * (w_minority - mean) ** 2
    return (
        equal("nothing leaks within the majority group", majority.leak_squared, sp.Integer(0)),
        equal("nothing leaks within the minority group", minority.leak_squared, sp.Integer(0)),
        equal("leak² of the middle mode is the variance of ω under v_mid²", mid.leak_squared, variance),
        Holds(says="it is positive where the weights differ", condition=mid.leak_squared > 0,
              where=tuple(DIFFERENT.values())),
    )


def _distinct_counts_parts(said):
    """u_j ∝ 1/(n_j − σ²) with Σ u_j = 0; Ωv stays in span V iff Σ ω_j u_j = 0, and then Σ (ω_j − κ) u_j = 0 for every κ.

    Take κ = σ^(−2γ): every term (n_j^(−γ) − x^(−γ))/(n_j − x) at x = σ² has the sign of −γ, so the sum is not 0.
    """
    eigen = count * (1 / (count - other)) - 1 - other / (count - other)
    return (
        equal("u_j = 1/(n_j − x) solves n_j u_j − 1 = x u_j, so P diag(n) P u = x u where Σ u_j = 0", eigen, sp.Integer(0),
              sp.Ne(count, other)),
        Holds(says="γ > 0: a larger count has a smaller weight, so every term is negative",
              condition=count**-gamma < other**-gamma, where=(count > other, said.decreasing)),
    )


def _escape_parts(said):
    dW, dH = flow.squared_loss_flow()
    cubic_W, cubic_H = -flow.W * flow.H * flow.Omega * flow.H.T, -flow.W.T * flow.W * flow.H * flow.Omega
    gram = labels.weighted_gram(GROUPS, [w**2 for w in WEIGHTS])
    P = partition.centring(gram.sizes)
    stated = (P @ partition.block_diagonal(gram.sizes, said.effective_counts) @ P).simplify()
    difference = gram - stated
    return (
        MatrixIdentity(says="dW/dt less its cubic term is ZΩHᵀ", left=dW - cubic_W, right=flow.Z * flow.Omega * flow.H.T,
                       diagonal=(flow.Omega,)),
        MatrixIdentity(says="dH/dt less its cubic term is WᵀZΩ", left=dH - cubic_H, right=flow.W.T * flow.Z * flow.Omega,
                       diagonal=(flow.Omega,)),
        *(equal(f"the Gram matrix of ZΩ is P diag(nω²) P under STEP: entry {k}", entry, sp.Integer(0))
          for k, entry in enumerate((*difference.diagonal, *difference.blocks))),
        *_explicit_gram(said.power),
    )


def _explicit_gram(power):
    """ZΩ(ZΩ)ᵀ entry by entry at explicit distinct counts, with symbolic weights."""
    class_counts = counts.explicit([3, 2, 1])
    omega = sp.symbols("omega_0:3", positive=True)
    Z = labels.centred_labels(class_counts)
    scaled = Z * sp.diag(*(omega[j] for j in class_counts.labels))
    P = labels.centring_matrix(3)
    stated = P * sp.diag(*(n * w**power for n, w in zip(class_counts.per_class, omega, strict=True))) * P
    entries = (scaled * scaled.T - stated).applyfunc(sp.expand)
    return (Holds(says="the Gram matrix of ZΩ is P diag(nω²) P for counts 3, 2, 1 and any weights",
                  condition=sp.And(*(sp.Eq(entry, 0, evaluate=False) for entry in entries), evaluate=False)),)


def _effective_counts_parts(said):
    scaled = tuple(counts.Group(group.size, group.count * w**2) for group, w in zip(GROUPS, WEIGHTS, strict=True))
    difference = labels.weighted_gram(GROUPS, [w**2 for w in WEIGHTS]) - labels.label_gram(scaled)
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1))
    majority, minority = (group.count * w**2 for group, w in
                          zip(groups, weights.exponent_weights(groups, gamma), strict=True))
    return (
        *(equal(f"the Gram matrix is that of unweighted labels with counts nω²: entry {k}", entry, sp.Integer(0))
          for k, entry in enumerate((*difference.diagonal, *difference.blocks))),
        equal("the effective imbalance ratio of ω = n^(−γ)", majority / minority, said.ratio, *RATIO.values()),
    )


def _flat_parts(said):
    """c-free: e_i − e_j is centred, so (e_i − e_j)ᵀPDP(e_i − e_j) = x_i + x_j with x = nω²; flat means 2ρ² for all pairs."""
    rest = sp.Symbol("m", positive=True, integer=True)
    P = partition.centring((sp.Integer(1), sp.Integer(1), rest)).quotient()
    moved = P * sp.Matrix([1, -1, 0]) - sp.Matrix([1, -1, 0])
    square = partition.centring((rest,)) @ partition.centring((rest,)) - partition.centring((rest,))
    flat = sp.And(sp.Eq(x1, common, evaluate=False), sp.Eq(x2, common, evaluate=False), sp.Eq(x3, common, evaluate=False),
                  evaluate=False)
    return (
        *(equal(f"e_i − e_j is centred, for every number of classes: entry {k}", entry, sp.Integer(0))
          for k, entry in enumerate(moved)),
        Holds(says="flat for three classes or more: all n_jω_j² are equal", condition=flat,
              where=(sp.Eq(x1 + x2, 2 * common), sp.Eq(x1 + x3, 2 * common), sp.Eq(x2 + x3, 2 * common))),
        *(equal(f"conversely P(ρ²I)P = ρ²P for every number of classes: entry {k}", entry, sp.Integer(0))
          for k, entry in enumerate((*square.diagonal, *square.blocks))),
        equal("n_jω_j² is the same for every count", count * (count**-said.exponent) ** 2, sp.Integer(1)),
    )


def _window_parts(said):
    majority, minority, mid = _step_escape(gamma)
    ratio = R ** (HALF - gamma)
    return (
        equal("the majority modes escape at R^(1/2 − γ)", majority, ratio, *RATIO.values()),
        equal("the minority modes escape at 1", minority, sp.Integer(1)),
        Holds(says="γ ≤ 1/2: the middle rate lies between", condition=sp.And(mid**2 <= majority**2, mid**2 >= 1),
              where=(*RATIO.values(), gamma <= HALF)),
        Holds(says="γ ≥ 1/2: the middle rate lies between", condition=sp.And(mid**2 >= majority**2, mid**2 <= 1),
              where=(*RATIO.values(), gamma >= HALF)),
        equal("γ ≤ 1/2: the window is that of the statement", timing.window(minority, majority).relative, said.below,
              *RATIO.values(), gamma <= HALF),
        equal("γ ≥ 1/2: the window is that of the statement", timing.window(majority, minority).relative, said.above,
              *RATIO.values(), gamma >= HALF),
    )


def _window_every_split_parts(said):
    """One minority class: only the majority and the middle mode occur; γ = 0 is enough to see it."""
    majority, mid = _step_escape(sp.Integer(0), m_majority=c - 1, m_minority=sp.Integer(1))
    return (equal("one minority class, γ = 0: the window is √R − 1", timing.window(mid, majority).relative,
                  said.window.subs(gamma, 0), *STRICT_RATIO.values(), c >= 3),)


def _reversal_parts(said):
    majority, minority, mid = _step_escape(said.exponent)
    vanilla_majority, vanilla_minority, _ = _step_escape(sp.Integer(0))
    return (
        Holds(says="the minority modes escape before the middle mode", condition=minority**2 > mid**2,
              where=tuple(STRICT_RATIO.values())),
        Holds(says="the middle mode escapes before the majority modes", condition=mid**2 > majority**2,
              where=tuple(STRICT_RATIO.values())),
        equal("the window is that of no weights", timing.window(majority, minority).relative,
              timing.window(vanilla_minority, vanilla_majority).relative, *STRICT_RATIO.values()),
    )


def _rates():
    *_, mid = modes.step_modes(GROUPS, WEIGHTS)
    return _escape(GROUPS, WEIGHTS)[-1] ** 2, mid.effective_singular_value**2


def _dominates_parts(said):
    escape, effective = _rates()
    return (Holds(says="escape rate ≥ σλ on the middle mode", condition=escape >= effective),
            equal("they are equal where the weights are", escape.subs(w_majority, w_minority),
                  effective.subs(w_majority, w_minority)),
            *said.equal_too(escape, effective))


def _equal_counts(escape, effective):
    same = {n_majority: n_minority}
    return (equal("they are equal where the counts are", escape.subs(same), effective.subs(same)),)


def _equal_weights_only(escape, effective):
    return (Holds(says="they are equal only where the weights are", condition=escape > effective,
                  where=tuple(DIFFERENT.values())),)


def _terminal_parts(said):
    unbalance = flow.W.T * flow.W - flow.H * flow.H.T
    Z = flow.W * flow.H
    return (
        MatrixIdentity(says="(WWᵀ)² = ZZᵀ where WH = Z and the balance is zero", left=(flow.W * flow.W.T) ** said.power,
                       right=Z * Z.T + flow.W * unbalance * flow.W.T),
        MatrixIdentity(says="(HᵀH)² = ZᵀZ where WH = Z and the balance is zero", left=(flow.H.T * flow.H) ** said.power,
                       right=Z.T * Z - flow.H.T * unbalance * flow.H),
        *(equal(f"STEP: the square root of ZZᵀ in the block algebra squares back: entry {k}", entry, sp.Integer(0))
          for k, entry in enumerate(_root_residual())),
    )


def _root_residual():
    gram = labels.label_gram(GROUPS)
    root = gram.apply(sp.sqrt)
    difference = root @ root - gram
    return (*difference.diagonal, *difference.blocks)


def _reduction_parts(said):
    reduction = middle.reduce_flow(GROUPS, WEIGHTS)
    residual = (*reduction.classifier_residual.diagonal, *reduction.classifier_residual.blocks,
                *reduction.feature_residual.diagonal, *reduction.feature_residual.blocks)
    # Only shares of classes enter: with 1 − p and p as sizes the statement is one of polynomials.
    shares = counts.symbolic_step(m_majority=1 - p, m_minority=p)
    slope = sum(sp.diff(said.invariant, symbol) * sp.simplify(rate) for symbol, rate in
                zip(middle.STATE, middle.reduce_flow(shares, WEIGHTS).middle, strict=True))
    slow, fast = middle.relaxation_rates(GROUPS, WEIGHTS)
    sigma = middle.singular_value(GROUPS)
    return (
        *(equal(f"nothing of the flow leaves the reduced system: entry {k}", entry, sp.Integer(0))
          for k, entry in enumerate(residual)),
        equal("a² − p n_maj b² − (1 − p) n_min e² is conserved", slope, sp.Integer(0)),
        equal("its escape rate is the middle singular value of ZΩ", middle.escape_rate(GROUPS, WEIGHTS) ** 2,
              _escape(GROUPS, WEIGHTS)[-1] ** 2),
        *(equal("the fixed point is one: rate of " + str(symbol), rate.subs(middle.fixed_point(GROUPS), simultaneous=True),
                sp.Integer(0)) for symbol, rate in zip(middle.STATE, reduction.middle, strict=True)),
        equal("the relaxation rates multiply to 2σ²ω_maj ω_min", sp.expand(slow * fast), said.product * sigma**2),
    )


CLAIMS = (
    Claim(
        id="weighted-ansatz-leaks",
        says="STEP: (I − VVᵀ)ΩV vanishes on the within-group modes; on the middle mode its norm is the standard deviation of "
             "ω under the probability weights v_mid², positive where the weights differ.",
        source=OURS,
        stated={"mass": MASS},
        hypotheses=DIFFERENT,
        witnesses=(POINT,),
        parts=_leak_parts,
        runs=lambda said: (
            Agrees(says="‖(I − VVᵀ)Ωv_mid‖² in floating point, many sizes and weights", uses=("mass",),
                   measure=lambda: weighted_runs.leak_error(said.mass), bound=runs.SVD_TOLERANCE),),
        near_misses=(NearMiss("all of v_mid² on the majority", {"mass": sp.Integer(1)}),
                     NearMiss("one half on each group", {"mass": HALF})),
        coq={
            **dict.fromkeys(("nothing leaks within the majority group", "nothing leaks within the minority group"),
                            ("matrices.modes.within_group_modes_are_exact",)),
            "leak² of the middle mode is the variance of ω under v_mid²":
                ("dynamics.weighted_flow.leak_of_middle_mode_is_variance_of_weights",),
            "it is positive where the weights differ": ("dynamics.weighted_flow.leak_positive_where_weights_differ",),
        },
    ),
    Claim(
        id="no-mode-exact-of-distinct-counts",
        says="With all counts distinct and ω = n^(−γ), γ > 0 (or any strictly monotone function of the count), every mode of "
             "the weighted flow leaks.",
        source=OURS,
        stated={"decreasing": gamma > 0},
        hypotheses={"γ > 0": gamma > 0},
        witnesses=(POINT,),
        parts=_distinct_counts_parts,
        runs=lambda said: (
            Agrees(says="random distinct counts with a mode that does not leak", measure=weighted_runs.exact_modes, bound=0),),
        near_misses=(NearMiss("γ = 0 as well", {"decreasing": gamma >= 0}),),
        coq={
            "u_j = 1/(n_j − x) solves n_j u_j − 1 = x u_j, so P diag(n) P u = x u where Σ u_j = 0":
                ("dynamics.weighted_flow.secular_vector_solves_eigenvalue_equation",),
            "γ > 0: a larger count has a smaller weight, so every term is negative":
                ("dynamics.weighted_flow.larger_count_has_smaller_weight",
                 "matrices.modes.every_mode_leaks_of_distinct_counts"),
        },
    ),
    Claim(
        id="escape-rates",
        says="For small W, H the weighted flow is dW/dt = ZΩHᵀ, dH/dt = WᵀZΩ: modes grow at the singular values of ZΩ, whose "
             "Gram matrix is P diag(n_j ω_j²) P.",
        source=OURS,
        stated={"effective_counts": (n_majority * w_majority**2, n_minority * w_minority**2), "power": 2},
        witnesses=(POINT,),
        parts=_escape_parts,
        runs=lambda said: (
            Agrees(says="growth rates of runs at small scale against singular values of P diag(√n ω^(power/2))", uses=("power",),
                   measure=lambda: weighted_runs.growth_rate_error(said.power), bound=weighted_runs.GROWTH_TOLERANCE),),
        near_misses=(
            NearMiss("nω in place of nω²: the projected weights", {
                "effective_counts": (n_majority * w_majority, n_minority * w_minority), "power": 1}),
        ),
        coq={
            **{f"the Gram matrix of ZΩ is P diag(nω²) P under STEP: entry {k}": ("matrices.labels.gram_of_weighted_labels",)
               for k in range(6)},
            "the Gram matrix of ZΩ is P diag(nω²) P for counts 3, 2, 1 and any weights":
                ("matrices.labels.gram_of_weighted_labels",),
        },
    ),
    Claim(
        id="effective-counts",
        says="The early dynamics of any weighting are those of no weights with counts n_j ω_j²; for ω = n^(−γ) the effective "
             "imbalance ratio is R^(1−2γ).",
        source=OURS,
        stated={"ratio": R ** (1 - 2 * gamma)},
        hypotheses=RATIO,
        witnesses=(POINT,),
        parts=_effective_counts_parts,
        near_misses=(NearMiss("R^(1−γ)", {"ratio": R ** (1 - gamma)}), NearMiss("R^(2γ−1)", {"ratio": R ** (2 * gamma - 1)})),
        coq={
            **{f"the Gram matrix is that of unweighted labels with counts nω²: entry {k}":
               ("matrices.labels.gram_of_weighted_labels", "matrices.labels.gram_of_labels") for k in range(6)},
            "the effective imbalance ratio of ω = n^(−γ)": ("rates.escape.escape_ratio_is_a_power",),
        },
    ),
    Claim(
        id="flat-iff-inverse-square-root",
        says="For c ≥ 3 and any counts, all c − 1 escape rates are equal iff ω_j ∝ n_j^(−1/2). (At c = 2 there is one rate, "
             "flat whatever the weights.)",
        source=OURS,
        stated={"exponent": HALF},
        witnesses=(POINT,),
        parts=_flat_parts,
        runs=lambda said: (
            Agrees(says="relative spread of the escape rates of ω = n^(−exponent), random counts", uses=("exponent",),
                   measure=lambda: weighted_runs.flatness_error(said.exponent), bound=runs.SVD_TOLERANCE),),
        near_misses=(NearMiss("exponent 0.4", {"exponent": sp.Rational(2, 5)}),
                     NearMiss("exponent 0.6", {"exponent": sp.Rational(3, 5)})),
        plain="weights n^(−1/2) flatten the escape spectrum exactly, for any counts, and with three classes or more no others do",
        coq={
            "flat for three classes or more: all n_jω_j² are equal":
                ("rates.escape.flat_rates_make_all_masses_equal",
                 "matrices.flattening.flat_spectrum_iff_inverse_square_root"),
        },
    ),
    Claim(
        id="escape-window",
        says="STEP, any split: the scaled window of the escape rates, relative to the first, is R^|1/2 − γ| − 1.",
        source=OURS,
        stated={"window": R ** sp.Abs(HALF - gamma) - 1},
        hypotheses={**STRICT_RATIO, "c ≥ 3": c >= 3},
        witnesses=(POINT,),
        parts=_window_every_split_parts,
        repaired_by="escape-window-of-two-classes-a-group",
        coq={
            "one minority class, γ = 0: the window is √R − 1":
                ("counterexamples.escape_window.window_of_one_minority_class_differs",),
        },
    ),
    Claim(
        id="escape-window-of-two-classes-a-group",
        says="STEP with at least two classes in each group: that window is R^|1/2 − γ| − 1, zero at γ = 1/2.",
        source=OURS,
        stated={"below": R ** (HALF - gamma) - 1, "above": R ** (gamma - HALF) - 1},
        hypotheses=RATIO,
        witnesses=({**POINT, gamma: sp.Integer(0)}, {**POINT, gamma: sp.Integer(1)}),
        parts=_window_parts,
        runs=lambda said: (
            Agrees(says="dT/dδ of mode learning times between δ = 8 and 16, weighted runs", uses=("below", "above"),
                   measure=lambda: weighted_runs.escape_window_error(said.below, said.above),
                   bound=weighted_runs.SLOPE_TOLERANCE),),
        near_misses=(
            NearMiss("0.4 in place of 1/2", {"below": R ** (sp.Rational(2, 5) - gamma) - 1}),
            NearMiss("0.6 in place of 1/2", {"above": R ** (gamma - sp.Rational(3, 5)) - 1}),
        ),
        plain="the window of the weighted flow is zero at γ = 1/2, below the paper's bound √2 − 1, which holds as an inequality "
              "on the projected rates, and for equal halves",
        coq={
            "γ ≤ 1/2: the middle rate lies between": ("rates.escape.middle_escapes_between_below_half",),
            "γ ≥ 1/2: the middle rate lies between": ("rates.escape.middle_escapes_between_above_half",),
        },
    ),
    Claim(
        id="inverse-frequency-reverses-the-order",
        says="γ = 1 (inverse frequency, class_weight=\"balanced\") does not balance: minority modes escape first, majority modes "
             "last, with the same window as no weights at all.",
        source=OURS,
        stated={"exponent": sp.Integer(1)},
        hypotheses=STRICT_RATIO,
        witnesses=(POINT,),
        parts=_reversal_parts,
        near_misses=(NearMiss("γ = 3/4 has the window of no weights too", {"exponent": sp.Rational(3, 4)}),
                     NearMiss("γ = 1/2 reverses as well", {"exponent": HALF})),
        plain="inverse-frequency weights do not balance: they reverse the order, with the window of no weights at all",
        coq={
            "the minority modes escape before the middle mode":
                ("rates.escape.minority_escapes_before_middle_under_inverse_frequency",),
            "the middle mode escapes before the majority modes":
                ("rates.escape.middle_escapes_before_majority_under_inverse_frequency",),
        },
    ),
    Claim(
        id="escape-rate-dominates",
        says="σ_i(ZΩ) ≥ σ_i λ_i on the middle mode, equal iff the weights or the counts are equal.",
        source=OURS,
        stated={"equal_too": _equal_counts},
        witnesses=(POINT,),
        parts=_dominates_parts,
        repaired_by="escape-rate-dominates-with-equality-of-weights",
        coq={
            "escape rate ≥ σλ on the middle mode": ("rates.escape.escape_rate_dominates_effective_rate_as_first_stated",),
            "they are equal where the weights are": ("rates.escape.rates_equal_where_weights_are_as_first_stated",),
            "they are equal where the counts are": ("counterexamples.escape_rate_dominates.equal_counts_do_not_equalise_rates",),
        },
    ),
    Claim(
        id="escape-rate-dominates-with-equality-of-weights",
        says="σ_i(ZΩ) ≥ σ_i λ_i on the middle mode, equal iff the weights are equal (equal counts alone are not enough).",
        source=OURS,
        stated={"equal_too": _equal_weights_only},
        hypotheses=DIFFERENT,
        witnesses=(POINT,),
        parts=_dominates_parts,
        near_misses=(NearMiss("equal where the counts are", {"equal_too": _equal_counts}),),
        coq={
            "escape rate ≥ σλ on the middle mode": ("rates.escape.escape_rate_dominates_effective_rate",),
            "they are equal where the weights are": ("rates.escape.rates_equal_where_weights_are",),
            "they are equal only where the weights are": ("rates.escape.rates_equal_only_where_weights_are",),
        },
    ),
    Claim(
        id="middle-mode-reduces-to-three-scalars",
        says="STEP, any split and weights: the weighted flow closes exactly on classifier, majority-feature and minority-feature "
             "strength of the middle mode and one pair a within-group mode, with a² − p n_maj b² − (1 − p) n_min e² conserved.",
        source=OURS,
        stated={"invariant": INVARIANT, "product": 2 * w_majority * w_minority},
        witnesses=(POINT,),
        parts=_reduction_parts,
        runs=lambda said: (
            Agrees(says="learning time of the reduced system against the class-level flow", uses=(),
                   measure=weighted_runs.reduction_error, bound=weighted_runs.REDUCTION_TOLERANCE),),
        near_misses=(
            NearMiss("2a² in place of a²", {"invariant": middle.STATE[0] ** 2 + INVARIANT}),
            NearMiss("relaxation rates multiply to σ²ω_maj ω_min", {"product": w_majority * w_minority}),
        ),
        coq={
            "a² − p n_maj b² − (1 − p) n_min e² is conserved": ("dynamics.weighted_flow.middle_mode_invariant_is_conserved",),
            "the relaxation rates multiply to 2σ²ω_maj ω_min": ("dynamics.weighted_flow.relaxation_rates_have_stated_product",),
        },
    ),
    Claim(
        id="terminal-geometry-equivalence",
        says="WᵀW = HHᵀ and WH = Z force WWᵀ = (ZZᵀ)^{1/2} and HᵀH = (ZᵀZ)^{1/2} (the positive square root is unique): the whole "
             "terminal geometry forgets the weights.",
        source=OURS,
        stated={"power": 2},
        witnesses=(POINT,),
        parts=_terminal_parts,
        runs=lambda said: (
            Agrees(says="WWᵀ at the end of weighted runs against the root of ZZᵀ", uses=("power",),
                   measure=lambda: weighted_runs.geometry_error(said.power), bound=runs.TERMINAL_TOLERANCE),),
        near_misses=(NearMiss("ZZᵀ in place of its square root", {"power": 1}),),
        plain="at the end of training the weights are forgotten: logits, classifier and features",
        coq={
            "STEP: the square root of ZZᵀ in the block algebra squares back: entry 3":
                ("dynamics.weighted_flow.root_of_gram_squares_back_entry_3",),
            "STEP: the square root of ZZᵀ in the block algebra squares back: entry 4":
                ("dynamics.weighted_flow.root_of_gram_squares_back_entry_4",),
            "STEP: the square root of ZZᵀ in the block algebra squares back: entry 2":
                ("dynamics.weighted_flow.root_of_gram_squares_back_entry_2",),
            "STEP: the square root of ZZᵀ in the block algebra squares back: entry 5":
                ("dynamics.weighted_flow.root_of_gram_squares_back_entry_5",),
            "(WWᵀ)² = ZZᵀ where WH = Z and the balance is zero":
                ("dynamics.matrix_flow.square_of_classifier_gram", "matrices.terminal.terminal_geometry_of_balance",
                 "matrices.terminal.psd_square_root_unique"),
            "(HᵀH)² = ZᵀZ where WH = Z and the balance is zero":
                ("dynamics.matrix_flow.square_of_feature_gram", "matrices.terminal.terminal_geometry_forgets_weights"),
        },
    ),
)
