from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.judged import Judged, RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example
from higgs_logscan.vocabulary import MODALITIES

_WINDOW = """
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Predictions: [989, 636, 76, 832, 0, 660, 63, 300, 224, 4]
  First 10 Audio Labels:      [{labels}]
"""


class ValueOutOfRange(RowRule):
    """An audio label or prediction is no possible value.

    A label is -100 or 0 to 1025; a prediction, an argmax over 1026 logits, is 0 to 1025. A label
    beyond raises an index error on the CPU and a device-side assertion on a GPU, unless the
    trainer swallows exceptions. -1 is what `build_delay_pattern_mask` fills its second result
    with, "to be generated": that result was used in place of the first. In the inputs such
    values do not always crash: the embedding table is flat, and codebook k silently reads its
    neighbour's row.

    False positives: documents that invent examples. A model with another codebook size has other
    bounds: give its configuration (the rule does not judge when the printed logits differ).

    What to do: look at the sample; check tokeniser, special ids and the delay function.
    """

    id = "value-out-of-range"
    area = "special-tokens"
    severity = "error"
    carries = ("R17",)
    over = "windows"
    shows = "window"
    needs = "audio labels or predictions: `First 10 Audio Labels: […]`"
    message = "{count} of {seen} printed audio windows hold impossible values ({minus_one:.0f} times -1)"
    likely = "A tokeniser of another size, a wrong special id, or the generation mask (-1) in place of the ids."
    next = "Print `label_audio_ids.min()` and `.max()` of the sample that is named."

    examples = (
        Example(_WINDOW.format(labels="-100, 636, 355, 1030, 872, 842, 504, 579, 110, 215"), offends=True),
        Example(_WINDOW.format(labels="-100, 636, 355, 171, -1, -1, -1, -1, -1, -1"), offends=True),
        Example(_WINDOW.format(labels="-100, 636, 355, 0, 1023, 842, 504, 579, 110, 1025"), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        # Where several ranks write at once, a window may stand under the header of another.
        return np.asarray(rows.equal("modality", MODALITIES.index("audio")) & ~rows["mixed"])

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows["out_of_range"] > 0) | (rows["wild"] > 0))

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {"minus_one": rows.sums("negative")[0]}

    def decide(self, judged: Judged, context: Context) -> Judgement:
        if context.audio_vocabulary.value != context.profile.audio_vocabulary:
            return self.unjudged(
                "the printed audio logits have another width than the profile", "the model's config.json"
            )
        return super().decide(judged, context)
