from __future__ import annotations

from higgs_logscan.judged import IncidentRule
from higgs_logscan.rule import Example, threshold


class TargetOutOfBounds(IncidentRule):
    """A label lies outside the logits: the cross entropy refuses it.

    A label of -1, of 1026 or more, or of another codebook size raises an IndexError on the CPU
    and a device-side assert on the GPU, which surfaces at some later line. False positives:
    other index errors name an index, not a target.
    """

    id = "target-out-of-bounds"
    severity = "error"
    incidents = ("out-of-bounds", "device-side-assert")
    words = ("IndexError: Target ", "device-side assert triggered", "index out of range in self")
    carries = ("R17",)
    message = "a label or id lies outside what the model knows: the lookup raised an error"
    likely = "Codes outside 0 to 1023 beside the two stream ids: another codec, a delay mask of -1 left in the labels, or a text id among audio labels."
    next = "Print min and max of the audio labels that are not -100."

    at_least: int = threshold(1, "incidents of this kind")

    examples = (
        Example("""ERROR:__main__:Loss computation failed: Target 1030 is out of bounds.   <-""", offends=True),
        Example("Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1", offends=False),
    )
