from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class AudioAtChance(CurveRule):
    """The audio loss stays at chance level: the model guesses uniformly over the codes.

    Guessing over 1026 codes costs ln 1026 = 6.93 nats. A run that starts there has random heads;
    one that is still there after many steps learns nothing: learning rate zero, frozen or
    unloaded heads, labels that are not the next token.

    False positives: the first steps from scratch are always at chance, so the rule waits; a
    loss that falls through chance level is moving, so the last part must be flat as well.
    """

    id = "audio-at-chance"
    area = "audio-learning"
    severity = "error"
    carries = ("R09",)
    needs = "the audio loss apart from the total, at least 50 times, or 10 times over 100 steps"

    records: int = threshold(50, "records of the audio loss before a plateau is judged")
    widely: int = threshold(10, "records that suffice when they span `span` steps")
    span: int = threshold(100, "steps between the first and the last of few records")
    band: float = threshold(0.15, "distance from chance in nats, above and below", estimate=True)
    flat: float = threshold(0.1, "fall, in nats, from the first tenth to the last, that is no plateau", estimate=True)

    examples = (
        Example(
            "\n".join(f"Step {i} - Losses: Text=8.0, Audio=6.93{i % 7}, Total=14.9" for i in range(60)), offends=True
        ),
        Example(
            "\n".join(f"Step {i} - Losses: Text=8.0, Audio={6.95 - i / 40}, Total=14.9" for i in range(60)),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("audio_loss")
        if curve is None:
            return self.unjudged("the log does not print the audio loss apart from the total")
        first, last, chance = curve.mean(0, 0.1), curve.mean(0.9, 1), context.audio_chance
        measured = {"first": first, "last": last, "chance": chance}
        if not curve.patient(self.records, self.widely, self.span):
            return self.unjudged(
                f"only {len(curve)} records of the audio loss; a plateau takes {self.records}", measured=measured
            )
        if not (abs(last - chance) <= self.band and first - last < self.flat):
            return self.passes(**measured)
        return self.offends_with(
            f"the audio loss is still at chance level after {len(curve)} records: {last:.2f}, chance {chance:.2f}",
            curve.evidence(0),
            curve.evidence(-1),
            count=len(curve),
            measured=measured,
            likely="Nothing reaches the audio head: learning rate zero, frozen or unloaded weights, or labels that are not the next token.",
            next="Print the learning rate and the gradient norm of the audio head; check that its weights were loaded.",
        )
