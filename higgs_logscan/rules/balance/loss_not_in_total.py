from __future__ import annotations

from typing import Any

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class LossNotInTotal(CurveRule):
    """One modality's loss is printed and not part of the total: the run does not train it.

    When the total equals the text loss alone on every record while an audio loss above zero is
    printed beside it (or the other way round), that loss is computed, logged and never
    differentiated: its weight is zero, or it is added only under a condition that never holds.

    False positives: totals of sums, means and weighted sums all differ from both components;
    only exact equality over the whole run counts.
    """

    id = "loss-not-in-total"
    area = "balance"
    severity = "error"
    carries = ("R33",)
    needs = "text loss, audio loss and total on the same line"

    records: int = threshold(10, "records that print both losses, above zero, and their total")
    share: float = threshold(0.95, "share of them in which the total equals one of the two")

    examples = (
        Example(
            "\n".join(f"Step {i} - Losses: Text={9 - i / 9:.4f}, Audio=6.9, Total={9 - i / 9:.4f}" for i in range(12)),
            offends=True,
        ),
        Example("\n".join(f"Step {i} - Losses: Text=2.5, Audio=6.5, Total=9.0" for i in range(12)), offends=False),
    )

    def judge_curves(self, context: Context) -> Judgement:
        found = context.aggregation
        if found.records < self.records:
            return self.unjudged(f"only {found.records} records with text loss, audio loss and total")
        measured: dict[str, Any] = {"records": found.records, "explained": found.share, "as": found.name}
        trained, _, alone = found.name.partition(" ")
        if alone != "alone" or found.share < self.share:
            return self.passes(**measured)
        untrained = "audio" if trained == "text" else "text"
        curve = context.curves.finest(f"{untrained}_loss")
        return self.offends_with(
            f"the total is the {trained} loss alone: {untrained} is not trained",
            found.evidence,
            count=found.records,
            measured={**measured, "untrained": untrained, "its_loss": curve.mean(0.9, 1) if curve else None},
            likely=f"The {untrained} loss has weight zero, or is added under a condition that never holds.",
            next=f"Add the {untrained} loss to the objective; print its weight.",
            mechanism=f"{untrained}-not-in-total",
        )
