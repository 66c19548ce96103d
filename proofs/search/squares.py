"""The search for sums of squares: s·p = Σ mₖ·qₖ² with s > 0 and mₖ ≥ 0, which the rule `squares` re-checks.

A semidefinite program (Clarabel) gives Gram matrices in floating point. Directions in which they vanish (the
zeros of p) are rounded and taken out of the basis; the rest is rounded, made exact on the coefficient
equations, and split by LDLᵀ over the rationals. A wrong turn here costs a certificate, never a false one.
"""

from __future__ import annotations

import functools
import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq, fmpq_mat

from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import GENS, NO_EXPONENT, ONE, RING, ZERO, Unsupported
from proofs.checker.solver import facts

SECONDS = 0.8  # for one sequent
MAX_GENERATORS = 6
MAX_DEGREE = 8
MAX_BASIS = 30  # monomials under one multiplier
MAX_UNKNOWNS = 700  # entries of all Gram matrices
MAX_BLOCKS = 24
MAX_EQUATIONS = 3
MAX_MULTIPLES = 80  # of what is zero
NULL = (1e-3, 1e-5)  # eigenvalues below this share of the largest are taken for zero
DENOMINATORS = (1, 2, 12, 1000, 10**6)  # a rounded Gram matrix: the simplest that works
FACES = 4  # rounds in which vanishing directions are taken out
Part = tuple[Any, Any, int]


@dataclass
class Block:
    """The squares under one multiplier: their polynomials are combinations of `basis`."""

    multiplier: Any
    basis: list[Any]
    equation: int = -1  # the premise of which it is a multiple, of any sign, where it is not a square

    def entries(self) -> list[tuple[int, int, Any]]:
        """(i, j, polynomial) of the upper triangle, column by column, the off-diagonal ones doubled."""
        return [
            (i, j, self.multiplier * self.basis[i] * self.basis[j] * (1 if i == j else 2))
            for j in range(len(self.basis))
            for i in range(j + 1)
        ]


@dataclass(frozen=True)
class Certificate:
    """s·goal = Σ mₖ·qₖ² + Σ f·e, with the factors f of what premises say is zero, by the places of these premises."""

    squares: tuple[sp.Expr, ...]  # s, m₁, q₁, m₂, q₂, …
    factors: tuple[tuple[int, sp.Expr], ...]


@functools.lru_cache(maxsize=256)
def certificate(sequent: Sequent) -> Certificate | None:
    """A sum of squares for the goal, up to multiples of what is zero, or None."""
    end = time.process_time() + SECONDS
    try:
        field, premises, (goal, _) = facts(sequent)
        if not field.rat(sequent.goal[0]).den.is_one():
            return None
        zeros = [*_zeros(sequent, field), *_relations(field, goal)]
    except (NeedSign, Unsupported):
        return None
    used = [i for i, d in enumerate(goal.degrees()) if d > 0 or any(zero.degrees()[i] > 0 for _, zero in zeros)]
    shares = {} if zeros else _shares(goal, used)
    goal = _raised(goal, shares, down=True)
    degree = int(goal.total_degree())
    if not 1 <= len(used) <= MAX_GENERATORS or not 1 <= degree <= MAX_DEGREE or (len(used) == 1 and degree > 1):
        return None
    if degree > 1 and any(field.gens[i].kind == "log" for i in used):
        return None  # log x beside x is no free variable: what holds here rests on more than squares
    signed = _signed(field, used, [p for p, rel in premises if rel in (">=", ">")]) if not shares else _signed_powers(field, shares)
    scales = [(ONE, 1), (ONE, len(signed))] if signed else [(ONE, 0)]
    if 1 < degree <= MAX_DEGREE - 2 and not zeros:
        scales.append((1 + sum((GENS[i] ** 2 for i in used), 0 * ONE), 1))
    if 1 < degree < MAX_DEGREE and len(used) > 1 and all(field.sign(GENS[i]) == 1 and field.sign_strict(GENS[i]) for i in used):
        scales.append((sum((GENS[i] for i in used), 0 * ONE), len(signed)))
    for scale, size in scales:
        found = _decomposition(scale * goal, used, _multipliers(signed, size, degree), _multiples(zeros, used, degree), end)
        if found is not None:
            pairs = itertools.chain(*((m, q) for m, q, equation in found if equation < 0))
            factors: dict[int, Any] = {}
            for m, _, equation in found:
                if equation >= 0:
                    factors[equation] = factors.get(equation, ZERO) + m / dict(zeros)[equation]
            told = tuple((index, field.poly_sympy(factor)) for index, factor in factors.items() if index < len(sequent.premises))
            return Certificate(tuple(field.poly_sympy(_raised(p, shares)) for p in (scale, *pairs)), told)
    return None


def _shares(goal: Any, used: Sequence[int]) -> dict[int, int]:
    """The largest power of each generator of which a goal of high degree is a polynomial, where it is more than the first."""
    if goal.total_degree() <= MAX_DEGREE:
        return {}
    found = {i: math.gcd(*(int(exponents[i]) for exponents, _ in goal.terms())) for i in used}
    return found if all(power > 1 for power in found.values()) else {}


def _raised(poly: Any, shares: dict[int, int], down: bool = False) -> Any:
    """The polynomial with powers of generators in place of them, or (down) with them in place of their powers."""
    if not shares:
        return poly
    terms = {}
    for exponents, c in poly.terms():
        powers = ((int(n), shares.get(i, 1)) for i, n in enumerate(exponents))
        terms[tuple(n // share if down else n * share for n, share in powers)] = c
    return RING.from_dict(terms)


def _signed_powers(field: Field, shares: dict[int, int]) -> list[Any]:
    """The powers that are seen to be ≥ 0, each by its generator."""
    return [GENS[i] for i, power in shares.items() if power % 2 == 0 or field.sign(GENS[i]) == 1]


def _zeros(sequent: Sequent, field: Field) -> list[tuple[int, Any]]:
    """The polynomials that premises say are zero, by the places of the premises."""
    found: list[tuple[int, Any]] = []
    for index, (expr, rel) in enumerate(sequent.premises):
        if rel == "==" and expr.free_symbols and len(found) < MAX_EQUATIONS:
            rat = field.rat(expr)
            if rat.den.is_one() and not rat.num.is_zero():
                found.append((index, rat.num))
    return found


def _relations(field: Field, goal: Any) -> Iterator[tuple[int, Any]]:
    """What is zero in every normal form, sin² + cos² − 1, of the generators of the goal; no premise says it, so no place is its."""
    place = len(field.premises)
    for i, gen in enumerate(field.gens):
        if gen.kind == "sin" and goal.degrees()[i] > 0:
            yield place + i, GENS[i] ** 2 + GENS[gen.partner] ** 2 - 1


def _multiples(zeros: Sequence[tuple[int, Any]], used: Sequence[int], degree: int) -> list[Block]:
    """Multiples of what is zero by monomials, of both signs, up to a degree."""
    blocks = []
    for index, zero in zeros:
        room = degree - int(zero.total_degree())
        for k in range(room + 1):
            for chosen in itertools.combinations_with_replacement(used, k):
                multiple = functools.reduce(lambda a, i: a * GENS[i], chosen, zero)
                blocks += [Block(multiple, [ONE], index), Block(-multiple, [ONE], index)]
    return blocks if len(blocks) <= MAX_MULTIPLES else []


def _signed(field: Field, used: Sequence[int], premises: Sequence[Any]) -> list[Any]:
    """Polynomials in the goal's generators that are seen to be ≥ 0: bounds, then premises."""
    found = []
    for i in used:
        gen = field.gens[i]
        found += [GENS[i] - gen.low] if gen.low is not None else []
        found += [gen.high - GENS[i]] if gen.high is not None else []
    for poly in premises:
        if all(d == 0 or i in used for i, d in enumerate(poly.degrees())) and field.sign(poly) == 1:
            found.append(poly)
    return list({str(p): p for p in found if not p.is_constant()}.values())


def _multipliers(signed: Sequence[Any], size: int, degree: int) -> list[Any]:
    products = [ONE]
    for k in range(1, size + 1):
        for chosen in itertools.combinations(signed, k):
            product = functools.reduce(lambda a, b: a * b, chosen)
            if product.total_degree() <= degree:
                products.append(product)
            if len(products) == MAX_BLOCKS:
                return products
    return products


def _decomposition(poly: Any, used: Sequence[int], multipliers: Sequence[Any], zeros: list[Block], end: float) -> list[Part] | None:
    """(mₖ, qₖ, the equation or −1) with poly = Σ mₖ·qₖ²."""
    shape = RING.from_dict({tuple(map(int, e)): fmpq(1) for p in (poly, *(zero.multiplier for zero in zeros)) for e, _ in p.terms()})
    start = _pruned([*(Block(m, _basis(shape, m, used)) for m in multipliers), *zeros], poly)
    sizes = [len(b.basis) for b in start]
    if not sizes or max(sizes) > MAX_BASIS or sum(n * (n + 1) // 2 for n in sizes) > MAX_UNKNOWNS:
        return None
    for null in NULL:
        blocks = start
        for _ in range(FACES):
            grams = _grams(blocks, poly, end)
            if grams is None:
                break
            faces = [_face(b, g, null) for b, g in zip(blocks, grams, strict=True)]
            if all(len(f.basis) == len(b.basis) for f, b in zip(faces, blocks, strict=True)):
                found = _rounded(blocks, grams, poly)
                if found is not None:
                    return found
                break
            blocks = [f for f in faces if f.basis]
            if not blocks:
                break
    return None


def _basis(poly: Any, multiplier: Any, used: Sequence[int]) -> list[Any]:
    """Monomials b, those of high degree first, for which multiplier·b² fits into the degrees of `poly`."""
    totals = [sum(map(int, e)) for e, _ in poly.terms()]
    own = [sum(map(int, e)) for e, _ in multiplier.terms()]
    high = (max(totals) - max(own)) // 2
    low = -((max(own) - min(totals)) // 2) if len(set(own)) == 1 else 0
    room = [(int(poly.degrees()[i]) - int(multiplier.degrees()[i])) // 2 for i in used]
    found = []
    for powers in itertools.product(*(range(r + 1) for r in room)):
        if max(low, 0) <= sum(powers) <= high:
            exponents = list(NO_EXPONENT)
            for i, n in zip(used, powers, strict=True):
                exponents[i] = n
            found.append((sum(powers), tuple(exponents)))
    return [RING.from_dict({e: fmpq(1)}) for _, e in sorted(found, reverse=True)]


def _pruned(blocks: list[Block], poly: Any) -> list[Block]:
    """Without monomials whose square nothing could cancel; only where all multipliers are monomials."""
    if any(len(b.multiplier) > 1 for b in blocks):
        return [b for b in blocks if b.basis]
    target = {tuple(map(int, e)) for e, _ in poly.terms()}
    while True:
        mixed = {_exponent(p) for b in blocks for i, j, p in b.entries() if i != j}
        kept = [Block(b.multiplier, [q for q in b.basis if _exponent(b.multiplier * q * q) in target | mixed]) for b in blocks]
        if [len(b.basis) for b in kept] == [len(b.basis) for b in blocks]:
            return [b for b in kept if b.basis]
        blocks = kept


def _exponent(monomial: Any) -> tuple[int, ...]:
    return tuple(map(int, next(iter(monomial.terms()))[0]))


def _equations(blocks: list[Block], poly: Any) -> tuple[dict[tuple[int, ...], int], list[dict[int, Any]]]:
    """Rows by monomial, and for each entry of the Gram matrices (then for `poly`) its column by row."""
    rows: dict[tuple[int, ...], int] = {}
    columns = []
    for p in (*(p for b in blocks for _, _, p in b.entries()), poly):
        columns.append({rows.setdefault(tuple(map(int, e)), len(rows)): c for e, c in p.terms()})
    return rows, columns


def solver_settings(seconds: float) -> Any:
    """Clarabel's settings for so many seconds, in one thread: its pool of threads does not live on in a forked process, which
    would wait for it for ever."""
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose, settings.time_limit, settings.max_threads = False, seconds, 1
    return settings


def _grams(blocks: list[Block], poly: Any, end: float) -> list[Any] | None:
    """Gram matrices in floating point, well inside their cone, or None."""
    import clarabel
    from scipy import sparse

    left = end - time.process_time()
    if left <= 0:
        return None
    rows, columns = _equations(blocks, poly)
    shapes = [(i, j) for b in blocks for i, j, _ in b.entries()]
    equations = np.zeros((len(rows), len(columns)))
    for k, column in enumerate(columns):
        for row, c in column.items():
            equations[row, k] = int(c.p) / int(c.q)
    cone = -np.diag([1.0 if i == j else np.sqrt(2) for i, j in shapes])
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix((len(shapes), len(shapes))),
        np.array([1.0 if b.equation >= 0 else 0.0 for b in blocks for _ in b.entries()]),  # of both signs: as small as they may be
        sparse.csc_matrix(np.vstack([equations[:, :-1], cone])),
        np.concatenate([equations[:, -1], np.zeros(len(shapes))]),
        [clarabel.ZeroConeT(len(rows)), *(clarabel.PSDTriangleConeT(len(b.basis)) for b in blocks)],
        solver_settings(left),
    )
    solution = solver.solve()
    if str(solution.status) not in ("Solved", "AlmostSolved"):
        return None
    grams, values = [], iter(solution.x)
    for block in blocks:
        gram = np.zeros((len(block.basis),) * 2)
        for i, j, _ in block.entries():
            gram[i, j] = gram[j, i] = next(values)
        grams.append(gram)
    return grams


def _face(block: Block, gram: Any, null: float) -> Block:
    """The block without the directions in which its Gram matrix vanishes, rounded to simple rationals."""
    values, vectors = np.linalg.eigh(gram)
    kernel = vectors[:, values < null * max(1.0, values[-1])].T.copy()
    pivots: list[int] = []
    for k in range(len(kernel)):
        row, column = divmod(int(np.argmax(np.abs(kernel[k:]))), kernel.shape[1])
        kernel[[k, k + row]] = kernel[[k + row, k]]
        kernel[k] /= kernel[k, column]
        for other in range(len(kernel)):
            if other != k:
                kernel[other] -= kernel[other, column] * kernel[k]
        pivots.append(column)
    basis = []
    for j, q in enumerate(block.basis):
        if j not in pivots:
            for k, column in enumerate(pivots):
                share = Fraction(float(kernel[k, j])).limit_denominator(50)
                q = q - fmpq(share.numerator, share.denominator) * block.basis[column]
            basis.append(q)
    return Block(block.multiplier, basis, block.equation)


def _rounded(blocks: list[Block], grams: list[Any], poly: Any) -> list[Part] | None:
    """(mₖ, qₖ) from Gram matrices near `grams` that satisfy the coefficient equations exactly."""
    rows, columns = _equations(blocks, poly)
    table = [[fmpq(0)] * len(columns) for _ in rows]
    for k, column in enumerate(columns):
        for row, c in column.items():
            table[row][k] = c
    reduced, rank = fmpq_mat(table).rref()
    lines = [[reduced[r, k] for k in range(len(columns))] for r in range(rank)]
    pivots = [next(k for k, c in enumerate(line) if c != 0) for line in lines]
    if pivots and pivots[-1] == len(columns) - 1:
        return None
    near = [float(g[i, j]) for b, g in zip(blocks, grams, strict=True) for i, j, _ in b.entries()]
    for largest in DENOMINATORS:
        simple = [Fraction(v).limit_denominator(largest) for v in near]
        values = [fmpq(v.numerator, v.denominator) for v in simple]
        for line, pivot in zip(lines, pivots, strict=True):
            others = (c * values[k] for k, c in enumerate(line[:-1]) if k != pivot and c != 0)
            values[pivot] = line[-1] - sum(others, fmpq(0))
        found = _squares(blocks, values)
        if found is not None:
            return found
    return None


def _squares(blocks: list[Block], values: list[Any]) -> list[Part] | None:
    """LDLᵀ of every Gram matrix; None where one has a negative direction."""
    found, rest = [], iter(values)
    for block in blocks:
        n = len(block.basis)
        gram = [[fmpq(0)] * n for _ in range(n)]
        for i, j, _ in block.entries():
            gram[i][j] = gram[j][i] = next(rest)
        for k in range(n):
            pivot = gram[k][k]
            if pivot < 0 or (pivot == 0 and any(gram[k])):
                return None
            if pivot == 0:
                continue
            row = [c / pivot for c in gram[k]]
            square = sum((c * q for c, q in zip(row, block.basis, strict=True)), 0 * ONE)
            found.append((pivot * block.multiplier, square, block.equation))
            for i in range(k + 1, n):  # column k of these rows becomes zero, as the columns before it are
                factor = gram[i][k]
                gram[i] = [c - factor * r for c, r in zip(gram[i], row, strict=True)]
    return found
