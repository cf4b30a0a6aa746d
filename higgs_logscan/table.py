"""Records in columns; the ragged table of token arrays.

NaN is data here (`loss: nan` is often the finding), so a value that the log did not print is
marked apart: a column holds only the rows that have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.rows import Rows, places
from higgs_logscan.tokens import NOWHERE as NOWHERE
from higgs_logscan.tokens import Array as Array
from higgs_logscan.tokens import Arrays, Run
from higgs_logscan.tokens import At as At

Kind = Literal["micro-batch", "step", "evaluation", "epoch", "summary", "sample", "config", "incident", "progress"]
KINDS: tuple[Kind, ...] = (
    "micro-batch", "step", "evaluation", "epoch", "summary", "sample", "config", "incident", "progress",
)  # fmt: skip
PHASES = ("unknown", "train", "validation")
MODALITIES = ("text", "audio")
ROLES = ("prediction", "label")
WINDOWS = ("first", "last", "rest")

#: Every column a record may have, and what kind of value it holds. JSON keys are these names.
COLUMNS: dict[str, str] = {
    # losses, in nats
    "text_loss": "number",
    "audio_loss": "number",
    "loss": "number",
    "eval_loss": "number",
    "consistency_loss": "number",
    # what the optimizer did
    "grad_norm": "number",
    "learning_rate": "number",
    "epoch": "number",
    "text_weight": "number",
    "audio_weight": "number",
    "text_accuracy": "number",
    "audio_accuracy": "number",
    # token counts; valid means label != ignore_index
    "text_valid": "integer",
    "text_total": "integer",
    "audio_valid": "integer",
    "audio_total": "integer",
    "valid_codebooks": "integer",
    "codebooks": "integer",
    # tensor shapes as printed
    "text_logits_shape": "shape",
    "text_labels_shape": "shape",
    "audio_logits_shape": "shape",
    "audio_labels_shape": "shape",
    "audio_out_ids_shape": "shape",
    "text_input_shape": "shape",
    # alignment as the trainer reports it: lengths of logits and labels
    "logits_length": "integer",
    "labels_length": "integer",
    # what a trainer says of its own configuration
    "world_size": "integer",
    # bars
    "position": "integer",
    "planned": "integer",
    "rate": "number",
    "unit": "unit",
    "elapsed": "clock",
    "left": "clock",
    "postfix": "postfix",
    "description": "name",
    # words
    "missing": "text",
    "warning": "text",
    "incident": "text",
    "message": "text",
}


#: One printed count of masked labels: modality, sample (-1: the batch), valid, total, its place.
Masking = tuple[int, int, int, int, At]


@dataclass(slots=True)
class Record:
    """What a log says about one forward pass, step or evaluation, as assembly builds it."""

    kind: int
    at: At
    rank: int = -1
    time: str = ""
    #: Seconds that the bar of the training loop had run, where the line has no timestamp; or -1.
    elapsed: float = -1.0
    step: int = -1
    step_inferred: bool = False
    phase: int = 0
    mixed: bool = False
    start: int = 0
    ordinal: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    where: dict[str, At] = field(default_factory=dict)
    #: Lists of tokens: one by one, or runs of a batch.
    pieces: list[Array | Run] = field(default_factory=list)
    maskings: list[Masking] = field(default_factory=list)
    codebook_loss: dict[int, float] = field(default_factory=dict)

    @property
    def arrays(self) -> list[Array]:
        """All lists of tokens, one by one, in the order of the log."""
        return [array for piece in self.pieces for array in (piece.arrays() if isinstance(piece, Run) else (piece,))]


@dataclass(frozen=True)
class Column:
    """The values of one name: `rows` (ascending) are the records that have it."""

    rows: NDArray[np.int64]
    values: NDArray[Any]
    at: NDArray[np.object_]


#: Characters of a timestamp down to its milliseconds.
_MILLISECONDS = len("2020-01-01T00:00:00.000")
_EPOCH = np.datetime64("2020-01-01", "ms")
#: What is known of every record, whatever its line said.
_ALWAYS = ("kind", "rank", "step", "phase", "mixed", "start", "ordinal")


class Table:
    """A stretch of consecutive records in columns."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def columns(self) -> dict[str, Column]:
        gathered: dict[str, tuple[list[int], list[Any], list[At]]] = {}
        for row, record in enumerate(self.records):
            for name, value in record.values.items():
                rows, values, at = gathered.setdefault(name, ([], [], []))
                rows.append(row)
                values.append(value)
                at.append(record.where[name])
        return {
            name: Column(np.array(rows, np.int64), _typed(COLUMNS[name], values), places(at))
            for name, (rows, values, at) in gathered.items()
        }

    @cached_property
    def always(self) -> dict[str, NDArray[Any]]:
        """Per record: kind, rank (-1: none), step (-1: none), phase, mixed, start, ordinal of its kind, byte."""
        told = {name: [getattr(record, name) for record in self.records] for name in _ALWAYS}
        told["byte"] = [record.at[1] for record in self.records]
        return {name: np.array(values, bool if name == "mixed" else np.int64) for name, values in told.items()}

    @cached_property
    def times(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Per clock, `time` (timestamps) and `elapsed` (bars): the rows that have it, and its seconds."""
        stamped = [row for row, record in enumerate(self.records) if record.time]
        timed = [row for row, record in enumerate(self.records) if not record.time and record.elapsed >= 0]
        seconds = _seconds([self.records[row].time for row in stamped])
        legible = np.isfinite(seconds)
        return {
            "time": (np.array(stamped, np.int64)[legible], seconds[legible]),
            "elapsed": (np.array(timed, np.int64), np.array([self.records[row].elapsed for row in timed])),
        }

    @cached_property
    def arrays(self) -> Arrays:
        return Arrays.of([record.pieces for record in self.records])

    @cached_property
    def codebook_losses(self) -> dict[int, tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.object_]]]:
        """Per codebook: the rows that have its loss, the losses, where they stand."""
        gathered: dict[int, tuple[list[int], list[float], list[At]]] = {}
        for row, record in enumerate(self.records):
            for codebook, value in record.codebook_loss.items():
                rows, values, at = gathered.setdefault(codebook, ([], [], []))
                rows.append(row)
                values.append(value)
                at.append(record.where["codebook_loss"])
        return {
            codebook: (np.array(rows, np.int64), np.array(values, np.float64), places(at))
            for codebook, (rows, values, at) in gathered.items()
        }

    def having(self, reads: Iterable[str], uses: Iterable[str] = (), kinds: Iterable[Kind] = ()) -> Rows:
        """The records, of these kinds, that have every column of `reads`."""
        keep = np.ones(len(self), bool)
        if kinds:
            keep &= np.isin(self.always["kind"], [KINDS.index(kind) for kind in kinds])
        reads = tuple(reads)
        for name in reads:
            keep &= self._mask(name)
        rows = np.flatnonzero(keep)
        values = {name: always[rows] for name, always in self.always.items()}
        at = {"record": self.record_places[rows]}
        present = {}
        for name in (*reads, *uses):
            values[name], at[name], present[name] = self._column(name, rows)
        return Rows(values, at, present, len(rows))

    def _mask(self, name: str) -> NDArray[np.bool_]:
        mask = np.zeros(len(self), bool)
        if name in self.columns:
            mask[self.columns[name].rows] = True
        return mask

    def _column(
        self, name: str, rows: NDArray[np.int64]
    ) -> tuple[NDArray[Any], NDArray[np.object_], NDArray[np.bool_]]:
        column = self.columns.get(name)
        if column is None:
            return _typed(COLUMNS[name], [None] * len(rows)), places([NOWHERE] * len(rows)), np.zeros(len(rows), bool)
        place = np.minimum(np.searchsorted(column.rows, rows), len(column.rows) - 1)
        return column.values[place], column.at[place], column.rows[place] == rows

    @cached_property
    def record_places(self) -> NDArray[np.object_]:
        """Where each record begins."""
        return places([record.at for record in self.records])


def _seconds(stamps: list[str]) -> NDArray[np.float64]:
    """Seconds since 2020 of ISO timestamps, NaN where one names no moment."""
    try:
        moments = np.array([stamp[:_MILLISECONDS] for stamp in stamps], "datetime64[ms]")
    except ValueError:
        if len(stamps) < 2:
            return np.full(len(stamps), np.nan)
        return np.concatenate([_seconds([stamp]) for stamp in stamps])
    return np.asarray((moments - _EPOCH) / np.timedelta64(1000, "ms"), np.float64)


def _typed(kind: str, values: list[Any]) -> NDArray[Any]:
    if kind == "number":
        return np.array([np.nan if v is None else v for v in values], np.float64)
    if kind == "integer":
        return np.array([0 if v is None else v for v in values], np.int64)
    typed = np.empty(len(values), object)
    typed[:] = values
    return typed
