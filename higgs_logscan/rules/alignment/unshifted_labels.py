from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.masks import Layout
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example
from higgs_logscan.stretch import Stretch
from higgs_logscan.tally import label_windows
from higgs_logscan.vocabulary import WINDOWS

_PASS = """
✓ Text loss: 2.5000
AUDIO LOSS DEBUG: Total tokens: {total}, Valid (unmasked) tokens: {valid}, Valid codebooks: 8
✓ Audio loss: 2.1000
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Predictions: [989, 636, 76, 832, 0, 660, 63, 300, 224, 4]
  First 10 Audio Labels:      [{first}, 636, 355, 171, 872, 842, 504, 579, 110, 215]
  Audio Logits shape: torch.Size([{frames}, 8, 1026])
  Audio Labels shape: torch.Size([8, {frames}])
✓ TRAINING SUCCESSFUL - Total loss: 4.6000
"""


class UnshiftedLabels(TailRule):
    """The audio labels that the loss uses are not shifted: each position is scored on its own input.

    Codebook 0 begins with exactly one masked BOS as long as nobody has shifted the labels; behind
    the next-token shift it begins with a code. Where the loss counts as many labels as the
    printed array holds, the array is what the loss compares, unshifted: a label leak in the
    making, long before the loss shows it. Every version of one public trainer does this. Where
    the log does not count the labels of the loss, it stays open whether they are shifted later:
    a note.

    False positives: a trainer that shifts its inputs right (BOS, x1, x2, … predict x1, x2, …) is
    correct with labels that stand so; its log cannot show that. Check the code before changing it.

    What to do: compare `logits[:-1]` with `labels[:, 1:]`.
    """

    id = "unshifted-labels"
    area = "alignment"
    severity = "warning"
    carries = ("R06",)
    needs = (
        "the first labels of codebook 0, and how many labels the loss counts (`AUDIO LOSS DEBUG`, `Audio Labels shape`)"
    )
    absent = "no first window of codebook 0 is printed with its masks"
    message = (
        "codebook 0 begins with one masked BOS in {count} of {seen} windows: the printed audio labels are not shifted"
    )
    likely = "The loss compares logits and labels of the same position: the model can copy its input (label leak)."
    next = "Compare logits[:-1] with labels[:, 1:], unless the inputs are shifted right instead."

    examples = (
        Example("\n".join([_PASS.format(first=-100, frames=66, total=528, valid=400)] * 3), offends=True),
        Example("\n".join([_PASS.format(first=334, frames=65, total=520, valid=400)] * 3), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        first = label_windows(rows, "audio", least=4) & rows.equal("window", WINDOWS.index("first"))
        return np.asarray(first & (rows["codebook"] <= 0) & (rows["lead_masked"] + rows["valid"] == rows["length"]))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["lead_masked"] + rows["lead_bos"] == 1)

    def summarise(self, stretch: Stretch) -> Course | None:
        course = super().summarise(stretch)
        # Counts on step lines are those of the printed tensor itself: they prove nothing of the loss.
        columns = ("audio_total", "audio_labels_shape"), ("audio_logits_shape",)
        rows = stretch.table.having(*columns, ("micro-batch",))
        late = int((stretch.audio_counts["layout"] == Layout.LATE).sum())
        if not len(rows) and not late:
            return course
        alike = _counted_alike(rows) if len(rows) else 0
        sums = {"counted": len(rows), "counted_alike": alike, "delayed_late": late}
        return (course or Course()) + Course(sums=sums)

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        counted, ends = course.sums.get("counted_alike", 0), context.facts.values("eos")
        late = course.sums.get("delayed_late", 0) >= self.share * max(course.sums.get("counted", 0), self.at_least)
        if late and ends[0] <= ends.total() / 2:
            # One masked label at the beginning is then what the shift leaves of two (`delay-masks-wrong`).
            return self.passes(**course.sums)
        if not counted and course.sums.get("counted", 0) >= self.at_least:
            # The loss counts another number of labels: it does not use them as they are printed.
            return self.passes(**course.sums)
        used = counted >= self.at_least and counted >= self.share * course.sums["counted"]
        return self.offends_with(
            self.says(course, tail, context) + (", and the loss counts as many" if used else ""), tail.first, tail.last,
            count=tail.count, measured={"judged": course.rows, "offending": tail.count, **course.sums},
            likely=self.likely if used else "The loss may use them as they stand (label leak); the log does not show what it uses.",
            next=self.next, severity="warning" if used else "note",
        )  # fmt: skip


def _counted_alike(rows: Rows) -> int:
    """In how many of these the loss counts as many labels as are printed, of as many frames."""
    labels, frames = rows.axes("audio_labels_shape"), rows.axes("audio_logits_shape")[:, 0]
    last = labels[np.arange(len(rows)), np.maximum((labels >= 0).sum(axis=1) - 1, 0)]
    # An axis that a shape lacks is -1: it leaves the product as it is.
    same = (abs(labels.prod(axis=1)) == rows["audio_total"]) & (~rows.has("audio_logits_shape") | (frames == last))
    return int(same.sum())
