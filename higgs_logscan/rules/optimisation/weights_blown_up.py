from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from higgs_logscan.context import Context
from higgs_logscan.curve import Curve
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


@dataclass(frozen=True)
class WeightsBlownUp(CurveRule):
    """The audio loss jumps to exactly chance level and stays there: the weights were destroyed.

    A model whose weights have been blown up by a step far too large gives every code the same
    probability, whatever it is shown: the loss is ln 1026 = 6.9334 on every batch, to two digits
    or more, while healthy losses differ from batch to batch. From random weights a run begins near
    that level as well; here it was elsewhere before.

    False positives: a frozen head stays at its random level, which is above chance and was never
    left (`audio-at-chance`).
    """

    id = "weights-blown-up"
    area = "optimisation"
    severity = "error"
    carries = ("§11.7",)
    needs = "the audio loss apart from the total, at least 20 times"

    records: int = threshold(20, "records at the end of the run that stand at chance")
    band: float = threshold(0.02, "nats from chance within which nearly all of them stand")
    moved: float = threshold(0.2, "nats from chance at which the loss stood before", estimate=True)

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
        curve = context.curves.finest("audio_loss")
        if curve is None:
            return self.unjudged("the log does not print the audio loss apart from the total")
        begin = self._begin(curve, context.audio_chance)
        count = int(curve.count[begin:].sum())
        before = np.abs(curve.means[:begin] - context.audio_chance)
        measured = {"at_chance": count, "furthest_before": float(np.nanmax(before, initial=0.0))}
        if count < self.records or measured["furthest_before"] < self.moved:
            return self.passes(**measured)
        return self.offends_with(
            f"the audio loss jumps to exactly chance level, {context.audio_chance:.2f}, and stays there for {count} records",
            curve.evidence(begin),
            curve.evidence(-1),
            count=count,
            measured=measured,
            likely="One step was far too large: the learning rate is too high, or gradients are not clipped.",
            next="Lower the learning rate tenfold, warm up, clip gradients at 1.0; start again from the checkpoint.",
            late=begin >= 3,
        )

    def _begin(self, curve: Curve, chance: float) -> int:
        """The bucket from which on the run stands at chance."""
        away = np.flatnonzero(~(np.maximum(np.abs(curve.low - chance), np.abs(curve.high - chance)) < self.band))
        return int(away[-1]) + 1 if len(away) else 0
