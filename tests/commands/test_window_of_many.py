"""`ufm window` where the classes or their modes are many."""

from __future__ import annotations

import json

import pytest

import ufm
from proofs.cli import main

FEW = ("--long-tailed", "60,1000000000000")


def document(capsys, *arguments):
    assert main(["window", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def table(capsys, *arguments):
    assert main(["window", *arguments]) == 0
    return capsys.readouterr().out


def test_a_million_classes_of_two_counts(capsys):
    found = document(capsys, "--step", "1000000,100", "--weight-exponent", "1/2")
    assert [mode["multiplicity"] for mode in found["modes"]] == [499_999, 1, 499_999]
    assert found["window"]["effective"]["relative_exact"] == "-1 + sqrt(202)/11"
    assert found["weights_exact"][::999_999] == ["1/10", "1"]
    assert (found["weights"][0], found["weights"][-1], len(found["weights"])) == (0.1, 1.0, 10**6)


def test_ends_are_told_where_groups_are_too_many_to_list(monkeypatch, capsys):
    whole = document(capsys, *FEW)
    monkeypatch.setattr("proofs.commands.window.MOST_LISTED", 20)
    found = document(capsys, *FEW)
    assert found["modes_not_listed"] == 57
    assert "modes_not_listed" not in whole
    for end in (0, -1):
        assert found["modes"][end] == {**whole["modes"][end], "learning_time": None}  # so many groups are not run
        assert whole["modes"][end]["learning_time"] > 0
        assert found["escape_rates"][end]["value"] == pytest.approx(whole["escape_rates"][end]["value"], rel=1e-15)
    assert found["window"]["escape"] == pytest.approx(whole["window"]["escape"], rel=1e-14)
    assert found["window"]["effective"] == {"absolute": None, "relative": None}
    assert found == ufm.window(ufm.counts.long_tailed(60, 10**12), delta=8.0)
    assert "… 57 between" in table(capsys, *FEW)


def test_a_long_table_shows_its_ends_and_counts_what_is_between(capsys):
    lines = table(capsys, *FEW).splitlines()
    (place,) = (k for k, line in enumerate(lines) if "… 19 between" in line)
    assert place == 2 + 20  # a heading, the names of the columns, and half of the rows
    values = [mode["singular_value"] for mode in document(capsys, *FEW)["modes"]]
    shown = [float(lines[k].split()[0]) for k in (2, 21, 23, 42)]
    assert shown == pytest.approx([values[0], values[19], values[-20], values[-1]], rel=1e-5)
    assert "between" not in table(capsys, "--long-tailed", "40,1000000000000")


def test_a_table_without_pairs_says_from_where_to_where_escape_rates_go(monkeypatch, capsys):
    monkeypatch.setattr("numerics.unconstrained_features.spectrum.MOST_PAIRED", 3)
    out = table(capsys, "--counts", "16,9,4,1", "--weight-exponent", "1/3")
    assert "not paired with escape rates, which go from" in out
    assert "undefined" not in out
    assert "not paired" not in table(capsys, "--counts", "16,9,4,1")


def test_many_rows_of_what_a_bias_learns_are_cut_too(capsys):
    out = table(capsys, *FEW, "--bias")
    assert "… 20 between" in out
