"""`ufm derive` for people: one loss on a page, all losses in a table, and LaTeX."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from rich.console import Console
from rich.table import Table

from proofs.derivation import Derivation, target_words
from theory.losses.loss import logit_symbols

YES_NO = {True: "yes", False: "no", None: "undecided"}


def print_page(document: dict[str, Any], described: str) -> None:
    """Everything derived from one loss."""
    console = Console()
    parameters = ", ".join(f"{name} = {value}" for name, value in document["parameters"].items())
    step, residual = document["step"], document["residual"]
    lines = [
        (document["loss"], f"{parameters + '; ' if parameters else ''}{document['source']}"),
        ("flow", document["flow"]),
        ("gradient", "label 0 of three classes: " + ", ".join(document["gradient"])),
        ("Hessian at zero", f"label 0 of classes of 5, 3, 2 samples: {document['hessian']}"),
        ("convex in the logits", f"{YES_NO[document['convex_in_logits']]}: {document['convexity']}"),
        ("smooth at zero", YES_NO[document["smooth_at_zero"]] + (f": {document['kink']}" if document["kink"] else "")),
        ("first-order target", document["first_order_target"]),
        ("holds for", f"{document['holds_for']} ({document['how']})"),
        ("flattening exponent", f"{document['flattening_exponent'] or 'none'}: {document['flattening']}"),
        (
            "decouples on the modes of Z",
            document["decoupling"]
            + (
                ""
                if residual is None
                else f"; share of G that leaks, at zero {residual['at_zero']:.3g}, majority half learned "
                f"{residual['majority_half_learned']:.3g}, at zero with these weights {residual['at_zero_with_weights']:.3g}"
            ),
        ),
        ("escape windows", ", ".join(f"γ = {gamma}: {window:.6g}" for gamma, window in document["windows"].items())),
    ]
    for name, words in lines:
        console.print(f"[bold]{name}[/]: ", end="")
        console.print(words, highlight=False, soft_wrap=True, markup=False)
    table = Table("escape rate", "multiplicity", "exactly", title=described, title_justify="left", box=None)
    for rate in step["escape_rates"]:
        table.add_row(f"{rate['value']:.8g}", str(rate["multiplicity"]), rate["exact"] or "–")
    console.print(table)
    window = step["escape_window"]
    console.print(f"escape window {window['absolute']:.6g}, of the first {window['relative']:.6g}", highlight=False)


def print_table(documents: Iterable[dict[str, Any]], described: str) -> None:
    """Loss × (G, escape window at γ = 0, 1/2, 1, flattening exponent, decoupling)."""
    table = Table(
        "loss",
        "first-order target",
        "window γ = 0",
        "γ = 1/2",
        "γ = 1",
        "flattened by",
        "decouples",
        box=None,
        title=f"Escape windows relative to the first, {described}",
        title_justify="left",
    )
    for document in documents:
        windows = [f"{document['windows'][gamma]:.4g}" for gamma in ("0", "1/2", "1")]
        table.add_row(
            document["loss"],
            _short(document["first_order_target"]),
            *windows,
            document["flattening_exponent"] or "none",
            document["decoupling"],
        )
    Console().print(table)


def _short(words: str) -> str:
    """The product without the values of a and π, which stand on the page of the loss."""
    return words.split(", ")[0]


def latex(derivation: Derivation) -> str:
    """The loss, its gradient and its target as LaTeX displays."""
    logits = logit_symbols(3)
    counts = sp.symbols("n_0:3", positive=True)
    loss, target = derivation.loss, derivation.target
    lines = [
        f"% {loss.name}: {loss.source}",
        f"% {target_words(derivation)}",
        rf"\[ \ell(l, 0) = {sp.latex(loss.sample_loss(logits, 0, counts))} \]",
        *(
            rf"\[ \partial\ell/\partial l_{k} = {sp.latex(entry)} \]"
            for k, entry in enumerate(loss.gradient(logits, 0, counts))
        ),
        r"\[ \dot W = G H^\top, \qquad \dot H = W^\top G, \qquad G = -\partial_L \sum_i \omega_{y_i} \ell(l_i, y_i) \]",
    ]
    if target is not None:
        names = (r"\mathrm{maj}", r"\mathrm{min}")
        lines += [rf"\[ B_{{yy}} = {sp.latex(target.own(g))} \quad (y \in {name}) \]" for g, name in enumerate(names)]
        lines += [
            rf"\[ B_{{ky}} = {sp.latex(target.entry(h, g))} \quad (k \in {row},\ y \in {column}) \]"
            for g, column in enumerate(names)
            for h, row in enumerate(names)
        ]
    return "\n".join(lines)
