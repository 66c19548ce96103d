"""`ufm check --coq`: a proved statement over polynomials and radicals, printed and proved again by Coq's kernel.

The statement is printed by `proofs.coq.printer`, with what makes it defined as part of what is asserted. The script
takes roots, absolute values and extrema apart, clears denominators, and ends with lra, nra and field; the squares of the
certificate are its hints. Whatever the script does, only a theorem that coqc accepts, on the axioms of the classical
reals, counts.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import sympy as sp

from proofs.checker.holds import Problem
from proofs.checker.logic import relations
from proofs.coq.audit import Refused, axioms_of, tier
from proofs.coq.build import Absent, version
from proofs.coq.printer import Unprintable, names, term
from proofs.coq.printer import statement as printed
from proofs.kernel.reader import read
from proofs.kernel.statements import Holds, Statement

SECONDS = 20.0  # the process limit of coqc for one statement
SCRIPT = "unfold said; intros; {hints}repeat split; over; close"
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
     | apply Rplus_le_le_0_compat; positive | apply Rle_0_sqr] end | timeout 2 nra ].
Ltac different := lazymatch goal with
  | |- ?a <> 0 => first [assumption | apply Rgt_not_eq; positive | apply Rlt_not_eq; timeout 2 nra
     | apply Rmult_integral_contrapositive_currified; different | apply pow_nonzero; different
     | let H := fresh in intro H; first [lra | timeout 2 nra] ]
  | |- ?a <> ?b => let H := fresh in intro H; first [lra | timeout 2 nra] end.
Ltac root t :=
  let P := fresh "P" in let Q := fresh "Q" in let N := fresh "N" in let E := fresh "E" in let s := fresh "s" in
  assert (P : 0 <= t) by positive;
  first [ assert (Q : 0 < t) by positive; pose proof (sqrt_lt_R0 t Q) as N | pose proof (sqrt_pos t) as N ];
  pose proof (sqrt_sqrt t P) as E; set (s := sqrt t) in *; clearbody s; try (is_var t; subst t).
Ltac inverse d :=
  let Q := fresh "Q" in let N := fresh "N" in let M := fresh "M" in let E := fresh "E" in let i := fresh "i" in
  first [ assert (Q : 0 < d) by positive; pose proof (Rinv_0_lt_compat d Q) as M
        | assert (Q : d < 0) by (timeout 2 nra); pose proof (Rinv_lt_0_compat d Q) as M | idtac ];
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
Ltac pairs := repeat match goal with
  | X : R, Y : R |- _ => distinct X Y; unseen X Y; assert (seen X Y) by exact I; pose proof (Rle_0_sqr (X - Y)) end;
  unfold Rsqr in *.
Ltac ones := repeat match goal with
  | X : R |- _ => unseen X X; assert (seen X X) by exact I; pose proof (Rle_0_sqr (X - 1)) end; unfold Rsqr in *.
Ltac form x y z := distinct y z; unseen (x * y) z; unseen (x * z) y; assert (seen (x * y) z) by exact I.
Ltac forms := repeat match goal with
  | P : 0 < ?X, Y : R, Z : R |- _ => form X Y Z; pose proof (Rmult_le_pos X _ (Rlt_le _ _ P) (Rle_0_sqr (Y - Z)))
  | P : ?X > 0, Y : R, Z : R |- _ => form X Y Z; pose proof (Rmult_le_pos X _ (Rlt_le _ _ P) (Rle_0_sqr (Y - Z)))
  | P : 0 <= ?X, Y : R, Z : R |- _ => form X Y Z; pose proof (Rmult_le_pos X _ P (Rle_0_sqr (Y - Z)))
  | P : ?X >= 0, Y : R, Z : R |- _ => form X Y Z; pose proof (Rmult_le_pos X _ (Rge_le _ _ P) (Rle_0_sqr (Y - Z)))
  end; unfold Rsqr in *.
Ltac polynomial := first [lra | timeout 3 nra | pairs; timeout 4 nra | ones; timeout 3 nra | forms; timeout 5 nra
  | pairs; ones; timeout 4 nra].
Ltac cleared := lazymatch goal with
  | |- ?a <= ?b => cut (0 <= b - a); [lra | field_simplify (b - a); [apply ratio_nonneg; [polynomial | positive] |
      repeat split; different ..]]
  | |- ?a >= ?b => cut (0 <= a - b); [lra | field_simplify (a - b); [apply ratio_nonneg; [polynomial | positive] |
      repeat split; different ..]]
  | |- ?a < ?b => cut (0 < b - a); [lra | field_simplify (b - a); [apply ratio_positive; [polynomial | positive] |
      repeat split; different ..]]
  | |- ?a > ?b => cut (0 < a - b); [lra | field_simplify (a - b); [apply ratio_positive; [polynomial | positive] |
      repeat split; different ..]]
  end.
Ltac squared finish := lazymatch goal with
  | |- _ = _ => apply squares_equal; finish tt
  | |- _ <= _ => apply squares_ordered; finish tt
  | |- _ >= _ => apply Rle_ge; apply squares_ordered; finish tt
  | |- _ < _ => apply squares_strict; finish tt
  | |- _ > _ => apply Rlt_gt; apply squares_strict; finish tt
  end.
Ltac quick u := first [lra | timeout 1 nra | pairs; timeout 2 nra].
Ltac whole u := polynomial.
Ltac close := first
  [ lra
  | solve [squared quick]
  | lazymatch goal with |- _ <> _ => different end
  | lazymatch goal with |- _ = _ => first [field; repeat split; different |
      field_simplify_eq; [polynomial | repeat split; different ..]] end
  | cleared
  | repeat invert; first [polynomial | squared whole] ].
"""


def in_class(said: Statement) -> bool:
    """Whether it is a condition over polynomials and radicals: + − · / |·|, max, min and rational powers."""
    kinds = (sp.Add, sp.Mul, sp.Symbol, sp.Rational, sp.Abs, sp.Max, sp.Min, sp.And, sp.Or, sp.Not, sp.logic.boolalg.BooleanAtom)
    return isinstance(said, Holds) and all(
        isinstance(node, kinds) or node.is_Relational or (isinstance(node, sp.Pow) and node.exp.is_Rational)
        for each in (said.condition, *said.where) for node in sp.preorder_traversal(each))


def script_of(said: Statement, certificate: Any) -> str:
    """The tactics for a statement, with the squares of its certificate, and of its factors, as hints."""
    if not isinstance(said, Holds):
        return SCRIPT.format(hints="")
    variables = Problem(said.condition, said.where).names
    known = names({*variables.names})
    canonical = {new.name: new for new in variables.names.values()}
    squares = [variables.back(read(text, dict(canonical))) for text in dict.fromkeys(_squared(certificate))]
    for relation in relations(said.condition):
        gap = relation.lhs - relation.rhs
        if gap.is_polynomial() and gap.free_symbols:
            squares += [factor for factor, power in sp.factor_list(gap)[1] if power % 2 == 0]
    usable = [q for q in squares if q.free_symbols and q.free_symbols <= set(variables.names) and q.is_polynomial()]
    return SCRIPT.format(hints="".join(f"pose proof (pow2_ge_0 ({term(q, known)})); " for q in usable))


def _squared(certificate: Any) -> list[str]:
    """q₁, q₂, … of every s·p = Σ mₖ·qₖ² in a certificate, as the rule `squares` has them."""
    if isinstance(certificate, Mapping):
        own = list(certificate["args"][2::2]) if certificate.get("rule") == "squares" else []
        return [*own, *(text for value in certificate.values() for text in _squared(value))]
    if isinstance(certificate, Sequence) and not isinstance(certificate, str):
        return [text for value in certificate for text in _squared(value)]
    return []


def prove(said: Statement, seconds: float = SECONDS, script: str = SCRIPT.format(hints="")) -> dict[str, Any]:
    """What Coq says of one statement: `checked`, `script`, `axioms`, `seconds` and, where it is not checked, `why`."""
    start = time.monotonic()
    axioms: list[str] = []
    try:
        version()
        if not in_class(said):
            raise Refused("it is no condition over polynomials and radicals")
        assert isinstance(said, Holds)
        if said.condition in (sp.true, sp.false):
            raise Refused("reading it left nothing to prove")
        axioms = _accepted(printed(said), script, seconds)
        why = ""
    except (Absent, Unprintable, Refused) as reason:
        why = str(reason)
    except subprocess.TimeoutExpired:
        why = f"coqc was stopped after {seconds:g} s"
    return {"checked": not why, "script": script, "axioms": axioms, "seconds": round(time.monotonic() - start, 2), "why": why}


def _accepted(statement: str, script: str, seconds: float) -> list[str]:
    """The axioms of a theorem that says exactly `statement`.

    Raises: Refused where coqc does not accept it, or it rests on other axioms than those of the reals.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "checked.v")
        source.write_text(f"{TACTICS}\nDefinition said : Prop :=\n{statement}.\n\nTheorem proved : said.\n"
                          f"Proof. {script}. Qed.\n"
                          f'Definition carried : said := proved.\nRedirect "{scratch}/axioms" Print Assumptions carried.\n',
                          encoding="utf-8")
        done = subprocess.run(["coqc", "-q", str(source)], capture_output=True, text=True, check=False, cwd=scratch,
                              timeout=seconds)
        if done.returncode != 0:
            raise Refused(f"the script found no proof: {' '.join(done.stderr.rpartition('Error:')[2].split())[:200]}")
        try:
            axioms = axioms_of(Path(scratch, "axioms.out").read_text(encoding="utf-8"))
        except OSError:
            raise Refused("coqc printed no assumptions") from None
        if tier(axioms) not in ("none", "core"):
            raise Refused("it rests on more than the axioms of the classical reals")
        return list(axioms)


def confirm(result: dict[str, Any], premises: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A result with its "coq" part, and the kernel in place of the solvers where Coq proves every part.

    Arguments: `premises`, the results of the claims that it uses.
    """
    from proofs.check.judging import HELD
    from proofs.check.statements import statements_of

    if result["verdict"] not in HELD:
        return {**result, "coq": {"checked": False, "script": "", "axioms": [], "seconds": 0.0,
                                  "why": f"only what holds is checked, and this one is {result['verdict']}"}}

    used = [(p["statement"], p["where"], p["let"]) for p in premises]
    found: list[dict[str, Any]] = []
    for part in statements_of(result["statement"], result["where"], result["let"], used):
        found.append(prove(part, script=script_of(part, result["certificate"])))
        if not found[-1]["checked"]:
            break
    said = {**found[-1], "axioms": sorted({axiom for each in found for axiom in each["axioms"]}),
            "seconds": round(sum(each["seconds"] for each in found), 2)}
    trusts = [f"Coq kernel {version()} (core axioms)"] if said["checked"] else result["trusts"]
    return {**result, "coq": said, "trusts": trusts}


def confirm_all(results: Sequence[dict[str, Any]], lets: Sequence[Mapping[str, str]], workers: int,
                progress: Callable[[str], None] | None = None) -> list[dict[str, Any]]:
    """`confirm` for the results of a derivation, each with the definitions of its claim."""
    full = [{**result, "let": dict(let)} for result, let in zip(results, lets, strict=True)]
    by_id = {result.get("id"): result for result in full}

    def one(result: dict[str, Any]) -> dict[str, Any]:
        said = confirm(result, [by_id[name] for name in result.get("uses", ())])
        del said["let"]
        if progress is not None:
            progress(f"{said.get('id', 'statement')}: {sentence(said['coq'])}")
        return said

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, full))


def sentence(said: Mapping[str, Any]) -> str:
    """What Coq says, in one line."""
    if not said["checked"]:
        return f"not checked by Coq: {said['why']}"
    return f"checked by Coq {version()}: {said['script']}"
