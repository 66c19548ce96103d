"""Roots in brackets, against functions whose roots are known."""

import math

import numpy as np
import pytest

from numerics.bracketed import bracketed_roots


def found(functions, low, high):
    def value(x):
        return np.array([f(each) for f, each in zip(functions, x, strict=True)])

    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    return bracketed_roots(value, low, value(low), high, value(high))


def test_each_root_is_found_in_its_own_bracket_to_the_last_digits():
    functions = (lambda x: x**2 - 2, lambda x: math.exp(x) - 1e6, lambda x: x**9 - 1e-9, lambda x: -1.0 if x < math.pi else 1.0)
    assert found(functions, [0, 0, 0, 3], [2, 20, 1, 4]) == pytest.approx([math.sqrt(2), math.log(1e6), 0.1, math.pi], rel=4e-15)


def test_a_root_at_an_end_is_the_end_and_without_a_change_of_sign_the_nearer_end_is_given():
    functions = (lambda x: x - 1, lambda x: x - 1, lambda x: x + 3)
    assert found(functions, [1, 0, 1], [2, 1, 2]).tolist() == [1.0, 1.0, 1.0]
