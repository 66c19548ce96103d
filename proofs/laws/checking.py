"""Trying the laws: each on many cases, with the smallest case that breaks it in the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from proofs.laws import formula, simulator
from proofs.laws.cases import balanced_cases, cases, late_cases, modes, unweighted_cases
from proofs.laws.runs import ACCURACY, LawBroken, Simulate

EXAMPLES = 50  # cases tried for each law


@dataclass(frozen=True)
class Law:
    """A law with the cases it is tried on: `arguments` draws what the function takes between simulator and accuracy."""

    check: Callable[..., None]
    arguments: SearchStrategy[tuple[Any, ...]]

    @property
    def name(self) -> str:
        """Such as balance-is-conserved."""
        return self.check.__name__.replace("_", "-")

    @property
    def says(self) -> tuple[str, str]:
        """The law in a sentence, and its formula, from its description."""
        sentence, rest = (" ".join(part.split()) for part in (self.check.__doc__ or "").split("\n\n"))
        return sentence, rest.partition(" Tolerance: ")[0].removeprefix("Formula: ")


LAWS = (
    Law(simulator.starts_where_told, st.tuples(cases())),
    Law(simulator.balance_is_conserved, st.tuples(cases())),
    Law(simulator.energy_decays, st.tuples(cases())),
    Law(simulator.relabelling_commutes, cases().flatmap(lambda case: st.tuples(st.just(case), st.permutations(range(case.counts.c))))),
    Law(simulator.weights_rescale_time, st.tuples(cases(), st.sampled_from([2.0, 0.5, 3.0]))),
    Law(simulator.replicas_speed_up, st.tuples(cases(), st.integers(2, 4))),
    Law(simulator.rotations_commute, st.tuples(cases(), st.sampled_from([1.0, 2.0, -0.5]))),
    Law(simulator.equal_counts_are_balanced, st.tuples(balanced_cases())),
    Law(simulator.logits_end_at_the_labels, st.tuples(late_cases())),
    Law(simulator.means_follow_the_reduced_flow, st.tuples(cases(["balanced", "spectral"]))),
    Law(simulator.learning_times_follow, st.tuples(unweighted_cases())),
)


def check_all(simulate: Simulate, *, accuracy: float = ACCURACY, examples: int = EXAMPLES) -> None:
    """Try every law on a simulator.

    Arguments: `simulate`, see the head of `proofs.laws`; `accuracy`, the relative accuracy it claims; `examples`, cases
    for each law. The cases are the same at every call.
    Raises: LawBroken once, naming every broken law with its formula, by how much, and on which smallest case. An
    exception of the simulator counts as a broken law, and is the cause of the one raised here.
    """
    _report([_broken(law, simulate, accuracy, examples) for law in LAWS], len(LAWS), accuracy)


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
    except Exception as error:  # noqa: BLE001 - whatever the code under test raises is part of the answer
        return error
    return None


def _report(found: Sequence[tuple[str, Exception] | None], number: int, accuracy: float) -> None:
    broken = [report for report in found if report is not None]
    if broken:
        text = "\n".join(report for report, _ in broken)
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
