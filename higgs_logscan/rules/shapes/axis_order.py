from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example

_PASS = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:Audio logits shape: torch.Size([78, 8, 1026])
INFO:__main__:Audio labels shape: torch.Size([{labels}])
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class AxisOrder(TailRule):
    """The axes of audio logits or labels are exchanged.

    Logits come as [frames, codebooks, 1026], labels as [codebooks, frames]. Labels printed as
    [frames, codebooks] were transposed; flattened beside the logits, or flattened without being
    transposed where they should be, they pair codes with the wrong codebook. Such a run starts
    worse than chance (11 to 13 nats) and settles on ln 1026 = 6.93.

    False positives: a trainer that transposes both sides on purpose. Hence a warning. Labels
    with three axes are the Hugging Face port's and are not judged.

    What to do: flatten labels as `labels.T.reshape(-1)` beside `logits.reshape(-1, 1026)`.
    """

    id = "axis-order"
    area = "shapes"
    severity = "warning"
    carries = ("R10", "R20")
    over = "records"
    uses = ("audio_logits_shape", "audio_labels_shape")
    shows = "record"
    needs = "the shapes of audio logits and labels: `Audio Labels shape: torch.Size([8, 244])`"
    absent = "neither audio logits nor audio labels are printed with their shape"
    message = "audio logits or labels have their axes exchanged in {count} of {seen} forward passes"
    likely = "Frames and codebooks are exchanged before the loss: codes are compared with another codebook's logits."
    next = "Print both shapes at the loss: [frames, 8, 1026] and [8, frames]; transpose the labels before flattening."

    examples = (
        Example("\n".join([_PASS.format(labels="78, 8")] * 3), offends=True),
        Example("\n".join([_PASS.format(labels="8, 78")] * 3), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows.has("audio_logits_shape") | rows.has("audio_labels_shape"))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        codebooks = profile.codebooks
        labels, logits = rows.axes("audio_labels_shape"), rows.axes("audio_logits_shape")
        transposed = rows.ranked("audio_labels_shape", 2) & (labels[:, 1] == codebooks) & (labels[:, 0] != codebooks)
        first = rows.ranked("audio_logits_shape", 3) & (logits[:, 0] == codebooks) & (logits[:, 1] != codebooks)
        return np.asarray((transposed & (labels[:, 0] > 0)) | first)
