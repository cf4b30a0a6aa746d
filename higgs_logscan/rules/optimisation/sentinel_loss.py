from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.judged import RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class SentinelLoss(RowRule):
    """The loss is a constant that an error path returns.

    One public trainer catches every exception of its loss and returns exactly 0.001, so that the
    optimizer has something to differentiate. The log looks like perfect convergence; nothing is
    trained.

    False positives: a real loss does not print 0.001 again and again.
    """

    id = "sentinel-loss"
    area = "optimisation"
    severity = "error"
    carries = ("R24",)
    reads = ("loss",)
    kinds = ("micro-batch", "step")
    lookback = 2
    needs = "the total loss of each step"
    message = "the loss is exactly 0.001, for at least the third time in a row, in {count} of {seen} records"
    likely = "The trainer swallows an exception of its loss and returns a constant."
    next = "Let the exception through, or log it."

    value: float = threshold(0.001, "the constant that the error path returns")

    examples = (
        Example(
            "\n".join("{'loss': 0.001, 'grad_norm': 0.0, 'learning_rate': 5e-06, 'epoch': 0.1}" for _ in range(4)),
            offends=True,
        ),
        Example(
            "{'loss': 0.001, 'grad_norm': 0.1, 'learning_rate': 5e-06, 'epoch': 0.1}\n{'loss': 0.002, 'grad_norm': 0.1}",
            offends=False,
        ),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        same = rows["loss"] == self.value
        same[2:] &= same[1:-1] & same[:-2]
        return np.asarray(same)
