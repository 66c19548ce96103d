"""How many modes weight decay leaves: at least those whose escape rate is above μ, and sometimes more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from proofs.claims.common import HALF, identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.claims.weight_decay.phases import EDGE, RATES, VALUES
from proofs.claims.weight_decay.settings import GROUPS, NAMES, POINT, WEIGHTS, drive, minimised, random_cases
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.data.counts import ClassCounts
from theory.models.decay_and_bias import WITHOUT_BIAS
from theory.models.reduction import S
from theory.symbols import shrinkage, sigma
from theory.unconstrained_features.modes import U, V, step_moments
from theory.weight_decay import three_classes

MU = shrinkage
Z, Omega = WITHOUT_BIAS.target, WITHOUT_BIAS.weights
L = sp.MatrixSymbol("L", *Z.shape)
X = sp.MatrixSymbol("X", U.shape[1], sp.Integer(1))  # coordinates of u on the fast modes
seen, kept, part = sp.symbols("z g x", nonnegative=True)  # ‖uᵀZΩ‖², ‖uᵀG‖², the square of one coordinate
t = sp.Symbol("t", real=True)
PLANE, LEFT_OUT = (sp.Integer(1), t, -1 - t), (sp.Integer(0), sp.Integer(1), -sp.Integer(1))  # all that is orthogonal to 1, up to scale
INVERSE_COUNTS = ((100, 10, 1), (20, 4, 1))  # at γ = 1
EXCESS = (sp.Rational(609, 2500), sp.Rational(193, 500))  # for each a μ between s_2 and where the second mode is lost
# A matrix of rank two that is certified exactly: counts, weights, its left vectors u and w, its singular values, and μ.
EXACT_COUNTS = tuple(map(sp.Integer, (11340, 1134, 60)))
EXACT_WEIGHTS = (sp.Rational(1, 25), sp.Rational(1, 25), sp.Integer(1))
EXACT_LEFT = (sp.Integer(1), sp.Integer(0), -sp.Integer(1))
EXACT_VALUES = (sp.Rational(20, 3), sp.Rational(2, 3))
EXACT_MU = sp.Rational(10, 3)
WITNESS = {**POINT, sigma: sp.Integer(2), seen: sp.Rational(1, 8), kept: HALF, part: sp.Integer(1)}
AT_INVERSE = tuple({**WITNESS, MU: mu, t: at} for mu, at in zip(EXCESS, (sp.Rational(7, 5), sp.Rational(3, 2)), strict=True))


def _bound_parts(said):
    return (
        MatrixIdentity(
            id="kernel-of-the-minimiser-sees-the-labels",
            says="Uᵀ(Z − L)Ω = UᵀZΩ where UᵀL = 0",
            left=U.T * (Z - (L - said.share * U * U.T * L)) * Omega,
            right=U.T * Z * Omega,
            orthonormal=(U,),
            diagonal=(Omega,),
        ),
        Holds(
            id="it-sees-no-more-than-decay",
            says="so ‖uᵀZΩ‖² = μ²‖uᵀG‖² ≤ μ² for a unit u with uᵀL* = 0, because (Z − L*)Ω = μG with ‖G‖ ≤ 1",
            condition=seen <= said.most,
            where=(sp.Eq(seen, MU**2 * kept), kept <= 1),
        ),
        MatrixIdentity(
            id="form-on-the-fast-modes",
            says="‖uᵀZΩ‖² = Σ x_i² s_i² for u = Ux, U the left singular vectors of ZΩ",
            left=(U * X).T * (U * S * V.T) * (U * S * V.T).T * (U * X),
            right=said.share * X.T * S * S * X,
            orthonormal=(U, V),
            diagonal=(S,),
        ),
        Holds(
            id="fast-modes-see-more",
            says="on modes with s_i > μ each term exceeds x_i² μ², so ‖uᵀZΩ‖ > μ for every unit u of their span: none has uᵀL* = 0, "
            "and the rank of L* is at least their number",
            condition=part * sigma**2 > part * said.least,
            where=(part > 0, sigma > MU),
        ),
        *_equality_parts(said),
        *(part for counts, mu in zip(INVERSE_COUNTS, said.excess, strict=True) for part in _excess_parts(counts, mu)),
    )


def _equality_parts(said):
    """STEP: a singular value of L* is positive iff the escape rate is above μ."""
    return (
        *(
            Holds(
                id=f"step-{name}-keeps-what-escapes",
                says=f"STEP, {name} classes: √n − μ/ω is positive where ω√n > μ, and only there",
                condition=sp.And(
                    sp.Or(rate <= said.kept_above, value > 0, evaluate=False), sp.Or(rate > said.lost_below, value <= 0, evaluate=False)
                ),
            )
            for name, rate, value in zip(NAMES, RATES, VALUES, strict=True)
        ),
        identity(
            "step-middle-keeps-what-escapes",
            "STEP: what μ² is held against on the middle mode is the square of its escape rate",
            said.edge,
            step_moments(GROUPS, [w**2 for w in WEIGHTS]).middle,
        ),
    )


@cache
def _excess_parts(counts, mu):
    """γ = 1: L* of rank one would have a left vector u, and w, orthogonal to it and to 1, would see no more than μ of the labels."""
    n = tuple(map(sp.Integer, counts))
    weights, named = tuple(1 / k for k in n), "-".join(map(str, counts))
    here = sp.Eq(MU, mu)

    def room(left: tuple[sp.Expr, ...]) -> sp.Expr:
        """μ²‖w‖² − ‖wᵀAΩ‖², which is not negative at L*."""
        w = three_classes.turned(left)
        image = sp.Matrix(w).T * three_classes.targets(n) * sp.diag(*weights)
        return sp.expand(MU**2 * three_classes.square(w) - three_classes.square(image))

    value = three_classes.rank_one_value(PLANE, n, weights, mu)
    over, under = sp.fraction(sp.together(value))
    length = three_classes.square(three_classes.right_vector(PLANE, value, n, weights, mu))
    return (
        Holds(
            id=f"one-rate-exceeds-at-{named}",
            says=f"counts {counts}, γ = 1, μ = {float(mu):g}: (μ² − s_1²)(μ² − s_2²) < 0, so one escape rate of two is above μ",
            condition=three_classes.escape_polynomial(n, weights, MU**2) < 0,
            where=(here,),
        ),
        Holds(
            id=f"no-rank-one-at-{named}",
            says="no L of rank one is L* there: at the one σ > 0 that wᵀ(Z − L)Ωv = 0 allows, the right vector that the residual asks for "
            "is longer than the left one",
            condition=length - three_classes.square(PLANE) > 0,
            where=(room(PLANE).subs(MU, mu) >= 0, over * under > 0),
        ),
        Holds(
            id=f"nor-with-the-last-direction-at-{named}",
            says="and u = (0, 1, −1) is excluded, because w would see more than μ",
            condition=room(LEFT_OUT) < 0,
            where=(here,),
        ),
    )


def _refuted_parts(said):
    logits, polar = three_classes.candidate(EXACT_LEFT, EXACT_VALUES, EXACT_COUNTS, EXACT_WEIGHTS, MU)
    vectors = [
        three_classes.right_vector(left, value, EXACT_COUNTS, EXACT_WEIGHTS, MU)
        for left, value in zip((EXACT_LEFT, three_classes.turned(EXACT_LEFT)), EXACT_VALUES, strict=True)
    ]
    lefts = (EXACT_LEFT, three_classes.turned(EXACT_LEFT))
    here = sp.Eq(MU, EXACT_MU)
    return (
        identities(
            "residual-of-rank-two",
            "counts 11340, 1134, 60, weights 1/25, 1/25, 1: L of singular values 20/3 and 2/3 has (Z − L)Ω = μ(u vᵀ + w zᵀ)",
            zip((three_classes.targets(EXACT_COUNTS) - logits) * sp.diag(*EXACT_WEIGHTS), MU * polar, strict=True),
        ),
        identities(
            "its-vectors-are-orthonormal",
            "at μ = 10/3 the right vectors are as long as the left ones, and orthogonal: L is the minimiser, of rank two",
            [
                *((three_classes.square(v), three_classes.square(u)) for v, u in zip(vectors, lefts, strict=True)),
                (sp.Add(*(x * y for x, y in zip(*vectors, strict=True))), sp.Integer(0)),
            ],
            here,
        ),
        Holds(
            id="two-rates-exceed",
            says="then two escape rates are above μ there: (μ² − s_1²)(μ² − s_2²) > 0",
            condition=three_classes.escape_polynomial(EXACT_COUNTS, EXACT_WEIGHTS, MU**2) > 0,
            where=(here,),
        ),
    )


# How it is run ----------------------------------------------------------------------------

DIGITS = {(100, 10, 1): "0.243680", (20, 4, 1): "0.386013"}  # the μ from which on the rank is one, γ = 1
DIGIT = 1e-6  # the unit of their last digit


def missing_rank(most: sp.Expr) -> Measurement:
    """By how much the rank of minimisers at sample level falls short of how many escape rates exceed the stated bound, or 0."""
    stated = plain.compiled(sp.sqrt(most), MU)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, weights in random_cases(12, most=60):
            rates = np.linalg.svd(drive(counts, weights), compute_uv=False)[: counts.c - 1]
            for place in range(counts.c - 1):
                mu = 0.97 * float(rates[place])
                rank = minimised(counts.per_class, tuple(weights), mu).rank
                yield f"{name}, μ={mu:.4g}", float(max(0, int(np.sum(rates > stated(mu))) - rank))

    return plain.worst(errors())


def last_rank_error(digits: dict[tuple[int, ...], str]) -> Measurement:
    """The μ at which the rank of minimisers at sample level falls to one, γ = 1, against the stated digits."""

    def errors() -> Iterator[tuple[str, float]]:
        for per_class, stated in digits.items():
            weights = tuple(plain.power_weights(ClassCounts(per_class), 1.0))
            low, high = 0.1, 0.5
            while high - low > DIGIT / 8:
                mu = (low + high) / 2
                low, high = (mu, high) if minimised(per_class, weights, mu).rank > 1 else (low, mu)
            yield f"counts {per_class}", abs(low - float(stated))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="rank-is-escape-count",
        says="Any counts, any weights: the rank of L* is the number of escape rates s_i > μ.",
        source="ours: what is true without weights, at γ = 1/2 and under STEP with one weight a group, read for all counts and weights",
        witnesses=({**WITNESS, MU: EXACT_MU},),
        parts=_refuted_parts,
        repaired_by="rank-at-least-escape-count",
    ),
    Claim(
        id="rank-at-least-escape-count",
        says="Any counts, any weights: the rank of L* is at least the number of escape rates s_i > μ. Under STEP with one weight a group "
        "(step-phase-diagram), and without weights (vanilla-soft-threshold), it is that number. In general it is not: γ = 1 with counts "
        "100, 10, 1 at μ = 0.2436 and with counts 20, 4, 1 at μ = 0.386 has one rate above μ, and rank two.",
        source=OURS,
        stated={
            "share": 1,
            "most": MU**2,
            "least": MU**2,
            "kept_above": MU,
            "lost_below": MU,
            "edge": EDGE,
            "excess": EXCESS,
            "digits": DIGITS,
        },
        witnesses=(WITNESS, *AT_INVERSE),
        parts=_bound_parts,
        runs=lambda said: (
            Agrees(
                id="ranks-of-minimisers",
                says="by how much ranks of proximal minimisers at sample level fall short of the number, random counts and weights",
                uses=("most",),
                measure=lambda: missing_rank(said.most),
                bound=0.0,
            ),
            Agrees(
                id="last-rank-at-inverse-frequency",
                says="the μ from which on the rank is one, counts 100, 10, 1 and 20, 4, 1, γ = 1: 0.243680 and 0.386013, above s_2",
                uses=("digits",),
                measure=lambda: last_rank_error(said.digits),
                bound=DIGIT / 2,
            ),
        ),
        near_misses=(
            NearMiss("half of what L does not see is taken away", {"share": 2}),
            NearMiss("no more than μ/2", {"most": MU**2 / 4}),
            NearMiss("fast modes see more than 2μ", {"least": 4 * MU**2}),
            NearMiss("kept where ω√n > μ/2", {"kept_above": MU / 2}),
            NearMiss("lost where ω√n ≤ 2μ", {"lost_below": 2 * MU}),
            NearMiss("the middle threshold without group sizes", {"edge": EDGE / 2}),
            NearMiss("at μ below s_2", {"excess": (sp.Rational(23, 100), sp.Rational(3, 8))}),
            NearMiss("at μ where rank one is the minimiser", {"excess": (sp.Rational(1, 4), sp.Rational(39, 100))}),
            NearMiss("at μ = 3/5", {"excess": (sp.Rational(3, 5), sp.Rational(3, 5))}),
            NearMiss("from s_2 on the rank is one", {"digits": {(100, 10, 1): "0.232229", (20, 4, 1): "0.379707"}}),
        ),
        plain="weight decay keeps every mode that would escape it, and sometimes one more: at γ = 1, for example, with counts 20, 4, 1",
        coq={
            "kernel-of-the-minimiser-sees-the-labels": ("decay.rank.kernel_of_the_minimiser_sees_the_labels",),
            "it-sees-no-more-than-decay": ("decay.phases.it_sees_no_more_than_decay",),
            "fast-modes-see-more": ("decay.phases.fast_modes_see_more", "decay.rank.rank_at_least_the_fast_modes"),
        },
    ),
)
