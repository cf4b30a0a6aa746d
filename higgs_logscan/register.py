"""Records in columns, while they are open, wait for their step, or have ended and are not yet taken.

A record has a number, its row in `fields`; numbers are used again. What it prints once stands in its column of `place`,
`whole` and `real`, a row a name: memory of names that nobody prints is never touched, and rules read a name at a time.
What it prints more than once (lists of tokens, counts of masked labels, losses of codebooks) stands in further
matrices, which name the record.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from higgs_logscan.fields import (
    ELAPSED,
    FIELDS,
    HAS,
    KIND,
    LIST_CODEBOOK,
    LIST_FIRST,
    LIST_KIND,
    LIST_ROW,
    LIST_SAMPLE,
    LIST_SIZE,
    LOSS_CODEBOOK,
    LOSS_PLACE,
    LOSS_ROW,
    MASKING_MODALITY,
    MASKING_PLACE,
    MASKING_ROW,
    MASKING_SAMPLE,
    MASKING_TOTAL,
    MASKING_VALID,
    MIXED,
    ORDINAL,
    PHASE,
    RANK,
    SAID,
    START,
    STEP,
    STEP_INFERRED,
    TIME,
    TIME_FROM,
    TIME_TO,
    TOKENS_EACH,
    WINDOW_KEY,
    WINDOW_LIST,
    WINDOW_PREVIOUS,
    WINDOW_ROW,
    view,
)
from higgs_logscan.table import NO_TIME
from higgs_logscan.vocabulary import COLUMNS

_COLUMNS = len(COLUMNS)
#: Values more than a power of two in each row of those: where a row was that long, the same columns of all rows would
#: compete for one place of the processor's cache.
_APART = 8
#: Room at the beginning: of what is never put in, no memory is touched.
_RECORDS, _LISTS = 20_000, 1 << 18


class Register:
    """The matrices, and how many rows of each are filled. `order` lists the ended records, as they ended."""

    def __init__(self) -> None:
        self.records = self.listed = self.windowed = self.masked = self.lost = self.filled = self.ended = 0
        #: Tokens that are kept elsewhere until their lists are whole.
        self.pending = 0
        #: Rows of records that are used again, and how many there are.
        self.free = view(np.zeros(64, np.int64))
        self.unused = 0
        self.fields = view(np.zeros((_RECORDS, FIELDS), np.int64))
        self.place = view(np.zeros((_COLUMNS, _RECORDS + _APART), np.int64))
        self.whole = view(np.zeros((_COLUMNS, _RECORDS + _APART), np.int64))
        self.real = view(np.zeros((_COLUMNS, _RECORDS + _APART)))
        self.lists = view(np.zeros((_LISTS, 6), np.int32))
        self.list_place = view(np.zeros(_LISTS, np.int64))
        self.windows = view(np.zeros((_LISTS, 5), np.int64))
        self.maskings = view(np.zeros((_RECORDS, 6), np.int64))
        self.codebook_losses = view(np.zeros((64, 3), np.int64))
        self.losses = view(np.zeros(64))
        self.items = view(np.zeros(8 * _LISTS, np.int32))
        self.order = view(np.zeros(64, np.int64))
        #: Values that are neither numbers nor small shapes, by row and column.
        self.said: dict[tuple[int, int], Any] = {}

    # -- records --------------------------------------------------------------------------------

    def reserve(self, lines: int) -> None:
        """Room for what so many lines add: each one record, list, window and count at most, and so does each value."""
        while self.records + lines > self.unused + len(self.fields):
            self.fields, self.place = roomier(self.fields), wider(self.place)
            self.whole, self.real = wider(self.whole), wider(self.real)
        while self.records + lines > len(self.free):
            self.free = roomier(self.free)
        while self.listed + lines > len(self.lists):
            self.lists, self.list_place = roomier(self.lists), roomier(self.list_place)
        while self.windowed + lines > len(self.windows):
            self.windows = roomier(self.windows)
        while self.masked + lines > len(self.maskings):
            self.maskings = roomier(self.maskings)
        while self.filled + self.pending + TOKENS_EACH * lines > len(self.items):
            self.items = roomier(self.items)

    def opened(self, kind: int, rank: int) -> int:
        """A new record, for which there is room: its row."""
        row = self.records
        if self.unused:
            self.unused -= 1
            row = self.free[self.unused]
        else:
            self.records += 1
        self.fields[row, KIND], self.fields[row, RANK] = kind, rank
        self.fields[row, STEP] = self.fields[row, ELAPSED] = self.fields[row, ORDINAL] = -1
        self.fields[row, STEP_INFERRED] = self.fields[row, PHASE] = self.fields[row, MIXED] = 0
        self.fields[row, START] = self.fields[row, HAS] = self.fields[row, SAID] = 0
        self.fields[row, TIME] = NO_TIME
        self.fields[row, TIME_FROM] = self.fields[row, TIME_TO] = 0
        return row

    def release(self, row: int) -> None:
        """The row of a record is used again."""
        self.free[self.unused] = row
        self.unused += 1

    def end(self, row: int) -> None:
        """A record has ended, and is dated."""
        if self.ended == len(self.order):
            self.order = roomier(self.order)
        self.order[self.ended] = row
        self.ended += 1

    def says(self, row: int, column: int, value: Any, place: int) -> None:
        """An object in a column."""
        bit = 1
        self.said[row, column] = value
        self.fields[row, SAID] |= bit << column
        self.put(row, column, place)

    def unsay(self, row: int, column: int) -> None:
        """No object stands in the column any longer."""
        bit = 1
        if self.has_object(row, column):
            self.fields[row, SAID] &= ~(bit << column)
            del self.said[row, column]

    def put(self, row: int, column: int, place: int) -> None:
        """The column has a value, which stands there."""
        bit = 1
        self.place[column, row] = place
        self.fields[row, HAS] |= bit << column

    def has(self, row: int, column: int) -> bool:
        return bool(self.fields[row, HAS] >> column & 1)

    def has_object(self, row: int, column: int) -> bool:
        """Whether what it has is an object."""
        return bool(self.fields[row, SAID] >> column & 1)

    # -- what a record prints more than once ------------------------------------------------------

    def hold(self, items: Any, count: int) -> int:
        """Keep so many tokens: where they begin among those that are kept."""
        first = self.filled
        while first + self.pending + count > len(self.items):
            self.items = roomier(self.items)
        self.items[first : first + count] = items[:count]
        self.filled += count
        return first

    def hold_pending(self, tokens: Any, row: int, count: int) -> int:
        """The same of tokens that have been pending, in that row, and for which there is room."""
        first = self.filled
        for k in range(count):
            self.items[first + k] = tokens[row, k]
        self.filled += count
        self.pending -= count
        return first

    def add_list(self, row: int, kind: int, sample: int, codebook: int, place: int) -> int:
        """A list of tokens, without its tokens, for which there is room: its row."""
        at = self.listed
        self.lists[at, LIST_ROW], self.lists[at, LIST_KIND] = row, kind
        self.lists[at, LIST_SAMPLE], self.lists[at, LIST_CODEBOOK] = sample, codebook
        self.lists[at, LIST_FIRST] = self.lists[at, LIST_SIZE] = 0
        self.list_place[at] = place
        self.listed += 1
        return at

    def add_window(self, row: int, key: int, role: int, of_list: int, last: int, known: bool) -> int:
        """The list belongs to the window of this key, which the record may have, if it is `known`. Its last window is
        given, and returned."""
        at = last if known else -1
        while at >= 0 and self.windows[at, WINDOW_KEY] != key:
            at = self.windows[at, WINDOW_PREVIOUS]
        if at >= 0:
            self.windows[at, WINDOW_LIST + role] = of_list
            return last
        at = self.windowed
        self.windows[at, WINDOW_ROW], self.windows[at, WINDOW_KEY], self.windows[at, WINDOW_PREVIOUS] = row, key, last
        self.windows[at, WINDOW_LIST] = self.windows[at, WINDOW_LIST + 1] = -1
        self.windows[at, WINDOW_LIST + role] = of_list
        self.windowed += 1
        return at

    def add_masking(self, row: int, modality: int, sample: int, valid: int, total: int, place: int) -> None:
        at = self.masked
        self.maskings[at, MASKING_ROW], self.maskings[at, MASKING_PLACE] = row, place
        self.maskings[at, MASKING_MODALITY], self.maskings[at, MASKING_SAMPLE] = modality, sample
        self.maskings[at, MASKING_VALID], self.maskings[at, MASKING_TOTAL] = valid, total
        self.masked += 1

    def add_codebook_loss(self, row: int, codebook: int, loss: float, place: int) -> None:
        at = self.lost
        if at == len(self.losses):
            self.codebook_losses, self.losses = roomier(self.codebook_losses), roomier(self.losses)
        self.codebook_losses[at, LOSS_ROW], self.codebook_losses[at, LOSS_CODEBOOK] = row, codebook
        self.codebook_losses[at, LOSS_PLACE] = place
        self.losses[at] = loss
        self.lost += 1


def roomier(matrix: Any) -> Any:
    """The same matrix with twice the rows."""
    old = np.asarray(matrix)
    new = np.zeros((2 * len(old), *old.shape[1:]), old.dtype)
    new[: len(old)] = old
    return view(new)


def wider(matrix: Any) -> Any:
    """The same matrix with room for twice the records. Of names that nobody prints there is nothing to copy."""
    old = np.asarray(matrix)
    length = old.shape[1]
    new = np.zeros((len(old), 2 * length - _APART), old.dtype)
    for row in np.flatnonzero(old.any(axis=1)):
        new[row, :length] = old[row]
    return view(new)
