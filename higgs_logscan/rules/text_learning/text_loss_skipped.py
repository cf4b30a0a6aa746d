from __future__ import annotations

from higgs_logscan.rule import Example
from higgs_logscan.skipped import LossSkipped


class TextLossSkipped(LossSkipped):
    """The text loss is skipped: the trainer says so, or stops printing it.

    Without a text label that counts, or where logits and labels differ in length, some trainers
    leave the text loss out of the sum and out of the log. Text is then not trained.

    False positives: batches without text to learn. The last part of the run is judged, in which
    nearly every forward pass must lack its text loss; that a trainer never prints it says nothing.
    """

    id = "text-loss-skipped"
    area = "text-learning"
    carries = ("R04", "R32")
    modality = "text"
    needs = "the text loss of each forward pass: `✓ Text loss: …`"
    absent = "the log prints neither text nor audio losses apart"
    message = "the text loss is skipped in {count} of {seen} records"
    likely = "Every text label is masked, or text logits and labels differ in length."
    next = "Print the number of text labels that are not -100, and the lengths of text logits and labels."

    examples = (
        Example(
            "\n".join(
                f"Skipping LLM loss computation - invalid inputs\nAudio loss computed: {7 - i / 9:.4f}, device: cuda:0\n"
                f"Final loss: {7 - i / 9:.4f}, device: cuda:0\nLLM loss: None\nAudio loss: {7 - i / 9:.4f}"
                for i in range(4)
            ),
            offends=True,
        ),
        Example(
            "\n".join(f"✓ Audio loss: {6 - i / 9:.4f}\n✓ TRAINING SUCCESSFUL - Total loss: 11.1" for i in range(20)),
            offends=False,
            why="a trainer that does not print it",
        ),
    )
