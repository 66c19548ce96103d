"""`ufm advise`: which class weights, in which order and at which step classes are learned, when weights matter, what they cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from proofs.advise.advice import COMPARED, DIFFER, Advice, advise, read_repeats, shown
from proofs.advise.conventions import CONVENTIONS, EMITTERS
from proofs.commands import options
from proofs.commands.last_layer import advise_last_layer
from proofs.commands.options import Counted, FeaturesOption, JsonOption, SimilarityOption
from proofs.report import tables
from theory.exact import InvalidInput

SamplerOption = Annotated[
    str | None,
    typer.Option("--sampler", metavar="repeat:balanced|repeat:K,K,…", help="Copies that an over-sampler shows.", show_default=False),
]
SwitchOption = Annotated[
    str | None, typer.Option("--switch", metavar="STEP:W", help="One more row: no weights up to a step, then W.", show_default=False)
]
LastLayerOption = Annotated[
    bool, typer.Option("--last-layer", help="A last layer alone is trained on --features, by least squares: the weights that equalise.")
]
EmitOption = Annotated[
    str | None, typer.Option("--emit", metavar="|".join(EMITTERS), help="Print code that sets the first weighting.", show_default=False)
]


@options.with_counts
def command(
    context: typer.Context,
    counted: Counted,
    loss: Annotated[str, typer.Option("--loss", metavar="NAME|module:Class", help="A registered loss, or your own.")] = "cross-entropy",
    reduction: Annotated[str, typer.Option("--reduction", metavar="|".join(CONVENTIONS), help="By what a step divides.")] = "torch-mean",
    lr: Annotated[str, typer.Option("--lr", metavar="η", help="Learning rate of plain gradient descent.")] = "0.1",
    batch: Annotated[int | None, typer.Option("--batch", metavar="B", help="Samples a step (default: all).", show_default=False)] = None,
    delta: Annotated[
        str | None,
        typer.Option("--delta", metavar="D", help="The start is at e^(−D) (default: logits of deviation 0.1).", show_default=False),
    ] = None,
    compare: Annotated[str, typer.Option("--compare", metavar="W,W,…", help="Weightings to compare, by name or exponent.")] = ",".join(
        COMPARED
    ),
    sampler: SamplerOption = None,
    switch: SwitchOption = None,
    differ: Annotated[str, typer.Option("--differ", metavar="M", help="Runs differ where a margin does by M.")] = str(DIFFER),
    similarity: SimilarityOption = None,
    features: FeaturesOption = None,
    last_layer: LastLayerOption = False,
    bias: Annotated[bool, typer.Option("--bias", help="The last layer has a trained output bias.")] = False,
    decay: Annotated[str, typer.Option("--decay", metavar="λ", help="Weight decay, as the optimiser takes it.")] = "0",
    emit: EmitOption = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw the steps to each class.", show_default=False)] = None,
    as_json: JsonOption = False,
) -> int:
    """Which class weights, in which order and at which step classes are learned, when weights matter, and what they cost.

    Steps are of plain gradient descent on free features, or on features that the data constrain. Weighting names: none, sqrt,
    balanced, effective-number:B, or an exponent of n such as 1/4. Code is emitted for the first of --compare.
    """
    if last_layer:
        return advise_last_layer(context, counted, features, as_json)
    if emit is not None and emit not in EMITTERS:
        raise InvalidInput(f"emit={emit!r} must be one of {', '.join(EMITTERS)}")
    options.picture(plot)
    advice = advise(
        counted.labels,
        counts=counted.counts if counted.labels is None else None,
        criterion=loss,
        lr=options.read_number(lr, "lr"),
        reduction=reduction,
        batch=batch,
        delta=None if delta is None else options.read_number(delta, "delta"),
        compare=[part.strip() for part in compare.split(",") if part.strip()],
        repeats=None if sampler is None else read_repeats(sampler, counted.counts),
        switch=None if switch is None else options.read_switch(switch),
        differ=options.read_number(differ, "differ"),
        similarity=None if similarity is None else [part.strip() for part in similarity.split(",")],
        features=features,
        bias=bias,
        decay=options.read_number(decay, "decay"),
    )
    if emit is not None:
        print(EMITTERS[emit](advice.rows[0].weights), end="")
        return 0
    return _told(advice, plot, as_json)


def _told(advice: Advice, plot: Path | None, as_json: bool) -> int:
    _ = advice.records  # a run that breaks down is told before anything is drawn or printed
    if plot:
        advice.plot().figure.savefig(plot, dpi=150)
    if as_json:
        tables.print_json(advice.as_json())
    else:
        print_table(advice)
    return 0


def print_table(advice: Advice) -> None:
    """Prints one row for each weighting, then the weights, what the numbers rest on, and the notes."""
    console, setting = tables.console(), advice.setting
    _say(
        console,
        f"{setting.counts.c} classes, {setting.counts.n} samples; {setting.loss.name}, {setting.convention.name} "
        f"({setting.convention.says}), learning rate {setting.learning_rate:g}; δ = {setting.delta:.3g} ({advice.delta_is})",
    )
    table = Table("weighting", "rarest", "commonest", "all", "differs in steps", "× lr", "largest lr", box=None)
    for record in advice.records:
        since, until = record["differs_from_step"], record["differs_until_step"]
        table.add_row(
            record["weighting"],
            *(_steps(record[key]) for key in ("steps_rarest", "steps_commonest", "steps_all")),
            "–" if since is None else f"{since:.0f}–{until:.0f}",
            _factor(record["equivalent_learning_rate_factor"]),
            shown(record["largest_learning_rate"]),
        )
    tables.show(table)
    weights = Table("weighting", "order learned (class numbers)", "weights", box=None)
    for record in advice.records:
        weights.add_row(record["weighting"], _listed(record["order"]), _listed(record["weights"]))
    tables.show(weights)
    if any(record["largest_learning_rate_at_any_end"] is not None for record in advice.records):
        ends = Table("weighting", "lr up to which the flow's end is stable", "lr up to which any end is", box=None)
        for record in advice.records:
            flow, every = (shown(record[f"largest_learning_rate_at_{which}_end"]) for which in ("flow", "any"))
            ends.add_row(record["weighting"], flow, every)
        tables.show(ends)
    _say(
        console,
        f"steps until a margin of 1/2; differs: from and to the step at which a margin is {setting.differ:g} off that without weights",
    )
    _say(
        console,
        f"× lr: how much faster growth {'after the bias has settled' if setting.with_bias else 'at the start'} is than without weights; "
        "largest lr: where steps stay stable, measured on the run",
    )
    _say(console, "orders, steps and the largest learning rate on the run are measured, and rest on no claim")
    for number, claim in advice.rests_on.items():
        _say(console, f"{number.replace('_', ' ')}: {claim['claim']}, {claim['verdict']}")
    for note in advice.notes:
        _say(console, note)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, markup=False)


def _steps(found: Any) -> str:
    return "not learned" if found is None else f"{found:.0f}"


def _factor(found: float | None) -> str:
    return "–" if found is None else f"{found:.3g}"


def _listed(values: Any) -> str:
    """The first twelve values in a line, with "…" where there are more."""
    few = [shown(value) for value in values[:12]]
    return " ".join(few) + (" …" if len(values) > len(few) else "")
