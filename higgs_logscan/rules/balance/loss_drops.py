from __future__ import annotations

import numpy as np

from higgs_logscan.change_point import jump
from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class LossDrops(CurveRule):
    """The summed loss falls by nats from one record to the next and stays there: a part of it was lost.

    Learning is gradual. A sum that loses a nat or more within one record, in mid-run, and keeps on
    from its new level, has lost a term: the audio inputs no longer arrive, or all audio labels are
    masked. Where both losses are printed they say which (`audio-loss-zero`, `text-loss-zero`), and
    this rule is not asked.

    False positives: a learning rate that drops moves a loss by tenths of a nat, not by a nat; a
    resumed run is judged from its last start; another data set, or a first fall within the first records from random weights.
    """

    id = "loss-drops"
    area = "balance"
    severity = "warning"
    carries = ("§11.6",)
    needs = "the total loss at least 40 times"

    records: int = threshold(40, "records of the total loss before it is judged")
    width: int = threshold(8, "records on each side whose medians are compared")
    size: float = threshold(1.0, "nats by which the level falls, beyond drift and spread", estimate=True)
    noise: float = threshold(4.0, "multiples of the noise from record to record that it exceeds", estimate=True)
    behind: float = threshold(0.98, "share of all later records that stays below every one of the window before")
    early: float = threshold(0.1, "share of the run, at its beginning, in which a loss may fall so fast")

    examples = (
        Example(
            "\n".join(
                f"{{'loss': {(6.2 if i < 30 else 2.1) - i / 200:.4f}, 'grad_norm': 1.1, 'learning_rate': 1e-05, 'epoch': 0.1}}"
                for i in range(60)
            ),
            offends=True,
        ),
        Example(
            "\n".join(
                f"{{'loss': {2 + 12 / (1 + i / 4):.4f}, 'grad_norm': 1.1, 'learning_rate': 1e-05, 'epoch': 0.1}}"
                for i in range(60)
            ),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curve = context.curves.finest("loss")
        if curve is None or len(curve) < self.records:
            return self.unjudged(f"fewer than {self.records} records of the total loss")
        if context.curves.finest("audio_loss") or context.curves.finest("text_loss"):
            return self.passes(records=len(curve))
        kept = np.flatnonzero(np.isfinite(curve.means) & (curve.zeros == 0))
        found = jump(curve.means[kept], self.width)
        measured = {"largest_jump": found.size, "beyond_noise": found.sure} if found else {}
        if (
            not found
            or found.sure < self.size
            or -found.size < self.noise * curve.noise
            or found.place < self.early * len(kept)
        ):
            return self.passes(**measured)
        bucket = int(kept[found.place])
        before, behind = curve.means[kept[: found.place]][-self.width :], curve.means[kept[found.place :]]
        if np.quantile(behind, self.behind) > before.min():
            return self.passes(**measured)
        return self.offends_with(
            f"the summed loss falls by {-found.size:.1f} nats from one record to the next, and stays there",
            curve.evidence(bucket),
            curve.evidence(-1),
            count=int(curve.count[bucket:].sum()),
            measured=measured,
            likely="A term of the sum was lost: audio inputs no longer reach the model, or all audio labels are masked.",
            next="Print text and audio losses apart, and the shape of the audio logits, from this step on.",
            late=True,
        )
