from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class TextAtChance(CurveRule):
    """The text loss stays at chance level: the model guesses uniformly over the vocabulary.

    Guessing over 128,256 tokens costs 11.76 nats. A pretrained text model on its own chat
    template is far below; a run that stays there has unloaded or frozen heads, no gradient, or
    targets that are not the next token.

    False positives: the vocabulary must be known (a logits shape or an option says it): against
    an assumed one this is only a note, and `text-not-learning` judges by lack of change.
    """

    id = "text-at-chance"
    area = "text-learning"
    severity = "error"
    carries = ("R09",)
    needs = "the text logits' shape, which says the vocabulary, and the text loss at least 50 times, or 10 times over 100 steps"

    records: int = threshold(50, "records of the text loss before a plateau is judged")
    widely: int = threshold(10, "records that suffice when they span `span` steps")
    span: int = threshold(100, "steps between the first and the last of few records")
    band: float = threshold(0.6, "distance from chance in nats, above and below", estimate=True)
    flat: float = threshold(0.3, "fall, in nats, that is no plateau", estimate=True)

    examples = (
        Example(
            "Text logits shape: torch.Size([2, 95, 128256])\n"
            + "\n".join(f"Step {i} - Losses: Text=11.7{i % 7}, Audio=6.0, Total=17.7" for i in range(60)),
            offends=True,
        ),
        Example(
            "Text logits shape: torch.Size([2, 95, 128256])\n"
            + "\n".join(f"Step {i} - Losses: Text={11.8 - i / 20:.2f}, Audio=6.0, Total=17.7" for i in range(60)),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("text_loss")
        if curve is None:
            return self.unjudged("the log does not print the text loss apart from the total")
        first, last, chance = curve.mean(0, 0.1), curve.mean(0.9, 1), context.text_chance
        measured = {"first": first, "last": last, "chance": chance, "vocabulary": context.vocabulary.basis}
        if not curve.patient(self.records, self.widely, self.span):
            return self.unjudged(
                f"only {len(curve)} records of the text loss; a plateau takes {self.records}", measured=measured
            )
        if not (abs(last - chance) <= self.band and first - last < self.flat):
            return self.passes(**measured)
        return self.offends_with(
            f"the text loss is still at chance level after {len(curve)} records: {last:.2f}, chance {chance:.2f}",
            curve.evidence(0),
            curve.evidence(-1),
            count=len(curve),
            measured=measured,
            severity="error" if context.vocabulary.certain else "note",
            likely="The text head is not trained or not loaded, or its targets are not the next token.",
            next="Print the learning rate and gradient norm; check that pretrained weights were loaded and labels shifted once.",
        )
