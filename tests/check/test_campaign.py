"""A campaign goes on where a process of it dies, and says at which statement."""

from __future__ import annotations

import os

import pytest

from tests.tools import campaign

FIRST, COUNT, DEADLY = 7, 4, 9


@pytest.fixture
def deadly(monkeypatch):
    """The statement of one seed ends the process that judges it."""

    def judge(made, seed, seconds):
        if seed == DEADLY:
            os._exit(1)
        return campaign.Tally(verdicts=campaign.Counter(["proved"]))

    monkeypatch.setattr(campaign, "judge", judge)


def test_a_process_that_dies_loses_its_own_statement_and_no_other(deadly, tmp_path, capsys):
    kept = tmp_path / "campaign.json"
    found = campaign.campaign(FIRST, COUNT, 1, resume=kept)
    assert found.checked == COUNT - 1
    (crash,) = found.crashes
    assert crash.startswith(f"seed {DEADLY}: ")
    assert str(campaign.statement(DEADLY).claim) in crash
    assert f"block of {COUNT} seeds from {FIRST}: " in capsys.readouterr().err
    again = campaign.campaign(FIRST, COUNT, 1, resume=kept)
    assert (again.verdicts, again.crashes) == (found.verdicts, found.crashes)


def test_a_campaign_with_a_crash_does_not_end_well(deadly, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["campaign", str(FIRST), str(COUNT), "--processes", "1"])
    with pytest.raises(SystemExit) as ended:
        campaign.main()
    assert ended.value.code == 1
    assert f"crash 1: seed {DEADLY}: " in capsys.readouterr().out
