from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.epochs import begins_epoch
from higgs_logscan.finding import Judgement
from higgs_logscan.median import median
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class AudioLossZero(TailRule):
    """The audio loss is exactly zero: it was not computed.

    A cross entropy is zero only when every prediction is certain and right, which no model does
    to four decimals. Trainers write 0.0 where there was nothing to compute: the audio inputs
    never reached the model, so that its audio logits are empty, or every audio label is masked.
    The text loss keeps the total above zero and the run looks alive; audio is not trained.

    False positives: a batch of text alone has no audio to compute. The last part of the run is
    therefore judged, in which nearly every record must be zero, and zeros between other values
    are only a note; a loss that is merely near zero is another matter (`audio-loss-near-zero`).
    """

    id = "audio-loss-zero"
    area = "audio-learning"
    severity = "error"
    carries = ("R01", "R02")
    over = "records"
    absent = "the log prints no audio loss"
    reads = ("audio_loss",)
    needs = "the audio loss of each step: `Step 30 - Losses: Text=…, Audio=…, Total=…`"
    message = "the audio loss is exactly 0 in {count} of {seen} records"
    likely = "The audio loss is not computed: audio inputs are lost before the model, or all audio labels are masked."
    next = "Print `audio_out_ids.shape`, the audio logits' shape and the number of audio labels that are not -100."

    alone: int = threshold(
        10, "records at the end of a run that is not zero throughout, before they count", estimate=True
    )

    around: int = threshold(5, "records before and behind the onset in which the text loss is compared")
    shaken: float = threshold(0.3, "nats by which lost inputs move the text loss at least", estimate=True)

    examples = (
        Example(
            """
            Step 1 - Losses: Text=8.2000, Audio=0.0000, Total=8.2000   <-
            Step 2 - Losses: Text=7.9000, Audio=0.0000, Total=7.9000
            Step 3 - Losses: Text=7.5000, Audio=0.0000, Total=7.5000
            """,
            offends=True,
        ),
        Example(
            """
            Step 1 - Losses: Text=8.2000, Audio=6.9000, Total=15.1000
            Step 2 - Losses: Text=7.9000, Audio=0.0000, Total=7.9000
            """,
            offends=False,
            why="one batch without audio",
        ),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["audio_loss"] == 0.0)

    def judge(self, summary: Course | None, context: Context) -> Judgement:
        judgement = super().judge(summary, context)
        if summary and judgement.findings and judgement.findings[0].count < min(self.alone, summary.rows):
            judgement = self.passes(**judgement.measured)
        if summary and not judgement.findings and not judgement.not_judged and summary.offending >= self.alone:
            return self._between(summary)
        return self.unless_lost(judgement, context)

    def mechanism(self, course: Course, tail: Tail, context: Context) -> str:
        """What went in mid-run: inputs that go shake the text loss, labels that go do not (§11.6)."""
        text = context.curves.finest("text_loss")
        if not tail.late or text is None:
            return ""
        if begins_epoch(tail.first, context.curves):
            return "cached-labels-mutated"
        at = text.index(tail.first)
        if at < self.around or at + self.around > len(text.means):
            return ""
        # A batch of text alone may stand right before the onset: it is somewhere in the next few records.
        ends = range(at, min(at + 3 * self.around, len(text.means)) + 1, self.around)
        levels = [float(median(text.means[end - self.around : end])) for end in ends]
        if not np.isfinite(levels).all():
            return ""
        shaken = max(abs(level - levels[0]) for level in levels) > max(self.shaken, 3 * text.noise)
        return "inputs-lost" if shaken else "labels-lost"

    def _between(self, course: Course) -> Judgement:
        """Zeros among other values: batches of text alone, or some that lost their audio."""
        zeros = course.part[course.kind]
        return self.offends_with(
            self.message.format(count=len(zeros), seen=course.rows) + ", between others that are not",
            zeros.evidence(0),
            zeros.evidence(-1),
            count=len(zeros),
            measured={"judged": course.rows, "offending": len(zeros)},
            severity="note",
            likely="These batches hold text alone, which is healthy, or lost their audio.",
            next=self.next,
        )
