"""What the figures show, as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Panel:
    """Mode strengths over flow time for a figure: `strengths` is times × groups."""

    title: str
    times: np.ndarray
    singular_values: tuple[float, ...]
    multiplicities: tuple[int, ...]
    strengths: np.ndarray
    delta: float


@dataclass(frozen=True)
class Curve:
    """Windows relative to the first learning time, at these ratios; `style` is a line or a mark."""

    label: str
    ratios: tuple[int, ...]
    windows: tuple[float, ...]
    style: str
    colour: int


@dataclass(frozen=True)
class RatioStudy:
    """What the figure of windows against R shows; `bound` is the paper's, where the weights are its choice."""

    title: str
    ratios: tuple[int, ...]
    curves: tuple[Curve, ...]
    bound: float | None
    bound_label: str
