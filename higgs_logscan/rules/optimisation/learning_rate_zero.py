from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold


class LearningRateZero(TailRule):
    """The learning rate is zero while training goes on.

    Nothing is learned at a learning rate of zero. A schedule that ends before the run does is
    the usual cause: accelerate steps the scheduler once a process, so that with two processes it
    is exhausted half way (one public run sat at the same evaluation loss five times).

    False positives: the first step of a warm-up and the last of a schedule are zero by design, in
    each start of a run. Hence the last part of the log is judged, in which nearly every record
    must be zero, and a few in a row are asked for.
    """

    id = "learning-rate-zero"
    area = "optimisation"
    severity = "error"
    carries = ("R25",)
    over = "records"
    absent = "the log prints no learning rate"
    reads = ("learning_rate",)
    kinds = ("step",)
    shows_whole = "learning_rate"
    needs = "the learning rate of each step: `{'loss': …, 'learning_rate': …}`"
    message = "the learning rate is 0 in {count} of {seen} records"
    likely = "The schedule is exhausted, or the learning rate was never set."
    next = "Print `scheduler.get_last_lr()` and the number of scheduler steps beside the optimizer's."

    at_least: int = threshold(4, "records at the end of the log with a learning rate of zero")

    tiny: float = threshold(1e-7, "learning rate below which nothing moves; a note", estimate=True)
    patience: int = threshold(20, "records, all below it, before it is noted")

    examples = (
        Example(
            "\n".join(f"{{'loss': 15.2{i}, 'grad_norm': 6.8, 'learning_rate': 0.0, 'epoch': 0.1}}" for i in range(6)),
            offends=True,
        ),
        Example(
            "{'loss': 3.1, 'grad_norm': 0.8, 'learning_rate': 0.0, 'epoch': 5.0}",
            offends=False,
            why="the end of a schedule",
        ),
        Example(
            "\n".join(
                f"{{'loss': 3.1, 'grad_norm': 0.8, 'learning_rate': {i % 10 * (9 - i % 10) / 1e6}, 'epoch': 0.1}}"
                for i in range(60)
            ),
            offends=False,
            why="several starts, each with its warm-up and schedule",
        ),
    )

    def mechanism(self, course: Course, tail: Tail, context: Context) -> str:
        return "schedule-exhausted" if tail.late else "never-set"

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray(rows["learning_rate"] == 0.0)

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {"tiny": int((rows["learning_rate"] < self.tiny).sum())}

    def judge(self, summary: Course | None, context: Context) -> Judgement:
        judgement = super().judge(summary, context)
        if judgement.findings or not summary or summary.rows < self.patience:
            return judgement
        if summary.sums["tiny"] < summary.rows:
            return judgement
        rate = summary.whole[summary.kind]
        return self.offends_with(
            f"the learning rate is below {self.tiny:g} in all {summary.rows} records",
            rate.evidence(0), rate.evidence(-1), count=summary.rows, measured=judgement.measured, severity="note",
            likely="It is too small to move the weights: a unit or an exponent is wrong.",
            next="Compare it with that of a run that went well: 1e-5 to 1e-4 is usual.", mechanism="far-too-small",
        )  # fmt: skip
