"""Progress bars: of thousands that a loop redraws, the last one says everything."""

from __future__ import annotations

import re
from typing import NamedTuple

from higgs_logscan.plan import Plan
from higgs_logscan.tokens import At

#: Loops told apart at most: the one drawn longest ago gives way.
LOOPS = 256
_POSITION = re.compile(rb"\| *(\d+)/(\d+) \[(?:(\d+):)?(\d+):(\d+)")
#: The bar of one epoch of several: its iterations are no steps of the run.
_EPOCH = re.compile(rb"[^%]*\b[Ee]poch(?! 1/1\b)")


class Drawn(NamedTuple):
    """The last bar of a loop: where it stands of how much, and for how many seconds; -1 where it says nothing of it."""

    plan: Plan
    at: At
    position: int = -1
    planned: int = 0
    seconds: float = -1.0


class Bars:
    """The last bar of each loop: of each rank, what stands before the percentage, and the number of iterations."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, bytes, int], Drawn] = {}

    def add(self, plan: Plan, at: At) -> None:
        """A bar was drawn, or drawn again."""
        text = at[2]
        drawn = Drawn(plan, at)
        if found := _POSITION.search(text):
            hours, minutes, seconds = (int(part or 0) for part in found.group(3, 4, 5))
            drawn = Drawn(plan, at, int(found[1]), int(found[2]), 3600.0 * hours + 60 * minutes + seconds)
        loop = plan.rank, text[: text.find(b"%|")].rstrip(b"0123456789 "), drawn.planned
        self._last.pop(loop, None)
        self._last[loop] = drawn
        if len(self._last) > LOOPS:
            del self._last[next(iter(self._last))]

    def last(self) -> list[tuple[Plan, At]]:
        """The last bar of each loop, in the order of the log."""
        return [(drawn.plan, drawn.at) for drawn in self._last.values()]

    def reached(self) -> tuple[int, float]:
        """The step that the training loop has reached, and for how many seconds it has run; -1 where no bar says it.

        That loop counts the steps that a Trainer logs. It is the longest that is not at its end: loops
        of an evaluation are, when a line is printed. At the end of the run it is the one drawn last.
        """
        told = [drawn for drawn in self._last.values() if drawn.position >= 0]
        going = [drawn for drawn in told if drawn.position < drawn.planned]
        if not told:
            return -1, -1.0
        # Of two that are as long, the one drawn last.
        loop = max(reversed(going), key=lambda drawn: drawn.planned) if going else told[-1]
        return -1 if _EPOCH.match(loop.at[2]) else loop.position, loop.seconds
