"""Trying the laws: each on many cases, with the smallest case that breaks it in the report."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from numerics.compiled import NumericLoss, compile_loss
from numerics.losses import from_torch, loss_named
from proofs.laws import causes, formula, simulator
from proofs.laws.cases import balanced_cases, cases, late_cases, modes, unweighted_cases
from proofs.laws.runs import ACCURACY, SQUARED, Case, LawBroken, Simulate
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses.checks import check
from theory.losses.loss import Loss
from theory.losses.squared import Squared

EXAMPLES = 50  # cases tried for each law
CLASSES = (2, 3, 4)  # numbers of classes that cases have


AnyLoss = Loss | NumericLoss


def _any_loss(loss: AnyLoss, classes: Sequence[int]) -> bool:
    return True


def _is_squared(loss: AnyLoss, classes: Sequence[int]) -> bool:
    """Whether the loss is the squared loss on centred labels, for which the closed forms hold."""
    return isinstance(loss, Squared)


def _is_symmetric(loss: AnyLoss, classes: Sequence[int]) -> bool:
    """Whether classes differ for the loss by their counts alone: it is the same when both are renamed."""
    return all(_moves_along(loss, ClassCounts(tuple(range(1, c + 1))), np.roll(np.arange(c), 1)) for c in classes)


def _takes_ratios(loss: AnyLoss, classes: Sequence[int]) -> bool:
    """Whether the loss is the same for all counts in the same ratio."""

    def of(c: int, k: int) -> Any:
        return _slopes(loss, ClassCounts(tuple(k * n for n in range(1, c + 1))))

    return all(np.allclose(of(c, 1), of(c, 2), rtol=1e-9, atol=1e-12) for c in classes)


def _slopes(loss: AnyLoss, counts: ClassCounts, order: Any = None) -> Any:
    """The gradient at fixed logits that have nothing in common, column j a sample of class j; logits and labels renamed by `order`."""
    L = np.random.default_rng(1).standard_normal((counts.c, counts.c))
    if order is None:
        return compile_loss(loss, counts, range(counts.c)).gradient(L)
    renamed = np.empty_like(L)
    renamed[order] = L
    return compile_loss(loss, counts, order.tolist()).gradient(renamed)[order]


def _moves_along(loss: AnyLoss, counts: ClassCounts, order: Any) -> bool:
    moved = np.empty(counts.c, dtype=int)
    moved[order] = counts.per_class
    renamed = _slopes(loss, ClassCounts(tuple(map(int, moved))), order)
    return np.allclose(renamed, _slopes(loss, counts), rtol=1e-9, atol=1e-12)


@dataclass(frozen=True)
class Law:
    """A law with the cases it is tried on: `arguments` draws what the function takes between simulator and accuracy.

    `holds_for`, whether it is a law for a loss, of the given numbers of classes.
    """

    check: Callable[..., None]
    arguments: SearchStrategy[tuple[Any, ...]]
    holds_for: Callable[[AnyLoss, Sequence[int]], bool] = _any_loss

    @property
    def name(self) -> str:
        """The name of the law, such as balance-is-conserved."""
        return self.check.__name__.replace("_", "-")

    @property
    def says(self) -> tuple[str, str]:
        """The law in a sentence, and its formula, both from the docstring of its function."""
        sentence, rest = (" ".join(part.split()) for part in (self.check.__doc__ or "").split("\n\n"))
        return sentence, rest.partition(" Tolerance: ")[0].removeprefix("Formula: ")


def _with_an_order(case: Case) -> SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(case), st.permutations(range(case.counts.c)))


LAWS = (
    Law(simulator.starts_where_told, st.tuples(cases())),
    Law(simulator.balance_is_conserved, st.tuples(cases())),
    Law(simulator.energy_decays, st.tuples(cases())),
    Law(simulator.relabelling_commutes, cases().flatmap(_with_an_order), _is_symmetric),
    Law(simulator.weights_rescale_time, st.tuples(cases(), st.sampled_from([2.0, 0.5, 3.0]))),
    Law(simulator.replicas_speed_up, st.tuples(cases(), st.integers(2, 4)), _takes_ratios),
    Law(simulator.rotations_commute, st.tuples(cases(), st.sampled_from([1.0, 2.0, -0.5]))),
    Law(simulator.equal_counts_are_balanced, st.tuples(balanced_cases()), _is_symmetric),
    Law(simulator.logits_end_at_the_labels, st.tuples(late_cases()), _is_squared),
    Law(simulator.means_follow_the_reduced_flow, st.tuples(cases(["balanced", "spectral"]))),
    Law(simulator.learning_times_follow, st.tuples(unweighted_cases()), _is_squared),
)


def check_all(simulate: Simulate, *, loss: Any = None, accuracy: float = ACCURACY, examples: int = EXAMPLES) -> None:
    """Try every law on a simulator.

    Arguments: `simulate`, see the head of `proofs.laws`; `loss`, whose flow it is: None for the squared loss on centred labels,
    a name, a loss of `theory.losses` or of your own, or a torch criterion; `accuracy`, the relative accuracy it claims, of W and
    of H, or of the logits where it returns those alone; `examples`, cases for each law. The cases are the same at every call.
    Tried are the laws that hold for the loss: closed forms for the squared loss alone, renaming of classes and equal counts where
    classes differ by their counts alone, copies where only ratios of counts enter.
    Raises: LawBroken once, naming every broken law with its formula, by how much, and on which smallest case, and the usual
    cause that explains it, if one does. An exception of the simulator counts as a broken law, and is the cause of the one
    raised here. InvalidInput for a loss that is none, or of more classes than the cases have.
    """
    chosen = _loss(loss)
    classes = _classes(chosen)
    laws = [_of(law, chosen, classes) for law in LAWS if law.holds_for(chosen, classes)]
    found = [_broken(law, simulate, accuracy, examples) for law in laws]
    likely = causes.diagnose(simulate, loss=chosen, accuracy=accuracy, classes=classes) if any(found) else None
    _report(found, len(laws), accuracy, likely)


def _loss(given: Any) -> AnyLoss:
    if given is None:
        return SQUARED
    loss = loss_named(given) if isinstance(given, str) else given
    if isinstance(loss, Loss):
        return check(loss)
    return loss if isinstance(loss, NumericLoss) else from_torch(loss)


def _classes(loss: AnyLoss) -> tuple[int, ...]:
    """The numbers of classes, of those that cases have, that the loss is for; a torch criterion with weights is for one."""
    if isinstance(loss, Loss):
        return CLASSES
    fitting, refused = [], InvalidInput(f"loss={loss.name} fits no case")
    for c in CLASSES:
        try:
            loss.compiled(ClassCounts((1,) * c), range(c))
        except InvalidInput as error:
            refused = error
        else:
            fitting.append(c)
    if not fitting:
        raise refused
    return tuple(fitting)


def _of(law: Law, loss: AnyLoss, classes: Sequence[int]) -> Law:
    """The law on cases of a loss."""
    if isinstance(loss, Squared):
        return law
    arguments = law.arguments.filter(lambda drawn: drawn[0].counts.c in classes) if classes != CLASSES else law.arguments
    return dataclasses.replace(law, arguments=arguments.map(lambda drawn: (dataclasses.replace(drawn[0], loss=loss), *drawn[1:])))


def _broken(law: Law, code: Callable[..., Any], accuracy: float, examples: int) -> tuple[str, Exception] | None:
    """The report of a broken law on its smallest case, with what was raised there; None where it holds."""

    def fails(arguments: tuple[Any, ...]) -> bool:
        return _raised(law, code, arguments, accuracy) is not None

    try:
        smallest = find(
            law.arguments,
            fails,
            settings=settings(
                max_examples=examples,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
            ),
        )
    except NoSuchExample:
        return None
    error = _raised(law, code, smallest, accuracy)
    if error is None:
        raise LawBroken(f"{law.name}: {smallest[0]!r} fails at one call and not at the next: the code is not deterministic")
    what = str(error) if isinstance(error, LawBroken) else f"{type(error).__name__}: {error}"
    sentence, formula = law.says
    case = ", ".join(map(repr, smallest))
    return f"{law.name}: {sentence}\n  law: {formula}\n  here: {what}\n  smallest case: {case}", error


def _raised(law: Law, code: Callable[..., Any], arguments: tuple[Any, ...], accuracy: float) -> Exception | None:
    try:
        law.check(code, *arguments, accuracy=accuracy)
    except simulator.NotShown:
        return None
    except Exception as error:  # noqa: BLE001 - whatever the code under test raises is part of the answer
        return error
    return None


def _report(found: Sequence[tuple[str, Exception] | None], number: int, accuracy: float, likely: Any = None) -> None:
    broken = [report for report in found if report is not None]
    if broken:
        text = "\n".join([*(report for report, _ in broken), *([f"likely cause: {likely}"] if likely else [])])
        raise LawBroken(f"{len(broken)} of {number} laws broken (accuracy {accuracy:g})\n{text}") from broken[0][1]


FORMULA_LAWS = tuple(
    Law(check, modes())
    for check in (
        formula.strength_starts_at_the_initial_scale,
        formula.strength_ends_at_sigma,
        formula.strength_approaches_sigma,
        formula.strength_scales_with_sigma,
        formula.strength_is_learned_on_time,
    )
)


def check_formula(strength: formula.Strength, *, accuracy: float = 1e-9, examples: int = EXAMPLES) -> None:
    """Try every law of a mode on a formula for its strength, `strength(sigma, delta, t)`, without weights.

    Raises: LawBroken as `check_all` does; a case is (σ, δ).
    """
    _report([_broken(law, strength, accuracy, examples) for law in FORMULA_LAWS], len(FORMULA_LAWS), accuracy)
