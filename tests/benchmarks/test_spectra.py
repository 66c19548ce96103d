"""Spectra of distinct counts: the secular equation against a dense eigenvalue solver, in the same run."""

import numpy as np
import pytest

from numerics.unconstrained_features.spectrum import extremes, spectrum
from theory.data.counts import ClassCounts


def dense(n):
    """Eigenvalues of P diag(n) P, by LAPACK."""
    return np.linalg.eigvalsh(np.diag(n) - np.add.outer(n, n) / len(n) + n.mean() / len(n))


def case(what, size):
    counts = ClassCounts(tuple(range(1, size + 1)))
    if what == "eigvalsh":
        return dense, (np.arange(1.0, size + 1),)
    return {"all": spectrum, "extremes": extremes}[what], (counts, [1.0] * size)


@pytest.mark.benchmark(group="spectrum of 4000 distinct counts")
@pytest.mark.parametrize("what", ["extremes", "all", "eigvalsh"])
def test_four_thousand(benchmark, what):
    function, arguments = case(what, 4000)
    benchmark.pedantic(function, arguments, rounds=2, warmup_rounds=1)


@pytest.mark.benchmark(group="extremes against the number of distinct counts")
@pytest.mark.parametrize("size", [1000, 10_000, 100_000])
def test_extremes(benchmark, size):
    function, arguments = case("extremes", size)
    benchmark.pedantic(function, arguments, rounds=3, warmup_rounds=1)
