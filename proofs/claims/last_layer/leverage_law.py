"""The leverage law: what weighted least squares does on two Gaussian classes, its equations solved, and held against draws."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import sympy as sp
from scipy.special import ndtr

from proofs.claims.common import at, identity
from proofs.claims.last_layer.settings import (
    BELOW,
    CASES,
    COUNTS,
    OVER_COUNT,
    POINT,
    SHARE,
    STANDARD_ERRORS,
    STROMBERG,
    at_numbers,
    drawn,
    tilt_of,
)
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement
from theory.last_layer import law
from theory.last_layer.law import CHI, FEATURES, LENGTH, SHARES, SIGNS, TILT
from theory.symbols import n_majority, n_minority, w_majority

ADMITTED = {**BELOW, "a sample's leverage is below 1": sp.And(*(FEATURES * q < n for q, n in zip(SHARES, COUNTS, strict=True)))}
LEFT = 1 - TILT**2
FORMULAS = {"signal": LENGTH * LEFT / (1 + LENGTH**2 * LEFT), "intercept": TILT / (1 + LENGTH**2 * LEFT)}
NOISE = FEATURES * sum(q**2 / n * law.residual(sign) ** 2 for q, n, sign in zip(SHARES, COUNTS, SIGNS, strict=True))


def _square(gain: sp.Expr) -> sp.Expr:
    """‖w‖² from m and b: (m² + noise)/room."""
    return (law.M**2 + gain * NOISE).subs({law.M: FORMULAS["signal"], law.B: FORMULAS["intercept"]}) / law.room()


def _leverage(count: sp.Expr, weight: sp.Expr) -> sp.Expr:
    return count * weight * CHI / (1 + weight * CHI)


def _solved_parts(said):
    where = tuple(ADMITTED.values())
    leverage = said.leverage(n_majority, w_majority)
    found = law.solution()
    yield Increasing(id="leverage-grows", says="nωχ/(1 + ωχ) grows with χ", expr=leverage, variable=CHI)
    yield Limit(id="leverage-from-zero", says="from 0", expr=leverage, variable=CHI, point=sp.Integer(0), value=said.first)
    yield Limit(
        id="leverage-to-count",
        says="to n: the leverages of both classes sum to d at one χ where d is below the number of samples",
        expr=leverage,
        variable=CHI,
        point=sp.oo,
        value=said.last,
    )
    yield identity(
        "weight-of-share",
        "a class has the share q of the mass where ωχ is dq/(n − dq)",
        law.class_leverage(n_majority, said.weight(n_majority, SHARE) / CHI),
        FEATURES * SHARE,
        n_majority > FEATURES * SHARE,
    )
    yield identity("signal", "m = ρ(1 − Δ²)/(1 + ρ²(1 − Δ²))", found[law.M], said.signal, *where)
    yield identity("intercept", "b = Δ(1 − ρm)", found[law.B], said.intercept, *where)
    yield identity("noise", "‖w‖² = (m² + d Σ q²e²/n)/(1 − d Σ q²/n)", found[law.S2], said.square, *where)
    yield Holds(id="one-solution", says="the equations of m and b have no other", condition=said.determinant < 0, where=where)
    yield Holds(
        id="room-is-positive",
        says="1 − d Σ q²/n > 0 as every leverage is below 1: nor has that of ‖w‖²",
        condition=law.room() > said.floor,
        where=where,
    )
    for sign, name in zip(SIGNS, ("majority", "minority"), strict=True):
        yield identity(
            f"score-of-{name}", f"the score of the {name}, Φ of minus which is its error", law.score(sign), said.score(sign), *where
        )


def _plain_parts(said):
    shares = [n / sum(COUNTS) for n in COUNTS]
    tilt = shares[0] - shares[1]
    yield from (
        identity(
            f"leverage-of-{name}",
            f"all weights ω and ωχ = d/(n_maj + n_min − d): the leverages of the {name} are its share of d",
            at(law.class_leverage(n, w_majority), {CHI: said.own / w_majority}),
            FEATURES * n / sum(COUNTS),
            sum(COUNTS) > FEATURES,
        )
        for n, name in zip(COUNTS, ("majority", "minority"), strict=True)
    )
    yield identity(
        "room-without-weights",
        "then 1 − d Σ q²/n is 1 − d/(n_maj + n_min), so that more features widen the noise and move neither m nor b",
        law.room(shares=shares),
        said.room,
        sum(COUNTS) > FEATURES,
    )
    yield identity(
        "tilt-without-weights",
        "Δ/(1 − Δ²) is then (n_maj − n_min)(n_maj + n_min)/(4 n_maj n_min), whatever d",
        law.lean(tilt),
        said.lean,
        sum(COUNTS) > FEATURES,
    )


# How it is run -----------------------------------------------------------------------------------------------------------


def law_error(said: SimpleNamespace) -> Measurement:
    """The largest distance of a mean over draws from the law, in units of 1/n and 4.5 standard errors together; its interval by name."""
    signal, intercept, square = map(at_numbers, (said.signal, said.intercept, said.square))

    def errors() -> Iterator[tuple[str, float]]:
        for counts, features, length, weights, draws in CASES:
            run = drawn(counts, features, length, weights, draws)
            given = (*counts, features, length, tilt_of(said.leverage(n_majority, w_majority), counts, features, weights))
            m, b = float(signal(*given)), float(intercept(*given))
            with np.errstate(invalid="ignore"):  # of near misses
                scores = [(length * m + sign * b) / np.sqrt(square(*given)) for sign in (1, -1)]
            read = {"m": (run.means[:, 0, 0] / length, m), "b": (run.intercepts[:, 0], b)}
            read |= {f"error of {name}": (run.errors[:, j], ndtr(-scores[j])) for j, name in enumerate(("majority", "minority"))}
            for name, (found, stated) in read.items():
                within = STANDARD_ERRORS * found.std(ddof=1) / draws**0.5
                case = f"{name}, counts {counts}, d={features}, ρ={length}, weights {weights}: {found.mean():.5f} ± {within:.5f}"
                yield case, float(abs(found.mean() - stated) / (within + OVER_COUNT / sum(counts)))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="leverage-law-solved",
        says="The equations of the leverage law, for two classes of any counts, any positive weights and 0 < d < n_maj + n_min: one χ > "
        "0 has "
        "Σ nωχ/(1 + ωχ) = d; a class of share q of the masses nω/(1 + ωχ) has ωχ = dq/(n − dq); and with Δ = q_maj − q_min one m, b and "
        "‖w‖² "
        "solve them: m = ρ(1 − Δ²)/(1 + ρ²(1 − Δ²)), b = Δ(1 − ρm), ‖w‖² = (m² + d Σ q²e²/n)/(1 − d Σ q²/n), e = ±(1 − ρm) − b. The scores "
        "(ρm ± b)/‖w‖ are (ρ² ± Δ/(1 − Δ²)) √((1 − d Σ q²/n)/(ρ² + (d/4) Σ 1/n)).",
        source=f"ours, of the setting of {STROMBERG}",
        stated={
            **FORMULAS,
            "leverage": law.class_leverage,
            "first": sp.Integer(0),
            "last": n_majority,
            "weight": lambda n, q: FEATURES * q / (n - FEATURES * q),
            "square": _square(sp.Integer(1)),
            "determinant": law.determinant(),
            "floor": sp.Integer(0),
            "score": law.short_score,
        },
        hypotheses=ADMITTED,
        witnesses=(POINT,),
        parts=lambda said: tuple(_solved_parts(said)),
        near_misses=(
            NearMiss("nωχ/(1 + ωχ)²", {"leverage": lambda n, w: _leverage(n, w) / (1 + w * CHI)}),
            NearMiss("from 1 to n/2", {"first": sp.Integer(1), "last": n_majority / 2}),
            NearMiss("ωχ = dq/n", {"weight": lambda n, q: FEATURES * q / n}),
            NearMiss("b = Δ", {"intercept": TILT}),
            NearMiss("m = ρ/(1 + ρ²)", {"signal": LENGTH / (1 + LENGTH**2)}),
            NearMiss("twice the noise", {"square": _square(sp.Integer(2))}),
            NearMiss("the determinant with its sign turned", {"determinant": -law.determinant()}),
            NearMiss("room above 1/2", {"floor": sp.Rational(1, 2)}),
            NearMiss(
                "scores ρ² ± Δ", {"score": lambda sign: law.short_score(sign) * (LENGTH**2 + sign * TILT) / (LENGTH**2 + sign * law.lean())}
            ),
        ),
    ),
    Claim(
        id="leverage-law",
        says="Weighted least squares with an intercept on two classes yμ + g of standard normal noise, ‖μ‖ = ρ, labels ±1: as d and the "
        "counts "
        "grow in proportion, d below the number of samples, wᵀμ/ρ, the intercept and both class errors tend to m, b and Φ(−(ρm ± b)/‖w‖) "
        "of "
        "the leverage law, in which a class acts with the mass nω/(1 + ωχ). In draws at 300 to 1000 samples their means are within 1/n and "
        "4.5 standard errors of these.",
        source=STROMBERG,
        stated={**FORMULAS, "leverage": _leverage, "square": _square(sp.Integer(1))},
        hypotheses=BELOW,
        witnesses=(POINT,),
        parts=lambda said: (
            Agrees(
                id="means-over-draws",
                says="means over draws of wᵀμ/ρ, the intercept and both errors, over what 1/n and 4.5 standard errors allow",
                uses=("leverage", "signal", "intercept", "square"),
                measure=lambda: law_error(said),
                bound=1.0,
            ),
        ),
        near_misses=(
            NearMiss("mass n²ω", {"leverage": lambda n, w: n**2 * w * CHI / (1 + w * CHI) / 100}),
            NearMiss("no residuals in the noise", {"square": _square(sp.Integer(0))}),
            NearMiss("twice the noise", {"square": _square(sp.Integer(2))}),
            NearMiss("b = Δ", {"intercept": TILT}),
            NearMiss("m = ρ/(1 + ρ²)", {"signal": LENGTH / (1 + LENGTH**2)}),
        ),
        measured_because="that trained layers tend to the solution of the equations as d and the counts grow is not proved, and only "
        "measured at "
        "finite size; that the equations have one solution, and which, is proved in leverage-law-solved",
        plain="on Gaussian classes a last layer feels the weights through nω/(1 + ωχ), which depends on features per sample",
    ),
    Claim(
        id="no-weights-in-the-leverage-law",
        says="The leverage law without weights, 0 < d < n_maj + n_min: q = n_j/(n_maj + n_min), so that m and b do not depend on d; 1 − "
        "d Σ q²/n "
        "is 1 − d/(n_maj + n_min), and Δ/(1 − Δ²) is (n_maj² − n_min²)/(4 n_maj n_min).",
        source=OURS,
        stated={
            "own": FEATURES / (sum(COUNTS) - FEATURES),
            "room": 1 - FEATURES / sum(COUNTS),
            "lean": (n_majority**2 - n_minority**2) / (4 * n_majority * n_minority),
        },
        hypotheses={"d < n_maj + n_min": sum(COUNTS) > FEATURES},
        witnesses=(POINT,),
        parts=lambda said: tuple(_plain_parts(said)),
        near_misses=(
            NearMiss("ωχ = d/n", {"own": FEATURES / sum(COUNTS)}),
            NearMiss("1 − 2d/n", {"room": 1 - 2 * FEATURES / sum(COUNTS)}),
            NearMiss("(R − 1)/4", {"lean": (n_majority - n_minority) / (4 * n_minority)}),
        ),
    ),
)
