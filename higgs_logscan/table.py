"""Records in columns; the ragged table of token arrays.

NaN is data here (`loss: nan` is often the finding), so a value that the log did not print is
marked apart: a column holds only the rows that have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.ground import Standing
from higgs_logscan.places import Places
from higgs_logscan.rows import AXES, Rows
from higgs_logscan.tokens import At
from higgs_logscan.vocabulary import COLUMNS, KINDS, Kind

#: Bits of each number of a shape that is kept as one integer, and the most numbers that it has then.
SIZE_BITS, SIZES = 20, 3


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


@dataclass(frozen=True)
class Column:
    """The values of one name: `rows` (ascending) are the records that have it.

    Of a shape, its first `AXES` axes; `large` holds those that one integer does not hold, by record.
    """

    rows: NDArray[np.int64]
    values: NDArray[Any]
    at: Standing
    large: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lists:
    """Printed lists of tokens in columns: list i is `values[first[i]:first[i] + size[i]]`, of record `record[i]`."""

    record: NDArray[np.int64]
    #: Modality, role, window and whether it is filtered, as `fields.LIST_KIND` keeps them.
    kind: NDArray[np.int32]
    sample: NDArray[np.int32]
    codebook: NDArray[np.int32]
    first: NDArray[np.int64]
    size: NDArray[np.int64]
    at: Standing
    values: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.record)

    @property
    def modality(self) -> NDArray[np.int32]:
        return (self.kind & 3) - 1

    @property
    def role(self) -> NDArray[np.int32]:
        return self.kind >> 2 & 1

    @property
    def window(self) -> NDArray[np.int32]:
        return self.kind >> 3 & 3

    @property
    def filtered(self) -> NDArray[np.bool_]:
        return self.kind >> 5 > 0


@dataclass(frozen=True)
class Windows:
    """Predictions and labels of one part of a record (modality, sample, codebook, place, filtered), in the order of
    records and parts: the numbers of their lists, -1 where one is not printed."""

    record: NDArray[np.int64]
    prediction: NDArray[np.int64]
    label: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.record)


@dataclass(frozen=True)
class Maskings:
    """Printed counts of masked labels in columns; sample -1 for the batch."""

    record: NDArray[np.int64]
    modality: NDArray[np.int64]
    sample: NDArray[np.int64]
    valid: NDArray[np.int64]
    total: NDArray[np.int64]
    at: Standing

    def __len__(self) -> int:
        return len(self.record)


@dataclass(frozen=True)
class CodebookLosses:
    """Losses of single codebooks in columns; the last of a record and codebook counts."""

    record: NDArray[np.int64]
    codebook: NDArray[np.int64]
    loss: NDArray[np.float64]
    at: Standing


_EPOCH = np.datetime64("2020-01-01", "ms")
#: What is known of every record, whatever its line said.
_ALWAYS = ("kind", "rank", "step", "phase", "mixed", "start", "ordinal", "byte")


class _Records(Rows):
    """All records of a table, with every column that there is, each made when it is asked for.

    It does not hold the table, which holds it: the collector of such rings is at rest while a log is read.
    """

    def __init__(self, always: dict[str, NDArray[Any]], found: Mapping[str, Column], at: Standing) -> None:
        super().__init__(dict(always), {"record": at}, None, len(at))
        self._found, self._ground = found, at.ground

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.columns:
            values = _holes(COLUMNS[name], len(self))
            if column := self._found.get(name):
                values[column.rows] = column.values
            self.columns[name] = values
        return self.columns[name]

    def knows(self, name: str) -> bool:
        return name in self.columns or name in COLUMNS

    def values(self, name: str, rows: Any) -> Any:
        return self[name][rows]

    def has(self, name: str) -> NDArray[np.bool_]:
        if name not in self.present:
            self.present[name] = has = np.full(len(self), name not in COLUMNS)
            if column := self._found.get(name):
                has[column.rows] = True
        return self.present[name]

    def places(self, name: str) -> Places:
        if name not in self.at:
            index = np.full(len(self), -1)
            if column := self._found.get(name):
                index[column.rows] = column.at.index
            self.at[name] = Standing(self._ground, index)
        return self.at[name]

    def place(self, name: str, rows: Any) -> Any:
        return self.places(name)[rows]


@dataclass(frozen=True)
class Table:
    """A stretch of consecutive records in columns.

    told:    per record kind, rank (-1: none), step (-1: none), step_inferred, phase, mixed, start, ordinal of its
             kind, byte; `time` (milliseconds since 2020, or NO_TIME), `elapsed` (seconds of a bar, or -1), and
             where the timestamp stands in its line
    columns: what the records print, by name
    """

    told: dict[str, NDArray[Any]]
    at: Standing
    columns: dict[str, Column]
    lists: Lists
    windows: Windows
    maskings: Maskings
    of_codebooks: CodebookLosses

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def always(self) -> dict[str, NDArray[Any]]:
        """Per record: kind, rank (-1: none), step (-1: none), phase, mixed, start, ordinal of its kind, byte."""
        return {name: np.ascontiguousarray(self.told[name]) for name in _ALWAYS}

    @property
    def record_places(self) -> Standing:
        """Where each record begins."""
        return self.at

    @cached_property
    def times(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Per clock, `time` (timestamps) and `elapsed` (bars): the rows that have it, and its seconds."""
        time, elapsed = self.told["time"], self.told["elapsed"]
        stamped, timed = np.flatnonzero(time != NO_TIME), np.flatnonzero(elapsed >= 0)
        return {"time": (stamped, time[stamped] / 1000), "elapsed": (timed, elapsed[timed].astype(np.float64))}

    @cached_property
    def codebook_losses(self) -> dict[int, tuple[NDArray[np.int64], NDArray[np.float64], Standing]]:
        """Per codebook: the rows that have its loss, the losses, where they stand."""
        losses = self.of_codebooks
        found = {}
        for codebook in np.unique(losses.codebook).tolist():
            mine = np.flatnonzero(losses.codebook == codebook)
            found[codebook] = losses.record[mine], losses.loss[mine], losses.at[mine]
        return found

    def having(self, reads: Iterable[str], uses: Iterable[str] = (), kinds: Iterable[Kind] = ()) -> Rows:
        """The records, of these kinds, that have every column of `reads`. Rules that ask alike share one selection."""
        asked = tuple(reads), tuple(kinds)
        if asked not in self._selections:
            keep = np.ones(len(self), bool)
            if asked[1]:
                of_kinds = np.zeros(len(KINDS), bool)
                of_kinds[[KINDS.index(kind) for kind in asked[1]]] = True
                keep &= of_kinds[self.always["kind"]]
            for name in asked[0]:
                keep &= self._records.has(name)
            self._selections[asked] = self._records.take(keep)
        return self._selections[asked]

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
        columns = {
            name: Column(
                new[column.rows[mine]],
                column.values[mine],
                column.at[mine],
                {int(new[row]): shape for row, shape in column.large.items() if new[row] >= 0},
            )
            for name, column in self.columns.items()
            if len(mine := np.flatnonzero(new[column.rows] >= 0))
        }
        windows = _of(self.windows, new)
        return Table(
            {name: values[rows] for name, values in self.told.items()},
            self.at[rows],
            columns,
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
        told = {name: int(values[row]) for name, values in self.told.items()}
        at = self.at[row]
        stamp = at[2][told["time_from"] : told["time_to"]]
        first, last = np.searchsorted(self.lists.record, [row, row + 1])
        record = Record(
            told["kind"], at, told["rank"], _time(stamp), told["step"], bool(told["step_inferred"]), told["phase"],
            bool(told["mixed"]), told["start"], told["ordinal"],
        )  # fmt: skip
        for name, column in self.columns.items():
            place = int(np.searchsorted(column.rows, row))
            if place < len(column.rows) and column.rows[place] == row:
                record.values[name] = column.large.get(row) or _plain(column.values[place])
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
        told = (
            int(getattr(lists, name)[i]) for name in ("modality", "role", "window", "filtered", "sample", "codebook")
        )
        modality, role, window, filtered, sample, codebook = told
        values = lists.values[first : first + size].tolist()
        return Array(modality, role, window, bool(filtered), sample, codebook, lists.at[i][0], values)


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


def axes_of(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shapes, of which each is kept as one integer, as numbers: shapes x axes, -1 for an axis that one lacks."""
    axis = np.arange(AXES)
    sizes = codes[:, None] >> SIZE_BITS * np.minimum(axis, SIZES) & (1 << SIZE_BITS) - 1
    return np.where(axis < (codes >> SIZE_BITS * SIZES)[:, None], sizes, -1)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):  # a shape
        return tuple(value[value >= 0].tolist())
    return value.item() if isinstance(value, np.generic) else value


def _holes(kind: str, length: int) -> NDArray[Any]:
    if kind == "number":
        return np.zeros(length)
    if kind == "shape":
        return np.full((length, AXES), -1)
    return np.zeros(length, np.int64) if kind == "integer" else np.full(length, None, object)
