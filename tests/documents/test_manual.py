"""The manual and the README: every command in them runs, what is shown of it is what it prints, and their Python blocks hold."""

import re
import shlex

import pytest

import ufm
from proofs.claims import registry
from proofs.cli import main
from proofs.commands.application import COMMANDS, loaded
from proofs.store.dependencies import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LONG = (
    "ufm mnist",
    "ufm figures",
    "ufm verify",
    "ufm derive --all",
)  # minutes, or a tool that need not be there (torch, Coq): they are parsed alone
UNDEFINED_OR_CONTRADICTORY = {"ufm check 'x == x + 1' --where 'x > 1' --where 'x < 0'": 2, "ufm check 'x/x == 1'": 3}
REFUTED = 1
BLOCK = re.compile(r"^```(?P<language>[a-z]+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page, language):
    return [match["text"] for match in BLOCK.finditer(page.read_text(encoding="utf-8")) if match["language"] == language]


def commands():
    for page in PAGES:
        for text in blocks(page, "console"):
            lines = text.splitlines()
            starts = [k for k, line in enumerate(lines) if line.startswith("$ ")]
            for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
                command = lines[start][2:].split("  #")[0].strip()
                if command.startswith("ufm "):
                    yield pytest.param(command, "\n".join(lines[start + 1 : end]).strip(), id=f"{page.stem}: {command}")


@pytest.mark.parametrize(("command", "shown"), list(commands()))
def test_a_command_of_the_manual_runs_and_prints_what_is_shown(command, shown, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(ROOT)
    arguments = shlex.split(command)[1:]
    if command.startswith(LONG) and "--only" not in arguments:
        name, *rest = arguments
        assert loaded(name).make_context(name, rest, resilient_parsing=False)
        return
    if arguments[0] == "figures":
        arguments[1] = str(tmp_path)
    if "--save" in arguments:
        arguments[arguments.index("--save") + 1] = str(tmp_path / "saved.csv")
    status = main(arguments)
    out, err = capsys.readouterr()
    expected = UNDEFINED_OR_CONTRADICTORY.get(command, REFUTED if "refuted" in out else 0)
    assert status == expected, err
    if shown:
        assert [line.rstrip() for line in out.strip().splitlines()] == [line.rstrip() for line in shown.splitlines()]


WITH_PYTHON = [page for page in PAGES if blocks(page, "python") and page.name != "laws.md"]  # tests/test_laws.py has its blocks


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.stem)
def test_the_python_of_a_page_holds_and_prints_what_is_shown(page, monkeypatch, capsys):
    if page.stem == "torch":
        pytest.importorskip("torch", reason="the page is about torch")
    monkeypatch.chdir(ROOT)
    names = {"__name__": page.stem}
    found = list(BLOCK.finditer(page.read_text(encoding="utf-8")))
    for block, after in zip(found, [*found[1:], None], strict=True):
        if block["language"] == "python":
            exec(compile(block["text"], str(page), "exec"), names)  # what is compiled stands in the repository
            if out := capsys.readouterr().out:
                assert after is not None
                assert (after["language"], after["text"]) == ("text", out)


def test_the_pages_with_python_were_found():
    assert {"README", "start", "derivations", "losses", "models"} <= {page.stem for page in WITH_PYTHON}


def test_every_public_name_has_a_place_in_the_reference():
    text = "".join((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("api", "strategies", "laws"))
    for name in ufm.__all__:
        assert f"ufm.{name}" in text, name


def test_every_page_of_the_manual_is_in_its_contents():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^([a-z-]+)$", index, re.MULTILINE))
    assert listed == {page.stem for page in PAGES if page.parent.name == "docs"} - {"index"}


def test_every_command_is_described_in_the_first_minute():
    text = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"`ufm {name}`" in text, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_picture_and_file_that_a_page_links_to_is_there(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text) + re.findall(r"\{(?:figure|image|literalinclude)\} (\S+)", text)
    for target in targets:
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target


def test_an_error_that_points_to_an_example_points_to_one_that_exists():
    pointed = set()
    for path in (ROOT / "proofs").rglob("*.py"):
        pointed |= set(re.findall(r"see (examples/[\w./-]+)", path.read_text(encoding="utf-8")))
    assert pointed
    for example in pointed:
        assert (ROOT / example.rstrip(".")).exists(), example


def test_the_page_on_constrained_features_names_claims_of_the_ledger():
    named = re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", (ROOT / "docs" / "constrained.md").read_text(encoding="utf-8"))
    assert len(named) >= 10
    assert set(named) - set(registry.modules()) == set()
