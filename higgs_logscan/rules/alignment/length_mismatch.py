from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Among, Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.stretch import Stretch

_PASS = """
INFO:__main__:Final logits shape: torch.Size([2, {logits}, 128256])
INFO:__main__:Final labels shape: torch.Size([2, {labels}])
INFO:__main__:✓ Audio loss: 4.1000
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 4.1000
"""
_COLUMNS = (
    "text_logits_shape", "text_labels_shape", "audio_logits_shape", "audio_labels_shape",
    "logits_length", "labels_length", "warning",
)  # fmt: skip
#: The columns one of which shows what is compared.
_SHOWN = ("record", "text_labels_shape", "audio_labels_shape", "logits_length", "warning")


class LengthMismatch(TailRule):
    """Logits and labels differ in length: they cannot belong to the same positions.

    Text labels that were not expanded to the audio positions are much shorter than the logits; a
    trainer that cuts both to the shorter length then compares audio positions with text labels,
    one that checks skips the loss. Audio labels and logits differ by seven a segment when only
    one side is delayed. A trainer's own "alignment failed" or "misaligned" says that it skipped
    the loss or took a fallback.

    False positives: a difference of one may be one side that is printed behind the shift, and
    counts only where the trainer itself reports it. Where several ranks write to one stream,
    lengths of two forward passes may meet in one: nothing but the trainer's own word counts then.

    What to do: use the model's expanded_labels; shift logits and labels together,
    `logits[:, :-1]` with `labels[:, 1:]`.
    """

    id = "length-mismatch"
    area = "alignment"
    severity = "warning"
    carries = ("R19", "R32")
    over = "records"
    uses = _COLUMNS
    shows = "compared"
    certain = True
    needs = "shapes of logits and labels: `Final logits shape: …` with `Final labels shape: …`"
    absent = "no lengths of logits and labels are printed side by side"
    message = "logits and labels differ in length in {count} of {seen} forward passes (by {difference:.1f} on average)"
    likely = "Labels were not expanded to the audio positions, or only one side is shifted or delayed."
    next = "Compare the model's expanded_labels with its logits before any shift; shift both together."

    at_least: int = threshold(10, "forward passes with both lengths; fewer do if all of them differ")
    share: float = threshold(0.5, "share of the forward passes that differ")
    mixed: int = threshold(20, "forward passes of which one that mixes two makes lengths meet by accident")
    harmless: int = threshold(1, "difference that one side printed behind the shift explains")

    examples = (
        Example("\n".join([_PASS.format(logits=263, labels=214)] * 3), offends=True),
        Example(
            "\n".join([_PASS.format(logits=255, labels=256)] * 3),
            offends=False,
            why="one side printed behind the shift",
        ),
        Example("\n".join([_PASS.format(logits=255, labels=255)] * 3), offends=False),
    )

    def rows(self, stretch: Stretch) -> Rows:
        return _compared(super().rows(stretch))

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["known"] & (~rows["mixed"] | rows["reported"]))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows["difference"] > self.harmless) | rows["reported"])

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {"difference": int(rows["difference"].sum()), "reported": int(rows["reported"].sum())}

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        reported = course.sums["reported"] > tail.count / 2
        if not reported and self.mixed * context.facts.counts["mixed", True] > context.records("micro-batch"):
            return self.unjudged("several ranks write to one stream: the lengths may be of two forward passes")
        return self.offends_with(
            self.says(course, tail, context), tail.first, tail.last, count=tail.count,
            measured={"judged": course.rows, "offending": tail.count, **course.sums},
            likely="The trainer itself reports it: the loss was skipped or taken from a fallback." if reported else self.likely,
            next=self.next, severity="error" if reported else "warning",
        )  # fmt: skip


def _compared(rows: Rows) -> Rows:
    """With whether lengths are known, the largest difference, whether the trainer reports one, and where it shows."""
    known, difference, which = np.zeros(len(rows), bool), np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    for logits, labels, of_logits in (
        ("text_logits_shape", "text_labels_shape", 1),
        ("audio_logits_shape", "audio_labels_shape", 0),
    ):
        if not (rows.has(logits).any() and rows.has(labels).any()):
            continue
        one, other = rows.axes(logits)[:, of_logits], rows.axes(labels)[:, 1]
        both = rows.ranked(logits, 3) & rows.ranked(labels, 2) & (one > 0) & (other > 0)
        apart = both * abs(one - other)
        known |= both
        which[apart > difference] = _SHOWN.index(labels)
        difference = np.maximum(difference, apart)
    told = rows.has("logits_length") & rows.has("labels_length")
    reported = rows.says("warning", "alignment-failed")
    if told.any():
        apart = told * abs(rows["logits_length"] - rows["labels_length"])
        which[apart > 0] = _SHOWN.index("logits_length")
        reported, difference = reported | (apart > 0), np.maximum(difference, apart)
    which[reported & (which == 0) & rows.has("warning")] = _SHOWN.index("warning")
    return rows.also(
        {"known": known | told | reported, "difference": difference, "reported": reported},
        {"compared": Among(rows, _SHOWN, which)},
    )
