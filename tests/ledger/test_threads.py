"""A job of the ledger uses one core."""

from __future__ import annotations

import numpy as np
import threadpoolctl

from proofs.ledger import ledger


def test_linear_algebra_of_a_job_runs_on_one_thread(monkeypatch):
    seen = []

    def investigate(*_given, **_kernel):
        np.linalg.svd(np.eye(3))
        seen.extend(pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas")
        return "findings"

    monkeypatch.setattr(ledger, "investigate", investigate)
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        assert ledger.investigated(("balance-conserved",), None) == ("findings",)
    assert set(seen) == {1}
