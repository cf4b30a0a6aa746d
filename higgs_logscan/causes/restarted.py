"""The cause `restarted`."""

from higgs_logscan.diagnosis import Cause

RESTARTED = Cause(
    id="restarted",
    summary="The log holds more than one start.",
    signs={
        "run-restarted": "certain",
    },
    detail="step-counter-goes-back",
    mechanism=(
        "The run was started again into the same log, by hand, by a scheduler or by torchrun after a failure. If "
        "the checkpoint was not loaded as a whole, the optimizer begins with empty averages, the schedule with its "
        "warm-up, and data that were seen come again."
    ),
    shows=(
        "The step counter goes back. The loss may jump at that place and the learning rate begin anew. Curves are "
        "judged for the last start alone."
    ),
    traps=(
        "Several ranks that write to one stream without a prefix report the same steps out of order. A trainer that "
        "counts steps anew in each epoch goes back too. A restart that loads everything is no fault: this is a "
        "note."
    ),
    settles="The lines between the starts.",
    next="Check that optimizer and schedule were restored.",
    source="Step counters and progress bars of the trainers; torchrun restarts workers up to `--max-restarts` times.",
)
