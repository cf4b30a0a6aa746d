"""The lines that a training loop should print, so that every rule can be judged.

`explain evidence`, the README and `docs/evidence.md` show them from here, and a test runs them. They
use only what a torch tensor and a numpy array have in common.
"""

from __future__ import annotations

from higgs_logscan.value import Value

SUMMARY = "What a training loop has to print, so that every rule can be judged."
REASON = (
    "Half of the trainers print the summed loss and nothing else, and no sum tells learning from a leak. These lines "
    "print what does, in words that higgs-logscan reads. Names are those that most trainers use."
)


class Part(Value):
    """Lines that belong together, and where they go."""

    where: str
    code: str
    language: str = "python"


DEFINITION = Part(
    "Once, above the loop:",
    """\
def print_evidence(logits, expanded_labels, audio_logits, label_audio_ids, codebook_losses=()):
    print("Text logits shape:", list(logits.shape))
    print("Text labels shape:", list(expanded_labels.shape))
    print("Audio logits shape:", list(audio_logits.shape))
    print("Audio labels shape:", list(label_audio_ids.shape))
    text, audio = expanded_labels != -100, label_audio_ids != -100  # the labels that count
    total, valid = text.shape[0] * text.shape[1], int(text.sum())
    print(f"TEXT LOSS DEBUG: Total tokens: {total}, Valid (unmasked) tokens: {valid}")
    total, valid, codebooks = audio.shape[0] * audio.shape[1], int(audio.sum()), int((audio.sum(-1) > 0).sum())
    print(f"AUDIO LOSS DEBUG: Total tokens: {total}, Valid (unmasked) tokens: {valid}, Valid codebooks: {codebooks}")
    windows = {"Sample 1 Text": (logits[0].argmax(-1), expanded_labels[0])}
    for k in range(0, len(label_audio_ids), 7):  # codebooks 0 and 7; none in a batch of text alone
        windows[f"Audio Codebook {k}"] = audio_logits[:, k].argmax(-1), label_audio_ids[k]
    for name, (predictions, labels) in windows.items():
        print(f"{name} Prediction vs Label Comparison:")
        print("  First 10 - Predictions:", predictions[:10].tolist())
        print("  First 10 - Labels:", labels[:10].tolist())
        print("  Last 10 - Predictions:", predictions[-10:].tolist())
        print("  Last 10 - Labels:", labels[-10:].tolist())
    for k, codebook_loss in enumerate(codebook_losses):
        print(f"Codebook {k} loss: {float(codebook_loss):.4f}")
""",
)
FORWARD_PASS = Part(
    "Where the losses are computed, in every tenth forward pass or so. Give it the tensors that the loss compares: "
    "behind the next-token shift if there is one, unshifted if there is none; and the audio loss of each codebook, if "
    "there are such.",
    """\
print_evidence(logits, expanded_labels, audio_logits, label_audio_ids, codebook_losses)
""",
)
STEP = Part(
    "After each step of the optimizer:",
    """\
printed = {"loss": float(loss), "text_loss": float(text_loss), "audio_loss": float(audio_loss)}
print({"step": step, **printed, "grad_norm": float(grad_norm), "learning_rate": float(learning_rate)})
""",
)
EVALUATION = Part(
    "After each evaluation, on speech that is not trained on:",
    """\
printed = {"eval_text_loss": float(eval_text_loss), "eval_audio_loss": float(eval_audio_loss)}
print({"step": step, "eval_loss": float(eval_loss), **printed})
""",
)
SHELL = Part(
    "Loop over `tqdm(loader)`: its bar says how many steps there should be, and so whether the log just ends. Bars and "
    "tracebacks go to stderr, so keep that in the log as well:",
    "python train.py 2>&1 | tee train.log\n",
    "sh",
)
PARTS = (DEFINITION, FORWARD_PASS, STEP, EVALUATION, SHELL)
