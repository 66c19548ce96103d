"""Every symbol of the theory, made once, with its assumptions.

Two symbols of one name and different assumptions print alike and compare unequal, so no other module
makes a symbol with one of these names. `positive=True` cannot say R > 1 or 0 < p < 1: such premises
travel with the statements that need them.
"""

from __future__ import annotations

import sympy as sp

R = sp.Symbol("R", positive=True)  # imbalance ratio, max n_j / min n_j
gamma = sp.Symbol("gamma", real=True)  # weight exponent: ω_j = n_j^(−γ)
p = sp.Symbol("p", positive=True)  # share of minority classes, 0 < p < 1
c = sp.Symbol("c", positive=True, integer=True)  # number of classes
delta = sp.Symbol("delta", positive=True)  # initial scale e^(−δ)
t = sp.Symbol("t", real=True)  # flow time
tau = sp.Symbol("tau", positive=True)  # scaled time t/δ
sigma = sp.Symbol("sigma", positive=True)  # a singular value of Z
strength = sp.Symbol("s", positive=True)  # the strength s of a mode
s0 = sp.Symbol("s_0", positive=True)  # a mode strength at t = 0
rate = sp.Symbol("lambda", positive=True)  # effective weight of a mode
second_moment = sp.Symbol("mu", positive=True)  # vᵀΩ²v of a mode
growth = sp.Symbol("mu_u", positive=True)  # ‖uᵀZΩ‖, the rate of a mode of the linear flow
overlap = sp.Symbol("rho", positive=True)  # uᵀZΩv/‖uᵀZΩ‖, how far its features start along the direction that grows
fraction = sp.Symbol("f", positive=True)  # learned fraction, 0 < f < 1
n_majority = sp.Symbol("n_maj", positive=True)  # samples in a majority class
n_minority = sp.Symbol("n_min", positive=True)  # samples in a minority class
m_majority = sp.Symbol("m_maj", positive=True, integer=True)  # number of majority classes
m_minority = sp.Symbol("m_min", positive=True, integer=True)  # number of minority classes
w_majority = sp.Symbol("omega_maj", positive=True)  # weight of a majority class
w_minority = sp.Symbol("omega_min", positive=True)  # weight of a minority class
classifier_strength = sp.Symbol("a", real=True)  # classifier of the middle mode, uᵀWq
majority_feature = sp.Symbol("b", real=True)  # its feature in a majority class, in units of the target
minority_feature = sp.Symbol("e", real=True)  # its feature in a minority class, in units of the target
within_classifiers = sp.symbols("alpha_maj alpha_min", real=True)  # classifier of a within-group mode
within_features = sp.symbols("beta_maj beta_min", real=True)  # its feature, in units of the target
similarity_within = sp.Symbol("rho", real=True)  # inner product of two unit inputs of one class
similarity_between = sp.Symbol("kappa", real=True)  # inner product of two unit inputs of different classes
signal = sp.Symbol("theta", real=True)  # (ρ − κ)/(1 − ρ), signal to noise of one sample
connection = sp.Symbol("J", real=True)  # the integral that joins early and late growth of the middle mode
connection_slope = sp.Symbol("J_1", real=True)  # its change of first order in R^(−1/2)
shrinkage = sp.Symbol("mu", positive=True)  # μ = √(λ_W λ_H), by which weight decay shrinks
within_values = sp.symbols("s_maj s_min", nonnegative=True)  # singular values within the majority, within the minority
middle_value = sp.Symbol("r", nonnegative=True)  # the singular value of the middle mode
