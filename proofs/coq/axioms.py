"""What a theorem may rest on: the axioms of Coq's own libraries, one by one, by the path that Coq itself gives them.

`Print Assumptions` prints the shortest name that is unique where it is asked, so an axiom of a file FloatAxioms.v of ours
reads like one of Coq's. Two names of one moment are the same constant, though: `Locate` is asked, in the same process, for
the short name of each allowed axiom, and only these are allowed. What is not understood is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

REALS = {
    "Coq.Reals.ClassicalDedekindReals.sig_not_dec": "forall P : Prop, {~ ~ P} + {~ P}",
    "Coq.Reals.ClassicalDedekindReals.sig_forall_dec": (
        "forall P : nat -> Prop, (forall n : nat, {P n} + {~ P n}) -> {n : nat | ~ P n} + {forall n : nat, P n}"
    ),
    "Coq.Logic.FunctionalExtensionality.functional_extensionality_dep": (
        "forall (A : Type) (B : A -> Type) (f g : forall x : A, B x), (forall x : A, f x = g x) -> f = g"
    ),
    "Coq.Logic.Classical_Prop.classic": "forall P : Prop, P \\/ ~ P",
}
# The primitive types and functions of machine integers and floats, and what Coq's library assumes of them.
PRIMITIVES = frozenset(
    f"Coq.{library}.{name}"
    for library, names in {
        "Numbers.Cyclic.Int63.PrimInt63": (
            "int add addc addcarryc addmuldiv asr compare compares div diveucl diveucl_21 divs eqb head0 land leb lesb lor lsl lsr "
            "ltb ltsb lxor mod mods mul mulc sub subc subcarryc tail0"
        ),
        "Numbers.Cyclic.Int63.Uint63": (
            "add_spec addc_def_spec addcarryc_def_spec addmuldiv_def_spec compare_def_spec div_spec diveucl_21_spec diveucl_def_spec "
            "eqb_correct eqb_refl head0_spec land_spec leb_spec lor_spec lsl_spec lsr_spec ltb_spec lxor_spec mod_spec mul_spec "
            "mulc_spec of_to_Z sub_spec subc_def_spec subcarryc_def_spec tail0_spec"
        ),
        "Numbers.Cyclic.Int63.Sint63": "asr_spec compare_spec div_spec leb_spec ltb_spec mod_spec",
        "Floats.PrimFloat": (
            "float abs add classify compare div eqb frshiftexp ldshiftexp leb ltb mul next_down next_up normfr_mantissa of_uint63 opp "
            "sqrt sub"
        ),
        "Floats.FloatAxioms": (
            "Prim2SF_SF2Prim Prim2SF_valid SF2Prim_Prim2SF abs_spec add_spec classify_spec compare_spec div_spec eqb_spec "
            "frshiftexp_spec ldshiftexp_spec leb_spec ltb_spec mul_spec next_down_spec next_up_spec normfr_mantissa_spec "
            "of_uint63_spec opp_spec sqrt_spec sub_spec"
        ),
    }.items()
    for name in names.split()
)
TIERS = ("none", "core", "interval")  # no axiom; those of the classical reals; those of machine numbers as well
LOCATED = re.compile(r"Constant (\S+)(?: \(shorter name to refer to it in current context is (\S+)\))?")


class Refused(Exception):
    """This is not accepted: the message says why."""


def question(constant: str, answer: Path) -> str:
    """The commands by which Coq writes all that `axioms` reads of a constant, into files that begin with `answer`."""
    asked = [f'Redirect "{answer}.{place}" Locate {name}.' for place, name in enumerate(_allowed())]
    return "\n".join((f'Redirect "{answer}.assumptions" Print Assumptions {constant}.', *asked, ""))


def axioms(answer: Path) -> tuple[str, ...]:
    """The paths of the axioms that the constant rests on, of what Coq wrote for `question`.

    Raises: Refused for what is not understood or not allowed.
    """
    known = {}
    try:
        printed = Path(f"{answer}.assumptions.out").read_text(encoding="utf-8")
        for place, name in enumerate(_allowed()):
            if (short := shown(Path(f"{answer}.{place}.out").read_text(encoding="utf-8"), name)) is not None:
                known[short] = name
    except OSError:
        raise Refused("coqc printed no assumptions") from None
    return allowed(assumptions(printed), known)


def _allowed() -> tuple[str, ...]:
    return (*REALS, *sorted(PRIMITIVES))


def shown(located: str, name: str) -> str | None:
    """The name that Coq prints, here, for the constant with this path; None where no file that is loaded has it."""
    for path, short in LOCATED.findall(" ".join(located.split())):
        if path == name:
            return short or path
    return None


def assumptions(printed: str) -> dict[str, str]:
    """Name, as printed, → type, of what `Print Assumptions` printed.

    Raises: Refused for a form that is not known, such as an unsafe flag.
    """
    text = printed.strip()
    if text == "Closed under the global context":
        return {}
    head, _, rest = text.partition("\n")
    if head != "Axioms:":
        raise Refused(f"Coq says of its assumptions: {head}")
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", rest):
        name, colon, kind = entry.partition(":")
        if not colon or not re.fullmatch(r"[\w.']+\s*", name):
            raise Refused(f"Coq says of its assumptions: {entry}")
        found[name.strip()] = " ".join(kind.split())
    return found


def allowed(found: Mapping[str, str], known: Mapping[str, str]) -> tuple[str, ...]:
    """The paths of the axioms, of their printed names and types; `known`, the paths of the printed names that are allowed.

    Raises: Refused, naming the first axiom that no tier allows.
    """
    for name, kind in found.items():
        path = known.get(name)
        if path not in PRIMITIVES and (path is None or REALS.get(path) != kind):
            raise Refused(f"it rests on {name}, which is no axiom of the tiers {', '.join(TIERS[1:])}")
    return tuple(known[name] for name in found)


def tier(paths: Sequence[str]) -> str:
    """The least tier that allows these axioms, which `axioms` gave."""
    if not paths:
        return "none"
    return "core" if set(paths) <= set(REALS) else "interval"
