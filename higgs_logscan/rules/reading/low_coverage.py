from __future__ import annotations

from typing import Any

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import Example, Rule, threshold


class LowCoverage(Rule):
    """Less than half of the log was understood: its verdict rests on the rest.

    A check that read nothing must not pass. The pieces that no dialect knows may be another
    program's output, or a wording of the trainer that this program does not know.

    False positives: a log that is mostly a downloader's or a server's output.
    """

    id = "low-coverage"
    area = "reading"
    severity = "warning"
    needs = "lines that a dialect knows"

    share: float = threshold(0.5, "share of pieces, ended by a newline or carriage return, that must be understood")

    examples = (
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1\nwhat is this\nand this\nand that", offends=True),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1\nwhat is this", offends=False),
    )

    def judge(self, summary: Any, context: Context) -> Judgement:
        reading = context.reading
        measured = {"share": reading.share, "recognised": reading.recognised, "segments": reading.segments}
        if not reading.segments:
            return self.unjudged("the log is empty")
        if reading.share >= self.share:
            return self.passes(**measured)
        return self.offends_with(
            f"only {100 * reading.share:.0f} % of {reading.segments:,} pieces were understood",
            None,
            measured=measured,
            likely="The log is another program's, or the trainer words its lines in a way not known here.",
            next="Run higgs-logscan explain-parse on it: it groups what was not understood.",
        )
