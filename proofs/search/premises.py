"""What premises say in plainer words: steps that a search takes before it looks at the goal, each a rule with its arguments."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import sympy as sp

from proofs.checker.bounds import line
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Atom, Sequent
from proofs.checker.quotients import Unsupported
from proofs.kernel.terms import add, difference, mul, power
from proofs.search import steps

Step = tuple[str, tuple[sp.Expr, ...]]
CORNERS = (sp.Abs, sp.Max, sp.Min)
MOST_FACTS = 4  # of one premise: with more corners its signs are told apart instead
COARSE = 12  # multiples of an angle or an exponent that the normal forms hold
EXPONENTIALS = (sp.exp, sp.sinh, sp.cosh, sp.tanh)
KINDS = {">": 0, ">=": 1, "==": 2}


def preparations(sequent: Sequent) -> Iterator[Step]:
    """Steps that lose nothing: the last of the sequents that each gives is the one to go on with, the others are to be shown.

    They are worked out from the sequent as it is given, and each may be taken or left.
    """
    for atom in sequent.premises:
        for fact in convex_facts(atom) if atom[1] in KINDS else ():
            yield "cut", (fact[0], sp.Integer(KINDS[fact[1]]))
    for atom in sequent.premises:
        if atom[1] == "==":
            yield from (("cut", (fact, sp.Integer(2))) for fact in solved(sequent, atom[0]))
        elif atom[1] in KINDS:
            yield from (("cut", (fact, sp.Integer(KINDS[atom[1]]))) for fact in undone(sequent, atom))


def scaled(sequent: Sequent) -> Iterator[Step]:
    """Variables by multiples of others, so that the exponents and angles in which they stand are small whole multiples of them."""
    expressions = [sequent.goal[0], *(expr for expr, _ in sequent.premises)]
    for x in sorted(sequent.variables, key=str):
        found = [abs(c) for expr in expressions for c in _coefficients(expr, x)]
        if found and max(max(c.p, c.q) for c in found) > COARSE:
            unit = sp.Rational(math.gcd(*(int(c.p) for c in found)), math.lcm(*(int(c.q) for c in found)))
            yield "substitute", (x, mul(1 / unit, fresh(sequent)))


def normalised(sequent: Sequent) -> Iterator[Step]:
    """Bounds a·x + b of one variable, by |a|: rules find the ends of a variable where it stands alone."""
    for expr, rel in sequent.premises:
        if len(expr.free_symbols) == 1 and rel in KINDS:
            slope, _ = line(expr, next(iter(expr.free_symbols)))
            if abs(slope) not in (0, 1):
                yield "cut", (mul(1 / abs(slope), expr), sp.Integer(KINDS[rel]))


def _coefficients(expr: sp.Expr, x: sp.Symbol) -> Iterator[sp.Rational]:
    """The rational factors before x in exponents and angles."""
    for node in sp.preorder_traversal(expr):
        inner = node.exp if isinstance(node, sp.Pow) else node.args[0] if isinstance(node, (sp.exp, sp.sin, sp.cos, sp.tan)) else None
        if inner is not None and inner.has(x):
            yield from (term.as_coeff_Mul()[0] for term in sp.Add.make_args(sp.expand(inner)) if term.has(x))


def fresh(sequent: Sequent) -> sp.Symbol:
    """A variable that the sequent does not have."""
    names = {s.name for s in sequent.variables}
    return next(sp.Symbol(f"w{i}", real=True) for i in itertools.count() if f"w{i}" not in names)


def convex_facts(atom: Atom) -> list[Atom]:
    """What a premise r + Σ c·N ≥ 0 says of each branch of Abs, Max and Min, where N is never above its branches (or c < 0, below)."""
    expr, rel = atom
    facts: list[Atom] = []
    for sign in (1, -1) if rel == "==" else (1,):
        terms = [_branches(mul(sp.Integer(sign), term)) for term in sp.Add.make_args(expr)]
        if all(len(branches) == 1 for branches in terms) or any(not branches for branches in terms):
            continue
        choices = list(itertools.islice(itertools.product(*terms), MOST_FACTS + 1))
        if len(choices) <= MOST_FACTS:
            facts += [(add(*choice), rel if rel != "==" else ">=") for choice in choices]
    return facts


def _branches(term: sp.Expr) -> list[sp.Expr]:
    """What a term is the smallest of: itself where it has no corners, nothing where it is not of this kind."""
    if not term.has(*CORNERS):
        return [term]
    factor, node = term.as_coeff_Mul()
    if not isinstance(node, CORNERS) or any(arg.has(*CORNERS) for arg in node.args) or (factor > 0) != isinstance(node, sp.Min):
        return []
    options = [node.args[0], mul(sp.Integer(-1), node.args[0])] if isinstance(node, sp.Abs) else list(node.args)
    return [mul(factor, option) for option in options]


def open_corner(sequent: Sequent) -> sp.Expr | None:
    """The sign that a premise with corners needs, where it does not say the same of each branch."""
    return open_sign(Sequent(tuple(atom for atom in sequent.premises if atom[1] == "==" or not convex_facts(atom)), sequent.goal))


def open_sign(sequent: Sequent) -> sp.Expr | None:
    """The sign that a premise with corners needs for its normal form."""
    for expr, _ in sequent.premises:
        if expr.has(*CORNERS):
            try:
                Field(sequent.premises).rat(expr)
            except NeedSign as need:
                return open_factor(sequent, need.expr)
            except (Unsupported, ZeroDivisionError):
                continue
    return None


def open_factor(sequent: Sequent, expr: sp.Expr) -> sp.Expr:
    """The first factor of unknown sign of an expression whose sign is asked: a premise on the product of two tells of neither."""
    try:
        field = Field(sequent.premises)
        _, factors = field.factors(field.rat(expr))
    except (NeedSign, Unsupported, ZeroDivisionError):
        return expr
    unknown = [poly for poly, times in factors if times % 2 and field.sign(poly) is None]
    return field.poly_sympy(unknown[0]) if unknown else expr


def plain(sequent: Sequent) -> Iterator[Step]:
    """Premises with corners, of which the signs are known, without them."""
    for expr, rel in sequent.premises:
        if not expr.has(*CORNERS):
            continue
        try:
            field = Field(sequent.premises)
            found = field.sympy(field.rat(expr))
        except (NeedSign, Unsupported, ZeroDivisionError):
            continue
        if found.free_symbols and (found, rel) not in sequent.premises and rel in KINDS:
            yield "cut", (found, sp.Integer(KINDS[rel]))


def undone(sequent: Sequent, atom: Atom) -> list[sp.Expr]:
    """What an inequality between exponentials says of their arguments, or a power of one variable of the variable itself."""
    expr, rel = atom
    found: list[sp.Expr] = []
    if len(_exponents_in(expr)) > 1:  # of two sides that grow: of one alone a logarithm would be told
        others = tuple(premise for premise in sequent.premises if premise != atom)
        plain = steps.children(Sequent(others, atom), "clear", ()) or (Sequent(others, atom),)
        found = [sp.expand(child.goal[0]) for child in steps.children(plain[0], "logarithm", ()) or ()]
    elif len(expr.free_symbols) == 1 and expr.is_polynomial():
        (x,) = expr.free_symbols
        terms = sp.Poly(expr, x).as_dict()
        if set(terms) == {(2,), (0,)} and terms[(2,)] < 0 < terms[(0,)]:
            end = power(sp.cancel(-terms[(0,)] / terms[(2,)]), sp.Rational(1, 2))
            found = [difference(end, x), add(end, x)]
    return [fact for fact in found if (fact, rel) not in sequent.premises and fact.free_symbols]


def solved(sequent: Sequent, expr: sp.Expr) -> list[sp.Expr]:
    """Expressions that are zero because `expr` is: a root of a pure power, logarithms of both sides, its factors that may be zero."""
    found = [*_roots(sequent, expr), *_logarithms(sequent, expr), *_factors(sequent, expr)]
    return [
        fact
        for fact in dict.fromkeys(found)
        if (fact, "==") not in sequent.premises and fact.free_symbols and not fact.has(sp.I, sp.zoo, sp.nan)
    ]


def _roots(sequent: Sequent, expr: sp.Expr) -> Iterator[sp.Expr]:
    for x in sorted(expr.free_symbols, key=str):
        if not expr.is_polynomial(x):
            continue
        terms = sp.Poly(expr, x).as_dict()
        degree = max(terms, default=(0,))[0]  # an identity has no terms
        if degree < 2 or set(terms) - {(degree,), (0,)}:
            continue
        radicand = sp.cancel(-terms.get((0,), sp.Integer(0)) / terms[(degree,)])
        for sign in (1, -1):
            if (sign * x, ">=") in sequent.premises or (sign * x, ">") in sequent.premises:
                side = radicand if sign == 1 or degree % 2 == 0 else mul(sp.Integer(-1), radicand)
                if not side.is_negative:
                    yield difference(x, mul(sp.Integer(sign), power(side, sp.Rational(1, degree))))


def _logarithms(sequent: Sequent, expr: sp.Expr) -> Iterator[sp.Expr]:
    if expr.atoms(sp.exp) or any(node.exp.free_symbols for node in expr.atoms(sp.Pow)):
        for sign in (1, -1):
            children = steps.children(Sequent(sequent.premises, (mul(sp.Integer(sign), expr), ">=")), "logarithm", ())
            if children is not None:
                yield sp.expand(children[0].goal[0])
                return


def _factors(sequent: Sequent, expr: sp.Expr) -> Iterator[sp.Expr]:
    """The product of the factors of which it is not known that they are not zero."""
    try:
        field = Field(tuple(p for p in sequent.premises if p[0] != expr))
        _, factors = field.factors(field.rat(expr))
        kept = [poly for poly, times in factors if times > 0 and not (field.sign(poly) is not None and field.sign_strict(poly))]
    except (NeedSign, Unsupported, ZeroDivisionError):
        return
    if kept and len([1 for _, times in factors if times > 0]) + len([1 for _, times in factors if times < 0]) > len(kept):
        yield sp.Mul(*map(field.poly_sympy, kept))


def exponents(sequent: Sequent, factor: sp.Expr) -> sp.Expr | None:
    """For a difference of two exponentials of several variables, what has its sign: that of their exponents."""
    if len(factor.free_symbols) < 2 or not factor.has(*EXPONENTIALS):
        return None
    told = steps.children(Sequent(sequent.premises, (factor, ">=")), "logarithm", ())
    return told[0].goal[0] if told and not told[0].goal[0].has(sp.log) else None


def has_its_exponentials(sequent: Sequent) -> bool:
    """Whether premises have an exponential, or a power, of each term of the goal or of a multiple of it."""
    given = set().union(*(_exponents_in(expr) for expr, _ in sequent.premises))
    terms = [term for term in sp.Add.make_args(sequent.goal[0]) if term.free_symbols]
    return bool(given) and all(any(not (term / exponent).free_symbols for exponent in given) for term in terms)


def _exponents_in(expr: sp.Expr) -> set[sp.Expr]:
    return {node.args[0] for node in expr.atoms(*EXPONENTIALS)} | {node.exp for node in expr.atoms(sp.Pow) if node.exp.free_symbols}


def is_high(expr: sp.Expr, most: int) -> bool:
    """Whether powers stand in it that are so high that the factors of a polynomial take long to find."""
    return any(node.exp.is_Integer and node.exp > most for node in expr.atoms(sp.Pow))


def is_curved(given: sp.Expr, expr: sp.Expr) -> bool:
    """Whether a premise ties the variables of a goal by more than a polynomial of low degree."""
    if not given.free_symbols & expr.free_symbols:
        return False
    return given.has(sp.log, *EXPONENTIALS) or (given.is_polynomial() and len(given.free_symbols) > 1 and sp.total_degree(given) > 2)
