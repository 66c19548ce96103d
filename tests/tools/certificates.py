"""Certificates and witnesses of random statements are tampered with: none may pass for a statement that is false."""

from __future__ import annotations

import copy
import dataclasses
import random
from collections.abc import Iterator
from typing import Any

import sympy as sp

from proofs.checker import recheck
from proofs.engines import decide
from proofs.kernel.reader import read_statement
from proofs.kernel.statements import Holds, Increasing, Limit, Statement, Supremum
from proofs.kernel.terms import add, mul
from proofs.kernel.verdict import Evidence, Outcome
from tests.tools import objections, oracle, trees
from tests.tools.random_statements import statement
from tests.tools.sequents import Tally
from theory.exact import InvalidInput

RULES_THAT_CLOSE = ["signs", "roots", "boxes", "antisymmetry", "unequal", "clear", "contrary"]
PROBES = 60  # number of points at which a changed statement is evaluated


def evidence_of(seed: int, seconds: float) -> list[tuple[Statement, Evidence]]:
    """The statements of a seed that are settled by evidence that stands, each with it."""
    made = statement(seed)
    if made.used or made.kind == "refused":
        return []
    try:
        parts = read_statement(made.claim.statement, list(made.claim.where), dict(made.claim.let))
    except InvalidInput:
        return []
    found = []
    for part in parts:
        evidence = decide(part, seconds)
        if evidence.outcome in (Outcome.HOLDS, Outcome.FAILS) and recheck(part, evidence):
            found.append((part, evidence))
    return found


def neighbours(given: Statement, rng: random.Random) -> Iterator[Statement]:
    """Statements close to a given one: its negation, another relation, moved values, or one premise less."""
    k = sp.Rational(rng.choice(("1", "-1", "1/2", "1/1000", "-1/1000")))
    if isinstance(given, Holds):
        condition = given.condition
        yield dataclasses.replace(given, condition=sp.Not(condition, evaluate=False))
        if getattr(condition, "is_Relational", False):
            left, right = condition.args
            for kind in (sp.Gt, sp.Ge, sp.Eq, sp.Ne):
                yield dataclasses.replace(given, condition=kind(left, right, evaluate=False))
                yield dataclasses.replace(given, condition=kind(right, left, evaluate=False))
            yield dataclasses.replace(given, condition=condition.func(add(left, k), right, evaluate=False))
            yield dataclasses.replace(given, condition=condition.func(mul(sp.Integer(-1), left), right, evaluate=False))
    elif isinstance(given, (Limit, Supremum)) and given.value is not None and given.value not in (sp.oo, -sp.oo):
        yield dataclasses.replace(given, value=add(given.value, k))
        yield dataclasses.replace(given, value=sp.oo)
        yield dataclasses.replace(given, expr=mul(sp.Integer(-1), given.expr))
    if isinstance(given, Supremum):
        yield dataclasses.replace(given, attained=not given.attained)
    if isinstance(given, Increasing):
        yield dataclasses.replace(given, expr=mul(sp.Integer(-1), given.expr))
    for i in range(len(given.where)):
        yield dataclasses.replace(given, where=(*given.where[:i], *given.where[i + 1 :]))
        yield dataclasses.replace(given, where=(*given.where[:i], sp.Not(given.where[i], evaluate=False), *given.where[i + 1 :]))


def tampered(certificate: Any, rng: random.Random) -> Any:
    """A copy with one thing changed: a step dropped, doubled or replaced, a number or a text changed, two steps exchanged."""
    changed = copy.deepcopy(certificate)
    places = list(_places(changed))
    if not places:
        return changed
    holder, key = rng.choice(places)
    value = holder[key]
    if isinstance(value, list):
        if value and rng.random() < 0.6:
            del value[rng.randrange(len(value))]
        elif len(value) > 1 and rng.random() < 0.5:
            value[0], value[-1] = value[-1], value[0]
        else:
            value.append({"rule": rng.choice(RULES_THAT_CLOSE), "args": [], "then": []})
    elif isinstance(value, dict) and "rule" in value:
        holder[key] = {"rule": rng.choice(RULES_THAT_CLOSE), "args": [], "then": rng.choice([[], value.get("then", [])])}
    elif isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int):
        holder[key] = value + rng.choice((-1, 1))
    elif isinstance(value, str):
        holder[key] = rng.choice(["0", "1", "-1", "oo", f"-({value})", f"{value} + 1", "v0", "x"])
    return changed


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []:
        yield node, key
        yield from _places(value)


def surely_false(given: Statement, rng: random.Random) -> bool:
    """Whether a condition is false, or not defined, at some admitted point, or (of a witness' statement) at none: conditions only."""
    if not isinstance(given, Holds):
        return False
    read = oracle.Read([trees.tree(given.condition)], [trees.tree(w) for w in given.where])
    read.variables = oracle.names([*read.goals, *read.premises])
    return any(oracle.truth(read.goals[0], at) in (False, oracle.UNDEFINED) for at in oracle.admitted_points(read, rng, PROBES))


def witness_stands(given: Holds, witness: dict[str, str]) -> bool:
    """Whether the oracle does not object to a witness against a condition."""
    try:
        at = objections.witness_point(witness)
    except SyntaxError:
        return False
    tree, where = trees.tree(given.condition), [trees.tree(w) for w in given.where]
    if not set(oracle.names([tree, *where])) <= set(at):
        return False
    return oracle.truth(tree, at) in (False, oracle.UNKNOWN) and oracle.admits(where, at) is not False


def attack(seeds: range, seconds: float, times: int = 6) -> Tally:
    """Tamper with the evidence of the statements of these seeds: `made` counts what was tried, `applied` what passed."""
    tally = Tally()
    for seed in seeds:
        rng = random.Random(f"certificates-{seed}")
        for given, evidence in evidence_of(seed, seconds):
            others = list(neighbours(given, rng))
            if evidence.outcome is Outcome.HOLDS:
                _tamper_with_proof(tally, seed, given, evidence, others, rng, times)
            elif isinstance(given, Holds):
                _tamper_with_witness(tally, seed, given, evidence, others, rng)
    return tally


def _tamper_with_proof(
    tally: Tally, seed: int, given: Statement, evidence: Evidence, others: list[Statement], rng: random.Random, times: int
) -> None:
    false = [other for other in others if surely_false(other, rng)]
    tried = [(other, evidence.certificate) for other in false]
    changed = [tampered(evidence.certificate, rng) for _ in range(times)]
    tried += [(rng.choice(false), certificate) for certificate in changed if false]
    for other, certificate in tried:
        tally.made += 1
        if recheck(other, dataclasses.replace(evidence, certificate=certificate)):
            tally.wrong += (f"seed {seed}: {other} passes with {certificate}",)
    for certificate in changed:  # for the statement itself, which is true, the re-check must only end, whatever it answers
        tally.made += 1
        tally.applied += recheck(given, dataclasses.replace(evidence, certificate=certificate))


def _tamper_with_witness(tally: Tally, seed: int, given: Holds, evidence: Evidence, others: list[Statement], rng: random.Random) -> None:
    witness = dict(evidence.witness or {})
    changed = [{**witness, name: rng.choice(["0", "1", "-1", "1/2", f"-({value})", "sqrt(2)", "x", ""])} for name, value in witness.items()]
    changed += [{k: v for k, v in witness.items() if k != name} for name in witness]
    for statement_, at in [*((given, at) for at in changed), *((other, witness) for other in others if isinstance(other, Holds))]:
        tally.made += 1
        if recheck(statement_, dataclasses.replace(evidence, witness=at)):
            tally.applied += 1
            if not witness_stands(statement_, at):
                tally.wrong += (f"seed {seed}: {statement_} is refuted at {at}",)
