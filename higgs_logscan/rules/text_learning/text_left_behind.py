from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class TextLeftBehind(CurveRule):
    """Audio learns and text does not: the text loss stays far above what language costs.

    The optimizer works, or audio would not fall. A text loss of a pretrained model is one to three
    nats, near zero on a fixed template around speech; one that stays above five for the second half of a
    run compares logits with other tokens than the next: labels that were not expanded to the
    audio positions, or cut to the shorter length.

    False positives: a model from random weights needs long for text; it still falls, and a slope is no plateau.
    """

    id = "text-left-behind"
    area = "text-learning"
    severity = "warning"
    carries = ("R32",)
    needs = "text and audio losses apart, over at least 100 steps"

    records: int = threshold(150, "records of the text loss before it is judged")
    widely: int = threshold(12, "records that suffice when they are spread over the steps")
    steps: int = threshold(100, "steps that they span")
    limit: float = threshold(5.0, "nats above which the second half stays", estimate=True)
    slope: float = threshold(0.1, "fall of the text loss over the last half that is no plateau", estimate=True)
    audio_fall: float = threshold(1.0, "fall of the audio loss, in nats, that shows a working optimizer", estimate=True)

    examples = (
        Example(
            "\n".join(
                f"Step {i} - Losses: Text={8.2 + i % 7 / 20:.3f}, Audio={4 + 3 / (1 + i / 9):.3f}, Total=13"
                for i in range(200)
            ),
            offends=True,
        ),
        Example(
            "\n".join(
                f"Step {i} - Losses: Text={2 + 6 / (1 + i / 9):.3f}, Audio={4 + 3 / (1 + i / 9):.3f}, Total=9"
                for i in range(200)
            ),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        text, audio = context.curves.finest("text_loss"), context.curves.finest("audio_loss")
        if text is None or audio is None:
            return self.unjudged("the log does not print text and audio losses apart")
        if text.span < self.steps or not text.patient(self.records, self.widely, self.steps):
            return self.unjudged(f"only {len(text)} records over {text.span} steps")
        last, slope, fall = text.mean(0.9, 1), text.late_fall, audio.fall
        measured = {"text": last, "audio_fall": fall, "text_fall_in_last_half": slope}
        if not (text.mean(0.5, 1) > self.limit and abs(slope) < self.slope and fall > self.audio_fall):
            return self.passes(**measured)
        return self.offends_with(
            f"audio has learned ({fall:.1f} nats) while text stays at {last:.2f}",
            text.evidence(0),
            text.evidence(-1),
            count=len(text),
            measured=measured,
            likely="Text labels are not those of the positions they are compared with: not expanded, or cut to a length.",
            next="Use the labels that the model expanded itself; print their shape beside that of the text logits.",
        )
