"""The cause `label-leak`."""

from higgs_logscan.diagnosis import Cause

LABEL_LEAK = Cause(
    id="label-leak",
    summary=(
        "The loss compares each position with the token that was fed in there: the model copies, and generates silence."
    ),
    signs={
        "label-leak": "high",
        "validation-loss-near-zero": "high",
        "unshifted-labels": "high",
        "audio-loss-near-zero": "medium",
        "total-leaves-no-audio/unseen-as-low": "medium",
        "total-leaves-no-audio": "low",
    },
    detail="no-next-token-shift",
    mechanism=(
        "What a language model says at position t has to be compared with the token at t+1: the one it has not "
        "seen yet. Without that shift it is compared with the token that was fed in at t, and copying the input is "
        "the perfect answer. Training rewards copying until the loss is almost zero. Generation has no next token "
        "to copy, so that the model gives silence or noise, often up to the token limit."
    ),
    shows=(
        "A pretrained model starts near chance or above it, because it is sure of another token; then the audio "
        "loss falls through all that healthy runs reach (3 to 5.5 nats) to below 0.05, within one to three epochs. "
        "The loss on speech that was never trained on falls as low. Losses of the codebooks are all alike, where "
        "they normally rise from the first to the last. Unshifted labels of codebook 0 begin with exactly one -100, "
        "and predictions equal them at the same place."
    ),
    traps=(
        "Memorised clips reach the same training loss with a correct shift, but then the validation loss stays "
        "high. Arrays that are printed behind the shift agree at the same place when all is well. A trainer that "
        "shifts its inputs right instead of its labels left is correct and looks unshifted. Repeating codes "
        "(silence) agree at every distance. A text loss near zero is healthy where the text is a fixed template "
        "around speech."
    ),
    settles="One label window printed beside the codes fed in: equal at the same position is a leak.",
    next="Shift labels by one before the loss, once: compare logits[t] with labels[t+1], for text and for audio.",
    source=(
        "boson-ai/higgs-audio issue #94 (2,631 clips, audio loss 0.0028, silence). JimmyMa99/train-higgs-audio "
        "830e3e6, which added the shift. codeman911/higgs-audio 72ef87b, whose printed predictions equal the labels "
        "in ten of ten places. Measured on a small model without the shift: 0.39 nats in training, 0.35 on unseen "
        "speech, 7.39 for the true next token."
    ),
    refuted_by=("validation-gap",),
)
