from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class Stalled(CurveRule):
    """The run stood still: for a long time no line was written, and then it went on.

    A collective that waits for one rank, a file system that hangs, a data loader that starves: the
    GPUs are paid for and do nothing. The timestamps of the lines show it, or the time on the
    progress bar.

    False positives: a checkpoint or an evaluation takes its time as well, so that both many
    minutes and many times the usual interval are asked for; the time between two starts of a run
    is none of it. A machine that slept looks the same.
    """

    id = "stalled"
    area = "incidents"
    severity = "warning"
    needs = "timestamps, or a progress bar of the training loop"

    minutes: float = threshold(30.0, "minutes without a line", estimate=True)
    times: float = threshold(30.0, "multiples of the usual time between two lines", estimate=True)

    examples = (
        Example(
            "\n".join(
                f"2026-01-01 {10 + (i > 20):02d}:{i:02d}:00,000 - INFO - Step {i} - Loss: {9 - i / 9:.4f}"
                for i in range(40)
            ),
            offends=True,
        ),
        Example(
            "\n".join(f"2026-01-01 10:{i:02d}:00,000 - INFO - Step {i} - Loss: {9 - i / 9:.4f}" for i in range(40)),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        pause = context.clock.longest_pause if context.clock else None
        if pause is None:
            return self.unjudged("fewer than eleven lines say when they were written")
        measured = {"longest_pause_seconds": round(pause.seconds), "usual_seconds": round(pause.usual, 1)}
        if pause.seconds < 60 * self.minutes or pause.seconds < self.times * pause.usual:
            return self.passes(**measured)
        return self.offends_with(
            f"nothing was written for {pause.seconds / 60:.0f} minutes, against {pause.usual:.0f} seconds as a rule",
            pause.end,
            measured=measured,
            likely="A rank, the data loader or the file system hung, or the machine slept.",
            next="Look at what the last line before it was waiting for: a collective, a checkpoint, a worker.",
        )
