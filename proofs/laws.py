"""The laws of the theory, for a simulator or a formula of yours: which of them does your code break, and where?

A simulator is one function of plain NumPy arrays, for the flow of the squared loss

    dW/dt = (Z − WH) Ω Hᵀ,   dH/dt = Wᵀ (Z − WH) Ω,   Z = (I − 11ᵀ/c) Y,   Ω = diag(ω_(y_i)):

    def simulate(W0, H0, labels, weights, times):
        '''W0 c × d, H0 d × n, labels n whole numbers from 0, weights c positive numbers, times k flow times from 0
        on, increasing. Returns W, k × c × d, and H, k × d × n, at these times.'''

`check_all(simulate)` in a test file tries every law on small random cases, shrinks what fails to the plainest case,
and raises one `LawBroken` that names each broken law with it. A formula for the strength of one mode without weights
from spectral start, `strength(sigma, delta, t)`, is checked by `check_formula(strength)`.

`accuracy` is what you claim of your code: the largest error of W and of H at any of the times, in Frobenius norm,
relative to the largest norm of that matrix over the run. Every tolerance follows from it and stands with its law.

Needs Hypothesis: `pip install ufm-verifier[test]`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from proofs import strategies
from proofs.strategies import Start
from theory.data.counts import ClassCounts

Array = NDArray[np.float64]
Simulate = Callable[[Array, Array, Array, Array, Array], tuple[Array, Array]]
Strength = Callable[[float, float, float], float]

ACCURACY = 1e-5  # what an adaptive integrator at relative tolerance 1e-8 keeps on these cases with room to spare
EXAMPLES = 50  # cases tried for each law
FRACTIONS = (0.1, 0.5, 0.9)  # of σ, at which learning times are read
REFERENCE = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-13}  # of the reduced system: exact beside any accuracy here
ROUNDING = 1e-12  # of a formula of a few operations in floating point, relative


class LawBroken(AssertionError):
    """A law does not hold for this code. The message says which, by how much, and on which case."""


@dataclass(frozen=True)
class Case:
    """One run: `counts`, `weights` (c), where it starts, and the `times` at which it is read, the first one 0."""

    counts: ClassCounts
    weights: tuple[float, ...]
    start: Start
    times: tuple[float, ...]

    def __repr__(self) -> str:
        return (
            f"counts {self.counts.per_class}, weights {self.weights}, start {self.start!r}, times {tuple(round(t, 6) for t in self.times)}"
        )

    @property
    def labels(self) -> NDArray[np.int_]:
        """The class of each sample, in class order."""
        return np.array(self.counts.labels)

    @property
    def Z(self) -> Array:
        """The centred labels, c × n."""
        return (np.arange(self.counts.c)[:, None] == self.labels) - 1 / self.counts.c

    @property
    def sigma(self) -> Array:
        """The c − 1 singular values of Z, descending."""
        return np.asarray(np.linalg.svd(self.Z, compute_uv=False)[: self.counts.c - 1], dtype=float)


@dataclass(frozen=True)
class Run:
    """W (k × c × d) and H (k × d × n) that a simulator returned, checked for shape and finiteness."""

    W: Array
    H: Array

    @property
    def L(self) -> Array:
        """The logits WH, k × c × n."""
        return self.W @ self.H

    @property
    def size_W(self) -> float:
        """The largest ‖W‖ over the run."""
        return float(np.linalg.norm(self.W, axis=(1, 2)).max())

    @property
    def size_H(self) -> float:
        """The largest ‖H‖ over the run."""
        return float(np.linalg.norm(self.H, axis=(1, 2)).max())

    @property
    def size_L(self) -> float:
        """‖W‖‖H‖, in which an error of W and H by `accuracy` moves the logits by twice the accuracy at most."""
        return self.size_W * self.size_H


def run(simulate: Simulate, case: Case) -> Run:
    """Run a case as it stands."""
    return _call(simulate, case.start.W, case.start.H, case.labels, case.weights, case.times)


def _call(simulate: Simulate, W0: Array, H0: Array, labels: Any, weights: Any, times: Any) -> Run:
    """Call the simulator with copies, so that it cannot change the case, and look at what it returns.

    Raises: LawBroken where that is not two finite arrays of the right shapes.
    """
    t = np.array(times, dtype=float)
    W, H = (
        np.asarray(part, dtype=float) for part in simulate(W0.copy(), H0.copy(), np.array(labels), np.array(weights, dtype=float), t.copy())
    )
    for name, found, start in (("W", W, W0), ("H", H, H0)):
        if found.shape != (len(t), *start.shape):
            raise LawBroken(f"{name} has shape {found.shape} and must have {(len(t), *start.shape)}: times first")
        if not np.isfinite(found).all():
            raise LawBroken(f"{name} is not finite at every time")
    return Run(W, H)


def _demand(error: float, bound: float, what: str) -> None:
    if not error <= bound:
        raise LawBroken(f"{what}: off by {error:.3g}, allowed {bound:.3g}")


def _same(found: Run, expected: Run, accuracy: float, what: str) -> None:
    """Two runs that must be one: each is off by the accuracy at most, so twice the accuracy apart."""
    for name in ("W", "H"):
        one, other = getattr(found, name), getattr(expected, name)
        size = max(np.linalg.norm(part, axis=(1, 2)).max() for part in (one, other))
        _demand(float(np.linalg.norm(one - other, axis=(1, 2)).max()), 2 * accuracy * size, f"{what}, {name}")


# The laws. Each takes a simulator, a case, what else it changes, and the accuracy; it raises LawBroken or returns.


def starts_where_told(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """At t = 0 the run is where it was told to start.

    Formula: W(0) = W0, H(0) = H0.
    Tolerance: the accuracy, in each of them: it is an error at one of the times.
    """
    found = run(simulate, case)
    for name in ("W", "H"):
        start, there = getattr(case.start, name), getattr(found, name)
        size = np.linalg.norm(there, axis=(1, 2)).max()
        _demand(float(np.linalg.norm(there[0] - start)), accuracy * size, f"{name} at t = 0")


def balance_is_conserved(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """Balance is conserved.

    Formula: WᵀW − HHᵀ at every time is W0ᵀW0 − H0H0ᵀ.
    Tolerance: 2·accuracy·(‖W‖² + ‖H‖²), what errors of W and H of that size do to the two squares.
    """
    found, start = run(simulate, case), case.start
    balance = found.W.transpose(0, 2, 1) @ found.W - found.H @ found.H.transpose(0, 2, 1)
    drift = balance - (start.W.T @ start.W - start.H @ start.H.T)
    _demand(float(np.linalg.norm(drift, axis=(1, 2)).max()), 2 * accuracy * (found.size_W**2 + found.size_H**2), "WᵀW − HHᵀ moves")


def energy_decays(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """The weighted loss never grows.

    Formula: E(t) = ½ Σ_i ω_(y_i) ‖z_i − W h_i‖² does not increase from one time to the next.
    Tolerance: each E is off by ‖(Z − WH)Ω‖ times the error 2·accuracy·‖W‖‖H‖ of the logits, and by half the largest
    weight times the square of that error.
    """
    found, omega = run(simulate, case), np.array(case.weights)[case.labels]
    residual = case.Z - found.L
    energy = np.sum(omega * residual**2, axis=(1, 2)) / 2
    logits = 2 * accuracy * found.size_L
    each = np.linalg.norm(omega * residual, axis=(1, 2)) * logits + omega.max() * logits**2 / 2
    rise = np.diff(energy) - (each[1:] + each[:-1])
    worst = int(np.argmax(rise))
    _demand(float(np.diff(energy)[worst]), float((each[1:] + each[:-1])[worst]), "the weighted loss grows")


def relabelling_commutes(simulate: Simulate, case: Case, order: Sequence[int], accuracy: float = ACCURACY) -> None:
    """Classes have no order of their own.

    Formula: with class j renamed order[j], and its row of W0 and its weight moved along, W(t) has its rows renamed in
    the same way and H(t) is what it was. Labels then are not in class order.
    Tolerance: 2·accuracy, for two runs.
    """
    plain, order_ = run(simulate, case), np.array(order)
    W0, weights = np.empty_like(case.start.W), np.empty(case.counts.c)
    W0[order_], weights[order_] = case.start.W, case.weights
    renamed = _call(simulate, W0, case.start.H, order_[case.labels], weights, case.times)
    _same(Run(renamed.W[:, order_], renamed.H), plain, accuracy, "after renaming the classes")


def weights_rescale_time(simulate: Simulate, case: Case, factor: float, accuracy: float = ACCURACY) -> None:
    """Scaling all weights rescales time.

    Formula: with weights kω the run at t/k is the run with weights ω at t.
    Tolerance: 2·accuracy, for two runs.
    """
    plain, times = run(simulate, case), np.array(case.times) / factor
    scaled = _call(simulate, case.start.W, case.start.H, case.labels, np.array(case.weights) * factor, times)
    _same(scaled, plain, accuracy, f"with all weights times {factor:g}")


def replicas_speed_up(simulate: Simulate, case: Case, copies: int, accuracy: float = ACCURACY) -> None:
    """k copies of every sample run √k times faster.

    Formula: from W0·k^(1/4), with k copies of H0·k^(−1/4), the run at t/√k is W(t)·k^(1/4), and k copies of
    H(t)·k^(−1/4): the same logits, since Z repeated k times has singular values √k times as large.
    Tolerance: 2·accuracy, for two runs.
    """
    plain, scale = run(simulate, case), copies**0.25
    many = _call(
        simulate,
        case.start.W * scale,
        np.repeat(case.start.H / scale, copies, axis=1),
        np.repeat(case.labels, copies),
        case.weights,
        np.array(case.times) / math.sqrt(copies),
    )
    expected = Run(plain.W * scale, np.repeat(plain.H / scale, copies, axis=2))
    _same(many, expected, accuracy, f"with {copies} copies of every sample")


def rotations_commute(simulate: Simulate, case: Case, angle: float, accuracy: float = ACCURACY) -> None:
    """Features may be rotated.

    Formula: from W0 Q and QᵀH0 the run is W(t) Q and QᵀH(t). Q turns the first feature towards the last by `angle`,
    or changes its sign where there is one feature only.
    Tolerance: 2·accuracy, for two runs: a rotation changes no norm.
    """
    d = case.start.W.shape[1]
    Q = np.eye(d)
    if d == 1:
        Q[0, 0] = -1
    else:
        cos, sin = math.cos(angle), math.sin(angle)
        Q[np.ix_([0, -1], [0, -1])] = [[cos, -sin], [sin, cos]]
    plain = run(simulate, case)
    turned = _call(simulate, case.start.W @ Q, Q.T @ case.start.H, case.labels, case.weights, case.times)
    _same(turned, Run(plain.W @ Q, Q.T @ plain.H), accuracy, "after rotating the features")


def equal_counts_are_balanced(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """R = 1 is balanced: every class and every mode is learned at the same time.

    Formula: from spectral start with equal counts and equal weights, L(t) is a multiple of Z.
    Tolerance: 2·accuracy·‖W‖‖H‖ in the logits; taking off the part along Z makes it no larger.
    """
    found, Z = run(simulate, case), case.Z
    along = np.sum(found.L * Z, axis=(1, 2)) / np.sum(Z * Z)
    rest = found.L - along[:, None, None] * Z
    _demand(float(np.linalg.norm(rest, axis=(1, 2)).max()), 2 * accuracy * found.size_L, "logits leave the line of Z")


def logits_end_at_the_labels(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """t → ∞: the weights are forgotten.

    Formula: L(t) → Z whatever the weights, from spectral start, read at (2δ + 40)/(σ_min ω_min).
    Tolerance: 2·accuracy·‖W‖‖H‖ in the logits, and as much again for the distance that is still to go.
    """
    found = run(simulate, case)
    _demand(float(np.linalg.norm(found.L[-1] - case.Z)), 4 * accuracy * found.size_L, "logits do not end at Z")


def means_follow_the_reduced_flow(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """Samples of a class that start with equal features are as one: reduced = sample-level.

    Formula: H(t) = M(t) Y with dW/dt = (P − WM) diag(n_j ω_j) Mᵀ, dM/dt = Wᵀ (P − WM) diag(ω_j), a system of c
    columns that this law integrates by itself, to a relative tolerance of 1e-11.
    Tolerance: the accuracy, for one run.
    """
    found, c, (rows, d) = run(simulate, case), case.counts.c, case.start.W.shape
    n, omega = np.array(case.counts.per_class, dtype=float), np.array(case.weights)
    first = np.searchsorted(case.labels, np.arange(c))
    P = np.eye(c) - 1 / c

    def derivative(t: float, state: Array) -> Array:
        W, M = state[: rows * d].reshape(rows, d), state[rows * d :].reshape(d, c)
        residual = (P - W @ M) * omega
        return np.concatenate([((residual * n) @ M.T).ravel(), (W.T @ residual).ravel()])

    start = np.concatenate([case.start.W.ravel(), case.start.H[:, first].ravel()])
    path = solve_ivp(derivative, (0, case.times[-1]), start, t_eval=case.times, **REFERENCE).y.T
    W, M = path[:, : rows * d].reshape(-1, rows, d), path[:, rows * d :].reshape(-1, d, c)
    _same(found, Run(W, M[:, :, case.labels]), accuracy / 2, "beside the flow of class means")


def learning_times_follow(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """Modes are learned when the closed form says.

    Formula: without weights from spectral start at δ, the mode of σ reaches fσ at
    T = ln((σ e^(2δ) − 1) f/(1 − f))/(2σ); read at f = 0.1, 0.5 and 0.9 where T > 0.
    Tolerance: 2·accuracy·‖W‖‖H‖ in each strength u_iᵀ L v_i.
    """
    assert case.start.delta is not None
    delta = float(case.start.delta)  # times are rounded to 1e-12 below, so that modes of one σ share theirs
    reads = sorted(
        (round(learning_time(sigma, delta, f), 12), i, f)
        for i, sigma in enumerate(case.sigma)
        for f in FRACTIONS
        if sigma * math.exp(2 * delta) * f > 1
    )
    times = sorted({0.0, *(time for time, _, _ in reads)})
    found = run(simulate, dataclasses.replace(case, times=tuple(times)))
    U, sigma, Vt = np.linalg.svd(case.Z, full_matrices=False)
    for time, i, f in reads:
        strength = U[:, i] @ found.L[times.index(time)] @ Vt[i]
        _demand(
            float(abs(strength - f * sigma[i])),
            2 * accuracy * found.size_L,
            f"at T = {time:.6g} the mode of σ = {sigma[i]:.6g} is not at {f} of it",
        )


def learning_time(sigma: float, delta: float, fraction: float) -> float:
    """T = ln((σ e^(2δ) − 1) f/(1 − f))/(2σ), flow time without weights; > 0 where σ e^(2δ) f > 1."""
    return math.log((sigma * math.exp(2 * delta) - 1) * fraction / (1 - fraction)) / (2 * sigma)


# The cases: small, of every kind, and plain when shrunk.

TIMES = st.sampled_from([(0.0, 1.0), (0.0, 0.25, 1.0), (0.0, 0.5, 1.0, 2.0)])
PLAIN = {"most_classes": 4, "largest": 3}


def _counts() -> SearchStrategy[ClassCounts]:
    return strategies.arbitrary_counts(**PLAIN)


@st.composite
def cases(draw: DrawFn, kinds: Sequence[str] = ("balanced", "random", "spectral")) -> Case:
    """A case for most laws: up to four classes of up to three samples, any weights, any start."""
    counts = draw(_counts())
    weights = tuple(map(float, draw(strategies.class_weights(counts))))
    return Case(counts, weights, draw(strategies.initial_conditions(counts, kinds)), draw(TIMES))


@st.composite
def balanced_cases(draw: DrawFn) -> Case:
    """Equal counts, equal weights, spectral start."""
    counts = ClassCounts((draw(st.integers(1, 3)),) * draw(st.integers(2, 4)))
    weight = float(draw(strategies.positive_rationals(4)))
    return Case(counts, (weight,) * counts.c, draw(strategies.initial_conditions(counts, ["spectral"])), draw(TIMES))


@st.composite
def late_cases(draw: DrawFn) -> Case:
    """Spectral start, and one late time by which every mode is learned."""
    case = draw(cases(["spectral"]))
    return dataclasses.replace(case, times=(0.0, _late(case)))


def _late(case: Case) -> float:
    """A time after which what is left of Z − L is far below any accuracy asked for here.

    Formula: (2δ + 40)/(σ_min ω_min): no mode escapes or settles at a smaller rate than σ_min ω_min, and e^(−40) is 4e-18.
    """
    return float((2 * float(case.start.delta or 0) + 40) / (case.sigma[-1] * min(case.weights)))


@st.composite
def unweighted_cases(draw: DrawFn) -> Case:
    """No weights, spectral start."""
    counts = draw(_counts())
    return Case(counts, (1.0,) * counts.c, draw(strategies.initial_conditions(counts, ["spectral"])), (0.0, 1.0))


@dataclass(frozen=True)
class Law:
    """A law with the cases it is tried on: `arguments` draws what the function takes between simulator and accuracy."""

    check: Callable[..., None]
    arguments: SearchStrategy[tuple[Any, ...]]

    @property
    def name(self) -> str:
        """Such as balance-is-conserved."""
        return self.check.__name__.replace("_", "-")

    @property
    def says(self) -> tuple[str, str]:
        """The law in a sentence, and its formula, from its description."""
        sentence, rest = (" ".join(part.split()) for part in (self.check.__doc__ or "").split("\n\n"))
        return sentence, rest.partition(" Tolerance: ")[0].removeprefix("Formula: ")


LAWS = (
    Law(starts_where_told, st.tuples(cases())),
    Law(balance_is_conserved, st.tuples(cases())),
    Law(energy_decays, st.tuples(cases())),
    Law(relabelling_commutes, cases().flatmap(lambda case: st.tuples(st.just(case), st.permutations(range(case.counts.c))))),
    Law(weights_rescale_time, st.tuples(cases(), st.sampled_from([2.0, 0.5, 3.0]))),
    Law(replicas_speed_up, st.tuples(cases(), st.integers(2, 4))),
    Law(rotations_commute, st.tuples(cases(), st.sampled_from([1.0, 2.0, -0.5]))),
    Law(equal_counts_are_balanced, st.tuples(balanced_cases())),
    Law(logits_end_at_the_labels, st.tuples(late_cases())),
    Law(means_follow_the_reduced_flow, st.tuples(cases(["balanced", "spectral"]))),
    Law(learning_times_follow, st.tuples(unweighted_cases())),
)


def check_all(simulate: Simulate, *, accuracy: float = ACCURACY, examples: int = EXAMPLES) -> None:
    """Try every law on a simulator.

    Arguments: `simulate`, see the head of this module; `accuracy`, the relative accuracy it claims; `examples`, cases
    for each law. The cases are the same at every call.
    Raises: LawBroken once, naming every broken law with its formula, by how much, and on which smallest case. An
    exception of the simulator counts as a broken law, and is the cause of the one raised here.
    """
    _report([_broken(law, simulate, accuracy, examples) for law in LAWS], len(LAWS), accuracy)


def _broken(law: Law, code: Callable[..., Any], accuracy: float, examples: int) -> tuple[str, Exception] | None:
    """The report of a broken law on its smallest case, with what was raised there; None where it holds."""

    def fails(arguments: tuple[Any, ...]) -> bool:
        return _raised(law, code, arguments, accuracy) is not None

    try:
        smallest = find(
            law.arguments,
            fails,
            settings=settings(
                max_examples=examples,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
            ),
        )
    except NoSuchExample:
        return None
    error = _raised(law, code, smallest, accuracy)
    if error is None:
        raise LawBroken(f"{law.name}: {smallest[0]!r} fails at one call and not at the next: the code is not deterministic")
    what = str(error) if isinstance(error, LawBroken) else f"{type(error).__name__}: {error}"
    sentence, formula = law.says
    case = ", ".join(map(repr, smallest))
    return f"{law.name}: {sentence}\n  law: {formula}\n  here: {what}\n  smallest case: {case}", error


def _raised(law: Law, code: Callable[..., Any], arguments: tuple[Any, ...], accuracy: float) -> Exception | None:
    try:
        law.check(code, *arguments, accuracy=accuracy)
    except Exception as error:  # noqa: BLE001 - whatever the code under test raises is part of the answer
        return error
    return None


def _report(found: Sequence[tuple[str, Exception] | None], number: int, accuracy: float) -> None:
    broken = [report for report in found if report is not None]
    if broken:
        text = "\n".join(report for report, _ in broken)
        raise LawBroken(f"{len(broken)} of {number} laws broken (accuracy {accuracy:g})\n{text}") from broken[0][1]


# The laws of a formula s(σ, δ, t) for one mode without weights, from spectral start.


def strength_starts_at_the_initial_scale(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """At t = 0 the strength is the square of the initial scale.

    Formula: s(σ, δ, 0) = e^(−2δ).
    Tolerance: the accuracy, relative.
    """
    _near(strength(sigma, delta, 0.0), math.exp(-2 * delta), accuracy, f"s({sigma:g}, {delta:g}, 0)")


def strength_ends_at_sigma(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """t → ∞: the mode is learned.

    Formula: s(σ, δ, t) → σ; read at t = (δ + 20)/σ, where e^(−2σt) is e^(−40) of what it was.
    Tolerance: the accuracy, relative.
    """
    _near(strength(sigma, delta, (delta + 20) / sigma), sigma, accuracy, f"s({sigma:g}, {delta:g}, late)")


def strength_approaches_sigma(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """The loss of a mode decays.

    Formula: the distance of s(σ, δ, t) from σ does not grow with t; read at eight times up to (δ + 2)/σ.
    Tolerance: the accuracy of each strength, relative to the larger of s and σ.
    """
    times = np.linspace(0, (delta + 2) / sigma, 8)
    values = np.array([strength(sigma, delta, float(t)) for t in times])
    rise = np.diff(np.abs(sigma - values)).max()
    _demand(float(rise), 2 * (accuracy + ROUNDING) * max(sigma, float(np.abs(values).max())), "|σ − s| grows")


def strength_scales_with_sigma(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """A mode of k times the singular value is k times as strong and k times as fast.

    Formula: s(kσ, δ − ln(k)/2, t/k) = k s(σ, δ, t), here at k = 2 and t = δ/σ.
    Tolerance: twice the accuracy, relative, for two values.
    """
    t = delta / sigma
    _near(
        strength(2 * sigma, delta - math.log(2) / 2, t / 2),
        2 * strength(sigma, delta, t),
        2 * accuracy,
        f"s({2 * sigma:g}, {delta:g} − ln(2)/2, {t / 2:g})",
    )


def strength_is_learned_on_time(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """The learning time follows.

    Formula: s(σ, δ, T) = fσ at T = ln((σ e^(2δ) − 1) f/(1 − f))/(2σ), for f = 0.1, 0.5 and 0.9 where T > 0.
    Tolerance: the accuracy, relative.
    """
    for f in FRACTIONS:
        if sigma * math.exp(2 * delta) * f > 1:  # else it is learned at the start
            time = learning_time(sigma, delta, f)
            _near(strength(sigma, delta, time), f * sigma, accuracy, f"s({sigma:g}, {delta:g}, {time:.6g})")


def _near(found: float, expected: float, accuracy: float, what: str) -> None:
    """`found` must be `expected` within the accuracy and rounding, both relative."""
    if not abs(found - expected) <= (accuracy + ROUNDING) * abs(expected):
        raise LawBroken(f"{what} is {found:.9g} and must be {expected:.9g}")


def _modes() -> SearchStrategy[tuple[float, float]]:
    sigma = strategies.imbalance_ratios(2).map(lambda R: float(sp.sqrt(R)))
    return st.tuples(sigma, strategies.deltas(10).map(float))


FORMULA_LAWS = tuple(
    Law(check, _modes())
    for check in (
        strength_starts_at_the_initial_scale,
        strength_ends_at_sigma,
        strength_approaches_sigma,
        strength_scales_with_sigma,
        strength_is_learned_on_time,
    )
)


def check_formula(strength: Strength, *, accuracy: float = 1e-9, examples: int = EXAMPLES) -> None:
    """Try every law of a mode on a formula for its strength, `strength(sigma, delta, t)`, without weights.

    Raises: LawBroken as `check_all` does; a case is (σ, δ).
    """
    _report([_broken(law, strength, accuracy, examples) for law in FORMULA_LAWS], len(FORMULA_LAWS), accuracy)
