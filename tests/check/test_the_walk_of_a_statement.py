"""A statement on its way from the command line to its verdict is read once and passes few functions.

The functions of this project are counted that are called with the statement among their arguments (a method's own object aside),
as the text that the user typed, as it was read, or within whatever holds one of these: a step, a job, a list.
"""

import dataclasses
import functools
import sys
from collections import deque

import pytest

from proofs.check import judging
from proofs.cli import main
from proofs.commands.application import loaded
from proofs.kernel.statements import Statement
from proofs.store.dependencies import PACKAGES, ROOT

MOST_FUNCTIONS = 25
DEEPEST = 6  # containers within containers that are looked into
HOMES = tuple(f"{ROOT / package}/" for package in PACKAGES)


def holds(value, text, depth=DEEPEST):
    """Whether a value is the statement, or holds it."""
    if isinstance(value, str):
        return value == text
    if isinstance(value, Statement) or depth == 0:
        return isinstance(value, Statement)
    if isinstance(value, functools.partial):
        inside = (*value.args, *value.keywords.values())
    elif isinstance(value, dict):
        inside = tuple(value.values())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        inside = tuple(getattr(value, field.name, None) for field in dataclasses.fields(value))
    else:
        inside = tuple(value) if isinstance(value, (list, tuple, deque)) else ()
    return any(holds(part, text, depth - 1) for part in inside)


def walked(text, told):
    """Judge the text by the command line; tells each call of a function of ours with it, in the job's own process too."""
    busy = False

    def look(frame, event, _):
        nonlocal busy
        code = frame.f_code
        if event != "call" or busy or not code.co_filename.startswith(HOMES):
            return
        busy = True
        try:
            count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
            names = [name for name in code.co_varnames[:count] if name != "self"]
            if any(holds(frame.f_locals.get(name), text) for name in names):
                told(f"{code.co_filename.removeprefix(f'{ROOT}/')} {code.co_qualname}")
        finally:
            busy = False

    sys.setprofile(look)
    try:
        return main(["check", text])
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("text", ["x**2+1>=2*x", "x+1>0"])
def test_a_statement_is_read_once_and_passes_few_functions_to_its_verdict(text, tmp_path, capsys):
    log = tmp_path / "calls"
    loaded("check")
    judging.start_up()  # what is imported in between is no part of the way
    with log.open("a", buffering=1, encoding="utf-8") as file:
        walked(text, lambda name: file.write(name + "\n"))
    calls = log.read_text(encoding="utf-8").splitlines()
    assert "proofs/kernel/judge.py mint" in calls, "the walk ends in a verdict"
    assert "proofs/engines/holds.py decide" in calls, "the walk goes through the process of the job"
    before = calls[: calls.index("proofs/kernel/judge.py mint") + 1]
    assert before.count("proofs/kernel/reader.py read_statement") == 1
    assert len(set(before)) <= MOST_FUNCTIONS, "\n".join(dict.fromkeys(before))
