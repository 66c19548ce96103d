"""Plain exact linear algebra for the properties: matrices of fractions, and ratios whose powers are fractions.

It shares no code with `theory`: a Gram matrix is multiplied out, a spectrum is a characteristic polynomial.
"""

from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat, fmpq_poly
from hypothesis import strategies as st

from proofs import strategies


def q(number):
    """A SymPy rational, a Fraction or an int as a FLINT rational."""
    return number if isinstance(number, fmpq) else fmpq(int(number.numerator), int(number.denominator))


def matrix(rows):
    """A matrix of fractions from rows of numbers."""
    return fmpq_mat(len(rows), len(rows[0]), [q(entry) for row in rows for entry in row])


def diagonal(entries):
    return matrix([[entry if i == j else 0 for j in range(len(entries))] for i, entry in enumerate(entries)])


def column(entries):
    return matrix([[entry] for entry in entries])


def identity(size):
    return diagonal([1] * size)


def centring(c):
    """P = I − 11ᵀ/c."""
    return matrix([[Fraction(int(i == j) * c - 1, c) for j in range(c)] for i in range(c)])


def labels(counts):
    """Z = PY, sample by sample."""
    c = len(counts)
    return centring(c) * matrix([[int(j == k) for k, n in enumerate(counts) for _ in range(n)] for j in range(c)])


def gram(numbers):
    """P diag(numbers) P, which is ZZᵀ for counts n, the Gram matrix of ZΩ for nω², and ZΩZᵀ for nω."""
    P = centring(len(numbers))
    return P * diagonal(numbers) * P


def spectrum(values):
    """The characteristic polynomial of a symmetric matrix with these eigenvalues."""
    polynomial = fmpq_poly([1])
    for value in values:
        polynomial *= fmpq_poly([-q(value), 1])
    return polynomial


def rayleigh(form, vector):
    """xᵀFx / xᵀx."""
    return (vector.transpose() * form * vector)[0, 0] / (vector.transpose() * vector)[0, 0]


def eigenvalue(form, vector):
    """λ with Fx = λx; None where x is no eigenvector."""
    value = rayleigh(form, vector)
    return value if form * vector == vector * value else None


def middle_vector(majority, minority):
    """The middle direction of STEP: constant on each group, orthogonal to 1."""
    return column([Fraction(1, majority)] * majority + [Fraction(-1, minority)] * minority)


def step(sizes, of_majority, of_minority):
    """One number for each class: the number of its group."""
    return [of_majority] * sizes[0] + [of_minority] * sizes[1]


def rational_matrices(rows, columns, largest=3):
    """Random matrices with small fractions."""
    entries = st.fractions(-largest, largest, max_denominator=4)
    return st.lists(entries, min_size=rows * columns, max_size=rows * columns).map(
        lambda flat: fmpq_mat(rows, columns, [q(entry) for entry in flat])
    )


def orthogonal_matrices(size):
    """Random rational orthogonal matrices: (I − S)(I + S)⁻¹ of a skew S."""

    def cayley(S):
        skew, one = S - S.transpose(), identity(size)
        return (one - skew) * (one + skew).inv()

    return rational_matrices(size, size, 2).map(cayley)


def columns_of(square, k):
    """The first k columns."""
    return fmpq_mat(square.nrows(), k, [square[i, j] for i in range(square.nrows()) for j in range(k)])


@dataclass(frozen=True)
class Power:
    """R = root^(2·parts) and γ = steps/parts, so that R^γ, R^(1/2) and R^(1/2 − γ) are fractions."""

    root: Fraction
    steps: int
    parts: int

    @property
    def R(self):
        return self.root ** (2 * self.parts)

    @property
    def gamma(self):
        return Fraction(self.steps, self.parts)

    def to(self, exponent):
        """R^exponent, for a multiple of 1/(2·parts)."""
        power = exponent * 2 * self.parts
        assert power == int(power)
        return self.root ** int(power)

    @property
    def weight(self):
        """ω = R^(−γ) of a class with R samples, beside 1 of a class with one."""
        return self.to(-self.gamma)


def powers(least=1):
    """R ≥ 1 and γ in [0, 1]: R = 1 (unless least > 1), γ = 0, 1/2 and 1 often, R beyond a million too."""
    whole = st.one_of(st.just(1 if least == 1 else 2), st.integers(2, 12), *[st.integers(13, 2000)] * 2).map(Fraction)
    roots = st.one_of(whole, st.fractions(Fraction(11, 10), 6, max_denominator=10))
    exponents = st.one_of(st.sampled_from([(1, 2), (0, 1), (1, 1)]), st.sampled_from([(1, 4), (3, 4), (1, 3), (2, 3), (1, 2)]))
    return st.tuples(roots, exponents).map(lambda drawn: Power(drawn[0], *drawn[1]))


sizes = strategies.splits(8)
large_sizes = st.tuples(st.integers(2, 4), st.integers(2, 4))  # two classes or more a group
