"""`ufm window`: the modes of a setting, their rates as the paper has them and exactly, and the windows."""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import sympy as sp
import typer
from rich.table import Table

from numerics.integrate import TooLarge
from numerics.unconstrained_features import measure, middle, spectrum
from numerics.unconstrained_features.experiment import Experiment
from proofs.commands import options
from proofs.commands.options import JsonOption, Setting
from proofs.commands.simulate import integrate
from proofs.report import progress, tables
from theory import symbols
from theory.algebra.partition import BlockMatrix
from theory.data import counts as class_counts
from theory.data import labels
from theory.data.counts import Group, groups_of
from theory.data.weights import class_weights, is_written_out
from theory.exact import InvalidInput
from theory.losses import loss_named
from theory.unconstrained_features import middle as theory_middle
from theory.unconstrained_features import modes, timing

if TYPE_CHECKING:
    from proofs.report.studies import Study

HALF = sp.Rational(1, 2)
MOST_EXACT_GROUPS = 12  # roots of a polynomial of this degree are isolated in well under a second
MOST_EXACT_ROOT = 100  # the q of weights n^(−p/q): factors of rates are sought among polynomials of this degree in a root
MOST_EXACT_BITS = 512  # bits of all counts or weights together: roots of longer polynomials take minutes, and many lines to print
MOST_SIMULATED = 64  # groups of classes, or classes where a run has no groups: a run of so many takes some seconds
MOST_LISTED = 10_000  # groups of classes: the spectrum of so many takes some seconds; of more, its ends are given
MOST_ROWS = 40  # modes in the table; of more, the first and the last are shown
MOST_STIFF = 10_000.0  # a step is some 6 times as long as the bias takes to relax: so stiff a run takes some seconds
WINDOW_HEIGHT = 3.2  # height in inches of the figure of windows


def window(
    counts: class_counts.ClassCounts,
    class_weight: str | Sequence[Any] = "none",
    normalization: str = "raw",
    delta: float | None = None,
    *,
    similarity: Any = None,
    features: Any = None,
    bias: bool = False,
    decay: float | None = None,
) -> dict[str, Any]:
    """Modes, rates and windows of class counts under class weights: the document of `ufm window --json`.

    Arguments: `class_weight` and `normalization` as `theory.data.weights.class_weights` takes them; `delta` as in `document`;
    `similarity`, ρ or (ρ, κ), or else `features`, n × d₀ in class order, where the data constrain the features; `decay`, μ;
    `bias`, whether an output bias is trained.
    Raises: InvalidInput as `class_weights` does, and as `proofs.advise.inputs.inputs_given` and `document` do.
    """
    from proofs.advise.inputs import inputs_given

    weights, inputs = class_weights(counts, class_weight, normalization), inputs_given(similarity, features, None, counts)  # type: ignore[arg-type]
    asked = Setting(counts=counts, weights=weights, normalization=normalization, choice=class_weight, inputs=inputs, bias=bias)
    return document(asked, delta, decay)


def document(setting: Setting, delta: float | None = None, decay: float | None = None) -> dict[str, Any]:
    """The JSON document of `ufm window`: floats, with exact strings beside them where there is a closed form.

    Arguments: `delta`, where given, adds each mode's simulated learning time at that initial scale, and the time
    that the offset law predicts; `decay`, μ = √(λ_W λ_H), adds what weight decay leaves of each mode, and the rank.
    Raises: InvalidInput for a decay where the data constrain the features, and as `left_of_modes` does.
    """
    floats = setting.floats
    if setting.inputs is None and len(setting.members) > MOST_LISTED:
        return _ends(setting, floats, delta, decay)
    if setting.inputs is None:
        found = spectrum.spectrum(setting.counts, floats, setting.bias)
    else:
        from numerics.constrained_features import rates

        found = rates.constrained(setting.counts, floats, setting.inputs.gram, setting.bias)
    exact = _closed_forms(setting, len(found.modes))
    records = [_record(mode) for mode in found.modes]
    if len(exact) == len(records):
        for record, strings in zip(records, exact, strict=True):
            record.update({f"{name}_exact": str(value) for name, value in strings.items()})
    if delta is not None:
        _add_times(setting, delta, records)
    left = {} if decay is None else _add_what_is_left(setting, decay, records)
    return {
        **setting.as_json(),
        "delta": delta,
        "modes": records,
        "escape_rates": _escape_rates(setting, found),
        "window": {
            "effective": _window(found.effective, exact, "effective_singular_value"),
            "escape": _window(found.escape, exact, "escape_rate"),
        },
        **_constrained(setting, records),
        **_settled(setting, floats),
        **left,
    }


def _record(mode: spectrum.LabelMode) -> dict[str, Any]:
    return {
        "singular_value": mode.singular_value,
        "multiplicity": mode.multiplicity,
        "effective_weight": mode.effective_weight,
        "effective_singular_value": mode.effective_weight and mode.singular_value * mode.effective_weight,
        "escape_rate": mode.escape_rate,
    }


def _ends(setting: Setting, floats: Sequence[float], delta: float | None, decay: float | None) -> dict[str, Any]:
    """The document where the modes are too many to be listed: the largest and the smallest of both spectra, and how many are not listed."""
    found = spectrum.extremes(setting.counts, floats, setting.bias)
    records = [_record(mode) for mode in found.modes]
    if delta is not None:
        _require_delta(delta)
        records = [{**record, "learning_time": None, "predicted_time": None} for record in records]  # so many groups are not run
    left = {} if decay is None else _add_what_is_left(setting, decay, records)
    return {
        **setting.as_json(),
        "delta": delta,
        "modes": records,
        "modes_not_listed": found.multiplicity - sum(mode.multiplicity for mode in found.modes),
        "escape_rates": [{"value": end.value, "multiplicity": end.multiplicity} for end in found.escape_rates],
        "window": {"effective": _window(None, [], ""), "escape": _window(found.escape, [], "")},
        **_settled(setting, floats),
        **left,
    }


def _add_what_is_left(setting: Setting, decay: float, records: list[dict[str, Any]]) -> dict[str, Any]:
    """Add "final_singular_value" to the modes: what the minimiser of loss and decay has; returns the decay and the rank."""
    if setting.inputs is not None:
        raise InvalidInput(f"decay={decay:g} is for free features, and here the data constrain them: leave out the decay, or the data")
    if setting.bias:
        raise InvalidInput(f"decay={decay:g} and a trained bias do not go together: what decay leaves is known without a bias; drop one")
    from numerics.weight_decay.modes import left_of_modes

    found = left_of_modes(setting.counts, setting.floats, decay)
    for record, value in zip(records, found.values, strict=True):
        record["final_singular_value"] = value
    return {"decay": decay, "rank": found.rank}


def _settled(setting: Setting, weights: Sequence[float]) -> dict[str, Any]:
    """What is added with a trained bias: the weighted frequency of each class, and what it loses once the bias alone is learned."""
    if not setting.bias:
        return {}
    from numerics.trained_bias.settled import settled

    found = settled(setting.counts, weights)
    return {"prior": found.prior.tolist(), "plateaus": {loss: values.tolist() for loss, values in found.plateaus.items()}}


def _constrained(setting: Setting, records: list[dict[str, Any]]) -> dict[str, Any]:
    """What is added where the data constrain the features: the modes in the order of their escape rates, and what flattens."""
    if setting.inputs is None:
        return {}
    order = sorted(range(len(records)), key=lambda k: -records[k]["escape_rate"])
    ordered = {"inputs": setting.inputs.described, "order": order}
    if setting.bias:  # which weights flatten the rates after the bias is not known
        return ordered
    from proofs.advise.flattening import flattening, in_words

    found = flattening(setting.counts, setting.inputs)
    return ordered | {"flattening": found.as_json() | {"in_words": in_words(found, setting.inputs)}}


def _add_times(setting: Setting, delta: float, records: list[dict[str, Any]]) -> None:
    """Add "learning_time" (a run at δ; null for one that is too large) and "predicted_time" (STEP; else null) to the modes.

    Prediction, of free features: within a group T = ln((√n e^(2δ) − 1) f/(1 − f))/(2ω√n), exact; on the middle mode δ/ρ and the
    offset that is left as δ → ∞, null where the rates of the groups are too far apart for it. f = 1/2.
    """
    found = _run_times(setting, delta) or [None] * len(records)
    predicted = _predicted(setting, delta) if setting.inputs is None and not setting.bias else {}
    for record, time in zip(records, found, strict=True):
        record["learning_time"] = time
        record["predicted_time"] = predicted.get(record["multiplicity"], {}).get(round(record["singular_value"], 9))


def _run_times(setting: Setting, delta: float) -> list[float | None]:
    """Learning times of a run, one for each singular value, these descending; none for a run that is too large."""
    _require_delta(delta)
    if setting.inputs is None and not setting.bias:
        if len(setting.members) <= MOST_SIMULATED:
            with contextlib.suppress(TooLarge):
                return list(measure.mode_learning_times(integrate(_experiment(setting, delta))))
    elif setting.counts.c <= MOST_SIMULATED and not (setting.bias and _stiffness(setting, delta) > MOST_STIFF):
        with contextlib.suppress(TooLarge):
            from numerics.constrained_features import class_level
            from proofs.commands.biased import by_class

            return list(class_level.mode_learning_times(class_level.simulate(by_class(setting, _experiment(setting, delta), delta))))
    return []


def _require_delta(delta: float) -> None:
    """Raises InvalidInput for a δ that is not finite and > 0."""
    if not (math.isfinite(delta) and delta > 0):
        raise InvalidInput(f"delta={delta} must be > 0: it is minus the logarithm of the initial scale")


def _stiffness(setting: Setting, delta: float) -> float:
    """How many times the bias relaxes, at the rate Σ n_jω_j, while the slowest class, at ω√n or faster, is learned."""
    numbers = list(zip(setting.counts.per_class, setting.floats, strict=True))
    return 2 * delta * sum(n * w for n, w in numbers) / min(w * math.sqrt(n) for n, w in numbers)


def _predicted(setting: Setting, delta: float) -> dict[int, dict[float, float]]:
    """Predicted learning times of two groups of classes, by multiplicity and singular value."""
    if len(setting.members) != 2:
        return {}
    groups, weights = groups_of(setting.members)
    if groups[0].count == groups[1].count:
        return {}
    predicted: dict[int, dict[float, float]] = {}
    for group, weight in zip(groups, weights, strict=True):
        if group.size > 1:
            at = {symbols.rate: weight, symbols.sigma: sp.sqrt(group.count), symbols.delta: sp.Float(delta), symbols.fraction: HALF}
            exact = timing.LEARNING_TIME.subs(at)  # negative, or the logarithm of 0, where the mode is learned at the start
            predicted.setdefault(int(group.size) - 1, {})[round(math.sqrt(group.count), 9)] = (
                max(0.0, float(exact)) if exact.is_real else 0.0
            )
    share = float(groups[1].size / setting.counts.c)
    with contextlib.suppress(InvalidInput):  # of groups whose rates are too far apart the offset is not known
        numbers = middle.TwoGroups(share, (float(groups[0].count), float(groups[1].count)), (float(weights[0]), float(weights[1])))
        offset = middle.middle_offset(numbers)
        sigma = round(float(theory_middle.singular_value((groups[0], groups[1]))), 9)
        predicted.setdefault(1, {})[sigma] = delta / offset.escape_rate + offset.value
    return predicted


def _experiment(setting: Setting, delta: float) -> Experiment:
    return Experiment(setting.counts, tuple(setting.floats), loss_named("squared"), delta)


def _escape_rates(setting: Setting, found: spectrum.Spectrum) -> list[dict[str, Any]]:
    """Every escape rate with its multiplicity; exact where the effective counts n ω² are rational."""
    records: list[dict[str, Any]] = [{"value": rate.value, "multiplicity": rate.multiplicity} for rate in found.escape_rates]
    if setting.inputs is not None or setting.bias or len(setting.members) > MOST_EXACT_GROUPS:
        return records
    effective = Counter[sp.Expr]()
    for (count, weight), classes in setting.members.items():
        effective[count * weight**2] += len(classes)
    if all(value.is_Rational for value in effective):
        for record, value in zip(records, _label_values(effective, len(records)), strict=False):
            record["exact"] = str(value)
    return records


def _label_values(sizes: Mapping[sp.Expr, int], expected: int) -> list[sp.Expr]:
    """Exact singular values of P diag(√n), n by how many classes it is that of, descending; none where too many or not `expected`."""
    if len(sizes) > MOST_EXACT_GROUPS or _bits(sizes) > MOST_EXACT_BITS:
        return []
    groups = [Group(sp.Integer(size), n) for n, size in sizes.items()]
    values = [value for value, _ in labels.label_spectrum(groups)]
    return sorted(values, key=float, reverse=True) if len(values) == expected else []


def _bits(numbers: Iterable[sp.Rational]) -> int:
    return sum(int(number.p).bit_length() + int(number.q).bit_length() for number in numbers)


def _closed_forms(setting: Setting, modes_found: int) -> list[dict[str, sp.Expr]]:
    """Exact values of each mode, σ descending: all rates for two groups of classes with short weights, else σ alone."""
    if len(setting.members) > MOST_EXACT_GROUPS:
        return []
    groups, weights = groups_of(setting.members)
    given = setting.inputs is not None and setting.inputs.similarity is None  # features as numbers: their rates have no closed form
    short = not given and all(map(is_written_out, weights)) and _bits(n for w in weights for n in w.atoms(sp.Rational)) <= MOST_EXACT_BITS
    short = short and all(power.exp.q <= MOST_EXACT_ROOT for w in weights for power in w.atoms(sp.Pow) if power.exp.is_Rational)
    if len(groups) > 2 or len({group.count for group in groups}) < len(groups) or not short:
        sizes = {group.count: int(group.size) for group in setting.counts.groups()}
        return [{"singular_value": value} for value in _label_values(sizes, modes_found)]
    escape = labels.mode_values(_drive_gram(setting, groups, weights))
    found = [
        {"singular_value": mode.sigma, "effective_singular_value": mode.effective_singular_value, "escape_rate": sp.sqrt(rate)}
        for mode, (rate, _) in zip(modes.step_modes(groups, weights), escape, strict=True)
    ]
    return sorted(found, key=lambda mode: -float(mode["singular_value"]))


def _drive_gram(setting: Setting, groups: Sequence[Group], weights: Sequence[sp.Expr]) -> BlockMatrix:
    """The Gram matrix of which the escape rates are made: of free features, or of inputs of a given similarity, after a bias or not."""
    if setting.inputs is None or setting.inputs.similarity is None:
        if not setting.bias:
            return labels.weighted_gram(groups, [w**2 for w in weights])
        from theory.trained_bias.prior import drive_gram

        return drive_gram(groups, weights).simplify()
    from theory.constrained_features.rates import centred_gram, masses, settled_gram
    from theory.data.inputs import class_mean_gram

    means = class_mean_gram(groups, *setting.inputs.similarity)
    return (settled_gram if setting.bias else centred_gram)(means, masses(groups, weights)).simplify()


def _window(found: spectrum.Window | None, exact: list[dict[str, sp.Expr]], rate: str) -> dict[str, Any]:
    """Last less first scaled learning time 1/rate, absolute and relative to the first."""
    if found is None:
        return {"absolute": None, "relative": None}
    window: dict[str, Any] = {"absolute": found.absolute, "relative": found.relative}
    if exact and rate in exact[0]:
        closed = timing.window_of([mode[rate] for mode in exact])
        window.update(absolute_exact=str(sp.radsimp(closed.absolute)), relative_exact=str(sp.radsimp(closed.relative)))
    return window


def print_settled(setting: Setting, document: dict[str, Any]) -> None:
    """Prints the weighted frequency of the classes of each count and weight, and their losses once the bias alone has been learned."""
    first = {pair: classes[0] for pair, classes in setting.members.items()}
    table = Table("samples", "weight", "weighted frequency", "squared loss", "cross-entropy", title_justify="left", box=None)
    table.title = "when the bias has settled, and no feature has grown"
    for place, ((count, weight), j) in enumerate(first.items()):
        if len(first) > MOST_ROWS and MOST_ROWS // 2 <= place < len(first) - MOST_ROWS // 2:
            if place == MOST_ROWS // 2:
                table.add_row(f"… {len(first) - 2 * place} between")
            continue
        losses = [tables.number(document["plateaus"][loss][j]) for loss in ("squared", "cross-entropy")]
        table.add_row(str(count), tables.number(float(weight)), tables.number(document["prior"][j]), *losses)
    tables.show(table)


def require_step(setting: Setting) -> None:
    """Raises InvalidInput unless the counts are STEP, without a bias: a window against R needs counts that follow R."""
    if setting.bias:
        raise InvalidInput("--plot and --bias do not go together: windows against R are drawn without a bias; leave out one of the two")
    if setting.step is None:
        raise InvalidInput("--plot needs counts that follow R, and these do not: give them with --step")


def against_ratio(setting: Setting, progress: Callable[[str], None]) -> Study:
    """Windows against R for the setting's c, split and weights, beside those without weights."""
    from proofs.report import studies

    require_step(setting)
    c, _, *rest = setting.step or ()
    share = rest[0] if rest else "1/2"
    return studies.windows(c, share, setting.choice, setting.normalization, setting.weighting, simulate=integrate, progress=progress)


@options.with_inputs
def command(
    setting: Setting,
    delta: Annotated[str, typer.Option("--delta", metavar="D", help="Initial scale e^(−D) of the simulated times.")] = "8",
    decay: Annotated[
        str | None, typer.Option("--decay", metavar="μ", help="Weight decay √(λ_W λ_H): what it leaves of each mode.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw the window against R, for --step.")] = None,
) -> int:
    """Learning times and windows for given counts and weights, as the paper has them and exactly.

    In scaled time (τ = t/δ, δ → ∞) a mode of rate r is learned at 1/r. Beside the rates stand the learning times
    of a run at --delta, in flow time, and those that the offset law predicts. With --similarity or --features the rates, the
    run and the weights that equalise are those of features that the data constrain. With --bias an output bias is trained
    besides: escape rates are those after it has learned the weighted class frequencies, and what classes lose then is told.
    Of more than 40 modes the table shows the first and the last 20; beyond 10,000 groups of classes of one count and weight only
    the largest and the smallest values are computed.
    """
    if options.picture(plot):
        require_step(setting)
    found = document(setting, options.read_number(delta, "delta"), None if decay is None else options.read_number(decay, "decay"))
    if plot:
        from proofs.report import drawings, figures, studies

        with progress.bar("running", studies.WINDOW_RUNS) as advance:
            figures.draw_one(plot, drawings.windows, against_ratio(setting, advance), WINDOW_HEIGHT)
    if as_json:
        tables.print_json(found)
    else:
        print_table(setting, found)
    return 0


def print_table(setting: Setting, document: dict[str, Any]) -> None:
    """Prints the modes with their rates and times, then the windows."""
    console = tables.console()
    console.print(f"{setting.described}; {setting.weighting}; times of a run at δ = {document['delta']:g}", highlight=False, soft_wrap=True)
    after = ["left by decay"] if "rank" in document else []
    table = Table("σ", "mult.", "σλ (paper)", "escape rate", "T (run)", "T (predicted)", *after, box=None)
    modes, unlisted = document["modes"], document.get("modes_not_listed", 0)
    ends = 1 if unlisted else MOST_ROWS // 2
    for place, mode in enumerate(modes):
        if ends <= place < len(modes) - ends and len(modes) > MOST_ROWS:
            continue
        if place == len(modes) - ends and (unlisted or len(modes) > MOST_ROWS):
            table.add_row(f"… {unlisted or sum(mode['multiplicity'] for mode in modes[ends:-ends])} between")
        table.add_row(
            tables.number(mode["singular_value"]),
            str(mode["multiplicity"]),
            tables.number(mode["effective_singular_value"], "undefined"),
            tables.number(mode["escape_rate"]),
            tables.number(mode["learning_time"]),
            tables.number(mode["predicted_time"]),
            *(tables.number(mode["final_singular_value"], "undefined") for _ in after),
        )
    tables.show(table)
    if any(mode["effective_singular_value"] is None for mode in document["modes"]):
        console.print(
            "undefined: classes of equal count have different weights, so v'Ωv depends on the basis of a multiple σ",
            highlight=False,
            soft_wrap=True,
        )
    if any(mode["escape_rate"] is None for mode in document["modes"]):
        fastest, slowest = (tables.number(document["escape_rates"][end]["value"]) for end in (0, -1))
        console.print(f"modes are not paired with escape rates, which go from {fastest} to {slowest}", highlight=False, soft_wrap=True)
    windows = Table("window in scaled time", "absolute", "of the first", "exactly", box=None)
    for kind, name in (("effective", "σλ (paper)"), ("escape", "escape rates")):
        found = document["window"][kind]
        windows.add_row(name, tables.number(found["absolute"]), tables.number(found["relative"]), found.get("relative_exact", "–"))
    tables.show(windows)
    if setting.bias:
        print_settled(setting, document)
    if "rank" in document:
        told = f"weight decay μ = {document['decay']:g} leaves {document['rank']} of {setting.counts.c - 1} modes"
        console.print(told, highlight=False, soft_wrap=True)
    for line in document["flattening"]["in_words"] if "flattening" in document else ():
        console.print(line, highlight=False, soft_wrap=True)
