"""The singular values of the centred labels: exact under STEP, interlaced with the counts in general."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import flint
import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from proofs.claims.common import HALF, STEP_WITNESS, identity
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Measurement
from theory import symbols
from theory.data import counts, labels
from theory.data.counts import ClassCounts
from theory.symbols import R, m_majority, m_minority, n_majority, n_minority

MIDDLE_SQUARED = (m_minority * n_majority + m_majority * n_minority) / (m_majority + m_minority)
SIZES = (m_majority, m_minority)


def _step_parts(said):
    """c − 1 eigenvectors of ZZᵀ, whose entries are not simplified; by the trace the last eigenvalue is 0."""
    groups = counts.symbolic_step()
    entries = labels.gram_entries(groups, (sp.Integer(1),) * 2)
    on_group = [(entries.own[g] + (m - 1) * entries.other[g][g]) / m for g, m in enumerate(SIZES)]  # a row of group g times 1/m on group g
    across = entries.other[0][1]
    *_, (middle, _) = labels.label_spectrum(groups)
    halves = {m_majority: m_minority, n_majority: R, n_minority: 1}
    squares = said.times_majority * said.majority**2 + said.times_minority * said.minority**2 + said.middle_squared
    return (
        identity(
            "within-majority",
            "the difference of two majority classes is an eigenvector: σ² within the majority group",
            entries.own[0] - entries.other[0][0],
            said.majority**2,
        ),
        identity(
            "within-minority",
            "the difference of two minority classes is an eigenvector: σ² within the minority group",
            entries.own[1] - entries.other[1][1],
            said.minority**2,
        ),
        identity(
            "middle-on-majority",
            "1/m_maj on the majority, −1/m_min on the minority: the middle σ², majority rows",
            on_group[0] - across,
            said.middle_squared / m_majority,
        ),
        identity(
            "middle-on-minority", "the same vector: the middle σ², minority rows", across - on_group[1], -said.middle_squared / m_minority
        ),
        identity(
            "trace",
            "the trace of ZZᵀ is the sum of the σ², each as often as stated: the one eigenvalue that is left is 0",
            sum(m * own for m, own in zip(SIZES, entries.own, strict=True)),
            squares,
        ),
        identity(
            "middle-of-equal-halves", "σ of the middle mode for equal halves", middle.subs(halves, simultaneous=True), said.middle_halves
        ),
    )


# How it is run ----------------------------------------------------------------------------


def step_spectrum_error(majority: sp.Expr, minority: sp.Expr, middle_squared: sp.Expr) -> Measurement:
    """Relative error of the stated singular values against an SVD of Z, for many sizes."""
    arguments = (symbols.m_majority, symbols.m_minority, symbols.n_majority, symbols.n_minority)
    values = [settings.compiled(value, *arguments) for value in (majority, minority, sp.sqrt(middle_squared))]

    def errors() -> Iterator[tuple[str, float]]:
        for big in range(1, 5):
            for small in range(1, 5):
                for class_counts in ((5, 2), (40, 1), (9, 8)):
                    Z_found = centred_labels(ClassCounts((class_counts[0],) * big + (class_counts[1],) * small))
                    found = np.linalg.svd(Z_found, compute_uv=False)[: big + small - 1]
                    point = (big, small, *class_counts)
                    stated = [values[0](*point)] * (big - 1) + [values[1](*point)] * (small - 1) + [values[2](*point)]
                    yield f"m={big},{small}, n={class_counts}", settings.relative(found, np.sort(stated)[::-1])

    return settings.worst(errors())


def interlacing_violations(upper_shift: int, lower_shift: int) -> Measurement:
    """How often n_(j+upper_shift) ≥ σ_j² ≥ n_(j+lower_shift) fails, over random counts, decided exactly.

    The polynomial det(x − P diag(n) P) has real roots alone, so the number of its roots above a rational y,
    with multiplicity, is the number of sign changes of its coefficients after the shift x → x + y (Descartes).
    """
    generator = np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(200):
            c = int(generator.integers(2, 11))
            counts = sorted((int(n) for n in np.exp(generator.uniform(0, np.log(1000), c))), reverse=True)
            polynomial = _gram_polynomial(counts)
            violations = 0
            for j in range(1, c):
                upper, lower = counts[j - 1 + upper_shift], counts[j - 1 + lower_shift]
                # σ_j² ≤ upper: at most j − 1 roots above it; σ_j² ≥ lower: at least j roots not below it.
                violations += _roots_above(polynomial, upper) > j - 1
                violations += c - _roots_above(_mirrored(polynomial), -lower) < j
            yield str(counts), float(violations)

    return settings.worst(errors())


def _gram_polynomial(counts: list[int]) -> flint.fmpq_poly:
    c = len(counts)
    P = flint.fmpq_mat(c, c, [flint.fmpq(c * (i == j) - 1, c) for i in range(c) for j in range(c)])
    N = flint.fmpq_mat(c, c, [flint.fmpq(counts[i] * (i == j)) for i in range(c) for j in range(c)])
    return (P * N * P).charpoly()


def _mirrored(polynomial: flint.fmpq_poly) -> flint.fmpq_poly:
    return polynomial(flint.fmpq_poly([0, -1]))


def _roots_above(polynomial: flint.fmpq_poly, value: int) -> int:
    signs = [coefficient > 0 for coefficient in polynomial(flint.fmpq_poly([value, 1])).coeffs() if coefficient != 0]
    return sum(a != b for a, b in pairwise(signs))


CLAIMS = (
    Claim(
        id="label-spectrum-step",
        says="STEP, m_maj classes of n_maj samples and m_min of n_min: the c − 1 singular values of Z that need not vanish are "
        "√n_maj (m_maj − 1 times), √n_min (m_min − 1 times) and one middle value with "
        "σ² = (m_min n_maj + m_maj n_min)/c; for equal halves and counts R and 1 it is √((R + 1)/2).",
        source=PAPER,
        stated={
            "majority": sp.sqrt(n_majority),
            "minority": sp.sqrt(n_minority),
            "middle_squared": MIDDLE_SQUARED,
            "times_majority": m_majority - 1,
            "times_minority": m_minority - 1,
            "middle_halves": sp.sqrt((R + 1) / 2),
        },
        witnesses=(STEP_WITNESS,),
        parts=_step_parts,
        runs=lambda said: (
            Agrees(
                id="floating-point-svd",
                says="floating-point SVD of Z for many sizes",
                uses=("majority", "minority", "middle_squared"),
                measure=lambda: step_spectrum_error(said.majority, said.minority, said.middle_squared),
                bound=settings.SVD_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss(
                "the middle value weighs each count with its own group",
                {"middle_squared": (m_majority * n_majority + m_minority * n_minority) / (m_majority + m_minority)},
            ),
            NearMiss("the middle value doubled", {"middle_squared": 2 * MIDDLE_SQUARED}),
            NearMiss("σ = n_maj without the root", {"majority": n_majority}),
            NearMiss("σ = n_min without the root", {"minority": n_minority}),
            NearMiss("√n_maj once for each majority class", {"times_majority": m_majority}),
            NearMiss("equal halves: 0.4 in place of 1/2", {"middle_halves": (R / HALF * sp.Rational(2, 5)) ** HALF}),
        ),
        coq={
            **{
                part: (f"rates.step.{theorem}", "matrices.spectrum.label_spectrum_of_step")
                for part, theorem in (
                    ("within-majority", "difference_of_majority_classes"),
                    ("within-minority", "difference_of_minority_classes"),
                    ("middle-on-majority", "middle_vector_on_majority"),
                    ("middle-on-minority", "middle_vector_on_minority"),
                    ("trace", "trace_is_sum_of_squares"),
                )
            },
            "middle-of-equal-halves": ("rates.effective.middle_singular_value_of_equal_halves",),
        },
    ),
    Claim(
        id="label-spectrum-interlaces-counts",
        says="Any counts n_(1) ≥ … ≥ n_(c) of c ≥ 2 classes, ties among them too: Z has, beside 0, the singular values "
        "σ_1 ≥ … ≥ σ_(c−1) with n_(j) ≥ σ_j² ≥ n_(j+1).",
        source=OURS,
        stated={"upper_shift": 0, "lower_shift": 1},
        parts=lambda said: (
            Agrees(
                id="spectrum-interlaces-counts",
                says="violations among random counts, decided by exact root counting of the characteristic polynomial",
                uses=("upper_shift", "lower_shift"),
                measure=lambda: interlacing_violations(said.upper_shift, said.lower_shift),
                bound=0,
            ),
        ),
        near_misses=(
            NearMiss("σ_j² ≥ n_(j): the lower bound one place too high", {"lower_shift": 0}),
            NearMiss("n_(j+1) ≥ σ_j²: the upper bound one place too low", {"upper_shift": 1}),
        ),
        coq={"spectrum-interlaces-counts": ("matrices.ties.spectrum_interlaces_counts",)},
    ),
)
