"""Derivation files: premises from proved claims, broken steps that poison nothing, limits that stop."""

from __future__ import annotations

import json
import os

import pytest

from proofs.check import Step, check_claims, check_statement, parse_claims, read_file
from proofs.check import steps as reading
from proofs.cli import main
from proofs.commands import check as command
from theory.exact import InvalidInput

SECONDS = 60.0  # of processor time, with room for a machine five times slower

DERIVATION = """
[[claim]]
id = "middle-rate-at-most-one"
where = ["R >= 1"]
let = { rate = "(sqrt(R)+1)/sqrt(2*(R+1))" }
statement = "rate <= 1"

[[claim]]
id = "window-nonnegative"
where = ["R >= 1"]
uses = ["middle-rate-at-most-one"]
let = { rate = "(sqrt(R)+1)/sqrt(2*(R+1))" }
statement = "1/rate - 1 >= 0"

[[claim]]
id = "broken"
where = ["R >= 1"]
statement = "R >= 2"

[[claim]]
id = "rests-on-broken"
where = ["R >= 1"]
uses = ["broken"]
statement = "R >= 1"

[[claim]]
id = "empty"
where = ["R >= 1", "R < 0"]
statement = "R >= 1"

[[claim]]
id = "unrelated"
statement = "x**2 >= 0"
"""


@pytest.fixture(scope="module")
def derivation():
    return {r["id"]: r for r in check_claims(parse_claims(DERIVATION), SECONDS)}


def test_verdicts_of_a_derivation(derivation):
    assert {i: r["verdict"] for i, r in derivation.items()} == {
        "middle-rate-at-most-one": "proved",
        "window-nonnegative": "proved",
        "broken": "refuted",
        "rests-on-broken": "undecided",
        "empty": "error",
        "unrelated": "proved",
    }


def test_broken_step_is_named_with_its_line(derivation):
    assert "'broken' (line 15)" in derivation["rests-on-broken"]["reason"]
    assert "nothing satisfies" in derivation["empty"]["message"]


def test_every_result_has_every_field_of_the_contract(derivation):
    fields = {"statement", "where", "verdict", "method", "trusts", "witness", "certificate", "side_conditions", "seconds", "versions", "id"}
    for result in derivation.values():
        assert fields <= set(result)
        json.dumps(result)


def test_used_claim_is_a_premise_only_under_its_own_premises():
    text = """
    [[claim]]
    id = "for-large"
    where = ["x >= 2"]
    statement = "f(x) > 1"
    """.replace("f(x)", "x")
    more = """
    [[claim]]
    id = "everywhere"
    uses = ["for-large"]
    statement = "x > 1"
    """
    results = check_claims(parse_claims(text + more), SECONDS)
    assert [r["verdict"] for r in results] == ["proved", "refuted"]


def test_used_claim_helps():
    text = """
    [[claim]]
    id = "log"
    where = ["x > 0", "y > 0"]
    statement = "log(x/y) <= x/y - 1"
    [[claim]]
    id = "entropy"
    where = ["x > 0", "y > 0"]
    uses = ["log"]
    statement = "y*log(x/y) <= x - y"
    """
    assert [r["verdict"] for r in check_claims(parse_claims(text), SECONDS)] == ["proved", "proved"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1",
        "[[claim]]\nid = 'a'",
        "[[claim]]\nid = 'a'\nstatement = 3",
        "[[claim]]\nid = ''\nstatement = 'x > 0'",
        "[[claim]]\nid = 'a'\nstatement = 'x > 0'\nwher = []",
        "[[claim]]\nid = 'a'\nstatement = 'x > 0'\nuses = ['b']",
        "[[claim]]\nid = 'a'\nstatement = 'x > 0'\nwhere = 'x'",
        "[[claim]]\nid = 'a'\nstatement = 'x > 0'\n[[claim]]\nid = 'a'\nstatement = 'x > 0'",
        "[[claim]\nid = 'a'",
        "claim = 3",
        "a = " + "[" * 5000 + "]" * 5000,
    ],
)
def test_wrong_file_is_one_line(text):
    with pytest.raises(InvalidInput) as refusal:
        parse_claims(text)
    assert "\n" not in str(refusal.value)


def test_missing_and_unreadable_files_are_one_line(tmp_path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "absent.toml", tmp_path, binary):
        with pytest.raises(InvalidInput):
            read_file(path)


def test_claim_with_wrong_input_is_an_error_and_the_rest_is_judged():
    results = check_claims([Step("a", "x >", line=1), Step("b", "x**2 >= 0", line=2)], SECONDS)
    assert [r["verdict"] for r in results] == ["error", "proved"]


def test_stuck_engine_is_stopped_by_force_and_the_others_are_judged(monkeypatch):
    judged = reading.answer

    def stuck_at_a(parts, *rest):
        while parts[0].says == "x > 0":
            pass
        return judged(parts, *rest)

    monkeypatch.setattr(reading, "answer", stuck_at_a)
    steps = [Step("a", "x > 0", line=1), Step("b", "x**2 >= 0", line=2), Step("c", "x > 1", uses=["a"], line=3)]
    results = check_claims(steps, 3.0)
    assert [r["verdict"] for r in results] == ["undecided", "proved", "undecided"]
    assert results[0]["reason"] == f"stopped after {results[0]['seconds']:.3g} s of processor time"
    assert results[0]["seconds"] > 3.0
    assert results[2]["reason"] == "rests on 'a' (line 1), which is undecided"


@pytest.mark.parametrize(("crash", "why"), [(lambda *_: os._exit(1), "ended without an answer"), (lambda *_: 1 / 0, "ZeroDivisionError")])
def test_crashed_engine_is_not_a_verdict(monkeypatch, crash, why):
    monkeypatch.setattr(reading, "answer", crash)
    (result,) = check_claims([Step("a", "x > 0", line=1)], SECONDS)
    assert result["verdict"] == "undecided"
    assert why in result["reason"]


def test_a_derived_claim_holds_and_may_be_used():
    text = """
    [[claim]]
    id = "itself"
    where = ["x > 0"]
    statement = "x == x"
    [[claim]]
    id = "on-it"
    where = ["x > 0"]
    uses = ["itself"]
    statement = "x + 1 > 0"
    """
    results = check_claims(parse_claims(text), SECONDS)
    assert [r["verdict"] for r in results] == ["derived", "proved"]
    assert command.exit_status(results) == 0
    assert results[0]["reason"] == "it says no more than that something equals itself"


def test_a_derived_statement_says_why_it_is_no_more(capsys):
    assert main(["check", "x == x", f"--timeout={SECONDS}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "derived: x == x"
    assert "  only derived: it says no more than that something equals itself" in lines


@pytest.mark.parametrize(
    ("statement", "where", "status"),
    [("x**2 >= 0", [], 0), ("x == x", [], 0), ("x > 0", [], 1), ("x >", [], 2), ("x > 0", ["x > 1", "x < 0"], 2), ("x/x == 1", [], 3)],
)
def test_exit_status(capsys, statement, where, status):
    assert main(["check", statement, *(f"--where={condition}" for condition in where), f"--timeout={SECONDS}", "--json"]) == status
    told = capsys.readouterr()
    if status == 2:
        assert told.out == ""
        assert told.err.count("\n") == 1
    else:
        assert json.loads(told.out)["statement"] == statement
        assert told.err == ""


def test_exit_status_and_table_of_a_file(tmp_path, capsys):
    path = tmp_path / "derivation.toml"
    path.write_text(DERIVATION)
    assert main(["check", "--file", str(path), f"--timeout={SECONDS}"]) == 2
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("      ")]
    assert [line.split()[1] for line in lines] == [c.id for c in parse_claims(DERIVATION)]


@pytest.mark.parametrize(
    "options", [["--timeout=0"], ["--timeout=nan"], ["--let=a"], ["--let=a=1", "--let=a=2"], ["--let==1"], ["--file=x"]], ids=str
)
def test_wrong_options_are_one_line(capsys, options):
    assert main(["check", "x > 0", *options]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_long_message_is_one_line_and_cut(capsys):
    assert main(["check", "x > 0", *(f"--where=x > {bound}" for bound in range(100)), "--where=x < 0"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("ufm: where ['x > 0', ")
    assert message.endswith("...\n")
    assert len(message) == len("ufm: \n") + 400


OPEN = "limit(cos(sqrt(x + 1)) - cos(sqrt(x)), x, oo) == 0"  # true, and no engine settles it


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["increasing(x**3, x)", "increasing(x**5, x)"], "proved"),
        (["increasing(x**3, x)", "increasing(x**2, x)"], "refuted"),
        (["increasing(x**2, x)", "increasing(x**3, x)"], "refuted"),
        (["increasing(x**3, x)", OPEN], "undecided"),
        ([OPEN, "increasing(x**3, x)"], "undecided"),
        ([OPEN, "increasing(x**2, x)"], "refuted"),
        (["increasing(x**3, x)", "limit(1/x, x, oo) == 0", "x > 0"], "refuted"),
    ],
    ids=str,
)
def test_statements_joined_by_and_are_as_good_as_the_worst_of_them(parts, expected):
    result = check_statement(" and ".join(parts), seconds=SECONDS)
    assert result["verdict"] == expected
    if expected == "proved":
        assert len(result["certificate"]["parts"]) == len(parts)
