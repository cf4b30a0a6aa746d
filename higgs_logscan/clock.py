"""Wall-clock time: when a line was written, how fast the steps went, where the run stood still.

It rests on the curves of time that the records add up to: timestamps where lines have them, else
the seconds that the bar of the training loop shows. Between two records time is interpolated.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.curve import Curve
from higgs_logscan.curves import CLOCKS, Curves
from higgs_logscan.finding import Evidence
from higgs_logscan.median import median
from higgs_logscan.value import Value
from higgs_logscan.vocabulary import KINDS

_STEP = KINDS.index("step")


class Pause(Value):
    """The longest time without a record, and the record that ends it; `usual` is the mean of the others."""

    seconds: float
    usual: float
    end: Evidence


class Clock(Value):
    """Buckets of all kinds of records in the order of the log, and the seconds from the first of them to each:
    where each begins, its start of the run, its kind, its step; which of the curves has it, and where."""

    byte: NDArray[np.int64]
    seconds: NDArray[np.float64]
    start: NDArray[np.int64]
    kind: NDArray[np.int64]
    step: NDArray[np.int64]
    curve: NDArray[np.int64]
    bucket: NDArray[np.int64]
    curves: tuple[Curve, ...]

    @staticmethod
    def of(curves: Curves) -> Clock | None:
        """The clock of a run; None where fewer than two lines say when they were written."""
        for name in CLOCKS:
            keys = [key for key in curves.curves if key[0] == name]
            timed = tuple(curves.curves[key] for key in keys)
            lengths = [len(curve.bucket) for curve in timed]
            if sum(lengths) < 2:
                continue
            byte, stamps, step = (
                np.concatenate([getattr(curve, column) for curve in timed]) for column in ("byte", "low", "step")
            )
            curve = np.repeat(np.arange(len(timed)), lengths)
            start, kind = (np.array([key[part] for key in keys])[curve] for part in (3, 1))
            order = np.lexsort((start, stamps, byte))
            seconds = _forward(name, stamps[order])
            # The last bucket of a long run ends later than it begins.
            seconds[-1] += max(one.high[-1] - one.low[-1] for one in timed)
            bucket = np.concatenate([np.arange(length) for length in lengths])
            start, kind, step, curve, bucket = (column[order] for column in (start, kind, step, curve, bucket))
            return Clock(byte[order], seconds, start, kind, step, curve, bucket, timed)
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
        gaps = np.where(np.diff(self.start) != 0, 0.0, np.diff(self.seconds))
        if len(gaps) < 10:
            return None
        i = int(np.argmax(gaps))
        end = self.curves[self.curve[i + 1]].evidence(int(self.bucket[i + 1]))
        usual = float((gaps.sum() - gaps[i]) / (len(gaps) - 1))
        return Pause(float(gaps[i]), usual, end)

    def rates(self, parts: int) -> list[float]:
        """Optimizer steps per second in equal parts of the run's steps: medians, so that a pause changes nothing."""
        mine = self.kind == _STEP
        steps, seconds = np.diff(self.step[mine]), np.diff(self.seconds[mine])
        moved = (steps > 0) & (seconds > 0)
        if moved.sum() < 10 * parts:
            return []
        return [float(median(part)) for part in np.array_split(steps[moved] / seconds[moved], parts)]


def _forward(name: str, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds since the first record, never going back: lines of two ranks overtake each other.

    A bar that begins anew (another epoch) goes on where the last one stood.
    """
    if name == "elapsed":
        before = np.concatenate([[0.0], seconds[:-1]])
        seconds = seconds + np.cumsum(np.where(seconds < before / 2, before, 0.0))
    return np.maximum.accumulate(seconds - seconds[0])
