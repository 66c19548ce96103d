"""Cross-entropy decouples on the modes of Z at zero logits and to first order, and no further."""

from types import SimpleNamespace

import sympy as sp

from proofs.claims.common import identity
from proofs.claims.unconstrained_features.targets import (
    AT_ZERO,
    MORE_SAMPLES,
    NUMBERS,
    POINT,
    SIZES,
    STEP,
    TWO_CLASSES,
    C,
    loss_of,
    quotient_part,
    target_of,
    theorems,
)
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Holds
from theory.algebra.partition import block_diagonal
from theory.symbols import m_majority, m_minority, n_majority
from theory.unconstrained_features import decoupling, first_order, linear_flow
from theory.unconstrained_features.first_order import SCALE

# Logits relative to that of a class of the other group: S of the own class at equal offsets, α of another majority class for
# a majority label, −β of another minority class for a minority label, and D = S − m_maj α of the own majority class.
OFFSETS = sp.symbols("S alpha beta D", positive=True)
START = sp.Symbol("s", positive=True)  # e^(−2δ), the strength of every mode at spectral init
EXCHANGED = sp.exp(OFFSETS[0]) + C - 1  # the sum of exponentials at α = β = 0


def _majority_sum(alpha: sp.Expr, own: sp.Expr) -> sp.Expr:
    return sp.exp(alpha + own) + (m_majority - 1) * sp.exp(alpha) + m_minority


def _minority_sum(same: sp.Expr, beta: sp.Expr) -> sp.Expr:
    return sp.exp(same + (m_minority - 1) * beta) + (m_minority - 1) * sp.exp(-beta) + m_majority


def _leak_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """On the modes the entries of what leaves them are 0, ℓ and ℓ; ℓ is a difference of two sums of exponentials."""
    loss, within, mode = loss_of("cross-entropy"), decoupling.WITHIN, decoupling.MIDDLE
    at_zero = _leaving(target_of("cross-entropy"))
    near_zero = _leaving(decoupling.on_ansatz(loss, STEP, [SCALE * d for d in within], SCALE * mode))
    anywhere = _leaving(decoupling.on_ansatz(loss, STEP, within, mode))
    same = C * mode / (m_majority * m_minority)
    alpha, beta = (same - within[0]) / m_majority, (within[1] - same) / m_minority
    majority, minority = _majority_sum(alpha, within[0]), _minority_sum(same, beta)
    bound = said.bound.subs(OFFSETS[0], same)
    return (
        *(
            identity(f"nothing-leaves-at-zero-logits-{k}", f"at zero logits nothing leaves the modes: entry {k}", entry, said.at_zero)
            for k, entry in enumerate(at_zero)
        ),
        *(
            identity(
                f"nothing-leaves-at-first-order-{k}",
                f"nor to first order in the strengths, whatever they are: entry {k}",
                sp.diff(entry, SCALE),
                said.first,
                AT_ZERO,
            )
            for k, entry in enumerate(near_zero)
        ),
        identity(
            "what-leaves",
            "on the modes, what leaves is m_maj m_min times the difference of two sums over their product",
            anywhere[1],
            said.sign * m_majority * m_minority * (minority - majority) / (minority * majority),
            *TWO_CLASSES,
        ),
        *_start_parts(said),
        Holds(
            id="sum-of-a-minority-label",
            says="for a minority label the sum exceeds e^S + c − 1",
            condition=_minority_sum(OFFSETS[0], OFFSETS[2]) > said.bound,
            where=(m_minority >= 2,),
        ),
        Holds(
            id="sum-of-a-majority-label",
            says="for a majority label it stays below",
            condition=_majority_sum(OFFSETS[1], OFFSETS[3]) < said.bound.subs(OFFSETS[0], m_majority * OFFSETS[1] + OFFSETS[3]),
            where=(m_majority >= 2,),
        ),
        Holds(
            id="something-leaves",
            says="where they lie on two sides of it, something leaves",
            condition=said.sign * anywhere[1] > 0,
            where=(minority > bound, majority < bound, *TWO_CLASSES),
        ),
    )


def _leaving(target: first_order.Target) -> tuple[sp.Expr, ...]:
    return decoupling.leak(target, (sp.Integer(1),) * 2).entries


def _start_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """At spectral init: L Lᵀ = s² P on the middle mode, and S between the own offsets, which makes α and β positive."""
    (majority, minority), _ = decoupling.spectral_start(STEP, START)
    logits = decoupling.logit_columns(SIZES, (majority, minority), said.middle)
    gram = logits @ block_diagonal(SIZES, NUMBERS) @ logits.T
    y = linear_flow.pattern(STEP)
    same = C * said.middle / (m_majority * m_minority)
    return (
        quotient_part("start-of-the-middle-mode", "spectral init: the middle mode has the strength s of the others", gram, y, START**2 * y),
        Holds(
            id="start-offsets-of-a-majority-label",
            says="there S exceeds the own offset of a majority class: α > 0",
            condition=majority < same,
            where=(MORE_SAMPLES,),
        ),
        Holds(
            id="start-offsets-of-a-minority-label",
            says="and stays below that of a minority class: β > 0",
            condition=same < minority,
            where=(MORE_SAMPLES,),
        ),
    )


CLAIMS = (
    Claim(
        id="cross-entropy-decouples-to-first-order-only",
        says="Cross-entropy without weights, STEP: where L lies on the modes of Z, so does minus its gradient, at L = 0 and to first "
        "order in the strengths. At spectral init, L = e^(−2δ) UVᵀ, it does not, whatever δ is, where n_maj > n_min and each group "
        "has two classes or more.",
        source=OURS,
        stated={
            "at_zero": sp.Integer(0),
            "first": sp.Integer(0),
            "sign": sp.Integer(1),
            "middle": decoupling.spectral_start(STEP, START)[1],
            "bound": EXCHANGED,
        },
        witnesses=({**POINT, decoupling.WITHIN[0]: sp.Integer(1), decoupling.WITHIN[1]: sp.Integer(4), decoupling.MIDDLE: sp.Integer(2)},),
        parts=_leak_parts,
        near_misses=(
            NearMiss("something leaves at zero logits", {"at_zero": sp.Integer(1)}),
            NearMiss("the middle mode leaves at first order", {"first": decoupling.MIDDLE}),
            NearMiss("it leaves the other way", {"sign": sp.Integer(-1)}),
            NearMiss("the middle mode starts as large as one within the majority", {"middle": START / sp.sqrt(n_majority)}),
            NearMiss("one class more in the bound", {"bound": EXCHANGED + 1}),
            NearMiss("half the offset in the bound", {"bound": sp.exp(OFFSETS[0] / 2) + C - 1}),
        ),
        coq=theorems(
            "decoupling",
            *(f"nothing-leaves-{where}-{k}" for where in ("at-zero-logits", "at-first-order") for k in range(3)),
            "what-leaves",
            "start-of-the-middle-mode",
            "start-offsets-of-a-majority-label",
            "start-offsets-of-a-minority-label",
            "sum-of-a-minority-label",
            "sum-of-a-majority-label",
            "something-leaves",
        ),
    ),
)
