"""The laws of a simulator. Each takes the simulator, a case, what else it changes, and the accuracy; it raises LawBroken or returns."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from scipy.integrate import solve_ivp

from proofs.laws.runs import (
    ACCURACY,
    FRACTIONS,
    Array,
    Case,
    Run,
    Simulate,
    called,
    demand,
    largest_norm,
    learning_time,
    losses_of,
    run,
    same,
    unchanged,
)

REFERENCE = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-13}  # for the reduced system: its error is far below any accuracy asked for here


class NotShown(Exception):
    """Raised where a law speaks of W and H, and the simulator returns logits alone."""


def starts_where_told(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """At t = 0 the run is where it was told to start.

    Formula: W(0) = W0, H(0) = H0.
    Tolerance: the accuracy, in each of them: it is an error at one of the times.
    """
    found = run(simulate, case)
    starts = {"W": case.start.W, "H": case.start.H, "logits": case.start.W @ case.start.H}
    for name, there in found.parts.items():
        demand(float(np.linalg.norm(there[0] - starts[name])), accuracy * largest_norm(there), f"{name} at t = 0")


def balance_is_conserved(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """Balance is conserved.

    Formula: WᵀW − HHᵀ at every time is W0ᵀW0 − H0H0ᵀ.
    Tolerance: 2·accuracy·(‖W‖² + ‖H‖²), what errors of W and H of that size do to the two squares.
    """
    found, start = run(simulate, case), case.start
    if found.W is None or found.H is None:
        raise NotShown
    balance = found.W.transpose(0, 2, 1) @ found.W - found.H @ found.H.transpose(0, 2, 1)
    drift = balance - (start.W.T @ start.W - start.H @ start.H.T)
    size = largest_norm(found.W) ** 2 + largest_norm(found.H) ** 2
    demand(float(np.linalg.norm(drift, axis=(1, 2)).max()), 2 * accuracy * size, "WᵀW − HHᵀ moves")


def energy_decays(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """The weighted loss never grows.

    Formula: E(t) = Σ_i ω_(y_i) ℓ(W h_i, y_i) does not increase from one time to the next; ℓ = ½ ‖z_i − W h_i‖² is the squared loss.
    Tolerance: each E is off by ‖∂ℓ/∂L Ω‖ times the error 2·accuracy·‖W‖‖H‖ of the logits, and by half the curvature times
    the square of that error: here the largest weight, as for the squared loss, and 1 + max ‖∂ℓ/∂L‖² of another.
    """
    found, omega, losses = run(simulate, case), case.omega, case.losses
    energy = np.array([losses.value(L) @ omega for L in found.L])
    slopes = np.array([losses.gradient(L) for L in found.L])
    curvature = omega.max() * (1 if case.is_squared else 1 + np.sum(slopes**2, axis=1).max())
    logits = 2 * accuracy * found.size_L
    each = np.linalg.norm(omega * slopes, axis=(1, 2)) * logits + curvature * logits**2 / 2
    rise = np.diff(energy) - (each[1:] + each[:-1])
    worst = int(np.argmax(rise))
    demand(float(np.diff(energy)[worst]), float((each[1:] + each[:-1])[worst]), "the weighted loss grows")


def relabelling_commutes(simulate: Simulate, case: Case, order: Sequence[int], accuracy: float = ACCURACY) -> None:
    """Classes have no order of their own.

    Formula: with class j renamed order[j], and its row of W0 and its weight moved along, W(t) has its rows renamed in
    the same way and H(t) is what it was. Labels then are not in class order.
    Tolerance: 2·accuracy, for two runs.
    """
    plain, order_ = run(simulate, case), np.array(order)
    W0, weights = np.empty_like(case.start.W), np.empty(case.counts.c)
    W0[order_], weights[order_] = case.start.W, case.weights
    renamed = called(simulate, W0, case.start.H, order_[case.labels], weights, case.times)
    back = renamed.changed(W=lambda W: W[:, order_], H=unchanged, L=lambda L: L[:, order_])
    same(back, plain, accuracy, "after renaming the classes")


def weights_rescale_time(simulate: Simulate, case: Case, factor: float, accuracy: float = ACCURACY) -> None:
    """Scaling all weights rescales time.

    Formula: with weights kω the run at t/k is the run with weights ω at t.
    Tolerance: 2·accuracy, for two runs.
    """
    plain, times = run(simulate, case), np.array(case.times) / factor
    scaled = called(simulate, case.start.W, case.start.H, case.labels, np.array(case.weights) * factor, times)
    same(scaled, plain, accuracy, f"with all weights times {factor:g}")


def replicas_speed_up(simulate: Simulate, case: Case, copies: int, accuracy: float = ACCURACY) -> None:
    """k copies of every sample run √k times faster.

    Formula: from W0·k^(1/4), with k copies of H0·k^(−1/4), the run at t/√k is W(t)·k^(1/4), and k copies of
    H(t)·k^(−1/4): the same logits, since Z repeated k times has singular values √k times as large.
    Tolerance: 2·accuracy, for two runs.
    """
    plain, scale = run(simulate, case), copies**0.25
    many = called(
        simulate,
        case.start.W * scale,
        np.repeat(case.start.H / scale, copies, axis=1),
        np.repeat(case.labels, copies),
        case.weights,
        np.array(case.times) / math.sqrt(copies),
    )
    expected = plain.changed(
        W=lambda W: W * scale, H=lambda H: np.repeat(H / scale, copies, axis=2), L=lambda L: np.repeat(L, copies, axis=2)
    )
    same(many, expected, accuracy, f"with {copies} copies of every sample")


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
    turned = called(simulate, case.start.W @ Q, Q.T @ case.start.H, case.labels, case.weights, case.times)
    expected = plain.changed(W=lambda W: W @ Q, H=lambda H: Q.T @ H, L=unchanged)
    same(turned, expected, accuracy, "after rotating the features")


def equal_counts_are_balanced(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """R = 1 is balanced: every class and every mode is learned at the same time.

    Formula: from spectral start with equal counts and equal weights, L(t) is a multiple of Z.
    Tolerance: 2·accuracy·‖W‖‖H‖ in the logits; taking off the part along Z makes it no larger.
    """
    found, Z = run(simulate, case), case.Z
    along = np.sum(found.L * Z, axis=(1, 2)) / np.sum(Z * Z)
    rest = found.L - along[:, None, None] * Z
    demand(float(np.linalg.norm(rest, axis=(1, 2)).max()), 2 * accuracy * found.size_L, "logits leave the line of Z")


def logits_end_at_the_labels(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """t → ∞: the weights are forgotten.

    Formula: L(t) → Z whatever the weights, from spectral start, read at (2δ + 40)/(σ_min ω_min).
    Tolerance: 2·accuracy·‖W‖‖H‖ in the logits, and as much again for the distance that is still to go.
    """
    found = run(simulate, case)
    demand(float(np.linalg.norm(found.L[-1] - case.Z)), 4 * accuracy * found.size_L, "logits do not end at Z")


def means_follow_the_reduced_flow(simulate: Simulate, case: Case, accuracy: float = ACCURACY) -> None:
    """Samples of a class that start with equal features are as one: reduced = sample-level.

    Formula: H(t) = M(t) Y with dW/dt = (P − WM) diag(n_j ω_j) Mᵀ, dM/dt = Wᵀ (P − WM) diag(ω_j), a system of c
    columns that this law integrates by itself, to a relative tolerance of 1e-11; for another loss −∂ℓ/∂L stands for P − WM.
    Tolerance: the accuracy, for one run.
    """
    found, c, (rows, d) = run(simulate, case), case.counts.c, case.start.W.shape
    n, omega = np.array(case.counts.per_class, dtype=float), np.array(case.weights)
    first = np.searchsorted(case.labels, np.arange(c))
    losses = losses_of(case.loss, case.counts, list(range(c)))

    def derivative(t: float, state: Array) -> Array:
        W, M = state[: rows * d].reshape(rows, d), state[rows * d :].reshape(d, c)
        residual = -losses.gradient(W @ M) * omega
        return np.concatenate([((residual * n) @ M.T).ravel(), (W.T @ residual).ravel()])

    start = np.concatenate([case.start.W.ravel(), case.start.H[:, first].ravel()])
    path = solve_ivp(derivative, (0, case.times[-1]), start, t_eval=case.times, **REFERENCE).y.T
    W, M = path[:, : rows * d].reshape(-1, rows, d), path[:, rows * d :].reshape(-1, d, c)
    expected = Run.of(W, M[:, :, case.labels])
    same(found, expected if found.W is not None else Run(expected.L), accuracy / 2, "beside the flow of class means")


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
        demand(
            float(abs(strength - f * sigma[i])),
            2 * accuracy * found.size_L,
            f"at T = {time:.6g} the mode of σ = {sigma[i]:.6g} is not at {f} of it",
        )
