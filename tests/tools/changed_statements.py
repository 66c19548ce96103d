"""Mutants of statements: a constant is doubled, halved or moved, a sign changed, an exponent moved by 1/2, or ≤ made <."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator


def changed(statement: str) -> Iterator[str]:
    """Every single mutation of a statement."""
    tree = ast.parse(statement, mode="eval")
    for index, node in enumerate(ast.walk(tree)):
        for change in _changes(node):
            mutant = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(mutant)) if i == index)
            _apply(mutant, target, change)
            yield ast.unparse(mutant)


def _changes(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant):
        return ["double", "halve", "move"]
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        return ["sign"]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return ["up", "down"]
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.LtE, ast.GtE)):
        return ["strict"]
    return []


def _apply(tree: ast.AST, node: ast.AST, change: str) -> None:
    half = ast.BinOp(ast.Constant(1), ast.Div(), ast.Constant(2))
    if isinstance(node, ast.Constant):
        old = ast.Constant(node.value)
        new: ast.expr = {
            "double": ast.BinOp(old, ast.Mult(), ast.Constant(2)),
            "halve": ast.BinOp(old, ast.Div(), ast.Constant(2)),
            "move": ast.BinOp(old, ast.Add(), ast.Constant(0.001)),
        }[change]
        _replace(tree, node, new)
    elif change == "sign":
        assert isinstance(node, ast.BinOp)
        node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
    elif change in ("up", "down"):
        assert isinstance(node, ast.BinOp)
        node.right = ast.BinOp(node.right, ast.Add() if change == "up" else ast.Sub(), half)
    else:
        assert isinstance(node, ast.Compare)
        node.ops[0] = ast.Lt() if isinstance(node.ops[0], ast.LtE) else ast.Gt()


def _replace(tree: ast.AST, old: ast.AST, new: ast.expr) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return
            if isinstance(value, list):
                for i, item in enumerate(value):
                    if item is old:
                        value[i] = new
                        return
