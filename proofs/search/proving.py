"""The search for a proof of a sequent: first what its premises say in plainer words, then more and more steps of the tactics."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import sympy as sp

from proofs.checker import analytic, solver
from proofs.checker.field import NeedSign
from proofs.checker.logic import Atom, Sequent
from proofs.checker.quotients import Unsupported
from proofs.checker.rules import Proof
from proofs.checker.sampling import violated
from proofs.search import premises as premised
from proofs.search import steps
from proofs.search.steps import Taken, step, taken_back
from proofs.search.tactics import OutOfTime, Search, within

SIGN_SECONDS = 0.3
ALONE_SECONDS = 0.4  # of the search for certificates by few steps, before any solver is asked
CERTIFY_SECONDS = 1.0  # of the same, after the solvers have decided
EARLY_SECONDS = 2.0  # of the solvers, for the whole sequent
SOLVERS_SHARE = 0.3  # of the time that is left is theirs
SOLVERS_AT = 2  # after so many steps without a proof the solvers are asked
MOST_CORNERS = 5  # of premises, one after the other


def prove(sequent: Sequent, deadline: float, depth: int = 6) -> Proof | None:
    """A proof of the sequent that `rules.holds` accepts, or None; by a single step, premises are taken as they stand."""
    try:
        return _prepared(sequent, deadline, depth, MOST_CORNERS) if depth > 1 else _deepened(sequent, deadline, depth)
    except OutOfTime:
        return None


def _prepared(sequent: Sequent, deadline: float, depth: int, corners: int) -> Proof | None:
    """By the signs that premises with corners need, then with all that the premises say in plainer words."""
    sign = premised.open_corner(sequent) if corners else None
    if sign is not None:
        return _by_signs(sequent, sign, lambda child: _prepared(child, deadline, depth, corners - 1))
    taken: Taken = []
    for steps_of in (premised.scaled, premised.normalised, premised.plain, premised.preparations):
        for rule, args in list(steps_of(sequent)):
            children = steps.children(sequent, rule, args)
            if children is None or children[-1] == sequent:
                continue
            shown = _sides(tuple(children[:-1]), sequent.premises) if time.process_time() < deadline else None
            if shown is not None:
                taken.append((rule, args, shown))
                sequent = children[-1]
    for variable, proof in positive_variables(sequent.premises):
        taken.append(("cut", (variable,), [proof]))
        sequent = Sequent((*sequent.premises, (variable, ">")), sequent.goal)
    found = _deepened(sequent, deadline, depth)
    return None if found is None else taken_back(taken, found)


@functools.lru_cache(maxsize=512)  # what premises say in plainer words is asked again for each goal under them
def _sides(sequents: tuple[Sequent, ...], premises: tuple[Atom, ...]) -> list[Proof] | None:
    """Proofs of these under the premises at the root, or None."""
    search = Search(time.process_time() + SIGN_SECONDS, {}, {}, premises)
    try:
        shown = [_shown(sequent, search, MOST_CORNERS) for sequent in sequents]
    except OutOfTime:
        return None
    return None if None in shown else [proof for proof in shown if proof is not None]


def _shown(sequent: Sequent, search: Search, corners: int) -> Proof | None:
    """A proof of what a premise says in plainer words: in a few steps, under each sign that its corners need."""
    sign = premised.open_sign(sequent) if corners else None
    return within(sequent, search, 3) if sign is None else _by_signs(sequent, sign, lambda child: _shown(child, search, corners - 1))


def _by_signs(sequent: Sequent, sign: sp.Expr, prove: Callable[[Sequent], Proof | None]) -> Proof | None:
    """Under each sign of an expression that is defined everywhere."""
    then: list[Proof] = []
    for child in steps.children(sequent, "split", (sign,)) or ():
        found = prove(child)
        if found is None:
            return None
        then.append(found)
    return step("split", [sign], then) if then else None


def _deepened(sequent: Sequent, deadline: float, depth: int) -> Proof | None:
    """With few steps, then with more: by certificates alone for a moment, then with the solvers for what comes up on the way.

    In between they are asked for the whole. What both decide stands by their word where no certificate is found in some time more.
    """
    alone = Search(min(deadline, time.process_time() + ALONE_SECONDS), {}, {}, sequent.premises)
    found = _in_steps(sequent, alone, range(1, min(depth, SOLVERS_AT) + 1))
    if found is not None or depth < SOLVERS_AT or time.process_time() > deadline:
        return found
    seconds = SOLVERS_SHARE * (deadline - time.process_time())
    search = Search(deadline, {}, dict(alone.proved), sequent.premises, solver_seconds=seconds)
    found, fallback = _in_steps(sequent, search, range(1, SOLVERS_AT + 1)), None
    if found is not None:
        return found
    if time.process_time() < deadline and _solved(sequent, EARLY_SECONDS):
        fallback = step("solver", [], [])
        search = Search(min(deadline, time.process_time() + CERTIFY_SECONDS), alone.failed, alone.proved, sequent.premises)
    found = _in_steps(sequent, search, (*range(SOLVERS_AT, min(depth, 5)), depth))
    if found is not None:
        return found
    left = deadline - time.process_time()
    if fallback is None and left > EARLY_SECONDS and _solved(sequent, left):
        fallback = step("solver", [], [])
    return fallback


def _in_steps(sequent: Sequent, search: Search, budgets: Iterable[int]) -> Proof | None:
    """The first proof by one of these numbers of steps; None where there is none in time."""
    with suppress(OutOfTime):
        for budget in budgets:
            found = within(sequent, search, budget)
            if found is not None:
                return found
    return None


def _solved(sequent: Sequent, seconds: float) -> bool:
    """Whether both solvers decide for the sequent, in so many seconds together."""
    try:
        return not violated(sequent) and steps.refuted(sequent, seconds / (1 + solver.CVC5_SHARE))
    except (NeedSign, Unsupported):
        return False


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
            shown = within(goal, Search(time.process_time() + SIGN_SECONDS, {}, {}, known), 2)
        except OutOfTime:
            continue
        if shown is not None:
            found.append((x, shown))
    return tuple(found)
