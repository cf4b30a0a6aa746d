from __future__ import annotations

from dataclasses import dataclass

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


@dataclass(frozen=True)
class LossNotInTotal(CurveRule):
    """One modality's loss is printed and not part of the total: the run does not train it.

    When the total equals the text loss alone on every record while an audio loss above zero is
    printed beside it (or the other way round), that loss is computed, logged and never
    differentiated: its weight is zero, or it is added only under a condition that never holds.

    False positives: totals of sums, means and weighted sums all differ from both components;
    only exact equality over the whole run counts.
    """

    id = "loss-not-in-total"
    area = "balance"
    severity = "error"
    carries = ("R33",)
    needs = "text loss, audio loss and total on the same line"

    records: int = threshold(10, "records in which the total equals one component")

    examples = (
        Example(
            "\n".join(f"Step {i} - Losses: Text={9 - i / 9:.4f}, Audio=6.9, Total={9 - i / 9:.4f}" for i in range(12)),
            offends=True,
        ),
        Example("\n".join(f"Step {i} - Losses: Text=2.5, Audio=6.5, Total=9.0" for i in range(12)), offends=False),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curves = [context.curves.series(name) for name in ("text_loss", "audio_loss", "loss")]
        text, audio, total = curves
        if text is None or audio is None or total is None or not len(text) == len(audio) == len(total):
            return self.unjudged("the log does not print text loss, audio loss and total together")
        if len(total) < self.records:
            return self.unjudged(f"only {len(total)} records with text loss, audio loss and total")
        for name, part, rest in (("audio", text, audio), ("text", audio, text)):
            gap = abs(total.total - part.total).max() / 2**20
            if gap <= 1e-4 * (1 + part.maximum) and rest.mean(0, 1) > 0.01:
                return self.offends_with(
                    f"the total is the {'text' if name == 'audio' else 'audio'} loss alone: {name} is not trained",
                    total.evidence(0),
                    total.evidence(-1),
                    count=len(total),
                    measured={"untrained": name, "its_loss": rest.mean(0.9, 1), "records": len(total)},
                    likely=f"The {name} loss has weight zero, or is added under a condition that never holds.",
                    next=f"Add the {name} loss to the objective; print its weight.",
                )
        return self.passes(records=len(total))
