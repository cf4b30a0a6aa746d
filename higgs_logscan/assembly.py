"""From lines to records: blocks, qualifiers, phases, ranks.

The rules are the same for every dialect:

* A line joins the open record of its kind, unless it names another step; one that `joins` belongs
  to the open block, of the kinds that it names, that was read last. One that `begins` something the
  open record already has, or that finds it closed, ends that record first. Any other repeat stays,
  and the last value counts.
* A header sets modality, sample and codebook for the lines below it.
* A forward pass that a closing line ended is over: what follows, but an echo, belongs to the next.
* A line that names a step, an evaluation or an epoch ends the open micro-batch.
* Where blocks of a run end with a closing line, one that is begun again before it is `mixed`:
  several ranks write to one stream. Its values stay; nobody compares them with each other.
* When a record happened is settled by the timeline (`timeline.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from higgs_logscan.action import Action, action_of, operation
from higgs_logscan.bars import Bars
from higgs_logscan.boundaries import Boundaries
from higgs_logscan.dialect import Line
from higgs_logscan.fields import (
    BYTE,
    CLOSED,
    ECHO,
    LAST_WINDOW,
    PLACE,
    ROW,
    STEP,
    STEP_INFERRED,
    view,
)
from higgs_logscan.filling import Filling
from higgs_logscan.ground import Ground
from higgs_logscan.lines import Lines
from higgs_logscan.open_records import OpenRecords
from higgs_logscan.places import Kept
from higgs_logscan.plan import Plan
from higgs_logscan.register import Register
from higgs_logscan.table import Table
from higgs_logscan.taking import Taking, settle
from higgs_logscan.timeline import Timeline
from higgs_logscan.tokens import At
from higgs_logscan.vocabulary import KINDS

#: Bytes that are kept of the log, or records that have ended, when it is time to take those.
KEPT, ENDED = 14 << 20, 14_000
#: Bytes that are kept at most; and with so few records that wait, it is a good moment: those are copied.
MOST, FEW = 20 << 20, 1024
#: Lines for which room is made at once: a register is not made larger for records that may never come.
RESERVED = 1024

_KINDS = len(KINDS)
_MICRO_BATCH = KINDS.index("micro-batch")
_INCIDENT, _MESSAGE, _WARNING = (operation(name)[1] for name in ("incident", "message", "warning"))


class Assembler:
    """Known lines in, records out, in the order in which the records end.

    progress: every bar is a record. A long run has a million, of which a scan needs the last.
    """

    def __init__(self, plans: Sequence[Plan], progress: bool = False) -> None:
        self.plans, self.progress = plans, progress
        self.register = Register()
        #: What has been taken and is not forgotten yet.
        self.taking: Taking | None = None
        self.timeline = Timeline(self.register)
        self.bars = Bars()
        self.open = OpenRecords(self.register, self.timeline, self.bars)
        self.filling = Filling(self.open)
        self.boundaries = Boundaries(self.open)
        self.beginnings: dict[str, int] = {}
        #: What the lines of each plan do, as far as such a line has been seen.
        self.actions: dict[int, Action] = {}
        #: The number of each rank.
        self.ranks: dict[int, int] = {}
        #: Parts of the log whose lines the records show, and the settled lines of earlier ones.
        self.parts: list[Lines] = []
        self.settled = Kept.of([])
        self.serial = 0
        #: Bytes of the log that have been fed and are kept.
        self.kept = 0

    # -- in and out -----------------------------------------------------------------------------

    def feed(self, lines: Lines) -> None:
        """The next known lines."""
        self._forget()
        lines.serial = self.serial
        self.serial += lines.count
        self.parts.append(lines)
        self.kept += _kept(lines)
        self._turn_to(lines)
        i, count = 0, lines.count
        while i < count:
            stop = min(i + RESERVED, count)
            self.register.reserve(stop - i)
            i = self.open.read(i, stop)
            if i < stop:
                self._line(self.open.plan[i], i)
                i += 1

    def finish(self) -> None:
        """The log ends: what is still open ends, and so does each loop with its last bar."""
        self._forget()
        if not self.progress:
            for loop in self.bars.loops():
                self._bar(self.plans[loop.plan], loop.place())
        fields = self.register.fields
        blocks = self.open.blocks
        for block in sorted(self._still_open(), key=lambda block: fields[blocks[block, ROW], BYTE]):
            self.boundaries.end(block)
        self.timeline.finish()

    @property
    def full(self) -> bool:
        """Whether it is time to take what has ended: memory is bounded, and a long stretch is cheaper than several."""
        enough = self.kept >= KEPT or self.register.ended >= ENDED
        return self.kept >= MOST or (enough and self.timeline.waiting < FEW)

    def take(self) -> Table:
        """The records that have ended since. They are to be read before more lines are fed."""
        self._forget()
        self.taking = Taking(self.register, Ground(self.settled, self.parts))
        return self.taking.table()

    def _forget(self) -> None:
        """Let go what has been taken. Keep the parts of the log that waiting records stand in; of the few that are
        open, and of all where that would be too much, keep the lines alone."""
        taking, self.taking = self.taking, None
        if taking is None:
            return
        taking.forget()
        blocks = np.asarray(self.open.blocks)
        blocks[:, LAST_WINDOW] = taking.windows.among_others(blocks[:, LAST_WINDOW])
        self.open.token_lists.renumber(taking.lists.among_others)
        self.bars.settle()
        fields, pending = np.asarray(self.register.fields), np.array(self.timeline.pending[: self.timeline.waiting])
        waiting = fields[pending, PLACE]
        apart = waiting < 0
        first = int(waiting[~apart].min()) if not apart.all() else self.serial
        parts = [part for part in self.parts if part.serial + part.count > first]
        self.kept = sum(map(_kept, parts))
        if self.kept >= KEPT:
            apart[:] = True
            parts, self.kept = [], 0
        still = blocks[self._still_open(), ROW]
        self.settled = settle(self.register, np.concatenate([pending[apart], still]), taking.ground)
        self.parts = parts

    def _turn_to(self, lines: Lines) -> None:
        """Have these lines at hand, and keep their tokens."""
        self.open.turn_to(lines, lines.serial, self.register.hold(view(lines.items), lines.filled))
        self.open.make_room(len(self.plans))

    def _still_open(self) -> list[int]:
        """The blocks that are open."""
        still: list[int] = np.flatnonzero(np.asarray(self.open.blocks)[:, ROW] >= 0).tolist()
        return still

    # -- one line -------------------------------------------------------------------------------

    def _line(self, number: int, i: int) -> None:
        """A line that more hangs on than what it adds to a record."""
        action = self.actions.get(number)
        if action is None:
            action = self.actions[number] = self._action(number)
        if action.nothing:
            return
        self.register.reserve(action.count + 1)
        block, blocks = action.slot, self.open.blocks
        if action.glued:
            self._redraw(number, i)
        elif action.incident:
            self._happened(action, number, i)
        elif action.direct and blocks[block, ROW] >= 0 and not (blocks[block, CLOSED] and action.kind == _MICRO_BATCH):
            self.filling.fill(action, block, number, i)
        else:
            self._says(action, number, i)

    def _action(self, number: int) -> Action:
        """What the lines of a plan do, of which this is the first."""
        action = action_of(self.plans[number], self.beginnings)
        if action.rank not in self.ranks:
            self.ranks[action.rank] = len(self.ranks)
            self.boundaries.touched.append([])
            self.open.know_ranks(len(self.ranks))
        action.slot = self.ranks[action.rank] * _KINDS + action.kind
        action.way = action.way_of(self.progress)
        self.open.know(number, action)
        return action

    def _says(self, action: Action, number: int, i: int) -> None:
        """A line that may begin or end a record."""
        blocks = self.open.blocks
        if action.rules_off and blocks[action.slot, ROW] < 0:
            return
        block = self.boundaries.block(action, number, i)
        self.filling.fill(action, block, number, i)
        place = self.open.base + i
        line = action.line
        if line.warns:
            self.filling.gather(blocks[block, ROW], _WARNING, line.warns, place)
        if line.incident:
            self.register.says(blocks[block, ROW], _INCIDENT, line.incident, place)
        blocks[block, ECHO] = action.echoes
        if action.closes:
            blocks[block, CLOSED] = 1
            self.open.closers |= 1 << block % _KINDS

    # -- bars and incidents ---------------------------------------------------------------------

    def _redraw(self, number: int, i: int) -> None:
        """A bar. Unless all are asked for, only the last one of each loop becomes a record, at the end."""
        if self.progress:
            lines, base, held = self.open.lines, self.open.base, self.open.held
            self._bar(self.plans[number], lines.at(i))
            self.open.turn_to(lines, base, held)
        self.bars.turn(self.open.whole[self.open.slot[i] + 1])
        self.open.redrawn(number, i)

    def _bar(self, plan: Plan, at: At) -> None:
        """The record of a bar."""
        line, byte, text = at
        read = plan.values(text) if plan.values else None
        if not read:
            return
        own, groups = read
        assert isinstance(own.what, Line)
        action = Action(own.what, plan.rank, own.time, self.beginnings)
        action.slot = self.ranks[plan.rank] * _KINDS + action.kind
        number = len(self.plans)  # that of a plan that no line has
        self.open.know(number, action)
        lines = Lines(text, 0, len(text), byte, 0)
        lines.number, lines.serial = line, self.serial
        lines.add(number, 0, 0, len(text))
        lines.add_values(own.what.kinds, groups)
        self.serial += 1
        self.parts.append(lines)
        self._turn_to(lines)
        self.register.reserve(action.count + 1)
        self._says(action, number, 0)

    def _happened(self, action: Action, number: int, i: int) -> None:
        """Something went wrong: a record of its own."""
        block = action.slot
        self.boundaries.end(block)
        self.boundaries.begin(action, block, number, i)
        row, place = self.open.blocks[block, ROW], self.open.base + i
        words = self.filling.value(action, 0, self.open.slot[i])
        self.register.says(row, _INCIDENT, action.line.incident, place)
        self.register.says(row, _MESSAGE, words.decode("utf-8", "replace").strip(), place)
        step = max(self.timeline.step, self.bars.reached())
        self.register.fields[row, STEP] = step
        self.register.fields[row, STEP_INFERRED] = step >= 0
        self.boundaries.end(block)


def _kept(lines: Lines) -> int:
    """Bytes of memory that these lines take, about, once they have been assembled: their text, or where it stands in a
    file, and their values."""
    return 2048 + 32 * lines.count + 4 * lines.filled if lines.log else lines.end - lines.begin
