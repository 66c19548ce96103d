"""A small reader of Coq's real notations, written from Coq's reference manual: it shares nothing with the printer.

Levels: `+ -` 50 left, `* /` 40 left, unary `- /` 35, `^` 30 right, application 10. Terms are evaluated to Arb balls,
propositions to True, False, or None where the balls leave them open.
"""

import re

from flint import arb, fmpz

TOKEN = re.compile(r"\s*(/\\|\\/|<=|>=|<>|[-+*/^()=<>~]|[A-Za-z_][A-Za-z0-9_']*|[0-9]+)")
FUNCTIONS = {
    "sqrt": lambda x: x.sqrt(),
    "exp": lambda x: x.exp(),
    "ln": lambda x: x.log(),
    "Rabs": abs,
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.tan(),
    "atan": lambda x: x.atan(),
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
    "tanh": lambda x: x.tanh(),
    "Rmax": lambda x, y: x.max(y),
    "Rmin": lambda x, y: x.min(y),
    "Rpower": lambda x, y: (y * x.log()).exp(),  # as Coq's library defines it
}
ARITY = {"Rmax": 2, "Rmin": 2, "Rpower": 2}
RELATIONS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: True if a == b else (None if a.overlaps(b) else False),
    "<>": lambda a, b: None if a.overlaps(b) else True,
}


class Reader:
    def __init__(self, text, values):
        self.tokens, self.place, self.values = TOKEN.findall(text), 0, values
        assert "".join(self.tokens) == re.sub(r"\s", "", text), f"not read: {text}"

    def peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def next(self):
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, token):
        assert self.next() == token, f"{token} expected in {self.tokens}"

    def sum(self):
        value = self.product()
        while self.peek() in ("+", "-"):
            value = value + self.product() if self.next() == "+" else value - self.product()
        return value

    def product(self):
        value = self.unary()
        while self.peek() in ("*", "/"):
            value = value * self.unary() if self.next() == "*" else value / self.unary()
        return value

    def unary(self):
        if self.peek() == "-":
            self.next()
            return -self.unary()
        if self.peek() == "/":
            self.next()
            return 1 / self.unary()
        return self.power()

    def power(self):
        base = self.application()
        if self.peek() != "^":
            return base
        self.next()
        exponent = self.next()
        assert exponent.isdigit(), "the exponent of ^ is a natural number"
        return base ** fmpz(int(exponent))

    def application(self):
        if self.peek() not in FUNCTIONS:
            return self.atom()
        name = self.next()
        return FUNCTIONS[name](*(self.atom() for _ in range(ARITY.get(name, 1))))

    def atom(self):
        token = self.next()
        if token == "(":
            value = self.sum()
            self.expect(")")
            return value
        if token.isdigit():
            return arb(int(token))
        return arb.pi() if token == "PI" else self.values[token]

    def connective(self):
        value = self.literal()
        while self.peek() in ("/\\", "\\/"):
            sign, other = self.next(), self.literal()
            decisive = sign == "\\/"
            value = decisive if decisive in (value, other) else (None if None in (value, other) else not decisive)
        return value

    def literal(self):
        if self.peek() == "~":
            self.next()
            inner = self.literal()
            return None if inner is None else not inner
        start = self.place
        if self.peek() == "(":  # a proposition in parentheses, or a term that opens with one
            try:
                self.next()
                value = self.connective()
                self.expect(")")
                if self.peek() in (None, "/\\", "\\/", ")"):
                    return value
            except (AssertionError, KeyError, TypeError):
                pass
            self.place = start
        left = self.sum()
        sign = self.next()
        right = self.sum()
        return _decided(sign, left, right)


def _decided(sign, left, right):
    if RELATIONS[sign](left, right):
        return True
    opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}[sign]
    return False if RELATIONS[opposite](left, right) else None


def value(text, values):
    """The term's value as an Arb ball, at balls by identifier."""
    reader = Reader(text, values)
    result = reader.sum()
    assert reader.peek() is None, f"{reader.tokens[reader.place :]} is left over"
    return result


def truth(text, values):
    """Whether the proposition holds at balls by identifier; None where they leave it open."""
    reader = Reader(text, values)
    result = reader.connective()
    assert reader.peek() is None, f"{reader.tokens[reader.place :]} is left over"
    return result
