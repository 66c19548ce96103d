"""The small parts that proofs rest on, one at a time: balls, boxes, coefficients, roots, cases, samples and exact points.

What they say of statements is tested elsewhere; a part that claims too much may be caught there by another, and is not here.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
import time

import pytest
import sympy as sp
from flint import arb, ctx, fmpq, fmpq_poly

from proofs.checker import balls, boxes, logic, roots, sampling, solver, witness
from proofs.checker.coefficients import sign_by_coefficients
from proofs.checker.field import Field, is_zero_constant
from proofs.checker.logic import Sequent, TooComplex
from proofs.checker.quotients import GENS, ZERO, Gen
from proofs.kernel.statements import Known
from proofs.kernel.terms import joined
from proofs.search import critical, tactics
from tests.tools import limits

x, y, z, v, w = sp.symbols("x y z v w", real=True)
p = sp.Symbol("p", real=True)
HALF = fmpq(1, 2)
AT = {x: fmpq(2), y: fmpq(-3), z: fmpq(1, 4), v: fmpq(0)}
NOTHING = (1 + sp.sqrt(2)) ** 2 - 3 - 2 * sp.sqrt(2)  # zero, which balls cannot see

# -- balls


@pytest.mark.parametrize(
    "text",
    [
        "x + y + 1",
        "x*y*z",
        "x**3",
        "y**(-2)",
        "y**3",
        "sqrt(x)",
        "x**(1/3)",
        "z**(-3/2)",
        "z**(2/3)",
        "x**y",
        "z**y",
        "z**(x*y/2)",
        "x**sqrt(2)",
        "exp(y)",
        "E**x",
        "E*x",
        "pi*x",
        "log(z)",
        "Abs(y)",
        "Abs(x)",
        "Max(x, y, 3)",
        "Max(y, z)",
        "Min(x, y, z)",
        "Min(x, 3)",
        "sin(x)",
        "cos(x)",
        "tan(x)",
        "sinh(y)",
        "cosh(y)",
        "tanh(z)",
        "sqrt(v)",
        "v**x",
        "v**(3/2)",
        "v**z",
    ],
)
def test_a_ball_holds_the_value_and_is_narrow(text):
    expr = sp.sympify(text, {"x": x, "y": y, "z": z, "v": v})
    exact = expr.subs({s: rational(n) for s, n in AT.items()})
    with ctx.workprec(200):
        ball = balls.value(expr, AT)
        assert ball.overlaps(arb(str(sp.N(exact, 80))) + arb(0, 1e-55))
        assert ball.rad() < 1e-50


@pytest.mark.parametrize(
    "expr",
    [
        1 / v,
        x / v**2,
        sp.sqrt(y),
        y ** sp.Rational(1, 3),
        sp.log(v),
        sp.log(y),
        v**y,
        v ** (x * v),
        y**z,
        y ** (x + z),
        1 / sp.sqrt(v),
        w + 1,
        sp.I * x,
        sp.sign(x),
        NOTHING ** sp.Rational(-1, 2),
        sp.oo * x,
        sp.zeta(x),
    ],
    ids=str,
)
def test_what_has_no_real_value_is_undefined(expr):
    with pytest.raises(balls.Undefined):
        balls.value(expr, AT)


@pytest.mark.parametrize("expr", [1 / x, sp.sqrt(x), 1 / sp.sqrt(x + 1), sp.log(x), sp.log(x + 1), x**y, sp.tan(sp.pi / 2 + x)], ids=str)
def test_what_may_have_no_real_value_somewhere_in_a_ball_is_undefined(expr):
    with pytest.raises(balls.Undefined):
        balls.value(expr, {x: arb(0, 1), y: arb(1, 2)})


def test_the_root_of_a_constant_that_is_zero_in_disguise_is_zero():
    for expr in (sp.sqrt(NOTHING), sp.Pow(NOTHING, sp.Rational(3, 2))):
        assert balls.value(expr, is_zero=is_zero_constant) == 0
        with pytest.raises(balls.Undefined):  # balls alone cannot see it
            balls.value(expr)


@pytest.mark.parametrize(
    ("expr", "sign"),
    [
        (sp.Integer(0), 0),
        (sp.Rational(-1, 3), -1),
        (sp.Rational(1, 3), 1),
        (sp.sqrt(2) - sp.Rational(7, 5), 1),
        (sp.sqrt(2) - sp.Rational(3, 2), -1),
        (NOTHING, None),
        (sp.exp(sp.Rational(1, 10**30)) - 1 - sp.Rational(1, 10**30), 1),
        (1 - sp.exp(sp.Rational(1, 10**30)), -1),
        (sp.log(sp.exp(sp.Rational(1, 10**30)) - 1), -1),  # undefined in 64 bits, not in more
        (sp.Add(sp.Pow(4, sp.Rational(1, 2), evaluate=False), -2, evaluate=False), 0),
    ],
    ids=str,
)
def test_the_sign_of_a_constant(expr, sign):
    assert balls.sign(expr) == sign


def test_the_sign_at_a_point_and_of_what_has_no_value():
    assert balls.sign(sp.sqrt(NOTHING) + 1, (64,), is_zero_constant) == 1
    assert balls.sign(sp.exp(sp.Rational(1, 10**30)) - 1, (64,)) is None
    assert balls.sign(sp.exp(sp.Rational(1, 10**30)) - 1, (64, 256)) == 1
    for expr in (sp.log(sp.sqrt(2) - 2), sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I * sp.sqrt(2)):
        with pytest.raises(balls.Undefined):
            balls.sign(expr)


# -- boxes


def unit(*variables, low=0, high=1):
    return tuple(atom for s in variables for atom in ((s - low, ">="), (high - s, ">=")))


WELL = x**2 - 2 * x + sp.Rational(11, 10)


@pytest.mark.parametrize(
    ("goal", "premises", "budget"),
    [
        ((x + 1, ">"), unit(x), 1),
        ((x + 1, ">="), unit(x), 1),
        ((x + y + z + 1, ">"), unit(x, y, z), 1),
        ((WELL, ">"), unit(x, high=3), 400),
        ((x**2 + y**2 - x * y - x - y + sp.Rational(11, 10), ">"), unit(x, y, high=2), 400),
        ((sp.sqrt(2) - 1, ">"), (), 1),
    ],
)
def test_boxes_prove(goal, premises, budget):
    assert boxes.positive_on_boxes(Sequent(premises, goal), budget)


@pytest.mark.parametrize(
    ("goal", "premises", "budget"),
    [
        ((x + 1, ">"), unit(x), 0),
        ((x + 1, "=="), unit(x), 9),
        ((x + 1, "!="), unit(x), 9),
        ((x + 1, ">"), ((x, ">="),), 9),
        ((x + 1, ">"), ((1 - x, ">="), (2 - x, ">=")), 9),
        ((x + y + 1, ">"), unit(x), 9),
        ((x + y + z + v + 1, ">"), unit(x, y, z, v), 9),
        ((-x - 1, ">"), unit(x), 99),
        ((x, ">"), unit(x), 99),
        ((x - sp.Rational(1, 2), ">"), unit(x), 99),
        ((WELL, ">"), unit(x, high=3), 2),
        ((WELL - sp.Rational(1, 5), ">"), unit(x, high=3), 400),
        ((1 / x, ">"), unit(x), 99),
        ((1 / (x - sp.Rational(1, 2)) ** 2, ">"), unit(x), 99),
    ],
)
def test_boxes_do_not_prove(goal, premises, budget):
    assert not boxes.positive_on_boxes(Sequent(premises, goal), budget)


def box(*sides):
    return tuple((fmpq(*a), fmpq(*b)) for a, b in sides)


def test_the_lower_bound_on_a_box_uses_slopes_and_claims_nothing_without_them():
    at_the_bottom = box(((9, 10), (11, 10)))
    assert boxes._lower(WELL, [2 * x - 2], [x], at_the_bottom)
    assert not boxes._lower(WELL, [], [x], at_the_bottom)
    assert not boxes._lower(WELL - sp.Rational(1, 10), [2 * x - 2], [x], at_the_bottom)
    assert not boxes._lower(-WELL - 1, [], [x], at_the_bottom)
    assert not boxes._lower(x - y, [sp.Integer(1), sp.Integer(-1)], [x, y], box(((1,), (2,)), ((0,), (3,))))
    assert not boxes._lower(sp.sqrt(x), [1 / (2 * sp.sqrt(x))], [x], box(((-1,), (4,))))
    assert not boxes._lower(1 + x**2 * sp.sqrt(x + 1), [1 / x], [x], box(((-1,), (1,))))


def test_the_mean_value_form_is_never_above_the_least_value():
    rng, proved = random.Random(5), 0
    for _ in range(300):
        expr = sum(rng.randint(-4, 4) * x**i * y**j for i in range(3) for j in range(3)) + rng.randint(0, 6)
        sides = []
        for _ in range(2):
            a = fmpq(rng.randint(-8, 8), 4)
            sides.append((a, a + fmpq(rng.randint(1, 6), rng.choice([2, 8, 16]))))
        if boxes._lower(expr, [sp.diff(expr, x), sp.diff(expr, y)], [x, y], tuple(sides)):
            proved += 1
            for i, j in itertools.product(range(5), repeat=2):
                at = {s: a + (b - a) * fmpq(k, 4) for s, k, (a, b) in zip((x, y), (i, j), sides, strict=True)}
                assert not balls.value(expr, at) <= 0
    assert proved > 50


def test_a_box_is_halved_along_its_widest_side():
    assert boxes._halves(box(((0,), (1,)), ((-1,), (1,)), ((5,), (6,)))) == [
        box(((0,), (1,)), ((-1,), (0,)), ((5,), (6,))),
        box(((0,), (1,)), ((0,), (1,)), ((5,), (6,))),
    ]
    assert boxes._halves(box(((10,), (13,)), ((0,), (1,)))) == [box(((10,), (23, 2)), ((0,), (1,))), box(((23, 2), (13,)), ((0,), (1,)))]


# -- signs by coefficients

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


# -- roots


def dense(*coefficients):
    return fmpq_poly([fmpq(c) for c in coefficients])


def rational(number):
    return sp.Rational(int(number.p), int(number.q))


def test_roots_are_counted_as_sympy_counts_them():
    rng, counted = random.Random(8), 0
    for _ in range(150):
        factors = [dense(rng.randint(-3, 3), 1) for _ in range(rng.randint(0, 3))] + [dense(*(rng.randint(-3, 3) for _ in range(3)), 1)]
        poly = dense(rng.choice([-2, 1]))
        for factor in factors:
            poly = poly * factor
        low, high = sorted(rng.sample(range(-4, 5), 2))
        distinct = set(sp.Poly([rational(c) for c in reversed(poly.coeffs())], x).real_roots())
        for a, b in ((low, high), (None, high), (low, None), (None, None)):
            between = [r for r in distinct if (a is None or r > a) and (b is None or r < b)]
            assert roots.count_roots(poly, None if a is None else fmpq(a), None if b is None else fmpq(b)) == len(between)
            counted += len(between)
        inside = [r for r in distinct if low < r <= high]
        found = critical.isolate(poly, fmpq(low), fmpq(high), fmpq(1, 8))
        assert found == sorted(found)
        assert all(0 < b - a <= fmpq(1, 8) for a, b in found)
        assert [sum(bool(rational(a) < r <= rational(b)) for r in inside) for a, b in found] == [1] * len(inside)
        at = roots.point_between(poly, fmpq(low), fmpq(high))
        assert low < at < high
        assert poly(at) != 0
    assert counted > 200
    assert roots.count_roots(dense(3), None, None) == 0
    assert (roots.point_between(dense(-3, 1), fmpq(2), None), roots.point_between(dense(1, 1), None, fmpq(0))) == (fmpq(4), fmpq(-2))
    assert roots.point_between(dense(-1, 1), None, None) == fmpq(2)


@pytest.mark.parametrize(
    ("expr", "rel", "premises", "expected"),
    [
        (x**2 - 2 * x + 1, ">=", (), True),
        (x**2 - 2 * x + 1, ">", (), False),
        (x**2 - 2 * x + 1, "!=", (), False),
        (x**2 - 2 * x + 2, ">", (), True),
        (x**2 - 2 * x + 2, "!=", (), True),
        (-(x**2) - 1, ">=", (), False),
        (-(x**2) - 1, "!=", (), True),
        (x**3 - x, ">=", ((x - 1, ">="),), True),
        (x**3 - x, ">", ((x - 1, ">="),), False),
        (x**3 - x, ">", ((x - 1, ">"),), True),
        (x**3 - x, "!=", ((x - 1, ">="),), False),
        (x**3 - x, ">=", ((x, ">="),), False),
        (x - x**3, ">", unit(x), False),
        (x - x**3, ">=", unit(x), True),
        (x - x**3, ">", ((x, ">"), (1 - x, ">")), True),
        (x - x**3, ">", ((x, ">"), (1 - x, ">=")), False),
        (x - x**3, ">=", ((-x - 1, ">="),), True),
        ((x - 2) / (x + 1), ">", ((x - 2, ">"),), True),
        ((x - 2) / (x + 1), ">=", (), False),
        ((x - 1) ** 2 / (x**2 + 1), ">", ((x - 1, ">"),), True),
        (1 / (x - 1) ** 2, ">", (), True),
        (x + y, ">=", (), False),
        (sp.Integer(3), ">", (), False),
    ],
)
def test_the_sign_of_a_rational_function_of_one_variable(expr, rel, premises, expected):
    field = Field(premises)
    assert roots.positive_on(field, field.rat(expr), rel) is expected


def test_too_high_a_degree_is_left_alone():
    field = Field()
    poly = (GENS[field._slot(x, lambda: Gen("var", x))]) ** (roots.MAX_DEGREE + 2) + 1
    assert not roots.positive_on(field, type(field.rat(x))(poly, field.rat(sp.Integer(1)).num), ">")


# -- cases

RELATIONS = [x > 0, x >= 1, x < 2, x <= 0, sp.Eq(x, y), sp.Ne(x, y), y > x, y <= 1]
POINTS = [dict(zip((x, y), map(sp.Rational, at), strict=True)) for at in itertools.product(("-1", "0", "1/2", "1", "2", "3"), repeat=2)]


def holds_at(atom, point):
    value = atom[0].subs(point)
    return bool({">=": value >= 0, ">": value > 0, "==": value == 0, "!=": value != 0}[atom[1]])


@pytest.mark.parametrize("relation", RELATIONS, ids=str)
def test_an_atom_holds_where_its_relation_does_and_its_negation_elsewhere(relation):
    atom = logic.relation_atom(relation)
    for point in POINTS:
        assert holds_at(atom, point) is bool(relation.subs(point))
        assert holds_at(logic.negated(atom), point) is not bool(relation.subs(point))


def condition_of(rng, depth):
    if depth == 0:
        return rng.choice(RELATIONS)
    parts = [condition_of(rng, depth - 1) for _ in range(2)]
    make = rng.choice([sp.And, sp.Or, sp.Not])
    return sp.Not(parts[0], evaluate=False) if make is sp.Not else joined(make, *parts)


def test_cases_are_the_condition():
    rng = random.Random(2)
    for _ in range(60):
        condition = condition_of(rng, 2)
        for positive in (True, False):
            cases = logic.clauses(condition, positive)
            for point in POINTS[::3]:
                assert any(all(holds_at(a, point) for a in case) for case in cases) is (bool(condition.subs(point)) is positive)
    for truth in (sp.true, True):
        assert (logic.clauses(truth), logic.clauses(truth, False)) == ([[]], [])
    for falsehood in (sp.false, False):
        assert (logic.clauses(falsehood), logic.clauses(falsehood, False)) == ([], [[]])
    with pytest.raises(TypeError):
        logic.clauses(x + 1)
    with pytest.raises(TypeError):
        logic.relation_atom(sp.And(x > 0, y > 0))


def test_too_many_cases_are_refused():
    distinct = [sp.Or(sp.Symbol(f"s{k}", real=True) > k, sp.Symbol(f"s{k}", real=True) < -k) for k in range(1, 10)]
    assert len(logic.clauses(joined(sp.And, *distinct[:8]))) == 256
    with pytest.raises(TooComplex):
        logic.clauses(joined(sp.And, *distinct))
    assert len(logic.premise_cases(distinct[:5], (), ())) == 32
    with pytest.raises(TooComplex):
        logic.premise_cases(distinct[:6], (), ())
    with pytest.raises(TooComplex):
        logic.premise_cases(distinct[:5], [Known(condition=sp.Or(y > 1, y < 0))], ())
    unequal = [sp.Ne(sp.Symbol(f"s{i}", real=True), 0) for i in range(6)]
    assert len(logic.premise_cases(unequal[:5], (), ())) == 32
    with pytest.raises(TooComplex):
        logic.premise_cases(unequal, (), ())
    with pytest.raises(TooComplex):
        logic.premise_cases([*unequal[:5], distinct[0]], (), ())


@pytest.mark.parametrize(
    ("expr", "needs"),
    [
        (1 / x, [([[(x, "!=")]], 1 / x)]),
        (x**2, []),
        (x**-2, [([[(x, "!=")]], x**-2)]),
        (sp.sqrt(x), [([[(x, ">=")]], sp.sqrt(x))]),
        (x ** sp.Rational(-1, 3), [([[(x, ">")]], x ** sp.Rational(-1, 3))]),
        (x**y, [([[(x, ">")], [(x, ">="), (y, ">")]], x**y)]),
        (sp.log(x), [([[(x, ">")]], sp.log(x))]),
        (sp.tan(x), [([[(sp.cos(x), "!=")]], sp.tan(x))]),
        (sp.exp(1 / x), [([[(x, "!=")]], 1 / x)]),
        (sp.sqrt(2) + 2**x + sp.Integer(2) ** sp.Rational(-1, 2) + sp.log(3), []),
        (sp.Integer(1) / 3 + sp.exp(x), []),
        (sp.log(sp.Integer(-2), evaluate=False), [([[(sp.Integer(-2), ">")]], sp.log(sp.Integer(-2), evaluate=False))]),
        (sp.log(sp.sqrt(x)), [([[(x, ">=")]], sp.sqrt(x)), ([[(sp.sqrt(x), ">")]], sp.log(sp.sqrt(x)))]),
    ],
    ids=str,
)
def test_what_an_expression_needs_to_be_defined(expr, needs):
    assert logic.definedness(expr) == needs


@pytest.mark.parametrize("number", [-1, 0, 1])
def test_atoms_of_numbers_are_evident_where_they_hold(number):
    for rel, held in ((">=", number >= 0), (">", number > 0), ("==", number == 0), ("!=", number != 0)):
        assert logic._evident((sp.Integer(number), rel)) is held
    assert not logic._evident((x, ">="))
    for rel, held in ((">=", True), (">", True), ("==", False), ("!=", True)):
        assert logic._evident((sp.sqrt(2) * 1, rel)) is held
        assert logic._evident((sp.pi, rel)) is held


def test_premises_are_the_union_of_their_cases_where_they_are_defined():
    def cases(*where, known=(), extra=()):
        return {frozenset(case) for case in logic.premise_cases(where, known, extra)}

    assert cases(sp.Or(x > 0, x < -1), extra=((y, ">="),)) == {frozenset({(y, ">="), (x, ">")}), frozenset({(y, ">="), (-x - 1, ">")})}
    assert cases(1 / x > y) == {frozenset({(1 / x - y, ">"), (x, ">")}), frozenset({(1 / x - y, ">"), (-x, ">")})}
    assert cases(1 / x > y, x > 0) == {frozenset({(1 / x - y, ">"), (x, ">")})}
    assert cases(1 / x > y, x < 0) == {frozenset({(1 / x - y, ">"), (-x, ">")})}
    assert cases(sp.sqrt(x) >= y) == {frozenset({(sp.sqrt(x) - y, ">="), (x, ">=")})}
    assert cases(sp.Ne(x, y), sp.Ne(x, y)) == {frozenset({(x - y, ">")}), frozenset({(-x + y, ">")})}
    assert cases(x > 0, x <= 0) == set()
    # what each alternative needs is needed whichever of them decides
    assert cases(joined(sp.Or, x > 0, sp.Gt(sp.log(y), 5))) == {
        frozenset({(y, ">"), (x, ">")}),
        frozenset({(y, ">"), (sp.log(y) - 5, ">")}),
    }


def admits(cases, point):
    return any(all(witness.atom_at(atom, point) for atom in case) for case in cases)


@pytest.mark.parametrize(
    "known",
    [
        Known(condition=x >= 1),
        Known(where=(y > 0,), condition=x >= 1),
        Known(where=(y > 0, x < 3), condition=sp.Or(x > 1, y > 2)),
        Known(where=(sp.log(y) >= 0,), condition=x > 0),
        Known(where=(sp.Or(y > 1, x > 2),), condition=sp.Ne(x, 2)),
        Known(where=(sp.Ge(1 / y, 0), sp.sqrt(x) >= 1), condition=sp.log(x) > 0),
        Known(where=(sp.Gt(sp.sqrt(1 / y), 1),), condition=x > 5),
    ],
    ids=str,
)
def test_what_is_known_takes_away_exactly_the_points_at_which_it_is_false_under_its_own_premises(known):
    """Where a premise of it is false or not defined, nothing is known."""
    cases = logic.premise_cases((), (known,), ())
    for point in POINTS:
        applies = all(witness.condition_at(premise, point) is True for premise in known.where)
        assert admits(cases, point) is (not applies or witness.condition_at(known.condition, point) is True), point


def test_canonical_variables_carry_the_signs_of_their_symbols():
    names = {
        "a": {"positive": True},
        "b": {"nonnegative": True},
        "c": {"negative": True},
        "d": {"nonpositive": True},
        "e": {"real": True, "nonzero": True},
        "f": {"real": True},
        "n": {"integer": True, "positive": True},
        "k": {"integer": True},
    }
    symbols = [sp.Symbol(name, **assumptions) for name, assumptions in names.items()]
    found = logic.canonical(symbols)
    new = [found.names[s] for s in symbols]
    assert [str(s) for s in new] == [f"v{i}" for i in range(8)]
    assert all(s.is_real and s.is_positive is None and s.is_integer is None and s.is_zero is None for s in new)  # no rule loses it unseen
    assert found.premises == ((new[0], ">"), (new[1], ">="), (-new[2], ">"), (-new[3], ">="), (new[4], "!="), (new[6] - 1, ">="))
    assert found.integers == {new[6], new[7]}
    assert found.back(found.to(symbols[0] + symbols[5])) == symbols[0] + symbols[5]


@pytest.mark.parametrize(
    ("premises", "positive"),
    [
        (((x - p, ">"), (p, ">")), [x]),
        (((x - p, ">="), (p, ">")), [x]),
        (((p - x, ">="), (p, ">")), []),
        (((x - p, "=="), (p, ">")), []),
        (((x - p, ">"), (y - x - p, ">="), (p, ">")), [x, y]),
        (((y - x - p, ">="), (p, ">")), []),
        (((x - y, ">"),), []),
        (((x - y, ">"), (y - 1, ">=")), [x]),
        (((x - p, ">"), (p, ">=")), [x]),
        (((x - p, ">="), (p, ">=")), []),
    ],
    ids=str,
)
def test_variables_that_the_premises_make_positive(premises, positive):
    assert [s for s, _ in tactics.positive_variables(premises)] == positive


# -- samples


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (fmpq(1), {">": True, ">=": True, "==": False, "!=": True}),
        (fmpq(-1), {">": False, ">=": False, "==": False, "!=": True}),
        (fmpq(0), {">": False, ">=": True, "==": True, "!=": False}),
    ],
)
def test_an_atom_at_a_rational_point(value, expected):
    assert {rel: sampling.status((x, rel), {x: value}) for rel in expected} == expected
    assert sampling.status((sp.log(x) if value <= 0 else sp.log(-x), ">"), {x: value}) is None
    assert sampling.status((sp.sin(sp.pi * x) if value else sp.exp(x) - 1 - NOTHING - x, ">="), {x: value}) is None


@pytest.mark.parametrize(
    "premises",
    [
        (),
        ((x, ">"),),
        ((x - 3, ">="), (5 - x, ">")),
        ((-x - 7, ">"),),
        ((x - y, ">"), (y, ">=")),
        ((x**2 - 2, ">"), (1 - y, ">=")),
        ((x - sp.Rational(1, 4), ">="), (sp.Rational(1, 4) - x, ">=")),
        ((x - 1000, ">"),),
    ],
    ids=str,
)
def test_samples_satisfy_their_premises_and_are_many(premises):
    found = sampling.points(premises, (x, y), 30)
    assert len(found) == 30
    assert all(sampling.status(premise, at) for at in found for premise in premises)
    assert len({tuple(at.values()) for at in found}) > 10
    assert found == sampling.points(premises, (x, y), 30)


def test_samples_lie_on_the_ends_that_are_admitted_and_only_those():
    closed, opened = sampling.points(unit(x, low=2, high=3), (x,), 40), sampling.points(((x - 2, ">"), (3 - x, ">")), (x,), 40)
    assert {fmpq(2), fmpq(3), fmpq(5, 2)} <= {at[x] for at in closed}
    assert not {fmpq(2), fmpq(3)} & {at[x] for at in opened}
    assert all(2 <= at[x] <= 3 for at in (*closed, *opened))
    assert sampling.points((), (), 3) == [{}]
    assert sampling.points(((x, ">"), (-x, ">")), (x,), 3) == []


@pytest.mark.parametrize(
    ("goal", "premises", "violated"),
    [
        ((x, ">"), (), True),
        ((x, ">"), ((x, ">"),), False),
        ((x, ">"), ((x, ">="),), True),
        ((x**2, ">="), (), False),
        ((x - y, ">="), ((x, ">="),), True),
        ((sp.log(x), "=="), ((x, ">"),), True),
        ((x - 2, "!="), ((x - 2, ">="),), True),
        ((sp.Integer(-1), ">"), (), True),
    ],
)
def test_a_violation_satisfies_the_premises_and_breaks_the_goal(goal, premises, violated):
    sequent = Sequent(premises, goal)
    at = sampling.violation(sequent)
    assert sampling.violated(sequent) is (at is not None) is violated
    if at is not None:
        assert sampling.status(goal, at) is False
        assert all(sampling.status(premise, at) for premise in premises)


# -- exact points

ORIGIN, ONE = sp.Integer(0), sp.Integer(1)


@pytest.mark.parametrize(
    ("expr", "point", "sign"),
    [
        (x, {x: sp.Integer(3)}, 1),
        (x - y, {x: ONE, y: sp.sqrt(2)}, -1),
        (x**2 - 2, {x: sp.sqrt(2)}, 0),
        (x**2 - 2, {x: -sp.sqrt(2)}, 0),
        (NOTHING, {}, 0),
        (x + y, {x: ONE}, None),
        (sp.exp(x) - 1 - x, {x: sp.Rational(1, 10**30)}, 1),
        (1 - sp.exp(x), {x: sp.Rational(1, 10**200)}, -1),
        (x - y, {x: y, y: x}, None),
    ],
    ids=str,
)
def test_the_sign_at_an_exact_point(expr, point, sign):
    assert witness.sign_at(expr, point) == sign


@pytest.mark.parametrize(
    "asked",
    [
        "witness.sign_at(x**y - 2, {x: sp.Rational(4, 3), y: 10**40 + sp.Rational(1, 2)})",
        "refute._completed({y: sp.Rational(1, 10**40)}, {x: sp.Rational(1, 100)**(1/y)})",
    ],
)
def test_a_power_too_large_to_be_written_out_is_left_open(asked):
    """In a process of its own: SymPy would write out its 10^40 digits, and hear no alarm meanwhile."""
    code = (
        "import sympy as sp; from proofs.checker import witness; from proofs.search import refute; "
        f"x, y = sp.symbols('x y', positive=True); print({asked})"
    )
    found = limits.run([sys.executable, "-c", code], 60)
    assert found.stdout == "None\n"


@pytest.mark.parametrize("number", [-2, 0, 2])
def test_atoms_at_an_exact_point(number):
    at = {x: sp.Integer(number)}
    truth = {">=": number >= 0, ">": number > 0, "==": number == 0, "!=": number != 0}
    assert {rel: witness.atom_at((x, rel), at) for rel in truth} == truth
    assert {rel: witness._plain((x, rel), at) for rel in truth} == truth
    for text, rel in itertools.product(("1/x", "log(x)", "sqrt(x)"), truth):
        expr = sp.sympify(text, {"x": x})
        undefined = number == 0 if text == "1/x" else number <= 0 if text == "log(x)" else number < 0
        assert (witness.atom_at((expr, rel), at) is None) is undefined
        assert witness.is_defined(expr, at) is not undefined
    assert witness.atom_at((x + y, ">"), at) is None
    assert not witness.is_defined(1 / (x + y), at)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (sp.true, True),
        (sp.false, False),
        (x > 0, True),
        (x < 0, False),
        (1 / y > 0, None),
        (sp.Not(x > 1, evaluate=False), True),
        (sp.Not(x > 0, evaluate=False), False),
        (sp.Not(1 / y > 0, evaluate=False), None),
        (sp.And(x > 0, x > 1), False),
        (sp.And(x > 0, x < 2), True),
        (sp.And(x > 0, 1 / y > 0), None),
        (sp.And(x < 0, 1 / y > 0), None),
        (sp.Or(x > 0, 1 / y > 0), None),
        (sp.Or(x < 0, 1 / y > 0), None),
        (sp.Or(x < 0, x > 1), False),
        (sp.Or(x < 0, x > 1, x > 0, evaluate=False), True),
    ],
    ids=str,
)
def test_a_condition_at_an_exact_point(condition, expected):
    assert witness.condition_at(condition, {x: ONE, y: ORIGIN}) is expected


@pytest.mark.parametrize(
    ("assumptions", "admitted"),
    [
        ({"real": True}, "-3 -1/2 0 1/2 3"),
        ({"positive": True}, "1/2 3"),
        ({"nonnegative": True}, "0 1/2 3"),
        ({"negative": True}, "-3 -1/2"),
        ({"nonpositive": True}, "-3 -1/2 0"),
        ({"real": True, "nonzero": True}, "-3 -1/2 1/2 3"),
        ({"integer": True}, "-3 0 3"),
        ({"integer": True, "positive": True}, "3"),
    ],
)
def test_a_point_is_admitted_where_its_symbols_and_premises_allow_it(assumptions, admitted):
    s = sp.Symbol("s", **assumptions)
    values = [sp.Rational(text) for text in ["-3", "-1/2", "0", "1/2", "3"]]
    assert [str(value) for value in values if witness.admitted((), {s: value})] == admitted.split()


def test_a_point_is_admitted_where_every_premise_surely_holds():
    assert not witness.admitted([x > 5], {x: sp.Integer(5)})
    assert witness.admitted([x >= 5], {x: sp.Integer(5)})
    assert not witness.admitted([1 / x > 0], {x: ORIGIN})
    assert not witness.admitted([x >= 5, x >= 6], {x: sp.Integer(5)})


def test_parts_of_boxes_that_are_not_defined_prove_nothing():
    around = box(((9, 10), (11, 10)))
    assert not boxes._lower(WELL, [1 / (x - 1)], [x], around)  # the slope is not defined at 1
    assert not boxes._lower(WELL, [sp.log(x - 1)], [x], around)


def test_points_between_close_ends_and_roots_of_powers():
    for poly in (dense(5), dense(-1, 20), dense(1, -30, 200)):
        assert 0 < roots.point_between(poly, fmpq(0), fmpq(1, 10)) < fmpq(1, 10)
    double = dense(-1, 1) * dense(-1, 1) * dense(-3, 1)
    assert [roots.count_roots(double, fmpq(a), fmpq(b)) for a, b in ((1, 4), (0, 4), (0, 1), (1, 3), (-1, 0))] == [1, 2, 0, 0, 0]
    assert roots.count_roots(double, fmpq(1), None) == 1
    assert roots.count_roots(double, None, fmpq(1)) == 0


# -- solvers


def test_a_solver_that_hears_no_limit_is_stopped_in_time(tmp_path):
    def computes_on():
        (tmp_path / "process").write_text(str(os.getpid()))
        while True:
            pass

    start = time.process_time()
    assert solver.limited(computes_on, 1.0) is None
    assert time.process_time() - start < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)
    assert solver.limited(lambda: ("unsat", 3), 20.0) == ("unsat", 3)
    assert solver.limited(lambda: str(1 / 0), 20.0) is None
    assert solver.limited(lambda: os._exit(0), 20.0) is None
