"""The cause `truncated`."""

from higgs_logscan.diagnosis import Cause

TRUNCATED = Cause(
    id="truncated",
    summary="The log ends before the run does.",
    signs={
        "log-truncated": "high",
    },
    detail="log-ends-early",
    mechanism=(
        "The log stops before the run was done: the process was killed without a word (memory of the host, time "
        "limit of the scheduler, a lost connection), or the file was copied while the run goes on. What the rest "
        "would have shown is not known."
    ),
    shows=(
        "The progress bar of the training loop stops short of its end, with no error and no word of completion "
        "behind it; or a compressed file breaks off."
    ),
    traps=(
        "A run that is still going looks the same. So does one that stops at `max_steps` in the middle of an epoch. "
        "Without a progress bar the log does not say how long the run was to be."
    ),
    settles="The scheduler's record of the job.",
    next="Look for a killed process; if the run is alive, scan again when it ends.",
    source=(
        "tqdm's bars name the steps that are done and planned. Linux kills without a line in the log when memory "
        "runs out: see `dmesg`."
    ),
)
