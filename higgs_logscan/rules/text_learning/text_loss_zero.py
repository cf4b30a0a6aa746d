from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.judged import Judged, RowRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class TextLossZero(RowRule):
    """The text loss is exactly zero from the start: it was not computed.

    Trainers write 0.0 when they skip the text loss, because no label is left or because logits
    and labels did not fit. Nothing then teaches the text head.

    False positives: data with a fixed text template reach 0.0000 within a few hundred steps,
    which is healthy. Only zeros among the first records are counted, where no small loss leads up
    to them, and not in a log that begins in the middle of a run.
    """

    id = "text-loss-zero"
    area = "text-learning"
    severity = "error"
    carries = ("R04", "R32")
    reads = ("text_loss",)
    kinds = ("micro-batch", "step")
    needs = "the text loss of each step, apart from the total"
    message = "the text loss is exactly 0 in {count} of the first records"
    likely = "The text loss is skipped: every text label is masked, or logits and labels differ in length."
    next = "Print the number of text labels that are not -100, and the lengths of text logits and labels."

    at_least: int = threshold(3, "records with a text loss of exactly zero")
    early: int = threshold(20, "records at the start of the run in which a zero counts")
    learned: float = threshold(
        0.5, "nats below which a loss above zero among them shows that it was learned", estimate=True
    )
    resumed: int = threshold(200, "step above which a log begins in the middle of a run", estimate=True)

    examples = (
        Example(
            """
            Step 1: {'text_loss': 0.0, 'audio_loss': 6.93, 'total_loss': 6.93}   <-
            Step 2: {'text_loss': 0.0, 'audio_loss': 6.91, 'total_loss': 6.91}
            Step 3: {'text_loss': 0.0, 'audio_loss': 6.88, 'total_loss': 6.88}
            """,
            offends=True,
        ),
        Example(
            "\n".join(f"Step {i} - Losses: Text={max(0, 5 - i / 5):.4f}, Audio=4.1, Total=9" for i in range(40)),
            offends=False,
        ),
        Example(
            "\n".join(f"Step {i}00 - Losses: Text={0.4 if i < 2 else 0}, Audio=4.1, Total=4.2" for i in range(1, 9)),
            offends=False,
            why="a fixed template, logged every hundred steps",
        ),
        Example(
            "\n".join(f"Step {i}00 - Losses: Text=0.0000, Audio=4.1, Total=4.1" for i in range(30, 39)),
            offends=False,
            why="a resumed run",
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["ordinal"] < self.early)

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["text_loss"] == 0.0)

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        text, begins = rows["text_loss"], (rows["ordinal"] == 0) & (rows["step"] > self.resumed)
        return {"small": int(((text > 0) & (text < self.learned)).sum()), "resumed": int(begins.sum())}

    def decide(self, judged: Judged, context: Context) -> Judgement:
        judgement = super().decide(judged, context)
        if judgement.findings and judged.sums["resumed"]:
            return self.unjudged(
                "the log begins in the middle of a run, where a text loss of 0 may have been learned",
                "the log of the run's start",
                judgement.measured,
            )
        if judgement.findings and judged.sums["small"]:
            return self.passes(**judgement.measured)
        return self.unless_lost(judgement, context)
