"""From the loss to its gradient flow, by two routes that share nothing but the loss.

Route 1 (`scalar_flow`) writes the loss out in the entries of W and H and differentiates it entry by entry.
Route 2 (`trace_gradient`) works with matrices of any size: it varies a trace and reads the gradient off.
SymPy's own derivative of a sum of traces by a MatrixSymbol is silently 0 (sympy#27406) and is not used.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.losses.loss import Loss, logit_symbols

rows, width, samples = sp.symbols("c d n", positive=True, integer=True)
W = sp.MatrixSymbol("W", rows, width)
H = sp.MatrixSymbol("H", width, samples)
Z = sp.MatrixSymbol("Z", rows, samples)
Omega = sp.MatrixSymbol("Omega", samples, samples)  # diagonal, hence symmetric
G = sp.MatrixSymbol("G", rows, samples)  # minus the gradient of the weighted loss in the logits


def weighted_loss(loss: Loss, logits: sp.Matrix, labels: Sequence[int], weights: Sequence[sp.Expr],
                  counts: Sequence[sp.Expr]) -> sp.Expr:
    """Σ_i ω_{y_i} ℓ(column i of the logits, y_i): a plain sum, no 1/n.

    Arguments: `logits` c × n; `labels` n class indices; `weights` and `counts` one a class.
    """
    return sp.Add(*(weights[label] * loss.sample_loss(tuple(logits[:, i]), label, counts)
                    for i, label in enumerate(labels)))


def scalar_flow(loss: Loss, W: sp.Matrix, H: sp.Matrix, labels: Sequence[int], weights: Sequence[sp.Expr],
                counts: Sequence[sp.Expr]) -> tuple[sp.Matrix, sp.Matrix]:
    """Route 1: (dW/dt, dH/dt) = minus the entrywise derivatives of the loss written out in W and H.

    Arguments: `W` c × d and `H` d × n with a distinct symbol in every entry.
    """
    total = weighted_loss(loss, W * H, labels, weights, counts)
    return (W.applyfunc(lambda entry: -sp.diff(total, entry)), H.applyfunc(lambda entry: -sp.diff(total, entry)))


def logit_flow(loss: Loss, logits: sp.Matrix, labels: Sequence[int], weights: Sequence[sp.Expr],
               counts: Sequence[sp.Expr]) -> sp.Matrix:
    """G = −∂(weighted loss)/∂L, c × n, at the given logits; at zero logits the first-order target."""
    symbols = logit_symbols(logits.rows)
    columns = []
    for i, label in enumerate(labels):
        point = dict(zip(symbols, logits[:, i], strict=True))
        columns.append(sp.Matrix([-weights[label] * sp.sympify(entry).subs(point, simultaneous=True)
                                  for entry in loss.gradient(symbols, label, counts)]))
    return sp.Matrix.hstack(*columns)


def trace_gradient(expression: sp.MatrixExpr, variable: sp.MatrixSymbol,
                   symmetric: Sequence[sp.MatrixSymbol] = ()) -> sp.MatrixExpr:
    """Route 2: the gradient of tr(expression) by `variable`, for symbolic sizes.

    Formula: every occurrence in a product gives tr(A X B) → (BA)ᵀ and tr(A Xᵀ B) → BA.
    Arguments: `expression`, a square matrix expression, polynomial in the variable and its transpose;
    `symmetric`, matrices that equal their transposes.
    """
    gradient: sp.MatrixExpr = sp.ZeroMatrix(*variable.shape)
    for scale, factors in matrix_terms(expression):
        for position, factor in enumerate(factors):
            rest = factors[position + 1:] + factors[:position]
            if factor == variable:
                gradient += scale * sp.MatMul(*(f.T for f in reversed(rest)))
            elif factor == sp.Transpose(variable):
                gradient += scale * sp.MatMul(*rest)
    return _symmetrise(gradient.doit(), symmetric)


def matrix_terms(expression: sp.MatrixExpr) -> list[tuple[sp.Expr, list[sp.MatrixExpr]]]:
    """The terms of a matrix polynomial multiplied out, each as (scalar, factors in order); like terms stand apart."""
    if isinstance(expression, sp.MatAdd):
        return [term for part in expression.args for term in matrix_terms(part)]
    if isinstance(expression, sp.MatPow):
        return _product([expression.base] * int(expression.exp))
    if isinstance(expression, sp.MatMul):
        scale, factors = expression.as_coeff_matrices()
        return [(scale * coefficient, word) for coefficient, word in _product(factors)]
    if isinstance(expression, sp.Transpose) and not isinstance(expression.arg, sp.MatrixSymbol):
        return [(scale, [factor.T for factor in reversed(word)]) for scale, word in matrix_terms(expression.arg)]
    return [] if expression.is_ZeroMatrix else [(sp.Integer(1), [expression])]


def reduced_word(factors: Sequence[sp.MatrixExpr], orthonormal: Sequence[sp.MatrixSymbol],
                 diagonal: Sequence[sp.MatrixSymbol]) -> list[sp.MatrixExpr]:
    """The factors of a product with XᵀX = I for orthonormal X, Dᵀ = D for diagonal D, and identities dropped."""
    word: list[sp.MatrixExpr] = []
    for factor in factors:
        letter = factor.arg if isinstance(factor, sp.Transpose) and factor.arg in diagonal else factor
        if word and letter in orthonormal and word[-1] == sp.Transpose(letter):
            word.pop()
        elif not isinstance(letter, sp.Identity):
            word.append(letter)
    return word


def _product(factors: Sequence[sp.MatrixExpr]) -> list[tuple[sp.Expr, list[sp.MatrixExpr]]]:
    terms: list[tuple[sp.Expr, list[sp.MatrixExpr]]] = [(sp.Integer(1), [])]
    for factor in factors:
        terms = [(scale * other, word + more) for scale, word in terms for other, more in matrix_terms(factor)]
    return terms


def _symmetrise(expression: sp.MatrixExpr, symmetric: Sequence[sp.MatrixSymbol]) -> sp.MatrixExpr:
    return expression.subs({sp.Transpose(matrix): matrix for matrix in symmetric})


def squared_loss_flow() -> tuple[sp.MatrixExpr, sp.MatrixExpr]:
    """(dW/dt, dH/dt) of ½ tr((Z − WH) Ω (Z − WH)ᵀ) for symbolic c, d, n."""
    error = Z - W * H
    loss = error * Omega * error.T / 2
    return -trace_gradient(loss, W, [Omega]), -trace_gradient(loss, H, [Omega])


def chain_rule_flow() -> tuple[sp.MatrixExpr, sp.MatrixExpr]:
    """(dW/dt, dH/dt) of any differentiable loss of the logits L = WH: GHᵀ and WᵀG.

    The differential of the loss is −tr(Gᵀ dL), and dL is linear in dW and dH: so the gradient is that of
    −tr(Gᵀ W H) with G held fixed.
    """
    return trace_gradient(G.T * W * H, W), trace_gradient(G.T * W * H, H)


def rate_along(expression: sp.MatrixExpr, dW: sp.MatrixExpr, dH: sp.MatrixExpr) -> sp.MatrixExpr:
    """d/dt of a matrix polynomial in W, H and their transposes, along a flow with these right-hand sides.

    Terms that cancel are left standing: that they do is for a checker to see.
    """
    changes = {W: dW, sp.Transpose(W): dW.T, H: dH, sp.Transpose(H): dH.T}
    return sp.MatAdd(*(scale * sp.MatMul(*factors[:position], changes[factor], *factors[position + 1:])
                       for scale, factors in matrix_terms(expression)
                       for position, factor in enumerate(factors) if factor in changes))


def balance() -> sp.MatrixExpr:
    """WᵀW − HHᵀ, d × d: what every flow of the logits WH conserves."""
    return W.T * W - H * H.T
