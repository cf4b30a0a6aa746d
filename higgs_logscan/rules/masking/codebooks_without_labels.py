from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold

_PASS = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:Audio logits shape: torch.Size([78, 8, 1026])
INFO:__main__:Audio loss computed across {codebooks} codebooks
INFO:__main__:✓ Audio loss: 4.5000
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 7.0000
"""


class CodebooksWithoutLabels(TailRule):
    """Some codebooks have no label that counts: their loss is left out of the mean.

    Trainers average the losses of the codebooks and leave out one that has no label or whose
    loss is not finite. Every layout masks the same number of labels in each codebook, so over
    frames that exist either all codebooks count or none. Fewer means that labels are masked
    where they should not be (so many that whole codebooks run empty), or that a codebook's loss
    is NaN.

    False positives: a segment of one or two frames. Hence most forward passes must show it. A
    model with another number of codebooks is recognised by its logits. Where the counts say that
    half of the labels count, the loss is what is missing (NaN), and this rule keeps silent.

    What to do: count the labels that count per codebook, `(label_audio_ids != -100).sum(1)`.
    """

    id = "codebooks-without-labels"
    area = "masking"
    severity = "warning"
    carries = ("R03",)
    over = "records"
    reads = ("valid_codebooks",)
    uses = ("codebooks", "audio_logits_shape", "audio_valid", "audio_total")
    needs = "the number of codebooks in the loss: `Audio loss computed across 8 codebooks`"
    absent = "the log does not print how many codebooks the audio loss is computed across"
    message = "not all codebooks have a label that counts in {count} of {seen} forward passes"
    likely = "Audio labels are masked until whole codebooks run empty, or the loss of some codebooks is not finite."
    next = "Print `(label_audio_ids != -100).sum(1)` and the loss of each codebook."

    at_least: int = threshold(10, "forward passes that say how many codebooks count")

    examples = (
        Example("\n".join([_PASS.format(codebooks=3)] * 10), offends=True),
        Example("\n".join([_PASS.format(codebooks=8)] * 10), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        counted = rows.has("audio_valid") & rows.has("audio_total")
        return np.asarray(
            ~(counted & (2 * rows["audio_valid"] >= rows["audio_total"]))
            | (rows["valid_codebooks"] >= profile.codebooks)
        )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        expected = np.where(rows.has("codebooks"), rows["codebooks"], profile.codebooks)
        shown = rows.ranked("audio_logits_shape", 3)
        return np.asarray(rows["valid_codebooks"] < np.where(shown, rows.axes("audio_logits_shape")[:, 1], expected))
