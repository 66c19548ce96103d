"""Derivation files as they are read: sizes, lines, and what is said of each fault; the exit status of their verdicts."""

from __future__ import annotations

import pytest

from proofs.check import Step, files, parse_claims, read_file
from proofs.commands import check as command
from theory.exact import InvalidInput


def test_a_file_is_read_up_to_its_greatest_size(tmp_path, monkeypatch):
    path, text = tmp_path / "claims.toml", "[[claim]]\nid = 'a'\nstatement = 'x > 0'\n"
    path.write_text(text)
    for size, read in ((len(text) + 1, True), (len(text), True), (len(text) - 1, False)):
        monkeypatch.setattr(files, "MAX_FILE_BYTES", size)
        if read:
            assert read_file(path) == [Step("a", "x > 0", line=1)]
        else:
            with pytest.raises(InvalidInput, match="is larger than"):
                read_file(path)


def test_why_a_file_cannot_be_read_is_said(tmp_path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    for path, why in (
        (tmp_path / "absent.toml", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (binary, "UnicodeDecodeError"),
    ):
        with pytest.raises(InvalidInput, match=why):
            read_file(path)


def test_the_claims_of_a_file_have_their_lines_and_all_that_is_written():
    text = '''# [[claim]] in a remark
[[claim]]
id = "a"
statement = "x > k"
where = ["x > 2"]
let = { k = 1 }

  [[ claim ]]  # the second
id = "B"
statement = """
A >
B"""
[[claim]] # the third
id = "c"
uses = ["a", "B"]
statement = "x > 0"
'''
    assert parse_claims(text) == [
        Step("a", "x > k", ["x > 2"], {"k": "1"}, [], 2),
        Step("B", "A >\nB", [], {}, [], 8),
        Step("c", "x > 0", [], {}, ["a", "B"], 13),
    ]


def test_claims_written_in_one_line_have_the_first():
    text = "claim = [{id = 'a', statement = 'x > 0'}, {id = 'b', statement = 'x > 1', uses = ['a']}]"
    assert parse_claims(text) == [Step("a", "x > 0", line=1), Step("b", "x > 1", uses=["a"], line=1)]


GOOD = "[[claim]]\nid = 'a'\nstatement = 'x > 0'\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must hold \\[\\[claim\\]\\] tables only"),
        ("claim = []", "tables only"),
        ("claim = 3", "tables only"),
        ("x = 1", "tables only"),
        (f"title = 'a'\n{GOOD}", "tables only"),
        ("[claim]\nid = 'a'\nstatement = 'x > 0'", "tables only"),
        ("claim = [3]", "has the wrong form"),
        ("[[claim]]\nid = 'a'", "line 1: claim 'a' has statement=None"),
        ("\n[[claim]]\nstatement = 'x > 0'", "line 2: id=None must be a name"),
        ("[[claim]]\nid = 3\nstatement = 'x > 0'", "id=3 must be a name"),
        ("[[claim]]\nid = '  '\nstatement = 'x > 0'", "id='  ' must be a name"),
        (GOOD + GOOD, "line 4: id 'a' is used twice"),
        ("[[claim]]\nid = 'a'\nstatement = 3", "statement=3"),
        (GOOD + "wher = []\nlets = 1", r"a claim has \['lets', 'wher'\]; its fields are \['id', 'let', 'statement', 'uses', 'where'\]"),
        (GOOD + "where = 'x > 0'", "where of claim 'a' must be a list"),
        (GOOD + "where = [1]", "where of claim 'a' must be a list"),
        (GOOD + "uses = 'b'", "uses of claim 'a' must be a list"),
        (GOOD + "uses = ['b', 1]", "uses of claim 'a' must be a list"),
        (GOOD + "uses = ['b']", "uses 'b', which is not an earlier claim"),
        (GOOD + "uses = ['a']", "uses 'a', which is not an earlier claim"),
        (GOOD + "let = 'k'", "let of claim 'a' must give"),
        (GOOD + "let = { k = 1.5 }", "let of claim 'a' must give"),
        (GOOD + "let = { j = '1', k = true }", "let of claim 'a' must give"),
        ("[[claim]", "is not TOML"),
        ("a = " + "[" * 9999, "is not TOML"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text, why):
    with pytest.raises(InvalidInput, match=why):
        parse_claims(text)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (["proved"], 0),
        (["proved", "derived"], 0),
        (["proved", "refuted", "undecided"], 1),
        (["refuted", "error"], 2),
        (["proved", "undecided"], 3),
        (["error"], 2),
        (["undecided", "error"], 2),
        (["derived", "undecided"], 3),
        (["derived", "refuted"], 1),
    ],
)
def test_the_exit_status_is_that_of_the_worst_verdict(verdicts, status):
    assert command.exit_status([{"verdict": verdict} for verdict in verdicts]) == status
