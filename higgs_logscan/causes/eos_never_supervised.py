"""The cause `eos-never-supervised`."""

from higgs_logscan.diagnosis import Cause

EOS_NEVER_SUPERVISED = Cause(
    id="eos-never-supervised",
    summary="The model is never taught to stop.",
    signs={
        "eos-missing": "high",
    },
    detail="eos-masked",
    mechanism=(
        "1025 behind the last code is the stop signal, and it has to be a label once in each codebook. If it is "
        "masked together with the fill behind it, the model never learns to give it any probability: speech goes on "
        "until the token limit, 81.9 seconds for 2,048 tokens."
    ),
    shows=(
        "Label windows in which the last code is followed by -100 at once; or labels that end in a code. Losses "
        "look healthy: nothing but the labels shows it."
    ),
    traps=(
        "Audio that was cut to a maximal length has no end either. A last segment that is context is masked as a "
        "whole. The Hugging Face port masks the stop signal by design, with the same effect. A low temperature at "
        "generation also keeps a healthy model from stopping."
    ),
    settles="The last labels of codebook 0: one 1025 behind the last code.",
    next="Leave the first EOS of each codebook in the labels.",
    source=(
        "Measured on a small model: with 1025 masked its probability at the end is 0.000, with it 0.85. "
        "transformers, processing_higgs_audio_v2.py masks it. boson-ai/higgs-audio issue #151 for the temperature."
    ),
)
