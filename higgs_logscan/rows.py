"""A selection of rows as rules read it: plain arrays, and where each value stands in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import QUOTE, Evidence
from higgs_logscan.tokens import At, Places


class Rows:
    """A selection of rows in which every named column is a plain array without holes.

    What a rule reads. `optional` columns have holes: `has(name)` marks the rows that have them,
    the value in a hole means nothing. A selection of a selection copies a column when it is read.
    """

    def __init__(
        self,
        columns: dict[str, NDArray[Any]],
        at: Mapping[str, NDArray[np.object_] | Places],
        present: dict[str, NDArray[np.bool_]] | None = None,
        length: int | None = None,
        of: Rows | None = None,
        index: NDArray[np.int64] | None = None,
    ) -> None:
        self.columns = columns
        self.at = dict(at)
        self.present = present or {}
        self.length = len(next(iter(columns.values()))) if length is None else length
        self._of, self._index = of, index

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.columns and self._of is not None:
            self.columns[name] = self._of[name][self._index]
        return self.columns[name]

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys([*(self._of.names if self._of else ()), *self.columns]))

    @property
    def shown(self) -> list[str]:
        """The columns of which it is known where they stand."""
        return list(dict.fromkeys([*(self._of.shown if self._of else ()), *self.at]))

    def has(self, name: str) -> NDArray[np.bool_]:
        if name in self.present:
            return self.present[name]
        if self._of is not None and name in self._of.names:
            return self._of.has(name)[self._index]
        return np.full(self.length, name in self.columns)

    def says(self, name: str, words: str) -> NDArray[np.bool_]:
        """Which rows have these words in a column of text. Few rows have any, so only those are looked at."""
        says = np.zeros(self.length, bool)
        for row in np.flatnonzero(self.has(name)):
            says[row] = words in self[name][row]
        return says

    def either(self, mask: NDArray[np.bool_], one: str, other: str) -> NDArray[np.object_] | Places:
        """Where the column `one` stands in the marked rows, and the column `other` in the rest."""
        if not mask.any():
            return self.places(other)
        chosen = self.places(one), self.places(other)
        return places([chosen[not marked][row] for row, marked in enumerate(mask)])

    def places(self, name: str) -> NDArray[np.object_] | Places:
        """Where the values of a column stand."""
        if name not in self.at and self._of is not None:
            self.at[name] = self._of.places(name)[self._index]
        return self.at[name]

    def take(self, rows: NDArray[Any] | slice) -> Rows:
        """These rows (a mask, indices or a slice) as a selection of their own."""
        index = np.arange(self.length)[rows]
        return Rows({}, {}, None, len(index), self, index)

    def evidence(self, row: int, name: str) -> Evidence:
        """The line that says `name` of a row, with its step and rank."""
        line, byte, text = self.places(name)[row]
        step, rank = int(self["step"][row]), int(self["rank"][row])
        return Evidence(
            line,
            byte,
            step if step >= 0 else None,
            rank if rank >= 0 else None,
            text[:QUOTE].decode("utf-8", "replace").rstrip(),
        )

    @staticmethod
    def join(parts: Sequence[Rows]) -> Rows:
        """These selections, one after the other. All have the same columns."""
        names = parts[0].names
        shown = dict.fromkeys(name for part in parts for name in part.shown)
        return Rows(
            {name: np.concatenate([part[name] for part in parts]) for name in names},
            {name: np.concatenate([part.places(name) for part in parts]) for name in shown},
            {name: np.concatenate([part.has(name) for part in parts]) for name in names},
            sum(len(part) for part in parts),
        )


def places(at: Sequence[At]) -> NDArray[np.object_]:
    """Places in the log as an array that can be indexed by rows."""
    return np.fromiter(at, object, len(at))
