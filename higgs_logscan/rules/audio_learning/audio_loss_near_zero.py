from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class AudioLossNearZero(CurveRule):
    """The audio loss is near zero: the model is shown the answer, or knows the data by heart.

    Speech codes cannot be predicted from the past to a few hundredths of a nat: a healthy audio
    loss is 3 to 5.5. Near zero means that the target is among the inputs (labels not shifted by
    one: the loss compares position t with the code fed in at t), or that a few clips were
    memorised. What such a model generates is silence or noise. Validation tells the two apart:
    it is near zero too in a leak, and far above after memorisation.

    False positives: none known for a cross entropy in nats over 1026 codes. An exact zero is
    another matter (`audio-loss-zero`).
    """

    id = "audio-loss-near-zero"
    area = "audio-learning"
    severity = "error"
    carries = ("R06", "R08")
    needs = "the audio loss apart from the total"

    records: int = threshold(1, "records of the audio loss before it is judged")
    limit: float = threshold(0.05, "nats below which the last tenth of the run is near zero", estimate=True)
    suspicious: float = threshold(1.0, "nats below which it is suspicious", estimate=True)

    examples = (
        Example("Step 900 - Losses: Text=7.6875, Audio=0.0011, Total=7.6886   <-", offends=True),
        Example("Step 900 - Losses: Text=2.6875, Audio=3.9011, Total=6.5886", offends=False),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("audio_loss")
        if curve is None:
            return self.unjudged("the log does not print the audio loss apart from the total")
        last = curve.mean(0.9, 1)
        measured = {"last": last, "records": len(curve), "zeros": int(curve.zeros.sum())}
        if not last < self.suspicious or curve.has_zeros(0.9, 1):
            return self.passes(**measured)
        near = last < self.limit
        limit = self.limit if near else self.suspicious
        bucket = curve.first_below(limit)
        count = int(curve.count[bucket:].sum())
        lasting = f", below {limit:g} in the last {count:,} of {len(curve):,} records" if count > 1 else ""
        validation = context.curves.evaluations("audio_loss")
        return self.offends_with(
            f"the audio loss has fallen to {last:.4f}{'' if near else ', lower than speech codes allow'}{lasting}",
            curve.evidence(bucket),
            curve.evidence(-1),
            count=count,
            measured=measured | ({"validation": validation.last} if validation else {}),
            severity="error" if near else "warning",
            likely="The target is among the inputs (labels not shifted by one), or a few clips were memorised.",
            next="Print one label window beside the codes fed in: equal at the same position means a leak. "
            "Speech generated from this model will be silence or noise.",
        )
