from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.judged import RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class RunRestarted(RowRule):
    """The step counter goes back: the log holds more than one start of the run.

    A resumed run appends to the same file; curves are then judged for the last start alone. If
    the counter starts again at zero, so do learning rate and warm-up, whether or not that was meant.

    False positives: several ranks that write to one stream without a prefix may report the same
    steps out of order.
    """

    id = "run-restarted"
    area = "incidents"
    severity = "note"
    reads = ("loss",)
    kinds = ("step",)
    lookback = 1
    needs = "lines that name a step: `Step 30 - Loss: …`"
    message = "the step counter goes back: the run was started again"
    likely = "The run was resumed, or started again into the same file."
    next = "Check that the optimizer and the schedule were restored, not started anew."

    at_least: int = threshold(1, "times that the counter goes back")

    examples = (
        Example("Step 10 - Loss: 9.1\nStep 20 - Loss: 8.1\nStep 5 - Loss: 8.0   <-\nStep 10 - Loss: 7.9", offends=True),
        Example("Step 10 - Loss: 9.1\nStep 20 - Loss: 8.1\nStep 20 - Loss: 8.1\nStep 30 - Loss: 8.0", offends=False),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        begins, starts = np.zeros(len(rows), bool), rows["start"]
        begins[1:] = starts[1:] > starts[:-1]
        return begins
