from __future__ import annotations

from higgs_logscan.judged import IncidentRule
from higgs_logscan.rule import Example, threshold


class DiskFull(IncidentRule):
    """The disk is full: checkpoints are lost.

    Training may go on, but nothing it learns is kept. False positives: none known.
    """

    id = "disk-full"
    severity = "error"
    incidents = ("disk-full",)
    message = "the disk was full"
    mechanism = "disk-full"
    likely = "Checkpoints or caches fill the disk."
    next = "Free space, and check that the last checkpoint is whole."

    at_least: int = threshold(1, "incidents of this kind")

    examples = (
        Example("""OSError: [Errno 28] No space left on device   <-""", offends=True),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1", offends=False),
    )
