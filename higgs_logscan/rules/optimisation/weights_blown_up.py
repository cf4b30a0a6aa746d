from __future__ import annotations

import numpy as np

from higgs_logscan.context import Context
from higgs_logscan.curve import Curve, lasting
from higgs_logscan.finding import LATE, Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class WeightsBlownUp(CurveRule):
    """The loss stands at exactly chance level: the weights were destroyed.

    A model whose weights have been blown up by a step far too large gives every code the same
    probability, whatever it is shown: the loss is ln 1026 = 6.9334 on every batch, to two digits
    or more, while healthy losses differ from batch to batch. From random weights a run begins near
    that level as well, a little above it; here it was elsewhere before, or is exact to four digits.

    False positives: a frozen head stays at its random level, which is above chance and was never
    left (`audio-at-chance`).
    """

    id = "weights-blown-up"
    area = "optimisation"
    severity = "error"
    carries = ("§11.7",)
    needs = "the audio loss apart from the total, or a total, at least 20 times"

    records: int = threshold(20, "records at the end of the run that stand at chance")
    band: float = threshold(0.02, "nats from chance within which they stand")
    moved: float = threshold(0.2, "nats from chance at which the loss stood before", estimate=True)
    exact: float = threshold(0.0006, "nats from chance within which no random weights stand, wherever the run began")

    examples = (
        Example(
            "\n".join(
                f"Step {i} - Losses: Text={11.76 if i else 2.2:.2f}, Audio={6.9334 if i else 4.4:.4f}, Total=18.69"
                for i in range(40)
            ),
            offends=True,
        ),
        Example(
            "\n".join(f"Step {i} - Losses: Text=8.0, Audio={6.93 + i % 7 / 90:.4f}, Total=14.9" for i in range(40)),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve, chance = context.curves.finest("audio_loss"), context.audio_chance
        if curve is None:
            # A sum is exactly at chance only if both of its terms are; a single loss is that of audio.
            curve = context.curves.finest("loss")
            chance = min(
                chance, chance + context.text_chance, key=lambda level: abs(level - curve.last) if curve else 0
            )
        if curve is None or len(curve) < self.records:
            return self.unjudged(f"fewer than {self.records} records of an audio loss or a total")
        begin, exactly = self._begin(curve, chance, self.band), self._begin(curve, chance, self.exact)
        furthest = float(np.nanmax(np.abs(curve.means[:begin] - chance), initial=0.0))
        moved = furthest >= self.moved and curve.count[begin:].sum() >= self.records
        begin = begin if moved else exactly
        count = int(curve.count[begin:].sum())
        measured = {"at_chance": count, "furthest_before": furthest}
        if not moved and count < self.records:
            return self.passes(**measured)
        return self.offends_with(
            f"the loss stands at exactly chance level, {chance:.2f}, in the last {count} records",
            curve.evidence(begin),
            curve.evidence(-1),
            count=count,
            measured=measured,
            likely="One step was far too large: the learning rate is too high, or gradients are not clipped.",
            next="Lower the learning rate tenfold, warm up, clip gradients at 1.0; start again from the checkpoint.",
            late=begin >= LATE,
        )

    @staticmethod
    def _begin(curve: Curve, chance: float, band: float) -> int:
        """The bucket from which on the run stands within a band of chance."""
        return lasting(np.maximum(np.abs(curve.low - chance), np.abs(curve.high - chance)) < band)
