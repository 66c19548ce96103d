"""A user's own statements: one, or the steps of a derivation file, judged by the ledger's judge; and proofs that were kept, replayed.

Each name is loaded when it is asked for, so that who replays a proof loads no engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for type checkers and editors; what runs is `__getattr__`
    from proofs.check.files import Step, parse_claims, read_file
    from proofs.check.judging import DEFAULT_TIMEOUT, check_claims, check_one, check_statement

__all__ = ["DEFAULT_TIMEOUT", "Step", "check_claims", "check_one", "check_statement", "parse_claims", "read_file"]
OF_FILES = ("Step", "parse_claims", "read_file")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"proofs.check has no {name!r}")
    return getattr(importlib.import_module(f"proofs.check.{'files' if name in OF_FILES else 'judging'}"), name)
