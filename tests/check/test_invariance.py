"""Verdicts do not depend on hash seeds, ground types, the order of premises or the names of variables."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from proofs.check import check_statement

ROOT = Path(__file__).parent.parent.parent
SAMPLE = [
    ("(p*sqrt(R)+1-p)/sqrt(p*R+1-p) <= 1", ["R >= 1", "p > 0", "p < 1"]),
    ("(p*sqrt(R)+1-p)/sqrt(p*R+1-p) < 1", ["R >= 1", "p > 0", "p < 1"]),
    ("R**(1/2-g) >= 1", ["R >= 1", "g <= 1/2"]),
    ("a**t*b**(1-t) <= t*a + (1-t)*b", ["a > 0", "b > 0", "t >= 0", "t <= 1"]),
    ("limit(log((s*exp(2*d)-1)*f/(1-f))/(2*s*d), d, oo) == 1/s", ["s > 0", "f > 0", "f < 1"]),
    ("sup(sqrt(p*R+1-p)/(p*sqrt(R)+1-p) - 1, R, 1, oo) == 1/p - 1", ["p > 0", "p < 1"]),
    ("increasing(s/(1+(s*exp(2*d)-1)*exp(-2*s*t)), t)", ["s > 0", "d > 0", "s*exp(2*d) > 1"]),
    ("x*(x-y)*(x-z) + y*(y-x)*(y-z) + z*(z-x)*(z-y) >= 0", ["x >= 0", "y >= 0", "z >= 0"]),
    ("x + y < sqrt(2)", ["x**2 + y**2 == 1"]),
    ("x*log(x/y) >= x - y", ["x > 0", "y > 0"]),
    ("x/x == 1", []),
]
SCRIPT = """
import json, sys
from proofs.check import check_statement
sample = json.load(sys.stdin)
print(json.dumps([check_statement(s, w, seconds=20)["verdict"] for s, w in sample]))
"""


@pytest.fixture(scope="module")
def verdicts():
    return [check_statement(s, w, seconds=20)["verdict"] for s, w in SAMPLE]


def _verdicts_under(environment):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(SAMPLE),
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        cwd=ROOT,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(("seed", "types"), [(0, "flint"), (1, "python"), (4294967295, "flint")])
def test_verdicts_do_not_depend_on_the_hash_seed_and_on_the_ground_types(seed, types, verdicts):
    assert _verdicts_under({"PYTHONHASHSEED": str(seed), "SYMPY_GROUND_TYPES": types}) == verdicts


def test_verdicts_do_not_depend_on_the_order_of_premises(verdicts):
    assert [check_statement(s, w[::-1], seconds=20)["verdict"] for s, w in SAMPLE] == verdicts


@pytest.mark.parametrize("suffix", ["_1", "zz"])
def test_verdicts_do_not_depend_on_names(suffix, verdicts):
    kept = {"sqrt", "exp", "log", "limit", "sup", "increasing", "oo"}

    def renamed(text):
        return re.sub(r"[A-Za-z_]+", lambda m: m.group(0) if m.group(0) in kept else f"q{ord(m.group(0)[0]) % 7}{m.group(0)}{suffix}", text)

    assert [check_statement(renamed(s), [renamed(c) for c in w], seconds=20)["verdict"] for s, w in SAMPLE] == verdicts
