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
        #: Whether it is the loop of one epoch, once that has been asked for.
        self.epoch: bool | None = None

    def is_epoch(self) -> bool:
        """Whether its bars say so: what stands before their percentage is the same in all of them."""
        if self.epoch is None:
            self.epoch = _EPOCH.match(self.place()[2]) is not None
        return self.epoch

    def place(self) -> At:
        if self.lines is not None:
            self.at, self.lines = self.lines.at(self.row), None
        assert self.at
        return self.at


class Bars:
    """The last bar of each loop: of each rank, what stands before the percentage, and the number of iterations.

    What the loop that was drawn last says is kept here without an object, until somebody asks or other lines come.
    """

    def __init__(self) -> None:
        self._loops: dict[int, Loop] = {}
        self.lines: Lines | None = None
        self.number, self.drawn = 0, False
        self.ahead = False
        #: The loop that trains, and whether a bar was drawn since that was found out.
        self.training: Loop | None = None
        self.moved = False
        self.plan = self.row = self.position = self.planned = self.seconds = 0

    def turn_to(self, lines: Lines) -> None:
        """The next bars stand in these lines."""
        self._catch_up()
        self.lines = lines

    def redrawn(self, number: int, plan: int, row: int, position: int, planned: int, seconds: int) -> bool:
        """The loop that was drawn last is drawn again; False where it is another one."""
        if not self.drawn or number != self.number:
            return False
        self.plan, self.row, self.position, self.planned, self.seconds = plan, row, position, planned, seconds
        self.ahead = True
        return True

    def turn(self, number: int) -> None:
        """The loop of this number is the one drawn last."""
        self._catch_up()
        self._loops[number] = self._loops.pop(number) if number in self._loops else Loop()
        self.number, self.drawn, self.moved = number, True, True
        if len(self._loops) > LOOPS:
            del self._loops[next(iter(self._loops))]

    def _catch_up(self) -> None:
        if self.ahead:
            loop = self._loops[self.number]
            loop.plan, loop.row, loop.lines = self.plan, self.row, self.lines
            loop.position, loop.planned, loop.seconds = self.position, self.planned, self.seconds
            self.ahead, self.moved = False, True

    def loops(self) -> list[Loop]:
        """All of them, in the order in which they were drawn last."""
        self._catch_up()
        return list(self._loops.values())

    def settle(self) -> None:
        """Remember where the bars stand, before their lines are let go."""
        for loop in self.loops():
            loop.place()

    def reached(self) -> int:
        """The step that the training loop has reached; -1 where no bar says it."""
        loop = self._training()
        return -1 if loop is None or loop.is_epoch() else loop.position

    def running(self) -> int:
        """For how many seconds it has run; -1 where no bar says it."""
        loop = self._training()
        return -1 if loop is None else loop.seconds

    def _training(self) -> Loop | None:
        """The loop that counts the steps that a Trainer logs. It is the longest that is not at its end: loops of an
        evaluation are, when a line is printed. At the end of the run it is the one drawn last."""
        self._catch_up()
        if self.moved:
            self.moved, training, last = False, None, None
            for loop in self._loops.values():
                if loop.position < 0:
                    continue
                last = loop
                # Of two that are as long, the one drawn last.
                if loop.position < loop.planned and (training is None or loop.planned >= training.planned):
                    training = loop
            self.training = training or last
        return self.training
