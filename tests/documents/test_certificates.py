"""The page on proofs that are kept names every kind of certificate, every field that the checker reads, and every rule."""

import ast
import shutil
from collections.abc import Iterator

import pytest

from proofs.checker import rules
from proofs.documents import certificates
from proofs.engines import decide
from proofs.kernel.verdict import Outcome
from proofs.store.dependencies import ROOT
from tests.checker.test_recheck import FALSE, SECONDS, TRUE

CHECKER = [ROOT / "proofs" / "checker" / f"{name}.py" for name in ("holds", "limits", "suprema", "monotone", "enclosures", "rules")]
NAMES = {name for form in certificates.FORMS for name in form.fields} | {"kind"}
# Fields of the parts of a record are told in the line of the record.
TOLD = " ".join(meaning for form in certificates.FORMS for meaning in form.fields.values())
NOT_READ = {"zero polynomials"}
OF_A_WITNESS = {"t"}


def read_by(source: str) -> Iterator[str]:
    """The constant texts by which a source takes something out of a table, or asks whether it is there."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
                yield name
            case ast.Compare(left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()]):
                yield name


def kinds_in(source: str) -> Iterator[str]:
    """What a source compares the kind of a certificate with."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and "'kind'" in ast.unparse(node.left):
            yield from (each.value for each in node.comparators if isinstance(each, ast.Constant))


def test_every_field_that_the_checker_reads_is_told_and_no_other():
    read = {name for path in CHECKER for name in read_by(path.read_text(encoding="utf-8"))} - OF_A_WITNESS
    assert "admitted" in read
    assert {name for name in read if name not in NAMES and f"`{name}`" not in TOLD} == set()
    assert NAMES - read == NOT_READ


def test_every_kind_that_the_checker_knows_is_told():
    known = {kind for path in CHECKER for kind in kinds_in(path.read_text(encoding="utf-8"))}
    assert len(known) >= 5
    assert known <= {form.kind for form in certificates.FORMS}


def test_a_field_that_is_not_told_is_found():
    assert list(read_by("def f(c): return c['x'], c.get('y', 0), 'z' in c, {'>': 1}[c], c[0]")) == ["x", "y", "z"]
    assert list(kinds_in("certificate['kind'] == 'a'\nc.get('kind') != 'b'")) == ["a", "b"]


@pytest.mark.parametrize(("statements", "outcome"), [(TRUE, Outcome.HOLDS), (FALSE, Outcome.FAILS)], ids=["proofs", "refutations"])
def test_what_the_engines_bring_is_of_a_kind_and_has_fields_that_are_told(statements, outcome):
    forms = {(form.engine, form.kind): form for form in certificates.FORMS}
    whole = {"holds": ("a condition",), "the supremum is attained": ("a supremum",), "the supremum is not attained": ("a supremum",)}
    for statement in statements:
        evidence = decide(statement, SECONDS)
        assert evidence.outcome is outcome
        if evidence.certificate is None:
            continue
        form = forms[evidence.engine, evidence.certificate.get("kind", "")]
        more = [each.fields for each in certificates.FORMS if each.name in whole.get(form.kind, ())]
        assert set(evidence.certificate) <= {"kind", *form.fields, *(name for fields in more for name in fields)}, statement


def test_the_page_is_what_its_command_writes(tmp_path):
    page = tmp_path / "certificates.md"
    shutil.copy(certificates.PAGE, page)
    certificates.generate(page)
    assert page.read_text(encoding="utf-8") == certificates.PAGE.read_text(encoding="utf-8"), "python -m proofs.documents.certificates"


def test_every_rule_says_what_it_does():
    for name, rule in rules.RULES.items():
        assert (rule.__doc__ or "").strip(), name
        assert f"| `{name}` |" in certificates.rule_table()
