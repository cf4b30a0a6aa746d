from __future__ import annotations

from typing import Any

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class TotalUnexplained(CurveRule):
    """The total is neither the sum of text and audio loss nor their mean, nor a weighted sum of them.

    What is optimised is then not what is printed: a third term, a loss rescaled by the number of
    text tokens, or losses of another batch than the total's.

    False positives: a trainer that prints the total of a window beside the losses of its last
    batch; hence only a note.
    """

    id = "total-unexplained"
    area = "balance"
    severity = "note"
    carries = ("R33",)
    needs = "text loss, audio loss and total of the same forward pass"

    records: int = threshold(5, "records with all three")
    share: float = threshold(0.5, "share of records that one way of adding up explains")

    examples = (
        Example(
            "\n".join(
                f"Step {i} - Losses: Text={9 - i / 9:.4f}, Audio={6 - i / 50:.4f}, Total={9 + i * i % 7 / 3:.4f}"
                for i in range(12)
            ),
            offends=True,
        ),
        Example("\n".join(f"Step {i} - Losses: Text=2.5, Audio=6.5, Total=9.0" for i in range(12)), offends=False),
    )

    def judge_curves(self, context: Context) -> Judgement:
        found = context.aggregation
        if found.records < self.records:
            return self.unjudged(f"only {found.records} records with text loss, audio loss and total")
        measured: dict[str, Any] = {"records": found.records, "explained": found.share, "as": found.name}
        if found.share >= self.share:
            return self.passes(**measured)
        return self.offends_with(
            f"the total of {found.records} records is neither the sum of text and audio loss, nor their mean, nor a weighted sum",
            found.evidence,
            measured=measured,
            likely="A further term, a loss that is rescaled, or losses of another batch than the total's.",
            next="Print each term with its weight, of the same batch, before they are added.",
        )
