"""Where the known lines of a stretch stand: looked up in the blocks that hold them, when one is asked for."""

from __future__ import annotations

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
    def part(self) -> NDArray[np.int64]:
        """Of each line the part that it stands in; -1 for a settled one, and for the last one: nowhere."""
        counts = [len(self.settled), *(part.count for part in self.parts), 1]
        return np.repeat(np.array([-1, *range(len(self.parts)), -1]), counts)

    @cached_property
    def line(self) -> NDArray[np.int64]:
        """Line numbers, counted from 1."""
        parts = [part.line[: part.count].astype(np.int64) + part.number for part in self.parts]
        return np.concatenate([self.settled.line, *parts, np.zeros(1, np.int64)])

    @cached_property
    def byte(self) -> NDArray[np.int64]:
        """Where the text of each line begins in the log."""
        parts = [part.start[: part.count].astype(np.int64) + part.byte for part in self.parts]
        return np.concatenate([self.settled.byte, *parts, np.zeros(1, np.int64)])

    @cached_property
    def size(self) -> NDArray[np.int32]:
        """Bytes of the text of each line, as far as a quote shows it."""
        parts = [(part.stop - part.start)[: part.count] for part in self.parts]
        for part, size in zip(self.parts, parts, strict=True):
            for row, text in part.texts.items():
                size[row] = len(text)
        sizes = np.concatenate([self.settled.size, *parts, np.zeros(1, np.int32)])
        return np.asarray(np.minimum(sizes, QUOTE), np.int32)

    @cached_property
    def address(self) -> NDArray[np.int64]:
        """Where the text of each line begins in memory. What it stands in lives as long as this ground."""
        settled = _address(self.settled.text) + np.arange(len(self.settled)) * self.settled.text.itemsize
        parts = [part.start[: part.count] + np.int64(_address(part.data)) for part in self.parts]
        for part, address in zip(self.parts, parts, strict=True):
            for row, text in part.texts.items():
                address[row] = _address(text)
        return np.concatenate([settled, *parts, np.zeros(1, np.int64)])

    def at(self, index: int) -> At:
        """A line: its number, byte and text."""
        part = int(self.part[index])
        if part >= 0:
            return self.parts[part].at(index - len(self.settled) - self.parts[part].serial + self.first)
        return NOWHERE if index < 0 else self.settled[index]

    def kept(self, index: NDArray[np.int64]) -> Kept:
        """Lines with their texts, to outlive the blocks that hold them."""
        if compiled is None:
            return Kept.of([self.at(i) for i in index.tolist()])
        size = self.size[index]
        texts = compiled.gather(self.address[index], size, int(size.max(initial=1)))
        return Kept(self.line[index], self.byte[index], texts, size)


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
