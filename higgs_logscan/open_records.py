"""The records that are open, and the loop over lines that only add to them.

Most lines of a dense log say one thing to the record that is open already, or begin the next forward pass. Those are
read here, each in some sixty instructions and without an object. At any other line `read` stops, for
`assembly.py` to decide what it begins, ends or joins.
"""

from __future__ import annotations

from higgs_logscan.action import Action
from higgs_logscan.bars import Bars
from higgs_logscan.cells import SIZE_BITS, SIZES
from higgs_logscan.fields import (
    ABSENT,
    ADDS,
    ADDS_LIST,
    BAR,
    BEGINS,
    BYTE,
    HAS,
    JOINS,
    LIST_FIRST,
    LIST_SIZE,
    MASKED,
    MIXED,
    NAMES_CODEBOOK,
    NAMES_SAMPLE,
    NOTHING,
    PIECES,
    PLACE,
    REAL,
    SAID,
    SHAPE,
    STEP,
    STEP_INFERRED,
    TIME,
    TIME_FROM,
    TIME_TO,
    VALID,
    WHOLE,
    view,
)
from higgs_logscan.lines import NOT_PRINTED, Lines
from higgs_logscan.register import Register
from higgs_logscan.timeline import Timeline
from higgs_logscan.timestamp import BLANKED, milliseconds
from higgs_logscan.vocabulary import KINDS

#: Samples and codebooks from here on are none.
LATEST_PART = 1 << 31

_KINDS = len(KINDS)
_MICRO_BATCH, _STEP, _EVALUATION = (KINDS.index(kind) for kind in ("micro-batch", "step", "evaluation"))
#: Shapes of so many bits in each axis, and so many axes, are kept as one integer.
_SIZE_LIMIT, _RANK_SHIFT = 1 << SIZE_BITS, SIZE_BITS * SIZES


class Block:
    """The open record of a rank and kind (its row, -1 where none is open), and what holds for its next line.

    begun:   what lines have begun in it, a bit each
    closed:  a closing line has ended it; `echo`: and what follows says that again
    modality, sample, codebook: what a header above the line named; -1 where none did
    window, key: its last window, and the largest key of its windows
    lists, counts, losses: how many lists, counts of labels and losses of codebooks it has
    bar:     where the bar of the training loop stood when it began
    tokens:  lists that are printed a line a token, by modality and role: the number of the list, its tokens
    """

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.reset(-1)

    def reset(self, row: int) -> None:
        """A record begins; or none is open."""
        self.row = row
        self.begun = 0
        self.closed = self.echo = False
        self.modality = self.sample = self.codebook = self.window = self.key = self.bar = -1
        self.lists = self.counts = self.losses = 0
        self.tokens: dict[tuple[int, int], tuple[int, list[int]]] | None = None


class OpenRecords:
    """The open blocks, and the lines at hand.

    blocks:       that of the n-th rank and a kind at n * kinds + kind
    latest:       of each rank, the kind of the block that was touched last; -1 where there is none
    actions:      what the lines of each plan do, as far as such a line has been seen
    lines, base:  the lines that are read, and the number of the first among all known lines of the log
    held:         where their tokens begin among those of the register
    ordinary:     whether the texts of all lines stand in the data, so that timestamps can be read there
    closers:      the kinds that end with a closing line, a bit each
    """

    def __init__(self, register: Register, timeline: Timeline, bars: Bars) -> None:
        self.register, self.timeline, self.bars = register, timeline, bars
        self.blocks: list[Block] = []
        self.latest: list[int] = []
        self.actions: list[Action | None] = []
        self.closers = 0
        self.turn_to(Lines(b"", 0, 0, 0, 0), 0, 0)

    def turn_to(self, lines: Lines, base: int, held: int) -> None:
        """Have these lines at hand."""
        self.lines, self.base, self.held = lines, base, held
        self.byte, self.ordinary = lines.byte, not lines.texts
        self.data, self.start = view(lines.data), view(lines.start)
        self.plan, self.slot = view(lines.plan), view(lines.slot)
        self.real, self.whole, self.size = view(lines.real), view(lines.whole), view(lines.size)
        self.items = view(lines.items)

    def know(self, number: int, action: Action) -> None:
        """What the lines of a plan do."""
        while number >= len(self.actions):
            self.actions.append(None)
        self.actions[number] = action

    def know_ranks(self, count: int) -> None:
        """There are blocks of so many ranks."""
        while len(self.latest) < count:
            self.latest.append(-1)
            self.blocks += map(Block, range(_KINDS))

    # -- lines ----------------------------------------------------------------------------------

    def read(self, i: int, count: int) -> int:
        """Read the lines from the i-th on, as far as they only add to records, or begin a forward pass as most do.
        Returns the first that does more."""
        self.register.reserve(count - i)
        actions, blocks, known = self.actions, self.blocks, len(self.actions)
        while i < count:
            number = self.plan[i]
            if number >= known:
                break
            action = actions[number]
            if action is None:
                break
            block = blocks[action.slot]
            if action.way == ADDS_LIST and block.row >= 0 and not block.closed:
                self.add_list(block, action, action.columns[0], self.slot[i], self.base + i)
            elif not self._reads(block, action, number, i):
                break
            i += 1
        return i

    def _reads(self, block: Block, action: Action, number: int, i: int) -> bool:
        """Read a line, if that is all it does. A list alone is none of these."""
        way = action.way
        if way == BAR:
            return self.redrawn(number, i)
        if way == ADDS:
            return block.row >= 0 and not block.closed and self._add(block, action, i)
        if way == BEGINS:
            return self._begins(block, action, i)
        return self._joins(action, i) if way == JOINS else way == NOTHING

    def redrawn(self, number: int, i: int) -> bool:
        """A bar of the loop that was drawn last; False where it is another's."""
        loop, slot = self.bars.drawn, self.slot[i]
        if loop is None or self.whole[slot + 3] != self.bars.last_number:
            return False
        if loop.lines is not self.lines:
            loop.lines = self.lines
        loop.plan, loop.row = number, i
        loop.position, loop.planned = self.whole[slot], self.whole[slot + 1]
        loop.seconds = int(self.real[slot + 2])
        return True

    def _begins(self, block: Block, action: Action, i: int) -> bool:
        """A line that begins a forward pass unless it says what the open one does not have yet; False where more hangs
        on it than that."""
        if self.latest[action.slot // _KINDS] != _MICRO_BATCH or not self.ordinary:
            return False
        mixed = False
        if block.row >= 0 and not block.echo and (block.closed or block.begun & action.beginning):
            if block.tokens is not None or self.timeline.waiting + 1 == len(self.timeline.pending):
                return False
            mixed = not block.closed and bool(self.closers >> _MICRO_BATCH & 1)
            if mixed:
                self.register.fields[block.row, MIXED] = 1
            self.close(block)
        if block.row < 0:
            self.open(block, action, i)
            self.register.fields[block.row, MIXED] = mixed
        block.begun |= action.beginning
        block.echo = False
        return self._add(block, action, i)

    def _joins(self, action: Action, i: int) -> bool:
        """A line that joins the block that was touched last; False where it joins another, or none."""
        first = action.slot // _KINDS
        latest = self.latest[first]
        if latest < 0 or not action.joins >> latest & 1:
            return False
        block = self.blocks[first * _KINDS + latest]
        if block.row < 0 or block.closed or not self._add(block, action, i):
            return False
        block.echo = False
        return True

    # -- what a line adds -----------------------------------------------------------------------

    def _add(self, block: Block, action: Action, i: int) -> bool:
        """What a line says, put into the record of its block; False, and nothing done, where an integer does not hold
        a shape."""
        register, row, place, first = self.register, block.row, self.base + i, self.slot[i]
        counted, masked, valid, total, bit = 0, ABSENT, ABSENT, ABSENT, 1
        for k in range(action.count):
            if action.operations[k] == SHAPE and not self._small(row, action.columns[k], first + k):
                return False
        if action.header:
            block.modality, block.sample, block.codebook = action.modality, -1, -1
        if action.stated >= 0:
            block.codebook = action.stated
        for k in range(action.count):
            at = first + k
            if self.size[at] == NOT_PRINTED:
                continue
            done, column, whole = action.operations[k], action.columns[k], self.whole[at]
            if done in (REAL, WHOLE, SHAPE):
                if done == REAL:
                    register.real[row, column] = self.real[at]
                else:
                    register.whole[row, column] = whole if done == WHOLE else self.code(whole, self.size[at])
                register.place[row, column] = place
                register.fields[row, HAS] |= bit << column
            elif done == NAMES_SAMPLE:
                block.sample = part(whole)
            elif done == NAMES_CODEBOOK:
                block.codebook = part(whole)
            else:
                counted += 1
                if done == MASKED:
                    masked = whole
                elif done == VALID:
                    valid = whole
                else:
                    total = whole
        if counted > 1:
            self.add_masking(block, action, masked, valid, total, place)
        return True

    def _small(self, row: int, column: int, at: int) -> bool:
        """Whether a shape is one that an integer holds, and none that it does not hold stands in its place."""
        said = self.register.fields[row, SAID] >> column & 1
        return self.size[at] == NOT_PRINTED or (not said and self.code(self.whole[at], self.size[at]) >= 0)

    def code(self, first: int, size: int) -> int:
        """A shape as one integer; -1 where that does not hold it."""
        if size < 0 or size > SIZES:
            return -1
        code, longest = size << _RANK_SHIFT, 0
        for n in range(size):
            axis = self.items[first + n]
            longest = max(longest, axis)
            code |= axis << SIZE_BITS * n
        return code if longest < _SIZE_LIMIT else -1

    def add_masking(self, block: Block, action: Action, masked: int, valid: int, total: int, place: int) -> None:
        """A count of masked labels, of which two of the three are printed at least."""
        if block.counts < PIECES:
            valid = total - masked if valid == ABSENT else valid
            total = valid + masked if total == ABSENT else total
            modality = modality_of(action, block)
            self.register.add_masking(block.row, modality, block.sample, valid, total, place)
            block.counts += 1

    def add_list(self, block: Block, action: Action, role: int, at: int, place: int) -> int:
        """The list of tokens that is a line's value: its number; -1 where the record has too many."""
        if block.lists >= PIECES:
            return -1
        block.lists += 1
        register = self.register
        modality = modality_of(action, block)
        codebook = action.codebook if action.codebook >= 0 else block.codebook
        kind = modality + 1 | role << 2 | action.window << 3 | action.filtered << 5
        number = register.add_list(block.row, kind, block.sample, codebook, place)
        if self.size[at] > 0:
            register.lists[number, LIST_FIRST] = self.held + self.whole[at]
            register.lists[number, LIST_SIZE] = self.size[at]
        # Ids of parts are small, printed ones. A window of which the masked labels were left out is no part of one
        # that shows them.
        key = (modality + 1) * 1024 + max(0, min(block.sample + 1, 1023))
        key = (key * 128 + max(0, min(codebook + 1, 127))) * 8 + (action.window << 1 | action.filtered)
        # Most trainers print the parts of a pass in their order: a later one has no window yet.
        known = key <= block.key
        block.window = register.add_window(block.row, key, role, number, block.window, known)
        block.key = block.key if known else key
        return number

    # -- blocks ---------------------------------------------------------------------------------

    def open(self, block: Block, action: Action, i: int) -> None:
        """A record begins with this line. There must be room for it."""
        register = self.register
        row = register.opened(block.kind, action.rank)
        block.reset(row)
        register.fields[row, BYTE], register.fields[row, PLACE] = self.byte + self.start[i], self.base + i
        if action.time_to:
            time = self._time(action, i)
            if time != BLANKED:
                register.fields[row, TIME_FROM], register.fields[row, TIME_TO] = action.time_from, action.time_to
                register.fields[row, TIME] = time

    def _time(self, action: Action, i: int) -> int:
        """The timestamp of a line."""
        if not self.ordinary and i in self.lines.texts:
            return milliseconds(view(self.lines.texts[i]), action.time_from, action.time_to)
        start = self.start[i]
        return milliseconds(self.data, start + action.time_from, start + action.time_to)

    def close(self, block: Block) -> None:
        """The record is complete. One that says nothing is none."""
        register, row = self.register, block.row
        block.row = block.window = -1
        dated = register.fields[row, STEP] >= 0
        if not (register.fields[row, HAS] or block.lists or block.counts or block.losses or dated):
            register.release(row)
            return
        if not dated and block.kind in (_STEP, _EVALUATION):
            self._by_bar(block, row)
        self.timeline.add(row)

    def _by_bar(self, block: Block, row: int) -> None:
        """A Trainer's dict names no step: it stands where its bar stands, unless that has begun anew since."""
        step = max(self.bars.reached()[0], block.bar)
        if step >= 0:
            self.timeline.named(row, step)
            self.register.fields[row, STEP_INFERRED] = 1


def modality_of(action: Action, block: Block) -> int:
    """A line's own modality, or the one that a header above it named."""
    return action.modality if action.modality >= 0 else block.modality


def part(number: int) -> int:
    """The number of a sample or codebook; -1 for one that is none: they are counted from 0."""
    return number if 0 <= number < LATEST_PART else -1
