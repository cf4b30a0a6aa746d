"""Whole real logs with known faults: records exactly as counted, verdicts and causes as injected.

Each log is copied under the same name first, so that no path gives an answer away.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import higgs_logscan

LOGS = Path(__file__).parents[2] / "shared" / "real_logs"
MANIFEST = LOGS / "manifest.jsonl"
ENTRIES = [json.loads(line) for line in MANIFEST.read_text().splitlines()] if MANIFEST.exists() else []
HEALTHY = [entry for entry in ENTRIES if entry["healthy"]]
WEAK = [entry for entry in ENTRIES if entry["weak"]]
DECIDABLE = [entry for entry in ENTRIES if not entry["healthy"] and not entry["weak"]]
#: The areas that stand for one loss.
LOSSES = {"text-learning": "text_loss", "audio-learning": "audio_loss"}
#: Of the decidable logs: how many at least are not passed, and have a true cause named first.
DETECTED, NAMED = 40, 40

pytestmark = pytest.mark.skipif(not ENTRIES, reason=f"the real logs are not here: no {MANIFEST}")


def each(entries: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", entries, ids=[Path(entry["file"]).stem for entry in entries])


@pytest.fixture(scope="session")
def nameless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real") / "train.log"


@cache
def scanned(file: str, path: Path) -> dict[str, Any]:
    path.write_bytes((LOGS / file).read_bytes())
    report: dict[str, Any] = higgs_logscan.scan(path).to_dict()
    return report["runs"][0]  # type: ignore[no-any-return]


@cache
def recorded(file: str, path: Path) -> list[dict[str, Any]]:
    path.write_bytes((LOGS / file).read_bytes())
    return list(higgs_logscan.records(path))


def series(records: list[dict[str, Any]], kind: str, column: str) -> dict[str, Any]:
    """Number, first and last of a column, as the manifest counts them: what is not finite is null."""
    values = [record[column] for record in records if record["kind"] == kind and column in record]
    lost = sum(value is None for value in values)
    return {"count": len(values), "first": (values or [None])[0], "last": (values or [None])[-1], "nonfinite": lost}


@each(ENTRIES)
def test_records_are_exact(entry: dict[str, Any], nameless: Path) -> None:
    records, counts = recorded(entry["file"], nameless), entry["counts"]
    incidents = [record["incident"] for record in records if record["kind"] == "incident"]
    labels = [
        a for record in records if record["kind"] != "sample" for a in record.get("arrays", ()) if a["role"] == "label"
    ]
    assert series(records, "micro-batch", "text_loss") == counts["micro_batch_text_loss"]
    assert series(records, "micro-batch", "audio_loss") == counts["micro_batch_audio_loss"]
    assert series(records, "step", "loss") == counts["step_loss"]
    assert sum(record["kind"] == "evaluation" for record in records) == counts["evaluations"]
    assert incidents.count("traceback") == counts["tracebacks"]
    assert len(labels) >= counts["label_arrays"]


@each([entry for entry in ENTRIES if "ddp" not in entry["file"] and entry["counts"]["micro_batch_audio_loss"]["count"]])
def test_a_micro_batch_is_one_forward_pass(entry: dict[str, Any], nameless: Path) -> None:
    """Its losses make the total: one that was not computed is not printed, and counts nothing."""
    passes = [record for record in recorded(entry["file"], nameless) if record["kind"] == "micro-batch"]
    totals = [
        p
        for p in passes
        if all(p.get(name, 0) is not None for name in ("text_loss", "audio_loss", "loss")) and "loss" in p
    ]
    sums = [(p["line"], p.get("text_loss", 0) + p.get("audio_loss", 0), p["loss"]) for p in totals]
    assert not [one for one in sums if abs(one[1] - one[2]) > 1e-3]


@each(ENTRIES)
def test_the_log_is_understood(entry: dict[str, Any], nameless: Path) -> None:
    assert scanned(entry["file"], nameless)["coverage"]["share"] >= 0.97


@each(HEALTHY)
def test_a_healthy_log_passes(entry: dict[str, Any], nameless: Path) -> None:
    run = scanned(entry["file"], nameless)
    assert (run["verdict"], run["root_causes"]) == ("pass", [])
    assert not [finding for finding in run["findings"] if finding["severity"] != "note"]


def test_faults_that_a_log_can_show_are_found(nameless: Path) -> None:
    passed = [
        entry["file"] for entry in DECIDABLE if scanned(entry["file"], nameless)["verdict"] not in ("warn", "fail")
    ]
    assert len(DECIDABLE) - len(passed) >= DETECTED, passed


def test_the_first_cause_is_a_true_one(nameless: Path) -> None:
    first = {
        entry["file"]: next((cause["cause"] for cause in scanned(entry["file"], nameless)["root_causes"]), None)
        for entry in DECIDABLE
    }
    wrong = {entry["file"]: first[entry["file"]] for entry in DECIDABLE if first[entry["file"]] not in entry["causes"]}
    assert len(DECIDABLE) - len(wrong) >= NAMED, wrong


@each(WEAK)
def test_a_weak_log_is_not_accused_of_what_it_has_not(entry: dict[str, Any], nameless: Path) -> None:
    sure = {
        c["cause"] for c in scanned(entry["file"], nameless)["root_causes"] if c["confidence"] in ("certain", "high")
    }
    planned, steps = entry["observed"].get("planned"), entry["observed"].get("steps")
    # The manifest counts it: such a log does end before its last step, whatever else is wrong.
    short = {"truncated"} if planned and steps and steps["last"] < planned else set()
    assert sure <= set(entry["causes"]) | short


@each([entry for entry in ENTRIES if entry["counts"]["step_loss"]["nonfinite"]])
def test_a_loss_that_ended_in_nan_is_no_pass(entry: dict[str, Any], nameless: Path) -> None:
    """Whatever was found before it was lost: the area of that loss does not read `pass`."""
    run = scanned(entry["file"], nameless)
    lost = {area for area, loss in LOSSES.items() if loss in run["series"] and run["series"][loss]["last"] is None}
    assert run["verdict"] == "fail"
    assert not [area["area"] for area in run["areas"] if area["area"] in lost and area["verdict"] == "pass"]
