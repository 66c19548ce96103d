"""SymPy → Coq: terms over the classical reals, conditions, and whole statements.

Coq's functions are total: `/ 0`, `sqrt (-1)`, `ln 0` and `Rpower 0 y` have values there that mean nothing here.
So a printed statement asserts `requirements` (denominators not zero, what is under a root not negative, what is
under a logarithm or a symbolic exponent positive) beside what is said: a theorem about it is no weaker than the
statement read with partial functions.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sympy as sp

from proofs.kernel.statements import Holds, Increasing, Limit, MatrixIdentity, Statement, Supremum

Names = Mapping[sp.Symbol, str]

FUNCTIONS = {sp.exp: "exp", sp.log: "ln", sp.Abs: "Rabs", sp.sin: "sin", sp.cos: "cos", sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh"}
RELATIONS = {sp.Eq: "=", sp.Ne: "<>", sp.Lt: "<", sp.Le: "<=", sp.Gt: ">", sp.Ge: ">="}
SIGNS = {
    "positive": "0 < {}",
    "nonnegative": "0 <= {}",
    "negative": "{} < 0",
    "nonpositive": "{} <= 0",
    "nonzero": "{} <> 0",
    "integer": "is_integer {}",
}
# Keywords of Coq, and the names that printed statements use: a variable of such a name gets an underscore.
RESERVED = frozenset(
    (
        "as",
        "at",
        "by",
        "cofix",
        "else",
        "end",
        "exists",
        "exists2",
        "fix",
        "for",
        "forall",
        "fun",
        "if",
        "IF",
        "in",
        "let",
        "match",
        "mod",
        "Prop",
        "return",
        "Set",
        "SProp",
        "struct",
        "then",
        "Type",
        "using",
        "where",
        "with",
        "R",
        "sqrt",
        "Rpower",
        "Rmax",
        "Rmin",
        "PI",
        "True",
        "False",
        "Finite",
        "p_infty",
        "m_infty",
        "is_integer",
        "limit_is",
        "defined_near",
        "defined_on",
        "increasing_on",
        "supremum_is",
        "maximum_on",
        *FUNCTIONS.values(),
    )
)
READABLE = {"R": "ratio"}  # R is Coq's type of reals

WIDTH = 120
ADD, MUL, UNARY, POWER, ATOM = 50, 40, 35, 30, 0  # precedence levels of Coq's real notations


class Unprintable(ValueError):
    """The object has no counterpart in the classical reals as this printer knows them."""


def names(symbols: Iterable[sp.Symbol]) -> dict[sp.Symbol, str]:
    """A Coq identifier for each symbol, all different, none of them reserved."""
    taken: dict[sp.Symbol, str] = {}
    for symbol in sorted(symbols, key=lambda s: (s.name, s.sort_key())):
        name = re.sub(r"[^A-Za-z0-9_]", lambda found: f"u{ord(found[0]):04x}", READABLE.get(symbol.name, symbol.name))
        if not re.match(r"[A-Za-z]", name):
            name = "x" + name
        while name in RESERVED or name in taken.values():
            name += "_"
        taken[symbol] = name
    return taken


def term(expr: sp.Expr, names: Names) -> str:
    """The expression as a Coq term of type R.

    Powers: `x ^ n` for a whole exponent, powers of `sqrt x` for a half-integer one, `Rpower x y` for any other.
    Raises: Unprintable for what is not a real expression of the known functions: floats, infinities, others.
    """
    return _term(sp.sympify(expr), names)[0]


def _wrapped(expr: sp.Expr, names: Names, level: int) -> str:
    text, own = _term(expr, names)
    return text if own <= level else f"({text})"


def _term(expr: sp.Expr, names: Names) -> tuple[str, int]:
    """The text and its precedence level."""
    if expr.is_Symbol:
        return names[expr], ATOM
    if expr.is_Rational:
        return _rational(expr)
    if expr is sp.pi:
        return "PI", ATOM
    if expr is sp.E:
        return "exp 1", POWER
    if expr.is_Add:
        return _sum(expr.as_ordered_terms(), names), ADD
    if expr.is_Mul:
        return _product(expr.args, names)
    if expr.is_Pow:
        return _power(expr.base, expr.exp, names)
    if isinstance(expr, (sp.Max, sp.Min)):
        return _extremum("Rmax" if isinstance(expr, sp.Max) else "Rmin", sorted(expr.args, key=sp.default_sort_key), names)
    if expr.func in FUNCTIONS and len(expr.args) == 1:
        return f"{FUNCTIONS[expr.func]} {_wrapped(expr.args[0], names, ATOM)}", POWER
    raise Unprintable(
        f"{expr} has no counterpart among Coq's reals: {sorted(f.__name__ for f in FUNCTIONS)}, Max, Min, roots and powers have one"
    )


def _rational(number: sp.Rational) -> tuple[str, int]:
    text = str(abs(number.p)) if number.q == 1 else f"{abs(number.p)} / {number.q}"
    if number >= 0:
        return text, ATOM if number.q == 1 else MUL
    return (f"- {text}" if number.q == 1 else f"- ({text})"), UNARY


def _sum(args: Sequence[sp.Expr], names: Names) -> str:
    text = _wrapped(args[0], names, ADD)
    for arg in args[1:]:
        coefficient = arg.as_coeff_Mul()[0]
        text += f" - {_wrapped(-arg, names, MUL)}" if coefficient.is_negative else f" + {_wrapped(arg, names, MUL)}"
    return text


def _product(args: Sequence[sp.Expr], names: Names) -> tuple[str, int]:
    """Numerator over denominator; the sign in front."""
    sign, above, below = 1, [], []
    for arg in args:
        if arg.is_Rational:
            sign, arg = (-sign, -arg) if arg < 0 else (sign, arg)
            above += [sp.Integer(arg.p)] if arg.p != 1 else []
            below += [sp.Integer(arg.q)] if arg.q != 1 else []
        elif arg.is_Pow and arg.exp.is_Rational and arg.exp < 0:
            below.append(sp.Pow(arg.base, -arg.exp))
        else:
            above.append(arg)
    if len(above) == 1 and not below:
        return _term(above[0], names) if sign > 0 else (f"- {_wrapped(above[0], names, POWER)}", UNARY)
    text = " * ".join(_wrapped(arg, names, UNARY) for arg in above) or "1"
    if below:
        under = " * ".join(_wrapped(arg, names, UNARY) for arg in below)
        text += f" / ({under})" if len(below) > 1 else f" / {under}"
    return (text, MUL) if sign > 0 else (f"- ({text})", UNARY)


def _power(base: sp.Expr, exponent: sp.Expr, names: Names) -> tuple[str, int]:
    if exponent.is_Rational and exponent < 0 and exponent.q <= 2:
        return f"/ {_wrapped(sp.Pow(base, -exponent), names, UNARY)}", UNARY
    if exponent.is_Integer:
        return f"{_wrapped(base, names, ATOM)} ^ {exponent}", POWER
    if exponent.is_Rational and exponent.q == 2:
        root = f"sqrt {_wrapped(base, names, ATOM)}"
        return (root if exponent.p == 1 else f"({root}) ^ {exponent.p}"), POWER
    return f"Rpower {_wrapped(base, names, ATOM)} {_wrapped(exponent, names, ATOM)}", POWER


def _extremum(name: str, args: Sequence[sp.Expr], names: Names) -> tuple[str, int]:
    if len(args) == 1:
        return _term(args[0], names)
    rest, level = _extremum(name, args[1:], names)
    return f"{name} {_wrapped(args[0], names, ATOM)} {rest if level == ATOM else f'({rest})'}", POWER


def proposition(condition: sp.Basic, names: Names) -> str:
    """A relation, or and/or/not of them, as a Coq proposition."""
    if condition in (sp.true, sp.false):
        return "True" if condition == sp.true else "False"
    for kind, sign in RELATIONS.items():
        if isinstance(condition, kind):
            return f"{term(condition.lhs, names)} {sign} {term(condition.rhs, names)}"
    parts = [f"({proposition(arg, names)})" for arg in getattr(condition, "args", ())]
    if isinstance(condition, sp.And):
        return " /\\ ".join(parts)
    if isinstance(condition, sp.Or):
        return " \\/ ".join(parts)
    if isinstance(condition, sp.Not):
        return f"~ {parts[0]}"
    raise Unprintable(f"{condition} is no relation, and no and/or/not of relations")


def requirements(*objects: sp.Basic) -> tuple[sp.Basic, ...]:
    """The conditions under which Coq's total functions mean what SymPy's partial ones do, in order of occurrence.

    Raises: Unprintable where one of them is false of a constant.
    """
    found: dict[sp.Basic, None] = {}
    for node in (node for item in objects for node in sp.postorder_traversal(item)):
        condition = _requirement(node)
        if condition == sp.false:
            raise Unprintable(f"{node} is not a real number")
        if condition != sp.true and (condition.free_symbols or not condition.is_Relational):
            found[condition] = None
    return tuple(found)


def _requirement(node: sp.Basic) -> sp.Basic:
    if isinstance(node, sp.log):
        return _sure(node.args[0] > 0, sp.StrictGreaterThan(node.args[0], 0, evaluate=False))
    if not isinstance(node, sp.Pow) or node.base is sp.E:
        return sp.true
    base, exponent = node.base, node.exp
    if exponent.is_Integer:
        return sp.true if exponent > 0 else _sure(sp.Ne(base, 0), sp.Ne(base, 0, evaluate=False))
    if exponent.is_Rational and exponent.q == 2 and exponent > 0:
        return _sure(base >= 0, sp.GreaterThan(base, 0, evaluate=False))
    return _sure(base > 0, sp.StrictGreaterThan(base, 0, evaluate=False))


def _sure(evaluated: sp.Basic, condition: sp.Basic) -> sp.Basic:
    """The condition as it stands; its truth value where it is about a constant."""
    return condition if condition.free_symbols else evaluated


def statement(said: Statement, indent: str = "  ") -> str:
    """The statement as a closed Coq proposition, over several lines.

    Variables are quantified over the reals with their sign assumptions and premises, as `proofs.kernel.statements` says; the
    requirements of everything printed are part of what is asserted. The words `limit_is`, `defined_near`, `supremum_is`,
    `maximum_on`, `increasing_on`, `defined_on` and `is_integer` stand in proofs/coq/meaning.v.
    Raises: Unprintable for kinds of statement, functions or values that have no counterpart.
    """
    if isinstance(said, Holds):
        free = _symbols(said.condition, *said.where)
        known = names(free)
        conditions = said.condition.args if isinstance(said.condition, sp.And) else (said.condition,)
        claimed = [*requirements(said.condition), *conditions]
        return _quantified(free, said.where, known, [proposition(each, known) for each in claimed], indent)
    if isinstance(said, Limit):
        return _about_function(said, (said.point, said.value), _limit, indent)
    if isinstance(said, Supremum):
        return _about_function(said, (said.start, said.end, *([] if said.value is None else [said.value])), _supremum, indent)
    if isinstance(said, Increasing):
        return _about_function(said, (), lambda said, f, x, on, names: [f"increasing_on {f} {on}"], indent)
    if isinstance(said, MatrixIdentity):
        return matrix_statement(said, indent)
    raise Unprintable(f"a {type(said).__name__} is not a statement about reals")


def _symbols(*objects: sp.Basic) -> list[sp.Symbol]:
    return sorted({symbol for item in objects for symbol in item.free_symbols}, key=lambda s: (s.name, s.sort_key()))


def _assumed(symbol: sp.Symbol, known: Names) -> list[str]:
    """What the symbol's own assumptions say. Assumptions not listed are dropped: that makes a statement stronger."""
    given = {name for name, value in symbol._assumptions_orig.items() if value}
    return [form.format(known[symbol]) for name, form in SIGNS.items() if name in given]


def _quantified(free: Sequence[sp.Symbol], where: Iterable[sp.Basic], known: Names, claimed: Sequence[str], indent: str) -> str:
    premises = [text for symbol in free for text in _assumed(symbol, known)]
    premises += [
        f"({proposition(premise, known)})" if isinstance(premise, (sp.And, sp.Or, sp.Not)) else proposition(premise, known)
        for premise in where
        if premise != sp.true
    ]
    lines = [f"forall {' '.join(known[symbol] for symbol in free)} : R,"] if free else []
    lines += [f"{premise} ->" for premise in premises]
    last = f"({claimed[-1]})" if len(claimed) > 1 and " \\/ " in claimed[-1] else claimed[-1]  # Coq reads a /\ b \/ c as (a /\ b) \/ c
    lines += [f"({text}) /\\" for text in claimed[:-1]] + [last]
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False)
        for line in lines
    )


def matrix_statement(said: MatrixIdentity, indent: str = "  ") -> str:
    """The identity as a closed proposition of MathComp: matrices of any sizes over any real field.

    A diagonal matrix stands as `diag_mx` of a row; orthonormal columns are a premise UᵀU = 1.
    Raises: Unprintable for what is no sum of products of matrices and their transposes.
    """
    symbols = sorted({*said.left.atoms(sp.MatrixSymbol), *said.right.atoms(sp.MatrixSymbol)}, key=lambda s: s.name)
    sizes = sorted({size for symbol in symbols for size in symbol.shape}, key=lambda s: s.name)
    known: dict[sp.Basic, str] = {}
    for symbol in (*sizes, *symbols):
        base = READABLE.get(symbol.name, symbol.name)
        known[symbol] = base + "_" * (base in RESERVED or base in known.values())
    kinds = [
        f"({known[s]} : 'rV[R]_{known[s.shape[0]]})"
        if s in said.diagonal
        else f"({known[s]} : 'M[R]_({known[s.shape[0]]}, {known[s.shape[1]]}))"
        for s in symbols
    ]
    lines = [f"forall (R : realFieldType) ({' '.join(known[size] for size in sizes)} : nat)", f"  {' '.join(kinds)},"]
    lines += [f"{known[s]}^T *m {known[s]} = 1%:M ->" for s in said.orthonormal if s in symbols]
    sides = [_matrix(side, known, frozenset(said.diagonal)) for side in (said.left, said.right)]
    lines.append(" = ".join(sides))
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False)
        for line in lines
    )


def _matrix(expr: sp.Basic, known: Mapping[sp.Basic, str], diagonal: frozenset[sp.MatrixSymbol]) -> str:
    """A matrix expression as an atom or in parentheses, but for the outermost sum."""
    if isinstance(expr, sp.MatrixSymbol):
        return f"diag_mx {known[expr]}" if expr in diagonal else known[expr]
    if isinstance(expr, sp.ZeroMatrix):
        return "0"
    if isinstance(expr, sp.Identity):
        return "1%:M"
    if isinstance(expr, sp.Transpose):
        return f"{_matrix_factor(expr.arg, known, diagonal)}^T"
    if isinstance(expr, sp.MatAdd):
        return " + ".join(_matrix_factor(arg, known, diagonal, sum_allowed=False) for arg in expr.args)
    if isinstance(expr, sp.MatPow) and expr.exp.is_Integer and expr.exp > 0:
        return " *m ".join([_matrix_factor(expr.base, known, diagonal)] * int(expr.exp))
    if isinstance(expr, sp.MatMul):
        scale, factors = expr.as_coeff_matrices()
        if scale not in (1, -1):
            raise Unprintable(f"the factor {scale} of {expr} is not a sign")
        text = " *m ".join(_matrix_factor(factor, known, diagonal) for factor in factors)
        return text if scale == 1 else f"- ({text})"
    raise Unprintable(f"{expr} is no sum of products of matrices")


def _matrix_factor(expr: sp.Basic, known: Mapping[sp.Basic, str], diagonal: frozenset[sp.MatrixSymbol], sum_allowed: bool = True) -> str:
    """The expression in parentheses, unless it is a name or, as a summand, a product."""
    text = _matrix(expr, known, diagonal)
    bare = isinstance(expr, (sp.MatrixSymbol, sp.Transpose, sp.Identity, sp.ZeroMatrix)) and expr not in diagonal
    product = not sum_allowed and isinstance(expr, (sp.MatMul, sp.MatPow))
    return text if bare or product else f"({text})"


def _about_function(said: Any, values: Sequence[sp.Expr], claims: Callable[..., list[str]], indent: str) -> str:
    """Statements about x ↦ expr on the values of x that the premises on x admit."""
    x = said.variable
    free = [symbol for symbol in _symbols(said.expr, *said.where, *values) if symbol != x]
    known = names([*free, x])
    on_x = [premise for premise in said.where if x in premise.free_symbols]
    others = [premise for premise in said.where if x not in premise.free_symbols]
    admitted = [*_assumed(x, known), *(proposition(premise, known) for premise in on_x)]
    if isinstance(said, Supremum):
        admitted += [
            f"{term(end, known)} {sign} {known[x]}" for end, sign in ((said.start, "<="), (said.end, ">=")) if end not in (sp.oo, -sp.oo)
        ]
    on = _function(x, known, " /\\ ".join(f"({text})" for text in admitted) or "True")
    f = _function(x, known, term(said.expr, known))
    claimed = claims(said, f, x, on, known)
    needed = [*requirements(said.expr), *requirements(*values)]
    if needed:
        defined = _function(x, known, " /\\ ".join(f"({proposition(each, known)})" for each in needed))
        near = f"defined_near {_extended(said.point, known)}" if isinstance(said, Limit) else "defined_on"
        claimed = [f"{near} {on} {defined}", *claimed]
    return _quantified(free, others, known, claimed, indent)


def _function(x: sp.Symbol, known: Names, body: str) -> str:
    return f"(fun {known[x]} : R => {body})"


def _extended(value: sp.Expr, known: Names) -> str:
    if value in (sp.oo, -sp.oo):
        return "p_infty" if value == sp.oo else "m_infty"
    return f"(Finite ({term(value, known)}))"


def _limit(said: Limit, f: str, x: sp.Symbol, on: str, known: Names) -> list[str]:
    return [f"limit_is {f} {on} {_extended(said.point, known)} {_extended(said.value, known)}"]


def _supremum(said: Supremum, f: str, x: sp.Symbol, on: str, known: Names) -> list[str]:
    claimed = [] if said.value is None else [f"supremum_is {f} {on} {_extended(said.value, known)}"]
    if said.attained is not None:
        claimed.append(("" if said.attained else "~ ") + f"maximum_on {f} {on}")
    return claimed
