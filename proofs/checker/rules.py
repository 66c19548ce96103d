"""The rules of proof: the trusted kernel of the exact engines.

A rule turns a sequent and plain-data arguments into the sequents that suffice for it, or raises
`Broken`. The search chooses rules; `holds` replays a finished proof with no search at all. Soundness
rests on this file, on `field`, `coefficients`, `boxes`, `leading` and, where a proof says so, a solver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from proofs.checker import analytic, boxes, roots, solver
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Atom, Sequent, minus
from proofs.checker.normal import Broken, close_by_signs, defined, goal_form, normal_form
from proofs.checker.quotients import GENS, ZERO, Unsupported, by_powers
from proofs.checker.sampling import violated
from proofs.kernel.reader import read
from proofs.kernel.terms import add, derivative, difference, mul, power, replaced
from proofs.kernel.terms import apply as applied
from theory.exact import InvalidInput

Proof = dict[str, Any]  # {"rule": name, "args": [text, …], "then": [Proof, …]}
MAX_DEPTH = 60
SCEPTIC_POINTS = 12
NEVER: Atom = (sp.Integer(-1), ">=")  # the goal of premises that contradict each other


def _signs(sequent: Sequent) -> list[Sequent]:
    """The goal by the signs of the parts of its normal form, as the premises give them."""
    if not close_by_signs(sequent):
        raise Broken("the signs do not give the goal")
    return []


def _split(sequent: Sequent, at: sp.Expr) -> list[Sequent]:
    """Two cases: at ≥ 0 and at ≤ 0. What is split must be defined wherever the premises hold."""
    return [*defined(sequent, at), *_under(sequent, (at, ">="), (minus(at), ">="))]


def _split3(sequent: Sequent, at: sp.Expr) -> list[Sequent]:
    """Three cases: at > 0, at < 0, at = 0."""
    return [*defined(sequent, at), *_under(sequent, (at, ">"), (minus(at), ">"), (at, "=="))]


def _under(sequent: Sequent, *atoms: Atom) -> list[Sequent]:
    """The sequent under each of the atoms as one premise more."""
    return [Sequent((*sequent.premises, atom), sequent.goal) for atom in atoms]


def _clear(sequent: Sequent) -> list[Sequent]:
    """Divide the goal by its factors of known sign; even powers go too (for >, only where nonzero)."""
    f, rat = goal_form(sequent)
    rel = sequent.goal[1]
    if rel not in (">=", ">") or rat.num.is_zero():
        raise Broken("nothing to clear")
    content, factors = f.factors(rat)
    total, rest = (1 if content > 0 else -1), []
    for poly, times in factors:
        s, odd = f.sign(poly), times % 2
        if rel == ">=" or times < 0 or f.sign_strict(poly):  # where it is zero, the goal holds or is not defined
            if not odd:
                continue
            if s in (1, -1):
                total *= s
                continue
        rest.append(f.poly_sympy(poly) if odd else f.poly_sympy(poly) ** 2)
    if not rest:
        raise Broken("nothing is left: use the signs")
    return [Sequent(sequent.premises, (sp.Mul(total, *rest), rel))]


def _factors(sequent: Sequent, *signs: sp.Expr) -> list[Sequent]:
    """Each factor of unknown sign by itself, with the given signs (1 or −1) whose product must fit."""
    f, rat = goal_form(sequent)
    rel = sequent.goal[1]
    if rel not in (">=", ">"):
        raise Broken("only for inequalities")
    content, factors = f.factors(rat)
    total, children = (1 if content > 0 else -1), []
    chosen = iter(signs)
    for poly, times in factors:
        s = next(chosen, None)
        if s not in (1, -1):
            raise Broken("a sign for each factor")
        strict = rel == ">" or times < 0
        if times % 2 == 0:
            if strict and times > 0:
                children.append(Sequent(sequent.premises, (s * f.poly_sympy(poly), ">")))
            continue
        total *= int(s)
        children.append(Sequent(sequent.premises, (s * f.poly_sympy(poly), ">" if strict and times > 0 else ">=")))
    if total != 1:
        raise Broken("the signs do not multiply to the goal's")
    return children


def _absurd(sequent: Sequent, index: sp.Expr) -> list[Sequent]:
    """The premises contradict each other: the others imply the negation of one."""
    i = int(index)
    expr, rel = sequent.premises[i]
    rest = (*sequent.premises[:i], *sequent.premises[i + 1 :])
    if rel not in (">=", ">"):
        raise Broken("only for inequalities")
    return [Sequent(rest, (minus(expr), ">" if rel == ">=" else ">=")), *defined(Sequent(rest, sequent.goal), expr)]


def _positive(sequent: Sequent, x: sp.Expr) -> bool:
    """Whether x > 0 stands among the premises."""
    return (x, ">") in sequent.premises


def _substitute(sequent: Sequent, old: sp.Expr, new: sp.Expr) -> list[Sequent]:
    """Replace the variable `old` by base + c·w, c ≠ 0 (or e^w, where old > 0) with a fresh w: every value of it is one of w."""
    fresh = sorted(new.free_symbols - sequent.variables, key=str)
    if not old.is_Symbol or len(fresh) != 1 or new.has(old):
        raise Broken("one variable by one fresh variable")
    w = fresh[0]
    slope = derivative(new, w)
    if not (slope.is_Rational and slope != 0) and not (new == sp.exp(w) and _positive(sequent, old)):
        raise Broken("the change of variable is not a bijection")
    return [*defined(_without(sequent, old), new), _moved(sequent, {old: new})]


def _without(sequent: Sequent, x: sp.Expr) -> Sequent:
    """The sequent with the premises that do not mention x."""
    return Sequent(tuple(p for p in sequent.premises if not p[0].has(x)), sequent.goal)


def _moved(sequent: Sequent, values: Mapping[sp.Expr, sp.Expr], *more: Atom) -> Sequent:
    """The sequent with other expressions for variables, and more premises."""
    premises = (*((replaced(expr, values), rel) for expr, rel in sequent.premises), *more)
    return Sequent(tuple(dict.fromkeys(premises)), (replaced(sequent.goal[0], values), sequent.goal[1]))


def _eliminate(sequent: Sequent, index: sp.Expr, x: sp.Expr, sign: sp.Expr) -> list[Sequent]:
    """A premise a·x + b = 0 with sign·a > 0: put x = −b/a everywhere."""
    i = int(index)
    expr, rel = sequent.premises[i]
    if rel != "==" or not x.is_Symbol or sign not in (1, -1):
        raise Broken("only for equalities")
    a = derivative(expr, x)
    if a.has(x) or a == 0:
        raise Broken("the premise is not linear in the variable")
    rest = Sequent((*sequent.premises[:i], *sequent.premises[i + 1 :]), sequent.goal)
    solution = minus(mul(replaced(expr, {x: sp.Integer(0)}), power(a, sp.Integer(-1))))
    return [Sequent(_without(rest, x).premises, (mul(sign, a), ">")), _moved(rest, {x: solution})]


def _square(sequent: Sequent, root: sp.Expr, how: sp.Expr) -> list[Sequent]:
    """A + B·r ≥ 0 with r = the root `root`: by the signs of A, B and of A² − B²r².

    how = 0: A ≥ 0 and B ≥ 0 (one of them > 0 for >). how = 1: A ≥ 0 and A² ≥ B²r². how = 2: B ≥ 0 and
    B²r² ≥ A².
    """
    f, rat = goal_form(sequent)
    rel = sequent.goal[1]
    if rel not in (">=", ">") or not rat.den.is_one():
        raise Broken("only for a polynomial goal")
    index = next((i for i, g in enumerate(f.gens) if g.expr == root), None)
    low = None if index is None else f.gens[index].low
    if index is None or f.gens[index].kind not in ("root", "var") or low is None or low < 0:
        raise Broken("the root is not a generator that is ≥ 0")
    if f.gens[index].kind == "root" and f.gens[index].unit != 2:
        raise Broken("not a square root")
    parts = by_powers(rat.num, index)
    a, b = (f.poly_sympy(sum((c * GENS[index] ** (n - odd) for n, c in parts.items() if n % 2 == odd), ZERO)) for odd in (0, 1))
    premises = sequent.premises
    difference = sp.expand(a**2 - b**2 * root**2)
    if how == 0:
        strict_b = [Sequent(premises, (b * root, ">="))]
        return [Sequent(premises, (a, rel)), *strict_b]
    if how == 1:
        return [Sequent(premises, (a, ">=")), Sequent(premises, (difference, rel))]
    if how == 2:
        return [Sequent(premises, (b, ">=")), Sequent(premises, (-difference, rel))]
    raise Broken("no such way to square")


def _quadratic(sequent: Sequent, g: sp.Expr) -> list[Sequent]:
    """a·g² + b·g + c ≥ 0 for every real g: a ≥ 0, c ≥ 0 and 4ac − b² ≥ 0 (a ≥ 0 and 4ac − b² > 0 for >)."""
    f, rat = goal_form(sequent)
    rel = sequent.goal[1]
    index = next((i for i, gen in enumerate(f.gens) if gen.expr == g), None)
    if rel not in (">=", ">") or not rat.den.is_one() or index is None or int(rat.num.degrees()[index]) != 2:
        raise Broken("not a quadratic polynomial")
    c, b, a = (f.poly_sympy(by_powers(rat.num, index).get(k, ZERO)) for k in (0, 1, 2))
    discriminant = sp.expand(4 * a * c - b**2)
    middle = [(c, ">=")] if rel == ">=" else []
    return [Sequent(sequent.premises, atom) for atom in ((a, ">="), *middle, (discriminant, rel))]


def _logarithm(sequent: Sequent) -> list[Sequent]:
    """P − Q ≥ 0 for sums P, Q of positive monomials with positive coefficients: log P − log Q ≥ 0."""
    f, rat = goal_form(sequent)
    if sequent.goal[1] not in (">=", ">") or not rat.den.is_one():
        raise Broken("not a difference of two sums")
    sides: dict[int, list[tuple[Any, Any]]] = {1: [], -1: []}
    for exponents, c in rat.num.terms():
        for gen, n in zip(f.gens, exponents, strict=False):
            if n and (gen.low is None or gen.low < 0 or (gen.low == 0 and not gen.low_strict)):
                raise Broken("a generator that is not surely positive")
        sides[1 if c > 0 else -1].append((exponents, abs(c)))
    if not sides[1] or not sides[-1] or min(len(sides[1]), len(sides[-1])) > 1:
        raise Broken("not a difference with a single term on one side")
    plus, less = (_log_of_sum(f, sides[s]) for s in (1, -1))
    return [Sequent(sequent.premises, (difference(plus, less), sequent.goal[1]))]


def _log_of_sum(f: Field, terms: list[tuple[Any, Any]]) -> sp.Expr:
    if len(terms) > 1:
        parts = [
            sp.Mul(sp.Rational(int(c.p), int(c.q)), *(g.expr ** int(n) for g, n in zip(f.gens, e, strict=False) if n)) for e, c in terms
        ]
        return applied(sp.log, add(*parts))
    exponents, c = terms[0]
    total = sp.log(sp.Rational(int(c.p), int(c.q)))
    for gen, n in zip(f.gens, exponents, strict=False):
        if n:
            total += int(n) * (gen.base / gen.unit if gen.kind == "exp" else sp.log(gen.expr))
    return total


def _exponentiate(sequent: Sequent) -> list[Sequent]:
    """h ≥ 0 from exp(h) − 1 ≥ 0, and so for > and =."""
    expr, rel = sequent.goal
    if rel == "!=":
        raise Broken("not for ≠")
    f, g = normal_form(sequent.premises, add(applied(sp.exp, expr), sp.Integer(-1)))
    return [Sequent(sequent.premises, (f.sympy(g), rel))]


def _cut(sequent: Sequent, expr: sp.Expr, kind: sp.Expr = sp.S.Zero) -> list[Sequent]:
    """expr > 0 (kind 0), ≥ 0 (kind 1) or = 0 (kind 2) by itself, and then as a premise."""
    fact = (expr, (">", ">=", "==")[int(kind)])
    return [*defined(sequent, expr), Sequent(sequent.premises, fact), *_under(sequent, fact)]


def _equation(sequent: Sequent, index: sp.Expr, factor: sp.Expr) -> list[Sequent]:
    """h rel 0 from h − factor·e rel 0, where e = 0 is a premise."""
    expr, rel = sequent.premises[int(index)]
    if rel != "==":
        raise Broken("the premise is not an equation")
    return [*defined(sequent, factor), Sequent(sequent.premises, (difference(sequent.goal[0], mul(factor, expr)), sequent.goal[1]))]


def _generalise(sequent: Sequent, part: sp.Expr, w: sp.Expr) -> list[Sequent]:
    """A fresh variable in place of a part, in the goal and in what the premises say: what holds of every value holds of this."""
    if not w.is_Symbol or w in sequent.variables or not part.free_symbols:  # a number may be an exponent, which says what is defined
        raise Broken("not a fresh variable for what varies")
    wider = _moved(sequent, {part: w})
    return [*defined(wider, wider.goal[0]), wider]


def _unequal(sequent: Sequent, side: sp.Expr) -> list[Sequent]:
    """h ≠ 0 from h > 0 or from h < 0."""
    if sequent.goal[1] != "!=" or side not in (1, -1):
        raise Broken("only for ≠")
    return [Sequent(sequent.premises, (mul(side, sequent.goal[0]), ">"))]


def _contrary(sequent: Sequent) -> list[Sequent]:
    """h ≠ 0 because h = 0 contradicts the premises."""
    expr, rel = sequent.goal
    if rel != "!=":
        raise Broken("only for ≠")
    return [Sequent((*sequent.premises, (expr, "==")), NEVER)]


def _antisymmetry(sequent: Sequent) -> list[Sequent]:
    """h = 0 from h ≥ 0 and h ≤ 0."""
    if sequent.goal[1] != "==":
        raise Broken("only for =")
    return [Sequent(sequent.premises, (sequent.goal[0], ">=")), Sequent(sequent.premises, (minus(sequent.goal[0]), ">="))]


def _solver(sequent: Sequent) -> list[Sequent]:
    """The goal on the word of z3 and cvc5, both of which find no counterexample."""
    if not solver.refuted(sequent, confirm=True):
        raise Broken("the solvers do not confirm")
    return []


def _squares(sequent: Sequent, scale: sp.Expr, *terms: sp.Expr) -> list[Sequent]:
    """scale·goal = Σ m·q² over the pairs (m, q) of `terms`, with scale > 0 and every m ≥ 0 by their signs.

    For >, some m·q² must be > 0 by its sign. The identity is one of normal forms. What the arguments need to
    be defined is left to be shown.
    """
    expr, rel = sequent.goal
    if rel not in (">=", ">") or not terms or len(terms) % 2:
        raise Broken("not a sum of squares for an inequality")
    parts = [mul(m, power(q, sp.Integer(2))) for m, q in zip(terms[::2], terms[1::2], strict=True)]
    f = Field(sequent.premises)
    rest, factor, *known = f.rats([difference(mul(scale, expr), add(*parts)), scale, *terms])
    if not rest.num.is_zero():
        raise Broken("the squares do not add up to the goal")
    if f.sign_rat(factor) != 1 or not f.strict_rat(factor):
        raise Broken("the factor of the goal is not surely positive")
    weights, roots = known[::2], known[1::2]
    if any(f.sign_rat(m) not in (0, 1) for m in weights):
        raise Broken("a multiplier is not surely positive or zero")
    if rel == ">" and not any(
        f.strict_rat(m) and f.sign_rat(q) is not None and f.strict_rat(q) for m, q in zip(weights, roots, strict=True)
    ):
        raise Broken("no term is surely positive")
    return list(dict.fromkeys(s for e in (scale, *terms) for s in defined(sequent, e)))


def _roots(sequent: Sequent) -> list[Sequent]:
    """A goal in one variable by the real roots of its polynomials, which are isolated exactly."""
    if sequent.goal[1] == "==" or not roots.positive_on(*goal_form(sequent), sequent.goal[1]):
        raise Broken("the roots do not give the goal")
    return []


def _boxes(sequent: Sequent, budget: sp.Expr) -> list[Sequent]:
    """The goal by Arb balls on boxes that cover the admitted values, at most `budget` of them."""
    if not boxes.positive_on_boxes(sequent, int(budget)):
        raise Broken("the boxes do not give the goal")
    return []


def _scale(sequent: Sequent, old: sp.Expr, base: sp.Expr, w: sp.Expr) -> list[Sequent]:
    """Replace a positive variable `old` by base·w with base > 0 and a fresh w > 0."""
    if not (old.is_Symbol and w.is_Symbol and _positive(sequent, old)) or w in sequent.variables | base.free_symbols or base.has(old):
        raise Broken("a positive variable by a multiple of a fresh one")
    without = _without(sequent, old)
    return [Sequent(without.premises, (base, ">")), *defined(without, base), _moved(sequent, {old: mul(base, w)}, (w, ">"))]


RULES: Mapping[str, Callable[..., list[Sequent]]] = {
    "signs": _signs,
    "split": _split,
    "cut": _cut,
    "split3": _split3,
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
    "monotone": analytic.monotone,
    "unequal": _unequal,
    "contrary": _contrary,
    "antisymmetry": _antisymmetry,
    "solver": _solver,
    "squares": _squares,
    "roots": _roots,
    "boxes": _boxes,
    "far": analytic.far,
    "concave": analytic.concave,
    "scale": _scale,
}


def apply(sequent: Sequent, rule: str, args: list[sp.Expr]) -> list[Sequent]:
    """The sequents that suffice for `sequent` by `rule`.

    Raises: Broken where the rule does not apply.
    """
    try:
        return RULES[rule](sequent, *args)
    except (NeedSign, Unsupported, TypeError, LookupError, ValueError, ArithmeticError) as error:
        raise Broken(f"{rule}: {error}") from error


def holds(sequent: Sequent, proof: Proof, depth: int = 0) -> bool:
    """Replay a proof: every step by its rule, no search. False for anything that is not a proof.

    A sceptic looks at every sequent on the way: sample values that violate it by balls, which share no
    code with the normal forms, end the replay.
    """
    if depth > MAX_DEPTH or violated(sequent, SCEPTIC_POINTS):
        return False
    try:
        children = apply(sequent, proof["rule"], [_argument(text, sequent) for text in proof.get("args", [])])
    except (Broken, InvalidInput):
        return False
    steps = proof.get("then", [])
    return len(children) == len(steps) and all(holds(c, s, depth + 1) for c, s in zip(children, steps, strict=True))


def _argument(text: str, sequent: Sequent) -> sp.Expr:
    return read(text, {s.name: s for s in sequent.variables})
