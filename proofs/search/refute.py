"""Counterexamples from simple values, critical points, optimisation and solver models, each checked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sympy as sp
from flint import ctx, fmpq

from proofs.checker import balls, sampling
from proofs.checker.field import NeedSign
from proofs.checker.logic import Atom, Sequent, clauses, negated, relation_atom
from proofs.checker.normal import normal_form
from proofs.checker.quotients import Unsupported
from proofs.checker.witness import admitted, condition_at, large_power
from proofs.kernel.terms import TOTAL_FUNCTIONS, replaced

Point = dict[sp.Symbol, sp.Expr]
MODEL_VARIABLES = 4
MODEL_SECONDS = 0.1
NUMERIC_SECONDS = 0.2  # for candidates near the numeric turning points of one variable, before any proof is sought


@dataclass(frozen=True)
class Question:
    """A condition that may fail somewhere, its premises, their cases, its variables, and which of them are whole."""

    condition: sp.Basic
    where: tuple[sp.Basic, ...]
    cases: tuple[tuple[Atom, ...], ...]
    symbols: tuple[sp.Symbol, ...]
    whole: frozenset[sp.Symbol] = frozenset()


def exact(value: fmpq) -> sp.Rational:
    """The SymPy rational of a flint one."""
    return sp.Rational(int(value.p), int(value.q))


def quick(question: Question, count: int = 60) -> Point | None:
    """A counterexample among simple and random values, or None."""
    for premises in question.cases:
        for point in admitted_points(premises, question.symbols, count):
            if _fails(question, point):
                return simplify(question, point)
    return None


def _fails(question: Question, point: Point) -> bool:
    if any(not point[s].is_Integer for s in question.whole if s in point):
        return False
    if all(v.is_Rational for v in point.values()) and not _balls_doubt(
        question.condition, {s: balls.rational(v) for s, v in point.items()}
    ):
        return False
    return condition_at(question.condition, point) is False and admitted(question.where, point)


def _balls_doubt(condition: sp.Basic, at: dict[sp.Symbol, fmpq]) -> bool:
    """False where plain balls already show the condition true: most points, at little cost."""
    if isinstance(condition, sp.And):
        return any(_balls_doubt(part, at) for part in condition.args)
    if not condition.is_Relational:
        return True
    atom = relation_atom(condition)
    status = None
    for bits in (96, 600):
        with ctx.workprec(bits):
            status = sampling.truth(atom)(at)
        if status is not None:
            break
    return status is False or (status is None and atom[1] in (">", "!="))


def admitted_points(premises: tuple[Atom, ...], variables: tuple[sp.Symbol, ...], count: int) -> Iterator[Point]:
    """Exact points at which the premises of one case hold; equalities are solved for a variable."""
    reduced, solutions = solve_equalities(premises)
    for branch, solved in zip(reduced, solutions, strict=True):
        free = tuple(v for v in variables if v not in solved)
        for at in sampling.points(branch, free, max(count // len(reduced), 8)):
            point = _completed({s: exact(v) for s, v in at.items()}, solved)
            if point is not None and all(v.is_real is not False and not v.has(sp.nan, sp.zoo, sp.oo) for v in point.values()):
                yield {s: point[s] for s in variables}


def _completed(point: Point, solved: Mapping[sp.Symbol, sp.Expr]) -> Point | None:
    """The point with the values of the variables that were solved for, the last first; None where one is too large."""
    full = dict(point)
    for x, value in reversed(list(solved.items())):
        if large_power(value, full):
            return None
        full[x] = value.xreplace(full)
    return full


def solve_equalities(premises: tuple[Atom, ...]) -> tuple[list[tuple[Atom, ...]], list[dict[sp.Symbol, sp.Expr]]]:
    """Branches of the premises without equalities, and the variables solved for in each."""
    branches: list[tuple[tuple[Atom, ...], dict[sp.Symbol, sp.Expr]]] = [(premises, {})]
    done: list[tuple[tuple[Atom, ...], dict[sp.Symbol, sp.Expr]]] = []
    while branches:
        atoms, solved = branches.pop()
        index = next((i for i, a in enumerate(atoms) if a[1] == "==" and a[0].free_symbols), None)
        if index is None or len(branches) + len(done) > 8:
            done.append((atoms, solved))
            continue
        expr = atoms[index][0]
        rest = atoms[:index] + atoms[index + 1 :]
        if _vanishes(rest, expr):  # wherever it is defined, as (x − 5)/(x − 5) = 1 does
            branches.append((rest, solved))
            continue
        options = _solutions(expr)
        if not options:
            done.append((atoms, solved))
        for x, value in options:
            new = tuple((replaced(e, {x: value}), r) for e, r in rest)
            branches.append((new, {**solved, x: value}))
    done.reverse()
    return [d[0] for d in done], [d[1] for d in done]


def _vanishes(premises: tuple[Atom, ...], expr: sp.Expr) -> bool:
    try:
        return bool(normal_form(premises, expr)[1].num.is_zero())
    except (NeedSign, Unsupported, ZeroDivisionError):
        return bool(expr.doit() == 0)


def _solutions(expr: sp.Expr) -> list[tuple[sp.Symbol, sp.Expr]]:
    symbols = sorted(expr.free_symbols, key=lambda s: (_degree(expr, s), str(s)))
    for x in symbols:
        slope = sp.diff(expr, x)
        if slope != 0 and not slope.has(x):
            return [(x, sp.cancel(-expr.subs(x, 0) / slope))]
    for x in symbols:
        if _degree(expr, x) <= 2:
            try:
                return [(x, s) for s in sp.solve(expr, x) if _is_plain(s)]
            except NotImplementedError:
                continue
    for x in symbols:
        try:
            found = [(x, s) for s in sp.solve(expr, x) if _is_plain(s) and s.is_real is not False]
        except (NotImplementedError, TypeError, ValueError):
            continue
        if found:
            return found[:3]
    return []


def _is_plain(solution: sp.Expr) -> bool:
    """Whether it is a real expression of the kinds that statements have: no imaginary unit, no piecewise function."""
    kinds = (sp.Add, sp.Mul, sp.Pow, sp.log, sp.tan, *TOTAL_FUNCTIONS)
    plain = all(isinstance(node, kinds) for node in sp.preorder_traversal(solution) if node.args)
    return plain and not solution.has(sp.I, sp.nan, sp.zoo, sp.oo)


def _degree(expr: sp.Expr, x: sp.Symbol) -> int:
    try:
        return int(sp.degree(expr, x))
    except (sp.PolynomialError, TypeError, ValueError):
        return 99


def simplify(question: Question, point: Point, rounds: int = 2) -> Point:
    """A counterexample with simpler values, near or far; the given one where none is found."""
    best = dict(point)
    for _ in range(rounds):
        changed = False
        for symbol in list(best):
            for value in _simpler(best[symbol]):
                trial = {**best, symbol: value}
                if _fails(question, trial):
                    best, changed = trial, True
                    break
        if not changed:
            break
    return best


def _simpler(value: sp.Expr) -> list[sp.Expr]:
    """Values simpler than `value`, simplest first: rationals for a rational, and the same angle within a turn for one of many."""
    turns = value / sp.pi
    if turns.is_Rational:
        return [turn * sp.pi for turn in (turns % 2, turns % 2 - 2) if abs(turn) < abs(turns)]
    if not value.is_Rational:
        return []
    size = abs(value.p) + value.q
    found = [exact(v) for v in sampling.SIMPLE] + [sp.Integer(round(value))]
    found += [sp.Rational(value).limit_denominator(d) for d in (1, 2, 3, 10, 100, 1000)]
    return sorted({v for v in found if abs(v.p) + v.q < size}, key=lambda v: (int(abs(v.p) + v.q), bool(v < 0)))


def cheap(question: Question) -> Point | None:
    """A counterexample among roots and turning points in one variable, or in a quick solver model.

    A difference that only touches zero, as in sin x < 1, has no other, and a proof of it would be sought for half of the time.
    """
    for premises in question.cases:
        for sequent in _violations(question.condition, premises):
            for option in _cheap_options(sequent, question.symbols):
                if _fails(question, option):
                    return simplify(question, option)
    return None


def _violations(condition: sp.Basic, premises: tuple[Atom, ...]) -> Iterator[Sequent]:
    """Sequents whose counterexamples are among those of the condition: of alternatives, each where all the others fail."""
    for case in clauses(condition, positive=False):
        for i, atom in enumerate(case):
            yield Sequent((*premises, *case[:i], *case[i + 1 :]), negated(atom))


def _cheap_options(sequent: Sequent, symbols: tuple[sp.Symbol, ...]) -> Iterator[Point]:
    from proofs.search import critical
    from proofs.search.models import model

    yield from critical.corners(sequent, symbols)
    if len(symbols) == 1:
        pieces = [Sequent(sequent.premises, (part, sequent.goal[1])) for part in critical.smooth_parts(sequent.goal[0])]
        yield from ({symbols[0]: value} for piece in pieces for value in critical.algebraic_values(piece, symbols[0]))
        if sequent.goal[1] != "==":  # the differences of an identity are rounding alone
            deadline = time.process_time() + NUMERIC_SECONDS
            yield from ({symbols[0]: value} for value in critical.numeric_values(sequent, symbols[0], deadline))
    elif len(symbols) <= MODEL_VARIABLES:
        found = model(sequent, MODEL_SECONDS)
        if found is not None:
            yield {s: found.get(s, sp.Integer(1)) for s in symbols}


def deep(question: Question, deadline: float) -> Point | None:
    """A counterexample from roots and critical points of the differences, optimisation and solver models."""
    symbols = question.symbols
    for premises in question.cases:
        for candidate in _candidates(question, premises, deadline):
            if time.process_time() > deadline:
                return None
            if set(candidate) == set(symbols) and _fails(question, candidate):
                return simplify(question, candidate)
    return None


def _candidates(question: Question, premises: tuple[Atom, ...], deadline: float) -> Iterator[Point]:
    reduced, solutions = solve_equalities(premises)
    for branch, solved in zip(reduced, solutions, strict=True):
        free = [s for s in question.symbols if s not in solved]
        for violated in _violations(question.condition, ()):
            others, goal = ([(_put_in(expr, solved), rel) for expr, rel in atoms] for atoms in (violated.premises, [violated.goal]))
            for point in _atom_candidates(Sequent((*branch, *others), goal[0]), free, deadline):
                full = _completed(point, solved)
                if full is not None:
                    yield full


def _put_in(expr: sp.Expr, solved: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The expression with the values of the variables that were solved for, one after the other."""
    for x, value in solved.items():
        expr = replaced(expr, {x: value})
    return expr


def _atom_candidates(sequent: Sequent, free: list[sp.Symbol], deadline: float) -> Iterator[Point]:
    from proofs.search import critical

    if not free:
        yield {}
        return
    if len(free) == 1:
        yield from ({free[0]: value} for value in critical.values(sequent, free[0], deadline))
        return
    from proofs.search.models import model

    found = model(sequent)
    if found is not None:
        yield {s: found.get(s, sp.Integer(1)) for s in free}
    yield from critical.lines(sequent, free, deadline)
    yield from critical.optimised(sequent, free, deadline)


def premise_candidates(premises: tuple[Atom, ...], symbols: tuple[sp.Symbol, ...]) -> Iterator[Point]:
    """Points that may satisfy narrow premises: solver models and critical values of the premises."""
    from proofs.search import critical
    from proofs.search.models import model

    reduced, solutions = solve_equalities(premises)
    for branch, solved in zip(reduced, solutions, strict=True):
        free = [s for s in symbols if s not in solved]
        sequent = Sequent(branch, (sp.Integer(-1), ">="))
        options: list[Point] = [{}] if not free else []
        if len(free) == 1:
            for expr, _ in branch:
                options += [{free[0]: v} for v in critical.algebraic_values(Sequent(branch, (expr, ">=")), free[0])]
        found = model(sequent) if free else None
        if found is not None:
            options.append({s: found.get(s, sp.Integer(1)) for s in free})
        for option in options:
            full = _completed(option, solved)
            if full is not None and set(full) == set(symbols):
                yield full


def undefined_points(
    premises: tuple[Atom, ...], symbols: tuple[sp.Symbol, ...], needs: Sequence[tuple[list[list[Atom]], sp.Expr]]
) -> Iterator[Point]:
    """Admitted points at which some need may fail."""
    yield from admitted_points(premises, symbols, 60)
    from proofs.search import critical

    for cases, _ in needs:
        for case in cases:
            for expr, rel in case:
                reduced, solutions = solve_equalities(premises)
                for branch, solved in zip(reduced, solutions, strict=True):
                    free = [s for s in symbols if s not in solved]
                    goal = replaced(expr, solved)
                    options: list[Point] = []
                    if len(free) == 1 and goal.has(free[0]):
                        options = [{free[0]: v} for v in critical.algebraic_values(Sequent(branch, (goal, rel)), free[0])]
                    elif free:
                        options = list(critical.lines(Sequent(branch, (goal, rel)), free, time.process_time() + 1))
                    for option in options:
                        full = _completed(option, solved)
                        if full is not None and set(full) == set(symbols):
                            yield full
