"""Training all runs of an experiment together: losses × exponents × seeds, stacked and mapped by torch.func.

On the CPU every seed is a block of its own (all its losses and exponents together), and as many blocks run at once as
there are cores, one thread each: the sums, and so the result, do not depend on the number of cores, and nothing waits
for a core that is busy elsewhere. On CUDA all seeds are one block, and its step is recorded once and replayed.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import grad, vmap

from numerics.cores import cores
from numerics.networks import data
from numerics.networks.measure import RECORDS, History
from numerics.networks.model import BIAS, Parameters, initial_parameters, linear_parameters, logits
from numerics.networks.plan import SLICE, Plan
from theory.exact import InvalidInput

REAL = torch.float32  # the precision of images, parameters and steps
CHECKPOINT_SECONDS = 10.0  # at most this much work is lost by an interrupt, up to the next logged step
MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST's pixels; every data set gets the same affine map


@dataclass(frozen=True)
class Block:
    """Some seeds of a plan on a device: images, the subset of each seed, and the settings (loss and
    exponent) that are mapped over.
    """

    plan: Plan
    seeds: tuple[int, ...]
    images: Tensor  # those of the training set that some seed of the plan uses
    chosen: Tensor  # seeds × n positions among them, ordered by class
    labels: Tensor  # the classes of the n positions, the same for every seed
    test_images: Tensor
    test_labels: Tensor
    offsets: Tensor  # seeds × n × c: what is taken off the logits of the training images
    test_offsets: Tensor  # and off those of the test images
    weights: Tensor  # settings × c, settings = losses × exponents
    squared: Tensor  # one for each setting: whether its loss is the squared loss
    step_sizes: Tensor  # one for each setting


def device_named(name: str) -> torch.device:
    """The device of that name, of which `auto` is CUDA where there is such a device, else the CPU.

    Raises: InvalidInput for an unknown name, and for CUDA where there is none.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise InvalidInput(f"device={name!r} must be one of auto, cpu, cuda")
    if name == "cuda" and not torch.cuda.is_available():
        raise InvalidInput("device='cuda' is not available here: give cpu, or auto")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def train(
    plan: Plan,
    images: tuple[data.Images, data.Images],
    device: torch.device,
    checkpoints: Path | None = None,
    advance: Callable[[int], None] = lambda steps: None,
) -> History:
    """Train every run of the plan by plain gradient descent on the weighted mean loss, in float32 without TF32.

    Formula: θ ← θ − η ∇ Σ_(i in batch) ω_(y_i) ℓ_i / |batch|.
    Arguments: `images`, training and test; `checkpoints`, a folder where unfinished work is kept and found again;
    `advance` is told how many seed-steps were done.
    Returns: what `measure.History` holds.
    """
    start = time.perf_counter()
    stop = threading.Event()
    continued = any(
        path is not None and path.is_file() for path in (_checkpoint(plan, seeds, device, checkpoints) for seeds in blocks(plan, device))
    )
    with _reproducible(), ThreadPoolExecutor(cores()) as pool:
        prepared = _prepared(plan, images, device)
        jobs = [pool.submit(_train_block, prepared(group), device, checkpoints, advance, stop) for group in blocks(plan, device)]
        try:
            found = [job.result() for job in jobs]
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    shape = (len(plan.logged_steps), len(plan.seeds), len(plan.losses), len(plan.exponents))
    records = {
        name: torch.cat([block[name] for block in found], dim=1).reshape(*shape, *found[0][name].shape[3:]).numpy() for name in RECORDS
    }
    machine = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    return History(
        plan=plan,
        steps=np.array(plan.logged_steps),
        device=machine,
        arithmetic="float32, TF32 off",
        seconds=time.perf_counter() - start,
        continued=continued,
        **records,
    )


def blocks(plan: Plan, device: torch.device) -> list[tuple[int, ...]]:
    """The seeds of each block."""
    return [plan.seeds] if device.type == "cuda" else [(seed,) for seed in plan.seeds]


@contextmanager
def _reproducible() -> Iterator[None]:
    """Inside, a block has one thread, kernels are deterministic, and TF32 is off; afterwards the settings are as before."""
    before = (
        torch.get_num_threads(),
        torch.are_deterministic_algorithms_enabled(),
        torch.get_float32_matmul_precision(),
        torch.backends.cudnn.allow_tf32,
        torch.backends.cudnn.benchmark,
    )
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # with this setting cuBLAS is deterministic
    try:
        _set(1, True, "highest", False, False)
        yield
    finally:
        _set(*before)


def _set(threads: int, deterministic: bool, precision: str, tf32: bool, benchmark: bool) -> None:
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(deterministic)
    torch.set_float32_matmul_precision(precision)
    torch.backends.cudnn.allow_tf32, torch.backends.cudnn.benchmark = tf32, benchmark


def _prepared(plan: Plan, images: tuple[data.Images, data.Images], device: torch.device) -> Callable[[Sequence[int]], Block]:
    """A function that makes the block of given seeds; what all blocks share is made once."""
    train_set, test_set = images
    places = np.concatenate([np.flatnonzero(test_set.labels == j)[: plan.test_per_class] for j in range(data.CLASSES)])
    subsets = {seed: data.subset(train_set.labels, plan.counts, seed) for seed in plan.seeds}
    used = np.unique(np.concatenate(list(subsets.values())))
    shared: dict[str, Tensor] = {
        "images": standardised(plan, train_set.pixels, 0, used).to(device),
        "labels": torch.tensor(plan.counts.labels, device=device),
        "test_images": standardised(plan, test_set.pixels[places], 1).to(device),
        "test_labels": torch.tensor(test_set.labels[places].astype(np.int64), device=device),
        "weights": torch.tensor(plan.weights(), dtype=REAL, device=device).repeat(len(plan.losses), 1),
        "squared": torch.tensor([name == "squared" for name in plan.losses], device=device).repeat_interleave(len(plan.exponents)),
        "step_sizes": torch.tensor(plan.step_sizes, dtype=REAL, device=device).repeat_interleave(len(plan.exponents)) / _scale(plan) ** 2,
    }

    def block(seeds: Sequence[int]) -> Block:
        chosen = torch.tensor(np.searchsorted(used, np.stack([subsets[seed] for seed in seeds])), device=device)
        offsets = (
            [_at_the_start(plan, seeds, images) for images in (shared["images"][chosen], _for_each(seeds, shared["test_images"]))]
            if plan.output_scale
            else [torch.zeros((), dtype=REAL, device=device).expand(len(seeds), k, data.CLASSES) for k in (chosen.shape[1], len(places))]
        )
        return Block(plan=plan, seeds=tuple(seeds), chosen=chosen, offsets=offsets[0], test_offsets=offsets[1], **shared)

    return block


def _scale(plan: Plan) -> float:
    return plan.output_scale or 1.0


def _for_each(seeds: Sequence[int], images: Tensor) -> Tensor:
    return images.expand(len(seeds), *images.shape)


def start(plan: Plan, seed: int) -> Parameters:
    """The parameters that a run of this seed starts from, on the CPU."""
    if plan.width is not None:
        return linear_parameters(plan.width, plan.pixels, plan.init_scale, seed)
    found = initial_parameters(plan.channels, plan.pixels, plan.init_scale, seed)
    return found if plan.classifier_bias else {name: value for name, value in found.items() if name != BIAS}


def _at_the_start(plan: Plan, seeds: Sequence[int], images: Tensor) -> Tensor:
    """α f₀ of the images of each seed: seeds × images × c."""
    found = [
        logits({name: value.to(images.device) for name, value in start(plan, seed).items()}, own, plan.centred)
        for seed, own in zip(seeds, images, strict=True)
    ]
    return _scale(plan) * torch.stack(found)


def standardised(plan: Plan, pixels: np.ndarray, seed: int, places: np.ndarray | slice = slice(None)) -> Tensor:
    """Images at some places, of about unit size; averaged, or replaced by noise, where the plan says so.

    The noise of an image depends on its place among all `pixels`, and not on which images are asked for.
    """
    if plan.noise:
        return torch.randn((len(pixels), plan.pixels, plan.pixels), generator=torch.Generator().manual_seed(seed))[places].to(REAL)
    images = (torch.tensor(pixels[places], dtype=REAL) / 255 - MEAN) / DEVIATION
    return images if plan.pixels == data.PIXELS else F.avg_pool2d(images, data.PIXELS // plan.pixels)


def _sample_losses(outputs: Tensor, one_hot: Tensor, squared: Tensor) -> Tensor:
    """ℓ of each sample: ½‖z − l‖² on simplex labels where `squared`, else cross-entropy."""
    own = (one_hot * outputs).sum(-1)
    return torch.where(squared, ((outputs - one_hot + 1 / data.CLASSES) ** 2).sum(-1) / 2, outputs.logsumexp(-1) - own)


def _batch_loss(
    parameters: Parameters, images: Tensor, one_hot: Tensor, offsets: Tensor, weights: Tensor, squared: Tensor, plan: Plan
) -> Tensor:
    return (one_hot @ weights * _sample_losses(_logits(parameters, images, offsets, plan), one_hot, squared)).sum()


def _logits(parameters: Parameters, images: Tensor, offsets: Tensor, plan: Plan) -> Tensor:
    return _scale(plan) * logits(parameters, images, plan.centred) - offsets


def _gradient(plan: Plan) -> Callable[..., Parameters]:
    """Over the seeds of a block (own images, and own labels where batches differ), over settings inside (the same images)."""
    one = grad(partial(_batch_loss, plan=plan))
    return vmap(vmap(one, in_dims=(0, None, None, None, 0, 0)), in_dims=(0, 0, 0, 0, None, None))


def _outputs(plan: Plan) -> Callable[..., Tensor]:
    return vmap(vmap(partial(_logits, plan=plan), in_dims=(0, None, None)), in_dims=(0, 0, 0))


def _train_block(
    block: Block, device: torch.device, checkpoints: Path | None, advance: Callable[[int], None], stop: threading.Event
) -> dict[str, Tensor]:
    """Records of the block's seeds: logged steps × seeds × settings × …"""
    plan, settings = block.plan, len(block.squared)
    path = _checkpoint(plan, block.seeds, device, checkpoints)
    starts = [start(plan, seed) for seed in block.seeds]
    parameters = {
        name: torch.stack([each[name] for each in starts])[:, None]
        .repeat(1, settings, *(1 for _ in starts[0][name].shape))
        .to(device, REAL)
        for name in starts[0]
    }
    first = 0
    records: list[dict[str, Tensor]] = []
    if kept := _kept(path, device):
        first, parameters, records = kept
        advance(first * len(block.seeds))
    descend = (replayed if device.type == "cuda" else launched)(block, parameters)
    saved = time.monotonic()
    for step in range(first, plan.steps + 1):
        if stop.is_set():
            return {}
        if step in plan.logged_steps:
            if path and (time.monotonic() - saved > CHECKPOINT_SECONDS or step == plan.steps) and step > first:
                _keep(path, step, parameters, records)
                saved = time.monotonic()
            records.append(_record(block, parameters))
        if step < plan.steps:
            descend(step)
            advance(len(block.seeds))
    return {name: torch.stack([record[name] for record in records]) for name in RECORDS}


def launched(block: Block, parameters: Parameters) -> Callable[[int], None]:
    """What takes the step of a given number, in place, kernel by kernel."""
    return lambda step: _descend(block, parameters, _order(block, step))


def replayed(block: Block, parameters: Parameters) -> Callable[[int], None]:
    """What takes the step of a given number, in place, from a CUDA graph: launching its small kernels takes longer than they do."""
    order = _order(block, 0)
    start = {name: value.clone() for name, value in parameters.items()}
    side = torch.cuda.Stream(order.device)
    side.wait_stream(torch.cuda.current_stream(order.device))
    with torch.cuda.stream(side):
        for _ in range(2):  # libraries make what they need at first use, which a recording may not
            _descend(block, parameters, order)
    torch.cuda.current_stream(order.device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        _descend(block, parameters, order)
    for name, value in parameters.items():
        value.copy_(start[name])

    def step(number: int) -> None:
        if block.plan.batch:
            order.copy_(_order(block, number))
        graph.replay()

    return step


def _order(block: Block, step: int) -> Tensor:
    """Positions in each seed's subset that a step uses: seeds × batch, on the block's device."""
    orders = [block.plan.batch_at(seed, step) for seed in block.seeds]
    order = torch.stack([torch.arange(block.plan.counts.n) if places is None else torch.tensor(places) for places in orders])
    return order.to(block.chosen.device)


def _descend(block: Block, parameters: Parameters, order: Tensor) -> None:
    """One step of gradient descent on the samples of `order`, in place; a large batch is taken in slices."""
    chosen, one_hot = block.chosen.gather(1, order), F.one_hot(block.labels, data.CLASSES).to(REAL)[order]
    offsets = block.offsets.gather(1, order[..., None].expand(*order.shape, data.CLASSES))
    gradient = _gradient(block.plan)
    slopes = [
        gradient(parameters, block.images[images], targets, taken_off, block.weights, block.squared)
        for images, targets, taken_off in zip(*(each.split(SLICE, dim=1) for each in (chosen, one_hot, offsets)), strict=True)
    ]
    for name, value in parameters.items():
        sizes = block.step_sizes.view(1, -1, *(1 for _ in value.shape[2:])) / order.shape[1]
        value -= sizes * torch.stack([slope[name] for slope in slopes]).sum(0)


@torch.no_grad()
def _record(block: Block, parameters: Parameters) -> dict[str, Tensor]:
    """What is kept of one logged step, on the CPU: each entry seeds × settings × …, see `measure.History`."""
    labels, c, outputs = block.labels, data.CLASSES, _outputs(block.plan)
    found, tests = (
        torch.cat([outputs(parameters, images, taken_off) for images, taken_off in pieces], dim=2)
        for pieces in (
            zip(map(block.images.__getitem__, block.chosen.split(SLICE, dim=1)), block.offsets.split(SLICE, dim=1), strict=True),
            zip(
                (_for_each(block.seeds, piece) for piece in block.test_images.split(SLICE)),
                block.test_offsets.split(SLICE, dim=1),
                strict=True,
            ),
        )
    )
    members = F.one_hot(labels, c).to(REAL)  # n × c
    own = found.gather(3, labels.expand(found.shape[:3])[..., None]).squeeze(3)
    margins = own - found.masked_fill(members.bool(), -torch.inf).amax(-1)
    losses = _sample_losses(found, members, block.squared[:, None])
    record = {
        "mean_logits": torch.einsum("skil,ij->sklj", found, members / members.sum(0)),
        "margins": margins @ (members / members.sum(0)),
        "least_margins": torch.stack([margins[..., labels == j].amin(-1) for j in range(c)], dim=-1),
        "train_confusion": torch.einsum("ij,skil->skjl", members, F.one_hot(found.argmax(-1), c).to(REAL)).int(),
        "test_confusion": torch.einsum(
            "ij,skil->skjl", F.one_hot(block.test_labels, c).to(REAL), F.one_hot(tests.argmax(-1), c).to(REAL)
        ).int(),
        "loss": (losses * block.weights[:, labels]).mean(-1),
    }
    return {name: value.cpu() for name, value in record.items()}


# Checkpoints ---------------------------------------------------------------------------------------------------


def _checkpoint(plan: Plan, seeds: tuple[int, ...], device: torch.device, folder: Path | None) -> Path | None:
    """The checkpoint file of a block; None where no folder is given."""
    return folder and folder / f"{key(plan, device)}-{seeds[0]}-{seeds[-1]}.pt"


def key(plan: Plan, device: torch.device) -> str:
    """What a checkpoint belongs to: the plan, this code, torch, and the kind of device."""
    digest = hashlib.sha256(repr((plan, torch.__version__, device.type)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _keep(path: Path, step: int, parameters: Parameters, records: list[dict[str, Tensor]]) -> None:
    """Write the state before logged step `step`, whole or not at all; a full disk is no reason to stop."""
    draft = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"step": step, "parameters": parameters, "records": records}, draft)
        draft.replace(path)
    except (OSError, RuntimeError):
        draft.unlink(missing_ok=True)


def _kept(path: Path | None, device: torch.device) -> tuple[int, Parameters, list[dict[str, Tensor]]] | None:
    """The kept state; None where there is none or it is damaged."""
    if path is None or not path.is_file():
        return None
    try:
        kept: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        records = [{name: value.cpu() for name, value in record.items()} for record in kept["records"]]
        return kept["step"], kept["parameters"], records
    except Exception:  # noqa: BLE001 - torch raises its own, the unpickler's and zip's errors for a damaged file
        return None
