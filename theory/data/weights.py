"""Class weights and their normalisation."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, get_args

import mpmath
import sympy as sp

from theory.data.counts import ClassCounts, Group
from theory.exact import InvalidInput, exact

Normalization = Literal["raw", "mean", "mass"]
EFFECTIVE_NUMBER = "effective-number:"
NAMED = {"none": 0, "sqrt": sp.Rational(1, 2)}  # the exponents that have a name
DIGITS = 50
MOST_TERMS = 12  # a sum of at most so many roots stays exact
LARGEST_EXPONENT = 1000  # in size, of weights n^(−γ) that are written out
MOST_BITS = 2000  # a number β^n of at most so many bits is written out; a longer one stays a power


def exponent_weights(groups: Sequence[Group], exponent: Any) -> tuple[sp.Expr, ...]:
    """ω_g = n_g^(−γ), one a group. γ = 0 is vanilla, 1/2 the paper's choice, 1 inverse frequency."""
    gamma = exact(exponent, "weight exponent")
    return tuple(group.count**-gamma for group in groups)


def effective_number_weights(counts: Sequence[Any], beta: Any) -> tuple[sp.Expr, ...]:
    """ω_j = (1 − β)/(1 − β^(n_j)): one over the effective number of samples.

    Arguments: `counts`, one a class or group, numbers or symbols; `beta`, β in [0, 1), exact or a symbol. β = 0
    is no weights; β → 1 is inverse frequency.
    Raises: InvalidInput for β outside [0, 1).
    Source: Cui et al., Class-balanced loss based on effective number of samples, CVPR 2019.
    """
    share = exact(beta, "beta")
    if share.is_number and not 0 <= share < 1:
        raise InvalidInput(
            f"beta={beta} must be ≥ 0 and < 1: effective-number:0 is no weights, and towards 1 they become inverse frequencies"
        )
    return tuple((1 - share) / (1 - _power(share, count)) for count in counts)


def _power(base: sp.Expr, count: Any) -> sp.Expr:
    """base^count. A number of more than MOST_BITS bits stays a power: questions about it are answered by enclosures."""
    if isinstance(base, sp.Rational) and sp.sympify(count).is_Integer and int(count) * int(base.q).bit_length() > MOST_BITS:
        return sp.Pow(base, count, evaluate=False)
    return base**count


def is_written_out(weight: sp.Expr) -> bool:
    """Whether a weight is an explicit number, with no power in it that was too long to be written out."""
    return not any(power.base.is_Rational and power.exp.is_Integer for power in weight.atoms(sp.Pow))


def class_weights(counts: ClassCounts, choice: Any, normalization: Normalization) -> tuple[sp.Expr, ...]:
    """Exact weights, one a class, in class order.

    Arguments: `choice`, a weight exponent γ (exact; ω_j = n_j^(−γ)), "none" (all 1), "sqrt" (γ = 1/2), "balanced"
    (n/(c·n_j), as scikit-learn has it), "effective-number:β" (see
    `effective_number_weights`) or a sequence of positive exact weights; `normalization`, see
    `normalize`.
    Raises: InvalidInput for a weight that is not positive, a wrong number of weights, an unknown word.
    """
    if isinstance(choice, str) and choice in NAMED:
        choice = NAMED[choice]
    if isinstance(choice, Sequence) and not isinstance(choice, str):
        given = tuple(exact(weight, "class weight") for weight in choice)
        if len(given) != counts.c:
            raise InvalidInput(f"class weights {list(map(str, choice))} are {len(given)} for {counts.c} classes: give one a class")
        for weight in given:
            if not weight > 0:
                raise InvalidInput(f"class weight {weight} must be > 0: a class of weight 0 is never learned")
        return normalize(given, [1] * counts.c, counts.per_class, normalization)
    sizes = Counter(counts.per_class)  # classes of equal count share their weight
    if isinstance(choice, str) and choice == "balanced":
        weights: tuple[sp.Expr, ...] = tuple(sp.Rational(counts.n, counts.c * n) for n in sizes)
    elif isinstance(choice, str) and choice.startswith(EFFECTIVE_NUMBER):
        weights = effective_number_weights([*sizes], choice.removeprefix(EFFECTIVE_NUMBER))
    else:
        gamma = _exponent(choice)
        weights = tuple(sp.Integer(n) ** -gamma for n in sizes) if gamma != 0 else (sp.Integer(1),) * len(sizes)
    of_count = dict(zip(sizes, normalize(weights, [*sizes.values()], [*sizes], normalization), strict=True))
    return tuple(map(of_count.__getitem__, counts.per_class))


def _exponent(choice: Any) -> sp.Expr:
    if isinstance(choice, str) and choice[:1].isalpha():
        names = [*NAMED, "balanced", f"{EFFECTIVE_NUMBER}B"]
        meant = {"inverse_sqrt": "sqrt", "inverse": "balanced", "uniform": "none", "effective": names[-1]}.get(choice)
        close = [meant] if meant else difflib.get_close_matches(choice.lower(), names, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise InvalidInput(
            f"class weight={choice!r} must be a name, an exponent G of n^(−G), or one number a class: give {', '.join(names)}, or 1/2{hint}"
        )
    gamma = exact(choice, "weight exponent")
    if gamma.is_number and not abs(gamma) <= LARGEST_EXPONENT:
        raise InvalidInput(f"weight exponent={choice} must be at most {LARGEST_EXPONENT} in size: weights n^(−G) beyond it have no use")
    return gamma


def normalize(weights: Sequence[sp.Expr], sizes: Sequence[Any], counts: Sequence[Any], normalization: Normalization) -> tuple[sp.Expr, ...]:
    """Weights on a common scale: `raw` leaves them alone, `mean` makes Σ m_g ω_g = c, `mass` makes Σ m_g n_g ω_g = n.

    Arguments: one weight, group size and count a group (sizes are 1 when given class by class). A scale
    factor of the weights divides time. Where the sum of weights is a number of more than MOST_BITS bits, or of more
    than MOST_TERMS roots, as for many classes of different counts, the weights are normalised to DIGITS digits.
    """
    if normalization not in get_args(Normalization):
        raise InvalidInput(f"normalization={normalization!r} must be one of raw, mean, mass: every time is stated in one of them")
    if normalization == "raw":
        return tuple(weights)
    measure = [m * n if normalization == "mass" else m for m, n in zip(sizes, counts, strict=True)]
    total = _total([m * w for m, w in zip(measure, weights, strict=True)])
    scale = sp.Add(*measure) / total
    return tuple(w * scale for w in weights)


def _total(terms: Sequence[sp.Expr]) -> sp.Expr:
    """The exact sum; where it would be too long, a rational that agrees with it to DIGITS digits."""
    distinct = [sp.sympify(term) for term in dict.fromkeys(terms)]
    rational = [term for term in distinct if term.is_Rational]
    short = sum(int(term.q).bit_length() for term in rational) <= MOST_BITS and len(distinct) - len(rational) <= MOST_TERMS
    if any(not term.is_number for term in distinct) or (short and all(map(is_written_out, distinct))):
        return sp.Add(*terms)
    with mpmath.workdps(DIGITS + 10):
        return sp.Rational(mpmath.nstr(mpmath.fsum(mpmath.mpf(str(sp.N(term, DIGITS + 10))) for term in terms), DIGITS))
