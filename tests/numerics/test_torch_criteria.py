"""Torch criteria as losses: torch's own, and published ones written here, agree with what the symbolic derivation finds."""

import json
import subprocess
import sys

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch
import torch.nn.functional as F
from torch import nn

import ufm
from numerics.compiled import compile_loss
from numerics.unconstrained_features import measure
from proofs.cli import main
from proofs.store.dependencies import ROOT
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named
from theory.losses.loss import Loss, LossKind, softmax_loss
from theory.unconstrained_features.first_order import class_columns

COUNTS = ClassCounts((12, 5, 2))
N = torch.tensor(COUNTS.per_class, dtype=torch.float64)
OWN = torch.tensor([1.0, 2.0, 5.0])


class TorchSmoothing(Loss):
    """Torch's cross-entropy with class weights inside its smoothed sum, for weights 1, 2, 5: Σ_k q_k ω_k (−log p_k)."""

    name, source = "torch-smoothing", "torch"

    def sample_loss(self, logits, label, counts):
        eps, weights = sp.Rational(1, 10), (1, 2, 5)
        share = [eps / len(logits) + (1 - eps) * int(k == label) for k in range(len(logits))]
        return sum(q * w * softmax_loss(logits, k) for k, (q, w) in enumerate(zip(share, weights, strict=True)))


class Written(Loss):
    """A loss written out by a formula, for those that are not registered."""

    source = "this test"

    def __init__(self, name, formula):
        self.name, self.formula = name, formula

    def sample_loss(self, logits, label, counts):
        return self.formula(logits, label)


def softmax(logits, label):
    return sp.exp(logits[label]) / sum(map(sp.exp, logits))


def focal(logits, labels, focusing=2):
    log_p = F.log_softmax(logits, dim=1).gather(1, labels[:, None]).squeeze(1)
    return (-((1 - log_p.exp()) ** focusing) * log_p).mean()


class LDAM(nn.Module):
    """As its authors write it, on free logits: margins kept as a plain tensor in float32."""

    def __init__(self, counts, largest=0.5, scale=30):
        super().__init__()
        margins = 1.0 / np.sqrt(np.sqrt(counts))
        self.margins = torch.tensor(margins * (largest / margins.max()), dtype=torch.float32)
        self.scale = scale

    def forward(self, logits, target):
        index = F.one_hot(target, logits.shape[1]).bool()
        shifted = torch.where(index, logits - self.margins[target][:, None].to(logits.dtype), logits)
        return F.cross_entropy(self.scale * shifted, target)


def logit_adjusted(logits, labels):
    return F.cross_entropy(logits + torch.log(N / N.sum()), labels, reduction="sum")


def balanced_softmax(logits, labels):
    return F.cross_entropy(logits + N.log(), labels)


def vector_scaling(logits, labels):
    return F.cross_entropy((N / N.max()) ** 0.3 * logits + torch.log(N / N.sum()), labels)


def squentropy(logits, labels):
    wrong = logits.masked_fill(F.one_hot(labels, logits.shape[1]).bool(), 0)
    return F.cross_entropy(logits, labels) + (wrong**2).sum() / (logits.shape[1] - 1) / len(labels)


def unhinged(logits, labels):
    return (logits.mean(1) - logits.gather(1, labels[:, None]).squeeze(1)).sum()


def generalised(logits, labels, q=0.5):
    p = F.softmax(logits, dim=1).gather(1, labels[:, None])
    return ((1 - p**q) / q).mean()


def poly_one(logits, labels):
    p = F.softmax(logits, dim=1).gather(1, labels[:, None]).squeeze(1)
    return F.cross_entropy(logits, labels, reduction="none") + 2 * (1 - p)


def squared(logits, labels):
    target = F.one_hot(labels, logits.shape[1]) - 1 / logits.shape[1]
    return ((target - logits) ** 2).sum(1) / 2


def weighted(of, weights=(1, 2, 5)):
    return lambda logits, label: weights[label] * of(logits, label)


def written(name, formula):
    return Written(name, formula)


# What torch has, and what is published: the criterion, the same in SymPy, and how exact its own tensors are.
CASES = {
    "cross-entropy": (nn.CrossEntropyLoss(), loss_named("cross-entropy")),
    "cross-entropy, weighted": (nn.CrossEntropyLoss(weight=OWN), written("weighted", weighted(softmax_loss))),
    "cross-entropy, smoothed": (nn.CrossEntropyLoss(label_smoothing=0.1), loss_named("label-smoothing")),
    "cross-entropy, weighted and smoothed": (nn.CrossEntropyLoss(weight=OWN, label_smoothing=0.1, reduction="sum"), TorchSmoothing()),
    "multi-margin, squared": (
        nn.MultiMarginLoss(p=2),
        written("multi-margin", lambda z, y: sum((1 - z[y] + z[k]) ** 2 for k in range(len(z)) if k != y) / len(z)),
    ),
    "one-versus-rest": (
        nn.BCEWithLogitsLoss(reduction="sum"),
        written("one-versus-rest", lambda z, y: sum(sp.log(1 + sp.exp(-x if k == y else x)) for k, x in enumerate(z))),
    ),
    "focal": (focal, loss_named("focal")),
    "ldam": (LDAM(COUNTS.per_class), loss_named("ldam")),
    "logit-adjusted": (logit_adjusted, loss_named("logit-adjusted")),
    "balanced softmax": (balanced_softmax, loss_named("logit-adjusted,tau=1")),
    "vs": (vector_scaling, loss_named("vs")),
    "squentropy": (squentropy, loss_named("squentropy")),
    "unhinged": (unhinged, loss_named("unhinged")),
    "generalised cross-entropy": (generalised, written("gce", lambda z, y: 2 * (1 - sp.sqrt(softmax(z, y))))),
    "poly-1": (poly_one, written("poly-1", lambda z, y: softmax_loss(z, y) + 2 * (1 - softmax(z, y)))),
    "squared": (squared, loss_named("squared")),
    "squared, entry by entry": (
        nn.MSELoss(reduction="sum"),
        written("mse", lambda z, y: sum((int(k == y) - x) ** 2 for k, x in enumerate(z))),
    ),
}
FLOAT32 = {"ldam"}  # whose margins are rounded to float32 before they come here


@pytest.mark.parametrize("name", CASES)
def test_target_and_escape_rates_are_those_of_the_derivation(name):
    criterion, loss = CASES[name]
    traced = ufm.first_order(ufm.losses.from_torch(criterion), COUNTS, (1.0, 0.5, 3.0))
    exact = class_columns(loss, COUNTS)
    allowed = 1e-6 if name in FLOAT32 else 1e-12
    columns = np.array(exact.evalf(30), dtype=float)
    np.testing.assert_allclose(traced.columns, columns, rtol=0, atol=allowed * np.abs(columns).max())
    with mpmath.workdps(30):
        scaled = mpmath.matrix((exact * sp.diag(sp.sqrt(12), sp.sqrt(5) / 2, 3 * sp.sqrt(2))).evalf(30).tolist())  # √n_j ω_j
        rates = np.array(mpmath.svd_r(scaled, compute_uv=False).tolist(), dtype=float).ravel()
    rates = rates[rates > 1e-9 * rates[0]]
    np.testing.assert_allclose(traced.escape_rates, rates, rtol=max(allowed, 1e-11))


@pytest.mark.parametrize("name", CASES)
def test_a_run_is_that_of_the_symbolic_loss(name):
    criterion, loss = CASES[name]
    runs = [
        ufm.simulate(ufm.Experiment(COUNTS, (1.0, 0.5, 2.0), chosen, 1.5, init="random", width=3, seed=1), time=0.5, level="sample")
        for chosen in (ufm.losses.from_torch(criterion), loss)
    ]
    logits, expected = (run.logits(np.array([0.0, 0.5])) for run in runs)
    assert np.abs(expected[1]).max() > 1.3 * np.abs(expected[0]).max()  # something is learned
    np.testing.assert_allclose(logits, expected, rtol=0, atol=(1e-6 if name in FLOAT32 else 1e-8) * np.abs(expected).max())
    gained = [measure.weighted_loss(run, 0.5) - measure.weighted_loss(run, 0.0) for run in runs]  # constants may differ
    assert gained[0] == pytest.approx(gained[1], rel=1e-5)


def test_learning_times_at_the_level_of_classes():
    times = [
        measure.class_learning_times(ufm.simulate(ufm.Experiment(COUNTS, (1.0,) * 3, loss, 6.0)))
        for loss in (ufm.losses.from_torch(nn.CrossEntropyLoss()), loss_named("cross-entropy"))
    ]
    assert None not in times[0]
    np.testing.assert_allclose(*times, rtol=1e-6)


def test_what_is_learned_of_an_affine_criterion_grows_for_ever():
    experiment = ufm.Experiment(COUNTS, (1.0,) * 3, ufm.losses.from_torch(unhinged), 4.0)
    assert experiment.kind is LossKind.AFFINE
    assert ufm.Experiment(COUNTS, (1.0,) * 3, ufm.losses.from_torch(nn.MultiMarginLoss()), 4.0).kind is LossKind.GENERAL
    with pytest.raises(InvalidInput, match="no minimum"):
        ufm.simulate(experiment, time=200.0)


# -- reductions -----------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _one_thread():
    """Several threads on matrices of three rows spend their time waiting for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def opaque(logits, labels):
    return F.cross_entropy(logits, labels, weight=OWN.double())


@pytest.mark.parametrize(
    ("criterion", "reduction", "shares", "scale"),
    [
        (nn.CrossEntropyLoss(reduction="none", weight=OWN), "none", (1, 1, 1), 1),
        (nn.CrossEntropyLoss(reduction="sum", weight=OWN), "sum", (1, 1, 1), 1),
        (nn.CrossEntropyLoss(weight=OWN), "mean", (1, 2, 5), 1),
        (opaque, "mean", (3 / 8, 6 / 8, 15 / 8), 3 / 8),  # a function tells its weights up to a factor
        (lambda z, y: (OWN.double()[y] * F.cross_entropy(z, y, reduction="none")).mean(), "mean", (1, 1, 1), 1),
    ],
)
def test_a_reduction_is_measured_and_scales_time_alone(criterion, reduction, shares, scale):
    loss = ufm.losses.from_torch(criterion)
    assert loss.reduction(3) == reduction
    np.testing.assert_allclose(loss.own_weights(3), shares, rtol=1e-9)
    expected = ufm.first_order(ufm.losses.from_torch(nn.CrossEntropyLoss()), COUNTS, OWN.tolist())
    np.testing.assert_allclose(ufm.first_order(loss, COUNTS).escape_rates, scale * expected.escape_rates, rtol=1e-9)


@pytest.mark.parametrize(
    "criterion",
    [nn.CrossEntropyLoss(weight=OWN), nn.CrossEntropyLoss(reduction="sum"), opaque, nn.BCEWithLogitsLoss(), focal],
    ids=["weighted mean", "sum", "function", "mean over entries", "mean"],
)
def test_the_flow_time_of_a_step_is_that_of_torch(criterion):
    """Small full-batch steps of torch's own gradient descent on W and H go as far as the flow in their time."""
    counts, steps = ClassCounts((6, 3, 1)), 100
    loss = ufm.losses.from_torch(criterion)
    lr = 0.4 / steps / loss.flow_time_of_a_step(counts, 1.0)
    run = ufm.simulate(ufm.Experiment(counts, (1.0,) * 3, loss, 1.0, init="random", width=3, seed=3), time=0.4)
    W, H = (torch.tensor(part(0.0), requires_grad=True) for part in (run.W, run.H))
    labels = torch.tensor(counts.labels)
    targets = F.one_hot(labels, 3).double() if isinstance(criterion, nn.BCEWithLogitsLoss) else labels
    own = (
        nn.CrossEntropyLoss(weight=OWN.double())
        if isinstance(criterion, nn.CrossEntropyLoss) and criterion.weight is not None
        else criterion
    )
    descent = torch.optim.SGD([W, H], lr)
    for _ in range(steps):
        descent.zero_grad()
        own((W @ H).T, targets).backward()
        descent.step()
    found, start, expected = (W @ H).detach().numpy(), run.logits(0.0), run.logits(0.4)
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected - start).max()


# -- flatness and order ----------------------------------------------------------------------


def test_flatness_finds_the_exponent_of_the_derivation():
    """Cross-entropy is flat at 1/2, logit adjustment is not flat at any exponent tried, and its best is another."""
    counts, exponents = ClassCounts((90, 30, 10)), [0, 0.25, 0.5, 0.75, 1]
    flat = ufm.first_order(ufm.losses.from_torch(nn.CrossEntropyLoss()), counts).flatness_of(exponents)
    assert np.argmin(flat) == 2
    assert flat[2] == pytest.approx(1, abs=1e-12)
    assert flat[0] > flat[1] > 1 < flat[3] < flat[4]
    priors = torch.tensor(counts.per_class).double().log()
    adjusted = ufm.first_order(ufm.losses.from_torch(lambda z, y: F.cross_entropy(z + priors, y)), counts).flatness_of(exponents)
    assert adjusted.min() > 1.01


def test_the_order_of_escape_is_that_of_the_run():
    loss = ufm.losses.from_torch(nn.CrossEntropyLoss())
    counts = ClassCounts((10, 300, 60))
    times = ufm.first_order(loss, counts).class_escape_times(10.0)
    learned = measure.class_learning_times(ufm.simulate(ufm.Experiment(counts, (1.0,) * 3, loss, 10.0)))
    order = np.argsort([np.inf if t is None else t for t in times])
    assert order.tolist() == np.argsort(learned).tolist() == [1, 2, 0]
    assert times[1] == pytest.approx(learned[1], rel=0.05)


# -- what is refused --------------------------------------------------------------------------

REFUSED = {
    "another number of classes": (nn.CrossEntropyLoss(weight=torch.ones(5)), "cannot be called"),
    "another signature": (nn.TripletMarginLoss(), "cannot be called"),
    "float32 result": (lambda z, y: F.cross_entropy(z.float(), y), "float32"),
    "float32 on the way": (lambda z, y: F.cross_entropy(z.half().float(), y).double(), "float32 on the way"),
    "not finite": (lambda z, y: -z.gather(1, y[:, None]).log().mean(), "inf at zero logits"),
    "gradient not finite": (lambda z, y: (z.gather(1, y[:, None]).abs() + 0.0).sqrt().sum() - z.sum(), "at zero logits"),
    "label ignored": (lambda z, y: (z**2 + z).sum(), "same for every label"),
    "batch mean": (lambda z, y: F.cross_entropy(z - z.mean(0), y), "mixes"),
    "batch norm": (lambda z, y: F.cross_entropy(F.batch_norm(z, None, None, training=True), y), "mixes"),
    "a function of the mean": (lambda z, y: F.cross_entropy(z, y) ** 2, "mixes"),
    "dropout": (lambda z, y: F.cross_entropy(F.dropout(z), y), "random"),
    "kink": (lambda z, y: (1 - z.gather(1, y[:, None])).relu().sum() + z.abs().sum(), "jumps"),
    "no gradient": (lambda z, y: z.argmax(1) * 1.0, "does not depend on the logits"),
    "no tensor": (lambda z, y: 3.0, "float"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_loss_of_single_samples_is_refused_in_one_line(name):
    criterion, rule = REFUSED[name]
    with pytest.raises(InvalidInput, match=rule) as caught:
        ufm.simulate(ufm.Experiment(COUNTS, (1.0,) * 3, ufm.losses.from_torch(criterion), 5.0))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("criterion=")


def test_a_class_is_no_criterion():
    with pytest.raises(InvalidInput, match="callable"):
        ufm.losses.from_torch(nn.CrossEntropyLoss)


def test_the_criterion_itself_is_left_as_it_was():
    criterion = nn.CrossEntropyLoss(weight=OWN.clone())
    compile_loss(ufm.losses.from_torch(criterion), COUNTS, range(3))
    assert criterion.weight.dtype == torch.float32
    assert criterion.reduction == "mean"
    assert torch.get_default_dtype() == torch.float32


def test_without_torch_it_is_said_how_to_get_it():
    script = (
        "import sys; sys.modules['torch'] = None\nimport ufm\nassert ufm.losses.loss_named('focal').name == 'focal'\n"
        "try:\n    ufm.losses.from_torch(print)\nexcept ufm.InvalidInput as error:\n    print(error)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert "pip install 'ufm-verifier[networks]'" in told


# -- the command line --------------------------------------------------------------------------


def test_simulate_takes_a_torch_criterion_by_name(capsys):
    found = {}
    for loss in ("torch.nn:CrossEntropyLoss,label_smoothing=1/10", "label-smoothing"):
        assert main(["simulate", "--counts", "9,3", "--loss", loss, "--delta", "4", "--json"]) == 0
        found[loss] = json.loads(capsys.readouterr().out)
    torchs, ours = found.values()
    assert torchs["loss"] == "CrossEntropyLoss"
    for one, other in zip(torchs["classes"], ours["classes"], strict=True):
        assert one["learning_time"] == pytest.approx(other["learning_time"], rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["derive", "torch.nn:CrossEntropyLoss"], "run and not derived"),
        (["simulate", "--counts", "9,3", "--loss", "torch.nn:CrossEntropyLoss,colour=1"], "cannot be made"),
        (["simulate", "--counts", "9,3", "--loss", "torch.nn:CrossEntropyLos"], "cannot be imported"),
        (["simulate", "--counts", "9,3", "--loss", "torch.nn:TripletMarginLoss"], "cannot be called"),
        (["simulate", "--counts", "9,3", "--loss", "torch.nn:Linear"], "cannot be made"),
    ],
)
def test_the_command_line_says_in_one_line_what_is_wrong(arguments, rule, capsys):
    assert main(arguments) == 2
    told = capsys.readouterr().err.strip()
    assert rule in told
    assert "\n" not in told
