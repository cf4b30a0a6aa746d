from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.judged import Judged, RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class BatchRepeated(RowRule):
    """The same loss comes back to the last digit: the same batch goes through the same weights.

    Two batches hardly ever cost the same to four digits. A loss that returns at a fixed distance,
    again and again, means that the weights do not move while a few batches take turns (learning
    rate zero, no gradient), or that one batch is fed for ever.

    False positives: losses computed in bfloat16 have a few hundred values between 4 and 16, so
    that text losses of two digits repeat by chance: all printed losses and the gradient norm have
    to return together, and those multiples of 1/64 alone do not count. Lines of several ranks
    name the same step and are left out, as are losses near zero.
    """

    id = "batch-repeated"
    area = "input-pipeline"
    severity = "warning"
    carries = ("R27",)
    reads = ("loss",)
    uses = ("text_loss", "audio_loss", "grad_norm")
    kinds = ("step",)
    lookback = 16
    needs = "the total loss of each step, with four decimals or more"
    message = "the loss returns to the last digit at a fixed distance, for the third time or more, in {count} of {seen} records"
    likely = "The weights do not move while a few batches take turns, or one batch is fed again and again."
    next = "Print the ids of the samples and the learning rate of two successive steps."

    at_least: int = threshold(8, "records whose loss returns")
    share: float = threshold(0.1, "share of the records that they are")

    examples = (
        Example(
            "\n".join(f"Step {i} - Loss: {(5.603525, 5.618010)[i % 2]}" for i in range(30)),
            offends=True,
            why="two batches, learning rate zero",
        ),
        Example(
            "\n".join(f"Step {i} - Loss: {(17.0, 16.875, 16.75)[i % 3]}" for i in range(30)),
            offends=False,
            why="bfloat16",
        ),
        Example("\n".join(f"Step {i} - Loss: {5.6 + (i * i % 83) / 977:.4f}" for i in range(30)), offends=False),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        loss = rows["loss"]
        returns = np.zeros(len(rows), bool)
        if len(set(loss.tolist())) == len(rows):
            return returns
        for period in range(1, min(self.lookback, len(rows) - 1) // 2 + 1):
            same = loss[period:] == loss[:-period]
            at = (same[period:] & same[:-period]).nonzero()[0] + 2 * period
            if len(at):
                returns[at] |= _alike(rows, at, period)
        return returns

    def decide(self, judged: Judged, context: Context) -> Judgement:
        if judged.offending < self.share * judged.seen:
            return self.passes(judged=judged.seen, offending=judged.offending)
        return super().decide(judged, context)


def _alike(rows: Rows, at: NDArray[np.int64], period: int) -> NDArray[np.bool_]:
    """Which of these rows, whose loss is that of one and of two periods before, are like those in all."""
    loss, step = rows["loss"][at], rows["step"]
    fine = (loss > 0.05) & np.isfinite(loss)
    fine[fine] = np.mod(loss[fine] * 64, 1) != 0
    fine &= (step[at] < 0) | (step[at - period] != step[at])
    for name in ("text_loss", "audio_loss", "grad_norm"):
        values = np.where(rows.has(name), rows[name], -1.0)
        fine &= (values[at] == values[at - period]) & (values[at - period] == values[at - 2 * period])
    return np.asarray(fine)
