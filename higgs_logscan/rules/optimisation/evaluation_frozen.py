from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


@dataclass(frozen=True)
class EvaluationFrozen(CurveRule):
    """Evaluations give the same loss to every printed digit: the weights do not move.

    Evaluation has no dropout and the same data each time, so that two equal results mean equal
    weights: a learning rate of zero, an exhausted schedule, or no trainable parameter.

    False positives: losses of zero (not computed); very small steps may hide behind four digits,
    so three equal results in a row are asked for.
    """

    id = "evaluation-frozen"
    area = "optimisation"
    severity = "warning"
    carries = ("R27",)
    needs = "three evaluations, with their loss"

    equal: int = threshold(3, "equal results in a row")

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
        if curve is None or len(curve) < self.equal:
            return self.unjudged(f"fewer than {self.equal} evaluations")
        run = best = 1
        means = curve.means.tolist()
        for before, after in pairwise(means):
            run = run + 1 if before == after and after > 0 else 1
            best = max(best, run)
        if best < self.equal:
            return self.passes(evaluations=len(curve), equal_in_a_row=best)
        return self.offends_with(
            f"{best} evaluations in a row gave {means[-1]:.4f}",
            curve.evidence(0),
            curve.evidence(-1),
            count=best,
            measured={"evaluations": len(curve), "equal_in_a_row": best, "loss": means[-1]},
            likely="The weights do not move: the schedule is exhausted or nothing is trainable.",
            next="Print the learning rate at each evaluation, and a checksum of one trainable weight.",
        )
