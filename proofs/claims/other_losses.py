"""Other losses: the first-order target of each, its escape rates under STEP, and what flattens them."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from types import SimpleNamespace

import sympy as sp

from proofs import runs_losses as runs
from proofs.claims.common import HALF, STRICT_RATIO, equal
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit
from theory import decoupling, first_order, grouped
from theory.counts import Group
from theory.losses import loss_named
from theory.losses.loss import Loss
from theory.symbols import R, gamma, m_majority, m_minority, n_majority, n_minority, rate, sigma, t
from theory.symbols import delta as scale_exponent
from theory.weights import effective_number_weights

SIZES, NUMBERS = (m_majority, m_minority), (n_majority, n_minority)
C = m_majority + m_minority
N = m_majority * n_majority + m_minority * n_minority
POINT = {
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(3),
    n_majority: sp.Integer(9),
    n_minority: sp.Integer(1),
    R: sp.Integer(9),
    gamma: sp.Rational(1, 4),
}
BINARY = ((0, 0), (0, 1), (1, 0), (1, 1))
GROUPS = ("majority", "minority")


@cache
def _loss(name: str) -> Loss:
    return loss_named(name)


@cache
def _target(name: str) -> first_order.Target:
    return first_order.step_target(_loss(name))


def _entries(
    row: tuple[sp.Expr, ...], prior: tuple[sp.Expr, ...], column: tuple[sp.Expr, ...]
) -> dict[tuple[int, int, bool], sp.Expr]:
    """diag(row)(Y − π1ᵀ) diag(column): for row group h and label group g, another class and the own one."""
    return {
        (h, g, own): row[h] * column[g] * (int(own) - prior[h])
        for h, g in BINARY
        for own in ((False, True) if h == g else (False,))
    }


def _stated_entries(said: SimpleNamespace) -> dict[tuple[int, int, bool], sp.Expr]:
    return _entries(
        getattr(said, "row", (sp.Integer(1),) * 2),
        getattr(said, "prior", (1 / C,) * 2),
        getattr(said, "column", (sp.Integer(1),) * 2),
    )


def _target_parts(name: str, said: SimpleNamespace) -> tuple[Holds, ...]:
    target = _target(name)
    return tuple(
        equal(
            f"G: {'the own entry' if own else 'entry of another ' + GROUPS[h] + ' class'}, {GROUPS[g]} label",
            target.own(g) if own else target.entry(h, g),
            entry,
        )
        for (h, g, own), entry in _stated_entries(said).items()
    )


def _rate_squares(name: str) -> tuple[sp.Expr, sp.Expr, list[sp.Expr]]:
    """Squares of the escape rates at ω = n^(−γ): within the two groups, and the others."""
    target = _target(name)
    weights = [n**-gamma for n in NUMBERS]
    majority, minority = (value for _, value, _ in target.gram(weights).within())
    return majority, minority, [value for value, _ in first_order.quotient_squares(target, weights) if value != 0]


def _flat_parts(name: str, said: SimpleNamespace) -> tuple[Holds, ...]:
    majority, minority, others = _rate_squares(name)
    at = {gamma: said.exponent}
    return (
        equal("the within-group rates are equal at that exponent", (majority / minority).subs(at), sp.Integer(1)),
        *(equal("and so are the others", (value / minority).subs(at), sp.Integer(1)) for value in others),
        _at_no_other_exponent(majority / minority, said.exponent),
    )


def _at_no_other_exponent(ratio: sp.Expr, exponent: sp.Expr) -> Holds:
    return Holds(
        says="at every other exponent the within-group rates differ where the counts do",
        condition=sp.Ne(sp.factor(ratio), 1),
        where=(n_majority > n_minority, sp.Ne(gamma, exponent)),
    )


def _flattened(
    name: str,
    words: str,
    source: str,
    stated: Mapping[str, object],
    near_misses: tuple[NearMiss, ...],
    factor: sp.Expr,
    middle: bool = True,
) -> Claim:
    """A loss whose G is a multiple of ZΩ (or YΩ): the target, the rates and the exponent 1/2."""
    within = [factor * sp.sqrt(n) * n**-gamma for n in NUMBERS]
    others = (
        [factor * sp.sqrt((m_minority * within[0] ** 2 + m_majority * within[1] ** 2) / (C * factor**2))]
        if middle
        else within
    )
    return Claim(
        id=f"{name}-flat-iff-inverse-square-root",
        says=words,
        source=source,
        stated={**stated, "exponent": HALF, "rates": (within[0], within[1], others)},
        witnesses=(POINT,),
        parts=lambda said: (
            *_target_parts(name, said), *_flat_parts(name, said), *_stated_rates(name, said, factor)
        ),
        runs=lambda said: (
            Agrees(
                says="compiled gradients at zero logits",
                uses=("row", "prior", "column"),
                measure=lambda: runs.target_error(name, _stated_entries(said)),
                bound=runs.ENTRY_TOLERANCE,
            ),
            Agrees(
                says="growth rates of runs at δ = 12, γ = 0, 1/2 and 1",
                uses=("rates",),
                measure=lambda: runs.growth_error(name, *said.rates),
                bound=runs.GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("0.4 in place of 1/2", {"exponent": sp.Rational(2, 5)}),
            NearMiss("inverse frequency, γ = 1", {"exponent": sp.Integer(1)}),
            NearMiss("rates √n ω without the root", {"rates": (within[0] * sp.sqrt(n_majority), within[1], others)}),
            *near_misses,
        ),
        coq=_theorems(name, FLAT_THEOREMS) if middle else {},
    )


def _stated_rates(name: str, said: SimpleNamespace, unit: sp.Expr) -> tuple[Holds, ...]:
    """In units of the factor of ZΩ, which the entries settle."""
    majority, minority, others = _rate_squares(name)
    pairs = [("within the majority", majority, said.rates[0]), ("within the minority", minority, said.rates[1])]
    if len(others) == 1:
        pairs.append(("of the middle mode", others[0], said.rates[2][0]))
    return tuple(
        equal(
            f"the square of the escape rate {place}, over that of the factor",
            sp.cancel(found / unit**2),
            stated**2 / unit**2,
        )
        for place, found, stated in pairs
    )


TARGET_THEOREMS = {
    "G: the own entry, majority label": "own_entry_of_majority",
    "G: the own entry, minority label": "own_entry_of_minority",
}
FLAT_THEOREMS = {
    **TARGET_THEOREMS,
    "and so are the others": "middle_flat_at_half",
    "the square of the escape rate of the middle mode, over that of the factor": "middle_escape_rate",
}
PRIOR_THEOREMS = {
    **TARGET_THEOREMS,
    "the square of the rate within the majority": "rate_within_majority",
    "the square of the rate within the minority": "rate_within_minority",
    "the square of the rate of the middle mode": "middle_rate",
}


def _theorems(name: str, endings: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The loss's theorems in losses/targets.v, by the parts that they carry."""
    return {says: (f"losses.targets.{name.replace('-', '_')}_{ending}",) for says, ending in endings.items()}


def _columns(factor: sp.Expr) -> dict[str, tuple[sp.Expr, sp.Expr]]:
    return {"column": (factor, factor)}


def _multiple(name: str, words: str, source: str, factor: sp.Expr, wrong: sp.Expr, says_wrong: str) -> Claim:
    return _flattened(
        name,
        f"{words}; STEP: flattened by n^(−1/2), and by no other exponent.",
        source,
        _columns(factor),
        (NearMiss(says_wrong, _columns(wrong)),),
        factor,
    )


# Priors ------------------------------------------------------------------------------------------------------------

PRIOR = (n_majority / N, n_minority / N)
X = tuple(n * n ** (-2 * gamma) for n in NUMBERS)  # n ω²


def _prior_middle(prior: tuple[sp.Expr, sp.Expr], row: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    """Square of the middle escape rate of diag(row)(Y − π1ᵀ)Ω: the trace of the Gram matrix less the within-group part."""
    squares = sp.Add(*(m * (a * q) ** 2 for m, a, q in zip(SIZES, row, prior, strict=True)))
    mass = sp.Add(*(m * x for m, x in zip(SIZES, X, strict=True)))
    cross = sp.Add(*(m * x * a**2 * q for m, x, a, q in zip(SIZES, X, row, prior, strict=True)))
    return sp.Add(*(a**2 * x for a, x in zip(row, X, strict=True))) - 2 * cross + squares * mass


def _prior_parts(name: str, said: SimpleNamespace) -> tuple[Holds, ...]:
    majority, minority, (middle,) = _rate_squares(name)
    return (
        *_target_parts(name, said),
        equal("the square of the rate within the majority", majority, said.row[0] ** 2 * X[0]),
        equal("the square of the rate within the minority", minority, said.row[1] ** 2 * X[1]),
        equal("the square of the rate of the middle mode", middle, said.middle),
    )


def _prior_claim(
    claim_id: str, name: str, words: str, row: tuple[sp.Expr, sp.Expr], near_misses: tuple[NearMiss, ...]
) -> Claim:
    middle = _prior_middle(PRIOR, row)
    rates = (row[0] * sp.sqrt(X[0]), row[1] * sp.sqrt(X[1]), (sp.sqrt(middle),))
    return Claim(
        id=claim_id,
        says=words,
        source=OURS,
        stated={"row": row, "prior": PRIOR, "middle": middle},
        witnesses=(POINT,),
        parts=lambda said: _prior_parts(name, said),
        runs=lambda said: (
            Agrees(
                says="compiled gradients at zero logits",
                uses=("row", "prior"),
                measure=lambda: runs.target_error(name, _stated_entries(said)),
                bound=runs.ENTRY_TOLERANCE,
            ),
            Agrees(
                says="growth rates of runs at δ = 12, γ = 0, 1/2 and 1",
                uses=("middle",),
                measure=lambda: runs.growth_error(name, rates[0], rates[1], (sp.sqrt(said.middle),)),
                bound=runs.GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("a uniform prior", {"prior": (1 / C, 1 / C)}),
            NearMiss("the middle rate doubled", {"middle": 4 * middle}),
            *near_misses,
        ),
        coq=_theorems(name, PRIOR_THEOREMS),
    )


def _gap_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """At n_min = 1, n_maj = R: γ must be 1/2 for the within-group rates, and then the middle one is above them."""
    at = {n_majority: R, n_minority: sp.Integer(1)}
    majority, minority, (middle,) = _rate_squares("logit-adjusted")
    return (
        equal("the within-group rates are equal at γ = 1/2", (majority / minority).subs(gamma, HALF), sp.Integer(1)),
        _at_no_other_exponent(majority / minority, HALF),
        equal("the square of the middle rate there", middle.subs(gamma, HALF).subs(at), said.middle),
        Holds(says="which exceeds theirs for R > 1", condition=said.middle > 1, where=tuple(STRICT_RATIO.values())),
    )


BALANCED_MIDDLE = C * (m_majority * R**2 + m_minority) / (m_majority * R + m_minority) ** 2

# LDAM --------------------------------------------------------------------------------------------------------------

MARGINS = ((n_minority / n_majority) ** sp.Rational(1, 4) / 2, HALF)


def _ldam_column(margins: tuple[sp.Expr, ...]) -> tuple[sp.Expr, ...]:
    return tuple(30 * C / (C - 1 + sp.exp(-30 * margin)) for margin in margins)


def _ldam_exponent(ratio: int) -> sp.Expr:
    """The exponent that flattens STEP(10, R), ten classes: 1/2 + ln(a_maj/a_min)/ln R."""
    at = {
        n_majority: sp.Integer(ratio),
        n_minority: sp.Integer(1),
        m_majority: sp.Integer(5),
        m_minority: sp.Integer(5),
    }
    column = [entry.subs(at) for entry in _ldam_column(MARGINS)]
    return HALF + sp.log(column[0] / column[1]) / sp.log(ratio)


def _ldam_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    near, far = _ldam_exponent(16), _ldam_exponent(10000)
    return (
        *_target_parts("ldam", said),
        Holds(
            says="ten classes: the exponent that flattens R = 10⁴ lies below that of R = 16: none flattens both",
            condition=said.below * (near - far) > 0,
        ),
    )


# Unhinged ----------------------------------------------------------------------------------------------------------

# Along u the classifier is e^(−δ)(cosh μt + ρ sinh μt); along v the feature is 1 − ρ² + ρ² cosh μt + ρ sinh μt.
MU, RHO = sigma, rate
UNHINGED = (
    sp.exp(-2 * scale_exponent)
    * (sp.cosh(MU * t) + RHO * sp.sinh(MU * t))
    * (1 - RHO**2 + RHO**2 * sp.cosh(MU * t) + RHO * sp.sinh(MU * t))
)


GROWTH = sp.Symbol("E", positive=True)  # e^(μt): in it the closed form is rational


def _rational(expression: sp.Expr) -> sp.Expr:
    """e^(2δ) times the expression, with e^(kμt) written as E^k."""
    exponentials = (expression * sp.exp(2 * scale_exponent)).rewrite(sp.exp).expand()
    return exponentials.replace(lambda node: isinstance(node, sp.exp), lambda node: GROWTH ** (node.args[0] / (MU * t)))


def _unhinged_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """W, H solve dW/dt = μ x yᵀHᵀ, dH/dt = WᵀG along one mode: a' = μb, b' = μa from a(0) = 1, b(0) = ρ, and
    the feature along v is ρ b + (1 − ρ²), as v = ρ y + what does not move."""
    start = sp.exp(-2 * scale_exponent)
    a, b = sp.cosh(MU * t) + RHO * sp.sinh(MU * t), RHO * sp.cosh(MU * t) + sp.sinh(MU * t)
    return (
        equal("G does not depend on the logits: the Hessian of the loss is zero", _hessian_size(), sp.Integer(0)),
        equal(
            "the classifier along u solves its equation", _rational(start * sp.diff(a, t)), _rational(start * MU * b)
        ),
        equal("the feature along y solves its equation", _rational(start * sp.diff(b, t)), _rational(start * MU * a)),
        equal("the strength is their product", _rational(start * a * (RHO * b + 1 - RHO**2)), _rational(said.strength)),
        equal("it starts at e^(−2δ)", _rational(said.strength).subs(GROWTH, 1), sp.Integer(1)),
        equal("without weights, ρ = 1, it is e^(2σt − 2δ)", _rational(said.strength.subs(RHO, 1)), GROWTH**2),
    )


def _hessian_size() -> sp.Expr:
    """Σ of the squares of the second derivatives of the unhinged loss, for every size."""
    logits = (grouped.OWN, *grouped.OTHERS)
    return sp.Add(
        *(entry**2 for own in range(2) for entry in sp.hessian(grouped.with_symbolic_sizes(_loss("unhinged"), own), logits))
    )


# Decoupling --------------------------------------------------------------------------------------------------------


def _leak_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """STEP(4, 9), without weights."""
    groups = (Group(sp.Integer(2), sp.Integer(9)), Group(sp.Integer(2), sp.Integer(1)))
    ones = (sp.Integer(1),) * 2
    at_zero = decoupling.leak(_target("cross-entropy"), ones)
    later = decoupling.leak(decoupling.half_learned(_loss("cross-entropy"), groups), ones)
    return (
        *(
            equal(f"at zero logits nothing leaks: entry {k}, every size", entry, sp.Integer(0))
            for k, entry in enumerate(at_zero.entries)
        ),
        Holds(
            says="STEP(4, 9), majority half learned: the squared norm of what leaks",
            condition=said.sign * later.square > 0,
        ),
    )


# Class-balanced weights --------------------------------------------------------------------------------------------

BETA = sp.Symbol("beta", positive=True)


def _effective_number_parts(said: SimpleNamespace) -> tuple[Limit | Holds, ...]:
    majority, minority = effective_number_weights((sp.Integer(10), sp.Integer(1)), BETA)
    ratio = sp.factor(sp.cancel(majority / minority))
    return (
        Limit(
            says="β → 0: no weights",
            expr=ratio,
            variable=BETA,
            point=sp.Integer(0),
            value=said.start,
            where=(BETA < 1,),
        ),
        Limit(
            says="β → 1: inverse frequency",
            expr=ratio,
            variable=BETA,
            point=sp.Integer(1),
            value=said.end,
            where=(BETA < 1,),
        ),
        Holds(
            says="between them for every β in (0, 1)",
            condition=sp.And(ratio < said.start, ratio > said.end),
            where=(BETA < 1,),
        ),
    )


def _equal_times_parts(said: SimpleNamespace) -> tuple[Holds | Agrees, ...]:
    """Equal escape rates are derived; that the full flow keeps their order of time is seen on runs alone."""
    return (
        *_flat_parts("cross-entropy", said),
        Agrees(
            says="dT/dδ of every class on full runs, δ = 8 and 12",
            uses=("exponent", "slope"),
            measure=lambda: runs.equal_times_error("cross-entropy", said.exponent, said.slope),
            bound=runs.SLOPE_TOLERANCE,
        ),
    )


def _sources(name: str) -> str:
    return f"ours; the loss: {_loss(name).source}"


FOCAL = (C - 1) / C**2 * (C - 1 + 2 * sp.log(C))
ROW = (sp.Integer(1), (n_minority / n_majority) ** sp.Rational(3, 10))

CLAIMS = (
    _multiple(
        "cross-entropy",
        "Cross-entropy: G = ZΩ, the target of the squared loss",
        _sources("cross-entropy"),
        sp.Integer(1),
        1 - 1 / C,
        "an extra factor 1 − 1/c",
    ),
    _multiple(
        "label-smoothing",
        "Label smoothing: G = (1 − ε)ZΩ, ε = 1/10",
        _sources("label-smoothing"),
        sp.Rational(9, 10),
        sp.Integer(1),
        "ε left out",
    ),
    _multiple(
        "focal",
        "Focal, g = 2: G = (1 − 1/c)²(1 + 2 ln c/(c − 1)) · ZΩ",
        _sources("focal"),
        FOCAL,
        (1 - 1 / C) ** 2,
        "the slope of (1 − p)² left out",
    ),
    _multiple(
        "squentropy",
        "Squentropy: G = ZΩ, the target of cross-entropy",
        _sources("squentropy"),
        sp.Integer(1),
        sp.Integer(2),
        "the squares counted at zero",
    ),
    _multiple(
        "unhinged", "The unhinged loss: G = ZΩ", _sources("unhinged"), sp.Integer(1), HALF, "half of it"
    ),
    _flattened(
        "squared-one-hot",
        "The squared loss on one-hot labels: G = YΩ, with c modes of rates √n ω and no middle one; "
        "flattened by n^(−1/2).",
        _sources("squared-one-hot"),
        {"prior": (sp.Integer(0),) * 2},
        (NearMiss("centred labels", {"prior": (1 / C, 1 / C)}),),
        sp.Integer(1),
        middle=False,
    ),
    _prior_claim(
        "logit-adjusted-target-has-the-prior",
        "logit-adjusted",
        "Logit adjustment, τ = 1 (balanced softmax): G = (Y − π1ᵀ)Ω with π the prior; under STEP its rates are √n ω "
        "within the groups and a middle one.",
        (sp.Integer(1),) * 2,
        (NearMiss("the prior of the inverse counts", {"prior": (n_minority / N, n_majority / N)}),),
    ),
    Claim(
        id="no-exponent-flattens-logit-adjustment",
        says="STEP, τ = 1, R > 1: γ = 1/2 alone makes the within-group rates equal, and leaves the middle rate at √c ‖π‖ > 1.",
        source=OURS,
        stated={"middle": BALANCED_MIDDLE},
        hypotheses=STRICT_RATIO,
        witnesses=(POINT,),
        parts=_gap_parts,
        near_misses=(
            NearMiss("‖π‖² without c", {"middle": BALANCED_MIDDLE / C}),
            NearMiss("flat after all", {"middle": sp.Integer(1)}),
        ),
        coq={
            "which exceeds theirs for R > 1": ("losses.targets.prior_middle_rate_exceeds_1",),
        },
    ),
    _prior_claim(
        "vs-target-scales-the-rows",
        "vs",
        "VS, κ = 3/10 and τ = 1: G = diag(Δ)(Y − π1ᵀ)Ω with Δ = (n/n_max)^κ; its within-group rates are Δ√n ω.",
        ROW,
        (NearMiss("the multipliers left out", {"row": (sp.Integer(1),) * 2}),),
    ),
    Claim(
        id="ldam-acts-as-weights-at-first-order",
        says="LDAM (s = 30, largest margin 1/2): G = Z diag(a)Ω with a_j = s c/(c − 1 + e^(−sΔ_j)); no one exponent flattens it.",
        source=_sources("ldam"),
        stated={"column": _ldam_column(MARGINS), "below": sp.Integer(1)},
        witnesses=(POINT,),
        parts=_ldam_parts,
        runs=lambda said: (
            Agrees(
                says="compiled gradients at zero logits",
                uses=("column",),
                measure=lambda: runs.target_error("ldam", _stated_entries(said)),
                bound=runs.ENTRY_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("margins n^(−1/2)", {"column": _ldam_column((sp.sqrt(n_minority / n_majority) / 2, HALF))}),
            NearMiss("one margin for all", {"column": _ldam_column((HALF, HALF))}),
            NearMiss("the exponents in the other order", {"below": sp.Integer(-1)}),
        ),
        coq={
            "G: entry of another majority class, majority label": ("losses.targets.ldam_entry_of_majority_class_majority_label",),
            "G: the own entry, majority label": ("losses.targets.ldam_own_entry_of_majority",),
            "G: entry of another majority class, minority label": ("losses.targets.ldam_entry_of_majority_class_minority_label",),
            "G: entry of another minority class, majority label": ("losses.targets.ldam_entry_of_minority_class_majority_label",),
            "G: entry of another minority class, minority label": ("losses.targets.ldam_entry_of_minority_class_minority_label",),
            "G: the own entry, minority label": ("losses.targets.ldam_own_entry_of_minority",),
        },
    ),
    Claim(
        id="scaled-times-equalise-under-cross-entropy",
        says="Cross-entropy, γ = 1/2, full flow: T/δ → 1 for every class, as with the squared loss.",
        source=OURS,
        stated={"exponent": HALF, "slope": sp.Integer(1)},
        witnesses=(POINT,),
        parts=_equal_times_parts,
        near_misses=(NearMiss("γ = 0.4", {"exponent": sp.Rational(2, 5)}), NearMiss("half the slope", {"slope": HALF})),
        coq={
            "and so are the others": ("losses.targets.cross_entropy_equal_times_middle",),
        },
    ),
    Claim(
        id="cross-entropy-decouples-to-first-order-only",
        says="Cross-entropy without weights, STEP: nothing leaves the modes of Z at zero logits, and something does once the "
        "majority modes are half learned.",
        source=OURS,
        stated={"sign": sp.Integer(1)},
        witnesses=(POINT,),
        parts=_leak_parts,
        near_misses=(NearMiss("nothing leaks later either", {"sign": sp.Integer(0)}),),
        coq={
            "at zero logits nothing leaks: entry 0, every size": ("losses.targets.nothing_leaks_at_zero_logits_entry_0",),
            "at zero logits nothing leaks: entry 1, every size": ("losses.targets.nothing_leaks_at_zero_logits_entry_1",),
            "at zero logits nothing leaks: entry 2, every size": ("losses.targets.nothing_leaks_at_zero_logits_entry_2",),
        },
    ),
    Claim(
        id="unhinged-flow-closed-form",
        says="The unhinged loss has a linear flow: a mode of rate μ = ‖uᵀZΩ‖ and overlap ρ = σλ/μ has s(t) = e^(−2δ)"
        "(cosh μt + ρ sinh μt)(1 − ρ² + ρ² cosh μt + ρ sinh μt) for all time, which is e^(2σt − 2δ) without weights.",
        source=OURS,
        stated={"strength": UNHINGED},
        witnesses=(POINT,),
        parts=_unhinged_parts,
        runs=lambda said: (
            Agrees(
                says="strengths over whole runs, γ = 0, 1/2 and 1, the middle mode among them",
                uses=("strength",),
                measure=lambda: runs.linear_flow_error(said.strength, (Fraction(0), Fraction(1, 2), Fraction(1))),
                bound=runs.LINEAR_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("ρ = 1 in every mode", {"strength": sp.exp(2 * MU * t - 2 * scale_exponent)}),
            NearMiss("half the rate", {"strength": UNHINGED.subs(MU, MU / 2)}),
            NearMiss(
                "ρ left out of the feature",
                {"strength": sp.exp(-2 * scale_exponent) * (sp.cosh(MU * t) + RHO * sp.sinh(MU * t)) ** 2},
            ),
        ),
    ),
    Claim(
        id="effective-number-weights-run-from-none-to-inverse-frequency",
        says="Class-balanced weights (1 − β)/(1 − β^n), ten samples against one: the weight ratio runs from 1 at β → 0 to 1/10 at "
        "β → 1 and stays between.",
        source="ours; the weights: Cui et al., CVPR 2019",
        stated={"start": sp.Integer(1), "end": sp.Rational(1, 10)},
        hypotheses={"β < 1": BETA < 1},
        witnesses=({BETA: HALF},),
        parts=_effective_number_parts,
        near_misses=(
            NearMiss("1/100 in the end", {"end": sp.Rational(1, 100)}),
            NearMiss("1/2 at the start", {"start": HALF}),
        ),
        coq={
            "β → 0: no weights": ("losses.targets.effective_number_weights_start_at_none",),
            "β → 1: inverse frequency": ("losses.targets.effective_number_weights_end_at_inverse_frequency",),
            "between them for every β in (0, 1)": ("losses.targets.effective_number_weights_stay_between",),
        },
    ),
)
