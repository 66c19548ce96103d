"""Why a simulator breaks the laws: the usual causes, each as the run that it would make, and the one that fits.

A cause is tried on a few cases beside the right flow. Its parameters are fitted on one case, and on every case it must
explain the difference between the simulator and the right flow, but for a tenth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

from numerics.compiled import NumericLoss
from proofs.laws.runs import Array, Case, Run, Simulate, run
from proofs.strategies import Start
from theory.data.counts import ClassCounts
from theory.losses.loss import Loss
from theory.losses.squared_one_hot import SquaredOneHot

UNEXPLAINED = 0.1  # share of the difference that a cause may leave unexplained: fits of causes of one kind share what is left
EXPLAINED = 1e-4  # a cause that leaves less than this share ends the search
RESOLVED = 1e-6  # share below which what is left is the accuracy of the runs that are compared
BETTER = 0.5  # a cause with more parameters must leave less than this share of what one with fewer leaves
TIMES = (0.0, 0.5, 1.0, 2.0)
REFERENCE = {"method": "DOP853", "rtol": 1e-9, "atol": 1e-11}
Parameters = tuple[float, ...]
Flow = Callable[[Array, Array], tuple[Array, Array]]


@dataclass(frozen=True)
class Cause:
    """A usual fault of simulators.

    `run` makes the run of a case with the fault and its parameters. `starts` are where the fit of the parameters begins, on
    a logarithmic scale; `says` is filled with the parameters that fit; `applies`, whether a case can have the fault.
    """

    says: str
    run: Callable[[Case, Parameters], Run]
    starts: tuple[Parameters, ...] = ((),)
    applies: Callable[[Case], bool] = lambda case: True


@dataclass(frozen=True)
class Diagnosis:
    """The cause that fits: `says`, its parameters, on how many cases it was tried, and the largest share it leaves unexplained."""

    cause: Cause
    parameters: Parameters
    cases: int
    unexplained: float

    def __str__(self) -> str:
        cause = self.cause.says.format(*self.parameters)
        return f"{cause} (fits {self.cases} of {self.cases} cases, leaving at most {max(self.unexplained, RESOLVED):.0e} of the difference)"


def flow(case: Case) -> Flow:
    """The right velocity of W and H: −∂ℓ/∂L Ω Hᵀ and −Wᵀ ∂ℓ/∂L Ω."""
    losses, omega = case.losses, case.omega

    def velocity(W: Array, H: Array) -> tuple[Array, Array]:
        G = -losses.gradient(W @ H) * omega
        return G @ H.T, W.T @ G

    return velocity


def integrated(case: Case, velocity: Flow, speed: float = 1.0) -> Run:
    """W and H at the times of the case, where time runs `speed` times as fast."""
    (c, d), n = case.start.W.shape, case.start.H.shape[1]

    def derivative(t: float, state: Array) -> Array:
        dW, dH = velocity(state[: c * d].reshape(c, d), state[c * d :].reshape(d, n))
        return speed * np.concatenate([dW.ravel(), dH.ravel()])

    start = np.concatenate([case.start.W.ravel(), case.start.H.ravel()])
    path = solve_ivp(derivative, (0, case.times[-1]), start, t_eval=case.times, **REFERENCE).y.T
    return Run.of(path[:, : c * d].reshape(-1, c, d), path[:, c * d :].reshape(-1, d, n))


def _faster(case: Case, speed: float) -> Run:
    return integrated(case, flow(case), speed)


def _one_hot(case: Case, _: Parameters) -> Run:
    return integrated(case, flow(Case(case.counts, case.weights, case.start, case.times, SquaredOneHot())))


def _decaying(case: Case, decay_W: float, decay_H: float) -> Run:
    plain = flow(case)

    def velocity(W: Array, H: Array) -> tuple[Array, Array]:
        dW, dH = plain(W, H)
        return dW - decay_W * W, dH - decay_H * H

    return integrated(case, velocity)


def _descended(case: Case, step: float, momentum: float = 0.0) -> Run:
    """Descent in steps, θ ← θ + η v with v ← β v − gradient; the last step before each time is shortened to reach it."""
    velocity = flow(case)
    W, H = case.start.W, case.start.H
    vW, vH = np.zeros_like(W), np.zeros_like(H)
    states = []
    now = 0
    for time in case.times:
        whole = math.floor(time / step + 1e-9)
        for _ in range(whole - now):
            dW, dH = velocity(W, H)
            vW, vH = momentum * vW + dW, momentum * vH + dH
            W, H = W + step * vW, H + step * vH
        now, rest = whole, time - whole * step
        dW, dH = velocity(W, H) if rest > 1e-9 * step else (vW, vH)
        share = max(rest, 0.0)
        states.append((W + share * (momentum * vW + dW), H + share * (momentum * vH + dH)) if rest > 1e-9 * step else (W, H))
    return Run.of(np.array([W for W, _ in states]), np.array([H for _, H in states]))


# A new cause is one line here. The plainest stand first, since a cause with fewer parameters is preferred.
CAUSES = (
    Cause("the mean over samples in place of their sum: time runs n times too slow", lambda case, _: _faster(case, 1 / case.counts.n)),
    Cause("divided by Σ_i ω_(y_i), the sum of the samples' weights", lambda case, _: _faster(case, 1 / case.omega.sum())),
    Cause("divided by Σ_j ω_j, the sum of the class weights", lambda case, _: _faster(case, 1 / sum(case.weights))),
    Cause("the square without its half: time runs twice as fast", lambda case, _: _faster(case, 2.0), applies=lambda case: case.is_squared),
    Cause("one-hot labels in place of centred ones", _one_hot, applies=lambda case: case.is_squared),
    Cause("weight decay of {0:.4g} on W and H", lambda case, p: _decaying(case, p[0], p[0]), starts=((0.03,), (0.5,))),
    Cause("weight decay of {0:.4g} on W alone", lambda case, p: _decaying(case, p[0], 0.0), starts=((0.03,), (0.5,))),
    Cause("a step that is too coarse: about {0:.4g} of flow time", lambda case, p: _descended(case, *p), starts=((0.01,), (0.05,), (0.2,))),
    Cause(
        "momentum: β is about {1:.3g}, in steps of about {0:.4g}",
        lambda case, p: _descended(case, p[0], min(p[1], 0.995)),
        starts=((0.01, 0.9), (0.01, 0.5), (0.05, 0.9)),
    ),
)


def diagnose(simulate: Simulate, *, loss: Loss | NumericLoss, accuracy: float, classes: Sequence[int] = (2, 3, 4)) -> Diagnosis | None:
    """The usual cause that explains how a simulator differs from the right flow; None where none does, or where it does not differ.

    Arguments: those of `check_all`; `classes`, the numbers of classes that the loss is for.
    """
    differing = []
    for case in cases_for(loss, classes):
        try:
            found = run(simulate, case)
        except Exception:  # noqa: BLE001 - what the simulator raises is reported with the law that it breaks
            return None
        right = integrated(case, flow(case))
        if _distance(found, right) > 2 * accuracy * max(1.0, right.size_L):
            differing.append((case, found, right))
    if not differing:
        return None
    best: Diagnosis | None = None
    for cause in CAUSES:
        if all(cause.applies(case) for case, _, _ in differing):
            found_cause = _fitted(cause, differing, best)
            best = found_cause or best
        if best is not None and best.unexplained < EXPLAINED:
            break
    return best


def _fitted(cause: Cause, differing: Sequence[tuple[Case, Run, Run]], rival: Diagnosis | None) -> Diagnosis | None:
    """The cause with its parameters, where it explains every case and better than its rival."""
    largest = UNEXPLAINED if rival is None else BETTER * rival.unexplained
    parameters = min((_fit(cause, differing[0], start) for start in cause.starts), key=lambda fit: fit[1])[0]
    left = 0.0
    for case in differing:
        left = max(left, _left(cause, case, parameters))
        if not left <= largest:
            return None
    return Diagnosis(cause, parameters, len(differing), left)


def _fit(cause: Cause, differing: tuple[Case, Run, Run], start: Parameters) -> tuple[Parameters, float]:
    """The parameters that leave least unexplained of one case, and what they leave."""
    if not start:
        return start, _left(cause, differing, start)
    fit = minimize(
        lambda log: min(_left(cause, differing, tuple(np.exp(log))), 1e6),
        np.log(start),
        method="Nelder-Mead",
        options={"xatol": 1e-5, "fatol": 1e-7, "maxfev": 40 * len(start)},
    )
    return tuple(map(float, np.exp(fit.x))), float(fit.fun)


def _left(cause: Cause, differing: tuple[Case, Run, Run], parameters: Parameters) -> float:
    """The share of the difference from the right flow that the cause does not explain; infinite where its run breaks down."""
    case, found, right = differing
    if any(not 1e-3 < value < 1e3 for value in parameters):
        return math.inf
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            faulty = cause.run(case, parameters)
            left = _distance(found, faulty) / _distance(found, right)
    except (FloatingPointError, ValueError):
        return math.inf
    return left if math.isfinite(left) else math.inf


def _distance(found: Run, expected: Run) -> float:
    """The norm of the difference over all times, of W and H, or of the logits where a run has nothing else."""
    others = expected.parts if found.W is not None else {"logits": expected.L}
    return math.sqrt(sum(float(np.sum((part - others[name]) ** 2)) for name, part in found.parts.items()))


SETTINGS = (((2, 1), (1.0, 3.0)), ((3, 1, 2), (0.5, 2.0, 1.0)), ((1, 2), (2.0, 0.75)), ((2, 1, 1, 3), (1.0, 2.0, 0.5, 0.25)))


def cases_for(loss: Loss | NumericLoss, classes: Sequence[int]) -> list[Case]:
    """A few cases that tell the causes apart: unequal counts and weights, and starts at which modes are half grown."""
    rng = np.random.default_rng(0)
    found = []
    for counts, weights in SETTINGS:
        c, n = len(counts), sum(counts)
        W, H = (0.5 * rng.standard_normal(shape) for shape in ((c, c), (c, n)))
        if c in classes:
            found.append(Case(ClassCounts(counts), weights, Start("random", W, H), TIMES, loss))
    return found
