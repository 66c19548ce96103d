"""The ledger under attack: false claims, near misses of true ones, engines that hang or die, findings of older code.

How the judge treats findings is tested in tests/kernel. Here whole claims go through the real engines and
the real processes, and none may get a positive verdict.
"""

import dataclasses
import os
import time
from functools import partial

import pytest
import sympy as sp

from proofs import engines
from proofs.claims import registry
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.judge import judge
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement, Supremum
from proofs.kernel.verdict import HELD, Outcome, Reason, Verdict
from proofs.ledger import jobs, ledger
from proofs.report import page, tables
from proofs.store import cache, dependencies
from tests.tools.toys import guarded

x = sp.Symbol("x", positive=True)
AT_TWO = ({x: sp.Integer(2)},)
TRUE = Holds(id="least", says="x + 1/x ≥ 2", condition=x + 1 / x >= 2)


def judged(**fields):
    """The row of a claim that the project's own engines investigate; all of it is guarded."""
    plain = {"id": "toy", "says": "toy", "source": "test", "witnesses": AT_TWO}
    return judge(guarded(Claim(**{**plain, **fields})), engines.decide, engines.recheck, seconds=60)


def agreeing(error=0.0, uses=()):
    return Agrees(id="run", says="run", uses=uses, bound=1e-6, measure=lambda: Measurement(error, 3, "somewhere"))


def test_the_engines_of_these_tests_do_say_yes_to_a_true_claim():
    row = judged(
        stated={"least": sp.Integer(2)},
        near_misses=(NearMiss("5/2", {"least": sp.Rational(5, 2)}),),
        parts=lambda said: (Holds(id="least", says="x + 1/x is at least", condition=x + 1 / x >= said.least),),
    )
    assert row.verdict in HELD


FALSE = [
    Holds(id="false", says="a strict inequality that is met with equality", condition=x + 1 / x > 2),
    Holds(id="false", says="true but on a narrow interval", condition=(x - 1) * (x - sp.Rational(1001, 1000)) >= 0),
    Holds(id="false", says="true for x ≥ 1 alone", condition=sp.sqrt(x) <= x),
    Holds(id="false", says="an identity of one branch", condition=sp.Eq(sp.log(x) ** 2, sp.log(x**2), evaluate=False)),
    Holds(id="false", says="true from 1 on", condition=x**2 >= x, where=(x >= sp.Rational(99, 100),)),
    Limit(id="false", says="a limit that is another", expr=(1 + 1 / x) ** x, variable=x, point=sp.oo, value=sp.Integer(3)),
    Increasing(id="false", says="increasing from the minimum on only", expr=x + 1 / x, variable=x),
]


@pytest.mark.parametrize("statement", FALSE, ids=lambda s: s.says)
def test_a_false_claim_is_refuted_or_undecided_and_never_held(statement):
    assert judged(parts=lambda said: (statement,)).verdict not in HELD
    assert judged(parts=lambda said: (TRUE, statement), runs=lambda said: (agreeing(),)).verdict not in HELD


@pytest.mark.parametrize("statement", FALSE[:2], ids=lambda s: s.says)
def test_a_false_claim_of_polynomials_is_refuted_with_a_witness(statement):
    row = judged(parts=lambda said: (statement,))
    assert row.verdict is Verdict.REFUTED
    assert row.findings.parts[0].evidence.witness


@pytest.mark.parametrize(("least", "says"), [(sp.Integer(2), "the claim itself"), (sp.Rational(199, 100), "a weaker bound")])
def test_a_near_miss_that_is_true_voids_the_claim(least, says):
    row = judged(
        stated={"least": sp.Integer(2)},
        near_misses=(NearMiss(says, {"least": least}),),
        parts=lambda said: (Holds(id="least", says="at least", condition=x + 1 / x >= said.least), agreeing()),
    )
    assert row.verdict is Verdict.UNDECIDED
    assert "was not rejected" in row.problems[0]


def test_a_claim_whose_witness_does_not_satisfy_its_hypotheses_is_no_proof():
    row = judged(hypotheses={"x > 3": x > 3}, parts=lambda said: (TRUE,))
    assert (row.verdict, row.problems) == (Verdict.UNDECIDED, ("no witness satisfies: x > 3",))
    assert judged(hypotheses={"x > 1": x > 1}, parts=lambda said: (TRUE,)).verdict in HELD


def test_a_claim_of_premises_that_contradict_each_other_is_no_proof():
    row = judged(parts=lambda said: (Holds(id="anything", says="anything", condition=x > 100, where=(x < 1, x > 2)),))
    assert (row.verdict, row.problems) == (Verdict.UNDECIDED, ("no witness satisfies: anything",))


def test_a_supremum_that_is_only_an_upper_bound_is_refused():
    above = Supremum(
        id="supremum", says="the supremum of x/(x + 1)", expr=x / (x + 1), variable=x, start=sp.Integer(1), end=sp.oo, value=sp.Integer(2)
    )
    assert judged(parts=lambda said: (above,)).verdict not in HELD


# Oracles that do not come back. The functions stand here for the processes to import.


def burns(ids, kernel):
    while True:
        pass


def hangs(ids, kernel):
    time.sleep(1e6)


def dies(ids, kernel):
    os._exit(3)


def burns_on_the_first(ids, kernel):
    return burns(ids, kernel) if ids == ("step-limit",) else investigated(ids, kernel)


investigated = ledger.investigated


@pytest.fixture
def impatient(monkeypatch, tmp_path):
    """The ledger with another investigation, a limit in seconds of processor time, and nothing kept."""
    monkeypatch.setenv("UFM_CACHE", str(tmp_path))

    def with_(investigation, seconds=1.0, hang=1.0):
        monkeypatch.setattr(ledger, "investigated", investigation)
        monkeypatch.setattr(ledger, "SECONDS_PER_CLAIM", seconds)
        monkeypatch.setattr(ledger.jobs, "run", partial(jobs.run, hang=hang))

    return with_


@pytest.mark.parametrize(
    ("oracle", "seconds", "why", "reason"),
    [
        (burns, 0.5, "stopped after ", Reason.STOPPED),
        (hangs, 600.0, "stopped: it hung after ", Reason.HUNG),
        (dies, 600.0, "stopped: its process ended without an answer", Reason.DIED),
    ],
)
def test_an_oracle_that_does_not_come_back_is_undecided_told_and_not_kept(impatient, capsys, oracle, seconds, why, reason):
    impatient(oracle, seconds)
    (row,) = ledger.judged(["step-limit"])
    assert row.verdict is Verdict.UNDECIDED
    assert row.findings.parts[0].evidence.note.startswith(why)
    assert row.findings.parts[0].evidence.reason is reason
    assert ledger.exit_status([row]) == 3
    assert cache.load("step-limit", ledger.key("step-limit")) is None
    told = f"{row.findings.parts[0].evidence.note}; replay: ufm verify step-limit --fresh"
    (claim,) = registry.claims(["step-limit"])
    assert tables.deciding_words(row) == tables.stopped(row) == told
    assert tables.ledger_document([claim], [row])["claims"][0]["stopped"] == told
    capsys.readouterr()
    tables.print_ledger([claim], [row])
    assert f"step-limit, and no pass: {told}" in capsys.readouterr().out
    assert "exact" not in told


def test_the_page_tells_a_row_that_was_stopped(impatient, tmp_path):
    impatient(burns, 0.5)
    rows = list(ledger.judged(["step-limit"]))
    page.write(tmp_path, registry.claims(["step-limit"]), rows)
    pages = ("index.html", "unconstrained_features.html")
    assert [(tmp_path / name).read_text(encoding="utf-8").count(tables.stopped(rows[0])) for name in pages] == [1, 2]


def test_a_claim_that_does_not_come_back_does_not_take_the_others_along(impatient, monkeypatch):
    impatient(burns_on_the_first, seconds=60.0, hang=600.0)
    monkeypatch.setattr(jobs, "cores", lambda: 1)  # so that the others wait behind it
    monkeypatch.setattr(ledger, "jobs_of", lambda ids, kernel: _first_is_stopped_soon(jobs_of(ids, kernel)))
    rows = {row.claim_id: row.verdict for row in ledger.judged(["step-limit", "majority-first"])}
    assert rows["step-limit"] is Verdict.UNDECIDED
    assert rows["majority-first"] is Verdict.REFUTED


jobs_of = ledger.jobs_of


def _first_is_stopped_soon(jobs):
    return [dataclasses.replace(job, seconds=1.0) if job.name == "step-limit" else job for job in jobs]


# A ledger gone stale, and an empty one.


def test_findings_of_changed_code_are_not_taken(monkeypatch, tmp_path):
    """One byte more in a file that a claim depends on, and what was kept is judged anew."""
    monkeypatch.setenv("UFM_CACHE", str(tmp_path))
    before = ledger.key("step-limit")
    files = dependencies.dependencies("proofs.claims.unconstrained_features.closed_form")
    assert any(path.name == "modes.py" for path in files)
    (row,) = ledger.judged(["step-limit"])
    cache.store("step-limit", before, row.findings)
    assert cache.load("step-limit", ledger.key("step-limit")) is not None
    plain = type(next(iter(files))).read_bytes
    monkeypatch.setattr(type(next(iter(files))), "read_bytes", lambda path: plain(path) + (b" " if path.name == "modes.py" else b""))
    monkeypatch.setattr(dependencies, "digest", dependencies.digest.__wrapped__)  # as in a new process, nothing has been read
    monkeypatch.setattr(dependencies, "line_of", dependencies.line_of.__wrapped__)
    assert ledger.key("step-limit") != before
    assert cache.load("step-limit", ledger.key("step-limit")) is None


def test_findings_of_another_version_of_a_library_are_not_taken(monkeypatch):
    before = ledger.key("step-limit")
    monkeypatch.setattr(dependencies, "versions", lambda: {"sympy": "0.0"})
    assert ledger.key("step-limit") != before


def test_a_kept_finding_edited_to_hold_is_judged_anew(monkeypatch, tmp_path):
    """An undecided finding turned into a certified one by hand in the file is not believed."""
    monkeypatch.setenv("UFM_CACHE", str(tmp_path))
    key = ledger.key("step-limit")
    cache.store("step-limit", key, jobs.nothing_found("stopped"))
    path = tmp_path / "step-limit.json"
    path.write_text(path.read_text().replace('"unsettled"', '"holds"').replace('"strength": null', '"strength": "derived"'))
    assert cache.load("step-limit", key) is None
    (row,) = ledger.judged(["step-limit"])
    assert [finding.evidence.outcome for finding in row.findings.parts] != [Outcome.UNSETTLED]


def test_a_claim_with_nothing_to_check_and_a_run_of_no_cases_are_no_pass():
    assert "nothing was checked" in judged(parts=lambda said: ()).problems
    empty = Agrees(id="run", says="run", bound=1.0, measure=lambda: Measurement(0.0, 0, ""))
    assert judged(parts=lambda said: (empty,)).verdict is Verdict.UNDECIDED


def test_one_claim_id_in_two_modules_stops_the_ledger(monkeypatch):
    class Module:
        CLAIMS = (Claim(id="twice", says="", source=""),)

    registry.modules.cache_clear()
    monkeypatch.setattr(registry.importlib, "import_module", lambda name: Module)
    try:
        with pytest.raises(ValueError, match="claim id twice stands twice"):
            registry.modules()
    finally:
        registry.modules.cache_clear()
