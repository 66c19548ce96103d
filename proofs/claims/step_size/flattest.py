"""The flattest minimum of the weighted loss, and when the balanced end is one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace

import numpy as np
import sympy as sp
from scipy.optimize import minimize_scalar

from numerics.step_size.samples import Samples
from proofs.claims.common import HALF, at, identities, identity, product
from proofs.claims.step_size.settings import COUNTS, GROUPS, MORE, POINT, TWO_A_GROUP, WEIGHTS, in_roots, on_contrast, roots, samples_of
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.data.counts import ClassCounts
from theory.step_size import curvature
from theory.symbols import R, gamma, n_majority, n_minority, w_majority, w_minority
from theory.unconstrained_features import modes
from theory.unconstrained_features.flow import H, W, width

a = curvature.SPREAD
b = sp.Symbol("b", positive=True)  # √a
RATIO = n_majority / n_minority
EXPONENTS = {"none": sp.Integer(0), "half": HALF, "inverse": sp.Integer(1)}
BEST = {
    "none": sp.sqrt(n_majority),
    "half": (n_majority * n_minority) ** sp.Rational(1, 4),
    "inverse": sp.sqrt(n_minority),
}  # a at the flattest
LEAST = {
    "none": 2 * sp.sqrt(n_majority),
    "half": RATIO ** sp.Rational(1, 4) + RATIO ** -sp.Rational(1, 4),
    "inverse": 2 / sp.sqrt(n_minority),
}


def _any_parts(said):
    """No minimum is flatter than the best spread one of its own ‖W‖², and each spread one is a minimum."""
    classifier, features = b * modes.U * modes.Q.T, said.scale * modes.Q * modes.S * modes.V.T
    return (
        MatrixIdentity(
            id="features-at-least-labels-over-a",
            says="a HᵀH − (WH)ᵀ(WH) = Hᵀ(aI − WᵀW)H, a form that is never negative for a = ‖W‖²: HᵀH is at least ZᵀZ/a",
            left=a * H.T * H - (W * H).T * (W * H),
            right=said.excess,
        ),
        MatrixIdentity(
            id="spread-minimum",
            says="b = √a: W = b UQᵀ, H = QSVᵀ/b has WH = USVᵀ",
            left=classifier * features,
            right=modes.U * modes.S * modes.V.T,
            orthonormal=(modes.Q,),
            diagonal=(modes.S,),
        ),
        MatrixIdentity(
            id="spread-features",
            says="and a HᵀH = ZᵀZ",
            left=b**2 * features.T * features,
            right=said.share * (modes.U * modes.S * modes.V.T).T * (modes.U * modes.S * modes.V.T),
            orthonormal=(modes.Q, modes.U),
            diagonal=(modes.S,),
        ),
        MatrixIdentity(
            id="spread-classifier",
            says="and W takes no vector to more than √a times its length: WᵀW = aQQᵀ",
            left=classifier.T * classifier,
            right=said.scale**-2 * modes.Q * modes.Q.T,
            orthonormal=(modes.U,),
        ),
    )


def _step_parts(said):
    matrix = curvature.spread_curvature(GROUPS, WEIGHTS)
    for g, name in enumerate(("majority", "minority")):
        acting, contrast = on_contrast(matrix, g)
        stated = said.term(COUNTS[g], WEIGHTS[g])
        yield identities(
            f"{name}-contrast",
            f"STEP: at the spread minimum the contrast of two {name} classes is taken to ω(a + n/a) times it",
            zip(product(acting, contrast), stated * contrast, strict=True),
        )
        yield identity(
            f"{name}-bound", "which is the largest that ZᵀZ at most YᵀY allows there", curvature.spread_bound(COUNTS[g], WEIGHTS[g]), stated
        )
    for case, exponent in EXPONENTS.items():
        yield from _least_parts(said, case, exponent)


def _least_parts(said: SimpleNamespace, case: str, exponent: sp.Expr) -> Iterator[Holds]:
    """The least over a of the larger term at one exponent, in r = n^(1/4)."""
    terms = [in_roots(curvature.spread_bound(n, w), exponent) for n, w in zip(COUNTS, WEIGHTS, strict=True)]
    least, best = (in_roots(stated[case], exponent) for stated in (said.least, said.best))
    yield Holds(
        id=f"no-flatter-{case}",
        says=f"γ = {exponent}: at every a one of the two terms is at least the stated curvature, n = r⁴",
        condition=sp.Or(*(term >= least for term in terms)),
        where=(roots[0] >= roots[1],),
    )
    yield Holds(
        id=f"attained-{case}",
        says=f"γ = {exponent}: at the stated a neither is larger",
        condition=sp.And(*(sp.Le(at(term, {a: best}), least, evaluate=False) for term in terms), evaluate=False),
        where=(roots[0] >= roots[1],),
    )


# When the balanced end is flattest ---------------------------------------------------------------------------------------

BALANCED = [curvature.balanced_bound(n, w, sp.sqrt(n_majority)) for n, w in zip(COUNTS, WEIGHTS, strict=True)]
FLAT_EXPONENT = sp.log(2 * sp.sqrt(R) / (sp.sqrt(R) + 1)) / sp.log(R)
POWERS = {n_majority: R, n_minority: sp.Integer(1), w_majority: R**-gamma, w_minority: sp.Integer(1)}


def _never_parts(said):
    return (
        Holds(
            id="balanced-sharper-than-least-term",
            says="γ > 0, R > 1, n_min = 1: the curvature at the balanced end exceeds 2ω_maj√n_maj, the least of the majority's term over a",
            condition=BALANCED[1].subs(POWERS) > BALANCED[0].subs(POWERS),
            where=(R > 1, gamma > said.above),
        ),
    )


def _iff_parts(said):
    terms = [curvature.spread_bound(n, w) for n, w in zip(COUNTS, WEIGHTS, strict=True)]
    at_best = [term.subs(a, sp.sqrt(n_majority)) for term in terms]
    condition = sp.Le(said.minority, said.majority)
    minority, majority = (value.subs(POWERS) for value in BALANCED[::-1])
    return (
        Holds(
            id="majority-term-never-less",
            says="where the majority's term is the larger at the balanced end, ω_maj(a + n_maj/a) is at least that for every a",
            condition=sp.And(terms[0] >= BALANCED[0], BALANCED[0] >= BALANCED[1]),
            where=(condition, n_majority > n_minority),
        ),
        Holds(
            id="flatter-at-root-of-majority",
            says="elsewhere a = √n_maj is flatter: both its terms are below the minority's at the balanced end",
            condition=sp.And(*(value < BALANCED[1] for value in at_best)),
            where=(sp.Gt(said.minority, said.majority), n_majority > n_minority),
        ),
        Holds(
            id="flattest-up-to-the-exponent",
            says="ω = n^(−γ), R > 1: the majority's term is the larger up to the stated γ",
            condition=majority >= minority,
            where=(R > 1, gamma <= said.exponent),
        ),
        Holds(id="not-flattest-beyond", says="and not beyond", condition=majority < minority, where=(R > 1, gamma > said.exponent)),
        Holds(
            id="exponent-below-one-quarter",
            says="which is below the stated number for every R",
            condition=said.exponent < said.most,
            where=(R > 1,),
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

SEARCH_TOLERANCE = 1e-6  # a search without derivatives of a curvature with a kink at its least
SEARCHED = ((2, 2, 1, 1), (4, 4, 1, 1))


@cache
def searched(counts: tuple[int, ...], exponent: float) -> float:
    """The least curvature that a search over all factorisations of width c − 1 finds."""
    return samples_of(counts, exponent).flattest_found(0)


def least_error(least: dict[str, sp.Expr]) -> Measurement:
    """The stated least curvature against that of a search over all W, H of width c − 1 with WH = Z."""

    def errors() -> Iterator[tuple[str, float]]:
        for case, exponent in EXPONENTS.items():
            stated = plain.compiled(least[case], *COUNTS)
            for counts in SEARCHED:
                yield f"{counts}, γ={exponent}", plain.relative(searched(counts, float(exponent)), float(stated(counts[0], counts[-1])))

    return plain.worst(errors())


@cache
def _distinct() -> tuple[tuple[str, np.ndarray, np.ndarray, float], ...]:
    """(name, Z, root weights of the samples, least curvature of a search) of counts that all differ, under random weights."""
    generator, found = np.random.default_rng(plain.SEED), []
    for case in range(3):
        loss = Samples(ClassCounts((5, 2, 1)), tuple(float(w) for w in np.exp(generator.uniform(-1, 1, 3))))
        omega = np.sqrt(np.array(loss.weights)[list(loss.counts.labels)])
        found.append((f"(5, 2, 1), weights {case}", loss.target, omega, loss.flattest_found(case)))
    return tuple(found)


def distinct_error(share: float) -> Measurement:
    """λ_max(Ω^(1/2)(aI + share · ZᵀZ/a)Ω^(1/2)), least over a, against searches at distinct counts."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, target, omega, found in _distinct():
            square, unit = target.T @ target, np.eye(len(omega))

            def largest(a: float, square=square, unit=unit, omega=omega) -> float:
                return float(np.linalg.eigvalsh(np.outer(omega, omega) * (a * unit + share * square / a))[-1])

            least = minimize_scalar(largest, bracket=(0.1, 1.0, 10.0), method="golden", tol=1e-13).fun
            yield name, plain.relative(found, least)

    return plain.worst(errors())


def flattest_or_not_error(exponent: sp.Expr) -> Measurement:
    """How often a search finds something flatter than the balanced end where it should not, or nothing where it should."""
    turn = plain.compiled(exponent, R)

    def errors() -> Iterator[tuple[str, float]]:
        for ratio, powers in ((2, (0.2, 0.3)), (4, (0.1, 0.18, 0.25))):
            for power in powers:
                loss = samples_of((ratio, ratio, 1, 1), power)
                U, s, Vt = np.linalg.svd(loss.target, full_matrices=False)
                balanced = loss.curvature_of_logits(U[:, :3] * np.sqrt(s[:3]), np.sqrt(s[:3])[:, None] * Vt[:3])
                flatter = searched((ratio, ratio, 1, 1), power) < balanced * (1 - 1e-5)
                yield f"R={ratio}, γ={power}", float(flatter != (power > float(turn(ratio))))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="flattest-minimum",
        says="Over all W, H with WH = Z, of any width from c − 1 on, any counts and weights, the least largest curvature is λ* = "
        "min over a > 0 of λ_max(Ω^(1/2)(aI + ZᵀZ/a)Ω^(1/2)), attained at W = √a UQᵀ, H = a^(−1/2)QSVᵀ. STEP with two classes or more in "
        "each group: λ* = min_a max_g ω_g(a + n_g/a). With ω = n^(−γ) it is 2√n_maj at γ = 0, R^(1/4) + R^(−1/4) at γ = 1/2 and "
        "2/√n_min at γ = 1.",
        source=OURS,
        stated={
            "excess": H.T * (a * sp.Identity(width) - W.T * W) * H,
            "scale": 1 / b,
            "share": sp.Integer(1),
            "term": lambda n, w: w * (a + n / a),
            "least": LEAST,
            "best": BEST,
        },
        hypotheses={**MORE, **TWO_A_GROUP},
        witnesses=({**POINT, a: sp.Integer(4)},),
        parts=lambda said: (*_any_parts(said), *_step_parts(said)),
        shares="the search for the flattest minimum",
        runs=lambda said: (
            Agrees(
                id="search-over-factorisations",
                says="a search over all factorisations of Z of width c − 1, with curvature from the derivative of the logits",
                uses=("least",),
                measure=lambda: least_error(said.least),
                bound=SEARCH_TOLERANCE,
            ),
            Agrees(
                id="search-at-distinct-counts",
                says="the same for counts that all differ and random weights, against the least over a found by golden section",
                uses=("share",),
                measure=lambda: distinct_error(float(said.share)),
                bound=SEARCH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("without the factor a", {"excess": H.T * (sp.Identity(width) - W.T * W) * H}),
            NearMiss("H twice as large", {"scale": 2 / b}),
            NearMiss("2ZᵀZ/a", {"share": sp.Integer(2)}),
            NearMiss("ω(a + √n/a)", {"term": lambda n, w: w * (a + sp.sqrt(n) / a)}),
            NearMiss("R^(1/2) at γ = 1/2", {"least": {**LEAST, "half": sp.sqrt(RATIO)}}),
            NearMiss("2 at γ = 1/2", {"least": {**LEAST, "half": sp.Integer(2)}}),
            NearMiss("a tenth more", {"least": {case: value * sp.Rational(11, 10) for case, value in LEAST.items()}}),
            NearMiss("a tenth less", {"least": {case: value * sp.Rational(9, 10) for case, value in LEAST.items()}}),
        ),
        plain="under weights n^(−1/2) and STEP with two classes or more in each group some minimum has the curvature R^(1/4) + R^(−1/4), "
        "below the 1 + √R of the balanced end",
        coq={
            "no-flatter-none": ("step_size.curvature.no_flatter_none",),
            "attained-none": ("step_size.curvature.attained_none",),
            "no-flatter-half": ("step_size.curvature.no_flatter_half",),
            "attained-half": ("step_size.curvature.attained_half",),
            "no-flatter-inverse": ("step_size.curvature.no_flatter_inverse",),
            "attained-inverse": ("step_size.curvature.attained_inverse",),
        },
    ),
    Claim(
        id="balanced-end-never-flattest-under-weights",
        says="STEP with two classes or more in each group, R > 1, ω = n^(−γ): for every γ > 0 some minimum is flatter than "
        "the balanced end.",
        source=OURS,
        stated={"above": sp.Integer(0)},
        hypotheses=TWO_A_GROUP,
        witnesses=({**POINT, R: sp.Integer(16), gamma: sp.Rational(1, 8)},),
        parts=_never_parts,
        repaired_by="balanced-end-flattest-iff",
    ),
    Claim(
        id="balanced-end-flattest-iff",
        says="STEP with two classes or more in each group, n_maj > n_min: no minimum is flatter than the balanced end iff "
        "ω_min(√n_maj + √n_min) ≤ 2ω_maj√n_maj. With ω = n^(−γ) and R > 1 that is γ ≤ ln(2√R/(√R + 1))/ln R, which is below 1/4.",
        source=OURS,
        stated={
            "minority": w_minority * (sp.sqrt(n_majority) + sp.sqrt(n_minority)),
            "majority": 2 * w_majority * sp.sqrt(n_majority),
            "exponent": FLAT_EXPONENT,
            "most": sp.Rational(1, 4),
        },
        hypotheses=TWO_A_GROUP,
        witnesses=({**POINT, a: sp.Integer(4)}, {**POINT, w_majority: sp.Integer(1), a: sp.Integer(4), gamma: sp.Integer(0)}),
        parts=_iff_parts,
        runs=lambda said: (
            Agrees(
                id="search-beside-the-balanced-end",
                says="whether a search over all factorisations of width c − 1 finds a flatter one, for exponents on both sides",
                uses=("exponent",),
                measure=lambda: flattest_or_not_error(said.exponent),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("without √n_min", {"minority": w_minority * sp.sqrt(n_majority)}),
            NearMiss("with 2√n_min", {"minority": w_minority * (sp.sqrt(n_majority) + 2 * sp.sqrt(n_minority))}),
            NearMiss("up to γ = 1/4", {"exponent": sp.Rational(1, 4)}),
            NearMiss("at γ ≤ 0 alone", {"exponent": sp.Integer(0)}),
            NearMiss("below 1/5", {"most": sp.Rational(1, 5)}),
        ),
        coq={
            "majority-term-never-less": ("step_size.curvature.majority_term_never_less",),
            "flatter-at-root-of-majority": ("step_size.curvature.flatter_at_root_of_majority",),
        },
    ),
)
