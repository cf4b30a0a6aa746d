from __future__ import annotations

from higgs_logscan.judged import IncidentRule
from higgs_logscan.rule import Example, threshold


class StepFailed(IncidentRule):
    """A forward pass, a loss or a training step raised an error that the trainer caught.

    Some trainers log the exception and go on with the next batch, or with a loss of zero. The
    batch was not trained; where it happens again and again, nothing is.

    False positives: the level of a line proves nothing (some trainers log at ERROR level that all
    is well), so only the words of an exception or of a failed step count.
    """

    id = "step-failed"
    severity = "warning"
    incidents = ("step-failed", "forward-failed", "cuda-error", "error")
    message = "a step or forward pass failed with an error that was caught"
    likely = "The batch, a dtype or a device does not fit the model; the trainer goes on without it."
    next = "Read the error's own words; let it end the run until it is mended."

    at_least: int = threshold(1, "errors that were caught")

    examples = (
        Example("ERROR: RuntimeError: Index put requires the source and destination dtypes match   <-", offends=True),
        Example("ERROR:__main__:SUCCESS: Globally-patched model call completed!", offends=False),
    )
