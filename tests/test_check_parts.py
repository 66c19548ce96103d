"""The parts of `ufm check` by themselves: clocks, processes, joined verdicts, premises from claims, files.

Clocks and processes are played here, so that a schedule can be stated exactly; real ones run in test_check_files.py.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import platform
from types import SimpleNamespace

import pytest
import sympy as sp

import proofs.engines
from proofs import check
from proofs.check import Claim, check_claims, check_one, check_statement, parse_claims, read_file, run_jobs
from proofs.checker import solver
from proofs.kernel.verdict import Evidence, Outcome
from theory.exact import InvalidInput

x, y = sp.symbols("x y", real=True)


class Clock:
    def __init__(self):
        self.now = 3.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    played = Clock()
    monkeypatch.setattr(check, "time", played)
    return played


# -- one statement


def part(verdict, name=""):
    return {**check.unsettled(), "verdict": verdict, "method": f"by {name}", "reason": name, "trusts": [name],
            "side_conditions": [f"of {name}"],
            "certificate": {"of": name} if verdict == "proved" else None}


def judged(monkeypatch, verdicts):
    """The parts of a statement, with these verdicts one after another; returns those that are asked, and the time each was left."""
    left, given = [], iter(verdicts)

    def judge(_full, seconds):
        verdict = next(given)
        left.append((verdict, seconds))
        check.time.now += 4.0
        return part(verdict, verdict[0] + str(len(left)))

    monkeypatch.setattr(check, "_judge", judge)
    return left


TEXT = " and ".join(f"increasing(x**{k}, x)" for k in (3, 5, 7))


def test_each_part_of_a_statement_is_given_the_time_that_the_parts_before_it_left(monkeypatch, clock):
    left = judged(monkeypatch, ["proved", "undecided", "proved"])
    result = check_statement(TEXT, ["x > 0"], seconds=10.0)
    assert left == [("proved", 10.0), ("undecided", 6.0), ("proved", 2.0)]
    assert result["seconds"] == 12.0
    assert (result["statement"], result["where"], result["verdict"], result["reason"]) == (TEXT, ["x > 0"], "undecided", "u2")


def test_the_seconds_of_a_result_are_those_it_took_in_full(monkeypatch, clock):
    judged(monkeypatch, ["proved"])
    monkeypatch.setattr(check, "_joined", lambda results: setattr(clock, "now", clock.now + 0.1234) or results[0])
    assert check_statement("increasing(x, x)")["seconds"] == 4.1234


def test_nothing_is_judged_after_a_part_that_is_refuted(monkeypatch, clock):
    left = judged(monkeypatch, ["undecided", "refuted", "refuted"])
    assert check_statement(TEXT)["reason"] == "r2"
    assert [verdict for verdict, _ in left] == ["undecided", "refuted"]


@pytest.mark.parametrize(("verdicts", "expected"), [
    ("p", "p0"), ("r", "r0"), ("u", "u0"), ("pu", "u1"), ("up", "u0"), ("pr", "r1"), ("rp", "r0"), ("ur", "r1"), ("ru", "r0"), ("uu", "u0"),
    ("rr", "r0"), ("ppru", "r2"), ("pupu", "u1")])
def test_the_first_of_the_worst_parts_is_the_result(verdicts, expected):
    names = {"p": "proved", "r": "refuted", "u": "undecided"}
    results = [part(names[v], f"{v}{k}") for k, v in enumerate(verdicts)]
    assert check._joined(results) is next(r for r in results if r["reason"] == expected)


def test_proved_parts_are_joined_with_all_that_they_rest_on():
    assert check._joined([part("proved", "b"), part("proved", "a"), part("proved", "b")]) == {
        "verdict": "proved", "method": "by b; by a; by b", "reason": "all parts are proved", "trusts": ["a", "b"], "witness": None,
        "certificate": {"parts": [{"of": "b"}, {"of": "a"}, {"of": "b"}]}, "side_conditions": ["of a", "of b"]}


HOLDS = Evidence(road="exact", engine="holds", outcome=Outcome.HOLDS, note="by signs", trusts=("z3",), certificate={"kind": "holds"},
                 side_conditions=("x != 0",))
FAILS = Evidence(road="exact", engine="holds", outcome=Outcome.FAILS, note="an exact counterexample", witness={"x": "1"})
OPEN = Evidence(road="exact", engine="holds", outcome=Outcome.UNSETTLED, note="too hard", certificate={"draft": 1}, witness={"x": "2"},
                side_conditions=("x > 0",))


@pytest.mark.parametrize(("evidence", "stands", "expected"), [
    (HOLDS, True, {"verdict": "proved", "method": "holds: by signs", "reason": "by signs", "trusts": ["z3"], "witness": None,
                   "certificate": {"kind": "holds"}, "side_conditions": ["x != 0"]}),
    (FAILS, True, {"verdict": "refuted", "method": "holds: an exact counterexample", "reason": "an exact counterexample", "trusts": [],
                   "witness": {"x": "1"}, "certificate": None, "side_conditions": []}),
    (OPEN, True, {"verdict": "undecided", "method": "", "reason": "too hard", "trusts": [], "witness": None, "certificate": None,
                  "side_conditions": ["x > 0"]}),
    (HOLDS, False, {"verdict": "undecided", "method": "", "reason": "the evidence did not survive its re-check (by signs)", "trusts": [],
                    "witness": None, "certificate": None, "side_conditions": ["x != 0"]}),
    (FAILS, False, {"verdict": "undecided", "method": "", "reason": "the evidence did not survive its re-check (an exact counterexample)",
                    "trusts": [], "witness": None, "certificate": None, "side_conditions": []})])
def test_evidence_becomes_a_verdict_where_it_survives_its_recheck(monkeypatch, evidence, stands, expected):
    monkeypatch.setattr(proofs.engines, "decide", lambda _full, seconds: evidence if seconds == 5.0 else OPEN)
    monkeypatch.setattr(proofs.engines, "recheck", lambda _full, given: given is evidence and stands)
    assert check._judge(SimpleNamespace(where=()), 5.0) == expected


def test_premises_that_contradict_each_other_are_named(monkeypatch):
    note = "the premises contradict each other: by signs"
    monkeypatch.setattr(proofs.engines, "decide", lambda *_: Evidence(road="exact", engine="holds", outcome=Outcome.UNSETTLED, note=note))
    with pytest.raises(InvalidInput, match=r"x > 1.*nothing satisfies"):
        check._judge(SimpleNamespace(where=(x > 1,)), 5.0)


def test_versions_are_those_installed_and_say_what_is_not(monkeypatch):
    found = check.versions()
    assert found["python"] == platform.python_version()
    assert set(found) == {"python", "sympy", "python-flint", "clarabel", "z3-solver", "cvc5"}
    assert found["sympy"] == sp.__version__

    def version(package):
        raise importlib.metadata.PackageNotFoundError(package)

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert check.versions() == dict.fromkeys(found, "absent") | {"python": platform.python_version()}


# -- proved claims as premises


@pytest.mark.parametrize(("text", "conditions", "where", "expected"), [
    ("x > 1", [], [], [x > 1]),
    ("x > 1", ["x >= 2"], ["x>=2"], [sp.Or(sp.Not(x >= 2, evaluate=False), x > 1)]),
    ("x > 1", ["x >= 2"], ["  x  >=  2 "], [x > 1]),
    ("x > 1", ["x >= 2"], ["y >= 2"], [sp.Or(sp.Not(x >= 2, evaluate=False), x > 1)]),
    ("x > 1", ["y > 0", "x >= 2"], ["y > 0"], [sp.Or(sp.Not(x >= 2, evaluate=False), x > 1)]),
    ("x > 1", ["x > 1"], [], [sp.Or(sp.Not(x > 1, evaluate=False), x > 1)]),
    ("increasing(x**3, x)", [], [], []),
], ids=str)
def test_a_proved_claim_is_a_premise_where_its_own_premises_hold(text, conditions, where, expected):
    assert check._as_premises(text, conditions, {}, where) == expected


def test_each_part_rests_on_the_premises_and_on_the_claims_it_uses():
    parts = check.statements_of("increasing(x**3, x) and x > a", ["x > 2"], {"a": "1"}, [("y > b", (), {"b": "3"}), ("y > 4", (), {})])
    assert [part.where for part in parts] == [(x > 2, y > 3, y > 4)] * 2
    assert parts[1].condition == (x > 1)


# -- processes


class Machine:
    """Plays the processes of tasks that take known seconds; `seen` is what happened when."""

    def __init__(self, monkeypatch, clock, cores, durations):
        self.clock, self.durations, self.seen, self.waits, self.daemons = clock, durations, [], [], set()
        monkeypatch.setattr(check.multiprocessing, "get_context", lambda way: self if way == "fork" else None)
        monkeypatch.setattr(check, "os", SimpleNamespace(cpu_count=lambda: cores))
        monkeypatch.setattr(check, "wait", self.wait)

    def Pipe(self, duplex):
        assert not duplex
        pipe = SimpleNamespace(index=None, ends=None, poll=lambda: self.clock.now >= pipe.ends, recv=lambda: self.result(pipe.index),
                               close=lambda: self.seen.append(("close", pipe.index)))
        return pipe, SimpleNamespace(other=pipe, close=lambda: None)

    def Process(self, target, args, daemon):
        assert target is check._work
        pipe, index = args[0].other, args[1]
        self.daemons.add(daemon)

        def start():
            pipe.index, pipe.ends = index, self.clock.now + self.durations[index]
            self.seen.append(("start", index, self.clock.now))

        return SimpleNamespace(start=start, kill=lambda: self.seen.append(("kill", index)), join=lambda: self.seen.append(("join", index)))

    def result(self, index):
        if self.durations[index] == 1.25:
            raise EOFError
        return {"verdict": f"of {index}"}

    def wait(self, pipes, timeout):
        self.waits.append(timeout)
        self.clock.now = min(self.clock.now + timeout, *(pipe.ends for pipe in pipes), self.clock.now + 1000.0)

    def run(self, seconds=10.0, ready=None):
        results = {}
        run_jobs({i: i for i in range(len(self.durations))}, seconds,
                 ready or (lambda started: [i for i in range(len(self.durations)) if i not in started]),
                 lambda index, result: results.update({index: (self.clock.now, result["verdict"], result.get("reason"),
                                                               result.get("seconds"))}))
        return results

    @property
    def ended(self):
        return {event[1] for event in self.seen if event[0] == "close"}

    @property
    def started(self):
        return [(event[1], event[2]) for event in self.seen if event[0] == "start"]


def test_as_many_tasks_run_at_once_as_there_are_cores_and_each_start_waits_for_a_free_one(monkeypatch, clock):
    machine = Machine(monkeypatch, clock, 2, [4.0, 1.0, 2.0, 5.0, 0.5])
    results = machine.run()
    assert machine.started == [(0, 3.0), (1, 3.0), (2, 4.0), (3, 6.0), (4, 7.0)]
    assert results == {1: (4.0, "of 1", None, None), 2: (6.0, "of 2", None, None), 0: (7.0, "of 0", None, None),
                       4: (7.5, "of 4", None, None), 3: (11.0, "of 3", None, None)}
    assert machine.waits == [10.0, 9.0, 7.0, 9.0, 8.5]
    assert machine.daemons == {True}
    for index in range(5):  # no process and no pipe is left behind
        assert [event[0] for event in machine.seen if event[1] == index] == ["start", "kill", "join", "close"]


def test_a_task_that_takes_longer_than_it_may_is_stopped_then_and_the_rest_goes_on(monkeypatch, clock):
    machine = Machine(monkeypatch, clock, 3, [99.0, 2.0, 1.0, 9.0, 1.25])
    results = machine.run(seconds=4.5)
    late = "undecided", "stopped after 4.5 s", 4.5
    assert results == {2: (4.0, "of 2", None, None), 1: (5.0, "of 1", None, None), 0: (7.5, *late), 3: (8.5, *late),
                       4: (6.25, "undecided", "the engine's process ended without an answer", None)}
    assert machine.started == [(0, 3.0), (1, 3.0), (2, 3.0), (3, 4.0), (4, 5.0)]


def test_a_task_starts_only_when_it_is_ready(monkeypatch, clock):
    machine = Machine(monkeypatch, clock, 4, [2.0, 1.0, 1.5, 1.0])
    results = machine.run(ready=lambda started: [i for i in (0, 1, 2) if i not in started and set(range(i)) <= machine.ended])
    assert machine.started == [(0, 3.0), (1, 5.0), (2, 6.0)]
    assert {index: at for index, (at, *_) in results.items()} == {0: 5.0, 1: 6.0, 2: 7.5}  # the last is never ready


@pytest.mark.parametrize(("cores", "at_once"), [(None, 1), (1, 1), (3, 3), (9, 4)])
def test_where_the_cores_are_not_known_one_task_runs_at_a_time(monkeypatch, clock, cores, at_once):
    machine = Machine(monkeypatch, clock, cores, [1.0] * 4)
    machine.run()
    assert [at for _, at in machine.started].count(3.0) == at_once


def test_running_tasks_are_stopped_where_the_user_interrupts(monkeypatch, clock):
    machine = Machine(monkeypatch, clock, 2, [5.0, 6.0, 7.0])

    def interrupted(_pipes, _timeout):
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        machine.run()
    assert [event for event in machine.seen if event[0] != "start"] == [("kill", 0), ("join", 0), ("kill", 1), ("join", 1)]


def raises(error):
    def task():
        raise error

    return task


@pytest.mark.parametrize(("task", "sent"), [
    (lambda: {"verdict": "proved"}, [{"verdict": "proved"}]),
    (raises(InvalidInput("mend it")), [{"verdict": "error", "message": "mend it"}]),
    (raises(RecursionError()), [{"verdict": "undecided", "reason": "the statement is nested too deep for the engines"}]),
    (raises(MemoryError()), [{"verdict": "undecided", "reason": "the engines ran out of memory"}]),
    (raises(ZeroDivisionError()), [])])
def test_a_worker_sends_one_answer_and_ends_whatever_happens(monkeypatch, task, sent):
    events = []
    monkeypatch.setattr(check.os, "_exit", lambda status: events.append(("exit", status)))
    pipe = SimpleNamespace(send=events.append, close=lambda: events.append("closed"))
    if sent:
        check._work(pipe, task)
    else:
        with pytest.raises(ZeroDivisionError):  # the exit that is played here lets it through
            check._work(pipe, task)
    assert events == [*sent, "closed", ("exit", 0)]


def imported(monkeypatch, many, solvers):
    found = []
    monkeypatch.setattr(importlib, "import_module", found.append)
    monkeypatch.setattr(solver, "installed", lambda: solvers)
    check._start_up(many)
    return set(found)


def test_what_the_workers_need_is_imported_before_the_first_of_them(monkeypatch):
    engines = {f"proofs.engines.{name}" for name in ("holds", "limits", "monotone", "suprema", "solver", "critical", "leading")}
    assert imported(monkeypatch, False, True) == engines
    assert imported(monkeypatch, True, True) == engines | {"scipy.optimize", "z3", "cvc5.pythonic"}
    assert imported(monkeypatch, True, False) == engines | {"scipy.optimize"}


# -- claims that rest on each other


def inline(monkeypatch, verdicts, order=None):
    """Judge claims in this process with these verdicts by statement; the arguments that each was judged with."""
    asked = {}

    def judge(statement, where, let, seconds, premises):
        asked[statement] = (where, let, seconds, premises)
        return {"verdict": verdicts[statement], "reason": "found", "seconds": 2.5}

    def run(tasks, seconds, ready, done):
        started, batches = set(), []
        while batch := ready(started):
            batches.append(batch)
            assert not started & set(batch)
            started.update(batch)
            for index in batch:
                assert ready(started) == []  # what runs is neither run again nor passed by
                done(index, tasks[index]())
        asked["batches"], asked["limit"] = batches, seconds

    monkeypatch.setattr(check, "GRACE", 1.0)
    monkeypatch.setattr(check, "check_statement", judge)
    monkeypatch.setattr(check, "run_jobs", run)
    monkeypatch.setattr(check, "_start_up", lambda many: asked.update(many=many))
    return asked


def test_a_claim_is_judged_after_those_it_uses_and_with_them_as_premises(monkeypatch):
    asked = inline(monkeypatch, dict.fromkeys("ABCD", "proved"))
    claims = [Claim("a", "A", ["x > 0"], {"k": "1"}, [], 1), Claim("b", "B", [], {}, [], 2),
              Claim("c", "C", ["y > 0"], {}, ["b", "a", "b"], 3),
              Claim("d", "D", [], {"m": "2"}, ["c"], 4)]
    told = []
    results = check_claims(claims, 10.0, progress=told.append)
    assert asked["batches"] == [[0, 1], [2], [3]]
    assert asked["limit"] == 10.0
    assert asked["C"] == (["y > 0"], {}, 9.0, [("A", ["x > 0"], {"k": "1"}), ("B", [], {})])
    assert asked["D"] == ([], {"m": "2"}, 9.0, [("C", ["y > 0"], {})])
    assert told == [f"{name}: proved" for name in "abcd"]
    assert [r["id"] for r in results] == list("abcd")
    assert results[2] == {
        "id": "c", "line": 3, "statement": "C", "where": ["y > 0"], "uses": ["b", "a", "b"], "verdict": "proved", "method": "",
        "reason": "found",
        "trusts": [], "witness": None, "certificate": None, "side_conditions": [], "coq": None, "seconds": 2.5,
        "versions": check.versions()}


@pytest.mark.parametrize("verdict", ["refuted", "undecided", "error"])
def test_what_rests_on_a_claim_that_is_not_proved_is_not_judged_and_says_so(monkeypatch, verdict):
    asked = inline(monkeypatch, {"A": verdict, "B": "proved", "C": "proved", "D": "proved", "E": "proved"})
    claims = [Claim("a", "A", line=1), Claim("b", "B", line=5), Claim("c", "C", uses=["b", "a"], line=7),
              Claim("d", "D", uses=["c"], line=9),
              Claim("e", "E", uses=["b"], line=11)]
    told = []
    results = check_claims(claims, 10.0, progress=told.append)
    assert [r["verdict"] for r in results] == [verdict, "proved", "undecided", "undecided", "proved"]
    assert [results[i]["reason"] for i in (2, 3)] == [
        f"rests on 'a' (line 1), which is {verdict}", "rests on 'c' (line 7), which is undecided"]
    assert [results[i]["seconds"] for i in (1, 2)] == [2.5, 0.0]
    assert {"C", "D"} & set(asked) == set()
    assert sorted(told) == sorted(f"{r['id']}: {r['verdict']}" for r in results)


@pytest.mark.parametrize(("limit", "engines"), [(10.0, 9.0), (1.5, 0.75), (1.0, 0.5)])
def test_the_engines_are_given_less_than_the_process_and_at_least_half_of_it(monkeypatch, limit, engines):
    asked = inline(monkeypatch, {"A": "proved"})
    check_claims([Claim("a", "A", line=1)], limit)
    assert asked["A"][2] == engines
    assert asked["limit"] == limit


def test_solvers_are_imported_before_the_workers_only_where_there_are_several_claims(monkeypatch):
    asked = inline(monkeypatch, {"A": "proved", "B": "proved"})
    for claims in ([Claim("a", "A", line=1)], [Claim("a", "A", line=1), Claim("b", "B", line=2)],
                   [Claim(name, "A", line=1) for name in "abc"]):
        check_claims(claims, 10.0)
        assert asked["many"] is (len(claims) > 1)


def test_a_single_statement_has_no_place_in_a_file(monkeypatch):
    inline(monkeypatch, {"x > 0": "refuted", "x > k": "undecided"})
    result = check_one("x > 0")
    assert result["verdict"] == "refuted"
    assert set(result) == {"statement", "where", "verdict", "method", "reason", "trusts", "witness", "certificate", "side_conditions",
                           "coq",
                           "seconds", "versions"}
    asked = inline(monkeypatch, {"x > k": "undecided"})
    assert check_one("x > k", ["x > 1"], {"k": "2"}, 10.0)["where"] == ["x > 1"]
    assert asked["x > k"][:2] == (["x > 1"], {"k": "2"})
    assert asked["limit"] == 10.0


@pytest.mark.parametrize(("statement", "message"), [("x >", None), ("x > 0", "mend the premises")])
def test_a_single_statement_with_a_wrong_input_is_refused(monkeypatch, statement, message):
    monkeypatch.setattr(check, "check_claims", lambda *_: [{"verdict": "error", "message": message}])
    with pytest.raises(InvalidInput, match=message):
        check_one(statement)


# -- derivation files


def test_a_file_is_read_up_to_its_greatest_size(tmp_path, monkeypatch):
    path, text = tmp_path / "claims.toml", "[[claim]]\nid = 'a'\nstatement = 'x > 0'\n"
    path.write_text(text)
    for size, read in ((len(text) + 1, True), (len(text), True), (len(text) - 1, False)):
        monkeypatch.setattr(check, "MAX_FILE_BYTES", size)
        if read:
            assert read_file(path) == [Claim("a", "x > 0", line=1)]
        else:
            with pytest.raises(InvalidInput, match="is larger than"):
                read_file(path)


def test_why_a_file_cannot_be_read_is_said(tmp_path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    for path, why in ((tmp_path / "absent.toml", "No such file or directory"), (tmp_path, "Is a directory"),
                      (binary, "UnicodeDecodeError")):
        with pytest.raises(InvalidInput, match=why):
            read_file(path)


def test_the_claims_of_a_file_have_their_lines_and_all_that_is_written():
    text = '''# [[claim]] in a remark
[[claim]]
id = "a"
statement = "x > k"
where = ["x > 2"]
let = { k = 1 }

  [[ claim ]]  # the second
id = "B"
statement = """
A >
B"""
[[claim]] # the third
id = "c"
uses = ["a", "B"]
statement = "x > 0"
'''
    assert parse_claims(text) == [Claim("a", "x > k", ["x > 2"], {"k": "1"}, [], 2), Claim("B", "A >\nB", [], {}, [], 8),
                                  Claim("c", "x > 0", [], {}, ["a", "B"], 13)]


def test_claims_written_in_one_line_have_the_first():
    text = "claim = [{id = 'a', statement = 'x > 0'}, {id = 'b', statement = 'x > 1', uses = ['a']}]"
    assert parse_claims(text) == [Claim("a", "x > 0", line=1), Claim("b", "x > 1", uses=["a"], line=1)]


GOOD = "[[claim]]\nid = 'a'\nstatement = 'x > 0'\n"


@pytest.mark.parametrize(("text", "why"), [
    ("", "must hold \\[\\[claim\\]\\] tables only"), ("claim = []", "tables only"), ("claim = 3", "tables only"), ("x = 1", "tables only"),
    (f"title = 'a'\n{GOOD}", "tables only"), ("[claim]\nid = 'a'\nstatement = 'x > 0'", "tables only"),
    ("claim = [3]", "has the wrong form"),
    ("[[claim]]\nid = 'a'", "line 1: claim 'a' has statement=None"), ("\n[[claim]]\nstatement = 'x > 0'", "line 2: id=None must be a name"),
    ("[[claim]]\nid = 3\nstatement = 'x > 0'", "id=3 must be a name"),
    ("[[claim]]\nid = '  '\nstatement = 'x > 0'", "id='  ' must be a name"),
    (GOOD + GOOD, "line 4: id 'a' is used twice"), ("[[claim]]\nid = 'a'\nstatement = 3", "statement=3"),
    (GOOD + "wher = []\nlets = 1", r"a claim has \['lets', 'wher'\]; its fields are \['id', 'let', 'statement', 'uses', 'where'\]"),
    (GOOD + "where = 'x > 0'", "where of claim 'a' must be a list"), (GOOD + "where = [1]", "where of claim 'a' must be a list"),
    (GOOD + "uses = 'b'", "uses of claim 'a' must be a list"), (GOOD + "uses = ['b', 1]", "uses of claim 'a' must be a list"),
    (GOOD + "uses = ['b']", "uses 'b', which is not an earlier claim"), (GOOD + "uses = ['a']", "uses 'a', which is not an earlier claim"),
    (GOOD + "let = 'k'", "let of claim 'a' must give"), (GOOD + "let = { k = 1.5 }", "let of claim 'a' must give"),
    (GOOD + "let = { j = '1', k = true }", "let of claim 'a' must give"), ("[[claim]", "is not TOML"),
    ("a = " + "[" * 9999, "is not TOML")])
def test_what_is_wrong_with_a_file_is_said(text, why):
    with pytest.raises(InvalidInput, match=why):
        parse_claims(text)


@pytest.mark.parametrize(("verdicts", "status"), [
    ([], 0), (["proved"], 0), (["proved", "refuted", "undecided"], 1), (["refuted", "error"], 2), (["proved", "undecided"], 3),
    (["error"], 2),
    (["undecided", "error"], 2)])
def test_the_exit_status_is_that_of_the_worst_verdict(verdicts, status):
    assert check.exit_status(verdicts) == status
