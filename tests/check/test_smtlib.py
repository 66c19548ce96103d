"""SMT-LIB scripts are asked as satisfiability: what is proved is unsat, what is refuted has a model, division by zero included."""

from __future__ import annotations

import random

import pytest

from proofs.check import check_claims
from proofs.check.smtlib import read_smtlib
from proofs.cli import main
from proofs.store.dependencies import ROOT
from theory.exact import InvalidInput

SECONDS = 60.0  # of processor time, with room for a machine five times slower
DECLARED = "(set-logic QF_NRA)(declare-fun x () Real)(declare-const y Real)"


def script(*assertions):
    return DECLARED + "".join(f"(assert {each})" for each in assertions) + "(check-sat)"


def read(*assertions):
    return read_smtlib(script(*assertions), "a.smt2").statement


@pytest.mark.parametrize(
    ("assertions", "statement"),
    [
        (["(< x 1)"], "not ((x < 1))"),
        (["(< x 1.5)", "(> (* x y) 2)"], "not ((x < 1.5) and ((x * y) > 2))"),
        (["(= (- x) (- x y 1))"], "not (((-x) == (x - y - 1)))"),
        (["(and (<= 0 x 1) (or (= x y) (not (= y 0))))"], "not (((0 <= x <= 1) and ((x == y) or (not (y == 0)))))"),
        (["(=> (< x 0) (> y 0))"], "not ((not (x < 0) or (y > 0)))"),
        (["(distinct x y 0)"], "not ((x != y and x != 0 and y != 0))"),
        (["(let ((a (+ x 1)) (b y)) (< a b))"], "not (((x + 1) < y))"),
        (["(let ((x y) (y x)) (< x y))"], "not ((y < x))"),
        (["(let ((p (< x 1))) (and p (not p)))"], "not (((x < 1) and (not (x < 1))))"),
        (["(! (< x 1) :named a)"], "not ((x < 1))"),
        (["(< (/ x 2) (/ 1 3))"], "not (((x/2) < (1/3)))"),
        (["(< (/ x (- 2)) (/ (/ 1 4) 3))"], "not (((x/(-2)) < ((1/4)/3)))"),
        (["true"], "not ((0 == 0))"),
        (["(= (/ 1 x) y)"], "not ((quotient_1 == y) and (x == 0 or quotient_1*x == 1))"),
        (
            ["(< (/ 1 x) (/ y x))"],
            "not ((quotient_1 < quotient_2) and (x == 0 or quotient_1*x == 1) and (x == 0 or quotient_2*x == y)"
            " and (x != 0 or x != 0 or 1 != y or quotient_1 == quotient_2))",
        ),
    ],
)
def test_assertions_are_read_as_they_are_written(assertions, statement):
    assert read(*assertions) == statement


@pytest.mark.parametrize(
    ("assertions", "verdict"),
    [
        (["(< (+ (* x x) (* y y)) 1)", "(> (* x y) 1)"], "proved"),
        (["(< (+ (* x x) (* y y)) 1)", "(> x (/ 1 2))"], "refuted"),
        (["(< (* x x) 0)"], "proved"),
        (["(= x 1)", "(= x 2)"], "proved"),
        (["(= (* x x) 2)"], "refuted"),
        (["true"], "refuted"),
        (["false"], "proved"),
        (["(not (= x x))"], "proved"),
        # Division by zero has a value, the same for the same numerator, and otherwise any.
        (["(= x 0)", "(= (/ 1 x) 7)"], "refuted"),
        (["(= (/ 1 0) 7)"], "refuted"),
        (["(= (/ x x) 2)"], "refuted"),
        (["(> x 0)", "(= (/ x x) 2)"], "proved"),
        (["(= x 0)", "(= y 0)", "(distinct (/ 1 x) (/ 1 y))"], "proved"),
        (["(= x 0)", "(distinct (/ 1 x) (/ 2 x))"], "refuted"),
        (["(> x 0)", "(< (/ 1 x) 0)"], "proved"),
    ],
)
def test_the_negation_of_the_conjunction_is_judged(assertions, verdict):
    (result,) = check_claims([read_smtlib(script(*assertions), "a.smt2")], SECONDS)
    assert result["verdict"] == verdict, result["reason"]


def random_term(rng, depth):
    if depth == 0 or rng.random() < 0.3:
        return rng.choice(["x", "y", "0", "1", "2"])
    sign = rng.choice(["+", "-", "*", "/"])
    return f"({sign} {random_term(rng, depth - 1)} {random_term(rng, depth - 1)})"


def test_no_verdict_on_a_random_script_is_against_that_of_z3():
    z3 = pytest.importorskip("z3", reason="z3 is the other opinion")
    rng = random.Random(20261127)
    scripts = []
    for _ in range(24):
        signs = [rng.choice(["<", "<=", "=", ">"]) for _ in range(2)]
        scripts.append(script(*(f"({sign} {random_term(rng, 2)} {random_term(rng, 1)})" for sign in signs)))
    steps = [read_smtlib(text, "a.smt2") for text in scripts]
    for number, step in enumerate(steps):
        step.id = f"s{number}"
    settled = 0
    for text, result in zip(scripts, check_claims(steps, 2.0), strict=True):
        solver = z3.Solver()
        solver.set("rlimit", 2_000_000)
        solver.from_string(text)
        against = {"proved": "sat", "refuted": "unsat"}.get(result["verdict"], "nothing")
        settled += result["verdict"] in ("proved", "refuted")
        assert str(solver.check()) != against, text
    assert settled >= 8  # the random scripts are not all too hard


def test_a_name_that_is_declared_later_is_not_taken_for_a_quotient():
    text = "(declare-const x Real)(assert (= (/ 1 x) 7))(declare-const quotient_1 Real)(assert (= quotient_1 3))(assert (= x 0))"
    step = read_smtlib(text + "(check-sat)", "a.smt2")
    assert step.statement == "not ((quotient_1 == 7) and (quotient_1_ == 3) and (x == 0) and (x == 0 or quotient_1*x == 1))"


@pytest.mark.parametrize(
    ("assertion", "statement"),
    [
        ("(let ((|x| 1)) (< x y))", "not ((1 < y))"),
        ("(let ((x 1)) (< |x| |y|))", "not ((1 < y))"),
        ("(let ((|x y| 1)) (< x |x y|))", "not ((x < 1))"),
        ("(let ((|1| x)) (< |1| 1))", "not ((x < 1))"),
        ("(let ((|let| x)) (< |let| 1))", "not ((x < 1))"),
    ],
)
def test_a_name_between_bars_is_the_same_name(assertion, statement):
    assert read(assertion) == statement


def test_names_that_have_another_meaning_here_are_written_otherwise():
    text = "(declare-const E Real)(declare-const |a b| Real)(declare-const a_b Real)(declare-const x!1 Real)(declare-const is Real)"
    step = read_smtlib(text + "(assert (< E |a b| a_b x!1 is))(check-sat)", "a.smt2")
    assert step.statement == "not ((E_ < a_b < a_b_ < x_1 < is_))"


def test_a_definition_stands_for_its_term():
    text = "(declare-const x Real)(define-fun p () Bool (< x 1))(define-fun s () Real (* x x))(assert p)(assert (> s 4))(check-sat)"
    assert read_smtlib(text, "a.smt2").statement == "not ((x < 1) and ((x * x) > 4))"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("(set-logic QF_NIA)", "QF_NIA"),
        ("(set-logic NRA)", "NRA"),
        ("(declare-fun n () Int)", "Int"),
        ("(declare-const p Bool)", "Bool"),
        ("(declare-fun f (Real) Real)", "f is a function"),
        ("(define-fun f ((a Real)) Real a)", "define-fun"),
        ("(push 1)", "push"),
        ("(check-sat-assuming (a))", "check-sat-assuming"),
        ("(declare-sort A 0)", "declare-sort"),
        (DECLARED + "(assert (forall ((z Real)) (< z x)))(check-sat)", "forall"),
        (DECLARED + "(assert (exists ((z Real)) (< z x)))(check-sat)", "exists"),
        (DECLARED + "(assert (< (ite (< x 0) x y) 1))(check-sat)", "ite"),
        (DECLARED + "(assert (xor (< x 0) (< y 0)))(check-sat)", "xor"),
        (DECLARED + "(assert (< (^ x 2) 1))(check-sat)", "^"),
        (DECLARED + "(assert (< (exp x) 1))(check-sat)", "exp"),
        (DECLARED + "(assert (< (mod x 2) 1))(check-sat)", "mod"),
        (DECLARED + "(assert (= (< x 1) (< y 1)))(check-sat)", "(< x 1)"),
        (DECLARED + "(assert (< x z))(check-sat)", "z"),
        (DECLARED + "(assert (< x #b01))(check-sat)", "#b01"),
        (DECLARED + "(assert x)(check-sat)", "x"),
        (DECLARED + "(assert (let ((a)) (< x 1)))(check-sat)", "bindings"),
        (DECLARED + "(assert (let ((2 y)) (< (/ x 2) 1)))(check-sat)", "bindings"),
        (DECLARED + "(assert (let ((a 1) (a 2)) (< x a)))(check-sat)", "bindings"),
        (DECLARED + "(assert (< x 1))(exit)(assert (> x 1))(check-sat)", "assert stands after exit"),
        ("(declare-const 2 Real)", "2 is declared twice"),
        ("(declare-const |x| Real)(declare-const x Real)", "x is declared twice"),
        ('(declare-const "x" Real)', "is no symbol"),
        (DECLARED + "(assert (< x 1))(check-sat)(assert (< y 1))(check-sat)", "first check-sat"),
        (DECLARED + "(assert (< x 1))", "no check-sat"),
        (DECLARED + "(check-sat)", "no assertion"),
        ("(declare-const x Real)(declare-const x Real)", "x is declared twice"),
        ("(declare-const and Real)", "and is declared twice"),
        (DECLARED + "(assert (< x 1)", "cut short"),
        ("x", "cut short"),
        (")", "closed"),
        ("(" * 300, "nested"),
        (script("(let ((a (+ x x))) " + "(let ((a (+ a a))) " * 30 + "(< a 1)" + ")" * 31), "parts"),
        (script(*(f"(< (/ 1 (+ x {k})) y)" for k in range(13))), "divides by more than"),
    ],
)
def test_what_is_outside_the_grammar_is_refused_by_name(text, named):
    with pytest.raises(InvalidInput) as refusal:
        read_smtlib(text, "a.smt2")
    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_example_says_what_is_checked(capsys):
    path = ROOT / "examples" / "problems" / "disc.smt2"
    assert main(["check", "--file", str(path), f"--timeout={SECONDS}"]) == 0
    out = capsys.readouterr().out
    assert (
        "reads the negation of the conjunction of 3 assertions of disc.smt2: proved is unsat, and a counterexample is a model (sat)" in out
    )
    assert "quotient_1 is 1/x, any number where the divisor is 0" in out


def test_a_wrong_script_ends_with_one_line_and_status_two(tmp_path, capsys):
    path = tmp_path / "a.smt2"
    path.write_text("(assert", encoding="utf-8")
    assert main(["check", "--file", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
