from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold

_PASS = """
INFO:__main__:TEXT LOSS DEBUG: Total tokens: {total}, Valid (unmasked) tokens: 26
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:Sample 1 Text Prediction vs Label Comparison:
INFO:__main__:  Label Stats: {masked} masked, 12 unmasked, {length} total
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


def _pass(length: int) -> str:
    return _PASS.format(total=2 * length, masked=length - 12, length=length)


class TextLabelsUnshifted(TailRule):
    """The text labels that the loss counts have the length of the unshifted sequence.

    The model pads its expanded sequences to a multiple of eight. Behind the next-token shift one
    position is gone, so that a length of 7 modulo 8 was shifted and a multiple of eight was not.
    Text compared without the shift is copied from the input, like audio.

    False positives: labels that are counted before the shift, or a shift that fills up with -100
    in place of cutting. Hence a note, that a leak in audio makes more likely.

    What to do: compare `logits[:, :-1]` with `labels[:, 1:]`.
    """

    id = "text-labels-unshifted"
    area = "alignment"
    severity = "note"
    carries = ("R06",)
    over = "text counts"
    needs = "text labels of batch and sample: `TEXT LOSS DEBUG: Total tokens: …` with `Label Stats: …`"
    absent = "the log does not print the length of the text labels in the loss"
    message = "the text labels of {count} of {seen} forward passes have a length that the shift would have changed"
    likely = "The text loss compares logits and labels of the same position."
    next = "Compare logits[:, :-1] with labels[:, 1:]."

    at_least: int = threshold(10, "forward passes with both counts")
    multiple: int = threshold(8, "what the model pads expanded sequences to a multiple of")

    examples = (
        Example("\n".join(_pass(96 + 8 * (i % 2)) for i in range(10)), offends=True),
        Example("\n".join(_pass(95 + 8 * (i % 2)) for i in range(10)), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows["total"] > 0) & (rows["batch"] > 0))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["total"] // np.maximum(rows["batch"], 1) % self.multiple == 0)
