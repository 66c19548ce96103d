"""A network of three convolutions as a function of its parameters, so that many can be trained together."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from numerics.networks.data import CLASSES

Parameters = dict[str, Tensor]
KERNEL, STRIDE = 3, 2


def initial_parameters(channels: Sequence[int], pixels: int, scale: float, seed: int) -> Parameters:
    """Random parameters of one network, on the CPU, the same for the same seed on every device.

    Formula: scale · U(−1, 1)/√fan_in, weights and biases: at scale 1 what torch's layers start from.
    Arguments: `channels` of the three convolutions; `pixels`, the side of an image.
    """
    generator = torch.Generator().manual_seed(seed)
    parameters: Parameters = {}
    width, side = 1, pixels
    for layer, channel in enumerate(channels):
        shape: tuple[int, ...] = (channel, width, KERNEL, KERNEL)
        _layer(parameters, f"convolution{layer}", shape, scale, generator)
        width, side = channel, (side - 1) // STRIDE + 1
    _layer(parameters, "classifier", (CLASSES, width * side**2), scale, generator)
    return parameters


def _layer(parameters: Parameters, name: str, shape: tuple[int, ...], scale: float, generator: torch.Generator) -> None:
    bound = scale / torch.Size(shape[1:]).numel() ** 0.5
    parameters[f"{name}.weight"] = (2 * torch.rand(shape, generator=generator) - 1) * bound
    parameters[f"{name}.bias"] = (2 * torch.rand(shape[0], generator=generator) - 1) * bound


def logits(parameters: Parameters, images: Tensor) -> Tensor:
    """k × c logits of k images (k × side × side): three convolutions of stride 2 with ReLU, then a linear classifier."""
    hidden = images.unsqueeze(1)
    for layer in range(3):
        name = f"convolution{layer}"
        hidden = F.relu(F.conv2d(hidden, parameters[f"{name}.weight"], parameters[f"{name}.bias"], STRIDE, KERNEL // 2))
    return hidden.flatten(1) @ parameters["classifier.weight"].T + parameters["classifier.bias"]
