"""What token arrays amount to: matches by lag, masks, special values by position.

One row per (record, modality, sample or codebook, window). Vectorised over the flat values of
all arrays of a stretch: a test of one value is a comparison, a count per row a `bincount`.
Beside it `label_counts`: what a forward pass says in numbers of the labels that its loss used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.profile import Profile
from higgs_logscan.table import KINDS, MODALITIES, NOWHERE, ROLES, Arrays, At, Record, Rows, places

#: A lag d compares the prediction at i with the label at i+d. Lag 0 on unshifted labels: a leak.
LAGS = (-2, -1, 0, 1, 2)
#: What `first` and `last` are where a row has no label.
NO_VALUE = -(1 << 62)
_AUDIO = MODALITIES.index("audio")
_LABEL = ROLES.index("label")
_SAMPLE = KINDS.index("sample")


@dataclass(frozen=True)
class _Flat:
    """Values of the arrays of one role, with the row and the position of each."""

    values: NDArray[np.int64]
    row: NDArray[np.int64]
    position: NDArray[np.int64]
    length: NDArray[np.int64]

    @staticmethod
    def of(arrays: Arrays, chosen: NDArray[np.int64]) -> _Flat:
        """`chosen[row]` is the array of a row, or -1."""
        has = chosen >= 0
        lengths = np.diff(arrays.ends, prepend=0)
        length = np.where(has, lengths[chosen], 0) if len(lengths) else np.zeros(len(chosen), np.int64)
        row = np.repeat(np.arange(len(chosen)), length)
        begins = np.cumsum(length) - length
        position = np.arange(len(row)) - begins[row]
        starts = np.where(has, arrays.starts[chosen], 0) if len(lengths) else length
        return _Flat(arrays.values[starts[row] + position], row, position, length)


def tally(arrays: Arrays, always: dict[str, NDArray[Any]], profile: Profile) -> Rows:
    """The rows of these arrays; `always` says of each record its kind, step, rank, phase, ….

    Columns: `length`, `masked`, `valid` (labels that count); `bos`, `eos`, `negative` (-1),
    `out_of_range`, `large` (above it: a text id); `lead_masked`, `trail_masked`, `lead_bos`,
    `lead_eos`, `trail_bos`, `trail_eos` (lengths of runs at the ends); `codes`, `bos_after_code`,
    `split` (a mask between labels); `first_value`, `last_value`, `last_label` (the last that is
    not masked); of text, `prompt` and `placeholder` (ids, see R05 and R18); `predictions`,
    `wild` (predictions out of range);
    `pairs`, `matches`, `self_pairs`, `self_matches`: rows x lags.
    """
    key = _keys(arrays)
    _, first, rows = np.unique(key, return_index=True, return_inverse=True)
    chosen = {role: np.full(len(first), -1, np.int64) for role in range(len(ROLES))}
    for role, of_row in chosen.items():
        indices = np.flatnonzero(arrays.role == role)
        of_row[rows[indices]] = indices
    labels, predictions = _Flat.of(arrays, chosen[_LABEL]), _Flat.of(arrays, chosen[1 - _LABEL])
    audio = arrays.modality[first] == _AUDIO
    columns = {name: values[arrays.record[first]] for name, values in always.items()}
    columns |= {
        "record": arrays.record[first],
        "modality": arrays.modality[first],
        "sample": arrays.sample[first],
        "codebook": arrays.codebook[first],
        "window": arrays.window[first],
        "filtered": arrays.filtered[first],
    }
    columns |= _of_labels(labels, audio, profile)
    columns |= _of_predictions(predictions, audio, profile)
    columns |= _lags(labels, predictions, audio, profile)
    places_of = [places([arrays.at[i] if i >= 0 else NOWHERE for i in of_row]) for of_row in chosen.values()]
    either = np.where(chosen[_LABEL] >= 0, places_of[_LABEL], places_of[1 - _LABEL])
    at = {"label": places_of[_LABEL], "prediction": places_of[1 - _LABEL], "window": either}
    return Rows(columns, at, {}, len(first))


def _keys(arrays: Arrays) -> NDArray[np.int64]:
    """One number for (record, modality, sample, codebook, window): ids of parts are small, printed ones."""
    sample, codebook = np.clip(arrays.sample + 1, 0, 1023), np.clip(arrays.codebook + 1, 0, 127)
    return (((arrays.record * 4 + arrays.modality + 1) * 1024 + sample) * 128 + codebook) * 4 + arrays.window


def _of_labels(flat: _Flat, audio: NDArray[np.bool_], profile: Profile) -> dict[str, NDArray[Any]]:
    values, row = flat.values, flat.row
    of_audio = audio[row]
    masked = values == profile.ignore_index
    bos = of_audio & (values == profile.audio_bos)
    eos = of_audio & (values == profile.audio_eos)
    code = of_audio & (values >= 0) & (values < profile.codebook_size)
    outside = of_audio & ~masked & ((values < 0) | (values >= profile.audio_vocabulary))
    ends = np.cumsum(flat.length)
    has = flat.length > 0
    edge = np.concatenate([values, [NO_VALUE]])
    return {
        "length": flat.length,
        "masked": _count(masked, flat),
        "valid": flat.length - _count(masked, flat),
        "bos": _count(bos, flat),
        "eos": _count(eos, flat),
        "negative": _count(values == -1, flat),
        "out_of_range": _count(outside, flat),
        "large": _count(outside & (values > 0), flat),
        "codes": _count(code, flat),
        "lead_masked": _lead(masked, flat),
        "trail_masked": _trail(masked, flat),
        "lead_bos": _lead(bos, flat),
        "lead_eos": _lead(eos, flat),
        "trail_bos": _trail(bos, flat),
        "trail_eos": _trail(eos, flat),
        "bos_after_code": _count(bos & (_since(code, flat) > 0), flat),
        "split": _count(masked & (_since(~masked, flat) > 0) & (_until(~masked, flat) > 0), flat),
        "prompt": _count(~of_audio & np.isin(values, profile.prompt_ids), flat),
        "placeholder": _count(~of_audio & np.isin(values, profile.placeholder_ids), flat),
        "first_value": np.where(has, edge[np.where(has, ends - flat.length, -1)], NO_VALUE),
        "last_value": np.where(has, edge[np.where(has, ends - 1, -1)], NO_VALUE),
        "last_label": edge[_last(~masked, flat)],
    }


def _of_predictions(flat: _Flat, audio: NDArray[np.bool_], profile: Profile) -> dict[str, NDArray[Any]]:
    # Some trainers write ignore_index over predictions that do not count.
    wild = (flat.values < 0) & (flat.values != profile.ignore_index)
    wild |= audio[flat.row] & (flat.values >= profile.audio_vocabulary)
    return {"predictions": flat.length, "wild": _count(wild, flat)}


def _lags(labels: _Flat, predictions: _Flat, audio: NDArray[np.bool_], profile: Profile) -> dict[str, NDArray[Any]]:
    """Pairs and matches at each lag, over labels that count and are no specials.

    Where only one role is printed, or the windows differ in length, there are no pairs.
    """
    rows = len(labels.length)
    scorable = labels.values != profile.ignore_index
    scorable &= ~(audio[labels.row] & (labels.values >= profile.codebook_size))
    same = labels.length == predictions.length
    at_label = np.flatnonzero(same[labels.row])
    found: dict[str, list[NDArray[np.int64]]] = {n: [] for n in ("pairs", "matches", "self_pairs", "self_matches")}
    at_prediction = np.flatnonzero(same[predictions.row])
    for lag in LAGS:
        ok = _within(labels, at_label, lag) & scorable[np.clip(at_label + lag, 0, max(len(labels.values) - 1, 0))]
        label, prediction = at_label[ok] + lag, at_prediction[ok]
        hit = labels.values[label] == predictions.values[prediction]
        found["pairs"].append(np.bincount(labels.row[label], minlength=rows))
        found["matches"].append(np.bincount(labels.row[label][hit], minlength=rows))
        ok = _within(labels, at_label, lag) & scorable[at_label]
        ok &= scorable[np.clip(at_label + lag, 0, max(len(labels.values) - 1, 0))]
        here, there = at_label[ok], at_label[ok] + lag
        hit = labels.values[here] == labels.values[there]
        found["self_pairs"].append(np.bincount(labels.row[here], minlength=rows))
        found["self_matches"].append(np.bincount(labels.row[here][hit], minlength=rows))
    return {name: np.stack(counts, axis=1) for name, counts in found.items()}


def _within(flat: _Flat, at: NDArray[np.int64], lag: int) -> NDArray[np.bool_]:
    place = flat.position[at] + lag
    return (place >= 0) & (place < flat.length[flat.row[at]])


def _count(mask: NDArray[np.bool_], flat: _Flat) -> NDArray[np.int64]:
    return np.bincount(flat.row[mask], minlength=len(flat.length))


def _since(mask: NDArray[np.bool_], flat: _Flat) -> NDArray[np.int64]:
    """How many of the values before each one, in its row, are marked."""
    counted: NDArray[np.int64] = np.cumsum(mask) - mask
    begins = np.cumsum(flat.length) - flat.length
    before = np.concatenate([counted, [0]])[np.minimum(begins, len(counted))]
    return np.asarray(counted - before[flat.row])


def _until(mask: NDArray[np.bool_], flat: _Flat) -> NDArray[np.int64]:
    """How many of the values behind each one, in its row, are marked."""
    return _count(mask, flat)[flat.row] - _since(mask, flat) - mask


def _lead(mask: NDArray[np.bool_], flat: _Flat) -> NDArray[np.int64]:
    """The length of the run of marked values that a row begins with."""
    return _count(mask & (_since(~mask, flat) == 0), flat)


def _trail(mask: NDArray[np.bool_], flat: _Flat) -> NDArray[np.int64]:
    """The length of the run of marked values that a row ends with."""
    return _count(mask & (_until(~mask, flat) == 0), flat)


def _last(mask: NDArray[np.bool_], flat: _Flat) -> NDArray[np.int64]:
    """Where the last marked value of each row stands; -1 where it has none."""
    place: NDArray[np.int64] = np.full(len(flat.length), -1, np.int64)
    np.maximum.at(place, flat.row[mask], np.flatnonzero(mask))
    return place


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
    samples = len(maskings) if modality != _AUDIO else 0
    valid, total = sum(m[2] for m in maskings), sum(m[3] for m in maskings)
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
