"""The gradient flow of the weighted loss, by two routes, and what it conserves."""

import sympy as sp

from proofs import runs
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity
from theory import flow
from theory.losses.squared import Squared

# Small sizes (c, d, labels) at which the loss is written out: every class occurs, c = 2 and d = c − 1 too.
SIZES = ((2, 1, (0, 1)), (2, 2, (0, 0, 1)), (3, 2, (0, 1, 2, 2)))


def _entries(c, d, labels):
    """Route 1 less route 2, every entry, with symbolic weights, at symbolic W and H."""
    W = sp.Matrix(c, d, lambda i, j: sp.Symbol(f"W_{i}{j}", real=True))
    H = sp.Matrix(d, len(labels), lambda i, j: sp.Symbol(f"H_{i}{j}", real=True))
    weights = [sp.Symbol(f"omega_{j}", positive=True) for j in range(c)]
    counts = [sp.Integer(labels.count(j)) for j in range(c)]
    dW, dH = flow.scalar_flow(Squared(), W, H, labels, weights, counts)
    G = flow.logit_flow(Squared(), W * H, labels, weights, counts)
    return [*(dW - G * H.T), *(dH - W.T * G)]


def _flow_parts(said):
    dW, dH = flow.squared_loss_flow()
    chain_W, chain_H = flow.chain_rule_flow()
    G = (flow.Z - flow.W * flow.H) * flow.Omega
    symmetric = {"diagonal": (flow.Omega,)}
    return (
        MatrixIdentity(says="dW/dt, any sizes", left=dW, right=said.dW, **symmetric),
        MatrixIdentity(says="dH/dt, any sizes", left=dH, right=said.dH, **symmetric),
        MatrixIdentity(says="dW/dt by the chain rule through the logits", left=chain_W.subs(flow.G, G), right=said.dW,
                       **symmetric),
        MatrixIdentity(says="dH/dt by the chain rule through the logits", left=chain_H.subs(flow.G, G), right=said.dH,
                       **symmetric),
        *(Holds(says=f"entrywise derivatives of the loss equal the matrix rule: c={c}, d={d}, n={len(labels)}",
                condition=sp.And(*(sp.Eq(entry, 0, evaluate=False) for entry in _entries(c, d, labels)), evaluate=False))
          for c, d, labels in SIZES),
    )


def _balance_parts(said):
    dW, dH = flow.chain_rule_flow()
    rate = flow.rate_along(said.conserved, dW, dH)
    return (MatrixIdentity(says="d/dt of WᵀW − HHᵀ under any gradient G in the logits", left=rate,
                           right=sp.ZeroMatrix(*rate.shape)),)


ERROR = flow.Z - flow.W * flow.H

CLAIMS = (
    Claim(
        id="flow-follows-from-loss",
        says="The flow dW/dt = (Z − WH)ΩHᵀ, dH/dt = Wᵀ(Z − WH)Ω is minus the gradient of ½ Σ ω‖z − Wh‖².",
        source=PAPER,
        stated={"dW": ERROR * flow.Omega * flow.H.T, "dH": flow.W.T * ERROR * flow.Omega},
        parts=_flow_parts,
        runs=lambda said: (
            Agrees(says="central differences of the loss at random points", uses=("dW", "dH"),
                   measure=lambda: runs.gradient_error(said.dW, said.dH), bound=runs.DIFFERENCE_TOLERANCE),),
        near_misses=(
            NearMiss("a factor 2", {"dW": 2 * ERROR * flow.Omega * flow.H.T}),
            NearMiss("the weights left out", {"dH": flow.W.T * ERROR}),
            NearMiss("the sign", {"dW": -ERROR * flow.Omega * flow.H.T}),
        ),
        coq={
            "entrywise derivatives of the loss equal the matrix rule: c=2, d=1, n=2":
                ("dynamics.gradient_flow.entries_of_flow_c2_d1_n2",),
            "entrywise derivatives of the loss equal the matrix rule: c=2, d=2, n=3":
                ("dynamics.gradient_flow.entries_of_flow_c2_d2_n3",),
            "entrywise derivatives of the loss equal the matrix rule: c=3, d=2, n=4":
                ("dynamics.gradient_flow.entries_of_flow_c3_d2_n4",),
            "dW/dt, any sizes": ("dynamics.matrix_flow.flow_in_W",),
            "dH/dt, any sizes": ("dynamics.matrix_flow.flow_in_H",),
            "dW/dt by the chain rule through the logits": ("dynamics.matrix_flow.flow_in_W_by_chain_rule",),
            "dH/dt by the chain rule through the logits": ("dynamics.matrix_flow.flow_in_H_by_chain_rule",),
        },
    ),
    Claim(
        id="balance-conserved",
        says="WᵀW − HHᵀ is constant along the flow of any differentiable loss of WH, with any weights.",
        source=PAPER,
        stated={"conserved": flow.balance()},
        parts=_balance_parts,
        runs=lambda said: (
            Agrees(says="drift along integrated flows, weighted, spectral and random starts",
                   uses=("conserved",), measure=lambda: runs.conservation_drift(said.conserved), bound=runs.DRIFT_TOLERANCE),),
        near_misses=(
            NearMiss("a sum in place of the difference", {"conserved": flow.W.T * flow.W + flow.H * flow.H.T}),
            NearMiss("2WᵀW − HHᵀ", {"conserved": 2 * flow.W.T * flow.W - flow.H * flow.H.T}),
        ),
        coq={
            "d/dt of WᵀW − HHᵀ under any gradient G in the logits":
                ("dynamics.matrix_flow.balance_rate_vanishes", "matrices.flow.balance_conserved"),
        },
    ),
)
