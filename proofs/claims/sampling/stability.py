"""How fast classes are learned by one sample a step, and up to which step: sampling against weighting."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.sampling.class_errors import final_errors
from numerics.sampling.estimates import square_factors
from proofs.claims.common import STEP_WITNESS, at, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory.data.counts import symbolic_step
from theory.sampling import class_features
from theory.sampling.class_features import ERROR, ETA, FREQUENCY, SHARE
from theory.step_size.descent import mean_weight
from theory.symbols import m_majority, m_minority, n_majority, n_minority, w_majority, w_minority

PROBABILITIES = {"p ≤ 1": FREQUENCY <= 1, "q ≤ 1": SHARE <= 1}
SIZES, COUNTS, WEIGHTS = (m_majority, m_minority), (n_majority, n_minority), (w_majority, w_minority)
POINT = {
    **STEP_WITNESS,
    w_majority: sp.Rational(1, 4),
    w_minority: sp.Integer(1),
    FREQUENCY: sp.Rational(1, 5),
    SHARE: sp.Rational(1, 2),
    ETA: sp.Rational(1, 10),
    ERROR: sp.Integer(1),
}
FAST = {**POINT, ETA: sp.Integer(3)}
RARE = {**POINT, FREQUENCY: sp.Rational(4, 5)}
BY = {"sampling": class_features.by_sampling, "weights": class_features.by_weights}


def _factor_parts(said):
    where = tuple(PROBABILITIES.values())
    for draw, by in BY.items():
        yield identity(f"mean-by-{draw}", f"E e shrinks by 1 − ηq, by {draw}", by(1), said.mean * ERROR, *where)
        yield identity(f"square-by-{draw}", f"E e² shrinks by the stated factor, by {draw}", by(2), said.square[draw] * ERROR**2, *where)
    apart = said.square["weights"] - said.square["sampling"]
    yield Holds(
        id="sampling-faster-where-drawn-more",
        says="q > p: the factor of sampling is the smaller",
        condition=apart > 0,
        where=(*where, said.turn < SHARE),
    )
    yield Holds(
        id="weights-faster-where-drawn-less", says="q < p: that of weights is", condition=apart < 0, where=(*where, said.turn > SHARE)
    )


def _limit_parts(said):
    where = tuple(PROBABILITIES.values())
    moving = (*where, sp.Ne(ERROR, 0))
    for draw, by in BY.items():
        limit = said.limit[draw]
        yield Holds(
            id=f"shrinks-by-{draw}",
            says=f"E e² shrinks below the limit, by {draw}",
            condition=by(2) < ERROR**2,
            where=(*moving, limit > ETA),
        )
        yield Holds(
            id=f"grows-by-{draw}", says=f"and does not from it on, by {draw}", condition=by(2) >= ERROR**2, where=(*moving, limit <= ETA)
        )
    pairs = class_features.shares(SIZES, COUNTS, WEIGHTS)
    for g, name in enumerate(("majority", "minority")):
        p, q = pairs[g]
        yield identity(
            f"cost-in-the-{name}",
            f"STEP: 2 over the limit of weights in a {name} class is its weight over the mean weight of the samples",
            at(2 / said.limit["weights"], {FREQUENCY: p, SHARE: q}),
            said.cost(WEIGHTS[g], mean_weight(symbolic_step(), WEIGHTS)),
        )
    inverse = class_features.shares(SIZES, COUNTS, [1 / n for n in COUNTS])
    samples = sum(m * n for m, n in zip(SIZES, COUNTS, strict=True))
    yield identity(
        "cost-of-inverse-frequency",
        "weights 1/n: in a minority class it is n/(c n_min)",
        at(2 / said.limit["weights"], {FREQUENCY: inverse[1][0], SHARE: inverse[1][1]}),
        said.inverse(samples, m_majority + m_minority, n_minority),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

STANDARD_ERRORS = 4.5  # of a mean of independent runs: passed by chance once in 100,000 times
RUNS = 400_000
SETTING = ((10, 1), (0.1, 1.0), 0.3, 20)  # counts, weights, η, steps


@cache
def _errors(draw: str) -> np.ndarray:
    counts, weights, eta, steps = SETTING
    return final_errors(counts, weights, step_size=eta, steps=steps, runs=RUNS, seed=plain.SEED, draw=draw)  # type: ignore[arg-type]


def moment_error(mean: sp.Expr, square: dict[str, sp.Expr]) -> Measurement:
    """How many standard errors the means of e and e² over the runs are from the stated factors to the number of steps."""
    counts, _, eta, steps = SETTING
    shares = [{FREQUENCY: n / sum(counts), SHARE: 0.5, ETA: eta} for n in counts]

    def errors() -> Iterator[tuple[str, float]]:
        for draw in BY:
            for power, factor in ((1, mean), (2, square[draw])):
                found = _errors(draw) ** power
                for j, share in enumerate(shares):
                    off = abs(found[:, j].mean() - float(factor.subs(share)) ** steps)
                    yield f"E e^{power}, class {j}, {draw}", float(off / (found[:, j].std() / RUNS**0.5))

    return plain.worst(errors())


def limit_error(limit: dict[str, sp.Expr]) -> Measurement:
    """How often the largest E e² over the classes, over all samples that may be drawn, does not turn at the stated limit."""

    def errors() -> Iterator[tuple[str, float]]:
        for counts, exponent in (((10, 1), 1.0), ((10, 1), 0.5), ((7, 4, 1), 1.0), ((7, 4, 1), 0.25)):
            weights = [n**-exponent for n in counts]
            mass = sum(n * w for n, w in zip(counts, weights, strict=True))
            shares = [{FREQUENCY: n / sum(counts), SHARE: n * w / mass} for n, w in zip(counts, weights, strict=True)]
            for draw, stated in limit.items():
                turn = min(float(stated.subs(each)) for each in shares)
                below, above = (square_factors(counts, weights, turn * scale, draw).max() for scale in (0.99, 1.01))  # type: ignore[arg-type]
                yield f"{counts}, γ={exponent}, {draw}", float(not (below < 1 < above))

    return plain.worst(errors())


SQUARES = {"sampling": 1 - SHARE * (1 - (1 - ETA) ** 2), "weights": 1 - FREQUENCY * (1 - (1 - ETA * SHARE / FREQUENCY) ** 2)}
LIMITS = {"sampling": sp.Integer(2), "weights": 2 * FREQUENCY / SHARE}

CLAIMS = (
    Claim(
        id="second-moment-factors",
        says="Squared loss on one orthonormal feature a class, one sample a step with the mean step η; p_j = n_j/n, q_j = n_jω_j/Σnω: "
        "the error of "
        "a class has E e multiplied by 1 − ηq in a step both ways, and E e² by 1 − q(1 − (1 − η)²) under sampling and by "
        "1 − p(1 − (1 − ηq/p)²) under weights. So sampling is the faster, in the mean square, for the classes with q > p.",
        source=OURS,
        stated={"mean": 1 - ETA * SHARE, "square": SQUARES, "turn": FREQUENCY},
        hypotheses=PROBABILITIES,
        witnesses=(POINT, RARE),
        parts=lambda said: tuple(_factor_parts(said)),
        runs=lambda said: (
            Agrees(
                id="many-runs",
                says="standard errors by which means over 400,000 runs at counts (10, 1), weights 1/n, η = 3/10, 20 steps are off",
                uses=("mean", "square"),
                measure=lambda: moment_error(said.mean, said.square),
                bound=STANDARD_ERRORS,
            ),
        ),
        near_misses=(
            NearMiss("1 − ηp in the mean", {"mean": 1 - ETA * FREQUENCY}),
            NearMiss("p for q under sampling", {"square": {**SQUARES, "sampling": 1 - FREQUENCY * (1 - (1 - ETA) ** 2)}}),
            NearMiss("no q/p under weights", {"square": {**SQUARES, "weights": 1 - FREQUENCY * (1 - (1 - ETA) ** 2)}}),
            NearMiss("faster from q > 9/10 p on", {"turn": sp.Rational(9, 10) * FREQUENCY}),
            NearMiss("faster from q > 11/10 p on", {"turn": sp.Rational(11, 10) * FREQUENCY}),
        ),
    ),
    Claim(
        id="step-limit-of-weights",
        says="The same setting: E e² of every class tends to 0 iff η < 2 under sampling, and iff η < 2 min_j p_j/q_j under weights, from "
        "any e other than 0. So in STEP weights cost the factor max_j ω_j/ω̄ of the largest step, ω̄ the mean weight of the samples: with "
        "weights 1/n it is n/(c n_min), 11/2 for counts (10, 1).",
        source="An, Ying and Zhu, arXiv 2009.13447 (2020), on stability; the conditions ours",
        stated={"limit": LIMITS, "cost": lambda weight, mean: weight / mean, "inverse": lambda n, c, least: n / (c * least)},
        hypotheses=PROBABILITIES,
        witnesses=(POINT, FAST),
        parts=lambda said: tuple(_limit_parts(said)),
        runs=lambda said: (
            Agrees(
                id="turn-of-the-growth",
                says="whether the largest E e² after a step shrinks at 99/100 of the limit and grows at 101/100 of it",
                uses=("limit",),
                measure=lambda: limit_error(said.limit),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("η < 19/10 under sampling", {"limit": {**LIMITS, "sampling": sp.Rational(19, 10)}}),
            NearMiss("η < 21/10 under sampling", {"limit": {**LIMITS, "sampling": sp.Rational(21, 10)}}),
            NearMiss("η < 19/10 p/q under weights", {"limit": {**LIMITS, "weights": sp.Rational(19, 10) * FREQUENCY / SHARE}}),
            NearMiss("η < 21/10 p/q under weights", {"limit": {**LIMITS, "weights": sp.Rational(21, 10) * FREQUENCY / SHARE}}),
            NearMiss("the square of it", {"cost": lambda weight, mean: (weight / mean) ** 2}),
            NearMiss("n/n_min", {"inverse": lambda n, c, least: n / least}),
        ),
        plain="with one sample a step, weights shrink the largest step by the largest weight over their mean over the samples; drawing "
        "by the "
        "weights does not",
    ),
)
