from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class TextNotLearning(CurveRule):
    """The text loss does not change although it is high.

    A pretrained text model starts at a few nats; one that stays above six is right about one
    token in four hundred and has learned nothing from the run: no learning rate, no gradient,
    frozen weights. This is judged by lack of change, so no vocabulary need be known.

    False positives: a flat loss after a warm start is normal, hence the level; a few records
    within warm-up change little, hence the patience.
    """

    id = "text-not-learning"
    area = "text-learning"
    severity = "warning"
    carries = ("R09", "R11")
    needs = "the text loss apart from the total, at least 50 times, or 10 times over 100 steps"

    records: int = threshold(50, "records before lack of change is judged")
    widely: int = threshold(10, "records that suffice when they span `span` steps")
    span: int = threshold(100, "steps between the first and the last of few records")
    level: float = threshold(6.0, "nats above which a flat text loss is no warm start", estimate=True)
    fall: float = threshold(
        0.4, "fall, in nats, from the first tenth to the last, that counts as learning", estimate=True
    )

    examples = (
        Example(
            "\n".join(f"Step {i} - Losses: Text=8.2{i % 7}, Audio=5.0, Total=13.2" for i in range(60)), offends=True
        ),
        Example(
            "\n".join(f"Step {i} - Losses: Text=2.9{i % 7}, Audio=4.0, Total=6.9" for i in range(60)), offends=False
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("text_loss")
        if curve is None:
            return self.unjudged("the log does not print the text loss apart from the total")
        if not curve.patient(self.records, self.widely, self.span):
            return self.unjudged(f"only {len(curve)} records of the text loss; lack of change takes {self.records}")
        first, last = curve.mean(0, 0.1), curve.mean(0.9, 1)
        measured = {"first": first, "last": last}
        if not (last > self.level and first - last < self.fall):
            return self.passes(**measured)
        return self.offends_with(
            f"the text loss has hardly changed in {len(curve)} records: {first:.2f} to {last:.2f}",
            curve.evidence(0),
            curve.evidence(-1),
            count=len(curve),
            measured=measured,
            likely="The weights do not move: learning rate far too small, no gradient, or all but a few weights frozen.",
            next="Print the learning rate and the gradient norm of each step; count the trainable parameters.",
        )
