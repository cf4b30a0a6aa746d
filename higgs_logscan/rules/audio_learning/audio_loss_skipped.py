from __future__ import annotations

from higgs_logscan.rule import Example
from higgs_logscan.skipped import LossSkipped


class AudioLossSkipped(LossSkipped):
    """The audio loss is skipped: the trainer says so, or stops printing it.

    Without audio logits or without a label that counts there is no audio loss, and some trainers
    leave it out of the sum and out of the log. The total goes on with text alone, lower than before.

    False positives: batches of text alone. The last part of the run is judged, in which nearly
    every forward pass must lack its audio loss; that a trainer never prints it says nothing.
    """

    id = "audio-loss-skipped"
    area = "audio-learning"
    carries = ("R01", "R02")
    modality = "audio"
    needs = "the audio loss of each forward pass: `✓ Audio loss: …`"
    absent = "the log prints neither text nor audio losses apart"
    message = "the audio loss is skipped in {count} of {seen} records"
    likely = "Audio inputs are lost before the model, or no audio label counts."
    next = "Print `audio_out_ids.shape`, the audio logits' shape and the number of audio labels that are not -100."

    examples = (
        Example(
            "\n".join(
                f"LLM loss computed: {9 - i / 9:.4f}, device: cuda:0\nSkipping audio loss computation - invalid inputs   <-\n"
                f"Final loss: {9 - i / 9:.4f}, device: cuda:0\nLLM loss: {9 - i / 9:.4f}\nAudio loss: None"
                for i in range(1)
            )
            + "".join(
                f"\nLLM loss computed: {9 - i / 9:.4f}, device: cuda:0\nSkipping audio loss computation - invalid inputs\n"
                f"Final loss: {9 - i / 9:.4f}, device: cuda:0\nLLM loss: {9 - i / 9:.4f}\nAudio loss: None"
                for i in range(1, 4)
            ),
            offends=True,
        ),
        Example(
            "\n".join(f"✓ Text loss: {9 - i / 9:.4f}\n✓ TRAINING SUCCESSFUL - Total loss: 11.1" for i in range(20)),
            offends=False,
            why="a trainer that does not print it",
        ),
    )
