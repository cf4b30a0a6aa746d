"""Logs of a chosen size for the speed benchmark, the same bytes for the same arguments.

dense:  about 60 % of the bytes are losses, windows and shapes; the rest is noise and bars.
sparse: about 2 % of the lines say something; the rest is noise and bars.

A bar is written as tqdm writes it: a carriage return, the bar, and no newline, so that the next
line is glued to its end.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

#: Lines of no interest, and known ones that say little. Each `#` becomes a digit.
NOISE = (
    "Loaded shard data/train-#####.parquet (#### rows) in #.###s",
    "mem_alloc=##.##GiB util=##% temp=##C power=###W",
    "[rank#] step=#### allreduce bucket ## took ##.### ms",
    "TEXT LOSS DEBUG: Total tokens: 1###, Valid (unmasked) tokens: 3#",
    "  Label Stats: 2## masked, 1## unmasked, 4## total",
    "✓ Using model's expanded_labels (optimal path)",
)
WINDOWS = [(window, array) for window in ("First", "Last") for array in ("Predictions:", "Labels:")]


def noise(r: random.Random) -> str:
    return "".join(str(r.randrange(10)) if character == "#" else character for character in r.choice(NOISE))


def tokens(r: random.Random, highest: int) -> str:
    return "[" + ", ".join("-100" if r.random() < 0.2 else str(r.randrange(highest)) for _ in range(10)) + "]"


def step(r: random.Random, codebooks: int) -> list[str]:
    """The lines of one forward pass with its windows."""
    frames = r.randrange(50, 900)
    lines = [f"✓ Text loss: {r.random() * 12:.4f}", f"✓ Audio loss: {r.random() * 7:.4f}"]
    lines.append("Sample 1 Text Prediction vs Label Comparison:")
    lines += [f"  {window} 10 Text {array:<12} {tokens(r, 128256)}" for window, array in WINDOWS]
    for codebook in range(codebooks):
        lines.append(f"Audio Codebook {codebook} Prediction vs Label Comparison:")
        lines += [f"  {window} 10 Audio {array:<12} {tokens(r, 1026)}" for window, array in WINDOWS]
    lines.append(f"  Audio Logits shape: torch.Size([{frames}, 8, 1026])")
    lines.append(f"  Audio Labels shape: torch.Size([8, {frames}])")
    return lines


def bar(r: random.Random, position: int) -> str:
    done = position % 1000
    return (
        f"\rEpoch 1/3: {done // 10:3d}%|{'█' * (done // 100):<10}| {done}/1000 [01:02<05:00,  {r.random() * 4:.2f}it/s]"
    )


def generate(path: Path, megabytes: int, dense: bool) -> None:
    """Write a log of about that size. Lines carry the prefix of the standard logging module."""
    r = random.Random(20250828)
    written = position = milliseconds = said = other = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        while written < megabytes * 1_000_000:
            position += 1
            parts = [bar(r, position)]
            if dense or r.random() < 0.15:
                lines = step(r, 8)
                said += sum(map(len, lines))
            else:
                lines = []
            wanted = said * 2 // 3 if dense else said * 40
            while other < wanted:
                line = noise(r)
                other += len(line) + 32
                lines.append(line)
                if r.random() < 0.4:
                    lines.append(bar(r, position))
            for line in lines:
                milliseconds += r.randrange(3)
                seconds, ms = divmod(milliseconds, 1000)
                prefix = f"2025-08-28 12:{seconds // 60 % 60:02d}:{seconds % 60:02d},{ms:03d} - INFO - "
                parts.append(line if line.startswith("\r") else f"{prefix}{line}\n")
            text = "".join(parts)
            out.write(text)
            written += len(text.encode())


if __name__ == "__main__":
    kind, path, size = sys.argv[1:4]
    generate(Path(path), int(size), dense=kind == "dense")
