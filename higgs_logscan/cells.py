"""What records say once, in columns: read in the register where it stands, when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.fields import HAS
from higgs_logscan.ground import NO_PLACE, Ground, Standing
from higgs_logscan.rows import AXES
from higgs_logscan.vocabulary import COLUMNS

#: Bits of each number of a shape that is kept as one integer, and the most numbers that it has then.
SIZE_BITS, SIZES = 20, 3


class Cells:
    """Single values of ended records, in a register's matrices, which nobody writes any more.

    order: the number of each record in the register. A column is gathered when it is asked for: nobody asks for most
           of them.
    """

    def __init__(
        self,
        order: NDArray[np.int64],
        fields: NDArray[np.int64],
        place: NDArray[np.int64],
        whole: NDArray[np.int64],
        real: NDArray[np.float64],
        said: Mapping[int, Mapping[int, Any]],
    ) -> None:
        self.order, self.fields, self.place, self.whole, self.real, self.said = order, fields, place, whole, real, said
        #: A bit for each column that a record has.
        self.has = self.field(HAS)

    def __len__(self) -> int:
        return len(self.order)

    def field(self, number: int) -> NDArray[np.int64]:
        """One of the fields that every record has."""
        return self.fields[:, number].take(self.order)

    def columns(self, ground: Ground) -> dict[str, Column]:
        """The columns that any record has."""
        every = int(np.bitwise_or.reduce(self.has)) if len(self) else 0
        return {name: Column(self, n, kind, ground) for n, (name, kind) in enumerate(COLUMNS.items()) if every >> n & 1}

    def take(self, rows: NDArray[np.int64], new: NDArray[np.int64]) -> Cells:
        """Those of these records alone, whose new numbers are given."""
        said = {
            number: {int(new[row]): value for row, value in objects.items() if new[row] >= 0}
            for number, objects in self.said.items()
        }
        return Cells(self.order[rows], self.fields, self.place, self.whole, self.real, said)


class Column:
    """The values of one name, and where they stand."""

    def __init__(self, cells: Cells, number: int, kind: str, ground: Ground) -> None:
        self._cells, self._number, self._kind, self._ground = cells, number, kind, ground
        #: Values that are neither numbers nor small shapes, by record.
        self.objects = cells.said.get(number, {})

    @cached_property
    def marks(self) -> NDArray[np.bool_]:
        """The records that have it."""
        return (self._cells.has & 1 << self._number).astype(bool)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The records that have it, ascending."""
        return self.marks.nonzero()[0]

    @cached_property
    def whole(self) -> NDArray[Any]:
        """The values of all records; 0 or None in a hole. Of a shape its first `AXES` axes, -1 for one that is not."""
        cells = self._cells
        if self._kind in ("number", "integer", "shape"):
            of = cells.real if self._kind == "number" else cells.whole
            values: NDArray[Any] = np.where(self.marks, of[self._number].take(cells.order), 0)
            if self._kind == "shape":
                values = axes_of(values)
                for row, shape in self.objects.items():
                    values[row] = (*shape, *[-1] * AXES)[:AXES]
            return values
        values = np.full(len(cells), None, object)
        values[list(self.objects)] = list(self.objects.values())
        return values

    @property
    def values(self) -> NDArray[Any]:
        """The values of `rows`."""
        return self.whole.T.take(self.rows, axis=-1).T

    @property
    def at(self) -> Standing:
        """Where the values of `rows` stand."""
        at: Standing = self.place(self.rows)
        return at

    def place(self, rows: Any) -> Any:
        """Where the values of these records stand."""
        places = np.where(self.marks[rows], self._cells.place[self._number, self._cells.order[rows]], NO_PLACE)
        return Standing(self._ground, places) if places.ndim else self._ground.at(int(places))

    def value(self, row: int) -> Any:
        """What a record has, as a plain value."""
        value = self.objects.get(row, self.whole[row])
        if isinstance(value, np.ndarray):
            return tuple(value[value >= 0].tolist())
        return value.item() if isinstance(value, np.generic) else value


def axes_of(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shapes, of which each is kept as one integer, as numbers: shapes x axes, -1 for an axis that one lacks.

    Each axis is one piece of memory: rules ask for one after the other.
    """
    rank, axes = codes >> SIZE_BITS * SIZES, np.full((AXES, len(codes)), -1)
    for axis in range(SIZES):
        np.copyto(axes[axis], codes >> SIZE_BITS * axis & (1 << SIZE_BITS) - 1, where=rank > axis)
    return axes.T


def holes(kind: str, length: int) -> NDArray[Any]:
    """A column that nobody has, as `Column.whole` is one."""
    if kind == "number":
        return np.zeros(length)
    if kind == "shape":
        return np.full((length, AXES), -1)
    return np.zeros(length, np.int64) if kind == "integer" else np.full(length, None, object)
