"""z3 and cvc5 on the normal forms: the generators are real unknowns tied by their relations and bounds.

Exponentials, logarithms and circular functions become unknowns of which only some true facts are told, so
"no counterexample" is a proof and "a counterexample" is a hint. A proof needs both solvers (both found
unsatisfiable), and names them: nonlinear solvers have been wrong before.
"""

from __future__ import annotations

import importlib.util
import math
import os
import select
import signal
import warnings
from collections.abc import Callable
from importlib.metadata import version
from math import prod
from typing import Any

from proofs.checker.field import Field, NeedSign, Rat, Unsupported
from proofs.checker.logic import Sequent

Z3_MILLISECONDS = 1500
CVC5_MILLISECONDS = 2000


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
    premises = [
        (r.num * r.den if rel in (">", ">=") else r.num, rel)
        for r, (_, rel) in zip(rats[1:], kept, strict=True)
    ]
    premises += [(r.den, "!=") for r in rats if not r.den.is_constant()]
    return field, premises, goal


def refuted(sequent: Sequent, confirm: bool = False, milliseconds: int = Z3_MILLISECONDS) -> bool:
    """Whether no values of the generators satisfy the premises and violate the goal.

    With `confirm`, cvc5 must agree.
    """
    try:
        field, premises, goal = facts(sequent)
    except (NeedSign, Unsupported):
        return False
    if not installed():
        return False
    import z3

    if _ask(z3, field, premises, goal, milliseconds) != "unsat":
        return False
    if not confirm:
        return True
    import cvc5.pythonic as cvc  # type: ignore[import-untyped,unused-ignore]

    return _stopped_in_time(lambda: _ask(cvc, field, premises, goal, CVC5_MILLISECONDS), CVC5_MILLISECONDS / 1000 + 1) == "unsat"


def _stopped_in_time(work: Callable[[], str], seconds: float) -> str:
    """The answer of a process of its own, which is killed in time: cvc5's coverings may compute on and hear no limit.

    The process ends by itself where this one is killed. Where there are none to fork, the work is done here.
    """
    if not hasattr(os, "fork"):
        return work()
    import resource  # where there is fork there is this

    reads, writes = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which no fork takes along: it needs none
        child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds) + 1,) * 2)
            os.write(writes, work().encode())
        finally:
            os._exit(0)
    try:
        os.close(writes)
        ready, _, _ = select.select([reads], [], [], seconds)
        return os.read(reads, 100).decode() if ready else "unknown"
    finally:
        os.close(reads)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _ask(library: Any, field: Field, premises: Any, goal: Any, milliseconds: int) -> str:
    solver, _ = load(library, field, premises, goal, milliseconds)
    return str(solver.check())


def load(
    library: Any, field: Field, premises: Any, goal: Any, milliseconds: int
) -> tuple[Any, dict[int, Any]]:
    is_z3 = library.__name__ == "z3"
    solver = library.Tactic("qfnra-nlsat").solver() if is_z3 else library.SolverFor("QF_NRA")
    if is_z3:
        solver.set("timeout", milliseconds)
    else:
        solver.setOption("tlimit-per", milliseconds)
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
