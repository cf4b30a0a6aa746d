"""Where many values stand in the log, in columns: no object a place.

All kinds share one interface (`len`, a place by its row, a selection by an array of rows or a slice).
`Kept` holds the texts itself, or finds them in the file of the log; what reads a table may hand out another kind that
looks them up in the block that they stand in, and `kept()` makes it one that outlives that block. So thin places out
before they are kept: only then are texts copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import QUOTE
from higgs_logscan.stored import StoredLog
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
    """Places with their texts, each cut to what a quote shows: one after the other in memory, or in the file of the log
    (`log`), where they are read when one is asked for."""

    def __init__(
        self, line: NDArray[np.int64], byte: NDArray[np.int64], size: NDArray[np.int16], texts: bytes | StoredLog
    ) -> None:
        self.line, self.byte, self.size = line, byte, size
        self.log = texts if isinstance(texts, StoredLog) else None
        self._texts = texts if isinstance(texts, bytes) else b""

    def __len__(self) -> int:
        return len(self.line)

    @overload
    def __getitem__(self, rows: int | np.integer[Any]) -> At: ...

    @overload
    def __getitem__(self, rows: Selection) -> Kept: ...

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, int | np.integer):
            line, byte, size = int(self.line[rows]), int(self.byte[rows]), int(self.size[rows])
            if self.log:
                return line, byte, self.log.read(byte, size)
            stop = int(self._stop[rows])
            return line, byte, self._texts[stop - size : stop]
        line, byte, size = self.line[rows], self.byte[rows], self.size[rows]
        if self.log:
            return Kept(line, byte, size, self.log)
        stop = self._stop[rows]
        return Kept(line, byte, size, _picked(self._texts, stop - size, stop))

    def located(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
        """Of these rows their lines, bytes, sizes of their texts, and addresses of those, while this lives; 0 where
        they are in a file."""
        first = np.zeros(len(rows), np.int64)
        if not self.log:
            first = self._stop[rows] - self.size[rows] + compiled.address(self._texts)
        return self.line[rows], self.byte[rows], self.size[rows], first

    @cached_property
    def _stop(self) -> NDArray[np.int64]:
        return np.cumsum(self.size, dtype=np.int64)

    def kept(self) -> Kept:
        return self

    def texts(self) -> bytes:
        """The texts one after the other. Spaces stand for what the file has lost."""
        if not self.log:
            return self._texts
        if compiled:
            return compiled.gather(np.zeros(len(self), np.int64), self.size, self.byte, self.log.descriptor)
        where = zip(self.byte.tolist(), self.size.tolist(), strict=True)
        return b"".join([self.log.read(byte, size).ljust(size) for byte, size in where])

    @staticmethod
    def of(at: Sequence[At], log: StoredLog | None = None) -> Kept:
        """These places, one by one; all of them in the file of a log, if there is one."""
        texts = [text[:QUOTE] for _, _, text in at]
        return Kept(
            np.array([line for line, _, _ in at], np.int64),
            np.array([byte for _, byte, _ in at], np.int64),
            np.fromiter(map(len, texts), np.int16, len(texts)),
            log or b"".join(texts),
        )

    @staticmethod
    def join(parts: Sequence[Kept]) -> Kept:
        """These places, one after the other."""
        logs = [part.log for part in parts if len(part)]
        log = logs[0] if logs and all(logs) else None
        return Kept(
            np.concatenate([part.line for part in parts]),
            np.concatenate([part.byte for part in parts]),
            np.concatenate([part.size for part in parts]),
            log or b"".join([part.texts() for part in parts]),
        )


def _picked(texts: bytes, first: NDArray[np.int64], stop: NDArray[np.int64]) -> bytes:
    if compiled is None:
        return b"".join([texts[a:b] for a, b in zip(first.tolist(), stop.tolist(), strict=True)])
    return compiled.gather(first + compiled.address(texts), (stop - first).astype(np.int16), first, -1)


def kept(at: Any) -> Kept:
    """Places of any kind, as ones that outlive the block they stand in."""
    return at.kept() if hasattr(at, "kept") else Kept.of([at[row] for row in range(len(at))])
