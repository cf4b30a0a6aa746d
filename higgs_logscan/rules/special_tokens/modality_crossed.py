from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.judged import RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.vocabulary import KINDS, MODALITIES

_AUDIO = """
✓ Text loss: 2.5000
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Labels:      [{labels}]
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class ModalityCrossed(RowRule):
    """Tokens of one modality stand among the labels of the other.

    Audio labels end at 1025: values in the tens of thousands are text. Text labels that count
    never hold 128015 or 128016, the placeholders of audio: expansion replaces them by audio
    positions, which are masked.

    False positives: small values among text labels are ordinary tokens and prove nothing. A
    dataset's own labels may hold 128016 before expansion, and are not judged. Text ids of a
    model with another tokeniser are not recognised.

    What to do: check which tensor is passed as label_ids and which as label_audio_ids.
    """

    id = "modality-crossed"
    area = "special-tokens"
    severity = "error"
    carries = ("R18",)
    over = "windows"
    needs = "labels of both modalities: `First 10 Audio Labels: […]`, `Last 10 Text Labels: […]`"
    message = "{count} of {seen} printed label windows hold tokens of the other modality"
    likely = "Text and audio labels are exchanged, or text labels were not expanded to the audio positions."
    next = "Print both label tensors beside the inputs they belong to."

    at_least: int = threshold(3, "windows that must show it")
    among: float = threshold(0.5, "share of an audio window's labels that must be text ids")

    examples = (
        Example("\n".join([_AUDIO.format(labels="-100, 67181, 14628, 128012, 128009, 2231, 1038")] * 3), offends=True),
        Example(
            "\n".join([_AUDIO.format(labels="-100, 636, 355, 171, 872, 842, 504, 579, 110, 215")] * 3), offends=False
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        # Where several ranks write at once, a window may stand under the header of another.
        return np.asarray((rows["valid"] > 0) & ~rows.equal("kind", KINDS.index("sample")) & ~rows["mixed"])

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        audio = rows.equal("modality", MODALITIES.index("audio"))
        return np.where(audio, rows["large"] >= self.among * rows["valid"], rows["placeholder"] > 0)
