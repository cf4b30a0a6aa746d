"""The compiled passes over rows that fall into buckets: see `_buckets.pyx`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

def fold(
    ordinals: NDArray[np.int64],
    begins: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]],
    mine: NDArray[np.uint8] | None,
    mask: NDArray[np.uint8] | None,
    weights: NDArray[Any] | None,
    buckets: int,
    most: int,
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
def counted(values: NDArray[Any]) -> list[tuple[int, int]] | None: ...
