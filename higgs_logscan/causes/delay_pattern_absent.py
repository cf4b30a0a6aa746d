"""The cause `delay-pattern-absent`."""

from higgs_logscan.diagnosis import Cause

DELAY_PATTERN_ABSENT = Cause(
    id="delay-pattern-absent",
    summary="The codebooks are not delayed.",
    signs={
        "delay-pattern-absent": "high",
        "delay-masks-wrong/delay-pattern-off": "high",
    },
    detail="delay-pattern-off",
    mechanism=(
        "The released model was trained with codebook k delayed by k frames, so that each code can use the earlier "
        "codebooks of its frame, and generation undoes that delay. Trained without it, the model learns another "
        "order; generation then moves the codebooks against each other, and gives babble or noise however well the "
        "loss looked."
    ),
    shows=(
        "Labels of codebook 0 end in a bare 1025 where seven -100 should follow; every codebook begins with one "
        "-100 instead of k + 1; fewer than 64 labels a segment are masked. Fine-tuning starts with codebook 0 at "
        "its usual loss and the others about 1 nat higher."
    ),
    traps=(
        "A model that is trained from scratch and served without the pattern is consistent. The last codebook ends "
        "in a bare 1025 under the pattern as well, and says nothing. A reversed pattern ends alike and begins with "
        "seven or eight -100 (delay-pattern-wrong)."
    ),
    settles="The first label window of codebook 7: eight leading -100 under delay, one without.",
    next="Build inputs and labels with the delay pattern that inference reverts (use_delay_pattern=True).",
    source=(
        "boson-ai/higgs-audio: use_delay_pattern, build_delay_pattern_mask, revert_delay_pattern. All public v2 "
        "trainers that were read switch it off. Measured on a small model: mean audio loss 3.74 with the pattern, "
        "4.68 when it is taken away."
    ),
)
