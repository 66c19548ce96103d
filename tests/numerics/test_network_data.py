"""Real images: what is loaded is the canonical data or is refused, and subsets have the counts that were asked for."""

import functools
import gzip
import hashlib
import http.server
import os
import shutil
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from numerics.networks import data
from theory.exact import InvalidInput

needs_data = pytest.mark.skipif(not os.environ.get("UFM_DATA"), reason="UFM_DATA is not set: no images to test on")
LABELS = "t10k-labels-idx1-ubyte.gz"


@pytest.fixture(scope="module")
def mnist():
    return data.load("mnist")


@pytest.fixture
def copied(tmp_path):
    """A folder with the smallest file of MNIST, to be damaged."""
    (tmp_path / "mnist").mkdir()
    shutil.copyfile(Path(os.environ["UFM_DATA"]) / "mnist" / LABELS, tmp_path / "mnist" / LABELS)
    (tmp_path / "mnist" / LABELS).chmod(0o644)
    return tmp_path / "mnist" / LABELS


def read_labels(path):
    return data.read_idx(path, data.CHECKSUMS["mnist"][LABELS], (10_000,))


@needs_data
@pytest.mark.parametrize("dataset", ["mnist", "fashion-mnist"])
def test_the_canonical_images_are_loaded(dataset):
    train, test = data.load(dataset)
    assert train.pixels.shape == (60_000, 28, 28)
    assert test.pixels.shape == (10_000, 28, 28)
    assert set(np.unique(train.labels)) == set(range(10))
    assert np.bincount(test.labels).sum() == 10_000


@needs_data
def test_the_digits_are_digits(mnist):
    """The mean image of the ones has its ink in the middle columns, that of the zeros a hole there."""
    train, _ = mnist
    zero, one = (train.pixels[train.labels == j].mean(axis=0) for j in (0, 1))
    assert one[14, 12:16].mean() > 100 > 20 > zero[14, 12:16].mean()
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]


@needs_data
@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-1],
        lambda raw: b"",
        lambda raw: raw[:100] + bytes([raw[100] ^ 1]) + raw[101:],
        lambda raw: gzip.compress(gzip.decompress(raw)),
    ],
    ids=["truncated", "empty", "one bit", "compressed again"],
)
def test_a_damaged_file_is_refused_in_one_line_with_its_checksum(copied, damage):
    raw = copied.read_bytes()
    assert read_labels(copied).shape == (10_000,)
    copied.write_bytes(damage(raw))
    with pytest.raises(InvalidInput) as refusal:
        read_labels(copied)
    message = str(refusal.value)
    assert hashlib.sha256(copied.read_bytes()).hexdigest() in message
    assert data.CHECKSUMS["mnist"][LABELS] in message
    assert str(copied) in message
    assert "\n" not in message


@needs_data
def test_a_file_of_the_other_data_set_is_refused(copied):
    shutil.copyfile(Path(os.environ["UFM_DATA"]) / "fashion-mnist" / LABELS, copied)
    with pytest.raises(InvalidInput, match=data.CHECKSUMS["fashion-mnist"][LABELS]):
        read_labels(copied)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        data.load("mnist", tmp_path)
    with pytest.raises(InvalidInput, match="must be one of mnist, fashion-mnist"):
        data.load("cifar", tmp_path)


def idx(shape, payload, kind=8):
    return gzip.compress(bytes([0, 0, kind, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape) + payload)


def test_an_idx_file_is_read():
    assert data.parse_idx(idx((2, 3), bytes(range(6))), (2, 3)).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "raw",
    [
        idx((2**32 - 1, 2**32 - 1), b"x"),
        idx((2, 3), bytes(5)),
        idx((2, 3), bytes(7)),
        idx((6,), bytes(6)),
        idx((2, 3), bytes(6), 9),
        idx((2, 3), bytes(10**7)),
        b"",
        b"not gzip",
        idx((2, 3), bytes(6))[:-9],
        gzip.compress(b""),
    ],
    ids=["a lying header", "too short", "too long", "another shape", "another type", "a bomb", "empty", "not gzip", "cut", "nothing"],
)
def test_an_idx_file_that_is_not_what_it_must_be_is_refused(raw):
    tracemalloc.start()
    with pytest.raises(InvalidInput, match="IDX file") as refusal:
        data.parse_idx(raw, (2, 3))
    assert tracemalloc.get_traced_memory()[1] < 10**6  # neither the header's sizes nor a bomb's are allocated
    tracemalloc.stop()
    assert "\n" not in str(refusal.value)


@needs_data
def test_files_that_are_not_given_are_fetched_once_and_checked(tmp_path, monkeypatch):
    pooch = pytest.importorskip("pooch", reason="files are fetched with pooch")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=os.environ["UFM_DATA"])
    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    monkeypatch.delenv("UFM_DATA")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setitem(data.ADDRESSES, "mnist", f"http://127.0.0.1:{server.server_port}/mnist/")
        monkeypatch.setitem(data.ADDRESSES, "fashion-mnist", f"http://127.0.0.1:{server.server_port}/mnist/")
        try:
            train, _ = data.load("mnist")
            with pytest.raises(InvalidInput, match="cannot be fetched"):
                data.load("fashion-mnist")  # the server gives the files of another data set
        finally:
            server.shutdown()
            thread.join()
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert data.load("mnist")[0].labels[0] == 5  # with no server


@needs_data
@pytest.mark.parametrize(
    "counts",
    [
        data.step_counts(4, 10),
        data.step_counts(3, 7, (9, 1)),
        data.long_tailed_counts(100, 20),
        data.long_tailed_counts(50, 10, (9, 8, 7, 6, 5, 4, 3, 2, 1, 0)),
    ],
    ids=str,
)
def test_a_subset_has_its_counts_and_is_that_of_its_seed(mnist, counts):
    labels = mnist[0].labels
    chosen = data.subset(labels, counts, 3)
    assert labels[chosen].tolist() == list(counts.labels)
    assert len(set(chosen.tolist())) == counts.n
    assert (chosen == data.subset(labels, counts, 3)).all()
    assert (chosen != data.subset(labels, counts, 4)).any()


def test_counts_follow_the_majority_set_and_the_order():
    assert data.step_counts(2, 10, (0, 9)).per_class == (20, 2, 2, 2, 2, 2, 2, 2, 2, 20)
    assert data.long_tailed_counts(100, 10, range(9, -1, -1)).per_class == data.long_tailed_counts(100, 10).per_class[::-1]
    assert data.long_tailed_counts(100, 10).per_class[::9] == (100, 10)
    for bad in ((), range(10), (0, 10)):
        with pytest.raises(InvalidInput, match="majority"):
            data.step_counts(2, 10, bad)
    with pytest.raises(InvalidInput, match="once"):
        data.long_tailed_counts(100, 10, (0, 0, *range(1, 9)))


@needs_data
def test_more_samples_than_there_are_is_one_line(mnist):
    with pytest.raises(InvalidInput, match="of class 0 must be at most 5923"):
        data.subset(mnist[0].labels, data.step_counts(1000, 10), 0)
