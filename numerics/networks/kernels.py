"""The kernels of a network at given parameters, through the class means that the theory of constrained features needs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import jacrev, vmap

from numerics import Array
from numerics.basis import orthogonal_contrasts
from numerics.networks.model import BIAS, Parameters, features, logits

CHUNK = 64  # images whose Jacobians are held at once


def tangent_features(parameters: Parameters, images: Tensor) -> Tensor:
    """Vectors φ whose products are the tangent kernel, mean over logits, without the classifier's bias.

    Formula: φ(x) = (∂L_l(x)/∂θ)_(l, θ)/√c, so that φ(x)·φ(x') = (1/c) Σ_l ∂L_l(x)/∂θ · ∂L_l(x')/∂θ.
    Returns: k × (c · number of parameters) for k images; exact, one Jacobian an image.
    """
    moving = {name: value for name, value in parameters.items() if name != BIAS}
    fixed = {name: value for name, value in parameters.items() if name == BIAS}

    def of_one(moving: Parameters, image: Tensor) -> Tensor:
        return logits({**moving, **fixed}, image[None])[0]

    slopes = vmap(jacrev(of_one), in_dims=(None, 0))(moving, images)
    each = torch.cat([slope.flatten(2) for slope in slopes.values()], dim=2)  # images × logits × parameters
    return each.flatten(1) / each.shape[1] ** 0.5


def last_layer_features(parameters: Parameters, images: Tensor) -> Tensor:
    """Vectors whose products are the last-layer kernel: the features that the classifier reads, k × p."""
    return features(parameters, images)


def class_mean_gram(
    features_of: Callable[[Parameters, Tensor], Tensor], parameters: Parameters, images: Tensor, labels: Tensor, chunk: int = CHUNK
) -> Array:
    """B, the means of a kernel over its blocks of classes, diagonal included.

    Formula: B_jk = (1/n_j n_k) Σ_(i in j, i' in k) φ(x_i)·φ(x_i') = m_j·m_k, with m_j the mean of φ over class j.
    Arguments: `features_of`, φ, of this module or another; `images`, k × side × side; `labels`, their classes 0 … c − 1,
    in any order; every class has an image. It is computed in double precision, `chunk` images at a time.
    Returns: c × c.
    """
    exact = {name: value.double() for name, value in parameters.items()}
    members = torch.nn.functional.one_hot(labels).double()
    with torch.no_grad():
        sums = sum(own.T @ features_of(exact, piece.double()) for piece, own in zip(images.split(chunk), members.split(chunk), strict=True))
        means = sums / members.sum(0)[:, None]
        found: Array = (means @ means.T).cpu().numpy()
    return found


def contrast_eigenvalues(B: Array, group: NDArray[np.bool_]) -> Array:
    """Eigenvalues, descending, of a class-mean Gram matrix compressed to the contrasts inside one group of classes.

    Arguments: `group`, which of the c classes. Returns: one fewer than the group has classes; their mean is half the mean
    squared distance of two class means of the group.
    """
    contrasts = orthogonal_contrasts(np.ones(int(group.sum())))
    return np.asarray(np.linalg.eigvalsh(contrasts.T @ B[np.ix_(group, group)] @ contrasts)[::-1], dtype=float)
