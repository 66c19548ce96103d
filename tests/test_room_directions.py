"""Who may import whom."""

from pathlib import Path

import pytest

from proofs.dependencies import PACKAGES, ROOT, imported_modules

FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
ALLOWED = {
    "theory": (("theory",), "theory derives from the loss alone: it knows no run and no claim"),
    "numerics": (("numerics", "theory.counts", "theory.weights", "theory.losses", "theory.exact"),
                 "a run may know what the experiment is, never what the answer should be: an oracle that reads the "
                 "answer is no oracle"),
    "proofs": (("theory", "numerics", "proofs"), "proofs meets both"),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_room_imports_only_what_it_may(path: Path):
    allowed, why = ALLOWED[path.relative_to(ROOT).parts[0]]
    for name in imported_modules(path):
        # `from theory import counts` names the package as well: the module beside it decides.
        if name != "theory" or path.relative_to(ROOT).parts[0] != "numerics":
            assert any(name == prefix or name.startswith(prefix + ".") for prefix in allowed), (
                f"{path.relative_to(ROOT)} imports {name}: {why}")


def test_the_walk_sees_imports_inside_functions_too(tmp_path):
    sample = tmp_path / "sample.py"
    sample.write_text("def f():\n    from theory import modes\n    import theory.timing\n")
    assert imported_modules(sample) == {"theory", "theory.modes", "theory.timing"}


def test_all_three_rooms_were_walked():
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == set(PACKAGES)
