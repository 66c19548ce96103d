"""The laws that every registered loss obeys, checked on every one of them without naming any."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from numerics.compiled import compile_loss
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.measure import balance_drift, class_learning_times, mode_learning_times, weighted_loss
from proofs.commands import derive as derivation
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import LOSSES, loss_named
from theory.losses.checks import check
from theory.losses.loss import logit_symbols
from theory.unconstrained_features import first_order, flow

COUNTS = ClassCounts((5, 2, 2))
GRADIENT_ERROR = 1e-9  # what a reader is promised; rounding of the derivative itself is below 1e-12
DIFFERENCE_STEP = sp.Rational(1, 10**15)  # at 50 digits: truncation 1e-30 and rounding 1e-35 are both below
ROUNDING = 1e-12
RATE_ERROR = 1e-4
DRIFT = 1e-10  # the integrator's 1e-12 a step over some hundred steps

losses = pytest.mark.parametrize("loss", [loss() for loss in LOSSES], ids=lambda loss: loss.name)


def formulas(loss, label):
    logits, counts = logit_symbols(COUNTS.c), tuple(map(sp.Integer, COUNTS.per_class))
    return logits, loss.sample_loss(logits, label, counts), loss.gradient(logits, label, counts)


def random_points(number, seed=3):
    return np.random.default_rng(seed).normal(size=(number, COUNTS.c))


@losses
def test_loss_passes_the_door_and_has_a_name_and_a_source(loss):
    assert check(loss) == loss
    assert loss.name
    assert loss.source


@losses
def test_gradient_is_the_central_difference(loss):
    for label in range(COUNTS.c):
        logits, value, gradient = formulas(loss, label)
        for point in random_points(2):
            at = dict(zip(logits, (sp.Rational(str(round(x, 6))) for x in point), strict=True))
            for logit, entry in zip(logits, gradient, strict=True):
                ahead, behind = ({**at, logit: at[logit] + side * DIFFERENCE_STEP} for side in (1, -1))
                slope = (value.evalf(50, subs=ahead) - value.evalf(50, subs=behind)) / (2 * DIFFERENCE_STEP)
                assert abs(entry.evalf(30, subs=at) - slope) < GRADIENT_ERROR


@losses
def test_gradient_is_that_of_torch_autograd(loss):
    torch = pytest.importorskip("torch", reason="the second derivative rule is torch's")
    functions = {
        "exp": lambda x: torch.exp(torch.as_tensor(x, dtype=torch.float64)),
        "log": lambda x: torch.log(torch.as_tensor(x, dtype=torch.float64)),
        "sqrt": lambda x: torch.sqrt(torch.as_tensor(x, dtype=torch.float64)),
        "Max": lambda *a: torch.stack(a).amax(0),
        "Min": lambda *a: torch.stack(a).amin(0),
        "Abs": torch.abs,
    }
    for label in range(COUNTS.c):
        logits, value, gradient = formulas(loss, label)
        evaluate = sp.lambdify(logits, value, [functions, "math"])
        derived = sp.lambdify(logits, list(gradient), "numpy")
        for point in random_points(4):
            leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
            evaluate(*leaves).backward()
            automatic = [0.0 if leaf.grad is None else float(leaf.grad) for leaf in leaves]
            assert np.abs(np.array(derived(*point), dtype=float) - automatic).max() < GRADIENT_ERROR
            reference = loss.torch_reference(torch.stack(leaves), label, COUNTS.per_class)
            assert reference is None or float(reference) == pytest.approx(float(evaluate(*leaves)), rel=ROUNDING)


@losses
def test_compiled_is_symbolic_at_random_points(loss):
    labels = list(range(COUNTS.c)) * 3
    compiled = compile_loss(loss, COUNTS, labels)
    L = np.random.default_rng(5).normal(size=(COUNTS.c, len(labels)))
    values, gradients = compiled.value(L), compiled.gradient(L)
    for i, label in enumerate(labels[:6]):
        logits, value, gradient = formulas(loss, label)
        at = dict(zip(logits, L[:, i], strict=True))
        assert values[i] == pytest.approx(float(sp.N(value.subs(at), 20)), rel=ROUNDING)
        expected = [float(sp.N(sp.sympify(entry).subs(at), 20)) for entry in gradient]
        assert gradients[:, i] == pytest.approx(expected, rel=1e-11, abs=ROUNDING)


@losses
def test_first_order_target_is_minus_the_derivative_at_zero(loss):
    """Three readings of G: from the group formula, class by class, and by central differences of the weighted loss."""
    weights = [sp.Integer(n) ** sp.Rational(-1, 2) for n in COUNTS.per_class]
    G = flow.logit_flow(loss, sp.zeros(COUNTS.c, COUNTS.n), COUNTS.labels, weights, tuple(map(sp.Integer, COUNTS.per_class)))
    groups = COUNTS.groups()
    for target in (first_order.explicit_target(loss, groups), first_order.step_target(loss).at(groups)):
        B = target.columns.explicit()  # the counts are in group order
        expected = sp.Matrix.hstack(*(weights[y] * B[:, y] for y in COUNTS.labels))
        assert np.abs(np.array((G - expected).evalf(30), dtype=float)).max() < 1e-25
    compiled, h = compile_loss(loss, COUNTS, COUNTS.labels), 1e-5
    omega = np.array([float(weights[y]) for y in COUNTS.labels])
    for k in range(COUNTS.c):
        shift = np.zeros((COUNTS.c, COUNTS.n))
        shift[k] = h
        slope = -(compiled.value(shift) - compiled.value(-shift)) / (2 * h) * omega
        # Truncation h² times a third derivative of at most scale³ = 27000, and rounding 1e-16·scale/h.
        assert np.abs(np.array(G[k, :].evalf(), dtype=float) - slope).max() < 1e-5


@losses
@pytest.mark.parametrize("init", ["spectral", "random"])
def test_energy_decays_and_balance_is_kept(loss, init):
    weights = tuple(n**-0.5 for n in COUNTS.per_class)
    run = simulate(Experiment(COUNTS, weights, loss, 4.0, init, 3, 1), time=_short_time(loss, weights))
    energy = weighted_loss(run, np.linspace(0, run.t[-1], 80))
    assert (np.diff(energy) < 0).all()
    assert balance_drift(run) < DRIFT


def _rates(loss, weights):
    return derivation.Derivation(loss).rates(COUNTS, [sp.Rational(str(w)) if isinstance(w, float) else w for w in weights])


def _short_time(loss, weights):
    return 7.0 / _rates(loss, weights)[-1].value  # δ/μ and as much again less one: on into the learned phase


@losses
@pytest.mark.parametrize("exponent", ["1/2"])
def test_escape_rates_are_the_growth_rates_of_the_simulator(loss, exponent):
    """The propagator from the start to the time 1/μ of a run at δ = 12, whose nonlinear part is e^(−22) at most."""
    exact = [sp.Integer(n) ** -sp.Rational(exponent) for n in COUNTS.per_class]
    stated = [rate.value for rate in _rates(loss, exact) for _ in range(rate.multiplicity)]
    width = COUNTS.c + COUNTS.n
    time = 1 / stated[0]
    run = simulate(Experiment(COUNTS, tuple(map(float, exact)), loss, 12.0, "random", width, 2), time=time)
    states = [np.vstack([run.W(t), run.H(t).T]) for t in (0.0, time)]
    propagator = states[1] @ np.linalg.inv(states[0])
    growth = np.sort(np.log(np.linalg.eigvalsh((propagator + propagator.T) / 2)) / time)[::-1]
    assert growth[: len(stated)] == pytest.approx(stated, rel=RATE_ERROR)
    assert np.abs(growth[len(stated) : width - len(stated)]).max() < RATE_ERROR * stated[0]


def test_linear_loss_keeps_its_slow_modes_beside_modes_that_grow_without_bound():
    """s(t) = e^(2σt − 2δ): at the slow mode's time the fast one stands at e^(140), far beyond rounding of plain coordinates."""
    counts = ClassCounts((100, 100, 1, 1))
    run = simulate(Experiment(counts, (1.0,) * 4, loss_named("unhinged"), 8.0))
    expected = (np.log(0.5) + 16) / 2  # σ = 1: the strength, and the margin, reach 1/2
    assert mode_learning_times(run)[-1] == pytest.approx(expected, rel=1e-9)
    assert class_learning_times(run)[2:] == pytest.approx([expected] * 2, rel=1e-9)
    assert balance_drift(run) < DRIFT
    with pytest.raises(InvalidInput, match="must be ≤"):  # plain coordinates cannot, and say so
        simulate(run.experiment, level="sample")
