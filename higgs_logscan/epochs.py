"""Where an epoch begins, as far as losses, epoch lines or progress bars say so."""

from __future__ import annotations

import numpy as np

from higgs_logscan.curve import Curve
from higgs_logscan.curves import Curves
from higgs_logscan.finding import Evidence


def begins_epoch(place: Evidence, curves: Curves) -> bool:
    """Whether the second or a later epoch begins at this line, give or take one record."""
    return any(
        _counted(curve, place) if column == "epoch" else _redrawn(curve, place)
        for (column, *_), curve in curves.curves.items()
        if column in ("epoch", "elapsed")
    )


def _counted(curve: Curve, place: Evidence) -> bool:
    """By the `epoch` of a Trainer's records, a fraction: it has just passed a whole number."""
    epochs = curve.means
    at = curve.index(place)
    if not 0 < at < len(epochs):
        return False
    since = epochs[at] - np.floor(epochs[at])
    return bool(epochs[at] >= 1 and since <= 2 * max(epochs[at] - epochs[at - 1], 0.0))


def _redrawn(curve: Curve, place: Evidence) -> bool:
    """By the bar of the training loop: it has just begun anew."""
    at = curve.index(place)
    near = range(max(1, at - 1), min(at + 2, len(curve.low)))
    return any(curve.low[i] < curve.low[i - 1] / 2 for i in near)
