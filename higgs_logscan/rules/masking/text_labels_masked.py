from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example
from higgs_logscan.stretch import Stretch
from higgs_logscan.tally import label_windows

_PASS = """
INFO:__main__:TEXT LOSS DEBUG: Total tokens: 190, Valid (unmasked) tokens: {valid}
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:✓ Audio loss: 4.1000
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""
_WINDOW = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:Sample 1 Text Prediction vs Label Comparison:
INFO:__main__:  First 10 Text Labels:      [-100, -100, -100, -100, -100, -100, -100, -100, -100, -100]
INFO:__main__:  Last 10 Text Labels:       [-100, -100, -100, -100, -100, -100, -100, -100, -100, -100]
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class TextLabelsMasked(TailRule):
    """No text label counts: every one is -100.

    Each assistant turn supervises at least audio_out_bos, audio_eos and eot, so a batch without
    a text label lost its assistant turns, or the mask covers them. The text loss is then NaN, or
    0 where the trainer guards it, and the model does not learn when to speak and when to stop.

    False positives: windows of -100 prove nothing, neither good nor bad masking: the first ten
    labels are the prompt and always masked, the last ten are audio positions or padding. Only
    counts are judged. A run that trains audio alone by intention has no text labels: ignore the
    finding there.

    What to do: print `(labels != -100).sum()` of a batch, and decode what is left.
    """

    id = "text-labels-masked"
    area = "masking"
    severity = "error"
    carries = ("R04",)
    over = "text counts"
    windowed = True
    needs = "the number of text labels that count: `TEXT LOSS DEBUG: Total tokens: …, Valid (unmasked) tokens: …`"
    absent = "the log does not print how many text labels count"
    message = "no text label counts in {count} of {seen} forward passes"
    likely = "The assistant turns are masked with the prompt, or the batches hold none."
    next = "Print `(labels != -100).sum()` of a batch and decode the labels that are left."

    examples = (
        Example("\n".join([_PASS.format(valid=0)] * 4), offends=True),
        Example("\n".join([_PASS.format(valid=26)] * 4), offends=False),
        Example("\n".join([_WINDOW] * 4), offends=False, why="windows of -100 prove nothing"),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["valid"] == 0)

    def summarise(self, stretch: Stretch) -> Course | None:
        counted, windows = super().summarise(stretch), stretch.windows
        shown = label_windows(windows, "text", least=0) & (windows["length"] > 0) if len(windows) else np.zeros(0, bool)
        if not shown.any():
            return counted
        masked = int((windows["valid"][shown] == 0).sum())
        return (counted or Course()) + Course(sums={"windows": int(shown.sum()), "windows_masked": masked})

    def judge(self, summary: Course | None, context: Context) -> Judgement:
        if summary and not summary.rows and summary.sums["windows"] == summary.sums["windows_masked"]:
            number = int(summary.sums["windows"])
            return self.unjudged(
                f"all {number} printed windows of text labels are -100: this proves neither good nor bad masking",
                measured={"windows": number, "windows_masked": number},
            )
        return super().judge(summary, context)
