"""What a loss does with its classes, written so that their number may be a symbol.

A loss that touches its classes only through these functions, `logits[label]` and `counts[label]` never asks how
many there are. On sequences it gives the loss of explicit classes; on `Grouped` values the same code gives the
loss for every number of classes, with the group sizes as symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp


class OwnLabel:
    """The label of a sample where values are `Grouped`: it selects the sample's own class and tells nothing else."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise TypeError("a label only indexes: which class it is stays open")


OWN_LABEL = OwnLabel()


@dataclass(frozen=True)
class Grouped:
    """One value for each kind of class: first the sample's own class, then the others of each group.

    `multiplicities` tells how many classes there are of each kind, numbers or symbols. It has no length and
    no iteration, because code that needs them does not give one formula for every number of classes.
    """

    entries: tuple[sp.Expr, ...]
    multiplicities: tuple[sp.Expr, ...]

    __iter__ = None

    def __getitem__(self, label: OwnLabel) -> sp.Expr:
        if label is not OWN_LABEL:
            raise TypeError("only the sample's own class has a place here")
        return self.entries[0]


PerClass: TypeAlias = "Sequence[sp.Expr] | Grouped"
Label: TypeAlias = Any  # an int, or OWN_LABEL


def entries_of(values: PerClass) -> Sequence[sp.Expr]:
    """The values: one for each class, or one for each kind of class."""
    return values.entries if isinstance(values, Grouped) else values


def per_class(function: Callable[..., sp.Expr], *values: PerClass) -> PerClass:
    """function(value, …) class by class."""
    kinds = {value.multiplicities if isinstance(value, Grouped) else None for value in values}
    if len(kinds) > 1:
        raise TypeError("values of explicit classes do not go with those of groups, nor groups with other groups")
    mapped = tuple(function(*entries) for entries in zip(*map(entries_of, values), strict=True))
    (multiplicities,) = kinds
    return mapped if multiplicities is None else Grouped(mapped, multiplicities)


def total(values: PerClass, but: Label | None = None) -> sp.Expr:
    """The sum over the classes, without the class `but` where it is given."""
    if isinstance(values, Grouped):
        kinds = tuple(zip(values.multiplicities, values.entries, strict=True))
        return sp.Add(*(many * value for many, value in (kinds if but is None else kinds[1:])))
    return sp.Add(*(value for k, value in enumerate(values) if but is None or k != but))


def number_of_classes(values: PerClass) -> sp.Expr:
    """The number of classes c, which is an expression where values are `Grouped`."""
    return sp.Add(*values.multiplicities) if isinstance(values, Grouped) else sp.Integer(len(values))


def largest(values: PerClass) -> sp.Expr:
    """The largest over the classes."""
    return sp.Max(*entries_of(values))


def smallest(values: PerClass) -> sp.Expr:
    """The smallest over the classes."""
    return sp.Min(*entries_of(values))


def one_hot(values: PerClass, label: Label) -> PerClass:
    """1 for the class of the label and 0 for the others."""
    if isinstance(values, Grouped):
        return Grouped((sp.Integer(1), *(sp.Integer(0),) * (len(values.entries) - 1)), values.multiplicities)
    return tuple(sp.Integer(k == label) for k in range(len(values)))
