"""What has ended is taken out of a register: as a table."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.cells import Cells
from higgs_logscan.fields import (
    HAS,
    LIST_FIRST,
    LIST_ROW,
    LIST_SIZE,
    LOSS_CODEBOOK,
    LOSS_PLACE,
    LOSS_ROW,
    MASKING_PLACE,
    MASKING_ROW,
    PLACE,
    WINDOW_KEY,
    WINDOW_LIST,
    WINDOW_PREVIOUS,
)
from higgs_logscan.ground import Ground, Standing
from higgs_logscan.pieces import CodebookLosses, Lists, Maskings, Windows
from higgs_logscan.places import Kept
from higgs_logscan.register import Register
from higgs_logscan.table import Table
from higgs_logscan.tokens import ranges
from higgs_logscan.vocabulary import COLUMNS


class Taking:
    """What has ended in a register: read as a table, and then forgotten.

    The table is the register's own memory, where the records stand in their order already, and they do but for several
    ranks in one stream. So it has to be read before more is put into the register.
    """

    def __init__(self, register: Register, ground: Ground) -> None:
        self.register, self.ground = register, ground
        self.order = np.asarray(register.order)[: register.ended]
        record_of = np.full(register.records, -1)
        record_of[self.order] = np.arange(len(self.order))
        self._said = [key for key in register.said if record_of[key[0]] >= 0]
        self.lists, self.windows, self._maskings, self._losses = (
            Parted(record_of, np.asarray(matrix)[:filled, 0])
            for matrix, filled in (
                (register.lists, register.listed),
                (register.windows, register.windowed),
                (register.maskings, register.masked),
                (register.codebook_losses, register.lost),
            )
        )

    def table(self) -> Table:
        """The records that have ended."""
        register, number = self.register, {}
        if self._said:
            number = dict(zip(self.order.tolist(), range(len(self.order)), strict=True))
        said: dict[int, dict[int, Any]] = {}
        for row, column in self._said:
            said.setdefault(column, {})[number[row]] = register.said[row, column]
        fields, place = np.asarray(register.fields), np.asarray(register.place)
        cells = Cells(self.order, fields, place, np.asarray(register.whole), np.asarray(register.real), said)
        return Table(
            cells,
            Standing(self.ground, cells.field(PLACE)),
            self._of_lists(),
            self._of_windows(),
            self._of_maskings(),
            self._of_losses(),
        )

    def _of_lists(self) -> Lists:
        register, ended = self.register, self.lists.ended
        _, kind, sample, codebook, first, size = np.asarray(register.lists)[ended].T
        wide = first.astype(np.int64), size.astype(np.int64)
        at = Standing(self.ground, np.asarray(register.list_place)[ended])
        return Lists(self.lists.record, kind, sample, codebook, *wide, at, np.asarray(register.items))

    def _of_windows(self) -> Windows:
        """In the order of records and parts."""
        record, of = self.windows.record, np.asarray(self.register.windows)[self.windows.ended]
        lists = self.lists.among_ended(of[:, WINDOW_LIST : WINDOW_LIST + 2])
        key = record << 32 | of[:, WINDOW_KEY]
        if (key[1:] < key[:-1]).any():
            order = np.argsort(key)
            record, lists = record[order], lists[order]
        return Windows(record, *lists.T)

    def _of_maskings(self) -> Maskings:
        of = np.asarray(self.register.maskings)[self._maskings.ended]
        modality, sample, valid, total = of.T[1:5]
        return Maskings(
            self._maskings.record, modality, sample, valid, total, Standing(self.ground, of[:, MASKING_PLACE])
        )

    def _of_losses(self) -> CodebookLosses:
        """In the order of records; of a record and codebook the last loss, and the first place of the record's."""
        record, ended = self._losses.record, self._losses.ended
        of, losses = np.asarray(self.register.codebook_losses)[ended], np.asarray(self.register.losses)[ended]
        key = (record << 32) + of[:, LOSS_CODEBOOK]
        last = len(key) - 1 - np.unique(key[::-1], return_index=True)[1] if len(key) else np.arange(0)
        record, first = record[last], np.searchsorted(record, record[last])
        return CodebookLosses(
            record, of[last, LOSS_CODEBOOK], losses[last], Standing(self.ground, of[first, LOSS_PLACE])
        )

    # -- what has not ended ---------------------------------------------------------------------

    def forget(self) -> None:
        """Only what has not ended stays in the register, at the beginning of its matrices."""
        register = self.register
        for key in self._said:
            del register.said[key]
        rest = self.lists.keep(register.lists)
        self.lists.keep(register.list_place)
        items = np.asarray(register.items)
        kept = items[ranges(rest[:, LIST_FIRST].astype(np.int64), rest[:, LIST_SIZE].astype(np.int64))]
        items[: len(kept)] = kept
        rest[:, LIST_FIRST] = np.cumsum(rest[:, LIST_SIZE]) - rest[:, LIST_SIZE]
        windows = self.windows.keep(register.windows)
        lists = windows[:, WINDOW_LIST : WINDOW_LIST + 2]
        lists[:] = self.lists.among_others(lists)
        windows[:, WINDOW_PREVIOUS] = self.windows.among_others(windows[:, WINDOW_PREVIOUS])
        self._maskings.keep(register.maskings)
        self._losses.keep(register.codebook_losses)
        self._losses.keep(register.losses)
        register.listed, register.filled, register.windowed = len(rest), len(kept), len(windows)
        register.masked, register.lost = self._maskings.others, self._losses.others
        np.asarray(register.free)[register.unused :][: len(self.order)] = self.order[::-1]
        register.unused += len(self.order)
        register.ended = 0


class Parted:
    """Things of which each belongs to a row of the register: those of records that have ended, and the others.

    record: the records of the former, in their order
    ended:  which those are; a slice where they are the first and in that order already (`whole`)
    """

    def __init__(self, record_of: NDArray[np.int64], rows: NDArray[Any]) -> None:
        record = record_of.take(rows)
        has_ended = record >= 0
        count = int(np.count_nonzero(has_ended))
        self.record, self.others = record[:count], len(rows) - count
        self.ended: slice | NDArray[np.int64] = slice(0, count)
        self._rest: slice | NDArray[np.int64] = slice(count, len(rows))
        self.whole = bool(has_ended[:count].all() and (self.record[1:] >= self.record[:-1]).all())
        if not self.whole:
            ended = has_ended.nonzero()[0]
            self.ended = ended[np.argsort(record[ended], kind="stable")]
            self.record, self._rest = record[self.ended], (~has_ended).nonzero()[0]

    def among_ended(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of these things, which have ended, among all of them that have; -1 for -1."""
        return numbers if self.whole else self._number[numbers]

    def among_others(self, numbers: Any) -> NDArray[np.int64]:
        """The numbers of these things, which have not ended, among all of them that have not; -1 for -1."""
        return np.where(numbers < 0, -1, numbers - len(self.record)) if self.whole else self._number[numbers]

    @cached_property
    def _number(self) -> NDArray[np.int64]:
        number = np.empty(len(self.record) + self.others + 1, np.int64)
        number[self.ended], number[self._rest] = np.arange(len(self.record)), np.arange(self.others)
        number[-1] = -1
        return number

    def keep(self, matrix: Any) -> NDArray[Any]:
        """The rows of the others, moved to the beginning of this matrix."""
        rows = np.asarray(matrix)
        rows[: self.others] = rows[self._rest]
        return rows[: self.others]


def settle(register: Register, rows: NDArray[np.int64], ground: Ground) -> Kept:
    """The lines that these records show, to be the ground's settled ones: from now on their places are those.

    What stands on settled lines already must be among them.
    """
    fields, place = np.asarray(register.fields), np.asarray(register.place)
    mine = np.zeros(register.records, bool)
    mine[rows] = True
    row, column = np.nonzero(fields[rows, HAS][:, None] >> np.arange(len(COLUMNS)) & 1)
    parts: list[tuple[NDArray[np.int64], Any]] = [(fields, (rows, PLACE)), (place, (column, rows[row]))]
    for matrix, filled, of, at in (
        (register.maskings, register.masked, MASKING_ROW, MASKING_PLACE),
        (register.codebook_losses, register.lost, LOSS_ROW, LOSS_PLACE),
    ):
        filled_rows = np.asarray(matrix)[:filled]
        parts.append((filled_rows, (np.flatnonzero(mine[filled_rows[:, of]]), at)))
    lists = np.asarray(register.lists)[: register.listed]
    parts.append((np.asarray(register.list_place), (np.flatnonzero(mine[lists[:, LIST_ROW]]),)))
    used, new = np.unique(np.concatenate([matrix[where] for matrix, where in parts]), return_inverse=True)
    done = 0
    for matrix, where in parts:
        count = len(matrix[where])
        matrix[where] = -1 - new[done : done + count]
        done += count
    return ground.kept(used)
