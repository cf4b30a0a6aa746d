from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example
from higgs_logscan.tally import label_windows
from higgs_logscan.vocabulary import WINDOWS

_WINDOW = """
✓ Text loss: 2.5000
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Labels:      [{first}, 171, 872, 842, 504, 579, 110, 215]
  Last 10 Audio Labels:       [{last}]
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""
_BARE = "83, 841, 992, 754, 903, 705, 561, 976, 321, 1025"


class DelayPatternAbsent(TailRule):
    """The audio labels show no delay pattern: codebook 0 ends where the batch ends.

    The released model was trained with codebook k delayed by k frames, and generation reverts
    that. Under the pattern only the last codebook may end in a bare 1025; the labels of codebook
    k go on with K - 1 - k masked places, seven for codebook 0. Labels of codebook 0 that end in
    1025 come from a collator with `use_delay_pattern=False`. The loss recovers in training;
    generation then shifts the codebooks against each other and gives noise.

    False positives: a model that is trained from scratch, and served, without the pattern. From
    the last codebook alone nothing can be said. A reversed pattern ends alike, but begins with
    seven or eight masked places: `delay-pattern-wrong` reports it.

    What to do: `use_delay_pattern=True` in the collator (the model's configuration has it).
    """

    id = "delay-pattern-absent"
    area = "delay-pattern"
    severity = "warning"
    carries = ("R12",)
    needs = "the last ten labels of a codebook but the last one: `Last 10 Audio Labels: […]` of codebook 0"
    absent = "no printed window shows a stream EOS with what follows it"
    message = "the audio labels show no delay pattern: codebook 0 ends in a bare {profile.audio_eos} in {count} of {seen} windows"
    likely = (
        "The collator runs with use_delay_pattern=False, while the released model and its generation use the pattern."
    )
    next = "Set use_delay_pattern=True in the collator; behind it, seven -100 follow the EOS of codebook 0."

    examples = (
        Example("\n".join([_WINDOW.format(first="-100, 636, 355", last=_BARE)] * 3), offends=True),
        Example(
            "\n".join([_WINDOW.format(first="-100, 636, 355", last="34, 708, 1025" + ", -100" * 7)] * 3), offends=False
        ),
        Example(
            "\n".join([_WINDOW.format(first="-100" + ", -100" * 6, last=_BARE)] * 3), offends=False, why="reversed"
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        shows = (
            (rows["last_label"] == profile.audio_eos) & (rows["codes"] > 0) & (rows["codebook"] < profile.codebooks - 1)
        )
        return np.asarray(label_windows(rows, "audio") & shows & rows.equal("window", WINDOWS.index("last")))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        # Several EOS in a row are fill that was not masked: the pattern may be there.
        return np.asarray((rows["trail_masked"] == 0) & (rows["trail_eos"] == 1))

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        lead = context.facts.most("lead")
        if lead and lead[0] > 1:
            return self.passes(judged=course.rows, lead=lead[0])
        return super().decide(course, tail, context)
