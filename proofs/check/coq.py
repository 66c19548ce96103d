"""`ufm check --coq`: a proved condition, printed and proved again by Coq's kernel.

The statement is printed by `proofs.coq.printer`, with what makes it defined as part of what is asserted. The script for
polynomials and radicals takes roots, absolute values and extrema apart, clears denominators, and ends with lra, nra and field;
the squares of the certificate are its hints. There is one script for each way to help nra, and each has a process of its own,
limited in the processor time that it uses: Coq's own `timeout` looks at the clock on the wall. Exponentials, logarithms and
trigonometric functions have the scripts of `coq_boxes`. Whatever a script does, only a theorem that coqc accepts counts, on the
axioms of the classical reals, or with such functions on those of machine numbers as well.
"""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import sympy as sp

from proofs.check import coq_boxes
from proofs.checker.holds import Problem
from proofs.checker.logic import relations
from proofs.coq import axioms
from proofs.coq.axioms import Refused
from proofs.coq.build import Absent, version
from proofs.coq.printer import Unprintable, names, term
from proofs.coq.printer import statement as printed
from proofs.kernel.reader import read
from proofs.kernel.statements import Holds, Statement
from proofs.kernel.verdict import HELD

SECONDS = 20  # of processor time, for one script: most that find a proof need less than one
WAYS = ("alone", "pairs", "ones", "pairs_ones", "forms")  # the longest last
SCRIPT = "unfold said; intros; {hints}repeat split; over; close {way}"
SCRIPTS = tuple(SCRIPT.format(hints="", way=way) for way in WAYS)
TACTICS = r"""
From Coq Require Import Reals Lra Psatz.
Local Open Scope R_scope.

Lemma squares_equal a b : 0 <= a -> 0 <= b -> a * a = b * b -> a = b.
Proof. intros; nra. Qed.
Lemma squares_ordered a b : 0 <= b -> a * a <= b * b -> a <= b.
Proof. intros; nra. Qed.
Lemma squares_strict a b : 0 <= b -> a * a < b * b -> a < b.
Proof. intros; nra. Qed.
Lemma ratio_nonneg n d : 0 <= n -> 0 < d -> 0 <= n / d.
Proof. intros; apply Rmult_le_pos; [assumption | left; apply Rinv_0_lt_compat; assumption]. Qed.
Lemma ratio_positive n d : 0 < n -> 0 < d -> 0 < n / d.
Proof. intros; apply Rmult_lt_0_compat; [assumption | apply Rinv_0_lt_compat; assumption]. Qed.
Definition seen (x y : R) := True.

(* The idtac makes these tactics: a bare match is evaluated where it is passed to assert_fails, and its failure escapes. *)
Ltac numeral d := idtac; lazymatch d with IZR _ => idtac end.
Ltac complex t := idtac; match t with
  | context [sqrt _] => idtac | context [Rabs _] => idtac | context [Rmax _ _] => idtac | context [Rmin _ _] => idtac
  | context [/ ?d] => assert_fails (numeral d) end.
Ltac positive := first [lra | apply Rmult_lt_0_compat; positive | apply pow_lt; positive
  | apply Rinv_0_lt_compat; positive | apply Rplus_lt_0_compat; positive | apply Rplus_lt_le_0_compat; positive
  | apply Rplus_le_lt_0_compat; positive
  | lazymatch goal with |- 0 <= _ => first [apply Rmult_le_pos; positive | apply pow_le; positive | apply pow2_ge_0
     | apply Rplus_le_le_0_compat; positive | apply Rle_0_sqr] end | nra ].
Ltac different := lazymatch goal with
  | |- ?a <> 0 => first [assumption | apply Rgt_not_eq; positive | apply Rlt_not_eq; nra
     | apply Rmult_integral_contrapositive_currified; different | apply pow_nonzero; different
     | let H := fresh in intro H; first [lra | nra] ]
  | |- ?a <> ?b => let H := fresh in intro H; first [lra | nra] end.
Ltac root t :=
  let P := fresh "P" in let Q := fresh "Q" in let N := fresh "N" in let E := fresh "E" in let s := fresh "s" in
  assert (P : 0 <= t) by positive;
  first [ assert (Q : 0 < t) by positive; pose proof (sqrt_lt_R0 t Q) as N | pose proof (sqrt_pos t) as N ];
  pose proof (sqrt_sqrt t P) as E; set (s := sqrt t) in *; clearbody s; try (is_var t; subst t).
Ltac inverse d :=
  let Q := fresh "Q" in let N := fresh "N" in let M := fresh "M" in let E := fresh "E" in let i := fresh "i" in
  first [ assert (Q : 0 < d) by positive; pose proof (Rinv_0_lt_compat d Q) as M
        | assert (Q : d < 0) by (nra); pose proof (Rinv_lt_0_compat d Q) as M | idtac ];
  assert (N : d <> 0) by different;
  pose proof (Rinv_r d N) as E; set (i := / d) in *; clearbody i.
Ltac modulus t := let C := fresh "C" in let E := fresh "E" in
  destruct (Rle_lt_dec 0 t) as [C | C]; [pose proof (Rabs_pos_eq t C) as E | pose proof (Rabs_left t C) as E];
  let m := fresh "m" in set (m := Rabs t) in *; clearbody m; subst m.
Ltac larger a b := let C := fresh "C" in let E := fresh "E" in
  destruct (Rle_lt_dec a b) as [C | C]; [pose proof (Rmax_right a b C) as E | pose proof (Rmax_left a b (Rlt_le _ _ C)) as E];
  let m := fresh "m" in set (m := Rmax a b) in *; clearbody m; subst m.
Ltac smaller a b := let C := fresh "C" in let E := fresh "E" in
  destruct (Rle_lt_dec a b) as [C | C]; [pose proof (Rmin_left a b C) as E | pose proof (Rmin_right a b (Rlt_le _ _ C)) as E];
  let m := fresh "m" in set (m := Rmin a b) in *; clearbody m; subst m.
Ltac plain := match goal with
  | |- context [sqrt ?t] => assert_fails (complex t); root t
  | _ : context [sqrt ?t] |- _ => assert_fails (complex t); root t
  | |- context [Rabs ?t] => assert_fails (complex t); modulus t
  | _ : context [Rabs ?t] |- _ => assert_fails (complex t); modulus t
  | |- context [Rmax ?a ?b] => assert_fails (complex a); assert_fails (complex b); larger a b
  | |- context [Rmin ?a ?b] => assert_fails (complex a); assert_fails (complex b); smaller a b
  end.
Ltac invert := match goal with
  | |- context [/ ?d] => assert_fails (numeral d); assert_fails (complex d); inverse d
  | _ : context [/ ?d] |- _ => assert_fails (numeral d); assert_fails (complex d); inverse d
  end.
Ltac nested := match goal with
  | |- context [sqrt ?t] => match t with context [/ ?d] => assert_fails (numeral d); assert_fails (complex d); inverse d end end.
Ltac over := unfold Rdiv in *; repeat first [plain | nested].

Ltac distinct x y := tryif constr_eq x y then fail else idtac.
Ltac unseen x y := lazymatch goal with _ : seen x y |- _ => fail | _ : seen y x |- _ => fail | _ => idtac end.
Ltac all_pairs := repeat match goal with
  | X : R, Y : R |- _ => distinct X Y; unseen X Y; assert (seen X Y) by exact I; pose proof (Rle_0_sqr (X - Y)) end;
  unfold Rsqr in *.
Ltac all_ones := repeat match goal with
  | X : R |- _ => unseen X X; assert (seen X X) by exact I; pose proof (Rle_0_sqr (X - 1)) end; unfold Rsqr in *.
Ltac form x y z := distinct y z; unseen (x * y) z; unseen (x * z) y; assert (seen (x * y) z) by exact I.
Ltac all_forms := repeat match goal with
  | P : 0 < ?X, Y : R, Z : R |- _ => form X Y Z; pose proof (Rmult_le_pos X _ (Rlt_le _ _ P) (Rle_0_sqr (Y - Z)))
  | P : ?X > 0, Y : R, Z : R |- _ => form X Y Z; pose proof (Rmult_le_pos X _ (Rlt_le _ _ P) (Rle_0_sqr (Y - Z)))
  | P : 0 <= ?X, Y : R, Z : R |- _ => form X Y Z; pose proof (Rmult_le_pos X _ P (Rle_0_sqr (Y - Z)))
  | P : ?X >= 0, Y : R, Z : R |- _ => form X Y Z; pose proof (Rmult_le_pos X _ (Rge_le _ _ P) (Rle_0_sqr (Y - Z)))
  end; unfold Rsqr in *.
(* The ways: a tactic with an argument is passed on as it is, and run where it is given one. *)
Ltac alone u := first [lra | nra].
Ltac pairs u := first [lra | all_pairs; nra].
Ltac ones u := first [lra | all_ones; nra].
Ltac pairs_ones u := first [lra | all_pairs; all_ones; nra].
Ltac forms u := first [lra | all_forms; nra].
Ltac cleared way := lazymatch goal with
  | |- ?a <= ?b => cut (0 <= b - a); [lra | field_simplify (b - a); [apply ratio_nonneg; [way tt | positive] |
      repeat split; different ..]]
  | |- ?a >= ?b => cut (0 <= a - b); [lra | field_simplify (a - b); [apply ratio_nonneg; [way tt | positive] |
      repeat split; different ..]]
  | |- ?a < ?b => cut (0 < b - a); [lra | field_simplify (b - a); [apply ratio_positive; [way tt | positive] |
      repeat split; different ..]]
  | |- ?a > ?b => cut (0 < a - b); [lra | field_simplify (a - b); [apply ratio_positive; [way tt | positive] |
      repeat split; different ..]]
  end.
Ltac squared way := lazymatch goal with
  | |- _ = _ => apply squares_equal; way tt
  | |- _ <= _ => apply squares_ordered; way tt
  | |- _ >= _ => apply Rle_ge; apply squares_ordered; way tt
  | |- _ < _ => apply squares_strict; way tt
  | |- _ > _ => apply Rlt_gt; apply squares_strict; way tt
  end.
Ltac close way := first
  [ lra
  | solve [squared way]
  | lazymatch goal with |- _ <> _ => different end
  | lazymatch goal with |- _ = _ => first [field; repeat split; different |
      field_simplify_eq; [way tt | repeat split; different ..]] end
  | cleared way
  | repeat invert; first [way tt | squared way] ].
"""


def in_class(said: Statement) -> bool:
    """Whether it is a condition over polynomials and radicals: + − · / |·|, max, min and rational powers."""
    kinds = (sp.Add, sp.Mul, sp.Symbol, sp.Rational, sp.Abs, sp.Max, sp.Min, sp.And, sp.Or, sp.Not, sp.logic.boolalg.BooleanAtom)
    return isinstance(said, Holds) and all(
        isinstance(node, kinds) or node.is_Relational or (isinstance(node, sp.Pow) and node.exp.is_Rational)
        for each in (said.condition, *said.where)
        for node in sp.preorder_traversal(each)
    )


def scripts_of(said: Statement, certificate: Any) -> tuple[str, ...]:
    """The scripts for a statement, one a way, with the squares of its certificate, and of its factors, as hints."""
    if not isinstance(said, Holds):
        return SCRIPTS
    if not in_class(said):
        return coq_boxes.scripts_of(said, certificate) if coq_boxes.in_wider_class(said) else SCRIPTS
    variables = Problem(said.condition, said.where).names
    known = names({*variables.names})
    canonical = {new.name: new for new in variables.names.values()}
    squares = [variables.back(read(text, dict(canonical))) for text in dict.fromkeys(_squared(certificate))]
    for relation in relations(said.condition):
        gap = relation.lhs - relation.rhs
        if gap.is_polynomial() and gap.free_symbols:
            squares += [factor for factor, power in sp.factor_list(gap)[1] if power % 2 == 0]
    usable = [q for q in squares if q.free_symbols and q.free_symbols <= set(variables.names) and q.is_polynomial()]
    hints = "".join(f"pose proof (pow2_ge_0 ({term(q, known)})); " for q in usable)
    return tuple(SCRIPT.format(hints=hints, way=way) for way in WAYS)


def _squared(certificate: Any) -> list[str]:
    """q₁, q₂, … of every s·p = Σ mₖ·qₖ² in a certificate, as the rule `squares` has them."""
    if isinstance(certificate, Mapping):
        own = list(certificate["args"][2::2]) if certificate.get("rule") == "squares" else []
        return [*own, *(text for value in certificate.values() for text in _squared(value))]
    if isinstance(certificate, Sequence) and not isinstance(certificate, str):
        return [text for value in certificate for text in _squared(value)]
    return []


def prove(said: Statement, seconds: int = SECONDS, scripts: Sequence[str] = SCRIPTS) -> dict[str, Any]:
    """What Coq says of one statement: `checked`, `script`, `axioms`, `seconds` and, where it is not checked, `why`.

    Arguments: `scripts`, of which the first that finds a proof counts; `seconds`, the processor time of each.
    """
    start = time.monotonic()
    script, why = scripts[0], ""
    rests: tuple[str, ...] = ()
    try:
        version()
        if not coq_boxes.in_wider_class(said):
            raise Refused("it is no condition over polynomials, radicals, exponentials, logarithms and trigonometric functions")
        script, rests = _first(printed(said), scripts, seconds, in_class(said))
    except (Absent, Unprintable, Refused) as reason:
        why = str(reason)
    return {"checked": not why, "script": script, "axioms": list(rests), "seconds": round(time.monotonic() - start, 2), "why": why}


class _NoProof(Exception):
    """A script found none: the message says what Coq said, or that it was stopped."""


def _first(statement: str, scripts: Sequence[str], seconds: int, plain: bool) -> tuple[str, tuple[str, ...]]:
    """The first script that proves the statement, and the axioms that the proof rests on.

    Arguments: `plain`, whether it is over polynomials and radicals, whose proofs need no more than the axioms of the reals.
    Raises: Refused where none does, or the proof rests on other axioms than it may.
    """
    found = []
    for script in scripts:
        try:
            return script, _accepted(statement, script, seconds, plain)
        except _NoProof as reason:
            found.append(str(reason))
    raise Refused(f"the script found no proof: {'; '.join(dict.fromkeys(found))}")


def _accepted(statement: str, script: str, seconds: int, plain: bool) -> tuple[str, ...]:
    """The axioms of a theorem that says exactly `statement`.

    Raises: _NoProof; Refused where it rests on other axioms than those of the reals, and, unless it is plain, of machine numbers.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, answer = Path(scratch, "checked.v"), Path(scratch, "answer")
        source.write_text(
            f"{TACTICS}{'' if plain else coq_boxes.TACTICS}\nDefinition said : Prop :=\n{statement}.\n\nTheorem proved : said.\n"
            f"Proof. {script}. Qed.\n"
            f"Definition carried : checked.said := checked.proved.\n{axioms.question('checked.carried', answer)}",
            encoding="utf-8",
        )
        limited = ("sh", "-c", 'ulimit -S -t "$1"; shift; exec "$@"', "sh", str(seconds))
        done = subprocess.run([*limited, "coqc", "-q", str(source)], capture_output=True, text=True, check=False, cwd=scratch)
        if done.returncode == -signal.SIGXCPU:
            raise _NoProof(f"coqc was stopped after {seconds} s of processor time")
        if done.returncode != 0:
            raise _NoProof(" ".join(done.stderr.split())[-200:])
        found = axioms.axioms(answer)
        if plain and axioms.tier(found) not in ("none", "core"):
            raise Refused("it rests on more than the axioms of the classical reals")
        return found


def confirm(result: dict[str, Any], parts: Sequence[Statement]) -> dict[str, Any]:
    """A result with its "coq" part, and the kernel in place of the solvers where Coq proves every part of the statement."""
    if result["verdict"].upper() not in HELD:
        why = f"only what holds is checked, and this one is {result['verdict']}"
        return {**result, "coq": {"checked": False, "script": "", "axioms": [], "seconds": 0.0, "why": why}}
    found: list[dict[str, Any]] = []
    for part in parts:
        found.append(prove(part, scripts=scripts_of(part, result["certificate"])))
        if not found[-1]["checked"]:
            break
    said = {
        **found[-1],
        "axioms": sorted({axiom for each in found for axiom in each["axioms"]}),
        "seconds": round(sum(each["seconds"] for each in found), 2),
    }
    tier = "interval" if axioms.tier(said["axioms"]) == "interval" else "core"
    trusts = [f"Coq kernel {version()} ({tier} axioms)"] if said["checked"] else result["trusts"]
    return {**result, "coq": said, "trusts": trusts}


def confirm_all(
    results: Sequence[dict[str, Any]], parts: Sequence[Sequence[Statement]], workers: int, progress: Callable[[str], None] | None = None
) -> list[dict[str, Any]]:
    """`confirm` for the results of a derivation, each with the statements that its text was read as."""

    def one(result: dict[str, Any], read: Sequence[Statement]) -> dict[str, Any]:
        said = confirm(result, read)
        if progress is not None:
            progress(f"{said.get('id', 'statement')}: {sentence(said['coq'])}")
        return said

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, results, parts))


def sentence(said: Mapping[str, Any]) -> str:
    """What Coq says, in one line."""
    if not said["checked"]:
        return f"not checked by Coq: {said['why']}"
    return f"checked by Coq {version()}: {said['script']}"
