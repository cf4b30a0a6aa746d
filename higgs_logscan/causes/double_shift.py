"""The cause `double-shift`."""

from higgs_logscan.diagnosis import Cause

DOUBLE_SHIFT = Cause(
    id="double-shift",
    summary="Labels are shifted twice.",
    signs={
        "predictions-collapsed": "low",
        "labels-shifted-twice": "medium",
    },
    detail="target-two-positions-ahead",
    mechanism=(
        "The labels are shifted in the collator and again before the loss (`ForCausalLMLoss` shifts by itself), so "
        "that each position has to predict the token after the next. That can be learned, only less well. At "
        "generation, where one token follows the other, the speech skips frames and is too fast."
    ),
    shows=(
        "Losses look healthy and are some tenths higher. Behind the shifts one audio label more is masked than one "
        "shift leaves (64n - 7 for n segments under the delay pattern, in place of 64n - 8), codebook 0 has one "
        "label less than the others, and eight -100 at its end instead of seven."
    ),
    traps=(
        "A handful of printed predictions cannot show it: codes repeat, and matches at two places do not stand out. "
        "A shift in the collator that cuts instead of filling up leaves no trace in the counts. Harder data raise "
        "the loss as well."
    ),
    settles="The first label window of codebook 0 beside its inputs: the first label is the second code.",
    next="Shift either in the collator or before the loss, not in both.",
    source=(
        "Measured on a small model: 4.14 instead of 3.75 nats on equal data. Qwen3-TTS issue #371 (1.87 two places "
        'ahead, 6.29 one ahead) and #179 ("speech gets faster").'
    ),
)
