"""Healthy runs that look odd, and faults that look like others: by mechanism, on logs written here."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import higgs_logscan
from higgs_logscan.run import Run


def _lines(
    audio: Callable[[int], float],
    text: Callable[[int], float] = lambda i: 2 + math.exp(-i / 50),
    steps: range = range(0, 1500, 5),
) -> Iterator[str]:
    for i in steps:
        a, t = audio(i), text(i)
        yield f"Step {i} - Losses: Text={t:.4f}, Audio={a:.4f}, Total={a + t:.4f}"


def _tuned(i: int) -> float:
    """A pretrained model on new speech: 4.6 to 4.0 nats, with some noise."""
    return 4 + 0.6 * math.exp(-i / 300) + 0.1 * math.sin(i * i)


def _trainer(
    norms: Callable[[int], str], losses: Callable[[int], float], rates: Callable[[int], float]
) -> Iterator[str]:
    for i in range(240):
        yield f"{{'loss': {losses(i):.4f}, 'grad_norm': {norms(i)}, 'learning_rate': {rates(i)}, 'epoch': {i / 100:.2f}}}"


def _ranks(prefix: str = "", every: int = 0) -> Iterator[str]:
    """Four ranks on one stream, line by line, with a prefix or without; rank 0 alone names some steps."""
    chance = random.Random(7)
    for i in range(150):
        passes = []
        for rank, frames in enumerate(chance.randrange(60, 300) for _ in range(4)):
            shapes = [
                f"Audio logits shape: torch.Size([{frames}, 8, 1026])",
                f"Audio labels shape: torch.Size([8, {frames}])",
            ]
            losses = [f"✓ Audio loss: {_tuned(i):.4f}", f"✓ TRAINING SUCCESSFUL - Total loss: {2 + _tuned(i):.4f}"]
            passes.append([prefix.format(rank) + line for line in ("✓ Text loss: 2.0000", *shapes, *losses)])
        while any(passes):
            yield chance.choice([lines for lines in passes if lines]).pop(0)
        if every and i % every == 0:
            yield prefix.format(0) + f"Step {i} - Losses: Text=2.0000, Audio={_tuned(i):.4f}, Total={2 + _tuned(i):.4f}"


def _text_only(i: int) -> float:
    return 0.0 if (i * 7919) % 13 < 2 else _tuned(i)


def _long() -> Iterator[str]:
    """Twenty thousand records of a noisy loss: means of many records have their highs and lows by chance."""
    chance = random.Random(3)
    noise = [chance.gauss(0, 1) for _ in range(20_000)]
    return _lines(_tuned, lambda i: max(0.1, 2.5 + noise[i]), range(20_000))


HEALTHY = {
    "a long and noisy run": _long,
    "batches of text alone": lambda: _lines(_text_only),
    "a stretch of text alone": lambda: _lines(lambda i: 0.0 if 300 <= i < 500 else _tuned(i)),
    "a fixed template": lambda: _lines(_tuned, lambda i: 2 * math.exp(-i / 10)),
    "a fixed template, resumed": lambda: _lines(_tuned, lambda i: 0.0, range(3000, 4000, 5)),
    "half precision finds its scale": lambda: _trainer(lambda i: "inf" if i < 5 else "0.8", _tuned, lambda i: 1e-5),
    "four starts, each with warm-up and end": lambda: _trainer(
        lambda i: "0.8", _tuned, lambda i: (i % 60) * (59 - i % 60) / 1e8
    ),
    "several ranks on one stream": _ranks,
    "several ranks, each with its prefix": lambda: _ranks("[rank{}]: "),
    "several ranks, of which one names steps": lambda: _ranks("[default{}]:", every=10),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_run_gives_no_warning(name: str, tmp_path: Path) -> None:
    run = _scan(HEALTHY[name](), tmp_path)
    assert [f"{f.rule}: {f.message}" for f in run.findings if f.severity != "note"] == []
    assert run.verdict == "pass"


def _memorised() -> Iterator[str]:
    for line in _lines(lambda i: max(0.004, 7 * math.exp(-i / 60)), steps=range(0, 1500, 30)):
        step = int(line.split()[1])
        codes = [(step * 31 + k * 97) % 1024 for k in range(5)]
        yield line
        yield f"Audio Tokens - First 5 Pred: {codes} | First 5 Target: {codes}"
        if step % 300 == 0:
            yield f"Step {step} - Val Loss: 9.2000, Text: 1.9000, Audio: 7.3000"


def _hidden_nan() -> Iterator[str]:
    yield from _trainer(lambda i: "0.8", _tuned, lambda i: 1e-5)
    yield "{'eval_loss': 6.123456, 'eval_runtime': 12.3, 'epoch': 2.0}"
    for _ in range(100):
        yield "{'loss': 0.0, 'grad_norm': nan, 'learning_rate': 1e-05, 'epoch': 2.5}"


def _few_passes() -> Iterator[str]:
    """An audio loss stuck at chance on every step line, beside a few forward passes that look better."""
    for line in _lines(lambda i: 6.93 + 0.01 * math.sin(i * i)):
        step = int(line.split()[1])
        yield line
        if step % 200 == 0:
            yield "✓ Text loss: 2.0000"
            yield "✓ Audio loss: 5.1000"


FAULTY = {
    "not-learning": _few_passes,
    "memorisation": _memorised,
    "non-finite": _hidden_nan,
    "crashed": lambda: [*_lines(_tuned), "Killed"],
    # Inputs that go shake the text loss, labels that go do not.
    "missing-audio-inputs": lambda: _lines(
        lambda i: _text_only(i) if i < 900 else 0.0, lambda i: 2.1 + (i >= 900) * math.exp((900 - i) / 200)
    ),
    "missing-audio-labels": lambda: _lines(lambda i: _text_only(i) if i < 900 else 0.0),
    "learning-rate-too-high": lambda: _lines(lambda i: _text_only(i) and (_tuned(i) if i < 600 else 9.5)),
}


@pytest.mark.parametrize("cause", FAULTY)
def test_the_first_cause_is_the_mechanism(cause: str, tmp_path: Path) -> None:
    run = _scan(FAULTY[cause](), tmp_path)
    assert run.verdict == "fail"
    assert run.root_causes[0].cause == cause


def test_ranks_with_a_prefix_are_told_apart(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text("\n".join(_ranks("[rank{}]: ", every=10)) + "\n")
    passes = list(higgs_logscan.records(log, kinds=["micro-batch"]))
    assert len(passes) == 4 * 150
    assert not any(record["mixed"] for record in passes)
    for record in passes:
        assert record["loss"] == pytest.approx(record["text_loss"] + record["audio_loss"])
    assert sorted({record["rank"] for record in passes}) == [0, 1, 2, 3]
    assert passes[0]["step"] is not None and passes[-1]["step"] >= 140


def test_a_line_that_is_but_the_beginning_of_another_says_nothing(tmp_path: Path) -> None:
    whole = "[rank1]: [DEBUG LOSS] Text: 8.1300, Audio: 6.9310, Total: 15.0610"
    log = tmp_path / "train.log"
    log.write_text(f"{whole}\n[rank1]: \n[rank1]:\n{whole}\n")
    assert [record["loss"] for record in higgs_logscan.records(log)] == [15.061, 15.061]


def test_a_restart_of_all_ranks_is_one(tmp_path: Path) -> None:
    lines = [f"[rank{r}]: Step {i} - Losses: Text=2.0, Audio=4.0, Total=6.0" for i in range(0, 90, 5) for r in range(4)]
    run = _scan(lines * 2, tmp_path)
    assert [(f.rule, f.count) for f in run.findings if f.area == "incidents"] == [("run-restarted", 1)]


def _scan(lines: Iterator[str] | list[str], folder: Path) -> Run:
    log = folder / "train.log"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return higgs_logscan.scan(log).runs[0]
