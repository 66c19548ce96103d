"""Entries of polynomials in diagonal matrices, some of which are products such as VᵀΩV."""

import pytest
import sympy as sp

from theory.algebra.words import entry
from theory.exact import InvalidInput

k, n = sp.symbols("k n", positive=True, integer=True)
A, B = (sp.MatrixSymbol(name, k, k) for name in "AB")
V, Omega = sp.MatrixSymbol("V", n, k), sp.MatrixSymbol("Omega", n, n)
a, b, first, second = sp.symbols("a b lambda mu")
ENTRIES = {A: a, B: b, V.T * Omega * V: first, V.T * Omega**2 * V: second}


def test_an_entry_is_the_polynomial_of_the_entries():
    weighted, twice = V.T * Omega * V, V.T * Omega * Omega * V
    assert entry(3 * A * weighted * B - A * A.T + twice, ENTRIES) == 3 * a * first * b - a**2 + second
    assert entry(sp.Identity(k) + A, ENTRIES) == 1 + a
    assert entry(sp.ZeroMatrix(k, k), ENTRIES) == 0
    assert entry((A + B) * (A - B), ENTRIES) == sp.expand((a + b) * (a - b))


@pytest.mark.parametrize("unknown", [A * sp.MatrixSymbol("C", k, k), V.T * V, V.T * Omega**3 * V])
def test_a_matrix_without_an_entry_is_named(unknown):
    with pytest.raises(InvalidInput, match="is not among the diagonal matrices"):
        entry(unknown, ENTRIES)
