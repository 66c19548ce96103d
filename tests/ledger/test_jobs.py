"""Jobs in processes of their own: they are stopped by the processor time that they use, or because they use none at all.

The processes are real; files tell them what to do, and no test depends on elapsed time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from proofs.kernel.claim import Claim, Question
from proofs.kernel.judge import mint
from proofs.kernel.verdict import Reason, Verdict
from proofs.ledger import jobs
from proofs.ledger.jobs import Job, Stopped, run

METHODS = ("fork", "forkserver")
LIMIT = 60.0  # seconds of processor time that no task here comes near to, unless it is to be stopped
PYTHON_LOOP = "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()))\nwhile True: pass"


def answers(value):
    return value


def burns():
    while True:
        pass


def burns_in_a_child(folder):
    subprocess.run([sys.executable, "-c", PYTHON_LOOP, str(folder / "child")], check=False)


def sleeps(folder=None):
    if folder:
        (folder / "sleeping").write_text(str(os.getpid()))
    time.sleep(1e6)


def dies():
    os._exit(3)


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def raises(kind):
    raise kind("it\nbroke")


def cannot_be_sent():
    return lambda: None


def exits():
    sys.exit(0)


def large():
    return b"x" * 3_000_000


def environment(name):
    return os.environ.get(name)


def waits_for(path, folder, number):
    """Tell that it runs, wait until the file is there, tell that it ended."""
    (folder / f"start {number}").write_text("")
    while not path.exists():
        time.sleep(0.01)
    return sorted(each.name for each in folder.glob("start *"))


def all_of(waiting, method="fork", **options):
    with closing(run(deque(waiting), method, **options)) as ended:
        return {job.name: result for job, result in ended}


def ends(pid):
    """Whether a process that was killed is gone: the system may take a moment."""
    try:
        psutil.Process(pid).wait(timeout=600)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


@pytest.mark.parametrize("method", METHODS)
def test_each_job_gives_its_result_or_why_there_is_none(method):
    tasks = {
        "answers": partial(answers, (1, "a")),
        "none": partial(answers, None),
        "large": large,
        "dies": dies,
        "killed": killed,
        "raises": partial(raises, ValueError),
        "exits": exits,
        "interrupted": partial(raises, KeyboardInterrupt),
        "cannot be sent": cannot_be_sent,
        "too deep": partial(raises, RecursionError),
        "no memory": partial(raises, MemoryError),
    }
    found = all_of([Job(name, task, LIMIT) for name, task in tasks.items()], method)
    assert set(found) == set(tasks)
    assert (found.pop("answers"), found.pop("none"), len(found.pop("large"))) == ((1, "a"), None, 3_000_000)
    assert {result.reason for result in found.values()} == {Reason.DIED}
    assert found["dies"].note == found["killed"].note == "its process ended without an answer"
    assert found["raises"].note.startswith("ValueError: it broke (test_jobs.py, line ")
    for name, kind in (
        ("exits", "SystemExit"),
        ("interrupted", "KeyboardInterrupt"),
        ("too deep", "RecursionError"),
        ("no memory", "MemoryError"),
    ):
        assert found[name].note.startswith(kind)
    assert "lambda" in found["cannot be sent"].note


@pytest.mark.parametrize("method", METHODS)
def test_a_job_is_stopped_by_the_processor_time_that_it_has_used_and_the_others_go_on(method):
    found = all_of([Job("burns", burns, 0.5), Job("answers", partial(answers, 1), LIMIT)], method, workers=1)
    assert found["answers"] == 1
    assert found["burns"].reason is Reason.STOPPED
    assert found["burns"].seconds > 0.5


@pytest.mark.parametrize("method", METHODS)
def test_the_processor_time_of_children_counts_and_they_are_stopped_too(method, tmp_path):
    found = all_of([Job("burns", partial(burns_in_a_child, tmp_path), 1.0)], method)
    assert found["burns"].reason is Reason.STOPPED
    assert ends(int((tmp_path / "child").read_text()))


def test_children_that_have_ended_count():
    before = jobs.processor_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.5: pass"], check=True)
    assert jobs.processor_seconds(os.getpid()) >= before + 0.4
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert jobs.processor_seconds(gone.pid) == 0.0


def test_a_job_that_uses_no_processor_time_hangs():
    assert all_of([Job("sleeps", sleeps, LIMIT)], hang=0.5)["sleeps"].reason is Reason.HUNG


def test_a_job_that_gets_little_of_a_busy_machine_does_not_hang(monkeypatch):
    played = 0.0
    monkeypatch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: played))
    running = jobs.Running(Job("burns", burns, LIMIT), "fork")
    try:
        for _ in range(10):
            played += jobs.LOOK_SECONDS
            _until(lambda: jobs.processor_seconds(running.process.pid) > running.used)
            assert running.result(hang=jobs.LOOK_SECONDS) is None
    finally:
        running.end()


def test_a_late_look_says_nothing_about_a_job(monkeypatch):
    """A run that was stopped for a day, or a machine that slept, makes no job one that hangs."""
    played = 0.0
    monkeypatch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: played))
    running = jobs.Running(Job("sleeps", sleeps, LIMIT), "fork")
    try:
        looks = 0
        while running.result(hang=100.0) is None:
            played += 86_400.0
            looks += 1
        assert looks >= 100.0 / jobs.LOOK_SECONDS
    finally:
        running.end()


@pytest.mark.parametrize(
    ("limit", "used", "look"),
    [(30.0, 0.0, jobs.LOOK_SECONDS), (1.5, 0.5, 1.0), (1.0, 0.99, jobs.SHORTEST_LOOK), (1.0, 2.0, jobs.SHORTEST_LOOK)],
)
def test_a_job_is_looked_at_before_it_can_be_far_beyond_its_limit(limit, used, look):
    running = jobs.Running(Job("sleeps", sleeps, limit), "fork")
    try:
        running.used = used
        assert running.next_look() == pytest.approx(look)
    finally:
        running.end()


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_as_many_jobs_run_at_once_as_there_are_workers(tmp_path, workers):
    """The first that are let go have seen each other start, and no more."""
    go = tmp_path / "go"
    let_go = threading.Thread(target=lambda: (_until(lambda: len(list(tmp_path.glob("start *"))) == workers), go.write_text("")))
    let_go.start()
    waiting = deque(Job(str(k), partial(waits_for, go, tmp_path, k), LIMIT) for k in range(4))
    with closing(run(waiting, "fork", workers=workers)) as ended:
        job, seen = next(ended)
        let_go.join()
        assert int(job.name) < workers
        assert len(seen) <= workers + 1  # another may have started when the first had ended
        assert {job.name, *(job.name for job, _ in ended)} == {"0", "1", "2", "3"}


def _until(true):
    while not true():
        time.sleep(0.01)


def test_jobs_that_are_added_while_results_are_taken_are_run():
    waiting = deque([Job("0", partial(answers, 0), LIMIT)])
    found = []
    with closing(run(waiting, "fork")) as ended:
        for job, result in ended:
            found.append((job.name, result))
            if result < 3:
                waiting.append(Job(str(result + 1), partial(answers, result + 1), LIMIT))
    assert found == [(str(k), k) for k in range(4)]


@pytest.mark.parametrize("method", METHODS)
def test_no_process_is_left_where_the_caller_stops_taking_results(method, tmp_path):
    waiting = deque([Job("answers", partial(answers, 1), LIMIT), Job("sleeps", partial(sleeps, tmp_path), LIMIT)])
    with closing(run(waiting, method, workers=2)) as ended:
        next(ended)
        _until(lambda: (tmp_path / "sleeping").exists() and (tmp_path / "sleeping").read_text())
    assert ends(int((tmp_path / "sleeping").read_text()))


def test_no_process_is_left_where_the_user_interrupts(tmp_path, monkeypatch):
    def interrupted(pipes, timeout):
        _until(lambda: (tmp_path / "sleeping").exists() and (tmp_path / "sleeping").read_text())
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        all_of([Job("sleeps", partial(sleeps, tmp_path), LIMIT)])
    assert ends(int((tmp_path / "sleeping").read_text()))


def test_a_job_is_not_interrupted_itself(tmp_path):
    """The process that started it gets the interrupt too, and kills it: no traceback of a job."""
    waits = partial(waits_for, tmp_path / "go", tmp_path, 0)
    waiting = deque([Job("sleeps", partial(sleeps, tmp_path), LIMIT), Job("waits", waits, LIMIT)])
    interrupt = threading.Thread(target=_interrupt_and_let_go, args=(tmp_path,))
    with closing(run(waiting, "fork", workers=2)) as ended:
        interrupt.start()
        job, _ = next(ended)
        interrupt.join()
    assert job.name == "waits"


def _interrupt_and_let_go(folder: Path) -> None:
    _until(lambda: (folder / "sleeping").exists() and (folder / "sleeping").read_text() and (folder / "start 0").exists())
    os.kill(int((folder / "sleeping").read_text()), signal.SIGINT)
    (folder / "go").write_text("")


@pytest.mark.parametrize("method", METHODS)
def test_a_job_has_the_environment_of_its_start(method, monkeypatch):
    for value in ("one", "two", None):
        if value is None:
            monkeypatch.delenv("UFM_TEST", raising=False)
        else:
            monkeypatch.setenv("UFM_TEST", value)
        assert all_of([Job("environment", partial(environment, "UFM_TEST"), LIMIT)], method) == {"environment": value}


@pytest.mark.parametrize(
    ("stopped", "note"),
    [
        (Stopped(Reason.STOPPED, 31.25), "stopped after 31.2 s of processor time"),
        (Stopped(Reason.HUNG, 0.5), "stopped: it hung after 0.5 s of processor time"),
        (Stopped(Reason.DIED, 0.0, "ValueError: bad"), "stopped: ValueError: bad"),
    ],
)
def test_a_claim_whose_job_was_stopped_is_undecided_and_says_so(stopped, note):
    for claim in (Claim(id="toy", says="toy", source="test"), Question(id="toy", says="toy")):
        row = mint(claim, stopped.findings())
        (finding,) = row.findings.parts
        assert (row.verdict, row.problems) == (Verdict.UNDECIDED, ())
        assert (finding.evidence.note, finding.evidence.reason, row.findings.seconds) == (note, stopped.reason, stopped.seconds)


def _mask(_=None):
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set())


@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_an_interrupt_waits_for_ever_in_a_job_from_its_first_moment_on(method):
    """The process that started it gets the interrupt too, and kills; a job that met it before it ignores it left a traceback."""
    with closing(jobs.run(deque([jobs.Job("mask", _mask, 60.0)]), method)) as ended:
        assert [found for _, found in ended] == [True]
    assert not _mask()
