"""The names of the commands. Each command is loaded when it is run, so that the help comes at once."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from proofs.commands import INTERRUPTED, WRONG_INPUT, one_line
from theory.exact import InvalidInput

# The base of every usage error of the parser; Typer names only its subclasses.
UsageProblem: Any = typer.BadParameter.__mro__[2]

# The commands in the order of the help, each a module of proofs/commands, with the first line of what its own help says.
COMMANDS = {
    "verify": "Judge the ledger, or the named claims.",
    "check": "Judge one statement of yours, or a derivation file: proved, derived, refuted with an exact counterexample, or undecided.",
    "derive": "Derive what follows from a loss: flow, first-order target, escape rates, flattening exponent, decoupling.",
    "window": "Learning times and windows for given counts and weights, as the paper has them and exactly.",
    "simulate": "Run the gradient flow; learning times by mode and by class, in flow time of the printed normalisation.",
    "advise": "Which class weights, in which order and at which step classes are learned, when weights matter, and what they cost.",
    "sweep": "Make many runs, on all cores or a Dask cluster, into one table of learning times.",
    "figures": "Make the figures of the README and the manual, each with its data as CSV.",
    "mnist": "Train networks on imbalanced images, with and without weights, and compare with the theory of free features.",
}
SETTINGS: Any = {"pretty_exceptions_enable": False}


class Interrupted(Exception):
    """The user's interrupt, from a command that has put away what was finished; the message says what was kept."""


class Commands(TyperGroup):
    """The commands by name; only the one that is run is imported."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name, help=line) for name, line in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, loaded(str(name)), rest


def loaded(name: str) -> Any:
    """The command itself, with its options."""
    single = typer.Typer(add_completion=False, **SETTINGS)
    single.command(name)(importlib.import_module(f"proofs.commands.{name}").command)
    return typer.main.get_command(single)


app = typer.Typer(
    cls=Commands,
    help="A verifier for a theory of training dynamics: derive, run, judge.",
    context_settings={"help_option_names": ["-h", "--help"]},
    **SETTINGS,
)


def _version(asked: bool) -> None:
    if asked:
        import importlib.metadata  # loaded where it is asked for

        print(f"ufm {importlib.metadata.version('ufm-verifier')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and end.")] = False,
) -> None:
    """A verifier for a theory of training dynamics: derive, run, judge."""


def told(error: Exception) -> int:
    """One line on standard error for what the user can mend or has stopped, and the exit status; anything else is raised again."""
    match error:
        case InvalidInput():
            problem, status = str(error), WRONG_INPUT
        case UsageProblem():
            problem, status = error.format_message(), WRONG_INPUT
        case Interrupted():
            problem, status = f"interrupted; {error}", INTERRUPTED
        case _:
            raise error
    print(f"ufm: {one_line(problem)}", file=sys.stderr)
    return status
