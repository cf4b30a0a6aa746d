"""The records that are open, and the loop over lines that only add to them.

Most lines of a dense log say one thing to the record that is open already, or begin the next forward pass. Those are
read here, each in some sixty instructions and without an object: what is open stands in the rows of a matrix. At any
other line `read` stops, for `assembly.py` to decide what it begins, ends or joins.
"""

from __future__ import annotations

import numpy as np

from higgs_logscan.action import Action
from higgs_logscan.bars import Bars
from higgs_logscan.cells import SIZE_BITS, SIZES
from higgs_logscan.fields import (
    ABSENT,
    ACTION,
    ADDS,
    ADDS_LIST,
    ADDS_TOKENS,
    BAR,
    BAR_BEFORE,
    BEGINNING,
    BEGINS,
    BEGUN,
    BYTE,
    CLOSED,
    CODEBOOK,
    COLUMN,
    COUNTS,
    ECHO,
    FILTERED,
    FIRST_HOLE,
    HAS,
    HEAD_CODEBOOK,
    HEAD_MODALITY,
    HEAD_SAMPLE,
    HEADER,
    HOLES,
    JOINS,
    LARGEST_KEY,
    LAST_WINDOW,
    LIST_FIRST,
    LIST_SIZE,
    LISTS,
    LOSSES,
    MASKED,
    MAY_JOIN,
    MIXED,
    NAMES,
    NAMES_CODEBOOK,
    NAMES_SAMPLE,
    NOTHING,
    OF_RANK,
    OPEN,
    OPERATION,
    PIECES,
    PLACE,
    REAL,
    ROW,
    SHAPE,
    SHAPES,
    SLOT,
    STAMP_FROM,
    STAMP_TO,
    STAMPED,
    STATED,
    STEP,
    TIME,
    TIME_FROM,
    TIME_TO,
    TOKENS,
    TOTAL,
    VALID,
    WAY,
    WHOLE,
    WINDOW,
    view,
)
from higgs_logscan.lines import NOT_PRINTED, Lines
from higgs_logscan.register import Register, roomier
from higgs_logscan.timeline import Timeline
from higgs_logscan.timestamps import BLANKED
from higgs_logscan.token_lists import TokenLists
from higgs_logscan.vocabulary import KINDS

#: Samples and codebooks from here on are none.
LATEST_PART = 1 << 31

_KINDS = len(KINDS)
_MICRO_BATCH = KINDS.index("micro-batch")
#: Shapes of so many bits in each axis, and so many axes, are kept as one integer.
_SIZE_LIMIT, _RANK_SHIFT = 1 << SIZE_BITS, SIZE_BITS * SIZES


class OpenRecords:
    """The open blocks, and the lines at hand.

    blocks:       a row each: that of the n-th rank and a kind is row n * kinds + kind (columns: `fields.ROW` and on)
    latest:       of each rank, the kind of the block that was touched last; -1 where there is none
    token_lists:  those of its lists that are printed a line a token
    plans:        what the lines of each plan do, by its number (columns: `fields.WAY` and on), as far as such a line
                  has been seen; of the others WAY is OTHER. `holes`: what is done with each of their values
    lines, base:  the lines that are read, and the number of the first among all known lines of the log
    held:         where their tokens begin among those of the register
    closers:      the kinds that end with a closing line, a bit each
    """

    def __init__(self, register: Register, timeline: Timeline, bars: Bars) -> None:
        self.register, self.timeline, self.bars = register, timeline, bars
        self.blocks, self.latest = view(np.zeros((0, OPEN), np.int64)), view(np.zeros(0, np.int64))
        self.token_lists = TokenLists(register)
        self.plans, self.holes = view(np.zeros((64, ACTION), np.int64)), view(np.zeros((256, 2), np.int64))
        self.known_holes = self.closers = 0
        self.turn_to(Lines(b"", 0, 0, 0, 0), 0, 0)

    def turn_to(self, lines: Lines, base: int, held: int) -> None:
        """Have these lines at hand."""
        self.lines, self.base, self.held = lines, base, held
        self.byte, self.start = lines.byte, view(lines.start)
        self.plan, self.slot = view(lines.plan), view(lines.slot)
        self.real, self.whole, self.size = view(lines.real), view(lines.whole), view(lines.size)
        self.items = view(lines.items)
        self.bars.turn_to(lines)

    def make_room(self, plans: int) -> None:
        """There may be lines of so many plans."""
        while plans > len(self.plans):
            self.plans = roomier(self.plans)

    def know(self, number: int, action: Action) -> None:
        """What the lines of a plan do."""
        self.make_room(number + 1)
        while self.known_holes + action.count > len(self.holes):
            self.holes = roomier(self.holes)
        told = np.asarray(self.plans)[number]
        first = int(told[FIRST_HOLE])
        if told[HOLES] < action.count:
            first, self.known_holes = self.known_holes, self.known_holes + action.count
        told[[WAY, SLOT, FIRST_HOLE, HOLES]] = action.way, action.slot, first, action.count
        told[[HEADER, NAMES, STATED, CODEBOOK]] = action.header, action.modality, action.stated, action.codebook
        told[[WINDOW, FILTERED, MAY_JOIN, BEGINNING]] = (
            action.window,
            action.filtered,
            action.joins,
            action.beginning,
        )
        told[[OF_RANK, STAMPED, STAMP_FROM, STAMP_TO]] = action.rank, action.stamped, action.time_from, action.time_to
        shapes = np.flatnonzero(np.asarray(action.operations) == SHAPE)
        told[SHAPES] = shapes.max(initial=-1) + 1
        holes = np.asarray(self.holes)[first : first + action.count]
        holes[:, OPERATION], holes[:, COLUMN] = action.operations, action.columns

    def know_ranks(self, count: int) -> None:
        """There are blocks of so many ranks."""
        more = count - len(self.latest)
        self.latest = view(np.append(self.latest, np.full(more, -1)))
        self.blocks = view(np.append(self.blocks, np.full((more * _KINDS, OPEN), -1), axis=0))
        self.token_lists.know_blocks(more * _KINDS)

    # -- lines ----------------------------------------------------------------------------------

    def read(self, i: int, count: int) -> int:
        """Read the lines from the i-th on, as far as they only add to records, or begin a forward pass as most do.
        Returns the first that does more. The register must have room for as many."""
        while i < count:
            plan = self.plan[i]
            block = self.plans[plan, SLOT]
            if self.plans[plan, WAY] == ADDS_LIST and self.blocks[block, ROW] >= 0 and not self.blocks[block, CLOSED]:
                column = self.holes[self.plans[plan, FIRST_HOLE], COLUMN]
                self.add_list(block, plan, column, self.slot[i], self.base + i)
            elif not self._reads(block, plan, i):
                break
            i += 1
        return i

    def _reads(self, block: int, plan: int, i: int) -> bool:
        """Read a line, if that is all it does. A list alone is none of these."""
        way = self.plans[plan, WAY]
        if way == BAR:
            return self.redrawn(plan, i)
        if way == ADDS:
            return self.blocks[block, ROW] >= 0 and not self.blocks[block, CLOSED] and self._adds(block, plan, i)
        if way == BEGINS:
            return self._begins(block, plan, i)
        if way == ADDS_TOKENS:
            return self._adds_tokens(block, plan, i)
        return self._joins(plan, i) if way == JOINS else way == NOTHING

    def redrawn(self, plan: int, i: int) -> bool:
        """A bar of the loop that was drawn last; False where it is another's."""
        slot = self.slot[i]
        planned, seconds = int(self.real[slot]), int(self.real[slot + 1])
        return self.bars.redrawn(self.whole[slot + 1], plan, i, self.whole[slot], planned, seconds)

    def _begins(self, block: int, plan: int, i: int) -> bool:
        """A line that begins a forward pass unless it says what the open one does not have yet; False where more hangs
        on it than that."""
        if self.latest[block // _KINDS] != _MICRO_BATCH:
            return False
        mixed = False
        row, begun, closed = self.blocks[block, ROW], self.blocks[block, BEGUN], self.blocks[block, CLOSED]
        if row >= 0 and not self.blocks[block, ECHO] and (closed or begun & self.plans[plan, BEGINNING]):
            if self.timeline.waiting + 1 == len(self.timeline.pending):
                return False
            mixed = not closed and bool(self.closers >> _MICRO_BATCH & 1)
            if mixed:
                self.register.fields[row, MIXED] = 1
            if self.shut(block):
                self.timeline.wait(row)
        if self.blocks[block, ROW] < 0:
            self.open(block, plan, i)
            self.date(self.blocks[block, ROW], plan, self.time(plan, i))
            self.register.fields[self.blocks[block, ROW], MIXED] = mixed
        self.blocks[block, BEGUN] |= self.plans[plan, BEGINNING]
        self.blocks[block, ECHO] = 0
        self.add(block, plan, i)
        return True

    def _joins(self, plan: int, i: int) -> bool:
        """A line that joins the block that was touched last; False where it joins another, or none."""
        first = self.plans[plan, SLOT] // _KINDS
        latest = self.latest[first]
        if latest < 0 or not self.plans[plan, MAY_JOIN] >> latest & 1:
            return False
        block = first * _KINDS + latest
        if self.blocks[block, ROW] < 0 or self.blocks[block, CLOSED] or not self._adds(block, plan, i):
            return False
        self.blocks[block, ECHO] = 0
        return True

    def _adds_tokens(self, block: int, plan: int, i: int) -> bool:
        """A line that says a token or two of the block that was touched last; False where it is another's, or its lists
        have no room yet."""
        if self.blocks[block, ROW] < 0 or self.blocks[block, CLOSED]:
            return False
        hole, count = self.plans[plan, FIRST_HOLE], self.plans[plan, HOLES]
        known = self.latest[block // _KINDS] == block % _KINDS
        for k in range(count):
            row = self.token_list(block, plan, self.holes[hole + k, COLUMN])
            known = known and self.token_lists.has_room(row)
        if not known:
            return False
        for k in range(count):
            if self.size[self.slot[i] + k] != NOT_PRINTED:
                self.add_token(block, plan, self.holes[hole + k, COLUMN], self.slot[i] + k, self.base + i)
        self.blocks[block, ECHO] = 0
        return True

    # -- what a line adds -----------------------------------------------------------------------

    def _adds(self, block: int, plan: int, i: int) -> bool:
        """Add what a line says; False, and nothing done, where an integer does not hold a shape."""
        hole, first = self.plans[plan, FIRST_HOLE], self.slot[i]
        for k in range(self.plans[plan, SHAPES]):
            column, row = self.holes[hole + k, COLUMN], self.blocks[block, ROW]
            if self.holes[hole + k, OPERATION] == SHAPE and not self.small(row, column, first + k):
                return False
        self.add(block, plan, i)
        return True

    def add(self, block: int, plan: int, i: int) -> None:
        """What a line says, put into the record of its block, as far as integers and numbers hold it."""
        place, hole, first = self.base + i, self.plans[plan, FIRST_HOLE], self.slot[i]
        row, count = self.blocks[block, ROW], self.plans[plan, HOLES]
        counted, masked, valid, total = 0, ABSENT, ABSENT, ABSENT
        if self.plans[plan, HEADER]:
            self.blocks[block, HEAD_MODALITY] = self.plans[plan, NAMES]
            self.blocks[block, HEAD_SAMPLE] = self.blocks[block, HEAD_CODEBOOK] = -1
        if self.plans[plan, STATED] >= 0:
            self.blocks[block, HEAD_CODEBOOK] = self.plans[plan, STATED]
        for k in range(count):
            at = first + k
            if self.size[at] == NOT_PRINTED:
                continue
            done, column, whole = self.holes[hole + k, OPERATION], self.holes[hole + k, COLUMN], self.whole[at]
            if done == REAL:
                self.register.real[column, row] = self.real[at]
                self.register.put(row, column, place)
            elif done == WHOLE:
                self.register.whole[column, row] = whole
                self.register.put(row, column, place)
            elif done == SHAPE:
                code = self.code(whole, self.size[at])
                if code >= 0 and not self.register.has_object(row, column):
                    self.register.whole[column, row] = code
                    self.register.put(row, column, place)
            elif done == NAMES_SAMPLE:
                self.blocks[block, HEAD_SAMPLE] = part(whole)
            elif done == NAMES_CODEBOOK:
                self.blocks[block, HEAD_CODEBOOK] = part(whole)
            elif done in (MASKED, VALID, TOTAL):
                counted += 1
                if done == MASKED:
                    masked = whole
                elif done == VALID:
                    valid = whole
                else:
                    total = whole
        if counted > 1:
            self._add_masking(block, plan, masked, valid, total, place)

    def small(self, row: int, column: int, at: int) -> bool:
        """Whether a shape is one that an integer holds, and none that it does not hold stands in its place."""
        if self.size[at] == NOT_PRINTED:
            return True
        return not self.register.has_object(row, column) and self.code(self.whole[at], self.size[at]) >= 0

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

    def modality(self, block: int, plan: int) -> int:
        """A line's own modality, or the one that a header above it named."""
        own: int = self.plans[plan, NAMES]
        return own if own >= 0 else self.blocks[block, HEAD_MODALITY]

    def _add_masking(self, block: int, plan: int, masked: int, valid: int, total: int, place: int) -> None:
        """A count of masked labels, of which two of the three are printed at least."""
        if self.blocks[block, COUNTS] < PIECES:
            valid = total - masked if valid == ABSENT else valid
            total = valid + masked if total == ABSENT else total
            row, sample = self.blocks[block, ROW], self.blocks[block, HEAD_SAMPLE]
            self.register.add_masking(row, self.modality(block, plan), sample, valid, total, place)
            self.blocks[block, COUNTS] += 1

    def add_list(self, block: int, plan: int, role: int, at: int, place: int) -> int:
        """The list of tokens that is a line's value: its number; -1 where the record has too many."""
        if self.blocks[block, LISTS] >= PIECES:
            return -1
        self.blocks[block, LISTS] += 1
        row, sample, modality = self.blocks[block, ROW], self.blocks[block, HEAD_SAMPLE], self.modality(block, plan)
        window, filtered, codebook = self.plans[plan, WINDOW], self.plans[plan, FILTERED], self.plans[plan, CODEBOOK]
        if codebook < 0:
            codebook = self.blocks[block, HEAD_CODEBOOK]
        kind = modality + 1 | role << 2 | window << 3 | filtered << 5
        number = self.register.add_list(row, kind, sample, codebook, place)
        if self.size[at] > 0:
            self.register.lists[number, LIST_FIRST] = self.held + self.whole[at]
            self.register.lists[number, LIST_SIZE] = self.size[at]
        # Ids of parts are small, printed ones. A window of which the masked labels were left out is no part of one
        # that shows them.
        key = (modality + 1) * 1024 + max(0, min(sample + 1, 1023))
        key = (key * 128 + max(0, min(codebook + 1, 127))) * 8 + (window << 1 | filtered)
        # Most trainers print the parts of a pass in their order: a later one has no window yet.
        known = key <= self.blocks[block, LARGEST_KEY]
        last = self.register.add_window(row, key, role, number, self.blocks[block, LAST_WINDOW], known)
        self.blocks[block, LAST_WINDOW] = last
        if not known:
            self.blocks[block, LARGEST_KEY] = key
        return number

    def token_list(self, block: int, plan: int, role: int) -> int:
        """The row of the list of a block that the tokens of such lines belong to."""
        return self.token_lists.row(block, self.modality(block, plan), role)

    def add_token(self, block: int, plan: int, role: int, at: int, place: int) -> None:
        """One token of a list that is printed a line a token, and that has room."""
        row = self.token_list(block, plan, role)
        if not self.token_lists.begun(row):
            self.token_lists.begin(row, self.add_list(block, plan, role, at, place))
            self.blocks[block, TOKENS] = 1
        self.token_lists.add(row, self.whole[at])

    # -- blocks ---------------------------------------------------------------------------------

    def open(self, block: int, plan: int, i: int) -> None:
        """A record begins with this line. There must be room for it."""
        row = self.register.opened(block % _KINDS, self.plans[plan, OF_RANK])
        self.blocks[block, ROW] = row
        self.blocks[block, BEGUN] = self.blocks[block, CLOSED] = self.blocks[block, ECHO] = 0
        self.blocks[block, HEAD_MODALITY] = self.blocks[block, HEAD_SAMPLE] = self.blocks[block, HEAD_CODEBOOK] = -1
        self.blocks[block, LAST_WINDOW] = self.blocks[block, LARGEST_KEY] = self.blocks[block, BAR_BEFORE] = -1
        self.blocks[block, LISTS] = self.blocks[block, COUNTS] = self.blocks[block, LOSSES] = 0
        self.blocks[block, TOKENS] = 0
        self.register.fields[row, BYTE], self.register.fields[row, PLACE] = self.byte + self.start[i], self.base + i

    def time(self, plan: int, i: int) -> int:
        """When a line was printed, if that is one of its values."""
        return self.whole[self.slot[i] + self.plans[plan, HOLES]] if self.plans[plan, STAMPED] else BLANKED

    def date(self, row: int, plan: int, time: int) -> None:
        """A record began at this time, if it is known."""
        if time != BLANKED:
            self.register.fields[row, TIME_FROM] = self.plans[plan, STAMP_FROM]
            self.register.fields[row, TIME_TO] = self.plans[plan, STAMP_TO]
            self.register.fields[row, TIME] = time

    def shut(self, block: int) -> bool:
        """The record is complete, and none is open any longer. One that says nothing is none: then False."""
        if self.blocks[block, TOKENS]:
            self.token_lists.end(block)
        row = self.blocks[block, ROW]
        self.blocks[block, ROW] = self.blocks[block, LAST_WINDOW] = -1
        has, dated = self.register.fields[row, HAS] != 0, self.register.fields[row, STEP] >= 0
        if not (has or dated or self.blocks[block, LISTS] or self.blocks[block, COUNTS] or self.blocks[block, LOSSES]):
            self.register.release(row)
            return False
        return True


def part(number: int) -> int:
    """The number of a sample or codebook; -1 for one that is none: they are counted from 0."""
    return number if 0 <= number < LATEST_PART else -1
