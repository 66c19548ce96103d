"""Edges of kernel and checker at which a single change of the code went unseen by every other test."""

import os

import pytest
import sympy as sp
from flint import ctx

from proofs.check import check_statement
from proofs.checker import balls, holds, logic, rules
from proofs.checker.field import is_zero_constant
from proofs.checker.logic import Sequent
from proofs.kernel.claim import Question
from proofs.kernel.reader import read
from proofs.kernel.statements import Holds
from proofs.kernel.verdict import Evidence, Outcome, Verdict, exit_status
from proofs.ledger import cache

x, y = sp.symbols("x y", real=True)
SECONDS = 60.0  # of processor time, of which each takes less than one


# -- strictness at the ends of many variables ---------------------------------------------


@pytest.mark.parametrize(("number", "more", "strict"), [(5, 0, False), (5, 1, True), (6, 0, False), (6, 1, False)])
def test_a_sum_is_strict_only_where_all_ends_together_were_looked_at(number, more, strict):
    """Σ ((1 − y_j) x + y_j x') is zero where every x is: six closed ends and four with two lie together in 5184 ways, too many."""
    ends = sp.symbols(f"x0:{number}", real=True)
    mixed = sp.symbols("y0:4", real=True)
    premises = (*((e - sp.Rational(7, 3), ">=") for e in ends), *((m, ">=") for m in mixed), *((1 - m, ">=") for m in mixed))
    above = [e - sp.Rational(7, 3) for e in ends]
    total = sp.expand(sp.Add(*above, *((1 - m) * above[j] + m * above[j + 1] for j, m in enumerate(mixed)), more))
    assert rules.close_by_signs(Sequent(premises, (total, ">="))) is True
    assert rules.close_by_signs(Sequent(premises, (total, ">"))) is strict


# -- balls ---------------------------------------------------------------------------------


def test_zero_to_a_negative_power_is_not_defined_though_the_base_is_exactly_zero():
    zero = sp.Add(sp.Mul(sp.sqrt(2), sp.sqrt(3), evaluate=False), -sp.sqrt(6), evaluate=False)
    with ctx.workprec(64):
        assert balls.value(sp.Pow(zero, sp.Rational(1, 2), evaluate=False), is_zero=is_zero_constant) == 0
        with pytest.raises(balls.Undefined):
            balls.value(sp.Pow(zero, sp.Rational(-1, 2), evaluate=False), is_zero=is_zero_constant)


# -- cases and definedness -----------------------------------------------------------------


def test_a_weak_premise_and_an_equality_hold_together():
    assert logic.product([[[(x, ">=")]], [[(x, "==")]]]) == [[(x, ">="), (x, "==")]]
    assert check_statement("x == 1", ["x >= 0", "x == 0"], {}, SECONDS)["verdict"] == "refuted"


@pytest.mark.parametrize("node", [sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I], ids=str)
def test_what_is_no_real_number_is_nowhere_defined(node):
    ((cases, named),) = logic.definedness(node)
    assert named == node
    assert cases == [[(sp.Integer(0), ">")]]


def test_a_limit_of_the_root_of_what_vanishes():
    assert check_statement("limit(sqrt(log(x) - log(x)), x, oo) == 0", [], {}, SECONDS)["verdict"] == "proved"
    assert check_statement("limit(x, x, oo) == oo", ["log(x) - log(x) >= 0"], {}, SECONDS)["verdict"] == "proved"


# -- kernel --------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [Outcome.ABSENT, Outcome.UNSETTLED])
def test_only_what_holds_or_fails_is_rechecked(outcome):
    statement = Holds(says="s", condition=sp.Ge(x**2, x, evaluate=False))
    found = Evidence(road="exact", engine="holds", outcome=Outcome.FAILS, witness={"x": "1/2"})
    assert holds.recheck(statement, found)
    assert not holds.recheck(statement, Evidence(road="exact", engine="holds", outcome=outcome, witness={"x": "1/2"}))


def test_zero_may_be_raised_to_what_is_not_negative():
    assert read("0**(1/2)", {}) == 0
    assert read("0**0", {}) == 1


def test_every_verdict_that_holds_may_stand_beside_the_others():
    assert exit_status([Verdict.PROVED, Verdict.DERIVED, Verdict.SUPPORTED]) == 0


def test_a_question_names_what_it_is_given():
    with pytest.raises(TypeError):
        Question("the user")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another user")
@pytest.mark.parametrize(("owner", "user", "believed"), [(1000, 1000, True), (1001, 1000, False), (1000, 1001, False)])
def test_a_secret_is_believed_of_this_user_alone(monkeypatch, tmp_path, owner, user, believed):
    monkeypatch.setattr(cache.os, "getuid", lambda: user)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = cache.secret_file()
    path.parent.mkdir()
    path.write_bytes(bytes(range(cache.SECRET_BYTES)))
    path.chmod(0o600)
    os.chown(path, owner, -1)
    assert (cache.secret() is not None) is believed
