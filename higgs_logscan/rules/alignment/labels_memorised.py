from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.tally import LAGS, label_windows
from higgs_logscan.vocabulary import PHASES

_SHIFTED = """
✓ Text loss: 0.0050
✓ Audio loss: {loss}
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Predictions: [{predictions}, 842, 504, 579, 110, 215]
  First 10 Audio Labels:      [12, 636, 355, 171, 872, 842, 504, 579, 110, 215]
✓ TRAINING SUCCESSFUL - Total loss: {loss}
"""
_ZERO = LAGS.index(0)


class LabelsMemorised(TailRule):
    """The audio predictions equal shifted labels nearly always: the data are learned by heart.

    Speech codes can be predicted to some 10 to 30 %; nine of ten is recall. It happens when the
    data are few (one batch repeated for ever, a handful of clips over many epochs). The labels
    here stand behind the shift, so that lag 0 is right and no leak.

    False positives: a test of the code that overfits one batch on purpose. Validation batches
    are not judged: on them the same agreement would be a leak in the data.

    What to do: look at the validation loss (it rises when data are learned by heart), check that
    the loader shuffles and that the dataset has more than one sample.
    """

    id = "labels-memorised"
    area = "alignment"
    severity = "warning"
    carries = ("R08",)
    needs = "audio predictions beside labels behind the shift, masks included, and the audio loss"
    absent = "the log shows no audio predictions beside labels with their masks"
    message = "{share} % of the audio predictions equal their shifted labels"
    likely = "The same few samples are seen again and again: the model recalls them."
    next = "Check that the loader draws more than one batch, and look at the loss on speech that was not trained on."

    at_least: int = threshold(5, "windows with pairs of prediction and label")
    pairs: int = threshold(40, "pairs of prediction and label")
    loss: float = threshold(0.5, "audio loss, in nats, below which recall is believed", estimate=True)

    examples = (
        Example("\n".join([_SHIFTED.format(predictions="12, 636, 355, 171, 872", loss="0.0123")] * 6), offends=True),
        Example("\n".join([_SHIFTED.format(predictions="1, 63, 355, 17, 87", loss="3.9000")] * 6), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        trained = ~rows["mixed"] & (rows["phase"] != PHASES.index("validation"))
        return np.asarray(label_windows(rows, "audio") & trained & (rows.of_lag("pairs", _ZERO) > 0))

    def weights(self, rows: Rows, profile: Profile) -> tuple[NDArray[Any], NDArray[Any]]:
        return rows.of_lag("matches", _ZERO), rows.of_lag("pairs", _ZERO)

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {name: rows.sums(name, slice(_ZERO, _ZERO + 1))[0] for name in ("pairs", "matches")}

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        curve = context.curves.finest("audio_loss")
        loss = curve.mean(0.8, 1) if curve else None
        measured = {
            "pairs": int(tail.whole),
            "matches": int(tail.part),
            "audio_loss": loss,
            "shift": context.shift.value,
        }
        if context.shift.value != "shifted" or tail.whole < self.pairs or loss is None or loss >= self.loss:
            return self.passes(**measured)
        return self.offends_with(
            self.says(course, tail, context), tail.first, tail.last,
            count=tail.count, measured=measured, likely=self.likely, next=self.next,
        )  # fmt: skip
