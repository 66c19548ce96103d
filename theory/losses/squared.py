"""The squared loss on simplex-encoded labels."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.losses.loss import Loss


class Squared(Loss):
    """ℓ = ½ ‖z_y − l‖² with z_y = e_y − 1/c, the centred one-hot label."""

    name = "squared"
    source = "Zhao and Thrampoulidis, arXiv 2601.12011 (2026): the squared loss on simplex-encoded labels"

    def sample_loss(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> sp.Expr:
        c = len(logits)
        target = [sp.Integer(k == label) - sp.Rational(1, c) for k in range(c)]
        return sp.Add(*((z - logit) ** 2 for z, logit in zip(target, logits, strict=True))) / 2
