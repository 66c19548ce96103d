"""Work beside the process: answered in time, stopped by the processor time it uses, and never the answer to another question."""

from __future__ import annotations

import contextlib
import multiprocessing
import operator
import os
import signal
import stat
import threading
import time

import pytest

from proofs.checker.limited import limited


def computes_on() -> None:
    while True:
        pass


def writes_its_number_and_computes_on(path) -> None:
    path.write_text(str(os.getpid()))
    computes_on()


def test_work_that_ends_in_time_is_answered_and_other_work_is_not():
    assert limited(operator.mul, 6, 7, seconds=30.0) == 42
    assert limited(computes_on, seconds=0.2) is None
    assert limited(sum, range(30_000_000), seconds=0.0) is None
    assert limited(operator.truediv, 1, 0, seconds=30.0) is None
    assert limited(os._exit, 0, seconds=30.0) is None
    assert limited(operator.add, ("unsat",), (3,), seconds=30.0) == ("unsat", 3)


def test_what_hears_no_limit_is_stopped_and_leaves_no_process(tmp_path):
    start = time.process_time()
    assert limited(writes_its_number_and_computes_on, tmp_path / "process", seconds=1.0) is None
    assert time.process_time() - start < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)


def test_the_limit_is_of_each_piece_of_work():
    for _ in range(4):
        assert limited(sum, range(3_000_000), seconds=30.0) == 4_499_998_500_000
    assert limited(os.getpid, seconds=1.0) == limited(os.getpid, seconds=1.0)


@pytest.fixture
def interrupts():
    """An interrupt is a KeyboardInterrupt, whatever a test before has left as its handler."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_an_interrupted_question_is_not_answered_in_the_place_of_the_next():
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        limited(time.sleep, 30, seconds=30.0)
    assert limited(operator.mul, 6, 7, seconds=30.0) == 42


def test_a_forked_process_has_work_done_by_a_process_of_its_own():
    beside = limited(os.getpid, seconds=30.0)
    context = multiprocessing.get_context("fork")
    with context.Pool(1) as pool:
        answers = [pool.apply(_squared_with_the_process, (n,)) for n in range(5)]
    assert [square for square, _ in answers] == [0, 1, 4, 9, 16]
    assert {process for _, process in answers}.isdisjoint({beside, os.getpid()})
    assert limited(os.getpid, seconds=30.0) == beside


def _squared_with_the_process(n: int) -> tuple[int | None, int | None]:
    return limited(operator.mul, n, n, seconds=30.0), limited(os.getpid, seconds=30.0)


def sockets() -> int:
    """How many ends of pipes to other processes are open here."""
    found = 0
    for number in range(256):
        with contextlib.suppress(OSError):
            found += stat.S_ISSOCK(os.fstat(number).st_mode)
    return found


def test_a_forked_process_lets_go_of_the_process_beside_its_parent():
    """As long as it held the pipe, that process would outlive the parent."""
    beside = limited(os.getpid, seconds=30.0)
    here = sockets()
    child = os.fork()
    if child == 0:
        os._exit(here - sockets())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert limited(os.getpid, seconds=30.0) == beside


def test_two_threads_get_each_the_answer_to_its_own_question():
    found: dict[int, int | None] = {}

    def ask(n: int) -> None:
        found[n] = limited(operator.mul, n, n, seconds=30.0)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: n * n for n in range(8)}
