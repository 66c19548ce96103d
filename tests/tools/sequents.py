"""Random sequents that are false at a known exact point, and arguments for every rule of the checker.

Expressions are built by `proofs.kernel.terms`, so that they are as raw as those the checker meets; what holds at a point is
said by the oracle alone. For each rule `GENERATORS` has a function that gives sequents on which the rule may apply.
"""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from proofs.checker import analytic, normal, rules
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Unsupported
from proofs.kernel.terms import add, apply, difference, mul, power, replaced
from tests.tools import trees
from tests.tools.oracle import Point
from tests.tools.sequent_maker import SMALL, Maker
from tests.tools.trees import Atom, NotReal
from tests.tools.trials import Trial, counterexample

W = sp.Symbol("w0", real=True)
LEAVES = ("signs", "solver", "roots", "boxes", "squares")  # these rules close a sequent, up to what must be defined


# -- generators -----------------------------------------------------------------------

INEQUALITY = (">=", ">")
Generator = Callable[[Maker], Trial | None]


def _trial(maker: Maker, sequent: Sequent | None, rule: str, *args: sp.Expr, **more: object) -> Trial | None:
    return None if sequent is None else Trial(sequent, rule, list(args), dict(maker.at), **more)  # type: ignore[arg-type]


def _plain(rule: str, rels: Sequence[str] = (">=", ">", "==", "!=")) -> Generator:
    return lambda m: _trial(m, m.sequent(rels=rels), rule)


def _signs(m: Maker) -> Trial | None:
    goal = m.expression()
    if m.chance(0.5):
        goal = mul(m.expression(), m.expression())
    if m.chance(0.3):
        goal = add(goal, m.expression())
    if m.chance(0.3):
        goal = mul(_surely_positive(m), power(m.zeroed(m.expression()), sp.Integer(2)))
    return _trial(m, m.sequent(goal), "signs")


def _surely_positive(m: Maker) -> sp.Expr:
    """An expression that is positive wherever it is defined."""
    a = m.expression()
    return m.rng.choice(
        [sp.Integer(1), apply(sp.exp, a), add(sp.Integer(1), power(a, sp.Integer(2))), add(sp.Rational(1, 2), apply(sp.Abs, a))]
    )


def _with_expression(rule: str) -> Generator:
    return lambda m: _trial(m, m.sequent(), rule, m.expression())


def _clear(m: Maker) -> Trial | None:
    bases = [m.rng.choice([m.expression(), m.zeroed(m.polynomial()), _surely_positive(m)]) for _ in range(m.rng.randint(1, 3))]
    factors = [power(base, sp.Integer(m.rng.choice((1, 1, 2, 2, -1, -2, 3)))) for base in bases]
    more = [m.premise(f) for f in factors if m.chance(0.4)]
    return _trial(m, m.sequent(mul(*factors), INEQUALITY, [p for p in more if p]), "clear")


def _factors(m: Maker) -> Trial | None:
    made = _clear(m)
    if made is None:
        return None
    try:
        f, rat = normal.goal_form(made.sequent)
        count = len(f.factors(rat)[1])
    except (NeedSign, Unsupported):
        count = m.rng.randint(1, 3)
    return _trial(m, made.sequent, "factors", *(sp.Integer(m.rng.choice((1, -1))) for _ in range(count)))


def _absurd(m: Maker) -> Trial | None:
    sequent = m.sequent(more=[m.premise(m.expression())])
    return None if sequent is None else _trial(m, sequent, "absurd", sp.Integer(m.rng.randrange(len(sequent.premises))))


def _fresh_image(old: sp.Symbol, base: sp.Expr, slope: sp.Rational) -> ast.expr:
    """w with old = base + slope·w."""
    return trees.tree(mul(1 / slope, difference(old, base)))


def _substitute(m: Maker) -> Trial | None:
    old = m.variable()
    base, slope = m.rng.choice([m.expression(old), m.number(), m.polynomial(old)]), sp.Integer(m.rng.choice((1, -1)))
    if base.is_polynomial() and m.chance(0.3):
        slope = sp.Rational(m.rng.choice((2, 3, -4)), m.rng.choice((1, 2, 5)))
    more = [m.premise(old)] if m.chance(0.6) else []
    sequent = m.sequent(mul(m.expression(), old) if m.chance(0.5) else None, more=[p for p in more if p])
    try:
        images = [
            _fresh_image(old, base, slope),
            _fresh_image(old, base, sp.Integer(1)),
            ast.Call(ast.Name("log"), [ast.Name(old.name)], []),
        ]
        images += [_fresh_image(old, sp.Integer(0), k) for k in (sp.Integer(2), base) if k.is_Rational and k != 0]
        images += [_fresh_image(old, v, sp.Integer(1)) for v in (sp.Integer(0), *m.variables) if v != old]
    except NotReal:
        return None
    new = add(base, mul(slope, W))
    if m.chance(0.4):
        others = [
            apply(sp.exp, W),
            mul(sp.Integer(2), W),
            power(W, sp.Integer(2)),
            add(base, apply(sp.exp, W)),
            mul(base, W),
            add(W, m.variable()),
        ]
        new = m.rng.choice(others)
    return _trial(m, sequent, "substitute", old, new, images=tuple((W.name, _with_values(i, m.at)) for i in images))


class _Values(ast.NodeTransformer):
    def __init__(self, at: Point) -> None:
        self.at = at

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self.at.get(node.id)
        return ast.Constant(value) if isinstance(value, Fraction) else node  # type: ignore[arg-type]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return ast.Call(node.func, [self.visit(a) for a in node.args], [])


def _with_values(node: ast.expr, at: Point) -> ast.expr:
    return _Values(at).visit(node)  # type: ignore[no-any-return]


def _eliminate(m: Maker) -> Trial | None:
    x = m.variable()
    place = m.rational(x)
    assert place is not None
    slope, other = m.expression(x), m.zeroed(m.expression(x))
    equation = m.rng.choice(
        [
            mul(slope, add(x, -place)),
            add(mul(slope, add(x, -place)), other),
            add(x, -place, other),
            difference(add(x, -place), other),
            m.zeroed(add(mul(slope, x), other)),
            m.zeroed(mul(x, m.partial(x))),
        ]
    )
    if m.sign(equation) != 0:
        return None
    sequent = m.sequent(mul(m.expression(), m.expression()) if m.chance(0.5) else None, more=[(equation, "==")])
    if sequent is None:
        return None
    return _trial(m, sequent, "eliminate", sp.Integer(sequent.premises.index((equation, "=="))), x, sp.Integer(m.rng.choice((1, -1))))


def _generator(m: Maker, sequent: Sequent | None) -> sp.Expr:
    """A generator of the goal's normal form, or any expression."""
    if sequent is not None and m.chance(0.9):
        try:
            f, rat = normal.goal_form(sequent)
        except (NeedSign, Unsupported):
            return m.variable()
        used = [g.expr for g, d in zip(f.gens, rat.num.degrees(), strict=False) if d > 0]
        if used:
            return m.rng.choice(used)
    return m.partial()


def _cut(m: Maker) -> Trial | None:
    return _trial(m, m.sequent(), "cut", m.expression(), *([sp.Integer(m.rng.choice((0, 1, 2)))] if m.chance(0.7) else []))


def _equation(m: Maker) -> Trial | None:
    equation = m.zeroed(m.rng.choice([m.expression(), mul(m.polynomial(), m.expression()), m.partial()]))
    if m.sign(equation) != 0:
        return None
    factor = m.rng.choice([m.expression(), m.number(), power(m.polynomial(), sp.Integer(-1)), m.partial()])
    goal = m.rng.choice([m.expression(), add(mul(factor, equation), m.expression()), add(m.zeroed(m.expression()), equation)])
    sequent = m.sequent(goal, more=[(equation, "==")])
    if sequent is None:
        return None
    index = sequent.premises.index((equation, "==")) if m.chance(0.9) else m.rng.randrange(len(sequent.premises))
    return _trial(m, sequent, "equation", sp.Integer(index), factor)


def _generalise(m: Maker) -> Trial | None:
    part = m.rng.choice([m.partial(), m.expression(), apply(sp.sin, m.expression()), m.variable(), sp.Integer(2), m.number()])
    goal = m.rng.choice([add(mul(m.expression(), part), m.expression()), mul(part, m.expression()), power(part, m.expression()), part])
    more = [m.premise(e) for e in (part, add(part, m.number()), mul(part, m.expression()), m.polynomial()) if m.chance(0.5)]
    try:
        image = _with_values(trees.tree(part), m.at)
    except NotReal:
        return None
    sequent = m.sequent(goal, more=[p for p in more if p])
    return _trial(m, sequent, "generalise", part, W if m.chance(0.9) else m.variable(), images=((W.name, image),))


def _square(m: Maker) -> Trial | None:
    radicand = m.polynomial()
    root = power(radicand, sp.Rational(1, m.rng.choice((2, 2, 2, 3, 4))))
    if m.chance(0.2):
        root = power(m.zeroed(radicand), sp.Rational(1, 2))
    constant = m.zeroed(m.polynomial()) if m.chance(0.3) else m.polynomial()
    goal = add(mul(m.rng.choice([m.polynomial(), m.number()]), power(root, sp.Integer(m.rng.choice((1, 1, 2, 3))))), constant)
    if m.chance(0.2):
        goal = add(mul(m.polynomial(), m.variable()), m.polynomial())
    sequent = m.sequent(goal, INEQUALITY, [p for p in [m.premise(radicand)] if p and m.chance(0.7)])
    return _trial(m, sequent, "square", _generator(m, sequent), sp.Integer(m.rng.choice((0, 1, 2))))


def _quadratic(m: Maker) -> Trial | None:
    g = m.rng.choice([m.variable(), m.variable(), m.partial()])
    a, b, c = (m.rng.choice([m.polynomial(), m.number(), m.number()]) for _ in range(3))
    goal = add(mul(a, power(g, sp.Integer(2))), mul(b, g), c)
    sequent = m.sequent(goal, INEQUALITY)
    return _trial(m, sequent, "quadratic", _generator(m, sequent))


def _positive(m: Maker) -> sp.Expr:
    return m.rng.choice(
        [apply(sp.exp, m.polynomial()), m.variable(), sp.Integer(m.rng.randint(1, 4)), mul(m.variable(), apply(sp.exp, m.variable()))]
    )


def _logarithm(m: Maker) -> Trial | None:
    goal = difference(_positive(m), add(*(_positive(m) for _ in range(m.rng.randint(1, 2)))))
    more = [m.premise(v) for v in m.variables if m.chance(0.8)]
    return _trial(m, m.sequent(goal, INEQUALITY, [p for p in more if p]), "logarithm")


def _exponentiate(m: Maker) -> Trial | None:
    goal = add(*(m.rng.choice([apply(sp.log, m.polynomial()), m.polynomial(), m.partial()]) for _ in range(m.rng.randint(1, 2))))
    return _trial(m, m.sequent(goal, (*INEQUALITY, "==", "!=")), "exponentiate")


def _along(m: Maker, sequent: Sequent, x: sp.Symbol, up: int) -> sp.Expr:
    _, lows, highs = analytic.along(sequent.premises, x)
    ends = lows if up == 1 else highs
    return m.rng.choice(ends)[0] if ends and m.chance(0.9) else m.rng.choice([m.number(), m.polynomial(x)])


def _edge(m: Maker, x: sp.Symbol, up: int) -> Atom | None:
    """A bound of x below (above for −1), by a number or by an expression of the others."""
    place = m.rational(x)
    assert place is not None
    gap = m.rng.choice([sp.Integer(0), m.rng.choice(SMALL), sp.Integer(1), sp.Integer(2), abs(place)])
    rel = ">=" if gap == 0 else m.rng.choice([">", ">="])
    other = m.zeroed(m.expression(x)) if m.chance(0.5) else sp.Integer(0)
    expr = mul(sp.Integer(up), difference(x, add(place - up * gap, other)))
    s = m.sign(expr)
    return (expr, rel) if s is not None and (s > 0 or (s == 0 and rel == ">=")) else None


def _smooth(m: Maker, x: sp.Symbol) -> sp.Expr:
    """A function of x without corners."""
    k, half = m.number(), sp.Rational(1, 2)
    inner = m.rng.choice([x, x, add(x, -k), add(k, -x), x**2, mul(x, m.variable()), x**2 - x])
    f = m.rng.choice(
        [
            inner,
            power(inner, half),
            apply(sp.log, inner),
            apply(sp.exp, inner),
            power(inner, sp.Integer(-1)),
            power(inner, sp.Rational(3, 2)),
            mul(inner, power(inner, sp.Integer(-1))),
            apply(sp.tanh, inner),
            mul(x, apply(sp.exp, inner)),
            mul(x, apply(sp.log, inner)),
            power(power(inner, half), sp.Integer(2)),
            power(inner, sp.Integer(3)),
            power(inner, sp.Rational(-1, 2)),
            power(inner, m.variable()),
        ]
    )
    return add(f, m.expression()) if m.chance(0.3) else mul(f, m.polynomial()) if m.chance(0.3) else f


def _monotone(m: Maker) -> Trial | None:
    x, up = m.variable(), m.rng.choice((1, -1))
    more = [_edge(m, x, up)]
    if m.chance(0.4):
        more.append(_edge(m, x, -up))
    goal = _smooth(m, x)
    if m.chance(0.3):  # zero at the point, which may be the end
        k = m.number()
        inner = m.rng.choice([x, add(x, -k), mul(sp.Integer(2), x)])
        if m.chance(0.5):
            more = [(mul(sp.Integer(up), m.zeroed(x)), ">=")]
        goal = mul(
            sp.Integer(up),
            m.rng.choice(
                [
                    inner,
                    power(m.polynomial(x), sp.Integer(2)),
                    power(inner, sp.Integer(3)),
                    apply(sp.exp, inner),
                    power(inner, sp.Rational(1, 2)),
                    apply(sp.log, inner),
                ]
            ),
        )
        goal = m.zeroed(goal)
    elif m.chance(0.2):  # lower between the end and the point, where a premise admits nothing
        gap, place = m.rng.choice((sp.Integer(4), sp.Integer(1))), m.rational(x)
        assert place is not None
        more = [(add(mul(sp.Integer(up), add(x, -place)), gap), m.rng.choice(INEQUALITY)), (mul(sp.Integer(up), add(x, -place)), ">=")]
        goal = add(power(add(x, -place + up * gap / 4), sp.Integer(2)), -(gap**2) / 4)
    sequent = m.sequent(goal, INEQUALITY, [p for p in more if p])
    if sequent is None:
        return None
    return _trial(m, sequent, "monotone", x, _along(m, sequent, x, up), sp.Integer(up), sp.Integer(m.rng.choice((0, 1))), way=x)


def _far(m: Maker) -> Trial | None:
    x, up = m.variable(), m.rng.choice((1, -1))
    end: sp.Expr = -up * sp.oo
    more: list[Atom] = []
    if m.chance(0.5):
        edge = _edge(m, x, up)
        if edge is None or edge[1] != ">":
            return None
        more.append(edge)
        end = analytic.along((edge,), x)[1 if up == 1 else 2][0][0]
    if m.chance(0.3) and (other := _edge(m, x, -up)) is not None:
        more.append(other)
    return _trial(m, m.sequent(_smooth(m, x), INEQUALITY, more), "far", x, end, sp.Integer(up), way=x)


def _concave(m: Maker) -> Trial | None:
    x = m.variable()
    low, high = _edge(m, x, 1), _edge(m, x, -1)
    if low is None or high is None:
        return None
    goal = _smooth(m, x)
    if m.chance(0.4):
        (_, lows, highs), k = analytic.along((low, high), x), m.number()
        both = mul(difference(x, lows[0][0]), difference(x, highs[0][0]))
        goal = m.rng.choice([both, mul(both, _surely_positive(m)), difference(m.number(), power(add(x, -k), sp.Integer(-2))), mul(k, both)])
    sequent = m.sequent(goal, (">=",), [low, high])
    return None if sequent is None else _trial(m, sequent, "concave", x, _along(m, sequent, x, 1), _along(m, sequent, x, -1), way=x)


def _unequal(m: Maker) -> Trial | None:
    return _trial(m, m.sequent(rels=("!=",)), "unequal", sp.Integer(m.rng.choice((1, -1))))


def _squares(m: Maker) -> Trial | None:
    pairs = [(m.rng.choice([m.expression(), sp.Integer(1), m.polynomial()]), m.expression()) for _ in range(m.rng.randint(1, 2))]
    scale = m.rng.choice([sp.Integer(1), sp.Integer(1), m.expression(), sp.Integer(2)])
    total = add(*(mul(w, power(q, sp.Integer(2))) for w, q in pairs))
    goal = mul(total, power(scale, sp.Integer(-1)))
    if m.chance(0.5):  # here the normal form, which is defined at more places
        found = Field()
        try:
            goal = found.sympy(found.rat(goal))
        except (NeedSign, Unsupported):
            return None
    s = m.sign(goal)
    if s is None or s > 0:
        return None
    atom = (goal, ">" if s == 0 else m.rng.choice(INEQUALITY))
    if m.chance(0.15):
        pairs = [(sp.Integer(1), m.expression())]
    more = [m.premise(e) for e in (*(w for w, _ in pairs), scale) if m.chance(0.5) and e.free_symbols]
    sequent = Sequent(tuple(dict.fromkeys([*(p for p in more if p), *m.premises(1)])), atom)
    return _trial(m, sequent, "squares", scale, *itertools.chain(*pairs))


def _one_variable(m: Maker) -> sp.Expr:
    x, k = m.variables[0], m.number()
    g = m.rng.choice([x, x, power(x, sp.Rational(1, 2)), apply(sp.exp, x), power(x, sp.Rational(1, 3)), apply(sp.log, x)])
    other = m.rng.choice([g, add(g, -k), power(g, sp.Integer(2)), power(add(g, -k), sp.Integer(2)), power(g, sp.Integer(3))])
    return mul(other, add(g, -m.number())) if m.chance(0.5) else add(other, mul(m.number(), g), m.number())


def _roots(m: Maker) -> Trial | None:
    m.variables = m.variables[:1]
    return _trial(m, m.sequent(_one_variable(m)), "roots")


def _boxes(m: Maker) -> Trial | None:
    m.variables = m.variables[: m.rng.choice((1, 1, 2))]
    more = [p for v in m.variables for up in (1, -1) if (p := _edge_number(m, v, up))]
    return _trial(
        m, m.sequent(None if m.chance(0.5) else m.partial(depth=2), INEQUALITY, more), "boxes", sp.Integer(m.rng.choice((1, 20, 100)))
    )


def _edge_number(m: Maker, x: sp.Symbol, up: int) -> Atom:
    place = m.rational(x)
    assert place is not None
    gap = m.rng.choice([sp.Integer(0), m.rng.choice(SMALL), sp.Integer(1)])
    return mul(sp.Integer(up), add(x, up * gap - place)), ">=" if gap == 0 else m.rng.choice(INEQUALITY)


def _scale(m: Maker) -> Trial | None:
    old = m.variable()
    base = m.rng.choice([m.expression(old), m.polynomial(old), sp.Integer(2)])
    sequent = m.sequent(mul(m.expression(), old) if m.chance(0.5) else None, more=[m.premise(old)] if m.chance(0.9) else [])
    try:
        image = _with_values(trees.tree(mul(old, power(base, sp.Integer(-1)))), m.at)
    except NotReal:
        return None
    return _trial(m, sequent, "scale", old, base, m.rng.choice([W, W, W, m.variable()]), images=((W.name, image),))


GENERATORS: dict[str, Generator] = {
    "signs": _signs,
    "split": _with_expression("split"),
    "split3": _with_expression("split3"),
    "cut": _cut,
    "equation": _equation,
    "generalise": _generalise,
    "clear": _clear,
    "factors": _factors,
    "absurd": _absurd,
    "substitute": _substitute,
    "eliminate": _eliminate,
    "square": _square,
    "quadratic": _quadratic,
    "logarithm": _logarithm,
    "exponentiate": _exponentiate,
    "monotone": _monotone,
    "unequal": _unequal,
    "contrary": _plain("contrary", ("!=",)),
    "antisymmetry": _plain("antisymmetry", ("==",)),
    "solver": _plain("solver"),
    "squares": _squares,
    "roots": _roots,
    "boxes": _boxes,
    "far": _far,
    "concave": _concave,
    "scale": _scale,
}


@dataclass
class Tally:
    """How many trials were made, to how many the rule applied, and what is wrong."""

    made: int = 0
    applied: int = 0
    wrong: tuple[str, ...] = ()


def attack(rule: str, seeds: Sequence[int], points: int = 160, known: bool = True) -> Tally:
    """Apply a rule to random sequents that are false at a known point (or of which it is not known, for `known` = False)."""
    tally = Tally()
    for seed in seeds:
        rng = random.Random(f"{rule}-{seed}")
        maker = Maker(rng, rng.choice((1, 2, 2, 3)))
        trial = GENERATORS[rule](maker)
        if trial is None:
            continue
        if not known:
            trial = _turned(trial, rng)
        tally.made += 1
        try:
            children = rules.apply(trial.sequent, trial.rule, trial.args)
        except normal.Broken:
            continue
        except (ValueError, ArithmeticError) as error:  # an argument that the replay does not expect ends it
            tally.wrong += (f"seed {seed}: {type(error).__name__}: {error} in {trial}",)
            continue
        tally.applied += 1
        if any(counterexample(c, trial, rng) is not None for c in children):
            continue
        if known or (rule in LEAVES and counterexample(trial.sequent, trial, rng, points) is not None):
            tally.wrong += (f"seed {seed}: {trial} though nothing is found against {children}",)
    return tally


def _turned(trial: Trial, rng: random.Random) -> Trial:
    """The trial with the goal's other sign, or with another relation: whether its sequent is true is not known."""
    expr, rel = trial.sequent.goal
    goal = rng.choice(
        [(mul(sp.Integer(-1), expr), rel), (mul(sp.Integer(-1), expr), ">="), (expr, ">="), (power(expr, sp.Integer(2)), ">=")]
    )
    return Trial(Sequent(trial.sequent.premises, goal), trial.rule, trial.args, trial.at, trial.images, trial.way)


__all__ = ["GENERATORS", "LEAVES", "Maker", "Tally", "Trial", "attack", "counterexample", "replaced"]
