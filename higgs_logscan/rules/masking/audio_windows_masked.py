from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.vocabulary import KINDS, MODALITIES, WINDOWS

_WINDOWS = """
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Predictions: [363, 363, 363, 363, 363, 363, 363, 363, 1025, 729]
  First 10 Audio Labels:      [{first}]
  Last 10 Audio Predictions:  [363, 363, 363, 363, 1025, 1025, 729, 1025, 1025, 1025]
  Last 10 Audio Labels:       [{last}]
✓ TRAINING SUCCESSFUL - Total loss: 12.7690
"""
_MASKED = ", ".join(["-100"] * 10)
_CODES = "334, 964, 82, 864, 268, 249, 248, 72, 75, 639"
_END = "34, 708, 1025, -100, -100, -100, -100, -100, -100, -100"
_SHORT = """
Step {step} - Losses: Text=2.5000, Audio=5.1000, Total=7.6000
Audio Tokens - First 5 Pred: [12, 15] | First 5 Target: [989, 244]
"""


class AudioWindowsMasked(TailRule):
    """The printed audio labels are nearly all masked, at both ends of the batches.

    A first window of a codebook is masked as a whole when the first segment is context, a last
    window of codebook 0 holds seven -100 under the delay pattern: both together come to 85 %.
    More than that, throughout the run, means that labels are masked that should count. Where a
    trainer prints only labels that count, a window of fewer than five says the same: codebook 0
    of the whole batch has no more.

    False positives: a batch whose last segment is context too. Windows shorter than the delay
    pattern (the first and last 5) cannot show it. Where counts are printed, `audio-over-masked`
    measures what this rule infers.

    What to do: print how many audio labels of the batch count.
    """

    id = "audio-windows-masked"
    area = "masking"
    severity = "warning"
    carries = ("R02", "R03")
    needs = "audio label windows of ten, or `Audio Label Stats: M masked, U unmasked, N total`"
    absent = "the log shows no audio label windows that reach behind the delay pattern"
    message = "{share} % of the audio labels in {count} printed windows are masked, at both ends of the batches"
    likely = "Audio labels are masked that should count, so that the audio loss rests on few tokens or none."
    next = "Print `(label_audio_ids != -100).sum()` of each batch."

    at_least: int = threshold(10, "windows that must show it")
    share: float = threshold(0.95, "share of masked labels in the windows since the onset")
    few: int = threshold(5, "labels of a window without masks below which codebook 0 is nearly empty")

    examples = (
        Example("\n".join([_WINDOWS.format(first=_MASKED, last=_MASKED)] * 10), offends=True),
        Example("\n".join(_SHORT.format(step=30 * i) for i in range(12)), offends=True),
        Example(
            "\n".join([_WINDOWS.format(first=_MASKED, last=_END)] * 10), offends=False, why="a reference turn first"
        ),
        Example("\n".join([_WINDOWS.format(first=_CODES, last=_END)] * 10), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        mine = rows.equal("modality", MODALITIES.index("audio")) & ~rows.equal("kind", KINDS.index("sample"))
        mine &= (rows["codebook"] <= 0) & (rows["length"] > 0)
        shows = rows["length"] >= profile.codebooks + 2
        if rows.some("filtered"):
            shows = np.where(rows["filtered"], rows.equal("window", WINDOWS.index("first")), shows)
        return np.asarray(mine & shows)

    def weights(self, rows: Rows, profile: Profile) -> tuple[NDArray[Any], NDArray[Any]]:
        if not rows.some("filtered"):
            return rows["masked"], rows["length"]
        whole = np.where(rows["filtered"], 1, rows["length"])
        return np.where(rows["filtered"], rows["length"] < self.few, rows["masked"]), whole
