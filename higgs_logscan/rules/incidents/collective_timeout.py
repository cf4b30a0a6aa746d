from __future__ import annotations

from higgs_logscan.judged import IncidentRule
from higgs_logscan.rule import Example, threshold


class CollectiveTimeout(IncidentRule):
    """A collective operation between ranks failed or timed out.

    One rank waits for another that crashed, hangs in its data loader, or took another branch (a
    skipped batch on one rank alone). The first rank to report is seldom the guilty one. False
    positives: none known.
    """

    id = "collective-timeout"
    severity = "error"
    incidents = ("nccl-timeout", "nccl-error")
    message = "an exchange between ranks (a collective operation) failed or timed out"
    mechanism = "ranks-out-of-step"
    likely = "One rank crashed, hangs, or skipped a step that the others did not."
    next = "Find the rank whose last step is the lowest; look at its last lines."

    at_least: int = threshold(1, "incidents of this kind")

    examples = (
        Example(
            """[Rank 6] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=47, OpType=ALLREDUCE)   <-""",
            offends=True,
        ),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1", offends=False),
    )
