"""The rooms and arrows of docs/architecture.md are those of the import statements."""

import pytest

from proofs.documents import architecture
from proofs.documents.readme import PART
from proofs.store.dependencies import ROOT


def test_the_page_lists_the_rooms_as_they_are():
    (part,) = PART.finditer((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert part[0] == f"{part[1]}{architecture.table()}\n{part[3]}", "make readme writes it anew"


def test_every_folder_of_code_is_a_room_and_the_trusted_ones_stand_on_little():
    graph = architecture.imports()
    folders = {
        f"{top}/{path.name}" for top in ("theory", "numerics", "proofs") for path in (ROOT / top).iterdir() if list(path.glob("*.py"))
    }
    assert folders | {"theory", "numerics", "proofs"} == graph.keys()
    assert graph["proofs/kernel"] == {"theory"}
    assert graph["proofs/checker"] == {"theory", "proofs/kernel"}
    assert not any(room.startswith(("numerics", "proofs")) for key, others in graph.items() if key.startswith("theory") for room in others)


def test_arrows_that_follow_from_others_are_left_out_and_none_else():
    graph = {"a": {"b", "c"}, "b": {"c"}, "c": set(), "d": {"c"}}
    assert architecture.needed(graph) == {"a": {"b"}, "b": {"c"}, "c": set(), "d": {"c"}}
    assert architecture.floors(graph) == [["c"], ["b", "d"], ["a"]]


def test_a_circle_is_told():
    with pytest.raises(ValueError, match="circle"):
        architecture.floors({"a": {"b"}, "b": {"a"}, "c": set()})


def test_the_picture_shows_every_room(tmp_path):
    architecture.draw(tmp_path / "rooms.svg")
    drawn = (tmp_path / "rooms.svg").read_text(encoding="utf-8")
    assert all(room.replace("unconstrained_features", "unconstrained") in drawn for room in architecture.imports())
