from __future__ import annotations

from higgs_logscan.judged import IncidentRule
from higgs_logscan.rule import Example, threshold


class ProcessKilled(IncidentRule):
    """A process was killed from outside.

    The scheduler, the kernel's memory killer or a user ended a process; nothing after that line
    was trained. False positives: a worker of the data loader that is restarted.
    """

    id = "process-killed"
    severity = "error"
    incidents = ("killed", "dataloader-worker")
    words = ("DataLoader worker (pid", "SIGKILL")
    message = "a process was killed"
    mechanism = "killed-by-a-signal"
    likely = "A time limit, the memory of the host, or a user."
    next = "Look at the scheduler's record and at `dmesg` for the out-of-memory killer."

    at_least: int = threshold(1, "incidents of this kind")

    examples = (
        Example(
            """Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1
Signal 9 (SIGKILL) received by PID 4711""",
            offends=True,
        ),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1\nKilled   <-", offends=True),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1", offends=False),
    )
