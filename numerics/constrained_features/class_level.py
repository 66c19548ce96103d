"""Runs by class: the logits of all samples of a class are taken to be alike, and follow from the Gram matrix of the class means.

Where the inputs treat the samples of a class alike, as a block Gram matrix does, this is the flow of all samples exactly: a class
is one sample that weighs n_j ω_j and has the mean of its inputs. For other inputs it leaves out what tells the samples of a class
apart. The start is spectral: W(0) = e^(−δ) U Qᵀ, V(0) = e^(−δ) Q Sᵀ, with ZXᵀ = U Σ Sᵀ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from numerics import Array
from numerics.basis import mode_basis
from numerics.compiled import compile_loss
from numerics.constrained_features.inputs import inputs_of
from numerics.first_time import on_path
from numerics.integrate import TooLarge, integrate
from numerics.model_run import ModelFlow
from numerics.path import Path
from numerics.problem import Problem
from theory.exact import InvalidInput
from theory.models import linear_features
from theory.models.decay_and_bias import bias, decay_W, ones
from theory.models.model import descent

End = Literal["learned", "settled", "horizon"]

MOST_DOUBLINGS = 12  # a horizon is prolonged at most so often
HALF = 0.5  # the share at which a mode is learned
SETTLED = 1e-4  # change over half a run, of a reading or of the reading that is asked for: what approaches a limit is then near it
VANISHING = 1e-12  # growth rates below this share of the largest are rounding of 0
MOST_FURTHER = 20_000  # steps up to which a run without a given horizon is prolonged: some 10 s
AT_REST = 1e-8  # of the largest growth rate: what is learned is driven so little once it is near its limit


@dataclass(frozen=True)
class Setting:
    """What is run.

    Arguments: `problem`; `gram`, B, c × c, of the class means of the inputs; `delta`, the start is at e^(−δ); `with_bias`, whether
    an output bias is trained, from 0; `decay`, λ of λ/2 (‖W‖² + ‖V‖²) beside the summed loss, in units of 1/flow time.
    """

    problem: Problem
    gram: Array
    delta: float
    with_bias: bool = False
    decay: float = 0.0

    @property
    def masses(self) -> Array:
        """a_j = n_j ω_j."""
        return np.array(self.problem.counts.per_class) * np.array(self.problem.weights)


class ClassLevelFlow(ModelFlow):
    """L = WVM (+ b1ᵀ), M the class means of the inputs: one column a class, which weighs n_j ω_j."""

    def __init__(self, setting: Setting) -> None:
        counts, M = setting.problem.counts, inputs_of(setting.gram)
        self._losses = compile_loss(setting.problem.loss, counts, range(counts.c))
        self._masses, self._inputs, self._decay = setting.masses, M, setting.decay
        model = linear_features.DECAYED_WITH_BIAS if setting.with_bias else linear_features.DECAYED
        # The start does not know the weights, so that different weights are compared from one start.
        U, _, St = np.linalg.svd((np.diag(counts.per_class) - np.array(counts.per_class) / counts.c) @ M.T)
        scale, modes = math.exp(-setting.delta), counts.c - 1
        start = {linear_features.W: scale * U[:, :modes], linear_features.V: scale * St[:modes]}
        given: dict = {linear_features.X: M, decay_W: setting.decay, linear_features.decay_V: setting.decay}
        if setting.with_bias:
            start[bias], given[ones] = np.zeros((counts.c, 1)), np.ones((counts.c, 1))
        super().__init__(model, descent(model), self._losses, setting.masses, start, given)
        self.kinds = np.arange(counts.c)
        self._per_class, self._basis = np.array(counts.per_class), mode_basis(counts, setting.problem.weights)
        columns = self._basis.U - self._basis.U.mean(axis=0)
        sizes = (self._per_class[:, None] * columns**2).sum(axis=0)
        self._read = np.divide(columns, sizes, out=np.zeros_like(columns), where=sizes > 0)

    def first_order_target(self) -> Array:
        """−∂(weighted loss)/∂L at zero logits times the inputs: its singular values are the growth rates without decay."""
        return self._drive(np.zeros((len(self._masses), len(self._masses))))

    def growth_rates(self, state: Array) -> Array:
        """Singular values, descending, of the residual at a state times the inputs, less the decay.

        What is small there grows at these rates. What is learned has come to rest where its rate is 0.
        """
        rates: Array = np.asarray(np.linalg.svd(self._drive(self.logits(state)), compute_uv=False), dtype=float) - self._decay
        return rates

    def _drive(self, logits: Array) -> Array:
        found: Array = -self._losses.gradient(logits) * self._masses @ self._inputs.T
        return found

    def mode_shares(self, state: Array) -> Array:
        """The learned share uᵀLZᵀu/‖Zᵀu‖² of each mode of the labels, the mean over modes of one singular value, these descending."""
        each = np.einsum("ck,cj,jk->k", self._basis.U, self.logits(state) * self._per_class, self._read)
        return np.array([each[group].mean() for group in self._basis.groups])

    def class_margins(self, state: Array) -> Array:
        """L_jj − max_(k≠j) L_kj of each class j."""
        L = self.logits(state)
        margins: Array = np.diagonal(L) - np.where(np.eye(len(L)) == 1, -np.inf, L).max(axis=0)
        return margins


@dataclass(frozen=True)
class ClassLevelRun:
    """A solved run, up to where every class has the margin and every mode the fraction, or what has not has settled.

    `end` says which of the two it is, or that the horizon came before either.
    """

    setting: Setting
    system: ClassLevelFlow
    path: Path
    end: End

    @property
    def t(self) -> Array:
        """The accepted steps, flow time."""
        return self.path.t

    def at(self, times: float | Array, read: Callable[[Array], Array | float]) -> Array:
        """`read` of the state at a time, or at each of k times."""
        return self.path.at(times, read)


def simulate(setting: Setting, *, time: float | None = None, margin: float = 0.5, fraction: float = HALF) -> ClassLevelRun:
    """The run of a setting from its spectral start; raises as `_run` does.

    Arguments: `time`, the horizon, flow time; None until every class has the margin and every mode the fraction, or what has not has
    settled.
    """
    return _run(setting, ClassLevelFlow(setting), time, margin, fraction)


def mode_learning_times(run: ClassLevelRun, fraction: float = HALF) -> tuple[float | None, ...]:
    """When the mean share of the modes of each singular value of Z, these descending, first reaches a fraction."""
    return on_path(run.t, lambda times: run.at(times, run.system.mode_shares) - fraction)


def continued(run: ClassLevelRun, weights: tuple[float, ...], decay: float, *, at: float, margin: float = 0.5) -> ClassLevelRun:
    """The run that goes on from a time of another one under other class weights and decay; its times start from 0."""
    setting = replace(run.setting, problem=replace(run.setting.problem, weights=weights), decay=decay)
    flow = ClassLevelFlow(setting)
    flow.initial_state = run.at(at, lambda state: state)
    return _run(setting, flow, None, margin)


def _run(setting: Setting, flow: ClassLevelFlow, time: float | None, margin: float, fraction: float = HALF) -> ClassLevelRun:
    """Integrates up to a horizon, which is doubled until all is learned or settled.

    Raises: InvalidInput where no class mean feels the loss; TooLarge and IntegrationFailed as `integrate` does, TooLarge also
    where what still grows from a plateau would take more than MOST_FURTHER steps.
    """
    rates = np.linalg.svd(flow.first_order_target(), compute_uv=False)
    growing = rates[(rates > setting.decay) & (rates > VANISHING * rates[0])]
    if not rates[0] > 0:
        raise InvalidInput("the class means of the inputs do not tell the classes apart, so that nothing grows from a small start")
    net = float((growing[-1] if len(growing) else rates[0]) - setting.decay) or setting.decay
    lasting = 1.5 * setting.delta + math.log(setting.problem.counts.imbalance_ratio) + 5
    doublings = 0

    def learned(state: Array) -> Array:
        return np.concatenate([flow.class_margins(state) / margin, flow.mode_shares(state) / fraction])

    def end_of(path: Path) -> End:
        half, end = path.at(np.array([path.t[-1] / 2, path.t[-1]]), learned)
        if (end >= 1).all():
            return "learned"
        still = (np.abs(end - half) <= SETTLED * np.maximum(np.abs(end), 1)) | (end >= 1)
        if not still.all():
            return "horizon"
        # A bias that has settled, or a mode that is learned, changes the rates of the others: a plateau may be no end.
        slowest = _slowest_growth(flow, path, AT_REST * float(rates[0]))
        if path.t[-1] >= lasting / slowest:
            return "settled"
        if time is None:
            _require_few_steps(path, slowest, setting.delta)
        return "horizon"

    def further(path: Path) -> float | None:
        nonlocal doublings
        doublings += 1
        over = time is not None or doublings > MOST_DOUBLINGS or end_of(path) != "horizon"
        return None if over else 2 * float(path.t[-1])

    path = integrate(flow, lasting / abs(net) if time is None else time, flow.model.name, further=further)
    return ClassLevelRun(setting, flow, path, end_of(path))


def _slowest_growth(flow: ClassLevelFlow, path: Path, least: float) -> float:
    """The smallest growth rate above a least one at the end of a path; infinite where nothing grows any more."""
    rates = path.at(path.t[-1], flow.growth_rates)
    return float(min(rates[rates > least], default=math.inf))


def _require_few_steps(path: Path, rate: float, delta: float) -> None:
    """Raises TooLarge where what grows at a rate, δ e-folds long, would need too many steps of the length that they have now."""
    t = path.t
    steps = len(t) + np.count_nonzero(t > t[-1] / 2) * (delta / rate / t[-1] - 1) * 2
    if steps > MOST_FURTHER:
        raise TooLarge(
            f"what is not learned by t={t[-1]:.3g} grows at the rate {rate:.3g}, which makes this run some {steps:.3g} steps long, and "
            f"at most {MOST_FURTHER} are run without a given time: give smaller counts, a smaller delta or a time"
        )
