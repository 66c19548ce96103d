"""SymPy's trees as Python's trees, for the oracle: node by node, without printing and without any code of proofs/."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from fractions import Fraction

import sympy as sp

from tests.tools.oracle import UNDEFINED, Point, Read, admits, names, truth

FUNCTIONS = ("log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "Abs", "Min", "Max")
RELATIONS: dict[str, type[ast.cmpop]] = {
    "GreaterThan": ast.GtE,
    "StrictGreaterThan": ast.Gt,
    "LessThan": ast.LtE,
    "StrictLessThan": ast.Lt,
    "Equality": ast.Eq,
    "Unequality": ast.NotEq,
}
OF_ATOMS: dict[str, type[ast.cmpop]] = {">=": ast.GtE, ">": ast.Gt, "==": ast.Eq, "!=": ast.NotEq}
Atom = tuple[sp.Expr, str]


class NotReal(ValueError):
    """The tree holds what no text of the language gives: nan, zoo, oo, I, a derivative that was not done."""


def tree(expr: sp.Basic) -> ast.expr:
    """The tree of an expression or a condition.

    Raises: NotReal for a tree that no text of the language gives.
    """
    if expr.is_Rational:
        return ast.Constant(Fraction(int(expr.p), int(expr.q)))
    if expr.is_Symbol:
        return ast.Name(expr.name)
    if expr is sp.pi:
        return ast.Name("pi")
    if expr is sp.E:
        return ast.Name("E")
    if expr in (sp.true, sp.false):
        return ast.Compare(ast.Constant(Fraction(0)), [ast.Eq() if expr == sp.true else ast.NotEq()], [ast.Constant(Fraction(0))])
    name = type(expr).__name__
    args = [tree(arg) for arg in expr.args]
    if isinstance(expr, sp.Pow):
        return ast.Call(ast.Name("exp"), [args[1]], []) if expr.base is sp.E else ast.BinOp(args[0], ast.Pow(), args[1])
    if isinstance(expr, (sp.Add, sp.Mul)):
        return _together(ast.Add() if isinstance(expr, sp.Add) else ast.Mult(), args)
    if name in FUNCTIONS:
        return ast.Call(ast.Name(name), args, [])
    if name in RELATIONS:
        return ast.Compare(args[0], [RELATIONS[name]()], [args[1]])
    if name in ("And", "Or"):
        return ast.BoolOp(ast.And() if name == "And" else ast.Or(), args)
    if name == "Not":
        return ast.UnaryOp(ast.Not(), args[0])
    raise NotReal(f"{expr} of type {name}")


def _together(op: ast.operator, args: Sequence[ast.expr]) -> ast.expr:
    total = args[0]
    for arg in args[1:]:
        total = ast.BinOp(total, op, arg)
    return total


def atom(given: Atom) -> ast.expr:
    """The tree of expr rel 0."""
    return ast.Compare(tree(given[0]), [OF_ATOMS[given[1]]()], [ast.Constant(Fraction(0))])


def sequent(premises: Iterable[Atom], goal: Atom) -> Read:
    """A sequent as the oracle reads claims."""
    goals, where = [atom(goal)], [atom(p) for p in premises]
    return Read(goals, where, names([*goals, *where]))


def fails_at(given: Read, at: Point) -> bool:
    """Whether the premises surely hold at a point, and the goal is surely defined and false there.

    An undefined goal is no counterexample: that everything in a sequent is defined is shown by sequents of its own.
    """
    return truth(given.goals[0], at) is False and admits(given.premises, at) is True


def undefined(expr: sp.Basic, at: Point) -> bool:
    """Whether an expression surely has no real value at a point."""
    node = tree(expr)
    return truth(ast.Compare(node, [ast.Eq()], [node]), at) == UNDEFINED
