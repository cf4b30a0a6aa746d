from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.judged import RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class TotalLossZero(RowRule):
    """The total loss is exactly zero: nothing was computed, or a NaN was filtered away.

    No run of a language model reaches 0.0 by learning. A trainer writes it when both losses were
    skipped, when its error path returned a constant, or when the log filter of Hugging Face's
    Trainer replaced NaN by an empty mean.

    False positives: a single one may be rounding of a tiny loss; three are asked for.
    """

    id = "total-loss-zero"
    area = "optimisation"
    severity = "error"
    carries = ("R21", "R23")
    reads = ("loss",)
    kinds = ("micro-batch", "step")
    needs = "the total loss of each step"
    message = "the total loss is exactly 0 in {count} of {seen} records"
    likely = "Neither loss was computed, or the loss is NaN and the log shows a filtered mean."
    next = "Print both losses before they are summed, and the gradient norm."

    at_least: int = threshold(3, "records with a total loss of exactly zero")

    examples = (
        Example(
            "\n".join("{'loss': 0.0, 'grad_norm': 0.0, 'learning_rate': 5e-06, 'epoch': 0.1}" for _ in range(3)),
            offends=True,
        ),
        Example("{'loss': 0.0, 'grad_norm': 1.0, 'learning_rate': 5e-06, 'epoch': 0.1}", offends=False),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["loss"] == 0.0)
