from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.vocabulary import KINDS, MODALITIES, WINDOWS

_WINDOW = """
✓ Text loss: 2.5000
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Labels:      [{labels}]
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class BosInLabels(TailRule):
    """The stream BOS (1024) is a label: the model is trained to predict what it is always given.

    1024 is an input: it starts the stream and fills the k places before codebook k begins. As a
    target it is always -100 in the official collator. Supervised, it adds k + 1 easy targets a
    codebook and lowers the audio loss by the share that they make up (3 % for ten seconds of
    speech, a fifth for one second); inference is hardly harmed, but losses cannot be compared.

    False positives: 1024 in text windows is an ordinary token, and is not looked at. Behind the
    shift codebook 0 shows no BOS: `bos-not-masked` judges the counts then.

    What to do: copy the inputs to the labels, then set every 1024 to -100.
    """

    id = "bos-in-labels"
    area = "special-tokens"
    severity = "warning"
    carries = ("R14",)
    needs = "the first audio labels: `First 10 Audio Labels: […]`"
    absent = "the log shows no first audio labels"
    message = "the stream BOS {profile.audio_bos} is an audio label that counts, in {count} of {seen} windows"
    likely = "The labels are a copy of audio_out_ids in which BOS was not masked."
    next = "Set labels equal to 1024 to -100 in every codebook."

    share: float = threshold(0.5, "share of the windows that show it")

    examples = (
        Example(
            "\n".join([_WINDOW.format(labels="1024, 636, 355, 171, 872, 842, 504, 579, 110, 215")] * 3), offends=True
        ),
        Example(
            "\n".join([_WINDOW.format(labels="-100, 636, 355, 171, 872, 842, 504, 579, 110, 215")] * 3), offends=False
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        mine = rows.equal("modality", MODALITIES.index("audio")) & ~rows.equal("kind", KINDS.index("sample"))
        return np.asarray(mine & (rows["valid"] > 0) & rows.equal("window", WINDOWS.index("first")))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["bos"] > 0)
