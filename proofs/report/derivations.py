"""What is derived from a loss, for readers: the page in the terminal, the table of all losses, and the LaTeX document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from rich.table import Table

from proofs.report import tables
from proofs.report.formulas import abbreviations, in_classes, readable, shared
from theory.losses import grouped
from theory.losses.loss import Loss, logit_symbols
from theory.unconstrained_features import first_order
from theory.unconstrained_features.first_order import Target

YES_NO = {True: "yes", False: "no", None: "undecided"}
THREE = sp.symbols("n_0:3", positive=True)  # counts of three classes
ENTRY = "∂ℓ/∂l_"
# Words of a target in the plain text of the document, and how LaTeX writes them; longer ones first.
IN_LATEX = {
    "(Y − π1ᵀ)": r"(Y - \pi \mathbf{1}^\top)",
    "(Y − q1ᵀ)": r"(Y - q \mathbf{1}^\top)",
    "π": r"\pi",
    "q": "q",
    "diag(a)": r"\operatorname{diag}(a)\,",
    "BYΩ": r"B Y \Omega",
    "ZΩ": r"Z \Omega",
    "YΩ": r"Y \Omega",
    "Ω": r"\Omega",
    "Z": "Z",
}


@dataclass(frozen=True)
class TargetForm:
    """A first-order target as a product: G = `scale` `factors`, with the values of `a` and of the prior π, one for each group.

    The column is called q where it does not sum to one: for losses of a softmax it is a prior, for one-versus-rest losses it is not.

    A `scale` of None stands for 1; `plain` describes in words a target that has no such form.
    """

    factors: tuple[str, ...] = ()
    scale: sp.Expr | None = None
    a: tuple[sp.Expr, ...] = ()
    prior: tuple[sp.Expr, ...] = ()
    prior_name: str = "π"
    plain: str = ""

    def words(self, write: Callable[[Any], str]) -> str:
        """The target in a line of text, with its formulas written by `write`."""
        if self.plain:
            return f"G = BYΩ, {self.plain}"
        scale = "" if self.scale is None else f"{write(self.scale)}·" if self.scale.is_Atom else f"({write(self.scale)}) "
        values = [f"{name} = ({write(pair[0])}, {write(pair[1])})" for name, pair in (("a", self.a), (self.prior_name, self.prior)) if pair]
        return ", ".join([f"G = {scale}{''.join(self.factors)}", *values])

    def latex(self) -> str:
        """The target as a displayed formula in LaTeX."""
        if self.plain:
            return r"G = B Y \Omega"
        scale = "" if self.scale is None else rf"\left({sp.latex(in_classes(self.scale))}\right) "
        factors = " ".join(IN_LATEX[factor.strip()] for factor in self.factors)
        values = [
            rf"{name} = \left({sp.latex(in_classes(pair[0]))},\ {sp.latex(in_classes(pair[1]))}\right)"
            for name, pair in (("a", self.a), (IN_LATEX[self.prior_name], self.prior))
            if pair
        ]
        return r", \qquad ".join([f"G = {scale}{factors}", *values])


def target_form(target: Target | None) -> TargetForm:
    """The first-order target as a product, where its entries have the form of one.

    Formula: entry h of a column of group g is −a_h π_h b_g, and the own entry adds a_g b_g: then
    G = diag(a)(Y − π1ᵀ) diag(b) Ω, and with π = 1/c, G = diag(a) Z diag(b) Ω.
    """
    if target is None:
        return TargetForm(plain="column j of B = −∂ℓ/∂l at zero logits for label j")
    diagonal, blocks = target.columns.diagonal, target.columns.blocks
    if blocks.is_zero_matrix:
        return _scaled(diagonal, ("YΩ",), ())
    for side in ("b", "a"):
        priors = [[sp.cancel(-blocks[h, g] / diagonal[g if side == "b" else h]) for g in range(2)] for h in range(2)]
        if all(row[0] == row[1] for row in priors):
            prior = tuple(row[0] for row in priors)
            uniform = all(first_order.is_zero(entry * sp.Add(*grouped.SIZES) - 1) for entry in prior)
            is_prior = first_order.is_zero(sp.Add(*(m * entry for m, entry in zip(grouped.SIZES, prior, strict=True))) - 1)
            name = "π" if is_prior else "q"
            core, shown = ("Z", ()) if uniform else (f"(Y − {name}1ᵀ)", prior)
            if diagonal[0] == diagonal[1]:
                return _scaled(diagonal, (core, "Ω"), shown, name)
            factors = ("diag(a)", core, "Ω") if side == "a" else (core, " diag(a)", "Ω")
            return TargetForm(factors, None, tuple(diagonal), shown, name)
    return TargetForm(plain="B by entries")


def _scaled(diagonal: Sequence[sp.Expr], factors: tuple[str, ...], prior: tuple[sp.Expr, ...], name: str = "π") -> TargetForm:
    if diagonal[0] != diagonal[1]:
        return TargetForm(("diag(a)", *factors), None, tuple(diagonal), prior, name)
    short = diagonal[0].subs(grouped.SIZES[0], sp.Symbol("c") - grouped.SIZES[1])
    short = sp.factor(short) if not short.has(*grouped.SIZES) else diagonal[0]
    return TargetForm(factors, None if short == 1 else short, (), prior, name)


def print_page(derivation: Any, document: dict[str, Any], rates: Iterable[Any], described: str) -> None:
    """Prints everything derived from one loss; `rates` are the escape rates of the document, exact ones as expressions."""
    console = tables.console()
    parameters = ", ".join(f"{name} = {value}" for name, value in document["parameters"].items())
    residual = document["residual"]
    leaks = (
        ""
        if residual is None
        else f"; share of G that leaks, at zero {residual['at_zero']:.3g}, majority half learned "
        f"{residual['majority_half_learned']:.3g}, at zero with these weights {residual['at_zero_with_weights']:.3g}"
    )
    lines = [
        (document["loss"], f"{parameters + '; ' if parameters else ''}{document['source']}"),
        ("flow", document["flow"]),
        ("gradient", "label 0 of three classes" + _gradient_lines(derivation.loss)),
        ("Hessian at zero", "none" if document["hessian"] is None else f"label 0 of classes of 5, 3, 2 samples{_hessian_lines(document)}"),
        ("convex in the logits", f"{YES_NO[document['convex_in_logits']]}: {document['convexity']}"),
        ("smooth at zero", YES_NO[document["smooth_at_zero"]] + (f": {document['kink']}" if document["kink"] else "")),
        ("first-order target", _target_lines(derivation)),
        *([("target after the bias", document["target_after_bias"])] if "settled" in document else []),
        ("holds for", f"{document['holds_for']} ({document['how']})"),
        ("flattening exponent", _flattened(derivation, document)),
        *([("decouples on the modes of Z", document["decoupling"] + leaks)] if document["decoupling"] is not None else []),
        ("escape windows", ", ".join(f"γ = {gamma}: {window:.6g}" for gamma, window in document["windows"].items())),
    ]
    for name, words in lines:
        console.print(f"[bold]{name}[/]: ", end="")
        console.print(words, highlight=False, soft_wrap=True, markup=False)
    table = Table("escape rate", "multiplicity", "exactly", title=described, title_justify="left", box=None)
    for rate in rates:
        table.add_row(f"{rate.value:.8g}", str(rate.multiplicity), "–" if rate.exact is None else readable(rate.exact))
    tables.show(table)
    window = document["step"]["escape_window"]
    console.print(f"escape window {window['absolute']:.6g}, of the first {window['relative']:.6g}", highlight=False)
    for each in document.get("settled", ()):
        console.print(
            f"bias alone, classes of {each['count']}: weighted frequency {each['prior']:.6g}, bias {each['bias']:.6g}, "
            f"loss {each['plateau']:.6g}",
            highlight=False,
            soft_wrap=True,
        )
    for line in document["flattening"]["in_words"] if isinstance(document["flattening"], dict) else ():
        console.print(line, highlight=False, soft_wrap=True)


def _flattened(derivation: Any, document: dict[str, Any]) -> str:
    """Why an exponent flattens, or none does: with a bias as the document says, else as derived for free features."""
    if "settled" not in document:
        return f"{document['flattening_exponent'] or 'none'}: {derivation.flattening.reason}"
    words: str = document["flattening"]
    return words if words.startswith("not known") else f"none: {words}"


def _gradient_lines(loss: Loss) -> str:
    """The lines of the gradient: names for what long entries share, then one line for each entry."""
    names, entries = shared(list(loss.gradient(logit_symbols(3), 0, THREE)))
    return _indented([*((readable(name), value) for name, value in names), *((f"{ENTRY}{k}", entry) for k, entry in enumerate(entries))])


def _hessian_lines(document: dict[str, Any]) -> str:
    """The lines of the Hessian: names for what long entries share, then its rows; entries are exact numbers."""
    rows = document["hessian"]
    names, numbers = shared([sp.sympify(entry) for row in rows for entry in row])
    lines = [numbers[k : k + len(rows)] for k in range(0, len(numbers), len(rows))]
    shown = "".join(f"\n    ({', '.join(map(readable, line))})" for line in lines)
    return _indented((readable(name), value) for name, value in names) + shown


def _indented(pairs: Iterable[tuple[str, sp.Expr]]) -> str:
    return "".join(f"\n    {name} = {readable(value)}" for name, value in pairs)


def _target_lines(derivation: Any) -> str:
    """The target as a product, with c for the number of classes; its entries where it is no product."""
    form, target = derivation.target_form, derivation.target
    if target is not None and form.plain:
        pairs = [(f"B {name}", value) for name, value in entries(target)]
        return f"G = BYΩ{_indented(pairs)}{abbreviations(value for _, value in pairs)}"
    used = [*([form.scale] if form.scale is not None else []), *form.a, *form.prior]
    return f"{form.words(lambda value: readable(in_classes(value)))}{abbreviations(used)}"


def entries(target: Target) -> list[tuple[str, sp.Expr]]:
    """The entries of B under STEP, c and n put in, each value said once with the places where it stands."""
    groups = ("majority", "minority")
    own = [(f"own entry of a {group} label", in_classes(target.own(g))) for g, group in enumerate(groups)]
    other = [
        (f"entry of a {row} class for a {label} label", in_classes(target.entry(h, g)))
        for g, label in enumerate(groups)
        for h, row in enumerate(groups)
    ]
    return [*_said_once(own, "own entries"), *_said_once(other, "entries of other classes")]


def _said_once(pairs: Sequence[tuple[str, sp.Expr]], together: str) -> list[tuple[str, sp.Expr]]:
    places: dict[sp.Expr, list[str]] = {}
    for name, value in pairs:
        places.setdefault(value, []).append(name)
    if len(places) == 1:
        return [(together, pairs[0][1])]
    return [(" and ".join(names), value) for value, names in places.items()]


def print_table(derived: Iterable[tuple[Any, dict[str, Any], Any]], described: str) -> None:
    """Prints a table with a row for each loss: G, escape windows at γ = 0, 1/2 and 1, flattening exponent, decoupling."""
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
    for derivation, document, _ in derived:
        target = derivation.target_form.words(lambda value: readable(in_classes(value)))
        windows = [f"{document['windows'][gamma]:.4g}" for gamma in ("0", "1/2", "1")]
        table.add_row(
            document["loss"],
            target.split(", ")[0],  # the values of a and π stand on the page of the loss
            *windows,
            document["flattening_exponent"] or "none",
            document["decoupling"],
        )
    tables.show(table)


# -- LaTeX --------------------------------------------------------------------------------

PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath}
\allowdisplaybreaks
\begin{document}"""


def latex(derived: Iterable[tuple[Any, dict[str, Any], Iterable[Any]]], described: str) -> str:
    """A LaTeX document with one section for each loss: loss, gradient, target, escape rates, and what makes these equal.

    Arguments: for each loss its derivation, its document and its escape rates.
    """
    sections = [_section(derivation, document, rates, described) for derivation, document, rates in derived]
    return "\n".join([PREAMBLE, *sections, r"\end{document}"])


def _section(derivation: Any, document: dict[str, Any], rates: Iterable[Any], described: str) -> str:
    loss, logits = derivation.loss, logit_symbols(3)
    names, gradient = shared(list(loss.gradient(logits, 0, THREE)))
    flow = r"\dot W = G H^\top, \qquad \dot H = W^\top G, \qquad G = -\partial_L \sum_i \omega_{y_i} \ell(l_i, y_i)"
    lines = [
        rf"\section*{{{_text(loss.name)}}}",
        _text(f"{loss.source}. A sample of label 0 of three classes:"),
        _display(rf"\ell(l, 0) = {sp.latex(loss.sample_loss(logits, 0, THREE))}"),
        *(_display(f"{sp.latex(name)} = {sp.latex(value)}") for name, value in names),
        *(_display(rf"\partial\ell/\partial l_{k} = {sp.latex(entry)}") for k, entry in enumerate(gradient)),
        _display(flow),
        "At zero logits, with $c$ classes and $n$ samples in all:",
        _display(derivation.target_form.latex()),
    ]
    if derivation.target is not None:
        lines += [_display(rf"\text{{{name}}} = {sp.latex(value)}") for name, value in entries(derivation.target)]
    lines += [_text(f"Escape rates, {described}:")]
    for rate in rates:
        exact = f"{rate.value:.8g}" if rate.exact is None else rf"{sp.latex(rate.exact)} \approx {rate.value:.8g}"
        lines.append(_display(rf"{exact} \quad (\times {rate.multiplicity})"))
    exponent = derivation.flattening.exponent
    words = "No exponent makes them equal" if exponent is None else rf"They are equal at $\gamma = {sp.latex(exponent)}$"
    lines.append(f"{words}: {_text(document['flattening'])}.")
    return "\n".join(lines)


def _display(formula: str) -> str:
    return rf"\[ {formula} \]"


def _text(words: str) -> str:
    """Plain text as LaTeX's text: its special signs escaped, Greek and mathematical signs in mathematics."""
    signs = {
        "\\": r"\textbackslash{}", "_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "{": r"\{", "}": r"\}", "$": r"\$",
        "^": r"\^{}", "~": r"\~{}",
        "γ": r"$\gamma$", "ω": r"$\omega$", "Ω": r"$\Omega$", "π": r"$\pi$", "−": "$-$", "√": r"$\surd$", "·": r"$\cdot$", "ᵀ": r"$^\top$",
        "≥": r"$\geq$", "≤": r"$\leq$", "<": "$<$", ">": "$>$", "…": r"\dots{}", "’": "'", "–": "--", "²": "$^2$",
        "κ": r"$\kappa$", "τ": r"$\tau$", "ε": r"$\varepsilon$", "δ": r"$\delta$", "Δ": r"$\Delta$", "ℓ": r"$\ell$", "∂": r"$\partial$",
    }  # fmt: skip
    return "".join(signs.get(sign, sign) for sign in words)
