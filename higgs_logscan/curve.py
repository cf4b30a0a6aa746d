"""One addable summary for every loss curve.

A curve is at most `BUCKETS` buckets of 2^k consecutive records. Which bucket a record falls into
depends on its ordinal in the run alone, and sums are integers, so that curves of two stretches
add up to exactly the curve of both, in any bracketing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import QUOTE, Evidence
from higgs_logscan.rows import Rows, places
from higgs_logscan.tokens import Places

BUCKETS = 4096
#: Sums are kept in units of 2^-20, of values clipped to 2^30: a bucket's sum is exact.
_UNIT, _CLIP = float(1 << 20), float(1 << 30)


@dataclass(frozen=True)
class Curve:
    """Values in buckets. Per bucket: records, finite ones among them, their sum, minimum, maximum,
    zeros, records that were not finite, and where its first record stands."""

    shift: int
    bucket: NDArray[np.int64]
    count: NDArray[np.int64]
    finite: NDArray[np.int64]
    total: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    zeros: NDArray[np.int64]
    at: NDArray[np.object_] | Places
    step: NDArray[np.int64]
    rank: NDArray[np.int64]
    first: float
    last: float

    @staticmethod
    def of(
        values: NDArray[np.float64],
        always: Mapping[str, NDArray[Any]] | Rows,
        rows: NDArray[Any],
        at: NDArray[np.object_] | Places,
    ) -> Curve:
        """The curve of these rows (a mask or indices) of a stretch, of which `always` says ordinal, step and rank."""
        ordinals, values = always["ordinal"][rows], values[rows]
        finite = np.isfinite(values)
        kept = np.where(finite, np.clip(values, -_CLIP, _CLIP), 0.0)
        shift = max(0, int(ordinals[-1]).bit_length() - BUCKETS.bit_length() + 1)
        return (
            Curve(
                0,
                ordinals,
                np.ones(len(values), np.int64),
                finite.astype(np.int64),
                np.rint(kept * _UNIT).astype(np.int64),
                np.where(finite, values, np.inf),
                np.where(finite, values, -np.inf),
                (values == 0).astype(np.int64),
                at[rows],
                always["step"][rows],
                always["rank"][rows],
                float(values[0]),
                float(values[-1]),
            )
            ._coarsened(shift)
            ._placed()
        )

    def _placed(self) -> Curve:
        """With the places looked up: a curve outlives the block that they stand in."""
        return (
            replace(self, at=places([self.at[i] for i in range(len(self.at))])) if isinstance(self.at, Places) else self
        )

    def _coarsened(self, shift: int) -> Curve:
        return self._regrouped(shift, self.bucket >> (shift - self.shift))

    def _regrouped(self, shift: int, bucket: NDArray[np.int64]) -> Curve:
        starts = np.flatnonzero(np.diff(bucket, prepend=bucket[0] - 1))
        return Curve(
            shift,
            bucket[starts],
            np.add.reduceat(self.count, starts),
            np.add.reduceat(self.finite, starts),
            np.add.reduceat(self.total, starts),
            np.minimum.reduceat(self.low, starts),
            np.maximum.reduceat(self.high, starts),
            np.add.reduceat(self.zeros, starts),
            self.at[starts],
            self.step[starts],
            self.rank[starts],
            self.first,
            self.last,
        )

    def __add__(self, later: Curve) -> Curve:
        shift = max(self.shift, later.shift)
        a, b = self._coarsened(shift), later._coarsened(shift)
        arrays: dict[str, Any] = {name: np.concatenate([getattr(a, name), getattr(b, name)]) for name in _ARRAYS}
        both = Curve(shift=shift, first=a.first, last=b.last, **arrays)
        return both._regrouped(shift, both.bucket)

    def __len__(self) -> int:
        """Records, finite or not."""
        return int(self.count.sum())

    @property
    def nonfinite(self) -> int:
        return int((self.count - self.finite).sum())

    @property
    def minimum(self) -> float:
        return float(self.low.min())

    @property
    def maximum(self) -> float:
        return float(self.high.max())

    @property
    def means(self) -> NDArray[np.float64]:
        """The mean of each bucket's finite values, NaN where it has none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.total / _UNIT / self.finite)

    def mean(self, first: float = 0.0, last: float = 1.0) -> float:
        """The mean of the finite values between two shares of the curve, e.g. `mean(0.9, 1)`: its last tenth."""
        part = self._part(first, last)
        count = int(self.finite[part].sum())
        return float(self.total[part].sum() / _UNIT / count) if count else float("nan")

    @property
    def fall(self) -> float:
        """How far it falls: from the mean of its first twentieth to that of its last tenth."""
        return self.mean(0, 0.05) - self.mean(0.9, 1)

    @property
    def late_fall(self) -> float:
        """How far it still falls in its last half: from the mean of the third quarter to that of the last."""
        return self.mean(0.5, 0.75) - self.mean(0.75, 1)

    def has_zeros(self, first: float = 0.0, last: float = 1.0) -> bool:
        """Whether a value is exactly zero between two shares of the curve: it was not computed there."""
        return bool(self.zeros[self._part(first, last)].any())

    def _part(self, first: float, last: float) -> slice:
        done = np.cumsum(self.count)
        a = int(np.searchsorted(done, first * done[-1], side="right"))
        b = int(np.searchsorted(done, last * done[-1], side="left")) + 1
        return slice(min(a, len(done) - 1), max(b, a + 1))

    def first_below(self, limit: float) -> int:
        """The first bucket from which on every mean stays below a limit; the last one if none."""
        return min(lasting(self.means < limit), len(self.bucket) - 1)

    @property
    def span(self) -> int:
        """Optimizer steps between the first and the last bucket; 0 where the log names none."""
        steps = self.step[self.step >= 0]
        return int(steps.max() - steps.min()) if len(steps) else 0

    def patient(self, records: int, widely: int, span: int) -> bool:
        """Whether there are records enough, or fewer that are spread over many steps."""
        return len(self) >= records or (len(self) >= widely and self.span >= span)

    @property
    def noise(self) -> float:
        """The standard deviation of a mean from one bucket to the next, estimated robustly from differences."""
        means = self.means[np.isfinite(self.means)]
        return float(np.median(np.abs(np.diff(means))) * 1.4826 / np.sqrt(2)) if len(means) > 1 else 0.0

    def rise(self, window: int) -> tuple[float, int]:
        """How far the mean of `window` records rises above its lowest before, and the bucket where that begins.

        The rise has to last: it is the largest value that `window` consecutive means all exceed.
        """
        finite = np.flatnonzero(np.isfinite(self.means))
        means = self.means[finite]
        width = self._width(window)
        if len(means) < 2 * width:
            return 0.0, 0
        smooth = np.convolve(means, np.ones(width) / width, mode="valid")
        lowest = np.minimum.accumulate(smooth)
        above = smooth - lowest
        lasting = np.lib.stride_tricks.sliding_window_view(above, min(width, len(above))).min(axis=1)
        peak = int(np.argmax(lasting))
        height = float(lasting[peak])
        # It begins behind the last window that is no higher than noise makes one, at the first bucket
        # from which on the next ones are more than half way up; where it creeps up, right behind that window.
        quiet = int(np.flatnonzero(above[: peak + 1] <= max(self.range_by_chance(window), 0.1 * height))[-1])
        low = np.flatnonzero(means[quiet : quiet + width + 1] <= lowest[quiet] + height / 2)
        begins = quiet + (int(low[-1]) + 1 if len(low) else 0)
        return height, int(finite[min(begins, len(finite) - 1)])

    def _width(self, window: int) -> int:
        """Buckets that make so many records; three at least where a bucket holds several."""
        records = len(self) / len(self.bucket)
        return max(1 if records == 1 else 3, int(window / records))

    def range_by_chance(self, window: int) -> float:
        """How far the means of `window` records may lie apart by noise alone.

        Of n normal values with standard deviation s the largest and the smallest are about
        2 s sqrt(2 ln n) apart: a long run of noisy batches has its highs and lows.
        """
        means = max(2, len(self.bucket))
        return float(2 * self.noise / np.sqrt(self._width(window)) * np.sqrt(2 * np.log(means)))

    def index(self, place: Evidence) -> int:
        """The first bucket that begins at this place of the log or behind it; the number of buckets if none."""
        return bisect_left(range(len(self.at)), place.byte, key=lambda bucket: self.at[bucket][1])

    def evidence(self, bucket: int) -> Evidence:
        """Where the first record of a bucket stands."""
        (line, byte, text), step, rank = self.at[bucket], int(self.step[bucket]), int(self.rank[bucket])
        words = text[:QUOTE].decode("utf-8", "replace").rstrip()
        return Evidence(line, byte, step if step >= 0 else None, rank if rank >= 0 else None, words)


_ARRAYS = ("bucket", "count", "finite", "total", "low", "high", "zeros", "at", "step", "rank")


def lasting(mask: NDArray[np.bool_]) -> int:
    """The place from which on all are marked, to the end; the number of them if the last one is not."""
    unmarked = np.flatnonzero(~mask)
    return int(unmarked[-1]) + 1 if len(unmarked) else 0
