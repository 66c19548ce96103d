"""What an output bias leaves to the features: the targets of centred inputs. A bias and a common mean of the inputs are one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sympy as sp

from numerics.compiled import compile_loss
from numerics.constrained_features.inputs import block_gram, inputs_of
from numerics.constrained_features.runs import Run, lazy_run, linear_features_run, mode_shares, sample_weights
from numerics.integrate import integrate
from numerics.model_run import ModelFlow
from numerics.problem import Problem
from proofs.claims.common import HALF, identities, identity, product
from proofs.claims.constrained_features.blocks import (
    ARGUMENTS,
    COUNTS,
    EXCESS,
    KAPPA,
    MASS,
    MEANS,
    POINT,
    SEED,
    SETTINGS,
    SIZES,
    TOTAL,
    WEIGHTS,
    along,
    directions,
    numbers_of,
    setting_of,
    share_of_bias,
)
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit, MatrixIdentity, Measurement
from theory.algebra import words
from theory.algebra.partition import BlockMatrix, block_diagonal
from theory.constrained_features import lazy, output_bias, rates
from theory.data import counts
from theory.data.counts import ClassCounts
from theory.models import linear_features
from theory.models.decay_and_bias import bias, ones
from theory.models.linear_features import WITH_BIAS, V, W, X
from theory.models.model import Model, classes, descent, squared_descent
from theory.symbols import R, c, delta, fraction, gamma, m_majority, m_minority, n_majority, n_minority

Z, Omega = WITH_BIAS.target, WITH_BIAS.weights
LOSSES = ("squared", "cross-entropy")
NUMBER = m_majority + m_minority
GAP = sp.Symbol("x", real=True)  # b_maj − b_min
TEN = sp.Integer(10)
FIXED = Model(
    "fixed features and an output bias",
    (sp.MatrixSymbol("Theta", classes, X.shape[0]), bias),
    sp.MatrixSymbol("Theta", classes, X.shape[0]) * X + bias * ones.T,
)
OFFSETS = sp.symbols("v_maj v_min s", real=True)  # inner products of a vector with the class means, and with itself
CROSS = sp.symbols("B_maj B_mid B_min", real=True)  # inner products of class means of two classes, by their groups
WITNESS = {
    **POINT,
    R: TEN,
    c: TEN,
    gamma: sp.Integer(0),
    delta: sp.Integer(1),
    fraction: HALF,
    **dict.fromkeys((*OFFSETS, *CROSS), sp.Integer(1)),
}
EQUAL_RATES = {**WITNESS, MASS[0]: sp.Integer(4), EXCESS[0]: sp.Integer(1), EXCESS[1]: sp.Integer(4), MASS[1]: sp.Integer(2)}


def _centring_parts(said):
    stated = _stated_target(said)
    velocity = squared_descent(WITH_BIAS)
    drive = (Z - bias * ones.T) * Omega * X.T
    square = rates.settled_gram(MEANS, MASS)
    return (
        MatrixIdentity(
            id="classifier-moves-by-what-bias-leaves",
            says="squared loss: dW/dt is (Z − b1ᵀ)ΩXᵀVᵀ and a cubic term",
            left=velocity[W],
            right=said.drive(drive, Z * Omega * X.T) * V.T - W * V * X * Omega * X.T * V.T,
            diagonal=(Omega,),
        ),
        MatrixIdentity(
            id="features-move-by-what-bias-leaves",
            says="squared loss: dV/dt is Wᵀ(Z − b1ᵀ)ΩXᵀ and a cubic term",
            left=velocity[V],
            right=W.T * said.drive(drive, Z * Omega * X.T) - W.T * W * V * X * Omega * X.T,
            diagonal=(Omega,),
        ),
        *(
            identities(
                f"target-after-{loss}-bias",
                f"{loss}: the residuals at the settled bias, a column a class, times diag(a), are diag(a) − aaᵀ/A",
                zip(output_bias.settled_target(SIZES, MASS, loss).entries(), stated.entries(), strict=True),
            )
            for loss in LOSSES
        ),
        identities(
            "common-vector-drops-out",
            "one vector added to all inputs, B + v1ᵀ + 1vᵀ + s11ᵀ with any B of this symmetry, leaves the rates' Gram matrix",
            _shifted_gram(said),
        ),
        *(
            identities(
                f"{name}-contrasts-grow-as-before",
                f"a contrast y of two {name} classes has the squared rate e = a²(β − κ), as before the bias: TBTᵀy = ey",
                _contrast_after_bias(said, g, square),
            )
            for g, (name, square) in enumerate(zip(("majority", "minority"), said.squares, strict=True))
        ),
        identities(
            "vector-of-ones-does-not-grow",
            "the vector 1 has the rate 0",
            [(entry, sp.Integer(0)) for entry in product(square.quotient(), sp.Matrix([1, said.last]))],
        ),
        identity(
            "middle-rate-after-bias", "the other eigenvalue on what is constant on groups is μ₂²", square.quotient().trace(), said.middle
        ),
        *_where_contrasts_are_flat(said),
    )


def _where_contrasts_are_flat(said):
    return (
        identity(
            "middle-rate-where-contrasts-are-flat",
            "where both groups have e = a²(β − κ), μ₂² = e c Σa²/(Σa)²",
            said.middle,
            EXCESS[0] * MASS[0] ** 2 * said.excess_of_middle,
            said.equal,
        ),
        Holds(
            id="middle-leads-where-contrasts-are-flat",
            says="there μ₂² ≥ e",
            condition=said.middle >= said.least * EXCESS[0] * MASS[0] ** 2,
            where=(said.equal,),
        ),
    )


def _stated_target(said):
    """diag(a) less the stated outer product."""
    outer = sp.ImmutableMatrix(2, 2, lambda i, j: -said.outer(MASS[i], MASS[j], TOTAL, NUMBER))
    return BlockMatrix(SIZES, MASS, outer)


def _contrast_after_bias(said, g, square):
    """Two classes of group g, its rest, the other group: TBTᵀ on their contrast, T = diag(a) − aaᵀ/A, and the squared rate times it."""
    sizes, (a, d), others = (sp.Integer(1), sp.Integer(1), SIZES[g] - 2, SIZES[1 - g]), (MASS[g], EXCESS[g]), (MASS[1 - g], EXCESS[1 - g])
    mass = (a, a, a, others[0])
    outer = sp.ImmutableMatrix(4, 4, lambda i, j: -said.outer(mass[i], mass[j], TOTAL, NUMBER))
    T, B = BlockMatrix(sizes, mass, outer), BlockMatrix(sizes, (d, d, d, others[1]), (KAPPA * sp.ones(4, 4)).as_immutable())
    y = sp.Matrix([1, -1, 0, 0])
    return zip(product(T.quotient(), product(B.quotient(), product(T.T.quotient(), y))), square * y, strict=True)


def _shifted_gram(said):
    """The entries of the Gram matrix of the rates, with the class means moved by one vector, and without."""
    first, across, second = CROSS
    plain = BlockMatrix(SIZES, EXCESS, sp.ImmutableMatrix([[first, across], [across, second]]))
    *along, square = OFFSETS
    shift = sp.ImmutableMatrix(2, 2, lambda i, j: along[i] + along[j] + square)
    moved = plain + BlockMatrix(SIZES, (sp.Integer(0),) * 2, shift)
    target = _stated_target(said)
    return zip((target @ moved @ target).entries(), (target @ plain @ target).entries(), strict=True)


def _common_mean_parts(said):
    fast_share = lazy.middle_parts(SIZES, COUNTS, MASS, EXCESS, KAPPA)[1]
    slow, fast = lazy.quotient_rates(SIZES, MASS, EXCESS, KAPPA)
    quotient = rates.lazy_gram(MEANS, MASS).quotient()
    large = {"variable": KAPPA, "point": sp.oo}
    return (
        MatrixIdentity(
            id="bias-adds-a-constant-to-the-kernel",
            says="L = ΘX + b1ᵀ: dL/dt = G(XᵀX + 11ᵀ) for the residual G of any loss",
            left=words.rate_along(FIXED.logits, descent(FIXED)),
            right=FIXED.residual * (X.T * X + said.common),
        ),
        *(
            identities(
                f"{name}-contrasts-do-not-see-it",
                f"a contrast y of two {name} classes has diag(a)(B + x11ᵀ) y = ℓy at every x, ℓ = a(β − κ)",
                _contrast_under_common_mean(g, rate, said.contrast),
            )
            for g, (name, rate) in enumerate(zip(("majority", "minority"), said.lazy, strict=True))
        ),
        identity(
            "sum-of-quotient-rates",
            "the two quotient rates have the trace of the quotient as their sum",
            quotient.trace(),
            slow + fast * said.once,
        ),
        identity("product-of-quotient-rates", "and its determinant as their product", quotient.det(), slow * fast * said.once),
        Limit(id="fast-rate-grows-with-common-mean", says="the faster one over κ tends to A", expr=fast / KAPPA, value=said.fast, **large),
        Limit(
            id="slow-rate-tends-to",
            says="the slower one tends to (m_min a_min ℓ_maj + m_maj a_maj ℓ_min)/A",
            expr=slow,
            value=said.slow,
            **large,
        ),
        Limit(
            id="fast-part-of-middle-mode",
            says="the part of the middle mode that moves at the faster rate tends to the share of the bias",
            expr=fast_share,
            value=said.share,
            **large,
        ),
        identity(
            "share-is-that-of-the-bias",
            "this is the share that the squared loss's bias alone learns",
            output_bias.share_of_the_middle(counts.symbolic_step(), WEIGHTS, "squared"),
            said.share,
            *_masses(),
        ),
    )


def _masses():
    return tuple(sp.Eq(a, n * w) for a, n, w in zip(MASS, COUNTS, WEIGHTS, strict=True))


def _contrast_under_common_mean(g, rate, contrast):
    """Two classes of group g, its rest, the other group: diag(a)(B + x11ᵀ) on a contrast, and ℓ times it."""
    sizes = (sp.Integer(1), sp.Integer(1), SIZES[g] - 2, SIZES[1 - g])
    mean = GAP + KAPPA
    B = BlockMatrix(sizes, (EXCESS[g],) * 3 + (EXCESS[1 - g],), (mean * sp.ones(4, 4)).as_immutable())
    a = block_diagonal(sizes, (MASS[g],) * 3 + (MASS[1 - g],))
    y = sp.Matrix(contrast)
    return zip(product(a.quotient(), product(B.quotient(), y)), rate * y, strict=True)


# How it is run ----------------------------------------------------------------------------

FAINT = 0.06  # by this factor inputs are short: the bias settles long before the features grow
MOST_SPREAD = 0.9  # of the logarithms of the rates: beyond, rounding of the fastest mode reaches the slowest where its growth is read
GROWTH_TOLERANCE = 1e-5  # the decaying half of a mode's amplitude is e^(−14) of the whole where its growth is read
JUMP_TOLERANCE = 1e-4  # contrasts learn ℓt ≤ 1e-4 while the bias learns, ℓ ≤ 3 and t = 1e-5
SAME_RUN_TOLERANCE = 1e-8  # two integrations of one equation


def settled_growth_error(outer: Callable[..., Any]) -> Measurement:
    """Growth rates of W along the left singular vectors of (diag(a) − outer) Mᵀ after the bias: random counts, weights and inputs."""
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        cases = 0
        while cases < 8:
            loss = LOSSES[cases % 2]
            counts_ = ClassCounts(tuple(int(n) for n in generator.integers(1, 7, int(generator.integers(3, 5)))))
            setting = setting_of(counts_, float(generator.choice([0.0, 0.5, 0.75])), loss)
            X = FAINT * (generator.standard_normal((6, counts_.n)) + generator.standard_normal((6, 1)))
            mass = np.array(counts_.per_class) * setting.weights
            means = X @ (np.eye(counts_.c)[list(counts_.labels)] / counts_.per_class)
            settled = np.diag(mass) - np.outer(mass, mass) / mass.sum()
            if np.ptp(np.log(np.linalg.svd(settled @ means.T)[1][:-1])) < MOST_SPREAD:
                cases += 1
                stated = (np.diag(mass) - outer(mass[:, None], mass[None, :], mass.sum(), counts_.c)) @ means.T
                yield f"{counts_.per_class}, {loss}", _growth_gap(setting, X, stated, generator)

    return settings.worst(errors())


def _growth_gap(setting: Problem, X: np.ndarray, target: np.ndarray, generator: np.random.Generator) -> float:
    """The worst relative gap between how W grows along the left singular vectors of the stated target and its singular values."""
    c, width = setting.counts.c, setting.counts.c - 1
    U, values, _ = np.linalg.svd(target)
    W, V = (np.exp(-60.0) * generator.standard_normal(shape) for shape in ((c, width), (width, len(X))))
    settled = 18 / float(np.min(sample_weights(setting)))
    times = settled + np.array([7.0, 9.0])[:, None] / values[:width]
    run = linear_features_run(setting, X, W, V, float(times.max()), with_bias=True)
    found = run.path.at(times.ravel(), lambda state: np.linalg.norm(U.T[:width] @ state[: c * width].reshape(c, width), axis=1))
    early, late = found.reshape(2, width, width)
    return settings.relative(np.log(np.diag(late) / np.diag(early)) * values[:width] / 2, values[:width])


def contrast_error(lazy_rates: tuple[sp.Expr, ...]) -> Measurement:
    """Contrasts of fixed features Θ with a trained output bias, against 1 − e^(−ℓt) at the stated rates of the flow without one."""
    stated = [settings.compiled(rate, *ARGUMENTS) for rate in lazy_rates]

    def errors() -> Iterator[tuple[str, float]]:
        for counts_, within, between in SETTINGS:
            setting, numbers = setting_of(counts_), numbers_of(counts_, within, between, 0.5)
            run = _fixed_features_run(setting, inputs_of(block_gram(counts_, within, between)), 1.0)
            read = mode_shares(setting, directions(counts_)[:, [0, 2]])
            times = np.array([0.1, 0.3, 1.0])
            found = along(run, read, times)
            expected = 1 - np.exp(-np.outer(times, [value(*numbers) for value in stated]))
            yield f"{counts_.per_class}, ρ={within}, κ={between}", settings.relative(found, expected)

    return settings.worst(errors())


def _fixed_features_run(setting: Problem, X: np.ndarray, horizon: float) -> Run:
    losses = compile_loss(setting.loss, setting.counts, setting.counts.labels)
    start = {FIXED.parameters[0]: np.zeros((setting.counts.c, len(X))), bias: np.zeros((setting.counts.c, 1))}
    given = {linear_features.X: X, ones: np.ones((X.shape[1], 1))}
    flow = ModelFlow(FIXED, descent(FIXED), losses, sample_weights(setting), start, given)
    return Run(integrate(flow, horizon, FIXED.name), flow.logits)


def jump_error(share: sp.Expr) -> Measurement:
    """The middle mode's share of a lazy run whose inputs have a large common mean, right after the common mean has acted."""
    stated = settings.compiled(share, *SIZES, *COUNTS, *MASS)

    def errors() -> Iterator[tuple[str, float]]:
        for counts_, within, between in SETTINGS:
            for exponent in (0.0, 0.5):
                setting, numbers = setting_of(counts_, exponent), numbers_of(counts_, within, between, exponent)
                run = lazy_run(setting, block_gram(counts_, within, between) + 1e6, 1e-5)
                found = mode_shares(setting, directions(counts_)[:, 1:2])(run.path.at(1e-5, run.logits))
                expected = stated(*numbers[:2], counts_.per_class[0], counts_.per_class[-1], *numbers[2:4])
                yield f"{counts_.per_class}, γ={exponent}", abs(float(found[0]) - float(expected))

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="bias-centres-the-inputs",
        says="At the settled bias of either loss the residuals of the classes times diag(a) are diag(a) − aaᵀ/A, and W and V grow at "
        "the singular values of (diag(a) − aaᵀ/A) Mᵀ, which do not change when one vector is added to all inputs. STEP, block K: "
        "contrasts have the rates that they had; the middle one is μ₂² = c m_maj m_min (a_maj a_min/A)² Σ_g (β_g − κ)/m_g, where κ "
        "enters through β − κ alone, and where the contrasts are flat, both with a²(β − κ) = e, μ₂² = e c Σa²/(Σa)² ≥ e.",
        source=OURS,
        stated={
            "drive": lambda left, whole: left,
            "outer": lambda x, y, total, number: x * y / total,
            "squares": tuple(d * a * a for d, a in zip(EXCESS, MASS, strict=True)),
            "last": sp.Integer(1),
            "middle": output_bias.settled_middle_square(SIZES, MASS, EXCESS),
            "equal": sp.Eq(EXCESS[0] * MASS[0] ** 2, EXCESS[1] * MASS[1] ** 2),
            "excess_of_middle": NUMBER * (m_majority * MASS[0] ** 2 + m_minority * MASS[1] ** 2) / TOTAL**2,
            "least": sp.Integer(1),
        },
        witnesses=(EQUAL_RATES,),
        parts=_centring_parts,
        runs=lambda said: (
            Agrees(
                id="growth-after-the-bias",
                says="growth rates of W after the bias, random counts, weights and inputs with a common mean, both losses",
                uses=("outer",),
                measure=lambda: settled_growth_error(said.outer),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the bias changes nothing", {"drive": lambda left, whole: whole}),
            NearMiss("the targets stay centred on the classes", {"outer": lambda x, y, total, number: y / number}),
            NearMiss(
                "contrasts grow at the square of the lazy rate", {"squares": tuple(a**2 * d**2 for a, d in zip(MASS, EXCESS, strict=True))}
            ),
            NearMiss("1 and −1 in place of the vector 1", {"last": sp.Integer(-1)}),
            NearMiss("κ stays", {"middle": output_bias.settled_middle_square(SIZES, MASS, [d + KAPPA for d in EXCESS])}),
            NearMiss("μ₂ is that of the contrasts", {"excess_of_middle": sp.Integer(1)}),
            NearMiss("μ₂² ≥ 2e", {"least": sp.Integer(2)}),
        ),
    ),
    Claim(
        id="common-mean-is-a-bias",
        says="Fixed features and the lazy flow: an output bias adds 11ᵀ to K. STEP, block K: every contrast has the rate a(β − κ), "
        "whatever common mean is added to B. As κ → ∞ with both β − κ fixed one quotient rate grows like κA and moves that part of the "
        "middle mode which the squared loss's bias alone learns; the other tends to (m_min a_min ℓ_maj + m_maj a_maj ℓ_min)/A.",
        source=OURS,
        stated={
            "common": ones * ones.T,
            "lazy": tuple(a * d for a, d in zip(MASS, EXCESS, strict=True)),
            "contrast": (1, -1, 0, 0),
            "once": sp.Integer(1),
            "fast": TOTAL,
            "slow": MASS[0] * MASS[1] * (m_minority * EXCESS[0] + m_majority * EXCESS[1]) / TOTAL,
            "share": share_of_bias(*SIZES, *COUNTS, (MASS[0] - MASS[1]) / TOTAL),
        },
        witnesses=({**WITNESS, MASS[1]: sp.Integer(2)},),
        parts=_common_mean_parts,
        runs=lambda said: (
            Agrees(
                id="contrasts-with-a-trained-bias",
                says="contrasts of fixed features with a trained bias, at sample level, against the rates without one",
                uses=("lazy",),
                measure=lambda: contrast_error(said.lazy),
                bound=SAME_RUN_TOLERANCE,
            ),
            Agrees(
                id="middle-mode-jumps",
                says="the middle mode's share right after a large common mean has acted",
                uses=("share",),
                measure=lambda: jump_error(said.share),
                bound=JUMP_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the bias counts twice", {"common": 2 * ones * ones.T}),
            NearMiss("contrasts feel β itself", {"lazy": tuple(a * (d + KAPPA) for a, d in zip(MASS, EXCESS, strict=True))}),
            NearMiss("sum and product with the faster rate doubled", {"once": sp.Integer(2)}),
            NearMiss("the faster rate grows with the majority's weight alone", {"fast": m_majority * MASS[0]}),
            NearMiss(
                "the slower rate is the mean of the ℓ by weight",
                {"slow": (m_majority * MASS[0] ** 2 * EXCESS[0] + m_minority * MASS[1] ** 2 * EXCESS[1]) / TOTAL},
            ),
            NearMiss(
                "the share without weights",
                {"share": share_of_bias(*SIZES, *COUNTS, (n_majority - n_minority) / (m_majority * n_majority + m_minority * n_minority))},
            ),
        ),
    ),
)
