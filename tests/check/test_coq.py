"""`ufm check --coq`: what Coq accepts is reported as checked by Coq, and nothing else is."""

import json

import pytest

from proofs.check import check_one, coq_boxes
from proofs.check import coq as check_coq
from proofs.check.coq import prove, scripts_of
from proofs.check.judging import HELD
from proofs.cli import main
from proofs.coq import axioms, build
from proofs.coq.axioms import REALS
from proofs.kernel.reader import read_statement
from tests.benchmarks.coq_share import polynomial_and_radical, share


@pytest.fixture
def coq():
    try:
        return build.version()
    except build.Absent as reason:
        pytest.skip(str(reason))


def _asked(capsys, *words):
    status = main(["check", *words, "--json", "--coq"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("x**2 >= 0", []),
        ("sqrt(x**2) == Abs(x)", []),
        ("(x**2-1)/(x-1) == x + 1", ["x > 1"]),
        ("(a+b)*(1/a+1/b) >= 4", ["a > 0", "b > 0"]),
        ("1 < R and R < 3", ["R >= 3/2", "R <= 5/2"]),
        ("R > 1", ["R**2 > 1", "R > 0"]),
        ("sqrt(a*b) <= (a+b)/2", ["a >= 0", "b >= 0"]),
        ("(sqrt(R)+1)/sqrt(2*(R+1)) <= 1", ["R >= 1"]),
    ],
)
def test_coq_takes_the_place_of_solvers_where_it_accepts_the_whole_statement(coq, capsys, statement, where):
    status, said = _asked(capsys, statement, *(f"--where={condition}" for condition in where))
    assert said["verdict"] in HELD
    assert (status, said["coq"]["why"], said["coq"]["checked"]) == (0, "", True)
    assert said["trusts"] == [f"Coq kernel {coq} (core axioms)"]
    assert set(said["coq"]["axioms"]) <= set(REALS)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("x**2 >= 1", "found no proof"),
        ("exp(x) > 1", "found no proof"),
        ("tan(x)**2 >= 0", "no condition over polynomials"),
        ("increasing(exp(x), x)", "no condition over polynomials"),
    ],
)
def test_what_coq_does_not_accept_is_not_checked(coq, statement, why):
    (part,) = read_statement(statement, [], {})
    said = check_coq.prove(part, scripts=scripts_of(part, None))
    assert not said["checked"]
    assert why in said["why"]


@pytest.mark.parametrize(
    "script",
    [
        "admit",
        "exact proved",
        "idtac",
        "Admitted. Theorem more : True. Proof. exact I",
        "Abort. Module M. Definition said := True. Theorem proved : said. Proof. exact I. Qed. End M. Import M. Goal True. Proof. exact I",
        "Abort. Definition proved : True := I. Theorem more : True. Proof. exact I",
    ],
)
def test_a_script_that_proves_nothing_is_not_checked(coq, script):
    (part,) = read_statement("x**2 >= 0", [], {})
    assert not check_coq.prove(part, scripts=[script])["checked"]


def test_a_new_axiom_is_refused(coq, monkeypatch):
    monkeypatch.setattr(check_coq, "TACTICS", check_coq.TACTICS + "\nAxiom bad : False.\n")
    (part,) = read_statement("x**2 >= 1", [], {})
    said = check_coq.prove(part, scripts=["destruct bad"])
    assert not said["checked"]
    assert "rests on bad" in said["why"]


def test_coq_that_takes_too_long_is_stopped_by_the_processor_time_that_it_used(coq):
    (part,) = read_statement("x**2 >= 0", [], {})
    endless, short = "do 1000000000 idtac", "unfold said; intros; nra"
    said = check_coq.prove(part, seconds=5, scripts=[endless, short])
    assert (said["checked"], said["script"]) == (True, short)  # a script that was stopped takes nothing from the next
    assert "stopped after 1 s of processor time" in check_coq.prove(part, seconds=1, scripts=[endless])["why"]


def test_coq_s_own_clock_is_nowhere_asked():
    assert "timeout" not in check_coq.TACTICS + "".join(check_coq.SCRIPTS)


def test_without_coq_the_verdict_stands_and_the_packages_are_named(monkeypatch, capsys):
    def absent():
        raise build.Absent(f"coqc is not installed: apt-get install {build.PACKAGES}")

    monkeypatch.setattr(check_coq, "version", absent)
    status, said = _asked(capsys, "x**2 >= 0")
    assert (status, said["verdict"], said["coq"]["checked"]) == (0, "proved", False)
    assert "apt-get install coq" in said["coq"]["why"]


def test_a_used_claim_is_a_premise_for_coq_too(coq, capsys, tmp_path):
    path = tmp_path / "chain.toml"
    path.write_text(
        '[[claim]]\nid = "a"\nstatement = "x**2 >= 0"\n\n[[claim]]\nid = "b"\nstatement = "y**2 + x**2 >= y**2"\nuses = ["a"]\n',
        encoding="utf-8",
    )
    status, said = _asked(capsys, "--file", str(path))
    assert status == 0
    assert [claim["coq"]["checked"] for claim in said["claims"]] == [True, True]


def test_a_refuted_statement_keeps_its_exit_status(capsys):
    status, said = _asked(capsys, "x > 0")
    assert (status, said["verdict"], said["coq"]["checked"]) == (1, "refuted", False)


def test_most_polynomial_and_radical_statements_of_the_corpus_are_proved_again(coq):
    """Every twentieth of them; the whole corpus by python -m tests.benchmarks.coq_share."""
    checked, proved = share(polynomial_and_radical()[::20])
    assert len(proved) >= 5
    assert len(checked) >= 0.6 * len(proved), [result["statement"] for result in proved if not result["coq"]["checked"]]


def test_the_squares_of_a_certificate_are_the_hints(coq):
    result = check_one("a**4 + b**4 + c**4 + d**4 >= 4*a*b*c*d")
    (part,) = read_statement(result["statement"])
    assert all("pow2_ge_0" in script for script in scripts_of(part, result["certificate"]))
    assert not prove(part)["checked"]
    assert prove(part, scripts=scripts_of(part, result["certificate"]))["checked"]


# -- exponentials, logarithms and trigonometric functions


@pytest.mark.parametrize(
    ("statement", "where", "tier"),
    [
        ("exp(x) >= 1 + x", [], "core"),
        ("log(1 + x) <= x", ["x > -1"], "core"),
        ("sin(x)**2 + cos(x)**2 == 1", [], "core"),
        ("log(x) - x/2 > -2/5", ["3/2 <= x", "2*x <= 4"], "interval"),
        ("cosh(x) - 1 < 3/5", ["Abs(x) <= 1"], "interval"),
    ],
)
def test_coq_proves_inequalities_of_other_functions_and_says_on_which_axioms(coq, statement, where, tier):
    (part,) = read_statement(statement, where, {})
    said = prove(part, scripts=scripts_of(part, None))
    assert (said["why"], said["checked"]) == ("", True)
    assert axioms.tier(said["axioms"]) == tier


def test_the_axioms_of_machine_numbers_are_named_where_the_proof_rests_on_them(coq):
    result = check_one("exp(x)*cos(y) < 3", ["0 <= x", "x <= 1", "Abs(y) <= 1"], seconds=60.0, coq=True)
    assert (result["coq"]["why"], result["coq"]["checked"]) == ("", True)
    assert result["trusts"] == [f"Coq kernel {coq} (interval axioms)"]


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("log(x) > 1/2", ["3/2 <= x", "x <= 2"]),  # 0.405 at 3/2
        ("log(x) < 3", ["x <= 2"]),  # not defined at 0
        ("1/sin(x) > 1/2", ["0 <= x", "x <= 1"]),  # not defined at 0
    ],
)
def test_what_is_false_or_not_defined_somewhere_is_not_proved_by_boxes(coq, statement, where):
    (part,) = read_statement(statement, where, {})
    assert not prove(part, seconds=10, scripts=scripts_of(part, None))["checked"]


def test_a_polynomial_statement_is_not_allowed_the_axioms_of_machine_numbers(coq, monkeypatch):
    monkeypatch.setattr(check_coq, "TACTICS", check_coq.TACTICS + coq_boxes.TACTICS)
    (part,) = read_statement("x**2 <= 4", ["0 <= x", "x <= 3/2"], {})
    said = prove(part, scripts=["unfold said; intros; interval"])
    assert not said["checked"]
    assert "rests on more than the axioms of the classical reals" in said["why"]


def test_sides_are_halved_as_deep_as_the_boxes_of_the_certificate_ask():
    (part,) = read_statement("sin(x) < 2", ["0 <= x", "x <= 1"], {})
    deep = scripts_of(part, {"cases": [{"goals": [{"proofs": [{"rule": "boxes", "args": ["400"], "then": []}]}]}]})
    assert "i_depth 18" in deep[1]
    assert "i_depth 14" in scripts_of(part, None)[1]
    assert all("(0 <= x <= 1)" in script for script in deep[1:])
