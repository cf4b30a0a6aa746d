from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.judged import Judged, RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class GradientNotFinite(RowRule):
    """The gradient norm is NaN or infinite while the loss looks harmless.

    Hugging Face's Trainer hides a NaN loss by default (`logging_nan_inf_filter`): it logs the
    running mean instead, 0.0 at the start of a window. The gradient norm is not filtered. After
    the first NaN step every weight is NaN, and `loss: 0.0` from then on is not convergence.

    False positives: a gradient scaler of half precision probes for its scale: it skips steps with
    an infinite norm, the first ones of a run above all, and no weight is touched. Infinite norms
    beside losses above zero, fewer than half of the records and none of them NaN, are only a note.
    """

    id = "gradient-not-finite"
    area = "optimisation"
    severity = "error"
    carries = ("R21",)
    reads = ("grad_norm",)
    uses = ("loss",)
    needs = "the gradient norm of each step: `{'loss': …, 'grad_norm': …}`"
    message = "the gradient norm is not finite in {count} of {seen} records"
    likely = "The loss became NaN; the trainer logs a filtered mean, so that it shows as 0.0."
    next = "Set `logging_nan_inf_filter=False`, find the first step with a NaN loss, look at its batch."

    at_least: int = threshold(1, "gradient norms that are not finite")
    skipped: float = threshold(0.5, "share of infinite norms above which nothing is trained", estimate=True)

    examples = (
        Example(
            """
            {'loss': 7.25, 'grad_norm': 1.2, 'learning_rate': 5e-06, 'epoch': 0.1}
            {'loss': 0.0, 'grad_norm': nan, 'learning_rate': 5e-06, 'epoch': 0.2}   <-
            {'loss': 0.0, 'grad_norm': nan, 'learning_rate': 5e-06, 'epoch': 0.3}
            """,
            offends=True,
        ),
        Example("{'loss': 7.25, 'grad_norm': 1.2, 'learning_rate': 5e-06, 'epoch': 0.1}", offends=False),
    )

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(~np.isfinite(rows["grad_norm"]))

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        unharmed = rows.has("loss") & np.isfinite(rows["loss"]) & (rows["loss"] > 0)
        return {"steps_skipped": int((np.isinf(rows["grad_norm"]) & unharmed).sum())}

    def decide(self, judged: Judged, context: Context) -> Judgement:
        judgement, skipped = super().decide(judged, context), int(judged.sums["steps_skipped"])
        harmless = skipped == judged.offending and skipped < self.skipped * judged.seen
        if not (judgement.findings and harmless):
            return judgement
        return self.offends_with(
            f"the gradient norm is infinite in {skipped} of {judged.seen} records, and the loss unharmed",
            judged.first,
            judged.last,
            count=skipped,
            measured=judgement.measured,
            severity="note",
            likely="A gradient scaler of half precision skipped these steps.",
            next="Nothing, if they are few; else train in bfloat16.",
        )
