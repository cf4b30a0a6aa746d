"""Progress bars: of thousands that a loop redraws, the last one says everything."""

from __future__ import annotations

import re

from higgs_logscan.lines import Lines
from higgs_logscan.tokens import At

#: Loops told apart at most: the one drawn longest ago gives way.
LOOPS = 256
#: The bar of one epoch of several: its iterations are no steps of the run.
_EPOCH = re.compile(rb"[^%]*\b[Ee]poch(?! 1/1\b)")


class Loop:
    """The last bar of a loop: where it stands of how much, and for how many seconds; -1 where it says nothing of it.

    Where its line stands is looked up in `lines` (row `row`), and remembered in `at` before those are let go.
    """

    def __init__(self) -> None:
        self.plan = self.row = 0
        self.position = self.planned = self.seconds = -1
        self.lines: Lines | None = None
        self.at: At | None = None

    def place(self) -> At:
        if self.lines is not None:
            self.at, self.lines = self.lines.at(self.row), None
        assert self.at
        return self.at


class Bars:
    """The last bar of each loop: of each rank, what stands before the percentage, and the number of iterations."""

    def __init__(self) -> None:
        #: In the order in which they were drawn last; `drawn` is the last of all.
        self.loops: dict[int, Loop] = {}
        self.last_number = 0
        self.drawn: Loop | None = None

    def drawn_again(self, number: int) -> Loop:
        """The loop of this number, now the one drawn last."""
        if self.drawn is None or number != self.last_number:
            self.drawn = self.loops.pop(number, None) or Loop()
            self.loops[number] = self.drawn
            self.last_number = number
            if len(self.loops) > LOOPS:
                del self.loops[next(iter(self.loops))]
        return self.drawn

    def settle(self) -> None:
        """Remember where the bars stand, before their lines are let go."""
        for loop in self.loops.values():
            loop.place()

    def reached(self) -> tuple[int, int]:
        """The step that the training loop has reached, and for how many seconds it has run; -1 where no bar says it.

        That loop counts the steps that a Trainer logs. It is the longest that is not at its end: loops
        of an evaluation are, when a line is printed. At the end of the run it is the one drawn last.
        """
        told = [loop for loop in self.loops.values() if loop.position >= 0]
        going = [loop for loop in told if loop.position < loop.planned]
        if not told:
            return -1, -1
        # Of two that are as long, the one drawn last.
        loop = max(reversed(going), key=lambda loop: loop.planned) if going else told[len(told) - 1]
        return -1 if _EPOCH.match(loop.place()[2]) else loop.position, loop.seconds
