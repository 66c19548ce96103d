"""Advice: the steps it predicts are those of a torch loop, its weights those of the libraries, its code runs."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from numerics.stability import largest_curvature
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from numerics.unconstrained_features.flow import simulate
from proofs.advise.advice import advise, assumed_delta, compute_class_weight, compute_sample_weight, read_repeats
from proofs.advise.conventions import EMITTERS
from proofs.cli import main
from proofs.commands.options import read_switch
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named

STEP_ERROR = 0.03  # of a count of steps: steps of 1/100 of the fastest time, and margins read at whole steps
COUNTS = ClassCounts((30, 12, 3))


def trained(advice, choice, reduction, most=20_000, switch=None):
    """Steps until each class has the margin, by plain gradient descent of free features in torch, float64."""
    torch = pytest.importorskip("torch", reason="the loop is torch's")
    setting, counts = advice.setting, advice.setting.counts
    labels = torch.tensor(counts.labels)
    W, H = (
        torch.tensor(part, requires_grad=True)
        for part in initial_W_and_H(Experiment(counts, advice[choice].weights, setting.loss, setting.delta))
    )
    weight = advice[choice].weight_tensor(dtype=torch.float64)
    mean = {"torch-mean": lambda each: each.sum() / weight[labels].sum(), "torch-sum": torch.sum, "keras": torch.mean}[reduction]
    onehot = torch.nn.functional.one_hot(labels, counts.c).to(torch.float64)
    found = [None] * counts.c
    for step in range(1, most):
        if switch is not None and step == switch[0] + 1:
            weight = torch.tensor(switch[1], dtype=torch.float64)
        logits = (W @ H).T
        if setting.loss.name == "cross-entropy":
            each = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
        else:
            each = ((onehot - 1 / counts.c - logits) ** 2).sum(dim=1) / 2
        grads = torch.autograd.grad(mean(each * weight[labels]), (W, H))
        with torch.no_grad():
            for part, grad in zip((W, H), grads, strict=True):
                part -= setting.learning_rate * grad
            logits = (W @ H).T
            margins = logits[range(counts.n), labels] - logits.masked_fill(onehot.bool(), -math.inf).max(dim=1).values
            for j in range(counts.c):
                if found[j] is None and margins[labels == j].min() >= 0.5:
                    found[j] = step
        if None not in found:
            return found
    raise AssertionError(f"not all classes are learned: {found}")


@pytest.mark.parametrize("reduction", ["torch-mean", "torch-sum", "keras"])
@pytest.mark.parametrize("loss", ["cross-entropy", "squared"])
@pytest.mark.parametrize("choice", ["none", "sqrt", "balanced"])
def test_predicted_steps_are_those_of_a_torch_loop(loss, choice, reduction):
    rate = {"torch-mean": 0.15, "torch-sum": 0.15 / COUNTS.n, "keras": 0.15}[reduction]
    advice = advise(counts=COUNTS, criterion=loss, lr=rate, reduction=reduction, delta=2.0, compare=[choice])
    assert trained(advice, choice, reduction) == pytest.approx(advice.records[0]["class_steps"], rel=STEP_ERROR)


def test_weights_that_are_switched_on_later_are_followed():
    advice = advise(counts=COUNTS, lr=0.15, delta=2.0, compare=["none", "balanced"], switch=(60, "balanced"))
    later = advice.records[-1]
    assert later["weighting"] == "none, balanced from step 60"
    found = trained(advice, "none", "torch-mean", switch=(60, advice["balanced"].weights))
    assert found == pytest.approx(later["class_steps"], rel=STEP_ERROR)
    assert later["differs_from_step"] >= 60
    assert advice.records[0]["steps_rarest"] > later["steps_rarest"] > advice.records[1]["steps_rarest"]


def test_copies_of_a_sample_act_as_its_weight():
    """An over-sampler that shows each sample k times, against weights k: the same steps, order and rates."""
    copies = (1.0, 2.0, 10.0)
    sampled = advise(counts=COUNTS, reduction="torch-sum", lr=0.01, compare=["none"], repeats=copies).records[0]
    weighted = advise(counts=COUNTS, reduction="torch-sum", lr=0.01, compare=["1,2,10"]).records[0]
    assert sampled["order"] == weighted["order"]
    # `torch-sum` hands over weights of mass n, which the copies of the sampler are not.
    scale = COUNTS.n / float(np.dot(COUNTS.per_class, copies))
    assert np.array(sampled["class_steps"]) == pytest.approx(scale * np.array(weighted["class_steps"]), rel=1e-6)
    assert read_repeats("repeat:balanced", COUNTS) == pytest.approx((1.0, 2.5, 10.0))
    assert read_repeats("repeat:1,3/2,2", COUNTS) == (1.0, 1.5, 2.0)


def test_the_stretch_in_which_weights_matter_ends_where_the_runs_meet_again():
    advice = advise(counts=COUNTS, criterion="squared", delta=4.0, differ=0.1)
    plain, row = advice.plain, advice.rows[1]
    since, until = row.differs_from(plain)

    def apart(step):
        from numerics.unconstrained_features import measure

        each = [np.minimum(measure.margins(one.run, min(step * one.step, one.run.t[-1])), 0.5) for one in (row, plain)]
        return np.abs(each[0] - each[1]).max()

    assert apart(0.99 * since) < 0.1 <= apart(since)
    assert apart(until) >= 0.1 > apart(1.01 * until)
    assert plain.differs_from(plain) is None


def test_the_largest_learning_rate_is_where_descent_stops_being_stable():
    advice = advise(counts=COUNTS, criterion="squared", reduction="torch-sum", lr=0.01, compare=["none"], delta=2.0)
    largest = advice.records[0]["largest_learning_rate"]
    from numerics.unconstrained_features.descent import descend

    experiment = Experiment(COUNTS, advice["none"].weights, loss_named("squared"), 2.0)
    assert np.isfinite(descend(experiment, step_size=0.9 * largest, steps=400).margins).all()
    last = descend(experiment, step_size=0.9 * largest, steps=400).margins[-1]
    assert last == pytest.approx(np.ones(3), abs=1e-6)
    try:
        swinging = descend(experiment, step_size=1.2 * largest, steps=400).margins[-1]
    except InvalidInput:
        return  # it diverges
    assert np.abs(swinging - 1).max() > 0.01


@pytest.mark.parametrize("counts", [(5, 2), (9, 4, 1)])
def test_the_curvature_at_the_fitted_state_is_twice_the_largest_singular_value(counts):
    """Free features, squared loss, no weights: the Hessian at W = UΣ^½, H = Σ^½Vᵀ has the eigenvalues σ_i + σ_j."""
    numbers = ClassCounts(counts)
    run = simulate(Experiment(numbers, (1.0,) * numbers.c, loss_named("squared"), 3.0), time=40.0)
    sigma = np.linalg.svd(run.logits(40.0), compute_uv=False)[0]
    assert largest_curvature(run.system, next(iter(run.path.states(np.array([40.0]))))) == pytest.approx(2 * sigma, rel=1e-5)


def test_labels_come_in_many_forms():
    labels = [0, 0, 1, 2, 2, 2]
    torch = pytest.importorskip("torch", reason="labels may be torch's")
    for form in (labels, np.array(labels), torch.tensor(labels), np.array(labels, dtype=float), tuple(labels)):
        assert advise(form, compare=["none"]).setting.counts.per_class == (2, 1, 3)
    assert advise(counts=[2, 1, 3], compare=["none"]).setting.counts.per_class == (2, 1, 3)
    assert math.exp(-2 * assumed_delta()) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: advise([0, 2]), "never hold 1"),
        (lambda: advise([0, -1, 1]), "hold -1"),
        (lambda: advise([0, 1, 10**9]), "hold 1000000000"),
        (lambda: advise([0.5, 1.0]), "hold 0.5"),
        (lambda: advise([0.0, float("nan")]), "hold nan"),
        (lambda: advise([]), "are empty"),
        (lambda: advise([[0, 1], [1, 0]]), "have 2 dimensions"),
        (lambda: advise(["cat", "dog"]), "no whole number"),
        (lambda: advise([0, 0]), "at least two"),
        (lambda: advise(counts=[3.5, 1]), "floating-point"),
        (lambda: advise(), "labels or counts"),
        (lambda: advise([0, 1], counts=[1, 1]), "labels or counts"),
        (lambda: advise([0, 1], lr=0.0), "lr=0.0"),
        (lambda: advise([0, 1], lr=float("nan")), "lr=nan"),
        (lambda: advise([0, 1], batch=3), "batch=3"),
        (lambda: advise([0, 1], reduction="mean"), "reduction='mean'"),
        (lambda: advise([0, 1], compare=[]), "compare is empty"),
        (lambda: advise([0, 1], compare=["inverse_sqrt"]), "did you mean sqrt"),
        (lambda: advise([0, 1], compare=["nan,1"]), "class weight"),
        (lambda: advise([0, 1], repeats=[1.0]), "repeats"),
        (lambda: read_repeats("copies:2", COUNTS), "sampler"),
        (lambda: read_switch("later:sqrt"), "switch"),
        (lambda: advise([0, 1], switch=(0, "sqrt")), "switch=0"),
        (lambda: advise([0, 1])["balancedd"], "balancedd"),
    ],
)
def test_wrong_input_is_one_line(call, message):
    with pytest.raises((InvalidInput, KeyError)) as refusal:
        call()
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_weights_are_those_of_the_libraries():
    labels = [0] * 6 + [1] * 3 + [2]
    advice = advise(labels, reduction="sklearn", compare=["balanced", "sqrt"])
    assert advice["balanced"].class_weight == pytest.approx({0: 10 / 18, 1: 10 / 9, 2: 10 / 3})  # n/(c n_j), as scikit-learn has it
    assert advice["balanced"].sample_weight([2, 0, 1]) == pytest.approx([10 / 3, 10 / 18, 10 / 9])
    assert compute_class_weight("balanced", classes=["a", "b"], y=["b", "a", "b", "b"]) == pytest.approx([2, 2 / 3])
    assert compute_class_weight({"a": 5}, classes=["a", "b"], y=["a", "b"]) == pytest.approx([5, 1])
    assert compute_class_weight(None, classes=[0, 1], y=[0, 1, 1]) == pytest.approx([1, 1])
    assert compute_sample_weight("sqrt", ["b", "a", "b"]) == pytest.approx([2**-0.5, 1, 2**-0.5])
    mass = np.dot(advice["sqrt"].weights, (6, 3, 1))
    assert mass == pytest.approx(10)
    assert np.sum(advise(labels, reduction="torch-mean", compare=["sqrt"])["sqrt"].weights) == pytest.approx(3)


@pytest.mark.parametrize("library", ["torch", "sklearn", "keras"])
def test_emitted_code_runs_as_it_stands(library, capsys):
    assert main(["advise", "--counts", "6,3,1", "--compare", "balanced", "--emit", library]) == 0
    code = capsys.readouterr().out
    if library == "torch":
        torch = pytest.importorskip("torch", reason="the code is torch's")
    names: dict = {}
    exec(compile(code, library, "exec"), names)
    advice = advise(counts=(6, 3, 1), compare=["balanced"])
    if library == "torch":
        assert names["weight"].tolist() == pytest.approx(list(advice["balanced"].weights), rel=1e-5)
        loss = names["criterion"](torch.zeros(3, 3), torch.tensor([0, 1, 2]))
        assert float(loss) == pytest.approx(math.log(3), rel=1e-6)
    else:
        assert names["class_weight"] == pytest.approx(advice["balanced"].class_weight, rel=1e-5)


def test_emitted_code_for_a_trainer_is_python_that_subclasses_it():
    code = EMITTERS["hf"]([1.0, 2.0])
    names: dict = {}
    pytest.importorskip("torch", reason="the code is torch's")
    stub = type("transformers", (), {"Trainer": type("Trainer", (), {})})
    import sys

    before = sys.modules.get("transformers")
    sys.modules["transformers"] = stub
    try:
        exec(compile(code, "hf", "exec"), names)
    finally:
        if before is None:
            del sys.modules["transformers"]
        else:
            sys.modules["transformers"] = before
    torch = names["torch"]
    outputs = type("Outputs", (), {"logits": torch.zeros(2, 2)})()
    loss = names["WeightedTrainer"]().compute_loss(lambda **kept: outputs, {"labels": torch.tensor([0, 1])})
    assert float(loss) == pytest.approx(math.log(2), rel=1e-6)


def test_the_command_reads_files_and_prints_one_document(tmp_path, capsys):
    np.save(tmp_path / "y.npy", np.array([0, 0, 0, 1, 2, 2]))
    (tmp_path / "y.csv").write_text("id,animal\n1,dog\n2,cat\n3,dog\n4,dog\n5,emu\n6,emu\n")
    found = []
    for source in ("y.npy", "y.csv:animal"):
        assert main(["advise", "--labels", str(tmp_path / source), "--json", "--compare", "none,sqrt"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["counts"] == [3, 1, 2]
    assert found[1]["counts"] == [1, 3, 2]  # cat, dog, emu
    assert [record["weighting"] for record in found[0]["weightings"]] == ["none", "sqrt"]
    for missing in ("absent.npy", "y.txt", "y.csv:plant"):
        assert main(["advise", "--labels", str(tmp_path / missing)]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "Traceback" not in error


def test_a_claim_is_named_only_for_the_loss_that_it_speaks_of():
    squared, other, none = (
        advise(counts=(9, 3, 1), criterion=loss, compare=["none"]).rests_on for loss in ("squared", "cross-entropy", "ldam")
    )
    assert squared["escape_rates"] == {"claim": "escape-rates", "verdict": "PROVED"}
    assert other.keys() == {"weights", "networks"}
    assert other["weights"]["claim"] == "cross-entropy-flat-iff-inverse-square-root"
    assert none.keys() == {"networks"}


def test_two_classes_and_networks_are_spoken_of(capsys):
    assert main(["advise", "--counts", "90,10", "--compare", "none,balanced"]) == 0
    text = capsys.readouterr().out
    assert "nothing to equalise" in text
    assert "In trained networks" in text
    assert "nothing to equalise" not in " ".join(advise(counts=(9, 3, 1), compare=["none"]).notes)
    advice = advise(counts=(9, 3, 1), compare=["none", "sqrt"])
    assert all(f">{one}<" in advice._repr_html_() for one in ("none", "sqrt", "steps all"))
    assert repr(advice) == "Advice(none, sqrt; 3 classes, cross-entropy)"
    assert len(advice.plot().lines) == 2


def test_simulate_switches_weights_when_advice_does(capsys):
    """Advice counts steps of a mean, simulate flow time of a sum: the same run."""
    advice = advise(counts=COUNTS, lr=0.1, reduction="torch-sum", delta=2.0, compare=["none"], switch=(10, "sqrt"))
    expected = [0.1 * step for step in advice.records[-1]["class_steps"]]
    given = ["--counts", "30,12,3", "--loss", "cross-entropy", "--delta", "2", "--normalization", "mean", "--json"]
    assert main(["simulate", *given, "--switch", "1:sqrt"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["switched_at"] == 1.0
    assert [each["learning_time"] for each in document["classes"]] == pytest.approx(expected, rel=1e-9)
    assert document["time"] > max(each["learning_time"] for each in document["modes"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--switch", "1"], "must say when and which weights"),
        (["--switch", "soon:sqrt"], "must say when and which weights"),
        (["--switch", "2:sqrt", "--time", "1"], "must be after the switch"),
        (["--switch", "2:sqrt", "--save", "x.npz"], "do not go together"),
        (["--switch", "2:sqrt", "--init", "random"], "must be 'class'"),
        (["--switch", "0:sqrt"], "must be finite and > 0"),
    ],
)
def test_a_switch_of_simulate_that_is_none_ends_with_one_line(capsys, given, told):
    assert main(["simulate", "--counts", "6,3", "--delta", "2", *given]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert told in err
