"""What the rules on a skipped loss share: a loss that the trainer does not compute, or no longer prints."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.dialect import Modality
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import threshold
from higgs_logscan.stretch import Stretch


class LossSkipped(TailRule):
    """A rule over records that print the loss of the other modality, and not this one's.

    Where the trainer says that it skips the loss, that is enough. A loss that merely is not
    printed says nothing, unless it was printed before.
    """

    modality: ClassVar[Modality]
    over = "records"
    uses = ("text_loss", "audio_loss", "warning")
    shows = "proof"
    severity = "error"

    alone: int = threshold(10, "records at the end of a run that printed the loss before")

    def rows(self, stretch: Stretch) -> Rows:
        rows = super().rows(stretch)
        rows = rows.take(rows.has("text_loss") | rows.has("audio_loss") | self._said(rows))
        return rows.also({}, {"proof": rows.either(self._said(rows), "warning", "record")})

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(~rows["mixed"])

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(~rows.has(f"{self.modality}_loss"))

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        masked = rows.says("warning", f"{self.modality}-labels-masked")
        return {"said": int(self._said(rows).sum()), "labels_masked": int(masked.sum())}

    def _said(self, rows: Rows) -> NDArray[np.bool_]:
        """Where the trainer says that it skips this loss."""
        skipped, masked = f"{self.modality}-loss-skipped", f"{self.modality}-labels-masked"
        return rows.says("warning", skipped) | rows.says("warning", masked)

    def judge(self, summary: Course | None, context: Context) -> Judgement:
        return self.unless_lost(super().judge(summary, context), context)

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        said = course.sums["said"] >= tail.count / 2
        if not said and not tail.before:
            return self.unjudged(f"the log does not print the {self.modality} loss")
        # Of ranks that write at once, one may print what another's record lacks.
        if tail.before and (tail.count < self.alone or (not said and context.facts.counts["mixed", True])):
            return self.passes(judged=course.rows, offending=tail.count, **course.sums)
        return super().decide(course, tail, context)

    def mechanism(self, course: Course, tail: Tail, context: Context) -> str:
        """Whether the trainer finds no label that counts, in most of the records without a loss."""
        return "labels-masked" if course.sums["labels_masked"] >= max(1, tail.count / 2) else ""
