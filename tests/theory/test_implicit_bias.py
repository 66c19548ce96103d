"""Smoothed labels and diagonal networks as derived, against the registered loss and against numbers."""

import math

import pytest
import sympy as sp

from theory.implicit_bias import diagonal, smoothing
from theory.losses.label_smoothing import LabelSmoothing
from theory.symbols import c


@pytest.mark.parametrize("share", ["1/10", "2/5"])
def test_the_smoothed_loss_is_that_of_five_explicit_classes(share):
    explicit = LabelSmoothing(share).sample_loss((sp.Rational(1, 3), sp.Rational(-1, 2), 2, 2, 2), 0, (1,) * 5)
    point = {
        smoothing.OWN: sp.Rational(1, 3),
        smoothing.NAMED: sp.Rational(-1, 2),
        smoothing.OTHERS: 2,
        smoothing.SHARE: sp.Rational(share),
    }
    assert float(smoothing.smoothed().subs({**point, c: 5}) - explicit) == pytest.approx(0, abs=1e-14)


def test_the_gradient_vanishes_at_the_end_and_beside_it_does_not():
    point = {smoothing.SHARE: sp.Rational(1, 10), c: 4, smoothing.NAMED: 0, smoothing.OTHERS: 0}
    gain = smoothing.end_gain().subs(point)
    at_end, beside = ([float(by.subs({**point, smoothing.OWN: own})) for by in smoothing.gradient()] for own in (gain, 3))
    assert at_end == pytest.approx([0, 0], abs=1e-14)
    assert min(map(abs, beside)) > 1e-3


def test_a_diagonal_network_moves_against_its_gradient():
    point = {diagonal.U: 3, diagonal.V: 2, diagonal.GRADIENT: sp.Rational(1, 2)}
    assert [rate.subs(point) for rate in diagonal.velocity(sp.Integer(0))] == [-3, 2]
    assert [rate.subs(point) for rate in diagonal.velocity(sp.Integer(1))] == [-6, 0]


def test_the_penalty_is_that_of_woodworth_and_others():
    """α² (2 − √(4 + z²) + z arcsinh(z/2)) with z = β/α²."""
    alpha, slope = 0.7, 1.3
    beta = 2 * alpha**2 * math.sinh(slope)
    z = beta / alpha**2
    expected = alpha**2 * (2 - math.sqrt(4 + z**2) + z * math.asinh(z / 2))
    assert float(diagonal.penalty().subs({diagonal.ALPHA: alpha, diagonal.SLOPE: slope})) == pytest.approx(expected, rel=1e-12)
    assert float(diagonal.end().subs({diagonal.ALPHA: alpha, diagonal.SLOPE: slope})) == pytest.approx(beta, rel=1e-12)
