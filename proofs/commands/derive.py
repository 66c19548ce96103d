"""`ufm derive`: all that follows from a loss, as one document."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any

import mpmath
import numpy as np
import sympy as sp
import typer

from numerics import Array
from numerics.constrained_features.rates import growth, merged, settled_columns
from proofs.advise.flattening import flattening, in_words
from proofs.advise.inputs import Inputs
from proofs.commands import limits, options
from proofs.commands.options import JsonOption, Setting
from proofs.report import derivations, progress, tables
from proofs.report.derivations import TargetForm, target_form
from theory.algebra.partition import eigenvalues
from theory.constrained_features.output_bias import priors, settled_bias
from theory.constrained_features.rates import masses
from theory.data.counts import ClassCounts, Group, weighted_groups
from theory.exact import InvalidInput
from theory.losses import LOSSES, convexity, grouped, loss_named
from theory.losses.checks import bend_at_zero, check
from theory.losses.loss import Loss, logit_symbols
from theory.shown import Sheet, Shown
from theory.trained_bias import prior
from theory.unconstrained_features import decoupling, first_order, timing
from theory.unconstrained_features.first_order import Target

DEFAULT_STEP = "10,100"
TABLE_EXPONENTS = (sp.Integer(0), sp.Rational(1, 2), sp.Integer(1))
BIASED_FLATTENING = "no class weights make all escape rates after the bias equal under STEP with two classes or more a group and R > 1"
UNKNOWN_FLATTENING = "not known for this setting: whether class weights make all escape rates after the bias equal"
SHOWN_CLASSES = (sp.Symbol("n_0", positive=True), sp.Symbol("n_1", positive=True), sp.Symbol("n_2", positive=True))
ROUTES = (
    (grouped.with_symbolic_sizes, "derived with the group sizes as symbols"),
    (grouped.read_off, "one formula in the group sizes, solved for at explicit sizes and reproduced at others"),
)
MOST_INDIVIDUAL_CLASSES = 12  # a loss whose classes cannot be exchanged is differentiated class by class
MOST_EXACT_GROUPS = 8  # roots of a polynomial of this degree are isolated in a moment
MOST_GROUPS = 60  # eigenvalues of a matrix of this size with 30 digits take some seconds
DIGITS = 30
EQUAL = Fraction(1, 10**20)  # eigenvalues computed with 30 digits that are this close count as one


@dataclass(frozen=True)
class Rate:
    """An escape rate, with its closed form where it has one."""

    value: float
    exact: sp.Expr | None
    multiplicity: int

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "exact": None if self.exact is None else str(self.exact), "multiplicity": self.multiplicity}


@dataclass(frozen=True, repr=False)
class Derivation(Shown):
    """A checked loss; everything else is derived when it is asked for."""

    loss: Loss

    def brief(self) -> str:
        """The loss."""
        return self.loss.name

    def shown(self) -> Sheet:
        """Target, flattening exponent and decoupling."""
        flat = self.flattening
        target = {f"G, own label of group {g + 1}": self.target.own(g) for g in range(2)} if self.target else {}
        exponent = flat.reason if flat.exponent is None else flat.exponent
        return Sheet(f"what follows from {self.loss.name}", {"decouples": self.decoupling, "flattened by γ": exponent, **target})

    @cached_property
    def symmetry(self) -> grouped.Symmetry:
        return grouped.symmetry(self.loss)

    @cached_property
    def values(self) -> list[sp.Expr] | None:
        """The loss of a sample of each STEP group for every size, or None where it is known class by class only."""
        return self._values_and_how[0]

    @property
    def how(self) -> str:
        """By which route `values` are known, or "class by class"."""
        return self._values_and_how[1]

    @cached_property
    def _values_and_how(self) -> tuple[list[sp.Expr] | None, str]:
        if self.symmetry.within_groups:
            for route, how in ROUTES:
                with contextlib.suppress(grouped.WrittenOut, grouped.NoPattern):
                    return [route(self.loss, own) for own in range(2)], how
        return None, "class by class"

    @cached_property
    def target(self) -> Target | None:
        groups = tuple(Group(size, count) for size, count in zip(grouped.SIZES, grouped.COUNTS, strict=True))
        return None if self.values is None else first_order.target_of_values(self.values, groups)

    @cached_property
    def target_form(self) -> TargetForm:
        """The target as a product, where its entries have the form of one."""
        return target_form(self.target)

    @cached_property
    def flattening(self) -> first_order.Flattening:
        if self.target is None:
            return first_order.Flattening(None, sp.nan, "not derived: the loss is known class by class only")
        return first_order.flattening(self.target)

    @cached_property
    def decoupling(self) -> str:
        if self.values is not None and self.target is not None:
            return decoupling.decoupling(self.values, self.target)
        # A loss known class by class decouples to first order exactly when the target's columns are one multiple of those of Z.
        columns = first_order.class_columns(self.loss, ClassCounts((9, 3, 1)))
        factor = sp.Rational(3, 2) * columns[0, 0]
        centred = factor * (sp.eye(3) - sp.ones(3, 3) / 3)
        return "first-order" if (columns - centred).applyfunc(sp.simplify).is_zero_matrix else "none"

    def columns(self, counts: ClassCounts) -> Array:
        """Minus the gradient at zero logits for each label, c × c."""
        _require_exchangeable(self, counts)
        if not self.symmetry.within_groups:
            return np.array(first_order.class_columns(self.loss, counts).evalf(), dtype=float)
        columns = first_order.explicit_target(self.loss, counts.groups()).columns.explicit()
        ordered = np.argsort(np.argsort(-np.array(counts.per_class), kind="stable"))
        return np.array(columns.evalf(), dtype=float)[np.ix_(ordered, ordered)]

    def rates(self, counts: ClassCounts, weights: Sequence[sp.Expr], inputs: Inputs | None = None, bias: bool = False) -> list[Rate]:
        """Escape rates at explicit counts and weights, largest first: of free features, or of those that inputs constrain.

        Arguments: `bias`, whether they are those after a trained output bias has settled.
        Raises: InvalidInput for a bias and a loss under which it is not known where that settles.
        """
        if bias:
            return self._settled_rates(counts, weights, inputs)
        if inputs is not None:
            mass = np.array([float(n * w) for n, w in zip(counts.per_class, weights, strict=True)])
            found = merged(growth(self.columns(counts), mass, inputs.gram)[0])
            return [Rate(rate.value, None, rate.multiplicity) for rate in found]
        groups, values = weighted_groups(counts, weights)
        _require_few(len(groups))
        if self.symmetry.within_groups:
            of_step = self.target if len(groups) == 2 else None
            target = of_step.at(groups) if of_step else first_order.explicit_target(self.loss, groups)
            if len(groups) <= 2:
                return _sorted(_exact(first_order.escape_rates(target, values)))
            gram = target.gram(values)
            within = _exact((sp.sqrt(d), m) for _, d, m in gram.within())
            quotient = gram.quotient()
            if len(groups) <= MOST_EXACT_GROUPS and all(entry.is_Rational for entry in quotient):
                return _sorted([*within, *_exact((sp.sqrt(value), m) for value, m in eigenvalues(quotient))])
            return _sorted([*within, *_numeric(_symmetric_quotient(gram))])
        _require_exchangeable(self, counts)
        return self._rates_by_class(counts, weights)

    def _settled_rates(self, counts: ClassCounts, weights: Sequence[sp.Expr], inputs: Inputs | None) -> list[Rate]:
        """The roots of the eigenvalues of the Gram matrix of (Y − π1ᵀ)Ω, or of its product with the inputs."""
        groups, values = weighted_groups(counts, weights)
        _require_few(len(groups))
        gram = prior.drive_gram(groups, values, self.loss.name)  # first: it refuses losses of which it is not known where the bias rests
        if inputs is not None:
            mass = np.array([float(n * w) for n, w in zip(counts.per_class, weights, strict=True)])
            found = merged(growth(settled_columns(mass), mass, inputs.gram)[0])
            return [Rate(rate.value, None, rate.multiplicity) for rate in found]
        simple = gram.simplify()
        within = _exact((sp.sqrt(d), m) for _, d, m in simple.within())
        if len(groups) <= 2:
            return _sorted([*within, *_exact([(sp.sqrt(simple.quotient().trace()), sp.Integer(len(groups) - 1))])])
        return _sorted([*within, *_numeric(_symmetric_quotient(simple))])

    def _rates_by_class(self, counts: ClassCounts, weights: Sequence[sp.Expr]) -> list[Rate]:
        columns = first_order.class_columns(self.loss, counts)
        scale = sp.diag(*(n * w**2 for n, w in zip(counts.per_class, weights, strict=True)))
        return _sorted(_numeric(columns * scale * columns.T))


def _require_few(groups: int) -> None:
    """Raises InvalidInput for more groups of interchangeable classes than rates are derived for."""
    if groups > MOST_GROUPS:
        raise InvalidInput(
            f"counts and weights make {groups} groups of interchangeable classes, and the rates of at most "
            f"{MOST_GROUPS} are derived: round the counts to fewer distinct ones"
        )


def _require_exchangeable(derivation: Derivation, counts: ClassCounts) -> None:
    """Raises InvalidInput for many classes of a loss that treats each of them in its own way."""
    if counts.c > MOST_INDIVIDUAL_CLASSES and not derivation.symmetry.within_groups:
        raise InvalidInput(
            f"{counts.c} classes are too many for loss={derivation.loss.name}, whose classes cannot be exchanged: "
            f"give at most {MOST_INDIVIDUAL_CLASSES}"
        )


def derive(name: str) -> Derivation:
    """The derivation of a loss.

    Raises: InvalidInput, one line, for an unknown or a badly written loss, and for one that small W and H do not feel.
    """
    loss = check(loss_named(name))
    if first_order.class_columns(loss, ClassCounts((5, 3, 2))).is_zero_matrix:
        raise InvalidInput(f"loss={loss.name} has no gradient at zero logits, so that small W and H never grow: take another loss")
    return Derivation(loss)


def document(derivation: Derivation, setting: Setting) -> dict[str, Any]:
    """The JSON document of `ufm derive`: everything that is derived from the loss, at this setting where it needs one."""
    start = time.perf_counter()
    loss, target = derivation.loss, derivation.target
    bend, convex = bend_at_zero(loss), convexity.convexity(loss, (5, 3, 2))
    return {
        "loss": loss.name,
        "parameters": {name: str(value) for name, value in loss.parameters.items()},
        "source": loss.source,
        "smooth_at_zero": bend is None,
        "kink": bend,
        "first_order_target": target_words(derivation),
        "first_order_entries": _entries(target),
        "holds_for": "every number of classes, group size and count of STEP" if target else "explicit counts",
        "how": derivation.how,
        "gradient": _gradient(loss),
        "hessian": None if bend else _hessian(loss),
        "flow": "dW/dt = G(L)Hᵀ, dH/dt = WᵀG(L), L = WH; column of a sample of class y: −ω_y ∂ℓ/∂l",
        "convex_in_logits": convex.holds,
        "convexity": convex.reason,
        "decoupling": derivation.decoupling,
        "residual": _residual(derivation, setting),
        "flattening_exponent": None if derivation.flattening.exponent is None else str(derivation.flattening.exponent),
        "flattening": derivation.flattening.reason,
        "flattening_within_groups": None if derivation.flattening.within == sp.nan else str(derivation.flattening.within),
        "step": _step(derivation, setting),
        "windows": {str(gamma): _relative_window(derivation, setting, gamma) for gamma in TABLE_EXPONENTS},
        **_constrained(derivation, setting),
        **_biased(derivation, setting),
        "seconds": time.perf_counter() - start,
    }


def _constrained(derivation: Derivation, setting: Setting) -> dict[str, Any]:
    """What takes the place of the flattening of free features where the data constrain them."""
    if setting.inputs is None:
        return {}
    columns = derivation.columns(setting.counts)
    pulls = np.diagonal(columns) - (columns.sum(axis=0) - np.diagonal(columns)) / (len(columns) - 1)
    found = flattening(setting.counts, setting.inputs, pulls)
    return {"inputs": setting.inputs.described, "flattening": found.as_json() | {"in_words": in_words(found, setting.inputs)}}


def _biased(derivation: Derivation, setting: Setting) -> dict[str, Any]:
    """What a trained output bias changes: the flow, what drives it after the bias, and what flattens.

    The flattening says what `no-weights-flatten-with-bias` shows, which speaks of two groups of two classes or more and R > 1. How far
    the residual leaves the modes of Z is known without a bias only.
    """
    if not setting.bias:
        return {}
    groups, weights = weighted_groups(setting.counts, setting.weights)
    sizes, mass = [group.size for group in groups], masses(groups, weights)
    classes = Counter(setting.counts.per_class).values()
    flat = BIASED_FLATTENING if setting.inputs is None and len(classes) == 2 and min(classes) >= 2 else UNKNOWN_FLATTENING
    rest, shares = settled_bias(sizes, mass, derivation.loss.name), priors(sizes, mass)
    losses = prior.plateaus(groups, weights, derivation.loss.name)
    return {
        "flow": "dW/dt = G(L)Hᵀ, dH/dt = WᵀG(L), db/dt = G(L)1, L = WH + b1ᵀ; column of a sample of class y: −ω_y ∂ℓ/∂l",
        "target_after_bias": "G = (Y − π1ᵀ)Ω, π_j = n_jω_j/Σ_k n_kω_k",
        "settled": [
            {
                "count": int(group.count),
                "weight": str(w),
                "classes": int(group.size),
                "prior": float(q),
                "bias": float(b),
                "plateau": float(value),
            }
            for group, w, q, b, value in zip(groups, weights, shares, rest, losses, strict=True)
        ],
        "flattening_exponent": None,
        "flattening": flat,
        "decoupling": None,
        "residual": None,
    }


def documents(setting: Setting) -> Iterator[dict[str, Any]]:
    """The documents of all registered losses, each as soon as it is derived."""
    for loss in LOSSES:
        yield document(derive(loss.name), setting)


def target_words(derivation: Derivation) -> str:
    """The first-order target as a product, in the plain text of the document."""
    return derivation.target_form.words(str)


def _entries(target: Target | None) -> dict[str, Any] | None:
    """B under STEP: the own entry of each group, and the entry of another class (row group, label group)."""
    if target is None:
        return None
    names = ("majority", "minority")
    return {
        "own": {name: str(target.own(g)) for g, name in enumerate(names)},
        "other": {f"{row} for a {label} label": str(target.entry(h, g)) for g, label in enumerate(names) for h, row in enumerate(names)},
    }


def _gradient(loss: Loss) -> list[str]:
    """The entries of ∂ℓ/∂l for label 0 of three classes, as text."""
    return [str(entry) for entry in loss.gradient(logit_symbols(3), 0, SHOWN_CLASSES)]


def _hessian(loss: Loss) -> list[list[str]]:
    """∂²ℓ/∂l² at zero logits for label 0 of three classes of 5, 3 and 2 samples."""
    logits, counts = logit_symbols(3), (sp.Integer(5), sp.Integer(3), sp.Integer(2))
    at_zero = loss.hessian(logits, 0, counts).xreplace(dict.fromkeys(logits, sp.Integer(0)))
    return [[str(entry if entry.has(sp.exp, sp.log) else sp.factor(entry)) for entry in row] for row in at_zero.tolist()]


def _step(derivation: Derivation, setting: Setting) -> dict[str, Any]:
    rates = derivation.rates(setting.counts, setting.weights, setting.inputs, setting.bias)
    return {**setting.as_json(), "escape_rates": [rate.as_json() for rate in rates], "escape_window": _window(rates)}


def _relative_window(derivation: Derivation, setting: Setting, gamma: sp.Expr) -> float:
    """The escape window for ω = n^(−γ), relative to the first."""
    weights = [sp.Integer(n) ** -gamma for n in setting.counts.per_class]
    rates = derivation.rates(setting.counts, weights, setting.inputs, setting.bias)
    return rates[0].value / rates[-1].value - 1


def _residual(derivation: Derivation, setting: Setting) -> dict[str, float] | None:
    """The shares of G that leave the modes of Z, without the weights and with them, where there are two groups of counts."""
    groups, weights = weighted_groups(setting.counts, setting.weights)
    if len(groups) != 2 or derivation.target is None:
        return None
    ones, at_zero = (sp.Integer(1),) * 2, derivation.target.at(groups)
    half = decoupling.half_learned(derivation.loss, groups)
    return {
        "at_zero": float(decoupling.leak(at_zero, ones).share),
        "majority_half_learned": float(decoupling.leak(half, ones).share),
        "at_zero_with_weights": float(decoupling.leak(at_zero, weights).share),
    }


def _exact(rates: Iterable[tuple[sp.Expr, sp.Expr]]) -> list[Rate]:
    """Rates from closed forms with multiplicities."""
    return [Rate(float(sp.N(exact, DIGITS)), exact, int(multiplicity)) for exact, multiplicity in rates if multiplicity != 0 and exact != 0]


def _symmetric_quotient(gram: Any) -> sp.Matrix:
    """The quotient on normalised indicators of groups, which is symmetric: √m_g (d_g/m_g δ_gh + b_gh) √m_h."""
    roots = sp.diag(*(sp.sqrt(m) for m in gram.sizes))
    return sp.diag(*gram.diagonal) + roots * gram.blocks * roots


def _numeric(matrix: sp.Matrix) -> list[Rate]:
    """Rates from a symmetric matrix by 30-digit eigenvalues; directions without gradient are left out."""
    with mpmath.workdps(DIGITS + 10):
        entries = [[mpmath.mpf(str(sp.N(entry, DIGITS + 10))) for entry in row] for row in matrix.tolist()]
        squares = sorted(mpmath.eigsy(mpmath.matrix(entries), eigvals_only=True), reverse=True)
        kept = [square for square in squares if square > squares[0] * EQUAL.numerator / EQUAL.denominator]
        return [Rate(float(mpmath.sqrt(square)), None, 1) for square in kept]


def _sorted(rates: Sequence[Rate]) -> list[Rate]:
    """The rates, the largest first, with equal ones joined."""
    joined: list[Rate] = []
    for rate in sorted(rates, key=lambda rate: -rate.value):
        last = joined[-1] if joined else None
        same = last and abs(last.value - rate.value) <= 1e-14 * last.value
        if same and last and (last.exact is None) == (rate.exact is None) and _equal(last.exact, rate.exact):
            joined[-1] = Rate(last.value, min(last.exact, rate.exact, key=lambda e: len(str(e))), last.multiplicity + rate.multiplicity)
        else:
            joined.append(rate)
    if not joined:
        raise InvalidInput("the loss has no gradient at zero logits, so that small W and H never grow: take another loss")
    return joined


def _equal(one: sp.Expr | None, other: sp.Expr | None) -> bool:
    return one is None or other is None or one == other or first_order.is_zero(one**2 - other**2)


def _window(rates: Sequence[Rate]) -> dict[str, Any]:
    """Last less first scaled time 1/rate, and relative to the first, with the closed form where there is one."""
    fastest, slowest = rates[0], rates[-1]
    if fastest is slowest:
        return {"absolute": 0.0, "relative": 0.0, "relative_exact": "0"}
    found: dict[str, Any] = {"absolute": 1 / slowest.value - 1 / fastest.value, "relative": fastest.value / slowest.value - 1}
    if fastest.exact is not None and slowest.exact is not None:
        relative = timing.window(slowest.exact, fastest.exact).relative
        found["relative_exact"] = str(relative if relative.has(sp.exp, sp.CRootOf) else sp.simplify(relative))
    return found


def _given(**given: Any) -> Setting:
    """The setting that was asked for, or STEP(10, 100) where no counts were."""
    if all(given[name] is None for name in options.COUNTS):
        given["step"] = DEFAULT_STEP
    return options.read_given(**given)


@options.as_one("setting", _given, {**options.COUNTS, **options.WEIGHTS, **options.INPUTS, **options.BIAS})
def command(
    setting: Setting,
    loss: Annotated[
        str | None,
        typer.Argument(
            metavar="[LOSS]",
            help="A registered loss, or module:Class of your own; with parameters as NAME,parameter=value.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All registered losses, in a table.")] = False,
    as_latex: Annotated[bool, typer.Option("--latex", help="A LaTeX document; with --json, its text under the key latex.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Derive what follows from a loss: flow, first-order target, escape rates, flattening exponent, decoupling.

    Escape rates are those of STEP(10, 100) unless counts are given, and of free features unless --similarity or --features is. With
    --bias they are those after a trained output bias, of the squared loss or cross-entropy.
    """
    if (loss is None) is not every:
        raise InvalidInput(
            f"a loss and --all are {'both' if every else 'neither'} given, and one of them is needed: ufm derive "
            "cross-entropy, or ufm derive --all"
        )
    if setting.bias and (every or as_latex):
        raise InvalidInput(
            f"--bias and {'--all' if every else '--latex'} do not go together: what a bias does is told of one loss, squared or "
            "cross-entropy, as text or JSON; leave out one of the two"
        )
    described = f"{setting.described}; {setting.weighting}"
    names, derived = [loss] if loss is not None else [registered.name for registered in LOSSES], []
    showing: Any = progress.share("deriving") if loss is not None else progress.bar("deriving", len(LOSSES))
    with showing as advance:
        for name in names:
            with limits.of_a_loss(name):
                one = derive(name)
                derived.append((one, document(one, setting), one.rates(setting.counts, setting.weights, setting.inputs, setting.bias)))
            if every:
                advance(name)
    found = [each for _, each, _ in derived]
    if as_json:
        text = {"latex": derivations.latex(derived, described)} if as_latex else {}
        tables.print_json((found[0] if loss is not None else {"losses": found}) | text)
    elif as_latex:
        print(derivations.latex(derived, described))
    elif loss is not None:
        derivations.print_page(*derived[0], described)
    else:
        derivations.print_table(derived, setting.described)
    return 0
