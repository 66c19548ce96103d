"""The largest curvature at a minimum of the weighted loss, and at the end to which the flow leads from a small start."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp

from proofs.claims.common import HALF, identities, identity, product
from proofs.claims.step_size.settings import (
    COUNTS,
    EXPONENTS,
    GROUPS,
    MORE,
    POINT,
    STEP_COUNTS,
    TWO_A_GROUP,
    WEIGHTS,
    flow_end,
    in_roots,
    on_contrast,
    random_samples,
    roots,
    samples_of,
)
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.models.reduction import modes as rank
from theory.step_size import curvature
from theory.symbols import n_majority, n_minority, sigma
from theory.unconstrained_features import modes
from theory.unconstrained_features.flow import H, W, rows, samples

E = sp.MatrixSymbol("E", rows, samples)  # any matrix of logits
P = sp.MatrixSymbol("P", rows, rank)  # left singular vectors of W, a full set of them, so that every E is some PF
A = modes.A  # its singular values, diagonal
F = sp.MatrixSymbol("F", rank, samples)  # one row a singular vector
X, Y, D = curvature.MOVE_W, curvature.MOVE_H, curvature.ROOT
ROW = sp.symbols("x y q u_k u_1 Lambda", real=True)  # u = s², squared singular values of W
ROW_POINT = dict(zip(ROW, map(sp.Integer, (1, 1, 1, 1, 2, 3)), strict=True))
CURVATURE_TOLERANCE = 1e-6  # central differences of step 1e-4 of a cubic, at curvatures of 1 and more
EQUAL_TOLERANCE = 1e-6  # the flow starts at e^(−8), so that its end is balanced to e^(−16)


def _formula_parts(said):
    by_W, by_H = curvature.hessian_along()
    back = {X: E * D * H.T, Y: W.T * E * D}  # Jᵀ of E
    features = E * D * H.T * H * D
    first, second, form, square, largest, other = ROW
    return (
        MatrixIdentity(
            id="hessian-in-classifier",
            says="at WH = Z the Hessian takes W' = X, H' = Y to (XH + WY)ΩHᵀ in W, Ω = D²",
            left=by_W,
            right=said.logits * D * D * H.T,
            diagonal=(D,),
        ),
        MatrixIdentity(
            id="hessian-in-features",
            says="and to Wᵀ(XH + WY)Ω in H: it is JᵀJ with J(X, Y) = (XH + WY)Ω^(1/2)",
            left=by_H,
            right=W.T * said.logits * D * D,
            diagonal=(D,),
        ),
        MatrixIdentity(
            id="hessian-on-logits",
            says="J Jᵀ, which has the same positive eigenvalues, takes E to EΩ^(1/2)HᵀHΩ^(1/2) + WWᵀEΩ",
            left=said.logits.xreplace(back) * D,
            right=features + W * W.T * E * D * D,
            diagonal=(D,),
        ),
        MatrixIdentity(
            id="rows-decouple",
            says="WWᵀ = P diag(s²)Pᵀ: it takes PF to P times the rows f_k Ω^(1/2)(s_k²I + HᵀH)Ω^(1/2)",
            left=(features + P * A * A * P.T * E * D * D).xreplace({E: P * F}),
            right=P * (F * D * H.T * H * D + A**said.power * F * D * D),
            orthonormal=(P,),
            diagonal=(A, D),
        ),
        Holds(
            id="largest-row",
            says="x = fᵀΩ^(1/2)HᵀHΩ^(1/2)f, y = fᵀΩf, q = fᵀf, u = s²: x + u_1 y ≤ Λq for the largest gives x + u_k y ≤ Λq for every other",
            condition=first + square * second <= other * form,
            where=(second >= 0, said.order(square, largest), first + largest * second <= other * form),
        ),
    )


def stated_sharpness(power: int) -> Callable[[np.ndarray, np.ndarray, np.ndarray], float]:
    """λ_max(Ω^(1/2)(‖W‖^power I + HᵀH)Ω^(1/2)) as a number."""

    def value(W: np.ndarray, H: np.ndarray, omega: np.ndarray) -> float:
        inner = np.linalg.norm(W, 2) ** power * np.eye(H.shape[1]) + H.T @ H
        return float(np.linalg.eigvalsh(inner * np.sqrt(np.outer(omega, omega)))[-1])

    return value


def sharpness_error(power: int) -> Measurement:
    """The formula against the Hessian by differences of the gradient, at random minima of random losses."""
    stated = stated_sharpness(power)

    def errors() -> Iterator[tuple[str, float]]:
        for name, loss, width, seed in random_samples(24, plain.SEED):
            W, H = loss.random_minimum(width, seed)
            omega = np.array(loss.weights)[list(loss.counts.labels)]
            yield name, plain.relative(loss.curvature(W, H), stated(W, H, omega))

    return plain.worst(errors())


# At the balanced end -----------------------------------------------------------------------------------------------------

B1, B2 = (sp.MatrixSymbol(name, samples, samples) for name in ("A", "B"))
ONES = sp.MatrixSymbol("e", rows, 1)  # the unit vector of ones
LABELS = sp.MatrixSymbol("Y", rows, samples)
count, weight = sp.symbols("n_j omega_j", positive=True)
below, above = sp.symbols("x y", real=True)
CASES = {"none": (sp.Integer(0), 0), "half": (HALF, 1), "inverse": (sp.Integer(1), 1)}  # exponent, and the group whose term is largest


def _bound_parts(said):
    """ZᵀZ ⪯ YᵀY; the root keeps the order; and on the samples of one class the root of 11ᵀ is 11ᵀ/√n."""
    centred = LABELS - said.removed * ONES * ONES.T * LABELS
    whole = curvature.one_class(count, sp.Integer(1), sp.Integer(0), sp.Integer(1))
    one = said.root(whole)
    on_class = curvature.one_class(count, weight, sigma, 1 / sp.sqrt(count))
    return (
        MatrixIdentity(
            id="centred-below-one-hot",
            says="YᵀY − ZᵀZ = (eᵀY)ᵀ(eᵀY) with Z = (I − eeᵀ)Y, e the unit vector of ones: ZᵀZ is at most YᵀY as a form",
            left=LABELS.T * LABELS - centred.T * centred,
            right=(ONES.T * LABELS).T * (ONES.T * LABELS),
            orthonormal=(ONES,),
        ),
        MatrixIdentity(
            id="difference-of-squares",
            says="B² − A² = B(B − A) + (B − A)A, so that a unit v with (B − A)v = μv has vᵀ(B² − A²)v = μ(vᵀBv + vᵀAv), μ = vᵀBv − vᵀAv",
            left=B2 * B2 - B1 * B1,
            right=B2 * (B2 - B1) + said.second(B1, B2),
        ),
        Holds(
            id="root-keeps-the-order",
            says="A, B with no negative eigenvalue and A² ≤ B²: no such μ is negative, x = vᵀAv, y = vᵀBv",
            condition=above >= below,
            where=((above - below) * (above + below) >= 0, *said.signs),
        ),
        identities(
            "root-of-one-class",
            "YᵀY is 11ᵀ on the samples of a class; its root 11ᵀ/√n takes 1 to √n 1, whose square is n",
            zip(product(one.quotient(), one.quotient()), whole.quotient(), strict=True),
        ),
        identity(
            "bound-of-one-class",
            "ω(σ_1 I + 11ᵀ/√n) takes 1 to the stated multiple of it",
            on_class.quotient()[0, 0],
            said.bound(count, weight, sigma),
        ),
        Holds(
            id="rest-of-one-class",
            says="and on the vectors with sum 0 it is ωσ_1, which is less",
            condition=on_class.diagonal[0] < said.bound(count, weight, sigma),
        ),
    )


def _step_parts(said):
    root = said.root(curvature.label_square(GROUPS))
    middle = modes.step_moments(GROUPS, (sp.Integer(1),) * 2).middle
    largest = sp.sqrt(said.largest)
    yield identities(
        "root-of-step",
        "STEP: the root that the curvature at the balanced end is made of has the square N^(1/2) P N^(1/2)",
        zip((root @ root).entries(), curvature.label_square(GROUPS).entries(), strict=True),
    )
    yield Holds(
        id="largest-singular-value",
        says="STEP, n_maj ≥ n_min: σ_1² = n_maj: the middle mode's is no larger",
        condition=middle <= said.largest,
        where=tuple(MORE.values()),
    )
    for g, name in enumerate(("majority", "minority")):
        acting, contrast = on_contrast(curvature.balanced_curvature(GROUPS, WEIGHTS, largest), g)
        yield identities(
            f"{name}-contrast-attains",
            f"the contrast of two {name} classes is taken to ω(√n_maj + √n_{name[:3]}) times it, the bound of its group",
            zip(product(acting, contrast), said.bound(COUNTS[g], WEIGHTS[g], sp.sqrt(n_majority)) * contrast, strict=True),
        )
    for case, (exponent, first) in CASES.items():
        terms = [in_roots(said.bound(n, w, sp.sqrt(n_majority)), exponent) for n, w in zip(COUNTS, WEIGHTS, strict=True)]
        stated = in_roots(getattr(said, case), exponent)
        yield Holds(
            id=f"larger-term-{case}",
            says=f"γ = {exponent}: the larger of the two terms is as stated, n = r⁴",
            condition=sp.And(sp.Eq(terms[first], stated, evaluate=False), terms[1 - first] <= stated),
            where=(roots[0] >= roots[1],),
        )


def flow_end_error(bound: Callable[..., sp.Expr]) -> Measurement:
    """Curvature at the end of flows: against the largest term under STEP, and by how much it exceeds that bound for other counts."""
    stated = plain.compiled(bound(count, weight, sigma), count, weight, sigma)

    def errors() -> Iterator[tuple[str, float]]:
        for counts in (*STEP_COUNTS, (10, 4, 1)):
            for exponent in EXPONENTS:
                loss = samples_of(counts, exponent)
                W, H = flow_end(counts, loss.weights)
                largest = float(np.linalg.norm(loss.target, 2))
                expected = max(float(stated(n, w, largest)) for n, w in zip(counts, loss.weights, strict=True))
                found = loss.curvature(W, H)
                yield f"{counts}, γ={exponent}", max(found / expected - 1, (1 - found / expected) * (counts in STEP_COUNTS))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="sharpness-formula",
        says="At any W, H with WH = Z, for any counts, weights and widths, the largest eigenvalue of the Hessian of the weighted "
        "squared loss is λ_max(Ω^(1/2)(‖W‖²I + HᵀH)Ω^(1/2)), ‖W‖ the largest singular value of W.",
        source=OURS,
        stated={"logits": X * H + W * Y, "power": 2, "order": lambda other, largest: other <= largest},
        witnesses=(ROW_POINT,),
        parts=_formula_parts,
        runs=lambda said: (
            Agrees(
                id="hessian-by-differences",
                says="the largest eigenvalue of Hessians by differences of the gradient, at random minima of random losses",
                uses=("power",),
                measure=lambda: sharpness_error(said.power),
                bound=CURVATURE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("features move the logits alone", {"logits": W * Y}),
            NearMiss("‖W‖ in place of its square", {"power": 1}),
            NearMiss("the least singular value of W", {"order": lambda other, largest: other >= largest}),
        ),
        coq={"largest-row": ("step_size.curvature.largest_row",)},
    ),
    Claim(
        id="sharpness-at-balanced-end",
        says="At the balanced end W = US^(1/2)Qᵀ, H = QS^(1/2)Vᵀ of Z = USVᵀ, to which runs of the flow lead from a small start, "
        "the largest curvature is at most max_j ω_j(σ_1 + √n_j), for any counts and weights. STEP with two classes or more in each group "
        "attains it: max(2ω_maj√n_maj, ω_min(√n_maj + √n_min)). With ω = n^(−γ) this is 2√n_maj at γ = 0, 1 + √R at γ = 1/2 and "
        "(√n_maj + √n_min)/n_min at γ = 1, which is 1 + √R for n_min = 1.",
        source=OURS,
        stated={
            "removed": sp.Integer(1),
            "second": lambda first, second: (second - first) * first,
            "signs": (below >= 0, above >= 0),
            "root": lambda matrix: matrix.apply(sp.sqrt),
            "bound": lambda n, w, top: w * (top + sp.sqrt(n)),
            "largest": n_majority,
            "none": 2 * sp.sqrt(n_majority),
            "half": 1 + sp.sqrt(n_majority / n_minority),
            "inverse": (sp.sqrt(n_majority) + sp.sqrt(n_minority)) / n_minority,
        },
        hypotheses={**MORE, **TWO_A_GROUP},
        witnesses=({**POINT, below: sp.Integer(1), above: sp.Integer(2), count: sp.Integer(4), weight: sp.Integer(1)},),
        parts=lambda said: (*_bound_parts(said), *_step_parts(said)),
        runs=lambda said: (
            Agrees(
                id="ends-of-flows",
                says="Hessians by differences at the end of flows from small random starts: STEP attains the bound, others stay below",
                uses=("bound",),
                measure=lambda: flow_end_error(said.bound),
                bound=EQUAL_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("half of the mean removed", {"removed": HALF}),
            NearMiss("the last factor is B", {"second": lambda first, second: (second - first) * second}),
            NearMiss("roots of any sign", {"signs": ()}),
            NearMiss("the matrix in place of its root", {"root": lambda matrix: matrix}),
            NearMiss("ωσ_1", {"bound": lambda n, w, top: w * top}),
            NearMiss("the largest singular value is the minority's", {"largest": n_minority}),
            NearMiss("2 max ω√n = 2, as the flat spectrum would have it", {"half": sp.Integer(2), "inverse": sp.Integer(2)}),
            NearMiss("√n_maj + √n_min without weights", {"none": sp.sqrt(n_majority) + sp.sqrt(n_minority)}),
        ),
        coq={
            "root-keeps-the-order": ("step_size.curvature.root_keeps_the_order",),
            "rest-of-one-class": ("step_size.curvature.rest_of_one_class",),
            "larger-term-none": ("step_size.curvature.larger_term_none",),
            "larger-term-half": ("step_size.curvature.larger_term_half",),
            "larger-term-inverse": ("step_size.curvature.larger_term_inverse",),
        },
    ),
)
