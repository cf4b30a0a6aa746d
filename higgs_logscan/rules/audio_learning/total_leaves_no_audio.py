from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.curve import Curve
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class TotalLeavesNoAudio(CurveRule):
    """The summed loss is lower than an audio loss alone can be.

    Where only the sum is printed, a floor near zero proves that no honest audio loss is in it:
    speech codes cost 3 to 5.5 nats a token. Either there is no audio term at all (the sum then
    starts near the text's chance level alone), or the audio term is a leak or memorised.

    False positives: a text-only run; a mean over more terms than two lowers the floor, so the
    limit is half of what audio alone costs at its best.
    """

    id = "total-leaves-no-audio"
    area = "audio-learning"
    severity = "error"
    carries = ("R06", "R08")
    needs = "text and audio losses apart"

    records: int = threshold(20, "records of the total loss before it is judged")
    limit: float = threshold(0.5, "nats that a sum with an honest audio loss cannot reach", estimate=True)

    at_chance: float = threshold(0.3, "nats from the text's chance level at which a sum without audio starts")

    examples = (
        Example(
            "\n".join(
                f"{{'loss': {8 / (1 + i * i):.4f}, 'grad_norm': 0.1, 'learning_rate': 1e-04, 'epoch': 0.1}}"
                for i in range(60)
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
        if context.curves.finest("audio_loss") is not None:
            return self.passes()
        curve = context.curves.finest("loss")
        if curve is None or len(curve) < self.records:
            return self.unjudged(f"fewer than {self.records} records of the total loss")
        last = curve.mean(0.9, 1)
        measured = {"first": curve.first, "last": last}
        if curve.zeros.sum() > len(curve) / 4 or curve.nonfinite:
            return self.unjudged("the total was not computed throughout", "a total that is neither 0 nor NaN", measured)
        if not last < self.limit:
            return self.passes(**measured)
        bucket = curve.first_below(self.limit)
        return self.offends_with(
            f"the summed loss has fallen to {last:.4f}: no audio loss is that low",
            curve.evidence(bucket),
            curve.evidence(-1),
            count=int(curve.count[bucket:].sum()),
            measured=measured,
            likely="No audio loss is part of the sum, or the audio target is among the inputs, or the data are known by heart.",
            mechanism=self._mechanism(curve, context),
            next="Print text and audio losses apart, and an evaluation on unseen audio.",
        )

    def _mechanism(self, curve: Curve, context: Context) -> str:
        """Validation tells a leak (as low) from memory (high); a start at the text's chance level, that there is no audio."""
        validation = context.curves.evaluations("eval_loss")
        if context.vocabulary.certain and abs(curve.first - context.text_chance) < self.at_chance:
            return "no-audio-term"
        if validation is None or validation.evidence(-1).byte < curve.evidence(curve.first_below(self.limit)).byte:
            return ""
        return "unseen-as-low" if validation.last < 2 * self.limit else "unseen-is-high"
