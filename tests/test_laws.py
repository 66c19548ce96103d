"""The laws: a right simulator keeps them all, each catches a fault of its own kind, and the manual's page on them runs."""

import math
import re
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample
from scipy.integrate import solve_ivp

from numerics.unconstrained_features import flow
from numerics.unconstrained_features.experiment import Experiment
from proofs import laws
from proofs.laws import LAWS, LawBroken
from theory.data.counts import ClassCounts
from theory.losses.squared import Squared

PAGE = Path(__file__).parent.parent / "docs" / "laws.md"
NAMES = {law.name for law in LAWS}


def flow_of(Z, omega, W, H):
    """The right flow: the faults below are changes of it."""
    G = (Z - W @ H) * omega
    return G @ H.T, W.T @ G


def simulator(
    derivative=flow_of,
    *,
    weights_of=lambda weights, labels: weights[labels],
    clock=lambda t: t,
    read=lambda W, H: (W, H),
    target=lambda labels, c: (np.arange(c)[:, None] == labels) - 1 / c,
):
    """A simulator by SciPy, in whose parts faults are planted."""

    def simulate(W0, H0, labels, weights, times):
        (c, d), n = W0.shape, H0.shape[1]
        Z, omega = target(labels, c), weights_of(weights, labels)

        def right_hand_side(t, state):
            return np.concatenate(
                [part.ravel() for part in derivative(Z, omega, state[: c * d].reshape(c, d), state[c * d :].reshape(d, n))]
            )

        at = np.array([clock(t) for t in times])
        path = solve_ivp(
            right_hand_side, (0, max(at[-1], 1e-9)), np.concatenate([W0.ravel(), H0.ravel()]), t_eval=at, rtol=1e-9, atol=1e-11
        ).y.T
        return read(path[:, : c * d].reshape(-1, c, d), path[:, c * d :].reshape(-1, d, n))

    return simulate


def broken_laws(simulate, accuracy=laws.ACCURACY):
    """The names of the laws that a simulator breaks on some case, which is not shrunk."""
    return {law.name for law in LAWS if _breaks(law, simulate, accuracy)}


def _breaks(law, simulate, accuracy):
    def fails(arguments):
        try:
            law.check(simulate, *arguments, accuracy=accuracy)
        except LawBroken:
            return True
        return False

    try:
        find(
            law.arguments,
            fails,
            settings=settings(max_examples=25, derandomize=True, database=None, deadline=None, phases=(Phase.generate,)),
        )
    except NoSuchExample:
        return False
    return True


def by_numerics(W0, H0, labels, weights, times):
    """This project's own integrator as a simulator of the laws: samples are sorted by class, and put back."""
    order = np.argsort(labels, kind="stable")
    counts = ClassCounts(tuple(int(k) for k in np.bincount(labels, minlength=len(W0))))
    experiment = Experiment(counts, tuple(map(float, weights)), Squared(), 1.0, width=W0.shape[1], init="random")
    with mock.patch("numerics.unconstrained_features.systems.initial_W_and_H", return_value=(W0, H0[:, order])):
        run = flow.simulate(experiment, level="sample", time=float(times[-1]))
    H = np.empty((len(times), *H0.shape))
    H[:, :, order] = run.H(times)
    return run.W(times), H


def test_our_own_integrator_keeps_every_law():
    assert broken_laws(by_numerics, accuracy=1e-9) == set()


def test_a_right_simulator_keeps_every_law_on_many_cases_even_if_it_changes_its_arguments():
    calls = []

    def greedy(W0, H0, labels, weights, times):
        calls.append((len(W0), len(labels)))
        result = simulator()(W0, H0, labels, weights, times)
        for argument in (W0, H0, labels, weights, times):
            argument[...] = 7
        return result

    laws.check_all(greedy)
    assert len(calls) >= laws.EXAMPLES * len(LAWS)
    assert {c for c, _ in calls} == {2, 3, 4}


def _in_class_order(weights, labels):
    return np.sort(weights)[labels]


def _weight_in_the_classifier_alone(Z, omega, W, H):
    return ((Z - W @ H) * omega) @ H.T, W.T @ (Z - W @ H)


def _first_class_is_slow(Z, omega, W, H):
    dW, dH = flow_of(Z, omega, W, H)
    dW[0] *= 0.9
    return dW, dH


def _drift_between_samples(Z, omega, W, H):
    return flow_of(Z, omega * (1 + 0.1 * np.arange(Z.shape[1])), W, H)


FAULTS = {
    "starts-where-told": simulator(clock=lambda t: t + 0.01),  # returns the state one step late
    "balance-is-conserved": simulator(lambda Z, o, W, H: (flow_of(Z, o, W, H)[0] - 0.01 * W, flow_of(Z, o, W, H)[1])),
    "energy-decays": simulator(lambda Z, o, W, H: (-flow_of(Z, o, W, H)[0], flow_of(Z, o, W, H)[1])),  # a sign
    "relabelling-commutes": simulator(weights_of=_in_class_order),
    "weights-rescale-time": simulator(weights_of=lambda weights, labels: weights[labels] / weights.mean()),
    "replicas-speed-up": simulator(weights_of=lambda weights, labels: weights[labels] / len(labels)),  # a mean loss
    "rotations-commute": simulator(lambda Z, o, W, H: (flow_of(Z, o, W, H)[0], np.maximum(flow_of(Z, o, W, H)[1], -0.1))),
    "equal-counts-are-balanced": simulator(_first_class_is_slow),
    "logits-end-at-the-labels": simulator(clock=lambda t: min(t, 3 + 1e-9 * t)),  # stops early
    "means-follow-the-reduced-flow": simulator(_drift_between_samples),
    "learning-times-follow": simulator(clock=lambda t: 2 * t),  # ‖·‖² without its half
}
OTHER_FAULTS = {
    "weights in the classifier alone": (simulator(_weight_in_the_classifier_alone), "balance-is-conserved"),
    "labels that are not centred": (
        simulator(target=lambda labels, c: (np.arange(c)[:, None] == labels) * 1.0),
        "logits-end-at-the-labels",
    ),
    "square roots of the weights": (simulator(weights_of=lambda w, labels: np.sqrt(w[labels])), "weights-rescale-time"),
}


def test_every_law_has_a_fault():
    assert set(FAULTS) == NAMES


@pytest.mark.parametrize("name", FAULTS)
def test_each_law_catches_its_fault_and_not_every_law_does(name):
    caught = broken_laws(FAULTS[name])
    assert name in caught
    assert caught < NAMES


@pytest.mark.parametrize("fault", OTHER_FAULTS)
def test_usual_faults_are_caught(fault):
    simulate, law = OTHER_FAULTS[fault]
    assert law in broken_laws(simulate)


def test_the_smallest_case_of_a_mean_loss_is_the_plainest_there_is():
    with pytest.raises(LawBroken) as caught:
        laws.check_all(FAULTS["replicas-speed-up"])
    report = str(caught.value)
    assert "smallest case: counts (1, 1), weights (1.0, 1.0), start" in report
    assert report.startswith(f"{report.count('smallest case')} of {len(LAWS)} laws broken")


@pytest.mark.parametrize(
    ("simulate", "message"),
    [
        (simulator(read=lambda W, H: (W[0], H[0])), "times first"),
        (simulator(read=lambda W, H: (W, H.transpose(0, 2, 1))), "H has shape"),
        (simulator(read=lambda W, H: (W * np.nan, H)), "W is not finite"),
        (lambda *arguments: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_simulator_that_returns_nonsense_or_raises_breaks_every_law(simulate, message):
    with pytest.raises(LawBroken) as caught:
        laws.check_all(simulate, examples=10)
    assert f"{len(LAWS)} of {len(LAWS)} laws broken" in str(caught.value)
    assert message in str(caught.value)
    assert caught.value.__cause__ is not None


def test_a_simulator_of_chance_is_named_as_such_or_broken():
    rng = np.random.default_rng(0)
    with pytest.raises(LawBroken):
        laws.check_all(simulator(read=lambda W, H: (W + 1e-3 * rng.random(), H)), examples=10)


def test_the_tolerance_follows_the_accuracy():
    rough = simulator(clock=lambda t: t * (1 + 1e-4))
    assert broken_laws(rough, accuracy=1e-2) == set()
    assert "learning-times-follow" in broken_laws(rough, accuracy=1e-6)


def strength(sigma, delta, t):
    return sigma / (1 + (sigma * math.exp(2 * delta) - 1) * math.exp(-2 * sigma * t))


@pytest.mark.parametrize(
    ("formula", "law"),
    [
        (lambda s, d, t: s / (1 + s * math.exp(2 * d) * math.exp(-2 * s * t)), "strength-starts-at-the-initial-scale"),
        (lambda s, d, t: strength(s, d, t) * (1 - 1e-3 * math.tanh(t)), "strength-ends-at-sigma"),
        (lambda s, d, t: strength(s, d, t) + t * math.exp(-t) * 3, "strength-approaches-sigma"),
        (lambda s, d, t: strength(s, d, t * s), "strength-scales-with-sigma"),
        (lambda s, d, t: strength(s, d, t / 2), "strength-is-learned-on-time"),
    ],
)
def test_each_law_of_a_formula_catches_its_fault(formula, law):
    with pytest.raises(LawBroken, match=law):
        laws.check_formula(formula)


def test_the_closed_form_keeps_every_law_of_a_formula():
    laws.check_formula(strength)


def test_each_law_says_its_formula_and_its_tolerance():
    for law in (*LAWS, *laws.FORMULA_LAWS):
        assert "Formula: " in law.check.__doc__
        assert "Tolerance: " in law.check.__doc__
        sentence, formula = law.says
        assert sentence.endswith(".")
        assert len(formula.split()) >= 4


def test_the_page_for_strangers_runs_and_shows_what_it_says():
    """Every Python block of the page is run in order; the text block is the report of the last one."""
    page = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```(python|text)\n(.*?)```", page, re.DOTALL)
    assert [kind for kind, _ in blocks] == ["python", "python", "text", "python"]
    scope = {"__name__": "page"}
    exec(blocks[0][1], scope)
    exec(blocks[1][1], scope)
    with pytest.raises(LawBroken) as caught:
        scope["test_my_simulator_obeys_the_laws"]()
    assert str(caught.value) == blocks[2][1].strip()
    exec(blocks[3][1], scope)
    scope["test_my_simulator_obeys_the_laws"]()
    scope["test_my_formula_obeys_the_laws"]()


def test_the_page_names_every_law_with_its_formula():
    page = PAGE.read_text(encoding="utf-8")
    for law in (*LAWS, *laws.FORMULA_LAWS):
        assert f"| `{law.name}` | {law.says[1]} |" in page
