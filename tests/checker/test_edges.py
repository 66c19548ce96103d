"""Edges of kernel and checker at which a single change of the code went unseen by every other test."""

import copy
import dataclasses
import itertools
from types import SimpleNamespace

import pytest
import sympy as sp
from flint import arb, ctx

from proofs.check import check_statement
from proofs.checker import balls, holds, logic, matrices, monotone, normal, recheck, roots, solver, suprema, witness
from proofs.checker.field import is_zero_constant
from proofs.checker.logic import Sequent
from proofs.engines import decide
from proofs.kernel.claim import Question
from proofs.kernel.reader import MAX_NODES, read, read_statement
from proofs.kernel.statements import Holds, Increasing, MatrixIdentity, Supremum
from proofs.kernel.verdict import Evidence, Outcome, Verdict, exit_status
from proofs.store import cache
from theory.exact import InvalidInput

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
    assert normal.close_by_signs(Sequent(premises, (total, ">="))) is True
    assert normal.close_by_signs(Sequent(premises, (total, ">"))) is strict


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
    with pytest.raises(TypeError, match="positional"):
        Question("the user", id="a", says="b")


@pytest.mark.parametrize(("owner", "user", "believed"), [(1000, 1000, True), (1001, 1000, False), (1000, 1001, False)])
def test_a_secret_is_believed_of_this_user_alone(monkeypatch, tmp_path, owner, user, believed):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = cache.secret_file()
    path.parent.mkdir()
    path.write_bytes(bytes(range(cache.SECRET_BYTES)))
    path.chmod(0o600)
    monkeypatch.setattr(cache.os, "getuid", lambda: int(f"{user}"))  # another object of the same number, as the system gives
    found = path.stat()
    seen = SimpleNamespace(st_mode=found.st_mode, st_size=found.st_size, st_uid=owner)
    monkeypatch.setattr(cache.os, "fstat", lambda file: seen)
    assert (cache.secret() is not None) is believed


# -- further edges -------------------------------------------------------------------------


def test_the_log_of_a_ball_that_touches_zero_is_not_defined():
    with ctx.workprec(64), pytest.raises(balls.Undefined):
        balls.value(sp.log(x), {x: arb(0.5, 0.5)})


def test_a_polynomial_that_would_have_too_many_terms_has_no_sign_by_coefficients():
    several = sp.symbols("x0:11", real=True)
    premises = tuple((s, ">=") for s in several)
    assert normal.close_by_signs(Sequent(premises[:10], (sp.Add(*several[:10]), ">="))) is True
    assert normal.close_by_signs(Sequent(premises, (sp.Add(*several), ">="))) is False


def test_growth_is_stated_as_it_stands():
    constant = Increasing(says="s", expr=sp.Integer(3), variable=x)
    assert isinstance(monotone.two_points(constant).condition, sp.StrictGreaterThan)
    nowhere = Increasing(says="s", expr=x, variable=x, where=(x > 0, x < 0))
    assert monotone.inside(monotone.one_point(nowhere), (), sp.Symbol("v0", real=True)) is None


def test_a_supremum_that_is_taken_is_stated_as_it_stands():
    taken = Supremum(says="s", expr=sp.Integer(3), variable=x, start=sp.Integer(0), end=sp.Integer(1), value=sp.Integer(3))
    assert isinstance(suprema.at_point(taken, sp.Integer(3), sp.Integer(0))[0].condition, sp.Equality)


def test_some_value_refutes_the_supremum_of_nothing_and_no_other():
    def sup(value):
        return Supremum(says="s", expr=x, variable=x, start=sp.Integer(0), end=sp.Integer(1), value=value)

    shown = Evidence(road="exact", engine="suprema", outcome=Outcome.FAILS, witness={"x": "1/2"}, certificate={"kind": "some value"})
    assert suprema.recheck(sup(-sp.oo), shown)
    assert not suprema.recheck(sup(sp.Integer(1)), shown)
    assert not suprema.recheck(sup(sp.oo), shown)
    assert not suprema.recheck(sup(-sp.oo), dataclasses.replace(shown, witness={"x": "2"}))


def test_a_sign_is_seen_through_a_power_that_is_too_large_to_be_written_out():
    assert witness.sign_at(x**y, {x: sp.Integer(2), y: sp.Integer(20_001)}) == 1
    assert witness.sign_at(-(x**y), {x: sp.Integer(2), y: sp.Integer(20_001)}) == -1
    assert witness.sign_at(x**y - x**y * sp.Symbol("z"), {x: sp.Integer(2), y: sp.Integer(20_001), sp.Symbol("z"): sp.Integer(1)}) is None


def test_roots_are_counted_up_to_the_highest_degree_that_is_taken():
    above = Sequent(((x - 1, ">"),), (x**60 - x**2, ">"))
    assert roots.positive_on(*normal.goal_form(above), ">")


# -- the solvers, asked in this process ----------------------------------------------------


LIBRARIES = [pytest.param(name, id=name) for name in ("z3", "cvc5.pythonic")]


def asked(name, premises, goal):
    library = pytest.importorskip(name)
    return solver._ask(library, *solver.facts(Sequent(tuple(premises), goal)))


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize(
    ("premises", "goal", "answer"),
    [
        # each relation of a goal and of a premise, at its edge
        ([(x * y - 1, ">")], (x * y - 1, ">"), "unsat"),
        ([(x * y - 1, ">=")], (x * y - 1, ">"), "sat"),
        ([(x * y - 1, ">")], (x * y - 1, ">="), "unsat"),
        ([(x * y - 1, "==")], (x * y - 1, ">="), "unsat"),
        ([(x * y - 1, "==")], (x * y - 1, "=="), "unsat"),
        ([(x * y - 1, ">=")], (x * y - 1, "=="), "sat"),
        ([(x * y - 1, ">")], (x * y - 1, "!="), "unsat"),
        ([(x * y - 1, "!=")], (x * y - 1, "!="), "unsat"),
        ([(x * y - 1, ">=")], (x * y - 1, "!="), "sat"),
        ([(x * y - 1, "!=")], (x * y - 1, ">"), "sat"),
        # bounds of variables: low and high, strict and not
        ([(x - 2, ">")], (x * x - 4, ">"), "unsat"),
        ([(x - 2, ">=")], (x * x - 4, ">"), "sat"),
        ([(x - 2, ">=")], (x * x - 4, ">="), "unsat"),
        ([(3 - x, ">"), (x, ">=")], (9 - x * x, ">"), "unsat"),
        ([(3 - x, ">="), (x, ">=")], (9 - x * x, ">"), "sat"),
        ([(3 - x, ">="), (x, ">=")], (9 - x * x, ">="), "unsat"),
        ([(3 - x, ">=")], (9 - x * x, ">="), "sat"),
        # roots with what stands under them, and the circle
        ([(x, ">=")], (sp.sqrt(x) * sp.sqrt(x) - x, "=="), "unsat"),
        ([(x - 4, ">=")], (sp.sqrt(x) - 2, ">="), "unsat"),
        ([(x - 4, ">=")], (sp.sqrt(x) - 2, ">"), "sat"),
        ([(x, ">="), (y, ">=")], (sp.sqrt(x + y) * sp.sqrt(x + y) - x - y, ">="), "unsat"),
        ([], (1 - sp.sin(x) ** 2 / 2 - sp.cos(x) ** 2 / 2, ">"), "unsat"),
        ([], (2 - sp.sin(x) - sp.cos(x), ">"), "unsat"),
        ([], (sp.Rational(7, 5) - sp.sin(x) - sp.cos(x), ">"), "sat"),
        # exponentials are positive, and no more is told of them
        ([], (sp.exp(x) + y**2, ">"), "unsat"),
        ([], (sp.exp(x) - x - 1, ">="), "sat"),
        # a denominator does not vanish
        ([], (1 / x * x - 1, "=="), "unsat"),
        ([(1 / x, ">")], (x, ">"), "unsat"),
        ([(1 / x, ">=")], (x, ">"), "unsat"),
    ],
    ids=str,
)
def test_the_solvers_are_told_the_premises_the_bounds_and_the_relations_of_the_generators(name, premises, goal, answer):
    assert asked(name, premises, goal) == answer


def test_a_solver_alone_is_not_believed(monkeypatch):
    good = Sequent(((x * y - 1, ">"),), (x * y - 1, ">="))
    assert solver.refuted(good, confirm=True)
    said = iter(["unsat", "unknown", "unsat", "sat", "unsat", None, "unknown", "sat", None])
    monkeypatch.setattr(solver, "limited", lambda work, seconds: next(said))
    assert [solver.refuted(good, confirm=True) for _ in range(6)] == [False] * 6


def test_work_that_ends_in_time_is_answered_and_other_work_is_not():
    assert solver.limited(lambda: 6 * 7, 30.0) == 42
    assert solver.limited(lambda: sum(1 for _ in itertools.count()), 0.2) is None
    assert solver.limited(lambda: 1 / 0, 30.0) is None


# -- the reader and the secret -------------------------------------------------------------


def test_a_power_of_a_negative_number_is_a_number_and_its_root_is_none():
    assert read("(-2)**2", {}) == 4
    assert read("(-2)**(-3)", {}) == sp.Rational(-1, 8)
    with pytest.raises(InvalidInput, match=r"'\(-8\) \*\* \(1 / 3\)' is the root of a negative number"):
        read("(-8)**(1/3)", {})


def test_a_short_text_is_quoted_whole_and_a_long_one_is_cut():
    with pytest.raises(InvalidInput, match=r"^'1 / 0' divides by zero"):
        read("1/0", {})
    with pytest.raises(InvalidInput, match=r"^'[^']{57}\.\.\.' divides by zero"):
        read(" + ".join(["x"] * 30) + " + (" + " + ".join(["x"] * 40) + ")/0", {})


def test_as_many_parts_as_are_allowed_are_read_and_no_more():
    read(f"Max({', '.join(['x'] * (MAX_NODES - 2))})", {})
    with pytest.raises(InvalidInput, match=f"more than {MAX_NODES} parts"):
        read(f"Max({', '.join(['x'] * (MAX_NODES - 1))})", {})


@pytest.mark.parametrize("length", [0, cache.SECRET_BYTES - 1, cache.SECRET_BYTES + 1])
def test_a_secret_of_another_length_is_none(monkeypatch, tmp_path, length):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = cache.secret_file()
    path.parent.mkdir()
    path.write_bytes(bytes(length))
    path.chmod(0o600)
    assert cache.secret() is None


# -- certificates that say too much or nothing known ---------------------------------------


def evidence_of(text, where=()):
    (statement,) = read_statement(text, where)
    found = decide(statement, SECONDS)
    assert found.outcome is Outcome.HOLDS
    assert recheck(statement, found)
    return statement, found


def test_a_certificate_of_an_unknown_kind_shows_nothing():
    statement, found = evidence_of("increasing(x**3, x)")
    for kind in ("nonsense", "", "no two", "holds "):
        assert not monotone.recheck(statement, dataclasses.replace(found, certificate={**found.certificate, "kind": kind}))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("limit(x*sqrt(y**2)/(x + 1), x, oo) == Abs(y)", ()),
        ("limit((x*y + 1)/(x*y + 2), x, oo) == 1", ("y != 0",)),
        ("limit(x**y, x, oo) == oo", ("y > 0",)),
        ("limit((x + y)/(x + 1), x, oo) == 1", ()),
    ],
)
def test_no_proof_of_a_limit_is_left_over(text, where):
    statement, found = evidence_of(text, where)
    lists = list(proofs_in(found.certificate))
    assert lists
    for number in range(len(lists)):
        changed = copy.deepcopy(found.certificate)
        list(proofs_in(changed))[number].append({"rule": "signs", "args": [], "then": []})
        assert not recheck(statement, dataclasses.replace(found, certificate=changed))


def proofs_in(node):
    """The lists of a certificate that a rule's own steps are no part of."""
    if isinstance(node, dict) and "rule" not in node:
        for value in node.values():
            yield from proofs_in(value)
    elif isinstance(node, list):
        yield node
        for value in node:
            yield from proofs_in(value)


# -- matrices ------------------------------------------------------------------------------


size, three = sp.Symbol("k", positive=True, integer=True), sp.Integer(3)
A, D, E, F = (sp.MatrixSymbol(name, size, size) for name in "ADEF")


def test_diagonal_matrices_commute_however_many_stand_together():
    for left, right in itertools.permutations(itertools.permutations((D, E, F)), 2):
        statement = MatrixIdentity(says="s", left=sp.MatMul(A, *left, A), right=sp.MatMul(A, *right, A), diagonal=(D, E, F))
        assert matrices.equal_as_words(statement)
        assert not matrices.equal_as_words(dataclasses.replace(statement, diagonal=()))
        assert matrices.equal_as_words(dataclasses.replace(statement, left=sp.MatMul(*left), right=sp.MatMul(*right)))
    for left in itertools.permutations((D, E, F)):
        apart = MatrixIdentity(says="s", left=sp.MatMul(*left, A), right=sp.MatMul(A, *left), diagonal=(D, E, F))
        assert not matrices.equal_as_words(apart)


@pytest.mark.parametrize(("rows", "refutes"), [(2, False), (3, True), (4, False)])
def test_a_size_that_is_a_number_is_that_of_the_witness(rows, refutes):
    X = sp.MatrixSymbol("X", three, three)
    square = MatrixIdentity(says="s", left=X * X, right=X)
    shown = Evidence(road="exact", engine="matrices", outcome=Outcome.FAILS, witness={"X": str((2 * sp.eye(rows)).tolist())})
    assert matrices.recheck(square, shown) is refutes


def test_growth_of_several_variables_is_not_shown_by_one_point_of_them():
    grows = Increasing(says="s", expr=x**3 + y, variable=x, where=(y > 0,))
    problem = monotone.one_point(grows)
    names = list(problem.names.names.values())
    assert len(names) == 2
    assert monotone.slope_sequents(grows, problem, problem.cases[0], dict.fromkeys(names, sp.Integer(1))) is None
    anywhere = dataclasses.replace(grows, where=())
    problem = monotone.one_point(anywhere)
    assert monotone.slope_sequents(anywhere, problem, problem.cases[0], {problem.names.to(x): sp.Integer(1)}) is None


def test_a_supremum_over_positive_values_may_be_taken_below_one():
    positive = sp.Symbol("q", positive=True)
    taken = Supremum(
        says="s", expr=positive * (1 - positive), variable=positive, start=sp.Integer(0), end=sp.Integer(1), value=sp.Rational(1, 4)
    )
    found = decide(taken, SECONDS)
    assert found.outcome is Outcome.HOLDS
    assert recheck(taken, found)
