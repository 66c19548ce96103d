"""What the full weighted flow does: what leaks from the paper's modes, how modes escape, and where they end."""

import itertools

import sympy as sp

from proofs.claims.common import HALF, RATIO, STEP_WITNESS, STRICT_RATIO, identities, identity, product
from proofs.claims.unconstrained_features import runs, weighted_runs
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity
from theory.algebra import partition
from theory.data import counts, labels, weights
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
    within_classifiers,
    within_features,
)
from theory.unconstrained_features import flow, middle, modes, timing

GROUPS = counts.symbolic_step()
SHARES = counts.symbolic_step(m_majority=(1 - p) * c, m_minority=p * c)
WEIGHTS = (w_majority, w_minority)
COUNTS = (n_majority, n_minority)
MASS = m_minority * n_majority / (m_minority * n_majority + m_majority * n_minority)  # of v_mid² on the majority
a, b, e = middle.STATE
DIFFERENT = {"the weights differ": sp.Ne(w_majority, w_minority)}
TWO_A_GROUP = {"two classes or more in each group": sp.And(m_majority >= 2, m_minority >= 2)}
x1, x2, x3, common, count, other, factor = sp.symbols("x_1 x_2 x_3 rho_squared n_j x k", positive=True)
POINT = {
    **STEP_WITNESS,
    w_majority: sp.Integer(1),
    w_minority: sp.Integer(2),
    R: sp.Integer(4),
    p: sp.Rational(1, 4),
    gamma: HALF,
    c: sp.Integer(4),
    flow.width: sp.Integer(3),
    x1: sp.Integer(1),
    x2: sp.Integer(1),
    x3: sp.Integer(1),
    common: sp.Integer(1),
    count: sp.Integer(9),
    other: sp.Integer(4),
    factor: sp.Integer(1),
    a: sp.Integer(1),
    b: sp.Integer(1),
    e: sp.Integer(1),
}


def _at_exponent(exponent):
    """The witness with the weights of this exponent."""
    return {**POINT, gamma: sp.sympify(exponent), w_majority: sp.Integer(4) ** -sp.sympify(exponent), w_minority: sp.Integer(1)}


def _power_weights(exponent):
    """ω = n^(−exponent) as premises, so that rates are derived for weights that are only symbols."""
    return tuple(sp.Eq(w, n**-exponent) for w, n in zip(WEIGHTS, COUNTS, strict=True))


def _escape(groups, class_weights):
    """Escape rates of STEP, within-group first: singular values of ZΩ."""
    values = labels.mode_values(labels.weighted_gram(groups, [w**2 for w in class_weights]))
    return tuple(sp.sqrt(value) for value, _ in values)


def _step_escape(exponent, **sizes):
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), **sizes)
    return _escape(groups, weights.exponent_weights(groups, exponent))


def _same_gram(part_id, says, effective):
    """The Gram matrix of ZΩ, multiplied out in the block algebra, against P diag(x) P summed over classes, entry by entry."""
    multiplied = labels.gram_product(GROUPS, [w**2 for w in WEIGHTS])
    summed = labels.gram_entries([counts.Group(group.size, x) for group, x in zip(GROUPS, effective, strict=True)], [sp.Integer(1)] * 2)
    return identities(part_id, says, zip(multiplied.entries(), (*summed.own, *itertools.chain(*summed.other)), strict=True))


def _within_contrast(said, g):
    """Two classes of group g, its rest, the other group. Ωv for v = Zᵀ(e_i − e_j), and Zᵀ of a multiple of e_i − e_j."""
    rest, others = GROUPS[g].size - 2, GROUPS[1 - g].size
    P = partition.centring((sp.Integer(1), sp.Integer(1), rest, others)).quotient()
    contrast = sp.Matrix([1, -1, 0, 0])
    omega = sp.diag(*[WEIGHTS[g]] * 3, WEIGHTS[1 - g])
    return zip(product(omega, product(P, contrast)), product(P, said.within[g] * contrast), strict=True)


def _leak_parts(said):
    *_, mid = modes.step_modes(GROUPS, WEIGHTS)
    mean = said.mass * w_majority + (1 - said.mass) * w_minority
    variance = said.mass * (w_majority - mean) ** 2 + (1 - said.mass) * (w_minority - mean) ** 2
    return (
        identities(
            "majority-modes-leak-nothing", "Ωv is Zᵀz for a contrast of two majority classes: it stays in span V", _within_contrast(said, 0)
        ),
        identities(
            "minority-modes-leak-nothing", "Ωv is Zᵀz for a contrast of two minority classes: it stays in span V", _within_contrast(said, 1)
        ),
        identity("middle-leak-is-variance", "leak² of the middle mode is the variance of ω under v_mid²", mid.leak_squared, variance),
        Holds(
            id="middle-leak-positive", says="it is positive where the weights differ", condition=mid.leak_squared > 0, where=said.premise
        ),
    )


def _distinct_counts_parts(said):
    """u_j ∝ 1/(n_j − σ²) with Σ u_j = 0; Ωv stays in span V iff Σ ω_j u_j = 0, and then Σ (ω_j − κ) u_j = 0 for every κ.

    Take κ = σ^(−2γ): every term (n_j^(−γ) − x^(−γ))/(n_j − x) at x = σ² has the sign of −γ, so the sum is not 0.
    """
    return (
        identity(
            "secular-vector-is-a-mode",
            "u_j = 1/(n_j − x) solves n_j u_j − 1 = x u_j, so P diag(n) P u = x u where Σ u_j = 0",
            count * said.vector - 1,
            other * said.vector,
            sp.Ne(count, other),
        ),
        Holds(
            id="larger-count-has-smaller-weight",
            says="γ > 0: a larger count has a smaller weight, so every term is negative",
            condition=count**-gamma < other**-gamma,
            where=(count > other, said.decreasing),
        ),
    )


def _escape_parts(said):
    chain_W, chain_H = flow.chain_rule_flow()
    residual = (flow.Z - flow.W * flow.H) * flow.Omega
    cubic_W, cubic_H = -flow.W * flow.H * flow.Omega * flow.H.T, -flow.W.T * flow.W * flow.H * flow.Omega
    decomposed = modes.U * modes.S * modes.V.T
    dW, dH = (side.xreplace({flow.G: decomposed}) for side in (chain_W, chain_H))
    growing, fading = (modes.U.T * flow.W + sign * modes.V.T * flow.H.T for sign in (1, -1))
    frames = {"orthonormal": (modes.U, modes.V), "diagonal": (modes.S,)}
    return (
        MatrixIdentity(
            id="classifier-flow-near-zero",
            says="dW/dt is ZΩHᵀ and a cubic term",
            left=chain_W.xreplace({flow.G: residual}),
            right=said.drive * flow.H.T + cubic_W,
            diagonal=(flow.Omega,),
        ),
        MatrixIdentity(
            id="feature-flow-near-zero",
            says="dH/dt is WᵀZΩ and a cubic term",
            left=chain_H.xreplace({flow.G: residual}),
            right=flow.W.T * said.drive + cubic_H,
            diagonal=(flow.Omega,),
        ),
        MatrixIdentity(
            id="growing-combination",
            says="ZΩ = USVᵀ: along the linear flow d/dt (UᵀW + VᵀHᵀ) is S times it",
            left=flow.rate_along(growing, dW, dH),
            right=said.rates * growing,
            **frames,
        ),
        MatrixIdentity(
            id="fading-combination",
            says="ZΩ = USVᵀ: along the linear flow d/dt (UᵀW − VᵀHᵀ) is −S times it",
            left=flow.rate_along(fading, dW, dH),
            right=-said.rates * fading,
            **frames,
        ),
        _same_gram("gram-under-step", "the Gram matrix of ZΩ is P diag(nω²) P under STEP", said.effective_counts),
        _explicit_gram(said.power),
    )


def _explicit_gram(power):
    """ZΩ(ZΩ)ᵀ entry by entry at explicit distinct counts, summed over samples, with symbolic weights."""
    class_counts = counts.explicit([3, 2, 1])
    omega = sp.symbols("omega_0:3", positive=True)
    scaled = labels.centred_labels(class_counts) * sp.diag(*(omega[j] for j in class_counts.labels))
    P = labels.centring_matrix(3)
    effective = sp.diag(*(n * w**power for n, w in zip(class_counts.per_class, omega, strict=True)))
    return identities(
        "gram-at-counts-3-2-1",
        "the Gram matrix of ZΩ is P diag(nω²) P for counts 3, 2, 1 and any weights",
        zip(product(scaled, scaled.T), product(product(P, effective), P), strict=True),
    )


def _effective_counts_parts(said):
    """H = FΩ: the flow of W and F near zero is that of no weights in which each sample counts ω² times."""
    F = sp.MatrixSymbol("F", flow.width, flow.samples)
    residual = (flow.Z - flow.W * flow.H) * flow.Omega
    dW, dH = (side.xreplace({flow.G: residual}).xreplace({flow.H: F * said.unit}) for side in flow.chain_rule_flow())
    cubic = flow.W * F * flow.Omega
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1))
    majority, minority = (group.count * w**2 for group, w in zip(groups, weights.exponent_weights(groups, gamma), strict=True))
    return (
        MatrixIdentity(
            id="classifier-moves-as-under-effective-counts",
            says="H = FΩ: dW/dt is ZΩ²Fᵀ and a cubic term: each sample counts ω² times",
            left=dW,
            right=flow.Z * said.multiplicity * F.T - cubic * flow.Omega * flow.Omega * F.T,
            diagonal=(flow.Omega,),
        ),
        MatrixIdentity(
            id="features-move-as-without-weights",
            says="H = FΩ: dH/dt is (dF/dt)Ω with dF/dt = WᵀZ and a cubic term: F feels no weights",
            left=dH,
            right=(flow.W.T * flow.Z - flow.W.T * cubic) * said.unit,
            diagonal=(flow.Omega,),
        ),
        _same_gram(
            "gram-is-that-of-effective-counts",
            "STEP: the Gram matrix of ZΩ is that of unweighted labels with counts nω²",
            [n * w**said.power for n, w in zip(COUNTS, WEIGHTS, strict=True)],
        ),
        identity(
            "effective-imbalance-ratio", "the effective imbalance ratio of ω = n^(−γ)", majority / minority, said.ratio, *RATIO.values()
        ),
    )


def _flat_parts(said):
    """c-free: e_i − e_j is centred, so (e_i − e_j)ᵀPDP(e_i − e_j) = x_i + x_j with x = nω²; flat means 2ρ² for all pairs."""
    sizes = (sp.Integer(1), sp.Integer(1), sp.Symbol("m", positive=True, integer=True))  # any two classes, and the rest
    P = partition.centring(sizes).quotient()
    contrast = sp.Matrix([1, said.sign, 0])
    image = product(P, product(sp.diag(x1, x2, x3), product(P, contrast)))
    two = labels.centring_matrix(2)
    masses = (x1, x2, x3)
    flat = sp.And(*(sp.Eq(x, common, evaluate=False) for x in masses), evaluate=False)
    first, second = (n * w**2 for n, w in zip(COUNTS, WEIGHTS, strict=True))
    return (
        identities(
            "difference-of-classes-is-centred",
            "P(e_i − e_j) = e_i − e_j, for every number of classes",
            zip(product(P, contrast), contrast, strict=True),
        ),
        identity(
            "form-on-a-difference",
            "(e_i − e_j)ᵀ P diag(x) P (e_i − e_j) = x_i + x_j, for every number of classes",
            product(contrast.T[:, :2], image[:2, :])[0],
            x1 + x2,
        ),
        Holds(
            id="flat-makes-effective-counts-equal",
            says="flat for three classes or more: all n_jω_j² are equal",
            condition=flat,
            where=tuple(sp.Eq(masses[i] + masses[j], 2 * common) for i, j in said.pairs),
        ),
        identities(
            "equal-effective-counts-are-flat",
            "conversely P(ρ²I)P = ρ²P for every number of classes",
            zip(product(P, common * P), common * said.flat(sizes).quotient(), strict=True),
        ),
        identity(
            "inverse-square-root-makes-them-equal",
            "ω_j = k n_j^(−1/2): n_jω_j² is the same for every count",
            first,
            second,
            *(sp.Eq(w, factor * n**-said.exponent) for w, n in zip(WEIGHTS, COUNTS, strict=True)),
        ),
        identities(
            "two-classes-are-flat",
            "two classes: P diag(x) P = (x_1 + x_2)/2 P whatever x is",
            zip(product(product(two, sp.diag(x1, x2)), two), said.mean * two, strict=True),
        ),
    )


def _group_rates():
    """Escape rates within the majority and within the minority group, for any weights."""
    majority, minority, _ = _escape(GROUPS, WEIGHTS)
    return majority, minority


def _window_parts(said):
    majority, minority = _group_rates()
    power = (*_power_weights(gamma), sp.Eq(n_majority, R * n_minority), *RATIO.values())
    flat = (*_power_weights(said.flat), sp.Eq(n_majority, R * n_minority), *RATIO.values())
    step_majority, _, step_middle = _step_escape(gamma)
    return (
        identity(
            "ratio-of-group-rates",
            "the majority modes escape R^(1/2 − γ) times as fast as the minority modes",
            majority,
            said.ratio * minority,
            *power,
        ),
        Holds(
            id="middle-between-up-to-one-half",
            says="γ ≤ 1/2: the middle rate lies between",
            condition=sp.And(step_middle**2 <= step_majority**2, step_middle**2 >= 1),
            where=(*RATIO.values(), gamma <= said.turn),
        ),
        Holds(
            id="middle-between-from-one-half",
            says="γ ≥ 1/2: the middle rate lies between",
            condition=sp.And(step_middle**2 >= step_majority**2, step_middle**2 <= 1),
            where=(*RATIO.values(), gamma >= said.turn),
        ),
        identity(
            "window-up-to-one-half",
            "γ ≤ 1/2: the window is that of the statement",
            timing.window(minority, majority).relative,
            said.below,
            *power,
            gamma <= HALF,
        ),
        identity(
            "window-from-one-half",
            "γ ≥ 1/2: the window is that of the statement",
            timing.window(majority, minority).relative,
            said.above,
            *power,
            gamma >= HALF,
        ),
        identity("no-window-at-one-half", "γ = 1/2: there is no window", timing.window(minority, majority).relative, sp.Integer(0), *flat),
    )


def _window_every_split_parts(said):
    """One minority class: only the majority and the middle mode occur; γ = 0 is enough to see it."""
    majority, mid = _step_escape(sp.Integer(0), m_majority=c - 1, m_minority=sp.Integer(1))
    return (
        identity(
            "window-of-one-minority-class",
            "one minority class, γ = 0: the window is √R − 1",
            timing.window(mid, majority).relative,
            said.window.subs(gamma, 0),
            *STRICT_RATIO.values(),
            c >= 3,
        ),
    )


def _reversal_parts(said):
    """The majority's rate comes first, then the minority's, or the middle one where a near miss has one minority class."""
    sizes = {"m_minority": said.minority_classes}
    rates = _step_escape(said.exponent, **sizes)
    majority, minority, mid = rates[0], rates[1], rates[-1]
    first, last = _escape(counts.symbolic_step(**sizes), WEIGHTS)[:2]
    vanilla = _escape(counts.symbolic_step(**sizes), (sp.Integer(1), sp.Integer(1)))[:2]
    return (
        Holds(
            id="minority-before-middle",
            says="the minority modes escape before the middle mode",
            condition=minority**2 > mid**2,
            where=tuple(STRICT_RATIO.values()),
        ),
        Holds(
            id="middle-before-majority",
            says="the middle mode escapes before the majority modes",
            condition=mid**2 > majority**2,
            where=tuple(STRICT_RATIO.values()),
        ),
        identity(
            "window-is-that-of-no-weights",
            "the window is that of no weights",
            timing.window(first, last).relative,
            timing.window(*reversed(vanilla)).relative,
            *_power_weights(said.exponent),
            n_majority > n_minority,
        ),
    )


def _dominates_parts(said):
    *_, mid = modes.step_modes(GROUPS, WEIGHTS)
    escape, effective = _escape(GROUPS, WEIGHTS)[-1] ** 2, said.share * mid.effective_singular_value**2
    same = {w_majority: w_minority}
    return (
        Holds(id="escape-at-least-effective-rate", says="escape rate ≥ σλ on the middle mode", condition=escape >= effective),
        identity("rates-equal-where-weights-are", "they are equal where the weights are", escape.subs(same), effective.subs(same)),
        said.only(escape, effective),
    )


def _equal_counts(escape, effective):
    same = {n_majority: n_minority}
    return identity("rates-equal-only-where-weights-are", "they are equal where the counts are", escape.subs(same), effective.subs(same))


def _equal_weights_only(escape, effective):
    return Holds(
        id="rates-equal-only-where-weights-are",
        says="they are equal only where the weights are",
        condition=escape > effective,
        where=tuple(DIFFERENT.values()),
    )


def _terminal_parts(said):
    unbalance = flow.W.T * flow.W - flow.H * flow.H.T
    Z = flow.W * flow.H
    gram = labels.label_gram(GROUPS)
    root = gram.apply(said.root)
    squared = root @ root
    return (
        MatrixIdentity(
            id="square-of-classifier-gram",
            says="(WWᵀ)² = ZZᵀ where WH = Z and the balance is zero",
            left=(flow.W * flow.W.T) ** said.power,
            right=Z * Z.T + flow.W * unbalance * flow.W.T,
        ),
        MatrixIdentity(
            id="square-of-feature-gram",
            says="(HᵀH)² = ZᵀZ where WH = Z and the balance is zero",
            left=(flow.H.T * flow.H) ** said.power,
            right=Z.T * Z - flow.H.T * unbalance * flow.H,
        ),
        *(
            identity(
                f"root-squares-back-within-{name}",
                f"STEP: the square root of ZZᵀ squares back within the {name} group",
                sp.Mul(value, value, evaluate=False),
                stated,
            )
            for name, value, stated in zip(("majority", "minority"), root.diagonal, gram.diagonal, strict=True)
        ),
        *(
            identity(
                f"root-squares-back-in-block-{k}",
                f"STEP: the square root of ZZᵀ in the block algebra squares back: entry {k}",
                entry,
                sp.Integer(0),
            )
            for k, entry in enumerate((squared - gram).blocks, 2)
        ),
    )


STATED_CLASSIFIER = p * n_majority * w_majority * b * (1 - a * b) + (1 - p) * n_minority * w_minority * e * (1 - a * e)
STATED_FEATURES = (w_majority * a * (1 - a * b), w_minority * a * (1 - a * e))
STATED_WITHIN = tuple(
    (n * w * beta * (1 - alpha * beta), w * alpha * (1 - alpha * beta))
    for n, w, alpha, beta in zip(COUNTS, WEIGHTS, within_classifiers, within_features, strict=True)
)
UNWEIGHTED_WITHIN = tuple(
    (n * beta * (1 - alpha * beta), alpha * (1 - alpha * beta))
    for n, alpha, beta in zip(COUNTS, within_classifiers, within_features, strict=True)
)
INVARIANT = a**2 - p * n_majority * b**2 - (1 - p) * n_minority * e**2


def _reduction_parts(said):
    sizes = [group.size for group in SHARES]
    dW, dM = middle.flow_on_ansatz(SHARES, WEIGHTS)
    classifiers, features = zip(*said.within, strict=True)
    rates = (said.classifier, *said.features)
    slope = sp.Add(*(sp.diff(said.invariant, symbol) * rate for symbol, rate in zip(middle.STATE, rates, strict=True)))
    escape = sp.Add(
        *(sp.diff(said.classifier, feature) * sp.diff(rate, a) for feature, rate in zip((b, e), said.features, strict=True))
    ).subs(dict.fromkeys(middle.STATE, 0))
    slow, fast = middle.relaxation_rates(GROUPS, WEIGHTS)
    return (
        *_width_parts(said),
        identities(
            "classifier-stays-on-the-ansatz",
            "dW/dt is what the stated rates make of the ansatz, entry by entry",
            zip(dW.entries(), middle.classifier_of(sizes, said.classifier, classifiers).entries(), strict=True),
            p < 1,
        ),
        identities(
            "features-stay-on-the-ansatz",
            "dM/dt is what the stated rates make of the ansatz, entry by entry",
            zip(dM.entries(), middle.features_of(sizes, said.features, features).entries(), strict=True),
            p < 1,
        ),
        identity("invariant-is-conserved", "a² − p n_maj b² − (1 − p) n_min e² is conserved", slope, sp.Integer(0)),
        identity(
            "escape-rate-is-that-of-weighted-labels",
            "at zero the squared rate of the reduced flow is the middle eigenvalue of the Gram matrix of ZΩ",
            escape.subs(p, m_minority / (m_majority + m_minority)),
            _escape(GROUPS, WEIGHTS)[-1] ** 2,
        ),
        identities(
            "fitted-state-is-a-fixed-point",
            "nothing moves where ab = 1 and ae = 1",
            [(rate, sp.Integer(0)) for rate in rates],
            sp.Ne(a, 0),
            *(sp.Eq(feature, 1 / a) for feature in said.fitted),
        ),
        identity(
            "product-of-relaxation-rates",
            "the relaxation rates multiply to 2σ²ω_maj ω_min",
            sp.expand(slow * fast),
            said.product * middle.singular_value(GROUPS) ** 2,
        ),
    )


def _width_parts(said):
    """W = A(QUᵀ)ᵀ and M = QUᵀB with P = UUᵀ, U c × (c − 1) and Q d × (c − 1): the flow is that of A and PB at d = c."""
    A, B = (sp.MatrixSymbol(name, flow.rows, flow.rows) for name in "AB")
    N, omega = (sp.MatrixSymbol(name, flow.rows, flow.rows) for name in ("N", "omega"))
    P, channel = modes.U * modes.U.T, modes.Q * modes.U.T
    W, M = A * channel.T, channel * B
    error = P - W * M
    given = {"orthonormal": (modes.U, modes.Q), "diagonal": (N, omega)}
    return (
        MatrixIdentity(
            id="width-drops-out-of-classifier-flow",
            says="dW/dt at any width d ≥ c − 1 is that at d = c, times Qᵀ",
            left=error * N * omega * M.T,
            right=said.error(P, A, B) * N * omega * (P * B).T * channel.T,
            **given,
        ),
        MatrixIdentity(
            id="width-drops-out-of-feature-flow",
            says="dM/dt at any width d ≥ c − 1 is Q times that at d = c",
            left=W.T * error * omega,
            right=channel * A.T * said.error(P, A, B) * omega,
            **given,
        ),
    )


CLAIMS = (
    Claim(
        id="weighted-ansatz-leaks",
        says="STEP, one weight a group: (I − VVᵀ)Ωv vanishes for the modes within a group; for the middle mode its norm is the "
        "standard deviation of ω under the probability weights v_mid², positive where the weights differ.",
        source=OURS,
        stated={"within": WEIGHTS, "mass": MASS, "premise": tuple(DIFFERENT.values())},
        hypotheses=DIFFERENT,
        witnesses=(POINT,),
        parts=_leak_parts,
        runs=lambda said: (
            Agrees(
                id="leaks-of-all-modes",
                says="‖(I − VVᵀ)Ωv‖² of every mode in floating point, many sizes and weights",
                uses=("mass",),
                measure=lambda: weighted_runs.leak_error(said.mass),
                bound=runs.SVD_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("all of v_mid² on the majority", {"mass": sp.Integer(1)}),
            NearMiss("one half on each group", {"mass": HALF}),
            NearMiss("Ωv is Zᵀz with the other group's weight", {"within": WEIGHTS[::-1]}),
            NearMiss("positive for equal weights as well", {"premise": ()}),
        ),
        coq={
            "majority-modes-leak-nothing": ("rates.escape.majority_contrast_leaks_nothing", "matrices.modes.within_group_modes_are_exact"),
            "minority-modes-leak-nothing": ("rates.escape.minority_contrast_leaks_nothing", "matrices.modes.within_group_modes_are_exact"),
            "middle-leak-is-variance": ("dynamics.weighted_flow.leak_of_middle_mode_is_variance_of_weights",),
            "middle-leak-positive": ("dynamics.weighted_flow.leak_positive_where_weights_differ",),
        },
    ),
    Claim(
        id="no-mode-exact-of-distinct-counts",
        says="With all counts distinct and ω = n^(−γ), γ > 0 (or any strictly decreasing function of the count), every mode of the "
        "weighted flow leaks: Ωv is not in span V for any right singular vector v of Z.",
        source=OURS,
        stated={"vector": 1 / (count - other), "decreasing": gamma > 0},
        hypotheses={"γ > 0": gamma > 0},
        witnesses=(POINT,),
        parts=_distinct_counts_parts,
        runs=lambda said: (
            Agrees(
                id="modes-that-do-not-leak",
                says="random distinct counts and exponents with a mode that does not leak",
                uses=("decreasing",),
                measure=lambda: weighted_runs.exact_modes(said.decreasing),
                bound=0,
            ),
        ),
        near_misses=(
            NearMiss("γ = 0 as well", {"decreasing": gamma >= 0}),
            NearMiss("1/(n_j + x) in place of 1/(n_j − x)", {"vector": 1 / (count + other)}),
        ),
        coq={
            "secular-vector-is-a-mode": ("dynamics.weighted_flow.secular_vector_solves_eigenvalue_equation",),
            "larger-count-has-smaller-weight": (
                "dynamics.weighted_flow.larger_count_has_smaller_weight",
                "matrices.modes.every_mode_leaks_of_distinct_counts",
            ),
        },
    ),
    Claim(
        id="escape-rates",
        says="To first order in W and H the weighted flow of the squared loss is dW/dt = ZΩHᵀ, dH/dt = WᵀZΩ, and what is left out "
        "is cubic: with ZΩ = USVᵀ the combinations UᵀW ± VᵀHᵀ move as e^(±St), so modes grow at the singular values of ZΩ, "
        "whose Gram matrix is P diag(n_j ω_j²) P.",
        source=OURS,
        stated={
            "drive": flow.Z * flow.Omega,
            "rates": modes.S,
            "power": 2,
            "effective_counts": (n_majority * w_majority**2, n_minority * w_minority**2),
        },
        witnesses=(POINT,),
        parts=_escape_parts,
        runs=lambda said: (
            Agrees(
                id="growth-rates-of-runs",
                says="growth rates of runs at small scale against singular values of P diag(√n ω^(power/2))",
                uses=("power",),
                measure=lambda: weighted_runs.growth_rate_error(said.power),
                bound=weighted_runs.GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss(
                "nω in place of nω²: the projected weights",
                {"effective_counts": (n_majority * w_majority, n_minority * w_minority), "power": 1},
            ),
            NearMiss("Z in place of ZΩ: the start forgets the weights", {"drive": flow.Z}),
            NearMiss("the squares of the singular values", {"rates": modes.S * modes.S}),
        ),
        coq={
            "gram-under-step": ("rates.escape.gram_of_weighted_labels_under_step", "matrices.labels.gram_of_weighted_labels"),
            "gram-at-counts-3-2-1": ("rates.escape.gram_of_weighted_labels_at_counts_3_2_1", "matrices.labels.gram_of_weighted_labels"),
        },
    ),
    Claim(
        id="effective-counts",
        says="To first order in W and H the flow of the squared loss with counts n_j and weights ω_j is, with H = FΩ, the flow of W "
        "and F with counts n_j ω_j² and no weights: W and the escape rates are the same, features and logits of class j are ω_j "
        "times those. For ω = n^(−γ) the effective imbalance ratio is R^(1−2γ).",
        source=OURS,
        stated={"multiplicity": flow.Omega * flow.Omega, "unit": flow.Omega, "power": 2, "ratio": R ** (1 - 2 * gamma)},
        hypotheses=RATIO,
        witnesses=(POINT,),
        parts=_effective_counts_parts,
        runs=lambda said: (
            Agrees(
                id="growth-rates-with-and-without-weights",
                says="growth rates of W in weighted runs against those in unweighted runs with counts nω²",
                uses=("power",),
                measure=lambda: weighted_runs.effective_counts_error(said.power),
                bound=weighted_runs.GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("R^(1−γ)", {"ratio": R ** (1 - gamma)}),
            NearMiss("R^(2γ−1)", {"ratio": R ** (2 * gamma - 1)}),
            NearMiss("counts nω", {"multiplicity": flow.Omega, "power": 1}),
            NearMiss("features are the same", {"unit": sp.Identity(flow.samples)}),
        ),
        coq={
            "gram-is-that-of-effective-counts": (
                "rates.escape.gram_is_that_of_effective_counts",
                "matrices.labels.gram_of_weights_is_gram_of_effective_counts",
            ),
            "effective-imbalance-ratio": ("rates.escape.escape_ratio_is_a_power",),
        },
    ),
    Claim(
        id="flat-iff-inverse-square-root",
        says="For c ≥ 3 and any counts, all c − 1 escape rates are equal iff ω_j ∝ n_j^(−1/2). (At c = 2 there is one rate, "
        "flat whatever the weights.)",
        source=OURS,
        stated={"exponent": HALF, "sign": -1, "pairs": ((0, 1), (0, 2), (1, 2)), "flat": partition.centring, "mean": (x1 + x2) / 2},
        witnesses=(_at_exponent(HALF),),
        parts=_flat_parts,
        runs=lambda said: (
            Agrees(
                id="spread-of-escape-rates",
                says="relative spread of the escape rates of ω = n^(−exponent), random counts",
                uses=("exponent",),
                measure=lambda: weighted_runs.flatness_error(said.exponent),
                bound=runs.SVD_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("exponent 0.4", {"exponent": sp.Rational(2, 5)}),
            NearMiss("exponent 0.6", {"exponent": sp.Rational(3, 5)}),
            NearMiss("e_i + e_j in place of e_i − e_j", {"sign": 1}),
            NearMiss("two pairs of three classes are enough", {"pairs": ((0, 1), (0, 2))}),
            NearMiss("the ones grow as well", {"flat": partition.identity}),
            NearMiss("two classes: the sum in place of the mean", {"mean": x1 + x2}),
        ),
        plain="weights n^(−1/2) flatten the escape spectrum exactly, for any counts, and with three classes or more no others do",
        coq={
            "flat-makes-effective-counts-equal": (
                "rates.escape.flat_rates_make_all_masses_equal",
                "matrices.flattening.flat_spectrum_iff_inverse_square_root",
            ),
            "two-classes-are-flat": ("rates.escape.two_classes_are_flat",),
        },
    ),
    Claim(
        id="escape-window-of-any-split",
        says="STEP, any split: the scaled window of the escape rates, relative to the first, is R^|1/2 − γ| − 1.",
        source=OURS,
        stated={"window": R ** sp.Abs(HALF - gamma) - 1},
        hypotheses={**STRICT_RATIO, "c ≥ 3": c >= 3},
        witnesses=(POINT,),
        parts=_window_every_split_parts,
        repaired_by="escape-window",
        coq={"window-of-one-minority-class": ("counterexamples.escape_window.window_of_one_minority_class_differs",)},
    ),
    Claim(
        id="escape-window",
        says="STEP with two classes or more in each group and ω = n^(−γ): the scaled window of the escape rates, relative to the "
        "first, is R^|1/2 − γ| − 1, zero at γ = 1/2.",
        source=OURS,
        stated={
            "ratio": R ** (HALF - gamma),
            "turn": HALF,
            "below": R ** (HALF - gamma) - 1,
            "above": R ** (gamma - HALF) - 1,
            "flat": HALF,
        },
        hypotheses={**RATIO, **TWO_A_GROUP},
        witnesses=(_at_exponent(0), _at_exponent(HALF), _at_exponent(1)),
        parts=_window_parts,
        runs=lambda said: (
            Agrees(
                id="windows-of-weighted-runs",
                says="dT/dδ of mode learning times between δ = 8 and 16, weighted runs",
                uses=("below", "above"),
                measure=lambda: weighted_runs.escape_window_error(said.below, said.above),
                bound=weighted_runs.SLOPE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss(
                "0.4 in place of 1/2",
                {
                    "below": R ** (sp.Rational(2, 5) - gamma) - 1,
                    "ratio": R ** (sp.Rational(2, 5) - gamma),
                    "turn": sp.Rational(2, 5),
                    "flat": sp.Rational(2, 5),
                },
            ),
            NearMiss("0.6 in place of 1/2", {"above": R ** (gamma - sp.Rational(3, 5)) - 1, "turn": sp.Rational(3, 5)}),
        ),
        plain="the window of the weighted flow is zero at γ = 1/2, below the paper's bound √2 − 1, which holds as an inequality "
        "on the projected rates, and for equal halves",
        coq={
            "middle-between-up-to-one-half": ("rates.escape.middle_escapes_between_below_half",),
            "middle-between-from-one-half": ("rates.escape.middle_escapes_between_above_half",),
        },
    ),
    Claim(
        id="inverse-frequency-reverses-the-order",
        says='STEP with two classes or more in each group and R > 1: γ = 1 (inverse frequency, class_weight="balanced") does not '
        "balance: minority modes escape first, majority modes last, with the same window as no weights at all.",
        source=OURS,
        stated={"exponent": sp.Integer(1), "minority_classes": m_minority},
        hypotheses={**STRICT_RATIO, **TWO_A_GROUP},
        witnesses=(_at_exponent(1),),
        parts=_reversal_parts,
        near_misses=(
            NearMiss("γ = 3/4 has the window of no weights too", {"exponent": sp.Rational(3, 4)}),
            NearMiss("γ = 1/2 reverses as well", {"exponent": HALF}),
            NearMiss("one minority class as well", {"minority_classes": sp.Integer(1)}),
        ),
        plain="inverse-frequency weights do not balance: with two classes or more in each group of STEP they reverse the order, with "
        "the window of no weights at all",
        coq={
            "minority-before-middle": ("rates.escape.minority_escapes_before_middle_under_inverse_frequency",),
            "middle-before-majority": ("rates.escape.middle_escapes_before_majority_under_inverse_frequency",),
        },
    ),
    Claim(
        id="escape-rate-dominates",
        says="STEP, one weight a group: on the middle mode the escape rate, a singular value of ZΩ, is at least σλ, the rate of the "
        "projected weights, with equality iff the weights are equal (equal counts are not enough).",
        source=OURS,
        stated={"share": sp.Integer(1), "only": _equal_weights_only},
        hypotheses=DIFFERENT,
        witnesses=(POINT,),
        parts=_dominates_parts,
        near_misses=(
            NearMiss("equal where the counts are", {"only": _equal_counts}),
            NearMiss("the squared rate is at least twice (σλ)²", {"share": sp.Integer(2)}),
        ),
        coq={
            "escape-at-least-effective-rate": ("rates.escape.escape_rate_dominates_effective_rate",),
            "rates-equal-where-weights-are": ("rates.escape.rates_equal_where_weights_are",),
            "rates-equal-only-where-weights-are": ("rates.escape.rates_equal_only_where_weights_are",),
        },
    ),
    Claim(
        id="middle-mode-reduces-to-three-scalars",
        says="STEP, any split and weights, squared loss, width d ≥ c − 1, features alike inside a class: from "
        "W = (a uuᵀ + Σ α_g Π_g)Qᵀ and features Q(uuᵀ diag(b, e) + Σ β_g Π_g) of the classes, QᵀQ = P, the flow keeps this form "
        "and closes on a, b, e and one pair α_g, β_g a group. It conserves a² − p n_maj b² − (1 − p) n_min e², leaves zero at the "
        "middle singular value of ZΩ, rests where ab = ae = 1, and relaxes to that at two rates with product 2σ²ω_maj ω_min.",
        source=OURS,
        stated={
            "error": lambda P, A, B: P - A * P * B,
            "classifier": STATED_CLASSIFIER,
            "features": STATED_FEATURES,
            "within": STATED_WITHIN,
            "invariant": INVARIANT,
            "fitted": (b, e),
            "product": 2 * w_majority * w_minority,
        },
        hypotheses={"d ≥ c − 1": flow.width >= c - 1, "p < 1": p < 1},
        witnesses=(POINT,),
        parts=_reduction_parts,
        runs=lambda said: (
            Agrees(
                id="strength-along-class-level-runs",
                says="strength of the middle mode along class-level runs against the stated rates, integrated",
                uses=("classifier", "features"),
                measure=lambda: weighted_runs.reduction_error(said.classifier, said.features),
                bound=weighted_runs.REDUCTION_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the width matters: P − AB in place of P − APB", {"error": lambda P, A, B: P - A * B}),
            NearMiss("both groups weigh alike in da/dt", {"classifier": STATED_CLASSIFIER.subs(p, HALF)}),
            NearMiss("the features of both groups move alike, as in the spectral ansatz", {"features": STATED_FEATURES[:1] * 2}),
            NearMiss("modes within a group feel no weight", {"within": UNWEIGHTED_WITHIN}),
            NearMiss("2a² in place of a²", {"invariant": a**2 + INVARIANT}),
            NearMiss("at rest where one group is fitted", {"fitted": (b,)}),
            NearMiss("relaxation rates multiply to σ²ω_maj ω_min", {"product": w_majority * w_minority}),
        ),
        coq={
            "invariant-is-conserved": ("dynamics.weighted_flow.middle_mode_invariant_is_conserved",),
            "product-of-relaxation-rates": ("dynamics.weighted_flow.relaxation_rates_have_stated_product",),
        },
    ),
    Claim(
        id="terminal-geometry-equivalence",
        says="WᵀW = HHᵀ and WH = Z force WWᵀ = (ZZᵀ)^{1/2} and HᵀH = (ZᵀZ)^{1/2} (the positive square root is unique): the whole "
        "terminal geometry forgets the weights.",
        source=OURS,
        stated={"power": 2, "root": sp.sqrt},
        witnesses=(POINT,),
        parts=_terminal_parts,
        runs=lambda said: (
            Agrees(
                id="geometry-at-the-end-of-runs",
                says="WWᵀ at the end of weighted runs against the root of ZZᵀ",
                uses=("power",),
                measure=lambda: weighted_runs.geometry_error(said.power),
                bound=runs.TERMINAL_TOLERANCE,
            ),
        ),
        near_misses=(NearMiss("ZZᵀ in place of its square root", {"power": 1, "root": lambda value: value}),),
        plain="at the end of training the weights are forgotten: logits, classifier and features",
        coq={
            "root-squares-back-within-majority": ("dynamics.weighted_flow.root_of_gram_squares_back_within_majority",),
            "root-squares-back-within-minority": ("dynamics.weighted_flow.root_of_gram_squares_back_within_minority",),
            **{f"root-squares-back-in-block-{k}": (f"dynamics.weighted_flow.root_of_gram_squares_back_entry_{k}",) for k in (2, 3, 4, 5)},
            "square-of-classifier-gram": (
                "dynamics.matrix_flow.square_of_classifier_gram",
                "matrices.terminal.terminal_geometry_of_balance",
                "matrices.terminal.psd_square_root_unique",
            ),
            "square-of-feature-gram": (
                "dynamics.matrix_flow.square_of_feature_gram",
                "matrices.terminal.terminal_geometry_forgets_weights",
            ),
        },
    ),
)
