"""The cause `code-out-of-range`."""

from higgs_logscan.diagnosis import Cause

CODE_OUT_OF_RANGE = Cause(
    id="code-out-of-range",
    summary="An audio label lies outside the codebook.",
    signs={
        "target-out-of-bounds": "certain",
        "value-out-of-range": "certain",
        "modality-crossed": "medium",
    },
    detail="label-outside-codebook",
    mechanism=(
        "An audio label is -100 or a number from 0 to 1025: 1024 codes, begin and end of the stream. The logits of "
        "a codebook have no place for anything else, and cross entropy refuses it. -1 is what the delay function "
        "fills its second result with, which is meant for generation; larger numbers come from another codec or "
        "vocabulary. Among the inputs such values need not crash: the embedding table is flat, and a codebook "
        "silently reads a row of its neighbour."
    ),
    shows=(
        "`Target 1030 is out of bounds`, or a device-side assertion on a GPU; or printed audio labels with -1, 1026 "
        "or more. A trainer that swallows exceptions goes on instead, with an audio loss of 0 or a constant such as "
        "0.001."
    ),
    traps=(
        "A model with another codebook size has other bounds: give its config.json. A device-side assertion is "
        "reported at a later line than the one that failed; CUDA_LAUNCH_BLOCKING=1 shows the right one. Numbers "
        "beyond 100,000 are text tokens: text and audio labels were exchanged."
    ),
    settles="The minimum and maximum of the audio labels that are not -100.",
    next="Encode with the codec of this model; leave no -1 of a delay mask, no id of another vocabulary in the labels.",
    source=(
        "boson-ai/higgs-audio: `build_delay_pattern_mask` (-1 in its second result), modeling_higgs_audio.py (flat "
        "embedding table). thucth-qt/train-higgs-audio-vi returns 0.001 where its loss raises. Run on the "
        "unmodified model."
    ),
    explains=("crashed",),
)
