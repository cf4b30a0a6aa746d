from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.judged import RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class NoGradient(RowRule):
    """The gradient norm is exactly zero while there is a loss: nothing is learned.

    The loss is detached (built from `.item()`), `backward` is never called, or every parameter
    is frozen.

    False positives: a gradient norm that is merely tiny beside a loss near zero is not this.
    """

    id = "no-gradient"
    area = "optimisation"
    severity = "error"
    carries = ("R26",)
    reads = ("grad_norm", "loss")
    kinds = ("step",)
    needs = "the gradient norm of each step: `{'loss': …, 'grad_norm': …}`"
    message = "the gradient norm is exactly 0 in {count} of {seen} records with a loss above 0"
    likely = "The loss is detached from the graph, or no parameter is trainable."
    next = "Check `loss.requires_grad` and count the trainable parameters."

    at_least: int = threshold(3, "records with a gradient norm of exactly zero")

    examples = (
        Example(
            "\n".join(f"{{'loss': 12.5{i}, 'grad_norm': 0.0, 'learning_rate': 5e-06, 'epoch': 0.1}}" for i in range(4)),
            offends=True,
        ),
        Example("{'loss': 12.5, 'grad_norm': 0.3, 'learning_rate': 5e-06, 'epoch': 0.1}", offends=False),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows["grad_norm"] == 0.0) & (rows["loss"] > 0))
