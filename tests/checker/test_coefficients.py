"""Signs that are read off the coefficients of a polynomial."""

from __future__ import annotations

import itertools
import random

import pytest
import sympy as sp
from flint import fmpq

from proofs.checker.coefficients import sign_by_coefficients
from proofs.checker.quotients import GENS, ZERO, Gen

HALF = fmpq(1, 2)
G, H = GENS[0], GENS[1]
ROOT = GENS[2]  # stands for the constant √2


def generators(*bounds):
    """Generators with (low, low_strict, high, high_strict), and √2 as the third."""
    found = [Gen("var", sp.Symbol(f"g{i}"), None, 1, *bound) for i, bound in enumerate(bounds)]
    while len(found) < 2:
        found.append(Gen("var", sp.Symbol("g1")))
    return [*found, Gen("root", sp.sqrt(2), constant=True)]


FREE = (None, False, None, False)
ABOVE, ABOVE_OPEN = (fmpq(0), False, None, False), (fmpq(0), True, None, False)
BELOW, BELOW_OPEN = (None, False, fmpq(1), False), (None, False, fmpq(1), True)
CLOSED, OPEN = (fmpq(0), False, fmpq(1), False), (fmpq(0), True, fmpq(1), True)
LEFT, RIGHT = (fmpq(0), False, fmpq(1), True), (fmpq(0), True, fmpq(1), False)


@pytest.mark.parametrize(
    ("poly", "bounds", "expected"),
    [
        (G, [FREE], (None, False)),
        (G**2, [FREE], (1, False)),
        (G**2 + 1, [FREE], (1, True)),
        (-(G**2) - 1, [FREE], (-1, True)),
        (G**2 + G + 1, [FREE], (None, False)),
        (G**3 + 1, [FREE], (None, False)),
        (G**2 * H**2 + 1, [FREE, FREE], (1, True)),
        (G**2 + H, [FREE, ABOVE_OPEN], (1, True)),
        (G**2 + H, [FREE, ABOVE], (1, False)),
        (G * H, [FREE, ABOVE], (None, False)),
        (G, [ABOVE], (1, False)),
        (G, [ABOVE_OPEN], (1, True)),
        (-G, [ABOVE], (-1, False)),
        (G - 1, [ABOVE], (None, False)),
        (G + 1, [ABOVE], (1, True)),
        (G - 1, [(fmpq(2), False, None, False)], (1, True)),
        (G - 2, [(fmpq(2), False, None, False)], (1, False)),
        (G - 2, [(fmpq(2), True, None, False)], (1, True)),
        (G - 1, [BELOW], (-1, False)),
        (G - 1, [BELOW_OPEN], (-1, True)),
        (1 - G, [BELOW], (1, False)),
        (2 - G, [BELOW], (1, True)),
        (G, [BELOW], (None, False)),
        (G * (1 - G), [CLOSED], (1, False)),
        (G * (1 - G), [OPEN], (1, True)),
        (G * (1 - G), [LEFT], (1, False)),
        (G * (1 - G), [RIGHT], (1, False)),
        (G * (1 - G) + G**2, [RIGHT], (1, True)),
        (1 - G**2, [LEFT], (1, True)),
        (1 - G**2, [CLOSED], (1, False)),
        (G**2 - G + HALF, [CLOSED], (1, True)),
        (G * (1 - G) + 1, [CLOSED], (1, True)),
        (2 * G**2 - 2 * G + HALF, [CLOSED], (None, False)),
        (G + H, [ABOVE, ABOVE_OPEN], (1, True)),
        (G + H, [ABOVE, ABOVE], (1, False)),
        (G * H, [ABOVE_OPEN, ABOVE_OPEN], (1, True)),
        (G * H, [ABOVE_OPEN, ABOVE], (1, False)),
        (G - H, [ABOVE, BELOW], (None, False)),
        (G - H + 1, [ABOVE, BELOW], (1, False)),
        (G - H + 1, [ABOVE_OPEN, BELOW], (1, True)),
        (H * (1 - G) + G, [CLOSED, ABOVE_OPEN], (1, True)),
        (H * (1 - G) + G, [CLOSED, ABOVE], (1, False)),
        ((ROOT - 1) * G, [ABOVE], (1, False)),
        ((1 - ROOT) * G, [ABOVE_OPEN], (-1, True)),
        ((ROOT - 2) * G, [ABOVE_OPEN], (-1, True)),
        ((ROOT - 1) * G - ROOT, [ABOVE], (None, False)),
        ((ROOT - 1) * G + ROOT, [ABOVE], (1, True)),
        ((ROOT**2 - 1) * G, [ABOVE_OPEN], (1, True)),
        ((ROOT - HALF) * G - 3 * H, [ABOVE, ABOVE], (None, False)),
        (ROOT - 1, [], (1, True)),
        (ROOT - 2, [], (-1, True)),
        (ROOT * 0 - 3, [], (-1, True)),
        (ZERO + 3, [], (1, True)),
    ],
)
def test_a_sign_is_read_off_the_coefficients(poly, bounds, expected):
    assert sign_by_coefficients(poly, generators(*bounds)) == expected


def admitted_values(bound):
    low, low_strict, high, high_strict = bound
    grid = {fmpq(k, 4) for k in range(-12, 13)} | {fmpq(k, 64) for k in range(-3, 67)}
    return [
        g
        for g in sorted(grid)
        if (low is None or g > low or (g == low and not low_strict)) and (high is None or g < high or (g == high and not high_strict))
    ][::5]


def test_no_sign_by_coefficients_is_wrong_at_a_sample():
    rng, seen = random.Random(3), {(sign, strict): 0 for sign in (1, -1) for strict in (True, False)}
    kinds = [
        FREE,
        ABOVE,
        ABOVE_OPEN,
        BELOW,
        BELOW_OPEN,
        CLOSED,
        OPEN,
        LEFT,
        RIGHT,
        (fmpq(-1), True, HALF, False),
        (HALF, False, fmpq(3), True),
    ]
    for _ in range(1500):
        bounds = rng.choice(kinds), rng.choice(kinds)
        poly = sum((rng.choice([-1, 0, 0, 1, 2]) * G**i * H**j for i in range(3) for j in range(3)), ZERO) * rng.choice([1, -1])
        sign, strict = sign_by_coefficients(poly, generators(*bounds))
        if sign is None:
            assert not strict
            continue
        seen[sign, strict] += 1
        for a, b in itertools.product(*map(admitted_values, bounds)):
            value = poly(*([a, b] + [0] * (len(GENS) - 2))) * sign
            assert value > 0 if strict else value >= 0, (poly, bounds, a, b)
    assert min(seen.values()) > 20
