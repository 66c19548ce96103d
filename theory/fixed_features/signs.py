"""Sign descent of L = WM, one feature m_j a class, along the path W = M = (ε + t)I − t(J − I), J of ones: own entries x − t, others −t.

d_j = n_j ω_j is what class j weighs, D all together. Each function sums over the class or the two classes named and the rest of them,
so that it is that of every number of classes.
"""

from __future__ import annotations

import sympy as sp

from theory.fixed_features.softmax import MASS, at_margin, downhill
from theory.symbols import c

SPREAD = sp.Symbol("x", positive=True)  # ε + 2t: an entry of the own class less another one
TIME = sp.Symbol("t", nonnegative=True)
D_OWN, D_NAMED = sp.symbols("d_i d_k", positive=True)  # of two classes
D_REST = sp.Symbol("d_r", nonnegative=True)  # of all other classes together
OWN, OTHER = SPREAD - TIME, -TIME  # entries of W and of M
SHAPE = (c - 1, sp.Integer(-1))  # (own, other) entry of e_k − softmax, over the softmax of another class: the softmax sums to 1


def logits() -> tuple[sp.Expr, sp.Expr]:
    """(own, other) entry of WM: (WM)_jk is the sum over all classes of W_jl M_lk."""
    return OWN * OWN + (c - 1) * OTHER * OTHER, OWN * OTHER + OTHER * OWN + (c - 2) * OTHER * OTHER


def residual() -> tuple[sp.Expr, sp.Expr]:
    """(own, other) entry of e_k − softmax of column k, at the margin z."""
    own, named, _ = downhill()
    return at_margin(own / MASS), at_margin(named / MASS)


def feature_push() -> tuple[sp.Expr, sp.Expr]:
    """(own, other) entry of Wᵀ(e_k − p_k) over the softmax of another class: minus the gradient in a feature of class k over ω."""
    own, other = SHAPE
    return OWN * own + (c - 1) * OTHER * other, OWN * other + OTHER * own + (c - 2) * OTHER * other


def classifier_push() -> tuple[sp.Expr, sp.Expr]:
    """Minus the gradient in W_ii, with d_k and d_r the rest, and in W_ik, over the same: Σ_j (e_j − p_j)_i d_j M_kj."""
    own, other = SHAPE
    return (own * D_OWN * OWN + other * (D_NAMED + D_REST) * OTHER, own * D_OWN * OTHER + other * D_NAMED * OWN + other * D_REST * OTHER)
