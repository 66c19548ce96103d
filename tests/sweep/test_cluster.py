"""Sweeps on a Dask cluster of this machine, of which a worker is killed in mid-run."""

import json
import os
import signal
import sys

import pytest

from proofs.cli import main
from proofs.sweep.points import result
from proofs.sweep.spec import points, read_points

distributed = pytest.importorskip("distributed", reason="sweeps on a cluster need Dask")

SPEC = """
[[grid]]
step = [[4, 10], [6, 10], [8, 10]]
weight_exponent = ["0", "1/4", "1/2", "3/4", "1"]
init = "random"
delta = [2, 3]
"""


@pytest.fixture(scope="module")
def cluster():
    """A scheduler with two workers, each a process of one thread, that is brought back where it is killed."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", worker_dashboard_address=None
    ) as made:
        yield made


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """The specification as a file in the current directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.toml").write_text(SPEC, encoding="utf-8")
    return tmp_path / "some.toml"


def pids(address):
    with distributed.Client(address, set_as_default=False) as client:
        return client.run(os.getpid)


def test_a_worker_that_is_killed_in_mid_run_costs_no_row(cluster, spec, capsys, monkeypatch):
    """The first progress after a finished run kills a worker that is running others."""
    from proofs.commands import sweep as command

    workers, killed = pids(cluster.scheduler_address), []
    plain = command.sweep

    def with_a_kill(*arguments, progress, **settings):
        def noted(done, total):
            if 0 < done < total and not killed:
                killed.append(next(iter(workers.values())))
                os.kill(killed[0], signal.SIGKILL)
            progress(done, total)

        return plain(*arguments, progress=noted, **settings)

    monkeypatch.setattr(command, "sweep", with_a_kill)
    monkeypatch.setattr("proofs.sweep.work.TASK_SECONDS", 0.0)
    assert main(["sweep", "some.toml", "--scheduler", cluster.scheduler_address, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert killed
    assert document["ends"] == {"learned": 30}
    assert main(["sweep", "some.toml", "--save", "here.csv", "--processes", "1"]) == 0
    assert (spec.parent / "some.csv").read_bytes() == (spec.parent / "here.csv").read_bytes()


def test_rows_of_a_cluster_are_those_of_this_process(cluster, spec):
    from proofs.sweep.run import sweep

    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        found = sweep(spec, executor=client.get_executor(pure=False), workers=2)
    wanted = [{**point.settings(), **result(point)} for point in read_points(spec)]
    assert json.dumps(found.rows) == json.dumps(wanted)


def test_workers_with_other_code_are_refused(cluster, spec, capsys, monkeypatch):
    monkeypatch.setattr("proofs.commands.sweep.code", lambda loss: str(os.getpid()))
    assert main(["sweep", "some.toml", "--scheduler", cluster.scheduler_address]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "cannot make these runs" in err


def test_without_dask_a_scheduler_is_refused(spec, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["sweep", "some.toml", "--scheduler", "tcp://127.0.0.1:8786"]) == 2
    assert "pip install 'ufm-verifier[dask]'" in capsys.readouterr().err


def test_the_specification_here_has_thirty_runs():
    import tomllib

    assert len(points(tomllib.loads(SPEC))) == 30
