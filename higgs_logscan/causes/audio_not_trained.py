"""The cause `audio-not-trained`."""

from higgs_logscan.diagnosis import Cause

AUDIO_NOT_TRAINED = Cause(
    id="audio-not-trained",
    summary="The audio loss is not part of the objective.",
    signs={
        "loss-not-in-total/audio-not-in-total": "high",
    },
    detail="component-not-in-total",
    mechanism=(
        "The audio loss is computed and printed, but it is no part of the total that backward is called on: its "
        "weight is zero, or it is added under a condition that never holds. The optimizer does not know about it."
    ),
    shows=(
        "The total equals the text loss on every record while the audio loss beside it is above zero. Audio stays "
        "where it started, or drifts."
    ),
    traps=(
        "Sums, means and weighted sums differ from both losses: only exact equality over many records counts. An "
        "audio loss of exactly 0 is not computed at all. A NaN that is left out of the sum looks alike from the "
        "step on where it appears (non-finite)."
    ),
    settles="The weight of each loss beside the total.",
    next="Add both losses to the objective.",
    source=(
        "JimmyMa99/train-higgs-audio, modeling: each loss is added only if it is above zero. "
        "thucth-qt/train-higgs-audio-vi takes the mean of the losses that are there. Follows from the arithmetic of "
        "the printed losses."
    ),
)
