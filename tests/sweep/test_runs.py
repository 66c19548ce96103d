"""Sweeps that are run: the same rows on every executor, what survives an end in mid-run, and what the table holds."""

import csv
import json
import math
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import psutil
import pytest

import ufm
from proofs.cli import main
from proofs.store.dependencies import ROOT
from proofs.sweep import journal, rules, table, work
from proofs.sweep.points import result
from proofs.sweep.spec import points
from tests.tools.limits import within
from theory.data.weights import class_weights
from theory.exact import InvalidInput

SPEC = {
    "grid": [
        {"counts": [[5, 2], [6, 3, 1], [4, 4, 1, 1]], "class_weight": ["none", "sqrt"], "delta": [2, 4]},
        {"counts": [4, 2, 1], "loss": ["squared", "cross-entropy"], "init": "random", "delta": 1, "seed": [0, 1]},
    ],
    "list": [{"counts": [4, 1], "delta": [2, 3], "rule": ["flow", "decay,W=1/5,H=1/10"]}],
}
NOTHING_LEARNED = {"step": [4, 10], "delta": 4, "weight_exponent": "1/3", "time": 1}
HANGS = 300  # seconds on the wall after which a process that was told to end is there for good


@pytest.fixture(scope="module")
def plain():
    """The rows of the specification, one after the other in this process."""
    made = points(SPEC)
    return [{**point.settings(), **result(point)} for point in made]


class Backwards(Executor):
    """An executor that runs what it is given in this thread, the last first, when it is asked to wait."""

    def __init__(self):
        self.submitted = 0

    def submit(self, fn, /, *args, **kwargs):
        self.submitted += 1
        future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize(
    "make", [lambda: ThreadPoolExecutor(3), lambda: ProcessPoolExecutor(2), Backwards], ids=["threads", "processes", "this"]
)
@pytest.mark.parametrize("workers", [1, 3])
def test_any_executor_and_any_number_of_workers_give_the_same_rows(plain, make, workers, monkeypatch):
    monkeypatch.setattr(work, "TASK_SECONDS", 0.01)  # tasks give points back, so that who runs which is a matter of chance
    with make() as executor:
        found = ufm.sweep(SPEC, executor=executor, workers=workers)
    assert json.dumps(found.rows) == json.dumps(plain)  # of floats, JSON writes every bit
    assert found.kept == 0


def test_runs_of_one_process_are_made_one_after_the_other(monkeypatch):
    """Settings of SymPy, mpmath and BLAS are of the process: threads would change them under each other."""
    running, together = [], []

    def watched(experiment, reading):
        running.append(experiment)
        time.sleep(0.05)
        together.append(len(running))
        running.remove(experiment)
        return rules.gradient_flow(experiment, reading)

    monkeypatch.setitem(rules.RULES, "watched", watched)
    with ThreadPoolExecutor(4) as executor:
        ufm.sweep({"counts": [4, 1], "delta": [1, 2, 3, 4], "rule": "watched"}, executor=executor, workers=4)
    assert together == [1, 1, 1, 1]


def test_a_run_that_is_asked_for_twice_is_made_once_and_has_two_rows():
    executor = Backwards()
    found = ufm.sweep({"counts": [4, 1], "delta": [2, 3, 2]}, executor=executor, workers=1)
    assert [row["delta"] for row in found.rows] == [2.0, 3.0, 2.0]
    assert found.rows[0] == found.rows[2]
    assert executor.submitted == 2


def test_by_default_processes_of_this_machine_run_it(plain):
    seen = []
    found = ufm.sweep(SPEC, workers=2, progress=lambda done, total: seen.append((done, total)))
    assert json.dumps(found.rows) == json.dumps(plain)
    assert seen[0] == (0, len(plain))
    assert seen[-1] == (len(plain), len(plain))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert str(found) == f"Sweep({len(plain)} runs: {len(plain)} learned)"


def test_a_row_is_the_run_of_simulate(plain):
    row = plain[3]
    counts = ufm.counts.explicit([5, 2])
    weights = tuple(float(weight) for weight in class_weights(counts, "sqrt", "raw"))
    run = ufm.simulate(ufm.Experiment(counts, weights, ufm.losses.loss_named("squared"), 4.0))
    assert (row["counts"], row["weighting"], row["delta"], row["width"]) == ("1 × 5, 1 × 2", "sqrt", 4.0, 1)
    assert row["mode_times"] == list(ufm.measure.mode_learning_times(run))
    assert row["class_times"] == list(ufm.measure.class_learning_times(run))
    assert (row["time"], row["ends"], row["level"]) == (run.t[-1], "learned", "class")


def test_the_rule_of_a_row_is_what_moves_it(plain):
    flow, decay = plain[-2:]
    assert (flow["rule"], decay["rule"]) == ("flow", "decay,W=1/5,H=1/10")
    (slower,) = ufm.sweep({"counts": [4, 1], "delta": 3, "rule": "flow"}, executor=Backwards()).rows
    assert decay["mode_times"][0] > 1.05 * slower["mode_times"][0]


def test_the_bias_rule_is_the_run_of_simulate_with_a_bias(capsys):
    (row,) = ufm.sweep({"counts": [4, 1, 1], "delta": 2, "rule": "bias", "loss": "cross-entropy"}, executor=Backwards()).rows
    assert main(["simulate", "--bias", "--counts", "4,1,1", "--delta", "2", "--loss", "cross-entropy", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert row["mode_times"] == [mode["learning_time"] for mode in told["modes"]]
    assert row["class_times"][0] == told["classes"][0]["learning_time"]
    assert (row["ends"], row["time"], row["loss_final"]) == (told["ends"], told["time"], told["loss_final"])


LIKE_SIMULATE = [
    ({"rule": "spectral"}, ("--rule", "spectral")),
    (
        {"rule": "sign", "init": "random", "seed": 2, "step_size": "1/80"},
        ("--rule", "sign", "--init", "random", "--seed", "2", "--step-size", "1/80"),
    ),
    ({"rule": "per-class-normalised", "step_size": "1/200"}, ("--rule", "per-class-normalised", "--step-size", "1/200")),
    ({"rule": "heavy-ball", "inertia": 2}, ("--rule", "heavy-ball", "--inertia", "2")),
    ({"rule": "sgd", "draw": "sampling", "seed": 5}, ("--rule", "sgd", "--draw", "sampling", "--seed", "5")),
    ({"depth": 3}, ("--depth", "3")),
    ({"features": "fixed"}, ("--features", "fixed")),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "options"), LIKE_SIMULATE, ids=[" ".join(options) for _, options in LIKE_SIMULATE])
def test_another_rule_or_model_is_the_run_of_simulate(asked, options, capsys):
    start = {} if "features" in asked else {"delta": 2}
    (row,) = ufm.sweep({"counts": [4, 1, 1], **start, **asked, "loss": "cross-entropy"}, executor=Backwards()).rows
    delta = ["--delta", "2"] if start else []
    assert main(["simulate", "--counts", "4,1,1", *delta, "--loss", "cross-entropy", *options, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert row["mode_times"] == [mode["learning_time"] for mode in told["modes"]]
    each = zip(row["class_times"], row["class_multiplicities"], strict=True)
    assert [time for time, number in each for _ in range(number)] == [one["learning_time"] for one in told["classes"]]
    assert (row["ends"], row["time"], row["loss_final"]) == (told["ends"], told["time"], told["loss_final"])
    assert [row[key] for key in ("delta", "init", "step_size", "draw")] == [told.get(key) for key in ("delta", "init", "step_size", "draw")]
    assert row["ends"] == "learned"


def test_rules_and_models_are_swept_over_each_other_and_finished_ones_are_not_run_again(tmp_path):
    """Rules, counts, weights, δ, losses, starts, seeds, steps and depths, on two executors, and a second time from what is kept."""
    everything = {
        "loss": ["squared", "cross-entropy"],
        "grid": [
            {
                "counts": [[4, 1], [3, 2, 1]], "weight_exponent": [0, "1/2"], "delta": 2,
                "rule": ["spectral", "per-class-normalised", "heavy-ball"], "step_size": ["1/100", "1/50"],
            },
            {"counts": [4, 1], "delta": [1, 2], "rule": ["sgd", "sign"], "init": "random", "seed": [1, 2], "step_size": "1/100"},
            {"counts": [4, 1], "delta": [1, 2], "depth": [2, 3]},
            {"counts": [4, 1], "features": "fixed"},
        ],
    }  # fmt: skip
    first = ufm.sweep(everything, executor=Backwards(), save=tmp_path / "table.csv")
    assert [row["step_size"] for row in first.rows[:4]] == [0.01, 0.02, 0.01, 0.02]
    assert first.ends == {"learned": len(first.rows)}
    with ThreadPoolExecutor(2) as executor:
        assert json.dumps(ufm.sweep(everything, executor=executor, workers=2).rows) == json.dumps(first.rows)
    again = Backwards()
    found = ufm.sweep(everything, executor=again, save=tmp_path / "table.csv")
    assert (json.dumps(found.rows), found.kept, again.submitted) == (json.dumps(first.rows), len(first.rows), 0)


def test_a_run_in_steps_that_is_not_true_is_refused_in_its_row_and_leaves_the_others():
    asked = {"counts": [4, 1], "delta": 4, "init": "random", "rule": "spectral", "step_size": ["1/500", "1/10"]}
    fine, refused = ufm.sweep(asked, executor=Backwards()).rows
    assert (fine["ends"], refused["ends"], refused["step_size"]) == ("learned", "refused", 0.1)
    assert refused["why"].startswith("step size=0.1 must be at most 0.004579")


def test_a_new_rule_is_one_function_and_one_line(monkeypatch):
    def twice_as_slow(experiment, reading, *, by):
        outcome = rules.gradient_flow(experiment, reading)
        return rules.Outcome(**{**vars(outcome), "mode_times": tuple(by * time for time in outcome.mode_times)})

    monkeypatch.setitem(rules.RULES, "slow", twice_as_slow)
    spec = {"counts": [4, 1], "delta": 2}
    (plain,), (slow,) = (ufm.sweep({**spec, "rule": rule}, executor=Backwards()).rows for rule in ("flow", "slow,by=3"))
    assert slow["mode_times"] == [3 * time for time in plain["mode_times"]]


def test_classes_that_stand_together_and_learn_together_are_one_entry():
    (row,) = ufm.sweep({"counts": [1, 4, 4, 1], "delta": 2}, executor=Backwards()).rows
    assert (row["class_counts"], row["class_multiplicities"]) == ([1, 4, 1], [1, 2, 1])
    assert row["class_times"][0] == row["class_times"][2] > row["class_times"][1]
    assert row["counts"] == "1 × 1, 2 × 4, 1 × 1"


# -- runs without a result -------------------------------------------------------------------


def test_a_run_that_is_refused_says_why_and_the_others_go_on(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.toml").write_text(
        'counts = [4, 1]\n[[grid]]\ndelta = 2\n[[grid]]\ndelta = 2\ninit = "random"\nlevel = "class"\n', encoding="utf-8"
    )
    assert main(["sweep", "some.toml", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["ends"] == {"learned": 1, "refused": 1}
    assert found["without_result"][0]["row"] == 1
    assert "level='class' needs features that start equal" in found["without_result"][0]["why"]
    with open(tmp_path / "some.csv", encoding="utf-8", newline="") as file:
        learned, refused = csv.DictReader(file)
    assert learned["why"] == refused["mode_times"] == ""
    assert refused["why"] == found["without_result"][0]["why"]


BREAKS = """
import multiprocessing, os
from theory.losses.squared import Squared

class Deadly(Squared):
    name = "deadly"

    def sample_loss(self, logits, label, counts):
        if multiprocessing.parent_process() is not None:
            os._exit(9)
        return super().sample_loss(logits, label, counts)
"""


@pytest.fixture
def deadly(tmp_path, monkeypatch):
    """A loss that ends the process that runs it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "breaking.py").write_text(BREAKS, encoding="utf-8")
    yield "breaking:Deadly"
    sys.modules.pop("breaking", None)


def test_a_run_that_ends_its_process_is_told_and_no_other_is_lost(deadly, plain, tmp_path):
    spec = {**SPEC, "grid": [{"counts": [3, 1], "delta": 2, "loss": [deadly, "squared"]}, *SPEC["grid"]]}
    found = ufm.sweep(spec, workers=2, save=tmp_path / "rows.csv")
    assert found.rows[0]["ends"] == "failed"
    assert found.rows[0]["why"].startswith("BrokenProcessPool: ")
    assert found.rows[1]["ends"] == "learned"
    assert json.dumps(found.rows[2:]) == json.dumps(plain)


def test_the_exit_status_of_a_failed_run_is_1(deadly, tmp_path, capsys):
    (tmp_path / "some.toml").write_text(f'counts = [4, 1]\ndelta = 2\nloss = "{deadly}"\n', encoding="utf-8")
    assert main(["sweep", "some.toml"]) == 1
    out = capsys.readouterr().out
    assert "1 runs: 1 failed" in out
    assert "row 0 failed: BrokenProcessPool" in out


def test_an_executor_of_the_callers_that_breaks_is_his_to_mend():
    class Broken(Backwards):
        def submit(self, fn, /, *args, **kwargs):
            raise BrokenExecutor("it is broken")

    with within(60), pytest.raises(BrokenExecutor, match="only who made it"):
        ufm.sweep(SPEC, executor=Broken())


# -- what is kept ----------------------------------------------------------------------------


def test_what_was_run_is_not_run_again_and_what_is_new_is(plain, tmp_path):
    first = ufm.sweep({"grid": SPEC["grid"]}, executor=Backwards(), save=tmp_path / "rows.csv")
    none, executor = Backwards(), Backwards()
    assert ufm.sweep({"grid": SPEC["grid"]}, executor=none, save=tmp_path / "rows.csv").rows == first.rows
    assert none.submitted == 0
    more = ufm.sweep(SPEC, executor=executor, save=tmp_path / "rows.csv")
    assert (more.kept, executor.submitted) == (len(first.rows), 2)
    assert json.dumps(more.rows) == json.dumps(plain)


def test_a_changed_value_takes_no_row_over_that_means_something_else(tmp_path):
    ufm.sweep({"counts": [4, 1], "delta": 2}, executor=Backwards(), save=tmp_path / "rows.csv")
    for change in ({"delta": 3}, {"rule": "decay,W=1/5,H=1/5"}, {"fraction": "1/3"}, {"normalization": "mean", "class_weight": "sqrt"}):
        assert ufm.sweep({"counts": [4, 1], "delta": 2, **change}, executor=Backwards(), save=tmp_path / "rows.csv").kept == 0


def test_a_changed_source_of_an_own_loss_takes_no_row_over(tmp_path):
    """In processes of their own: a module is read once in each."""
    script = "import ufm; print(ufm.sweep({'counts': [4, 1], 'delta': 2, 'loss': 'mine:Mine'}, workers=1, save='rows.csv').kept)"
    text = "from theory.losses.squared import Squared\n\nclass Mine(Squared):\n    name = 'mine'\n"
    kept = []
    for change in ("", "", "    scale = 2\n"):
        (tmp_path / "mine.py").write_text(text + change, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        kept.append(int(done.stdout))
    assert kept == [0, 1, 0]


def test_a_line_that_was_not_written_whole_is_run_again(plain, tmp_path):
    path = tmp_path / "rows.csv"
    ufm.sweep(SPEC, executor=Backwards(), save=path)
    notes = tmp_path / "rows.csv.journal"
    whole = notes.read_bytes()
    for damaged in (whole[:-1], whole[:-40], whole + b'["half', whole + b"\xff\xfe\n", whole + b"[1, 2]\n", whole + b"3\n"):
        notes.write_bytes(damaged)
        found = ufm.sweep(SPEC, executor=Backwards(), save=path)
        assert json.dumps(found.rows) == json.dumps(plain)
        assert found.kept == len(plain) - (not damaged.startswith(whole))
        assert sorted(notes.read_bytes().splitlines()) == sorted(whole.splitlines())


def test_one_sweep_at_a_time_writes_a_table(tmp_path):
    with journal.opened(tmp_path / "rows.csv.journal"), pytest.raises(InvalidInput, match="in use by another sweep"):
        ufm.sweep(SPEC, executor=Backwards(), save=tmp_path / "rows.csv")


@pytest.mark.parametrize("content", [b"my notes\n", b"[1, 2]\n", b"\x00"])
def test_a_file_that_is_no_journal_is_left_alone(tmp_path, content):
    notes = tmp_path / "rows.csv.journal"
    notes.write_bytes(content)
    with pytest.raises(InvalidInput, match="holds something else than results"):
        ufm.sweep(SPEC, executor=Backwards(), save=tmp_path / "rows.csv")
    assert notes.read_bytes() == content


def test_what_was_appended_outlives_the_process(tmp_path):
    """It is in the file, and in no buffer of this process."""
    path = tmp_path / "rows.csv.journal"
    with journal.opened(path) as notes:
        notes.append({"a key": {"time": 0.1}})
        assert json.loads(path.read_bytes()) == ["a key", {"time": 0.1}]
        notes.append({"another": {"time": None}})
    with journal.opened(path) as notes:
        assert notes.kept == {"a key": {"time": 0.1}, "another": {"time": None}}


LONG = """
[[grid]]
step = [4, 10]
weight_exponent = ["0", "1/2", "1"]
init = "random"
delta = 2
seed = "0..19"
"""


def until(found, process):
    """Wait until something is found; the process must not end before."""
    start = time.monotonic()
    while not (seen := found()):
        assert process.poll() is None, "it ended before it was stopped"
        assert time.monotonic() - start < HANGS
        time.sleep(0.01)
    return seen


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_finished_rows_survive_the_end_of_the_process(how, tmp_path):
    (tmp_path / "long.toml").write_text(LONG, encoding="utf-8")
    command = [sys.executable, "-m", "proofs", "sweep", "long.toml", "--processes", "2", "--json"]
    settings = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(ROOT)}, "text": True}
    stopped = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings, start_new_session=True)
    notes = tmp_path / "long.csv.journal"
    until(lambda: notes.exists() and len(notes.read_bytes().splitlines()) >= 3, stopped)
    family = psutil.Process(stopped.pid).children(recursive=True)
    assert family
    if how == signal.SIGINT:
        os.killpg(stopped.pid, how)  # as a terminal sends it: to all of them
    else:
        stopped.kill()
    out, err = stopped.communicate(timeout=HANGS)
    assert out == ""
    if how == signal.SIGINT:
        assert stopped.returncode == 130
        assert err.count("\n") == 1
        assert "of 60 runs are kept in long.csv.journal, and the same command goes on from there" in err
    assert psutil.wait_procs(family, timeout=HANGS)[1] == [], "a process of the sweep outlives it"
    assert not (tmp_path / "long.csv").exists()
    kept = len(notes.read_bytes().splitlines())
    again = json.loads(subprocess.run(command, capture_output=True, check=True, **settings).stdout)
    assert 3 <= kept <= again["kept"] + 1 < 60
    whole = tmp_path / "whole"
    whole.mkdir()
    subprocess.run([*command[:4], "../long.toml"], capture_output=True, check=True, **{**settings, "cwd": whole})
    assert (tmp_path / "long.csv").read_bytes() == (whole / "long.csv").read_bytes()


# -- the table -------------------------------------------------------------------------------


def test_both_tables_hold_every_bit_of_the_rows(plain, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [*plain, {**plain[0], **result(points(NOTHING_LEARNED)[0])}]
    assert None in rows[-1]["mode_times"]
    for name in ("rows.csv", "rows.parquet"):
        table.write(tmp_path / name, rows)
    wanted = [{name: row.get(name) for name in table.COLUMNS} for row in rows]
    assert parquet.read_table(tmp_path / "rows.parquet").to_pylist() == wanted
    with open(tmp_path / "rows.csv", encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    for found, row in zip(read, wanted, strict=True):
        for name, kind in table.COLUMNS.items():
            match kind:
                case table.TEXT:
                    value = found[name] or None
                case table.WHOLE | table.REAL:
                    value = float(found[name]) if found[name] else None
                case _:
                    value = json.loads(found[name])
            assert value == row[name], name


def test_every_column_of_a_row_has_its_place(plain):
    assert all(row.keys() <= table.COLUMNS.keys() for row in plain)
    assert plain[0].keys() == table.COLUMNS.keys()
    assert all(math.isfinite(row["loss_final"]) for row in plain)


def test_a_table_is_whole_or_not_there(plain, tmp_path):
    table.write(tmp_path / "rows.csv", plain)
    before = (tmp_path / "rows.csv").read_bytes()
    with pytest.raises(AttributeError):
        table.write(tmp_path / "rows.csv", [plain[1], None])
    assert (tmp_path / "rows.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


def test_without_pyarrow_a_parquet_table_is_refused_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InvalidInput, match=r"pip install 'ufm-verifier\[parquet\]'"):
        ufm.sweep(SPEC, executor=Backwards(), save=tmp_path / "rows.parquet")
    assert list(tmp_path.iterdir()) == []
