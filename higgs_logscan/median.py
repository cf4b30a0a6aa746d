"""The median. numpy's own loads its masked arrays to look for them, 15 ms of a scan that takes little more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median along the last axis, which is not empty; NaN where a value is."""
    ordered: NDArray[Any] = np.sort(values, axis=-1)
    middle = ordered.shape[-1] // 2
    found = ordered[..., middle]
    if ordered.shape[-1] % 2 == 0:
        found = (ordered[..., middle - 1] + found) / 2
    return np.asarray(np.where(np.isnan(ordered[..., -1]), np.nan, found))
