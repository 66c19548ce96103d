"""Growth rates at a small start: they see constant inputs only through the class means."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.constrained_features.inputs import class_mean_gram
from numerics.problem import Problem
from proofs.claims.common import at, identities, identity, product
from proofs.claims.constrained_features.settings import (
    GROUPS,
    GROWTH_TOLERANCE,
    KAPPA,
    MASSES,
    POINT,
    RHO,
    SIZES,
    SPREAD,
    WEIGHTS,
    C,
    drive_at_zero,
    growth_rates,
    weighted_means,
)
from proofs.claims.unconstrained_features import settings as plain
from proofs.claims.unconstrained_features import targets
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity, Measurement
from theory.algebra import words
from theory.algebra.partition import BlockMatrix, centring
from theory.constrained_features.rates import masses
from theory.data import counts, labels
from theory.data.counts import ClassCounts, Group
from theory.losses import loss_named
from theory.models import laws
from theory.models.linear_features import MODEL, V, W, X
from theory.models.model import descent, squared_residual
from theory.models.reduction import S, modes

Z, Omega, G = MODEL.target, MODEL.weights, MODEL.residual
U, T = sp.MatrixSymbol("U", W.shape[0], modes), sp.MatrixSymbol("T", X.shape[0], modes)  # singular vectors of the drive
LENGTH = sp.Symbol("x", real=True)


def own_mean(count, within, alone):
    """The mean of a class's block of K: n entries on its diagonal, of mean `alone`, and n(n − 1) beside it, of mean `within`."""
    return within + (alone - within) / count


# The law of class means ------------------------------------------------------------------------------------------


def _near_zero_parts(said):
    chain_W, chain_V = descent(MODEL).values()
    residual = (Z - W * V * X) * Omega
    cubic_W, cubic_V = -W * V * X * Omega * X.T * V.T, -W.T * W * V * X * Omega * X.T
    (grown,) = laws.growth(MODEL)
    moves = {P: moved.xreplace({grown.model.residual: U * S * T.T}) for P, moved in descent(grown.model).items()}
    growing, fading = (U.T * W + sign * T.T * V.T for sign in (1, -1))
    frames = {"orthonormal": (U, T), "diagonal": (S,)}
    return (
        MatrixIdentity(
            id="drive-at-zero-logits",
            says="minus the gradient of the squared loss in the product WV is ZΩXᵀ and a term that vanishes with WV",
            left=grown.matrix.xreplace({G: squared_residual(MODEL)}),
            right=said.drive - W * V * X * Omega * X.T,
            diagonal=(Omega,),
        ),
        MatrixIdentity(
            id="classifier-flow-near-zero",
            says="dW/dt is ZΩXᵀVᵀ and a cubic term",
            left=chain_W.xreplace({G: residual}),
            right=said.drive * V.T + cubic_W,
            diagonal=(Omega,),
        ),
        MatrixIdentity(
            id="first-layer-flow-near-zero",
            says="dV/dt is WᵀZΩXᵀ and a cubic term",
            left=chain_V.xreplace({G: residual}),
            right=W.T * said.drive + cubic_V,
            diagonal=(Omega,),
        ),
        *(
            MatrixIdentity(
                id=f"{name}-combination",
                says=f"a drive USTᵀ: along the linear flow d/dt (UᵀW {sign} TᵀVᵀ) is {sign}S times it",
                left=words.rate_along(combination, moves),
                right=factor * combination,
                **frames,
            )
            for name, sign, combination, factor in (("growing", "+", growing, said.rates), ("fading", "−", fading, -said.rates))
        ),
    )


def _explicit(said, per_class):
    """Counts, symbolic inputs and weights: the drive as a sum over samples, and by class means; scatter that has no class sums."""
    class_counts, d = counts.explicit(per_class), 2
    x = sp.ImmutableMatrix(d, class_counts.n, lambda i, j: sp.Symbol(f"X_{i}{j}", real=True))
    omega = sp.symbols(f"omega_0:{class_counts.c}", positive=True)
    P, Y = labels.centring_matrix(class_counts.c), labels.one_hot(class_counts)
    scaled = labels.centred_labels(class_counts) * sp.diag(*(omega[j] for j in class_counts.labels))
    sums = Y * x.T
    means = sp.Matrix(class_counts.c, d, lambda j, k: sums[j, k] / class_counts.per_class[j])
    mass = sp.diag(*(said.mass(n, w) for n, w in zip(class_counts.per_class, omega, strict=True)))
    name, shown = "-".join(map(str, per_class)), ", ".join(map(str, per_class))
    scatter = sp.Matrix(d, class_counts.n, lambda i, j: sp.Symbol(f"S_{i}{j}", real=True))
    for j, n in enumerate(class_counts.per_class):
        last = sum(class_counts.per_class[: j + 1]) - 1
        for k in range(d):
            scatter[k, last] = said.class_sum - sum(scatter[k, i] for i in range(last - n + 1, last))
    return (
        identities(
            f"drive-by-class-means-at-counts-{name}",
            f"ZΩXᵀ, summed over samples, is P diag(a) Mᵀ with the class means M and a = nω: counts {shown}, any inputs and weights",
            zip(product(scaled, x.T), product(product(P, mass), means), strict=True),
        ),
        identities(
            f"scatter-drops-out-at-counts-{name}",
            f"inputs that are moved inside their classes, with the class means kept, have the same ZΩXᵀ: counts {shown}",
            zip(product(scaled, (x + scatter).T), product(scaled, x.T), strict=True),
        ),
    )


def sums_over_samples(groups, weights):
    """YΩKΩYᵀ of a block Gram matrix, as sums over pairs of samples: n² pairs a class, n of them of a sample with itself."""
    own = [w**2 * (group.count + group.count * (group.count - 1) * RHO) for group, w in zip(groups, weights, strict=True)]
    mass = masses(groups, weights)
    other = sp.Matrix(len(groups), len(groups), lambda g, h: mass[g] * mass[h] * KAPPA)
    sizes = tuple(group.size for group in groups)
    return BlockMatrix(sizes, tuple(x - other[g, g] for g, x in enumerate(own)), other.as_immutable())


def stated_means(said, groups):
    """B of a block Gram matrix with the stated mean of a class's own block."""
    diagonal = tuple(said.own(group.count, RHO, 1) - KAPPA for group in groups)
    return BlockMatrix(tuple(group.size for group in groups), diagonal, (KAPPA * sp.ones(len(groups), len(groups))).as_immutable())


def _gram_parts(said):
    """The Gram matrix of ZΩXᵀ for every number of classes, with two different counts and with three."""
    third = Group(sp.Symbol("m_3", positive=True, integer=True), sp.Symbol("n_3", positive=True))
    parts = []
    for name, groups, weights in (("two", GROUPS, WEIGHTS), ("three", (*GROUPS, third), (*WEIGHTS, sp.Symbol("omega_3", positive=True)))):
        P = centring([group.size for group in groups])
        summed, stated = sums_over_samples(groups, weights), weighted_means(stated_means(said, groups), masses(groups, weights))
        parts.append(
            identities(
                f"gram-of-{name}-groups",
                f"block Gram matrix, {name} groups of any sizes: the Gram matrix of ZΩXᵀ, summed over pairs of samples, is "
                "P diag(a) B diag(a) P, entry by entry",
                zip((P @ summed @ P).entries(), (P @ stated @ P).entries(), strict=True),
            )
        )
    return parts


def _target_parts(said):
    """Which matrix takes one-hot labels to the residual at zero logits: P for two losses, I for one-hot labels."""
    for name, prior in (("squared", said.prior), ("cross-entropy", said.prior), ("squared-one-hot", said.one_hot_prior)):
        for part in targets.gradient_parts(name, SimpleNamespace(prior=prior)):
            yield dataclasses.replace(part, id=f"{name}-{part.id}", says=f"{name}: {part.says}")


def _free_part(said):
    free = {RHO: sp.Integer(0), KAPPA: sp.Integer(0)}
    P = centring(SIZES)
    found = P @ weighted_means(stated_means(said, GROUPS), MASSES) @ P
    summed = labels.gram_entries(GROUPS, [w**2 for w in WEIGHTS])
    return identities(
        "free-features-are-a-case",
        "ρ = κ = 0, free features: the Gram matrix is P diag(nω²) P, that of their escape rates",
        zip((at(entry, free) for entry in found.entries()), (*summed.own, *itertools.chain(*summed.other)), strict=True),
    )


def _law_parts(said):
    return (
        *_near_zero_parts(said),
        *_explicit(said, (3, 2, 1)),
        *_explicit(said, (2, 1, 1, 1)),
        *_gram_parts(said),
        _free_part(said),
        *_target_parts(said),
    )


def _spectrum_parts(said):
    """Counts 2, 2, unit inputs; two of them have inner product x, all others 0: rates of the one contrast of the two classes."""
    u = labels.centred_labels(counts.explicit((2, 2))).T * sp.Matrix([1, -1]) / sp.sqrt(2)

    def square(first, second):
        K = sp.eye(4)
        K[first, second] = K[second, first] = LENGTH
        return product(u.T, product(K, u))[0]

    return (
        identity(
            "same-rate-of-the-same-spectrum",
            "the squared rate where the two alike inputs are of one class, and where they are of two",
            square(0, 1),
            square(0, 2),
            LENGTH >= -1,
            LENGTH <= 1,
        ),
    )


# How it is run ------------------------------------------------------------------------------------------

SCATTER = 0.6  # of the inputs of random runs around their class means, of size 1


def law_error(own: Callable, mass: Callable) -> Measurement:
    """Growth rates of runs with random scattered inputs against √eig P diag(a) B diag(a) P, B from blocks of K.

    The squared loss and cross-entropy, the same inputs.
    """
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        done = 0
        while done < 12:
            c = int(generator.integers(2, 5))
            class_counts = ClassCounts(tuple(int(n) for n in generator.integers(2, 7, c)))
            d, loss = class_counts.n + 2, ("squared", "cross-entropy")[done % 2]
            centres = generator.normal(size=(d, c)) / np.sqrt(d)
            x = centres[:, list(class_counts.labels)] + SCATTER * generator.normal(size=(d, class_counts.n)) / np.sqrt(d)
            omega = generator.uniform(0.3, 2, c)
            problem = Problem(class_counts, tuple(omega), loss_named(loss))
            singular = np.linalg.svd(drive_at_zero(problem, x), compute_uv=False)
            if singular[0] > SPREAD * singular[c - 2]:
                continue
            done += 1
            n, B = np.array(class_counts.per_class, dtype=float), class_mean_gram(x.T @ x, class_counts)
            alone = np.array([np.mean(np.diag(x.T @ x)[np.array(class_counts.labels) == j]) for j in range(c)])
            within = (n * np.diag(B) - alone) / (n - 1)  # the mean over different samples of one class
            np.fill_diagonal(B, [own(*values) for values in zip(n, within, alone, strict=True)])
            P, a = np.eye(c) - 1 / c, np.array([float(mass(*pair)) for pair in zip(n, omega, strict=True)])
            stated = np.sqrt(np.abs(np.linalg.eigvalsh(P @ (a[:, None] * B * a) @ P)[::-1][: c - 1]))
            yield f"{class_counts.per_class}, {loss}", plain.relative(growth_rates(problem, x, done, c - 1), np.sort(stated)[::-1])

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="class-mean-law",
        says="Features linear in constant inputs X, squared loss, any sizes, counts and weights: near W = V = 0 the flow is "
        "dW/dt = ZΩXᵀVᵀ, dV/dt = WᵀZΩXᵀ and a cubic term, so modes grow at the singular values of ZΩXᵀ = P diag(a) Mᵀ with the "
        "class means M of the inputs and a = nω; their squares are the eigenvalues of P diag(a) B diag(a) P, B = MᵀM. Scatter "
        "inside classes has no influence. The residual at zero logits is the same for cross-entropy, and without P for one-hot "
        "labels. Free features are B = diag(1/n).",
        source=OURS,
        stated={
            "drive": Z * Omega * X.T,
            "rates": S,
            "mass": lambda count, weight: count * weight,
            "own": own_mean,
            "class_sum": sp.Integer(0),
            "prior": (1 / C,) * 2,
            "one_hot_prior": (sp.Integer(0),) * 2,
        },
        witnesses=({**POINT, targets.SCALE: sp.Integer(0)},),
        parts=_law_parts,
        runs=lambda said: (
            Agrees(
                id="growth-rates-of-scattered-inputs",
                says="growth rates of runs at sample level with random scattered inputs, squared loss and cross-entropy",
                uses=("own", "mass"),
                measure=lambda: law_error(said.own, said.mass),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("Z in place of ZΩ: the start forgets the weights", {"drive": Z * X.T}),
            NearMiss("the squares of the singular values", {"rates": S * S}),
            NearMiss("B without the diagonal of K: a sample and itself left out", {"own": lambda count, within, alone: within}),
            NearMiss("a class weighs √n ω, as of free features", {"mass": lambda count, weight: sp.sqrt(count) * weight}),
            NearMiss("scatter that moves a class mean", {"class_sum": sp.Integer(1)}),
            NearMiss("labels that are not centred", {"prior": (sp.Integer(0),) * 2}),
            NearMiss("one-hot labels that are centred", {"one_hot_prior": (1 / C,) * 2}),
        ),
        coq={
            "drive-by-class-means-at-counts-3-2-1": (
                "constrained.law.drive_at_counts_3_2_1",
                "constrained.class_means.drive_by_class_means",
            ),
            "scatter-drops-out-at-counts-3-2-1": ("constrained.law.scatter_at_counts_3_2_1",),
        },
    ),
    Claim(
        id="rates-follow-from-the-spectrum-of-the-inputs",
        says="Features linear in constant inputs: inputs whose Gram matrices of samples have the same eigenvalues have the same "
        "growth rates, for the same counts and weights.",
        source="ours: what is true of free features, whose Gram matrix is I, read for all inputs",
        hypotheses={"−1 ≤ x": LENGTH >= -1, "x ≤ 1": LENGTH <= 1},
        witnesses=({LENGTH: sp.Rational(1, 2)},),
        parts=_spectrum_parts,
        repaired_by="class-mean-law",
    ),
)
