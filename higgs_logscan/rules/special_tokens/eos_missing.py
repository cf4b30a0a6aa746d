from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.vocabulary import KINDS, MODALITIES, WINDOWS

_WINDOW = """
✓ Text loss: 2.5000
Audio Codebook 0 Prediction vs Label Comparison:
  Last 10 Audio Labels:       [{labels}]
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class EosMissing(TailRule):
    """The stream EOS (1025) is never a label: the model does not learn to stop.

    Each trained segment has exactly one 1025 a codebook, right behind its last code. It is the
    stop signal: with it masked, a trained model gives 1025 no probability at the end and speaks
    until the token limit (81.9 seconds for 2048 tokens). Where a masked tail follows the last
    code, the place of EOS is visible and masked: an error. Where the windows end in a code, the
    audio may also have been truncated: a warning.

    False positives: the Hugging Face port masks EOS by design, with the same effect. Windows
    that hold fewer than two labels, or masks between labels, show no end. Labels printed
    without their masks can show that EOS is there; that it is not, they show only as a cut end.

    What to do: keep the first 1025 of each codebook in the labels and mask only those after it.
    """

    id = "eos-missing"
    area = "special-tokens"
    severity = "error"
    carries = ("R15",)
    needs = "the last labels of codebook 0, ten or more: `Last 10 Audio Labels: […]`"
    absent = "no printed window shows where the audio of a batch ends"
    message = "the audio labels end without the stream EOS {profile.audio_eos} in {count} of {seen} windows"
    likely = "EOS is masked with the fill behind it: the model will not learn to stop."
    next = "Keep the first 1025 of each codebook as a label; mask only the fill after it."

    at_least: int = threshold(10, "windows that show the end of a segment")
    speaking: int = threshold(2, "labels that a window must hold")

    examples = (
        Example(
            "\n".join([_WINDOW.format(labels="334, 798, -100, -100, -100, -100, -100, -100, -100, -100")] * 10),
            offends=True,
        ),
        Example(
            "\n".join([_WINDOW.format(labels="334, 798, 1025, -100, -100, -100, -100, -100, -100, -100")] * 10),
            offends=False,
        ),
        Example(
            "\n".join([_WINDOW.format(labels=", ".join(["-100"] * 10))] * 10), offends=False, why="no label, no end"
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        mine = rows.equal("modality", MODALITIES.index("audio")) & ~rows.equal("kind", KINDS.index("sample"))
        mine &= rows.equal("window", WINDOWS.index("last")) & (rows["codes"] > 0) & (rows["split"] == 0)
        speaks = rows["valid"] >= self.speaking
        if rows.some("filtered"):
            speaks = np.where(rows["filtered"], rows["valid"] >= 5, speaks)
        return np.asarray(mine & speaks & (rows["lead_masked"] == 0))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["eos"] == 0)

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {"masked_ends": int(((rows["eos"] == 0) & (rows["trail_masked"] > 0)).sum())}

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        masked = course.sums["masked_ends"] > course.offending / 2
        return self.offends_with(
            self.says(course, tail, context), tail.first, tail.last, count=tail.count,
            measured={"judged": course.rows, "offending": tail.count, **course.sums},
            likely=self.likely if masked else "EOS is masked or left out, or the audio is truncated.",
            next=self.next, severity="error" if masked else "warning",
        )  # fmt: skip
