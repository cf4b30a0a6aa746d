"""Progress bars: of thousands that a loop redraws, the last one says everything."""

from __future__ import annotations

import re

from higgs_logscan.plan import Plan
from higgs_logscan.tokens import At

#: Shapes of bars told apart at most: a bar has a shape for each cell that it fills.
SHAPES = 4096
_POSITION = re.compile(rb"\| *(\d+)/(\d+) ")


class Bars:
    """The last bar of each loop."""

    def __init__(self) -> None:
        self._by_shape: dict[Plan, At] = {}

    def add(self, plan: Plan, at: At) -> None:
        """A bar was drawn, or drawn again."""
        if plan in self._by_shape or len(self._by_shape) < SHAPES:
            self._by_shape[plan] = at

    def last(self) -> list[tuple[Plan, At]]:
        """The last bar of each loop, in the order of the log: plans differ in how far a bar has come as well."""
        last: dict[tuple[int, bytes], tuple[Plan, At]] = {}
        for plan, at in sorted(self._by_shape.items(), key=lambda bar: bar[1][1]):
            last[plan.rank, at[2][: at[2].find(b"%|")].rstrip(b"0123456789 ")] = plan, at
        return sorted(last.values(), key=lambda bar: bar[1][1])

    def reached(self) -> int:
        """Where the training loop stands: the longest bar, which counts the steps that a Trainer logs; or -1."""
        longest = (0, -1)
        for _, at in self.last():
            found = _POSITION.search(at[2])
            if found:
                longest = max(longest, (int(found[2]), int(found[1])))
        return longest[1]
