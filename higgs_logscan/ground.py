"""Where the known lines of a stretch stand: looked up in the blocks that hold them, when one is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import QUOTE
from higgs_logscan.lines import Lines
from higgs_logscan.places import Kept
from higgs_logscan.tokens import NOWHERE, At

#: What copies texts where it could be compiled; None where it could not.
try:
    from higgs_logscan import _gather as compiled
except ImportError:
    compiled = None  # type: ignore[assignment]

#: A place that no line has.
NO_PLACE = -(1 << 62)


class Ground:
    """The known lines of consecutive parts of a log, and lines of earlier ones that are still of use (`settled`).

    A place is a number: that of the line among all known lines of the log, or -1 - i for settled line i.
    """

    def __init__(self, settled: Kept, parts: Sequence[Lines]) -> None:
        self.settled, self.parts = settled, parts
        self.first = parts[0].serial if parts else 0

    def standing(self, places: NDArray[np.int64]) -> Standing:
        """These places, to be looked up."""
        index = np.where(places >= 0, places - self.first + len(self.settled), -1 - places)
        index[places == NO_PLACE] = -1
        return Standing(self, index)

    @cached_property
    def firsts(self) -> list[int]:
        """The index of the first line of each part; behind the last, where it ends."""
        counts = np.array([len(self.settled), *(part.count for part in self.parts)], np.int64)
        return np.cumsum(counts).tolist()  # type: ignore[no-any-return]

    def at(self, index: int) -> At:
        """A line: its number, byte and text."""
        if index < len(self.settled):
            return NOWHERE if index < 0 else self.settled[index]
        part = bisect_right(self.firsts, index) - 1
        return self.parts[part].at(index - self.firsts[part])

    def kept(self, index: NDArray[np.int64]) -> Kept:
        """Lines with their texts, to outlive the blocks that hold them."""
        if compiled is None:
            return Kept.of([self.at(i) for i in index.tolist()])
        near = index >= len(self.settled)
        if near.all():
            return self._copied(index)
        kept = Kept.join([self._copied(index[near]), self.settled[index[~near & (index >= 0)]], Kept.of([NOWHERE])])
        order = np.full(len(index), len(kept) - 1)
        order[near] = np.arange(near.sum())
        order[~near & (index >= 0)] = np.arange(near.sum(), len(kept) - 1)
        return kept[order]

    def _copied(self, index: NDArray[np.int64]) -> Kept:
        """Lines of the parts, with their texts."""
        if not len(index):
            return Kept.of([])
        line, byte, size, address, held = compiled.locate(np.ascontiguousarray(index), self._table, QUOTE)
        for number, part in enumerate(self.parts):
            if part.texts:  # some of its lines are not read as they stand
                for i in np.flatnonzero(held == number).tolist():
                    text = part.texts.get(int(index[i]) - self.firsts[number])
                    if text is not None:
                        size[i], address[i] = min(len(text), QUOTE), _address(text)
        return Kept(line, byte, compiled.gather(address, size, int(size.max())), size)

    @cached_property
    def _table(self) -> NDArray[np.int64]:
        """The parts as `_gather.locate` wants them. What the addresses name lives as long as this ground."""
        told = [
            (first, *map(_address, (part.line, part.start, part.stop, part.data)), part.number, part.byte)
            for first, part in zip(self.firsts, self.parts, strict=False)
        ]
        return np.array([*told, (self.firsts[-1], *[0] * 6)], np.int64)


def _address(memory: bytes | bytearray | NDArray[Any]) -> int:
    array = memory if isinstance(memory, np.ndarray) else np.frombuffer(memory, np.uint8)
    return int(array.__array_interface__["data"][0])


class Standing:
    """Places of a ground, looked up when one is asked for (`places.Places`)."""

    def __init__(self, ground: Ground, index: NDArray[np.int64]) -> None:
        self.ground, self.index = ground, index

    def __len__(self) -> int:
        return len(self.index)

    @overload
    def __getitem__(self, rows: int | np.integer) -> At: ...

    @overload
    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Standing: ...

    def __getitem__(self, rows):  # type: ignore[no-untyped-def]
        if isinstance(rows, int | np.integer):
            return self.ground.at(int(self.index[rows]))
        return Standing(self.ground, self.index[rows])

    def kept(self) -> Kept:
        return self.ground.kept(self.index)

    def or_nowhere(self, rows: NDArray[np.int64]) -> Standing:
        """The places of these rows; nowhere for row -1."""
        return Standing(self.ground, np.append(self.index, -1)[rows])
