"""Columns in buckets of 2^shift consecutive records: what curves and courses add up from.

Which bucket a record falls into depends on its ordinal in the run alone, and sums are integers, so
that the buckets of two stretches add up to exactly those of both, in any bracketing. To add is to
note a further part: parts become one when they are read, or when they are too many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import QUOTE, Evidence
from higgs_logscan.places import Kept, Places, kept

#: The loop over rows where it could be compiled; None where it could not.
try:
    from higgs_logscan import _buckets
except ImportError:
    _buckets = None  # type: ignore[assignment]
compiled = _buckets

BUCKETS = 4096
#: Parts, and buckets of them all, that are held before they are made one.
_PARTS, _HELD = 64, 2 * BUCKETS
#: How a column of several records becomes that of their bucket: the first one's, or by a function; else their sum.
_FIRST = ("step", "rank")
_MERGED = {"low": np.minimum, "high": np.maximum}
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


def fold(ordinals: NDArray[np.int64], mask: NDArray[np.bool_] | None, weights: NDArray[Any] | None) -> Folded | None:
    """The rows of one kind that are marked (all, where `mask` is None) and weigh anything (integers; None: each counts
    once). None where there is none."""
    if compiled is None:
        return by_arrays(ordinals, mask, weights)
    ordinals, marks = np.ascontiguousarray(ordinals), None if mask is None else mask.view(np.uint8)
    if weights is None:
        return compiled.fold(ordinals, marks, BUCKETS)
    return compiled.fold_weights(ordinals, marks, np.ascontiguousarray(weights), BUCKETS, _CLIP)


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


@dataclass(frozen=True)
class Part:
    """The buckets of one stretch: which they are, their columns, and where the first record of each stands."""

    shift: int
    bucket: NDArray[np.int64]
    columns: Mapping[str, NDArray[Any]]
    at: Places | None

    @staticmethod
    def of(shift: int, bucket: NDArray[np.int64], columns: Mapping[str, NDArray[Any]], at: Places | None) -> Part:
        """These rows, of which several may fall into one bucket."""
        first = begins(bucket)
        if len(first) == len(bucket):
            return Part(shift, bucket, columns, at)
        merged = {
            name: values[first] if name in _FIRST else _MERGED.get(name, np.add).reduceat(values, first)
            for name, values in columns.items()
        }
        return Part(shift, bucket[first], merged, None if at is None else at[first])

    def kept(self) -> Part:
        """With its places kept: a summary outlives the block that they stand in."""
        return self if self.at is None else replace(self, at=kept(self.at))

    @staticmethod
    def join(parts: Sequence[Part]) -> Part:
        """These parts, one after the other, as one."""
        if len(parts) == 1:
            return parts[0]
        shift = max(part.shift for part in parts)
        places = [kept(part.at) for part in parts if part.at is not None]
        return Part.of(
            shift,
            np.concatenate([part.bucket >> (shift - part.shift) for part in parts]),
            {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
            Kept.join(places) if places else None,
        )


class Buckets:
    """Parts of a run, one after the other, read as one: per bucket its columns, and where its first record stands."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts

    def __add__(self, later: Self) -> Self:
        return self._of((*self.parts, *later.parts), later)

    def _of(self, parts: tuple[Part, ...], later: Self) -> Self:
        return type(self)(held(parts))

    @cached_property
    def _whole(self) -> Part:
        return Part.join(self.parts)

    def __len__(self) -> int:
        """Records, finite or not."""
        return int(self.count.sum())

    @property
    def shift(self) -> int:
        return self._whole.shift

    @property
    def bucket(self) -> NDArray[np.int64]:
        return self._whole.bucket

    @property
    def count(self) -> NDArray[np.int64]:
        """Records."""
        return self._whole.columns["count"]

    @property
    def total(self) -> NDArray[np.int64]:
        return self._whole.columns["total"]

    @property
    def step(self) -> NDArray[np.int64]:
        return self._whole.columns["step"]

    @property
    def byte(self) -> NDArray[np.int64]:
        """Where the first record of each bucket stands."""
        return kept(self._whole.at).byte

    def index(self, place: Evidence) -> int:
        """The first bucket that begins at this place of the log or behind it; the number of buckets if none."""
        return int(np.searchsorted(self.byte, place.byte))

    def evidence(self, bucket: int) -> Evidence:
        """The line of the first record of a bucket."""
        whole = self._whole
        line, byte, text = kept(whole.at)[bucket]
        step, rank = int(whole.columns["step"][bucket]), int(whole.columns["rank"][bucket])
        words = text[:QUOTE].decode("utf-8", "replace").rstrip()
        return Evidence(line, byte, step if step >= 0 else None, rank if rank >= 0 else None, words)


def held(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """These parts; as one where they are too many, so that adding stays cheap and what is held stays bounded."""
    few = len(parts) <= _PARTS and sum(len(part.bucket) for part in parts) <= _HELD
    return parts if few else (Part.join(parts),)
