"""One addable summary for every loss curve: values of consecutive records in buckets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.buckets import Buckets, Part
from higgs_logscan.median import median
from higgs_logscan.ordinals import BUCKETS, begins, compiled, shift_of
from higgs_logscan.places import Places, kept
from higgs_logscan.value import replace

#: Sums are kept in units of 2^-20, of values clipped to 2^30: a bucket's sum is exact.
_UNIT, _CLIP = float(1 << 20), float(1 << 30)


#: Of some values: the shift of their buckets, their numbers, the first row of each, and their columns.
Folded = tuple[int, NDArray[np.int64], NDArray[np.int64], dict[str, NDArray[Any]]]


def fold(ordinals: NDArray[np.int64], values: NDArray[np.float64], rows: NDArray[np.int64] | None) -> Folded:
    """The buckets of these values of consecutive records, or of all."""
    if compiled is None:
        return by_arrays(ordinals, values, rows)
    shift, bucket, count, finite, total, zeros, first, low, high = compiled.fold_values(
        ordinals, values, rows, BUCKETS, _UNIT, _CLIP
    )
    columns = {"count": count, "finite": finite, "total": total, "low": low, "high": high, "zeros": zeros}
    return shift, bucket, first, columns


def by_arrays(ordinals: NDArray[np.int64], values: NDArray[np.float64], rows: NDArray[np.int64] | None) -> Folded:
    """The same without a compiler."""
    chosen = np.arange(len(values)) if rows is None else rows
    values, shift = values[chosen], shift_of(int(ordinals[chosen[-1]]))
    bucket = ordinals[chosen] >> shift
    first, finite = begins(bucket), np.isfinite(values)
    low, high, kept = (np.where(finite, values, other) for other in (np.inf, -np.inf, 0.0))
    columns = {
        "count": np.diff(first, append=len(values)),
        "finite": np.add.reduceat(finite, first, dtype=np.int64),
        "total": np.add.reduceat(np.rint(np.clip(kept, -_CLIP, _CLIP) * _UNIT).astype(np.int64), first),
        "low": np.minimum.reduceat(low, first),
        "high": np.maximum.reduceat(high, first),
        "zeros": np.add.reduceat(values == 0, first, dtype=np.int64),
    }
    return shift, bucket[first], chosen[first], columns


class Curve(Buckets):
    """Values in buckets. Per bucket: records, finite ones among them, their sum, minimum, maximum,
    zeros, records that were not finite, and where its first record stands."""

    def __init__(self, parts: tuple[Part, ...], first: float, last: float, held: int | None = None) -> None:
        super().__init__(parts, held)
        self.first, self.last = first, last

    @staticmethod
    def of(
        values: NDArray[np.float64],
        always: Mapping[str, NDArray[Any]],
        rows: NDArray[np.int64] | slice,
        at: Places,
        records: NDArray[np.int64] | None = None,
    ) -> Curve:
        """The curve of these rows of values, each of a record of which `always` says ordinal, step and rank: the one of
        that number, or of these."""
        ordinals = always["ordinal"] if records is None else always["ordinal"][records]
        shift, bucket, first, columns = fold(ordinals, values, None if isinstance(rows, slice) else rows)
        columns |= {name: always[name][first if records is None else records[first]] for name in ("step", "rank")}
        part = Part(shift, bucket, columns, kept(at[first]))
        ends = (0, -1) if isinstance(rows, slice) else rows[[0, -1]]
        return Curve((part,), *values[[*ends]].tolist())

    def _of(self, parts: tuple[Part, ...], held: int, later: Self) -> Self:
        return type(self)(parts, self.first, later.last, held)

    def without_zeros(self) -> Curve:
        """The curve with zeros left out of its means, as what is not finite is."""
        whole = self._whole
        columns = {**whole.columns, "finite": self.finite - self.zeros}
        return Curve((replace(whole, columns=columns),), self.first, self.last)

    @property
    def finite(self) -> NDArray[np.int64]:
        return self._whole.columns["finite"]

    @property
    def low(self) -> NDArray[np.float64]:
        return self._whole.columns["low"]

    @property
    def high(self) -> NDArray[np.float64]:
        return self._whole.columns["high"]

    @property
    def zeros(self) -> NDArray[np.int64]:
        return self._whole.columns["zeros"]

    @property
    def nonfinite(self) -> int:
        return int((self.count - self.finite).sum())

    @property
    def minimum(self) -> float:
        return float(self.low.min())

    @property
    def maximum(self) -> float:
        return float(self.high.max())

    @cached_property
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
        return float(median(np.abs(np.diff(means))) * 1.4826 / np.sqrt(2)) if len(means) > 1 else 0.0

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


def lasting(mask: NDArray[np.bool_]) -> int:
    """The place from which on all are marked, to the end; the number of them if the last one is not."""
    unmarked = np.flatnonzero(~mask)
    return int(unmarked[-1]) + 1 if len(unmarked) else 0
