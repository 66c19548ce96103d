"""TPTP conjectures mean what they say: premises, precedence, and nothing by a convention for what is not defined."""

from __future__ import annotations

import pytest

from proofs.check import check_claims, read_file
from proofs.check.tptp import read_tptp
from proofs.cli import main
from proofs.store.dependencies import ROOT
from theory.exact import InvalidInput

SECONDS = 60.0  # of processor time, with room for a machine five times slower


def read(formula):
    """Premises and statement of one conjecture."""
    (step,) = read_tptp(f"fof(it, conjecture, {formula}).", "a.p")
    return step.where, step.statement


@pytest.mark.parametrize(
    ("formula", "where", "statement"),
    [
        ("! [X] : (0 < X => ln(1+X) <= X)", ["0 < X"], "log(1 + X) <= X"),
        ("! [X,Y] : ((0 <= X & X <= 1 & Y = X^2) => exp(-Y) < 2)", ["0 <= X", "X <= 1", "Y == X**2"], "exp(-Y) < 2"),
        ("(! [X] : (0 < X => (X < 1 => X^2 < X)))", ["0 < X", "X < 1"], "X**2 < X"),
        ("! [X] : ! [Y] : (X != Y | X = Y)", [], "X != Y or X == Y"),
        ("! [X] : ((X < 0 | X > 1) => X^2 > X)", ["X < 0 or X > 1"], "X**2 > X"),
        ("! [X] : (~(X < 0) => abs(X) = X)", ["not (X < 0)"], "Abs(X) == X"),
        ("! [X] : (~ X < 0 => X >= 0)", ["not (X < 0)"], "X >= 0"),
        ("! [X] : ((X > 1 => X > 0) => X < 2 + X)", ["not (X > 1) or X > 0"], "X < 2 + X"),
        ("! [X] : ((X + 1)*(X - 1) < X^2)", [], "(X + 1)*(X - 1) < X**2"),
        ("! [X] : (-X^2 <= 0 & (X^2)^2 >= -1)", [], "-X**2 <= 0 and (X**2)**2 >= -1"),
        ("! [X] : (exp(-1/X^2) < 5e-1)", [], "exp(-1/X**2) < 5e-1"),
        ("! [X] : (max(X, 1) >= min(X, 1) + 0*pi)", [], "Max(X, 1) >= Min(X, 1) + 0*pi"),
        ("2 < 3", [], "2 < 3"),
        ("! [X] : (ln(X) > 0 & X > 0 => X > 1)", ["X > 0"], "not (log(X) > 0) or X > 1"),
        ("! [X] : (1/X > 0 => X > 0)", [], "not (1/X > 0) or X > 0"),
        ("! [E,Min] : (E < Min => Min - E > 0)", ["E_ < Min_"], "Min_ - E_ > 0"),
    ],
)
def test_a_formula_is_read_as_it_is_written(formula, where, statement):
    assert read(formula) == (where, statement)


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("! [X] : (-1 < X => ln(1+X) <= X)", "proved"),
        ("! [X] : (0 <= X => abs(ln(1+X) - X) <= X^2)", "proved"),
        ("! [X] : (X < 1 => exp(X) <= 1/(1-X))", "proved"),
        ("! [X] : (exp(X) >= 1 + X + X^2/2)", "refuted"),
        ("! [X] : ((0 < X & ln(X) > 0) => X > 1)", "proved"),
        ("! [X] : (X^2 >= X)", "refuted"),
        # Where 1/0 = 0 is agreed, as in MetiTarski and Isabelle, these are true; here they are neither proved nor refuted.
        ("! [X] : (X >= 0 => 1/X >= 0)", "undecided"),
        ("! [X] : (X*(1/X) <= 1)", "undecided"),
        ("! [X] : (1/X > 0 => X > 0)", "undecided"),
        ("! [X] : (0 <= X => X*ln(X) >= -1)", "undecided"),
        ("! [X] : (sqrt(X)^2 = X => X >= 0)", "undecided"),
    ],
)
def test_no_verdict_rests_on_a_convention_for_what_is_not_defined(formula, verdict):
    (result,) = check_claims(read_tptp(f"fof(it, conjecture, {formula}).", "a.p"), SECONDS)
    assert result["verdict"] == verdict, result["reason"]


def test_a_premise_that_is_not_defined_everywhere_is_no_premise_of_ours():
    """A premise of ours admits nothing where it is not defined, which would be a convention of our own."""
    where, _ = read("! [X] : ((1/X > 0 - 1 & X < 5) => X > 0 - 1)")
    assert where == ["X < 5"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("cnf(a, axiom, p).", "'cnf'"),
        ("tff(a, conjecture, ! [X: $real] : X > 0).", "'tff'"),
        ("fof(a, axiom, ! [X] : (X < 1)).", "'axiom'"),
        ("fof(a, hypothesis, 1 < 2).", "'hypothesis'"),
        ("fof(a, conjecture, ? [X] : (X < 1)).", "?"),
        ("fof(a, conjecture, ! [X] : ? [Y] : (X < Y)).", "stand in brackets"),
        ("fof(a, conjecture, ! [X] : (X < 1 => ! [Y] : (Y > X))).", "a quantifier (!)"),
        ("fof(a, conjecture, ! [X] : X < 1 => X < 2).", "stand in brackets"),
        ("fof(a, conjecture, ! [X] : (X < 1) => X < 2).", "'=>'"),
        ("fof(a, conjecture, ! [X] : (X < Y)).", "the variable Y is not quantified"),
        ("fof(a, conjecture, ! [X,X] : (X < 1)).", "'X'"),
        ("fof(a, conjecture, ! [x] : (x < 1)).", "'x'"),
        ("fof(a, conjecture, ! [X] : (arctan(X) < 2)).", "'arctan'"),
        ("fof(a, conjecture, ! [X] : (log(X) < X)).", "'log'"),
        ("fof(a, conjecture, ! [X] : (c < X)).", "'c'"),
        ("fof(a, conjecture, ! [X] : (X < 1 & X > 0 | X = 2)).", "& and |"),
        ("fof(a, conjecture, ! [X] : (X < 1 <=> X < 2)).", "an equivalence"),
        ("fof(a, conjecture, ! [X] : (X < 1 <~> X < 2)).", "an exclusive or"),
        ("fof(a, conjecture, ! [X] : (0 < X < 1)).", "'<'"),
        ("fof(a, conjecture, ! [X] : (X + 1)).", "')'"),
        ("fof(a, conjecture, ! [X] : p(X)).", "stand in brackets"),
        ("fof(a, conjecture, $true).", "'$'"),
        ("include('Axioms/SET001.ax', [a]).", "','"),
        ("include('/etc/passwd').", "'/etc/passwd'"),
        ("include('other.ax').", "'other.ax'"),
        ("fof(a, conjecture, ! [X] : (X < 1)). fof(a, conjecture, ! [X] : (X < 2)).", "'a' names two formulas"),
        ("fof(a, conjecture, ! [X] : (X < 1))", "the end of the file"),
        ("fof(a, conjecture, ! [X] : ((X < 1)).", "'.'"),
        ("fof(a, conjecture, ! [X] : (X < ;)).", "';'"),
        (f"fof(a, conjecture, ! [X] : ({'(' * 200}X{')' * 200} < 1)).", "nested"),
        (f"fof(a, conjecture, ! [X] : ({'~' * 200} X < 1)).", "nested"),
        ("", "no conjecture"),
        ("% nothing\n", "no conjecture"),
    ],
)
def test_what_is_outside_the_grammar_is_refused_by_name(text, named):
    with pytest.raises(InvalidInput) as refusal:
        read_tptp(text, "a.p")
    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_example_is_judged_and_says_how_it_was_read(capsys):
    path = ROOT / "examples" / "problems" / "logarithm.p"
    assert [step.id for step in read_file(path)] == ["log_between", "flat_exponential"]
    assert main(["check", "--file", str(path), f"--timeout={SECONDS}"]) == 0
    out = capsys.readouterr().out
    assert out.count("reads conjecture ") == 2
    assert "where 0 < X" in out


def test_a_file_of_problems_is_kept_and_replayed(tmp_path, capsys):
    path = tmp_path / "proof.json"
    assert main(["check", "--file", str(ROOT / "examples" / "problems" / "logarithm.p"), "--save", str(path), f"--timeout={SECONDS}"]) == 0
    assert main(["check", "--replay", str(path)]) == 0


def test_what_is_no_tptp_ends_with_status_two(tmp_path, capsys):
    path = tmp_path / "a.p"
    path.write_text("fof(a, axiom, 1 < 2).", encoding="utf-8")
    assert main(["check", "--file", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
