"""The gradient flow of the weighted loss, by routes that share nothing but the loss, and what it conserves."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.algebra import words
from theory.data.counts import ClassCounts, long_tailed, step
from theory.losses.squared import Squared
from theory.models.laws import balance
from theory.models.model import descent, squared_descent
from theory.unconstrained_features import flow
from theory.unconstrained_features.flow import H, Omega, W, Z

# Small sizes (c, d, labels) at which the loss is written out: every class occurs, c = 2 and d = c − 1 too.
SIZES = ((2, 1, (0, 1)), (2, 2, (0, 0, 1)), (3, 2, (0, 1, 2, 2)))
ERROR = flow.Z - flow.W * flow.H
MOVE_W = sp.MatrixSymbol("E", flow.rows, flow.width)  # any change of W
STEP = sp.Symbol("x", real=True)  # the loss is quadratic in each entry: its symmetric difference quotient is its derivative
MOVE_H = sp.MatrixSymbol("F", flow.width, flow.samples)  # any change of H


def _entrywise(said, c, d, labels):
    """For every entry of W and of H the loss, written out, with the entry x larger and x smaller, against the stated entry."""
    W = sp.ImmutableMatrix(c, d, lambda i, j: sp.Symbol(f"W_{i}{j}", real=True))
    H = sp.ImmutableMatrix(d, len(labels), lambda i, j: sp.Symbol(f"H_{i}{j}", real=True))
    weights = [sp.Symbol(f"omega_{j}", positive=True) for j in range(c)]
    loss = flow.weighted_loss(Squared(), W * H, labels, weights, [sp.Integer(labels.count(j)) for j in range(c)])
    Z = sp.ImmutableMatrix(c, len(labels), lambda k, i: sp.Integer(labels[i] == k) - sp.Rational(1, c))
    point = {flow.W: W, flow.H: H, flow.Z: Z, flow.Omega: sp.ImmutableMatrix(sp.diag(*(weights[label] for label in labels)))}
    moves = [
        (entry, velocity)
        for entries, stated in ((W, said.dW), (H, said.dH))
        for entry, velocity in zip(entries, stated.xreplace(point).doit(), strict=True)
    ]
    return Holds(
        id=f"entries-c{c}-d{d}-n{len(labels)}",
        says="every entry moves by minus the symmetric difference quotient of the loss written out, at every step x: "
        f"c={c}, d={d}, n={len(labels)}",
        condition=sp.And(
            *(
                sp.Eq(loss.xreplace({entry: entry - STEP}) - loss.xreplace({entry: entry + STEP}), 2 * STEP * velocity, evaluate=False)
                for entry, velocity in moves
            ),
            evaluate=False,
        ),
    )


def _change_in_W(said):
    """Twice the loss is the trace: it changes by −2⟨E, dW/dt⟩ and a term of second order, for every E."""
    before, after, second = ERROR, ERROR - MOVE_W * flow.H, MOVE_W * flow.H
    first = MOVE_W * said.dW.T + said.dW * MOVE_W.T
    return MatrixIdentity(
        id="change-of-loss-with-w",
        diagonal=(flow.Omega,),
        says="W → W + E, any sizes: (Z − WH)Ω(Z − WH)ᵀ, whose trace is twice the loss, changes by −E(dW/dt)ᵀ − (dW/dt)Eᵀ "
        "and a term of second order in E",
        left=after * flow.Omega * after.T,
        right=before * flow.Omega * before.T - first + second * flow.Omega * second.T,
    )


def _change_in_H(said):
    """Entry (i, i) is 2ω_i times the loss of sample i: it changes by −2ω_i f_i·(dH/dt)_i and a term of second order."""
    before, after, second = ERROR * flow.Omega, (ERROR - flow.W * MOVE_H) * flow.Omega, flow.W * MOVE_H * flow.Omega
    moved = MOVE_H * flow.Omega
    return MatrixIdentity(
        id="change-of-loss-with-h",
        diagonal=(flow.Omega,),
        says="H → H + F, any sizes: Ω(Z − WH)ᵀ(Z − WH)Ω, whose entry (i, i) is 2ω_i times the loss of sample i, changes by "
        "−(FΩ)ᵀ(dH/dt) − (dH/dt)ᵀ(FΩ) and a term of second order in F",
        left=after.T * after,
        right=before.T * before - moved.T * said.dH - said.dH.T * moved + second.T * second,
    )


def _flow_parts(said):
    velocity = squared_descent(flow.MODEL)
    return (
        _change_in_W(said),
        _change_in_H(said),
        MatrixIdentity(
            id="flow-in-w-by-trace-rule",
            says="minus the gradient in W that the trace rule gives, multiplied out",
            left=velocity[flow.W],
            right=said.dW,
            diagonal=(flow.Omega,),
        ),
        MatrixIdentity(
            id="flow-in-h-by-trace-rule",
            says="minus the gradient in H that the trace rule gives, multiplied out",
            left=velocity[flow.H],
            right=said.dH,
            diagonal=(flow.Omega,),
        ),
        *(_entrywise(said, c, d, labels) for c, d, labels in SIZES),
    )


def _balance_parts(said):
    rate = words.rate_along(said.conserved, descent(flow.MODEL))
    return (
        MatrixIdentity(
            id="rate-of-balance-vanishes",
            says="d/dt of WᵀW − HHᵀ under any gradient G in the logits",
            left=rate,
            right=sp.ZeroMatrix(*rate.shape),
        ),
    )


# How it is run ----------------------------------------------------------------------------

DIFFERENCE_TOLERANCE = 1e-7  # of central differences of a quartic at step 1e-5: rounding is 1e-11/1e-5, and a decade is to spare
DRIFT_TOLERANCE = 1e-9  # the integrator's 1e-12 a step over some thousand steps


def gradient_error(dW: sp.MatrixExpr, dH: sp.MatrixExpr) -> Measurement:
    """The stated right-hand side against minus central differences of the loss, at random points."""
    right_hand_sides = [sp.lambdify((W, H, Z, Omega), side, "numpy") for side in (dW, dH)]
    generator = np.random.default_rng(settings.SEED)
    step_size = 1e-5

    def loss(w: np.ndarray, h: np.ndarray, z: np.ndarray, omega: np.ndarray) -> float:
        return float((omega * (z - w @ h) ** 2).sum() / 2)

    def errors() -> Iterator[tuple[str, float]]:
        for case in range(20):
            c, d = (int(k) for k in generator.integers(2, 5, 2))
            counts = ClassCounts(tuple(int(n) for n in generator.integers(1, 4, c)))
            z, omega = centred_labels(counts), generator.uniform(0.2, 2, counts.n)
            w, h = generator.normal(size=(c, d)), generator.normal(size=(d, counts.n))
            stated_W, stated_H = (np.asarray(side(w, h, z, np.diag(omega))) for side in right_hand_sides)
            along_W, along_H = generator.normal(size=w.shape), generator.normal(size=h.shape)
            ahead = loss(w + step_size * along_W, h, z, omega), loss(w, h + step_size * along_H, z, omega)
            behind = loss(w - step_size * along_W, h, z, omega), loss(w, h - step_size * along_H, z, omega)
            slopes = [-(a - b) / (2 * step_size) for a, b in zip(ahead, behind, strict=True)]
            stated = [float((stated_W * along_W).sum()), float((stated_H * along_H).sum())]
            scale = 1 + max(map(abs, slopes))
            yield f"case {case}", max(abs(a - b) for a, b in zip(slopes, stated, strict=True)) / scale

    return settings.worst(errors())


def conservation_drift(conserved: sp.MatrixExpr) -> Measurement:
    """How far the stated matrix moves along runs, relative to the size of WᵀW."""
    value = sp.lambdify((W, H), conserved, "numpy")

    def errors() -> Iterator[tuple[str, float]]:
        for gamma in (Fraction(0), Fraction(1, 2), Fraction(1)):
            for init in ("spectral", "random"):
                for name, counts in (("STEP(4, 10, 1/4)", step(4, 10, "1/4")), ("long-tailed(5, 30)", long_tailed(5, 30))):
                    run = settings.trajectory(counts, gamma, 2.0, init)
                    times = run.t[:: max(1, len(run.t) // 40)]
                    moved = [value(w, h) for w, h in zip(run.W(times), run.H(times), strict=True)]
                    size = max(np.linalg.norm(w.T @ w) for w in run.W(times))
                    drift = max(np.linalg.norm(later - moved[0]) for later in moved) / size
                    yield f"{name}, γ={gamma}, {init}", float(drift)

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="flow-follows-from-loss",
        says="For any sizes c, d, n and any weights, dW/dt = (Z − WH)ΩHᵀ, dH/dt = Wᵀ(Z − WH)Ω is minus the gradient of ½ Σ ω‖z − Wh‖².",
        source=PAPER,
        stated={"dW": ERROR * flow.Omega * flow.H.T, "dH": flow.W.T * ERROR * flow.Omega},
        parts=_flow_parts,
        runs=lambda said: (
            Agrees(
                id="central-differences",
                says="central differences of the loss at random points",
                uses=("dW", "dH"),
                measure=lambda: gradient_error(said.dW, said.dH),
                bound=DIFFERENCE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("a factor 2", {"dW": 2 * ERROR * flow.Omega * flow.H.T}),
            NearMiss("the weights left out", {"dH": flow.W.T * ERROR}),
            NearMiss("the sign", {"dW": -ERROR * flow.Omega * flow.H.T}),
        ),
        coq={
            "change-of-loss-with-w": ("dynamics.matrix_flow.loss_changes_with_W", "matrices.gradient.gradient_in_W"),
            "change-of-loss-with-h": ("dynamics.matrix_flow.loss_changes_with_H", "matrices.gradient.gradient_in_H"),
            "entries-c2-d1-n2": ("dynamics.gradient_flow.entries_of_flow_c2_d1_n2",),
            "entries-c2-d2-n3": ("dynamics.gradient_flow.entries_of_flow_c2_d2_n3",),
            "entries-c3-d2-n4": ("dynamics.gradient_flow.entries_of_flow_c3_d2_n4",),
            "flow-in-w-by-trace-rule": ("dynamics.matrix_flow.flow_in_W",),
            "flow-in-h-by-trace-rule": ("dynamics.matrix_flow.flow_in_H",),
        },
    ),
    Claim(
        id="balance-conserved",
        says="WᵀW − HHᵀ is constant along the flow of any differentiable loss of WH, with any weights.",
        source=PAPER,
        stated={"conserved": balance((flow.W, flow.H))},
        parts=_balance_parts,
        runs=lambda said: (
            Agrees(
                id="drift-along-runs",
                says="drift along integrated flows, weighted, spectral and random starts",
                uses=("conserved",),
                measure=lambda: conservation_drift(said.conserved),
                bound=DRIFT_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("a sum in place of the difference", {"conserved": flow.W.T * flow.W + flow.H * flow.H.T}),
            NearMiss("2WᵀW − HHᵀ", {"conserved": 2 * flow.W.T * flow.W - flow.H * flow.H.T}),
        ),
        coq={"rate-of-balance-vanishes": ("dynamics.matrix_flow.balance_rate_vanishes", "matrices.flow.balance_conserved")},
    ),
)
