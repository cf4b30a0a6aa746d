from __future__ import annotations

from typing import Any

import numpy as np

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.judged import Judged
from higgs_logscan.rule import ByName, Example, Rule, threshold
from higgs_logscan.stretch import Stretch
from higgs_logscan.value import replace

_COLUMNS = ("text_loss", "audio_loss", "loss", "eval_loss")


class LossNotFinite(Rule):
    """A loss is NaN or infinite: from here on the weights are destroyed, or the loss is undefined.

    The usual causes are a cross entropy over no label at all (every one masked), an overflow in
    half precision, a weight that is not a number, or a learning rate that blew the weights up.
    NaN at the very first record points to weights or data that were not finite from the start.

    False positives: none. Trainers themselves misread it: `total > 0` is false for NaN, so that
    some print "Total loss is ZERO".
    """

    id = "loss-not-finite"
    area = "optimisation"
    severity = "error"
    carries = ("R21",)
    needs = "any loss"

    at_least: int = threshold(1, "losses that are not finite")

    examples = (
        Example(
            "Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1\nStep 2 - Losses: Text=nan, Audio=6.8, Total=nan   <-",
            offends=True,
        ),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1", offends=False),
    )

    def summarise(self, stretch: Stretch) -> ByName | None:
        judged = {}
        for column in _COLUMNS:
            if column not in stretch.table.columns:
                continue
            rows = stretch.table.having((column,))
            bad = np.flatnonzero(~np.isfinite(rows[column]))
            found = Judged(len(rows), len(bad), before=int(bad[0]) if len(bad) else len(rows))
            if len(bad):
                found = replace(
                    found, first=rows.evidence(int(bad[0]), column), last=rows.evidence(int(bad[-1]), column)
                )
            judged[column] = found
        return ByName(judged) if judged else None

    def judge(self, summary: Any, context: Context) -> Judgement:
        if summary is None:
            return self.unjudged("the log prints no loss")
        seen = {column: summary.parts[column] for column in _COLUMNS if column in summary.parts}
        measured = {column: judged.offending for column, judged in seen.items()}
        bad = {column: judged for column, judged in seen.items() if judged.offending}
        if sum(measured.values()) < self.at_least:
            return self.passes(**measured)
        lost = min(bad.values(), key=lambda judged: judged.first.byte if judged.first else 0)
        last = max((j.last for j in bad.values() if j.last), key=lambda e: e.byte)
        names = ", ".join(column.replace("_", " ") for column in bad)
        most = max(bad.values(), key=lambda judged: judged.offending)
        return self.offends_with(
            f"{names} not finite in {most.offending} of {most.seen} records",
            lost.first,
            last,
            count=sum(measured.values()),
            measured=measured,
            likely="A cross entropy over no label at all, an overflow in half precision, or weights that are not finite.",
            late=lost.before > 0,
            mechanism="first-nan-in-mid-run" if lost.before else "not-finite-from-the-start",
            next="Stop at the first one: print the number of labels, and `isfinite` of logits and weights.",
        )
