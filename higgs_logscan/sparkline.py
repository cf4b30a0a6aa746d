"""A curve in one line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    span = max(high - low, SPAN * max(abs(high), abs(low)))
    scale = (len(ramp) - 1) / span if span else 0.0
    return "".join(ramp[round((v - low) * scale)] if math.isfinite(v) else BROKEN for v in values)
