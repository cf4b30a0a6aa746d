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
TEXT LOSS DEBUG: Total tokens: 384, Valid (unmasked) tokens: 40
✓ Text loss: 2.5000
  Label Stats: 172 masked, 20 unmasked, 192 total
AUDIO LOSS DEBUG: Total tokens: 1112, Valid (unmasked) tokens: {valid}, Valid codebooks: 8
✓ Audio loss: 4.1000
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""
#: What each layout is called, as mechanism and in words.
_WORDS = {
    Layout.LATE: ("delay-begins-late", "a delay pattern that begins one place late"),
    Layout.TWICE: ("delay-applied-twice", "a delay pattern that was applied twice"),
    Layout.NO_DELAY: ("delay-pattern-off", "no delay pattern at all"),
}


class DelayMasksWrong(TailRule):
    """The counts of masked audio labels are those of another delay pattern than the model's.

    With 8 codebooks the pattern masks 8 labels a codebook and segment, 64 in all (8 fewer in a
    batch, behind the shift). A pattern that begins one place late masks 9, one that is applied to
    codes that are delayed already 15; fewer than 56 in all are no pattern at all.

    False positives: context turns mask whole segments and fit no such count, but by chance; so
    most batches must show it, nearly all of them where the log does not say how many samples they have. With EOS
    masked 9 labels are masked as well: the rule is silent where no window shows an EOS.
    """

    id = "delay-masks-wrong"
    area = "delay-pattern"
    severity = "warning"
    carries = ("R12", "R13", "§11.1")
    over = "audio counts"
    of_codebooks = True
    needs = "counts of audio labels (`AUDIO LOSS DEBUG: Total tokens: …, Valid (unmasked) tokens: …`) and the last labels of codebook 0"
    absent = "the log does not print counts of audio labels"
    message = "the counts of masked audio labels are those of {layout}, in {count} of {seen} forward passes"
    likely = "The delay pattern is built in another way than the model's, or not at all."
    next = "Print the first ten labels of codebooks 0, 1 and 7: 1, 2 and 8 masked places are expected, one less behind the shift."

    at_least: int = threshold(10, "forward passes that count their audio labels")
    share: float = threshold(0.7, "share of them that shows it")

    examples = (
        Example(
            "\n".join([_PASS.format(valid=976)] * 10),
            offends=True,
            why="136 masked in two samples: 9 a codebook and sample",
        ),
        Example("\n".join([_PASS.format(valid=992)] * 10), offends=False, why="120 masked: 8 a codebook and sample"),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows["total"] > 0) & (rows["valid"] > 0))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(np.logical_or.reduce([rows["layout"] == layout for layout in _WORDS]))

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {layout.name.lower(): int((rows["layout"] == layout).sum()) for layout in _WORDS}

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        layout = max(_WORDS, key=lambda one: course.sums[one.name.lower()])
        ends = context.facts.values("eos")
        alike = course.sums[layout.name.lower()] >= self.share * course.rows
        if not alike or (layout == Layout.LATE and ends[0] > ends.total() / 2):
            return self.passes(judged=course.rows, **course.sums)
        mechanism, words = _WORDS[layout]
        return self.offends_with(
            self.message.format(layout=words, count=tail.count, seen=course.rows), tail.first, tail.last,
            count=tail.count, measured={"judged": course.rows, **course.sums}, likely=self.likely, next=self.next,
            late=tail.late, mechanism=mechanism,
        )  # fmt: skip
