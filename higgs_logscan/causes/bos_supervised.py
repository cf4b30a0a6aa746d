"""The cause `bos-supervised`."""

from higgs_logscan.diagnosis import Cause

BOS_SUPERVISED = Cause(
    id="bos-supervised",
    summary="The stream's BOS is a target.",
    signs={
        "bos-in-labels": "certain",
        "bos-not-masked": "high",
        "eos-repeated/specials-are-labels": "medium",
        "eos-repeated": "low",
    },
    detail="bos-not-masked",
    mechanism=(
        "1024 begins the stream of a codebook and fills the places before codebook k starts, k + 1 of them under "
        "the delay pattern. Generation writes them by itself, so that they are inputs and never targets. Labels "
        "that are a copy of the inputs make them targets that are right without any knowledge, and the audio loss "
        "looks lower than it is."
    ),
    shows=(
        "1024 among the first audio labels; or 28 masked labels a segment where the delay pattern masks 64. The "
        "loss is a few hundredths lower for long clips and a fifth for clips of a second."
    ),
    traps=(
        "1024 in a text window is an ordinary token. Behind the shift codebook 0 shows no BOS even when the others "
        "have it. 56 masked labels may be one shifted segment in a batch of two."
    ),
    settles="The first labels of each codebook.",
    next="Mask the leading BOS of codebook k, k+1 of them under delay, with -100.",
    source=(
        "boson-ai/higgs-audio, higgs_audio_collator.py: masks every BOS in its labels. JimmyMa99/train-higgs-audio "
        "and thucth-qt/train-higgs-audio-vi use inputs as labels. Measured on a small model: 2.92 instead of 3.75 "
        "nats at 17 frames, 3 % less at 240."
    ),
)
