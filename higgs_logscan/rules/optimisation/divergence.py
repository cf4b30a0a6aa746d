from __future__ import annotations

from collections.abc import Iterator

from higgs_logscan.context import Context
from higgs_logscan.curve import Curve
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class Divergence(CurveRule):
    """A loss rises far above what it had reached and stays there.

    The weights are being destroyed: the learning rate is too high, or gradients are not clipped.
    A rise above chance level is certain, as no data are worse than guessing.

    False positives: a single bad batch is a spike, so means over twenty records are compared;
    few supervised tokens a batch make a noisy loss, so the rise must exceed that noise. Batches of
    text alone pull the means of audio loss and total down and let them rise again: audio losses of
    exactly zero are left out, and so is the total where there are any, or passes without an audio loss.
    """

    id = "divergence"
    area = "optimisation"
    severity = "error"
    carries = ("R22",)
    needs = "a training loss, at least 40 times"

    window: int = threshold(20, "records whose mean is compared")
    rise: float = threshold(1.0, "nats above the lowest mean before", estimate=True)
    noise: float = threshold(3.0, "multiples of the noise from record to record that a rise must exceed", estimate=True)

    examples = (
        Example(
            "\n".join(f"Step {i} - Losses: Text=4, Audio={5 + max(0, i - 40) / 9:.3f}, Total=9" for i in range(90)),
            offends=True,
        ),
        Example("\n".join(f"Step {i} - Losses: Text=4, Audio={5 + i % 3}, Total=9" for i in range(90)), offends=False),
    )

    def judge_curves(self, context: Context) -> Judgement:
        measured: dict[str, float] = {}
        found: list[tuple[float, str, Curve, int]] = []
        for name, curve in self._curves(context):
            rise, bucket = max(curve.rise(self.window), (curve.mean(0.5, 1) - curve.mean(0, 3 / len(curve)), 0))
            measured[name] = rise
            noise = max(self.noise * curve.noise, curve.range_by_chance(self.window))
            if rise > max(self.rise, noise) or self._beyond_chance(curve, name, context):
                found.append((rise, name, curve, bucket))
        if not measured:
            return self.unjudged(f"fewer than {2 * self.window} records of a training loss")
        if not found:
            return self.passes(**measured)
        rise, name, curve, bucket = max(found, key=lambda one: one[0])
        above = "its lowest mean" if bucket else "where it began"
        return self.offends_with(
            f"the {name.replace('_', ' ')} rises by {rise:.1f} nats above {above}",
            curve.evidence(bucket),
            curve.evidence(-1),
            count=int(curve.count[bucket:].sum()),
            measured=measured | {"highest": curve.maximum},
            likely="The learning rate is too high, or gradients are not clipped.",
            next="Lower the learning rate tenfold; clip gradients at 1.0; warm up.",
            late=bucket > 0,
        )

    def _beyond_chance(self, curve: Curve, name: str, context: Context) -> bool:
        """Whether it ends worse than guessing and higher than it began: no noise does that."""
        chance = {"audio_loss": context.audio_chance, "text_loss": context.text_chance}
        total = context.audio_chance if context.flavour.value == "v3" else sum(chance.values())
        level = chance.get(name, total) + self.rise
        return curve.mean(0.9, 1) > level and curve.mean(0.5, 1) > curve.mean(0, 0.1) + self.rise

    def _curves(self, context: Context) -> Iterator[tuple[str, Curve]]:
        """The training losses that are long enough; zeros of the audio loss, and a total that has them, left out."""
        audio, text = context.curves.finest("audio_loss"), context.curves.finest("text_loss")
        partly = audio is not None and (audio.has_zeros() or (text is not None and len(audio) < len(text)))
        for name in ("audio_loss", "text_loss", "loss"):
            curve = context.curves.finest(name)
            if curve is None or len(curve) < 2 * self.window or (partly and name == "loss"):
                continue
            if partly and name == "audio_loss":
                curve = curve.without_zeros()
            yield name, curve
