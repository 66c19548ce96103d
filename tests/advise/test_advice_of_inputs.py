"""Advice where the data constrain the features, with an output bias and weight decay: its steps are those of a torch loop."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from numerics.constrained_features.inputs import block_gram, inputs_of
from proofs.advise.advice import advise
from proofs.cli import main
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

STEP_ERROR = 0.03  # of a count of steps: steps of 1/100 of the fastest time, and margins read at whole steps
COUNTS = ClassCounts((6, 6, 2, 2))
DELTA = 2.0


def trained(advice, choice, X, most=20_000):
    """Steps until each class has the margin: plain gradient descent on L = WVX (+ b1ᵀ), all samples, float64."""
    torch = pytest.importorskip("torch", reason="the loop is torch's")
    setting, counts = advice.setting, advice.setting.counts
    Z = np.eye(counts.c)[:, list(counts.labels)] - 1 / counts.c
    U, _, St = np.linalg.svd(Z @ X.T, full_matrices=False)
    W, V, b = (
        torch.tensor(part, requires_grad=True)
        for part in (math.exp(-DELTA) * U[:, : counts.c - 1], math.exp(-DELTA) * St[: counts.c - 1], np.zeros((counts.c, 1)))
    )
    inputs, labels = torch.tensor(X), torch.tensor(counts.labels)
    criterion = torch.nn.CrossEntropyLoss(weight=advice[choice].weight_tensor(dtype=torch.float64))
    optimiser = torch.optim.SGD(
        [{"params": [W, V], "weight_decay": setting.decay}, *([{"params": [b]}] if setting.with_bias else [])], lr=setting.learning_rate
    )
    onehot = torch.nn.functional.one_hot(labels, counts.c).bool()
    found = [None] * counts.c
    for step in range(1, most):
        optimiser.zero_grad()
        criterion((W @ V @ inputs + b).T, labels).backward()
        optimiser.step()
        with torch.no_grad():
            logits = (W @ V @ inputs + b).T
            margins = logits[range(counts.n), labels] - logits.masked_fill(onehot, -math.inf).max(dim=1).values
        for j in range(counts.c):
            if found[j] is None and margins[labels == j].min() >= 0.5:
                found[j] = step
        if None not in found:
            return found
    raise AssertionError(f"not all classes are learned: {found}")


@pytest.mark.parametrize(("bias", "decay"), [(False, 0.0), (True, 0.0), (False, 0.01), (True, 0.01)])
def test_predicted_steps_are_those_of_a_torch_loop_on_all_samples(bias, decay):
    advice = advise(counts=COUNTS, lr=0.1, delta=DELTA, compare=["sqrt"], similarity=("2/5", "1/10"), bias=bias, decay=decay)
    X = inputs_of(block_gram(COUNTS, 0.4, 0.1))
    assert trained(advice, "sqrt", X) == pytest.approx(advice.records[0]["class_steps"], rel=STEP_ERROR)


def test_decay_and_bias_of_free_features_are_those_of_orthonormal_inputs():
    advice = advise(counts=COUNTS, lr=0.1, delta=DELTA, compare=["sqrt"], bias=True, decay=0.01)
    assert trained(advice, "sqrt", np.eye(COUNTS.n)) == pytest.approx(advice.records[0]["class_steps"], rel=STEP_ERROR)
    assert advice.rests_on.keys() == {"networks"}


def test_a_decay_above_the_slowest_rate_leaves_its_classes_unlearned():
    slowest = advise(counts=COUNTS, compare=["none"]).records[0]["slowest_rate"] / 0.1
    record = advise(counts=COUNTS, compare=["none"], decay=1.1 * slowest).records[0]
    assert record["slowest_rate"] == pytest.approx(-0.1 * slowest * 0.1)
    assert record["class_steps"][:2] != [None, None]
    assert record["class_steps"][2:] == [None, None]


def test_features_in_any_order_are_inputs_of_their_similarity(tmp_path):
    order = np.random.default_rng(0).permutation(COUNTS.n)
    X, labels = inputs_of(block_gram(COUNTS, 0.4, 0.1)).T[order], np.array(COUNTS.labels)[order]
    np.save(tmp_path / "X.npy", X)
    by_similarity = advise(counts=COUNTS, compare=["none"], similarity=("2/5", "1/10"))
    for given in (X, tmp_path / "X.npy"):
        found = advise(labels, compare=["none"], features=given)
        assert found.flattening.rich == pytest.approx(by_similarity.flattening.rich)
        assert found.records[0]["class_steps"] == pytest.approx(by_similarity.records[0]["class_steps"], rel=1e-6)


def test_the_exponent_that_equalises_is_one_more_row_and_equalises():
    advice = advise(counts=COUNTS, compare=["none", "sqrt"], similarity="2/5")
    assert list(advice) == ["none", "sqrt", f"{advice.flattening.rich:.4f}"]
    assert advice.flattening.rich == pytest.approx(0.5 + math.log((1 + 2 / 3 * 6) / (1 + 2 / 3 * 2)) / (2 * math.log(3)))
    plain, root, flat = (record["fastest_rate"] / record["slowest_rate"] for record in advice.records)
    assert plain > root > flat
    assert not any("free features" in note for note in advice.notes)
    assert advice.as_json()["flattening"]["lazy"] == pytest.approx(2 * advice.flattening.rich - 1)


def test_the_command_has_the_options_of_the_library(capsys, tmp_path):
    np.save(tmp_path / "X.npy", inputs_of(block_gram(COUNTS, 0.4, 0.1)).T)
    arguments = ["advise", "--counts", "6,6,2,2", "--compare", "sqrt", "--bias", "--decay", "0.001", "--json"]
    documents = []
    for given in (["--similarity", "2/5,1/10"], ["--features", str(tmp_path / "X.npy")]):
        assert main([*arguments, *given]) == 0
        documents.append(json.loads(capsys.readouterr().out))
    one, other = documents
    assert (one["bias"], one["decay"]) == (True, 0.001)
    assert one["weightings"][0]["class_steps"] == pytest.approx(other["weightings"][0]["class_steps"], rel=1e-6)
    expected = advise(counts=COUNTS, compare=["sqrt"], similarity=("2/5", "1/10"), bias=True, decay=0.001).records[0]["class_steps"]
    assert one["weightings"][0]["class_steps"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"similarity": "2"}, "at most 1"),
        ({"similarity": ("1/10", "1/2")}, "make the second smaller"),
        ({"similarity": (1, 2, 3)}, "one or two are needed"),
        ({"similarity": "1/2", "features": np.eye(16)}, "one of them is enough"),
        ({"features": np.eye(15)}, "n × d"),
        ({"features": "nowhere.npy"}, "cannot be read"),
        ({"decay": -1.0}, "must be a finite number ≥ 0"),
        ({"decay": math.nan}, "must be a finite number ≥ 0"),
    ],
)
def test_wrong_inputs_are_told_the_rule(wrong, told):
    with pytest.raises(InvalidInput, match=told):
        advise(counts=COUNTS, **wrong)
