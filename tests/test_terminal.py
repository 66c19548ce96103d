"""What a person meets at a terminal: whole names, suggestions, hints, and a true message after an interrupt."""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest
from rich.console import Console
from rich.table import Table

from proofs.claims import registry
from proofs.cli import main
from proofs.commands import verify
from proofs.commands.application import COMMANDS
from proofs.kernel.judge import Finding, Findings, mint
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength
from proofs.ledger import ledger
from proofs.report import progress, tables
from proofs.store import cache
from theory.exact import InvalidInput

LONGEST = "effective-number-weights-run-from-none-to-inverse-frequency"
HANGS = 600  # seconds on the wall after which a process that was told to end is there for good


def run(capsys, *arguments):
    capsys.readouterr()
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


# -- names are whole ----------------------------------------------------------------------


@pytest.fixture
def terminal(monkeypatch):
    """A function that shows a table on a terminal of some width, and gives what is seen."""

    def see(table, width, is_terminal=True):
        seen = io.StringIO()
        monkeypatch.setattr(tables, "console", lambda: Console(file=seen, width=width, force_terminal=is_terminal, color_system=None))
        tables.show(table)
        return seen.getvalue()

    return see


def table_of(*rows):
    table = Table("claim", "verdict", "decided by", box=None)
    for row in rows:
        table.add_row(*row)
    return table


def test_a_table_that_does_not_fit_is_stacked_and_nothing_of_it_is_cut(terminal):
    table = table_of((LONGEST, "[green]PROVED[/]", "4.18e-10 ≤ 1e-08"), ("other", "REFUTED", "at R = 2"))
    for width in (40, 60, 80):
        seen = terminal(table, width)
        assert "…" not in seen
        assert LONGEST in seen.replace("\n", "")
        assert "    verdict: PROVED" in seen
        assert seen.index("at R = 2") > seen.index("other")
    assert LONGEST in terminal(table, 80).splitlines()  # whole on its line, to be copied


def test_a_table_that_fits_is_a_table(terminal):
    lines = terminal(table_of(("a", "b", "c")), 80).splitlines()
    assert [line.split() for line in lines] == [["claim", "verdict", "decided", "by"], ["a", "b", "c"]]


def test_what_is_piped_is_plain_and_as_wide_as_it_is(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    status, out, _ = run(capsys, "verify", "--list")
    assert status == 0
    assert "\x1b" not in out
    lines = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert lines.keys() == {claim.id for claim in registry.claims()}
    assert all(claim.says in lines[claim.id] for claim in registry.claims())


def test_progress_with_the_longest_name_fits_eighty_columns(monkeypatch):
    seen = io.StringIO()
    monkeypatch.setattr(progress, "Console", lambda stderr: Console(file=seen, width=80, force_terminal=True, color_system=None))
    with progress.bar("judging", 58) as advance:
        advance(LONGEST)
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in re.split(r"[\r\n]", seen.getvalue())]
    drawn = [line for line in lines if "judging" in line]
    assert drawn
    assert all("/58" in line and re.search(r"\d:\d\d:\d\d", line) for line in drawn)
    assert all(len(line) <= 80 and "…" not in line for line in lines)
    assert LONGEST in "".join(line[43:].strip() for line in lines)  # over two lines, and whole


def _undecided(claim):
    evidence = Evidence(road="exact", engine="holds", outcome=Outcome.UNSETTLED, reason=Reason.OUT_OF_TIME, note="no certificate [in time]")
    found = Finding(part_id="a-part", says="it is so", evidence=evidence, rechecked=False)
    return mint(claim, Findings(vacuous=(), parts=(found,), runs=(), near_misses=(), seconds=1.0))


def test_the_summary_names_what_was_not_decided(capsys):
    claims = registry.claims(["step-limit", "window-bound"])
    tables.print_ledger(claims, list(map(_undecided, claims)))
    out = capsys.readouterr().out
    assert "not decided, and no pass: step-limit, window-bound\n2 UNDECIDED" in out
    assert "no certificate [in time]" in out  # brackets are no markup


# -- help, version, completion, suggestions, hints ----------------------------------------


def test_the_name_alone_shows_the_help(capsys):
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    assert all(command in out for command in COMMANDS)


def test_the_version_is_that_of_the_package(capsys):
    assert run(capsys, "--version") == (0, "ufm 0.1.0\n", "")


@pytest.mark.parametrize(("typed", "offered"), [("ver", "verify"), ("derive --lat", "--latex"), ("window --weight-e", "--weight-exponent")])
def test_the_shell_completes_commands_and_options(typed, offered):
    words = f"ufm {typed}"
    done = subprocess.run(
        [sys.executable, "-m", "proofs"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "_UFM_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)},
    )
    assert done.stdout.split() == [offered], done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["derive", "focl"], "did you mean 'focal'?"),
        (["derive", "focal,focussing=1"], "has no parameter 'focussing' (did you mean 'focusing'?): its parameters are focusing"),
        (["derive", "unhinged,scale=1"], "has no parameter 'scale': it takes none"),
        (["verify", "window-bounds"], "did you mean 'window-bound'?"),
        (["check", "x = 1"], "write == for an equality"),
        (["check", "x ≥ 1"], "write >="),
        (["check", "2x >= 1"], "write a product with its sign, 2*x"),
        (["check", "2(x + 1) >= 1"], "write a product with its sign"),
        (["check", "ln(x) <= x"], "'ln' is not a known function: write log(x)"),
        (["check", "x^2 >= 0"], "write ** for a power"),
        (["check", "x >= 0 and"], "write it as in 'R >= 1'"),
        (["verify", "--list", "--fresh"], "--fresh says nothing beside it"),
        (["verify", "--list", "--report", "x"], "--report says nothing beside it"),
    ],
)
def test_wrong_input_is_one_line_that_says_what_to_write(capsys, arguments, told):
    status, out, err = run(capsys, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert told in err


# -- interrupts ---------------------------------------------------------------------------


def _row(claim):
    evidence = Evidence(road="exact", engine="holds", outcome=Outcome.HOLDS, strength=Strength.DERIVED)
    found = Finding(part_id="a-part", says="it is so", evidence=evidence, rechecked=False)
    return mint(claim, Findings(vacuous=(), parts=(found,), runs=(), near_misses=(), seconds=1.0))


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("kept", [0, 1])
def test_an_interrupted_verify_prints_what_was_finished_and_says_how_much_is_kept(capsys, monkeypatch, tmp_path, kept, as_json):
    ids = ["step-limit", "window-bound", "escape-window"]
    monkeypatch.setenv("UFM_CACHE", str(tmp_path))

    def judged(chosen, fresh, advance):
        row = _row(registry.claims(["window-bound"])[0])
        if kept:
            cache.store(row.claim_id, ledger.key(row.claim_id), row.findings)
        yield row
        raise KeyboardInterrupt

    monkeypatch.setattr(verify.ledger, "judged", judged)
    status, out, err = run(capsys, "verify", *ids, *(["--json"] if as_json else []))
    assert status == 130
    assert err == f"ufm: interrupted; 1 of 3 claims were judged, and the findings on {kept} of them are kept\n"
    assert [claim["id"] for claim in json.loads(out)["claims"]] == ["window-bound"] if as_json else "window-bound" in out


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("moment", ["at the first import", "while SymPy loads", "in the command"])
def test_an_interrupt_at_start_up_is_one_line_too(tmp_path, moment):
    """The process interrupts itself where it imports a module, which is a moment that does not depend on the speed of the machine."""
    module = {"at the first import": "typer", "while SymPy loads": "sympy.core.expr", "in the command": "proofs.commands.window"}[moment]
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "proofs", "window", "--step", "4,10"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "ufm: interrupted; nothing was kept\n")


def _has_grandchildren(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):  # one that was there when they were listed has ended
        return any(child.ppid() != process.pid for child in process.children(recursive=True))
    return False


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_a_second_interrupt_leaves_no_process_and_no_other_word(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "proofs", "verify", "--fresh", "label-spectrum-interlaces-counts", "scaled-times-equalise"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "UFM_CACHE": str(tmp_path)},
        start_new_session=True,
    )
    while not _has_grandchildren(psutil.Process(process.pid)):
        assert process.poll() is None
        time.sleep(0.05)
    family = psutil.Process(process.pid).children(recursive=True)
    while process.poll() is None:  # an impatient user
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.02)
    _, err = process.communicate()
    assert process.returncode == 130
    assert re.fullmatch(
        r"(building the Coq.*\n)?ufm: interrupted; \d of 2 claims were judged, and the findings on \d of them are kept\n", err
    )
    assert psutil.wait_procs(family, timeout=HANGS)[1] == []


def test_mnist_says_whether_it_can_go_on(tmp_path, monkeypatch):
    from proofs.commands import mnist
    from proofs.commands.application import Interrupted

    def interrupted(quick, dataset, device, folder, checkpoints, advance):
        if quick:
            checkpoints.mkdir(parents=True)
            (checkpoints / "kept").touch()
        raise KeyboardInterrupt

    monkeypatch.setenv("UFM_CACHE", str(tmp_path))
    monkeypatch.setattr(mnist.network_runs, "trained", interrupted)
    with pytest.raises(Interrupted, match="nothing was kept"):
        mnist.experiment(False, "mnist", "cpu", None, lambda steps: None)
    with pytest.raises(Interrupted, match="continues where it was last kept"):
        mnist.experiment(True, "mnist", "cpu", None, lambda steps: None)


def test_an_invalid_input_of_a_command_is_no_interrupt(capsys, monkeypatch):
    monkeypatch.setattr(verify.registry, "claims", lambda ids: (_ for _ in ()).throw(InvalidInput("it must be so: write it so")))
    assert run(capsys, "verify") == (2, "", "ufm: it must be so: write it so\n")
