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

_AUDIO = MODALITIES.index("audio")
_SAMPLE = KINDS.index("sample")
#: Products of printed shapes are cut here: no tensor has more values.
_LARGEST = float(1 << 60)
#: Rows of what is counted by record, and where that stands.
_COUNTS = ("record", "modality", "valid", "total", "batch", "samples", "sample_valid", "sample_total")
_RECORD, _MODALITY, _VALID, _TOTAL, _BATCH, _SAMPLES, _SAMPLE_VALID, _SAMPLE_TOTAL, _PLACE = range(9)


def label_counts(table: Table) -> Rows:
    """One row a forward pass and modality that says how many labels count.

    Columns: `modality`; `valid`, `total` (labels that count, -1: not known; all labels, 0: not known);
    `batch` (samples in the batch, 0: not known); `samples`, `sample_valid`, `sample_total` (text
    samples of which it prints counts, their sums). Where no count is printed, an audio loss of
    exactly 0 over frames that exist is one: a mean over labels is 0 only where there are none.
    """
    found = np.concatenate([_counts_of(table, modality) for modality in range(len(MODALITIES))], axis=1)
    found = found.take(np.argsort(found[_RECORD], kind="stable"), axis=1)
    columns = dict(zip(_COUNTS, found, strict=False))
    at = Standing(table.at.ground, found[_PLACE])
    # The rest is what their records say, gathered when a rule asks for it.
    return Rows(columns, {"counts": at}, {}, found.shape[1], table.having(()), found[_RECORD])


def _counts_of(table: Table, modality: int) -> NDArray[np.int64]:
    """The counts of labels of one modality, a column a record that has any, ascending; rows as `_COUNTS` names them."""
    records, name = table.having(()), MODALITIES[modality]
    told, told_total, shape = f"{name}_valid", f"{name}_total", f"{name}_labels_shape"
    sample = records.equal("kind", _SAMPLE)
    printed = _printed(table.maskings, modality)
    if sample.any():
        printed = printed[:, ~sample[printed[_RECORD]]]
    counted = records.has(told) & ~sample
    counted[printed[_RECORD]] = True
    by_loss, frames = _by_loss(records, counted | sample) if modality == _AUDIO else (printed[_RECORD, :0],) * 2
    counted[by_loss] = True
    rows = counted.nonzero()[0]
    column = np.empty(len(table), np.int64)
    column[rows] = np.arange(len(rows))

    found = np.zeros((_PLACE + 1, len(rows)), np.int64)
    found[_RECORD], found[_MODALITY] = rows, modality
    found[_VALID:, column[printed[_RECORD]]] = printed[_VALID:]
    mine = records.has(told).take(rows).nonzero()[0]
    if len(mine):
        of = rows[mine]
        found[_VALID, mine], found[_PLACE, mine] = records.values(told, of), records.place(told, of).places
        totals = records.has(told_total).take(of)
        found[_TOTAL, mine] = np.where(totals, records.values(told_total, of), 0)
        if not totals.all():
            found[_TOTAL, mine[~totals]] = _products(records, shape, of[~totals])
    if len(by_loss):
        mine = column[by_loss]
        found[_VALID, mine] = np.where(records.values("audio_loss", by_loss) == 0.0, 0, -1)
        found[_TOTAL, mine], found[_PLACE, mine] = frames, records.place("audio_loss", by_loss).places
    size = found[_SAMPLE_TOTAL] // np.maximum(found[_SAMPLES], 1)
    if size.any():
        batch = found[_TOTAL] // np.maximum(size, 1)
        found[_BATCH] = np.where((size > 0) & (batch * size == found[_TOTAL]), batch, 0)
    if modality != _AUDIO and shape in table.columns:
        axes = records.axes(shape).T.take(rows, axis=1)
        found[_BATCH] = np.where((axes[1] >= 0) & (axes[2] < 0), axes[0], found[_BATCH])
    return found


def _printed(of: Maskings, modality: int) -> NDArray[np.int64]:
    """The sums of the counts of masked labels that are printed, by record, and where the first of them stands."""
    mine = (of.modality == modality).nonzero()[0]
    record = of.record[mine]
    first = begins(record)
    found = np.zeros((_PLACE + 1, len(first)), np.int64)
    if not len(first):
        return found
    found[_RECORD], found[_PLACE] = record[first], of.at.places[mine[first]]
    found[_VALID], found[_TOTAL] = (np.add.reduceat(counts[mine], first) for counts in (of.valid, of.total))
    # A count that names no sample is that of the whole batch.
    apart = np.minimum.reduceat(of.sample[mine], first) >= 0
    if modality != _AUDIO and apart.any():
        found[_SAMPLES] = np.where(apart, np.diff(first, append=len(record)), 0)
        found[_SAMPLE_VALID], found[_SAMPLE_TOTAL] = np.where(apart, found[[_VALID, _TOTAL]], 0)
    return found


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
