"""A torch criterion as a loss: what one sample costs, by float64 autograd. Imported only where a criterion is given."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from numerics import Array
from numerics.compiled import NumericLoss, SampleLosses, require_finite
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

Criterion = Callable[[Tensor, Tensor], Tensor]
Reduction = Literal["none", "sum", "mean"]

SAME = 1e-9  # relative: two float64 evaluations of one thing differ by far less, and float32 ones by far more
KINK_AT = 1e-7  # logits this small are as good as zero: a smooth gradient changes there by this share of its curvature
KINK = 1e-3  # relative: a larger change from there to zero is a jump
SMALL_LOGITS = 0.1  # size of the logits in the trials: hinges are active there


class TorchLoss(NumericLoss):
    """The loss of one sample that a torch criterion of logits and labels holds.

    Formula: criterion(logits, labels) = Σ_i ℓ(l_i, y_i)/D, where D is 1 for a sum, and for a mean Σ_i w_(y_i): w_j is 1, or
    the criterion's own weight of class j where it divides by its weights, as torch's `CrossEntropyLoss(weight=w)` does.
    ℓ holds those weights: ℓ = w_y times the unweighted loss. D is measured and changes the scale of time alone; see `flow_time_of_a_step`.
    Arguments: `criterion`, a callable of logits (B × c, float64) and labels (B whole numbers, or B × c one-hot rows where it
    refuses those); its output is one number, or one a sample, or one an entry, which are added up. A module is copied, and its
    tensors become float64.
    Valid when: ℓ of a sample depends on that sample alone; this is tried out on a few logits before the first run.
    Raises: InvalidInput, one line, when it is first used with a number of classes: for another signature, a loss that is not
    finite, not differentiable or the same for every label at zero logits, one that mixes samples or draws at random, and
    one that rounds to float32.
    """

    def __init__(self, criterion: Any, name: str | None = None) -> None:
        if not callable(criterion) or isinstance(criterion, type):
            raise InvalidInput(f"criterion={criterion!r} must be a callable of logits and labels: give torch.nn.CrossEntropyLoss(), say")
        self.name: str = name or str(getattr(criterion, "__name__", type(criterion).__name__))
        self._criterion = _in_float64(criterion, self.name)
        self._traced: dict[int, _Traced] = {}

    def compiled(self, counts: ClassCounts, labels: Sequence[int]) -> SampleLosses:
        return _TorchSamples(self.name, self._of(counts.c), torch.tensor(list(labels)))

    def reduction(self, c: int) -> Reduction:
        """How the criterion for c classes joins the samples of a batch: "none", "sum" or "mean"."""
        return self._of(c).reduction

    def own_weights(self, c: int) -> Array:
        """w, c numbers: what each sample adds to the denominator D of a mean. A mean over B × c entries has w_j = c."""
        return np.array(self._of(c).shares)

    def flow_time_of_a_step(self, counts: ClassCounts, lr: float) -> float:
        """Flow time of the summed ℓ that one full-batch step of gradient descent takes.

        Formula: η/D, with D = Σ_j n_j w_j for a mean and 1 for a sum; a criterion with "none" is summed.
        """
        traced = self._of(counts.c)
        return lr / float(np.dot(counts.per_class, traced.shares)) if traced.reduction == "mean" else lr

    def _of(self, c: int) -> _Traced:
        if c not in self._traced:
            with torch.enable_grad(), _our_settings():
                self._traced[c] = _trace(self._criterion, self.name, c)
        return self._traced[c]


@dataclass(frozen=True)
class _Traced:
    """A criterion for c classes, tried out.

    `each` gives ℓ of each sample of a batch where the criterion has a form without reduction; else it is None. `whole` is
    the criterion with its own reduction; `shares` holds the c numbers w of a mean.
    """

    whole: Criterion
    each: Criterion | None
    reduction: Reduction
    shares: tuple[float, ...]

    def denominator(self, labels: Tensor) -> float:
        return float(torch.tensor(self.shares)[labels].sum()) if self.reduction == "mean" else 1.0

    def total(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Σ_i ℓ(l_i, y_i)."""
        return self.each(logits, labels).sum() if self.each else self.whole(logits, labels) * self.denominator(labels)

    def values(self, logits: Tensor, labels: Tensor) -> Tensor:
        """ℓ of each sample."""
        if self.each:
            return self.each(logits, labels)
        return torch.stack([self.total(logits[[i]], labels[[i]]) for i in range(len(labels))])

    def gradient(self, logits: Tensor, labels: Tensor) -> Tensor:
        """∂ℓ/∂logits, B × c."""
        at = logits.clone().requires_grad_()
        (found,) = torch.autograd.grad(self.total(at, labels), at)
        return found


@dataclass(frozen=True)
class _TorchSamples(SampleLosses):
    name: str
    traced: _Traced
    labels: Tensor

    def value(self, L: Array) -> Array:
        with torch.no_grad(), _our_settings():
            return cast(Array, self.traced.values(_rows(L), self.labels).numpy())

    def gradient(self, L: Array) -> Array:
        with torch.enable_grad(), _our_settings():
            return require_finite(self.name, self.traced.gradient(_rows(L), self.labels).numpy().T, L)


def _rows(L: Array) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(L.T))


def _in_float64(criterion: Any, name: str) -> Any:
    """A copy of a module on the CPU, its tensors in float64 whether they are registered or not; a function is returned unchanged."""
    if not isinstance(criterion, torch.nn.Module):
        return criterion
    try:
        module = copy.deepcopy(criterion).double().cpu()
    except Exception as error:  # noqa: BLE001 - a user's module may raise anything when it is copied
        raise InvalidInput(f"criterion={name} cannot be copied ({_told(error)}): give a function of logits and labels") from None
    for part in module.modules():
        for key, value in vars(part).items():
            if isinstance(value, Tensor) and value.is_floating_point():
                setattr(part, key, value.detach().double().cpu())
    return module


@contextmanager
def _our_settings() -> Iterator[None]:
    """Inside, tensors that the criterion makes are float64, warnings are off, and one thread is used: more took 80 times as long."""
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_default_dtype(dtype)
        torch.set_num_threads(threads)


class _Narrowing(TorchFunctionMode):
    """Sees whether a float64 tensor is rounded to fewer bits on the way."""

    seen = False

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        if isinstance(found, Tensor) and found.is_floating_point() and found.dtype != torch.float64:
            self.seen |= any(isinstance(arg, Tensor) and arg.dtype == torch.float64 for arg in args)
        return found


def _trace(criterion: Any, name: str, c: int) -> _Traced:
    """Finds which labels the criterion takes and how it reduces a batch, and tries out that it is a loss of single samples."""
    trial = _Trial(name, c)
    whole = trial.with_labels(criterion)
    trial.require_plain(whole)
    each = None
    if isinstance(getattr(criterion, "reduction", None), str):
        separate = copy.copy(criterion)
        separate.reduction = "none"
        each = trial.one_a_sample(trial.taking(separate, whole))
    if whole(*trial.batch).ndim:
        each, reduction, shares = trial.one_a_sample(whole), "none", (1.0,) * c
    else:
        reduction, shares = trial.reduction(whole, each)
    traced = _Traced(whole, each, cast(Reduction, reduction), shares)
    trial.require_single_samples(traced)
    trial.require_start(traced)
    return traced


class _Trial:
    """A few logits of every class, on which a criterion is tried out; everything that is wrong is told in one line."""

    def __init__(self, name: str, c: int) -> None:
        self._name, self._c = name, c
        generator = torch.Generator().manual_seed(0)
        labels = torch.cat([torch.arange(c), torch.arange(c).flip(0), torch.zeros(1, dtype=torch.long)])
        logits = SMALL_LOGITS * torch.randn((len(labels), c), generator=generator, dtype=torch.float64)
        self.batch = logits, labels  # 2c + 1 samples: labels that are broadcast over logits do not fit

    def _refused(self, what: str, fix: str) -> InvalidInput:
        return InvalidInput(f"criterion={self._name} {what}: {fix}")

    def with_labels(self, criterion: Any) -> Criterion:
        """The criterion with the labels that it takes: whole numbers, or one-hot rows where it refuses those."""
        errors = []
        for form in (_whole_labels, _one_hot_labels):

            def called(logits: Tensor, labels: Tensor, form: Any = form) -> Tensor:
                return cast(Tensor, criterion(logits, form(labels, self._c)))

            try:
                found = called(self.batch[0].clone().requires_grad_(), self.batch[1])
            except Exception as error:  # noqa: BLE001 - a user's code may raise anything, and the user is told what
                errors.append(_told(error))
                continue
            self._require_output(found)
            called.form = form  # type: ignore[attr-defined]
            return called
        told = dict.fromkeys(errors)
        raise self._refused(
            f"cannot be called with logits ({len(self.batch[1])} × {self._c}) and labels ({'; with one-hot labels: '.join(told)})",
            f"it must take (logits, labels) of {self._c} classes",
        )

    def require_plain(self, whole: Criterion) -> None:
        """Requires what the other trials rest on: finite at zero logits, the same at every call, and float64 throughout."""
        logits, labels = self.batch
        start = whole(torch.zeros_like(logits), labels)
        if not torch.isfinite(start).all():
            bad = start[~torch.isfinite(start)].flatten()[0].item()
            raise self._refused(f"is {bad} at zero logits", "small initialisation starts there, so it must be finite")
        with _Narrowing() as mode:
            found = whole(logits, labels)
        if mode.seen:
            raise self._refused("rounds to float32 on the way", "it must compute in float64: leave out .float() and the like")
        if not torch.allclose(found, whole(logits, labels), rtol=0, atol=0, equal_nan=True):
            raise self._refused("gives another value at every call", "it must not draw at random: call .eval() on what drops out")

    def taking(self, criterion: Any, like: Criterion) -> Criterion:
        """Another form of a criterion, with the labels that the first one takes."""
        form = like.form  # type: ignore[attr-defined]

        def called(logits: Tensor, labels: Tensor) -> Tensor:
            return cast(Tensor, criterion(logits, form(labels, self._c)))

        return called

    def _require_output(self, found: Any) -> None:
        if not (isinstance(found, Tensor) and found.is_floating_point()):
            raise self._refused(f"returns a {type(found).__name__}", "it must return one number, or one a sample, as a torch tensor")
        if found.ndim and found.shape[0] != len(self.batch[1]):
            raise self._refused(
                f"returns {tuple(found.shape)} for {len(self.batch[1])} samples", "it must return one number, or one a sample"
            )
        if not found.requires_grad:
            raise self._refused("returns what does not depend on the logits", "it must be differentiable by autograd")
        if found.dtype != torch.float64:
            raise self._refused(f"returns {found.dtype} for float64 logits", "it must compute in float64: leave out .float() and the like")

    def one_a_sample(self, criterion: Criterion) -> Criterion | None:
        """The criterion with the entries of a sample added up; None where it has no value for each sample after all."""
        found = self._tried(criterion)
        if found is None or not found.ndim or found.shape[0] != len(self.batch[1]):
            return None
        return lambda logits, labels: criterion(logits, labels).flatten(1).sum(1) if found.ndim > 1 else criterion(logits, labels)

    def _tried(self, criterion: Criterion) -> Tensor | None:
        try:
            return criterion(*self.batch)
        except Exception:  # noqa: BLE001 - a criterion without such a form keeps its own reduction
            return None

    def reduction(self, whole: Criterion, each: Criterion | None) -> tuple[Reduction, tuple[float, ...]]:
        """Whether one number for a batch is a sum or a mean, and what each class adds to the denominator of a mean.

        Without a value of each sample, a weighted mean tells its weights up to one factor: they are taken with mean 1.
        """
        logits, labels = (part[: self._c] for part in self.batch)
        single = np.array([self._number(whole, logits[[j]], labels[[j]]) for j in range(self._c)])
        first = int(np.argmax(np.abs(single)))
        pairs = np.array([self._number(whole, logits[[first, j]], labels[[first, j]]) for j in range(self._c)])
        if np.isclose(pairs[first], 2 * single[first], rtol=SAME, atol=0):  # the same sample twice
            return "sum", (1.0,) * self._c
        if not np.isclose(pairs[first], single[first], rtol=SAME, atol=0):
            raise self._mixes()
        if each is not None:
            values = each(logits, labels).numpy()
            return "mean", tuple(np.divide(values, single, out=np.ones(self._c), where=single != 0).tolist())
        gaps = single - single[first]
        share = np.divide(pairs - single[first], gaps, out=np.full(self._c, 0.5), where=gaps != 0)
        shares = share / (1 - share)
        shares = shares / shares.mean()
        return "mean", (1.0,) * self._c if np.allclose(shares, 1, rtol=SAME, atol=SAME) else tuple(shares.tolist())

    def _number(self, criterion: Criterion, logits: Tensor, labels: Tensor) -> float:
        try:
            return float(criterion(logits, labels))
        except Exception:  # noqa: BLE001 - the criterion takes the whole batch and not a part of it
            raise self._mixes() from None

    def _mixes(self) -> InvalidInput:
        return self._refused("mixes the samples of a batch", "the loss of a sample must depend on its own logits and label alone")

    def require_single_samples(self, traced: _Traced) -> None:
        """Requires that a batch is the sum, or the mean, of its samples taken alone, in value and in gradient."""
        logits, labels = self.batch
        first = traced.gradient(logits, labels)
        size = float(first.abs().max())
        for i in range(len(labels)):
            try:
                alone = traced.gradient(logits[[i]], labels[[i]])
            except Exception:  # noqa: BLE001 - a criterion with batch statistics may refuse one sample
                raise self._mixes() from None
            if not torch.allclose(alone[0], first[i], rtol=SAME, atol=SAME * size, equal_nan=True):
                raise self._mixes()
        if traced.reduction != "none":
            whole, total = float(traced.whole(logits, labels)), float(traced.values(logits, labels).sum())
            if not np.isclose(whole * traced.denominator(labels), total, rtol=SAME, atol=0, equal_nan=True):
                raise self._mixes()

    def require_start(self, traced: _Traced) -> None:
        """Requires that the loss at zero logits, where runs start, is finite, depends on the label, and has no kink."""
        c = self._c
        zero, labels = torch.zeros((c, c), dtype=torch.float64), torch.arange(c)
        start = traced.gradient(zero, labels)
        if not torch.isfinite(start).all():
            bad = start[~torch.isfinite(start)][0].item()
            raise self._refused(f"has a gradient of {bad} at zero logits", "small initialisation starts there, so it must be finite")
        size = float(start.abs().max())
        if torch.allclose(start, start[:1], rtol=0, atol=SAME * size) and self._label_is_ignored(traced):
            raise self._refused("is the same for every label", "a loss must depend on the label")
        direction = KINK_AT * self.batch[0][:c] / SMALL_LOGITS
        gap = max(float((traced.gradient(side * direction, labels) - start).abs().max()) for side in (1, -1))
        if gap > KINK * max(size, 1.0):
            raise self._refused(
                f"has a gradient that jumps by {gap:.3g} at zero logits", "smooth it there: small initialisation starts there"
            )

    def _label_is_ignored(self, traced: _Traced) -> bool:
        at = self.batch[0][:1].repeat(self._c, 1)
        slopes = traced.gradient(at, torch.arange(self._c))
        return torch.allclose(slopes, slopes[:1], rtol=SAME, atol=SAME)


def _whole_labels(labels: Tensor, c: int) -> Tensor:
    return labels


def _one_hot_labels(labels: Tensor, c: int) -> Tensor:
    return F.one_hot(labels, c).double()


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
