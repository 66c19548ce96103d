"""What this theory's names mean in the Coq files that are printed, and its functions of time that theorems speak of."""

from __future__ import annotations

from theory import symbols
from theory.unconstrained_features import modes, timing

NUMBERS = """\
               ratio == the imbalance ratio R
                   p == the share of minority classes
        m_maj, m_min == numbers of classes
        n_maj, n_min == samples a class
omega_maj, omega_min == class weights
      x, u_maj, u_min == of a loss: a direction of one label's logits, on
                         its class and on the others of each group
              epsilon == of a loss: how far along it
 xi, eta (_maj, _min) == any vector that is constant on groups
"""
MATRICES = """\
     W, H == classifier and features
        Z == centred labels
    Omega == the row of the sample weights
        G == minus the gradient of any loss in the logits
U, V, Q, S == frames, and the row of singular values
        a == the row of amplitudes
"""
FUNCTIONS = """\
  scalar_rate == ds/dt of a mode's strength s
     strength == s(t), the solution of the scalar equation
learning_time == T with s(T) = f sigma
       lambda == the mode's effective weight
"""
# The functions as they are printed: a name, its arguments and its formula.
FORMULAS = (
    ("scalar_rate", (symbols.rate, symbols.sigma, symbols.strength), modes.strength_rate(weighted=True)),
    ("strength", (symbols.rate, symbols.sigma, symbols.delta, symbols.t), modes.solve_strength()),
    ("learning_time", (symbols.rate, symbols.sigma, symbols.delta, symbols.fraction), timing.learning_time()),
)
