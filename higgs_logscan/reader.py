"""From blocks of bytes to the lines that a dialect knows.

Pieces of text end with a newline or a lone carriage return. Who reads one follows from its shape (`plan.py`). The
compiled scanner reads the lines of shapes that it has been taught; every other line is read here, by the patterns of
the dialects, and so is what is not one line alone: spans, signs, escapes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from higgs_logscan import blocks
from higgs_logscan.blocks import Blocks, Readable
from higgs_logscan.dialect import Dialect, Line, Span
from higgs_logscan.finding import Evidence
from higgs_logscan.lines import FARTHEST, Lines
from higgs_logscan.plan import Plan, Plans
from higgs_logscan.program import LONGEST_LINE, bar
from higgs_logscan.span import OpenSpan
from higgs_logscan.timestamps import milliseconds
from higgs_logscan.tokens import At

if TYPE_CHECKING:
    from higgs_logscan._scanner import Ahead, Shapes

#: The scanner of lines of known shapes, where it could be compiled; None where it could not.
compiled_shapes: type[Shapes] | None = None
with suppress(ImportError):
    from higgs_logscan._scanner import Shapes as compiled_shapes
    from higgs_logscan._scanner import has_avx2

    if has_avx2():
        from higgs_logscan._scanner_avx2 import Shapes as compiled_shapes

_UNPRINTED = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])|\x00")


@dataclass
class Coverage:
    """How many pieces of text, ended by a newline or carriage return, were understood."""

    segments: int = 0
    recognised: int = 0

    @property
    def share(self) -> float:
        return self.recognised / self.segments if self.segments else 0.0


@dataclass
class Reader:
    """Bytes in, known lines out. Any cut of the bytes gives the same lines.

    `feed` is `cut`, `scan` and `read`, one after the other. `cut` and `read` belong to one thread, and take the blocks
    in their order; `scan` may run ahead of `read` on others, several at once.
    """

    dialects: Sequence[Dialect]
    #: Whether the compiled scanner is used, where there is one: the other way is its oracle.
    compiled: bool = True
    coverage: Coverage = field(default_factory=Coverage)
    line: int = 1
    byte: int = 0
    unended: bool = False
    #: For `explain-parse`: gathers the lines that nothing reads. Then lines that say nothing are among the known ones.
    unknown: list[At] | None = None
    _bar: tuple[Plan, At] | None = None
    _spans_open: dict[int, OpenSpan] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._shapes = compiled_shapes() if compiled_shapes and self.compiled else None
        self.plans = Plans(self.dialects, self._shapes)
        self.blocks = Blocks(len(self.plans.dialects))
        self._lines = self.blocks.part(b"", 0, 0)
        self._distant: list[Lines] = []
        self._last: tuple[Lines, int] | None = None
        self._by_dialect = np.zeros(len(self.plans.dialects), np.int64)

    @property
    def dialect_lines(self) -> Counter[str]:
        """The known lines of each dialect."""
        return Counter({self.plans.dialects[i]: int(self._by_dialect[i]) for i in self._by_dialect.nonzero()[0]})

    @property
    def last(self) -> Evidence | None:
        """The last known line."""
        if self._last is None:
            return None
        lines, row = self._last
        return Evidence.of(lines.at(row))

    # -- blocks ---------------------------------------------------------------------------------

    def feed(self, block: bytes) -> list[Lines]:
        """The known lines of this block, as far as their ends have been seen."""
        lines = self.cut(block)
        return self.read(lines) if lines else []

    def cut(self, block: bytes) -> Lines | None:
        """The whole lines of what has not been read, to be scanned and read; None where no line ends."""
        return self.blocks.cut(block)

    def cut_from(self, source: Readable) -> Lines | None:
        """The same, of the next block of a source, and without a copy of it. Raises EOFError at its end."""
        return self.blocks.cut_from(source)

    def reuse(self, lines: Lines) -> None:
        """The lines have been assembled: their columns may hold the next ones."""
        self.blocks.reuse(lines)

    def scan(self, lines: Lines) -> None:
        """Read ahead what the compiled scanner knows. Lets other threads run."""
        if self._shapes and self.unknown is None:
            lines.heads = self._shapes.heads
            self._shapes.scan(lines)

    def ahead(self, descriptor: int = -1) -> Ahead | None:
        """What scans blocks in other threads before they are read here; None where that cannot be. With the descriptor
        of a plain file it reads them as well, behind what has been cut off."""
        if self._shapes is None or self.unknown is not None:
            return None
        byte = self.blocks.give_back() if descriptor >= 0 else 0
        return self._shapes.ahead(descriptor, byte, blocks.BLOCK) if byte >= 0 else None

    def read(self, lines: Lines) -> list[Lines]:
        """All known lines of what was cut."""
        endless = self.blocks.endless(lines)
        parts = [endless, lines] if endless else [lines]
        for part in parts:
            known = self._shapes.heads_since(part.heads) & part.unheaded if self._shapes else 0
            if self._bar or self._spans_open or known:
                part = self._afresh(part)
            self._read(part)
        return self._done(parts)

    def _afresh(self, lines: Lines) -> Lines:
        """Forget what was scanned ahead: it may be read otherwise now."""
        lines.read = lines.begin
        lines.count = lines.slots = lines.filled = lines.segments = lines.recognised = lines.newlines = 0
        lines.unheaded = 0
        lines.by_dialect[:] = 0
        return lines

    def _read(self, lines: Lines) -> None:
        self._lines, lines.number = lines, self.line
        scanner = self._shapes if self.unknown is None else None
        if lines.read < lines.end:
            lines.recall()
        while lines.read < lines.end:
            if scanner and not self._bar:
                scanner.scan(lines, bool(self._spans_open))
            if lines.read < lines.end:
                self._one_line(lines)
        self.line = lines.number + lines.newlines
        self.byte = lines.byte + lines.end

    def finish(self) -> list[Lines]:
        """What is left when the log ends: a last line without an end, an open span."""
        rest = self.blocks.rest
        lines = self.blocks.part(rest, 0, len(rest))
        self._lines, lines.number = lines, self.line
        if rest:
            self.unended = not rest.endswith(b"\r")
            self._pieces(rest, 0)
        self._end_of_line()
        for rank in sorted(self._spans_open):
            self._emit(*self._spans_open.pop(rank).match)
        self.byte, self.blocks.rest = self.blocks.end, b""
        return self._done([lines])

    def _done(self, parts: list[Lines]) -> list[Lines]:
        parts, self._distant = [*self._distant, *parts], []
        for part in parts:
            self.coverage.segments += part.segments
            self.coverage.recognised += part.recognised
            self._by_dialect += part.by_dialect
            if part.count:
                self._last = part, part.count - 1
        return parts

    # -- one line -------------------------------------------------------------------------------

    def _one_line(self, lines: Lines) -> None:
        """Read the next line; where a lone carriage return ends the last, as far as that."""
        stop = lines.data.find(b"\n", lines.read, lines.end)
        ended = stop >= 0
        stop = stop if ended else lines.end
        self._pieces(bytes(lines.data[lines.read : stop]), lines.read)
        lines.read = stop
        if ended:
            self._end_of_line()
            lines.read += 1
            lines.newlines += 1

    def _pieces(self, line: bytes, begin: int) -> None:
        """Read the pieces of a line that lone carriage returns end.

        Of a run of bars only the last is kept: the others say nothing that it does not say.
        """
        lines = self._lines
        *redraws, last = line.split(b"\r")
        for piece in redraws:
            if self._bar and 0 < piece.find(b"]") == len(piece) - 1 < LONGEST_LINE and b"%|" in piece:
                self._bar = self._bar[0], (lines.number + lines.newlines, lines.byte + begin, piece)
                lines.segments += 1
                lines.recognised += 1
            else:
                self._piece(piece, begin)
            begin += len(piece) + 1
        self._piece(last, begin)

    def _piece(self, piece: bytes, begin: int) -> None:
        if len(piece) > LONGEST_LINE:
            piece = piece[:LONGEST_LINE]
        if b"\x1b" in piece or b"\x00" in piece:
            piece = _UNPRINTED.sub(b"", piece)
        if piece and not piece.isspace():
            lines = self._lines
            lines.segments += 1
            self._text(piece, (lines.number + lines.newlines, lines.byte + begin, piece))

    def _end_of_line(self) -> None:
        """A bar stands until the next line, or the next record behind it, is read."""
        if self._bar:
            plan, at = self._bar
            self._bar = None
            self._emit(plan, (), at)

    def _text(self, text: bytes, at: At) -> None:
        plan, found = self.plans.find(text)
        if plan.glued:
            self._redraw(plan, text, at)
            return
        self._end_of_line()
        if found:
            self._lines.recognised += 1
            self._emit(plan, found.groups(), at)
        else:
            self._other(plan, text[plan.start :], at)

    def _redraw(self, plan: Plan, text: bytes, at: At) -> None:
        """A bar, and what is glued to its end: a line of its own."""
        end = text.find(b"]", text.find(b"[", 1)) + 1 or len(text)
        line, byte, _ = at
        self._bar = plan, (line, byte, text[:end])
        rest = text[end:]
        if rest and not rest.isspace():
            self._text(rest, (line, byte + end, rest))
        else:
            self._lines.recognised += 1

    def _other(self, plan: Plan, words: bytes, at: At) -> None:
        """A line that no spelling reads: part of a span, a sign, a foreign line, or unknown."""
        opens = isinstance(plan.what, Span)
        span = self._spans_open.get(plan.rank)
        if span and not opens and span.takes(words):
            self._lines.recognised += 1
            return
        if span:
            self._emit(*self._spans_open.pop(plan.rank).match)
        if not plan.what:
            if self.unknown is not None:
                self.unknown.append(at)
            return
        self._lines.recognised += 1
        if opens:
            self._spans_open[plan.rank] = OpenSpan(plan, words, at)
        else:
            self._emit(plan, (words,), at)

    # -- columns --------------------------------------------------------------------------------

    def _emit(self, plan: Plan, groups: tuple[bytes | None, ...], at: At) -> None:
        lines = self._lines
        lines.by_dialect[self.plans.dialect_number[plan.dialect]] += 1
        if plan.silent and self.unknown is None:
            return
        line, byte, text = at
        start = byte - lines.byte
        if start < -FARTHEST:  # a span that began long ago
            lines = Lines(text, 0, len(text), byte, len(lines.by_dialect))
            lines.number, start = line, 0
            self._distant.append(lines)
        row = lines.add(plan.number, line - lines.number, start, start + len(text))
        if start < 0 or lines.data[start : start + len(text)] != text:
            lines.texts[row] = text
        if plan.glued:
            lines.add_bar(*bar(text, plan.rank))
        elif isinstance(plan.what, Line):
            lines.add_values(plan.what.kinds, groups)
            if plan.stamped:
                lines.add_time(milliseconds(text, plan.time.start, plan.time.stop))
        else:
            lines.add_value("words", groups[0])
