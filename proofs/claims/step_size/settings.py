"""What the claims of this theory share: STEP with symbolic counts and weights, and the settings that are run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.step_size.samples import Samples
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from proofs.claims.common import STEP_WITNESS
from theory.algebra.partition import BlockMatrix
from theory.data.counts import ClassCounts, symbolic_step
from theory.losses import loss_named
from theory.symbols import R, gamma, m_majority, m_minority, n_majority, n_minority, sigma, w_majority, w_minority

GROUPS = symbolic_step()
SIZES, COUNTS, WEIGHTS = (m_majority, m_minority), (n_majority, n_minority), (w_majority, w_minority)
TWO_A_GROUP = {"two classes or more in each group": sp.And(m_majority >= 2, m_minority >= 2)}
MORE = {"n_maj ≥ n_min": n_majority >= n_minority}
roots = sp.symbols("r_maj r_min", positive=True)  # fourth roots of the counts
POINT = {
    **STEP_WITNESS,
    n_majority: sp.Integer(16),
    w_majority: sp.Rational(1, 4),
    w_minority: sp.Integer(1),
    R: sp.Integer(16),
    gamma: sp.Rational(1, 2),
    sigma: sp.Integer(1),
    roots[0]: sp.Integer(2),
    roots[1]: sp.Integer(1),
}
STEP_COUNTS = ((4, 4, 1, 1), (5, 5, 5, 2, 2))
EXPONENTS = (0.0, 0.5, 1.0)
FLOW_DELTA = 8.0  # a start of scale e^(−8) ends balanced to e^(−16)


def on_contrast(matrix: BlockMatrix, g: int) -> tuple[sp.ImmutableMatrix, sp.Matrix]:
    """The matrix on vectors that are constant on groups, two classes of group g on their own; and the contrast of the two."""
    order = (g, g, *range(len(matrix.sizes)))
    sizes = (sp.Integer(1), sp.Integer(1), *(size - 2 * (h == g) for h, size in enumerate(matrix.sizes)))
    blocks = sp.ImmutableMatrix(len(order), len(order), lambda i, j: matrix.blocks[order[i], order[j]])
    split = BlockMatrix(sizes, tuple(matrix.diagonal[h] for h in order), blocks)
    return split.quotient(), sp.Matrix([1, -1, *[0] * len(matrix.sizes)])


def in_roots(expression: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """The expression at n = r⁴ and ω = n^(−γ), in r_maj and r_min."""
    powers = {w: r ** (-4 * exponent) for w, r in zip(WEIGHTS, roots, strict=True)}
    return sp.sympify(expression).subs(powers).subs({n: r**4 for n, r in zip(COUNTS, roots, strict=True)})


def samples_of(counts: tuple[int, ...], exponent: float) -> Samples:
    """The loss of these counts with ω = n^(−exponent)."""
    return Samples(ClassCounts(counts), tuple(float(n) ** -exponent for n in counts))


def random_samples(number: int, seed: int) -> Iterator[tuple[str, Samples, int, int]]:
    """Losses of random counts and weights with a width from c − 1 on, and a seed."""
    generator = np.random.default_rng(seed)
    for case in range(number):
        c = int(generator.integers(2, 5))
        counts = tuple(int(n) for n in generator.integers(1, 5, c))
        weights = tuple(float(w) for w in np.exp(generator.uniform(-1.5, 1.5, c)))
        width = c - 1 + int(generator.integers(0, 4))
        yield f"counts {counts}, width {width}", Samples(ClassCounts(counts), weights), width, case


@cache
def flow_end(counts: tuple[int, ...], weights: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """W and H at the end of the flow from a small random start, at sample level."""
    experiment = Experiment(ClassCounts(counts), weights, loss_named("squared"), FLOW_DELTA, "random", None, 1)
    first = simulate(experiment, level="sample")
    run = simulate(experiment, level="sample", time=2 * float(first.t[-1]))
    return run.W(run.t[-1]), run.H(run.t[-1])
