"""The tracker of a training run: what it reads is what there is, and free features are learned when it says."""

import importlib.util
import os
import sys
import types

import numpy as np
import pytest
import torch
from torch import nn

import ufm
from numerics.basis import centred_labels
from numerics.networks import data
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named

COUNTS = ClassCounts((12, 5, 2))
WEIGHTS = (0.5, 1.0, 3.0)


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_strengths_margins_and_recalls_are_those_of_the_logits():
    L, y = np.random.default_rng(0).standard_normal((3, 19)), np.array(COUNTS.labels)
    tracker = ufm.torch.Tracker(y)
    order = np.random.default_rng(1).permutation(19)
    for part in np.array_split(order, 4):
        tracker.update(torch.tensor(L[:, part].T, dtype=torch.float64, requires_grad=True), torch.tensor(y[part]))
    epoch = tracker.end_epoch()
    U, sigma, Vt = np.linalg.svd(centred_labels(COUNTS), full_matrices=False)
    np.testing.assert_allclose(epoch.strengths, [U[:, i] @ L @ Vt[i] / sigma[i] for i in range(2)], rtol=1e-10)
    gaps = np.array([L[y[i], i] - max(L[k, i] for k in range(3) if k != y[i]) for i in range(19)])
    for j in range(3):
        own = gaps[y == j]
        assert (epoch.margins[j], epoch.least_margins[j], epoch.recalls[j]) == pytest.approx((own.mean(), own.min(), (own > 0).mean()))
    assert (epoch.step, epoch.middle) == (4, 2)
    assert epoch.as_dict()["recall/2"] == epoch.recalls[2]


def test_epochs_are_kept_apart_and_a_class_that_is_not_seen_has_no_number():
    tracker = ufm.torch.Tracker([0, 0, 1, 2])
    tracker.update(np.eye(3), [0, 1, 2])
    first = tracker.end_epoch()
    tracker.update(2 * np.eye(3)[:2], [0, 1])
    second = tracker.end_epoch(step=10)
    assert first.recalls.tolist() == [1, 1, 1]
    np.testing.assert_array_equal(second.margins, [2, 2, np.nan])
    assert np.isnan(second.strengths).all()
    assert (second.step, second.middle) == (10, 5.5)


SETTINGS = {
    "mean": (nn.CrossEntropyLoss(), {}),
    "weighted mean": (nn.CrossEntropyLoss(weight=torch.tensor(WEIGHTS, dtype=torch.float64)), {}),
    "sum of a named loss": (nn.CrossEntropyLoss(reduction="sum"), {"criterion": "cross-entropy", "reduction": "sum"}),
    "weights of a named loss": (
        nn.CrossEntropyLoss(weight=torch.tensor(WEIGHTS, dtype=torch.float64)),
        {"criterion": loss_named("cross-entropy"), "reduction": "weighted-mean", "class_weight": WEIGHTS},
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_free_features_are_learned_at_the_steps_that_are_expected(name):
    """Torch's own descent of W and H, each step an epoch."""
    criterion, settings = SETTINGS[name]
    start = initial_W_and_H(Experiment(COUNTS, (1.0,) * 3, loss_named("cross-entropy"), 3.0))
    W, H = (torch.tensor(part, requires_grad=True) for part in start)
    y = torch.tensor(COUNTS.labels)
    total = {"sum": 1.0, "mean": COUNTS.n, "weighted-mean": float(np.dot(COUNTS.per_class, WEIGHTS))}
    lr = 0.007 * total[settings.get("reduction", "weighted-mean" if name == "weighted mean" else "mean")]
    tracker = ufm.torch.Tracker(y, lr=lr, delta=3.0, **{"criterion": criterion, **settings})
    descent = torch.optim.SGD([W, H], lr)
    for _ in range(500):
        descent.zero_grad()
        logits = (W @ H).T
        criterion(logits, y).backward()
        tracker.update(logits, y)
        tracker.end_epoch()
        descent.step()
    rows = tracker.milestones()
    assert len(rows) == 5
    for row in rows:
        assert row.reached == pytest.approx(row.expected, rel=0.03, abs=2)
    assert f"{rows[0].expected:.0f}" in tracker.table()
    assert "class 2 (n = 2)" in tracker.table()


@pytest.mark.skipif(not os.environ.get("UFM_DATA"), reason="UFM_DATA is not set: no images to test on")
def test_a_small_network_in_a_plain_loop():
    """Float32, a few hundred images: the common class is learned first, as expected."""
    torch.manual_seed(0)
    images, _ = data.load("mnist")
    counts = (300, 30, 10)
    chosen = np.concatenate([np.flatnonzero(images.labels == j)[:n] for j, n in enumerate(counts)])
    x, y = torch.tensor(images.pixels[chosen], dtype=torch.float32)[:, None] / 255, torch.tensor(images.labels[chosen].astype(np.int64))
    model = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
    optimiser, criterion = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9), nn.CrossEntropyLoss()
    tracker = ufm.torch.Tracker(y, lr=0.5, delta=2.0, criterion=criterion)
    for _ in range(20):
        for batch in torch.randperm(len(y)).split(85):
            optimiser.zero_grad()
            logits = model(x[batch])
            criterion(logits, y[batch]).backward()
            optimiser.step()
            tracker.update(logits, y[batch])
        tracker.end_epoch()
    recalls = np.array([epoch.recalls for epoch in tracker.epochs])
    assert tracker.steps == 80
    assert recalls[-1].min() > 0.6
    assert recalls[:3, 0].mean() > 0.9 > recalls[:3, 2].mean()
    classes = tracker.milestones()[-3:]
    assert classes[0].reached < (classes[2].reached or np.inf)
    assert classes[0].expected < classes[2].expected


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda: ufm.torch.Tracker([0, 2]), "count=0"),
        (lambda: ufm.torch.Tracker([0.0, 1.0]), "whole numbers"),
        (lambda: ufm.torch.Tracker([-1, 0, 1]), "from 0"),
        (lambda: ufm.torch.Tracker([]), "whole numbers"),
        (lambda: ufm.torch.Tracker([0, 1], lr=float("nan")), "lr=nan"),
        (lambda: ufm.torch.Tracker([0, 1], reduction="keras"), "reduction"),
        (lambda: ufm.torch.Tracker([0, 1]).end_epoch(), "update was not"),
        (lambda: ufm.torch.Tracker([0, 1]).update(np.ones((2, 3)), [0, 1]), "do not fit 2 classes"),
        (lambda: ufm.torch.Tracker([0, 1]).update(np.ones((2, 2)), [0, 2]), "do not fit 2 classes"),
        (lambda: ufm.torch.Tracker([0, 1]).update(np.ones((2, 2)), np.ones((2, 2), dtype=int)), "whole numbers"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(call, rule):
    with pytest.raises(InvalidInput, match=rule) as caught:
        call()
    assert "\n" not in str(caught.value)


def batches():
    generator = torch.Generator().manual_seed(0)
    return [(torch.randn((4, 3), generator=generator), torch.tensor([0, 1, 2, 0])) for _ in range(3)]


needs_lightning = pytest.mark.skipif(
    not (importlib.util.find_spec("lightning") or importlib.util.find_spec("pytorch_lightning")), reason="Lightning is not installed"
)


@pytest.mark.not_in_ci
@needs_lightning
@pytest.mark.filterwarnings("ignore")  # its own, about torch and about its settings
def test_lightning_feeds_the_tracker(tmp_path):
    lightning = importlib.import_module("lightning.pytorch" if importlib.util.find_spec("lightning") else "pytorch_lightning")

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def training_step(self, batch, index):
            logits = self.layer(batch[0])
            return {"loss": nn.functional.cross_entropy(logits, batch[1]), "logits": logits, "labels": batch[1]}

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    tracker = ufm.torch.Tracker([0, 0, 1, 2])
    trainer = lightning.Trainer(
        max_epochs=2,
        callbacks=[ufm.torch.lightning_callback(tracker)],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=tmp_path,
    )
    trainer.fit(Module(), torch.utils.data.DataLoader(batches(), batch_size=None))
    assert [epoch.step for epoch in tracker.epochs] == [3, 6]
    assert float(trainer.callback_metrics["recall/0"]) == pytest.approx(tracker.epochs[-1].recalls[0])


def test_the_trainer_s_callback_reads_training_passes_alone(monkeypatch):
    """A stand-in for the library's base class; the calls are those that its Trainer makes."""
    library = types.ModuleType("transformers")
    library.TrainerCallback = type("TrainerCallback", (), {})
    monkeypatch.setitem(sys.modules, "transformers", library)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def forward(self, x, labels):
            return types.SimpleNamespace(logits=self.layer(x))

    model, tracker = Model(), ufm.torch.Tracker([0, 0, 1, 2])
    callback = ufm.torch.trainer_callback(tracker)
    state = types.SimpleNamespace(global_step=0, epoch=0.0, log_history=[])
    callback.on_train_begin(None, state, None, model=model)
    expected = []
    for x, labels in batches():
        expected.append(model.train()(x=x, labels=labels).logits)
        model.eval()(x=100 * x, labels=labels)
        state.global_step += 1
    callback.on_epoch_end(None, state, None)
    callback.on_train_end(None, state, None)
    model.train()(x=batches()[0][0], labels=batches()[0][1])  # the hook is gone
    assert tracker.steps == 3
    right = torch.cat(expected).argmax(1) == torch.tensor([0, 1, 2, 0] * 3)
    assert tracker.epochs[0].recalls[1] == pytest.approx(float(right[1::4].double().mean()))
    assert state.log_history[0]["recall/1"] == tracker.epochs[0].recalls[1]


@pytest.mark.parametrize(
    ("make", "missing"),
    [("lightning_callback", ("lightning", "lightning.pytorch", "pytorch_lightning")), ("trainer_callback", ("transformers",))],
)
def test_without_its_library_a_callback_says_how_to_get_it(make, missing, monkeypatch):
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InvalidInput, match="pip install"):
        getattr(ufm.torch, make)(ufm.torch.Tracker([0, 1]))
