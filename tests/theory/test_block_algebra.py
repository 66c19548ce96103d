"""Block-symmetric matrices against the explicit matrices they stand for."""

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from proofs import strategies
from theory.algebra import partition
from theory.data import counts
from theory.exact import InvalidInput
from theory.symbols import m_majority, m_minority

entries = st.fractions(-5, 5, max_denominator=4).map(sp.Rational)


@st.composite
def pairs(draw, symmetric=False):
    sizes = tuple(map(sp.Integer, draw(strategies.group_sizes())))
    g = len(sizes)

    def one():
        blocks = sp.Matrix(g, g, draw(st.lists(entries, min_size=g * g, max_size=g * g)))
        if symmetric:
            blocks = (blocks + blocks.T) / 2
        diagonal = draw(st.lists(entries, min_size=g, max_size=g))
        return partition.BlockMatrix(sizes, tuple(diagonal), blocks.as_immutable())

    return one(), one()


@given(pairs(), entries)
def test_algebra_is_that_of_the_explicit_matrices(pair, factor):
    a, b = pair
    assert (a + b).explicit() == a.explicit() + b.explicit()
    assert (a - b).explicit() == a.explicit() - b.explicit()
    assert (factor * a).explicit() == factor * a.explicit()
    assert (a @ b).explicit() == a.explicit() * b.explicit()
    assert a.T.explicit() == a.explicit().T
    assert a.trace() == a.explicit().trace()


@given(pairs())
def test_entries_are_all_that_the_explicit_matrix_has(pair):
    matrix, _ = pair
    full = matrix.explicit()
    starts = [int(sum(matrix.sizes[:g])) for g in range(len(matrix.sizes))]
    own, other = matrix.entries()[: len(starts)], sp.Matrix(len(starts), len(starts), matrix.entries()[len(starts) :])
    assert own == tuple(full[i, i] for i in starts)
    for g, i in enumerate(starts):
        for h, k in enumerate(starts):
            assert other[g, h] == full[i, k + int(g == h and bool(matrix.sizes[g] > 1))]
    assert set(full) == {*own, *(other[g, h] for g in range(len(starts)) for h in range(len(starts)) if g != h or matrix.sizes[g] > 1)}


@given(pairs(symmetric=True))
def test_spectrum_with_multiplicities_is_that_of_the_explicit_matrix(pair):
    matrix, _ = pair
    x = sp.Symbol("x")
    polynomial = sp.Poly(matrix.explicit().charpoly(x).as_expr(), x)
    found = sorted(float(value) for value, multiplicity in matrix.spectrum() for _ in range(multiplicity))
    assert len(found) == sum(matrix.sizes)
    assert found == pytest.approx(sorted(float(root) for root in sp.real_roots(polynomial)), abs=1e-12)


@given(pairs())
def test_inverse_exists_exactly_when_the_determinant_does(pair):
    matrix, _ = pair
    if matrix.explicit().det() == 0:
        with pytest.raises(InvalidInput, match="singular"):
            matrix.inverse()
    else:
        assert matrix.inverse().explicit() == matrix.explicit().inv()


def test_algebra_with_symbolic_sizes_holds_at_every_small_size():
    sizes = (m_majority, m_minority)
    a, b, d, e = sp.symbols("a b d e", positive=True)
    symbolic = partition.BlockMatrix(sizes, (d, e), sp.ImmutableMatrix([[a, b], [b, a + 1]]))
    square, inverse = symbolic @ symbolic, symbolic.inverse()
    values = {a: 2, b: sp.Rational(1, 3), d: 5, e: sp.Rational(7, 2)}
    for big in range(1, 5):
        for small in range(1, 5):
            point = {**values, m_majority: big, m_minority: small}

            def at(matrix, point=point):
                return partition.BlockMatrix(
                    tuple(sp.Integer(m.subs(point)) for m in sizes),
                    tuple(sp.sympify(x).subs(point) for x in matrix.diagonal),
                    matrix.blocks.subs(point),
                ).explicit()

            assert at(square) == at(symbolic) ** 2
            assert at(inverse) * at(symbolic) == sp.eye(big + small)


def test_square_root_of_the_symbolic_label_gram_squares_back():
    from theory.data import labels

    gram = labels.label_gram(counts.symbolic_step())
    root = gram.apply(sp.sqrt)
    difference = (root @ root - gram).simplify()
    assert set(difference.diagonal) | set(difference.blocks) == {0}


def test_groups_must_match():
    two = partition.identity((sp.Integer(2), sp.Integer(1)))
    with pytest.raises(InvalidInput, match="same groups"):
        two + partition.identity((sp.Integer(3),))
    with pytest.raises(InvalidInput, match="give one a group"):
        partition.block_diagonal((sp.Integer(2),), (sp.Integer(1), sp.Integer(2)))


def test_unfound_roots_are_an_error_never_a_short_spectrum():
    a, b = sp.symbols("a b")
    quintic = sp.Matrix([[0, 0, 0, 0, a], [1, 0, 0, 0, b], [0, 1, 0, 0, 1], [0, 0, 1, 0, 1], [0, 0, 0, 1, 0]])
    with pytest.raises(InvalidInput, match="closed forms"):
        partition.eigenvalues(quintic)


def test_only_the_zero_matrix_is_zero():
    sizes = (sp.Integer(2), sp.Integer(3))
    zero = partition.block_diagonal(sizes, [sp.Integer(0), sp.Integer(0)])
    assert zero.is_ZeroMatrix
    assert not partition.identity(sizes).is_ZeroMatrix
    assert not partition.BlockMatrix(sizes, (sp.Integer(0),) * 2, sp.ImmutableMatrix([[0, 1], [0, 0]])).is_ZeroMatrix
