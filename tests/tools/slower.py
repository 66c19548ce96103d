"""`pytest -p tests.tools.slower`: the suite as on a machine five times slower ($SLOWER times): every second of processor
time counts five times. A test that fails under it and passes without it depends on the speed of the machine."""

from __future__ import annotations

import os
import time

from proofs.ledger import jobs

FACTOR = float(os.environ.get("SLOWER", "5"))
_measured, _of_a_process = time.process_time, jobs.processor_seconds

time.process_time = lambda: FACTOR * _measured()
jobs.processor_seconds = lambda pid: FACTOR * _of_a_process(pid)
