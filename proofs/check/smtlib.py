"""SMT-LIB 2 files of real arithmetic without quantifiers, read as one statement of `ufm check`.

A file asks whether its assertions can hold together. What is checked is the negation of their conjunction: where that is proved,
the answer is unsat; where it is refuted, it is sat, and the witness is a model. Division by zero has a value in SMT-LIB, the same
for the same numerator and otherwise any. So a quotient by what is no constant other than 0 becomes a new variable q with
b = 0 or q·b = a, and for two quotients with b = b' = 0 and a = a' follows q = q': this says exactly what the file says.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from proofs.check.files import Step
from proofs.check.names import plain_name
from theory.exact import InvalidInput

LOGICS = ("QF_NRA", "QF_LRA", "QF_RDL")
PASSED_OVER = ("set-info", "set-option", "get-model", "get-value", "get-info", "echo")
COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=="}
FORMULAS = ("and", "or", "not", "=>", "xor", "distinct", "true", "false", *COMPARISONS)
MAX_PARTS = 20_000  # of all formulas, once lets are put in
MAX_DEPTH = 200
MAX_QUOTIENTS = 12
TOKEN = re.compile(r'\s+|;[^\n]*|(?P<token>[()]|\|[^|]*\||"(?:[^"]|"")*"|[^\s()|";]+)')
PLAIN = re.compile(r"\|(?!(?:let|!|_|as|exists|forall|match|par)\|)[A-Za-z~!@$%^&*_+=<>.?/-][\w~!@$%^&*+=<>.?/-]*\|", re.ASCII)  # |x| is x
Term: TypeAlias = "str | list[Any]"


def read_smtlib(text: str, name: str) -> Step:
    """The statement that an SMT-LIB script asks about.

    Raises: InvalidInput, one line, that names what is outside the grammar.
    """
    script = _Script(name)
    for command in _commands(text, name):
        script.run(command)
    return script.step()


def _commands(text: str, name: str) -> list[list[Any]]:
    """The commands as nested lists of tokens."""
    stack: list[list[Any]] = [[]]
    place = 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise InvalidInput(f"file {name!r}, line {text.count(chr(10), 0, place) + 1}: {text[place]!r} is not read")
        place, token = match.end(), match["token"]
        if token == "(":
            stack.append([])
            if len(stack) > MAX_DEPTH:
                raise InvalidInput(f"file {name!r} is nested more than {MAX_DEPTH} deep: name its parts with define-fun")
        elif token == ")":
            if len(stack) == 1:
                raise InvalidInput(f"file {name!r}, line {text.count(chr(10), 0, place) + 1}: a bracket is closed that was not opened")
            done = stack.pop()
            stack[-1].append(done)
        elif token is not None:
            stack[-1].append(token[1:-1] if PLAIN.fullmatch(token) else token)
    if len(stack) > 1 or not all(isinstance(command, list) and command for command in stack[0]):
        raise InvalidInput(f"file {name!r} is no list of commands in brackets: it may have been cut short")
    return stack[0]


@dataclass
class _Script:
    """What the commands so far have declared and asserted."""

    file: str
    names: dict[str, str] = field(default_factory=dict)  # of the variables
    defined: dict[str, tuple[Term, Mapping[str, Any]]] = field(default_factory=dict)
    assertions: list[str] = field(default_factory=list)
    quotients: dict[tuple[str, str], str] = field(default_factory=dict)
    parts: int = 0
    asked: bool = False
    ended: bool = False

    def refuse(self, what: str) -> InvalidInput:
        return InvalidInput(f"file {self.file!r}: {what}")

    def run(self, command: list[Any]) -> None:
        """Take one command in."""
        if self.ended:
            raise self.refuse(f"the command {_text(command[0])} stands after exit, where nothing is asked any more: drop one of them")
        match command:
            case ["exit"]:
                self.ended = True
            case ["set-logic", str(logic)]:
                if logic not in LOGICS:
                    raise self.refuse(f"the logic {logic} is outside the grammar: {', '.join(LOGICS)} are read")
            case ["declare-fun", str(name), [], "Real"] | ["declare-const", str(name), "Real"]:
                self.fresh(name)
                self.names[name] = plain_name(name.strip("|"), {*self.names.values(), *self.quotients.values()})
            case ["declare-fun", str(name), [], sort] | ["declare-const", str(name), sort]:
                raise self.refuse(f"the sort {_text(sort)} of {name} is outside the grammar: Real is read")
            case ["declare-fun", str(name), *_]:
                raise self.refuse(f"{name} is a function with arguments, which is outside the grammar: real variables are read")
            case ["define-fun", str(name), [], "Real" | "Bool", body]:
                self.fresh(name)
                self.defined[name] = (body, dict(self.defined))
            case ["assert", term] if not self.asked:
                self.assertions.append(self.formula(term, self.defined))
            case ["check-sat"] if not self.asked:
                self.asked = True
            case [str(word), *_] if word in PASSED_OVER:
                pass
            case ["assert" | "check-sat", *_]:
                raise self.refuse("what follows the first check-sat is outside the grammar: one question a file is read")
            case _:
                raise self.refuse(
                    f"the command {_text(command[0])} is outside the grammar: declare-const, define-fun, assert, check-sat are read"
                )

    def fresh(self, name: str) -> None:
        if name in self.names or name in self.defined or name in FORMULAS or not _is_symbol(name):
            raise self.refuse(f"{name} is declared twice, has a meaning already, or is no symbol: choose another name")

    def step(self) -> Step:
        """The statement: the assertions do not hold together."""
        if not self.asked or not self.assertions:
            raise self.refuse("there is no assertion, or no check-sat: nothing is asked")
        told = len(self.assertions)
        words = [f"{quotient} is {_enclosed(above)}/{_enclosed(below)}" for (above, below), quotient in self.quotients.items()]
        claims = [*self.assertions, *self.laws()]
        asked = f"the negation of the conjunction of {told} assertion{'s' * (told > 1)} of {self.file}"
        reads = f"{asked}: proved is unsat, and a counterexample is a model (sat)"
        reads += "".join(f"; {each}, any number where the divisor is 0" for each in words)
        return Step("check-sat", f"not ({' and '.join(map(_enclosed, claims))})", line=1, reads=reads)

    def laws(self) -> list[str]:
        """What is known of the quotients."""
        found = [
            f"{_enclosed(below)} == 0 or {quotient}*{_enclosed(below)} == {above}" for (above, below), quotient in self.quotients.items()
        ]
        for ((a, b), q), ((c, d), r) in itertools.combinations(self.quotients.items(), 2):
            found.append(f"{_enclosed(b)} != 0 or {_enclosed(d)} != 0 or {_enclosed(a)} != {_enclosed(c)} or {q} == {r}")
        return found

    def count(self) -> None:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise self.refuse(f"its formulas have more than {MAX_PARTS} parts once lets are put in")

    def formula(self, term: Term, names: Mapping[str, Any]) -> str:
        """A formula in the grammar of `ufm check`."""
        self.count()
        match term:
            case str(name) if name in names:
                return self.formula(*names[name])
            case "true" | "false":
                return "0 == 0" if term == "true" else "0 == 1"
            case ["let", list(bindings), body]:
                return self.formula(body, self.bound(bindings, names))
            case ["!", body, *_]:
                return self.formula(body, names)
            case ["not", one]:
                return f"not ({self.formula(one, names)})"
            case ["and" | "or" as word, first, *rest]:
                return f" {word} ".join(_enclosed(self.formula(each, names)) for each in (first, *rest))
            case ["=>", first, second]:
                return f"not ({self.formula(first, names)}) or {_enclosed(self.formula(second, names))}"
            case [str(sign), first, second, *rest] if sign in COMPARISONS:
                return f" {COMPARISONS[sign]} ".join(_enclosed(self.real(each, names)) for each in (first, second, *rest))
            case ["distinct", first, second, *rest]:
                pairs = itertools.combinations([self.real(each, names) for each in (first, second, *rest)], 2)
                return " and ".join(f"{_enclosed(a)} != {_enclosed(b)}" for a, b in pairs)
        raise self.refuse(f"{_text(term)} is outside the grammar of formulas: and or not => = distinct < <= > >= let are read")

    def bound(self, bindings: list[Any], names: Mapping[str, Any]) -> dict[str, Any]:
        """The names within a let: each stands for its term with the names outside, all at once."""
        pairs = all(isinstance(each, list) and len(each) == 2 and _is_symbol(each[0]) for each in bindings)
        if not pairs or len({name for name, _ in bindings}) < len(bindings):
            raise self.refuse(f"the bindings {_text(bindings)} of a let are not read: write (let ((a term)) body), each name once")
        return {**names, **{name: (term, names) for name, term in bindings}}

    def real(self, term: Term, names: Mapping[str, Any]) -> str:
        """A real term in the grammar of `ufm check`."""
        self.count()
        match term:
            case str(name) if name in names:
                return self.real(*names[name])
            case str(name) if name in self.names:
                return self.names[name]
            case str(number) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", number):
                return number
            case ["let", list(bindings), body]:
                return self.real(body, self.bound(bindings, names))
            case ["!", body, *_]:
                return self.real(body, names)
            case ["-", one]:
                return f"-{_enclosed(self.real(one, names))}"
            case ["+" | "-" | "*" as sign, first, second, *rest]:
                return f" {sign} ".join(_enclosed(self.real(each, names)) for each in (first, second, *rest))
            case ["/", first, second, *rest]:
                text = self.real(first, names)
                for divisor in (second, *rest):
                    text = self.quotient(text, divisor, names)
                return text
        raise self.refuse(f"{_text(term)} is outside the grammar of real terms: declared variables, numbers and + - * / are read")

    def quotient(self, above: str, divisor: Term, names: Mapping[str, Any]) -> str:
        """A division by a constant other than 0 as it stands, any other as a variable of its own."""
        below = self.real(divisor, names)
        if _constant(divisor):
            return f"{_enclosed(above)}/{_enclosed(below)}"
        if (above, below) not in self.quotients:
            if len(self.quotients) == MAX_QUOTIENTS:
                raise self.refuse(f"it divides by more than {MAX_QUOTIENTS} terms that are no constants")
            taken = {*self.names.values(), *self.quotients.values()}
            self.quotients[above, below] = plain_name(f"quotient_{len(self.quotients) + 1}", taken)
        return self.quotients[above, below]


def _constant(term: Term) -> Fraction | None:
    """The value of a term that is made of numbers alone; None for any other, and for a division by 0."""
    if isinstance(term, str):
        return Fraction(term) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", term) else None
    values = [_constant(each) for each in term[1:]]
    if None in values or not values:
        return None
    first, *rest = (Fraction(value) for value in values if value is not None)
    match term[0]:
        case "-":
            return -first if not rest else first - sum(rest)
        case "+":
            return first + sum(rest)
        case "*" | "/" if term[0] == "*" or all(rest):
            for value in rest:
                first = first * value if term[0] == "*" else first / value
            return first
    return None


def _is_symbol(token: Any) -> bool:
    """Whether it can name something: a number cannot."""
    return isinstance(token, str) and not re.match(r'[0-9#:"]', token)


def _enclosed(text: str) -> str:
    """In brackets, unless it is a name or a number."""
    return text if re.fullmatch(r"[A-Za-z0-9_.]+", text) else f"({text})"


def _text(term: Any) -> str:
    """The term as it was written, cut where it is long."""
    text = term if isinstance(term, str) else f"({' '.join(map(_text, term))})"
    return text if len(text) <= 60 else f"{text[:57]}..."
