from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class ValidationGap(CurveRule):
    """Training loss is near zero while validation stays high: the data are known by heart.

    With labels shifted correctly a model can still reach near zero on a few clips it sees again
    and again (one fixed batch: 0.004 after 200 steps), while unseen audio costs more than at the
    start. It will reproduce those clips and nothing else.

    False positives: a gap alone is ordinary overfitting late in a long fine-tune; the training
    loss must be far below what speech allows as well.
    """

    id = "validation-gap"
    area = "audio-learning"
    severity = "error"
    carries = ("R08",)
    needs = "the loss of each evaluation beside that of training"

    train: float = threshold(0.5, "nats below which training audio loss is too good", estimate=True)
    gap: float = threshold(1.5, "nats between validation and training", estimate=True)

    examples = (
        Example(
            "\n".join(
                f"Step {i} - Losses: Text=0.0100, Audio=0.0{60 - i}, Total=0.05\nStep {i} - Val Loss: 16.9, Text: 10.1, Audio: 6.8"
                for i in range(10, 40, 10)
            ),
            offends=True,
        ),
        Example(
            "Step 500 - Losses: Text=2.1, Audio=3.9, Total=6\nStep 500 - Val Loss: 6.2, Text: 2.2, Audio: 4.0",
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        for column, validated in (("audio_loss", "audio_loss"), ("loss", "eval_loss")):
            train, validation = context.curves.finest(column), context.curves.evaluations(validated)
            if train and validation:
                break
        else:
            return self.unjudged("no evaluation to compare training with")
        if train.has_zeros(0.9, 1):
            return self.unjudged("the training loss is exactly 0: it was not computed")
        last, unseen = train.mean(0.9, 1), validation.last
        measured = {"train": last, "validation": unseen}
        if not (last < self.train and unseen - last > self.gap):
            return self.passes(**measured)
        return self.offends_with(
            f"training loss is {last:.4f}, validation {unseen:.2f}: the data are known by heart",
            train.evidence(train.first_below(self.train)),
            validation.evidence(-1),
            measured=measured,
            likely="A few clips, or one fixed batch, are seen again and again.",
            next="Check that batches differ from step to step; train on more data or stop at the lowest validation loss.",
        )
