"""The command line. Heavy imports stand inside the commands, so that start-up stays fast."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs import options
from proofs.options import (
    ClassWeightOption,
    CountsOption,
    ExponentOption,
    JsonOption,
    LongTailedOption,
    NormalizationOption,
    StepOption,
)
from theory.exact import InvalidInput

WRONG_INPUT, INTERRUPTED = 2, 130
# The base of every usage error of the parser; Typer names only its subclasses.
UsageProblem: Any = typer.BadParameter.__mro__[2]

app = typer.Typer(help="A verifier for a theory of training dynamics: derive, run, judge.",
                  no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  context_settings={"help_option_names": ["-h", "--help"]})


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is returned, and wrong input is one line on standard error."""
    try:
        status = app(arguments, standalone_mode=False) or 0
    except InvalidInput as error:
        problem = str(error)
    except UsageProblem as error:
        problem = " ".join(error.format_message().split())
    else:
        if status == INTERRUPTED:  # Typer turns the interrupt into this status
            print("ufm: interrupted; what was finished is kept", file=sys.stderr)
        return status
    print(f"ufm: {problem}", file=sys.stderr)
    return WRONG_INPUT


def _print(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False, allow_nan=False))


@app.command()
def verify(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="Claims; all of them by default.",
                                                    show_default=False)] = None,
    as_json: JsonOption = False,
    list_only: Annotated[bool, typer.Option("--list", help="List the claims and judge nothing.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore what was kept from earlier runs.")] = False,
    report: Annotated[Path | None, typer.Option("--report", metavar="DIR", help="Write the page into DIR.")] = None,
) -> int:
    """Judge the ledger, or the named claims.

    Exit status: 0 all held, 1 something is refuted or broken, 2 wrong input, 3 undecided. A claim that is
    refuted as its source states it counts as settled when the row that repairs it is judged beside it and holds.
    In the whole ledger, rows whose optional tool is absent are counted and told, and leave the status to the
    others; with STRICT=1, and for claims asked for by name, they make it 3.
    """
    from proofs import ledger
    from proofs.report import tables

    chosen = ledger.claims(ids or ())
    if list_only:
        if as_json:
            _print({"claims": [{"id": claim.id, "says": claim.says, "source": claim.source} for claim in chosen]})
        else:
            tables.print_claims(chosen)
        return 0
    options.writable(report, folder=True)
    rows = []
    with tables.progress("judging", len(chosen)) as advance:
        for row in ledger.judged([claim.id for claim in chosen], fresh, advance):
            rows.append(row)
    order = {claim.id: place for place, claim in enumerate(chosen)}
    rows.sort(key=lambda row: order[row.claim_id])
    if as_json:
        _print(tables.ledger_document(chosen, rows))
    else:
        tables.print_ledger(chosen, rows)
    if report:
        from proofs.report import page

        page.write(report, chosen, rows)
    return ledger.exit_status(rows, optional=not ids and os.environ.get("STRICT") != "1")


@app.command()
def check(
    statement: Annotated[str | None, typer.Argument(metavar="STATEMENT", help="Such as 'x**2 + 1 >= 2*x'.",
                                                    show_default=False)] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="F.toml", help="A derivation: many statements.")] = None,
    where: Annotated[list[str] | None, typer.Option("--where", metavar="COND", help="A premise; repeatable.")] = None,
    let: Annotated[list[str] | None, typer.Option("--let", metavar="NAME=EXPR", help="A definition; repeatable.")] = None,
    timeout: Annotated[str, typer.Option("--timeout", metavar="S", help="Seconds of processor time for each statement.")] = "30",
    coq: Annotated[bool, typer.Option("--coq", help="Prove what holds, of polynomials and roots, by Coq again.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Judge one statement of yours, or a derivation file: proved, derived, refuted with an exact counterexample, or undecided.

    Python's expression grammar; names are real variables, quantified over all values that satisfy every --where.
    Forms: limit(f, x, a) == v, sup(f, x, a, b) == v, inf(…) == v, attained(f, x, a, b), increasing(f, x), diff(f, x).
    Exit status: 0 all proved or derived, 1 something is refuted, 2 wrong input, 3 undecided.
    """
    from proofs.check.command import run_check

    return run_check(statement, file, where or (), let or (), options.read_number(timeout, "timeout"), as_json, coq)


@app.command()
def derive(
    loss: Annotated[str | None, typer.Argument(metavar="[LOSS]", help="A registered loss, or module:Class of your own; with "
                                               "parameters as NAME,parameter=value.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="All registered losses, in a table.")] = False,
    counts: CountsOption = None, step: StepOption = None, long_tailed: LongTailedOption = None,
    weight_exponent: ExponentOption = None, class_weight: ClassWeightOption = None,
    normalization: NormalizationOption = "raw",
    as_latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Derive what follows from a loss: flow, first-order target, escape rates, flattening exponent, decoupling.

    Escape rates are those of STEP(10, 100) unless counts are given.
    """
    from proofs import derivation
    from proofs.report import derivations, tables

    if (loss is None) is not every:
        raise InvalidInput(f"a loss and --all are {'both' if every else 'neither'} given, and one of them is needed: ufm derive "
                           "cross-entropy, or ufm derive --all")
    if counts is None and step is None and long_tailed is None:
        step = derivation.DEFAULT_STEP
    setting = options.read_setting(counts, step, long_tailed, weight_exponent, class_weight, normalization)
    if loss is not None:
        with tables.share("deriving"):
            derived = derivation.derive(loss)
            found = None if as_latex else derivation.document(derived, setting)
        if found is None:
            print(derivations.latex(derived))
        elif as_json:
            _print(found)
        else:
            derivations.print_page(found, f"{setting.described}; {setting.weighting}")
        return 0
    if as_latex:
        print("\n\n".join(derivations.latex(derivation.derive(registered.name)) for registered in derivation.LOSSES))
        return 0
    documents = []
    with tables.progress("deriving", len(derivation.LOSSES)) as advance:
        for document in derivation.documents(setting):
            documents.append(document)
            advance(document["loss"])
    if as_json:
        _print({"losses": documents})
    else:
        derivations.print_table(documents, setting.described)
    return 0


@app.command()
def window(
    counts: CountsOption = None, step: StepOption = None, long_tailed: LongTailedOption = None,
    weight_exponent: ExponentOption = None, class_weight: ClassWeightOption = None,
    normalization: NormalizationOption = "raw",
    delta: Annotated[str, typer.Option("--delta", metavar="D", help="Initial scale e^(−D) of the simulated times.")] = "8",
    as_json: JsonOption = False,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw the window against R, for --step.")] = None,
) -> int:
    """Learning times and windows for given counts and weights, as the paper has them and exactly.

    In scaled time (τ = t/δ, δ → ∞) a mode of rate r is learned at 1/r. Beside the rates stand the learning times
    of a run at --delta, in flow time, and those that the offset law predicts.
    """
    from proofs import windows
    from proofs.report import tables

    setting = options.read_setting(counts, step, long_tailed, weight_exponent, class_weight, normalization)
    if options.picture(plot):
        windows.require_step(setting)
    document = windows.document(setting, options.read_number(delta, "delta"))
    if plot:
        from proofs.report import figures

        with tables.progress("running", windows.PLOT_RUNS) as advance:
            figures.windows(plot, windows.against_ratio(setting, advance))
    if as_json:
        _print(document)
    else:
        tables.print_window(setting, document)
    return 0


@app.command()
def simulate(
    counts: CountsOption = None, step: StepOption = None, long_tailed: LongTailedOption = None,
    weight_exponent: ExponentOption = None, class_weight: ClassWeightOption = None,
    normalization: NormalizationOption = "raw",
    loss: Annotated[str, typer.Option("--loss", metavar="NAME", help="A registered loss.")] = "squared",
    init: Annotated[str, typer.Option("--init", metavar="spectral|random", help="Where W and H start.")] = "spectral",
    delta: Annotated[str, typer.Option("--delta", metavar="D", help="Initial scale e^(−D).")] = "8",
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Seed of the random start.")] = 0,
    width: Annotated[int | None, typer.Option("--width", metavar="d", help="Feature width, at least c − 1 (the default).",
                                              show_default=False)] = None,
    level: Annotated[str | None, typer.Option("--level", metavar="class|within|sample", help="Class means, means and covariances "
                                              "within classes, or every sample (default: the cheapest that is exact).",
                                              show_default=False)] = None,
    time: Annotated[str | None, typer.Option("--time", metavar="T", help="Horizon in flow time (default: long enough).",
                                             show_default=False)] = None,
    fraction: Annotated[str, typer.Option("--fraction", metavar="F", help="A mode is learned at F of its σ.")] = "1/2",
    margin: Annotated[str, typer.Option("--margin", metavar="M", help="A class is learned at margin M.")] = "1/2",
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw the mode strengths, beside those "
                                              "without weights.")] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Keep the path as a NumPy .npz file.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Run the gradient flow; learning times by mode and by class, in flow time of the printed normalisation.

    Up to 1000 classes, 500 MB and 100,000 steps: more is refused, before it starts where that is known.
    """
    from numerics.unconstrained_features import measure
    from proofs import simulation
    from proofs.report import tables

    setting = options.read_setting(counts, step, long_tailed, weight_exponent, class_weight, normalization)
    numbers = [options.read_number(value, name) for name, value in
               (("delta", delta), ("fraction", fraction), ("margin", margin))]
    measure.require_fraction(numbers[1])
    horizon = None if time is None else options.read_number(time, "time")
    options.picture(plot)
    options.writable(save)
    run = simulation.run(setting, loss, init, numbers[0], seed, width, horizon, level)
    document = simulation.document(setting, run, fraction=numbers[1], margin=numbers[2])
    if save:
        simulation.save(save, run)
    if plot:
        from proofs.report import figures

        figures.strengths(plot, simulation.beside_vanilla(setting, run))
    if as_json:
        _print(document)
    else:
        tables.print_simulation(setting, document)
    return 0


@app.command()
def mnist(
    quick: Annotated[bool, typer.Option("--quick", help="A small fixed subset, for two cores.")] = False,
    dataset: Annotated[str, typer.Option("--dataset", metavar="mnist|fashion-mnist", help="Which images.")] = "mnist",
    device: Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda", help="Where the networks are trained.")] = "auto",
    folder: Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Holds mnist/ or fashion-mnist/ (default: "
                                                "$UFM_DATA, else fetched once).", show_default=False)] = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="DIR", help="Write the pictures into DIR.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Train networks on imbalanced images, with and without weights, and compare with the theory of free features.

    2 losses × 7 exponents × 10 seeds, trained together; needs the extra 'networks' (torch). An interrupted experiment
    continues where it was. The network claims of the ledger are judged on this run; ufm verify judges them on --quick.
    """
    from proofs import networks
    from proofs.report import tables

    options.writable(plot, folder=True)
    with tables.steps("training", networks.seed_steps(quick)) as advance:
        history = networks.run(quick, dataset, device, folder, advance)
    rows = networks.judged(history)
    document = networks.document(history, rows, quick)
    if plot:
        from proofs.report import network_figures

        network_figures.write(plot, history)
    if as_json:
        _print(document)
    else:
        tables.print_networks(document)
        tables.print_ledger(networks.CLAIMS, rows)
    return 0
