from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.epochs import begins_epoch
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example

_PASS = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:AUDIO LOSS DEBUG: Total tokens: 584, Valid (unmasked) tokens: {valid}, Valid codebooks: 8
INFO:__main__:✓ Audio loss: {loss}
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 2.5000
"""


class AudioLabelsMasked(TailRule):
    """No audio label counts: every one is -100, although the batches hold audio frames.

    The model sees audio and is never asked about it: the audio loss is 0 or NaN, the audio head
    learns nothing. Two known ways: the text label of `<|AUDIO_OUT|>` is negative, which the
    collator reads as "context, do not train" for the whole segment; and its own default,
    `mask_audio_out_token_label=True`, writes that -100 into samples kept in memory, so that from
    the second epoch on every segment looks like context. The finding names the step of the onset.

    False positives: a batch of text alone has no audio labels and is not judged. Where the log
    prints no counts, an audio loss of exactly 0 over frames that exist is taken for one; a
    trainer that writes 0 when its audio loss raised an exception looks the same.

    What to do: print `(label_audio_ids != -100).sum()` before and after the collator, in the
    first and in the second epoch.
    """

    id = "audio-labels-masked"
    area = "masking"
    severity = "error"
    carries = ("R01", "R02")
    over = "audio counts"
    needs = "the number of audio labels that count: `AUDIO LOSS DEBUG: Total tokens: …, Valid (unmasked) tokens: …`"
    absent = "the log does not print how many audio labels count"
    message = "no audio label counts in {count} of {seen} forward passes that hold audio"
    likely = "The audio turns are labelled as context, or the collator masked samples that are kept in memory (second epoch)."
    next = (
        "Count `label_audio_ids != -100` in the dataset and behind the collator; copy the sample before it is collated."
    )

    examples = (
        Example("\n".join([_PASS.format(valid=0, loss="0.0000")] * 4), offends=True),
        Example("\n".join([_PASS.format(valid=464, loss="4.1000")] * 4), offends=False),
        Example(
            "\n".join([_PASS.format(valid=464, loss="4.1000"), _PASS.format(valid=0, loss="0.0000")] * 3),
            offends=False,
            why="context alone in every other batch",
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["total"] > 0)

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["valid"] == 0)

    def mechanism(self, course: Course, tail: Tail, context: Context) -> str:
        """An onset where the second epoch begins: the collator wrote into samples that are kept in memory (R02)."""
        begun = tail.late and begins_epoch(tail.first, context.curves)
        return "cached-labels-mutated" if begun else ""
