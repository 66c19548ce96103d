"""Values and gradients of many samples at once, of a loss of `theory.losses` or of one that is known by its numbers alone."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics import Array
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import LOSSES
from theory.losses.checks import CHECKED_COUNTS, sample_value
from theory.losses.classes import OWN_LABEL, Grouped
from theory.losses.loss import Loss, LossKind, declared_kind, logit_symbols

NEAR_ZERO = 1e-100  # each logit has this value in place of 0 where the formula of a gradient is 0/0; its square does not underflow
SIZES_OF_LOGITS = (1e-2, 1.0, 30.0, 1e3)  # from the logits at which runs start to those at which a loss without a minimum is stopped
SAME_GRADIENT = 1e-10  # relative: above the rounding of a float64 gradient


class SampleLosses(ABC):
    """ℓ and ∂ℓ/∂logits of a fixed list of samples; logits are c × k, one column a sample."""

    @abstractmethod
    def value(self, L: Array) -> Array:
        """ℓ of each sample: k numbers, unweighted."""

    @abstractmethod
    def gradient(self, L: Array) -> Array:
        """∂ℓ/∂logits of each sample: c × k, unweighted.

        Raises: FloatingPointError where it is not finite; a NaN would stall an adaptive integrator.
        """


class NumericLoss(ABC):
    """A loss that is known by its values alone, such as a torch criterion: it is run, and nothing is derived from it."""

    name: str

    @abstractmethod
    def compiled(self, counts: ClassCounts, labels: Sequence[int]) -> SampleLosses:
        """ℓ and ∂ℓ/∂logits of samples of the given labels.

        Raises: InvalidInput, one line, where it is no loss of that many classes.
        """


def require_finite(name: str, gradient: Array, L: Array) -> Array:
    """The gradient itself; raises FloatingPointError where it is not finite."""
    if not np.isfinite(gradient).all():
        raise FloatingPointError(
            f"the gradient of loss={name} is not finite at logits of size {np.abs(L).max():.3g}: take a smaller step or a shorter time"
        )
    return gradient


@dataclass(frozen=True)
class _Part:
    """The samples that one compiled formula serves: the formula is that of one label, and other labels swap their logits with it."""

    value: Callable[..., Array]
    gradient: Callable[..., list[Array]]
    rows: NDArray[np.int_]  # c × k: which logit stands for which in each of the k samples
    columns: NDArray[np.int_]  # k samples


@dataclass(frozen=True)
class CompiledLoss(SampleLosses):
    """The derived gradient, as NumPy functions."""

    name: str
    parts: tuple[_Part, ...]

    @cached_property
    def singular_at_zero(self) -> bool:
        """Whether the formula of the gradient is 0/0 at zero logits, as that of l/(‖l‖ + ε) is, which has a derivative there."""
        with np.errstate(all="ignore"):
            return not all(np.isfinite(entry).all() for part in self.parts for entry in part.gradient(*np.zeros(part.rows.shape)))

    def value(self, L: Array) -> Array:
        out = np.empty(L.shape[1])
        for part in self.parts:
            out[part.columns] = part.value(*L[part.rows, part.columns])
        return out

    def gradient(self, L: Array) -> Array:
        out = np.empty_like(L)
        if self.singular_at_zero and not (somewhere := L.any(axis=0)).all():
            L = np.where(somewhere, L, NEAR_ZERO)
        with np.errstate(over="ignore", invalid="ignore"):  # the result is checked below
            for part in self.parts:
                entries = part.gradient(*L[part.rows, part.columns])
                for row, entry in zip(part.rows, entries, strict=True):
                    out[row, part.columns] = entry
        return require_finite(self.name, out, L)


def compile_loss(loss: Loss | NumericLoss, counts: ClassCounts, labels: Sequence[int]) -> SampleLosses:
    """Compiles the derived gradient of a loss for samples of given labels; a `NumericLoss` brings its own gradient.

    Arguments: `labels`, the class of each of k samples.
    Returns: the SampleLosses of k columns.
    """
    if isinstance(loss, NumericLoss):
        return loss.compiled(counts, labels)
    label_of = np.asarray(labels)
    sources = np.array(_formula_sources(loss, counts))[label_of]
    parts = []
    for source in dict.fromkeys(sources.tolist()):
        columns = np.flatnonzero(sources == source)
        rows = np.tile(np.arange(counts.c)[:, None], len(columns))
        own = label_of[columns]
        rows[source], rows[own, np.arange(len(columns))] = own, source
        parts.append(_Part(*_formulas(loss, counts, source), rows, columns))
    return CompiledLoss(loss.name, tuple(parts))


@lru_cache(maxsize=512)
def kind_of(loss: Loss | NumericLoss, counts: ClassCounts) -> LossKind:
    """The kind of a loss at these counts: the one that it declares, or else found by expansion and differentiation.

    What an unregistered loss declares is compared with the algebra at three classes; for registered ones a test does so.
    A `NumericLoss` is AFFINE where its gradient is the same at logits of every size, else GENERAL.
    Raises: InvalidInput for a loss that is not what it declares.
    """
    if isinstance(loss, NumericLoss):
        return LossKind.AFFINE if _has_constant_gradient(loss, counts) else LossKind.GENERAL
    declared = declared_kind(loss)
    if declared is None:
        return derived_kind(loss, counts)
    if type(loss) not in LOSSES:
        derived = derived_kind(loss, ClassCounts(CHECKED_COUNTS))
        if derived is not declared:
            raise InvalidInput(
                f"loss={loss.name} declares kind={declared.name}, and at three classes it is {derived.name}: declare that, or nothing"
            )
    return declared


def derived_kind(loss: Loss, counts: ClassCounts) -> LossKind:
    """The kind of a loss at these counts, by expansion and differentiation, whatever it declares."""
    if _is_squared(loss, counts):
        return LossKind.SQUARED
    slopes = [_slopes(value, logits) for value, logits in _values(loss, counts)]
    if any(found is None for found in slopes):
        return LossKind.GENERAL
    centred = (
        found.get(logit, 0) == sp.Rational(1, counts.c) - int(k == 0)
        for found, (_, logits) in zip(slopes, _values(loss, counts), strict=True)
        if found is not None
        for k, logit in enumerate(logits)
    )
    return LossKind.LINEAR if all(centred) else LossKind.AFFINE


def _has_constant_gradient(loss: NumericLoss, counts: ClassCounts) -> bool:
    samples, rng = loss.compiled(counts, range(counts.c)), np.random.default_rng(0)
    start = samples.gradient(np.zeros((counts.c, counts.c)))
    try:
        return all(
            np.allclose(samples.gradient(size * rng.standard_normal(start.shape)), start, rtol=0, atol=SAME_GRADIENT * np.abs(start).max())
            for size in SIZES_OF_LOGITS
        )
    except FloatingPointError:
        return False


def _is_squared(loss: Loss, counts: ClassCounts) -> bool:
    """Whether ℓ(l, y) = ½ ‖e_y − 1/c − l‖² for every label, by expansion."""
    for value, logits in _values(loss, counts):
        square = sp.Add(*((sp.Integer(k == 0) - sp.Rational(1, counts.c) - logit) ** 2 for k, logit in enumerate(logits)))
        difference = value - square / 2  # where both are written alike, as in most losses, they cancel, and no square is multiplied out
        if difference != 0 and sp.expand(difference) != 0:
            return False
    return True


def _values(loss: Loss, counts: ClassCounts) -> Iterator[tuple[sp.Expr, tuple[sp.Symbol, ...]]]:
    """The loss of a sample of each label, and its logits, of which the label's own is the first; one formula may serve all labels.

    A loss written with `theory.losses.classes` cannot ask which class its label is: where it needs no counts, its
    formula on classes of one kind each is that of every label. The first and the last label are then read as well, in full.
    """
    logits, exact_counts = logit_symbols(counts.c), _exact(counts)
    labels: Sequence[int] = range(counts.c)
    ones, symbols = (sp.Integer(1),) * counts.c, sp.symbols(f"n_0:{counts.c}", positive=True)
    with contextlib.suppress(InvalidInput):
        value = sample_value(loss, Grouped(logits, ones), OWN_LABEL, Grouped(symbols, ones))
        if value.free_symbols <= set(logits):
            yield value, logits
            labels = (0, counts.c - 1)
    for label in labels:
        yield loss.sample_loss(logits, label, exact_counts), (logits[label], *logits[:label], *logits[label + 1 :])


def _slopes(value: sp.Expr, logits: Sequence[sp.Symbol]) -> dict[sp.Symbol, sp.Expr] | None:
    """The coefficient of each logit in an affine expression; None for one that is not affine. It takes time of order c."""
    if not sp.diff(value, logits[0]).is_number:
        return None
    slopes: dict[sp.Symbol, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(value)):
        if term.is_number:
            continue
        logit, *others = term.free_symbols
        if others or (term / logit).has(logit):
            return None
        slopes[logit] = slopes.get(logit, sp.Integer(0)) + term / logit
    return slopes


def _exact(counts: ClassCounts) -> tuple[sp.Integer, ...]:
    return tuple(map(sp.Integer, counts.per_class))


@lru_cache(maxsize=512)
def _formula_sources(loss: Loss, counts: ClassCounts) -> tuple[int, ...]:
    """For each label, a label whose formula serves it when their two logits are swapped.

    Equal counts suggest it, and the first label does for a loss without counts; it is used only where the two
    expressions are structurally equal.
    """
    logits, exact_counts = logit_symbols(counts.c), _exact(counts)
    values = [loss.sample_loss(logits, label, exact_counts) for label in range(counts.c)]
    sources: list[int] = []
    for label, value in enumerate(values):
        alike = [source for source in dict.fromkeys(sources) if counts.per_class[source] == counts.per_class[label]]
        for source in alike or sources[:1]:
            swap = {logits[source]: logits[label], logits[label]: logits[source]}
            if values[source].xreplace(swap) == value:
                sources.append(source)
                break
        else:
            sources.append(label)
    return tuple(sources)


@lru_cache(maxsize=512)
def _formulas(loss: Loss, counts: ClassCounts, label: int) -> tuple[Callable[..., Array], Callable[..., list[Array]]]:
    """NumPy functions of the c logits: ℓ and its c derivatives."""
    logits, exact_counts = logit_symbols(counts.c), _exact(counts)
    value = sp.lambdify(logits, loss.sample_loss(logits, label, exact_counts), "numpy", cse=True)
    gradient = sp.lambdify(logits, list(loss.gradient(logits, label, exact_counts)), "numpy", cse=True)
    return value, gradient
