"""How fast features escape once the bias has learned the weighted frequencies: at the singular values of (Y − π1ᵀ)Ω, not of ZΩ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from numerics.constrained_features.runs import Run
from numerics.first_time import on_path
from numerics.problem import Problem
from numerics.trained_bias.runs import biased_run, escape_rates
from proofs.claims.common import HALF, identities, identity, product, step_rates
from proofs.claims.constrained_features.blocks import WEIGHTS, directions
from proofs.claims.trained_bias.settings import ALL, GROUPS, LOSSES, MASSES, NAMED, NUMBER, ONES, POINT, SEED, WHOLE
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, MatrixIdentity, Measurement
from theory.algebra import words
from theory.algebra.partition import BlockMatrix
from theory.constrained_features.output_bias import settled_residual
from theory.constrained_features.rates import settled_gram
from theory.data.counts import ClassCounts, Group, symbolic_step
from theory.data.inputs import class_mean_gram
from theory.data.weights import exponent_weights
from theory.losses import loss_named
from theory.models.decay_and_bias import H, W, bias, ones
from theory.models.model import classes, descent, squared_descent
from theory.models.reduction import S
from theory.models.trained_bias import MODEL
from theory.symbols import R, c, delta, fraction, growth, m_majority, m_minority, n_majority, n_minority, p
from theory.trained_bias import prior
from theory.unconstrained_features import modes

Z, Omega, G = MODEL.target, MODEL.weights, MODEL.residual
PI, ONE, ANY = (sp.MatrixSymbol(name, classes, 1) for name in ("pi", "one_c", "y"))
SHARE = {"p < 1": p < 1}
STRICT = {"R > 1": R > 1}
MIDDLE = sp.sqrt((1 - p) * R + p) / ((1 - p) * sp.sqrt(R) + p)
WITNESS = {**POINT, delta: sp.Integer(8), fraction: HALF, growth: sp.Integer(1)}


def _columns(stated):
    """I less a column that is the same for every label: one number a group, from its a, S and c."""
    many = len(ALL)
    blocks = sp.ImmutableMatrix(many, many, lambda i, j: -stated(ALL[i], WHOLE, NUMBER))
    return BlockMatrix(tuple(group.size for group in NAMED), ONES, blocks)


def _escape_parts(said):
    velocity, downhill = squared_descent(MODEL), descent(MODEL)
    linear = {X: downhill[X].xreplace({G: modes.U * S * modes.V.T}) for X in (W, H)}
    growing, fading = (modes.U.T * W + sign * modes.V.T * H.T for sign in (1, -1))
    frames = {"orthonormal": (modes.U, modes.V), "diagonal": (S,)}
    free = class_mean_gram(GROUPS, said.similarity, said.similarity)
    return (
        MatrixIdentity(
            id="classifier-moves-by-what-bias-leaves",
            says="squared loss: dW/dt is (Z − b1ᵀ)ΩHᵀ and a cubic term",
            left=velocity[W],
            right=said.drive * H.T - W * H * Omega * H.T,
            diagonal=(Omega,),
        ),
        MatrixIdentity(
            id="features-move-by-what-bias-leaves",
            says="squared loss: dH/dt is Wᵀ(Z − b1ᵀ)Ω and a cubic term",
            left=velocity[H],
            right=W.T * said.drive - W.T * W * H * Omega,
            diagonal=(Omega,),
        ),
        *(
            identities(
                f"residual-after-{loss}-bias",
                f"{loss}: at the settled bias the residuals of the classes are I − π1ᵀ",
                zip(settled_residual([g.size for g in NAMED], ALL, loss).entries(), _columns(said.column).entries(), strict=True),
            )
            for loss in LOSSES
        ),
        MatrixIdentity(
            id="growing-combination",
            says="any loss whose residual is USVᵀ: along the linear flow d/dt (UᵀW + VᵀHᵀ) is S times it",
            left=words.rate_along(growing, linear),
            right=said.rates * growing,
            **frames,
        ),
        MatrixIdentity(
            id="fading-combination",
            says="d/dt (UᵀW − VᵀHᵀ) is −S times it",
            left=words.rate_along(fading, linear),
            right=-said.rates * fading,
            **frames,
        ),
        Limit(
            id="scaled-time-of-the-linear-flow",
            says="a mode that grows from e^(−δ) at the rate s has the size f at T = (δ + ln f)/s, and T/δ → 1/s",
            expr=(delta + sp.log(fraction)) / growth / delta,
            variable=delta,
            point=sp.oo,
            value=said.scaled,
        ),
        identities(
            "agrees-with-orthonormal-inputs",
            "STEP: the Gram matrix is that of constrained features whose samples are orthonormal, ρ = κ = 0",
            zip(prior.drive_gram(GROUPS, WEIGHTS).entries(), settled_gram(free, MASSES).entries(), strict=True),
        ),
    )


# Weights n^(−1/2), and none -------------------------------------------------------------------


def _middle_square(groups, weights):
    """μ² of the middle mode: the quotient of the Gram matrix has two eigenvalues, and that of the vector 1 is 0."""
    return prior.drive_gram(groups, weights).quotient().trace()


def _shares(exponent):
    groups = symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=(1 - p) * c, m_minority=p * c)
    return groups, exponent_weights(groups, exponent)


def _flat_parts(said):
    """π ∝ √n: a class of a² samples with the weight 1/a has the mass a."""
    rooted = [Group(group.size, a**2) for group, a in zip(NAMED, ALL, strict=True)]
    gram = prior.drive_gram(rooted, [(a**2) ** -said.exponent for a in ALL]).quotient()
    shares = [a / WHOLE for a in ALL]
    q = sp.Add(*(group.size * share**2 for group, share in zip(NAMED, shares, strict=True)))
    last = sp.Matrix([share - 1 / NUMBER for share in shares])
    identity_c = sp.Identity(classes)
    return (
        MatrixIdentity(
            id="all-but-two-directions-have-rate-one",
            says="nω² = 1: the Gram matrix (I − π1ᵀ)(I − 1πᵀ) takes y to y less multiples of Σ y_j and Σ π_j y_j",
            left=(identity_c - PI * ONE.T) * (identity_c - ONE * PI.T) * ANY,
            right=said.kept * ANY - PI * ONE.T * ANY - ONE * PI.T * ANY + PI * ONE.T * ONE * PI.T * ANY,
        ),
        identities(
            "one-direction-has-its-own-rate",
            "it takes π − 1/c to c‖π‖² times it",
            zip(product(gram, last), said.last(NUMBER, q) * last, strict=True),
        ),
        identities(
            "ones-do-not-grow", "and the vector 1 to 0", [(entry, sp.Integer(0)) for entry in product(gram, sp.Matrix([1, 1, said.still]))]
        ),
    )


def _step_parts(said):
    halves = {p: HALF}
    derived = _middle_square(*_shares(said.exponent))
    paper = step_rates(HALF, 1 - p)[-1].effective_singular_value
    return (
        identity("middle-rate-of-step", "STEP: the middle rate, squared", derived, said.middle**2, R >= 1, p < 1),
        Holds(id="middle-is-first", says="it is above 1 where R > 1", condition=said.middle > said.others, where=(R > 1, p < 1)),
        Increasing(
            id="lead-increases", says="its lead increases in R", expr=said.sign * (said.middle - 1), variable=R, where=(R >= 1, p < 1)
        ),
        Holds(
            id="lead-below-its-supremum",
            says="the lead is less than 1/√(1 − p) − 1",
            condition=said.middle - 1 < said.supremum,
            where=(R >= 1, p < 1),
        ),
        Limit(
            id="lead-tends-to-its-supremum",
            says="and tends to it as R → ∞: it is the supremum, and not attained",
            expr=said.middle - 1,
            variable=R,
            point=sp.oo,
            value=said.supremum,
            where=(p < 1,),
        ),
        identity("equal-halves", "p = 1/2: the middle rate", said.middle.subs(halves), said.halves, R >= 1),
        Holds(id="equal-halves-below-root-two", says="it is below √2", condition=said.halves < said.bound, where=(R >= 1,)),
        identity(
            "inverse-of-the-middle-value-without-bias",
            "the middle rate at minority share p is the inverse of the σλ of the middle mode without bias at minority share 1 − p",
            said.middle * paper,
            said.product,
            R >= 1,
            p < 1,
        ),
    )


def _vanilla_parts(said):
    gram = prior.drive_gram(NAMED, ONES)
    many = len(ALL)
    stated = BlockMatrix(gram.sizes, ALL, sp.ImmutableMatrix(many, many, lambda i, j: -said.outer(ALL[i], ALL[j], WHOLE)))
    derived, without = _middle_square(GROUPS, (sp.Integer(1),) * 2), said.middle
    halves = {m_majority: m_minority}
    return (
        identities(
            "gram-without-weights",
            "no weights, any counts: the Gram matrix is N − nnᵀ/Σn",
            zip(gram.entries(), stated.entries(), strict=True),
        ),
        identity("middle-rate-without-weights", "STEP: the middle rate, squared, is c n_maj n_min/Σn", derived, without),
        Holds(
            id="middle-after-majority",
            says="it is below n_maj where the majority is one",
            condition=without < said.above * n_majority,
            where=(n_majority > n_minority,),
        ),
        Holds(
            id="middle-before-minority",
            says="and above n_min",
            condition=without > said.below * n_minority,
            where=(n_majority > n_minority,),
        ),
        Holds(
            id="bounded-at-equal-halves",
            says="equal halves: it is below 2n_min, whatever the majority",
            condition=without.subs(halves) < said.bound * n_minority,
        ),
        Limit(
            id="unbounded-without-bias",
            says="without a bias the squared middle rate of equal halves grows like n_maj/2",
            expr=_unbiased().subs(halves) / n_majority,
            variable=n_majority,
            point=sp.oo,
            value=said.slope,
        ),
    )


def _unbiased():
    """σ² of the middle mode without weights and without a bias."""
    *_, middle = modes.step_modes(GROUPS, (sp.Integer(1),) * 2)
    return middle.sigma**2


# How it is run ----------------------------------------------------------------------------

GROWTH_TOLERANCE = 1e-5  # the decaying half of a mode's amplitude is e^(−16) of the whole where its growth is read
SLOPE_TOLERANCE = 2e-3  # what modes leave in each other's path at a random start counts e^(−12) times their difference
DEPTHS, HORIZON = (12.0, 18.0), 36.0  # of W and H at the start, and flow time
MOST_SPREAD = 0.9  # of the logarithms of the rates, so that rounding of the fastest mode does not reach the slowest


@cache
def _measured(kind: str, cases: int) -> tuple[tuple[str, Problem, np.ndarray], ...]:
    """Name, problem, and escape rates of runs at sample level, fastest first; random counts, both losses, and weights of a kind."""
    generator = np.random.default_rng(SEED)
    found: list[tuple[str, Problem, np.ndarray]] = []
    while len(found) < cases:
        counts = ClassCounts(tuple(int(n) for n in generator.integers(1, 8, int(generator.integers(3, 5)))))
        n = np.array(counts.per_class, dtype=float)
        weights = {"any": generator.uniform(0.5, 1.5, counts.c), "root": n**-0.5, "none": np.ones(counts.c)}[kind]
        problem = Problem(counts, tuple(map(float, weights)), loss_named(LOSSES[len(found) % 2]))
        rates = _singular_values(problem, n * weights / (n @ weights))
        if np.ptp(np.log(rates)) < MOST_SPREAD:
            found.append((f"{counts.per_class}, {problem.loss.name}", problem, escape_rates(problem, len(found))))
    return tuple(found)


def _singular_values(problem: Problem, column: np.ndarray) -> np.ndarray:
    """The c − 1 largest singular values of (Y − column 1ᵀ)Ω, over samples."""
    labels = list(problem.counts.labels)
    target = (np.eye(problem.counts.c)[:, labels] - column[:, None]) * np.array(problem.weights)[labels]
    values: np.ndarray = np.linalg.svd(target, compute_uv=False)[: problem.counts.c - 1]
    return values


def growth_error(column: Callable[..., Any]) -> Measurement:
    """Growth rates of W in runs after the bias, any weights, against singular values of (Y − column 1ᵀ)Ω."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem, found in _measured("any", 6):
            mass = np.array(problem.counts.per_class) * np.array(problem.weights)
            stated = _singular_values(problem, column(mass, mass.sum(), len(mass)) * np.ones(len(mass)))
            yield name, settings.relative(found, stated)

    return settings.worst(errors())


def _half_times(run: Run, read: Callable[[np.ndarray], np.ndarray], end: np.ndarray) -> tuple[float | None, ...]:
    return on_path(run.path.t, lambda t: run.path.at(t, read) / end - 0.5)


@cache
def _step_slopes(exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """dT/dδ of the features of STEP(4, 5) runs of the squared loss from one random start, at two δ, and √n ω of each class.

    T is when uᵀWH has half its final length, u a contrast of two majority classes, the middle direction, and a minority contrast.
    """
    counts = ClassCounts((5, 5, 1, 1))
    weights = tuple(float(n) ** -exponent for n in counts.per_class)
    problem, generator = Problem(counts, weights, loss_named("squared")), np.random.default_rng(SEED)
    W, H = generator.standard_normal((4, 3)), generator.standard_normal((3, counts.n))
    U = directions(counts)

    def read(state: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.linalg.norm(U.T @ (state[:12].reshape(4, 3) @ state[12:-4].reshape(3, -1)), axis=1)
        return found

    times = []
    for depth in DEPTHS:
        run = biased_run(problem, np.exp(-depth) * W, np.exp(-depth) * H, HORIZON)
        end = run.path.at(HORIZON, read)
        times.append(_half_times(run, read, end))
    late, early = (np.array(found, dtype=float) for found in (times[1], times[0]))
    return (late - early) / (DEPTHS[1] - DEPTHS[0]), np.sqrt(counts.per_class) * np.array(weights)


def step_error(column: Callable[..., Any]) -> Measurement:
    """Slopes of learning times under STEP, squared loss, against 1/‖uᵀ(I − column 1ᵀ) diag(√n ω)‖."""

    def errors() -> Iterator[tuple[str, float]]:
        counts = ClassCounts((5, 5, 1, 1))
        for exponent in (0.0, 0.25):
            slopes, scales = _step_slopes(exponent)
            mass = np.array(counts.per_class) ** (1.0 - exponent)
            target = (np.eye(4) - (column(mass, mass.sum(), 4) * np.ones(4))[:, None]) * scales
            yield f"γ={exponent}", settings.relative(slopes, 1 / np.linalg.norm(directions(counts).T @ target, axis=1))

    return settings.worst(errors())


def flat_error(last: Callable[..., Any]) -> Measurement:
    """Growth rates of W in runs after the bias at ω = n^(−1/2), against the root of the stated square, and 1."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem, found in _measured("root", 4):
            root = np.sqrt(problem.counts.per_class)
            first = np.sqrt(last(len(root), float(((root / root.sum()) ** 2).sum())))
            yield name, settings.relative(found, np.array([first, *np.ones(len(found) - 1)]))

    return settings.worst(errors())


def vanilla_error(outer: Callable[..., Any]) -> Measurement:
    """Growth rates of W in runs after the bias without weights, against the stated Gram matrix."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem, found in _measured("none", 4):
            n = np.array(problem.counts.per_class, dtype=float)
            gram = np.diag(n) - outer(n[:, None], n[None, :], n.sum())
            yield name, settings.relative(found, np.sqrt(np.linalg.eigvalsh(gram)[:0:-1]))

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="biased-escape-rates",
        says="L = WH + b1ᵀ, squared loss or cross-entropy, any counts and weights: at the settled bias small W and H grow at the singular "
        "values s of (Y − π1ᵀ)Ω, not of ZΩ where π is not uniform, and a mode of this linear flow has any given size at a time T with "
        "T/δ → 1/s. Under STEP these are the rates of constrained features whose samples are orthonormal. Runs of the squared loss at "
        "STEP(4, 5) have such learning times.",
        source=OURS,
        stated={
            "drive": (Z - bias * ones.T) * Omega,
            "column": lambda a, total, number: a / total,
            "rates": S,
            "scaled": 1 / growth,
            "similarity": sp.Integer(0),
        },
        witnesses=(WITNESS,),
        parts=_escape_parts,
        runs=lambda said: (
            Agrees(
                id="growth-after-the-bias",
                says="growth rates of W after the bias, random counts, weights and starts at sample level, both losses; of draws "
                "whose rates are less than e^0.9 apart, so that the slowest is seen",
                uses=("column",),
                measure=lambda: growth_error(said.column),
                bound=GROWTH_TOLERANCE,
            ),
            Agrees(
                id="learning-times-under-step",
                says="STEP(4, 5), random start, squared loss, the full flow of every sample: learning times of features grow by 1/s with δ",
                uses=("column",),
                measure=lambda: step_error(said.column),
                bound=SLOPE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the bias changes nothing", {"drive": Z * Omega}),
            NearMiss("the targets stay centred on the classes", {"column": lambda a, total, number: 1 / number}),
            NearMiss("twice as fast", {"rates": 2 * S}),
            NearMiss("T/δ → 2/s", {"scaled": 2 / growth}),
            NearMiss("samples that have something in common", {"similarity": sp.Rational(1, 10)}),
        ),
        plain="with a trained bias that has settled, features escape at the singular values of (Y − π1ᵀ)Ω in place of ZΩ",
    ),
    Claim(
        id="biased-flat-weights",
        says="ω_j = n_j^(−1/2), any counts, settled bias: the escape rates are 1, c − 2 times, and √c‖π‖ once, π ∝ √n. STEP, n_min = 1, "
        "minority share p, R > 1: this is √((1 − p)R + p)/((1 − p)√R + p) > 1, the middle mode, which is now first; its lead increases in "
        "R and is below 1/√(1 − p) − 1, a supremum that is not attained. At equal halves it is √(2(R + 1))/(√R + 1) < √2, the inverse of "
        "the middle mode's σλ without bias.",
        source=OURS,
        stated={
            "exponent": HALF,
            "kept": sp.Integer(1),
            "last": lambda number, q: number * q,
            "still": sp.Integer(1),
            "middle": MIDDLE,
            "others": sp.Integer(1),
            "sign": sp.Integer(1),
            "supremum": 1 / sp.sqrt(1 - p) - 1,
            "halves": sp.sqrt(2 * (R + 1)) / (sp.sqrt(R) + 1),
            "bound": sp.sqrt(2),
            "product": sp.Integer(1),
        },
        hypotheses={**STRICT, **SHARE},
        witnesses=(WITNESS,),
        parts=lambda said: (*_flat_parts(said), *_step_parts(said)),
        runs=lambda said: (
            Agrees(
                id="growth-at-flat-weights",
                says="growth rates of W after the bias at ω = n^(−1/2), random counts and starts at sample level, both losses",
                uses=("last",),
                measure=lambda: flat_error(said.last),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("exponent 2/5", {"exponent": sp.Rational(2, 5)}),
            NearMiss("rate √2 in all but two directions", {"kept": sp.Integer(2)}),
            NearMiss("√c‖π‖²", {"last": lambda number, q: number * q**2}),
            NearMiss("1 and 1 and −1 in place of the vector 1", {"still": sp.Integer(-1)}),
            NearMiss("p and 1 − p exchanged", {"middle": MIDDLE.subs(p, 1 - p, simultaneous=True)}),
            NearMiss("the lead is at least 1/10", {"others": sp.Rational(11, 10)}),
            NearMiss("the lead falls in R", {"sign": sp.Integer(-1)}),
            NearMiss("√2 − 1 bounds every split", {"supremum": sp.sqrt(2) - 1}),
            NearMiss("√(R + 1)/(√R + 1) at equal halves", {"halves": sp.sqrt(R + 1) / (sp.sqrt(R) + 1)}),
            NearMiss("below 7/5", {"bound": sp.Rational(7, 5)}),
            NearMiss("twice the inverse", {"product": sp.Integer(2)}),
        ),
        plain="with a trained bias weights n^(−1/2) make all escape rates 1 but one: under STEP with R > 1 the class-frequency mode comes "
        "first, at equal halves by a factor below √2",
        coq={
            "middle-is-first": ("trained_bias.middle.middle_is_first",),
            "lead-increases": ("trained_bias.middle.lead_increases",),
            "lead-below-its-supremum": ("trained_bias.middle.lead_below_its_supremum",),
            "lead-tends-to-its-supremum": ("trained_bias.middle.lead_tends_to_its_supremum",),
            "equal-halves": ("trained_bias.middle.equal_halves",),
            "equal-halves-below-root-two": ("trained_bias.middle.equal_halves_below_root_two",),
        },
    ),
    Claim(
        id="biased-vanilla",
        says="No weights, settled bias, any counts: the squared escape rates are the eigenvalues of N − nnᵀ/Σn besides one 0. STEP: the "
        "middle one is c n_maj n_min/Σn, below n_maj and above n_min where n_maj > n_min; at equal halves it is below 2n_min, while "
        "without a bias it grows like n_maj/2.",
        source=OURS,
        stated={
            "outer": lambda n, k, total: n * k / total,
            "middle": (m_majority + m_minority) * n_majority * n_minority / (m_majority * n_majority + m_minority * n_minority),
            "above": sp.Integer(1),
            "below": sp.Integer(1),
            "bound": sp.Integer(2),
            "slope": HALF,
        },
        witnesses=(WITNESS,),
        parts=_vanilla_parts,
        runs=lambda said: (
            Agrees(
                id="growth-without-weights",
                says="growth rates of W after the bias without weights, random counts and starts at sample level, both losses",
                uses=("outer",),
                measure=lambda: vanilla_error(said.outer),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("N less half the outer product", {"outer": lambda n, k, total: n * k / total / 2}),
            NearMiss(
                "the middle rate without a bias",
                {"middle": (m_minority * n_majority + m_majority * n_minority) / (m_majority + m_minority)},
            ),
            NearMiss("below n_maj/2", {"above": HALF}),
            NearMiss("above 2n_min", {"below": sp.Integer(2)}),
            NearMiss("below 3n_min/2 at equal halves", {"bound": sp.Rational(3, 2)}),
            NearMiss("it grows like n_maj", {"slope": sp.Integer(1)}),
        ),
    ),
)
