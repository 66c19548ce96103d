"""Random phrases of `ufm check`: terms, expressions, premises and functions, in text, from a source of choices."""

from __future__ import annotations

import random

NAMES = [
    ("x", "y", "c"),
    ("x", "x_second", "x_critical"),
    ("v0", "v1", "w0"),
    ("g0", "rest", "w"),
    ("y", "x", "v0"),
    ("w0", "v2", "x_2"),
    ("t", "e", "I"),
    ("S", "N", "Q"),
    ("x0", "x1", "x2"),
    ("a", "b", "c"),
    ("_x", "_y", "d"),
    ("second", "v0_second", "v0"),
    ("re", "im", "zoo"),
    ("beta", "gamma", "zeta"),
    ("point", "value", "k"),
    ("X", "x", "Y"),
    ("y", "z", "m"),
    ("Dummy", "_Dummy_1", "xi"),
]
CONSTANTS = ["0", "1", "2", "3", "1/2", "-1", "4", "-2", "1/3", "3/2", "0.5", "5"]


class Phrases:
    """The names of the variables of one statement, and the random choices of what is said of them."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.x, self.y, self.c = rng.choice(NAMES)

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def number(self) -> str:
        return self.rng.choice(CONSTANTS)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # -- expressions --------------------------------------------------------------

    def term(self) -> str:
        """A small expression that is defined everywhere, in brackets."""
        x, y, k = self.x, self.y, self.number()
        if self.chance(0.3):
            x, y = y, x
        options = [
            (6, f"{x}"),
            (6, f"({x} - {k})"),
            (3, f"({k} - {x})"),
            (2, f"({x} - {y})"),
            (2, f"({x}*{y})"),
            (2, f"({x}**2 - {k})"),
            (2, f"({x}**2*{y})"),
            (2, f"({x}**2*({x} - {k}))"),
            (1, f"({x} + {y})"),
            (1, f"(Abs({x}) - {k})"),
            (1, f"(Max({x}, {y}) - {k})"),
            (1, f"(Min({x}, {k}))"),
            (1, f"({x}**2)"),
            (1, f"({x}**3)"),
            (1, f"(2*{x} - 2*{k})"),
            (1, f"(-{x}**2)"),
            (1, f"(exp({x}) - 1)"),
            (1, f"({x}**2*{y}**2)"),
            (1, f"(({x} - {k})*{y})"),
            (1, f"({x}**2 - {y}**2)"),
            (1, f"(-{x})"),
            (1, f"(1 - {x}**2)"),
            (1, f"({x}*({x} - {k}))"),
            (1, f"({x}**4*{y})"),
            (1, f"Abs({x})"),
            (1, f"({x} - {x})"),
        ]
        return self.rng.choices([text for _, text in options], [w for w, _ in options])[0]

    def expression(self, depth: int) -> str:
        """Any expression, which may be undefined somewhere."""
        if depth == 0 or self.chance(0.15):
            return self.pick(self.x, self.x, self.y, self.number())
        a, b = self.expression(depth - 1), self.expression(depth - 1)
        return self.pick(
            f"({a} + {b})",
            f"({a} - {b})",
            f"({a}*{b})",
            f"({a}*{b})",
            f"({a}/{b})" if b not in ("0", "1") else a,
            f"sqrt({a})",
            f"log({a})",
            f"exp({a})",
            f"Abs({a})",
            f"Max({a}, {b})",
            f"Min({a}, {b})",
            f"({a})**2",
            f"({a})**0",
            f"({a})**(-1)",
            f"({a})**(1/2)",
            f"({a})**3",
            f"({a})**({b})" if self.chance(0.3) else f"({a})**(3/2)",
            f"tanh({a})",
            f"sin({a})" if self.chance(0.3) else f"(-{a})",
        )

    def undefined_unless(self, t: str) -> tuple[str, str]:
        """A relation that holds exactly where it is defined, and the condition under which it is defined."""
        n, p, s = f"{t} != 0", f"{t} >= 0", f"{t} > 0"
        u = self.pick(self.x, self.y, "1")
        options = [
            (f"{t}/{t} == 1", n),
            (f"sqrt({t})**2 == {t}", p),
            (f"0*log({t}) == 0", s),
            (f"log({t}) - log({t}) == 0", s),
            (f"exp(log({t})) == {t}", s),
            (f"1/(1/{t}) == {t}", n),
            (f"{t}**(1/2) >= 0", p),
            (f"sqrt({t}) >= 0", p),
            (f"{t}**(-1)*{t} == 1", n),
            (f"(1/{t})**0 == 1", n),
            (f"Abs(1/{t}) > 0", n),
            (f"log({t})**2 >= 0", s),
            (f"Max(sqrt({t}), -1) >= 0", p),
            (f"Min(1/{t}, 1/{t}) == 1/{t}", n),
            (f"{t}**(3/2) >= 0", p),
            (f"{t}**(-1/2) > 0", s),
            (f"sqrt({t})/sqrt({t}) == 1", s),
            (f"({u} == {u} or 1/{t} > 0)", n),
            (f"(not (log({t}) == log({t}) - 1))", s),
            (f"exp(1/{t}) > 0", n),
            (f"0/{t} == 0", n),
            (f"sqrt({t})*0 == 0", p),
            (f"{u} + sqrt({t}) - sqrt({t}) == {u}", p),
            (f"{t}*{u}/{t} == {u}", n),
            (f"1/{t} != 0", n),
            (f"Abs({t})/Abs({t}) == 1", n),
            (f"log({t}**2) == 2*log(Abs({t}))", n),
            (f"sqrt({self.x}**2*{t}) >= 0", f"({t} >= 0 or {self.x} == 0)"),
            (f"sqrt({t}**2) == Abs({t})", f"{t} == {t}"),
            (f"({u} >= {u} - 1 and sqrt({t}) >= 0)", p),
            (f"0 <= sqrt({t}) <= sqrt({t}) + 1", p),
            (f"Max({u}, {u} - Abs(log({t}))) == {u}", s),
            (f"{t}**0 == 1", f"{t} == {t}"),
            (f"(sqrt({t}))**0 == 1", p),
            (f"tanh(1/{t}) < 1", n),
            (f"diff(log({t}), {self.x}) == diff(log({t}), {self.x})", s)
            if self.x in t and "Abs" not in t and "M" not in t
            else (f"1/{t}**2 > 0", n),
            (f"{t}**{t} > 0", s),
            (f"sqrt({t})*sqrt({t}) == {t}", p),
            (f"(sqrt({t}) >= 0 or {u} == {u} + 1)", p),
            (f"({t} - {t})*log({t}) == 0", s),
        ]
        return self.rng.choice(options)

    def premise(self) -> str:
        """A premise of any kind."""
        x, y, k, m = self.x, self.y, self.number(), self.number()
        if self.chance(0.35):
            return self.undefined_unless(self.term())[0]
        t, u = self.term(), self.term()
        return self.pick(
            f"{x} {self.order()} {k}",
            f"{y} {self.order()} {k}",
            f"{x} {self.order()} {y}",
            f"{x} == {k}",
            f"{x} + {y} == {k}",
            f"{x}*{y} == {k}",
            f"{x}**2 == {k}",
            f"{x}**2 + {y}**2 == {k}",
            f"Abs({x}) <= 2",
            f"{k} <= {x} <= {m}",
            f"{x} == {k} or {y} {self.order()} {m}",
            f"{x} {self.order()} {k} or {x} {self.order()} {m}",
            f"Max({x}, {y}) {self.order()} {k}",
            f"Min({x}, {k}) {self.order()} {m}",
            f"{x} == {y}",
            f"not ({x} {self.order()} {k})",
            f"not ({x} {self.order()} {k} and {y} {self.order()} {m})",
            f"{x} != {k}",
            f"{t} {self.order()} 0",
            f"{t} {self.order()} {u}",
            f"{t} >= 0 or 1/{u} > 0",
            f"{t} == 0",
            f"({t} > 0 and {u} >= 0) or {x} == {k}",
            f"{x} == {y}**2",
            f"{x} == Abs({y})",
        )

    def order(self) -> str:
        return self.pick(">", ">=", "<", "<=", ">", ">=", "!=")

    # -- statements ---------------------------------------------------------------

    def function(self, x: str) -> str:
        """A function of one variable, with or without the parameter."""
        c, k = self.c, self.number()
        return self.pick(
            x,
            x,
            f"-{x}",
            f"{x}**2",
            f"{x}**3",
            f"({x} - {c})**2",
            f"{c}*{x}",
            f"{x} + {c}",
            f"{x}*(1 - {x})",
            f"{x}/(1 + {x}**2)",
            f"1/{x}",
            f"{x}/{x}",
            f"sqrt({x})",
            f"log({x})",
            f"exp({x})",
            f"Abs({x})",
            f"Abs({x} - {c})",
            f"Max({x}, {c})",
            f"Min({x}, {k})",
            f"{x}**2*{c}",
            f"{c}/{x}",
            f"{c}*{x}/{c}",
            f"({x} - {k})/({x} - {k})*{x}",
            f"-({x} - {self.y})**2",
            f"{x}**4 - {x}**2",
            f"sqrt({x})**2",
            f"exp(-{x})",
            f"{x}**{c}",
            f"tanh({x})",
            f"{x} + Abs({x})",
            f"{k}*{x}",
            f"-({x} - {self.y})**4",
            f"{x}**0",
            f"{x}*{self.y}",
            f"exp(log({x}))",
            f"{x}*exp(-{x})",
        )

    def range_premises(self, x: str) -> list[str]:
        c, k, m = self.c, self.number(), self.number()
        one = [
            [],
            [],
            [],
            [f"{x} <= {c}"],
            [f"{x} < {c}"],
            [f"{x} > {c}"],
            [f"{x} >= {c}"],
            [f"{x} <= {c}", f"{c} >= {k}"],
            [f"{x} < {c}", f"{c} > {k}"],
            [f"{x} != {k}"],
            [f"{c} > {k}"],
            [f"{c} >= 0"],
            [f"{c} > 0"],
            [f"{x} > {k}"],
            [f"{x} >= {k}"],
            [f"{x} < {k}"],
            [f"({x} - {k})/({x} - {k}) == 1"],
            [f"sqrt({x} - {k}) >= 0"],
            [f"{x} < {k} or {x} > {m}"],
            [f"{x} <= {k} or {x} > {c}"],
            [f"{x} == {c}"],
            [f"{x}**2 <= {k}"],
            [f"{c}*{x} <= {k}"],
            [f"{x} > 0"],
            [f"{x} > 0", f"{c} > 0"],
            [f"{x}*({x} - {k}) <= 0"],
            [f"{x} >= {c}", f"{c} <= {k}"],
            [f"{x} > {c}", f"{c} < {k}"],
            [f"{x} > {c} - 1", f"{x} < {c}"],
            [f"{x} == {k}"],
            [f"{k} <= {c} <= {m}"],
            [f"{x}**2 == {x}"],
            [f"{x} == {self.y}"],
            [f"0*log({x}) == 0"],
            [f"{self.y} > {x}"],
            [f"Max({x}, {c}) <= {k}"],
            [f"Min({x}, {c}) >= {k}"],
            [f"{x}**2 >= {c}"],
        ]
        return list(self.rng.choice(one)) + (list(self.rng.choice(one)) if self.chance(0.25) else [])
