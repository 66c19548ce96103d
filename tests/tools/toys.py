"""Toy claims for the judge: every part and every run of them is guarded, so that a verdict turns on what a test is about."""

from __future__ import annotations

import dataclasses
import math

from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.judge import FALSEHOOD
from proofs.kernel.statements import Agrees, Estimate, Estimated, Holds, Measurement, Statement

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
