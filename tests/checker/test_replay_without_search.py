"""Certificates and witnesses are re-checked where neither the search nor the engines, nor any theory, can be imported."""

import dataclasses
import json
import subprocess
import sys

import pytest

from proofs.checker import recheck
from proofs.engines import decide
from proofs.kernel.reader import read_statement
from proofs.kernel.verdict import Evidence, Outcome
from proofs.store.dependencies import ROOT

SECONDS = 60.0  # of processor time, of which a fast machine needs less than one

HELD = [
    ("log(x) <= x - 1", ("x > 0",)),
    ("x**4 - 4*x + 3 >= 0", ()),
    ("x**2 + y**2 + z**2 >= x*y + y*z + z*x", ()),
    ("x + y >= 2*sqrt(x*y)", ("x >= 0", "y >= 0")),
    ("exp(x) > x**2", ("x >= 0", "x <= 3")),
    ("x == y", ("x >= y", "y >= x")),
    ("limit((1 + y/x)**x, x, oo) == exp(y)", ()),
    ("limit(y*x, x, oo) == oo", ("y > 0",)),
    ("sup(x/(x + 1), x, 0, oo) == 1", ()),
    ("attained(x*(1 - x), x, 0, 1)", ()),
    ("not attained(x/(x + 1), x, 0, oo)", ()),
    ("increasing(x**3, x)", ()),
    ("increasing(x*y, x)", ("y > 0",)),
    ("(x + y)**3 == x**3 + 3*x**2*y + 3*x*y**2 + y**3", ()),
]
FAILED = [
    ("x**2 >= x", ()),
    ("sqrt(x**2) == x", ()),
    ("limit(y*x, x, oo) == oo", ("y >= 0",)),
    ("sup(x/(x + 1), x, 0, oo) == 2", ()),
    ("attained(x/(x + 1), x, 0, oo)", ()),
    ("increasing(x**2, x)", ("x > -1",)),
    ("(x + y)**2 == x**2 + y**2", ()),
]

REPLAY = """
import json, sys
for room in ("proofs.search", "proofs.engines", "proofs.claims", "theory.unconstrained_features", "numerics"):
    sys.modules[room] = None  # an import of it, or of anything within it, raises ModuleNotFoundError
from proofs.checker import recheck
from proofs.kernel.reader import read_statement
from proofs.kernel.verdict import Evidence, Outcome
answers = []
for text, where, evidence in json.load(sys.stdin):
    (statement,) = read_statement(text, where)
    answers.append(recheck(statement, Evidence(**{**evidence, "outcome": Outcome(evidence["outcome"])})))
try:
    import proofs.search.proving
    answers.append("the search can be imported")
except ModuleNotFoundError:
    pass
json.dump(answers, sys.stdout)
"""


@pytest.mark.parametrize(("cases", "outcome"), [(HELD, Outcome.HOLDS), (FAILED, Outcome.FAILS)], ids=["certificates", "witnesses"])
def test_a_new_process_without_search_accepts_each_and_none_for_another_statement(cases, outcome):
    sent = []
    for text, where in cases:
        (statement,) = read_statement(text, where, {})
        found = decide(statement, SECONDS)
        assert found.outcome is outcome, (text, found.note)
        assert recheck(statement, found)
        plain = {key: value for key, value in dataclasses.asdict(found).items() if value is not None and key not in ("strength", "reason")}
        sent.append((text, where, plain))
    # Beside each: the next statement's evidence, which proves or refutes another sentence.
    exchanged = [(text, where, other) for (text, where, _), (_, _, other) in zip(sent, [*sent[1:], sent[0]], strict=True)]
    answer = subprocess.run(
        [sys.executable, "-c", REPLAY], input=json.dumps(sent + exchanged), capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert json.loads(answer.stdout) == [True] * len(sent) + [False] * len(exchanged)


def test_evidence_is_plain_data():
    (statement,) = read_statement("x**2 + 1 > 0", (), {})
    found = decide(statement, SECONDS)
    again = json.loads(json.dumps(dataclasses.asdict(found)))
    assert recheck(statement, Evidence(**{**again, "outcome": Outcome(again["outcome"])}))
