"""Where many values stand in the log, in columns: no object a place.

All kinds share one interface (`len`, a place by its row, a selection by an array of rows or a slice).
`Kept` holds the texts itself; what reads a table may hand out another kind that looks them up in the
block that they stand in, and `kept()` makes it one that outlives that block. So thin places out before
they are kept: only then are texts copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import QUOTE
from higgs_logscan.tokens import At

#: What copies texts where it could be compiled; None where it could not.
try:
    from higgs_logscan import _gather
except ImportError:
    _gather = None  # type: ignore[assignment]
compiled = _gather

#: Which rows: their numbers, a mask or a slice.
Selection = NDArray[np.int64] | NDArray[np.bool_] | slice


class Places(Protocol):
    """Where many values stand."""

    def __len__(self) -> int: ...

    @overload
    def __getitem__(self, rows: int | np.integer[Any]) -> At: ...

    @overload
    def __getitem__(self, rows: Selection) -> Places: ...

    def __getitem__(self, rows: Any) -> Any: ...

    def kept(self) -> Kept: ...


class Kept:
    """Places with their texts, each cut to what a quote shows; the texts stand one after the other."""

    def __init__(self, line: NDArray[np.int64], byte: NDArray[np.int64], size: NDArray[np.int16], texts: bytes) -> None:
        self.line, self.byte, self.size, self.texts = line, byte, size, texts

    def __len__(self) -> int:
        return len(self.line)

    @overload
    def __getitem__(self, rows: int | np.integer[Any]) -> At: ...

    @overload
    def __getitem__(self, rows: Selection) -> Kept: ...

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, int | np.integer):
            stop = int(self._stop[rows])
            return int(self.line[rows]), int(self.byte[rows]), self.texts[stop - int(self.size[rows]) : stop]
        stop, size = self._stop[rows], self.size[rows]
        return Kept(self.line[rows], self.byte[rows], size, _picked(self.texts, stop - size, stop))

    def located(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
        """Of these rows their lines, bytes, sizes of their texts, and addresses of those, while this lives."""
        first = self._stop[rows] - self.size[rows]
        return self.line[rows], self.byte[rows], self.size[rows], first + compiled.address(self.texts)

    @cached_property
    def _stop(self) -> NDArray[np.int64]:
        return np.cumsum(self.size, dtype=np.int64)

    def kept(self) -> Kept:
        return self

    @staticmethod
    def of(at: Sequence[At]) -> Kept:
        """These places, one by one."""
        texts = [text[:QUOTE] for _, _, text in at]
        return Kept(
            np.array([line for line, _, _ in at], np.int64),
            np.array([byte for _, byte, _ in at], np.int64),
            np.fromiter(map(len, texts), np.int16, len(texts)),
            b"".join(texts),
        )

    @staticmethod
    def join(parts: Sequence[Kept]) -> Kept:
        """These places, one after the other."""
        return Kept(
            np.concatenate([part.line for part in parts]),
            np.concatenate([part.byte for part in parts]),
            np.concatenate([part.size for part in parts]),
            b"".join([part.texts for part in parts]),
        )


def _picked(texts: bytes, first: NDArray[np.int64], stop: NDArray[np.int64]) -> bytes:
    if compiled is None:
        return b"".join([texts[a:b] for a, b in zip(first.tolist(), stop.tolist(), strict=True)])
    return compiled.gather(first + compiled.address(texts), (stop - first).astype(np.int16))


def kept(at: Any) -> Kept:
    """Places of any kind, as ones that outlive the block they stand in."""
    return at.kept() if hasattr(at, "kept") else Kept.of([at[row] for row in range(len(at))])
