"""A model: its parameters, logits and penalties; and minus the gradient of its loss, by two routes.

The loss is any differentiable loss of the logits L, a sum over samples with weights on the diagonal of Ω. It enters
through its *residual* G = −∂ℓ/∂L Ω alone, which depends on L: the differential of the loss is −tr(Gᵀ dL).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import sympy as sp

from theory.algebra.words import matrix_terms, trace_gradient
from theory.exact import InvalidInput
from theory.shown import Sheet, Shown

classes, samples = sp.symbols("c n", positive=True, integer=True)
Velocity: TypeAlias = Mapping[sp.MatrixSymbol, sp.MatrixExpr]  # the velocity of each matrix that moves


@dataclass(frozen=True, repr=False)
class Model(Shown):
    """Logits that are a sum of words in parameters and standing data, and what is added to the loss.

    `logits`, one row a class and one column a sample: a polynomial in matrix symbols. Symbols that are not among the
    `parameters` are *data*, which are constant. `penalties`, square matrix polynomials whose traces are added to the loss.
    Raises: InvalidInput for a parameter that is not in the logits, and for floats.
    """

    name: str
    parameters: tuple[sp.MatrixSymbol, ...]
    logits: sp.MatrixExpr
    penalties: tuple[sp.MatrixExpr, ...] = ()

    def __post_init__(self) -> None:
        for X in self.parameters:
            if X not in self.logits.atoms(sp.MatrixSymbol):
                raise InvalidInput(f"parameter {X} of the model {self.name!r} must occur in its logits {self.logits}: leave it out")
        for expression in (self.logits, *self.penalties):
            if expression.has(sp.Float):
                raise InvalidInput(
                    f"{expression} of the model {self.name!r} holds a floating-point number, and only exact "
                    "numbers are taken here: write it as a Rational"
                )

    def brief(self) -> str:
        """The name and the logits."""
        return f"{self.name!r}, logits {self.logits}"

    def shown(self) -> Sheet:
        """The logits, and the flow of any loss of them with the residual G."""
        flow = {f"d{X}/dt": velocity for X, velocity in descent(self).items()}
        return Sheet(f"{self.name}: the flow of any loss of its logits, with G = −∂ℓ/∂L Ω", flow, formula=self.logits)

    @property
    def words(self) -> tuple[tuple[sp.Expr, tuple[sp.MatrixExpr, ...]], ...]:
        """The logits multiplied out: (scalar, factors in order) for each word."""
        return tuple((scale, tuple(factors)) for scale, factors in matrix_terms(self.logits))

    @property
    def data(self) -> tuple[sp.MatrixSymbol, ...]:
        """The constant matrices of logits and penalties, in the order of their names."""
        found = set().union(*(part.atoms(sp.MatrixSymbol) for part in (self.logits, *self.penalties)))
        return tuple(sorted(found - set(self.parameters), key=str))

    @property
    def residual(self) -> sp.MatrixSymbol:
        """The symbol of the residual G, which has the shape of the logits."""
        return sp.MatrixSymbol("G", *self.logits.shape)

    @property
    def target(self) -> sp.MatrixSymbol:
        """The symbol of Z, which the squared loss fits; it has the shape of the logits."""
        return sp.MatrixSymbol("Z", *self.logits.shape)

    @property
    def weights(self) -> sp.MatrixSymbol:
        """The symbol of the diagonal matrix Ω, n × n: the weight of each sample."""
        return sp.MatrixSymbol("Omega", self.logits.shape[1], self.logits.shape[1])


def decay(parameter: sp.MatrixSymbol, strength: sp.Expr) -> sp.MatrixExpr:
    """Weight decay, the penalty λ/2 ‖X‖²."""
    return strength * parameter * parameter.T / 2


def descent(model: Model) -> Velocity:
    """Minus the gradient in each parameter, for any loss: minus that of −tr(Gᵀ L) with G held fixed, because dL is linear in each."""
    return {X: _less_penalties(trace_gradient(model.residual.T * model.logits, X), model, X) for X in model.parameters}


def squared_descent(model: Model) -> Velocity:
    """Minus the gradient of ½ tr((Z − L) Ω (Z − L)ᵀ) in each parameter: this trace itself is differentiated."""
    error = model.target - model.logits
    loss = error * model.weights * error.T / 2
    return {X: _less_penalties(-trace_gradient(loss, X, [model.weights]), model, X) for X in model.parameters}


def squared_residual(model: Model) -> sp.MatrixExpr:
    """G of the squared loss ½ tr((Z − L) Ω (Z − L)ᵀ), by its derivative in L alone: (Z − L) Ω."""
    L = sp.MatrixSymbol("L", *model.logits.shape)
    loss = (model.target - L) * model.weights * (model.target - L).T / 2
    return -trace_gradient(loss, L, [model.weights]).xreplace({L: model.logits})


def _less_penalties(downhill: sp.MatrixExpr, model: Model, X: sp.MatrixSymbol) -> sp.MatrixExpr:
    pulls = [trace_gradient(penalty, X) for penalty in model.penalties if penalty.has(X)]
    return sp.MatAdd(downhill, *(-pull for pull in pulls)).doit() if pulls else downhill
