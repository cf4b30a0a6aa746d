from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold

_PASS = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:AUDIO LOSS DEBUG: Total tokens: {total}, Valid (unmasked) tokens: {valid}, Valid codebooks: 8
INFO:__main__:✓ Audio loss: 4.1000
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class CodebookMasksUnequal(TailRule):
    """The audio labels that count are not the same number in every codebook.

    Whatever the layout, each codebook holds the same frames and one stop token, so that the
    count over all codebooks is a multiple of their number: 64n - 8 labels are masked for n
    shifted segments under the delay pattern, 64n unshifted, 8n - 8 or 8n without the pattern, and
    context adds 8 a frame. A count that is no multiple says that labels are masked or supervised
    one by one: over-masking, a stream BOS that is supervised, one shift too many.

    False positives: Higgs v3 supervises trailing stop tokens, differently many a codebook. So
    this is a note: it says that something is uneven, another rule says what.

    What to do: print `(label_audio_ids != -100).sum(1)`: eight equal numbers are expected.
    """

    id = "codebook-masks-unequal"
    area = "masking"
    severity = "note"
    carries = ("R03",)
    over = "audio counts"
    needs = "the number of audio labels that count: `AUDIO LOSS DEBUG: Total tokens: …, Valid (unmasked) tokens: …`"
    absent = "the log does not print how many audio labels count"
    message = (
        "the count of audio labels is no multiple of {profile.codebooks} codebooks in {count} of {seen} forward passes"
    )
    likely = "Labels are masked or supervised in some codebooks only."
    next = "Print `(label_audio_ids != -100).sum(1)`: the numbers should be equal."

    at_least: int = threshold(10, "forward passes that count their audio labels")
    share: float = threshold(0.8, "share of these whose count does not divide")

    examples = (
        Example("\n".join(_PASS.format(total=600, valid=479) for _ in range(12)), offends=True),
        Example("\n".join(_PASS.format(total=600, valid=480) for _ in range(12)), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        counted = (rows["valid"] > 0) & (rows["total"] > 0)
        return np.asarray(counted & (rows["total"] % profile.codebooks == 0))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["valid"] % profile.codebooks != 0)
