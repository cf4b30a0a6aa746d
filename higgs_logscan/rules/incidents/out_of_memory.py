from __future__ import annotations

from higgs_logscan.judged import IncidentRule
from higgs_logscan.rule import Example, threshold


class OutOfMemory(IncidentRule):
    """Memory ran out, on the GPU or the host.

    A process that runs out of memory stops, or drops the batch and goes on with a gap. False
    positives: a trainer that catches the exception and recovers still skipped the batch.
    """

    id = "out-of-memory"
    severity = "error"
    incidents = ("out-of-memory",)
    words = ("OutOfMemoryError", "out of memory", "MemoryError", "can't allocate memory")
    message = "memory ran out"
    mechanism = "out-of-memory"
    likely = "The batch, or one long clip in it, does not fit."
    next = "Lower the batch size or cap the clip length; look at the step before."

    at_least: int = threshold(1, "incidents of this kind")

    examples = (
        Example("""RuntimeError: CUDA out of memory. Tried to allocate 1.45 GiB   <-""", offends=True),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1", offends=False),
    )
