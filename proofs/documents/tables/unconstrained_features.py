"""Reference values of unconstrained features: how late the middle mode is at γ = 1/2, at three ratios and by its law."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from numerics.unconstrained_features.middle import connection_integrals
from proofs.claims.unconstrained_features.middle_limit import DEPTH, REFERENCES
from proofs.documents.tables import Table
from theory.symbols import connection, connection_slope, p
from theory.unconstrained_features import offset

SHARES = (sp.Rational(1, 2), sp.Rational(1, 4), sp.Rational(1, 5), sp.Rational(3, 4), sp.Rational(9, 10))
CONSTANT = offset.joining_constant(sp.Rational(1, 2)) / sp.sqrt(p)


def _certified() -> Iterator[tuple[str, ...]]:
    yield from ((str(ratio), value) for ratio, value in REFERENCES.items())


def _constants() -> Iterator[tuple[str, ...]]:
    """C(p) and D(p): the derived formulas with integrals J and J_1 in doubles, to fewer digits than these have."""
    for share in SHARES:
        integrals = connection_integrals(float(share))
        values = {p: share, connection: integrals.leading, connection_slope: integrals.response}
        yield str(share), f"{float(CONSTANT.subs(values)):.8f}", f"{float(offset.next_order().subs(values)):.6f}"


TABLES = (
    Table(
        "How late the middle mode is at γ = 1/2",
        f"STEP with equal halves, counts R and 1, f = 1/2, δ = {DEPTH}: T_mid − δ. Every digit is proved by a rigorous run of "
        "`finite-init-offset`: the time differs from the value by at most half a unit of the last decimal. That there is a limit as δ → ∞ "
        "is proved too (`middle-offset-has-a-limit`), and that it is approached like e^(−δ/2) at least, with a constant that is not given; "
        "in runs at these R, T_mid − δ is below its limit by e^(−δ) times a number between 1/2 and 1.",
        ("R", "T_mid − δ"),
        _certified,
    ),
    Table(
        "The constants of its law in ln R",
        "ln R/(4√p) + C(p) + D(p)/√R, by share p of minority classes, f = 1/2, δ → ∞. These digits are computed in doubles and not proved.",
        ("p", "C(p)", "D(p)"),
        _constants,
    ),
)
