from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class ValidationLossNearZero(CurveRule):
    """The validation audio loss is near zero too: the target is among the inputs.

    No model predicts speech it has never heard to a fraction of a nat. When unseen audio costs
    as little as training audio, the loss compares each position with the code fed in at that
    very position: labels are not shifted. Memorisation cannot do that.

    False positives: a validation set that is part of the training set.
    """

    id = "validation-loss-near-zero"
    area = "audio-learning"
    severity = "error"
    carries = ("R06", "R34")
    needs = "the audio loss of each evaluation: `Step N - Val Loss: …, Text: …, Audio: …`"

    limit: float = threshold(0.2, "nats below which the validation audio loss is near zero", estimate=True)

    examples = (
        Example("Step 500 - Val Loss: 2.1050, Text: 2.1019, Audio: 0.0031   <-", offends=True),
        Example("Step 500 - Val Loss: 6.1050, Text: 2.1019, Audio: 4.0031", offends=False),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.evaluations("audio_loss")
        if curve is None:
            return self.unjudged("no evaluation prints its audio loss")
        last = curve.last
        if curve.zeros[-1] or not last < self.limit:
            return self.passes(last=last)
        return self.offends_with(
            f"the validation audio loss is {last:.4f}: no unseen speech can be predicted so well",
            curve.evidence(curve.first_below(self.limit)),
            curve.evidence(-1),
            measured={"last": last},
            likely="The loss compares logits with the token fed in at the same position: labels are not shifted.",
            next="Shift labels by one before the loss, once, for audio as for text.",
        )
