"""Weight decay on both factors is the nuclear norm of the logits, and a matrix is certified as the one minimiser by its residual."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp

from numerics.weight_decay import runs
from proofs.claims.common import HALF
from proofs.claims.unconstrained_features import settings as plain
from proofs.claims.weight_decay.settings import MINIMISER_TOLERANCE, SEED, descended, minimised, random_cases
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.models.decay_and_bias import WITHOUT_BIAS, H, W, decay_H, decay_W
from theory.models.model import Model, classes, squared_residual
from theory.unconstrained_features.modes import Q, U, V

Z, Omega = WITHOUT_BIAS.target, WITHOUT_BIAS.weights
A, B = sp.symbols("p q", positive=True)  # λ_W = p⁴ and λ_H = q⁴, so that μ = p²q² and the balance are polynomials
FOURTHS = {decay_W: A**4, decay_H: B**4}
k = U.shape[1]
D, E = (sp.MatrixSymbol(name, k, k) for name in "DE")  # diagonal: the roots of the singular values of L; a step along pairs of vectors
L, OTHER = (sp.MatrixSymbol(name, *Z.shape) for name in ("L", "M"))
LOGITS = Model("free logits", (L,), L)
FREE = sp.MatrixSymbol("K", *Z.shape)
REST = (sp.Identity(Z.shape[0]) - U * U.T) * FREE * (sp.Identity(Z.shape[1]) - V * V.T)  # UᵀK = 0 and KV = 0
overlap, square = sp.symbols("g q", real=True)  # xᵀGy and ‖Gy‖²
level, curvature, step = sp.symbols("mu kappa e", positive=True)
scaling, paired, norm = sp.Symbol("eta", real=True), sp.Symbol("T", real=True), sp.Symbol("N", positive=True)  # e, tr(GLᵀ), ‖L‖_*
total = sp.Symbol("x", real=True)  # 1ᵀu
others, seen = sp.symbols("y f", nonnegative=True)  # Σ s_i x_i² of the other pairs over μ, and 1ᵀL*ΩL*ᵀ1
larger = sp.Symbol("g_max", real=True)  # uᵀGv of a pair
ones, ANY = sp.MatrixSymbol("one", classes, sp.Integer(1)), sp.MatrixSymbol("Y", *Z.shape)  # the vector 1, of length 1; Z = (I − 11ᵀ)Y
POINT = {
    A: sp.Integer(1),
    B: sp.Integer(2),
    overlap: sp.Integer(0),
    square: sp.Integer(0),
    level: sp.Integer(1),
    curvature: sp.Integer(1),
    step: sp.Integer(1),
    larger: sp.Integer(2),
    scaling: HALF,
    paired: sp.Integer(2),
    norm: sp.Integer(1),
}
ALIGNED = {**POINT, overlap: sp.Integer(1), square: sp.Integer(1)}
EQUAL = {**POINT, larger: sp.Integer(1), **dict.fromkeys((total, others, seen), sp.Integer(1))}


def _factored_parts(said):
    balanced = {W: said.balance * U * D * Q.T, H: 1 / said.balance * Q * D * V.T}
    penalty_W, penalty_H = (penalty.subs(FOURTHS).xreplace(balanced) for penalty in WITHOUT_BIAS.penalties)
    root = A**2 * U.T * W - B**2 * V.T * H.T
    return (
        MatrixIdentity(
            id="gap-is-a-square",
            says="λ_W UᵀWWᵀU + λ_H VᵀHᵀHV − μ(UᵀLV + VᵀLᵀU) is a matrix times its transpose, L = WH, for every W, H and orthonormal U, V: "
            "with singular vectors of L its trace says λ_W‖UᵀW‖² + λ_H‖HV‖² ≥ 2μ‖L‖_*",
            left=A**4 * U.T * W * W.T * U + B**4 * V.T * H.T * H * V - said.mu * (U.T * W * H * V + V.T * H.T * W.T * U),
            right=root * root.T,
            orthonormal=(U, V),
        ),
        MatrixIdentity(
            id="frames-lose-norm-of-the-classifier",
            says="WᵀW − WᵀUUᵀW is a matrix's transpose times it, so ‖UᵀW‖ ≤ ‖W‖",
            left=W.T * W - said.share * W.T * U * U.T * W,
            right=(W - U * U.T * W).T * (W - U * U.T * W),
            orthonormal=(U,),
        ),
        MatrixIdentity(
            id="frames-lose-norm-of-the-features",
            says="HHᵀ − HVVᵀHᵀ is a matrix times its transpose, so ‖HV‖ ≤ ‖H‖",
            left=H * H.T - said.share * H * V * V.T * H.T,
            right=(H - H * V * V.T) * (H - H * V * V.T).T,
            orthonormal=(V,),
        ),
        MatrixIdentity(
            id="balanced-factors-make-the-logits",
            says="W = (λ_H/λ_W)^(1/4) U D Qᵀ and H = (λ_W/λ_H)^(1/4) Q D Vᵀ have the product U D² Vᵀ",
            left=WITHOUT_BIAS.logits.xreplace(balanced),
            right=said.product * U * D * D * V.T,
            orthonormal=(U, V, Q),
            diagonal=(D,),
        ),
        MatrixIdentity(
            id="their-classifier-costs-half",
            says="the penalty of this W is the trace of (μ/2) U D² Uᵀ, half of μ‖L‖_*",
            left=penalty_W,
            right=said.mu / 2 * U * D * D * U.T,
            orthonormal=(U, V, Q),
            diagonal=(D,),
        ),
        MatrixIdentity(
            id="their-features-cost-half",
            says="the penalty of this H is the trace of (μ/2) Q D² Qᵀ, the other half",
            left=penalty_H,
            right=said.mu / 2 * Q * D * D * Q.T,
            orthonormal=(U, V, Q),
            diagonal=(D,),
        ),
    )


def _certificate_parts(said):
    G = squared_residual(LOGITS)
    moved = U * E * V.T
    return (
        MatrixIdentity(
            id="loss-expands-around-the-minimiser",
            says="(Z − M)Ω(Z − M)ᵀ is (Z − L)Ω(Z − L)ᵀ + (M − L)Ω(M − L)ᵀ less G(M − L)ᵀ and its transpose, G = (Z − L)Ω",
            left=(Z - OTHER) * Omega * (Z - OTHER).T,
            right=(Z - L) * Omega * (Z - L).T
            + said.curvature * (OTHER - L) * Omega * (OTHER - L).T
            - G * (OTHER - L).T
            - (OTHER - L) * G.T,
            diagonal=(Omega,),
        ),
        MatrixIdentity(
            id="certificate-reaches-the-nuclear-norm",
            says="(UVᵀ + K)Lᵀ = U D Uᵀ for L = U D Vᵀ, UᵀK = 0, KV = 0: its trace is ‖L‖_*",
            left=(U * V.T + REST) * (U * D * V.T).T,
            right=said.reached * U * D * U.T,
            orthonormal=(U, V),
            diagonal=(D,),
        ),
        Holds(
            id="no-pairing-exceeds-one",
            says="xᵀGy ≤ 1 for unit x and y where ‖Gy‖² ≤ 1, because ‖x − Gy‖² ≥ 0: so tr(GMᵀ) ≤ ‖M‖_* for every M",
            condition=overlap <= said.bound,
            where=(square <= 1, 1 - 2 * overlap + square >= 0),
        ),
        MatrixIdentity(
            id="residual-moves-along-a-pair",
            says="a step from L to L + e uvᵀ, u and v of length 1, changes twice the loss by −2e uᵀGv + e² vᵀΩv: it leaves all rows but "
            "that along u alone",
            left=U.T * (Z - L - moved) * Omega * (Z - L - moved).T * U,
            right=U.T * (Z - L) * Omega * (Z - L).T * U - E * V.T * G.T * U - U.T * G * V * E + said.curvature * E * V.T * Omega * V * E,
            orthonormal=(U, V),
            diagonal=(Omega, E),
        ),
        Holds(
            id="larger-residual-is-no-minimum",
            says="where uᵀGv > μ the step e = (uᵀGv − μ)/vᵀΩv lowers loss and norm together: so ‖(Z − L*)Ω‖ ≤ μ",
            condition=-step * larger + step**2 * curvature / 2 + said.price * step < 0,
            where=(larger > level, sp.Eq(step * curvature, larger - level)),
        ),
        *_pairing_parts(said),
    )


def _pairing_parts(said):
    """At L*: the residual pairs with L* to μ‖L*‖_*, so with each pair of singular vectors to μ, so it takes one to μ times the other."""
    return (
        Holds(
            id="other-pairing-with-itself-is-no-minimum",
            says="L to (1 + e)L, |e| ≤ 1, changes loss and norm by less than 0 for small e of the sign of tr(GLᵀ) − μ‖L‖_*: "
            "so tr(GL*ᵀ) = μ‖L*‖_*",
            condition=-scaling * paired + scaling**2 * curvature / 2 + level * scaling * norm < 0,
            where=(scaling * (paired - level * norm) > 0, scaling**2 * curvature**2 <= said.longest * (paired - level * norm) ** 2),
        ),
        Holds(
            id="no-pair-stays-below",
            says="Σ s_i (μ − g_i) = 0 with s_i > 0 and g_i ≤ μ makes every g_i = u_iᵀGv_i equal to μ, here one against all others",
            condition=sp.Eq(larger, level),
            where=(larger <= said.most, overlap >= 0, sp.Eq(curvature * (level - larger) + overlap, 0)),
        ),
        Holds(
            id="equality-aligns",
            says="xᵀGy = 1 for unit x, y and ‖Gy‖² ≤ 1 leave ‖x − Gy‖² = 0: Gy = x",
            condition=sp.Eq(1 - 2 * overlap + square, 0),
            where=(square <= 1, sp.Eq(overlap, said.bound), 1 - 2 * overlap + square >= 0),
        ),
        MatrixIdentity(
            id="ones-see-the-logits-alone",
            says="1ᵀ(Z − L)ΩLᵀ1 is −1ᵀLΩLᵀ1 for centred Z and every L; at L* it is also μ 1ᵀUSUᵀ1 = μ Σ s_i (1ᵀu_i)², by the residual",
            left=ones.T * ((sp.Identity(classes) - ones * ones.T) * ANY - L) * Omega * L.T * ones,
            right=-said.sign * ones.T * L * Omega * L.T * ones,
            diagonal=(Omega,),
            orthonormal=(ones,),
        ),
        Holds(
            id="minimiser-is-centred",
            says="the two differ where some 1ᵀu is not 0, so each left singular vector of L* is centred, and the rank at most c − 1",
            condition=level * (norm * total**2 + others) > -said.sign * seen,
            where=(sp.Ne(total, 0),),
        ),
    )


# How it is run ----------------------------------------------------------------------------


def factored_error(mu: sp.Expr) -> Measurement:
    """WH where descent on the factored problem comes to rest against L* of the convex one at the stated μ, entry by entry."""
    stated = plain.compiled(mu, A, B)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, weights in random_cases(6):
            for decays in ((0.3, 0.3), (0.9, 0.25)):
                left, right = descended(counts.per_class, tuple(weights), decays)
                value = float(stated(decays[0] ** 0.25, decays[1] ** 0.25))
                found = minimised(counts.per_class, tuple(weights), value)
                yield f"{name}, λ={decays}", float(np.abs(left @ right - found.logits).max())

    return plain.worst(errors())


def value_error(mu: sp.Expr) -> Measurement:
    """The value of the factored problem at rest against ½‖(Z − L)Ω^(1/2)‖² + μ‖L‖_* at the logits of that same state, relatively."""
    stated = plain.compiled(mu, A, B)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, weights in random_cases(6):
            for decays in ((0.3, 0.3), (0.9, 0.25)):
                left, right = descended(counts.per_class, tuple(weights), decays)
                bare = runs.objective(counts, weights, (0.0, 0.0), (left, right))
                norm = float(np.linalg.svd(left @ right, compute_uv=False).sum())
                convex = bare + float(stated(decays[0] ** 0.25, decays[1] ** 0.25)) * norm
                yield f"{name}, λ={decays}", abs(runs.objective(counts, weights, decays, (left, right)) / convex - 1)

    return plain.worst(errors())


def gap_excess(curvature_of: sp.Expr) -> Measurement:
    """By how much ½‖(M − L*)Ω^(1/2)‖² exceeds the rise of the convex objective from L* to M, relatively, over random M; or 0."""
    factor = float(curvature_of)
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, weights in random_cases(6):
            best, omega = minimised(counts.per_class, tuple(weights), 0.4).logits, weights[list(counts.labels)]
            Zs = (np.arange(counts.c)[:, None] == np.array(counts.labels)) - 1 / counts.c

            def value(X: np.ndarray, Zs: np.ndarray = Zs, omega: np.ndarray = omega) -> float:
                return float(np.sum((Zs - X) ** 2 * omega)) / 2 + 0.4 * float(np.linalg.svd(X, compute_uv=False).sum())

            for size in (1e-2, 1.0, 30.0):
                move = size * generator.normal(size=best.shape)
                least = factor * float(np.sum(move**2 * omega)) / 2
                yield f"{name}, a move of size {size:g}", max(0.0, least / (value(best + move) - value(best)) - 1)

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="decay-is-nuclear-norm",
        says="With decay λ_W > 0 on W and λ_H > 0 on H, μ = √(λ_Wλ_H): (λ_W/2)‖W‖² + (λ_H/2)‖H‖² ≥ μ‖WH‖_* for all W and H, with "
        "equality at W = (λ_H/λ_W)^(1/4) U S^(1/2) Qᵀ, H = (λ_W/λ_H)^(1/4) Q S^(1/2) Vᵀ, L = U S Vᵀ. So least loss and decay over W, H is "
        "least ½‖(Z − L)Ω^(1/2)‖² + μ‖L‖_* over L at widths d ≥ c − 1, the most that its minimiser needs (certified-minimiser).",
        source="Srebro, Rennie and Jaakkola, NIPS 2004; for imbalanced classes under cross-entropy: Hong and Ling, arXiv 2309.09725; with "
        "class weights: ours",
        stated={"mu": A**2 * B**2, "share": 1, "balance": B / A, "product": 1},
        witnesses=(POINT,),
        parts=_factored_parts,
        runs=lambda said: (
            Agrees(
                id="descent-on-factors-ends-at-the-convex-minimiser",
                says="WH where plain descent from a random start comes to rest against the proximal minimiser, random counts and weights",
                uses=("mu",),
                measure=lambda: factored_error(said.mu),
                bound=MINIMISER_TOLERANCE,
            ),
            Agrees(
                id="value-of-the-descent",
                says="the value of the factored problem where that descent rests against the convex one at its logits",
                uses=("mu",),
                measure=lambda: value_error(said.mu),
                bound=MINIMISER_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("μ = λ_Wλ_H", {"mu": A**4 * B**4}),
            NearMiss("twice the share of the frames", {"share": 2}),
            NearMiss("balance by the square root", {"balance": B**2 / A**2}),
            NearMiss("the product is twice as large", {"product": 2}),
        ),
        plain="weight decay on classifier and features is a price on the nuclear norm of the logits, whatever the class weights",
    ),
    Claim(
        id="certified-minimiser",
        says="If L = U S Vᵀ with S > 0 and (Z − L)Ω = μ(UVᵀ + K), UᵀK = 0, KV = 0, ‖K‖ ≤ 1, then ½‖(Z − M)Ω^(1/2)‖² + μ‖M‖_* is at "
        "every M at least its value at L plus ½‖(M − L)Ω^(1/2)‖²: L is the one minimiser L*. Conversely the residual (Z − L*)Ω has norm "
        "at most μ, and takes each right singular vector of L* to μ times the left one, and the rank of L* is at most c − 1.",
        source="the subgradients of the nuclear norm: Watson, Linear Algebra Appl. 170 (1992); with class weights: ours",
        stated={"curvature": sp.Integer(1), "reached": 1, "bound": sp.Integer(1), "price": level, "most": level, "longest": 1, "sign": 1},
        witnesses=(POINT, ALIGNED, EQUAL),
        parts=_certificate_parts,
        runs=lambda said: (
            Agrees(
                id="rise-from-the-minimiser",
                says="½‖(M − L*)Ω^(1/2)‖² over the rise of the objective from L* to random M, less 1, random counts and weights",
                uses=("curvature",),
                measure=lambda: gap_excess(said.curvature),
                bound=MINIMISER_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("twice the curvature", {"curvature": sp.Integer(2)}),
            NearMiss("the certificate reaches half of the norm", {"reached": sp.Rational(1, 2)}),
            NearMiss("no pairing exceeds 1/2", {"bound": sp.Rational(1, 2)}),
            NearMiss("the norm costs twice μ", {"price": 2 * level}),
            NearMiss("steps three times as long", {"longest": 9}),
            NearMiss("the logits move their mean", {"sign": -1}),
            NearMiss("pairs may exceed μ", {"most": 2 * level}),
        ),
    ),
)
