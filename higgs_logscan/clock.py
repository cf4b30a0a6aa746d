"""Wall-clock time: when a line was written, how fast the steps went, where the run stood still.

It rests on the curves of time that the records add up to: timestamps where lines have them, else
the seconds that the bar of the training loop shows. Between two records time is interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.curve import Curve
from higgs_logscan.curves import CLOCKS, Curves
from higgs_logscan.finding import Evidence
from higgs_logscan.table import KINDS

_STEP = KINDS.index("step")


@dataclass(frozen=True)
class Pause:
    """The longest time without a record, and the record that ends it; `usual` is the mean of the others."""

    seconds: float
    usual: float
    end: Evidence


class _Stamp(NamedTuple):
    """A record that says when it was written: place, seconds, start of the run, kind, and where its curve has it."""

    byte: int
    seconds: float
    start: int
    kind: int
    curve: Curve
    bucket: int


@dataclass(frozen=True)
class Clock:
    """Records in the order of the log, and the seconds from the first of them to each."""

    stamps: tuple[_Stamp, ...]
    seconds: NDArray[np.float64]

    @staticmethod
    def of(curves: Curves) -> Clock | None:
        """The clock of a run; None where fewer than two lines say when they were written."""
        for name in CLOCKS:
            timed = {key: curve for key, curve in curves.curves.items() if key[0] == name}
            stamps = [
                _Stamp(curve.at[i][1], curve.low[i], start, kind, curve, i)
                for (_, kind, _, start), curve in timed.items()
                for i in range(len(curve.low))
            ]
            if len(stamps) < 2:
                continue
            stamps.sort(key=lambda stamp: stamp[:3])
            seconds = _forward(name, np.array([stamp.seconds for stamp in stamps]))
            # The last bucket of a long run ends later than it begins.
            seconds[-1] += max(curve.high[-1] - curve.low[-1] for curve in timed.values())
            return Clock(tuple(stamps), seconds)
        return None

    @cached_property
    def byte(self) -> NDArray[np.int64]:
        return np.array([stamp.byte for stamp in self.stamps], np.int64)

    @property
    def total(self) -> float:
        """Seconds from the first to the last record that has a time."""
        return float(self.seconds[-1])

    def since(self, evidence: Evidence) -> float:
        """Seconds from a line to the end of the log."""
        return self.total - float(np.interp(evidence.byte, self.byte, self.seconds))

    @cached_property
    def longest_pause(self) -> Pause | None:
        """The longest pause within one start of the run; None with fewer than ten records."""
        starts = np.array([stamp.start for stamp in self.stamps])
        gaps = np.where(np.diff(starts) != 0, 0.0, np.diff(self.seconds))
        if len(gaps) < 10:
            return None
        i = int(np.argmax(gaps))
        ends = self.stamps[i + 1]
        usual = float((gaps.sum() - gaps[i]) / (len(gaps) - 1))
        return Pause(float(gaps[i]), usual, ends.curve.evidence(ends.bucket))

    def rates(self, parts: int) -> list[float]:
        """Optimizer steps per second in equal parts of the run's steps: medians, so that a pause changes nothing."""
        mine = [i for i, stamp in enumerate(self.stamps) if stamp.kind == _STEP]
        at = np.array([self.stamps[i].curve.step[self.stamps[i].bucket] for i in mine], np.int64)
        steps, seconds = np.diff(at), np.diff(self.seconds[mine])
        moved = (steps > 0) & (seconds > 0)
        if moved.sum() < 10 * parts:
            return []
        return [float(np.median(part)) for part in np.array_split(steps[moved] / seconds[moved], parts)]


def _forward(name: str, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds since the first record, never going back: lines of two ranks overtake each other.

    A bar that begins anew (another epoch) goes on where the last one stood.
    """
    if name == "elapsed":
        before = np.concatenate([[0.0], seconds[:-1]])
        seconds = seconds + np.cumsum(np.where(seconds < before / 2, before, 0.0))
    return np.maximum.accumulate(seconds - seconds[0])
