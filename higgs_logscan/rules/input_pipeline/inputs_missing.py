from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example

_PASS = """
INFO:__main__:Batch keys: ['input_ids', 'attention_mask']
INFO:__main__:✓ Model will receive label_audio_ids: {there}
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 2.5000
"""


class InputsMissing(TailRule):
    """Inputs that the model needs for its losses are missing from the batches, as the trainer says.

    Without audio_out_ids there are no audio logits, without label_audio_ids no audio loss, without
    label_ids no expanded text labels. PEFT does not drop them: lists of allowed inputs do, that
    were added around an error about `labels`, or `remove_unused_columns=True`.

    False positives: empty audio inputs in batches of text alone; most forward passes must miss them.

    What to do: print the batch's keys behind the collator and in the forward call.
    """

    id = "inputs-missing"
    area = "input-pipeline"
    severity = "error"
    carries = ("R01",)
    over = "records"
    uses = ("missing",)
    kinds = ("micro-batch",)
    shows = "missing"
    needs = "which inputs the model receives: `Model will receive audio_out_ids: True`"
    message = "inputs are missing in {count} of {seen} forward passes"
    likely = "A list of allowed inputs, or remove_unused_columns=True, drops them before the model."
    next = "Print the keys of the batch behind the collator and in the forward call; pass all of them on."

    examples = (
        Example("\n".join([_PASS.format(there=False)] * 3), offends=True),
        Example("\n".join([_PASS.format(there=True)] * 3), offends=False),
    )

    def judge(self, summary: Course | None, context: Context) -> Judgement:
        if summary is None or not summary.offending:
            return self.unjudged("the trainer says of no input that it is missing; few trainers would")
        return super().judge(summary, context)

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows.has("missing"))
