"""Rows in the order of the run, and the buckets of 2^shift consecutive records that they fall into."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: The loops over rows where they could be compiled; None where they could not.
try:
    from higgs_logscan import _buckets
except ImportError:
    _buckets = None  # type: ignore[assignment]
compiled = _buckets

BUCKETS = 4096
#: Weights beyond this are taken for it: sums stay exact.
_CLIP = 1 << 30
#: Of some rows: the shift of their buckets, and per bucket its number, its rows, what they weigh, its first row.
Folded = tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def shift_of(last: int) -> int:
    """By how much ordinals up to this one are shifted, so that they fall into `BUCKETS` buckets."""
    return max(0, last.bit_length() - BUCKETS.bit_length() + 1)


def begins(bucket: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows at which a bucket begins."""
    begins = np.ones(len(bucket), bool)
    np.not_equal(bucket[1:], bucket[:-1], out=begins[1:])
    return begins.nonzero()[0]


class Ordinals:
    """The ordinals of rows, of which some (`mine`; None: all) are of one kind of record: theirs never go back.

    Where each bucket begins among them is worked out once for all that ask.
    """

    def __init__(self, ordinals: NDArray[np.int64], mine: NDArray[np.bool_] | None = None) -> None:
        self.ordinals, self.mine = np.ascontiguousarray(ordinals), mine
        self._begins: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def fold(self, mask: NDArray[np.bool_] | None, weights: NDArray[Any] | None) -> Folded | None:
        """The rows that are marked (all, where `mask` is None) and weigh anything (integers; None: each counts once),
        by bucket. None where there is none."""
        if self.mine is not None:
            mask = self.mine if mask is None else self.mine & mask
        if compiled is None:
            return by_arrays(self.ordinals, mask, weights)
        return compiled.fold(self.ordinals, self._begins, _bytes(self.mine), _bytes(mask), weights, BUCKETS, _CLIP)


def _bytes(mask: NDArray[np.bool_] | None) -> NDArray[np.uint8] | None:
    return None if mask is None else mask.view(np.uint8)


def by_arrays(
    ordinals: NDArray[np.int64], mask: NDArray[np.bool_] | None, weights: NDArray[Any] | None
) -> Folded | None:
    """The same without a compiler."""
    chosen = np.ones(len(ordinals), bool) if mask is None else mask
    rows = (chosen if weights is None else chosen & (weights > 0)).nonzero()[0]
    if not len(rows):
        return None
    shift = shift_of(int(ordinals[rows[-1]]))
    bucket = ordinals[rows] >> shift
    first = begins(bucket)
    count = np.diff(first, append=len(bucket))
    total = count
    if weights is not None:
        total = np.add.reduceat(np.minimum(weights[rows].astype(np.int64), _CLIP), first)
    return shift, bucket[first], count, total, rows[first]
