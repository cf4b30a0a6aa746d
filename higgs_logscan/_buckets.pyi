"""The compiled passes over rows that fall into buckets: see `_buckets.pyx`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

def fold(ordinals: NDArray[np.int64], mask: NDArray[np.uint8] | None, buckets: int) -> tuple[Any, ...] | None: ...
def fold_weights(
    ordinals: NDArray[np.int64], mask: NDArray[np.uint8] | None, weights: NDArray[Any], buckets: int, most: int
) -> tuple[Any, ...] | None: ...
def fold_values(
    ordinals: NDArray[np.int64],
    values: NDArray[np.float64],
    rows: NDArray[np.int64] | None,
    buckets: int,
    unit: float,
    clip: float,
) -> tuple[Any, ...]: ...
def sums(values: NDArray[Any], mask: NDArray[np.uint8] | None) -> NDArray[np.int64]: ...
