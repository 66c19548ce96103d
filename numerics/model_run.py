"""The run of any model of `theory.models` under any rule: from its compiled velocity, by `numerics.integrate`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp

from numerics import Array
from numerics.compiled import SampleLosses
from numerics.integrate import integrate
from numerics.matrices import compiled, the_one
from numerics.path import Path
from theory.exact import InvalidInput
from theory.models.model import Model, Velocity
from theory.models.reduction import Observable

NEGLIGIBLE = 1e-13  # share of the largest entry of a matrix, or of the largest of all at the start, that is noise


class ModelFlow:
    """A model as a first-order system: its state is the matrices of the velocity, one after another.

    The residual −∂ℓ/∂L Ω is that of the compiled loss at the logits of the moment.
    """

    def __init__(
        self,
        model: Model,
        velocity: Velocity,
        loss: SampleLosses,
        weights: Array,
        start: Mapping[sp.MatrixSymbol, Array],
        given: Mapping[sp.Basic, Array | float],
    ) -> None:
        """Arguments: `velocity`, of each matrix that moves, by a rule; `loss`, compiled for the n samples; `weights`, ω of
        each sample; `start`, of each matrix that moves; `given`, the values of data, and of symbols such as a decay.

        Raises: InvalidInput for a value that is missing, or a shape that does not fit the others.
        """
        if missing := [str(X) for X in velocity if X not in start]:
            raise InvalidInput(f"start lacks {', '.join(missing)}: give each matrix that moves where it starts")
        self.model, self.loss, self.weights = model, loss, np.asarray(weights, dtype=float)
        self._residual = the_one(model.residual)
        self._shapes = {the_one(X): start[X].shape for X in velocity}
        ends = np.cumsum([rows * columns for rows, columns in self._shapes.values()]).tolist()
        self._parts = [
            (X, shape, slice(start, end)) for (X, shape), start, end in zip(self._shapes.items(), [0, *ends[:-1]], ends, strict=True)
        ]
        self._standing = {the_one(X): value for X, value in {**given, **_sizes({**start, **given})}.items()}
        self._logits, self._penalties = compiled(model.logits), [compiled(sp.Trace(penalty)) for penalty in model.penalties]
        self._moves = [compiled(moved) for moved in velocity.values()]
        needed = {atom for part in (model.logits, *model.penalties, *velocity.values()) for atom in part.free_symbols}
        if missing := sorted(str(X) for X in needed - {*self._shapes, *self._standing, self._residual}):
            raise InvalidInput(f"given lacks {', '.join(missing)}: give each matrix and symbol that stands its value")
        self.initial_state = np.concatenate([np.ravel(start[X]) for X in velocity])
        self._least = NEGLIGIBLE * (np.max(np.abs(self.initial_state)) or 1.0)

    def values(self, state: Array) -> dict[sp.Basic, Array | float]:
        """The values of the matrices of the state, of all that is constant, and of the residual at this state."""
        found = self._standing.copy()
        for X, shape, place in self._parts:
            found[X] = state[place].reshape(shape)
        found[self._residual] = -self.loss.gradient(self._logits(found)) * self.weights
        return found

    def derivative(self, t: float, state: Array) -> Array:
        """y' at state y; the flow does not depend on t."""
        values = self.values(state)
        return np.concatenate([np.ravel(moved(values)) for moved in self._moves])

    def resolution(self, state: Array) -> Array:
        """The absolute tolerance of each entry, which follows from the largest entry of its matrix."""
        values = self.values(state)
        return np.concatenate(
            [
                np.full(rows * columns, max(self._least, NEGLIGIBLE * np.max(np.abs(values[X]))))
                for X, (rows, columns) in self._shapes.items()
            ]
        )

    def logits(self, state: Array) -> Array:
        """L, c × n, at this state."""
        found: Array = self._logits(self.values(state))
        return found

    def total_loss(self, state: Array) -> float:
        """Σ ω ℓ and the penalties: what the gradient flow descends. It uses no derivative of the model."""
        values = self.values(state)
        return float(self.weights @ self.loss.value(self._logits(values)) + sum(penalty(values) for penalty in self._penalties))


@dataclass(frozen=True)
class ModelRun:
    """A solved run, from 0 to the horizon."""

    flow: ModelFlow
    path: Path

    def at(self, times: float | Array, observable: Observable) -> Array:
        """An observable at a time, or at k times, stacked along a new first axis; raises InvalidInput outside the run."""
        read = compiled(observable.expression)
        return self.path.at(times, lambda state: read(self.flow.values(state)))


def run(flow: ModelFlow, horizon: float, progress: Callable[[float], None] = lambda share: None) -> ModelRun:
    """Integrates a model up to a horizon, flow time.

    Valid when: the velocity is smooth on the way. A rule with jumps is good up to the first of them: sign descent until a sign
    changes, spectral descent while −gradient has full rank.
    Raises: TooLarge and IntegrationFailed as `integrate` does; FloatingPointError if the gradient of the loss is not finite.
    """
    return ModelRun(flow, integrate(flow, horizon, flow.model.name, progress=progress))


def _sizes(values: Mapping[sp.Basic, Array | float]) -> dict[sp.Basic, int]:
    """The size that each symbol of a shape has.

    Raises: InvalidInput for an array that has another shape than its symbol.
    """
    found: dict[sp.Basic, int] = {}
    for X, value in values.items():
        if isinstance(X, sp.MatrixSymbol):
            for size, number in zip(X.shape, np.shape(value), strict=True):
                if (size.is_Integer and size != number) or found.setdefault(size, number) != number:
                    raise InvalidInput(
                        f"{X} of shape {np.shape(value)} must be {' × '.join(map(str, X.shape))}, and {size} is "
                        f"{found.get(size, size)} elsewhere: give arrays that fit each other"
                    )
    return found
