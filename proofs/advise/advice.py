"""`ufm.advise`: one row for each weighting of given labels and loss, and the notes that belong to the rows."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np

from numerics import Array
from numerics.compiled import NumericLoss, compile_loss
from numerics.losses import from_torch, loss_named
from proofs.advise.conventions import convention
from proofs.advise.flattening import Flattening, flattening, in_words
from proofs.advise.inputs import inputs_given
from proofs.advise.labels import counts_of, labels_of
from proofs.advise.rows import MARGIN, Row, Setting, row, switched
from theory.data.counts import ClassCounts, explicit
from theory.exact import InvalidInput
from theory.losses.loss import Loss
from theory.losses.squared import Squared
from theory.shown import Sheet, Shown

COMPARED = ("none", "sqrt", "effective-number:0.9999", "balanced")
LOGITS_AT_THE_START = 0.1  # standard deviation of the logits at the start, where its scale is not given
DIFFER = 0.1  # logit units; margins are compared only up to MARGIN
SHOWN_COLUMNS = ("weighting", "equivalent_learning_rate_factor", "steps_commonest", "steps_rarest", "steps_all", "differs_until_step")
RESTS_ON = {  # what a claim of the ledger carries, under the squared loss of which these claims speak
    "escape_rates": "escape-rates",
    "weights": "flat-iff-inverse-square-root",
    "end": "terminal-equivalence",
    "learning_rates_at_ends": "largest-step",
    "copies": "effective-counts",
}
OF_INPUTS = {"escape_rates": "class-mean-law", "weights": "flattening-exponent-rich"}  # the same where inputs constrain the features
OF_CLASS_MEANS = (
    "Steps are of features that are linear in these inputs, followed by their class means; what moves the features of a deep network "
    "changes as it learns, so that the exponents are those of its start."
)
NETWORKS = "exponent-above-one-half"


@dataclass(frozen=True, repr=False)
class Advice(Shown):
    """What each weighting does: `advice["sqrt"]` is the weighting of that name, and `advice.table` has them all."""

    setting: Setting
    rows: tuple[Row, ...]
    delta_is: str  # how δ was found

    def __getitem__(self, choice: str) -> Weighting:
        """The weighting of that name."""
        for one in self.rows:
            if one.choice == choice:
                return Weighting(one)
        raise KeyError(f"{choice!r} is not among {', '.join(one.choice for one in self.rows)}")

    def __iter__(self) -> Iterator[str]:
        return iter(one.choice for one in self.rows)

    @cached_property
    def plain(self) -> Row:
        """The row of no weights, which the others are compared with."""
        return next((one for one in self.rows if one.choice == "none"), row(self.setting, "none", self.rows[0].repeats))

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The rows as plain data: what `--json` prints."""
        return [self._record(one) for one in self.rows]

    def _record(self, one: Row) -> dict[str, Any]:
        n = self.setting.counts.per_class
        fastest, slowest = one.escape_rates or (None, None)
        plain = self.plain.escape_rates
        apart = one.differs_from(self.plain) if one is not self.plain else None
        return {
            "weighting": one.choice,
            "weights": list(one.weights),
            "equivalent_learning_rate_factor": fastest / plain[0] if fastest is not None and plain is not None and plain[0] > 0 else None,
            "fastest_rate": fastest,
            "slowest_rate": slowest,
            "order": list(one.order),
            "class_steps": list(one.class_steps),
            "steps_commonest": one.steps_of([j for j, count in enumerate(n) if count == max(n)]),
            "steps_rarest": one.steps_of([j for j, count in enumerate(n) if count == min(n)]),
            "steps_all": one.steps_of(range(len(n))),
            "differs_from_step": apart and apart[0],
            "differs_until_step": apart and apart[1],
            "largest_learning_rate": one.largest_learning_rate,
            "largest_learning_rate_at_flow_end": one.stable_ends and one.stable_ends[0],
            "largest_learning_rate_at_any_end": one.stable_ends and one.stable_ends[1],
        }

    @cached_property
    def notes(self) -> list[str]:
        """The caveats that belong beside the numbers."""
        setting = self.setting
        notes = _of_two_classes(setting.counts)
        if setting.inputs is None:
            return [*notes, *_of_networks(setting.is_free)]
        told = [] if self.flattening is None else in_words(self.flattening, setting.inputs)
        return [*notes, *told, OF_CLASS_MEANS]

    @cached_property
    def flattening(self) -> Flattening | None:
        """Which exponent and weights equalise where inputs are given; None for free features, and with a bias, of which it is not known."""
        return flattening_of(self.setting)

    @property
    def rests_on(self) -> dict[str, dict[str, str]]:
        """What rests on a claim of the ledger, with that claim's verdict when this release was made.

        The claims on rates, copies and the end speak of the squared loss; of other losses the ledger has at most which weights
        make the rates equal, under STEP. None speaks of steps with a trained bias or with decay. Orders, steps and the largest
        learning rate on the run rest on no claim: they are measured.
        """
        setting = self.setting
        if setting.inputs is not None and not setting.with_bias:
            named = OF_INPUTS
        elif not setting.is_free:
            named = {}
        else:
            named = RESTS_ON if setting.loss == Squared() else {"weights": f"{setting.loss.name}-flat-iff-inverse-square-root"}
        found = {number: claim for number, claim in named.items() if claim in verdicts()} | {"networks": NETWORKS}
        return {number: {"claim": claim, "verdict": verdicts()[claim]} for number, claim in found.items()}

    def as_json(self) -> dict[str, Any]:
        """The document of `ufm advise --json`."""
        setting = self.setting
        return {
            "counts": list(setting.counts.per_class),
            "loss": setting.loss.name,
            "reduction": setting.convention.name,
            "learning_rate": setting.learning_rate,
            "batch": setting.batch,
            "delta": setting.delta,
            "delta_is": self.delta_is,
            "margin": MARGIN,
            "differ": setting.differ,
            "bias": setting.with_bias,
            "decay": setting.decay,
            "inputs": setting.inputs and setting.inputs.described,
            "flattening": self.flattening and self.flattening.as_json(),
            "weightings": self.records,
            "rests_on": self.rests_on,
            "notes": self.notes,
        }

    @property
    def table(self) -> Any:
        """The rows as a pandas DataFrame where pandas is installed, else as a list of dictionaries."""
        try:
            pandas = importlib.import_module("pandas")
        except ImportError:
            return self.records
        return pandas.DataFrame(self.records).set_index("weighting")

    def plot(self, axes: Any = None) -> Any:
        """Steps to each class against its count, one line a weighting, on Matplotlib axes that are made where none are given."""
        if axes is None:
            from matplotlib.figure import Figure

            axes = Figure(figsize=(5, 3.2), layout="constrained").subplots()
        n = np.array(self.setting.counts.per_class)
        for one, marker in zip(self.rows, "os^Dv<>Px*" * len(self.rows), strict=False):
            steps = np.array([math.nan if step is None else step for step in one.class_steps])
            ordered = np.argsort(n, kind="stable")
            axes.plot(n[ordered], steps[ordered], marker=marker, label=one.choice)
        axes.set(xscale="log", yscale="log", xlabel="samples of the class", ylabel="steps until it is learned")
        axes.legend(frameon=False)
        return axes

    def brief(self) -> str:
        """The weightings, the number of classes and the loss."""
        return f"{', '.join(self)}; {self.setting.counts.c} classes, {self.setting.loss.name}"

    def shown(self) -> Sheet:
        """The rows, and what must be said beside them."""
        return Sheet(
            f"class weights for {self.setting.counts.c} classes under {self.setting.loss.name}",
            facts={"note": " ".join(self.notes)},
            columns=[name.replace("_", " ") for name in SHOWN_COLUMNS],
            rows=[[record[name] for name in SHOWN_COLUMNS] for record in self.records],
        )


@dataclass(frozen=True)
class Weighting:
    """The weights of one row, in the forms that libraries take."""

    row: Row

    @property
    def weights(self) -> tuple[float, ...]:
        """One a class, in class order."""
        return self.row.weights

    @property
    def class_weight(self) -> dict[int, float]:
        """The weights by class, as scikit-learn and Keras take them."""
        return dict(enumerate(self.row.weights))

    def sample_weight(self, labels: Any) -> np.ndarray:
        """One weight for each label; raises InvalidInput for labels of other classes."""
        if counts_of(labels).c != len(self.row.weights):
            raise InvalidInput(
                f"labels are of {counts_of(labels).c} classes, and the weights of {len(self.row.weights)}: give labels of these"
            )
        return np.asarray(self.row.weights)[np.asarray(labels, dtype=int)]

    def weight_tensor(self, **options: Any) -> Any:
        """A torch tensor for `weight=`; options such as `device` and `dtype` go to torch.tensor."""
        import torch

        return torch.tensor(self.row.weights, **options)


def advise(
    labels: Any = None,
    *,
    counts: ClassCounts | Sequence[int] | None = None,
    criterion: Any = "cross-entropy",
    lr: float = 0.1,
    reduction: str = "torch-mean",
    batch: int | None = None,
    delta: float | None = None,
    compare: Sequence[str] = COMPARED,
    repeats: Sequence[float] | None = None,
    switch: tuple[float, str] | None = None,
    differ: float = DIFFER,
    similarity: Any = None,
    features: Any = None,
    bias: bool = False,
    decay: float = 0.0,
) -> Advice:
    """What class weights do to these labels under this loss, by runs and rates of free features, or of those that data constrain.

    Arguments: `labels`, one a sample, 0 … c − 1 (list, array, pandas Series, torch tensor), or else `counts`, one a class;
    `criterion`, a registered loss by name, a loss object, or a torch criterion (its own class weights come on top); `lr`,
    the learning rate of plain gradient descent; `reduction`, by what the library divides the weighted loss: torch-mean,
    torch-sum, keras or sklearn; `batch`, samples a step, None for all; `delta`, the start of features and classifier is at
    e^(−δ), None for logits of standard deviation 0.1; `compare`, weightings as `ufm window --class-weight` names them, or
    an exponent; `repeats`, how many copies of each sample of a class an over-sampler shows; `switch`, (step, weighting):
    one more row, without weights up to the step; `differ`, see `Advice.records`; `similarity`, ρ or (ρ, κ), or else `features`,
    n × d₀ (an array, or a NumPy file's path), in the order of `labels` or in class order: the features are then linear in such
    inputs, and one more row has the exponent that equalises them; `bias`, whether the last layer has a trained output bias;
    `decay`, weight decay as the optimiser takes it.
    Returns: an Advice. Every number is of free features unless inputs are given: see `notes` for what networks do.
    Raises: InvalidInput, one line, for an argument that is none of these.
    """
    if (labels is None) == (counts is None):
        raise InvalidInput("advice needs labels or counts, and one of them alone: give labels of the samples, or counts=[…]")
    found = counts_of(labels) if labels is not None else counts if isinstance(counts, ClassCounts) else explicit(list(counts or ()))
    inputs = inputs_given(similarity, features, None if labels is None else labels_of(labels), found)
    start = assumed_delta() if delta is None else delta
    setting = Setting(found, _loss(criterion), start, convention(reduction), lr, batch, differ, inputs, bias, decay)
    said = (
        "as given"
        if delta is not None
        else f"assumed, for want of --delta: logits of standard deviation {LOGITS_AT_THE_START:g} at the start, δ = −½ ln of it"
    )
    return Advice(setting, tuple(_rows(setting, compare, repeats, switch)), said)


def _rows(setting: Setting, compare: Sequence[str], repeats: Sequence[float] | None, switch: tuple[float, str] | None) -> Iterator[Row]:
    """A row for each weighting, for the exponent that equalises where inputs are given, and for the switch."""
    if not compare:
        raise InvalidInput("compare is empty: name at least one weighting, such as sqrt")
    c = setting.counts.c
    copies = tuple(float(k) for k in repeats) if repeats is not None else (1.0,) * c
    if len(copies) != c or not all(math.isfinite(k) and k >= 1 for k in copies):
        raise InvalidInput(f"repeats={list(copies)} must be one number ≥ 1 for each of {c} classes: how many times each sample is shown")
    yield from (row(setting, str(choice), copies) for choice in compare)
    if (flat := flattening_of(setting)) is not None and flat.rich is not None:
        yield row(setting, f"{flat.rich:.4f}", copies)
    if switch is not None:
        at, later = switch
        if not (math.isfinite(at) and at > 0):
            raise InvalidInput(f"switch={at} must be a step > 0, from which on the weighting is another")
        yield switched(row(setting, "none", copies), later, at)


def flattening_of(setting: Setting) -> Flattening | None:
    """Which exponent and weights equalise where inputs are given; None for free features, and with a bias, of which it is not known."""
    if setting.inputs is None or setting.with_bias:
        return None
    return flattening(setting.counts, setting.inputs, _pulls(setting.loss, setting.counts))


def _pulls(loss: Loss | NumericLoss, counts: ClassCounts) -> Array:
    """How much larger minus the gradient at zero logits is in the logit of a label than on average in the others."""
    columns = -compile_loss(loss, counts, range(counts.c)).gradient(np.zeros((counts.c, counts.c)))
    own = np.diagonal(columns)
    pulls: Array = own - (columns.sum(axis=0) - own) / (counts.c - 1)
    return pulls


def _loss(criterion: Any) -> Loss | NumericLoss:
    """The loss that a name, a loss object or a torch criterion is."""
    if isinstance(criterion, str):
        return loss_named(criterion)
    return criterion if isinstance(criterion, (Loss, NumericLoss)) else from_torch(criterion)


def assumed_delta() -> float:
    """δ of logits of standard deviation τ at the start: a mode's strength there is e^(−2δ), and uᵀLv has that deviation."""
    return -math.log(LOGITS_AT_THE_START) / 2


def verdicts() -> dict[str, str]:
    """The verdict of each claim of the ledger when this release was made, by `make readme`."""
    found: dict[str, str] = json.loads(resources.files("proofs").joinpath("evidence/verdicts.json").read_text(encoding="utf-8"))
    return found


def shown(value: Any) -> str:
    """A number or a name, short; a dash for none."""
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _of_two_classes(counts: ClassCounts) -> list[str]:
    if counts.c != 2:
        return []
    return [
        "Two classes have one mode and one rate: there is nothing to equalise. Weights change the rate itself (see the learning-rate "
        "factor), and which class reaches its margin first; in the end, where the loss goes to zero, they change nothing."
    ]


def _of_networks(free: bool) -> list[str]:
    """The caveat that trained networks give, from the kept evidence; n^(−1/2) equalises where nothing but the loss moves the features."""
    kept = json.loads(resources.files("proofs").joinpath("evidence/networks.json").read_text(encoding="utf-8"))
    exponents = [
        statistic["mean"]
        for variant in kept["variants"]
        for statistic in variant["statistics"]
        if statistic["statistic"] == "exponent of equal learning times"
    ]
    of_free = "These numbers are of free features, where n^(−1/2) equalises. " if free else ""
    return [
        f"{of_free}In trained networks the exponent that equalised learning times was {min(exponents):.2f} to {max(exponents):.2f} "
        f"(claim {NETWORKS}): the data constrain the features, and that is not in these numbers."
    ]


def compute_class_weight(class_weight: Any, *, classes: Any, y: Any) -> np.ndarray:
    """As `sklearn.utils.class_weight.compute_class_weight`, with the names of `ufm window --class-weight` beside "balanced".

    Arguments: `class_weight`, a name, an exponent such as "1/2", a dictionary by class, or None; `classes`, the classes that
    occur in `y`, in the order of the result.
    Raises: InvalidInput for a class of `y` that is not among `classes`, or one of `classes` that never occurs.
    """
    known, found = np.asarray(classes), np.asarray(y)
    if set(found.tolist()) - set(known.tolist()):
        raise InvalidInput(
            f"y holds {sorted(set(found.tolist()) - set(known.tolist()))[0]!r}, which is not among the classes: give all classes"
        )
    if isinstance(class_weight, dict):
        return np.array([float(class_weight.get(one, 1.0)) for one in known.tolist()])
    counts = counts_of([known.tolist().index(one) for one in found.tolist()], "y")
    if counts.c != len(known):
        raise InvalidInput(f"y never holds {known[counts.c]!r}: a class without samples has no weight")
    from theory.data.weights import class_weights

    return np.array([float(w) for w in class_weights(counts, class_weight or "none", "raw")])


def compute_sample_weight(class_weight: Any, y: Any) -> np.ndarray:
    """As `sklearn.utils.class_weight.compute_sample_weight` for one output, with the names of `compute_class_weight`."""
    classes, places = np.unique(np.asarray(y), return_inverse=True)
    return compute_class_weight(class_weight, classes=classes, y=y)[places]


def read_repeats(text: str, counts: ClassCounts) -> tuple[float, ...]:
    """The copies of each class from `repeat:K,K,…` or `repeat:balanced`, which shows every class as often as the commonest.

    Raises: InvalidInput for anything else.
    """
    kind, _, rest = text.partition(":")
    if kind != "repeat" or not rest:
        raise InvalidInput(f"sampler {text!r} must be repeat:balanced or repeat:K,K,…, one number of copies ≥ 1 a class")
    if rest == "balanced":
        return tuple(max(counts.per_class) / n for n in counts.per_class)
    try:
        return tuple(float(Fraction(part)) for part in rest.split(","))
    except (ValueError, ZeroDivisionError):
        raise InvalidInput(f"sampler {text!r} must be repeat:balanced or repeat:K,K,…, one number of copies ≥ 1 a class") from None
