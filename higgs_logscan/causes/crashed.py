"""The cause `crashed`."""

from higgs_logscan.diagnosis import Cause

CRASHED = Cause(
    id="crashed",
    summary="The run ended in an error.",
    signs={
        "crash": "certain",
        "out-of-memory": "certain",
        "process-killed": "certain",
        "collective-timeout": "high",
        "disk-full": "high",
        "step-failed": "medium",
        "sentinel-loss": "medium",
    },
    detail="exception-or-signal",
    mechanism=(
        "The program met an error that it could not go on from: an exception, memory that ran out, a signal from "
        "outside, ranks that waited for each other too long, a full disk. What was trained up to the last "
        "checkpoint is there, the rest is lost."
    ),
    shows=(
        "A traceback with its last line, `CUDA out of memory`, `Killed`, an NCCL timeout, `No space left on "
        "device`. The lines before it are judged as usual, and may hold the true reason."
    ),
    traps=(
        "`Target … is out of bounds`, an index error in the audio embedding and sizes of 12 against 8 name a cause "
        "of their own, which then stands above this one. Some trainers print tracebacks of errors that they caught, "
        "and go on. Of many ranks that fail, the first error is the one to read: the others follow from it."
    ),
    settles="The exception's own line.",
    next="Mend what the exception names; resume from the last whole checkpoint.",
    source="Python, PyTorch, NCCL and torchrun as they print errors; real logs of crashed runs.",
    explains=("truncated",),
)
