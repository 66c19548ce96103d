"""Sceptics: normal forms against balls, certificates that lie, mutants, other people's traps."""

from __future__ import annotations

import random

import pytest
import sympy as sp
from flint import ctx, fmpq

from proofs.check import Step, check_claims, check_statement
from proofs.checker import balls, rules
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Unsupported
from tests.tools.changed_statements import changed
from tests.tools.corpus_files import claims
from tests.tools.oracle import Claim, counterexample

x, y = sp.symbols("x y", positive=True)
z = sp.Symbol("z", real=True)
EXPRESSIONS = 400
MUTANTS = 60  # of some thousand: the nightly run takes all
MUTANT_SECONDS = 5.0


def _expression(rng: random.Random, depth: int) -> sp.Expr:
    if depth == 0:
        return rng.choice([x, y, z, x, y, sp.Rational(rng.randint(-4, 5), rng.randint(1, 4)), sp.sqrt(2), sp.pi])
    a = _expression(rng, depth - 1)
    return rng.choice(
        [
            lambda: a + _expression(rng, depth - 1),
            lambda: a * _expression(rng, depth - 1),
            lambda: a / (_expression(rng, depth - 1) ** 2 + 1),
            lambda: sp.sqrt(a**2 + x),
            lambda: sp.exp(a),
            lambda: sp.log(a**2 + y),
            lambda: rng.choice([sp.sin, sp.cos, sp.tanh])(a),
            lambda: (x * y) ** a,
            lambda: (x + y) ** sp.Rational(rng.randint(-5, 5), rng.choice([2, 3])),
        ]
    )()


def test_normal_form_has_the_value_of_the_expression():
    rng, compared = random.Random(11), 0
    for _ in range(EXPRESSIONS):
        expr = _expression(rng, rng.randint(1, 4))
        found = Field([(x, ">"), (y, ">")])
        try:
            normal = found.sympy(found.rat(expr))
        except (NeedSign, Unsupported):
            continue
        at = {s: fmpq(rng.randint(1, 9), rng.randint(1, 5)) for s in (x, y)} | {z: fmpq(rng.randint(-9, 9), 4)}
        with ctx.workprec(300):
            try:
                assert balls.value(expr, at).overlaps(balls.value(normal, at)), expr
            except balls.Undefined:
                continue
        compared += 1
    assert compared > EXPRESSIONS // 2


RULES_THAT_LIE = [
    {"rule": "signs", "args": [], "then": []},
    {"rule": "clear", "args": [], "then": [{"rule": "signs", "args": [], "then": []}]},
    {"rule": "solver", "args": [], "then": []},
    {"rule": "boxes", "args": ["400"], "then": []},
    {"rule": "roots", "args": [], "then": []},
    {"rule": "split", "args": ["v0 - 1"], "then": [{"rule": "signs", "args": [], "then": []}] * 2},
    {"rule": "monotone", "args": ["v0", "0", "1", "0"], "then": [{"rule": "signs", "args": [], "then": []}] * 2},
    {"rule": "exec", "args": ["__import__('os')"], "then": []},
    {"rule": "split", "args": ["v0", "v0"], "then": []},
]


@pytest.mark.parametrize("proof", RULES_THAT_LIE, ids=lambda p: f"{p['rule']}-{p['args']}")
def test_no_single_rule_proves_a_false_sequent(proof):
    v = sp.Symbol("v0", positive=True)
    for goal in ((v - 1, ">="), (v**2 - v, ">"), (sp.exp(v) - 3, ">="), (sp.Integer(-1), ">="), (v - v**2, "==")):
        assert not rules.holds(Sequent(((v, ">"),), goal), proof)


def test_certificate_of_one_sequent_does_not_prove_another():
    v = sp.Symbol("v0", positive=True)
    positive, negative = (Sequent(((v, ">"),), (v + 1, ">")), Sequent((), (sp.Symbol("v0", real=True) + 1, ">")))
    proof = {"rule": "signs", "args": [], "then": []}
    assert rules.holds(positive, proof)
    assert not rules.holds(negative, proof)


TRAPS = [  # statements on which tools are known to answer wrongly, see the pitfalls
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
