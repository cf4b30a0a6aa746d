"""The cause `audio-over-masked`."""

from higgs_logscan.diagnosis import Cause

AUDIO_OVER_MASKED = Cause(
    id="audio-over-masked",
    summary="Almost all audio labels are masked.",
    signs={
        "audio-labels-masked": "certain",
        "audio-over-masked": "certain",
        "audio-windows-masked": "high",
        "codebooks-without-labels": "high",
        "audio-loss-skipped/labels-masked": "high",
        "audio-loss-zero/cached-labels-mutated": "medium",
        "audio-loss-zero/labels-lost": "low",
        "loss-drops": "low",
    },
    detail="labels-set-to-ignore-index",
    mechanism=(
        "A label of -100 is left out of the loss. Two ways are known in which far too many get it. The text label "
        'of `<|AUDIO_OUT|>` is already -100: the collator takes that for "this turn is only context" and masks the '
        "whole segment. Or the collator itself writes that -100 into samples that are kept in memory, so that from "
        "the second epoch on every segment looks like context. The model hears the audio and is never asked about "
        "it."
    ),
    shows=(
        "Counts of audio labels that count: none, or a few percent of the frames. The audio loss is exactly 0, NaN, "
        "or very noisy. Label windows hold nothing but -100 at both ends; fewer than eight codebooks have a loss. "
        "The audio logits do have rows. An onset exactly where an epoch begins is the collator that writes into its "
        "samples."
    ),
    traps=(
        "A reference turn (the voice to clone) is masked as a whole, and that is legal. Windows of the first or "
        "last ten labels prove nothing alone: they are masked where the first or last segment is context. The "
        "dataset's own debug lines count codes before the collator. If the audio logits have no row, the inputs are "
        "missing instead."
    ),
    settles="The number of audio labels that are not -100, beside the number of frames, for each batch.",
    next="Mask only BOS, the fillers after EOS and reference turns: 8 labels a codebook and segment under delay.",
    source=(
        "boson-ai/higgs-audio, higgs_audio_collator.py: `mask_audio_out_token_label`, on by default, writes into "
        "the sample. Run on the unmodified collator with samples in memory: 32 audio labels count in the first "
        "epoch, none in the second."
    ),
    explains=("non-finite", "missing-audio-labels", "not-learning", "missing-audio-inputs", "learning-rate-too-high"),
    fixes={
        "cached-labels-mutated": (
            "Copy each sample before it is collated: the collator writes -100 into labels that stay in memory."
        ),
    },
)
