"""What token arrays amount to: matches by lag, masks, special values by position.

One row per (record, modality, sample or codebook, window). Vectorised over all arrays of a
stretch that have one length: they are a matrix, and no Python runs per array or per value.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.pieces import Lists
from higgs_logscan.places import Places
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.table import Table
from higgs_logscan.tokens import NOWHERE
from higgs_logscan.value import replace
from higgs_logscan.vocabulary import KINDS, MODALITIES

#: The loop over values where it could be compiled; None where it could not.
try:
    from higgs_logscan import _tally as compiled
except ImportError:
    compiled = None  # type: ignore[assignment]

#: A lag d compares the prediction at i with the label at i+d. Lag 0 on unshifted labels: a leak.
LAGS = (-2, -1, 0, 1, 2)
#: What `first` and `last` are where a row has no label.
NO_VALUE = -(1 << 31)
#: The columns that hold values, not counts.
_VALUES = ("last_value", "last_label")
_AUDIO = MODALITIES.index("audio")
_SAMPLE = KINDS.index("sample")


class OfWindows(Rows):
    """One row a window; what is known of its record and of its lists is gathered when a rule asks for it.

    Columns that are worked out of values: `length`, `masked`, `valid` (labels that count); `bos`, `eos`, `negative`
    (-1), `out_of_range`, `large` (above it: a text id); `lead_masked`, `trail_masked`, `lead_bos`, `lead_eos`,
    `trail_eos` (lengths of runs at the ends); `codes`, `split` (a mask between labels); `last_value`, `last_label`
    (the last that is not masked); of text, `prompt` and `placeholder` (ids, see R05 and R18); `wild` (predictions out
    of range); `repeats` of `neighbours` (neighbouring predictions at labels that count, and equal ones of them);
    `pairs`, `matches`, `self_pairs`, `self_matches`: rows x lags.

    Counts are of the smallest kind of integer that holds twice the longest list: the sum of two never overflows.
    """

    def __init__(self, table: Table, profile: Profile) -> None:
        windows, lists = table.windows, table.lists
        self._shown = np.where(windows.label >= 0, windows.label, windows.prediction)
        self._windows, self._lists, self._always = windows, lists, table.always
        super().__init__({"record": windows.record}, {}, None, len(windows))
        audio = self["modality"] == _AUDIO
        self.columns |= measured(lists, windows.label, windows.prediction, audio, profile)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.columns:
            if name in _OF_KINDS:
                values = getattr(self._kinds, name)
            elif name in _OF_LISTS:
                values = getattr(self._lists, name).take(self._shown)
            else:
                values = self._always[name]
                values = values.astype(_SMALL.get(name, values.dtype), copy=False).take(self._windows.record)
            few = name == "codebook" and values.max(initial=0) < _FEW
            self.columns[name] = values.astype(np.int8 if few else _SMALL.get(name, values.dtype), copy=False)
        return self.columns[name]

    def gathered(self) -> OfWindows:
        """The same, with all that rules ask of every window at hand."""
        for name in ("codebook", "window", "filtered", "kind", "phase", "mixed", "ordinal"):
            self[name]
        return self

    @cached_property
    def _kinds(self) -> Lists:
        """The lists that the windows show, as far as their kinds tell."""
        return replace(self._lists, kind=self._lists.kind.take(self._shown))

    def values(self, name: str, rows: Any) -> Any:
        if name in self.columns:
            return self.columns[name][rows]
        if name in _OF_LISTS:
            return getattr(self._lists, name)[self._shown[rows]]
        return self._always[name][self._windows.record[rows]]

    def knows(self, name: str) -> bool:
        return name in self.columns or name in _OF_LISTS or name in self._always

    def has(self, name: str) -> NDArray[np.bool_]:
        return np.full(len(self), self.knows(name))

    def places(self, name: str) -> Places:
        """Where the `label`s or the `prediction`s of the windows stand, or what is printed of them (`window`)."""
        places: Places = self.place(name, slice(None))
        return places

    def place(self, name: str, rows: Any) -> Any:
        of = self._shown if name == "window" else getattr(self._windows, name)
        at = of[rows]
        if isinstance(at, np.ndarray):
            return self._lists.at.or_nowhere(at)
        return self._lists.at[at] if at >= 0 else NOWHERE


#: What is known of lists, and of the list that a window shows; what takes the values of a few names only.
_OF_KINDS = ("modality", "window", "filtered")
_OF_LISTS = ("modality", "sample", "codebook", "window", "filtered")
_SMALL = dict.fromkeys(("modality", "window", "kind", "phase"), np.int8)
#: Codebooks of which the smallest kind of integer holds the number, and what rules add to it.
_FEW = 100


def measured(
    lists: Lists,
    labels: NDArray[np.int64],
    predictions: NDArray[np.int64],
    audio: NDArray[np.bool_],
    profile: Profile,
) -> dict[str, NDArray[Any]]:
    """The columns that are worked out of values, of windows with these lists of labels and predictions (-1: none)."""
    kind = np.min_scalar_type(-2 * int(lists.size.max(initial=0)) - 1)
    if compiled is None:
        return {
            name: column.astype(np.int32 if name in _VALUES else kind)
            for name, column in by_matrices(lists, labels, predictions, audio, profile).items()
        }
    found, values = compiled.measure(
        lists.values, lists.first, lists.size, labels, predictions, audio.view(np.uint8), profile, kind, NO_VALUE
    )
    columns = dict(zip(compiled.COLUMNS, found, strict=False)) | dict(zip(compiled.VALUES, values, strict=True))
    by_lag = found[len(compiled.COLUMNS) :].reshape(len(compiled.BY_LAG), len(LAGS), -1)
    return columns | {name: of.T for name, of in zip(compiled.BY_LAG, by_lag, strict=True)}


def by_matrices(
    lists: Lists,
    labels: NDArray[np.int64],
    predictions: NDArray[np.int64],
    audio: NDArray[np.bool_],
    profile: Profile,
) -> dict[str, NDArray[Any]]:
    """The same without a compiler, in wide integers. Rows of equal lengths are one matrix, positions x rows.

    A trainer prints windows of one length, so that a stretch has a handful of matrices; sums
    along positions are then additions of whole rows, with no index per value.
    """
    lengths = np.append(lists.size, 0)
    shape = np.stack([lengths[labels], lengths[predictions]], axis=1)
    groups, group = np.unique(shape, axis=0, return_inverse=True)
    columns: dict[str, NDArray[Any]] = {}
    for number, (of_labels, of_predictions) in enumerate(groups):
        rows = np.flatnonzero(group.reshape(-1) == number)
        values = _matrix(lists, labels[rows], int(of_labels))
        predicted = _matrix(lists, predictions[rows], int(of_predictions))
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


def _matrix(lists: Lists, chosen: NDArray[np.int64], length: int) -> NDArray[np.int32]:
    """The values of these arrays, all of one length: positions x rows."""
    if not length:
        return np.zeros((0, len(chosen)), np.int32)
    return np.asarray(lists.values[lists.first[chosen] + np.arange(length)[:, None]])


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
        "trail_eos": _lead(eos[::-1]),
        "split": _count(masked & before & behind),
        "prompt": _count(~audio & _among(values, profile.prompt_ids)),
        "placeholder": _count(~audio & _among(values, profile.placeholder_ids)),
        "last_value": edges[-1],
        "last_label": np.where(masked.all(axis=0), NO_VALUE, edges[last, np.arange(rows)]),
    }


def _of_predictions(values: NDArray[np.int32], audio: NDArray[np.bool_], profile: Profile) -> dict[str, NDArray[Any]]:
    # Some trainers write ignore_index over predictions that do not count.
    wild = (values < 0) & (values != profile.ignore_index)
    wild |= audio & (values >= profile.audio_vocabulary)
    return {"wild": _count(wild)}


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
    shown = rows.once(f"{modality} labels", lambda: _labels(rows, modality))
    return np.asarray(shown & (rows["valid"] >= least)) if least > 0 else shown


def _labels(rows: Rows, modality: str) -> NDArray[np.bool_]:
    mine = rows.equal("modality", MODALITIES.index(modality)) & ~rows.equal("kind", _SAMPLE)
    return np.asarray(mine & ~rows["filtered"])
