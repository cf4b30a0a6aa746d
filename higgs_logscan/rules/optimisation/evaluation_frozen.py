from __future__ import annotations

import numpy as np

from higgs_logscan.context import Context
from higgs_logscan.curve import lasting
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class EvaluationFrozen(CurveRule):
    """Evaluations give the same loss to every printed digit: the weights do not move.

    Evaluation has no dropout and the same data each time, so that two equal results mean equal
    weights: a learning rate of zero, an exhausted schedule, or no trainable parameter.

    False positives: losses of zero (not computed); very small steps may hide behind four digits,
    so three equal results in a row are asked for, up to the end of the run. Two are enough where
    they are all there are and the loss is well above what a finished run has.
    """

    id = "evaluation-frozen"
    area = "optimisation"
    severity = "warning"
    carries = ("R27",)
    needs = "two evaluations or more, with their loss"

    equal: int = threshold(3, "equal results in a row")
    all_equal: int = threshold(2, "equal results that suffice where all are equal")
    high: float = threshold(1.0, "nats above which two equal results are no end of learning", estimate=True)

    examples = (
        Example(
            "\n".join(f"Step {i}00 - Val Loss: 4.0252, Text: 0.0100, Audio: 4.0152" for i in range(1, 5)), offends=True
        ),
        Example(
            "\n".join(f"Step {i}00 - Val Loss: 4.02{i}2, Text: 0.0100, Audio: 4.01{i}2" for i in range(1, 5)),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.evaluations("eval_loss")
        if curve is None or len(curve) < self.all_equal:
            return self.unjudged(f"fewer than {self.all_equal} evaluations")
        # Of several ranks each prints the evaluation of a step.
        told = np.flatnonzero((np.diff(curve.step, prepend=-2) != 0) | (curve.step < 0))
        means = curve.means[told]
        begin = lasting((means[1:] == means[:-1]) & (means[1:] > 0))
        count = len(means) - begin
        measured = {"evaluations": len(told), "equal_at_the_end": count, "loss": float(means[-1])}
        # Without a step, two may be the same evaluation on two ranks.
        few = not begin and means[-1] > self.high and curve.step[told[-1]] >= 0
        enough = self.all_equal if few else self.equal
        if count < enough:
            return self.passes(**measured)
        return self.offends_with(
            f"the last {count} evaluations all gave {means[-1]:.4f}",
            curve.evidence(int(told[begin])),
            curve.evidence(-1),
            count=count,
            measured=measured,
            likely="The weights do not move: the schedule is exhausted or nothing is trainable.",
            next="Print the learning rate at each evaluation, and a checksum of one trainable weight.",
            late=begin > 0,
            mechanism="schedule-exhausted" if begin else "weights-do-not-move",
        )
