"""The search for proofs: it chooses rules, and may be wrong without harm, since `rules.holds` replays."""

from __future__ import annotations

import functools
import itertools
import time
from dataclasses import dataclass

import sympy as sp

from proofs.checker import analytic, normal
from proofs.checker.field import NeedSign
from proofs.checker.logic import Atom, Sequent, negated
from proofs.checker.normal import normal_form
from proofs.checker.quotients import Unsupported
from proofs.checker.rules import Proof
from proofs.checker.sampling import violated
from proofs.kernel.terms import NotDifferentiable, add, derivative, difference, mul, replaced
from proofs.search import steps
from proofs.search.text import text


class OutOfTime(Exception):
    """The time for this statement is spent."""


@dataclass
class Search:
    """One search: its deadline, and what it has already settled."""

    deadline: float
    failed: dict[Sequent, int]
    proved: dict[Sequent, Proof]
    premises: tuple[Atom, ...]  # of the sequent at the root

    def check_time(self) -> None:
        """Raises: OutOfTime."""
        if time.process_time() > self.deadline:
            raise OutOfTime


def prove(sequent: Sequent, deadline: float, depth: int = 6) -> Proof | None:
    """A proof of the sequent that `rules.holds` accepts, or None."""
    cuts = positive_variables(sequent.premises)
    for variable, _ in cuts:
        sequent = Sequent((*sequent.premises, (variable, ">")), sequent.goal)
    search = Search(deadline, {}, {}, sequent.premises)
    for budget in (*range(1, min(depth, 5)), depth):
        try:
            found = _prove(sequent, search, budget)
        except OutOfTime:
            return None
        if found is not None:
            for variable, shown in reversed(cuts):
                found = step("cut", [variable], [shown, found])
            return found
    return None


@functools.lru_cache(maxsize=256)
def positive_variables(premises: tuple[Atom, ...]) -> tuple[tuple[sp.Symbol, Proof], ...]:
    """Variables that are > 0 because they are above another, with the proofs: many rules ask for the sign of a variable."""
    found: list[tuple[sp.Symbol, Proof]] = []
    for x in sorted({s for expr, _ in premises for s in expr.free_symbols}, key=str):
        known = (*premises, *((variable, ">") for variable, _ in found))
        _, lows, _ = analytic.along(known, x)
        if (x, ">") in known or not any(end.free_symbols for end, _ in lows):
            continue
        goal = Sequent(known, (x, ">"))
        try:
            shown = _prove(goal, Search(time.process_time() + SIGN_SECONDS, {}, {}, known), 2)
        except OutOfTime:
            continue
        if shown is not None:
            found.append((x, shown))
    return tuple(found)


def step(rule: str, args: list[sp.Expr], then: list[Proof]) -> Proof:
    """A proof node; arguments as text."""
    return {"rule": rule, "args": [text(a) for a in args], "then": then}


def _slope(expr: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    try:
        return derivative(expr, x)
    except NotDifferentiable:
        return None


def _prove(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    search.check_time()
    if sequent in search.proved:
        return search.proved[sequent]
    if search.failed.get(sequent, -1) >= depth:
        return None
    found = _attempt(sequent, search, depth)
    if found is None:
        search.failed[sequent] = depth
    else:
        search.proved[sequent] = found
    return found


def _attempt(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    rel = sequent.goal[1]
    denied = next((i for i, atom in enumerate(sequent.premises) if atom[1] in (">", ">=") and negated(atom) in sequent.premises), None)
    if denied is not None and depth > 0:
        return _by_rule(sequent, "absurd", [sp.Integer(denied)], search, depth - 1)
    equality = next((i for i, p in enumerate(sequent.premises) if p[1] == "=="), None)
    if equality is not None and depth > 0:
        found = _eliminate(sequent, equality, search, depth)
        if found is not None:
            return found
    closed = steps.closed_by_signs(sequent)
    if closed is True:
        return step("signs", [], [])
    if isinstance(closed, NeedSign):
        return _by_rule(sequent, "split3" if closed.strict else "split", [closed.expr], search, depth - 1) if depth > 0 else None
    if closed is None:
        return _contradiction(sequent, search, depth)
    if rel == "!=":
        for side in (1, -1):
            found = _by_rule(sequent, "unequal", [sp.Integer(side)], search, depth)
            if found is not None:
                return found
        return _by_rule(sequent, "contrary", [], search, depth - 1) if depth > 0 else None
    if rel == "==":
        found = _contradiction(sequent, search, depth)
        if found is None and depth > 1 and plausible(sequent):
            found = _by_rule(sequent, "antisymmetry", [], search, depth - 1)
        return found
    if not plausible(sequent):
        return None
    if steps.children(sequent, "roots", ()) is not None:
        return step("roots", [], [])
    if depth <= 0:
        return None
    return _inequality(sequent, search, depth)


def plausible(sequent: Sequent) -> bool:
    """False where a sample value already violates the goal: no use in searching for a proof."""
    return not violated(sequent)


def _by_rule(sequent: Sequent, rule: str, args: list[sp.Expr], search: Search, depth: int) -> Proof | None:
    children = steps.children(sequent, rule, tuple(args))
    if children is None:
        return None
    if len(children) > 1 and not all(plausible(c) for c in children if c.goal[1] in (">=", ">")):
        return None
    then = []
    for child in children:
        found = _prove(child, search, depth)
        if found is None:
            return None
        then.append(found)
    return step(rule, args, then)


def _eliminate(sequent: Sequent, index: int, search: Search, depth: int) -> Proof | None:
    expr = sequent.premises[index][0]
    for x in sorted(expr.free_symbols, key=str):
        slope = _slope(expr, x)
        if slope is None or slope == 0 or slope.has(x):
            continue
        for sign in (1, -1):
            found = _by_rule(sequent, "eliminate", [sp.Integer(index), x, sp.Integer(sign)], search, depth)
            if found is not None:
                return found
    return None


def _contradiction(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    if depth <= 0:
        return None
    for i in reversed(range(len(sequent.premises))):
        found = _by_rule(sequent, "absurd", [sp.Integer(i)], search, min(depth - 1, 1))
        if found is not None:
            return found
    return None


def _inequality(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    found = _scales(sequent, search, depth)
    if found is not None:
        return found
    (cleared,) = steps.children(sequent, "clear", ()) or (sequent,)
    if sp.expand(cleared.goal[0] - sequent.goal[0]) != 0:
        found = _by_rule(sequent, "clear", [], search, depth)
        if found is not None:
            return found
    for tactic in TACTICS:
        try:
            found = tactic(sequent, search, depth)
        except (NeedSign, Unsupported):  # the goal has no normal form: another tactic may need none
            continue
        if found is not None:
            return found
        search.check_time()
    return None


def _factorwise(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    f, rat = normal.goal_form(sequent)
    _, factors = f.factors(rat)
    if len(factors) < 2 or len(factors) > 5:
        return None
    for signs in itertools.product((1, -1), repeat=len(factors)):
        children = steps.children(sequent, "factors", tuple(map(sp.Integer, signs)))
        if children is None:
            continue
        if all(plausible(c) for c in children):
            found = _by_rule(sequent, "factors", [sp.Integer(s) for s in signs], search, depth - 1)
            if found is not None:
                return found
    for poly, power in factors:
        if power % 2 and f.sign(poly) is None:
            found = _by_rule(sequent, "split", [f.poly_sympy(poly)], search, depth - 1)
            if found is not None:
                return found
    return None


def _squares(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    f, rat = normal.goal_form(sequent)
    for i, gen in enumerate(f.gens):
        d = int(rat.num.degrees()[i])
        if d == 0 or not (gen.kind == "root" or (gen.kind == "var" and gen.unit > 1)):
            continue
        for how in (0, 1, 2):
            found = _by_rule(sequent, "square", [gen.expr, sp.Integer(how)], search, depth - 1)
            if found is not None:
                return found
    return None


def _quadratics(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    f, rat = normal.goal_form(sequent)
    for i, gen in enumerate(f.gens):
        if int(rat.num.degrees()[i]) == 2:
            found = _by_rule(sequent, "quadratic", [gen.expr], search, depth - 1)
            if found is not None:
                return found
    return None


def _logs(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    f, rat = normal.goal_form(sequent)
    kinds = {f.gens[i].kind for i, d in enumerate(rat.num.degrees()) if d > 0}
    found = _by_rule(sequent, "logarithm", [], search, depth - 1) if "exp" in kinds else None
    if found is None and "log" in kinds and depth > 1:
        found = _by_rule(sequent, "exponentiate", [], search, depth - 2)
    return found


def _order(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """x ≥ y as a premise: x = y + w."""
    for expr, rel in sequent.premises:
        if rel not in (">=", ">") or len(expr.free_symbols) < 2:
            continue
        for x in sorted(expr.free_symbols, key=str):
            slope = _slope(expr, x)
            if slope not in (1, -1) or not sequent.goal[0].has(x):
                continue
            w = sp.Symbol(_fresh_name(sequent), real=True)
            new = add(x, mul(slope, difference(w, expr)))
            found = _by_rule(sequent, "substitute", [x, new], search, depth - 1)
            if found is not None:
                return found
    return None


def _fresh_name(sequent: Sequent) -> str:
    names = {s.name for s in sequent.variables}
    return next(f"w{i}" for i in itertools.count() if f"w{i}" not in names)


def _monotones(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    rel = sequent.goal[1]
    for x in sorted(sequent.goal[0].free_symbols, key=str):
        _, lows, highs = analytic.along(sequent.premises, x)
        for up, ends in ((1, lows), (-1, highs)):
            for end, strict in dict.fromkeys(ends):
                for mode in (1, 0) if rel == ">" and strict else (0,):
                    args = [x, end, sp.Integer(up), sp.Integer(mode)]
                    found = _by_rule(sequent, "monotone", args, search, depth - 1)
                    if found is not None:
                        return found
    return None


def _chains(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """One variable: differentiate from an end until the sign is seen, more often than the depth allows."""
    free = sorted(sequent.goal[0].free_symbols, key=str)
    if len(free) != 1 or depth < 2:
        return None
    _, lows, highs = analytic.along(sequent.premises, free[0])
    for up, ends in ((1, lows), (-1, highs)):
        for end, strict in dict.fromkeys(ends):
            found = _chain(sequent, free[0], end, up, strict, search, CHAIN)
            if found is not None:
                return found
    return None


def _chain(sequent: Sequent, x: sp.Symbol, end: sp.Expr, up: int, strict: bool, search: Search, left: int) -> Proof | None:
    search.check_time()
    if left == 0 or sp.count_ops(sequent.goal[0]) > 60 or not plausible(sequent):
        return None
    for mode in (1, 0) if sequent.goal[1] == ">" and strict else (0,):
        args = [x, end, sp.Integer(up), sp.Integer(mode)]
        children = steps.children(sequent, "monotone", tuple(args))
        if children is None:
            continue
        start = _prove(children[0], search, 1)
        if start is None:
            continue
        slope = _prove(children[1], search, 0)
        if slope is None:
            slope = _chain(children[1], x, end, up, True, search, left - 1)
        if slope is None:
            continue
        rest = [_prove(child, search, 1) for child in children[2:]]
        if all(r is not None for r in rest):
            return step("monotone", args, [start, slope, *[r for r in rest if r is not None]])
    return None


def _sums(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """A sum of squares, before any case is split: a semidefinite program for every branch would take too long."""
    from proofs.search.squares import certificate

    if sequent.premises != search.premises:
        return None
    args = certificate(sequent)
    return None if args is None else _by_rule(sequent, "squares", list(args), search, depth - 1)


def _solvers(sequent: Sequent, _search: Search, depth: int) -> Proof | None:
    if depth < 1:
        return None
    if steps.refuted(sequent):
        return step("solver", [], [])
    return None


def _boxes(sequent: Sequent, _search: Search, _depth: int) -> Proof | None:
    """On a compact box, if no sample comes near zero."""
    if steps.children(sequent, "boxes", (sp.Integer(BOXES),)) is None:
        return None
    return step("boxes", [sp.Integer(BOXES)], [])


def _concaves(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    if sequent.goal[1] != ">=":
        return None
    for x in sorted(sequent.goal[0].free_symbols, key=str):
        _, lows, highs = analytic.along(sequent.premises, x)
        for (low, _), (high, _) in itertools.product(lows, highs):
            found = _by_rule(sequent, "concave", [x, low, high], search, depth - 1)
            if found is not None:
                return found
    return None


def _fars(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """Monotone from infinity, or from an end that is not reached and where the goal is not defined."""
    for x in sorted(sequent.goal[0].free_symbols, key=str):
        _, lows, highs = analytic.along(sequent.premises, x)
        ends = [(end, 1) for end, strict in dict.fromkeys(lows) if strict]
        ends += [(end, -1) for end, strict in dict.fromkeys(highs) if strict]
        ends += [(sp.oo, -1)] if not highs else []
        ends += [(-sp.oo, 1)] if not lows else []
        for end, up in ends:
            found = _by_rule(sequent, "far", [x, end, sp.Integer(up)], search, depth - 1)
            if found is not None:
                return found
    return None


def _cuts(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """Split where the goal touches zero: there the two sides are monotone, or curved, away from it."""
    if depth < 2:
        return None
    free = sorted(sequent.goal[0].free_symbols, key=str)
    for at in cut_candidates(sequent, free):
        if _settled_side(sequent, at):
            continue
        found = _by_rule(sequent, "split", [at], search, depth - 1)
        if found is not None:
            return found
    return None


def _touches(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """One variable: split at the exact zeros inside the domain."""
    free = sorted(sequent.goal[0].free_symbols, key=str)
    if len(free) != 1 or depth < 2 or sequent.goal[1] == ">":
        return None
    zeros, _ = touching_points(sequent, free[0])
    for zero in zeros:
        if not _settled_side(sequent, free[0] - zero):
            return _by_rule(sequent, "split", [free[0] - zero], search, depth - 1)
    return None


def cut_candidates(sequent: Sequent, free: list[sp.Symbol]) -> list[sp.Expr]:
    """Expressions whose zero set is worth a case distinction."""
    if len(free) == 1:
        zeros, others = touching_points(sequent, free[0])
        return [free[0] - c for c in (zeros or others)]
    found = [x - y for x, y in itertools.combinations(free, 2)]
    return found + [x for x in free if (x, ">") not in sequent.premises] + [x - 1 for x in free]


@functools.lru_cache(maxsize=256)
def touching_points(sequent: Sequent, x: sp.Symbol) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """Exact points inside the domain at which the goal is zero, and points around where it is smallest."""
    from proofs.search import critical

    return critical.touching(sequent, x)


def _settled_side(sequent: Sequent, at: sp.Expr) -> bool:
    """Whether the premises already say on which side of zero `at` lies."""
    for sign in (1, -1):
        try:
            if normal.close_by_signs(Sequent(sequent.premises, (sign * at, ">="))):
                return True
        except (NeedSign, Unsupported):
            return True
    return False


def _scales(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """A homogeneous goal in two positive variables: their ratio."""
    free = [x for x in sorted(sequent.goal[0].free_symbols, key=str) if (x, ">") in sequent.premises]
    if len(free) < 2 or sequent.goal[0].is_polynomial(*free):
        return None
    for x, y in itertools.permutations(free, 2):
        w = sp.Symbol(_fresh_name(sequent), real=True)
        trial = replaced(sequent.goal[0], {x: y * w})
        try:
            f, rat = normal_form((*sequent.premises, (w, ">")), trial)
            _, factors = f.factors(rat)
        except (NeedSign, Unsupported):
            continue
        kept = [f.poly_sympy(p) for p, _ in factors]
        if any(p.has(y) and p != y and p != sp.sqrt(y) for p in kept):
            continue
        found = _by_rule(sequent, "scale", [x, y, w], search, depth - 1)
        if found is not None:
            return found
    return None


BOXES = 400
SIGN_SECONDS = 0.3
CHAIN = 6
TACTICS = (
    _factorwise,
    _squares,
    _quadratics,
    _order,
    _boxes,
    _touches,
    _chains,
    _logs,
    _sums,
    _solvers,
    _monotones,
    _concaves,
    _fars,
    _cuts,
)
