"""The engine for polynomial identities in any number of variables: SymPy expands them, and FLINT again, from the statement."""

from __future__ import annotations

import random

import sympy as sp

from proofs.checker.identities import equations, fails_at, variables
from proofs.kernel.statements import Holds
from proofs.kernel.verdict import Evidence, Outcome, Strength

POINTS = 50  # a polynomial of low degree is nonzero at almost every small rational point
SEED = 20260112


def decide(statement: Holds, deadline: float) -> Evidence | None:
    """On an equation of polynomials, or several at once: HOLDS where it expands to zero, FAILS at an exact point.

    None for any other statement, and where no admitted point was found.
    """
    found = equations(statement)
    if not found or statement.where or statement.known:
        return None  # under premises it must be seen that something satisfies them
    if all(sp.expand(left - right) == 0 for left, right in found):
        return Evidence(
            road="symbolic",
            engine="identities",
            outcome=Outcome.HOLDS,
            strength=Strength.CERTIFIED,
            number="0",
            bound="0",
            trusts=("polynomial expansion by FLINT",),
            certificate={"zero polynomials": len(found)},
        )
    generator = random.Random(SEED)
    symbols = variables(statement)
    for size in range(1, POINTS):
        point = {symbol: sp.Integer(generator.randint(1, size)) for symbol in symbols}
        if fails_at(statement, point):
            return Evidence(
                road="symbolic",
                engine="identities",
                outcome=Outcome.FAILS,
                number="nonzero",
                bound="0",
                witness={symbol.name: str(value) for symbol, value in point.items()},
                note="an exact counterexample",
            )
    return None
