"""Where records begin and end, and which of them a line belongs to."""

from __future__ import annotations

from higgs_logscan.action import Action
from higgs_logscan.fields import (
    BAR_BEFORE,
    BEGUN,
    CLOSED,
    ECHO,
    ELAPSED,
    MIXED,
    ROW,
    STEP,
    STEP_INFERRED,
    TIME_TO,
)
from higgs_logscan.lines import NOT_PRINTED
from higgs_logscan.open_records import OpenRecords
from higgs_logscan.timestamps import milliseconds
from higgs_logscan.vocabulary import KINDS

_KINDS = len(KINDS)
_MICRO_BATCH, _STEP, _EVALUATION, _EPOCH, _SAMPLE = (
    KINDS.index(kind) for kind in ("micro-batch", "step", "evaluation", "epoch", "sample")
)
#: The kinds of records that are blocks of lines: what a line may join. A bit each.
_BLOCKS = 1 << _MICRO_BATCH | 1 << _STEP | 1 << _SAMPLE


class Boundaries:
    """Begins and ends the open blocks.

    touched: of each rank, the kinds of its blocks, the one touched last at the end
    """

    def __init__(self, open: OpenRecords) -> None:
        self.open = open
        self.touched: list[list[int]] = []

    def block(self, action: Action, number: int, i: int) -> int:
        """The open block that a line belongs to, after ending what the line ends."""
        kind, rank, blocks = action.kind, action.slot // _KINDS, self.open.blocks
        if action.joins or (_BLOCKS >> kind & 1 and self.open.latest[rank] != kind):
            kind = self._touch(rank, kind, action.joins)
        block = rank * _KINDS + kind
        mixed = False
        if blocks[block, ROW] >= 0 and not blocks[block, ECHO] and self._over(action, block, i):
            mixed = not blocks[block, CLOSED] and bool(self.open.closers >> kind & 1)
            if mixed:
                self.open.register.fields[blocks[block, ROW], MIXED] = 1
            self.end(block)
        if blocks[block, ROW] < 0:
            if kind in (_STEP, _EVALUATION, _EPOCH):
                self.end(rank * _KINDS + _MICRO_BATCH)
            self.begin(action, block, number, i)
            self.open.register.fields[blocks[block, ROW], MIXED] = mixed
        blocks[block, BEGUN] |= action.beginning
        return block

    def _over(self, action: Action, block: int, i: int) -> bool:
        """Whether the open record ends before this line."""
        blocks = self.open.blocks
        step, closed = self.open.register.fields[blocks[block, ROW], STEP], blocks[block, CLOSED]
        if action.named >= 0 and step >= 0:
            at = self.open.slot[i] + action.named
            if self.open.size[at] == NOT_PRINTED or self.open.whole[at] != step:
                return True
            if action.resumes:
                return False
        if action.beginning:
            return closed or bool(action.beginning & blocks[block, BEGUN])
        return closed and block % _KINDS == _MICRO_BATCH and not action.echoes

    def _touch(self, rank: int, kind: int, joins: int) -> int:
        """The kind of block that a line belongs to: its own, or the open one of `joins` that was read last."""
        touched, blocks = self.touched[rank], self.open.blocks
        if joins:
            for last in reversed(touched):
                block = rank * _KINDS + last
                if joins >> last & 1 and blocks[block, ROW] >= 0 and not blocks[block, CLOSED]:
                    kind = last
                    break
        if self.open.latest[rank] != kind:
            if kind in touched:
                touched.remove(kind)
            touched.append(kind)
            self.open.latest[rank] = kind
        return kind

    def begin(self, action: Action, block: int, number: int, i: int) -> None:
        """A record begins with this line."""
        read = self.open
        read.open(block, number, i)
        row = read.blocks[block, ROW]
        if action.stamped:
            read.date(row, number, read.time(number, i))
        elif action.time_to:
            read.date(row, number, milliseconds(read.lines.text(i), action.time_from, action.time_to))
        if block % _KINDS in (_STEP, _EVALUATION):
            read.blocks[block, BAR_BEFORE] = read.bars.reached()
            if not read.register.fields[row, TIME_TO]:
                read.register.fields[row, ELAPSED] = read.bars.running()

    def end(self, block: int) -> None:
        """The record is complete, if one is open."""
        row = self.open.blocks[block, ROW]
        if row < 0:
            return
        if not self.open.shut(block):
            return
        if self.open.register.fields[row, STEP] < 0 and block % _KINDS in (_STEP, _EVALUATION):
            self._by_bar(block, row)
        self.open.timeline.add(row)

    def _by_bar(self, block: int, row: int) -> None:
        """A Trainer's dict names no step: it stands where its bar stands, unless that has begun anew since."""
        step = max(self.open.bars.reached(), self.open.blocks[block, BAR_BEFORE])
        if step >= 0:
            self.open.timeline.named(row, step)
            self.open.register.fields[row, STEP_INFERRED] = 1
