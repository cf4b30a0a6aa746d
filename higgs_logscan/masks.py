"""What the number of masked audio labels says of the layout: the arithmetic of the delay pattern.

With K codebooks and n segments that are all trained, K labels a codebook and segment are masked
under the delay pattern: K K n in all, K fewer behind the shift, which cuts one column. Other
layouts mask other numbers (`docs/semantics.md` §2.1, §11.1; measured on the unmodified collator).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows


class Layout(IntEnum):
    """What a count of masked labels fits. Of two that it fits, the earlier one: the model's own first."""

    OTHER = 0
    DELAY = 1
    #: The pattern begins one place late; or EOS is masked as well.
    LATE = 2
    #: The pattern is applied to codes that are delayed already.
    TWICE = 3
    #: BOS counts as a label: only the fill behind EOS is masked; or the other way round.
    HALF = 4
    #: Too few labels are masked for a single segment under any delay.
    NO_DELAY = 5


def layouts(counts: Rows, profile: Profile) -> NDArray[np.int64]:
    """The layout that each count fits, as numbers of `Layout`.

    Where `samples` says how many samples the batch has, each is taken for one segment; else any
    number of segments may fit.
    """
    codebooks = profile.codebooks
    masked = counts["total"] - counts["valid"]
    half = codebooks * (codebooks - 1) // 2
    found = np.full(len(counts), Layout.OTHER, np.int64)
    small = (masked > 0) & (masked % codebooks == 0) & (masked < codebooks * (codebooks - 1))
    found[small] = Layout.NO_DELAY
    for layout, each, shift in (
        (Layout.HALF, half, 0),
        (Layout.TWICE, codebooks * (2 * codebooks - 1), codebooks),
        (Layout.LATE, codebooks * (codebooks + 1), codebooks),
        (Layout.DELAY, codebooks * codebooks, codebooks),
    ):
        found[_fits(masked, counts["samples"], each) | _fits(masked + shift, counts["samples"], each)] = layout
    found[(counts["valid"] <= 0) | (masked <= 0)] = Layout.OTHER
    return found


def _fits(masked: NDArray[np.int64], samples: NDArray[np.int64], each: int) -> NDArray[np.bool_]:
    return np.asarray(np.where(samples > 0, masked == each * samples, (masked > 0) & (masked % each == 0)))
