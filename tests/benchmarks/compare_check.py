"""The corpus judged by `ufm check`, by SymPy alone and by z3 alone, in one run.

Run it by `python tests/benchmarks/compare_check.py`.
Each tool gets the same limit. SymPy alone means `ask`/`simplify`/`limit` in plain use; z3 alone means the
reals with powers, roots as unknowns, and whatever else z3 cannot express is left out.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import sympy as sp

sys.path.insert(0, str(Path(__file__).parent.parent))

from corpus_files import claims

from proofs.check import Step, check_statement
from proofs.kernel.reader import read_statement
from proofs.kernel.statements import Holds, Limit, Supremum
from proofs.ledger.jobs import Job, Stopped, run

SECONDS = 3.0  # for each statement and tool: a table in minutes


def by_check(claim: Step) -> str:
    """The verdict of this project."""
    return str(check_statement(claim.statement, claim.where, claim.let, SECONDS - 1)["verdict"])


def by_sympy(claim: Step) -> str:
    """SymPy by itself: simplify the difference, ask for its sign, take the limit it gives."""
    (statement,) = read_statement(claim.statement, claim.where, claim.let)[:1]
    if isinstance(statement, Limit):
        return _settled(sp.simplify(sp.limit(statement.expr, statement.variable, statement.point) - statement.value) == 0)
    if isinstance(statement, Supremum) and statement.value is not None:
        domain = sp.Interval(statement.start, statement.end)
        return _settled(sp.maximum(statement.expr, statement.variable, domain) == statement.value)
    if not isinstance(statement, Holds):
        return "undecided"
    premises = sp.And(*statement.where)
    answer = sp.ask(_assumption(statement.condition), _assumption(premises)) if statement.condition.is_Relational else None
    if answer is None:
        simplified = sp.simplify(statement.condition.doit())
        answer = True if simplified is sp.true else (False if simplified is sp.false else None)
    return "undecided" if answer is None else _settled(answer)


def _assumption(condition: sp.Basic) -> Any:
    predicates = {sp.Eq: sp.Q.eq, sp.Ne: sp.Q.ne, sp.Lt: sp.Q.lt, sp.Le: sp.Q.le, sp.Gt: sp.Q.gt, sp.Ge: sp.Q.ge}
    return condition.replace(lambda e: e.is_Relational, lambda e: predicates[type(e)](*e.args)) if condition.args else True


def _settled(answer: Any) -> str:
    return "proved" if answer else "refuted"


def by_z3(claim: Step) -> str:
    """z3 by itself: the negation is unsatisfiable, or has a model."""
    import z3

    (statement,) = read_statement(claim.statement, claim.where, claim.let)[:1]
    if not isinstance(statement, Holds):
        return "undecided"
    solver = z3.Solver()
    solver.set("timeout", int(SECONDS * 1000))
    names: dict[sp.Symbol, Any] = {}

    def term(e: sp.Expr) -> Any:
        if e.is_Rational:
            return z3.RealVal(f"{e.p}/{e.q}")
        if e.is_Symbol:
            return names.setdefault(e, z3.Real(e.name))
        if e.is_Add:
            return z3.Sum([term(a) for a in e.args])
        if e.is_Mul:
            return z3.Product([term(a) for a in e.args])
        if isinstance(e, sp.Pow) and e.exp.is_Rational:
            return term(e.base) ** term(e.exp)
        if isinstance(e, sp.Abs):
            inner = term(e.args[0])
            return z3.If(inner >= 0, inner, -inner)
        raise NotImplementedError(str(e))

    def formula(c: sp.Basic) -> Any:
        if isinstance(c, sp.Not):
            return z3.Not(formula(c.args[0]))
        if isinstance(c, sp.And):
            return z3.And([formula(a) for a in c.args])
        if isinstance(c, sp.Or):
            return z3.Or([formula(a) for a in c.args])
        left, right = map(term, c.args)
        compare: dict[type, Callable[[], Any]] = {
            sp.Eq: lambda: left == right,
            sp.Ne: lambda: left != right,
            sp.Lt: lambda: left < right,
            sp.Le: lambda: left <= right,
            sp.Gt: lambda: left > right,
            sp.Ge: lambda: left >= right,
        }
        return compare[type(c)]()

    for premise in statement.where:
        solver.add(formula(premise))
    solver.add(z3.Not(formula(statement.condition)))
    return {"unsat": "proved", "sat": "refuted"}.get(str(solver.check()), "undecided")


def judge(road: Callable[[Step], str], chosen: list[Step]) -> list[tuple[str, float]]:
    """Verdict and seconds of each statement, each in a process that the limit stops."""
    found: dict[str, tuple[str, float]] = {}

    def timed(claim: Step) -> tuple[str, float]:
        start = time.process_time()
        try:
            verdict = road(claim).split()[0]
        except Exception:  # noqa: BLE001 - a tool that stops has not settled the statement
            verdict = "undecided"
        return verdict, time.process_time() - start

    for job, result in run(deque(Job(str(i), partial(timed, claim), SECONDS) for i, claim in enumerate(chosen)), "fork"):
        found[job.name] = ("undecided", SECONDS) if isinstance(result, Stopped) else result
    return [found[str(i)] for i in range(len(chosen))]


def main() -> None:
    """Print the table."""
    import z3  # noqa: F401 - one start-up for all workers

    import proofs.engines.holds  # noqa: F401

    rows = ["| tool | true: proved | true: refuted (wrong) | false: refuted | false: proved (wrong) | median s |"]
    rows.append("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, road in (("ufm check", by_check), ("SymPy alone", by_sympy), ("z3 alone", by_z3)):
        true, false = judge(road, claims("true")), judge(road, claims("false"))
        counts = [
            sum(v == wanted for v, _ in results)
            for results, wanted in ((true, "proved"), (true, "refuted"), (false, "refuted"), (false, "proved"))
        ]
        median = statistics.median(s for _, s in (*true, *false))
        true_cell, false_cell = f"{counts[0]}/{len(true)}", f"{counts[2]}/{len(false)}"
        cells = [name, true_cell, counts[1], false_cell, counts[3], f"{median:.2f}"]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    print("\n".join(rows))  # noqa: T201 - the table is what this script is for


if __name__ == "__main__":
    main()
