"""Which claims there are, in the order of theories and chapters."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import cache

from proofs.claims import CHAPTERS
from proofs.kernel.claim import Claim
from theory.exact import InvalidInput, meant


@cache
def modules() -> dict[str, str]:
    """Claim id → the module it stands in, in ledger order.

    Raises: ValueError for two claims of one id, TypeError for what is no claim of the ledger, such as
    a user's question, which has no near misses.
    """
    found: dict[str, str] = {}
    for name in (f"proofs.claims.{theory}.{chapter}" for theory, chapters in CHAPTERS.items() for chapter in chapters):
        for claim in importlib.import_module(name).CLAIMS:
            if type(claim) is not Claim:
                raise TypeError(f"{name} holds a {type(claim).__name__}, and the ledger takes claims alone")
            if claim.id in found:
                raise ValueError(f"claim id {claim.id} stands twice: in {found[claim.id]} and {name}")
            found[claim.id] = name
    return found


def claims(ids: Iterable[str] = ()) -> tuple[Claim, ...]:
    """The named claims, or all of them.

    Raises: InvalidInput for an unknown id.
    """
    everything = {claim.id: claim for module in dict.fromkeys(modules().values()) for claim in importlib.import_module(module).CLAIMS}
    for claim_id in ids:
        if claim_id not in everything:
            raise InvalidInput(f"claim {claim_id!r} is not in the ledger{meant(claim_id, everything)}: 'ufm verify --list' lists the names")
    return tuple(everything[claim_id] for claim_id in dict.fromkeys(ids)) or tuple(everything.values())


def of_theory(theory: str) -> list[str]:
    """The ids of the claims of a theory.

    Raises: InvalidInput for an unknown one.
    """
    if theory not in CHAPTERS:
        raise InvalidInput(f"theory={theory!r} has no claims{meant(theory, CHAPTERS)}: give one of {', '.join(CHAPTERS)}")
    return [claim_id for claim_id, module in modules().items() if module.split(".")[2] == theory]


def module_of(claim_id: str) -> str:
    """The module that a claim stands in."""
    return modules()[claim_id]
