"""Runs trained together against the same runs one after another in a plain torch loop, in the same session."""

import os

import pytest

torch = pytest.importorskip("torch", reason="networks are trained with torch")
if not os.environ.get("UFM_DATA"):
    pytest.skip("UFM_DATA is not set: no images to train on", allow_module_level=True)

import dataclasses  # noqa: E402

from numerics.networks import data, training  # noqa: E402
from proofs.claims.networks import runs as network_runs  # noqa: E402
from tests.tools.one_network import trained_alone  # noqa: E402

DEVICE = training.device_named("auto")
PLAN = (
    dataclasses.replace(network_runs.plan(quick=False), steps=200)
    if DEVICE.type == "cuda"
    else dataclasses.replace(network_runs.plan(), seeds=(0, 1), steps=20)
)


@pytest.fixture(scope="module")
def images():
    return data.load("mnist")


def one_after_another(plan, images):
    for seed in plan.seeds:
        for loss in plan.losses:
            for gamma in plan.exponents:
                trained_alone(plan, images, loss, gamma, seed, DEVICE)


@pytest.mark.benchmark(group=f"{PLAN.steps} steps of {PLAN.counts.n} images, {len(PLAN.seeds)} seeds × 2 losses × 7 exponents, on {DEVICE}")
@pytest.mark.parametrize("how", ["together", "one after another"])
def test_training(benchmark, images, how):
    if how == "together":
        benchmark.pedantic(training.train, (PLAN, images, DEVICE), rounds=2, warmup_rounds=1)
    else:
        benchmark.pedantic(one_after_another, (PLAN, images), rounds=2)
