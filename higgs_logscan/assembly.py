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

from collections.abc import Sequence
from typing import Any

import numpy as np

from higgs_logscan.action import OF_MODALITY, Action, action_of, operation
from higgs_logscan.bars import Bars
from higgs_logscan.dialect import HOLES
from higgs_logscan.fields import (
    BYTE,
    CODEBOOK_LOSS,
    CODEBOOK_LOSSES,
    ELAPSED,
    GATHERED,
    HAS,
    LIST,
    LIST_FIRST,
    LIST_SIZE,
    MAPPING,
    MASKED,
    MIXED,
    NAMES_CODEBOOK,
    NAMES_RANK,
    NAMES_SAMPLE,
    NAMES_STEP,
    OBJECT,
    PLACE,
    RANK,
    REAL,
    REAL_OF_MODALITY,
    SHAPE,
    STEP,
    STEP_INFERRED,
    TIME,
    TIME_FROM,
    TIME_TO,
    TOKEN,
    TOTAL,
    VALID,
    WHOLE,
    WHOLE_OF_MODALITY,
    view,
)
from higgs_logscan.ground import Ground
from higgs_logscan.lines import LARGE, NOT_PRINTED, Lines
from higgs_logscan.places import Kept
from higgs_logscan.plan import Plan
from higgs_logscan.register import Register
from higgs_logscan.table import SIZE_BITS, SIZES, Table
from higgs_logscan.taking import settle, take
from higgs_logscan.timeline import Timeline
from higgs_logscan.timestamp import BLANKED, milliseconds
from higgs_logscan.tokens import At
from higgs_logscan.vocabulary import COLUMNS, KINDS

#: Lists, and counts, of one record at most: a log that never ends a record cannot exhaust memory.
PIECES = 4096
#: Bytes of the log that are kept for waiting records at most, and records that have ended.
KEPT, ENDED = 24 << 20, 1 << 14
#: Bytes and records of a stretch at least, before memory asks for its end: long ones suit numpy.
STRETCH, FEW = 8 << 20, 1 << 10
#: Characters of a column that gathers what several lines say, at most.
GATHERED_LENGTH = 200
#: Steps from here on, and NaN, are none.
LATEST_STEP = 1 << 53

#: Samples and codebooks from here on are none.
LATEST_PART = 1 << 31

_KINDS = len(KINDS)
_MICRO_BATCH, _STEP, _EVALUATION, _EPOCH, _SAMPLE = (
    KINDS.index(kind) for kind in ("micro-batch", "step", "evaluation", "epoch", "sample")
)
#: The kinds of records that are blocks of lines: what a line may join. A bit each.
_BLOCKS = 1 << _MICRO_BATCH | 1 << _STEP | 1 << _SAMPLE
_INCIDENT, _MESSAGE, _WARNING = (operation(name)[1] for name in ("incident", "message", "warning"))
_ABSENT = -1 << 62


class Block:
    """An open record (its row), and what holds for its next line."""

    def __init__(self, row: int, kind: int) -> None:
        self.row, self.kind = row, kind
        self.begun = 0
        self.closed = self.echo = False
        self.modality = self.sample = self.codebook = -1
        #: Where the bar of the training loop stood when the record began.
        self.bar = -1
        #: Its last window; how many lists, counts of labels and losses of codebooks it has.
        self.window, self.lists, self.counts, self.losses = -1, 0, 0, 0
        #: The largest key of its windows.
        self.key = -1
        #: Lists that are printed a line a token, by modality and role: the number of the list, its tokens.
        self.tokens: dict[tuple[int, int], tuple[int, list[int]]] | None = None


class Assembler:
    """Known lines in, records out, in the order in which the records end.

    progress: every bar is a record. A long run has a million, of which a scan needs the last.
    """

    def __init__(self, plans: Sequence[Plan], progress: bool = False) -> None:
        self.plans, self.progress = plans, progress
        self.register = Register()
        self.timeline = Timeline(self.register)
        self.bars = Bars()
        self.actions: list[Action | None] = []
        self.beginnings: dict[str, int] = {}
        #: The open blocks: of the n-th rank and a kind, at n * _KINDS + kind. Beside it, of each rank, the kinds of its
        #: blocks, the one touched last at the end, and the kinds that end with a closing line.
        self.blocks: list[Block | None] = []
        self.ranks: dict[int, int] = {}
        self.touched: list[list[int]] = []
        self.closers = 0
        #: Parts of the log whose lines the records show, and the settled lines of earlier ones.
        self.parts: list[Lines] = []
        self.settled = Kept.of([])
        self.serial = 0
        #: Bytes of the log that have been fed and are kept.
        self.kept = 0
        #: Where the tokens of the lines that are fed begin among those of the register.
        self.held = 0
        self.lines = Lines(b"", 0, 0, 0, 0)

    # -- in and out -----------------------------------------------------------------------------

    def feed(self, lines: Lines) -> None:
        """The next known lines."""
        lines.serial = self.serial
        self.serial += lines.count
        self.parts.append(lines)
        self.kept += lines.end - lines.begin
        self._read(lines)
        self.held = self.register.hold(self._items, lines.filled)
        count = lines.count
        for i in range(count):
            self._line(self._plan[i], i)

    def finish(self) -> None:
        """The log ends: what is still open ends, and so does each loop with its last bar."""
        if not self.progress:
            for loop in list(self.bars.loops.values()):
                self._bar(self.plans[loop.plan], loop.place())
        fields = self.register.fields
        still = [(fields[block.row, BYTE], slot) for slot, block in enumerate(self.blocks) if block is not None]
        for _, slot in sorted(still):
            self._end(slot)
        self.timeline.finish()

    @property
    def full(self) -> bool:
        """Whether it is time to take what has ended: memory is bounded, and a long stretch is cheaper than several."""
        return (
            self.kept >= KEPT or self.register.ended >= ENDED or (self.kept >= STRETCH and self.register.ended >= FEW)
        )

    def take(self) -> Table:
        """The records that have ended since. The parts of the log that they stand in are let go with it."""
        ground = Ground(self.settled, self.parts)
        table, list_of, window_of = take(self.register, ground)
        for block in self.blocks:
            if block is not None:
                block.window = int(window_of[block.window])
                if block.tokens is not None:
                    block.tokens = {key: (int(list_of[n]), found) for key, (n, found) in block.tokens.items()}
        self._let_go(ground)
        return table

    def _let_go(self, ground: Ground) -> None:
        """Keep the parts of the log that waiting records stand in; of the few that are open, and of all where that
        would be too much, keep the lines alone."""
        self.bars.settle()
        fields, pending = np.asarray(self.register.fields), np.array(self.timeline.pending, np.int64)
        waiting = fields[pending, PLACE]
        apart = waiting < 0
        first = int(waiting[~apart].min()) if not apart.all() else self.serial
        parts = [part for part in self.parts if part.serial + part.count > first]
        self.kept = sum(part.end - part.begin for part in parts)
        if self.kept >= KEPT:
            apart[:] = True
            parts, self.kept = [], 0
        still = [block.row for block in self.blocks if block is not None]
        self.settled = settle(self.register, np.concatenate([pending[apart], np.array(still, np.int64)]), ground)
        self.parts = parts

    def _read(self, lines: Lines) -> None:
        """Have the columns of these lines at hand."""
        self.lines, self.base = lines, lines.serial
        self._data, self._start = view(lines.data), view(lines.start)
        self._plan, self._slot = view(lines.plan), view(lines.slot)
        self._real, self._whole, self._size = view(lines.real), view(lines.whole), view(lines.size)
        self._items = view(lines.items)

    # -- one line -------------------------------------------------------------------------------

    def _line(self, number: int, i: int) -> None:
        while number >= len(self.actions):
            self.actions.append(None)
        action = self.actions[number]
        if action is None:
            action = self._action(number)
        if action.nothing:
            return
        block = self.blocks[action.slot]
        if action.direct and block is not None and not (block.closed and action.kind == _MICRO_BATCH):
            if action.list_alone:
                self._list(action, block, action.columns[0], i, self._slot[i])
            else:
                self._fill(action, block, i)
        elif action.glued:
            self._redraw(number, i)
        elif action.incident:
            self._happened(action, i)
        else:
            self._says(action, i)

    def _action(self, number: int) -> Action:
        action = action_of(self.plans[number], self.beginnings)
        if action.rank not in self.ranks:
            self.ranks[action.rank] = len(self.ranks)
            self.touched.append([])
            self.blocks += [None] * _KINDS
        action.slot = self.ranks[action.rank] * _KINDS + action.kind
        self.actions[number] = action
        return action

    def _says(self, action: Action, i: int) -> None:
        """A line that may begin or end a record."""
        if action.rules_off and self.blocks[action.slot] is None:
            return
        block = self._block(action, i)
        self._fill(action, block, i)
        place = self.base + i
        line = action.line
        if line.warns:
            self._gather(block, _WARNING, line.warns, place)
        if line.incident:
            self.register.says(block.row, _INCIDENT, line.incident, place)
        block.echo = action.echoes
        if action.closes:
            block.closed = True
            self.closers |= 1 << block.kind

    def _fill(self, action: Action, block: Block, i: int) -> None:
        """What a line says, put into the record that it belongs to."""
        register, row, slot, place = self.register, block.row, self._slot[i], self.base + i
        if action.header:
            block.modality, block.sample, block.codebook = action.modality, -1, -1
        for done, column, value in action.states:
            if done == NAMES_CODEBOOK:
                block.codebook = value
            else:
                self._gather(block, column, value, place)
        counted = 0
        masked = valid = total = _ABSENT
        for k in range(action.count):
            at = slot + k
            if self._size[at] == NOT_PRINTED:
                continue
            done, column = action.operations[k], action.columns[k]
            if done == LIST:
                self._list(action, block, column, i, at)
            elif done == REAL:
                register.real[row, column] = self._real[at]
                register.put(row, column, place)
            elif done == WHOLE:
                register.whole[row, column] = self._whole[at]
                register.put(row, column, place)
            elif done == SHAPE:
                self._shape(row, column, self._whole[at], self._size[at], place)
            elif done == NAMES_SAMPLE:
                block.sample = _part(self._whole[at])
            elif done == NAMES_CODEBOOK:
                block.codebook = _part(self._whole[at])
            elif done == MASKED:
                masked, counted = self._whole[at], counted + 1
            elif done == VALID:
                valid, counted = self._whole[at], counted + 1
            elif done == TOTAL:
                total, counted = self._whole[at], counted + 1
            else:
                self._other(action, block, k, at, place)
        if counted > 1 and block.counts < PIECES:
            valid = total - masked if valid == _ABSENT else valid
            total = valid + masked if total == _ABSENT else total
            register.add_masking(row, self._modality(action, block), block.sample, valid, total, place)
            block.counts += 1

    def _other(self, action: Action, block: Block, k: int, at: int, place: int) -> None:
        """The values that are seldom printed."""
        register, row, done, column = self.register, block.row, action.operations[k], action.columns[k]
        if done == NAMES_STEP:
            self.timeline.named(row, self._whole[at])
        elif done == NAMES_RANK:
            register.fields[row, RANK] = self._whole[at]
        elif done in (WHOLE_OF_MODALITY, REAL_OF_MODALITY):
            modality = self._modality(action, block)
            if modality >= 0:
                column = OF_MODALITY[done][modality]
                register.whole[row, column], register.real[row, column] = self._whole[at], self._real[at]
                register.put(row, column, place)
        elif done == CODEBOOK_LOSS:
            self._codebook_loss(block, block.codebook, self._real[at], place)
        elif done == TOKEN:
            self._token(action, block, column, place - self.base, at)
        elif done == CODEBOOK_LOSSES:
            for codebook, loss in enumerate(self._object(action, k, at)[:PIECES]):
                self._codebook_loss(block, codebook, loss, place)
        elif done == MAPPING:
            self._mapping(action, row, self._object(action, k, at), place)
        elif done == GATHERED:
            self._gather(block, column, self._object(action, k, at), place)
        else:
            assert done == OBJECT
            register.says(row, column, self._object(action, k, at), place)

    def _codebook_loss(self, block: Block, codebook: int, loss: float, place: int) -> None:
        if block.losses < PIECES:
            self.register.add_codebook_loss(block.row, codebook, loss, place)
            block.losses += 1

    def _object(self, action: Action, k: int, at: int) -> Any:
        """A value that is no number: words, a mapping, a list of numbers."""
        first, size = self._whole[at], self._size[at]
        return action.reads[k](bytes(self.lines.data[first : first + size])) if size else self.lines.objects[first]

    def _modality(self, action: Action, block: Block) -> int:
        """The line's own modality, or the one that a header above it named."""
        return action.modality if action.modality >= 0 else block.modality

    def _shape(self, row: int, column: int, first: int, size: int, place: int) -> None:
        """A shape, as one integer where that holds it."""
        if size == LARGE:
            self.register.whole[row, column] = 0
            self.register.says(row, column, self.lines.objects[first], place)
            return
        small = size <= SIZES
        code = size << SIZE_BITS * SIZES if small else 0
        for n in range(size):
            part = self._items[first + n]
            small = small and part < 1 << SIZE_BITS
            code |= part << SIZE_BITS * n if small else 0
        self.register.whole[row, column] = code if small else 0
        if small:
            self.register.said.pop((row, column), None)
        else:
            self.register.said[row, column] = tuple(self.lines.items[first : first + size].tolist())
        self.register.put(row, column, place)

    def _list(self, action: Action, block: Block, role: int, i: int, at: int) -> int:
        """The list of tokens that is a line's value: its number; -1 where the record has too many."""
        if block.lists >= PIECES:
            return -1
        register = self.register
        modality = action.modality if action.modality >= 0 else block.modality
        codebook = action.codebook if action.codebook >= 0 else block.codebook
        kind = modality + 1 | role << 2 | action.window << 3 | action.filtered << 5
        number = register.add_list(block.row, kind, block.sample, codebook, self.base + i)
        if self._size[at] > 0:
            register.lists[number, LIST_FIRST], register.lists[number, LIST_SIZE] = (
                self.held + self._whole[at],
                self._size[at],
            )
        block.lists += 1
        # Ids of parts are small, printed ones. A window of which the masked labels were left out is no part of one
        # that shows them.
        part = (kind & 3) * 1024 + max(0, min(block.sample + 1, 1023))
        key = (part * 128 + max(0, min(codebook + 1, 127))) * 8 + (action.window << 1 | action.filtered)
        # Most trainers print the parts of a pass in their order: a later one has no window yet.
        known = key <= block.key
        block.window = register.add_window(block.row, key, role, number, block.window, known)
        block.key = max(key, block.key)
        return number

    def _token(self, action: Action, block: Block, role: int, i: int, at: int) -> None:
        """One token of a list that is printed a line a token."""
        key = self._modality(action, block), role
        block.tokens = block.tokens or {}
        if key not in block.tokens:
            block.tokens[key] = self._list(action, block, role, i, at), []
        tokens = block.tokens[key][1]
        if len(tokens) < PIECES:
            tokens.append(self._whole[at])

    def _mapping(self, action: Action, row: int, pairs: dict[str, float], place: int) -> None:
        for key, value in pairs.items():
            name = action.line.keys.get(key)
            if name == "step":
                if 0 <= value < LATEST_STEP:
                    self.timeline.named(row, int(value))
            elif name:
                done, column = operation(name)
                if done == WHOLE:
                    self.register.whole[row, column] = int(value)
                self.register.real[row, column] = value
                self.register.put(row, column, place)

    def _gather(self, block: Block, column: int, words: str, place: int) -> None:
        """What lines say one after the other: the first place counts, each word stands once."""
        row, register = block.row, self.register
        had = register.has(row, column)
        said = register.said[row, column] if had else ""
        if words not in said.split(", "):
            place = register.place[row, column] if had else place
            register.says(row, column, (f"{said}, {words}" if said else words)[:GATHERED_LENGTH], place)

    # -- bars and incidents ---------------------------------------------------------------------

    def _redraw(self, number: int, i: int) -> None:
        """A bar. Unless all are asked for, only the last one of each loop becomes a record, at the end."""
        if self.progress:
            self._bar(self.plans[number], self.lines.at(i))
        slot = self._slot[i]
        loop = self.bars.drawn_again(self._whole[slot + 3])
        loop.plan, loop.row, loop.lines = number, i, self.lines
        loop.position, loop.planned = self._whole[slot], self._whole[slot + 1]
        loop.seconds = int(self._real[slot + 2])

    def _bar(self, plan: Plan, at: At) -> None:
        """The record of a bar."""
        line, byte, text = at
        read = plan.values(text) if plan.values else None
        if not read:
            return
        before = self.lines
        what, groups = read
        action = Action(what, plan.rank, plan.time, self.beginnings)
        action.slot = self.ranks[plan.rank] * _KINDS + action.kind
        lines = Lines(text, 0, len(text), byte, 0)
        lines.number, lines.serial = line, self.serial
        lines.add(plan.number, 0, 0, len(text))
        for name, group in zip(what.holes, groups, strict=True):
            lines.add_value(COLUMNS.get(name) or HOLES[name], group)
        self.serial += 1
        self.parts.append(lines)
        self._read(lines)
        held, self.held = self.held, self.register.hold(self._items, lines.filled)
        self._says(action, 0)
        self._read(before)
        self.held = held

    def _happened(self, action: Action, i: int) -> None:
        self._end(action.slot)
        place = self.base + i
        block = self._opened(action, action.slot, action.kind, i)
        words = self._object(action, 0, self._slot[i])
        self.register.says(block.row, _INCIDENT, action.line.incident, place)
        self.register.says(block.row, _MESSAGE, words.decode("utf-8", "replace").strip(), place)
        step = max(self.timeline.step, self.bars.reached()[0])
        self.register.fields[block.row, STEP] = step
        self.register.fields[block.row, STEP_INFERRED] = step >= 0
        self._end(action.slot)

    # -- records --------------------------------------------------------------------------------

    def _block(self, action: Action, i: int) -> Block:
        """The open record that a line belongs to, after ending what the line ends."""
        kind, rank = action.kind, action.slot // _KINDS
        touched = self.touched[rank]
        if action.joins or (_BLOCKS >> kind & 1 and _last(touched) != kind):
            kind = self._touch(rank, kind, action.joins)
        slot = rank * _KINDS + kind
        block = self.blocks[slot]
        mixed = False
        if block is not None and not block.echo and self._over(action, block, i):
            mixed = not block.closed and bool(self.closers >> kind & 1)
            if mixed:
                self.register.fields[block.row, MIXED] = 1
            self._end(slot)
            block = None
        if block is None:
            if kind in (_STEP, _EVALUATION, _EPOCH):
                self._end(rank * _KINDS + _MICRO_BATCH)
            block = self._opened(action, slot, kind, i)
            self.register.fields[block.row, MIXED] = mixed
        block.begun |= action.beginning
        return block

    def _over(self, action: Action, block: Block, i: int) -> bool:
        """Whether the open record ends before this line."""
        step = self.register.fields[block.row, STEP]
        if action.named >= 0 and step >= 0:
            at = self._slot[i] + action.named
            if self._size[at] == NOT_PRINTED or self._whole[at] != step:
                return True
            if action.resumes:
                return False
        if action.beginning:
            return block.closed or bool(action.beginning & block.begun)
        return block.closed and block.kind == _MICRO_BATCH and not action.echoes

    def _touch(self, rank: int, kind: int, joins: int) -> int:
        """The kind of block that a line belongs to: its own, or the open one of `joins` that was read last."""
        touched = self.touched[rank]
        if joins:
            for last in reversed(touched):
                block = self.blocks[rank * _KINDS + last]
                if joins >> last & 1 and block is not None and not block.closed:
                    kind = last
                    break
        if _last(touched) != kind:
            if kind in touched:
                touched.remove(kind)
            touched.append(kind)
        return kind

    def _opened(self, action: Action, slot: int, kind: int, i: int) -> Block:
        register, lines = self.register, self.lines
        row = register.opened(kind, action.rank)
        block = Block(row, kind)
        self.blocks[slot] = block
        register.fields[row, BYTE], register.fields[row, PLACE] = lines.byte + self._start[i], self.base + i
        if action.time_to:
            time = self._time(action, i)
            if time != BLANKED:
                register.fields[row, TIME_FROM], register.fields[row, TIME_TO] = action.time_from, action.time_to
                register.fields[row, TIME] = time
        if kind in (_STEP, _EVALUATION):
            block.bar, seconds = self.bars.reached()
            register.fields[row, ELAPSED] = -1 if register.fields[row, TIME_TO] else seconds
        return block

    def _time(self, action: Action, i: int) -> int:
        """The timestamp of a line."""
        if i in self.lines.texts:
            return milliseconds(view(self.lines.texts[i]), action.time_from, action.time_to)
        start = self._start[i]
        return milliseconds(self._data, start + action.time_from, start + action.time_to)

    def _end(self, slot: int) -> None:
        """The record is complete."""
        block = self.blocks[slot]
        if block is None:
            return
        self.blocks[slot] = None
        register, row = self.register, block.row
        for number, tokens in (block.tokens or {}).values():
            if number >= 0:
                register.lists[number, LIST_FIRST] = register.hold(view(np.array(tokens, np.int32)), len(tokens))
                register.lists[number, LIST_SIZE] = len(tokens)
        empty = not (register.fields[row, HAS] or block.lists or block.counts or block.losses)
        if empty and register.fields[row, STEP] < 0:
            register.free.append(row)
            return
        if block.kind in (_STEP, _EVALUATION) and register.fields[row, STEP] < 0:
            self._by_bar(block)
        self.timeline.add(row)

    def _by_bar(self, block: Block) -> None:
        """A Trainer's dict names no step: it stands where its bar stands, unless that has begun anew since."""
        step = max(self.bars.reached()[0], block.bar)
        if step >= 0:
            self.timeline.named(block.row, step)
            self.register.fields[block.row, STEP_INFERRED] = 1


def _part(number: int) -> int:
    """The number of a sample or codebook; -1 for one that is none: they are counted from 0."""
    return number if 0 <= number < LATEST_PART else -1


def _last(kinds: list[int]) -> int:
    return kinds[len(kinds) - 1] if kinds else -1
