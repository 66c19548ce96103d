"""z3 and cvc5 on the normal forms: the generators are real unknowns tied by their relations and bounds.

Exponentials, logarithms and circular functions become unknowns of which only some true facts are told, so
"no counterexample" is a proof and "a counterexample" is a hint. A proof needs both solvers (both found
unsatisfiable), and names them: nonlinear solvers have been wrong before.
"""

from __future__ import annotations

import importlib.util
import os
import pickle
import signal
import warnings
from collections.abc import Callable
from importlib.metadata import version
from math import prod
from typing import Any

from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Rat, Unsupported

Z3_SECONDS = 1.5
CVC5_SECONDS = 2.0


def trusts() -> tuple[str, ...]:
    """The solvers' names and versions."""
    return tuple(f"{name} {version(package)}" for name, package in (("z3", "z3-solver"), ("cvc5", "cvc5")))


def trusts_of(rules_used: set[str]) -> tuple[str, ...]:
    """What a proof by these rules rests on besides the rules themselves."""
    leading = ("leading-term analysis",) if "far" in rules_used else ()
    return (*(trusts() if "solver" in rules_used else ()), *leading)


def installed() -> bool:
    """Whether both solvers are there: without them the solver rule proves nothing."""
    return all(importlib.util.find_spec(name) is not None for name in ("z3", "cvc5"))


def facts(sequent: Sequent) -> tuple[Field, list[tuple[Any, str]], tuple[Any, str]]:
    """The field, the premises as polynomials, and the goal as a polynomial."""
    field = Field(sequent.premises)
    kept = []
    for expr, rel in sequent.premises:
        try:
            field.rat(expr)
        except (NeedSign, Unsupported):
            continue
        kept.append((expr, rel))
    rats: list[Rat] = field.rats([sequent.goal[0], *(e for e, _ in kept)])
    goal = (rats[0].num * rats[0].den if sequent.goal[1] in (">", ">=") else rats[0].num, sequent.goal[1])
    premises = [(r.num * r.den if rel in (">", ">=") else r.num, rel) for r, (_, rel) in zip(rats[1:], kept, strict=True)]
    premises += [(r.den, "!=") for r in rats if not r.den.is_constant()]
    return field, premises, goal


def refuted(sequent: Sequent, confirm: bool = False, seconds: float = Z3_SECONDS) -> bool:
    """Whether no values of the generators satisfy the premises and violate the goal.

    With `confirm`, cvc5 must agree. `seconds` of processor time are given to z3.
    """
    try:
        field, premises, goal = facts(sequent)
    except (NeedSign, Unsupported):
        return False
    if not installed():
        return False
    import cvc5.pythonic as cvc  # type: ignore[import-untyped,unused-ignore]
    import z3

    if limited(lambda: ask(z3, field, premises, goal), seconds) != "unsat":
        return False
    return not confirm or limited(lambda: ask(cvc, field, premises, goal), CVC5_SECONDS) == "unsat"


def limited(work: Callable[[], Any], seconds: float) -> Any:
    """What `work` gives, in a process of its own that ends by itself after so much processor time; None where it does not end.

    The solvers hear no limit while they compute, and the limits they do hear count the time of the clock on the wall.
    """
    reads, writes = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which no fork takes along: it needs none
        child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            with os.fdopen(writes, "wb") as answer:
                pickle.dump(work(), answer)
        finally:
            os._exit(0)
    os.close(writes)
    try:
        with os.fdopen(reads, "rb") as answer:
            said = answer.read()
        return pickle.loads(said) if said else None
    except (pickle.UnpicklingError, EOFError):
        return None
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def ask(library: Any, field: Field, premises: Any, goal: Any) -> str:
    """What one solver says of values that satisfy the premises and violate the goal: "sat", "unsat" or "unknown"."""
    solver, _ = load(library, field, premises, goal)
    return str(solver.check())


def load(library: Any, field: Field, premises: Any, goal: Any) -> tuple[Any, dict[int, Any]]:
    """A solver that looks for values which satisfy the premises and violate the goal, and its unknowns by generator."""
    solver = library.Tactic("qfnra-nlsat").solver() if library.__name__ == "z3" else library.SolverFor("QF_NRA")
    polys = [goal[0], *(p for p, _ in premises)]
    used = {i for p in polys for i, d in enumerate(p.degrees()) if d > 0}
    grown = True
    while grown:  # the relations bring in the generators under their roots
        grown = False
        for i in sorted(used):
            gen = field.gens[i]
            extra = {j for j, d in enumerate(gen.base.degrees()) if d > 0} if gen.kind == "root" else set()
            extra |= {gen.partner} if gen.kind == "sin" else set()
            if not extra <= used:
                used |= extra
                grown = True
    names = {i: library.Real(f"g{i}") for i in sorted(used)}

    def term(poly: Any) -> Any:
        total = library.RealVal(0)
        for exponents, c in poly.terms():
            product = library.RealVal(f"{int(c.p)}/{int(c.q)}")
            for i, n in enumerate(exponents):
                for _ in range(int(n)):
                    product = product * names[i]
            total = total + product
        return total

    for i in sorted(used):
        gen = field.gens[i]
        for bound, strict, below in ((gen.low, gen.low_strict, True), (gen.high, gen.high_strict, False)):
            if bound is not None:
                end = library.RealVal(f"{int(bound.p)}/{int(bound.q)}")
                gap = (names[i] - end) if below else (end - names[i])
                solver.add(gap > 0 if strict else gap >= 0)
        if gen.kind == "root":  # which is ≥ 0 by its bounds
            solver.add(prod([names[i]] * gen.unit) == term(gen.base))
        if gen.kind == "sin":
            solver.add(names[i] * names[i] + names[gen.partner] * names[gen.partner] == 1)
    for poly, rel in premises:
        t = term(poly)
        solver.add({">": t > 0, ">=": t >= 0, "==": t == 0, "!=": t != 0}[rel])
    t = term(goal[0])
    solver.add({">": t <= 0, ">=": t < 0, "==": t != 0, "!=": t == 0}[goal[1]])
    return solver, names
