"""The weights that class-normalised descent has at a spectral start, and what becomes of the order of classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

import numpy as np
import sympy as sp

from numerics.normalised_descent.draws import State
from numerics.unconstrained_features.descent import class_normalised, descend
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from proofs.claims.common import HALF, identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.data.counts import ClassCounts, Group, symbolic_step
from theory.losses import loss_named
from theory.models.model import classes
from theory.normalised_descent import rates
from theory.symbols import c, delta, m_majority, m_minority, n_majority, n_minority

COUNT = sp.Symbol("n", positive=True)  # of a named class, which stands beside two groups of others
# What is said depends on the others through their number and Σ 1/n_k alone, and two groups of any real sizes give both every value.
NAMED = (Group(sp.Integer(1), COUNT), *symbolic_step())
NUMBER = 1 + m_majority + m_minority
RHO = 1 / (1 + COUNT * (m_majority / n_majority + m_minority / n_minority))  # n_j^(−1)/Σ_k n_k^(−1)
SHARE = sp.Symbol("rho", positive=True)
LARGE, SMALL = sp.symbols("x y", positive=True)  # two squared escape rates
P = sp.MatrixSymbol("P", classes, classes)
U = sp.MatrixSymbol("u", classes, 1)  # a left singular vector: it sums to zero
ABOVE, BELOW = (sp.MatrixSymbol(name, classes, classes) for name in ("A", "B"))  # diagonal
POINT = {
    **dict.fromkeys((COUNT, n_minority, m_majority, m_minority, delta), sp.Integer(1)),
    n_majority: sp.Integer(9),
    c: sp.Integer(3),
    SHARE: HALF,
    LARGE: sp.Rational(3, 4),
    SMALL: sp.Rational(2, 3),
}


def _start_parts(said):
    labels, projector = rates.class_level_labels(NAMED), rates.row_projector(NAMED)
    return (
        identities(
            "row-space",
            "X = I − kkᵀ/kᵀk with k_j = n_j^(−1/2) leaves P N^(1/2) as it is: it holds the row space, of dimension c − 1",
            zip((labels @ projector).entries(), labels.entries(), strict=True),
        ),
        identity("row-space-is-all", "the trace of X is c − 1, so that X is the projector on it", projector.trace(), NUMBER - 1),
        identity("entry-of-a-class", "the entry of X of class j is 1 − ρ_j", projector.entries()[0], said.projected(RHO)),
        identity(
            "norm-at-the-start",
            "spectral init, residual z_j: ‖g_j‖² is e^(−2δ)(1 − 1/c) times n_j(2 − ρ_j)",
            rates.spectral_norm_squared(COUNT, projector.entries()[0]),
            sp.exp(-2 * delta) * (1 - 1 / c) * COUNT / said.effective(RHO),
        ),
        Holds(
            id="effective-counts-between",
            says="1/(2 − ρ) lies strictly between 1/2 and 1",
            condition=sp.And(said.effective(SHARE) > said.least, said.effective(SHARE) < 1),
            where=(SHARE < 1,),
        ),
        MatrixIdentity(
            id="no-rate-as-low",
            says="with the squares n ω² of the weights on the diagonal of A² + I/2, their form on u is that of A² and half of uᵀu",
            left=U.T * (ABOVE * ABOVE + said.least * sp.Identity(classes)) * U,
            right=(ABOVE * U).T * (ABOVE * U) + HALF * U.T * U,
            diagonal=(ABOVE,),
        ),
        MatrixIdentity(
            id="no-rate-as-high",
            says="and with them on the diagonal of I − B² it is uᵀu less that of B²: every s² lies between 1/2 and 1",
            left=U.T * (said.top * sp.Identity(classes) - BELOW * BELOW) * U,
            right=U.T * U - (BELOW * U).T * (BELOW * U),
            diagonal=(BELOW,),
        ),
        Holds(
            id="window-at-the-start",
            says="of any two such rates the ratio is below √2",
            condition=sp.sqrt(LARGE) / sp.sqrt(SMALL) - 1 < said.window,
            where=(LARGE < 1, SMALL > HALF),
        ),
    )


NORM_TOLERANCE = 1e-8  # at δ = 10 logits are e^(−20) of the labels
START_DELTA = 10.0
CASES = ((10, 10, 1, 1), (100, 30, 10, 3, 1), (7, 5, 2), (9, 4), (300,) * 9 + (1,))


def _start_weights(counts: ClassCounts) -> np.ndarray:
    """1/‖g_j‖ of the squared loss at a spectral start, sample by sample, in units of the mean."""
    experiment = Experiment(counts, (1.0,) * counts.c, loss_named("squared"), START_DELTA)
    W, H = initial_W_and_H(experiment)
    weights = 1 / np.linalg.norm(State(experiment, W, H).class_gradients(), axis=1)
    return weights / weights.mean()


@cache
def _starts() -> tuple[tuple[str, np.ndarray, np.ndarray], ...]:
    """(name, counts, weights at the start) of every case."""
    return tuple((str(counts), np.array(counts, dtype=float), _start_weights(ClassCounts(counts))) for counts in CASES)


def weights_error(effective: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """1/‖g_j‖ against √(1/(n(2 − ρ))), both in units of their mean."""
    stated = plain.compiled(effective(SHARE), SHARE)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, weights in _starts():
            expected = np.sqrt(stated(1 / counts / np.sum(1 / counts)) / counts)
            yield name, plain.relative(weights, expected / expected.mean())

    return plain.worst(errors())


def window_error(window: sp.Expr) -> Measurement:
    """By how much the window of the escape rates under the weights of the start exceeds the stated one."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, weights in _starts():
            labels = (np.eye(len(counts)) - 1 / len(counts)) * (np.sqrt(counts) * weights)
            found = np.linalg.svd(labels)[1][: len(counts) - 1]
            yield name, max(0.0, float(found[0] / found[-1] - 1 - window))

    return plain.worst(errors())


# The order of classes -----------------------------------------------------------------------------------------------------

STEP = 2e-3  # of descent: half of it changes the times by a quarter of a thousandth at most
TIME_TOLERANCE = 1e-3  # relative
SETTLED = 1e-2  # relative change of a time from δ = 6 to 12
POWER_TOLERANCE = 5e-2  # relative, of the ratio of two times at R = 100 and 1000
HORIZONS = {10: 2.0, 100: 3.2, 1000: 5.6}
MAJORITY, MINORITY = {10: 1.4994, 100: 2.8374, 1000: 5.2116}, {10: 0.8126, 100: 0.8198, 1000: 0.8232}


@cache
def times(ratio: int, level: float) -> tuple[float, float]:
    """Times to class margin 1/2 of a majority and of a minority class, two of each."""
    experiment = Experiment(ClassCounts((ratio, ratio, 1, 1)), (1.0,) * 4, loss_named("squared"), level)
    run = descend(experiment, step_size=STEP, steps=int(HORIZONS[ratio] / STEP), rule=class_normalised)
    found = STEP * run.class_learning_steps()
    return float(found[0]), float(found[3])


def order_error(majority: Mapping[int, float], minority: Mapping[int, float]) -> Measurement:
    """Times at δ = 6 against the stated ones."""
    return plain.worst((f"R={ratio}", plain.relative(times(ratio, 6.0), (majority[ratio], minority[ratio]))) for ratio in HORIZONS)


def finite_error(growth: float) -> Measurement:
    """Times at δ = 12 against those at δ = 6 and `growth` for each of the six more."""
    return plain.worst((f"R={ratio}", plain.relative(times(ratio, 12.0), np.array(times(ratio, 6.0)) + 6 * growth)) for ratio in HORIZONS)


def power_error(power: float) -> Measurement:
    """The majority's time at R = 1000 over that at R = 100, against 10^power."""
    return plain.worst([("R = 100, 1000", plain.relative(times(1000, 6.0)[0] / times(100, 6.0)[0], 10**power))])


def _order_parts(said):
    return (
        Agrees(
            id="times-to-margin-one-half",
            says="times to class margin 1/2 of descent in steps, sample by sample, at δ = 6 and R = 10, 100, 1000",
            uses=("majority", "minority"),
            measure=lambda: order_error(said.majority, said.minority),
            bound=TIME_TOLERANCE,
        ),
        Agrees(
            id="times-stay-finite",
            says="they change by less than a hundredth from δ = 6 to δ = 12",
            uses=("growth",),
            measure=lambda: finite_error(said.growth),
            bound=SETTLED,
        ),
        Agrees(
            id="majority-time-grows",
            says="the majority's time grows as R^(1/4) from R = 100 to R = 1000, within a twentieth",
            uses=("power",),
            measure=lambda: power_error(said.power),
            bound=POWER_TOLERANCE,
        ),
    )


CLAIMS = (
    Claim(
        id="class-normalised-starts-nearly-at-one-half",
        says="Spectral init, squared loss, residuals z_j, as at zero logits, any counts: ‖g_j‖² = e^(−2δ)(1 − 1/c) n_j(2 − ρ_j), "
        "with ρ_j = n_j^(−1)/Σ_k n_k^(−1), so that class-normalised descent starts with the weights (n_j(2 − ρ_j))^(−1/2) up to a factor. "
        "The effective counts n_jω_j² = 1/(2 − ρ_j) lie strictly between 1/2 and 1: with the weights held there, the window of the escape "
        "rates is below √2 − 1.",
        source=OURS,
        stated={
            "projected": lambda share: 1 - share,
            "effective": lambda share: 1 / (2 - share),
            "least": HALF,
            "top": sp.Integer(1),
            "window": sp.sqrt(2) - 1,
        },
        witnesses=(POINT,),
        parts=_start_parts,
        runs=lambda said: (
            Agrees(
                id="gradient-norms",
                says="norms of the gradients of all classes at spectral starts, sample by sample",
                uses=("effective",),
                measure=lambda: weights_error(said.effective),
                bound=NORM_TOLERANCE,
            ),
            Agrees(
                id="windows-at-the-start",
                says="escape rates under the weights that these norms are",
                uses=("window",),
                measure=lambda: window_error(said.window),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("1/(1 − ρ)", {"effective": lambda share: 1 / (1 - share)}),
            NearMiss("the entry is 1", {"projected": lambda share: sp.Integer(1)}),
            NearMiss("at least 2/3", {"least": sp.Rational(2, 3)}),
            NearMiss("at most 1/2", {"top": HALF}),
            NearMiss("window below 3/10", {"window": sp.Rational(3, 10)}),
        ),
        without_near_miss={
            "row-space": "it states no formula: what is left as it is is what is derived",
            "row-space-is-all": "it states no formula of its own: the trace is the dimension",
        },
        plain="dividing class gradients by their norms starts as weights close to n^(−1/2) do",
        coq={
            "effective-counts-between": ("normalised_descent.class_losses.effective_counts_between",),
            "window-at-the-start": ("normalised_descent.class_losses.window_at_the_start",),
        },
    ),
    Claim(
        id="class-normalised-learns-minority-first",
        says="Class-normalised descent of the squared loss, two classes of R samples and two of one, spectral start: minority classes "
        "reach margin 1/2 before majority classes, for R from 10 to 1000; the times do not grow with δ, and the majority's "
        "grows like R^(1/4).",
        source=OURS,
        stated={"majority": MAJORITY, "minority": MINORITY, "growth": 0.0, "power": 0.25},
        parts=_order_parts,
        near_misses=(
            NearMiss("majority first", {"majority": MINORITY, "minority": MAJORITY}),
            NearMiss("1/100 for one more δ", {"growth": 0.01}),
            NearMiss("R^(1/3)", {"power": 1 / 3}),
            NearMiss("no growth with R", {"power": 0.0}),
        ),
        measured_because="the norms of the class gradients are known at the start alone; along the path they have no closed form here",
        plain="where class gradients are divided by their norms, minority classes are learned first",
    ),
)
