"""The known lines of a part of a log, in columns: what the reader hands to assembly.

No object stands for a line or a value. A line is a row (its plan, where it stands, its first value);
a value is a slot behind that, one for each hole of the plan's spelling, in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.grammar import CONVERT
from higgs_logscan.stored import Passage, StoredLog
from higgs_logscan.tokens import At, numbers

#: `size` of a value that was not printed (`None`).
NOT_PRINTED = -1
#: `size` of a list or shape with an item that 32 bits do not hold: it is in `objects`.
LARGE = -2
#: Integers from here on, and those below its negative, are none of 32 bits.
FARTHEST = 1 << 31


class Columns:
    """Memory for the columns of lines, to be used again and again. `addresses`: where each of them begins.

    of_lines: plan, line, start, stop, slot;  of_values: real, whole, size;  items
    """

    def __init__(
        self, of_lines: Sequence[NDArray[np.int32]], of_values: Sequence[NDArray[Any]], items: NDArray[np.int32]
    ) -> None:
        self.of_lines, self.of_values, self.items = of_lines, of_values, items
        every = (*of_lines, *of_values, items)
        self.addresses = tuple(int(column.__array_interface__["data"][0]) for column in every)

    @staticmethod
    def room_for(room: int) -> Columns:
        """For the lines of so many bytes, as dense as a trainer prints them; where that is too little, they grow."""
        values = room // 24 + 256
        return Columns(
            [np.empty(room // 32 + 64, np.int32) for _ in range(5)],
            (np.empty(values), np.empty(values, np.int64), np.empty(values, np.int32)),
            np.empty(room // 6 + 64, np.int32),
        )

    def hold(self, room: int) -> bool:
        """Whether they are long enough for the lines of so many bytes."""
        return len(self.items) >= room // 6 + 64


class Lines:
    """The known lines of whole lines of a log: `data[begin:end]`, of which data[0] is byte `byte` of the log.

    Columns, a row a line (the first `count` rows are filled):
        plan   number of its plan
        line   newlines in `data` between `begin` and it
        start  where its text begins in `data`
        stop   where that ends
        slot   its first value
    Columns, a row a value (the first `slots` rows are filled):
        real   a number, or a percentage as a fraction
        whole  an integer. Of a list of integers or a shape: its first item in `items`. Of any other
               value: its place in `objects`, if size is 0; else where its text begins in `data`
        size   of a list or shape, how many items; of a text, its bytes; NOT_PRINTED for a value that was not printed
    A bar has two values, of two numbers each: its position (`whole`; -1 where it says nothing of it) of how many
    (`real`), and a number that is the same for all bars of one loop (`whole`) with its seconds (`real`; -1).
    A line that may begin a record has one more value, the last: when it was printed (`timestamps.milliseconds`).
    `texts` holds the text of lines that do not stand in `data` as they are read: escapes are taken out of them.
    Where `data` stands in a file (`log`) just so, it is read there again once the lines have been assembled, or where
    other threads have scanned it.

    number:  line number of the first line (newlines counted from 1)
    serial:  number of the first row among all known lines of the log, which assembly counts
    segments, recognised: pieces of text, and those of them that were understood
    newlines: line ends in what has been read so far
    by_dialect: recognised lines of each dialect, by its number
    """

    def __init__(
        self, data: bytes | bytearray, begin: int, end: int, byte: int, dialects: int, columns: Columns | None = None
    ) -> None:
        #: Bytes, or a `Passage`.
        self.data: Any = data
        self.begin, self.end, self.byte = begin, end, byte
        self.log: StoredLog | None = None
        self.number, self.serial = 1, 0
        self.read = begin  # as far as the lines have been read
        # How many shapes of heads were known when that was scanned, and bits of the hashes of those that were not:
        # lines of such a head may be read otherwise when it is known (see `plan.Plans.find`).
        self.heads = self.unheaded = 0
        self.count = self.slots = self.filled = 0
        self.segments = self.recognised = self.newlines = 0
        columns = columns or Columns.room_for(end - begin)
        self._columns: Columns | None = columns
        self.plan, self.line, self.start, self.stop, self.slot = columns.of_lines
        self.real, self.whole, self.size = columns.of_values
        self.items = columns.items
        self.by_dialect = np.zeros(dialects, np.int64)
        self.texts: dict[int, bytes] = {}
        self.objects: list[Any] = []

    def columns(self) -> Columns:
        """Its columns as they are, now that some of them may have grown."""
        if self._columns is None:
            of_lines = self.plan, self.line, self.start, self.stop, self.slot
            self._columns = Columns(of_lines, (self.real, self.whole, self.size), self.items)
        return self._columns

    def recall(self) -> None:
        """Read the text of all lines again, where it stands in the file alone. What that has lost since are empty
        lines."""
        if isinstance(self.data, Passage):
            self.data = self.data[0 : self.end].ljust(self.end, b"\n")

    def released(self) -> Columns:
        """The columns, to be used again: the lines have been assembled. Where they stand is kept."""
        columns = self.columns()
        if self.log and not self.texts:
            self.data = Passage(self.log, self.byte)
        self.line, self.start, self.stop = (column[: self.count].copy() for column in columns.of_lines[1:4])
        del self.plan, self.slot, self.real, self.whole, self.size, self.items, self._columns
        return columns

    def add(self, plan: int, line: int, start: int, stop: int) -> int:
        """One more line, whose values are added next: its row."""
        row = self.count
        self._room(("plan", "line", "start", "stop", "slot"), row + 1)
        self.plan[row], self.line[row], self.start[row], self.stop[row] = plan, line, start, stop
        self.slot[row] = self.slots
        self.count = row + 1
        return row

    def add_values(self, kinds: Sequence[str], texts: Sequence[bytes | None]) -> None:
        """All values of the last line."""
        for kind, text in zip(kinds, texts, strict=True):
            self.add_value(kind, text)

    def add_value(self, kind: str, text: bytes | None) -> None:
        """The next value of the last line, from its text."""
        slot, self.slots = self.slots, self.slots + 1
        self._room(("real", "whole", "size"), self.slots)
        self.size[slot] = 0
        value: Any = numbers(text) if kind == "integers" else CONVERT[kind](text) if kind in CONVERT else text  # type: ignore[arg-type]
        if value is None:
            self.size[slot] = NOT_PRINTED
        elif kind in ("number", "percent"):
            self.real[slot] = value
        elif kind == "integer":
            self.whole[slot] = value
        elif kind in ("integers", "shape") and max(value, default=0) < FARTHEST:
            first, self.filled = self.filled, self.filled + len(value)
            self._room(("items",), self.filled)
            self.items[first : self.filled] = value
            self.whole[slot], self.size[slot] = first, len(value)
        else:
            self.whole[slot], self.size[slot] = len(self.objects), LARGE if kind == "shape" else 0
            self.objects.append(value)

    def add_time(self, milliseconds: int) -> None:
        """The last value of the last line: when it was printed (`timestamps.milliseconds`)."""
        slot, self.slots = self.slots, self.slots + 1
        self._room(("real", "whole", "size"), self.slots)
        self.whole[slot], self.size[slot] = milliseconds, 0

    def add_bar(self, position: int, planned: int, seconds: float, loop: int) -> None:
        """The values of the last line, a bar."""
        slot, self.slots = self.slots, self.slots + 2
        self._room(("real", "whole", "size"), self.slots)
        self.whole[slot], self.real[slot] = position, planned
        self.whole[slot + 1], self.real[slot + 1] = loop, seconds
        self.size[slot : slot + 2] = 0

    def _room(self, columns: Sequence[str], length: int) -> None:
        """Make columns longer that are full."""
        for name in columns:
            column = getattr(self, name)
            if len(column) < length:
                setattr(self, name, np.concatenate([column, np.empty(length, column.dtype)]))
                self._columns = None

    def at(self, row: int) -> At:
        """Where a line stands, and its text."""
        start = int(self.start[row])
        return self.number + int(self.line[row]), self.byte + start, self.text(row)

    def text(self, row: int) -> bytes:
        """The text of a line."""
        if row in self.texts:
            return self.texts[row]
        return bytes(self.data[self.start[row] : self.stop[row]])

    def integers(self, slot: int) -> NDArray[np.int32]:
        """The items of a list or shape."""
        first = int(self.whole[slot])
        return self.items[first : first + int(self.size[slot])]
