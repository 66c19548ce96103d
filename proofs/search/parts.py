"""Parts of a goal by others: a bounded variable for a sine, a branch for a corner, a ratio for two variables."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import sympy as sp

from proofs.checker.field import NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.normal import normal_form
from proofs.checker.quotients import Unsupported
from proofs.checker.rules import Proof
from proofs.kernel.terms import NotDifferentiable, add, derivative, difference, mul, replaced
from proofs.search import premises as premised
from proofs.search import steps
from proofs.search.steps import Taken, step


def bounded(sequent: Sequent, prove: Callable[[Sequent], Proof | None]) -> Iterator[tuple[Taken, Sequent]]:
    """For each sine and cosine of the goal: the steps that put a variable between −1 and 1 in its place, and what they leave."""
    for node in sorted(sequent.goal[0].atoms(sp.sin, sp.cos), key=str):
        taken: Taken = []
        wider = sequent
        for rule, args in (
            ("cut", (difference(sp.Integer(1), node), sp.Integer(1))),
            ("cut", (add(sp.Integer(1), node), sp.Integer(1))),
            ("generalise", (node, premised.fresh(sequent))),
        ):
            children = steps.children(wider, rule, args)
            shown = [prove(child) for child in children[:-1]] if children else [None]
            if children is None or None in shown:
                break
            taken.append((rule, args, [proof for proof in shown if proof is not None]))
            wider = children[-1]
        else:
            yield taken, wider


def straightened(sequent: Sequent) -> tuple[Taken, Sequent]:
    """Steps that put the branch of an Abs in its place where the sign of its argument is known, and what they leave."""
    taken: Taken = []
    for node in sorted(sequent.goal[0].atoms(sp.Abs), key=str):
        w = premised.fresh(sequent)
        try:
            slope = derivative(replaced(sequent.goal[0], {node: w}), w)
        except NotDifferentiable:
            continue
        for sign in (1, -1):
            fact = difference(node, mul(sp.Integer(sign), node.args[0]))
            cut = (fact, sp.Integer(2))
            if slope.has(w) or steps.closed_by_signs(Sequent(sequent.premises, (fact, "=="))) is not True:
                continue
            put_in = (sp.Integer(len(sequent.premises)), slope)
            told = steps.children(sequent, "cut", cut) or ()
            left = steps.children(told[-1], "equation", put_in) if told else None
            if left is None or len(told) != 2 or len(left) != 1 or left[0].goal[0].has(node):
                continue
            taken += [("cut", cut, [step("signs", [], [])]), ("equation", put_in, [])]
            sequent = left[0]
            break
    return taken, sequent


def ratios(sequent: Sequent) -> Iterator[tuple[sp.Symbol, sp.Symbol, sp.Symbol]]:
    """Positive variables x and y, and a fresh w, where the sign of the goal depends on x/y = w alone."""
    free = [x for x in sorted(sequent.goal[0].free_symbols, key=str) if (x, ">") in sequent.premises]
    if len(free) < 2 or sequent.goal[0].is_polynomial(*free):
        return
    for x, y in itertools.permutations(free, 2):
        w = premised.fresh(sequent)
        trial = replaced(sequent.goal[0], {x: y * w})
        try:
            f, rat = normal_form((*sequent.premises, (w, ">")), trial)
            _, factors = f.factors(rat)
        except (NeedSign, Unsupported):
            continue
        kept = [f.poly_sympy(p) for p, _ in factors]
        if not any(p.has(y) and p != y and p != sp.sqrt(y) for p in kept):
            yield x, y, w
