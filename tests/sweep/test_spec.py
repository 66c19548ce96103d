"""What a specification says: which runs, in which order, and one line for what is wrong with it."""

import json
import tomllib
from decimal import Decimal

import pytest

from proofs.cli import main
from proofs.store.dependencies import ROOT
from proofs.sweep import spec
from theory.exact import InvalidInput

BASE = {"counts": [4, 2, 1], "delta": 2}


def read(text):
    return spec.points(tomllib.loads(text, parse_float=Decimal))


def test_a_grid_has_all_combinations_and_its_last_key_is_the_fastest():
    points = read("[[grid]]\nstep = [[4, 10], [4, 100]]\ndelta = [4, 8.5]\ninit = 'random'\nseed = '0..2'\n")
    expected = [((r, r, 1, 1), delta, seed) for r in (10, 100) for delta in (4.0, 8.5) for seed in (0, 1, 2)]
    assert [(point.counts, point.delta, point.seed) for point in points] == expected


def test_the_values_of_a_list_stand_side_by_side_and_single_ones_are_for_all():
    points = read("delta = 3\n[[list]]\ncounts = [[8, 2], [9, 3, 1]]\nweight_exponent = ['1/2', '1']\nloss = 'cross-entropy'\n")
    assert [(point.counts, point.weighting, point.loss, point.delta) for point in points] == [
        ((8, 2), "1/2", "cross-entropy", 3.0),
        ((9, 3, 1), "1", "cross-entropy", 3.0),
    ]
    assert points[1].weights == (1 / 9, 1 / 3, 1.0)


def test_grids_come_before_lists_and_a_file_without_tables_is_a_grid():
    points = read("[[list]]\ncounts = [3, 1]\n[[grid]]\ncounts = [4, 1]\n[[grid]]\ncounts = [5, 1]\n")
    assert [point.counts for point in points] == [(4, 1), (5, 1), (3, 1)]
    assert [point.delta for point in read("counts = [3, 1]\ndelta = [1, 2]")] == [1.0, 2.0]


def test_a_table_replaces_what_the_whole_file_says():
    points = read("counts = [3, 1]\nclass_weight = 'balanced'\n[[grid]]\nstep = [2, 9]\nweight_exponent = 1\n[[grid]]\ndelta = 1\n")
    assert [(point.counts, point.weighting, point.delta) for point in points] == [((9, 1), "1", 8.0), ((3, 1), "balanced", 1.0)]


def test_weights_are_names_or_one_number_a_class():
    points = read("counts = [4, 1]\nclass_weight = ['none', [0.25, 2], 'sqrt']")
    assert [point.weights for point in points] == [(1.0, 1.0), (0.25, 2.0), (0.5, 1.0)]
    assert [point.weighting for point in points] == ["none", "0.25,2", "sqrt"]


def test_a_grid_goes_over_starts_and_seeds():
    points = read("[[grid]]\ncounts = [3, 1]\ninit = ['spectral', 'random']\nseed = '0..1'\n")
    assert [(point.init, point.seed) for point in points] == [("spectral", 0), ("spectral", 1), ("random", 0), ("random", 1)]


def test_the_example_is_read_and_has_every_kind_of_table():
    text = (ROOT / "examples" / "sweep.toml").read_text(encoding="utf-8")
    assert {"grid", "list"} <= tomllib.loads(text).keys()
    assert len(spec.read_points(ROOT / "examples" / "sweep.toml")) == 24 + 12 + 3


def test_the_example_of_rules_is_read_with_its_rules_layers_and_fixed_features():
    points = spec.read_points(ROOT / "examples" / "rules.toml")
    assert len(points) == 12 + 4 + 12 + 8 + 4
    assert {point.rule for point in points} == {"per-class-normalised", "spectral", "heavy-ball", "sgd", "flow"}
    assert {(point.depth, point.features) for point in points} == {(None, None), (2, None), (3, None), (None, "fixed")}


def test_floats_of_python_are_taken_where_a_value_is_measured():
    (point,) = spec.points({**BASE, "delta": 2.5, "time": 1e-3})
    assert (point.delta, point.time) == (2.5, 0.001)


WRONG = [
    ("", "no key given, and exactly one of counts, step, long_tailed is needed"),
    ("counts = [3, 1]\nstep = [2, 3]", "counts and step given"),
    ("counts = [3, 1]\nweight_exponent = 1\nclass_weight = 'none'", "at most one of weight_exponent, class_weight"),
    ("counts = [3, 1]\ndeltas = 8", "'deltas' is no key of a sweep (did you mean 'delta'?)"),
    ("[[grid]]\ncounts = [3, 1]\n[[grid]]\ncounts = [3, 1]\nlos = 'squared'", "[[grid]] 2: 'los' is no key of a sweep"),
    ("counts = [3, 1]\ndelta = []", "delta is an empty list"),
    ("counts = []", "counts is an empty list"),
    ("grid = []", "grid must be one or more tables"),
    ("grid = [1]", "[[grid]] 1: this is no table"),
    ("[grid]\ncounts = [3, 1]", "grid must be one or more tables"),
    ("[[list]]\ncounts = [3, 1]\ndelta = [1, 2]\nseed = [1, 2, 3]", "delta has 2, seed has 3: give as many of each"),
    ("counts = [3, 1]\ndelta = 'wide'", "delta='wide' must be an exact number"),
    ("counts = [3, 1]\ndelta = true", "delta=True must be an exact number"),
    ("counts = [3, 1]\ndelta = nan", "must be an exact number"),
    ("counts = [3, 1]\ndelta = 1e999999999", "at most 400 digits"),
    ("counts = [3, 1]\ndelta = '1e999'", "that a float can hold"),
    ("counts = [3, 1]\ndelta = -1", "delta=-1.0 must be > 0"),
    ("counts = [3, 1]\ndelta = [[1]]", "must be an exact number"),
    ("counts = [3, 1]\nseed = -1", "seed=-1 must be a whole number from 0 to"),
    ("counts = [3, 1]\nseed = '5..2'", "or a range such as"),
    ("counts = [3, 1]\nseed = 1.5", "seed=1.5 must be a whole number from 0 to"),
    ("counts = [3, 1]\nwidth = 0", "width=0 must be a whole number from 1 to"),
    ("counts = [5, 3, 1]\nwidth = 1", "narrower features cannot hold every mode"),
    ("counts = [3, 0]", "count=0 must be a whole number"),
    ("counts = [3, 1.5]", "count=1.5 must be a whole number"),
    ("counts = 3", "at least two are needed"),
    ("step = [4]", "step=[4] must be the number of classes and R, and p: write [10, 100]"),
    ("step = [[4, 10], 4]", "must be the number of classes and R"),
    ("step = [4, 0.5]", "must be ≥ 1"),
    ("counts = [3, 1]\nclass_weight = [1, 2, 3]", "are 3 for 2 classes"),
    ("counts = [3, 1]\nclass_weight = 'balance'", "did you mean balanced?"),
    ("counts = [3, 1]\nnormalization = 'sum'", "must be one of raw, mean, mass"),
    ("counts = [3, 1]\nloss = 'squard'", "did you mean 'squared'?"),
    ("counts = [3, 1]\nloss = 1", "loss=1 must be a text"),
    ("counts = [3, 1]\ninit = 'warm'", "init='warm' must be one of"),
    ("counts = [3, 1]\nrule = 'flo'", "rule='flo' is not known (did you mean 'flow'?)"),
    ("counts = [3, 1]\nrule = 'decay'", "write it as decay,W=1/2,H=1/2"),
    ("counts = [3, 1]\nrule = 'flow,W=1'", "write it as flow"),
    ("counts = [3, 1]\nrule = 'decay,W=a,H=1'", "W of rule decay='a' must be an exact number"),
    ("counts = [3, 1]\nlevel = 'deep'", "level='deep' must be one of"),
    ("counts = [3, 1]\nlevel = 3", "level=3 must be one of"),
    ("counts = [3, 1]\nrule = ['flow', 'spectral']\nstep_size = '1/500'", "step size belongs to a rule that goes in steps, and the rule"),
    ("counts = [3, 1]\nrule = 'spectral'\nstep_size = 0", "step size=0 must be > 0"),
    ("counts = [3, 1]\nrule = 'spectral'\nstep_size = 'small'", "step_size='small' must be an exact number"),
    ("counts = [3, 1]\nrule = 'sgd'\ndraw = 'even'", "draw='even' must be one of sampling, weights"),
    ("counts = [3, 1]\nrule = 'sgd'\ndraw = 1", "draw=1 must be a text"),
    ("counts = [3, 1]\ndepth = [2, 1]", "depth=1 must be a whole number ≥ 2"),
    ("counts = [3, 1]\ndepth = true", "depth=True must be a whole number ≥ 2"),
    ("counts = [3, 1]\ndepth = 2.5", "depth=2.5 must be a whole number ≥ 2"),
    ("counts = [3, 1]\nfeatures = 'free'", "features='free' must be 'fixed'"),
    ("counts = [3, 1]\nfeatures = 'fixed'\ndelta = 4", "features and delta do not go together"),
    ("[[grid]]\ncounts = [3, 1]\nrule = 'bias'\ninit = 'random'", "[[grid]] 1: bias and init do not go together"),
    ("counts = [3, 1]\nrule = 'decay,W=1,H=1'\ndepth = 3", "rule decay and depth do not go together: only the flow has it"),
    ("counts = [3, 1]\ntime = 0", "time=0 must be > 0"),
    ("counts = [3, 1]\nfraction = 1", "must lie strictly between 0 and 1"),
    ("counts = [3, 1]\nseed = '0..999'\ndelta = [" + "1," * 300 + "]", "has 300000 runs, and at most 200000 are made"),
    ("counts = [3, 1", "is not TOML"),
    ("counts = {a = 1}", "must be one number, or a text"),
    ("counts = [[[3, 1]]]", "must be one number, or a text"),
    ("counts = [3, 1]\nclass_weight = {a = 1}", "must be one number, or a text"),
    ("counts = [3, 1]\nnormalization = {a = 1}", "normalization={'a': 1} must be a text"),
    ("counts = [3, 1]\nseed = 9223372036854775808", "must be a whole number from 0 to 9223372036854775807"),  # no table could hold it
    ("step = [20_000, 1_000_000_000_000_000]", "samples=10000000000000010000 must be at most 9223372036854775807"),
    ("step = [4, 1000]\nweight_exponent = '1e9'", "weight exponent=1e9 must be at most 1000 in size"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_wrong_specification_ends_with_one_line_before_anything_runs(text, told, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    assert main(["sweep", "wrong.toml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert told in err
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.toml"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["absent.toml"], "'absent.toml' cannot be read (No such file or directory)"),
        (["."], "'.' cannot be read (Is a directory)"),
        (["binary.toml"], "'binary.toml' cannot be read (UnicodeDecodeError)"),
        (["right.toml", "--save", "table.xlsx"], "must end in .parquet or .csv"),
        (["right.toml", "--save", "absent/table.csv"], "cannot be written (No such file or directory)"),
        (["right.toml", "--processes", "0"], "Invalid value for '--processes'"),
        (["right.toml", "--processes", "2", "--scheduler", "tcp://127.0.0.1:1"], "do not go together"),
        (["right.toml", "--scheduler", "nowhere"], "scheduler='nowhere' does not answer"),
        ([], "Missing argument"),
    ],
)
def test_wrong_arguments_end_with_one_line(arguments, told, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("proofs.commands.sweep.CONNECT_SECONDS", 1)
    (tmp_path / "right.toml").write_text("counts = [3, 1]\ndelta = 2\n", encoding="utf-8")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    assert main(["sweep", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert told in err


def test_wrong_values_from_python_are_told_too():
    with pytest.raises(InvalidInput, match=r"weight exponent=0\.5 is a floating-point number"):
        spec.points({**BASE, "weight_exponent": 0.5})


def test_the_key_of_a_point_is_that_of_what_is_run(tmp_path, monkeypatch):
    """Every value that could change the row changes the key, and so does the source of a loss of one's own."""
    monkeypatch.chdir(tmp_path)
    changes = [
        {"counts": [4, 2, 2]}, {"delta": 3}, {"class_weight": "sqrt"}, {"class_weight": "sqrt", "normalization": "mean"},
        {"loss": "cross-entropy"}, {"init": "random"}, {"init": "random", "seed": 1}, {"width": 3}, {"rule": "decay,W=1/9,H=1/9"},
        {"level": "sample"}, {"time": 4}, {"fraction": "1/3"}, {"margin": "1/3"}, {"rule": "spectral"}, {"depth": 2}, {"depth": 3},
        {"rule": "spectral", "step_size": "1/99"}, {"rule": "heavy-ball"}, {"rule": "heavy-ball", "inertia": 2}, {"rule": "sgd"},
        {"rule": "sgd", "draw": "sampling"}, {"rule": "sgd", "seed": 1},
    ]  # fmt: skip
    keys = [spec.points({**BASE, **change})[0].key() for change in ({}, *changes)]
    assert len(set(keys)) == len(changes) + 1
    assert spec.points(json.loads(json.dumps(BASE)))[0].key() == keys[0]
