from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold

_PASS = """
INFO:__main__:TEXT LOSS DEBUG: Total tokens: 190, Valid (unmasked) tokens: {valid}
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:Sample 1 Text Prediction vs Label Comparison:
INFO:__main__:  Label Stats: {masked} masked, {one} unmasked, 95 total
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class TextOverMasked(TailRule):
    """Fewer text labels count than the assistant turns must have.

    An audio turn of the assistant supervises three text tokens at least: audio_out_bos,
    audio_eos and eot. Fewer a sample means that tokens are masked which the model has to learn.

    False positives: exactly three a turn is the healthy number of data that is speech alone. A
    trainer that masks audio specials in text labels on purpose leaves one or two; a run that
    trains audio alone leaves none. Samples without an assistant turn lower the mean.

    What to do: decode the labels that are left of one sample.
    """

    id = "text-over-masked"
    area = "masking"
    severity = "warning"
    carries = ("R04",)
    over = "text counts"
    needs = "text labels that count in each sample: `Label Stats: M masked, U unmasked, N total`"
    absent = "the log does not print how many text labels of how many samples count"
    message = (
        "fewer than {profile.text_targets_a_turn} text labels a sample count in {count} of {seen} forward passes "
        "({labels:.1f} a batch of {samples:.1f})"
    )
    likely = "Text labels of the assistant turns are masked that should count."
    next = "Decode the text labels of one sample that are not -100: the answer and its closing tokens should be there."

    at_least: int = threshold(10, "forward passes that count the text labels of their samples")
    share: float = threshold(0.4, "share of these with too few: in a healthy run none has")

    examples = (
        Example("\n".join([_PASS.format(valid=1, masked=94, one=1)] * 12), offends=True),
        Example(
            "\n".join([_PASS.format(valid=6, masked=92, one=3)] * 12), offends=False, why="speech alone: three each"
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows["valid"] >= 0) & (rows["total"] > 0))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        valid, samples = _a_batch(rows)
        return np.asarray(valid < profile.text_targets_a_turn * samples)

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        valid, samples = _a_batch(rows)
        return {"labels": int(valid.sum()), "samples": int(samples.sum())}


def _a_batch(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Labels that count, and of how many samples: of the batch, else of the samples that are printed, else of one."""
    if not rows.some("samples"):
        return rows["valid"], np.maximum(rows["batch"], 1)
    of_samples = (rows["batch"] == 0) & (rows["samples"] > 0)
    samples = np.where(of_samples, rows["samples"], np.maximum(rows["batch"], 1))
    return np.where(of_samples, rows["sample_valid"], rows["valid"]), samples
