"""A claim at other arguments: its premises are shown there, its arguments have values, and no name is taken for another."""

from __future__ import annotations

import json

import pytest
import sympy as sp

from proofs.check import check_claims, judging, parse_claims
from proofs.check.replay import document, read_proof, replayed
from proofs.check.steps import Answered, Asked, read_step
from proofs.kernel.judge import Finding, Findings
from proofs.kernel.statements import Known
from proofs.kernel.verdict import Evidence, Outcome, Strength
from theory.exact import InvalidInput

SECONDS = 60.0  # of processor time, with room for a machine five times slower
LEMMA = """
[[claim]]
id = "log-bound"
where = ["x > 0"]
statement = "log(x) <= x - 1"
"""
a, b, s, x, y = sp.symbols("a b s x y", real=True)


def judged(text, lemma=LEMMA):
    """The result of the last claim."""
    return check_claims(parse_claims(lemma + text), SECONDS)[-1]


def claim(statement, at, where=(), name="log-bound", let=""):
    uses = f'uses = [{{ claim = "{name}", at = {{ {", ".join(f"{k} = {json.dumps(v)}" for k, v in at.items())} }} }}]'
    return f'[[claim]]\nid = "it"\nwhere = {json.dumps(list(where))}\n{uses}\n{let}\nstatement = "{statement}"\n'


def known(text, lemma):
    """What the last of two claims has as known, and the premises of its instance."""
    first, second = parse_claims(lemma + text)
    earlier = {first.id: read_step(first, {})}
    asked = read_step(second, earlier)
    return list(asked.parts[0].known), [premise.condition for premise in asked.premises]


def test_a_claim_is_used_at_another_argument_and_rests_on_its_premises_there():
    result = judged(claim("a*log(b/a) <= b - a", {"x": "b/a"}, ["a > 0", "b > 0"]))
    assert result["verdict"] == "proved"
    assert result["uses"] == ["log-bound at x = b/a"]
    (premises,) = result["instances"]
    assert premises["certificate"]["kind"] == "holds"


SUM = "log(1 + sin(a)**2 + b*c) + log(1 + cos(b)**2 + a*c) <= sin(a)**2 + b*c + cos(b)**2 + a*c"
INSIDE = ("1 + sin(a)**2 + b*c", "1 + cos(b)**2 + a*c")


def test_two_instances_of_one_claim_show_what_is_open_without_them():
    tables = ", ".join(f'{{ claim = "log-bound", at = {{ x = "{inside}" }} }}' for inside in INSIDE)
    alone = f'[[claim]]\nid = "it"\nwhere = ["a > 0", "b > 0", "c > 0"]\nstatement = "{SUM}"\n'
    assert judged(alone + f"uses = [{tables}]\n")["verdict"] == "proved"
    assert check_claims(parse_claims(alone), 5.0)[0]["verdict"] == "undecided"


@pytest.mark.parametrize(
    ("where", "at", "why"),
    [
        (["b > 0"], {"x": "b"}, None),
        (["b > 0"], {"x": "b/a"}, "fail at a = "),
        ([], {"x": "b"}, "fail at b = "),
        (["b >= 0"], {"x": "b"}, "fail at b = 0"),
        (["b > 0"], {"x": "b - 1"}, "fail at b = "),
        (["b > 0", "a == 0 or a > 1"], {"x": "b/a"}, "are not shown (not defined at a = 0"),
    ],
)
def test_premises_that_do_not_hold_there_leave_the_claim_open(where, at, why):
    result = judged(claim("b + 1 > 0" if where else "b**2 >= 0", at, where))
    if why is None:
        assert result["verdict"] == "proved"
    else:
        assert result["verdict"] == "undecided"
        assert result["reason"].startswith(f"the premises of log-bound at x = {at['x']} {why}")


TOTAL = '[[claim]]\nid = "square"\nstatement = "x**2 >= 0"\n'


@pytest.mark.parametrize("argument", ["1/y", "log(y)", "sqrt(y)", "0*log(y)", "y/y"])
def test_an_argument_without_a_value_is_no_instance(argument):
    """A claim without premises holds at all real numbers, and what has no value is none."""
    result = judged(claim("y == y", {"x": argument}, (), "square"), TOTAL)
    assert result["verdict"] == "undecided"
    assert "are not shown (not defined at y = " in result["reason"]
    assert judged(claim(f"({argument})**2 >= 0", {"x": argument}, (), "square"), TOTAL)["verdict"] == "undecided"


def test_an_argument_that_has_a_value_under_the_premises_is_one():
    assert judged(claim("log(y)**2 >= 0", {"x": "log(y)"}, ["y > 0"], "square"), TOTAL)["verdict"] == "proved"


def test_arguments_are_put_in_all_at_once():
    lemma = '[[claim]]\nid = "p"\nwhere = ["y >= 1"]\nstatement = "x - y < x"\n'
    text = claim("y - x < y", {"x": "y", "y": "x"}, ["x > 2"], "p")
    assert known(text, lemma) == ([Known(where=(x > 2,), condition=y - x < y)], [x >= 1])
    assert judged(text, lemma)["verdict"] == "proved"
    # One after the other, x - y < x would become x - x < x.
    assert judged(claim("0 < x", {"x": "y", "y": "x"}, ["x > 2 or x < 0 - 2"], "p"), lemma)["verdict"] == "undecided"


def test_a_variable_of_the_argument_is_not_taken_for_one_that_a_let_of_the_claim_names():
    lemma = '[[claim]]\nid = "p"\nlet = { s = "x + 1" }\nstatement = "s > x"\n'
    (fact,), _ = known(claim("s + 1 > s", {"x": "s"}, (), "p"), lemma)
    assert (fact.condition.lhs, fact.condition.rhs) == (s + 1, s)


def test_a_let_of_the_using_claim_is_one_of_its_arguments():
    facts, needed = known(claim("t > 0", {"x": "t"}, ["a > 0"], let='let = { t = "a + 1" }'), LEMMA)
    assert [each.lhs.doit() for each in needed] == [a + 1]
    assert facts[0].where == (a > 0,)


def test_a_derivative_is_taken_before_the_argument_is_put_in():
    lemma = '[[claim]]\nid = "p"\nstatement = "diff(x**2, x) == 2*x"\n'
    facts, _ = known(claim("2*y**2 == 2*y**2", {"x": "y**2"}, (), "p"), lemma)
    at = {y: sp.Integer(3)}
    assert (facts[0].condition.lhs.subs(at), facts[0].condition.rhs.subs(at)) == (18, 18)


def test_the_other_variables_are_those_of_the_same_name():
    lemma = '[[claim]]\nid = "p"\nwhere = ["y > 0"]\nstatement = "x < x + y"\n'
    facts, needed = known(claim("b < b + y", {"x": "b"}, ["y > 1"], "p"), lemma)
    assert facts == [Known(where=(y > 1,), condition=b < b + y)]
    assert needed == [y > 0]


def test_a_second_point_of_growth_is_not_taken_for_a_variable_of_an_instance():
    lemma = '[[claim]]\nid = "p"\nstatement = "x**2 + 1 > 0"\n'
    text = claim("increasing(0 - z**4, z)", {"x": "z_second - z"}, ["z_second > 0 or z < 1"], "p")
    assert judged(text, lemma)["verdict"] == "refuted"
    assert judged(claim("increasing(z**3, z)", {"x": "z_second - z"}, (), "p"), lemma)["verdict"] == "proved"


def test_a_false_statement_is_not_proved_by_any_instance():
    for at in ("b/a", "a", "a*b", "exp(a)", "a + b"):
        assert judged(claim("a*log(b/a) < b - a", {"x": at}, ["a > 0", "b > 0"]))["verdict"] == "refuted"


def test_an_instance_of_a_claim_that_does_not_hold_helps_nobody():
    lemma = '[[claim]]\nid = "p"\nstatement = "x > 0"\n'
    result = judged(claim("b**2 > 0 - 1", {"x": "b"}, (), "p"), lemma)
    assert (result["verdict"], result["reason"]) == ("undecided", "rests on 'p' (line 1), which is refuted")


def test_an_instance_of_an_instance():
    middle = '[[claim]]\nid = "middle"\nwhere = ["a > 0", "b > 0"]\nuses = [{ claim = "log-bound", at = { x = "b/a" } }]\n'
    lemma = LEMMA + middle + 'statement = "a*log(b/a) <= b - a"\n'
    result = judged(claim("exp(c)*log(2/exp(c)) <= 2 - exp(c)", {"a": "exp(c)", "b": "2"}, (), "middle"), lemma)
    assert result["verdict"] == "proved"


def test_premises_that_contradict_each_other_are_an_error():
    assert judged(claim("b > 0", {"x": "b"}, ["b > 1", "b < 0"]))["verdict"] == "error"


@pytest.mark.parametrize("later", ["it", "later"])
def test_uses_go_back_and_never_in_a_circle(later):
    with pytest.raises(InvalidInput, match="which is not an earlier claim"):
        parse_claims(claim("b > 0", {"x": "b"}, (), later) + '[[claim]]\nid = "later"\nuses = ["it"]\nstatement = "x > 0"\n')


@pytest.mark.parametrize(
    "uses",
    [
        '[{ claim = "log-bound" }]',
        '[{ claim = "log-bound", at = {} }]',
        '[{ claim = "log-bound", at = "x" }]',
        '[{ claim = "log-bound", at = { x = true } }]',
        '[{ claim = "log-bound", at = { x = 1.5 } }]',
        '[{ claim = 3, at = { x = "1" } }]',
        '[{ claim = "log-bound", at = { x = "1" }, where = [] }]',
        '{ claim = "log-bound", at = { x = "1" } }',
        "[3]",
    ],
)
def test_an_instance_of_another_form_is_one_line(uses):
    with pytest.raises(InvalidInput) as refusal:
        parse_claims(f'{LEMMA}[[claim]]\nid = "it"\nuses = {uses}\nstatement = "x > 0"\n')
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ({"z": "1"}, "its variables are x"),
        ({"x": "oo"}, "an argument is a real number"),
        ({"x": "-oo"}, "an argument is a real number"),
        ({"x": "b > 0"}, "is not a number"),
        ({"x": "(b"}, "cannot be read"),
        ({"x": "0) == (b"}, "cannot be read"),
        ({"x": "b, b"}, "is not a number"),
        ({"x": "limit(b, b, 0)"}, "write it alone"),
    ],
)
def test_an_argument_that_is_none_is_an_error_of_its_claim(at, says):
    result = judged(claim("b > 0", at, ["b > 0"]))
    assert result["verdict"] == "error"
    assert says in result["message"]


def test_a_form_has_no_instances():
    lemma = '[[claim]]\nid = "p"\nstatement = "increasing(x**3, x)"\n'
    result = judged(claim("b > 0", {"x": "b"}, ["b > 0"], "p"), lemma)
    assert result["verdict"] == "error"
    assert "only conditions have instances" in result["message"]


# -- kept and replayed


@pytest.fixture(scope="module")
def whole():
    steps = parse_claims(LEMMA + claim("a*log(b/a) <= b - a", {"x": "b/a"}, ["a > 0", "b > 0"]))
    kept: dict[str, tuple[Evidence, ...]] = {}
    results = check_claims(steps, SECONDS, kept=kept)
    return document(steps, results, kept)


def again(tmp_path, whole, change=lambda claim: None):
    data = json.loads(json.dumps(whole))
    change(data["claims"][1])
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return [result["verdict"] for result in replayed(read_proof(path), SECONDS)]


def test_an_instance_is_replayed_with_the_proof_of_its_premises(tmp_path, whole):
    assert again(tmp_path, whole) == ["proved", "proved"]
    assert len(whole["claims"][1]["evidence"]) == 4  # of its premises and of the statement, each with a point that the premises admit


@pytest.mark.parametrize(
    "change",
    [
        lambda claim: claim["uses"][0]["at"].update(x="b/a - 1"),
        lambda claim: claim["uses"][0]["at"].update(x="a"),
        lambda claim: claim.update(where=["b > 0"]),
        lambda claim: claim.update(where=["a > 0", "b > 0 - 1"]),
        lambda claim: claim["evidence"].pop(0),
        lambda claim: claim["evidence"].reverse(),
        lambda claim: claim.update(uses=[]),
        lambda claim: claim.update(uses=["log-bound"]),
    ],
)
def test_an_instance_that_was_tampered_with_is_broken(tmp_path, whole, change):
    assert again(tmp_path, whole, change) == ["proved", "broken"]


def test_what_shows_the_premises_of_an_instance_is_trusted_too(monkeypatch):
    def found(*trusts):
        evidence = Evidence(road="exact", engine="e", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED, trusts=trusts)
        return Findings(
            vacuous=(), parts=(Finding(part_id="a", says="s", evidence=evidence, rechecked=True),), runs=(), near_misses=(), seconds=1
        )

    monkeypatch.setattr(judging, "answered", lambda *_: Answered(found("leading-term analysis"), (found("z3 1"), found("cvc5 1"))))
    (result,) = check_claims(parse_claims(TOTAL), SECONDS)
    assert result["trusts"] == ["cvc5 1", "leading-term analysis", "z3 1"]
    assert result["seconds"] == 3
    assert [each["trusts"] for each in result["instances"]] == [["z3 1"], ["cvc5 1"]]


def test_what_has_no_premises_and_a_total_argument_asks_nothing():
    first, second = parse_claims(TOTAL + claim("y**4 >= 0", {"x": "y**2"}, (), "square"))
    assert read_step(second, {"square": read_step(first, {})}).premises == []
    assert Asked([]).premises == []
