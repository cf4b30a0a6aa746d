"""Excerpts of real logs as their authors published them: trimmed, re-typed, a few lines long.

R files are of real Higgs runs, G of other models, S are examples in documents.
"""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import higgs_logscan
from higgs_logscan.outputs import Look, render

FOLDER = Path(__file__).parents[2] / "shared" / "captured"
FILES = sorted(FOLDER.glob("*.txt"))
#: R files that hold no number of a training run: startup, warnings, a data set's check.
WITHOUT_NUMBERS = ("R15", "R16", "R17", "R19", "R23")
WITH_NUMBERS = [path for path in FILES if path.name.startswith("R") and not path.name.startswith(WITHOUT_NUMBERS)]

pytestmark = pytest.mark.skipif(not FILES, reason=f"the captured excerpts are not here: no {FOLDER}")


@cache
def judged(name: str) -> dict[str, Any]:
    (path,) = FOLDER.glob(f"{name}_*.txt")
    run: dict[str, Any] = higgs_logscan.scan(path).to_dict()["runs"][0]
    return run


def found(name: str) -> set[str]:
    return {finding["rule"] for finding in judged(name)["findings"]}


@pytest.mark.parametrize("path", WITH_NUMBERS, ids=lambda path: path.stem[:3])
def test_what_holds_numbers_gives_records(path: Path) -> None:
    assert list(higgs_logscan.records(path))


@pytest.mark.parametrize("format", ["text", "concise", "json", "jsonl"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:3])
def test_every_output_of_every_excerpt(path: Path, format: str) -> None:
    out = io.StringIO()
    render(format, higgs_logscan.scan(path).to_dict(), out, Look(verbose=True))
    assert "Traceback (most" not in out.getvalue() and "nternal error" not in out.getvalue()
    assert all(json.loads(line) for line in out.getvalue().splitlines() if format == "jsonl")


def test_a_loss_of_zero_over_empty_logits_fails() -> None:
    assert judged("R10")["verdict"] == "fail"


def test_predictions_that_equal_their_targets_fail_as_a_leak() -> None:
    assert judged("R06")["verdict"] == "fail"
    assert judged("R06")["root_causes"][0]["cause"] == "label-leak"
    assert found("R06") & {"label-leak", "audio-loss-near-zero"}


@pytest.mark.parametrize("name", ["R03", "R05"])
def test_windows_of_masks_prove_nothing(name: str) -> None:
    run = judged(name)
    assert not [finding for finding in run["findings"] if finding["area"] == "masking"]
    assert run["root_causes"] == []
    (reason,) = [n["reason"] for n in run["not_judged"] if n["rule"] == "text-labels-masked"]
    assert "neither good nor bad masking" in reason


def test_lengths_that_differ_fail_as_misaligned() -> None:
    for name in ("R07", "R11"):
        assert judged(name)["root_causes"][0]["cause"] == "labels-misaligned"


def test_the_first_micro_batches_are_read_to_the_digit() -> None:
    passes = [r for r in higgs_logscan.records(next(FOLDER.glob("R01_*.txt"))) if r["kind"] == "micro-batch"]
    assert [(p["text_loss"], p["audio_loss"], p["loss"]) for p in passes] == [
        (11.625, 6.7807, 18.4057),
        (11.8125, 6.6797, 18.4922),
        (12.375, 6.4851, 18.8601),
    ]
    assert passes[2]["audio_logits_shape"] == [945, 8, 1026]
