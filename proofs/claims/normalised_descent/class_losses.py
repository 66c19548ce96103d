"""Class-normalised descent: class weights change nothing, and when the loss of a class can rise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.normalised_descent.draws import State, random_state
from numerics.problem import Problem
from numerics.unconstrained_features.descent import class_normalised, descend
from numerics.unconstrained_features.experiment import Experiment
from proofs.claims.common import identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.models.reduction import modes
from theory.normalised_descent import rates
from theory.symbols import c
from theory.unconstrained_features.first_order import step_target
from theory.unconstrained_features.flow import H, Omega, W, rows, samples

LOSSES = ("squared", "cross-entropy")
K = rates.SHIFT
entry = sp.Symbol("g", real=True)  # of minus a gradient
rest = sp.Symbol("x", nonnegative=True)  # the sum of the squares of the other entries
own, other = sp.symbols("u v", positive=True)  # ‖g_j‖, ‖g_k‖
inner = sp.Symbol("y", real=True)  # ⟨g_j, g_k⟩
across = sp.Symbol("m", real=True)  # Σ_k ⟨g_j, g_k⟩/‖g_k‖ over the other classes; a mean of cosines
feature, another = sp.symbols("a b", nonnegative=True)  # ‖f_j‖, ‖f_k‖, of the sums of the features of two classes
first, second = (sp.MatrixSymbol(name, rows, 1) for name in ("x", "y"))
LABEL = sp.MatrixSymbol("z", rows, 1)
BASIS, MEAN = sp.MatrixSymbol("B", rows, modes), sp.MatrixSymbol("e", rows, 1)
ONES = sp.MatrixSymbol("o", samples, 1)
POINT = {
    c: sp.Integer(3),
    K: sp.Integer(10),
    **dict.fromkeys((entry, rest, own, other, feature, another, rates.WEIGHT), sp.Integer(1)),
    inner: -sp.Rational(1, 2),
    across: -sp.Rational(1, 2),
}
AT_LEAST_TWO = c >= 2

# Class weights ------------------------------------------------------------------------------------------------------------


def _weights_parts(said):
    weighted = rates.class_descent(rates.SLOPE * Omega, rates.weights_of_a_class())
    bare = rates.class_descent(rates.SLOPE, sp.Identity(samples))
    for X in (W, H):
        yield MatrixIdentity(
            id=f"weight-leaves-{X.name.lower()}-part",
            says=f"the part in {X.name} of the gradient of a class's loss is ω times that without weights, whatever the other weights are",
            left=weighted[X],
            right=said.factor * bare[X],
            orthonormal=(rates.MEMBERS,),
            diagonal=(rates.REST,),
        )
    yield identity(
        "weight-cancels",
        "each entry of ωg over the norm of ωg is that of g over the norm of g, which is not 0",
        rates.WEIGHT * entry / said.norm((rates.WEIGHT * entry) ** 2 + rates.WEIGHT**2 * rest),
        entry / said.norm(entry**2 + rest),
        entry**2 + rest > 0,
    )


PATH_TOLERANCE = 1e-11  # 300 steps of rounding, where the norm of the state is of order 1
RUN_COUNTS = (ClassCounts((6, 3, 1)), ClassCounts((5, 5, 1, 1)))


@cache
def _end(counts: ClassCounts, weights: tuple[float, ...], loss: str) -> np.ndarray:
    """The margins of all classes on the way of 300 steps of class-normalised descent, from a random start."""
    experiment = Experiment(counts, weights, loss_named(loss), 2.0, "random", None, 3)
    return descend(experiment, step_size=2e-3, steps=300, rule=class_normalised).margins


def weights_error(factor: sp.Expr) -> Measurement:
    """Paths under weights against those without; `factor` says what the weights of a class do to its gradient: it is to be the weight."""

    def errors() -> Iterator[tuple[str, float]]:
        for counts in RUN_COUNTS:
            for loss in LOSSES:
                weights = tuple(float(w) for w in np.random.default_rng(5).exponential(size=counts.c) + 0.1)
                moved = np.abs(_end(counts, weights, loss) - _end(counts, (1.0,) * counts.c, loss)).max()
                state = random_state(Problem(counts, weights, loss_named(loss)), counts.c, 1.0, 7)
                bare = State(Problem(counts, (1.0,) * counts.c, loss_named(loss)), state.W, state.H).class_gradients()
                stated = np.array([float(factor.subs(rates.WEIGHT, w)) for w in weights])[:, None] * bare
                yield f"{counts.per_class}, {loss}", max(moved, float(np.abs(state.class_gradients() - stated).max()))

    return plain.worst(errors())


# The loss of a class ------------------------------------------------------------------------------------------------------


def _rate_parts(said):
    overlaps = rates.shifted_overlaps()
    return (
        identity(
            "loss-rate",
            "the loss of class j falls at ⟨g_j, Σ_k g_k/‖g_k‖⟩, which is ‖g_j‖ (1 + Σ_(k≠j) cos)",
            -(own**2 / own + across),
            said.rate(own, across / own),
        ),
        MatrixIdentity(
            id="two-classes-square",
            says="‖v g_1 + u g_2‖² = v²‖g_1‖² + u²‖g_2‖² + uv(⟨g_1, g_2⟩ + ⟨g_2, g_1⟩)",
            left=(other * first + own * second).T * (other * first + own * second),
            right=other**2 * first.T * first + own**2 * second.T * second + said.mixed * (first.T * second + second.T * first),
        ),
        Holds(
            id="two-classes-never-rise",
            says="c = 2: with u = ‖g_1‖ and v = ‖g_2‖ that square is not negative, and the loss of neither class rises",
            condition=-(own + inner / other) <= said.most,
            where=(other**2 * own**2 + own**2 * other**2 + 2 * own * other * inner >= 0,),
        ),
        MatrixIdentity(
            id="features-feel-nothing",
            says="squared loss, W = [0 B], m_j = (K, Bᵀe_j), e the unit vector of ones: BᵀR = −Bᵀe eᵀ for the residual "
            "R = I − eeᵀ − BBᵀ, which is 0 as the columns of B sum to zero: every gradient has its part in W alone",
            left=BASIS.T * (sp.Identity(rows) - MEAN * MEAN.T - said.logits * BASIS * BASIS.T),
            right=-BASIS.T * MEAN * MEAN.T,
            orthonormal=(BASIS,),
        ),
        identity(
            "rate-of-the-first-class",
            "there, with one sample a class, dℓ_1/dt is as stated",
            overlaps.loss_rate(),
            sp.sqrt(overlaps.own) * said.family,
            AT_LEAST_TWO,
        ),
        Holds(
            id="first-class-rises-beyond",
            says="c ≥ 3: it is positive for K² c(c − 1) > 1",
            condition=said.family > 0,
            where=(c >= 3, said.threshold > 1),
        ),
        Holds(
            id="first-class-falls-below",
            says="c ≥ 3: and negative for K² c(c − 1) < 1",
            condition=said.family < 0,
            where=(c >= 3, said.threshold < 1),
        ),
    )


FAMILY = (c - 1) * K / sp.sqrt(K**2 + (c - 2) / (c - 1)) - 1
RATE_TOLERANCE = 1e-12  # rounding of inner products


def _family_state(classes: int, shift: float) -> State:
    """W = [0 B], m_j = (K, Bᵀe_j), one sample a class."""
    count = ClassCounts((1,) * classes)
    inside = np.eye(classes) - 1 / (classes - 1)
    inside[0] = inside[:, 0] = 0
    B = np.linalg.svd(inside)[0][:, : classes - 2]
    W = np.hstack([np.zeros((classes, 1)), B])
    return State(Problem(count, (1.0,) * classes, loss_named("squared")), W, np.vstack([np.full(classes, shift), B.T]))


def family_error(family: sp.Expr) -> Measurement:
    """dℓ_1/dt over ‖g_1‖ by gradients of the samples, against the stated one."""
    stated = plain.compiled(family, c, K)

    def errors() -> Iterator[tuple[str, float]]:
        for classes in (3, 4, 7):
            for shift in (0.1, 0.4, 10.0):
                found = _family_state(classes, shift).loss_rates(1.0)[0]
                yield f"c={classes}, K={shift}", abs(found - stated(classes, shift))

    return plain.worst(errors())


def _never_parts(said):
    return (
        Holds(
            id="no-class-loss-rises",
            says="W = [0 B], m_j = (10, Bᵀe_j), one sample a class: dℓ_1/dt is not positive",
            condition=rates.shifted_overlaps().loss_rate().subs(K, 10) <= said.most,
            where=(c >= 3,),
        ),
    )


# Small logits -------------------------------------------------------------------------------------------------------------


def _small_parts(said):
    drawn = rates.class_descent(LABEL * ONES.T, sp.Identity(samples))
    yield MatrixIdentity(
        id="part-of-the-classifier",
        says="a class whose samples have the residual z: the part of its gradient in W is z fᵀ with f the sum of its features",
        left=drawn[W],
        right=LABEL * (said.share * H * rates.MEMBERS * rates.MEMBERS.T * ONES).T,
        orthonormal=(rates.MEMBERS,),
    )
    for loss in LOSSES:
        target = step_target(loss_named(loss))
        number = sp.Add(*target.columns.sizes)
        yield identities(
            f"residuals-meet-{loss}",
            f"{loss}, zero logits: the residual of a sample is z, with ‖z_j‖² = 1 − 1/c and z_j·z_k = −1/c",
            [
                (product, value.subs(c, number))
                for g, h in ((0, 0), (1, 1), (0, 1))
                for product, value in zip(_products(target, g, h), (said.length, said.meets)[g != h :], strict=g == h)
            ],
        )
    bound, smaller = said.norms * said.length * feature * another, inner <= feature * another
    yield Holds(
        id="norms-at-least",
        says="‖g_j‖² is (1 − 1/c)‖f_j‖² and what the features feel, n‖Wᵀz‖²: u, v are the norms of two gradients, a, b those of f_j, f_k: "
        "uv ≥ (1 − 1/c)ab",
        condition=own * other >= bound,
        where=(AT_LEAST_TWO, *_norms(said)),
    )
    yield Holds(
        id="norms-above",
        says="and uv > (1 − 1/c)ab where the features feel one of the two",
        condition=own * other > bound,
        where=(AT_LEAST_TWO, *_norms(said), sp.Or(*(sp.Gt(*norm.args) for norm in _norms(said)))),
    )
    cosine = said.meets * inner / (own * other)
    yield Holds(
        id="cosine-at-least",
        says="so ⟨g_j, g_k⟩ = −f_j·f_k/c with f_j·f_k ≤ ab makes no cosine less than −1/(c − 1)",
        condition=cosine >= said.least,
        where=(AT_LEAST_TWO, smaller, own * other >= bound),
    )
    yield Holds(
        id="cosine-above",
        says="and it is more where f_j and f_k do not point the same way, or uv > (1 − 1/c)ab",
        condition=cosine > said.least,
        where=(AT_LEAST_TWO, smaller, own * other >= bound, sp.Or(inner < feature * another, own * other > bound)),
    )
    yield Holds(
        id="no-loss-rises",
        says="where the mean of the c − 1 cosines is at least −1/(c − 1) the loss does not rise",
        condition=said.rate(own, (c - 1) * across) <= 0,
        where=(AT_LEAST_TWO, across >= said.least),
    )


def _norms(said):
    """‖g_j‖² and ‖g_k‖² are at least the squares of their parts in W."""
    return tuple(norm**2 >= said.length * size**2 for norm, size in ((own, feature), (other, another)))


def _products(target, g, h):
    """z_j·z_k of two classes of groups g and h: first of a class with itself where the groups are one."""
    gram = target.columns.T @ target.columns
    return ((gram.diagonal[g] + gram.blocks[g, g],) if g == h else ()) + (gram.blocks[g, h],)


STILL = 1e-9  # logits of 1e-12 change residuals by as much, and rounding the sum of unit vectors by less
SMALL = 1e-6  # of W and H
DRAWS = 400


@cache
def _draws() -> tuple[State, ...]:
    """Random counts, weights, losses and states of small logits."""
    generator, found = np.random.default_rng(plain.SEED), []
    for case in range(DRAWS):
        classes = int(generator.integers(2, 7))
        counts = ClassCounts(tuple(int(n) for n in generator.integers(1, 9, classes)))
        weights = tuple(float(w) for w in generator.exponential(size=classes) + 0.1)
        problem = Problem(counts, weights, loss_named(LOSSES[case % 2]))
        found.append(random_state(problem, int(generator.integers(1, classes + 2)), SMALL, case))
    return tuple(found)


def rise_error(power: float) -> Measurement:
    """The largest rate at which a class loss rises under Σ g_k/‖g_k‖^power, in units of its gradient."""
    return plain.worst((f"{state.problem.counts.per_class}", max(0.0, float(state.loss_rates(power).max()))) for state in _draws())


CLAIMS = (
    Claim(
        id="class-normalised-forgets-weights",
        says="Ẋ = Σ_j g_j/‖g_j‖, g_j minus the gradient of the loss of class j in W and H, any loss of the logits WH, where no g_j is 0: "
        "positive class weights change nothing.",
        source=OURS,
        stated={"factor": rates.WEIGHT, "norm": sp.sqrt},
        witnesses=(POINT,),
        parts=lambda said: tuple(_weights_parts(said)),
        runs=lambda said: (
            Agrees(
                id="paths-under-weights",
                says="margins along descents in steps under random weights against those without, squared loss and cross-entropy",
                uses=("factor",),
                measure=lambda: weights_error(said.factor),
                bound=PATH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the gradient of a class grows with the square of its weight", {"factor": rates.WEIGHT**2}),
            NearMiss("divided by the squared norm", {"norm": lambda value: value}),
        ),
        plain="where the gradient of each class is divided by its norm, class weights change nothing",
        coq={"weight-cancels": ("normalised_descent.class_losses.weight_cancels",)},
    ),
    Claim(
        id="class-normalised-loss-rate",
        says="Ẋ = Σ_j g_j/‖g_j‖, any loss, no g_j is 0: dℓ_j/dt = −‖g_j‖(1 + Σ_(k≠j) cos(g_j, g_k)). With two classes no class loss ever "
        "rises. Squared loss, c ≥ 3 classes of one sample each, W = [0 B] with orthonormal B spanning the vectors on classes 2 … c that "
        "sum to zero and m_j = (K, Bᵀe_j), K > 0: dℓ_1/dt = ‖g_1‖((c − 1)K/√(K² + (c − 2)/(c − 1)) − 1), positive for K²c(c − 1) > 1 and "
        "negative for K²c(c − 1) < 1.",
        source="Francazi et al., arXiv 2207.00391 (2022), have the rule; the rates are ours",
        stated={
            "rate": lambda norm, cosines: -norm * (1 + cosines),
            "mixed": own * other,
            "most": sp.Integer(0),
            "family": FAMILY,
            "threshold": K**2 * c * (c - 1),
            "logits": sp.Integer(1),
        },
        witnesses=(POINT, {**POINT, K: sp.Rational(1, 10)}),
        parts=_rate_parts,
        runs=lambda said: (
            Agrees(
                id="gradients-of-the-family",
                says="dℓ_1/dt from the gradients of explicit states with 3, 4 and 7 classes",
                uses=("family",),
                measure=lambda: family_error(said.family),
                bound=RATE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("1 − Σ cos", {"rate": lambda norm, cosines: -norm * (1 - cosines)}),
            NearMiss("twice the mixed term", {"mixed": 2 * own * other}),
            NearMiss("two classes: falls at least at 1/10", {"most": -sp.Rational(1, 10)}),
            NearMiss("cK in place of (c − 1)K", {"family": c * K / sp.sqrt(K**2 + (c - 2) / (c - 1)) - 1}),
            NearMiss("half of the logits", {"logits": sp.Rational(1, 2)}),
            NearMiss("K²c² > 1", {"threshold": K**2 * c**2}),
            NearMiss("K²(c − 1)² > 1", {"threshold": K**2 * (c - 1) ** 2}),
        ),
        plain="dividing class gradients by their norms keeps every class loss from rising with two classes, and not with more",
        coq={
            "loss-rate": ("normalised_descent.class_losses.loss_rate",),
            "two-classes-never-rise": ("normalised_descent.class_losses.two_classes_never_rise",),
            "first-class-rises-beyond": ("normalised_descent.class_losses.first_class_rises_beyond",),
            "first-class-falls-below": ("normalised_descent.class_losses.first_class_falls_below",),
        },
    ),
    Claim(
        id="class-normalised-never-raises-a-loss",
        says="Squared loss, under Ẋ = Σ_j g_j/‖g_j‖: no class loss ever rises, not with two classes, and not with more.",
        source=OURS,
        stated={"most": sp.Integer(0)},
        hypotheses={"three classes or more": c >= 3},
        witnesses=(POINT,),
        parts=_never_parts,
        repaired_by="class-normalised-loss-rate",
        near_misses=(NearMiss("falls at least at 1", {"most": sp.Integer(-1)}),),
        coq={"no-class-loss-rises": ("counterexamples.class_loss.class_loss_rises",)},
    ),
    Claim(
        id="class-normalised-raises-none-at-small-logits",
        says="Squared loss or cross-entropy, any counts, weights and features, residuals at their values at zero logits: under "
        "Ẋ = Σ_j g_j/‖g_j‖, no g_j being 0, no class loss rises. The rate of class j is 0 only where Wᵀz = 0 for the labels z "
        "of all classes and the feature sums of all classes point the same way.",
        source=OURS,
        stated={
            "share": sp.Integer(1),
            "length": 1 - 1 / c,
            "meets": -1 / c,
            "norms": sp.Integer(1),
            "least": -1 / (c - 1),
            "rate": lambda norm, cosines: -norm * (1 + cosines),
            "power": 1.0,
        },
        hypotheses={"two classes or more": AT_LEAST_TWO},
        witnesses=(POINT,),
        parts=lambda said: tuple(_small_parts(said)),
        runs=lambda said: (
            Agrees(
                id="random-states",
                says="the largest rise of a class loss at random small states under Σ g_j/‖g_j‖^power",
                uses=("power",),
                measure=lambda: rise_error(said.power),
                bound=STILL,
            ),
        ),
        near_misses=(
            NearMiss("half of the features", {"share": sp.Rational(1, 2)}),
            NearMiss("labels of length 1", {"length": sp.Integer(1)}),
            NearMiss("labels that do not meet", {"meets": sp.Integer(0)}),
            NearMiss("norms twice as large", {"norms": sp.Integer(2)}),
            NearMiss("no negative cosines", {"least": sp.Integer(0)}),
            NearMiss("cosines of −1 are enough", {"least": sp.Integer(-1)}),
            NearMiss("1 + 2 Σ cos", {"rate": lambda norm, cosines: -norm * (1 + 2 * cosines)}),
            NearMiss("the plain gradient", {"power": 0.0}),
        ),
        plain="at small logits no class loss rises where class gradients are divided by their norms; the plain gradient raises some",
        coq={"no-loss-rises": ("normalised_descent.class_losses.no_loss_rises",)},
    ),
)
