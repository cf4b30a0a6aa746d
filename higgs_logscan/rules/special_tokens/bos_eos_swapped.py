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
  Last 10 Audio Labels:       [{labels}]
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class BosEosSwapped(TailRule):
    """Stream BOS and EOS are swapped: 1025 before the first code, or 1024 after the last one.

    1024 opens a stream and 1025 ends it, in every layout. Swapped, the model is taught to end
    speech with the token that generation never reads as an end, and runs to the token limit.

    False positives: between segments a 1025 is followed by the next segment; only what begins a
    first window or ends a last one is judged.

    What to do: audio_stream_bos_id is 1024, audio_stream_eos_id is 1025; check the arguments of
    the function that adds them.
    """

    id = "bos-eos-swapped"
    area = "special-tokens"
    severity = "error"
    carries = ("R13",)
    needs = "the first and the last audio labels: `First 10 Audio Labels: […]`, `Last 10 Audio Labels: […]`"
    absent = "the log shows no audio labels with their masks"
    message = "stream BOS and EOS stand at the wrong ends of the audio labels, in {count} of {seen} windows"
    likely = "audio_stream_bos_id (1024) and audio_stream_eos_id (1025) are exchanged."
    next = "Check which id is put before and which after the codes."

    share: float = threshold(0.25, "share of the windows that show it: often only one end does")

    examples = (
        Example(
            "\n".join([_WINDOW.format(labels="34, 334, 798, 1024, -100, -100, -100, -100, -100, -100")] * 3),
            offends=True,
        ),
        Example(
            "\n".join([_WINDOW.format(labels="34, 334, 798, 1025, -100, -100, -100, -100, -100, -100")] * 3),
            offends=False,
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        mine = rows.equal("modality", MODALITIES.index("audio")) & ~rows.equal("kind", KINDS.index("sample"))
        return np.asarray(mine & (rows["codes"] > 0))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        opens = rows.equal("window", WINDOWS.index("first")) & (rows["lead_eos"] > 0) & ~rows["filtered"]
        ends = rows.equal("window", WINDOWS.index("last")) & (rows["last_label"] == profile.audio_bos)
        return np.asarray(opens | ends)
