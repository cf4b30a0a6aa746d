from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class AudioWorseThanChance(CurveRule):
    """The audio loss starts worse than chance: the model is confident about the wrong target.

    An untrained head starts at ln 1026 = 6.93 nats, a little above. A pretrained model scored
    on the wrong target (labels one step off, codebooks in another order or axis, BOS and EOS
    swapped) is worse than guessing: 7.5 to 13 nats. If the labels are merely unshifted, the loss
    then falls to zero; with scrambled codebooks it settles at chance.

    False positives: the first record alone; data far from what the model was trained on also
    start a little above chance, so that this names no cause by itself.
    """

    id = "audio-worse-than-chance"
    area = "audio-learning"
    severity = "warning"
    carries = ("R10",)
    needs = "the audio loss of the first steps, apart from the total"

    records: int = threshold(10, "records at the start that are averaged, at least")
    rise: float = threshold(1.0, "nats by which it goes on rising, which is divergence, another matter")
    above: float = threshold(0.57, "nats above chance (7.5 for 1026 codes)", estimate=True)

    examples = (
        Example(
            "\n".join(f"Step {i} - Losses: Text=14.0, Audio=7.9{i % 7}, Total=21.9" for i in range(12)), offends=True
        ),
        Example(
            "\n".join(f"Step {i} - Losses: Text=11.8, Audio=6.9{i % 7}, Total=18.7" for i in range(12)), offends=False
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("audio_loss")
        if curve is None or len(curve) < self.records:
            return self.unjudged(f"the log has fewer than {self.records} audio losses apart from the total")
        first, chance = curve.mean(0, max(0.05, self.records / len(curve))), context.audio_chance
        measured = {"first": first, "chance": chance}
        if curve.minimum > 2 * chance:
            return self.unjudged(
                "it never comes near chance, as a sum over codebooks", "the mean over codebooks", measured
            )
        if not first > chance + self.above or curve.mean(0.5, 1) > first + self.rise:
            return self.passes(**measured)
        return self.offends_with(
            f"the audio loss starts at {first:.2f}, worse than chance ({chance:.2f})",
            curve.evidence(0),
            measured=measured,
            likely="Targets are not what the model learned to predict: labels off by one, codebooks permuted, or other data.",
            next="Compare the first label window with the codes fed in: which position of which codebook does each target come from?",
        )
