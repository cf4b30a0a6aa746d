"""Logs of a chosen size for the speed benchmark, the same bytes for the same arguments, at over 100 MB/s.

dense:  about 60 % of the bytes are losses, windows and shapes; the rest is noise and bars.
sparse: about 2 % of the lines and bars say something; the rest is noise and bars.

A bar is written as tqdm writes it: a carriage return, the bar, and no newline, so that the next
line is glued to its end.

Steps are rendered once, with marks where the time, the step and the losses go, and written many
times, in random order: step numbers and times go on, the windows of a step come again.

    python bench/workload.py dense|sparse FILE MEGABYTES
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

#: What is filled in when a rendered step is written: no text of a log holds these characters.
TIME, STEP, BAR, TEXT_LOSS, AUDIO_LOSS, SUMMARY = "\1\2\3\4\5\6"
#: What the standard logging module puts before a line.
PREFIX = f"{TIME} - INFO - "
FIRST_SECOND = datetime(2025, 8, 28, 12, tzinfo=UTC)

#: Bytes of steps that are rendered before they come again: more than the caches of one core hold.
POOL = 8_000_000
#: Steps in one pass over the data.
EPOCH = 1000
#: In the sparse log a forward pass prints its windows once in so many steps.
QUIET_STEPS = 6

#: Lines of no interest, and known ones that say little. Each `#` becomes a digit.
NOISE = (
    "Loaded shard data/train-#####.parquet (#### rows) from /data/higgs/train in #.###s",
    "gpu#: mem_alloc=##.##GiB mem_reserved=##.##GiB util=##% temp=##C power=###W",
    f"[rank#] step={STEP} allreduce bucket ## bytes=######## took ##.### ms",
    f"Step {STEP} - lr=#.###e-05 tokens/s=##### data_time=0.#### batch_time=0.####",
    "TEXT LOSS DEBUG: Total tokens: 1###, Valid (unmasked) tokens: 3#",
    "  Label Stats: 2## masked, 1## unmasked, 4## total",
    "  Value range: [-1#.####, 1#.####], Mean: 0.####",
    "✓ Audio logits non-empty: torch.Size([2##, 8, 1026])",
    "✓ Using model's expanded_labels (optimal path)",
    "⚠️  Falling back to original labels to avoid alignment issues",
)
#: The same, as the warnings module prints them: without a prefix.
WARNINGS = (
    "/opt/venv/lib/python3.11/site-packages/torch/utils/checkpoint.py:###: UserWarning: torch.utils.checkpoint: the "
    "use_reentrant parameter should be passed explicitly.",
    "  warnings.warn(",
)
WINDOWS = [(window, array) for window in ("First", "Last") for array in ("Predictions:", "Labels:")]


def digits(r: random.Random, text: str) -> str:
    return "".join(str(r.randrange(10)) if character == "#" else character for character in text)


def tokens(r: random.Random, highest: int) -> str:
    return "[" + ", ".join("-100" if r.random() < 0.2 else str(r.randrange(highest)) for _ in range(10)) + "]"


def forward_pass(r: random.Random, codebooks: int) -> list[str]:
    """The lines of one forward pass with its windows."""
    frames = r.randrange(50, 900)
    lines = [f"✓ Text loss: {TEXT_LOSS}", f"✓ Audio loss: {AUDIO_LOSS}"]
    lines.append("Sample 1 Text Prediction vs Label Comparison:")
    lines += [f"  {window} 10 Text {array:<12} {tokens(r, 128256)}" for window, array in WINDOWS]
    for codebook in range(codebooks):
        lines.append(f"Audio Codebook {codebook} Prediction vs Label Comparison:")
        lines += [f"  {window} 10 Audio {array:<12} {tokens(r, 1026)}" for window, array in WINDOWS]
    lines.append(f"  Audio Logits shape: torch.Size([{frames}, 8, 1026])")
    lines.append(f"  Audio Labels shape: torch.Size([8, {frames}])")
    return [f"{PREFIX}{line}\n" for line in lines] + [SUMMARY]


def bar(r: random.Random) -> str:
    return f"\rEpoch {BAR} [01:02<05:00,  {r.random() * 4:.2f}it/s, loss={r.random() * 20:.3g}]"


def noise(r: random.Random, dense: bool) -> Iterator[str]:
    """Lines of noise and bars without end."""
    while True:
        if r.random() < (0.25 if dense else 0.45):
            yield bar(r) + ("\n" if dense and r.random() < 0.5 else "")
        elif r.random() < 0.15:
            yield digits(r, r.choice(WARNINGS)) + "\n"
        else:
            yield f"{PREFIX}{digits(r, r.choice(NOISE))}\n"


def rendered(lines: Sequence[str]) -> bytes:
    """Lines of one second, the time between them the same."""
    return "".join(
        line.replace(TIME, f"{TIME},{1000 * number // len(lines):03d}") for number, line in enumerate(lines)
    ).encode()


def dense_steps(r: random.Random) -> list[bytes]:
    """One step: 60 % of the bytes are lines that say something."""
    lines = [bar(r), *forward_pass(r, codebooks=8)]
    other, wanted = 0, sum(map(size, lines)) * 2 // 3
    for line in noise(r, dense=True):
        if other >= wanted:
            return [rendered(lines)]
        other += size(line)
        lines.append(line)
    raise AssertionError("noise has no end")


def sparse_steps(r: random.Random) -> list[bytes]:
    """One step that says something and others that do not: 2 % of the lines say something."""
    said, others = forward_pass(r, codebooks=r.choice((1, 8))), noise(r, dense=False)
    each = len(said) * 49 // (1 + QUIET_STEPS)
    steps = [[bar(r), *(next(others) for _ in range(each))] for _ in range(1 + QUIET_STEPS)]
    steps[0][1:1] = said
    return [rendered(lines) for lines in steps]


KINDS: dict[str, Callable[[random.Random], list[bytes]]] = {"dense": dense_steps, "sparse": sparse_steps}


def size(line: str) -> int:
    """Bytes of a line as it will be written."""
    return len(filled(rendered([line]), 100, 1.0, 1.0))


def filled(step: bytes, position: int, text_loss: float, audio_loss: float) -> bytes:
    """A rendered step with what is its own."""
    time = FIRST_SECOND + timedelta(seconds=position)
    done, percent = position % EPOCH, position % EPOCH * 100 // EPOCH
    drawn = f"{1 + position // EPOCH % 3}/3: {percent:3d}%|{'█' * (percent // 10):<10}| {done}/{EPOCH}"
    summary = f"{{'loss': {text_loss + audio_loss:.4f}, 'grad_norm': {text_loss / 5}, 'learning_rate': 5e-05, "
    summary += f"'epoch': {position / EPOCH:.2f}}}\n"
    for mark, text in (
        (TIME, f"{time:%Y-%m-%d %H:%M:%S}"),
        (STEP, str(position)),
        (BAR, drawn),
        (TEXT_LOSS, f"{text_loss:.4f}"),
        (AUDIO_LOSS, f"{audio_loss:.4f}"),
        (SUMMARY, summary if position % 10 == 0 else ""),
    ):
        step = step.replace(mark.encode(), text.encode())
    return step


def steps(kind: str) -> Iterator[bytes]:
    """The steps of a log, without end."""
    r = random.Random(20250828)
    pool: list[list[bytes]] = []
    positions = count(1)
    held = 0
    while True:
        if held < POOL:
            chosen = KINDS[kind](r)
            pool.append(chosen)
            held += sum(map(len, chosen))
        else:
            chosen = r.choice(pool)
        for step in chosen:
            yield filled(step, next(positions), r.random() * 12, r.random() * 7)


def generate(path: Path, megabytes: float, kind: str) -> None:
    """Write a log of at least so many million bytes, of whole steps."""
    missing = megabytes * 1e6
    with path.open("wb", buffering=1 << 20) as out:
        for step in steps(kind):
            if missing <= 0:
                return
            missing -= out.write(step)


def repeat(log: Path, path: Path, megabytes: float) -> None:
    """Write a log over and over, whole each time, until there are at least so many million bytes."""
    with path.open("wb") as out:
        while out.tell() < megabytes * 1e6:
            with log.open("rb") as content:
                shutil.copyfileobj(content, out)


if __name__ == "__main__":
    kind, path, wanted = sys.argv[1:4]
    generate(Path(path), float(wanted), kind)
