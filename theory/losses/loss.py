"""What a loss is: a name and one method. The rest is derived from that method."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any, ClassVar

import sympy as sp

from theory.losses.classes import Label, PerClass, per_class, total
from theory.shown import Sheet, Shown


class LossKind(Enum):
    """What a loss is as a function of the logits, by which the coordinates of a run are chosen.

    SQUARED: ½ ‖e_y − 1/c − l‖², so that the flow is a polynomial in W and H that a rotation to the modes makes sparse.
    LINEAR: ∂ℓ/∂l = 1/c − e_y, so that the modes of Z carry the whole flow. AFFINE: affine in the logits, with another
    gradient. GENERAL: none of these. What LINEAR and AFFINE losses have learned never stops growing.
    """

    SQUARED = auto()
    LINEAR = auto()
    AFFINE = auto()
    GENERAL = auto()

    @property
    def is_affine(self) -> bool:
        """Whether ℓ is affine in the logits."""
        return self in (LossKind.LINEAR, LossKind.AFFINE)


class Loss(Shown, ABC):
    """A per-sample loss of a logit vector and a label.

    A subclass gives `name` (what the command line calls it), `source`, and `sample_loss`; gradient, flow,
    first-order target and compiled right-hand side are derived. It may declare its `kind`, for every number of classes and every
    value of its parameters, which saves the expansion that else finds it; see `declared_kind`. Its parameters are its instance attributes:
    exact numbers, set by a constructor that has a default for each (see `theory.exact.exact`).
    """

    name: ClassVar[str]
    source: ClassVar[str]
    kind: ClassVar[LossKind | None] = None

    @abstractmethod
    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        """ℓ(logits, label), unweighted, for one sample.

        Arguments: `logits`, c real SymPy symbols; `label`, 0 … c−1; `counts`, the class counts, for losses
        with margins or priors (others ignore them). Written with `theory.losses.classes`, its formula for every
        number of classes is derived; written out over the classes, it is read off small numbers of them.
        """

    def torch_reference(self, logits: Any, label: int, counts: Sequence[int]) -> Any:
        """The same loss written in torch, for the tests: a scalar from a vector of c logits.

        Returns: None where a loss declares no reference.
        """
        return None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The exact parameters by name."""
        return dict(vars(self))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Loss) and self.parameters == other.parameters

    def __hash__(self) -> int:
        return hash((type(self), tuple(sorted((name, str(value)) for name, value in self.parameters.items()))))

    def brief(self) -> str:
        """The parameters with their values, such as "focusing=2"; empty for a loss without parameters."""
        return ", ".join(f"{name}={value}" for name, value in self.parameters.items())

    def shown(self) -> Sheet:
        """The loss of a sample of class 0 of three, with symbolic counts."""
        counts = sp.symbols("n_0:3", positive=True)
        formula = self.sample_loss(logit_symbols(3), 0, counts)
        facts = {"source": self.source, **self.parameters, "shown for": "a sample of class 0 of three, logits l, counts n"}
        return Sheet(f"{self.name} loss", facts, formula=formula)

    def gradient(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
        """∂ℓ/∂logits, c entries."""
        value = self.sample_loss(logits, label, counts)
        return tuple(sp.diff(value, logit) for logit in logits)

    def hessian(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> sp.Matrix:
        """∂²ℓ/∂logits², c × c."""
        return sp.hessian(self.sample_loss(logits, label, counts), logits)


def declared_kind(loss: Loss) -> LossKind | None:
    """The kind that the class of a loss declares; None where it, or what it inherits from on the way, gives another `sample_loss`."""
    for base in type(loss).__mro__:
        if "kind" in vars(base):
            return loss.kind
        if "sample_loss" in vars(base):
            return None
    return None


def logit_symbols(c: int) -> tuple[sp.Symbol, ...]:
    """Real symbols l_0 … l_(c−1) for one sample's logits."""
    return sp.symbols(f"l_0:{c}", real=True)


def softmax_loss(logits: PerClass, label: Label) -> sp.Expr:
    """log Σ_k e^(l_k) − l_y: the cross-entropy of the softmax, on which other losses build."""
    return sp.log(total(per_class(sp.exp, logits))) - logits[label]
