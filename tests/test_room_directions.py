"""Which rooms may import which, and that the kernel and the checker import nothing that may be wrong."""

import ast
import re
from pathlib import Path

import pytest

from proofs.documents.readme import PART, trusted
from proofs.store.dependencies import PACKAGES, ROOT, TRUSTED, code_lines, imported_modules, module_file

FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
ALLOWED = {
    "theory": (("theory",), "theory derives from the loss alone: it knows no run and no claim"),
    "numerics": (
        ("numerics", "theory.data.counts", "theory.data.weights", "theory.losses", "theory.models", "theory.exact", "theory.shown"),
        "a run may know what the experiment is, never what the answer should be: an oracle that reads the answer is no oracle",
    ),
    "proofs": (("theory", "numerics", "proofs"), "proofs meets both"),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_room_imports_only_what_it_may(path: Path):
    allowed, why = ALLOWED[path.relative_to(ROOT).parts[0]]
    for name in imported_modules(path):
        # `from theory.data import counts` names the package as well: the module beside it decides.
        if name not in ("theory", "theory.data") or path.relative_to(ROOT).parts[0] != "numerics":
            assert any(name == prefix or name.startswith(prefix + ".") for prefix in allowed), (
                f"{path.relative_to(ROOT)} imports {name}: {why}"
            )


def test_the_walk_sees_imports_inside_functions_too(tmp_path):
    sample = tmp_path / "sample.py"
    sample.write_text("def f():\n    from theory.data import labels\n    import theory.unconstrained_features.timing\n")
    assert imported_modules(sample) == {"theory.data", "theory.data.labels", "theory.unconstrained_features.timing"}


@pytest.mark.parametrize("path", sorted((ROOT / "theory" / "models").rglob("*.py")), ids=lambda path: path.name)
def test_what_a_model_is_rests_on_no_theory_of_it(path: Path):
    """A run takes its model from here: through it no run may read what a theory derives."""
    for name in imports(path):
        if name.split(".")[0] == "theory":
            assert within(
                name, ("theory.models", "theory.algebra", "theory.data", "theory.losses", "theory.exact", "theory.shown", "theory.symbols")
            ), f"{path.relative_to(ROOT)} imports {name}: a model knows no theory's derivations"


def test_all_three_rooms_were_walked():
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == set(PACKAGES)


# -- the wall around what may not be wrong ------------------------------------------------

WALLS = {
    "proofs.kernel": (
        ("proofs.kernel", "theory.exact"),
        "the kernel alone makes verdicts: it rests on nothing that searches, derives or runs",
    ),
    "proofs.checker": (
        ("proofs.checker", "proofs.kernel", "theory.exact"),
        "the checker may not be wrong: what proposes a proof, or derived the statement, may not take part in its check",
    ),
}
CLOCKS = {"time", "datetime", "timeit", "sched"}
MAY_USE_CLOCK = {"proofs/kernel/judge.py": {"time"}}  # which writes down how many seconds an investigation took, and decides nothing by it
MAY_USE_RANDOM = {"proofs/checker/sampling.py"}  # whose seed is fixed: the sceptic sees the same points at every run
MOST_LINES = 4_000


def named(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """The modules that a file takes something from: of `from a import b` the module a.b, where there is one, else a."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path} imports relatively, and this walk does not see where from"
            found.update(full if module_file(full := f"{node.module}.{alias.name}") else node.module for alias in node.names)
    return found


def within(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


@pytest.mark.parametrize("path", TRUSTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_kernel_and_checker_import_nothing_from_outside_their_wall(path: Path):
    allowed, why = WALLS[".".join(path.relative_to(ROOT).parts[:2])]
    for name in imports(path):
        if name.split(".")[0] in (*PACKAGES, "tests"):
            assert within(name, allowed), f"{path.relative_to(ROOT)} imports {name}: {why}"


@pytest.mark.parametrize("path", TRUSTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_kernel_and_checker_take_no_clock_and_no_chance(path: Path):
    """A verdict that depends on how fast the machine is, or on a draw, is another one on the next run."""
    file, used = path.relative_to(ROOT).as_posix(), {name.split(".")[0] for name in imports(path)}
    assert used & CLOCKS <= MAY_USE_CLOCK.get(file, set()), f"{file} looks at a clock: re-checking must not depend on the machine"
    assert "random" not in used or file in MAY_USE_RANDOM, f"{file} draws at random: a re-check must find the same every time"
    assert not used & {"secrets", "uuid"}, f"{file} draws at random"
    limits = "signal" not in used or file == "proofs/checker/limited.py"
    assert limits, f"{file} sets a limit: only a solver may be stopped, and then proves nothing"
    called = {node.attr for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)}
    assert not called & {"getrandbits", "urandom", "times", "clock_gettime", "getrusage", "__import__"}, f"{file} asks the machine"


def test_the_only_chance_in_the_checker_has_a_fixed_seed():
    source = (ROOT / "proofs" / "checker" / "sampling.py").read_text(encoding="utf-8")
    drawn = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("random.")]
    assert [ast.unparse(call) for call in drawn] == ["random.Random(SEED)"], "the sceptic's points must be the same at every run"


def test_a_verdict_does_not_depend_on_the_seconds_that_the_judge_writes_down():
    """The judge may look at a clock only to fill in `seconds`: the name stands nowhere in `mint`, which makes the verdict."""
    tree = ast.parse((ROOT / "proofs" / "kernel" / "judge.py").read_text(encoding="utf-8"))
    clocks = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any(isinstance(inner, ast.Name) and inner.id == "time" for inner in ast.walk(node))
    }
    assert clocks <= {"investigate", "answer", "_asking", "ask"}, f"{clocks} look at a clock"
    (mint,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "mint")
    assert "seconds" not in ast.unparse(ast.Module(mint.body[1:], [])), "a verdict must not depend on how long it took"


def test_what_searches_and_what_checks_form_no_circle():
    """In a circle no part can be read, trusted or replaced without the others."""
    files = [path for room in ("kernel", "checker", "search", "engines") for path in sorted((ROOT / "proofs" / room).glob("*.py"))]
    graph = {named(path): {name for name in imports(path) if name != named(path)} for path in files}
    order: list[str] = []
    while left := [name for name in graph if name not in order]:
        free = [name for name in left if graph[name] & graph.keys() <= set(order)]
        assert free, f"these modules import each other in a circle: {sorted(left)}"
        order += free


def test_the_walk_of_the_wall_sees_every_way_to_import(tmp_path):
    sample = tmp_path / "sample.py"
    sample.write_text(
        "import time\ndef f():\n    from proofs.search import tactics\n    from proofs.checker import recheck\n"
        "    import proofs.engines.holds as h\n"
    )
    assert imports(sample) == {"time", "proofs.search.tactics", "proofs.checker", "proofs.engines.holds"}
    assert not within("proofs.searching", ("proofs.search",))
    assert within("proofs.search.tactics", ("proofs.search",))


def test_nothing_hides_from_the_walk_of_the_wall():
    """A module in a subfolder, or one that is loaded by its name, would be trusted without being counted."""
    for room in ("kernel", "checker"):
        assert {path for path in TRUSTED if path.parent.name == room} == set((ROOT / "proofs" / room).rglob("*.py"))
    assert len(TRUSTED) > 20
    for path in TRUSTED:
        calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)}
        assert not calls & {"eval", "exec", "compile", "__import__", "importlib.import_module"}, path


def test_kernel_and_checker_stay_small_enough_to_be_read():
    total = sum(map(code_lines, TRUSTED))
    assert 1_000 < total <= MOST_LINES, f"{total} lines of code must be trusted: move what only proposes into proofs/search"


def test_lines_of_code_are_counted_without_blanks_comments_and_docstrings(tmp_path):
    sample = tmp_path / "sample.py"
    sample.write_text(
        '"""A module.\n\nIn lines."""\n\n# a comment\nx = 1  # one\n\n\n'
        'def f(\n    y\n):\n    """One."""\n    return """\n\na text"""\n\n\n'
        'class C:\n    """Two\n    lines."""\n    z = (1,\n\n         2)\n'
    )
    assert code_lines(sample) == 1 + 3 + 3 + 1 + 2


def test_the_readme_names_every_trusted_file():
    """In one place it is said which files may not be wrong."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (part,) = [match[0] for match in PART.finditer(text) if match["name"] == "trusted"]
    for path in TRUSTED:
        assert re.search(rf"`{path.name}` \d+", part), f"{path.name}: `make readme` writes the list"
    assert trusted().count("`") // 2 == part.count("`") // 2
    for name in ("SymPy", "FLINT", "Arb", "z3", "cvc5", "Coq"):
        assert name in part
