"""Weight exponents that give contrasts of any inputs equal rates, at a small start and in the lazy flow, by class means."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from numerics.constrained_features.inputs import class_mean_gram
from proofs.claims.common import HALF, STRICT_RATIO, identities, identity, product
from proofs.claims.constrained_features.settings import MASSES, MEETING_TOLERANCE, POINT, SIZES, mean_squares, sample_drive
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Measurement
from theory.algebra import partition
from theory.constrained_features import flattening
from theory.data.counts import ClassCounts
from theory.symbols import R, gamma, n_majority, n_minority

# Any inputs, by class means -------------------------------------------------------------------------------------------------

D_MAJ, D_MIN = sp.symbols("D_maj D_min", positive=True)
DISTANCES = sp.log(D_MAJ / D_MIN)


def _class_mean_parts(said):
    return (
        _compression_part(said),
        *(_trace_part(said, members, sizes) for members, sizes in (((0, 1), (2, 2)), ((0, 1, 2), (3, 1)), ((2, 3), (2, 2)))),
        *_meeting_parts(said),
        *_sample_parts(said),
    )


def _compression_part(said):
    """C of a group: the projection on its contrasts."""
    P, a = partition.centring(SIZES), partition.block_diagonal(SIZES, MASSES)
    own = sp.Matrix([[-1 / SIZES[0], 0], [0, 0]])
    contrasts = partition.BlockMatrix(SIZES, (sp.Integer(1), sp.Integer(0)), own.as_immutable())
    found = P @ a @ contrasts
    return identities(
        "contrasts-see-their-own-mass",
        "C projects on the contrasts of a group: P diag(a) C = aC for every number of classes, so the Gram matrix and the lazy one are "
        "a²CBC and aCBC there",
        zip(found.entries(), (entry * said.mass for entry in contrasts.entries()), strict=True),
    )


def _trace_part(said, members, sizes):
    """Symbolic class means in the plane: the mean squared rate over contrasts of the group against half a mean squared distance."""
    c = sum(sizes)
    M = sp.ImmutableMatrix(2, c, lambda i, j: sp.Symbol(f"M_{i}{j}", real=True))
    a = sp.diag(*([MASSES[0]] * sizes[0] + [MASSES[1]] * sizes[1]))
    group, m = 0 if members[0] == 0 else 1, len(members)
    P = sp.eye(c) - sp.ones(c, c) / c
    drive = product(product(P, a), M.T)
    contrasts = sp.Matrix(c, c, lambda i, j: (int(i == j) - sp.Rational(1, m)) if i in members and j in members else 0)
    gram = product(drive, drive.T)
    mean = sp.Add(*product(contrasts, gram).diagonal()) / (m - 1)
    pairs = [(j, k) for j in members for k in members if j < k]
    distance = said.half_distance * sp.Add(*((M[i, j] - M[i, k]) ** 2 for j, k in pairs for i in range(2))) / len(pairs)
    return identity(
        f"mean-squared-rate-of-classes-{'-'.join(str(j + 1) for j in members)}-of-{c}",
        f"any class means: the mean squared rate over contrasts of {m} classes of {c} is a²D, D half their mean squared distance",
        mean,
        MASSES[group] ** 2 * distance,
    )


def _meeting_parts(said):
    mass = [n ** (1 - gamma) for n in (R * n_minority, n_minority)]
    for name, power, exponent in (("rich", 2, said.rich), ("lazy", 1, said.lazy)):
        majority, minority = (a**power * D for a, D in zip(mass, (D_MAJ, D_MIN), strict=True))
        yield identity(
            f"ratio-of-{name}-rates",
            f"the logarithm of the ratio of the mean {name} rates is {power}(γ* − γ) ln R: they are equal at γ* alone",
            sp.log(majority / minority),
            power * (exponent - gamma) * sp.log(R),
            R > 1,
        )


def _sample_parts(said):
    """Independent samples of mean μ_j and covariance C_j in class j: E B is the Gram matrix of the μ plus diag(tr C_j/n_j)."""
    square, spread, count = sp.symbols("u v n", positive=True)
    m = 3
    means = sp.Matrix(2, m, lambda i, j: sp.Symbol(f"mu_{i}{j}", real=True))
    traces, numbers = (sp.symbols(f"{letter}_0:{m}", positive=True) for letter in "vn")
    added = [said.scatter(v, n) for v, n in zip(traces, numbers, strict=True)]
    pairs = [(j, k) for j in range(m) for k in range(j)]
    distances = [sp.Add(*((means[i, j] - means[i, k]) ** 2 for i in range(2))) + added[j] + added[k] for j, k in pairs]
    mean = sp.Add(*(v / n for v, n in zip(traces, numbers, strict=True))) / m
    return (
        identity(
            "expected-square-of-a-class-mean",
            "n² pairs of samples, n of them of a sample with itself: E|M|² = |μ|² + tr C/n",
            (count * (square + spread) + count * (count - 1) * square) / count**2,
            square + said.scatter(spread, count),
        ),
        identity(
            "expected-distance",
            "E|M_j − M_k|² = |μ_j − μ_k|² + tr C_j/n_j + tr C_k/n_k: half its mean is D of the population means plus the mean of tr C/n, "
            "three classes",
            sp.Add(*distances) / (2 * len(pairs)),
            flattening.contrast_means(means.T * means, range(m)) + mean,
        ),
    )


# How it is run ------------------------------------------------------------------------------------------

STANDARD_ERRORS = 5.0  # of a mean over draws: one case in a million is farther off


def _random_inputs(generator: np.random.Generator) -> tuple[ClassCounts, np.ndarray, tuple[int, int, int, int]]:
    """STEP counts and inputs with class means and scatter that no formula knows: (counts, X, sizes and counts of the groups)."""
    big, small, few = (int(k) for k in generator.integers(2, 5, 3))
    many = few * int(generator.integers(2, 6))
    counts = ClassCounts((many,) * big + (few,) * small)
    d = 6
    centres, sizes = generator.normal(size=(d, counts.c)), generator.uniform(0.2, 2, counts.c)
    labels = list(counts.labels)
    return counts, centres[:, labels] + sizes[labels] * generator.normal(size=(d, counts.n)), (big, small, many, few)


def class_means_error(rich: sp.Expr, lazy: sp.Expr) -> Measurement:
    """Mean rates of majority over those of minority contrasts, less 1, random inputs: rich ones of ZΩXᵀ, and lazy ones, the speed
    at which dL/dt = EK moves the shares of contrasts from L = 0."""
    exponents = [plain.compiled(formula, R, D_MAJ, D_MIN) for formula in (rich, lazy)]
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(40):
            counts, X, (big, small, many, few) = _random_inputs(generator)
            B = class_mean_gram(X.T @ X, counts)
            D = [float(flattening.contrast_means(B, members)) for members in (range(big), range(big, big + small))]
            gammas = [float(value(many / few, *D)) for value in exponents]
            drive = sample_drive(counts, plain.power_weights(counts, gammas[0]), X)
            found = [mean_squares(drive, 0, big) / mean_squares(drive, big, big + small)]
            Z = centred_labels(counts)
            moved = (sample_drive(counts, plain.power_weights(counts, gammas[1]), X) @ X) @ Z.T  # the speed of L at 0, read in modes
            speeds = [
                np.trace(part - part.mean(axis=0)) / (n * (len(part) - 1))
                for part, n in ((moved[:big, :big], many), (moved[big:, big:], few))
            ]
            found.append(speeds[0] / speeds[1])
            yield f"m={big},{small}, n={many},{few}", max(abs(ratio - 1) for ratio in found)

    return plain.worst(errors())


def expectation_error(scatter: Callable) -> Measurement:
    """The mean of D over draws of independent samples less what is stated, in standard errors."""
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for numbers in ((2, 3, 5), (1, 1, 4, 8)):
            c, d = len(numbers), 3
            centres, roots = generator.normal(size=(d, c)), generator.normal(size=(c, d, d))
            draws = []
            for _ in range(4000):
                means = np.stack([(roots[j] @ generator.normal(size=(d, n))).mean(axis=1) for j, n in enumerate(numbers)], axis=1)
                M = centres + means
                draws.append(float(flattening.contrast_means(M.T @ M, range(c))))
            expected = flattening.contrast_means(centres.T @ centres, range(c))
            expected += np.mean([float(scatter((roots[j] ** 2).sum(), n)) for j, n in enumerate(numbers)])
            yield f"counts {numbers}", abs(np.mean(draws) - expected) / (np.std(draws) / np.sqrt(len(draws)))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="flattening-by-class-means",
        says="STEP, any number of classes: on the contrasts of group g the Gram matrix of the rates at a small start is a_g²CBC and "
        "the lazy one a_gCBC, C the projection on them. For any inputs, and groups of two or of three classes among four, the mean of "
        "CBC over the contrasts is D_g, half the mean squared distance of two class means of the group. Mean rates a_g²D_g and a_gD_g "
        "are equal for both groups at γ = 1 + ln(D_maj/D_min)/(2 ln R) and at γ = 1 + ln(D_maj/D_min)/ln R alone. For samples drawn "
        "independently, three classes, E D_g is D_g of the population means plus the mean of tr C_j/n_j over the group.",
        source=OURS,
        stated={
            "mass": MASSES[0],
            "half_distance": HALF,
            "rich": 1 + DISTANCES / (2 * sp.log(R)),
            "lazy": 1 + DISTANCES / sp.log(R),
            "scatter": lambda spread, count: spread / count,
        },
        hypotheses=STRICT_RATIO,
        witnesses=tuple({**POINT, D_MAJ: sp.Integer(1), D_MIN: sp.Integer(1), gamma: value} for value in (sp.Integer(1), HALF)),
        parts=_class_mean_parts,
        runs=lambda said: (
            Agrees(
                id="mean-rates-of-samples",
                says="mean rates of contrasts at sample level with the stated exponents, random inputs",
                uses=("rich", "lazy"),
                measure=lambda: class_means_error(said.rich, said.lazy),
                bound=MEETING_TOLERANCE,
            ),
            Agrees(
                id="mean-distance-over-draws",
                says="the mean of D over draws of independent samples, in standard errors",
                uses=("scatter",),
                measure=lambda: expectation_error(said.scatter),
                bound=STANDARD_ERRORS,
            ),
        ),
        near_misses=(
            NearMiss("a class weighs ω", {"mass": MASSES[0] / n_majority}),
            NearMiss("the whole mean squared distance", {"half_distance": sp.Integer(1)}),
            NearMiss("the exponents exchanged", {"rich": 1 + DISTANCES / sp.log(R), "lazy": 1 + DISTANCES / (2 * sp.log(R))}),
            NearMiss("scatter is not averaged", {"scatter": lambda spread, count: spread}),
            NearMiss("scatter averages out", {"scatter": lambda spread, count: sp.Integer(0)}),
        ),
    ),
)
