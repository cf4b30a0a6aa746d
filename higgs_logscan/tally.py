"""What token arrays amount to: matches by lag, masks, special values by position.

One row per (record, modality, sample or codebook, window). Vectorised over all arrays of a
stretch that have one length: they are a matrix, and no Python runs per array or per value.
Beside it `label_counts`: what a forward pass says in numbers of the labels that its loss used.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows, places
from higgs_logscan.table import KINDS, MODALITIES, NOWHERE, ROLES, At, Record
from higgs_logscan.tokens import Arrays

#: A lag d compares the prediction at i with the label at i+d. Lag 0 on unshifted labels: a leak.
LAGS = (-2, -1, 0, 1, 2)
#: What `first` and `last` are where a row has no label.
NO_VALUE = -(1 << 31)
_AUDIO = MODALITIES.index("audio")
_LABEL = ROLES.index("label")
_SAMPLE = KINDS.index("sample")


def tally(arrays: Arrays, always: dict[str, NDArray[Any]], profile: Profile) -> Rows:
    """The rows of these arrays; `always` says of each record its kind, step, rank, phase, ….

    Columns: `length`, `masked`, `valid` (labels that count); `bos`, `eos`, `negative` (-1),
    `out_of_range`, `large` (above it: a text id); `lead_masked`, `trail_masked`, `lead_bos`,
    `lead_eos`, `trail_bos`, `trail_eos` (lengths of runs at the ends); `codes`, `bos_after_code`,
    `split` (a mask between labels); `first_value`, `last_value`, `last_label` (the last that is
    not masked); of text, `prompt` and `placeholder` (ids, see R05 and R18); `predictions`,
    `wild` (predictions out of range);
    `repeats` of `neighbours` (neighbouring predictions at labels that count, and equal ones of them);
    `pairs`, `matches`, `self_pairs`, `self_matches`: rows x lags.
    """
    _, first, rows = np.unique(_keys(arrays), return_index=True, return_inverse=True)
    chosen = {}
    for role in range(len(ROLES)):
        indices = np.flatnonzero(arrays.role == role)
        chosen[role] = np.full(len(first), -1, np.int64)
        chosen[role][rows[indices]] = indices
    labels, predictions = chosen[_LABEL], chosen[1 - _LABEL]
    columns = {name: values[arrays.record[first]] for name, values in always.items()}
    for name in ("record", "modality", "sample", "codebook", "window", "filtered"):
        columns[name] = getattr(arrays, name)[first]
    columns |= _measured(arrays, labels, predictions, columns["modality"] == _AUDIO, profile)
    at = arrays.at.or_nowhere()
    shown = {
        "label": at[labels],
        "prediction": at[predictions],
        "window": at[np.where(labels >= 0, labels, predictions)],
    }
    return Rows(columns, shown, {}, len(first))


def _keys(arrays: Arrays) -> NDArray[np.int64]:
    """One number for (record, modality, sample, codebook, window): ids of parts are small, printed ones."""
    sample, codebook = np.clip(arrays.sample + 1, 0, 1023), np.clip(arrays.codebook + 1, 0, 127)
    of_record = (arrays.record * 4 + arrays.modality + 1) * 1024 + sample
    # A window of which the masked labels were left out is no part of one that shows them.
    return ((of_record * 128 + codebook) * 4 + arrays.window) * 2 + arrays.filtered


def _measured(
    arrays: Arrays,
    labels: NDArray[np.int64],
    predictions: NDArray[np.int64],
    audio: NDArray[np.bool_],
    profile: Profile,
) -> dict[str, NDArray[Any]]:
    """The columns that are worked out of values. Rows of equal lengths are one matrix, positions x rows.

    A trainer prints windows of one length, so that a stretch has a handful of matrices; sums
    along positions are then additions of whole rows, with no index per value.
    """
    lengths = np.append(np.diff(arrays.ends, prepend=0), 0)
    shape = np.stack([lengths[labels], lengths[predictions]], axis=1)
    groups, group = np.unique(shape, axis=0, return_inverse=True)
    columns: dict[str, NDArray[Any]] = {}
    for number, (of_labels, of_predictions) in enumerate(groups):
        rows = np.flatnonzero(group.reshape(-1) == number)
        values = _matrix(arrays, labels[rows], int(of_labels))
        predicted = _matrix(arrays, predictions[rows], int(of_predictions))
        found = _of_labels(values, audio[rows], profile) | _of_predictions(predicted, audio[rows], profile)
        found |= _lags(values, predicted, audio[rows], profile)
        for name, column in found.items():
            if name not in columns:
                columns[name] = np.zeros((len(labels), *column.shape[1:]), np.int64)
            columns[name][rows] = column
    return columns or _of_nothing(profile)


def _of_nothing(profile: Profile) -> dict[str, NDArray[Any]]:
    nothing, nobody = np.zeros((0, 0), np.int32), np.zeros(0, bool)
    return (
        _of_labels(nothing, nobody, profile)
        | _of_predictions(nothing, nobody, profile)
        | _lags(nothing, nothing, nobody, profile)
    )


def _matrix(arrays: Arrays, chosen: NDArray[np.int64], length: int) -> NDArray[np.int32]:
    """The values of these arrays, all of one length: positions x rows."""
    if not length:
        return np.zeros((0, len(chosen)), np.int32)
    return np.asarray(arrays.values[arrays.starts[chosen] + np.arange(length)[:, None]])


def _of_labels(values: NDArray[np.int32], audio: NDArray[np.bool_], profile: Profile) -> dict[str, NDArray[Any]]:
    masked = values == profile.ignore_index
    bos, eos = audio & (values == profile.audio_bos), audio & (values == profile.audio_eos)
    code = audio & (values >= 0) & (values < profile.codebook_size)
    outside = audio & ~masked & ((values < 0) | (values >= profile.audio_vocabulary))
    length, rows = values.shape
    before, behind = _seen(~masked), _seen(~masked[::-1])[::-1]
    edges = values if length else np.full((1, rows), NO_VALUE)
    last = length - 1 - np.argmax(~masked[::-1], axis=0) if length else np.zeros(rows, np.int64)
    return {
        "length": np.full(rows, length),
        "masked": _count(masked),
        "valid": length - _count(masked),
        "bos": _count(bos),
        "eos": _count(eos),
        "negative": _count(values == -1),
        "out_of_range": _count(outside),
        "large": _count(outside & (values > 0)),
        "codes": _count(code),
        "lead_masked": _lead(masked),
        "trail_masked": _lead(masked[::-1]),
        "lead_bos": _lead(bos),
        "lead_eos": _lead(eos),
        "trail_bos": _lead(bos[::-1]),
        "trail_eos": _lead(eos[::-1]),
        "bos_after_code": _count(bos & _seen(code)),
        "split": _count(masked & before & behind),
        "prompt": _count(~audio & _among(values, profile.prompt_ids)),
        "placeholder": _count(~audio & _among(values, profile.placeholder_ids)),
        "first_value": edges[0],
        "last_value": edges[-1],
        "last_label": np.where(masked.all(axis=0), NO_VALUE, edges[last, np.arange(rows)]),
    }


def _of_predictions(values: NDArray[np.int32], audio: NDArray[np.bool_], profile: Profile) -> dict[str, NDArray[Any]]:
    # Some trainers write ignore_index over predictions that do not count.
    wild = (values < 0) & (values != profile.ignore_index)
    wild |= audio & (values >= profile.audio_vocabulary)
    return {"predictions": np.full(values.shape[1], len(values)), "wild": _count(wild)}


def _lags(
    labels: NDArray[np.int32], predictions: NDArray[np.int32], audio: NDArray[np.bool_], profile: Profile
) -> dict[str, NDArray[Any]]:
    """Pairs and matches at each lag, over labels that count and are no specials.

    Where only one role is printed, or the windows differ in length, there are no pairs.
    """
    found: dict[str, list[NDArray[np.int64]]] = {n: [] for n in ("pairs", "matches", "self_pairs", "self_matches")}
    scorable = (labels != profile.ignore_index) & ~(audio & (labels >= profile.codebook_size))
    length = len(labels) if len(labels) == len(predictions) else 0
    for lag in LAGS:
        here, there = slice(max(0, -lag), length - max(0, lag)), slice(max(0, lag), length + min(0, lag))
        if abs(lag) >= length:
            here = there = slice(0, 0)
        counts, both = scorable[there], scorable[here] & scorable[there]
        found["pairs"].append(_count(counts))
        found["matches"].append(_count(counts & (labels[there] == predictions[here])))
        found["self_pairs"].append(_count(both))
        found["self_matches"].append(_count(both & (labels[there] == labels[here])))
    both = scorable[1:length] & scorable[: max(length - 1, 0)]
    repeats = both & (predictions[1:length] == predictions[: max(length - 1, 0)])
    counted = {name: np.stack(counts, axis=1) for name, counts in found.items()}
    return counted | {"neighbours": _count(both), "repeats": _count(repeats)}


def _count(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many values of each row are marked."""
    return np.asarray(mask.sum(axis=0, dtype=np.int64))


def _lead(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The length of the run of marked values that a row begins with."""
    return _count(np.logical_and.accumulate(mask, axis=0)) if len(mask) else _count(mask)


def _seen(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which values have a marked one before them in their row."""
    seen = np.zeros_like(mask)
    if len(mask):
        seen[1:] = np.logical_or.accumulate(mask, axis=0)[:-1]
    return seen


def _among(values: NDArray[np.int32], ids: Sequence[int]) -> NDArray[np.bool_]:
    found = np.zeros(values.shape, bool)
    for one in ids:
        found |= values == one
    return found


# -- which windows a rule may judge -----------------------------------------------------------


def label_windows(rows: Rows, modality: str, least: int = 1) -> NDArray[np.bool_]:
    """Windows that show labels as the loss got them, with at least so many that count.

    Not filtered ones (-100 is gone from them) and not those of a dataset (raw codes, no specials).
    """
    mine = (rows["modality"] == MODALITIES.index(modality)) & (rows["kind"] != _SAMPLE)
    return np.asarray(mine & ~rows["filtered"] & (rows["valid"] >= least))


# -- counts of labels -------------------------------------------------------------------------


def label_counts(records: Sequence[Record], always: dict[str, NDArray[Any]]) -> Rows:
    """One row a forward pass and modality that says how many labels count.

    Columns: `modality`; `valid`, `total` (labels that count, -1: not known; all labels, 0: not known);
    `batch` (samples in the batch, 0: not known); `samples`, `sample_valid`, `sample_total` (text
    samples of which it prints counts, their sums). Where no count is printed, an audio loss of
    exactly 0 over frames that exist is one: a mean over labels is 0 only where there are none.
    """
    found = [
        (row, modality, *counted)
        for row, record in enumerate(records)
        if record.kind != _SAMPLE and (record.maskings or not _COUNTED.isdisjoint(record.values))
        for modality in range(len(MODALITIES))
        if (counted := _counted(record, modality)) is not None
    ]
    row, *numbers, at = zip(*found, strict=True) if found else [()] * 9
    rows = np.array(row, np.int64)
    columns = {name: values[rows] for name, values in always.items()}
    names = ("modality", "valid", "total", "batch", "samples", "sample_valid", "sample_total")
    columns |= {name: np.array(values, np.int64) for name, values in zip(names, numbers, strict=True)}
    return Rows(columns, {"counts": places(at)}, {}, len(rows))


_COUNTED = frozenset({"text_valid", "audio_valid", "audio_labels_shape"})


def _counted(record: Record, modality: int) -> tuple[int, int, int, int, int, int, At] | None:
    """valid, total, batch, samples, their valid and total labels, place; None where nothing says it."""
    name, values = MODALITIES[modality], record.values
    maskings = [masking for masking in record.maskings if masking[0] == modality]
    valid, total = sum(m[2] for m in maskings), sum(m[3] for m in maskings)
    # A count that names no sample is that of the whole batch.
    samples = len(maskings) if modality != _AUDIO and all(m[1] >= 0 for m in maskings) else 0
    of_samples = (samples, valid, total) if samples else (0, 0, 0)
    at = maskings[0][4] if maskings else NOWHERE
    shape = values.get(f"{name}_labels_shape", ())
    if f"{name}_valid" in values:
        valid, at = values[f"{name}_valid"], record.where[f"{name}_valid"]
        total = values.get(f"{name}_total", prod(shape) if shape else 0)
    elif not maskings:
        frames = shape and prod(shape) and prod(values.get("audio_logits_shape", (0,)))
        if modality != _AUDIO or not frames or "audio_loss" not in values:
            return None
        valid, total, at = 0 if values["audio_loss"] == 0.0 else -1, prod(shape), record.where["audio_loss"]
    length = of_samples[2] // samples if samples else 0
    batch = total // length if length and total % length == 0 else 0
    if modality != _AUDIO and len(shape) == 2:
        batch = shape[0]
    return valid, total, batch, *of_samples, at
