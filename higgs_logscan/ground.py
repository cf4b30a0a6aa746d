"""Where the known lines of a stretch stand: looked up in the blocks that hold them, when one is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import QUOTE
from higgs_logscan.lines import Lines
from higgs_logscan.places import Kept, compiled
from higgs_logscan.stored import Passage, StoredLog
from higgs_logscan.tokens import NOWHERE, At

#: A place that no line has.
NO_PLACE = -(1 << 62)


class Ground:
    """The known lines of consecutive parts of a log, and lines of earlier ones that are still of use (`settled`).

    A place is a number: that of the line among all known lines of the log, or -1 - i for settled line i.
    """

    def __init__(self, settled: Kept, parts: Sequence[Lines]) -> None:
        self.settled, self.parts = settled, parts

    def at(self, place: int) -> At:
        """A line: its number, byte and text."""
        if place < 0:
            return NOWHERE if place == NO_PLACE else self.settled[-1 - place]
        part = self._part(place)
        return part.at(place - part.serial)

    def _part(self, place: int) -> Lines:
        return self.parts[bisect_right(self.parts, place, key=_first) - 1]

    def kept(self, places: NDArray[np.int64]) -> Kept:
        """Lines with their texts, to outlive the blocks that hold them."""
        if compiled is None:
            apart = any(place != NO_PLACE and not self._in_the_log(place) for place in places.tolist())
            return Kept.of([self.at(place) for place in places.tolist()], None if apart else self._log)
        line, byte, size, address, held = compiled.locate(places, self._table, QUOTE)
        far = ((places < 0) & (places != NO_PLACE)).nonzero()[0]
        if len(far):
            line[far], byte[far], size[far], address[far] = self.settled.located(-1 - places[far])
        if self._log and not address.any():
            return Kept(line, byte, size, self._log)
        for number in self._apart:
            part = self.parts[number]
            for i in np.flatnonzero(held == number).tolist():
                text = part.texts.get(int(places[i]) - part.serial)
                if text is not None:
                    size[i], address[i] = min(len(text), QUOTE), compiled.address(text)
        return Kept(line, byte, size, compiled.gather(address, size, byte, self._log.descriptor if self._log else -1))

    @cached_property
    def _table(self) -> NDArray[np.int64]:
        """The parts as `_gather.locate` wants them. What the addresses name lives as long as this ground."""
        return compiled.table(self.parts)

    @cached_property
    def _log(self) -> StoredLog | None:
        """The file in which some of them stand."""
        return next((part.log for part in self.parts if part.log), self.settled.log)

    def _in_the_log(self, place: int) -> bool:
        """Whether a line stands there just so, and not in memory."""
        return self.settled.log is not None if place < 0 else isinstance(self._part(place).data, Passage)

    @cached_property
    def _apart(self) -> list[int]:
        """The parts of which some lines are not read as they stand."""
        return [number for number, part in enumerate(self.parts) if part.texts]


def _first(part: Lines) -> int:
    return part.serial


class Standing:
    """Places of a ground, looked up when one is asked for (`places.Places`)."""

    def __init__(self, ground: Ground, places: NDArray[np.int64]) -> None:
        self.ground, self.places = ground, places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, rows: int | np.integer) -> At: ...

    @overload
    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Standing: ...

    def __getitem__(self, rows):  # type: ignore[no-untyped-def]
        if isinstance(rows, int | np.integer):
            return self.ground.at(int(self.places[rows]))
        return Standing(self.ground, self.places[rows])

    def kept(self) -> Kept:
        return self.ground.kept(self.places)

    def or_nowhere(self, rows: NDArray[np.int64]) -> Standing:
        """The places of these rows; nowhere for row -1."""
        if not len(self.places):
            return Standing(self.ground, np.full(len(rows), NO_PLACE))
        return Standing(self.ground, np.where(rows < 0, NO_PLACE, self.places[rows]))
