"""What is run: a problem, and where W and H start."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from numerics import Array
from numerics.basis import mode_basis
from numerics.matrices import random_factors
from numerics.problem import Problem
from theory.exact import InvalidInput
from theory.shown import Sheet, Shown

LARGEST_DELTA = 1000  # e^(−2δ), the first size of a logit, need not be a normal number where W and H are scaled
Init = Literal["spectral", "random"]


@dataclass(frozen=True, repr=False)
class Experiment(Shown, Problem):
    """One run of the unconstrained features model: all of it but how it is integrated.

    Arguments: those of `Problem`; `delta`, the initial scale is e^(−δ), 0 < δ ≤ 1000; `init`, see `initial_W_and_H`;
    `width`, d ≥ c − 1, None for c − 1, the least width that can hold every mode; `seed`, for the random init.
    Raises: InvalidInput for a value outside these ranges.
    """

    delta: float
    init: Init = "spectral"
    width: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.delta <= LARGEST_DELTA:
            raise InvalidInput(f"delta={self.delta} must be > 0 and ≤ {LARGEST_DELTA}: it is minus the logarithm of the initial scale")
        if self.init not in get_args(Init):
            raise InvalidInput(f"init={self.init!r} must be one of {', '.join(get_args(Init))}")
        if isinstance(self.d, bool) or not isinstance(self.d, int) or self.d < self.counts.c - 1:
            raise InvalidInput(
                f"width={self.width!r} must be a whole number ≥ c − 1 = {self.counts.c - 1}: narrower features cannot hold every mode"
            )
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise InvalidInput(f"seed={self.seed!r} must be a whole number ≥ 0: take another")

    def brief(self) -> str:
        """Classes and samples, loss and start."""
        return f"c = {self.counts.c}, n = {self.counts.n}, {self.loss.name} loss, δ = {self.delta:g}, {self.init} start, d = {self.d}"

    def shown(self) -> Sheet:
        """What is run, with one row for each class."""
        facts = {"loss": self.loss.name, "δ": self.delta, "start": self.init, "width d": self.d, "seed": self.seed}
        rows = [(j, n, w) for j, (n, w) in enumerate(zip(self.counts.per_class, self.weights, strict=True))]
        return Sheet("experiment", facts, ("class", "samples", "weight"), rows)

    @property
    def d(self) -> int:
        """The width: rows of H."""
        return self.counts.c - 1 if self.width is None else self.width


def initial_W_and_H(experiment: Experiment) -> tuple[Array, Array]:
    """W(0) and H(0).

    Formula: spectral, W = e^(−δ) U Qᵀ and H = e^(−δ) Q Vᵀ; random, independent normal entries of mean 0
    and variance e^(−2δ)/d in both, so that E‖u_iᵀW‖² = E‖Hv_i‖² = e^(−2δ) for every mode, as in spectral.
    Returns: W (c × d) and H (d × n), samples ordered by class.
    Valid when: Q is the first c − 1 columns of the identity. The flow commutes with rotations of the d
    features, so that another Q gives the same logits.
    """
    counts, d, scale = experiment.counts, experiment.d, math.exp(-experiment.delta)
    if experiment.init == "random":
        return random_factors(counts.c, d, counts.n, scale / math.sqrt(d), experiment.seed)
    W, M = spectral_W_and_M(experiment)
    return W, M[:, list(counts.labels)]


def spectral_W_and_M(experiment: Experiment) -> tuple[Array, Array]:
    """W(0), c × d, and the features of one sample of each class, d × c, of the spectral init."""
    counts, d, scale = experiment.counts, experiment.d, math.exp(-experiment.delta)
    basis, modes = mode_basis(counts, experiment.weights), counts.c - 1
    W, M = np.zeros((counts.c, d)), np.zeros((d, counts.c))
    W[:, :modes] = scale * basis.U[:, :modes]
    M[:modes] = scale * basis.V[:, :modes].T / np.sqrt(counts.per_class)
    return W, M
