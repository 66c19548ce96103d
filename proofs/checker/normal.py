"""The normal form of one expression under premises, kept between questions."""

from __future__ import annotations

import functools

import sympy as sp

from proofs.checker.field import Field
from proofs.checker.logic import Atom
from proofs.checker.quotients import Rat


@functools.lru_cache(maxsize=512)
def normal_form(premises: tuple[Atom, ...], expr: sp.Expr) -> tuple[Field, Rat]:
    """A field of its own for each expression, so that no later one changes its generators.

    Raises: NeedSign, Unsupported.
    """
    found = Field(premises)
    return found, found.rat(expr)
