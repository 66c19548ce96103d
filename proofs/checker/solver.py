"""z3 and cvc5 on the normal forms: the generators are real unknowns tied by their relations and bounds.

Exponentials, logarithms and circular functions become unknowns of which only some true facts are told, so
"no counterexample" is a proof and "a counterexample" is a hint. A proof needs both solvers (both found
unsatisfiable), and names them: nonlinear solvers have been wrong before.
"""

from __future__ import annotations

import importlib.util
from importlib.metadata import version
from typing import Any

from proofs.checker.field import Field, NeedSign
from proofs.checker.limited import limited
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Rat, Unsupported

Z3_SECONDS = 2.5
CVC5_SHARE = 4  # times the time of z3 is given to cvc5, which is slower
Z3, CVC5 = "z3", "cvc5"
Terms = tuple[tuple[str, tuple[tuple[int, int], ...]], ...]  # of a polynomial: each coefficient, and the powers of unknowns by number
Query = tuple[tuple[Terms, str], ...]  # polynomials, and how each stands to zero


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

    With `confirm`, cvc5 must agree. `seconds` of processor time are given to z3, and a multiple of them to cvc5.
    """
    try:
        query = violation(*facts(sequent))
    except (NeedSign, Unsupported):
        return False
    if not installed() or limited(ask, Z3, query, seconds=seconds) != "unsat":
        return False
    return not confirm or limited(ask, CVC5, query, seconds=CVC5_SHARE * seconds) == "unsat"


def violation(field: Field, premises: list[tuple[Any, str]], goal: tuple[Any, str]) -> Query:
    """That the generators are what they are, that the premises hold, and that the goal does not."""
    query: list[tuple[Terms, str]] = []
    for i in sorted(_unknowns(field, [goal[0], *(poly for poly, _ in premises)])):
        gen = field.gens[i]
        for bound, strict, sign in ((gen.low, gen.low_strict, 1), (gen.high, gen.high_strict, -1)):
            if bound is not None:
                query.append((((str(sign), ((i, 1),)), (str(-sign * bound), ())), ">" if strict else ">="))
        if gen.kind in ("root", "cosine"):  # a root is ≥ 0 by its bounds
            query.append(((("1", ((i, gen.unit),)), *_terms(-gen.base)), "=="))
        if gen.kind == "sin":
            query.append(((("1", ((i, 2),)), ("1", ((gen.partner, 2),)), ("-1", ())), "=="))
    query += [(_terms(poly), rel) for poly, rel in premises]
    poly, rel = goal
    query.append({">": (_terms(-poly), ">="), ">=": (_terms(-poly), ">"), "==": (_terms(poly), "!="), "!=": (_terms(poly), "==")}[rel])
    return tuple(query)


def _unknowns(field: Field, polys: list[Any]) -> set[int]:
    """The generators in the polynomials, and those under the roots and beside the sines among them."""
    found: set[int] = set()
    new = {i for poly in polys for i, degree in enumerate(poly.degrees()) if degree > 0}
    while new:
        found |= new
        roots = [field.gens[i].base for i in new if field.gens[i].kind == "root"]
        partners = {field.gens[i].partner for i in new if field.gens[i].kind == "sin"}
        new = ({j for base in roots for j, degree in enumerate(base.degrees()) if degree > 0} | partners) - found
    return found


def _terms(poly: Any) -> Terms:
    return tuple((str(c), tuple((i, int(n)) for i, n in enumerate(exponents) if n)) for exponents, c in poly.terms())


def ask(library: str, query: Query) -> str:
    """What one solver says of values of the unknowns that satisfy a query: "sat", "unsat" or "unknown"."""
    solver, _ = load(library, query)
    return str(solver.check())


def _module(library: str) -> Any:
    if library == Z3:
        import z3

        return z3
    import cvc5.pythonic  # type: ignore[import-untyped,unused-ignore]

    return cvc5.pythonic


def load(library: str, query: Query) -> tuple[Any, dict[int, Any]]:
    """A solver that looks for values which satisfy a query, and its unknowns by number; in a context that no other query shares."""
    smt = _module(library)
    context = smt.Context()
    solver = smt.Tactic("qfnra-nlsat", context).solver() if library == Z3 else smt.SolverFor("QF_NRA", context)
    unknowns = {i: smt.Real(f"g{i}", context) for i in sorted({i for poly, _ in query for _, powers in poly for i, _ in powers})}
    for poly, rel in query:
        total = smt.RealVal(0, context)
        for coefficient, powers in poly:
            product = smt.RealVal(coefficient, context)
            for i, exponent in powers:
                for _ in range(exponent):
                    product = product * unknowns[i]
            total = total + product
        solver.add({">": total > 0, ">=": total >= 0, "==": total == 0, "!=": total != 0}[rel])
    return solver, unknowns
