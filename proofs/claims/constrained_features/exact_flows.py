"""The flow of contrasts from a spectral start at every time: they decouple from all that is constant on groups of classes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp

from numerics.constrained_features.runs import mode_shares
from proofs.claims.common import HALF, at, identities, identity, product
from proofs.claims.constrained_features.blocks import (
    EXCESS,
    MASS,
    POINT,
    SIZES,
    along,
    block_cases,
    directions,
    majority_of,
    numbers_of,
    setting_of,
    spectral_run,
)
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity, Measurement
from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.constrained_features import exact_flows as flows
from theory.symbols import delta, fraction, signal, similarity_between, similarity_within, t
from theory.unconstrained_features import flow, modes

ALPHA, BETA = sp.symbols("alpha beta", real=True)  # of one contrast: its amplitudes in W, and in the features in units of the target
A, D, SHARE = sp.symbols("a_g d_g q", positive=True)  # of one contrast: a, β − κ, and the share that is learned
RATE = sp.Symbol("r", positive=True)  # √e = a√d
START = {"e^(−2δ)√d < 1": sp.exp(2 * delta) / sp.sqrt(D) > 1}
PATH = 1 / (1 + (sp.exp(2 * delta) / sp.sqrt(D) - 1) * sp.exp(-2 * RATE * t))
TIME = sp.log((sp.exp(2 * delta) / sp.sqrt(D) - 1) * fraction / (1 - fraction)) / (2 * RATE)
FRACTION = {"0 < f < 1": fraction < 1}
a, b, e = flows.MIDDLE
WITNESS = {
    **POINT,
    A: sp.Integer(2),
    D: sp.Rational(1, 4),
    RATE: sp.Integer(1),
    delta: sp.Integer(1),
    t: sp.Integer(1),
    SHARE: HALF,
    fraction: HALF,
    similarity_within: HALF,
    similarity_between: sp.Integer(0),
    signal: sp.Integer(1),
}


def _contrast_parts(said):
    point = {BETA: sp.sqrt(D) * ALPHA}
    moves = [said.classifier(A, D, ALPHA, BETA), said.features(A, D, ALPHA, BETA)]
    share = (moves[0] * BETA + moves[1] * ALPHA).subs(point)
    return (
        *_width_parts(said),
        *_named_two(said),
        identity(
            "start-on-a-contrast",
            "a spectral start has β = e^(−δ) a d/√e, and this is e^(−δ)√d",
            A * D / RATE,
            said.start,
            sp.Eq(RATE, A * sp.sqrt(D)),
        ),
        identity("start-is-kept", "β = √d α is kept", moves[1].subs(point), (sp.sqrt(D) * moves[0]).subs(point)),
        identity(
            "share-equation",
            "there dq/dt = 2√e q (1 − q) for the share q = αβ",
            share,
            said.share_rate.subs({SHARE: sp.sqrt(D) * ALPHA**2, RATE: A * sp.sqrt(D)}, simultaneous=True),
        ),
        identity(
            "path-solves-it",
            "the stated q(t) solves it",
            sp.diff(said.path, t),
            said.share_rate.subs(SHARE, said.path),
            *START.values(),
            t >= 0,
        ),
        identity(
            "path-starts-right",
            "it starts at e^(−2δ)√d",
            at(said.path, {t: sp.Integer(0)}),
            sp.exp(-2 * delta) * sp.sqrt(D),
            *START.values(),
        ),
        identity(
            "reaches-its-share", "it is f at the stated T", at(said.path, {t: said.time}), fraction, *START.values(), *FRACTION.values()
        ),
    )


def _width_parts(said):
    """W = C(QUᵀ)ᵀ and h = QUᵀF with P = UUᵀ, U c × (c − 1) and Q d × (c − 1): the flow is that of C and PF at width c."""
    C, F, B = (sp.MatrixSymbol(name, flow.rows, flow.rows) for name in "CFB")
    N = sp.MatrixSymbol("N", flow.rows, flow.rows)
    P, channel = modes.U * modes.U.T, modes.Q * modes.U.T
    weights, h = C * channel.T, channel * F
    error = P - weights * h
    given = {"orthonormal": (modes.U, modes.Q), "diagonal": (N,)}
    return (
        MatrixIdentity(
            id="width-drops-out-of-classifier-flow",
            says="dW/dt at any width d ≥ c − 1 is that at width c, times Qᵀ",
            left=error * N * h.T,
            right=said.error(P, C, F) * N * (P * F).T * channel.T,
            **given,
        ),
        MatrixIdentity(
            id="width-drops-out-of-feature-flow",
            says="dh/dt at any width d ≥ c − 1 is Q times that at width c",
            left=weights.T * error * N * B,
            right=channel * C.T * said.error(P, C, F) * N * B,
            **given,
        ),
    )


def _named_two(said):
    """Two classes of a group on their own, its rest, the other group: the flow of C and F on the contrast y of the two.

    C, F and B have any blocks that are constant on the two groups, and any diagonals.
    """
    alpha, beta = sp.symbols("alpha_1 alpha_2", real=True), sp.symbols("beta_1 beta_2", real=True)
    C, F, B = (_on_named(name, diagonal) for name, diagonal in (("x", alpha), ("y", beta), ("z", EXCESS)))
    P, N = centring(C.sizes).quotient(), block_diagonal(C.sizes, (MASS[0],) * 3 + (MASS[1],)).quotient()
    y = sp.Matrix([1, -1, 0, 0])
    E = P - product(C.quotient(), product(P, F.quotient()))
    classifier = product(E, product(N, product(F.T.quotient(), product(P, y))))
    features = product(C.T.quotient(), product(E, product(N, product(B.quotient(), y))))
    numbers = MASS[0], EXCESS[0], alpha[0], beta[0]
    return (
        identities(
            f"{name}-of-contrasts-sees-itself-alone",
            f"the {name} moves on a contrast by its own α, β, a and d, whatever else C, F and B hold that is constant on groups",
            zip(moved, stated(*numbers) * y, strict=True),
        )
        for name, moved, stated in (("classifier", classifier, said.classifier), ("features", features, said.features))
    )


def _on_named(name, diagonal):
    """A matrix of block symmetry over two groups, with two classes of the first on their own."""
    sizes, group = (sp.Integer(1), sp.Integer(1), SIZES[0] - 2, SIZES[1]), (0, 0, 0, 1)
    blocks = sp.ImmutableMatrix(4, 4, lambda i, j: sp.Symbol(f"{name}_{group[i] + 1}{group[j] + 1}", real=True))
    return BlockMatrix(sizes, tuple(diagonal[g] for g in group), blocks)


# How it is run ----------------------------------------------------------------------------

PATH_TOLERANCE = 1e-8  # relative, of a share along a whole run from δ = 3
DELTA, HORIZON = 3.0, 8.0


def contrast_path_error(path: sp.Expr) -> Measurement:
    """Shares of the contrasts along runs at sample level from a spectral start, relative, against the stated q(t)."""
    stated = settings.compiled(path, RATE, D, delta, t)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, within, between, exponent in block_cases((0.5, 1.0)):
            run = spectral_run(counts, within, between, exponent, DELTA, HORIZON)
            read = mode_shares(setting_of(counts, exponent), directions(counts)[:, [0, 2]])
            times = np.linspace(0, HORIZON, 40)
            found = along(run, read, times)
            _, _, *mass_and_excess, _ = numbers_of(counts, within, between, exponent)
            masses, excess = np.array(mass_and_excess[:2]), np.array(mass_and_excess[2:])
            groups = [g for g, m in enumerate((majority_of(counts), counts.c - majority_of(counts))) if m > 1]
            expected = stated(masses * np.sqrt(excess), excess, DELTA, times[:, None])
            yield name, settings.relative(found[:, groups], expected[:, groups])

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="contrasts-decouple",
        says="Block K with any κ, squared loss, any weights constant on groups of classes, spectral start, width d ≥ c − 1: features "
        "of a class stay alike, and a contrast of two classes of one group moves by its own amplitudes alone, whatever the rest does. "
        "With e = a²(β − κ) its learned share obeys dq/dt = 2√e q (1 − q), q(0) = e^(−2δ)√(β − κ), for all time, and is f, 0 < f < 1, at "
        "T = ln((e^(2δ)/√(β − κ) − 1) f/(1 − f))/(2√e).",
        source="ours; exact modes under an input covariance: Saxe et al., arXiv 1312.6120",
        stated={
            "error": lambda P, C, F: P - C * P * F,
            "classifier": lambda x, d, alpha, beta: x * beta - x * alpha * beta**2,
            "features": lambda x, d, alpha, beta: x * d * alpha * (1 - alpha * beta),
            "start": sp.sqrt(D),
            "share_rate": 2 * RATE * SHARE * (1 - SHARE),
            "path": PATH,
            "time": TIME,
        },
        hypotheses={**START, **FRACTION},
        witnesses=(WITNESS,),
        parts=_contrast_parts,
        runs=lambda said: (
            Agrees(
                id="contrasts-along-runs",
                says="shares of contrasts along runs at sample level, the middle mode running beside them, against the stated q(t)",
                uses=("path",),
                measure=lambda: contrast_path_error(said.path),
                bound=PATH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the width matters: P − CF in place of P − CPF", {"error": lambda P, C, F: P - C * F}),
            NearMiss("the classifier feels no weight", {"classifier": lambda x, d, alpha, beta: beta * (1 - alpha * beta)}),
            NearMiss("the features feel no input", {"features": lambda x, d, alpha, beta: x * alpha * (1 - alpha * beta)}),
            NearMiss("it starts at e^(−δ) d", {"start": D}),
            NearMiss("half the rate", {"share_rate": RATE * SHARE * (1 - SHARE)}),
            NearMiss("the 1 left out", {"path": 1 / (1 + sp.exp(2 * delta - 2 * RATE * t) / sp.sqrt(D))}),
            NearMiss("twice the time", {"time": 2 * TIME}),
        ),
        plain="contrasts of classes of one group learn by themselves, for all time, whatever the inputs have in common",
        coq={
            "start-on-a-contrast": ("constrained.exact_flows.start_on_a_contrast",),
            "start-is-kept": ("constrained.exact_flows.start_is_kept",),
            "share-equation": ("constrained.exact_flows.share_equation",),
            "path-solves-it": ("constrained.exact_flows.path_solves_it",),
            "path-starts-right": ("constrained.exact_flows.path_starts_right",),
            "reaches-its-share": ("constrained.exact_flows.reaches_its_share",),
        },
    ),
)
