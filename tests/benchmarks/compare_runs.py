"""Runs of the unconstrained features model against SciPy on every sample: processor seconds, in one process, at like accuracy.

Run it by `python tests/benchmarks/compare_runs.py [--slow]`; learning times of all modes and classes are included in ours, and for
the peers of the random start. A first run is one in a new process, after the imports.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.integrate import DOP853, solve_ivp

from numerics.basis import centred_labels
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from numerics.unconstrained_features.flow import simulate
from theory.data.counts import ClassCounts, step
from theory.losses import loss_named

RELATIVE, ABSOLUTE = 1e-11, 1e-15  # of the peers: their learning times are then good to some 1e-9, and ours to 1e-13
REPEATS = 10


def experiment(counts: ClassCounts, init: str = "spectral", loss: str = "squared", delta: float = 8.0) -> Experiment:
    """A run at γ = 1/2."""
    return Experiment(counts, tuple(float(n) ** -0.5 for n in counts.per_class), loss_named(loss), delta, init)  # type: ignore[arg-type]


def seconds(work: Callable[[], Any]) -> float:
    """Processor seconds of a piece of work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ours(one: Experiment) -> float:
    """A repeated run of ours, with its learning times."""
    simulate(one)
    return seconds(lambda: [simulate(one) for _ in range(REPEATS)]) / REPEATS


def first(counts: str, init: str = "spectral", loss: str = "squared") -> float:
    """The first run of ours in a new process."""
    code = f"import compare_runs as c; print(c.seconds(lambda: c.simulate(c.experiment(c.step({counts}), {init!r}, {loss!r}))))"
    folder = str(__file__).rpartition("/")[0]
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=folder).stdout)


class Samples:
    """The flow of every sample of the squared loss, as a user of SciPy would write it."""

    def __init__(self, one: Experiment) -> None:
        W, H = initial_W_and_H(one)
        self.labels = np.array(one.counts.labels)
        self.shape, self.start = W.shape, np.concatenate([W.ravel(), H.ravel()])
        self.target, self.weights = centred_labels(one.counts), np.array(one.weights)[self.labels]

    def split(self, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """W and H."""
        size = self.shape[0] * self.shape[1]
        return state[:size].reshape(self.shape), state[size:].reshape(self.shape[1], -1)

    def derivative(self, t: float, state: np.ndarray) -> np.ndarray:
        """dW/dt and dH/dt."""
        W, H = self.split(state)
        G = (self.target - W @ H) * self.weights
        return np.concatenate([(G @ H.T).ravel(), (W.T @ G).ravel()])

    def margins(self, state: np.ndarray) -> np.ndarray:
        """The margin of each sample."""
        W, H = self.split(state)
        L = W @ H
        place = np.arange(L.shape[1])
        own = L[self.labels, place]
        L[self.labels, place] = -np.inf
        return own - L.max(axis=0)


def solved(one: Experiment, horizon: float, method: str) -> float:
    """A run by `solve_ivp`, without learning times."""
    flow = Samples(one)
    return seconds(lambda: solve_ivp(flow.derivative, (0, horizon), flow.start, method=method, rtol=RELATIVE, atol=ABSOLUTE))


def stepped(one: Experiment, horizon: float) -> float:
    """A run by SciPy's DOP853 that reads all margins once at each step, and the interpolant of those in which a class is learned."""
    flow = Samples(one)

    def run() -> None:
        solver = DOP853(flow.derivative, 0.0, flow.start, horizon, rtol=RELATIVE, atol=ABSOLUTE)
        learned = 0
        while solver.status == "running":
            solver.step()
            now = int(np.count_nonzero(flow.margins(solver.y) >= 0.5))
            if now > learned:
                between = solver.dense_output()
                for share in np.linspace(0, 1, 10):  # a root to ten digits takes about as many readings
                    flow.margins(between(solver.t_old + share * (solver.t - solver.t_old)))
            learned = now

    return seconds(run)


def main(slow: bool) -> None:
    """Print the table."""
    small, large = step(10, 10), step(100, 100)
    rows = [("STEP(10, 10), δ = 8", "LSODA on samples", solved(experiment(small), 17.0, "LSODA"), experiment(small), "10, 10", {})]
    if slow:
        random = experiment(large, "random")
        rows += [
            ("STEP(100, 100), δ = 8", "DOP853 on samples", solved(experiment(large), 21.0, "DOP853"), experiment(large), "100, 100", {}),
            ("STEP(100, 100), random start", "DOP853, margins", stepped(random, 21.0), random, "100, 100", {"init": "random"}),
        ]
    rows += [
        ("STEP(1000, 1000)", "", float("nan"), experiment(step(1000, 1000)), "1000, 1000", {}),
        ("STEP(10000, 1e12), δ = 1000", "", float("nan"), experiment(step(10_000, 10**12), delta=1000.0), "10_000, 10**12", {}),
        (
            "STEP(1000, 100), cross-entropy",
            "",
            float("nan"),
            experiment(step(1000, 100), loss="cross-entropy"),
            "1000, 100",
            {"loss": "cross-entropy"},
        ),
    ]
    print("| run | peer | peer s | ours, first | ours, repeated | ratios |\n| --- | --- | ---: | ---: | ---: | ---: |")  # noqa: T201
    for name, peer, theirs, one, counts, options in rows:
        once, again = first(counts, **options), ours(one)
        print(f"| {name} | {peer} | {theirs:.3f} | {once:.4f} | {again:.4f} | {theirs / once:.0f}, {theirs / again:.0f} |")  # noqa: T201


if __name__ == "__main__":
    main("--slow" in sys.argv)
