from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class LossFlat(CurveRule):
    """The total loss does not change although it is high.

    The sum of a text and an audio loss starts near 18.7 nats from random weights and near 7 from
    pretrained ones. One that stays above ten learns nothing: the learning rate is zero or far
    too small, there is no gradient, or nearly everything is frozen.

    False positives: a flat loss after a warm start is normal, hence the level.
    """

    id = "loss-flat"
    area = "optimisation"
    severity = "warning"
    carries = ("R09",)
    needs = "the total loss at least 50 times, or 10 times over 100 steps"

    records: int = threshold(50, "records before lack of change is judged")
    widely: int = threshold(10, "records that suffice when they span `span` steps")
    span: int = threshold(100, "steps between the first and the last of few records")
    level: float = threshold(10.0, "nats above which a flat sum is no warm start", estimate=True)
    fall: float = threshold(
        0.4, "fall, in nats, from the first tenth to the last, that counts as learning", estimate=True
    )

    examples = (
        Example(
            "\n".join(
                f"{{'loss': 15.2{i % 10}, 'grad_norm': 6.8, 'learning_rate': 1e-09, 'epoch': 0.1}}" for i in range(60)
            ),
            offends=True,
        ),
        Example(
            "\n".join(
                f"{{'loss': {15 - i / 9:.3f}, 'grad_norm': 6.8, 'learning_rate': 1e-04, 'epoch': 0.1}}"
                for i in range(60)
            ),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("loss")
        if curve is None or not curve.patient(self.records, self.widely, self.span):
            return self.unjudged(f"fewer than {self.records} records of the total loss")
        first, last = curve.mean(0, 0.1), curve.mean(0.9, 1)
        measured = {"first": first, "last": last}
        if not (last > self.level and abs(first - last) < self.fall):
            return self.passes(**measured)
        return self.offends_with(
            f"the total loss has hardly changed in {len(curve)} records: {first:.2f} to {last:.2f}",
            curve.evidence(0),
            curve.evidence(-1),
            count=len(curve),
            measured=measured,
            likely="The weights do not move: learning rate zero or far too small, no gradient, or nearly everything frozen.",
            next="Print the learning rate and the gradient norm of each step; count the trainable parameters.",
        )
