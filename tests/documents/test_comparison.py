"""The page that compares tools tells the counts that are kept, of statements whose truth is known."""

import json
import shutil

import pytest

from proofs.check import Step
from tests.benchmarks import alone, compare_check
from tests.tools.corpus_files import CORPUS

KEPT = json.loads(compare_check.KEPT.read_text(encoding="utf-8"))


def test_the_page_is_made_of_the_kept_counts(tmp_path):
    page = tmp_path / "comparison.md"
    shutil.copy(compare_check.PAGE, page)
    compare_check.write(KEPT, page)
    assert page.read_text(encoding="utf-8") == compare_check.PAGE.read_text(encoding="utf-8"), "python -m tests.benchmarks.compare_check"


def test_every_set_was_asked_of_every_tool_and_we_were_never_wrong():
    for name, found in KEPT["sets"].items():
        assert list(found["tools"]) == list(compare_check.TOOLS), name
        assert found["tools"]["ufm check"]["wrong"] == 0, name
    sizes = {name: (len(true), len(false)) for name, (true, false) in compare_check.sets().items()}
    corpus = f"the corpus, every {compare_check.EVERY}th statement"
    assert {name: (found["true"], found["false"]) for name, found in KEPT["sets"].items() if name != corpus} == {
        name: size for name, size in sizes.items() if name != corpus
    }


def test_the_sample_has_some_seventy_statements_each_with_a_name_of_its_own():
    true, false = (sum(len(sets[which]) for name, sets in compare_check.sets().items() if "corpus" not in name) for which in (0, 1))
    assert true >= 60
    assert false >= 10
    assert {path.name for path in (CORPUS / "sample").iterdir()} == {"analytic.p", "olympiad.toml", "limits.toml", "false.toml"}


@pytest.mark.parametrize("module", ["z3", "cvc5.pythonic"])
@pytest.mark.parametrize(
    ("statement", "where", "verdict"),
    [
        ("x**2 + 1 > 2*x - 1", [], "proved"),
        ("x**2 > x", [], "refuted"),
        ("sqrt(x)**2 == x", [], "proved"),
        ("1/x > 0", ["x > 0"], "proved"),
        ("Abs(x) >= x", [], "proved"),
        ("Max(x, y) == Min(x, y)", [], "refuted"),
        ("increasing(x**3, x)", [], "undecided"),
    ],
)
def test_a_solver_alone_reads_a_statement_as_it_is_meant(module, statement, where, verdict):
    pytest.importorskip(module)
    assert alone.by_solver(module, Step("a", statement, where)) == verdict


@pytest.mark.parametrize(
    ("statement", "verdict"), [("limit(sin(x)/x, x, 0) == 1", "proved"), ("limit(sin(x)/x, x, 0) == 2", "refuted"), ("x > 0", "undecided")]
)
def test_sympy_alone_is_asked_in_plain_use(statement, verdict):
    assert alone.by_sympy(Step("a", statement)) == verdict


def test_a_tool_that_stops_has_settled_nothing():
    def broken(_claim):
        raise ValueError

    assert compare_check.timed(broken, Step("a", "x > 0"))[0] == "undecided"
    assert compare_check.timed(lambda _: "derived", Step("a", "x > 0"))[0] == "proved"
    assert compare_check.judged(lambda _: "refuted", [Step("a", "x > 0")])[0][0] == "refuted"


def test_right_and_wrong_answers_are_counted(monkeypatch):
    verdicts = {"a": "proved", "b": "refuted", "c": "undecided", "d": "proved", "e": "refuted"}
    monkeypatch.setattr(compare_check, "judged", lambda tool, chosen: [(tool(claim), 0.5) for claim in chosen])
    steps = {name: Step(name, "x > 0") for name in verdicts}
    found = compare_check.counted(lambda claim: verdicts[claim.id], [steps[i] for i in "abc"], [steps[i] for i in "de"])
    assert found == {"proved": 1, "refuted": 1, "wrong": 2, "seconds": 0.5}
