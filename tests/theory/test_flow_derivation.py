"""The flow is derived by two routes, and neither falls into the trap of SymPy's derivative of traces."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.algebra.words import rate_along, trace_gradient
from theory.losses import LOSSES, loss_named
from theory.losses.loss import logit_symbols
from theory.models.laws import balance
from theory.models.model import descent
from theory.unconstrained_features import flow


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@settings(max_examples=settings.default.max_examples // 16)
@given(data=st.data())
def test_entrywise_derivatives_equal_the_matrix_rule_at_random_rationals(loss, data):
    c, d = data.draw(st.integers(2, 3)), data.draw(st.integers(1, 3))
    labels = tuple(data.draw(st.permutations(range(c)))) + tuple(data.draw(st.lists(st.integers(0, c - 1), max_size=2)))
    W = sp.Matrix(c, d, lambda i, j: sp.Symbol(f"W_{i}{j}", real=True))
    H = sp.Matrix(d, len(labels), lambda i, j: sp.Symbol(f"H_{i}{j}", real=True))
    number = st.fractions(-2, 2, max_denominator=5).map(sp.Rational)
    point = {entry: data.draw(number) for entry in (*W, *H)}
    weights = [data.draw(st.fractions(1, 3, max_denominator=4).map(sp.Rational)) for _ in range(c)]
    counts = [sp.Integer(labels.count(j)) for j in range(c)]
    dW, dH = flow.scalar_flow(loss(), W, H, labels, weights, counts)
    at = (W.subs(point), H.subs(point))
    G = flow.logit_flow(loss(), at[0] * at[1], labels, weights, counts)
    for difference in (*(dW.subs(point) - G * at[1].T), *(dH.subs(point) - at[0].T * G)):
        # Rational losses cancel exactly; the others are evaluated, far beyond any formula's accidental agreement.
        assert difference == 0 or abs(sp.N(difference, 60)) < sp.Float("1e-50", 60)


def test_trace_gradient_knows_transposes_and_repeated_factors():
    n = sp.Symbol("n", integer=True, positive=True)
    X, A = sp.MatrixSymbol("X", n, n), sp.MatrixSymbol("A", n, n)
    assert trace_gradient(A * X, X) == A.T
    assert trace_gradient(A * X.T, X) == A
    assert trace_gradient(X * X, X) == 2 * X.T
    assert trace_gradient(X.T * X + A * X, X) == 2 * X + A.T
    assert trace_gradient(3 * A, X) == sp.ZeroMatrix(n, n)


def test_canary_sympy_still_gets_the_derivative_of_a_sum_of_traces_wrong_or_is_mended():
    """sympy#27406: 0 in 1.14.0, right on the development head. Either is known; anything else is news."""
    n = sp.Symbol("n", integer=True, positive=True)
    X, A = sp.MatrixSymbol("X", n, n), sp.MatrixSymbol("A", n, n)
    derivative = sp.diff(sp.Trace(X * X.T) / 2 + sp.Trace(A * X), X)
    if sp.__version__.startswith("1.14"):
        assert derivative == 0 or derivative.is_ZeroMatrix
    assert trace_gradient(X * X.T / 2 + A * X, X) == X + A.T


def test_first_order_target_of_the_squared_loss_is_the_weighted_labels():
    from theory.data import counts, labels

    class_counts = counts.step(4, 3)
    weights = [sp.Rational(1, 3), sp.Rational(1, 3), 2, 2]
    G = flow.logit_flow(loss_named("squared"), sp.zeros(4, 8), class_counts.labels, weights, class_counts.per_class)
    assert labels.centred_labels(class_counts) * sp.diag(*(weights[j] for j in class_counts.labels)) == G


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_loss_has_a_name_a_source_and_depends_on_the_label(loss):
    logits = logit_symbols(3)
    counts = (sp.Integer(5), sp.Integer(2), sp.Integer(1))
    values = {loss().sample_loss(logits, label, counts) for label in range(3)}
    assert len(values) == 3
    assert loss.name
    assert loss.source


def test_balance_is_conserved_by_every_gradient_and_the_sum_is_not():
    velocity = descent(flow.MODEL)
    assert sp.expand(rate_along(balance((flow.W, flow.H)), velocity).doit()).doit().is_ZeroMatrix
    other = rate_along(flow.W.T * flow.W + flow.H * flow.H.T, velocity)
    assert not sp.expand(other.doit()).doit().is_ZeroMatrix
