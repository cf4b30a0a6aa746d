"""A curve in one line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-=+*#@"
#: Stands for a value that is not finite: it is never left out.
BROKEN = "!"
#: The least span of the scale, as a share of the greatest magnitude: noise around a level is no course.
SPAN = 0.05


def sparkline(values: Sequence[float], ramp: str = BLOCKS) -> str:
    """One character a value, from the least finite value to the greatest. A flat curve stands low, noise and all."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    # By halves: the span of the largest numbers is itself no finite one.
    span = max(high / 2 - low / 2, SPAN * max(abs(high), abs(low)) / 2)
    top = len(ramp) - 1
    return "".join(ramp[round((v / 2 - low / 2) / (span or 1) * top)] if math.isfinite(v) else BROKEN for v in values)


def resampled(values: Sequence[float | None], most: int) -> list[float]:
    """The values as means of at most that many parts; a part with a value that is not finite (None) is NaN."""
    numbers = [math.nan if value is None else value for value in values]
    parts = max(1, min(most, len(numbers)))
    cuts = [len(numbers) * part // parts for part in range(parts + 1)]
    return [math.fsum(v / (b - a) for v in numbers[a:b]) if b > a else math.nan for a, b in pairwise(cuts)]
