from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.tally import label_windows
from higgs_logscan.vocabulary import WINDOWS

_WINDOW = """
Text logits shape: torch.Size([1, 40, {vocabulary}])
✓ Text loss: 2.5000
Sample 1 Text Prediction vs Label Comparison:
  Last 10 Text Labels:       [{labels}]
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""
_CUT = "-100, -100, 271, 1813, 1073, 1649, 2719, 107, 2040, 128013"


class TextEndMissing(TailRule):
    """The text labels never end in the token that ends a turn: they were moved or cut.

    Each turn of the assistant ends in 128009 (`<|eot_id|>`), behind speech in 128012 (`<|audio_eos|>`) and 128009. Where the
    last labels of the samples are printed and that token is never the last one that counts, text labels stand
    at other positions than the model's, or are cut to the shorter of two lengths.

    False positives: conversations that are cut to a maximum length; a model with another
    tokenizer, so that the rule judges only where the log prints the vocabulary that it knows.
    """

    id = "text-end-missing"
    area = "alignment"
    severity = "warning"
    carries = ("§11.4",)
    needs = "the last text labels of a sample, and the vocabulary: `Last 10 Text Labels: […]`, `Text logits shape: …`"
    absent = "the log shows no last text labels with their masks"
    message = "the text labels end in no end of a turn in {count} of {seen} windows"
    likely = "Text labels were moved against the text, or cut to the shorter of two lengths."
    next = "Decode the last labels of one sample: the answer, then <|audio_eos|> behind speech, then <|eot_id|>."

    at_least: int = threshold(10, "windows that show where text labels end")

    examples = (
        Example("\n".join([_WINDOW.format(vocabulary=128256, labels=_CUT)] * 10), offends=True),
        Example("\n".join([_WINDOW.format(vocabulary=4096, labels=_CUT)] * 10), offends=False, why="other ids"),
        Example(
            "\n".join([_WINDOW.format(vocabulary=128256, labels=_CUT.replace("2040, 128013", "128012, 128009"))] * 10),
            offends=False,
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(label_windows(rows, "text", least=2) & rows.equal("window", WINDOWS.index("last")))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        goes_on = np.ones(len(rows), bool)
        for end in profile.turn_ends:
            goes_on &= rows["last_label"] != end
        return goes_on

    def judge(self, summary: Course | None, context: Context) -> Judgement:
        known = context.vocabulary
        if summary and (not known.certain or known.value != Profile().text_vocabulary):
            return self.unjudged("whether its token ids are the model's is not known")
        return super().judge(summary, context)
