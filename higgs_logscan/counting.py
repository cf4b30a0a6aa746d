"""What is counted of columns: sums, and how often each value occurs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.ordinals import compiled


def sums(values: NDArray[Any], mask: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """The sums of the columns of a table, of the marked rows, or of all."""
    if values.ndim == 1:
        values = values[:, None]
    if compiled is not None:
        return compiled.sums(values, None if mask is None else mask.view(np.uint8))
    return np.asarray((values if mask is None else values[mask]).sum(axis=0, dtype=np.int64))


def counted(values: NDArray[Any]) -> list[tuple[Any, int]]:
    """The values that occur, integers or marks, in ascending order, and how often each does."""
    if not len(values):
        return []
    marks = values.dtype == bool
    if compiled is not None and (near := compiled.counted(values.view(np.int8) if marks else values)):
        return [(bool(value), number) for value, number in near] if marks else near
    found, numbers = np.unique(values, return_counts=True)
    return list(zip(found.tolist(), numbers.tolist(), strict=True))
