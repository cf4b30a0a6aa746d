"""Records in columns, read out one by one, or as rows for rules.

NaN is data here (`loss: nan` is often the finding), so a value that the log did not print is
marked apart: a column holds only the rows that have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.cells import Cells, Column, holes
from higgs_logscan.fields import (
    BYTE,
    ELAPSED,
    KIND,
    MIXED,
    ORDINAL,
    PHASE,
    RANK,
    START,
    STEP,
    STEP_INFERRED,
    TIME,
    TIME_FROM,
    TIME_TO,
)
from higgs_logscan.ground import NO_PLACE, Standing
from higgs_logscan.pieces import CodebookLosses, Lists, Maskings, Windows
from higgs_logscan.places import Places
from higgs_logscan.rows import Rows
from higgs_logscan.tokens import At
from higgs_logscan.value import Value, replace
from higgs_logscan.vocabulary import COLUMNS, KINDS, Kind


@dataclass(slots=True)
class Array:
    """One printed list of token ids."""

    modality: int
    role: int
    window: int
    filtered: bool
    sample: int
    codebook: int
    line: int
    values: list[int]


#: One printed count of masked labels: modality, sample (-1: the batch), valid, total, its line.
Masking = tuple[int, int, int, int, int]


@dataclass(slots=True)
class Record:
    """What a log says about one forward pass, step or evaluation: a row of a table, read out."""

    kind: int
    at: At
    rank: int
    time: str
    step: int
    step_inferred: bool
    phase: int
    mixed: bool
    start: int
    ordinal: int
    values: dict[str, Any] = field(default_factory=dict)
    arrays: list[Array] = field(default_factory=list)
    maskings: list[Masking] = field(default_factory=list)
    codebook_loss: dict[int, float] = field(default_factory=dict)


#: What is known of every record, whatever its line said: the fields of that name.
_ALWAYS = {
    "kind": KIND, "rank": RANK, "step": STEP, "phase": PHASE, "mixed": MIXED, "start": START, "ordinal": ORDINAL,
    "byte": BYTE,
}  # fmt: skip


class _Records(Rows):
    """All records of a table, with every column that there is, each made when it is asked for.

    It does not hold the table, which holds it: the collector of such rings is at rest while a log is read.
    """

    def __init__(self, always: dict[str, NDArray[Any]], found: Mapping[str, Column], at: Standing) -> None:
        super().__init__(dict(always), {"record": at}, None, len(at))
        self._found, self._ground = found, at.ground

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.columns:
            column = self._found.get(name)
            self.columns[name] = column.whole if column else holes(COLUMNS[name], len(self))
        return self.columns[name]

    def knows(self, name: str) -> bool:
        return name in self.columns or name in COLUMNS

    def values(self, name: str, rows: Any) -> Any:
        return self[name][rows]

    def has(self, name: str) -> NDArray[np.bool_]:
        if name not in self.present:
            column = self._found.get(name)
            self.present[name] = column.marks if column else np.full(len(self), name not in COLUMNS)
        return self.present[name]

    def places(self, name: str) -> Places:
        places: Places = self.place(name, slice(None))
        return places

    def place(self, name: str, rows: Any) -> Any:
        if name in self.at:
            return self.at[name][rows]
        if column := self._found.get(name):
            return column.place(rows)
        return Standing(self._ground, np.full(len(self), NO_PLACE))[rows]


class Table(Value):
    """A stretch of consecutive records in columns: what each says once, and what it may say more often."""

    cells: Cells
    #: Where each record begins.
    at: Standing
    lists: Lists
    windows: Windows
    maskings: Maskings
    of_codebooks: CodebookLosses

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What the records print, by name."""
        return self.cells.columns(self.at.ground)

    @cached_property
    def always(self) -> dict[str, NDArray[Any]]:
        """Per record: kind, rank (-1: none), step (-1: none), phase, mixed, start, ordinal of its kind, byte."""
        found = {name: self.cells.field(number) for name, number in _ALWAYS.items()}
        return found | {"mixed": found["mixed"].astype(bool)}

    @property
    def record_places(self) -> Standing:
        """Where each record begins."""
        return self.at

    @cached_property
    def times(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Per clock, `time` (timestamps) and `elapsed` (bars): the rows that have it, and its seconds."""
        time, elapsed = self.cells.field(TIME), self.cells.field(ELAPSED)
        stamped, timed = np.flatnonzero(time != NO_TIME), np.flatnonzero(elapsed >= 0)
        return {"time": (stamped, time[stamped] / 1000), "elapsed": (timed, elapsed[timed].astype(np.float64))}

    @cached_property
    def codebook_losses(self) -> dict[int, tuple[NDArray[np.int64], NDArray[np.float64], Standing]]:
        """Per codebook: the rows that have its loss, the losses, where they stand."""
        losses = self.of_codebooks
        found = {}
        for codebook in sorted(set(losses.codebook.tolist())):
            mine = np.flatnonzero(losses.codebook == codebook)
            found[codebook] = losses.record[mine], losses.loss[mine], losses.at[mine]
        return found

    def having(self, reads: Iterable[str], uses: Iterable[str] = (), kinds: Iterable[Kind] = ()) -> Rows:
        """The records, of these kinds, that have every column of `reads`. Rules that ask alike share one selection."""
        asked = tuple(reads), tuple(kinds)
        if asked not in self._selections:
            self._selections[asked] = self._having(*asked)
        return self._selections[asked]

    def _having(self, reads: tuple[str, ...], kinds: tuple[Kind, ...]) -> Rows:
        if not all(name in self.columns for name in reads):
            return self._records.take(np.zeros(0, np.int64))
        marks = [self._records.has(name) for name in reads[1:]]
        if kinds:
            marks.append(self._of_kinds(kinds))
        keep = np.logical_and.reduce(marks) if len(marks) > 1 else marks[0] if marks else None
        if not reads:
            return self._records if keep is None else self._records.take(keep)
        rows = self.columns[reads[0]].rows
        if keep is not None:
            rows = rows[keep[rows]]
        return self._records.take(rows) if len(rows) < len(self) else self._records

    def _of_kinds(self, kinds: tuple[Kind, ...]) -> NDArray[np.bool_]:
        of_each = [self._records.equal("kind", KINDS.index(kind)) for kind in kinds]
        return self._records.once(" or ".join(kinds), lambda: np.logical_or.reduce(of_each))

    @cached_property
    def _selections(self) -> dict[tuple[tuple[str, ...], tuple[Kind, ...]], Rows]:
        return {}

    @cached_property
    def _records(self) -> Rows:
        return _Records(self.always, self.columns, self.at)

    def take(self, rows: NDArray[np.int64]) -> Table:
        """These records (ascending) as a table of their own."""
        new = np.full(len(self), -1)
        new[rows] = np.arange(len(rows))

        lists = np.append(np.cumsum(new[self.lists.record] >= 0) - 1, -1)
        windows = _of(self.windows, new)
        return Table(
            self.cells.take(rows, new),
            self.at[rows],
            _of(self.lists, new),
            replace(windows, prediction=lists[windows.prediction], label=lists[windows.label]),
            _of(self.maskings, new),
            _of(self.of_codebooks, new),
        )

    # -- one record -----------------------------------------------------------------------------

    def records(self) -> Iterator[Record]:
        """All of them, read out one by one."""
        return map(self.record, range(len(self)))

    def record(self, row: int) -> Record:
        """A record, read out."""
        told, at = self.cells.fields[self.cells.order[row]].tolist(), self.at[row]
        stamp = at[2][told[TIME_FROM] : told[TIME_TO]]
        first, last = np.searchsorted(self.lists.record, [row, row + 1])
        record = Record(
            told[KIND], at, told[RANK], _time(stamp), told[STEP], bool(told[STEP_INFERRED]), told[PHASE],
            bool(told[MIXED]), told[START], told[ORDINAL],
        )  # fmt: skip
        record.values = {name: column.value(row) for name, column in self.columns.items() if column.marks[row]}
        record.arrays = [self._array(i) for i in range(first, last)]
        of = self.maskings
        for i in np.flatnonzero(of.record == row).tolist():
            record.maskings.append(
                (int(of.modality[i]), int(of.sample[i]), int(of.valid[i]), int(of.total[i]), of.at[i][0])
            )
        losses = self.of_codebooks
        mine = losses.record == row
        record.codebook_loss = dict(zip(losses.codebook[mine].tolist(), losses.loss[mine].tolist(), strict=True))
        return record

    def _array(self, i: int) -> Array:
        lists = self.lists
        first, size = int(lists.first[i]), int(lists.size[i])
        kind = int(lists.kind[i])
        modality, role, window, filtered = (kind & 3) - 1, kind >> 2 & 1, kind >> 3 & 3, kind >> 5 > 0
        values = lists.values[first : first + size].tolist()
        return Array(
            modality, role, window, filtered, int(lists.sample[i]), int(lists.codebook[i]), lists.at[i][0], values
        )


def _of(part: Any, new: NDArray[np.int64]) -> Any:
    """The rows of a part of a table whose records are kept, with the new numbers of those."""
    chosen = np.flatnonzero(new[part.record] >= 0)
    kept = {name: values[chosen] for name, values in vars(part).items() if name != "values"}
    return replace(part, **kept | {"record": new[part.record[chosen]]})


#: What `time` is where a record has no legible timestamp.
NO_TIME = -(1 << 63)


def _time(text: bytes) -> str:
    """A timestamp as ISO 8601 writes it; nothing where an author blanked it out."""
    return "" if b"X" in text else text.decode("ascii").replace(",", ".").replace(" ", "T").replace("_", "T")
