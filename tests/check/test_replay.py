"""Proofs that are kept replay by the checker alone; what was forged, cut, reordered or exchanged does not."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys

import pytest

from proofs import checker
from proofs.check import Step, check_claims
from proofs.check.judging import HELD
from proofs.check.replay import Kept, document, read_proof, replayed, trusts_of
from proofs.cli import main
from proofs.engines import DEFAULT_SECONDS
from proofs.kernel.verdict import Evidence, Outcome
from proofs.store.dependencies import ROOT
from tests.tools.corpus_files import claims
from theory.exact import InvalidInput

SECONDS = 2 * DEFAULT_SECONDS
STEPS = [
    Step("rate", "rate <= 1", ["R >= 1"], {"rate": "(sqrt(R) + 1)/sqrt(2*(R + 1))"}, line=1),
    Step("window", "1/rate - 1 >= 0", ["R >= 1"], {"rate": "(sqrt(R) + 1)/sqrt(2*(R + 1))"}, ["rate"], line=2),
    Step("square", "x**2 > x", line=3),
    Step("wave", "limit(cos(sqrt(x + 1)) - cos(sqrt(x)), x, oo) == 0", line=4),
    Step("supremum", "sup(x/(x + 1), x, 0, oo) == 1 and increasing(x**3, x)", line=5),
    Step("itself", "x == x", ["x > 0"], line=6),
    Step("both", "limit(cos(sqrt(x + 1)) - cos(sqrt(x)), x, oo) == 0 and increasing(x**2, x)", line=7),
    Step("cube", "(x + y)**2 == x**2 + 2*x*y + y**2", line=8),
    Step("smaller", "sup(x/(x + 1), x, 0, oo) == 2", line=9),
]
VERDICTS = ["proved", "proved", "refuted", "undecided", "proved", "derived", "refuted", "proved", "refuted"]


@pytest.fixture(scope="module")
def whole():
    """The proof file of these steps."""
    kept: dict[str, tuple[Evidence, ...]] = {}
    results = check_claims(STEPS, SECONDS, kept=kept)
    assert [result["verdict"] for result in results] == VERDICTS
    return json.loads(json.dumps(document(STEPS, results, kept)))


@pytest.fixture
def written(tmp_path):
    def write(data):
        path = tmp_path / "proof.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return path

    return write


def verdicts(path):
    return [result["verdict"] for result in replayed(read_proof(path), SECONDS)]


def alone(whole, *ids):
    """The proof file with these claims alone."""
    return {**whole, "claims": [copy.deepcopy(claim) for claim in whole["claims"] if claim["id"] in ids]}


def test_every_verdict_is_made_again(whole, written):
    results = replayed(read_proof(written(whole)), SECONDS)
    assert [result["verdict"] for result in results] == VERDICTS
    by_id = {result["id"]: result for result in results}
    assert by_id["square"]["witness"] == {"x": "0"}
    assert by_id["supremum"]["trusts"] == ["leading-term analysis"]
    assert by_id["cube"]["trusts"] == ["polynomial expansion by FLINT"]
    assert by_id["rate"]["trusts"] == []


REPLAY = """
import sys
NOWHERE = ("proofs.search", "proofs.engines", "proofs.check.judging", "proofs.claims", "z3", "cvc5", "clarabel", "scipy", "theory.losses")
for name in NOWHERE:
    sys.modules[name] = None  # an import of it, or of anything within it, raises ModuleNotFoundError
from proofs.checker import solver
def refuse(*_, **__): raise SystemExit("a solver is asked")
solver.refuted = solver.limited = refuse
from proofs.cli import main
status = main(["check", "--replay", sys.argv[1]])
loaded = {name for name, module in sys.modules.items() if module is not None}
print(status, sorted(name for name in loaded if name.startswith(NOWHERE)), "proofs.checker.rules" in loaded)
"""


def test_a_replay_loads_neither_search_nor_engine_nor_solver(whole, written):
    path = written(whole)
    done = subprocess.run([sys.executable, "-c", REPLAY, str(path)], capture_output=True, text=True, cwd=ROOT, check=True)
    *lines, last = done.stdout.splitlines()
    assert [line.split(": ")[1] for line in lines] == VERDICTS
    assert last == "1 [] True"


FROM_A_SOLVER = {"rule": "solver", "args": [], "then": []}


def with_a_solver(whole):
    forged = alone(whole, "rate", "window")
    record = forged["claims"][0]["evidence"][0]["certificate"]["proof"]["cases"][0]
    record["goals"][0]["proofs"][0] = FROM_A_SOLVER
    return forged


def test_a_proof_that_takes_the_word_of_solvers_says_so_and_does_not_count(whole, written, capsys):
    path = written(with_a_solver(whole))
    assert main(["check", "--replay", str(path)]) == 3
    out, progress = capsys.readouterr()
    assert progress == "window: its own evidence replays\n"  # and nothing calls proved what rests on another's word
    first, second = out.splitlines()
    assert first.startswith("rate: not replayed: rate <= 1 where R >= 1 let rate = ")
    assert first.endswith("; its proof takes the word of z3 and cvc5, which never counts in a replay")
    assert second.endswith("[uses rate]; rests on 'rate', which is not replayed")


def forged_ones(whole):
    """Proof files in which one claim was tampered with, by what was done."""
    for claim in ("rate", "square", "supremum", "itself", "cube", "smaller"):
        for name, change in CHANGES.items():
            forged = alone(whole, claim)
            if change(forged["claims"][0]) is not False:
                yield f"{claim}: {name}", forged


def _verdict(claim):
    claim["verdict"] = "refuted" if claim["verdict"] in HELD else "proved"


def _outcome(claim):
    claim["evidence"][0]["outcome"] = "fails" if claim["evidence"][0]["outcome"] == "holds" else "holds"


def _other_statement(claim):
    claim["statement"] = {"square": "x**2 >= x - 1", "cube": "(x + y)**2 == x**2 + 3*x*y + y**2"}.get(claim["id"], "0 > 1")


def _other_premise(claim):
    if not claim["where"]:
        return False
    claim["where"] = ["R >= 0 - 1"] if claim["id"] == "rate" else ["x < x"]
    return None


def _less_evidence(claim):
    del claim["evidence"][-1]


def _more_evidence(claim):
    claim["evidence"].append(claim["evidence"][-1])


def _exchanged(claim):
    if len(claim["evidence"]) < 2:
        return False
    claim["evidence"].reverse()
    return None


def _no_certificate(claim):
    claim["evidence"][0]["certificate"] = claim["evidence"][0]["witness"] = None
    return claim["id"] != "cube"  # whose certificate the checker does not read


def _other_engine(claim):
    claim["evidence"][0]["engine"] = "another"


CHANGES = {
    "another verdict": _verdict,
    "another outcome": _outcome,
    "another statement": _other_statement,
    "another premise": _other_premise,
    "a piece of evidence less": _less_evidence,
    "a piece of evidence more": _more_evidence,
    "evidence in another order": _exchanged,
    "no certificate": _no_certificate,
    "another engine": _other_engine,
}


def test_what_was_forged_does_not_replay(whole, written):
    made = list(forged_ones(whole))
    assert len(made) > 40
    passed = [name for name, forged in made if verdicts(written(forged)) != ["broken"]]
    assert passed == []


def test_a_broken_proof_is_one_line_and_status_one(whole, written, capsys):
    forged = alone(whole, "rate")
    forged["claims"][0]["evidence"][0]["certificate"]["proof"]["cases"].append({})
    assert main(["check", "--replay", str(written(forged))]) == 1
    assert capsys.readouterr().out.splitlines()[0].endswith("; its evidence does not show that it is proved")


def test_proofs_that_are_exchanged_between_claims_do_not_replay(whole, written):
    forged = alone(whole, "rate", "supremum")
    first, second = forged["claims"]
    first["evidence"], second["evidence"] = second["evidence"], first["evidence"]
    assert verdicts(written(forged)) == ["broken", "broken"]


def test_what_rests_on_a_broken_proof_has_not_been_replayed(whole, written):
    forged = alone(whole, "rate", "window")
    forged["claims"][0]["evidence"] = []
    assert verdicts(written(forged)) == ["broken", "not replayed"]


def test_a_proof_whose_replay_does_not_end_is_broken(whole, written, monkeypatch):
    def endless(*_):
        while True:
            pass

    monkeypatch.setattr(checker, "recheck", endless)
    (result,) = replayed(read_proof(written(alone(whole, "rate"))), 0.2)
    assert result["verdict"] == "broken"
    assert result["reason"].startswith("stopped after ")


@pytest.mark.parametrize("share", [0.3, 0.9, 0.9999])
def test_a_file_that_is_cut_short_is_one_line(whole, written, share, capsys):
    text = json.dumps(whole)
    assert main(["check", "--replay", str(written(text[: int(len(text) * share)]))]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(proof=2),
        lambda data: data.update(claims=[]),
        lambda data: data["claims"].append(data["claims"][0]),
        lambda data: data["claims"].reverse(),  # a claim uses a later one
        lambda data: data["claims"][0].pop("let"),
        lambda data: data["claims"][0].update(strength="derived"),
        lambda data: data["claims"][0].update(verdict="proven"),
        lambda data: data["claims"][0].update(verdict=["proved"]),
        lambda data: data["claims"][0]["evidence"][0].update(strength="derived"),
        lambda data: data["claims"][0]["evidence"][0].update(outcome="unsettled"),
        lambda data: data["claims"][0]["evidence"][0].update(engine=1),
        lambda data: data["claims"][0]["evidence"][0].update(certificate=[1]),
        lambda data: data["claims"][0]["evidence"].append(3),
        lambda data: data["claims"][0].update(where="R >= 1"),
        lambda data: data["claims"][0].update(where=["\ud800 >= 1"]),
        lambda data: data["claims"][0].update(id="\ud800"),
        lambda data: data["claims"][0].update(id="rate\nother: proved: 0 > 1"),
        lambda data: data["claims"][1].update(uses=["window"]),
    ],
)
def test_a_file_of_another_form_is_refused(whole, written, change):
    forged = alone(whole, "rate", "window")
    change(forged)
    with pytest.raises(InvalidInput) as refusal:
        read_proof(written(forged))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ['{"proof": 1, "proof": 1, "claims": [1]}', "[" * 100_000, "1.5", '{"proof": NaN}', "[]", ""])
def test_a_text_that_is_no_proof_is_refused(text, written):
    with pytest.raises(InvalidInput):
        read_proof(written(text))


def test_a_statement_that_is_not_in_the_grammar_is_an_error(whole, written):
    forged = alone(whole, "rate", "window")
    forged["claims"][0]["statement"] = "__import__('os')"
    assert verdicts(written(forged)) == ["error", "not replayed"]
    assert main(["check", "--replay", str(written(forged))]) == 2


def test_one_statement_of_the_command_line_is_kept_and_replayed(tmp_path, capsys):
    path = tmp_path / "proof.json"
    assert main(["check", "y + 1 > 0", "--where", "x > 0", "--let", "y=2*x", "--save", str(path), f"--timeout={SECONDS}"]) == 0
    capsys.readouterr()
    assert main(["check", "--replay", str(path)]) == 0
    assert capsys.readouterr().out == "statement: proved: y + 1 > 0 where x > 0 let y = 2*x\n"
    assert main(["check", "--replay", str(path), "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["claims"][0]["verdict"] == "proved"
    assert told.err == ""
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_kept_of_a_wrong_input(tmp_path, capsys):
    assert main(["check", "x >", "--save", str(tmp_path / "proof.json")]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("beside", [["x > 0"], ["--file=a.toml"], ["--where=x > 0"], ["--let=a=1"], ["--coq"], ["--save=b.json"]], ids=str)
def test_a_replay_takes_its_statements_from_the_proof_alone(beside, capsys):
    assert main(["check", "--replay", "proof.json", *beside]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("place", ["absent/proof.json", ".", os.devnull])
def test_a_proof_that_cannot_be_written_is_said_before_the_work(place, tmp_path, capsys):
    assert main(["check", "x > 0", "--save", str(tmp_path / place)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_proof_without_a_name_is_one_line(capsys):
    assert main(["check", "x > 0", "--save", ""]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_other_file_is_touched_where_a_proof_is_kept(tmp_path):
    beside = tmp_path / "proof.json.part"
    beside.write_text("mine", encoding="utf-8")
    assert main(["check", "y**2 >= 0", "--save", str(tmp_path / "proof.json"), f"--timeout={SECONDS}"]) == 0
    assert beside.read_text(encoding="utf-8") == "mine"


def test_proofs_of_the_corpus_replay_and_rest_on_what_their_engines_said(written):
    """Every twelfth true claim and every twentieth false one."""
    chosen = [*claims("true")[::12], *claims("false")[::20]]
    steps = [Step(f"s{number}", one.statement, one.where, one.let) for number, one in enumerate(chosen)]
    kept: dict[str, tuple[Evidence, ...]] = {}
    results = check_claims(steps, 5.0, kept=kept)
    data = document(steps, results, kept)
    again = replayed(read_proof(written(data)), SECONDS)
    for result, other in zip(results, again, strict=True):
        word = result["verdict"] if not any("z3" in each for each in result["trusts"]) else "not replayed"
        assert other["verdict"] == word, result["statement"]
        if other["verdict"] in HELD:
            assert other["trusts"] == sorted(result["trusts"])
        assert other["witness"] == (result["witness"] if result["verdict"] == "refuted" else None)


def test_what_a_proof_trusts_is_read_off_its_rules():
    far = Evidence(road="exact", engine="holds", outcome=Outcome.HOLDS, certificate={"a": [{"rule": "far"}]})
    assert trusts_of([far]) == ["leading-term analysis"]
    assert trusts_of([Evidence(road="exact", engine="holds", outcome=Outcome.HOLDS)]) == []


def test_evidence_that_the_judge_would_take_on_its_word_cannot_be_brought():
    """A file names no strength and no road: a HOLDS counts only once its certificate is re-checked."""
    bare = Evidence(road="statistics", engine="holds", outcome=Outcome.FAILS)
    (result,) = replayed([Kept(Step("a", "x > x - 1"), "proved", (bare,))], SECONDS)
    assert result["verdict"] == "broken"
