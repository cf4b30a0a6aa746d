from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class StepsSlowed(CurveRule):
    """The steps take far longer at the end of the run than at its beginning.

    Memory that fills and swaps, a data loader that falls behind, a GPU that throttles, a node that
    is shared: no fault of the training, but of what it costs.

    False positives: batches sorted by length; hence only a note.
    """

    id = "steps-slowed"
    area = "optimisation"
    severity = "note"
    needs = "timestamps on step lines, at least 40 of them"

    times: float = threshold(3.0, "multiples of the first quarter's time a step", estimate=True)

    examples = (
        Example(
            "\n".join(
                f"2026-01-01 10:{t // 60:02d}:{t % 60:02d},000 - INFO - Step {i} - Loss: {9 - i / 99:.4f}"
                for i in range(80)
                for t in [i * 10 if i < 40 else 400 + (i - 40) * 50]
            ),
            offends=True,
        ),
        Example(
            "\n".join(f"2026-01-01 10:{i:02d}:00,000 - INFO - Step {i} - Loss: {9 - i / 9:.4f}" for i in range(60)),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        rates = context.clock.rates(4) if context.clock else []
        if not rates:
            return self.unjudged("fewer than 40 step lines say when they were written")
        measured = {"steps_per_second": [float(f"{rate:.3g}") for rate in rates]}
        if rates[0] < self.times * rates[-1]:
            return self.passes(**measured)
        last = context.curves.series("loss") or context.curves.series("text_loss")
        return self.offends_with(
            f"a step takes {rates[0] / rates[-1]:.1f} times as long in the last quarter as in the first",
            last.evidence(-1) if last else None,
            measured=measured,
            likely="The data loader or the memory falls behind, or the machine is shared or throttled.",
            next="Watch GPU utilisation and the time spent waiting for batches.",
        )
