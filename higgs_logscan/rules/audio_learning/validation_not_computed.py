from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.curve import lasting
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class ValidationNotComputed(CurveRule):
    """The validation loss is exactly zero: no validation batch was computed.

    One public trainer skips every validation batch that raises an exception and reports the mean
    of nothing, 0.0. Such a validation clears nothing, and a "best checkpoint" chosen by it is the first one.

    False positives: none; a cross entropy is never exactly zero.
    """

    id = "validation-not-computed"
    area = "audio-learning"
    severity = "warning"
    carries = ("R34",)
    needs = "an evaluation: `Step N - Val Loss: …, Text: …, Audio: …`"

    at_least: int = threshold(2, "evaluations in a row, at the end of the run, that are exactly zero")

    examples = (
        Example(
            "\n".join(f"Step {i}00 - Val Loss: 0.0000, Text: 0.0000, Audio: 0.0000" for i in range(1, 4)), offends=True
        ),
        Example(
            "\n".join(f"Step {i}00 - Val Loss: 6.1050, Text: 2.1019, Audio: 4.0031" for i in range(1, 4)), offends=False
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.evaluations("eval_loss")
        if curve is None:
            return self.unjudged("the log holds no evaluation")
        begin = lasting(curve.zeros == curve.count)
        count = int(curve.count[begin:].sum())
        measured = {"evaluations": len(curve), "zero": int(curve.zeros.sum())}
        if count < min(self.at_least, len(curve)):
            return self.passes(**measured)
        return self.offends_with(
            f"the last {count} evaluations gave exactly 0",
            curve.evidence(begin),
            curve.evidence(-1),
            count=count,
            measured=measured,
            likely="Every validation batch raised an exception that the trainer swallows, or the set is empty.",
            next="Let the exception through once; print the number of validation batches.",
            late=begin > 0,
        )
