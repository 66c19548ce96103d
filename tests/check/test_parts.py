"""The parts of `ufm check` by themselves: joined verdicts, premises from claims, the order of steps.

Engines and processes are replaced by stand-ins here; real ones run in test_files.py and in tests/ledger/test_jobs.py.
"""

from __future__ import annotations

import importlib
from types import SimpleNamespace

import pytest
import sympy as sp

from proofs.check import Step, check_claims, check_one, check_statement, judging
from proofs.check import steps as reading
from proofs.check.steps import Answered
from proofs.checker import solver
from proofs.kernel import judge
from proofs.kernel.reader import read_statement
from proofs.kernel.statements import Holds, Known
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength
from proofs.ledger import jobs
from proofs.store import dependencies
from theory.exact import InvalidInput

x, y = sp.symbols("x y", real=True)


# -- one statement


def part(name="", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED, **fields):
    """What the engines say of a part."""
    return Evidence(
        road="exact",
        engine=name,
        outcome=outcome,
        strength=strength,
        note=f"n{name}",
        trusts=(f"t{name}",),
        side_conditions=(f"s{name}",),
        **{"certificate": {"of": name}, **fields},
    )


KINDS = {
    "p": {},
    "d": {"strength": Strength.DERIVED},
    "u": {"outcome": Outcome.UNSETTLED, "strength": None, "certificate": None},
    "r": {"outcome": Outcome.FAILS, "strength": None, "certificate": None, "witness": {"x": "1"}},
}


def asked(monkeypatch, kinds, stands=lambda evidence: True, took=0.0):
    """Engines that answer so one after another; returns what each was asked, with the time that it was left."""
    clock, given, left = SimpleNamespace(now=3.0), iter(kinds), []

    def decide(statement, seconds):
        kind = next(given)
        left.append((kind, seconds))
        clock.now += took
        return part(f"{kind}{len(left) - 1}", **KINDS[kind])

    monkeypatch.setattr(judging, "time", SimpleNamespace(process_time=lambda: clock.now))
    monkeypatch.setattr(judging.engines, "decide", decide)
    monkeypatch.setattr(judging.engines, "recheck", lambda statement, evidence: stands(evidence))
    return left


def text(parts):
    return " and ".join(f"increasing(x**{2 * k + 3}, x)" for k in range(parts))


def test_each_part_of_a_statement_is_given_the_processor_time_that_the_parts_before_it_left(monkeypatch):
    left = asked(monkeypatch, "pup", took=4.0)
    result = check_statement(text(3), seconds=10.0)
    assert left == [("p", 10.0), ("u", 6.0), ("p", 2.0)]
    assert (result["statement"], result["where"], result["verdict"], result["reason"]) == (text(3), [], "undecided", "nu1")


@pytest.mark.parametrize(
    ("kinds", "verdict", "decided_by"),
    [
        ("p", "proved", "p0"),
        ("d", "derived", "d0"),
        ("r", "refuted", "r0"),
        ("u", "undecided", "u0"),
        ("pu", "undecided", "u1"),
        ("up", "undecided", "u0"),
        ("pr", "refuted", "r1"),
        ("ur", "refuted", "r1"),
        ("uu", "undecided", "u0"),
        ("ppr", "refuted", "r2"),
        ("pupu", "undecided", "u1"),
        ("du", "undecided", "u1"),
        ("dr", "refuted", "r1"),
    ],
)
def test_the_first_of_the_worst_parts_is_the_result_and_nothing_is_asked_after_a_refuted_one(monkeypatch, kinds, verdict, decided_by):
    left = asked(monkeypatch, kinds)
    result = check_statement(text(5 if "r" in kinds else len(kinds)))
    assert (result["verdict"], result["reason"]) == (verdict, f"n{decided_by}")
    assert len(left) == len(kinds)


@pytest.mark.parametrize(("kinds", "verdict"), [("ppp", "proved"), ("pdp", "derived"), ("dd", "derived")])
def test_parts_that_hold_are_joined_with_all_that_they_rest_on_and_are_as_good_as_the_weakest(monkeypatch, kinds, verdict):
    asked(monkeypatch, kinds)
    result = check_statement(text(len(kinds)))
    names = [f"{kind}{place}" for place, kind in enumerate(kinds)]
    assert result == {
        "statement": text(len(kinds)),
        "where": [],
        "verdict": verdict,
        "method": "; ".join(f"{name}: n{name}" for name in names),
        "reason": "all parts hold" if verdict == "proved" else "all parts hold, and some are only derived",
        "trusts": sorted(f"t{name}" for name in names),
        "witness": None,
        "certificate": {"parts": [{"of": name} for name in names]},
        "side_conditions": sorted(f"s{name}" for name in names),
        "seconds": result["seconds"],
        "versions": dependencies.versions(),
    }


@pytest.mark.parametrize(
    ("kind", "stands", "expected"),
    [
        (
            "p",
            True,
            {
                "verdict": "proved",
                "method": "p0: np0",
                "reason": "np0",
                "trusts": ["tp0"],
                "witness": None,
                "certificate": {"of": "p0"},
                "side_conditions": ["sp0"],
            },
        ),
        (
            "r",
            True,
            {
                "verdict": "refuted",
                "method": "r0: nr0",
                "reason": "nr0",
                "trusts": ["tr0"],
                "witness": {"x": "1"},
                "certificate": None,
                "side_conditions": ["sr0"],
            },
        ),
        (
            "u",
            True,
            {
                "verdict": "undecided",
                "method": "",
                "reason": "nu0",
                "trusts": [],
                "witness": None,
                "certificate": None,
                "side_conditions": ["su0"],
            },
        ),
        (
            "p",
            False,
            {
                "verdict": "undecided",
                "method": "",
                "reason": "the evidence did not survive its re-check (np0)",
                "trusts": [],
                "witness": None,
                "certificate": None,
                "side_conditions": ["sp0"],
            },
        ),
        (
            "r",
            False,
            {
                "verdict": "undecided",
                "method": "",
                "reason": "the evidence did not survive its re-check (nr0)",
                "trusts": [],
                "witness": None,
                "certificate": None,
                "side_conditions": ["sr0"],
            },
        ),
    ],
)
def test_evidence_becomes_a_verdict_where_it_survives_its_recheck(monkeypatch, kind, stands, expected):
    asked(monkeypatch, kind, lambda evidence: stands)
    result = check_statement(text(1))
    assert {name: result[name] for name in expected} == expected


def test_what_equals_itself_is_derived_and_says_why(monkeypatch):
    asked(monkeypatch, "p")
    result = check_statement("x == x")
    assert (result["verdict"], result["reason"]) == ("derived", "it says no more than that something equals itself")


CONTRADICTORY = Evidence(road="exact", engine="holds", outcome=Outcome.UNSETTLED, reason=Reason.CONTRADICTORY_PREMISES)


@pytest.mark.parametrize("of", ["the part", "the premises"])
def test_premises_that_contradict_each_other_are_named(monkeypatch, of):
    """Whether the part itself or the search for a value that satisfies the premises finds it."""

    def decide(statement, seconds):
        return CONTRADICTORY if (of == "the premises") == (getattr(statement, "condition", None) == judge.FALSEHOOD) else part("p")

    monkeypatch.setattr(judging.engines, "decide", decide)
    monkeypatch.setattr(judging.engines, "recheck", lambda *_: True)
    with pytest.raises(InvalidInput, match=r"where \['x > 1'\] cannot hold together: nothing satisfies"):
        check_statement("increasing(x, x)", ["x > 1"])


@pytest.mark.parametrize(
    "statement",
    [
        "(x+1)**2 == x**2 + 2*x + 1",
        "limit(1/y, y, oo) == 0",
        "increasing(y, y)",
        "sup(y, y, 0, 1) == 1",
        "x == x",
        "x > 0 or x < 2",
        "x > 5",
    ],
)
def test_nothing_is_proved_or_refuted_under_premises_that_nothing_satisfies(statement):
    with pytest.raises(InvalidInput, match="cannot hold together"):
        check_statement(statement, ["x > 1", "x < 0"])


def test_versions_are_those_that_the_ledger_names(monkeypatch):
    asked(monkeypatch, "p")
    assert check_statement(text(1))["versions"] == dependencies.versions()
    assert {"python", "sympy", "python-flint", "clarabel", "z3-solver", "cvc5"} <= set(dependencies.versions())


# -- proved claims as premises


@pytest.mark.parametrize(
    ("text", "conditions", "let", "expected"),
    [
        ("x > 1", [], {}, [Known(condition=x > 1)]),
        ("x > 1", ["x >= 2"], {}, [Known(where=(x >= 2,), condition=x > 1)]),
        ("x > k", ["x >= 2*k"], {"k": "3"}, [Known(where=(sp.Ge(x, sp.Mul(2, 3, evaluate=False), evaluate=False),), condition=x > 3)]),
        ("x > 1 and y > 2", [], {}, [Known(condition=sp.And(x > 1, y > 2))]),
        ("increasing(x**3, x)", [], {}, []),
    ],
    ids=str,
)
def test_a_claim_that_holds_is_known_where_its_own_premises_hold_under_its_own_lets(text, conditions, let, expected):
    assert judging.known_of(read_statement(text, conditions, let)) == expected


def test_each_part_rests_on_the_premises_and_on_the_claims_it_uses():
    known = [fact for bound in (3, 4) for fact in judging.known_of(read_statement("y > b", (), {"b": str(bound)}))]
    parts = read_statement("increasing(x**3, x) and x > a", ["x > 2"], {"a": "1"}, known)
    assert [part.where for part in parts] == [(x > 2,)] * 2
    assert [[known.condition for known in part.known] for part in parts] == [[y > 3, y > 4]] * 2
    assert parts[1].condition == (x > 1)


# -- processes


def imported(monkeypatch, solvers):
    found, rehearsed = [], []
    monkeypatch.setattr(judging, "check_statement", rehearsed.append)
    monkeypatch.setattr(importlib, "import_module", found.append)
    monkeypatch.setattr(solver, "installed", lambda: solvers)
    judging.start_up()
    assert rehearsed == [judging.REHEARSED]
    return set(found)


def test_what_many_jobs_need_is_imported_before_the_first_of_them(monkeypatch):
    ours = {
        f"proofs.{folder}.{path.stem}"
        for folder in ("engines", "checker", "search")
        for path in (dependencies.ROOT / "proofs" / folder).glob("*.py")
        if path.stem != "__init__"
    }
    others = {"scipy.optimize", "clarabel", *judging.SYMPY_PARTS}
    assert imported(monkeypatch, True) == ours | others | {"z3", "cvc5.pythonic"}
    assert imported(monkeypatch, False) == ours | others


def test_the_rehearsed_statement_is_settled_by_the_engines_alone():
    """In milliseconds, and no solver is started for it before the fork."""
    result = judging.check_statement(judging.REHEARSED)
    assert (result["verdict"], result["trusts"]) == ("proved", [])


# -- claims that rest on each other


def findings(kind):
    """The findings on a claim with this verdict; text is a wrong input's message."""
    given = {"proved": "p", "derived": "d", "refuted": "r", "undecided": "u"}.get(kind)
    if given is None:
        return InvalidInput(kind)
    found = judge.Finding(part_id="part-1", says="A", evidence=part("found", **KINDS[given]), rechecked=True)
    return judge.Findings(vacuous=(), parts=(found,), runs=(), near_misses=(), seconds=2.5)


def inline(monkeypatch, verdicts):
    """Judge claims in this process with these verdicts by statement; how each was read and judged."""
    asked = {"batches": []}

    def read(statement, where, let, known):
        if statement not in verdicts or isinstance(findings(verdicts[statement]), InvalidInput):
            raise InvalidInput(verdicts[statement])
        asked[statement] = (list(where), dict(let), [str(fact.condition) for fact in known])
        return [Holds(says=statement, where=tuple(where), condition=sp.Symbol(statement), known=tuple(known))]

    def found(asked_of, begin):
        (asked["seconds"],) = begin.args
        return Answered(findings(verdicts[asked_of.parts[0].says]))

    def run(waiting, method):
        assert method == "fork"
        while waiting:
            batch = list(waiting)
            waiting.clear()
            asked["batches"].append([job.name for job in batch])
            for job in batch:
                asked["limit"] = job.seconds
                yield job, job.task()

    monkeypatch.setattr(judging, "GRACE", 1.0)
    monkeypatch.setattr(reading, "read_statement", read)
    monkeypatch.setattr(judging, "answered", found)
    monkeypatch.setattr(judging.jobs, "run", run)
    monkeypatch.setattr(judging, "start_up", lambda: asked.update(many=True))
    return asked


def test_a_claim_is_judged_after_those_it_uses_and_with_them_as_premises(monkeypatch):
    asked = inline(monkeypatch, {"A": "proved", "B": "derived", "C": "proved", "D": "proved"})
    steps = [
        Step("a", "A", ["x > 0"], {"k": "1"}, [], 1),
        Step("b", "B", [], {}, [], 2),
        Step("c", "C", ["y > 0"], {}, ["b", "a", "b"], 3),
        Step("d", "D", [], {"m": "2"}, ["c"], 4),
    ]
    told = []
    results = check_claims(steps, 10.0, progress=told.append)
    assert asked["batches"] == [["a", "b"], ["c"], ["d"]]
    assert asked["limit"] == 10.0
    assert asked["seconds"] == 9.0
    assert asked["C"] == (["y > 0"], {}, ["B", "A"])
    assert asked["D"] == ([], {"m": "2"}, ["C"])
    assert told == ["a: proved", "b: derived", "c: proved", "d: proved"]
    assert [r["id"] for r in results] == list("abcd")
    assert results[2] == {
        "id": "c",
        "line": 3,
        "statement": "C",
        "where": ["y > 0"],
        "uses": ["b", "a", "b"],
        "verdict": "proved",
        "method": "found: nfound",
        "reason": "nfound",
        "trusts": ["tfound"],
        "witness": None,
        "certificate": {"of": "found"},
        "side_conditions": ["sfound"],
        "coq": None,
        "seconds": 2.5,
        "versions": dependencies.versions(),
    }


@pytest.mark.parametrize(("kind", "verdict"), [("refuted", "refuted"), ("undecided", "undecided"), ("mend it", "error")])
def test_what_rests_on_a_claim_that_does_not_hold_is_not_judged_and_says_so(monkeypatch, kind, verdict):
    asked = inline(monkeypatch, {"A": kind, "B": "proved", "C": "proved", "D": "proved", "E": "proved"})
    steps = [
        Step("a", "A", line=1),
        Step("b", "B", line=5),
        Step("c", "C", uses=["b", "a"], line=7),
        Step("d", "D", uses=["c"], line=9),
        Step("e", "E", uses=["b"], line=11),
    ]
    told = []
    results = check_claims(steps, 10.0, progress=told.append)
    assert [r["verdict"] for r in results] == [verdict, "proved", "undecided", "undecided", "proved"]
    assert [results[i]["reason"] for i in (2, 3)] == [
        f"rests on 'a' (line 1), which is {verdict}",
        "rests on 'c' (line 7), which is undecided",
    ]
    assert [results[i]["seconds"] for i in (1, 2)] == [2.5, 0.0]
    assert {"C", "D"} & set(asked) == set()  # not even read
    assert sorted(told) == sorted(f"{r['id']}: {r['verdict']}" for r in results)
    assert results[0].get("message") == ("mend it" if verdict == "error" else None)


def test_a_claim_whose_job_was_stopped_is_undecided_and_says_after_what(monkeypatch):
    inline(monkeypatch, {"x > 0": "proved"})
    monkeypatch.setattr(judging, "answered", lambda *_: jobs.Stopped(Reason.STOPPED, 10.25))
    result = check_one("x > 0", seconds=10.0)
    assert (result["verdict"], result["reason"], result["seconds"]) == ("undecided", "stopped after 10.2 s of processor time", 10.25)


@pytest.mark.parametrize(("limit", "engines"), [(10.0, 9.0), (1.5, 0.75), (1.0, 0.5)])
def test_the_engines_are_given_less_than_the_process_and_at_least_half_of_it(monkeypatch, limit, engines):
    asked = inline(monkeypatch, {"A": "proved"})
    check_claims([Step("a", "A", line=1)], limit)
    assert asked["seconds"] == engines
    assert asked["limit"] == limit


def test_solvers_are_imported_before_the_jobs_only_where_there_are_several_claims(monkeypatch):
    asked = inline(monkeypatch, {"A": "proved", "B": "proved"})
    for steps in ([Step("a", "A", line=1)], [Step("a", "A", line=1), Step("b", "B", line=2)], [Step(name, "A", line=1) for name in "abc"]):
        check_claims(steps, 10.0)
        assert asked.pop("many", False) is (len(steps) > 1)


def test_nothing_is_started_up_where_no_statement_can_be_read(monkeypatch):
    asked = inline(monkeypatch, {})

    def refused(*_):
        raise InvalidInput("x+ is no statement")

    monkeypatch.setattr(judging, "read_step", refused)
    assert [result["verdict"] for result in check_claims([Step(name, "x+", line=1) for name in "ab"], 10.0)] == ["error", "error"]
    assert "many" not in asked


def test_a_single_statement_has_no_place_in_a_file(monkeypatch):
    inline(monkeypatch, {"x > 0": "refuted", "x > k": "undecided"})
    result = check_one("x > 0")
    assert result["verdict"] == "refuted"
    assert set(result) == {
        "statement",
        "where",
        "verdict",
        "method",
        "reason",
        "trusts",
        "witness",
        "certificate",
        "side_conditions",
        "coq",
        "seconds",
        "versions",
    }
    asked = inline(monkeypatch, {"x > k": "undecided"})
    assert check_one("x > k", ["x > 1"], {"k": "2"}, 10.0)["where"] == ["x > 1"]
    assert asked["x > k"][:2] == (["x > 1"], {"k": "2"})
    assert asked["limit"] == 10.0


@pytest.mark.parametrize(("statement", "message"), [("x >", None), ("x > 0", "mend the premises")])
def test_a_single_statement_with_a_wrong_input_is_refused(monkeypatch, statement, message):
    monkeypatch.setattr(judging, "check_claims", lambda *_, **__: [{"verdict": "error", "message": message}])
    with pytest.raises(InvalidInput, match=message):
        check_one(statement)
