"""What kind of log it is, and when things began: on logs written here, each with the fact to be inferred."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import higgs_logscan
from higgs_logscan.change_point import jump


def scanned(lines: Iterator[str], tmp_path: Path) -> dict[str, Any]:
    log = tmp_path / "train.log"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run: dict[str, Any] = higgs_logscan.scan(log).to_dict()["runs"][0]
    return run


def steps(total: Callable[[float, float], float], decimals: int = 4) -> Iterator[str]:
    for i in range(40):
        text, audio = round(2 + 3 * math.exp(-i / 9), decimals), round(4 + math.exp(-i / 20), decimals)
        yield f"Step {i} - Losses: Text={text:.4f}, Audio={audio:.4f}, Total={total(text, audio):.4f}"


def stamped(seconds: Callable[[int], float], losses: Callable[[int], str], number: int = 60) -> Iterator[str]:
    """Step lines ten steps apart, each with its timestamp."""
    for i in range(number):
        minutes, second = divmod(int(seconds(i)), 60)
        clock = f"2026-01-01 {10 + minutes // 60:02d}:{minutes % 60:02d}:{second:02d},000"
        yield f"{clock} - INFO - Step {10 * i} - Losses: {losses(i)}"


def fine(i: int) -> str:
    text, audio = 2 + math.exp(-i / 9), 4 + math.exp(-i / 20)
    return f"Text={text:.4f}, Audio={audio:.4f}, Total={text + audio:.4f}"


@pytest.mark.parametrize(
    "name, total",
    [
        ("sum", lambda text, audio: text + audio),
        ("mean", lambda text, audio: (text + audio) / 2),
        ("sum, audio times 0.5", lambda text, audio: text + 0.5 * audio),
        ("sum, text times 0.25", lambda text, audio: 0.25 * text + audio),
        ("text alone", lambda text, audio: text),
        ("audio alone", lambda text, audio: audio),
    ],
)
def test_how_the_total_is_made(name: str, total: Callable[[float, float], float], tmp_path: Path) -> None:
    run = scanned(steps(total), tmp_path)
    assert run["context"]["aggregation"]["value"] == name
    # A weight is no fault; a loss that is left out is.
    assert run["verdict"] == ("fail" if "alone" in name else "pass")


def test_losses_in_bfloat16_are_known_by_their_values(tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        for i in range(30):
            text = (88 - i) / 8  # multiples of 1/8: bfloat16 has steps of 1/16 between 8 and 16
            yield f"Step {i} - Losses: Text={text:.4f}, Audio={6.7 - i / 97:.4f}, Total={text + 6.7 - i / 97:.4f}"

    assert scanned(lines(), tmp_path)["context"]["quantised"]["value"] == "text_loss"


@pytest.mark.parametrize(
    "line, versions",
    [
        (
            "Step 10: {'text_loss': 11.625, 'audio_loss': 6.78, 'total_loss': 18.405}\n  ✓ Text contribution: 11.625",
            "6 to 10",
        ),
        ("Step 50 - Train Loss: {'text_loss': 11.625, 'audio_loss': 6.78, 'total_loss': 18.405}", "11 to 25"),
        ("Step 30 - Losses: Text=11.6250, Audio=6.7807, Total=18.4057", "26 to 45"),
        ("Step 30 - Losses: Text=11.6250, Audio=6.7807, Total=18.4057\nStep 30 - Loss: 18.4057", "40 to 45"),
    ],
)
def test_versions_are_bounded_by_their_lines(line: str, versions: str, tmp_path: Path) -> None:
    context = scanned(iter([line]), tmp_path)["context"]
    assert (context["trainer"]["value"], context["trainer_versions"]["value"]) == ("codeman911 trainer.py", versions)


def test_forward_passes_of_a_step_are_counted(tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        for i in range(1, 31):
            for part in range(4):
                text = 2 + 3 / i + part / 100
                yield f"✓ Text loss: {text:.4f}\n✓ Audio loss: 4.1000\n✓ TRAINING SUCCESSFUL - Total loss: {text + 4.1:.4f}"
            yield f"Step {i} - Train Loss: {{'text_loss': 2.1, 'audio_loss': 4.1, 'total_loss': 6.2}}"
            if i % 10 == 0:
                yield "✓ Text loss: 2.2000\n✓ Audio loss: 4.2000\n✓ TRAINING SUCCESSFUL - Total loss: 6.4000"
                yield f"Step {i} - Val Loss: 6.4000, Text: 2.2000, Audio: 4.2000"

    context = scanned(lines(), tmp_path)["context"]
    assert (context["accumulation"]["value"], context["validation"]["value"]) == (4, 3)
    assert context["cadence"]["value"] == "micro-batch"


def test_time_is_that_of_the_lines(tmp_path: Path) -> None:
    run = scanned(stamped(lambda i: 20 * i, fine), tmp_path)
    assert run["context"]["seconds"] == {"value": 59 * 20, "basis": "printed"}
    assert run["context"]["steps_per_second"]["value"] == 0.5
    assert run["verdict"] == "pass"


def test_a_timestamp_that_names_no_moment_says_nothing(tmp_path: Path) -> None:
    lines = [f"2026-13-45 99:99:99,{'9' * 30} - INFO - Step {i} - Losses: {fine(i)}" for i in range(30)]
    assert scanned(iter(lines), tmp_path)["context"]["seconds"]["basis"] == "unknown"


def test_time_goes_on_from_epoch_to_epoch(tmp_path: Path) -> None:
    """Without timestamps the bar tells the time; that of the next epoch begins at zero again."""

    def lines() -> Iterator[str]:
        for epoch in range(2):
            for i in range(1, 21):
                bar = f"Epoch {epoch + 1}/2: {5 * i:3d}%|███       | {i}/20 [{i // 6:02d}:{i % 6}0<00:10, 10.0s/it]"
                yield f"{bar}\nStep {20 * epoch + i} - Losses: {fine(i)}"

    assert scanned(lines(), tmp_path)["context"]["seconds"]["value"] == 390


def test_a_stall_is_an_incident(tmp_path: Path) -> None:
    run = scanned(stamped(lambda i: 20 * i + 4000 * (i > 30), fine), tmp_path)
    assert [(f["rule"], f["first"]["step"]) for f in run["findings"]] == [("stalled", 310)]
    assert run["verdict"] == "warn"


def test_the_onset_is_dated(tmp_path: Path) -> None:
    """The audio loss is 0 from step 300 on, of 600: the last fine step, the first bad one, the time since."""

    def lost(i: int) -> str:
        return fine(i) if i < 30 else f"Text={2.5 - i / 99:.4f}, Audio=0.0000, Total={2.5 - i / 99:.4f}"

    run = scanned(stamped(lambda i: 20 * i, lost), tmp_path)
    first = run["root_causes"][0]
    assert (first["since"]["step"], first["healthy_until"], first["seconds"]) == (300, 290, 29 * 20)


def test_a_divergence_is_dated_where_it_sets_in(tmp_path: Path) -> None:
    """Not where the loss was lowest, which may be anywhere on the plateau before."""

    def lines() -> Iterator[str]:
        chance = random.Random(5)
        for i in range(2000):
            text, audio = 2 + math.exp(-i / 90) + chance.gauss(0, 0.3), 4 + chance.gauss(0, 0.1) + 2.5 * (i >= 1400)
            yield f"Step {i} - Losses: Text={text:.4f}, Audio={audio:.4f}, Total={text + audio:.4f}"

    first = scanned(lines(), tmp_path)["root_causes"][0]
    assert first["cause"] == "learning-rate-too-high"
    assert abs(first["since"]["step"] - 1400) <= 2


def test_what_was_wrong_from_the_start_was_never_healthy(tmp_path: Path) -> None:
    run = scanned(
        stamped(lambda i: 20 * i, lambda i: f"Text={9 - i / 9:.4f}, Audio=0.0000, Total={9 - i / 9:.4f}"), tmp_path
    )
    assert run["root_causes"][0]["healthy_until"] is None
    assert run["root_causes"][0]["seconds"] == 59 * 20


@pytest.mark.parametrize("epoch, detail", [(1.0, "cached-labels-mutated"), (0.5, "labels-lost")])
def test_labels_lost_where_an_epoch_begins_were_mutated(epoch: float, detail: str, tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        for i in range(1, 81):
            lost = i / 40 > epoch
            text, audio = 2 + math.exp(-i / 9), 0.0 if lost else 4 + math.exp(-i / 20)
            yield f"Step {i}: {{'text_loss': {text}, 'audio_loss': {audio}, 'total_loss': {text + audio}}}"
            yield f"{{'loss': {text + audio:.4f}, 'grad_norm': 1.2, 'learning_rate': 1e-05, 'epoch': {i / 40}}}"

    named = {cause["cause"]: cause for cause in scanned(lines(), tmp_path)["root_causes"]}
    assert detail in {cause["detail"] for cause in named.values()}


def test_a_jump_is_told_from_a_fall_and_from_a_spike() -> None:
    import numpy as np

    noise = np.sin(np.arange(80.0) ** 2) / 10
    level = np.where(np.arange(80) < 50, 6.0, 3.0) + noise
    found = jump(level, 8)
    assert found and abs(found.place - 50) <= 1 and found.sure > 2
    falling = jump(6 * np.exp(-np.arange(80) / 20) + noise, 8)
    spike = jump(np.where(np.arange(80) == 50, 30.0, 6.0) + noise, 8)
    assert falling and falling.sure < 0.5
    assert spike and spike.sure < 0.5
    assert jump(level[:15], 8) is None
