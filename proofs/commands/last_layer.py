"""`ufm advise --last-layer`: its options, and what it prints."""

from __future__ import annotations

import typer
from rich.table import Table

from proofs.advise.advice import shown
from proofs.advise.last_layer import LastLayer, last_layer
from proofs.commands.options import Counted
from proofs.report import tables
from theory.exact import InvalidInput

TAKEN = {"last_layer", "features", "labels", "counts", "step", "long_tailed", "as_json"}


def advise_last_layer(context: typer.Context, counted: Counted, features: str | None, as_json: bool) -> int:
    """Prints the advice; raises InvalidInput, one line, without features, with options that do not belong, and as `last_layer` does."""
    given = [name for name in context.params if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"]
    if others := [f"--{name.replace('_', '-')}" for name in given if name not in TAKEN]:
        raise InvalidInput(
            f"--last-layer is of least squares on given features, to which {others[0]} says nothing: drop {', '.join(others)}"
        )
    if features is None:
        raise InvalidInput("--last-layer needs the features that the last layer is trained on: give --features X.npy and --labels y.npy")
    advice = last_layer(features, counted.counts, counted.labels)
    if as_json:
        tables.print_json(advice.as_json())
    else:
        print_table(advice)
    return 0


def print_table(advice: LastLayer) -> None:
    """Prints the weights, what they rest on, and the notes."""
    console, counts = tables.console(), advice.counts

    def say(line: str) -> None:
        console.print(line, highlight=False, soft_wrap=True, markup=False)

    say(f"{counts.c} classes, {counts.n} samples; {advice.columns} features of rank d = {advice.rank}; weights 1/(n − d/c) of mean one")
    table = Table("class", "samples", "weight", "inverse frequency", box=None)
    for j, (n, weight) in enumerate(zip(counts.per_class, advice.exact, strict=True)):
        table.add_row(str(j), str(n), shown(float(weight)), shown(counts.n / (counts.c * n)))
    tables.show(table)
    for what, claim in advice.rests_on.items():
        say(f"{what.replace('_', ' ')}: {claim['claim']}, {claim['verdict']}")
    for note in advice.notes:
        say(note)
