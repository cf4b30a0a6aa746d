"""From lines to records: blocks, qualifiers, phases, ranks.

The rules are the same for every dialect:

* A line joins the open record of its kind, unless it names another step; one that `joins` belongs
  to the open block, of the kinds that it names, that was read last. One that `begins` something the
  open record already has, or that finds it closed, ends that record first. Any other repeat stays,
  and the last value counts.
* A header sets modality, sample and codebook for the lines below it.
* A forward pass that a closing line ended is over: what follows, but an echo, belongs to the next.
* A line that names a step, an evaluation or an epoch ends the open micro-batch.
* Where blocks of a run end with a closing line, one that is begun again before it is `mixed`:
  several ranks write to one stream. Its values stay; nobody compares them with each other.
* When a record happened is settled by the timeline (`timeline.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from higgs_logscan.action import (
    BLOCKS,
    COUNTS,
    EPOCH,
    EVALUATION,
    GATHERED_COLUMNS,
    INCIDENT,
    MICRO_BATCH,
    NO_KIND,
    NOTHING,
    OF_MODALITY,
    ROLE_OF,
    STEP,
    Action,
    Block,
    action_of,
)
from higgs_logscan.bars import Bars
from higgs_logscan.dialect import Line
from higgs_logscan.plan import Plan
from higgs_logscan.reader import Match
from higgs_logscan.table import COLUMNS, MODALITIES, Record
from higgs_logscan.timeline import Timeline
from higgs_logscan.tokens import At, Batch, Run

#: Lists (or runs of them) and counts of one record at most: a log that never ends a record cannot exhaust memory.
PIECES = 4096

#: Characters of a column that gathers what several lines say, at most.
GATHERED = 200

#: Steps from here on, and NaN, are none.
LATEST_STEP = 1 << 53


@dataclass
class Assembler:
    """Known lines in, records out, in the order in which the records end."""

    #: Whether every bar is a record. A long run has a million, of which a scan needs the last.
    progress: bool = False
    _open: dict[tuple[int, int], Block] = field(default_factory=dict)
    _touched: dict[int, list[int]] = field(default_factory=dict)
    _closers: set[int] = field(default_factory=set)
    _bars: Bars = field(default_factory=Bars)
    _timeline: Timeline = field(default_factory=Timeline)

    def feed(self, matches: Iterable[Match]) -> list[Record]:
        """The records that end with these lines."""
        opened = self._open
        for plan, groups, at in matches:
            action = plan.action or action_of(plan)
            if action is NOTHING:
                continue
            if groups is None:
                self._lists(action, plan, *at)
                continue
            block = opened.get(action.key) if action.direct else None
            if block and not (block.closed and action.kind == MICRO_BATCH):
                if action.parts:
                    sample, codebook = action.parts
                    block.modality = action.modality
                    block.sample = _named(groups, sample)
                    block.codebook = _named(groups, codebook)
                else:
                    self._fill(action, block, groups, at)
            elif plan.glued:
                self._redraw(plan, at)
            elif action.kind == INCIDENT and not isinstance(plan.what, Line):
                self._incident(action, plan, groups[0], at)
            else:
                self._line(action, plan, groups, at)
        return self._timeline.taken()

    def finish(self) -> list[Record]:
        """What is still open when the log ends, and the last bar of each loop."""
        if not self.progress:
            for plan, at in self._bars.last():
                self._bar_record(plan, at)
        for key in sorted(self._open, key=lambda key: self._open[key].record.at[1]):
            self._end(key)
        self._timeline.finish()
        return self._timeline.taken()

    # -- one line -------------------------------------------------------------------------------

    def _line(self, action: Action, plan: Plan, groups: tuple[bytes, ...], at: At) -> None:
        line = action.line
        if action.rules_off and action.key not in self._open:
            return
        kind, block = self._block(action, plan, groups, at)
        self._fill(action, block, groups, at)
        if line.warns:
            _gather(block.record, "warning", line.warns, at)
        if line.incident:
            block.record.values["incident"] = line.incident
            block.record.where["incident"] = at
        block.echo = line.echoes
        if line.closes:
            block.closed = True
            self._closers.add(kind)

    def _fill(self, action: Action, block: Block, groups: tuple[bytes, ...], at: At) -> None:
        """What a line says, put into the record that it belongs to."""
        record = block.record
        if action.header:
            block.modality, block.sample, block.codebook = action.modality, -1, -1
        for name, value in action.states:
            self._says(action, block, at, name, value)
        counts: dict[str, int] = {}
        for (name, read, column), group in zip(action.holes, groups, strict=True):
            value = read(group)
            if value is None:
                continue
            if column:
                record.values[name] = value
                record.where[name] = at
            elif name in COUNTS:
                counts[name] = value
            else:
                self._says(action, block, at, name, value)
        if len(counts) > 1 and len(record.maskings) < PIECES:
            valid = counts["valid"] if "valid" in counts else counts["total"] - counts["masked"]
            total = counts["total"] if "total" in counts else valid + counts["masked"]
            record.maskings.append((action.modality_in(block), block.sample, valid, total, at))

    # -- bars -----------------------------------------------------------------------------------

    def _redraw(self, plan: Plan, at: At) -> None:
        """A bar. Unless all are asked for, only the last one of each loop becomes a record, at the end."""
        if self.progress:
            self._bar_record(plan, at)
        self._bars.add(plan, at)

    def _bar_record(self, plan: Plan, at: At) -> None:
        read = plan.values(at[2]) if plan.values else None
        if read:
            line, groups = read
            self._line(Action(line, plan.rank), plan, groups, at)

    # -- what a line says -----------------------------------------------------------------------

    def _says(self, action: Action, block: Block, at: At, name: str, value: Any) -> None:
        """What a line says of the record, or of the part of it that a header named."""
        record = block.record
        if name in GATHERED_COLUMNS:
            _gather(record, name, value, at)
        elif name in COLUMNS:
            record.values[name] = value
            record.where[name] = at
        elif name in OF_MODALITY:
            modality = action.modality_in(block)
            if modality >= 0:
                column = OF_MODALITY[name].format(MODALITIES[modality])
                record.values[column] = value
                record.where[column] = at
        elif name == "step":
            self._timeline.named(record, value)
        elif name == "rank":
            record.rank = value
        elif name == "sample":
            block.sample = value
        elif name == "codebook":
            block.codebook = value
        elif name == "codebook_loss":
            record.codebook_loss[block.codebook] = value
            record.where.setdefault("codebook_loss", at)
        elif name == "codebook_losses":
            record.codebook_loss.update(enumerate(value[:PIECES]))
            record.where.setdefault("codebook_loss", at)
        elif name == "mapping":
            self._mapping(action.line, record, at, value)
        elif name in ROLE_OF:
            self._array(action, block, at, name, value)

    def _mapping(self, line: Line, record: Record, at: At, pairs: dict[str, float]) -> None:
        for key, value in pairs.items():
            column = line.keys.get(key)
            if column == "step":
                if 0 <= value < LATEST_STEP:
                    self._timeline.named(record, int(value))
            elif column:
                record.values[column] = value
                record.where[column] = at

    @staticmethod
    def _array(action: Action, block: Block, at: At, name: str, value: bytes | int) -> None:
        """A list of tokens, or one token of a list that is printed a line a token."""
        pieces = block.record.pieces
        modality, role = action.modality_in(block), ROLE_OF[name]
        codebook = block.codebook if action.codebook < 0 else action.codebook
        if isinstance(value, int):
            value = b"%d" % value
            for i, piece in enumerate(pieces):
                if not isinstance(piece, Run) and piece[:2] == (modality, role) and piece[3]:
                    pieces[i] = (*piece[:7], piece[7] + b"," + value)
                    return
        if len(pieces) < PIECES:
            pieces.append((modality, role, action.window, action.filtered, block.sample, codebook, at, value))

    def _lists(self, action: Action, plan: Plan, batch: Batch, first: int, last: int) -> None:
        """Consecutive lists: all of them go to the open record, as a line that says nothing else would."""
        block = self._open.get(action.key)
        if block is None or (block.closed and action.kind == MICRO_BATCH):
            _, block = self._block(action, plan, (), batch.at(first))
        if len(block.record.pieces) < PIECES:
            block.record.pieces.append(Run(batch, first, last, block.modality, block.sample, block.codebook))

    def _incident(self, action: Action, plan: Plan, words: bytes, at: At) -> None:
        self._end(action.key)
        record = self._opened(action.key, plan, at).record
        record.values = {"incident": action.line.incident, "message": words.decode("utf-8", "replace").strip()}
        record.where = {"incident": at, "message": at}
        record.step = max(self._timeline.step, self._bars.reached()[0])
        record.step_inferred = record.step >= 0
        self._end(action.key)

    # -- records --------------------------------------------------------------------------------

    def _block(self, action: Action, plan: Plan, groups: tuple[bytes, ...], at: At) -> tuple[int, Block]:
        """The open record that a line belongs to, after ending what the line ends."""
        kind, rank = action.kind, plan.rank
        if action.joins or (kind in BLOCKS and self._touched.get(rank, NO_KIND)[-1] != kind):
            kind = self._touch(rank, kind, action.joins)
        key = (rank, kind)
        block = self._open.get(key)
        mixed = False
        if block and not block.echo and self._over(action, block, groups):
            mixed = not block.closed and kind in self._closers
            block.record.mixed |= mixed
            self._end(key)
            block = None
        if block is None:
            if kind in (STEP, EVALUATION, EPOCH):
                self._end((rank, MICRO_BATCH))
            block = self._opened(key, plan, at)
            block.record.mixed = mixed
        if action.beginning:
            block.begun.add(action.beginning)
        return kind, block

    @staticmethod
    def _over(action: Action, block: Block, groups: tuple[bytes, ...]) -> bool:
        """Whether the open record ends before this line."""
        record = block.record
        if action.named >= 0 and record.step >= 0:
            if action.holes[action.named][1](groups[action.named]) != record.step:
                return True
            if action.line.resumes:
                return False
        if action.beginning:
            return block.closed or action.beginning in block.begun
        return block.closed and record.kind == MICRO_BATCH and not action.line.echoes

    def _touch(self, rank: int, kind: int, joins: tuple[int, ...]) -> int:
        """The kind of block that a line belongs to: its own, or the open one of `joins` that was read last."""
        touched = self._touched.setdefault(rank, [])
        for last in reversed(touched) if joins else ():
            block = self._open.get((rank, last))
            if last in joins and block and not block.closed:
                kind = last
                break
        if kind in touched:
            touched.remove(kind)
        touched.append(kind)
        return kind

    def _opened(self, key: tuple[int, int], plan: Plan, at: At) -> Block:
        rank, kind = key
        block = self._open[key] = Block(Record(kind, at, rank, _time(at[2][plan.time])))
        if kind in (STEP, EVALUATION):
            block.bar, seconds = self._bars.reached()
            block.record.elapsed = -1.0 if block.record.time else seconds
        return block

    def _end(self, key: tuple[int, int]) -> None:
        """The record is complete."""
        block = self._open.pop(key, None)
        if block is None:
            return
        record = block.record
        if not (record.values or record.pieces or record.maskings or record.codebook_loss or record.step >= 0):
            return
        if record.kind in (STEP, EVALUATION) and record.step < 0:
            self._by_bar(block)
        self._timeline.add(record)

    def _by_bar(self, block: Block) -> None:
        """A Trainer's dict names no step: it stands where its bar stands, unless that has begun anew since."""
        step = max(self._bars.reached()[0], block.bar)
        if step >= 0:
            self._timeline.named(block.record, step)
            block.record.step_inferred = True


def _gather(record: Record, column: str, words: str, at: At) -> None:
    """What lines say one after the other: the first place counts, each word stands once."""
    said = record.values.get(column, "")
    if words in said.split(", "):
        return
    record.values[column] = (f"{said}, {words}" if said else words)[:GATHERED]
    record.where.setdefault(column, at)


def _named(groups: tuple[bytes, ...], group: int) -> int:
    """The sample or codebook that a header names; -1 where it names none, or nothing that 64 bits hold."""
    return int(groups[group]) if group >= 0 and len(groups[group]) < 18 else -1


def _time(text: bytes) -> str:
    """A timestamp as ISO 8601 writes it; nothing where an author blanked it out."""
    return "" if b"X" in text else text.decode("ascii").replace(",", ".").replace(" ", "T").replace("_", "T")
