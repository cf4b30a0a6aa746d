from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.masks import Layout
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold

_PASS = """
INFO:__main__:TEXT LOSS DEBUG: Total tokens: 190, Valid (unmasked) tokens: 26
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:Sample 1 Text Prediction vs Label Comparison:
INFO:__main__:  Label Stats: 83 masked, 12 unmasked, 95 total
INFO:__main__:AUDIO LOSS DEBUG: Total tokens: 600, Valid (unmasked) tokens: {valid}, Valid codebooks: 8
INFO:__main__:✓ Audio loss: 4.1000
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class BosNotMasked(TailRule):
    """The counts of masked audio labels leave no room for the masked stream BOS.

    Under the delay pattern codebook k masks k + 1 labels for BOS and K - 1 - k for the fill
    behind the stop token: K in all, 64 a segment for 8 codebooks (64n - 8 for n segments behind
    the shift). With BOS supervised only the fill is left: K (K - 1) / 2 = 28 a segment. The
    number of samples in the batch is known from the text counts, and each has one segment.

    False positives: 56 is also one single segment in a batch of two, behind the shift: data in
    which every batch holds exactly one spoken sample look the same. Hence most batches
    must show it. Context turns add whole segments and keep the rule silent.

    What to do: see `bos-in-labels`; print the first labels of codebook 7, eight -100 are expected.
    """

    id = "bos-not-masked"
    area = "special-tokens"
    severity = "warning"
    carries = ("R14",)
    over = "audio counts"
    of_codebooks = True
    needs = (
        "counts of audio labels, and of text labels of the batch and of one sample (`TEXT LOSS DEBUG`, `Label Stats`)"
    )
    absent = "the log does not print counts of audio labels together with the number of samples"
    message = "only {masked:.0f} audio labels are masked a batch, just those of the fill behind EOS, in {count} of {seen} forward passes"
    likely = "The stream BOS (1024) is supervised: labels are a copy of the inputs in which it was not masked."
    next = "Print the first ten labels of codebook 7: eight of them should be -100 (seven behind the shift)."

    at_least: int = threshold(10, "forward passes with both counts")
    share: float = threshold(0.7, "share of them: one spoken sample in each two makes half of the batches at most")

    examples = (
        Example("\n".join([_PASS.format(valid=544)] * 10), offends=True),
        Example("\n".join([_PASS.format(valid=480)] * 10), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        masked = rows["total"] - rows["valid"]
        mine = (rows["total"] > 0) & (rows["valid"] > 0)
        # Without the number of samples, 56 may be two that mask the fill alone, or a single one behind the shift.
        fill = profile.codebooks * (profile.codebooks - 1) // 2
        either = (rows["samples"] == 0) & (masked % fill == 0) & (rows["layout"] == Layout.DELAY)
        return np.asarray(mine & ~either)

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["layout"] == Layout.HALF)

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {"masked": int((rows["total"] - rows["valid"]).sum()), "samples": int(rows["samples"].sum())}

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        ends = context.facts.values("eos")
        if sum(n for count, n in ends.items() if count > 1) > ends.total() / 2:
            # The fill behind EOS is what is not masked (`eos-repeated`): as many labels as BOS.
            return self.passes(judged=course.rows, offending=tail.count)
        return super().decide(course, tail, context)
