"""Wall-clock time: when a line was written, how fast the steps went, where the run stood still.

It rests on the curves of time that the records add up to: timestamps where lines have them, else
the seconds that the bar of the training loop shows. Between two records time is interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.curve import Curve
from higgs_logscan.curves import CLOCKS, Curves
from higgs_logscan.finding import Evidence
from higgs_logscan.table import KINDS


@dataclass(frozen=True)
class Pause:
    """The longest time without a record, and the record that ends it; `usual` is the mean of the others."""

    seconds: float
    usual: float
    end: Evidence


@dataclass(frozen=True)
class Clock:
    """Places in the log, ascending, and the seconds since the first of them.

    `curve` and `bucket` are the record at each place; `begins` marks where another start of the run begins.
    """

    byte: NDArray[np.int64]
    seconds: NDArray[np.float64]
    begins: NDArray[np.bool_]
    records: tuple[tuple[Curve, int], ...]
    #: Steps and their seconds, where step lines have them.
    step: NDArray[np.int64]
    step_seconds: NDArray[np.float64]

    @staticmethod
    def of(curves: Curves) -> Clock | None:
        """The clock of a run; None where fewer than two lines say when they were written."""
        for name in CLOCKS:
            timed = {key: curve for key, curve in curves.curves.items() if key[0] == name}
            places = sorted(
                (curve.at[i][1], curve.low[i], key[3], key, i)
                for key, curve in timed.items()
                for i in range(len(curve.low))
            )
            if len(places) < 2:
                continue
            byte = np.array([place[0] for place in places])
            seconds = _forward(name, np.array([place[1] for place in places]))
            # The last bucket of a long run ends later than it begins.
            seconds[-1] += max(curve.high[-1] - curve.low[-1] for curve in timed.values())
            starts = np.array([place[2] for place in places])
            steps = [i for i, place in enumerate(places) if place[3][1] == KINDS.index("step")]
            step = np.array([timed[places[i][3]].step[places[i][4]] for i in steps], np.int64)
            records = tuple((timed[key], i) for *_, key, i in places)
            begins = np.diff(starts, prepend=starts[0]) != 0
            return Clock(byte, seconds, begins, records, step, seconds[steps])
        return None

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
        gaps = np.where(self.begins[1:], 0.0, np.diff(self.seconds))
        if len(gaps) < 10:
            return None
        i = int(np.argmax(gaps))
        curve, bucket = self.records[i + 1]
        return Pause(float(gaps[i]), float((gaps.sum() - gaps[i]) / (len(gaps) - 1)), curve.evidence(bucket))

    def rates(self, parts: int) -> list[float]:
        """Optimizer steps per second in equal parts of the run's steps: medians, so that a pause changes nothing."""
        steps, seconds = np.diff(self.step), np.diff(self.step_seconds)
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
