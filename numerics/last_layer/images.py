"""Last layers on random features of images: two classes, one of them rare, trained under several weights and tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from numerics import Array
from numerics.last_layer.least_squares import fit
from numerics.networks.data import Images

Ratio = Callable[[Array, Array], float]  # of the weights, rare over common, from features and labels 1 and −1
WIDEST = 50.0  # |ln| of a ratio that is sought


@dataclass(frozen=True)
class Setting:
    """`classes`, the common and the rare; `counts`, training images of each; `features`, how many random ones.

    Formula: a feature is max(0, u·(x − x̄)), x in [0, 1]^784, x̄ the mean of the training images, u normal.
    """

    classes: tuple[int, int]
    counts: tuple[int, int]
    features: int


def equal_leverage_ratio(features: Array, labels: Array) -> float:
    """The ratio under which the leverages of both classes have the same sum, by bisection."""
    inputs = np.column_stack([np.ones(len(features)), features])
    common, rare = (inputs[own].T @ inputs[own] for own in (labels > 0, labels < 0))

    def apart(logarithm: float) -> float:
        ratio = np.exp(logarithm)  # leverages of a class have the sum tr (XᵀΩX)⁻¹ω(XᵀX of the class)
        return float(np.trace(np.linalg.solve(common + ratio * rare, ratio * rare - common)))

    return float(np.exp(brentq(apart, -WIDEST / 2, WIDEST / 2, xtol=1e-6)))


def errors(train: Images, test: Images, setting: Setting, ratios: Mapping[str, Ratio], *, draws: int, seed: int) -> dict[str, Array]:
    """Test errors, draws × (common, rare), of the last layer under each ratio; a draw has its own images and its own features.

    Arguments: `ratios`, by name, each a function of the training features and labels.
    """
    found: dict[str, list[Sequence[float]]] = {name: [] for name in ratios}
    places = [np.flatnonzero(train.labels == each) for each in setting.classes]
    held_out = [_flat(test.pixels[test.labels == each]) for each in setting.classes]
    tested, truth = np.concatenate(held_out), np.repeat([1.0, -1.0], [len(each) for each in held_out])
    for draw in range(draws):
        generator = np.random.default_rng([seed, draw])
        chosen = np.concatenate([generator.choice(all_of, n, replace=False) for all_of, n in zip(places, setting.counts, strict=True)])
        trained = _flat(train.pixels[chosen])
        directions = generator.standard_normal((trained.shape[1], setting.features)).astype(np.float32)
        at_mean = trained.mean(axis=0) @ directions
        features, new = (np.maximum(images @ directions - at_mean, 0).astype(float) for images in (trained, tested))
        labels = np.repeat([1.0, -1.0], setting.counts)
        for name, ratio in ratios.items():
            weights = np.where(labels > 0, 1.0, ratio(features, labels))
            wrong = np.sign(fit(features, labels, weights).scores(new)) != truth
            found[name].append([wrong[truth > 0].mean(), wrong[truth < 0].mean()])
    return {name: np.array(each) for name, each in found.items()}


def _flat(pixels: Array) -> NDArray[np.float32]:
    """Pixels have eight bits, so that single precision holds them, and what is lost of a feature is 1e-6 of it."""
    return np.asarray(pixels, dtype=np.float32).reshape(len(pixels), -1) / np.float32(255)
