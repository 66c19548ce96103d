"""Toy claims for the judge, and the verdict on them when an engine gives prescribed answers.

Every part and every run of a guarded toy is guarded, so that a verdict turns on what a test is about.
"""

from __future__ import annotations

import dataclasses
import math

import sympy as sp

from proofs.kernel import judge
from proofs.kernel.claim import Claim, NearMiss, Question
from proofs.kernel.judge import FALSEHOOD
from proofs.kernel.statements import Agrees, Estimate, Estimated, Holds, Measurement, Statement, ToolMissing
from proofs.kernel.verdict import Evidence, Outcome, Strength

x = sp.Symbol("x", real=True)

GUARD = NearMiss("the guard: everything is otherwise", {"guard": True})


def guarded(toy: Claim) -> Claim:
    """The claim with one more near miss, under which each of its parts and runs is rejected."""
    return dataclasses.replace(
        toy,
        stated={**toy.stated, "guard": False},
        near_misses=(*toy.near_misses, GUARD),
        parts=lambda said: tuple(_under_guard(each, said.guard) for each in toy.parts(said)),
        runs=lambda said: tuple(_under_guard(each, said.guard) for each in toy.runs(said)),
    )


def _under_guard(statement: Statement, changed: bool) -> Statement:
    if isinstance(statement, Agrees):
        statement = dataclasses.replace(statement, uses=(*statement.uses, "guard"))
        return dataclasses.replace(statement, measure=lambda: Measurement(math.inf, 1, "")) if changed else statement
    if isinstance(statement, Estimated):
        statement = dataclasses.replace(statement, uses=(*statement.uses, "guard"))
        far = statement.least - 1 if math.isfinite(statement.least) else statement.greatest + 1
        return dataclasses.replace(statement, measure=lambda: Estimate(far, far, far, 10)) if changed else statement
    return Holds(id=statement.id, says=statement.says, condition=FALSEHOOD) if changed else statement


TRUE_PART = Holds(id="square", says="x² ≥ 0", condition=x**2 + x >= 0, where=(x > 0,))
AGAIN = dataclasses.replace(TRUE_PART, id="again", says="again")


def evidence(outcome, strength=None, **fields):
    return Evidence(road="exact", engine="toy", outcome=outcome, strength=strength, **fields)


CERTIFIED = evidence(Outcome.HOLDS, Strength.CERTIFIED, certificate={})
DERIVED = evidence(Outcome.HOLDS, Strength.DERIVED)
REFUTED = evidence(Outcome.FAILS, witness={"x": "1"})


def bare(**fields):
    """A toy claim that no near miss guards."""
    plain = {"id": "toy", "says": "toy", "source": "test", "parts": lambda said: (TRUE_PART,), "witnesses": ({x: 1},)}
    return Claim(**{**plain, **fields})


def claim(**fields):
    """A toy claim of which every part and every run is guarded by a near miss."""
    return guarded(bare(**fields))


def verdict(toy, answers, recheck=True):
    """The verdict on a claim when an engine gives these answers, by the text of each statement; a false statement is refuted."""

    def decide(statement, seconds):
        if statement.condition == FALSEHOOD:
            return REFUTED
        return answers if isinstance(answers, Evidence) else answers[statement.says]

    if isinstance(toy, Question):
        return judged(toy.parts(None), decide, lambda statement, found: recheck)
    return judge.judge(toy, decide, lambda statement, found: recheck)


def judged(parts, decide, recheck):
    """The row of a user's own question."""
    return judge.mint(Question(id="toy", says="toy"), judge.answer(parts, decide, recheck))


def run(error, cases=3, bound=1e-6, uses=()):
    return Agrees(id="run", says="run", uses=uses, bound=bound, measure=lambda: Measurement(error, cases, "somewhere"))


def estimated(low, high, pairs=10, least=0.0, greatest=1.0, uses=(), mean=None):
    return Estimated(
        id="mean",
        says="mean",
        uses=uses,
        least=least,
        greatest=greatest,
        measure=lambda: Estimate((low + high) / 2 if mean is None else mean, low, high, pairs),
    )


def missing():
    raise ToolMissing("no torch")


def with_near_miss(run_error=1.0, uses=("bound",)):
    """A claim x² ≥ bound whose near miss raises the bound; the run's error is `run_error` for the near miss."""
    return bare(
        stated={"bound": sp.Integer(0)},
        parts=lambda said: (Holds(id="square", says=f"x² ≥ {said.bound}", condition=sp.Ge(x**2 + 1, said.bound, evaluate=False)),),
        runs=lambda said: (run(0.0 if said.bound == 0 else run_error, uses=uses),),
        near_misses=(NearMiss("bound 5", {"bound": sp.Integer(5)}),),
    )


def two_parts(**fields):
    """Two parts of which a near miss changes one alone."""
    return bare(
        stated={"least": sp.Integer(0)},
        near_misses=(NearMiss("5", {"least": sp.Integer(5)}),),
        parts=lambda said: (Holds(id="square", says=f"x² ≥ {said.least}", condition=sp.Ge(x**2 + 1, said.least, evaluate=False)), AGAIN),
        **fields,
    )


KERNEL = Evidence(road="coq", engine="coq", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED)


def by_kernel(toy, answers):
    """The row of a toy whose parts the kernel accepts and to which the engines give this answer; a false one is refuted."""
    return judge.judge(
        toy,
        lambda statement, seconds: REFUTED if statement.condition == FALSEHOOD else answers,
        lambda statement, found: True,
        kernel=lambda claim_id, part, theorems: KERNEL,
    )
