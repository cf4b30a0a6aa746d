"""Columns in buckets of 2^shift consecutive records: what curves and courses add up from.

Which bucket a record falls into depends on its ordinal in the run alone, and sums are integers, so
that the buckets of two stretches add up to exactly those of both, in any bracketing. To add is to
note a further part: parts become one when they are read, or when they are too many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import Evidence
from higgs_logscan.ordinals import BUCKETS, begins
from higgs_logscan.places import Kept, Places, kept
from higgs_logscan.value import Value, replace

#: Parts that are held before all but the first, which has most of the buckets, are made one.
_PARTS = 8
#: Buckets of all parts that are held before they are made one. Neighbours may share one of theirs.
_HELD = BUCKETS + _PARTS
#: How a column of several records becomes that of their bucket: the first one's, or by a function; else their sum.
_FIRST = ("step", "rank")
_MERGED = {"low": np.minimum, "high": np.maximum}
_Name = TypeVar("_Name")
_Value = TypeVar("_Value")


def joined(a: Mapping[_Name, _Value], b: Mapping[_Name, _Value]) -> dict[_Name, _Value]:
    """What adds up, by name: each with its own."""
    merged: dict[_Name, Any] = dict(a)
    for name, later in b.items():
        merged[name] = merged[name] + later if name in merged else later
    return merged


class Part(Value):
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

    def __init__(self, parts: tuple[Part, ...], held: int | None = None) -> None:
        """`held` is the number of buckets of all parts, where it is known."""
        self.parts = parts
        self.held = sum(len(part.bucket) for part in parts) if held is None else held

    def __add__(self, later: Self) -> Self:
        parts, held = (*self.parts, *later.parts), self.held + later.held
        if held > _HELD:
            parts = (Part.join(parts),)
            held = len(parts[0].bucket)
        elif len(parts) > _PARTS:
            parts = parts[0], Part.join(parts[1:])
            held = sum(len(part.bucket) for part in parts)
        return self._of(parts, held, later)

    def _of(self, parts: tuple[Part, ...], held: int, later: Self) -> Self:
        return type(self)(parts, held)

    @property
    def _whole(self) -> Part:
        """The parts as one, which takes their place."""
        if len(self.parts) > 1:
            self.parts = (Part.join(self.parts),)
            self.held = len(self.parts[0].bucket)
        return self.parts[0]

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
        step, rank = (int(whole.columns[name][bucket]) for name in ("step", "rank"))
        return Evidence.of(kept(whole.at)[bucket], step, rank)
