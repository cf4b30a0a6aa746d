"""What a forward pass says in numbers of the labels that its loss used."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.ground import NO_PLACE, Standing
from higgs_logscan.rows import Rows
from higgs_logscan.table import Table
from higgs_logscan.vocabulary import KINDS, MODALITIES

_AUDIO = MODALITIES.index("audio")
_SAMPLE = KINDS.index("sample")


def label_counts(table: Table) -> Rows:
    """One row a forward pass and modality that says how many labels count.

    Columns: `modality`; `valid`, `total` (labels that count, -1: not known; all labels, 0: not known);
    `batch` (samples in the batch, 0: not known); `samples`, `sample_valid`, `sample_total` (text
    samples of which it prints counts, their sums). Where no count is printed, an audio loss of
    exactly 0 over frames that exist is one: a mean over labels is 0 only where there are none.
    """
    parts = [_counts_of(table, modality) for modality in range(len(MODALITIES))]
    record = np.concatenate([rows for rows, _, _ in parts])
    order = np.argsort(record, kind="stable")
    columns: dict[str, NDArray[Any]] = {"record": record[order]}
    columns["modality"] = np.repeat(np.arange(len(parts)), [len(rows) for rows, _, _ in parts])[order]
    for name in _COUNTS:
        columns[name] = np.concatenate([counts[name] for _, counts, _ in parts])[order]
    at = Standing(table.at.ground, np.concatenate([index for _, _, index in parts])[order])
    # The rest is what their records say, gathered when a rule asks for it.
    return Rows(columns, {"counts": at}, {}, len(order), table.having(()), columns["record"])


_COUNTS = ("valid", "total", "batch", "samples", "sample_valid", "sample_total")


def _counts_of(
    table: Table, modality: int
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.int64]], NDArray[np.int64]]:
    """The records that count labels of a modality, their counts, and where those stand."""
    name, audio, length = MODALITIES[modality], modality == _AUDIO, len(table)
    of = table.maskings
    mine = np.flatnonzero(of.modality == modality)
    record = of.record[mine]
    printed = np.bincount(record, minlength=length)
    valid, total = (np.bincount(record, counts[mine], length).astype(np.int64) for counts in (of.valid, of.total))
    # A count that names no sample is that of the whole batch.
    whole = np.bincount(record, of.sample[mine] < 0, length) > 0
    samples = np.where(audio | whole, 0, printed)
    sample_valid, sample_total = np.where(samples, valid, 0), np.where(samples, total, 0)
    index = np.full(length, NO_PLACE)
    index[record[::-1]] = of.at.places[mine[::-1]]

    shape = _products(table, f"{name}_labels_shape")
    has, said = _filled(table, f"{name}_valid")
    has_total, said_total = _filled(table, f"{name}_total")
    valid = np.where(has, said, valid)
    total = np.where(has, np.where(has_total, said_total, shape), total)
    index = np.where(has, _index(table, f"{name}_valid"), index)
    counted = has | (printed > 0)
    if audio:
        has_loss, loss = _filled(table, "audio_loss", np.float64)
        by_loss = ~counted & has_loss & (shape > 0) & (_products(table, "audio_logits_shape") > 0)
        valid = np.where(by_loss, np.where(loss == 0.0, 0, -1), valid)
        total = np.where(by_loss, shape, total)
        index = np.where(by_loss, _index(table, "audio_loss"), index)
        counted |= by_loss
    size = sample_total // np.maximum(samples, 1)
    batch = np.where((size > 0) & (total % np.maximum(size, 1) == 0), total // np.maximum(size, 1), 0)
    if not audio:
        of_shape = _batches(table, f"{name}_labels_shape")
        batch = np.where(of_shape >= 0, of_shape, batch)
    rows = np.flatnonzero(counted & (table.always["kind"] != _SAMPLE))
    counts = (valid, total, batch, samples, sample_valid, sample_total)
    return rows, {name: values[rows] for name, values in zip(_COUNTS, counts, strict=True)}, index[rows]


def _filled(table: Table, name: str, kind: Any = np.int64) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """Which records have a column, and its values; 0 where they have not."""
    has, values = np.zeros(len(table), bool), np.zeros(len(table), kind)
    if column := table.columns.get(name):
        has[column.rows], values[column.rows] = True, column.values
    return has, values


def _index(table: Table, name: str) -> NDArray[np.int64]:
    """Where the values of a column stand."""
    index = np.full(len(table), NO_PLACE)
    if column := table.columns.get(name):
        index[column.rows] = column.at.places
    return index


def _products(table: Table, name: str) -> NDArray[np.int64]:
    """How many values a shape has, by record; 0 where it is not printed, or has no axes."""
    found = np.zeros(len(table), np.int64)
    if column := table.columns.get(name):
        sizes = np.where(column.values < 0, 1.0, column.values).T
        product = np.minimum(sizes[0] * sizes[1] * sizes[2] * sizes[3], _LARGEST)
        found[column.rows] = np.where(column.values[:, 0] < 0, 0, product)
    return found


def _batches(table: Table, name: str) -> NDArray[np.int64]:
    """The first of two axes; -1 where a shape has not two."""
    found = np.full(len(table), -1)
    if column := table.columns.get(name):
        axes = column.values
        found[column.rows] = np.where((axes[:, 1] >= 0) & (axes[:, 2] < 0), axes[:, 0], -1)
    return found


#: Products of printed shapes are cut here: no tensor has more values.
_LARGEST = float(1 << 60)
