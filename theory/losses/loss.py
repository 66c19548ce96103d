"""What a loss is: a name and one method. The rest is derived from that method."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import sympy as sp


class Loss(ABC):
    """A per-sample loss of a logit vector and a label.

    A subclass gives `name` (what the command line calls it), `source`, and `sample_loss`; gradient, flow,
    first-order target and compiled right-hand side are derived.
    """

    name: ClassVar[str]
    source: ClassVar[str]

    @abstractmethod
    def sample_loss(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> sp.Expr:
        """ℓ(logits, label), unweighted, for one sample.

        Arguments: `logits`, c real SymPy symbols; `label`, 0 … c−1; `counts`, the class counts, for losses
        with margins or priors (others ignore them).
        """

    def gradient(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
        """∂ℓ/∂logits, c entries."""
        value = self.sample_loss(logits, label, counts)
        return tuple(sp.diff(value, logit) for logit in logits)


def logit_symbols(c: int) -> tuple[sp.Symbol, ...]:
    """Real symbols l_0 … l_(c−1) for one sample's logits."""
    return sp.symbols(f"l_0:{c}", real=True)


def softmax_loss(logits: Sequence[sp.Expr], label: int) -> sp.Expr:
    """log Σ_k e^(l_k) − l_y: the cross-entropy of the softmax, on which other losses build."""
    return sp.log(sp.Add(*(sp.exp(logit) for logit in logits))) - logits[label]
