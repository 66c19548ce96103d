"""The page on speed tells the numbers that are kept, and the ways that are compared do the same."""

import json
import shutil

import numpy as np
import pytest

from tests.benchmarks import contenders, measured, ratios


def test_the_page_is_made_of_the_kept_numbers(tmp_path):
    page = tmp_path / "benchmarks.md"
    shutil.copy(ratios.PAGE, page)
    ratios.write(json.loads(ratios.KEPT.read_text(encoding="utf-8")), page)
    assert page.read_text(encoding="utf-8") == ratios.PAGE.read_text(encoding="utf-8"), "make bench writes it"


def test_every_workload_was_measured_beside_every_way():
    kept = json.loads(ratios.KEPT.read_text(encoding="utf-8"))
    names = {each.id: [one.name for one in each.contenders] for each in contenders.workloads().values()}
    assert {name: [row["name"] for row in found["rows"]] for name, found in kept["workloads"].items()} == names
    assert list(kept["growths"]) == [growth.id for growth in contenders.GROWTHS]
    assert list(kept["commands"]) == list(ratios.COMMANDS)


SMALL = contenders.workloads()["step-10-10"]


@pytest.mark.parametrize("number", range(len(SMALL.contenders)))
def test_the_ways_of_a_small_run_agree(number):
    """Descent in torch to first order in its step, the others to their tolerance."""
    one = SMALL.contenders[number]
    if one.name.startswith("torch"):
        pytest.importorskip("torch", reason="descent is that of torch")
    row = measured.contender(SMALL, number)
    limit = 2e-3 if one.name.startswith("torch") else 1e-9
    assert np.abs(np.array(row["found"]) / SMALL.truth() - 1).max() < limit
    assert row["first"] > 0
    assert row["repeated"] > 0


@pytest.mark.parametrize("which", ["spectrum", "extremes"])
def test_the_ways_to_a_spectrum_agree(which):
    ours, theirs = {
        "spectrum": (contenders.our_spectrum(40), contenders.eigvalsh(40, contenders.all_values)),
        "extremes": (contenders.our_extremes(40), contenders.eigvalsh(40, contenders.windows)),
    }[which]
    assert ours.ready()() == pytest.approx(theirs.ready()(), rel=1e-12)


def test_a_growth_that_was_not_done_in_time_is_told_for_each_value():
    kept = {"growths": {"c": {"title": "classes", "rows": ratios.measured((4, 10), {"none": "not done after 300 s"})}}}
    assert ratios.growths(kept).splitlines()[2:] == ["| classes | 4: refused, 10: refused |  | – | – |"]
    assert ratios.measured((4,), [{"value": 4, "seconds": 1.0, "steps": 2}]) == [{"value": 4, "seconds": 1.0, "steps": 2}]


def test_ratios_and_exponents_are_those_of_the_numbers():
    ours = {"name": "ours", "first": 0.2, "repeated": 0.1, "megabytes": 1.0, "found": [1.0, 2.0], "truth": [1.0, 2.0]}
    peer = {"name": "peer", "first": 3.0, "repeated": 2.0, "megabytes": 9.0, "found": [1.0, 2.02], "truth": None}
    kept = {"workloads": {"w": {"title": "a run", "rows": ratios.judged([ours, peer])}}}
    assert ratios.ratios(kept).splitlines()[2:] == [
        "| a run | ours | 0.20 | 0.10 |  |  |  | 1 |",
        "|  | peer | 3.0 | 2.0 | 10 | 20 | 1e-02 | 9 |",
    ]
    rows = [{"value": x, "seconds": 3 * x**1.5, "steps": 7} for x in (10, 100, 1000)]
    assert (ratios.exponent(rows, "seconds"), ratios.exponent(rows, "steps"), ratios.exponent(rows[:1], "steps")) == ("1.50", "0.00", "–")
