"""The weights under which classes err alike by the leverage law: each class gives up the same share of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp

from proofs.claims.common import at, identities, identity
from proofs.claims.last_layer.settings import BELOW, COUNTS, OVER_COUNT, POINT, STANDARD_ERRORS, STROMBERG, WEIGHTS, drawn
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Estimate, Estimated, Holds, Limit, MatrixIdentity, Measurement
from theory.last_layer import law, simplex
from theory.last_layer.law import CHI, FEATURES, SIGNS, TILT
from theory.symbols import c, n_majority, n_minority

HALF = FEATURES / 2
REST = sp.Symbol("rest", nonnegative=True)  # Σ 1/n over other classes
EQUAL = {  # weights under which both classes have a leverage of d/2 = 50 at χ = 50, n − d/2 being 750 and 150
    CHI: sp.Integer(50),
    WEIGHTS[0]: sp.Rational(1, 750),
    WEIGHTS[1]: sp.Rational(1, 150),
}


def _two_parts(said):
    scores = [law.short_score(sign) for sign in SIGNS]
    ratio = said.weight(n_minority) / said.weight(n_majority)
    return (
        identities(
            "half-for-each",
            "with these weights and χ = d/2 the leverages of both classes are d/2, so that their masses are equal",
            [(at(law.class_leverage(n, said.weight(n)), {CHI: HALF}), HALF) for n in COUNTS],
            *(n > HALF for n in COUNTS),
        ),
        Holds(
            id="only-these-halve",
            says="where the leverage of a class is d/2, its weight is d/(2χ) times that one: a factor that both classes share",
            condition=sp.Eq(WEIGHTS[0], HALF / CHI * said.weight(n_majority), evaluate=False),
            where=(sp.Eq(law.class_leverage(n_majority, WEIGHTS[0]), HALF), n_majority > HALF),
        ),
        Holds(
            id="alike-without-tilt",
            says="both scores are equal where Δ = 0",
            condition=sp.Eq(*(at(score, {TILT: said.tilt}) for score in scores), evaluate=False),
            where=(n_majority > HALF, n_minority > HALF),
        ),
        Holds(
            id="not-alike-with-tilt",
            says="and nowhere else, 1 − d Σ q²/n being positive",
            condition=sp.Or(sp.Eq(TILT, said.tilt), sp.Ne(scores[0] - scores[1], 0)),
            where=(*BELOW.values(), law.room() > 0),
        ),
        Holds(
            id="none-from-twice-the-minority-on",
            says="d ≥ 2n_min: no weights give the minority a leverage of d/2",
            condition=law.class_leverage(n_minority, WEIGHTS[1]) < HALF,
            where=(said.most <= FEATURES,),
        ),
        Limit(
            id="inverse-frequency-at-few-features",
            says="as d tends to 0 the ratio of the weights tends to n_maj/n_min",
            expr=ratio,
            variable=FEATURES,
            point=sp.Integer(0),
            value=said.few,
        ),
        Holds(
            id="beyond-inverse-frequency",
            says="and it is more than that for every d > 0",
            condition=ratio > said.factor * n_majority / n_minority,
            where=(2 * n_minority > FEATURES, n_majority > n_minority),
        ),
    )


# Many classes ------------------------------------------------------------------------------------------------------------

MANY_POINT = {**POINT, c: sp.Integer(4), simplex.OTHER: sp.Rational(1, 8), simplex.LAMBDA: sp.Integer(4), REST: sp.Rational(1, 100)}


CENTRED = c * simplex.OTHER * sp.Identity(c) - c * simplex.OTHER * simplex.UNIT * simplex.UNIT.T  # kP, the residuals


def _score_parts(said):
    left = simplex.residuals(said.own, said.other)
    return (
        identity(
            "equal-shares",
            "with these weights and χ = d/c a class has the leverage d/c, so that all masses are equal",
            at(law.class_leverage(n_majority, said.weight(n_majority)), {CHI: FEATURES / c}),
            FEATURES / c,
            n_majority > FEATURES / c,
        ),
        MatrixIdentity(
            id="residuals",
            says="κ = k/c: the mean score 1 − k + κ of the own class and κ of others leaves the residuals kP",
            left=left,
            right=CENTRED,
            orthonormal=(simplex.UNIT,),
        ),
        MatrixIdentity(
            id="intercepts",
            says="whose sum over the classes is 0, as the intercepts demand at equal masses, all of them the mean 1/c of the targets",
            left=left * simplex.UNIT,
            right=sp.ZeroMatrix(c, 1),
            orthonormal=(simplex.UNIT,),
        ),
        MatrixIdentity(
            id="mean-scores",
            says="from the residuals kP means with the Gram matrix λP get the scores κλP beside the intercept",
            left=simplex.mean_scores(CENTRED, simplex.LAMBDA),
            right=said.scores * simplex.P,
            orthonormal=(simplex.UNIT,),
        ),
        MatrixIdentity(
            id="no-other-residuals",
            says="no other residuals do, times 1 + λP/c being 1 less the intercepts: (c/k − λP)k/c inverts that factor",
            left=c * simplex.factor_of_residuals(simplex.LAMBDA) * (c / said.gain * sp.Identity(c) - simplex.LAMBDA * simplex.P),
            right=c**2 / said.gain * sp.Identity(c),
            orthonormal=(simplex.UNIT,),
        ),
        identity(
            "gain",
            "which are the targets less these residuals, (1 − k)P, at k = c/(c + λ)",
            said.scores.subs(simplex.OTHER, said.gain / c),
            1 - said.gain,
        ),
    )


def _many_parts(said):
    return (*_score_parts(said), *_noise_parts(said))


def _noise_parts(said):
    scaled = simplex.FREE + FEATURES * said.noise * simplex.P * simplex.INVERSE_COUNTS * simplex.P
    return (
        MatrixIdentity(
            id="score-noise",
            says="the covariance S of a sample's scores, (1 − dA)S = S_0 + dκ² P diag(1/n) P with A = Σ 1/(c² n), solves "
            "S = S_0 + d Σ (e_j e_jᵀ + S)/(c² n_j)",
            left=simplex.scaled_noise(CENTRED, scaled),
            right=scaled,
            orthonormal=(simplex.UNIT,),
            diagonal=(simplex.INVERSE_COUNTS,),
        ),
        Holds(
            id="noise-is-finite",
            says="a class adds less than 1/c to dA, which is below 1: S is the only solution",
            condition=FEATURES / (c**2 * n_majority) < said.most,
            where=(c * n_majority > FEATURES,),
        ),
        Holds(
            id="noise-of-rare-classes",
            says="c ≥ 3: the rarer of two classes has the larger entry on the diagonal of P diag(1/n) P, `rest` being Σ 1/n over others",
            condition=simplex.class_noise(n_minority, 1 / n_majority + REST) > simplex.class_noise(n_majority, 1 / n_minority + REST),
            where=(c >= said.classes, n_minority < n_majority),
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

EQUALISED = (((200, 50), 75, 2.0, 400), ((150, 100), 125, 1.0, 300))  # counts, d, ρ, draws
MANY = ((300, 100, 60, 40), 120, 3.0, 300)
UNEQUAL = ((200,) * 9 + (10,), 95, 3.0, 200)
ALIKE = 0.005  # difference of errors that is called none


def _weights(weight: Callable, counts: tuple[int, ...], features: int) -> tuple[float, ...]:
    stated = plain.compiled(weight(n_majority), n_majority, FEATURES, c)
    return tuple(float(stated(n, features, len(counts))) for n in counts)


def _apart(counts: tuple[int, ...], features: int, length: float, draws: int, weight: Callable) -> np.ndarray:
    """The error of the last class less that of the first, a draw."""
    errors = drawn(counts, features, length, _weights(weight, counts, features), draws).errors
    return np.asarray(errors[:, -1] - errors[:, 0])


def alike_error(weight: Callable) -> Measurement:
    """Mean difference of the class errors over draws, over what 1/n and 4.5 standard errors allow; its interval by name."""

    def errors() -> Iterator[tuple[str, float]]:
        for counts, features, length, draws in EQUALISED:
            found = _apart(counts, features, length, draws, weight)
            within = STANDARD_ERRORS * found.std(ddof=1) / draws**0.5
            yield (
                f"counts {counts}, d={features}, ρ={length}: {found.mean():.5f} ± {within:.5f}",
                float(abs(found.mean()) / (within + OVER_COUNT / sum(counts))),
            )

    return plain.worst(errors())


def many_error(weight: Callable, noise: sp.Expr) -> Measurement:
    """Intercepts, and entries of the covariance of scores, against what is stated, over what 1/n and 4.5 standard errors allow."""

    def errors() -> Iterator[tuple[str, float]]:
        counts, features, length, draws = MANY
        run, n = drawn(counts, features, length, _weights(weight, counts, features), draws), len(counts)
        gram = length**2 * n / (n - 1)
        k = n / (n + gram)
        centre = np.eye(n) - 1 / n
        squared = float(noise.subs(simplex.OTHER, k / n))
        stated = (gram * k**2 / n**2 * centre + features * squared * centre @ np.diag(1 / np.array(counts)) @ centre) / (
            1 - features * np.sum(1 / np.array(counts)) / n**2
        )
        for name, found, expected in (("intercepts", run.intercepts, np.full(n, 1 / n)), ("covariance of scores", run.covariances, stated)):
            within = STANDARD_ERRORS * found.std(axis=0, ddof=1) / draws**0.5 + OVER_COUNT / sum(counts)
            yield name, float(np.max(np.abs(found.mean(axis=0) - expected) / within))

    return plain.worst(errors())


def difference_of_errors(weight: Callable) -> Estimate:
    """Of the smallest and the largest class, over draws, with its interval of 4.5 standard errors."""
    counts, features, length, draws = UNEQUAL
    found = _apart(counts, features, length, draws, weight)
    within = STANDARD_ERRORS * found.std(ddof=1) / draws**0.5
    return Estimate(float(found.mean()), float(found.mean() - within), float(found.mean() + within), draws)


CLAIMS = (
    Claim(
        id="equalising-weights",
        says="By the leverage law, two classes and 0 < d < 2n_min: both classes err alike iff ω_j ∝ 1/(n_j − d/2), under which each "
        "gives up half "
        "of the d features. The ratio tends to inverse frequency as d tends to 0, and is more for every d > 0 where n_maj > n_min. For "
        "d ≥ 2n_min no weights make them err alike.",
        source=STROMBERG,
        stated={
            "weight": lambda n: 1 / (n - HALF),
            "tilt": sp.Integer(0),
            "most": 2 * n_minority,
            "factor": sp.Integer(1),
            "few": n_majority / n_minority,
        },
        witnesses=(POINT, {**POINT, TILT: sp.Integer(0)}, {**POINT, FEATURES: sp.Integer(500)}, {**POINT, **EQUAL}),
        parts=_two_parts,
        runs=lambda said: (
            Agrees(
                id="errors-alike",
                says="difference of the class errors under these weights, mean over draws, over what 1/n and 4.5 standard errors allow",
                uses=("weight",),
                measure=lambda: alike_error(said.weight),
                bound=1.0,
            ),
        ),
        near_misses=(
            NearMiss("1/(n − 2d/5)", {"weight": lambda n: 1 / (n - 2 * FEATURES / 5)}),
            NearMiss("1/n", {"weight": lambda n: 1 / n}),
            NearMiss("√R at few features", {"few": sp.sqrt(n_majority / n_minority)}),
            NearMiss("alike at Δ = 1/10", {"tilt": sp.Rational(1, 10)}),
            NearMiss("none from 19/10 n_min on", {"most": sp.Rational(19, 10) * n_minority}),
            NearMiss("beyond 11/10 of inverse frequency", {"factor": sp.Rational(11, 10)}),
        ),
        plain="a last layer on d fixed features errs alike on two Gaussian classes under weights 1/(n − d/2), and under no weights where "
        "d ≥ 2n_min",
        coq={
            "half-for-each": ("last_layer.equaliser.half_for_each",),
            "only-these-halve": ("last_layer.equaliser.only_these_halve",),
            "none-from-twice-the-minority-on": ("last_layer.equaliser.none_from_twice_the_minority_on",),
            "beyond-inverse-frequency": ("last_layer.equaliser.beyond_inverse_frequency",),
        },
    ),
    Claim(
        id="equalising-weights-of-many-classes",
        says="By the leverage law with one-hot targets and class means on a regular simplex, c ≥ 2 classes of any counts and d < c "
        "n_min: weights "
        "1/(n − d/c) give all classes the same intercept and the same own mean score, with k = 1 − own + other; the covariance of a "
        "sample's "
        "scores keeps the part dκ²/(1 − dA) P diag(1/n) P, κ = k/c, A = Σ 1/(c² n) < 1/d, whose diagonal for c ≥ 3 is the larger the rarer "
        "the class.",
        source=OURS,
        stated={
            "weight": lambda n: 1 / (n - FEATURES / c),
            "own": 1 - c * simplex.OTHER + simplex.OTHER,
            "other": simplex.OTHER,
            "scores": simplex.OTHER * simplex.LAMBDA,
            "gain": c / (c + simplex.LAMBDA),
            "noise": simplex.OTHER**2,
            "most": 1 / c,
            "classes": sp.Integer(3),
        },
        hypotheses={"d < c n": c * n_majority > FEATURES},
        witnesses=(MANY_POINT, {**MANY_POINT, c: sp.Integer(2)}),
        parts=_many_parts,
        runs=lambda said: (
            Agrees(
                id="intercepts-and-noise",
                says="means over draws at counts (300, 100, 60, 40), d = 120, over what 1/n and 4.5 standard errors allow",
                uses=("weight", "noise"),
                measure=lambda: many_error(said.weight, said.noise),
                bound=1.0,
            ),
        ),
        near_misses=(
            NearMiss("1/n", {"weight": lambda n: 1 / n}),
            NearMiss("own mean score 1 − k", {"own": 1 - c * simplex.OTHER}),
            NearMiss("2κ of others", {"other": 2 * simplex.OTHER}),
            NearMiss("scores λP", {"scores": simplex.LAMBDA}),
            NearMiss("k = 1/(1 + λ)", {"gain": 1 / (1 + simplex.LAMBDA)}),
            NearMiss("κ in place of κ² in the noise", {"noise": simplex.OTHER}),
            NearMiss("9/10 of 1/c", {"most": sp.Rational(9, 10) / c}),
            NearMiss("noisier where rarer for c ≥ 2", {"classes": sp.Integer(2)}),
        ),
    ),
    Claim(
        id="equalising-weights-equalise-many-errors",
        says="Last layers on Gaussian classes with means on a regular simplex, c ≥ 3: weights 1/(n − d/c) make all classes err alike, "
        "within 1/200. Nine classes of 200 samples and one of 10, d = 95 and ρ = 3, errors of the smallest class less those of the "
        "largest.",
        source="ours, of what two classes do",
        stated={"weight": lambda n: 1 / (n - FEATURES / c)},
        witnesses=({**POINT, c: sp.Integer(3)},),
        parts=lambda said: (
            Estimated(
                id="errors-alike",
                says="mean over 200 draws of the difference of the errors, with 4.5 standard errors either way",
                uses=("weight",),
                measure=lambda: difference_of_errors(said.weight),
                least=-ALIKE,
                greatest=ALIKE,
            ),
        ),
        repaired_by="equalising-weights-of-many-classes",
    ),
)
