"""What follows for every model, derived: balance, growth at small start, fixed points."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import sympy as sp

from theory.algebra.words import collected, rate_along, trace_gradient
from theory.exact import InvalidInput
from theory.models.model import Model, Velocity, descent
from theory.models.reduction import S, on_modes
from theory.models.rules import Rule
from theory.symbols import sigma

Pair = tuple[sp.MatrixSymbol, sp.MatrixSymbol]


def neighbours(model: Model) -> tuple[Pair, ...]:
    """The pairs of parameters (A, B) that stand next to each other, A before B, in some word of the logits."""
    pairs = (pair for _, word in model.words for pair in pairwise(word))
    return tuple(dict.fromkeys(pair for pair in pairs if set(pair) <= set(model.parameters)))


def balance(pair: Pair) -> sp.MatrixExpr:
    """AᵀA − BBᵀ of neighbours A, B: what the symmetry A → AM, B → M⁻¹B, which leaves the logits unchanged, conserves."""
    A, B = pair
    return A.T * A - B * B.T


def balance_rate(pair: Pair, velocity: Velocity) -> sp.MatrixExpr:
    """d/dt of the balance in normal form: zero under the gradient flow of any loss where A and B occur as AB alone and
    without penalties, else what the penalties, the other words or the rule leave."""
    return collected(rate_along(balance(pair), velocity))


def fixed_point_equations(model: Model) -> tuple[sp.MatrixExpr, ...]:
    """What vanishes at every fixed point, in normal form: Ẋ for each parameter, then AᵀȦ − ḂBᵀ for each two neighbours.

    The latter follow from the former. Where A and B occur as AB alone the residual has dropped out of them.
    """
    velocity = descent(model)
    moments = (A.T * velocity[A] - velocity[B] * B.T for A, B in neighbours(model))
    return tuple(map(collected, (*velocity.values(), *moments)))


@dataclass(frozen=True)
class Growth:
    """How small parameters grow while the residual G keeps the value that it has where they vanish.

    `model` has the same parameters without the data around them: its logits are the product of the parameters, and
    its residual is held at `matrix`, so that its modes are the singular vectors of this matrix.
    """

    model: Model
    matrix: sp.MatrixExpr


def growth(model: Model) -> tuple[Growth, ...]:
    """The growth of each word of the logits: `matrix` is minus the gradient of the loss in the product of its parameters.

    A word of one parameter, such as a bias, grows at once and not from small values: G is then to be taken at the value of that parameter.
    Raises: InvalidInput for a word whose parameters stand apart, or share one with another word.
    """
    found: list[Growth] = []
    used: set[sp.MatrixSymbol] = set()
    for scale, word in model.words:
        places = [k for k, factor in enumerate(word) if factor.atoms(sp.MatrixSymbol) & set(model.parameters)]
        chain = word[places[0] : places[-1] + 1] if places else ()
        if set(chain) - set(model.parameters) or len(set(chain)) < len(chain) or set(chain) & used:
            raise InvalidInput(
                f"the parameters of {sp.MatMul(*word)} in the model {model.name!r} must stand together, each once and "
                "in no other word, to have a growth matrix"
            )
        used |= set(chain)
        if len(chain) > 1:
            found.append(_growth(model, scale, word, places))
    return tuple(found)


def _growth(model: Model, scale: sp.Expr, word: tuple[sp.MatrixExpr, ...], places: list[int]) -> Growth:
    """The growth of one word, whose parameters stand from the first to the last of these places."""
    first, last = places[0], places[-1]
    product = sp.MatMul(*word[first : last + 1])
    whole = sp.MatrixSymbol(str(product), *product.shape)
    changing = scale * model.residual.T * sp.MatMul(*word[:first], whole, *word[last + 1 :])
    penalties = tuple(penalty for penalty in model.penalties if penalty.has(*word[first : last + 1]))
    small = Model(f"small start of {model.name}", word[first : last + 1], product, penalties)
    return Growth(small, trace_gradient(changing, whole))


def mode_matrix(grown: Growth, rule: Rule = descent) -> sp.Matrix:
    """The matrix of the linear flow at zero of one mode's amplitudes, which are in the order of the rule's velocity.

    σ is the mode's singular value of the growth matrix. The eigenvalues are the growth rates: ±σ for two factors, and 0
    for three, whose growth is not exponential.
    Valid when: the rule is linear in −gradient.
    """
    modes = on_modes(grown.model, rule(grown.model))
    names = {amplitude: sp.Symbol(amplitude.name, real=True) for amplitude in modes.state}
    rates = modes.entries({**names, S: sigma})
    return rates.jacobian(list(names.values())).subs(dict.fromkeys(names.values(), 0), simultaneous=True)
