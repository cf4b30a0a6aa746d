"""The vectorised tally against a naive loop over the values, written from its documentation alone."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import Printed, table_with

from higgs_logscan import tally as module
from higgs_logscan.label_counts import audio_counts, text_counts
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.tally import LAGS, NO_VALUE, OfWindows

IGNORE, BOS, EOS, CODES = -100, 1024, 1025, 1024
TEXT, AUDIO = 0, 1
PREDICTION, LABEL = 0, 1

#: Values that mean something, and others: ids of both modalities, masks, specials, nonsense.
VALUES = st.sampled_from([-100, -100, -7, -1, 0, 1, 2, 636, 1023, 1024, 1025, 1026, 1030, 128000, 128013, 128016])
LISTS = st.lists(VALUES, max_size=12)
WINDOW = st.fixed_dictionaries(
    {
        "modality": st.sampled_from([TEXT, AUDIO]),
        "sample": st.integers(-1, 2),
        "codebook": st.integers(-1, 7),
        "window": st.integers(0, 2),
        "filtered": st.booleans(),
        "label": st.none() | LISTS,
        "prediction": st.none() | LISTS,
    }
)
#: Windows of some records; one key a record has one window.
RECORDS = st.lists(
    st.lists(WINDOW, max_size=4, unique_by=lambda w: (w["modality"], w["sample"], w["codebook"], w["window"])),
    max_size=4,
)


def passes(written: list[list[dict[str, Any]]]) -> list[Printed]:
    made = []
    for windows in written:
        printed = Printed()
        for w in windows:
            for role, name in ((PREDICTION, "prediction"), (LABEL, "label")):
                if w[name] is not None:
                    part = w["modality"], role, w["window"], w["filtered"], w["sample"], w["codebook"]
                    printed.lists.append((*part, w[name]))
        made.append(printed)
    return made


def leading(values: list[int], *of: int) -> int:
    return len(list(takewhile(lambda value: value in of, values)))


def naive(window: dict[str, Any]) -> dict[str, Any]:
    """What the documentation of `tally` says of one window, value by value."""
    audio = window["modality"] == AUDIO
    labels, predictions = window["label"] or [], window["prediction"] or []
    counting = [v for v in labels if v != IGNORE]
    codes = [v for v in labels if audio and 0 <= v < CODES]
    outside = [v for v in counting if audio and not 0 <= v <= EOS]
    places = [i for i, v in enumerate(labels) if v != IGNORE]
    scorable = [v != IGNORE and not (audio and v >= CODES) for v in labels]
    said = {
        "length": len(labels),
        "masked": labels.count(IGNORE),
        "valid": len(counting),
        "bos": labels.count(BOS) if audio else 0,
        "eos": labels.count(EOS) if audio else 0,
        "negative": labels.count(-1),
        "out_of_range": len(outside),
        "large": sum(v > EOS for v in outside),
        "codes": len(codes),
        "lead_masked": leading(labels, IGNORE),
        "trail_masked": leading(labels[::-1], IGNORE),
        "lead_bos": leading(labels, BOS) if audio else 0,
        "lead_eos": leading(labels, EOS) if audio else 0,
        "trail_eos": leading(labels[::-1], EOS) if audio else 0,
        "split": sum(v == IGNORE and places[0] < i < places[-1] for i, v in enumerate(labels) if places),
        "prompt": 0 if audio else sum(v in Profile().prompt_ids for v in labels),
        "placeholder": 0 if audio else sum(v in (128015, 128016) for v in labels),
        "last_value": labels[-1] if labels else NO_VALUE,
        "last_label": counting[-1] if counting else NO_VALUE,
        "wild": sum((v < 0 and v != IGNORE) or (audio and v > EOS) for v in predictions),
    }
    pairs: dict[str, list[int]] = {"pairs": [], "matches": [], "self_pairs": [], "self_matches": []}
    for lag in LAGS:
        both = range(len(labels)) if len(labels) == len(predictions) else range(0)
        reach = [i for i in both if 0 <= i + lag < len(labels) and scorable[i + lag]]
        pairs["pairs"].append(len(reach))
        pairs["matches"].append(sum(predictions[i] == labels[i + lag] for i in reach))
        reach = [i for i in reach if scorable[i]]
        pairs["self_pairs"].append(len(reach))
        pairs["self_matches"].append(sum(labels[i] == labels[i + lag] for i in reach))
    return said | pairs


COMPILED = [True, False] if module.compiled else [False]


@pytest.mark.parametrize("compiled", COMPILED)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORDS)
def test_tally_is_what_a_loop_counts(
    compiled: bool, monkeypatch: pytest.MonkeyPatch, written: list[list[dict[str, Any]]]
) -> None:
    if not compiled:
        monkeypatch.setattr(module, "compiled", None)
    rows = OfWindows(table_with(passes(written)), Profile())
    expected: dict[tuple[int, ...], dict[str, Any]] = {
        (ordinal, w["modality"], w["sample"], w["codebook"], w["window"]): naive(w)
        for ordinal, windows in enumerate(written)
        for w in windows
        if w["label"] is not None or w["prediction"] is not None
    }
    assert len(rows) == len(expected)
    for row in range(len(rows)):
        key: tuple[int, ...] = tuple(
            int(rows[name][row]) for name in ("record", "modality", "sample", "codebook", "window")
        )
        for name, value in expected[key].items():
            assert rows[name][row].tolist() == value, (name, key)


@given(st.lists(LISTS, min_size=1, max_size=6))
def test_windows_do_not_touch_each_other(lists: list[list[int]]) -> None:
    """A window's row is the same alone and among others."""
    windows = [
        {"modality": AUDIO, "sample": -1, "codebook": k, "window": 0, "filtered": False, "label": v, "prediction": v}
        for k, v in enumerate(lists)
    ]
    together = OfWindows(table_with(passes([windows])), Profile())
    for k, window in enumerate(windows):
        row = OfWindows(table_with(passes([[window]])), Profile())
        for name, values in row.columns.items():
            assert np.array_equal(values[0], together[name][k]), name


def counted(**values: Any) -> Printed:
    return Printed(maskings=values.pop("maskings", []), values=values)


def rows_of(counts: Rows) -> list[dict[str, int]]:
    names = [name for name in ("valid", "total", "batch", "samples") if name in counts.columns]
    return [{name: int(counts[name][row]) for name in names} for row in range(len(counts))]


def test_batch_and_sample_counts_together_tell_the_number_of_samples() -> None:
    record = counted(
        text_valid=26, text_total=190, audio_valid=480, audio_total=600,
        maskings=[(TEXT, 1, 12, 95), (TEXT, 2, 14, 95), (AUDIO, -1, 480, 600)],
    )  # fmt: skip
    table = table_with([record])
    assert rows_of(text_counts(table)) == [{"valid": 26, "total": 190, "batch": 2, "samples": 2}]
    assert rows_of(audio_counts(table)) == [{"valid": 480, "total": 600}]


def test_an_audio_loss_of_zero_over_frames_counts_no_label() -> None:
    def valid(**values: Any) -> list[int]:
        return [row["valid"] for row in rows_of(audio_counts(table_with([counted(**values)])))]

    shapes = {"audio_logits_shape": (78, 8, 1026), "audio_labels_shape": (8, 78)}
    assert valid(audio_loss=0.0, **shapes) == [0]
    assert valid(audio_loss=4.1, **shapes) == [-1]
    assert valid(audio_loss=0.0) == []
    assert valid(audio_loss=0.0, audio_logits_shape=(0, 8, 1026), audio_labels_shape=(8, 78)) == []
