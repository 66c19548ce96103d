"""Mutants of the code: single changes of kernel, checker, search and engines, each against the tests that reach the changed line.

`make mutants` runs it. Cosmic Ray makes the changes; this file chooses the tests of each and runs them in a fork of a
process that has imported the libraries and nothing of `proofs`, where a mutant costs a second and not a start of SymPy.
A change of annotations alone is no mutant: nothing evaluates them. A mutant is killed where a test fails, that passes
without it, or runs five times as long as without it and ten seconds more.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import importlib
import importlib.util
import json
import math
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from importlib.machinery import SourceFileLoader
from itertools import chain
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import cosmic_ray.plugins
import coverage
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from numerics.cores import cores

ROOT = Path(__file__).parent.parent.parent
OUT = ROOT / "build" / "mutants"
UNSURE = OUT / "unsure.json"


def modules(room: str) -> list[str]:
    """The modules of a folder of proofs, by their names there."""
    paths = sorted((ROOT / "proofs" / room).glob("*.py"))
    return [room if path.stem == "__init__" else f"{room}.{path.stem}" for path in paths if path.stat().st_size > 200]


ROOMS = {
    "kernel": [*modules("kernel"), "store.cache"],
    "checker": modules("checker"),
    "search and engines": [*modules("search"), *modules("engines"), *modules("check")],
}
FOLDERS = ("kernel", "checker", "search", "engines", "check", "ledger", "store")
LAST = "tests/tools/each_of_the_corpus.py"
GUARDS = [
    *(str(path.relative_to(ROOT)) for folder in FOLDERS for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))),
    "tests/coq/test_audit.py",
    "tests/test_room_directions.py",
    LAST,
]
LIBRARIES = ["sympy", "flint", "numpy", "scipy.optimize", "scipy.linalg", "clarabel", "z3", "cvc5.pythonic", "mpmath", "hypothesis"]
SEED = 13
SLOWEST = 4.0  # seconds of processor time: a slower test is no guard here, for its time limit on a busy machine would kill in its place
BUDGET = 12.0  # CPU seconds that the tests of a mutant take without it; the quickest are taken
MEMORY = 4 << 30  # bytes: the limit of memory, for a mutant that would fill it
OPTIONS = ["-q", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
BROKEN = 70  # the exit status of a fork in which not even pytest ran
PASSED = 71  # the exit status of a fork in which all tests passed; a mutant that ends the process may end it with 0
SURVIVED, KILLED, TIMEOUT = "survived", "killed", "timeout"


# -- the mutants ----------------------------------------------------------------------


def mutants_of(name: str) -> list[dict[str, Any]]:
    """Every mutant of a module: where it is, and the operator and occurrence that make it."""
    source, found = path_of(name).read_text(encoding="utf-8"), []
    nodes, annotations = list(ast_nodes(get_ast(source))), _annotations(ast.parse(source))
    for operator in sorted(cosmic_ray.plugins.operator_names()):
        make = cosmic_ray.plugins.get_operator(operator)
        if make.arguments():
            continue
        positions = [position for node in nodes for position in make().mutation_positions(node)]
        found += [
            {"module": name, "operator": operator.removeprefix("core/"), "occurrence": occurrence, "line": start[0]}
            for occurrence, (start, _) in enumerate(positions)
            if not any(first <= start < last for first, last in annotations)
        ]
    return found


def _annotations(tree: ast.Module) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the annotations begin and end."""
    nodes = [getattr(node, field, None) for node in ast.walk(tree) for field in ("annotation", "returns")]
    return [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in nodes if n is not None]


def source_of(mutant: dict[str, Any]) -> str | None:
    """The source of the mutant; None where the operator cannot make it (an exception with a dot in its name)."""
    source, operator = path_of(mutant["module"]).read_text(encoding="utf-8"), cosmic_ray.plugins.get_operator(f"core/{mutant['operator']}")
    try:
        mutated = mutate_code(source, operator(), mutant["occurrence"])
        ast.parse(mutated)
    except (AttributeError, SyntaxError):
        return None
    return mutated


def change_of(mutant: dict[str, Any], mutated: str) -> str:
    """The changed lines, as a diff."""
    before = path_of(mutant["module"]).read_text(encoding="utf-8").splitlines()
    return "\n".join(list(difflib.unified_diff(before, mutated.splitlines(), n=0, lineterm=""))[3:])


def path_of(name: str) -> Path:
    stem = ROOT.joinpath("proofs", *name.split("."))
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")


# -- the tests that reach a line -------------------------------------------------------


class Recorder:
    """A plugin of pytest: the CPU seconds of each test that passes soon, and the lines that it runs in this process."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.coverage = coverage.Coverage(data_file=None, include=[f"{ROOT}/proofs/*"])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        self.coverage.switch_context(item.nodeid)
        yield
        self.coverage.switch_context("")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: Any) -> Any:
        start = time.process_time()
        outcome = yield
        if outcome.excinfo is None and time.process_time() - start <= SLOWEST:
            self.seconds[item.nodeid] = time.process_time() - start


def kept_of(guard: str) -> Path:
    """Where the times and lines of a file of tests are kept."""
    return OUT / f"{guard.removesuffix('.py').replace('/', '.')}.json"


def record(guard: str) -> None:
    """Run one file of tests, for its times and for the lines that each test runs, and keep them."""

    def run() -> int:
        recorder = Recorder()
        recorder.coverage.start()
        status = pytest.main([*OPTIONS, guard], plugins=[recorder])
        recorder.coverage.stop()
        data = recorder.coverage.get_data()
        reached = {
            str(Path(file).relative_to(ROOT)): {
                line: [test for test in tests if test in recorder.seconds] for line, tests in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        kept_of(guard).write_text(json.dumps({"seconds": recorder.seconds, "reached": reached}))
        return 0 if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else BROKEN

    if in_a_fork(run, 3600) != 0:
        raise RuntimeError(f"{guard} could not be run: without its tests mutants survive that it would kill")


def confirm() -> None:
    """Run all tests once more with no mutant, as those of a mutant are run, and keep the names of those that fail."""
    guards = Guards()

    def run() -> int:
        chosen = Chosen(sorted(guards.seconds, key=lambda t: (guards.seconds[t], t)), guards.seconds)
        pytest.main([*OPTIONS, *chosen.files], plugins=[chosen])
        UNSURE.write_text(json.dumps(chosen.failed))
        return 0

    assert in_a_fork(run, 3600) == 0


class Guards:
    """The tests of all files, and which of them reach which line."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.reached: dict[tuple[str, int], set[str]] = {}
        unsure = json.loads(UNSURE.read_text()) if UNSURE.exists() else []
        for guard in GUARDS:
            known = json.loads(kept_of(guard).read_text())
            self.seconds.update({test: seconds for test, seconds in known["seconds"].items() if test not in unsure})
            for file, lines in known["reached"].items():
                for line, tests in lines.items():
                    self.reached.setdefault((file, int(line)), set()).update(self.seconds.keys() & tests)

    def of(self, mutant: dict[str, Any]) -> list[str]:
        """The quickest tests that run the changed line, those of single parts before the statements of the corpus.

        For a line that the import runs they are the tests that run any line of the module, or none (they look at what is defined).
        For one that no test runs in its own process they are the tests that run any line of the module: it may run beside them.
        """
        path = path_of(mutant["module"])
        file = str(path.relative_to(ROOT))
        lines = _lines_of_statement(ast.parse(path.read_text(encoding="utf-8")), mutant["line"])
        of_the_module = set().union(*(found for (name, _), found in self.reached.items() if name == file))
        if lines is None:
            tests = of_the_module | (self.seconds.keys() - set().union(*self.reached.values()))
        else:
            tests = set().union(*(self.reached.get((file, line), set()) for line in lines)) or of_the_module
        chosen, total = [], 0.0
        for test in sorted(tests, key=lambda t: (t.startswith(LAST), self.seconds[t], t)):
            total += self.seconds[test]
            if total > BUDGET:
                break
            chosen.append(test)
        return chosen


def _lines_of_statement(tree: ast.Module, line: int) -> range | None:
    """The lines of the innermost statement (or the head of the block) at a line; None where the import runs it."""
    inner, inside = None, False
    body: list[ast.stmt] = tree.body
    while True:
        around = next((node for node in body if _first(node) <= line <= (node.end_lineno or 0)), None)
        if around is None:
            break
        inner = around
        blocks = [block for name in ("body", "orelse", "finalbody") for block in getattr(around, name, [])]
        blocks += [*getattr(around, "handlers", []), *getattr(around, "cases", [])]
        if isinstance(around, ast.FunctionDef) and line >= around.body[0].lineno:
            inside = True
        body = blocks
    if not inside or inner is None:
        return None
    first_of_body = min((_first(b) for b in getattr(inner, "body", []) if isinstance(b, ast.stmt)), default=None)
    end = inner.end_lineno or inner.lineno
    return range(_first(inner), max(first_of_body, inner.lineno + 1) if first_of_body else end + 1)


def _first(node: Any) -> int:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


# -- one mutant -----------------------------------------------------------------------


class MutantLoader(SourceFileLoader):
    """Loads one module from a changed source; it finds itself."""

    def __init__(self, name: str, source: str) -> None:
        super().__init__(f"proofs.{name}", str(path_of(name)))
        self.source = source

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, fullname: str) -> Any:
        return compile(self.source, self.path, "exec", dont_inherit=True)


class Chosen:
    """A plugin of pytest: runs these tests in this order; one that takes far longer than without a mutant ends the process."""

    def __init__(self, tests: list[str], seconds: dict[str, float]) -> None:
        self.tests, self.seconds, self.failed = {test: k for k, test in enumerate(tests)}, seconds, list[str]()

    @property
    def files(self) -> list[str]:
        return sorted({test.split("::")[0] for test in self.tests})

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self.tests), key=lambda item: self.tests[item.nodeid])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        signal.setitimer(signal.ITIMER_PROF, 10 + 5 * self.seconds[item.nodeid])
        yield
        signal.setitimer(signal.ITIMER_PROF, 0)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def outcome_of(mutant: dict[str, Any], mutated: str, tests: list[str], seconds: dict[str, float]) -> str:
    """Whether one of the tests fails on the mutant."""

    def run() -> int:
        sys.meta_path.insert(0, MutantLoader(mutant["module"], mutated))  # type: ignore[arg-type]
        chosen = Chosen(tests, seconds)
        status = int(pytest.main(["-x", *OPTIONS, *chosen.files], plugins=[chosen]))
        return PASSED if status == 0 else status

    if not tests:
        return SURVIVED
    status = in_a_fork(run, 60 + 10 * sum(seconds[t] for t in tests))
    if status is None or -status == signal.SIGPROF:
        return TIMEOUT
    if status in (BROKEN, pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError(f"the tests of {mutant} did not run: {status}")
    return SURVIVED if status == PASSED else KILLED


def in_a_fork(work: Any, limit: float) -> int | None:
    """The exit status of work in a process group of its own (negative: a signal); None where it ran out of time."""
    process = os.fork()
    if process == 0:
        status = BROKEN
        try:
            os.setsid()
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            status = work()
        finally:
            os._exit(status)
    stop, status = time.monotonic() + limit, None
    while status is None and time.monotonic() < stop:
        done, found = os.waitpid(process, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(found)
        else:
            time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)  # this ends the fork and whatever it has started
    if status is None:
        os.waitpid(process, 0)
    return status


# -- the run --------------------------------------------------------------------------


def interval(killed: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, killed / of
    middle, half = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def report(results: list[dict[str, Any]]) -> str:
    """A line for each module, and the survivors."""
    lines = ["module               mutants  run  killed  of them by time  survived"]
    for name in chain(*ROOMS.values()):
        count = Counter(r["outcome"] for r in results if r["module"] == name)
        total = next((r["mutants"] for r in results if r["module"] == name), 0)
        lines.append(f"{name:20} {total:7} {count.total():4} {count[KILLED] + count[TIMEOUT]:7} {count[TIMEOUT]:16} {count[SURVIVED]:9}")
    for says, names in ROOMS.items():
        chosen = [r for r in results if r["module"] in names]
        killed = sum(r["outcome"] != SURVIVED for r in chosen)
        if chosen:
            low, high = interval(killed, len(chosen))
            lines.append(f"{says}: {killed} of {len(chosen)} killed, {killed / len(chosen):.1%} (95 %: {low:.1%} to {high:.1%})")
    lines += [f"\n{r['module']}:{r['line']} ({r['tests']} tests)\n{r['change']}" for r in results if r["outcome"] == SURVIVED]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=30, help="mutants of each module; 0 for all")
    parser.add_argument("--only", nargs="*", default=[*chain(*ROOMS.values())], help="modules")
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--survivors", action="store_true", help="run again those that survived the last time")
    arguments = parser.parse_args()
    os.environ["HYPOTHESIS_PROFILE"] = "ci"  # the same examples at every run
    os.environ["PATH"] = ""  # coqc is not found: a proof by Coq takes longer than a mutant may
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the plugin of this project would import it
    os.chdir(ROOT)
    OUT.mkdir(parents=True, exist_ok=True)
    for library in LIBRARIES:
        importlib.import_module(library)
    with ThreadPool(arguments.workers) as pool:
        pool.map(record, [g for g in GUARDS if not kept_of(g).exists()], chunksize=1)
        if not UNSURE.exists():
            confirm()
        guards, kept = Guards(), OUT / "results.jsonl"
        before = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
        results = {(r["module"], r["operator"], r["occurrence"]): r for r in before}
        for name in arguments.only:
            every = mutants_of(name)
            random.Random(f"{SEED} {name}").shuffle(every)
            wanted = arguments.sample or len(every)

            def run(mutant: dict[str, Any], total: int = len(every)) -> dict[str, Any] | None:
                mutated = source_of(mutant)
                key = mutant["module"], mutant["operator"], mutant["occurrence"]
                if mutated is None or (key in results and not (arguments.survivors and results[key]["outcome"] == SURVIVED)):
                    return results.get(key)
                start, tests = time.monotonic(), guards.of(mutant)
                return {
                    **mutant,
                    "outcome": outcome_of(mutant, mutated, tests, guards.seconds),
                    "tests": len(tests),
                    "mutants": total,
                    "seconds": round(time.monotonic() - start, 1),
                    "change": change_of(mutant, mutated),
                }

            for result in pool.imap_unordered(run, every[:wanted]):
                if result is not None:
                    results[result["module"], result["operator"], result["occurrence"]] = result
            kept.write_text("".join(json.dumps(r) + "\n" for r in results.values()))
            print(report([r for r in results.values() if r["module"] == name]), flush=True)
    print(report(list(results.values())))  # the report is on all modules that were run, now or before


if __name__ == "__main__":
    main()
