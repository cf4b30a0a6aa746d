"""Where a value stands in a log, and how a list of tokens is read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Where a value stands: line (newlines counted from 1), byte of the line's text, the text itself.
At = tuple[int, int, bytes]
NOWHERE: At = (0, 0, b"")
#: Numbers from here on are no token ids, and a list with one is malformed.
LARGEST = 10**9


def ranges(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """first[0], first[0]+1, … (count[0] numbers), first[1], …"""
    ends = np.cumsum(count)
    return np.repeat(first - (ends - count), count) + np.arange(ends[-1] if len(ends) else 0)


def numbers(text: bytes) -> list[int]:
    """The integers of one list; none when any is malformed, or larger than any token id.

    One elided by its printer ends in a comma.
    """
    try:
        found = [int(number) for number in text.rstrip(b", ").split(b",")]
    except ValueError:
        return []
    return found if max(map(abs, found)) < LARGEST else []
