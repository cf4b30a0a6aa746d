"""A selection of rows as rules read it: plain arrays, and where each value stands in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.counting import counted, sums
from higgs_logscan.finding import Evidence
from higgs_logscan.ordinals import Ordinals
from higgs_logscan.places import Kept, Places, Selection, kept
from higgs_logscan.tokens import At

#: Axes of a shape that rules ask for; further ones count for nothing.
AXES = 4


class Rows:
    """A selection of rows in which every named column is a plain array without holes.

    What a rule reads. `optional` columns have holes: `has(name)` marks the rows that have them,
    the value in a hole means nothing. A selection of a selection copies a column when it is read,
    and none where it holds all rows (`index` is None).
    """

    def __init__(
        self,
        columns: dict[str, NDArray[Any]],
        at: Mapping[str, Places],
        present: dict[str, NDArray[np.bool_]] | None = None,
        length: int | None = None,
        of: Rows | None = None,
        taken: NDArray[Any] | None = None,
    ) -> None:
        self.columns = columns
        self.at = dict(at)
        self.present = present or {}
        self.length = len(next(iter(columns.values()))) if length is None else length
        self._of, self._taken = of, taken
        self._axes: dict[str, NDArray[np.integer[Any]]] = {}
        self._lags: dict[tuple[str, int], NDArray[Any]] = {}
        self._marks: dict[tuple[str, Any], NDArray[np.bool_]] = {}
        self._some: dict[str, bool] = {}
        self._ordinals: dict[int, Ordinals] = {}

    def __len__(self) -> int:
        return self.length

    @cached_property
    def _index(self) -> NDArray[np.int64] | None:
        """Which rows these are of those that they were taken of; None where they are all."""
        taken = self._taken
        return taken.nonzero()[0] if taken is not None and taken.dtype == bool else taken

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.columns and self._of is not None:
            values = self._of[name]
            self.columns[name] = values if self._index is None else values.take(self._index, axis=0)
        return self.columns[name]

    def values(self, name: str, rows: Any) -> Any:
        """What `self[name][rows]` is, with nothing read of the other rows."""
        if name in self.columns or self._of is None:
            return self.columns[name][rows]
        return self._of.values(name, rows if self._index is None else self._index[rows])

    def of_lag(self, name: str, number: int) -> NDArray[Any]:
        """What `self[name][:, number]` is, with nothing read of the other lags."""
        key = name, number
        if key not in self._lags:
            if name in self.columns or self._of is None:
                self._lags[key] = np.ascontiguousarray(self.columns[name][:, number])
            else:
                values = self._of.of_lag(name, number)
                self._lags[key] = values if self._index is None else values.take(self._index)
        return self._lags[key]

    def sums(self, name: str, lags: slice = slice(None)) -> list[int]:
        """The sums of a column, by lag where it has lags: of all, or of these."""
        of, taken = self._of, self._taken
        marked = of is not None and taken is not None and taken.dtype == bool and name in of.columns
        values = of.columns[name] if of is not None and marked else self[name]
        found: list[int] = sums(values if values.ndim == 1 else values[:, lags], taken if marked else None).tolist()
        return found

    def once(self, name: str, marks: Callable[[], NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Marks that several rules ask for, worked out for the first of them."""
        key = name, None
        if key not in self._marks:
            self._marks[key] = marks()
        return self._marks[key]

    def some(self, name: str) -> bool:
        """Whether a column of marks has any."""
        if name not in self._some:
            self._some[name] = bool(self[name].any())
        return self._some[name]

    def equal(self, name: str, value: int) -> NDArray[np.bool_]:
        """Which rows have this value; worked out once for all that ask."""
        key = name, value
        if key not in self._marks:
            self._marks[key] = np.asarray(self[name] == value)
        return self._marks[key]

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys([*(self._of.names if self._of else ()), *self.columns]))

    @property
    def shown(self) -> list[str]:
        """The columns of which it is known where they stand."""
        return list(dict.fromkeys([*(self._of.shown if self._of else ()), *self.at]))

    @cached_property
    def kinds(self) -> list[int]:
        """The kinds of record among these rows, or among those that they were taken of if that is one only."""
        if self._of is not None and len(self._of.kinds) == 1:
            return self._of.kinds
        return [kind for kind, _ in counted(self["kind"])]

    def of_kind(self, kind: int) -> Ordinals:
        """The ordinals of the rows of one of the `kinds`."""
        if kind not in self._ordinals:
            if self._of is not None and self._taken is None and "ordinal" not in self.columns:
                self._ordinals[kind] = self._of.of_kind(kind)
            else:
                mine = self.equal("kind", kind) if len(self.kinds) > 1 else None
                self._ordinals[kind] = Ordinals(self["ordinal"], mine)
        return self._ordinals[kind]

    def has(self, name: str) -> NDArray[np.bool_]:
        if name not in self.present:
            if self._of is None or not self._of.knows(name):
                return np.full(self.length, name in self.columns)
            found = self._of.has(name)
            self.present[name] = found if self._index is None else found[self._index]
        return self.present[name]

    def knows(self, name: str) -> bool:
        """Whether there is a column of that name."""
        return name in self.columns or (self._of is not None and self._of.knows(name))

    def says(self, name: str, words: str) -> NDArray[np.bool_]:
        """Which rows have these words in a column of text. Few rows have any, so only those are looked at."""
        key = name, words
        if key not in self._marks:
            if self._of is not None and name not in self.columns:
                says = self._of.says(name, words)
                if self._taken is not None:
                    says = says[self._taken] if says.any() else np.zeros(self.length, bool)
                self._marks[key] = says
            else:
                self._marks[key] = says = np.zeros(self.length, bool)
                for row in self.has(name).nonzero()[0]:
                    says[row] = words in self.values(name, row)
        return self._marks[key]

    def axes(self, name: str) -> NDArray[np.integer[Any]]:
        """A column of shapes as numbers: rows x axes, -1 for an axis that a shape lacks, and in a hole."""
        if name not in self._axes:
            if self._of is not None and name not in self.columns:
                axes = self._of.axes(name)
                self._axes[name] = axes if self._index is None else axes.T.take(self._index, axis=1).T
            else:
                shapes = self[name]
                told = shapes.ndim > 1
                axes = shapes if told else np.where(self.has(name)[:, None], _numbers(shapes), -1)
                # Each axis is one piece of memory: rules ask for one after the other.
                self._axes[name] = np.asfortranarray(axes)
        return self._axes[name]

    def ranked(self, name: str, rank: int) -> NDArray[np.bool_]:
        """Which rows have a shape of so many axes, fewer than `AXES`."""
        axes = self.axes(name)
        return self.once(f"{rank} axes of {name}", lambda: (axes[:, rank - 1] >= 0) & (axes[:, rank] < 0))

    def whole(self, name: str) -> NDArray[np.bool_]:
        """Which rows have no shape with an axis of length 0."""
        return self.once(f"whole {name}", lambda: np.logical_and.reduce([axis != 0 for axis in self.axes(name).T]))

    def either(self, mask: NDArray[np.bool_], one: str, other: str) -> Places:
        """Where the column `one` stands in the marked rows, and the column `other` in the rest."""
        if not mask.any():
            return self.places(other)
        return Among(self, (other, one), mask.astype(np.int64))

    def places(self, name: str) -> Places:
        """Where the values of a column stand."""
        if name not in self.at and self._of is not None:
            at = self._of.places(name)
            self.at[name] = at if self._index is None else at[self._index]
        return self.at[name]

    def place(self, name: str, rows: Any) -> Any:
        """What `self.places(name)[rows]` is, with nothing looked up of the other rows."""
        if name in self.at or self._of is None:
            return self.at[name][rows]
        return self._of.place(name, rows if self._index is None else self._index[rows])

    def take(self, rows: NDArray[Any] | slice) -> Rows:
        """These rows (a mask, indices or a slice) as a selection of their own."""
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(self.length))
        length = int(np.count_nonzero(rows)) if rows.dtype == bool else len(rows)
        if rows.dtype == bool and length == self.length:
            return self.also({}, {})
        return Rows({}, {}, None, length, self, rows)

    def also(self, columns: dict[str, NDArray[Any]], at: Mapping[str, Places]) -> Rows:
        """These rows with further columns, and further places."""
        return Rows(columns, at, None, self.length, self)

    def kept(self, names: Sequence[str], optional: Sequence[str], shown: str) -> Rows:
        """A copy of these columns, and of where one stands, that rests on nothing else. Of the optional ones it is kept
        which rows have them."""
        rows = np.arange(self.length)
        return Rows(
            {name: self.values(name, rows) for name in (*names, *optional)},
            {shown: kept(self.place(shown, rows))},
            {name: self.has(name) for name in optional},
            self.length,
        )

    def evidence(self, row: int, name: str) -> Evidence:
        """The line that says `name` of a row, with its step and rank."""
        return Evidence.of(self.place(name, row), int(self.values("step", row)), int(self.values("rank", row)))

    def part(self, rows: slice) -> Rows:
        """Consecutive ones of these rows, which are kept."""
        return Rows(
            {name: values[rows] for name, values in self.columns.items()},
            {name: at[rows] for name, at in self.at.items()},
            {name: marks[rows] for name, marks in self.present.items()},
        )

    @staticmethod
    def join(parts: Sequence[Rows]) -> Rows:
        """These selections, one after the other. All are kept, with the same columns and places."""
        return Rows(
            {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
            {name: Kept.join([kept(part.at[name]) for part in parts]) for name in parts[0].at},
            {name: np.concatenate([part.present[name] for part in parts]) for name in parts[0].present},
            sum(len(part) for part in parts),
        )


class Among:
    """Places of which each is that of one of several columns, looked up when it is asked for: `which` says of which."""

    def __init__(
        self, rows: Rows, names: Sequence[str], which: NDArray[np.int64], index: NDArray[np.int64] | None = None
    ) -> None:
        self.rows, self.names, self.which = rows, names, which
        self.index = np.arange(len(which)) if index is None else index

    def __len__(self) -> int:
        return len(self.index)

    @overload
    def __getitem__(self, rows: int | np.integer[Any]) -> At: ...

    @overload
    def __getitem__(self, rows: Selection) -> Among: ...

    def __getitem__(self, rows: Any) -> Any:
        index = self.index[rows]
        if isinstance(rows, int | np.integer):
            return self.rows.place(self.names[self.which[index]], index)
        return Among(self.rows, self.names, self.which, index)

    def kept(self) -> Kept:
        which = self.which[self.index]
        if len(which) and (which == which[0]).all():
            return kept(self.rows.place(self.names[which[0]], self.index))
        mine = [np.flatnonzero(which == number) for number in range(len(self.names))]
        parts = [
            kept(self.rows.place(name, self.index[rows]))
            for name, rows in zip(self.names, mine, strict=True)
            if len(rows)
        ]
        return Kept.join(parts)[np.argsort(np.concatenate(mine))] if parts else Kept.of([])


def _numbers(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Shapes as rows of numbers. A log has few that differ, so that each of those is looked at once."""
    known: dict[Any, int] = {}
    which = [known.setdefault(shape, len(known)) for shape in shapes.tolist()]
    padded = [(*(shape or ()), *[-1] * AXES)[:AXES] for shape in known]
    return np.array(padded, np.int64).reshape(-1, AXES)[which]
