"""Lists of tokens, read many at a time.

Most bytes of a log that prints windows are lists of token ids. A line that is nothing but such
a list is not taken apart when it is read: a batch notes where it stands, and parses all lists of
a block of bytes in one go. Records hold runs of a batch.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Where a value stands: line (newlines counted from 1), byte of the line's text, the text itself.
At = tuple[int, int, bytes]
NOWHERE: At = (0, 0, b"")
#: One printed list of token ids: modality, role, window, filtered, sample, codebook, its place, and
#: the bytes between its brackets.
Array = tuple[int, int, int, bool, int, int, At, bytes]

#: Numbers from here on are no token ids, and a list with one is malformed.
LARGEST = 10**9


class Declared(NamedTuple):
    """What a spelling says of its list: modality and codebook -1 where a header above says it."""

    modality: int
    role: int
    window: int
    filtered: bool
    codebook: int


@dataclass(eq=False)
class Batch:
    """The lists of one block: the bytes `data`, which begin at byte `base` of the log, and of each list
    its spelling (what is declared of it, by which dialect), its line number, and where its line, its
    bracket and the end of its line stand in `data`."""

    data: bytes
    base: int
    spellings: Sequence[tuple[Declared, str]]
    spelling: list[int] = field(default_factory=list)
    number: list[int] = field(default_factory=list)
    begin: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)

    def add(self, spelling: int, number: int, begin: int, cut: int, length: int) -> int:
        """One more list: its line begins at `begin` in `data`, the list `cut` behind that. How many there are."""
        self.spelling.append(spelling)
        self.number.append(number)
        self.begin.append(begin)
        self.cut.append(begin + cut)
        self.end.append(begin + length)
        return len(self.number)

    def at(self, i: int) -> At:
        """Where a list stands."""
        begin = int(self.begin[i])
        return int(self.number[i]), self.base + begin, self.data[begin : self.end[i]]

    def text(self, i: int) -> bytes:
        """What stands between the brackets of a list."""
        return self.data[self.cut[i] + 1 : self.end[i] - 1]

    @cached_property
    def declared(self) -> NDArray[np.int64]:
        """Per list, the five numbers that its spelling declares."""
        told = [declared for declared, _ in self.spellings]
        return np.array(told, np.int64).reshape(-1, len(Declared._fields))[self.spelling]

    @cached_property
    def values(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """All values of all lists, and where each list ends among them."""
        return integers([self.data[cut + 1 : end - 1] for cut, end in zip(self.cut, self.end, strict=True)])


@dataclass(eq=False)
class Loose:
    """Lists that were taken apart one by one (another wording around them), as a batch."""

    lists: list[Array]

    def run(self, array: Array) -> Run:
        self.lists.append(array)
        return Run(self, len(self.lists) - 1, len(self.lists), array[0], array[4], array[5])

    def at(self, i: int) -> At:
        return self.lists[i][6]

    @property
    def declared(self) -> NDArray[np.int64]:
        told = [
            (modality, role, window, filtered, codebook)
            for modality, role, window, filtered, _, codebook, *_ in self.lists
        ]
        return np.array(told, np.int64).reshape(-1, 5)

    @property
    def values(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        return integers([array[7] for array in self.lists])


class Run(NamedTuple):
    """Consecutive lists of a batch that belong to one part of one record."""

    batch: Batch | Loose
    first: int
    last: int
    modality: int
    sample: int
    codebook: int

    def arrays(self) -> list[Array]:
        """The lists one by one."""
        if isinstance(self.batch, Loose):
            return self.batch.lists[self.first : self.last]
        found: list[Array] = []
        for i in range(self.first, self.last):
            modality, role, window, filtered, codebook = self.batch.spellings[self.batch.spelling[i]][0]
            of = self.modality if modality < 0 else modality
            by = self.codebook if codebook < 0 else codebook
            found.append((of, role, window, filtered, self.sample, by, self.batch.at(i), self.batch.text(i)))
        return found


class Places:
    """Where many lists stand, looked up when one is asked for. Indexed like an array of places."""

    def __init__(self, batches: Sequence[Batch | Loose], batch: NDArray[np.int64], index: NDArray[np.int64]) -> None:
        self.batches, self.batch, self.index = batches, batch, index

    def __len__(self) -> int:
        return len(self.index)

    def or_nowhere(self) -> Places:
        """These places, and behind them one that is nowhere: index -1 finds it."""
        return Places(self.batches, np.append(self.batch, -1), np.append(self.index, 0))

    def __getitem__(self, rows):  # type: ignore[no-untyped-def]
        if isinstance(rows, int | np.integer):
            batch = int(self.batch[rows])
            return self.batches[batch].at(int(self.index[rows])) if batch >= 0 else NOWHERE
        return Places(self.batches, self.batch[rows], self.index[rows])


@dataclass(frozen=True)
class Columns:
    """The columns of several batches, one after the other; batch b begins at `begins[b]`."""

    begins: NDArray[np.int64]
    declared: NDArray[np.int64]
    values: NDArray[np.int32]
    ends: NDArray[np.int64]

    @staticmethod
    def of(batches: Sequence[Batch | Loose]) -> Columns:
        values = [batch.values for batch in batches]
        counts = np.array([len(ends) for _, ends in values], np.int64)
        totals = np.array([len(flat) for flat, _ in values], np.int64)
        offsets = np.cumsum(totals) - totals
        empty, no_values = np.zeros(0, np.int64), np.zeros(0, np.int32)
        return Columns(
            np.cumsum(counts) - counts,
            np.concatenate([np.zeros((0, 5), np.int64), *(batch.declared for batch in batches)]),
            np.concatenate([no_values, *(flat for flat, _ in values)]),
            np.concatenate([empty, *(ends + offset for (_, ends), offset in zip(values, offsets, strict=True))]),
        )

    def taken(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
        """What is declared of these lists, their values in one flat array, and where each ends in it."""
        starts = np.concatenate([np.zeros(1, np.int64), self.ends])[rows]
        lengths = self.ends[rows] - starts
        return self.declared[rows], self.values[ranges(starts, lengths)], np.cumsum(lengths)


@dataclass(frozen=True)
class Arrays:
    """Token arrays, ragged: array i is `values[starts[i]:ends[i]]`, and belongs to record `record[i]`."""

    record: NDArray[np.int64]
    modality: NDArray[np.int64]
    role: NDArray[np.int64]
    sample: NDArray[np.int64]
    codebook: NDArray[np.int64]
    window: NDArray[np.int64]
    filtered: NDArray[np.bool_]
    at: Places
    values: NDArray[np.int32]
    ends: NDArray[np.int64]

    @property
    def starts(self) -> NDArray[np.int64]:
        return np.concatenate([np.zeros(1, np.int64), self.ends[:-1]]) if len(self.ends) else self.ends

    @staticmethod
    def of(pieces: Sequence[Sequence[Array | Run]]) -> Arrays:
        """The arrays of these records' pieces. No Python runs per array: a run is a range of its batch's columns."""
        loose = Loose([])
        runs: list[tuple[Run, int]] = []
        for row, of_record in enumerate(pieces):
            for piece in of_record:
                runs.append((piece if isinstance(piece, Run) else loose.run(piece), row))
        batches = list({id(run.batch): run.batch for run, _ in runs}.values())
        place = {id(batch): number for number, batch in enumerate(batches)}
        told = [
            (row, place[id(r.batch)], r.first, r.last - r.first, r.modality, r.sample, r.codebook) for r, row in runs
        ]
        row_of, batch_of, first, count, modality, sample, codebook = np.array(told, np.int64).reshape(-1, 7).T
        index = ranges(first, count)
        row_of, batch_of, modality, sample, codebook = (
            np.repeat(column, count) for column in (row_of, batch_of, modality, sample, codebook)
        )
        columns = Columns.of(batches)
        at = columns.begins[batch_of] + index if len(index) else index
        declared, values, ends = columns.taken(at)
        return Arrays(
            record=row_of,
            modality=np.where(declared[:, 0] < 0, modality, declared[:, 0]),
            role=declared[:, 1],
            window=declared[:, 2],
            filtered=declared[:, 3].astype(bool),
            sample=sample,
            codebook=np.where(declared[:, 4] < 0, codebook, declared[:, 4]),
            at=Places(batches, batch_of, index),
            values=values,
            ends=ends,
        )


def ranges(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """first[0], first[0]+1, … (count[0] numbers), first[1], …"""
    ends = np.cumsum(count)
    return np.repeat(first - (ends - count), count) + np.arange(ends[-1] if len(ends) else 0)


def integers(texts: Sequence[bytes]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Comma-separated lists of integers as one flat array, and where each list ends in it.

    All texts are parsed in one call: numpy reads 22 ns an integer from one joined text, 157 ns
    when called once a list (measured on 200,000 lists of ten).
    """
    joined = b",".join(filter(None, texts))
    values = np.zeros(0, np.int64)
    with warnings.catch_warnings(), suppress(ValueError):
        warnings.simplefilter("ignore", DeprecationWarning)  # how numpy before 2.4 says that it met a malformed list
        values = np.fromstring(joined.decode("ascii"), np.int64, sep=",") if joined else values
    counts = np.fromiter((text.count(b",") + 1 if text else 0 for text in texts), np.int64, len(texts))
    regular = len(values) == counts.sum() and (not len(values) or np.abs(values).max() < LARGEST)
    return (values.astype(np.int32), np.cumsum(counts)) if regular else _one_by_one(texts)


def _one_by_one(texts: Sequence[bytes]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    lists = [numbers(text) for text in texts]
    counts = np.array([len(one) for one in lists], np.int64)
    return np.array([number for one in lists for number in one], np.int32), np.cumsum(counts)


def numbers(text: bytes) -> list[int]:
    """The integers of one list; none when any is malformed, or larger than any token id.

    One elided by its printer ends in a comma.
    """
    try:
        found = [int(number) for number in text.rstrip(b", ").split(b",")]
    except ValueError:
        return []
    return found if max(map(abs, found)) < LARGEST else []
