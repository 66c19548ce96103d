"""Kernels of networks: class means of them against gradients taken one by one."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="kernels are of torch's networks")

from numerics.networks import kernels  # noqa: E402
from numerics.networks.model import BIAS, initial_parameters, linear_parameters, logits  # noqa: E402

LABELS = torch.tensor([3, 0, 1, 1, 2, 0, 4, 5, 6, 7, 8, 9, 0])
IMAGES = torch.randn((len(LABELS), 6, 6), generator=torch.Generator().manual_seed(7))
NETWORKS = {
    "convolutions": initial_parameters((4, 6, 6), 6, 2.0, 5),
    "without bias": {name: value for name, value in initial_parameters((4, 6, 6), 6, 2.0, 5).items() if name != BIAS},
    "linear": linear_parameters(4, 6, 1.0, 5),
}


def tangent_kernel(parameters, images):
    """(1/c) Σ_l ∂L_l(x)/∂θ · ∂L_l(x')/∂θ, by autograd, one logit of one image at a time."""
    moving = {name: value.double().requires_grad_(name != BIAS) for name, value in parameters.items()}
    trained = [value for name, value in moving.items() if name != BIAS]
    slopes = [
        [
            torch.cat([slope.flatten() for slope in torch.autograd.grad(logit, trained, retain_graph=True)])
            for logit in logits(moving, image[None])[0]
        ]
        for image in images.double()
    ]
    return np.array([[sum(float(a @ b) for a, b in zip(one, other, strict=True)) / 10 for other in slopes] for one in slopes])


def block_means(kernel, labels):
    c = int(labels.max()) + 1
    return np.array([[kernel[np.ix_(labels == j, labels == k)].mean() for k in range(c)] for j in range(c)])


@pytest.mark.parametrize("parameters", NETWORKS.values(), ids=NETWORKS)
def test_class_means_of_the_tangent_kernel_are_those_of_gradients_taken_one_by_one(parameters):
    expected = block_means(tangent_kernel(parameters, IMAGES), LABELS.numpy())
    found = kernels.class_mean_gram(kernels.tangent_features, parameters, IMAGES, LABELS, chunk=4)
    assert found == pytest.approx(expected, rel=1e-10)
    assert np.linalg.matrix_rank(found) > 5


def test_the_last_layer_kernel_is_a_product_of_features():
    """Weights of the classifier alone have this tangent kernel, divided by c."""
    parameters = NETWORKS["convolutions"]
    last = kernels.class_mean_gram(kernels.last_layer_features, parameters, IMAGES, LABELS)
    features = kernels.last_layer_features({name: value.double() for name, value in parameters.items()}, IMAGES.double())
    assert last == pytest.approx(block_means((features @ features.T).numpy(), LABELS.numpy()))
    silent = {name: torch.zeros_like(value) if name == "classifier.weight" else value for name, value in parameters.items()}
    assert kernels.class_mean_gram(kernels.tangent_features, silent, IMAGES, LABELS) == pytest.approx(last)  # only W moves where W = 0


def block_images(counts, rho, kappa):
    """Images whose Gram matrix has 1 on the diagonal, ρ inside a class and κ between classes."""
    labels = np.repeat(np.arange(len(counts)), counts)
    K = np.where(labels[:, None] == labels, rho, kappa) + (1 - rho) * np.eye(len(labels))
    return torch.tensor(np.linalg.cholesky(K))[:, None], torch.tensor(labels)


def test_a_block_kernel_has_its_class_means_and_contrasts():
    counts, rho, kappa = (5, 5, 5, 2, 2), 0.3, 0.1
    images, labels = block_images(counts, rho, kappa)
    B = kernels.class_mean_gram(lambda parameters, images: images.flatten(1), {}, images, labels, chunk=3)
    beta = [rho + (1 - rho) / n for n in counts]
    assert pytest.approx(np.where(np.eye(5, dtype=bool), beta, kappa)) == B
    assert kernels.contrast_eigenvalues(B, np.array(counts) == 5) == pytest.approx([beta[0] - kappa] * 2)
    assert kernels.contrast_eigenvalues(B, np.array(counts) == 2) == pytest.approx([beta[-1] - kappa])


def test_the_order_of_images_and_of_classes_does_not_matter():
    parameters = NETWORKS["convolutions"]
    B = kernels.class_mean_gram(kernels.tangent_features, parameters, IMAGES, LABELS)
    order = torch.tensor(np.random.default_rng(0).permutation(len(LABELS)))
    assert kernels.class_mean_gram(kernels.tangent_features, parameters, IMAGES[order], LABELS[order]) == pytest.approx(B)
    renamed = np.random.default_rng(1).permutation(10)
    group = np.arange(10) < 4
    other = kernels.class_mean_gram(kernels.tangent_features, parameters, IMAGES, torch.tensor(renamed)[LABELS])
    assert other[np.ix_(renamed, renamed)] == pytest.approx(B)
    eigenvalues = kernels.contrast_eigenvalues(B, group)
    assert kernels.contrast_eigenvalues(other, np.isin(np.arange(10), renamed[:4])) == pytest.approx(eigenvalues)
    squares = [B[j, j] + B[k, k] - 2 * B[j, k] for j in range(4) for k in range(j)]
    assert eigenvalues.mean() == pytest.approx(np.mean(squares) / 2)
    assert (np.diff(eigenvalues) < 0).all()
