"""Progress bars: of thousands that a loop redraws, the last one says everything."""

from __future__ import annotations

import re

from higgs_logscan.plan import Plan
from higgs_logscan.tokens import At

#: Loops told apart at most: the one drawn longest ago gives way.
LOOPS = 256
_POSITION = re.compile(rb"\| *(\d+)/(\d+) \[(?:(\d+):)?(\d+):(\d+)")
#: The bar of one epoch of several: its iterations are no steps of the run.
_EPOCH = re.compile(rb"[^%]*\b[Ee]poch(?! 1/1\b)")


class Bars:
    """The last bar of each loop: of each rank, what stands before the percentage, and the number of iterations."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, bytes, int], tuple[Plan, At]] = {}

    def add(self, plan: Plan, at: At) -> None:
        """A bar was drawn, or drawn again."""
        text = at[2]
        found = _POSITION.search(text)
        loop = plan.rank, text[: text.find(b"%|")].rstrip(b"0123456789 "), int(found[2]) if found else 0
        self._last.pop(loop, None)
        self._last[loop] = plan, at
        if len(self._last) > LOOPS:
            del self._last[next(iter(self._last))]

    def last(self) -> list[tuple[Plan, At]]:
        """The last bar of each loop, in the order of the log."""
        return list(self._last.values())

    def reached(self) -> tuple[int, float]:
        """The step that the training loop has reached, and for how many seconds it has run; -1 where no bar says it.

        That loop counts the steps that a Trainer logs. It is the longest that is not at its end: loops
        of an evaluation are, when a line is printed. At the end of the run it is the one drawn last.
        """
        best: tuple[bool, int, int] = (False, 0, -1)
        reached = (-1, -1.0)
        for drawn, (_, at) in enumerate(self._last.values()):
            if found := _POSITION.search(at[2]):
                position, planned = int(found[1]), int(found[2])
                rank = position < planned, planned if position < planned else 0, drawn
                if rank > best:
                    hours, minutes, seconds = (int(part or 0) for part in found.group(3, 4, 5))
                    best, reached = rank, (position, 3600.0 * hours + 60 * minutes + seconds)
                    if _EPOCH.match(at[2]):
                        reached = -1, reached[1]
        return reached
