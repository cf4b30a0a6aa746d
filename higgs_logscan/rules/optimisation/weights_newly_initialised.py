from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.judged import RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example


class WeightsNewlyInitialised(RowRule):
    """Some weights are not in the checkpoint and begin at random.

    A version of the model or of the trainer added modules (attention for audio in every layer, for
    one) that the checkpoint does not have. They add noise until they have learned; loaded from a
    wrong checkpoint, everything is noise.

    False positives: some versions print this at every start and train well. It is a note: what
    counts is whether the loss starts near chance.
    """

    id = "weights-newly-initialised"
    area = "optimisation"
    severity = "note"
    carries = ("R31",)
    reads = ("warning",)
    shows = "warning"
    needs = "the lines of loading the model: `Some weights of … were not initialized from the model checkpoint`"
    message = "the checkpoint lacks some of the model's weights: they begin at random"
    likely = "The trainer adds modules that the checkpoint does not have, or loads another checkpoint than it was written for."
    next = "Compare the first loss with chance level; leave the modules out that the checkpoint does not have."

    examples = (
        Example(
            "Some weights of HiggsAudioModel were not initialized from the model checkpoint at ckpt and are newly initialized: ['audio_attn.q']   <-",
            offends=True,
        ),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1", offends=False),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return rows.says("warning", "newly-initialised")
