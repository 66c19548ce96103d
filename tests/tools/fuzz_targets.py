"""Hostile input for everything that reads what a user typed: made of the words of its own grammar, and of rubbish.

A target takes what a source of choices makes and returns how it was received: "read" or "refused". Anything but a
refusal in one line is an exception, and a failure. The source is Hypothesis in the tests and atheris in `make fuzz`.
"""

import contextlib
import gzip
import io
import os
from unittest import mock

from numerics import compiled, descent
from numerics.basis import mode_basis
from numerics.depth import layers
from numerics.descent import descend
from numerics.fixed_features import runs as fixed
from numerics.integrate import integrate
from numerics.networks.data import parse_idx
from numerics.unconstrained_features import grouped, systems
from proofs.check import judging, parse_claims
from proofs.claims import registry
from proofs.claims.networks import runs as network_runs
from proofs.cli import main
from proofs.commands import derive as derivation
from proofs.kernel.judge import mint
from proofs.kernel.reader import read_statement
from proofs.ledger import jobs, ledger
from theory.exact import InvalidInput
from theory.losses import loss_named

NUMBERS = [
    "0",
    "1",
    "2",
    "10",
    "1/2",
    "0.5",
    "-1",
    "1e3",
    "1e999",
    "1/0",
    "nan",
    "inf",
    "9" * 30,
    "9" * 500,
    "0x10",
    "1_000",
    "1j",
    "٣",
    "",
    " ",
    "1.",
    "00",
    "+1",
    "1e-400",
    "12345678901234567",
]
NAMES = ["R", "x", "gamma", "E", "pi", "oo", "I", "lambda", "__import__", "é", "𝑥", "None", "True", "limit", "_", "x" * 300]
WORDS = [
    *NUMBERS,
    *NAMES,
    "+",
    "-",
    "*",
    "/",
    "**",
    "//",
    "%",
    "@",
    "<",
    "<=",
    "==",
    "!=",
    ">=",
    ">",
    "=",
    ":=",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    " and ",
    " or ",
    " not ",
    " in ",
    " is ",
    " if ",
    " else ",
    "lambda x:",
    "sqrt(",
    "exp(",
    "log(",
    "Abs(",
    "Max(",
    "sin(",
    "tan(",
    "limit(",
    "sup(",
    "inf(",
    "attained(",
    "increasing(",
    "diff(",
    "'",
    '"',
    '"""',
    "\\",
    "\n",
    "\0",
    "\ud800",
    "\u202e",
    "#",
    ";",
    "x*x",
    "(x+1)",
    "2**",
    "((((",
    "))))",
    "eval('1')",
    "open('/etc/passwd')",
    "x.__class__",
]
STATEMENTS = [
    "x + 1/x >= 2",
    "sqrt(x) <= x",
    "limit(1/x, x, oo) == 0",
    "sup(x/(x+1), x, 0, oo) == 1",
    "increasing(x**3, x)",
    "not x < 1 and x <= 2",
    "0 < x < 1 or x >= 1",
    "diff(x**2, x) == 2*x",
]
TOML = [
    "[[claim]]",
    "[claim]",
    "[[other]]",
    "\n",
    "id",
    "statement",
    "where",
    "let",
    "uses",
    "=",
    '"a"',
    '"b"',
    "'x >= 1'",
    '"x <= x"',
    '"1/0 > 0"',
    "[",
    "]",
    "{",
    "}",
    ",",
    '["x >= 1"]',
    '["a"]',
    '{ y = "x" }',
    "1",
    "true",
    "1979-05-27",
    "#",
    '"""',
    "\0",
    "\ud800",
    "inf",
    "nan",
    "0x1f",
    "[[claim]]\nid = 'b'\nstatement = 'x > 0'\nuses = ['a']\n",
    "a.b.c",
    '"\\u0000"',
    '"' + "(" * 300 + '"',
]
FILES = [
    "[[claim]]\nid = 'a'\nstatement = 'x <= x + 1'\n",
    "[[claim]]\nid = 'a'\nstatement = 'x**2 >= 0'\nwhere = ['x > 1']\n",
    "[[claim]]\nid = 'a'\nstatement = 'x + y >= x'\nlet = { y = 'x**2' }\n",
    "[[claim]]\nid = 'a'\nstatement = '1 > 0'\nuses = []\n",
]
COUNTS = [
    "1,1",
    "10,1",
    "100,60,36",
    "5,5,5,3",
    "0,1",
    "1",
    "",
    ",",
    "1,,2",
    "-3,2",
    "2.5,1",
    "nan,1",
    "9" * 400 + ",1",
    "1e5,1",
    "1/2,3",
    "7,5,3,2,1",
    "a,b",
    "1,1,1,1,1,1",
]
LARGE = [
    "--step=300,2",
    "--step=1000,10",
    "--step=100000,4",
    "--step=4,1000000000",
    "--long-tailed=64,1000",
    "--long-tailed=100,1000",
    "--long-tailed=1000,1000",
    "--counts=" + ",".join(["9", "4", "2", "1"] * 60),
    "--counts=" + ",".join(map(str, range(1, 121))),
    "--counts=100000000,1",
    "--weight-exponent=1/2",
    "--init=random",
    "--loss=cross-entropy",
    "--width=300",
    "--width=100000",
    "--time=1e6",
    "--delta=300",
    "--level=sample",
]
ARGUMENTS = [
    "--counts",
    "--step",
    "--long-tailed",
    "--weight-exponent",
    "--class-weight",
    "--normalization",
    "--delta",
    "--seed",
    "--init",
    "--loss",
    "--width",
    "--time",
    "--fraction",
    "--margin",
    "--rule",
    "--step-size",
    "--inertia",
    "--draw",
    "--depth",
    "--features",
    "--level",
    "--bias",
    "--decay",
    "--switch",
    "--json",
    "--where",
    "--let",
    "--timeout",
    "--list",
    "--fresh",
    "--file",
    "--plot",
    "--save",
    "--latex",
    "--help",
    "-h",
    "--",
    "-",
    "--nothing",
    "raw",
    "mean",
    "mass",
    "spectral",
    "random",
    "sign",
    "per-class-normalised",
    "heavy-ball",
    "sgd",
    "sampling",
    "weights",
    "fixed",
    "2:balanced",
    "squared",
    "cross-entropy",
    "focal,focusing=1/2",
    "focal,focusing",
    "focal,other=1",
    "os:system",
    "no.such:Thing",
    ":",
    "none",
    "balanced",
    "effective-number:1/2",
    "effective-number:1",
    "effective-number:",
    "4,10",
    "10,100,1/5",
    "4,0",
    "3,2,1/2",
    "10",
    "1,2",
    "step-limit",
    "no-such-claim",
    "/nowhere/x.png",
    "x.xyz",
    "/etc/passwd",
    "\0",
    "é",
    "a=b",
    "x=1",
    "=",
    "x >= 1",
    "x <= x + 1",
    *NUMBERS,
    *COUNTS,
    *LARGE,
]
HEADER = "\0\0\x08\x03" + "\0\0\0\x02" * 3
BYTES = [
    HEADER + "\0" * 8,
    HEADER,
    "\0\0\x08\x03",
    "\0\0\x08\x01",
    "\0\0\r\x03",
    "\0\0\0\x02",
    "\xff" * 4,
    "\x7f\xff\xff\xff",
    "\0",
    "\x07" * 8,
    "\x1f\x8b",
    "\x1f\x8b\x08\0\0\0\0\0\0\xff",
    "PK\x03\x04",
    "\0" * 10_000,
]
COMMANDS = ["window", "simulate", "verify", "check", "derive", "mnist", "", "no-such-command", "--help"]


STEPS = 3  # steps of each run: all its arrays are made by then


def statement(words):
    """One statement, a premise and a definition."""
    text = "".join(words)
    parts = [part.encode("utf-8", "ignore").decode() if len(words) % 2 else part for part in text.split(";")]
    return _received(lambda: read_statement(parts[0], parts[1:2], {"y": parts[2]} if len(parts) > 2 else {}))


def toml(words):
    """A derivation file."""
    return _received(lambda: parse_claims(" ".join(words)))


def command_line(words):
    """A whole command, up to the point where something long would be run; a run takes its first steps."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as stack:
        for target, name, substitute in (
            (systems, "integrate", _first_steps),
            (grouped, "integrate", _first_steps),
            (layers, "integrate", _one_step),
            (fixed, "integrate", _one_step),
            (descent, "descend", _few_steps),
            (ledger, "judged", _not_judged),
            (network_runs, "require_torch", lambda: _refuse("not trained")),  # importing torch takes 180 MB from every later command
            (derivation, "derive", lambda name: _refuse(loss_named(name))),
            (judging, "check_claims", lambda steps, *_: _refuse([read_statement(step.statement, step.where, step.let) for step in steps])),
        ):
            stack.enter_context(mock.patch.object(target, name, substitute))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        status = main(list(words))
    for kept in (mode_basis, *vars(compiled).values()):  # a real command has a process of its own, with empty caches
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()
    assert status in (0, 1, 2, 3), status
    if status == 2:
        message = err.getvalue()
        assert message.startswith("ufm: "), message
        assert message.count("\n") == 1, message
        assert out.getvalue() == ""
    return "refused" if status == 2 else "read"


def idx(words):
    """A file of 2 × 2 × 2 bytes, compressed or as it stands."""
    raw = "".join(words).encode("latin-1", "replace")
    return _received(lambda: parse_idx(gzip.compress(raw, mtime=0) if len(words) % 2 else raw, (2, 2, 2)))


def _first_steps(system, horizon, name, longest_step, progress, further, accepted, start=0.0):
    """The start of a run: what is fuzzed is the reading, and that the run fits into memory."""
    return integrate(system, min(horizon, start + STEPS * longest_step), name, longest_step, progress, accepted=accepted, start=start)


def _one_step(flow, horizon, name, **_):
    """The first step of a run by sample."""
    return integrate(flow, horizon, name, accepted=lambda *_: True)


def _few_steps(flow, *, steps, **given):
    """The first steps of a descent."""
    return descend(flow, steps=min(steps, STEPS), **given)


def _not_judged(ids, *_):
    for claim in registry.claims(ids):
        yield mint(claim, jobs.nothing_found("not judged here"))


def _refuse(read):
    """Refuse to go on after the reading: what was read is not judged."""
    assert read is not None
    raise InvalidInput("read, and not judged here")


def _received(read):
    message = ""
    try:
        read()
    except InvalidInput as error:
        message = str(error)
    assert "\n" not in message, message
    return "refused" if message else "read"


# name → (target, words that it is made of, the first word's own choices)
TARGETS = {
    "statement": (statement, [*WORDS, *STATEMENTS], [*WORDS, *STATEMENTS]),
    "toml": (toml, [*TOML, *FILES], [*TOML, *FILES]),
    "command_line": (command_line, ARGUMENTS, COMMANDS),
    "idx": (idx, BYTES, BYTES),
}
LONGEST = 14  # words
os.environ.setdefault("COLUMNS", "80")
