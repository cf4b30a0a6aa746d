"""Where a curve changes from one record to the next: the onset of what begins in mid-run.

On the buckets of a curve, which are bounded and the same for any cut of the log; linear in their
number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.median import median


class Jump(NamedTuple):
    """A lasting change of level within one record: where, by how much, and how much of it is no drift or noise."""

    place: int
    size: float
    sure: float


def jump(values: NDArray[np.float64], width: int) -> Jump | None:
    """The surest jump of a series; None where it is shorter than two windows of `width` values.

    At each place the medians of `width` values before and behind it are compared: a spike moves no
    median. What the windows change within themselves (a loss that falls anyway) and the spread
    of their values is taken off, so that `sure` is above zero only for a step.
    """
    values = values[np.isfinite(values)]
    if len(values) < 2 * width:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(values, width)
    level = median(windows)
    half = width // 2
    drift = np.abs(median(windows[:, :half]) - median(windows[:, -half:]))
    spread = median(np.abs(windows - level[:, None]))
    before, behind = slice(0, len(level) - width), slice(width, len(level))
    size = level[behind] - level[before]
    unsure = np.maximum(drift[before], drift[behind]) + np.maximum(spread[before], spread[behind])
    sure = np.abs(size) - 2 * unsure
    best = int(np.argmax(sure))
    return Jump(best + width, float(size[best]), float(sure[best]))
