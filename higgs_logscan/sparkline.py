"""A curve in one line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-=+*#@"
#: Stands for a value that is not finite: it is never left out.
BROKEN = "!"


def sparkline(values: Sequence[float], ramp: str = BLOCKS) -> str:
    """One character a value, from the least finite value to the greatest. A flat curve stands low."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    scale = (len(ramp) - 1) / (high - low) if high > low else 0.0
    return "".join(ramp[round((v - low) * scale)] if math.isfinite(v) else BROKEN for v in values)
