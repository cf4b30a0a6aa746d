"""The curves of a run, by column, kind of record, phase and start; they add up curve by curve."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.buckets import joined
from higgs_logscan.curve import Curve
from higgs_logscan.finding import Evidence
from higgs_logscan.places import Places
from higgs_logscan.table import Table
from higgs_logscan.value import Value
from higgs_logscan.vocabulary import KINDS, PHASES, Kind

#: Starts of a run that are told apart; a log that counts back more often is not one of starts.
STARTS = 16
_VALIDATION = PHASES.index("validation")

#: The columns that curves are kept of.
COLUMNS = (
    "text_loss", "audio_loss", "loss", "eval_loss", "grad_norm", "learning_rate", "text_valid", "audio_valid", "epoch",
)  # fmt: skip
#: The clocks: seconds by timestamps, seconds by the bar of the training loop.
CLOCKS = ("time", "elapsed")
_NAMED = (*COLUMNS, *CLOCKS)
#: A curve's name: column, kind of record, validation or not, start of the run.
Key = tuple[str, int, bool, int]


class Curves(Value):
    """The curves of a run by column, kind of record, phase and start."""

    curves: dict[Key, Curve] = field(default_factory=dict)

    @staticmethod
    def of(table: Table) -> Curves:
        curves: dict[Key, Curve] = {}
        groups = _groups(table)

        def add(name: str, records: NDArray[np.int64], values: NDArray[Any], at: Places) -> None:
            values = values.astype(np.float64, copy=False)
            for key, rows in _by_group(groups[records]):
                curves[name, *key] = Curve.of(values, table.always, rows, at, records)

        for name in COLUMNS:
            if column := table.columns.get(name):
                add(name, column.rows, column.values, column.at)
        for clock, (records, seconds) in table.times.items():
            add(clock, records, seconds, table.record_places[records])
        for codebook, (records, losses, at) in table.codebook_losses.items():
            add(f"codebook {codebook}", records, losses, at)
        return Curves(_ordered(curves))

    def __add__(self, later: Curves) -> Curves:
        merged = joined(self.curves, later.curves)
        return Curves(merged if len(merged) == len(self.curves) else _ordered(merged))

    def step_before(self, place: Evidence) -> int | None:
        """The last step that a training record before this place of the log names."""
        limit = math.inf if place.step is None else place.step
        steps: list[int] = []
        for (column, *_, validation, _start), curve in self.curves.items():
            if column in COLUMNS and not validation:
                before = curve.step[: curve.index(place)]
                steps += before[(before >= 0) & (before < limit)][-1:].tolist()
        return max(steps, default=None)

    @property
    def starts(self) -> int:
        """How often the run was started, as far as a counter that goes back shows it."""
        return max((key[3] for key in self.curves), default=0) + 1

    def of_kind(self, column: str, kind: Kind, validation: bool = False) -> Curve | None:
        """The curve of the last start that has one."""
        keys = [key for key in self.curves if key[:3] == (column, KINDS.index(kind), validation)]
        return self.curves[max(keys, key=lambda key: key[3])] if keys else None

    def finest(self, column: str) -> Curve | None:
        """What the log says most often: each forward pass, or each step where only a few passes are printed."""
        curves = self.of_kind(column, "micro-batch"), self.of_kind(column, "step")
        return max(filter(None, curves), key=len, default=None)

    def series(self, column: str) -> Curve | None:
        """A metric as a report shows it: from steps where they have it, else from forward passes."""
        if column == "eval_loss":
            return self.of_kind(column, "evaluation") or self.of_kind(column, "epoch")
        return self.of_kind(column, "step") or self.of_kind(column, "micro-batch")

    def evaluations(self, column: str) -> Curve | None:
        """A loss as evaluations report it."""
        return self.of_kind(column, "evaluation") or self.of_kind(column, "epoch")

    def codebooks(self) -> Iterator[tuple[int, Curve]]:
        names = sorted({key[0] for key in self.curves if key[0].startswith("codebook ")}, key=lambda n: int(n[9:]))
        for name in names:
            if curve := self.finest(name):
                yield int(name[9:]), curve


def _ordered(curves: dict[Key, Curve]) -> dict[Key, Curve]:
    """In the order of the columns, codebooks last: whoever names several must not see how they were added up."""

    def place(key: Key) -> tuple[int, int, Key]:
        column = key[0]
        if column in _NAMED:
            return _NAMED.index(column), 0, key
        return len(_NAMED), int(column[9:]), key

    return {key: curves[key] for key in sorted(curves, key=place)}


def _groups(table: Table) -> NDArray[np.int64]:
    """One number a record for (kind, validation, start)."""
    always = table.always
    starts = np.minimum(always["start"], STARTS - 1)
    return np.asarray((always["kind"] * 2 + (always["phase"] == _VALIDATION)) * STARTS + starts)


def _by_group(groups: NDArray[np.int64]) -> Iterator[tuple[tuple[int, bool, int], NDArray[np.int64] | slice]]:
    """The rows of each group that there is."""
    if not len(groups):
        return
    numbers = np.bincount(groups).nonzero()[0].tolist()
    for number in numbers:
        rest, start = divmod(number, STARTS)
        kind, validation = divmod(rest, 2)
        rows = slice(None) if len(numbers) == 1 else (groups == number).nonzero()[0]
        yield (kind, bool(validation), start), rows
