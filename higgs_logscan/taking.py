"""What has ended is taken out of a register: as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.fields import (
    BYTE,
    ELAPSED,
    HAS,
    KIND,
    LIST_FIRST,
    LIST_ROW,
    LIST_SIZE,
    LOSS_CODEBOOK,
    LOSS_PLACE,
    LOSS_ROW,
    MASKING_PLACE,
    MASKING_ROW,
    MIXED,
    ORDINAL,
    PHASE,
    PLACE,
    RANK,
    START,
    STEP,
    STEP_INFERRED,
    TIME,
    TIME_FROM,
    TIME_TO,
    WINDOW_KEY,
    WINDOW_LIST,
    WINDOW_PREVIOUS,
    WINDOW_ROW,
)
from higgs_logscan.ground import Ground
from higgs_logscan.places import Kept
from higgs_logscan.register import Register
from higgs_logscan.rows import AXES
from higgs_logscan.table import CodebookLosses, Column, Lists, Maskings, Table, Windows, axes_of
from higgs_logscan.tokens import ranges
from higgs_logscan.vocabulary import COLUMNS

_TOLD = {
    "kind": KIND, "rank": RANK, "step": STEP, "step_inferred": STEP_INFERRED, "phase": PHASE, "start": START,
    "ordinal": ORDINAL, "byte": BYTE, "time": TIME, "elapsed": ELAPSED, "time_from": TIME_FROM,
    "time_to": TIME_TO,
}  # fmt: skip


def take(register: Register, ground: Ground) -> tuple[Table, NDArray[np.int64], NDArray[np.int64]]:
    """The records that have ended, as a table. Beside it the new number of each list and window of the others."""
    order = np.array(register.order[: register.ended], np.int64)
    record_of = np.full(register.records, -1)
    record_of[order] = np.arange(len(order))
    fields = np.asarray(register.fields)[order]
    lists, list_of = _lists(register, record_of, ground)
    windows, window_of = _windows(register, record_of, list_of)
    table = Table(
        {name: fields[:, number] for name, number in _TOLD.items()} | {"mixed": fields[:, MIXED].astype(bool)},
        ground.standing(fields[:, PLACE]),
        _columns(register, order, fields[:, HAS], ground),
        lists,
        windows,
        _maskings(register, record_of, ground),
        _codebook_losses(register, record_of, ground),
    )
    np.asarray(register.free)[register.unused : register.unused + len(order)] = order
    register.unused += len(order)
    register.ended = 0
    return table, list_of, window_of


def _columns(register: Register, order: NDArray[np.int64], has: NDArray[np.int64], ground: Ground) -> dict[str, Column]:
    found: dict[str, Column] = {}
    said = _said(register, order)
    every = int(np.bitwise_or.reduce(has)) if len(has) else 0
    for number, (name, kind) in enumerate(COLUMNS.items()):
        if not every >> number & 1:
            continue
        rows = np.flatnonzero(has >> number & 1)
        of = order[rows]
        values: NDArray[Any] = (np.asarray(register.real) if kind == "number" else np.asarray(register.whole))[
            of, number
        ]
        objects = said.get(number, {})
        if kind == "shape":
            values = axes_of(values)
            for row, shape in objects.items():
                values[np.searchsorted(rows, row)] = (*shape, *[-1] * AXES)[:AXES]
        elif kind not in ("number", "integer"):
            values = np.full(len(rows), None, object)
            values[np.searchsorted(rows, list(objects))] = list(objects.values())
        large = objects if kind == "shape" else {}
        found[name] = Column(rows, values, ground.standing(np.asarray(register.place)[of, number]), large)
    return found


def _said(register: Register, order: NDArray[np.int64]) -> dict[int, dict[int, Any]]:
    """The objects of ended records: by column, then by the record's number."""
    found: dict[int, dict[int, Any]] = {}
    if register.said:
        record_of = dict(zip(order.tolist(), range(len(order)), strict=True))
        for row, column in [key for key in register.said if key[0] in record_of]:
            found.setdefault(column, {})[record_of[row]] = register.said.pop((row, column))
    return found


def _lists(register: Register, record_of: NDArray[np.int64], ground: Ground) -> tuple[Lists, NDArray[np.int64]]:
    """The lists of ended records in the order of the records, and the new number of every list."""
    every, places = np.asarray(register.lists)[: register.listed], np.asarray(register.list_place)[: register.listed]
    record, ended, others = _parted(record_of, every[:, LIST_ROW])
    number_of = np.full(len(every) + 1, -1)
    number_of[ended], number_of[others] = np.arange(len(ended)), np.arange(len(others))
    lists, rest, place, rest_place = every[ended], every[others], places[ended], places[others]
    items = np.array(register.items[: register.filled])
    at = ranges(rest[:, LIST_FIRST].astype(np.int64), rest[:, LIST_SIZE].astype(np.int64))
    register.filled = len(at)
    np.asarray(register.items)[: len(at)] = items[at]
    rest[:, LIST_FIRST] = np.cumsum(rest[:, LIST_SIZE]) - rest[:, LIST_SIZE]
    every[: len(rest)], places[: len(rest)] = rest, rest_place
    register.listed = len(rest)
    _, kind, sample, codebook, first, size = np.ascontiguousarray(lists.T)
    wide = first.astype(np.int64), size.astype(np.int64)
    return Lists(record, kind, sample, codebook, *wide, ground.standing(place), items), number_of


def _windows(
    register: Register, record_of: NDArray[np.int64], list_of: NDArray[np.int64]
) -> tuple[Windows, NDArray[np.int64]]:
    """The windows of ended records in the order of records and parts, and the new number of every other window."""
    every = np.asarray(register.windows)[: register.windowed]
    lists = every[:, WINDOW_LIST : WINDOW_LIST + 2]
    lists[:] = list_of[lists]
    record, ended, others = _parted(record_of, every[:, WINDOW_ROW])
    key = record << 32 | every[ended, WINDOW_KEY]
    windows = every[ended, WINDOW_LIST : WINDOW_LIST + 2]
    if len(key) and (key[1:] < key[:-1]).any():
        order = np.argsort(key)
        record, windows = record[order], windows[order]
    window_of = np.full(len(every) + 1, -1)
    window_of[others] = np.arange(len(others))
    rest = every[others]
    rest[:, WINDOW_PREVIOUS] = window_of[rest[:, WINDOW_PREVIOUS]]
    every[: len(rest)] = rest
    register.windowed = len(rest)
    return Windows(record, *windows.T), window_of


def _parted(
    record_of: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of things that belong to these rows: the records of those that have ended, in their order; which those are;
    and which are the others."""
    record = record_of[rows]
    ended, others = np.flatnonzero(record >= 0), np.flatnonzero(record < 0)
    record = record[ended]
    if (record[1:] < record[:-1]).any():
        order = np.argsort(record, kind="stable")
        record, ended = record[order], ended[order]
    return record, ended, others


def _maskings(register: Register, record_of: NDArray[np.int64], ground: Ground) -> Maskings:
    every = np.asarray(register.maskings)[: register.masked]
    record, ended, others = _parted(record_of, every[:, MASKING_ROW])
    of, rest = every[ended], every[others]
    every[: len(rest)] = rest
    register.masked = len(rest)
    modality, sample, valid, total = of.T[1:5]
    return Maskings(record, modality, sample, valid, total, ground.standing(of[:, MASKING_PLACE]))


def _codebook_losses(register: Register, record_of: NDArray[np.int64], ground: Ground) -> CodebookLosses:
    """In the order of records; of a record and codebook the last loss, and the first place of the record's."""
    every, losses = np.asarray(register.codebook_losses)[: register.lost], np.asarray(register.losses)[: register.lost]
    record, ended, others = _parted(record_of, every[:, LOSS_ROW])
    of, loss, rest, rest_losses = every[ended], losses[ended], every[others], losses[others]
    every[: len(rest)], losses[: len(rest)] = rest, rest_losses
    register.lost = len(rest)
    of_codebook = np.stack([record, of[:, LOSS_CODEBOOK]])
    _, last = np.unique(of_codebook[:, ::-1], axis=1, return_index=True)
    last = len(record) - 1 - last
    first = np.searchsorted(record, record[last])
    return CodebookLosses(record[last], of[last, LOSS_CODEBOOK], loss[last], ground.standing(of[first, LOSS_PLACE]))


def settle(register: Register, rows: NDArray[np.int64], ground: Ground) -> Kept:
    """The lines that these records show, to be the ground's settled ones: from now on their places are those.

    What stands on settled lines already must be among them.
    """
    fields, place = np.asarray(register.fields), np.asarray(register.place)
    mine = np.zeros(register.records, bool)
    mine[rows] = True
    row, column = np.nonzero(fields[rows, HAS][:, None] >> np.arange(len(COLUMNS)) & 1)
    parts: list[tuple[NDArray[np.int64], Any]] = [(fields, (rows, PLACE)), (place, (rows[row], column))]
    for matrix, filled, of, at in (
        (register.maskings, register.masked, MASKING_ROW, MASKING_PLACE),
        (register.codebook_losses, register.lost, LOSS_ROW, LOSS_PLACE),
    ):
        filled_rows = np.asarray(matrix)[:filled]
        parts.append((filled_rows, (np.flatnonzero(mine[filled_rows[:, of]]), at)))
    lists = np.asarray(register.lists)[: register.listed]
    parts.append((np.asarray(register.list_place), (np.flatnonzero(mine[lists[:, LIST_ROW]]),)))
    used, new = np.unique(np.concatenate([matrix[where] for matrix, where in parts]), return_inverse=True)
    done = 0
    for matrix, where in parts:
        count = len(matrix[where])
        matrix[where] = -1 - new[done : done + count]
        done += count
    return ground.standing(used).kept()
