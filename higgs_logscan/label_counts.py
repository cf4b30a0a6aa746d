"""What a forward pass says in numbers of the labels that its loss used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.ground import Standing
from higgs_logscan.ordinals import begins
from higgs_logscan.pieces import Maskings
from higgs_logscan.rows import Rows
from higgs_logscan.table import Table
from higgs_logscan.vocabulary import KINDS, MODALITIES

_SAMPLE = KINDS.index("sample")
#: Products of printed shapes are cut here: no tensor has more values.
_LARGEST = float(1 << 60)


def text_counts(table: Table) -> Rows:
    """One row a forward pass that says how many text labels count.

    Columns: `valid`, `total` (labels that count; all labels, 0: not known); `batch` (samples in the batch, 0: not
    known); `samples`, `sample_valid`, `sample_total` (samples of which it prints counts, their sums).
    """
    printed = _Printed(table, "text")
    counts = _Counts(table, "text", printed)
    columns = dict.fromkeys(("samples", "sample_valid", "sample_total", "batch"), np.zeros(len(counts.rows), np.int64))
    if printed.of_samples.any():
        numbers = {"samples": printed.samples, "sample_valid": printed.valid, "sample_total": printed.total}
        columns |= {name: counts.spread(np.where(printed.of_samples, of, 0)) for name, of in numbers.items()}
        size = columns["sample_total"] // np.maximum(columns["samples"], 1)
        batch = counts.total // np.maximum(size, 1)
        columns["batch"] = np.where((size > 0) & (batch * size == counts.total), batch, 0)
    if "text_labels_shape" in table.columns:
        axes = table.having(()).axes("text_labels_shape").T.take(counts.rows, axis=1)
        columns["batch"] = np.where((axes[1] >= 0) & (axes[2] < 0), axes[0], columns["batch"])
    return counts.with_columns(columns)


def audio_counts(table: Table) -> Rows:
    """One row a forward pass that says how many audio labels count.

    Columns: `valid`, `total` (labels that count, -1: not known; all labels, 0: not known). Where no count is printed,
    an audio loss of exactly 0 over frames that exist is one: a mean over labels is 0 only where there are none.
    """
    counts = _Counts(table, "audio", _Printed(table, "audio"), by_loss=True)
    return counts.with_columns({})


class _Printed:
    """The counts of masked labels that forward passes print, summed up: of which records, whether each of their counts
    names its sample, and how many they are."""

    def __init__(self, table: Table, modality: str) -> None:
        of: Maskings = table.maskings
        records = table.having(())
        mine = of.modality == MODALITIES.index(modality)
        sample = records.equal("kind", _SAMPLE)
        if sample.any():
            mine &= ~sample[of.record]
        rows = mine.nonzero()[0]
        record = of.record[rows]
        first = begins(record)
        self.record, self.place = record[first], of.at.places[rows[first]]
        self.samples = np.diff(first, append=len(record))
        if len(first):
            self.valid, self.total = (np.add.reduceat(counts[rows], first) for counts in (of.valid, of.total))
            # A count that names no sample is that of the whole batch.
            self.of_samples = np.minimum.reduceat(of.sample[rows], first) >= 0
        else:
            self.valid = self.total = first
            self.of_samples = np.zeros(0, bool)


class _Counts:
    """The forward passes that count labels of a modality (`rows`), ascending; what they count, and where it stands.

    What a record says itself stands before the sum of its printed counts, and that before what its loss tells.
    """

    def __init__(self, table: Table, modality: str, printed: _Printed, by_loss: bool = False) -> None:
        self._table, self._printed = table, printed
        records, told, told_total = table.having(()), f"{modality}_valid", f"{modality}_total"
        sample = records.equal("kind", _SAMPLE)
        counted = records.has(told) & ~sample
        counted[printed.record] = True
        told_by_loss, frames = _by_loss(records, counted | sample) if by_loss else (printed.record[:0],) * 2
        counted[told_by_loss] = True
        self.rows = rows = counted.nonzero()[0]
        self._column = np.empty(len(table), np.int64)
        self._column[rows] = np.arange(len(rows))
        self.valid, self.total, self.place = map(self.spread, (printed.valid, printed.total, printed.place))

        mine = records.has(told).take(rows).nonzero()[0]
        if len(mine):
            of = rows[mine]
            self.valid[mine], self.place[mine] = records.values(told, of), records.place(told, of).places
            totals = records.has(told_total).take(of)
            self.total[mine] = np.where(totals, records.values(told_total, of), 0)
            if not totals.all():
                self.total[mine[~totals]] = _products(records, f"{modality}_labels_shape", of[~totals])
        if len(told_by_loss):
            mine = self._column[told_by_loss]
            self.valid[mine] = np.where(records.values("audio_loss", told_by_loss) == 0.0, 0, -1)
            self.total[mine], self.place[mine] = frames, records.place("audio_loss", told_by_loss).places

    def spread(self, of_printed: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers of the records that print counts, in the rows of all; 0 in the others."""
        if len(of_printed) == len(self.rows):
            return of_printed.copy()
        found = np.zeros(len(self.rows), np.int64)
        found[self._column[self._printed.record]] = of_printed
        return found

    def with_columns(self, further: dict[str, NDArray[np.int64]]) -> Rows:
        """As rules read them. The rest is what their records say, gathered when a rule asks for it."""
        columns = {"record": self.rows, "valid": self.valid, "total": self.total, **further}
        at = Standing(self._table.at.ground, self.place)
        return Rows(columns, {"counts": at}, {}, len(self.rows), self._table.having(()), self.rows)


def _by_loss(records: Rows, counted: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The other records that tell by their audio loss whether labels count, and how many labels they have."""
    labels, logits = "audio_labels_shape", "audio_logits_shape"
    rows = (records.has("audio_loss") & records.has(labels) & records.has(logits) & ~counted).nonzero()[0]
    frames = _products(records, labels, rows)
    some = (frames > 0) & (_products(records, logits, rows) > 0)
    return rows[some], frames[some]


def _products(records: Rows, name: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many values a shape has, in these records; 0 where it is not printed, or has no axes."""
    axes = records.axes(name).T.take(rows, axis=1)
    sizes = np.where(axes < 0, 1.0, axes)
    product = np.minimum(sizes[0] * sizes[1] * sizes[2] * sizes[3], _LARGEST)
    return np.where(axes[0] < 0, 0, product).astype(np.int64)
