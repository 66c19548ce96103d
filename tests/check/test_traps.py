"""Traps into which other tools fall, and single changes of true statements: nothing false is proved."""

from __future__ import annotations

import random

import pytest

from proofs.check import Step, check_claims, check_statement
from tests.tools.changed_statements import changed
from tests.tools.corpus_files import claims
from tests.tools.objections import counterexample
from tests.tools.oracle import Claim

MUTANTS = 60  # number of mutants that are judged, of some thousand
MUTANT_SECONDS = 2.5  # of processor time; what is false is refuted in less, or is not proved in any time
TRAPS = [  # statements on which other tools are known to answer wrongly
    ("limit((a*exp(-a*x) + b*exp(-b*x))*exp(b*x), x, oo) == oo", ["a > b", "b > 0"], "refuted"),
    ("increasing(sin(x)/cos(x), x)", ["x >= 0", "x <= 5"], "not proved"),
    ("increasing(-1/x, x)", ["x != 0"], "refuted"),
    ("increasing(x**3, x)", [], "proved"),
    ("attained(sqrt(2*x/(x+1)) - 1, x, 1, oo)", [], "refuted"),
    ("sqrt(2)*(r - q) <= sqrt(2)*(q - r)", [], "refuted"),
    ("1 - 1/(1 + exp(-400)) > 2*10**(-120)", [], "refuted"),
    ("1 - 1/(1 + exp(-400)) > 10**(-174)", [], "proved"),
    ("exp(x) == 1 + x", ["x**2 <= 10**(-40)"], "refuted"),
    ("x == 0", ["x**2 <= 10**(-60)"], "refuted"),
    ("(a**2 - b**2)/(a - b) == a + b", [], "not proved"),
    ("log(x**2) == 2*log(x)", ["x != 0"], "not proved"),
    ("log(x**2) == 2*log(Abs(x))", ["x != 0"], "proved"),
    ("(x**2)**(1/2) == x", ["x <= 0"], "refuted"),
    ("sqrt(x*y) == sqrt(x)*sqrt(y)", ["x*y >= 0"], "not proved"),
    ("sqrt(x*y) == sqrt(-x)*sqrt(-y)", ["x <= 0", "y <= 0"], "proved"),
    ("x**2 == 2", ["x == 1.41421356237309504880168872420969807"], "refuted"),
    ("x > 0 or x < 0", [], "refuted"),
    ("0*x == 0", [], "proved"),
    ("x**0 == 1", [], "proved"),
    ("Abs(x)/x == 1", ["x != 0"], "refuted"),
    ("exp(log(x)) == x", [], "not proved"),
    ("tanh(x) == 1", ["x >= 100"], "refuted"),
    ("tanh(x) < 1", ["x >= 100"], "proved"),
]


@pytest.mark.parametrize(("statement", "where", "expected"), TRAPS, ids=lambda v: str(v))
def test_known_traps(statement, where, expected):
    verdict = check_statement(statement, where, seconds=10.0)["verdict"]
    assert verdict == expected if expected != "not proved" else verdict != "proved"


def test_no_mutant_that_is_false_is_proved():
    pool = sorted({(m, tuple(c.where)) for c in claims("true") if "(" not in c.statement.split("(")[0][-4:] for m in changed(c.statement)})
    chosen = random.Random(4).sample(pool, MUTANTS)
    results = check_claims([Step(f"m{i}", s, list(w), line=i + 1) for i, (s, w) in enumerate(chosen)], MUTANT_SECONDS)
    held = [r for r in results if r["verdict"] in ("proved", "derived")]
    assert held
    for result in held:
        assert counterexample(Claim(result["statement"], tuple(result["where"]))) is None, result["statement"]
