"""`make fuzz`: 100,000 hostile inputs by atheris, guided by coverage, for every target of `fuzz_targets`.

Usage: python -m tests.tools.fuzz TARGET [runs]. Each target runs in a process of its own, because libFuzzer ends its process.
An input that raises, takes a minute or brings the process over its memory stops the run with status 1 and is shown.
"""

import signal
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=[
        "proofs.kernel.reader",
        "proofs.check",
        "proofs.cli",
        "proofs.commands.options",
        "proofs.sweep.together",
        "numerics.networks.data",
        "theory.exact",
        "theory.data.counts",
        "theory.data.weights",
    ]
):
    from tests.tools import fuzz_targets

SECONDS = 60  # the longest input: the gradient of 300 classes is derived in some 10 s, on a busy machine in more
MEGABYTES = {"command_line": 2000}  # others: 500; thousands of commands fill SymPy's caches, and test_hostile_input measures one alone
RUNS = {"statement": "40000", "toml": "40000", "command_line": "20000", "idx": "20000"}  # a command takes some 10 ms


def main(name: str, runs: str = "") -> None:
    runs = runs or RUNS[name]
    target, words, first = fuzz_targets.TARGETS[name]
    received: dict[str, int] = {}

    def one_input(data: bytes) -> None:
        source = atheris.FuzzedDataProvider(data)
        chosen = [source.PickValueInList(first)]
        while source.remaining_bytes() and len(chosen) <= fuzz_targets.LONGEST:
            rubbish = source.ConsumeIntInRange(0, 9) == 0
            chosen.append(source.ConsumeUnicode(5) if rubbish else source.PickValueInList(words))
        try:
            how = target(chosen)
        except BaseException:
            print(f"{name}: {chosen!r}", file=sys.stderr)
            raise
        received[how] = received.get(how, 0) + 1
        if sum(received.values()) == int(runs):
            print(f"{name}: {received}", file=sys.stderr)
            signal.setitimer(signal.ITIMER_REAL, 0)  # libFuzzer's clock would ring on while the interpreter ends

    Path("build").mkdir(exist_ok=True)
    limits = [f"-atheris_runs={runs}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES.get(name, 500)}", "-max_len=64"]
    atheris.Setup([sys.argv[0], *limits, "-artifact_prefix=build/fuzz-", "-verbosity=0", "-print_final_stats=1"], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
