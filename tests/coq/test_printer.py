"""The printed Coq text says what the SymPy object says: read back by an unrelated reader, and by Coq itself."""

import re
import shutil
import subprocess

import pytest
import sympy as sp
from flint import arb, ctx
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proofs.checker import balls
from proofs.claims import registry
from proofs.coq import printer
from proofs.kernel.statements import Holds, Increasing, Limit, MatrixIdentity, Supremum
from tests.tools import coq_reader
from theory.symbols import R, gamma, m_majority, p, sigma
from theory.unconstrained_features import flow

x, y = sp.symbols("x y", positive=True)
z = sp.Symbol("z", real=True)
SYMBOLS = (x, y, z, R, sp.Symbol("exp", positive=True), sp.Symbol("ratio", positive=True))
WIDTH = arb("1e-20")  # balls that agree and are this narrow, at 256 bits, mean the same number


def _built(make, *args):
    """make(*args), or the first of them where SymPy sees that it is not a real number."""
    try:
        made = make(*args)
    except ValueError:  # "not comparable"
        return args[0]
    return args[0] if made.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I) or made.is_extended_real is False else made


BINARY = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    sp.Max,
    sp.Min,
    lambda a, b: sp.Mul(a, b, evaluate=False),
    lambda a, b: sp.Add(a, b, evaluate=False),
]
UNARY = [
    sp.exp,
    sp.log,
    sp.Abs,
    sp.sqrt,
    sp.sin,
    sp.cos,
    sp.tanh,
    sp.cosh,
    lambda a: -a,
    lambda a: 1 / a,
    lambda a: a**z,
    *(lambda a, k=k: a**k for k in (-2, 2, 3, sp.Rational(-3, 2), sp.Rational(3, 2), sp.Rational(1, 3), sp.Rational(-2, 3))),
]


def _grown(inner):
    return st.one_of(st.builds(_built, st.sampled_from(BINARY), inner, inner), st.builds(_built, st.sampled_from(UNARY), inner))


RATIONALS = st.fractions(-3, 3, max_denominator=7).map(sp.Rational)
ATOMS = st.one_of(st.sampled_from(SYMBOLS), RATIONALS, st.sampled_from([sp.pi, sp.E]))
EXPRESSIONS = st.recursive(ATOMS, _grown, max_leaves=8)
POINTS = st.fixed_dictionaries({symbol: st.fractions("1/5", 3, max_denominator=9).map(sp.Rational) for symbol in SYMBOLS})


def _enclosures(expr, at, text, known):
    """(SymPy's value, the printed text's value) as balls; None where the expression has no value there."""
    numbers = {symbol: arb(balls.rational(number)) for symbol, number in at.items()}
    saved, ctx.prec = ctx.prec, 256
    try:
        return balls.value(expr, numbers), coq_reader.value(text, {known[symbol]: numbers[symbol] for symbol in known})
    except balls.Undefined:
        return None
    finally:
        ctx.prec = saved


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS, POINTS)
def test_the_printed_term_has_the_value_of_the_expression(expr, at):
    known = printer.names(expr.free_symbols)
    try:
        text = printer.term(expr, known)
        printer.requirements(expr)
    except printer.Unprintable:
        assume(False)
    found = _enclosures(expr, at, text, known)
    assume(found is not None)
    mine, theirs = found
    assume(mine.rad() < WIDTH)
    assert theirs.rad() < WIDTH, f"{expr} printed as {text} has no value"
    assert mine.overlaps(theirs), f"{expr} printed as {text}: {mine} against {theirs}"


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS, POINTS)
def test_where_the_requirements_hold_the_expression_is_defined(expr, at):
    known = printer.names(expr.free_symbols)
    try:
        needed = [printer.proposition(condition, known) for condition in printer.requirements(expr)]
    except printer.Unprintable:
        assume(False)
    numbers = {known[symbol]: arb(balls.rational(at[symbol])) for symbol in known}
    assume(all(coq_reader.truth(text, numbers) for text in needed))
    assert _enclosures(expr, at, printer.term(expr, known), known) is not None, f"{expr} is not defined where {needed}"


@pytest.mark.parametrize(
    ("condition", "at"),
    [
        (sp.And(x < y, sp.Ne(x, 1)), {x: 2, y: 3}),
        (sp.And(x < y, sp.Ne(x, 2)), {x: 2, y: 3}),
        (sp.Or(x**2 >= y, sp.Not(x - 1 > 0)), {x: 2, y: 5}),
        (sp.Or(x**2 >= y, sp.And(x <= 1, y > 0)), {x: 1, y: 5}),
        (sp.Eq(2 * x, y), {x: 2, y: 4}),
        (sp.Eq(2 * x, y), {x: 2, y: 5}),
        ((x + 1) * (y - 1) > -x, {x: 2, y: 5}),
    ],
)
def test_the_printed_condition_has_the_truth_value_of_the_condition(condition, at):
    known = printer.names(condition.free_symbols)
    numbers = {known[symbol]: arb(at[symbol]) for symbol in known}
    assert coq_reader.truth(printer.proposition(condition, known), numbers) is bool(condition.subs(at))


def test_names_are_different_and_shadow_no_function():
    symbols = [sp.Symbol(name, real=True) for name in ("R", "ratio", "exp", "exp_", "ln", "λ", "_u", "x1", "forall")]
    symbols.append(sp.Symbol("exp", positive=True))
    known = printer.names(symbols)
    assert len(set(known.values())) == len(symbols)
    assert not set(known.values()) & printer.RESERVED
    assert all(name.isascii() and name.isidentifier() and name[0].isalpha() for name in known.values())


@pytest.mark.parametrize(
    "alien",
    [
        sp.Float("0.5"),
        sp.I,
        sp.oo,
        sp.nan,
        sp.Function("f")(x),
        sp.gamma(x),
        sp.log(-1),
        sp.sqrt(sp.Integer(-1) - sp.sqrt(2), evaluate=False),
    ],
)
def test_what_is_no_real_expression_is_not_printed(alien):
    with pytest.raises(printer.Unprintable):
        printer.statement(Holds(says="", condition=sp.Eq(alien, 0, evaluate=False)))


def test_a_statement_asserts_that_it_is_defined():
    text = printer.statement(Holds(says="", condition=sp.Eq(sp.log(z) / z, sp.sqrt(z), evaluate=False)))
    assert [line.strip() for line in text.splitlines()] == [
        "forall z : R,",
        "(z <> 0) /\\",
        "(z > 0) /\\",
        "(z >= 0) /\\",
        "ln z / z = sqrt z",
    ]


def test_a_disjunction_after_what_defines_it_stands_in_parentheses():
    """Coq reads a /\\ b \\/ c as (a /\\ b) \\/ c, which is less than what is meant."""
    text = printer.statement(Holds(says="", condition=sp.Or(1 / z > 1, z > 2)))
    assert text.splitlines()[-1].strip() == "((z > 2) \\/ (/ z > 1))"
    alone = printer.statement(Holds(says="", condition=sp.Or(z < 1, z > 2)))
    assert alone.splitlines()[-1].strip() == "(z > 2) \\/ (z < 1)"


def test_a_statement_carries_signs_and_premises_of_its_variables():
    text = printer.statement(Holds(says="", condition=p < R, where=(sp.Or(gamma > 0, p < 1), m_majority > 1)))
    assert [line.strip() for line in text.splitlines()] == [
        "forall ratio gamma m_maj p : R,",
        "0 < ratio ->",
        "0 < m_maj ->",
        "is_integer m_maj ->",
        "0 < p ->",
        "((gamma > 0) \\/ (p < 1)) ->",
        "m_maj > 1 ->",
        "p < ratio",
    ]


def test_limits_suprema_and_monotone_functions_are_said_of_a_function():
    def lines(said):
        return re.split(r"(?<=->) |(?<=R,) |(?<=\)\)\) /\\) ", " ".join(printer.statement(said).split()))

    assert lines(Limit(says="", expr=sigma / z, variable=z, point=sp.oo, value=sp.Integer(0), where=(z > 1, sigma > 2))) == [
        "forall sigma : R,",
        "0 < sigma ->",
        "sigma > 2 ->",
        "(defined_near p_infty (fun z : R => (z > 1)) (fun z : R => (z <> 0))) /\\",
        "limit_is (fun z : R => sigma / z) (fun z : R => (z > 1)) p_infty (Finite (0))",
    ]
    assert lines(Supremum(says="", expr=-x, variable=x, start=sp.Integer(1), end=sp.oo, value=sp.Integer(-1), attained=True)) == [
        "(supremum_is (fun x : R => - x) (fun x : R => (0 < x) /\\ (1 <= x)) (Finite (- 1))) /\\",
        "maximum_on (fun x : R => - x) (fun x : R => (0 < x) /\\ (1 <= x))",
    ]
    assert lines(Increasing(says="", expr=z**3, variable=z)) == ["increasing_on (fun z : R => z ^ 3) (fun z : R => True)"]


class One:
    """MathComp's 1%:M, of whatever size fits."""

    def __matmul__(self, other):
        return other

    __rmatmul__ = __matmul__


SIZES = {"c": 3, "d": 2, "n": 4, "k": 2}
MATRIX_PARTS = [
    part
    for claim in registry.claims(
        ["loss-staircase", "flow-follows-from-loss", "balance-conserved", "modes-decouple-vanilla", "terminal-geometry-equivalence"]
    )
    for part in claim.parts(claim.said())
    if isinstance(part, MatrixIdentity)
]


def _read_matrix(text, values):
    """A MathComp term as Python: *m is @, ^T is .T."""
    text = re.sub(r"diag_mx\s+(\w+)", r"sp.diag(*\1)", text)
    for coq, python in (("*m", "@"), ("^T", ".T"), ("1%:M", "One()"), ("\n", " ")):
        text = text.replace(coq, python)
    return eval(text.strip(), {"One": One, "sp": sp, **values})  # the printed text of this project's own statements


@pytest.mark.parametrize("part", MATRIX_PARTS, ids=lambda part: part.says)
def test_printed_matrix_identities_have_the_values_of_their_sides(part):
    source = iter(range(1, 1000))
    values, at = {}, {}
    for symbol in sorted(part.left.atoms(sp.MatrixSymbol) | part.right.atoms(sp.MatrixSymbol), key=str):
        rows, columns = (SIZES[size.name] for size in symbol.shape)
        if symbol in part.diagonal:
            values[symbol.name] = [sp.Rational(next(source) ** 2 % 31, 7) for _ in range(rows)]
            at[symbol] = sp.diag(*values[symbol.name])
        else:
            values[symbol.name] = at[symbol] = sp.Matrix(rows, columns, lambda i, j: sp.Rational(next(source) ** 2 % 37, 5))
    body = " ".join(re.split(r"->\n|,\n", printer.statement(part))[-1].split())
    for text, side in zip(body.split(" = "), (part.left, part.right), strict=True):
        sizes = {size: SIZES[size.name] for size in side.free_symbols if size.name in SIZES}
        expected = side.subs(sizes).subs({s.subs(sizes): at[s] for s in side.atoms(sp.MatrixSymbol)}).doit()
        found = _read_matrix(text.strip(), values)
        assert sp.Matrix(expected) == (found or sp.zeros(*expected.shape))


def test_a_matrix_statement_names_sizes_frames_and_diagonals():
    (vanilla, *_) = (part for part in MATRIX_PARTS if part.says.startswith("dW/dt stays"))
    lines = [line.strip() for line in printer.statement(vanilla).splitlines()]
    assert lines[:5] == [
        "forall (R : realFieldType) (c d k n : nat)",
        "(Q : 'M[R]_(d, k)) (S : 'rV[R]_k) (U : 'M[R]_(c, k)) (V : 'M[R]_(n, k)) (a : 'rV[R]_k),",
        "U^T *m U = 1%:M ->",
        "V^T *m V = 1%:M ->",
        "Q^T *m Q = 1%:M ->",
    ]


def test_a_multiple_of_a_matrix_is_not_printed():
    with pytest.raises(printer.Unprintable, match="not a sign"):
        printer.statement(MatrixIdentity(says="", left=2 * flow.W, right=flow.W))


COQ_SAMPLE = [
    sp.sqrt(x) * y ** sp.Rational(-3, 2),
    -(x**2) + 1,
    (x - y) - (x + y),
    x / (y * R),
    -x / y,
    R ** (x - y),
    sp.exp(-x) / 3 - sp.Rational(2, 7),
    sp.log(x + 1) * sp.Abs(y - 5),
    sp.Max(x, y, R) - sp.Min(x, y),
    sp.tanh(x),
    1 / x + 1 / (x + 1) ** 2,
    sp.cos(x) - sp.sin(-y),
    sp.pi * sp.E,
    sp.Add(x, sp.Mul(-1, y + R, evaluate=False), evaluate=False),
    -(-x - 2) * (x - 3) ** 3,
]


@pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")
def test_coq_reads_the_printed_terms_as_the_same_numbers(tmp_path):
    at = {x: sp.Rational(5, 3), y: sp.Rational(7, 4), R: sp.Rational(11, 2)}
    goals = []
    for expr in COQ_SAMPLE:
        known = printer.names(expr.free_symbols)
        text = printer.term(expr, known)
        for symbol, name in known.items():
            text = re.sub(rf"\b{name}\b", f"({at[symbol]})", text)
        centre = sp.Rational(str(expr.subs(at).evalf(30)))
        goals.append(
            f"Goal Rabs (({text}) - ({centre.p} / {centre.q})) <= 1 / 10 ^ 12.\n"
            "Proof. unfold Rpower, tanh, sinh, cosh, Rmax, Rmin; repeat destruct Rle_dec; try lra; "
            "interval with (i_prec 90). Qed."
        )
    source = tmp_path / "sample.v"
    source.write_text(
        "From Coq Require Import Reals Lra.\nFrom Interval Require Import Tactic.\nOpen Scope R_scope.\n" + "\n".join(goals) + "\n"
    )
    done = subprocess.run(["coqc", "-q", str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
