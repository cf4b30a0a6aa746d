from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.vocabulary import KINDS, MODALITIES, WINDOWS

_WINDOW = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:Sample 1 Text Prediction vs Label Comparison:
INFO:__main__:  First 10 Text Labels:      [{labels}]
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class PromptSupervised(TailRule):
    """The prompt is supervised: text labels count from the first tokens on.

    A conversation begins with at least eleven tokens of the user or the system, all masked; one
    that the assistant opens has a header of five (four behind the shift). Labels that count
    before that are the prompt. The model then learns to write prompts, and its text loss is
    that of the prompts' language.

    False positives: the Hugging Face port labels the prompt by design: ignore the finding
    there. Pasted excerpts show windows from anywhere, so single windows are not judged.

    What to do: mask everything up to the header of the assistant turn with -100.
    """

    id = "prompt-supervised"
    area = "masking"
    severity = "warning"
    carries = ("R05",)
    needs = "the first text labels of a sample, masks included: `First 10 Text Labels: […]`"
    absent = "the log shows no first text labels with their masks"
    message = "the first tokens of the text, which belong to the prompt, count as labels in {count} of {seen} windows"
    likely = "The prompt is not masked: labels are a copy of the input."
    next = "Set the labels of system and user turns to -100; keep the assistant's answer and its closing tokens."

    share: float = threshold(0.3, "share of the windows: padding on the left, in batches of one, hides the others")
    header: int = threshold(4, "masked labels that any conversation begins with")

    examples = (
        Example(
            "\n".join([_WINDOW.format(labels="3846, 882, 3847, 271, 1813, 1073, 1649, 2719, 107, 2040")] * 3),
            offends=True,
        ),
        Example("\n".join([_WINDOW.format(labels=", ".join(["-100"] * 10))] * 3), offends=False),
        Example(
            "\n".join([_WINDOW.format(labels="-100, -100, -100, -100, -100, 1073, 1649, 2719, 107, 2040")] * 3),
            offends=False,
            why="the assistant speaks first",
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        mine = rows.equal("modality", MODALITIES.index("text")) & rows.equal("window", WINDOWS.index("first"))
        return np.asarray(mine & ~rows["filtered"] & (rows["length"] > self.header))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        # A dataset's own labels may hold the placeholder of audio: expansion drops it.
        prompt = (rows["prompt"] > 0) & ~rows.equal("kind", KINDS.index("sample"))
        return np.asarray((rows["lead_masked"] < self.header) | prompt)
