"""Which feature is which mode: the singular vectors of the centred labels under STEP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from proofs.claims.common import STEP_WITNESS, identities, product
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.weighted_flow import COUNTS, GROUPS
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory.algebra import partition
from theory.symbols import m_majority, m_minority, n_majority, n_minority

SIZES = (m_majority, m_minority)
PATTERN = (1 / m_majority, -1 / m_minority)  # the middle mode on a class of each group, up to its length
LENGTH_SQUARED = 1 / m_majority + 1 / m_minority
MIDDLE_SQUARED = (m_minority * n_majority + m_majority * n_minority) / (m_majority + m_minority)


def _contrast_parts(said: SimpleNamespace, g: int, name: str) -> tuple[Holds, ...]:
    """u = e_i − e_j of group g; classes: i, j, the rest of the group, the other group. Zᵀu on a class, and ZZᵀu."""
    sizes = (sp.Integer(1), sp.Integer(1), GROUPS[g].size - 2, GROUPS[1 - g].size)
    P = partition.centring(sizes).quotient()
    contrast = sp.Matrix([1, said.sign, 0, 0])
    counts = sp.diag(*[COUNTS[g]] * 3, COUNTS[1 - g])
    on_classes = product(P, contrast)
    return (
        identities(
            f"{name}-contrast-on-samples",
            f"a contrast of two {name} classes: Zᵀu is u at the label of the sample",
            zip(on_classes, contrast, strict=True),
        ),
        identities(
            f"{name}-contrast-is-a-mode",
            f"and Z takes it back to n times u: σ² is the count of the {name}",
            zip(product(P, product(counts, on_classes)), said.squares[g] * contrast, strict=True),
        ),
    )


def _middle_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    P, pattern = partition.centring(SIZES).quotient(), sp.Matrix(said.pattern)
    on_classes = product(P, pattern)
    return (
        identities(
            "middle-on-samples", "majority against minority: Zᵀu is u at the label of the sample", zip(on_classes, pattern, strict=True)
        ),
        identities(
            "middle-is-a-mode",
            "and Z takes it back to the middle σ² times u",
            zip(product(P, product(sp.diag(*COUNTS), on_classes)), MIDDLE_SQUARED * pattern, strict=True),
        ),
        identities(
            "lengths",
            "the squared length of u, and that of Zᵀu, which is σ² times it: v = Zᵀu/σ is a unit vector where u is",
            (
                (sp.Add(*(m * y**2 for m, y in zip(SIZES, pattern, strict=True))), said.length_squared),
                (sp.Add(*(m * n * y**2 for m, n, y in zip(SIZES, COUNTS, pattern, strict=True))), MIDDLE_SQUARED * said.length_squared),
            ),
        ),
    )


# How it is run ----------------------------------------------------------------------------


def vector_error(pattern: Sequence[sp.Expr]) -> Measurement:
    """The middle left singular vector of Z in floating point against the stated pattern: 1 − |cosine|, many sizes."""
    values = [settings.compiled(entry, m_majority, m_minority) for entry in pattern]

    def errors() -> Iterator[tuple[str, float]]:
        for big, small in ((1, 1), (2, 2), (3, 1), (1, 4), (5, 3)):
            counts = settings.grouped_counts((big, small, 7, 2))
            U, _, _ = np.linalg.svd(centred_labels(counts), full_matrices=False)
            stated = np.array([values[0](big, small)] * big + [values[1](big, small)] * small)
            cosine = float(U[:, big - 1] @ stated / np.linalg.norm(stated))
            yield f"m={big},{small}", 1 - abs(cosine)

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="singular-vectors-step",
        says="STEP: the left singular vectors of Z are the contrasts among majority classes (at σ² = n_maj), the contrasts among "
        "minority classes (at σ² = n_min), and majority against minority, 1/m_maj on majority and −1/m_min on minority classes (at the "
        "middle σ²), and where n_maj ≠ n_min no others at these values; the right one is v = Zᵀu/σ, u_y/σ on a sample of class y.",
        source=OURS,
        stated={"sign": sp.Integer(-1), "squares": (n_majority, n_minority), "pattern": PATTERN, "length_squared": LENGTH_SQUARED},
        witnesses=(STEP_WITNESS,),
        parts=lambda said: (*_contrast_parts(said, 0, "majority"), *_contrast_parts(said, 1, "minority"), *_middle_parts(said)),
        runs=lambda said: (
            Agrees(
                id="floating-point-svd",
                says="the middle left singular vector of a floating-point SVD",
                uses=("pattern",),
                measure=lambda: vector_error(said.pattern),
                bound=settings.SVD_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the sum of two classes of a group in place of their difference", {"sign": sp.Integer(1)}),
            NearMiss("the counts of the groups exchanged", {"squares": (n_minority, n_majority)}),
            NearMiss("1 on the majority and −1 on the minority, whatever their sizes", {"pattern": (sp.Integer(1), sp.Integer(-1))}),
            NearMiss("a length of 1/m_maj − 1/m_min", {"length_squared": 1 / m_majority - 1 / m_minority}),
        ),
        plain="which feature is which mode under STEP: contrasts among majority classes, among minority classes, and one against the other",
        coq={
            part: (f"rates.vectors.{part.replace('-', '_')}", "matrices.vectors.singular_rows_of_step")
            for part in (
                "majority-contrast-on-samples",
                "majority-contrast-is-a-mode",
                "minority-contrast-on-samples",
                "minority-contrast-is-a-mode",
                "middle-on-samples",
                "middle-is-a-mode",
                "lengths",
            )
        },
    ),
)
