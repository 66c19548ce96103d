"""Reads statements typed by a user: a whitelist over Python's expression tree, never `eval`.

The grammar is Python's expressions, those of them that are listed here. What a number may be, how deep and how long a text may be, and how
high a power may be are limits with names; beyond them the text is refused with one line.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import keyword
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy as sp

from proofs.kernel.statements import Holds, Increasing, Known, Limit, Statement, Supremum
from proofs.kernel.terms import NotDifferentiable, derivative, joined, replaced
from theory.exact import InvalidInput

MAX_CHARACTERS = 20_000  # a longer statement is a mistake, not mathematics
MAX_NODES = 4_000
MAX_DEPTH = 120  # nested brackets; Python's own parser gives up near 200
MAX_SIZE = 20_000  # parts of an expression once its lets are put in
MAX_DIGITS = 400
MAX_EXPONENT = 10_000  # the largest exponent of a power of two numbers
MAX_NUMBER_BITS = 100_000

FUNCTIONS: dict[str, tuple[type, int | None]] = {
    "sqrt": (sp.sqrt, 1),
    "exp": (sp.exp, 1),
    "log": (sp.log, 1),
    "Abs": (sp.Abs, 1),
    "abs": (sp.Abs, 1),
    "Min": (sp.Min, None),
    "Max": (sp.Max, None),
    "min": (sp.Min, None),
    "max": (sp.Max, None),
    "sin": (sp.sin, 1),
    "cos": (sp.cos, 1),
    "tan": (sp.tan, 1),
    "tanh": (sp.tanh, 1),
    "sinh": (sp.sinh, 1),
    "cosh": (sp.cosh, 1),
}
OTHER_NAMES = {"ln": "log(x)", "log2": "log(x)/log(2)", "log10": "log(x)/log(10)", "pow": "x**y", "fabs": "Abs(x)"}
# What people copy from papers, and how it is written here.
WRITTEN = {"π": "pi", "≥": ">=", "≤": "<=", "≠": "!=", "−": "-", "·": "*", "×": "*", "²": "**2", "³": "**3", "√": "sqrt(x)", "∞": "oo"}
INFINITE = (sp.oo, -sp.oo)  # they stand only as whole arguments or values: arithmetic with them is refused
CONSTANTS = {"pi": sp.pi, "E": sp.E, "oo": sp.oo}
FORMS = {"limit": 3, "sup": 4, "inf": 4, "attained": 4, "increasing": 2, "diff": 2}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
COMPARISONS: dict[type, type] = {
    ast.Lt: sp.StrictLessThan,
    ast.LtE: sp.LessThan,
    ast.Gt: sp.StrictGreaterThan,
    ast.GtE: sp.GreaterThan,
    ast.Eq: sp.Equality,
    ast.NotEq: sp.Unequality,
}


@dataclass
class Reading:
    """The state of one reading: the variables met so far, and the expressions that names stand for by `let`."""

    symbols: dict[str, sp.Symbol]
    lets: Mapping[str, sp.Expr] = field(default_factory=dict)


def syntax_tree(text: str, what: str = "statement") -> ast.expr:
    """The expression tree of a text within the limits.

    Raises: InvalidInput, one line, for anything too long, too deep or not an expression.
    """
    if not isinstance(text, str):
        raise InvalidInput(f"{what}={str(text)[:40]!r} must be text: put it in quotes")
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput(f"{what} of {len(text)} characters is longer than {MAX_CHARACTERS}: name its parts with let")
    if not text.isascii():  # Python would read other letters as the ASCII ones that look like them
        letter = next(character for character in text if not character.isascii())
        fix = f"write {WRITTEN[letter]}" if letter in WRITTEN else "name variables with letters a to z, digits and _"
        raise InvalidInput(f"{what} holds {letter!r}, and only ASCII is read: {fix}")
    if "#" in text:
        raise InvalidInput(f"{what} holds '#', and Python reads nothing after it: drop the comment")
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise InvalidInput(f"{what} nests {deepest} brackets and at most {MAX_DEPTH} are read: name its parts with let")
    if re.search(rf"[0-9]{{{MAX_DIGITS + 1}}}|\b[0-9]\w{{{MAX_DIGITS}}}", text):
        raise InvalidInput(f"{what} holds a number of more than {MAX_DIGITS} digits: write it as a power")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = getattr(error, "msg", None) or type(error).__name__
        raise InvalidInput(f"{what}={_short(text)!r} cannot be read ({reason}): {_fix(text)}") from None
    _measure(tree, what)
    return tree


def _fix(text: str) -> str:
    """How a text that is no expression was perhaps meant."""
    if re.search(r"(?<![<>=!:])=(?!=)", text):
        return "write == for an equality"
    if product := re.search(r"(?<![A-Za-z0-9_.])([0-9.]+) *(?!(?:and|or|not)\b)([A-Za-z_(]\w*)", text):
        return f"write a product with its sign, {product[1]}*{product[2]}"
    return "write it as in 'R >= 1' or 'sqrt(x**2) == Abs(x)'"


def _measure(tree: ast.expr, what: str) -> None:
    stack, count = [(tree, 1)], 0
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > MAX_NODES:
            raise InvalidInput(f"{what} has more than {MAX_NODES} parts: name its parts with let")
        if depth > MAX_DEPTH:
            raise InvalidInput(f"{what} is nested more than {MAX_DEPTH} deep: name its parts with let")
        stack += [(child, depth + 1) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def read_expr(node: ast.expr, reading: Reading) -> sp.Expr:
    """The real expression that a node of the tree writes.

    Raises: InvalidInput for whatever is not in the grammar.
    """
    if isinstance(node, ast.Constant):
        return _number(node)
    if isinstance(node, ast.Name):
        return _name(node.id, reading)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        operand = read_expr(node.operand, reading)
        return _negative(operand) if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp):
        return _operation(node, reading)
    if isinstance(node, ast.Call):
        return _call(node, reading)
    raise InvalidInput(
        f"{_short(ast.unparse(node))!r} is not a number, name, operation or known function: "
        "use + - * / **, sqrt exp log Abs Min Max sin cos tanh"
    )


def _negative(expr: sp.Expr) -> sp.Expr:
    return -expr if expr in INFINITE or expr.is_Rational else _written(sp.Mul, sp.Integer(-1), expr)


def _number(node: ast.Constant) -> sp.Expr:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInput(f"{_short(repr(value))} is not a real number: write it as 2, 1/2 or 0.5")
    if isinstance(value, int):
        return sp.Integer(value)
    raise InvalidInput(f"{value!r} is a decimal that was not read exactly: write it as a fraction")


def _name(name: str, reading: Reading) -> sp.Expr:
    if name in reading.lets:
        return reading.lets[name]
    if name in CONSTANTS:
        return CONSTANTS[name]
    if name in FUNCTIONS or name in FORMS:
        raise InvalidInput(f"{name!r} is a function and needs arguments: write {name}(x), or choose another name")
    if name not in reading.symbols:
        reading.symbols[name] = sp.Symbol(name, real=True)
    return reading.symbols[name]


def _operation(node: ast.BinOp, reading: Reading) -> sp.Expr:
    left, right = read_expr(node.left, reading), read_expr(node.right, reading)
    if left in INFINITE or right in INFINITE:
        raise InvalidInput("oo stands for an end or a value only: write it alone, as in limit(f, x, oo)")
    if isinstance(node.op, ast.Add):
        return _bounded(_written(sp.Add, left, right), node)
    if isinstance(node.op, ast.Sub):
        return _bounded(_written(sp.Add, left, _negative(right)), node)
    if isinstance(node.op, ast.Mult):
        return _bounded(_written(sp.Mul, left, right), node)
    if isinstance(node.op, ast.Div):
        if _value(right) == 0:
            raise InvalidInput(f"{_short(ast.unparse(node))!r} divides by zero: the divisor must not vanish")
        if left.is_Integer and right.is_Integer:
            return left / right  # a fraction is a number
        return _bounded(_written(sp.Mul, left, 1 / right if right.is_Integer else sp.Pow(right, -1, evaluate=False)), node)
    if isinstance(node.op, ast.Pow):
        return _power(left, right, node)
    fix = "write ** for a power" if isinstance(node.op, ast.BitXor) else "use + - * / **"
    raise InvalidInput(f"{_short(ast.unparse(node))!r} uses an operation that is not read: {fix}")


def _written(operation: Any, left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """The sum or product as it is written, nothing evaluated; only a factor 1 is left out."""
    if operation is sp.Mul and 1 in (left, right):
        return left if right == 1 else right
    return operation(*(part for side in (left, right) for part in (side.args if isinstance(side, operation) else (side,))), evaluate=False)


def _value(expr: sp.Expr) -> sp.Expr:
    """The value of a constant; any other expression as it stands."""
    return expr if expr.free_symbols or expr in INFINITE else replaced(expr, {})


def _power(base: sp.Expr, exponent: sp.Expr, node: ast.BinOp) -> sp.Expr:
    exponent, number, text = _value(exponent), _value(base), _short(ast.unparse(node))
    if exponent.free_symbols and replaced(exponent, {}).is_Rational:
        raise InvalidInput(f"the exponent of {text!r} is {replaced(exponent, {})} whatever its variables are: write that")
    if exponent.is_Rational and abs(exponent) > MAX_EXPONENT:
        raise InvalidInput(f"an exponent beyond {MAX_EXPONENT} is not read: {text!r}; use a symbol")
    if exponent.is_Rational and number.is_Rational:
        bits = max(abs(int(number.p)).bit_length(), int(number.q).bit_length()) * abs(exponent)
        if bits > MAX_NUMBER_BITS:
            raise InvalidInput(f"{text!r} is a number of more than {MAX_NUMBER_BITS} bits: use a symbol")
    if exponent.is_Rational and exponent < 0 and number == 0:
        raise InvalidInput(f"{text!r} divides by zero: the divisor must not vanish")
    if exponent.is_Rational and not exponent.is_Integer and _is_negative(number):
        raise InvalidInput(f"{text!r} is the root of a negative number: it is not real")
    return base if exponent == 1 else _bounded(sp.Pow(base, exponent, evaluate=False), node)


def _is_negative(expr: sp.Expr) -> bool:
    return not expr.free_symbols and expr.is_negative is True


def _bounded(result: sp.Expr, node: ast.expr) -> sp.Expr:
    if tree_size(result) > MAX_SIZE:
        raise InvalidInput(f"{_short(ast.unparse(node))!r} has more than {MAX_SIZE} parts once its lets are put in")
    if result.is_Rational and max(int(result.p).bit_length(), int(result.q).bit_length()) > MAX_NUMBER_BITS:
        raise InvalidInput(f"{_short(ast.unparse(node))!r} is a number of more than {MAX_NUMBER_BITS} bits: use a symbol")
    return result


@functools.lru_cache(maxsize=200_000)
def tree_size(expr: sp.Basic) -> int:
    """The number of parts of an expression, shared ones counted each time."""
    return 1 + sum(tree_size(arg) for arg in expr.args)


def _call(node: ast.Call, reading: Reading) -> sp.Expr:
    if not isinstance(node.func, ast.Name) or node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
        number = isinstance(node.func, ast.Constant | ast.BinOp)
        fix = "write a product with its sign, as in 2*(x + 1)" if number else "use sqrt exp log Abs Min Max sin cos tanh"
        raise InvalidInput(f"{_short(ast.unparse(node))!r} is not a known function of plain arguments: {fix}")
    name = node.func.id
    if name == "diff":
        return _derivative(node, reading)
    if name in FORMS:
        raise InvalidInput(f"{name}(...) is a statement's own form: write it alone, as in limit(f, x, a) == v")
    if name not in FUNCTIONS:
        fix = f"write {OTHER_NAMES[name]}" if name in OTHER_NAMES else "use sqrt exp log Abs Min Max sin cos tanh"
        raise InvalidInput(f"{name!r} is not a known function: {fix}")
    function, count = FUNCTIONS[name]
    args = [read_expr(arg, reading) for arg in node.args]
    if any(arg in INFINITE for arg in args):
        raise InvalidInput("oo stands for an end or a value only: write it alone, as in limit(f, x, oo)")
    if not args or (count is not None and len(args) != count):
        raise InvalidInput(f"{name} takes {count or 'one or more'} argument(s) and got {len(args)}: {_short(ast.unparse(node))!r}")
    if name == "sqrt":
        if _is_negative(_value(args[0])):
            raise InvalidInput(f"{_short(ast.unparse(node))!r} is the root of a negative number: it is not real")
        return sp.Pow(args[0], sp.Rational(1, 2), evaluate=False)
    if name == "log" and not args[0].free_symbols and _value(args[0]).is_nonpositive:
        raise InvalidInput(f"{_short(ast.unparse(node))!r} is the log of a number ≤ 0: it is not real")
    return function(*args, evaluate=False)


def _derivative(node: ast.Call, reading: Reading) -> sp.Expr:
    """The derivative, and 0·expr beside it: a derivative is defined only where the expression is."""
    if len(node.args) != 2 or not isinstance(node.args[1], ast.Name):
        raise InvalidInput(f"{_short(ast.unparse(node))!r} must be diff(f, x) with a variable x")
    expr, variable = read_expr(node.args[0], reading), _name(node.args[1].id, reading)
    if not variable.is_Symbol:
        raise InvalidInput(f"{node.args[1].id!r} is not a variable: differentiate by a plain name")
    try:
        return _bounded(_written(sp.Add, derivative(replaced(expr, {}), variable), _written(sp.Mul, sp.Integer(0), expr)), node)
    except NotDifferentiable:
        raise InvalidInput(f"{_short(ast.unparse(node))!r} has no derivative everywhere: Abs, Min and Max have corners") from None


def exact_decimals(text: str) -> str:
    """The text with every decimal literal written as an exact fraction in brackets."""

    def fraction(match: re.Match[str]) -> str:
        literal = match.group(0)
        if not re.search(r"[.eE]", literal):
            return literal
        _, _, exponent = re.sub("E", "e", literal).partition("e")
        if len(literal) > 2 * MAX_DIGITS or (exponent and abs(int(exponent)) > MAX_DIGITS):
            raise InvalidInput(f"{_short(literal)!r} has more digits or a larger exponent than are read: use a symbol")
        value = Fraction(literal)
        return f"({value.numerator}/{value.denominator})" if value.denominator != 1 else f"({value.numerator})"

    return re.sub(r"(?<![A-Za-z0-9_.])(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?(?![A-Za-z0-9_.])", fraction, text)


def read(text: str, symbols: dict[str, sp.Symbol]) -> sp.Expr:
    """The expression a text writes, over given symbols (new names become real symbols), its total parts evaluated."""
    return replaced(read_expr(syntax_tree(exact_decimals(text)), Reading(symbols)), {})


def read_relation(node: ast.expr, reading: Reading) -> sp.Basic:
    """A comparison (chained ones too), or `and`, `or`, `not` of comparisons."""
    if isinstance(node, ast.BoolOp):
        parts = [read_relation(value, reading) for value in node.values]
        return joined(sp.And if isinstance(node.op, ast.And) else sp.Or, *parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return sp.Not(read_relation(node.operand, reading), evaluate=False)
    if isinstance(node, ast.Compare):
        sides = [read_expr(side, reading) for side in (node.left, *node.comparators)]
        parts = []
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
            if type(op) not in COMPARISONS:
                raise InvalidInput(f"{_short(ast.unparse(node))!r} is not a comparison that is read: use < <= > >= == !=")
            if left in INFINITE or right in INFINITE:
                raise InvalidInput("oo stands for an end or a value only: every real number is below it")
            parts.append(COMPARISONS[type(op)](left, right, evaluate=False))
        return joined(sp.And, *parts)
    raise InvalidInput(f"{_short(ast.unparse(node))!r} is not a comparison: write it as in 'f <= 1' or 'a == b'")


def read_statement(
    text: str, where: Sequence[str] = (), let: Mapping[str, str] | None = None, known: Sequence[Known] = ()
) -> list[Statement]:
    """The statements that a text makes: one, or several joined by `and` where one of them is a form.

    Arguments: `where`, premises as text; `let`, names for expressions (later ones may use earlier ones); `known`, statements
    that hold and may be built on.
    Raises: InvalidInput, one line, for whatever is not in the grammar.
    """
    reading = Reading({})
    for name, value in (let or {}).items():
        _define(name, value, reading)
    premises = [read_relation(syntax_tree(exact_decimals(condition), "where"), reading) for condition in where]
    node = syntax_tree(exact_decimals(text))
    parts = node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else [node]
    if not any(_form_of(part) for part in parts):
        parts = [node]
    return [dataclasses.replace(_statement(part, tuple(premises), reading), known=tuple(known)) for part in parts]


def _define(name: str, value: str, reading: Reading) -> None:
    if not isinstance(name, str) or not NAME.match(name) or keyword.iskeyword(name):
        raise InvalidInput(f"let {_short(str(name))!r} is not a name: use letters, digits and _")
    if name in FUNCTIONS or name in FORMS or name in CONSTANTS:
        raise InvalidInput(f"let {name!r} would replace a known function or constant: choose another name")
    if name in reading.symbols or name in reading.lets:
        raise InvalidInput(f"let {name!r} is already used as a variable or defined before: define it once, before its use")
    expr = read_expr(syntax_tree(exact_decimals(value), f"let {name}"), reading)
    if expr in INFINITE:
        raise InvalidInput(f"let {name!r} must be a real expression: oo is not a number")
    if name in reading.symbols:
        raise InvalidInput(f"let {name!r} is defined by itself in {_short(value)!r}: give it another name")
    reading.lets = {**reading.lets, name: expr}


def _form_of(node: ast.expr) -> str | None:
    """The form that a part of a statement is, or None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _form_of(node.operand)
    if isinstance(node, ast.Compare):
        node = node.left
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORMS and node.func.id != "diff":
        return node.func.id
    return None


def _statement(node: ast.expr, where: tuple[sp.Basic, ...], reading: Reading) -> Statement:
    says, form = _short(ast.unparse(node)), _form_of(node)
    if form is None:
        return Holds(says=says, where=where, condition=read_relation(node, reading))
    negated = isinstance(node, ast.UnaryOp)
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    if form in ("limit", "sup", "inf"):
        if negated or not isinstance(inner, ast.Compare) or len(inner.ops) != 1 or not isinstance(inner.ops[0], ast.Eq):
            raise InvalidInput(f"{says!r} must be written as {form}(...) == value")
        call, value = inner.left, read_expr(inner.comparators[0], reading)
    else:
        if not isinstance(inner, ast.Call) or (negated and form != "attained"):
            raise InvalidInput(f"{says!r} must be {form}(...) alone" + ("" if form == "attained" else ", not negated"))
        call, value = inner, None
    assert isinstance(call, ast.Call)
    return _form(form, call, value, negated, where, reading, says)


def _form(
    form: str, call: ast.Call, value: sp.Expr | None, negated: bool, where: tuple[sp.Basic, ...], reading: Reading, says: str
) -> Statement:
    if len(call.args) != FORMS[form] or call.keywords:
        raise InvalidInput(f"{form} takes {FORMS[form]} arguments and got {len(call.args)}: {says!r}")
    expr = read_expr(call.args[0], reading)
    if not isinstance(call.args[1], ast.Name):
        raise InvalidInput(f"{says!r} needs a plain variable as its second argument")
    variable = _name(call.args[1].id, reading)
    if not variable.is_Symbol:
        raise InvalidInput(f"{call.args[1].id!r} is not a variable: use a name that is not defined by let")
    ends = [read_expr(arg, reading) for arg in call.args[2:]]
    for part in [*ends, *([value] if value is not None else [])]:
        if part.has(variable):
            raise InvalidInput(f"{says!r} uses {variable} outside the form: it runs only inside")
    if expr in INFINITE:
        raise InvalidInput("oo stands for an end or a value only: write it alone, as in limit(f, x, oo)")
    if form == "increasing":
        return Increasing(says=says, where=where, expr=expr, variable=variable)
    if form == "limit":
        assert value is not None
        return Limit(says=says, where=where, expr=expr, variable=variable, point=ends[0], value=value)
    if form == "inf":
        assert value is not None
        return Supremum(says=says, where=where, expr=_negative(expr), variable=variable, start=ends[0], end=ends[1], value=_negative(value))
    return Supremum(
        says=says,
        where=where,
        expr=expr,
        variable=variable,
        start=ends[0],
        end=ends[1],
        value=value,
        attained=(not negated) if form == "attained" else None,
    )
