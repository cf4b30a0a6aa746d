"""From blocks of bytes to the lines that a dialect knows.

Pieces of text end with a newline or a lone carriage return. Who reads one follows from its shape
(`plan.py`); what is not one line alone (bars, spans, signs) is told apart here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from higgs_logscan.dialect import Dialect, Span
from higgs_logscan.finding import QUOTE, Evidence
from higgs_logscan.plan import Plan, Plans, shape
from higgs_logscan.span import OpenSpan
from higgs_logscan.tokens import At, Batch

#: The loop over lines that is used where it could be compiled; None where it could not.
compiled_lines: Callable[..., tuple[int, int]] | None = None
with suppress(ImportError):
    from higgs_logscan._kernel import read_lines as compiled_lines

#: A longer piece without a line end is read by its beginning: one endless line exhausts nothing.
LONGEST_LINE = 1 << 20
_UNPRINTED = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])|\x00")


#: A line that a dialect knows: how it is read, the values of its holes, where it stands. A bar comes
#: without its values: most bars are never asked for them. Consecutive lines that are nothing but
#: lists of tokens come as one: no values, and [batch, first, last] in place of a place.
Match = Any


@dataclass
class Coverage:
    """How many pieces of text, ended by a newline or carriage return, were understood."""

    segments: int = 0
    recognised: int = 0

    @property
    def share(self) -> float:
        return self.recognised / self.segments if self.segments else 0.0

    def __add__(self, later: Coverage) -> Coverage:
        return Coverage(self.segments + later.segments, self.recognised + later.recognised)


def read_lines(reader: Reader, data: bytes, begin: int, batch: Batch, plain: bool) -> tuple[int, int]:
    """Read whole lines, from byte `begin` of `data` on: the program's hot spot.

    A line of a known shape is read here, without a call; everything else goes through the
    reader's methods. Lists of tokens go to the batch. `plain`: no escapes in it. Returns how many
    pieces were understood here, and how many not. `_kernel.pyx` is the same loop, compiled.
    """
    known_shape, matches = reader.plans.plain.get, reader._matches
    *lines, rest = data[begin:].split(b"\n")
    run: list[Any] = [None, None, None]
    key = None
    byte, number, known, unknown = reader.byte, reader.line, 0, 0
    for line in lines:
        if b"\r" in line:
            reader.byte, reader.line = byte, number
            line = reader._redraws(line)
            byte = reader.byte
        length = len(line)
        after = byte + length + 1
        while plain and length <= LONGEST_LINE:
            cut = line.find(b"[", 1)
            known_as = known_shape(shape(line if cut < 0 else line[:cut]))
            if known_as is None and cut >= 0:  # what stands before the bracket says nothing: the whole may say that
                known_as, cut = known_shape(shape(line)), -1
            if known_as is None:
                break
            plan, match, start, spelling = known_as
            if spelling >= 0 and line[-1:] == b"]" and not line[cut + 1 : -1].translate(None, b"0123456789-, "):
                reader._end_of_line()
                if plan.key != key or matches[-1] is not run:
                    key = plan.key
                    run = [plan, None, [batch, len(batch.number), 0]]
                    matches.append(run)
                run[2][2] = batch.add(spelling, number, byte - batch.base, cut, len(line))
                known += 1
            elif match is None:
                if cut >= 0 or reader._spans_open:
                    break
                reader._end_of_line()
                if plan.what is None:
                    unknown += 1
                else:
                    reader.dialect_lines[plan.dialect] += 1
                    known += 1
            elif plan.glued:
                end = line.find(b"]", cut) + 1
                if cut < 0 or not end:
                    break
                reader._bar = (plan, (number, byte, line[:end]))
                line = line[end:]
                byte += end
                if line and not line.isspace():
                    continue
                reader._end_of_line()
                known += 1
            elif found := match(line, start):
                reader._end_of_line()
                reader.dialect_lines[plan.dialect] += 1
                known += 1
                if not plan.silent:
                    matches.append((plan, found.groups(), (number, byte, line)))
            else:
                break
            line = b""
            break
        if line:
            reader.byte, reader.line = byte, number
            reader._piece(line)
            reader._end_of_line()
        byte = after
        number += 1
    reader.byte, reader.line = byte, number
    if rest:
        reader._redraws(rest)
    return known, unknown


@dataclass
class Reader:
    """Bytes in, known lines out. Any cut of the bytes gives the same lines."""

    dialects: Sequence[Dialect]
    #: Whether the compiled loop is used, where there is one: the other one is its oracle.
    compiled: bool = True
    coverage: Coverage = field(default_factory=Coverage)
    line: int = 1
    byte: int = 0
    _rest: bytes = b""
    _dropped: int = 0
    unended: bool = False
    last: Evidence | None = None
    dialect_lines: Counter[str] = field(default_factory=Counter)
    _bar: tuple[Plan, At] | None = None
    _matches: list[Match] = field(default_factory=list)
    _spans_open: dict[int, OpenSpan] = field(default_factory=dict)
    #: For `explain-parse`: gathers the lines that nothing reads. Then every known line is a match of its own.
    unknown: list[At] | None = None

    def __post_init__(self) -> None:
        self.plans = Plans(self.dialects)

    # -- pieces ---------------------------------------------------------------------------------

    def feed(self, block: bytes) -> list[Match]:
        """The known lines of this block, as far as their ends have been seen."""
        data = self._rest + block if self._rest else block
        cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        self._rest = data[cut:]
        if cut:
            self._lines(data[:cut])
        if len(self._rest) > LONGEST_LINE:
            self._dropped += len(self._rest) - LONGEST_LINE
            self._rest = self._rest[:LONGEST_LINE]
        return self._taken()

    def finish(self) -> list[Match]:
        """What is left when the log ends: a last line without an end, an open span."""
        self.unended = bool(self._rest)
        if self._rest:
            self._piece(self._rest)
        self._advance(len(self._rest))
        self._rest = b""
        self._end_of_line()
        for rank in sorted(self._spans_open):
            self._emit(*self._spans_open.pop(rank).match)
        return self._taken()

    def _taken(self) -> list[Match]:
        matches, self._matches = self._matches, []
        if matches:
            _, groups, at = matches[-1]
            line, byte, text = at if groups is not None else at[0].at(at[2] - 1)
            self.last = Evidence(line, byte, text=text[:QUOTE].decode("utf-8", "replace").rstrip())
        return matches

    def _lines(self, data: bytes) -> None:
        """Pieces that all have their end: the last of them is ended by a newline or a lone \\r."""
        begin = 0
        if self._dropped and (begin := data.find(b"\n") + 1):  # the middle of the first line was let go
            self._one_line(self._redraws(data[: begin - 1]))
        batch = Batch(data, self.byte - begin, self.plans.spellings)
        plain = self.unknown is None and b"\x1b" not in data and b"\x00" not in data
        read = compiled_lines if compiled_lines and self.compiled else read_lines
        known, unknown = read(self, data, begin, batch, plain)
        self.coverage.segments += known + unknown
        self.coverage.recognised += known
        for spelling, lists in Counter(batch.spelling).items():
            self.dialect_lines[self.plans.spellings[spelling][1]] += lists

    def _one_line(self, line: bytes) -> None:
        self._piece(line)
        self._end_of_line()
        self._advance(len(line) + 1)
        self.line += 1

    def _redraws(self, line: bytes) -> bytes:
        """Read the pieces of a line that a lone carriage return ends; what stands behind the last is left.

        Of a run of bars only the last is kept: the others say nothing that it does not say.
        """
        if line.rfind(b"\r") == 0:
            self._advance(1)
            return line[1:]
        *redraws, line = line.split(b"\r")
        for piece in redraws:
            if self._bar and 0 < piece.find(b"]") == len(piece) - 1 < LONGEST_LINE and b"%|" in piece:
                self._bar = (self._bar[0], (self.line, self.byte, piece))
                self.coverage.segments += 1
                self.coverage.recognised += 1
            else:
                self._piece(piece)
            self._advance(len(piece) + 1)
        return line

    def _advance(self, length: int) -> None:
        self.byte += length + self._dropped
        self._dropped = 0

    def _piece(self, piece: bytes) -> None:
        if len(piece) > LONGEST_LINE:
            piece = piece[:LONGEST_LINE]
        if b"\x1b" in piece or b"\x00" in piece:
            piece = _UNPRINTED.sub(b"", piece)
        if piece and not piece.isspace():
            self.coverage.segments += 1
            self._text(piece, self.byte)

    def _end_of_line(self) -> None:
        """A bar stands until the next line, or the next record behind it, is read."""
        if self._bar:
            plan, at = self._bar
            self._bar = None
            self._emit(plan, (), at)

    # -- one line -------------------------------------------------------------------------------

    def _text(self, text: bytes, byte: int) -> None:
        cut = text.find(b"[", 1)
        of_head = shape(text if cut < 0 else text[:cut])
        plan = self.plans.by_shape.get(of_head)
        if plan and plan.glued:
            self._redraw(plan, text, byte, text.find(b"]", cut) + 1 or len(text))
            return
        found = plan.match(text, plan.start) if plan and plan.match else None
        if not found and (plan is None or plan.match or cut >= 0):
            # A new shape; or one that says too little, as another line stands behind its bracket, or none at all.
            whole = shape(text)
            known = plan = self.plans.by_shape.get(whole)
            found = plan.match(text, plan.start) if plan and plan.match else None
            if plan is None or (plan.match and not found):
                plan = self.plans.plan(text)
                found = plan.match(text, plan.start) if plan.match else None
            if found or known is None:
                self.plans.remember(of_head if found else whole, plan)
            if plan.glued:
                self._redraw(plan, text, byte, text.find(b"]", cut) + 1 or len(text))
                return
        assert plan
        self._end_of_line()
        if found:
            self.coverage.recognised += 1
            self._emit(plan, found.groups(), (self.line, byte, text))
        else:
            self._other(plan, text, byte)

    def _redraw(self, plan: Plan, text: bytes, byte: int, end: int) -> None:
        """A bar, and what is glued to its end: a line of its own."""
        self._bar = (plan, (self.line, byte, text[:end]))
        rest = text[end:]
        if rest and not rest.isspace():
            self._text(rest, byte + end)
        else:
            self.coverage.recognised += 1

    def _other(self, plan: Plan, text: bytes, byte: int) -> None:
        """A line that no spelling reads: part of a span, a sign, a foreign line, or unknown."""
        words = text[plan.start :]
        opens = isinstance(plan.what, Span)
        span = self._spans_open.get(plan.rank)
        if span and not opens and span.takes(words):
            self.coverage.recognised += 1
            return
        if span:
            self._emit(*self._spans_open.pop(plan.rank).match)
        at = (self.line, byte, text)
        if not plan.what:
            if self.unknown is not None:
                self.unknown.append(at)
            return
        self.coverage.recognised += 1
        if opens:
            self._spans_open[plan.rank] = OpenSpan(plan, words, at)
        else:
            self._emit(plan, (words,), at)

    def _emit(self, plan: Plan, groups: tuple[bytes, ...], at: At) -> None:
        self.dialect_lines[plan.dialect] += 1
        if not plan.silent or self.unknown is not None:
            self._matches.append((plan, groups, at))
