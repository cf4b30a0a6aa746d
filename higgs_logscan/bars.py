"""Progress bars: of thousands that a loop redraws, the last one says everything."""

from __future__ import annotations

import re

from higgs_logscan.plan import Plan
from higgs_logscan.tokens import At

#: Loops told apart at most: the one drawn longest ago gives way.
LOOPS = 256
_POSITION = re.compile(rb"\| *(\d+)/(\d+) \[(?:(\d+):)?(\d+):(\d+)")


class Bars:
    """The last bar of each loop: of each rank, and what stands before the percentage."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, bytes], tuple[Plan, At]] = {}

    def add(self, plan: Plan, at: At) -> None:
        """A bar was drawn, or drawn again."""
        text = at[2]
        loop = plan.rank, text[: text.find(b"%|")].rstrip(b"0123456789 ")
        self._last.pop(loop, None)
        self._last[loop] = plan, at
        if len(self._last) > LOOPS:
            del self._last[next(iter(self._last))]

    def last(self) -> list[tuple[Plan, At]]:
        """The last bar of each loop, in the order of the log."""
        return list(self._last.values())

    def reached(self) -> tuple[int, float]:
        """Where the training loop stands, and for how many seconds it has run; -1 where no bar says it.

        It is the longest bar: that one counts the steps that a Trainer logs.
        """
        longest = (0, -1, -1.0)
        for _, at in self._last.values():
            found = _POSITION.search(at[2])
            if found:
                hours, minutes, seconds = (int(part or 0) for part in found.group(3, 4, 5))
                longest = max(longest, (int(found[2]), int(found[1]), 3600.0 * hours + 60 * minutes + seconds))
        return longest[1:]
