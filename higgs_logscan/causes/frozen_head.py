"""The cause `frozen-head`."""

from higgs_logscan.diagnosis import Cause

FROZEN_HEAD = Cause(
    id="frozen-head",
    summary="The audio head, or one codebook's, is not trained.",
    signs={
        "codebook-frozen": "high",
        "audio-left-behind": "medium",
    },
    detail="head-without-gradient",
    mechanism=(
        "The audio head turns hidden states into logits of eight codebooks. If it, or the part of one codebook, "
        "gets no gradient or the wrong one, that loss cannot fall below what code frequencies alone allow. The mean "
        "over codebooks hides a single dead one."
    ),
    shows=(
        "One codebook above 6.4 nats while the others are below 5.2, for fifty records or more; or audio near "
        "chance for hundreds of steps while the text loss falls."
    ),
    traps=(
        "Later codebooks are harder than the first by a nat or two: that is no fault. LoRA on the attention alone "
        "leaves head and embeddings frozen for all codebooks, and still learns. Audio learns more slowly than text. "
        "A codebook whose loss is exactly 0 is masked or NaN, not frozen."
    ),
    settles="The gradient norm of the audio head, codebook by codebook.",
    next="Make the audio head and the codebook embeddings trainable, or check the axis order of logits and labels.",
    source=(
        "Measured on a small model with codebook 3 frozen: 6.96 to 6.61 nats while the others reach 3.1 to 4.7. "
        "PEFT run with LoRA on query and value alone."
    ),
)
