"""Hostile input ends in one line: no traceback, no hang, no file read that was not named."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.check import parse_claims
from proofs.kernel.reader import read_statement
from tests.tools.fuzz_targets import LONGEST, TARGETS
from tests.tools.limits import run, within
from theory.exact import InvalidInput

SECONDS = 60  # of processor time of one input: beyond it hangs
MEGABYTES = 500  # of one command
EXAMPLES = {"statement": 300, "toml": 200, "command_line": 100, "idx": 200}  # 100,000 and more by make fuzz


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_typed_is_read_or_refused_in_one_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target, words, first = TARGETS[name]
    received = Counter()

    @settings(max_examples=EXAMPLES[name], deadline=None)
    @given(st.sampled_from(first), st.just([]) | st.lists(st.sampled_from(words) | st.text(max_size=5), max_size=LONGEST))
    def receive(head, tail):
        with within(SECONDS):
            received[target([head, *tail])] += 1

    receive()
    assert received["refused"] >= 10
    assert received["read"] >= 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "x+" * 50_000 + "x > 0",
        "2**2**2**2**2 > x",
        "9**9**9 > x",
        "-" * 3000 + "x > 0",
        "x > 0 " * 900,
        "sqrt(" * 119 + "x" + ")" * 119 + " > 0",
        "not " * 2000 + "x > 0",
        "x" * 19_000 + " > 0",
    ],
)
def test_large_statements_are_answered_at_once(text):
    message = ""
    with within(SECONDS):
        try:
            read_statement(text)
        except InvalidInput as error:
            message = str(error)
    assert len(message) < 400


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a" + ".a" * 3000 + " = 1", "[[claim]]\n" * 5000, "x = " + "[" * 900 + "]" * 900, "\0" * 1000]
)
def test_large_files_are_answered_at_once(text):
    with within(SECONDS), pytest.raises(InvalidInput) as caught:
        parse_claims(text)
    assert "\n" not in str(caught.value)


# What the kernel says of the process itself: what a parent is told of its child holds the parent's own size at the fork.
PEAK_OF_A_COMMAND = """
import sys
from proofs.cli import main
status = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(status, int(peak.split()[1]) // 1024, file=sys.stderr)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read where Linux keeps it")
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("simulate --step 300,2", 0),
        ("simulate --step 1000,10 --weight-exponent 1/2", 0),
        ("simulate --long-tailed 64,1000", 0),
        ("simulate --step 10,100 --width 2000", 0),
        ("simulate --long-tailed 40,100 --init random --weight-exponent 1/2 --time 3", 0),
        ("simulate --step 4,10 --time 1e6 --level sample", 2),
        ("simulate --step 4,10 --width 100000", 0),
        ("window --long-tailed 50,1000", 0),
        ("window --step 4,1000 --weight-exponent 0.123", 0),  # roots of degree 1000 are not factored
        ("derive cross-entropy --long-tailed 20,1000", 0),
        ("derive squared --long-tailed 1000,1000", 2),
    ],
)
def test_commands_of_many_classes_stay_in_memory_and_time(command, expected):
    ran = run([sys.executable, "-c", PEAK_OF_A_COMMAND, *command.split()], 5 * SECONDS)
    status, megabytes = map(int, ran.stderr.splitlines()[-1].split())
    assert status == expected, ran.stderr
    assert megabytes < MEGABYTES
