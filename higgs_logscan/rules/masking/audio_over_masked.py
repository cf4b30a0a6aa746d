from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.epochs import begins_epoch
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold

_PASS = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:✓ Audio loss: 4.5000
INFO:__main__:  Audio Label Stats: {masked} masked, {valid} unmasked, 624 total
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 7.0000
"""
_SPARSE, _FULL = _PASS.format(masked=618, valid=6), _PASS.format(masked=120, valid=504)


class AudioOverMasked(TailRule):
    """Nearly all audio labels are -100: the audio loss rests on a handful of tokens.

    A trained segment masks K labels per codebook under the delay pattern (64 in all for 8
    codebooks), 1 without it; everything else counts, so that a healthy share is below one third
    for clips of a second. Over-masking leaves a noisy loss over few tokens, and audio is hardly
    trained. It may begin in mid-run: the finding names the step of the onset.

    False positives: a reference turn that is context is masked as a whole, legally. It would
    have to be twenty times as long as the trained speech to reach the threshold. A single batch
    says nothing; the share is that of all labels since the onset.

    What to do: compare the counts behind the dataset and behind the collator; look for a mask
    that is applied to labels twice, or at random.
    """

    id = "audio-over-masked"
    area = "masking"
    severity = "warning"
    carries = ("R03",)
    over = "audio counts"
    needs = "the masked audio labels of each batch: `Audio Label Stats: M masked, U unmasked, N total`"
    absent = "the log does not print how many audio labels are masked, or none of them counts"
    message = "{share} % of the audio labels are masked, in {count} of {seen} forward passes"
    likely = "A mask is applied to audio labels that should count; what is left is too little to learn from."
    next = "Print the counts of label_audio_ids behind the dataset and behind the collator, and compare them."

    at_least: int = threshold(10, "forward passes that must show it")
    share: float = threshold(0.95, "share of masked audio labels since the onset", estimate=True)

    examples = (
        Example("\n".join([_SPARSE] * 12), offends=True),
        Example("\n".join([_FULL] * 20 + [_SPARSE] * 12), offends=True, why="since the middle of the run"),
        Example("\n".join([_FULL] * 20 + [_SPARSE] * 3), offends=False, why="three batches only"),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        # Where nothing at all counts, that is the other rule's finding.
        return np.asarray((rows["total"] > 0) & (rows["valid"] > 0))

    def weights(self, rows: Rows, profile: Profile) -> tuple[NDArray[Any], NDArray[Any]]:
        return rows["total"] - rows["valid"], rows["total"]

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {
            "audio_labels": int(rows["total"].sum()),
            "audio_labels_masked": int((rows["total"] - rows["valid"]).sum()),
        }

    def mechanism(self, course: Course, tail: Tail, context: Context) -> str:
        """An onset where the second epoch begins: the collator wrote into samples that are kept in memory (R02)."""
        begun = tail.late and begins_epoch(tail.first, context.curves)
        return "cached-labels-mutated" if begun else ""
