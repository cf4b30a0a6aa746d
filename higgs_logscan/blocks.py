"""Where a log is cut: into blocks of whole lines, in memory that is used again."""

from __future__ import annotations

import re
import sys
from collections import deque
from typing import Protocol

from higgs_logscan.lines import Columns, Lines
from higgs_logscan.program import LONGEST_LINE
from higgs_logscan.stored import Passage, StoredLog

#: Bytes of a block: its lines and their columns stay in the processor's cache while they are read.
BLOCK = 512 << 10
#: Blocks of which the lines may be handed over as one.
TOGETHER = 4
#: Blocks whose memory is used again.
_BLOCKS = 40


def _references(blocks: deque[bytearray]) -> int:
    """How much refers to the first block; 0 where nobody counts."""
    return sys.getrefcount(blocks[0]) if hasattr(sys, "getrefcount") else 0


#: References to a block that stands in the queue only; -1 where nobody counts.
_ALONE = _references(deque([bytearray()])) or -1


class Readable(Protocol):
    """Where bytes come from (`source.Source`)."""

    def read_into(self, view: memoryview, /) -> int: ...


class Blocks:
    """Bytes in, whole lines out, to be scanned and read. `dialects`: how many of them lines are counted of.

    Of an endless piece of text the middle is let go, and a part of its own stands for it before the next lines.
    """

    def __init__(self, dialects: int) -> None:
        self._dialects = dialects
        self.rest = b""
        self._cut = self._dropped = 0
        self._endless: dict[int, Lines] = {}
        #: The file that the log is, if it is a plain one: its texts need not be kept.
        self.log: StoredLog | None = None
        #: Columns and blocks to be used again: memory that has been written is faster than new one.
        self._spare: list[Columns] = []
        self._memory: deque[bytearray] = deque()

    @property
    def end(self) -> int:
        """The byte of the log behind all that has come."""
        return self._cut + len(self.rest) + self._dropped

    def cut(self, block: bytes) -> Lines | None:
        """The whole lines of what has not been read, to be scanned and read; None where no line ends."""
        data = self.rest + block if self.rest else block
        return self._cut_off(data, len(data))

    def cut_from(self, source: Readable) -> Lines | None:
        """The same, of the next block of a source, and without a copy of it. Raises EOFError at its end."""
        rest = len(self.rest)
        data = self._room(rest)
        data[:rest] = self.rest
        with memoryview(data) as view, view[rest:] as free:
            length = source.read_into(free)
        if not length:
            raise EOFError
        return self._cut_off(data, rest + length)

    def empty(self, count: int) -> Lines:
        """Room for the lines of so many blocks, at most TOGETHER, which others read from the log: their columns."""
        lines = self.part(b"", 0, TOGETHER * BLOCK)
        lines.end = count * BLOCK
        return lines

    def give_back(self) -> int:
        """Forget what has been read and not cut off. Returns the byte of the log where it begins; -1 where a part of
        it has been let go."""
        if self._dropped:
            return -1
        self.rest = b""
        return self._cut

    def filled(self, lines: Lines) -> None:
        """These are the next lines of the log: their text stands there."""
        assert self.log
        lines.data = Passage(self.log, lines.byte)
        self._cut = lines.byte + lines.end

    def _room(self, rest: int) -> bytearray:
        """Room for the next block behind that rest: memory that has been written is faster than new one.

        That of a former block, if nothing refers to it any longer. One that is held is asked again when all others
        have been.
        """
        blocks, size = self._memory, max(BLOCK, 2 * rest)
        unused = bool(blocks) and _references(blocks) == _ALONE
        data = blocks.popleft() if unused or len(blocks) == _BLOCKS else None
        if data is None or not unused or len(data) < size:
            blocks.rotate(-1)
            data = bytearray(size)
        blocks.append(data)
        return data

    def _cut_off(self, data: bytes | bytearray, stop: int) -> Lines | None:
        end = data.rfind(b"\n", 0, stop) + 1
        if not end or stop - end > LONGEST_LINE:
            end = max(end, data.rfind(b"\r", 0, stop) + 1)
        self.rest = bytes(data[end:stop])
        lines = self._whole(data, end) if end else None
        if len(self.rest) > LONGEST_LINE:
            self._dropped += len(self.rest) - LONGEST_LINE
            self.rest = self.rest[:LONGEST_LINE]
        return lines

    def _whole(self, data: bytes | bytearray, end: int) -> Lines:
        begin, endless = 0, None
        if self._dropped:
            begin = re.search(rb"[\r\n]", data).end()  # type: ignore[union-attr]  # it ends with one
            endless = self.part(data, 0, begin)
            endless.log = None  # its data are not what stands there
            self._cut += self._dropped
            self._dropped = 0
        lines = self.part(data, begin, end)
        if endless:
            self._endless[id(lines)] = endless
        self._cut += end
        return lines

    def part(self, data: bytes | bytearray, begin: int, end: int) -> Lines:
        """Room for the lines of data[begin:end]."""
        columns = self._spare.pop() if self._spare and self._spare[-1].hold(end - begin) else None
        lines = Lines(data, begin, end, self._cut, self._dialects, columns)
        lines.log = self.log
        return lines

    def endless(self, lines: Lines) -> Lines | None:
        """What stands before these lines: a piece of text whose middle was let go."""
        return self._endless.pop(id(lines), None)

    def reuse(self, lines: Lines) -> None:
        """The lines have been assembled: their columns may hold the next ones."""
        self._spare.append(lines.released())
