from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold

_PASS = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:AUDIO LOSS DEBUG: Total tokens: 600, Valid (unmasked) tokens: {valid}, Valid codebooks: 8
INFO:__main__:✓ Audio loss: 4.1000
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class LabelsShiftedTwice(TailRule):
    """The counts of masked audio labels are those of labels shifted twice.

    Under the delay pattern 64 labels a segment are masked (8 codebooks). The shift takes the first
    column, eight masks: 64n - 8. A collator that shifts as well, filling up with -100, leaves 64n;
    the trainer's shift then takes the first code of codebook 0 and one mask of each other:
    64n - 7, and a multiple of 8 more with each frame of a context turn. No layout leaves 1 over 8. The model learns
    to predict the token after the next: losses look healthy, only higher; speech skips frames.

    False positives: none known in runs of many batches; a shift in the collator that cuts in
    place of filling up is not recognised.

    What to do: shift once, in the loss or in the collator; `ForCausalLMLoss` shifts by itself.
    """

    id = "labels-shifted-twice"
    area = "alignment"
    severity = "warning"
    carries = ("R07",)
    over = "audio counts"
    of_codebooks = True
    needs = "the number of audio labels that count: `AUDIO LOSS DEBUG: Total tokens: …, Valid (unmasked) tokens: …`"
    absent = "the log does not print how many audio labels count"
    message = "one audio label more is masked than a single shift leaves, in {count} of {seen} forward passes: codebook 0 lost a code"
    likely = "Labels are shifted in the collator and again in the loss: the target is the token after the next."
    next = "Shift once: print the first labels of codebook 0 before and behind each step that touches them."

    at_least: int = threshold(10, "forward passes that count their audio labels")
    share: float = threshold(0.6, "share of them: a batch that begins with a context turn loses masks alone")

    examples = (
        Example("\n".join([_PASS.format(valid=479)] * 10), offends=True),
        Example("\n".join([_PASS.format(valid=480)] * 10), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows["total"] > 0) & (rows["valid"] > 0))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        masked, codebooks = rows["total"] - rows["valid"], profile.codebooks
        return np.asarray((masked > 0) & ((masked - 1) % codebooks == 0))
