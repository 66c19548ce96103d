"""What the theory of constrained features predicts of trained networks, from their kernels at the start alone.

Experiments and formulas. Nothing here trains a network: what is predicted is written to proofs/evidence/predictions.json by
`python -m proofs.documents.network_predictions predict`, and the seeds that judge it are run afterwards.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from numerics import Array
from numerics.basis import centred_labels
from numerics.networks import data, measure
from numerics.networks.plan import Plan
from proofs.claims.networks import runs

FRESH = tuple(range(20, 40))  # seeds that nobody had run when the predictions were written
EVEN, ODD, UPPER = (0, 2, 4, 6, 8), (1, 3, 5, 7, 9), (5, 6, 7, 8, 9)
QUICK = dataclasses.replace(runs.plan(), seeds=FRESH, test_per_class=10)
MNIST = dataclasses.replace(QUICK, counts=data.step_counts(4, 10, EVEN))
NOISE = dataclasses.replace(QUICK, noise=True, steps=800)
UNWEIGHTED = (Fraction(0),)
LAZIER = 4.0  # α of the experiment whose outputs are scaled
LINEAR = dataclasses.replace(MNIST, width=32, init_scale=1e-3, classifier_bias=False, steps=600, step_sizes=(0.05, 0.05), seeds=FRESH[:10])

# Splits into majority and minority that no earlier experiment of this repository had; of noise all splits are alike.
BRACKETED: dict[str, Plan] = {
    "MNIST, even digits the majority": MNIST,
    "Fashion-MNIST, classes 5 to 9 the majority": dataclasses.replace(
        QUICK, dataset="fashion-mnist", counts=data.step_counts(4, 10, UPPER)
    ),
    "every image its own noise": NOISE,
    "MNIST, odd digits the majority": dataclasses.replace(QUICK, counts=data.step_counts(4, 10, ODD)),
    "Fashion-MNIST, even classes the majority": dataclasses.replace(QUICK, dataset="fashion-mnist", counts=data.step_counts(4, 10, EVEN)),
}
UNCHANGED = dataclasses.replace(MNIST, exponents=UNWEIGHTED, steps=200)
CAUSAL: dict[str, Plan] = {
    "classifier bias frozen at 0": dataclasses.replace(UNCHANGED, classifier_bias=False),
    "features centred": dataclasses.replace(UNCHANGED, centred=True),
    "bias frozen and features centred": dataclasses.replace(UNCHANGED, classifier_bias=False, centred=True),
}
SCALED: dict[str, Plan] = {"noise, outputs scaled by 4": dataclasses.replace(NOISE, output_scale=LAZIER)}
TWO_LAYERS: dict[str, Plan] = {"two linear layers": LINEAR}
EXPERIMENTS: dict[str, Plan] = BRACKETED | CAUSAL | SCALED | TWO_LAYERS


# Formulas ---------------------------------------------------------------------------------------------------------


def bracket(B: Array, plan: Plan) -> tuple[float, float]:
    """The exponents that flatten the contrasts in the lazy flow and from a small start, from a class-mean Gram matrix.

    Formula: γ*_lazy = 1 + ln(D_maj/D_min)/ln R and γ*_rich = 1 + ln(D_maj/D_min)/(2 ln R), where D of a group of five classes
    is the median contrast √(d_2 d_3) of its four contrast eigenvalues: the mean strength of a group reaches one half about
    when its median contrast does. Of a group with another number of classes, the median of its eigenvalues' logarithms.
    """
    from numerics.networks.kernels import contrast_eigenvalues

    group = measure.majority(plan.counts)
    larger, smaller = (np.median(np.log(contrast_eigenvalues(B, members))) for members in (group, ~group))
    excess = float(larger - smaller) / _log_ratio(plan)
    return 1 + excess, 1 + excess / 2


def _log_ratio(plan: Plan) -> float:
    return float(np.log(max(plan.counts.per_class) / min(plan.counts.per_class)))


def bias_shares(plan: Plan, loss: str) -> Array:
    """The share of the middle mode that the classifier's bias alone learns under STEP, for each exponent of the plan.

    Formula: m_maj m_min (n_maj − n_min) Δb/(m_min n_maj + m_maj n_min), with Δb = π_maj − π_min for the squared loss, where
    π is the share of a class in Σ n_j ω_j, and Δb = ln(n_maj ω_maj/(n_min ω_min)) for cross-entropy.
    """
    counts, group = np.array(plan.counts.per_class), measure.majority(plan.counts)
    masses = counts * plan.weights()
    larger, smaller = masses[:, group][:, 0], masses[:, ~group][:, 0]
    difference = (larger - smaller) / masses.sum(axis=1) if loss == "squared" else np.log(larger / smaller)
    m, n = (group.sum(), (~group).sum()), (counts.max(), counts.min())
    found: Array = m[0] * m[1] * (n[0] - n[1]) * difference / (m[1] * n[0] + m[0] * n[1])
    return found


def jump(plan: Plan, loss: str) -> int | None:
    """Between which exponents of the plan, this one and the next, the share of the bias falls below 1/2; None where it does not."""
    above = bias_shares(plan, loss) >= 0.5
    places = np.flatnonzero(above[:-1] & ~above[1:])
    return int(places[0]) if len(places) else None


def lazy_times(B: Array, plan: Plan, loss: str) -> Array:
    """Steps to half of σ of the three groups of modes, were the tangent kernel to stay as it is at the start: exponents × 3.

    Formula: L ← L + η E diag(n_j ω_j/n) (B + 11ᵀ) from L = 0, with L the mean logits of the classes, E = Z − L (squared) or
    Y − softmax L (cross-entropy), and 11ᵀ the kernel of the classifier's bias. The samples of a class are taken to move
    together, which holds of block kernels.
    """
    c, n = plan.counts.c, np.array(plan.counts.per_class)
    masses = plan.weights() * n / n.sum()
    L = np.zeros((len(plan.exponents), c, c))
    kept = []
    for step in range(plan.steps + 1):
        if step in plan.logged_steps:
            kept.append(L)
        L = L + plan.step_sizes[plan.losses.index(loss)] * (_error(L, loss) * masses[:, None, :]) @ (B + 1)
    return measure.first_reached(np.array(plan.logged_steps), measure.mean_strengths(plan.counts, np.array(kept)), 0.5)


def _error(L: Array, loss: str) -> Array:
    c = L.shape[-1]
    if loss == "squared":
        return np.eye(c) - 1 / c - L
    likelihoods = np.exp(L - L.max(axis=-2, keepdims=True))
    found: Array = np.eye(c) - likelihoods / likelihoods.sum(axis=-2, keepdims=True)
    return found


def first_rates(plan: Plan, images: Array) -> Array:
    """The largest growth rate a step of two linear layers from a small start, for each exponent of the plan.

    Formula: ln(1 + η μ) with μ the largest singular value of Z Ω Xᵀ/n: the logits grow by the square of this factor. It is
    the same for both losses.
    Arguments: `images`, n × pixels, ordered by class.
    """
    Z, n = centred_labels(plan.counts), plan.counts.n
    each = [np.linalg.norm((Z * weights[list(plan.counts.labels)]) @ images / n, 2) for weights in plan.weights()]
    (eta,) = set(plan.step_sizes)
    found: Array = np.log1p(eta * np.array(each))
    return found


def measured_rates(history: measure.History, low: float = 1e-3, high: float = 1e-1) -> Array:
    """The growth rate a step of the factors of two linear layers: seeds × losses × exponents.

    Formula: ln(high/low)/2 over the steps that the largest singular value of the training logits, of class means, takes from
    `low` to `high`: far above a start of 1e-5, so that the first mode is alone, and far below its end.
    """
    logits = history.mean_logits * np.sqrt(history.plan.counts.per_class)
    sizes = np.log(np.linalg.norm(logits, 2, axis=(-2, -1)))
    early, late = (measure.first_reached(history.steps, sizes.copy(), np.log(level)) for level in (low, high))
    taken = np.where(late > early, late - early, np.nan)  # a run that does not come so far has no rate
    found: Array = np.log(high / low) / 2 / taken
    return found


# What is written down before the runs -------------------------------------------------------------------------------


def predicted(name: str, folder: Any = None) -> dict[str, Any]:
    """The predictions for one experiment, a number a seed where the subset and the start of the seed enter.

    Raises: InvalidInput without torch, and without the data.
    """
    runs.require_torch()
    import torch

    from numerics.networks import training

    plan = EXPERIMENTS[name]
    setting = {"dataset": plan.dataset, "counts": list(plan.counts.per_class), "seeds": list(plan.seeds)}
    if name in CAUSAL:
        common_mean = plan.classifier_bias or not plan.centred
        return setting | {"middle_mode_first": common_mean}
    if name in SCALED:
        return setting | {"exponent": "below that of the network as it is"}
    loaded, classes = data.load(plan.dataset, folder)[0], torch.tensor(plan.counts.labels)
    pixels = training.standardised(plan, loaded.pixels, 0)
    found = [_of_seed(name, plan, seed, pixels[data.subset(loaded.labels, plan.counts, seed)], classes) for seed in plan.seeds]
    exponents = list(map(str, plan.exponents))
    return {
        **setting,
        "exponents": exponents,
        **({} if name in TWO_LAYERS else {"order": ["middle", "majority", "minority"], "jump": _jumps(plan)}),
        "kernels": {
            kind: {
                "lazy": [round(one["kernels"][kind][1][0], 4) for one in found],
                "rich": [round(one["kernels"][kind][1][1], 4) for one in found],
                "class_means": _rounded(np.mean([one["kernels"][kind][0] for one in found], axis=0)),
            }
            for kind in found[0]["kernels"]
        },
        **{key: [one[key] for one in found] for key in found[0] if key != "kernels"},
    }


def _jumps(plan: Plan) -> dict[str, list[str] | None]:
    places = {loss: jump(plan, loss) for loss in plan.losses}
    return {loss: None if k is None else list(map(str, plan.exponents[k : k + 2])) for loss, k in places.items()}


def _of_seed(name: str, plan: Plan, seed: int, images: Any, classes: Any) -> dict[str, Any]:
    from numerics.networks import kernels, training

    start = training.start(plan, seed)
    if name in TWO_LAYERS:
        B = kernels.class_mean_gram(lambda _, pixels: pixels.flatten(1), {}, images, classes)
        return {
            "kernels": {"inputs": (B, bracket(B, plan))},
            "first_rates": _rounded(first_rates(plan, images.flatten(1).double().numpy())),
        }
    B = kernels.class_mean_gram(kernels.tangent_features, start, images, classes)
    last = kernels.class_mean_gram(kernels.last_layer_features, start, images, classes)
    found: dict[str, Any] = {"kernels": {"tangent": (B, bracket(B, plan)), "last layer": (last, bracket(last, plan))}}
    found["lazy_times"] = {loss: _rounded(lazy_times(B, plan, loss)) for loss in plan.losses}
    return found


def _rounded(values: Array) -> Any:
    """To five digits: the file is kept in the repository."""
    return [_rounded(row) for row in values] if values.ndim > 1 else [float(f"{value:.5g}") for value in values]
