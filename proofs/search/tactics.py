"""The tactics of the search for proofs: each chooses a rule, and may be wrong without harm, since `rules.holds` replays."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

import sympy as sp

from proofs.checker import analytic, normal
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Atom, Sequent, minus, negated
from proofs.checker.quotients import Unsupported
from proofs.checker.rules import Proof
from proofs.checker.sampling import violated
from proofs.kernel.terms import NotDifferentiable, add, derivative, difference, mul
from proofs.search import cuts, parts, pieces, steps
from proofs.search import premises as premised
from proofs.search.steps import Taken, step, taken_back


class OutOfTime(Exception):
    """The time for this statement is spent."""


@dataclass
class Search:
    """One search: its deadline, and what it has already settled."""

    deadline: float
    failed: dict[Sequent, int]
    proved: dict[Sequent, Proof]
    premises: tuple[Atom, ...]  # of the sequent at the root
    in_pieces: bool = False
    solver_seconds: float = 0.0  # that the solvers may still take, beside this process and its processor time

    def check_time(self) -> None:
        """Raises: OutOfTime."""
        if time.process_time() > self.deadline:
            raise OutOfTime


def _slope(expr: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    try:
        return derivative(expr, x)
    except NotDifferentiable:
        return None


def within(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """A proof by at most so many steps after one another, or None.

    Raises: OutOfTime.
    """
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
    for index, (expr, told) in enumerate(sequent.premises if depth > 0 else ()):
        found = _eliminate(sequent, index, search, depth) if told == "==" and expr.free_symbols else None
        if found is not None:
            return found
    if depth > 0 and rel in (">", ">=") and premised.is_high(sequent.goal[0], HIGH) and plausible(sequent):
        found = _high(sequent, search, depth)
        if found is not None:
            return found
    closed = steps.closed_by_signs(sequent)
    if closed is True:
        return step("signs", [], [])
    if isinstance(closed, NeedSign):
        found = _boxes(sequent, search, depth) if sequent.premises == search.premises and rel in (">", ">=") else None
        if found is None and depth > 0 and len(sequent.premises) <= len(search.premises) + MOST_SIGNS:
            factor = premised.open_factor(sequent, closed.expr)
            exponents = premised.exponents(sequent, factor)
            if exponents is not None:
                return _by_exponents(sequent, factor, exponents, search, depth)
            known = next((side for side in (factor, minus(factor)) if _has_no_root(Sequent(sequent.premises, (side, ">")))), None)
            rule = "cut" if known is not None else "split3" if closed.strict else "split"
            found = _by_rule(sequent, rule, [factor if known is None else known], search, depth)
        return found
    if closed is None:
        found = _contradiction(sequent, search, depth)
        return _inequality(sequent, search, depth) if found is None and depth > 0 and rel in (">", ">=") and plausible(sequent) else found
    if depth > 0 and rel != "!=" and any(told == "==" for _, told in sequent.premises):
        found = _equations(sequent, search, depth)
        if found is not None:
            return found
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
    if _has_no_root(sequent):
        return step("roots", [], [])
    if depth <= 0:
        return None
    if (minus(sequent.goal[0]), ">=") in sequent.premises or (minus(sequent.goal[0]), ">") in sequent.premises:
        return _contradiction(sequent, search, depth)
    return _inequality(sequent, search, depth)


def _by_exponents(sequent: Sequent, factor: sp.Expr, exponents: sp.Expr, search: Search, depth: int) -> Proof | None:
    """With the sign of the factor from that of the exponents, which is told apart first."""
    for side, told in ((factor, exponents), (minus(factor), minus(exponents))):
        if steps.closed_by_signs(Sequent(sequent.premises, (told, ">="))) is True:
            return _by_rule(sequent, "cut", [side, sp.Integer(1)], search, depth)
    return _by_rule(sequent, "split", [exponents], search, depth)


def _high(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """Logarithms, or squares of polynomials in high powers: neither asks for the factors of the goal."""
    try:
        return _by_rule(sequent, "logarithm", [], search, depth - 1) or _sums(sequent, search, depth)
    except (NeedSign, Unsupported):
        return None


def _has_no_root(sequent: Sequent) -> bool:
    return plausible(sequent) and steps.children(sequent, "roots", ()) is not None


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
        found = within(child, search, depth)
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


def _equations(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """The goal as a multiple of what a premise says is zero, or that of exponentials of which it is the logarithm."""
    if sequent.goal[1] == "==" and (sequent.goal[0].has(sp.log) or any(rel == "==" and expr.has(sp.exp) for expr, rel in sequent.premises)):
        found = _by_rule(sequent, "exponentiate", [], search, depth - 1)
        if found is not None:
            return found
    for index, (expr, rel) in enumerate(sequent.premises):
        if rel != "==" or not expr.free_symbols:
            continue
        try:
            field = Field(sequent.premises)
            goal, zero = field.rats([sequent.goal[0], expr])
            factor = field.div(goal, zero)
        except (NeedSign, Unsupported, ZeroDivisionError):
            continue
        shares = sequent.goal[1] == "==" and factor.den.total_degree() < zero.num.total_degree()
        impossible = field.sign(zero.num) is not None and field.sign_strict(zero.num)
        if factor.den.is_constant() or impossible or (shares and len(factor.num) + len(factor.den) <= MOST_TERMS):
            found = _by_rule(sequent, "equation", [sp.Integer(index), field.sympy(factor)], search, depth - 1)
            if found is not None:
                return found
    return None


def _contradiction(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    if depth <= 0:
        return None
    for i in reversed(range(len(sequent.premises))):
        most = 2 if premised.is_curved(sequent.premises[i][0], sequent.premises[i][0]) else 1
        found = _by_rule(sequent, "absurd", [sp.Integer(i)], search, min(depth - 1, most))
        if found is not None:
            return found
    return None


def _inequality(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    found = _scales(sequent, search, depth) or _straight(sequent, search, depth)
    if found is not None or premised.is_high(sequent.goal[0], HIGHEST):
        return found
    (cleared,) = steps.children(sequent, "clear", ()) or (sequent,)
    if sp.expand(cleared.goal[0] - sequent.goal[0]) != 0:
        found = _by_rule(sequent, "clear", [], search, depth)
        if found is not None:
            return found
    for tactic in TACTICS:
        try:
            found = tactic(sequent, search, depth)
        except (NeedSign, Unsupported, OverflowError):  # the goal has no normal form: another tactic may need none
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
    told = "exp" in kinds or any(expr.has(sp.log) for expr, _ in sequent.premises)
    found = _by_rule(sequent, "logarithm", [], search, depth - 1) if told else None
    grown = "exp" not in kinds and premised.has_its_exponentials(sequent)
    if found is None and ("log" in kinds or grown) and depth > 1:
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
            w = premised.fresh(sequent)
            new = add(x, mul(slope, difference(w, expr)))
            found = _by_rule(sequent, "substitute", [x, new], search, depth - 1)
            if found is not None:
                return found
    return None


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
        for end, _ in dict.fromkeys(ends):
            found = pieces.chain(sequent, free[0], end, up, _prover(search))
            if found is not None:
                return found
    return None


def _pieces(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """One variable: zeros and boxes, once for a branch of the search."""
    return pieces.by_pieces(sequent, _prover(search)) if depth > 2 and not search.in_pieces else None


def _prover(search: Search) -> pieces.Prove:
    """The search itself, for what its tactics leave to be shown."""

    def prove(sequent: Sequent, depth: int) -> Proof | None:
        search.check_time()
        before, search.in_pieces = search.in_pieces, True
        try:
            return within(sequent, search, depth)
        finally:
            search.in_pieces = before

    return prove


def _sums(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """A sum of squares; of what is not linear before any case is split: a semidefinite program for every branch would take too long."""
    from proofs.search.squares import certificate

    _, rat = normal.goal_form(sequent)
    if sequent.premises != search.premises and rat.num.total_degree() > 1:
        return None
    found = certificate(sequent)
    if found is None:
        return None
    taken: Taken = []
    for index, factor in found.factors:
        children = steps.children(sequent, "equation", (sp.Integer(index), factor))
        shown = [within(child, search, 1) for child in children[:-1]] if children else [None]
        if children is None or None in shown:
            return None
        taken.append(("equation", (sp.Integer(index), factor), [proof for proof in shown if proof is not None]))
        sequent = children[-1]
    last = _by_rule(sequent, "squares", list(found.squares), search, depth - 1) if len(found.squares) > 1 else step("signs", [], [])
    return None if last is None else taken_back(taken, last)


def _solvers(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    if depth < 1 or search.solver_seconds <= 0:
        return None
    start = time.monotonic()
    found = steps.refuted(sequent)
    search.solver_seconds -= time.monotonic() - start
    return step("solver", [], []) if found else None


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


def _bounded(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """A variable between −1 and 1 in place of a sine or cosine."""
    for taken, wider in parts.bounded(sequent, lambda child: within(child, search, 1)) if depth > 1 else ():
        found = within(wider, search, depth - 1) if plausible(wider) else None
        if found is not None:
            return taken_back(taken, found)
    return None


def _straight(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """Without the corners whose branches are known: what has none can be differentiated."""
    taken, straight = parts.straightened(sequent)
    found = within(straight, search, depth) if taken and plausible(straight) else None
    return None if found is None else taken_back(taken, found)


def _scales(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """A homogeneous goal in two positive variables: their ratio."""
    for x, y, w in parts.ratios(sequent):
        found = _by_rule(sequent, "scale", [x, y, w], search, depth - 1)
        if found is not None:
            return found
    return None


def _contraries(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """What the goal excludes contradicts a premise on its variables, of which signs alone tell nothing."""
    expr, _ = sequent.goal
    if depth < 2 or sequent.premises != search.premises or not any(premised.is_curved(given, expr) for given, _ in sequent.premises):
        return None
    return _by_rule(sequent, "split3", [expr], search, depth - 1)


def _cuts(sequent: Sequent, search: Search, depth: int) -> Proof | None:
    """Split where the goal touches zero: there the two sides are monotone, or curved, away from it."""
    if depth < 2:
        return None
    free = sorted(sequent.goal[0].free_symbols, key=str)
    for at in cuts.candidates(sequent, free):
        if cuts.settled_side(sequent, at):
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
    zeros, _ = cuts.touching_points(sequent, free[0])
    for zero in zeros:
        if not cuts.settled_side(sequent, free[0] - zero):
            return _by_rule(sequent, "split", [free[0] - zero], search, depth - 1)
    return None


BOXES = 400
HIGH, HIGHEST = 20, 300  # exponents above which the factors of a goal are not asked for first, and not at all
MOST_TERMS = 12  # of a factor of an equation
MOST_SIGNS = 10  # that are asked on the way to a normal form, beyond the steps of the search
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
    _pieces,
    _bounded,
    _contraries,
    _cuts,
)
