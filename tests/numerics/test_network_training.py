"""Networks on real images: runs trained together agree with runs trained one by one, and continued ones with uninterrupted ones."""

import dataclasses
import os
from fractions import Fraction

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="networks are trained with torch")
if not os.environ.get("UFM_DATA"):
    pytest.skip("UFM_DATA is not set: no images to train on", allow_module_level=True)

from numerics.networks import data, measure, training  # noqa: E402
from numerics.networks.measure import RECORDS  # noqa: E402
from numerics.networks.model import initial_parameters, logits  # noqa: E402
from numerics.networks.plan import Plan  # noqa: E402
from proofs.claims.networks import runs as network_runs  # noqa: E402
from tests.tools.one_network import Net, trained_alone  # noqa: E402
from theory.exact import InvalidInput  # noqa: E402

CPU = torch.device("cpu")
PLAN = Plan(
    "mnist",
    data.step_counts(2, 5, (1, 4, 9)),
    steps=12,
    step_sizes=(0.3, 0.5),
    exponents=(Fraction(0), Fraction(1, 2)),
    seeds=(0, 1),
    channels=(3, 4, 5),
    pixels=14,
    test_per_class=10,
)
# Rounding may put the dark background of whole images on either side of a ReLU (here at step 6, where it is 3e-8 from the
# kink), and the paths then differ for good: they are compared before.
VARIANTS = {
    "full batch": PLAN,
    "mini-batch": dataclasses.replace(PLAN, batch=7),
    "small start": dataclasses.replace(PLAN, init_scale=0.5),
    "whole images": dataclasses.replace(PLAN, pixels=28, steps=5),
    "noise": dataclasses.replace(PLAN, noise=True),
    "no bias": dataclasses.replace(PLAN, classifier_bias=False),
    "centred": dataclasses.replace(PLAN, centred=True),
    "centred and no bias": dataclasses.replace(PLAN, centred=True, classifier_bias=False),
    "scaled outputs": dataclasses.replace(PLAN, output_scale=3.0),
    "scaled outputs in mini-batches": dataclasses.replace(PLAN, output_scale=3.0, batch=7),
    "two linear layers": dataclasses.replace(PLAN, width=12, init_scale=0.3, step_sizes=(0.01, 0.01)),
}


@pytest.fixture(scope="module")
def images():
    return data.load("mnist")


@pytest.fixture(scope="module")
def history(images):
    return training.train(PLAN, images, CPU)


@pytest.mark.parametrize("plan", VARIANTS.values(), ids=VARIANTS)
def test_runs_trained_together_equal_those_trained_alone(images, plan):
    together = training.train(plan, images, CPU)
    for k, loss in enumerate(plan.losses):
        for g, gamma in enumerate(plan.exponents):
            for seed in plan.seeds:
                outputs, labels = trained_alone(plan, images, loss, gamma, seed)
                means = torch.stack([outputs[labels == j].mean(0) for j in range(10)], dim=1)
                found = together.mean_logits[-1, plan.seeds.index(seed), k, g]
                assert np.abs(found - means.numpy()).max() < 1e-5 * max(1, np.abs(found).max())
                assert np.abs(found).max() > 1e-3


DOUBLE_ERROR = 1e-10  # rounding of 1e-16, magnified ten thousand times in six hundred steps, and a factor hundred


def test_over_six_hundred_steps_runs_together_and_alone_are_the_same_but_for_rounding(images, monkeypatch):
    """In double precision: single precision meets kinks of the ReLU, where one unit in the last place changes a run by tenths."""
    monkeypatch.setattr(training, "REAL", torch.float64)
    plan = dataclasses.replace(network_runs.plan(), seeds=(10,), exponents=(Fraction(1, 2),), test_per_class=1)  # none is compared
    assert plan.steps == 600
    together = training.train(plan, images, CPU)
    for k, loss in enumerate(plan.losses):
        outputs, labels = trained_alone(plan, images, loss, plan.exponents[0], 10, dtype=torch.float64)
        means = torch.stack([outputs[labels == j].mean(0) for j in range(10)], dim=1).numpy()
        assert np.abs(together.mean_logits[-1, 0, k, 0] - means).max() < DOUBLE_ERROR * np.abs(means).max(), loss


DEVICES = [CPU, torch.device("cuda")][: 1 + torch.cuda.is_available()]


@pytest.mark.parametrize("device", DEVICES, ids=str)
def test_all_seeds_in_one_block_learn_within_one_logged_step_of_seeds_by_themselves(images, monkeypatch, device):
    """As CUDA trains, on every device that is here, against the CPU's blocks of one seed.

    Steps are small enough to descend without swings, which would magnify the roundings that differ: in the quick experiment a
    device's class times and the CPU's are up to three logged steps apart.
    """
    plan = dataclasses.replace(PLAN, counts=data.step_counts(2, 10), steps=200, step_sizes=(0.2, 0.2))
    alone = training.train(plan, images, CPU)
    monkeypatch.setattr(training, "blocks", lambda plan, device: [plan.seeds])
    block = training.train(plan, images, device)
    for times in (measure.class_times, measure.mode_times):
        places = [np.searchsorted(alone.steps, times(history)) for history in (alone, block)]
        assert np.abs(places[0] - places[1]).max() <= 1
        assert len(np.unique(places[0])) > 5


def test_a_large_batch_in_slices_gives_the_same_steps(images, history, monkeypatch):
    monkeypatch.setattr(training, "SLICE", 11)
    sliced = training.train(PLAN, images, CPU)
    for name in RECORDS:
        assert np.allclose(getattr(sliced, name), getattr(history, name), rtol=1e-5, atol=1e-6), name


def equal(a, b):
    return all((getattr(a, name) == getattr(b, name)).all() for name in RECORDS)


def test_the_same_seed_gives_the_same_history_and_another_does_not(images, history):
    assert equal(training.train(PLAN, images, CPU), history)
    assert not (history.mean_logits[:, 0] == history.mean_logits[:, 1]).any(axis=(-1, -2)).all()


@pytest.mark.parametrize("batch", [None, 7])
def test_an_interrupted_run_that_continues_equals_an_uninterrupted_one(images, tmp_path, monkeypatch, batch):
    plan = dataclasses.replace(PLAN, batch=batch)
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0)
    told = []

    def interrupt(steps):
        told.append(steps)
        if len(told) == 17:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training.train(plan, images, CPU, tmp_path, interrupt)
    assert list(tmp_path.glob("*.pt"))
    assert not list(tmp_path.glob("*.part"))
    again = []
    continued = training.train(plan, images, CPU, tmp_path, again.append)
    assert max(again) > 1  # it did not start anew
    assert sum(again) == len(plan.seeds) * plan.steps
    assert equal(continued, training.train(plan, images, CPU))


@pytest.mark.parametrize("damage", [lambda raw: raw[: len(raw) // 2], lambda raw: b"", lambda raw: b"nonsense"])
def test_a_damaged_checkpoint_is_ignored(images, history, tmp_path, damage):
    training.train(PLAN, images, CPU, tmp_path)
    paths = sorted(tmp_path.glob("*.pt"))
    assert len(paths) == len(PLAN.seeds)
    for path in paths:
        path.write_bytes(damage(path.read_bytes()))
    assert equal(training.train(PLAN, images, CPU, tmp_path), history)


def test_a_checkpoint_of_another_plan_is_not_continued(images, tmp_path):
    training.train(PLAN, images, CPU, tmp_path)
    told = []
    training.train(dataclasses.replace(PLAN, init_scale=0.5), images, CPU, tmp_path, told.append)
    assert max(told) == 1


def test_what_is_recorded_is_what_the_network_says(images, history):
    """Accuracies, margins and strengths once more, from the logits of a network trained alone."""
    outputs, labels = trained_alone(PLAN, images, "squared", Fraction(1, 2), 1)
    outputs, labels = outputs.double().numpy(), labels.numpy()
    place = (-1, 1, 1, 1)
    called = outputs.argmax(1)
    assert history.train_confusion[place].tolist() == [[int(((labels == a) & (called == b)).sum()) for b in range(10)] for a in range(10)]
    others = np.where(np.eye(10, dtype=bool)[labels], -np.inf, outputs).max(1)
    margins = outputs[np.arange(len(labels)), labels] - others
    assert history.margins[place] == pytest.approx([margins[labels == j].mean() for j in range(10)], abs=1e-5)
    assert history.least_margins[place] == pytest.approx([margins[labels == j].min() for j in range(10)], abs=1e-5)
    Z = np.eye(10)[:, labels] - 0.1
    U, sigma, Vt = np.linalg.svd(Z, full_matrices=False)
    each = np.diag(U.T @ outputs.T @ Vt.T)
    expected = [each[np.isclose(sigma, value)].mean() / value for value in measure.singular_values(history)]
    assert measure.strengths(history)[place] == pytest.approx(expected, abs=1e-5)
    weights = PLAN.weights()[1][labels]
    assert weights.sum() == pytest.approx(PLAN.counts.n)  # normalised by mass
    assert history.loss[place] == pytest.approx((weights * ((outputs - Z.T) ** 2).sum(1) / 2).mean(), rel=1e-5)
    assert (history.test_confusion.sum(axis=-1) == 10).all()
    assert history.majority.tolist() == [j in (1, 4, 9) for j in range(10)]


def test_the_loss_that_is_recorded_is_descended(history):
    assert (np.diff(history.loss, axis=0) < 0).mean() > 0.9


def test_learning_times_are_read_between_logged_steps_and_bounded_by_the_last():
    steps = np.array([0, 1, 2, 4, 8])
    values = np.array([[0.9, 0, 0, 0, 1], [0, 0, 0, 0, 1], [0, 0, 1, 0, 0], [0, 0.5, 0, 0, 0], [1, 1, 1, 0.4, 0]])
    assert measure.first_reached(steps, values, 0.5).tolist() == [6, 4, 1.5, 8, 1]


def test_a_network_called_by_its_parameters_is_that_of_torch_layers():
    net, images = Net(PLAN, 0), torch.randn(3, 14, 14)
    assert torch.allclose(net(images), logits(initial_parameters(PLAN.channels, 14, 1.0, 0), images), atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "names"),
    [({"batch": 0}, "batch=0"), ({"pixels": 7}, "pixels=7"), ({"losses": ("hinge",)}, "hinge"), ({"centred": True, "batch": 5}, "centred")],
)
def test_a_plan_that_cannot_be_is_refused(changes, names):
    with pytest.raises(InvalidInput, match=names):
        dataclasses.replace(PLAN, **changes)


def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(InvalidInput, match="one of auto, cpu, cuda"):
        training.device_named("tpu")
    assert training.device_named("cpu") == CPU
