"""The cause `codebook-count`."""

from higgs_logscan.diagnosis import Cause

CODEBOOK_COUNT = Cause(
    id="codebook-count",
    summary="Model, data and trainer disagree on the number of codebooks or the width of their logits.",
    signs={
        "codebook-count": "certain",
        "axis-order": "medium",
        "logits-width": "medium",
        "crash/codebooks-differ": "certain",
    },
    detail="codebook-count-or-axis",
    mechanism=(
        "The released model has eight codebooks with 1026 logits each. The default of its configuration class is "
        "12, and documents have copied that. Where codec, data and model do not agree, tensors do not fit; or the "
        "trainer reads an axis for another one, and compares codes with the logits of another codebook."
    ),
    shows=(
        "Shapes whose number of codebooks is not 8, or whose last axis is not 1026. A crash that names 12 and 8. "
        "Totals of audio labels that are multiples of 12. With exchanged axes the audio loss starts worse than "
        "chance (11 to 13 nats) and settles on 6.93."
    ),
    traps=(
        "Another checkpoint may have another number: give its config.json. A last axis of 8208 is 8 x 1026 in one "
        "piece, the Hugging Face port's. Labels of three axes are the port's too."
    ),
    settles="The shapes of audio logits and labels beside the model's num_codebooks.",
    next=(
        "Take the number of codebooks from the model's configuration everywhere; index logits as [time, codebook, "
        "code]."
    ),
    source=(
        "boson-ai/higgs-audio: configuration_higgs_audio.py (default of 12), TOKENIZER_BLOG.md (2 kbps are 25 "
        "frames of 8 codebooks of 10 bits). codeman911/higgs-audio ab1d7a0 assumed 12; its "
        "HIGGS_AUDIO_DEBUG_REPORT.md tells of a plateau at 6.933 that `permute(1, 0, 2)` cured."
    ),
    explains=("frozen-head", "crashed", "bos-supervised"),
)
