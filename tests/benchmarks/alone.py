"""What one would use in place of `ufm check`: SymPy alone, z3 alone, cvc5 alone, each asked for a statement in plain use.

For the solvers a root is an unknown that is not negative, with its power for a premise, and a divisor a premise that it is not 0, so
that they are not held to values that are not defined. cvc5 knows exp, sin, cos and π; what a solver cannot express is left open.
z3 sees by itself what is polynomial, and cvc5 is told so by the logic QF_NRA, for which alone it uses its procedure for polynomials.
"""

from __future__ import annotations

import importlib
from typing import Any

import sympy as sp

from proofs.check import Step
from proofs.kernel.reader import read_statement
from proofs.kernel.statements import Holds, Limit, Supremum

PREDICATES = {sp.Eq: sp.Q.eq, sp.Ne: sp.Q.ne, sp.Lt: sp.Q.lt, sp.Le: sp.Q.le, sp.Gt: sp.Q.gt, sp.Ge: sp.Q.ge}


def by_sympy(claim: Step) -> str:
    """SymPy by itself: ask for the sign, simplify, take the limit or the supremum that it gives."""
    (statement,) = read_statement(claim.statement, claim.where, claim.let)[:1]
    if isinstance(statement, Limit):
        return _settled(sp.simplify(sp.limit(statement.expr.doit(), statement.variable, statement.point) - statement.value) == 0)
    if isinstance(statement, Supremum) and statement.value is not None:
        domain = sp.Interval(statement.start, statement.end)
        return _settled(sp.simplify(sp.maximum(statement.expr.doit(), statement.variable, domain) - statement.value) == 0)
    if not isinstance(statement, Holds):
        return "undecided"
    premises = sp.And(*statement.where)
    answer = sp.ask(_assumption(statement.condition), _assumption(premises)) if statement.condition.is_Relational else None
    if answer is None:
        simplified = sp.simplify(statement.condition.doit())
        answer = True if simplified is sp.true else (False if simplified is sp.false else None)
    return "undecided" if answer is None else _settled(answer)


def _assumption(condition: sp.Basic) -> Any:
    return condition.replace(lambda e: e.is_Relational, lambda e: PREDICATES[type(e)](*e.args)) if condition.args else True


def _settled(answer: Any) -> str:
    return "proved" if answer else "refuted"


class Solver:
    """A statement as a solver sees it: unknowns, and premises that say what is defined."""

    def __init__(self, module: str) -> None:
        self.smt = importlib.import_module(module)
        self.names: dict[sp.Basic, Any] = {}
        self.premises: list[Any] = []
        self.polynomial = True

    def unknown(self, expr: sp.Basic) -> Any:
        if expr not in self.names:
            self.names[expr] = self.smt.Real(f"n{len(self.names)}")
        return self.names[expr]

    def term(self, e: sp.Expr) -> Any:
        """Raises NotImplementedError for what the solver does not know."""
        if e.is_Rational:
            return self.smt.RealVal(f"{e.p}/{e.q}")
        if e.is_Symbol:
            return self.unknown(e)
        if e.is_Add or e.is_Mul:
            first, *rest = map(self.term, e.args)
            for other in rest:
                first = first + other if e.is_Add else first * other
            return first
        if isinstance(e, sp.Pow) and e.exp.is_Rational:
            return self.power(e.base, e.exp)
        if isinstance(e, (sp.Abs, sp.Max, sp.Min)):
            first, *rest = map(self.term, e.args)
            if isinstance(e, sp.Abs):
                return self.smt.If(first >= 0, first, -first)
            for other in rest:
                first = self.smt.If(first >= other if isinstance(e, sp.Max) else first <= other, first, other)
            return first
        self.polynomial = False
        if self.smt.__name__.startswith("cvc5") and isinstance(e, (sp.exp, sp.sin, sp.cos)):
            function = {sp.exp: "Exponential", sp.sin: "Sine", sp.cos: "Cosine"}[type(e)]
            return getattr(self.smt, function)(self.term(e.args[0]))
        if self.smt.__name__.startswith("cvc5") and e is sp.pi:
            return self.smt.Pi()
        raise NotImplementedError(str(e))

    def power(self, base: sp.Expr, exponent: sp.Rational) -> Any:
        value = self.term(base)
        if exponent.q > 1:
            root = self.unknown(sp.Pow(base, sp.Rational(1, exponent.q), evaluate=False))
            self.premises += [root >= 0, self.product(root, int(exponent.q)) == value]
            value = root
        if exponent < 0:
            self.premises.append(value != 0)
        result = self.product(value, abs(int(exponent.p)))
        return result if exponent >= 0 else 1 / result

    def product(self, value: Any, times: int) -> Any:
        result = self.smt.RealVal(1)
        for _ in range(times):
            result = result * value
        return result

    def formula(self, c: sp.Basic) -> Any:
        if isinstance(c, sp.Not):
            return self.smt.Not(self.formula(c.args[0]))
        if isinstance(c, (sp.And, sp.Or)):
            return (self.smt.And if isinstance(c, sp.And) else self.smt.Or)(*map(self.formula, c.args))
        left, right = map(self.term, c.args)
        kinds = {sp.Eq: "__eq__", sp.Ne: "__ne__", sp.Lt: "__lt__", sp.Le: "__le__", sp.Gt: "__gt__", sp.Ge: "__ge__"}
        return getattr(left, kinds[type(c)])(right)


def by_solver(module: str, claim: Step) -> str:
    """A solver by itself: the premises and the negation are unsatisfiable, or have a model."""
    (statement,) = read_statement(claim.statement, claim.where, claim.let)[:1]
    if not isinstance(statement, Holds):
        return "undecided"
    said = Solver(module)
    asked = [*map(said.formula, statement.where), said.smt.Not(said.formula(statement.condition))]
    solver = said.smt.SolverFor("QF_NRA") if said.polynomial and module.startswith("cvc5") else said.smt.Solver()
    for each in (*asked, *said.premises):
        solver.add(each)
    return {"unsat": "proved", "sat": "refuted"}.get(str(solver.check()), "undecided")
