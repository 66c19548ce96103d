"""A claim is data: what is said, under which hypotheses, what must hold, and what must be rejected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import sympy as sp

from proofs.kernel.statements import Agrees, Statement

PAPER = "Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised"
OURS = "ours"


@dataclass(frozen=True)
class NearMiss:
    """A false variant: `changes` replaces entries of the claim's `stated`. It must be rejected."""

    says: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement to be judged. It has no verdict.

    `id`: the statement as a slug; `says`: one sentence; `stated`: the formulas as the source writes them,
    which is what near misses change; `parts(said)`: the exact statements that together are the claim, built
    by holding what is stated against what `theory` derives (a part that only runs can settle is an `Agrees`, and
    the claim is then SUPPORTED at best, unless Coq's kernel carries that part); `runs(said)`: the same claim held against runs;
    `hypotheses`: named premises; `witnesses`: concrete values at which the hypotheses hold, so that nothing
    is said of nothing; `repaired_by`: for a claim that is false as its source states it, the row that
    repairs it; `shares`: claims of one name here rest on one long run or on the same parts, and one process judges them;
    `plain`: for the README's "What we found", the finding in plain words; `coq`: for parts that Coq's kernel
    accepts, by their ids, the theorems that together are the part (proofs/coq/audit.py); `without_near_miss`: for parts
    that no near miss changes, by their ids, why none exists; `measured_because`: for a claim that runs support, what is not
    proved of it and what of it is.
    """

    id: str
    says: str
    source: str
    stated: Mapping[str, Any] = field(default_factory=dict)
    parts: Callable[[SimpleNamespace], tuple[Statement, ...]] = lambda said: ()
    runs: Callable[[SimpleNamespace], tuple[Agrees, ...]] = lambda said: ()
    hypotheses: Mapping[str, sp.Basic] = field(default_factory=dict)
    witnesses: tuple[Mapping[sp.Symbol, sp.Expr], ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    repaired_by: str | None = None
    shares: str = ""
    plain: str = ""
    coq: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without_near_miss: Mapping[str, str] = field(default_factory=dict)
    measured_because: str = ""

    def said(self, changes: Mapping[str, Any] | None = None) -> SimpleNamespace:
        """The stated formulas by name, with a near miss's changes in place."""
        unknown = set(changes or {}) - set(self.stated)
        if unknown:
            raise ValueError(f"the near miss changes {sorted(unknown)}, which claim {self.id} does not state")
        return SimpleNamespace(**{**self.stated, **(changes or {})})

    @property
    def premises(self) -> tuple[sp.Basic, ...]:
        """The hypotheses as premises for statements."""
        return tuple(self.hypotheses.values())


@dataclass(frozen=True, kw_only=True)
class Question(Claim):
    """A user's own statements, together one claim: its verdict is made as that of any other, but it has neither near misses nor a
    named witness, and none is demanded. The ledger takes no question: its claims must be guarded."""

    source: str = "the user"
