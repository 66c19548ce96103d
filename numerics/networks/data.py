"""MNIST and Fashion-MNIST as the canonical IDX files, checked by SHA-256, and imbalanced subsets of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

CLASSES, PIXELS = 10, 28
SIZES = {"train": 60_000, "t10k": 10_000}
CHECKSUMS = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
    "fashion-mnist": {
        "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
}
ADDRESSES = {
    "mnist": "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "fashion-mnist": "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
}


@dataclass(frozen=True)
class Images:
    """`pixels`, k × 28 × 28, 0 … 255; `labels`, k of 0 … 9."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def given_folder(folder: Path | None = None) -> Path | None:
    """The folder that holds the data sets: `folder`, else $UFM_DATA, else None."""
    if folder is None and os.environ.get("UFM_DATA"):
        return Path(os.environ["UFM_DATA"])
    return folder


def load(dataset: str, folder: Path | None = None) -> tuple[Images, Images]:
    """Training and test images of `mnist` or `fashion-mnist`.

    Arguments: `folder`, which holds a folder of the data set's name with its four files; None takes $UFM_DATA,
    and where that is not set the files are fetched once, by pooch, into the user's cache folder.
    Raises: InvalidInput, one line, for an unknown name and for a file that is missing or not the canonical one.
    """
    if dataset not in CHECKSUMS:
        raise InvalidInput(f"dataset={dataset!r} must be one of {', '.join(CHECKSUMS)}")
    where = given_folder(folder)
    paths = {name: _fetched(dataset, name) if where is None else where / dataset / name for name in CHECKSUMS[dataset]}
    train, test = (
        Images(
            read_idx(paths[f"{part}-images-idx3-ubyte.gz"], CHECKSUMS[dataset][f"{part}-images-idx3-ubyte.gz"], (size, PIXELS, PIXELS)),
            read_idx(paths[f"{part}-labels-idx1-ubyte.gz"], CHECKSUMS[dataset][f"{part}-labels-idx1-ubyte.gz"], (size,)),
        )
        for part, size in SIZES.items()
    )
    return train, test


def _fetched(dataset: str, name: str) -> Path:
    try:
        import pooch
    except ModuleNotFoundError:
        raise InvalidInput(
            f"data of {dataset} are not given: set UFM_DATA or --data to the folder that holds {dataset}/, or "
            "install pooch (the extra 'networks') to fetch them"
        ) from None
    try:
        return Path(
            pooch.retrieve(
                ADDRESSES[dataset] + name, f"sha256:{CHECKSUMS[dataset][name]}", fname=name, path=pooch.os_cache("ufm-verifier") / dataset
            )
        )
    except (OSError, ValueError) as error:  # pooch raises these where the network fails or the checksum is wrong
        raise InvalidInput(
            f"data of {dataset} are not given and cannot be fetched ({' '.join(str(error).split())}): set "
            f"UFM_DATA or --data to the folder that holds {dataset}/"
        ) from None


def read_idx(path: Path, checksum: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The bytes of one gzipped IDX file, refused unless its SHA-256 is `checksum` and its header says `shape`.

    Raises: InvalidInput, one line that names the file and its checksum.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"data file {str(path)!r} cannot be read ({error.strerror}): give --data or UFM_DATA, a folder "
            "that holds mnist/ or fashion-mnist/ with the four canonical files"
        ) from None
    found = hashlib.sha256(raw).hexdigest()
    if found != checksum:
        raise InvalidInput(
            f"data file {str(path)!r} has SHA-256 {found} and must have {checksum}: it is truncated, corrupted "
            "or another file; fetch it again"
        )
    return parse_idx(raw, shape)


def parse_idx(raw: bytes, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Unsigned bytes of a gzipped IDX file of the expected shape; what the header says is compared, never allocated.

    Raises: InvalidInput for anything else.
    """
    header = bytes([0, 0, 8, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)
    expected = len(header) + math.prod(shape)
    try:
        content = gzip.GzipFile(fileobj=io.BytesIO(raw)).read(expected + 1)  # one byte more would be too long
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise InvalidInput(f"IDX file is not gzip ({error}): give the canonical .gz file") from None
    if not content.startswith(header) or len(content) != expected:
        raise InvalidInput(
            f"IDX file of {len(content)} bytes with header {content[: len(header)].hex()} must hold unsigned "
            f"bytes of shape {shape}: give the canonical file"
        )
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)


def step_counts(minority_count: int, ratio: int, majority: Sequence[int] = range(5)) -> ClassCounts:
    """STEP in class order: ratio·minority_count samples in the classes of `majority`, minority_count in the others."""
    if not set(majority) < set(range(CLASSES)) or not majority:
        raise InvalidInput(f"majority={list(majority)} must be some, and not all, of the classes 0 … 9")
    return ClassCounts(tuple(minority_count * (ratio if j in set(majority) else 1) for j in range(CLASSES)))


def long_tailed_counts(largest: int, ratio: int, order: Sequence[int] = range(CLASSES)) -> ClassCounts:
    """Long-tailed in class order: class order[j] has round(largest · R^(−j/9)) samples."""
    if sorted(order) != list(range(CLASSES)):
        raise InvalidInput(f"order={list(order)} must name each of the classes 0 … 9 once, the largest first")
    return ClassCounts(tuple(round(largest * ratio ** (-list(order).index(j) / (CLASSES - 1))) for j in range(CLASSES)))


def subset(labels: NDArray[np.uint8], counts: ClassCounts, seed: int) -> NDArray[np.int64]:
    """Positions of a random subset with these counts, ordered by class; the same for the same seed.

    Raises: InvalidInput where a class has fewer samples than asked.
    """
    generator = np.random.default_rng(seed)
    chosen = []
    for j, count in enumerate(counts.per_class):
        found = np.flatnonzero(labels == j)
        if count > len(found):
            raise InvalidInput(f"count={count} of class {j} must be at most {len(found)}, all that the data set has: give smaller counts")
        chosen.append(generator.permutation(found)[:count])
    return np.concatenate(chosen)
