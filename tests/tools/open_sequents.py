"""Goals that fail somewhere under their premises: no proof of them is right, and a solver has a model."""

import sympy as sp

z, x, y = sp.symbols("z x y", real=True)
R = sp.Rational
SATISFIABLE = [
    ((x, ">"), ()),
    ((x, ">"), ((x, ">="),)),
    ((x, "!="), ((x, ">="),)),
    ((x - 1, ">="), ((x, ">"),)),
    ((x**2, ">"), ()),
    ((x * y, ">"), ((x, ">="), (y, ">"))),
    ((-x, ">="), ((x, ">="),)),
    ((x - 1, "=="), ((x - 1, ">="),)),
    ((sp.sqrt(x) - 1, ">"), ((x - 1, ">="),)),
    ((x, "=="), ()),
    ((1 / x, ">"), ()),
    ((x - 1, "!="), ((2 - x, ">"),)),
    ((sp.sqrt(2) - R(15, 10), ">"), ()),
    ((sp.cos(x) - sp.sin(x), ">"), ()),
    ((x * z, "=="), ((x, "!="),)),
    ((x ** R(1, 3) - 2, ">="), ((x - 7, ">="),)),
    ((x, ">"), ((x * y - 1, "=="),)),
    ((1 - sp.sqrt(x), ">="), ((x, ">="), (2 - x, ">="))),
    ((sp.sin(x) * sp.cos(x), "=="), ()),
    ((sp.cos(x), "=="), ()),
    ((sp.sin(x), "=="), ()),
]
