from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.stretch import Stretch
from higgs_logscan.tally import label_windows
from higgs_logscan.vocabulary import WINDOWS

_WINDOW = """
✓ Text loss: 2.5000
Audio Codebook 0 Prediction vs Label Comparison:
  Last 10 Audio Labels:       [{labels}]
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class EosRepeated(TailRule):
    """The stream EOS (1025) is a label more than once: the fill behind the end is supervised.

    In the inputs of codebook k, K - k places hold 1025; in the labels only the first of them is
    a target, the rest is -100. Supervised fill is easy to predict, lowers the loss, and teaches
    what generation forces anyway.

    False positives: Higgs v3 supervises the fill by design. Under the delay pattern a window
    that holds nothing but 1025 is the same fault. 1025 inside an array ends an earlier segment.

    What to do: mask every 1025 of a codebook after the first one of a segment.
    """

    id = "eos-repeated"
    area = "special-tokens"
    severity = "warning"
    carries = ("R16",)
    needs = "the last labels of a codebook: `Last 10 Audio Labels: […]`"
    absent = "the log shows no last audio labels with their masks"
    message = "the audio labels end in more than one stream EOS {profile.audio_eos}, in {count} of {seen} windows"
    likely = "Labels are a copy of the inputs in which the fill behind the end was not masked."
    next = "Keep the first 1025 of each codebook and segment as a label; set the others to -100."

    share: float = threshold(0.5, "share of the windows that show it")

    examples = (
        Example(
            "\n".join([_WINDOW.format(labels="334, 798, 1025, 1025, 1025, 1025, 1025, 1025, 1025, 1025")] * 3),
            offends=True,
        ),
        Example(
            "\n".join([_WINDOW.format(labels="334, 798, 1025, -100, -100, -100, -100, -100, -100, -100")] * 3),
            offends=False,
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(label_windows(rows, "audio") & rows.equal("window", WINDOWS.index("last")))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["trail_eos"] > 1)

    def summarise(self, stretch: Stretch) -> Course | None:
        course, counts = super().summarise(stretch), stretch.audio_counts
        judged = (counts["total"] > 0) & (counts["valid"] > 0)
        unmasked = int((judged & (counts["valid"] == counts["total"])).sum())
        counted = Course(sums={"counted": int(judged.sum()), "unmasked": unmasked})
        # The counts of a stretch without windows tell of the windows of others.
        return course + counted if course else counted if counted.sums["counted"] else None

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        if context.flavour.value == "v3":
            return self.passes(judged=course.rows)
        return super().decide(course, tail, context)

    def mechanism(self, course: Course, tail: Tail, context: Context) -> str:
        """Where nothing at all is masked, the labels are the inputs; else the fill behind the end is left in."""
        counted = course.sums.get("counted", 0)
        if not counted:
            return ""
        return "specials-are-labels" if course.sums["unmasked"] > counted / 2 else "fill-is-labels"
