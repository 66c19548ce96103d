"""A fixed offset inside cross-entropy beside a trained bias: another start of the bias, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.trained_bias import offsets
from proofs.claims.common import at, identities
from proofs.claims.trained_bias.settings import ALL, NAMED, POINT, SEED, WHOLE
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity, Measurement
from theory.algebra import words
from theory.constrained_features.output_bias import cross_entropy_velocity, softmax
from theory.models import rules
from theory.models.decay_and_bias import H, W, bias
from theory.models.model import descent, squared_descent
from theory.models.trained_bias import DECAYED, DECAYED_WITH_OFFSET, MODEL, WITH_OFFSET, decay_b, offset

Omega = MODEL.weights
INERTIA = sp.Symbol("mu", positive=True)
SIZES = [group.size for group in NAMED]
OFFSETS = sp.symbols("tau_j tau_maj tau_min", real=True)
B = sp.symbols("b_j b_maj b_min", real=True)
LEVEL = sp.Symbol("k", real=True)
WITNESS = {**POINT, INERTIA: sp.Integer(1), decay_b: sp.Integer(1), **dict.fromkeys((*OFFSETS, LEVEL), sp.Integer(1))}


def _parts(said):
    moved = {bias: bias + offset} if said.trained else {}
    plain, adjusted = squared_descent(MODEL), squared_descent(WITH_OFFSET)
    heavy, speed = rules.momentum(INERTIA), rules.momentum_of(bias)
    return (
        MatrixIdentity(
            id="logits-are-those-of-a-shifted-bias",
            says="the logits at b with the offset are those at b + τ without it, so that any loss has one residual there",
            left=WITH_OFFSET.logits,
            right=MODEL.logits.xreplace(moved),
        ),
        *(
            MatrixIdentity(
                id=f"{name}-moves-alike",
                says=f"such as the squared loss: the velocity of the {name} at b with the offset is that at b + τ without it",
                left=adjusted[X],
                right=plain[X].xreplace(moved),
                diagonal=(Omega,),
            )
            for name, X in (("classifier", W), ("features", H), ("bias", bias))
        ),
        MatrixIdentity(
            id="a-decayed-bias-moves-otherwise",
            says="any loss, decay λ/2 ‖b‖²: the velocity of b with the offset is more by λτ, and the same only where λ = 0",
            left=descent(DECAYED_WITH_OFFSET)[bias] - descent(DECAYED)[bias].xreplace({bias: bias + offset}),
            right=said.pull * offset,
        ),
        MatrixIdentity(
            id="and-so-with-momentum",
            says="heavy ball of inertia μ: the momentum of b moves by λτ/μ more (both sides times μ)",
            left=_times(INERTIA, heavy(DECAYED_WITH_OFFSET)[speed] - heavy(DECAYED)[speed].xreplace({bias: bias + offset})),
            right=said.pull * offset,
        ),
        *_rest_parts(said),
    )


def _times(factor, expression):
    """A multiple of a matrix polynomial, its terms multiplied out one by one."""
    return sp.MatAdd(*(sp.MatMul(factor * scale, *word) for scale, word in words.matrix_terms(expression)))


def _rest_parts(said):
    """The softmax of logits b + τ at W = H = 0."""
    resting = dict(zip(B, (sp.log(a / WHOLE) - said.taken * tau + LEVEL for a, tau in zip(ALL, OFFSETS, strict=True)), strict=True))
    logits = [b + tau for b, tau in zip(B, OFFSETS, strict=True)]
    return (
        identities(
            "bias-takes-the-offset-up",
            "any counts and weights, W = H = 0: nothing moves where b is ln π − τ and a multiple of the vector 1",
            [(at(moving, resting), sp.Integer(0)) for moving in cross_entropy_velocity(SIZES, ALL, logits)],
        ),
        identities(
            "residual-is-that-of-no-offset",
            "there the softmax is π, so that the residuals I − π1ᵀ and the escape rates know no offset",
            [(at(value, resting), a / WHOLE) for value, a in zip(softmax(SIZES, logits), ALL, strict=True)],
        ),
    )


# How it is run ----------------------------------------------------------------------------

SAME_TOLERANCE = 1e-11  # rounding of 60 steps with numbers of order one
STEPS = 60
RULES: dict[str, Callable[[], offsets.Rule]] = {
    "gradient descent": offsets.gradient_descent,
    "momentum": offsets.momentum,
    "Adam": offsets.adam,
}


@cache
def _data() -> tuple[offsets.Data, offsets.Parameters, np.ndarray]:
    """Random inputs of nine, four and two samples, random weights, a random start, and the offsets ln(n_j/n)."""
    generator, counts = np.random.default_rng(SEED), np.array([9, 4, 2])
    labels = np.repeat(np.arange(3), counts)
    data = offsets.Data(generator.standard_normal((5, 15)), labels, generator.uniform(0.2, 1.0, 3)[labels])
    start = (0.5 * generator.standard_normal((4, 5)), 0.5 * generator.standard_normal((3, 4)), 0.1 * generator.standard_normal((3, 1)))
    return data, start, np.log(counts / counts.sum())[:, None]


def same_path_error(decay: float, trained: bool) -> Measurement:
    """How far the layers of a run with the offset are from those of one whose bias starts at b + τ, at every step."""
    data, (U, V, b), tau = _data()

    def errors() -> Iterator[tuple[str, float]]:
        for name, rule in RULES.items():
            with_offset = offsets.path(data, (U, V, b), tau, rule(), STEPS, decay, trained)
            other = (U, V, b + tau if trained else b)
            without = offsets.path(data, other, np.zeros_like(tau), rule(), STEPS, decay, trained)
            pairs = [(p, q) for one, two in zip(with_offset, without, strict=True) for p, q in zip(one[:2], two[:2], strict=True)]
            yield name, max(float(np.abs(p - q).max()) for p, q in pairs)

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="logit-adjustment-is-a-bias-shift",
        says="A loss of the logits WH + b1ᵀ + τ1ᵀ with a fixed offset τ and a trained, undecayed bias, as logit adjustment has it in "
        "cross-entropy: at b every gradient is that of no offset at b + τ, so that every method whose steps follow from gradients moves "
        "W and H as without offset from b(0) + τ. With W = H = 0 the bias of cross-entropy rests at ln π − τ alone, centred as it "
        "started, and the escape rates there know no offset. With decay λ on the bias it moves otherwise, by λτ. Runs of a network with "
        "a hidden layer show it for gradient descent, momentum and Adam.",
        source=OURS,
        stated={"trained": True, "pull": decay_b, "taken": sp.Integer(1), "decay": 0.0},
        witnesses=(WITNESS,),
        parts=_parts,
        runs=lambda said: (
            Agrees(
                id="same-layers-at-every-step",
                says="a network with a hidden layer of tanh, nine, four and two samples: both layers at every step, three methods",
                uses=("trained", "decay"),
                measure=lambda: same_path_error(said.decay, said.trained),
                bound=SAME_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("without a bias", {"trained": False}),
            NearMiss("with decay on the bias", {"decay": 0.1}),
            NearMiss("decay on the bias changes nothing", {"pull": sp.Integer(0)}),
            NearMiss("the bias rests at ln π, whatever the offset", {"taken": sp.Integer(0)}),
        ),
        plain="beside a trained bias an additive offset of the logits in the loss, as in logit adjustment, is another start of that bias "
        "and no more, until predictions leave it out",
    ),
)
