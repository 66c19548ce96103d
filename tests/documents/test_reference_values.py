"""The page of reference values is what its command computes."""

import pytest
import sympy as sp

from proofs.documents import reference_values, tables
from proofs.documents.tables import Table


def test_the_page_is_what_its_command_computes():
    assert reference_values.PAGE.read_text(encoding="utf-8") == reference_values.page()


def test_numbers_are_rounded_and_whole_numbers_and_text_stay():
    assert tables.shown(sp.sqrt(2)) == "1.414213562"
    assert tables.shown(sp.Integer(2)) == tables.shown(2) == "2"
    assert tables.shown(2 / 3) == "0.666666667"
    assert tables.shown("γ = 1/2") == "γ = 1/2"
    assert tables.shown(sp.Rational(1, 10**9) / 2 + sp.Rational(1, 10**30)) == "0.000000001"


def test_a_row_of_another_length_is_a_fault():
    with pytest.raises(ValueError, match="zip"):
        Table("t", "says", ("a", "b"), lambda: [(sp.Integer(1),)]).lines()
