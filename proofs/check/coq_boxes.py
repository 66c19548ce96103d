"""`ufm check --coq` beyond polynomials and radicals: exponentials, logarithms and trigonometric functions.

Two kinds of script. One tells Coq what is known of each function at its argument (1 + t ≤ exp t, ln t ≤ t − 1, |sin t| ≤ 1, …),
puts a variable in its place and goes on as with polynomials: for inequalities that are sharp somewhere. The other is the tactic
`interval` of coq-interval on the difference of the two sides: for inequalities with a margin on a bounded box, halved in each
variable as deep as the boxes of our own certificate, or a little deeper. What `interval` proves rests on machine integers and
floats as well, which Coq assumes to be what its library says of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy as sp

from proofs.checker.bounds import variable_bounds
from proofs.checker.holds import Problem
from proofs.checker.logic import TooComplex
from proofs.coq.printer import names, term
from proofs.kernel.statements import Holds

FUNCTIONS = (sp.exp, sp.log, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.tanh)
LEAST_DEPTH, MOST_DEPTH = 14, 22  # how often a side of the box is halved: 2^14 parts of it take `interval` a second
TACTICS = r"""
From Interval Require Import Tactic.

Lemma ln_below t : 0 < t -> ln t <= t - 1.
Proof. intro P. pose proof (exp_ineq1_le (ln t)) as E. rewrite exp_ln in E by assumption. lra. Qed.
Lemma ln_above t : 0 < t -> 1 - / t <= ln t.
Proof. intro P. pose proof (ln_below (/ t) (Rinv_0_lt_compat t P)) as E. rewrite ln_Rinv in E by assumption. lra. Qed.
Lemma circle t : sin t * sin t + cos t * cos t = 1.
Proof. exact (sin2_cos2 t). Qed.

Ltac fact := match goal with
  | |- context [ln ?t] => let P := fresh "P" in assert (P : 0 < t) by positive;
      pose proof (ln_below t P); pose proof (ln_above t P); let v := fresh "v" in set (v := ln t) in *; clearbody v
  | |- context [exp ?t] => pose proof (exp_pos t); pose proof (exp_ineq1_le t);
      let v := fresh "v" in set (v := exp t) in *; clearbody v
  | |- context [sin ?t] => pose proof (SIN_bound t); pose proof (circle t);
      let v := fresh "v" in let w := fresh "w" in set (v := sin t) in *; set (w := cos t) in *; clearbody v w
  | |- context [cos ?t] => pose proof (COS_bound t); let v := fresh "v" in set (v := cos t) in *; clearbody v
  end.
Ltac plainly := unfold Rpower, tanh, sinh, cosh in *.
"""
FACTS = "unfold said; intros; plainly; repeat split; repeat fact; over; close pairs"
SIDES = (  # a goal, and the difference of its sides that must be on the right side of 0
    ("?a <= ?b", "0 <= b - a"),
    ("?a < ?b", "0 < b - a"),
    ("?a >= ?b", "0 <= a - b"),
    ("?a > ?b", "0 < a - b"),
)


def in_wider_class(said: Any) -> bool:
    """Whether it is a condition over these functions, π and e, beside polynomials and radicals."""
    kinds = (sp.Add, sp.Mul, sp.Pow, sp.Symbol, sp.Rational, sp.Abs, sp.Max, sp.Min, *FUNCTIONS)
    logic = (sp.And, sp.Or, sp.Not, sp.logic.boolalg.BooleanAtom)
    return isinstance(said, Holds) and all(
        isinstance(node, (*kinds, *logic)) or node.is_Relational or node in (sp.pi, sp.E)
        for each in (said.condition, *said.where)
        for node in sp.preorder_traversal(each)
    )


def scripts_of(said: Holds, certificate: Any) -> tuple[str, ...]:
    """The scripts for a condition of the wider class: by facts on its functions, by boxes, and by Taylor models on boxes."""
    variables = sorted(said.condition.free_symbols, key=lambda s: (s.name, s.sort_key()))
    known = names({*variables, *(s for each in said.where for s in each.free_symbols)})
    own = [known[x] for x in variables]
    halved = ", ".join([*(f"i_bisect {x}" for x in own), f"i_depth {_depth(certificate)}"])
    ways = [f"interval with ({halved})"] if own else ["interval"]
    ways += [f"interval with ({halved}, i_taylor {own[0]})", f"interval with ({halved}, i_autodiff {own[0]})"] if len(own) == 1 else []
    bounds = "".join(f"try assert ({bound}) by (split; first [lra | nra | interval]); " for bound in _bounds(said, known))
    return (FACTS, *(f"unfold said; intros; plainly; {bounds}repeat split; {_closed(way)}" for way in ways))


def _closed(way: str) -> str:
    """The end of a script: each goal by what is assumed, or the difference of its sides by boxes."""
    cases = [f"|- {goal} => cut ({gap}); [lra | {way}]" for goal, gap in SIDES]
    above, below = (f"cut (0 < {gap}); [lra | {way}]" for gap in ("a - b", "b - a"))
    cases.append(f"|- ?a <> ?b => first [apply Rgt_not_eq; {above} | apply Rlt_not_eq; {below}]")
    return f"first [assumption | lra | lazymatch goal with {' | '.join(cases)} end]"


def _bounds(said: Holds, known: Mapping[sp.Symbol, str]) -> Iterator[str]:
    """The sides of the box that the premises give, where they have one case, as Coq writes them."""
    try:
        problem = Problem(said.condition, said.where)
    except TooComplex:
        return
    own = {new: old for old, new in problem.names.names.items()}
    for x, bound in variable_bounds(problem.cases[0]).items() if len(problem.cases) == 1 else ():
        if bound.low is not None and bound.high is not None:
            low, high = (term(sp.Rational(int(end.p), int(end.q)), known) for end in (bound.low, bound.high))
            yield f"{low} <= {known[own[x]]} <= {high}"


def _depth(certificate: Any) -> int:
    """How often a side is halved: twice as deep as the budget of boxes in the certificate is in one variable."""
    budgets = [int(text) for text in _budgets(certificate)]
    return max(LEAST_DEPTH, min(MOST_DEPTH, 2 * max(budgets, default=0).bit_length()))


def _budgets(certificate: Any) -> Iterator[str]:
    if isinstance(certificate, Mapping):
        if certificate.get("rule") == "boxes":
            yield from certificate["args"][:1]
        for value in certificate.values():
            yield from _budgets(value)
    elif isinstance(certificate, Sequence) and not isinstance(certificate, str):
        for value in certificate:
            yield from _budgets(value)
