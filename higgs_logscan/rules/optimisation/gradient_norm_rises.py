from __future__ import annotations

import numpy as np

from higgs_logscan.context import Context
from higgs_logscan.curve import lasting
from higgs_logscan.finding import Judgement
from higgs_logscan.median import median
from higgs_logscan.rule import CurveRule, Example, threshold


class GradientNormRises(CurveRule):
    """The gradient norm rises far above its usual size and stays there.

    Before a run diverges its gradients grow: a learning rate at the edge, or a numeric fault that
    begins. The loss decides what it means (`divergence`, `loss-not-finite`).

    False positives: a schedule or a harder data set changes gradients too; hence only a note.
    """

    id = "gradient-norm-rises"
    area = "optimisation"
    severity = "note"
    carries = ("R22",)
    needs = "the gradient norm of each step: `{'loss': …, 'grad_norm': …}`"

    records: int = threshold(10, "records in a row above the limit")
    buckets: int = threshold(3, "buckets of records that they fill, in a run of many thousands")
    times: float = threshold(3.0, "multiples of the median norm before", estimate=True)

    examples = (
        Example(
            "\n".join(
                f"{{'loss': {7 - i / 99:.3f}, 'grad_norm': {1.1 if i < 60 else 9.5}, 'learning_rate': 1e-05, 'epoch': 0.1}}"
                for i in range(80)
            ),
            offends=True,
        ),
        Example(
            "\n".join(
                f"{{'loss': {7 - i / 99:.3f}, 'grad_norm': {1 + i % 3}, 'learning_rate': 1e-05, 'epoch': 0.1}}"
                for i in range(80)
            ),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("grad_norm")
        if curve is None or len(curve) < 4 * self.records:
            return self.unjudged(f"fewer than {4 * self.records} records of the gradient norm")
        means = curve.means
        known = means[: len(means) // 2][np.isfinite(means[: len(means) // 2])]
        usual = float(median(known)) if len(known) else 0.0
        begin = lasting(means > self.times * usual)
        measured = {"median_of_the_first_half": usual, "last": curve.mean(0.95, 1)}
        if usual <= 0 or curve.count[begin:].sum() < self.records or len(means) - begin < self.buckets:
            return self.passes(**measured)
        return self.offends_with(
            f"the gradient norm has been above {self.times:g} times its median, {usual:.2g}, for the last {curve.count[begin:].sum()} records",
            curve.evidence(begin),
            curve.evidence(-1),
            count=int(curve.count[begin:].sum()),
            measured=measured,
            likely="The learning rate is at the edge of what the model bears, or the data changed.",
            next="Clip gradients at 1.0; compare the learning rate with that of a run that went well.",
            late=True,
        )
