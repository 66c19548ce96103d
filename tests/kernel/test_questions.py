"""The parts of a claim with their ids and theorems, parts that arrive settled, and a user's questions, which need no near misses."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from proofs.claims import registry
from proofs.kernel import judge
from proofs.kernel.claim import Claim, NearMiss, Question
from proofs.kernel.judge import FALSEHOOD
from proofs.kernel.statements import Holds, Limit, MatrixIdentity, Supremum
from proofs.kernel.verdict import Outcome, Reason, Verdict
from tests.tools.toys import AGAIN, CERTIFIED, DERIVED, KERNEL, REFUTED, TRUE_PART, bare, by_kernel, claim, evidence, judged, run, verdict

x = sp.Symbol("x", real=True)


def found(evidence, rechecked, part_id="s", arrived_settled=False):
    return judge.Finding(part_id=part_id, says="s", evidence=evidence, rechecked=rechecked, arrived_settled=arrived_settled)


@pytest.mark.parametrize("part_id", ["", "Square", "two words", "a" * 61, "again"])
def test_each_part_and_each_run_has_an_id_of_its_own(part_id):
    for toy in (
        bare(parts=lambda said: (dataclasses.replace(TRUE_PART, id=part_id), AGAIN)),
        bare(parts=lambda said: (AGAIN,), runs=lambda said: (dataclasses.replace(run(0.0), id=part_id),)),
    ):
        with pytest.raises(ValueError, match=rf"\['{part_id}'.*\] must be ids"):
            verdict(toy, CERTIFIED)


@pytest.mark.parametrize("says", ["x² ≥ 0", "zzz"])
def test_a_theorem_is_of_the_part_with_its_id_whatever_is_said(says):
    toy = claim(parts=lambda said: (TRUE_PART, dataclasses.replace(AGAIN, says=says)), coq={"square": ("theorem",)})
    row = by_kernel(toy, DERIVED)
    assert [finding.part_id for finding in row.findings.parts] == ["square", "again", "square"]
    assert row.verdict is Verdict.DERIVED
    assert by_kernel(dataclasses.replace(toy, coq={"square": ("a",), "again": ("b",)}), DERIVED).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    "wrong",
    [
        {"coq": {"sqare": ("theorem",)}},
        {"without_near_miss": {"sqare": "none exists"}},
        {"without_near_miss": {"square": " "}},
        {"coq": {"run": ("theorem",)}, "runs": lambda said: (run(0.0),)},
        {"parts": lambda said: (TRUE_PART, TRUE_PART)},
        {"runs": lambda said: (run(0.0), run(0.0))},
        {"runs": lambda said: (dataclasses.replace(run(0.0), id="square"),)},
        *({"parts": lambda said, i=i: (dataclasses.replace(TRUE_PART, id=i),)} for i in ("Square", "x²", "a b", "-a", "a" * 61, "a\n")),
    ],
)
def test_ids_that_are_none_or_twice_or_of_no_part_are_an_error(wrong):
    with pytest.raises(ValueError, match="claim toy"):
        by_kernel(bare(**wrong), CERTIFIED)


GRAND = "everything that was ever said of imbalance is so"
ZERO = sp.Integer(0)
SETTLED = [
    *(
        Holds(id="square", says=GRAND, condition=condition)
        for condition in (
            sp.true,
            sp.Eq(ZERO, ZERO, evaluate=False),
            sp.Eq(x, x, evaluate=False),
            sp.Ge(x, x, evaluate=False),
            sp.And(*[sp.Eq(a, a, evaluate=False) for a in (ZERO, x)], evaluate=False),
            sp.Or(sp.Eq(x, x, evaluate=False), x > 1, evaluate=False),
        )
    ),
    Limit(id="square", says=GRAND, expr=ZERO, variable=x, point=sp.oo, value=ZERO),
    Supremum(id="square", says=GRAND, expr=x, variable=sp.Symbol("z"), start=ZERO, end=sp.oo, value=x),
    MatrixIdentity(id="square", says=GRAND, left=sp.MatrixSymbol("A", 2, 2), right=sp.MatrixSymbol("A", 2, 2)),
]
OPEN = [
    Holds(id="square", says=GRAND, condition=condition)
    for condition in (
        sp.Eq(x, ZERO),
        x > ZERO,
        sp.Gt(x, x, evaluate=False),
        sp.Ne(x, x, evaluate=False),
        sp.false,
        sp.And(sp.Eq(x, x, evaluate=False), x > 1, evaluate=False),
    )
]


@pytest.mark.parametrize("statement", SETTLED, ids=str)
def test_nothing_equal_to_itself_is_proved_under_a_grand_name(statement):
    """0 = 0 is derived at best, whatever the engine says; by a theorem of Coq's it may be more."""
    toy = bare(
        stated={"part": statement},
        parts=lambda said: (said.part,),
        coq={"square": ("theorem",)},
        near_misses=(NearMiss("false", {"part": Holds(id="square", says=GRAND, condition=FALSEHOOD)}),),
    )

    def answer(part, seconds):
        return REFUTED if part != statement else CERTIFIED

    row = judge.judge(toy, answer, lambda part, evidence: True)
    assert (row.verdict, row.problems) == (Verdict.DERIVED, ())
    assert row.findings.parts[0].arrived_settled
    kernel = judge.judge(toy, answer, lambda part, evidence: True, kernel=lambda claim_id, part, theorems: KERNEL)
    assert kernel.verdict is Verdict.PROVED
    assert judge.judge(toy, answer, lambda part, evidence: False).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("statement", OPEN, ids=str)
def test_what_something_must_decide_did_not_arrive_settled(statement):
    row = judge.judge(bare(parts=lambda said: (statement,)), lambda part, seconds: CERTIFIED, lambda part, evidence: True)
    assert not row.findings.parts[0].arrived_settled


def question(*parts):
    return Question(id="toy", says="toy", parts=lambda said: parts)


SATISFIED = Holds(id="premises", says="the premises", condition=FALSEHOOD, where=TRUE_PART.where)


def test_a_question_is_proved_without_near_misses_where_something_satisfies_its_premises():
    assert verdict(question(TRUE_PART), CERTIFIED).verdict is Verdict.PROVED
    assert verdict(question(dataclasses.replace(TRUE_PART, where=())), CERTIFIED).verdict is Verdict.PROVED
    assert verdict(question(TRUE_PART, AGAIN), {"x² ≥ 0": CERTIFIED, "again": DERIVED}).verdict is Verdict.DERIVED


@pytest.mark.parametrize(
    "doubt",
    [
        CERTIFIED,
        DERIVED,
        evidence(Outcome.UNSETTLED),
        evidence(Outcome.FAILS),
        evidence(Outcome.UNSETTLED, reason=Reason.CONTRADICTORY_PREMISES),
    ],
)
def test_a_question_whose_premises_nothing_is_seen_to_satisfy_is_not_proved(doubt):
    row = judged((TRUE_PART,), lambda statement, seconds: doubt if statement == SATISFIED else CERTIFIED, lambda *_: True)
    assert row.verdict is Verdict.UNDECIDED
    assert row.findings.vacuous == ("the premises",)
    assert row.findings.parts[-1].evidence.reason is doubt.reason


def test_nothing_is_asked_after_a_part_of_a_question_that_is_refuted():
    asked = []

    def decide(statement, seconds):
        asked.append(statement.says)
        return REFUTED if statement.says == "again" else evidence(Outcome.UNSETTLED)

    last = dataclasses.replace(TRUE_PART, id="last", says="last")
    row = judged((TRUE_PART, AGAIN, last), decide, lambda *_: True)
    assert (row.verdict, asked) == (Verdict.REFUTED, ["x² ≥ 0", "again"])


def test_parts_of_a_question_are_told_apart_whatever_their_own_ids_are():
    """Two parts of one id would be one part, as strong as the stronger."""
    other = dataclasses.replace(AGAIN, id=TRUE_PART.id)
    row = verdict(question(TRUE_PART, other), {"x² ≥ 0": CERTIFIED, "again": evidence(Outcome.UNSETTLED)})
    assert row.verdict is Verdict.UNDECIDED


def test_the_ledger_takes_no_question_and_no_claim_can_do_without_near_misses(monkeypatch):
    class Module:
        CLAIMS = (question(TRUE_PART),)

    registry.modules.cache_clear()
    monkeypatch.setattr(registry.importlib, "import_module", lambda name: Module)
    try:
        with pytest.raises(TypeError, match="the ledger takes claims alone"):
            registry.claims()
    finally:
        registry.modules.cache_clear()
    fields = {field.name for field in dataclasses.fields(Question)}
    assert fields == {field.name for field in dataclasses.fields(Claim)}  # its kind alone makes it one: no field can
