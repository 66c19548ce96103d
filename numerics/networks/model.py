"""The networks as functions of their parameters, so that many can be trained together: three convolutions, or two linear layers."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from numerics.networks.data import CLASSES

Parameters = dict[str, Tensor]
KERNEL, STRIDE = 3, 2
BIAS = "classifier.bias"


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


def linear_parameters(width: int, pixels: int, scale: float, seed: int) -> Parameters:
    """Random parameters of L = WVX with X the images as columns: V is width × pixels², W is c × width, without biases.

    Formula and devices as in `initial_parameters`.
    """
    generator = torch.Generator().manual_seed(seed)
    parameters: Parameters = {}
    _layer(parameters, "hidden", (width, pixels**2), scale, generator)
    _layer(parameters, "classifier", (CLASSES, width), scale, generator)
    return {name: value for name, value in parameters.items() if name.endswith("weight")}


def features(parameters: Parameters, images: Tensor) -> Tensor:
    """k × p features of k images (k × side × side), which the classifier reads.

    Those of three convolutions of stride 2 with ReLU; of one linear layer, where the parameters are of two linear layers.
    """
    if "hidden.weight" in parameters:
        return images.flatten(1) @ parameters["hidden.weight"].T
    hidden = images.unsqueeze(1)
    for layer in range(3):
        name = f"convolution{layer}"
        hidden = F.relu(F.conv2d(hidden, parameters[f"{name}.weight"], parameters[f"{name}.bias"], STRIDE, KERNEL // 2))
    return hidden.flatten(1)


def logits(parameters: Parameters, images: Tensor, centred: bool = False) -> Tensor:
    """k × c logits of k images: a linear classifier of their features.

    It has a bias where the parameters have one; where `centred`, the mean feature of these k images is taken off first.
    """
    found = features(parameters, images)
    if centred:
        found = found - found.mean(0)
    outputs = found @ parameters["classifier.weight"].T
    return outputs + parameters[BIAS] if BIAS in parameters else outputs
