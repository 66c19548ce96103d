"""TPTP files of inequalities, as MetiTarski's problems are written, read as statements of `ufm check`.

A file holds `fof(name, conjecture, ! [X, …] : (premises => conclusion)).` and may include axioms of MetiTarski's, which are facts
about the functions of the reals and are not read. Where a division by zero, or a function outside its domain, has a value there by
some convention, no convention is used here: premises that are defined everywhere become premises, and all others stand in the
statement, which is proved only where every part of it is defined at all values that are admitted. What is proved is thus true
under every convention, and so is a counterexample, at which every part is defined as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from proofs.check.files import Step
from proofs.check.names import plain_name
from proofs.checker.logic import needs_of
from proofs.kernel.reader import Reading, exact_decimals, read_relation, syntax_tree
from theory.exact import InvalidInput

FUNCTIONS = {name: name for name in ("exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")}
FUNCTIONS |= {"ln": "log", "abs": "Abs", "min": "Min", "max": "Max"}
CONNECTIVES = {"&": "and", "|": "or"}
COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "==", "!=": "!="}
OUTSIDE = {"?": "an existential quantifier", "<=>": "an equivalence", "<~>": "an exclusive or", "~&": "a nand", "~|": "a nor"}
OF_FORMULAS = {*COMPARISONS, *CONNECTIVES, *OUTSIDE, "=>", "~", "!"}
MAX_DEPTH = 100
Node: TypeAlias = "str | tuple[str, list[Any]]"  # a comparison in the grammar of `ufm check`; and, or, not, => of formulas
TOKEN = re.compile(
    r"\s+|%[^\n]*|/\*.*?\*/|(?P<token><=>|<~>|~&|~\||=>|<=|>=|!=|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
    r"|[A-Za-z_][A-Za-z0-9_]*|'[^'\n]*'|[-+*/^<>=~&|()\[\],:!?.$])",
    re.DOTALL,
)


def read_tptp(text: str, name: str) -> list[Step]:
    """The conjectures of a TPTP file, one step each.

    Raises: InvalidInput, one line, that names what is outside the grammar.
    """
    parser = _Parser(_tokens(text, name), name)
    steps: list[Step] = []
    while parser.at < len(parser.tokens):
        if parser.peek() == "include":
            parser.include()
        else:
            steps.append(parser.conjecture({step.id for step in steps}))
    if not steps:
        raise InvalidInput(f"file {name!r} holds no conjecture: write fof(name, conjecture, ! [X] : (0 < X => ln(X) < X)).")
    return steps


def _tokens(text: str, name: str) -> list[tuple[str, int]]:
    """The tokens with their lines."""
    found, place = [], 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise InvalidInput(f"file {name!r}, line {text.count(chr(10), 0, place) + 1}: {text[place]!r} is not read")
        if match["token"] is not None:
            found.append((match["token"], text.count("\n", 0, match.start()) + 1))
        place = match.end()
    return found


@dataclass
class _Parser:
    """A walk over the tokens; the words of each formula are those of `ufm check`."""

    tokens: list[tuple[str, int]]
    file: str
    at: int = 0
    depth: int = 0
    names: dict[str, str] = field(default_factory=dict)  # of the quantified variables

    def peek(self, at: int | None = None) -> str:
        """The token here, or at a place; nothing at the end."""
        place = self.at if at is None else at
        return self.tokens[place][0] if place < len(self.tokens) else ""

    def refuse(self, what: str) -> InvalidInput:
        line = self.tokens[min(self.at, len(self.tokens) - 1)][1] if self.tokens else 1
        return InvalidInput(f"file {self.file!r}, line {line}: {what}")

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if token in OUTSIDE:
            raise self.refuse(f"{OUTSIDE[token]} ({token}) is outside the grammar: universal inequalities are read")
        if wanted and token not in wanted:
            raise self.refuse(f"{token or 'the end of the file'!r} stands where {' or '.join(wanted)} is read")
        self.at += 1
        return token

    def include(self) -> None:
        """An include of axioms of MetiTarski's; others could say anything."""
        self.take("include")
        self.take("(")
        path = self.take().strip("'")
        if not re.fullmatch(r"Axioms/[\w-]+\.ax", path):
            raise self.refuse(f"include {path!r} is outside the grammar: only MetiTarski's own 'Axioms/….ax' are passed over")
        self.take(")")
        self.take(".")

    def conjecture(self, earlier: set[str]) -> Step:
        language, line = self.peek(), self.tokens[self.at][1]
        if language != "fof":
            raise self.refuse(f"{language!r} is outside the grammar: fof and include are read")
        self.at += 1
        self.take("(")
        name = self.take().strip("'")
        self.take(",")
        role = self.take()
        if role != "conjecture":
            raise self.refuse(f"the role {role!r} of {name!r} is outside the grammar: a conjecture with its premises before => is read")
        if name in earlier or not name:
            raise self.refuse(f"{name!r} names two formulas: give each its own name")
        self.take(",")
        self.names = {}
        formula = self.quantified()
        self.take(")")
        self.take(".")
        premises: list[Node] = []
        while isinstance(formula, tuple) and formula[0] == "=>":
            premises += _conjuncts(formula[1][0])
            formula = formula[1][1]
        texts = [_said(premise) for premise in premises]
        where = [text for text in texts if _is_total(text)]
        others = [premise for premise, text in zip(premises, texts, strict=True) if text not in where]
        statement = _said(("=>", [("and", others), formula]) if others else formula)
        reads = f"conjecture {name} of {self.file}, for all real values; no convention gives a value to what is not defined"
        return Step(name, statement, where, line=line, reads=reads)

    def quantified(self) -> Node:
        """A formula in which every variable is universally quantified at its front, in whatever brackets."""
        place = self.at
        while self.peek(place) == "(":
            place += 1
        if self.peek(place) != "!":
            return self.formula()
        if place > self.at:
            self.take("(")
            formula = self.quantified()
            self.take(")")
            return formula
        self.variables()
        if self.peek() not in ("(", "!"):
            raise self.refuse("what is quantified must stand in brackets: a quantifier binds what follows at once and no more")
        return self.quantified() if self.peek() == "!" else self.unitary()

    def variables(self) -> None:
        self.take("!")
        self.take("[")
        while True:
            variable = self.take()
            if not re.fullmatch(r"[A-Z]\w*", variable) or variable in self.names:
                raise self.refuse(f"{variable!r} is no variable, or one that is quantified already: write ! [X, Y] : …")
            self.names[variable] = plain_name(variable, self.names.values())
            if self.take(",", "]") == "]":
                break
        self.take(":")

    def formula(self) -> Node:
        """A => B, where there is an arrow; to the right first."""
        first = self.junction()
        if self.peek() != "=>":
            return first
        self.take("=>")
        return "=>", [first, self.formula()]

    def junction(self) -> Node:
        """Formulas joined by & or by |."""
        parts, kind = [self.unitary()], self.peek()
        while self.peek() in CONNECTIVES:
            if self.take() != kind:
                raise self.refuse("& and | stand beside each other: put one of them in brackets")
            parts.append(self.unitary())
        return (CONNECTIVES[kind], parts) if len(parts) > 1 else parts[0]

    def unitary(self) -> Node:
        """A comparison, a negation, or a formula in brackets."""
        token = self.peek()
        if token in ("!", "?"):
            raise self.refuse(f"a quantifier ({token}) inside a formula is outside the grammar: quantify at the front, by !")
        self.deeper(1)
        if token == "~":
            self.take("~")
            found: Node = ("not", [self.unitary()])
        elif token == "(" and self.encloses_formula():
            self.take("(")
            found = self.formula()
            self.take(")")
        else:
            left = self.sum()
            found = f"{left} {COMPARISONS[self.take(*COMPARISONS)]} {self.sum()}"
        self.deeper(-1)
        return found

    def deeper(self, by: int) -> None:
        self.depth += by
        if self.depth > MAX_DEPTH:
            raise self.refuse(f"it is nested more than {MAX_DEPTH} deep")

    def encloses_formula(self) -> bool:
        """Whether what this bracket encloses is a formula and no term."""
        depth = 0
        for token, _ in self.tokens[self.at :]:
            depth += {"(": 1, ")": -1}.get(token, 0)
            if depth == 0:
                return False
            if token in OF_FORMULAS:
                return True
        raise self.refuse("a bracket is not closed")

    def sum(self) -> str:
        text = self.product()
        while self.peek() in ("+", "-"):
            text += f" {self.take()} {self.product()}"
        return text

    def product(self) -> str:
        text = self.factor()
        while self.peek() in ("*", "/"):
            text += f"{self.take()}{self.factor()}"
        return text

    def factor(self) -> str:
        """−x^2 is −(x^2), and x^y^z is x^(y^z)."""
        self.deeper(1)
        if self.peek() in ("+", "-"):
            text = f"{self.take()}{self.factor()}"
        else:
            text = self.primary()
            if self.peek() == "^":
                self.take("^")
                text = f"{text}**{self.factor()}"
        self.deeper(-1)
        return text

    def primary(self) -> str:
        token = self.take()
        if token == "(":
            inner = self.sum()
            self.take(")")
            return f"({inner})"
        if re.match(r"[0-9.]", token) and token != ".":
            return token
        if token in self.names:
            return self.names[token]
        if token == "pi":
            return "pi"
        if token not in FUNCTIONS:
            self.at -= 1
            if re.match(r"[A-Z]", token):
                raise self.refuse(f"the variable {token} is not quantified: write ! [{token}] : (…)")
            raise self.refuse(f"{token or 'the end of the file'!r} is outside the grammar: {' '.join(FUNCTIONS)} and pi are read")
        self.take("(")
        arguments = [self.sum()]
        while self.peek() == ",":
            self.take(",")
            arguments.append(self.sum())
        self.take(")")
        return f"{FUNCTIONS[token]}({', '.join(arguments)})"


def _conjuncts(node: Node) -> list[Node]:
    if isinstance(node, str) or node[0] != "and":
        return [node]
    return [part for each in node[1] for part in _conjuncts(each)]


def _said(node: Node) -> str:
    """A formula in the grammar of `ufm check`."""
    if isinstance(node, str):
        return node
    word, parts = node
    if len(parts) == 1 and word != "not":
        return _said(parts[0])
    inside = [_said(part) if isinstance(part, str) else f"({_said(part)})" for part in parts]
    if word == "not":
        return f"not ({_said(parts[0])})"
    return f"not ({_said(parts[0])}) or {inside[1]}" if word == "=>" else f" {word} ".join(inside)


def _is_total(condition: str) -> bool:
    """Whether a condition is defined at all real values."""
    return not needs_of(read_relation(syntax_tree(exact_decimals(condition), "a premise"), Reading({})))
