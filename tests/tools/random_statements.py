"""Random statements of the kinds that a hostile user would try: from a seed alone, in text, without any code of proofs/.

Each has premises that involve `let`, `or`, Min, Max, equalities or places where something is undefined, and about as
many are meant to be true as false. The right verdict is not known here: the oracle looks for objections to the verdict.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.tools.oracle import Claim
from tests.tools.random_phrases import Phrases

LETS = ["u", "r", "s_", "x_let", "v3", "h", "g1"]


@dataclass(frozen=True)
class Chain:
    """A claim and the earlier ones that it uses."""

    used: tuple[Claim, ...]
    claim: Claim
    kind: str

    def __str__(self) -> str:
        return f"[{self.kind}] {self.claim}" + "".join(f"  USES {u}" for u in self.used)


class Maker(Phrases):
    """Makes one statement of random phrases."""

    def statement(self) -> Chain:
        """One statement of a random kind."""
        kinds = [
            (self.meaning, 25),
            (self.definedness, 18),
            (self.inequality, 14),
            (self.pinned, 10),
            (self.anything, 8),
            (self.form, 16),
            (self.chain, 9),
            (self.refused, 1),
        ]
        kind = self.rng.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        return kind()

    def refused(self) -> Chain:
        """A text that is to be refused: a name outside ASCII, a let that speaks of itself or of a name that is taken."""
        x, k = self.x, self.number()
        claim = self.rng.choice(
            [Claim(f"{name} {self.order()} {k}", (f"{x} > 0",)) for name in ("τ", "π", "é", "x́", "ħ", "Δ")]
            + [
                Claim(f"{x} {self.order()} {k}", (), ((x, f"{x} + 1"),)),
                Claim(f"{x} > {k}", (), (("u_", x), (x, k))),
                Claim(f"{x} > {k}", (f"{x} > 0",), ((x, f"sqrt({x})"),)),
                Claim(f"sup({x}, {x}, 0, 1) == 1", (), ((x, k),)),
                Claim(f"{x} > oo"),
                Claim(f"oo*{x} > {k}"),
                Claim(f"sup({x}, {x}, 0, {x}) == {k}"),
                Claim(f"{x} = {k}"),
                Claim(f"{x} > {k}", (), (("sqrt", x),)),
            ]
        )
        return Chain((), claim, "refused")

    def more(self) -> list[str]:
        return [self.premise() for _ in range(self.rng.choice((0, 0, 1, 1, 2)))]

    def single(self, kind: str, statement: str, where: list[str]) -> Chain:
        self.rng.shuffle(where)
        return Chain((), self.with_let(statement, where), kind)

    def with_let(self, statement: str, where: list[str]) -> Claim:
        """The claim, a part of it sometimes named by let."""
        if not self.chance(0.25):
            return Claim(statement, tuple(where))
        text = self.pick(statement, *where)
        t = self.term()
        part = next(
            (
                p
                for p in (t, f"sqrt({t})", f"({self.x} - 1)", f"{self.x}**2", f"log({self.x})", f"({self.x} - {self.y})")
                if p in text and len(p) > 1
            ),
            None,
        )
        name = self.pick(*LETS)
        if part is None or name in (self.x, self.y, self.c):
            return Claim(statement, tuple(where))
        lets = [(name, part)]
        put = name
        if self.chance(0.3):
            put = name + "_2"
            lets.append((put, f"{name} + 0*{name}" if self.chance(0.5) else name))
        return Claim(statement.replace(part, put), tuple(w.replace(part, put) for w in where), tuple(lets))

    def meaning(self) -> Chain:
        """A premise that says something by where it is defined; the statement says the same, or more, or less."""
        t = self.term()
        premise, meaning = self.undefined_unless(t)
        k = self.number()
        goal = self.pick(
            meaning,
            meaning,
            meaning,
            f"{t} > 0",
            f"{t} >= 0",
            f"{t} != 0",
            f"{t} != {k}",
            f"{t} {self.order()} {k}",
            f"{self.x} {self.order()} {k}",
            f"{t}**2 > 0",
            f"Max({t}, 0) == {t}",
            f"{meaning} or {self.x} {self.order()} {k}",
            f"Abs({t}) == {t}",
            f"not ({t} == 0)",
            f"{t} == 0",
            f"sqrt({t}) >= 0",
            f"1/{t} != 0",
            f"log({t}) <= {t} - 1",
            f"{t}/{t} == 1",
            "0 == 1",
        )
        return self.single("meaning", goal, [premise, *self.more()])

    def definedness(self) -> Chain:
        """The statement is true where it is defined; the premises do or do not give that."""
        t = self.term()
        goal, meaning = self.undefined_unless(t)
        weaker = self.pick(
            meaning, meaning, meaning, f"{t} >= 0", f"{t} > 0", f"{t} != 0", f"{t} >= -1", f"{t} != 1", "", f"({meaning}) or {self.y} == 0"
        )
        if meaning.startswith("("):
            weaker = self.pick(meaning, weaker)
        where = [weaker] if weaker else []
        if self.chance(0.3):
            goal = self.pick(
                f"{goal} or {self.x} {self.order()} {self.number()}", f"not ({goal})", f"{goal} and {self.undefined_unless(t)[0]}"
            )
        return self.single("definedness", goal, [*where, *(self.more() if self.chance(0.5) else [])])

    def inequality(self) -> Chain:
        """An inequality that is true, or true but for a tie, or false in one place."""
        a, b, k = self.term(), self.term(), self.number()
        strict = self.chance(0.35)
        least, great = (">", "<") if strict else (">=", "<=")
        off = self.pick("", "", "", f" + {k}", " + 1/1000000", f" - {k}")
        goal = self.pick(
            f"{a}**2 + {b}**2 {least} 2*{a}*{b}{off}",
            f"Abs({a}) + Abs({b}) {least} Abs({a} + {b}){off}",
            f"Max({a}, {b}) {least} Min({a}, {b}){off}",
            f"Max({a}, {b}) + Min({a}, {b}) == {a} + {b}{off}",
            f"{a}**2 {least} 0{off}",
            f"exp({a}) {least} 1 + {a}{off}",
            f"Abs({a}*{b}) == Abs({a})*Abs({b}){off}",
            f"{a}*{b} {great} ({a}**2 + {b}**2)/2{off}",
            f"Min({a}, {b}) {great} ({a} + {b})/2{off}",
            f"tanh({a})**2 {great} 1{off}",
            f"{a} {self.order()} {b}",
            f"{a} {least} 0 or {b} {great} {k}{off}",
            f"({a} + {b})**2 == {a}**2 + 2*{a}*{b} + {b}**2{off}",
            f"{a}**0 == 1{off}",
            f"{k} {great} {a} {great} {b}",
            f"sqrt({a}**2) {least} {a}{off}",
            f"Max({a}, 0) - Min({a}, 0) == Abs({a}){off}",
            f"{a}*{b} == 0",
            f"Max({a}) == {a}{off}",
            f"{a}**4 {least} -{b}**2{off}",
        )
        return self.single("inequality", goal, [self.premise() for _ in range(self.rng.choice((0, 1, 1, 2)))])

    def pinned(self) -> Chain:
        """Premises that pin values by equalities."""
        x, y, k, m = self.x, self.y, self.number(), self.number()
        pins = self.rng.choice(
            [
                [f"{x} == {k}"],
                [f"{x} == {k}", f"{y} == {m}"],
                [f"{x} + {y} == {k}", f"{x} - {y} == {m}"],
                [f"{x}**2 == {k}"],
                [f"{x} == {y}"],
                [f"{x}*{y} == {k}"],
                [f"{x}**2 == {x}"],
                [f"Abs({x}) == {k}"],
                [f"{x}*{y} == 0"],
                [f"{x}**2 + {y}**2 == {k}"],
                [f"Max({x}, {y}) == {k}"],
                [f"Min({x}, {y}) == Max({x}, {y})"],
                [f"{x} == {k} or {x} == {m}"],
                [f"{x} == {k} or {y} == {m}"],
                [f"sqrt({x}) == {k}"],
                [f"{x}**3 == {x}"],
                [f"{x}/{y} == {k}"],
                [f"log({x}) == 0"],
                [f"{x} == {k}*{y}"],
                [f"{x}**2 == {y}**2"],
                [f"exp({x}) == 1"],
                [f"1/{x} == {k}"],
                [f"{x}*sqrt({y}) == 0"],
                [f"({x} - {k})*({y} - {m}) == 0"],
            ]
        )
        t, u = self.term(), self.term()
        goal = self.pick(
            f"{x} == {k}",
            f"{y} == {m}",
            f"{x} == {k} or {x} == -{k}",
            f"{x} + {y} {self.order()} {k}",
            f"{x}*{y} {self.order()} {k}",
            self.undefined_unless(t)[0],
            self.undefined_unless(u)[0],
            f"{t} {self.order()} 0",
            f"{t} {self.order()} {u}",
            f"{x} == {y}",
            f"Abs({x}) == {k}",
            f"{x} {self.order()} {k}",
            f"Max({x}, {y}) {self.order()} {k}",
            f"{x}**2 == {k}**2",
            f"{y} {self.order()} 0",
            f"{x}**{y} > 0",
            f"{x}*{y} == 0",
            f"{x} == 0 or {y} == 0",
        )
        return self.single("pinned", goal, [*pins, *(self.more() if self.chance(0.4) else [])])

    def anything(self) -> Chain:
        """Any relation of any expressions."""
        left, right = self.expression(self.rng.choice((1, 2, 2))), self.expression(self.rng.choice((0, 1, 2)))
        relation = f"{left} {self.pick('>', '>=', '==', '!=', '<', '<=')} {right}"
        if self.chance(0.25):
            relation = f"{relation} {self.pick('or', 'and')} {self.expression(1)} {self.order()} {self.number()}"
        return self.single("anything", relation, self.more())

    def form(self) -> Chain:
        """A limit, a supremum, an infimum, attainment or growth, with a parameter."""
        x, c, k, m = self.x, self.c, self.number(), self.number()
        f, where = self.function(x), self.range_premises(x)
        ends = self.rng.choice(
            [
                ("0", "1"),
                ("0", "1"),
                ("0", "2"),
                ("-1", "1"),
                (k, m),
                ("0", c),
                (c, "1"),
                ("1", c),
                (k, c),
                (c, m),
                (c, self.y),
                ("0", "oo"),
                ("-oo", "oo"),
                ("1", "oo"),
                (c, "oo"),
            ]
        )
        kind = self.rng.choice(["sup", "sup", "inf", "attained", "attained", "limit", "limit", "increasing"])
        if kind == "increasing":
            return self.single("increasing", f"increasing({f}, {x})", where)
        if kind == "attained":
            return self.single("attained", f"{self.pick('', 'not ')}attained({f}, {x}, {ends[0]}, {ends[1]})", where)
        if kind == "limit":
            point = self.pick(k, k, c, "oo", "-oo", "0")
            value = self._put(f, x, point) if "oo" not in point and self.chance(0.6) else self.pick(k, "0", "oo", "-oo", c, "1")
            return self.single("limit", f"limit({f}, {x}, {point}) == {value}", where)
        value = self.pick(
            *[self._put(f, x, e) for e in ends if "oo" not in e],
            *[self._put(f, x, e) for e in ends if "oo" not in e],
            k,
            c,
            "0",
            "1",
            "1/4",
            "oo",
        )
        return self.single(kind, f"{kind}({f}, {x}, {ends[0]}, {ends[1]}) == {value}", where)

    @staticmethod
    def _put(f: str, x: str, value: str) -> str:
        import re

        return re.sub(rf"(?<![A-Za-z0-9_]){re.escape(x)}(?![A-Za-z0-9_])", f"({value})", f)

    def chain(self) -> Chain:
        """A claim that uses a true one, under premises that look alike and mean something else."""
        x, y, k = self.x, self.y, self.number()
        name = self.pick(*[n for n in LETS if n not in (x, y)])
        t = self.term()
        used, goal = self.rng.choice(
            [
                (Claim(f"{x} > {k}", (f"{name} > 0",), ((name, f"{x} - {k}"),)), f"{x} > {k}"),
                (Claim(f"{x} >= {k}", (f"sqrt({name}) >= 0",), ((name, f"{x} - {k}"),)), f"{x} >= {k}"),
                (Claim(f"{t} != 0", (f"{name}/{name} == 1",), ((name, t),)), f"{t} != 0"),
                (Claim(f"{t} >= 0", (f"sqrt({t}) >= 0",)), f"{t} >= 0"),
                (Claim(f"{t} > 0", (f"0*log({t}) == 0",)), f"{t} > 0"),
                (Claim(f"{x} + {y} > 0", (f"{x} > 0", f"{y} > 0")), f"{x} + {y} > 0"),
                (Claim(f"{x}**2 > 0", (f"{x} != 0",)), f"{x}**2 > 0"),
                (Claim(f"{name} >= 0", (f"{x} >= 0",), ((name, f"sqrt({x})"),)), f"{name} >= 0"),
                (Claim(f"log({x}) <= {x} - 1", (f"{x} > 0",)), f"{x} {self.order()} {k}"),
                (Claim(f"1/{x} > 0", (f"{x} > 0",)), f"{x} {self.order()} {k}"),
                (Claim(f"{name} == {k}", (f"{name} == {k}",), ((name, x),)), f"{x} == {k}"),
                (Claim(f"Max({x}, {y}) > 0", (f"{x} > 0 or {y} > 0",)), f"Max({x}, {y}) > 0"),
                (Claim(f"{x} <= 1", (f"{x} <= {name}", f"{name} <= 1"), ()), f"{x} <= 1"),
                (Claim(f"sup({x}, {x}, 0, 1) == 1"), f"{x} <= 1"),
                (Claim(f"increasing({x}**3, {x})"), f"{x} {self.order()} {k}"),
            ]
        )
        let = self.rng.choice([(), (), used.let, ((name, self.pick(y, k, f"-({x})", f"{x} + 1", f"{x}**2")),)])
        where = self.rng.choice(
            [(), used.where, used.where, used.where[:1], tuple(w.replace(">=", ">") for w in used.where), (self.premise(),)]
        )
        goal = self.pick(goal, goal, goal, f"{goal} or {x} == {k}", self.undefined_unless(t)[0])
        if any(n in (x, y) for n, _ in let):
            let = ()
        return Chain((used,), Claim(goal, tuple(where), tuple(let)), "chain")


def statement(seed: int) -> Chain:
    """The statement of a seed."""
    return Maker(random.Random(f"ufm-{seed}")).statement()
