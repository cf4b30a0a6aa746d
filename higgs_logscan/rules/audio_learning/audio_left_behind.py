from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class AudioLeftBehind(CurveRule):
    """Text learns and audio does not: the audio loss stays near chance while the text loss falls.

    The optimizer works, or text would not fall. Audio that stays within a fraction of a nat of
    ln 1026 = 6.93 for hundreds of steps has at best learned how often each code occurs: its head
    is frozen, it is scored against permuted codebooks, or its inputs are detached.

    False positives: audio learns more slowly than text; the rule asks for a long run, a large
    fall of text, and an audio loss that has gone flat.
    """

    id = "audio-left-behind"
    area = "audio-learning"
    severity = "warning"
    carries = ("R11", "R29")
    needs = "text and audio losses apart, over at least 100 steps"

    records: int = threshold(150, "records before audio is called left behind")
    widely: int = threshold(12, "records that suffice when they are spread over the steps")
    steps: int = threshold(100, "optimizer steps before audio is called left behind")
    near: float = threshold(0.6, "nats below chance within which audio has learned frequencies at best", estimate=True)
    text_fall: float = threshold(2.0, "fall of the text loss, in nats, that shows a working optimizer", estimate=True)
    slope: float = threshold(0.1, "fall of the audio loss over the last half that is no plateau", estimate=True)

    examples = (
        Example(
            "\n".join(
                f"Step {i} - Losses: Text={2 + 6 / (1 + i / 9):.3f}, Audio=6.7{i % 7}, Total=9" for i in range(200)
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
        if audio.span < self.steps or not audio.patient(self.records, self.widely, self.steps):
            return self.unjudged(f"only {len(audio)} records over {audio.span} steps")
        last, chance, fall, slope = audio.mean(0.9, 1), context.audio_chance, text.fall, audio.late_fall
        measured = {"audio": last, "chance": chance, "text_fall": fall, "audio_fall_in_last_half": slope}
        flat = slope < self.slope and fall > self.text_fall
        if not (flat and chance - self.near < last < chance + self.near):
            return self.passes(**measured)
        return self.offends_with(
            f"text has learned ({fall:.1f} nats) while audio stays at {last:.2f}, chance {chance:.2f}",
            audio.evidence(0),
            audio.evidence(-1),
            count=len(audio),
            measured=measured,
            likely="The audio head is frozen or cut off from the gradient, or its targets are permuted.",
            next="Check `requires_grad` of the audio head and codebook embeddings, and the axis order of audio logits and labels.",
        )
