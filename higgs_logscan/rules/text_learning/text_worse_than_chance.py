from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class TextWorseThanChance(CurveRule):
    """The text loss starts worse than chance: the model is confident about the wrong target.

    No vocabulary in use makes guessing cost more than 12.5 nats (262,144 tokens). A pretrained
    model above that at its start is scored on targets it never saw: labels one position off, or
    text labels that land on audio positions.

    False positives: a learning rate that blows the weights up raises the loss as well, but from
    the second record on; the first tenth of the run is therefore compared with its first record.
    """

    id = "text-worse-than-chance"
    area = "text-learning"
    severity = "warning"
    carries = ("R10",)
    needs = "the text loss of the first steps, apart from the total"

    records: int = threshold(3, "records of the text loss before it is judged")
    limit: float = threshold(12.9, "nats that no vocabulary explains", estimate=True)

    rise: float = threshold(1.0, "nats by which it goes on rising, which is divergence, another matter")

    examples = (
        Example(
            "\n".join(f"Step {i} - Losses: Text=17.0000, Audio=7.5610, Total=24.5610" for i in range(5)), offends=True
        ),
        Example(
            "\n".join(f"Step {i} - Losses: Text=11.7500, Audio=6.9410, Total=18.6910" for i in range(5)), offends=False
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("text_loss")
        if curve is None or len(curve) < self.records:
            return self.unjudged(f"the log has fewer than {self.records} text losses apart from the total")
        first, early = curve.first, curve.mean(0, max(0.05, self.records / len(curve)))
        measured = {"first": first, "early": early}
        if not (first > self.limit and early > self.limit) or curve.mean(0.5, 1) > early + self.rise:
            return self.passes(**measured)
        return self.offends_with(
            f"the text loss starts at {first:.2f}: worse than guessing over any vocabulary",
            curve.evidence(0),
            measured=measured,
            likely="Text labels are not the next token of the position they are compared with.",
            next="Shift labels by one before the loss, once; check that text labels are those of the expanded sequence.",
        )
