"""The equalising weights on images: last layers on random features of two classes that are hard to tell apart.

The setting, the statistics and the bounds were chosen on 40 draws of another seed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from numerics.last_layer.images import Setting, equal_leverage_ratio, errors
from numerics.networks.data import given_folder, load
from proofs.claims.last_layer.settings import STANDARD_ERRORS
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Estimate, Estimated, ToolMissing
from theory.exact import InvalidInput

PULLOVER, COAT = 2, 4
SETTING = Setting(classes=(PULLOVER, COAT), counts=(600, 90), features=60)
DRAWS = 150
ALIKE = 0.02  # difference of errors that is called none
DESCRIBED = (
    "Last layers by weighted least squares on 60 random features max(0, u·(x − x̄)) of Fashion-MNIST, 600 pullovers and 90 coats, "
    "150 draws of images and features"
)
NAMES = {"none": "no weights", "inverse": "weights 1/n", "leverage": "weights of equal class leverage"}


def _given(weight: Callable[[int, int], float]) -> Callable[..., float]:
    """The ratio of the stated weights, from counts and the number of features alone."""

    def ratio(features: np.ndarray, labels: np.ndarray) -> float:
        d = features.shape[1]
        return weight(int((labels < 0).sum()), d) / weight(int((labels > 0).sum()), d)

    return ratio


@cache
def _measured() -> dict[str, np.ndarray]:
    """Test errors, draws × (pullover, coat), by the name of the weights.

    Raises: ToolMissing where the data are not given; nothing is fetched for a verdict.
    """
    if given_folder() is None:
        raise ToolMissing("the data are not given: set UFM_DATA to the folder that holds fashion-mnist/")
    ratios = {
        "none": lambda features, labels: 1.0,
        "inverse": _given(lambda n, d: 1 / n),
        "equaliser": _given(lambda n, d: 1 / (n - d / 2)),
        "leverage": equal_leverage_ratio,
    }
    try:
        train, test = load("fashion-mnist")
    except InvalidInput as problem:
        raise ToolMissing(str(problem)) from None
    return errors(train, test, SETTING, ratios, draws=DRAWS, seed=plain.SEED + 1)


def estimate(found: np.ndarray) -> Estimate:
    """The mean with its interval of 4.5 standard errors either way."""
    mean, within = float(found.mean()), float(STANDARD_ERRORS * found.std(ddof=1) / len(found) ** 0.5)
    return Estimate(mean, mean - within, mean + within, len(found))


def overshoot() -> Estimate:
    """Error of pullovers less that of coats under weights of equal class leverage."""
    return estimate(_measured()["leverage"] @ np.array([1, -1]))


def worse_than_equaliser(other: str) -> Estimate:
    """The larger of both errors, draw by draw, less that under 1/(n − d/2)."""
    return estimate(_measured()[other].max(axis=1) - _measured()["equaliser"].max(axis=1))


CLAIMS = (
    Claim(
        id="equal-leverage-balances-any-data",
        says=f"{DESCRIBED}: weights under which the leverages of both classes have one sum, as the equalising weights do on Gaussian "
        f"classes, "
        "make both classes err alike on test images, within 1/50.",
        source="ours, of the law on Gaussian classes",
        stated={"alike": ALIKE},
        parts=lambda said: (
            Estimated(
                id="errors-alike",
                says="error of the common class less that of the rare one, mean over draws with 4.5 standard errors either way",
                uses=("alike",),
                measure=overshoot,
                least=-said.alike,
                greatest=said.alike,
            ),
        ),
        shares="last layers on images",
        repaired_by="equalising-weights-on-images",
    ),
    Claim(
        id="equalising-weights-on-images",
        says=f"{DESCRIBED}: the larger of both class errors on test images is smaller under 1/(n − d/2) than under no weights, under 1/n "
        f"and "
        "under weights of equal class leverage.",
        source=OURS,
        stated={"least": 0.0, "greatest": 1.0},
        parts=lambda said: tuple(
            Estimated(
                id=f"worse-by-{name}",
                says=f"the larger error under {described} less that under 1/(n − d/2), mean over draws with 4.5 standard errors either way",
                uses=("least", "greatest"),
                measure=partial(worse_than_equaliser, name),
                least=said.least,
                greatest=said.greatest,
            )
            for name, described in NAMES.items()
        ),
        measured_because="it is of one pair of classes and one kind of features, over draws; by the leverage law these weights equalise "
        "the errors of Gaussian classes, and nothing is proved of images",
        near_misses=(NearMiss("it is larger", {"least": -1.0, "greatest": 0.0}),),
        shares="last layers on images",
        plain="on random features of two classes of clothes 1/(n − d/2) leaves the worse class better than no weights, 1/n, or weights "
        "of equal "
        "class leverage",
    ),
)
