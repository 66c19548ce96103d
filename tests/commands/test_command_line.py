"""What the command line promises: its documents, its exit status, and one line for every wrong input."""

import json
import math
import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from numerics.integrate import IntegrationFailed
from numerics.unconstrained_features import flow
from proofs.claims import registry
from proofs.claims.networks import predicted_networks, trained_networks
from proofs.cli import main
from proofs.commands import simulate as simulation
from proofs.commands.application import COMMANDS, loaded
from proofs.ledger import ledger
from proofs.report import contents, files, progress, style
from tests.tools.limits import within
from theory.data.counts import step
from theory.exact import InvalidInput

STEP4 = ["--step", "4,10"]


def run(capsys, *arguments):
    """Exit status, standard output, standard error."""
    capsys.readouterr()
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def document(capsys, *arguments):
    status, out, _ = run(capsys, *arguments, "--json")
    assert status == 0
    assert out.count("\n") == 1
    return json.loads(out)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["simulate", "--step", "4,1/2"], "R=1/2 must be ≥ 1"),
        (["simulate", "--counts", "5,0"], "count=0 must be a whole number"),
        (["simulate", "--counts", "5,-3"], "count=-3 must be a whole number"),
        (["simulate", "--counts", "5,2.5"], "count=2.5 must be a whole number"),
        (["simulate", "--counts", "5,nan"], "'nan' must be an exact number"),
        (["simulate", "--counts", "5,"], "must be an exact number"),
        (["simulate", "--counts", "5"], "at least two"),
        (["simulate", "--step", "10"], "--step='10' has 1 value(s)"),
        (["simulate", "--step", "4,10,1/3"], "whole number of minority classes"),
        (["simulate", "--long-tailed", "1,10"], "C=1 must be a whole number"),
        (["simulate"], "exactly one is needed"),
        (["simulate", *STEP4, "--counts", "3,2"], "exactly one is needed"),
        (["simulate", *STEP4, "--weight-exponent", "abc"], "'abc' must be an exact number"),
        (["simulate", *STEP4, "--weight-exponent", "1/2", "--class-weight", "none"], "drop the other"),
        (["simulate", *STEP4, "--class-weight", "1,2"], "give one a class"),
        (["simulate", *STEP4, "--class-weight", "1,1,0,1"], "must be > 0"),
        (["simulate", *STEP4, "--normalization", "sum"], "one of raw, mean, mass"),
        (["simulate", *STEP4, "--delta", "0"], "delta=0.0 must be > 0"),
        (["simulate", *STEP4, "--delta", "-1"], "delta=-1.0 must be > 0"),
        (["simulate", *STEP4, "--delta", "nan"], "delta='nan' must be a finite number"),
        (["simulate", *STEP4, "--delta", "inf"], "delta='inf' must be a finite number"),
        (["simulate", *STEP4, "--width", "2"], "width=2 must be a whole number ≥ c − 1 = 3"),
        (["simulate", *STEP4, "--init", "zero"], "init='zero' must be one of"),
        (["simulate", *STEP4, "--level", "batch"], "level='batch' must be one of"),
        (["simulate", *STEP4, "--level", "within", "--loss", "focal"], "does not close on covariances"),
        (["simulate", *STEP4, "--init", "random", "--level", "class"], "needs features that start equal"),
        (["simulate", *STEP4, "--loss", "hinge"], "loss='hinge' is not registered"),
        (["simulate", "--counts", "100000000,1", "--init", "random"], "at most 4000000 are run"),
        (["simulate", "--step", "2000,2", "--init", "random"], "give at most 1000 classes"),
        (["simulate", "--step", "20000,2"], "give at most 10000 classes"),
        (["simulate", "--step", "500,2", "--init", "random", "--width", "1100"], "are run, in 500 MB"),
        (["simulate", *STEP4, "--level", "sample", "--width", "100000"], "are run, in 500 MB"),
        (
            ["simulate", "--counts", ",".join(map(str, range(1, 121))), "--init", "random", "--weight-exponent", "1"],
            "fewer classes, distinct weights",
        ),
        (["simulate", *STEP4, "--time", "1e6", "--level", "sample"], "is about 2.11e+06 steps"),
        (["simulate", "--long-tailed", "8,100000000", "--weight-exponent", "1"], "and at most 100000 are run"),
        (["simulate", "--long-tailed", "10,1e15", "--weight-exponent", "1/2", "--loss", "cross-entropy"], "is not finite at logits"),
        (["simulate", "--counts", "9" * 400 + ",1"], "must be at most 10^15"),
        (["window", "--counts", "1000000000000001,1"], "must be at most 10^15"),
        (["simulate", "--long-tailed", "8,1000000000", "--weight-exponent", "3/4"], "give a shorter time, or a smaller imbalance"),
        (["derive", ":"], "loss=':' cannot be imported"),
        (["derive", ".relative:Loss"], "cannot be imported"),
        (["simulate", *STEP4, "--fraction", "1"], "fraction=1.0 must lie strictly between"),
        (["simulate", *STEP4, "--time", "0"], "time=0.0 must be finite and > 0"),
        (["simulate", *STEP4, "--plot", "/nowhere/at/all.png"], "cannot be written"),
        (["simulate", *STEP4, "--save", "/nowhere/at/all.npz"], "cannot be written"),
        (["simulate", *STEP4, "--plot", "picture.xyz"], "names no picture format"),
        (["window", "--counts", "5,2", "--plot", "window.png"], "give them with --step"),
        (["window", *STEP4, "--weight-exponent", "1/0"], "'1/0' must be an exact number"),
        (["verify", "no-such-claim"], "claim 'no-such-claim' is not in the ledger"),
        (["verify", "label-spectrum-step", "--report", "/proc/nowhere"], "cannot be written"),
        (["simulate", "--no-such-option"], "No such option"),
        (["no-such-command"], "No such command"),
    ],
)
def test_wrong_input_is_one_line_and_status_2(capsys, monkeypatch, tmp_path, arguments, names):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("ufm: ")
    assert names in err
    assert list(tmp_path.iterdir()) == []  # nothing half-written


def test_simulate_document_has_the_contract_keys(capsys):
    found = document(capsys, "simulate", "--step", "4,10", "--weight-exponent", "1/2", "--delta", "6")
    assert {"loss", "counts", "weights", "normalization", "delta", "modes", "classes", "loss_final", "balance_drift", "seconds"} <= set(
        found
    )
    assert found["counts"] == [10, 10, 1, 1]
    assert found["normalization"] == "raw"
    assert [mode["multiplicity"] for mode in found["modes"]] == [1, 1, 1]
    assert found["modes"][0]["singular_value"] == pytest.approx(10**0.5)
    assert found["classes"][0] == found["classes"][1]
    assert found["classes"][3]["learning_time"] == pytest.approx(6, abs=1e-3)


def test_a_time_that_is_not_reached_is_null(capsys):
    found = document(capsys, "simulate", "--step", "4,10", "--delta", "6", "--time", "3")
    assert [mode["learning_time"] is None for mode in found["modes"]] == [False, False, True]
    assert found["time"] == 3


@pytest.mark.parametrize("normalization", ["mean", "mass"])
def test_a_normalisation_rescales_time(capsys, normalization):
    raw, scaled = (
        document(capsys, "simulate", *STEP4, "--weight-exponent", "1/2", "--normalization", name) for name in ("raw", normalization)
    )
    factor = scaled["weights"][0] / raw["weights"][0]
    for before, after in zip(raw["modes"], scaled["modes"], strict=True):
        assert before["learning_time"] == pytest.approx(factor * after["learning_time"], rel=1e-8)


def test_window_document_has_the_contract_keys_and_the_paper_values(capsys):
    found = document(capsys, "window", "--step", "10,100", "--weight-exponent", "1/2")
    assert {"counts", "weights", "normalization", "modes", "window"} <= set(found)
    assert {"singular_value", "multiplicity", "effective_singular_value", "escape_rate"} <= set(found["modes"][0])
    middle = found["modes"][1]
    assert middle["effective_singular_value"] == pytest.approx(11 / 202**0.5)
    assert found["window"]["effective"]["relative"] == pytest.approx(202**0.5 / 11 - 1)
    assert found["window"]["effective"]["relative_exact"] == "-1 + sqrt(202)/11"
    assert found["window"]["escape"] == {"absolute": 0.0, "relative": 0.0, "absolute_exact": "0", "relative_exact": "0"}


def test_samples_that_stay_alike_take_no_memory(capsys):
    found = document(capsys, "window", "--counts", "100000000,1")
    (mode,) = found["modes"]
    assert mode["singular_value"] == pytest.approx((100000001 / 2) ** 0.5)
    sigma = mode["singular_value"]
    assert mode["learning_time"] == pytest.approx(math.log(sigma * math.exp(16) - 1) / (2 * sigma))


def test_windows_of_runs_that_are_too_long_have_no_simulated_times(capsys):
    found = document(capsys, "window", "--long-tailed", "8,1000000000", "--weight-exponent", "3/4")
    assert {mode["learning_time"] for mode in found["modes"]} == {None}


def test_windows_of_groups_have_simulated_times_however_large_the_ratio(capsys):
    found = document(capsys, "window", "--step", "4,1000000000")
    for mode in found["modes"]:
        sigma = mode["singular_value"]
        assert mode["learning_time"] == pytest.approx((16 + math.log(sigma - math.exp(-16))) / (2 * sigma), rel=1e-12)


def test_windows_of_a_hundred_thousand_classes_do_not_take_a_step_for_each_pair(capsys):
    with within(40):  # it takes two; a step for each pair took a hundred
        found = document(capsys, "window", "--step", "100000,4")
    assert [mode["multiplicity"] for mode in found["modes"]] == [49999, 1, 49999]
    assert [mode["escape_rate"] for mode in found["modes"]] == pytest.approx([2, 2.5**0.5, 1])


def test_inverse_frequency_reverses_the_order_of_escape(capsys):
    found = document(capsys, "window", "--step", "10,100", "--weight-exponent", "1")
    assert [mode["escape_rate"] for mode in found["modes"]] == pytest.approx([0.1, 0.505**0.5, 1])
    assert found["window"]["escape"]["relative"] == pytest.approx(9)


def test_effective_values_are_null_where_they_depend_on_the_basis(capsys):
    found = document(capsys, "window", "--counts", "5,5,5,3", "--class-weight", "1,2,4,1")
    assert None in [mode["effective_singular_value"] for mode in found["modes"]]
    assert found["window"]["effective"] == {"absolute": None, "relative": None}


@pytest.mark.parametrize("arguments", [["simulate", *STEP4], ["window", *STEP4, "--weight-exponent", "1/2"], ["verify", "--list"]])
def test_tables_are_printed_for_people(capsys, arguments):
    status, out, err = run(capsys, *arguments)
    assert (status, err) == (0, "")
    assert len(out.splitlines()) > 5


def test_the_list_names_every_claim(capsys):
    assert {claim["id"] for claim in document(capsys, "verify", "--list")["claims"]} == {claim.id for claim in registry.claims()}


def test_plot_and_save_write_whole_files(capsys, tmp_path):
    plot, save = tmp_path / "strengths.png", tmp_path / "run.npz"
    status, _, _ = run(capsys, "simulate", *STEP4, "--weight-exponent", "1/2", "--plot", plot, "--save", save)
    assert status == 0
    assert plot.read_bytes().startswith(b"\x89PNG")
    with np.load(save) as kept:
        assert kept["strengths"].shape == (len(kept["t"]), 3)
        assert kept["W"].shape[1:] == (4, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.npz", "strengths.png"]


def test_a_picture_of_more_modes_than_colours_shows_their_values_on_a_scale(capsys, monkeypatch, tmp_path):
    drawn, save = [], style.save
    monkeypatch.setattr(style, "save", lambda figure, path: (drawn.append(figure), save(figure, path)))
    status, _, err = run(capsys, "simulate", "--long-tailed", "20,100", "--plot", tmp_path / "many.png")
    assert (status, err) == (0, "")
    axis, scale = drawn[0].axes
    assert axis.get_legend() is None
    assert "sigma" in scale.get_ylabel()
    colours = {tuple(line.get_color()) for line in axis.lines if "sigma" in line.get_label()}
    assert len(colours) == 19 > len(style.COLOURS)


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path):
    path = tmp_path / "kept.txt"
    path.write_text("old")

    def fail():
        with files.written_whole(path) as draft:
            draft.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


REFUTED_WITH_ITS_REPAIR = ("sign-descent-count-free-with-features", "sign-descent-not-count-free-with-features")  # no theorem of Coq


def test_refuted_alone_is_status_1_and_beside_its_repair_status_0(capsys):
    status, out, _ = run(capsys, "verify", REFUTED_WITH_ITS_REPAIR[0], "--json")
    (row,) = json.loads(out)["claims"]
    assert (status, row["verdict"]) == (1, "REFUTED")
    assert any(evidence["witness"] for evidence in row["evidence"])
    status, out, _ = run(capsys, "verify", *REFUTED_WITH_ITS_REPAIR, "--json")
    assert [claim["verdict"] for claim in json.loads(out)["claims"]] == ["REFUTED", "PROVED"]
    assert status == 0


def test_verify_document_and_page(capsys, tmp_path):
    status, out, _ = run(capsys, "verify", "effective-singular-values", "--json", "--report", tmp_path)
    found = json.loads(out)
    assert status == 0
    assert set(found) == {"claims", "versions"}
    (claim,) = found["claims"]
    assert {"id", "says", "source", "verdict", "evidence", "near_misses", "replay"} <= set(claim)
    assert {"road", "outcome", "number", "bound", "trusts", "seconds"} <= set(claim["evidence"][0])
    assert all(miss["rejected"] for miss in claim["near_misses"])
    assert claim["replay"] == "ufm verify effective-singular-values --fresh"
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert str(contents.prose(claim["says"])) in page


def test_a_second_verify_takes_the_kept_findings_and_fresh_does_not(capsys, monkeypatch):
    """Of a claim without a theorem: `--fresh` builds the whole Coq development anew for one that has it."""
    run(capsys, "verify", WITHOUT_COQ[0], "--json")
    monkeypatch.setattr(ledger.jobs, "run", None)  # judging anew would need it
    status, out, _ = run(capsys, "verify", WITHOUT_COQ[0], "--json")
    assert status == 0
    assert json.loads(out)["claims"][0]["verdict"] in ("PROVED", "DERIVED", "SUPPORTED")
    with pytest.raises(TypeError):
        main(["verify", WITHOUT_COQ[0], "--fresh"])


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_an_interrupt_is_status_130_with_one_line_and_no_children_left(tmp_path):
    """Interrupted while claims are judged: there are processes of theirs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "proofs", "verify", "--fresh", *WITHOUT_COQ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "UFM_CACHE": str(tmp_path)},
        start_new_session=True,
    )
    while not (jobs := _jobs_of(process.pid)):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "interrupted; 0 of" in err
    assert psutil.wait_procs(jobs, timeout=HANGS)[1] == []


WITHOUT_COQ = [claim.id for claim in registry.claims() if not claim.coq]  # whose theorems would be audited first
HANGS = 600  # seconds on the wall after which a process that was killed is there for good


def _jobs_of(process):
    """The server of clean processes, the tracker of what they share, and the jobs themselves; none before there is a job."""
    family = psutil.Process(process).children(recursive=True)
    return family if any(child.ppid() != process for child in family) else []


@pytest.mark.parametrize("breakdown", [IntegrationFailed("the step is too small"), FloatingPointError("the gradient is inf")])
@pytest.mark.parametrize("command", ["simulate", "window"])
def test_a_run_that_breaks_down_is_one_line_and_status_2(capsys, monkeypatch, command, breakdown):
    def fail(*_, **__):
        raise breakdown

    monkeypatch.setattr(flow, "simulate", fail)
    status, out, err = run(capsys, command, *STEP4)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert str(breakdown) in err


def test_counts_of_the_command_line_are_those_of_the_library(capsys):
    assert document(capsys, "window", "--step", "10,3,1/5")["counts"] == list(step(10, 3, "1/5").per_class)


@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
def test_levels_that_are_exact_give_the_same_learning_times(capsys, loss):
    by_class, by_sample = (
        document(capsys, "simulate", "--step", "4,4", "--loss", loss, "--delta", "4", "--level", level) for level in ("class", "sample")
    )
    assert (by_class["level"], by_sample["level"]) == ("class", "sample")
    for kind in ("modes", "classes"):
        assert [one["learning_time"] for one in by_class[kind]] == pytest.approx(
            [one["learning_time"] for one in by_sample[kind]], rel=1e-8
        )


def test_escape_rates_of_three_groups_are_exact_where_counts_and_weights_are_rational(capsys):
    from sympy import CRootOf, Symbol, sqrt, sympify

    page = document(capsys, "derive", "squared", "--counts", "9,4,2,1,1")["step"]
    for rate in page["escape_rates"]:
        exact = sympify(rate["exact"], locals={"x": Symbol("x"), "CRootOf": CRootOf, "sqrt": sqrt})
        assert float(exact) == pytest.approx(rate["value"], rel=1e-15)
    assert sum(rate["multiplicity"] for rate in page["escape_rates"]) == 4


def test_a_device_that_is_not_there_is_one_line_though_a_progress_bar_was_due(capsys):
    pytest.importorskip("torch")
    status, out, err = run(capsys, "mnist", "--quick", "--device", "tpu")
    assert (status, out, err) == (2, "", "ufm: device='tpu' must be one of auto, cpu, cuda\n")


def test_a_long_run_that_is_refused_after_all_is_one_line_where_there_is_no_terminal(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)  # every run is long, and its bar was due

    def refused(*arguments, **options):
        raise InvalidInput("too large after all")

    monkeypatch.setattr(simulation, "document", refused)
    assert run(capsys, "simulate", *STEP4) == (2, "", "ufm: too large after all\n")


@pytest.mark.parametrize("arguments", [["--plot", "picture.xyz"], ["--fraction", "1"], ["--margin", "nan"], ["--time", "0"]])
def test_wrong_input_is_told_before_the_run(capsys, monkeypatch, tmp_path, arguments):
    def run_after_all(*arguments, **options):
        pytest.fail("it ran")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(flow.GroupedSystem, "run", run_after_all)
    assert run(capsys, "simulate", *STEP4, *arguments)[0] == 2


def test_the_help_loads_no_command_and_neither_sympy_nor_numpy():
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\nfrom proofs.cli import main\nstatus = main(['--help'])\n"
            "print(sorted({name.split('.')[0] for name in sys.modules} & {'sympy', 'numpy', 'matplotlib', 'torch'}))\n"
            "sys.exit(status)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines()[-1] == "[]"
    assert all(name in shown.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_a_command_in_the_help_is_the_first_of_its_own(name):
    command = loaded(name)
    assert command.name == name
    assert command.help.splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["windw", "--step", "4,10"], "window"),
        (["verify", "learning-tim"], "learning-time"),
        (["verify", "--theory", "network"], "networks"),
    ],
)
def test_an_unknown_name_gets_a_suggestion(capsys, arguments, meant):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert meant in err


def test_a_theory_can_be_judged_alone(capsys):
    status, out, _ = run(capsys, "verify", "--theory", "networks", "--list", "--json")
    assert status == 0
    assert {claim["id"] for claim in json.loads(out)["claims"]} == {
        claim.id for claim in (*trained_networks.CLAIMS, *predicted_networks.CLAIMS)
    }
